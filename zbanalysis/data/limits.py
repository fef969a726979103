"""How large and of what characters an input may be; one place, for whoever reads a file of a user's.

The limits are far above what real folders hold (the shipped panel has 5,000 rows of 9 columns) and
below what would keep a machine busy: an input from somebody else is told of, not waited for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from itertools import zip_longest
from typing import TypeVar

Place = TypeVar("Place")

FILE_BYTES = 64 * 2**20
TEXT_BYTES = 2 * 2**20
ROWS = 1_000_000
COLUMNS = 200
CELL = 20_000
"""Characters of one cell."""

NUMBER = 40
"""Characters of a number: a published figure has ten, a computed one twenty-five."""

LARGEST = 1e100
"""What is larger ends in numbers that are none when it is squared or added up."""

IDENTIFIER = 80
"""Characters of a code; file names are made from some of them."""

RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(1, 10))]
)
"""Codes that Windows takes for devices, whatever follows after a full stop."""

# Controls (a tab and line ends of a text are dealt with where it is known what it is), characters that turn
# the direction of what follows, and characters that nobody sees.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000fffff\U00100000-\U0010ffff]"
)
# Pictures that no face of a report draws.
_PICTURE = re.compile("[\U0001f000-\U0001fbff\u20e3]")
MARK = re.compile(r"\{\{?ref:[^{}]*\}\}?|\*\*[^*\s](?:[^*]*[^*\s])?\*\*")
"""What a report takes for a mark of its own: a reference to a table, strong words."""

_FORMULA = re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_QUANTITY = re.compile(r"[+-][0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?(?:[ %\u2030][^(|!=+@]*)?")
PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def hidden(text: str, *, lines: bool = False) -> str:
    r"""The first character of a text that a reader would not see or no font draws; empty where there is none.

    ``lines`` lets tabs and line ends pass, as in the text of a chapter.

    Examples
    --------
    >>> named(hidden("GDP\u200b")), named(hidden("a\tb")), hidden("a\tb", lines=True)
    ('U+200B (zero width space)', 'U+0009 (tab)', '')
    """
    match = _HIDDEN.search(text) or _PICTURE.search(text)
    if match is None and not lines:
        match = re.search(r"[\t\n\r]", text)
    return match[0] if match else ""


_LOOKALIKES = str.maketrans("аеорсухіјѕνοαρικτ", "aeopcyxijsvoapikt")
"""Small letters of Cyrillic and Greek, and the Latin ones that they are drawn as."""


def alike(text: str) -> str:
    r"""One key for texts that a reader takes for the same: but for width, blanks, capitals, how accents are
    composed, and letters of Cyrillic and Greek that are drawn as Latin ones.

    Examples
    --------
    >>> alike("\uff27\uff24\uff30") == alike("gdp"), alike("R&D\u00a0 exp") == alike("R&D exp")
    (True, True)
    >>> alike("\u0421o") == alike("Co")
    True
    >>> alike("Cafe\u0301") == alike("caf\u00e9"), alike("GDP") == alike("GNP")
    (True, False)
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LOOKALIKES)
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def spelled_otherwise(
    texts: Iterable[tuple[Hashable, str, Place]],
) -> Iterator[tuple[str, Place, str, Place]]:
    """Texts that a reader takes for an earlier one of their group, once a spelling: both, with their places.

    Examples
    --------
    >>> list(spelled_otherwise([("", "GDP", 2), ("", "gdp", 3), ("", "gdp", 4), ("unit", "gdp", 5)]))
    [('gdp', 3, 'GDP', 2)]
    """
    first: dict[tuple[Hashable, str], tuple[str, Place]] = {}
    seen = set()
    for group, text, place in texts:
        other, at = first.setdefault((group, alike(text)), (text, place))
        if other != text and (group, text) not in seen:
            seen.add((group, text))
            yield text, place, other, at


def apart(text: str, other: str) -> str:
    r"""The first character in which two texts differ, named; the odder of the two.

    Examples
    --------
    >>> apart("R&D\u00a0exp", "R&D exp"), apart("R&D exp", "R&D\u00a0exp"), apart("gdp", "GDP")
    ('U+00A0 (no-break space)', 'U+00A0 (no-break space)', 'U+0067 (latin small letter g)')
    """
    pairs = zip_longest(text, other, fillvalue="")
    differing = next(pair for pair in pairs if pair[0] != pair[1])
    return named(max(differing, key=lambda one: (one.isspace(), one)))


def named(character: str) -> str:
    r"""A character as a person can look it up.

    Examples
    --------
    >>> named("\u202e")
    'U+202E (right-to-left override)'
    """
    plain = {"\t": "tab", "\n": "line break", "\r": "line break", "\x1b": "escape"}
    name = plain.get(character) or unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula.

    Plain numbers and lone signs are none, nor is a number with words behind it (``-0.4 % a year``),
    unless these could call something.

    Examples
    --------
    >>> is_formula("=1+1"), is_formula("-2.5 % a year"), is_formula("-"), is_formula("-2+cmd|' /C calc'!A0")
    (True, False, False, True)
    """
    return len(text) > 1 and bool(_FORMULA.match(text)) and not _QUANTITY.fullmatch(text)
