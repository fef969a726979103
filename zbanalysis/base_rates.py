"""How often comparable spells moved as far as a target asks: the yardstick of every chance.

A *spell* is a stretch of a reference series: some years of past, then h years.  Its *move*
is the displacement over the h years, divided by the mean absolute yearly change of its
past, so that moves of any unit compare.  The base rate of a target is the share of the
class's spells, with the same years ahead and of the same kind, that moved at least that
far in the direction asked.  It knows the distance to the target and how much the series
usually moves in a year; it does not know the series' own trend.  What a chance adds is
that knowledge.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from zbanalysis.character import characterise
from zbanalysis.displacement import displacement_to
from zbanalysis.errors import InputError
from zbanalysis.histories import Bounds, limits, pack, require_columns, whole_years
from zbanalysis.reference import COLLECTION_WEIGHT, YEARS_AHEAD, character_of, displacement_that_came, spells

SHARES = (
    .005, .01, .02, .05, .1, .15, .2, .25, .3, .35, .4, .45, .5,
    .55, .6, .65, .7, .75, .8, .85, .9, .95, .98, .99, .995,
)  # fmt: skip
KINDS = ("all", "amount", "count", "ratio")
"""``all``: every spell of the class; the others: spells of the provincial panel of that kind."""


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
        As in `zbanalysis.projection.project`.

    Returns
    -------
    pandas.DataFrame
        The targets' rows in their order with ``base_rate`` (0 to 1; NaN for a series of one
        point, an unknown series or a year that is not ahead).

    Raises
    ------
    InputError
        An unknown kind, or a column is missing.

    Notes
    -----
    Beyond 8 years ahead the moves of 8 years are stretched by √(h/8); beyond the last
    tabulated share the rate is half of what that share leaves.

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
    years, move = _moves_asked(history, targets, bounds)
    usable = np.isfinite(move) | np.isinf(move)
    up = (targets["direction"] == "up").to_numpy()
    rate = np.full(len(targets), np.nan)
    for index in np.flatnonzero(usable):
        stay = _share_at_most(kind, int(years[index]), float(move[index]))
        rate[index] = 1 - stay if up[index] else stay
    return targets.assign(base_rate=rate)


def _moves_asked(
    history: pd.DataFrame, targets: pd.DataFrame, bounds: Bounds | None
) -> tuple[np.ndarray, np.ndarray]:
    """Years ahead and displacement in scales of each target, NaN where it cannot be said."""
    histories = pack(history)
    lower, upper = limits(histories, bounds)
    usable = histories.reason == ""
    chosen = histories.select(usable)
    character = characterise(chosen, lower[usable], upper[usable])
    row = pd.Index(chosen.names).get_indexer(targets["series"])
    years = whole_years(targets["year"], "targets") - character.last_year[row] if len(chosen.names) else 0
    known = (row >= 0) & (years > 0)
    move = np.full(len(targets), np.nan)
    value = pd.to_numeric(targets["value"]).to_numpy(dtype=float)
    at = row[known]
    asked = displacement_to(character.last[at], value[known], character.lower[at], character.upper[at])
    move[known] = asked / character.scale[at]
    return np.broadcast_to(years, move.shape), move


def _share_at_most(kind: str, years: int, move: float) -> float:
    table, ahead = _tables()[kind], min(years, YEARS_AHEAD)
    moves = table[ahead - 1] * np.sqrt(years / ahead)
    if move < moves[0]:
        return SHARES[0] / 2
    if move > moves[-1]:
        return 1 - (1 - SHARES[-1]) / 2
    # A run of equal moves (series that stood still) counts as passed when it is reached.
    return float(np.interp(move, moves + 1e-9 * np.arange(len(moves)), SHARES))


@cache
def _tables() -> dict[str, np.ndarray]:
    """Moves by kind: years ahead × `SHARES`."""
    with files("zbanalysis").joinpath("calibration", "base_rates.csv").open(encoding="utf-8") as file:
        frame = pd.read_csv(file)
    shares = [str(share) for share in SHARES]
    return {kind: part.sort_values("years")[shares].to_numpy() for kind, part in frame.groupby("kind")}


def table_from(collections: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the moves of the reference class.

    Parameters
    ----------
    collections
        ``collection, series, year, value, kind``.

    Returns
    -------
    pandas.DataFrame
        ``kind, years, spells`` and, for each of `SHARES`, the move (in mean absolute yearly
        changes of the past) that this share of the spells did not exceed.
    """
    moves = pd.concat([_moves(part, name) for name, part in collections.groupby("collection", sort=True)])
    rows = []
    for kind in KINDS:
        mine = moves if kind == "all" else moves[moves["kind"] == kind]
        for years, part in mine.groupby("years", sort=True):
            move, weight = part["move"].to_numpy(), part["weight"].to_numpy()
            order = np.argsort(move, kind="stable")
            reached = np.cumsum(weight[order])
            points = np.interp(SHARES, (reached - weight[order] / 2) / reached[-1], move[order])
            rows.append([kind, years, len(part), *points.round(3)])
    return pd.DataFrame(rows, columns=["kind", "years", "spells", *map(str, SHARES)])


def _moves(collection: pd.DataFrame, name: str) -> pd.DataFrame:
    """Moves of all spells of one collection; each series weighs the same in all."""
    kinds = collection.groupby("series", sort=True)["kind"].first().to_numpy()
    parts = []
    for cut in spells(collection):
        if cut.length < 3:
            continue  # one change is no measure of how much a series usually moves
        character = character_of(cut)
        move = displacement_that_came(character, cut.future) / character.scale[:, None]
        row, year = np.nonzero(np.isfinite(move))
        spell = pd.DataFrame({"series": cut.origin[row], "years": year + 1, "move": move[row, year]})
        parts.append(spell.assign(weight=cut.weight[row]))
    moves = pd.concat(parts, ignore_index=True)
    moves["kind"] = kinds[moves["series"]]
    each = moves["weight"] / moves.groupby(["series", "years"])["weight"].transform("sum")
    total = moves.groupby("years")["series"].transform("nunique")
    return moves.assign(weight=each / total * COLLECTION_WEIGHT.get(name, 1.0))
