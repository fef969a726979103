"""Which way does each indicator go, and where may it be in the target year?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts import panels
from zbanalysis.report.charts.figure import Chart
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def trends(progress: pd.DataFrame, history: pd.DataFrame, curve: pd.DataFrame, lang: str = "zh") -> Chart:
    """Which trend do the figures follow, and how closely?

    Parameters
    ----------
    progress
        From `progress.progress`.
    history
        From `progress.history`.
    curve
        The chosen lines from `trend.fitted`: ``series, year, basis, value, mean_low, mean_high``.
    """
    rows = progress[progress["target"].isin(curve["series"])].reset_index(drop=True)

    def panel(axes: Axes, row: pd.Series) -> None:
        line = curve[curve["series"] == row["target"]]
        known = history[history["target"] == row["target"]]
        role = style.ROLES["projection"]
        for _, part in line.groupby("basis", sort=False):
            axes.fill_between(
                part["year"], part["mean_low"], part["mean_high"], color=role.colour, alpha=0.25, linewidth=0
            )
            axes.plot(part["year"], part["value"], color=role.colour)
        axes.plot(
            known["position"], known["value"], color=style.ROLES["actual"].colour, marker="o", linestyle=""
        )
        top = max([*known["value"], *line["value"]])
        # A band from three points may be as wide as a wall; the figures must stay readable.
        axes.set_ylim(
            max(axes.get_ylim()[0], min([*known["value"], 0]) - 0.1 * top), min(axes.get_ylim()[1], 1.8 * top)
        )

    def draw(lang: str) -> Figure:
        figure = panels.panels(rows, lang, panel)
        handles = [
            panels.handle("actual", "chart.actual", lang, line=False),
            panels.handle("projection", "chart.trend", lang, marker=False),
            band(0.25, label("chart.trend_interval", lang)),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=3)
        return figure

    return Chart(draw, lang)


def fans(
    progress: pd.DataFrame, feasibility: pd.DataFrame, history: pd.DataFrame, plan_paths: pd.DataFrame,
    fan: pd.DataFrame, lang: str = "zh",
) -> Chart:  # fmt: skip
    """Where may each indicator be by the target year, and is the target within that?

    Parameters
    ----------
    progress, history, plan_paths
        As for `paths`.
    feasibility
        From `targets.feasibility`.
    fan
        From `targets.fans`: ``target, year, mean, lo80, hi80, lo95, hi95``.
    """
    rows = progress.join(feasibility[["chance", "aim"]])
    rows = rows[rows["target"].isin(fan["target"])].reset_index(drop=True)

    def panel(axes: Axes, row: pd.Series, lang: str) -> None:
        known = history[history["target"] == row["target"]].sort_values("position")
        draw_fan(axes, fan[fan["target"] == row["target"]], known)
        asked = plan_paths[plan_paths["target"] == row["target"]]
        path = style.ROLES["plan_path"]
        axes.plot(asked["position"], asked["value"], color=path.colour, linestyle=path.line)
        panels.figures(axes, known)
        panels.goal(axes, row, row["aim"])
        words = wording.chance(row["chance"], lang)
        axes.annotate(
            words,
            (0.03, 0.95),
            xycoords="axes fraction",
            va="top",
            fontsize=9,
            color=style.ROLES["target"].colour,
        )
        axes.set_xlim(min(known["position"]) - 0.5, row["target_position"] + 0.5)
        # The outer band of two points would press everything else flat: what matters is in the inner one.
        own = fan[fan["target"] == row["target"]]
        top = 1.35 * max(own["hi80"].max(), row["aim"], known["value"].max())
        axes.set_ylim(top=min(axes.get_ylim()[1], top))

    def draw(lang: str) -> Figure:
        figure = panels.panels(rows, lang, lambda axes, row: panel(axes, row, lang))
        handles = [
            panels.handle("actual", "chart.actual", lang),
            panels.handle("projection", "chart.median", lang, marker=False),
            band(0.45, label("chart.band80", lang)),
            band(0.2, label("chart.band95", lang)),
            panels.handle("plan_path", "chart.plan_path", lang),
            panels.handle("target", "chart.target_chance", lang, line=False),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=3)
        return figure

    return Chart(draw, lang)


def draw_fan(axes: Axes, fan: pd.DataFrame, known: pd.DataFrame) -> None:
    """Median and bands, starting from the last known figure."""
    role, last = style.ROLES["projection"], known.iloc[-1]
    year = [last["position"], *fan["year"]]
    for level, strength in ((95, 0.2), (80, 0.28)):
        low, high = ([last["value"], *fan[f"{side}{level}"]] for side in ("lo", "hi"))
        axes.fill_between(year, low, high, color=role.colour, alpha=strength, linewidth=0)
    axes.plot(year, [last["value"], *fan["mean"]], color=role.colour, linestyle=role.line)


def band(strength: float, words: str) -> object:
    """An entry of the legend for a band of the fan."""
    from matplotlib.patches import Patch

    return Patch(facecolor=style.ROLES["projection"].colour, alpha=strength, label=words)
