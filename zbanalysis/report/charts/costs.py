"""How much money was there, and from where?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.chart import Chart
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

YI = 1e4
"""10,000 yuan in 100 million yuan."""

_MARKERS = {"municipal": "o", "upper": "s", "all_levels": "^", "banks": "D", "private": "v", "tax": "P"}


def funds(found: pd.DataFrame, lang: str = "zh") -> Chart:
    """A dot for every sum on a logarithmic axis, for they differ by hundreds; from `costs.funds`.

    Parameters
    ----------
    found
        Sums in 100 million or 10,000 yuan; an arrow marks one that is printed as a least value.
    lang
        Language in which a notebook shows it.
    """
    scaled = found["published"].astype(float) / found["unit_zh"].map({"亿元": 1.0, "万元": YI})
    rows = found.assign(yi=scaled).reset_index(drop=True)

    def draw(lang: str) -> Figure:
        figure = style.new_figure(height_mm=18 + 8.2 * max(len(rows), 1))
        axes = figure.add_subplot()
        axes.set_xscale("log")
        for place, row in rows.iterrows():
            _dot(axes, place, row)
        names = [f"{row[f'name_{lang}']} {wording.period(row['period'], lang)}" for _, row in rows.iterrows()]
        axes.set_yticks(range(len(rows)), [wording.fold(name, 22 if lang == "zh" else 50) for name in names])
        axes.tick_params(axis="y", labelsize=7)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        if len(rows):
            axes.set_xlim(rows["yi"].min() / 2, rows["yi"].max() * 4)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel(label("figure.funds", lang))
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        _legend(figure, rows, lang)
        return figure

    return Chart(draw, lang)


def _dot(axes: object, place: int, row: pd.Series) -> None:
    # Dots, not bars: a logarithmic axis has no zero from which a bar could stand.
    axes.plot(row["yi"], place, _MARKERS[row["level"]], color=style.ROLES["actual"].colour)
    mark = " →" if row["status"] == "lower_bound" else ""
    axes.text(row["yi"] * 1.15, place, f"{row['yi']:.4g}{mark}", va="center", fontsize=7.5)


def _legend(figure: Figure, rows: pd.DataFrame, lang: str) -> None:
    from matplotlib.lines import Line2D

    colour = style.ROLES["actual"].colour
    handles = [
        Line2D([], [], marker=marker, linestyle="", color=colour, label=label(f"money_from.{level}", lang))
        for level, marker in _MARKERS.items()
        if (rows["level"] == level).any()
    ]
    if handles:
        figure.legend(handles=handles, loc="outside upper left", ncols=min(len(handles), 4))
