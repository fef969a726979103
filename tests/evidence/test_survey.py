"""Shares of those asked: whole numbers of people, intervals for random samples only."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from zbanalysis.data import package, schema
from zbanalysis.evidence import survey
from zbanalysis.report import charts
from zbanalysis.report.blocks import frame
from zbanalysis.report.chapters import survey as chapter


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return survey.shares(survey.load(package.load(), "zibo-13", "2020-08-10"))


def answers(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            dict.fromkeys(schema.tables()["survey.csv"].columns, "")
            | {"survey": "x", "share": s, "n": n, "sample": sample, "overlap": "no", "sent": math.nan}
            for s, n, sample in rows
        ]
    )


# By hand: 100 k / 75 rounded to the digits printed.
BY_HAND = {
    "48": 36, "86.7": 65, "100": 75, "65.3": 49, "72": 54, "57.3": 43, "68": 51,
    "60": 45, "42.7": 32, "64": 48, "56": 42, "40": 30,
}  # fmt: skip


@pytest.mark.parametrize(("share", "people"), BY_HAND.items())
def test_every_share_of_the_evaluation_is_one_whole_number_of_75(share, people):
    assert survey.candidates(share, 75) == [people]


@pytest.mark.parametrize("share", ["86.6", "86.8", "42.6", "46", "74", "65.4", "0.7"])
def test_a_share_a_digit_off_is_none(share):
    assert survey.candidates(share, 75) == []


def test_a_half_may_be_rounded_either_way():
    # 5 of 80 is 6.25 %, printed 6.3 half up and 6.2 half to even; 1 of 8 is 12.5 %
    assert survey.candidates("6.2", 80) == survey.candidates("6.3", 80) == [5]
    assert survey.candidates("12", 8) == survey.candidates("13", 8) == [1]
    assert survey.candidates("6.1", 80) == []
    assert survey.candidates("86.5", 120) == []  # 103 of 120 is 85.8 %, 104 is 86.7 %


def test_candidates_are_those_a_search_over_all_people_finds():
    for n in (7, 30, 75, 400):
        for tenth in range(0, 1001, 7):
            share = f"{tenth / 10:.1f}"
            found = [k for k in range(n + 1) if (2 * tenth - 1) * n <= 2000 * k <= (2 * tenth + 1) * n]
            assert survey.candidates(share, n) == found


def test_the_shipped_survey_has_all_shares_and_the_opinions(shipped):
    printed = shipped[shipped["status"] == "possible"]
    assert printed["share"].tolist() == [
        "48", "86.7", "100", "100", "65.3", "72", "57.3", "68", "60", "42.7", "64", "56", "40",
    ]  # fmt: skip
    assert printed["count_low"].tolist() == [BY_HAND[share] for share in printed["share"]]
    (opinions,) = shipped[shipped["status"] == "no_share"].itertuples()
    assert opinions.n == 30
    assert not opinions.shown


def test_a_sample_that_chose_itself_has_no_interval(shipped):
    assert not shipped["probability"].any()
    assert shipped[["low", "high"]].isna().all(axis=None)


def test_a_random_sample_has_the_wilson_interval():
    found = survey.shares(answers(("86.7", 75, "random"))).iloc[0]
    # Wilson (1927) by hand, z = 1.959964
    p, n, z = 65 / 75, 75, 1.959963984540054
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert (found["low"], found["high"]) == pytest.approx((centre - half, centre + half))


def test_statuses():
    found = survey.shares(
        answers(
            ("50", 29, "random"),
            ("86.6", 75, "random"),
            ("50", 400, "random"),
            ("50", 30, "random"),
            ("", 30, "random"),
        )
    )
    assert found["status"].tolist() == ["impossible", "impossible", "ambiguous", "possible", "no_share"]
    few = survey.shares(answers(("50", 28, "random"))).iloc[0]
    assert (few["status"], few["shown"]) == ("too_few", False)
    assert math.isnan(few["low"])


def test_several_numbers_widen_the_interval():
    many = survey.shares(answers(("50", 400, "random"))).iloc[0]
    one = survey.shares(answers(("50.00", 400, "random"))).iloc[0]
    assert (many["count_low"], many["count_high"]) == (198, 202)  # 49.5 % and 50.5 %, each rounded to 50
    assert many["low"] < one["low"] < one["high"] < many["high"]


def test_nothing_before_the_source_and_nothing_without_the_file(data_copy):
    assert survey.load(package.load(data_copy), "zibo-13", "2020-08-09").empty
    (data_copy / "survey.csv").unlink()
    empty = survey.shares(survey.load(package.load(data_copy), "zibo-13", "2020-08-10"))
    assert empty.empty
    assert survey.summary(empty).empty


def test_summary(shipped):
    first, second = survey.summary(shipped).itertuples()
    assert (first.n, first.answers, first.impossible, first.overlap) == (75, 13, 0, True)
    assert (second.n, second.answers) == (30, 0)


# --- as a reader sees it ---


def answers_table(shares: pd.DataFrame, lang: str) -> pd.DataFrame:
    return frame(chapter.printed(shares), chapter.columns(shares), lang)


def test_the_table_shows_who_answered_and_then_opinions_by_share(shipped):
    table = answers_table(shipped, "zh")
    assert table.iloc[1].tolist() == ["2", "答卷单位", "高新技术企业", "86.7%", "65", "75", "可对应整数"]
    assert table["比例"].tolist() == [
        "48%", "86.7%", "100%", "100%", "65.3%",  # who answered and what they do, as in the questionnaire
        "72%", "68%", "64%", "60%", "57.3%", "56%", "42.7%", "40%",  # what they think, the most first
    ]  # fmt: skip
    assert "95%置信区间" not in table
    assert "95% interval" in answers_table(survey.shares(answers(("86.7", 75, "random"))), "en")


def test_few_answers_are_not_shown():
    table = answers_table(survey.shares(answers(("50", 28, "random"))), "en")
    assert table.iloc[0, 2:4].tolist() == ["—", "—"]


def test_the_text_says_whom_the_shares_stand_for(shipped):
    text = "".join(chapter.sentences(survey.summary(shipped), shipped, "zh"))
    assert "75份" in text
    assert "30份" in text
    assert "86.7%" in text  # certified firms benefit from what they judge
    assert "未说明调查对象如何选取" in text
    assert "自愿" not in text  # no document says so
    assert "整数" not in text  # every share can be, so nothing is said
    none = shipped.iloc[:0]
    assert chapter.sentences(survey.summary(none), none, "en") == []


def test_what_was_sent_out_and_what_cannot_be_is_told():
    asked = answers(("50", 60, "self_selected"), ("50.4", 60, "self_selected")).assign(sent=80)
    found = survey.shares(asked)
    text = " ".join(chapter.sentences(survey.summary(found), found, "en"))
    assert "75.0%" in text  # 60 of 80 came back
    assert "No whole number" in text
    assert "chose to" in text


def test_the_chart_is_the_same_each_time(shipped):
    assert charts.survey(shipped).svg("zh") == charts.survey(shipped).svg("zh")
