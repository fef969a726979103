"""A workbook as a person sees it: is it one, how large is it, which cells does it show, and which are hidden?

The form and the wide tables read their cells here, so that what is shown and what is held are told apart
in one place.
"""

from __future__ import annotations

import csv
import errno
import functools
import io
import os
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils.datetime import from_excel

from zbanalysis.data import files, limits
from zbanalysis.entry import schema
from zbanalysis.entry.problems import EntryError
from zbanalysis.errors import InputError
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from zbanalysis.entry.rows import Reading

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of a workbook under a password
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


PARTS_BYTES = 256 * 2**20
"""All parts of a workbook together, unpacked."""

RATIO = 200
"""How much larger than its archive a large workbook may be when unpacked; real ones stay below 30."""


@dataclass(frozen=True)
class Shown:
    """One cell: its value as Excel last computed it, its formula, its number format, and how it is printed.

    ``marks`` are raised or lowered letters that were left out of ``value``: footnote marks.
    """

    value: object
    formula: str = ""
    format: str = "General"
    is_error: bool = False
    marks: str = ""
    struck: bool = False


@dataclass
class Sheet:
    """The cells of a sheet that hold something, by row and column; nothing is made of the others."""

    title: str
    cells: dict[int, dict[int, Shown]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: dict[tuple[int, int], str] = field(default_factory=dict)
    is_hidden: bool = False

    def at(self, row: int, column: int) -> Shown:
        """A cell; an empty one where the sheet has none."""
        return self.cells.get(row, {}).get(column, EMPTY)


EMPTY = Shown(None)


def sheets(content: bytes, path: Path, lang: str) -> list[Sheet]:
    """Every sheet of a workbook that may be read.

    Raises
    ------
    EntryError
        If the file is no ``.xlsx``, is under a password, damaged, or larger when unpacked than any form is.
    """
    if kind := _kind(content):
        raise EntryError(label(f"entry.file.{kind}", lang, file=path))
    try:
        with warnings.catch_warnings():
            # openpyxl warns of parts it leaves out, such as other programs' extensions; we only read cells.
            warnings.simplefilter("ignore")
            load = functools.partial(openpyxl.load_workbook, rich_text=True)
            values, formulas = load(io.BytesIO(content), data_only=True), load(io.BytesIO(content))
        return [_sheet(sheet, formulas[sheet.title]) for sheet in values.worksheets]
    except Exception as error:  # what a damaged part raises is openpyxl's own affair
        raise EntryError(label("entry.file.broken", lang, file=path)) from error


def _sheet(values: Worksheet, formulas: Worksheet) -> Sheet:
    sheet = Sheet(values.title, is_hidden=values.sheet_state != "visible")
    # openpyxl keeps only the cells of the file; asking it for max_row or a cell would make more.
    for (row, column), cell in values._cells.items():
        other = formulas._cells.get((row, column))
        formula = other.value if other is not None and other.data_type == "f" else ""
        if cell.value is None and not formula:
            continue
        text, marks, struck = _runs(_day(cell))
        formula, is_error = str(getattr(formula, "text", formula) or ""), cell.data_type == "e"
        struck = struck or bool(cell.has_style and cell.font.strike)
        shown = Shown(text, formula, cell.number_format or "General", is_error, marks, struck)
        sheet.cells.setdefault(row, {})[column] = shown
    hidden = {row for row, about in values.row_dimensions.items() if about.hidden}
    sheet.hidden_rows = hidden & sheet.cells.keys()
    for about in values.column_dimensions.values():
        if about.hidden:
            sheet.hidden_columns |= set(range(about.min, about.max + 1))
    for area in values.merged_cells.ranges:
        # Of an area as large as the sheet only the cells beside others matter.
        wide = range(area.min_col, min(area.max_col, area.min_col + _MERGED) + 1)
        high = range(area.min_row, min(area.max_row, area.min_row + _MERGED) + 1)
        rows = (row for row in sheet.cells if area.min_row <= row <= area.max_row)
        cells = [(row, column) for row in rows for column in wide]
        sheet.merged |= dict.fromkeys([*cells, *((row, area.min_col) for row in high)], area.coord)
    return sheet


_EAST_ASIAN_DAYS = frozenset([27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58])
"""Built-in formats of Chinese, Japanese and Korean Excel that show a day; openpyxl knows none of them."""


def _day(cell: Cell) -> object:
    """The value of a cell; a number that an East Asian Excel shows as a day is that day."""
    if cell.data_type != "n" or not cell.has_style or cell._style.numFmtId not in _EAST_ASIAN_DAYS:
        return cell.value
    try:
        return from_excel(cell.value, cell.parent.parent.epoch)
    except (ValueError, TypeError, OverflowError):
        return cell.value


_MERGED = 200  # rows and columns of a merged area that are looked at


def _runs(value: object) -> tuple[object, str, bool]:
    """A text without its raised and lowered runs; these runs; and whether any of it is struck through."""
    if not isinstance(value, CellRichText):
        return value, "", False
    kept, marks, struck = "", "", False
    for run in value:
        font = getattr(run, "font", None)
        if getattr(font, "vertAlign", None) in ("superscript", "subscript"):
            marks += str(run)
        else:
            kept += str(run)
            struck = struck or bool(getattr(font, "strike", False) and str(run).strip())
    # Units have raised letters too: m² and CO₂ are words, not marks.
    if not any(letter.isdigit() for letter in kept):
        return "".join(map(str, value)), "", struck
    return kept, marks, struck


def open_form(path: Path, lang: str, reading: Reading) -> dict[str, Sheet]:
    """The sheets of a filled form by their tables.

    Parameters
    ----------
    path
        The workbook.
    lang
        The language of the message if it cannot be read.
    reading
        Takes what is wrong with the sheets.

    Raises
    ------
    EntryError
        If the file is missing, is no ``.xlsx``, is under a password or damaged, or is no form.
    """
    known, by_name = schema.sheets(), {}
    aside = {schema.plain(schema.sheet("guide")), "lists"}
    for sheet in sheets(file_content(path, lang), path, lang):
        name = schema.plain(sheet.title)
        table = known.get(name)
        if table is not None and table not in by_name:
            by_name[table] = sheet
        elif table is not None:
            reading.wrong(sheet, "A1", sheet.title, "sheet_twice", other=by_name[table].title)
        elif name not in aside and sheet.cells:  # a sheet of the user's own that is empty does no harm
            right = schema.sheet("observations")
            reading.wrong(sheet, "A1", sheet.title, "unknown_sheet", sheet=right)
    if not by_name:
        names = schema.listed(map(schema.sheet, ("observations", "targets")), lang)
        raise EntryError(label("entry.file.not_form", lang, file=path, sheets=names))
    return by_name


def file_content(path: Path, lang: str) -> bytes:
    """A file whole, of a size that may be read."""
    try:
        return files.read(path)
    except InputError as error:
        said = error.__context__  # by the system; nothing of a file too large and of what is no file
        if isinstance(said, FileNotFoundError):
            raise EntryError(label("entry.file.missing", lang, file=path)) from None
        if said is None and path.is_file():
            most = limits.FILE_BYTES // 2**20
            raise EntryError(label("entry.file.too_large", lang, file=path, most=most)) from None
        reason = os.strerror(errno.EISDIR) if said is None and path.is_dir() else "pipe, device"
        reason = reason if said is None else getattr(said, "strerror", None) or type(said).__name__
        raise EntryError(label("entry.file.unreadable", lang, file=path, reason=reason)) from None


def _kind(content: bytes) -> str:
    """What keeps a file from being an ``.xlsx``, as a key; empty if nothing does."""
    if content.startswith(OLD):
        return "password" if ENCRYPTED in content else "old_excel"
    if not content.startswith(b"PK"):
        return "not_excel"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = set(parts.namelist())
            size = sum(part.file_size for part in parts.infolist())
            # Sizes stand in the directory of the archive: looked at before a byte is unpacked.
            if size > PARTS_BYTES or (size > 2**24 and size > RATIO * len(content)):
                return "unpacks"
            damaged = parts.testzip() is not None
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError):
        return "broken"
    if damaged:
        return "broken"
    other = {"binary_excel": {"xl/workbook.bin"}, "open_document": {"content.xml", "mimetype"}}
    kinds = (kind for kind, parts in other.items() if parts <= names)
    return next(kinds, "" if "xl/workbook.xml" in names else "not_excel")


def grid(path: Path, lang: str) -> list[Sheet]:
    """The sheets of an ``.xlsx`` or text file of a table.

    Raises
    ------
    EntryError
        If the file cannot be read.
    """
    content = file_content(path, lang)
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return sheets(content, path, lang)
    text = decoded(content)
    if text is None or "\0" in text:
        raise EntryError(label("entry.wide.no_text", lang, file=path))
    first = [line for line in text.splitlines() if line.strip()][:20]
    # The sign that stands in most lines: commas within numbers stand in some, a line above the table in none.
    between = max("\t;,，", key=lambda sign: sum(sign in line for line in first))
    csv.field_size_limit(limits.CELL)
    sheet = Sheet(path.name)
    try:
        for number, line in enumerate(csv.reader(io.StringIO(text), delimiter=between), start=1):
            filled = {place: Shown(one) for place, one in enumerate(line, start=1) if one.strip()}
            if filled:
                sheet.cells[number] = filled
    except csv.Error:
        raise EntryError(label("entry.wide.no_text", lang, file=path)) from None
    return [sheet]


def decoded(content: bytes) -> str | None:
    """Text in the encodings that Excel and statistics offices write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
