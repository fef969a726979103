"""Funds and ratios with what their digits leave open; what the change of GDP's basis does."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.evidence import money
from zbanalysis.report import charts
from zbanalysis.report.blocks import frame
from zbanalysis.report.chapters import money as chapter


@pytest.fixture(scope="module")
def dataset() -> package.Dataset:
    return package.load()


@pytest.fixture(scope="module")
def found(dataset):
    return money.ratios(dataset, "zibo-13", "2020-08-10").set_index("ratio")


def test_the_funds_of_the_evaluation_are_there(dataset):
    funds = money.funds(dataset, "zibo-13", "2020-08-10").set_index(["indicator", "period"])
    printed = {
        ("municipal_science_funds", "2016/2019"): "6.6",
        ("municipal_project_funds", "2016/2020H1"): "2.5",
        ("upper_level_science_funds", "2016/2020H1"): "9",
        ("upper_level_science_funds", "2019"): "5.8",
        ("rd_subsidy_amount", "2019"): "1.69",
    }
    assert {key: funds.loc[key, "published"] for key in printed} == printed
    over = funds.loc[("municipal_science_funds", "2016/2019")]
    assert (over["low"], over["status"]) == (6.6, "lower_bound")
    assert math.isnan(over["high"])
    # The document prints the average of the four years too: a sum counts once.
    assert "municipal_science_funds_annual_average" not in funds.index.get_level_values(0)


def test_a_sum_of_several_years_has_its_average_year(dataset):
    funds = money.funds(dataset, "zibo-13", "2020-08-10").set_index(["indicator", "period"])
    won = funds.loc[("upper_level_science_funds", "2016/2020H1")]
    assert (won["years"], won["yuan_a_year"]) == (4.5, pytest.approx(2e8))
    own = funds.loc[("school_city_project_funds", "2016/2019")]
    assert own["yuan_a_year"] == pytest.approx(136_924_000 / 4)
    assert funds.loc[("rd_subsidy_amount", "2019"), "years"] == 1


def test_the_average_is_a_least_value(found):
    row = found.loc["municipal_a_year"]
    assert row["low"] == pytest.approx(6.6 / 4)
    assert row["reading"] == "at_least"
    assert math.isnan(row["high"])


# by hand from the printed figures
@pytest.mark.parametrize(
    ("ratio", "value", "low", "high"),
    [
        ("subsidy_per_firm", 16900 / 560, 16850 / 560, 16950 / 560),
        ("loan_per_firm", 49000 / 94, 48500 / 94, 49500 / 94),
        ("school_city_per_project", 13692.4 / 212, 13692.35 / 212, 13692.45 / 212),
    ],
)
def test_ratios_by_hand(found, ratio, value, low, high):
    row = found.loc[ratio]
    assert (row["value"], row["low"], row["high"]) == pytest.approx((value, low, high))
    assert row["reading"] == "interval"


def test_nearly_ten_billion_gives_a_most(found):
    row = found.loc["school_city_leverage"]  # nearly 10 billion on 136.924 million
    assert row["reading"] == "at_most"
    assert row["high"] == pytest.approx(1e10 / 136_923_500)


def ratio(dataset, unit: str, above: str = "6.6", **kinds: str):
    """The city's funds a year, entered in another unit."""
    indicators, observations = dataset.indicators.copy(), dataset.observations.copy()
    own = indicators["indicator"] == "municipal_science_funds"
    for name, text in {"unit_zh": unit, "unit_en": unit, **kinds}.items():
        indicators.loc[own, name] = text
    sums = observations["indicator"] == "municipal_science_funds"
    observations.loc[sums, ["published", "published_value"]] = above
    observations.loc[sums, "value"] = float(above)
    changed = replace(dataset, indicators=indicators, observations=observations)
    return money.ratios(changed, "zibo-13", "2020-08-10").set_index("ratio").loc["municipal_a_year"]


@pytest.mark.parametrize(
    ("unit", "printed"),
    [
        ("万元", "66000"), ("亿元", "6.6"), ("元", "660000000"), ("百万元", "660"), ("千元", "660000"),
        ("10,000 yuan", "66000"), ("CNY million", "660"), ("million yuan", "660"), ("CNY 100 million", "6.6"),
    ],
)  # fmt: skip
def test_the_unit_is_read(dataset, unit, printed):
    row = ratio(dataset, unit, printed)
    assert (row["value"], row["reading"]) == (pytest.approx(1.65), "at_least")


@pytest.mark.parametrize("unit", ["万美元", "家", "USD million", "%", "million", "yuan per head"])
def test_what_is_no_unit_of_the_yuan_has_no_ratio(dataset, unit):
    assert ratio(dataset, unit)["reading"] == "not_available"


def test_units_that_differ_by_language_are_not_read(dataset):
    assert ratio(dataset, "万元", unit_en="100 million yuan")["reading"] == "not_available"


def test_firms_counted_in_ten_thousands_are_read_too(dataset):
    indicators = dataset.indicators.copy()
    indicators.loc[indicators["indicator"] == "rd_subsidy_firms", ["unit_zh", "unit_en"]] = [
        "万家",
        "10,000 firms",
    ]
    changed = replace(dataset, indicators=indicators)
    row = money.ratios(changed, "zibo-13", "2020-08-10").set_index("ratio").loc["subsidy_per_firm"]
    assert row["value"] == pytest.approx(1.69e8 / 5_600_000 / 1e4)


def test_a_least_value_below_the_line_gives_a_most(found):
    row = found.loc["funds_per_project"]
    assert row["reading"] == "at_most"
    assert row["high"] == pytest.approx(25500 / 700)


def test_every_ratio_has_its_row_and_its_caveat(dataset, found):
    assert list(found.index) == [ratio.name for ratio in money.RATIOS]
    assert set(found["caveat"]) == {money.CAVEAT}
    later = money.ratios(dataset, "zibo-14", "2022-04-19")
    assert set(later["reading"]) == {"not_available"}
    assert money.funds(dataset, "zibo-14", "2022-04-19").empty


# --- the change of basis ---


@pytest.fixture(scope="module")
def change(dataset):
    return money.basis_change(dataset, "zibo-13", "2022-04-19")


def one(change, measure, period=None):
    rows = change[change["measure"] == measure]
    return (rows if period is None else rows[rows["period"] == period]).iloc[0]


def test_gdp_falls_by_more_than_a_quarter(change):
    assert one(change, "gdp_at_break")["value"] == pytest.approx(100 * (3642.4 / 5068.35 - 1))


def test_spending_implied_for_2020_lies_below_that_of_2018(change):
    row = one(change, "implied_spending", "2020")
    assert row["value"] == pytest.approx(2.79 * 36.7354)
    assert (row["low"], row["high"]) == pytest.approx((2.785 * 36.73535, 2.795 * 36.73545))
    assert row["verdict"] == "only_implied"
    fall = one(change, "spending_change")
    assert fall["value"] == pytest.approx(100 * (2.79 * 36.7354 / 133.68 - 1))
    assert fall["high"] < -23


def test_implied_spending_is_held_against_what_was_published(change):
    assert one(change, "implied_spending", "2015")["verdict"] == "agrees"  # 88.39 holds 88.2 within rounding
    assert one(change, "implied_spending", "2018")["verdict"] == "differs"  # at most 133.55 against 133.68


def test_on_one_basis_the_intensity_fell(change):
    assert one(change, "intensity_as_printed")["value"] == pytest.approx(0.16)
    rebased = one(change, "intensity_rebased")
    assert (rebased["low"], rebased["high"]) == pytest.approx(
        (100 * 133.675 / 3642.45, 100 * 133.685 * 1.1 / 3642.35)
    )
    assert one(change, "intensity_one_basis")["high"] < 0


def test_growth_assumed_is_a_parameter(dataset):
    fixed = money.basis_change(dataset, "zibo-13", "2022-04-19", growth=(0, 0))
    assert one(fixed, "intensity_rebased")["high"] == pytest.approx(100 * 133.685 / 3642.35)


def test_gdp_in_another_unit_changes_nothing(dataset, change):
    indicators, observations = dataset.indicators.copy(), dataset.observations.copy()
    indicators.loc[indicators["indicator"] == "gdp", ["unit_zh", "unit_en"]] = ["百亿元", "10 billion yuan"]
    own = observations["indicator"] == "gdp"
    observations.loc[own, "value"] /= 100
    observations.loc[own, "published"] = [f"{value:.6f}" for value in observations.loc[own, "value"]]
    changed = replace(dataset, indicators=indicators, observations=observations)
    found = money.basis_change(changed, "zibo-13", "2022-04-19")
    assert found["value"].dropna().tolist() == pytest.approx(change["value"].dropna().tolist())
    indicators.loc[indicators["indicator"] == "gdp", ["unit_zh", "unit_en"]] = ["亿美元", "USD 100 million"]
    assert money.basis_change(replace(dataset, indicators=indicators), "zibo-13", "2022-04-19").empty


def test_no_break_known_no_rows(dataset):
    assert money.basis_change(dataset, "zibo-13", "2020-08-10").empty


# --- as a reader sees it ---


def ratios_table(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    known = found.reset_index().query("reading != 'not_available'")
    return frame(known, chapter.ratios_columns(known), lang)


def test_least_values_and_open_ends_are_said_in_words(dataset, found):
    table = ratios_table(found, "zh").set_index("比值")["可能范围"]
    assert table["市级科技资金年均投入"] == "1.65以上"
    assert table["校城融合带动资金与财政资金之比"] == "不超过73.04"
    assert table["市级科技计划项目平均资金"] == "不超过36.43"
    funds = money.funds(dataset, "zibo-13", "2020-08-10")
    funds = frame(funds, chapter.funds_columns(funds), "en")
    assert funds.iloc[0, 3] == "at least CNY 660 million"
    assert funds.iloc[0, 4] == "at least CNY 165 million"  # a year


def test_english_ratios_count_in_millions_and_thousands(found):
    table = ratios_table(found, "en").set_index("Ratio")
    assert table.loc["R&D subsidy per firm", ["Range", "Unit"]].tolist() == [
        "300.89–302.68",
        "CNY thousand per firm",
    ]
    assert table.loc["Municipal science funds a year", "Range"] == "at least 165"


def test_bounds_are_rounded_outwards(found):
    row = found.loc["subsidy_per_firm"]  # 30.0892… to 30.2678…
    assert chapter.left_open(row, "zh") == "30.08—30.27"


def test_the_city_s_average_is_said_and_the_ratios_claim_no_cause(dataset, found):
    funds = money.funds(dataset, "zibo-13", "2020-08-10")
    text = "".join(chapter.funds_sentences(funds, found.reset_index(), "zh"))
    assert "因果" not in text  # nothing is said of ratios but beside their table
    assert any("不能据此判断因果" in note for note in chapter.ratios_notes(found.reset_index(), "zh"))
    assert "1.65亿元以上" in text
    assert chapter.funds_sentences(funds.iloc[:0], found.reset_index(), "en") == []


def test_the_text_on_the_basis(change):
    text = "".join(chapter.basis_sentences(change, money.GROWTH, "zh"))
    assert "下降28.1%" in text
    assert "102.5亿元" in text
    assert "减少23.3%" in text
    assert "提高0.16个百分点" in text
    assert chapter.basis_sentences(change.iloc[:0], money.GROWTH, "zh") == []
    assert "133.68（不一致）" in set(frame(change, chapter.BASIS_CHANGE, "zh")["对照的公布数"])


def test_the_chart_of_funds_also_without_any(dataset):
    funds = money.funds(dataset, "zibo-13", "2020-08-10")
    assert charts.funds(funds).svg("en").startswith("<?xml")
    assert charts.funds(funds.iloc[:0]).svg("zh").startswith("<?xml")
