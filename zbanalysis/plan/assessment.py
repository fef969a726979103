"""Judge a person's own CSV file under the progress rules: read, check, assess, write.

This is what ``python -m zbanalysis assess INPUT.csv [--rule NAME|all] [--out OUT.csv]`` calls.
"""

from __future__ import annotations

import os

import pandas as pd

from zbanalysis.data import files, read
from zbanalysis.errors import InputError, Problem
from zbanalysis.plan import rules

REQUIRED = ("id", *rules.COLUMNS)
OPTIONAL = ("limit",)
YEARS = ("base_year", "current_year", "target_year")
VALUES = ("base_value", "current_value", "target_value", "limit")


def read_assessment(path: str | os.PathLike[str]) -> pd.DataFrame:
    r"""Read and check a file of indicators to be judged.

    Parameters
    ----------
    path
        CSV with the columns id, base_year, base_value, current_year, current_value, target_year,
        target_value, direction (``up`` or ``down``) and optionally limit; others are kept as text.
        Years and values may be empty.  An id may occur more than once: rows are judged one by one.

    Returns
    -------
    DataFrame
        The columns of the file in its order, years and values as floats (NaN for empty), the rest as
        text.  The index is the spreadsheet row number (header 1, first data row 2).

    Raises
    ------
    InputError
        The file cannot be read as a table, or lacks a column.
    DataError
        Text in a number, a year that is not whole, a target or current year before the base year, an
        unknown direction: all rows at once.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "plan.csv"
    >>> _ = file.write_text("id,base_year,base_value,current_year,current_value,target_year,target_value,"
    ...                     "direction\nR&D share,2020,2.0,2023,2.5,2025,3.0,up\n", encoding="utf-8")
    >>> read_assessment(file)["base_value"].tolist()
    [2.0]
    """
    return _checked(read.table(path, REQUIRED, OPTIONAL), os.fspath(path))


def assess_file(
    input_path: str | os.PathLike[str],
    rule: str = rules.DEFAULT,
    out_path: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Judge a file under one rule or all and write the result.

    Parameters
    ----------
    input_path
        As for `read_assessment`.
    rule
        A name in `rules.RULES`, or ``all``.
    out_path
        Where to write; ``None`` or ``"-"`` is standard output.

    Returns
    -------
    DataFrame
        What was written: the input cells as they stand in the file (text, published digits kept),
        then rule, score (NaN, written blank, where there is none), status, reason; one row for each
        input row and rule.

    Raises
    ------
    InputError
        The rule is unknown or the input is wrong; nothing is written then.
    ZbError
        The output cannot be written.
    """
    chosen = rules.names(rule)  # before the file is read: a wrong name is the cheaper mistake to report
    table = read.table(input_path, REQUIRED, OPTIONAL)
    taken = [name for name in rules.RESULTS if name in table]
    if taken:
        raise InputError(f"{input_path} already has the column(s) {', '.join(taken)}; remove or rename them.")
    columns = [name for name in (*rules.COLUMNS, *OPTIONAL) if name in table]
    judged = rules.assess(_checked(table, os.fspath(input_path))[columns], rule)
    out = table.take(judged.index.to_numpy() // len(chosen)).reset_index(drop=True)
    for column in rules.RESULTS:
        out[column] = judged[column]
    files.write_table(out, out_path)
    return out


def _checked(table: pd.DataFrame, file: str) -> pd.DataFrame:
    columns = [name for name in VALUES if name in table]
    values, problems = read.numbers(table, columns, file, allow_empty=columns)
    years, not_years = read.years(table, YEARS, file, allow_empty=YEARS)
    problems += not_years
    problems += read.one_of(table, "direction", rules.DIRECTIONS, file)
    problems += _early(table, years, "current_year", file) + _early(table, years, "target_year", file)
    read.refuse(problems, list(table.columns))
    out = table.copy()
    out[columns], out[list(YEARS)] = values, years
    return out


def _early(table: pd.DataFrame, years: pd.DataFrame, column: str, file: str) -> list[Problem]:
    """Cells of a year column that lie before the base year; an empty year is before nothing."""
    wrong = (years[column] < years["base_year"]).to_numpy()
    texts = table.loc[wrong, [column, "base_year"]].itertuples()
    return [
        Problem(file, int(row), column, text, f"a year not before the base year {base}")
        for row, text, base in texts
    ]
