"""Models of evenly spaced series: damped trend, Theta, local linear trend.

Their slope is that of the last year.  Every fit runs on the series less its first
value over its mean absolute change, so that the search does not hang on the unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zbanalysis.trend.shapes import CURVE, Fit, NotFittedError, Points


@dataclass(frozen=True)
class _Grid:
    """A series on evenly spaced steps: z ≈ origin + unit·scaled, NaN where a step is missing."""

    first: float
    gap: float
    origin: float
    unit: float
    scaled: np.ndarray

    def curve(self, known: np.ndarray, ahead: np.ndarray, years: np.ndarray) -> np.ndarray:
        """Rows for the asked years from rows by step; a year between the steps has none."""
        steps = (years - self.first) / self.gap
        whole = np.rint(steps).astype(int)
        rows = self.origin + self.unit * np.vstack([known, ahead])
        out = np.full((len(years), len(CURVE)), np.nan)
        on_grid = (np.abs(steps - whole) < 1e-6) & (whole >= 0) & (whole < len(rows))
        out[on_grid] = rows[whole[on_grid]]
        return out

    def steps_to(self, years: np.ndarray) -> int:
        """How many steps beyond the last point reach the last asked year, at least one."""
        return max(1, int(np.rint((years.max() - self.first) / self.gap)) - len(self.scaled) + 1)


def damped_trend(points: Points, z: np.ndarray) -> Fit:
    """Holt's method with a damped additive trend; the slope is the change it sees for the coming year.

    Forecast variance of h steps: σ²[1 + Σ_{j<h} c_j²], c_j = α(1 + β(φ + … + φ^j))
    (Hyndman and others 2008, class 1), with a t quantile on n − 5 degrees of freedom.
    Within the span the curve is the one-step forecast.

    Raises
    ------
    NotFittedError
        If a year is missing or the search does not converge.
    """
    from scipy import stats
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    grid = _grid(points, z, holes=False)
    model = ExponentialSmoothing(
        grid.scaled, trend="add", damped_trend=True, initialization_method="estimated"
    )
    result = model.fit()
    if not result.mle_retvals.success:
        raise NotFittedError("no_convergence")
    alpha, beta, phi = (
        result.params[name] for name in ("smoothing_level", "smoothing_trend", "damping_trend")
    )
    free = points.n - 5
    quantile, sigma = stats.t.ppf(0.975, free), np.sqrt(result.sse / free)

    def curve(years: np.ndarray, _bases: np.ndarray) -> np.ndarray:
        steps = grid.steps_to(years)
        weights = alpha * (1 + beta * np.cumsum(phi ** np.arange(1, steps)))
        half = quantile * sigma * np.sqrt(1 + np.concatenate([[0.0], np.cumsum(weights**2)]))
        return grid.curve(_centre_only(result.fittedvalues), _forecast(result.forecast(steps), half), years)

    slope = phi * result.trend[-1] * grid.unit / grid.gap
    return Fit(
        slope,
        np.nan,
        np.nan,
        curve,
        np.asarray(result.resid) * grid.unit,
        6,
        "no_interval",
        has_likelihood=True,
    )


def theta(points: Points, z: np.ndarray) -> Fit:
    """Theta method without season; the slope is half that of the line through the whole series.

    Forecast variance of h steps: σ²[1 + (h − 1)α²], that of the exponential smoothing
    with drift which the method is (Hyndman and Billah 2003), with a t quantile on
    n − 3 degrees of freedom.  Within the span the curve is the one-step forecast.

    Raises
    ------
    NotFittedError
        If a year is missing or the search does not converge.
    """
    from scipy import stats
    from statsmodels.tsa.forecasting.theta import ThetaModel

    grid = _grid(points, z, holes=False)
    result = ThetaModel(grid.scaled, period=1, deseasonalize=False, use_test=False).fit()
    b0, alpha = (float(value) for value in result.params)
    if not np.isfinite(b0 + alpha):
        raise NotFittedError("no_convergence")
    one_step = _theta_one_step(grid.scaled, b0 / 2, alpha)
    residuals = (grid.scaled - one_step)[1:]
    free = points.n - 3
    # Not statsmodels' interval: it writes 1 + (α − 1)² where the model has (1 + (α − 1))² = α².
    quantile, sigma = stats.t.ppf(0.975, free), np.sqrt(residuals @ residuals / free)

    def curve(years: np.ndarray, _bases: np.ndarray) -> np.ndarray:
        steps = grid.steps_to(years)
        half = quantile * sigma * np.sqrt(1 + np.arange(steps) * alpha**2)
        return grid.curve(_centre_only(one_step), _forecast(np.asarray(result.forecast(steps)), half), years)

    return Fit(b0 / 2 * grid.unit / grid.gap, np.nan, np.nan, curve, residuals * grid.unit, 3, "no_interval")


def local_linear_trend(points: Points, z: np.ndarray) -> Fit:
    """Level and slope that both wander (Kalman smoother); missing years are allowed.

    The slope is that of the last year, with a normal 95 % interval.  No AICc: the
    diffuse start uses up two points, so its likelihood compares with no other here.

    Raises
    ------
    NotFittedError
        If the years fit no grid, or the search does not converge.
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    grid = _grid(points, z, holes=True)
    result = UnobservedComponents(grid.scaled, "local linear trend").fit(disp=False, maxiter=500)
    if not result.mle_retvals["converged"]:
        raise NotFittedError("no_convergence")
    level, slope = result.smoothed_state[:, :]
    level_error, slope_error = np.sqrt(np.clip(np.diagonal(result.smoothed_state_cov).T, 0, None))

    def curve(years: np.ndarray, _bases: np.ndarray) -> np.ndarray:
        ahead = result.get_forecast(grid.steps_to(years))
        half = 1.959964 * np.sqrt(ahead.var_pred_mean)
        inner = 1.959964 * level_error
        known = np.column_stack([level, level - inner, level + inner, *np.full((2, len(level)), np.nan)])
        return grid.curve(known, _forecast(ahead.predicted_mean, half), years)

    per_year, half = grid.unit / grid.gap, 1.959964 * slope_error[-1]
    low, high = (slope[-1] - half) * per_year, (slope[-1] + half) * per_year
    # What the smoother leaves over is no forecast error: nothing for a Durbin–Watson statistic.
    return Fit(slope[-1] * per_year, low, high, curve, np.array([]), 4)


def _grid(points: Points, z: np.ndarray, *, holes: bool) -> _Grid:
    """Put the points on steps as wide as the smallest gap between them."""
    gap = float(np.diff(points.year).min())
    steps = (points.year - points.year[0]) / gap
    whole = np.rint(steps).astype(int)
    # A grid that is mostly holes is no grid: a single quarter among years, for instance.
    allowed = 2 * points.n if holes else points.n
    if np.any(np.abs(steps - whole) > 1e-6) or whole[-1] + 1 > allowed:
        raise NotFittedError("uneven_years")
    unit = float(np.abs(np.diff(z)).mean())
    scaled = np.full(whole[-1] + 1, np.nan)
    # Rounded far below any printed digit: where a search stops hangs on the last bits, and those on the unit.
    scaled[whole] = np.round((z - z[0]) / unit, 9)
    return _Grid(float(points.year[0]), gap, float(z[0]), unit, scaled)


def _theta_one_step(y: np.ndarray, drift: float, alpha: float) -> np.ndarray:
    """Forecast of each point from those before it, with statsmodels' own formula at h = 1."""
    out, level = np.full(len(y), np.nan), y[0]
    for seen in range(1, len(y)):
        trend = drift * (1 - (1 - alpha) ** seen) / alpha if alpha > 0 else 0.0
        out[seen] = level + trend
        level += alpha * (y[seen] - level)
    return out


def _centre_only(centre: np.ndarray) -> np.ndarray:
    return np.column_stack([centre, np.full((len(centre), 4), np.nan)])


def _forecast(centre: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Give a forecast its prediction interval; an interval of its mean would mislead."""
    return np.column_stack([centre, *np.full((2, len(centre)), np.nan), centre - half, centre + half])
