"""Document and pictures → the Word file: what an official edits, with real headings, captions and fields.

Whatever Word counts is a field that Word counts again: headings by a numbering, tables and
figures by ``SEQ``, references by ``REF``, pages by ``PAGE``.  Until then the fields show what the PDF says.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping

from zbanalysis.errors import ZbError
from zbanalysis.report import ooxml
from zbanalysis.report.word import blocks, page, styles
from zbanalysis.report.word.text import Writer

__all__ = ["word"]


def word(document: Mapping, images_png: Mapping[str, bytes], lang: str, timestamp: dt.datetime) -> bytes:
    """The report as an editable Word file.

    Parameters
    ----------
    document
        From `volumes.documents`.
    images_png
        The document's pictures as PNG by the names the document uses; see `pictures.png`.
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
    ZbError
        If a picture was not handed over, or a block is of an unknown type.
    """
    from docx import Document

    file = Document()
    styles.prepare(file, lang, document["labels"])
    writer = Writer(file, lang, ooxml.numbered(document), document["labels"])
    page.set_up(file, document, lang)
    page.cover(writer, document)
    if document.get("key_messages"):
        writer.paragraph(document["labels"]["key_messages"], style="Front heading")
        _write(writer, document["key_messages"], images_png)
        writer.page_break()
    page.contents(writer, document)
    for section, level, appendix in ooxml.sections(document):
        writer.heading(section["heading"], level, appendix=appendix)
        _write(writer, section.get("blocks", []), images_png)
    _describe(file, document, lang, timestamp)
    stream = io.BytesIO()
    file.save(stream)
    return ooxml.frozen(stream.getvalue(), timestamp)


def _write(writer: Writer, content: list[Mapping], images_png: Mapping[str, bytes]) -> None:
    for block in content:
        kind = block["type"]
        if kind == "figure":
            if block["image"] not in images_png:
                raise ZbError(f"The Word file needs the picture {block['image']}, which was not made.")
            blocks.figure(writer, block, images_png[block["image"]])
        elif kind in blocks.WRITERS:
            blocks.WRITERS[kind](writer, block)
        else:
            raise ZbError(
                f"The report has a block of the unknown type {kind!r}; see reports/template/README.md."
            )


def _describe(file, document: Mapping, lang: str, timestamp: dt.datetime) -> None:
    author = document.get("author") or document.get("cover", {}).get("organisation") or ""
    own = file.core_properties
    own.title, own.subject = document["title"], document.get("subtitle", "")
    own.author = author if isinstance(author, str) else ", ".join(author)
    own.last_modified_by = own.author
    own.keywords = ", ".join(document.get("keywords", []))
    own.comments = document.get("description", "")
    own.language = {"zh": "zh-CN", "en": "en-GB"}[lang]
    own.created = own.modified = ooxml.utc(timestamp)
