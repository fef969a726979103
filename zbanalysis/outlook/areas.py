"""The indicators of one area that has figures but no plan: how each moved, and where it is likely to be.

The rows have the columns of `progress.standing`, the indicator standing for the target, so
that what is written for a plan's targets (`inputs`, `trend`, `targets.fans`, the cells of
tables) takes them as they are.  Only the area's own observations are read.  One projection
serves the fans, the values at the ends of the five-year plans ahead and the chances.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from zbanalysis import trend
from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.outlook import targets
from zbanalysis.plan import inputs, progress
from zbanalysis.projection import base_rates, project

MOTIONS = ("rising", "falling", "level", "unsure")
"""What the 95 % interval of the yearly change says; ``unsure`` where there is none."""

TURNS = ("faster", "as_before", "slower", "unsure")
"""The pace of the last years against that interval."""

HORIZON = 8
"""Years ahead for which the projection was calibrated; beyond, no value is given."""

PLAN_YEARS = 5
"""China's five-year plans end in the years that five divides."""

REASONS = ("", "too_far", "published")
"""Beside the reasons of `histories.REASONS`: beyond `HORIZON`, or the year's own figure is out."""


def own(dataset: package.Dataset, area: str) -> package.Dataset:
    """The data folder with one area's observations only.

    Raises
    ------
    InputError
        If there is no such area, or no figure of it at all.

    Examples
    --------
    >>> own(package.load(), "tibet").observations["area"].unique().tolist()
    ['tibet']
    """
    mine = dataset.observations[dataset.observations["area"] == area]
    with_figures = dataset.observations["area"].unique()
    if mine.empty:
        what = "has no figures" if area in set(dataset.areas["area"]) else "is not in the data"
        raise InputError(f"--area '{area}' {what}; areas with figures are {', '.join(sorted(with_figures))}.")
    return replace(dataset, observations=mine)


def record(dataset: package.Dataset, area: str) -> pd.DataFrame:
    """The area in one row: ``area, name_zh, name_en, level``, and ``plans``, how many are its own."""
    own(dataset, area)
    rows = dataset.areas.loc[dataset.areas["area"] == area, ["area", "name_zh", "name_en", "level"]]
    return rows.assign(plans=int((dataset.plans["area"] == area).sum())).reset_index(drop=True)


def indicators(dataset: package.Dataset, area: str, date: dt.date | str) -> pd.DataFrame:
    """Every indicator of an area with its newest figure, by what was known on a day.

    A flow of part of a year does not compare with yearly figures and is left out.

    Parameters
    ----------
    dataset
        From `package.load`.
    area
        An area with figures.
    date
        The day whose knowledge counts.

    Returns
    -------
    DataFrame
        One row per indicator in the order of ``indicators.csv``: ``target`` (the indicator),
        ``order`` (from 1), the columns of ``areas.csv`` and ``indicators.csv`` as in
        `progress.standing`, and the newest figure (``current_period, current_position,
        current_value, current_published, current_status, current_basis, current_source``).

    Raises
    ------
    InputError
        If the area is unknown or had no figure by that day.

    Examples
    --------
    >>> rows = indicators(package.load(), "guangdong", "2024-12-31")
    >>> rows.loc[rows["target"] == "rd_expenditure", "current_period"].tolist()
    ['2023']
    """
    dataset = own(dataset, area)
    known = package.as_of(dataset, date).observations
    nature = dataset.indicators.set_index("indicator")
    known = known[_compares(known, nature)]
    if known.empty:
        first = dataset.observations["known_since"].min()
        late = f"no yearly figure of {area} was known by then; the first is of {first}"
        raise InputError(f"--as-of {date}: {late}.")
    ranked = known.sort_values(["position", "known_since"], ascending=[False, False], kind="stable")
    newest = ranked.drop_duplicates("indicator").set_index("indicator")
    names = ["period", "position", "value", "published", "status", "basis", "source"]
    rows = nature.loc[nature.index.isin(newest.index)].join(newest[names].add_prefix("current_"))
    return _as_targets(rows.reset_index(), record(dataset, area).iloc[0])


def _compares(known: pd.DataFrame, nature: pd.DataFrame) -> pd.Series:
    """As `package.comparable`, for many indicators at once."""
    of = nature.loc[known["indicator"]]
    adds_up = (of["accumulation"] == "flow") & of["scale"].isin(["count", "amount"])
    return ~adds_up.to_numpy() | (known["position"] - known["start"] == 1)


def _as_targets(rows: pd.DataFrame, area: pd.Series) -> pd.DataFrame:
    return rows.assign(
        target=rows["indicator"],
        order=np.arange(1, len(rows) + 1),
        kind="level",
        base_position=np.nan,  # an indicator without a target has no base
        target_period=rows["current_period"],  # as long as the newest figure, so that its like compare
        target_position=rows["current_position"],
        area=area["area"],
        plan_area=area["area"],
        area_zh=area["name_zh"],
        area_en=area["name_en"],
        area_level=area["level"],
        published_base_value=rows["current_published"],  # how many decimals a computed value is shown with
        published_target_value="",
    )


def movement(rows: pd.DataFrame, history: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """What the trend and the last years say of each indicator, in words a reader can sort by.

    Parameters
    ----------
    rows
        From `indicators`.
    history
        From `progress.history`.
    chosen
        From `trend.choose`.

    Returns
    -------
    DataFrame
        Index of ``rows``; ``target, growth`` (average % a year of the last `targets.PACE_YEARS`
        years), ``change`` (average change a year, the indicator's unit), ``pace_years``,
        ``motion`` (one of `MOTIONS`), ``turn`` (one of `TURNS`).
    """
    moved = rows[["target"]].join(targets.pace(inputs.series_of(rows, history)), on="target")
    lines = chosen.set_index("series").reindex(rows["target"]).set_index(rows.index)
    percent = lines["slope_unit"] == "percent_per_year"
    low = lines["slope_low"].where(percent, lines["per_year_low"]).astype(float)
    high = lines["slope_high"].where(percent, lines["per_year_high"]).astype(float)
    recent = moved["growth"].where(percent, moved["change"])
    unsure = low.isna() | high.isna()
    moved["motion"] = np.select([unsure, low > 0, high < 0], ["unsure", "rising", "falling"], "level")
    pace = [unsure | recent.isna(), recent > high, recent < low]
    moved["turn"] = np.select(pace, ["unsure", "faster", "slower"], "as_before")
    return moved


def trends(rows: pd.DataFrame, history: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The trend chosen for each indicator, and its line.

    Returns
    -------
    tuple of DataFrame
        As `trend.choose` and `trend.fitted` give them.
    """
    figures = inputs.trend_input(rows, history)
    chosen = trend.choose(trend.fit(figures))
    return chosen, trend.fitted(figures, chosen)


def history(dataset: package.Dataset, rows: pd.DataFrame, date: dt.date | str) -> pd.DataFrame:
    """The figures of the indicators of `indicators`, as `progress.history` gives them."""
    return progress.history(own(dataset, rows["area"].iloc[0]), rows, date)


def plan_ends(series: pd.DataFrame) -> tuple[int, int]:
    """Ends of the five-year plan that follows the newest figures, and of the plan after it.

    The newest year is the one in which most series end; at a tie the later.

    Parameters
    ----------
    series
        ``series, year, value``, from `inputs.series_of`.

    Examples
    --------
    >>> plan_ends(pd.DataFrame({"series": "a", "year": [2022, 2023], "value": [1.0, 2.0]}))
    (2025, 2030)
    """
    newest = series.groupby("series")["year"].max().mode().max()
    first = PLAN_YEARS * (int(newest) // PLAN_YEARS + 1)
    return first, first + PLAN_YEARS


def fans(
    rows: pd.DataFrame, series: pd.DataFrame, end: int, as_of: dt.date | str | None = None
) -> pd.DataFrame:
    """Projection of each indicator, year by year, to a year or as far as `HORIZON` goes.

    Parameters
    ----------
    rows
        From `areas.indicators`.
    series
        From `inputs.series_of`.
    end
        Last year shown.

    Returns
    -------
    DataFrame
        As `targets.fans`.
    """
    last = rows["target"].map(series.groupby("series")["year"].max())
    shown = rows.assign(target_position=np.minimum(float(end), last + HORIZON))
    return targets.fans(shown, series, as_of=as_of)


def outlook(
    rows: pd.DataFrame,
    series: pd.DataFrame,
    fan: pd.DataFrame,
    years: tuple[int, ...],
    as_of: dt.date | str | None = None,
) -> pd.DataFrame:
    """Value, chance of being better than now, and base rates of each indicator in each year asked.

    Parameters
    ----------
    rows
        From `areas.indicators`.
    series
        From `inputs.series_of`.
    fan
        From `fans`, to the last year asked.
    years
        The years asked.
    as_of
        Day of the report, as in `targets.feasibility`.

    Returns
    -------
    DataFrame
        One row per indicator and year, always: ``target, year, points, last_year, last_value,
        mean`` (the median), ``lo80, hi80, lo95, hi95``, ``growth`` and ``change`` (average a
        year from the last figure to the median, in % and in the indicator's unit),
        ``chance_better`` (of being better than the last figure, in the indicator's own
        direction), ``rate_better`` and ``rate_median`` (how often reference windows ended
        better than they began, and went at least as far as the median) and ``reason``.
    """
    ends = series.sort_values("year").groupby("series")
    facts = ends[["year", "value"]].last().add_prefix("last_").assign(points=ends.size())
    facts = facts[["points", "last_year", "last_value"]]
    asked = rows[["target", "direction", "scale", "domain"]].merge(pd.DataFrame({"year": years}), how="cross")
    asked = asked.join(facts, on="target")
    projected = asked.merge(fan, on=["target", "year"], how="left")
    ahead = (projected["year"] - projected["last_year"]).astype(float)
    known = projected["mean"].notna()
    positive = (projected["mean"] > 0) & (projected["last_value"] > 0)
    ratio = (projected["mean"] / projected["last_value"]).where(positive)
    projected["growth"] = 100 * (ratio ** (1 / ahead.where(known)) - 1)
    projected["change"] = (projected["mean"] - projected["last_value"]) / ahead.where(known)
    projected = projected.join(_chances(rows, series, projected[known], as_of))
    projected = projected.join(_rates(rows, series, projected[known]))
    where = [known, ahead <= 0, projected["points"] == 1, ahead > HORIZON]
    projected["reason"] = np.select(where, ["", "published", "one_point", "too_far"], "not_projected")
    return projected.drop(columns=["direction", "scale", "domain"])


def _goals(projected: pd.DataFrame, value: str) -> pd.DataFrame:
    goals = projected[["target", "year", value, "direction"]]
    return goals.set_axis(["series", "year", "value", "direction"], axis=1).astype({"year": int})


def _chances(
    rows: pd.DataFrame, series: pd.DataFrame, projected: pd.DataFrame, as_of: dt.date | str | None
) -> pd.DataFrame:
    """Chance of being better than now."""
    if projected.empty:
        return pd.DataFrame(columns=["chance_better"], index=projected.index, dtype=float)
    goals = _goals(projected, "last_value")
    horizon = int((projected["year"] - projected["last_year"]).max())
    past = series[series["series"].isin(projected["target"])]
    ahead = project.project(past, horizon, inputs.nature_of(rows), as_of=as_of)
    return ahead.chance(goals)[["chance"]].set_axis(["chance_better"], axis=1)


def _rates(rows: pd.DataFrame, series: pd.DataFrame, projected: pd.DataFrame) -> pd.DataFrame:
    """Base rates, of all windows of the reference series."""
    asked = {"rate_better": "last_value", "rate_median": "mean"}
    rates = pd.DataFrame(index=projected.index, columns=list(asked), dtype=float)
    for column, value in asked.items() if len(projected) else ():
        goals = _goals(projected, value)
        rates[column] = base_rates.base_rate(series, goals, inputs.nature_of(rows))["base_rate"]
    return rates


def width(ahead: pd.DataFrame, year: int) -> float:
    """Upper over lower end of the 80 % interval in a year, in the middle of the indicators; NaN for none."""
    part = ahead[(ahead["year"] == year) & (ahead["reason"] == "") & (ahead["lo80"] > 0)]
    return float((part["hi80"] / part["lo80"]).median())
