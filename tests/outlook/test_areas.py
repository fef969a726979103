"""The indicators of one area: rows, histories, pace and direction, against figures worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.outlook import areas, targets
from zbanalysis.plan import inputs, progress

DAY = "2024-12-31"


@pytest.fixture(scope="module")
def dataset(data_dir):
    return package.load(data_dir)


@pytest.fixture(scope="module")
def guangdong(dataset):
    return areas.indicators(dataset, "guangdong", DAY)


def test_every_area_with_figures_has_rows(dataset):
    for area in dataset.observations["area"].unique():
        day = areas.own(dataset, area).observations["known_since"].max()
        rows = areas.indicators(dataset, area, day)
        assert len(rows) > 0
        assert rows["target"].is_unique
        assert rows["order"].tolist() == list(range(1, len(rows) + 1))


def test_the_newest_figure_is_that_of_the_csv(guangdong, data_dir):
    """Read straight from the file: the last published year of a series without revisions."""
    lines = (data_dir / "reference" / "observations.csv").read_text("utf-8").splitlines()
    cells = [line.split(",") for line in lines if line.startswith("guangdong,rd_expenditure,")]
    last = max(cells, key=lambda row: row[2])
    row = guangdong.set_index("target").loc["rd_expenditure"]
    assert [row["current_period"], row["current_published"], row["current_source"]] == [
        last[2],
        last[3],
        last[6],
    ]


def test_what_was_not_known_yet_is_not_there(dataset):
    rows = areas.indicators(dataset, "guangdong", "2012-12-31").set_index("target")
    assert rows["current_position"].max() <= 2011
    assert "industrial_rd_expenditure" not in rows.index  # its first figure is of 2016


def test_only_the_areas_own_rows_are_read(dataset, guangdong):
    """A changed figure elsewhere changes nothing; one of the area does."""
    seen = dataset.observations
    others = seen.assign(value=seen["value"].where(seen["area"] == "guangdong", 1.0))
    elsewhere = dataclasses.replace(dataset, observations=others)
    own = dataclasses.replace(dataset, observations=seen.assign(value=seen["value"] + 1.0))
    pd.testing.assert_frame_equal(areas.indicators(elsewhere, "guangdong", DAY), guangdong)
    assert (areas.indicators(own, "guangdong", DAY)["current_value"] != guangdong["current_value"]).all()


def test_a_flow_of_part_of_a_year_is_left_out(dataset):
    seen = dataset.observations
    row = seen[(seen["area"] == "guangdong") & (seen["indicator"] == "rd_expenditure")].tail(1)
    part = row.assign(period="2024H1", position=2023.5, start=2023.0, part_year=True, value=9999.0)
    stock = part.assign(indicator="invention_patents_valid")
    more = dataclasses.replace(dataset, observations=pd.concat([seen, part, stock], ignore_index=True))
    found = areas.indicators(more, "guangdong", DAY).set_index("target")["current_period"]
    assert found["rd_expenditure"] == "2023"
    assert found["invention_patents_valid"] == "2024H1"


@pytest.mark.parametrize(
    ("area", "words"), [("atlantis", "is not in the data"), ("zibo-hightech-zone", "has no figures")]
)
def test_an_area_without_figures_is_refused(dataset, area, words):
    with pytest.raises(InputError, match=f"--area '{area}' {words}; areas with figures are anhui, "):
        areas.indicators(dataset, area, DAY)


def test_a_day_before_the_first_figure_is_refused(dataset):
    with pytest.raises(InputError, match="no yearly figure of zibo was known by then; the first is of"):
        areas.indicators(dataset, "zibo", "2002-01-01")


def series(values: dict[int, float]) -> pd.DataFrame:
    return pd.DataFrame({"series": "a", "year": list(values), "value": list(values.values())})


@pytest.mark.parametrize(
    ("values", "growth", "change", "years"),
    [
        # 100 → 161.051 in five years is 10 % a year; 2017 lies before the window.
        ({2017: 500.0, 2018: 100.0, 2023: 161.051}, 10.0, 12.2102, 5),
        # The figure of the window's first year is missing: the first within it counts.
        ({2017: 500.0, 2019: 100.0, 2023: 146.41}, 10.0, 11.6025, 4),
        # Nothing within the window but the last: the one before is the only pace there is.
        ({2010: 100.0, 2020: 200.0}, 7.177346, 10.0, 10),
        ({2018: -1.0, 2023: 4.0}, np.nan, 1.0, 5),
        ({2023: 4.0}, np.nan, np.nan, np.nan),
    ],
)
def test_pace(values, growth, change, years):
    found = targets.pace(series(values)).loc["a"]
    assert found.tolist() == pytest.approx([growth, change, years], nan_ok=True, abs=1e-6)


def moved(slope: tuple[float, float, float], pace_to: float, unit: str = "percent_per_year") -> pd.Series:
    """What is said of one indicator at 100 in 2018 that stands at ``pace_to`` in 2023."""
    rows = pd.DataFrame(
        {"target": ["a"], "current_basis": ["x"], "kind": ["level"], "base_position": [np.nan]}
    )
    history = pd.DataFrame(
        {
            "target": "a",
            "period": ["2018", "2023"],
            "position": [2018.0, 2023.0],
            "value": [100.0, pace_to],
            "basis": "x",
        }
    )
    names = ("slope", "slope_low", "slope_high", "per_year", "per_year_low", "per_year_high")
    chosen = pd.DataFrame([dict(zip(names, slope * 2, strict=True)) | {"series": "a", "slope_unit": unit}])
    return areas.movement(rows, history, chosen).iloc[0]


@pytest.mark.parametrize(
    ("slope", "pace_to", "motion", "turn"),
    [
        ((10.0, 9.0, 11.0), 161.051, "rising", "as_before"),  # 10 % a year
        ((10.0, 9.0, 11.0), 110.0, "rising", "slower"),  # 1.9 %
        ((10.0, 9.0, 11.0), 200.0, "rising", "faster"),  # 14.9 %
        ((-3.0, -4.0, -2.0), 110.0, "falling", "faster"),
        ((0.5, -1.0, 2.0), 100.0, "level", "as_before"),
        ((0.5, np.nan, np.nan), 100.0, "unsure", "unsure"),
    ],
)
def test_movement(slope, pace_to, motion, turn):
    found = moved(slope, pace_to)
    assert [found["motion"], found["turn"]] == [motion, turn]


def test_a_line_in_units_is_held_against_the_change_in_units():
    # 100 → 161.051 is 12.2 units a year: within 12 to 13 units, though growth is 10 %.
    assert moved((12.5, 12.0, 13.0), 161.051, "units_per_year")["turn"] == "as_before"
    assert moved((12.5, 12.0, 13.0), 161.051)["turn"] == "slower"


def test_trends_are_those_of_the_plans_reports(dataset, guangdong):
    """The models left out would only stand beside the line shown."""
    from zbanalysis import trend

    history = areas.history(dataset, guangdong, DAY)
    three = guangdong.head(3)
    few = history[history["target"].isin(three["target"])]
    chosen, _ = areas.trends(three, few)
    whole = trend.choose(trend.fit(inputs.trend_input(three, few)))
    pd.testing.assert_frame_equal(chosen, whole)


def test_a_log_line_is_the_regression_by_hand(dataset, guangdong):
    history = areas.history(dataset, guangdong, DAY)
    own = history[history["target"] == "rd_expenditure"]
    chosen, _ = areas.trends(guangdong[guangdong["target"] == "rd_expenditure"], own)
    slope = np.polyfit(own["position"], np.log(own["value"]), 1)[0]
    assert chosen["model"].tolist() == ["log_linear"]
    assert chosen["slope"].iloc[0] == pytest.approx(100 * np.expm1(slope))


def test_sources_are_numbered_by_day(dataset, guangdong):
    listed = progress.numbered(dataset, set(areas.history(dataset, guangdong, DAY)["source"]))
    assert listed["number"].tolist() == list(range(1, len(listed) + 1))
    assert listed["date_published"].is_monotonic_increasing
    assert set(listed["source"]) >= {"cssty-2001", "cssty-2024"}
