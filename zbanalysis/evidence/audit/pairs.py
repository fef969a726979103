"""Pairs of figures for the same area, indicator and period that cannot both be right as printed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from zbanalysis.data import digits, package
from zbanalysis.data.digits import Value

THING = ["area", "indicator", "period"]
UNSETTLED = ("preliminary", "estimate", "lower_bound")


def differ(one: Value, other: Value) -> bool:
    """Whether no number is printed as both.

    Examples
    --------
    >>> differ(digits.printed("2.1"), digits.printed("2.07"))
    False
    >>> differ(digits.printed("2.14"), digits.printed("2.11"))
    True
    """
    if one.low == other.low:
        return False
    first, second = sorted((one, other), key=lambda figure: figure.low)
    # The upper end is left out: 2.145 is printed 2.15.
    return first.high <= second.low if first.high != second.low or first.low != first.high else True


def figures(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """Pairs of observations; each pair of digits once for each pair of documents."""
    scales = dataset.indicators.set_index("indicator")["scale"]
    table = dataset.observations
    several = table[table.groupby(THING)["value"].transform("nunique") > 1]
    for thing, group in several.groupby(THING, sort=False):
        seen = set()
        for one, other in _ordered_pairs(group):
            key = (one["published"], one["source"], other["published"], other["source"])
            values = [
                digits.published(row["published"], row["status"], scales[thing[1]]) for row in (one, other)
            ]
            if key in seen or not differ(*values):
                continue
            seen.add(key)
            yield as_find("figures_differ", relation(one, other, group), one, other)


def _ordered_pairs(group: pd.DataFrame) -> Iterator[tuple[pd.Series, pd.Series]]:
    ranked = group.sort_values("known_since", kind="stable")
    for (_, one), (_, other) in combinations(ranked.iterrows(), 2):
        yield one, other


def relation(one: pd.Series, other: pd.Series, group: pd.DataFrame) -> str:
    """How two differing figures stand to each other; ``one`` is the earlier."""
    if one["basis"] != other["basis"]:
        return "different_basis"
    if one["source"] == other["source"]:
        return "same_document"
    if one["known_since"] == other["known_since"]:
        return "other_document"
    later_prints = group.loc[group["source"] == other["source"], "value"]
    repeated = (later_prints == one["value"]).any()
    return "revised_later" if one["status"] in UNSETTLED or not repeated else "other_document"


def as_find(find: str, how: str, one: pd.Series, other: pd.Series, **more: str) -> dict[str, str]:
    """One row of `finds.conflicts`."""
    return {
        "find": find, "relation": how, "area": one["area"], "indicator": one["indicator"],
        "period": one["period"],
        "first": one["published"], "first_source": one["source"], "first_locator": one["locator"],
        "second": other["published"], "second_source": other["source"], "second_locator": other["locator"],
        **more,
    }  # fmt: skip


def base_rows(dataset: package.Dataset) -> pd.DataFrame:
    """The bases that targets state, in the columns of observations, and their plan."""
    stated = dataset.targets[dataset.targets["published_base_value"] != ""]
    return stated.assign(
        period=stated["base_period"], published=stated["published_base_value"], value=stated["base_value"],
        status="final", position=stated["base_position"],
    )  # fmt: skip


def bases(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """Bases in target tables that differ from an observation, where no pair of observations shows it."""
    scales = dataset.indicators.set_index("indicator")["scale"]
    table = dataset.observations
    seen = set()
    for _, base in base_rows(dataset).iterrows():
        own = table[(table[THING] == base[THING].tolist()).all(axis=1)]
        printed_too = set(own.loc[own["source"] == base["source"], "published"])
        if base["published"] in printed_too:
            continue  # the pair of observations says it already
        for _, row in own.iterrows():
            key = (
                base["plan"],
                *base[THING],
                row["published"],
                base["published"],
                row["source"],
                base["source"],
            )
            values = [
                digits.published(each["published"], each["status"], scales[base["indicator"]])
                for each in (base, row)
            ]
            if key in seen or not differ(*values):
                continue
            seen.add(key)
            one, other = (base, row) if base["known_since"] < row["known_since"] else (row, base)
            both = pd.concat([own[["source", "value"]], base[["source", "value"]].to_frame().T])
            yield as_find("base_differs", relation(one, other, both), one, other, plan=base["plan"])
