"""Text cells to numbers, years and known words, with all that is wrong collected."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from zbanalysis.errors import DataError, Problem

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
NUMBER_CHARACTERS = frozenset("0123456789+-.eE")
LAST_WHOLE = 2.0**53  # beyond it a float cannot tell two neighbouring whole numbers apart
OR_EMPTY = ", or an empty cell"


def numbers(
    table: pd.DataFrame, columns: Sequence[str], file: str, allow_empty: Iterable[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn text columns into floats and collect the cells that are no plain numbers.

    Parameters
    ----------
    table
        As `read_table` gives it.
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
        cells = table[column].tolist()
        values = _floats(cells)
        frame[column] = values
        for i in np.flatnonzero(np.isnan(values)).tolist():
            if cells[i] or column not in empty_is_right:
                expected = _number_expected(cells[i], may_be_empty=column in empty_is_right)
                problems.append(Problem(file, int(table.index[i]), column, cells[i], expected))
    return pd.DataFrame(frame, index=table.index, dtype="float64"), problems


def years(
    table: pd.DataFrame, columns: Sequence[str], file: str, allow_empty: Iterable[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn text columns into whole years, as floats (NaN where empty), and collect what is none.

    ``2020`` and ``2020.0`` are the year 2020; ``2020.5`` and ``2020H1`` are no whole years.
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
        replace(p, expected=expected + OR_EMPTY if p.column in empty_is_right else expected) for p in problems
    ]
    for column in columns:
        value = frame[column].to_numpy()
        odd = ~np.isnan(value) & ((value != np.floor(value)) | (np.abs(value) > LAST_WHOLE))
        problems += [
            Problem(file, int(row), column, text, expected)
            for row, text in zip(frame.index[odd], table.loc[odd, column] if odd.any() else (), strict=True)
        ]
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
    wrong = ~table[column].isin(list(allowed))
    expected = " or ".join(allowed)
    return [
        Problem(file, int(row), column, text, expected)
        for row, text in zip(table.index[wrong], table.loc[wrong, column], strict=True)
    ]


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


def _floats(cells: list[str]) -> np.ndarray:
    if NUMBER_CHARACTERS.issuperset("".join(cells)):
        try:  # the quick way for a clean column
            values = np.array([float(cell) if cell else math.nan for cell in cells], dtype="float64")
        except ValueError:
            values = np.array([_float(cell) for cell in cells], dtype="float64")
    else:
        values = np.array([_float(cell) for cell in cells], dtype="float64")
    values[np.isinf(values)] = np.nan  # 1e999 is no finite number
    return values


def _float(cell: str) -> float:
    return float(cell) if PLAIN_NUMBER.fullmatch(cell) else math.nan


def _number_expected(cell: str, *, may_be_empty: bool) -> str:
    half_width = unicodedata.normalize("NFKC", cell).replace("\u2212", "-").replace(" ", "")
    without_commas = half_width.replace(",", "")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", half_width):
        return f"the number without thousands separators: {without_commas}"
    if re.fullmatch(r"[+-]?\d+,\d+", half_width):
        return f"a decimal point, not a comma: {half_width.replace(',', '.')}"
    if half_width != cell and PLAIN_NUMBER.fullmatch(half_width):
        return f"plain half-width digits: {half_width}"
    if half_width.endswith("%") and PLAIN_NUMBER.fullmatch(half_width[:-1]):
        return "the number without the percent sign"
    if PLAIN_NUMBER.fullmatch(cell):
        return "a finite number"
    return "a number such as 12.5" + (OR_EMPTY if may_be_empty else "")
