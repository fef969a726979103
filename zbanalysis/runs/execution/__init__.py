"""Notebooks as runs: strict parameters, keys, what is current, and what counts as done."""

from __future__ import annotations

from zbanalysis.runs.execution.execute import TIME_LIMIT, execute
from zbanalysis.runs.execution.keys import Parts, changed, environment, key, of_notebook, versions
from zbanalysis.runs.execution.library import digests as library_digests
from zbanalysis.runs.execution.library import used_by
from zbanalysis.runs.execution.parameters import check_parameters, parameters
from zbanalysis.runs.execution.records import Record, heal
from zbanalysis.runs.execution.records import read as read_record
from zbanalysis.runs.execution.records import write as write_record

__all__ = [
    "TIME_LIMIT",
    "Parts",
    "Record",
    "changed",
    "check_parameters",
    "environment",
    "execute",
    "heal",
    "key",
    "library_digests",
    "of_notebook",
    "parameters",
    "read_record",
    "used_by",
    "versions",
    "write_record",
]
