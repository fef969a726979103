"""Pages of the Word file: A4, header and footer, cover and contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zbanalysis.report import ooxml
from zbanalysis.report.word import xml
from zbanalysis.report.word.text import Writer
from zbanalysis.report.words import label

TEXT_MM, WIDE_MM = 160.0, 247.0
"""Width of the text, upright and lying, as in the PDF."""
DEEPEST = 3
"""Levels of headings in the contents, as in the PDF."""
_HAN_NUMBERS = "零一二三四五六七八九十"


def set_up(file: Any, document: Mapping, lang: str) -> None:
    """A4 with the PDF's margins; title and kind above, page numbers below."""
    section = file.sections[0]
    _paper(section, lying=False)
    section.different_first_page_header_footer = True
    plain = Writer(file, lang, {}, document["labels"])
    cover = document.get("cover", {})
    head = section.header.paragraphs[0]
    plain.run(head, "    ".join(filter(None, (document["title"], cover.get("kind")))), head=True)
    rule = xml.element("w:pBdr")
    rule.append(xml.element("w:bottom", val="single", sz="4", space="4", color="C9D3DF"))
    head._p.get_or_add_pPr().append(rule)
    foot = section.footer.paragraphs[0]
    foot.alignment = 1
    before, between, after = _page_words(document["labels"], lang)
    plain.run(foot, before, head=True)
    plain.field(foot, "PAGE", "1", head=True)
    plain.run(foot, between, head=True)
    plain.field(foot, "NUMPAGES", "1", head=True)
    plain.run(foot, after, head=True)


def _page_words(labels: Mapping, lang: str) -> tuple[str, str, str]:
    """The words around the page numbers, from a phrase or from bare words as the template takes them."""
    phrase = labels["page"]
    if "{page}" not in phrase:
        of = labels.get("of", "共" if lang == "zh" else "of")
        phrase = (
            f"{phrase} {{page}} 页 {of} {{pages}} 页" if lang == "zh" else f"{phrase} {{page}} {of} {{pages}}"
        )
    before, _, rest = phrase.partition("{page}")
    between, _, after = rest.partition("{pages}")
    return before, between, after


def _paper(section: Any, *, lying: bool) -> None:
    from docx.enum.section import WD_ORIENTATION
    from docx.shared import Mm

    long, short = Mm(297), Mm(210)
    section.orientation = WD_ORIENTATION.LANDSCAPE if lying else WD_ORIENTATION.PORTRAIT
    section.page_width, section.page_height = (long, short) if lying else (short, long)
    section.top_margin, section.bottom_margin = Mm(30), Mm(26)
    section.left_margin = section.right_margin = Mm(25)


def turn(writer: Writer, *, lying: bool) -> None:
    """A new page that lies, or stands again."""
    section = writer.file.add_section()
    section.different_first_page_header_footer = False
    _paper(section, lying=lying)


def cover(writer: Writer, document: Mapping) -> None:
    """The first page: title, kind, plan and what it stands on."""
    words = document.get("cover", {})
    lines = [words.get("organisation"), words.get("kind")]
    for text in filter(None, lines):
        writer.paragraph(text, style="Cover line")
    title = writer.paragraph("", style="Title")
    for place, line in enumerate(words.get("title", document["title"]).split("\n")):
        if place:
            title.add_run().add_break()
        writer.rich(title, line, head=True)
    title.paragraph_format.space_before = _millimetres(60 if not any(lines) else 45)
    if document.get("subtitle"):
        writer.paragraph(document["subtitle"], style="Subtitle")
    below = [words.get("plan"), words.get("as_of"), words.get("date"), *map(_line, words.get("lines", []))]
    for place, text in enumerate(filter(None, below)):
        made = writer.paragraph(text, style="Cover line")
        if not place:
            made.paragraph_format.space_before = _millimetres(50)
    writer.page_break()


def _line(line: str | Mapping) -> str:
    return line if isinstance(line, str) else f"{line['label']} {line['value']}"


def _millimetres(size: float) -> Any:
    from docx.shared import Mm

    return Mm(size)


def contents(writer: Writer, document: Mapping) -> None:
    """The contents as a field, filled with the headings until Word counts the pages."""
    writer.paragraph(document["labels"]["contents"], style="Front heading")
    lines = list(_entries(document, writer))
    for place, (line, level) in enumerate(lines):
        made = writer.file.add_paragraph(style="Contents line")
        made.paragraph_format.left_indent = _millimetres(7 * (level - 1))
        if not place:
            _open_field(writer, made)
        writer.run(made, line, head=level == 1)
        if place == len(lines) - 1:
            writer.run(made, "")._r.append(xml.element("w:fldChar", fldCharType="end"))
    writer.paragraph(label("word.update", writer.lang), style="Table note")
    writer.page_break()


def _open_field(writer: Writer, paragraph: Any) -> None:
    from docx.oxml.ns import qn

    writer.run(paragraph, "")._r.append(xml.element("w:fldChar", fldCharType="begin", dirty="true"))
    code = xml.element("w:instrText")
    code.text = f' TOC \\o "1-{DEEPEST}" \\h \\z \\u '
    code.set(qn("xml:space"), "preserve")
    writer.run(paragraph, "")._r.append(code)
    writer.run(paragraph, "")._r.append(xml.element("w:fldChar", fldCharType="separate"))


def _entries(document: Mapping, writer: Writer) -> Iterator[tuple[str, int]]:
    """Headings down to `DEEPEST` with their numbers, and their levels."""
    counts: dict[bool, list[int]] = {False: [], True: []}
    for section, level, appendix in ooxml.sections(document):
        own = counts[appendix]
        own[level - 1 :] = [own[level - 1] + 1 if len(own) >= level else 1]
        if level <= DEEPEST:
            number = numbered(own, writer.lang, document["labels"]["appendix"], appendix=appendix)
            yield number + ooxml.plain(section["heading"], writer.names), level


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
