"""The shape of the tables, as frictionless sees it, in plain words: types, keys, enumerations."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from zbanalysis.data.validation.figures import PERIODS
from zbanalysis.errors import Problem


def problems(folder: Path, paths: Collection[str]) -> list[Problem]:
    """Every error frictionless reports, as rows of one table."""
    from frictionless import Package, system  # late: takes a second

    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    descriptor["resources"] = [one for one in descriptor["resources"] if one["path"] in paths]
    with system.use_context(trusted=True):
        report = Package.from_descriptor(descriptor, basepath=str(folder)).validate()
    problems = [
        _problem(task.place, error.to_descriptor(), task.name)
        for task in report.tasks
        for error in task.errors
    ]
    return problems + [Problem("datapackage.json", None, "", "", error.message) for error in report.errors]


_WORDS = {
    "primary-key": "a key that stands only once; delete or correct the second row",
    "unique-error": "a value that stands only once",
    "extra-label": "only the columns named in datapackage.json",
    "incorrect-label": "the columns in the order of datapackage.json",
    "missing-label": "the columns named in datapackage.json",
    "extra-cell": "as many cells as the header has",
    "missing-cell": "as many cells as the header has",
    "blank-row": "no empty row",
}
_CONSTRAINTS = {
    "required": "a value; this cell must not be empty",
    "minimum": "a larger value",
    "maximum": "a smaller value",
}


def _problem(place: str, error: dict, table: str) -> Problem:
    kind, note = error["type"], error.get("note", "")
    cells = error.get("cells") or []
    column = error.get("fieldName", "")
    value = str(error.get("cell", ", ".join(str(cell) for cell in cells[:4])) or "")
    if kind == "foreign-key":
        names, wrong = error.get("fieldNames", []), error.get("fieldCells", [])
        column, value = ", ".join(names), ", ".join(map(str, wrong))
    if kind == "extra-label":
        column = error.get("label", "")
    expected = _WORDS.get(kind) or _expected(kind, note)
    return Problem(
        Path(place).name if "/" not in place else place, error.get("rowNumber"), column, value, expected
    )


def _expected(kind: str, note: str) -> str:
    for word, sentence in _CONSTRAINTS.items():
        if f'"{word}"' in note:
            return sentence
    if '"enum"' in note:
        return "one of " + note.partition("[")[2].partition("]")[0].replace("'", "")
    if "(Q[1-4]|" in note:
        return PERIODS
    if kind == "type-error":
        return "a day such as 2020-08-10" if "date" in note else "a plain number such as 2.63"
    if '"pattern"' in note:
        return "a plain number such as 2.63" if r"[0-9]+(" in note else "text of the form " + note
    if kind == "foreign-key":
        return (
            "an identifier listed in " + note.partition('in the lookup table "')[2].partition('"')[0] + ".csv"
        )
    return note or kind
