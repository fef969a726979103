"""How often comparable spells moved as far as a target asks: the yardstick of every chance.

A *spell* is a stretch of a reference series: some years of past, then h years.  Its *move*
is measured in one of two ways without a unit:

- ``growth``, ln(y_{t+h} / y_t), for what is counted or paid for: positive, no ceiling;
- ``change``, the displacement over h years divided by the mean absolute yearly change of
  the past, for everything else (shares under a ceiling, balances, series that touched 0).

The base rate of a target is the share of the class's spells, with the same years ahead and
of the same kind, that moved at least as far as the target asks, in the direction asked.  It
is what one could say without looking at the series' own trend; what a chance adds is that
trend.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.projection.displacement import displacement_to
from zbanalysis.projection.features import Character, characterise
from zbanalysis.projection.histories import Bounds, limits, pack, require_columns, whole_years

YEARS_TABULATED = 8
SHARES = (
    .005, .01, .02, .05, .1, .15, .2, .25, .3, .35, .4, .45, .5,
    .55, .6, .65, .7, .75, .8, .85, .9, .95, .98, .99, .995,
)  # fmt: skip
KINDS = ("all", "amount", "count", "ratio")
"""``all``: every spell of the class; the others: spells of the provincial panel of that kind."""
MEASURES = ("growth", "change")


def base_rate(
    history: pd.DataFrame, targets: pd.DataFrame, *, kind: str = "all", bounds: Bounds | None = None
) -> pd.DataFrame:
    """Return how often comparable spells moved at least as far as each target asks.

    Parameters
    ----------
    history
        ``series, year, value``.
    targets
        ``series, year, value, direction`` (``up`` or ``down``).
    kind
        One of `KINDS`.  A share of the whole has no spells of its own in the panel: take
        ``all`` or, where it behaves like one, ``ratio``.
    bounds
        As in `zbanalysis.projection.project.project`.

    Returns
    -------
    pandas.DataFrame
        The targets' rows in their order with ``base_rate`` (0 to 1; NaN for a series of one
        point, an unknown series or a year that is not ahead).

    Raises
    ------
    InputError
        An unknown kind or direction, or a column is missing.

    Notes
    -----
    Beyond 8 years ahead, growth of 8 years is stretched by h/8 and change by √(h/8); beyond
    the last tabulated share the rate is half of what that share leaves.

    Examples
    --------
    >>> past = pd.DataFrame({"series": "R&D", "year": range(2018, 2023), "value": [2.0, 2.1, 2.3, 2.4, 2.5]})
    >>> goal = pd.DataFrame({"series": ["R&D"], "year": [2025], "value": [2.5], "direction": ["up"]})
    >>> bool(base_rate(past, goal)["base_rate"].iloc[0] > 0.5)
    True
    """
    require_columns(targets, ("series", "year", "value", "direction"), "targets")
    if kind not in KINDS:
        raise InputError(f"A kind is one of {', '.join(KINDS)}, not {kind!r}.")
    if not targets["direction"].isin(["up", "down"]).all():
        raise InputError("A direction is 'up' or 'down'.")
    histories = pack(history)
    lower, upper = limits(histories, bounds)
    usable = histories.reason == ""
    chosen = histories.select(usable)
    character = characterise(chosen, lower[usable], upper[usable])
    row = pd.Index(chosen.names).get_indexer(targets["series"])
    last_year = np.append(character.last_year, 0)[row]  # the added 0 stands for "no such series"
    years = whole_years(targets["year"], "targets") - last_year
    known = (row >= 0) & (years > 0)
    value = pd.to_numeric(targets["value"]).to_numpy(dtype=float)
    below = np.full(len(targets), np.nan)
    below[known] = share_below(character, row[known], years[known], value[known], kind)
    rate = np.where(targets["direction"] == "up", 1 - below, below)
    return targets.assign(base_rate=rate)


def share_below(
    character: Character, row: np.ndarray, years: np.ndarray, value: np.ndarray, kind: str = "all"
) -> np.ndarray:
    """Return the share of comparable spells that ended below each value.

    Parameters
    ----------
    character
        The series.
    row, years, value
        For each question: which series, how many years ahead, which value.
    kind
        One of `KINDS`.
    """
    last, lower, upper = character.last[row], character.lower[row], character.upper[row]
    grows = (last > 0) & (lower == 0) & ~np.isfinite(upper)
    ratio = np.maximum(value, 1e-12) / np.where(grows, last, 1.0)
    change = displacement_to(last, value, lower, upper) / character.scale[row]
    move = np.where(grows, np.log(ratio), change)
    ahead = np.minimum(years, YEARS_TABULATED)
    stretch = np.where(grows, years / ahead, np.sqrt(years / ahead))
    share = np.empty(len(move))
    for measure, year in {(bool(g), int(a)) for g, a in zip(grows, ahead, strict=True)}:
        mine = (grows == measure) & (ahead == year)
        moves = _tables()[kind, MEASURES[0] if measure else MEASURES[1]][year - 1]
        share[mine] = _interpolated(move[mine] / stretch[mine], moves)
    return share


def usual_change(years: np.ndarray, share: float, kind: str = "all") -> np.ndarray:
    """Return the ``change`` that a share of the class's spells did not exceed.

    Parameters
    ----------
    years
        Years ahead, whole numbers from 1.
    share
        Between the first and the last of `SHARES`.
    kind
        One of `KINDS`.

    Returns
    -------
    numpy.ndarray
        Moves in mean absolute yearly changes, one per year ahead.

    Examples
    --------
    >>> up, down = usual_change(np.array([5]), 0.9), usual_change(np.array([5]), 0.1)
    >>> bool(up[0] > 0 > down[0])
    True
    """
    ahead = np.minimum(years, YEARS_TABULATED)
    table = _tables()[kind, "change"]
    moves = np.array([np.interp(share, SHARES, table[year - 1]) for year in ahead])
    return moves * np.sqrt(np.asarray(years) / ahead)


def _interpolated(move: np.ndarray, moves: np.ndarray) -> np.ndarray:
    # Equal moves in the table (series that stood still) would make the curve ambiguous.
    share = np.interp(move, moves + 1e-9 * np.arange(len(moves)), SHARES)
    share = np.where(move < moves[0], SHARES[0] / 2, share)
    return np.where(move > moves[-1], 1 - (1 - SHARES[-1]) / 2, share)


@cache
def _tables() -> dict[tuple[str, str], np.ndarray]:
    """Moves by kind and measure: years ahead × `SHARES`."""
    with (
        files("zbanalysis.projection")
        .joinpath("calibration", "base_rates.csv")
        .open(encoding="utf-8") as file
    ):
        frame = pd.read_csv(file)
    shares = [str(share) for share in SHARES]
    parts = frame.groupby(["kind", "measure"])
    return {key: part.sort_values("years")[shares].to_numpy() for key, part in parts}
