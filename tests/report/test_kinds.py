"""Kinds of report: when each is due, which sections it has, what it is called."""

from __future__ import annotations

import pytest

from zbanalysis.errors import InputError
from zbanalysis.report import kinds
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
    assert kinds.kind_of(day, 2016, 2020) == kind


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
    assert kinds.kind_of(day, first, last) == kind


def test_the_kind_asked_for_comes_first_and_an_unknown_one_is_refused():
    assert kinds.chosen("final", "2020-08-10", 2016, 2020) == "final"
    assert kinds.chosen(None, "2022-04-19", 2016, 2020) == "final"
    with pytest.raises(InputError, match="'yearly' is not known; write annual, midterm or final"):
        kinds.chosen("yearly", "2020-08-10", 2016, 2020)
    asked = (kinds.parts_for, kinds.outline_of, kinds.appendices_for)
    for ask in (*asked, lambda kind: kinds.words(kind, "P", "2020-08-10", "zh")):
        with pytest.raises(InputError, match="'Final' is not known"):
            ask("Final")


def test_each_kind_has_its_parts():
    annual, midterm, final = (kinds.parts_for(kind) for kind in kinds.KINDS)
    assert set(annual) < set(midterm) < set(final)
    # Chances and the rules side by side belong to every report; the public's view does not to a yearly one.
    assert {"feasibility", "sensitivity", "method", "adjustment"} <= set(annual)
    assert {"survey", "cost", "audit", "problems", "offices"} <= set(midterm) - set(annual)
    assert set(final) - set(midterm) == {"cases"}
    every = {"scope", "completion", "changes", "sources", "manifest"}
    for names in (annual, midterm, final):
        assert every <= set(names)
        assert len(names) == len(set(names))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_chapter_has_its_heading(kind, lang):
    def names(chapters):
        for chapter in chapters:
            if isinstance(chapter, kinds.Chapter):
                yield chapter.name
                yield from names(chapter.parts)

    headings = [label(f"chapter.{kind}.{name}", lang) for name in names(kinds.outline_of(kind))]
    assert all(headings)


def test_the_final_report_has_the_official_chapters():
    shown = [label(f"chapter.final.{chapter.name}", "zh") for chapter in kinds.outline_of("final")]
    assert shown == ["决策实施的基本情况和评估工作开展情况", "评估的主要内容", "评估结论"]
    conclusion = kinds.outline_of("final")[-1].parts
    assert conclusion.index("problems") < conclusion.index("adjustment") < conclusion.index("recommendations")


def test_covers_say_the_official_words():
    shown = {kind: kinds.words(kind, "某规划", "2022-04-19", "zh") for kind in kinds.KINDS}
    assert {kind: words["kind"] for kind, words in shown.items()} == {
        "annual": "年度监测", "midterm": "中期评估", "final": "总结评估",
    }  # fmt: skip
    assert shown["annual"]["title"] == "《某规划》2022年度监测报告"
    english = kinds.words("midterm", "Some plan", "2022-04-19", "en")
    assert english["title"] == "Mid-term evaluation: Some plan"
    assert all(words["subtitle"] for words in shown.values())
