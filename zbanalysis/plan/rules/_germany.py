"""German sustainability strategy: the weather symbols of the Federal Statistical Office."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import _common as common

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
