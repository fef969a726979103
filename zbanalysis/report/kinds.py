"""Kinds of report (yearly monitoring, mid-term, final): when each is due, its words and its outline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from zbanalysis.errors import InputError
from zbanalysis.report.words import label

KINDS = ("annual", "midterm", "final")
"""年度监测, 中期评估, 总结评估."""

FINAL_FROM = (7, 1)
"""Month and day of the plan's last year from which the final evaluation is due: it prepares the next plan."""


class Chapter(NamedTuple):
    """A heading of the outline with what stands below it; ``lead`` is the part it begins with itself."""

    name: str
    parts: tuple[str | Chapter, ...]
    lead: str = ""


# The order of the official evaluations: how it was decided and evaluated, what was found, what follows.
# A part that has nothing to say leaves itself out, and a chapter without parts too.
_FOUND = ("caveats", "requirement", "sensitivity", "trends", "feasibility")
_IMPLEMENTATION = Chapter(
    "implementation", (Chapter("indicators", _FOUND, lead="completion"), "tasks", "safeguards")
)
_BASIS = Chapter("basis", ("scope", "offices", "process", "methods", "changes"))
_CONCLUSION = Chapter("conclusion", ("summary", "problems", "adjustment", "recommendations"))
APPENDICES = ("rules", "method", "evidence", "statements", "sources", "manifest")
OUTLINES: dict[str, tuple[Chapter, ...]] = {
    "annual": (
        Chapter("basis", ("scope", "methods", "changes")),
        Chapter("progress", ("caveats", "requirement", "sensitivity"), lead="completion"),
        Chapter("prospects", ("trends", "feasibility")),
        Chapter("work", ("tasks", "safeguards")),
        Chapter("conclusion", ("summary", "adjustment")),
    ),
    "midterm": (
        _BASIS,
        Chapter("content", (_IMPLEMENTATION, "cost", "survey", "effects", "audit")),
        _CONCLUSION,
    ),
    "final": (
        _BASIS,
        Chapter("content", (_IMPLEMENTATION, "cost", "survey", "cases", "effects", "audit")),
        _CONCLUSION,
    ),
}
"""The chapters of each kind of report; names are those of `chapters.PARTS`."""


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


def chosen(kind: str | None, as_of: str, start_year: int, end_year: int) -> str:
    """The kind asked for, or the one that is due.

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.

    Examples
    --------
    >>> chosen("final", "2019-08-10", 2016, 2020), chosen(None, "2019-08-10", 2016, 2020)
    ('final', 'annual')
    """
    return _known(kind) if kind else kind_of(as_of, start_year, end_year)


def outline_of(kind: str) -> tuple[Chapter, ...]:
    """The chapters of a kind of report, appendices apart.

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.

    Examples
    --------
    >>> [chapter.name for chapter in outline_of("final")]
    ['basis', 'content', 'conclusion']
    """
    return OUTLINES[_known(kind)]


def appendices_for(kind: str) -> tuple[str, ...]:
    """Names of the appendices of a kind of report, in their order.

    Examples
    --------
    >>> set(appendices_for("final")) - set(appendices_for("annual"))
    {'statements'}
    """
    return tuple(name for name in APPENDICES if _known(kind) != "annual" or name != "statements")


def parts_for(kind: str) -> tuple[str, ...]:
    """Names of the parts that a kind of report has, in their order; appendices too.

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.

    Examples
    --------
    >>> set(parts_for("final")) - set(parts_for("midterm"))
    {'cases'}
    >>> "survey" in parts_for("annual")
    False
    """
    return (*_parts(outline_of(kind)), *appendices_for(kind))


def _parts(chapters: tuple[str | Chapter, ...]) -> Iterator[str]:
    for chapter in chapters:
        if isinstance(chapter, str):
            yield chapter
        else:
            yield from filter(None, [chapter.lead])
            yield from _parts(chapter.parts)


def words(kind: str, plan_name: str, as_of: str, lang: str) -> dict[str, str]:
    """Title, subtitle and kind as the cover shows them.

    Parameters
    ----------
    kind
        One of `KINDS`.
    plan_name
        The plan's name in the language.
    as_of
        The day whose knowledge counts; yearly monitoring bears its year.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    dict
        ``kind``, ``title`` and ``subtitle``.

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.
    """
    _known(kind)
    year = dt.date.fromisoformat(as_of).year
    parts = ("kind", "title", "subtitle")
    return {part: label(f"occasion.{kind}.{part}", lang, plan=plan_name, year=year) for part in parts}


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise InputError(f"--kind '{kind}' is not known; write {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
    return kind
