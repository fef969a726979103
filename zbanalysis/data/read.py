"""People's own CSV files: read as text, cell by cell, and checked before anything is computed.

The checks collect `Problem` rows, so that a person sees all that is wrong at once.  Row numbers are those of
a spreadsheet: the header is row 1, the first data row is row 2, and they are the index of the table.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path

import numpy as np
import pandas as pd

from zbanalysis.data import files, limits
from zbanalysis.errors import DataError, InputError, Problem

FIRST_YEAR, LAST_YEAR = 1800, 2200
OR_EMPTY = ", or an empty cell"


def table(
    path: str | os.PathLike[str], required: Sequence[str], optional: Sequence[str] = (), *,
    may_be_empty: bool = False,
) -> pd.DataFrame:  # fmt: skip
    r"""Read a CSV file as text.

    Parameters
    ----------
    path
        A comma-separated file in UTF-8, with or without a byte order mark.
    required, optional
        Names of the columns that must be there and of those that may be; both only shape the
        message about a missing column.  Other columns are kept too.
    may_be_empty
        Take a header without data rows as a table of no rows.

    Returns
    -------
    DataFrame
        All columns of the file in its order, dtype ``str``, an empty string where a cell is empty,
        spaces around cells removed.  The index is the spreadsheet row number; wholly empty rows are
        left out and the numbers of the others stay.

    Raises
    ------
    InputError
        The file is missing, empty, too large, not UTF-8 text, has no data rows, lacks a column or
        names one twice.
    DataError
        Rows with too many or too few cells, and cells that are too long or hold a character that a
        reader would not see; all of them, with their row numbers.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "gdp.csv"
    >>> _ = file.write_text("series,year,value\nGDP, 2020 ,3673.5\n", encoding="utf-8")
    >>> table(file, ["series", "year", "value"])
      series  year   value
    2    GDP  2020  3673.5
    """
    path = Path(path)
    content = files.read(path)
    rows, problems = scan(content, path, str(path), required, optional, may_be_empty=may_be_empty, lines=True)
    if problems:
        raise DataError(problems)
    return rows


def scan(
    content: bytes, path: Path, name: str, required: Sequence[str], optional: Sequence[str] = (), *,
    may_be_empty: bool = False, lines: bool = False,
) -> tuple[pd.DataFrame, list[Problem]]:  # fmt: skip
    """As `table`, from the content of a file; what is wrong in its rows is given back under its ``name``.

    ``lines`` lets line ends and tabs within cells pass.
    """
    rows = _rows(_text(content, path), path)
    header, width = _header(rows[0], path, required, optional), len(rows[0])
    numbered = [
        (number, row)
        for number, row in enumerate(rows[1:], start=2)
        if row and (row[0].strip() or any(map(str.strip, row)))  # the first cell settles it for most rows
    ]
    if not numbered and not may_be_empty:
        raise InputError(f"{path} has a header and no data rows; write the data from row 2 on.")
    if len(numbered) > limits.ROWS:
        raise InputError(f"{path} has {len(numbered):,} rows; {limits.ROWS:,} at most are read.")
    problems = _widths(numbered, width, name)
    sound = [(number, row) for number, row in numbered if len(row) == width]
    cells = [list(map(str.strip, column)) for column in zip(*(row for _, row in sound), strict=True)]
    cells = cells or [[] for _ in range(width)]
    _check_unnamed(header, cells, path)
    named = {column: texts for column, texts in zip(header, cells, strict=True) if column}
    frame = pd.DataFrame(named, index=[number for number, _ in sound], dtype="str")
    return frame, problems + unseen(frame, name, lines=lines)


def unseen(frame: pd.DataFrame, name: str, *, lines: bool = False) -> list[Problem]:
    """Cells that are too long, or hold a character that a reader would not see or no font draws."""
    problems = []
    for column in frame:
        texts = frame[column].tolist()
        joined = "\x1e".join(texts).replace("\x1e", "")
        if not limits.hidden(joined, lines=lines) and (not texts or max(map(len, texts)) <= limits.CELL):
            continue  # the quick way for a clean column
        for row, text in zip(frame.index, texts, strict=True):
            if character := limits.hidden(text, lines=lines):
                values = {"character": limits.named(character)}
                problems.append(Problem(name, int(row), str(column), text, "character", values))
            if len(text) > limits.CELL:
                values = {"most": limits.CELL, "count": len(text)}
                problems.append(Problem(name, int(row), str(column), text, "too_long", values))
    return problems


def _text(content: bytes, path: Path) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(_not_utf8(path, content)) from None
    if not text.strip():
        raise InputError(f"{path} is empty; it needs a header in row 1 and data from row 2 on.")
    if "\0" in text:
        raise InputError(f"{path} holds the character U+0000; save the table again as CSV UTF-8.")
    return text


def _not_utf8(path: Path, content: bytes) -> str:
    kind = "is not UTF-8 text"
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        kind = "is a spreadsheet workbook, not a CSV file"
    elif not content.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" not in content:
        kind = "is not UTF-8 text (Chinese Windows often writes GBK)"
    return f"{path} {kind}; open it in the spreadsheet program and save as UTF-8 (CSV UTF-8)."


def _rows(text: str, path: Path) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise InputError(
            f"{path} cannot be read as CSV near line {reader.line_num} ({error}); "
            "a cell that holds a comma or a quote must be in double quotes, each quote in it doubled."
        ) from None


def _header(row: list[str], path: Path, required: Sequence[str], optional: Sequence[str]) -> list[str]:
    header = [name.strip() for name in row]
    if len(header) > limits.COLUMNS:
        raise InputError(f"{path} has {len(header):,} columns; {limits.COLUMNS} at most are read.")
    odd = next(filter(None, map(limits.hidden, header)), "")
    if odd:
        raise InputError(
            f"{path} has the character {limits.named(odd)} in row 1; type the names of columns anew."
        )
    named = [name for name in header if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise InputError(f"{path} names a column twice in row 1: {', '.join(twice)}; name each once.")
    missing = [name for name in required if name not in named]
    if missing:
        also = f" (optional: {', '.join(optional)})" if optional else ""
        comma = "; the cells must be separated by commas" if len(header) == 1 and len(required) > 1 else ""
        plural = "s" if len(missing) > 1 else ""
        raise InputError(
            f"{path} lacks the column{plural} {', '.join(missing)} in row 1; "
            f"found: {', '.join(named) or 'none'}; needed: {', '.join(required)}{also}{comma}."
        )
    return header


def _widths(numbered: list[tuple[int, list[str]]], width: int, name: str) -> list[Problem]:
    """Rows that are wider or narrower than the header."""
    comma = " (a number with a thousands comma makes two cells)"
    return [
        Problem(
            name, number, "", ",".join(row), "width",
            {"width": width, "count": len(row), "thousands": comma if len(row) > width else ""},
        )
        for number, row in compress(numbered, (len(row) != width for _, row in numbered))
    ]  # fmt: skip


def _check_unnamed(header: list[str], columns: list[list[str]], path: Path) -> None:
    for place, (name, cells) in enumerate(zip(header, columns, strict=True), start=1):
        if not name and any(cells):  # an empty column is what spreadsheets leave behind
            raise InputError(f"{path} has data in column {place}, which has no name in row 1; name it.")


def numbers(
    table: pd.DataFrame, columns: Sequence[str], file: str, allow_empty: Iterable[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn text columns into floats and collect the cells that are no plain numbers.

    Parameters
    ----------
    table
        As `table` gives it.
    columns
        The columns to turn; one that the table lacks comes back all NaN (an optional column).
    file
        The file's name for the problems.
    allow_empty
        Those of `columns` in which an empty cell is right; it becomes NaN.

    Returns
    -------
    DataFrame, list of Problem
        Floats with the same index, NaN where a cell is empty or wrong; and what is wrong.  A plain
        number is finite, with a decimal point and no thousands separators, percent signs or
        full-width digits; ``1.2e3`` is one.

    Examples
    --------
    >>> table = pd.DataFrame({"value": ["2.5", "1,200", ""]}, index=[2, 3, 4], dtype="str")
    >>> frame, problems = numbers(table, ["value"], "gdp.csv", allow_empty=["value"])
    >>> frame["value"].tolist()
    [2.5, nan, nan]
    >>> problems[0].row, problems[0].expected
    (3, 'the number without thousands separators: 1200')
    """
    empty_is_right = frozenset(allow_empty)
    frame, problems = {}, []
    for column in columns:
        if column not in table:
            frame[column] = np.full(len(table), np.nan)
            continue
        cells, may_be_empty = table[column], column in empty_is_right
        frame[column] = values = np.array([_float(cell) for cell in cells], dtype="float64")
        for row, cell in cells[np.isnan(values)].items():
            if cell or not may_be_empty:
                expected = _number_expected(cell, may_be_empty=may_be_empty)
                problems.append(Problem(file, int(row), column, cell, expected))
    return pd.DataFrame(frame, index=table.index, dtype="float64"), problems


def years(
    table: pd.DataFrame, columns: Sequence[str], file: str, allow_empty: Iterable[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn text columns into whole years, as floats (NaN where empty), and collect what is none.

    ``2020`` and ``2020.0`` are the year 2020; ``2020.5``, ``2020H1`` and ``-2020`` are no years.
    Parameters and returns are those of `numbers`.

    Examples
    --------
    >>> table = pd.DataFrame({"year": ["2020", "2020.5"]}, index=[2, 3], dtype="str")
    >>> years(table, ["year"], "gdp.csv")[1][0].expected
    'a whole year such as 2020'
    """
    frame, problems = numbers(table, columns, file, allow_empty)
    expected, empty_is_right = "a whole year such as 2020", frozenset(allow_empty)
    problems = [
        replace(p, key=expected + OR_EMPTY if p.column in empty_is_right else expected) for p in problems
    ]
    for column in frame:
        value = frame[column]
        odd = value.notna() & ((value % 1 != 0) | ~value.between(FIRST_YEAR, LAST_YEAR))
        if odd.any():
            problems += Problem.each(file, table.loc[odd, column], expected)
            frame.loc[odd, column] = np.nan
    return frame, problems


def one_of(table: pd.DataFrame, column: str, allowed: Sequence[str], file: str) -> list[Problem]:
    """Collect the cells of a column that hold none of the allowed words.

    Examples
    --------
    >>> table = pd.DataFrame({"direction": ["up", "Up"]}, index=[2, 3], dtype="str")
    >>> one_of(table, "direction", ["up", "down"], "a.csv")[0].expected
    'up or down'
    """
    expected = " or ".join(word or "empty" for word in allowed)
    return Problem.each(file, table.loc[~table[column].isin(list(allowed)), column], expected)


def refuse(problems: Iterable[Problem], columns: Sequence[str] = ()) -> None:
    """Raise one `DataError` with all problems, by row and then by column; do nothing without any.

    Examples
    --------
    >>> refuse([])
    """
    place = {column: i for i, column in enumerate(columns)}
    ordered = sorted(problems, key=lambda p: (p.row or 0, place.get(p.column, len(place))))
    if ordered:
        raise DataError(ordered)


def _float(cell: str) -> float:
    """A plain number, NaN for any other text."""
    plain = len(cell) <= limits.NUMBER and limits.PLAIN_NUMBER.fullmatch(cell)
    value = float(cell) if plain else math.nan
    return value if abs(value) <= limits.LARGEST else math.nan


def _number_expected(cell: str, *, may_be_empty: bool) -> str:
    if len(cell) > limits.NUMBER:
        return f"a number of at most {limits.NUMBER} characters"
    if re.search("[0-9]", cell) and any(unicodedata.category(letter) == "No" for letter in cell):
        return "the number without its footnote mark"
    half_width = unicodedata.normalize("NFKC", cell).replace("\u2212", "-").replace(" ", "")
    without_commas = half_width.replace(",", "")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", half_width):
        return f"the number without thousands separators: {without_commas}"
    if re.fullmatch(r"[+-]?\d+,\d+", half_width):
        return f"a decimal point, not a comma: {half_width.replace(',', '.')}"
    if half_width != cell and limits.PLAIN_NUMBER.fullmatch(half_width):
        return f"plain half-width digits: {half_width}"
    if half_width.endswith("%") and limits.PLAIN_NUMBER.fullmatch(half_width[:-1]):
        return "the number without the percent sign"
    if limits.PLAIN_NUMBER.fullmatch(cell):
        return f"a number of at most {limits.LARGEST:g}"
    return "a number such as 12.5" + (OR_EMPTY if may_be_empty else "")
