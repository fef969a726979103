"""What the rules share: the columns they read, growth rates, comparison with a cut-off, reasons.

Notation of docs/methods: y0 at t0 (base), y at t (current), T at tT (target), d = +1 where up is good
and -1 where down is good.  "At or past the target" is ``d * (y - T) >= 0``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError

COLUMNS = (
    "base_year", "base_value", "current_year", "current_value", "target_year", "target_value", "direction",
)  # fmt: skip
DIRECTIONS = ("up", "down")
NOT_ASSESSABLE = "not_assessable"
AGENDA_YEAR = 2030  # the year of the 2030 Agenda: the target year where a rule of the Agenda gets none

# A score within this share of a cut-off counts as having reached it, so that 0.35 - 0.30 is not less
# than 0.05.  A cut-off of zero is compared exactly: no change and a small fall are different things.
TOLERANCE = 1e-9

REASONS = {
    "empty_value": "The base or current year or value is empty.",
    "same_year": "Base and current year are the same, so there is no change to judge.",
    "year_order": "The current year is before the base year.",
    "no_target": "There is no target, and the rule needs one.",
    "no_target_year": "There is no target year, and the rule has no default.",
    "target_year_not_after_base": "The target year is not after the base year.",
    "target_year_passed": "The current year is past the target year.",
    "zero_base": "The base value is zero, so a growth rate is not defined.",
    "zero_target": "The target is zero, so the growth rate it asks for is not defined.",
    "sign_change": "The values are on different sides of zero, so a growth rate is not defined.",
    "target_equals_base": "The target is the base value: the task is to keep it.",
    "already_met_at_base": "The target was already met in the base year and still is.",
    "fell_back_from_target": "The target was met in the base year and is no longer.",
    "already_met": "The target is met.",
    "already_met_worsening": "The target is met, but the values move away from it.",
    "moderate_movement_away": "There is no target; the value moves the wrong way by up to 1 % a year.",
    "significant_movement_away": "There is no target; the value moves the wrong way by more than 1 % a year.",
    "not_five_years": "Base and current year are not five years apart; the mean is over the years there are.",
    "no_number": "The formula has no finite value for these figures.",
}

# good: the target is met, or is met in time if things go on as they are (within the rule's own margin);
# middle: the right way, but too slowly; poor: stagnation, far too slowly, or the wrong way.
# `schedule` has one word for all that is late, so behind is poor.
GOOD, MIDDLE, POOR, NONE = "good", "middle", "poor", "none"


@dataclass(frozen=True)
class Rule:
    """A progress rule and where it comes from.

    ``statuses`` runs from best to worst, each with the step on which rules are compared, and ends with
    the word for "no answer"; ``thresholds`` names the cut-offs; ``default_target_year`` stands in for an
    empty target year, None for no default.
    """

    name: str
    function: Callable[[pd.DataFrame], pd.DataFrame]
    title: str
    source: str
    where: str
    score: str
    statuses: Mapping[str, str]
    thresholds: Mapping[str, float]
    default_target_year: int | None = None


RULES: dict[str, Rule] = {}
"""The rules by name, in the order in which they are defined."""


def rule(**about: object) -> Callable[[Callable], Callable]:
    """Make the function below a rule of its name; what is said of it are the fields of `Rule`."""

    def registered(function: Callable) -> Callable:
        RULES[function.__name__] = Rule(function.__name__, function, **about)
        return function

    return registered


@dataclass(frozen=True)
class Cells:
    """The columns of a table as arrays, in the notation of the module."""

    y0: np.ndarray
    y: np.ndarray
    target: np.ndarray
    t0: np.ndarray
    t: np.ndarray
    t_target: np.ndarray
    d: np.ndarray
    limit: np.ndarray
    compound: np.ndarray

    @property
    def met(self) -> np.ndarray:
        """The current value is at or past the target."""
        return self.d * (self.y - self.target) >= 0

    @property
    def base_past(self) -> np.ndarray:
        """The base value was better than the target."""
        return self.d * (self.y0 - self.target) > 0

    @property
    def keep(self) -> np.ndarray:
        """The target is the base value."""
        return self.target == self.y0

    @property
    def no_target(self) -> np.ndarray:
        """There is no target value."""
        return np.isnan(self.target)

    @property
    def passed(self) -> tuple[np.ndarray, str]:
        """Where the target year lies before the current year, with the reason that says so."""
        return ~self.no_target & (self.t > self.t_target), "target_year_passed"


Case = tuple[np.ndarray, str, str]


def read(frame: pd.DataFrame, default_year: float = math.nan) -> Cells:
    """Take the columns out of a table; an empty target year becomes `default_year`.

    Raises
    ------
    InputError
        A column is missing, or a direction is neither ``up`` nor ``down``.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(f"The table lacks the column(s) {', '.join(missing)}; needed: {', '.join(COLUMNS)}.")
    direction = frame["direction"].to_numpy(dtype=object)
    up, down = direction == "up", direction == "down"
    if not (up | down).all():
        wrong = direction[~(up | down)][0]
        raise InputError(f"The column direction holds {wrong!r}; it must be up or down.")
    number = {name: frame[name].to_numpy(dtype="float64", na_value=np.nan) for name in COLUMNS[:-1]}
    limit = np.full(len(frame), np.nan)
    if "limit" in frame:
        limit = frame["limit"].to_numpy(dtype="float64", na_value=np.nan)
    compound = frame["compound"].to_numpy(dtype=bool) if "compound" in frame else np.zeros(len(frame), bool)
    t_target = number["target_year"]
    return Cells(
        number["base_value"],
        number["current_value"],
        number["target_value"],
        number["base_year"],
        number["current_year"],
        np.where(np.isnan(t_target), default_year, t_target),
        np.where(up, 1.0, -1.0),
        limit,
        compound,
    )


def no_spell(c: Cells, status: str = NOT_ASSESSABLE) -> list[Case]:
    """List the cases in which no rule has two points to compare."""
    return [
        (np.isnan(c.y0) | np.isnan(c.y) | np.isnan(c.t0) | np.isnan(c.t), status, "empty_value"),
        (c.t == c.t0, status, "same_year"),
        (c.t < c.t0, status, "year_order"),
    ]


def no_aim(c: Cells) -> list[Case]:
    """List the cases in which a rule that needs a target and its year has none."""
    return [
        (c.no_target, NOT_ASSESSABLE, "no_target"),
        (np.isnan(c.t_target), NOT_ASSESSABLE, "no_target_year"),
        (c.t_target <= c.t0, NOT_ASSESSABLE, "target_year_not_after_base"),
    ]


def growth(later: np.ndarray, earlier: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Compound annual growth rate ``(later / earlier) ** (1 / years) - 1``; NaN where it is not real."""
    with np.errstate(all="ignore"):
        return power(later / earlier, 1 / years) - 1


def opposite(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Tell where two values lie on different sides of zero; zero itself lies on neither."""
    return np.sign(one) * np.sign(other) < 0


def power(base: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Raise to a power: ``base ** exponent`` for base >= 0 to the last digit of the C library, else NaN.

    Not ``np.power``: its last digit depends on the processor, and published results are checked to all
    digits.
    """
    base, exponent = np.broadcast_arrays(base, exponent)
    real = (base > 0) | ((base == 0) & (exponent >= 0))
    out = np.full(base.shape, np.nan)
    try:
        out[real] = list(map(math.pow, base[real].tolist(), exponent[real].tolist()))
    except OverflowError:
        with np.errstate(over="ignore"):
            out[real] = np.power(base[real], exponent[real])
    return out


def reaches(score: np.ndarray, cutoff: float | np.ndarray) -> np.ndarray:
    """``score >= cutoff`` with `TOLERANCE` of the cut-off; False for NaN.

    Examples
    --------
    >>> bool(reaches(np.array(0.35 - 0.30), 0.05)), 0.35 - 0.30 >= 0.05
    (True, False)
    """
    return score >= cutoff - TOLERANCE * np.abs(cutoff)


def decide(
    index: pd.Index,
    score: np.ndarray,
    cases: Sequence[Case],
    blank: np.ndarray | None = None,
    note: tuple[np.ndarray, str] | None = None,
) -> pd.DataFrame:
    """One row for each input row: the first case that holds gives status and reason.

    Parameters
    ----------
    index
        The index of the input.
    score
        The rule's score; NaN in the result where there is no answer, where `blank` holds, or where it is
        not finite.
    cases
        (where, status, reason) in order; what none catches is ``not_assessable`` for ``no_number``.
    blank
        Where the status is decided without a score.
    note
        (where, reason) for rows whose case gives no reason.

    Returns
    -------
    DataFrame
        score (float), status (str), reason (str, empty for none).
    """
    chosen = np.full(len(index), len(cases), dtype=np.int64)
    for i in range(len(cases) - 1, -1, -1):
        chosen[cases[i][0]] = i
    status = np.array([*(case[1] for case in cases), NOT_ASSESSABLE], dtype=object)
    reason = np.array([*(case[2] for case in cases), "no_number"], dtype=object)
    no_answer = np.isin(status, (NOT_ASSESSABLE, "not_available"))[chosen]
    gone = no_answer | ~np.isfinite(score)
    if blank is not None:
        gone |= blank
    reasons = reason[chosen]
    if note is not None:
        reasons[note[0] & (reasons == "")] = note[1]
    table = {
        "score": np.where(gone, np.nan, score) + 0.0,  # + 0.0 makes -0.0 plain zero
        "status": pd.array(status[chosen], dtype="str"),
        "reason": pd.array(reasons, dtype="str"),
    }
    return pd.DataFrame(table, index=index)
