"""Small multiples drawn straight in millimetres, for charts that a batch draws by the hundred.

Axes that find their own ticks and margins take most of the time of a chart of twelve panels; here every
place is computed once.  Nothing is cut: a panel's scale holds all that is drawn in it, and is logarithmic
where that is positive and rises by `figure.LOGARITHMIC` or more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import (
    GREY,
    LIGHT,
    PAGE_MM,
    Chart,
    legend,
    logarithmic,
    marks,
    on_paper,
)  # fmt: skip
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 3
_LEFT, _RIGHT, _BOTTOM = 12.5, 4.0, 5.0
"""Millimetres of a panel for the figures at the left, for the dots at the right, for the years below."""

_LINE_MM = 3.05
"""Height of a line of a panel's title."""

Handles = Callable[[str], Iterable[object]]


@dataclass
class Panel:
    """What stands in one panel: bands below, lines above them, marks on top.

    Attributes
    ----------
    title, note
        In each language: name and unit; a line below it.
    chance
        A word at the top left of the frame, in each language.
    bands
        ``years, low, high, strength``.
    lines
        ``years, values, role, with line, with marks``.
    bars
        ``year, low, high, strength``: an interval of one year.
    outcomes
        Equally likely values beside the last year, each with whether it meets the target.
    points
        ``year, value``, the word's key for what it is, its digits, period and source.
    whole
        The figures are whole numbers, and so are the marks of the scale.
    """

    title: Mapping[str, str]
    note: Mapping[str, str] = field(default_factory=dict)
    chance: Mapping[str, str] = field(default_factory=dict)
    bands: list[tuple[Sequence[float], Sequence[float], Sequence[float], float]] = field(default_factory=list)
    lines: list[tuple[Sequence[float], Sequence[float], str, bool, bool]] = field(default_factory=list)
    bars: list[tuple[float, float, float, float]] = field(default_factory=list)
    outcomes: list[tuple[float, bool]] = field(default_factory=list)
    points: list[tuple[float, float, str, str, str, str]] = field(default_factory=list)
    whole: bool = False

    def years(self) -> tuple[float, float]:
        """First and last year shown."""
        every = [year for line in [*self.lines, *self.bands] for year in line[0]]
        every += [bar[0] for bar in self.bars]
        return min(every), max(every)

    def values(self) -> np.ndarray:
        """Every value shown."""
        parts = [line[1] for line in self.lines] + [side for band in self.bands for side in band[1:3]]
        parts += [bar[1:3] for bar in self.bars] + [[value for value, _ in self.outcomes]]
        every = np.concatenate([np.asarray(part, float) for part in parts])
        return every[np.isfinite(every)]

    def below(self, lang: str) -> str:
        """The line below the title: the note, and that the scale is logarithmic where it is."""
        log = label("chart.log_short", lang) if logarithmic(self.values()) else ""
        words = label("chart.parts", lang).join(filter(None, [self.note.get(lang, ""), log]))
        return wording.fold(words, 24 if lang == "zh" else 48)


def titles(row: pd.Series) -> dict[str, str]:
    """Name and unit of an indicator in each language, uncut; the unit is never torn."""
    return {lang: _title(row, lang) for lang in ("zh", "en")}


def _title(row: pd.Series, lang: str) -> str:
    width = 18 if lang == "zh" else 37
    unit = f"（{row['unit_zh']}）" if lang == "zh" else f" ({row['unit_en']})"
    name = wording.name(row, lang)
    if name.endswith(row[f"unit_{lang}"]):
        return wording.fold(name, width)
    lines = wording.fold(name, width).split("\n")
    if len(lines[-1] + unit) <= width:
        return "\n".join([*lines[:-1], lines[-1] + unit])
    return "\n".join([*lines, unit.strip()])


def chart(
    panels: Sequence[Panel], handles: Handles, lang: str, data: pd.DataFrame, panel_mm: float = 27.0,
    in_a_row: int = 4,
) -> Chart:  # fmt: skip
    """A chart of panels, in a notebook in one piece, in a document on as many pages as it needs."""

    def drawn(shown: Sequence[Panel]) -> Callable[[str], Figure]:
        return lambda lang: small_multiples(shown, handles, lang, panel_mm, in_a_row)

    most = max(int((PAGE_MM - 14) // (panel_mm + 3.0)), 1)
    rows = math.ceil(len(panels) / COLUMNS)
    a_page = COLUMNS * math.ceil(rows / max(math.ceil(rows / most), 1))  # the pages are about equally full
    parts = [panels[first : first + a_page] for first in range(0, len(panels), max(a_page, 1))]
    pages = tuple(Chart(drawn(part), lang) for part in parts) if len(parts) > 1 else ()
    return Chart(drawn(panels), lang, data, {}, not panels, pages)


def small_multiples(
    panels: Sequence[Panel], handles: Handles, lang: str, panel_mm: float = 27.0, in_a_row: int = 4
) -> Figure:
    """A figure of panels, three in a row, with a legend above; called inside `style.context`."""
    entries = list(handles(lang))
    across = max(min(COLUMNS, len(panels)), 1)
    words = [[panel.title[lang], panel.below(lang)] for panel in panels]
    rows = [words[first : first + COLUMNS] for first in range(0, len(panels), COLUMNS)]
    heads = [
        _LINE_MM * max(sum(text.count("\n") + 1 for text in pair if text) for pair in row) for row in rows
    ]
    top = 4.0 + 4.6 * math.ceil(len(entries) / in_a_row)
    heights = [panel_mm + max(head - 2 * _LINE_MM, 0.0) for head in heads]
    height = top + sum(heights)
    figure = style.new_figure(height_mm=height, settled=True)
    bottom, wide = height - top, style.TEXT_WIDTH_MM / across
    for number, row in enumerate(rows):
        bottom -= heights[number]
        for place in range(len(row)):
            box = (wide * place, bottom, wide, heights[number])
            _panel(figure, panels[COLUMNS * number + place], box, heads[number], lang)
    legend(figure, entries, in_a_row)
    return figure


def _panel(
    figure: Figure, panel: Panel, box: tuple[float, float, float, float], head: float, lang: str
) -> None:
    left, bottom, wide, high = box
    frame = (left + _LEFT, left + wide - _RIGHT, bottom + _BOTTOM, bottom + high - head - 2.8)
    scale = _Scale(panel, frame)
    _frame(figure, scale)
    _drawing(figure, panel, scale)
    paper = on_paper(figure)
    _pointed(figure, panel, scale, lang)
    text = partial(figure.text, transform=paper, va="top", linespacing=1.15)
    text(left + 1, bottom + high - 0.5, panel.title[lang], fontsize=7.5)
    below = _LINE_MM * (panel.title[lang].count("\n") + 1)
    text(left + 1, bottom + high - 0.5 - below, panel.below(lang), fontsize=6.5, color=GREY)
    if panel.chance.get(lang):
        text(frame[0] + 1, frame[3] + 0.6, panel.chance[lang], fontsize=8, color=style.ROLES["target"].colour)


class _Scale:
    """Places of years and values in a frame of millimetres: left, right, bottom, top."""

    def __init__(self, panel: Panel, frame: tuple[float, float, float, float]) -> None:
        self.frame, values = frame, panel.values()
        self.first, self.last = panel.years()
        self.log = logarithmic(values)
        low, high = float(values.min()), float(values.max())
        if self.log:
            self.low, self.high = low / 1.06, high * 1.06
            self.marks = marks(self.low, self.high, 4)
        else:
            self.marks = _ticks(low, high, whole=panel.whole)
            self.low, self.high = min(low, self.marks[0]), max(high, self.marks[-1])

    def across(self, years: Sequence[float]) -> np.ndarray:
        """Places of years."""
        share = (np.asarray(years, float) - self.first + 0.4) / (self.last - self.first + 0.8)
        return self.frame[0] + share * (self.frame[1] - self.frame[0])

    def up(self, values: Sequence[float]) -> np.ndarray:
        """Places of values."""
        change = np.log if self.log else np.asarray
        low, high = change(self.low), change(self.high)
        share = (change(np.asarray(values, float)) - low) / (high - low)
        return self.frame[2] + share * (self.frame[3] - self.frame[2])


def _frame(figure: Figure, scale: _Scale) -> None:
    """Marks and years."""
    from matplotlib.lines import Line2D

    x0, x1, y0, _ = scale.frame
    small = {"transform": on_paper(figure), "fontsize": 7, "color": GREY}
    for mark in scale.marks:
        place = float(scale.up([mark])[0])
        figure.add_artist(
            Line2D([x0, x1], [place, place], transform=small["transform"], color=LIGHT, linewidth=0.5)
        )
        figure.text(
            x0 - 0.8, place, _words(mark, scale.marks, log=scale.log), ha="right", va="center", **small
        )
    figure.add_artist(Line2D([x0, x1], [y0, y0], transform=small["transform"], color=GREY, linewidth=0.6))
    for year in _years(scale.first, scale.last):
        figure.text(float(scale.across([year])[0]), y0 - 0.9, str(year), ha="center", va="top", **small)


def _drawing(figure: Figure, panel: Panel, scale: _Scale) -> None:
    """Bands, bars, lines and outcomes."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon

    paper, blue = on_paper(figure), style.ROLES["projection"].colour

    def line(x: object, y: object, **look: object) -> None:
        figure.add_artist(Line2D(x, y, transform=paper, **look))

    for years, below, above, strength in panel.bands:
        known = np.isfinite(np.asarray(below, float)) & np.isfinite(np.asarray(above, float))
        years, below, above = (np.asarray(part, float)[known] for part in (years, below, above))
        outline = np.column_stack([scale.across([*years, *years[::-1]]), scale.up([*below, *above[::-1]])])
        if len(outline):
            figure.add_artist(Polygon(outline, transform=paper, facecolor=blue, alpha=strength, linewidth=0))
    for year, low, high, strength in panel.bars:
        x = float(scale.across([year])[0])
        line([x, x], scale.up([low, high]), color=blue, linewidth=4.0, alpha=strength, solid_capstyle="butt")
    for years, values, role, joined, marked in panel.lines:
        look = style.ROLES[role]
        line(scale.across(years), scale.up(values), color=look.colour, linestyle=look.line if joined else "",
             marker=look.marker if marked else "", markersize=3.2, linewidth=1.2)  # fmt: skip
    red = style.ROLES["target"].colour
    for value, met in panel.outcomes:
        line([scale.frame[1] + 1.2], scale.up([value]), color=red, marker="o", markersize=2.0, linestyle="",
             markerfacecolor=red if met else "white", markeredgewidth=0.5)  # fmt: skip


def _pointed(figure: Figure, panel: Panel, scale: _Scale, lang: str) -> None:
    """What is said of each point when it is pointed at."""
    if not panel.points:
        return
    years, values, *rest = zip(*panel.points, strict=True)
    words = [
        (panel.title[lang], label(key, lang), digits,
         wording.period(period or str(int(year)), lang) if period or year == int(year)
         else wording.position(year, lang), source)
        for year, key, digits, period, source in zip(years, *rest, strict=True)
    ]  # fmt: skip
    places = np.column_stack([scale.across(years), scale.up(values)])
    style.hover(figure, on_paper(figure), places, words)


def _ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Three to six round values that span the figures."""
    if high <= low:
        low, high = low - max(abs(low), 1) * 0.1, high + max(abs(high), 1) * 0.1
    rough = max((high - low) / 3, 1.0 if whole else 0.0)
    power = 10.0 ** math.floor(math.log10(rough))
    steps = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    step = next(power * size for size in steps if power * size >= rough)
    start = step * math.floor(low / step)
    return [round(start + step * place, 12) for place in range(math.ceil((high - start) / step - 1e-9) + 1)]


def _words(value: float, marks: Sequence[float], *, log: bool = False) -> str:
    """A mark with as many decimals as its step has, and thousands separators."""
    step = value if log else marks[1] - marks[0]
    for decimals in range(7):
        if abs(round(step, decimals) - step) < 1e-9 * abs(step):
            return f"{value:,.{decimals}f}" if value else "0"
    return f"{value:g}"


def _years(first: float, last: float) -> list[int]:
    """Full years to be written below a panel, four or so."""
    begin, end = math.ceil(first), math.floor(last)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if (end - begin) / step <= 4.5)
    return [year for year in range(begin, end + 1) if year % step == 0] or [begin]


def handle(role: str, key: str, lang: str, *, line: bool = True, marker: bool = True) -> object:
    """A line of the legend in the look of a role."""
    from matplotlib.lines import Line2D

    look = style.ROLES[role]
    return Line2D([], [], color=look.colour, marker=look.marker if marker else "", label=label(key, lang),
                  linestyle=look.line if line else "")  # fmt: skip


def band(strength: float, words: str) -> object:
    """A band of the legend."""
    from matplotlib.patches import Patch

    return Patch(facecolor=style.ROLES["projection"].colour, alpha=strength, linewidth=0, label=words)
