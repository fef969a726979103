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
        ``area, indicator, scale, year, value``, from `feasibility.comparable_series`.

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
    later = chosen.assign(year=chosen["year"] - int(years))
    pairs = chosen.merge(later, on=["area", "indicator", "year"], suffixes=("", "_later"))
    return np.log(pairs["value_later"] / pairs["value"]).to_numpy()
