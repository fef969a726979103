"""What is wrong among the rows of a form: who refers to whom, and which are the same."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.entry import words
from zbanalysis.entry.problems import Wrong
from zbanalysis.entry.rows import Row
from zbanalysis.entry.schema import PLACEHOLDER, tables

_SHOWN = 6  # short names that a message lists


def known(rows: list[Row], current: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """Short name of everything that may be referred to, by short name and by name; of form and folder.

    A name that two rows share is left out: it does not say which is meant.
    """
    found: dict[str, dict[str, str]] = {}
    for name, table in tables().items():
        own = table.identifier
        if not own or not table.labelled:
            continue
        listed = [row.texts for row in rows if row.table == name and row.texts[own]]
        listed += current[name].to_dict("records") if name in current else []
        listed = [one for one in listed if not one[own].startswith(PLACEHOLDER)]
        shorts = {one[own]: one[own] for one in listed}
        shared: dict[str, set[str]] = {}
        for one in listed:
            for label in (table.labelled[0], table.labelled[0].replace("_zh", "_en")):
                shared.setdefault(one.get(label, ""), set()).add(one[own])
        named = {label: next(iter(ids)) for label, ids in shared.items() if label and len(ids) == 1}
        found[name] = named | shorts
    return found


def settle_references(rows: list[Row], names: Mapping[str, Mapping[str, str]]) -> list[Wrong]:
    """Turn what reference cells say into short names; what is not listed anywhere is wrong."""
    wrongs = []
    refused = _refused(rows)
    for row in rows:
        for column in tables()[row.table].columns.values():
            text = row.texts[column.name]
            if not column.refers or not text:
                continue
            if any(text == one or text.startswith(f"{one} ") for one in refused.get(column.refers, ())):
                row.wrong = True  # told once, where the short name stands
                continue
            listed = names[column.refers]
            short = listed.get(text) or listed.get(text.split(" ")[0])
            if short:
                row.texts[column.name] = short
                continue
            there = [*dict.fromkeys(listed.values())]
            some = ", ".join(there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
            told = {"sheet": words.sheet(column.refers), "known": some or "—"}
            wrongs.append(row.problem(column.name, "reference", text, **told))
    return wrongs


def _refused(rows: list[Row]) -> dict[str, set[str]]:
    """Short names that cannot be, as the form has them, by table."""
    found: dict[str, set[str]] = {}
    for row in rows:
        own = row.found.get(tables()[row.table].identifier)
        if own and own.wrong and own.shown:
            found.setdefault(row.table, set()).add(own.shown)
    return found


def duplicates(rows: list[Row]) -> list[Wrong]:
    """Rows of a sheet that say they are the same thing; the second is told."""
    first: dict[tuple, Row] = {}
    wrongs = []
    for row in rows:
        key = tables()[row.table].key
        values = tuple(row.texts[name] for name in key)
        if not all(values):
            continue
        before = first.setdefault((row.table, *values), row)
        if before is not row:
            told = {"row": before.number, "columns": key}
            wrongs.append(row.problem(key[0], "duplicate", row.texts[key[0]], **told))
    return wrongs


def sound(rows: list[Row], current: Mapping[str, pd.DataFrame]) -> list[Row]:
    """Rows without a problem that refer only to such rows, for the checks that need whole rows."""
    kept = [row for row in rows if not row.wrong]
    while True:
        there = {
            name: {row.texts[table.identifier] for row in kept if row.table == name}
            | (set(current[name][table.identifier]) if name in current else set())
            for name, table in tables().items()
            if table.identifier
        }
        left = [
            row
            for row in kept
            if all(
                not column.refers
                or not row.texts[column.name]
                or row.texts[column.name] in there[column.refers]
                for column in tables()[row.table].columns.values()
            )
        ]
        if len(left) == len(kept):
            return left
        kept = left
