"""The formulas of a target's kind: what it requires now, how much is done, what is still needed.

One small function for each kind, from the standing of targets (see `plan`) to a frame of
the same index with the columns of `MEASURES`.  Formulas: METHODS §1, which is printed in
the report's appendix.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

MEASURES = ["required", "completion", "reached", "needed", "needed_measure", "margin", "reason"]
"""Columns of `measure`:

required
    value the plan's own path asks for at the data cut-off (the indicator's unit)
completion
    share of the planned change achieved, 1 when complete
reached
    whether the target is met at the data cut-off; missing where that cannot be said
needed
    average growth (% a year) or change (units a year) from now to the target year
needed_measure
    ``growth``, ``change`` or ``sum`` (units a year); empty where nothing is needed
margin
    distance beyond a limit in the good direction, as a share of the limit
reason
    why there is no completion, as a key; empty where there is one
"""


def elapsed_share(base: pd.Series, current: pd.Series, target: pd.Series) -> pd.Series:
    """Elapsed share of the plan's time, (t − t0) / (tT − t0).

    Examples
    --------
    >>> elapsed_share(pd.Series([2015.0]), pd.Series([2019.5]), pd.Series([2020.0])).tolist()
    [0.9]
    """
    return (current - base) / (target - base)


def level(rows: pd.DataFrame) -> pd.DataFrame:
    """A value to be reached: required y0 + τ(T − y0), completion (y − y0) / (T − y0).

    Where the base already met the target there is nothing to complete; such a target
    is to be kept, and is measured as `keep` is.
    """
    base, now, target = rows["base_value"], rows["current_value"], rows["target_value"]
    kept = _sign(rows) * (target - base) <= 0
    increment = (target - base).where(~kept)
    tau = elapsed_share(rows["base_position"], rows["current_position"], rows["target_position"])
    growth = rows["scale"].isin(["count", "amount", "ratio"]) & (now > 0) & (target > 0)
    found = _measures(
        rows,
        required=(base + tau * increment).where(~kept, target),
        completion=(now - base) / increment,
        reached=_sign(rows) * (now - target) >= 0,
        needed=_growth(now, target, _years_left(rows)).where(growth, (target - now) / _years_left(rows)),
        needed_measure=growth.map({True: "growth", False: "change"}),
        margin=_sign(rows) * (now - target) / target.abs(),
    )
    return _with_reasons(found, {"no_base": base.isna(), "met_at_base": kept & base.notna()})


def average_growth(rows: pd.DataFrame) -> pd.DataFrame:
    """An average growth of g % a year: path y0(1 + g)^(t − t0), completion ln(y/y0) / (n ln(1 + g))."""
    planned_years = rows["target_position"] - rows["base_position"]
    return _compound(rows, planned_years * np.log1p(rows["target_value"] / 100))


def cumulative_change(rows: pd.DataFrame) -> pd.DataFrame:
    """A change of D % over the plan: path y0(1 + D)^τ, completion ln(1 + d) / ln(1 + D)."""
    return _compound(rows, np.log1p(rows["target_value"] / 100))


def _compound(rows: pd.DataFrame, planned: pd.Series) -> pd.DataFrame:
    """Both growth kinds: the same logarithmic path, with the planned log change given."""
    base, now = rows["base_value"], rows["current_value"]
    positive = (base > 0) & (now > 0)
    achieved = np.log((now / base).where(positive))
    end = base * np.exp(planned)
    tau = elapsed_share(rows["base_position"], rows["current_position"], rows["target_position"])
    found = _measures(
        rows,
        required=base * np.exp(tau * planned),
        completion=achieved / planned.where(planned != 0),
        reached=(_sign(rows) * (achieved - planned) >= -1e-12).astype("boolean").mask(achieved.isna()),
        needed=_growth(now.where(positive), end, _years_left(rows)),
        needed_measure="growth",
        margin=_sign(rows) * (now - end) / end.abs(),
    )
    reasons = {"no_base": base.isna(), "not_positive": base.notna() & ~positive, "no_increment": planned == 0}
    return _with_reasons(found, reasons)


def cumulative_sum(rows: pd.DataFrame) -> pd.DataFrame:
    """A sum over the plan's years: required τT, completion Σ/T, needed the rest per year left."""
    total, target = rows["accumulated"], rows["target_value"]
    tau = elapsed_share(rows["base_position"], rows["current_position"], rows["target_position"])
    found = _measures(
        rows,
        required=tau * target,
        completion=total / target,
        reached=(total >= target).astype("boolean").mask(total.isna()),
        needed=(target - total) / _years_left(rows),
        needed_measure="sum",
        margin=(total - target) / target,
    )
    gap = total.isna() & rows["current_value"].notna()
    return _with_reasons(found, {"incomplete_years": gap})


def limit(rows: pd.DataFrame) -> pd.DataFrame:
    """A ceiling or floor that holds each year: share of years held and margin, never an increment."""
    sign = rows["kind"].map({"ceiling": -1.0, "floor": 1.0})
    margin = sign * (rows["current_value"] - rows["target_value"]) / rows["target_value"].abs()
    return _measures(
        rows,
        required=rows["target_value"],
        completion=rows["held_share"],
        reached=sign * (rows["current_value"] - rows["target_value"]) >= 0,
        margin=margin,
    )


def value_range(rows: pd.DataFrame) -> pd.DataFrame:
    """A range to be in: inside, or the distance to the nearer edge as a share of that edge."""
    now, low, high = rows["current_value"], rows["target_value"], rows["target_upper"]
    edge = low.where((now - low).abs() <= (now - high).abs(), high)
    inside = (now >= low) & (now <= high)
    return _measures(
        rows,
        required=now.clip(low, high),
        reached=inside,
        margin=(-(now - edge).abs() / edge.abs()).where(~inside, 0.0),
        reason="no_increment",
    )


def keep(rows: pd.DataFrame) -> pd.DataFrame:
    """A value to be kept: the margin (y − T) / T; a small fall is not "minus 300 per cent"."""
    beyond = _sign(rows) * (rows["current_value"] - rows["target_value"])
    margin = beyond / rows["target_value"].abs()
    return _measures(
        rows, required=rows["target_value"], reached=beyond >= 0, margin=margin, reason="no_increment"
    )


def qualitative(rows: pd.DataFrame) -> pd.DataFrame:
    """A target in words: judged by evidence, not by figures."""
    return _measures(rows, reason="qualitative")


KINDS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "level": level,
    "average_growth": average_growth,
    "cumulative_change": cumulative_change,
    "cumulative_sum": cumulative_sum,
    "ceiling": limit,
    "floor": limit,
    "range": value_range,
    "keep": keep,
    "qualitative": qualitative,
}


def _sign(rows: pd.DataFrame) -> pd.Series:
    return rows["direction"].map({"up": 1.0, "down": -1.0})


def _years_left(rows: pd.DataFrame) -> pd.Series:
    left = rows["target_position"] - rows["current_position"]
    return left.where(left > 0)


def _growth(now: pd.Series, target: pd.Series, years: pd.Series) -> pd.Series:
    """Average growth in % a year that leads from now to the target in the years left."""
    ratio = (target / now).where((now > 0) & (target > 0))
    return 100 * (ratio ** (1 / years) - 1)


def _measures(rows: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """The `MEASURES` of these rows: blank where a kind gives none or no figure is known yet."""
    blank = {"reached": pd.NA, "needed_measure": "", "reason": ""}
    found = pd.DataFrame(
        {name: columns.get(name, blank.get(name, np.nan)) for name in MEASURES}, index=rows.index
    )
    unseen = rows["current_value"].isna() & (rows["kind"] != "qualitative")
    found["reached"] = found["reached"].astype("boolean").mask(unseen | rows["target_value"].isna())
    found["needed_measure"] = found["needed_measure"].where(
        found["needed"].notna() & ~found["reached"].fillna(False), ""
    )
    found["needed"] = found["needed"].astype(float).where(found["needed_measure"] != "")
    found["reason"] = found["reason"].mask(unseen, "no_observation")
    return found


def _with_reasons(found: pd.DataFrame, reasons: dict[str, pd.Series]) -> pd.DataFrame:
    """Give the first reason that holds, unless an earlier one already stands."""
    for key, holds in reasons.items():
        found["reason"] = found["reason"].mask(holds & (found["reason"] == ""), key)
    return found
