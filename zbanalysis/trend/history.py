"""A long frame of series becomes one case per series, checked once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.trend.shapes import Points
from zbanalysis.trend.transform import Transform, scale_of

REQUIRED = ("series", "year", "value")
ABOUT_SERIES = ("scale", "lower", "upper")


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
