"""Charts and tables of the panel as files: whole or not at all, and never over another file."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import output, style
from zbanalysis.report import words as labels
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from zbanalysis.explore.view import View
    from zbanalysis.report.charts import Chart

CHARTS, TABLES = ("svg", "png"), ("csv", "xlsx")
SHARPNESS = 200
"""Dots per inch of a PNG: sharp in print."""

BEHIND = {"outlook": "ahead", "trend": "trend", "areas": "areas", "figures": "figures"}
"""The exact numbers behind each page."""


def save_chart(view: View, page: str, form: str, folder: str) -> str:
    """Save the chart of a page.

    Parameters
    ----------
    view
        What the panel shows.
    page
        ``outlook``, ``trend`` or ``areas``.
    form
        ``svg`` or ``png``.
    folder
        Where to; made if it is not there.  Empty for the working folder.

    Returns
    -------
    str
        What to tell the reader: the file and, where one of the plain name was there, that it was left.

    Raises
    ------
    InputError
        If the page has no chart, or the folder is a file.
    ZbError
        If the file cannot be written.
    """
    lang = view.state.lang
    chart = view.charts.get(page)
    if chart is None:
        raise InputError(label("explore.save.nothing", lang))
    content = chart.svg(lang).encode("utf-8") if form == "svg" else _png(chart, lang)
    return _save(lambda path: files.write(path, content), view, page, form, folder)


def _png(chart: Chart, lang: str) -> bytes:
    with style.context(lang):
        return style.to_png(chart.draw(lang), SHARPNESS)


def save_table(view: View, page: str, form: str, folder: str) -> str:
    """Save the numbers behind a page: CSV of that page, or a workbook of all pages.

    Parameters and result as for `save_chart`; ``form`` is ``csv`` or ``xlsx``.
    """
    if view.trouble:
        raise InputError(label("explore.save.nothing", view.state.lang))
    if form == "xlsx":
        content = workbook(view)
        return _save(lambda path: files.write(path, content), view, "", form, folder)
    frame = view.data[BEHIND.get(page, "figures")]
    return _save(lambda path: files.write_table(frame, path), view, page, form, folder)


def workbook(view: View) -> bytes:
    """A workbook: the question and its answer first, then a sheet for each page, exact numbers.

    Words are words: what begins with = is no formula.
    """
    from xlsxwriter import Workbook

    lang, stream = view.state.lang, io.BytesIO()
    as_words = {"strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, {"in_memory": True} | as_words) as book:
        bold = book.add_format({"bold": True})
        for name, frame in view.data.items():
            headings = [_words(column, lang) for column in frame.columns]
            rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
            if name == "question":  # one row of thirty columns reads better stood on end
                answer = list(zip(headings, rows[0], strict=True))
                headings, rows = [label("export.contents", lang), view.name], answer
            sheet = book.add_worksheet(label(f"explore.sheet.{name}", lang))
            for place, row in enumerate([headings, *rows]):
                sheet.write_row(place, 0, map(_plain, row), None if place else bold)
            sheet.set_column(0, len(headings) - 1, 20)
            sheet.freeze_panes(1, 0)
    return stream.getvalue()


def _plain(value: object) -> object:
    """A number or nothing as it is; truth and days are words."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number or value is None else output.clean(value)


def _words(column: str, lang: str) -> str:
    """The words for a column; its own name where there are none."""
    key = f"data_column.{column}"
    return label(key, lang) if labels.known(key) else column


def _save(write: Callable[[Path], None], view: View, page: str, form: str, folder: str) -> str:
    """Write beside what is there: the plain name, or the first free number after it."""
    lang = view.state.lang
    place = Path(folder.strip()).expanduser().resolve()
    if place.exists() and not place.is_dir():
        raise InputError(label("explore.save.folder_is_file", lang, path=place))
    try:
        place.mkdir(parents=True, exist_ok=True)
        path = plain = place / f"{file_name(view, page)}.{form}"
        number = 2
        while path.exists():
            path = plain.with_name(f"{plain.stem} ({number}){plain.suffix}")
            number += 1
        write(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ZbError(label("explore.save.failed", lang, path=place, reason=reason)) from error
    key = "explore.saved" if path == plain else "explore.saved_beside"
    return label(key, lang, path=path)


def file_name(view: View, page: str) -> str:
    """A name that says what the file holds, of ids only: safe on every system."""
    state = view.state
    about = state.target.replace("/", "_")
    about = about if about.startswith(f"{state.area}_") else f"{state.area}_{about}"
    parts = [about, state.as_of, page, state.lang if page else ""]
    return "_".join(filter(None, parts))
