"""Small multiples: the plan's path, trends, projections with their chance, and an area's indicators."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.data.schema import EVERY_YEAR, RANGES, STATED_AS_VALUE, SUMS
from zbanalysis.plan import inputs, kinds
from zbanalysis.report import cells, style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import UNSURE, Chart
from zbanalysis.report.charts.multiples import RINGS, Panel, chart, titles
from zbanalysis.report.charts.single import OUTCOMES
from zbanalysis.report.words import label

SHOWN = 12
"""Panels of an area's chart."""

_STRENGTH = {95: 0.18, 80: 0.28}
_ALONE = 0.45
"""Strength of an 80% band that lies on no other."""

_ACTUAL = {"actual": "chart.actual", RINGS: "chart.unsure"}
_BANDS = {_STRENGTH[level]: f"chart.band{level}" for level in (80, 95)}
_AHEAD = {**_ACTUAL, "projection": "chart.median", **_BANDS}


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
        if row["kind"] in STATED_AS_VALUE:
            _target(panel, row, row["target_value"])
        panels.append(panel)
    judged = rows[rows["target"].isin(plan_paths["target"]) & rows["status"].isin(style.STATUSES[:4])]
    heading = _finding("paths", len(judged), int((judged["status"] != "behind").sum()))
    handles = _ACTUAL | {"plan_path": "chart.plan_path", "target": "chart.target"}
    data = history[history["target"].isin(rows["target"])]
    return chart(_apart(panels, rows), handles, lang, data, 36.0, heading=heading)


def _finding(name: str, total: int, count: int) -> dict[str, str]:
    """How many of those drawn; of one alone its panel says it."""
    if total < 2:
        return {}
    part = {0: "none", total: "all"}.get(count, "some")
    words = {"total": total, "count": count, "rest": total - count}
    return {lang: label(f"chart.finding.{name}_{part}", lang, **words) for lang in ("zh", "en")}


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
    # Several targets of one indicator have one trend.
    rows = rows.drop_duplicates([name for name in ("area", "indicator") if name in rows] or ["target"])
    kept = shown(rows, history["target"][history["target"].isin(curve["series"])], most)
    panels, rises = [], []
    for _, row in kept.iterrows():
        panel = _panel(row, history, single=True)
        own = curve[curve["series"] == row["target"]]
        rises.append(own["value"].iloc[-1] - own.loc[own["basis"] == own["basis"].iloc[-1], "value"].iloc[0])
        panel.widest = _STRENGTH[80]
        for _, part in own.groupby("basis", sort=False):
            possible = part[["mean_low", "mean_high"]].clip(row.get("lower_bound"), row.get("upper_bound"))
            ends = (possible[end].tolist() for end in possible)
            panel.bands.append((part["year"].tolist(), *ends, panel.widest))
            _below(panel, "trend", part["year"], part["value"], row)
        panels.append(panel)
    handles = _ACTUAL | {"trend": "chart.trend", _STRENGTH[80]: "chart.trend_interval"}
    heading = {} if 0 in rises else _finding("trends", len(rises), sum(rise > 0 for rise in rises))
    return chart(panels, handles, lang, curve[curve["series"].isin(kept["target"])], 27.0, heading=heading)


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
        for of in ("zh", "en"):
            both = filter(None, [panel.note.get(of), _pace(row, of)])
            panel.note[of] = label("chart.parts", of).join(both)
    handles = _AHEAD | {"plan_path": "chart.plan_path", "target": "chart.target_chance",
                        "outcome": "chart.outcomes"}  # fmt: skip
    data = fan[fan["target"].isin(rows["target"])]
    return chart(_apart(panels, rows), handles, lang, data, 38.0, 3, _likely(rows))


def _likely(rows: pd.DataFrame) -> dict[str, str]:
    chances = rows["chance"].dropna()
    return _finding("fans", len(chances), int((chances >= 0.5).sum()))


def area_outlook(
    rows: pd.DataFrame, history: pd.DataFrame, fan: pd.DataFrame, first_end: int | None = None,
    lang: str = "zh",
) -> Chart:  # fmt: skip
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
    panels, above = [], 0
    for _, row in kept.iterrows():
        own = fan[fan["target"] == row["target"]]
        near = own if first_end is None else own[own["year"] <= first_end]
        panel = _fan(row, history, near, {80: _ALONE})
        above += own["lo80"].iloc[-1] > counted(row, history)["value"].iloc[-1]
        if len(near) < len(own):
            last = own.iloc[-1]
            panel.bands += [([last["year"]], [last[f"lo{level}"]], [last[f"hi{level}"]], strength)
                            for level, strength in _STRENGTH.items()]  # fmt: skip
            panel.lines.append(([last["year"]], [last["mean"]], "projection", False, True))
            panel.points += _ahead(own.tail(1), row)
        panels.append(panel)
    data = fan[fan["target"].isin(kept["target"])]
    return chart(panels, _AHEAD, lang, data, 27.0, heading=_finding("areas", len(panels), int(above)))


def yardstick(
    assessed: pd.DataFrame, outlook: pd.DataFrame, history: pd.DataFrame, fan: pd.DataFrame,
    path: pd.DataFrame, lang: str = "zh",
) -> Chart:  # fmt: skip
    """Where does the area stand on the way that the plan asks for?

    Parameters
    ----------
    assessed
        From `yardstick.standing`.
    outlook, fan
        From `targets.feasibility` and `targets.fans`.
    history
        From `progress.history`.
    path
        From `pathway.path`.
    """
    rows = _drawn(assessed, outlook, history, path)
    panels = _ahead_of_targets(rows, history, fan, path)
    chances = any(panel.chance["en"] for panel in panels)
    handles = _AHEAD | {"plan_path": "chart.area_path",
                        "target": "chart.area_target" if chances else "chart.area_aim"}  # fmt: skip
    return chart(_apart(panels, rows), handles, lang, fan, 42.0, 3, _likely(rows))


def shown(rows: pd.DataFrame, names: pd.Series, most: int | None = SHOWN) -> pd.DataFrame:
    """The rows that are drawn, in their order: at most so many, those that ``names`` holds most often."""
    count = names.value_counts()
    kept = rows[rows["target"].isin(count.index)]
    longest = kept["target"].map(count).sort_values(ascending=False, kind="stable").index[:most]
    return kept.loc[sorted(longest)]


def counted(row: pd.Series, history: pd.DataFrame) -> pd.DataFrame:
    """The figures of a target by year; of one that is a sum, what has come together."""
    known = history[history["target"] == row["target"]].sort_values("position")
    if row.get("kind") not in SUMS or wording.missing(row["base_position"]):
        return known
    total = inputs.running_total(known, row["base_position"])
    return total.drop(columns=["published", "period", "source"], errors="ignore")


def _panel(row: pd.Series, history: pd.DataFrame, *, single: bool = False) -> Panel:
    """The published figures; a line only within one basis, for different bases do not join.

    ``single`` figures are neither joined nor summed.
    """
    panel = Panel(titles(row), whole=row["scale"] in ("count", "rank"))
    known = counted(row.drop("kind", errors="ignore") if single else row, history)
    if "published" in history and "published" not in known:
        panel.note = {lang: label("chart.together", lang) for lang in ("zh", "en")}
    parts = [(part, "actual", not single) for _, part in known.groupby("basis", sort=False)]
    known = known[known["value"].notna()]
    if "status" in known:
        parts.append((known[known["status"].isin(UNSURE)], RINGS, False))
    for part, role, line in parts:
        panel.lines.append((part["position"].tolist(), part["value"].tolist(), role, line, True))
    panel.points += [
        (one["position"], one["value"], "chart.actual", one.get("published") or _computed(one["value"], row),
         one.get("period", ""), one.get("source", ""))
        for one in known.to_dict("records")
    ]  # fmt: skip
    return panel


def _below(panel: Panel, role: str, years: pd.Series, values: pd.Series, row: pd.Series) -> None:
    """A computed line below all else, with its points."""
    places = list(zip(years, values, strict=True))
    panel.lines.insert(0, (years.tolist(), values.tolist(), role, True, False))
    panel.points[:0] = [(*place, f"chart.{role}", _computed(place[1], row), "", "") for place in places]


def _fan(
    row: pd.Series, history: pd.DataFrame, fan: pd.DataFrame, levels: Mapping[int, float] = _STRENGTH
) -> Panel:
    """Figures, median and bands, which start from the last figure."""
    panel, ahead = _panel(row, history), fan[fan["target"] == row["target"]]
    panel.widest = _STRENGTH[95]
    if len(ahead):
        last = counted(row, history).iloc[-1]
        years = [last["position"], *ahead["year"].astype(float)]
        for level, strength in levels.items():
            low, high = ([last["value"], *ahead[f"{side}{level}"]] for side in ("lo", "hi"))
            panel.bands.append((years, low, high, strength))
        panel.lines.insert(0, (years, [last["value"], *ahead["mean"]], "projection", True, False))
        panel.points[:0] = _ahead(ahead, row)
    return panel


def _ahead(fan: pd.DataFrame, row: pd.Series) -> list[tuple[float, float, str, str, str, str]]:
    """The middle of the fan with its interval, for each year ahead."""
    points = []
    for one in fan.itertuples():
        middle, low, high = (_computed(value, row) for value in (one.mean, one.lo80, one.hi80))
        points.append((one.year, one.mean, "chart.median_interval", f"{middle} [{low}–{high}]", "", ""))
    return points


def _computed(value: float, row: pd.Series) -> str:
    """A value of the indicator, as fine as its printed figures."""
    if "published_base_value" in row:
        return str(cells.computed(value, row))
    return wording.number(value, 0 if row["scale"] in ("count", "rank") else 2)


def _drawn(
    assessed: pd.DataFrame, outlook: pd.DataFrame, history: pd.DataFrame, needed: pd.DataFrame
) -> pd.DataFrame:
    """Targets with their outlook, of those with figures and with what their panel cannot do without."""
    rows = assessed.join(outlook.drop(columns=outlook.columns.intersection(assessed.columns)))
    if "chance_shown" in rows:
        rows["chance"] = rows["chance_shown"]
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
    _below(panel, "plan_path", asked["position"], asked["value"], row)


def _target(panel: Panel, row: pd.Series, aim: float) -> None:
    """The value to be reached; of a range both ends."""
    aims = [aim, row["target_upper"]] if row.get("kind") in RANGES else [aim]
    year, source = row["target_position"], row.get("source", "")
    panel.lines.append(([year] * len(aims), aims, "target", False, True))
    panel.points += [(year, one, "chart.target", _computed(one, row), "", source) for one in aims]


def _outcomes(fan: pd.DataFrame, row: pd.Series) -> list[tuple[float, bool]]:
    """Outcomes of the target year where a chance is given of it alone; a limit's is one of all years."""
    if fan.empty or any(f"lo{level}" not in fan for level in OUTCOMES):
        return []
    if not _chance(row, "en") or row["kind"] in EVERY_YEAR:
        return []
    last = fan.iloc[-1]
    ends = pd.Series(sorted(last[f"{side}{level}"] for level in OUTCOMES for side in ("lo", "hi")))
    rows = pd.DataFrame([row] * len(ends), index=ends.index)
    met = kinds.met(rows, ends, rows["aim"]).fillna(value=False)
    if row["kind"] in RANGES:
        met = ends.between(row["aim"], row["target_upper"])
    elif row["aim"] in (row.get("lower_bound"), row.get("upper_bound")):
        # At the indicator's own limit the chance counts what is printed as the limit.
        best = ends.rank(method="first", ascending=row["direction"] == "down")
        met = best <= round(len(ends) * row["chance"])
    return list(zip(ends, met, strict=True))


def _chance(row: pd.Series, lang: str) -> str:
    """The chance as every table prints it; nothing where there is none."""
    return "" if wording.missing(row["chance"]) else wording.chance(row["chance"], lang)


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
