"""A settled state → everything worked out for it, by the functions the report uses.

What a moved target does not touch (the fitted lines, the fan, the vintages, the panel of provinces)
is kept in ``memory`` by its key, so that a slider asks for the target's chance only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from zbanalysis import trend
from zbanalysis.data import package, vintages
from zbanalysis.explore.question import OWN, REPORT, Question, State, ask, stated
from zbanalysis.outlook import targets, verdict, windows
from zbanalysis.plan import inputs, pathway, progress
from zbanalysis.report.charts import single

Memory = dict[tuple, Any]

SERIES = "question"
"""Name of the one target in all frames, whatever its year."""

YEARS_SHOWN = 5
"""Years ahead that are drawn where there is no target year ahead."""


@dataclass(frozen=True)
class Facts:
    """Everything worked out for one question; the pages are made from it.

    ``row`` is the target's progress and outlook together, ``kept`` what does not hang on the target.
    """

    state: State
    question: Question
    row: pd.Series
    horizon: int
    known: pd.DataFrame
    path: pd.DataFrame
    fan: pd.DataFrame
    fits: pd.DataFrame
    shown: pd.Series
    curve: pd.DataFrame
    seen: pd.DataFrame
    later: int
    sources: pd.DataFrame
    compared: pd.DataFrame
    lines: pd.DataFrame
    plan_row: pd.Series | None

    @property
    def names(self) -> dict[str, str]:
        """Name of every area in the reader's language."""
        areas = self.question.dataset.areas
        return dict(zip(areas["area"], areas[f"name_{self.state.lang}"], strict=True))


def facts(dataset: package.Dataset, state: State, memory: Memory) -> Facts:
    """Work out a settled state whose target is there; see `view.view` for the arguments."""
    plans, printed = kept(
        memory, ("target", state.plan, state.target, state.area, state.as_of), lambda: stated(dataset, state)
    )
    question = ask(dataset, plans, printed, state)
    comparable = kept(memory, ("provinces", state.as_of), lambda: targets.comparable_of(dataset, state.as_of))
    asked = (state.plan, state.target, state.area, state.as_of, state.value, state.year, state.method)
    found, known, outlook, path = kept(
        memory, ("answer", *asked), lambda: _answer(question, state, comparable, memory)
    )
    keep = _keeper(memory, state, found)
    row = found.join(outlook.drop(columns="target")).iloc[0]
    horizon = state.horizon or max(1, int(row["years_left"]) if row["years_left"] > 0 else YEARS_SHOWN)
    fits = keep("fits", lambda: trend.fit(inputs.trend_input(found, known)))
    shown = _shown(fits, state.line)
    seen, later = keep("figures", lambda: _figures(dataset, row, state.as_of))
    lines = kept(memory, ("lines", state.as_of, row["indicator"]), lambda: _lines(dataset, row, state))
    return Facts(
        state=state,
        question=question,
        row=row,
        horizon=horizon,
        known=known,
        path=path,
        fan=keep("fan", lambda: _fan(found, known, row, state.as_of, horizon), state.method, horizon),
        fits=fits,
        shown=shown,
        curve=keep("curve", lambda: _curve(found, known, shown, horizon), state.line, horizon),
        seen=seen,
        later=later,
        sources=keep("sources", lambda: _sources(question, found, seen, state.as_of), row["source"]),
        compared=_compared(dataset, row, state, comparable, lines),
        lines=lines,
        plan_row=printed.iloc[0] if question.moved and state.plan != OWN else None,
    )


ON_PATH = [
    "target", "kind", "direction", "scale", "base_position", "base_value", "current_value",
    "target_position", "target_value", "target_upper", "accumulated", "held_share",
]  # fmt: skip
"""What `pathway.path` reads; a target has a hundred columns, and each would be copied for each year."""


def _answer(
    question: Question, state: State, comparable: pd.DataFrame, memory: Memory
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Progress of the target, the figures known, the outlook and the path."""
    found = progress.progress(question.dataset, question.plan, state.as_of)
    # The library names a target by its year; here the year moves and the series stays the same.
    found = found.assign(target=SERIES)
    keep = _keeper(memory, state, found)
    known = keep("history", lambda: progress.history(question.dataset, found, state.as_of))
    outlook = targets.feasibility(found, known, comparable, state.as_of)
    outlook = outlook.join(verdict.verdicts(found, outlook, known, as_of=state.as_of))
    return found, known, outlook, pathway.path(found[ON_PATH])


def kept(memory: Memory, key: tuple, work: Callable[[], Any]) -> Any:
    """What stands in the memory under a key; worked out where nothing does."""
    if key not in memory:
        memory[key] = work()
    return memory[key]


def _keeper(memory: Memory, state: State, found: pd.DataFrame) -> Callable[..., Any]:
    """Keep results by the series they rest on: area, indicator, day, and the base where it matters."""
    one = found.iloc[0]
    series = (one["area"], one["indicator"], state.as_of, one["kind"], str(one["base_position"]))

    def keep(what: str, work: Callable[[], Any], *more: object) -> Any:
        return kept(memory, (what, *series, *more), work)

    return keep


def _fan(found: pd.DataFrame, known: pd.DataFrame, row: pd.Series, as_of: str, horizon: int) -> pd.DataFrame:
    """The fan as far as the horizon, whatever the target's year."""
    reach = found.assign(target_position=row["last_year"] + horizon)
    levels = tuple(sorted({50, 80, 95, *single.OUTCOMES}))
    return targets.fans(reach, targets.usable(found, known), levels, as_of).astype({"year": int})


def _shown(fits: pd.DataFrame, line: str) -> pd.Series:
    """The line in the chart: the rule's choice, or the model picked (which may not fit)."""
    if fits.empty:
        return pd.Series({"model": "none", "status": "not_fitted", "reason": "no_values", "why": "no_trend"})
    if line == REPORT or line not in set(fits["model"]):
        return trend.choose(fits).iloc[0]
    return fits[fits["model"] == line].iloc[0]


def _curve(found: pd.DataFrame, known: pd.DataFrame, shown: pd.Series, horizon: int) -> pd.DataFrame:
    if shown["status"] != "fitted":
        return pd.DataFrame(columns=["year", "basis", "part", "value", "mean_low", "mean_high"])
    return trend.fitted(inputs.trend_input(found, known), shown.to_frame().T, ahead=horizon)


def _figures(dataset: package.Dataset, row: pd.Series, as_of: str) -> tuple[pd.DataFrame, int]:
    """Every vintage known on the day, and how many figures were published after it."""
    seen = vintages.figures(dataset, row["area"], row["indicator"], as_of)
    rows = dataset.observations
    every = rows[(rows["area"] == row["area"]) & (rows["indicator"] == row["indicator"])]
    return seen, len(every) - len(seen)


def _sources(question: Question, found: pd.DataFrame, seen: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """The target's source, and those of every vintage shown."""
    used = {*progress.sources(question.dataset, found, as_of)["source"], *seen["source"]}
    listed = question.dataset.sources
    listed = listed[listed["source"].isin(used)].sort_values(["date_published", "source"])
    return listed.assign(number=range(1, len(listed) + 1)).reset_index(drop=True)


def _lines(dataset: package.Dataset, row: pd.Series, state: State) -> pd.DataFrame:
    """Yearly figures of the indicator in every area, on the newest basis of each."""
    rows = dataset.observations
    small = replace(dataset, observations=rows[rows["indicator"] == row["indicator"]])
    small = package.as_of(small, state.as_of).observations
    small = small[small["position"] - small["start"] == 1].sort_values(["position", "known_since"])
    newest = small.groupby("area")["basis"].transform("last")
    small = small[small["basis"] == newest].drop_duplicates(["area", "position"], keep="last")
    return pd.DataFrame(
        {"area": small["area"], "year": small["position"].astype(int), "value": small["value"]}
    ).reset_index(drop=True)


def _compared(
    dataset: package.Dataset, row: pd.Series, state: State, comparable: pd.DataFrame, lines: pd.DataFrame
) -> pd.DataFrame:
    """The areas chosen and the one looked at: latest figure, pace, windows that rose as much."""
    wanted = [row["area"], *(area for area in state.areas or () if area != row["area"])]
    step = windows.step_asked(row["current_value"], row["aim"], row["scale"])
    counted = windows.by_area(
        row["indicator"], row["scale"], row["years_left"], step, comparable, row["direction"]
    ).set_index("area")
    names = dataset.areas.set_index("area")[f"name_{state.lang}"]
    measure = row["needed_measure"] or row["asked_measure"] or "change"
    out = []
    for area in wanted:
        past = lines[lines["area"] == area]
        if past.empty:
            continue
        last = past.iloc[-1]
        pace = targets.pace(past.assign(series=area)).iloc[0]["growth" if measure == "growth" else "change"]
        own = counted.loc[area] if area in counted.index else {"windows": pd.NA, "managed": pd.NA}
        out.append(
            {"area": area, "name": names[area], "year": int(last["year"]), "value": last["value"],
             "pace": pace, "measure": measure, "windows": own["windows"], "managed": own["managed"]}
        )  # fmt: skip
    columns = ["area", "name", "year", "value", "pace", "measure", "windows", "managed"]
    return pd.DataFrame(out, columns=columns)
