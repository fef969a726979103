"""One language of a report from its result file: PDF, workbook and Word file, from one document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from zbanalysis.report import chapters, office, pdf, volumes
from zbanalysis.report.chapters import area
from zbanalysis.report.word import word
from zbanalysis.report.workbook import results_workbook, workbook

SUFFIXES = ("pdf", "xlsx", "docx")
"""What is made unless asked otherwise."""


def render(
    content: dict,
    lang: str,
    kind: str = "",
    before: dict | None = None,
    formats: Sequence[str] = SUFFIXES,
) -> dict[str, bytes]:
    """The files of one language.

    Parameters
    ----------
    content
        A result file, with its manifest.
    lang
        ``zh`` or ``en``.
    kind
        One of `kinds.KINDS`; by default the one that is due.
    before
        Result file of an earlier report, to say what changed since.
    formats
        Which of `SUFFIXES`; ``annex.pdf`` and ``annex.docx`` are a plan's technical annex, and
        ``results.xlsx`` holds the coded results.

    Returns
    -------
    dict
        Format → content.
    """
    documents, images = _documents(content, lang, kind, before), chapters.images(content, lang)
    time = _midnight(content["manifest"]["as_of"])
    makers = {
        "xlsx": lambda: workbook(volumes.bound(documents), content, time),
        "results.xlsx": lambda: results_workbook(volumes.bound(documents), content, time),
    }
    for volume, document in documents.items():
        before_dot = "" if volume == "main" else f"{volume}."
        shown = {block["image"] for block in office.blocks(document) if block["type"] == "figure"}
        own = {name: svg for name, svg in images.items() if name in shown}
        makers[f"{before_dot}pdf"] = partial(pdf.compile_pdf, document, own, time)
        makers[f"{before_dot}docx"] = partial(_word, document, own, lang, time)
    return {suffix: make() for suffix, make in sorted(makers.items()) if suffix in formats}


def _word(document: dict, images: dict[str, str], lang: str, time: dt.datetime) -> bytes:
    return word(document, office.pngs(images), lang, time)


def _documents(content: dict, lang: str, kind: str, before: dict | None) -> dict[str, dict]:
    """The report of an area, or the two volumes of a plan's, as the notebooks that ran tell."""
    if area.TRENDS in content["sections"]:
        return area.documents(content, lang)
    return volumes.documents(content, lang, kind, before)


def _midnight(day: str) -> dt.datetime:
    """The report's own time: its as-of day, so that the same inputs give the same bytes."""
    return dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
