"""Scores of forecasts against what came; every one is better the smaller it is, coverage aside.

All take arrays of N series × H years; a year that never came is NaN and does not count.
``scale`` is a series' mean absolute yearly change before the forecast, length N.  Means
are first taken over a series' years, then over series, so that each series counts once.
"""

from __future__ import annotations

import numpy as np
import scoringrules


def mase(actual: np.ndarray, point: np.ndarray, scale: np.ndarray) -> float:
    """Mean absolute error in scales (Hyndman and Koehler 2006).

    Examples
    --------
    >>> mase(np.array([[3.0, 5.0]]), np.array([[2.0, 2.0]]), np.array([2.0]))
    1.0
    """
    return _mean_of_series(np.abs(actual - point) / scale[:, None])


def smape(actual: np.ndarray, point: np.ndarray) -> float:
    """Symmetric mean absolute per cent error, 0 to 200; 0 where both are 0."""
    size = np.abs(actual) + np.abs(point)
    return _mean_of_series(200 * np.abs(actual - point) / np.where(size == 0, 1.0, size))


def coverage(actual: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Share of values inside their interval, over all series and years."""
    came = np.isfinite(actual)
    return float(((actual >= low) & (actual <= high))[came].mean())


def width(actual: np.ndarray, low: np.ndarray, high: np.ndarray, scale: np.ndarray) -> float:
    """Mean width of the interval in scales, over the years that came."""
    return _mean_of_series(np.where(np.isfinite(actual), (high - low) / scale[:, None], np.nan))


def msis(actual: np.ndarray, low: np.ndarray, high: np.ndarray, scale: np.ndarray, level: float) -> float:
    """Mean scaled interval score: width plus 2/α for each unit outside (Gneiting and Raftery 2007).

    ``level`` is the interval's nominal coverage in per cent; α = 1 − level/100.
    """
    score = scoringrules.interval_score(actual, low, high, 1 - level / 100)
    return _mean_of_series(score / scale[:, None])


def crps(actual: np.ndarray, quantiles: np.ndarray, probabilities: np.ndarray, scale: np.ndarray) -> float:
    """Continuous ranked probability score in scales, from quantiles N × H × K."""
    score = scoringrules.crps_quantile(actual, quantiles, probabilities)
    return _mean_of_series(score / scale[:, None])


def brier(reached: np.ndarray, chance: np.ndarray) -> float:
    """Mean squared difference between a chance and what came (1 reached, 0 not)."""
    return float(scoringrules.brier_score(reached, np.clip(chance, 0, 1)).mean())


Bin = tuple[float, float, int, float, float]


def reliability(reached: np.ndarray, chance: np.ndarray, bins: int = 10) -> list[Bin]:
    """Compare chances with how often the targets were reached.

    Returns
    -------
    list
        For each bin of chances that has cases: lower edge, upper edge, cases, mean chance,
        share reached.
    """
    place = np.minimum((chance * bins).astype(int), bins - 1)
    table = []
    for index in range(bins):
        mine = place == index
        if mine.any():
            edges = index / bins, (index + 1) / bins
            table.append((*edges, int(mine.sum()), float(chance[mine].mean()), float(reached[mine].mean())))
    return table


def _mean_of_series(score: np.ndarray) -> float:
    """Mean over a series' years, then over the series that have any."""
    came = np.isfinite(score)
    each = np.where(came, score, 0.0).sum(axis=1)[came.any(axis=1)] / came.sum(axis=1)[came.any(axis=1)]
    return float(each.mean()) if len(each) else float("nan")
