"""One language of a report from its result file: PDF, workbook and Word file, from one document."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from zbanalysis.errors import ZbError
from zbanalysis.report import chapters, pdf, pictures, results
from zbanalysis.report.chapters import area
from zbanalysis.report.word import word
from zbanalysis.report.workbook import workbook

SUFFIXES = ("pdf", "xlsx", "docx")
_ERROR = "error.json"


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


def main(folder: str, lang: str, kind: str = "", since: str = "", formats: str = "") -> None:
    """Render ``content.json`` of a folder into it, as ``zh.pdf`` and so on; an error is left there too."""
    place = Path(folder)
    try:
        before = results.read(since) if since else None
        content, wanted = results.read(place / "content.json"), formats.split() or SUFFIXES
        for suffix, made in render(content, lang, kind, before, wanted).items():
            (place / f"{lang}.{suffix}").write_bytes(made)
    except ZbError as error:
        told = {"message": str(error), "exit_code": error.exit_code}
        (place / f"{lang}.{_ERROR}").write_text(json.dumps(told), "utf-8")
    except Exception:  # noqa: BLE001  (whoever asked does the same again and shows where it failed)
        sys.exit(1)


def collect(place: Path, lang: str, formats: Sequence[str] = SUFFIXES) -> dict[str, bytes] | None:
    """What `main` left in a folder; None if it did not get to the end.

    Raises
    ------
    ZbError
        The error it met.
    """
    failed = place / f"{lang}.{_ERROR}"
    if failed.exists():
        told = json.loads(failed.read_text("utf-8"))
        error = ZbError(told["message"])
        error.exit_code = told["exit_code"]
        raise error
    files = {suffix: place / f"{lang}.{suffix}" for suffix in formats}
    if not all(path.exists() for path in files.values()):
        return None
    return {suffix: path.read_bytes() for suffix, path in files.items()}
