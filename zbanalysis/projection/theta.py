"""The Theta method for many yearly series at once.

The same as statsmodels' ``ThetaModel`` for series without seasons (theta 2): simple
exponential smoothing that starts at the first value, plus half the slope of a straight
line.  Held to statsmodels in the tests; written anew because a loop over thousands of
series would take minutes.
"""

from __future__ import annotations

import numpy as np

SMALLEST, LARGEST = 1e-4, 1 - 1e-4
"""statsmodels' limits of the smoothing weight."""


def theta(values: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Forecast by the Theta method.

    Parameters
    ----------
    values
        N × W, right-aligned, NaN before the first point; at least two points a series.
        A missing year inside a series is skipped over.
    horizon
        Years ahead.

    Returns
    -------
    centre, deviation
        Point forecasts and their standard deviations, N × horizon.

    Notes
    -----
    Hyndman and Billah (2003), "Unmasking the Theta method", International Journal of
    Forecasting 19(2): the method is exponential smoothing with a drift of half the slope.

    Examples
    --------
    >>> theta(np.array([[1.0, 2.0, 3.0, 4.0]]), 2)[0].round(2).tolist()
    [[4.5, 5.0]]
    """
    count = np.isfinite(values).sum(axis=1)
    weight = _best_weight(values)
    level, squares = _smooth(values, weight)
    steps = np.arange(horizon)[None, :]
    reach = steps + ((1 - (1 - weight) ** count) / weight)[:, None]
    centre = level[:, None] + _slope(values, count)[:, None] / 2 * reach
    variance = squares / np.maximum(count - 1, 1)
    return centre, np.sqrt(variance[:, None] * (1 + steps * weight[:, None] ** 2))


def _best_weight(values: np.ndarray) -> np.ndarray:
    """Smoothing weight with the least sum of squares, found on a grid that is refined three times."""
    best = np.full(len(values), 0.5)
    reach = 0.5
    for _ in range(4):
        grid = np.clip(best[:, None] + reach * np.linspace(-1, 1, 21)[None, :], SMALLEST, LARGEST)
        squares = np.column_stack([_smooth(values, grid[:, index])[1] for index in range(grid.shape[1])])
        best = grid[np.arange(len(grid)), squares.argmin(axis=1)]
        reach /= 10
    return best


def _smooth(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Last level and sum of squared one-step errors of exponential smoothing."""
    level = np.full(len(values), np.nan)
    squares = np.zeros(len(values))
    for column in values.T:
        known, begun = np.isfinite(column), np.isfinite(level)
        error = np.where(known & begun, column - np.where(begun, level, 0.0), 0.0)
        squares += error**2
        level = np.where(begun, level + weight * error, column)
    return level, squares


def _slope(values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Slope of the least-squares line over the observed points."""
    known = np.isfinite(values)
    place = np.where(known, np.cumsum(known, axis=1) - 1.0, 0.0)
    centred = np.where(known, place - ((count - 1) / 2)[:, None], 0.0)
    return (centred * np.nan_to_num(values)).sum(axis=1) / (centred**2).sum(axis=1)
