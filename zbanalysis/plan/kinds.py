"""The formulas of a target's kind: what it requires now, how much is done, what is still needed.

One small function for each kind, from the standing of targets (see `pathway`) to a frame of
the same index with the columns of `MEASURES`.  Formulas: ``docs/methods/targets.md``.

A new kind is a function here under `formula_of`, and a row of `schema.KINDS` that says what its number
is and how it is judged: every list of kinds follows from that.  What remains is its name among the
choices of ``datapackage.json``, which is the entry form's list too, its words (``entry.choice.kind``,
``target`` in ``common.yml``, ``formula`` in ``basis.yml``), and a row of ``docs/methods/targets.md``.
A number unlike those there are also needs its value at the end, in `pathway.end_value`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from zbanalysis.data.schema import DIRECTIONS, IN_WORDS, VALUED

MEASURES = ["required", "completion", "score", "reached", "needed", "needed_measure", "margin", "reason"]
"""Columns of `measure`:

required
    value the plan's own path asks for at the data cut-off (the indicator's unit)
completion
    share of the planned change achieved, 1 when complete
score
    lead on the plan's own path, in shares of the plan's time: completion − τ, for a level whose plan
    states a rate ln(y/y0)/ln(T/y0) − τ as for the rate itself, for a sum of at most T τ − Σ/T
reached
    whether the target is met at the data cut-off; missing where that cannot be said
needed
    average growth (% a year) or change (units a year) from now to the target year
needed_measure
    ``growth``, ``change``, ``sum`` (units a year) or ``rate`` (the mean of the yearly rates left); empty
    where nothing is needed
margin
    distance beyond the target in the good direction, as a share of the target; none of a target of 0
reason
    why there is no completion, as a key; empty where there is one
"""

KINDS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {}
"""The formula of each kind; filled by `formula_of`."""

GROWS = ("count", "amount", "ratio")
"""Scales whose need is an average growth; of the others it is a change."""
_EXACT = 1e-9
"""Values closer than this share of the target are one and the same."""


def formula_of(*kinds: str) -> Callable[[Callable], Callable]:
    """Make the function below the formula of these kinds."""

    def registered(function: Callable) -> Callable:
        KINDS.update(dict.fromkeys(kinds, function))
        return function

    return registered


def elapsed_share(base: pd.Series, current: pd.Series, target: pd.Series) -> pd.Series:
    """Elapsed share of the plan's time, (t − t0) / (tT − t0).

    Examples
    --------
    >>> elapsed_share(pd.Series([2015.0]), pd.Series([2019.5]), pd.Series([2020.0])).tolist()
    [0.9]
    """
    return (current - base) / (target - base)


def met(rows: pd.DataFrame, value: pd.Series, aim: pd.Series) -> pd.Series:
    """Whether a value meets an aim, by the comparator of each target; missing where that cannot be said.

    Without a comparator a value is met at or beyond it in the target's direction.  ``about`` allows the
    stated tolerance, else half a unit of the last printed digit: on the worse side only where one side
    is worse, on either side where no direction is known.  ``exactly`` allows nothing.

    Examples
    --------
    >>> rows = pd.DataFrame({"comparator": ["about", "more_than"], "direction": ["up", "up"],
    ...                      "tolerance": [float("nan")] * 2, "half_width": [0.5, 0.5]})
    >>> met(rows, pd.Series([74.6, 75.0]), pd.Series([75.0, 75.0])).tolist()
    [True, False]
    """
    comparator, exact = rows["comparator"], _EXACT * aim.abs()
    tolerance = rows["tolerance"].fillna(rows["half_width"]).fillna(0.0) + exact
    beyond = _sign(rows) * (value - aim)
    close = (value - aim).abs()
    cases = [
        (comparator == "exactly", close <= exact),
        ((comparator == "about") & beyond.isna(), close <= tolerance),
        (comparator == "about", beyond >= -tolerance),
        (comparator.isin(["more_than", "less_than"]), beyond > exact),
    ]
    reached = pd.Series(np.select(*zip(*cases, strict=True), default=beyond >= -exact), rows.index)
    judged = beyond.notna() | (comparator.isin(["exactly", "about"]) & close.notna())
    return reached.astype("boolean").mask(~judged)


@formula_of("level")
def level(rows: pd.DataFrame) -> pd.DataFrame:
    """A value to be reached: required y0 + τ(T − y0), completion (y − y0) / (T − y0).

    Where the plan states a rate for it, the path is y0 (T/y0)^τ.  Where the base already met the
    target there is nothing to complete; such a target is to be kept, and is measured as `keep` is.
    """
    base, now, target = rows["base_value"], rows["current_value"], rows["target_value"]
    kept = _sign(rows) * (target - base) <= 0
    increment = (target - base).where(~kept)
    tau = _tau(rows)
    completion = (now - base) / increment
    compound = ~kept & rows["stated_rate"].notna() & (base > 0) & (target > 0)
    ratio = (target / base).where(compound)
    achieved = np.log((now / base).where(compound & (now > 0))) / np.log(ratio)
    measures = _measures(
        rows,
        required=(base + tau * increment).where(~kept, target).mask(compound, base * ratio**tau),
        completion=completion,
        score=(completion - tau).mask(compound, (achieved - tau).fillna(completion - tau)),
        reached=met(rows, now, target),
        **_need(rows, now, target),
        margin=_sign(rows) * _of(now - target, target),
    )
    reasons = {
        "no_direction": rows["direction"].eq("") & ~rows["comparator"].isin(["exactly", "about"]),
        "no_base": base.isna(),
        "met_at_base": kept & base.notna(),
    }
    return _with_reasons(measures, reasons)


@formula_of("absolute_change")
def absolute_change(rows: pd.DataFrame) -> pd.DataFrame:
    """A change of D in the indicator's unit: path y0 + τD, completion d/D; d may be published itself."""
    change = rows["target_value"]
    published = rows["accumulated"].notna()
    base = rows["base_value"].mask(published, 0.0)
    now = rows["current_value"].mask(published, rows["accumulated"])
    at = rows.assign(base_value=base, current_value=now, target_value=base + change)
    at["scale"] = at["scale"].mask(published, "")  # what is left of a change is no growth of it
    return _wrong_sign(rows, level(at))


@formula_of("average_growth")
def average_growth(rows: pd.DataFrame) -> pd.DataFrame:
    """An average growth of g % a year: path y0(1 + g)^(t − t0), completion ln(y/y0) / (n ln(1 + g))."""
    return _compound(rows, rows["target_position"] - rows["base_position"])


@formula_of("cumulative_change")
def cumulative_change(rows: pd.DataFrame) -> pd.DataFrame:
    """A change of D % over the plan: path y0(1 + D)^τ, completion ln(1 + d) / ln(1 + D).

    Without levels d is what has been published: the change since the base, or yearly changes chained.
    """
    return _compound(rows, pd.Series(1.0, rows.index))


def _compound(rows: pd.DataFrame, times: pd.Series) -> pd.DataFrame:
    """Both growth kinds: the target's per cent, so many times one upon the other."""
    published = rows["accumulated"].notna()
    base = rows["base_value"].mask(published, 100.0)
    now = rows["current_value"].mask(published, 100.0 + rows["accumulated"])
    planned = times * np.log1p((rows["target_value"] / 100).where(rows["target_value"] > -100))
    positive = (base > 0) & (now > 0)
    achieved = np.log((now / base).where(positive))
    end = base * np.exp(planned)
    tau = _tau(rows)
    completion = achieved / planned.where(planned != 0)
    at_target = 100 * np.expm1((achieved / times).where(positive)).mask((base > 0) & (now <= 0), -1.0)
    required = base * np.exp(tau * planned)
    measures = _measures(
        rows,
        required=required.mask(published, required - 100),
        completion=completion,
        score=completion - tau,
        reached=met(rows, at_target, rows["target_value"]),
        **_need(rows.assign(scale="amount"), now.where(positive), end),
        margin=_sign(rows) * _of(now - end, end),
    )
    reasons = {
        "no_base": base.isna(),
        "no_number": planned.isna(),
        "not_positive": base.notna() & now.notna() & ~positive,
        "no_increment": planned == 0,
    }
    return _wrong_sign(rows, _with_reasons(measures, reasons))


def _wrong_sign(rows: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """No judgement of a change for the worse that no comparator allows: 降低 13.5 may be typed as 13.5."""
    asks = np.sign(rows["target_value"]) * rows["known_direction"].map({"up": 1.0, "down": -1.0})
    wrong = (asks < 0) & (rows["comparator"] == "")
    measures.loc[wrong, ["required", "completion", "score", "needed", "margin"]] = np.nan
    measures.loc[wrong, ["needed_measure", "reason"]] = ["", "sign"]
    measures["reached"] = measures["reached"].mask(wrong)
    return measures


@formula_of("cumulative_sum")
def cumulative_sum(rows: pd.DataFrame) -> pd.DataFrame:
    """A sum over the plan's years: required τT, completion Σ/T, needed the rest per year left.

    Where at most T is allowed nothing is completed before the end: τ − Σ/T tells what is in hand.
    """
    total, target = rows["accumulated"], rows["target_value"]
    tau = _tau(rows)
    at_most = rows["direction"] == "down"
    share = _of(total, target)
    over = rows["current_position"] >= rows["target_position"]
    left = ((target - total) / _years_left(rows)).where(~at_most)
    measures = _measures(
        rows,
        required=tau * target,
        completion=share.where(~at_most),
        score=(share - tau).where(~at_most, tau - share),
        reached=(met(rows, total, target) & (over | ~at_most)).mask(total.isna()),
        needed=left,
        needed_measure="sum",
        margin=_sign(rows) * (share - 1),
    )
    gap = total.isna() & rows["current_value"].notna()
    return _with_reasons(measures, {"incomplete_years": gap, "no_increment": share.isna() | at_most})


@formula_of("average_rate")
def average_rate(rows: pd.DataFrame) -> pd.DataFrame:
    """The mean of yearly rates: mean so far against the rate, needed the mean of the years left."""
    mean, target = rows["accumulated"], rows["target_value"]
    gone = rows["current_position"] - rows["base_position"]
    years = rows["target_position"] - rows["base_position"]
    measures = _measures(
        rows,
        required=target,
        completion=_of(mean, target).where(rows["direction"] != "down"),
        reached=met(rows, mean, target),
        needed=(target * years - mean * gone) / _years_left(rows),
        needed_measure="rate",
        margin=_sign(rows) * _of(mean - target, target),
    )
    gap = mean.isna() & rows["current_value"].notna()
    return _with_reasons(measures, {"incomplete_years": gap, "no_increment": measures["completion"].isna()})


@formula_of("ceiling", "floor")
def limit(rows: pd.DataFrame) -> pd.DataFrame:
    """A ceiling or floor that holds each year: share of years held and margin, never an increment."""
    now, target = rows["current_value"], rows["target_value"]
    rows = rows.assign(direction=rows["kind"].map(DIRECTIONS))
    return _measures(
        rows,
        required=target,
        completion=rows["held_share"],
        reached=met(rows, now, target) & ~(rows["held_share"] < 1),
        margin=_sign(rows) * _of(now - target, target),
    )


@formula_of("range")
def value_range(rows: pd.DataFrame) -> pd.DataFrame:
    """A range to be in: inside, or the distance to the nearer edge as a share of that edge."""
    now, low, high = rows["current_value"], rows["target_value"], rows["target_upper"]
    edge = low.where((now - low).abs() <= (now - high).abs(), high)
    inside = (now >= low) & (now <= high)
    return _measures(
        rows,
        required=now.clip(low, high),
        reached=inside,
        margin=(-_of((now - edge).abs(), edge)).where(~inside, 0.0),
        reason="no_increment",
    )


@formula_of("keep")
def keep(rows: pd.DataFrame) -> pd.DataFrame:
    """A value to be kept: the margin (y − T) / T; a small fall is not "minus 300 per cent"."""
    now, target = rows["current_value"], rows["target_value"]
    return _measures(
        rows,
        required=target,
        reached=met(rows, now, target),
        margin=_sign(rows) * _of(now - target, target),
        reason="no_increment",
    )


@formula_of("relative")
def relative(rows: pd.DataFrame) -> pd.DataFrame:
    """Relative to another series of the same year: beyond it, or beyond it by the stated distance."""
    aim = rows["other_value"] + rows["target_value"].fillna(0.0)
    measures = _measures(
        rows,
        required=aim,
        reached=met(rows, rows["current_value"], aim),
        margin=_sign(rows) * _of(rows["current_value"] - aim, aim),
    )
    return _with_reasons(measures, {"no_other": aim.isna(), "no_increment": aim.notna()})


@formula_of("in_words", "qualitative")
def in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """A target in words: judged by evidence, not by figures."""
    return _measures(rows, reason="qualitative")


def _sign(rows: pd.DataFrame) -> pd.Series:
    return rows["direction"].map({"up": 1.0, "down": -1.0}).astype(float)


def _of(value: pd.Series, whole: pd.Series) -> pd.Series:
    """A value as a share of a whole; nothing is a share of 0."""
    return value / whole.abs().where(whole != 0)


def _tau(rows: pd.DataFrame) -> pd.Series:
    return elapsed_share(rows["base_position"], rows["current_position"], rows["target_position"])


def _years_left(rows: pd.DataFrame) -> pd.Series:
    left = rows["target_position"] - rows["current_position"]
    return left.where(left > 0)


def _need(rows: pd.DataFrame, now: pd.Series, target: pd.Series) -> dict[str, pd.Series]:
    """Average growth in % a year, or change in units a year, from now to the target in the years left."""
    years = _years_left(rows)
    growth = rows["scale"].isin(GROWS) & (now > 0) & (target > 0)
    ratio = (target / now).where(growth)
    return {
        "needed": (100 * (ratio ** (1 / years) - 1)).where(growth, (target - now) / years),
        "needed_measure": growth.map({True: "growth", False: "change"}),
    }


def _measures(rows: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """The `MEASURES` of these rows: blank where a kind gives none or no figure is known yet."""
    blank = {"reached": pd.NA, "needed_measure": "", "reason": ""}
    frame = pd.DataFrame(
        {name: columns.get(name, blank.get(name, np.nan)) for name in MEASURES}, index=rows.index
    )
    in_figures = ~rows["kind"].isin(IN_WORDS)
    unseen = rows["current_value"].isna() & in_figures
    aimless = rows["target_value"].isna() & rows["kind"].isin(VALUED)
    frame["reached"] = frame["reached"].astype("boolean").mask(unseen | aimless)
    frame["needed_measure"] = frame["needed_measure"].where(
        frame["needed"].notna() & ~frame["reached"].fillna(False), ""
    )
    frame["needed"] = frame["needed"].astype(float).where(frame["needed_measure"] != "")
    frame["reason"] = frame["reason"].mask(unseen, "no_observation")
    return frame


def _with_reasons(measures: pd.DataFrame, reasons: dict[str, pd.Series]) -> pd.DataFrame:
    """Give the first reason that holds, unless an earlier one already stands."""
    for key, holds in reasons.items():
        measures["reason"] = measures["reason"].mask(holds & (measures["reason"] == ""), key)
    return measures
