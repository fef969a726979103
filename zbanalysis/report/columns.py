"""Widths of the columns of a Word table: what stands on one line stays there, long cells share the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

import numpy as np

_PAD_MM, _SIGN_MM = 2.3, {"zh": 1.66, "en": 1.42}
"""Room beside a cell's text, and the width of half a Han character, or of a Latin letter, in 9 pt."""
_SHORT_MM = (30.0, 24.0, 18.0, 12.0, 0.0)
"""Cells up to so long stay on one line where the table's width allows; tried from the most generous."""
_HEAD = 1.17
"""Headings are set in a wider face."""
_SPARE = {"zh": (1.4, 1.25), "en": (1.4, 1.32)}
"""Words get this much more, as far as there is room: a machine that lacks a face takes a wider one."""
_LETTERS = r"[^\s\u3000-\u9fff\uff00-\uffef]"
_TEXT = 16
"""A cell from so many half characters on is text."""
_LOW = 1.15
"""A table may have so many times the fewest lines of text that it can have."""
_WIDER = 1.1
"""What stands on one line gets this much more, for the same reason as `_SPARE`."""
# What no line may break: also a number and its bracket, as in 2.63（2018）.
_WORD = re.compile(rf"{_LETTERS}+[年月日家项件个]?(?:（{_LETTERS}*年?）?)?|（[^（）]{{1,5}}）")


def widths(
    columns: Sequence[Mapping], rows: Sequence[Sequence], lang: str, text_mm: float,
    signed: Collection[int] = (),
) -> list[float]:  # fmt: skip
    """Widths that fill the text's: as many cells on one line as leave the table about as low as it can be.

    Where not even the words fit, all give way alike; ``signed`` columns have a sign beside their words.
    """
    every = [_needs(columns, rows, lang, spare, signed) for spare in _SPARE[lang]]
    least, cells, whole = next((one for one in every if one[0].sum() <= text_mm), every[-1])
    floors = [np.where(cells <= short, cells, least) for short in _SHORT_MM]
    fitting = [floor for floor in floors if floor.sum() <= text_mm] or floors[-1:]
    letter = _SIGN_MM[lang]
    long = [[[letter * _length(line) for line in str(cell).split("\n")] for cell in row] for row in rows]
    made = [_filled(floor, whole, text_mm) for floor in fitting]
    lines = [_lines_of(long, one) for one in made]
    return next(one for one, count in zip(made, lines, strict=True) if count <= _LOW * min(lines))


def least_mm(
    columns: Sequence[Mapping], rows: Sequence[Sequence], lang: str, signed: Collection[int] = ()
) -> float:
    """The width without which a word would be broken."""
    return float(_needs(columns, rows, lang, _SPARE[lang][1], signed)[0].sum())


def _needs(
    columns: Sequence[Mapping], rows: Sequence[Sequence], lang: str, spare: float, signed: Collection[int]
) -> np.ndarray:
    """Millimetres of each column's longest word, longest line, and longest cell or half its heading."""
    made = []
    for number, column in enumerate(columns):
        own = [str(row[number]) for row in rows]
        lines, heads = [line for cell in own for line in cell.split("\n")], column["header"].split("\n")
        words = [spare * _length(word) for line in lines for word in _WORD.findall(line)]
        words += [spare * _HEAD * _length(word) for line in heads for word in _WORD.findall(line)]
        longest = max(map(_length, lines), default=0.0)
        # Two Han characters side by side, five where there is text: no column of letters.
        least = max([10 if longest >= _TEXT else 4, *words])
        cells = max(least, _WIDER * longest)
        halves = [_HEAD * _length(head) / 2 for head in heads]
        whole = max([cells, *(_WIDER * _length(cell) for cell in own), *halves])
        margin = 2 * _PAD_MM if number in signed else _PAD_MM  # for the sign beside the words
        made.append([margin + width * _SIGN_MM[lang] for width in (least, cells, whole)])
    return np.transpose(made)


def _lines_of(long: Sequence[Sequence[Sequence[float]]], widths: Sequence[float]) -> float:
    """How many lines of text a table has with these widths; ``long`` has the millimetres of each line."""
    high = 0.0
    for row in long:
        cells = zip(row, widths, strict=True)
        high += max(sum(max(_WIDER * line / (wide - _PAD_MM), 1.0) for line in cell) for cell, wide in cells)
    return high


def _filled(floor: np.ndarray, whole: np.ndarray, text_mm: float) -> list[float]:
    """What is left goes to long cells, so that they have as many lines as each other."""
    low, high = 0.0, text_mm
    for _ in range(40):
        share = (low + high) / 2
        filled = np.maximum(floor, share * whole).sum()
        low, high = (share, high) if filled < text_mm else (low, share)
    made = np.maximum(floor, low * whole)
    return (made * text_mm / made.sum()).tolist()


def _length(text: str) -> float:
    """How wide a text is, a Latin letter being one: a Han character is two, a capital or % nearly 1.5."""
    return sum(
        2.0 if unicodedata.east_asian_width(sign) in "WF" else 1.4 if sign.isupper() or sign == "%" else 1.0
        for sign in text
    )
