"""The formulas of METHODS §1, held against naive ones written here row by row."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from zbanalysis.plan import pathway

NAN = float("nan")


def standing(**values: object) -> pd.DataFrame:
    row = {
        "target": "a", "kind": "level", "direction": "up", "scale": "ratio", "base_position": 2015.0,
        "base_value": 100.0, "current_position": 2018.0, "current_value": 160.0, "target_position": 2020.0,
        "target_value": 200.0, "target_upper": NAN, "accumulated": NAN, "held_share": NAN,
    }  # fmt: skip
    return pd.DataFrame([row | values])


def measured(**values: object) -> pd.Series:
    return pathway.measure(standing(**values)).iloc[0]


def test_completion_of_the_example_and_not_the_flattering_ratio():
    found = measured(scale="share", base_value=60.6, current_value=63.9, target_value=65.0)
    assert found["completion"] == pytest.approx(0.75)
    assert found["completion"] != pytest.approx(63.9 / 65, abs=1e-3)


def test_growth_of_6_asked_and_5_01_so_far_needs_7_50():
    found = measured(kind="average_growth", current_value=100 * 1.0501**3, target_value=6.0)
    assert round(found["needed"], 2) == 7.50
    assert found["completion"] == pytest.approx(3 * math.log(1.0501) / (5 * math.log(1.06)))
    assert found["required"] == pytest.approx(119.1016)
    nearly = measured(kind="average_growth", current_value=100 * 1.0490**3, target_value=6.0)
    assert round(nearly["needed"], 2) != 7.50


def test_a_change_of_minus_13_5_requires_minus_8_33_after_three_of_five_years():
    found = measured(kind="cumulative_change", direction="down", current_value=91.0, target_value=-13.5)
    change = found["required"] / 100 - 1
    assert round(100 * change, 2) == -8.33
    assert round(100 * change, 1) != -8.1
    assert found["completion"] == pytest.approx(math.log(0.91) / math.log(0.865))
    assert not found["reached"]
    met = measured(kind="cumulative_change", direction="down", current_value=86.5, target_value=-13.5)
    assert met["reached"]
    assert not measured(kind="cumulative_change", direction="down", current_value=86.51, target_value=-13.5)[
        "reached"
    ]


def naive_level(row: pd.Series) -> dict[str, float]:
    d = 1 if row["direction"] == "up" else -1
    y0, y, goal = row["base_value"], row["current_value"], row["target_value"]
    tau = (row["current_position"] - row["base_position"]) / (row["target_position"] - row["base_position"])
    if d * (goal - y0) <= 0:
        return {"completion": NAN, "required": goal}
    return {"completion": (y - y0) / (goal - y0), "required": y0 + tau * (goal - y0)}


VALUES = [-10.0, -1.0, 0.0, 0.5, 7.0, 99.5]


@pytest.mark.parametrize("direction", ["up", "down"])
def test_levels_agree_with_a_naive_formula_in_both_directions(direction):
    rows = [(base, now, goal) for base in VALUES for now in VALUES for goal in VALUES]
    frame = pd.concat(
        [standing(direction=direction, base_value=b, current_value=n, target_value=g) for b, n, g in rows],
        ignore_index=True,
    )
    before = frame.copy()
    found = pathway.measure(frame)
    pd.testing.assert_frame_equal(frame, before)
    d = 1 if direction == "up" else -1
    for i, row in frame.iterrows():
        expected = naive_level(row)
        assert found.loc[i, "completion"] == pytest.approx(expected["completion"], nan_ok=True)
        assert found.loc[i, "required"] == pytest.approx(expected["required"])
        assert bool(found.loc[i, "reached"]) is (d * (row["current_value"] - row["target_value"]) >= 0)


def test_the_need_leads_to_the_target():
    for kind, value in [("level", 200.0), ("average_growth", 6.0), ("cumulative_change", 40.0)]:
        found = measured(kind=kind, current_value=110.0, target_value=value)
        end = {"level": 200.0, "average_growth": 100 * 1.06**5, "cumulative_change": 140.0}[kind]
        assert 110 * (1 + found["needed"] / 100) ** 2 == pytest.approx(end)
    share = measured(scale="share", base_value=10.0, current_value=11.0, target_value=15.0)
    assert (share["needed"], share["needed_measure"]) == (pytest.approx(2.0), "change")
    total = measured(kind="cumulative_sum", accumulated=180.0, target_value=300.0)
    assert (total["needed"], total["needed_measure"]) == (pytest.approx(60.0), "sum")


def test_nothing_is_needed_once_reached_or_when_time_is_over():
    reached = measured(current_value=200.0)
    over = measured(current_position=2020.0)
    for found in (reached, over):
        assert math.isnan(found["needed"])
        assert found["needed_measure"] == ""
    assert reached["reached"]
    assert not over["reached"]


@pytest.mark.parametrize(
    ("kind", "now", "held"),
    [
        ("ceiling", 0.0, True),
        ("ceiling", 0.1, False),
        ("keep", 0.0, True),
        ("floor", 0.0, True),
        ("floor", -0.1, False),
    ],
)
def test_a_limit_of_zero_holds_at_zero(kind, now, held):
    direction = "up" if kind == "floor" else "down"
    found = measured(
        kind=kind, direction=direction, base_value=0.0, current_value=now, target_value=0.0, held_share=1.0
    )
    assert bool(found["reached"]) is held


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_small_fall_of_what_is_to_be_kept_is_a_small_margin(direction):
    sign = 1 if direction == "up" else -1
    found = measured(
        kind="keep", direction=direction, base_value=100.0, target_value=100.0, current_value=100 - 2 * sign
    )
    assert found["margin"] == pytest.approx(-0.02)
    assert math.isnan(found["completion"])


@pytest.mark.parametrize(
    ("now", "margin", "inside"),
    [(3.0, 0, True), (4.0, 0, True), (3.5, 0, True), (2.7, -0.1, False), (4.4, -0.1, False)],
)
def test_a_range_is_inside_or_a_distance_to_the_nearer_edge(now, margin, inside):
    found = measured(kind="range", target_value=3.0, target_upper=4.0, current_value=now)
    assert found["margin"] == pytest.approx(margin)
    assert bool(found["reached"]) is inside


def test_whether_a_growth_is_reached_cannot_be_said_without_a_base_or_from_zero():
    for base, reason in [(NAN, "no_base"), (0.0, "not_positive"), (-5.0, "not_positive")]:
        found = measured(kind="average_growth", base_value=base, target_value=6.0)
        assert found["reason"] == reason
        assert found["reached"] is pd.NA


def test_whether_a_sum_is_reached_cannot_be_said_while_a_year_is_missing():
    found = measured(kind="cumulative_sum", accumulated=NAN)
    assert found["reason"] == "incomplete_years"
    assert found["reached"] is pd.NA


def test_no_growth_asked_gives_a_reason():
    found = measured(kind="average_growth", target_value=0.0, current_value=99.0)
    assert math.isnan(found["completion"])
    assert found["reason"] != ""


def test_every_row_comes_back_in_its_place_and_an_unknown_kind_is_refused():
    kinds = ["range", "level", "qualitative", "keep", "level", "ceiling"]
    frame = pd.concat([standing(kind=kind, target_upper=300.0) for kind in kinds]).set_axis(
        [9, 4, 7, 1, 3, 2]
    )
    found = pathway.measure(frame)
    assert found.index.tolist() == [9, 4, 7, 1, 3, 2]
    assert list(found.columns) == pathway.MEASURES
    assert found.loc[7, "reason"] == "qualitative"
    assert len(pathway.measure(frame.iloc[:0])) == 0
    with pytest.raises(KeyError, match="levle"):
        measured(kind="levle")


def test_the_path_starts_at_the_base_ends_at_the_target_and_is_what_is_required():
    line = pathway.path(standing())
    assert line["position"].tolist() == [2015, 2016, 2017, 2018, 2019, 2020]
    assert line["value"].tolist() == pytest.approx([100, 120, 140, 160, 180, 200])
    falling = pathway.path(standing(kind="cumulative_change", direction="down", target_value=-13.5))
    assert falling["value"].tolist() == pytest.approx([100 * 0.865 ** (i / 5) for i in range(6)])
    assert falling["value"].tolist()[3] != pytest.approx(100 - 8.1, abs=0.1)
    total = pathway.path(standing(kind="cumulative_sum", base_value=NAN, target_value=300.0))
    assert total["value"].tolist() == pytest.approx([0, 60, 120, 180, 240, 300])
    assert pathway.path(standing(kind="qualitative")).empty
    assert pathway.path(standing(base_value=NAN)).empty
    assert pathway.path(standing(base_position=NAN)).empty


def test_what_was_asked_at_the_base_does_not_depend_on_today():
    today, later = pathway.asked(standing(current_value=160.0)), pathway.asked(standing(current_value=500.0))
    pd.testing.assert_frame_equal(today, later)
    assert today["asked"].iloc[0] == pytest.approx(100 * (2**0.2 - 1))
    assert today["asked_change"].iloc[0] == 100
    growth = pathway.asked(standing(kind="average_growth", target_value=6.0))
    assert growth["asked"].iloc[0] == pytest.approx(6)
    total = pathway.asked(
        standing(kind="cumulative_sum", base_value=NAN, current_value=NAN, target_value=300.0)
    )
    assert (total["asked"].iloc[0], total["asked_measure"].iloc[0]) == (60, "sum")


def test_elapsed_share_is_measured_at_the_data_cut_off():
    share = pathway.elapsed_share(
        pd.Series([2015.0, 2015.0]), pd.Series([2018.0, 2017.5]), pd.Series([2020.0, 2020.0])
    )
    assert share.tolist() == pytest.approx([0.6, 0.5])
