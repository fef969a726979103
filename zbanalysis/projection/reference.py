"""The reference series: other short yearly series, and what their later years teach about ours.

``calibration/series.csv`` holds them, one row a figure: the part of the M1 and M3 forecasting
competitions that competitors were given (the later part stays a fair test), the R&D intensity
of European regions, and that of the Chinese provinces.  `sources` names where each comes from.
Figures with a day of publication (``known``) are left out before it, so a projection as of a
day knows nothing later.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from zbanalysis.projection.fan import GRID, step_to
from zbanalysis.projection.features import TURNED, Features, measure
from zbanalysis.projection.histories import Histories

YEARS_AHEAD = 8
"""How many years after its past a window tells of."""
LONGEST_WINDOW = 10
"""Longer histories are matched with windows of ten points; the class counts little then."""
COMPETITIONS = ("m1", "m3")
PER_SERIES = {"m1": 8, "m3": 4, "regions": 3, "provinces": 3}
"""At most so many windows of a series of each collection, evenly spread: a series is no crowd."""
FADING = 0.97
"""A window counts 3 % less for each year it ends before its series: the class should look like today."""
FARTHEST = 1e6
"""A fall to the bound itself would be an infinite step; so many scales stand for it."""


@dataclass(frozen=True)
class Windows:
    """Windows of reference series with the same length of past; W rows.

    Attributes
    ----------
    collection, series, last_year
        Where each comes from, and the last year of its past.
    last, scale
        Last value of the past and its mean absolute yearly change.
    profile
        W × 8, see `features.PROFILE`.
    step
        W × `YEARS_AHEAD`: the step that came, in scales; NaN beyond the end of the series.
    cell
        The same as the index of the point of `GRID` at or above it; len(GRID) where there is none.
    weight
        What each counts.
    """

    collection: np.ndarray
    series: np.ndarray
    last_year: np.ndarray
    last: np.ndarray
    scale: np.ndarray
    profile: np.ndarray
    step: np.ndarray
    cell: np.ndarray
    weight: np.ndarray

    def turned(self) -> Windows:
        """The same windows upside down."""
        return Windows(
            self.collection, self.series, self.last_year, self.last, self.scale,
            self.profile * TURNED, -self.step, cells(-self.step), self.weight,
        )  # fmt: skip


def cells(step: np.ndarray) -> np.ndarray:
    """Index of the point of `GRID` at or above each step; len(GRID) where the step is NaN."""
    inside = np.searchsorted(GRID, np.nan_to_num(step), side="left").clip(0, len(GRID) - 1)
    return np.where(np.isfinite(step), inside, len(GRID)).astype(np.int16)


@cache
def series() -> pd.DataFrame:
    """The reference series: ``collection, series, year, value, known`` (a day, or empty)."""
    path = files("zbanalysis").joinpath("projection", "calibration", "series.csv")
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype={"series": str, "known": str}, keep_default_na=False)


def known_by(table: pd.DataFrame, as_of: dt.date | str | None) -> pd.DataFrame:
    """The figures published by a day, of several for one year the newest."""
    if as_of is not None:
        table = table[table["known"] <= str(as_of)]
    newest = table.sort_values("known", kind="stable")
    return newest.drop_duplicates(["collection", "series", "year"], keep="last").sort_index()


@cache
def edition(as_of: str | None) -> str | None:
    """The last day up to a day on which figures were published: between two of them nothing changes."""
    known = series()["known"]
    return None if as_of is None else max(known[known <= as_of], default="")


def sources() -> pd.DataFrame:
    """The collections a class is made of: ``collection, title_zh, title_en, series`` (how many)."""
    path = files("zbanalysis").joinpath("projection", "calibration", "sources.csv")
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    return table.assign(series=table["collection"].map(series().groupby("collection")["series"].nunique()))


@cache
def collections(as_of: str | None) -> dict[str, pd.DataFrame]:
    """The figures published by a day, by collection."""
    return dict(tuple(known_by(series(), as_of).groupby("collection", sort=False)))


@cache
def windows_of(length: int, shares: bool, as_of: str | None, left_out: tuple[str, ...] = ()) -> Windows:
    """All windows with so many points of past; those of shares too where they are asked for."""
    known = collections(as_of)
    names = [name for name in PER_SERIES if name not in left_out and (shares or name in COMPETITIONS)]
    cuts = [cut(known[name], length, PER_SERIES[name]) for name in names if name in known]
    return joined([windows for windows in cuts if windows is not None])


def joined(parts: list[Windows]) -> Windows:
    """Windows one after the other."""
    columns = [[getattr(part, field.name) for part in parts] for field in fields(Windows)]
    return Windows(*(np.concatenate(column) for column in columns))


def cut(collection: pd.DataFrame, length: int, per_series: int) -> Windows | None:
    """The windows of a collection with a past of ``length`` points; None where it has none."""
    stretches = pasts_and_futures(collection, length, per_series)
    if stretches is None:
        return None
    past, future, row, age = stretches
    features = features_of(past)
    step = steps_that_came(features, future)
    names = collection.drop_duplicates("series")["series"].to_numpy()
    return Windows(
        collection=np.full(len(row), collection["collection"].iloc[0], dtype=object),
        series=names[row],
        last_year=features.last_year,
        last=features.last,
        scale=features.scale,
        profile=features.profile(),
        step=step,
        cell=cells(step),
        weight=FADING**age / np.sqrt(np.bincount(row)[row]),
    )


def pasts_and_futures(
    collection: pd.DataFrame, length: int, per_series: int | None = None
) -> tuple[Histories, np.ndarray, np.ndarray, np.ndarray] | None:
    """Cut series without gaps into a past of ``length`` points that moved and what came after.

    Parameters
    ----------
    collection
        ``series, year, value``.
    length
        Points of past.
    per_series
        At most so many of a series, evenly spread; all where it is left out.

    Returns
    -------
    tuple or None
        The pasts; their futures, N × `YEARS_AHEAD`, NaN beyond the end; the number of the series of
        each; and how many years it ends before its series.  None where no series is long enough.
    """
    values, years, size = _matrices(collection)
    row, end = _ends(size, length, per_series or int(size.max(initial=1)))
    if not len(row):
        return None
    at = end[:, None] + np.arange(-length, YEARS_AHEAD)
    pair = values[row[:, None], at]
    blank = np.full(len(row), "", dtype=object)
    past = Histories(
        row, pair[:, :length], years[row[:, None], at[:, :length]], np.full(len(row), length), blank
    )
    moving = np.ptp(past.observed, axis=1) > 0
    return past.select(moving), pair[moving, length:], row[moving], (size[row] - end)[moving]


def features_of(past: Histories, good: np.ndarray | None = None) -> Features:
    """Features of reference series; what never was negative is held at 0 or above."""
    lower = np.where((past.observed < 0).any(axis=1), -np.inf, 0.0)
    return measure(past, lower, np.full(len(lower), np.inf), good)


def steps_that_came(features: Features, future: np.ndarray) -> np.ndarray:
    """Step from the last value to each future value, N × H, in scales."""
    last, lower, upper = (x[:, None] for x in (features.last, features.lower, features.upper))
    # A millionth above the bound is far enough: the bound itself would be an infinite step away.
    floor = np.where(np.isfinite(lower), lower + 1e-6 * np.abs(last - lower), -np.inf)
    step = step_to(last, np.maximum(future, floor), lower, upper) / features.scale[:, None]
    return np.clip(step, -FARTHEST, FARTHEST)


def _matrices(collection: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values and years of each series, left-aligned and padded, and how many there are."""
    code, _ = pd.factorize(collection["series"])
    order = np.lexsort((collection["year"], code))
    code = code[order]
    size = np.bincount(code)
    column = np.arange(len(code)) - np.repeat(np.cumsum(size) - size, size)
    shape = len(size), int(size.max(initial=0)) + YEARS_AHEAD
    values, years = np.full(shape, np.nan), np.full(shape, np.nan)
    values[code, column] = collection["value"].to_numpy(dtype=float)[order]
    years[code, column] = collection["year"].to_numpy(dtype=float)[order]
    return values, years, size


def _ends(size: np.ndarray, length: int, per_series: int) -> tuple[np.ndarray, np.ndarray]:
    """Series and end of each window: at most so many, evenly spread from the last possible back."""
    possible = np.maximum(size - length, 0)
    part = np.arange(per_series) / max(per_series - 1, 1)
    back = np.where(
        possible[:, None] > per_series, np.round((possible[:, None] - 1) * part), np.arange(per_series)
    )
    row, which = np.nonzero(back < possible[:, None])
    return row, (size[row] - 1 - back[row, which]).astype(int)
