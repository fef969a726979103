"""What each control offers, and the state with every gap filled from the data."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from zbanalysis import trend
from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.explore.question import selectable
from zbanalysis.explore.state import METHODS, OWN, REPORT, State
from zbanalysis.report.words import LANGUAGES, label

Options = list[tuple[str, str]]
"""Words and id of each choice, as a list of a control takes them."""

ENOUGH = 2
"""Figures from which an indicator has a trend to look at; those with fewer stand last."""


def languages() -> Options:
    """The languages, each in its own words."""
    return [(label("explore.language", lang), lang) for lang in LANGUAGES]


def areas(dataset: package.Dataset, lang: str) -> Options:
    """Areas with a plan or a figure; those with a plan first."""
    planned = list(dict.fromkeys(dataset.plans["area"]))
    seen = set(dataset.observations["area"])
    ids = [*planned, *(area for area in dataset.areas["area"] if area in seen and area not in planned)]
    return _named(dataset.areas, "area", ids, lang)


def plans(dataset: package.Dataset, area: str, lang: str) -> Options:
    """Plans of an area, and a target of one's own where the area has figures."""
    own = dataset.plans.loc[dataset.plans["area"] == area, "plan"]
    free = [(label("explore.own_target", lang), OWN)] if area in set(dataset.observations["area"]) else []
    return [*_named(dataset.plans, "plan", list(own), lang), *free]


def targets(dataset: package.Dataset, state: State, lang: str) -> Options:
    """Targets of the plan, or for a target of one's own every indicator the area has figures of."""
    names = dataset.indicators.set_index("indicator")[f"name_{lang}"]
    if state.plan != OWN:
        known = selectable(dataset, state.plan, state.as_of) if state.as_of else pd.DataFrame()
        return [(_target_words(row, names, dataset, lang), row.target) for row in known.itertuples()]
    counts = _figures_of(dataset, state.area, state.as_of)
    words = [(label("explore.indicator_points", lang, name=names[i], count=n), i) for i, n in counts.items()]
    return sorted(words, key=lambda one: -min(counts[one[1]], ENOUGH))


def _target_words(row: object, names: pd.Series, dataset: package.Dataset, lang: str) -> str:
    """Name of the indicator, with its area where that is not the plan's own."""
    name = names[row.indicator]
    home = dataset.plans.set_index("plan").loc[row.plan, "area"]
    if row.area == home:
        return name
    area = dataset.areas.set_index("area").loc[row.area, f"name_{lang}"]
    return label("explore.indicator_of", lang, name=name, area=area)


def _figures_of(dataset: package.Dataset, area: str, as_of: str) -> dict[str, int]:
    """How many periods each indicator of an area has figures for that compare with a yearly target."""
    rows = dataset.observations
    rows = rows[rows["area"] == area]
    if as_of:
        rows = rows[rows["known_since"] <= package.parse_date(as_of)]
    nature = dataset.indicators.set_index("indicator")
    flows = nature.index[(nature["accumulation"] == "flow") & nature["scale"].isin(["count", "amount"])]
    # As `package.comparable` has it: the sum of several years, or of a part of one, is no yearly figure.
    rows = rows[~rows["indicator"].isin(flows) | (rows["position"] - rows["start"] == 1)]
    counts = rows.groupby("indicator")["period"].nunique()
    return {name: int(counts[name]) for name in dataset.indicators["indicator"] if name in counts}


def others(dataset: package.Dataset, lang: str) -> Options:
    """Provinces to compare with."""
    provinces = dataset.areas.loc[dataset.areas["level"] == "province", "area"]
    seen = set(dataset.observations["area"])
    return _named(dataset.areas, "area", [area for area in provinces if area in seen], lang)


def methods(lang: str) -> Options:
    """How the fan may be read."""
    return [(label(f"explore.method.{name}", lang), name) for name in METHODS]


def lines(lang: str) -> Options:
    """Trend lines: the report's own choice, or any model of the library."""
    own = [(label("explore.line.report", lang), REPORT)]
    return own + [(label(f"trend.model.{name}", lang), name) for name in trend.MODELS]


def days(dataset: package.Dataset) -> tuple[str, str]:
    """The first and the last day on which a source was published."""
    return dataset.sources["date_published"].min(), dataset.sources["date_published"].max()


def _named(table: pd.DataFrame, key: str, ids: list[str], lang: str) -> Options:
    names = table.set_index(key)[f"name_{lang}"]
    return [(names[one], one) for one in ids]


def settle(dataset: package.Dataset, state: State) -> State:
    """Fill what was left open.

    Parameters
    ----------
    dataset
        From `package.load`.
    state
        As chosen.

    Returns
    -------
    State
        With an area, a plan (or `OWN`), a day and areas to compare with; the target stays empty
        where none was published by that day.

    Raises
    ------
    InputError
        If the data have no such area, the area no such plan, or the plan no such target on any day.

    Examples
    --------
    >>> found = settle(package.load(), State(plan="zibo-14", as_of="2022-04-19"))
    >>> found.area, found.target
    ('zibo', 'zibo/hightech_output_share/level/2025')
    """
    known = dataset.plans.set_index("plan")["area"]
    area = known.get(state.plan, "") if not state.area else state.area
    area = _valid("area", area, [one for _, one in areas(dataset, state.lang)])
    plan = _valid("plan", state.plan, [one for _, one in plans(dataset, area, state.lang)])
    state = replace(state, area=area, plan=plan)
    state = replace(state, as_of=_within(state.as_of or _newest(dataset, state), days(dataset)))
    offered = [one for _, one in targets(dataset, state, state.lang)]
    if state.target not in offered:  # known on another day, it gives way; never known, it is a slip
        ever = targets(dataset, replace(state, as_of=days(dataset)[1]), state.lang)
        _valid("target", state.target, [one for _, one in ever])
    target = state.target if state.target in offered else _first(dataset, state, offered)
    if state.areas is None:
        provinces = [one for _, one in others(dataset, state.lang)]
        parent = dataset.areas.set_index("area").loc[area, "parent"]
        state = replace(state, areas=tuple(one for one in provinces if one in (area, parent)))
    return replace(state, target=target)


def _first(dataset: package.Dataset, state: State, offered: list[str]) -> str:
    """The first target with figures enough for a chance, else the first: a panel begins with an answer."""
    rows = dataset.observations[dataset.observations["known_since"] <= package.parse_date(state.as_of)]
    counts = rows.groupby(["area", "indicator", "basis"])["position"].agg(["nunique", "max"])
    newest = counts.sort_values("max").groupby(level=["area", "indicator"])["nunique"].last()
    keys = [(state.area, one) if state.plan == OWN else tuple(one.split("/")[:2]) for one in offered]
    enough = [one for one, key in zip(offered, keys, strict=True) if newest.get(key, 0) >= ENOUGH]
    return next(iter(enough or offered), "")


def _valid(what: str, wanted: str, offered: list[str]) -> str:
    """What was asked for, or the first on offer where nothing was; what is not there is an error."""
    if wanted and wanted not in offered:
        raise InputError(f"{what} '{wanted}' cannot be explored; there are {', '.join(offered) or 'none'}.")
    return wanted or next(iter(offered), "")


def _newest(dataset: package.Dataset, state: State) -> str:
    """The newest day that says anything of the plan, or of the area."""
    if state.plan != OWN:
        return package.newest_day(dataset, state.plan).isoformat()
    return (
        dataset.observations.loc[dataset.observations["area"] == state.area, "known_since"].max().isoformat()
    )


def _within(day: str, ends: tuple[str, str]) -> str:
    """A day before every source has nothing to show; one after the newest shows no more than that day."""
    return max(day, ends[0])
