"""Findings: what in the figures themselves a reader must know before the verdicts.

Each is found in the data by one rule that names no indicator, has a size, and a weight by which
they are ordered: the weight of its kind, plus its size up to 1.
"""

from __future__ import annotations

import math

import pandas as pd

from zbanalysis.data import package, schema

WEIGHTS = {
    "basis_changed": 5.0,
    "target_lowered": 4.0,
    "fell_back": 4.0,
    "rank_fell": 3.0,
    "disputed": 3.0,
    "early_by_far": 2.0,
}
"""Kinds of findings and their weights: first what makes a verdict unsafe, then what explains it."""

FAR = 1.5
"""Passed by far: so many times the change from the base (or the target itself, without a base)."""

COLUMNS = [
    "finding", "area", "indicator", "target", "order", "name_zh", "name_en", "unit_zh", "unit_en", "before",
    "before_period", "after", "after_period", "limit", "size", "weight", "source", "locator",
]  # fmt: skip


def findings(
    dataset: package.Dataset, progress: pd.DataFrame, as_of: str, conflicts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Findings on the targets of a plan, heaviest first; no rows where there is none.

    Parameters
    ----------
    dataset
        From `package.load`; all vintages.
    progress
        From `progress.progress`.
    as_of
        The day whose knowledge counts.
    conflicts
        From `audit.conflicts` of that day; without it nothing is found disputed.

    Returns
    -------
    DataFrame
        ``finding`` (a key of `WEIGHTS`); what it is about (``area, indicator, target, order`` and names;
        ``target`` empty where it is no target); ``before, before_period, after, after_period`` and
        ``limit``: the two figures or targets as printed, and the target they are held against; ``size``
        (relative), ``weight``, ``source`` and ``locator`` of ``after``.

    Notes
    -----
    - ``basis_changed``: a level target's base and newest figure stand on different bases.
      Size: the gap of the two, as a share of the base.
    - ``target_lowered``: an earlier document had a harder target. Size: the difference as a share of it.
    - ``fell_back``: a figure since the base met the target, the newest does not. Size: the fall as a share.
    - ``rank_fell``: a rank of the plan's area got worse from its best to its newest year within the plan's
      years. Size: places lost over the best place.
    - ``disputed``: two documents, or two places of one, give different figures for a target's indicator
      and period on one basis, or another area's figure equals it to the digit. Size: relative difference.
    - ``early_by_far``: before the target's date at least `FAR` times the change asked from the base
      (without a base: of the target) was reached. Size: the excess over 1.

    Examples
    --------
    >>> from zbanalysis.plan.progress import progress
    >>> data = package.load()
    >>> found = findings(data, progress(data, "zibo-13", "2022-04-19"), "2022-04-19")
    >>> found.loc[found["finding"] == "target_lowered", ["before", "limit"]].values.tolist()
    [['16', '14']]
    """
    rows = [
        *(finding for target in progress.itertuples() for finding in _of_target(target)),
        *_ranks(dataset, progress, as_of),
        *_disputed(progress, conflicts),
    ]
    frame = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "weight"])
    frame = frame.assign(weight=frame["finding"].map(WEIGHTS) + frame["size"].clip(0, 1).fillna(0))
    frame = frame.sort_values(["weight", "order"], ascending=[False, True], kind="stable", ignore_index=True)
    return frame[COLUMNS]


def _row(kind: str, target: object, size: float, source: str, locator: str, **figures: str) -> dict:
    empty = dict.fromkeys(("before", "before_period", "after", "after_period", "limit"), "")
    names = ("area", "indicator", "target", "order", "name_zh", "name_en", "unit_zh", "unit_en")
    about = {name: getattr(target, name) for name in names}
    found = {"finding": kind, "size": abs(size), "source": source, "locator": locator}
    return found | about | empty | figures


def _of_target(target: object) -> list[dict]:
    """What the target's own figures say."""
    now = {
        "after": target.current_published, "after_period": target.current_period,
        "limit": target.published_target_value,
    }  # fmt: skip
    place = (target.current_source, target.current_locator)
    rows = []
    if target.basis_break == True:  # noqa: E712  (may be missing)
        size = _relative(target.current_value, target.base_value)
        before = {"before": target.published_base_value, "before_period": target.base_period}
        rows.append(_row("basis_changed", target, size, *place, **before, **now))
    sign = 1 if target.direction == "up" else -1
    earlier = _number(target.earlier_target)
    if sign * (earlier - target.target_value) > 0:
        size = _relative(target.target_value, earlier)
        words = {"before": target.earlier_target, "before_period": target.target_period} | now
        rows.append(_row("target_lowered", target, size, target.source, target.locator, **words))
    best = _number(target.earlier_best)
    if not math.isnan(best) and target.earlier_best_basis == target.current_basis:
        before = {"before": target.earlier_best, "before_period": target.earlier_best_period}
        size = _relative(target.current_value, best)
        rows.append(_row("fell_back", target, size, *place, **before, **now))
    if (times := passed(target)) >= FAR and target.current_position < target.target_position:
        before = {"before": target.published_base_value, "before_period": target.base_period}
        rows.append(_row("early_by_far", target, times - 1, *place, **before, **now))
    return rows


def passed(target: object) -> float:
    """How many times the change asked was reached (without a base, the target); NaN where unknown.

    The base and the figure must stand on one basis, and the target be a level that is to rise or fall.
    """
    broken = target.basis_break == True  # noqa: E712  (may be missing)
    if target.kind not in schema.TO_REACH or math.isnan(target.current_value) or broken:
        return math.nan
    if not math.isnan(target.base_value) and target.target_value != target.base_value:
        return (target.current_value - target.base_value) / (target.target_value - target.base_value)
    if target.direction != "up" or not target.target_value:
        return math.nan
    return target.current_value / target.target_value


def _ranks(dataset: package.Dataset, progress: pd.DataFrame, as_of: str) -> list[dict]:
    """Ranks of the plan's area that got worse within its years."""
    if progress.empty:
        return []
    seen, area = package.as_of(dataset, as_of), progress["plan_area"].iloc[0]
    ranks = seen.indicators[seen.indicators["scale"] == "rank"].set_index("indicator")
    plan = package.plan_row(dataset, progress["plan"].iloc[0])
    rows = seen.observations
    rows = rows[(rows["area"] == area) & rows["indicator"].isin(ranks.index)]
    rows = rows[rows["position"].between(plan["base_year"], plan["end_year"])]
    falls = []
    for (indicator, _), series in rows.groupby(["indicator", "basis"], sort=False):
        ordered = series.sort_values(["position", "known_since"], kind="stable")
        ordered = ordered.drop_duplicates("period", keep="last")
        best, last = ordered.loc[ordered["value"].idxmin()], ordered.iloc[-1]
        if last["value"] > best["value"] and last["position"] > best["position"]:
            about = {"area": area, "indicator": indicator, "target": "", "order": len(progress) + 1}
            target = pd.Series(about | dict(ranks.loc[indicator]))
            size = _relative(last["value"], best["value"])
            figures = {
                "before": best["published"], "before_period": best["period"],
                "after": last["published"], "after_period": last["period"],
            }  # fmt: skip
            falls.append(_row("rank_fell", target, size, last["source"], last["locator"], **figures))
    return falls


def _disputed(progress: pd.DataFrame, conflicts: pd.DataFrame | None) -> list[dict]:
    """Each target's indicator once, with its largest difference between figures on one basis."""
    if conflicts is None or conflicts.empty:
        return []
    found, open_ = [], disputes(conflicts)
    for target in progress.drop_duplicates(["area", "indicator"]).itertuples():
        rows = open_[(open_["area"] == target.area) & (open_["indicator"] == target.indicator)]
        if rows.empty:
            continue
        sizes = [_relative(_number(row.second), _number(row.first)) for row in rows.itertuples()]
        size, row = max(zip(map(abs, sizes), rows.itertuples(), strict=True), key=lambda pair: pair[0])
        figures = {
            "before": row.first, "before_period": row.period,
            "after": row.second, "after_period": row.period, "limit": target.published_target_value,
        }  # fmt: skip
        found.append(_row("disputed", target, size, row.second_source, row.second_locator, **figures))
    return found


def disputes(conflicts: pd.DataFrame) -> pd.DataFrame:
    """Of what `evidence.audit.conflicts` finds the figures of which another denies the one.

    A revision replaces a figure and another definition explains it: neither is a dispute.
    """
    denied = conflicts["find"].isin(["figures_differ", "equal_in_other_area"])
    return conflicts[denied & conflicts["relation"].isin(["same_document", "other_document"])]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _relative(after: float, before: float) -> float:
    return (after - before) / abs(before) if before else math.nan
