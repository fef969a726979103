"""The Open SDG progress measure of Statistics Canada."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.plan.rules import _common as common

SUBSTANTIAL, MODERATE, LIMITED = 0.95, 0.60, 0.0  # of the required growth rate
GROWTH_SUBSTANTIAL, GROWTH_MODERATE, GROWTH_LIMITED = 0.015, 0.005, 0.0  # a year, without target
LIMIT_EXPONENT = 4.44  # how late the cut-offs shrink on the way to a natural limit
ZERO_STAND_IN = 0.001  # what a base or target of zero is read as
NOT_AVAILABLE = "not_available"


def opensdg(
    frame: pd.DataFrame, *, cutoffs: tuple[float, float, float] = (SUBSTANTIAL, MODERATE, LIMITED),
    growth_cutoffs: tuple[float, float, float] = (GROWTH_SUBSTANTIAL, GROWTH_MODERATE, GROWTH_LIMITED),
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
