"""What a judgement depends on: the rule, the base year, or the rounding of the published digits.

Words of different rules are compared on three steps (see `rules.Rule`), those of one rule as they are.
"""

from __future__ import annotations

from itertools import product
from types import MappingProxyType

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.plan import rules
from zbanalysis.plan.rules import NONE

REASONS = {
    "no_value_that_year": "The history has no value for the base year of this variant.",
    "rounding_changes_class": "Another value that rounds to the published digits has this class.",
}
HALF_WIDTHS = MappingProxyType({
    "base_half_width": "base_value",
    "current_half_width": "current_value",
    "target_half_width": "target_value",
})  # fmt: skip
COLUMNS = ("id", "variant", "status", "step", "changed", "reason")


def steps(status: pd.Series, rule: str) -> pd.Series:
    """Put the statuses of a rule on the common steps good, middle, poor; none where there is no answer.

    Examples
    --------
    >>> steps(pd.Series(["sun", "cloud", "not_assessable"]), "germany").tolist()
    ['good', 'poor', 'none']
    """
    return status.map(dict(rules.RULES[rule].statuses)).fillna(NONE).astype("str")


def variants(
    frame: pd.DataFrame, rule: str = rules.DEFAULT, history: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Judge each row again under every rule, other base years and other values behind the rounding.

    Parameters
    ----------
    frame
        As for `rules.assess`, with a column id (each once).  Optional columns base_half_width,
        current_half_width, target_half_width: half a unit of the last published digit, in the unit of
        the value; NaN is no rounding.
    rule
        The rule of the judgement that is put to the test.
    history
        Columns id, year, value: where the values one year before and after the base year are looked up.

    Returns
    -------
    DataFrame
        id, variant (``rule:NAME`` for every rule, and ``base_year:-1``, ``base_year:+1`` if there is a
        history, ``rounding`` if there are half-widths), status, step (good, middle, poor, none),
        changed (bool), reason.  Rows of `frame` in order, the variants in this order within each.
        ``changed``: under another rule, another step; under the same rule, another status.  A variant
        without an answer changes nothing.  ``rounding`` looks just inside the corners of the box of
        possible values, and shows the first other status found there, else the status as it is.

    Raises
    ------
    InputError
        A column is missing, an id or a year of an id occurs twice, or the rule is unknown.

    Examples
    --------
    >>> row = dict(id="a", base_year=2020, base_value=100, current_year=2023, current_value=141,
    ...            target_year=2025, target_value=200, direction="up")
    >>> variants(pd.DataFrame([row]))[["variant", "status", "changed"]].head(2).to_dict("records")
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'variant': 'rule:schedule', 'status': 'behind', 'changed': False},
     {'variant': 'rule:eurostat', 'status': 'moderate_progress', 'changed': True}]
    """
    if len(rules.names(rule)) != 1:
        raise InputError("Choose one rule to put to the test, not all.")
    _check_ids(frame)
    base = rules.RULES[rule].function(frame)
    parts = [
        _part(frame, base, rule, f"rule:{name}", other.function(frame), name)
        for name, other in rules.RULES.items()
    ]
    if history is not None:
        parts += [_other_base_year(frame, base, rule, history, shift) for shift in (-1, 1)]
    if any(name in frame for name in HALF_WIDTHS):
        parts.append(_other_rounding(frame, base, rule))
    order = np.arange(len(frame) * len(parts)).reshape(len(parts), len(frame)).T.ravel()
    return pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Count for each id on what its judgement hangs.

    Parameters
    ----------
    table
        As `variants` gives it.

    Returns
    -------
    DataFrame
        id (in the order of first appearance), changes (number of variants that change the class),
        hangs_on_rule, hangs_on_base_year, hangs_on_rounding (bool).

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["a", "a"], "variant": ["rule:sdsn", "rounding"],
    ...                       "changed": [True, False]})
    >>> summary(table).to_dict("records")  # doctest: +NORMALIZE_WHITESPACE
    [{'id': 'a', 'changes': 1, 'hangs_on_rule': True, 'hangs_on_base_year': False,
      'hangs_on_rounding': False}]
    """
    kind = table["variant"].str.split(":").str[0]
    counted = pd.DataFrame({
        "id": table["id"],
        "changes": table["changed"].astype("int64"),
        "hangs_on_rule": table["changed"] & (kind == "rule"),
        "hangs_on_base_year": table["changed"] & (kind == "base_year"),
        "hangs_on_rounding": table["changed"] & (kind == "rounding"),
    })  # fmt: skip
    how = {name: "sum" if name == "changes" else "any" for name in counted.columns[1:]}
    return counted.groupby("id", sort=False).agg(how).reset_index()


def _check_ids(frame: pd.DataFrame) -> None:
    if "id" not in frame:
        raise InputError("The table lacks the column id, by which the variants are told apart.")
    twice = frame.loc[frame["id"].duplicated(), "id"]
    if len(twice):
        raise InputError(f"The id {twice.iloc[0]} occurs twice; each row needs its own.")


def _part(
    frame: pd.DataFrame, base: pd.DataFrame, rule: str, variant: str, judged: pd.DataFrame, other: str = ""
) -> pd.DataFrame:
    """One variant of every row: under another rule another step is a change, else another status."""
    step, before = steps(judged["status"], other or rule), steps(base["status"], rule)
    changed = step != before if other else judged["status"] != base["status"]
    return pd.DataFrame({
        "id": frame["id"].to_numpy(),
        "variant": variant,
        "status": judged["status"].to_numpy(),
        "step": step.to_numpy(),
        "changed": (changed & (step != NONE) & (before != NONE)).to_numpy(dtype=bool),
        "reason": judged["reason"].to_numpy(),
    }).astype({"variant": "str", "status": "str", "step": "str", "reason": "str"})  # fmt: skip


def _other_base_year(
    frame: pd.DataFrame, base: pd.DataFrame, rule: str, history: pd.DataFrame, shift: int
) -> pd.DataFrame:
    if history.duplicated(["id", "year"]).any():
        raise InputError("The history gives an id two values for one year; keep one of them.")
    known = history.astype({"year": "float64"}).set_index(["id", "year"])["value"].astype("float64")
    year = frame["base_year"].astype("float64") + shift
    value = known.reindex(pd.MultiIndex.from_arrays([frame["id"], year])).to_numpy()
    judged = rules.RULES[rule].function(frame.assign(base_year=year, base_value=value)).copy()
    judged.loc[np.isnan(value) & frame["base_year"].notna().to_numpy(), "reason"] = "no_value_that_year"
    return _part(frame, base, rule, f"base_year:{shift:+d}", judged)


_INSIDE = 1 - 1e-6
"""Share of the half-width that is tried: the ends themselves would be printed as other digits."""


def _other_rounding(frame: pd.DataFrame, base: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Find the first other status among the corners; a corner without an answer counts for nothing."""
    shown = base[["status", "reason"]].copy()
    open_ = (steps(base["status"], rule) != NONE).to_numpy()
    half = {value: frame[name].fillna(0.0).to_numpy() for name, value in HALF_WIDTHS.items() if name in frame}
    for signs in product((-1.0, 1.0), repeat=len(half)):
        moved = zip(signs, half.items(), strict=True)
        corner = {v: frame[v].astype("float64") + s * _INSIDE * h for s, (v, h) in moved}
        status = rules.RULES[rule].function(frame.assign(**corner))["status"]
        other = open_ & (status != base["status"]).to_numpy() & (steps(status, rule) != NONE).to_numpy()
        shown.loc[other, "status"] = status[other]
        shown.loc[other, "reason"] = "rounding_changes_class"
        open_ = open_ & ~other
    return _part(frame, base, rule, "rounding", shown)
