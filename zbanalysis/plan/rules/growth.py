"""Rules that compare growth rates: Eurostat, Open SDG, and the UN Statistics Division."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import common

EUROSTAT_SIGNIFICANT, EUROSTAT_MODERATE = 0.95, 0.60  # of the required growth rate
EUROSTAT_GROWTH_SIGNIFICANT, EUROSTAT_GROWTH_AWAY = 0.01, -0.01  # a year, without target


def eurostat(
    frame: pd.DataFrame, *, significant: float = EUROSTAT_SIGNIFICANT, moderate: float = EUROSTAT_MODERATE,
    growth_significant: float = EUROSTAT_GROWTH_SIGNIFICANT, growth_away: float = EUROSTAT_GROWTH_AWAY,
) -> pd.DataFrame:  # fmt: skip
    """Ratio of the observed growth rate to the one that leads from base to target.

    Parameters
    ----------
    frame
        As for `schedule`.
    significant, moderate
        Cut-offs of the ratio.
    growth_significant, growth_away
        Cut-offs of the growth rate a year where there is no target.

    Returns
    -------
    DataFrame
        score = CAGR(y0 -> y) / CAGR(y0 -> T), or d CAGR(y0 -> y) without target; status
        ``significant_progress``, ``moderate_progress``, ``insufficient_progress`` (>= 0),
        ``movement_away`` (< 0), ``not_assessable``; reason.  Without target a fall of less than 1 %
        a year and a larger one are both ``movement_away``, told apart by the reason.

    Notes
    -----
    Edge cases.  *Zero base*, *target zero*, *values on different sides of zero*: a growth rate is not
    defined, not assessable; *all negative*: the ratio holds as it stands, and without target the rate
    is taken of |y|.  *Already met at base* or *T = base*: the required rate has the wrong sign or is
    zero, so the level decides without score: significant while met, movement away once not.  *Met
    now*: significant; the ratio may then be below 0.95 only after the target year.  *One year only*,
    *no target year*, *target year not after base year*: not assessable.  *Current year past target
    year*: the rates are compared as they stand.

    Source: Eurostat, Sustainable development in the European Union, monitoring report, annex
    "Method for assessing indicator trends".

    Examples
    --------
    >>> row = dict(base_year=2015, base_value=100, current_year=2020, current_value=110,
    ...            target_year=2030, target_value=140, direction="up")
    >>> eurostat(pd.DataFrame([row])).round(4).to_dict("records")
    [{'score': 0.8484, 'status': 'moderate_progress', 'reason': ''}]
    """
    c = common.read(frame)
    sign = np.where(c.y0 < 0, -1.0, 1.0)
    observed = common.growth(c.y, c.y0, c.t - c.t0)
    required = common.growth(c.target, c.y0, c.t_target - c.t0)
    with np.errstate(all="ignore"):
        score = np.where(c.no_target, sign * c.d * observed, observed / required)
    free, undefined = c.no_target, common.NOT_ASSESSABLE
    cases = [
        *common.no_spell(c),
        (free & (c.y0 == 0), undefined, "zero_base"),
        (free & (common.opposite(c.y0, c.y)), undefined, "sign_change"),
        (free & common.reaches(score, growth_significant), "significant_progress", ""),
        (free & (score >= 0), "moderate_progress", ""),
        (free & common.reaches(score, growth_away), "movement_away", "moderate_movement_away"),
        (free & (score < 0), "movement_away", "significant_movement_away"),
        *common.no_aim(c),
        (c.met & c.base_past, "significant_progress", "already_met_at_base"),
        (c.met & c.keep, "significant_progress", "target_equals_base"),
        (c.base_past, "movement_away", "fell_back_from_target"),
        (c.keep, "movement_away", "target_equals_base"),
        (c.y0 == 0, undefined, "zero_base"),
        (c.target == 0, undefined, "zero_target"),
        (np.isnan(observed) | np.isnan(required), undefined, "sign_change"),
        (c.met, "significant_progress", "already_met"),
        (common.reaches(score, significant), "significant_progress", ""),
        (common.reaches(score, moderate), "moderate_progress", ""),
        (score >= 0, "insufficient_progress", ""),
        (score < 0, "movement_away", ""),
    ]
    return common.decide(frame.index, score, cases, c.base_past | c.keep, c.passed)


OPENSDG_CUTOFFS = OPENSDG_SUBSTANTIAL, OPENSDG_MODERATE, OPENSDG_LIMITED = 0.95, 0.60, 0.0
OPENSDG_FREE = OPENSDG_GROWTH_SUBSTANTIAL, OPENSDG_GROWTH_MODERATE, OPENSDG_GROWTH_LIMITED = 0.015, 0.005, 0.0
# The first of the required growth rate, the second a year where there is no target.
LIMIT_EXPONENT = 4.44  # how late the cut-offs shrink on the way to a natural limit
ZERO_STAND_IN = 0.001  # what a base or target of zero is read as
NOT_AVAILABLE = "not_available"


def opensdg(
    frame: pd.DataFrame, *, cutoffs: tuple[float, float, float] = OPENSDG_CUTOFFS,
    growth_cutoffs: tuple[float, float, float] = OPENSDG_FREE,
    limit_exponent: float = LIMIT_EXPONENT,
) -> pd.DataFrame:  # fmt: skip
    """Observed over required growth, or growth alone, exactly as Statistics Canada computes it.

    Parameters
    ----------
    frame
        As for `schedule`; optionally ``limit``, the natural limit L of the indicator (100 for a
        share in per cent), used only without target.  An empty target year is 2030.
    cutoffs, growth_cutoffs
        Lower bounds of substantial, moderate and limited progress, with and without target.
    limit_exponent
        Exponent of the shrinking factor.

    Returns
    -------
    DataFrame
        score = s d CAGR_o / |CAGR_r|, or s d CAGR_o without target, s = -1 for a negative base;
        status ``target_achieved``, ``substantial_progress``, ``moderate_progress``,
        ``limited_progress``, ``deterioration``, ``not_available``; reason.

    Notes
    -----
    Edge cases, as in the original program.  *Zero base or target*: read as 0.001.  *Negative values*:
    both negative is fine through s; *base and current, or base and target, on different sides of
    zero*: not available.  *Target achieved* comes first: at or past T, whatever the growth, even from
    one year only or over a sign change (then without score).  *T = base* and not met: the required
    growth is zero, not available.  *Already met at base* and no longer: the formula as it stands,
    which reads deterioration.  *One year only*: not available.  *Natural limit* (|.| of both): cut-offs
    times C = 1 - (y0/L)^4.44 for y0 <= L, 1 - ((2L - y0)/L)^4.44 for L < y0 < 2L, 1 beyond; a base at
    the limit makes all cut-offs zero.  *Current year past target year*: the formula as it stands.
    Cut-offs are compared without tolerance, as there.

    Source: Open SDG, sdg-build, ``sdg/ProgressMeasure.py`` (Statistics Canada), and its documentation
    of the progress calculation.

    Examples
    --------
    >>> row = dict(base_year=2015, base_value=14.5, current_year=2023, current_value=10.2,
    ...            target_year=2030, target_value=7.25, direction="down")
    >>> opensdg(pd.DataFrame([row])).round(5).to_dict("records")
    [{'score': 0.95259, 'status': 'substantial_progress', 'reason': ''}]
    """
    c = common.read(frame, common.AGENDA_YEAR)
    y0, target = np.where(c.y0 == 0, ZERO_STAND_IN, c.y0), np.where(c.target == 0, ZERO_STAND_IN, c.target)
    observed = common.growth(c.y, y0, c.t - c.t0)
    required = common.growth(target, y0, c.t_target - c.t0)
    factor = np.where(c.y0 < 0, -1.0, 1.0) * c.d
    with np.errstate(all="ignore"):
        score = np.where(c.no_target, factor * observed, factor * observed / np.abs(required))
    shrunk = _shrink(c.y0, c.limit, limit_exponent)
    high, medium, low = (
        np.where(c.no_target, free * shrunk, bound)
        for bound, free in zip(cutoffs, growth_cutoffs, strict=True)
    )
    achieved = c.d * (c.y - target) >= 0
    spell = common.no_spell(c, NOT_AVAILABLE)
    changed = common.opposite(y0, c.y)
    no_time = ~c.no_target & (c.t_target <= c.t0)
    cases = [
        spell[0],
        *((achieved & where, "target_achieved", reason) for where, _, reason in spell[1:]),
        (achieved & changed, "target_achieved", "sign_change"),
        (achieved & (c.d * (y0 - target) > 0), "target_achieved", "already_met_at_base"),
        (achieved & (target == y0), "target_achieved", "target_equals_base"),
        (achieved, "target_achieved", ""),
        *spell[1:],
        (changed, NOT_AVAILABLE, "sign_change"),
        (no_time, NOT_AVAILABLE, "target_year_not_after_base"),
        (common.opposite(y0, target), NOT_AVAILABLE, "sign_change"),
        (target == y0, NOT_AVAILABLE, "target_equals_base"),
        (score >= high, "substantial_progress", ""),
        (score >= medium, "moderate_progress", ""),
        (score >= low, "limited_progress", ""),
        (score < low, "deterioration", ""),
        (np.isnan(score), NOT_AVAILABLE, "no_number"),
    ]
    return common.decide(frame.index, score, cases, changed | no_time | (c.t <= c.t0), c.passed)


def _shrink(base: np.ndarray, limit: np.ndarray, exponent: float) -> np.ndarray:
    """Compute the share of the cut-offs that is left near a natural limit; 1 without one."""
    base, limit = np.abs(base), np.abs(limit)
    with np.errstate(all="ignore"):
        distance = np.where(base <= limit, base / limit, (2 * limit - base) / limit)
        left = 1 - common.power(distance, np.full(base.shape, exponent))
    return np.where(np.isnan(limit) | (base >= 2 * limit), 1.0, left)


UNSD_ON_TRACK, UNSD_ACCELERATION = 0.95, 0.10  # share of the way that the growth rate leads to
UNSD_GROWTH_ON_TRACK, UNSD_GROWTH_ACCELERATION = 0.02, 0.005  # a year, without target


def unsd(
    frame: pd.DataFrame, *, on_track: float = UNSD_ON_TRACK, acceleration: float = UNSD_ACCELERATION,
    growth_on_track: float = UNSD_GROWTH_ON_TRACK, growth_acceleration: float = UNSD_GROWTH_ACCELERATION,
) -> pd.DataFrame:  # fmt: skip
    """Share of the way from base to target that is reached if the growth rate so far goes on.

    Parameters
    ----------
    frame
        As for `schedule`.  An empty target year is 2030.
    on_track, acceleration
        Cut-offs of k.
    growth_on_track, growth_acceleration
        Cut-offs of the growth rate a year where there is no target.

    Returns
    -------
    DataFrame
        score = k = (y (1 + CAGR)^(tT - t) - y0)/(T - y0), or s d CAGR without target, s = -1 for a
        negative base; status ``on_track``, ``acceleration_needed``, ``stagnation_or_regression``,
        ``not_assessable``; reason.

    Notes
    -----
    **k has no direction.**  Falling back from a target already met gives a large k and reads
    ``on_track``; the direction column counts only without target.  This is the published formula; the
    reasons ``already_met_at_base`` and ``fell_back_from_target`` mark such rows.

    Other edge cases.  *Zero base*, *base and current on different sides of zero*: no growth rate, not
    assessable; *all negative*: fine; *target zero or across zero*: fine.  *T = base*: k divides by zero,
    not assessable.  *One year only*, *target year not after base year*: not assessable.  *Current year
    past target year*: nothing is left to extrapolate, the current value stands for the projection.

    Source: United Nations Statistics Division, The Sustainable Development Goals Progress Chart 2023,
    technical note.

    Examples
    --------
    >>> row = dict(base_year=2015, base_value=100, current_year=2020, current_value=110,
    ...            target_year=2025, target_value=125, direction="up")
    >>> unsd(pd.DataFrame([row])).round(4).to_dict("records")
    [{'score': 0.84, 'status': 'acceleration_needed', 'reason': ''}]
    """
    c = common.read(frame, common.AGENDA_YEAR)
    growth = common.growth(c.y, c.y0, c.t - c.t0)
    free = c.no_target
    with np.errstate(all="ignore"):
        ahead = np.maximum(c.t_target - c.t, 0)
        k = (c.y * common.power(1 + growth, ahead) - c.y0) / (c.target - c.y0)
        score = np.where(free, np.where(c.y0 < 0, -1.0, 1.0) * c.d * growth, k)
    worse, undefined = c.base_past & ~c.met, common.NOT_ASSESSABLE
    high, low = np.where(free, growth_on_track, on_track), np.where(free, growth_acceleration, acceleration)
    cases = [
        *common.no_spell(c),
        (c.y0 == 0, undefined, "zero_base"),
        (common.opposite(c.y0, c.y), undefined, "sign_change"),
        (~free & (c.t_target <= c.t0), undefined, "target_year_not_after_base"),
        (c.keep, undefined, "target_equals_base"),
        (worse & common.reaches(score, high), "on_track", "fell_back_from_target"),
        (c.base_past & common.reaches(score, high), "on_track", "already_met_at_base"),
        (common.reaches(score, high), "on_track", ""),
        (common.reaches(score, low), "acceleration_needed", ""),
        (score < low, "stagnation_or_regression", ""),
    ]
    return common.decide(frame.index, score, cases, note=c.passed)
