"""Three criteria: made-up plans for each verdict of each criterion, and one fact that flips it."""

from __future__ import annotations

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.evidence import money, survey, tasks, texts
from zbanalysis.outlook import criteria
from zbanalysis.plan import progress

# Grades of the facts, in the order of `criteria.THRESHOLDS`: five, six and five facts.
PLANS = {
    ("rationality", "strong"): "good good good good fair",
    ("rationality", "adequate"): "good good fair poor good",
    ("rationality", "weak"): "poor poor good poor good",
    ("rationality", "cannot_judge"): "good good unknown unknown unknown",
    ("feasibility", "strong"): "good good good good good fair",
    ("feasibility", "adequate"): "good good good fair fair poor",
    ("feasibility", "weak"): "poor poor poor good good good",
    ("feasibility", "cannot_judge"): "good good unknown unknown unknown unknown",
    ("performance", "strong"): "good good good good unknown",
    ("performance", "adequate"): "fair unknown good unknown fair",
    ("performance", "weak"): "poor unknown poor unknown good",
    ("performance", "cannot_judge"): "poor poor unknown unknown unknown",
}  # fmt: skip
FLIPPED = {  # one fact of each, and what the verdict then is
    ("rationality", "strong"): ("not_lowered", "poor", "adequate"),
    ("rationality", "adequate"): ("measurable", "good", "strong"),
    ("rationality", "weak"): ("not_lowered", "good", "adequate"),
    ("rationality", "cannot_judge"): ("not_overtaken", "poor", "adequate"),
    ("feasibility", "strong"): ("base_stated", "poor", "adequate"),
    ("feasibility", "adequate"): ("money_by_year", "good", "adequate"),
    ("feasibility", "weak"): ("base_stated", "good", "adequate"),
    ("feasibility", "cannot_judge"): ("target_office", "good", "adequate"),
    ("performance", "strong"): ("tasks_done", "fair", "adequate"),
    ("performance", "adequate"): ("targets_on_track", "good", "adequate"),
    ("performance", "weak"): ("tasks_with_result", "good", "adequate"),
    ("performance", "cannot_judge"): ("tasks_with_result", "poor", "weak"),
}


def graded(criterion: str, grades: str) -> pd.DataFrame:
    names = [fact for fact, (own, *_) in criteria.THRESHOLDS.items() if own == criterion]
    return pd.DataFrame({"criterion": criterion, "fact": names, "grade": grades.split()})


def judged(frame: pd.DataFrame, criterion: str, rated=None) -> pd.Series:
    return criteria.conclude(frame, rated).set_index("criterion").loc[criterion]


@pytest.mark.parametrize(("criterion", "verdict"), PLANS)
def test_each_verdict_of_each_criterion_has_three_facts(criterion, verdict):
    found = judged(graded(criterion, PLANS[criterion, verdict]), criterion)
    assert found["verdict"] == verdict
    assert len(set(found["reasons"].split())) == 3


@pytest.mark.parametrize(("criterion", "verdict"), FLIPPED)
def test_one_changed_fact(criterion, verdict):
    fact, grade, then = FLIPPED[criterion, verdict]
    frame = graded(criterion, PLANS[criterion, verdict])
    assert (
        judged(frame.assign(grade=frame["grade"].mask(frame["fact"] == fact, grade)), criterion)["verdict"]
        == then
    )


@pytest.mark.parametrize(("criterion", "verdict"), PLANS)
def test_what_would_change_it_does_and_nothing_less(criterion, verdict):
    frame = graded(criterion, PLANS[criterion, verdict])
    found = judged(frame, criterion)
    named, to = found["change"].split(), "poor" if verdict == "strong" else "good"
    assert named
    assert found["changed"] != verdict
    after = frame.assign(grade=frame["grade"].mask(frame["fact"].isin(named), to))
    assert judged(after, criterion)["verdict"] == found["changed"]
    fewer = frame.assign(grade=frame["grade"].mask(frame["fact"].isin(named[1:]), to))
    assert judged(fewer, criterion)["verdict"] == verdict


def ratings(**rows) -> pd.DataFrame:
    """Made-up ratings."""
    columns = ["criterion", "rater", "n", "score", "scale", "weight"]
    return texts.rated(pd.DataFrame(list(rows.values()), columns=columns).astype(str))


def test_ratings_lower_a_verdict_with_and_without_weights():
    rated = ratings(
        first=("performance/effects", "expert", 7, 2, 5, 3),
        second=("performance/goals", "expert", 7, 5, 5, 1),
    )
    # Unweighted (40 + 100) / 2 = 70; weighted (3 × 40 + 1 × 100) / 4 = 55.
    assert rated[["mean", "weighted"]].to_numpy().tolist() == [[70.0, 55.0]]
    found = judged(graded("performance", PLANS["performance", "strong"]), "performance", rated)
    assert (found["verdict"], found["verdict_unweighted"], found["verdict_unrated"]) == (
        "adequate", "strong", "strong",
    )  # fmt: skip


def test_ratings_never_judge_what_no_fact_does():
    rated = ratings(one=("performance", "expert", 7, 5, 5, ""))
    found = judged(graded("performance", PLANS["performance", "cannot_judge"]), "performance", rated)
    assert found["verdict"] == "cannot_judge"


def shipped_facts(day: str, plan: str = "zibo-13") -> pd.DataFrame:
    data = package.load()
    found = progress.progress(data, plan, day)
    register = tasks.states(data, plan, day)
    return criteria.facts(
        data, found, day, progress.history(data, found, day), register[register["parent"] == ""],
        texts.table(data, "judgements", plan, day), money.funds(data, plan, day),
        survey.load(data, plan, day),
    ).set_index("fact")  # fmt: skip


def test_the_13th_plan_on_the_day_of_its_evaluation():
    found = shipped_facts("2020-08-10")
    assert found.loc["not_far_exceeded", ["count", "total", "against"]].tolist() == [7, 10, "4 5 6"]
    assert found.loc["not_overtaken", "against"] == "9"
    assert found.loc["base_stated", ["count", "total"]].tolist() == [3, 10]
    assert found.loc["task_due", "count"] == 0
    assert found.loc["money_by_year", ["count", "total"]].tolist() == [0, 4]
    assert found.loc["public_view", "grade"] == "fair"  # 72 %, but most of those asked benefit
    verdicts = criteria.conclude(found.reset_index()).set_index("criterion")["verdict"].to_dict()
    assert verdicts == {"rationality": "adequate", "feasibility": "weak", "performance": "adequate"}


def test_a_plan_just_begun_is_not_judged_by_what_came_of_it():
    verdicts = criteria.conclude(shipped_facts("2022-04-19", "zibo-14").reset_index())
    assert verdicts.set_index("criterion")["verdict"].to_dict() == {
        "rationality": "cannot_judge", "feasibility": "weak", "performance": "cannot_judge",
    }  # fmt: skip


def test_every_fact_of_the_register_belongs_to_a_criterion():
    register = criteria.register()
    assert set(register["criterion"]) == set(criteria.CRITERIA)
    assert (register["good"] > register["fair"]).all()
