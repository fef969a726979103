"""The series of a history, read and checked once: points, scale and bounds of each."""

from __future__ import annotations

from collections.abc import Iterable
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
    found = rows[name].unique()
    if len(found) > 1:
        shown = " and ".join(str(value) for value in found[:2])
        raise InputError(
            f"Series {series!r} has {name} {shown}; a series has one {name}, the same in every row."
        )
    return found[0]
