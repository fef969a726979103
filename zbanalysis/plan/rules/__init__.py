"""The recognised progress rules, side by side: frame in, frame out, one row for each input row.

``RULES`` lists them in order, with their sources and cut-offs for the report's appendix; `assess`
runs one or all.  Formulas and edge cases stand in the docstring of each rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.plan.rules import _eurostat, _germany, _opensdg, _schedule, _sdsn, _unsd
from zbanalysis.plan.rules._common import (
    AGENDA_YEAR,
    COLUMNS,
    DIRECTIONS,
    NOT_ASSESSABLE,
    REASONS,
    TOLERANCE,
    reaches,
)
from zbanalysis.plan.rules._eurostat import eurostat
from zbanalysis.plan.rules._germany import germany
from zbanalysis.plan.rules._opensdg import opensdg
from zbanalysis.plan.rules._schedule import schedule
from zbanalysis.plan.rules._sdsn import sdsn
from zbanalysis.plan.rules._unsd import unsd

__all__ = [
    "AGENDA_YEAR", "COLUMNS", "DEFAULT", "DIRECTIONS", "NOT_ASSESSABLE", "REASONS", "RESULTS", "RULES",
    "TOLERANCE", "Rule", "assess", "eurostat", "germany", "names", "opensdg", "reaches", "register",
    "schedule", "sdsn",
    "unsd",
]  # fmt: skip

DEFAULT = "schedule"
RESULTS = ("rule", "score", "status", "reason")


@dataclass(frozen=True)
class Rule:
    """A progress rule and where it comes from.

    ``statuses`` runs from best to worst and ends with the word for "no answer"; ``thresholds`` names
    the cut-offs; ``default_target_year`` stands in for an empty target year, None for no default.
    """

    name: str
    function: Callable[[pd.DataFrame], pd.DataFrame]
    title: str
    source: str
    where: str
    score: str
    statuses: tuple[str, ...]
    thresholds: Mapping[str, float]
    default_target_year: int | None = None


_ALL = (
    Rule(
        "schedule", schedule, "Completion against elapsed share",
        "Practice of mid-term and final evaluations of five-year plans; cut-offs are ours",
        "docstring of zbanalysis.plan.rules.schedule", "completion - elapsed share",
        ("reached", "ahead", "on_schedule", "behind", NOT_ASSESSABLE),
        MappingProxyType({"ahead": _schedule.MARGIN, "on_schedule": -_schedule.MARGIN}),
    ),
    Rule(
        "eurostat", eurostat, "Observed against required growth rate",
        "Eurostat, Sustainable development in the European Union: monitoring report, annex on the method",
        "https://ec.europa.eu/eurostat/web/sdi", "CAGR observed / CAGR required; without target CAGR",
        ("significant_progress", "moderate_progress", "insufficient_progress", "movement_away",
         NOT_ASSESSABLE),
        MappingProxyType({
            "significant_progress": _eurostat.SIGNIFICANT, "moderate_progress": _eurostat.MODERATE,
            "insufficient_progress": 0.0, "significant_progress, no target": _eurostat.GROWTH_SIGNIFICANT,
            "moderate_progress, no target": 0.0, "moderate movement away, no target": _eurostat.GROWTH_AWAY,
        }),
    ),
    Rule(
        "opensdg", opensdg, "Open SDG progress measure",
        "Statistics Canada, Open SDG progress measure (sdg-build, sdg/ProgressMeasure.py)",
        "https://github.com/open-sdg/sdg-build", "CAGR observed / |CAGR required|; without target CAGR",
        ("target_achieved", "substantial_progress", "moderate_progress", "limited_progress", "deterioration",
         _opensdg.NOT_AVAILABLE),
        MappingProxyType({
            "substantial_progress": _opensdg.SUBSTANTIAL, "moderate_progress": _opensdg.MODERATE,
            "limited_progress": _opensdg.LIMITED,
            "substantial_progress, no target": _opensdg.GROWTH_SUBSTANTIAL,
            "moderate_progress, no target": _opensdg.GROWTH_MODERATE,
            "limited_progress, no target": _opensdg.GROWTH_LIMITED,
            "exponent of the limit": _opensdg.LIMIT_EXPONENT,
        }),
        AGENDA_YEAR,
    ),
    Rule(
        "unsd", unsd, "Share of the way reached at the present growth rate",
        "United Nations Statistics Division, The SDG Progress Chart 2023, technical note",
        "https://unstats.un.org/sdgs/files/report/2023/Progress_Chart_Technical_Note_2023.pdf",
        "(projected value - base) / (target - base); without target CAGR",
        ("on_track", "acceleration_needed", "stagnation_or_regression", NOT_ASSESSABLE),
        MappingProxyType({
            "on_track": _unsd.ON_TRACK, "acceleration_needed": _unsd.ACCELERATION,
            "on_track, no target": _unsd.GROWTH_ON_TRACK,
            "acceleration_needed, no target": _unsd.GROWTH_ACCELERATION,
        }),
        AGENDA_YEAR,
    ),
    Rule(
        "sdsn", sdsn, "Four arrows: observed against required yearly change",
        "Sachs, Lafortune, Fuller and others, Sustainable Development Report, annex on methods",
        "https://dashboards.sdgindex.org", "mean yearly change so far / mean yearly change required",
        ("maintaining", "on_track", "moderately_improving", "stagnating", "decreasing", NOT_ASSESSABLE),
        MappingProxyType({
            "on_track": _sdsn.ON_TRACK, "moderately_improving": _sdsn.IMPROVING, "stagnating": 0.0,
        }),
        AGENDA_YEAR,
    ),
    Rule(
        "germany", germany, "Weather symbols of the German sustainability strategy",
        "Statistisches Bundesamt, Nachhaltige Entwicklung in Deutschland, Indikatorenbericht",
        "https://dns-indikatoren.de", "(target - projection) / (target - current value), the missed share",
        ("sun", "sun_and_cloud", "cloud", "thunderstorm", NOT_ASSESSABLE),
        MappingProxyType({"sun": _germany.SUN, "sun_and_cloud": _germany.SUN_AND_CLOUD}),
    ),
)  # fmt: skip

RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _ALL})


def names(rule: str) -> tuple[str, ...]:
    """List the rules that a name stands for: itself, or every rule for ``all``.

    Raises
    ------
    InputError
        There is no such rule.

    Examples
    --------
    >>> names("all")
    ('schedule', 'eurostat', 'opensdg', 'unsd', 'sdsn', 'germany')
    """
    if rule == "all":
        return tuple(RULES)
    if rule not in RULES:
        raise InputError(f"There is no rule named {rule}; choose one of {', '.join(RULES)}, or all.")
    return (rule,)


def assess(frame: pd.DataFrame, rule: str = DEFAULT) -> pd.DataFrame:
    """Judge each row of a table under one rule or under every rule.

    Parameters
    ----------
    frame
        Columns base_year, base_value, current_year, current_value, target_year, target_value (floats,
        NaN for empty), direction, optionally limit, and any others, which are passed on.
    rule
        A name in `RULES`, or ``all``.

    Returns
    -------
    DataFrame
        The input columns, then rule, score, status, reason; the input rows in order and within each
        the rules in the order of `RULES`.  The index is new, 0 and up.

    Raises
    ------
    InputError
        The rule is unknown, a column is missing or one is named as a result, or a direction is wrong.

    Examples
    --------
    >>> row = dict(id="R&D share", base_year=2020, base_value=2.0, current_year=2023, current_value=2.5,
    ...            target_year=2025, target_value=3.0, direction="up")
    >>> assess(pd.DataFrame([row]))[["id", "rule", "status"]].to_dict("records")
    [{'id': 'R&D share', 'rule': 'schedule', 'status': 'behind'}]
    """
    taken = [name for name in RESULTS if name in frame.columns]
    if taken:
        raise InputError(f"The table already has the column(s) {', '.join(taken)}; remove or rename them.")
    chosen = names(rule)
    parts = [RULES[name].function(frame) for name in chosen]
    place = np.repeat(np.arange(len(frame)), len(chosen))
    out = frame.take(place).reset_index(drop=True)
    out["rule"] = pd.array(np.tile(np.array(chosen, dtype=object), len(frame)), dtype="str")
    for column in RESULTS[1:]:
        values = np.stack([part[column].to_numpy() for part in parts], axis=1).ravel()
        out[column] = values if column == "score" else pd.array(values, dtype="str")
    return out


def register() -> pd.DataFrame:
    """The rules as a table for the report: ``rule, title, source, where``."""
    return pd.DataFrame(
        [(rule.name, rule.title, rule.source, rule.where) for rule in RULES.values()],
        columns=["rule", "title", "source", "where"],
    )
