"""What a person has chosen, what else there is to choose, and the question it puts to the library.

A moved target is a plan of one target like any other, so that progress, feasibility and charts
are the report's own and cannot drift away from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd

from zbanalysis import trend
from zbanalysis.data import package, periods
from zbanalysis.data.digits import half_width
from zbanalysis.errors import InputError
from zbanalysis.report.words import LANGUAGES, label

OWN = "own"
"""In place of a plan: a target of one's own."""

REPORT = "report"
"""As the report does it: the calibration of the indicator's field, the trend line its rule chooses."""

METHODS = (REPORT, "general", "science")
"""How the fan is read: as the report does, by the general calibration, as the provinces' outcomes fell."""


@dataclass(frozen=True)
class State:
    """Everything chosen; an empty text or None is "as the data and the plan have it".

    Attributes
    ----------
    lang
        ``zh`` or ``en``.
    area
        Id of an area.
    plan
        Id of a plan, or `OWN`.
    target
        A target of the plan as `question.selectable` names it; with `OWN` the id of an indicator.
    as_of
        The day whose knowledge counts, such as ``2022-04-19``.
    method
        One of `METHODS`.
    line
        `REPORT`, or a model of `zbanalysis.trend.MODELS`.
    horizon
        Years that the fan reaches beyond the last figure.
    value, year
        Target value (in the measure of the target's kind) and target year.
    areas
        Areas to compare with.
    """

    lang: str = "zh"
    area: str = ""
    plan: str = ""
    target: str = ""
    as_of: str = ""
    method: str = REPORT
    line: str = REPORT
    horizon: int | None = None
    value: float | None = None
    year: int | None = None
    areas: tuple[str, ...] | None = None


_ASKED = {"horizon": None, "value": None, "year": None}
_CLEARS = {
    "area": {"plan": "", "target": "", "as_of": "", "areas": None} | _ASKED,
    "plan": {"target": "", "as_of": ""} | _ASKED,
    "target": _ASKED,
}


def change(state: State, **chosen: object) -> State:
    """The state after a choice: what hung on the former one goes back to the preset.

    Examples
    --------
    >>> moved = change(State(area="zibo", plan="zibo-14", value=1000.0), plan="zibo-13")
    >>> moved.area, moved.plan, moved.value
    ('zibo', 'zibo-13', None)
    """
    cleared = {name: value for key in chosen for name, value in _CLEARS.get(key, {}).items()}
    return replace(state, **(cleared | chosen))


Memory = dict[tuple, Any]
"""Results of earlier questions to the same data, by what they rest on."""


def kept(memory: Memory, key: tuple, work: Callable[[], Any]) -> Any:
    """What stands in the memory under a key; worked out where nothing does."""
    if key not in memory:
        memory[key] = work()
    return memory[key]


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
    if state.plan == OWN:
        counts = _figures_of(dataset, state.area, state.as_of)
        ids = sorted(counts, key=lambda one: -min(counts[one], ENOUGH))
        return [(label("explore.indicator_points", lang, name=names[i], count=counts[i]), i) for i in ids]
    home = package.plan_row(dataset, state.plan)["area"]
    areas = dataset.areas.set_index("area")[f"name_{lang}"]
    words = []
    for target in selectable(dataset, state.plan, state.as_of).itertuples():
        name = names[target.indicator]
        if target.area != home:  # named with its area where that is not the plan's
            name = label("explore.indicator_of", lang, name=name, area=areas[target.area])
        words.append((name, target.target))
    return words


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


def settle(dataset: package.Dataset, state: State, memory: Memory | None = None) -> State:
    """Fill what was left open.

    Parameters
    ----------
    dataset
        From `package.load`.
    state
        As chosen.
    memory
        Results kept from earlier calls with the same data set.

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
    memory = {} if memory is None else memory

    def ids(state: State, what: str) -> list[str]:
        return [one for _, one in offered(dataset, state, what, memory)]

    homes = dict(zip(dataset.plans["plan"], dataset.plans["area"], strict=True))
    area = _valid("area", state.area or homes.get(state.plan, ""), ids(state, "area"))
    state = replace(state, area=area)
    state = replace(state, plan=_valid("plan", state.plan, ids(state, "plan")))
    # A day before every source has nothing to show.
    first, last = days(dataset)
    state = replace(state, as_of=max(state.as_of or _newest(dataset, state), first))
    known = ids(state, "target")
    if state.target and state.target not in known:
        # Known on another day, it gives way; never known, it is a slip.
        _valid("target", state.target, ids(replace(state, as_of=last), "target"))
    target = state.target if state.target in known else _first(dataset, state, known)
    if state.areas is None:
        provinces = [one for _, one in others(dataset, state.lang)]
        parent = dataset.areas.set_index("area").loc[area, "parent"]
        state = replace(state, areas=tuple(one for one in provinces if one in (area, parent)))
    return replace(state, target=target)


def offered(dataset: package.Dataset, state: State, what: str, memory: Memory) -> Options:
    """What the list of a choice (``lang``, ``area``, ``plan``, ``target``, ``method``, ``line``) offers."""
    lang = state.lang
    make, key = {
        "lang": (languages, ()),
        "area": (lambda: areas(dataset, lang), ()),
        "plan": (lambda: plans(dataset, state.area, lang), (state.area,)),
        "target": (lambda: targets(dataset, state, lang), (state.area, state.plan, state.as_of)),
        "method": (lambda: methods(lang), ()),
        "line": (lambda: lines(lang), ()),
    }[what]
    return kept(memory, (f"list of {what}s", lang, *key), make)


def _first(dataset: package.Dataset, state: State, offered: list[str]) -> str:
    """The first target with figures enough for a chance, else the first: a panel begins with an answer."""
    keys = [(state.area, one) if state.plan == OWN else tuple(one.split("/")[:2]) for one in offered]
    rows = dataset.observations
    rows = rows[rows["area"].isin({area for area, _ in keys})]
    rows = rows[rows["known_since"] <= package.parse_date(state.as_of)]
    counts = rows.groupby(["area", "indicator", "basis"])["position"].agg(["nunique", "max"])
    newest = counts.sort_values("max").groupby(level=["area", "indicator"])["nunique"].last()
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
    rows = dataset.observations
    return rows.loc[rows["area"] == state.area, "known_since"].max().isoformat()


YEARS_OF_OWN = 5
"""A target of one's own begins five years after the last figure."""


def selectable(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """Targets of a plan that were published by a day, with the id the panel knows them by.

    Returns
    -------
    DataFrame
        The rows of ``targets.csv`` with ``target``; none where the plan was not yet published.

    Examples
    --------
    >>> selectable(package.load(), "zibo-14", "2022-04-19")["target"].iloc[3]
    'zibo/hightech_enterprises/level/2025'
    """
    targets = dataset.targets[dataset.targets["plan"] == plan]
    none = dataset.observations.iloc[:0]  # which figures were known does not matter here
    rows = package.as_of(replace(dataset, observations=none, targets=targets), as_of).targets
    rows = rows.sort_values("order", kind="stable")
    ids = rows["area"] + "/" + rows["indicator"] + "/" + rows["kind"] + "/" + rows["target_period"]
    return rows.assign(target=ids).reset_index(drop=True)


def stated(dataset: package.Dataset, state: State, memory: Memory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The plan and the target of a settled state, one row each, before anything is moved."""
    if state.plan == OWN:
        plans, targets = owns(dataset, state, memory)
        return plans[plans["area"] == state.area], targets[targets["area"] == state.area]
    known = selectable(dataset, state.plan, state.as_of)
    targets = known[known["target"] == state.target].drop(columns="target").head(1)
    return dataset.plans[dataset.plans["plan"] == state.plan], targets


def ask(
    dataset: package.Dataset, plans: pd.DataFrame, targets: pd.DataFrame, state: State
) -> package.Dataset:
    """The question that a settled state puts: data with one plan of one target, and the figures it needs.

    Parameters
    ----------
    dataset
        From `package.load`.
    plans, targets
        From `stated`.
    state
        From `question.settle`: area, plan, target and day are filled in.
    """
    target = targets.iloc[0]
    figures = package.figures_of(dataset, target["area"], target["indicator"])
    asked = _moved(targets, state) if is_moved(state) else _vintages(dataset, target)
    return replace(dataset, plans=plans, targets=asked, observations=figures)


def is_moved(state: State) -> bool:
    """Whether the target is not the plan's: moved, or one's own."""
    return state.plan == OWN or (state.value, state.year) != (None, None)


def _vintages(dataset: package.Dataset, target: pd.Series) -> pd.DataFrame:
    """Every vintage of a target: a revised one remembers what was asked before."""
    return dataset.targets[(dataset.targets[package.TARGET_KEY] == target[package.TARGET_KEY]).all(axis=1)]


def read_by(assessed: pd.DataFrame, method: str) -> pd.DataFrame:
    """The indicators' field decides how a fan is read; a method asked for takes its place."""
    field = {"general": "", "science": "science"}
    return assessed.assign(domain=field[method]) if method in field else assessed


def _moved(targets: pd.DataFrame, state: State) -> pd.DataFrame:
    """The target with the value and year asked for; what the plan stated beside it no longer holds."""
    changed: dict[str, object] = dict.fromkeys(("published_stated_rate", "published_stated_change"), "")
    changed |= {"stated_rate": float("nan"), "stated_change": float("nan")}
    if state.value is not None:
        text = digits(state.value)
        changed |= dict.fromkeys(("published_target_value", "published"), text)
        changed |= {"target_value": float(state.value), "half_width": half_width(text)}
    if state.year is not None:
        first, dash, _ = targets["target_period"].iloc[0].rpartition("/")
        period = f"{first}{dash}{state.year}"
        changed |= {"target_period": period, "target_position": periods.position(period)}
    return targets.assign(**changed)


def digits(value: float) -> str:
    """A number as a person would write it, without idle zeros or exponent.

    Examples
    --------
    >>> digits(1800.0), digits(0.25), digits(33357.1)
    ('1800', '0.25', '33357.1')
    """
    return format(Decimal(f"{value:.12g}").normalize(), "f")


def owns(dataset: package.Dataset, state: State, memory: Memory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A plan and a target of one's own for every area that has figures of the state's indicator."""
    key = ("own", state.target, state.as_of)
    return kept(memory, key, lambda: _owns(dataset, state.target, state.as_of))


def _owns(dataset: package.Dataset, indicator: str, as_of: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each starts from the newest figure and asks to keep it."""
    figures = dataset.observations[dataset.observations["indicator"] == indicator]
    view = package.as_of(replace(dataset, observations=figures), as_of).observations
    nature = dataset.indicators.set_index("indicator").loc[indicator]
    level = pd.Series({"kind": "level"} | nature[["accumulation", "scale"]].to_dict())
    view = view[package.comparable(view, level)].sort_values(["position", "known_since"], kind="stable")
    last = view.drop_duplicates("area", keep="last").reset_index(drop=True)
    base, year = last["position"].astype(int), last["position"].astype(int) + YEARS_OF_OWN
    blank = pd.DataFrame(index=last.index)
    plans = blank.assign(**dict.fromkeys(dataset.plans, "")).assign(
        plan=OWN, area=last["area"], base_year=base, start_year=base + 1, end_year=year,
    )  # fmt: skip
    missing = dict.fromkeys(("target_upper", "stated_rate", "stated_change"), float("nan"))
    targets = blank.assign(**dict.fromkeys(dataset.targets, "") | missing).assign(
        plan=OWN, area=last["area"], indicator=indicator, order=1.0, kind="level",
        base_period=last["period"], base_position=last["position"], base_value=last["value"],
        published_base_value=last["published"], basis=last["basis"],
        target_period=year.astype(str), target_position=year.astype(float), target_value=last["value"],
        published_target_value=last["published"], published=last["published"],
        half_width=last["half_width"], attribute="unstated",
        known_since=package.parse_date(as_of),
    )  # fmt: skip
    return plans, targets
