"""Tabulate how far the spells of the reference class moved; used by ``make reference`` only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.projection.base_rates import KINDS, MEASURES, SHARES
from zbanalysis.projection.reference import COLLECTION_WEIGHT, character_of, displacement_that_came, spells


def base_rate_table(collections: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the moves of the reference class.

    Parameters
    ----------
    collections
        ``collection, series, year, value, kind``.

    Returns
    -------
    pandas.DataFrame
        ``kind, measure, years, spells`` and, for each of `SHARES`, the move that this share
        of the spells did not exceed.
    """
    moves = pd.concat([_moves(part, name) for name, part in collections.groupby("collection", sort=True)])
    rows = []
    for kind in KINDS:
        mine = moves if kind == "all" else moves[moves["kind"] == kind]
        for years, part in mine.groupby("years", sort=True):
            for measure in MEASURES:
                known = part[measure].notna().to_numpy()
                move, weight = part[measure].to_numpy()[known], part["weight"].to_numpy()[known]
                points = weighted_quantiles(move, weight, np.array(SHARES))
                rows.append([kind, measure, years, int(known.sum()), *points.round(4)])
    return pd.DataFrame(rows, columns=["kind", "measure", "years", "spells", *map(str, SHARES)])


def weighted_quantiles(values: np.ndarray, weight: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Quantiles of weighted values.

    Parameters
    ----------
    values, weight
        Same length; weights are positive.
    shares
        Between 0 and 1.

    Examples
    --------
    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), np.array([0.5])).tolist()
    [2.0]
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    middle = (reached - weight[order] / 2) / reached[-1]
    return np.interp(shares, middle, values[order])


def _moves(collection: pd.DataFrame, name: str) -> pd.DataFrame:
    """Moves of all spells of one collection; each series weighs the same in all."""
    kinds = collection.groupby("series", sort=True)["kind"].first().to_numpy()
    parts = []
    for cut in spells(collection):
        if cut.length < 3:
            continue  # one change is no measure of how much a series usually moves
        character = character_of(cut)
        change = displacement_that_came(character, cut.future) / character.scale[:, None]
        row, year = np.nonzero(np.isfinite(change))
        start, end = character.last[row], cut.future[row, year]
        positive = (start > 0) & (end > 0)
        growth = np.log(np.where(positive, end, 1.0) / np.where(positive, start, 1.0))
        spell = pd.DataFrame({"series": cut.origin[row], "years": year + 1, "change": change[row, year]})
        spell["growth"] = np.where(positive, growth, np.nan)
        parts.append(spell.assign(weight=cut.weight[row]))
    moves = pd.concat(parts, ignore_index=True)
    moves["kind"] = kinds[moves["series"]]
    each = moves["weight"] / moves.groupby(["series", "years"])["weight"].transform("sum")
    total = moves.groupby("years")["series"].transform("nunique")
    return moves.assign(weight=each / total * COLLECTION_WEIGHT.get(name, 1.0))
