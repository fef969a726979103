"""A table of a PDF without ruled lines: columns by the gutters between them, rows by their figures."""

from __future__ import annotations

import itertools
import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from zbanalysis.entry.reading import HAN

Letter = tuple[str, float, float, float, float]
"""A letter with its sides: left, low, right, high."""

_HEAD = re.compile(r"(?i)指\s*标|indicator|measure|metric|\bkpi\b")
_FIGURE = re.compile(r"[〔\[≤≥＜＞<>±约-]*\d|[—–-]$|/$")
_BAND = re.compile(r"[（(]?[一二三四五六七八九十]+[）)、]|[A-Z][.)]|[IVX]+[.)]")
_GUTTER, _LEAST = 4.0, 4
"""Points between columns, and figures' lines from which on it is a table."""


def lines_of(letters: Sequence[Letter]) -> list[list[Letter]]:
    """Letters as lines from above to below, each from left to right, in whatever order they were drawn."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda one: -(one[2] + one[4])):
        middle = (letter[2] + letter[4]) / 2
        if lines and middle > lines[-1][0][2] + 0.25 * (lines[-1][0][4] - lines[-1][0][2]):
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [sorted(line, key=lambda one: one[1]) for line in lines]


def _gaps(line: Sequence[Letter], least: float) -> list[tuple[float, float]]:
    right, gaps = line[0][3], []
    for letter in line[1:]:
        if letter[1] - right > least:
            gaps.append((right, letter[1]))
        right = max(right, letter[3])
    return gaps


@dataclass(frozen=True)
class Found:
    """A table: its sides, the lines of each cell row by row, its columns, and whether it ends its page."""

    sides: tuple[float, float, float, float]
    rows: list[list[list[str]]]
    columns: list[tuple[float, float]]
    is_last: bool


def find(letters: Sequence[Letter], known: Sequence[tuple[float, float]] = ()) -> Found | None:
    """The table under a head that names indicators, or the rest of one with known columns on a page's top.

    None where the columns overlap or the rows cannot be told apart: rather none than a wrong one.
    """
    lines = lines_of(letters)
    for top, line in enumerate(lines):
        size = statistics.median(one[4] - one[2] for one in line)
        heads = len(_gaps(line, 1.2 * size)) > 1 and _HEAD.search("".join(one[0] for one in line))
        if not heads and not (known and top < 2):
            continue
        body = _region(lines[top:], size, known)
        columns = _columns(body)
        if not heads:
            columns = list(known) if _alike(columns, known) else []
        if len(columns) < 3:
            continue
        middles = [statistics.median((one[2] + one[4]) / 2 for one in line) for line in body]
        ends = [(one[1] + other[0]) / 2 for one, other in itertools.pairwise(columns)]
        bounds = [*itertools.pairwise([-math.inf, *ends, math.inf])]
        cells = [[_within(line, left, right) for left, right in bounds] for line in body]
        if rows := _rows(cells, middles, least=_LEAST if heads else 1):
            left, low, right, high = zip(*(one[1:] for line in body for one in line), strict=True)
            last = top + len(body) >= len(lines) - 1  # but for the page's number
            return Found((min(left), min(low), max(right), max(high)), rows, columns, last)
    return None


def _alike(columns: Sequence[tuple[float, float]], known: Sequence[tuple[float, float]]) -> bool:
    """Whether each column of a page overlaps one of the page before; those without figures may be missing."""
    over = [[n for n, (a, b) in enumerate(known) if left < b and a < right] for left, right in columns]
    return len(over) >= 3 and all(len(one) == 1 for one in over) and len({n for n, *_ in over}) == len(over)


def _region(
    lines: Sequence[list[Letter]], size: float, known: Sequence[tuple[float, float]]
) -> list[list[Letter]]:
    """Lines from the head down to the first that is text: wide without a gap, or a note."""
    left, right = (known[0][0], known[-1][1]) if known else (lines[0][0][1], lines[0][-1][3])
    wide, region = right - left, []
    for line in lines:
        text = "".join(one[0] for one in line).strip()
        plain = not _gaps(line, 1.2 * size) and line[-1][3] - line[0][1] > 0.5 * wide
        if (plain and region) or re.match(r"注[:：]|资料来源|(?:Note|Source)s?\b", text):
            break
        region.append(line)
    return region


def _columns(lines: Sequence[list[Letter]]) -> list[tuple[float, float]]:
    """What is covered from left to right by the lines that hold figures in several places."""
    body = [line for line in lines if len(_gaps(line, _GUTTER)) >= 2]
    covered = sorted((one[1], one[3]) for line in body for one in line if one[0].strip())
    columns: list[tuple[float, float]] = []
    for left, right in covered:
        if columns and left - columns[-1][1] < _GUTTER:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _within(line: Sequence[Letter], left: float, right: float) -> str:
    """Words of a line that stand in a column."""
    own = [one for one in line if left <= (one[1] + one[3]) / 2 < right]
    words = own[0][0] if own else ""
    for before, letter in itertools.pairwise(own):
        size = letter[4] - letter[2]
        pair = re.match(f"[{HAN}]", before[0]) and re.match(f"[{HAN}]", letter[0])
        words += (" " if letter[1] - before[3] > 0.22 * size and not pair else "") + letter[0]
    return " ".join(words.split())


def _rows(
    cells: Sequence[Sequence[str]], middles: Sequence[float], *, least: int
) -> list[list[list[str]]] | None:
    """Lines of cells as rows, the head first, each of the others with one line of figures.

    Where rows stand apart their gaps tell them; else the figures stand on each row's first line.  What
    leaves a row without a name or a bracket open is neither.
    """
    figured = [
        n
        for n, line in enumerate(cells)
        if sum(map(bool, line)) >= len(line) / 2 and sum(bool(_FIGURE.match(one)) for one in line[1:]) > 1
    ]
    figured = [n for n in figured if n or least == 1]  # a head has years
    if len(figured) < least or len(cells) < 2:
        return None
    places = range(len(cells[0]))
    letters = [sum(len(line[place]) for line in cells) for place in places]
    name = letters.index(max(letters))
    named = [n for n, line in enumerate(cells) if line[name]]
    for starts in (_apart(named, middles), _first(named, figured)):
        bounds = [*itertools.pairwise([*starts, len(cells)])]
        rows = [
            [[line[c] for line in cells[a:b] if line[c]] for c in range(len(cells[0]))] for a, b in bounds
        ]
        held = [sum(a <= n < b for n in figured) for a, b in bounds]
        whole = all(
            _is_whole("".join(row[name])) if count else n == 0 or _BAND.match("".join(row[name]))
            for n, (row, count) in enumerate(zip(rows, held, strict=True))
        )
        if whole and sum(held) == len(figured) and max(held) == 1 and (least == 1 or not held[0]):
            return rows
    return None


def _is_whole(name: str) -> bool:
    return bool(name) and len(re.findall("[（(]", name)) == len(re.findall("[）)]", name))


def _apart(named: Sequence[int], middles: Sequence[float]) -> list[int]:
    """First lines of rows that stand further apart than the lines of their names do."""
    close = min((middles[one] - middles[other] for one, other in itertools.pairwise(named)), default=0.0)
    starts = [0]
    for one, other in itertools.pairwise(named):
        gap, start = max((middles[n - 1] - middles[n], n) for n in range(one + 1, other + 1))
        if gap > 1.25 * close:
            starts.append(start)
    return starts


def _first(named: Sequence[int], figured: Sequence[int]) -> list[int]:
    return sorted({0, *figured}) if {*figured} <= {*named} else [0]
