"""A report from its result file: PDF, workbook and Word file of each language, and a web page of both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from zbanalysis.report import chapters, html, office, pdf, results, volumes, words
from zbanalysis.report.blocks import Report
from zbanalysis.report.chapters import area
from zbanalysis.report.word import word
from zbanalysis.report.workbook import results_workbook, workbook

SUFFIXES = ("pdf", "xlsx", "docx")
"""What is made of each language unless asked otherwise."""


def render(
    content: dict,
    lang: str,
    kind: str = "",
    before: dict | None = None,
    formats: Sequence[str] = SUFFIXES,
) -> dict[str, bytes]:
    """The files of one language, or the one of both.

    Parameters
    ----------
    content
        A result file, with its manifest.
    lang
        ``zh``, ``en``, or ``both`` for the web page.
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
    if lang == words.BOTH:
        return {"html": _page(content, kind, before)} if "html" in formats else {}
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


def _page(content: dict, kind: str, before: dict | None) -> bytes:
    """The web page in the report's languages, in which sources go by the numbers of the lists."""
    spoken = content["manifest"].get("languages", words.LANGUAGES)
    editions = {lang: _documents(content, lang, kind, before) for lang in spoken}
    images = {lang: chapters.images(content, lang) for lang in editions}
    if area.YARDSTICK in content["sections"]:
        listed = results.table(content, area.YARDSTICK, "sources")
        sources = {source: int(number) for source, number in listed[["source", "number"]].to_numpy()}
    else:
        sources = Report(content, "zh").numbers
    return html.page(editions, images, sources)


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
