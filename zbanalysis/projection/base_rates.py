"""How often reference series moved as far as a target asks: what can be said without a trend.

Each *window* is a stretch of a reference series of the M1 and M3 competitions: some years of
past, then h years.  Its move is measured in one of two ways without a unit:

- ``growth``, ln(y_{t+h} / y_t), for what is counted or paid for: positive, no ceiling;
- ``change``, the step over h years divided by the mean absolute yearly change of the past, for
  everything else (shares under a ceiling, balances, series that touched 0).

The base rate of a target is the share of all windows, with the same years ahead, that moved at
least as far as the target asks, in the direction asked.  It knows nothing of the series but
its last value and how much it usually moves, and so is all that can be said of one point.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from zbanalysis.data import schema
from zbanalysis.errors import InputError
from zbanalysis.projection.fan import step_to
from zbanalysis.projection.histories import (
    Features,
    Histories,
    measure,
    nature_of,
    pack,
    require_columns,
    whole_years,
)

YEARS_TABULATED = 8
SHARES = (
    .005, .01, .02, .05, .1, .15, .2, .25, .3, .35, .4, .45, .5,
    .55, .6, .65, .7, .75, .8, .85, .9, .95, .98, .99, .995,
)  # fmt: skip
MEASURES = ("growth", "change")


def base_rate(
    history: pd.DataFrame, targets: pd.DataFrame, about: pd.DataFrame | None = None, **given: object
) -> pd.DataFrame:
    """Return how often windows of the reference series moved at least as far as each target asks.

    Parameters
    ----------
    history
        ``series, year, value``.
    targets
        ``series, year, value, direction`` (``up`` or ``down``).
    about, **given
        ``scale, lower, upper`` of the series, as in `zbanalysis.projection.project.project`.

    Returns
    -------
    pandas.DataFrame
        The targets' rows in their order with ``base_rate`` (0 to 1; NaN for an unknown series, a
        year that is not ahead, and one point of what may be negative or has a ceiling).

    Raises
    ------
    InputError
        An unknown direction, or a column is missing.

    Notes
    -----
    Beyond 8 years ahead, growth of 8 years is stretched by h/8 and change by √(h/8); beyond
    the last tabulated share the rate is half of what that share leaves.

    Examples
    --------
    >>> past = pd.DataFrame({"series": "R&D", "year": range(2018, 2023), "value": [2.0, 2.1, 2.3, 2.4, 2.5]})
    >>> goal = pd.DataFrame({"series": ["R&D"], "year": [2025], "value": [2.5], "direction": ["up"]})
    >>> bool(base_rate(past, goal)["base_rate"].iloc[0] > 0.5)
    True
    """
    require_columns(targets, ("series", "year", "value", "direction"), "targets")
    if not targets["direction"].isin(["up", "down"]).all():
        raise InputError("A direction is 'up' or 'down'.")
    histories = pack(history)
    nature = nature_of(histories, history, about, given)
    usable = np.isin(histories.reason, ("", "one_point"))
    chosen = histories.take(usable)
    features = _measured(chosen, nature.lower[usable], nature.upper[usable])
    row = pd.Index(chosen.names).get_indexer(targets["series"])
    last_year = np.append(features.last_year, 0)[row]  # the added 0 stands for "no such series"
    years = whole_years(targets["year"], "targets") - last_year
    known = (row >= 0) & (years > 0)
    value = pd.to_numeric(targets["value"]).to_numpy(dtype=float)
    below = np.full(len(targets), np.nan)
    below[known] = share_below(features, row[known], years[known], value[known])
    rate = np.where(targets["direction"] == "up", 1 - below, below)
    return targets.assign(base_rate=rate)


def _measured(chosen: Histories, lower: np.ndarray, upper: np.ndarray) -> Features:
    """Features of the series; one point has no scale."""
    single = chosen.count == 1
    values, years = chosen.observed.copy(), chosen.years.copy()
    values[single, -2], years[single, -2] = values[single, -1], years[single, -1] - 1
    doubled = Histories(chosen.names, values, years, np.maximum(chosen.count, 2), chosen.reason)
    features = measure(doubled, lower, upper)
    return replace(features, scale=np.where(single, np.nan, features.scale))


def share_below(features: Features, row: np.ndarray, years: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return the share of windows that ended below each value.

    Parameters
    ----------
    features
        The series.
    row, years, value
        For each question: which series, how many years ahead, which value.
    """
    last, lower, upper = features.last[row], features.lower[row], features.upper[row]
    grows = (last > 0) & (lower == 0) & ~np.isfinite(upper)
    ratio = np.maximum(value, 1e-12) / np.where(grows, last, 1.0)
    change = step_to(last, value, lower, upper) / features.scale[row]
    moved = np.where(grows, np.log(ratio), change)
    ahead = np.minimum(years, YEARS_TABULATED)
    stretch = np.where(grows, years / ahead, np.sqrt(years / ahead))
    share = np.empty(len(moved))
    for measured, year in {(bool(g), int(a)) for g, a in zip(grows, ahead, strict=True)}:
        mine = (grows == measured) & (ahead == year)
        moves = _tables()[MEASURES[0] if measured else MEASURES[1]][year - 1]
        share[mine] = _interpolated(moved[mine] / stretch[mine], moves)
    return np.where(np.isnan(moved), np.nan, share)


def usual_change(years: np.ndarray, share: float) -> np.ndarray:
    """Return the ``change`` that a share of the windows did not exceed.

    Parameters
    ----------
    years
        Years ahead, whole numbers from 1.
    share
        Between the first and the last of `SHARES`.

    Returns
    -------
    numpy.ndarray
        Moves in mean absolute yearly changes, one per year ahead.

    Examples
    --------
    >>> up, down = usual_change(np.array([5]), 0.9), usual_change(np.array([5]), 0.1)
    >>> bool(up[0] > 0 > down[0])
    True
    """
    ahead = np.minimum(years, YEARS_TABULATED)
    table = _tables()["change"]
    moves = np.array([np.interp(share, SHARES, table[year - 1]) for year in ahead])
    return moves * np.sqrt(np.asarray(years) / ahead)


def _interpolated(moved: np.ndarray, moves: np.ndarray) -> np.ndarray:
    # Equal moves in the table (series that stood still) would make the curve ambiguous.
    share = np.interp(moved, moves + 1e-9 * np.arange(len(moves)), SHARES)
    share = np.where(moved < moves[0], SHARES[0] / 2, share)
    return np.where(moved > moves[-1], 1 - (1 - SHARES[-1]) / 2, share)


@cache
def _tables() -> dict[str, np.ndarray]:
    """Moves by measure: years ahead × `SHARES`."""
    path = files("zbanalysis").joinpath("projection", "calibration", "base_rates.csv")
    with path.open(encoding="utf-8") as file:
        frame = pd.read_csv(file)
    shares = [str(share) for share in SHARES]
    return {key: part.sort_values("years")[shares].to_numpy() for key, part in frame.groupby("measure")}


# --- How often other areas managed as much of the same indicator over as many years ---
GROWS = ("amount", "count", "ratio")
"""Scales that are compared by growth; the others by the change."""

COLUMNS = ["comparable_rate", "comparable_windows", "comparable_areas", "comparable_from", "comparable_to"]


def rates(
    assessed: pd.DataFrame, rows: pd.DataFrame, series: pd.DataFrame, comparable: pd.DataFrame
) -> pd.DataFrame:
    """Share of the windows of other areas that moved at least as far as is needed.

    Parameters
    ----------
    assessed
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
        target = assessed.loc[index]
        others = comparable[comparable["area"] != target["area"]]
        step = step_asked(last.get(row["target"], np.nan), row["aim"], target["scale"])
        own = target["kind"] in (*schema.TO_REACH, *schema.GROWTHS, "keep")
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
    counted = managed.groupby(pairs["area"], sort=False).agg(["size", "sum"]).reset_index()
    return counted.set_axis(["area", "windows", "managed"], axis=1)


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
