"""The pieces a document is made of, and the results of a run that they are made from.

A document is plain data (``reports/template/README.md``): sections with a heading, in them blocks, each a
paragraph, list, table or figure.  PDF, Word, workbook and web page are all written from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Self

import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.report import results, words
from zbanalysis.report.words import label

WIDEST_UPRIGHT = 9
"""A table of more columns may be turned; a narrower one stands upright, so that no page stays empty."""

INDICATORS, TASKS = "01_indicators", "08_tasks"


class Cell(str):
    """What a cell of a table says, with the number behind it, so that the workbook can calculate.

    Parameters
    ----------
    text
        What is printed.
    value
        The number behind it; None for words.
    pattern
        How the workbook prints the number, such as ``0.00`` or ``0.0%``.
    before, after
        Words around the number within the text, such as a unit or the period.

    Examples
    --------
    >>> cell = Cell("2.63 (2018)", 2.63, "0.00", after=" (2018)")
    >>> cell, cell.value, cell.pattern, cell.after
    ('2.63 (2018)', 2.63, '0.00', ' (2018)')
    """

    def __new__(  # noqa: D102
        cls, text: str, value: float | None = None, pattern: str = "", before: str = "", after: str = ""
    ) -> Self:
        made = super().__new__(cls, text)
        made.value, made.pattern, made.before, made.after = value, pattern, before, after
        return made

    def within(self, before: str = "", after: str = "") -> Self:
        """The same with more words around it."""
        text, before, after = f"{before}{self}{after}", before + self.before, self.after + after
        return type(self)(text, self.value, self.pattern, before, after)


class Column(NamedTuple):
    """One column of a table.

    Attributes
    ----------
    key
        Its heading is ``column.<key>`` of the words; with a dot in it the key itself.
    cell
        What it says of a row in a language: a text, or a `Cell` where there is a number behind it.  Or the
        name of a text of the row, without its ``_zh`` or ``_en``; a dash where that is empty.  By default the
        text of the column's own name.
    align
        ``left`` (the default, for words), ``right`` (figures) or ``center`` (classes).
    heading
        A heading made otherwise.
    mark
        The name of what a row has a key of `style.SIGNS` in, by which its cell is coloured; of one column
        of a table.
    floor
        The least width, in characters, if any; one for Chinese and one for English where they differ.
    """

    key: str
    cell: str | Callable[[pd.Series, str], str] = ""
    align: str = "left"
    heading: str = ""
    mark: str = ""
    floor: float | tuple[float, float] = 0

    def head(self, lang: str) -> str:
        """The heading in the reader's language."""
        return self.heading or label(self.key if "." in self.key else f"column.{self.key}", lang)

    def text(self, row: pd.Series, lang: str) -> str:
        """What it says of a row."""
        if callable(self.cell):
            return self.cell(row, lang)
        name = self.cell or self.key
        return row.get(f"{name}_{lang}", row.get(name)) or words.NONE

    def least(self, lang: str) -> float:
        """The least width in the reader's language."""
        return self.floor[words.LANGUAGES.index(lang)] if isinstance(self.floor, tuple) else self.floor


class Report:
    """The results of a run, read in one language.

    Parameters
    ----------
    content
        A result file.
    lang
        ``zh`` or ``en``.
    kind
        One of `KINDS`; by default the one that is due.
    before
        Result file of an earlier report, to say what changed since.
    """

    def __init__(self, content: Mapping, lang: str, kind: str = "", before: Mapping | None = None) -> None:
        self.content, self.lang, self.before, self._kind = content, lang, before, kind

    def label(self, key: str, /, **values: object) -> str:
        """The words for a key, with ``{names}`` in them filled in."""
        return label(key, self.lang, **values)

    def table(self, section: str, name: str) -> pd.DataFrame:
        """A table that a notebook published."""
        return results.table(self.content, section, name)

    def facts(self, section: str) -> Mapping:
        """The single figures that a notebook published."""
        return self.content["sections"][section]["facts"]

    def drawn(self, section: str, name: str) -> bool:
        """Was such a chart published?"""
        return name in self.content["sections"][section]["charts"]

    def of(self, row: pd.Series, name: str) -> str:
        """A text that a row has in both languages."""
        return row[f"{name}_{self.lang}"]

    @property
    def manifest(self) -> Mapping:
        """Key, day, versions of the run."""
        return self.content.get("manifest", {})

    @property
    def day(self) -> str:
        """The day whose knowledge counts."""
        return self.manifest.get("as_of", "")

    @cached_property
    def plan(self) -> pd.Series:
        """The plan's row of ``plans.csv``."""
        return self.table(INDICATORS, "plan").iloc[0]

    @cached_property
    def kind(self) -> str:
        """The kind asked for, or the one that is due."""
        base, first, last = (int(self.plan[f"{name}_year"]) for name in ("base", "start", "end"))
        own = (self.progress["current_position"].astype(float) > base).any()
        idle = not own and self.table(TASKS, "evidence").empty
        return chosen(self._kind, self.day, first, last, without_figures=idle)

    @cached_property
    def progress(self) -> pd.DataFrame:
        """The targets in the plan's order; milestones of one indicator have their year in the name."""
        progress = self.table(INDICATORS, "progress")
        again = progress.duplicated(["area", "indicator", "kind"], keep=False)
        for row in progress[again & progress["target_period"].ne("")].itertuples():
            for lang in words.LANGUAGES:
                period = words.period(row.target_period, lang)
                name = label("name.milestone", lang, name=getattr(row, f"name_{lang}"), period=period)
                progress.loc[row.Index, f"name_{lang}"] = name
        return progress.assign(reached=progress["reached"].astype("boolean"))

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The targets with their outlook: chance, verdict and its words, grade."""
        return self.progress.join(self.table("03_feasibility", "outlook").drop(columns="target"))

    def section(self, key: str, blocks: Iterable[dict | str], **values: object) -> dict:
        """A headed part of the report, with its `paragraphs`; ``values`` fill the heading's names in.

        Its ``id`` is the last word of the key, by which links find it.
        """
        kind, _, ident = key.rpartition(".")
        part = {"id": ident, "heading": self.label(key, **values), "appendix": kind == "appendix"}
        return part | {"blocks": paragraphs(blocks), "sections": []}

    def show(
        self,
        name: str,
        rows: pd.DataFrame,
        columns: list[Column],
        *,
        cites: Sequence[str] = (),
        **how: object,
    ) -> dict:
        """A table of the report, if it has rows: see `table`; ``cites`` are the arguments of `cites`."""
        if rows.empty:
            return {}
        return table(name, rows, columns, self.lang, cites=self.cites(*cites) if cites else (), **how)

    def figure(
        self,
        section: str,
        name: str,
        *,
        width_mm: float | None = None,
        cites: Sequence[str] = (),
        source: str = "source.computed",
    ) -> dict:
        """A chart that a notebook published, with caption ``figure.<name>`` and alternative text."""
        block = {
            "type": "figure",
            "id": f"figure-{name}",
            "image": f"{section}-{name}.svg",
            "alt": self.label(f"alt.{name}"),
            "caption": self.label(f"figure.{name}"),
            "source": cited(self.cites(*cites), self.lang) if cites else self.label(source),
        }
        return block | {"width": width_mm} if width_mm else block

    def figures(self, section: str, name: str, **how: object) -> list[dict]:
        """A chart with the pages it continues on, as many as were published."""
        first = self.figure(section, name, **how)
        again = first | {"caption": self.label("figure.continued", caption=first["caption"])}
        more = [f"{name}_{page}" for page in range(2, 20) if self.drawn(section, f"{name}_{page}")]
        return [first, *(again | {"id": f"figure-{one}", "image": f"{section}-{one}.svg"} for one in more)]

    def used(self, section: str, name: str, *columns: str) -> set[str]:
        """The documents that a table names in some columns, by default in all that end in ``source(s)``."""
        frame = self.table(section, name)
        cells = frame.filter(columns) if columns else frame.filter(regex="sources?$")
        return set(" ".join(cells.melt()["value"].dropna()).split())  # a cell may name several

    @cached_property
    def documents(self) -> pd.DataFrame:
        """The documents used anywhere in the report, with ``number``, in the order of their days."""
        named = [(section, name) for section, names in CITED.items() for name in names]
        wanted = {source for section, name in named for source in self.used(section, name)}
        known = self.table(TASKS, "documents")
        used = known[known["source"].isin(wanted)]
        return used.sort_values(["date_published", "source"]).assign(number=range(1, len(used) + 1))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each document used, by its id."""
        return {source: int(number) for source, number in self.documents[["source", "number"]].to_numpy()}

    def cites(self, section: str, name: str, *columns: str) -> list[int]:
        """The numbers of the documents that a table rests on, in rising order; see `used`."""
        return sorted(self.numbers[source] for source in self.used(section, name, *columns))

    def citation(self, row: pd.Series, _: str = "") -> str:
        """The numbers of a row's documents in brackets, as the list of sources has them."""
        return "".join(f"[{self.numbers[source]}]" for source in row["source"].split())


CITED = {
    INDICATORS: ("progress", "history"),
    "05_audit": ("statements", "conflicts"),
    "06_survey": ("shares",),
    "07_cost_benefit": ("funds", "ratios", "basis_change"),
    TASKS: ("tasks", "evidence", "course"),
    "09_conclusion": ("register", "problems", "opinions", "recommendations", "cases"),
}
"""Tables that name documents, by section: what the list of sources holds."""


def paragraphs(blocks: Iterable[dict | str]) -> list[dict]:
    """Blocks, of which a text is a paragraph; what is empty is left out."""
    return [{"type": "paragraph", "text": one} if isinstance(one, str) else one for one in blocks if one]


def template_words(lang: str, *, annex: bool = False) -> dict[str, str]:
    """The words that the template itself prints."""
    names = ("contents", "table", "figure", "page", "of", "continued", "source", "note", "appendix")
    made = {name: label(f"template.{name}", lang) for name in (*names, "key_messages")}
    return made | {name: label(f"volume.annex_{name}", lang) for name in ("table", "figure") if annex}


def bullets(items: list[str], *, plain: bool = False) -> dict:
    """A list, if it has items; ``plain`` where they carry their own marks."""
    return {"type": "list", "items": items, "numbered": False, "plain": plain} if items else {}


def table(
    name: str,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    lang: str,
    *,
    notes: Sequence[str] = (),
    cites: Sequence[int] = (),
    source: str = "source.computed",
) -> dict:
    """A three-line table with its caption ``caption.<name>``, notes and source.

    ``cites`` are the numbers of the documents it rests on, in place of the general line of ``source``.
    """
    cells = [[column.text(row, lang) for column in columns] for _, row in rows.iterrows()]
    block = {
        "type": "table",
        "id": name,
        "caption": label(f"caption.{name}", lang),
        "columns": [],
        "rows": cells,
        "notes": [note for note in notes if note],
        "source": cited(cites, lang) if cites else label(source, lang),
        "landscape": "auto" if len(columns) > WIDEST_UPRIGHT else False,
    }
    for place, column in enumerate(columns):
        header, floor = column.head(lang), column.least(lang)
        empty = not {row[place] for row in cells} - {"", words.NONE}
        if empty and len(header) > 4 and not header.isascii():
            # Over nothing but dashes the column of a long Chinese heading would be one character wide.
            header = f"{header[:4]}\n{header[4:]}"
        head = {"header": header, "align": column.align}
        block["columns"].append(head | ({"floor": floor} if floor else {}))
        if column.mark:
            block["row_styles"] = [{"column": place, "key": key} for key in rows[column.mark]]
    return block


def filled(columns: Sequence[Column], rows: pd.DataFrame, lang: str) -> list[Column]:
    """The columns that say something of a row; one of nothing but dashes tells nothing."""
    records = [row for _, row in rows.iterrows()]
    return [one for one in columns if {one.text(row, lang) for row in records} - {"", words.NONE}]


def frame(rows: pd.DataFrame, columns: Sequence[Column], lang: str) -> pd.DataFrame:
    """The same table as texts, as a notebook shows it."""
    cells = [[str(column.text(row, lang)) for column in columns] for _, row in rows.iterrows()]
    return pd.DataFrame(cells, columns=[column.head(lang) for column in columns])


def cited(numbers: Sequence[int], lang: str) -> str:
    """A source line that names documents by their numbers, runs of three and more drawn together.

    Examples
    --------
    >>> cited([2, 4, 5, 6], "zh")
    '[2][4—6]，本报告计算'
    """
    marks = "".join(f"[{run}]" for run in words.runs(numbers, lang))
    return label("source.cited", lang, numbers=marks)


# --- Kinds of report (baseline, yearly monitoring, mid-term, final): when each is due, and its words ---
KINDS = ("baseline", "annual", "midterm", "final")
"""基线, 年度监测, 中期评估, 总结评估."""

FINAL_FROM = (7, 1)
"""Month and day of the plan's last year from which the final evaluation is due: it prepares the next plan."""


def kind_of(as_of: str, start_year: int, end_year: int) -> str:
    """The kind of report that is due on a day.

    Final from `FINAL_FROM` of the plan's last year, when it prepares the next plan.  Mid-term from
    1 January of the plan's middle year to 30 June of the year after, by when the figures of the
    middle year are published.  Yearly monitoring at all other times, and before the plan begins.

    Parameters
    ----------
    as_of
        The day whose knowledge counts, such as ``2022-04-19``.
    start_year, end_year
        First and last year of the plan; of an even number of years the earlier middle counts.

    Examples
    --------
    >>> [kind_of(day, 2016, 2020) for day in ("2017-06-30", "2018-01-01", "2019-07-01", "2020-08-10")]
    ['annual', 'midterm', 'annual', 'final']
    """
    day = dt.date.fromisoformat(as_of)
    if day >= dt.date(end_year, *FINAL_FROM):
        return "final"
    middle = (start_year + end_year) // 2
    # A plan of one or two years has no middle that is not its beginning.
    due = start_year < middle and dt.date(middle, 1, 1) <= day <= dt.date(middle + 1, 6, 30)
    return "midterm" if due else "annual"


def chosen(
    kind: str | None, as_of: str, start_year: int, end_year: int, *, without_figures: bool = False
) -> str:
    """The kind asked for, or the one that is due; of a plan without figures of its own years the baseline.

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.

    Examples
    --------
    >>> chosen("final", "2019-08-10", 2016, 2020), chosen(None, "2019-08-10", 2016, 2020)
    ('final', 'annual')
    >>> [chosen(None, day, 2016, 2020, without_figures=True) for day in ("2016-06-30", "2020-08-10")]
    ['baseline', 'final']
    """
    due = kind_of(as_of, start_year, end_year)
    if kind and kind not in KINDS:
        raise InputError(f"--kind '{kind}' is not known; write {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
    return kind or ("baseline" if without_figures and due != "final" else due)
