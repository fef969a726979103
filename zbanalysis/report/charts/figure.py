"""A chart: figure, axes, data, title, file, picture in a notebook; paper in mm, scales and labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from matplotlib.transforms import Affine2D, Transform

from zbanalysis.data import files
from zbanalysis.errors import InputError
from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

FORMATS = ("svg", "png", "pdf", "csv")
"""What a chart can be saved as; csv holds its data."""

UNSURE = ("estimate", "preliminary", "lower_bound", "upper_bound")
"""Status of figures drawn as rings."""

RING = style.ROLES["actual"].look(line=False) | {"markerfacecolor": "white"}
"""Look of such figures."""

TITLE_MM, _TITLE_LINE_MM, _TITLE_PT = 2.0, 4.6, 9.5
"""White above and below a title, height of a line, size of its type."""


@dataclass(repr=False)
class Chart:
    """A chart that shows itself in a notebook, and can be changed, titled and saved.

    Attributes
    ----------
    draw
        Language → Figure; called inside `style.context`.
    lang
        ``zh`` or ``en``: the language of `figure` and of what a notebook shows.
    data
        The frame that is drawn, one row per mark or target.
    heading
        Title in each language; none where it is missing.
    empty
        There is nothing to draw; such a chart is neither shown nor published.
    pages
        The chart in pieces that each fit on a page; none where the whole does.

    Examples
    --------
    >>> from zbanalysis.report import charts
    >>> import pandas as pd
    >>> shares = pd.DataFrame({"chance": [0.1, 0.9], "reached": [0.2, 0.8], "cases": [50, 50]})
    >>> made = charts.reliability(shares, "en").title("Small chances are too small")
    >>> made.axes[0].get_xlabel()
    'chance given'
    """

    draw: Callable[[str], Figure]
    lang: str = "zh"
    data: pd.DataFrame = field(default_factory=pd.DataFrame)
    heading: Mapping[str, str] = field(default_factory=dict)
    empty: bool = False
    pages: tuple[Chart, ...] = ()
    _own: Figure | None = field(default=None, init=False)
    _svgs: dict[str, str] = field(default_factory=dict, init=False)

    @property
    def figure(self) -> Figure:
        """The matplotlib figure in the chart's language; what is changed in it is shown and saved."""
        if self._own is None:
            self._own = self._drawn(self.lang)
        return self._own

    @property
    def axes(self) -> list[Axes]:
        """The axes of `figure`; small multiples have none of their own."""
        return self.figure.axes

    def title(self, text: str) -> Chart:
        """Set the title in the chart's language, and give the chart back."""
        self.heading = {**self.heading, self.lang: text}
        self._svgs.pop(self.lang, None)
        if self._own is not None:
            _headed(self._own, text, self.lang)
        return self

    def save(self, path: str | Path) -> Path:
        """Write the chart as svg, png or pdf, or its data as csv, by the ending of the name.

        Raises
        ------
        InputError
            If the ending is none of these.
        """
        path = Path(path).expanduser()
        form = path.suffix.lstrip(".").lower()
        if form not in FORMATS:
            raise InputError(
                f"{path.name}: a chart is saved as .svg, .png or .pdf, its data as .csv; end the name so."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        if form == "csv":
            files.write_table(self.data, path)
        elif form == "svg":
            files.write(path, self.svg(self.lang).encode("utf-8"))
        else:
            made = style.to_png if form == "png" else style.to_pdf
            with style.context(self.lang):
                files.write(path, made(self._of(self.lang)))
        return path

    def svg(self, lang: str) -> str:
        """The chart as SVG text; the same data give the same text."""
        open_to_change = lang == self.lang and self._own is not None
        if open_to_change or lang not in self._svgs:
            with style.context(lang):
                self._svgs[lang] = style.to_svg(self._of(lang))
        return self._svgs[lang]

    def both(self) -> dict[str, str]:
        """The chart as SVG in Chinese and English."""
        return {lang: self.svg(lang) for lang in ("zh", "en")}

    def _of(self, lang: str) -> Figure:
        return self._own if lang == self.lang and self._own is not None else self._drawn(lang)

    def _drawn(self, lang: str) -> Figure:
        with style.context(lang):
            figure = self.draw(lang)
            if words := self.heading.get(lang, ""):
                _headed(figure, words, lang)
        return figure

    def __repr__(self) -> str:
        return f"Chart: {self.heading.get(self.lang) or 'no title'} ({len(self.data)} rows in .data)"

    def _repr_svg_(self) -> str | None:
        return None if self.empty else self.svg(self.lang)

    def _repr_markdown_(self) -> str | None:
        return wording.label("lesson.nothing", self.lang) if self.empty else None


def published(**charts: Chart) -> dict[str, dict[str, str]]:
    """The charts that have something to show, as `results.publish` takes them; a page more is ``name_2``."""
    return {
        name if number == 1 else f"{name}_{number}": page.both()
        for name, chart in charts.items()
        if not chart.empty
        for number, page in enumerate(chart.pages or (chart,), start=1)
    }


def sheet(
    height: float, margins: tuple[float, float, float, float], wide: float = style.TEXT_WIDTH_MM
) -> tuple[Figure, Axes]:
    """A figure with one axes, everything in millimetres; no layout need be found.

    Parameters
    ----------
    height
        Of the figure.
    margins
        Left, right, top, bottom.
    wide
        Of the figure; as wide as the text by default.
    """
    left, right, top, bottom = margins
    figure = style.new_figure(wide, height, settled=True)
    box = (left / wide, bottom / height, (wide - left - right) / wide, (height - top - bottom) / height)
    return figure, figure.add_axes(box)


def on_paper(figure: Figure) -> Transform:
    """From millimetres, counted from the lower left corner, to the figure."""
    return Affine2D().scale(1 / style.MM_PER_INCH) + figure.dpi_scale_trans


def handle(words: str, **look: object) -> Line2D:
    """A line or mark for the legend."""
    return Line2D([], [], label=words, **look)


def legend(figure: Figure, handles: Sequence[Artist], columns: int) -> None:
    """A legend at the top, held to the paper so that a title can be set above it."""
    if handles:
        height = figure.get_figheight() * style.MM_PER_INCH
        figure.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0.0, height), ncols=columns,
            bbox_transform=on_paper(figure), borderaxespad=0.3, columnspacing=1.4, handletextpad=0.5,
        )  # fmt: skip


def _headed(figure: Figure, words: str, lang: str) -> None:
    """Set a title above everything; the figure grows by as much as the title needs."""
    style.settle(figure)
    wide, old = figure.get_figwidth() * style.MM_PER_INCH, figure.get_figheight()
    text = wording.fold(words, int((44 if lang == "zh" else 88) * (wide / style.TEXT_WIDTH_MM)))
    new = old + (_tall(text) - _tall(figure.get_suptitle())) / style.MM_PER_INCH
    for axes in figure.axes:
        box = axes.get_position(original=True)
        axes.set_position((box.x0, box.y0 * old / new, box.width, box.height * old / new))
    figure.set_figheight(new)
    figure.suptitle(
        text, x=1.0 / wide, y=1 - 1.0 / (new * style.MM_PER_INCH), linespacing=1.2, ha="left", va="top",
        fontsize=_TITLE_PT, color=style.ROLES["actual"].colour,
    )  # fmt: skip


def _tall(text: str) -> float:
    return TITLE_MM + _TITLE_LINE_MM * (text.count("\n") + 1) if text else 0.0


LOGARITHMIC = 5.0
"""What rises by as much or more, and is positive, is drawn on a logarithmic scale."""


def tidy(frame: pd.DataFrame | None) -> pd.DataFrame:
    """A frame with ``year`` and ``value``, by year; ``position`` is the year of other tables."""
    if frame is None or frame.empty:
        return pd.DataFrame({"year": pd.Series(dtype=float), "value": pd.Series(dtype=float)})
    named = frame if "year" in frame else frame.rename(columns={"position": "year"})
    named = named.assign(year=named["year"].astype(float))
    return named.sort_values("year", kind="stable", ignore_index=True)


def logarithmic(values: np.ndarray) -> bool:
    """Is the scale to be logarithmic: all is positive, and it rises by `LOGARITHMIC` or more?

    Examples
    --------
    >>> [logarithmic(np.array(values)) for values in ([10.0, 60.0], [10.0, 40.0], [0.0, 40.0])]
    [True, False, False]
    """
    return bool(len(values) and values.min() > 0 and values.max() >= LOGARITHMIC * values.min())


def marks(low: float, high: float, most: int = 6) -> list[float]:
    """Round marks of a logarithmic axis between two ends: as fine as their number allows.

    Examples
    --------
    >>> marks(8, 900), marks(100, 550, 4)
    ([10.0, 20.0, 50.0, 100.0, 200.0, 500.0], [100.0, 200.0, 300.0, 500.0])
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 1.5, 2, 3, 4, 5, 7), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        values = [step * 10.0**power for power in powers for step in steps]
        inside = [value for value in values if low <= value <= high]
        if len(inside) <= most:
            return inside
    return inside[:: math.ceil(len(inside) / most)]


def reach(
    axes: Axes, about: Mapping[str, str] | None, lang: str, *values: Sequence[float] | pd.DataFrame
) -> None:
    """Give the axes a scale that holds every value, whole years, thousands separators and a heading."""
    every = np.concatenate([np.ravel(np.asarray(part, float)) for part in values])
    every = every[np.isfinite(every)]
    name = (about or {}).get(lang, "")
    if logarithmic(every):
        low, high = every.min() / 1.1, every.max() * 1.1
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(FixedLocator(marks(low, high)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_ylim(low, high)
        name = f"{name}{label('chart.log', lang)}" if name else label("chart.log_short", lang)
    elif len(every):
        margin = 0.06 * (every.max() - every.min()) or 0.1 * abs(every.max()) or 1.0
        floor = 0.0 if every.min() >= 0 and every.min() - margin < 0 else every.min() - margin
        axes.set_ylim(floor, every.max() + margin)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=2))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.set_title(name, fontsize=8.5, y=1.0)  # a place of its own is not looked for


def spread(places: Sequence[float], gap: float, low: float = 0.0, high: float = 1.0) -> list[float]:
    """Places at least a gap apart and within two ends, each as near to its own as that allows.

    Examples
    --------
    >>> spread([0.5, 0.5, 0.9], 0.2)
    [0.4, 0.6, 0.9]
    """
    from scipy.optimize import isotonic_regression

    order, gaps = np.argsort(places, kind="stable"), gap * np.arange(len(places))
    level = isotonic_regression(np.asarray(places, float)[order] - gaps).x
    out = np.empty(len(places))
    out[order] = np.clip(level, low, max(high - gaps[-1], low)) + gaps
    return out.round(9).tolist()


def directly(
    axes: Axes, last: float, ends: Sequence[tuple[float, float, str, str]], size: float = 7.5
) -> None:
    """Words at the right of the frame, each led to its point; ``{value}`` in them is its figure.

    Parameters
    ----------
    axes
        With its final scale.
    last
        Year in which the frame ends.
    ends
        Year, value, words, colour.
    """
    axes.set(xlabel="", ylabel="")  # seaborn writes the names of columns there
    ends = [one for one in ends if np.isfinite(one[1])]
    left = axes.dataLim.x0 if np.isfinite(axes.dataLim.x0) else last - 1
    axes.set_xlim(left - 0.02 * (last - left), last + 0.05 * max(last - left, 1))
    if not ends:
        return
    to_axes = axes.transData + axes.transAxes.inverted()
    own = to_axes.transform([(year, value) for year, value, _, _ in ends])
    height = axes.figure.get_figheight() * style.MM_PER_INCH * axes.get_position().height
    gap = 1.25 * size * 0.3528 / height
    places = spread(own[:, 1].tolist(), gap, gap / 2, 1 - gap / 2)
    look = {"transform": axes.transAxes}
    for (x, y), at, (_, value, words, colour) in zip(own, places, ends, strict=True):
        axes.plot([x, 1.012, 1.03], [y, at, at], color=colour, linewidth=0.6, clip_on=False, **look)
        text = words.replace("{value}", plain(value))  # a name may hold braces of its own
        axes.text(1.035, at, text, color=colour, fontsize=size, va="center", **look)


def plain(value: float) -> str:
    """A value with three digits or all before the point, and thousands separators.

    Examples
    --------
    >>> plain(2.083), plain(12345.6), plain(0.05)
    ('2.08', '12,346', '0.05')
    """
    if wording.missing(value):
        return wording.NONE
    decimals = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:,.{min(decimals, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
