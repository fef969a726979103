"""One series, large: where it may go, which line it follows, how it went in other areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from zbanalysis.report import style
from zbanalysis.report.charts.figure import RING, UNSURE, Chart, directly, handle, legend, reach, sheet, tidy
from zbanalysis.report.words import label

HEIGHT_MM = 84.0
OUTCOMES = tuple(range(95, 0, -10))
"""Levels of the intervals whose ends are twenty equally likely outcomes: 2.5 %, 7.5 %, … 97.5 %."""

_STRENGTH = {95: 0.16, 80: 0.26, 50: 0.34}
_BLUE, _RED = style.ROLES["projection"].colour, style.ROLES["target"].colour
_CYCLE = [colour for colour in style.CYCLE if colour != _RED] * 8


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
    goals = [one for one in (goal, plan_goal) if one is not None]

    def draw(lang: str) -> Figure:
        figure, axes = sheet(HEIGHT_MM, (19, 33, 20, 7))
        bands = _bands(axes, known, ahead, lang)
        last = max([*known["year"], *ahead["year"], *(one.year for one in goals)], default=0)
        paths = [known["value"], older["value"], path["value"], ahead.filter(regex=r"^(mean|(lo|hi)\d+)$")]
        reach(axes, about, lang, *paths, [one.value for one in goals])
        words = label("chart.plan_path" if own_path else "explore.chart.path", lang)
        way = _plotted(axes, path, words, style.ROLES["plan_path"].look(marker=False), zorder=3)
        words = label("explore.chart.older", lang)
        replaced = _plotted(axes, older, words, RING, markeredgewidth=1, zorder=2)
        figures = _figures(axes, known, lang)
        targets = _goals(axes, goal, plan_goal, lang) + _outcomes(axes, ahead, goal, last, lang)
        directly(axes, last, _ends(ahead, goal, lang, (middle or {}).get(lang, "{value}")))
        _keyed(figure, [*figures, *bands, *way, *replaced, *targets])
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
        last = max([*known["year"], *curve["year"], *([goal.year] if goal else [])], default=0)
        lines = curve.filter(["value", "prediction_low", "prediction_high"])
        reach(axes, about, lang, known["value"], lines, [goal.value] if goal else [])
        line = _curve(axes, curve, lang)
        figures = _figures(axes, known, lang, joined=False)
        targets = _goals(axes, goal, None, lang)
        directly(axes, last, _ends(pd.DataFrame(), goal, lang))
        _keyed(figure, [*figures, *line, *targets])
        return figure

    return Chart(draw, lang, _together(figures=known, line=curve), {}, known.empty)


def areas(
    series: pd.DataFrame, lang: str = "zh", *, named: Sequence[str] | None = None, own: str = "",
    names: Mapping[str, str] | None = None, about: Mapping[str, str] | None = None,
) -> Chart:  # fmt: skip
    """How did the indicator go in the areas: some by name and colour, the others and their median as context?

    The median stands for the years of which half of the areas or more have figures.

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
    about
        As for `fan`.
    """
    rows = tidy(series)
    rows = rows.dropna(subset=["value"]).drop_duplicates(["area", "year"], keep="last")
    last = rows.sort_values("year").groupby("area")["value"].last().sort_values(ascending=False)
    if named is None:
        named = last.index if len(last) <= 6 else last.index[:3]
    shown = list(dict.fromkeys([area for area in (own, *named) if area in last.index]))
    names = {area: area for area in last.index} | dict(names or {})
    lines = dict(list(rows.groupby("area", sort=False)))
    colours = dict(zip([area for area in shown if area != own], _CYCLE, strict=False)) | {own: _RED}
    middle = rows.groupby("year")["value"].agg(["median", "size"])
    middle = middle.loc[middle["size"] >= len(lines) / 2, "median"]

    def draw(lang: str) -> Figure:
        figure, axes = sheet(max(HEIGHT_MM, 26 + 3.3 * (len(shown) + 1)), (19, 40, 6, 7))
        reach(axes, about, lang, rows["value"])
        for area in (one for one in lines if one not in shown):
            axes.plot(lines[area]["year"], lines[area]["value"], color="#CBD2D9", linewidth=0.8, zorder=1)
        for area in shown:
            look = {"color": colours[area], "linewidth": 2.2 if area == own else 1.4, "zorder": 3}
            axes.plot(lines[area]["year"], lines[area]["value"], **look)
        ends = []
        for area in sorted(shown):
            end = lines[area].iloc[-1]
            digits = end.get("published") or "{value}"
            ends.append((end["year"], end["value"], f"{names[area]} {digits}", colours[area]))
        if len(lines) - len(shown) > 1 and len(middle):
            look = {"color": style.GREY, "linestyle": "--", "linewidth": 1.3, "zorder": 2}
            axes.plot(middle.index, middle, **look)
            words = label("chart.median_of", lang, count=len(lines))
            ends.append((middle.index[-1], middle.iloc[-1], f"{words} {{value}}", style.GREY))
        directly(axes, rows["year"].max() if len(rows) else 0, ends)
        return figure

    return Chart(draw, lang, rows.assign(named=rows["area"].isin(shown)), {}, rows.empty)


def _keyed(figure: Figure, handles: Sequence[Artist]) -> None:
    """The legend, three in a row; the frame makes room for a row more than usual."""
    (axes,) = figure.axes
    box = axes.get_position()
    high = min(box.y1, 1 - (6.5 + 4.5 * -(-len(handles) // 3)) / HEIGHT_MM)
    axes.set_position((box.x0, box.y0, box.width, high - box.y0))
    legend(figure, handles, 3)


def _bands(axes: Axes, known: pd.DataFrame, ahead: pd.DataFrame, lang: str) -> list[Artist]:
    """Median and bands, starting from the last known figure."""
    if ahead.empty or known.empty:
        return []
    last, handles = known.iloc[-1], []
    years = [last["year"], *ahead["year"]]
    for level in (level for level in _STRENGTH if f"lo{level}" in ahead):
        low, high = ([last["value"], *ahead[f"{side}{level}"]] for side in ("lo", "hi"))
        edge = ([*years, *reversed(years)], [*low, *reversed(high)])  # half the time of `fill_between`
        axes.fill(*edge, color=_BLUE, alpha=_STRENGTH[level], linewidth=0, zorder=1)
        strength = _STRENGTH[level] + 0.12 * (95 - level) / 15  # of the bands that lie on one another
        handles.insert(0, _patch(strength, label(f"chart.band{level}", lang)))
    look = style.ROLES["projection"].look(marker=False)
    axes.plot(years, [last["value"], *ahead["mean"]], zorder=2, **look)
    return [handle(label("chart.median", lang), **look), *handles]


def _outcomes(axes: Axes, ahead: pd.DataFrame, goal: Goal | None, last: float, lang: str) -> list[Artist]:
    """Twenty equally likely outcomes in the target's year, filled where the target is reached."""
    at = ahead[ahead["year"] == goal.year] if goal is not None and len(ahead) else ahead.head(0)
    if at.empty or any(f"lo{level}" not in at for level in OUTCOMES):
        return []
    ends = np.sort([at[f"{side}{level}"].iloc[0] for level in OUTCOMES for side in ("lo", "hi")])
    met = (goal.value <= ends) & (ends <= goal.upper) if goal.direction == "up" else ends <= goal.value
    beside = goal.year + 0.025 * (last - axes.dataLim.x0)
    look = {"color": _RED, "marker": "o", "linestyle": "", "markersize": 3}
    for part, face in ((ends[met], _RED), (ends[~met], "white")):
        years = np.full(len(part), beside)
        axes.plot(years, part, markerfacecolor=face, markeredgewidth=0.6, zorder=4, **look)
    return [handle(label("chart.outcomes", lang), markerfacecolor="white", **look)]


def _curve(axes: Axes, curve: pd.DataFrame, lang: str) -> list[Artist]:
    """The line with its interval and that of a single figure; dashed where it is only extended."""
    if curve.empty:
        return []
    for _, part in curve.groupby("basis", sort=False):
        span, beyond = part[part["part"] == "span"], part[part["part"] == "ahead"]
        for name, strength in (("prediction", 0.15), ("mean", 0.28)):
            if f"{name}_low" in part:
                low, high = (part[f"{name}_{end}"].astype(float) for end in ("low", "high"))
                axes.fill_between(part["year"], low, high, color=_BLUE, alpha=strength, linewidth=0)
        for piece, line in ((span, "-"), (pd.concat([span.tail(1), beyond]), "--")):
            if len(piece) > 1:
                axes.plot(piece["year"], piece["value"], color=_BLUE, linestyle=line, zorder=2)
    lines = {"-": "chart.trend", "--": "explore.chart.extended"}
    handles = [handle(label(words, lang), color=_BLUE, linestyle=line) for line, words in lines.items()]
    handles.append(_patch(0.4, label("chart.trend_interval", lang)))
    if "prediction_low" in curve and curve["prediction_low"].notna().any():
        handles.append(_patch(0.15, label("chart.figure_interval", lang)))
    return handles


def _plotted(
    axes: Axes, frame: pd.DataFrame, words: str, look: Mapping[str, str], **more: object
) -> list[Artist]:
    """The figures of a frame, if there are any."""
    drawn = frame.dropna(subset=["year", "value"])
    if drawn.empty:
        return []
    axes.plot(drawn["year"], drawn["value"], **look, **more)
    return [handle(words, **look)]


def _figures(axes: Axes, known: pd.DataFrame, lang: str, *, joined: bool = True) -> list[Artist]:
    """The figures; a line only within one basis, for different bases do not join; rings if not final."""
    look = style.ROLES["actual"].look(line=joined)
    handles = [handle(label("chart.actual", lang), **look)]
    parts = known.groupby("basis", sort=False) if "basis" in known else [("", known)]
    for _, part in parts if len(known) else ():
        drawn = part.dropna(subset=["year", "value"])
        axes.plot(drawn["year"], drawn["value"], markeredgewidth=0, zorder=3, **look)
        if "status" in part:
            rings = part[part["status"].isin(UNSURE)]
            handles[1:] = _plotted(axes, rings, label("chart.unsure", lang), RING, zorder=4) or handles[1:]
        if "published" in part:
            places = part[["year", "value"]].to_numpy(float)
            style.hover(axes.figure, axes.transData, places, [[_pointed(row)] for _, row in part.iterrows()])
    return handles


def _pointed(row: pd.Series) -> str:
    """What stands beside a figure when it is pointed at: period, digits, source."""
    parts = [f"{row.get('period', row['year'])}: {row['published']}", row.get("source", "")]
    return " · ".join(filter(None, parts))


def _goals(axes: Axes, goal: Goal | None, plan_goal: Goal | None, lang: str) -> list[Artist]:
    """The target as a filled mark, the plan's own beside a moved one as a ring."""
    look, handles = style.ROLES["target"].look(line=False), []
    own = (goal, "chart.target", look | {"markerfacecolor": _RED})
    plans = (plan_goal, "explore.chart.plan_target", look | {"markerfacecolor": "white"})
    for one, words, face in (own, plans):
        if one is not None:
            axes.plot(one.year, one.value, zorder=5, **face)
            handles.append(handle(label(words, lang), **face))
    return handles


def _ends(
    ahead: pd.DataFrame, goal: Goal | None, lang: str, middle: str = "{value}"
) -> list[tuple[float, float, str, str]]:
    """What is written at the right: the target, and the middle of the fan in its last year."""
    words = []
    if goal is not None:
        text = goal.words.get(lang) or f"{label('chart.target', lang)} {{value}}"
        words.append((goal.year, goal.value, text, _RED))
    if len(ahead):
        text = f"{label('chart.median_short', lang)} {middle}"
        words.append((ahead["year"].iloc[-1], ahead["mean"].iloc[-1], text, _BLUE))
    return words


def _together(**frames: pd.DataFrame) -> pd.DataFrame:
    """All that is drawn in one frame: what a row is stands in ``what``."""
    parts = [frame.assign(what=name) for name, frame in frames.items() if len(frame)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"what": []})


def _patch(strength: float, words: str) -> Artist:
    return Patch(facecolor=_BLUE, alpha=strength, linewidth=0, label=words)
