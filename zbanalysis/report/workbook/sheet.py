"""One sheet: title, way back, a three-line table with its headings frozen, notes below, ready for A4."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from zbanalysis.report import blocks, office
from zbanalysis.report.style import ROLES
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.styles import Font
    from openpyxl.worksheet.hyperlink import Hyperlink
    from openpyxl.worksheet.worksheet import Worksheet

_WIDEST, _NARROWEST = 46, 7
TOP = 3
"""Row in which the headings of a table stand: title, way back, headings."""


class Look(NamedTuple):
    """Language and faces of a workbook; programs that lack a face take their own."""

    lang: str
    face: str
    head: str


def look(lang: str) -> Look:
    """How a workbook in this language is written."""
    return Look("zh", "宋体", "黑体") if lang == "zh" else Look("en", "Calibri", "Calibri")


def name(words: str, book: Workbook) -> str:
    """A name Excel takes: at most 31 characters, none of its own signs, not given twice."""
    found = re.sub(r"[\[\]:*?/\\']", " ", office.clean(words)).strip()[:31].strip()
    taken = {sheet.casefold() for sheet in book.sheetnames}
    number = 2
    while found.casefold() in taken:
        found = f"{found[:27]} {number}"
        number += 1
    return found


def write(
    sheet: Worksheet, title: str, headings: list[str], rows: list[list], look: Look, *, exact: bool = False
) -> int:
    """Title, way back, headings and rows as a three-line table; gives the last row."""
    from openpyxl.cell import Cell
    from openpyxl.styles import Alignment, Border, Font, Side

    thick, thin = Side("medium"), Side("thin")
    text(sheet.cell(1, 1), title, Font(look.head, size=13, bold=look.lang == "en"))
    back = sheet.cell(2, 1, label("export.back", look.lang))
    back.hyperlink = link(label("export.contents", look.lang))
    back.font = Font(look.face, size=9, color="17365D", underline="single")
    body, head = Font(look.face, size=10), Font(look.head, size=10, bold=look.lang == "en")
    for column, words in enumerate(headings, start=1):
        cell = sheet.cell(TOP, column)
        text(cell, words, head)
        cell.border = Border(top=thick, bottom=thick if not rows else thin)
        cell.alignment = Alignment("center", "center", wrap_text=True)
    last = TOP + len(rows)
    # One cell is dressed and the others take its look: openpyxl compares every font with all it has.
    dressed = Cell(sheet, row=1, column=1)
    dressed.font, dressed.alignment = body, Alignment(vertical="center", wrap_text=not exact)
    for place, row in enumerate(rows, start=TOP + 1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(place, column)
            cell._style = copy(dressed._style)
            _value(cell, value, exact=exact)
            if place == last:
                cell.border = Border(bottom=thick)
    _set_up(sheet, headings, rows, look)
    return last


def text(cell: Cell, words: object, font: Font) -> None:
    """Put words into a cell as words: what begins with = is no formula."""
    cell.value = office.clean(words)
    cell.data_type, cell.font = "s", font


def _value(cell: Cell, value: object, *, exact: bool) -> None:
    """A number as a number, with the words around it in its format; all else as words."""
    if value is None:
        return
    if isinstance(value, blocks.Cell) and value.value is not None and not exact:
        cell.value, cell.number_format = value.value, _number_format(value)
    elif isinstance(value, (bool, str)):
        cell.value, cell.data_type = office.clean(value), "s"
    else:
        # A year is 2015, not 2015.0; Excel shows the rest as it holds it.
        cell.value = int(value) if float(value).is_integer() else value


def _number_format(value: blocks.Cell) -> str:
    """The printed digits, between the words before and after them."""
    before, after = (f'"{office.clean(text)}"' if text else "" for text in (value.before, value.after))
    return f"{before}{value.pattern}{after}"


def _set_up(sheet: Worksheet, headings: list[str], rows: list[list], look: Look) -> None:
    """Widths, frozen headings, and the printed page: A4, lying where the table is wide."""
    from openpyxl.utils import get_column_letter

    total, lines = 0.0, 1
    for column, words in enumerate(headings):
        longest = max((_width(row[column]) for row in rows), default=0)
        width = min(max(longest, _width(words) / 2, _NARROWEST) + 2, _WIDEST)
        sheet.column_dimensions[get_column_letter(column + 1)].width = width
        total, lines = total + width, max(lines, math.ceil(_width(words) / (width - 2)))
    # LibreOffice keeps the height of one line unless it is told.
    sheet.row_dimensions[TOP].height = 16 * lines
    sheet.freeze_panes = sheet.cell(TOP + 1, 1)
    sheet.print_title_rows = f"{TOP}:{TOP}"
    page = sheet.page_setup
    page.paperSize, page.orientation = sheet.PAPERSIZE_A4, "landscape" if total > 90 else "portrait"
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "&P / &N"
    sheet.oddHeader.center.text = "&A"
    sheet.sheet_view.zoomScale = 100


def _width(value: object) -> int:
    """Width of a text in half characters: a Han character takes two."""
    text = "" if value is None else str(value)
    if text.isascii() and "\n" not in text:
        return len(text)
    return max(
        (sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in line) for line in text.split("\n")),
        default=0,
    )


def align(sheet: Worksheet, sides: list[str], last: int) -> None:
    """Set the columns of a table left, right or in the middle."""
    from openpyxl.styles import Alignment

    for column, side in enumerate(sides, start=1):
        number = None
        for row in range(TOP + 1, last + 1):
            cell = sheet.cell(row, column)
            if number is None:  # one cell is dressed, the others take its number: see `write`
                cell.alignment = Alignment(side, "center", wrap_text=True, indent=int(side != "center"))
                number = cell._style.alignmentId
            cell._style.alignmentId = number


def colour(sheet: Worksheet, row_styles: list) -> None:
    """A coloured edge beside a judgement, as in the PDF; the words say it without the colour."""
    from openpyxl.styles import Border, Side

    for place, marks in enumerate(row_styles, start=TOP + 1):
        for mark in [marks] if isinstance(marks, dict) else marks or []:
            cell = sheet.cell(place, mark["column"] + 1)
            edge = Side("thick", ROLES[mark["key"]].colour.lstrip("#"))
            cell.border = Border(left=edge, bottom=cell.border.bottom)


def below(
    sheet: Worksheet, row: int, block: Mapping, words: Mapping, names: dict[str, str], look: Look
) -> None:
    """Notes and source below a table."""
    from openpyxl.styles import Alignment, Font

    colon = "：" if look.lang == "zh" else ": "
    notes = [f"{words['note']}{colon}{note}" for note in block.get("notes") or []]
    source = [f"{words['source']}{colon}{block['source']}"] if block.get("source") else []
    for place, line in enumerate([*notes, *source], start=row):
        cell = sheet.cell(place, 1)
        text(cell, office.plain(line, names), Font(look.face, size=9))
        cell.alignment = Alignment(vertical="center", wrap_text=False)


def link(name: str) -> Hyperlink:
    """A link to a sheet of the same workbook."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    return Hyperlink(ref="A1", location=f"'{name}'!A1", display=name)
