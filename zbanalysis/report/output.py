"""What workbook, Word file and web page share, and the running text of the Word file.

The same bytes each time, plain text, numbers of tables and figures, and charts as PNG for Word: the result
file keeps them as SVG only.  Word draws SVG since 2016, but needs a PNG beside it and prints the text of ours
as outlines anyway; typst, which sets the PDF, turns one into the other, so nothing new is installed.
Paragraphs take the styles of Word's template; references and counts are fields.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zbanalysis.errors import ZbError

REFERENCE = re.compile(r"\{\{?ref:([^{}]+)\}\}?")
STRONG = re.compile(r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*")
# Characters that XML 1.0 cannot hold; a cell copied from a PDF may carry one.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HAN = "[\u3400-\u9fff，。、；：！？（）《》“”]"
# Office refuses older dates in a zip; which one it is does not matter, only that it never changes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
SHARPNESS = 220
"""Dots per inch of a picture: sharp in print, small enough to mail."""
_PICTURE = b'#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")'


def frozen(content: bytes, moment: dt.datetime) -> bytes:
    """An Office file without a clock: fixed dates in the zip and in the core properties.

    Parameters
    ----------
    content
        The file as its library wrote it.
    moment
        The time of creation and change that it shall carry.

    Returns
    -------
    bytes
        The same for the same parts and moment.
    """
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        # The table of types comes first, as Word expects it; the order of the rest is the library's.
        for name in sorted(old.namelist(), key=lambda name: name != "[Content_Types].xml"):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _dated(part.decode("utf-8"), moment).encode("utf-8")
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, part)
    return written.getvalue()


def _dated(core: str, moment: dt.datetime) -> str:
    return re.sub(r"(<dcterms:(created|modified)[^>]*>)[^<]*", rf"\g<1>{stamp(moment)}", core)


def stamp(moment: dt.datetime) -> str:
    """A moment as Office writes it; without a zone it is taken as UTC.

    Examples
    --------
    >>> stamp(dt.datetime(2022, 4, 19, 8, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    '2022-04-19T00:00:00Z'
    """
    return f"{utc(moment):%Y-%m-%dT%H:%M:%SZ}"


def utc(moment: dt.datetime) -> dt.datetime:
    """A moment in UTC, without naming the zone, as the Office libraries take it."""
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return zoned.astimezone(dt.UTC).replace(tzinfo=None)


def clean(text: object) -> str:
    r"""Text that XML can hold.

    Examples
    --------
    >>> clean("a\x0bb")
    'ab'
    """
    return _FORBIDDEN.sub("", str(text))


def unwrapped(text: str) -> str:
    r"""Running text without its line ends: nothing between Han characters, a space elsewhere.

    Examples
    --------
    >>> unwrapped("指标\n完成"), unwrapped("two\nlines")
    ('指标完成', 'two lines')
    """
    joined = re.sub(rf"({_HAN})[ \t]*\n[ \t]*", r"\1", clean(text).strip())
    return re.sub(r"[ \t]*\n[ \t]*", " ", joined)


def plain(text: str, names: Mapping[str, str]) -> str:
    """Text without marks: references by their numbers, strong words bare.

    Parameters
    ----------
    text
        As it stands in the document.
    names
        From `numbered`.

    Examples
    --------
    >>> plain("**见**{{ref:completion}}", {"completion": "表 1"})
    '见表 1'
    """
    return STRONG.sub(r"\1", REFERENCE.sub(lambda history: names[history[1].strip()], clean(text)))


def sections(document: Mapping) -> Iterator[tuple[dict, int, bool]]:
    """Every section with its level and whether it is in an appendix, in the order of the PDF."""

    def below(section: dict, level: int, appendix: bool) -> Iterator[tuple[dict, int, bool]]:
        yield section, level, appendix
        for inner in section.get("sections", []):
            yield from below(inner, level + 1, appendix)

    for appendix in (False, True):
        for section in document["sections"]:
            if bool(section.get("appendix")) is appendix:
                yield from below(section, 1, appendix)


def blocks(document: Mapping) -> Iterator[dict]:
    """Every block of a document in the order of the PDF."""
    yield from document.get("key_messages", [])
    for section, _, _ in sections(document):
        yield from section.get("blocks", [])


def numbered(document: Mapping) -> dict[str, str]:
    """The number of each table and figure by its id, as the PDF counts them.

    Examples
    --------
    >>> numbered({"labels": {"table": "表"}, "sections": [{"blocks": [{"type": "table", "id": "a"}]}]})
    {'a': '表 1'}
    """
    counts: dict[str, int] = {}
    names = {}
    for block in blocks(document):
        kind = block["type"]
        if kind in ("table", "figure"):
            counts[kind] = counts.get(kind, 0) + 1
            # A table of another volume keeps its own number.
            number = block.get("number") or f"{document['labels'][kind]} {counts[kind]}"
            names[block.get("id") or f"unnamed-{kind}-{counts[kind]}"] = number
    return names


def png(svg: str, sharpness: float = SHARPNESS) -> bytes:
    """A picture as PNG at its own size.

    Parameters
    ----------
    svg
        SVG text as `style.to_svg` makes it: letters as outlines, so no font is asked for.
    sharpness
        Dots per inch.

    Raises
    ------
    ZbError
        If the text is no SVG.
    """
    import typst

    try:
        # Letters are outlines, so the system's fonts need not be looked through.
        return typst.compile(
            {"main": _PICTURE, "picture.svg": svg.encode()},
            format="png",
            ppi=sharpness,
            ignore_system_fonts=True,
        )
    except typst.TypstError as error:
        raise ZbError(f"A chart could not be turned into a PNG picture: {error.message}.") from error


def pngs(svgs: Mapping[str, str], sharpness: float = SHARPNESS) -> dict[str, bytes]:
    """Every picture of `results.images` as PNG, by the same names."""
    return {name: png(svg, sharpness) for name, svg in svgs.items()}


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
        Number of each table and figure, from `numbered`.
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
        self.rich(made, unwrapped(text))
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
        self.rich(made, unwrapped(block["caption"]))
        return made

    def page_break(self) -> None:
        """Begin a new page."""
        from docx.enum.text import WD_BREAK

        self.paragraph(style="Table note").add_run().add_break(WD_BREAK.PAGE)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Text in pieces: plain, strong words, ids of references."""
    at = 0
    marks = [(match, "strong") for match in STRONG.finditer(text)]
    marks += [(match, "ref") for match in REFERENCE.finditer(text)]
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


def heading_number(counts: Sequence[int], lang: str, word: str, *, appendix: bool) -> str:
    """The number of a heading as the PDF shows it; the counts of all levels above it lead to it.

    Examples
    --------
    >>> [heading_number(counts, "zh", "附件", appendix=False) for counts in ([12], [1, 3])]
    ['十二、', '（三）']
    >>> heading_number([2], "en", "Annex", appendix=True)
    'Annex B '
    >>> heading_number([2, 1, 3], "en", "Annex", appendix=False)
    '2.1.3 '
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
