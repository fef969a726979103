"""A choice → everything the panel shows: frames, charts, words.  No widget, no file, no effect.

The numbers come from `facts`, that is from the functions the report uses; the words from `texts`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd

from zbanalysis.data import package
from zbanalysis.data.schema import RANGES, STATED_AS_VALUE, SUMS
from zbanalysis.errors import InputError
from zbanalysis.explore import texts
from zbanalysis.explore.facts import Facts, Lazy, together
from zbanalysis.explore.question import OWN, REPORT, Memory, State, change, is_moved, kept, offered, settle
from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.charts import Chart, panels, single
from zbanalysis.report.words import label

KEPT = 2000
"""Entries after which the memory starts anew; a session seldom sees as many."""


@dataclass(frozen=True)
class View:
    """What the panel shows for a state.

    Attributes
    ----------
    state
        The state with every gap filled.
    trouble
        Why nothing can be shown, in words; empty where something is.
    value, year, horizon
        In force: as chosen, or the preset.  The value is NaN where the plan states none.
    preset_value, preset_year
        Before anything was moved.
    measure
        ``rate`` where the value is % a year, ``share_change`` … as the target's kind has it.
    name, question
        The indicator and its area; with the target and its year.
    tiles
        Heading, figure and note of the figures at the top.
    sentences
        Sentences of each page: ``outlook, trend, areas, figures``, and the sources as a reader finds them.
    tables
        Texts in the reader's language, by page.
    charts
        By page; drawn when asked for, None of a page that has none.
    data
        Exact numbers behind the pages: ``question, ahead, trend, figures, areas``.
    limits
        Lower and upper end and step of the target's slider.
    last_year
        Year of the last figure on the present definition; None where there is none.
    """

    state: State
    trouble: str = ""
    value: float = float("nan")
    year: int = 0
    horizon: int = 1
    preset_value: float = float("nan")
    preset_year: int = 0
    kind: str = "level"
    name: str = ""
    question: str = ""
    limits: tuple[float, float, float] = (0.0, 1.0, 0.1)
    last_year: int | None = None
    tiles: list[tuple[str, str, str]] = field(default_factory=list)
    sentences: Mapping[str, list[str]] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    charts: Mapping[str, Chart | None] = field(default_factory=dict)
    data: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def view(dataset: package.Dataset, state: State, memory: Memory | None = None) -> View:
    """Everything the panel shows for a state.

    Parameters
    ----------
    dataset
        From `package.load`.
    state
        As chosen; gaps are filled as `question.settle` does.
    memory
        Results kept from earlier calls with the same data set; the answer is the same without.

    Raises
    ------
    InputError
        If the target value is one that the indicator cannot have.

    Returns
    -------
    View
        What is shown, in the language of the state.

    Examples
    --------
    >>> firms = State(lang="en", plan="zibo-14", target="zibo/hightech_enterprises/level/2025")
    >>> seen = view(package.load(), firms)
    >>> seen.value, seen.year, seen.tiles[0][0]
    (1800.0, 2025, 'Chance')
    """
    memory = {} if memory is None else memory
    if len(memory) > KEPT:
        memory.clear()
    state = _settled(dataset, state, memory)
    if not state.target:
        return View(state, trouble=_trouble(dataset, state))
    _check_value(dataset, state, memory)
    answer = Facts(dataset, state, memory)
    row = answer.row
    # What is drawn and listed does not name the day: it stays where the day brought nothing new.
    drawn, listed = kept(
        memory,
        ("pages", replace(state, as_of=""), *answer.key),
        lambda: (charts_of(answer), tables_of(answer)),
    )
    return View(
        state=state,
        value=float(row["target_value"]),
        year=answer.year,
        horizon=answer.horizon,
        preset_value=answer.preset_value,
        preset_year=answer.preset_year,
        kind=row["kind"],
        name=texts.name(answer),
        question=texts.question(answer),
        limits=limits(answer),
        last_year=None if pd.isna(row["last_year"]) else int(row["last_year"]),
        tiles=texts.tiles(answer),
        sentences=texts.sentences(answer),
        tables=listed,
        charts=drawn,
        data=data_of(answer),
    )


def prepare(dataset: package.Dataset, state: State, memory: Memory) -> Iterator[None]:
    """Work out, a piece at each step, what the next choice is likely to need: the plan's other targets, then
    what another area would begin with.
    """
    planned = set(dataset.plans["area"])
    areas = [area for _, area in offered(dataset, state, "area", memory) if area not in planned]
    for one in (state, *(change(state, area=area) for area in areas[:1])):
        settled = _settled(dataset, one, memory)
        if settled.target:
            yield together(dataset, settled, memory)


def _check_value(dataset: package.Dataset, state: State, memory: Memory) -> None:
    """Refuse a target value that the indicator cannot have; figures decide what is far away."""
    if state.value is None:
        return
    bare = replace(state, value=None, year=None)
    # The same for every value: a moved slider asks for it each time.
    plain = kept(memory, ("plain", bare), lambda: Facts(dataset, bare, memory))
    preset, newest = plain.preset_value, plain.row["current_value"]
    if words := texts.impossible(plain.row, preset, newest, state.value, state.lang):
        raise InputError(words)


def _settled(dataset: package.Dataset, state: State, memory: Memory) -> State:
    """`question.settle`, which the target's value and year do not touch."""
    free = {"value": None, "year": None, "horizon": None, "method": REPORT, "line": REPORT}
    bare = replace(state, **free)
    settled = kept(memory, ("state", bare), lambda: settle(dataset, bare, memory))
    return replace(settled, **{name: getattr(state, name) for name in free})


def _trouble(dataset: package.Dataset, state: State) -> str:
    """Why there is no target to look at."""
    if state.plan == OWN:
        return label("explore.trouble.nothing", state.lang, date=wording.date(state.as_of, state.lang))
    first = dataset.targets.loc[dataset.targets["plan"] == state.plan, "known_since"].min()
    return label(
        "explore.trouble.not_published", state.lang, date=wording.date(state.as_of, state.lang),
        plan=package.plan_row(dataset, state.plan)[f"name_{state.lang}"],
        first=wording.date(str(first), state.lang),
    )  # fmt: skip


STEPS = 200
"""About so many positions a slider has from end to end."""

GROWTH_LIMITS = (-10.0, 40.0)
"""Ends of the slider for a target in % a year."""


def tables_of(facts: Facts) -> Lazy:
    """The table of each page, in the reader's language."""
    pages = {"outlook": texts.ahead, "trend": texts.fits, "areas": texts.areas, "figures": texts.figures}
    return Lazy(**{page: partial(table, facts) for page, table in pages.items()})


def charts_of(facts: Facts) -> Lazy:
    """The chart of each page; None of one that has none."""
    pages = {"outlook": _fan_chart, "trend": _trend_chart, "areas": _areas_chart}
    return Lazy(**{page: partial(chart, facts) for page, chart in pages.items()})


def _fan_chart(facts: Facts) -> Chart:
    lang, medians = facts.lang, facts.fan["mean"]
    middle = {lang: wording.number(medians.iloc[-1], cells.decimals(facts.row))} if len(medians) else None
    return single.fan(
        panels.counted(facts.row, facts.known), facts.fan, lang, goal=_goal(facts), middle=middle,
        plan_goal=_plan_goal(facts), path=facts.path, about=_about(facts), own_path=not is_moved(facts.state),
        older=facts.seen[facts.seen["standing"] == "superseded"],
    )  # fmt: skip


def _trend_chart(facts: Facts) -> Chart:
    row = facts.row
    # What comes together over the years is no value of the line through single years.
    goal = None if row["kind"] in SUMS else _goal(facts)
    limits = (row["lower_bound"], row["upper_bound"])
    return single.trend(facts.known, facts.curve, facts.lang, about=_about(facts), limits=limits, goal=goal)


def _areas_chart(facts: Facts) -> Chart | None:
    areas, own, named = facts.dataset.areas, facts.row["area"], list(facts.compared["area"])
    provinces = areas.loc[areas["level"] == "province", "area"]
    lines = facts.lines[facts.lines["area"].isin([*provinces, *named])]
    if lines["area"].eq(own).all():
        return None
    return single.areas(lines, facts.lang, named=named, own=own, names=facts.names, about=_about(facts))


def _about(facts: Facts) -> dict[str, str]:
    """Name and unit of the indicator."""
    name, unit = wording.name(facts.row, facts.lang), facts.row[f"unit_{facts.lang}"]
    return {facts.lang: name if name.endswith(unit) else f"{name}{cells.bracketed(unit, facts.lang)}"}


def _goal(facts: Facts) -> single.Goal | None:
    row = facts.row
    if pd.isna(row["aim"]):
        return None
    words = {facts.lang: facts.say("chart.target", value=texts.goal_words(facts, row))}
    upper = row["target_upper"] if row["kind"] in RANGES else float("inf")
    return single.Goal(row["target_position"], row["aim"], words, row["direction"], upper)


def _plan_goal(facts: Facts) -> single.Goal | None:
    """The plan's own target beside a moved one; the value at the end of a rate would need its own figures."""
    own = facts.plan_row
    if own is None or own["kind"] not in STATED_AS_VALUE or pd.isna(own["target_value"]):
        return None
    return single.Goal(own["target_position"], own["target_value"])


AHEAD = ("year", "mean", "lo80", "hi80", "lo95", "hi95")
"""What is saved of the years ahead."""

ANSWER = (
    "area", "indicator", "plan", "kind", "target_period", "target_value", "aim", "current_period",
    "current_value", "points", "years_left", "chance", "verdict", "verdict_reason", "median", "low80",
    "high80", "low95", "high95", "value_at_50", "value_at_80", "needed", "needed_measure", "recent_pace",
    "class_rate", "comparable_rate", "comparable_windows", "comparable_areas",
)  # fmt: skip
"""What is saved of the question and its answer."""


def data_of(facts: Facts) -> Lazy:
    """Exact numbers behind the pages, as they are saved."""

    def answer() -> pd.DataFrame:
        row = facts.row[list(ANSWER)].to_frame().T
        return row.assign(as_of=facts.state.as_of, method=facts.state.method).reset_index(drop=True)

    return Lazy(
        question=answer,
        ahead=lambda: facts.fan[list(AHEAD)].rename(columns={"mean": "median"}).reset_index(drop=True),
        trend=lambda: facts.fits.drop(columns="series", errors="ignore").reset_index(drop=True),
        figures=lambda: facts.seen,
        areas=lambda: facts.compared,
    )


def limits(facts: Facts) -> tuple[float, float, float]:
    """Lower and upper end and step of the target's slider: what lies around figures and target.

    Returns
    -------
    tuple
        Ends on whole steps; the step is 1, 2 or 5 times a power of ten.
    """
    row, preset = facts.row, facts.preset_value
    asked = [value for value in (preset, row["target_value"]) if pd.notna(value)]
    if row["kind"] not in STATED_AS_VALUE:
        low, high = min([GROWTH_LIMITS[0], *asked]), max([GROWTH_LIMITS[1], *asked])
    else:
        around = [*facts.known["value"].tail(1), *asked] or [0.0, 1.0]
        margin = max(max(around) - min(around), 0.5 * max(map(abs, around)), 1e-9)
        low, high = min(around) - margin, max(around) + 1.5 * margin
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
