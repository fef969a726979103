"""The steps of plan and evaluation: what is known by a day, in its order; wrong days are told."""

from __future__ import annotations

import pytest

from zbanalysis.data import package
from zbanalysis.errors import DataError
from zbanalysis.evidence import tasks
from zbanalysis.report import words
from zbanalysis.report.blocks import frame
from zbanalysis.report.chapters import basis

DAY = "2020-08-10"


def test_the_steps_of_the_shipped_plan():
    found = tasks.steps(package.load(), "zibo-13", DAY)
    assert found["order"].tolist() == sorted(found["order"])
    assert found["kind"].value_counts().to_dict() == {
        "step": 5, "review": 2, "basis": 3, "decision": 1,
        "purpose": 1, "scope": 3, "principle": 1, "method": 4, "group": 1, "funding": 1, "adjustment": 1,
    }  # fmt: skip
    assert tasks.steps(package.load(), "zibo-14", "2022-04-19").empty


def test_nothing_is_known_before_it_was_published():
    assert tasks.steps(package.load(), "zibo-13", "2020-08-09").empty


def test_a_folder_without_the_table_has_no_steps(data_copy):
    (data_copy / "course.csv").unlink()
    assert tasks.steps(package.load(data_copy), "zibo-13", DAY).empty


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("2017-08-22", "2017-02-30", "start"),
        ("2020-07-16,2020-07-22", "2020-07-16,2020-07-12", "end"),
        ("2018-06,", "2018-13,", "start"),
    ],
)
def test_a_wrong_day_is_told_with_its_row(data_copy, before, after, column):
    path = data_copy / "course.csv"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(DataError, match=rf"course\.csv +\d +{column} "):
        tasks.steps(package.load(data_copy), "zibo-13", DAY)


def test_the_first_sentences_say_when_and_by_which_rules():
    found = tasks.steps(package.load(), "zibo-13", DAY)
    said = basis.decision(found, "zh")
    assert said.startswith("规划于2017年8月22日发布。")
    assert "淄政办字〔2018〕163号" in said
    assert basis.decision(found.iloc[:0], "zh") == ""
    english = basis.reviews(found, "en")
    assert english == "Reviews of the plan: mid-term review in June 2018 and final review in June 2020."


def test_the_steps_carry_their_days():
    found = tasks.steps(package.load(), "zibo-13", DAY)
    shown = frame(found[found["kind"] == "step"], basis.STEPS, "zh")
    assert shown.iloc[1].tolist()[0] == "2020年7月23日—7月31日"
    assert len(shown) == 5
    assert words.date("", "en") == "—"


def test_offices_hold_their_tasks_each_once():
    shown = basis.by_office(tasks.load(package.load(), "zibo-13", DAY), "zh").set_index("office")["tasks"]
    assert shown.index.is_unique
    assert shown.loc["科技合作科"] == (
        "科技创新平台建设；深化科技合作交流；国际国内科技合作；校城融合；院士工作站建设；重点城市科技活动周"
    )
    english = basis.by_office(tasks.load(package.load(), "zibo-13", DAY), "en")
    assert len(english) == len(shown)


def test_days_that_differ_between_a_report_and_its_scheme_are_told():
    """The questionnaire: 27 to 31 July in the report, 1 to 10 August in its annex 1; two steps more."""
    found = tasks.steps(package.load(), "zibo-13", DAY)
    said = basis.schedule_sentences(found, "zh")
    assert len(said) == 3
    assert "为2020年7月27日—7月31日" in said[0]
    assert "（附件1 五（三）1）为2020年8月1日—8月10日" in said[0]
    same = found.assign(planned_start=found["start"], planned_end=found["end"])
    assert basis.schedule_sentences(same, "zh") == []
    assert basis.schedule_sentences(found.drop(columns="planned_start"), "zh") == []
