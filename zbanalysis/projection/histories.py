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


SCALES = ("amount", "count", "share", "ratio", "index", "rank", "unknown")
"""What a series measures, as ``indicators.csv`` says it."""
DIRECTIONS = ("up", "down", "unknown")
"""Which way is good."""
DOMAINS = ("general", "science")
"""``science``: statistics of science and technology of China's regions."""
TOLD = ("scale", "direction", "domain", "lower", "upper", "over_gdp")
"""What can be told of a series."""
CHOICES = {"scale": SCALES, "direction": DIRECTIONS, "domain": DOMAINS}
FLOORS = {"amount": 0.0, "count": 0.0, "share": 0.0, "rank": 1.0}
"""What no value of a scale lies below; an amount that was negative once has no floor."""
CEILINGS = {"share": 100.0}
FLOOR_FROM = ("told", "scale", "assumed", "none")
"""Where a lower bound comes from: told, the scale, taken as 0 since nothing was below, or there is none."""


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


@dataclass(frozen=True)
class Nature:
    """What is told of each series, N values each: see `nature_of`."""

    scale: np.ndarray
    direction: np.ndarray
    domain: np.ndarray
    over_gdp: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    floor: np.ndarray


def nature_of(
    histories: Histories, history: pd.DataFrame, about: pd.DataFrame | None, told: dict[str, object]
) -> Nature:
    """Put together what is told of each series.

    Parameters
    ----------
    histories, history
        Packed and as given; a column ``scale``, ``direction``, ``domain``, ``lower``, ``upper`` or
        ``over_gdp`` of ``history`` counts where nothing else is told.
    about
        The same columns, one row a series; an empty bound is none.
    told
        The same for all series; None is not told.

    Raises
    ------
    InputError
        A value that is none of `CHOICES`, two values for one series, or a lower bound that is not
        below its upper bound.
    """
    columns = {name: _told(name, histories, history, about, told.get(name)) for name in TOLD}
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


def _told(
    name: str, histories: Histories, history: pd.DataFrame, about: pd.DataFrame | None, value: object
) -> pd.Series | None:
    """What is told by series, in the order of the histories; None where nothing is."""
    if value is not None:
        return pd.Series([value] * len(histories.names))
    table = about if about is not None and name in about.columns else history
    if name not in table.columns:
        return None
    wanted, found = set(histories.names), {}
    for series, told in zip(table["series"], table[name], strict=True):
        if series in wanted and told != "" and not pd.isna(told) and found.setdefault(series, told) != told:
            both = f"{found[series]} and {told}"
            raise InputError(f"Series {series!r} has two values of {name}: {both}; keep one.")
    return pd.Series([found.get(series) for series in histories.names], dtype=object)


def _chosen(name: str, told: pd.Series | None, default: str, histories: Histories) -> np.ndarray:
    if told is None:
        return np.full(len(histories.names), default, dtype=object)
    values = told.astype(object).where(told.notna(), default)
    wrong = ~values.isin(CHOICES[name])
    if wrong.any():
        series = histories.names[np.flatnonzero(wrong)[0]]
        raise InputError(
            f"Series {series!r}: there is no {name} {values[wrong].iloc[0]!r}; "
            f"choose from {', '.join(CHOICES[name])}."
        )
    return values.to_numpy(dtype=object)


def _numbers(name: str, told: pd.Series | None, histories: Histories) -> np.ndarray:
    if told is None:
        return np.full(len(histories.names), np.nan)
    numbers = pd.to_numeric(told, errors="coerce").astype(float)
    wrong = numbers.isna() & told.notna()
    if wrong.any():
        series = histories.names[np.flatnonzero(wrong)[0]]
        raise InputError(f"Series {series!r}: its {name} bound {told[wrong].iloc[0]!r} is no number.")
    return numbers.to_numpy()


def _lower(histories: Histories, scale: np.ndarray, told: pd.Series | None) -> tuple[np.ndarray, np.ndarray]:
    """Lower bound of each series and where it comes from, one of `FLOOR_FROM`."""
    lower = _numbers("lower", told, histories)
    lower = np.where(lower == -np.inf, np.nan, lower)
    by_scale = np.array([FLOORS.get(name, np.nan) for name in scale])
    was_negative = (histories.observed < 0).any(axis=1)
    by_scale = np.where((scale == "amount") & was_negative, np.nan, by_scale)
    floor = np.full(len(scale), "none", dtype=object)
    if told is None:
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
    values = np.full((len(count), width), np.nan)
    years = np.full((len(count), width), np.nan)
    values[codes[kept], column[kept]] = value[kept]
    years[codes[kept], column[kept]] = year[kept]
    return values, years
