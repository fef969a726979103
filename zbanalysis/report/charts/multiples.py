"""Small multiples drawn straight in millimetres, for charts that a batch draws by the hundred.

Axes that find their own ticks and margins take most of the time of a chart of twelve panels; here every
place is computed once.  A panel's scale holds what is drawn in it, but for the ends of a band so wide that
the figures would lie flat: a sign says how far it goes.  The scale is logarithmic where what it holds is
positive and rises by `figure.LOGARITHMIC` or more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
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
    plain,
)  # fmt: skip
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 3
_LEFT, _RIGHT, _BOTTOM = 12.5, 4.0, 5.0
"""Millimetres of a panel for the figures at the left, for the dots at the right, for the years below."""

_LINE_MM = 3.05
"""Height of a line of a panel's title."""

_CHANCE_MM = (9.0, 3.2)
"""Width and height of a chance in a panel."""

_ROOM = 0.05
"""So much of the scale is free below the lowest mark, which would stand on the frame otherwise."""

_BEYOND = 0.5
"""The widest band may take so much of the height of all else, above it and below it."""

RING = "unsure"
"""Role of figures that are `figure.UNSURE`."""

_CUT = {up: {"marker": "^" if up else "v", "markersize": 3.2, "markeredgewidth": 0} for up in (True, False)}
"""Sign of a band that goes on beyond the frame."""

_UNIT = re.compile(r"(.*?)(\s?（[^（）]*）(?: · .*)?|\s\([^()]*\)(?: · .*)?)?")

Handles = Mapping[str | float, str]
"""What the legend may have: role or strength of a band → its word's key."""

TITLE_LETTERS, _NOTE_LETTERS = {"zh": 18, "en": 37}, {"zh": 24, "en": 48}
"""Letters in a line of the title, and of what stands below it, where three panels stand in a row."""


@dataclass
class Panel:
    """What stands in one panel: bands below, lines above them, marks on top.

    Attributes
    ----------
    title, note
        In each language: name and unit; a line below it.
    chance
        A word at the left of the frame, where nothing is drawn, in each language.
    bands
        ``years, low, high, strength``.
    lines
        ``years, values, role, with line, with marks``.
    bars
        ``year, low, high, strength``: an interval of one year.
    widest
        Strength of the bands and bars whose ends may be cut, as those of outcomes.
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
    widest: float | None = None
    outcomes: list[tuple[float, bool]] = field(default_factory=list)
    points: list[tuple[float, float, str, str, str, str]] = field(default_factory=list)
    whole: bool = False

    def years(self) -> tuple[float, float]:
        """First and last year shown."""
        every = [year for line in [*self.lines, *self.bands] for year in line[0]]
        every += [bar[0] for bar in self.bars]
        return min(every), max(every)

    def values(self) -> np.ndarray:
        """Every value that the scale holds."""
        parts = [line[1] for line in self.lines] + [bar[1:3] for bar in self.bars if bar[3] != self.widest]
        parts += [side for band in self.bands if band[3] != self.widest for side in band[1:3]]
        every = np.concatenate([np.asarray(part, float) for part in parts])
        return every[np.isfinite(every)]

    def ends(self) -> np.ndarray:
        """Year and value of what may be cut."""
        wide = [band for band in self.bands if band[3] == self.widest]
        found = [end for band in wide for side in band[1:3] for end in zip(band[0], side, strict=True)]
        found += [(bar[0], end) for bar in self.bars if bar[3] == self.widest for end in bar[1:3]]
        found += [(self.years()[1], value) for value, _ in self.outcomes]
        every = np.asarray(found, float).reshape(-1, 2)
        return every[np.isfinite(every).all(axis=1)]

    def held(self) -> tuple[float, float, bool]:
        """Least and greatest value that the scale holds, and whether it is logarithmic."""
        values, ends = self.values(), self.ends()[:, 1]
        low, high = _held(values, ends)
        if logarithmic(np.array([low, high])) and (ends > 0).all():
            low, high = np.exp(_held(np.log(values), np.log(ends))).tolist()
            return low, high, True
        return low, high, False

    def words(self, lang: str, across: int) -> list[str]:
        """Title, and the line below it: the note, and that the scale is logarithmic where it is."""
        log = label("chart.log_short", lang) if self.held()[2] else ""
        below = label("chart.parts", lang).join(filter(None, [self.note.get(lang, ""), log]))
        wide, small = (letters[lang] * COLUMNS // across for letters in (TITLE_LETTERS, _NOTE_LETTERS))
        return [_folded(self.title[lang], wide), wording.fold(below, small)]


def titles(row: pd.Series) -> dict[str, str]:
    """Name and unit of an indicator in each language, uncut."""
    names = {lang: wording.name(row, lang) for lang in ("zh", "en")}
    units = {"zh": f"（{row['unit_zh']}）", "en": f" ({row['unit_en']})"}
    return {
        lang: name + units[lang] * (not name.endswith(row[f"unit_{lang}"])) for lang, name in names.items()
    }


def _folded(title: str, wide: int) -> str:
    r"""A title in lines; its last bracket, the unit, is never torn.

    Examples
    --------
    >>> _folded("Technology contracts (100 million yuan)", 30)
    'Technology contracts\n(100 million yuan)'
    """
    name, unit = _UNIT.fullmatch(title).groups(default="")
    lines = wording.fold(name, wide).split("\n")
    last = lines[-1] + unit
    han = any(sign > "\u2e80" for sign in last)  # beside Han a Latin letter is about half as wide
    if sum(0.55 if han and sign < "\u2e80" else 1.0 for sign in last) <= wide:
        return "\n".join([*lines[:-1], lines[-1] + unit])
    return "\n".join([*lines, unit.strip()])


def chart(
    panels: Sequence[Panel], handles: Handles, lang: str, data: pd.DataFrame, panel_mm: float = 27.0,
    in_a_row: int = 4, heading: Mapping[str, str] | None = None,
) -> Chart:  # fmt: skip
    """A chart of panels, in a notebook in one piece, in a document on as many pages as it needs."""

    def drawn(shown: Sequence[Panel]) -> Callable[[str], Figure]:
        return lambda lang: small_multiples(shown, handles, lang, panel_mm, in_a_row)

    most = max(int((PAGE_MM - 17) // (panel_mm + 3.0)), 1)
    rows = math.ceil(len(panels) / COLUMNS)
    a_page = COLUMNS * math.ceil(rows / max(math.ceil(rows / most), 1))  # the pages are about equally full
    parts = [panels[first : first + a_page] for first in range(0, len(panels), max(a_page, 1))]
    heading = heading or {}
    pages = tuple(Chart(drawn(part), lang, heading=heading) for part in parts) if len(parts) > 1 else ()
    return Chart(drawn(panels), lang, data, heading, not panels, pages)


def small_multiples(
    panels: Sequence[Panel], handles: Handles, lang: str, panel_mm: float = 27.0, in_a_row: int = 4
) -> Figure:
    """A figure of panels, three in a row, with a legend above; called inside `style.context`."""
    entries = _entries(panels, handles, lang)
    across = max(min(COLUMNS, len(panels)), 1)
    words = [panel.words(lang, across) for panel in panels]
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
            _panel(figure, panels[COLUMNS * number + place], box, heads[number], row[place], lang)
    legend(figure, entries, in_a_row)
    return figure


def _panel(
    figure: Figure, panel: Panel, box: tuple[float, float, float, float], head: float, words: Sequence[str],
    lang: str,
) -> None:  # fmt: skip
    left, bottom, wide, high = box
    frame = (left + _LEFT, left + wide - _RIGHT, bottom + _BOTTOM, bottom + high - head - 2.8)
    scale = _Scale(panel, frame)
    _frame(figure, scale)
    _drawing(figure, panel, scale)
    paper = on_paper(figure)
    _pointed(figure, panel, scale, lang)
    text = partial(figure.text, transform=paper, va="top", linespacing=1.15)
    title, below = words
    text(left + 1, bottom + high - 0.5, title, fontsize=7.5)
    text(left + 1, bottom + high - 0.5 - _LINE_MM * (title.count("\n") + 1), below, fontsize=6.5, color=GREY)
    if panel.chance.get(lang):
        top = _free(panel, scale)
        look = {"fontsize": 8, "color": style.ROLES["target"].colour}
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        text(frame[0] + 1, top, panel.chance[lang], bbox=ground, **look)


def _free(panel: Panel, scale: _Scale) -> float:
    """Top of a word at the left of the frame that no line passes: at its upper end, else at its lower."""
    right = scale.frame[0] + _CHANCE_MM[0]
    places = []
    for years, values, _, joined, _ in panel.lines:
        if len(years):
            x, y = scale.across(years), scale.up(values)
            places += y[x < right].tolist()
            if joined and x[0] < right < x[-1]:
                places.append(np.interp(right, x, y))
    upper, lower = scale.frame[3] + 0.6, scale.frame[2] + _CHANCE_MM[1] + 0.6
    taken = [any(top - _CHANCE_MM[1] - 0.6 < y < top + 0.6 for y in places) for top in (upper, lower)]
    return lower if taken[0] and not taken[1] else upper


class _Scale:
    """Places of years and values in a frame of millimetres: left, right, bottom, top."""

    def __init__(self, panel: Panel, frame: tuple[float, float, float, float]) -> None:
        self.frame, ends = frame, panel.ends()
        self.first, self.last = panel.years()
        self.end = max((int(bar[0]) for bar in panel.bars), default=None)
        low, high, self.log = panel.held()
        if self.log:
            margin = max((high / low) ** _ROOM, 1.06)
            self.low, self.high = low / margin, high * margin
            self.marks = marks(self.low, self.high, 4)
        else:
            self.marks = _ticks(low, high, whole=panel.whole)
            if len(self.marks) > 3 and self.marks[0] < 0 and low > (self.marks[0] + self.marks[1]) / 2:
                self.marks = self.marks[1:]  # no frame far below nought for a line that ends just there
            self.low, self.high = min(low, self.marks[0]), max(high, self.marks[-1])
            margin = _ROOM * (self.high - self.low)
            self.low -= max(margin - (low - self.low), 0.0)
        beyond = ((ends[ends[:, 1] < self.low], np.argmin), (ends[ends[:, 1] > self.high], np.argmax))
        self.cut = [tuple(side[farthest(side[:, 1])]) for side, farthest in beyond if len(side)]
        """Year and value of the farthest end beyond the frame at each side."""

    def across(self, years: Sequence[float]) -> np.ndarray:
        """Places of years."""
        share = (np.asarray(years, float) - self.first + 0.4) / (self.last - self.first + 0.8)
        return self.frame[0] + share * (self.frame[1] - self.frame[0])

    def up(self, values: Sequence[float]) -> np.ndarray:
        """Places of values; of one beyond the frame its edge."""
        change = np.log if self.log else np.asarray
        low, high = change(self.low), change(self.high)
        share = (change(np.clip(np.asarray(values, float), self.low, self.high)) - low) / (high - low)
        return self.frame[2] + share * (self.frame[3] - self.frame[2])


def _held(values: np.ndarray, ends: np.ndarray) -> tuple[float, float]:
    """All of the values, and as much of the ends as leaves the values their height.

    Examples
    --------
    >>> _held(np.array([10.0, 20.0]), np.array([2.0, 22.0])), _held(np.array([10.0]), np.array([2.0, 22.0]))
    ((5.0, 22.0), (2.0, 22.0))
    """
    low, high = float(values.min()), float(values.max())
    if not len(ends):
        return low, high
    room = _BEYOND * (high - low) or math.inf
    return min(low, max(low - room, float(ends.min()))), max(high, min(high + room, float(ends.max())))


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
    for year in _years(scale.first, scale.last, scale.end):
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
        line(scale.across(years), scale.up(values), markersize=3.2, linewidth=1.2,
             **_look(role, joined=joined, marked=marked))  # fmt: skip
    red = style.ROLES["target"].colour
    for value, met in panel.outcomes:
        line([scale.frame[1] + 1.2], scale.up([value]), color=red, marker="o", markersize=2.0, linestyle="",
             markerfacecolor=red if met else "white", markeredgewidth=0.5)  # fmt: skip
    for year, value in scale.cut:
        _goes_on(figure, scale, year, value)


def _goes_on(figure: Figure, scale: _Scale, year: float, value: float) -> None:
    """The sign of a band that is cut, and how far it goes."""
    from matplotlib.lines import Line2D

    paper, (x,), (y,) = on_paper(figure), scale.across([year]), scale.up([value])
    up, left = value > scale.high, x > (scale.frame[0] + scale.frame[1]) / 2
    inside = (x - 0.9 if left else x + 0.9, y - 1.5 if up else y + 1.5)
    figure.add_artist(Line2D([inside[0]], [inside[1]], transform=paper, color=GREY, linestyle="", **_CUT[up]))
    figure.text(inside[0] + (-1.0 if left else 1.0), inside[1], plain(value), transform=paper, fontsize=6,
                color=GREY, ha="right" if left else "left", va="center")  # fmt: skip


def _look(role: str, *, joined: bool, marked: bool) -> dict[str, object]:
    """How a role is drawn; what is `UNSURE` is a ring."""
    ring = role == RING
    look = style.ROLES["actual" if ring else role]
    face = {"markerfacecolor": "white"} if ring else {}
    return {"color": look.colour, "linestyle": look.line if joined else "",
            "marker": look.marker if marked else "", **face}  # fmt: skip


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


def _years(first: float, last: float, named: int | None = None) -> list[int]:
    """Full years to be written below a panel, four or so, and the one of an interval that stands alone.

    Examples
    --------
    >>> _years(2015, 2028, 2028), _years(2015, 2026, 2026)
    ([2015, 2020, 2025, 2028], [2015, 2020, 2026])
    """
    begin, end = math.ceil(first), math.floor(last)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if (end - begin) / step <= 4.5)
    shown = [year for year in range(begin, end + 1) if year % step == 0] or [begin]
    if named is None or named in shown:
        return shown
    return [*(year for year in shown if named - year > 0.2 * (end - begin)), named]


def _entries(panels: Sequence[Panel], handles: Handles, lang: str) -> list[object]:
    """The legend: of the roles and bands given those that a panel has, in the look they have there."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    looks: dict[str | float, list[tuple[bool, bool]]] = {}
    for panel in panels:
        for years, _, role, joined, marked in panel.lines:
            looks.setdefault(role, []).extend([(joined, marked)] * bool(len(years)))
        for *_, strength in (*panel.bands, *panel.bars):
            looks.setdefault(strength, []).append((False, False))
        looks.setdefault("outcome", []).extend([(False, True)] * bool(panel.outcomes))
    cut = [end for panel in panels for end in _Scale(panel, (0.0, 1.0, 0.0, 1.0)).cut]
    made = []
    for what, key in handles.items():
        if not looks.get(what):
            continue
        if isinstance(what, float):
            # The inner band lies on the outer one where both are drawn.
            strength = sum(one for one in looks if isinstance(one, float) and one <= what)
            blue = style.ROLES["projection"].colour
            made.append(Patch(facecolor=blue, alpha=strength, linewidth=0, label=label(key, lang)))
            continue
        joined, marked = map(any, zip(*looks[what], strict=True))
        made.append(Line2D([], [], label=label(key, lang), **_look(what, joined=joined, marked=marked)))
    if cut:
        words = label("chart.goes_on", lang)
        made.append(Line2D([], [], color=GREY, linestyle="", label=words, **_CUT[True]))
    return made
