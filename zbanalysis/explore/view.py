"""A choice → everything the panel shows: frames, charts, words.  No widget, no file, no effect.

The numbers come from `facts`, that is from the functions the report uses; the words from `said`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.explore import facts, pages, said
from zbanalysis.explore.choices import settle
from zbanalysis.explore.state import OWN, REPORT, State
from zbanalysis.report.charts import Chart
from zbanalysis.report.words import label

KEPT = 400
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
    tiles
        Heading, figure and note of the figures at the top.
    said
        Sentences of each page: ``outlook, trend, areas, figures``.
    tables
        Texts in the reader's language, by page.
    charts
        By page; drawn when asked for.
    sources
        The sources as a reader finds them.
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
    limits: tuple[float, float, float] = (0.0, 1.0, 0.1)
    last_year: int | None = None
    tiles: list[tuple[str, str, str]] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    charts: dict[str, Chart] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    data: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def view(dataset: package.Dataset, state: State, memory: facts.Memory | None = None) -> View:
    """Everything the panel shows for a state.

    Parameters
    ----------
    dataset
        From `package.load`.
    state
        As chosen; gaps are filled as `choices.settle` does.
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
    found = facts.facts(dataset, state, memory)
    row = found.row
    return View(
        state=state,
        value=float(row["target_value"]),
        year=int(row["target_position"]),
        horizon=found.horizon,
        preset_value=found.question.preset_value,
        preset_year=found.question.preset_year,
        kind=row["kind"],
        name=said.name(found),
        limits=pages.limits(found),
        last_year=None if pd.isna(row["last_year"]) else int(row["last_year"]),
        tiles=said.tiles(found),
        said=said.sentences(found),
        tables=pages.tables_of(found),
        charts=pages.charts_of(found),
        sources=pages.sources_of(found),
        data=pages.data_of(found),
    )


def _check_value(dataset: package.Dataset, state: State, memory: facts.Memory) -> None:
    """Refuse a target value that the indicator cannot have; figures decide what is far away."""
    if state.value is None:
        return
    bare = replace(state, value=None, year=None)
    # The same for every value: a moved slider asks for it each time.
    plain = facts.kept(memory, ("plain", bare), lambda: facts.facts(dataset, bare, memory))
    preset, newest = plain.question.preset_value, plain.row["current_value"]
    if words := said.impossible(plain.row, preset, newest, state.value, state.lang):
        raise InputError(words)


def _settled(dataset: package.Dataset, state: State, memory: facts.Memory) -> State:
    """`choices.settle`, which the target's value and year do not touch."""
    free = {"value": None, "year": None, "horizon": None, "method": REPORT, "line": REPORT}
    bare = replace(state, **free)
    found = facts.kept(memory, ("state", bare), lambda: settle(dataset, bare))
    return replace(found, **{name: getattr(state, name) for name in free})


def _trouble(dataset: package.Dataset, state: State) -> str:
    """Why there is no target to look at."""
    if state.plan == OWN:
        return label("explore.trouble.nothing", state.lang, date=said.day(state.as_of, state.lang))
    first = dataset.targets.loc[dataset.targets["plan"] == state.plan, "known_since"].min()
    return label(
        "explore.trouble.not_published", state.lang, date=said.day(state.as_of, state.lang),
        plan=package.plan_row(dataset, state.plan)[f"name_{state.lang}"],
        first=said.day(str(first), state.lang),
    )  # fmt: skip
