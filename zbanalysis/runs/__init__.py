"""Notebooks as runs: strict parameters, keys, what is current, and what counts as done."""

from __future__ import annotations

from zbanalysis.runs.execute import TIME_LIMIT, execute
from zbanalysis.runs.keys import Parts, changed, environment, key, of_notebook, versions
from zbanalysis.runs.library import digests as library_digests
from zbanalysis.runs.library import used_by
from zbanalysis.runs.parameters import check_parameters, parameters
from zbanalysis.runs.records import Record, heal
from zbanalysis.runs.records import read as read_record
from zbanalysis.runs.records import write as write_record

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
