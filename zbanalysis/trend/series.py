"""The series of a history, read and checked once: points, scale and bounds of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError

SLOPE_UNITS = {"identity": "units_per_year", "log": "percent_per_year", "logit": "log_odds_per_year"}

REQUIRED = ("series", "year", "value")
ABOUT_SERIES = ("scale", "lower", "upper")


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


@dataclass(frozen=True)
class Case:
    """One series: its points, the transform of its own scale, its bounds."""

    series: object
    points: Points
    own: Transform
    lower: float
    upper: float


def cases(history: pd.DataFrame) -> list[Case]:
    """Read the series of a history, in the order of their first row.

    Parameters
    ----------
    history
        One row per figure: series, year, value, and optionally basis, scale, lower,
        upper.  A row without a value counts as a missing year.

    Raises
    ------
    InputError
        If a column is missing, a year or value is no finite number, a series has two
        values for one year and basis, or scale or bounds change within a series.
    """
    _require_columns(history)
    frame = pd.DataFrame({"series": history["series"].to_numpy()})
    frame["year"] = _numbers(history["year"], "year")
    frame["value"] = _numbers(history["value"], "value")
    frame["basis"] = _texts(history, "basis")
    frame["scale"] = _texts(history, "scale")
    for bound in ("lower", "upper"):
        frame[bound] = _numbers(history[bound], bound) if bound in history else np.nan
    _require_series_and_years(frame)
    return [_case(series, rows) for series, rows in frame.groupby("series", sort=False)]


def _require_columns(history: pd.DataFrame) -> None:
    missing = [name for name in REQUIRED if name not in history]
    if missing:
        raise InputError(f"The history has no column {', '.join(missing)}; it needs {', '.join(REQUIRED)}.")


def _numbers(column: pd.Series, name: str) -> np.ndarray:
    """Read the column as floats; published figures may come as text, but not as words."""
    numbers = pd.to_numeric(column, errors="coerce").astype(float).to_numpy()
    wrong = column[(np.isnan(numbers) & column.notna().to_numpy()) | np.isinf(numbers)]
    if len(wrong):
        raise InputError(
            f"Column {name} holds {str(wrong.iloc[0])!r}, which is no finite number; write a number."
        )
    return numbers


def _texts(history: pd.DataFrame, name: str) -> np.ndarray:
    if name not in history:
        return np.full(len(history), "", dtype=object)
    return history[name].astype(object).where(history[name].notna(), "").to_numpy()


def _require_series_and_years(frame: pd.DataFrame) -> None:
    if frame["series"].isna().any():
        raise InputError("A row of the history names no series; fill the column series.")
    if frame["year"].isna().any():
        raise InputError(
            f"Series {frame.loc[frame['year'].isna(), 'series'].iloc[0]!r} has a row without a year."
        )
    kept = frame.dropna(subset="value")
    twice = kept[kept.duplicated(["series", "year", "basis"])]
    if len(twice):
        row = twice.iloc[0]
        raise InputError(
            f"Series {row['series']!r} has two values for {row['year']:g} on the same basis; "
            "keep one (the newest published by the day of the view)."
        )


def _case(series: object, rows: pd.DataFrame) -> Case:
    scale, lower, upper = (_one(series, rows, name) for name in ABOUT_SERIES)
    kept = rows.dropna(subset="value")
    # On a shared year the basis that began later is the newer one.
    begins = kept.groupby("basis")["year"].transform("min")
    kept = kept.assign(begins=begins).sort_values(["year", "begins"], kind="stable")
    points = Points(*(kept[name].to_numpy() for name in ("year", "value", "basis")))
    own = Transform(scale_of(points.value, scale, lower, upper), lower, upper)
    return Case(series, points, own, lower, upper)


def _one(series: object, rows: pd.DataFrame, name: str) -> object:
    """Read what is said about the whole series; it must be the same in each of its rows."""
    values = rows[name].unique()
    if len(values) > 1:
        shown = " and ".join(str(value) for value in values[:2])
        raise InputError(
            f"Series {series!r} has {name} {shown}; a series has one {name}, the same in every row."
        )
    return values[0]


# --- Regression lines over time: least squares, with a step where the basis changes, and robust ---
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
        ahead = result.get_prediction(matrix)
        return np.column_stack([ahead.predicted_mean, ahead.conf_int(), ahead.conf_int(obs=True)])

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
