"""Published figures: their periods, their days, their bounds."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from zbanalysis.data import periods
from zbanalysis.errors import Problem

PERIODS = "2019, 2020Q1, 2020H1, 2020M09 or 2016/2019"


def problems(
    name: str, table: pd.DataFrame, sources: pd.DataFrame, indicators: pd.DataFrame
) -> list[Problem]:
    """All that is wrong with the figures of one file that a table schema cannot say."""
    return [
        *(wrong_periods(name, table, "period") or _early(name, table, sources)),
        *outside_bounds(name, table, indicators),
    ]


def wrong_periods(name: str, table: pd.DataFrame, column: str) -> list[Problem]:
    """Cells that are no period."""
    problems = []
    for text in table[column].unique():
        try:
            _ = text == "" or periods.position(text)
        except ValueError:
            rows = table.index[table[column] == text]
            problems += [Problem(name, row, column, text, PERIODS) for row in rows]
    return problems


def _early(name: str, table: pd.DataFrame, sources: pd.DataFrame) -> list[Problem]:
    """A figure published before its period began is a misdated row.

    A figure may appear within its own period (an estimate in a mid-year report), so
    the end of the period is asked only of final figures.
    """
    problems = []
    published = sources["date_published"].map(dt.date.fromisoformat)
    pairs = table[["period", "status", "source"]].drop_duplicates()
    for period, status, source in pairs.itertuples(index=False):
        day = published[source]
        allowed = periods.end_date(period) if status == "final" else periods.begin_date(period)
        if day < allowed:
            rows = table.index[
                (table["period"] == period) & (table["status"] == status) & (table["source"] == source)
            ]
            words = (
                f"a period that ended by {day}, the day {source} was published, or status estimate"
                if status == "final"
                else f"a period that began by {day}, the day {source} was published"
            )
            problems += [Problem(name, row, "period", period, words) for row in rows]
    return problems


def outside_bounds(
    name: str, table: pd.DataFrame, indicators: pd.DataFrame, column: str = "value"
) -> list[Problem]:
    """Cells beyond what their indicator can be."""
    bounds = indicators.set_index("indicator")[["lower_bound", "upper_bound"]]
    low = pd.to_numeric(table["indicator"].map(bounds["lower_bound"]).replace("", None)).fillna(float("-inf"))
    high = pd.to_numeric(table["indicator"].map(bounds["upper_bound"]).replace("", None)).fillna(float("inf"))
    value = pd.to_numeric(table[column].replace("", None))
    outside = table[(value < low) | (value > high)]
    return [
        Problem(name, row, column, cell, f"a value between {low[row]:g} and {high[row]:g} for {indicator}")
        for row, cell, indicator in zip(outside.index, outside[column], outside["indicator"], strict=False)
    ]
