"""Small multiples drawn straight in millimetres, for charts that a batch draws by the hundred.

Axes that find their own ticks and margins take most of the time of a chart of twelve panels;
here every place is reckoned once, so both languages take a tenth of that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import legend as set_legend
from zbanalysis.report.charts.figure import on_paper as paper

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 3
GREY, LIGHT = "#595959", "#DDDDDD"
_LEFT, _RIGHT, _TOP, _BOTTOM = 12.5, 2.5, 8.5, 5.0
"""Room in a panel for the figures on the left and below, and for the title."""


@dataclass
class Panel:
    """What stands in one panel: bands below, lines above them, marks on top.

    Attributes
    ----------
    title
        In each language.
    bands
        ``years, low, high, role, strength``.
    lines
        ``years, values, role, with line, with marks``.
    note
        A word at the top left, in each language.
    top
        Value above which bands are cut off, so that a wide one does not press the rest flat.
    """

    title: Mapping[str, str]
    bands: list[tuple[Sequence[float], Sequence[float], Sequence[float], str, float]] = field(
        default_factory=list
    )
    lines: list[tuple[Sequence[float], Sequence[float], str, bool, bool]] = field(default_factory=list)
    note: Mapping[str, str] = field(default_factory=dict)
    top: float = math.inf

    def extent(self) -> tuple[float, float, float, float]:
        """First and last year, lowest and highest value shown."""
        years = [year for line in [*self.lines, *self.bands] for year in line[0]]
        values = np.concatenate(
            [
                *(np.asarray(line[1], float) for line in self.lines),
                *(np.minimum(np.asarray(part, float), self.top) for band in self.bands for part in band[1:3]),
            ]
        )
        return min(years), max(years), float(np.nanmin(values)), float(np.nanmax(values))


def title(row: pd.Series, lang: str) -> str:
    """Name and unit of an indicator in at most two lines; the unit is never torn."""
    width = 18 if lang == "zh" else 36
    unit = f"（{row['unit_zh']}）" if lang == "zh" else f" ({row['unit_en']})"
    name = wording.name(row, lang)
    if name.endswith(row[f"unit_{lang}"]):
        unit = ""
    if len(name + unit) <= width:
        return name + unit
    lines = wording.fold(name, width).split("\n")
    if len(lines) == 1:
        return f"{name}\n{unit.strip()}"
    kept, rest = lines[0], " ".join(lines[1:]) if lang == "en" else "".join(lines[1:])
    room = width - len(unit)
    rest = rest if len(rest) <= room else f"{rest[: max(room - 1, 1)].rstrip()}…"
    return f"{kept}\n{rest}{unit}"


def small_multiples(
    panels: Sequence[Panel],
    legend: Callable[[str], Iterable[object]],
    lang: str,
    panel_mm: float = 27.0,
    in_a_row: int = 4,
) -> Figure:
    """A figure of panels, three in a row, with a legend above; called inside `style.context`."""
    handles = list(legend(lang))
    across = max(min(COLUMNS, len(panels)), 1)
    head = 4.0 + 4.6 * math.ceil(len(handles) / in_a_row)
    height = head + panel_mm * math.ceil(len(panels) / COLUMNS)
    figure = style.new_figure(height_mm=height, settled=True)
    on_paper = paper(figure)
    wide = style.TEXT_WIDTH_MM / across
    for place, panel in enumerate(panels):
        left = wide * (place % across)
        bottom = height - head - panel_mm * (place // across + 1)
        _panel(figure, on_paper, panel, (left, bottom, wide, panel_mm), lang)
    set_legend(figure, handles, in_a_row)
    return figure


def _panel(
    figure: Figure, on_paper: object, panel: Panel, box: tuple[float, float, float, float], lang: str
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon

    left, bottom, wide, high = box
    first, last, low, top = panel.extent()
    ticks = _ticks(low, top)
    low, top = min(low, ticks[0]), max(top, ticks[-1])
    x0, x1, y0, y1 = left + _LEFT, left + wide - _RIGHT, bottom + _BOTTOM, bottom + high - _TOP

    def across(years: Sequence[float]) -> np.ndarray:
        return x0 + (np.asarray(years, float) - first + 0.4) / (last - first + 0.8) * (x1 - x0)

    def up(values: Sequence[float]) -> np.ndarray:
        return y0 + (np.minimum(np.asarray(values, float), top) - low) / (top - low) * (y1 - y0)

    def line(x: object, y: object, **look: object) -> None:
        figure.add_artist(Line2D(x, y, transform=on_paper, **look))

    small = {"transform": on_paper, "fontsize": 7, "color": GREY}
    for tick in ticks:
        place = float(up([tick])[0])
        line([x0, x1], [place, place], color=LIGHT, linewidth=0.5)
        figure.text(x0 - 0.8, place, _words(tick, ticks), ha="right", va="center", **small)
    line([x0, x1], [y0, y0], color=GREY, linewidth=0.6)
    for year in _years(first, last):
        place = float(across([year])[0])
        figure.text(place, y0 - 0.9, str(year), ha="center", va="top", **small)
    for years, below, above, role, strength in panel.bands:
        outline = np.column_stack([across([*years, *reversed(years)]), up([*below, *reversed(above)])])
        colour = style.ROLES[role].colour
        figure.add_artist(Polygon(outline, transform=on_paper, facecolor=colour, alpha=strength, linewidth=0))
    for years, values, role, joined, marked in panel.lines:
        look = style.ROLES[role]
        line(across(years), up(values), color=look.colour, linestyle=look.line if joined else "",
             marker=look.marker if marked else "", markersize=3.2, linewidth=1.2)  # fmt: skip
    figure.text(left + 1, bottom + high - 0.5, panel.title[lang], transform=on_paper, fontsize=7.5, va="top",
                linespacing=1.15)  # fmt: skip
    if panel.note:
        figure.text(x0 + 1, y1, panel.note[lang], transform=on_paper, fontsize=8, va="top",
                    color=style.ROLES["target"].colour)  # fmt: skip


def rehearse(titles: Iterable[str]) -> None:
    """Set for nothing what most panels say: some titles, years and round figures are then laid out.

    Parameters
    ----------
    titles
        From `title`.
    """
    steps = [10.0**power * size for power in range(-1, 5) for size in (1, 2, 2.5, 5)]
    figures = {_words(count * step, [0, step]) for step in steps for count in range(7)}
    with style.context():
        figure = style.new_figure(settled=True)
        for words in sorted({*map(str, range(2000, 2041)), *figures}):
            figure.text(0, 0, words, fontsize=7)
        for words in titles:
            figure.text(0, 0, words, fontsize=7.5)
        style.to_svg(figure)


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values that span the figures."""
    if high <= low:
        low, high = low - max(abs(low), 1) * 0.1, high + max(abs(high), 1) * 0.1
    rough = (high - low) / 3
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough)
    start = step * math.floor(low / step)
    return [round(start + step * place, 12) for place in range(math.ceil((high - start) / step - 1e-9) + 1)]


def _words(value: float, ticks: Sequence[float]) -> str:
    step = ticks[1] - ticks[0]
    for decimals in range(7):
        if abs(round(step, decimals) - step) < 1e-9 * step:
            return f"{value:.{decimals}f}" if value else "0"
    return f"{value:g}"


def _years(first: float, last: float) -> list[int]:
    """Full years to be written below a panel, four or so."""
    begin, end = math.ceil(first), math.floor(last)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if (end - begin) / step <= 4.5)
    return [year for year in range(begin, end + 1) if year % step == 0] or [begin]
