"""One function for each kind of block: text, lists, big figures, three-line tables, pictures."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from zbanalysis.report import ooxml
from zbanalysis.report.style import ROLES
from zbanalysis.report.word import page, xml
from zbanalysis.report.word.text import Writer

_THICK, _THIN = 12, 6
_PAD_MM, _SIGN_MM = 2.6, {"zh": 1.66, "en": 1.42}
"""Room beside a cell's text, and the width of half a Han character, or of a Latin letter, in 9 pt."""
_SHORT_MM = (30.0, 24.0, 18.0, 12.0, 0.0)
"""Cells up to so long stay on one line where the table's width allows; tried from the most generous."""
_HEAD = 1.25
"""Headings are set in a wider face."""
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
    needs = _needs(columns, block["rows"], writer.lang)
    for number in {mark["column"] for row in block.get("row_styles") or [] for mark in _listed(row)}:
        needs[number] = tuple(width + _PAD_MM for width in needs[number])  # the sign beside the words
    # Turned only if it must: a page that lies leaves an empty one before it.
    lying = asked is True or (asked == "auto" and sum(least for least, _, _ in needs) > page.TEXT_MM)
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
    sides = {"top": "20", "left": "57", "bottom": "20", "right": "57"}
    margins = [xml.element(f"w:{side}", w=width, type="dxa") for side, width in sides.items()]
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
        writer.dress(paragraph, "Table text")
        paragraph.alignment = {"left": 0, "center": 1, "right": 2}[side]
        if sign and not place:
            shape = writer.run(paragraph, sign[0])
            shape.font.color.rgb = RGBColor.from_string(sign[1])
        writer.rich(paragraph, line, head=head)


def _sign(marks: Mapping | list | None, column: int) -> tuple[str, str] | None:
    """The shape and colour beside a judgement, if this cell has one."""
    for mark in _listed(marks):
        if mark["column"] == column:
            role = ROLES[mark["key"]]
            return _SIGNS[role.marker], role.colour.lstrip("#")
    return None


def _listed(marks: Mapping | list | None) -> list[Mapping]:
    return [marks] if isinstance(marks, Mapping) else marks or []


def _widths(needs: list[tuple[float, float, float]], text_mm: float) -> list[Any]:
    """Widths that fill the text's: short cells on one line, long ones in as many lines as each other."""
    from docx.shared import Mm

    floors = [
        max(least, cells) if cells <= short else least for short in _SHORT_MM for least, cells, _ in needs
    ]
    choices = [floors[start : start + len(needs)] for start in range(0, len(floors), len(needs))]
    # As generous as fits; where not even the words fit, all give way alike.
    floor = next((choice for choice in choices if sum(choice) <= text_mm), choices[-1])
    low, high = 0.0, text_mm
    for _ in range(40):
        share = (low + high) / 2
        filled = sum(max(least, share * whole) for least, (_, _, whole) in zip(floor, needs, strict=True))
        low, high = (share, high) if filled < text_mm else (low, share)
    found = [max(least, low * whole) for least, (_, _, whole) in zip(floor, needs, strict=True)]
    return [Mm(width * text_mm / sum(found)) for width in found]


def _needs(columns: list[Mapping], rows: list[list], lang: str) -> list[tuple[float, float, float]]:
    """For each column the millimetres of its longest word, its longest cell, and that or half its heading."""
    sign, found = _SIGN_MM[lang], []
    for number, column in enumerate(columns):
        lines = [line for row in rows for line in str(row[number]).split("\n")]
        heads = column["header"].split("\n")
        words = [_length(word) for line in lines for word in _WORD.findall(line)]
        words += [_HEAD * _length(word) for line in heads for word in _WORD.findall(line)]
        # Two Han characters side by side, so that no heading stands as a column of letters.
        least = max([4, *words])
        cells = max([least, *map(_length, lines)])
        whole = max([cells, *(_HEAD * _length(head) / 2 for head in heads)])
        found.append(tuple(_PAD_MM + width * sign for width in (least, cells, whole)))
    return found


def _length(text: object) -> float:
    """How wide a text is, a Latin letter being one: a Han character is two, a capital nearly 1.5."""
    return sum(
        2.0 if unicodedata.east_asian_width(sign) in "WF" else 1.4 if sign.isupper() else 1.0
        for sign in str(text)
    )


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
    notes = block.get("notes") or []
    marks = [words["note"]] if len(notes) == 1 else [f"{words['note']} {n + 1}" for n in range(len(notes))]
    lines = [f"{mark}{colon}{note}" for mark, note in zip(marks, notes, strict=True)]
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
