"""The scale on which an indicator lives: logit between bounds, log, or as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from zbanalysis.errors import InputError

SLOPE_UNITS = {"identity": "units_per_year", "log": "percent_per_year", "logit": "log_odds_per_year"}


@dataclass(frozen=True)
class Transform:
    """A way from values to the scale of a line, and back.

    ``name`` is ``identity``, ``log`` or ``logit``; the bounds belong to the logit,
    z = ln((y − lower)/(upper − y)).
    """

    name: str
    lower: float = np.nan
    upper: float = np.nan

    def obstacle(self, values: np.ndarray) -> str:
        """Why these values have no place on this scale, a key of `REASONS`; empty when they have."""
        if self.name == "log" and not np.all(values > 0):
            return "not_positive"
        if self.name == "logit" and not np.isfinite(self.upper - self.lower):
            return "no_bounds"
        if self.name == "logit" and not np.all((values > self.lower) & (values < self.upper)):
            return "outside_bounds"
        return ""

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Values on the scale of the line."""
        if self.name == "log":
            return np.log(values)
        if self.name == "logit":
            return np.log((values - self.lower) / (self.upper - values))
        return np.array(values, float)

    def inverse(self, z: np.ndarray | float) -> np.ndarray:
        """Values in the indicator's own units; a line's centre becomes a median, not a mean."""
        z = np.asarray(z, float)
        if self.name == "identity":
            return z
        # The far end of a wide interval may lie beyond the largest number: it is then inf.
        with np.errstate(over="ignore"):
            if self.name == "log":
                return np.exp(z)
            return self.lower + (self.upper - self.lower) / (1 + np.exp(-z))

    def slope(self, b: float) -> float:
        """Convert a slope to what is shown (`SLOPE_UNITS`); for logs 100·(exp(b) − 1) % a year."""
        if self.name != "log":
            return float(b)
        with np.errstate(over="ignore"):
            return float(100 * np.expm1(b))

    def log_jacobian(self, values: np.ndarray) -> float:
        """Sum of ln|dz/dy|: what carries a likelihood from the line's scale back to the values."""
        if self.name == "log":
            return float(-np.log(values).sum())
        if self.name == "logit":
            width = self.upper - self.lower
            return float(np.log(width / ((values - self.lower) * (self.upper - values))).sum())
        return 0.0


def scale_of(
    values: Iterable[float], scale: str | None = None, lower: float | None = None, upper: float | None = None
) -> str:
    """Scale on which a trend of these values is a line.

    A share strictly between its bounds lives on the logit, a positive amount or count
    on the log; everything else, and anything with zeros or negatives, as it is.

    Parameters
    ----------
    values
        The series, in the indicator's units; missing values are passed over.
    scale
        ``share``, ``ratio``, ``count``, ``amount`` or nothing.
    lower, upper
        Bounds of the indicator in its units, if any (a percentage: 0 and 100).

    Returns
    -------
    str
        ``logit``, ``log`` or ``identity``.

    Raises
    ------
    InputError
        If the lower bound is not under the upper one.

    Examples
    --------
    >>> scale_of([60.6, 63.9], "share", 0, 100), scale_of([900, 2700], "amount"), scale_of([0, 3], "count")
    ('logit', 'log', 'identity')
    """
    transform = Transform("logit", _number(lower), _number(upper))
    if transform.lower >= transform.upper:
        raise InputError(
            f"The lower bound {lower} is not under the upper bound {upper}; swap or correct them."
        )
    kept = np.asarray([value for value in values if not np.isnan(value)], float)
    if scale == "share" and kept.size and not transform.obstacle(kept):
        return "logit"
    if scale in ("amount", "count") and kept.size and not Transform("log").obstacle(kept):
        return "log"
    return "identity"


def _number(bound: float | None) -> float:
    return np.nan if bound is None else float(bound)
