"""Targets and figures in the shapes that rules, trends and projections take."""

from __future__ import annotations

import inspect
import math

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.plan import inputs, progress, sensitivity

NAN = math.nan


def target(name: str, kind: str = "level", **changed) -> dict:
    row = {
        "target": name, "indicator": name, "area_level": "city", "kind": kind, "direction": "up", "scale": "amount", "base_period": "2015",
        "base_position": 2015.0, "base_value": 10.0, "basis": "x", "target_position": 2020.0, "target_value": 20.0,
        "target_upper": NAN, "published_base_value": "10.0", "published_target_value": "20",
        "current_position": 2018.0, "current_value": 14.25, "current_published": "14.25", "current_basis": "x",
        "accumulated": NAN, "held_share": 1.0 if kind in ("floor", "ceiling") else NAN, "lower_bound": 0.0,
        "upper_bound": NAN, "domain": "other", "share_of": "",
    }  # fmt: skip
    assert set(changed) <= set(row)
    return row | changed


def found_of(*rows: dict) -> pd.DataFrame:
    return progress.classify(pd.DataFrame(list(rows)))


def figures(name: str, *rows: tuple) -> pd.DataFrame:
    """Period, position, value and basis of each figure."""
    return pd.DataFrame(
        [
            {"target": name, "period": period, "position": position, "value": value, "published": str(value),
             "status": "final", "basis": basis, "source": "s"}
            for period, position, value, basis in rows
        ]
    )  # fmt: skip


def full(name: str, values: dict, basis: str = "x") -> pd.DataFrame:
    return figures(name, *((str(year), float(year), value, basis) for year, value in values.items()))


# --- what a rule can judge -------------------------------------------------------------------------------------------


def test_only_targets_with_a_way_to_go_are_put_to_the_rules():
    rows = [
        target("level"),
        target("growth", "average_growth", target_value=15.0),
        target("change", "cumulative_change", target_value=100.0),
        target("sum", "cumulative_sum", accumulated=9.0),
        target("range", "range", target_upper=30.0),
        target("floor", "floor"),
        target("keep", "keep"),
        target("words", "qualitative", target_value=NAN),
        target("baseless", base_value=NAN, published_base_value=""),
        target("unseen", current_position=NAN, current_value=NAN, current_published="", current_basis=""),
        target("no_new", current_position=2015.0, current_value=10.0, current_published="10.0"),
    ]
    got = inputs.plain(found_of(*rows)).set_index("id")
    assert list(got.index) == ["level", "growth", "change"]
    assert got["target_value"].tolist() == pytest.approx([20.0, 10 * 1.15**5, 20.0])
    assert got[["base_year", "current_year", "target_year"]].to_numpy().tolist() == [[2015, 2018, 2020]] * 3


def test_half_widths_are_those_of_the_printed_digits():
    rows = [
        target("level"),
        target("growth", "average_growth", target_value=15.0, published_target_value="15"),
    ]
    got = inputs.plain(found_of(*rows)).set_index("id")
    widths = ["base_half_width", "current_half_width", "target_half_width"]
    assert got.loc["level", widths].tolist() == [0.05, 0.005, 0.5]
    assert got.loc["growth", widths[:2]].tolist() == [0.05, 0.005]
    assert math.isnan(got.loc["growth", "target_half_width"]), (
        "the end value of a rate is computed, not printed"
    )


def test_a_base_that_is_not_printed_has_no_rounding():
    got = inputs.plain(found_of(target("a", published_base_value="")))
    assert math.isnan(got["base_half_width"].iloc[0])


# --- other base years ------------------------------------------------------------------------------------------------


def yearly(found: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """`inputs.yearly` with what it asks for: to keep to one basis it needs the targets too."""
    both = len(inspect.signature(inputs.yearly).parameters) == 2
    return inputs.yearly(found, known) if both else inputs.yearly(known)


def test_full_years_only_and_each_once():
    known = pd.concat(
        [
            full("a", {2014: 9.0, 2016: 11.0}),
            figures("a", ("2019H1", 2018.5, 13.0, "x")),
            full("b", {2014: 1.0}),
        ]
    )
    got = yearly(found_of(target("a"), target("b")), known)
    assert got.to_numpy().tolist() == [["a", 2014, 9.0], ["a", 2016, 11.0], ["b", 2014, 1.0]]
    assert list(got) == ["id", "year", "value"]


def test_another_base_year_is_not_taken_from_another_basis():
    """5068 before the census and 3642 after it do not compare; a base a year earlier may not be the old figure."""
    known = pd.concat(
        [full("gdp", {2018: 5068.0}, "before"), full("gdp", {2019: 3642.0, 2020: 3673.5}, "after")]
    )
    found = found_of(
        target("gdp", basis="after", current_basis="after", base_period="2019", base_position=2019.0, base_value=3642.0,
               published_base_value="3642", target_position=2024.0, target_value=4500.0, current_position=2021.0)
    )  # fmt: skip
    table = sensitivity.variants(inputs.plain(found), history=yearly(found, known))
    earlier = table[table["variant"] == "base_year:-1"].iloc[0]
    assert (earlier["changed"], earlier["reason"]) == (False, "no_value_that_year")


# --- trends ----------------------------------------------------------------------------------------------------------


def test_trends_get_every_basis_with_scale_and_bounds():
    known = pd.concat([full("a", {2014: 90.0}, "old"), full("a", {2016: 11.0, 2018: 14.0})])
    got = inputs.trend_input(found_of(target("a", scale="share", upper_bound=100.0)), known)
    assert got["year"].tolist() == [2014, 2016, 2018]
    assert got["basis"].tolist() == ["old", "x", "x"]
    assert set(got["scale"]) == {"share"}
    assert (got["lower"].unique().tolist(), got["upper"].unique().tolist()) == ([0.0], [100.0])


# --- projections -----------------------------------------------------------------------------------------------------


def test_the_present_basis_only():
    known = pd.concat([full("a", {2014: 90.0, 2016: 92.0}, "old"), full("a", {2016: 11.0, 2018: 14.0})])
    got = inputs.series_of(found_of(target("a")), known)
    assert got.to_numpy().tolist() == [["a", 2016, 11.0], ["a", 2018, 14.0]]


def test_a_part_of_a_year_stands_for_the_last_full_year():
    known = pd.concat([full("a", {2016: 40.0}), figures("a", ("2018Q1", 2017.25, 42.0, "x"))])
    got = inputs.series_of(found_of(target("a", scale="share")), known)
    assert got.to_numpy().tolist() == [["a", 2016, 40.0], ["a", 2017, 42.0]]


def test_an_unseen_target_has_no_series():
    unseen = target("a", current_position=NAN, current_value=NAN, current_published="", current_basis="")
    assert inputs.series_of(found_of(unseen), full("b", {2016: 1.0})).empty


def running(*parts: pd.DataFrame) -> dict:
    row = target("sum", "cumulative_sum", target_value=100.0, accumulated=36.0)
    got = inputs.series_of(found_of(row), pd.concat(parts))
    return dict(zip(got["year"], got["value"], strict=True))


def test_a_sum_is_followed_by_what_has_come_together_since_the_base():
    flows = {2016: 10.0, 2017: 12.0, 2018: 14.0}
    after = running(full("sum", flows))
    assert {year: after[year] for year in flows} == {2016: 10.0, 2017: 22.0, 2018: 36.0}
    before = running(full("sum", {2014: 60.0, 2015: 70.0} | flows))
    assert {year: before[year] for year in flows} == {2016: 10.0, 2017: 22.0, 2018: 36.0}
    assert before.get(2015, 0.0) == 0


def test_half_a_year_of_a_sum_does_not_push_out_the_year_before():
    """10, 12 and 14, then 8 in the first half of 2019: at the end of 2018 it was 36, not 10 + 12 + 8."""
    flows = full("sum", {2016: 10.0, 2017: 12.0, 2018: 14.0})
    got = running(flows, figures("sum", ("2019H1", 2018.5, 8.0, "x")))
    assert got[2018] in (36.0, 44.0)


def test_a_span_and_its_years_are_not_counted_twice():
    """36 over 2016–2018 is published beside the three years."""
    flows = full("sum", {2016: 10.0, 2017: 12.0, 2018: 14.0})
    got = running(flows, figures("sum", ("2016/2018", 2018.0, 36.0, "x")))
    assert got[2018] == 36.0


def test_a_sum_with_a_missing_year_is_not_followed_beyond_it():
    """Nothing is known of 2017, so what had come together by 2018 is not known either."""
    assert 2018 not in running(full("sum", {2016: 10.0, 2018: 14.0}))


def test_nature_of_each_target():
    rows = [target("a", scale="share", upper_bound=100.0), target("b", domain="science", lower_bound=NAN)]
    got = inputs.nature_of(found_of(*rows))
    assert got["series"].tolist() == ["a", "b"]
    assert got["scale"].tolist() == ["share", "amount"]
    assert got["domain"].tolist() == ["general", "science"]
    assert not got["over_gdp"].any()
    levels = ["nation", "province", "city", "city"]
    rows = [target(str(place), share_of="gdp", area_level=level) for place, level in enumerate(levels)]
    rows[3] |= {"share_of": "", "area_level": "nation"}
    assert inputs.nature_of(found_of(*rows))["over_gdp"].tolist() == [True, True, False, False]
    assert got.loc[0, ["lower", "upper"]].tolist() == [0.0, 100.0]
    assert got.loc[1, ["lower", "upper"]].isna().all()


def test_the_callers_frames_stay(data_dir):
    dataset = package.load(data_dir)
    found = progress.progress(dataset, "zibo-13", "2022-04-19")
    known = progress.history(dataset, found, "2022-04-19")
    before = found.copy(deep=True), known.copy(deep=True)
    (
        inputs.plain(found),
        yearly(found, known),
        inputs.trend_input(found, known),
        inputs.series_of(found, known),
    )
    inputs.nature_of(found)
    pd.testing.assert_frame_equal(found, before[0])
    pd.testing.assert_frame_equal(known, before[1])
