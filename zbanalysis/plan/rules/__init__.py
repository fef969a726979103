"""The recognised progress rules, side by side: frame in, frame out, one row for each input row.

A new rule is a function in `formulas` under `common.rule`, which says where it comes from, its words
(``rule_name`` and ``class`` of ``report/words/indicators.yml``, ``rule`` of ``report/words/basis.yml``) and
its row in ``docs/methods/rules.md``.

``RULES`` lists them in order, with their sources and cut-offs for the report's appendix; `assess`
runs one or all.  Formulas and edge cases stand in the docstring of each rule.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from zbanalysis.data import doubts, files, read
from zbanalysis.errors import InputError, Problem
from zbanalysis.plan.rules import common
from zbanalysis.plan.rules.common import (
    AGENDA_YEAR,
    COLUMNS,
    DIRECTIONS,
    GOOD,
    MIDDLE,
    NONE,
    NOT_ASSESSABLE,
    POOR,
    REASONS,
    TOLERANCE,
    Rule,
    reaches,
)
from zbanalysis.plan.rules.formulas import eurostat, germany, opensdg, schedule, sdsn, unsd

__all__ = [
    "AGENDA_YEAR", "COLUMNS", "DEFAULT", "DIRECTIONS", "GOOD", "MIDDLE", "NONE", "NOT_ASSESSABLE", "POOR",
    "REASONS", "RESULTS", "RULES", "TOLERANCE", "Rule", "assess", "assess_file", "eurostat", "germany",
    "names", "opensdg", "reaches", "read_assessment", "register", "schedule", "sdsn", "unsd",
]  # fmt: skip

DEFAULT = "schedule"
RESULTS = ("rule", "score", "status", "reason")

RULES: Mapping[str, Rule] = MappingProxyType(common.RULES)


def names(rule: str) -> tuple[str, ...]:
    """List the rules that a name stands for: itself, or every rule for ``all``.

    Raises
    ------
    InputError
        There is no such rule.

    Examples
    --------
    >>> names("all")
    ('schedule', 'eurostat', 'opensdg', 'unsd', 'sdsn', 'germany')
    """
    if rule == "all":
        return tuple(RULES)
    if rule not in RULES:
        raise InputError(f"There is no rule named {rule}; choose one of {', '.join(RULES)}, or all.")
    return (rule,)


def assess(frame: pd.DataFrame, rule: str = DEFAULT) -> pd.DataFrame:
    """Judge each row of a table under one rule or under every rule.

    Parameters
    ----------
    frame
        Columns base_year, base_value, current_year, current_value, target_year, target_value (floats,
        NaN for empty), direction, optionally limit, and any others, which are passed on.
    rule
        A name in `RULES`, or ``all``.

    Returns
    -------
    DataFrame
        The input columns, then rule, score, status, reason; the input rows in order and within each
        the rules in the order of `RULES`.  The index is new, 0 and up.

    Raises
    ------
    InputError
        The rule is unknown, a column is missing or one is named as a result, or a direction is wrong.

    Examples
    --------
    >>> row = dict(id="R&D share", base_year=2020, base_value=2.0, current_year=2023, current_value=2.5,
    ...            target_year=2025, target_value=3.0, direction="up")
    >>> assess(pd.DataFrame([row]))[["id", "rule", "status"]].to_dict("records")
    [{'id': 'R&D share', 'rule': 'schedule', 'status': 'behind'}]
    """
    taken = [name for name in RESULTS if name in frame.columns]
    if taken:
        raise InputError(f"The table already has the column(s) {', '.join(taken)}; remove or rename them.")
    chosen = names(rule)
    parts = [RULES[name].function(frame) for name in chosen]
    place = np.repeat(np.arange(len(frame)), len(chosen))
    out = frame.take(place).reset_index(drop=True)
    out["rule"] = pd.array(np.tile(np.array(chosen, dtype=object), len(frame)), dtype="str")
    for column in RESULTS[1:]:
        values = np.stack([part[column].to_numpy() for part in parts], axis=1).ravel()
        out[column] = values if column == "score" else pd.array(values, dtype="str")
    return out


def register() -> pd.DataFrame:
    """The rules as a table for the report: ``rule, title, source, where``."""
    return pd.DataFrame(
        [(rule.name, rule.title, rule.source, rule.where) for rule in RULES.values()],
        columns=["rule", "title", "source", "where"],
    )


# --- a file of a person's own: what ``python -m zbanalysis assess`` calls ---

REQUIRED = ("id", *COLUMNS)
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
    rule: str = DEFAULT,
    out_path: str | os.PathLike[str] | None = None,
    note: Callable[[str], object] = lambda _: None,
) -> pd.DataFrame:
    """Judge a file under one rule or all and write the result.

    Parameters
    ----------
    input_path
        As for `read_assessment`.
    rule
        A name in `RULES`, or ``all``.
    out_path
        Where to write; ``None`` or ``"-"`` is standard output.
    note
        Is given a sentence on each row whose values are of different orders, as if in different units.

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
    chosen = names(rule)  # before the file is read: a wrong name is the cheaper mistake to report
    table = read.table(input_path, REQUIRED, OPTIONAL)
    taken = [name for name in RESULTS if name in table]
    if taken:
        raise InputError(f"{input_path} already has the column(s) {', '.join(taken)}; remove or rename them.")
    columns = [name for name in (*COLUMNS, *OPTIONAL) if name in table]
    figures = _checked(table, os.fspath(input_path))[columns]
    judged = assess(figures, rule)
    out = table.take(judged.index.to_numpy() // len(chosen)).reset_index(drop=True)
    for column in RESULTS:
        out[column] = judged[column]
    files.write_table(out, out_path)
    sizes = figures[[*VALUES[:3]]].abs()
    sizes = sizes.where(sizes > 0)
    for row in figures.index[sizes.max(axis=1) >= doubts.LEAP * sizes.min(axis=1)]:
        given = ", ".join(f"{name} {table.loc[row, name]}" for name in VALUES[:3])
        note(f"{input_path} row {row}: {given} are of different orders; take a look at their units.")
    return out


def _checked(table: pd.DataFrame, file: str) -> pd.DataFrame:
    columns = [name for name in VALUES if name in table]
    values, problems = read.numbers(table, columns, file, allow_empty=columns)
    years, not_years = read.years(table, YEARS, file, allow_empty=YEARS)
    problems += not_years
    problems += read.one_of(table, "direction", DIRECTIONS, file)
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
