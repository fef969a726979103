"""The bureau's own texts: Markdown files with references to figures in place of figures.

A file stands in ``<plan>/text/<part>.<language>.md`` of the data folder.  ``{gdp[2019]}`` or
``{gdp.2019}`` becomes the digits as published for the plan's own area, the newest vintage of
the day; ``{china/gdp[2019]}`` is another area's, ``{gdp[2019]@zibo-plan-14}`` that document's.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from zbanalysis.data import package
from zbanalysis.errors import InputError, Problem

PARTS = ("effects", "cases", "problems", "recommendations")
"""The parts a report knows, in its order; other files follow in the order of their names."""

LANGUAGES = ("zh", "en")
COLUMNS = ("lang", "part", "kind", "level", "text")
_BRACES = re.compile(r"\{([^{}]*)\}")
_REFERENCE = re.compile(
    r"(?:(?P<area>[a-z0-9-]+)/)?(?P<indicator>[a-z][a-z0-9_]*)"
    r"(?:\[(?P<bracket>[^\]]+)\]|\.(?P<dot>[0-9A-Z/]+))(?:@(?P<source>[a-z0-9-]+))?"
)
_HEADING = re.compile(r"(#{1,3})\s+(.+)")
_ITEM = re.compile(r"(?:[-*]|\d+[.、])\s+(.+)")


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
        where = f"{plan}/text/{path.name}"
        rows += [(lang, part, *block) for block in blocks(_filled(_content(path), where, view, area, as_of))]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"level": int})


def problems(dataset: package.Dataset) -> list[Problem]:
    """Every reference of every plan's texts that names no figure, as known on the plan's newest day."""
    found = []
    for plan in dataset.plans.itertuples():
        files = _files(Path(dataset.folder) / plan.plan / "text")
        if files:
            day = str(package.newest_day(dataset, plan.plan))
            view = package.as_of(dataset, day)
            found += [problem for path in files for problem in _wrong(path, plan, view, day)]
    return found


def _wrong(path: Path, plan: object, view: package.Dataset, day: str) -> list[Problem]:
    """The references of a file that cannot be filled in."""
    where, found = f"{plan.plan}/text/{path.name}", []
    for number, line in enumerate(_content(path).splitlines(), start=1):
        for reference in _BRACES.findall(line):
            try:
                figure(reference, view, plan.area, day)
            except InputError as error:
                right = str(error).partition("; ")[2] or str(error)
                found.append(Problem(where, number, "reference", f"{{{reference}}}", right.rstrip(".")))
    return found


def _files(folder: Path) -> list[Path]:
    """The texts of a folder by language and part."""
    found = [path for lang in LANGUAGES for path in folder.glob(f"*.{lang}.md")]
    rank = {part: place for place, part in enumerate(PARTS)}

    def place(path: Path) -> tuple:
        part, lang = path.name.removesuffix(".md").rsplit(".", 1)
        return LANGUAGES.index(lang), rank.get(part, len(PARTS)), part

    return sorted(found, key=place)


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError):
        raise InputError(f"{path} cannot be read as UTF-8 text; save it as UTF-8.") from None


def _filled(text: str, where: str, view: package.Dataset, area: str, as_of: str) -> str:
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{where}, line {number}"
        lines.append(_BRACES.sub(lambda match, place=place: figure(match[1], view, area, as_of, place), line))
    return "\n".join(lines)


def figure(reference: str, view: package.Dataset, area: str, as_of: str, where: str = "reference") -> str:
    """Digits as published of the figure a reference names.

    Parameters
    ----------
    reference
        What stands between the braces.
    view
        From `package.as_of`, of the day ``as_of``.
    area
        The area meant where the reference names none.
    as_of, where
        The day and the place, for the message.

    Raises
    ------
    InputError
        If there is no such figure, or there are several on different bases.

    Examples
    --------
    >>> figure("rd_intensity.2018", package.as_of(package.load(), "2020-08-10"), "zibo", "2020-08-10")
    '2.63'
    """
    match = _REFERENCE.fullmatch(reference.strip())
    if match is None:
        raise InputError(
            f"{where}: '{{{reference}}}' is no reference; write it as {{hightech_enterprises[2019]}}."
        )
    period, place, source = match["bracket"] or match["dot"], match["area"] or area, match["source"]
    seen = view.observations
    own = seen[(seen["area"] == place) & (seen["indicator"] == match["indicator"])]
    found = own[own["period"] == period]
    if source:
        found = found[found["source"] == source]
    if len(found) == 1:
        return found["published"].iloc[0]
    if len(found) > 1:
        raise InputError(
            f"{where}: '{{{reference}}}' means several figures; add the document, as in "
            f"{{{reference}@{found['source'].iloc[0]}}}."
        )
    raise InputError(
        f"{where}: '{{{reference}}}' is no figure known on {as_of}; {_right(match, own, view, place)}."
    )


def _right(match: re.Match[str], own: pd.DataFrame, view: package.Dataset, area: str) -> str:
    """What would be right: the periods there are, or an indicator of a like name."""
    name = match["indicator"]
    if len(own):
        return f"for {name} of {area} there are {', '.join(sorted(own['period'].unique()))}"
    if name in set(view.indicators["indicator"]):
        return f"nothing is published of {name} for {area}; add it to observations.csv"
    near = get_close_matches(name, view.indicators["indicator"], n=1)
    return f"perhaps {near[0]} is meant" if near else "name an indicator of indicators.csv"


def blocks(text: str) -> list[tuple[str, int, str]]:
    r"""Markdown as ``kind, level, text``; paragraphs end at an empty line, lines within are joined.

    Examples
    --------
    >>> blocks("# A\n\none\ntwo\n\n- x")
    [('heading', 1, 'A'), ('paragraph', 0, 'one\ntwo'), ('item', 0, 'x')]
    """
    found: list[tuple[str, int, str]] = []
    open_ = False  # whether the next plain line goes on with the last block
    for line in (line.strip() for line in text.splitlines()):
        heading, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
        if heading:
            found.append(("heading", len(heading[1]), heading[2]))
        elif item:
            found.append(("item", 0, item[1]))
        elif line and open_:
            kind, level, before = found[-1]
            found[-1] = kind, level, f"{before}\n{line}"
        elif line:
            found.append(("paragraph", 0, line))
        open_ = bool(line) and not heading
    return found
