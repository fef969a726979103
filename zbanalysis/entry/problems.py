"""What is wrong in a form, by sheet and cell, in the user's language; and a word on an example left in."""

from __future__ import annotations

import csv
import io
import locale
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.data import files
from zbanalysis.entry import schema
from zbanalysis.entry.schema import PLACEHOLDER
from zbanalysis.errors import InputError, Problem, aligned, as_table, sentence
from zbanalysis.report.words import known, label

if TYPE_CHECKING:
    from zbanalysis.entry.rows import Row

_RANGES = 4
"""Ranges of cells in one line of the table; more would push the words off the screen."""


class EntryError(InputError):
    """A form that cannot be taken in; its text is in the user's language."""


@dataclass(frozen=True)
class Wrong:
    """One thing wrong: sheet, cell, what stands there, and the key of the words for what would be right."""

    sheet: str
    cell: str
    value: str
    key: str
    values: dict = field(default_factory=dict, hash=False)

    def words(self, lang: str) -> str:
        """What is wrong and what would be right."""
        named = {"value": _short(self.value), **self.values}
        for name, words in (("column", "entry.column"), ("kind", "entry.choice.kind")):
            if known(key := f"{words}.{named.get(name)}"):
                named[name] = label(key, lang)
        if "columns" in named:
            columns = (label(f"entry.column.{name}", lang) for name in named["columns"])
            named["columns"] = schema.listed(columns, lang)
        return sentence(self.key, lang, **named)


def of_row(problem: Problem, row: Row | None) -> Wrong:
    """A problem of the folder as it would be, told of the form's cell, or of the file's row."""
    endless = {"inf": "∞", "-inf": "−∞"}
    values = {name: endless.get(str(value), value) for name, value in problem.values.items()}
    sheet, cell = problem.file, f"{problem.row or ''}"
    if row is not None:
        sheet, places = row.sheet, row.places
        cell = places.get(problem.column.partition(",")[0]) or next(iter(places.values()))
    return Wrong(sheet, cell, problem.value, problem.key, {"column": problem.column, **values})


def told(found: Sequence[Problem], key: str, lang: str) -> str:
    """What the checks of a folder found, as a table in the user's language under a title."""
    title = label(key, lang, count=len(found))
    if lang == "en":
        return as_table(found, title)
    rows = []
    for one in found:
        place = " ".join(str(part) for part in (one.row, one.column) if part)
        rows.append((one.file, place, one.value, of_row(one, None).words(lang)))
    return "\n".join([title, *aligned(rows)])


def language(folder: Path | None = None) -> str:
    """The user's language: that of a folder's areas where they stand in one, else as the system tells it.

    Examples
    --------
    >>> language() in ("zh", "en")
    True
    """
    rows = _texts(folder / "areas.csv", "area") if folder else []
    own = [row for row in rows if not row["area"].startswith(PLACEHOLDER)]
    there = {lang for lang in ("zh", "en") if any(row.get(f"name_{lang}") for row in own)}
    if len(there) == 1:
        return there.pop()
    settings = filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")))
    setting = next(settings, locale.getlocale()[0] or "")  # Windows sets none of these variables
    return "zh" if setting.lower().startswith(("zh", "chinese")) else "en"


def refuse(wrongs: Sequence[Wrong], lang: str) -> None:
    """Raise one error that shows everything wrong as a table, in the form's order; do nothing without any."""
    if not wrongs:
        return
    place = {schema.sheet(name): i for i, name in enumerate(schema.FORM)}
    listed = sorted(set(wrongs), key=lambda one: (place.get(one.sheet, len(place)), *_position(one.cell)))
    # What is wrong in many cells of a column is told once.
    rows: dict[tuple[str, str, str, str], list[int]] = {}
    for one in listed:
        row, _, column = _position(one.cell)
        rows.setdefault((one.sheet, column, _short(one.value), one.words(lang)), []).append(row)
    table = [[label(f"entry.errors.{name}", lang) for name in ("sheet", "cell", "value", "problem")]]
    for (sheet, column, value, words), numbers in rows.items():
        cells = _ranges(column, numbers)
        starts = range(0, len(cells), _RANGES)
        table += [[sheet, ", ".join(cells[start : start + _RANGES]), value, words] for start in starts]
    title = label("entry.errors.title", lang, count=len(listed))
    raise EntryError("\n".join([title, *aligned(table)]))


def _ranges(column: str, rows: Sequence[int]) -> list[str]:
    """Cells of a column as Excel writes them; a run of rows is one range.

    Examples
    --------
    >>> _ranges("E", [5, 6, 7, 9])
    ['E5:E7', 'E9']
    """
    runs = groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])
    ends = [(run[0][1], run[-1][1]) for run in (list(pairs) for _, pairs in runs)]
    return [f"{column}{one}" + (f":{column}{last}" if last > one else "") for one, last in ends]


def _position(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :] or 0), len(letters), letters


def _short(text: str, most: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def reminder(folder: Path, lang: str) -> str:
    """A line each where a folder still holds the placeholder's plan or unconfirmed drafts; else empty.

    Parameters
    ----------
    folder
        A data folder; one that cannot be read is for the checks to tell.
    lang
        The user's language, ``zh`` or ``en``.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> reminder(DATA, "en")
    ''
    """
    # Read as text, for a command with nothing to do stays quick.
    invented = any(row["plan"].startswith(PLACEHOLDER) for row in _texts(folder / "plans.csv", "plan"))
    told = label("entry.reminder", lang, folder=schema.shown(folder)) if invented else ""
    return "\n".join(filter(None, [told, waiting(folder, lang)]))


def waiting(folder: Path, lang: str) -> str:
    """A line that says how many drafts of a folder wait to be confirmed; empty where none does."""
    tables = {name: _texts(folder / name, "confirmed") for name in ("targets.csv", "tasks.csv")}
    waits = {name: sum(row["confirmed"] == "no" for row in rows) for name, rows in tables.items()}
    rows = [label("entry.drafts.rows", lang, count=waits[name], table=name) for name in waits if waits[name]]
    if not rows:  # and no word is looked up, for a command with nothing to do reads none
        return ""
    return label("entry.drafts", lang, rows=schema.listed(rows, lang), folder=schema.shown(folder))


def _texts(path: Path, column: str) -> list[dict[str, str]]:
    """Rows of a table that has a column; none of one that cannot be read."""
    try:
        lines = io.StringIO(files.read(path).decode("utf-8-sig"), newline="")
        return [row for row in csv.DictReader(lines) if row.get(column)]
    except (InputError, UnicodeDecodeError, csv.Error):
        return []
