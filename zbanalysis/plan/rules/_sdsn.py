"""SDSN, Sustainable Development Report: the four arrows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import _common as common

ON_TRACK, IMPROVING = 1.0, 0.5  # of the required yearly change


def sdsn(frame: pd.DataFrame, *, on_track: float = ON_TRACK, improving: float = IMPROVING) -> pd.DataFrame:
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
