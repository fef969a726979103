"""Document and pictures → the Word file: what an official edits, with real headings, captions and fields.

Styles, numbering, paper, header and footer are those of a template that a bureau can replace
(``report_zh.docx``, ``report_en.docx``: beside this file, or in ``reports/template/``, which comes first).
Whatever Word counts is a field that Word counts again: headings by a numbering, tables and
figures by ``SEQ``, references by ``REF``, pages by ``PAGE``.  Until then the fields show what the PDF says.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import output
from zbanalysis.report.output import Writer, borders, element
from zbanalysis.report.style import SIGNS

__all__ = ["word"]

STYLES = (
    "Report text", "Callout", "Front heading", "Appendix heading", "Caption", "Table text", "Table head",
    "Table note", "Title", "Subtitle", "Cover line", "List Bullet", "List Number", "Strong",
    *(f"Heading {level}" for level in (1, 2, 3, 4)), *(f"toc {level}" for level in (1, 2, 3)),
)  # fmt: skip
"""What a template must have: the looks are its own."""
DEEPEST = 3
"""Levels of headings in the contents, as in the PDF."""
_CONTENTS_FROM = 20
"""A document of fewer headings, a dozen pages or so, needs no contents."""
_THICK, _THIN = 12, 6
Needs = list[tuple[float, float, float]]
_PAD_MM, _SIGN_MM = 2.3, {"zh": 1.66, "en": 1.42}
"""Room beside a cell's text, and the width of half a Han character, or of a Latin letter, in 9 pt."""
_SHORT_MM = (30.0, 24.0, 18.0, 12.0, 0.0)
"""Cells up to so long stay on one line where the table's width allows; tried from the most generous."""
_HEAD = 1.17
"""Headings are set in a wider face."""
_SPARE = {"zh": (1.4, 1.25), "en": (1.4, 1.32)}
"""Words get this much more, as far as there is room: a machine that lacks a face takes a wider one."""
_LETTERS = r"[^\s\u3000-\u9fff\uff00-\uffef]"
_TEXT = 16
"""A cell from so many half characters on is text."""
_SMALLER, _CLOSER = 0.875, 0.79
"""Type and lines of the conclusion beside the text's: 14 pt at 22 for 16 pt at 28."""
_AROUND_MM = 48.0
"""What headings, a sentence, caption and source need on the page of a picture."""
_LOW = 1.15
"""A table may have so many times the fewest lines of text that it can have."""
_WIDER = 1.1
"""What stands on one line gets this much more, for the same reason as `_SPARE`."""
# What no line may break: also a number and its bracket, as in 2.63（2018）.
_WORD = re.compile(rf"{_LETTERS}+[年月日家项件个]?(?:（{_LETTERS}*年?）?)?|（[^（）]{{1,5}}）")
# The PDF draws these shapes; text has them as signs.
_SHAPES = {"o": "●", "p": "●", "^": "▲", "s": "■", "v": "▼", "<": "◀", "X": "×", "D": "◆"}


def word(document: Mapping, images_png: Mapping[str, bytes], lang: str, timestamp: dt.datetime) -> bytes:
    """The report as an editable Word file.

    Parameters
    ----------
    document
        From `volumes.documents`.
    images_png
        The document's pictures as PNG by the names the document uses; see `output.png`.
    lang
        ``zh`` or ``en``.
    timestamp
        The time the file carries; without a zone it is taken as UTC.

    Returns
    -------
    bytes
        A ``.docx`` file, the same for the same arguments.

    Raises
    ------
    InputError
        If a bureau's own template cannot be used.
    ZbError
        If a picture was not handed over, or a block is of an unknown type.
    """
    file = _template(lang)
    _header(file, document)
    writer = Writer(file, lang, output.numbered(document), document["labels"])
    _cover(writer, document)
    if document.get("key_messages"):
        writer.paragraph(document["labels"]["key_messages"], "Front heading")
        usual = writer.styles
        writer.styles = usual | _smaller(file)
        _write(writer, document["key_messages"], images_png)
        writer.styles = usual
    _contents(writer, document)
    for section, level, appendix in output.sections(document):
        writer.heading(section["heading"], level, appendix=appendix)
        _write(writer, section.get("blocks", []), images_png)
    _describe(file, document, lang, timestamp)
    stream = io.BytesIO()
    file.save(stream)
    return output.frozen(stream.getvalue(), timestamp)


def _template(lang: str) -> Any:
    """The bureau's own template where there is one, else ours; its text goes, its looks stay."""
    from docx import Document

    name = f"report_{lang}.docx"
    path = files.TEMPLATE / name
    if not path.is_file():
        return Document(io.BytesIO(Path(__file__).with_name(name).read_bytes()))
    try:
        file = Document(io.BytesIO(path.read_bytes()))
    except Exception as error:  # noqa: BLE001 – python-docx says "no Word file" by errors of many sorts
        why = type(error).__name__
        raise InputError(f"{path} cannot be read as a Word file ({why}); save it as .docx.") from None
    lacking = [style for style in STYLES if style not in {one.name for one in file.styles}]
    if lacking:
        raise InputError(
            f"{path} lacks the style {lacking[0]!r}; begin from a copy of the program's own template."
        )
    for child in list(file.element.body)[:-1]:  # the last is the page
        file.element.body.remove(child)
    return file


def _smaller(file: Any) -> dict[str, str]:
    """The styles of running text a size smaller, by the name of the usual one: the conclusion is one page."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Emu, Pt

    styles, lines = {}, file.styles["Report text"].paragraph_format.line_spacing
    for name in ("Report text", "Callout", "List Number", "List Bullet"):
        small = f"{name} small"
        if small not in file.styles:  # a bureau's template may have its own
            own = file.styles.add_style(small, WD_STYLE_TYPE.PARAGRAPH)
            own.base_style, size = file.styles[name], file.styles[name].font.size or Pt(12)
            own.font.size = max(Pt(10.5), int(_SMALLER * size))
            own.paragraph_format.line_spacing = Emu(int(_CLOSER * lines)) if isinstance(lines, int) else 1.1
        styles[name] = file.styles[small].style_id
    return styles


def _header(file: Any, document: Mapping) -> None:
    """The title where header or footer of the template say ``{title}``."""
    first = file.sections[0]
    for part in (first.header, first.footer, first.first_page_header, first.first_page_footer):
        for run in (run for paragraph in part.paragraphs for run in paragraph.runs):
            if "{title}" in run.text:
                run.text = run.text.replace("{title}", output.clean(document["title"]))


def _write(writer: Writer, content: list[Mapping], images_png: Mapping[str, bytes]) -> None:
    for block in content:
        kind = block["type"]
        if kind == "figure":
            if block["image"] not in images_png:
                raise ZbError(f"The Word file needs the picture {block['image']}, which was not made.")
            _figure(writer, block, images_png[block["image"]])
        elif kind in _WRITERS:
            _WRITERS[kind](writer, block)
        else:
            raise ZbError(
                f"The report has a block of the unknown type {kind!r}; see reports/template/README.md."
            )


def _describe(file: Any, document: Mapping, lang: str, timestamp: dt.datetime) -> None:
    own = file.core_properties
    own.title, own.subject = document["title"], document.get("subtitle", "")
    own.author = own.last_modified_by = document.get("author", "")
    own.keywords = ", ".join(document.get("keywords", []))
    own.comments = document.get("description", "")
    own.language = {"zh": "zh-CN", "en": "en-GB"}[lang]
    own.created = own.modified = output.utc(timestamp)


def _cover(writer: Writer, document: Mapping) -> None:
    """The first page: who issues it, title, plan and what it stands on."""
    words = document.get("cover", {})
    for text in filter(None, (words.get("organisation"), words.get("kind"))):
        writer.paragraph(text, "Cover line")
    title = writer.paragraph(style="Title")
    for place, line in enumerate(words.get("title", document["title"]).split("\n")):
        if place:
            title.add_run().add_break()
        writer.rich(title, line)
    if document.get("subtitle"):
        writer.paragraph(document["subtitle"], "Subtitle")
    below = [words.get("plan"), words.get("as_of"), words.get("date"), *words.get("lines", [])]
    for place, text in enumerate(filter(None, below)):
        made = writer.paragraph(text, "Cover line")
        if not place:
            made.paragraph_format.space_before = _mm(50)
    writer.page_break()


def _mm(size: float) -> Any:
    from docx.shared import Mm

    return Mm(size)


def _contents(writer: Writer, document: Mapping) -> None:
    """The contents as a field, filled with the headings until Word counts the pages."""
    lines = list(_entries(document, writer))
    if len(lines) <= _CONTENTS_FROM:
        return
    if document.get("key_messages"):
        writer.page_break()
    writer.paragraph(document["labels"]["contents"], "Front heading")
    for place, (line, level) in enumerate(lines):
        made = writer.paragraph(style=f"toc {level}")
        if not place:
            # "dirty": Word fills in the pages when it opens the file.
            writer.open_field(made, f'TOC \\o "1-{DEEPEST}" \\h \\z', dirty="true")
        writer.run(made, line)
        if place == len(lines) - 1:
            writer.close_field(made)
    writer.page_break()


def _entries(document: Mapping, writer: Writer) -> Iterator[tuple[str, int]]:
    """Headings down to `DEEPEST` with their numbers, and their levels."""
    counts: dict[bool, list[int]] = {False: [], True: []}
    for section, level, appendix in output.sections(document):
        own = counts[appendix]
        own[level - 1 :] = [own[level - 1] + 1 if len(own) >= level else 1]
        if level <= DEEPEST:
            number = output.heading_number(
                own, writer.lang, document["labels"]["appendix"], appendix=appendix
            )
            yield number + output.plain(section["heading"], writer.names), level


def _paragraph(writer: Writer, block: Mapping) -> None:
    """Running text; strong words alone are a heading, which stays with what follows."""
    made = writer.paragraph(block["text"])
    if output.STRONG.fullmatch(block["text"].strip()):
        made.paragraph_format.keep_with_next = True


def _bullets(writer: Writer, block: Mapping) -> None:
    """A list; plain where the items bring their own marks."""
    style = "Report text" if block.get("plain") else "List Number" if block.get("numbered") else "List Bullet"
    for item in block["items"]:
        made = writer.paragraph(item, style)
        if block.get("plain"):
            made.paragraph_format.first_line_indent = 0


def _callout(writer: Writer, block: Mapping) -> None:
    """Set-off text; a line end begins a new paragraph."""
    for line in block["text"].split("\n"):
        writer.paragraph(line, "Callout")


def _turn(writer: Writer, *, lying: bool) -> None:
    """A new page that lies, or stands again, with the template's margins turned along."""
    from docx.enum.section import WD_ORIENTATION

    first, section = writer.file.sections[0], writer.file.add_section()
    section.different_first_page_header_footer = False
    section.orientation = WD_ORIENTATION.LANDSCAPE if lying else WD_ORIENTATION.PORTRAIT
    sides = ["top_margin", "right_margin", "bottom_margin", "left_margin"]
    for place, side in enumerate(sides):
        setattr(section, side, getattr(first, sides[place - 1] if lying else side))
    wide, high = first.page_width, first.page_height
    section.page_width, section.page_height = (high, wide) if lying else (wide, high)


def _table(writer: Writer, block: Mapping) -> None:
    """A three-line table with caption above, headings repeated on each page, notes and source below."""
    columns = block["columns"]
    asked = block.get("landscape")
    marks = block.get("row_styles") or [None] * len(block["rows"])
    signed = {mark["column"] for mark in marks if mark}
    needs = _needs(columns, block["rows"], writer.lang, _SPARE[writer.lang][1], signed)
    # Turned only if it must: a page that lies leaves an empty one before it.
    lying = asked is True or (asked == "auto" and sum(least for least, *_ in needs) > writer.upright_mm)
    if lying:
        _turn(writer, lying=True)
    writer.caption(block, "table")
    made = writer.file.add_table(rows=1 + len(block["rows"]), cols=len(columns))
    made.autofit = False
    _lines(made, block)
    text_mm = writer.lying_mm if lying else writer.upright_mm
    widths = [_mm(width) for width in _widths(columns, block["rows"], writer.lang, text_mm, signed)]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    headings = [column["header"] for column in columns]
    for place, cells in enumerate([headings, *block["rows"]]):
        row = made.rows[place]
        properties = row._tr.get_or_add_trPr()
        properties.append(element("w:cantSplit"))
        if not place:
            properties.append(element("w:tblHeader"))
        for number, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = widths[number]
            sign = _sign(marks[place - 1], number) if place else None
            side = columns[number].get("align", "left") if place else "center"
            _cell(writer, cell, text, side, sign, head=not place)
    # The heading stays with the first row, the last row with what stands below the table.
    for row in (made.rows[0], made.rows[-1]):
        for paragraph in (paragraph for cell in row.cells for paragraph in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = True
    _after(writer, block)
    if lying:
        _turn(writer, lying=False)


def _lines(made: Any, block: Mapping) -> None:
    """The three lines, and the caption as text for readers that speak."""
    properties = made._tbl.tblPr
    edges = borders("tblBorders", top=_THICK, left=0, bottom=_THICK, right=0, insideH=0, insideV=0)
    sides = {"top": "20", "left": "57", "bottom": "20", "right": "57"}
    margins = [element(f"w:{side}", w=width, type="dxa") for side, width in sides.items()]
    margins_of_cells = element("w:tblCellMar")
    margins_of_cells.extend(margins)
    # Word is strict about the order of these.
    properties.insert_element_before(edges, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    properties.insert_element_before(margins_of_cells, "w:tblLook", "w:tblCaption")
    properties.append(element("w:tblCaption", val=output.clean(block["caption"])))
    for cell in made.rows[0].cells:
        cell._tc.get_or_add_tcPr().append(borders("tcBorders", bottom=_THIN))


def _cell(
    writer: Writer, cell: Any, text: object, side: str, sign: tuple[str, str] | None, *, head: bool
) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.shared import RGBColor

    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for place, line in enumerate(output.clean(text).split("\n")):
        paragraph = cell.add_paragraph() if place else cell.paragraphs[0]
        writer.style(paragraph, "Table head" if head else "Table text")
        paragraph.alignment = {"left": 0, "center": 1, "right": 2}[side]
        if sign and not place:
            shape = writer.run(paragraph, sign[0])
            shape.font.color.rgb = RGBColor.from_string(sign[1])
        writer.rich(paragraph, line)


def _sign(mark: Mapping | None, column: int) -> tuple[str, str] | None:
    """The shape and colour beside a judgement, if this cell has one."""
    if not mark or mark["column"] != column:
        return None
    role = SIGNS[mark["key"]]
    return _SHAPES[role.marker], role.colour.lstrip("#")


def _widths(
    columns: list[Mapping], rows: list[list], lang: str, text_mm: float, signed: set[int] | None = None
) -> list[float]:
    """Widths that fill the text's: as many cells on one line as leave the table about as low as it can be.

    Where not even the words fit, all give way alike; ``signed`` columns have a sign beside their words.
    """
    every = [_needs(columns, rows, lang, spare, signed or set()) for spare in _SPARE[lang]]
    needs = next((one for one in every if sum(least for least, *_ in one) <= text_mm), every[-1])
    floors = [
        [max(least, cells) if cells <= short else least for least, cells, _ in needs] for short in _SHORT_MM
    ]
    fitting = [floor for floor in floors if sum(floor) <= text_mm] or floors[-1:]
    sign = _SIGN_MM[lang]
    long = [[[sign * _length(line) for line in str(cell).split("\n")] for cell in row] for row in rows]
    made = [_filled(floor, needs, text_mm) for floor in fitting]
    lines = [_lines_of(long, widths) for widths in made]
    return next(widths for widths, count in zip(made, lines, strict=True) if count <= _LOW * min(lines))


def _lines_of(long: list[list[list[float]]], widths: list[float]) -> float:
    """How many lines of text a table has with these widths; ``long`` has the millimetres of each line."""
    return sum(
        max(
            sum(max(_WIDER * line / (width - _PAD_MM), 1.0) for line in cell)
            for cell, width in zip(row, widths, strict=True)
        )
        for row in long
    )


def _filled(floor: list[float], needs: Needs, text_mm: float) -> list[float]:
    """What is left goes to long cells, so that they have as many lines as each other."""
    low, high = 0.0, text_mm
    for _ in range(40):
        share = (low + high) / 2
        filled = sum(max(least, share * whole) for least, (_, _, whole) in zip(floor, needs, strict=True))
        low, high = (share, high) if filled < text_mm else (low, share)
    widths = [max(least, low * whole) for least, (_, _, whole) in zip(floor, needs, strict=True)]
    return [width * text_mm / sum(widths) for width in widths]


def _needs(columns: list[Mapping], rows: list[list], lang: str, spare: float, signed: set[int]) -> Needs:
    """For each column the millimetres of its longest word, line, and cell or half its heading."""
    sign, needs = _SIGN_MM[lang], []
    for number, column in enumerate(columns):
        lines = [line for row in rows for line in str(row[number]).split("\n")]
        heads = column["header"].split("\n")
        words = [spare * _length(word) for line in lines for word in _WORD.findall(line)]
        words += [spare * _HEAD * _length(word) for line in heads for word in _WORD.findall(line)]
        longest = max(map(_length, lines), default=0.0)
        # Two Han characters side by side, five where there is text: no column of letters.
        least = max([10 if longest >= _TEXT else 4, *words])
        cells = max(least, _WIDER * longest)
        whole = max(
            [
                cells,
                *(_WIDER * _length(row[number]) for row in rows),
                *(_HEAD * _length(head) / 2 for head in heads),
            ]
        )
        margin = 2 * _PAD_MM if number in signed else _PAD_MM  # for the sign beside the words
        needs.append(tuple(margin + width * sign for width in (least, cells, whole)))
    return needs


def _length(text: object) -> float:
    """How wide a text is, a Latin letter being one: a Han character is two, a capital or % nearly 1.5."""
    return sum(
        2.0 if unicodedata.east_asian_width(sign) in "WF" else 1.4 if sign.isupper() or sign == "%" else 1.0
        for sign in str(text)
    )


def _figure(writer: Writer, block: Mapping, png: bytes) -> None:
    """A picture with its alternative text, caption, notes and source below."""
    made = writer.paragraph(style="Table note")
    made.alignment = 1
    made.paragraph_format.keep_with_next = True
    width = min(block.get("width") or writer.upright_mm, writer.upright_mm)
    shape = made.add_run().add_picture(io.BytesIO(png), width=_mm(width))
    # With its heading and caption it stands on one page.
    if (excess := shape.height.mm / (writer.lying_mm - _AROUND_MM)) > 1:
        shape.width, shape.height = _mm(width / excess), _mm(writer.lying_mm - _AROUND_MM)
    for side in "TBLR":  # unless told, LibreOffice takes 3 mm
        shape._inline.set(f"dist{side}", "0")
    shape._inline.docPr.set("descr", output.clean(block["alt"]))
    shape._inline.docPr.set("name", block["image"])
    caption = writer.caption(block, "figure")
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
        last = writer.paragraph(line, "Table note")
        last.paragraph_format.keep_with_next = line is not lines[-1]
    last = last or writer.paragraph(style="Table note")
    last.paragraph_format.space_after = Pt(12)


_WRITERS: dict[str, Callable[[Writer, Mapping], None]] = {
    "paragraph": _paragraph,
    "list": _bullets,
    "callout": _callout,
    "table": _table,
    "page_break": lambda writer, _: writer.page_break(),
}
