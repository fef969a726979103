"""How often the provinces managed such growth over as many years."""

from __future__ import annotations

import numpy as np
import pandas as pd


def rates(
    found: pd.DataFrame, rows: pd.DataFrame, series: pd.DataFrame, comparable: pd.DataFrame
) -> pd.DataFrame:
    """Share of the provinces' spells of as many years that grew at least as much as is needed.

    Parameters
    ----------
    found
        From `progress.progress`.
    rows
        ``target, aim, years_left``, same index.
    series
        ``series`` (the target), ``year``, ``value``.
    comparable
        ``area, indicator, scale, year, value``, from `targets.comparable_series`.

    Returns
    -------
    DataFrame
        Index of ``rows``; ``comparable_rate, comparable_spells`` (their number) and
        ``comparable_scope``: ``indicator``, or ``scale`` where others have no such indicator.
    """
    last = series.sort_values("year").groupby("series")["value"].last()
    out = []
    for index, row in rows.iterrows():
        asked = growth_asked(last.get(row["target"], np.nan), row["aim"])
        spells, scope = _spells(found.loc[index], row["years_left"], comparable)
        usable = len(spells) > 0 and not np.isnan(asked)
        sign = 1 if found.loc[index, "direction"] == "up" else -1
        rate = float((sign * (spells - asked) >= 0).mean()) if usable else np.nan
        out.append((rate, len(spells) if usable else 0, scope if usable else ""))
    return pd.DataFrame(
        out, index=rows.index, columns=["comparable_rate", "comparable_spells", "comparable_scope"]
    )


def by_area(
    indicator: str, years: float, asked: float, comparable: pd.DataFrame, direction: str = "up"
) -> pd.DataFrame:
    """How often each area managed such a rise of an indicator over as many years.

    Parameters
    ----------
    indicator
        Its id; only spells of this indicator count.
    years
        Length of a spell.
    asked
        Log growth, from `growth_asked`.
    comparable
        ``area, indicator, scale, year, value``, from `targets.comparable_series`.
    direction
        ``up``, or ``down`` where at most so much growth is asked for.

    Returns
    -------
    DataFrame
        ``area, spells`` (their number) and ``managed`` (how many went as far); none where years or
        growth are missing.

    Examples
    --------
    >>> rose = pd.DataFrame({"area": "a", "indicator": "x", "scale": "count", "year": [2020, 2021, 2022],
    ...                      "value": [10, 12, 13]})
    >>> by_area("x", 1, np.log(1.1), rose).to_numpy().tolist()
    [['a', 2, 1]]
    """
    usable = not (np.isnan(years) or years <= 0 or np.isnan(asked))
    mine = comparable[(comparable["indicator"] == indicator) & (comparable["value"] > 0)]
    sign = 1 if direction == "up" else -1
    if not usable:
        return pd.DataFrame(columns=["area", "spells", "managed"])
    pairs = _pairs(mine, years)
    managed = sign * (np.log(pairs["value_later"] / pairs["value"]) - asked) >= 0
    found = managed.groupby(pairs["area"], sort=False).agg(["size", "sum"]).reset_index()
    return found.set_axis(["area", "spells", "managed"], axis=1)


def growth_asked(now: float, target: float) -> float:
    """Log growth from now to the target; NaN where either is not positive."""
    return float(np.log(target / now)) if now > 0 and target > 0 else np.nan


def _spells(target: pd.Series, years: float, comparable: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Log growth over so many years in the provinces: of the same indicator, or of its scale."""
    if (
        np.isnan(years)
        or years <= 0
        or target["kind"] not in ("level", "average_growth", "cumulative_change")
    ):
        return np.array([]), ""
    others = comparable[(comparable["value"] > 0) & (comparable["area"] != target["area"])]
    same = _grown(others[others["indicator"] == target["indicator"]], years)
    if len(same):
        return same, "indicator"
    return _grown(others[others["scale"] == target["scale"]], years), "scale"


def _grown(chosen: pd.DataFrame, years: float) -> np.ndarray:
    """Log growth of every area and indicator over so many years."""
    pairs = _pairs(chosen, years)
    return np.log(pairs["value_later"] / pairs["value"]).to_numpy()


def _pairs(chosen: pd.DataFrame, years: float) -> pd.DataFrame:
    """Every figure with the one of the same area and indicator so many years later."""
    later = chosen.assign(year=chosen["year"] - int(years))
    return chosen.merge(later, on=["area", "indicator", "year"], suffixes=("", "_later"))
