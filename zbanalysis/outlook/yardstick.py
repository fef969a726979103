"""A plan's targets asked of another area from its own base, and where the area stands among its like.

A target in words of growth asks the same growth of everybody.  A level does not carry over:
what carries over is the way to it, so an amount, a count or a ratio is asked to grow by the
same factor, a share to move by the same points.  Limits hold as they are.  A sum is the
plan's own and asks nothing of others.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from zbanalysis.data import package, schema
from zbanalysis.outlook import areas
from zbanalysis.outlook.targets import PACE_YEARS
from zbanalysis.plan import progress

NOT_SHARED = schema.SUMS
"""Kinds that ask nothing of another area."""


def applied(dataset: package.Dataset, plan: str, area: str, date: dt.date | str) -> package.Dataset:
    """The data with a plan's targets put to an area: its base, the same growth, factor or points.

    Parameters
    ----------
    dataset
        From `package.load`.
    plan
        The plan whose targets are the yardstick; the plan's own area keeps its targets as they are.
    area
        The area they are put to.
    date
        The day whose knowledge counts.

    Returns
    -------
    Dataset
        With the targets of this plan only, each for the area, ready for `progress.progress`
        and what follows; the observations are those of the area.

    Raises
    ------
    InputError
        If plan or area are unknown, or the plan was not yet published on that day.

    Examples
    --------
    >>> put = applied(package.load(), "china-14", "guangdong", "2024-12-31")
    >>> put.targets.loc[put.targets["indicator"] == "rd_expenditure", "target_value"].tolist()
    [7.0]
    """
    own = areas.own(dataset, area)
    targets = targets_of(dataset, plan, date, area)
    watched = dataset.observations[dataset.observations["indicator"].isin(targets["indicator"])]
    known = package.as_of(replace(dataset, observations=watched), date).observations
    own_targets = targets[targets["area"] == area]
    foreign = targets[(targets["area"] != area) & ~targets["kind"].isin(NOT_SHARED)]
    scale = foreign["indicator"].map(dataset.indicators.set_index("indicator")["scale"])
    parts = [own_targets, _put(foreign, scale, known, area)]
    put = pd.concat([part for part in parts if len(part)]).sort_values("order", kind="stable")
    plans = dataset.plans.assign(area=dataset.plans["area"].mask(dataset.plans["plan"] == plan, area))
    return replace(own, targets=put, plans=plans)


def targets_of(dataset: package.Dataset, plan: str, date: dt.date | str, area: str) -> pd.DataFrame:
    """The targets of a plan, without a look at the observations; of the same target in several areas one.

    A plan may set a target for its area and for a part of it: the area's own counts, else the plan's area's.
    """
    goals = package.targets_of(replace(dataset, observations=dataset.observations.iloc[:0]), plan, date)[1]
    home = package.plan_row(dataset, plan)["area"]
    rank = goals["area"].map({home: 1, area: 0}).fillna(2)
    ranked = goals.assign(rank=rank).sort_values("rank", kind="stable")
    kept = ranked.drop_duplicates(["indicator", "kind", "target_period"]).index
    return goals[goals.index.isin(kept)]


def _put(targets: pd.DataFrame, scale: pd.Series, observations: pd.DataFrame, area: str) -> pd.DataFrame:
    """Targets of others with the area's base; levels by the same factor or the same points."""
    theirs = targets["base_value"].fillna(_figures(targets, observations, targets["area"]))
    base = _figures(targets, observations, area)
    level = targets["kind"].isin(schema.TO_REACH)
    by_points = level & (scale == "share")
    factor = (targets["target_value"] / theirs).where(theirs > 0)
    moved = (base + targets["target_value"] - theirs).where(by_points, base * factor)
    value = targets["target_value"].mask(level, moved)
    stated = targets["published_target_value"]
    printed = pd.Series(map(_printed, value, stated), targets.index, dtype=object)
    return targets.assign(
        area=area,
        base_value=np.nan,  # the area's own figure of the base year, which `progress.standing` looks up
        published_base_value="",
        target_value=value,
        published_target_value=stated.mask(level, printed),
        half_width=targets["half_width"].mask(level),  # computed, not printed
        stated_rate=np.nan,
        stated_change=np.nan,
        published_stated_rate="",
        published_stated_change="",
    )


def _figures(targets: pd.DataFrame, observations: pd.DataFrame, area: str | pd.Series) -> pd.Series:
    """Figure of each target's base year, in an area."""
    known = observations.sort_values("known_since", ascending=False, kind="stable")
    key = ["area", "indicator", "period"]
    known = known.drop_duplicates(key).set_index(key)
    wanted = pd.MultiIndex.from_frame(targets.assign(area=area, period=targets["base_period"])[key])
    return pd.Series(known["value"].reindex(wanted).to_numpy(dtype=float), targets.index)


def _printed(value: float, like: str) -> str:
    """A computed target with one digit more than the printed one; empty where there is none."""
    return "" if np.isnan(value) else f"{value:.{len(like.partition('.')[2]) + 1}f}"


def standing(dataset: package.Dataset, plan: str, area: str, date: dt.date | str) -> pd.DataFrame:
    """Progress of an area by a plan's targets; see `applied` and `progress.progress`.

    Returns
    -------
    DataFrame
        As `progress.progress`, with ``plan_value`` (the target as the plan prints it),
        ``plan_base_value`` and ``put`` (``same`` growth, ``factor``, ``points``, ``limit``;
        ``own`` where the plan is the area's).
    """
    put = applied(dataset, plan, area, date)
    assessed = progress.progress(put, plan, date)
    stated = targets_of(dataset, plan, date, area).set_index(["indicator", "kind", "target_period"])
    key = pd.MultiIndex.from_frame(assessed[["indicator", "kind", "target_period"]])
    level, share = assessed["kind"].isin(schema.TO_REACH), assessed["scale"] == "share"
    growth = assessed["kind"].isin(schema.GROWTHS)
    own = stated["area"].reindex(key).to_numpy() == area
    return assessed.assign(
        plan_value=stated["published_target_value"].reindex(key).to_numpy(),
        plan_base_value=stated["published_base_value"].reindex(key).to_numpy(),
        put=np.select([own, level & share, level, growth], ["own", "points", "factor", "same"], "limit"),
    )


def ranks(dataset: package.Dataset, area: str, date: dt.date | str) -> pd.DataFrame:
    """Where an area stands among the areas of its level, for each of its indicators.

    The year is the newest one for which the area and more than half of the others that have
    the indicator at all have a figure on the area's present definition.

    Returns
    -------
    DataFrame
        One row per indicator with such a year: ``target`` (the indicator), ``year, value,
        rank`` (1 is best in the indicator's direction, equals share the better place),
        ``areas`` (how many have a figure), ``median`` (of all of them), ``best_area,
        best_value``, and ``growth_rank, growth_areas``: the place by the average growth of the
        last `PACE_YEARS` years (by the change for a share), with those that have both figures.
        None where the area has no like.

    Examples
    --------
    >>> found = ranks(package.load(), "guangdong", "2024-12-31").set_index("target")
    >>> int(found.loc["rd_expenditure", "rank"]), int(found.loc["rd_expenditure", "areas"])
    (1, 31)
    """
    rows = areas.indicators(dataset, area, date).set_index("target")
    level = dataset.areas.set_index("area")["level"]
    alike = level.index[level == level[area]]
    seen = dataset.observations
    seen = seen[seen["area"].isin(alike) & seen["indicator"].isin(rows.index) & ~seen["part_year"]]
    full = package.as_of(replace(dataset, observations=seen), date).observations
    full = full[(full["position"] - full["start"] == 1) & (full["position"] == np.floor(full["position"]))]
    full = full[full["basis"] == full["indicator"].map(rows["current_basis"])]
    figures = full.set_index(["indicator", "position", "area"])["value"].sort_index()
    placed = [
        _rank(figures.loc[name], int(year), area, rows.loc[name])
        for name, year in _common_year(full, area).reindex(rows.index).dropna().items()
    ]
    return pd.DataFrame(placed, columns=_RANK_COLUMNS)


_RANK_COLUMNS = [
    "target", "year", "value", "rank", "areas", "median", "best_area", "best_value",
    "growth_rank", "growth_areas",
]  # fmt: skip


def _common_year(full: pd.DataFrame, area: str) -> pd.Series:
    """Newest year of each indicator that the area shares with more than half of the others."""
    mine = full.assign(own=full["area"] == area).groupby(["indicator", "position"])
    have = mine.agg(areas=("area", "nunique"), own=("own", "any"))
    total = full.groupby("indicator")["area"].nunique()
    enough = have["areas"] - 1 > (have.index.get_level_values("indicator").map(total) - 1) / 2
    return have[have["own"] & enough].reset_index().groupby("indicator")["position"].max()


def _rank(figures: pd.Series, year: int, area: str, nature: pd.Series) -> list[object]:
    """One row of `ranks`; ``figures`` by year and area."""
    sign = 1.0 if nature["direction"] == "up" else -1.0
    now = figures.loc[float(year)]
    best = (sign * now).idxmax()
    moved = pd.Series(dtype=float)
    if float(year - PACE_YEARS) in figures.index.get_level_values(0):
        before = figures.loc[float(year - PACE_YEARS)].reindex(now.index)
        ratio = (now / before).where((now > 0) & (before > 0))
        moved = ((now - before) if nature["scale"] == "share" else ratio).dropna()
    return [
        nature.name, year, now[area], _place(sign * now, area), len(now), now.median(), best, now[best],
        _place(sign * moved, area), len(moved) if area in moved.index else 0,
    ]  # fmt: skip


def _place(values: pd.Series, area: str) -> float:
    return float(1 + (values > values[area]).sum()) if area in values.index else np.nan


def sources(dataset: package.Dataset, plan: str, area: str, date: dt.date | str) -> pd.DataFrame:
    """The sources of the area's figures and of the plan, numbered in the order of their days.

    The others' figures in `ranks` come from the same yearbooks.
    """
    rows = areas.indicators(dataset, area, date)
    known = areas.history(dataset, rows, date)
    targets = targets_of(dataset, plan, date, area)
    return progress.numbered(dataset, {*known["source"], *targets["source"]})
