"""What the checks of a data folder say of a row, as words of the form in the user's language."""

from __future__ import annotations

import re

from zbanalysis.entry.problems import Wrong
from zbanalysis.entry.rows import Row
from zbanalysis.errors import Problem

_SLIP = (
    r"a look at the decimal point: (?P<times>\S+) (?:times|of) its neighbours, "
    r"(?P<first>\S+) in (?P<before>\d+) \(row \d+\) and (?P<second>\S+) in (?P<after>\d+) \(row \d+\)"
)
_SAID = [
    (r"a period that ended by (?P<day>[\d-]+),.*", "early_final"),
    (r"a period that began by (?P<day>[\d-]+),.*", "early"),
    (r"a value between (?P<low>\S+) and (?P<high>\S+) for (?P<indicator>\w+)", "between"),
    (r"base year before first year.*", "plan_years"),
    (r"a period after the base (?P<base>\S+)", "after_base"),
    (r"a value above the lower end (?P<low>\S+)", "above_lower"),
    (r"a number; a target of kind (?P<kind>\w+) needs it", "needed"),
    (r"an empty cell: .*", "stated_empty"),
    (r"between (?P<low>\S+) and (?P<high>\S+), as (?P<base>\S+) and (?P<target>\S+) imply", "stated"),
    (_SLIP, "slip"),
    (r"between 0 and 100, for (?P<indicator>\w+) is a share; .*", "share"),
    (r"a figure that observations\.csv has for .*", "no_figure"),
]
"""What `validation` and `tasks` say would be right, and the key of our own words for it."""


def said(problem: Problem) -> tuple[str, dict]:
    """Key of the words for a problem, and what they name.

    Examples
    --------
    >>> said(Problem("targets.csv", 2, "target_period", "2019", "a period after the base 2020"))
    ('after_base', {'base': '2020'})
    """
    for pattern, key in _SAID:
        match = re.fullmatch(pattern, problem.expected)
        if match:
            return key, {name: _endless(text) for name, text in match.groupdict().items()}
    return "other", {"words": problem.expected}


def _endless(text: str) -> str:
    return {"inf": "∞", "-inf": "−∞"}.get(text, text)


def wrong(problem: Problem, row: Row | None) -> Wrong:
    """A problem of the folder as it would be, told of the form's cell, or of the file's row."""
    key, named = said(problem)
    column = problem.column.partition(",")[0]
    if row is None:
        return Wrong(problem.file, f"{problem.row or ''}", problem.value, key, named)
    cell = row.places.get(column) or next(iter(row.places.values()))
    return Wrong(row.sheet, cell, problem.value, key, named)
