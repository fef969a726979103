"""Fit where the provinces' outcomes fell in their fans, and check it on indicators left out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtri

from zbanalysis.projection import backtest, reference
from zbanalysis.projection.domain import Line, reread
from zbanalysis.projection.fan import Fan, odds_at, probability, spread
from zbanalysis.projection.reference import features_of, known_by, pasts_and_futures, steps_that_came

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
    """Project every window of a panel and look where its outcomes fell.

    Parameters
    ----------
    panel
        ``series, indicator, scale, year, value``, one figure a year without gaps.
    """
    tables, fans = [], []
    for share, part in panel.groupby(panel["scale"] == "share", sort=True):
        for points in POINTS:
            stretches = pasts_and_futures(part, points)
            if stretches is not None:
                table, fan = _outcomes(part, stretches, bool(share))
                tables.append(table.assign(share=share, points=points))
                fans.append(fan)
    columns = [np.concatenate([getattr(fan, name) for fan in fans]) for name in Fan.__dataclass_fields__]
    return Outcomes(pd.concat(tables, ignore_index=True), Fan(*columns))


def _outcomes(part: pd.DataFrame, stretches: tuple, share: bool) -> tuple[pd.DataFrame, Fan]:
    past, future, row, _ = stretches
    good = np.full(len(row), 1.0 if share else 0.0)
    features = features_of(past, good)
    names = np.full(len(row), reference.class_name("share" if share else "amount", "up"), dtype=object)
    # An indicator must not be read from windows of its own: the panel's one share is R&D intensity.
    weight, ahead = reference.weight_of(features.count, good), np.arange(1, YEARS + 1)
    odds = reference.pooled(features, names, ahead, spread(), weight, left_out=("provinces",))
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

    Parameters
    ----------
    panel
        As for `outcomes`, with ``known`` (the day of publication); of several figures for one year
        the newest published by then counts.
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
    table = backtest.reliability(np.concatenate(came).astype(float), np.concatenate(chances))
    return pd.DataFrame(table, columns=["from", "to", "cases", "chance", "reached"]).round(4)


def size(panel: pd.DataFrame) -> pd.DataFrame:
    """How many provinces and indicators a panel holds; see `domain.panel_size`."""
    names = panel["series"].str.partition("/")
    return pd.DataFrame({"provinces": [names[2].nunique()], "indicators": [names[0].nunique()]})
