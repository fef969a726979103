"""A person's CSV file as text: found, decoded, cut into cells, every row as wide as the header."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from itertools import compress
from pathlib import Path

import pandas as pd

from zbanalysis.errors import DataError, InputError, Problem


def read_table(
    path: str | os.PathLike[str],
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    may_be_empty: bool = False,
) -> pd.DataFrame:
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
        The file is missing, empty, not UTF-8 text, has no data rows, lacks a column or names one twice.
    DataError
        Rows with too many or too few cells, all of them, with their row numbers.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "gdp.csv"
    >>> _ = file.write_text("series,year,value\nGDP, 2020 ,3673.5\n", encoding="utf-8")
    >>> read_table(file, ["series", "year", "value"])
      series  year   value
    2    GDP  2020  3673.5
    """
    path = Path(path)
    rows = _rows(_text(path), path)
    header, width = _header(rows[0], path, required, optional), len(rows[0])
    numbered = [
        (number, row)
        for number, row in enumerate(rows[1:], start=2)
        if row and (row[0].strip() or any(map(str.strip, row)))  # the first cell settles it for most rows
    ]
    if not numbered and may_be_empty:
        return pd.DataFrame(columns=list(filter(None, header)), index=pd.RangeIndex(0), dtype="str")
    if not numbered:
        raise InputError(f"{path} has a header and no data rows; write the data from row 2 on.")
    _check_widths(numbered, width, path)
    columns = [list(map(str.strip, cells)) for cells in zip(*(row for _, row in numbered), strict=True)]
    _check_unnamed(header, columns, path)
    table = {name: cells for name, cells in zip(header, columns, strict=True) if name}
    return pd.DataFrame(table, index=[number for number, _ in numbered], dtype="str")


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; check the name and the folder.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; name the CSV file in it.") from None
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path} cannot be read ({reason}); check the name and the rights.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(_not_utf8(path, content)) from None
    if not text.strip():
        raise InputError(f"{path} is empty; it needs a header in row 1 and data from row 2 on.")
    if "\0" in text:
        raise InputError(_not_utf8(path, content))
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


def _check_widths(numbered: list[tuple[int, list[str]]], width: int, path: Path) -> None:
    problems = [
        Problem(
            str(path),
            number,
            "",
            ",".join(row),
            f"{width} cells as in the header, not {len(row)}"
            + (" (a number with a thousands comma makes two cells)" if len(row) > width else ""),
        )
        for number, row in compress(numbered, (len(row) != width for _, row in numbered))
    ]
    if problems:
        raise DataError(problems)


def _check_unnamed(header: list[str], columns: list[list[str]], path: Path) -> None:
    for place, (name, cells) in enumerate(zip(header, columns, strict=True), start=1):
        if not name and any(cells):  # an empty column is what spreadsheets leave behind
            raise InputError(f"{path} has data in column {place}, which has no name in row 1; name it.")
