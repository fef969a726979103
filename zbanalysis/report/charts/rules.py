"""Which judgement depends on the rule?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.chart import Chart
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOOKS = {"good": "ahead", "middle": "on_schedule", "poor": "behind", "none": "not_assessable"}
"""Step of the common scale → role whose look it takes; the words make it readable without colour."""

OWN = "schedule"
"""The rule of the report; its words have colours of their own in charts and tables."""

DARK = ("reached", "ahead", "behind")
"""Roles on which words are white."""


def rules(progress: pd.DataFrame, variants: pd.DataFrame, lang: str = "zh") -> Chart:
    """How does each rule judge each target?

    Parameters
    ----------
    progress
        From `progress.progress`.
    variants
        From `sensitivity.variants`: ``id, variant, status, step, changed``.
    """
    shown = variants[variants["variant"].str.startswith("rule:")].assign(
        rule=lambda frame: frame["variant"].str.removeprefix("rule:")
    )
    rows = progress[progress["target"].isin(shown["id"])].reset_index(drop=True)
    names = list(shown["rule"].unique())
    cells = shown.set_index(["id", "rule"])

    def draw(lang: str) -> Figure:
        figure = style.new_figure(height_mm=18 + 9 * max(len(rows), 1))
        axes = figure.add_subplot()
        for down, (_, row) in enumerate(rows.iterrows()):
            for across, rule in enumerate(names):
                _cell(axes, across, down, rule, cells.loc[(row["target"], rule)], lang)
        axes.set_xlim(0, max(len(names), 1))
        axes.set_ylim(max(len(rows), 1), -0.05)
        heads = [label(f"rule_name.{name}", lang) for name in names]
        sides = [
            wording.fold(wording.name(row, lang), 13 if lang == "zh" else 26) for _, row in rows.iterrows()
        ]
        axes.set_xticks([place + 0.48 for place in range(len(names))], heads)
        axes.set_yticks([place + 0.45 for place in range(len(rows))], sides)
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelsize=7)
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return figure

    return Chart(draw, lang)


def look(rule: str, status: str, step: str) -> str:
    """Role whose look a judgement takes: the report's own words look as in every other chart.

    Examples
    --------
    >>> look("schedule", "on_schedule", "good"), look("sdsn", "on_track", "good")
    ('on_schedule', 'ahead')
    """
    return status if rule == OWN else LOOKS[step]


def _cell(axes: Axes, across: int, down: int, rule: str, cell: pd.Series, lang: str) -> None:
    """One judgement: its step as a shade, its word, and a frame where it differs from ours."""
    from matplotlib.patches import Rectangle

    role = look(rule, cell["status"], cell["step"])
    frame = {"edgecolor": "black", "linewidth": 1.2 if cell["changed"] else 0}
    axes.add_patch(Rectangle((across, down), 0.96, 0.9, facecolor=style.ROLES[role].colour, **frame))
    words = wording.fold(label(f"class.{rule}.{cell['status']}", lang), 7 if lang == "zh" else 12)
    ink = {"color": "white" if role in DARK else "black", "fontsize": 6.5}
    axes.text(across + 0.48, down + 0.45, words, ha="center", va="center", linespacing=1.0, **ink)
