"""The predictive distribution: a median and a spread on either side of it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from zbanalysis.projection.displacement import displacement_to, moved
from zbanalysis.projection.spread import Calibration

AT_THE_BOUND = 0.005
"""A target on a bound counts as reached within half a per cent of the room there was."""


@dataclass(frozen=True)
class Fan:
    """Median and spreads of every projected row, R values each (units of the series).

    ``move`` is the median displacement from ``last``; ``above`` and ``below`` the spreads
    on either side; ``count`` the points the series had.
    """

    last: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    count: np.ndarray
    move: np.ndarray
    above: np.ndarray
    below: np.ndarray

    def take(self, rows: np.ndarray) -> Fan:
        """Return the chosen rows."""
        return Fan(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def quantile(self, probability: float, table: Calibration) -> np.ndarray:
        """Value that is not exceeded with this probability."""
        wide = table.half_width(self.count, abs(2 * probability - 1))
        side = self.above if probability >= 0.5 else -self.below
        return moved(self.last, self.move + wide * side, self.lower, self.upper)

    def chance_at_least(self, value: np.ndarray, table: Calibration) -> np.ndarray:
        """Probability that the outcome is ``value`` or more."""
        between = self.upper - self.lower
        room = np.where(np.isfinite(between), between, np.abs(self.last - value))
        nearly = np.where(value == self.upper, value - AT_THE_BOUND * room, value)
        aim = np.where(self.last < self.upper, nearly, value)
        chance = self._above(displacement_to(self.last, aim, self.lower, self.upper), table)
        return np.where(value <= self.lower, 1.0, np.where(value > self.upper, 0.0, chance))

    def chance_at_most(self, value: np.ndarray, table: Calibration) -> np.ndarray:
        """Probability that the outcome is ``value`` or less."""
        mirrored = Fan(-self.last, -self.upper, -self.lower, self.count, -self.move, self.below, self.above)
        return mirrored.chance_at_least(-value, table)

    def _above(self, displacement: np.ndarray, table: Calibration) -> np.ndarray:
        distance = displacement - self.move
        spreads = np.abs(distance) / np.where(distance >= 0, self.above, self.below)
        inside = table.share_within(self.count, spreads)
        return np.where(distance >= 0, 1 - inside, 1 + inside) / 2
