"""Will each target be reached: chance, what comparable places managed, what is needed, a verdict.

The chance is read off the predictive distribution of `projection`, which knows the
indicator's own past only.  Beside it stand two figures that know other things: the class
rate, how often reference series moved as far in as many years (`base_rates`), and the
comparable rate, how often the provinces managed such growth over as many years.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from zbanalysis.data import package
from zbanalysis.outlook import windows
from zbanalysis.plan import inputs, pathway
from zbanalysis.projection import base_rates, domain, project

LIKELY, WITH_EFFORT = 0.8, 0.4
"""Chances from which a target is called within reach, and within reach with effort."""

VERDICTS = ("met", "missed", "likely", "with_effort", "unlikely", "not_assessable")
HORIZON_SHOWN = 15
"""Years ahead in which the median is followed to see when it reaches the target."""

PACE_YEARS = 5
"""The recent pace is that of the last five years, or of as many as there are."""


def feasibility(
    found: pd.DataFrame,
    history: pd.DataFrame,
    comparable: pd.DataFrame,
    likely: float = LIKELY,
    with_effort: float = WITH_EFFORT,
) -> pd.DataFrame:
    """Chance and verdict for every target of a plan; one row per target, always.

    Parameters
    ----------
    found
        From `progress.progress`.
    history
        From `progress.history`: the known figures of each target's indicator.
    comparable
        Yearly figures of other areas, ``area, indicator, scale, year, value``; from
        `comparable_series`.
    likely, with_effort
        Chances from which the verdict is ``likely`` and ``with_effort``.

    Returns
    -------
    DataFrame
        Index of ``found``; ``target, aim`` (the value to be reached in the target year, the
        indicator's unit), ``points`` (figures on the present definition), ``years_left``,
        ``chance``, ``class_rate``, ``comparable_rate``, ``comparable_spells`` (their number),
        ``comparable_scope`` (``indicator`` or ``scale``), ``median, low80, high80, low95, high95``
        (in the target year), ``recent_pace`` (in the measure of ``needed``), ``pace_years``,
        ``median_year`` (when the median reaches the target; NaN if not within
        `HORIZON_SHOWN` years), ``value_at_80``, ``value_at_50`` (what would be reached with
        these chances), ``verdict`` (one of `VERDICTS`) and ``verdict_reason``.

    Notes
    -----
    A target already met gets the chance of still being met in the target year.  A range
    is met between its edges; a floor or ceiling is judged for the target year alone.
    """
    series = inputs.series_of(found, history)
    rows = pd.DataFrame({"target": found["target"], "aim": pathway.end_value(found)}, index=found.index)
    rows["points"] = rows["target"].map(series.groupby("series").size()).fillna(0).astype(int)
    rows["last_year"] = rows["target"].map(series.groupby("series")["year"].max())
    rows["years_left"] = np.floor(found["target_position"]) - rows["last_year"]
    rows = rows.join(_chances(found, rows, series)).join(windows.rates(found, rows, series, comparable))
    rows = rows.join(_recent(found, series))
    return rows.join(_verdicts(found, rows, likely, with_effort))


def fans(found: pd.DataFrame, series: pd.DataFrame, levels: tuple[int, ...] = (80, 95)) -> pd.DataFrame:
    """Projection of each target's indicator, year by year, to its target year.

    Returns
    -------
    DataFrame
        ``target, year, mean, lo80, hi80, lo95, hi95``; targets that cannot be projected or
        whose year is over have no rows.
    """
    last = series.groupby("series")["year"].max()
    left = np.floor(found.set_index("target")["target_position"]) - last
    if not (left > 0).any():
        return pd.DataFrame(columns=["target", "year", "mean", "lo80", "hi80", "lo95", "hi95"])
    ahead = project.project(series, int(left.max()), bounds=inputs.bounds_of(found))
    own = ahead.rows["series"].map(found.set_index("target")["domain"]) == "science"
    paths = ahead.rows[["series", "year", "reason"]].assign(mean=_quantile(ahead, 0.5, own))
    for level in levels:
        paths[f"lo{level}"] = _quantile(ahead, 0.5 - level / 200, own)
        paths[f"hi{level}"] = _quantile(ahead, 0.5 + level / 200, own)
    end = np.floor(found.set_index("target")["target_position"])
    paths = paths[(paths["reason"] == "") & (paths["year"] <= paths["series"].map(end))]
    return paths.rename(columns={"series": "target"}).drop(columns="reason").reset_index(drop=True)


def comparable_series(
    observations: pd.DataFrame, indicators: pd.DataFrame, areas: pd.DataFrame
) -> pd.DataFrame:
    """Yearly figures of the provinces, the yardstick of what others managed.

    Returns
    -------
    DataFrame
        ``area, indicator, scale, year, value``.
    """
    provinces = areas.loc[areas["level"] == "province", "area"]
    kept = observations[observations["area"].isin(provinces) & ~observations["part_year"]]
    kept = kept[kept["position"] - kept["start"] == 1]
    scale = kept["indicator"].map(indicators.set_index("indicator")["scale"])
    return pd.DataFrame(
        {
            "area": kept["area"],
            "indicator": kept["indicator"],
            "scale": scale,
            "year": kept["position"].astype(int),
            "value": kept["value"],
        }
    ).drop_duplicates(["area", "indicator", "year"])


def comparable_of(dataset: package.Dataset, date: dt.date | str) -> pd.DataFrame:
    """`comparable_series` of what was known on a day."""
    view = package.as_of(dataset, date)
    return comparable_series(view.observations, view.indicators, view.areas)


def _chances(found: pd.DataFrame, rows: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Chance, class rate and distribution in the target year."""
    wanted = rows[(rows["years_left"] > 0) & rows["aim"].notna() & ~found["final"]]
    blank = pd.DataFrame(np.nan, index=rows.index, columns=_CHANCE_COLUMNS).assign(chance_reason="")
    if wanted.empty:
        return blank
    horizon = max(HORIZON_SHOWN, int(wanted["years_left"].max()))
    ahead = project.project(
        series[series["series"].isin(wanted["target"])], horizon, bounds=inputs.bounds_of(found)
    )
    goals = pd.DataFrame(
        {
            "series": wanted["target"],
            "year": (wanted["last_year"] + wanted["years_left"]).astype(int),
            "value": wanted["aim"],
            "direction": _direction(found.loc[wanted.index]),
        }
    )
    science = found.loc[wanted.index, "domain"] == "science"
    known = _chance(ahead, goals, science)
    blank.loc[wanted.index, "chance"] = known["chance"]
    blank.loc[wanted.index, "chance_reason"] = known["reason"]
    ranged = wanted.index[found.loc[wanted.index, "kind"] == "range"]
    beyond = _chance(
        ahead, goals.loc[ranged].assign(value=found.loc[ranged, "target_upper"]), science.loc[ranged]
    )
    # Nothing lies beyond an upper edge that is the indicator's own limit.
    open_ended = found.loc[ranged, "target_upper"] < found.loc[ranged, "upper_bound"].fillna(np.inf)
    blank.loc[ranged, "chance"] -= beyond["chance"].where(open_ended, 0.0)
    rate = base_rates.base_rate(series, goals, bounds=inputs.bounds_of(found))["base_rate"]
    blank.loc[wanted.index, "class_rate"] = rate.where(~wanted.index.isin(ranged))
    upper = found.loc[wanted.index, "target_upper"].where(found.loc[wanted.index, "kind"] == "range")
    return _with_distribution(blank, goals.assign(upper=upper), ahead, science)


_CHANCE_COLUMNS = [
    "chance", "class_rate", "median", "low80", "high80", "low95", "high95",
    "value_at_80", "value_at_50", "median_year",
]  # fmt: skip


def _chance(ahead: project.Projection, goals: pd.DataFrame, science: pd.Series) -> pd.DataFrame:
    """Chances; those of science statistics are read as the provinces' outcomes fell."""
    general = ahead.chance(goals)
    return general.assign(chance=general["chance"].mask(science, domain.chance(ahead, goals)["chance"]))


def _quantile(ahead: project.Projection, probability: float, science: pd.Series) -> np.ndarray:
    """Values not exceeded with this probability; ``science`` says it of each row."""
    return np.where(science, domain.quantile(ahead, probability), ahead.quantile(probability))


def _with_distribution(
    blank: pd.DataFrame, goals: pd.DataFrame, ahead: project.Projection, science: pd.Series
) -> pd.DataFrame:
    """What the target year's distribution says in the indicator's own unit."""
    own = ahead.rows["series"].isin(goals.loc[science, "series"])
    levels = {
        "median": 0.5,
        "low80": 0.1,
        "high80": 0.9,
        "low95": 0.025,
        "high95": 0.975,
        "q20": 0.2,
        "q80": 0.8,
    }
    frame = ahead.rows[["series", "year"]].assign(
        **{name: _quantile(ahead, p, own) for name, p in levels.items()}
    )
    at = goals.reset_index().merge(frame, on=["series", "year"], how="left").set_index("index")
    for name in ("median", "low80", "high80", "low95", "high95"):
        blank.loc[at.index, name] = at[name]
    blank.loc[at.index, "value_at_50"] = at["median"]
    # Four chances in five of reaching it: the lower fifth where up is good, the upper where down is.
    blank.loc[at.index, "value_at_80"] = at["q20"].where(at["direction"] == "up", at["q80"])
    for index, goal in goals.iterrows():
        path = frame[frame["series"] == goal["series"]]
        sign = 1 if goal["direction"] == "up" else -1
        there = (sign * (path["median"] - goal["value"]) >= 0) & ~(path["median"] > goal["upper"])
        reached = path.loc[there, "year"]
        blank.loc[index, "median_year"] = float(reached.min()) if len(reached) else np.nan
    return blank


def _direction(found: pd.DataFrame) -> pd.Series:
    """Direction in which a target is met: a floor from above, a ceiling from below."""
    fixed = {"floor": "up", "ceiling": "down", "range": "up", "cumulative_sum": "up"}
    return found["kind"].map(fixed).fillna(found["direction"])


def _recent(found: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Average growth or change of the last years, in the measure in which the need is said."""
    out = []
    by_series = dict(tuple(series.groupby("series")))
    for target, measure in zip(
        found["target"],
        found["needed_measure"].where(found["needed_measure"] != "", found["asked_measure"]),
        strict=False,
    ):
        past = by_series.get(target)
        out.append(
            pace(past.sort_values("year"), measure)
            if past is not None and len(past) > 1
            else (np.nan, np.nan)
        )
    return pd.DataFrame(out, index=found.index, columns=["recent_pace", "pace_years"])


def pace(past: pd.DataFrame, measure: str) -> tuple[float, float]:
    """Average growth (%) or change a year of the last years of ``year, value``, and over how many years."""
    last = past.iloc[-1]
    window = past[past["year"] >= last["year"] - PACE_YEARS]
    # Where the last figure before is older than that, it is still the only pace there is.
    first = (window if len(window) > 1 else past.iloc[-2:]).iloc[0]
    years = float(last["year"] - first["year"])
    if measure != "growth":
        return (last["value"] - first["value"]) / years, years
    if last["value"] <= 0 or first["value"] <= 0:
        return np.nan, years
    return 100 * ((last["value"] / first["value"]) ** (1 / years) - 1), years


def verdict_of(chance: pd.Series, likely: float = LIKELY, with_effort: float = WITH_EFFORT) -> pd.Series:
    """Verdict by the chance alone; ``not_assessable`` where there is none.

    Examples
    --------
    >>> verdict_of(pd.Series([0.8, 0.5, 0.39, float("nan")])).tolist()
    ['likely', 'with_effort', 'unlikely', 'not_assessable']
    """
    words = np.select(
        [chance >= likely, chance >= with_effort, chance.notna()],
        ["likely", "with_effort", "unlikely"],
        "not_assessable",
    )
    return pd.Series(words, chance.index)


def _verdicts(found: pd.DataFrame, rows: pd.DataFrame, likely: float, with_effort: float) -> pd.DataFrame:
    """Met or missed where the target year is over; else by the chance; else why not."""
    decided = found["final"] & found["reached"].notna()
    met = found["reached"].fillna(False).astype(bool)
    chance = rows["chance"]
    judged = verdict_of(chance, likely, with_effort)
    verdict = np.select([decided & met, decided], ["met", "missed"], judged)
    reason = np.select(
        [
            chance.notna() | decided,
            found["kind"] == "qualitative",
            rows["aim"].isna(),
            rows["points"] == 0,
            found["final"] & found["reason"].isin(["incomplete_years", "not_positive"]),
            rows["points"] == 1,
        ],
        ["", "qualitative", "no_base", "no_observation", found["reason"], "one_point"],
        rows["chance_reason"].where(rows["chance_reason"] != "", "not_projected"),
    )
    return pd.DataFrame({"verdict": verdict, "verdict_reason": reason}, index=found.index)
