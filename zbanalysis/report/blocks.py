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

    value: float | None
    pattern: str
    before: str
    after: str

    def __new__(  # noqa: D102
        cls, text: str, value: float | None = None, pattern: str = "", before: str = "", after: str = ""
    ) -> Self:
        made = super().__new__(cls, text)
        made.value, made.pattern, made.before, made.after = value, pattern, before, after
        return made


class Column(NamedTuple):
    """One column of a table.

    Attributes
    ----------
    key
        Its heading is ``column.<key>`` of the words.
    cell
        What it says of a row: a text, or a `Cell` where there is a number behind it.
    align
        ``left`` (the default, for words), ``right`` (figures) or ``center`` (classes).
    heading
        A heading made otherwise, in place of ``column.<key>``.
    mark
        Key of `style.SIGNS` by which a row's cell is coloured, if any; of one column of a table.
    floor
        The least width, in characters, if any.
    """

    key: str
    cell: Callable[[pd.Series], str]
    align: str = "left"
    heading: str = ""
    mark: Callable[[pd.Series], str] | None = None
    floor: float = 0

    def head(self, lang: str) -> str:
        """The heading in the reader's language."""
        return self.heading or label(f"column.{self.key}", lang)


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
        periods = progress["target_period"].where(again, "")
        named = {
            f"name_{lang}": [
                words.label("name.milestone", lang, name=name, period=words.period(period, lang))
                if period
                else name
                for name, period in zip(progress[f"name_{lang}"], periods, strict=True)
            ]
            for lang in ("zh", "en")
        }
        return progress.assign(reached=progress["reached"].astype("boolean"), **named)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The targets with their outlook: chance, verdict and its words, grade."""
        return self.progress.join(self.table("03_feasibility", "outlook").drop(columns="target"))

    def section(self, key: str, blocks: list[dict], *, appendix: bool = False, **values: object) -> dict:
        """A headed part of the report; ``values`` fill the heading's names in.

        Its ``id`` is the last word of the key, by which links find it.
        """
        heading, ident = self.label(key, **values), key.rpartition(".")[2]
        return {"id": ident, "heading": heading, "appendix": appendix, "blocks": blocks, "sections": []}

    def show(self, name: str, rows: pd.DataFrame, columns: Sequence[Column], **how: object) -> dict:
        """A table of the report: see `table`."""
        return table(name, rows, columns, self.lang, **how)

    def figure(
        self,
        section: str,
        name: str,
        *,
        width_mm: float | None = None,
        cites: Sequence[int] = (),
        source: str = "source.computed",
    ) -> dict:
        """A chart that a notebook published, with caption ``figure.<name>`` and alternative text."""
        block = {
            "type": "figure",
            "id": f"figure-{name}",
            "image": f"{section}-{name}.svg",
            "alt": self.label(f"alt.{name}"),
            "caption": self.label(f"figure.{name}"),
            "source": cited(cites, self.lang) if cites else self.label(source),
        }
        return block | {"width": width_mm} if width_mm else block

    def figures(self, section: str, name: str, **how: object) -> list[dict]:
        """A chart with the pages it continues on, as many as were published."""
        more = [f"{name}_{page}" for page in range(2, 20) if self.drawn(section, f"{name}_{page}")]
        first = self.figure(section, name, **how)
        again = {"caption": self.label("figure.continued", caption=first["caption"])}
        pages = [{"id": f"figure-{one}", "image": f"{section}-{one}.svg"} for one in more]
        return [first, *(first | again | page for page in pages)]

    def used(self, section: str, name: str, *columns: str) -> set[str]:
        """The documents that a table names in some columns, by default in those of `CITED`."""
        frame = self.table(section, name)
        cells = (cell for column in columns or CITED[section, name] for cell in frame[column].dropna())
        return {source for cell in cells for source in cell.split()}  # a cell may name several

    @cached_property
    def documents(self) -> pd.DataFrame:
        """The documents used anywhere in the report, with ``number``, in the order of their days."""
        wanted = {source for section, name in CITED for source in self.used(section, name)}
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


CITED = {
    (INDICATORS, "progress"): ("source", "current_source"),
    (INDICATORS, "history"): ("source",),
    ("05_audit", "statements"): ("source", "figure_sources"),
    ("05_audit", "conflicts"): ("first_source", "second_source"),
    ("06_survey", "shares"): ("source",),
    ("07_cost_benefit", "funds"): ("source",),
    ("07_cost_benefit", "ratios"): ("source",),
    ("07_cost_benefit", "basis_change"): ("source",),
    (TASKS, "tasks"): ("source",),
    (TASKS, "evidence"): ("source",),
    (TASKS, "course"): ("source",),
    ("09_conclusion", "register"): ("source", "account_source"),
    ("09_conclusion", "problems"): ("source",),
    ("09_conclusion", "opinions"): ("source",),
    ("09_conclusion", "recommendations"): ("source",),
    ("09_conclusion", "cases"): ("source",),
}
"""Section, table and columns that name documents: what the list of sources holds."""


def paragraphs(sentences: Iterable[str]) -> list[dict]:
    """One paragraph for each sentence group."""
    return [{"type": "paragraph", "text": sentence} for sentence in sentences]


def template_words(lang: str) -> dict[str, str]:
    """The words that the template itself prints."""
    names = ("contents", "table", "figure", "page", "of", "continued", "source", "note", "appendix")
    return {name: label(f"template.{name}", lang) for name in (*names, "key_messages")}


def bullets(items: list[str], *, plain: bool = False) -> dict:
    """A list; ``plain`` where the items carry their own marks."""
    return {"type": "list", "items": items, "numbered": False, "plain": plain}


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
    records = [row for _, row in rows.iterrows()]
    cells = [[column.cell(row) for column in columns] for row in records]
    block = {
        "type": "table",
        "id": name,
        "caption": label(f"caption.{name}", lang),
        "columns": [
            {"header": _broken(column.head(lang), [row[place] for row in cells]), "align": column.align}
            | ({"floor": column.floor} if column.floor else {})
            for place, column in enumerate(columns)
        ],
        "rows": cells,
        "notes": list(notes),
        "source": cited(cites, lang) if cites else label(source, lang),
        "landscape": "auto" if len(columns) > WIDEST_UPRIGHT else False,
    }
    for place, column in enumerate(columns):
        if column.mark:
            block["row_styles"] = [{"column": place, "key": column.mark(row)} for row in records]
    return block


def filled(columns: Sequence[Column], rows: pd.DataFrame, keep: Sequence[str] = ()) -> list[Column]:
    """The columns that say something of a row; one of nothing but dashes tells nothing."""
    nothing = ("", words.NONE)
    return [
        column
        for column in columns
        if column.key in keep or any(column.cell(row) not in nothing for _, row in rows.iterrows())
    ]


def frame(rows: pd.DataFrame, columns: Sequence[Column], lang: str) -> pd.DataFrame:
    """The same table as texts, as a notebook shows it."""
    cells = [[str(column.cell(row)) for column in columns] for _, row in rows.iterrows()]
    return pd.DataFrame(cells, columns=[column.head(lang) for column in columns])


def _broken(heading: str, cells: Sequence[str]) -> str:
    """A long Chinese heading over nothing but dashes is broken in two.

    Its column would else be one character wide.
    """
    empty = all(cell in (words.NONE, "") for cell in cells) and len(heading) > 4 and not heading.isascii()
    return f"{heading[:4]}\n{heading[4:]}" if empty else heading


def cited(numbers: Sequence[int], lang: str) -> str:
    """A source line that names documents by their numbers.

    Examples
    --------
    >>> cited([2, 4, 5, 6], "zh")
    '[2][4—6]，本报告计算'
    """
    return label("source.cited", lang, numbers=marks(numbers, lang))


def marks(numbers: Sequence[int], lang: str) -> str:
    """Numbers of documents in brackets, runs of three and more drawn together.

    Examples
    --------
    >>> marks([2, 4, 5, 6], "en")
    '[2][4–6]'
    """
    return "".join(f"[{run}]" for run in words.runs(numbers, lang))


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
    if start_year < middle and dt.date(middle, 1, 1) <= day <= dt.date(middle + 1, 6, 30):
        return "midterm"
    return "annual"


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
