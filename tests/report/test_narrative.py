"""The sentences: right names and numbers in both languages, and every number moves when the result moves."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.plan import progress
from zbanalysis.projection import domain
from zbanalysis.report import words as wording
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


@pytest.fixture
def just_begun(dataset):
    """The 14th plan as its own table leaves it: without the two figures of 2021 published before it."""
    kept = dataset.observations[dataset.observations["source"] != "zibo-science-summary-2021"]
    found = progress.progress(replace(dataset, observations=kept), "zibo-14", DAY)
    return found, progress.counts(found)


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def test_headline_of_2020_says_six_reached_and_names_the_four_that_are_not(view):
    found, counts = view("zibo-13", "2020-08-10")
    sentences = indicators.headline(found, counts, "zh")
    assert sentences[0] == (
        "10项目标中，按最新公布数据已达到目标的有6项：PCT国际专利申请量、年登记技术合同成交额、"
        "高新技术产业产值占规模以上工业总产值比重、高新技术企业数、省级研发机构（平台）、国家级孵化载体。"
    )
    assert sentences[1].startswith("尚未达到目标的有4项：R&D经费支出占GDP比重2.63%（2018年），目标2.7%；")
    assert "院士工作站52家（2019年），目标85家" in sentences[1]
    assert any("快于" in sentence and "R&D" in sentence for sentence in sentences[2:])


def test_headline_in_english_has_the_same_figures(view):
    for plan, day in [("zibo-13", "2020-08-10"), ("zibo-13", DAY), ("china-13", "2018-12-31")]:
        found, counts = view(plan, day)
        chinese, english = (" ".join(indicators.headline(found, counts, lang)) for lang in LANGUAGES)
        # Names carry digits of their own: "per 10,000 people".
        assert numbers(chinese) <= numbers(english.replace("10,000", ""))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (2, "current_published", "77.77"),
        (2, "published_target_value", "83.83"),
        (8, "current_period", "2017"),
    ],
)
def test_a_changed_figure_changes_the_sentence(view, lang, row, column, value):
    found, counts = view("zibo-13", DAY)
    before = indicators.headline(found, counts, lang)
    found.loc[row, column] = value
    after = indicators.headline(found, counts, lang)
    assert value in " ".join(after)
    assert value not in " ".join(before)
    assert len(after) == len(before)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", ["total", "met", "not_met"])
def test_a_changed_count_changes_the_sentence(view, lang, key):
    found, counts = view("zibo-13", DAY)
    assert "4321" in " ".join(indicators.headline(found, counts | {key: 4321}, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_none_reached_and_nothing_known_have_their_own_words(view, just_begun, lang):
    found, counts = view("zibo-13", "2020-08-10")
    found["reached"] = pd.array([False] * 10, dtype="boolean")
    words = indicators.headline(found, counts | {"met": 0, "not_met": 10}, lang)[0]
    assert ("尚无一项达到目标" if lang == "zh" else "none") in words
    found, counts = just_begun
    base = indicators.headline(found, counts, lang)
    assert base == indicators.baseline(found, counts, lang)
    assert "21" in base[0]
    assert "9" in base[0]
    for rate in ("24.57%", "20.69%", "16.85%", "12.22%", "6.42%", "3.71%"):
        assert rate in base[1]
    for change in ("0.21", "15.47", "13.59"):
        assert change in base[2]


def test_the_fastest_growth_asked_comes_first(view):
    found, counts = view("zibo-14", DAY)
    rates = [float(rate) for rate in re.findall(r"([\d.]+)%", indicators.baseline(found, counts, "zh")[1])]
    assert rates == sorted(rates, reverse=True)
    assert len(rates) == 6


def test_every_target_not_reached_is_named_once_in_each_language(view):
    found, counts = view("zibo-13", "2020-08-10")
    for lang in LANGUAGES:
        text = indicators.headline(found, counts, lang)[1]
        for _, row in found[~found["reached"].fillna(True)].iterrows():
            assert text.count(wording.name_in_text(row, lang)) == 1


def test_scope_takes_its_figures_from_plan_and_manifest(dataset, view):
    plan = package.plan_record(dataset, "zibo-13").iloc[0]
    manifest = {"as_of": "2021-03-04", "data_vintage": "2020-11-12"}
    for lang in LANGUAGES:
        text = basis.scope_sentences(plan, manifest, {"total": 17}, lang)[0]
        days = ("2021年3月4日", "2020年11月12日") if lang == "zh" else ("4 March 2021", "12 November 2020")
        assert all(word in text for word in (*days, "2016", "2020", "2015", "17"))


def test_requirement_says_how_many_stated_rates_agree_and_which_need_is_largest(view):
    found, _ = view("zibo-14", DAY)
    for lang in LANGUAGES:
        sentences = indicators.requirement_sentences(found, lang, "表2")
        assert "8" in numbers(sentences[1])
        assert "18.29%" in sentences[2], "2,700 SMEs from 1,379 in four years"
        found.loc[3, "needed"] = 31.416
        assert "31.42%" in indicators.requirement_sentences(found, lang, "表2")[2]
        found, _ = view("zibo-14", DAY)


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
        found, counts = view(plan, day)
        for sentence in [
            *indicators.headline(found, counts, "en"),
            *indicators.caveat_sentences(found, "en"),
        ]:
            assert sentence.endswith(".")
            assert not sentence[0].islower(), sentence


def test_chinese_sentences_end_with_a_chinese_stop_and_have_no_double_marks(view):
    for plan, day in [("zibo-13", "2020-08-10"), ("zibo-13", DAY), ("zibo-14", DAY)]:
        found, counts = view(plan, day)
        for sentence in [
            *indicators.headline(found, counts, "zh"),
            *indicators.caveat_sentences(found, "zh"),
            *indicators.requirement_sentences(found, "zh", "表2"),
        ]:
            assert sentence.endswith("。")
            assert not re.search(r"[，。；：、]{2}|\s，|,", sentence)
            assert "nan" not in sentence
            assert "None" not in sentence


def test_the_callers_frame_is_left_alone(view):
    found, counts = view("zibo-13", DAY)
    before = found.copy(deep=True)
    indicators.headline(found, counts, "zh")
    indicators.caveat_sentences(found, "en")
    indicators.requirement_sentences(found, "zh", "表2")
    pd.testing.assert_frame_equal(found, before)


@pytest.mark.parametrize(
    ("kind", "chinese", "english"),
    [
        ("average_growth", "目标年均9%", "against a target of 9% a year"),
        ("cumulative_change", "目标累计9%", "against a target of 9% in all"),
        ("floor", "目标每年≥9家", "against a target of ≥ 9 facilities each year"),
        ("level", "目标9家", "against a target of 9 facilities"),
    ],
)
def test_a_missed_target_carries_its_unit_once_and_growth_none(view, kind, chinese, english):
    found, counts = view("zibo-13", "2020-08-10")
    found, counts = found.iloc[[9]].copy(), counts | {"total": 1, "met": 0, "not_met": 1}
    found = found.assign(
        kind=kind, published_target_value="9", reached=False, unit_zh="家", unit_en="facilities"
    )
    for lang, end in (("zh", chinese + "。"), ("en", english + ".")):
        assert indicators.headline(found, counts, lang)[1].endswith(end)


@pytest.mark.parametrize(
    ("fitted", "words"),
    [
        (0, {"zh": "2项指标在现行口径下都没有足够的数据点", "en": "No indicator"}),
        (1, {"zh": "其余各项不足两点", "en": "the rest have not"}),
        (2, {"zh": "2项指标在现行口径下都有两个以上", "en": "Every indicator with published figures (2)"}),
    ],
)
def test_the_rest_is_told_of_only_where_there_is_a_rest(fitted, words):
    status = ["fitted"] * fitted + ["not_fitted"] * (2 - fitted)
    chosen = pd.DataFrame({"status": status, "n": [3] * 2})
    for lang in LANGUAGES:
        first = outlook.trend_sentences(chosen, lang)[0]
        assert words[lang] in first
        assert ("其余" in first or "the rest" in first) == (fitted == 1)


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


def test_the_check_is_said_to_rest_on_the_panel_that_comes_with_the_tool():
    """Also for a folder of one city without a panel: the calibration is the tool's, not the folder's."""
    checks = pd.DataFrame({"cases": [17], "domain80": [0.79], "domain95": [0.94]})
    for lang, words in (
        ("zh", "随本工具提供的31个省份12项"),
        ("en", "31 provinces that come with this tool"),
    ):
        (sentence,) = method.coverage_sentences(checks, domain.panel_size(), lang)
        assert words in sentence
