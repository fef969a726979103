"""Rules on the straight path from base to target: the plan's schedule, SDSN's arrows, Germany's weather."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import common

MARGIN = 0.05  # ahead from +MARGIN, behind below -MARGIN; our choice, no official document fixes it


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

    Source: METHODS.md §1 and §2; the official words are 提前完成, 快于预期, 基本符合预期, 滞后.

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


SDSN_ON_TRACK, SDSN_IMPROVING = 1.0, 0.5  # of the required yearly change


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
        (c.no_target, common.NOT_ASSESSABLE, "no_target"),
        (c.met & (c.d * change < 0), "sun_and_cloud", "already_met_worsening"),
        (c.met, "sun", "already_met"),
        (np.isnan(c.t_target), common.NOT_ASSESSABLE, "no_target_year"),
        (c.d * change <= 0, "thunderstorm", ""),
        (missed < sun * (1 - common.TOLERANCE), "sun", ""),
        (missed <= sun_and_cloud * (1 + common.TOLERANCE), "sun_and_cloud", ""),
        (missed > sun_and_cloud, "cloud", ""),
    ]
    return common.decide(frame.index, missed, cases, c.met, (c.t - c.t0 != SPELL, "not_five_years"))
