"""How a plan was decided and evaluated: its publication, its reviews, the rules followed, the steps taken."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from zbanalysis.data import package, read
from zbanalysis.errors import DataError, Problem

FILE = "course.csv"
COLUMNS = (
    "plan", "step", "order", "kind", "start", "end", "text_zh", "text_en", "source", "locator",
)  # fmt: skip
KINDS = ("basis", "decision", "review", "step")
"""Rules the evaluation follows; the plan's publication; reviews of the plan; steps of the evaluation."""


def load(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """The course of a plan's evaluation as published by a day, in its order; perhaps no rows.

    Returns
    -------
    DataFrame
        The columns of ``course.csv``; ``start`` and ``end`` are days (``2020-07-23``) or months
        (``2018-06``) as text, empty where none is printed; ``order`` a whole number.

    Raises
    ------
    InputError
        If the plan is unknown.
    DataError
        If a step ends before it starts, or a day is none; all such rows.

    Examples
    --------
    >>> load(package.load(), "zibo-13", "2020-08-10").query("kind == 'decision'")["start"].item()
    '2017-08-22'
    """
    package.plan_row(dataset, plan)
    path = Path(dataset.folder) / FILE
    if not path.exists():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS}).astype({"order": int})
    table = read.table(path, COLUMNS, may_be_empty=True)
    wrong = [problem for row, step in table.iterrows() for problem in _problems(int(row), step)]
    if wrong:
        raise DataError(wrong)
    published = dataset.sources.set_index("source")["date_published"]
    known = table["source"].map(published).fillna("9999") <= package.parse_date(as_of).isoformat()
    mine = table[known & (table["plan"] == plan)].astype({"order": int})
    return mine.sort_values("order", kind="stable").reset_index(drop=True)


def problems(dataset: package.Dataset) -> list[Problem]:
    """Every step with a wrong day; none where the folder has no course."""
    path = Path(dataset.folder) / FILE
    if not path.exists():
        return []
    table = read.table(path, COLUMNS, may_be_empty=True)
    return [problem for row, step in table.iterrows() for problem in _problems(int(row), step)]


def _problems(row: int, step: pd.Series) -> list[Problem]:
    right = "a day such as 2020-07-23, or a month such as 2018-06"
    wrong = [
        Problem(FILE, row, name, step[name], right) for name in ("start", "end") if not _is_day(step[name])
    ]
    if wrong:
        return wrong
    if step["end"] and step["end"] < step["start"]:
        return [Problem(FILE, row, "end", step["end"], f"a day not before the start, {step['start']}")]
    return []


def _is_day(text: str) -> bool:
    """Whether this is a day, a month, or nothing."""
    import datetime as dt

    try:
        dt.date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return text == ""
    return len(text) in (7, 10)
