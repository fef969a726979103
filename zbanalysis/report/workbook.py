"""Document and result file → workbooks: the tables of the report to calculate with, and the coded results.

One of each for each language.  A figure is a number with the report's digits, and its unit or period
stands in a cell of its own.  Completion and rates are formulas with their results stored, so that a
changed figure changes what depends on it, and a program that does not calculate shows them too.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from zbanalysis.report import output, results, words
from zbanalysis.report.blocks import INDICATORS, Cell
from zbanalysis.report.style import SIGNS
from zbanalysis.report.words import label

__all__ = ["results_workbook", "workbook"]

TOP = 2
"""Row in which the headings of a table stand, from 0: title, way back, headings."""
_WIDEST, _NARROWEST = 46, 7
_THICK_LINE, _THIN_LINE, _EDGE = 2, 1, 5


class Formula(NamedTuple):
    """A formula of a cell, with the number it gives."""

    text: str
    value: float
    pattern: str


def workbook(document: Mapping, content: dict, timestamp: dt.datetime) -> bytes:
    """The tables of a report in the document's language, to calculate with.

    Parameters
    ----------
    document
        From `volumes.documents`.
    content
        The result file the document was made from.
    timestamp
        The time the file carries; without a zone it is taken as UTC.

    Returns
    -------
    bytes
        An ``.xlsx`` file, the same for the same arguments.
    """
    book = _Book(document)
    if "progress" in content["sections"].get(INDICATORS, {}).get("tables", {}):
        _calculation(book, results.table(content, INDICATORS, "progress"))
    for block in output.blocks(document):
        if block["type"] == "table":
            _report_table(book, block)
    return book.finished(timestamp)


def results_workbook(document: Mapping, content: dict, timestamp: dt.datetime) -> bytes:
    """The coded results behind a report, every digit of them; as `workbook`."""
    book = _Book(document)
    other = "_en" if book.lang == "zh" else "_zh"
    figures = [block for block in output.blocks(document) if block["type"] == "figure"]
    comma = "、" if book.lang == "zh" else ", "
    for section, published in sorted(content["sections"].items()):
        own = [book.names[one["id"]] for one in figures if one["image"].startswith(f"{section}-")]
        used = label("export.behind", book.lang, figures=comma.join(own) or "—")
        for name, table in published["tables"].items():
            kept = [place for place, column in enumerate(table["columns"]) if not column.endswith(other)]
            headings = [_known(f"data_column.{table['columns'][place]}", book.lang) for place in kept]
            rows = [[_plain(row[place]) for place in kept] for row in table["rows"]]
            title = f"{section} · " + _known(f"data.{name}", book.lang)
            book.sheet(f"{section[:2]} {name}", title, headings, rows, used=used, wrap=False)
    return book.finished(timestamp)


def _plain(value: object) -> object:
    """A year is 2015, not 2015.0, and truth is a word; Excel shows the rest as it holds it."""
    if isinstance(value, bool):
        return str(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _known(key: str, lang: str) -> str:
    """The words for a table or column of the result file; its own name where there are none.

    These tables belong to the notebooks, so a new one comes without words and is still shown.
    """
    return label(key, lang) if words.known(key) else key.partition(".")[2]


def _report_table(book: _Book, block: Mapping) -> None:
    """A table of the report: each figure a number, what stands around it beside it."""
    names, labels, zh = book.names, book.document["labels"], book.lang == "zh"
    number, shown, at = names[block["id"]], [], {}
    for place, column in enumerate(block["columns"]):
        figures, around = _apart([row[place] for row in block["rows"]], names)
        at[place] = len(shown)
        shown.append((column["header"], column.get("align", "left"), figures))
        if any(around):
            heading = label("export.unit", book.lang, heading=column["header"].replace("\n", ""))
            shown.append((heading, "left", around))
    headings, sides, cells = zip(*shown, strict=True)
    marks = block.get("row_styles") or [None] * len(block["rows"])
    edges = [{at[mark["column"]]: SIGNS[mark["key"]].colour} if mark else {} for mark in marks]
    below = [(labels["note"], note) for note in block.get("notes") or []]
    below += [(labels["source"], block["source"])] if block.get("source") else []
    colon = "：" if zh else ": "
    book.sheet(
        f"{number.replace(' ', '') if zh else number.replace('table ', '')} {block['caption']}",
        f"{number}  {output.plain(block['caption'], names)}", headings, list(zip(*cells, strict=True)),
        used=label("export.report_table", book.lang), sides=sides, edges=edges,
        below=[output.plain(f"{mark}{colon}{text}", names) for mark, text in below],
    )  # fmt: skip


def _apart(cells: Sequence[str], names: Mapping[str, str]) -> tuple[list, list[str]]:
    """The figures of a column, and for each what stands around it; a column without figures is words.

    Examples
    --------
    >>> _apart([Cell("2.63 (2018)", 2.63, "0.00", after=" (2018)"), Cell("—")], {})
    (['2.63 (2018)', None], ['2018', ''])
    """
    if not any(isinstance(cell, Cell) and cell.value is not None for cell in cells):
        return [output.plain(cell, names) for cell in cells], []
    figures, around = [], []
    for cell in cells:
        if isinstance(cell, Cell) and cell.value is not None:
            figures.append(cell)
            around.append(" ".join(filter(None, (part.strip(" ，,") for part in (cell.before, cell.after)))))
        else:
            figures.append(None)
            around.append("" if cell == words.NONE else output.plain(cell, names))
    return figures, [re.sub(r"^[（(]([^（()）]*)[）)]$", r"\1", text) for text in around]


def _calculation(book: _Book, progress: pd.DataFrame) -> None:
    """Completion and rates of the targets as formulas, and two charts of them."""
    rows = progress[progress["current_value"].notna() & progress["target_value"].notna()].sort_values("order")
    rows = rows[rows["kind"] == "level"]
    if rows.empty:
        return
    columns = ("no", "indicator", "unit", "base_year", "base", "target", "period", "year", "latest",
               "of_target", "completion", "yearly_change", "yearly_growth")  # fmt: skip
    headings = [label(f"calculation.{column}", book.lang) for column in columns]
    table = [_calculated(row, TOP + 2 + place, book.lang) for place, (_, row) in enumerate(rows.iterrows())]
    title = label("calculation.title", book.lang)
    below = [label("calculation.note", book.lang)]
    sides = ["right", "left", "left", *["right"] * (len(columns) - 3)]
    used = label("calculation.used", book.lang)
    sheet = book.sheet(title, title, headings, table, used=used, sides=sides, below=below)
    last = TOP + len(table)
    for place, column in enumerate(("of_target", "completion")):
        chart = book.book.add_chart({"type": "bar"})
        at = columns.index(column)
        chart.add_series({
            "name": headings[at], "categories": [sheet.name, TOP + 1, 1, last, 1],
            "values": [sheet.name, TOP + 1, at, last, at], "fill": {"color": "#2F6DA3"},
            "data_labels": {"value": True, "num_format": "0%"},
        })  # fmt: skip
        chart.set_title({"name": headings[at], "overlay": False})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"num_format": "0%", "min": 0, "major_gridlines": {"visible": True}})
        chart.set_size({"width": 620, "height": 120 + 30 * len(table)})
        sheet.insert_chart(last + 4, 1 + 6 * place, chart, {"description": f"{title}: {headings[at]}"})


def _calculated(row: pd.Series, line: int, lang: str) -> list:
    """One target; ``line`` is its row as Excel counts."""
    base, target, latest, completion = row[["base_value", "target_value", "current_value", "completion"]]
    start = int(row["base_period"][:4]) if row["base_period"][:4].isdigit() else None
    years = row["current_position"] - start if start else math.nan
    share = Formula(f"=I{line}/F{line}", latest / target, "0.0%") if target > 0 else None
    done = change = growth = None
    if not words.missing(completion) and target != base:
        done = Formula(f"=(I{line}-E{line})/(F{line}-E{line})", (latest - base) / (target - base), "0.0%")
        if not math.isclose(done.value, completion, abs_tol=1e-6):
            done = Cell("", float(completion), "0.0%")  # counted otherwise, as the report says
    if not words.missing(base) and not words.missing(completion) and years > 0:
        pattern = "0.00" if row["scale"] == "share" else "0.0"
        change = Formula(f"=(I{line}-E{line})/(H{line}-D{line})", (latest - base) / years, pattern)
        if base > 0 and latest > 0 and row["scale"] != "share":
            rate = (latest / base) ** (1 / years) - 1
            growth = Formula(f"=(I{line}/E{line})^(1/(H{line}-D{line}))-1", rate, "0.0%")
    return [
        int(row["order"]), row[f"name_{lang}"], row[f"unit_{lang}"], start,
        None if words.missing(base) else _figure(base, row["published_base_value"]),
        _figure(target, row["published_target_value"]), words.period(row["current_period"], lang),
        row["current_position"], _figure(latest, row["current_published"]), share, done, change, growth,
    ]  # fmt: skip


def _figure(value: float, digits: str) -> Cell:
    """A figure with as many decimals as are published."""
    decimals = len(digits.partition(".")[2].rstrip("%"))
    return Cell(digits, float(value), "0." + "0" * decimals if decimals else "0")


class _Book:
    """A workbook being written: sheets with a list of them in front."""

    def __init__(self, document: Mapping) -> None:
        self.document, self.lang, self.names = document, document["lang"], output.numbered(document)
        self.face, self.head = ("宋体", "黑体") if self.lang == "zh" else ("Calibri", "Calibri")
        self.stream = io.BytesIO()
        self.book: Workbook = Workbook(self.stream, {"in_memory": True})
        self.formats: dict[tuple, Format] = {}
        self.listed: list[tuple[str, str, str]] = []
        self.contents: Worksheet = self.book.add_worksheet(label("export.contents", self.lang))

    def format(self, **properties: object) -> Format:
        """A format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            given = {"font_name": self.face, "font_size": 10, "valign": "vcenter"} | properties
            self.formats[key] = self.book.add_format(given)
        return self.formats[key]

    def sheet(
        self, name: str, title: str, headings: Sequence[str], rows: Sequence[Sequence], *, used: str,
        sides: Sequence[str] = (), edges: Sequence[Mapping[int, str]] = (), below: Sequence[str] = (),
        wrap: bool = True,
    ) -> Worksheet:  # fmt: skip
        """A sheet with one table, frozen and filtered, that the contents list."""
        sheet = self.book.add_worksheet(self._name(name))
        back = {"font_size": 9, "font_color": "#17365D", "underline": 1}
        target = f"internal:'{self.contents.name}'!A1"
        sheet.write_url(1, 0, target, self.format(**back), label("export.back", self.lang))
        self._table(sheet, title, headings, rows, sides=sides, edges=edges, wrap=wrap)
        if rows:
            sheet.autofilter(TOP, 0, TOP + len(rows), len(headings) - 1)
        for place, line in enumerate(below, start=TOP + len(rows) + 1):
            sheet.write_string(place, 0, output.clean(line), self.format(font_size=9))
        self.listed.append((sheet.name, title, used))
        return sheet

    def _name(self, text: str) -> str:
        """A name Excel takes: at most 31 characters, none of its own signs, not given twice."""
        name = " ".join(re.sub(r"[\[\]:*?/\\',]", " ", output.clean(text)).split())
        if len(name) > 31:  # at the end of a word, where there is one
            name = name[:32].rpartition(" ")[0] if self.lang == "en" and " " in name[20:32] else name[:31]
        taken = {sheet.name.casefold() for sheet in self.book.worksheets()}
        start, number = name, 2
        while name.casefold() in taken:
            name = f"{start[:27]} {number}"
            number += 1
        return name

    def _table(
        self, sheet: Worksheet, title: str, headings: Sequence[str], rows: Sequence[Sequence], *,
        sides: Sequence[str] = (), edges: Sequence[Mapping[int, str]] = (), wrap: bool = True,
    ) -> None:  # fmt: skip
        heavy = {"font_name": self.head, "bold": self.lang == "en"}
        sheet.write_string(0, 0, output.clean(title), self.format(**heavy, font_size=13))
        line = _THIN_LINE if rows else _THICK_LINE
        head = self.format(**heavy, top=_THICK_LINE, bottom=line, align="center", text_wrap=True)
        for column, text in enumerate(headings):
            sheet.write_string(TOP, column, output.clean(text), head)
        for place, row in enumerate(rows):
            look = {"bottom": _THICK_LINE} if place == len(rows) - 1 else {}
            for column, value in enumerate(row):
                own = look | ({"text_wrap": True} if wrap else {})
                own |= {"align": sides[column]} if sides else {}
                if edges and column in edges[place]:
                    own |= {"left": _EDGE, "left_color": edges[place][column]}
                self._value(sheet, TOP + 1 + place, column, value, own)
        _set_up(sheet, headings, rows, wrap=wrap)

    def _value(self, sheet: Worksheet, row: int, column: int, value: object, look: dict) -> None:
        """A number, a formula with its result, or words: what begins with = is no formula."""
        if isinstance(value, Formula):
            look = self.format(**look, num_format=value.pattern)
            sheet.write_formula(row, column, value.text, look, value.value)
        elif isinstance(value, Cell) and value.value is not None:
            sheet.write_number(row, column, value.value, self.format(**look, num_format=value.pattern))
        elif value is None or value == "":
            sheet.write_blank(row, column, None, self.format(**look))
        elif isinstance(value, str):
            sheet.write_string(row, column, output.clean(value), self.format(**look))
        else:
            sheet.write_number(row, column, value, self.format(**look))

    def finished(self, timestamp: dt.datetime) -> bytes:
        """The bytes, with the list of sheets in front."""
        sheet = self.contents
        headings = [label(f"export.{column}", self.lang) for column in ("sheet", "holds", "used")]
        self._table(sheet, self.document["title"], headings, [list(row) for row in self.listed])
        as_of = self.document.get("cover", {}).get("as_of", "")
        sheet.write_string(1, 0, output.clean(as_of), self.format(font_size=9))
        link = self.format(font_color="#17365D", underline=1)
        for place, (name, _, _) in enumerate(self.listed, start=TOP + 1):
            sheet.write_url(place, 0, f"internal:'{name}'!A1", link, name)
        self.book.set_properties({
            "title": self.document["title"], "subject": self.document.get("subtitle") or "",
            "author": self.document.get("author", ""), "created": output.utc(timestamp),
        })  # fmt: skip
        self.book.close()
        return output.frozen(self.stream.getvalue())


def _set_up(sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence], *, wrap: bool) -> None:
    """Widths and heights, frozen headings, and the printed page: A4, lying where the table is wide."""
    total, lines, heights = 0.0, 1, [1] * len(rows)
    for column, text in enumerate(headings):
        longest = max((_width(row[column]) for row in rows), default=0)
        width = min(max(longest, _width(text) / 2, _NARROWEST) + 3, _WIDEST)
        sheet.set_column(column, column, width)
        total, lines = total + width, max(lines, math.ceil(_width(text) / (width - 3)))
        heights = [max(height, _lines(row[column], width)) for height, row in zip(heights, rows, strict=True)]
    # LibreOffice keeps the height of one line unless it is told.
    sheet.set_row(TOP, 16 * lines)
    for place, height in enumerate(heights, start=TOP + 1):
        if wrap and height > 1:
            sheet.set_row(place, 15 * height)
    sheet.freeze_panes(TOP + 1, 0)
    sheet.repeat_rows(TOP)
    sheet.set_paper(9)
    if total > 90:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_header("&C&A")
    sheet.set_footer("&C&P / &N")


def _width(value: object) -> int:
    """Width of a text in half characters: a Han character takes two."""
    if isinstance(value, Formula):
        return len(value.pattern) + 2
    text = "" if value is None else str(value)
    if text.isascii() and "\n" not in text:
        return len(text)
    lines = text.split("\n")
    return max(sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in line) for line in lines)


def _lines(value: object, width: float) -> int:
    """Lines that a cell of this width takes."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, math.ceil(_width(line) / (width - 2))) for line in value.split("\n"))
