"""Does each indicator follow the plan's own path?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.report import style
from zbanalysis.report.charts import panels
from zbanalysis.report.charts.figure import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def paths(progress: pd.DataFrame, plan_paths: pd.DataFrame, history: pd.DataFrame, lang: str = "zh") -> Chart:
    """Does each indicator follow the plan's own path?

    Parameters
    ----------
    progress
        From `progress.progress`.
    plan_paths
        ``target, position, value`` from `pathway.path`.
    history
        ``target, position, value, basis`` the figures known for each target's indicator.
    """
    rows = progress[progress["target"].isin(history["target"])].reset_index(drop=True)

    def panel(axes: Axes, row: pd.Series) -> None:
        asked = plan_paths[plan_paths["target"] == row["target"]]
        known = history[history["target"] == row["target"]].sort_values("position")
        path = style.ROLES["plan_path"]
        axes.plot(asked["position"], asked["value"], color=path.colour, linestyle=path.line)
        panels.figures(axes, known)
        if row["kind"] in ("level", "floor", "ceiling", "keep"):
            panels.goal(axes, row, row["target_value"])
        # A limit that holds every year may have no base.
        first = pd.Series([row["base_position"], *known["position"]]).min()
        axes.set_xlim(first - 0.5, row["target_position"] + 0.5)

    def draw(lang: str) -> Figure:
        figure = panels.panels(rows, lang, panel)
        handles = [
            panels.handle("actual", "chart.actual", lang),
            panels.handle("plan_path", "chart.plan_path", lang),
            panels.handle("target", "chart.target", lang, line=False),
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=3)
        return figure

    return Chart(draw, lang)
