"""Small multiples: the plan's path, trends, projections with their chance, and an area's indicators."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import Chart
from zbanalysis.report.charts.multiples import Panel, band, chart, handle, titles
from zbanalysis.report.charts.single import OUTCOMES
from zbanalysis.report.words import label

SHOWN = 12
"""Panels of an area's chart."""

_STRENGTH = {95: 0.18, 80: 0.28}


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
    rows = progress[progress["target"].isin(history["target"])]
    panels = []
    for _, row in rows.iterrows():
        panel = _panel(row, history)
        _asked(panel, row, plan_paths)
        if row["kind"] in ("level", "floor", "ceiling", "keep"):
            _target(panel, row, row["target_value"])
        panels.append(panel)

    def handles(lang: str) -> list[object]:
        return [
            handle("actual", "chart.actual", lang),
            handle("plan_path", "chart.plan_path", lang),
            handle("target", "chart.target", lang, line=False),
        ]

    data = history[history["target"].isin(rows["target"])]
    return chart(_apart(panels, rows), handles, lang, data, 36.0)


def trends(
    rows: pd.DataFrame, history: pd.DataFrame, curve: pd.DataFrame, lang: str = "zh", most: int | None = None
) -> Chart:
    """Which line does each indicator follow, and how closely?

    Parameters
    ----------
    rows
        From `progress.progress` or `areas.indicators`.
    history
        From `progress.history` or `areas.history`.
    curve
        The chosen lines from `trend.fitted`: ``series, year, basis, value, mean_low, mean_high``.
    most
        So many panels, of the longest histories; None for all.
    """
    kept = shown(rows, history["target"][history["target"].isin(curve["series"])], most)
    panels = []
    for _, row in kept.iterrows():
        panel = _panel(row, history, joined=False)
        for _, part in curve[curve["series"] == row["target"]].groupby("basis", sort=False):
            years = part["year"].tolist()
            panel.bands.append((years, part["mean_low"].tolist(), part["mean_high"].tolist(), 0.28))
            panel.lines.insert(0, (years, part["value"].tolist(), "trend", True, False))
            panel.points[:0] = [
                (year, value, "chart.trend", _computed(value, row), "", "")
                for year, value in zip(years, part["value"], strict=True)
            ]  # fmt: skip
        panels.append(panel)

    def handles(lang: str) -> list[object]:
        return [
            handle("actual", "chart.actual", lang, line=False),
            handle("trend", "chart.trend", lang, marker=False),
            band(0.28, label("chart.trend_interval", lang)),
        ]

    return chart(panels, handles, lang, curve[curve["series"].isin(kept["target"])], 27.0)


def fans(
    progress: pd.DataFrame, outlook: pd.DataFrame, history: pd.DataFrame, plan_paths: pd.DataFrame,
    fan: pd.DataFrame, lang: str = "zh",
) -> Chart:  # fmt: skip
    """Where may each indicator be by the target year, is the target within that, and what would it take?

    Parameters
    ----------
    progress, history, plan_paths
        As for `paths`.
    outlook
        From `targets.feasibility`, with the verdict's ``chance_shown`` where it was joined.
    fan
        From `targets.fans`; with the levels of `single.OUTCOMES` twenty equally likely outcomes stand beside
        the target year.
    """
    rows = _drawn(progress, outlook, history, fan)
    panels = _ahead_of_targets(rows, history, fan, plan_paths)
    for panel, (_, row) in zip(panels, rows.iterrows(), strict=True):
        panel.outcomes = _outcomes(fan[fan["target"] == row["target"]], row)
        panel.note = {lang: _pace(row, lang) for lang in ("zh", "en")}
    with_outcomes = any(panel.outcomes for panel in panels)

    def handles(lang: str) -> list[object]:
        dots = [handle("outcome", "chart.outcomes", lang, line=False)] if with_outcomes else []
        return [
            *_fan_handles(lang),
            handle("plan_path", "chart.plan_path", lang),
            handle("target", "chart.target_chance", lang, line=False),
            *dots,
        ]

    data = fan[fan["target"].isin(rows["target"])]
    return chart(_apart(panels, rows), handles, lang, data, 38.0, 3)


def area_outlook(
    rows: pd.DataFrame,
    history: pd.DataFrame,
    fan: pd.DataFrame,
    first_end: int | None = None,
    lang: str = "zh",
) -> Chart:
    """Where may each indicator be: yearly to the next plan's end, then as the interval of the last year.

    Parameters
    ----------
    rows
        From `areas.indicators`.
    history
        From `areas.history`.
    fan
        From `areas.fans`.
    first_end
        Year in which the next plan ends; None for the fan to its end.
    """
    kept = shown(rows, history["target"][history["target"].isin(fan["target"])])
    panels = []
    for _, row in kept.iterrows():
        own = fan[fan["target"] == row["target"]]
        near = own if first_end is None else own[own["year"] <= first_end]
        panel = _fan(row, history, near, levels=(80,))
        if len(near) < len(own):
            last = own.iloc[-1]
            panel.bars = [(last["year"], last[f"lo{level}"], last[f"hi{level}"], strength)
                          for level, strength in _STRENGTH.items()]  # fmt: skip
            panel.lines.append(([last["year"]], [last["mean"]], "projection", False, True))
            panel.points += _ahead(own.tail(1), row)
        panels.append(panel)

    def handles(lang: str) -> list[object]:
        return _fan_handles(lang)

    return chart(panels, handles, lang, fan[fan["target"].isin(kept["target"])], 27.0)


def yardstick(
    found: pd.DataFrame, outlook: pd.DataFrame, history: pd.DataFrame, fan: pd.DataFrame, path: pd.DataFrame,
    lang: str = "zh",
) -> Chart:  # fmt: skip
    """Where does the area stand on the way that the plan asks for?

    Parameters
    ----------
    found
        From `yardstick.standing`.
    outlook, fan
        From `targets.feasibility` and `targets.fans`.
    history
        From `progress.history`.
    path
        From `pathway.path`.
    """
    rows = _drawn(found, outlook, history, path)
    panels = _ahead_of_targets(rows, history, fan, path)

    def handles(lang: str) -> list[object]:
        return [
            *_fan_handles(lang),
            handle("plan_path", "chart.area_path", lang),
            handle("target", "chart.area_target", lang, line=False),
        ]

    return chart(_apart(panels, rows), handles, lang, fan, 42.0, 3)


def shown(rows: pd.DataFrame, names: pd.Series, most: int | None = SHOWN) -> pd.DataFrame:
    """The rows that are drawn, in their order: at most so many, those that ``names`` holds most often."""
    count = names.value_counts()
    kept = rows[rows["target"].isin(count.index)]
    longest = kept["target"].map(count).sort_values(ascending=False, kind="stable").index[:most]
    return kept.loc[sorted(longest)]


def _panel(row: pd.Series, history: pd.DataFrame, *, joined: bool = True) -> Panel:
    """The published figures; a line only within one basis, for different bases do not join."""
    panel = Panel(titles(row), whole=row["scale"] in ("count", "rank"))
    known = history[history["target"] == row["target"]].sort_values("position")
    for _, part in known.groupby("basis", sort=False):
        panel.lines.append((part["position"].tolist(), part["value"].tolist(), "actual", joined, True))
    known = known[known["value"].notna()]
    panel.points += [
        (one["position"], one["value"], "chart.actual", one.get("published") or _computed(one["value"], row),
         one.get("period", ""), one.get("source", ""))
        for one in known.to_dict("records")
    ]  # fmt: skip
    return panel


def _fan(
    row: pd.Series, history: pd.DataFrame, fan: pd.DataFrame, levels: tuple[int, ...] = (95, 80)
) -> Panel:
    """Figures, median and bands, which start from the last figure."""
    panel, ahead = _panel(row, history), fan[fan["target"] == row["target"]]
    last = history[history["target"] == row["target"]].sort_values("position").iloc[-1]
    if len(ahead):
        years = [last["position"], *ahead["year"].astype(float)]
        for level in levels:
            low, high = ([last["value"], *ahead[f"{side}{level}"]] for side in ("lo", "hi"))
            panel.bands.append((years, low, high, _STRENGTH[level]))
        panel.lines.insert(0, (years, [last["value"], *ahead["mean"]], "projection", True, False))
        panel.points[:0] = _ahead(ahead, row)
    return panel


def _ahead(fan: pd.DataFrame, row: pd.Series) -> list[tuple[float, float, str, str, str, str]]:
    """The middle of the fan with its interval, for each year ahead."""
    found = []
    for one in fan.itertuples():
        middle, low, high = (_computed(value, row) for value in (one.mean, one.lo80, one.hi80))
        found.append((float(one.year), one.mean, "chart.median_interval", f"{middle} [{low}–{high}]", "", ""))
    return found


def _computed(value: float, row: pd.Series) -> str:
    """A value of the indicator, as fine as its printed figures."""
    if "published_base_value" in row:
        return str(cells.computed(value, row))
    return wording.number(value, 0 if row["scale"] in ("count", "rank") else 2)


def _drawn(
    found: pd.DataFrame, outlook: pd.DataFrame, history: pd.DataFrame, needed: pd.DataFrame
) -> pd.DataFrame:
    """Targets with their outlook, of those with figures and with what their panel cannot do without."""
    rows = found.join(outlook.drop(columns=outlook.columns.intersection(found.columns)))
    return rows[rows["target"].isin(needed["target"]) & rows["target"].isin(history["target"])]


def _ahead_of_targets(
    rows: pd.DataFrame, history: pd.DataFrame, fan: pd.DataFrame, path: pd.DataFrame
) -> list[Panel]:
    """A panel a target: its fan, the way asked for, the target and its chance."""
    panels = []
    for _, row in rows.iterrows():
        panel = _fan(row, history, fan)
        _asked(panel, row, path)
        _target(panel, row, row["aim"])
        panel.chance = {lang: _chance(row, lang) for lang in ("zh", "en")}
        panels.append(panel)
    return panels


def _apart(panels: list[Panel], rows: pd.DataFrame) -> list[Panel]:
    """Panels of one indicator with targets of several years say which year each is for."""
    names = [panel.title["en"] for panel in panels]
    for panel, (_, row) in zip(panels, rows.iterrows(), strict=True):
        if names.count(panel.title["en"]) > 1:
            year = {lang: wording.position(row["target_position"], lang) for lang in ("zh", "en")}
            panel.title = {lang: f"{words} · {year[lang]}" for lang, words in panel.title.items()}
    return panels


def _asked(panel: Panel, row: pd.Series, path: pd.DataFrame) -> None:
    """The way that the plan asks for, below all else."""
    asked = path[path["target"] == row["target"]]
    places, values = asked["position"].tolist(), asked["value"].tolist()
    panel.lines.insert(0, (places, values, "plan_path", True, False))
    panel.points[:0] = [
        (place, value, "chart.plan_path", _computed(value, row), "", "")
        for place, value in zip(places, values, strict=True)
    ]


def _target(panel: Panel, row: pd.Series, aim: float) -> None:
    panel.lines.append(([row["target_position"]], [aim], "target", False, True))
    panel.points.append(
        (row["target_position"], aim, "chart.target", _computed(aim, row), "", row.get("source", ""))
    )


def _outcomes(fan: pd.DataFrame, row: pd.Series) -> list[tuple[float, bool]]:
    if fan.empty or any(f"lo{level}" not in fan for level in OUTCOMES):
        return []
    last = fan.iloc[-1]
    ends = [last[f"{side}{level}"] for level in OUTCOMES for side in ("lo", "hi")]
    sign = -1 if row["direction"] == "down" else 1
    return [(value, sign * (value - row["aim"]) >= 0) for value in ends]


def _chance(row: pd.Series, lang: str) -> str:
    """The chance as every table prints it; nothing where there is none."""
    chance = row["chance_shown"] if "chance_shown" in row else row["chance"]
    return "" if wording.missing(chance) else wording.chance(chance, lang)


def _pace(row: pd.Series, lang: str) -> str:
    """What is needed a year, the recent pace, and how often others did as much, in one line."""
    if wording.missing(row["needed"]) or not row["needed_measure"]:
        return ""
    parts = [label("chart.needed", lang, value=cells.needed(row, lang))]
    if not wording.missing(row.get("recent_pace")):
        pace = cells.amount(row["recent_pace"], row["needed_measure"], row, lang)
        parts.append(label("chart.recent", lang, value=pace))
    if not wording.missing(row.get("comparable_rate")):
        parts.append(label("chart.others", lang, value=wording.percent(row["comparable_rate"], 0)))
    return label("chart.parts", lang).join(parts)


def _fan_handles(lang: str) -> list[object]:
    return [
        handle("actual", "chart.actual", lang),
        handle("projection", "chart.median", lang, marker=False),
        band(0.45, label("chart.band80", lang)),
        band(0.18, label("chart.band95", lang)),
    ]
