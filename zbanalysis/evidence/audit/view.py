"""What concerns one plan, seen from one day; all vintages of that day stay, for they are what is audited."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from zbanalysis.data import package


def known_by(dataset: package.Dataset, as_of: str) -> package.Dataset:
    """The figures and targets published by a day, every vintage of them; all where no day is named.

    `package.as_of` keeps only the newest of each, which an audit cannot compare.

    Examples
    --------
    >>> view = known_by(package.load(), "2020-08-10")
    >>> "zibo-plan-14" in set(view.targets["source"])
    False
    """
    if not as_of:
        return dataset
    day = package.parse_date(as_of)
    return replace(
        dataset,
        observations=dataset.observations[dataset.observations["known_since"] <= day],
        targets=dataset.targets[dataset.targets["known_since"] <= day],
    )


def for_plan(found: pd.DataFrame, dataset: package.Dataset, plan: str) -> pd.DataFrame:
    """The rows of an audit that concern a plan and its area, with the names a reader needs.

    Parameters
    ----------
    found
        From `audit` or `conflicts`.
    dataset
        From `package.load`.
    plan
        An id in ``plans.csv``.

    Returns
    -------
    DataFrame
        With ``area_zh, area_en``; ``name_zh, name_en`` of indicators and of the other area that a find names
        (``measure_zh, measure_en``); titles of documents as ``<column>_zh, <column>_en``.

    Raises
    ------
    InputError
        If the plan is unknown.
    """
    own = {
        package.plan_row(dataset, plan)["area"],
        *dataset.targets.loc[dataset.targets["plan"] == plan, "area"],
    }
    mine = found[found["area"].isin(own)]
    mine = (mine[mine["plan"].isin(["", plan])] if "plan" in mine else mine).reset_index(drop=True)
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


def lineage(area: str, parents: dict[str, str]) -> list[str]:
    """An area and all that hold it.

    Examples
    --------
    >>> lineage("zibo", {"zibo": "shandong", "shandong": "china", "china": ""})
    ['zibo', 'shandong', 'china']
    """
    found = [area]
    while parents.get(found[-1]) and parents[found[-1]] not in found:
        found.append(parents[found[-1]])
    return found
