"""What share of those asked gave each answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.chart import Chart
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def shares(found: pd.DataFrame, lang: str = "zh") -> Chart:
    """Bars in the order of the questionnaire; overlapping shares are not sorted.

    Parameters
    ----------
    found
        From `survey.shares`; answers not shown are left out.  An interval is drawn where
        there is one, which is for random samples only.
    lang
        Language in which a notebook shows it.
    """
    rows = found[found["shown"]].reset_index(drop=True)

    def draw(lang: str) -> Figure:
        figure = style.new_figure(height_mm=16 + 7.5 * max(len(rows), 1))
        axes = figure.add_subplot()
        values = 100 * rows["fraction"]
        axes.barh(range(len(rows)), values, height=0.55, color=style.ROLES["projection"].colour)
        for place, row in rows.iterrows():
            axes.text(100 * row["fraction"] + 1, place, _words(row, lang), va="center", fontsize=7.5)
        _intervals(axes, rows)
        names = [wording.fold(text, 18 if lang == "zh" else 38) for text in rows[f"text_{lang}"]]
        axes.set_yticks(range(len(rows)), names)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 122)
        axes.set_xticks(range(0, 101, 20))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}%")
        axes.set_xlabel(label("chart.share_of_units", lang))
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        return figure

    return Chart(draw, lang)


def _words(row: pd.Series, lang: str) -> str:
    if wording.missing(row["count_low"]):
        return f"{row['share']}%"
    low, high = f"{row['count_low']:.0f}", f"{row['count_high']:.0f}"
    count = low if low == high else label("interval", lang, low=low, high=high)
    return label("chart.share_count", lang, share=row["share"], count=count)


def _intervals(axes: object, rows: pd.DataFrame) -> None:
    known = rows[rows["low"].notna()]
    axes.hlines(known.index, 100 * known["low"], 100 * known["high"], color="black", linewidth=1)
