"""The rows of a filled form as texts, each with its cells, and what is wrong with single cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from zbanalysis.entry import cells, schema
from zbanalysis.entry.problems import Wrong
from zbanalysis.entry.schema import PERCENT, Table
from zbanalysis.entry.workbook import Sheet

_HEADING_WITHIN = 5  # rows at the top in which the headings are looked for
_AS_LEVEL = ("level", "cumulative_sum", "ceiling", "floor", "range", "keep")
_PERCENT_UNITS = ("%", "％", "per cent", "percent")


@dataclass
class Row:
    """One filled row: what it says by column, the cell of each column, and whether any of it is wrong."""

    table: str
    sheet: str
    number: int
    texts: dict[str, str]
    places: dict[str, str]
    wrong: bool = False
    found: dict[str, cells.Found] = field(default_factory=dict)

    def problem(self, column: str, key: str, value: str = "", /, **values: object) -> Wrong:
        """Something wrong in a cell of this row, which is then left out of the further checks."""
        self.wrong = True
        return Wrong(self.sheet, self.places[column], value, key, values)


@dataclass(frozen=True)
class Note:
    """A cell that was read other than it was written."""

    sheet: str
    cell: str
    kind: str
    value: str
    taken: str


def read(sheet: Sheet, table: Table) -> tuple[list[Row], list[Wrong], list[Note]]:
    """The filled rows of a sheet, what is wrong with its headings and single cells, and what was left out."""
    top, columns, wrongs = _headings(sheet, table)
    if top is None or wrongs:
        return [], wrongs, []
    merged = {place: area for place, area in sheet.merged.items() if place[0] > top}
    rows, notes = [], []
    for number in sorted({*sheet.cells, *(row for row, _ in merged)}):
        if number <= top:
            continue
        line = {name: sheet.at(number, place) for name, place in columns.items()}
        over = {name: merged[number, place] for name, place in columns.items() if (number, place) in merged}
        filled = {name: one for name, one in line.items() if one.value is not None}
        if filled and (number in sheet.hidden_rows or all(one.struck for one in filled.values())):
            kind = "hidden" if number in sheet.hidden_rows else "struck"
            notes.append(Note(sheet.title, f"{number}", kind, "", ""))
            continue
        found = {name: cells.read(one, table.columns[name]) for name, one in line.items()}
        if not over and not any(one.text or one.wrong for one in found.values()):
            continue
        row = _row(sheet, table, number, columns, found)
        rows.append(row)
        wrongs += _wrong_cells(row, table, over)
        notes += [
            Note(sheet.title, row.places[name], "mark", one.marks, found[name].text)
            for name, one in line.items()
            if one.marks and not found[name].wrong
        ]
    return rows, wrongs, notes


def _wrong_cells(row: Row, table: Table, over: dict[str, str]) -> list[Wrong]:
    """What is wrong with single cells of a row; ``over`` has the merged ones with their areas."""
    wrongs = [row.problem(name, "merged", range=area) for name, area in over.items()]
    wrongs += [
        row.problem(name, one.wrong, one.shown, **one.values)
        for name, one in row.found.items()
        if one.wrong and name not in over
    ]
    empty = [
        name for name, one in table.columns.items()
        if one.required and not row.found[name].text and not row.found[name].wrong and name not in over
    ]  # fmt: skip
    return wrongs + [row.problem(name, "required", column=name) for name in empty]


def _row(
    sheet: Sheet, table: Table, number: int, columns: dict[str, int], found: dict[str, cells.Found]
) -> Row:
    texts = {name: found[name].text if name in found else "" for name in table.columns}
    places = {name: place(number, columns.get(name, 1)) for name in table.columns}
    return Row(table.name, sheet.title, number, texts, places, found=found)


def _headings(sheet: Sheet, table: Table) -> tuple[int | None, dict[str, int], list[Wrong]]:
    """Row of the headings and place of each column; no row where the sheet is empty."""
    known = schema.headings(table.name)
    lines = {
        number: {
            place: cell.value
            for place, cell in sorted(sheet.cells.get(number, {}).items())
            if cell.value is not None and str(cell.value).strip()
        }
        for number in range(1, _HEADING_WITHIN + 1)
    }
    top = max(lines, key=lambda number: sum(schema.plain(text) in known for text in lines[number].values()))
    named = {place: known.get(schema.plain(text)) for place, text in lines[top].items()}
    columns: dict[str, int] = {}
    wrongs = []
    for number, name in named.items():
        cell, text = place(top, number), " ".join(str(lines[top][number]).split())
        if name in columns:
            wrongs.append(Wrong(sheet.title, cell, text, "column_twice"))
        elif name:
            columns[name] = number
        elif columns:
            wrongs.append(Wrong(sheet.title, cell, text, "unknown_column"))
    missing = [name for name, one in table.columns.items() if one.required and name not in columns]
    if missing:
        if not any(lines.values()):
            return None, {}, []
        wrongs.append(
            Wrong(sheet.title, f"A{schema.HEADING_ROW}", "", "missing_columns", {"columns": tuple(missing)})
        )
    return top, columns, wrongs


def place(row: int, column: int) -> str:
    """A cell's name, as Excel writes it."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column)}{row}"


def settle_percent(rows: list[Row], units: dict[str, str]) -> tuple[list[Wrong], list[Note]]:
    """Per cent signs are left out where the unit is per cent, and refused elsewhere.

    Parameters
    ----------
    rows
        All rows of the form; their texts are right afterwards.
    units
        The Chinese unit of each indicator.
    """
    wrongs, notes = [], []
    for row in rows:
        for name, one in row.found.items():
            if one.wrong:
                continue
            unit = units.get(row.texts.get("indicator", "").split(" ")[0], "")
            if one.percent and not _is_percent(row, name, unit):
                wrongs.append(row.problem(name, "percent", one.shown, unit=unit))
            elif one.percent:
                notes.append(Note(row.sheet, row.places[name], "percent", one.shown, one.text))
            elif one.fullwidth:
                notes.append(Note(row.sheet, row.places[name], "fullwidth", one.shown, one.text))
    return wrongs, notes


def _is_percent(row: Row, column: str, unit: str) -> bool:
    if column in PERCENT:
        return True
    grows = row.table == "targets" and column == "target_value" and row.texts["kind"] not in _AS_LEVEL
    own = row.table == "indicators" and row.texts["unit_zh"] in _PERCENT_UNITS
    return grows or own or unit in _PERCENT_UNITS
