"""Do the documents agree with themselves and with each other?  Arithmetic on published digits.

`audit` checks what the documents say (``statements.csv``); `conflicts` finds, without being told,
figures that claim the same thing and differ; `for_plan` leaves what concerns a plan; `audit_text` is both
for a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from zbanalysis.data import check, digits, package, schema, vintages
from zbanalysis.data.digits import Value
from zbanalysis.errors import Problem, aligned
from zbanalysis.evidence import statements, tasks, texts
from zbanalysis.evidence.statements import NATURES, VERDICTS, audit, growth_bases

__all__ = ["NATURES", "VERDICTS", "audit", "audit_text", "conflicts", "for_plan", "growth_bases"]

SHOWN = ("contradicts", "revised_later", "agrees_within_rounding")
_FINDS = (
    "find", "relation", "area", "indicator", "period", "first", "first_source", "second", "second_source",
)  # fmt: skip
_SIGNS = {"equals": "=", "at_least": "≥", "more_than": ">", "less_than": "<", "about": "≈"}


def for_plan(checks: pd.DataFrame, dataset: package.Dataset, plan: str) -> pd.DataFrame:
    """The rows of an audit that concern a plan and its area, with the names a reader needs.

    Parameters
    ----------
    checks
        From `audit` or `conflicts`.
    dataset
        From `package.load`.
    plan
        An id in ``plans.csv``.

    Returns
    -------
    DataFrame
        With ``area_zh, area_en``; ``name_zh, name_en`` of indicators and of the other area that a find names
        (``measure_zh, measure_en``); titles of documents as ``<column>_zh, <column>_en``; of statements
        ``on_target``: whether they rest on an indicator of the plan's targets, or count them.

    Raises
    ------
    InputError
        If the plan is unknown.
    """
    targets = dataset.targets[dataset.targets["plan"] == plan]
    own = {package.plan_row(dataset, plan)["area"], *targets["area"]}
    mine = checks[checks["area"].isin(own)]
    mine = (mine[mine["plan"].isin(["", plan])] if "plan" in mine else mine).reset_index(drop=True)
    if "indicators" in mine:
        aims = set(targets["indicator"])
        counts = mine["expression"].str.contains(f":{plan}(?![a-z0-9/-])").astype(bool)
        asked = [not aims.isdisjoint(codes.split()) for codes in mine["indicators"]]
        mine["on_target"] = counts | pd.Series(asked, mine.index, dtype=bool)
    areas, indicators = dataset.areas.set_index("area"), dataset.indicators.set_index("indicator")
    titles = dataset.sources.set_index("source")
    for lang in ("zh", "en"):
        mine[f"area_{lang}"] = mine["area"].map(areas[f"name_{lang}"])
        if "indicator" in mine:
            mine[f"name_{lang}"] = mine["indicator"].map(indicators[f"name_{lang}"])
            mine[f"measure_{lang}"] = mine["measure"].map(areas[f"name_{lang}"]).fillna(mine["measure"])
        for column in ("source", "first_source", "second_source"):
            if column in mine:
                mine[f"{column}_{lang}"] = mine[column].map(titles[f"title_{lang}"])
    return mine


def audit_text(dataset: package.Dataset) -> str:
    """Counts per verdict, the statements that do not simply agree, and the finds, as plain text.

    Examples
    --------
    >>> "statements checked" in audit_text(package.load()).splitlines()[0]
    True
    """
    statements, checks = audit(dataset), conflicts(dataset)
    once = statements[~statements["again"]]
    counts = ", ".join(f"{(once['verdict'] == verdict).sum()} {verdict}" for verdict in VERDICTS)
    natures = ", ".join(f"{(once['nature'] == nature).sum()} {nature}" for nature in NATURES)
    lines = [f"{len(once)} statements checked ({natures}): {counts}."]
    parts = {verdict: once[once["verdict"] == verdict] for verdict in SHOWN}
    slips = once[once["reason"] == "points_as_percent"]
    for title, rows in (parts | {"a difference in percentage points printed as %": slips}).items():
        lines += ["", f"{title} ({len(rows)})"] if len(rows) else []
        lines += [f"  {_line(row)}" for _, row in rows.iterrows()]
    lines += ["", f"{len(checks)} finds in the figures themselves"]
    table = [_FINDS, *checks[list(_FINDS)].itertuples(index=False, name=None)]
    return "\n".join([*lines, *(f"  {line}".rstrip() for line in aligned(table))])


def _line(row: pd.Series) -> str:
    later = f"; later document: {row['detail']}" if row["reason"] == "revised" else ""
    place = f"{row['statement']} ({row['source']}, {row['locator']})"
    return f"{place}: says {_SIGNS[row['relation']]} {row['claim']}; {row['arithmetic']}{later}"


# --- what refers to a figure, tried at once ---


def require(folder: Path | str, undrawn: check.Undrawn | None = None) -> check.Folder:
    """A data folder in which nothing is wrong, in its tables or in what its cells refer to.

    `check.require` looks at each table and its keys; this also tries what is written in the cells:
    the expressions of statements, the figures that evidence names, the references in the bureau's texts.

    Parameters
    ----------
    folder
        A data folder.
    undrawn
        As for `check.require`.

    Raises
    ------
    InputError, DataError
        As `check.require`, with everything that is wrong: file, row or line, what stands there and
        what would be right.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> require(DATA).place == DATA
    True
    """
    return check.require(folder, undrawn, lambda folder_read: problems(package.load(folder_read)))


def problems(dataset: package.Dataset) -> list[Problem]:
    """Everything in a dataset that refers to what is not there."""
    return [*statements.problems(dataset), *tasks.problems(dataset), *texts.problems(dataset)]


# --- Figures that claim the same thing and differ, and changes that raise a question, found by rule ---
FINDS = (
    "figures_differ",
    "base_differs",
    "target_differs",
    "equal_in_other_area",
    "target_lowered_and_met",
    "base_changed",
    "met_and_fell_back",
    "fell_within_year",
)
COLUMNS = [
    "find", "relation", "area", "indicator", "period", "plan",
    "first", "first_source", "first_locator", "second", "second_source", "second_locator", "measure",
]  # fmt: skip
THING = ["area", "indicator", "period"]
UNSETTLED = ("preliminary", "estimate", "lower_bound")
DIGITS = 4
"""Two areas' figures equal in fewer digits than this are taken for chance."""


def conflicts(dataset: package.Dataset, as_of: str = "") -> pd.DataFrame:
    """Every pair of figures that claim the same thing and differ, and every change worth a question.

    Parameters
    ----------
    dataset
        From `package.load`; all vintages, not a view of one day.
    as_of
        Only what was published by this day; empty for all.

    Returns
    -------
    DataFrame
        One row per find: ``find`` (one of `FINDS`), ``relation``, what it is about, and the two figures as
        printed with where they stand (``first`` is the earlier); ``measure`` is the figure or target it is
        held against, or the other area.

    Notes
    -----
    Two figures differ only where no number is printed as both (2.1 and 2.07 do not differ; counts are
    exact; "over 9" and 9.3 agree).  ``relation`` of such a pair:

    - ``different_basis``: they stand on different definitions, and need not agree;
    - ``same_document``: one document prints both;
    - ``revised_later``: the later document prints only the new one, or the earlier called its own a
      first figure, an estimate or "over": it is replaced, not denied;
    - ``other_document``: two documents, and the later also prints the earlier's, so that it revises nothing.

    The changes: a figure equal to four digits to that of an area that holds it; a target eased by a later
    document in which the result meets only the easier one; a base that another place gives otherwise; a
    result that met its target and no longer does; a stock that falls within one year between two
    documents.  They are questions, not proofs.

    Examples
    --------
    >>> found = conflicts(package.load())
    >>> found.loc[found["find"] == "target_lowered_and_met", ["first", "second", "measure"]].values.tolist()
    [['16', '14', '14.7']]
    """
    dataset = vintages.known_by(dataset, as_of)
    rules = (figures, bases, equal_in_other_area, targets, base_changed, met_and_fell_back, fell_within_year)
    rows = [find for rule in rules for find in rule(dataset)]
    unique = pd.DataFrame(rows, columns=COLUMNS).astype("str").fillna("").drop_duplicates()
    return unique.sort_values("find", key=lambda one: one.map(FINDS.index), kind="stable", ignore_index=True)


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


def _printed_apart(one: pd.Series, other: pd.Series, scales: pd.Series) -> bool:
    """Whether two figures of an indicator `differ` as they are printed."""
    scale = scales[one["indicator"]]
    return differ(*(digits.published(row["published"], row["status"], scale) for row in (one, other)))


def figures(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """Pairs of observations; each pair of digits once for each pair of documents."""
    scales = dataset.indicators.set_index("indicator")["scale"]
    table = dataset.observations
    several = table[table.groupby(THING)["value"].transform("nunique") > 1]
    for _, group in several.groupby(THING, sort=False):
        seen = set()
        for one, other in _ordered_pairs(group):
            key = (one["published"], one["source"], other["published"], other["source"])
            if key in seen or not _printed_apart(one, other, scales):
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
    """One row of `conflicts`."""
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
            key = (base["plan"], *base[THING], *row[["published", "source"]], *base[["published", "source"]])
            if key in seen or not _printed_apart(base, row, scales):
                continue
            seen.add(key)
            one, other = (base, row) if base["known_since"] < row["known_since"] else (row, base)
            both = pd.concat([own[["source", "value"]], base[["source", "value"]].to_frame().T])
            yield as_find("base_differs", relation(one, other, both), one, other, plan=base["plan"])


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
        for one, other in _ordered_pairs(ranked):
            within = other["area"] in package.lineage(one["area"], parents)
            inner, outer = (one, other) if within else (other, one)
            held = outer["area"] in package.lineage(inner["area"], parents)[1:]
            if held and one["source"] != other["source"]:
                find = as_find("equal_in_other_area", "other_document", one, other)
                yield find | {"area": inner["area"], "measure": outer["area"]}


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
            yield as_find(find, how, one, other, plan=one["plan"], measure=met)


def _met_only_easier(one: pd.Series, other: pd.Series, sign: int, dataset: package.Dataset) -> str:
    """The result for the target's year that meets the later target and misses the earlier; empty if none."""
    results = package.figures_of(dataset, one["area"], one["indicator"])
    due = (results["period"] == one["target_period"]) & (results["known_since"] >= other["known_since"])
    easier, earlier = (sign * (results["value"] - target["value"]) >= 0 for target in (other, one))
    held = results[due & easier & ~earlier]
    return held["published"].iloc[0] if len(held) and one["kind"] in schema.TO_REACH else ""


def base_changed(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """A target's base as first stated, and another figure for that period published later, on its basis."""
    scales = dataset.indicators.set_index("indicator")["scale"]
    stated = base_rows(dataset).sort_values("known_since", kind="stable")
    for _, base in stated.drop_duplicates(package.TARGET_KEY).iterrows():
        figures = package.figures_of(dataset, base["area"], base["indicator"])
        own = (stated["area"] == base["area"]) & (stated["indicator"] == base["indicator"])
        later = pd.concat([figures, stated[own]])
        alike = (later[["period", "basis"]] == base[["period", "basis"]]).all(axis=1)
        later = later[alike & (later["known_since"] > base["known_since"])].drop_duplicates("published")
        for _, row in later.iterrows():
            if _printed_apart(base, row, scales):
                both = later if row["source"] == base["source"] else figures
                how = relation(base, row, both[both["period"] == base["period"]])
                yield as_find("base_changed", how, base, row, plan=base["plan"])


def met_and_fell_back(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """A figure after the base that met a level target where the newest up to the target's year does not."""
    kinds = dataset.indicators.set_index("indicator")[["direction", "scale", "accumulation"]]
    ranked = dataset.targets.sort_values("known_since", kind="stable")
    newest = ranked.drop_duplicates(package.TARGET_KEY, keep="last")
    for _, target in newest[newest["kind"].isin(schema.TO_REACH)].join(kinds, on="indicator").iterrows():
        series = package.figures_of(dataset, target["area"], target["indicator"])
        series = series.sort_values("known_since", ascending=False, kind="stable")
        series = series.drop_duplicates(["period", "basis"])
        series = series[package.comparable(series, target) & (series["status"] != "lower_bound")]
        span = target[["base_position", "target_position"]]
        within = series[series["position"].between(*span, inclusive="right")]
        within = within.sort_values("position", kind="stable")
        sign = 1 if target["direction"] == "up" else -1
        met = sign * (within["value"] - target["target_value"]) >= 0
        if met.any() and not met.iloc[-1]:
            one, other = within[met].iloc[-1], within.iloc[-1]
            documents = "same_document" if one["source"] == other["source"] else "other_document"
            how = "different_basis" if one["basis"] != other["basis"] else documents
            about = {"plan": target["plan"], "measure": target["published_target_value"]}
            find = as_find("met_and_fell_back", how, one, other, **about)
            yield find | {"period": f"{one['period']}/{other['period']}"}


def fell_within_year(dataset: package.Dataset) -> Iterator[dict[str, str]]:
    """A count of what is there that a later document gives lower for the end of the same year."""
    kinds = dataset.indicators.set_index("indicator")
    stocks = kinds.query("accumulation == 'stock' and scale == 'count' and direction == 'up'").index
    table = dataset.observations[dataset.observations["indicator"].isin(stocks)]
    years = table.assign(year=np.ceil(table["position"]))
    thing = ["area", "indicator", "basis", "year"]
    several = years[years.groupby(thing)["position"].transform("nunique") > 1]
    for _, group in several.groupby(thing, sort=False):
        ranked = group.sort_values(["position", "known_since"], kind="stable")
        one, other = ranked.iloc[0], ranked.iloc[-1]
        follows = one["position"] < other["position"] and one["known_since"] < other["known_since"]
        if follows and other["value"] < one["value"]:
            find = as_find("fell_within_year", "other_document", one, other)
            yield find | {"period": f"{one['period']}/{other['period']}"}
