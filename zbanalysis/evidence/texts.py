"""The bureau's own texts: Markdown files, and cells of tables, with references in place of figures.

A file stands in ``<plan>/text/<part>.<language>.md`` of the data folder.  ``{gdp[2019]}`` becomes the
digits as published for the plan's own area, the newest vintage of the day, ``{gdp}`` those of the newest
period; see `references`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pandas as pd

from zbanalysis.data import files, limits, package
from zbanalysis.errors import InputError, Problem
from zbanalysis.evidence import references

PARTS = ("effects", "cases", "problems", "recommendations")
"""The parts a report knows, in its order; other files follow in the order of their names."""

LANGUAGES = ("zh", "en")
COLUMNS = ("lang", "part", "kind", "level", "text")
TABLES = ("task_progress", "judgements", "problems", "opinions", "recommendations", "cases")
"""Tables whose texts may hold references."""

_BRACES = re.compile(r"\{([^{}]*)\}")
_HEADING = re.compile(r"(#{1,3})\s+(.+)")
_ITEM = re.compile(r"(?:[-*]\s+|\d+\.\s+|\d+[、．）)](?!\d)\s*|[（(]\d+[）)]\s*)(.+)")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|[①-⑳]|第[一二三四五六七八九十]+[，,、])"
)
"""A line so numbered stands by itself and keeps its number."""


def read(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """The texts of a plan with every reference filled in; no rows where the plan has none.

    Parameters
    ----------
    dataset, plan, as_of
        From `package.load`; a plan of ``plans.csv``; a day.

    Returns
    -------
    DataFrame
        One row for each heading, paragraph or list item, in the order of the report: ``lang``
        (zh, en), ``part`` (name of the file), ``kind`` (``heading, paragraph, item``), ``level``
        (1 to 3 for headings, else 0) and ``text``.

    Raises
    ------
    InputError
        If a reference names no figure known on that day, or a file cannot be read; the message
        says file and line, and what would be right.

    Examples
    --------
    >>> set(read(package.load(), "zibo-13", "2020-08-10")["lang"]) == {"zh", "en"}
    True
    """
    area = package.plan_row(dataset, plan)["area"]
    view = package.as_of(dataset, as_of)
    rows = []
    for path in _files(Path(dataset.folder) / plan / "text"):
        part, lang = path.name.removesuffix(".md").rsplit(".", 1)
        lines = [
            fill(line, view, area, as_of, f"{plan}/text/{path.name}, line {number}")
            for number, line in enumerate(_content(path).splitlines(), start=1)
        ]
        rows += [(lang, part, *block) for block in blocks("\n".join(lines))]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"level": int})


def fill(text: str, view: package.Dataset, area: str, as_of: str, where: str) -> str:
    """A text with every reference replaced by the digits as published.

    Parameters
    ----------
    text
        With references in braces.
    view
        From `package.as_of`, of the day ``as_of``.
    area
        The area meant where a reference names none.
    as_of, where
        The day and the place, for the message.

    Raises
    ------
    InputError
        If a reference names no figure, or several on different bases.

    Examples
    --------
    >>> view = package.as_of(package.load(), "2020-08-10")
    >>> fill("{rd_intensity}%", view, "zibo", "2020-08-10", "a text")
    '2.63%'
    """

    def digits(match: re.Match[str]) -> str:
        try:
            return references.published(match[1], view, area, as_of)
        except references.NoFigureError as error:
            raise InputError(f"{where}: '{match[0]}' {error}.") from None

    return _BRACES.sub(digits, text)


def problems(dataset: package.Dataset) -> list[Problem]:
    """Every reference of texts and tables that names no figure, as known on its plan's newest day."""
    wrong = []
    owner = dataset.tables["tasks"].set_index("task")["plan"] if "tasks" in dataset.tables else {}
    for plan in dataset.plans.itertuples():
        places = [
            (f"{plan.plan}/text/{path.name}", number, "reference", line)
            for path in _files(Path(dataset.folder) / plan.plan / "text")
            for number, line in enumerate(_content(path).splitlines(), start=1)
        ]
        for name in set(TABLES) & set(dataset.tables):
            table = dataset.tables[name]
            own = table["plan"] if "plan" in table else table["task"].map(owner)
            places += _cells(table[own == plan.plan], f"{name}.csv")
        places = [place for place in places if "{" in place[-1]]
        if places:
            wrong += _wrong(places, plan, dataset)
    return wrong


def _cells(table: pd.DataFrame, file: str) -> list[tuple[str, int, str, str]]:
    columns = [name for name in table if name.endswith(("_zh", "_en"))]
    return [(file, int(row), name, text) for name in columns for row, text in table[name].items()]


def _wrong(places: list[tuple[str, int, str, str]], plan: object, dataset: package.Dataset) -> list[Problem]:
    day = str(package.newest_day(dataset, plan.plan))
    view = package.as_of(dataset, day)

    @cache  # the texts of both languages name the same figures
    def right(reference: str) -> str:
        try:
            references.published(reference, view, plan.area, day)
        except references.NoFigureError as error:
            return error.right
        return ""

    return [
        Problem(file, row, column, f"{{{reference}}}", right(reference))
        for file, row, column, text in places
        for reference in _BRACES.findall(text)
        if right(reference)
    ]


def _files(folder: Path) -> list[Path]:
    """The texts of a folder by language and part."""
    paths = [path for lang in LANGUAGES for path in folder.glob(f"*.{lang}.md")]
    rank = {part: place for place, part in enumerate(PARTS)}

    def place(path: Path) -> tuple:
        part, lang = path.name.removesuffix(".md").rsplit(".", 1)
        return LANGUAGES.index(lang), rank.get(part, len(PARTS)), part

    return sorted(paths, key=place)


def _content(path: Path) -> str:
    try:
        return files.read(path, limits.TEXT_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} cannot be read as UTF-8 text; save it as UTF-8.") from None


def blocks(text: str) -> list[tuple[str, int, str]]:
    r"""Markdown as ``kind, level, text``; paragraphs end at an empty line, lines within are joined.

    A line numbered as in Chinese documents is an item (``1、``, ``（1）``) or begins a paragraph
    (``一、``, ``（一）``).

    Examples
    --------
    >>> blocks("# A\n\none\ntwo\n\n- x\n1、y")
    [('heading', 1, 'A'), ('paragraph', 0, 'one\ntwo'), ('item', 0, 'x'), ('item', 0, 'y')]
    """
    texts: list[tuple[str, int, str]] = []
    open_ = False  # whether the next plain line goes on with the last block
    for line in (line.strip() for line in text.splitlines()):
        heading, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
        if heading:
            texts.append(("heading", len(heading[1]), heading[2]))
        elif item:
            texts.append(("item", 0, item[1]))
        elif line and open_ and not _NUMBERED.match(line):
            kind, level, before = texts[-1]
            texts[-1] = kind, level, f"{before}\n{line}"
        elif line:
            texts.append(("paragraph", 0, line))
        open_ = bool(line) and not heading
    return texts


# --- what people say of a plan ---


VOICES = ("judgements", "problems", "opinions", "recommendations", "cases", "ratings", "reports")
"""Tables of a data folder, each optional."""


def tables(dataset: package.Dataset, plan: str, as_of: str) -> dict[str, pd.DataFrame]:
    """Every one of `VOICES` for a plan, by name; see `table`."""
    return {name: table(dataset, name, plan, as_of) for name in VOICES}


def table(dataset: package.Dataset, name: str, plan: str, as_of: str) -> pd.DataFrame:
    """One of `VOICES` for a plan, as published by a day; no rows where there is none.

    References to figures in its texts are filled in with the digits as published.

    Parameters
    ----------
    dataset, plan, as_of
        From `package.load`; a plan of ``plans.csv``; a day.
    name
        One of `VOICES`.

    Returns
    -------
    DataFrame
        Its columns as texts, empty where nothing is stated, in the order of ``order`` where it has one.

    Raises
    ------
    InputError
        If the plan is unknown, or a reference names no figure known on that day.

    Examples
    --------
    >>> table(package.load(), "ratings", "zibo-13", "2020-08-10").empty
    True
    """
    area = package.plan_row(dataset, plan)["area"]
    rows = package.published_by(dataset, name, as_of)
    rows = rows[rows["plan"] == plan]
    if "order" in rows:
        rows = rows.sort_values("order", key=lambda order: order.astype(int), kind="stable")
    return filled(rows.reset_index(drop=True), dataset, area, as_of, f"{name}.csv")


def filled(rows: pd.DataFrame, dataset: package.Dataset, area: str, as_of: str, where: str) -> pd.DataFrame:
    """Rows with every reference to a figure in their texts replaced by its digits as published."""
    named = [name for name in rows.columns if name.endswith(("_zh", "_en"))]
    if not any(rows[name].str.contains("{", regex=False).any() for name in named):
        return rows
    view = package.as_of(dataset, as_of)

    cells = {name: [fill(text, view, area, as_of, where) for text in rows[name]] for name in named}
    return rows.assign(**cells)


def without_measure(
    recommendations: pd.DataFrame, problems: pd.DataFrame, opinions: pd.DataFrame
) -> pd.DataFrame:
    """Problems and critical opinions that no measure answers.

    Parameters
    ----------
    recommendations, problems, opinions
        From `table`.

    Returns
    -------
    DataFrame
        ``code, kind`` (``problem`` or ``opinion``), ``theme_zh, theme_en, text_zh, text_en``.
    """
    answered = {code.strip() for cell in recommendations["answers"] for code in cell.split(",")}
    critical = opinions[opinions["stance"].isin(["problem", "request"])]
    rows = [
        problems.rename(columns={"problem": "code", "problem_zh": "text_zh", "problem_en": "text_en"}).assign(
            kind="problem"
        ),
        critical.rename(columns={"opinion": "code"}).assign(kind="opinion"),
    ]
    columns = ["code", "kind", "theme_zh", "theme_en", "text_zh", "text_en"]
    every = pd.concat([frame[columns] for frame in rows], ignore_index=True)
    return every[~every["code"].isin(answered)].reset_index(drop=True)


RATED = ["criterion", "rater", "n", "mean", "weighted"]
"""Columns of `rated`."""


def rated(ratings: pd.DataFrame) -> pd.DataFrame:
    """People's ratings of each criterion on a scale of 100, with and without the weights of its parts.

    Parameters
    ----------
    ratings
        From `table`: a row a criterion (``performance``) or part of one (``performance/effects``) and
        group of raters; ``score`` of at most ``scale``, ``weight`` of the part (1 where empty).

    Returns
    -------
    DataFrame
        For each criterion and group ``n`` (the most who rated a part; 0 where unknown), ``mean`` of the
        parts' scores, each 100 at its best, and ``weighted`` mean.

    Notes
    -----
    With scores s and weights w: mean = sum(100 s / scale) / parts; weighted = sum(w 100 s / scale) / sum(w).
    """
    numbers = {name: pd.to_numeric(ratings[name].replace("", None)) for name in ("n", "score", "scale")}
    weight = pd.to_numeric(ratings["weight"].replace("", "1"))
    share = 100 * numbers["score"] / numbers["scale"]
    rows = pd.DataFrame(
        {
            "criterion": ratings["criterion"].str.split("/").str[0], "rater": ratings["rater"],
            "n": numbers["n"].fillna(0), "share": share, "weight": weight, "product": share * weight,
        }
    )  # fmt: skip
    groups = rows.groupby(["criterion", "rater"], sort=False)
    means = groups.agg(
        n=("n", "max"), mean=("share", "mean"), weight=("weight", "sum"), sum=("product", "sum")
    )
    means = means.reset_index().assign(weighted=lambda frame: frame["sum"] / frame["weight"])
    return means[RATED]
