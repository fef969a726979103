"""One series, large: where it may go, which line it follows, how it went in other areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zbanalysis.report import style
from zbanalysis.report.charts.figure import GREY, UNSURE, Chart, directly, legend, reach, sheet, tidy
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_MM = 84.0
OUTCOMES = tuple(range(95, 0, -10))
"""Levels of the intervals whose ends are twenty equally likely outcomes: 2.5 %, 7.5 %, … 97.5 %."""

_STRENGTH = {95: 0.16, 80: 0.26, 50: 0.34}


@dataclass(frozen=True)
class Goal:
    """A target in a chart: where it stands, its words, which side is better, a range's end."""

    year: float
    value: float
    words: Mapping[str, str] = field(default_factory=dict)
    direction: str = "up"
    upper: float = float("inf")


def fan(
    known: pd.DataFrame, ahead: pd.DataFrame, lang: str = "zh", *, goal: Goal | None = None,
    plan_goal: Goal | None = None, path: pd.DataFrame | None = None, older: pd.DataFrame | None = None,
    about: Mapping[str, str] | None = None, own_path: bool = True, middle: Mapping[str, str] | None = None,
) -> Chart:  # fmt: skip
    """Where may the indicator be in the years ahead, and is the target within that?

    Parameters
    ----------
    known
        ``year`` (or ``position``), ``value``: the figures that count; with ``basis`` only figures on one
        definition are joined, with ``period, published, source`` each can be pointed at.
    ahead
        ``year, mean, lo80, hi80, lo95, hi95`` from `projection.project` or `targets.fans`; may be empty.
        With the levels of `OUTCOMES` twenty equally likely outcomes stand at the end.
    goal, plan_goal
        The target asked about; the plan's own where that was moved.
    path
        ``year`` (or ``position``), ``value`` of the way to the target.
    older
        The columns of ``known``: figures that a newer document replaced.
    about
        Name and unit in each language.
    own_path
        The path is the plan's own; otherwise it leads to a target of the reader's.
    middle
        The last median as it is printed elsewhere, in each language.
    """
    known, path, older = (tidy(frame) for frame in (known, path, older))

    def draw(lang: str) -> Figure:
        figure, axes = sheet(HEIGHT_MM, (19, 33, 20, 7))
        handles = _bands(axes, known, ahead, lang)
        ends = [goal, plan_goal]
        last = max([*known["year"], *ahead["year"], *(one.year for one in ends if one)], default=0)
        reach(axes, about, lang, [known["value"], older["value"], path["value"], *_values(ahead),
                                  [one.value for one in ends if one]], (None, last))  # fmt: skip
        if len(path):
            _line(axes, path, "plan_path")
            key = "chart.plan_path" if own_path else "explore.chart.path"
            handles.append(_key("plan_path", label(key, lang), marker=False))
        handles += _older(axes, older, lang)
        _line(axes, known, "actual", markers=True)
        handles = [
            _key("actual", label("chart.actual", lang)),
            *_rings(known, lang),
            *handles,
            *_goals(axes, ends, lang),
        ]
        handles += _outcomes(axes, ahead, goal, last, lang)
        directly(axes, last, _ends(ahead, goal, lang, (middle or {}).get(lang, "{value}")))
        _keyed(figure, handles)
        return figure

    return Chart(draw, lang, _together(figures=known, ahead=ahead, path=path, older=older), {}, known.empty)


def trend(
    known: pd.DataFrame, curve: pd.DataFrame, lang: str = "zh", *, goal: Goal | None = None,
    about: Mapping[str, str] | None = None, limits: tuple[float, float] = (-np.inf, np.inf),
) -> Chart:  # fmt: skip
    """Which line do the figures follow, and where would a single figure lie on it?

    Parameters
    ----------
    known, goal, about
        As for `fan`.
    curve
        From `trend.fitted`, ``ahead`` years included: the line, its own 95% interval and that of a single
        figure; empty where there is no line.
    limits
        Least and greatest value that the indicator can have; intervals end there.
    """
    known = tidy(known)
    bounded = {name: curve[name].clip(*limits) for name in curve if str(name).endswith(("_low", "_high"))}
    curve = curve.assign(**bounded)

    def draw(lang: str) -> Figure:
        figure, axes = sheet(HEIGHT_MM, (19, 33, 16, 7))
        ends = [[goal.value]] if goal else []
        last = max([*known["year"], *curve["year"], *([goal.year] if goal else [])], default=0)
        values = [curve[name] for name in ("value", "prediction_low", "prediction_high") if name in curve]
        reach(axes, about, lang, [known["value"], *values, *ends], (None, last))
        handles = _curve(axes, curve, lang)
        _line(axes, known, "actual", markers=True, joined=False)
        handles = [
            _key("actual", label("chart.actual", lang), line=False),
            *_rings(known, lang),
            *handles,
            *_goals(axes, [goal], lang),
        ]
        directly(axes, last, _ends(pd.DataFrame(), goal, lang))
        _keyed(figure, handles)
        return figure

    return Chart(draw, lang, _together(figures=known, line=curve), {}, known.empty)


def areas(
    series: pd.DataFrame, lang: str = "zh", *, named: Sequence[str] | None = None, own: str = "",
    names: Mapping[str, str] | None = None, about: Mapping[str, str] | None = None, goal: Goal | None = None,
) -> Chart:  # fmt: skip
    """How did the indicator go in the areas: some by name and colour, the others and their median as context?

    Parameters
    ----------
    series
        ``area``, ``year`` (or ``position``), ``value``, from `data.vintages.series`; with ``published`` the
        newest figures are written with the digits printed.
    named
        Areas drawn in colour and named; None for all where they are six or fewer, else the three highest of
        the last year and ``own``.
    own
        The area that is looked at; it stands out.
    names
        Name of each area; its id where there is none.
    about, goal
        As for `fan`.
    """
    rows = tidy(series)
    rows = rows.dropna(subset=["value"]).drop_duplicates(["area", "year"], keep="last")
    last = rows.sort_values("year").groupby("area")["value"].last().sort_values(ascending=False)
    if named is None:
        named = list(last.index) if len(last) <= 6 else [*last.index[:3]]
    shown = list(dict.fromkeys([area for area in (own, *named) if area in last.index]))
    names = {area: area for area in last.index} | dict(names or {})

    def draw(lang: str) -> Figure:
        figure, axes = sheet(max(HEIGHT_MM, 26 + 3.3 * (len(shown) + 1)), (19, 40, 12 if goal else 6, 7))
        end = rows["year"].max() if len(rows) else 0
        reach(axes, about, lang, [rows["value"], [goal.value] if goal else []], (None, end))
        words = _areas(axes, rows, shown, own, names)
        context = rows[~rows["area"].isin(shown)]
        if len(set(context["area"])) > 1:
            words.append(_median(axes, rows, lang))
        handles = _goals(axes, [goal], lang)
        directly(axes, end, words)
        legend(figure, handles, 3)
        return figure

    return Chart(draw, lang, rows.assign(named=rows["area"].isin(shown)), {}, rows.empty)


def _keyed(figure: Figure, handles: Sequence[object]) -> None:
    """The legend, three in a row; the frame makes room for a row more than usual."""
    (axes,) = figure.axes
    box = axes.get_position()
    high = min(box.y1, 1 - (6.5 + 4.5 * -(-len(handles) // 3)) / HEIGHT_MM)
    axes.set_position((box.x0, box.y0, box.width, high - box.y0))
    legend(figure, handles, 3)


def _areas(
    axes: Axes, rows: pd.DataFrame, shown: list[str], own: str, names: Mapping[str, str]
) -> list[tuple[float, float, str, str]]:
    lines = dict(list(rows.groupby("area", sort=False)))
    for area in (one for one in lines if one not in shown):
        axes.plot(lines[area]["year"], lines[area]["value"], color="#CBD2D9", linewidth=0.8, zorder=1)
    colours = dict(zip([area for area in shown if area != own], _cycle(), strict=False))
    colours |= {own: style.ROLES["target"].colour} if own in shown else {}
    for area in shown:
        look = {"color": colours[area], "linewidth": 2.2 if area == own else 1.4, "zorder": 3}
        axes.plot(lines[area]["year"], lines[area]["value"], **look)
    ends = {area: lines[area].iloc[-1] for area in sorted(shown)}
    return [
        (row["year"], row["value"], f"{names[area]} {row.get('published') or '{value}'}", colours[area])
        for area, row in ends.items()
    ]


def _cycle() -> list[str]:
    return [colour for colour in style.CYCLE if colour != style.ROLES["target"].colour] * 8


def _median(axes: Axes, rows: pd.DataFrame, lang: str) -> tuple[float, float, str, str]:
    """The middle of all areas, in the years of which half of them or more have figures."""
    by_year = rows.groupby("year")["value"].agg(["median", "size"])
    by_year = by_year[by_year["size"] >= rows["area"].nunique() / 2].reset_index()
    if by_year.empty:
        return (float("nan"), float("nan"), "", GREY)
    axes.plot(by_year["year"], by_year["median"], color=GREY, linestyle="--", linewidth=1.3, zorder=2)
    words = label("chart.median_of", lang, count=rows["area"].nunique())
    return by_year["year"].iloc[-1], by_year["median"].iloc[-1], f"{words} {{value}}", GREY


def _bands(axes: Axes, known: pd.DataFrame, ahead: pd.DataFrame, lang: str) -> list[object]:
    """Median and bands, starting from the last known figure."""
    if ahead.empty or known.empty:
        return []
    last, role, handles = known.iloc[-1], style.ROLES["projection"], []
    years = [last["year"], *ahead["year"]]
    for level in (95, 80, 50):
        if f"lo{level}" in ahead:
            low, high = ([last["value"], *ahead[f"{side}{level}"]] for side in ("lo", "hi"))
            edge = ([*years, *reversed(years)], [*low, *reversed(high)])  # half the time of `fill_between`
            axes.fill(*edge, color=role.colour, alpha=_STRENGTH[level], linewidth=0, zorder=1)
            handles.insert(
                0, _patch(_STRENGTH[level] + 0.12 * (95 - level) / 15, label(f"chart.band{level}", lang))
            )
    axes.plot(years, [last["value"], *ahead["mean"]], color=role.colour, linestyle=role.line, zorder=2)
    return [_key("projection", label("chart.median", lang), marker=False), *handles]


def _outcomes(axes: Axes, ahead: pd.DataFrame, goal: Goal | None, last: float, lang: str) -> list[object]:
    """Twenty equally likely outcomes in the target's year, filled where the target is reached."""
    at = ahead[ahead["year"] == goal.year] if goal is not None and len(ahead) else ahead.head(0)
    if at.empty or any(f"lo{level}" not in at for level in OUTCOMES):
        return []
    row, colour = at.iloc[0], style.ROLES["target"].colour
    ends = np.sort([row[f"{side}{level}"] for level in OUTCOMES for side in ("lo", "hi")])
    met = (goal.value <= ends) & (ends <= goal.upper) if goal.direction == "up" else ends <= goal.value
    beside = goal.year + 0.025 * (last - axes.dataLim.x0)
    look = {"color": colour, "markersize": 3, "markeredgewidth": 0.6, "zorder": 4}
    for part, face in ((ends[met], colour), (ends[~met], "white")):
        axes.plot(np.full(len(part), beside), part, "o", markerfacecolor=face, **look)
    return [_ring(colour, "o", label("chart.outcomes", lang), size=3)]


def _curve(axes: Axes, curve: pd.DataFrame, lang: str) -> list[object]:
    """The line with its interval and that of a single figure; dashed where it is only extended."""
    if curve.empty:
        return []
    role = style.ROLES["projection"]
    for _, part in curve.groupby("basis", sort=False):
        span, beyond = part[part["part"] == "span"], part[part["part"] == "ahead"]
        for name, strength in (("prediction", 0.15), ("mean", 0.28)):
            if f"{name}_low" in part:
                low, high = (part[f"{name}_{end}"].astype(float) for end in ("low", "high"))
                axes.fill_between(part["year"], low, high, color=role.colour, alpha=strength, linewidth=0)
        for piece, line in ((span, "-"), (pd.concat([span.tail(1), beyond]), "--")):
            if len(piece) > 1:
                axes.plot(piece["year"], piece["value"], color=role.colour, linestyle=line, zorder=2)
    handles = [_plain("-", label("chart.trend", lang)), _plain("--", label("explore.chart.extended", lang))]
    handles.append(_patch(0.4, label("chart.trend_interval", lang)))
    if "prediction_low" in curve and curve["prediction_low"].notna().any():
        handles.append(_patch(0.15, label("chart.figure_interval", lang)))
    return handles


def _line(axes: Axes, frame: pd.DataFrame, name: str, *, markers: bool = False, joined: bool = True) -> None:
    """The figures; a line only within one basis, for different bases do not join."""
    if frame.empty:
        return
    role = style.ROLES[name]
    for _, part in frame.groupby("basis", sort=False) if "basis" in frame else [("", frame)]:
        drawn = part.dropna(subset=["year", "value"])
        axes.plot(
            drawn["year"], drawn["value"], color=role.colour, linestyle=role.line if joined else "",
            marker=role.marker if markers else "", markeredgewidth=0, zorder=3,
        )  # fmt: skip
        if markers and "status" in part and part["status"].isin(UNSURE).any():
            rings = part[part["status"].isin(UNSURE)]
            look = {"marker": role.marker, "markerfacecolor": "white", "color": role.colour, "zorder": 4}
            axes.plot(rings["year"], rings["value"], linestyle="", **look)
        if markers and "published" in part:
            places = part[["year", "value"]].to_numpy(float)
            style.hover(axes.figure, axes.transData, places, [[_pointed(row)] for _, row in part.iterrows()])


def _rings(known: pd.DataFrame, lang: str) -> list[object]:
    """The legend's word for figures that are not final, where there are any."""
    if "status" not in known or not known["status"].isin(UNSURE).any():
        return []
    return [_ring(style.ROLES["actual"].colour, "o", label("chart.unsure", lang))]


def _pointed(row: pd.Series) -> str:
    """What stands beside a figure when it is pointed at: period, digits, source."""
    parts = [f"{row.get('period', row['year'])}: {row['published']}", row.get("source", "")]
    return " · ".join(filter(None, parts))


def _older(axes: Axes, older: pd.DataFrame, lang: str) -> list[object]:
    """Superseded figures as rings: they were published, and no longer count."""
    if older.empty:
        return []
    colour = style.ROLES["actual"].colour
    look = {"color": colour, "markerfacecolor": "white", "markersize": 4.5, "markeredgewidth": 1}
    axes.plot(older["year"], older["value"], "o", **look, zorder=2)
    return [_ring(colour, "o", label("explore.chart.older", lang))]


def _goals(axes: Axes, goals: Sequence[Goal | None], lang: str) -> list[object]:
    """The target as a filled mark, the plan's own beside a moved one as a ring."""
    role, handles = style.ROLES["target"], []
    for place, (goal, key) in enumerate(
        zip(goals, ("chart.target", "explore.chart.plan_target"), strict=False)
    ):
        if goal is None:
            continue
        face = role.colour if place == 0 else "white"
        axes.plot(goal.year, goal.value, role.marker, color=role.colour, markerfacecolor=face, zorder=5)
        words = label(key, lang)
        handles.append(_ring(role.colour, role.marker, words) if place else _key("target", words, line=False))
    return handles


def _ends(
    ahead: pd.DataFrame, goal: Goal | None, lang: str, middle: str = "{value}"
) -> list[tuple[float, float, str, str]]:
    """What is written at the right: the target, and the middle of the fan in its last year."""
    words = []
    if goal is not None:
        text = goal.words.get(lang) or f"{label('chart.target', lang)} {{value}}"
        words.append((goal.year, goal.value, text, style.ROLES["target"].colour))
    if len(ahead):
        last = ahead.iloc[-1]
        text = f"{label('chart.median_short', lang)} {middle}"
        words.append((last["year"], last["mean"], text, style.ROLES["projection"].colour))
    return words


def _values(ahead: pd.DataFrame) -> list[pd.Series]:
    return [ahead[name] for name in ("mean", "lo95", "hi95", "lo80", "hi80") if name in ahead]


def _together(**frames: pd.DataFrame) -> pd.DataFrame:
    """All that is drawn in one frame: what a row is stands in ``what``."""
    parts = [frame.assign(what=name) for name, frame in frames.items() if len(frame)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"what": []})


def _key(name: str, words: str, *, line: bool = True, marker: bool = True) -> object:
    from matplotlib.lines import Line2D

    look = style.ROLES[name]
    return Line2D([], [], color=look.colour, marker=look.marker if marker else "", label=words,
                  linestyle=look.line if line else "")  # fmt: skip


def _plain(line: str, words: str) -> object:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=style.ROLES["projection"].colour, linestyle=line, label=words)


def _ring(colour: str, marker: str, words: str, size: float = 4.5) -> object:
    from matplotlib.lines import Line2D

    look = {"markerfacecolor": "white", "linestyle": "", "markersize": size}
    return Line2D([], [], color=colour, marker=marker, label=words, **look)


def _patch(strength: float, words: str) -> object:
    from matplotlib.patches import Patch

    return Patch(facecolor=style.ROLES["projection"].colour, alpha=strength, linewidth=0, label=words)
