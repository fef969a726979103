"""One function for each kind of block: text, lists, big figures, three-line tables, pictures."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from zbanalysis import ooxml
from zbanalysis.style import ROLES
from zbanalysis.word import page, xml
from zbanalysis.word.text import Writer

_THICK, _THIN = 12, 6
_PAD_MM, _SIGN_MM = 2.4, 1.72
"""Room beside a cell's text, and the width of half a Han character in 9 pt; Latin letters are much alike."""
_WORD = re.compile(r"[^\s\u3000-\u9fff\uff00-\uffef]+(?:[年月日家项件个])?|（[^（）]{1,5}）")
# The PDF draws these shapes; text has them as signs.
_SIGNS = {"o": "●", "^": "▲", "s": "■", "v": "▼", "X": "×", "D": "◆"}


def paragraph(writer: Writer, block: Mapping) -> None:
    """Running text."""
    writer.paragraph(block["text"])


def bullets(writer: Writer, block: Mapping) -> None:
    """A list; plain where the items bring their own marks."""
    style = "Report text" if block.get("plain") else "List Number" if block.get("numbered") else "List Bullet"
    for item in block["items"]:
        made = writer.paragraph(item, style=style)
        if block.get("plain"):
            made.paragraph_format.first_line_indent = 0


def callout(writer: Writer, block: Mapping) -> None:
    """Set-off text between two lines; a line end begins a new paragraph."""
    lines = [f"**{block['title']}**"] if block.get("title") else []
    for line in [*lines, *block["text"].split("\n")]:
        made = writer.paragraph(line)
        sides = xml.borders("pBdr", left=24)
        made._p.get_or_add_pPr().insert_element_before(
            sides, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )


def numbers(writer: Writer, block: Mapping) -> None:
    """A row of big figures with their words below."""
    from docx.shared import Pt

    items = block["items"]
    table = writer.file.add_table(rows=1, cols=len(items))
    for cell, item in zip(table.rows[0].cells, items, strict=True):
        first = cell.paragraphs[0]
        first.alignment = 1
        writer.run(first, ooxml.clean(item["value"]), head=True).font.size = Pt(24)
        writer.run(first, " " + ooxml.clean(item.get("unit", "")))
        below = cell.add_paragraph(style="Table note")
        below.alignment = 1
        writer.run(below, ooxml.clean(item["label"]))
    writer.paragraph("", style="Table note")


def page_break(writer: Writer, block: Mapping) -> None:
    """A new page."""
    writer.page_break()


def table(writer: Writer, block: Mapping) -> None:
    """A three-line table with caption above, headings repeated on each page, notes and source below."""
    columns = block["columns"]
    asked = block.get("landscape")
    needs = _needs(columns, block["rows"])
    # Turned only if it must: a page that lies leaves an empty one before it.
    lying = asked is True or (asked == "auto" and sum(need for need, _ in needs) > page.TEXT_MM)
    if lying:
        page.turn(writer, lying=True)
    writer.caption(block, "table", _count(writer, block))
    made = writer.file.add_table(rows=1 + len(block["rows"]), cols=len(columns))
    made.autofit = False
    _lines(made, block)
    widths = _widths(needs, page.WIDE_MM if lying else page.TEXT_MM)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    marks = block.get("row_styles") or [None] * len(block["rows"])
    headings = [column["header"] for column in columns]
    for place, cells in enumerate([headings, *block["rows"]]):
        row = made.rows[place]
        properties = row._tr.get_or_add_trPr()
        properties.append(xml.element("w:cantSplit"))
        if not place:
            properties.append(xml.element("w:tblHeader"))
        for number, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = widths[number]
            sign = _sign(marks[place - 1], number) if place else None
            side = columns[number].get("align", "left") if place else "center"
            _cell(writer, cell, text, side, sign, head=not place)
    _after(writer, block)
    if lying:
        page.turn(writer, lying=False)


def _count(writer: Writer, block: Mapping) -> int:
    return int(writer.names[block["id"]].rpartition(" ")[2])


def _lines(made: Any, block: Mapping) -> None:
    """The three lines, and the caption as text for readers that speak."""
    properties = made._tbl.tblPr
    edges = xml.borders("tblBorders", top=_THICK, left=0, bottom=_THICK, right=0, insideH=0, insideV=0)
    margins = [xml.element(f"w:{side}", w="57", type="dxa") for side in ("left", "right")]
    room = xml.with_children(xml.element("w:tblCellMar"), *margins)
    # Word is strict about the order of these.
    properties.insert_element_before(edges, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    properties.insert_element_before(room, "w:tblLook", "w:tblCaption")
    properties.append(xml.element("w:tblCaption", val=ooxml.clean(block["caption"])))
    for cell in made.rows[0].cells:
        cell._tc.get_or_add_tcPr().append(xml.borders("tcBorders", bottom=_THIN))


def _cell(
    writer: Writer, cell: Any, text: object, side: str, sign: tuple[str, str] | None, *, head: bool
) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.shared import RGBColor

    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for place, line in enumerate(ooxml.clean(text).split("\n")):
        paragraph = cell.add_paragraph() if place else cell.paragraphs[0]
        paragraph.style = "Table text"
        paragraph.alignment = {"left": 0, "center": 1, "right": 2}[side]
        if sign and not place:
            shape = writer.run(paragraph, sign[0])
            shape.font.color.rgb = RGBColor.from_string(sign[1])
        writer.rich(paragraph, line, head=head)


def _sign(marks: Mapping | list | None, column: int) -> tuple[str, str] | None:
    """The shape and colour beside a judgement, if this cell has one."""
    for mark in [marks] if isinstance(marks, Mapping) else marks or []:
        if mark["column"] == column:
            role = ROLES[mark["key"]]
            return _SIGNS[role.marker], role.colour.lstrip("#")
    return None


def _widths(needs: list[tuple[float, float]], text_mm: float) -> list[Any]:
    """Widths in the text's: what no column can do without, and of the rest to each as it wants."""
    from docx.shared import Mm

    least, whole = (sum(part) for part in zip(*needs, strict=True))
    if least >= text_mm:
        return [Mm(text_mm * need / least) for need, _ in needs]
    share = (text_mm - least) / max(whole - least, 1e-9)
    return [Mm(need + (want - need) * share) for need, want in needs]


def _needs(columns: list[Mapping], rows: list[list]) -> list[tuple[float, float]]:
    """For each column the millimetres of its longest word and of its longest cell."""
    found = []
    for number, column in enumerate(columns):
        cells = [str(row[number]) for row in rows]
        words = [word for cell in [column["header"], *cells] for word in _WORD.findall(cell)]
        # Two Han characters side by side, so that no heading stands as a column of letters.
        least = max([4, *map(_length, words)])
        whole = max([least, _length(column["header"]) * 0.6, *map(_length, cells)])
        found.append((_PAD_MM + least * _SIGN_MM, _PAD_MM + min(whole, 40) * _SIGN_MM))
    return found


def _length(text: object) -> int:
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in str(text))


def figure(writer: Writer, block: Mapping, png: bytes) -> None:
    """A picture with its alternative text, caption, notes and source below."""
    from docx.shared import Mm

    made = writer.file.add_paragraph(style="Table note")
    made.alignment = 1
    made.paragraph_format.keep_with_next = True
    width = min(block.get("width") or page.TEXT_MM, page.TEXT_MM)
    shape = made.add_run().add_picture(io.BytesIO(png), width=Mm(width))
    shape._inline.docPr.set("descr", ooxml.clean(block["alt"]))
    shape._inline.docPr.set("name", block["image"])
    caption = writer.caption(block, "figure", _count(writer, block))
    caption.paragraph_format.keep_with_next = False
    _after(writer, block)


def _after(writer: Writer, block: Mapping) -> None:
    """Notes and source, smaller, and some room."""
    from docx.shared import Pt

    colon = "：" if writer.lang == "zh" else ": "
    words = writer.labels
    lines = [f"{words['note']}{colon}{note}" for note in block.get("notes") or []]
    if block.get("source"):
        lines.append(f"{words['source']}{colon}{block['source']}")
    last = None
    for line in lines:
        last = writer.paragraph(line, style="Table note")
    last = last or writer.paragraph("", style="Table note")
    last.paragraph_format.space_after = Pt(12)


WRITERS: dict[str, Callable[[Writer, Mapping], None]] = {
    "paragraph": paragraph,
    "list": bullets,
    "callout": callout,
    "numbers": numbers,
    "table": table,
    "page_break": page_break,
}
