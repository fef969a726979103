"""What workbook, Word file and web page share.

The same bytes each time, plain text, numbers of tables and figures, and charts as PNG for Word: the result
file keeps them as SVG only.  Word draws SVG since 2016, but needs a PNG beside it and prints the text of ours
as outlines anyway; typst, which sets the PDF, turns one into the other, so nothing new is installed.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from zbanalysis.errors import ZbError

REFERENCE = re.compile(r"\{\{?ref:([^{}]+)\}\}?")
STRONG = re.compile(r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*")
# Characters that XML 1.0 cannot hold; a cell copied from a PDF may carry one.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HAN = "[\u3400-\u9fff，。、；：！？（）《》“”]"
# Office refuses older dates in a zip; which one it is does not matter, only that it never changes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_HAN_NUMBERS = "零一二三四五六七八九十"
SHARPNESS = 220
"""Dots per inch of a picture: sharp in print, small enough to mail."""
_PICTURE = b'#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")'


def frozen(content: bytes) -> bytes:
    """An Office file without a clock: the same for the same parts, for the dates in its zip are fixed."""
    old, written = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        # The table of types comes first, as Word expects it; the order of the rest is the library's.
        for name in sorted(old.namelist(), key=lambda name: name != "[Content_Types].xml"):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, old.read(name))
    return written.getvalue()


def utc(moment: dt.datetime) -> dt.datetime:
    """A moment in UTC, without naming the zone, as the Office libraries take it; without a zone it is UTC.

    Examples
    --------
    >>> str(utc(dt.datetime(2022, 4, 19, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))))
    '2022-04-19 00:00:00'
    """
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


def sections(document: Mapping) -> Iterator[tuple[dict, list[int], bool]]:
    """Every section with its number at each level, and whether it is in an appendix, as in the PDF."""

    def below(section: dict, counts: list[int]) -> Iterator[tuple[dict, list[int], bool]]:
        yield section, counts, appendix
        for number, inner in enumerate(section.get("sections", []), start=1):
            yield from below(inner, [*counts, number])

    for appendix in (False, True):
        own = (section for section in document["sections"] if bool(section.get("appendix")) is appendix)
        for number, section in enumerate(own, start=1):
            yield from below(section, [number])


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
    counts, names = Counter(), {}
    for block in blocks(document):
        kind = block["type"]
        if kind in ("table", "figure"):
            counts[kind] += 1
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

    files = {"main": _PICTURE, "picture.svg": svg.encode()}
    try:
        # Letters are outlines, so the system's fonts need not be looked through.
        return typst.compile(files, format="png", ppi=sharpness, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise ZbError(f"A chart could not be turned into a PNG picture: {error.message}.") from error


def pngs(svgs: Mapping[str, str]) -> dict[str, bytes]:
    """Every picture of `results.images` as PNG, by the same names."""
    return {name: png(svg) for name, svg in svgs.items()}


def heading_number(counts: Sequence[int], lang: str, word: str, *, appendix: bool) -> str:
    """The number of a heading as the PDF shows it, from its ``counts`` in `sections`.

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
