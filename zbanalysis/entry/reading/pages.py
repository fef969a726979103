"""A PDF as paragraphs and tables: letters by their places, tables by their ruled lines or their gutters."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from zbanalysis.entry.problems import EntryError
from zbanalysis.entry.reading import ENDS, HAN, RAISED, STARTS, WIDE, Block, Document, joined, tabled
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage


class Item(NamedTuple):
    """A letter, a line or a table of a page with its sides, in points from the page's lower left."""

    text: str
    left: float
    low: float
    right: float
    high: float
    page: int = 0
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def size(self) -> float:
        """The height."""
        return self.high - self.low

    @property
    def middle(self) -> float:
        """The middle between foot and top."""
        return (self.low + self.high) / 2

    def within(self, other: Item) -> bool:
        """Whether the middle lies in another's sides."""
        across = other.left - 1 <= (self.left + self.right) / 2 <= other.right + 1
        return across and other.low - 1 <= self.middle <= other.high + 1


Rule = tuple[float, float, float]
"""A line drawn on a page: where it stands, and from where to where it goes."""

Columns = list[tuple[float, float]]
"""Left and right of each column of a table."""


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
        items: list[Item] = []
        known: Columns = []  # of an unruled table that may go on
        for number, page in enumerate(document, start=1):
            more, known = _page(page, number, known)
            items += more
            page.close()
    except pypdfium2.PdfiumError as error:
        key = "password" if "password" in str(error).lower() else "broken"
        raise EntryError(label(f"entry.draft.{key}", lang, file=path)) from None
    words = sum(len(one.text) + sum(len(cell) for row in one.rows for cell in row) for one in items)
    if words < 20 * max(1, len(document) // 4):
        raise EntryError(label("entry.draft.scan", lang, file=path, pages=len(document)))
    return Document("page", tuple(tabled(_paragraphs(_without_running(items, document)), even=True)))


def _page(page: PdfPage, number: int, known: Columns) -> tuple[list[Item], Columns]:
    """Lines and tables of a page, from above to below, and the columns of an unruled one at its end."""
    letters = _letters(page)
    tables = [one for one in _grids(page, letters) if any(any(row) for row in one.rows)]
    free = [one for one in letters if not any(one.within(table) for table in tables)]
    is_last = False
    while not is_last and (found := _unruled(free, known)):
        table, known, is_last = found
        tables.append(table)
        free = [one for one in free if not one.within(table)]
    items = [*tables, *(line for line in _lines(free) if line.text)]
    items = [one._replace(page=number) for one in sorted(items, key=lambda one: -one.high)]
    return items, known if is_last else []


def _letters(page: PdfPage) -> list[Item]:
    """The letters of a page."""
    from pypdfium2 import raw

    text = page.get_textpage()
    letters, box = [], raw.FS_RECTF()
    for n in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text, n))
        letter = "-" if letter in "\x02\ufffe" else letter  # a word divided at the end of a line
        if letter.isprintable() and letter != " " and raw.FPDFText_GetLooseCharBox(text, n, box):
            letters.append(Item(letter, box.left, box.bottom, box.right, box.top))
        elif letter in " \u00a0" and letters and not raw.FPDFText_IsGenerated(text, n):
            before = letters[-1]
            letters.append(before._replace(text=" ", left=before.right, right=before.right + 0.01))
    text.close()
    return letters


def _lines(letters: Sequence[Item]) -> list[Item]:
    """Letters as lines from above to below; a wide gap is a tab."""
    rows: list[list[Item]] = []
    for letter in letters:
        for row in rows[-1:] + rows[-4:-1]:
            # A raised or lowered letter is smaller; its middle lies within the line.
            if row[0].low < letter.middle < row[0].high or letter.low < row[0].middle < letter.high:
                row.append(letter)
                break
        else:
            rows.append([letter])
    return sorted(map(_line, rows), key=lambda line: -line.high)


def _line(letters: Iterable[Item]) -> Item:
    """Letters beside each other as one line, without footnote marks."""
    row = sorted(letters, key=lambda one: one.left)
    size, middle = (statistics.median(values) for values in ([a.size for a in row], [a.middle for a in row]))
    words = row[0].text
    for before, letter in itertools.pairwise(row):
        raised = letter.size < 0.8 * size and letter.middle > middle + 0.05 * size
        # Words carry a digit of their own, as in km².
        if raised and re.fullmatch(RAISED, letter.text) and not re.match("[A-Za-z]", words[-1]):
            continue
        gap = letter.left - before.right
        if gap > max(1.6 * size, 14):
            words += "\t"
        elif gap > 0.22 * size and not words.endswith((" ", "\t")):
            words += " "
        words += letter.text
    words = re.sub(f"(?<=[{WIDE}]) +(?=[{WIDE}])", "", words)
    return Item(words.strip(), row[0].left, *_sides(row)[1:])


def _sides(items: Sequence[Item]) -> tuple[float, float, float, float]:
    """The sides around several things."""
    lefts, lows, rights, highs = zip(*(one[1:5] for one in items), strict=True)
    return min(lefts), min(lows), max(rights), max(highs)


# --- a table with ruled lines ---


def _rules(page: PdfPage) -> tuple[list[Rule], list[Rule]]:
    """Lines drawn across and down a page; a thin box is a line."""
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


def _grids(page: PdfPage, letters: Sequence[Item]) -> list[Item]:
    """Ruled tables of a page: lines that touch each other, and the words of the cells between them."""
    across, down = _rules(page)
    if not across or not down:
        return []
    (y, left, right), (x, low, high) = np.array(across).T[..., None], np.array(down).T
    touch = (left - 3 <= x) & (x <= right + 3) & (low - 3 <= y) & (y <= high + 3)
    rules = [*across, *down]
    graph = sparse.csr_array(touch)
    graph.resize(len(rules), len(rules))
    graph.indices += len(across)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for n, group in enumerate(sparse.csgraph.connected_components(graph, directed=False)[1]):
        groups[group][n >= len(across)].append(rules[n])
    grids = []
    for lines in groups.values():
        ys, xs = map(_places, lines)
        if len(ys) > 1 and len(xs) > 1 and sum(map(len, lines)) >= 4:
            cells = _cells(xs, ys[::-1], *lines, letters)
            grids.append(Item("", xs[0], ys[0], xs[-1], ys[-1], rows=cells))
    return grids


def _places(rules: Iterable[Rule]) -> list[float]:
    places: list[float] = []
    for value, *_ in sorted(rules):
        if not places or value - places[-1] > 3:
            places.append(value)
    return places


def _cells(
    xs: list[float], ys: list[float], across: list[Rule], down: list[Rule], letters: Sequence[Item]
) -> tuple[tuple[str, ...], ...]:
    """Cells between lines; where no line divides them, several places are one cell."""

    def ruled(lines: list[Rule], at: float, middle: float) -> bool:
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
        cell = Item("", xs[c], ys[low], xs[right], ys[r])
        text = _cell_text([line.text for line in _lines([one for one in letters if one.within(cell)])])
        words |= dict.fromkeys(itertools.product(range(r, low), range(c, right)), text)
    return tuple(tuple(words[r, c] for c in places_across) for r in rows)


def _cell_text(lines: Sequence[str]) -> str:
    """Words of a cell: lines that the cell's width broke are one paragraph."""
    lines = [line.replace("\t", " ") for line in lines if line]
    wide = max(map(len, lines), default=0)
    text = lines[:1]
    for before, line in itertools.pairwise(lines):
        ended = wide > 20 and re.search(r"[。；.]$", before)
        fresh = wide > 20 and re.match(r"[^，。；：:]{2,30}[：:]|\d+[.、]", line) and len(before) < 0.9 * wide
        if ended and (fresh or len(before) < 0.8 * wide):
            text.append(line)
        else:
            text[-1] = joined(text[-1], line)
    return "\n".join(text)


# --- lines as paragraphs, without what stands on each page ---


def _without_running(lines: list[Item], document: PdfDocument) -> list[Item]:
    """Lines without page numbers and what stands on top or at the foot of most pages."""
    heights = [document.get_page_size(n)[1] for n in range(len(document))]
    number = re.compile(r"[-—–\s|·]*(?:第\s*)?\d*(?:\s*页)?[-—–\s|·]*")

    def bare(line: Item) -> str:
        """What is the same on each page of a line at its edge; empty within the page."""
        height = heights[line.page - 1]
        edge = not line.rows and (line.high > 0.92 * height or line.low < 0.09 * height)
        return re.sub(r"\s+", "", re.sub(r"\d+", "#", line.text)) if edge else ""

    same = Counter(map(bare, lines))
    most = max(2, len(heights) // 3)
    return [
        line
        for line in lines
        if not (words := bare(line)) or not (number.fullmatch(line.text) or same[words] > most)
    ]


def _paragraphs(lines: list[Item]) -> list[Block]:
    """Lines as paragraphs: a new one is indented, follows a short line or a gap, or begins as headings do."""
    plain = [line for line in lines if not line.rows and "\t" not in line.text]
    right = statistics.quantiles([line.right for line in plain], n=10)[-1] if len(plain) > 1 else 0
    left = statistics.mode([round(line.left) for line in plain]) if plain else 0
    paragraphs: list[Block] = []
    before: Item | None = None
    for line in lines:
        is_plain = not line.rows and "\t" not in line.text
        if is_plain and before is not None and _goes_on(before, line, left, right):
            paragraphs[-1] = paragraphs[-1].longer(line.text, line.page)
        else:
            paragraphs.append(Block(line.text, ((0, line.page),), rows=line.rows))
        before = line if is_plain else None
    return _whole_tables(paragraphs)


def _goes_on(before: Item, line: Item, left: float, right: float) -> bool:
    """Whether a line goes on in the next, on a page whose lines begin and end there."""
    size, text = line.size, before.text
    is_open = not ENDS.search(text) and (len(text) > 40 or bool(re.search(f"[{HAN}]{{20}}", text)))
    return (
        before.right > (min(right - 3 * size, (left + 2 * right) / 3) if is_open else right - 3 * size)
        and line.left < left + 1.2 * size
        and (before.page != line.page or before.low - line.high < 1.6 * size)
        and not STARTS.match(line.text)
        and abs(before.size - size) < 0.35 * size
    )


def _whole_tables(blocks: Sequence[Block]) -> list[Block]:
    """Tables that go on over a page as one: a head said again and a row cut in two are mended."""
    whole: list[Block] = []
    tables = 0
    for block in blocks:
        before = whole[-1] if whole and whole[-1].rows else None
        same = block.rows and before is not None and len(before.rows[0]) == len(block.rows[0])
        if not same or before.at(len(before.rows)) >= block.at():
            tables += bool(block.rows)
            whole.append(replace(block, table=tables if block.rows else 0))
            continue
        rows, new = list(before.rows), list(block.rows)
        while new and new[0] in rows[:3]:
            del new[0]
        # The rest of a cut row has cells only where there were more words.
        if new and len(new[0]) > 2 and _is_rest(new[0]):
            pairs = zip(rows[-1], new.pop(0), strict=True)
            rows[-1] = tuple(one if one == other or not other else joined(one, other) for one, other in pairs)
        whole[-1] = replace(before, marks=(*before.marks, (len(rows), block.at())), rows=(*rows, *new))
    return whole


def _is_rest(row: Sequence[str]) -> bool:
    """Whether a row is the rest of one that a page's end cut: few words, and none of its figures."""
    few = not row[0] or sum(map(bool, row)) < 3
    return few and not any(re.fullmatch(r"[—–-]|[≥≤＞＜<>]?[\d.,]+%?", cell) for cell in row)


# --- a table without ruled lines: columns by the gutters between them, rows by their figures ---

_HEAD = re.compile(r"(?i)指\s*标|indicator|measure|metric|\bkpi\b")
_FIGURE = re.compile(r"[〔\[≤≥＜＞<>±约-]*\d|[—–-]$|/$")
_BAND = re.compile(r"[（(]?[一二三四五六七八九十]+[）)、]|[A-Z][.)]|[IVX]+[.)]")
_GUTTER, _LEAST = 4.0, 4
"""Points between columns, and figures' lines from which on it is a table."""


def _unruled(letters: Sequence[Item], known: Columns) -> tuple[Item, Columns, bool] | None:
    """The table under a head that names indicators, or the rest of one with known columns on a page's top.

    With it its columns, and whether it ends its page.  None where the columns overlap or the rows cannot
    be told apart: rather none than a wrong one.
    """
    lines: list[list[Item]] = []
    for letter in sorted(letters, key=lambda one: -one.middle):  # in whatever order they were drawn
        if lines and letter.middle > lines[-1][0].low + 0.25 * lines[-1][0].size:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    lines = [sorted(line, key=lambda one: one.left) for line in lines]
    for top, line in enumerate(lines):
        size = statistics.median(one.size for one in line)
        heads = _gaps(line, 1.2 * size) > 1 and _HEAD.search("".join(one.text for one in line))
        if not heads and not (known and top < 2):
            continue
        body = _region(lines[top:], size, known)
        columns = _columns(body)
        if not heads:
            columns = list(known) if _alike(columns, known) else []
        if len(columns) < 3:
            continue
        middles = [statistics.median(one.middle for one in line) for line in body]
        ends = [(one[1] + other[0]) / 2 for one, other in itertools.pairwise(columns)]
        bounds = [*itertools.pairwise([-math.inf, *ends, math.inf])]
        cells = [[_words_between(line, *sides) for sides in bounds] for line in body]
        if rows := _rows(cells, middles, least=_LEAST if heads else 1):
            words = tuple(tuple(_cell_text(cell) for cell in row) for row in rows)
            table = Item("", *_sides([one for line in body for one in line]), rows=words)
            return table, columns, top + len(body) >= len(lines) - 1  # but for the page's number
    return None


def _gaps(line: Sequence[Item], least: float) -> int:
    """How many gaps of that width a line has."""
    rights = itertools.accumulate((letter.right for letter in line), max)
    return sum(letter.left - right > least for right, letter in zip(rights, line[1:], strict=False))


def _alike(columns: Columns, known: Columns) -> bool:
    """Whether each column of a page overlaps one of the page before; those without figures may be missing."""
    over = [[n for n, (a, b) in enumerate(known) if left < b and a < right] for left, right in columns]
    return len(over) >= 3 and all(len(one) == 1 for one in over) and len({n for n, *_ in over}) == len(over)


def _region(lines: Sequence[list[Item]], size: float, known: Columns) -> list[list[Item]]:
    """Lines from the head down to the first that is text: wide without a gap, or a note."""
    left, right = (known[0][0], known[-1][1]) if known else (lines[0][0].left, lines[0][-1].right)
    region: list[list[Item]] = []
    for line in lines:
        text = "".join(one.text for one in line).strip()
        plain = not _gaps(line, 1.2 * size) and line[-1].right - line[0].left > 0.5 * (right - left)
        if (plain and region) or re.match(r"注[:：]|资料来源|(?:Note|Source)s?\b", text):
            break
        region.append(line)
    return region


def _columns(lines: Sequence[list[Item]]) -> Columns:
    """What is covered from left to right by the lines that hold figures in several places."""
    body = [line for line in lines if _gaps(line, _GUTTER) > 1]
    columns: Columns = []
    for left, right in sorted((one.left, one.right) for line in body for one in line if one.text.strip()):
        if columns and left - columns[-1][1] < _GUTTER:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _words_between(line: Sequence[Item], left: float, right: float) -> str:
    """Words of a line that stand in a column."""
    own = [one for one in line if left <= (one.left + one.right) / 2 < right]
    return " ".join(_line(own).text.split()) if own else ""


def _rows(
    cells: Sequence[Sequence[str]], middles: Sequence[float], *, least: int
) -> list[list[list[str]]] | None:
    """Lines of cells as rows, the head first, each of the others with one line of figures.

    Where rows stand apart their gaps tell them; else the figures stand on each row's first line.  What
    leaves a row without a name or a bracket open is neither.
    """
    full = {n for n, line in enumerate(cells) if sum(map(bool, line)) >= len(line) / 2}
    figured = {n for n in full if sum(bool(_FIGURE.match(one)) for one in cells[n][1:]) > 1}
    figured -= set() if least == 1 else {0}  # a head has years
    if len(figured) < least or len(cells) < 2:
        return None
    columns = list(zip(*cells, strict=True))
    names = max(columns, key=lambda column: sum(map(len, column)))
    named = [n for n, name in enumerate(names) if name]
    first = sorted({0, *figured}) if figured <= {*named} else [0]
    for starts in (_apart(named, middles), first):
        bounds = [*itertools.pairwise([*starts, len(cells)])]
        held = [len(figured & {*range(a, b)}) for a, b in bounds]
        whole = all(
            words and len(re.findall("[（(]", words)) == len(re.findall("[）)]", words))
            if count
            else a == 0 or _BAND.match(words)
            for (a, b), count in zip(bounds, held, strict=True)
            for words in ["".join(names[a:b])]
        )
        if whole and sum(held) == len(figured) and max(held) == 1 and (least == 1 or not held[0]):
            return [[[one for one in column[a:b] if one] for column in columns] for a, b in bounds]
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
