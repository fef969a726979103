"""Every kind of target, each with the figures of a real plan's odd case and the value made by hand.

All rows are made up.  The base is 2020 and the plan runs from 2021 to 2025 unless said otherwise;
the names are those of the cases that were found: ``p1`` is a target of 0.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys

import made_up
import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import doubts, package
from zbanalysis.outlook import targets, verdict
from zbanalysis.plan import inputs, kinds, pathway, progress, rules, sensitivity
from zbanalysis.report.chapters import indicators
from zbanalysis.trend import fit

DOWN, FLOW = {"direction": "down"}, {"accumulation": "flow"}
PER_CENT = {"unit_zh": "%", "unit_en": "%"}
SHARE, RATE, AMOUNT = {"scale": "share"} | PER_CENT, {"scale": "ratio"} | PER_CENT, {"scale": "amount"}
SPAN = {"base_period": "", "target_period": "2021/2025"}

CASES: dict[str, tuple[dict, dict, dict]] = {
    # target, figures, indicator
    "p1": ({"base_value": 9, "target_value": 0}, {"2021": 6, "2022": 4, "2023": 2}, DOWN),
    "p2": ({"base_value": "3.4", "target_value": 0}, {"2022": "1.0", "2023": "0.6"}, DOWN | SHARE),
    "p3": (SPAN | {"kind": "floor", "target_value": "2.50"},
           {"2021": "2.60", "2022": "2.71", "2023": "2.43", "2024": "2.82", "2025": "2.60"}, {"scale": "ratio"}),
    "held": (SPAN | {"kind": "floor", "target_value": "2.50"}, {"2021": "2.60", "2023": "2.53"}, {"scale": "ratio"}),
    "capped": (SPAN | {"kind": "ceiling", "target_value": 5, "comparator": "less_than"}, {"2022": 5}, DOWN),
    "p4": ({"kind": "cumulative_change", "target_value": "13.5", "base_value": 100},
           {"2021": "97.3", "2022": "97.2", "2023": "96.7"}, DOWN | AMOUNT),
    "fall": ({"kind": "cumulative_change", "target_value": "-13.5", "base_value": 100}, {"2023": "96.7"}, DOWN | AMOUNT),
    "allowed": ({"kind": "cumulative_change", "target_value": 5, "base_value": 100, "comparator": "at_most"},
                {"2023": 103}, DOWN | AMOUNT),
    "p5": ({"target_value": 100}, {"2022": 80, "2023": 85}, {}),
    "p6": ({"target_period": "2025Q1", "target_value": 3340, "base_period": "2020Q1"},
           {"2020Q1": 2800, "2024": 14000, "2025Q1": 3300}, FLOW | AMOUNT),
    "p7": (SPAN | {"kind": "cumulative_sum", "target_value": 60}, {"2021": 12, "2022": 12, "2023": 12}, FLOW),
    "p8": (SPAN | {"kind": "cumulative_sum", "target_value": 60}, {"2021/2023": 36}, FLOW),
    "gap": (SPAN | {"kind": "cumulative_sum", "target_value": 60}, {"2021": 12, "2023": 12}, FLOW),
    "spent": (SPAN | {"kind": "cumulative_sum", "target_value": 100}, {"2021": 30, "2022": 30, "2023": 30, "2024": 30},
              FLOW | DOWN),
    "in_hand": (SPAN | {"kind": "cumulative_sum", "target_value": 100}, {"2021": 15, "2022": 15, "2023": 15}, FLOW | DOWN),
    "p9": ({"kind": "in_words", "words_zh": "高于GDP增速", "words_en": "above GDP growth"},
           {"2021": "2.3", "2022": "8.1", "2023": "5.2"}, RATE),
    "above": ({"kind": "relative", "other": "gdp", "comparator": "more_than"},
              {"2021": "2.3", "2022": "8.1", "2023": "5.2"}, RATE),
    "gdp": ({"kind": "average_rate", "target_value": "5.5"}, {"2021": "8.1", "2022": "3.0", "2023": "5.2"}, RATE),
    "p10": ({"base_value": 100, "target_value": 80}, {"2021": 99, "2022": 98, "2023": 97}, DOWN | AMOUNT),
    "p11": ({"base_period": "2015", "target_period": "2020", "target_value": 70}, {"2015": "70.5"}, AMOUNT),
    "p12": ({"base_value": 1865, "target_value": 1865}, {"2022": 1865, "2023": 1860}, AMOUNT),
    "p13": ({"kind": "range", "target_value": "5.5", "target_upper": 6}, {"2023": "6.4"}, SHARE),
    "p14": ({"base_value": 100, "target_value": 200, "stated_rate": "14.87"},
            {"2021": "114.9", "2022": "132.0", "2023": "151.6"}, AMOUNT),
    "p14_rate": ({"kind": "average_growth", "base_value": 100, "target_value": "14.87"},
                 {"2021": "114.9", "2022": "132.0", "2023": "151.6"}, AMOUNT),
    "gdp_as_growth": ({"kind": "average_growth", "target_value": "5.5"}, {"2021": "8.1", "2022": "3.0", "2023": "5.2"}, RATE),
    "yearly": ({"kind": "cumulative_change", "target_value": "-13.5"},
               {"2021": "-2.7", "2022": "-0.1", "2023": "-0.5"}, DOWN | RATE),
    "silent_base": ({"base_period": "", "target_value": 58}, {"2020": "54.1", "2024": "57.2"}, SHARE),
    "always": ({"base_value": 100, "target_value": 100}, dict.fromkeys(["2021", "2022", "2023", "2024"], 100), SHARE),
    "mean_gap": ({"kind": "average_rate", "target_value": "5.5"}, {"2021": "8.1", "2023": "5.2"}, RATE),
    "p16": ({"target_value": "84.5", "base_value": 75, "source": "s-2022"}, {"2023": 82}, AMOUNT),
    "p25": (SPAN | {"kind": "cumulative_sum", "target_value": 60}, {"2021Q1/2022Q4": 25, "2023": 13}, FLOW),
    "points": ({"kind": "absolute_change", "base_value": "37.0", "target_value": 8}, {"2023": "39.96"}, SHARE),
    "fewer": ({"kind": "absolute_change", "target_value": -1500}, {"2021/2023": -1100}, DOWN | AMOUNT),
    "published": ({"kind": "cumulative_change", "target_value": "-13.5"}, {"2021/2023": "-8.5"}, DOWN | RATE),
    "chained": ({"kind": "cumulative_change", "target_value": "-13.5"},
                {"2021Q1/2022Q4": "-5.0", "2023": "-4.0"}, DOWN | RATE),
    "from_nothing": ({"base_value": 0, "target_value": 10}, {"2023": 5}, {}),
    "negative": ({"base_value": -5, "target_value": 5}, {"2023": 1}, AMOUNT),
    "grown_from_nothing": ({"kind": "average_growth", "base_value": 0, "target_value": 10}, {"2023": 5}, {}),
    "all_gone": ({"kind": "cumulative_change", "base_value": 50, "target_value": -100}, {"2023": 20}, DOWN),
    "looser": ({"base_value": 20, "target_value": 15}, {"2023": 14}, {}),
    "full": ({"base_value": "98.5", "target_value": 100}, {"2022": 99, "2023": 100}, SHARE),
    "about": ({"base_value": 60, "target_value": 65, "comparator": "about"}, {"2023": "64.6"}, SHARE),
    "about_tenth": ({"base_value": 60, "target_value": 65, "comparator": "about", "tolerance": "0.3"},
                    {"2023": "64.6"}, SHARE),
    "exactly": ({"base_value": 60, "target_value": 65, "comparator": "exactly"}, {"2023": "65.2"}, SHARE),
    "at_most": ({"base_value": 60, "target_value": 65, "comparator": "at_most"}, {"2023": 66}, {}),
    "unknown": ({"base_value": 60, "target_value": 65}, {"2023": 64}, AMOUNT | {"direction": ""}),
    "unclear": ({"target_value": 65}, {"2023": 64}, AMOUNT | {"direction": ""}),
}  # fmt: skip


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> package.Dataset:
    rows = [{"indicator": code, "base_period": "2020"} | target for code, (target, _, _) in CASES.items()]
    rows.append(
        next(row for row in rows if row["indicator"] == "p16") | {"target_value": 80, "source": "s-2020"}
    )
    rows.append(rows[0] | {"target_period": "2023", "target_value": 3})  # a milestone of p1
    given = {code: figures for code, (_, figures, _) in CASES.items()}
    about = {code: nature for code, (_, _, nature) in CASES.items()}
    return made_up.plan(tmp_path_factory.mktemp("kinds") / "town", rows, given, about)


@pytest.fixture(scope="module")
def at(plan):
    """Progress, chance and verdict by indicator, of its last target year, as known on a day."""
    seen: dict[str, pd.DataFrame] = {}

    def known(code: str, day: str = "2024-12-31") -> pd.Series:
        if day not in seen:
            judged = verdict.judge(plan, "town-14", day)
            seen[day] = judged.sort_values("target_position", kind="stable").drop_duplicates(
                "indicator", keep="last"
            )
        return seen[day].set_index("indicator").loc[code]

    return known


COMPLETION = {
    "p1": (9 - 2) / 9,
    "p2": (3.4 - 0.6) / 3.4,
    "fall": math.log(0.967) / math.log(0.865),
    "p7": 36 / 60,
    "p8": 36 / 60,
    "p25": 38 / 60,
    "p10": 3 / 20,
    "p14": 51.6 / 100,
    "p14_rate": math.log(1.516) / (5 * math.log(1.1487)),
    "gdp": (8.1 + 3.0 + 5.2) / 3 / 5.5,
    "gdp_as_growth": (8.1 + 3.0 + 5.2) / 3 / 5.5,
    "yearly": math.log(0.973 * 0.999 * 0.995) / math.log(0.865),
    "silent_base": (57.2 - 54.1) / (58 - 54.1),
    "points": 2.96 / 8,
    "fewer": 1100 / 1500,
    "published": math.log(0.915) / math.log(0.865),
    "chained": math.log(0.95 * 0.96) / math.log(0.865),
    "from_nothing": 5 / 10,
    "negative": 6 / 10,
    "full": 1.0,
    "unknown": 4 / 5,
    "held": 1.0,
    "p16": 7 / 9.5,
}


@pytest.mark.parametrize("code", COMPLETION)
def test_completion_of_each_kind_made_by_hand(at, code):
    assert at(code)["completion"] == pytest.approx(COMPLETION[code], abs=5e-4)


NONE = {
    "p4": "sign",
    "p5": "no_base",
    "p9": "qualitative",
    "p12": "met_at_base",
    "p13": "no_increment",
    "looser": "met_at_base",
    "above": "no_increment",
    "gap": "incomplete_years",
    "mean_gap": "incomplete_years",
    "spent": "no_increment",
    "grown_from_nothing": "not_positive",
    "all_gone": "no_number",
    "unclear": "no_direction",
}


@pytest.mark.parametrize("code", NONE)
def test_where_there_is_no_completion_the_reason_says_why(at, code):
    got = at(code)
    assert math.isnan(got["completion"])
    assert got["reason"] == NONE[code]


def test_no_figure_of_any_kind_is_infinite(plan):
    for day in ("2020-12-31", "2022-12-31", "2024-12-31", "2026-12-31"):
        found = verdict.judge(plan, "town-14", day)
        numbers = found.select_dtypes("number")
        assert not np.isinf(numbers.to_numpy(dtype=float, na_value=np.nan)).any()
        silent = found[(found["status"] == "not_assessable") & (found["reason"] == "")]
        assert silent["indicator"].tolist() == []
        unsaid = found[
            (found["verdict"] == "not_judged") & ((found["reason_zh"] == "") | (found["reason_en"] == ""))
        ]
        assert unsaid["indicator"].tolist() == []


def test_p1_a_target_of_zero_is_judged_and_has_a_chance_in_whole_numbers(at):
    got = at("p1")
    assert (got["status"], got["needed"], got["needed_measure"]) == ("ahead", -1.0, "change")
    assert 0.05 < got["chance"] < 0.95, "a count below a half is none"
    assert 0.05 < at("p2")["chance"] < 0.95


def test_p3_a_limit_broken_in_a_year_is_broken_and_every_year_is_listed(at):
    got = at("p3", "2026-12-31")
    assert (got["kept_years"], got["broken_years"]) == ("2021, 2022, 2024, 2025", "2023")
    assert (got["completion"], bool(got["reached"]), got["status"]) == (0.8, False, "behind")
    assert (got["verdict"], got["verdict_reason"]) == ("missed", "broken")
    assert "2023" in got["reason_zh"]
    early = at("p3")
    assert (early["verdict"], bool(early["period_over"])) == ("cannot", False)
    assert math.isnan(early["chance_shown"])
    unbroken = at("p3", "2022-12-31")
    assert (unbroken["verdict"], unbroken["broken_years"]) == ("to_be_held", "")


def test_a_limit_names_the_years_that_are_not_known_and_strict_limits_are_strict(at):
    assert (at("held")["kept_years"], at("held")["unknown_years"]) == ("2021, 2023", "2022")
    assert (at("capped")["broken_years"], at("capped")["verdict"]) == ("2022", "cannot")


def test_the_chance_of_a_limit_is_of_keeping_it_in_every_year_left(at, plan):
    got = at("held")
    last = progress.progress(plan, "town-14", "2024-12-31").set_index("indicator", drop=False).loc[["held"]]
    history = progress.history(plan, last, "2024-12-31")
    series = targets.usable(last, history)
    fan = targets.project.project(series, 2, inputs.nature_of(last), as_of="2024-12-31")
    each = fan.chance(2.5)
    assert each.prod() < got["chance"] < each.min()


@pytest.mark.parametrize("chances", [[0.7], [0.9, 0.8], [0.8, 0.6, 0.7], [0.99, 0.95, 0.9, 0.9]])
def test_keeping_throughout_agrees_with_many_random_walks(chances):
    from scipy.stats import norm

    steps = np.random.default_rng(1).standard_normal((200_000, len(chances)))
    walks = steps.cumsum(axis=1) / np.sqrt(np.arange(1, len(chances) + 1))
    share = (walks > -norm.ppf(chances)).all(axis=1).mean()
    assert targets.kept_throughout(np.array(chances)) == pytest.approx(share, abs=0.004)


def test_p4_a_change_for_the_worse_is_asked_about_and_never_reached(at, plan):
    got = at("p4")
    assert got["reached"] is pd.NA
    assert (got["status"], got["verdict"], got["verdict_reason"]) == ("not_assessable", "not_judged", "sign")
    asked = [problem for problem in doubts.doubts(plan.folder) if problem.key == "sign"]
    assert [problem.value for problem in asked] == ["13.5"], "a rise that the comparator allows is none"
    assert (at("allowed")["status"], bool(at("allowed")["reached"])) == ("reached", True)  # 3 of at most 5 %


def test_p5_figures_without_a_base_are_there(at):
    got = at("p5")
    assert (got["current_period"], got["current_published"], got["reason"]) == ("2023", "85", "no_base")
    assert not bool(got["reached"])


def test_p6_a_quarter_compares_with_its_own_quarter_and_a_year_does_not(at):
    got = at("p6", "2026-12-31")
    assert (got["current_period"], got["base_value"], got["verdict"]) == ("2025Q1", 2800, "missed")
    assert got["completion"] == pytest.approx(500 / 540)
    assert at("p6")["reason"] == "no_new_figure"


def test_sums_with_a_published_sum_of_several_years_and_without_a_base(at):
    assert [at(code)["accumulated"] for code in ("p7", "p8", "p25")] == [36, 36, 38]
    assert (at("p7")["required"], at("p7")["needed"], at("p7")["status"]) == (36, 12, "on_schedule")
    assert not bool(at("gap")["is_sum_complete"])


def test_a_sum_of_at_most_so_much_is_no_sum_reached_early(at):
    got = at("spent")
    assert (got["accumulated"], bool(got["reached"]), got["status"]) == (120, False, "behind")
    assert (got["verdict"], got["verdict_reason"], got["broken_years"]) == ("cannot", "passed", "2024")
    in_hand = at("in_hand")
    assert in_hand["score"] == pytest.approx(3 / 5 - 45 / 100)
    assert (in_hand["status"], in_hand["verdict"]) != ("reached", "reached")


def test_p9_a_target_in_words_has_its_words_and_its_figures_and_no_number(at):
    got = at("p9")
    assert (got["words_zh"], got["current_published"]) == ("高于GDP增速", "5.2")
    assert (got["verdict"], got["verdict_reason"]) == ("not_judged", "in_words")


def test_relative_to_another_series_of_the_same_year(at):
    got = at("above")
    assert (got["current_published"], got["other_published"]) == ("5.2", "5.2")
    assert not bool(got["reached"]), "more than is not as much as"
    earlier = at("above", "2022-12-31")
    assert (bool(earlier["reached"]), earlier["other_value"]) == (True, 3.0)


def test_p15_the_mean_of_yearly_rates(at):
    got = at("gdp")
    assert got["accumulated"] == pytest.approx(5.4333, abs=1e-4)
    assert got["needed"] == pytest.approx((5.5 * 5 - 16.3) / 2)
    assert (got["needed_measure"], got["status"], got["side"]) == ("rate", "on_schedule", "below")


def test_p10_more_is_needed_a_year_than_the_latest_years_brought(at):
    got = at("p10")
    assert got["needed"] == pytest.approx(100 * ((80 / 97) ** 0.5 - 1))
    assert got["recent_pace"] == pytest.approx(100 * ((97 / 99) ** 0.5 - 1))


def test_p11_without_a_figure_since_the_base_nothing_is_reached(at):
    got = at("p11")
    assert got["reached"] is pd.NA
    assert (got["status"], got["reason"], got["verdict"]) == ("not_assessable", "no_new_figure", "not_judged")


def test_a_share_that_always_was_100_is_more_than_even_money(at):
    assert at("always")["chance"] > 0.8


def test_what_is_left_of_a_published_change_is_a_change(at):
    got = at("fewer")
    assert (got["needed"], got["needed_measure"]) == (pytest.approx((-1500 + 1100) / 2), "change")


@pytest.mark.parametrize(("code", "side"), [("p12", "below"), ("looser", "below"), ("p13", "above")])
def test_p12_p13_what_is_to_be_kept_is_on_one_side(at, code, side):
    got = at(code)
    assert (bool(got["reached"]), got["status"], got["side"]) == (False, "behind", side)


def test_p14_a_level_with_the_rate_it_implies_is_judged_as_the_rate(at, plan):
    level, rate = at("p14"), at("p14_rate")
    assert level["required"] == pytest.approx(100 * 2**0.6)
    assert (level["status"], rate["status"]) == ("on_schedule", "on_schedule")
    assert level["score"] == pytest.approx(math.log(1.516) / math.log(2) - 0.6)
    assert level["score"] == pytest.approx(rate["score"], abs=1e-4)
    found = progress.progress(plan, "town-14", "2024-12-31")
    judged = rules.assess(inputs.plain(found)).set_index("id")["status"]
    assert judged["town/p14/level/2025"] == judged["town/p14_rate/average_growth/2025"] == "on_schedule"


def test_p16_a_target_that_a_later_document_raised_is_judged_by_the_later(at, plan):
    got = at("p16")
    assert (got["published_target_value"], got["earlier_target"]) == ("84.5", "80")
    assert not bool(got["reached"])
    found = progress.progress(plan, "town-14", "2024-12-31")
    assert (found["indicator"] == "p16").sum() == 1
    (said,) = indicators.caveat_sentences(found[found["indicator"] == "p16"], "zh")
    assert "按原目标已达到，按现目标未达到" in said  # not "met as well"


def test_p18_milestones_of_one_indicator_are_targets_of_their_own(plan):
    found = progress.progress(plan, "town-14", "2024-12-31")
    own = found[found["indicator"] == "p1"].set_index("target_period")
    assert own["completion"].to_dict() == pytest.approx({"2023": 7 / 6, "2025": 7 / 9})
    assert own["status"].to_dict() == {"2023": "reached", "2025": "ahead"}


def test_p25_a_figure_of_several_years_is_no_point_of_a_trend(plan):
    found = progress.progress(plan, "town-14", "2024-12-31")
    history = progress.history(plan, found, "2024-12-31")
    points = inputs.trend_input(found, history)
    assert points.loc[points["series"].str.contains("/p25/"), "value"].tolist() == [13]
    assert points.loc[points["series"].str.contains("/p8/"), "value"].tolist() == []
    together = inputs.series_of(found, history)
    assert together.loc[together["series"].str.contains("/p25/"), "value"].tolist() == [25, 38]
    assert not np.isinf(fit(points).select_dtypes("number").to_numpy(dtype=float, na_value=np.nan)).any()


REACHED = {
    "about": True,
    "about_tenth": False,
    "exactly": False,
    "at_most": False,
    "full": True,
    "unknown": False,
}


@pytest.mark.parametrize("code", REACHED)
def test_a_target_is_met_by_its_comparator(at, code):
    assert bool(at(code)["reached"]) is REACHED[code]


def test_about_and_exactly_without_a_direction_have_two_sides():
    rows = pd.DataFrame({"comparator": ["about"] * 3 + ["exactly"] * 2, "direction": "", "tolerance": np.nan,
                         "half_width": 0.05})  # fmt: skip
    value, aim = pd.Series([3.04, 3.06, 2.94, 3.0, 3.01]), pd.Series([3.0] * 5)
    assert kinds.met(rows, value, aim).tolist() == [True, False, False, True, False]
    assert kinds.met(rows.assign(comparator=""), value, aim).isna().all()


def test_every_rule_judges_or_declines_every_case_with_a_reason(plan):
    found = progress.progress(plan, "town-14", "2024-12-31")
    given = inputs.plain(found)
    edge = pd.DataFrame(
        [(9, 2, 0, "down"), (0, 5, 10, "up"), (-5, 1, 5, "up"), (0, 0, 0, "up"), (100, 100, 100, "up"),
         (0, 0.6, 0, "down"), (98.5, 100, 100, "up"), (20, 14, 15, "up"), (50, 20, 0, "down"), (-5, -6, -4, "up")],
        columns=["base_value", "current_value", "target_value", "direction"],
    ).assign(id=range(10), base_year=2020.0, current_year=2023.0, target_year=2025.0)  # fmt: skip
    for rows in (given, edge):
        judged = rules.assess(rows, "all")
        assert not np.isinf(judged["score"]).any()
        declined = judged[judged["status"].isin(["not_assessable", "not_available"])]
        assert (declined["reason"] != "").all()
        assert len(judged) == 6 * len(rows)
    variants = sensitivity.variants(
        given, history=inputs.yearly(found, progress.history(plan, found, "2024-12-31"))
    )
    assert set(variants["step"]) <= {"good", "middle", "poor", "none"}


def test_every_kind_has_a_formula_and_the_check_knows_what_it_needs():
    from zbanalysis.data.schema import KINDS, tables

    listed = next(field.choices for field in tables()["targets.csv"].fields if field.name == "kind")
    assert set(kinds.KINDS) == set(KINDS) == set(listed)
    assert {
        code for code, (target, _, _) in CASES.items() if target.get("kind") not in (None, *KINDS)
    } == set()


TWINS = """
from pathlib import Path
import pandas as pd
import test_kinds
from zbanalysis.outlook import verdict
from zbanalysis.plan import inputs, pathway, progress

def judged(place, twin):
    rows = [{"indicator": code, "base_period": "2020", "kind": "level"} | target
            for code, (target, _, _) in test_kinds.CASES.items() if code != "gdp_as_growth"]
    given = {code: figures for code, (_, figures, _) in test_kinds.CASES.items()}
    about = {code: nature for code, (_, _, nature) in test_kinds.CASES.items()}
    rows = [row | {"kind": twin + row["kind"]} for row in rows]
    plan = test_kinds.made_up.plan(Path(place), rows, given, about)
    found = verdict.judge(plan, "town-14", "2024-12-31").assign(target=range(len(rows)))
    path = pathway.path(found).merge(inputs.plain(found), left_on="target", right_on="id", how="outer")
    return found.drop(columns="kind"), path

for one, other in zip(judged("own", ""), judged("twins", "twin_"), strict=True):
    pd.testing.assert_frame_equal(one, other)
"""


def test_a_new_kind_needs_one_entry_and_its_formula(root, tmp_path):
    # Every kind gets a twin of another name.  Left out: an average growth of rates is read as `average_rate`.
    shutil.copytree(
        root / "zbanalysis", tmp_path / "zbanalysis", ignore=shutil.ignore_patterns("__pycache__")
    )
    for path, entry, twin in [
        ("data/schema.py", r'^    "(\w+)": (Kind\(.*)', r'\g<0>\n    "twin_\1": \2'),
        ("plan/kinds.py", r'^@formula_of\((.*)"(\w+)"\)', r'@formula_of("twin_\2", \1"\2")'),
        ("plan/kinds.py", r'^@formula_of\((.*)"(ceiling|in_words)"', r'@formula_of("twin_\2", \1"\2"'),
        ("data/datapackage.json", rf'^( *)"({"|".join(kinds.KINDS)})"(,?)$', r'\1"twin_\2", "\2"\3'),
    ]:
        file = tmp_path / "zbanalysis" / path
        text, count = re.subn(entry, twin, file.read_text("utf-8"), flags=re.MULTILINE)
        assert count
        file.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TWINS], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (tmp_path, root / "tests", root / "tests/plan")))},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def test_paths_of_all_kinds_are_finite(plan):
    path = pathway.path(progress.progress(plan, "town-14", "2024-12-31"))
    assert np.isfinite(path["value"]).all()
    stated = path[path["target"] == "town/p14/level/2025"].set_index("position")["value"]
    assert stated[2023.0] == pytest.approx(100 * 2**0.6)


# --- which figure counts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", [False, True])
def test_figures_on_the_targets_own_definition_count_in_any_order_of_rows(tmp_path, turned):
    """From 10 to 16 of 20 on the new method is six tenths; on the old one it would be 13.6."""
    rows = [
        {"indicator": "wind", "period": "2020", "value": 10, "basis": "method_new", "source": "s-2021"},
        {"indicator": "wind", "period": "2024", "value": 16, "basis": "method_new", "source": "s-2024"},
        {"indicator": "wind", "period": "2020", "value": 13, "basis": "method_old", "source": "s-2025"},
        {"indicator": "wind", "period": "2024", "value": "13.6", "basis": "method_old", "source": "s-2025"},
    ]
    target = {"indicator": "wind", "base_period": "2020", "target_value": 20, "basis": "method_new"}
    tables = {
        "bases": [{"basis": "method_new"}, {"basis": "method_old"}, {"basis": "method_third"}],
        "observations": rows[::-1] if turned else rows,
    }
    known = made_up.plan(tmp_path / "a", [target], {}, {"wind": {"scale": "index"}}, **tables)
    got = progress.progress(known, "town-14", "2025-12-31").iloc[0]
    assert (got["base_value"], got["current_value"], bool(got["basis_break"])) == (10, 16, False)
    assert got["completion"] == pytest.approx(0.6)

    elsewhere = made_up.plan(
        tmp_path / "b", [target | {"basis": "method_third", "base_value": 10}], {}, {}, **tables
    )
    got = progress.progress(elsewhere, "town-14", "2025-12-31").iloc[0]
    assert (bool(got["basis_break"]), got["reason"]) == (True, "other_basis")
    assert math.isnan(got["completion"])

    without = made_up.plan(tmp_path / "c", [target | {"basis": "method_third"}], {}, {}, **tables)
    got = progress.progress(without, "town-14", "2025-12-31").iloc[0]
    assert (math.isnan(got["base_value"]), got["reason"]) == (True, "no_base")
