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
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import pandas as pd

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


@cache
def _sentences() -> dict[str, dict[str, str]]:
    import yaml

    return yaml.safe_load((Path(__file__).parent / "data" / "problems.yml").read_text("utf-8"))


def sentence(key: str, lang: str, /, **values: object) -> str:
    """What is wrong and would be right, by a key of the problems; another key is itself the sentence.

    Examples
    --------
    >>> sentence("day", "en"), sentence("day", "zh", value="5月"), sentence("5 at most", "en")
    ('a day such as 2020-08-10', '“5月”不是日期；应为 2024-03-20 这样的日期', '5 at most')
    """
    if key not in _sentences():
        return key if lang == "en" else sentence("other", lang, words=key, **values)
    return _sentences()[key][lang].format(**values)


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where it stands and, by a key of ``data/problems.yml``, what would be right.

    ``row`` counts as a spreadsheet does: the header is row 1, data begin at row 2.  A ``key`` that is
    not there is itself the sentence.
    """

    file: str
    row: int | None
    column: str
    value: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    HEADINGS: ClassVar = ("file", "row", "column", "value", "what would be right")

    def words(self, lang: str) -> str:
        """What is wrong and what would be right, ``zh`` or ``en``."""
        return sentence(self.key, lang, **{"value": self.value, "column": self.column, **self.values})

    @classmethod
    def each(cls, file: str, cells: pd.Series, key: str, /, **values: object) -> list[Problem]:
        """One problem for each cell of a column, the index of which is the rows of the file."""
        return [cls(file, int(row), str(cells.name), cell, key, values) for row, cell in cells.items()]

    @property
    def expected(self) -> str:
        """What would be right, in English.

        Examples
        --------
        >>> Problem("targets.csv", 2, "kind", "levle", "enum", {"choices": "level, keep"}).expected
        'one of level, keep'
        """
        return self.words("en")


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
