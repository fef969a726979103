"""The character of a short series: a handful of figures without a unit.

Everything here is measured against the series' own mean yearly change, so that money in
yuan or in 亿元, persons or per cent, give the same figures.  `projection` reads from them
where the series is heading; the calibration reads how wide the fan must be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zbanalysis.projection.histories import Histories

LONGEST_MEMORY = 0.95
"""However long the series, a change counts at least 5 % less with each year of age."""
SHARPEST_WEIGHT = 4
"""Beyond n = 6 the weight of the drift no longer gets sharper."""
COMMON_RISE = 0.5
"""Where the own drift is uncertain, things counted and paid for tend to rise: by 1/(2n) of a scale a year."""
STILL_SERIES = 0.005
"""A series that never moved is taken to move by half a per cent of its level a year."""


@dataclass(frozen=True)
class Character:
    """One value per series; all but ``scale`` and ``last`` are free of units.

    Attributes
    ----------
    last, last_year
        Last observed value and its year.
    lower, upper
        Bounds in force (``-inf``/``inf`` for none).
    count
        Points observed.
    scale
        Mean absolute change per year, in the unit of the series.
    drift
        Change per year expected from here on, in scales: recent mean change × weight, and
        for what has no ceiling the class's rise × (1 − weight).
    steadiness
        Weight of the drift, 0 (pure noise) to 1 (a straight path).
    noise
        Spread of the yearly changes about their recent mean, in scales.
    recent
        Mean absolute change of the last three intervals, in scales.
    level
        Scale relative to the mean distance from the lower bound; 0 where there is no bound.
    """

    last: np.ndarray
    last_year: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    count: np.ndarray
    scale: np.ndarray
    drift: np.ndarray
    steadiness: np.ndarray
    noise: np.ndarray
    recent: np.ndarray
    level: np.ndarray


def characterise(histories: Histories, lower: np.ndarray, upper: np.ndarray) -> Character:
    """Measure each series; every one needs two points at least.

    Parameters
    ----------
    histories
        Packed series (`zbanalysis.projection.histories.pack`).
    lower, upper
        Bounds per series, in its unit.

    Notes
    -----
    A change over g years (missing years between) counts as g equal yearly changes for
    the mean, and its deviation from the mean is spread by √g for the noise.
    """
    years, values, count = histories.years, histories.observed, histories.count
    gap = np.diff(years, axis=1)
    seen = np.isfinite(gap)
    gap = np.where(seen, gap, 1.0)
    change = np.where(seen, np.diff(values, axis=1), 0.0) / gap
    span = np.where(seen, gap, 0.0)
    last, last_year = values[:, -1], years[:, -1]
    scale, still = _scale(change, span, values, last, lower, upper)
    change = change / scale[:, None]
    memory = np.clip(1 - 1 / count, 0.5, LONGEST_MEMORY)[:, None]
    age = np.where(seen, last_year[:, None] - years[:, 1:], 0.0)
    weights = span * memory**age
    recent_mean = _mean(change, weights)
    noise = np.sqrt(_mean((change - recent_mean[:, None]) ** 2 * gap, weights))
    steadiness = _steadiness(change, span, gap, seen, count)
    rises = np.isfinite(lower) & ~np.isfinite(upper) & ~still
    rise = np.where(rises, COMMON_RISE / count, 0.0)
    unknown = still | (count == 2)  # two points show no spread: take the ordinary one
    newest = np.where(np.arange(span.shape[1]) >= span.shape[1] - 3, span, 0.0)
    return Character(
        last=last,
        last_year=last_year.astype(np.int64),
        lower=lower,
        upper=upper,
        count=count,
        scale=scale,
        drift=steadiness * recent_mean + (1 - steadiness) * rise,
        steadiness=steadiness,
        noise=np.where(unknown, 1.0, noise),
        recent=np.where(still, 1.0, _mean(np.abs(change), newest)),
        level=_level(values, lower, scale),
    )


def _mean(value: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (value * weights).sum(axis=1) / weights.sum(axis=1)


def _scale(
    change: np.ndarray,
    span: np.ndarray,
    values: np.ndarray,
    last: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean absolute yearly change, and which series never moved."""
    scale = _mean(np.abs(change), span)
    size = np.nanmax(np.abs(values), axis=1)
    still = scale <= 1e-9 * size
    width = np.where(np.isfinite(upper - lower), upper - lower, 0.0)
    assumed = STILL_SERIES * np.maximum(np.abs(last), width)
    return np.where(still, np.where(assumed > 0, assumed, 1.0), scale), still


def _steadiness(
    change: np.ndarray, span: np.ndarray, gap: np.ndarray, seen: np.ndarray, count: np.ndarray
) -> np.ndarray:
    """Weight of the drift: t^p / (t^p + 2), with t the mean change over its standard error.

    The power p = n − 2, between 1 and 4: with three points a drift and an accident look
    alike and the weight changes slowly; with six or more a large t is hardly chance.
    Two points have no standard error; they get the weight of t² = 2, one half.
    """
    mean = _mean(change, span)
    deviation = np.where(seen, (change - mean[:, None]) ** 2 * gap, 0.0)
    intervals = count - 1
    variance = deviation.sum(axis=1) / np.maximum(intervals - 1, 1)
    t_squared = mean**2 / (variance / np.maximum(span.sum(axis=1), 1.0) + 1e-6)
    power = np.clip(count - 2, 1, SHARPEST_WEIGHT)
    signal = np.where(count > 2, t_squared ** (power / 2), 2.0)
    return signal / (signal + 2)


def _level(values: np.ndarray, lower: np.ndarray, scale: np.ndarray) -> np.ndarray:
    floor = np.where(np.isfinite(lower), lower, 0.0)
    distance = np.nanmean(np.abs(values - floor[:, None]), axis=1)
    level = scale / np.where(distance > 0, distance, scale)
    return np.where(np.isfinite(lower), level, 0.0)
