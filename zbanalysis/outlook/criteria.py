"""Was a plan reasonable, feasible, effective (合理性, 可操作性, 绩效性): facts, grades, verdict by rule.

Each criterion has a few facts, each so many of so many.  `THRESHOLDS` grades a fact, `verdict` says what
the grades come to.  No rule names an indicator, and none looks ahead: what is likely is another question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from zbanalysis.data import package
from zbanalysis.data.schema import BASED
from zbanalysis.outlook.findings import FAR, passed
from zbanalysis.plan import progress as plan_progress

CRITERIA = ("rationality", "feasibility", "performance")
"""合理性, 可操作性, 绩效性."""
VERDICTS = ("strong", "adequate", "weak", "cannot_judge")
GRADES = ("good", "fair", "poor", "unknown")

THRESHOLDS: Mapping[str, tuple[str, float, float]] = {
    "not_far_exceeded": ("rationality", 0.9, 0.75),
    "not_lowered": ("rationality", 1.0, 0.9),
    "not_overtaken": ("rationality", 1.0, 0.8),
    "measurable": ("rationality", 0.9, 0.7),
    "in_step": ("rationality", 1.0, 0.5),
    "base_stated": ("feasibility", 0.9, 0.6),
    "followed_yearly": ("feasibility", 0.8, 0.5),
    "target_office": ("feasibility", 0.9, 0.6),
    "task_office": ("feasibility", 0.9, 0.6),
    "task_due": ("feasibility", 0.8, 0.5),
    "money_by_year": ("feasibility", 0.8, 0.5),
    "targets_on_track": ("performance", 0.8, 0.6),
    "tasks_done": ("performance", 0.8, 0.5),
    "tasks_with_result": ("performance", 0.8, 0.5),
    "cost_known": ("performance", 0.8, 0.5),
    "public_view": ("performance", 0.6, 0.4),
}
"""Fact → its criterion, and the shares from which it is good and fair; below it is poor."""

STRONG_FROM = 0.75
"""A criterion is strong where so many of all its facts are good and none is poor."""
WEAK_FROM = 0.5
"""It is weak where so many of the facts that can be graded are poor."""
JUDGED_FROM = 0.5
"""It cannot be judged where fewer of its facts can be graded."""
RATED_ADEQUATE, RATED_WEAK = 60.0, 40.0
"""Where people rate it below these of 100, it is at most adequate, or weak."""
YEARS_TO_SHOW = 2
"""A plan must have run so many years before what became of its targets says something of them."""

BENEFICIARIES = 0.5
"""Answers of a public of which more benefit from the plan are at most fair."""


class Fact(NamedTuple):
    """So many of so many, with the numbers of those it does not hold for."""

    fact: str
    count: float
    total: float
    against: str = ""
    cap: str = ""

    @property
    def share(self) -> float:
        """The share, NaN of nothing."""
        return self.count / self.total if self.total else np.nan


def grade(fact: Fact) -> str:
    """Good, fair or poor by `THRESHOLDS`; unknown of nothing.

    Examples
    --------
    >>> [grade(Fact("base_stated", count, 10)) for count in (9, 6, 5)], grade(Fact("base_stated", 0, 0))
    (['good', 'fair', 'poor'], 'unknown')
    """
    _, good, fair = THRESHOLDS[fact.fact]
    if np.isnan(fact.share):
        return "unknown"
    mark = "good" if fact.share >= good - 1e-9 else "fair" if fact.share >= fair - 1e-9 else "poor"
    return fact.cap if fact.cap and mark == "good" else mark


def verdict(grades: Sequence[str], rating: float = np.nan) -> str:
    """What the grades of a criterion's facts come to, and people's rating of it (of 100) if there is one.

    Examples
    --------
    >>> verdict(["good", "good", "good", "fair"]), verdict(["good", "poor", "poor", "unknown"])
    ('strong', 'weak')
    >>> verdict(["good", "unknown", "unknown"]), verdict(["good", "good", "good"], rating=55)
    ('cannot_judge', 'adequate')
    """
    graded = [one for one in grades if one != "unknown"]
    if not grades or len(graded) < JUDGED_FROM * len(grades):
        return "cannot_judge"
    poor, good = graded.count("poor"), graded.count("good")
    strong = not poor and good >= STRONG_FROM * len(grades)
    word = "weak" if poor >= WEAK_FROM * len(graded) else "strong" if strong else "adequate"
    least = 2 if rating < RATED_WEAK else 1 if rating < RATED_ADEQUATE else 0
    return VERDICTS[max(VERDICTS.index(word), least)]


def facts(
    dataset: package.Dataset,
    progress: pd.DataFrame,
    as_of: str,
    history: pd.DataFrame,
    tasks: pd.DataFrame,
    judgements: pd.DataFrame,
    funds: pd.DataFrame,
    survey: pd.DataFrame,
) -> pd.DataFrame:
    """The facts on a plan by which the criteria are judged, each graded.

    Parameters
    ----------
    dataset, as_of
        From `package.load`; the day whose knowledge counts.
    progress, history
        From `progress.progress` and `progress.history`.
    tasks
        From `tasks.states`; perhaps no rows, as the following.
    judgements
        The rows of ``judgements.csv``.
    funds
        From `money.funds`: at least ``indicator, period``, the plan's main fund first.
    survey
        Rows of ``survey.csv`` with ``stance, part, share`` and ``beneficiary``.

    Returns
    -------
    DataFrame
        One row for each of `THRESHOLDS`: ``criterion, fact, count, total, share, grade`` and ``against``
        (orders of the targets or tasks it does not hold for, separated by blanks).
    """
    plan = package.plan_row(dataset, progress["plan"].iloc[0])
    day = package.parse_date(as_of)
    all_facts = [
        *_rationality(dataset, progress, judgements, plan, day),
        *_feasibility(dataset, progress, history, tasks, funds, plan, day),
        *_performance(progress, tasks, funds, survey, plan, day),
    ]
    rows = [
        (THRESHOLDS[one.fact][0], one.fact, one.count, one.total, one.share, grade(one), one.against)
        for one in all_facts
    ]
    columns = ["criterion", "fact", "count", "total", "share", "grade", "against"]
    return pd.DataFrame(rows, columns=columns).astype({"count": float, "total": float})


def _fact(name: str, rows: pd.DataFrame, holds: pd.Series | np.ndarray) -> Fact:
    holds = np.asarray(holds, dtype=bool)
    against = " ".join(str(int(order)) for order in rows["order"][~holds]) if "order" in rows else ""
    return Fact(name, float(holds.sum()), float(len(rows)), against)


def _too_early(plan: pd.Series, day: dt.date) -> bool:
    return day < dt.date(int(plan["start_year"]) + YEARS_TO_SHOW, 1, 1)


def _rationality(
    dataset: package.Dataset,
    progress: pd.DataFrame,
    judgements: pd.DataFrame,
    plan: pd.Series,
    day: dt.date,
) -> list[Fact]:
    early = _too_early(plan, day)
    times = pd.Series([passed(row) for row in progress.itertuples()], progress.index, dtype=float)
    followed = progress[times.notna() & ~(progress["current_position"] <= progress["base_position"])]
    followed = followed.iloc[:0] if early else followed
    every = progress.iloc[:0] if early else progress
    overruled = judgements[(judgements["role"] == "evaluator") & (judgements["verdict"] == "cannot")]
    cannot = every["indicator"].isin(overruled["indicator"])
    missed = every["final"].astype(bool) & every["reached"].eq(False).fillna(False)
    figures = progress["current_published"].ne("") | progress["published_base_value"].ne("")
    return [
        _fact("not_far_exceeded", followed, ~(times[followed.index] >= FAR)),
        _fact("not_lowered", every, ~_lowered(every)),
        _fact("not_overtaken", every, ~(cannot | missed)),
        _fact("measurable", progress, progress["target_value"].notna() & figures),
        _in_step(dataset, progress, plan, day),
    ]


def _lowered(progress: pd.DataFrame) -> pd.Series:
    earlier = pd.to_numeric(progress["earlier_target"].replace("", None), errors="coerce").astype(float)
    sign = np.where(progress["direction"] == "up", 1, -1)
    return sign * (earlier - progress["target_value"]) > 0


def _in_step(dataset: package.Dataset, progress: pd.DataFrame, plan: pd.Series, day: dt.date) -> Fact:
    """Targets that ask no less a year than the same indicator's in a plan of an area above."""
    parents = dataset.areas.set_index("area")["parent"].to_dict()
    above = package.lineage(plan["area"], parents)[1:]
    same = dataset.plans["area"].isin(above) & dataset.plans["end_year"].eq(plan["end_year"])
    rows, holds = [], []
    for upper in dataset.plans.loc[same, "plan"]:
        known = dataset.targets[(dataset.targets["plan"] == upper) & (dataset.targets["known_since"] <= day)]
        if known.empty:
            continue
        other = plan_progress.progress(dataset, upper, day).set_index("indicator")
        for row in progress[progress["indicator"].isin(other.index)].itertuples():
            theirs = other.loc[[row.indicator]].iloc[0]
            if row.asked_measure and row.asked_measure == theirs["asked_measure"]:
                sign = 1 if row.direction == "up" else -1
                rows.append(row.order)
                holds.append(sign * (row.asked - theirs["asked"]) >= 0)
    return _fact("in_step", pd.DataFrame({"order": rows}), np.array(holds, dtype=bool))


def years_due(plan: pd.Series, day: dt.date) -> list[str]:
    """Years of the plan that were over by the day: figures of them are due; fiscal years as ``FY2024``.

    Examples
    --------
    >>> years_due(pd.Series({"start_year": 2016, "end_year": 2020}), dt.date(2018, 8, 1))
    ['2016', '2017']
    >>> years_due(pd.Series({"start_year": 2023, "end_year": 2025, "fiscal_end": "3"}), dt.date(2024, 9, 15))
    ['FY2023', 'FY2024']
    """
    month = int(plan.get("fiscal_end") or 0)
    last = min(day.year - (day.month <= (month or 12)), int(plan["end_year"]))
    return [f"{'FY' if month else ''}{year}" for year in range(int(plan["start_year"]), last + 1)]


def _offices(dataset: package.Dataset, progress: pd.DataFrame, day: dt.date) -> pd.Series:
    """Targets for which a document known by the day names an office; a later one may be silent on it."""
    if "office_zh" not in dataset.targets:
        return pd.Series(False, progress.index)
    known = dataset.targets[(dataset.targets["known_since"] <= day) & (dataset.targets["office_zh"] != "")]
    named = set(known[package.TARGET_KEY].itertuples(index=False, name=None))
    keys = progress[package.TARGET_KEY].itertuples(index=False, name=None)
    return pd.Series([key in named for key in keys], progress.index, dtype=bool)


def _feasibility(
    dataset: package.Dataset,
    progress: pd.DataFrame,
    history: pd.DataFrame,
    tasks: pd.DataFrame,
    funds: pd.DataFrame,
    plan: pd.Series,
    day: dt.date,
) -> list[Fact]:
    numeric = progress[progress["target_value"].notna()]
    due = years_due(plan, day)
    seen = history[history["period"].isin(due)].groupby("target")["period"].nunique()
    enough = numeric["target"].map(seen).fillna(0) >= 0.5 * len(due)
    office = _offices(dataset, progress, day)
    nothing = pd.Series("", tasks.index)
    lead, dated = (tasks.get(column, nothing).ne("") for column in ("office_zh", "due"))
    based = numeric[numeric["kind"].isin(BASED)]
    return [
        _fact("base_stated", based, based["published_base_value"].ne("")),
        _fact("followed_yearly", numeric if due else numeric.iloc[:0], enough if due else []),
        _fact("target_office", progress, office),
        _fact("task_office", tasks, lead),
        _fact("task_due", tasks, dated),
        _money("money_by_year", funds, due),
    ]


def _money(name: str, funds: pd.DataFrame, due: list[str]) -> Fact:
    """Years due for which the plan's main fund, the first of its money, is known by year."""
    main = funds["indicator"].isin(funds["indicator"].head(1))
    known = set(funds.loc[main, "period"])
    return Fact(name, float(len(known & set(due))), float(len(due)))


def _performance(
    progress: pd.DataFrame,
    tasks: pd.DataFrame,
    funds: pd.DataFrame,
    survey: pd.DataFrame,
    plan: pd.Series,
    day: dt.date,
) -> list[Fact]:
    figured = progress[progress["current_published"].ne("")]
    reached = figured["reached"].eq(True).fillna(False) & ~figured["basis_break"].astype(bool)
    due = ~figured["final"].astype(bool) & figured["status"].isin(["ahead", "on_schedule"])
    enough = len(figured) >= JUDGED_FROM * len(progress) and not _too_early(plan, day)
    states = tasks.get("state", pd.Series("", tasks.index))
    stated, done = ~states.isin(["", "not_stated", "disputed"]), states.isin(["done", "largely_done"])
    with_result = tasks.get("has_result", pd.Series(False, tasks.index)).astype(bool)
    reported = tasks if with_result.any() else tasks.iloc[:0]  # nobody has reported yet: unknown, not poor
    money = _money("cost_known", funds, years_due(plan, day))
    return [
        _fact("targets_on_track", figured if enough else figured.iloc[:0], (reached | due) if enough else []),
        _fact("tasks_done", tasks[stated], done[stated])
        if stated.sum() >= JUDGED_FROM * max(len(tasks), 1)
        else Fact("tasks_done", 0.0, 0.0),
        _fact("tasks_with_result", reported, with_result[reported.index]),
        # Without money by year nothing can be set against results: not poor, but unknown.
        money if grade(money) != "poor" else Fact("cost_known", 0.0, 0.0),
        _public(survey),
    ]


def _public(survey: pd.DataFrame) -> Fact:
    """Mean share of those asked who approve, of 1; at most fair where most of them benefit."""
    if survey.empty or "stance" not in survey:
        return Fact("public_view", 0.0, 0.0)
    praise = pd.to_numeric(survey.loc[survey["stance"] == "praise", "share"]).dropna()
    if praise.empty:
        return Fact("public_view", 0.0, 0.0)
    benefit = pd.to_numeric(survey.loc[survey["beneficiary"] == "yes", "share"])
    cap = "fair" if (benefit > 100 * BENEFICIARIES).any() else ""
    return Fact("public_view", float(praise.mean()), 100.0, cap=cap)


def conclude(facts: pd.DataFrame, rated: pd.DataFrame | None = None) -> pd.DataFrame:
    """The verdict of each criterion, three facts for it, and what would change it.

    Parameters
    ----------
    facts
        From `facts`, or a frame with its ``criterion, fact, grade``.
    rated
        From `texts.rated`; people's ratings, if there are any.

    Returns
    -------
    DataFrame
        For each of `CRITERIA`: ``verdict``; ``verdict_unweighted`` and ``verdict_unrated`` (with the
        plain mean of people's ratings, and without them); ``rating`` and ``rating_unweighted`` (mean of
        the groups, of 100); ``reasons`` (three facts, heaviest first, separated by blanks); ``change``
        (facts that would have to be good, or with a strong verdict poor) and ``changed`` (the verdict then).
    """
    rows = []
    for criterion in CRITERIA:
        own = facts[facts["criterion"] == criterion]
        grades = dict(zip(own["fact"], own["grade"], strict=True))
        weighted, plain = (_rating(rated, criterion, name) for name in ("weighted", "mean"))
        word = verdict(list(grades.values()), weighted)
        change, changed = _change(grades, word, weighted)
        rows.append(
            {
                "criterion": criterion, "verdict": word,
                "verdict_unweighted": verdict(list(grades.values()), plain),
                "verdict_unrated": verdict(list(grades.values())),
                "rating": weighted, "rating_unweighted": plain,
                "reasons": " ".join(_reasons(grades, word)), "change": " ".join(change), "changed": changed,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _rating(rated: pd.DataFrame | None, criterion: str, column: str) -> float:
    if rated is None or rated.empty:
        return np.nan
    return float(rated.loc[rated["criterion"] == criterion, column].mean())


def _reasons(grades: Mapping[str, str], word: str) -> list[str]:
    """Three facts: for a strong verdict the good, for a weak one the poor, else some of each."""
    by = {one: [fact for fact, grade in grades.items() if grade == one] for one in GRADES}
    first = [*by["good"][:1], *by["poor"][:1], *by["fair"][:1]] if word == "adequate" else []
    order = ("poor", "fair", "good") if word == "weak" else GRADES
    return list(dict.fromkeys(first + [fact for one in order for fact in by[one]]))[:3]


def _change(grades: Mapping[str, str], word: str, rating: float) -> tuple[list[str], str]:
    """The fewest facts whose change would give another verdict: a better one, or below strong."""
    to = "poor" if word == "strong" else "good"
    # What can be graded and is bad is nearer at hand than what nobody knows.
    order = ("unknown", "poor", "fair") if word == "cannot_judge" else ("poor", "fair", "unknown")
    ranked = [fact for one in order for fact, grade in grades.items() if grade == one]
    ranked = [fact for fact, grade in grades.items() if grade == "good"] if word == "strong" else ranked
    for size in range(1, len(ranked) + 1):
        for chosen in combinations(ranked, size):
            now = verdict([to if fact in chosen else grade for fact, grade in grades.items()], rating)
            if now != word:
                return list(chosen), now
    return [], word


def register() -> pd.DataFrame:
    """The rules as a table: ``criterion, fact, good, fair`` (shares from which a fact is so graded)."""
    rows = [(criterion, fact, good, fair) for fact, (criterion, good, fair) in THRESHOLDS.items()]
    return pd.DataFrame(rows, columns=["criterion", "fact", "good", "fair"])
