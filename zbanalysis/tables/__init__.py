"""Frame → formatted frame: what stands in the tables of notebooks and reports."""

from zbanalysis.tables.completion import completion, reasons, requirement
from zbanalysis.tables.method import by_length, coverage, hindsight
from zbanalysis.tables.outlook import adjustment, feasibility, no_chance, trend_notes, trends, undecided
from zbanalysis.tables.sensitivity import sensitivity
from zbanalysis.tables.sources import source_list

__all__ = [
    "adjustment",
    "by_length",
    "completion",
    "coverage",
    "feasibility",
    "hindsight",
    "no_chance",
    "reasons",
    "requirement",
    "sensitivity",
    "source_list",
    "trend_notes",
    "trends",
    "undecided",
]
