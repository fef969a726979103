"""What a target is judged by: its own terms, its base, its newest figure, and what all its years make.

Which figure counts never depends on the order of rows: the latest period, on the target's own
definition before another, and of several documents the newest.  A part of a year never stands for a
year, and a figure of several years is never one year's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd

from zbanalysis.data import package, periods, schema
from zbanalysis.data.doubts import PER_CENT

_BY_COMPARATOR = {"at_least": "up", "more_than": "up", "at_most": "down", "less_than": "down"}
_CURRENT = ["period", "position", "value", "published", "half_width", "status", "basis", "source", "locator"]
_NOTHING = dict.fromkeys(_CURRENT, "") | {"position": np.nan, "value": np.nan, "half_width": np.nan}


def standing(dataset: package.Dataset, plan_id: str, date: dt.date | str) -> pd.DataFrame:
    """Targets of a plan joined with their base and newest figure; input of `pathway.measure`.

    Returns
    -------
    DataFrame
        One row per target in the plan's order: its own columns and its indicator's, ``direction`` (the
        way in which this target is met) and ``known_direction`` (the indicator's own), the newest figure
        (``current_…``), ``accumulated``, ``is_sum_complete``, ``held_share``, ``kept_years``,
        ``broken_years``, ``unknown_years`` (texts such as ``2021, 2023``), ``other_value``,
        ``other_published``, ``other_zh``, ``other_en`` (its name)
        and ``period_over`` (the target's period had ended by the day).
    """
    view, targets = package.targets_of(dataset, plan_id, date)
    rows = _with_base(_begun(_named(targets, view), view), view.observations)
    rows = rows.assign(known_direction=rows["direction"], direction=_directions(rows))
    figures = dict(list(view.observations.groupby(["area", "indicator"], sort=False)))
    none = view.observations.iloc[:0]
    figures_by_target = [
        _figures(target, figures.get((target.area, target.indicator), none),
                 figures.get((target.area, target.other), none))
        for target in rows.itertuples()
    ]  # fmt: skip
    rows = rows.join(pd.DataFrame(figures_by_target, index=rows.index))
    rows["period_over"] = _over(rows, package.parse_date(date))
    words = view.bases.set_index("basis").rename(columns={"name_zh": "zh", "name_en": "en"})[["zh", "en"]]
    rows = rows.drop(columns="in_rates")
    return rows.join(words.add_prefix("basis_"), on="basis").join(
        words.add_prefix("current_basis_"), on="current_basis"
    )


def _named(targets: pd.DataFrame, view: package.Dataset) -> pd.DataFrame:
    """Targets with the names, units and nature of their indicators, and an id of their own."""
    areas = view.areas.set_index("area")[["name_zh", "name_en", "level"]].add_prefix("area_")
    rows = targets.join(view.indicators.set_index("indicator"), on="indicator")
    rows = rows.join(areas.rename(columns={"area_name_zh": "area_zh", "area_name_en": "area_en"}), on="area")
    plans = view.plans.set_index("plan")[["area", "base_year", "start_year", "fiscal_end"]]
    rows = rows.join(plans.rename(columns={"area": "plan_area"}), on="plan")
    ids = rows["area"] + "/" + rows["indicator"] + "/" + rows["kind"] + "/" + rows["target_period"]
    names = view.indicators.set_index("indicator")
    others = {f"other_{lang}": rows["other"].map(names[f"name_{lang}"]).fillna("") for lang in ("zh", "en")}
    tolerance = pd.to_numeric(rows["tolerance"].replace("", None)).astype(float)
    # An average growth of what is itself a rate is the mean of the yearly rates: GDP growth of 5.5 % a year.
    units = rows["unit_zh"].where(rows["unit_zh"] != "", rows["unit_en"])
    rates = units.isin(PER_CENT) & (rows["scale"] != "share")
    kind = rows["kind"].mask(rates & (rows["kind"] == "average_growth"), "average_rate")
    named = {"target": ids, "tolerance": tolerance, "kind": kind, "in_rates": rates}
    return rows.assign(**named, **others).reset_index(drop=True)


def _begun(rows: pd.DataFrame, view: package.Dataset) -> pd.DataFrame:
    """Targets without a base period: what all years make, or what holds in each, begins with the first
    year that the target or its plan names; a level, growth or change begins at the plan's base year.
    """
    silent = rows["base_period"] == ""
    spans = rows["target_period"].str.contains("/")
    first = pd.Series(
        [
            periods.start(period) if span else start - 1
            for period, span, start in zip(rows["target_period"], spans, rows["start_year"], strict=True)
        ],
        rows.index,
        dtype=float,
    )
    fiscal = rows["target_period"].str.startswith("FY").map({True: "FY", False: ""})
    based = silent & rows["kind"].isin(schema.BASED)
    rows = rows.assign(
        base_period=rows["base_period"].mask(based, fiscal + rows["base_year"].astype(int).astype(str))
    )
    begun = silent & rows["kind"].isin([*schema.EVERY_YEAR, *schema.OVER_YEARS])
    position = rows["base_position"].mask(begun, first).mask(based, rows["base_year"].astype(float))
    return rows.assign(base_position=position).drop(columns=["base_year", "start_year"])


def _with_base(rows: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """The base as the plan states it, or else the figure of its period on the target's own definition."""
    silent = rows["base_value"].isna()
    if not silent.any():
        return rows
    key = ["area", "indicator", "base_period", "basis"]
    known = observations.rename(columns={"period": "base_period"}).set_index(key)
    bases = known.reindex(pd.MultiIndex.from_frame(rows[key])).set_axis(rows.index)
    return rows.assign(
        base_value=rows["base_value"].fillna(bases["value"]),
        published_base_value=rows["published_base_value"].mask(silent, bases["published"].fillna("")),
    )


def _directions(rows: pd.DataFrame) -> pd.Series:
    """The way in which each target is met: by its kind, comparator, indicator, or its own move."""
    moves = rows["target_value"] - rows["base_value"].mask(rows["kind"].isin(schema.CHANGES), 0.0)
    asked = np.sign(moves.where(rows["kind"].isin(schema.BASED)))
    guessed = asked.map({1.0: "up", -1.0: "down"})
    guessed = guessed.mask(rows["kind"].isin(schema.SUMS), "up")
    own = rows["direction"].where(rows["direction"].isin(["up", "down"]))
    by_comparator = rows["comparator"].map(_BY_COMPARATOR)
    fixed = rows["kind"].map(schema.DIRECTIONS)
    return fixed.fillna(by_comparator).fillna(own).fillna(guessed).fillna("").astype("str")


def _figures(target: object, observations: pd.DataFrame, others: pd.DataFrame) -> dict[str, object]:
    """The newest figure of a target's indicator, and what all figures since the base make."""
    series = observations[package.comparable(observations, target)]
    base = target.base_position if not np.isnan(target.base_position) else -np.inf
    series = series[(series["position"] >= base) & (series["position"] <= target.target_position)]
    if target.kind in (*schema.OVER_YEARS, *schema.EVERY_YEAR):
        series = series[series["start"] >= base]  # the base year is none of them
    others = others[others["period"].isin(series["period"])]
    if target.kind in schema.RELATIVE and len(others):
        series = series[series["period"].isin(others["period"])]
    ranked = series.assign(foreign=series["basis"] != target.basis).sort_values(
        ["position", "foreign", "known_since"], ascending=[False, True, False], kind="stable"
    )
    each = ranked.drop_duplicates("period")
    together = _together(target, each)
    newest = ranked.iloc[0] if len(ranked) else pd.Series(dtype=object)
    figures_of_target = {f"current_{name}": newest.get(name, _NOTHING[name]) for name in _CURRENT}
    return (
        figures_of_target
        | {"accumulated": together, "is_sum_complete": not np.isnan(together)}
        | held(target, each)
        | _other(others, figures_of_target["current_period"])
    )


def _together(target: object, each: pd.DataFrame) -> float:
    """What the figures since the base make: a sum, the mean of yearly rates, a chained or published change.

    Missing where a year is missing.  Of a change levels go first; without a base its figures may be
    the change itself, which a figure of several years shows, or a unit of per cent that is no share.
    """
    if target.kind in schema.OVER_YEARS:
        steps = chain(each, target.base_position)
    elif target.kind in schema.OF_THE_PLAN and np.isnan(target.base_value):
        if not (target.in_rates or (each["position"] - each["start"] > 1).any()):
            return np.nan
        steps = chain(each[each["start"] >= target.base_position], target.base_position)
    else:
        return np.nan
    if steps.empty or steps["position"].iloc[-1] < each["position"].max():
        return np.nan
    years, values = steps["position"] - steps["start"], steps["value"]
    if target.kind in schema.MEANS:
        return float((years * values).sum() / years.sum())
    if target.kind in schema.GROWTHS:
        return float(100 * ((1 + values / 100).prod() - 1))
    return float(values.sum())


def chain(figures: pd.DataFrame, base: float) -> pd.DataFrame:
    """Figures that follow one another without gap or overlap from the base on, the longest of each start.

    Parameters
    ----------
    figures
        ``start, position`` and others; one row per period.

    Examples
    --------
    >>> figures = pd.DataFrame({"start": [2020, 2020, 2022], "position": [2021, 2022, 2023],
    ...                         "value": [12, 25, 13]})
    >>> chain(figures, 2020)["value"].tolist()
    [25, 13]
    """
    taken, reached = [], base
    ordered = figures.sort_values(["start", "position"], ascending=[True, False])
    for index, start, position in ordered[["start", "position"]].itertuples():
        if start == reached:
            taken.append(index)
            reached = position
    return figures.loc[taken]


def held(target: object, each: pd.DataFrame) -> dict[str, object]:
    """In which years a limit held, was broken, or is not known; of a sum of at most T, when it was passed."""
    nothing = {"held_share": np.nan, "kept_years": "", "broken_years": "", "unknown_years": ""}
    if target.kind in schema.SUMS and target.direction == "down":
        steps = chain(each, target.base_position)
        passed = steps["position"][steps["value"].cumsum() > target.target_value]
        return nothing | {"broken_years": _listed([np.ceil(passed.min())], target) if len(passed) else ""}
    if target.kind not in schema.EVERY_YEAR or each.empty:
        return nothing
    years = each[each["position"] - each["start"] == 1] if target.accumulation == "flow" else each
    years = years[~years["part_year"] & (years["position"] > target.base_position)]
    if years.empty:
        return nothing
    years = years.drop_duplicates("position").sort_values("position")
    gap = (1 if target.direction == "up" else -1) * (years["value"] - target.target_value)
    strict = target.comparator in ("more_than", "less_than")
    holds = gap > 0 if strict else gap >= 0
    known = set(years["position"])
    every = np.arange(target.base_position + 1, years["position"].max() + 1)
    return {
        "held_share": float(holds.mean()),
        "kept_years": _listed(years.loc[holds, "position"], target),
        "broken_years": _listed(years.loc[~holds, "position"], target),
        "unknown_years": _listed((year for year in every if year not in known), target),
    }


def _listed(years: Iterable[float], target: object) -> str:
    fiscal = "FY" if target.target_period.startswith("FY") else ""
    return ", ".join(f"{fiscal}{year:.0f}" for year in years)


def _other(others: pd.DataFrame, period: str) -> dict[str, object]:
    """The other series in the period of the newest figure."""
    same = others[others["period"] == period].sort_values("known_since", ascending=False, kind="stable")
    if same.empty:
        return {"other_value": np.nan, "other_published": ""}
    return {"other_value": float(same["value"].iloc[0]), "other_published": same["published"].iloc[0]}


def _over(rows: pd.DataFrame, day: dt.date) -> pd.Series:
    """Whether the target's period had ended by the day; a fiscal year ends with its plan's month."""
    ends = [
        periods.end_date(period, int(month or 12))
        for period, month in zip(rows["target_period"], rows["fiscal_end"], strict=True)
    ]
    return pd.Series([end < day for end in ends], rows.index, dtype=bool)
