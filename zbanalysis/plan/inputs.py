"""Targets and figures in the shapes that rules, trends and projections take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.data import periods
from zbanalysis.data.digits import half_width
from zbanalysis.data.schema import BASED, GROWTHS, LEVELS, SUMS
from zbanalysis.plan import pathway, progress


def plain(history: pd.DataFrame) -> pd.DataFrame:
    """Targets in the shape of `rules.assess` and `sensitivity.variants`, those that any rule can judge.

    A target is left out that has no level to compare with its base: a sum, a mean, a range, a
    limit, or one without a base or without a figure since.
    """
    way = history["kind"].isin(BASED) & history["base_value"].notna()
    rows = history[way & progress.is_charted(history)]
    stated = rows["stated_rate"].notna() if "stated_rate" in rows else False
    halves = {
        "base": "published_base_value",
        "current": "current_published",
        "target": "published_target_value",
    }
    level = rows["kind"].isin(LEVELS)
    return pd.DataFrame(
        {
            "id": rows["target"],
            "base_year": rows["base_position"],
            "base_value": rows["base_value"],
            "current_year": rows["current_position"],
            "current_value": rows["current_value"],
            "target_year": rows["target_position"],
            "target_value": pathway.end_value(rows),
            "direction": rows["direction"],
            "compound": rows["kind"].isin(GROWTHS) | (level & stated),
            # A rate's end value is computed, not printed, so it has no rounding of its own.
            **{f"{name}_half_width": _half_widths(rows[column]) for name, column in halves.items()},
        }
    ).assign(target_half_width=lambda frame: frame["target_half_width"].where(level))


def _half_widths(printed: pd.Series) -> pd.Series:
    return printed.map(lambda text: half_width(text) if text else float("nan")).astype(float)


def single_years(figures: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """The figures of `progress.history` that may be points of a trend.

    A figure of several years is none, and where figures add up over the years neither is one of a part.
    """
    sums = history["target"].isin(figures.loc[figures["kind"].isin(SUMS), "target"])
    length = history["position"] - history["period"].map(_starts(history["period"])).astype(float)
    return history[(length <= 1) & ~(sums & (length < 1))]


def _starts(column: pd.Series) -> dict[str, float]:
    return {text: periods.start(text) for text in column.unique()}


def yearly(history: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Full-year figures of `history` on the basis of the target's base, as ``id, year, value``."""
    known = single_years(history, known)
    own = known["basis"] == known["target"].map(history.set_index("target")["basis"])
    rows = known[own & (known["position"] == np.floor(known["position"]))].drop_duplicates(
        ["target", "position"], keep="last"
    )
    return pd.DataFrame({"id": rows["target"], "year": rows["position"], "value": rows["value"]}).reset_index(
        drop=True
    )


def trend_input(history: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The figures of `history` in the shape `trend.fit` takes, with scale and bounds of their indicators."""
    nature = history.set_index("target")[["scale", "lower_bound", "upper_bound"]]
    nature = nature.rename(columns={"lower_bound": "lower", "upper_bound": "upper"})
    rows = single_years(history, known).drop_duplicates(["target", "position", "basis"], keep="last")
    rows = rows[["target", "position", "value", "basis"]].join(nature, on="target")
    return rows.rename(columns={"target": "series", "position": "year"}).reset_index(drop=True)


def series_of(figures: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Yearly series of each target's indicator on its present definition.

    Figures on an earlier definition are left out, not joined.  A figure for part of a
    year stands for the last full year, which makes the way to the target longer and so
    errs on the wide side.  A target that is a sum is followed by what has come together.

    Returns
    -------
    DataFrame
        ``series`` (the target), ``year`` (whole), ``value``.
    """
    present = figures.set_index("target")["current_basis"]
    kept = history[history["basis"] == history["target"].map(present)]
    sums = figures[figures["kind"].isin(SUMS)].set_index("target")["base_position"]
    flows = kept["target"].isin(sums.index)
    together = [running_total(rows, sums[name]) for name, rows in kept[flows].groupby("target", sort=False)]
    together = [rows[rows["position"] == np.floor(rows["position"])] for rows in together]
    kept = pd.concat([single_years(figures, kept[~flows]), *together])
    kept = kept.assign(year=np.floor(kept["position"]).astype(int))
    kept = kept.sort_values(["target", "position"], kind="stable").drop_duplicates(
        ["target", "year"], keep="last"
    )
    return (
        kept[["target", "year", "value"]]
        .rename(columns={"target": "series"})
        .sort_values(["series", "year"], kind="stable")
        .reset_index(drop=True)
    )


def running_total(flows: pd.DataFrame, base: float) -> pd.DataFrame:
    """Figures of one target with ``value`` what has come together since the base, until a year is missing.

    By the end of a year it is the fewest figures' sum: a published one of several years before single years.
    """
    begun = flows["period"].map(_starts(flows["period"])).astype(float)
    ordered = flows.assign(start=begun).sort_values(["start", "position"], kind="stable")
    totals, values = {base: 0.0}, {}
    for index, start, position, value in ordered[["start", "position", "value"]].itertuples():
        if start in totals and position not in totals:
            totals[position] = values[index] = totals[start] + value
    summed = flows.loc[list(values)].assign(value=pd.Series(values, dtype=float))
    return summed.sort_values("position", kind="stable")


REVISED = ("nation", "province")
"""Levels of areas whose revisions are on record: what a census changed in a city is not."""


def nature_of(history: pd.DataFrame) -> pd.DataFrame:
    """What each target's indicator measures, as `project.project` is told of a series."""
    names = {"target": "series", "lower_bound": "lower", "upper_bound": "upper"}
    columns = ["target", "scale", "direction", "domain", "lower_bound", "upper_bound"]
    science = history["domain"] == "science"
    of_gdp = is_of_gdp(history) & history["area_level"].isin(REVISED)
    direction = history["known_direction"] if "known_direction" in history else history["direction"]
    nature = history[columns].assign(direction=direction.replace("", "unknown")).rename(columns=names)
    return nature.assign(domain=np.where(science, "science", "general"), over_gdp=of_gdp)


def is_of_gdp(history: pd.DataFrame) -> pd.Series:
    """Whether a target's indicator is a share of GDP, which an economic census revises."""
    if "share_of" not in history:  # a column that a folder may lack
        return pd.Series(False, index=history.index)
    return history["share_of"].eq("gdp")
