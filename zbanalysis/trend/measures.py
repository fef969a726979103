"""What a fit says: slopes as they are shown, and how well the line does."""

from __future__ import annotations

import numpy as np

from zbanalysis.trend.history import Case
from zbanalysis.trend.shapes import Fit, Points
from zbanalysis.trend.transform import Transform

AHEAD = 5
"""Years (one plan) for which a line should stay within what the indicator can be."""


def slopes(points: Points, transform: Transform, fitted: Fit) -> dict[str, float]:
    """Put into words a reader knows: the level, the slope, what it adds to the latest value in a year."""
    latest = transform.forward(points.value[-1:])[0]
    level = fitted.curve(points.year[-1:], points.basis[-1:])[0, 0]
    row = {"level": float(transform.inverse(level))}
    for name in ("slope", "slope_low", "slope_high"):
        b = getattr(fitted, name)
        row[name] = transform.slope(b)
        row[name.replace("slope", "per_year")] = float(transform.inverse(latest + b)) - points.value[-1]
    for name in ("level_shift", "slope_before"):
        row[name] = transform.slope(getattr(fitted, name))
    return row


def quality(points: Points, transform: Transform, fitted: Fit) -> dict[str, float]:
    """R², AICc and Durbin–Watson, each only where it is defined; see `table.fit`."""
    from statsmodels.stats.stattools import durbin_watson

    n, k, squares = points.n, fitted.parameters, float(fitted.residuals @ fitted.residuals)
    row = {"r_squared": fitted.r_squared}
    if fitted.has_likelihood and n > k + 1:
        deviance = n * (np.log(2 * np.pi * squares / n) + 1) - 2 * transform.log_jacobian(points.value)
        row["aicc"] = deviance + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    if n >= 6 and squares and fitted.reason != "exact_fit":
        row["durbin_watson"] = float(durbin_watson(fitted.residuals))
    return row


def stays_inside(case: Case, points: Points, transform: Transform, fitted: Fit) -> bool:
    """Whether the line, `AHEAD` years on, is still where the indicator can be."""
    lowest = case.lower if np.isfinite(case.lower) else 0.0 if case.own.name == "log" else -np.inf
    highest = case.upper if np.isfinite(case.upper) else np.inf
    value = float(transform.inverse(fitted.curve(points.year[-1:] + AHEAD, points.basis[-1:])[0, 0]))
    # A model on a wide grid may have no value for that very year: nothing then speaks against it.
    return not (value < lowest or value > highest)
