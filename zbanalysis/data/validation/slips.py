"""What is allowed and yet looks like a slip of the hand: a figure of ten times, a share beyond the whole."""

from __future__ import annotations

import math

import pandas as pd

from zbanalysis.data.validation.targets import LEVELS
from zbanalysis.errors import Problem

SLIP, APART = 7, 5
"""A slip of the decimal point: so many times the mean of both neighbours, and more than so many times each.

A point misplaced by one digit is ten times the (geometric) mean of the neighbours whatever the growth;
the largest honest leap of the shipped figures is 6.4.
"""

ALIKE = 1.5
"""The last figure is held against the two before if these differ by no more than this factor."""


def slips(name: str, table: pd.DataFrame, sources: pd.DataFrame) -> list[Problem]:
    """Yearly figures far above or far below both neighbours on the same definition.

    Parameters
    ----------
    name
        The file.
    table
        Its rows as text, by their number in the file.
    sources
        ``date_published`` by source: of several documents the newest speaks for a neighbouring year.
    """
    years = table[table["period"].str.fullmatch(r"\d{4}")]
    years = years.assign(
        year=years["period"].astype(int),
        number=pd.to_numeric(years["value"]),
        day=years["source"].map(sources["date_published"]),
    )
    found = []
    for _, series in years[years["number"] > 0].groupby(["area", "indicator", "basis"], sort=False):
        newest = series.sort_values("day", kind="stable").drop_duplicates("year", keep="last")
        line = newest.sort_values("year").reset_index(names="row")
        for row, figure in series.iterrows():
            near = _neighbours(line, int(line["year"].searchsorted(figure["year"])))
            if near is not None and _slipped(figure["number"], *near["number"]):
                found.append(Problem(name, row, "value", figure["value"], _words(figure["number"], near)))
    return sorted(found, key=lambda problem: problem.row)


def _neighbours(line: pd.DataFrame, place: int) -> pd.DataFrame | None:
    """The years before and after; of the last year the two before, if they are alike.

    A first year has none: many a thing begins small and leaps.
    """
    if 0 < place < len(line) - 1:
        return line.iloc[[place - 1, place + 1]]
    near = line.iloc[-3:-1] if place else line.iloc[:0]
    low, high = near["number"].min(), near["number"].max()
    return near if len(near) == 2 and high <= ALIKE * low else None


def _slipped(value: float, one: float, other: float) -> bool:
    ratios = (value / one, value / other)
    up = min(ratios) > APART and math.sqrt(ratios[0] * ratios[1]) >= SLIP
    return up or (max(ratios) < 1 / APART and math.sqrt(ratios[0] * ratios[1]) <= 1 / SLIP)


def _words(value: float, near: pd.DataFrame) -> str:
    times = value / math.sqrt(near["number"].iloc[0] * near["number"].iloc[1])
    so_many = f"{times:.0f} times" if times > 1 else f"1/{1 / times:.0f} of"
    first, second = (f"{one.value} in {one.year} (row {one.row})" for one in near.itertuples())
    return f"a look at the decimal point: {so_many} its neighbours, {first} and {second}"


def beyond_the_whole(targets: pd.DataFrame, indicators: pd.DataFrame) -> list[Problem]:
    """Targets of a share of a whole outside 0 to 100 %, where the indicator has no bound of its own."""
    nature = indicators.set_index("indicator")
    shares = nature.index[(nature["scale"] == "share") & nature["unit_en"].isin(["%", "per cent", "percent"])]
    rows = targets[targets["indicator"].isin(shares) & targets["kind"].isin(LEVELS)]
    found = []
    for row, target in rows.iterrows():
        about = nature.loc[target["indicator"]]
        for column in ("target_value", "target_upper"):
            value = float(target[column] or "nan")
            above, below = value > 100 and not about["upper_bound"], value < 0 and not about["lower_bound"]
            if above or below:
                words = f"between 0 and 100, for {target['indicator']} is a share; or another scale for it"
                found.append(Problem("targets.csv", row, column, target[column], words))
    return found
