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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENTATION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import columns, output
from zbanalysis.report.output import unwrapped
from zbanalysis.report.style import SIGNS, Role

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
_SMALLER, _CLOSER = 0.875, 0.79
"""Type and lines of the conclusion beside the text's: 14 pt at 22 for 16 pt at 28."""
_AROUND_MM = 48.0
"""What headings, a sentence, caption and source need on the page of a picture."""
_MARKS = re.compile(f"{output.STRONG.pattern}|{output.REFERENCE.pattern}")
_FIRST_BOOKMARK = 10_000
"""Below may be those of a template."""
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
    writer = _Writer(file, document, images_png)
    _cover(writer, document)
    if document.get("key_messages"):
        writer.paragraph(document["labels"]["key_messages"], "Front heading")
        usual = writer.styles
        writer.styles = usual | _smaller(file)
        writer.blocks(document["key_messages"])
        writer.styles = usual
    _contents(writer, document)
    for section, counts, appendix in output.sections(document):
        writer.heading(section["heading"], len(counts), appendix=appendix)
        writer.blocks(section.get("blocks", []))
    own = file.core_properties
    own.title, own.subject = document["title"], document.get("subtitle", "")
    own.author = own.last_modified_by = document.get("author", "")
    own.keywords = ", ".join(document.get("keywords", []))
    own.comments = document.get("description", "")
    own.language = {"zh": "zh-CN", "en": "en-GB"}[lang]
    own.created = own.modified = output.utc(timestamp)
    stream = io.BytesIO()
    file.save(stream)
    return output.frozen(stream.getvalue())


def _template(lang: str) -> Any:
    """The bureau's own template where there is one, else ours; its text goes, its looks stay."""
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


def _cover(writer: _Writer, document: Mapping) -> None:
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
    lines = [writer.paragraph(text, "Cover line") for text in filter(None, below)]
    if lines:
        lines[0].paragraph_format.space_before = Mm(50)
    writer.page_break()


def _contents(writer: _Writer, document: Mapping) -> None:
    """The contents as a field, filled with the headings until Word counts the pages."""
    appendix_word = document["labels"]["appendix"]
    lines = [
        (len(counts), output.heading_number(counts, document["lang"], appendix_word, appendix=appendix)
         + output.plain(section["heading"], writer.names))
        for section, counts, appendix in output.sections(document)
        if len(counts) <= DEEPEST
    ]  # fmt: skip
    if len(lines) <= _CONTENTS_FROM:
        return
    if document.get("key_messages"):
        writer.page_break()
    writer.paragraph(document["labels"]["contents"], "Front heading")
    made = [writer.paragraph(style=f"toc {level}") for level, _ in lines]
    # "dirty": Word fills in the pages when it opens the file.
    writer.open_field(made[0], f'TOC \\o "1-{DEEPEST}" \\h \\z', dirty="true")
    for paragraph, (_, line) in zip(made, lines, strict=True):
        writer.run(paragraph, line)
    writer.close_field(made[-1])
    writer.page_break()


def _element(tag: str, **attributes: str) -> Any:
    """An element of Word's own namespace, with attributes of it."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _borders(kind: str, **sides: int) -> Any:
    """Borders of a table or cell by side, in Word's order, in eighths of a point; 0 is none."""
    made = _element(kind)
    for side, size in sides.items():
        line = {"val": "single" if size else "nil", "sz": str(size), "space": "0", "color": "000000"}
        made.append(_element(side, **line))
    return made


class _Writer:
    """Writes into a Word file: paragraphs with their marks, fields, and each type of block by its name."""

    def __init__(self, file: Any, document: Mapping, images: Mapping[str, bytes]) -> None:
        self.file, self.images, self.lang, self.labels = file, images, document["lang"], document["labels"]
        self.names = output.numbered(document)
        self.bookmarks = {ident: f"ref_{number}" for number, ident in enumerate(self.names, start=1)}
        # Once: python-docx would search all styles each time.
        self.styles = {style.name: style.style_id for style in file.styles}
        self.appendices = file.styles["Appendix heading"].element.pPr.numPr.numId.val
        first = file.sections[0]
        self.upright_mm = first.page_width.mm - first.left_margin.mm - first.right_margin.mm
        self.lying_mm = first.page_height.mm - first.top_margin.mm - first.bottom_margin.mm

    def paragraph(self, text: str = "", style: str = "Report text") -> Any:
        """A paragraph of running text."""
        made = self.file.add_paragraph()
        made._p.style = self.styles[style]
        self.rich(made, unwrapped(text))
        return made

    def heading(self, text: str, level: int, *, appendix: bool) -> None:
        """A heading; Word numbers it."""
        made = self.paragraph(text, f"Heading {min(level, 4)}")
        if appendix:
            own = made._p.get_or_add_pPr().get_or_add_numPr()
            own.get_or_add_ilvl().val = min(level, 4) - 1
            own.get_or_add_numId().val = self.appendices

    def rich(self, paragraph: Any, text: str, *, strong: bool = False) -> None:
        """Add text with its marks: ``**strong**`` and ``{{ref:id}}``."""
        at = 0
        for match in _MARKS.finditer(text):
            self.run(paragraph, text[at : match.start()], strong=strong)
            words, ident = match.groups()
            if words:
                self.rich(paragraph, words, strong=True)
            else:
                ident = ident.strip()
                self.field(paragraph, f"REF {self.bookmarks[ident]} \\h", self.names[ident])
            at = match.end()
        self.run(paragraph, text[at:], strong=strong)

    def run(self, paragraph: Any, text: str, *, strong: bool = False) -> Any:
        """A run, if there is text; what strong words look like is the template's."""
        if not text:
            return None
        made = paragraph.add_run(text)
        if strong:
            made._r.style = self.styles["Strong"]
        return made

    def field(self, paragraph: Any, code: str, shown: str) -> None:
        """A field that Word computes, showing this until it does."""
        self.open_field(paragraph, code)
        self.run(paragraph, shown)
        self.close_field(paragraph)

    def open_field(self, paragraph: Any, code: str, **attributes: str) -> None:
        """The beginning of a field up to what it shows."""
        words = _element("instrText")
        words.text = f" {code} "
        words.set(qn("xml:space"), "preserve")
        begin = _element("fldChar", fldCharType="begin", **attributes)
        for part in (begin, words, _element("fldChar", fldCharType="separate")):
            paragraph.add_run()._r.append(part)

    def close_field(self, paragraph: Any) -> None:
        """The end of a field."""
        paragraph.add_run()._r.append(_element("fldChar", fldCharType="end"))

    def caption(self, block: Mapping) -> Any:
        """A caption whose number Word counts and references find."""
        made, ident = self.paragraph(style="Caption"), block["id"]
        mark = str(_FIRST_BOOKMARK + list(self.bookmarks).index(ident))
        made._p.append(_element("bookmarkStart", id=mark, name=self.bookmarks[ident]))
        word, _, number = self.names[ident].rpartition(" ")
        self.run(made, f"{word} ")
        self.field(made, f"SEQ {self.labels[block['type']]} \\* ARABIC", number)
        made._p.append(_element("bookmarkEnd", id=mark))
        self.run(made, "\u3000" if self.lang == "zh" else "  ")
        self.rich(made, unwrapped(block["caption"]))
        return made

    def page_break(self, _: Mapping | None = None) -> None:
        """Begin a new page."""
        self.paragraph(style="Table note").add_run().add_break(WD_BREAK.PAGE)

    def blocks(self, content: Sequence[Mapping]) -> None:
        """Write blocks one after the other."""
        kinds = {
            "paragraph": self._paragraph, "list": self._list, "callout": self._callout, "table": self._table,
            "figure": self._figure, "page_break": self.page_break,
        }  # fmt: skip
        for block in content:
            kind = block["type"]
            if kind not in kinds:
                raise ZbError(
                    f"The report has a block of the unknown type {kind!r}; see reports/template/README.md."
                )
            kinds[kind](block)

    def _paragraph(self, block: Mapping) -> None:
        """Running text; strong words alone are a heading, which stays with what follows."""
        made = self.paragraph(block["text"])
        if output.STRONG.fullmatch(block["text"].strip()):
            made.paragraph_format.keep_with_next = True

    def _list(self, block: Mapping) -> None:
        """A list; plain where the items bring their own marks."""
        style = "List Number" if block.get("numbered") else "List Bullet"
        for item in block["items"]:
            made = self.paragraph(item, "Report text" if block.get("plain") else style)
            if block.get("plain"):
                made.paragraph_format.first_line_indent = 0

    def _callout(self, block: Mapping) -> None:
        """Set-off text; a line end begins a new paragraph."""
        for line in block["text"].split("\n"):
            self.paragraph(line, "Callout")

    def _turn(self, *, lying: bool) -> None:
        """A new page that lies, or stands again, with the template's margins turned along."""
        first, section = self.file.sections[0], self.file.add_section()
        section.different_first_page_header_footer = False
        section.orientation = WD_ORIENTATION.LANDSCAPE if lying else WD_ORIENTATION.PORTRAIT
        sides = ["top_margin", "right_margin", "bottom_margin", "left_margin"]
        for place, side in enumerate(sides):
            setattr(section, side, getattr(first, sides[place - 1] if lying else side))
        wide, high = first.page_width, first.page_height
        section.page_width, section.page_height = (high, wide) if lying else (wide, high)

    def _table(self, block: Mapping) -> None:
        """A three-line table with caption above, headings repeated on each page, notes and source below."""
        heads, rows, asked = block["columns"], block["rows"], block.get("landscape")
        marks = block.get("row_styles") or [None] * len(rows)
        signed = {mark["column"] for mark in marks if mark}
        # Turned only if it must: a page that lies leaves an empty one before it.
        least_mm = columns.least_mm(heads, rows, self.lang, signed)
        lying = asked is True or (asked == "auto" and least_mm > self.upright_mm)
        if lying:
            self._turn(lying=True)
        self.caption(block)
        made = self.file.add_table(rows=1 + len(rows), cols=len(heads))
        made.autofit = False
        _rule(made, block)
        text_mm = self.lying_mm if lying else self.upright_mm
        widths = [Mm(width) for width in columns.widths(heads, rows, self.lang, text_mm, signed)]
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        for place, cells in enumerate([[head["header"] for head in heads], *rows]):
            row, mark = made.rows[place], marks[place - 1] if place else None
            properties = row._tr.get_or_add_trPr()
            properties.append(_element("cantSplit"))
            if not place:
                properties.append(_element("tblHeader"))
            for number, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
                cell.width = widths[number]
                sign = SIGNS[mark["key"]] if mark and mark["column"] == number else None
                side = heads[number].get("align", "left") if place else "center"
                self._cell(cell, text, "Table text" if place else "Table head", side, sign)
        # The heading stays with the first row, the last row with what stands below the table.
        for cell in (*made.rows[0].cells, *made.rows[-1].cells):
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True
        self._after(block)
        if lying:
            self._turn(lying=False)

    def _cell(self, cell: Any, text: object, style: str, side: str, sign: Role | None) -> None:
        """A cell, before whose words a judgement's sign stands."""
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        for place, line in enumerate(output.clean(text).split("\n")):
            paragraph = cell.add_paragraph() if place else cell.paragraphs[0]
            paragraph._p.style = self.styles[style]
            paragraph.alignment = {"left": 0, "center": 1, "right": 2}[side]
            if sign and not place:
                shape = self.run(paragraph, _SHAPES[sign.marker])
                shape.font.color.rgb = RGBColor.from_string(sign.colour.lstrip("#"))
            self.rich(paragraph, line)

    def _figure(self, block: Mapping) -> None:
        """A picture with its alternative text, caption, notes and source below."""
        if block["image"] not in self.images:
            raise ZbError(f"The Word file needs the picture {block['image']}, which was not made.")
        made = self.paragraph(style="Table note")
        made.alignment = 1
        made.paragraph_format.keep_with_next = True
        width = min(block.get("width") or self.upright_mm, self.upright_mm)
        shape = made.add_run().add_picture(io.BytesIO(self.images[block["image"]]), width=Mm(width))
        # With its heading and caption it stands on one page.
        if (excess := shape.height.mm / (self.lying_mm - _AROUND_MM)) > 1:
            shape.width, shape.height = Mm(width / excess), Mm(self.lying_mm - _AROUND_MM)
        for side in "TBLR":  # unless told, LibreOffice takes 3 mm
            shape._inline.set(f"dist{side}", "0")
        shape._inline.docPr.set("descr", output.clean(block["alt"]))
        shape._inline.docPr.set("name", block["image"])
        self.caption(block).paragraph_format.keep_with_next = False
        self._after(block)

    def _after(self, block: Mapping) -> None:
        """Notes, numbered where there are several, and source, smaller, and some room."""
        colon, notes = "：" if self.lang == "zh" else ": ", block.get("notes") or []
        numbers = [f" {number}" if len(notes) > 1 else "" for number in range(1, len(notes) + 1)]
        below = [(self.labels["note"] + number, note) for number, note in zip(numbers, notes, strict=True)]
        below += [(self.labels["source"], block["source"])] if block.get("source") else []
        lines = [f"{mark}{colon}{text}" for mark, text in below]
        made = [self.paragraph(line, "Table note") for line in lines or [""]]
        for paragraph in made if lines else ():
            paragraph.paragraph_format.keep_with_next = paragraph is not made[-1]
        made[-1].paragraph_format.space_after = Pt(12)


def _rule(made: Any, block: Mapping) -> None:
    """The three lines, and the caption as text for readers that speak."""
    properties = made._tbl.tblPr
    edges = _borders("tblBorders", top=_THICK, left=0, bottom=_THICK, right=0, insideH=0, insideV=0)
    margins = _element("tblCellMar")
    for side, width in {"top": "20", "left": "57", "bottom": "20", "right": "57"}.items():
        margins.append(_element(side, w=width, type="dxa"))
    # Word is strict about the order of these.
    properties.insert_element_before(edges, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    properties.insert_element_before(margins, "w:tblLook", "w:tblCaption")
    properties.append(_element("tblCaption", val=output.clean(block["caption"])))
    for cell in made.rows[0].cells:
        cell._tc.get_or_add_tcPr().append(_borders("tcBorders", bottom=_THIN))
