"""Small multiples: one panel for each target, alike in size, title and scale of years."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

COLUMNS = 3


def panels(rows: pd.DataFrame, lang: str, draw: Callable[[Axes, pd.Series], None]) -> Figure:
    """A figure with one panel for each row, drawn by ``draw`` and titled with name and unit."""
    lines = max(math.ceil(len(rows) / COLUMNS), 1)
    figure = style.new_figure(height_mm=12 + 44 * lines)
    grid = figure.subplots(lines, COLUMNS, squeeze=False).ravel()
    for axes, (_, row) in zip(grid, rows.iterrows(), strict=False):
        draw(axes, row)
        axes.set_title(_title(row, lang), fontsize=7.5)
        axes.margins(y=0.16)
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=5)
        axes.ticklabel_format(useOffset=False)
        if row["scale"] in ("count", "rank"):
            axes.yaxis.get_major_locator().set_params(integer=True)
        axes.tick_params(labelsize=7)
    for axes in grid[len(rows) :]:
        axes.set_visible(False)
    return figure


def _title(row: pd.Series, lang: str) -> str:
    """Name and unit in as few lines as fit; the unit is never torn."""
    width = 17 if lang == "zh" else 34
    unit = f"（{row['unit_zh']}）" if lang == "zh" else f" ({row['unit_en']})"
    lines = wording.fold(wording.name(row, lang), width).split("\n")
    if wording.name(row, lang).endswith(row[f"unit_{lang}"]):
        return "\n".join(lines)  # "per 10,000 people (per 10,000 people)" says it twice
    if len(lines[-1] + unit) <= width:
        lines[-1] += unit
    else:
        lines.append(unit.strip())
    return "\n".join(lines)


def figures(axes: Axes, known: pd.DataFrame) -> None:
    """The published figures; a line only within one basis, for different bases do not join."""
    actual = style.ROLES["actual"]
    for _, part in known.groupby("basis", sort=False):
        axes.plot(part["position"], part["value"], color=actual.colour, marker=actual.marker)


def goal(axes: Axes, row: pd.Series, value: float) -> None:
    """The target in its year."""
    role = style.ROLES["target"]
    axes.plot(row["target_position"], value, color=role.colour, marker=role.marker, linestyle="")


def handle(role: str, key: str, lang: str, *, line: bool = True, marker: bool = True) -> Line2D:
    """A line of the legend in the look of a role."""
    from matplotlib.lines import Line2D

    look = style.ROLES[role]
    return Line2D(
        [], [], color=look.colour, marker=look.marker if marker else "", linestyle=look.line if line else "",
        label=label(key, lang),
    )  # fmt: skip
