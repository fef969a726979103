"""Eurostat: the observed against the required compound annual growth rate."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import _common as common

SIGNIFICANT, MODERATE = 0.95, 0.60  # of the required growth rate
GROWTH_SIGNIFICANT, GROWTH_AWAY = 0.01, -0.01  # a year, without target


def eurostat(
    frame: pd.DataFrame, *, significant: float = SIGNIFICANT, moderate: float = MODERATE,
    growth_significant: float = GROWTH_SIGNIFICANT, growth_away: float = GROWTH_AWAY,
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
