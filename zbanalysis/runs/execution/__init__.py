"""Notebooks as runs: keys, what is current, and records."""

from __future__ import annotations

from zbanalysis.runs.execution.keys import Parts, changed, environment, key, of_notebook, versions
from zbanalysis.runs.execution.library import digests as library_digests
from zbanalysis.runs.execution.library import used_by
from zbanalysis.runs.execution.records import Record
from zbanalysis.runs.execution.records import read as read_record
from zbanalysis.runs.execution.records import write as write_record

__all__ = [
    "Parts",
    "Record",
    "changed",
    "environment",
    "key",
    "library_digests",
    "of_notebook",
    "read_record",
    "used_by",
    "versions",
    "write_record",
]
