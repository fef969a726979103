"""Offices with their tasks, and the steps of the evaluation, as tables."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

OFFICES = ("one_office", "tasks_of_office")
STEPS = ("step_time", "step")


def offices(tasks: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Each office with the tasks and safeguards it answers for, in the order of its first.

    Parameters
    ----------
    tasks
        From `tasks.completeness` or `tasks.load`; several offices are parted by a semicolon.
    lang
        ``zh`` or ``en``.
    """
    mark = "；" if lang == "zh" else "; "
    held: dict[str, list[str]] = {}
    for _, row in tasks.iterrows():
        for office in filter(None, row[f"office_{lang}"].split(mark)):
            held.setdefault(office, []).append(row[f"name_{lang}"])
    rows = [[office, mark.join(names)] for office, names in held.items()]
    return pd.DataFrame(rows, columns=cells.headings(OFFICES, lang))


def steps(course: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The steps of the evaluation with their days; from `course.load`."""
    rows = [
        [when(row["start"], row["end"], lang), row[f"text_{lang}"]]
        for _, row in course[course["kind"] == "step"].iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(STEPS, lang))


def when(start: str, end: str, lang: str) -> str:
    """A day, or from one to another.

    Examples
    --------
    >>> when("2020-07-23", "2020-07-31", "en"), when("2018-06", "", "zh")
    ('23 July 2020–31 July 2020', '2018年6月')
    """
    if not end:
        return day(start, lang)
    return label("period.span", lang, first=day(start, lang), last=day(end, lang))


def day(text: str, lang: str) -> str:
    """A day or a month in words; a dash for none.

    Examples
    --------
    >>> day("2018-06", "zh"), day("2017-08-22", "en")
    ('2018年6月', '22 August 2017')
    """
    if not text:
        return wording.NONE
    if len(text) > len("2018-06"):
        return wording.date(text, lang)
    year, month = text.split("-")
    return label("date.month", lang, year=year, month=label(f"month.{int(month)}", lang))
