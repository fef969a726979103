"""From a reference in a statement to the published figure it means.

Without ``@source`` a figure is the one the statement's own document prints (the first in the file), else
the newest one published by the statement's day.  With it, it is that document's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from zbanalysis.data import digits, package, periods
from zbanalysis.data.digits import Value

_OBSERVED = re.compile(
    r"(?:(?P<area>[^/\[]+)/)?(?P<indicator>[^\[]+)\[(?P<period>[^\]]+)\](?:@(?P<source>.+))?"
)
_TARGET = re.compile(
    r"(?P<part>\w+):(?P<plan>[^/]+)/(?:(?P<area>[^/]+)/)?(?P<indicator>[^/@]+)(?:@(?P<source>.+))?"
)
_PARTS = {
    "target": "published_target_value",
    "base": "published_base_value",
    "rate": "published_stated_rate",
    "change": "published_stated_change",
}


@dataclass(frozen=True)
class Figure:
    """A published figure: its digits, what they leave open, how sure its source is of it."""

    digits: str
    value: Value
    status: str
    unit: str


def wrong(reference: str, dataset: package.Dataset) -> str:
    """What would be right in a reference that names nothing the data know; empty if it is right.

    Examples
    --------
    >>> wrong("gdp[2019]", package.load()), wrong("gpd[2019]", package.load())
    ('', "an indicator listed in indicators.csv, not 'gpd'")
    """
    named = _parts(reference)
    for name, table in (
        ("plan", dataset.plans),
        ("area", dataset.areas),
        ("indicator", dataset.indicators),
        ("source", dataset.sources),
    ):
        if named.get(name) and named[name] not in set(table[name]):
            article = "an" if name[0] in "ai" else "a"
            return f"{article} {name} listed in {name}s.csv, not '{named[name]}'"
    try:
        _ = "period" not in named or periods.position(named["period"])
    except ValueError as error:
        return str(error)
    return ""


def resolve(
    reference: str, dataset: package.Dataset, statement: pd.Series, *, newest: bool = False
) -> Figure | None:
    """The figure a reference means, or None where none has been published.

    Parameters
    ----------
    reference
        Such as ``gdp[2019]``, ``gdp[2019]@zibo-plan-14`` or ``target:zibo-13/gdp``.
    dataset
        From `package.load`; all vintages.
    statement
        With ``area, source, known_since``.
    newest
        Take the newest document there is today, also where it came after the statement.
        A reference that names its source stays with it.
    """
    named = _parts(reference)
    area = named.get("area") or statement["area"]
    table, column = (
        (dataset.targets[dataset.targets["plan"] == named["plan"]], _PARTS[named["part"]])
        if "part" in named
        else (dataset.observations[dataset.observations["period"] == named["period"]], "published_value")
    )
    found = table[
        (table["area"] == area) & (table["indicator"] == named["indicator"]) & (table[column] != "")
    ]
    row = _chosen(found, named.get("source"), statement, newest)
    if row is None:
        return None
    kind = dataset.indicators.set_index("indicator").loc[named["indicator"]]
    status = row.get("status", "final")
    # A target is set, not measured: 3 % means 3 %.
    scale = "count" if named.get("part") == "target" else kind["scale"]
    return Figure(row[column], digits.published(row[column], status, scale), status, kind["unit_en"])


def _parts(reference: str) -> dict[str, str]:
    match = (_OBSERVED if "[" in reference else _TARGET).fullmatch(reference)
    return {name: text for name, text in match.groupdict().items() if text}


def _chosen(found: pd.DataFrame, source: str | None, statement: pd.Series, newest: bool) -> pd.Series | None:
    if source:
        found = found[found["source"] == source]
    elif not newest:
        own = found[found["source"] == statement["source"]]
        found = own if len(own) else found[found["known_since"] <= statement["known_since"]]
    ranked = found.sort_values("known_since", ascending=False, kind="stable")
    return ranked.iloc[0] if len(ranked) else None
