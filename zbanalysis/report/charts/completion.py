"""How far is each target, against the time that has passed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.chart import Chart
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COMPLETION_SHOWN_TO = 1.6
"""Completions beyond this are drawn at the edge with their number beside an arrow."""


def completion(rows: pd.DataFrame, lang: str = "zh") -> Chart:
    """How far is each target, against the time that has passed?

    Parameters
    ----------
    rows
        From `progress.charted`; targets without a completion are left to the table.
    """

    def draw(lang: str) -> Figure:
        figure = style.new_figure(height_mm=24 + 8.5 * max(len(rows), 1))
        axes = figure.add_subplot()
        for place, row in enumerate(rows.itertuples()):
            _completion_bar(axes, place, row)
        axes.axvline(1, color=style.ROLES["target"].colour, linewidth=0.9)
        axes.set_yticks(
            range(len(rows)),
            [wording.fold(wording.name(row, lang), 17 if lang == "zh" else 34) for _, row in rows.iterrows()],
        )
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(
            min(0.0, rows["completion"].min() * 1.15 if len(rows) else 0.0), COMPLETION_SHOWN_TO + 0.16
        )
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
        axes.set_xticks(
            [tick for tick in np.arange(-2, COMPLETION_SHOWN_TO, 0.25) if tick >= axes.get_xlim()[0]]
        )
        axes.set_xlabel(label("column.completion", lang))
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        _completion_legend(figure, rows, lang)
        return figure

    return Chart(draw, lang)


def _completion_bar(axes: Axes, place: int, row: object) -> None:
    role = style.ROLES[row.status]
    shown = min(row.completion, COMPLETION_SHOWN_TO)
    axes.barh(place, shown, height=0.5, color=role.colour, hatch=role.hatch, edgecolor="white", linewidth=0)
    axes.plot([row.elapsed, row.elapsed], [place - 0.38, place + 0.38], color="black", linewidth=1.6)
    arrow = " →" if row.completion > COMPLETION_SHOWN_TO else ""
    # The number stands outside bar and elapsed mark, so that neither covers it.
    beyond = max(shown, row.elapsed if row.elapsed - shown < 0.14 else shown, 0) + 0.02
    if beyond < 1 < beyond + 0.14:
        beyond = 1.02 if not 1 < row.elapsed < 1.16 else row.elapsed + 0.02
    axes.text(beyond, place, f"{100 * row.completion:.1f}%{arrow}", va="center", fontsize=7.5)


def _completion_legend(figure: Figure, rows: pd.DataFrame, lang: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    shown = [status for status in style.STATUSES if (rows["status"] == status).any()]
    finals = rows.groupby("status")["final"].all() if len(rows) else {}
    handles = [
        Patch(
            facecolor=style.ROLES[status].colour,
            hatch=style.ROLES[status].hatch,
            edgecolor="white",
            label=wording.status(status, bool(finals[status]), lang),
        )
        for status in shown
    ]
    handles += [
        Line2D([], [], color="black", linewidth=1.6, label=label("column.elapsed", lang)),
        Line2D(
            [], [], color=style.ROLES["target"].colour, linewidth=0.9, label=label("chart.complete", lang)
        ),
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=min(len(handles), 6))
