"""Frame → formatted frame: what stands in the tables of notebooks and reports."""

from zbanalysis.report.tables.audit import conflicts, every_statement, noteworthy, statements, verdict_counts
from zbanalysis.report.tables.completion import completion, reasons, requirement
from zbanalysis.report.tables.method import by_length, coverage, hindsight
from zbanalysis.report.tables.outlook import (
    adjustment,
    feasibility,
    no_chance,
    trend_notes,
    trends,
    undecided,
)
from zbanalysis.report.tables.sensitivity import sensitivity
from zbanalysis.report.tables.sources import source_list

__all__ = [
    "adjustment",
    "by_length",
    "completion",
    "conflicts",
    "coverage",
    "every_statement",
    "feasibility",
    "hindsight",
    "no_chance",
    "noteworthy",
    "reasons",
    "requirement",
    "sensitivity",
    "source_list",
    "statements",
    "trend_notes",
    "trends",
    "undecided",
    "verdict_counts",
]
