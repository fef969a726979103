"""What can go wrong, one class per cause; imports nothing of the package.

Every error a user may meet is a `ZbError`: its text is one plain sentence that says what is wrong,
where, and what would be right.  The command line prints it and leaves with ``exit_code``; nothing
else calls ``sys.exit``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

_UNSEEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"


def visible(text: str) -> str:
    r"""Text for a terminal: control, invisible and direction-turning characters as escapes.

    Examples
    --------
    >>> visible("a\x1b[2Jb\u202e")
    'a\\x1b[2Jb\\u202e'
    """
    return re.sub(_UNSEEN, lambda match: ascii(match[0])[1:-1], text)


class ZbError(Exception):
    """The run failed through no fault of the input (exit code 1)."""

    exit_code = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(visible(str(message)))


class InputError(ZbError):
    """Wrong use or bad input (exit code 2)."""

    exit_code = 2


class InfrastructureError(ZbError):
    """A process died or did not start through no fault of notebook or data; worth another try."""


SENTENCES = {
    "required": "a value; this cell must not be empty",
    "language": "a text in one language at least: {name}_zh, {name}_en or both",
    "enum": "one of {choices}",
    "number": "a plain number such as 2.63",
    "integer": "a whole number such as 5",
    "too_long": "at most {most} characters, not {count}",
    "minimum": "a larger value, {limit} at least",
    "maximum": "a smaller value, {limit} at most",
    "day": "a day such as 2020-08-10",
    "partial_day": "a day such as 2020-07-23, a month such as 2020-07 or a year such as 2020",
    "period": "2019, 2020Q1, 2020H1, 2020M09, 2016/2019 or FY2018",
    "fiscal_year": (
        "FY{end} for the fiscal year that ends in {end}, or {first}Q1/{end}Q4 for a sum of both years"
    ),
    "code_hyphens": "small letters, digits and single hyphens between them, such as zibo-13",
    "code_underscores": "small letters, digits and single underscores between them, such as rd_intensity",
    "pattern": "text of the form {pattern}",
    "reserved": "another code; Windows takes {value} for a device",
    "unique": "a value that stands only once",
    "primary_key": "a key that stands only once; delete or correct the second row",
    "foreign_key": "an identifier listed in {table}",
    "column": "only the columns named in datapackage.json",
    "character": "the text without {character}; delete it and type the text anew",
    "mark": "the text without {mark}, which a report would take for a mark of its own",
    "width": "{width} cells as in the header, not {count}{thousands}",
    "ended": "a period that ended by {day}, the day {source} was published, or status estimate",
    "begun": "a period that began by {day}, the day {source} was published",
    "bounds": "a value between {low} and {high} for {indicator}",
    "bounds_crossed": "a value above the lower bound {low}",
    "plan_years": "base year before first year, first year not after last year",
    "needed": "a number; a target of kind {kind} needs it",
    "needed_other": "the code of the other series; a target of kind relative needs it",
    "after_base": "a period after the base {base}",
    "above_low": "a value above the lower end {low}",
    "base_period": "the period of the base value {base}",
    "no_rate": "an empty cell: {reason}",
    "implied": "between {low} and {high}, as {base} and {value} imply",
    "end_before_start": "a day not before the start, {start}",
    "over_scale": "at most {scale}, the best score of its scale",
    "task_or_target": "a {column}; a judgement of a {subject} needs it",
    "no_figure": "a figure that observations.csv has for {area}, or the digits in column figure",
    "alike_series": "the spelling of {where}, “{other}”; {character} would make two series of them",
    # Asked about, not refused.
    "alike": "the spelling of {where}, “{other}”, if it is the same; the two differ in {character}",
    "decimal_point": (
        "a look at the decimal point: {times} {of} its neighbours, {value1} in {year1} (row {row1}) "
        "and {value2} in {year2} (row {row2})"
    ),
    "other_size": (
        "a look at the unit: row {row} gives {other} for the same year, and the two are {times} to 1 apart"
    ),
    "leap": "a look at the unit: {times} to 1 apart from {other} in {year} (row {row})",
    "whole": "between 0 and 100, for {indicator} is a share; or another scale for it",
    "formula_text": "a text that does not begin with {sign}; spreadsheets take it for a formula",
    "outside_plan": "a period within {plan}, {start} to {end}; right only if the plan looks beyond itself",
    "sign": (
        "a look at the sign: {value} asks for a {way}, and {indicator} is better {direction}; "
        "a plan that prints “{word}” means {other}"
    ),
    "points": (
        "a look at the unit: {value} is read as per cent of {base}, which makes {percent}; "
        "percentage points would make {points} (kind absolute_change)"
    ),
    "growing_rate": (
        "average_rate and another scale, if the figures of {indicator} are yearly growth rates themselves; "
        "of a share {value} is read as its growth in per cent a year"
    ),
    "as_index": (
        "{growth}, if {value} is an index with the year before as 100; it is read as growth in % a year"
    ),
    "wrong_way": (
        "a look at base and target: from {base} to {value} {indicator} gets worse, "
        "for it is better {direction}"
    ),
    "two_figures": "one figure; {source} gives {other} too (row {row}), and {used} counts",
    "same_day": "one figure; {source} of the same day gives {other} (row {row}), and only one of them counts",
    "late_estimate": "final or preliminary, or no row; it replaces the {other} of an earlier day (row {row})",
    "units": "the unit of the Chinese column, {other}; the two are not the same",
    "size": "a look at the unit: {other} was published for {period}, and the two are {times} to 1 apart",
    "pace": "a look at the unit: read as % a year, and from {first} to {last} it was {past} %",
    "more_than_all": "a fall of at most 100 per cent",
    "two_calendars": "calendar years or fiscal years, not both: row {row} has {other}",
    "one_language": "a text in {language} too, or none in {language} anywhere; the {other} one stands for it",
    "unread": "a name of a table or text of data/README.md; nothing is read from this file",
}
"""What would be right, by the key of a `Problem`; other languages have theirs under the same keys."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where it stands and, by a key of `SENTENCES`, what would be right.

    ``row`` counts as a spreadsheet does: the header is row 1, data begin at row 2.  A ``key`` that is
    not in `SENTENCES` is itself the sentence.
    """

    file: str
    row: int | None
    column: str
    value: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    HEADINGS: ClassVar = ("file", "row", "column", "value", "what would be right")

    @property
    def expected(self) -> str:
        """What would be right, in English.

        Examples
        --------
        >>> Problem("targets.csv", 2, "kind", "levle", "enum", {"choices": "level, keep"}).expected
        'one of level, keep'
        """
        return SENTENCES[self.key].format(**self.values) if self.key in SENTENCES else self.key


class DataError(InputError):
    """Input that fails its checks, with every offending cell in one table.

    Parameters
    ----------
    problems
        All that is wrong, not only the first.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(problems)
        title = f"{count} problem{'' if count == 1 else 's'} found; nothing was done."
        super().__init__(as_table(self.problems, title))

    def __reduce__(self) -> tuple:  # an error crosses from one process to another
        return type(self), (self.problems,)


SHOWN = 60
"""Characters of a value that a table of problems shows."""

LINES = 200
"""Problems that a table lists; of more the number is given."""


def as_table(problems: Sequence[Problem], title: str) -> str:
    """Problems as the lines of a table under a title.

    Examples
    --------
    >>> print(as_table([Problem("targets.csv", 2, "kind", "levle", "one of level, keep")], "Wrong:"))
    Wrong:
    file         row  column  value  what would be right
    targets.csv  2    kind    levle  one of level, keep
    """
    more = [f"… and {len(problems) - LINES} more"] if len(problems) > LINES else []
    return "\n".join([title, *aligned([Problem.HEADINGS, *map(_cells, problems[:LINES])]), *more])


def width(text: str) -> int:
    """Width of a text in half characters: a Han character takes two.

    Examples
    --------
    >>> width("指标 x")
    6
    """
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns one below the other, as a terminal shows them; the last one ends where it ends."""
    widths = [max(map(width, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    return [
        "  ".join([*(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]


def _cells(problem: Problem) -> tuple[str, ...]:
    value = problem.value if len(problem.value) <= SHOWN else problem.value[: SHOWN - 1] + "…"
    row = "" if problem.row is None else str(problem.row)
    parts = (problem.file, row, problem.column[:SHOWN], value, problem.expected)
    return tuple(visible(part).replace("\n", "\\n").replace("\t", "\\t") for part in parts)
