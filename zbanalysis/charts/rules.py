"""Which judgement depends on the rule?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis import style, wording
from zbanalysis.charts.chart import Chart
from zbanalysis.labels import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOKS = {"good": "ahead", "middle": "on_schedule", "poor": "behind", "none": "not_assessable"}
"""Step of the common scale → role whose look it takes; the words make it readable without colour."""


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
        from matplotlib.patches import Rectangle

        figure = style.new_figure(height_mm=18 + 9 * max(len(rows), 1))
        axes = figure.add_subplot()
        for down, (_, row) in enumerate(rows.iterrows()):
            for across, rule in enumerate(names):
                cell = cells.loc[(row["target"], rule)]
                look = style.ROLES[LOOKS[cell["step"]]]
                dark = cell["step"] in ("good", "poor")
                axes.add_patch(
                    Rectangle(
                        (across, down),
                        0.96,
                        0.9,
                        facecolor=look.colour,
                        edgecolor="black",
                        linewidth=1.2 if cell["changed"] else 0,
                    )  # fmt: skip
                )
                words = wording.fold(label(f"class.{rule}.{cell['status']}", lang), 7 if lang == "zh" else 12)
                axes.text(across + 0.48, down + 0.45, words, ha="center", va="center", fontsize=6.5, linespacing=1.0,
                          color="white" if dark else "black")  # fmt: skip
        axes.set_xlim(0, max(len(names), 1))
        axes.set_ylim(max(len(rows), 1), -0.05)
        axes.set_xticks(
            [place + 0.48 for place in range(len(names))],
            [label(f"rule_name.{name}", lang) for name in names],
        )
        axes.set_yticks([place + 0.45 for place in range(len(rows))],
                        [wording.fold(wording.name(row, lang), 13 if lang == "zh" else 26) for _, row in rows.iterrows()])  # fmt: skip
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelsize=7)
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return figure

    return Chart(draw, lang)
