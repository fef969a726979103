"""A file that may be a filled form: is it a workbook, and which of its sheets are which tables?"""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zbanalysis.entry import words
from zbanalysis.entry.problems import EntryError, Wrong
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of a workbook under a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Pair(NamedTuple):
    """One sheet as Excel last showed it, and with its formulas."""

    values: Worksheet
    formulas: Worksheet


def open_form(path: Path, lang: str) -> tuple[dict[str, Pair], list[Wrong]]:
    """The sheets of a filled form by their tables, and what is wrong with its sheets.

    Parameters
    ----------
    path
        The workbook.
    lang
        The language of the message if it cannot be read.

    Raises
    ------
    EntryError
        If the file is missing, is no ``.xlsx``, is under a password or damaged, or is no form.
    """
    content = _content(path, lang)
    values, formulas = (_load(content, path, lang, values=values) for values in (True, False))
    known, found, wrongs = words.sheets(), {}, []
    first: dict[str, str] = {}
    aside = {words.plain(words.sheet("guide")), "lists"}
    for sheet in values.worksheets:
        name = words.plain(sheet.title)
        table = known.get(name)
        if table is None:
            # A sheet of the user's own that is empty does no harm.
            if name not in aside and _is_filled(sheet):
                right = {"sheet": words.sheet("observations")}
                wrongs.append(Wrong(sheet.title, "A1", sheet.title, "unknown_sheet", right))
        elif table in found:
            wrongs.append(Wrong(sheet.title, "A1", sheet.title, "sheet_twice", {"other": first[table]}))
        else:
            found[table] = Pair(sheet, formulas[sheet.title])
            first[table] = sheet.title
    if not found:
        names = (", " if lang == "en" else "”“").join(
            words.sheet(name) for name in ("observations", "targets")
        )
        raise EntryError(label("entry.file.not_form", lang, file=path, sheets=names))
    return found, wrongs


def _is_filled(sheet: Worksheet) -> bool:
    return any(value is not None for row in sheet.iter_rows(values_only=True) for value in row)


def _content(path: Path, lang: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise EntryError(label("entry.file.missing", lang, file=path)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EntryError(label("entry.file.unreadable", lang, file=path, reason=reason)) from None
    kind = _kind(content)
    if kind:
        raise EntryError(label(f"entry.file.{kind}", lang, file=path))
    return content


def _kind(content: bytes) -> str:
    """What keeps a file from being an ``.xlsx``, as a key; empty if nothing does."""
    if content.startswith(_OLD):
        return "password" if _ENCRYPTED in content else "old_excel"
    if not content.startswith(b"PK"):
        return "not_excel"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = set(parts.namelist())
            damaged = parts.testzip() is not None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError):
        return "broken"
    if damaged:
        return "broken"
    if "xl/workbook.bin" in names:
        return "binary_excel"
    if "content.xml" in names and "mimetype" in names:
        return "open_document"
    return "" if "xl/workbook.xml" in names else "not_excel"


def _load(content: bytes, path: Path, lang: str, *, values: bool) -> Workbook:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # openpyxl warns of parts it leaves out, such as other programs' extensions; we only read cells.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(content), data_only=values)
    except Exception as error:  # what a damaged part raises is openpyxl's own affair
        raise EntryError(label("entry.file.broken", lang, file=path)) from error
