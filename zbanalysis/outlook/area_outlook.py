"""Where each indicator of an area is likely to be at the ends of the five-year plans ahead.

One projection serves the fans, the values in the years asked and the chances; the base rates
come from the calibration tables, so nothing but the area's own figures is read.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.outlook import feasibility
from zbanalysis.plan import inputs
from zbanalysis.projection import base_rates, domain, project

HORIZON = 8
"""Years ahead for which the projection was calibrated; beyond, no value is given."""

PLAN_YEARS = 5
"""China's five-year plans end in the years that five divides."""

REASONS = ("", "too_far", "published")
"""Beside the reasons of `histories.REASONS`: beyond `HORIZON`, or the year's own figure is out."""


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


def fans(rows: pd.DataFrame, series: pd.DataFrame, end: int) -> pd.DataFrame:
    """Projection of each indicator, year by year, to a year or as far as `HORIZON` goes.

    Parameters
    ----------
    rows
        From `area_series.indicators`.
    series
        From `inputs.series_of`.
    end
        Last year shown.

    Returns
    -------
    DataFrame
        As `feasibility.fans`.
    """
    last = rows["target"].map(series.groupby("series")["year"].max())
    return feasibility.fans(rows.assign(target_position=np.minimum(float(end), last + HORIZON)), series)


def outlook(
    rows: pd.DataFrame, series: pd.DataFrame, fan: pd.DataFrame, years: tuple[int, ...]
) -> pd.DataFrame:
    """Value, chance of being better than now, and base rates of each indicator in each year asked.

    Parameters
    ----------
    rows
        From `area_series.indicators`.
    series
        From `inputs.series_of`.
    fan
        From `fans`, to the last year asked.
    years
        The years asked.

    Returns
    -------
    DataFrame
        One row per indicator and year, always: ``target, year, points, last_year, last_value,
        mean`` (the median), ``lo80, hi80, lo95, hi95``, ``growth`` and ``change`` (average a
        year from the last figure to the median, in % and in the indicator's unit),
        ``chance_better`` (of being better than the last figure, in the indicator's own
        direction), ``rate_better`` and ``rate_median`` (how often comparable spells ended
        better than they began, and went at least as far as the median), ``rate_kind``, and ``reason``.
    """
    ends = series.sort_values("year").groupby("series")
    facts = pd.DataFrame(
        {"points": ends.size(), "last_year": ends["year"].last(), "last_value": ends["value"].last()}
    )
    asked = rows[["target", "direction", "scale", "domain"]].merge(pd.DataFrame({"year": years}), how="cross")
    asked = asked.join(facts, on="target")
    found = asked.merge(fan, on=["target", "year"], how="left")
    ahead = (found["year"] - found["last_year"]).astype(float)
    known = found["mean"].notna()
    positive = (found["mean"] > 0) & (found["last_value"] > 0)
    ratio = (found["mean"] / found["last_value"]).where(positive)
    found["growth"] = 100 * (ratio ** (1 / ahead.where(known)) - 1)
    found["change"] = (found["mean"] - found["last_value"]) / ahead.where(known)
    found = found.join(_chances(rows, series, found[known])).join(_rates(rows, series, found[known]))
    found["rate_kind"] = found["rate_kind"].fillna("")
    found["reason"] = np.select(
        [known, ahead <= 0, found["points"] == 1, ahead > HORIZON],
        ["", "published", "one_point", "too_far"],
        "not_projected",
    )
    return found.drop(columns=["direction", "scale", "domain"])


def _goals(found: pd.DataFrame, value: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "series": found["target"],
            "year": found["year"].astype(int),
            "value": found[value],
            "direction": found["direction"],
        }
    )


def _chances(rows: pd.DataFrame, series: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Chance of being better than now; science statistics are read as the provinces' outcomes fell."""
    if found.empty:
        return pd.DataFrame(columns=["chance_better"], index=found.index, dtype=float)
    goals = _goals(found, "last_value")
    horizon = int((found["year"] - found["last_year"]).max())
    ahead = project.project(
        series[series["series"].isin(found["target"])], horizon, bounds=inputs.bounds_of(rows)
    )
    general, own = ahead.chance(goals)["chance"], domain.chance(ahead, goals)["chance"]
    return general.mask(found["domain"] == "science", own).to_frame("chance_better")


def _rates(rows: pd.DataFrame, series: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Base rates: of the provinces' spells of the same kind; a share has none of its own and takes all."""
    kinds = found["scale"].where(found["scale"].isin(base_rates.KINDS), "all")
    rates = pd.DataFrame(index=found.index, columns=["rate_better", "rate_median"], dtype=float)
    for kind, part in found.groupby(kinds):
        for column, value in (("rate_better", "last_value"), ("rate_median", "mean")):
            answered = base_rates.base_rate(
                series, _goals(part, value), kind=kind, bounds=inputs.bounds_of(rows)
            )
            rates.loc[part.index, column] = answered["base_rate"]
    return rates.assign(rate_kind=kinds)
