"""Kinds of report: when each is due, which sections it has, what it is called."""

from __future__ import annotations

import pytest

from zbanalysis import occasion
from zbanalysis.errors import InputError


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2015-06-01", "annual"),  # before the plan begins
        ("2017-12-31", "annual"), ("2018-01-01", "midterm"), ("2019-06-30", "midterm"), ("2019-07-01", "annual"),
        ("2020-06-30", "annual"), ("2020-07-01", "final"), ("2020-08-10", "final"), ("2022-04-19", "final"),
    ],
)  # fmt: skip
def test_the_kind_follows_from_the_day_and_the_years_of_the_plan(day, kind):
    assert occasion.kind_of(day, 2016, 2020) == kind


@pytest.mark.parametrize(
    ("first", "last", "day", "kind"),
    [
        (2021, 2021, "2021-05-01", "annual"), (2021, 2021, "2021-12-31", "final"),
        (2021, 2022, "2021-05-01", "annual"),
        (2021, 2035, "2028-05-01", "midterm"), (2021, 2035, "2027-05-01", "annual"),
        (2021, 2024, "2022-05-01", "midterm"),
    ],
)  # fmt: skip
def test_plans_of_other_lengths(first, last, day, kind):
    assert occasion.kind_of(day, first, last) == kind


def test_the_kind_asked_for_comes_first_and_an_unknown_one_is_refused():
    assert occasion.chosen("final", "2020-08-10", 2016, 2020) == "final"
    assert occasion.chosen(None, "2022-04-19", 2016, 2020) == "final"
    with pytest.raises(InputError, match="'yearly' is not known; write annual, midterm or final"):
        occasion.chosen("yearly", "2020-08-10", 2016, 2020)
    for ask in (occasion.sections_for, lambda kind: occasion.words(kind, "P", "2020-08-10", "zh")):
        with pytest.raises(InputError, match="'Final' is not known"):
            ask("Final")


def test_each_kind_has_its_sections():
    annual, midterm, final = (occasion.sections_for(kind) for kind in occasion.KINDS)
    assert set(annual) < set(midterm) < set(final)
    # Chances and the rules side by side belong to every report; the public's view does not to a yearly one.
    assert {"feasibility", "sensitivity", "method"} <= set(annual)
    assert {"survey", "cost", "audit", "problems"} <= set(midterm) - set(annual)
    assert set(final) - set(midterm) == {"cases"}
    every = {"scope", "completion", "changes", "appendix.sources", "appendix.manifest"}
    for names in (annual, midterm, final):
        assert every <= set(names)
        assert len(names) == len(set(names))


def test_covers_say_the_official_words():
    shown = {kind: occasion.words(kind, "某规划", "2022-04-19", "zh") for kind in occasion.KINDS}
    assert {kind: words["kind"] for kind, words in shown.items()} == {
        "annual": "年度监测", "midterm": "中期评估", "final": "总结评估",
    }  # fmt: skip
    assert shown["annual"]["title"] == "《某规划》2022年度监测报告"
    english = occasion.words("midterm", "Some plan", "2022-04-19", "en")
    assert english["title"] == "Mid-term evaluation: Some plan"
    assert all(words["subtitle"] for words in shown.values())
