"""Rows of a form put to those of the folder: what is new, what is there, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from zbanalysis.data.schema import REQUIRED
from zbanalysis.entry.problems import Wrong
from zbanalysis.entry.rows import Row
from zbanalysis.entry.schema import FORM, PLACEHOLDER, tables


@dataclass
class Merged:
    """The tables as they would be.

    ``origins`` gives the form's row of each line of a table (None for the folder's own), ``counts``
    how many rows were added, replaced and the same, ``removed`` how many of the placeholder left.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    origins: dict[str, list[Row | None]] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    removed: int = 0
    missing: tuple[str, ...] = ()
    wrongs: list[Wrong] = field(default_factory=list)

    def changed(self, current: Mapping[str, pd.DataFrame]) -> list[str]:
        """Tables that differ from the folder's, in the order in which they are to be written."""
        return [name for name in FORM if not self.frames[name].equals(current[name].reset_index(drop=True))]


def merge(rows: list[Row], current: Mapping[str, pd.DataFrame], *, replace: bool) -> Merged:
    """The folder's tables with the form's rows in them.

    Parameters
    ----------
    rows
        Sound rows of the form.
    current
        The folder's tables as text.
    replace
        Whether a row that is there already with other content is replaced; else it is wrong.

    Returns
    -------
    Merged
        New rows stand at the end, in the order of the form.  Once every required table has rows of
        the user's own, the placeholder leaves.
    """
    found = Merged()
    for name in FORM:
        lines, origins, counts = _table(name, rows, current[name], found.wrongs, replace=replace)
        found.frames[name] = pd.DataFrame(lines, columns=list(current[name].columns), dtype="str")
        found.origins[name], found.counts[name] = origins, counts
    found.missing = tuple(
        name for name in FORM if name in REQUIRED and not any(~_is_placeholder(found.frames[name]))
    )
    if not found.missing:
        _drop_placeholder(found)
    return found


def _table(
    name: str, rows: list[Row], there: pd.DataFrame, wrongs: list[Wrong], *, replace: bool
) -> tuple[list[dict], list[Row | None], dict[str, int]]:
    key = tables()[name].key
    lines: list[dict] = there.to_dict("records")
    origins: list[Row | None] = [None] * len(lines)
    at = {tuple(line[column] for column in key): number for number, line in enumerate(lines)}
    counts = {"added": 0, "replaced": 0, "same": 0}
    for row in (one for one in rows if one.table == name):
        texts = {column: row.texts.get(column, "") for column in there.columns}
        number = at.get(tuple(texts[column] for column in key))
        if number is None:
            lines.append(texts)
            origins.append(row)
            counts["added"] += 1
            continue
        differing = [column for column in texts if texts[column] != lines[number][column]]
        if differing and not replace:
            wrongs += [
                row.problem(column, "differs", texts[column], there=lines[number][column])
                for column in differing
            ]
        elif differing:
            lines[number], origins[number] = texts, row
        else:
            origins[number] = row
        counts["replaced" if differing else "same"] += 1
    return lines, origins, counts


def _is_placeholder(frame: pd.DataFrame) -> pd.Series:
    named = [name for name in ("area", "source", "indicator", "plan") if name in frame]
    found = pd.Series(False, frame.index)
    for column in named:
        found |= frame[column].str.startswith(PLACEHOLDER).fillna(False).astype(bool)
    return found


def _drop_placeholder(found: Merged) -> None:
    for name in FORM:
        out = _is_placeholder(found.frames[name])
        found.removed += int(out.sum())
        found.origins[name] = [row for row, gone in zip(found.origins[name], out, strict=True) if not gone]
        found.frames[name] = found.frames[name][~out].reset_index(drop=True)
