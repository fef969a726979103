"""Kinds of report: when each is due, which parts it has, what it is called."""

from __future__ import annotations

import pytest

from zbanalysis.errors import InputError
from zbanalysis.report import blocks, volumes
from zbanalysis.report.words import label


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2015-06-01", "annual"),  # before the plan begins
        ("2017-12-31", "annual"), ("2018-01-01", "midterm"), ("2019-06-30", "midterm"), ("2019-07-01", "annual"),
        ("2020-06-30", "annual"), ("2020-07-01", "final"), ("2020-08-10", "final"), ("2022-04-19", "final"),
    ],
)  # fmt: skip
def test_the_kind_follows_from_the_day_and_the_years_of_the_plan(day, kind):
    assert blocks.kind_of(day, 2016, 2020) == kind


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
    assert blocks.kind_of(day, first, last) == kind


def test_the_kind_asked_for_comes_first_and_an_unknown_one_is_refused():
    assert blocks.chosen("final", "2020-08-10", 2016, 2020) == "final"
    assert blocks.chosen(None, "2022-04-19", 2016, 2020) == "final"
    with pytest.raises(InputError, match="'yearly' is not known; write baseline, annual, midterm or final"):
        blocks.chosen("yearly", "2020-08-10", 2016, 2020)
    with pytest.raises(InputError, match="'Final' is not known"):
        blocks.chosen("Final", "2020-08-10", 2016, 2020)


def test_each_kind_has_its_parts():
    def main(kind: str) -> set[str]:
        return {name for _, names in volumes.MAIN[kind] for name in names}

    annual, midterm, final = (main(kind) for kind in blocks.KINDS[1:])
    # The public's view and cases do not belong to a yearly report; every report evaluates.
    assert {"targets", "tasks_done", "criteria", "measures", "changes"} <= annual & midterm & final
    assert {"public", "effects", "adjusted"} <= midterm - annual
    assert final - midterm == {"cases_told"}
    for kind in blocks.KINDS:
        names = [*main(kind), *volumes.ANNEXES[kind]]
        assert len(names) == len(set(names)) or kind == "annual"
        assert set(names) <= set(volumes.PARTS)
        judged = {"feasibility", "sensitivity", "method"} if kind != "baseline" else set()
        assert judged | {"sources", "manifest"} <= set(volumes.ANNEXES[kind])


def test_the_final_report_has_the_official_chapters():
    shown = [label(heading, "zh") for heading, _ in volumes.MAIN["final"]]
    assert shown == ["决策实施的基本情况和评估工作开展情况", "评估的主要内容", "评估结论"]
    _, conclusion = volumes.MAIN["final"][-1]
    assert conclusion.index("problems_causes") < conclusion.index("measures") < conclusion.index("adjusted")


def test_covers_say_the_official_words():
    shown = {kind: label(f"title.{kind}", "zh", plan="某规划", year=2022) for kind in blocks.KINDS}
    assert shown == {
        "baseline": "《某规划》基线报告", "annual": "《某规划》2022年度监测报告",
        "midterm": "《某规划》中期评估报告", "final": "《某规划》总结评估报告",
    }  # fmt: skip
    assert label("title.midterm", "en", plan="Some plan", year=2022) == "Mid-term evaluation: Some plan"
