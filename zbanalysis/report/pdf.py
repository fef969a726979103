"""From a document of blocks and its pictures to a PDF; computes nothing, reads only the template.

The contract of the document is in ``reports/template/README.md``.  Everything reaches typst from
memory, with our Chinese faces and the Latin ones typst carries: no system font, no network, no
clock, so the same input gives the same bytes on every machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from zbanalysis.data import files
from zbanalysis.errors import ZbError
from zbanalysis.report import output, style

# PDF/A-2a asks for the tags that PDF/UA-1 asks for, and typst grants both in one file (PDF 1.7).
STANDARDS = ("ua-1", "a-2a")
# Keys whose text names something instead of being shown.
_SILENT = {"id", "type", "image", "align", "width", "key", "lang", "alt"}
_EXCERPT = 40


def compile_pdf(document: Mapping[str, Any], images: Mapping[str, str], timestamp: datetime) -> bytes:
    """Set a report as a tagged PDF that is both PDF/UA-1 and PDF/A-2a.

    Parameters
    ----------
    document
        The report as blocks; see ``reports/template/README.md``.
    images
        SVG text by file name, for the figures of the document.
    timestamp
        The date the PDF carries; without a zone it is taken as UTC.

    Returns
    -------
    bytes
        The same for the same arguments.

    Raises
    ------
    ZbError
        If a character has no glyph, a reference or picture is missing, a table does not fit, or
        typst has anything to say.
    """
    import typst

    fonts, when = style.font_set(), timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
    check_references(document, images)
    check_glyphs(document, fonts)
    try:
        pdf, warnings = typst.compile_with_warnings(
            _files(document, images, fonts), font_paths=_typst_fonts(fonts), pdf_standards=list(STANDARDS),
            timestamp=when,
        )  # fmt: skip
    except typst.TypstError as error:
        raise ZbError(_explain(error.message, error.hints)) from error
    if warnings:
        raise ZbError(_explain(warnings[0].message, warnings[0].hints))
    return pdf


def rehearse() -> None:
    """Load the fonts for nothing, so that what follows finds them loaded."""
    _typst_fonts(style.font_set())


def check_references(document: Mapping[str, Any], images: Mapping[str, str]) -> None:
    """Refuse references to what is not there, ids given twice, and pictures nobody handed over."""
    ids: set[str] = set()
    for block in output.blocks(document):
        if block["type"] not in ("table", "figure"):
            continue
        ident = block.get("id") or f"unnamed-{block.get('caption', '')}"
        if ident in ids:
            raise ZbError(f"Two tables or figures of the report have the id {ident!r}; give each its own.")
        ids.add(ident)
        if block["type"] == "figure" and block["image"] not in images:
            raise ZbError(f"The figure {ident!r} needs the picture {block['image']}, which was not made.")
        if block["type"] == "figure" and not block.get("alt", "").strip():
            raise ZbError(f"The figure {ident!r} has no alt text; say in a sentence what it shows.")
    for where, text in _texts(document):
        for ident in output.REFERENCE.findall(text):
            if ident.strip() not in ids:
                raise ZbError(
                    f"{{{{ref:{ident}}}}} in “{_excerpt(text)}” ({where}) refers to no table or figure."
                )


def check_glyphs(document: Mapping[str, Any], fonts: style.FontSet) -> None:
    """Refuse a character that the fonts cannot draw, and name the text in which it stands."""
    for where, text in _texts(document):
        if missing := style.undrawn(text, document["lang"]):
            character = missing[0]
            names = ", ".join(face.family for face in fonts.faces)
            raise ZbError(
                f"The character {character!r} (U+{ord(character):04X}) in “{_excerpt(text, character)}” "
                f"({where}) has no glyph in {names}; write it differently, or name a folder of fonts "
                f"that have it in {style.FONT_FOLDER}."
            )


def _files(document: Mapping[str, Any], images: Mapping[str, str], fonts: style.FontSet) -> dict[str, bytes]:
    texts = {path.name: path.read_bytes() for path in sorted(files.TEMPLATE.glob("*.typ"))}
    if "report.typ" not in texts:
        raise ZbError(
            f"The report template report.typ is missing in {files.TEMPLATE}; restore it from the repository."
        )
    look = {
        "fonts": {role: face.family for role, face in vars(fonts).items()},
        "roles": {name: asdict(role) for name, role in style.SIGNS.items()},
    }
    return {
        **texts,
        "main": texts["report.typ"],
        **{f"images/{name}": svg.encode() for name, svg in images.items()},
        "document.json": json.dumps(document, ensure_ascii=False).encode(),
        "style.json": json.dumps(look, ensure_ascii=False).encode(),
    }


@lru_cache(maxsize=8)
def _typst_fonts(fonts: style.FontSet) -> Any:
    """The faces as typst takes them; read once, for a batch sets many reports."""
    import typst

    # typst looks for fonts in folders; a folder named twice would only be read twice.
    folders = list(dict.fromkeys(str(face.path.parent) for face in fonts.faces))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _texts(node: Any, where: str = "report") -> Iterator[tuple[str, str]]:
    """Every text that is shown, with the way to it in words."""
    if isinstance(node, str):
        yield where, node
    elif isinstance(node, Mapping):
        for key, child in node.items():
            if key not in _SILENT:
                yield from _texts(child, f"{where} › {key}")
    elif isinstance(node, list | tuple):
        for number, child in enumerate(node, start=1):
            yield from _texts(child, f"{where} {number}")


def _excerpt(text: str, character: str = "") -> str:
    at = max(text.find(character) - _EXCERPT // 2, 0) if character else 0
    cut = " ".join(text[at : at + _EXCERPT].split())
    return f"{'…' if at else ''}{cut}{'…' if at + _EXCERPT < len(text) else ''}"


def _explain(message: str, hints: list[str]) -> str:
    """Say in one sentence of ours what typst says."""
    if wide := re.search(r"table-too-wide: (.*?)\"?$", message):
        name = wide[1].removeprefix("ref-")
        return f"The table {name!r} does not fit the page even in small type; set landscape, or drop columns."
    if family := re.search(r"unknown font family: (.+)", message):
        return f"The font {family[1]!r} was not found; check the folder named in {style.FONT_FOLDER}."
    if kind := re.search(r"unknown-block: (.*?)\"?$", message):
        return f"The report has a block of the unknown type {kind[1]!r}; see reports/template/README.md."
    hint = f" ({'; '.join(hints)})" if hints else ""
    return f"The report could not be set: {message}{hint}."
