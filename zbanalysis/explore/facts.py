"""A settled state → everything worked out for it, by the functions the report uses.

Results are kept in ``memory`` by what they rest on: the figures of the target's own indicator that were
known, those of the provinces, the target asked.  A moved slider asks for the target's chance only, a day
on which nothing new was published for nothing at all; what only one page shows waits until it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, wraps
from typing import Any

import pandas as pd

from zbanalysis import trend
from zbanalysis.data import package, periods, vintages
from zbanalysis.explore.question import OWN, REPORT, Memory, State, ask, is_moved, kept, owns, read_by, stated
from zbanalysis.outlook import targets, verdict
from zbanalysis.plan import inputs, pathway, progress
from zbanalysis.projection import base_rates, reference
from zbanalysis.report.charts import single
from zbanalysis.report.words import label

SERIES = "question"
"""Name of the one target in all frames, whatever its year."""

YEARS_SHOWN = 5
"""Years ahead that are drawn where there is no target year ahead."""

ON_PATH = [
    "target", "kind", "direction", "scale", "base_position", "base_value", "current_value",
    "target_position", "target_value", "target_upper", "accumulated", "held_share",
]  # fmt: skip
"""What `pathway.path` reads; a target has a hundred columns, and each would be copied for each year."""


class Lazy(Mapping[str, Any]):
    """What the pages show, each made when it is first looked at: a slider needs what is in sight only."""

    def __init__(self, **work: Callable[[], Any]) -> None:
        self._work, self._made = work, {}

    def __getitem__(self, page: str) -> Any:
        if page not in self._made:
            self._made[page] = self._work[page]()
        return self._made[page]

    def __iter__(self) -> Iterator[str]:
        return iter(self._work)

    def __len__(self) -> int:
        return len(self._work)


def remembered(rests_on: Callable[[Facts], tuple]) -> Callable[[Callable], cached_property]:
    """A property that is kept in the memory as well, under its name and what it rests on."""

    def decorate(work: Callable[[Facts], Any]) -> cached_property:
        @wraps(work)
        def get(facts: Facts) -> Any:
            return kept(facts._memory, (work.__name__, *rests_on(facts)), lambda: work(facts))

        return cached_property(get)

    return decorate


class Facts:
    """Everything worked out for one question; the pages are made from it.

    Parameters
    ----------
    dataset, memory
        As for `view.view`.
    state
        Settled, with a target.

    Attributes
    ----------
    asked
        The data with one plan of one target, and the figures of its indicator in its area.
    preset_value, preset_year
        Target value and year before anything was moved; the value is NaN where there is none.
    key
        What the answer rests on, in place of the day.
    """

    def __init__(self, dataset: package.Dataset, state: State, memory: Memory) -> None:
        self.dataset, self.state, self._memory, self.lang = dataset, state, memory, state.lang
        plans, printed = kept(
            memory,
            ("stated", state.plan, state.target, state.area, state.as_of),
            lambda: stated(dataset, state, memory),
        )
        self.asked = ask(dataset, plans, printed, state)
        target = printed.iloc[0]
        self.preset_value, place = float(target["target_value"]), target["target_position"]
        self.preset_year = int(place) if pd.notna(place) else 0
        self._target = (state.area, state.plan, state.target, *self._moment(target, plans))
        self._rests_on = (*self._target, state.value, state.year)
        self.assessed = read_by(self._progress, state.method)
        one, day = self.assessed.iloc[0], package.parse_date(state.as_of)
        # What no target moves rests on the indicator, the kind of figures it counts, and its base.
        self._series = (*self._target, one["kind"], str(one["base_position"]), one["current_basis"])
        name, rows = one["indicator"], dataset.observations
        self._figures = kept(memory, ("indicator", name), lambda: rows[rows["indicator"] == name])
        self._panel = (name, int((self._figures["known_since"] <= day).sum()))
        self.key = (*self._rests_on, state.method, *self._panel)
        self.plan_row = target if is_moved(state) and state.plan != OWN else None
        left = self.row["years_left"]
        self.horizon = state.horizon or max(1, int(left) if left > 0 else YEARS_SHOWN)

    def say(self, key: str, /, **values: object) -> str:
        """Words of the panel in the reader's language."""
        return label(f"explore.{key}", self.lang, **values)

    def _moment(self, target: pd.Series, plans: pd.DataFrame) -> tuple:
        """What of a day matters to a target: what was known of it and of the reference series, the year,
        whether its period was over.
        """
        day, data = package.parse_date(self.state.as_of), self.asked
        known = [int((rows["known_since"] <= day).sum()) for rows in (data.observations, data.targets)]
        vintage = "" if self.state.plan == OWN else str(target["known_since"])
        end = periods.end_date(str(target["target_period"]), int(plans["fiscal_end"].iloc[0] or 12))
        return (*known, vintage, reference.edition(day.isoformat()), day.year, end < day)

    @remembered(lambda facts: facts._rests_on)
    def _progress(self) -> pd.DataFrame:
        if self._among is not None:
            return self._among[0]
        assessed = progress.progress(self.asked, self.state.plan, self.state.as_of)
        # The library names a target by its year; here the year moves and the series stays the same.
        return assessed.assign(target=SERIES)

    @remembered(lambda facts: facts.key)
    def row(self) -> pd.Series:
        """The target's progress and outlook together."""
        if self._among is not None:
            return self._among[1].iloc[0]
        return _judged(
            self.assessed, self.known, self.comparable, self.state.as_of, past=self.past, graded=self._grades
        ).iloc[0]

    @remembered(lambda facts: facts._series)
    def _grades(self) -> pd.DataFrame:
        return verdict.grades(self.assessed, self.known)

    @cached_property
    def _among(self) -> tuple[pd.DataFrame, pd.DataFrame] | None:
        """The target's rows among those that `together` worked out, where nothing was moved."""
        state, found = self.state, self._memory.get(_all_of(self.state))
        if found is None or (state.value, state.year) != (None, None):
            return None
        column, wanted = ("area", state.area) if state.plan == OWN else ("target", state.target)
        place = found[0].index[found[0][column] == wanted]
        return tuple(rows.loc[place].assign(target=SERIES) for rows in found)

    @property
    def year(self) -> int:
        """The target's year."""
        return int(self.row["target_position"])

    @property
    def measure(self) -> str:
        """How a pace is given: as a growth or as a change, as the target needs it."""
        return self.row["needed_measure"] or self.row["asked_measure"] or "change"

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of every area in the reader's language."""
        areas = self.dataset.areas
        return dict(zip(areas["area"], areas[f"name_{self.lang}"], strict=True))

    @remembered(lambda facts: facts._series)
    def known(self) -> pd.DataFrame:
        """The figures of the indicator known on the day."""
        return progress.history(self.asked, self.assessed, self.state.as_of)

    @remembered(lambda facts: (*facts._series, facts.state.method))
    def past(self) -> targets.Past:
        """The figures that chances and fans rest on, and what they say of the years ahead."""
        return targets.Past(self.assessed, self.known, self.state.as_of)

    @remembered(lambda facts: facts._rests_on)
    def path(self) -> pd.DataFrame:
        """The way from the base to the target asked."""
        return pathway.path(self.assessed[ON_PATH])

    @cached_property
    def fan(self) -> pd.DataFrame:
        """The fan as far as the horizon, whatever the target's year."""
        return self._fan[self._fan["year"] <= self.row["last_year"] + self.horizon]

    @remembered(lambda facts: (*facts._series, facts.state.method, facts._farthest))
    def _fan(self) -> pd.DataFrame:
        reach = self.assessed.assign(target_position=self.row["last_year"] + self._farthest)
        levels = tuple(sorted({50, 80, 95, *single.OUTCOMES}))
        return targets.fans(reach, self.past.series, levels, self.state.as_of).astype({"year": int})

    @property
    def _farthest(self) -> int:
        return max(targets.HORIZON_SHOWN, self.horizon)

    @remembered(lambda facts: facts._series)
    def fits(self) -> pd.DataFrame:
        """Every trend line."""
        return trend.fit(inputs.trend_input(self.assessed, self.known))

    @cached_property
    def shown(self) -> pd.Series:
        """The line in the chart: the rule's choice, or the model picked (which may not fit)."""
        fits, line = self.fits, self.state.line
        if fits.empty:
            none = {"model": "none", "status": "not_fitted", "reason": "no_values", "why": "no_trend"}
            return pd.Series(none)
        if line == REPORT or line not in set(fits["model"]):
            return trend.choose(fits).iloc[0]
        return fits[fits["model"] == line].iloc[0]

    @remembered(lambda facts: (*facts._series, facts.state.line, facts.horizon))
    def curve(self) -> pd.DataFrame:
        """The line in the chart, year by year, as far as the horizon."""
        if self.shown["status"] != "fitted":
            return pd.DataFrame(columns=["year", "basis", "part", "value", "mean_low", "mean_high"])
        past = inputs.trend_input(self.assessed, self.known)
        return trend.fitted(past, self.shown.to_frame().T, ahead=self.horizon)

    @remembered(lambda facts: facts._series)
    def seen(self) -> pd.DataFrame:
        """Every vintage known on the day."""
        row = self.row
        return vintages.figures(self.asked, row["area"], row["indicator"], self.state.as_of)

    @property
    def later(self) -> int:
        """How many figures were published after the day."""
        return len(self.asked.observations) - len(self.seen)

    @remembered(lambda facts: (*facts._series, facts.row["source"]))
    def sources(self) -> pd.DataFrame:
        """The target's source, and those of every vintage shown."""
        used = {self.row["source"], self.row["current_source"], *self.known["source"], *self.seen["source"]}
        listed = self.dataset.sources
        listed = listed[listed["source"].isin(used)].sort_values(["date_published", "source"])
        return listed.assign(number=range(1, len(listed) + 1)).reset_index(drop=True)

    @remembered(lambda facts: facts._panel)
    def comparable(self) -> pd.DataFrame:
        """The provinces' yearly figures of the indicator, as `targets.comparable_of` gives them."""
        return targets.comparable_series(self._everywhere, self.dataset.areas)

    @remembered(lambda facts: facts._panel)
    def _everywhere(self) -> pd.DataFrame:
        """What was known of the indicator in any area."""
        small = replace(self.dataset, observations=self._figures, targets=self.dataset.targets.iloc[:0])
        return package.as_of(small, self.state.as_of).observations

    @remembered(lambda facts: facts._panel)
    def lines(self) -> pd.DataFrame:
        """Yearly figures of the indicator in every area, on the newest basis of each."""
        rows = self._everywhere
        rows = rows[rows["position"] - rows["start"] == 1].sort_values(["position", "known_since"])
        rows = rows[rows["basis"] == rows.groupby("area")["basis"].transform("last")]
        rows = rows.drop_duplicates(["area", "position"], keep="last").reset_index(drop=True)
        return rows[["area"]].assign(year=rows["position"].astype(int), value=rows["value"])

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The areas chosen and the one looked at: latest figure, pace, windows that rose as much."""
        row, measure = self.row, self.measure
        step = base_rates.step_asked(row["current_value"], row["aim"], row["scale"])
        counted = base_rates.by_area(
            row["indicator"], row["scale"], row["years_left"], step, self.comparable, row["direction"]
        ).set_index("area")
        out = []
        for area in dict.fromkeys([row["area"], *(self.state.areas or ())]):
            past = self.lines[self.lines["area"] == area]
            if past.empty:
                continue
            last, pace = past.iloc[-1], targets.pace(past.assign(series=area)).iloc[0]
            own = counted.loc[area] if area in counted.index else {"windows": pd.NA, "managed": pd.NA}
            out.append(
                {"area": area, "name": self.names[area], "year": int(last["year"]), "value": last["value"],
                 "pace": pace["growth" if measure == "growth" else "change"], "measure": measure,
                 "windows": own["windows"], "managed": own["managed"]}
            )  # fmt: skip
        columns = ["area", "name", "year", "value", "pace", "measure", "windows", "managed"]
        return pd.DataFrame(out, columns=columns)


def together(dataset: package.Dataset, state: State, memory: Memory) -> None:
    """Work out a settled state's target with the others of its plan, or one's own with that of every area.

    All together take no longer than a few of them one by one.
    """
    kept(memory, _all_of(state), lambda: _all(dataset, state, memory))


def _all_of(state: State) -> tuple:
    same = state.target if state.plan == OWN else ""
    return ("all of", state.plan, same, state.as_of, state.method)


def _all(dataset: package.Dataset, state: State, memory: Memory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Progress of all, and the same with outlook and verdict."""
    day = state.as_of
    if state.plan == OWN:
        plans, asked = owns(dataset, state, memory)
        figures = dataset.observations[dataset.observations["indicator"] == state.target]
        dataset = replace(dataset, plans=plans.head(1), targets=asked, observations=figures)
    assessed = progress.progress(dataset, state.plan, day)
    if state.plan == OWN:
        assessed = assessed.assign(plan_area=assessed["area"])
    known, others = progress.history(dataset, assessed, day), targets.comparable_of(dataset, day)
    return assessed, _judged(read_by(assessed, state.method), known, others, day)


def _judged(
    assessed: pd.DataFrame, known: pd.DataFrame, comparable: pd.DataFrame, day: str,
    past: targets.Past | None = None, graded: pd.DataFrame | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Progress, outlook and verdict together, by the chance alone."""
    outlook = targets.feasibility(assessed, known, comparable, day, past=past)
    outlook = outlook.join(verdict.verdicts(assessed, outlook, known, as_of=day, graded=graded))
    return assessed.join(outlook.drop(columns="target"))
