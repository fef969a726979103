"""UN Statistics Division: the progress chart of 2023."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import _common as common

ON_TRACK, ACCELERATION = 0.95, 0.10  # share of the way from base to target that the growth rate leads to
GROWTH_ON_TRACK, GROWTH_ACCELERATION = 0.02, 0.005  # a year, without target


def unsd(
    frame: pd.DataFrame, *, on_track: float = ON_TRACK, acceleration: float = ACCELERATION,
    growth_on_track: float = GROWTH_ON_TRACK, growth_acceleration: float = GROWTH_ACCELERATION,
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
