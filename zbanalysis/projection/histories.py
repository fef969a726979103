"""A long table of series as matrices, one row per series, the newest point at the right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError

POINTS_USED = 60
"""Points beyond the last 60 are not read: they say nothing about the next ten years."""

REASONS = ("", "no_points", "one_point", "non_numeric", "all_zero", "outside_bounds")
"""Why a series has no projection; empty where it has one."""


Bounds = tuple[float | None, float | None] | pd.DataFrame
"""A pair (lower, upper) for all series, or a table ``series, lower, upper``; None or empty for no bound."""


@dataclass(frozen=True)
class Histories:
    """Series side by side.

    Attributes
    ----------
    names
        Name of each series, in order of first appearance; length N.
    observed, years
        Values and their years, N × W, right-aligned; NaN to the left of the first point used.
    count
        Observed points used of each series.
    reason
        Key from `REASONS`; empty where the series can be projected.
    """

    names: np.ndarray
    observed: np.ndarray
    years: np.ndarray
    count: np.ndarray
    reason: np.ndarray

    def select(self, which: np.ndarray) -> Histories:
        """Return the chosen rows."""
        return Histories(
            self.names[which], self.observed[which], self.years[which], self.count[which], self.reason[which]
        )


def pack(history: pd.DataFrame) -> Histories:
    """Turn a long table into `Histories`.

    Parameters
    ----------
    history
        Columns ``series, year, value``, in any order of rows.  An empty value is a missing
        year; a value that is not a number gives the series the reason ``non_numeric``.

    Raises
    ------
    InputError
        A column is missing, a year is not a whole number, or a series has a year twice.

    Examples
    --------
    >>> frame = pd.DataFrame({"series": ["a", "a", "b"], "year": [2020, 2021, 2020], "value": [1, 2, 5]})
    >>> pack(frame).reason.tolist()
    ['', 'one_point']
    """
    require_columns(history, ("series", "year", "value"), "history")
    codes, names = pd.factorize(history["series"], use_na_sentinel=False)
    year = whole_years(history["year"], "history")
    value = pd.to_numeric(history["value"], errors="coerce").to_numpy(dtype=float)
    unreadable = ~np.isfinite(value) & history["value"].notna().to_numpy()
    order = np.lexsort((year, codes))
    codes, year, value, unreadable = codes[order], year[order], value[order], unreadable[order]
    _refuse_repeated_years(codes, year, names)

    reason = np.full(len(names), "", dtype=object)
    known = np.isfinite(value)
    count = np.bincount(codes[known], minlength=len(names))
    reason[count == 1] = "one_point"
    reason[count == 0] = "no_points"
    reason[np.unique(codes[unreadable])] = "non_numeric"
    values, years = _aligned(codes[known], year[known], value[known], count)
    return Histories(np.asarray(names), values, years, np.minimum(count, POINTS_USED), reason)


def limits(histories: Histories, bounds: Bounds | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds in force for each series: the given ones, or 0 where nothing was negative."""
    size = len(histories.names)
    if isinstance(bounds, pd.DataFrame):
        require_columns(bounds, ("series", "lower", "upper"), "bounds")
        table = bounds.drop_duplicates("series", keep="last").set_index("series").reindex(histories.names)
        lower = pd.to_numeric(table["lower"]).to_numpy(dtype=float)
        upper = pd.to_numeric(table["upper"]).to_numpy(dtype=float)
    else:
        pair = bounds if bounds is not None else (None, None)
        lower, upper = (np.full(size, np.nan if side is None else float(side)) for side in pair)
    never_negative = ~(histories.observed < 0).any(axis=1)
    lower = np.where(np.isnan(lower), np.where(never_negative, 0.0, -np.inf), lower)
    upper = np.where(np.isnan(upper), np.inf, upper)
    if (lower >= upper).any():
        raise InputError("A lower bound must be below its upper bound.")
    return lower, upper


def require_columns(frame: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    """Raise `InputError` naming every missing column of ``frame``."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise InputError(
            f"The {what} table has no column {', '.join(missing)}; it needs {', '.join(columns)} "
            f"and has {', '.join(map(str, frame.columns))}."
        )


def whole_years(year: pd.Series, what: str) -> np.ndarray:
    """Return years as integers, or raise `InputError` naming the first that is not one."""
    number = pd.to_numeric(year, errors="coerce").to_numpy(dtype=float)
    wrong = ~np.isfinite(number) | (number != np.round(number))
    if wrong.any():
        raise InputError(f"A year in the {what} table is not a whole number: {year[wrong].iloc[0]!r}.")
    return number.astype(np.int64)


def _refuse_repeated_years(codes: np.ndarray, year: np.ndarray, names: pd.Index) -> None:
    repeated = (np.diff(codes) == 0) & (np.diff(year) == 0)
    if repeated.any():
        first = int(np.flatnonzero(repeated)[0])
        name = names[codes[first]]
        raise InputError(f"Series {name!r} has the year {year[first]} more than once; keep one row.")


def _aligned(
    codes: np.ndarray, year: np.ndarray, value: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Place sorted points into right-aligned matrices."""
    width = max(2, min(POINTS_USED, int(count.max(initial=0))))
    position = np.arange(len(codes)) - np.repeat(np.cumsum(count) - count, count)
    column = width - count[codes] + position
    kept = column >= 0
    values = np.full((len(count), width), np.nan)
    years = np.full((len(count), width), np.nan)
    values[codes[kept], column[kept]] = value[kept]
    years[codes[kept], column[kept]] = year[kept]
    return values, years
