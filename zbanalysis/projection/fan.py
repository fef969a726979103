"""The predictive distribution: bounded moves, log-odds on a grid of steps, the own fan.

A *step* says how far a series moves from its last value ``y``.  Away from a bound it is the
plain difference.  Towards a bound each further step counts against the room that is left, so
the bound is approached and never passed:

    downwards  y + x    becomes  lower + (y - lower) * exp(x / (y - lower)),   x < 0
    upwards    y + x    becomes  upper - (upper - y) * exp(-x / (upper - y)),  x > 0

For a small step the two agree with ``y + x``; a fall of a positive series is then counted in
per cent, and a share near 100 % slows down before it.

A distribution is the log-odds ln(F / (1 - F)) of its cumulative probability F at the steps
`GRID`, in units of the series' own scale, with a jump between the two middle points for "did
not move"; between the points log-odds are straight.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np

from zbanalysis.projection.histories import Features, Rows, has_floor

UNMOVED = 1e-7
"""A step smaller than this (in scales) is none."""
_RAY = 0.4 * np.sinh(np.arange(0.1, 7.21, 0.1))
GRID = np.concatenate([-_RAY[::-1], [-UNMOVED, UNMOVED], _RAY])
"""Steps in scales: dense near 0, out to 268 mean yearly changes."""

AT_THE_BOUND = 0.005
"""A bound counts as reached within half a per cent of what lies between both, or is left to the only one."""
COMPARATORS = ("at_least", "more_than", "at_most", "less_than")

COEFFICIENTS = (
    "constant", "years", "years_squared", "shortness", "shortness_years",
    "noise", "noise_years", "noise_shortness",
    "steadiness", "steadiness_years", "steadiness_shortness",
    "recent", "recent_years",
    "with_drift", "with_drift_years", "with_drift_shortness",
    "upwards", "upwards_years", "upwards_level", "upwards_level_years",
    "growth", "growth_years",
)  # fmt: skip
"""Names of the coefficients of the spread; ``years`` stands for ln h, ``shortness`` for 1/n."""

DAMPING = 0.99
"""Each further year adds 1 % less drift than the year before."""
SUREST = 1e-5
"""No probability is nearer to 0 or 1 than this."""


def move(last: np.ndarray, step: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Where a step leads; all in the unit of the series, ``-inf`` and ``inf`` for no bound.

    Examples
    --------
    >>> move(np.array([10.0]), np.array([-5.0]), np.array([0.0]), np.array([np.inf])).round(3).tolist()
    [6.065]
    """
    last, step, lower, upper = np.broadcast_arrays(last, step, lower, upper)
    value = last + step
    falling = np.isfinite(lower) & (step < 0)
    rising = np.isfinite(upper) & (step > 0)
    value[falling] = lower[falling] + _shrunk(last[falling] - lower[falling], -step[falling])
    value[rising] = upper[rising] - _shrunk(upper[rising] - last[rising], step[rising])
    return value


def step_to(last: np.ndarray, value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """The step that leads from ``last`` to ``value``: the inverse of `move`; infinite at a bound.

    Examples
    --------
    >>> bound = np.array([0.0]), np.array([np.inf])
    >>> step_to(np.array([10.0]), np.array([6.0653066]), *bound).round(3).tolist()
    [-5.0]
    """
    given = (np.asarray(array, dtype=float) for array in (last, value, lower, upper))
    last, value, lower, upper = np.broadcast_arrays(*given)
    step = value - last
    falling = np.isfinite(lower) & (value < last)
    rising = np.isfinite(upper) & (value > last)
    step[falling] = -_stretched(last[falling] - lower[falling], value[falling] - lower[falling])
    step[rising] = _stretched(upper[rising] - last[rising], upper[rising] - value[rising])
    return step


def _shrunk(distance: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Room that is left after a step towards a bound (no room stays no room)."""
    safe = np.where(distance > 0, distance, 1.0)
    return np.where(distance > 0, safe * np.exp(-step / safe), 0.0)


def _stretched(distance: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Step that leaves ``left`` of ``distance``; infinite where nothing is left."""
    safe = np.where(left > 0, left, 1.0)
    return np.where(left > 0, distance * np.log(np.where(left > 0, distance, 1.0) / safe), np.inf)


def log_odds(probability: np.ndarray) -> np.ndarray:
    """ln(p / (1 − p)), with p kept `SUREST` away from 0 and 1."""
    inside = np.clip(probability, SUREST, 1 - SUREST)
    return np.log(inside) - np.log1p(-inside)


def probability(odds: np.ndarray) -> np.ndarray:
    """The probability of log-odds."""
    return 1 / (1 + np.exp(-odds))


def quantile_of(odds: np.ndarray, share: float) -> np.ndarray:
    """Steps not exceeded with this probability, one for each row of R × len(GRID)."""
    aim = float(log_odds(np.array(share)))
    right = np.clip((odds < aim).sum(axis=1), 1, len(GRID) - 1)
    row = np.arange(len(odds))
    below, above = odds[row, right - 1].astype(float), odds[row, right].astype(float)
    rise = above - below
    part = np.where(rise > 0, (aim - below) / np.where(rise > 0, rise, 1.0), 0.5)
    return GRID[right - 1] + np.clip(part, 0, 1) * (GRID[right] - GRID[right - 1])


def odds_at(odds: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Log-odds of no more than a step, one for each row."""
    inside = np.clip(step, GRID[0], GRID[-1])
    right = np.clip(np.searchsorted(GRID, inside, side="left"), 1, len(GRID) - 1)
    row = np.arange(len(odds))
    part = (inside - GRID[right - 1]) / (GRID[right] - GRID[right - 1])
    below = odds[row, right - 1].astype(float)
    return below + part * (odds[row, right].astype(float) - below)


@dataclass(frozen=True)
class Spread:
    """How wide the own fan is, as the competitions' series taught: `COEFFICIENTS` and tails.

    Attributes
    ----------
    coefficients
        One number for each of `COEFFICIENTS`.
    enclosed
        Shares of outcomes, rising from 0; length C.
    points
        Lower ends of the classes of n (2, 3, 4, 5 and more).
    tails
        Spreads that enclose those shares, one row for each class of n.
    tail_weight
        Degrees of freedom that continue the tails beyond the last share.
    """

    coefficients: np.ndarray
    enclosed: np.ndarray
    points: np.ndarray
    tails: np.ndarray
    tail_weight: float

    def log_odds(self, count: np.ndarray, spreads: np.ndarray) -> np.ndarray:
        """Log-odds of no more than so many spreads above the median (negative: below it); N × …."""
        place = np.arcsinh(spreads * np.float32(_FINE)) * np.float32(_STEPS)
        size = np.minimum(np.abs(place), np.float32(self._table.shape[1] - 1.001))
        left = size.astype(np.int32)
        row = np.searchsorted(self.points, count, side="right") - 1
        flat = left + (row * self._table.shape[1]).astype(np.int32)[:, None, None]
        table = self._table.ravel()
        low = table[flat]
        return np.copysign(low + (size - left) * (table[flat + 1] - low), spreads)

    @cached_property
    def _table(self) -> np.ndarray:
        """Log-odds at steps that are even in asinh, one row for each class of n."""
        spreads = np.sinh(np.arange(0, 14, 1 / _STEPS)) / _FINE
        inside = np.array([self._inside(tail, spreads) for tail in self.tails])
        return (2 * np.arctanh(np.minimum(inside, 1 - 2 * SUREST))).astype(np.float32)

    def _inside(self, tail: np.ndarray, spreads: np.ndarray) -> np.ndarray:
        """Central share of outcomes within so many spreads."""
        share = np.interp(spreads, tail, self.enclosed)
        beyond = np.maximum(spreads / tail[-1], 1.0)
        outside = (1 - self.enclosed[-1]) * beyond**-self.tail_weight
        return np.where(spreads > tail[-1], 1 - outside, share)


_FINE, _STEPS = 8.0, 64
"""Of the table in `Spread.log_odds`: finest at an eighth of a spread, so many points to a unit of asinh."""


@cache
def spread() -> Spread:
    """The spread that ships with the package (read once)."""
    text = files("zbanalysis").joinpath("projection", "calibration", "spread.json").read_text("utf-8")
    table = json.loads(text)
    return Spread(
        coefficients=np.array([table["coefficients"][name] for name in COEFFICIENTS]),
        enclosed=np.array(table["enclosed"]),
        points=np.array(table["points"]),
        tails=np.array(table["tails"]),
        tail_weight=float(table["tail_weight"]),
    )


def regressors(features: Features, ahead: np.ndarray, side: int) -> np.ndarray:
    """What the coefficients of the spread are multiplied with: N × H × len(COEFFICIENTS).

    ``ahead`` are H whole numbers of years; ``side`` is +1 above the median, −1 below.
    """
    years = np.log(np.asarray(ahead, dtype=float))[None, :]
    columns = []
    for position, (value, grows) in enumerate(_by_series(features, side)):
        columns.append(np.repeat(value[:, None], years.shape[1], axis=1))
        if grows:
            columns.append(value[:, None] * years)
        if position == 0:
            columns.append(columns[1] ** 2)
    return np.stack(columns, axis=-1)


def _by_series(features: Features, side: int) -> list[tuple[np.ndarray, bool]]:
    """The parts of the regressors that a series alone decides, and whether each counts again times ln h."""
    shortness = 1 / features.count
    noise = np.log(features.noise + 0.1)
    recent = np.log(features.recent + 0.1)
    with_drift = side * features.drift
    floored = has_floor(features.lower)
    level = np.where(floored, np.log(np.clip(features.level, 3e-4, np.e)) + 2.5, 0.0)
    growth = np.clip(np.abs(features.drift) * features.level, 0, 0.5)
    return [
        (np.ones_like(noise), True), (shortness, True),
        (noise, True), (noise * shortness, False),
        (features.steadiness, True), (features.steadiness * shortness, False), (recent, True),
        (with_drift, True), (with_drift * shortness, False), (side * floored.astype(float), True),
        (side * level, True), (growth, True),
    ]  # fmt: skip


def expected_step(features: Features, ahead: np.ndarray) -> np.ndarray:
    """Median of the own fan in scales, N × H: the damped drift summed over the years."""
    damped = (1 - DAMPING ** np.asarray(ahead, dtype=float)) / (1 - DAMPING)
    return features.drift[:, None] * damped[None, :]


def own_log_odds(features: Features, ahead: np.ndarray, table: Spread) -> np.ndarray:
    """Log-odds of the own fan at `GRID`: N × H × len(GRID)."""
    middle = expected_step(features, ahead).astype(np.float32)
    distance = GRID.astype(np.float32) - middle[..., None]
    above, below = (
        np.exp(-np.clip(regressors(features, ahead, side) @ table.coefficients, -6, 6)).astype(np.float32)
        for side in (1, -1)
    )
    spreads = distance * np.where(distance >= 0, above[..., None], below[..., None])
    return table.log_odds(features.count, spreads)


@dataclass(frozen=True)
class Fan(Rows):
    """Distributions of R rows: where each starts, its bounds and scale, and R × len(GRID) log-odds.

    ``whole`` says which rows count things: only whole numbers can come.
    """

    last: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    scale: np.ndarray
    whole: np.ndarray
    odds: np.ndarray

    def quantile(self, share: float) -> np.ndarray:
        """Value that is not exceeded with this probability."""
        step = quantile_of(self.odds, share)
        value = move(self.last, step * self.scale, self.lower, self.upper)
        return np.where(self.whole, np.round(value), value)

    def chance(self, value: np.ndarray, comparator: np.ndarray | str) -> np.ndarray:
        """Probability that the outcome is at least (more than, at most, less than) ``value``."""
        value = np.broadcast_to(np.asarray(value, dtype=float), self.last.shape)
        comparator = np.broadcast_to(np.asarray(comparator), self.last.shape)
        least, most = self._at_least(value), self._at_most(value)
        choices = {"at_least": least, "more_than": 1 - most, "at_most": most, "less_than": 1 - least}
        return np.select([comparator == name for name in choices], list(choices.values()), np.nan)

    def _at_least(self, value: np.ndarray) -> np.ndarray:
        highest = np.where(self.last < self.upper, self.upper - self._nearly(self.upper), self.upper)
        aim = np.where(self.whole, np.ceil(value - 1e-9) - 0.5, np.minimum(value, highest))
        chance = 1 - self._up_to(aim, -UNMOVED)
        return np.where(value <= self.lower, 1.0, np.where(value > self.upper, 0.0, chance))

    def _at_most(self, value: np.ndarray) -> np.ndarray:
        lowest = np.where(self.last > self.lower, self.lower + self._nearly(self.lower), self.lower)
        aim = np.where(self.whole, np.floor(value + 1e-9) + 0.5, np.maximum(value, lowest))
        chance = self._up_to(aim, UNMOVED)
        return np.where(value >= self.upper, 1.0, np.where(value < self.lower, 0.0, chance))

    def _nearly(self, bound: np.ndarray) -> np.ndarray:
        """How near a bound counts as there, at most half the way that is left; 0 where there is no bound."""
        there = np.isfinite(bound)
        left, between = np.abs(self.last - np.where(there, bound, self.last)), self.upper - self.lower
        near = AT_THE_BOUND * np.where(np.isfinite(between), between, left)
        return np.where(there, np.minimum(near, left / 2), 0.0)

    def _up_to(self, value: np.ndarray, at_last: float) -> np.ndarray:
        """Probability up to a value; ``at_last`` says on which side of the last value a tie falls."""
        inside = np.clip(value, self.lower, self.upper)
        step = step_to(self.last, inside, self.lower, self.upper) / self.scale
        tie = np.abs(step) < 1e-6
        return probability(odds_at(self.odds, np.where(tie, at_last, step)))
