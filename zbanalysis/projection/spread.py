"""How wide the fan is: the calibrated spread and tails, and what rebuilds them.

For each series, each year ahead h and each side (above +1, below −1) of the median,

    spread = scale × exp(Σ coefficient × feature),

where the features are products of the series' character with 1, ln h and 1/n, and the
coefficients come from the reference class.  A table of tails says how many spreads
enclose how many per cent of outcomes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from zbanalysis.projection.features import Character

FEATURES = (
    "constant", "years", "years_squared", "shortness", "shortness_years",
    "noise", "noise_years", "noise_shortness",
    "steadiness", "steadiness_years", "steadiness_shortness",
    "recent", "recent_years",
    "with_drift", "with_drift_years", "with_drift_shortness",
    "upwards", "upwards_years", "upwards_level", "upwards_level_years",
    "growth", "growth_years",
)  # fmt: skip
"""Names of the coefficients; ``years`` stands for ln h, ``shortness`` for 1/n."""

DAMPING = 0.99
"""Each further year adds 1 % less drift than the year before."""


@dataclass(frozen=True)
class Calibration:
    """The lessons of the reference class.

    Attributes
    ----------
    coefficients
        One number for each of `FEATURES`.
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

    def half_width(self, count: np.ndarray, share: float) -> np.ndarray:
        """Spreads on one side that enclose the central ``share`` of outcomes (0 ≤ share < 1)."""
        rows = np.array([self._tail(row, share) for row in self.tails])
        return rows[self._row(count)]

    def share_within(self, count: np.ndarray, spreads: np.ndarray) -> np.ndarray:
        """Central share of outcomes within so many spreads: the inverse of `half_width`."""
        row = self._row(count)
        share = np.empty(spreads.shape)
        for index, tail in enumerate(self.tails):
            mine = row == index
            share[mine] = self._inside(tail, spreads[mine])
        return share

    def _row(self, count: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.points, count, side="right") - 1

    def _tail(self, tail: np.ndarray, share: float) -> float:
        if share <= self.enclosed[-1]:
            return float(np.interp(share, self.enclosed, tail))
        outside = (1 - share) / (1 - self.enclosed[-1])
        return float(tail[-1] * outside ** (-1 / self.tail_weight))

    def _inside(self, tail: np.ndarray, spreads: np.ndarray) -> np.ndarray:
        share = np.interp(spreads, tail, self.enclosed)
        beyond = np.maximum(spreads / tail[-1], 1.0)
        outside = (1 - self.enclosed[-1]) * beyond**-self.tail_weight
        return np.where(spreads > tail[-1], 1 - outside, share)


@cache
def calibration() -> Calibration:
    """Return the calibration that ships with the package (read once)."""
    text = files("zbanalysis.projection").joinpath("calibration", "spread.json").read_text(encoding="utf-8")
    table = json.loads(text)
    return Calibration(
        coefficients=np.array([table["coefficients"][name] for name in FEATURES]),
        enclosed=np.array(table["enclosed"]),
        points=np.array(table["points"]),
        tails=np.array(table["tails"]),
        tail_weight=float(table["tail_weight"]),
    )


def features(character: Character, ahead: np.ndarray, side: int) -> np.ndarray:
    """Return the features of the spread.

    Parameters
    ----------
    character
        N series.
    ahead
        Years ahead, H whole numbers from 1.
    side
        +1 above the median, −1 below.

    Returns
    -------
    numpy.ndarray
        N × H × len(FEATURES).
    """
    years = np.log(np.asarray(ahead, dtype=float))[None, :]
    shortness = 1 / character.count
    noise = np.log(character.noise + 0.1)
    recent = np.log(character.recent + 0.1)
    with_drift = side * character.drift
    floored = np.isfinite(character.lower)
    level = np.where(floored, np.log(np.clip(character.level, 3e-4, np.e)) + 2.5, 0.0)
    growth = np.clip(np.abs(character.drift) * character.level, 0, 0.5)
    upwards = side * floored.astype(float)
    flat = [
        (np.ones_like(noise), True), (shortness, True),
        (noise, True), (noise * shortness, False),
        (character.steadiness, True), (character.steadiness * shortness, False), (recent, True),
        (with_drift, True), (with_drift * shortness, False), (upwards, True), (side * level, True),
        (growth, True),
    ]  # fmt: skip
    columns = []
    for position, (value, grows) in enumerate(flat):
        columns.append(np.repeat(value[:, None], years.shape[1], axis=1))
        if grows:
            columns.append(value[:, None] * years)
        if position == 0:
            columns.append(columns[1] ** 2)
    return np.stack(columns, axis=-1)


def spread(character: Character, ahead: np.ndarray, side: int, coefficients: np.ndarray) -> np.ndarray:
    """Return the spread on one side of the median, N × H, in the unit of the series."""
    exponent = features(character, ahead, side) @ coefficients
    return character.scale[:, None] * np.exp(np.clip(exponent, -6, 6))


def expected_move(character: Character, ahead: np.ndarray) -> np.ndarray:
    """Return the median displacement, N × H: the damped drift summed over the years."""
    damped = (1 - DAMPING ** np.asarray(ahead, dtype=float)) / (1 - DAMPING)
    return (character.scale * character.drift)[:, None] * damped[None, :]
