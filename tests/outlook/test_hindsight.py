"""What would have been said: only by what was published then, against what came.

The outcomes are printed in the two Zibo documents and in the national communiqués; they are typed here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.outlook import hindsight, targets
from zbanalysis.plan import progress
from zbanalysis.report.blocks import frame
from zbanalysis.report.chapters import method

SAID = ["chance", "class_rate", "low80", "median", "high80", "verdict", "aim", "last_year"]


@pytest.fixture(scope="module")
def shipped(data_dir) -> package.Dataset:
    return package.load(data_dir)


@pytest.fixture(scope="module")
def china(shipped):
    return hindsight.hindsight(shipped, "china-13", "2021-12-31")


@pytest.fixture(scope="module")
def zibo(shipped):
    return hindsight.hindsight(shipped, "zibo-13", "2022-04-19")


def test_the_days_of_a_plan(shipped):
    assert [str(day) for day in hindsight.days(shipped, "zibo-13", "2022-04-19")] == [
        "2020-08-10",
        "2022-04-19",
    ]
    assert [str(day) for day in hindsight.days(shipped, "zibo-13", "2022-04-18")] == ["2020-08-10"]
    days = hindsight.days(shipped, "china-13", "2021-12-31")
    assert days == sorted(set(days))
    assert {day.year for day in days} >= {2016, 2017, 2018, 2019, 2020, 2021}
    known = {dt.date.fromisoformat(text) for text in shipped.sources["date_published"]}
    assert set(days) <= known


def test_the_13th_plan_of_zibo_as_of_2020(zibo):
    rows = zibo.set_index(zibo["target"].str.split("/").str[1])
    assert set(rows["as_of"]) == {"2020-08-10"}
    expected = {
        "rd_intensity": {"aim": 2.7, "outcome": "2.79", "came": True, "last_year": 2018},
        # The target as it stood in 2020; the plan of 2022 reports 14 and calls it met.
        "invention_patents_valid_per_10k": {"aim": 16.0, "outcome": "14.7", "came": False, "last_year": 2019},
        "hightech_output_share": {"aim": 36.0, "outcome": "42.53", "came": True, "last_year": 2019},
        "hightech_enterprises": {"aim": 380.0, "outcome": "703", "came": True, "last_year": 2019},
        "academician_workstations": {"aim": 85.0, "outcome": "52", "came": False, "last_year": 2019},
    }
    for name, row in rows[["aim", "outcome", "came", "last_year"]].to_dict("index").items():
        if name in expected:
            assert row == expected[name]
    assert {"rd_intensity", "hightech_output_share", "hightech_enterprises"} <= set(rows.index)
    breaks = rows["outcome_basis_break"]
    assert breaks.index[breaks].tolist() == ["rd_intensity"]


def test_the_13th_national_plan_grew_less_likely_and_was_missed(china):
    assert set(china["target"]) == {"china/rd_intensity/level/2020"}
    assert set(china["outcome"]) == {"2.4"}
    assert not china["came"].any()
    assert (china["aim"] == 2.5).all()
    assert china["as_of"].is_monotonic_increasing
    assert {day[:4] for day in china["as_of"]} >= {"2016", "2017", "2018", "2019", "2020"}
    assert china["chance"].iloc[0] > 0.4
    assert china["chance"].iloc[-1] < 0.1
    # A figure of a year is published after it; none may be of the day's own year or later.
    assert (china["last_year"] < china["as_of"].str[:4].astype(int)).all()
    assert (china["last_year"] < 2020).all()


@pytest.mark.parametrize("name", ["china", "zibo"])
def test_columns_and_what_they_say_of_each_other(name, request):
    found = request.getfixturevalue(name)
    assert {"as_of", "target", "order", "name_zh", "name_en", "outcome", "came", "within80", *SAID} <= set(
        found
    )
    outcome = found["outcome"].astype(float)
    assert found["came"].tolist() == (outcome >= found["aim"]).tolist()
    fans = found["low80"].notna()
    assert (
        found.loc[fans, "within80"].tolist()
        == outcome.between(found["low80"], found["high80"])[fans].tolist()
    )
    assert found.loc[~fans, "within80"].isna().all()
    assert found["chance"].between(0, 1).all()
    assert not found.duplicated(["as_of", "target"]).any()


def spoiled(dataset: package.Dataset, rows: pd.Series, factor: float = 3.0) -> package.Dataset:
    table = dataset.observations.copy()
    table.loc[rows, "value"] = table.loc[rows, "value"] * factor
    return replace(dataset, observations=table)


def said_on(dataset: package.Dataset, plan: str, end: str, day: dt.date) -> pd.DataFrame:
    return hindsight.hindsight(dataset, plan, end, on=[day]).reset_index(drop=True)


@pytest.mark.parametrize(
    ("plan", "end", "day"),
    [("china-13", "2021-12-31", "2018-12-31"), ("china-13", "2021-12-31", "2016-03-31"),
     ("zibo-13", "2022-04-19", "2020-08-10")],
)  # fmt: skip
def test_no_figure_published_later_is_used(shipped, plan, end, day):
    then = dt.date.fromisoformat(day)
    before = said_on(shipped, plan, end, then)
    assert len(before) >= 1
    later = spoiled(shipped, shipped.observations["known_since"] > then)
    after = said_on(later, plan, end, then)
    pd.testing.assert_frame_equal(after[SAID], before[SAID])
    # The near miss: what was known on that day does count.
    known = spoiled(shipped, shipped.observations["known_since"] == shipped.observations["known_since"].where(
        shipped.observations["known_since"] <= then).max(), 0.7)  # fmt: skip
    assert not said_on(known, plan, end, then)[SAID].equals(before[SAID])


def test_it_is_the_feasibility_of_that_day(shipped, china):
    day = "2018-12-31"
    found = progress.progress(shipped, "china-13", day)
    known = progress.history(shipped, found, day)
    outlook = targets.feasibility(found, known, targets.comparable_of(shipped, day), day)
    outlook = outlook.set_index("target")
    row = china[china["as_of"] == day].set_index("target")
    for name in ("chance", "median", "low80", "high80", "aim"):
        assert row[name].to_dict() == pytest.approx(outlook.loc[row.index, name].to_dict(), rel=1e-12)


def test_a_plan_whose_target_years_are_ahead_has_nothing_to_look_back_on(shipped, china):
    found = hindsight.hindsight(shipped, "zibo-14", "2022-04-19")
    assert found.empty
    assert list(found) == list(china)


def test_no_days_give_no_rows(shipped, china):
    found = hindsight.hindsight(shipped, "china-13", "2021-12-31", on=[])
    assert list(found) == list(china)


def test_a_day_before_the_plan_is_refused(shipped):
    with pytest.raises(InputError):
        hindsight.hindsight(shipped, "zibo-13", "2022-04-19", on=[dt.date(2015, 1, 1)])


def with_target(dataset: package.Dataset, **changed) -> package.Dataset:
    """The national plan with its target of R&D intensity (2.5 % by 2020; 2.4 came) put another way."""
    own = dataset.targets[
        (dataset.targets["plan"] == "china-13") & (dataset.targets["indicator"] == "rd_intensity")
    ]
    return replace(dataset, targets=own.assign(**changed))


@pytest.mark.parametrize(
    ("changed", "came"),
    [
        ({"kind": "ceiling", "target_value": 2.45, "published_target_value": "2.45"}, True),
        ({"kind": "ceiling", "target_value": 2.35, "published_target_value": "2.35"}, False),
        ({"kind": "floor", "target_value": 2.05, "published_target_value": "2.05"}, True),
        # Kept in 2020, and broken in the years before.
        ({"kind": "floor", "target_value": 2.35, "published_target_value": "2.35"}, False),
        ({"kind": "range", "target_value": 2.0, "target_upper": 2.3}, False),
        ({"kind": "range", "target_value": 2.0, "target_upper": 2.4}, True),
        ({"kind": "level", "target_value": 2.4, "published_target_value": "2.4"}, True),
    ],
)
def test_whether_it_came_is_said_in_the_way_of_the_kind(shipped, changed, came):
    found = hindsight.hindsight(
        with_target(shipped, **changed), "china-13", "2021-12-31", on=[dt.date(2018, 12, 31)]
    )
    assert found["came"].tolist() == [came]
    assert len(frame(found, method.HINDSIGHT, "zh")) == 1  # the report says the target whatever its kind
    now = progress.progress(with_target(shipped, **changed), "china-13", "2021-12-31")
    assert now["reached"].tolist() == [came]


def test_two_targets_of_one_indicator_have_a_row_each(shipped):
    level = with_target(shipped).targets
    floor = level.assign(kind="floor", target_value=2.2, published_target_value="2.2", order=9)
    both = replace(shipped, targets=pd.concat([level, floor], ignore_index=True))
    found = hindsight.hindsight(both, "china-13", "2021-12-31", on=[dt.date(2018, 12, 31)])
    assert sorted(found["target"]) == ["china/rd_intensity/floor/2020", "china/rd_intensity/level/2020"]


def test_the_data_stay(shipped):
    before = shipped.observations.copy(deep=True), shipped.targets.copy(deep=True)
    hindsight.hindsight(shipped, "zibo-13", "2022-04-19")
    pd.testing.assert_frame_equal(shipped.observations, before[0])
    pd.testing.assert_frame_equal(shipped.targets, before[1])


# --- coverage by length ----------------------------------------------------------------------------------------------


def drawn(count: int = 30, length: int = 16) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    values = 100 * np.exp(rng.normal(0.05, 0.05, (count, length)).cumsum(axis=1))
    return pd.DataFrame(
        {"series": np.repeat([f"p/{n}" for n in range(count)], length), "year": np.tile(range(2000, 2000 + length), count),
         "value": values.ravel()}
    )  # fmt: skip


def test_one_row_per_length_and_the_best_other_is_no_better_than_any(root):
    found = hindsight.coverage_by_length(drawn(), 3, lengths=(3, 10))
    assert found["points"].tolist() == [3, 10]
    assert found["cases"].tolist() == [30, 30]
    assert not set(found["best_other"]) & {"projection", "base_rate"}
    from zbanalysis.projection import backtest

    scores = backtest.backtest(drawn(), 3, last=3).scores.set_index("method")["mase"]
    others = scores.drop(["projection", "base_rate"])
    assert found["best_other_mase"].iloc[0] == others.min()
    assert found["mase"].iloc[0] == scores["projection"]


def test_a_folder_without_provinces_has_no_panel_and_that_is_no_error(shipped):
    """A city's own folder need not hold the provinces; the notebook and the report must still be made."""
    empty = hindsight.panel(targets.comparable_of(shipped, "2022-04-19").head(0))
    assert list(empty) == ["series", "year", "value"]
    found = hindsight.coverage_by_length(empty, 3)
    assert len(found) == 0
    assert {"points", "cases", "mase", "best_other", "best_other_mase", "coverage80", "coverage95"} <= set(
        found
    )


def test_the_panel_names_area_and_indicator(shipped):
    comparable = targets.comparable_of(shipped, "2021-12-31")
    panel = hindsight.panel(comparable)
    assert len(panel) == len(comparable)
    assert panel["series"].iloc[0] == f"{comparable['area'].iloc[0]}/{comparable['indicator'].iloc[0]}"


# --- what counts -----------------------------------------------------------------------------------------------------


def test_only_an_outcome_on_the_forecasts_definition_counts(zibo):
    """R&D intensity came on the GDP after the census; target and forecast stand on the one before it."""
    rows = zibo.set_index(zibo["target"].str.split("/").str[1])
    assert not rows.loc["rd_intensity", "comparable"]
    assert not rows.loc["rd_intensity", "counted"]
    others = rows.drop("rd_intensity")
    assert others["comparable"].all()
    assert others["counted"].all()


def test_days_that_knew_no_more_repeat_one_forecast(china):
    firsts = china[china["counted"]]
    assert not firsts.duplicated(["target", "last_year", "points", "aim"]).any()
    assert len(firsts) < len(china)
    # The first day of each forecast is the one that counts.
    first_days = china[china["comparable"]].groupby(["target", "last_year", "points", "aim"])["as_of"].min()
    assert sorted(firsts["as_of"]) == sorted(first_days)


def table_of(rows: list[tuple[float, bool, bool, bool]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["chance", "came", "within80", "counted"])


def test_the_scores_are_those_of_what_counts():
    """Brier (.2² + .6² + .9²)/3 = .4033; two of three inside: 21 % to 94 % by Wilson."""
    judged = table_of([
        (0.8, True, True, True), (0.6, False, True, True), (0.9, False, False, True), (0.1, True, False, False),
    ])  # fmt: skip
    got = hindsight.scores(judged).iloc[0]
    assert got[["forecasts", "intervals", "inside"]].tolist() == [3, 3, 2]
    assert got["brier"] == pytest.approx((0.04 + 0.36 + 0.81) / 3)
    assert [got["mean_chance"], got["came"], got["within80"]] == pytest.approx([2.3 / 3, 1 / 3, 2 / 3])
    assert [got["within80_low"], got["within80_high"]] == pytest.approx([0.2077, 0.9385], abs=1e-4)


def test_a_chance_without_an_interval_counts_for_the_chance_alone():
    judged = table_of([(0.8, True, None, True), (0.6, False, True, True)])
    got = hindsight.scores(judged).iloc[0]
    assert got[["forecasts", "intervals", "inside", "within80"]].tolist() == [2, 1, 1, 1.0]


def test_nothing_that_counts_has_no_score():
    got = hindsight.scores(table_of([(0.8, True, True, False)])).iloc[0]
    assert got["forecasts"] == 0
    assert np.isnan(got["brier"])


def test_each_bin_has_its_interval_and_the_low_end_is_kept():
    """10 of 100: (.1 + z²/200 ± z√(.09/100 + z²/40000))/(1 + z²/100), z = 1.96: 5.5 % to 17.4 %; 0 of 10: 0 to 27.8 %."""
    table = pd.DataFrame(
        {
            "from": [0.0, 0.1],
            "to": [0.1, 0.2],
            "cases": [10, 100],
            "chance": [0.05, 0.15],
            "reached": [0.0, 0.1],
        }
    )
    got = hindsight.with_intervals(table)
    assert got["low"].tolist() == pytest.approx([0.0, 0.0552], abs=1e-4)
    assert got["high"].tolist() == pytest.approx([0.2775, 0.1744], abs=1e-4)
    # Ten cases 5 points too sure and a hundred likewise: −5 points whatever the weights.
    assert hindsight.bias(table) == pytest.approx(-0.05)
    assert hindsight.bias(table.assign(reached=[1.05, 0.15])) == pytest.approx(10 / 110)


def test_the_outcome_of_a_milestone_is_not_that_of_the_end(shipped):
    """R&D intensity was 2.19 in 2018; a goal for 2018 is judged by it, that for 2020 by the figure of 2020."""
    level = with_target(shipped).targets
    early = level.assign(
        target_period="2018", target_position=2018.0, target_value=2.1, published_target_value="2.1", order=9
    )
    both = replace(shipped, targets=pd.concat([level, early], ignore_index=True))
    found = hindsight.hindsight(both, "china-13", "2021-12-31", on=[dt.date(2017, 12, 31)])
    assert dict(zip(found["target"], found["outcome"], strict=True)) == {
        "china/rd_intensity/level/2018": "2.19", "china/rd_intensity/level/2020": "2.4",
    }  # fmt: skip
