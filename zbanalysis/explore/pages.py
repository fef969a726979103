"""The pages of the panel: tables in words, charts, exact numbers, the ends of the slider."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.explore import tables as shown
from zbanalysis.explore.said import STATED_AS_VALUE, goal_words
from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.chapters.appendix import source_line
from zbanalysis.report.charts import Chart, single
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from zbanalysis.explore.facts import Facts

STEPS = 200
"""About so many positions a slider has from end to end."""

GROWTH_LIMITS = (-10.0, 40.0)
"""Ends of the slider for a target in % a year."""


class Lazy(Mapping[str, pd.DataFrame]):
    """Frames by page, each made when it is first looked at: a slider needs those in sight only."""

    def __init__(self, work: dict[str, Callable[[], pd.DataFrame]]) -> None:
        self._work, self._made = work, {}

    def __getitem__(self, page: str) -> pd.DataFrame:
        if page not in self._made:
            self._made[page] = self._work[page]()
        return self._made[page]

    def __iter__(self) -> Iterator[str]:
        return iter(self._work)

    def __len__(self) -> int:
        return len(self._work)


def tables_of(facts: Facts) -> Lazy:
    """The table of each page, in the reader's language."""
    row, lang = facts.row, facts.state.lang
    model = facts.shown["model"] if facts.shown["status"] == "fitted" else ""
    bases = facts.question.dataset.bases
    return Lazy(
        {
            "outlook": lambda: shown.ahead(row, facts.fan, lang),
            "trend": lambda: shown.fits(row, facts.fits, model, lang),
            "areas": lambda: shown.areas(row, facts.compared, lang),
            "figures": lambda: shown.figures(facts.seen, bases, facts.sources, lang),
        }
    )


def charts_of(facts: Facts) -> dict[str, Chart]:
    """The chart of each page that has one; nothing is drawn yet."""
    row, lang, known = facts.row, facts.state.lang, facts.known
    about, goal = {lang: _about(row, lang)}, _goal(facts)
    older = facts.seen[facts.seen["standing"] == "superseded"]
    drawn = {
        "outlook": single.fan(
            known, facts.fan, lang, goal=goal, plan_goal=_plan_goal(facts), path=facts.path, older=older,
            about=about, own_path=not facts.question.moved,
        ),
        "trend": single.trend(known, facts.curve, lang, goal=goal, about=about),
    }  # fmt: skip
    provinces = facts.question.dataset.areas.query("level == 'province'")["area"]
    lines = facts.lines[facts.lines["area"].isin([*provinces, *facts.compared["area"]])]
    if lines["area"].ne(row["area"]).any():
        drawn["areas"] = single.areas(
            lines, lang, named=list(facts.compared["area"]), own=row["area"], names=facts.names, about=about
        )
    return drawn


def _about(row: pd.Series, lang: str) -> str:
    """Name and unit of the indicator."""
    name, unit = wording.name(row, lang), row[f"unit_{lang}"]
    return name if name.endswith(unit) else f"{name}{cells.bracketed(unit, lang)}"


def _goal(facts: Facts) -> single.Goal | None:
    row, lang = facts.row, facts.state.lang
    if pd.isna(row["aim"]):
        return None
    words = label("explore.chart.target", lang, value=goal_words(facts, row))
    return single.Goal(row["target_position"], row["aim"], {lang: words}, row["direction"])


def _plan_goal(facts: Facts) -> single.Goal | None:
    """The plan's own target beside a moved one; the value at the end of a rate would need its own figures."""
    plan_row = facts.plan_row
    if plan_row is None or plan_row["kind"] not in STATED_AS_VALUE or pd.isna(plan_row["target_value"]):
        return None
    return single.Goal(plan_row["target_position"], plan_row["target_value"])


def sources_of(facts: Facts) -> list[str]:
    """The sources as a reader finds them."""
    return [source_line(row, facts.state.lang) for _, row in facts.sources.iterrows()]


AHEAD = ("year", "mean", "lo80", "hi80", "lo95", "hi95")
"""What is saved of the years ahead."""

KEPT = (
    "area", "indicator", "plan", "kind", "target_period", "target_value", "aim", "current_period",
    "current_value", "points", "years_left", "chance", "verdict", "verdict_reason", "median", "low80",
    "high80", "low95", "high95", "value_at_50", "value_at_80", "needed", "needed_measure", "recent_pace",
    "class_rate", "comparable_rate", "comparable_windows", "comparable_areas",
)  # fmt: skip
"""What is saved of the question and its answer."""


def data_of(facts: Facts) -> Lazy:
    """Exact numbers behind the pages, as they are saved."""
    return Lazy(
        {
            "question": lambda: _question(facts),
            "ahead": lambda: facts.fan[list(AHEAD)].rename(columns={"mean": "median"}).reset_index(drop=True),
            "trend": lambda: facts.fits.drop(columns="series", errors="ignore").reset_index(drop=True),
            "figures": lambda: facts.seen,
            "areas": lambda: facts.compared,
        }
    )


def _question(facts: Facts) -> pd.DataFrame:
    about = facts.row[list(KEPT)].to_frame().T
    return about.assign(as_of=facts.state.as_of, method=facts.state.method).reset_index(drop=True)


def limits(facts: Facts) -> tuple[float, float, float]:
    """Lower and upper end and step of the target's slider: what lies around figures and target.

    Returns
    -------
    tuple
        Ends on whole steps; the step is 1, 2 or 5 times a power of ten.
    """
    row, preset = facts.row, facts.question.preset_value
    asked = [value for value in (preset, row["target_value"]) if pd.notna(value)]
    if row["kind"] not in STATED_AS_VALUE:
        low, high = min([GROWTH_LIMITS[0], *asked]), max([GROWTH_LIMITS[1], *asked])
    else:
        around = [*facts.known["value"].tail(1), *asked] or [0.0, 1.0]
        room = max(max(around) - min(around), 0.5 * max(map(abs, around)), 1e-9)
        low, high = min(around) - room, max(around) + 1.5 * room
        if pd.notna(row["lower_bound"]):
            low = max(low, min([row["lower_bound"], *asked]))
        if pd.notna(row["upper_bound"]):
            high = min(high, max([row["upper_bound"], *asked]))
    step = _step((high - low) / STEPS)
    if row["scale"] in ("count", "rank") and row["kind"] in STATED_AS_VALUE:
        step = max(step, 1.0)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _step(rough: float) -> float:
    """The next of 1, 2, 5 times a power of ten.

    Examples
    --------
    >>> _step(0.3), _step(13), _step(0.0015)
    (0.5, 20.0, 0.002)
    """
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
