"""Well-known ways to go on with a series, to hold our projection against.

Each takes `zbanalysis.projection.histories.Histories` and returns point forecasts with the normal
spread its textbook gives, no more: these are the yardsticks, with their known faults.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from zbanalysis.projection.histories import Histories

DAMPED = 0.9
"""What a year's drift keeps of the year before, in ``damped_drift``."""


@dataclass(frozen=True)
class NormalForecast:
    """Normal distributions, N × H each; of the logarithm where ``logarithmic`` says so (N)."""

    centre: np.ndarray
    deviation: np.ndarray
    logarithmic: np.ndarray

    def point(self) -> np.ndarray:
        """Return the medians."""
        return self._back(self.centre)

    def quantile(self, probability: float) -> np.ndarray:
        """Return the values not exceeded with this probability."""
        return self._back(self.centre + ndtri(probability) * self.deviation)

    def chance_at_least(self, value: np.ndarray) -> np.ndarray:
        """Return the probability of ``value`` (N × H) or more."""
        positive = np.maximum(value, np.finfo(float).tiny)
        scaled = np.where(self.logarithmic[:, None], np.log(positive), value)
        deviation = np.maximum(self.deviation, 1e-12 * (1 + np.abs(self.centre)))
        return ndtr((self.centre - scaled) / deviation)

    def _back(self, scaled: np.ndarray) -> np.ndarray:
        exponent = np.where(self.logarithmic[:, None], np.minimum(scaled, 700), 0.0)
        return np.where(self.logarithmic[:, None], np.exp(exponent), scaled)


Method = Callable[[Histories, int], NormalForecast]


def no_change(histories: Histories, horizon: int) -> NormalForecast:
    """The last value stays; random-walk spread."""
    return _drifting(histories.observed, histories.years, np.zeros(horizon), horizon)


def drift(histories: Histories, horizon: int) -> NormalForecast:
    """The mean yearly change goes on in full; spread with the uncertainty of the mean."""
    return _drifting(histories.observed, histories.years, np.arange(1, horizon + 1), horizon)


def half_drift(histories: Histories, horizon: int) -> NormalForecast:
    """Half the mean yearly change goes on."""
    return _drifting(histories.observed, histories.years, np.arange(1, horizon + 1) / 2, horizon)


def damped_drift(histories: Histories, horizon: int) -> NormalForecast:
    """The mean yearly change goes on, each year a tenth weaker than the year before."""
    steps = np.cumsum(DAMPED ** np.arange(1, horizon + 1))
    return _drifting(histories.observed, histories.years, steps, horizon)


def average_growth(histories: Histories, horizon: int) -> NormalForecast:
    """The average growth rate (CAGR) goes on; a series that was not always positive drifts instead."""
    positive = ~(histories.observed <= 0).any(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.where(positive[:, None], np.log(histories.observed), histories.observed)
    plain = _drifting(scaled, histories.years, np.arange(1, horizon + 1), horizon)
    return NormalForecast(plain.centre, plain.deviation, positive)


def straight_line(histories: Histories, horizon: int) -> NormalForecast:
    """Least-squares line against the year, with its prediction spread."""
    known = np.isfinite(histories.observed)
    count = histories.count
    year = np.where(known, histories.years, 0.0)
    value = np.where(known, histories.observed, 0.0)
    middle, mean = year.sum(axis=1) / count, value.sum(axis=1) / count
    off = np.where(known, year - middle[:, None], 0.0)
    squares = (off**2).sum(axis=1)
    slope = (off * value).sum(axis=1) / squares
    residual = np.where(known, value - mean[:, None] - slope[:, None] * off, 0.0)
    variance = (residual**2).sum(axis=1) / np.maximum(count - 2, 1)
    ahead = histories.years[:, -1:] + np.arange(1, horizon + 1) - middle[:, None]
    centre = mean[:, None] + slope[:, None] * ahead
    spread = variance[:, None] * (1 + 1 / count[:, None] + ahead**2 / squares[:, None])
    return NormalForecast(centre, np.sqrt(spread), np.zeros(len(count), dtype=bool))


def theta_method(histories: Histories, horizon: int) -> NormalForecast:
    """Exponential smoothing with half the slope of a line (`theta`)."""
    centre, deviation = theta(histories.observed, horizon)
    return NormalForecast(centre, deviation, np.zeros(len(centre), dtype=bool))


METHODS: dict[str, Method] = {
    "no_change": no_change,
    "drift": drift,
    "half_drift": half_drift,
    "damped_drift": damped_drift,
    "straight_line": straight_line,
    "average_growth": average_growth,
    "theta": theta_method,
}


def _drifting(values: np.ndarray, years: np.ndarray, steps: np.ndarray, horizon: int) -> NormalForecast:
    """Go on from the last value by ``steps`` mean yearly changes."""
    gap = np.diff(years, axis=1)
    seen = np.isfinite(gap)
    gap, span = np.where(seen, gap, 1.0), np.where(seen, gap, 0.0).sum(axis=1)
    change = np.where(seen, np.diff(values, axis=1), 0.0)
    mean = change.sum(axis=1) / span
    drifts = steps.any()
    centre_change = mean[:, None] * gap if drifts else 0.0
    residual = np.where(seen, change - centre_change, 0.0) / np.sqrt(gap)
    freedom = np.maximum(seen.sum(axis=1) - (1 if drifts else 0), 1)
    variance = (residual**2).sum(axis=1) / freedom
    ahead = np.arange(1, horizon + 1)[None, :]
    uncertain = steps[None, :] ** 2 / span[:, None]
    centre = values[:, -1:] + mean[:, None] * steps[None, :]
    deviation = np.sqrt(variance[:, None] * (ahead + uncertain))
    return NormalForecast(centre, deviation, np.zeros(len(values), dtype=bool))


# --- the Theta method, for many series at once: statsmodels' ThetaModel takes one ---

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
