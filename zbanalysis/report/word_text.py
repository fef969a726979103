"""Running text of the Word file: paragraphs by the template's styles, references and other fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zbanalysis.report import office

_FIRST_BOOKMARK = 10_000
"""Below may be those of a template."""
_HAN_NUMBERS = "零一二三四五六七八九十"


def element(tag: str, **attributes: str) -> Any:
    """An element of Word's own namespace, with attributes of it.

    Examples
    --------
    >>> element("w:jc", val="center").tag.endswith("}jc")
    True
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def borders(kind: str, **sides: int) -> Any:
    """Borders of a table or cell by side, in eighths of a point; 0 is none."""
    made = element(f"w:{kind}")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        if side in sides:
            line = {"val": "single" if sides[side] else "nil", "sz": str(sides[side])}
            made.append(element(f"w:{side}", **line, space="0", color="000000"))
    return made


class Writer:
    """Writes paragraphs into a Word file.

    Parameters
    ----------
    file
        The template as python-docx opened it.
    lang
        ``zh`` or ``en``.
    names
        Number of each table and figure, from `office.numbered`.
    labels
        The document's words.
    """

    def __init__(self, file: Any, lang: str, names: Mapping[str, str], labels: Mapping) -> None:
        self.file, self.lang, self.names, self.labels = file, lang, names, labels
        self.bookmarks = {ident: f"ref_{number}" for number, ident in enumerate(names, start=1)}
        # Once: python-docx would search all styles each time.
        self.styles = {style.name: style.style_id for style in file.styles}
        appendix = file.styles["Appendix heading"].element.pPr.numPr
        self.appendices: int = appendix.numId.val
        first = file.sections[0]
        self.upright_mm = first.page_width.mm - first.left_margin.mm - first.right_margin.mm
        self.lying_mm = first.page_height.mm - first.top_margin.mm - first.bottom_margin.mm

    def style(self, paragraph: Any, style: str) -> Any:
        """Give a paragraph its style."""
        paragraph._p.style = self.styles[style]
        return paragraph

    def paragraph(self, text: str = "", style: str = "Report text", where: Any = None) -> Any:
        """A paragraph of running text; ``where`` is a cell, by default the body."""
        made = self.style((where or self.file).add_paragraph(), style)
        self.rich(made, office.unwrapped(text))
        return made

    def heading(self, text: str, level: int, *, appendix: bool = False) -> Any:
        """A heading; Word numbers it."""
        made = self.paragraph(text, f"Heading {min(level, 4)}")
        if appendix:
            own = made._p.get_or_add_pPr().get_or_add_numPr()
            own.get_or_add_ilvl().val = min(level, 4) - 1
            own.get_or_add_numId().val = self.appendices
        return made

    def rich(self, paragraph: Any, text: str) -> None:
        """Add text with its marks: ``**strong**`` and ``{{ref:id}}``."""
        for part, mark in _parts(text):
            if mark == "ref":
                self.field(paragraph, f"REF {self.bookmarks[part]} \\h", self.names[part])
            else:
                self.run(paragraph, part, strong=mark == "strong")

    def run(self, paragraph: Any, text: str, *, strong: bool = False) -> Any:
        """A run; what strong words look like is the template's."""
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
        from docx.oxml.ns import qn

        words = element("w:instrText")
        words.text = f" {code} "
        words.set(qn("xml:space"), "preserve")
        begin, separate = (
            element("w:fldChar", fldCharType="begin", **attributes),
            element("w:fldChar", fldCharType="separate"),
        )
        for part in (begin, words, separate):
            self.run(paragraph, "")._r.append(part)

    def close_field(self, paragraph: Any) -> None:
        """The end of a field."""
        self.run(paragraph, "")._r.append(element("w:fldChar", fldCharType="end"))

    def caption(self, block: Mapping, kind: str) -> Any:
        """A caption whose number Word counts and references find."""
        made = self.paragraph(style="Caption")
        ident = block["id"]
        mark = str(_FIRST_BOOKMARK + list(self.bookmarks).index(ident))
        made._p.append(element("w:bookmarkStart", id=mark, name=self.bookmarks[ident]))
        word, _, number = self.names[ident].rpartition(" ")
        self.run(made, f"{word} ")
        self.field(made, f"SEQ {self.labels[kind]} \\* ARABIC", number)
        made._p.append(element("w:bookmarkEnd", id=mark))
        self.run(made, "\u3000" if self.lang == "zh" else "  ")
        self.rich(made, office.unwrapped(block["caption"]))
        return made

    def page_break(self) -> None:
        """Begin a new page."""
        from docx.enum.text import WD_BREAK

        self.paragraph(style="Table note").add_run().add_break(WD_BREAK.PAGE)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Text in pieces: plain, strong words, ids of references."""
    at = 0
    marks = [(match, "strong") for match in office.STRONG.finditer(text)]
    marks += [(match, "ref") for match in office.REFERENCE.finditer(text)]
    for match, mark in sorted(marks, key=lambda one: one[0].start()):
        if match.start() < at:
            # A reference within strong words: the words keep their number, not their link.
            continue
        if match.start() > at:
            yield text[at : match.start()], ""
        yield match[1].strip(), mark
        at = match.end()
    if at < len(text):
        yield text[at:], ""


def numbered(counts: Sequence[int], lang: str, word: str, *, appendix: bool) -> str:
    """The number of a heading as the PDF shows it; the counts of all levels above it lead to it.

    Examples
    --------
    >>> numbered([12], "zh", "附件", appendix=False), numbered([1, 3], "zh", "附件", appendix=False)
    ('十二、', '（三）')
    >>> numbered([2], "en", "Annex", appendix=True), numbered([2, 1, 3], "en", "Annex", appendix=False)
    ('Annex B ', '2.1.3 ')
    """
    level, last = len(counts), counts[-1]
    if appendix and level == 1:
        return f"{word} {last if lang == 'zh' else chr(ord('A') + last - 1)} "
    if lang == "en":
        first = chr(ord("A") + counts[0] - 1) if appendix else str(counts[0])
        return ".".join([first, *map(str, counts[1:])]) + " "
    return {1: f"{_han(last)}、", 2: f"（{_han(last)}）", 3: f"{last}. "}.get(level, f"（{last}）")


def _han(count: int) -> str:
    """A number up to 99 in Han characters."""
    tens, ones = divmod(count, 10)
    ten = ("" if tens < 2 else _HAN_NUMBERS[tens]) + ("十" if tens else "")
    return ten + (_HAN_NUMBERS[ones] if ones else "")
