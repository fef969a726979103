"""A plan's targets asked of another area, and places among its like, worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.outlook import yardstick
from zbanalysis.plan import progress

DAY, PLAN = "2024-12-31", "china-14"


@pytest.fixture(scope="module")
def dataset(data_dir):
    return package.load(data_dir)


def figure(dataset, area: str, indicator: str, period: str) -> float:
    seen = package.as_of(dataset, DAY).observations
    rows = seen[(seen["area"] == area) & (seen["indicator"] == indicator) & (seen["period"] == period)]
    return float(rows["value"].iloc[0])


def test_growth_is_asked_as_it_is_from_the_areas_own_base(dataset):
    row = yardstick.standing(dataset, PLAN, "guangdong", DAY).set_index("indicator").loc["rd_expenditure"]
    base, now = (figure(dataset, "guangdong", "rd_expenditure", year) for year in ("2020", "2023"))
    assert [row["area"], row["put"], row["target_value"]] == ["guangdong", "same", 7.0]
    assert row["base_value"] == base
    assert row["completion"] == pytest.approx(np.log(now / base) / (5 * np.log(1.07)))
    assert row["needed"] == pytest.approx(100 * ((base * 1.07**5 / now) ** 0.5 - 1))
    assert row["elapsed"] == pytest.approx(0.6)


def test_what_the_area_has_no_figure_of_is_not_judged(dataset):
    found = yardstick.standing(dataset, PLAN, "guangdong", DAY).set_index("indicator")
    assert len(found) == 3
    assert found.loc["digital_core_industry_share_of_gdp", "status"] == "not_assessable"
    assert found.loc["digital_core_industry_share_of_gdp", "reason"] == "no_observation"


def with_figures(dataset, indicator: str, values: dict[str, float]) -> package.Dataset:
    """The data with figures of an indicator invented for Guangdong (synthetic)."""
    seen = dataset.observations
    like = seen[
        (seen["area"] == "guangdong") & (seen["indicator"] == "rd_expenditure") & (seen["period"] == "2023")
    ]
    made = [
        like.assign(indicator=indicator, period=period, position=float(period), start=float(period) - 1, value=value,
                    published=str(value))
        for period, value in values.items()
    ]  # fmt: skip
    return dataclasses.replace(dataset, observations=pd.concat([seen, *made], ignore_index=True))


def test_a_ratio_is_asked_to_grow_by_the_same_factor(dataset):
    """The nation: 6.3 to 12; from 10.5 the same factor leads to 20."""
    more = with_figures(dataset, "high_value_invention_patents_per_10k", {"2020": 10.5, "2023": 16.0})
    row = (
        yardstick.standing(more, PLAN, "guangdong", DAY)
        .set_index("indicator")
        .loc["high_value_invention_patents_per_10k"]
    )
    assert row["target_value"] == pytest.approx(20.0)
    assert [row["put"], row["published_target_value"], row["plan_value"], row["plan_base_value"]] == [
        "factor", "20.0", "12", "6.3",
    ]  # fmt: skip
    assert row["completion"] == pytest.approx(5.5 / 9.5)


def test_a_share_is_asked_to_move_by_the_same_points(dataset):
    """The nation: 7.8 to 10, 2.2 points; from 15.6 that is 17.8, not 20."""
    more = with_figures(dataset, "digital_core_industry_share_of_gdp", {"2020": 15.6, "2023": 16.7})
    row = (
        yardstick.standing(more, PLAN, "guangdong", DAY)
        .set_index("indicator")
        .loc["digital_core_industry_share_of_gdp"]
    )
    assert row["target_value"] == pytest.approx(17.8)
    assert [row["put"], row["completion"]] == ["points", pytest.approx(0.5)]


def test_a_level_without_an_own_base_asks_nothing(dataset):
    more = with_figures(dataset, "digital_core_industry_share_of_gdp", {"2022": 15.6, "2023": 16.7})
    row = (
        yardstick.standing(more, PLAN, "guangdong", DAY)
        .set_index("indicator")
        .loc["digital_core_industry_share_of_gdp"]
    )
    assert np.isnan(row["target_value"])
    assert row["published_target_value"] == ""
    assert row["status"] == "not_assessable"


def test_the_plans_own_area_keeps_its_targets(dataset):
    found = yardstick.standing(dataset, PLAN, "china", DAY)
    own = progress.progress(dataset, PLAN, DAY)
    same = [
        "indicator",
        "base_value",
        "target_value",
        "published_target_value",
        "completion",
        "status",
        "reason",
    ]
    pd.testing.assert_frame_equal(found[same], own[same])
    assert set(found["put"]) == {"own"}


def test_a_sum_and_a_limit(dataset):
    """A sum is the plan's own and is left out; a floor holds for everybody as it is."""
    changed = dataset.targets.copy()
    rows = changed.index[changed["plan"] == PLAN]
    changed.loc[rows[0], "kind"] = "cumulative_sum"
    changed.loc[rows[1], "kind"] = "floor"
    put = yardstick.applied(dataclasses.replace(dataset, targets=changed), PLAN, "tibet", DAY).targets
    assert put["kind"].tolist() == ["floor", "level"]
    assert put["target_value"].iloc[0] == 12.0


def test_the_data_given_are_not_changed(dataset):
    before = dataset.targets.copy(), dataset.plans.copy()
    yardstick.standing(dataset, PLAN, "tibet", DAY)
    pd.testing.assert_frame_equal(dataset.targets, before[0])
    pd.testing.assert_frame_equal(dataset.plans, before[1])


def test_a_plan_not_yet_published_or_unknown_is_refused(dataset):
    with pytest.raises(InputError, match="the targets of china-14 were first published on 2021-03-31"):
        yardstick.applied(dataset, PLAN, "tibet", "2020-12-31")
    with pytest.raises(InputError, match="--plan 'mars-1' is not in the data"):
        yardstick.applied(dataset, "mars-1", "tibet", DAY)


# --- places ---


def test_places_are_those_counted_in_the_file(dataset, data_dir):
    """Counted from the CSV with plain Python: every province's figure of 2023 and of 2018."""
    provinces = {
        line.split(",")[0]
        for line in (data_dir / "areas.csv").read_text("utf-8").splitlines()
        if ",province," in line
    }
    cells = [
        line.split(",")
        for line in (data_dir / "reference" / "observations.csv").read_text("utf-8").splitlines()
    ]
    of = {
        (row[0], row[2]): float(row[3]) for row in cells if row[1] == "rd_intensity" and row[0] in provinces
    }
    now = {area: value for (area, period), value in of.items() if period == "2023"}
    moved = {area: value - of[area, "2018"] for area, value in now.items()}
    row = yardstick.ranks(dataset, "zhejiang", DAY).set_index("target").loc["rd_intensity"]
    assert row["rank"] == 1 + sum(value > now["zhejiang"] for value in now.values())
    assert row["growth_rank"] == 1 + sum(value > moved["zhejiang"] + 1e-12 for value in moved.values())
    assert [row["areas"], row["best_area"], row["year"]] == [31, max(now, key=now.get), 2023]


def test_equals_share_the_better_place_and_down_turns_the_order(dataset):
    """Synthetic: four areas at 3, 5, 5, 9."""
    rows = pd.Series({"direction": "up", "scale": "count"}, name="x")
    index = pd.MultiIndex.from_product([[2023.0], ["a", "b", "c", "d"]], names=["position", "area"])
    values = pd.Series([3.0, 5.0, 5.0, 9.0], index)
    assert [yardstick._rank(values, 2023, area, rows)[3] for area in "abcd"] == [4, 2, 2, 1]
    down = rows.replace("up", "down").rename("x")
    assert [yardstick._rank(values, 2023, area, down)[3] for area in "abcd"] == [1, 2, 2, 4]


def test_a_year_that_few_have_is_not_the_common_one(dataset):
    """Were 2024 known for Tibet and Beijing alone, the places would stay those of 2023."""
    seen = dataset.observations
    last = seen[
        (seen["indicator"] == "rd_intensity")
        & seen["area"].isin(["tibet", "beijing"])
        & (seen["period"] == "2023")
    ]
    newer = last.assign(period="2024", position=2024.0, start=2023.0)
    more = dataclasses.replace(dataset, observations=pd.concat([seen, newer], ignore_index=True))
    assert yardstick.ranks(more, "tibet", DAY).set_index("target").loc["rd_intensity", "year"] == 2023


def test_the_nation_has_no_like(dataset):
    assert yardstick.ranks(dataset, "china", DAY).empty
