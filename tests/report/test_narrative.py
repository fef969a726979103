"""The sentences: right names and numbers in both languages, and every number moves when the result moves."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.plan import progress
from zbanalysis.projection import domain
from zbanalysis.report.chapters import basis, indicators, method, outlook

LANGUAGES = ("zh", "en")
DAY = "2022-04-19"


@pytest.fixture(scope="module")
def dataset(data_dir):
    return package.load(data_dir)


@pytest.fixture(scope="module")
def view(dataset):
    cache = {}

    def at(plan: str, day: str) -> tuple[pd.DataFrame, dict]:
        if (plan, day) not in cache:
            found = progress.progress(dataset, plan, day)
            cache[plan, day] = found, progress.counts(found)
        found, counts = cache[plan, day]
        return found.copy(), dict(counts)

    return at


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def test_scope_takes_its_figures_from_plan_and_manifest(dataset, view):
    plan = package.plan_record(dataset, "zibo-13").iloc[0]
    manifest = {"as_of": "2021-03-04", "data_vintage": "2020-11-12"}
    for lang in LANGUAGES:
        text = basis.scope_sentences(plan, manifest, {"total": 17}, lang)[0]
        days = ("2021年3月4日", "2020年11月12日") if lang == "zh" else ("4 March 2021", "12 November 2020")
        assert all(word in text for word in (*days, "2016", "2020", "2015", "17"))


def test_requirement_says_how_many_stated_rates_agree(view):
    found, _ = view("zibo-14", DAY)
    for lang in LANGUAGES:
        assert "8" in numbers(indicators.requirement_sentences(found, lang)[1])
        assert "7" in numbers(indicators.requirement_sentences(found.drop(index=2), lang)[1])


def test_caveats_tell_of_changed_bases_revised_targets_and_figures_that_fell_back(view):
    found, _ = view("zibo-13", DAY)
    chinese = indicators.caveat_sentences(found, "zh")
    assert len(chinese) == len(indicators.caveat_sentences(found, "en")) == 4
    basis, revised, patents, stations = chinese
    assert basis.startswith("R&D经费支出占GDP比重")
    assert "普查前" in basis
    assert "普查后" in basis
    assert "16件/万人" in revised
    assert "14件/万人" in revised
    assert all(word in patents for word in ("81件", "2019年", "71件"))
    assert all(word in stations for word in ("86家", "2018年", "52家"))


def test_without_breaks_and_revisions_there_is_nothing_to_warn_of(view):
    found, _ = view("zibo-14", DAY)
    assert indicators.caveat_sentences(found, "zh") == []


def test_english_sentences_begin_with_a_capital_and_end_with_a_stop(view):
    for plan, day in [
        ("zibo-13", "2020-08-10"),
        ("zibo-13", DAY),
        ("zibo-14", DAY),
        ("china-13", "2021-12-31"),
    ]:
        found, _counts = view(plan, day)
        for sentence in [
            *indicators.caveat_sentences(found, "en"),
        ]:
            assert sentence.endswith(".")
            assert not sentence[0].islower(), sentence


def test_chinese_sentences_end_with_a_chinese_stop_and_have_no_double_marks(view):
    for plan, day in [("zibo-13", "2020-08-10"), ("zibo-13", DAY), ("zibo-14", DAY)]:
        found, _counts = view(plan, day)
        for sentence in [
            *indicators.caveat_sentences(found, "zh"),
            *indicators.requirement_sentences(found, "zh"),
        ]:
            assert sentence.endswith("。")
            assert not re.search(r"[，。；：、]{2}|\s，|,", sentence)
            assert "nan" not in sentence
            assert "None" not in sentence


def test_the_callers_frame_is_left_alone(view):
    found, _counts = view("zibo-13", DAY)
    before = found.copy(deep=True)
    indicators.caveat_sentences(found, "en")
    indicators.requirement_sentences(found, "zh")
    pd.testing.assert_frame_equal(found, before)


@pytest.mark.parametrize(
    ("fitted", "words"),
    [
        (0, {"zh": "2项指标在现行口径下的数据点均不足", "en": "too few data points"}),
        (1, {"zh": "2项指标中，1项", "en": "Of 2 indicators, 1"}),
        (2, {"zh": "2项指标在现行口径下均有", "en": "All 2 indicators"}),
    ],
)
def test_all_and_none_have_their_own_words(fitted, words):
    status = ["fitted"] * fitted + ["not_fitted"] * (2 - fitted)
    chosen = pd.DataFrame({"status": status, "n": [3] * 2})
    for lang in LANGUAGES:
        first = outlook.trend_sentences(chosen, lang)[0]
        assert words[lang] in first


@pytest.mark.parametrize(
    ("reached", "chinese", "english"),
    [
        (0.0, "实际没有一个达到", "none were"),
        (1.0, "实际全部达到", "all were"),
        (0.22, "实际有22%达到", "22% were"),
    ],
)
def test_none_and_all_are_words(reached, chinese, english):
    table = pd.DataFrame({"chance": [0.05], "reached": [reached], "cases": [9]})
    assert chinese in method.reliability_sentences(table, "zh")[1]
    assert english in method.reliability_sentences(table, "en")[1]


def test_the_check_names_the_panel_and_no_tool():
    """Also for a folder of one city without a panel."""
    checks = pd.DataFrame({"cases": [17], "domain80": [0.79], "domain95": [0.94]})
    for lang, said in (("zh", "31个省份12项"), ("en", "of 31 provinces")):
        (sentence,) = method.coverage_sentences(checks, domain.panel_size(), lang)
        assert said in sentence
        assert not re.search("工具|tool", sentence)
