"""Charts and tables of the panel as files: whole or not at all, and never over another file."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import output, style
from zbanalysis.report import words as labels
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

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
    from openpyxl import Workbook

    lang = view.state.lang
    book = Workbook()
    book.remove(book.active)
    for name, frame in view.data.items():
        headings = [_words(column, lang) for column in frame.columns]
        rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
        if name == "question":  # one row of thirty columns reads better stood on end
            answer = list(zip(headings, rows[0], strict=True))
            headings, rows = [label("export.contents", lang), view.name], answer
        _sheet(book.create_sheet(label(f"explore.sheet.{name}", lang)), [headings, *rows])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _words(column: str, lang: str) -> str:
    """The words for a column; its own name where there are none."""
    key = f"data_column.{column}"
    return label(key, lang) if key in _known() else column


@cache
def _known() -> frozenset[str]:
    return frozenset(labels.keys())


def _sheet(sheet: Worksheet, rows: list) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is None:
                continue
            cell = sheet.cell(place, column)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            cell.value = value if number else output.clean(value)
            if not number:
                cell.data_type = "s"
            cell.font = Font(bold=place == 1)
    for column in range(1, len(rows[0]) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 20
    sheet.freeze_panes = "A2"


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
