"""Document and result file → the workbook: every table of the report, and the data behind every chart.

One workbook for each language.  Figures are the report's: a cell with a number behind it is that number, and
its format prints what the report prints, so that 2.70 stays 2.70 and can be calculated with.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from zbanalysis.report import office
from zbanalysis.report import words as labels
from zbanalysis.report.blocks import Cell
from zbanalysis.report.words import label
from zbanalysis.report.workbook import sheet as sheets
from zbanalysis.report.workbook.sheet import Look

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


def workbook(document: Mapping, content: dict, timestamp: dt.datetime) -> bytes:
    """The workbook of a report in the document's language.

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
    from openpyxl import Workbook

    look = sheets.look(document["lang"])
    book = Workbook()
    contents = book.active
    contents.title = label("export.contents", look.lang)
    names = office.numbered(document)
    listed = [
        *_report_sheets(book, document, names, look),
        *_data_sheets(book, document, content, names, look),
    ]
    _contents(contents, document, listed, look)
    moment = office.utc(timestamp)
    properties = book.properties
    properties.title, properties.subject = document["title"], document.get("subtitle")
    properties.creator = _author(document)
    properties.language = {"zh": "zh-CN", "en": "en-GB"}[look.lang]
    properties.created = properties.modified = moment
    stream = io.BytesIO()
    book.save(stream)
    return office.frozen(stream.getvalue(), timestamp)


def _author(document: Mapping) -> str:
    author = document.get("author") or document.get("cover", {}).get("organisation") or "zbanalysis"
    return author if isinstance(author, str) else ", ".join(author)


def _report_sheets(
    book: Workbook, document: Mapping, names: dict[str, str], look: Look
) -> list[tuple[str, str, str]]:
    """One sheet for each table of the report; what the contents say of it."""
    listed = []
    for block in office.blocks(document):
        if block["type"] != "table":
            continue
        number = names[block["id"]]
        title = f"{number}  {office.plain(block['caption'], names)}"
        sheet = book.create_sheet(sheets.name(f"{number.replace(' ', '')} {block['caption']}", book))
        rows = [
            [cell if isinstance(cell, Cell) else office.plain(cell, names) for cell in row]
            for row in block["rows"]
        ]
        last = sheets.write(sheet, title, [column["header"] for column in block["columns"]], rows, look)
        sheets.align(sheet, [column.get("align", "left") for column in block["columns"]], last)
        sheets.colour(sheet, block.get("row_styles") or [])
        sheets.below(sheet, last + 1, block, document["labels"], names, look)
        listed.append((sheet.title, title, label("export.report_table", look.lang)))
    return listed


def _data_sheets(
    book: Workbook, document: Mapping, content: dict, names: dict[str, str], look: Look
) -> list[tuple[str, str, str]]:
    """One sheet for each table of the result file; the contents name the figures drawn from it."""
    listed = []
    other = "_en" if look.lang == "zh" else "_zh"
    for section in sorted(content["sections"]):
        drawn = label("export.behind", look.lang, figures=_figures(document, section, names) or "—")
        for name in content["sections"][section]["tables"]:
            columns, rows = _cells(content["sections"][section]["tables"][name], other)
            sheet = book.create_sheet(sheets.name(f"{section[:2]} {name}", book))
            words = _known(f"data.{name}", name, look.lang)
            title = f"{section} · {words}"
            headings = [_known(f"data_column.{column}", column, look.lang) for column in columns]
            sheets.write(sheet, title, headings, rows, look, exact=True)
            listed.append((sheet.title, title, drawn))
    return listed


def _cells(table: Mapping, other: str) -> tuple[list[str], list[list]]:
    """Columns and rows of a table of the result file, without the words of the other language."""
    kept = [place for place, column in enumerate(table["columns"]) if not column.endswith(other)]
    return [table["columns"][place] for place in kept], [
        [row[place] for place in kept] for row in table["rows"]
    ]


def _known(key: str, name: str, lang: str) -> str:
    """The words for a table or column of the result file; its own name where there are none.

    These tables belong to the notebooks, so a new one comes without words and is still shown.
    """
    return label(key, lang) if labels.known(key) else name


def _figures(document: Mapping, section: str, names: dict[str, str]) -> str:
    found = [
        names[block["id"]]
        for block in office.blocks(document)
        if block["type"] == "figure" and block["image"].startswith(f"{section}-")
    ]
    return ("、" if document["lang"] == "zh" else ", ").join(found)


def _contents(sheet: Worksheet, document: Mapping, listed: list[tuple[str, str, str]], look: Look) -> None:
    """The first sheet: what the workbook holds, with links."""
    from openpyxl.styles import Font

    headings = [label(f"export.{column}", look.lang) for column in ("sheet", "holds", "used")]
    last = sheets.write(sheet, document["title"], headings, [list(row) for row in listed], look)
    sheets.text(sheet.cell(2, 1), document.get("cover", {}).get("as_of", ""), Font(look.face, size=9))
    sheet.cell(2, 1).hyperlink = None
    for row in range(sheets.TOP + 1, last + 1):
        cell = sheet.cell(row, 1)
        cell.hyperlink = sheets.link(cell.value)
        cell.font = Font(look.face, size=10, color="17365D", underline="single")
        cell.data_type = "s"
