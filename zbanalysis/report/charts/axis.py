"""Scales, round marks and direct labels, alike in every chart of series."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import MM_PER_INCH
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOGARITHMIC = 5.0
"""What rises by as much or more, and is positive, is drawn on a logarithmic scale."""


def tidy(frame: pd.DataFrame | None) -> pd.DataFrame:
    """A frame with ``year`` and ``value``, by year; ``position`` is the year of other tables."""
    if frame is None or frame.empty:
        return pd.DataFrame({"year": pd.Series(dtype=float), "value": pd.Series(dtype=float)})
    named = frame if "year" in frame else frame.rename(columns={"position": "year"})
    return (
        named.assign(year=named["year"].astype(float))
        .sort_values("year", kind="stable")
        .reset_index(drop=True)
    )


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
        found = [step * 10.0**power for power in powers for step in steps]
        inside = [value for value in found if low <= value <= high]
        if len(inside) <= most:
            return inside
    return inside[:: math.ceil(len(inside) / most)]


def reach(
    axes: Axes, about: Mapping[str, str] | None, lang: str, values: Iterable[Sequence[float]],
    years: tuple[float | None, float],
) -> None:  # fmt: skip
    """Give the axes a scale that holds every value, whole years, thousands separators and a heading."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    every = np.concatenate([np.asarray(part, float) for part in values] or [np.array([])])
    every = every[np.isfinite(every)]
    name = (about or {}).get(lang, "")
    if logarithmic(every):
        low, high = every.min() / 1.1, every.max() * 1.1
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(FixedLocator(marks(low, high)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_ylim(low, high)
        name = f"{name}{label('chart.log', lang)}" if name else label("chart.log", lang).strip()
    elif len(every):
        room = 0.06 * (every.max() - every.min()) or 0.1 * abs(every.max()) or 1.0
        floor = 0.0 if every.min() >= 0 and every.min() - room < 0 else every.min() - room
        axes.set_ylim(floor, every.max() + room)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=2))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.set_title(name, fontsize=8.5)
    if years[0] is not None:
        axes.set_xlim(*years)


def spread(places: Sequence[float], gap: float, low: float = 0.0, high: float = 1.0) -> list[float]:
    """Places at least a gap apart and within two ends, each as near to its own as that allows.

    Examples
    --------
    >>> spread([0.5, 0.5, 0.9], 0.2)
    [0.4, 0.6, 0.9]
    """
    order = np.argsort(places, kind="stable")
    blocks: list[list[float]] = []  # isotonic regression of the places, less the gaps before them
    for rank, index in enumerate(order):
        blocks.append([places[index] - rank * gap, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, count), (other, more) = blocks[-2:]
            blocks[-2:] = [[(one * count + other * more) / (count + more), count + more]]
    level = np.clip(np.repeat([b[0] for b in blocks], [int(b[1]) for b in blocks]), low,
                    max(high - (len(places) - 1) * gap, low))  # fmt: skip
    out = np.empty(len(places))
    out[order] = level + gap * np.arange(len(places))
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
    own = [to_axes.transform((year, value)) for year, value, _, _ in ends]
    height = axes.figure.get_figheight() * MM_PER_INCH * axes.get_position().height
    gap = 1.25 * size * 0.3528 / height
    for (x, y), at, (_, value, words, colour) in zip(
        own, spread([place[1] for place in own], gap, gap / 2, 1 - gap / 2), ends, strict=True
    ):
        axes.plot(
            [x, 1.012, 1.03],
            [y, at, at],
            transform=axes.transAxes,
            color=colour,
            linewidth=0.6,
            clip_on=False,
        )
        text = words.format(value=plain(value))
        axes.text(1.035, at, text, transform=axes.transAxes, color=colour, fontsize=size, va="center")


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
