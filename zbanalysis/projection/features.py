"""Features of a short series: figures without a unit.

Everything is measured in the series' own mean yearly change (its *scale*), so that money in
yuan or in 亿元, persons or per cent, give the same figures.  The fan reads from them where
the series is heading and how wide it must be; `zbanalysis.projection.reference` finds by them the
windows of other series that looked alike.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from zbanalysis.projection.histories import Histories

LONGEST_MEMORY = 0.95
"""However long the series, a change counts at least 5 % less with each year of age."""
SHARPEST_WEIGHT = 4
"""Beyond n = 6 the weight of the drift no longer gets sharper."""
COMMON_RISE, GOOD_WAY = 0.5, 1.0
"""Where the own drift is uncertain, amounts rise 1/(2n) scales a year, shares go 1/n scales the good way."""
STILL_SERIES, STILL_POINTS = 0.3, 3
"""A series that never moved is taken to move a year by .3/n (at most .1) of the way to its nearer bound:
of the reference series' windows of two equal figures the 80 % interval then holds eight in ten."""
STILL_COUNT = 5
"""That is no change measured once: its spread is that of so many points at least."""
AT_ITS_BOUND = 0.05
"""At the bound itself a twentieth of what lies between the bounds, or of the value, stands for that way."""

PROFILE = ("level", "mean", "last_change", "recent", "noise", "unmoved", "no_floor", "newest")
"""What windows are matched by, in the order of the columns of `Features.profile`."""
TURNED = np.array([1, -1, -1, 1, 1, 1, 1, -1], dtype=np.float32)
"""Sign of each column of the profile when a series is turned upside down."""


@dataclass(frozen=True)
class Features:
    """One value per series; all but ``scale`` and ``last`` are free of units.

    Attributes
    ----------
    last, last_year
        Last observed value and its year.
    lower, upper
        Bounds in force (``-inf``/``inf`` for none).
    count
        Points observed (`STILL_COUNT` at least where they are all the same).
    scale
        Mean absolute change per year, in the unit of the series.
    drift
        Change per year expected from here on, in scales: recent mean change × weight, and the
        common rise × (1 − weight).
    steadiness
        Weight of the drift, 0 (pure noise) to 1 (a straight path).
    noise
        Spread of the yearly changes about their recent mean, in scales.
    recent
        Mean absolute change of the last three intervals, in scales.
    level
        Scale relative to the mean distance from the lower bound; 0 where `has_floor` is not.
    mean, last_change, newest
        Mean yearly change, the last one, and the mean of the last three, in scales.
    unmoved
        Share of the intervals without a change.
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
    mean: np.ndarray
    last_change: np.ndarray
    newest: np.ndarray
    unmoved: np.ndarray

    def take(self, rows: np.ndarray) -> Features:
        """Return the chosen series."""
        return Features(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def profile(self) -> np.ndarray:
        """What the series is matched by: N × 8, the columns of `PROFILE`."""
        level = np.log(np.where(self.level > 0, np.clip(self.level, 3e-4, 3), 0.1))
        newest = np.where(self.count > 3, self.newest, self.mean)
        columns = [
            level, self.mean, np.clip(self.last_change, -3, 3), np.log(np.clip(self.recent, 0.05, 5)),
            np.log(self.noise + 0.1), self.unmoved, self.level == 0, np.clip(newest, -3, 3),
        ]  # fmt: skip
        return np.column_stack(columns).astype(np.float32)


def has_floor(lower: np.ndarray) -> np.ndarray:
    """Which series cannot fall below zero; a limit below it is far away and says nothing of their growth.

    Examples
    --------
    >>> has_floor(np.array([0.0, 1.0, -100.0, -np.inf])).tolist()
    [True, True, False, False]
    """
    return np.isfinite(lower) & (lower >= 0)


def measure(
    histories: Histories, lower: np.ndarray, upper: np.ndarray, good: np.ndarray | None = None
) -> Features:
    """Measure each series; every one needs two points at least.

    ``good`` says which way society works at each series (+1, −1, 0 for no way), for those of which
    that is known.  A change over g years (missing years between) counts as g equal yearly changes
    for the mean, and its deviation from the mean is spread by √g for the noise.
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
    rise = np.where(has_floor(lower) & ~np.isfinite(upper), COMMON_RISE, 0.0)
    if good is not None:
        rise = np.where(good != 0, good * GOOD_WAY, rise)
    rise = rise / count
    unknown = still | (count == 2)  # two points show no spread: take the ordinary one
    newest = np.where(np.arange(span.shape[1]) >= span.shape[1] - 3, span, 0.0)
    last_three = newest > 0
    return Features(
        last=last,
        last_year=last_year.astype(np.int64),
        lower=lower,
        upper=upper,
        count=np.where(still, np.maximum(count, STILL_COUNT), count),
        scale=scale,
        drift=steadiness * recent_mean + (1 - steadiness) * rise,
        steadiness=steadiness,
        noise=np.where(unknown, 1.0, noise),
        recent=np.where(still, 1.0, _mean(np.abs(change), newest)),
        level=_level(values, lower, scale),
        mean=_mean(change, seen),
        last_change=change[:, -1],
        newest=_mean(change, last_three),
        unmoved=_mean((np.abs(change) < 1e-9) & seen, seen),
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
    below = np.where(np.isfinite(lower), last - lower, np.abs(last))
    above = np.where(np.isfinite(upper), upper - last, below)
    width = np.where(np.isfinite(upper - lower), upper - lower, np.abs(last))
    room = np.minimum(below, above)
    count = np.isfinite(values).sum(axis=1)
    assumed = STILL_SERIES / np.maximum(count, STILL_POINTS) * np.where(room > 0, room, AT_ITS_BOUND * width)
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
    floor = np.where(has_floor(lower), lower, 0.0)
    distance = np.nanmean(np.abs(values - floor[:, None]), axis=1)
    level = scale / np.where(distance > 0, distance, scale)
    return np.where(has_floor(lower), level, 0.0)
