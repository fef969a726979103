"""The reference series: other short yearly series, and what their later years teach about ours.

``calibration/series.csv`` holds them, one row a figure: the part of the M1 and M3 forecasting
competitions that competitors were given (the later part stays a fair test), the R&D intensity
of European regions, and that of the Chinese provinces.  `sources` names where each comes from.
Figures with a day of publication (``known``) are left out before it, so a projection as of a
day knows nothing later.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from zbanalysis.projection.fan import GRID, Spread, log_odds, move, own_log_odds, step_to
from zbanalysis.projection.histories import TURNED, Features, Histories, Rows, measure

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
class Windows(Rows):
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
        return replace(self, profile=self.profile * TURNED, step=-self.step, cell=cells(-self.step))


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
    pieces = [cut(known[name], length, PER_SERIES[name]) for name in names if name in known]
    return Windows.joined([windows for windows in pieces if windows is not None])


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
    count, blank = np.full(len(row), length), np.full(len(row), "", dtype=object)
    past = Histories(row, pair[:, :length], years[row[:, None], at[:, :length]], count, blank)
    moving = np.ptp(past.observed, axis=1) > 0
    return past.take(moving), pair[moving, length:], row[moving], (size[row] - end)[moving]


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
    possible, every = possible[:, None], np.arange(per_series)
    back = np.where(possible > per_series, np.round((possible - 1) * part), every)
    row, which = np.nonzero(back < possible)
    return row, (size[row] - 1 - back[row, which]).astype(int)


# --- The pooled fan: the series' own fan and how like windows of other series went on ---
NEAREST, OF_PAIRS = 600, 300
"""Windows in a class: of two points, which two figures alone are matched by, the few that are nearest."""
WEIGHTS = (1.5, 1.5, 0.5, 0.5, 0.7, 3.0, 1.0, 0.7)
"""What a difference in each column of `features.PROFILE` counts."""
AT_TWO, AT_THREE = (1, 1, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 1, 1, 1, 0)
"""Which columns count with two and three points: the others say nothing yet."""
SMOOTHING = 3.0
"""Width of the normal curve, in cells of `GRID`, that smooths a class's distribution."""
FARTHER = 0.005
"""A few hundred windows cannot speak of less than one case in two hundred."""
LARGEST_WEIGHT, POINTS_OF_CLASS, POINTS_OF_GOOD_WAY = 0.8, 2.0, 3.0
"""The class weighs as much as so many points, but never all."""
GROWING = 0.85
"""The steps of a class grow with the years to this power, or nearly."""
NEIGHBOURS = ((-2, 1 / 9), (-1, 2 / 9), (0, 3 / 9), (1, 2 / 9), (2, 1 / 9))
"""What a year ahead borrows from the years beside it."""
GOOD_WAY = ("share", "ratio", "index", "rank")
"""Scales that society works at: their class is turned so that growth points the good way."""
_CHUNK = 1000


def weight_of(count: np.ndarray, good: np.ndarray | float = 0.0) -> np.ndarray:
    """Weight of the class for so many points; ``good`` from `good_way`.

    Examples
    --------
    >>> weight_of(np.array([2, 3, 5, 10])).round(3).tolist()
    [0.8, 0.667, 0.4, 0.2]
    >>> weight_of(np.array([2, 3, 5, 10]), 1.0).round(3).tolist()
    [0.8, 0.8, 0.6, 0.3]
    """
    points = np.where(np.asarray(good) == 0, POINTS_OF_CLASS, POINTS_OF_GOOD_WAY)
    return np.minimum(LARGEST_WEIGHT, points / np.maximum(count, 1))


def class_name(scale: str, direction: str, floored: bool = True) -> str:
    """Which windows a series is matched with, one of `CLASSES`.

    What may fall below zero is no amount that grows: it too has windows beside their mirror images.

    Examples
    --------
    >>> class_name("share", "down"), class_name("amount", "up"), class_name("count", "down")
    ('shares_turned', 'growth', 'growth_mirrored')
    """
    if scale in GOOD_WAY:
        return {"up": "shares", "down": "shares_turned"}.get(direction, "shares_mirrored")
    return "growth_mirrored" if direction == "down" or not floored else "growth"


def good_way(scale: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Which way society works at each series: +1, −1, or 0 where that is not known or not measured."""
    ways = np.select([direction == "up", direction == "down"], [1.0, -1.0], 0.0)
    return np.where(np.isin(scale, GOOD_WAY), ways, 0.0)


CLASSES = ("growth", "growth_mirrored", "shares", "shares_turned", "shares_mirrored")


def class_windows(name: str, length: int, as_of: str | None, left_out: tuple[str, ...] = ()) -> Windows:
    """The windows of a class."""
    shares = name.startswith("shares")
    plain = windows_of(length, shares, edition(as_of) if shares else None, left_out)
    if name.endswith("_turned"):
        return plain.turned()
    return Windows.joined([plain, plain.turned()]) if name.endswith("_mirrored") else plain


def nearest(
    profile: np.ndarray, windows: Windows, length: int, number: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nearest windows of each profile, flat: whose they are, which they are, what they weigh."""
    use = np.array(WEIGHTS) * (AT_TWO if length == 2 else AT_THREE if length == 3 else 1)
    theirs, ours = (windows.profile * use).astype(np.float32), (profile * use).astype(np.float32)
    number = min(number, len(theirs) - 1)
    # Not by BLAS, whose last digit depends on the machine and on how many series are asked at once.
    product = np.einsum("ij,kj->ik", ours, theirs)
    squared = (theirs**2).sum(axis=1)[None] + (ours**2).sum(axis=1)[:, None] - 2 * product
    farthest = np.maximum(np.partition(squared, number, axis=1)[:, number, None], 0) + np.float32(1e-6)
    row, column = np.nonzero(squared < farthest)
    # The farthest counts nothing, so that which of two equally far ones is in does not matter.
    near = 1 - np.maximum(squared[row, column], 0) / farthest[row, 0]
    return row, column, windows.weight[column] * near


def _smoothed(counts: np.ndarray) -> np.ndarray:
    """Counts by cell, each spread over its neighbours; what would fall beyond the grid stays at its end."""
    reach = int(3 * SMOOTHING)
    curve = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SMOOTHING) ** 2)
    padded = np.pad(counts, ((0, 0), (reach, reach)), mode="edge")
    width = counts.shape[1]
    return sum(padded[:, at : at + width] * part for at, part in enumerate(curve / curve.sum()))


def class_size(name: str, length: int) -> int:
    """How many windows make a class; twice as many where each stands beside its mirror image."""
    return (OF_PAIRS if length == 2 else NEAREST) * (2 if name.endswith("_mirrored") else 1)


def class_cumulative(
    profile: np.ndarray, windows: Windows, length: int, ahead: np.ndarray, number: int
) -> np.ndarray:
    """Cumulative probabilities of the class at `GRID`: Q × H × len(GRID).

    A year borrows from the years beside it, their steps stretched to its own, so that what
    single windows did leaves no kink in a fan; beyond `YEARS_AHEAD` all is stretched.
    """
    row, column, weight = nearest(profile, windows, length, number)
    known = np.arange(1, min(int(max(ahead)) + 2, YEARS_AHEAD) + 1)
    cells_in = {int(years): windows.cell[column, years - 1] for years in known}
    raw = {years: _cumulative(row, cell, weight, len(profile)) for years, cell in cells_in.items()}
    out = np.empty((len(profile), len(ahead), len(GRID)), dtype=np.float32)
    for place, years in enumerate(ahead):
        near = [(min(max(int(years) + apart, 1), YEARS_AHEAD), share) for apart, share in NEIGHBOURS]
        parts = (share * _stretched(raw[other], (years / other) ** GROWING) for other, share in near)
        out[:, place] = sum(parts)
    return FARTHER / 2 + (1 - FARTHER) * out


def _cumulative(row: np.ndarray, cell: np.ndarray, weight: np.ndarray, rows: int) -> np.ndarray:
    """Share of each row's weight at or below each point of `GRID`."""
    cells = len(GRID) + 1  # the last one holds what had ended
    counts = np.bincount(row * cells + cell, weights=weight, minlength=rows * cells)
    summed = np.cumsum(_smoothed(counts.reshape(rows, cells)[:, :-1].astype(np.float32)), axis=1)
    return summed / np.maximum(summed[:, -1:], 1e-12)


def _stretched(cumulative: np.ndarray, factor: float) -> np.ndarray:
    """The distribution of steps ``factor`` times as large."""
    if factor == 1:
        return cumulative
    place = np.interp(GRID / factor, GRID, np.arange(len(GRID)))
    left = np.minimum(place.astype(int), len(GRID) - 2)
    part = (place - left).astype(np.float32)
    low = cumulative[:, left]
    return low + part * (cumulative[:, left + 1] - low)


def pooled(
    features: Features,
    classes: np.ndarray,
    ahead: np.ndarray,
    table: Spread,
    weight: np.ndarray,
    *,
    as_of: str | None = None,
    left_out: tuple[str, ...] = (),
) -> np.ndarray:
    """Log-odds of the pooled fan at `GRID`: N × H × len(GRID).

    ``classes`` names the class of each series and ``weight`` says what it weighs; ``left_out`` are
    collections that a test keeps from the class.
    """
    out = np.empty((len(classes), len(ahead), len(GRID)), dtype=np.float32)
    weight = np.where(features.unmoved == 1, 0.0, weight)  # no window is like a series that never moved
    length = np.minimum(features.count, LONGEST_WINDOW)
    profile = features.profile()
    for name in np.unique(classes):
        for points in np.unique(length[classes == name]):
            rows = np.flatnonzero((classes == name) & (length == points))
            windows = class_windows(name, int(points), as_of, left_out)
            number = class_size(str(name), int(points))
            for part in np.array_split(rows, -(-len(rows) // _CHUNK)):
                of_class = log_odds(class_cumulative(profile[part], windows, int(points), ahead, number))
                own = own_log_odds(features.take(part), ahead, table)
                share = weight[part].astype(np.float32)[:, None, None]
                out[part] = own + share * (of_class - own)
    return out


def class_table(one: Features, name: str, as_of: str | None, number: int) -> pd.DataFrame:
    """The heaviest windows of one series' class; see `project.Projection.windows`."""
    length = int(min(one.count[0], LONGEST_WINDOW))
    windows = class_windows(name, length, as_of)
    _, index, weight = nearest(one.profile(), windows, length, class_size(name, length))
    order = np.argsort(-weight, kind="stable")[:number]
    chosen = index[order]
    half = len(windows.last) // 2
    turned = np.full(len(chosen), name.endswith("_turned")) | (name.endswith("_mirrored") & (chosen >= half))
    step = np.where(turned[:, None], -1.0, 1.0) * windows.step[chosen] * windows.scale[chosen, None]
    never_negative = np.where(windows.profile[chosen, 6] > 0, -np.inf, 0.0)[:, None]
    after = move(windows.last[chosen, None], step, never_negative, np.array(np.inf))
    return pd.DataFrame(
        {
            "collection": windows.collection[chosen],
            "series": windows.series[chosen],
            "first_year": windows.last_year[chosen] - length + 1,
            "last_year": windows.last_year[chosen],
            "weight": 100 * weight[order] / weight.sum(),
            "turned": turned,
            "last": windows.last[chosen],
            **{f"after_{years}": after[:, years - 1] for years in range(1, YEARS_AHEAD + 1)},
        }
    )
