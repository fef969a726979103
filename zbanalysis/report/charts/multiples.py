"""Small multiples drawn straight in millimetres, for charts that a batch draws by the hundred.

Axes that find their own ticks and margins take most of the time of a chart of twelve panels; here every
place is computed once.  A panel's scale holds what is drawn in it, but for the ends of a band so wide that
the figures would lie flat: a sign says how far it goes.  The scale is logarithmic where what it holds is
positive and rises by `figure.LOGARITHMIC` or more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import RING, Chart, handle, legend, logarithmic, marks, on_paper, plain
from zbanalysis.report.words import label

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

RINGS = "unsure"
"""Role of figures that are `figure.UNSURE`."""

_BLUE, _RED = style.ROLES["projection"].colour, style.ROLES["target"].colour
_CUT = {"color": style.GREY, "linestyle": "", "markersize": 3.2, "markeredgewidth": 0}
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
        ``years, low, high, strength``; the interval of one year is drawn as a bar.
    lines
        ``years, values, role, with line, with marks``.
    widest
        Strength of the bands whose ends may be cut, as those of outcomes.
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
    widest: float | None = None
    outcomes: list[tuple[float, bool]] = field(default_factory=list)
    points: list[tuple[float, float, str, str, str, str]] = field(default_factory=list)
    whole: bool = False


def titles(row: pd.Series) -> dict[str, str]:
    """Name and unit of an indicator in each language, uncut."""
    made = {}
    for lang, unit in (("zh", f"（{row['unit_zh']}）"), ("en", f" ({row['unit_en']})")):
        name = wording.name(row, lang)
        made[lang] = name if name.endswith(row[f"unit_{lang}"]) else name + unit
    return made


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
        return "\n".join([*lines[:-1], last])
    return "\n".join([*lines, unit.strip()])


def chart(
    panels: Sequence[Panel], handles: Handles, lang: str, data: pd.DataFrame, panel_mm: float = 27.0,
    in_a_row: int = 4, heading: Mapping[str, str] | None = None,
) -> Chart:  # fmt: skip
    """A chart of panels, in a notebook in one piece, in a document on as many pages as it needs."""

    def part(shown: Sequence[Panel], data: pd.DataFrame, pages: tuple[Chart, ...] = ()) -> Chart:
        draw = partial(small_multiples, shown, handles, panel_mm=panel_mm, in_a_row=in_a_row)
        return Chart(draw, lang, data, heading or {}, not shown, pages)

    most = max(int((style.PAGE_MM - 17) // (panel_mm + 3.0)), 1)
    rows = math.ceil(len(panels) / COLUMNS)
    a_page = COLUMNS * math.ceil(rows / max(math.ceil(rows / most), 1))  # the pages are about equally full
    parts = [panels[first : first + a_page] for first in range(0, len(panels), max(a_page, 1))]
    pages = tuple(part(shown, data.head(0)) for shown in parts) if len(parts) > 1 else ()
    return part(panels, data, pages)


def small_multiples(
    panels: Sequence[Panel], handles: Handles, lang: str, panel_mm: float = 27.0, in_a_row: int = 4
) -> Figure:
    """A figure of panels, three in a row, with a legend above; called inside `style.context`."""
    scales = [_Scale(panel) for panel in panels]
    entries = _entries(panels, handles, lang)
    if any(scale.cut for scale in scales):
        entries.append(handle(label("chart.goes_on", lang), marker="^", **_CUT))
    across = max(min(COLUMNS, len(panels)), 1)
    words = [_words(panel, scale, lang, across) for panel, scale in zip(panels, scales, strict=True)]
    heads = [_LINE_MM * sum(text.count("\n") + 1 for text in pair if text) for pair in words]
    heads = [max(heads[first : first + COLUMNS]) for first in range(0, len(panels), COLUMNS)]
    heights = [panel_mm + max(head - 2 * _LINE_MM, 0.0) for head in heads]
    top = 4.0 + 4.6 * math.ceil(len(entries) / in_a_row)
    height = top + sum(heights)
    figure = style.new_figure(height_mm=height, settled=True)
    bottom, wide = height - top, style.TEXT_WIDTH_MM / across
    for number, (panel, scale) in enumerate(zip(panels, scales, strict=True)):
        row, place = divmod(number, COLUMNS)
        bottom -= heights[row] * (place == 0)
        left, high = wide * place, bottom + heights[row]
        scale.frame = (left + _LEFT, left + wide - _RIGHT, bottom + _BOTTOM, high - heads[row] - 2.8)
        _frame(figure, scale)
        _drawing(figure, panel, scale)
        _pointed(figure, panel, scale, lang)
        text = partial(figure.text, transform=on_paper(figure), va="top", linespacing=1.15)
        title, below = words[number]
        text(left + 1, high - 0.5, title, fontsize=7.5)
        under = high - 0.5 - _LINE_MM * (title.count("\n") + 1)
        text(left + 1, under, below, fontsize=6.5, color=style.GREY)
        if chance := panel.chance.get(lang):
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
            text(scale.frame[0] + 1, _free(panel, scale), chance, bbox=ground, fontsize=8, color=_RED)
    legend(figure, entries, in_a_row)
    return figure


def _words(panel: Panel, scale: _Scale, lang: str, across: int) -> tuple[str, str]:
    """Title, and the line below it: the note, and that the scale is logarithmic where it is."""
    log = label("chart.log_short", lang) if scale.log else ""
    below = label("chart.parts", lang).join(filter(None, [panel.note.get(lang, ""), log]))
    wide, small = (letters[lang] * COLUMNS // across for letters in (TITLE_LETTERS, _NOTE_LETTERS))
    return _folded(panel.title[lang], wide), wording.fold(below, small)


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

    def __init__(self, panel: Panel, frame: Sequence[float] = (0.0, 1.0, 0.0, 1.0)) -> None:
        self.frame = frame
        years = [year for part in [*panel.lines, *panel.bands] for year in part[0]]
        self.first, self.last = min(years), max(years)
        self.end = max((int(band[0][0]) for band in panel.bands if len(band[0]) == 1), default=None)
        parts, ends = [line[1] for line in panel.lines], []
        for years, low, high, strength in panel.bands:
            if strength == panel.widest:
                ends += [*zip(years, low, strict=True), *zip(years, high, strict=True)]
            else:
                parts += [low, high]
        values = np.concatenate([np.asarray(part, float) for part in parts])
        ends += [(self.last, value) for value, _ in panel.outcomes]
        ends = np.asarray(ends, float).reshape(-1, 2)
        ends = ends[np.isfinite(ends).all(axis=1)]
        self._hold(values[np.isfinite(values)], ends[:, 1], whole=panel.whole)
        beyond = ((ends[ends[:, 1] < self.low], np.argmin), (ends[ends[:, 1] > self.high], np.argmax))
        self.cut = [tuple(side[farthest(side[:, 1])]) for side, farthest in beyond if len(side)]
        """Year and value of the farthest end beyond the frame at each side."""

    def _hold(self, values: np.ndarray, ends: np.ndarray, *, whole: bool) -> None:
        """Ends and marks of the scale, and whether it is logarithmic."""
        low, high = _held(values, ends)
        self.log = logarithmic(np.array([low, high])) and bool((ends > 0).all())
        if self.log:
            low, high = np.exp(_held(np.log(values), np.log(ends))).tolist()
            margin = max((high / low) ** _ROOM, 1.06)
            self.low, self.high = low / margin, high * margin
            self.marks = marks(self.low, self.high, 4)
            return
        self.marks = _ticks(low, high, whole=whole)
        if len(self.marks) > 3 and self.marks[0] < 0 and low > (self.marks[0] + self.marks[1]) / 2:
            self.marks = self.marks[1:]  # no frame far below nought for a line that ends just there
        self.low, self.high = min(low, self.marks[0]), max(high, self.marks[-1])
        self.low -= max(_ROOM * (self.high - self.low) - (low - self.low), 0.0)

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


def _line(figure: Figure, x: Sequence[float], y: Sequence[float], **look: object) -> None:
    figure.add_artist(Line2D(x, y, transform=on_paper(figure), **look))


def _frame(figure: Figure, scale: _Scale) -> None:
    """Marks and years."""
    x0, x1, y0, _ = scale.frame
    small = partial(figure.text, transform=on_paper(figure), fontsize=7, color=style.GREY)
    for mark in scale.marks:
        place = float(scale.up([mark])[0])
        _line(figure, [x0, x1], [place, place], color=style.LIGHT, linewidth=0.5)
        small(x0 - 0.8, place, _digits(mark, scale.marks, log=scale.log), ha="right", va="center")
    _line(figure, [x0, x1], [y0, y0], color=style.GREY, linewidth=0.6)
    for year in _years(scale.first, scale.last, scale.end):
        small(float(scale.across([year])[0]), y0 - 0.9, str(year), ha="center", va="top")


def _drawing(figure: Figure, panel: Panel, scale: _Scale) -> None:
    """Bands, bars, lines and outcomes, and the sign of a band that is cut."""
    for *sides, strength in panel.bands:
        known = np.array(sides, float)
        years, below, above = known[:, np.isfinite(known).all(axis=0)]
        x, low, high = scale.across(years), scale.up(below), scale.up(above)
        if len(x) == 1:
            look = {"linewidth": 4.0, "alpha": strength, "solid_capstyle": "butt"}
            _line(figure, [*x, *x], [*low, *high], color=_BLUE, **look)
        elif len(x):
            outline = np.column_stack([[*x, *x[::-1]], [*low, *high[::-1]]])
            look = {"facecolor": _BLUE, "alpha": strength, "linewidth": 0}
            figure.add_artist(Polygon(outline, transform=on_paper(figure), **look))
    for years, values, role, joined, marked in panel.lines:
        look = {"markersize": 3.2, "linewidth": 1.2, **_look(role, joined=joined, marked=marked)}
        _line(figure, scale.across(years), scale.up(values), **look)
    for value, met in panel.outcomes:
        look = {"color": _RED, "marker": "o", "markersize": 2.0, "linestyle": "", "markeredgewidth": 0.5}
        face = _RED if met else "white"
        _line(figure, [scale.frame[1] + 1.2], scale.up([value]), markerfacecolor=face, **look)
    for year, value in scale.cut:
        (x,), (y,) = scale.across([year]), scale.up([value])
        up, left = value > scale.high, x > (scale.frame[0] + scale.frame[1]) / 2
        x, y = x - 0.9 if left else x + 0.9, y - 1.5 if up else y + 1.5
        _line(figure, [x], [y], marker="^" if up else "v", **_CUT)
        x, side = (x - 1.0, "right") if left else (x + 1.0, "left")
        look = {"fontsize": 6, "color": style.GREY, "ha": side, "va": "center"}
        figure.text(x, y, plain(value), transform=on_paper(figure), **look)


def _look(role: str, *, joined: bool, marked: bool) -> dict[str, object]:
    """How a role is drawn."""
    return RING if role == RINGS else style.ROLES[role].look(line=joined, marker=marked)


def _pointed(figure: Figure, panel: Panel, scale: _Scale, lang: str) -> None:
    """What is said of each point when it is pointed at."""
    if not panel.points:
        return
    years, values, words = [], [], []
    for year, value, key, digits, period, source in panel.points:
        at = wording.period(period or str(int(year)), lang)
        if not period and year != int(year):
            at = wording.position(year, lang)
        words.append((panel.title[lang], label(key, lang), digits, at, source))
        years.append(year)
        values.append(value)
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


def _digits(value: float, marks: Sequence[float], *, log: bool) -> str:
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


def _entries(panels: Sequence[Panel], handles: Handles, lang: str) -> list[Artist]:
    """The legend: of the roles and bands given those that a panel has, in the look they have there."""
    looks: dict[str, list[tuple[bool, bool]]] = {}
    for years, _, role, *look in (line for panel in panels for line in panel.lines):
        looks.setdefault(role, []).extend([look] * bool(len(years)))
    strengths = {band[-1] for panel in panels for band in panel.bands}
    if any(panel.outcomes for panel in panels):
        looks["outcome"] = [(False, True)]
    made = []
    for what, words in handles.items():
        if what in strengths:
            # The inner band lies on the outer one where both are drawn.
            alpha = sum(one for one in strengths if one <= what)
            made.append(Patch(facecolor=_BLUE, alpha=alpha, linewidth=0, label=label(words, lang)))
        elif looks.get(what):
            joined, marked = map(any, zip(*looks[what], strict=True))
            made.append(handle(label(words, lang), **_look(what, joined=joined, marked=marked)))
    return made
