"""What the rooms of this package hand to each other: points, a fit, a refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

REASONS = {
    "no_values": "The series has no value.",
    "one_point": "One point makes no trend.",
    "one_point_on_latest_basis": "Only one point stands on the latest basis; earlier ones do not compare.",
    "too_few_points": "Fewer points than the model needs (minimum_n).",
    "no_break": "The basis does not change.",
    "side_too_short": "A basis has fewer than two points, so the step cannot be told from the trend.",
    "not_positive": "A logarithm needs values above zero.",
    "no_bounds": "A logit needs a lower and an upper bound.",
    "outside_bounds": "A logit needs values strictly between the bounds.",
    "uneven_years": "The years are not evenly spaced.",
    "no_spread": "Most points lie on one line, so no spread tells an outlier from the rest.",
    "no_convergence": "The search for the parameters did not converge.",
    "exact_line": "A straight line already fits without residual; the model could add nothing.",
    "two_points": "two_points: no residual. The line goes through both points, so there is no interval.",
    "exact_fit": "The line goes through every point; its interval has no width and says nothing.",
    "no_interval": "The model has no interval for its slope.",
}
"""What a ``reason`` means, in plain words; labels are kept under the same keys."""


class NotFittedError(Exception):
    """A model has no answer for a series; the text is a key of `REASONS`."""


@dataclass(frozen=True)
class Points:
    """Points of one series in the order of years; where two share a year, the newer basis comes last."""

    year: np.ndarray
    value: np.ndarray
    basis: np.ndarray

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.year)

    @property
    def bases(self) -> list[str]:
        """The bases in the order in which they begin; the one of the last point comes last."""
        earlier = [basis for basis in dict.fromkeys(self.basis) if basis != self.basis[-1]]
        return [*earlier, self.basis[-1]]

    def on(self, basis: str) -> Points:
        """Keep the points that stand on one basis."""
        return self._where(self.basis == basis)

    def latest(self) -> Points:
        """Keep the points on the basis of the last point."""
        return self.on(self.basis[-1])

    def without_last(self) -> Points:
        """All points but the last."""
        return self._where(np.arange(self.n) < self.n - 1)

    def mean_change(self) -> float:
        """Mean absolute change between neighbouring points of the same basis, in the indicator's units."""
        changes = [np.abs(np.diff(self.on(basis).value)) for basis in self.bases]
        return float(np.concatenate(changes).mean())

    def _where(self, mask: np.ndarray) -> Points:
        return Points(self.year[mask], self.value[mask], self.basis[mask])


@dataclass(frozen=True)
class Fit:
    """A fitted model, on the scale of its transform, per year.

    ``curve(years, bases)`` gives one row per year with the columns of `CURVE`; a year
    for which the model has no value is a row of NaN.  ``parameters`` counts all that
    was estimated, the residual variance included.
    """

    slope: float
    slope_low: float
    slope_high: float
    curve: Callable[[np.ndarray, np.ndarray], np.ndarray]
    residuals: np.ndarray
    parameters: int
    reason: str = ""
    r_squared: float = np.nan
    has_likelihood: bool = False
    level_shift: float = np.nan
    slope_before: float = np.nan


CURVE = ("value", "mean_low", "mean_high", "prediction_low", "prediction_high")


def is_exact(residuals: np.ndarray, z: np.ndarray) -> bool:
    """Whether the residuals are nothing but the rounding of the computer."""
    rounding = 64 * np.finfo(float).eps * np.max(np.abs(z))
    return bool(np.max(np.abs(residuals)) <= 1e-9 * np.ptp(z) + rounding)
