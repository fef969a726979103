"""The entry form: a workbook with a sheet for each table, drop-down lists, and how to fill it, zh and en."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from zbanalysis.data.schema import LANGUAGES
from zbanalysis.entry import schema
from zbanalysis.entry.schema import FIRST_ROW, FORM, HEADING_ROW, TITLE_ROW, Column, Table, tables
from zbanalysis.errors import width as width_of
from zbanalysis.report import output
from zbanalysis.report.words import label

Lines = Sequence[Mapping[str, str]]
"""Rows of a sheet, each its texts by column."""

LISTS = "lists"
"""The hidden sheet from which the drop-down lists are made."""

LAST_ROW = 2000
_TEXT = 49  # Excel's own format of text
_LISTED = 500  # rows of a sheet that its drop-down list can show
_MUST, _MAY, _INK, _PAPER, _RED = "#1F4E79", "#DDEBF7", "#1F1F1F", "#FFFFFF", "#C00000"
_FACE = "Microsoft YaHei"  # on every Chinese Windows; other systems take their own
_WIDTHS = {
    "digits": 14, "integer": 12, "number": 14, "period": 14, "date": 16,
    "choice": 22, "reference": 40, "text": 32,
}  # fmt: skip
"""Width of a column by how it is filled; short names and the unit need less than other text."""

MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # any, but the same bytes each time


class Book:
    """A workbook in the making."""

    def __init__(self, title: str) -> None:
        self._stream = io.BytesIO()
        self.book = Workbook(self._stream, {"in_memory": True})
        about = {"title": title, "author": "zbanalysis", "created": output.utc(MOMENT)}
        self.book.set_properties(about)
        # Text, so that 2.70 stays 2.70 and 2020-09 does not become a date.
        self.text = self.book.add_format({"num_format": _TEXT})

    def look(self, size: int = 10, color: str = _INK, **more: object) -> Format:
        """How a cell looks."""
        about = {"font_name": _FACE, "font_size": size, "font_color": color}
        return self.book.add_format(about | more)

    def sheet(self, name: str, *, freeze: tuple[int, int] | None = None, high: int = 0) -> Worksheet:
        """A new sheet, printed on A4 across, as wide as a page and ``high`` pages high, with headings."""
        sheet = self.book.add_worksheet(schema.sheet(name))
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, high)
        sheet.set_footer("&C&P / &N")
        if freeze:
            sheet.freeze_panes(*freeze)
            sheet.repeat_rows(TITLE_ROW - 1, HEADING_ROW - 1)
        return sheet

    def content(self) -> bytes:
        """The ``.xlsx`` file, the same for the same cells."""
        self.book.close()
        return self._stream.getvalue()

    def table(
        self, table: Table, lines: Lines, width: Callable[[Column], int], *,
        last: int = LAST_ROW, listed: bool = True, languages: Sequence[str] = LANGUAGES, **cell: object,
    ) -> Worksheet:  # fmt: skip
        """A sheet of a table's columns, their lists, and the rows that are filled in beforehand.

        ``listed`` says that the workbook has the lists of what one row says of another, ``cell`` how
        filled cells look; the columns of a language that is none of ``languages`` are out of sight.
        """
        sheet = self.sheet(table.name, freeze=(FIRST_ROW - 1, 1))
        filled = self.look(num_format=_TEXT, **cell)
        for place, column in enumerate(table.columns.values()):
            hidden = column.name[-3:] in ("_zh", "_en") and column.name[-2:] not in languages
            sheet.set_column(place, place, width(column), self.text, {"hidden": hidden})
            self._heading(sheet, place, column)
            rule = _rule(column, f"{xl_col_to_name(place)}{FIRST_ROW}")
            if rule and (listed or not column.refers):
                sheet.data_validation(FIRST_ROW - 1, place, last - 1, place, rule)
            for number, line in enumerate(lines, start=FIRST_ROW - 1):
                if text := line.get(column.name, ""):
                    sheet.write_string(number, place, text, filled)  # what begins with = is no formula
        sheet.ignore_errors({"number_stored_as_text": "A1:Z5000"})  # they are meant
        return sheet

    def _heading(self, sheet: Worksheet, place: int, column: Column) -> None:
        """A column's heading with its explanation."""
        colors = (_PAPER, _MUST) if column.required else (_INK, _MAY)
        look = self.look(color=colors[0], bg_color=colors[1], bold=True, align="center", valign="vcenter",
                         text_wrap=True, right=1, right_color=_PAPER)  # fmt: skip
        text = schema.heading(column.name) + (" *" if column.required else "")
        sheet.write_string(HEADING_ROW - 1, place, text, look)
        text = schema.explained(column)
        lines = sum(1 + width_of(line) // 46 for line in text.split("\n"))
        about = {"author": "zbanalysis", "width": 340, "height": 24 + 19 * lines, "font_size": 9}
        sheet.write_comment(HEADING_ROW - 1, place, text, about)


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
    book = Book(schema.both("entry.guide.title", " "))
    _guide(book, synthetic=synthetic)
    for name in FORM:
        lines = _shown(tables()[name], filled).to_dict("records") if name in filled else ()
        sheet = book.table(tables()[name], lines, _width, languages=languages, valign="vcenter")
        purpose = schema.both(f"entry.purpose.{name}", "  ")
        sheet.write_string(TITLE_ROW - 1, 0, purpose, book.look(11, _MUST, bold=True))
        sheet.set_row(TITLE_ROW - 1, 24)
        sheet.set_row(HEADING_ROW - 1, 50)
    _pasted(book)
    _lists(book.book)
    return book.content()


def _shown(table: Table, filled: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows as the drop-down lists would have written them: a short name with the name it stands for."""
    rows = filled[table.name].reindex(columns=list(table.columns), fill_value="")
    for column in table.columns.values():
        words = {value: schema.choice(column.name, value) for value in column.choices}
        if column.refers in filled and column.refers != table.name:
            named = tables()[column.refers]
            zh, en = named.labelled
            listed = filled[column.refers].to_dict("records")
            words = {one[named.identifier]: f"{one[named.identifier]} {one[zh] or one[en]}" for one in listed}
        rows[column.name] = rows[column.name].replace(words)
    return rows


def _guide(book: Book, *, synthetic: bool) -> None:
    sheet = book.sheet("guide", high=1)
    sheet.hide_gridlines(2)
    sheet.set_column("A:A", 4)
    sheet.set_column("B:B", 110)
    sheet.write_string("B1", schema.both("entry.guide.title", "  "), book.look(15, _MUST, bold=True))
    sheet.set_row(0, 32)
    number_look = book.look(11, _MUST, bold=True, align="center", valign="top")
    plain = book.look(11, valign="top", text_wrap=True)
    lines = [(f"entry.guide.line{number}", plain) for number in range(1, 10)]
    if synthetic:
        red = book.look(11, _RED, bold=True, valign="top", text_wrap=True)
        lines.insert(0, ("entry.guide.synthetic", red))
    for row, (key, look) in enumerate(lines, start=2):
        # LibreOffice keeps one line's height unless it is told; about 100 half characters fit in a line.
        sheet.set_row(row, 17 * sum(1 + width_of(label(key, lang)) // 104 for lang in LANGUAGES))
        sheet.write_string(row, 1, schema.both(key, "\n"), look)
        if key[-1].isdigit():
            sheet.write_number(row, 0, int(key[-1]), number_look)
    command = book.book.add_format({"font_name": "Consolas", "font_size": 11, "bg_color": _MAY})
    sheet.write_string(len(lines) + 3, 1, "python -m zbanalysis import form.xlsx --into DIR", command)


def _width(column: Column) -> int:
    is_short = column.name.startswith("unit_") or (column.form == "text" and column.pattern)
    return 24 if is_short or column.refers == "areas" else _WIDTHS[column.form]


def _rule(column: Column, first: str) -> dict[str, object]:
    """What Excel asks of the cells of a column: a choice, a reference or a number."""
    if column.choices:
        # Excel takes 255 characters here; a test holds the words to it.
        listed = [schema.choice(column.name, value) for value in column.choices]
        asks, words = {"validate": "list", "source": listed}, "choice"
    elif column.refers:
        # What a list lacks may stand in the folder already, so it is a question, not a refusal.
        asks = {"validate": "list", "source": f"=list_{column.refers}", "error_type": "warning"}
        words = "reference"
    elif column.form in ("digits", "integer", "number"):
        asks, words = {"validate": "custom", "value": f"=ISNUMBER(VALUE({first}))"}, "digits"
    else:
        return {}
    title, message = schema.both("entry.invalid.title", " "), schema.both(f"entry.invalid.{words}", "\n")
    return asks | {"error_title": title, "error_message": message}


def _pasted(book: Book) -> None:
    """The sheet into which a table is pasted as a bulletin prints it."""
    sheet = book.sheet(schema.PASTED, freeze=(schema.PASTED_ROW - 1, 0))
    sheet.set_column("A:F", 24)
    for name, (row, place) in schema.PASTED_ABOUT.items():
        words = schema.both(f"entry.column.{name}", " ")
        sheet.write_string(row - 1, place - 2, words, book.look(11, bold=True))
        sheet.write_blank(row - 1, place - 1, None, book.book.add_format({"bg_color": _MAY}))
    sheet.write_string(1, 0, schema.both("entry.purpose.wide", "  "), book.look(10, _MUST))


def _lists(book: Workbook) -> None:
    """Hidden: a line for each row that others may refer to, ``short-name name``, kept by formulas."""
    sheet = book.add_worksheet(LISTS)
    sheet.hide()
    referred = {column.refers for name in FORM for column in tables()[name].columns.values()}
    for place, name in enumerate(name for name in FORM if name in referred):
        own, table = schema.sheet(name), tables()[name]
        names = (table.identifier, *table.labelled)
        columns = [f"'{own}'!${xl_col_to_name(list(table.columns).index(one))}$" for one in names]
        for row in range(_LISTED):
            short, zh, en = (f"{column}{row + FIRST_ROW}" for column in columns)
            # A row may have a name in one language, and no short name yet.
            sheet.write_formula(row, place, f'=TRIM({short}&" "&IF({zh}="",{en},{zh}))', None, "")
        ends = [f"COUNTA({one}{FIRST_ROW}:{one.split('!')[1]}{FIRST_ROW + _LISTED - 1})" for one in columns]
        area = f"=OFFSET({LISTS}!${xl_col_to_name(place)}$1,0,0,MAX(1,{','.join(ends)}),1)"
        book.define_name(f"list_{name}", area)
