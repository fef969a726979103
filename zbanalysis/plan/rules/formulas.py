"""The recognised progress rules: where each comes from, its cut-offs, its formula, one after the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import common
from zbanalysis.plan.rules.common import GOOD, MIDDLE, NONE, NOT_ASSESSABLE, POOR, rule

MARGIN = 0.05  # ahead from +MARGIN, behind below -MARGIN; our choice, no official document fixes it


@rule(
    title="Completion against elapsed share",
    source="Practice of mid-term and final evaluations of five-year plans; cut-offs are ours",
    where="docstring of zbanalysis.plan.rules.schedule",
    score="completion - elapsed share",
    statuses={"reached": GOOD, "ahead": GOOD, "on_schedule": GOOD, "behind": POOR, NOT_ASSESSABLE: NONE},
    thresholds={"ahead": MARGIN, "on_schedule": -MARGIN},
)  # fmt: skip
def schedule(frame: pd.DataFrame, *, margin: float = MARGIN) -> pd.DataFrame:
    """Completion minus elapsed share on the straight path from base to target.

    Parameters
    ----------
    frame
        Columns base_year, base_value, current_year, current_value, target_year, target_value (floats,
        NaN for empty) and direction (``up`` or ``down``); optionally compound (bool): the plan states a
        rate, so that its path is y0 (T/y0)^tau and the score ln(y/y0)/ln(T/y0) - tau.
    margin
        Half-width of "on schedule", in shares of the way from base to target.

    Returns
    -------
    DataFrame
        One row for each row of `frame`, same index: score = (y - y0)/(T - y0) - tau with
        tau = (t - t0)/(tT - t0), at most 1; status ``reached`` (at or past the target), ``ahead``
        (score >= margin), ``on_schedule``, ``behind`` (score < -margin), ``not_assessable``; reason.

    Raises
    ------
    InputError
        A column is missing or a direction is neither up nor down.

    Notes
    -----
    Edge cases.  *Zero or negative values*: nothing special, differences only.  *T = base* (keep):
    score is the margin d (y - T)/|T|, reached at 0 or more, on schedule down to -`margin`, so that a
    small fall is not "-300 %"; T = 0 gives reached or behind without score.  *Already met at base*:
    reached without score while it holds, behind when it no longer does.  *One year only*, *no
    target*, *no target year*, *target year not after base year*: not assessable.  *Current year past
    target year*: tau is 1.  A score at an exact cut-off counts as reaching it (`common.TOLERANCE`).

    Source: docs/methods/targets.md; the official words are 提前完成, 快于预期, 基本符合预期, 滞后.

    Examples
    --------
    >>> row = dict(base_year=2020, base_value=60.6, current_year=2023, current_value=63.9,
    ...            target_year=2025, target_value=65, direction="up")
    >>> schedule(pd.DataFrame([row])).round(3).to_dict("records")
    [{'score': 0.15, 'status': 'ahead', 'reason': ''}]
    """
    c = common.read(frame)
    with np.errstate(all="ignore"):
        elapsed = np.minimum((c.t - c.t0) / (c.t_target - c.t0), 1.0)
        share = (c.y - c.y0) / (c.target - c.y0)
        growth = np.log(c.y / c.y0) / np.log(c.target / c.y0)
        lead = np.where(c.compound & np.isfinite(growth), growth, share) - elapsed
        score = np.where(c.keep, c.d * (c.y - c.target) / np.abs(c.target), lead)
    cases = [
        *common.no_spell(c),
        *common.no_aim(c),
        (c.met & c.base_past, "reached", "already_met_at_base"),
        (c.met & c.keep, "reached", "target_equals_base"),
        (c.met, "reached", ""),
        (c.base_past, "behind", "fell_back_from_target"),
        (c.keep & common.reaches(score, -margin), "on_schedule", "target_equals_base"),
        (c.keep, "behind", "target_equals_base"),
        (common.reaches(score, margin), "ahead", ""),
        (common.reaches(score, -margin), "on_schedule", ""),
        (score < -margin, "behind", ""),
    ]
    return common.decide(frame.index, score, cases, c.base_past, c.passed)


EUROSTAT_SIGNIFICANT, EUROSTAT_MODERATE = 0.95, 0.60  # of the required growth rate
EUROSTAT_GROWTH_SIGNIFICANT, EUROSTAT_GROWTH_AWAY = 0.01, -0.01  # a year, without target


@rule(
    title="Observed against required growth rate",
    source="Eurostat, Sustainable development in the European Union: monitoring report, annex on the method",
    where="https://ec.europa.eu/eurostat/web/sdi",
    score="CAGR observed / CAGR required; without target CAGR",
    statuses={"significant_progress": GOOD, "moderate_progress": MIDDLE, "insufficient_progress": POOR,
              "movement_away": POOR, NOT_ASSESSABLE: NONE},
    thresholds={"significant_progress": EUROSTAT_SIGNIFICANT, "moderate_progress": EUROSTAT_MODERATE,
                "insufficient_progress": 0.0,
                "significant_progress, no target": EUROSTAT_GROWTH_SIGNIFICANT,
                "moderate_progress, no target": 0.0,
                "moderate movement away, no target": EUROSTAT_GROWTH_AWAY},
)  # fmt: skip
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
    free, undefined = c.no_target, NOT_ASSESSABLE
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


@rule(
    title="Open SDG progress measure",
    source="Statistics Canada, Open SDG progress measure (sdg-build, sdg/ProgressMeasure.py)",
    where="https://github.com/open-sdg/sdg-build",
    score="CAGR observed / |CAGR required|; without target CAGR",
    statuses={"target_achieved": GOOD, "substantial_progress": GOOD, "moderate_progress": MIDDLE,
              "limited_progress": POOR, "deterioration": POOR, NOT_AVAILABLE: NONE},
    thresholds={"substantial_progress": OPENSDG_SUBSTANTIAL, "moderate_progress": OPENSDG_MODERATE,
                "limited_progress": OPENSDG_LIMITED,
                "substantial_progress, no target": OPENSDG_GROWTH_SUBSTANTIAL,
                "moderate_progress, no target": OPENSDG_GROWTH_MODERATE,
                "limited_progress, no target": OPENSDG_GROWTH_LIMITED,
                "exponent of the limit": LIMIT_EXPONENT},
    default_target_year=common.AGENDA_YEAR,
)  # fmt: skip
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


@rule(
    title="Share of the way reached at the present growth rate",
    source="United Nations Statistics Division, The SDG Progress Chart 2023, technical note",
    where="https://unstats.un.org/sdgs/files/report/2023/Progress_Chart_Technical_Note_2023.pdf",
    score="(projected value - base) / (target - base); without target CAGR",
    statuses={"on_track": GOOD, "acceleration_needed": MIDDLE, "stagnation_or_regression": POOR,
              NOT_ASSESSABLE: NONE},
    thresholds={"on_track": UNSD_ON_TRACK, "acceleration_needed": UNSD_ACCELERATION,
                "on_track, no target": UNSD_GROWTH_ON_TRACK,
                "acceleration_needed, no target": UNSD_GROWTH_ACCELERATION},
    default_target_year=common.AGENDA_YEAR,
)  # fmt: skip
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
    worse, undefined = c.base_past & ~c.met, NOT_ASSESSABLE
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


SDSN_ON_TRACK, SDSN_IMPROVING = 1.0, 0.5  # of the required yearly change


@rule(
    title="Four arrows: observed against required yearly change",
    source="Sachs, Lafortune, Fuller and others, Sustainable Development Report, annex on methods",
    where="https://dashboards.sdgindex.org",
    score="mean yearly change so far / mean yearly change required",
    statuses={"maintaining": GOOD, "on_track": GOOD, "moderately_improving": MIDDLE, "stagnating": POOR,
              "decreasing": POOR, NOT_ASSESSABLE: NONE},
    thresholds={"on_track": SDSN_ON_TRACK, "moderately_improving": SDSN_IMPROVING, "stagnating": 0.0},
    default_target_year=common.AGENDA_YEAR,
)  # fmt: skip
def sdsn(
    frame: pd.DataFrame, *, on_track: float = SDSN_ON_TRACK, improving: float = SDSN_IMPROVING
) -> pd.DataFrame:
    """Mean yearly change so far over the mean yearly change from base to target.

    Parameters
    ----------
    frame
        As for `schedule`.  An empty target year is 2030.
    on_track, improving
        Cut-offs of the ratio.

    Returns
    -------
    DataFrame
        score = ((y - y0)/(t - t0)) / ((T - y0)/(tT - t0)); status ``maintaining`` (at or past the
        target), ``on_track``, ``moderately_improving``, ``stagnating`` (>= 0), ``decreasing``,
        ``not_assessable``; reason.

    Notes
    -----
    Edge cases.  *Zero, negative values, sign change*: nothing special, differences only.  *T = base*
    or *already met at base*: maintaining while met, decreasing once not, without score, because the
    required change is zero or has the wrong sign.  *No target*, *one year only*, *target year not after
    base year*: not assessable.  *Current year past target year*: the ratio as it stands.

    Source: Sachs, Lafortune, Fuller and others, Sustainable Development Report, annex on methods,
    "SDG trends".

    Examples
    --------
    >>> row = dict(base_year=2015, base_value=40, current_year=2020, current_value=43,
    ...            target_year=2030, target_value=55, direction="up")
    >>> sdsn(pd.DataFrame([row])).round(4).to_dict("records")
    [{'score': 0.6, 'status': 'moderately_improving', 'reason': ''}]
    """
    c = common.read(frame, common.AGENDA_YEAR)
    with np.errstate(all="ignore"):
        score = ((c.y - c.y0) / (c.t - c.t0)) / ((c.target - c.y0) / (c.t_target - c.t0))
    cases = [
        *common.no_spell(c),
        *common.no_aim(c),
        (c.met & c.base_past, "maintaining", "already_met_at_base"),
        (c.met & c.keep, "maintaining", "target_equals_base"),
        (c.met, "maintaining", ""),
        (c.base_past, "decreasing", "fell_back_from_target"),
        (c.keep, "decreasing", "target_equals_base"),
        (common.reaches(score, on_track), "on_track", ""),
        (common.reaches(score, improving), "moderately_improving", ""),
        (score >= 0, "stagnating", ""),
        (score < 0, "decreasing", ""),
    ]
    return common.decide(frame.index, score, cases, c.base_past | c.keep, c.passed)


SUN, SUN_AND_CLOUD = 0.05, 0.20  # missed share below which, and up to which
SPELL = 5  # years over which the mean annual change is taken


@rule(
    title="Weather symbols of the German sustainability strategy",
    source="Statistisches Bundesamt, Nachhaltige Entwicklung in Deutschland, Indikatorenbericht",
    where="https://dns-indikatoren.de",
    score="(target - projection) / (target - current value), the missed share",
    statuses={"sun": GOOD, "sun_and_cloud": MIDDLE, "cloud": POOR, "thunderstorm": POOR,
              NOT_ASSESSABLE: NONE},
    thresholds={"sun": SUN, "sun_and_cloud": SUN_AND_CLOUD},
)  # fmt: skip
def germany(frame: pd.DataFrame, *, sun: float = SUN, sun_and_cloud: float = SUN_AND_CLOUD) -> pd.DataFrame:
    """Share of the remaining way that is missed if the last five annual changes go on.

    Parameters
    ----------
    frame
        As for `schedule`.  The base is the value **five years before** the current one, so that
        (y - y0)/(t - t0) is the mean of the last five annual changes.
    sun, sun_and_cloud
        Cut-offs of the missed share.

    Returns
    -------
    DataFrame
        score = m = (T - P)/(T - y) with P = y + (tT - t)(y - y0)/(t - t0), negative where the
        projection goes past the target; status ``sun`` (m < 0.05), ``sun_and_cloud`` (m <= 0.20),
        ``cloud`` (more), ``thunderstorm`` (the wrong way, or no change), ``not_assessable``; reason.

    Notes
    -----
    Edge cases.  *Already met* (also T = base and met): sun, or sun and cloud when the mean change goes
    the wrong way, without score.  *Zero, negative values, sign change*: nothing special, differences
    only.  *A base that is not five years before* is used as it is and marked ``not_five_years``.  *No
    target*, *no target year*, *one year only*: not assessable; the target year may stand anywhere
    against the base year.  *Current year at or past the target year*: no year is left to extrapolate,
    m = 1.

    Source: Statistisches Bundesamt, Nachhaltige Entwicklung in Deutschland, Indikatorenbericht,
    section on the weather symbols (Wettersymbole).

    Examples
    --------
    >>> row = dict(base_year=2015, base_value=66, current_year=2020, current_value=56,
    ...            target_year=2030, target_value=34, direction="down")
    >>> germany(pd.DataFrame([row])).round(4).to_dict("records")
    [{'score': 0.0909, 'status': 'sun_and_cloud', 'reason': ''}]
    """
    c = common.read(frame)
    with np.errstate(all="ignore"):
        change = (c.y - c.y0) / (c.t - c.t0)
        projection = c.y + np.maximum(c.t_target - c.t, 0) * change
        missed = (c.target - projection) / (c.target - c.y)
    cases = [
        *common.no_spell(c),
        (c.no_target, NOT_ASSESSABLE, "no_target"),
        (c.met & (c.d * change < 0), "sun_and_cloud", "already_met_worsening"),
        (c.met, "sun", "already_met"),
        (np.isnan(c.t_target), NOT_ASSESSABLE, "no_target_year"),
        (c.d * change <= 0, "thunderstorm", ""),
        (missed < sun * (1 - common.TOLERANCE), "sun", ""),
        (missed <= sun_and_cloud * (1 + common.TOLERANCE), "sun_and_cloud", ""),
        (missed > sun_and_cloud, "cloud", ""),
    ]
    return common.decide(frame.index, missed, cases, c.met, (c.t - c.t0 != SPELL, "not_five_years"))
