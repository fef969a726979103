"""One indicator, large: where it may go, which line it follows, how other areas fared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts import panels
from zbanalysis.report.charts.chart import Chart
from zbanalysis.report.charts.outlook import band, draw_fan
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_MM = 84.0
_STRONG, _FAINT = 0.45, 0.2


@dataclass(frozen=True)
class Goal:
    """A target in a chart: where it stands, what is written beside it, and whether below it."""

    position: float
    value: float
    words: str = ""
    below: bool = False


def outlook(
    row: pd.Series, known: pd.DataFrame, older: pd.DataFrame, fan: pd.DataFrame, asked: pd.DataFrame,
    goal: Goal | None, plan_goal: Goal | None = None, lang: str = "zh", *, own_path: bool = True,
) -> Chart:  # fmt: skip
    """Where may the indicator be in the years ahead, and is the target within that?

    Parameters
    ----------
    row
        A row of `progress.progress`.
    known
        ``position, value, basis``: the figures that count.
    older
        The same columns: figures that a newer document replaced.
    fan
        ``year, mean, lo80, hi80, lo95, hi95``; empty where there is no projection.
    asked
        ``position, value`` of the plan's path; may be empty.
    goal
        The target asked about; None where there is no value.
    plan_goal
        The plan's own target where the one asked about was moved.
    own_path
        ``asked`` is the plan's own path; otherwise it leads to a target of the reader's.
    """

    def draw(lang: str) -> Figure:
        figure, axes = _sheet(row, lang)
        handles = [panels.handle("actual", "chart.actual", lang)]
        if len(fan) and len(known):
            draw_fan(axes, fan, known)
            handles += [
                panels.handle("projection", "chart.median", lang, marker=False),
                band(_STRONG, label("chart.band80", lang)),
                band(_FAINT, label("chart.band95", lang)),
            ]
        if len(asked):
            path = style.ROLES["plan_path"]
            axes.plot(asked["position"], asked["value"], color=path.colour, linestyle=path.line)
            key = "chart.plan_path" if own_path else "explore.chart.path"
            handles.append(panels.handle("plan_path", key, lang))
        handles += _older(axes, older, lang)
        panels.figures(axes, known)
        handles += _goals(axes, goal, plan_goal, lang)
        _focus(axes, known, fan, goal)
        _settled(figure, axes, row, handles)
        return figure

    return Chart(draw, lang)


def trend(
    row: pd.Series, known: pd.DataFrame, curve: pd.DataFrame, goal: Goal | None = None, lang: str = "zh"
) -> Chart:
    """Which line do the figures follow, and where would it lead?

    Parameters
    ----------
    row, known, goal
        As for `outlook`.
    curve
        From `trend.fitted`, ``ahead`` years included; empty where there is no line.
    """

    def draw(lang: str) -> Figure:
        figure, axes = _sheet(row, lang)
        handles = [panels.handle("actual", "chart.actual", lang, line=False)]
        if len(curve):
            _line(axes, curve)
            handles += [
                _plain("-", label("chart.trend", lang)),
                _plain("--", label("explore.chart.extended", lang)),
                band(_STRONG, label("chart.trend_interval", lang)),
            ]
        actual = style.ROLES["actual"]
        axes.plot(known["position"], known["value"], color=actual.colour, marker="o", linestyle="")
        handles += _goals(axes, goal, None, lang)
        _focus(axes, known, curve.rename(columns={"value": "mean", "mean_high": "hi80"}), goal)
        _settled(figure, axes, row, handles)
        return figure

    return Chart(draw, lang)


def areas(
    row: pd.Series, series: pd.DataFrame, names: dict[str, str], own: str, base_year: int | None, lang: str
) -> Chart:
    """How did the indicator go in other areas?

    Parameters
    ----------
    row
        A row of `progress.progress`, for name and unit.
    series
        ``area, year, value``.
    names
        Name of each area in the language of the chart.
    own
        The area that is looked at; it stands out.
    base_year
        Year set to 100; None where the values themselves are drawn.
    """

    def draw(lang: str) -> Figure:
        figure, axes = _sheet(row, lang)
        if base_year is not None:
            words = label("explore.chart.index", lang, year=base_year)
            axes.set_title(f"{wording.name(row, lang)}{_bracketed(words, lang)}", fontsize=9.5)
        figure.subplots_adjust(right=0.86, bottom=0.09)
        ends = []
        for area, part in series.sort_values("year").groupby("area", sort=False):
            look = style.ROLES["target" if area == own else "projection"]
            axes.plot(
                part["year"], part["value"], color=look.colour, linewidth=2.0 if area == own else 1.1,
                marker="o", markersize=2.5,
            )  # fmt: skip
            ends.append((part["value"].iloc[-1], part["year"].iloc[-1], names[area], look.colour))
        _named(axes, ends)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.margins(y=0.1)
        return figure

    return Chart(draw, lang)


def _plain(line: str, words: str) -> object:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=style.ROLES["projection"].colour, linestyle=line, label=words)


def _sheet(row: pd.Series, lang: str) -> tuple[Figure, Axes]:
    figure = style.new_figure(height_mm=HEIGHT_MM, settled=True)
    # Margins by hand: a layout that measures first would take as long again, and a slider must answer.
    axes = figure.subplots()
    figure.subplots_adjust(left=0.085, right=0.985, top=0.92, bottom=0.215)
    name, unit = wording.name(row, lang), row[f"unit_{lang}"]
    axes.set_title(name if name.endswith(unit) else f"{name}{_bracketed(unit, lang)}", fontsize=9.5)
    return figure, axes


def _bracketed(text: str, lang: str) -> str:
    return f"（{text}）" if lang == "zh" else f" ({text})"


def _older(axes: Axes, older: pd.DataFrame, lang: str) -> list[object]:
    """Superseded figures as rings: they were published, and no longer count."""
    if older.empty:
        return []
    from matplotlib.lines import Line2D

    look = {"marker": "o", "linestyle": "", "markerfacecolor": "white", "color": style.ROLES["actual"].colour}
    axes.plot(older["position"], older["value"], **look)
    return [Line2D([], [], label=label("explore.chart.older", lang), **look)]


def _goals(axes: Axes, goal: Goal | None, plan_goal: Goal | None, lang: str) -> list[object]:
    role, handles = style.ROLES["target"], []
    if plan_goal is not None:
        from matplotlib.lines import Line2D

        ring = {"marker": role.marker, "linestyle": "", "markerfacecolor": "white", "color": role.colour}
        axes.plot(plan_goal.position, plan_goal.value, **ring)
        handles.append(Line2D([], [], label=label("explore.chart.plan_target", lang), **ring))
    if goal is not None:
        from matplotlib.patheffects import withStroke

        axes.plot(goal.position, goal.value, color=role.colour, marker=role.marker, linestyle="", zorder=5)
        axes.annotate(
            goal.words, (goal.position, goal.value), xytext=(-7, -13 if goal.below else 6),
            textcoords="offset points", ha="right", fontsize=8.5, color=role.colour, zorder=6,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip
        handles.append(panels.handle("target", "chart.target", lang, line=False))
    return handles


def _line(axes: Axes, curve: pd.DataFrame) -> None:
    """The line over its span, band and all; dashed where it is only extended."""
    role = style.ROLES["projection"]
    for _, part in curve.groupby("basis", sort=False):
        span, ahead = part[part["part"] == "span"], part[part["part"] == "ahead"]
        axes.fill_between(
            part["year"], part["mean_low"], part["mean_high"], color=role.colour, alpha=0.25, linewidth=0
        )
        axes.plot(span["year"], span["value"], color=role.colour)
        if len(ahead):
            joined = pd.concat([span.tail(1), ahead])
            axes.plot(joined["year"], joined["value"], color=role.colour, linestyle="--")


def _focus(axes: Axes, known: pd.DataFrame, fan: pd.DataFrame, goal: Goal | None) -> None:
    """Keep in sight what matters: the outer band of two points would press all else flat."""
    aims = [goal.value] if goal is not None else []
    values = [*known["value"], *fan["mean"], *aims]
    if not values:
        return
    inner = [*values, *fan["hi80"].dropna()]
    low, high = axes.get_ylim()
    top, room = max(inner), max(values) - min(values) or abs(max(values)) or 1.0
    low, high = max(low, min(values) - 0.6 * room), min(high, max(values) + 2.2 * room, top + 0.6 * room)
    # The words beside the target need room above it, or below.
    axes.set_ylim(min(low, min(values) - 0.12 * room), max(high, max(values) + 0.14 * room))


def _settled(figure: Figure, axes: Axes, row: pd.Series, handles: list[object]) -> None:
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.ticklabel_format(useOffset=False, style="plain")
    if row["scale"] in ("count", "rank"):
        axes.yaxis.get_major_locator().set_params(integer=True)
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.02, 0.0),
        ncols=3 if len(handles) in (5, 6) else 4,
    )


def _named(axes: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """The areas' names beside the ends of their lines, moved apart where they would meet."""
    low, high = axes.get_ylim()
    apart, place = 0.055 * (high - low), -float("inf")
    for value, year, name, colour in sorted(ends):
        place = max(value, place + apart)
        axes.annotate(
            name, (year, value), xytext=(year + 0.25, place), fontsize=8, color=colour, va="center",
            annotation_clip=False,
        )  # fmt: skip
    if ends:
        axes.set_xlim(right=max(year for _, year, _, _ in ends) + 0.2)
