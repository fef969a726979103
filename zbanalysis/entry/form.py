"""The entry form: a workbook with a sheet for each table, drop-down lists, and how to fill it, zh and en."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.data.schema import LANGUAGES
from zbanalysis.entry import schema
from zbanalysis.entry.schema import FIRST_ROW, FORM, HEADING_ROW, TITLE_ROW, Column, Table, tables
from zbanalysis.errors import width as width_of
from zbanalysis.report import output
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment
    from openpyxl.worksheet.worksheet import Worksheet

Lines = Sequence[Mapping[str, str]]
"""Rows of a sheet, each its texts by column."""

LISTS = "lists"
"""The hidden sheet from which the drop-down lists are made."""

LAST_ROW = 2000
_LISTED = 500  # rows of a sheet that its drop-down list can show
_MUST, _MAY, _INK, _PAPER = "1F4E79", "DDEBF7", "1F1F1F", "FFFFFF"
_FACE = "Microsoft YaHei"  # on every Chinese Windows; other systems take their own
_WIDTHS = {
    "digits": 14, "integer": 12, "number": 14, "period": 14, "date": 16,
    "choice": 22, "reference": 40, "text": 32,
}  # fmt: skip
"""Width of a column by how it is filled; short names and the unit need less than other text."""

MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # any, but the same bytes each time


def form(
    filled: Mapping[str, pd.DataFrame], *, synthetic: bool = False, languages: Sequence[str] = LANGUAGES
) -> bytes:
    """The entry form as an ``.xlsx`` file.

    Parameters
    ----------
    filled
        Rows to fill in beforehand, by the name of the table; columns as in the CSV files, all text.
    synthetic
        Whether the first sheet says that the figures are invented.
    languages
        The columns of a language that is none of these are out of sight.

    Returns
    -------
    bytes
        The same for the same rows.
    """
    from openpyxl import Workbook

    book = Workbook()
    guide = book.active
    guide.title = schema.sheet("guide")
    _guide(guide, synthetic=synthetic)
    for name in FORM:
        lines = _shown(tables()[name], filled).to_dict("records") if name in filled else ()
        _sheet(book.create_sheet(schema.sheet(name)), tables()[name], lines, languages)
    _pasted(book.create_sheet(schema.sheet(schema.PASTED)))
    _lists(book)
    book.properties.title = schema.both("entry.guide.title", " ")
    book.properties.creator = "zbanalysis"
    book.properties.created = book.properties.modified = output.utc(MOMENT)
    stream = io.BytesIO()
    book.save(stream)
    return output.frozen(_text_is_right(stream.getvalue()), MOMENT)


def _shown(table: Table, filled: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows as the drop-down lists would have written them: a short name with the name it stands for."""
    rows = filled[table.name].reindex(columns=list(table.columns), fill_value="")
    for column in table.columns.values():
        if column.choices:
            rows[column.name] = rows[column.name].map(
                lambda value, name=column.name: value and schema.choice(name, value)
            )
        elif column.refers in filled and column.refers != table.name:
            named = tables()[column.refers]
            rows_of = filled[column.refers].set_index(named.identifier)
            zh, en = named.labelled
            listed = rows_of[zh].where(rows_of[zh] != "", rows_of[en])
            rows[column.name] = rows[column.name].map(
                lambda value, listed=listed: f"{value} {listed[value]}" if value in listed.index else value
            )
    return rows


def _guide(sheet: Worksheet, *, synthetic: bool) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 4, 110
    sheet["B1"] = schema.both("entry.guide.title", "  ")
    sheet["B1"].font = Font(_FACE, size=15, bold=True, color=_MUST)
    sheet.row_dimensions[1].height = 32
    keys = ["entry.guide.synthetic"] if synthetic else []
    keys += [f"entry.guide.line{number}" for number in range(1, 10)]
    row = 3
    for number, key in enumerate(keys, start=0 if synthetic else 1):
        cell = sheet.cell(row, 2, schema.both(key, "\n"))
        cell.font = Font(_FACE, size=11, color="C00000" if number == 0 else _INK, bold=number == 0)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if number:
            sheet.cell(row, 1, number).font = Font(_FACE, size=11, color=_MUST, bold=True)
            sheet.cell(row, 1).alignment = Alignment("center", "top")
        # LibreOffice keeps one line's height unless it is told; about 100 half characters fit in a line.
        sheet.row_dimensions[row].height = 17 * sum(
            1 + width_of(label(key, lang)) // 104 for lang in ("zh", "en")
        )
        row += 1
    command = sheet.cell(row + 1, 2, "python -m zbanalysis import form.xlsx --into DIR")
    command.font, command.fill = Font("Consolas", size=11), PatternFill("solid", fgColor=_MAY)
    _page(sheet)
    sheet.page_setup.fitToHeight = 1


def _sheet(sheet: Worksheet, table: Table, lines: Lines, languages: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    title = sheet.cell(TITLE_ROW, 1, schema.both(f"entry.purpose.{table.name}", "  "))
    title.font = Font(_FACE, size=11, bold=True, color=_MUST)
    sheet.row_dimensions[TITLE_ROW].height, sheet.row_dimensions[HEADING_ROW].height = 24, 50
    lay_out(sheet, table, lines, _width, Alignment(vertical="center"))
    for place, column in enumerate(table.columns.values(), start=1):
        other = column.name[-3:] in ("_zh", "_en") and column.name[-2:] not in languages
        sheet.column_dimensions[get_column_letter(place)].hidden = other


def lay_out(
    sheet: Worksheet, table: Table, lines: Lines, width: Callable[[Column], int], alignment: Alignment,
    *, last: int = LAST_ROW, listed: bool = True,
) -> None:  # fmt: skip
    """Headings, widths and lists of a sheet's columns, and the rows that are filled in beforehand.

    ``listed`` says that the workbook has the lists of what one row says of another.
    """
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for place, column in enumerate(table.columns.values(), start=1):
        _heading(sheet, place, table, column)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = width(column)
        # Text, so that 2.70 stays 2.70 and 2020-09 does not become a date.
        sheet.column_dimensions[letter].number_format = "@"
        if listed or not column.refers:
            _validate(sheet, f"{letter}{FIRST_ROW}:{letter}{last}", column)
        for number, line in enumerate(lines, start=FIRST_ROW):
            if text := line.get(column.name, ""):
                cell = sheet.cell(number, place, text)
                # Words as words: what begins with = is no formula.
                cell.data_type, cell.number_format = "s", "@"
                cell.font, cell.alignment = Font(_FACE, size=10), alignment
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 2)
    _page(sheet)


def _width(column: Column) -> int:
    is_short = column.name.startswith("unit_") or (column.form == "text" and column.pattern)
    return 24 if is_short or column.refers == "areas" else _WIDTHS[column.form]


def _heading(sheet: Worksheet, place: int, table: Table, column: Column) -> None:
    """A column's heading with its explanation."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell = sheet.cell(HEADING_ROW, place, schema.heading(column.name) + (" *" if column.required else ""))
    cell.font = Font(_FACE, size=10, bold=True, color=_PAPER if column.required else _INK)
    cell.fill = PatternFill("solid", fgColor=_MUST if column.required else _MAY)
    cell.alignment = Alignment("center", "center", wrap_text=True)
    cell.border = Border(right=Side("thin", _PAPER))
    text = schema.explained(table.name, column)
    lines = sum(1 + width_of(line) // 46 for line in text.split("\n"))
    cell.comment = Comment(text, "zbanalysis", width=340, height=24 + 19 * lines)


def _validate(sheet: Worksheet, area: str, column: Column) -> None:
    """What Excel asks of the cells of a column: a choice, a reference or a number."""
    from openpyxl.worksheet.datavalidation import DataValidation

    first = area.partition(":")[0]
    if column.choices:
        listed = ",".join(schema.choice(column.name, value) for value in column.choices)
        # Excel takes 255 characters here; a test holds the words to it.
        rule, words_of = DataValidation("list", formula1=f'"{listed}"'), "choice"
    elif column.refers:
        rule, words_of = DataValidation("list", formula1=f"=list_{column.refers}"), "reference"
    elif column.form in ("digits", "integer", "number"):
        rule, words_of = DataValidation("custom", formula1=f"ISNUMBER(VALUE({first}))"), "digits"
    else:
        return
    rule.allow_blank, rule.showErrorMessage = True, True
    # What a list lacks may stand in the folder already, so it is a question, not a refusal.
    rule.errorStyle = "warning" if column.refers else "stop"
    rule.errorTitle = schema.both("entry.invalid.title", " ")
    rule.error = schema.both(f"entry.invalid.{words_of}", "\n")
    sheet.add_data_validation(rule)
    rule.add(area)


def _pasted(sheet: Worksheet) -> None:
    """The sheet into which a table is pasted as a bulletin prints it."""
    from openpyxl.styles import Font, PatternFill

    for name, (row, place) in schema.PASTED_ABOUT.items():
        sheet.cell(row, place - 1, schema.both(f"entry.column.{name}", " ")).font = Font(_FACE, bold=True)
        sheet.cell(row, place).fill = PatternFill("solid", fgColor=_MAY)
    sheet.cell(2, 1, schema.both("entry.purpose.wide", "  ")).font = Font(_FACE, size=10, color=_MUST)
    for letter in "ABCDEF":
        sheet.column_dimensions[letter].width = 24
    sheet.freeze_panes = sheet.cell(schema.PASTED_ROW, 1)
    _page(sheet)


def _lists(book: Workbook) -> None:
    """Hidden: a line for each row that others may refer to, ``short-name name``, kept by formulas."""
    from openpyxl.utils import get_column_letter
    from openpyxl.workbook.defined_name import DefinedName

    sheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    referred = {column.refers for name in FORM for column in tables()[name].columns.values()}
    for place, name in enumerate((name for name in FORM if name in referred), start=1):
        letter, own, table = get_column_letter(place), schema.sheet(name), tables()[name]
        names = (table.identifier, *table.labelled)
        short, zh, en = (get_column_letter(list(table.columns).index(one) + 1) for one in names)
        for row in range(FIRST_ROW, FIRST_ROW + _LISTED):
            there, first, second = (f"'{own}'!${letter}${row}" for letter in (short, zh, en))
            # A row may have a name in one language, and no short name yet.
            named = f'IF({first}="",{second},{first})'
            sheet.cell(row - FIRST_ROW + 1, place).value = f'=TRIM({there}&" "&{named})'
        counts = [
            f"COUNTA('{own}'!${one}${FIRST_ROW}:${one}${FIRST_ROW + _LISTED - 1})" for one in (short, zh, en)
        ]
        count = f"MAX({','.join(counts)})"
        area = f"OFFSET({LISTS}!${letter}$1,0,0,MAX(1,{count}),1)"
        book.defined_names[f"list_{name}"] = DefinedName(f"list_{name}", attr_text=area)


def _page(sheet: Worksheet) -> None:
    """Printed: A4 across, as wide as the page, with its headings."""
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"
    if sheet.freeze_panes:
        sheet.print_title_rows = f"{TITLE_ROW}:{HEADING_ROW}"


def _text_is_right(content: bytes) -> bytes:
    """Tell Excel that numbers kept as text are meant, so that no cell carries a warning.

    openpyxl does not write this element; the standard wants it before the drawings.
    """
    mark = '<ignoredErrors><ignoredError sqref="A1:Z5000" numberStoredAsText="1"/></ignoredErrors>'
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
                text = part.decode("utf-8")
                part = re.sub(r"<legacyDrawing", f"{mark}<legacyDrawing", text, count=1).encode("utf-8")
            new.writestr(name, part)
    return written.getvalue()
