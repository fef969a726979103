"""Regression lines over time: least squares, with a step where the basis changes, and robust."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zbanalysis.trend.series import Points

Design = Callable[[np.ndarray, np.ndarray], np.ndarray]

TWO_SLOPES_FROM = 4
"""Points each side of a break must have for a slope of its own."""

HUBER_STEPS = 200
"""Reweightings after which a robust line counts as not converged."""

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
    "no_spread": "Most points lie on one line, so no spread tells an outlier from the rest.",
    "no_convergence": "The search for the parameters did not converge.",
    "exact_line": "A straight line already fits without residual; the model could add nothing.",
    "two_points": "two_points: no residual. The line goes through both points, so there is no interval.",
    "exact_fit": "The line goes through every point; its interval has no width and says nothing.",
}
"""What a ``reason`` means, in plain words; labels are kept under the same keys."""


class NotFittedError(Exception):
    """A model has no answer for a series; the text is a key of `REASONS`."""


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


def line(points: Points, z: np.ndarray) -> Fit:
    """Least-squares line over the years: z = a + b·(year − mean year).

    Parameters
    ----------
    points
        The points, for their years.
    z
        Their values on the scale of the line.
    """
    centre = points.year.mean()
    return _least_squares(
        points, z, lambda years, _bases: np.column_stack([np.ones(len(years)), years - centre])
    )


def has_two_slopes(points: Points) -> bool:
    """Say whether a step in these points has a slope on either side: two bases, both long enough."""
    return len(points.bases) == 2 and min(points.on(basis).n for basis in points.bases) >= TWO_SLOPES_FROM


def piecewise(points: Points, z: np.ndarray, *, two_slopes: bool) -> Fit:
    """Line with a step at each change of basis; two slopes when both sides are long enough.

    With two bases of four points or more (`has_two_slopes`) each side has a slope of its
    own (and one common residual variance); else the slope is common and only the level
    steps.  The step is measured at the first year on the latest basis, new minus old.

    Parameters
    ----------
    points, z
        As for `line`.
    two_slopes
        `has_two_slopes` of the whole series, so that a refit without the last point is
        a refit of the same model.
    """
    bases, start = points.bases, points.latest().year[0]

    def design(years: np.ndarray, labels: np.ndarray) -> np.ndarray:
        time = years - start
        sides = [np.asarray(labels == basis, float) for basis in bases[:-1]]
        columns = [np.ones(len(years)), time, *sides]
        return np.column_stack([*columns, time * sides[0]] if two_slopes else columns)

    def described(coefficients: np.ndarray) -> dict[str, float]:
        bend = coefficients[-1] if two_slopes else 0.0
        return {"level_shift": -coefficients[len(bases)], "slope_before": coefficients[1] + bend}

    return _least_squares(points, z, design, described)


def robust(points: Points, z: np.ndarray) -> Fit:
    """Huber's M-estimate of the line, with a t interval on n − 2 degrees of freedom.

    Raises
    ------
    NotFittedError
        If the search does not converge, or more than half of the points lie on one line
        (then the spread that tells an outlier from the rest is zero).
    """
    from scipy import stats
    from statsmodels.robust.norms import HuberT
    from statsmodels.robust.robust_linear_model import RLM

    centre, unit = points.year.mean(), float(z.std())
    design = np.column_stack([np.ones(points.n), points.year - centre])
    # In units of its own spread and by its coefficients: statsmodels' default criterion stops
    # early where the values are large, so that yuan and 亿元 would give two slopes.
    result = RLM((z - z.mean()) / unit, design, M=HuberT()).fit(maxiter=HUBER_STEPS, conv="coefs", tol=1e-10)
    # The spread may shrink towards nothing step by step; a millionth of that of the values is nothing.
    if not result.scale > 1e-6:
        raise NotFittedError("no_spread")
    if result.fit_history["iteration"] >= HUBER_STEPS:
        raise NotFittedError("no_convergence")
    quantile, spread = stats.t.ppf(0.975, points.n - 2), result.scale * unit
    params, covariance = result.params * unit + [z.mean(), 0], result.cov_params() * unit**2

    def curve(years: np.ndarray, _bases: np.ndarray) -> np.ndarray:
        asked = np.column_stack([np.ones(len(years)), years - centre])
        variance = np.einsum("ij,jk,ik->i", asked, covariance, asked)
        inner, outer = quantile * np.sqrt(variance), quantile * np.sqrt(variance + spread**2)
        mean = asked @ params
        return np.column_stack([mean, mean - inner, mean + inner, mean - outer, mean + outer])

    slope, half = params[1], quantile * np.sqrt(covariance[1, 1])
    return Fit(slope, slope - half, slope + half, curve, z - design @ params, 3)


def _least_squares(
    points: Points,
    z: np.ndarray,
    design: Design,
    described: Callable[[np.ndarray], dict[str, float]] | None = None,
) -> Fit:
    """Ordinary least squares; the second column of the design is time, so its coefficient is the slope."""
    from statsmodels.regression.linear_model import OLS

    result = OLS(z, design(points.year, points.basis)).fit()
    free = points.n - len(result.params)
    residuals, about_mean = np.asarray(result.resid), z - z.mean()
    exact, flat = is_exact(residuals, z), is_exact(about_mean, z)
    low, high = result.conf_int()[1] if free else (np.nan, np.nan)
    # The last bit of a computer's number must not read as a rise.
    slope, low, high = np.array([result.params[1], low, high]) * (not flat)

    def curve(years: np.ndarray, bases: np.ndarray) -> np.ndarray:
        matrix = design(years, bases)
        if not free:
            # Nothing is left over to tell how far points scatter about the line.
            return np.column_stack([matrix @ result.params, np.full((len(years), 4), np.nan)])
        frame = result.get_prediction(matrix).summary_frame(alpha=0.05)
        return frame[["mean", "mean_ci_lower", "mean_ci_upper", "obs_ci_lower", "obs_ci_upper"]].to_numpy()

    explained = free and not flat
    return Fit(
        slope=float(slope),
        slope_low=float(low),
        slope_high=float(high),
        curve=curve,
        residuals=residuals,
        parameters=len(result.params) + 1,
        reason="" if free and not exact else "exact_fit" if free else "two_points",
        r_squared=1 - float(residuals @ residuals) / float(about_mean @ about_mean) if explained else np.nan,
        has_likelihood=not exact,
        **(described(result.params) if described else {}),
    )
