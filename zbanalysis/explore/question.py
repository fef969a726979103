"""A choice → the question put to the library: a data set whose only plan has one target.

A moved target is a plan of one target like any other, so that progress, feasibility and charts
are the report's own and cannot drift away from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd

from zbanalysis.data import package, periods
from zbanalysis.data.digits import half_width
from zbanalysis.explore.state import OWN, State

YEARS_OF_OWN = 5
"""A target of one's own begins five years after the last figure."""


@dataclass(frozen=True)
class Question:
    """One target, ready for the library.

    Attributes
    ----------
    dataset
        The data with one plan of one target, and the figures of its indicator in its area.
    plan
        Id of that plan.
    preset_value, preset_year
        Target value and year before anything was moved; the value is NaN where there is none.
    moved
        The target is not the plan's (moved, or one's own).
    """

    dataset: package.Dataset
    plan: str
    preset_value: float
    preset_year: int
    moved: bool


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


def stated(dataset: package.Dataset, state: State) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The plan and the target of a settled state, one row each, before anything is moved."""
    if state.plan == OWN:
        return _own(dataset, state)
    known = selectable(dataset, state.plan, state.as_of)
    targets = known[known["target"] == state.target].drop(columns="target").head(1)
    return dataset.plans[dataset.plans["plan"] == state.plan], targets


def ask(dataset: package.Dataset, plans: pd.DataFrame, targets: pd.DataFrame, state: State) -> Question:
    """The question that a settled state puts.

    Parameters
    ----------
    dataset
        From `package.load`.
    plans, targets
        From `stated`.
    state
        From `choices.settle`: area, plan, target and day are filled in.
    """
    target = targets.iloc[0]
    value = float(target["target_value"])
    year = int(target["target_position"]) if pd.notna(target["target_position"]) else 0
    moved = state.plan == OWN or state.value is not None or state.year is not None
    asked = _moved(targets, state) if moved else _vintages(dataset, target)
    figures = _figures(dataset, target["area"], target["indicator"])
    small = replace(
        dataset,
        plans=plans,
        targets=asked,
        observations=figures,
        indicators=_read_by(dataset.indicators, state.method),
    )
    return Question(small, str(target["plan"]), value, year, moved)


def _vintages(dataset: package.Dataset, target: pd.Series) -> pd.DataFrame:
    """Every vintage of a target: a revised one remembers what was asked before."""
    return dataset.targets[(dataset.targets[package.TARGET_KEY] == target[package.TARGET_KEY]).all(axis=1)]


def _figures(dataset: package.Dataset, area: str, indicator: str) -> pd.DataFrame:
    rows = dataset.observations
    return rows[(rows["area"] == area) & (rows["indicator"] == indicator)]


def _read_by(indicators: pd.DataFrame, method: str) -> pd.DataFrame:
    """The indicators' field decides how a fan is read; a method asked for takes its place."""
    field = {"general": "", "science": "science"}
    return indicators.assign(domain=field[method]) if method in field else indicators


def _moved(targets: pd.DataFrame, state: State) -> pd.DataFrame:
    """The target with the value and year asked for; what the plan stated beside it no longer holds."""
    changed: dict[str, object] = dict.fromkeys(("published_stated_rate", "published_stated_change"), "")
    changed |= {"stated_rate": float("nan"), "stated_change": float("nan")}
    if state.value is not None:
        text = digits(state.value)
        changed |= {
            "target_value": float(state.value),
            "published_target_value": text,
            "published": text,
            "half_width": half_width(text),
        }
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


def _own(dataset: package.Dataset, state: State) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A plan and a target of one's own: it starts from the newest figure and asks to keep it."""
    figures = _figures(dataset, state.area, state.target)
    view = package.as_of(replace(dataset, observations=figures), state.as_of).observations
    nature = dataset.indicators.set_index("indicator").loc[state.target]
    level = pd.Series({"kind": "level"} | nature[["accumulation", "scale"]].to_dict())
    view = view[package.comparable(view, level)].sort_values(["position", "known_since"], kind="stable")
    last = view.iloc[-1]
    base = int(last["position"])
    year = base + YEARS_OF_OWN
    plan = dict.fromkeys(dataset.plans, "") | {
        "plan": OWN, "area": state.area, "base_year": base, "start_year": base + 1, "end_year": year,
    }  # fmt: skip
    target = dict.fromkeys(dataset.targets.columns, "") | dict.fromkeys(_MISSING, float("nan"))
    target |= {
        "plan": OWN, "area": state.area, "indicator": state.target, "order": 1.0, "kind": "level",
        "base_period": last["period"], "base_position": last["position"], "base_value": last["value"],
        "published_base_value": last["published"], "basis": last["basis"],
        "target_period": str(year), "target_position": float(year), "target_value": last["value"],
        "published_target_value": last["published"], "published": last["published"],
        "half_width": last["half_width"], "attribute": "unstated",
        "known_since": package.parse_date(state.as_of),
    }  # fmt: skip
    return pd.DataFrame([plan]), pd.DataFrame([target])


_MISSING = ("target_upper", "stated_rate", "stated_change")
