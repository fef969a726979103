"""How often other areas managed as much of the same indicator over as many years.

A window is a figure of an area and the one so many years later, both on one definition.  An
amount, a count or a ratio is compared by its growth, everything else by its change in its own
unit.  Only the indicator itself counts: where no other area has it, nothing is said.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

GROWS = ("amount", "count", "ratio")
"""Scales that are compared by growth; the others by the change."""

COLUMNS = ["comparable_rate", "comparable_windows", "comparable_areas", "comparable_from", "comparable_to"]


def rates(
    found: pd.DataFrame, rows: pd.DataFrame, series: pd.DataFrame, comparable: pd.DataFrame
) -> pd.DataFrame:
    """Share of the windows of other areas that moved at least as far as is needed.

    Parameters
    ----------
    found
        From `progress.progress`.
    rows
        ``target, aim, years_left``, same index.
    series
        ``series`` (the target), ``year``, ``value``.
    comparable
        ``area, indicator, basis, year, value``, from `targets.comparable_series`.

    Returns
    -------
    DataFrame
        Index of ``rows``; ``comparable_rate``, ``comparable_windows`` and ``comparable_areas`` (their
        numbers), ``comparable_from, comparable_to`` (first and last year); NaN and 0 where no other
        area has the indicator over so many years.
    """
    last = series.sort_values("year").groupby("series")["value"].last()
    out = []
    for index, row in rows.iterrows():
        target = found.loc[index]
        others = comparable[comparable["area"] != target["area"]]
        step = step_asked(last.get(row["target"], np.nan), row["aim"], target["scale"])
        own = target["kind"] in ("level", "average_growth", "cumulative_change", "keep")
        pairs = _pairs(target["indicator"], row["years_left"] if own else np.nan, others, target["scale"])
        if pairs.empty or np.isnan(step):
            out.append((np.nan, 0, 0, np.nan, np.nan))
            continue
        rate = float(_managed(pairs, step, target["direction"]).mean())
        first, end = pairs["year"].min(), pairs["year_later"].max()
        out.append((rate, len(pairs), pairs["area"].nunique(), float(first), float(end)))
    return pd.DataFrame(out, index=rows.index, columns=COLUMNS)


def by_area(
    indicator: str, scale: str, years: float, step: float, comparable: pd.DataFrame, direction: str = "up"
) -> pd.DataFrame:
    """How often each area managed such a move of an indicator over as many years.

    Parameters
    ----------
    indicator, scale
        Its id and what it measures.
    years
        Length of a window.
    step
        From `step_asked`.
    comparable
        ``area, indicator, basis, year, value``, from `targets.comparable_series`.
    direction
        ``up``, or ``down`` where at most so much is asked for.

    Returns
    -------
    DataFrame
        ``area, windows`` (their number) and ``managed`` (how many went as far); none where years or
        step are missing.

    Examples
    --------
    >>> rose = pd.DataFrame({"area": "a", "indicator": "x", "basis": "", "year": [2020, 2021, 2022],
    ...                      "value": [10, 12, 13]})
    >>> by_area("x", "count", 1, np.log(1.1), rose).to_numpy().tolist()
    [['a', 2, 1]]
    """
    pairs = _pairs(indicator, years, comparable, scale)
    if pairs.empty or np.isnan(step):
        return pd.DataFrame(columns=["area", "windows", "managed"])
    managed = _managed(pairs, step, direction)
    found = managed.groupby(pairs["area"], sort=False).agg(["size", "sum"]).reset_index()
    return found.set_axis(["area", "windows", "managed"], axis=1)


def step_asked(now: float, target: float, scale: str) -> float:
    """Log growth from now to the target, or the change where the scale does not grow.

    NaN where growth is asked of figures that are not positive.
    """
    if scale not in GROWS:
        return float(target - now)
    return float(np.log(target / now)) if now > 0 and target > 0 else np.nan


def _managed(pairs: pd.DataFrame, step: float, direction: str) -> pd.Series:
    sign = -1 if direction == "down" else 1
    # Changes of printed figures are as exact as their digits, not as binary fractions.
    return sign * (pairs["step"] - step) >= -1e-9


def _pairs(indicator: str, years: float, comparable: pd.DataFrame, scale: str) -> pd.DataFrame:
    """Every figure with the one of the same area and definition so many years later, and the step between."""
    mine = comparable[comparable["indicator"] == indicator]
    if np.isnan(years) or years <= 0 or mine.empty:
        return pd.DataFrame(columns=["area", "year", "year_later", "step"])
    if scale in GROWS:
        mine = mine[mine["value"] > 0]
    later = mine.assign(year=mine["year"] - int(years), year_later=mine["year"])
    pairs = mine.merge(later, on=["area", "indicator", "basis", "year"], suffixes=("", "_later"))
    ratio = np.log(pairs["value_later"] / pairs["value"]) if scale in GROWS else None
    return pairs.assign(step=pairs["value_later"] - pairs["value"] if ratio is None else ratio)
