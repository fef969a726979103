"""One language of a report from its result file: PDF, workbook and Word file, from one document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from zbanalysis.report import chapters, pdf, pictures
from zbanalysis.report.chapters import area
from zbanalysis.report.word import word
from zbanalysis.report.workbook import workbook

SUFFIXES = ("pdf", "xlsx", "docx")


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
        Which of `SUFFIXES`.

    Returns
    -------
    dict
        Format → content.
    """
    document, images = _document(content, lang, kind, before), chapters.images(content, lang)
    time = _midnight(content["manifest"]["as_of"])
    makers = {
        "pdf": lambda: pdf.compile_pdf(document, images, time),
        "xlsx": lambda: workbook(document, content, time),
        "docx": lambda: word(document, pictures.pngs(images), lang, time),
    }
    return {suffix: makers[suffix]() for suffix in SUFFIXES if suffix in formats}


def _document(content: dict, lang: str, kind: str, before: dict | None) -> dict:
    """The report of an area or of a plan, as the notebooks that ran tell."""
    if area.TRENDS in content["sections"]:
        return area.document(content, lang)
    return chapters.document(content, lang, kind, before)


def _midnight(day: str) -> dt.datetime:
    """The report's own time: its as-of day, so that the same inputs give the same bytes."""
    return dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
