"""What can go wrong, one class per cause; imports nothing of the house.

Every error a user may meet is a `ZbError`: its text is one plain sentence that
says what is wrong, where, and what would be right.  The command line prints it
and leaves with ``exit_code``; nothing else in the house calls ``sys.exit``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import ClassVar


class ZbError(Exception):
    """The work failed through no fault of the input (exit code 1)."""

    exit_code = 1


class InputError(ZbError):
    """Wrong use or bad input (exit code 2)."""

    exit_code = 2


class InfrastructureError(ZbError):
    """A process died or did not start through no fault of notebook or data; worth another try."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where it stands and what would be right.

    ``row`` counts as a spreadsheet does: the header is row 1, data begin at row 2.
    """

    file: str
    row: int | None
    column: str
    value: str
    expected: str

    HEADINGS: ClassVar = ("file", "row", "column", "value", "what would be right")


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


def as_table(problems: Sequence[Problem], title: str) -> str:
    """Problems as the lines of a table under a title.

    Examples
    --------
    >>> print(as_table([Problem("targets.csv", 2, "kind", "levle", "one of level, keep")], "Wrong:"))
    Wrong:
    file         row  column  value  what would be right
    targets.csv  2    kind    levle  one of level, keep
    """
    cells = [Problem.HEADINGS] + [
        tuple("" if part is None else str(part) for part in astuple(problem)) for problem in problems
    ]
    widths = [max(len(row[i]) for row in cells) for i in range(len(Problem.HEADINGS) - 1)]
    lines = ["  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]]) for row in cells]
    return "\n".join([title, *lines])
