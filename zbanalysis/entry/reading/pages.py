"""A PDF as paragraphs and tables: letters by their places, tables by their ruled lines or their gutters."""

from __future__ import annotations

import itertools
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.entry.problems import EntryError
from zbanalysis.entry.reading import ENDS, HAN, RAISED, STARTS, WIDE, Block, Document, tabled
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage


Sides = tuple[float, float, float, float]
"""Left, low, right, high."""

Letter = tuple[str, float, float, float, float]
"""A letter with its sides."""


@dataclass(frozen=True)
class _Line:
    """A line of a page, or a table on it, with its sides in points from the page's lower left."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    page: int
    rows: tuple[tuple[str, ...], ...] = ()


def read(content: bytes, path: Path, lang: str) -> Document:
    """The pages of a PDF.

    Raises
    ------
    EntryError
        If it is under a password, damaged, or has pages of pictures.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        lines: list[_Line] = []
        known: list[tuple[float, float]] = []  # columns of an unruled table that may go on
        for number, page in enumerate(document, start=1):
            more, known = _page(page, number, known)
            lines += more
            page.close()
    except pypdfium2.PdfiumError as error:
        key = "password" if "password" in str(error).lower() else "broken"
        raise EntryError(label(f"entry.draft.{key}", lang, file=path)) from None
    words = sum(len(line.text) + sum(len(cell) for row in line.rows for cell in row) for line in lines)
    if words < 20 * max(1, len(document) // 4):
        raise EntryError(label("entry.draft.scan", lang, file=path, pages=len(document)))
    return Document("page", tuple(tabled(_paragraphs(_without_running(lines, document)), even=True)))


def _page(
    page: PdfPage, number: int, known: list[tuple[float, float]]
) -> tuple[list[_Line], list[tuple[float, float]]]:
    """Lines and tables of a page, from above to below, and the columns of an unruled one at its end."""
    letters = _letters(page)
    tables = [(sides, rows) for sides, rows in _grids(page, letters) if any(any(row) for row in rows)]
    free = [one for one in letters if not any(_within(one, sides) for sides, _ in tables)]
    is_last = False
    while not is_last and (found := _unruled(free, known)):
        rows = tuple(tuple(_cell_text(lines) for lines in row) for row in found.rows)
        tables.append((found.sides, rows))
        free = [one for one in free if not _within(one, found.sides)]
        known, is_last = found.columns, found.is_last
    known = known if is_last else []
    items = [_Line("", s[0], s[2], s[3], s[1], number, rows) for s, rows in tables]
    items += [_Line(text, *sides, number) for text, sides in _shown(free) if text.strip()]
    return sorted(items, key=lambda line: -line.top), known


def _letters(page: PdfPage) -> list[Letter]:
    """The letters of a page."""
    from pypdfium2 import raw

    text = page.get_textpage()
    letters, box = [], raw.FS_RECTF()
    for n in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text, n))
        letter = "-" if letter in "\x02\ufffe" else letter  # a word divided at the end of a line
        if letter.isprintable() and letter != " " and raw.FPDFText_GetLooseCharBox(text, n, box):
            letters.append((letter, box.left, box.bottom, box.right, box.top))
        elif letter in " \u00a0" and letters and not raw.FPDFText_IsGenerated(text, n):
            letters.append((" ", letters[-1][3], letters[-1][2], letters[-1][3] + 0.01, letters[-1][4]))
    text.close()
    return letters


def _within(letter: Letter, sides: Sides) -> bool:
    across, up = (letter[1] + letter[3]) / 2, (letter[2] + letter[4]) / 2
    return sides[0] - 1 <= across <= sides[2] + 1 and sides[1] - 1 <= up <= sides[3] + 1


def _shown(letters: Sequence[Letter]) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Letters as lines with their sides (left, right, high, low); a wide gap is a tab."""
    rows: list[list[Letter]] = []
    for letter in letters:
        middle = (letter[2] + letter[4]) / 2
        for row in rows[-1:] + rows[-4:-1]:
            # A raised or lowered letter is smaller; its middle lies within the line.
            if row[0][2] < middle < row[0][4] or letter[2] < (row[0][2] + row[0][4]) / 2 < letter[4]:
                row.append(letter)
                break
        else:
            rows.append([letter])
    objects = []
    for row in rows:
        row.sort(key=lambda one: one[1])
        size, words = statistics.median(one[4] - one[2] for one in row), row[0][0]
        middle = statistics.median((one[2] + one[4]) / 2 for one in row)
        for before, letter in itertools.pairwise(row):
            if _is_mark(letter, words[-1], size, middle):
                continue
            gap = letter[1] - before[3]
            if gap > max(1.6 * size, 14):
                words += "\t"
            elif gap > 0.22 * size and not words.endswith((" ", "\t")):
                words += " "
            words += letter[0]
        words = re.sub(f"(?<=[{WIDE}]) +(?=[{WIDE}])", "", words)
        _, _, lows, rights, highs = zip(*row, strict=True)
        objects.append((words.strip(), (row[0][1], max(rights), max(highs), min(lows))))
    return sorted(objects, key=lambda one: -one[1][2])


def _is_mark(letter: Letter, before: str, size: float, middle: float) -> bool:
    """Whether a letter is small, raised and a footnote mark; words carry a digit of their own, as in km²."""
    _, _, low, _, high = letter
    raised = high - low < 0.8 * size and (low + high) / 2 > middle + 0.05 * size
    return raised and bool(re.fullmatch(RAISED, letter[0])) and not re.match("[A-Za-z]", before)


def _rules(page: PdfPage) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]:
    """Lines drawn across (y, from, to) and down (x, from, to) a page; a thin box is a line."""
    from pypdfium2 import raw

    across, down = [], []

    def add(x0: float, y0: float, x1: float, y1: float) -> None:
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if y1 - y0 < 3 and x1 - x0 > 6:
            across.append(((y0 + y1) / 2, x0, x1))
        elif x1 - x0 < 3 and y1 - y0 > 6:
            down.append(((x0 + x1) / 2, y0, y1))

    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4):
        left, low, right, high = item.get_bounds()
        if right - left < 3 or high - low < 3:
            add(left, low, right, high)
            continue
        if raw.FPDFPath_CountSegments(item) > 2000:
            continue
        # A box, or a grid drawn in one stroke: its sides are those of its bounds or lie along its points.
        import ctypes

        x, y, last = ctypes.c_float(), ctypes.c_float(), None
        matrix = item.get_matrix()
        for n in range(raw.FPDFPath_CountSegments(item)):
            segment = raw.FPDFPath_GetPathSegment(item, n)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            point = matrix.on_point(x.value, y.value)
            if last is not None and raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO:
                add(*last, *point)
            last = point
    return across, down


def _grids(page: PdfPage, letters: Sequence[Letter]) -> list[tuple[Sides, tuple]]:
    """Ruled tables of a page: their sides, and their rows of cells."""
    grids = []
    for across, down in _connected(*_rules(page)):
        ys, xs = _places(across), _places(down)
        if len(ys) > 1 and len(xs) > 1:
            grids.append(((xs[0], ys[0], xs[-1], ys[-1]), _cells(xs, ys[::-1], across, down, letters)))
    return grids


def _connected(across: list, down: list) -> list[tuple[list, list]]:
    """Lines that touch each other, as groups of those across and those down."""
    group = {n: n for n in range(len(across) + len(down))}

    def root(n: int) -> int:
        while group[n] != n:
            n = group[n]
        return n

    for a, (y, left, right) in enumerate(across):
        for d, (x, low, high) in enumerate(down, start=len(across)):
            if left - 3 <= x <= right + 3 and low - 3 <= y <= high + 3:
                group[root(d)] = root(a)
    lines: dict[int, tuple[list, list]] = {}
    for n, rule in enumerate([*across, *down]):
        lines.setdefault(root(n), ([], []))[n >= len(across)].append(rule)
    return [one for one in lines.values() if sum(map(len, one)) >= 4]


def _places(rules: Iterable[tuple[float, float, float]]) -> list[float]:
    places: list[float] = []
    for value in sorted(rule[0] for rule in rules):
        if not places or value - places[-1] > 3:
            places.append(value)
    return places


def _cells(
    xs: list, ys: list, across: list, down: list, letters: Sequence[Letter]
) -> tuple[tuple[str, ...], ...]:
    """Cells between lines; where no line divides them, several places are one cell."""

    def ruled(lines: list, at: float, middle: float) -> bool:
        return any(abs(one[0] - at) <= 3 and one[1] - 3 <= middle <= one[2] + 3 for one in lines)

    rows, places_across = range(len(ys) - 1), range(len(xs) - 1)
    words: dict[tuple[int, int], str] = {}
    for r, c in itertools.product(rows, places_across):
        if (r, c) in words:
            continue
        right, low = c + 1, r + 1
        while right in places_across and not ruled(down, xs[right], (ys[r] + ys[r + 1]) / 2):
            right += 1
        while low in rows and not ruled(across, ys[low], (xs[c] + xs[c + 1]) / 2):
            low += 1
        sides = (xs[c], ys[low], xs[right], ys[r])
        text = _cell_text([text for text, _ in _shown([one for one in letters if _within(one, sides)])])
        words |= dict.fromkeys(itertools.product(range(r, low), range(c, right)), text)
    return tuple(tuple(words[r, c] for c in places_across) for r in rows)


def _cell_text(lines: Sequence[str]) -> str:
    """Words of a cell: lines that the cell's width broke are one paragraph."""
    lines = [line.replace("\t", " ") for line in lines if line]
    if not lines:
        return ""
    wide = max(map(len, lines))
    text = [lines[0]]
    for before, line in itertools.pairwise(lines):
        ended = wide > 20 and re.search(r"[。；.]$", before)
        fresh = wide > 20 and re.match(r"[^，。；：:]{2,30}[：:]|\d+[.、]", line) and len(before) < 0.9 * wide
        if ended and (fresh or len(before) < 0.8 * wide):
            text.append(line)
        elif re.search(r"[a-z]-$", text[-1]) and re.match("[a-z]", line):
            text[-1] = text[-1][:-1] + line
        else:
            close = re.search(f"[{HAN}，、—/（(]$", before) or re.match(f"[{HAN}，、—/）)]|\\d+\\)", line)
            text[-1] += line if close else f" {line}"
    return "\n".join(text)


def _without_running(lines: list[_Line], document: PdfDocument) -> list[_Line]:
    """Lines without page numbers and what stands on top or at the foot of most pages."""
    heights = [document.get_page_size(n)[1] for n in range(len(document))]

    number = re.compile(r"[-—–\s|·]*(?:第\s*)?\d*(?:\s*页)?[-—–\s|·]*")

    def bare(line: _Line) -> str:
        """What is the same on each page of a line at its edge; empty within the page."""
        high = heights[line.page - 1]
        edge = not line.rows and (line.top > 0.92 * high or line.bottom < 0.09 * high)
        return re.sub(r"\s+", "", re.sub(r"\d+", "#", line.text)) if edge else ""

    same = Counter(map(bare, lines))
    return [
        line
        for line in lines
        if not (words := bare(line))
        or not (number.fullmatch(line.text) or same[words] > max(2, len(heights) // 3))
    ]


def _paragraphs(lines: list[_Line]) -> list[Block]:
    """Lines as paragraphs: a new one is indented, follows a short line or a gap, or begins as headings do."""
    plain = [line for line in lines if not line.rows and "\t" not in line.text]
    right = statistics.quantiles([line.right for line in plain], n=10)[-1] if len(plain) > 1 else 0
    left = statistics.mode([round(line.left) for line in plain]) if plain else 0
    paragraphs: list[Block] = []
    before: _Line | None = None
    for line in lines:
        if line.rows or "\t" in line.text:
            text = line.text
            paragraphs.append(Block(text, ((0, line.page),), rows=line.rows))
            before = None
            continue
        if before is not None and _goes_on(before, line, left, right):
            block = paragraphs[-1]
            close = re.search(f"[{HAN}，。、；：”）]$", block.text) or re.match(f"[{HAN}]", line.text)
            text = block.text.removesuffix("-") if re.search(r"[a-z]-$", block.text) else block.text
            between = "" if close or text != block.text else " "
            marks = (*block.marks, (len(text) + len(between), line.page))
            paragraphs[-1] = Block(text + between + line.text, marks)
        else:
            paragraphs.append(Block(line.text, ((0, line.page),)))
        before = line
    return _whole_tables(paragraphs)


def _goes_on(before: _Line, line: _Line, left: float, right: float) -> bool:
    """Whether a line goes on in the next, on a page whose lines begin and end there."""
    size, text = line.top - line.bottom, before.text
    is_open = not ENDS.search(text) and (len(text) > 40 or bool(re.search(f"[{HAN}]{{20}}", text)))
    return (
        before.right > (min(right - 3 * size, (left + 2 * right) / 3) if is_open else right - 3 * size)
        and line.left < left + 1.2 * size
        and (before.page != line.page or before.bottom - line.top < 1.6 * size)
        and not STARTS.match(line.text)
        and abs((before.top - before.bottom) - size) < 0.35 * size
    )


def _is_rest(row: Sequence[str]) -> bool:
    """Whether a row is the rest of one that a page's end cut: few words, and none of its figures."""
    few = not row[0] or sum(map(bool, row)) < 3
    return few and not any(re.fullmatch(r"[—–-]|[≥≤＞＜<>]?[\d.,]+%?", cell) for cell in row)


def _whole_tables(blocks: Sequence[Block]) -> list[Block]:
    """Tables that go on over a page as one: a head said again and a row cut in two are mended."""
    whole: list[Block] = []
    tables = 0
    for block in blocks:
        if not block.rows:
            whole.append(block)
            continue
        before = whole[-1] if whole and whole[-1].rows else None
        same = before is not None and len(before.rows[0]) == len(block.rows[0])
        if not same or before.at(len(before.rows)) >= block.at():
            tables += 1
            whole.append(replace(block, table=tables))
            continue
        rows, new = list(before.rows), list(block.rows)
        while new and new[0] in rows[:3]:
            del new[0]
        # The rest of a cut row has cells only where there were more words.
        if new and len(new[0]) > 2 and _is_rest(new[0]):
            pairs = zip(rows[-1], new.pop(0), strict=True)
            rows[-1] = tuple(one if one == other else _with_rest(one, other) for one, other in pairs)
        whole[-1] = replace(before, marks=(*before.marks, (len(rows), block.at())), rows=(*rows, *new))
    return whole


def _with_rest(cell: str, rest: str) -> str:
    return cell + (" " if cell[-1:].isascii() and rest[:1].isalpha() else "") + rest


# --- a table without ruled lines: columns by the gutters between them, rows by their figures ---

_HEAD = re.compile(r"(?i)指\s*标|indicator|measure|metric|\bkpi\b")
_FIGURE = re.compile(r"[〔\[≤≥＜＞<>±约-]*\d|[—–-]$|/$")
_BAND = re.compile(r"[（(]?[一二三四五六七八九十]+[）)、]|[A-Z][.)]|[IVX]+[.)]")
_GUTTER, _LEAST = 4.0, 4
"""Points between columns, and figures' lines from which on it is a table."""


def _lines_of(letters: Sequence[Letter]) -> list[list[Letter]]:
    """Letters as lines from above to below, each from left to right, in whatever order they were drawn."""
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda one: -(one[2] + one[4])):
        middle = (letter[2] + letter[4]) / 2
        if lines and middle > lines[-1][0][2] + 0.25 * (lines[-1][0][4] - lines[-1][0][2]):
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return [sorted(line, key=lambda one: one[1]) for line in lines]


def _gaps(line: Sequence[Letter], least: float) -> int:
    """How many gaps of that width a line has."""
    rights = itertools.accumulate((letter[3] for letter in line), max)
    return sum(letter[1] - right > least for right, letter in zip(rights, line[1:], strict=False))


@dataclass(frozen=True)
class _Unruled:
    """A table: its sides, the lines of each cell row by row, its columns, and whether it ends its page."""

    sides: Sides
    rows: list[list[list[str]]]
    columns: list[tuple[float, float]]
    is_last: bool


def _unruled(letters: Sequence[Letter], known: Sequence[tuple[float, float]]) -> _Unruled | None:
    """The table under a head that names indicators, or the rest of one with known columns on a page's top.

    None where the columns overlap or the rows cannot be told apart: rather none than a wrong one.
    """
    lines = _lines_of(letters)
    for top, line in enumerate(lines):
        size = statistics.median(one[4] - one[2] for one in line)
        heads = _gaps(line, 1.2 * size) > 1 and _HEAD.search("".join(one[0] for one in line))
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
        cells = [[_words_between(line, left, right) for left, right in bounds] for line in body]
        if rows := _rows(cells, middles, least=_LEAST if heads else 1):
            lefts, lows, rights, highs = zip(*(one[1:] for line in body for one in line), strict=True)
            is_last = top + len(body) >= len(lines) - 1  # but for the page's number
            return _Unruled((min(lefts), min(lows), max(rights), max(highs)), rows, columns, is_last)
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
    region: list[list[Letter]] = []
    for line in lines:
        text = "".join(one[0] for one in line).strip()
        plain = not _gaps(line, 1.2 * size) and line[-1][3] - line[0][1] > 0.5 * (right - left)
        if (plain and region) or re.match(r"注[:：]|资料来源|(?:Note|Source)s?\b", text):
            break
        region.append(line)
    return region


def _columns(lines: Sequence[list[Letter]]) -> list[tuple[float, float]]:
    """What is covered from left to right by the lines that hold figures in several places."""
    body = [line for line in lines if _gaps(line, _GUTTER) > 1]
    columns: list[tuple[float, float]] = []
    for left, right in sorted((one[1], one[3]) for line in body for one in line if one[0].strip()):
        if columns and left - columns[-1][1] < _GUTTER:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _words_between(line: Sequence[Letter], left: float, right: float) -> str:
    """Words of a line that stand in a column."""
    own = [one for one in line if left <= (one[1] + one[3]) / 2 < right]
    words = own[0][0] if own else ""
    for before, letter in itertools.pairwise(own):
        apart = letter[1] - before[3] > 0.22 * (letter[4] - letter[2])
        is_han = re.fullmatch(f"[{HAN}]{{2}}", before[0] + letter[0])
        words += f" {letter[0]}" if apart and not is_han else letter[0]
    return " ".join(words.split())


def _rows(
    cells: Sequence[Sequence[str]], middles: Sequence[float], *, least: int
) -> list[list[list[str]]] | None:
    """Lines of cells as rows, the head first, each of the others with one line of figures.

    Where rows stand apart their gaps tell them; else the figures stand on each row's first line.  What
    leaves a row without a name or a bracket open is neither.
    """
    figured = {
        n
        for n, line in enumerate(cells)
        if (n or least == 1)  # a head has years
        and sum(map(bool, line)) >= len(line) / 2
        and sum(bool(_FIGURE.match(one)) for one in line[1:]) > 1
    }
    if len(figured) < least or len(cells) < 2:
        return None
    columns = list(zip(*cells, strict=True))
    name = max(range(len(columns)), key=lambda place: sum(map(len, columns[place])))
    named = [n for n, line in enumerate(cells) if line[name]]
    first = sorted({0, *figured}) if figured <= {*named} else [0]
    for starts in (_apart(named, middles), first):
        bounds = [*itertools.pairwise([*starts, len(cells)])]
        rows = [[[one for one in column[a:b] if one] for column in columns] for a, b in bounds]
        held = [len(figured & {*range(a, b)}) for a, b in bounds]
        names = ["".join(row[name]) for row in rows]
        whole = all(
            words and len(re.findall("[（(]", words)) == len(re.findall("[）)]", words))
            if count
            else n == 0 or _BAND.match(words)
            for n, (words, count) in enumerate(zip(names, held, strict=True))
        )
        if whole and sum(held) == len(figured) and max(held) == 1 and (least == 1 or not held[0]):
            return rows
    return None


def _apart(named: Sequence[int], middles: Sequence[float]) -> list[int]:
    """First lines of rows that stand further apart than the lines of their names do."""
    close = min((middles[one] - middles[other] for one, other in itertools.pairwise(named)), default=0.0)
    starts = [0]
    for one, other in itertools.pairwise(named):
        gap, start = max((middles[n - 1] - middles[n], n) for n in range(one + 1, other + 1))
        if gap > 1.25 * close:
            starts.append(start)
    return starts
