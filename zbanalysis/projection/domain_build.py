"""Rebuild the domain's calibration table from the provincial panel, and check it on what was left out.

``python -m zbanalysis.projection.domain_build`` (`make reference`) writes ``calibration/domain.csv``,
``domain_checks.csv``, ``domain_reliability.csv`` and ``domain_panel.csv``; the same data give the same files.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.data import files, package
from zbanalysis.data.files import ROOT
from zbanalysis.projection import project, scores
from zbanalysis.projection.domain import POINTS, TABLE, YEARS_AHEAD

GROWTH_TARGETS = (2.0, 5.0, 8.0, 12.0, 18.0)
"""Targets of the reliability check, in % a year from the last figure on: such as plans set."""


def places(panel: pd.DataFrame) -> pd.DataFrame:
    """Where the outcomes fell in their fans, for every spell of a panel.

    Parameters
    ----------
    panel
        ``series, year, value``.

    Returns
    -------
    DataFrame
        ``spell, series, points, years`` (ahead), ``year, last`` (the last figure), ``came`` (the
        outcome) and ``place`` (probability that was given to no more than the outcome).
    """
    spells = _spells(panel)
    ends = spells.groupby("series").agg(origin=("year", "max"), points=("year", "size")).reset_index()
    ends["name"] = ends["series"].str.partition("|")[0]
    last = panel.rename(columns={"series": "name", "year": "origin", "value": "last"})
    later = panel.rename(columns={"series": "name", "value": "came"})
    frame = ends.merge(last, on=["name", "origin"]).merge(later, on="name")
    frame["years"] = frame["year"] - frame["origin"]
    frame = frame[frame["years"].between(1, YEARS_AHEAD)].rename(
        columns={"series": "spell", "name": "series"}
    )
    goals = pd.DataFrame(
        {"series": frame["spell"], "year": frame["year"], "value": frame["came"], "direction": "down"}
    )
    place = project.project(spells, YEARS_AHEAD).chance(goals)["chance"]
    columns = ["spell", "series", "points", "years", "year", "last", "came"]
    return frame[columns].assign(place=place).dropna(subset=["place"]).reset_index(drop=True)


def _spells(panel: pd.DataFrame) -> pd.DataFrame:
    """Every stretch of `POINTS` consecutive figures as a series of its own."""
    parts = []
    for name, series in panel.dropna().sort_values("year").groupby("series", sort=True):
        for end in range(1, len(series) - 1):
            for points in (length for length in POINTS if length <= end + 1):
                past = series.iloc[end + 1 - points : end + 1]
                parts.append(past.assign(series=f"{name}|{past['year'].iloc[-1]}|{points}"))
    return pd.concat(parts, ignore_index=True)


def table_from(places: pd.DataFrame) -> pd.DataFrame:
    """Fit a and b by maximum likelihood, each series weighing the same.

    Returns
    -------
    DataFrame
        ``points, years, cases, a, b``.
    """
    rows = []
    for (points, years), part in places.groupby(["points", "years"], sort=True):
        weight = 1 / part.groupby("series")["place"].transform("size").to_numpy()
        a, b = _fit(part["place"].to_numpy(), weight)
        rows.append((points, years, len(part), round(a, 3), round(b, 3)))
    return pd.DataFrame(rows, columns=["points", "years", "cases", "a", "b"])


def _fit(place: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    from scipy import optimize, stats

    # The likelihood of a place of exactly 0 or 1 is not finite; so far out the fan says nothing anyway.
    inside = np.clip(place, 0.0005, 0.9995)

    def surprise(logs: np.ndarray) -> float:
        return float(-(weight * stats.beta.logpdf(inside, *np.exp(logs))).sum() / weight.sum())

    found = optimize.minimize(
        surprise, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9}
    )
    return float(np.exp(found.x[0])), float(np.exp(found.x[1]))


def held_out(places: pd.DataFrame, indicator: pd.Series) -> pd.DataFrame:
    """Places re-read by a table fitted without their own indicator.

    Parameters
    ----------
    places
        From `places`.
    indicator
        Indicator of each row.

    Returns
    -------
    DataFrame
        ``places`` with ``reread``, and the pair ``a, b`` used.
    """
    parts = []
    for name in sorted(indicator.unique()):
        others = table_from(places[indicator != name])[["points", "years", "a", "b"]]
        parts.append(
            places[indicator == name].reset_index().merge(others, on=["points", "years"]).set_index("index")
        )
    found = pd.concat(parts).sort_index()
    return found.assign(reread=_reread(found["place"], found))


def _reread(place: pd.Series, shape: pd.DataFrame) -> np.ndarray:
    from scipy.stats import beta

    return beta.cdf(place, shape["a"], shape["b"])


def coverage(found: pd.DataFrame) -> pd.DataFrame:
    """How often the central intervals held the outcome, by years ahead; see `domain.checks`."""
    rows = []
    for years, part in found.groupby("years", sort=True):
        row = {"years": years, "cases": len(part)}
        for name, column in (("general", "place"), ("domain", "reread")):
            for level in (80, 95):
                tail = (1 - level / 100) / 2
                row[f"{name}{level}"] = round(float(part[column].between(tail, 1 - tail).mean()), 3)
        rows.append(row)
    return pd.DataFrame(rows)


def reliability(found: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Chances of `GROWTH_TARGETS` for the left-out indicators against what came; see `domain.reliability`."""
    ahead = project.project(_spells(panel), YEARS_AHEAD)
    chances, came = [], []
    for growth in GROWTH_TARGETS:
        goal = found["last"] * (1 + growth / 100) ** found["years"]
        wanted = pd.DataFrame(
            {"series": found["spell"], "year": found["year"], "value": goal, "direction": "down"}
        )
        chances.append(1 - _reread(ahead.chance(wanted)["chance"], found))
        came.append((found["came"] >= goal).to_numpy())
    table = scores.reliability(np.concatenate(came).astype(float), np.concatenate(chances))
    return pd.DataFrame(table, columns=["from", "to", "cases", "chance", "reached"]).round(4)


def main() -> None:
    """Rebuild the files from the provincial panel of the shipped data."""
    panel = provincial_panel(package.load())
    found = places(panel)
    folder = ROOT / "zbanalysis" / "projection" / "calibration"
    files.write_table(table_from(found), folder / TABLE)
    checked = held_out(found, found["series"].str.partition("/")[2])
    files.write_table(coverage(checked), folder / "domain_checks.csv")
    files.write_table(reliability(checked, panel), folder / "domain_reliability.csv")
    files.write_table(size(found), folder / "domain_panel.csv")


def size(places: pd.DataFrame) -> pd.DataFrame:
    """How many provinces and indicators gave a spell to check; see `domain.panel_size`.

    Parameters
    ----------
    places
        From `places`, of series named area/indicator.
    """
    names = places["series"].str.partition("/")
    return pd.DataFrame({"provinces": [names[0].nunique()], "indicators": [names[2].nunique()]})


def provincial_panel(dataset: package.Dataset) -> pd.DataFrame:
    """The provinces' yearly figures above zero as ``series`` (area/indicator), ``year``, ``value``."""
    provinces = dataset.areas.loc[dataset.areas["level"] == "province", "area"]
    seen = dataset.observations[
        dataset.observations["area"].isin(provinces) & (dataset.observations["value"] > 0)
    ]
    name = seen["area"] + "/" + seen["indicator"]
    panel = pd.DataFrame({"series": name, "year": seen["position"].astype(int), "value": seen["value"]})
    return panel.drop_duplicates(["series", "year"]).reset_index(drop=True)


if __name__ == "__main__":
    main()
