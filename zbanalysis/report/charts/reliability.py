"""Does what was given a chance of 70 per cent happen seven times in ten?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.report import style
from zbanalysis.report.charts.chart import Chart
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def reliability(table: pd.DataFrame, lang: str = "zh") -> Chart:
    """Chances given against how often the target was then reached.

    Parameters
    ----------
    table
        ``chance, reached, cases`` from `backtest.Backtest.reliability`.
    """

    def draw(lang: str) -> Figure:
        figure = style.new_figure(width_mm=110, height_mm=90)
        axes = figure.add_subplot()
        plan, actual = style.ROLES["plan_path"], style.ROLES["actual"]
        axes.plot([0, 1], [0, 1], color=plan.colour, linestyle=plan.line, label=label("chart.perfect", lang))
        known = table[table["cases"] > 0]
        axes.plot(known["chance"], known["reached"], color=actual.colour, linewidth=0.8)
        area = 12 + 120 * known["cases"] / max(known["cases"].max(), 1)
        axes.scatter(
            known["chance"], known["reached"], s=area, color=actual.colour, label=label("chart.given", lang)
        )
        axes.set_xlabel(label("chart.chance_given", lang))
        axes.set_ylabel(label("chart.chance_came", lang))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
        axes.set_aspect("equal")
        figure.legend(loc="outside upper left", ncols=2)
        return figure

    return Chart(draw, lang)
