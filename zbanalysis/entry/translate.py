"""What the checks of a data folder say of a row, as words of the form in the user's language."""

from __future__ import annotations

from zbanalysis.entry.problems import Wrong
from zbanalysis.entry.rows import Row
from zbanalysis.errors import Problem

_KEYS = {
    "ended": "early_final",
    "begun": "early",
    "bounds": "between",
    "plan_years": "plan_years",
    "after_base": "after_base",
    "above_low": "above_lower",
    "needed": "needed",
    "no_rate": "stated_empty",
    "implied": "stated",
    "decimal_point": "slip",
    "whole": "share",
    "no_figure": "no_figure",
}
"""Keys of what the checks of a folder find (`errors.SENTENCES`), and those of the form's words for it."""

_NAMES = {"value1": "first", "value2": "second", "year1": "before", "year2": "after"}


def said(problem: Problem) -> tuple[str, dict]:
    """Key of the words for a problem, and what they name.

    Examples
    --------
    >>> said(Problem("targets.csv", 2, "target_period", "2019", "after_base", {"base": "2020"}))
    ('after_base', {'base': '2020'})
    """
    if problem.key not in _KEYS:
        return "other", {"words": problem.expected}
    named = {_NAMES.get(name, name): _endless(value) for name, value in problem.values.items()}
    if problem.key == "implied":
        named["target"] = named.pop("value")
    return _KEYS[problem.key], named


def _endless(value: object) -> object:
    return {"inf": "∞", "-inf": "−∞"}.get(str(value), value)


def wrong(problem: Problem, row: Row | None) -> Wrong:
    """A problem of the folder as it would be, told of the form's cell, or of the file's row."""
    key, named = said(problem)
    column = problem.column.partition(",")[0]
    if row is None:
        return Wrong(problem.file, f"{problem.row or ''}", problem.value, key, named)
    cell = row.places.get(column) or next(iter(row.places.values()))
    return Wrong(row.sheet, cell, problem.value, key, named)
