"""Plans and targets: their years in order, the cells their kind needs, the rates their plan states."""

from __future__ import annotations

import pandas as pd

from zbanalysis.data import digits, periods
from zbanalysis.data.validation.figures import outside_bounds, wrong_periods
from zbanalysis.errors import Problem


def plan_problems(plans: pd.DataFrame) -> list[Problem]:
    """A plan's base, first and last year follow each other."""
    years = plans[["base_year", "start_year", "end_year"]].astype(int)
    wrong = plans[(years["base_year"] >= years["start_year"]) | (years["start_year"] > years["end_year"])]
    return [
        Problem(
            "plans.csv",
            row,
            "end_year",
            plan["end_year"],
            "base year before first year, first year not after last year",
        )
        for row, plan in wrong.iterrows()
    ]


LEVELS = ("level", "ceiling", "floor", "range", "keep")
"""Kinds whose target is in the indicator's unit; a growth or change in % is not, though its base is."""


def problems(table: pd.DataFrame, indicators: pd.DataFrame) -> list[Problem]:
    """All that is wrong with the targets that a table schema cannot say."""
    name = "targets.csv"
    shape = [*wrong_periods(name, table, "target_period"), *wrong_periods(name, table, "base_period")]
    if shape:
        return shape
    levels = table[table["kind"].isin(LEVELS)]
    problems = outside_bounds(name, table, indicators, "base_value")
    for column in ("target_value", "target_upper"):
        problems += outside_bounds(name, levels, indicators, column)
    for row, target in table.iterrows():
        problems += (
            _order(name, row, target) or _needed_cells(name, row, target) or _stated(name, row, target)
        )
    return problems


def _order(name: str, row: int, target: pd.Series) -> list[Problem]:
    """A base stands before its target, the lower end of a range below its upper end."""
    base, period, low, high = target[["base_period", "target_period", "target_value", "target_upper"]]
    problems = []
    if base and periods.position(base) >= periods.position(period):
        problems.append(Problem(name, row, "target_period", period, f"a period after the base {base}"))
    if low and high and float(high) <= float(low):
        problems.append(Problem(name, row, "target_upper", high, f"a value above the lower end {low}"))
    return problems


def _needed_cells(name: str, row: int, target: pd.Series) -> list[Problem]:
    needs = [] if target["kind"] == "qualitative" else ["target_value"]
    needs += ["target_upper"] if target["kind"] == "range" else []
    return [
        Problem(name, row, column, "", f"a number; a target of kind {target['kind']} needs it")
        for column in needs
        if target[column] == ""
    ]


def _stated(name: str, row: int, target: pd.Series) -> list[Problem]:
    """A stated average rate or change must follow from base and target within their digits."""
    base, value = target["base_value"], target["target_value"]
    if target["kind"] != "level" or not base or not target["base_period"]:
        return []
    years = periods.position(target["target_period"]) - periods.position(target["base_period"])
    implied = {
        "stated_rate": lambda: digits.average_growth(base, value, years),
        "stated_change": lambda: digits.change(base, value),
    }
    problems = []
    for column, interval in implied.items():
        if not target[column]:
            continue
        try:
            implied_by = interval()
        except ValueError as error:
            problems.append(Problem(name, row, column, target[column], f"an empty cell: {error}"))
            continue
        if not digits.meet(digits.printed(target[column]), implied_by):
            low, high = float(implied_by.low), float(implied_by.high)
            words = f"between {low:.4f} and {high:.4f}, as {base} and {value} imply"
            problems.append(Problem(name, row, column, target[column], words))
    return problems
