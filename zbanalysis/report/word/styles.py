"""Styles and numbering of the Word file: 宋体 body, 黑体 headings, headings numbered as in the PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from zbanalysis.report.word import xml

HEADINGS, APPENDICES = 90, 91
"""Numbers of the two numberings; python-docx's own template ends far below."""
INK = "17365D"


class Faces(NamedTuple):
    """Latin and Han faces of text and of headings."""

    body: tuple[str, str]
    head: tuple[str, str]


FACES = {
    "zh": Faces(("Times New Roman", "宋体"), ("Arial", "黑体")),
    "en": Faces(("Times New Roman", "宋体"), ("Arial", "黑体")),
}
# Per level: in Chinese as officials number (一、（一）1.（1）), in English decimal.
_LEVELS = {
    "zh": (
        ("chineseCounting", "%1、"),
        ("chineseCounting", "（%2）"),
        ("decimal", "%3."),
        ("decimal", "（%4）"),
    ),
    "en": (("decimal", "%1"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3"), ("decimal", "%1.%2.%3.%4")),
}
_SIZES = {"zh": (16, 14, 12, 12), "en": (16, 13, 11.5, 11)}


def prepare(file: Any, lang: str, labels: Mapping) -> None:
    """Set the file's defaults, styles and numberings."""
    _defaults(file, lang)
    faces = FACES[lang]
    styles = file.styles
    base = 12 if lang == "zh" else 11
    _style(styles["Normal"], faces.body, base)
    body = _style(_new(styles, "Report text"), faces.body, base)
    body.paragraph_format.line_spacing = 1.5 if lang == "zh" else 1.25
    body.paragraph_format.space_after = _points(0 if lang == "zh" else 6)
    if lang == "zh":
        indent = xml.element("w:ind", firstLineChars="200", firstLine=str(2 * base * 20))
        body.element.get_or_add_pPr().append(indent)
    for level, size in enumerate(_SIZES[lang], start=1):
        _heading(styles[f"Heading {level}"], faces.head, size, lang, level)
    front = _style(_new(styles, "Front heading"), faces.head, 16, INK, bold=lang == "en")
    front.paragraph_format.space_after = _points(12)
    caption = _style(styles["Caption"], faces.head, 10.5 if lang == "zh" else 10, bold=lang == "en")
    _centred(caption, keep=True)
    for name, size in (("Table text", 9), ("Table note", 9)):
        _style(_new(styles, name), faces.body, size).paragraph_format.space_after = _points(0)
    _centred(_style(styles["Title"], faces.head, 26, INK, bold=lang == "en"))
    _plain_border(styles["Title"])
    _centred(_style(styles["Subtitle"], faces.head, 15, "595959"))
    _centred(_style(_new(styles, "Cover line"), faces.body, 14))
    line = _style(_new(styles, "Contents line"), faces.body, 10.5)
    line.paragraph_format.space_after = _points(2)
    for name in ("List Bullet", "List Number"):
        _style(styles[name], faces.body, base).paragraph_format.line_spacing = 1.5 if lang == "zh" else 1.25
    for name in ("Header", "Footer"):
        _style(styles[name], faces.head, 8.5, "595959")
    _numbering(file, lang, labels["appendix"])


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _new(styles: Any, name: str) -> Any:
    from docx.enum.style import WD_STYLE_TYPE

    made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style, made.quick_style = styles["Normal"], True
    return made


def _style(
    style: Any, faces: tuple[str, str], size: float, colour: str = "000000", *, bold: bool = False
) -> Any:
    from docx.shared import RGBColor

    style.font.size, style.font.bold, style.font.italic = _points(size), bold, False
    style.font.color.rgb = RGBColor.from_string(colour)
    xml.set_fonts(style.element.get_or_add_rPr(), *faces)
    return style


def _centred(style: Any, *, keep: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    style.paragraph_format.keep_with_next = keep
    style.paragraph_format.space_before = style.paragraph_format.space_after = _points(6)


def _plain_border(style: Any) -> None:
    """Take the rule below the title away that the library's template brings."""
    from docx.oxml.ns import qn

    for found in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(found)


def _heading(style: Any, faces: tuple[str, str], size: float, lang: str, level: int) -> None:
    # Chinese faces come in one weight; there 黑体 is the strong one.
    _style(style, faces, size, INK if level == 1 else "000000", bold=lang == "en")
    style.paragraph_format.space_before, style.paragraph_format.space_after = _points(14), _points(8)
    style.paragraph_format.keep_with_next = True
    numbered = style.element.get_or_add_pPr().get_or_add_numPr()
    numbered.get_or_add_ilvl().val = level - 1
    numbered.get_or_add_numId().val = HEADINGS


def _defaults(file: Any, lang: str) -> None:
    """Language of the text, for spelling and for readers that speak.

    Latin letters are English in both: called Chinese, words and numbers would be broken anywhere.
    """
    from docx.oxml.ns import qn

    own = file.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    xml.set_fonts(own, *FACES[lang].body)
    for found in own.findall(qn("w:lang")):
        own.remove(found)
    own.append(xml.element("w:lang", val="en-GB", eastAsia="zh-CN"))
    for found in file.styles.element.iter(qn("w:lang")):
        found.set(qn("w:eastAsia"), "zh-CN")


def _numbering(file: Any, lang: str, appendix: str) -> None:
    """Two numberings: headings, and appendices whose first level bears the word."""
    root = file.part.numbering_part.element
    first = ("decimal", f"{appendix} %1") if lang == "zh" else ("upperLetter", f"{appendix} %1")
    for number, levels, linked in (
        (HEADINGS, _LEVELS[lang], True),
        (APPENDICES, (first, *_LEVELS[lang][1:]), False),
    ):
        abstract = xml.element("w:abstractNum", abstractNumId=str(number))
        abstract.append(xml.element("w:multiLevelType", val="multilevel"))
        for place, (form, text) in enumerate(levels):
            abstract.append(
                _level(place, form, text, gap=lang == "en" or not linked or place == 2, linked=linked)
            )
        # Word wants all abstract numberings before the first use of one.
        root.insert(0, abstract)
        use = xml.element("w:num", numId=str(number))
        root.append(xml.with_children(use, xml.element("w:abstractNumId", val=str(number))))


def _level(place: int, form: str, text: str, *, gap: bool, linked: bool) -> Any:
    made = xml.element("w:lvl", ilvl=str(place))
    parts = [xml.element("w:start", val="1"), xml.element("w:numFmt", val=form)]
    if linked:
        parts.append(xml.element("w:pStyle", val=f"Heading{place + 1}"))
    parts += [
        xml.element("w:suff", val="space" if gap else "nothing"),
        xml.element("w:lvlText", val=text),
        xml.element("w:lvlJc", val="left"),
        xml.with_children(xml.element("w:pPr"), xml.element("w:ind", left="0", firstLine="0")),
    ]
    return xml.with_children(made, *parts)
