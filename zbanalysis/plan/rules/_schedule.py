"""The plan's own schedule: completion against elapsed share (完成进度 against 时序进度)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import _common as common

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
