"""Frame → formatted frame: what stands in the tables of notebooks and reports."""

from zbanalysis.tables.completion import completion, reasons, requirement
from zbanalysis.tables.outlook import adjustment, feasibility, no_chance, trends, undecided
from zbanalysis.tables.sensitivity import sensitivity
from zbanalysis.tables.sources import source_list

__all__ = ["adjustment", "completion", "feasibility", "no_chance", "reasons", "requirement", "sensitivity", "source_list", "trends", "undecided"]
