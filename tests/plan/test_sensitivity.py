"""What a judgement depends on: rule, base year, rounding."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from zbanalysis.errors import InputError
from zbanalysis.plan import rules, sensitivity

FIELDS = (
    "id",
    "base_year",
    "base_value",
    "current_year",
    "current_value",
    "target_year",
    "target_value",
    "direction",
)
RULE_VARIANTS = [f"rule:{name}" for name in rules.RULES]


def table(*rows, **more) -> pd.DataFrame:
    return pd.DataFrame([dict(zip(FIELDS, row, strict=True)) for row in rows]).assign(**more)


def history(**series) -> pd.DataFrame:
    rows = [(name, year, value) for name, points in series.items() for year, value in points.items()]
    return pd.DataFrame(rows, columns=["id", "year", "value"])


def picked(out: pd.DataFrame, variant: str) -> dict:
    (row,) = out[out["variant"] == variant].to_dict("records")
    return row


# steady fall from 100 to 50: schedule and sdsn say on course, rules on growth rates say too slowly
STEADY = ("steady", 2020, 100.0, 2023, 70.0, 2025, 50.0, "down")
MET = ("met", 2015, 40.0, 2020, 60.0, 2025, 60.0, "up")


def test_every_status_of_every_rule_has_a_step():
    for name, rule in rules.RULES.items():
        order = [["good", "middle", "poor", "none"].index(step) for step in rule.statuses.values()]
        assert order == sorted(order), name
        assert {0, 2, 3} <= set(order), name


def test_no_answer_is_step_none():
    assert sensitivity.steps(pd.Series(["not_available"]), "opensdg").tolist() == ["none"]


def test_rules_disagree_on_a_steady_fall_and_agree_on_a_met_target():
    out = sensitivity.variants(table(STEADY, MET))
    assert out.columns.tolist() == list(sensitivity.COLUMNS)
    assert out["id"].tolist() == ["steady"] * 6 + ["met"] * 6
    assert out["variant"].tolist() == RULE_VARIANTS * 2
    steady = out[out["id"] == "steady"]
    assert steady["status"].tolist() == [
        "on_schedule", "moderate_progress", "moderate_progress", "acceleration_needed", "on_track", "sun",
    ]  # fmt: skip
    assert steady["step"].tolist() == ["good", "middle", "middle", "middle", "good", "good"]
    assert steady["changed"].tolist() == [False, True, True, True, False, False]
    assert not out.loc[out["id"] == "met", "changed"].any()


def test_the_rule_under_test_is_a_parameter():
    out = sensitivity.variants(table(STEADY), rule="eurostat")
    assert out["changed"].tolist() == [True, False, False, False, True, True]


def test_a_rule_without_an_answer_changes_nothing():
    out = sensitivity.variants(
        table(("free", 2020, 100.0, 2022, 90.0, math.nan, math.nan, "up")), rule="eurostat"
    )
    assert out["step"].tolist() == ["none", "poor", "poor", "poor", "none", "none"]
    assert not out["changed"].any()
    out = sensitivity.variants(
        table(("free", 2020, 100.0, 2022, 90.0, math.nan, math.nan, "up")), rule="schedule"
    )
    assert not out["changed"].any()


def test_the_base_one_year_earlier_or_later():
    """2020: 40 -> 46 of 50 is 60 % at half time, ahead; from 2019 (44) it is 2/6 at 3/5, behind."""
    row = ("a", 2020, 40.0, 2022, 46.0, 2024, 50.0, "up")
    out = sensitivity.variants(table(row), history=history(a={2019: 44.0, 2020: 40.0}))
    earlier, later = picked(out, "base_year:-1"), picked(out, "base_year:+1")
    assert (earlier["status"], earlier["step"], earlier["changed"]) == ("behind", "poor", True)
    assert (later["status"], later["changed"], later["reason"]) == (
        "not_assessable",
        False,
        "no_value_that_year",
    )
    out = sensitivity.variants(table(row), history=history(a={2019: 37.0, 2021: 45.0}))
    earlier, later = picked(out, "base_year:-1"), picked(out, "base_year:+1")
    assert (earlier["status"], earlier["changed"]) == ("ahead", False)  # 9/13 at 3/5
    assert (later["status"], later["changed"]) == ("behind", True)  # 1/5 at 1/3


def test_the_base_year_may_not_come_to_the_current_year():
    out = sensitivity.variants(
        table(("a", 2020, 40.0, 2021, 46.0, 2024, 50.0, "up")), history=history(a={2021: 46.0, 2019: 39.0})
    )
    later = picked(out, "base_year:+1")
    assert (later["status"], later["changed"], later["reason"]) == ("not_assessable", False, "same_year")


def test_the_value_of_another_series_is_not_taken():
    out = sensitivity.variants(
        table(("a", 2020, 40.0, 2022, 46.0, 2024, 50.0, "up")), history=history(b={2019: 44.0, 2021: 42.0})
    )
    assert picked(out, "base_year:-1")["reason"] == "no_value_that_year"


@pytest.mark.parametrize(
    ("half", "changed", "status"),
    [
        (0.0, False, "on_schedule"),
        (0.02, False, "on_schedule"),
        (0.1, True, "behind"),
        (math.nan, False, "on_schedule"),
    ],
)
def test_rounding_of_the_current_value(half, changed, status):
    """10 -> 14.56 of 20 at half time: 45.6 %, lead -0.044; 0.02 less stays on schedule, 0.1 less does not."""
    row = ("a", 2020, 10.0, 2022, 14.56, 2024, 20.0, "up")
    got = picked(sensitivity.variants(table(row, current_half_width=half)), "rounding")
    assert (got["changed"], got["status"]) == (changed, status)
    assert got["reason"] == ("rounding_changes_class" if changed else "")


def test_rounding_needs_corners_of_base_and_current_together():
    """Lead -0.047: either rounding alone keeps the class, both together do not."""
    row = ("a", 2020, 10.0, 2022, 14.53, 2024, 20.0, "up")
    for alone in ("base_half_width", "current_half_width"):
        assert not picked(sensitivity.variants(table(row, **{alone: 0.02})), "rounding")["changed"]
    both = sensitivity.variants(table(row, base_half_width=0.02, current_half_width=0.02))
    assert picked(both, "rounding")["changed"]
    assert picked(both, "rounding")["status"] == "behind"


def test_rounding_of_the_target_at_the_edge_of_reached():
    row = ("a", 2020, 10.0, 2022, 20.0, 2024, 20.0, "up")
    got = picked(sensitivity.variants(table(row, target_half_width=0.5)), "rounding")
    assert (got["status"], got["changed"]) == ("ahead", True)


def test_without_history_and_half_widths_there_are_only_rules():
    assert sensitivity.variants(table(STEADY))["variant"].tolist() == RULE_VARIANTS


def test_the_input_stays():
    frame = table(STEADY, MET, current_half_width=0.5).set_axis([7, 3])
    past = history(steady={2019: 104.0, 2021: 91.0})
    before, before_past = frame.copy(deep=True), past.copy(deep=True)
    out = sensitivity.variants(frame, history=past)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(past, before_past)
    assert len(out) == 2 * 9


def test_summary_says_on_what_each_hangs():
    frame = table(STEADY, MET, current_half_width=[0.0, 0.5])
    got = sensitivity.summary(sensitivity.variants(frame)).set_index("id")
    assert got.loc["steady"].to_dict() == {
        "changes": 3, "hangs_on_rule": True, "hangs_on_base_year": False, "hangs_on_rounding": False,
    }  # fmt: skip
    assert got.loc["met"].to_dict() == {
        "changes": 1, "hangs_on_rule": False, "hangs_on_base_year": False, "hangs_on_rounding": True,
    }  # fmt: skip
    assert got.index.tolist() == ["steady", "met"]


def test_variants_agree_with_running_each_rule_on_a_random_table():
    rng = np.random.default_rng(3)
    n = 300
    frame = pd.DataFrame({
        "id": range(n), "base_year": 2015, "base_value": rng.normal(50, 9, n), "current_year": 2020,
        "current_value": rng.normal(50, 9, n), "target_year": 2025, "target_value": rng.normal(50, 9, n),
        "direction": rng.choice(["up", "down"], n), "current_half_width": 0.5,
    })  # fmt: skip
    out = sensitivity.variants(frame)
    base = rules.schedule(frame)["status"]
    for name in rules.RULES:
        part = out[out["variant"] == f"rule:{name}"]
        status = rules.RULES[name].function(frame)["status"]
        assert part["status"].tolist() == status.tolist()
        expected = [
            {rules.RULES["schedule"].statuses[a], rules.RULES[name].statuses[b]}
            for a, b in zip(base, status, strict=True)
        ]
        assert part["changed"].tolist() == [len(pair) == 2 and "none" not in pair for pair in expected]
    low, high = (
        rules.schedule(frame.assign(current_value=frame["current_value"] + h))["status"] for h in (-0.5, 0.5)
    )
    rounding = out[out["variant"] == "rounding"]
    assert rounding["changed"].tolist() == ((low != base) | (high != base)).tolist()
    assert 0 < rounding["changed"].sum() < n


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sensitivity.variants(table(STEADY, STEADY)), "The id steady occurs twice"),
        (lambda: sensitivity.variants(table(STEADY).drop(columns="id")), "lacks the column id"),
        (lambda: sensitivity.variants(table(STEADY), rule="all"), "Choose one rule"),
        (lambda: sensitivity.variants(table(STEADY), rule="none"), "no rule named none"),
        (
            lambda: sensitivity.variants(table(STEADY), history=pd.concat([history(steady={2019: 1.0})] * 2)),
            "two values for one year",
        ),
    ],
)
def test_wrong_use_is_said_plainly(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_a_corner_that_would_be_printed_as_other_digits_changes_nothing():
    """2.40 from 1.90 towards 2.50: only at 2.405, printed 2.41, would it be ahead by exactly 5 points."""
    row = ("a", 2020, 1.90, 2024, 2.40, 2025, 2.50, "up")
    halves = {"base_half_width": 0.005, "current_half_width": 0.005, "target_half_width": 0.005}
    assert not picked(sensitivity.variants(table(row, **halves)), "rounding")["changed"]
    wider = dict.fromkeys(halves, 0.0051)
    assert picked(sensitivity.variants(table(row, **wider)), "rounding")["changed"]
