"""Kinds of report (baseline, yearly monitoring, mid-term, final): when each is due, and its words."""

from __future__ import annotations

import datetime as dt

from zbanalysis.errors import InputError
from zbanalysis.report.words import label

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
    return _known(kind) if kind else "baseline" if without_figures and due != "final" else due


def words(kind: str, plan_name: str, as_of: str, lang: str) -> dict[str, str]:
    """Title and kind as the cover shows them.

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
        ``kind`` and ``title``.

    Raises
    ------
    InputError
        If the kind is not one of `KINDS`.
    """
    _known(kind)
    year = dt.date.fromisoformat(as_of).year
    parts = ("kind", "title")
    return {part: label(f"occasion.{kind}.{part}", lang, plan=plan_name, year=year) for part in parts}


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise InputError(f"--kind '{kind}' is not known; write {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
    return kind
