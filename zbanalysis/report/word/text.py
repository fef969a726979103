"""Running text of the Word file: runs with their faces, strong words, references and other fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zbanalysis.report import ooxml
from zbanalysis.report.word import styles, xml

_MONOTONE = 10_000
"""First number of our bookmarks; below may be those of a template."""


class Writer:
    """Writes paragraphs into a Word file.

    Parameters
    ----------
    file
        The file of python-docx.
    lang
        ``zh`` or ``en``.
    names
        Number of each table and figure, from `ooxml.numbered`.
    labels
        The document's words.
    """

    def __init__(self, file: Any, lang: str, names: Mapping[str, str], labels: Mapping) -> None:
        self.file, self.lang, self.names, self.labels = file, lang, names, labels
        self.places = {ident: f"ref_{number}" for number, ident in enumerate(names, start=1)}
        self._styles: dict[str, str] = {}

    def dress(self, paragraph: Any, style: str) -> Any:
        """Give a paragraph its style, found once: python-docx would search all styles each time."""
        if style not in self._styles:
            self._styles[style] = self.file.styles[style].style_id
        paragraph._p.style = self._styles[style]
        return paragraph

    def paragraph(self, text: str = "", style: str = "Report text", where: Any = None) -> Any:
        """A paragraph of running text; ``where`` is a cell, by default the body."""
        made = self.dress((where or self.file).add_paragraph(), style)
        self.rich(made, ooxml.unwrapped(text), head=style in ("Front heading", "Caption", "Title"))
        return made

    def heading(self, text: str, level: int, *, appendix: bool = False) -> Any:
        """A heading; Word numbers it."""
        made = self.file.add_paragraph(style=f"Heading {min(level, 4)}")
        self.rich(made, ooxml.unwrapped(text), head=True)
        if appendix:
            own = made._p.get_or_add_pPr().get_or_add_numPr()
            own.get_or_add_ilvl().val = min(level, 4) - 1
            own.get_or_add_numId().val = styles.APPENDICES
        return made

    def rich(self, paragraph: Any, text: str, *, head: bool = False) -> None:
        """Add text with its marks: ``**strong**`` and ``{{ref:id}}``."""
        for part, mark in _parts(text):
            if mark == "ref":
                link = self.places[part]
                self.field(paragraph, f"REF {link} \\h", self.names[part], head=head)
            else:
                self.run(paragraph, part, head=head, strong=mark == "strong")

    def run(self, paragraph: Any, text: str, *, head: bool = False, strong: bool = False) -> Any:
        """A run with its Latin and Han faces; strong is 黑体 in Chinese, bold in English."""
        made = paragraph.add_run(text)
        faces = styles.FACES[self.lang]
        hard = head or (strong and self.lang == "zh")
        xml.set_fonts(made._r.get_or_add_rPr(), *(faces.head if hard else faces.body))
        if strong and self.lang == "en":
            made.bold = True
        return made

    def field(self, paragraph: Any, code: str, shown: str, *, head: bool = False) -> None:
        """A field that Word computes, showing this until it does."""
        from docx.oxml.ns import qn

        for kind in ("begin", None, "separate", "shown", "end"):
            run = self.run(paragraph, shown if kind == "shown" else "", head=head)
            if kind is None:
                words = xml.element("w:instrText")
                words.text = f" {code} "
                words.set(qn("xml:space"), "preserve")
                run._r.append(words)
            elif kind != "shown":
                run._r.append(xml.element("w:fldChar", fldCharType=kind))

    def caption(self, block: Mapping, kind: str, number: int) -> Any:
        """A caption whose number Word counts and references find."""
        made = self.file.add_paragraph(style="Caption")
        ident = block.get("id")
        place = self.places.get(ident, f"ref_0_{kind}_{number}")
        mark = str(_MONOTONE + list(self.places).index(ident) if ident in self.places else 0)
        made._p.append(xml.element("w:bookmarkStart", id=mark, name=place))
        self.run(made, f"{self.labels[kind]} ", head=True)
        self.field(made, f"SEQ {self.labels[kind]} \\* ARABIC", str(number), head=True)
        made._p.append(xml.element("w:bookmarkEnd", id=mark))
        self.run(made, "\u3000" if self.lang == "zh" else "  ", head=True)
        self.rich(made, ooxml.unwrapped(block["caption"]), head=True)
        return made

    def page_break(self) -> None:
        """Begin a new page."""
        from docx.enum.text import WD_BREAK

        self.file.add_paragraph(style="Table note").add_run().add_break(WD_BREAK.PAGE)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Text in pieces: plain, strong words, ids of references."""
    at = 0
    marks = [(found, "strong") for found in ooxml.STRONG.finditer(text)]
    marks += [(found, "ref") for found in ooxml.REFERENCE.finditer(text)]
    for found, mark in sorted(marks, key=lambda one: one[0].start()):
        if found.start() < at:
            # A reference within strong words: the words keep their number, not their link.
            continue
        if found.start() > at:
            yield text[at : found.start()], ""
        yield found[1].strip(), mark
        at = found.end()
    if at < len(text):
        yield text[at:], ""
