"""Every document a report uses, numbered once; the numbers its tables cite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from zbanalysis.report import results

_CITED = (
    ("01_indicators", "progress", ("source", "current_source")),
    ("01_indicators", "history", ("source",)),
    ("05_audit", "statements", ("source",)),
    ("05_audit", "conflicts", ("first_source", "second_source")),
    ("06_survey", "shares", ("source",)),
    ("07_cost_benefit", "funds", ("source",)),
    ("07_cost_benefit", "ratios", ("source",)),
    ("07_cost_benefit", "basis_change", ("source",)),
    ("08_tasks", "tasks", ("source",)),
    ("08_tasks", "evidence", ("source",)),
    ("08_tasks", "course", ("source",)),
)
"""Section, table and columns that name documents; a cell may name several, parted by blanks."""


def used(content: Mapping, section: str, name: str, columns: Iterable[str] = ("source",)) -> list[str]:
    """The documents that a table of the result file names, each once, in its order."""
    frame = results.table(content, section, name)
    cells = [cell for column in columns if column in frame for cell in frame[column].dropna()]
    return list(dict.fromkeys(source for cell in cells for source in cell.split()))


def listed(content: Mapping) -> pd.DataFrame:
    """The documents used anywhere in the report, with ``number``, in the order of their days.

    Parameters
    ----------
    content
        A result file; its table ``documents`` holds all that were known on the day.
    """
    wanted = {source for section, name, columns in _CITED for source in used(content, section, name, columns)}
    known = results.table(content, "08_tasks", "documents")
    found = (
        known[known["source"].isin(wanted)].sort_values(["date_published", "source"]).reset_index(drop=True)
    )
    return found.assign(number=found.index + 1)


def numbers(content: Mapping) -> dict[str, int]:
    """The number of each document used, by its id."""
    return {source: int(number) for source, number in listed(content)[["source", "number"]].to_numpy()}


def cited(content: Mapping, section: str, name: str, columns: Iterable[str] = ("source",)) -> list[int]:
    """The numbers of the documents that a table rests on, in rising order."""
    number = numbers(content)
    return sorted(number[source] for source in used(content, section, name, columns))
