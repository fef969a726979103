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
from collections.abc import Iterator, Mapping

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
    return STRONG.sub(r"\1", REFERENCE.sub(lambda found: names[found[1].strip()], clean(text)))


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


def author(document: Mapping) -> str:
    """Who issues the report: its author, else the body on the cover."""
    given = document.get("author") or document.get("cover", {}).get("organisation") or ""
    return given if isinstance(given, str) else ", ".join(given)


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
    """Every picture of `chapters.images` as PNG, by the same names."""
    return {name: png(svg, sharpness) for name, svg in svgs.items()}
