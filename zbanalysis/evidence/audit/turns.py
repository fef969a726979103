"""Turns a reviewer must see: questions that the figures raise, each with its own narrow rule."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from zbanalysis.data import digits, package
from zbanalysis.evidence.audit import pairs
from zbanalysis.evidence.audit.view import lineage

DIGITS = 4
"""Two areas' figures equal in fewer digits than this are taken for chance."""


def equal_in_other_area(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """Figures equal to the digit for an area and one that holds it, from different documents.

    Four digits and kinship are asked, for among thousands of figures of thirty provinces some agree by
    chance; one table that gives both areas has not mistaken one for the other.
    """
    parents = dataset.areas.set_index("area")["parent"].to_dict()
    table = dataset.observations
    enough = table[table["published"].map(_significant) >= DIGITS]
    thing = ["indicator", "period", "published"]
    shared = enough[enough.groupby(thing)["area"].transform("nunique") > 1]
    for _, group in shared.groupby(thing, sort=False):
        ranked = group.sort_values("known_since", kind="stable").drop_duplicates(["area", "source"])
        for number, (_, one) in enumerate(ranked.iterrows()):
            for _, other in ranked.iloc[number + 1 :].iterrows():
                inner, outer = (
                    (one, other) if other["area"] in lineage(one["area"], parents) else (other, one)
                )
                if outer["area"] in lineage(inner["area"], parents)[1:] and one["source"] != other["source"]:
                    found = pairs.as_find("equal_in_other_area", "other_document", one, other)
                    yield found | {"area": inner["area"], "measure": outer["area"]}


def _significant(digits: str) -> int:
    """How many digits count.

    Examples
    --------
    >>> _significant("27.31"), _significant("0.05"), _significant("1200")
    (4, 1, 2)
    """
    plain = digits.lstrip("-").replace(".", "").lstrip("0")
    return len(plain if "." in digits else plain.rstrip("0"))


def targets(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """The same target with another value in another document; eased and reported as met is its own find."""
    table = dataset.targets[dataset.targets["published_target_value"] != ""].assign(
        period=lambda frame: frame["target_period"], value=lambda frame: frame["target_value"], status="final"
    )
    up = dataset.indicators.set_index("indicator")["direction"] == "up"
    for _, group in table.groupby(package.TARGET_KEY, sort=False):
        ranked = group.sort_values("known_since", kind="stable")
        for (_, one), (_, other) in zip(ranked.iloc[:-1].iterrows(), ranked.iloc[1:].iterrows(), strict=True):
            if one["value"] == other["value"]:
                continue
            met = _met_only_easier(one, other, 1 if up[one["indicator"]] else -1, dataset)
            how = "same_document" if one["source"] == other["source"] else "revised_later"
            find = "target_lowered_and_met" if met else "target_differs"
            yield pairs.as_find(find, how, one, other, plan=one["plan"], measure=met)


def _met_only_easier(one: pd.Series, other: pd.Series, sign: int, dataset: package.Dataset) -> str:
    """The result for the target's year that meets the later target and misses the earlier; empty if none."""
    results = _of(dataset.observations, one)
    results = results[
        (results["period"] == one["target_period"]) & (results["known_since"] >= other["known_since"])
    ]
    held = results[
        (sign * (results["value"] - other["value"]) >= 0) & (sign * (results["value"] - one["value"]) < 0)
    ]
    return held["published"].iloc[0] if len(held) and one["kind"] == "level" else ""


def _of(table: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    return table[(table["area"] == row["area"]) & (table["indicator"] == row["indicator"])]


def base_changed(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """A target's base as first stated, and another figure for that period published later, on its basis."""
    scales = dataset.indicators.set_index("indicator")["scale"]
    stated = pairs.base_rows(dataset).sort_values("known_since", kind="stable")
    for _, base in stated.drop_duplicates(package.TARGET_KEY).iterrows():
        later = pd.concat([_of(dataset.observations, base), _of(stated, base)])
        later = later[
            (later["period"] == base["period"])
            & (later["basis"] == base["basis"])
            & (later["known_since"] > base["known_since"])
        ].drop_duplicates("published")
        own = digits.published(base["published"], "final", scales[base["indicator"]])
        for _, row in later.iterrows():
            if pairs.differ(
                own, digits.published(row["published"], row["status"], scales[base["indicator"]])
            ):
                both = later if row["source"] == base["source"] else _of(dataset.observations, base)
                how = pairs.relation(base, row, both[both["period"] == base["period"]])
                yield pairs.as_find("base_changed", how, base, row, plan=base["plan"])


def met_and_fell_back(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """A figure after the base that met a level target where the newest up to the target's year does not."""
    kinds = dataset.indicators.set_index("indicator")[["direction", "scale", "accumulation"]]
    newest = dataset.targets.sort_values("known_since", kind="stable").drop_duplicates(
        package.TARGET_KEY, keep="last"
    )
    for _, target in newest[newest["kind"] == "level"].join(kinds, on="indicator").iterrows():
        series = _of(dataset.observations, target).sort_values("known_since", ascending=False, kind="stable")
        series = series.drop_duplicates(["period", "basis"])
        series = series[package.comparable(series, target) & (series["status"] != "lower_bound")]
        within = series[
            series["position"].between(target["base_position"], target["target_position"], inclusive="right")
        ]
        within = within.sort_values("position", kind="stable")
        sign = 1 if target["direction"] == "up" else -1
        met = sign * (within["value"] - target["target_value"]) >= 0
        if met.any() and not met.iloc[-1]:
            one, other = within[met].iloc[-1], within.iloc[-1]
            how = "different_basis" if one["basis"] != other["basis"] else _documents(one, other)
            found = pairs.as_find("met_and_fell_back", how, one, other, plan=target["plan"])
            yield found | {
                "period": f"{one['period']}/{other['period']}",
                "measure": target["published_target_value"],
            }


def _documents(one: pd.Series, other: pd.Series) -> str:
    return "same_document" if one["source"] == other["source"] else "other_document"


def fell_within_year(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """A count of what is there that a later document gives lower for the end of the same year."""
    kinds = dataset.indicators.set_index("indicator")
    stocks = kinds.index[
        (kinds["accumulation"] == "stock") & (kinds["scale"] == "count") & (kinds["direction"] == "up")
    ]
    table = dataset.observations[dataset.observations["indicator"].isin(stocks)]
    years = table.assign(year=table["period"].str[:4])
    thing = ["area", "indicator", "basis", "year"]
    several = years[years.groupby(thing)["position"].transform("nunique") > 1]
    for _, group in several.groupby(thing, sort=False):
        ranked = group.sort_values(["position", "known_since"], kind="stable")
        one, other = ranked.iloc[0], ranked.iloc[-1]
        if (
            one["position"] < other["position"]
            and one["known_since"] < other["known_since"]
            and other["value"] < one["value"]
        ):
            found = pairs.as_find("fell_within_year", "other_document", one, other)
            yield found | {"period": f"{one['period']}/{other['period']}"}
