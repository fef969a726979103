"""Word files of three made-up plans, from the texts in draft_documents/source: the same bytes each time.

    python tests/entry/make_draft_documents.py

A line of a source is a paragraph; `@word` before it says which kind; `**…**` is bold, `~…~` a subscript.
After `@table` each line up to the next `@` is a row, `|` between cells, `<` a cell merged with the one on its left, `^` with the
one above, `//` between the paragraphs of a cell. What a right reading of each file gives is in NAME.key.json.
"""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

HERE = Path(__file__).parent / "draft_documents"
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
SONG, HEI, KAI, FANG = "宋体", "黑体", "楷体", "仿宋"
# A kind of paragraph: font, size, then what differs from plain left-aligned text without an indent.
HEALTH = {
    "p": (FANG, 14, {"indent": 2, "align": "justify"}),
    "masthead": (SONG, 30, {"bold": True, "align": "center", "color": "C00000", "before": 30, "after": 20}),
    "number": (FANG, 14, {"align": "center"}),
    "title": (SONG, 20, {"bold": True, "align": "center", "before": 18, "after": 18, "line": 32}),
    "flush": (FANG, 14, {}),
    "sign": (FANG, 14, {"align": "right", "before": 6}),
    "h1": (HEI, 14, {"indent": 2, "keep": True}),
    "h2": (KAI, 14, {"indent": 2, "bold": True, "keep": True}),
    "h3": (FANG, 14, {"indent": 2, "bold": True, "keep": True}),
    "note": (SONG, 10.5, {"before": 4, "after": 8, "line": 16}),
    "cell": (SONG, 10.5, {"line": 15}),
}
ENVIRONMENT = {
    "p": (SONG, 12, {"indent": 2, "align": "justify"}),
    "space": (SONG, 60, {"line": 150}),
    "cover": (HEI, 26, {"align": "center", "line": 42, "after": 18}),
    "covernote": (KAI, 18, {"align": "center"}),
    "imprint": (SONG, 16, {"align": "center", "line": 28}),
    "toctitle": (HEI, 18, {"align": "center", "after": 10, "line": 28}),
    "toc1": (HEI, 11, {"line": 19, "tab": 16.9}),
    "toc2": (SONG, 10.5, {"line": 18, "left": 0.8, "tab": 16.9}),
    "h1": (HEI, 16, {"style": "Heading 1", "align": "center", "before": 14, "after": 8, "line": 26}),
    "h2": (HEI, 13, {"style": "Heading 2", "before": 6, "after": 3}),
    "caption": (HEI, 10.5, {"align": "center", "before": 8, "after": 4, "keep": True}),
    "note": (SONG, 9, {"before": 3, "after": 8, "line": 14}),
    "cell": (SONG, 9, {"line": 14}),
}
STREETS = {
    "p": ("Calibri", 11, {"after": 6, "line": 15}),
    "org": ("Calibri", 14, {"color": "1F4E79", "before": 60}),
    "cover": ("Calibri", 34, {"bold": True, "color": "1F4E79", "before": 6, "line": 42}),
    "covernote": ("Calibri", 20, {"color": "1F4E79", "line": 28}),
    "imprint": ("Calibri", 11, {"before": 10, "after": 60}),
    "toctitle": ("Calibri", 16, {"bold": True, "after": 6, "line": 22}),
    "toc": ("Calibri", 11, {"tab": 16}),
    "small": ("Calibri", 9, {"italic": True, "before": 6, "after": 6, "line": 12}),
    "h1": ("Calibri", 18, {"style": "Heading 1", "color": "1F4E79", "before": 14, "after": 6, "line": 24}),
    "h2": ("Calibri", 13, {"style": "Heading 2", "color": "1F4E79", "before": 8, "after": 4, "line": 18}),
    "action": ("Calibri", 11, {"bold": True, "before": 8, "after": 2, "keep": True}),
    "lead": ("Calibri", 10, {"italic": True, "after": 6, "line": 14}),
    "caption": ("Calibri", 11, {"bold": True, "after": 4, "keep": True}),
    "cell": ("Calibri", 9.5, {"line": 13}),
}
# Name of the file: kinds of paragraph, distance of lines, margins (top, bottom, left, right), language, footer.
PLANS = {
    "yunlan-health": (HEALTH, 23.5, (2.6, 2.4, 2.5, 2.4), "zh-CN", "— {PAGE} —"),
    "qingcen-environment": (ENVIRONMENT, 21, (2.5, 2.3, 2.1, 2.0), "zh-CN", "{PAGE}"),
    "harrowmere-streets": (STREETS, 15, (2.2, 2.0, 2.5, 2.5), "en-GB", "Streets and Buses Plan | {PAGE}"),
}


def main() -> None:
    for name in PLANS:
        (HERE / f"{name}.docx").write_bytes(built(name))


def built(name: str) -> bytes:
    """The Word file of one plan."""
    kinds, line, margins, language, footer = PLANS[name]
    document = docx.Document()
    _set_up(document, margins, language, footer, cover="cover" in kinds)
    lines = (HERE / "source" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    at = 0
    while at < len(lines):
        kind, rest = re.match(r"(?:@(\w+) ?)?(.*)", lines[at]).groups()
        at += 1
        if kind == "table":
            rows = []
            while not lines[at].startswith("@"):
                rows.append([cell.strip() for cell in lines[at].split(" | ")])
                at += 1
            _table(document, rest, rows, kinds, line)
        elif kind == "pagebreak":
            document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
        elif kind == "section":
            _section(document, rest == "landscape")
        elif kind == "rule":
            _rule(document.paragraphs[-1])
        else:
            _fill(document.add_paragraph(), rest, kinds[kind or "p"], line)
    document.core_properties.title = next(
        row.split(" ", 1)[1] for row in lines if row.startswith(("@title", "@cover "))
    )
    document.core_properties.author = "made-up example"
    return _frozen(document)


def _set_up(document, margins: tuple, language: str, footer: str, cover: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Cm, margins)
    normal = document.styles["Normal"].element.get_or_add_rPr()
    mark = OxmlElement("w:lang")
    mark.set(qn("w:eastAsia" if language.startswith("zh") else "w:val"), language)
    normal.append(mark)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = ALIGN["center"]
    before, after = footer.split("{PAGE}")
    section.different_first_page_header_footer = cover
    paragraph.add_run(before)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(OxmlElement("w:r"))
    field[0].append(OxmlElement("w:t"))
    field[0][0].text = "1"
    paragraph._p.append(field)
    paragraph.add_run(after)
    for run in paragraph.runs:
        run.font.size = Pt(10)


def _section(document, landscape: bool) -> None:
    section = document.add_section()
    section.different_first_page_header_footer = False
    wide = section.page_width > section.page_height
    if landscape != wide:
        section.page_width, section.page_height = section.page_height, section.page_width
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    if len(document.sections) == 2 and not landscape:  # after the contents pages are counted anew
        kind = OxmlElement("w:pgNumType")
        kind.set(qn("w:start"), "1")
        section._sectPr.append(kind)


def _rule(paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in {"val": "single", "sz": "18", "space": "6", "color": "C00000"}.items():
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _fill(paragraph, text: str, kind: tuple, line: float) -> None:
    """Text with its marks, in the font and shape of its kind."""
    font, size, shape = kind
    if "style" in shape:
        paragraph.style = shape["style"]
    form = paragraph.paragraph_format
    form.alignment = ALIGN[shape.get("align", "left")]
    form.space_before, form.space_after = Pt(shape.get("before", 0)), Pt(shape.get("after", 0))
    form.line_spacing = Pt(shape.get("line", line))
    form.first_line_indent = Pt(size * shape.get("indent", 0))
    form.keep_with_next = shape.get("keep") or None
    if "left" in shape:
        form.left_indent = Cm(shape["left"])
    if "tab" in shape:
        form.tab_stops.add_tab_stop(Cm(shape["tab"]), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    for part in re.split(r"(\*\*.*?\*\*|~.*?~)", text):
        if part:
            run = paragraph.add_run(part.strip("*~"))
            run.bold = shape.get("bold", False) or part.startswith("**")
            run.italic = shape.get("italic", False)
            run.font.subscript = part.startswith("~") or None
            run.font.size, run.font.name = Pt(size), font
            run._r.rPr.rFonts.set(qn("w:eastAsia"), font)
            run.font.color.rgb = RGBColor.from_string(shape.get("color", "000000"))


def _table(document, options: str, rows: list, kinds: dict, line: float) -> None:
    """A table with its merged cells; rows of the head are bold, and repeated where the table runs over a page."""
    found = dict(re.findall(r"(\w+)=(\S+)", options))
    widths, head = [float(width) for width in found["widths"].split(",")], int(found["head"])
    table = document.add_table(len(rows), len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            cell = table.cell(r, c)
            cell.width, cell.vertical_alignment = Cm(widths[c]), WD_ALIGN_VERTICAL.CENTER
            if text in ("<", "^"):
                continue
            centred = r < head or str(c) not in found["left"].split(",") or row[-1] == "<"
            font, size, shape = kinds["cell"]
            shape = {**shape, "bold": r < head or row[-1] == "<", "align": "center" if centred else "left"}
            paragraphs = text.split(" // ")
            for n, words in enumerate(paragraphs):
                target = cell.add_paragraph() if n else cell.paragraphs[0]
                _fill(target, words, (font, size, shape), line)
    _merge(table, rows)
    for row in table.rows[:head]:
        mark = OxmlElement("w:tblHeader")
        row._tr.get_or_add_trPr().append(mark)
    for row in table.rows if len(rows) > 2 else []:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _merge(table, rows: list) -> None:
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            right, down = c, r
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while down + 1 < len(rows) and rows[down + 1][c] == "^":
                down += 1
            if (right, down) != (c, r):
                table.cell(r, c).merge(table.cell(down, right))


def _frozen(document) -> bytes:
    """What Word opens, without a clock: fixed dates in the zip and in the properties."""
    moment = dt.datetime(2026, 1, 1)
    document.core_properties.created = document.core_properties.modified = moment
    saved, fixed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, old.read(name))
    return fixed.getvalue()


if __name__ == "__main__":
    main()
