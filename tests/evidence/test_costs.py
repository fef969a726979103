"""Funds and ratios with what their digits leave open; what the change of GDP's basis does."""

from __future__ import annotations

import math

import pytest

from zbanalysis.data import digits, package
from zbanalysis.evidence import basis_change, costs
from zbanalysis.report import charts
from zbanalysis.report.chapters import money


@pytest.fixture(scope="module")
def dataset() -> package.Dataset:
    return package.load()


@pytest.fixture(scope="module")
def found(dataset):
    return costs.ratios(dataset, "zibo-13", "2020-08-10").set_index("ratio")


def test_the_funds_of_the_evaluation_are_there(dataset):
    funds = costs.funds(dataset, "zibo-13", "2020-08-10").set_index(["indicator", "period"])
    printed = {
        ("municipal_science_funds", "2016/2019"): "6.6",
        ("municipal_science_funds_annual_average", "2016/2019"): "1.65",
        ("municipal_project_funds", "2016/2020H1"): "2.5",
        ("upper_level_science_funds", "2016/2020H1"): "9",
        ("upper_level_science_funds", "2019"): "5.8",
        ("rd_subsidy_amount", "2019"): "1.69",
    }
    assert {key: funds.loc[key, "published"] for key in printed} == printed
    over = funds.loc[("municipal_science_funds", "2016/2019")]
    assert (over["low"], over["status"]) == (6.6, "lower_bound")
    assert math.isnan(over["high"])


def test_the_average_is_a_least_value(found):
    row = found.loc["municipal_a_year"]
    assert row["low"] == pytest.approx(6.6 / 4)
    assert row["reading"] == "at_least"
    assert math.isnan(row["high"])


# by hand from the printed figures
@pytest.mark.parametrize(
    ("ratio", "value", "low", "high"),
    [
        ("rd_growth", 100 * (133.68 / 88.2 - 1), 100 * (133.675 / 88.25 - 1), 100 * (133.685 / 88.15 - 1)),
        ("hightech_growth", 100 * 261 / 251, 100 * 261 / 251, 100 * 261 / 251),
        ("subsidy_per_firm", 16900 / 560, 16850 / 560, 16950 / 560),
        ("loan_per_firm", 49000 / 94, 48500 / 94, 49500 / 94),
        ("school_city_per_project", 13692.4 / 212, 13692.35 / 212, 13692.45 / 212),
    ],
)
def test_ratios_by_hand(found, ratio, value, low, high):
    row = found.loc[ratio]
    assert (row["value"], row["low"], row["high"]) == pytest.approx((value, low, high))
    assert row["reading"] == "interval"


def test_growth_meets_the_rate_the_evaluation_states(found):
    for ratio, stated in (("rd_growth", "51.56"), ("hightech_growth", "103.98")):
        assert digits.meet(digits.Value(math.nan, *found.loc[ratio, ["low", "high"]]), digits.printed(stated))
    assert not digits.meet(
        digits.Value(math.nan, *found.loc["rd_growth", ["low", "high"]]), digits.printed("51.36")
    )


def test_two_least_values_bound_nothing(found):
    row = found.loc["leverage"]
    assert row["reading"] == "open"
    assert row["value"] == pytest.approx(9 / 6.6)
    assert not row["same_years"]


def test_a_least_value_below_the_line_gives_a_most(found):
    row = found.loc["funds_per_project"]
    assert row["reading"] == "at_most"
    assert row["high"] == pytest.approx(25500 / 700)


def test_every_ratio_has_its_row_and_its_caveat(dataset, found):
    assert list(found.index) == [ratio.name for ratio in costs.RATIOS]
    assert set(found["caveat"]) == {costs.CAVEAT}
    later = costs.ratios(dataset, "zibo-14", "2022-04-19")
    # 1,027 firms at the end of 2021 on 703; no money is published yet, so nothing else follows.
    answered = later[later["reading"] != "not_available"]
    assert answered["ratio"].tolist() == ["hightech_growth"]
    assert answered["value"].item() == pytest.approx(100 * (1027 / 703 - 1))
    assert costs.funds(dataset, "zibo-14", "2022-04-19").empty


# --- the change of basis ---


@pytest.fixture(scope="module")
def change(dataset):
    return basis_change.basis_change(dataset, "zibo-13", "2022-04-19")


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
    fixed = basis_change.basis_change(dataset, "zibo-13", "2022-04-19", growth=(0, 0))
    assert one(fixed, "intensity_rebased")["high"] == pytest.approx(100 * 133.685 / 3642.35)


def test_no_break_known_no_rows(dataset):
    assert basis_change.basis_change(dataset, "zibo-13", "2020-08-10").empty


# --- as a reader sees it ---


def test_least_values_and_open_ends_are_said_in_words(dataset, found):
    table = money.ratios_table(found.reset_index(), "zh").set_index("比值")["可能范围"]
    assert table["市级科技资金年均投入"] == "1.65以上"
    assert table["省级以上资金与市级资金之比"] == "无法确定范围"
    assert table["市级科技计划项目平均资金"] == "不超过36.43"
    funds = money.funds_table(costs.funds(dataset, "zibo-13", "2020-08-10"), "en")
    assert funds.iloc[0, 3] == "at least CNY 660 million"


def test_bounds_are_rounded_outwards(found):
    row = found.loc["subsidy_per_firm"]  # 30.0892… to 30.2678…
    assert money.left_open(row, "en") == "30.08 to 30.27"


def test_the_city_s_average_is_said_and_the_ratios_claim_no_cause(dataset, found):
    funds = costs.funds(dataset, "zibo-13", "2020-08-10")
    text = "".join(money.funds_sentences(funds, found.reset_index(), "zh"))
    assert "因果" not in text  # nothing is said of ratios but beside their table
    assert any("不能据此判断因果" in note for note in money.ratios_notes(found.reset_index(), "zh"))
    assert "1.65亿元以上" in text
    assert money.funds_sentences(funds.iloc[:0], found.reset_index(), "en") == []


def test_the_text_on_the_basis(change):
    text = "".join(money.basis_sentences(change, basis_change.GROWTH, "zh"))
    assert "下降28.1%" in text
    assert "102.5亿元" in text
    assert "减少23.3%" in text
    assert "提高0.16个百分点" in text
    assert money.basis_sentences(change.iloc[:0], basis_change.GROWTH, "zh") == []
    assert "133.68（不一致）" in set(money.basis_table(change, "zh")["对照的公布数"])


def test_the_chart_of_funds_also_without_any(dataset):
    funds = costs.funds(dataset, "zibo-13", "2020-08-10")
    assert charts.funds(funds).svg("en").startswith("<?xml")
    assert charts.funds(funds.iloc[:0]).svg("zh").startswith("<?xml")
