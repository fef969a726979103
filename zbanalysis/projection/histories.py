"""A long table of series as matrices, one row per series, the newest point at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError

POINTS_USED = 60
"""Points beyond the last 60 are not read: they say nothing about the next ten years."""

REASONS = ("", "no_points", "one_point", "non_numeric", "all_zero", "outside_bounds")
"""Why a series has no projection; empty where it has one."""


SCALES = ("amount", "count", "share", "ratio", "index", "rank", "unknown")
"""What a series measures, as ``indicators.csv`` says it."""
DIRECTIONS = ("up", "down", "unknown")
"""Which way is good."""
DOMAINS = ("general", "science")
"""``science``: statistics of science and technology of China's regions."""
GIVEN = ("scale", "direction", "domain", "lower", "upper", "over_gdp")
"""What can be told of a series."""
CHOICES = {"scale": SCALES, "direction": DIRECTIONS, "domain": DOMAINS}
FLOORS = {"amount": 0.0, "count": 0.0, "share": 0.0, "rank": 1.0}
"""What no value of a scale lies below; an amount that was negative once has no floor."""
CEILINGS = {"share": 100.0}
FLOOR_FROM = ("told", "scale", "assumed", "none")
"""Where a lower bound comes from: told, the scale, taken as 0 since nothing was below, or there is none."""


class Rows:
    """A dataclass of arrays that all have the same rows."""

    def take(self, rows: np.ndarray) -> Self:
        """Return the chosen rows."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The rows of several, one after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


@dataclass(frozen=True)
class Histories(Rows):
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


@dataclass(frozen=True)
class Nature(Rows):
    """What is told of each series, N values each: see `nature_of`."""

    scale: np.ndarray
    direction: np.ndarray
    domain: np.ndarray
    over_gdp: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    floor: np.ndarray


def nature_of(
    histories: Histories, history: pd.DataFrame, about: pd.DataFrame | None, given: dict[str, object]
) -> Nature:
    """Put together what is told of each series.

    Parameters
    ----------
    histories, history
        Packed and as given; a column ``scale``, ``direction``, ``domain``, ``lower``, ``upper`` or
        ``over_gdp`` of ``history`` counts where nothing else is told.
    about
        The same columns, one row a series; an empty bound is none.
    given
        The same for all series; None is not told.

    Raises
    ------
    InputError
        A value that is none of `CHOICES`, two values for one series, or a lower bound that is not
        below its upper bound.
    """
    columns = {name: _given(name, histories, history, about, given.get(name)) for name in GIVEN}
    scale = _chosen("scale", columns["scale"], "unknown", histories)
    lower, floor = _lower(histories, scale, columns["lower"])
    upper = _numbers("upper", columns["upper"], histories)
    ceiling = np.array([CEILINGS.get(name, np.inf) for name in scale])
    upper = np.where(np.isnan(upper), ceiling, upper)
    if (lower >= upper).any():
        name = histories.names[np.flatnonzero(lower >= upper)[0]]
        raise InputError(f"Series {name!r}: its lower bound must be below its upper bound.")
    over_gdp = columns["over_gdp"]
    return Nature(
        scale=scale,
        direction=_chosen("direction", columns["direction"], "unknown", histories),
        domain=_chosen("domain", columns["domain"], "general", histories),
        over_gdp=np.zeros(len(scale), bool) if over_gdp is None else over_gdp.eq(True).to_numpy(),
        lower=lower,
        upper=upper,
        floor=floor,
    )


def _given(
    name: str, histories: Histories, history: pd.DataFrame, about: pd.DataFrame | None, value: object
) -> pd.Series | None:
    """What is told by series, in the order of the histories; None where nothing is."""
    if value is not None:
        return pd.Series([value] * len(histories.names))
    table = about if about is not None and name in about.columns else history
    if name not in table.columns:
        return None
    told = table[table["series"].isin(histories.names) & table[name].notna() & (table[name] != "")]
    values_given = {}
    for series, entry in zip(told["series"], told[name], strict=True):
        if values_given.setdefault(series, entry) != entry:
            both = f"{values_given[series]} and {entry}"
            raise InputError(f"Series {series!r} has two values of {name}: {both}; keep one.")
    return pd.Series([values_given.get(series) for series in histories.names], dtype=object)


def _chosen(name: str, given: pd.Series | None, default: str, histories: Histories) -> np.ndarray:
    if given is None:
        return np.full(len(histories.names), default, dtype=object)
    values = given.astype(object).where(given.notna(), default)
    wrong = ~values.isin(CHOICES[name])
    if wrong.any():
        series = histories.names[np.flatnonzero(wrong)[0]]
        raise InputError(
            f"Series {series!r}: there is no {name} {values[wrong].iloc[0]!r}; "
            f"choose from {', '.join(CHOICES[name])}."
        )
    return values.to_numpy(dtype=object)


def _numbers(name: str, given: pd.Series | None, histories: Histories) -> np.ndarray:
    if given is None:
        return np.full(len(histories.names), np.nan)
    numbers = pd.to_numeric(given, errors="coerce").astype(float)
    wrong = numbers.isna() & given.notna()
    if wrong.any():
        series = histories.names[np.flatnonzero(wrong)[0]]
        raise InputError(f"Series {series!r}: its {name} bound {given[wrong].iloc[0]!r} is no number.")
    return numbers.to_numpy()


def _lower(histories: Histories, scale: np.ndarray, given: pd.Series | None) -> tuple[np.ndarray, np.ndarray]:
    """Lower bound of each series and where it comes from, one of `FLOOR_FROM`."""
    lower = _numbers("lower", given, histories)
    lower = np.where(lower == -np.inf, np.nan, lower)
    by_scale = np.array([FLOORS.get(name, np.nan) for name in scale])
    was_negative = (histories.observed < 0).any(axis=1)
    by_scale = np.where((scale == "amount") & was_negative, np.nan, by_scale)
    floor = np.full(len(scale), "none", dtype=object)
    if given is None:
        floor[~was_negative] = "assumed"
    floor[np.isfinite(by_scale)] = "scale"
    floor[np.isfinite(lower)] = "told"
    choices = {"told": lower, "scale": by_scale, "assumed": np.zeros(len(scale))}
    return np.select([floor == name for name in choices], list(choices.values()), -np.inf), floor


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
    values, years = np.full((2, len(count), width), np.nan)
    values[codes[kept], column[kept]] = value[kept]
    years[codes[kept], column[kept]] = year[kept]
    return values, years


# --- Features of a short series: figures without a unit ---
LONGEST_MEMORY = 0.95
"""However long the series, a change counts at least 5 % less with each year of age."""
SHARPEST_WEIGHT = 4
"""Beyond n = 6 the weight of the drift no longer gets sharper."""
COMMON_RISE, GOOD_WAY = 0.5, 1.0
"""Where the own drift is uncertain, amounts rise 1/(2n) scales a year, shares go 1/n scales the good way."""
STILL_SERIES, STILL_POINTS = 0.3, 3
"""A series that never moved is taken to move a year by .3/n (at most .1) of the way to its nearer bound:
of the reference series' windows of two equal figures the 80 % interval then holds eight in ten."""
STILL_COUNT = 5
"""That is no change measured once: its spread is that of so many points at least."""
AT_ITS_BOUND = 0.05
"""At the bound itself a twentieth of what lies between the bounds, or of the value, stands for that way."""

PROFILE = ("level", "mean", "last_change", "recent", "noise", "unmoved", "no_floor", "newest")
"""What windows are matched by, in the order of the columns of `Features.profile`."""
TURNED = np.array([1, -1, -1, 1, 1, 1, 1, -1], dtype=np.float32)
"""Sign of each column of the profile when a series is turned upside down."""


@dataclass(frozen=True)
class Features(Rows):
    """One value per series; all but ``scale`` and ``last`` are free of units.

    Attributes
    ----------
    last, last_year
        Last observed value and its year.
    lower, upper
        Bounds in force (``-inf``/``inf`` for none).
    count
        Points observed (`STILL_COUNT` at least where they are all the same).
    scale
        Mean absolute change per year, in the unit of the series.
    drift
        Change per year expected from here on, in scales: recent mean change × weight, and the
        common rise × (1 − weight).
    steadiness
        Weight of the drift, 0 (pure noise) to 1 (a straight path).
    noise
        Spread of the yearly changes about their recent mean, in scales.
    recent
        Mean absolute change of the last three intervals, in scales.
    level
        Scale relative to the mean distance from the lower bound; 0 where `has_floor` is not.
    mean, last_change, newest
        Mean yearly change, the last one, and the mean of the last three, in scales.
    unmoved
        Share of the intervals without a change.
    """

    last: np.ndarray
    last_year: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    count: np.ndarray
    scale: np.ndarray
    drift: np.ndarray
    steadiness: np.ndarray
    noise: np.ndarray
    recent: np.ndarray
    level: np.ndarray
    mean: np.ndarray
    last_change: np.ndarray
    newest: np.ndarray
    unmoved: np.ndarray

    def profile(self) -> np.ndarray:
        """What the series is matched by: N × 8, the columns of `PROFILE`."""
        level = np.log(np.where(self.level > 0, np.clip(self.level, 3e-4, 3), 0.1))
        newest = np.where(self.count > 3, self.newest, self.mean)
        columns = [
            level, self.mean, np.clip(self.last_change, -3, 3), np.log(np.clip(self.recent, 0.05, 5)),
            np.log(self.noise + 0.1), self.unmoved, self.level == 0, np.clip(newest, -3, 3),
        ]  # fmt: skip
        return np.column_stack(columns).astype(np.float32)


def has_floor(lower: np.ndarray) -> np.ndarray:
    """Which series cannot fall below zero; a limit below it is far away and says nothing of their growth.

    Examples
    --------
    >>> has_floor(np.array([0.0, 1.0, -100.0, -np.inf])).tolist()
    [True, True, False, False]
    """
    return np.isfinite(lower) & (lower >= 0)


def measure(
    histories: Histories, lower: np.ndarray, upper: np.ndarray, good: np.ndarray | None = None
) -> Features:
    """Measure each series; every one needs two points at least.

    ``good`` says which way society works at each series (+1, −1, 0 for no way), for those of which
    that is known.  A change over g years (missing years between) counts as g equal yearly changes
    for the mean, and its deviation from the mean is spread by √g for the noise.
    """
    years, values, count = histories.years, histories.observed, histories.count
    gap = np.diff(years, axis=1)
    seen = np.isfinite(gap)
    gap = np.where(seen, gap, 1.0)
    change = np.where(seen, np.diff(values, axis=1), 0.0) / gap
    span = np.where(seen, gap, 0.0)
    last, last_year = values[:, -1], years[:, -1]
    scale, still = _scale(change, span, values, last, lower, upper)
    change = change / scale[:, None]
    memory = np.clip(1 - 1 / count, 0.5, LONGEST_MEMORY)[:, None]
    age = np.where(seen, last_year[:, None] - years[:, 1:], 0.0)
    weights = span * memory**age
    recent_mean = _mean(change, weights)
    noise = np.sqrt(_mean((change - recent_mean[:, None]) ** 2 * gap, weights))
    steadiness = _steadiness(change, span, gap, seen, count)
    rise = np.where(has_floor(lower) & ~np.isfinite(upper), COMMON_RISE, 0.0)
    if good is not None:
        rise = np.where(good != 0, good * GOOD_WAY, rise)
    rise = rise / count
    unknown = still | (count == 2)  # two points show no spread: take the ordinary one
    newest = np.where(np.arange(span.shape[1]) >= span.shape[1] - 3, span, 0.0)
    last_three = newest > 0
    return Features(
        last=last,
        last_year=last_year.astype(np.int64),
        lower=lower,
        upper=upper,
        count=np.where(still, np.maximum(count, STILL_COUNT), count),
        scale=scale,
        drift=steadiness * recent_mean + (1 - steadiness) * rise,
        steadiness=steadiness,
        noise=np.where(unknown, 1.0, noise),
        recent=np.where(still, 1.0, _mean(np.abs(change), newest)),
        level=_level(values, lower, scale),
        mean=_mean(change, seen),
        last_change=change[:, -1],
        newest=_mean(change, last_three),
        unmoved=_mean((np.abs(change) < 1e-9) & seen, seen),
    )


def _mean(value: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (value * weights).sum(axis=1) / weights.sum(axis=1)


def _scale(
    change: np.ndarray,
    span: np.ndarray,
    values: np.ndarray,
    last: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean absolute yearly change, and which series never moved."""
    scale = _mean(np.abs(change), span)
    size = np.nanmax(np.abs(values), axis=1)
    still = scale <= 1e-9 * size
    below = np.where(np.isfinite(lower), last - lower, np.abs(last))
    above = np.where(np.isfinite(upper), upper - last, below)
    width = np.where(np.isfinite(upper - lower), upper - lower, np.abs(last))
    distance = np.minimum(below, above)
    count = np.isfinite(values).sum(axis=1)
    assumed = (
        STILL_SERIES
        / np.maximum(count, STILL_POINTS)
        * np.where(distance > 0, distance, AT_ITS_BOUND * width)
    )
    return np.where(still, np.where(assumed > 0, assumed, 1.0), scale), still


def _steadiness(
    change: np.ndarray, span: np.ndarray, gap: np.ndarray, seen: np.ndarray, count: np.ndarray
) -> np.ndarray:
    """Weight of the drift: t^p / (t^p + 2), with t the mean change over its standard error.

    The power p = n − 2, between 1 and 4: with three points a drift and an accident look
    alike and the weight changes slowly; with six or more a large t is hardly chance.
    Two points have no standard error; they get the weight of t² = 2, one half.
    """
    mean = _mean(change, span)
    deviation = np.where(seen, (change - mean[:, None]) ** 2 * gap, 0.0)
    intervals = count - 1
    variance = deviation.sum(axis=1) / np.maximum(intervals - 1, 1)
    t_squared = mean**2 / (variance / np.maximum(span.sum(axis=1), 1.0) + 1e-6)
    power = np.clip(count - 2, 1, SHARPEST_WEIGHT)
    signal = np.where(count > 2, t_squared ** (power / 2), 2.0)
    return signal / (signal + 2)


def _level(values: np.ndarray, lower: np.ndarray, scale: np.ndarray) -> np.ndarray:
    floor = np.where(has_floor(lower), lower, 0.0)
    distance = np.nanmean(np.abs(values - floor[:, None]), axis=1)
    level = scale / np.where(distance > 0, distance, scale)
    return np.where(has_floor(lower), level, 0.0)
