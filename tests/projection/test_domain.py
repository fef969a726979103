"""Fans re-read for science statistics: one reading forwards and backwards, and the table behind it.

Expected places come from the committed CSV and from `scipy`, read here on their own.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from zbanalysis.data import package
from zbanalysis.projection import domain, domain_build, project

PROBABILITIES = (0.01, 0.025, 0.1, 0.2, 0.5, 0.8, 0.9, 0.975, 0.99)


def frame_of(**series: list[float]) -> pd.DataFrame:
    """Each series ends in 2020."""
    return pd.concat(
        [
            pd.DataFrame({"series": name, "year": range(2021 - len(values), 2021), "value": values})
            for name, values in series.items()
        ],
        ignore_index=True,
    )


SERIES = {
    "two": [10.0, 12.0],
    "four": [10.0, 12.0, 13.0, 16.0],
    "down": [20.0, 18.0, 17.0, 15.5, 14.0, 13.0],
    "flat": [5.0] * 5,
    "nine": [1.0, 1.3, 1.2, 1.6, 1.9, 2.0, 2.4, 2.3, 2.9],
    "below": [-3.0, -2.0, 1.0, -1.0],
}


@pytest.fixture(scope="module")
def ahead():
    return project.project(frame_of(**SERIES, one=[4.0]), 8)


@pytest.fixture(scope="module")
def printed(root):
    table = pd.read_csv(root / "zbanalysis" / "projection" / "calibration" / "domain.csv")
    return table.set_index(["points", "years"])[["a", "b"]]


def goals(ahead, values, direction="up") -> pd.DataFrame:
    rows = ahead.rows[ahead.rows["reason"] == ""]
    return pd.DataFrame(
        {"series": rows["series"], "year": rows["year"].astype(int), "value": values, "direction": direction}
    )


@pytest.mark.parametrize("probability", PROBABILITIES)
def test_the_chance_of_a_quantile_is_what_it_leaves(ahead, probability):
    values = domain.quantile(ahead, probability)[(ahead.rows["reason"] == "").to_numpy()]
    assert np.isfinite(values).all()
    up = domain.chance(ahead, goals(ahead, values))["chance"]
    down = domain.chance(ahead, goals(ahead, values, "down"))["chance"]
    np.testing.assert_allclose(up, 1 - probability, atol=2e-3)
    np.testing.assert_allclose(down, probability, atol=2e-3)
    assert abs(up.iloc[0] - probability) > 0.01 or probability == 0.5


def test_quantiles_rise_and_stay_above_the_floor(ahead):
    grid = np.column_stack([domain.quantile(ahead, p) for p in PROBABILITIES])
    usable = (ahead.rows["reason"] == "").to_numpy()
    assert (np.diff(grid[usable], axis=1) >= 0).all()
    assert np.isnan(grid[~usable]).all()
    floored = usable & (ahead.rows["series"] != "below").to_numpy()
    assert (grid[floored] >= 0).all()


def test_upper_bounds_hold():
    shares = project.project(frame_of(share=[93.0, 95.0, 96.0, 98.0]), 8, bounds=(0, 100))
    assert (domain.quantile(shares, 0.995) <= 100).all()
    target = pd.DataFrame(
        {"series": ["share"] * 2, "year": [2024, 2024], "value": [100.5, 0.0], "direction": "up"}
    )
    assert domain.chance(shares, target)["chance"].tolist() == [0.0, 1.0]


def test_a_table_of_ones_leaves_the_general_fan(ahead, monkeypatch):
    monkeypatch.setattr(domain, "_table", lambda: np.ones((len(domain.POINTS), domain.YEARS_AHEAD, 2)))
    for probability in PROBABILITIES:
        np.testing.assert_allclose(
            domain.quantile(ahead, probability), ahead.quantile(probability), rtol=1e-9
        )
    for direction in ("up", "down"):
        asked = goals(ahead, 11.0, direction)
        np.testing.assert_allclose(
            domain.chance(ahead, asked)["chance"], ahead.chance(asked)["chance"], atol=1e-12
        )


def test_the_real_table_does_change_it(ahead):
    usable = (ahead.rows["reason"] == "").to_numpy()
    moved = domain.quantile(ahead, 0.5)[usable] - ahead.quantile(0.5)[usable]
    assert (moved > 0).all(), "outcomes of the provinces fell above the middle"


@pytest.mark.parametrize("count", [2, 3, 4, 5, 7, 8, 12])
@pytest.mark.parametrize("years", [1, 3, 6, 7, 9])
def test_the_row_of_the_table_is_that_of_the_points_and_years(printed, count, years):
    points = max(lower for lower in (2, 3, 5, 8) if lower <= count)
    a, b = printed.loc[(points, min(years, 6))]
    values = list(np.linspace(10, 20, count) + np.resize([0.0, 0.5], count))
    fan = project.project(frame_of(s=values), 9)
    asked = pd.DataFrame({"series": ["s"], "year": [2020 + years], "value": [23.0], "direction": ["up"]})
    general = fan.chance(asked)["chance"].iloc[0]
    expected = 1 - stats.beta.cdf(1 - general, a, b)
    assert domain.chance(fan, asked)["chance"].iloc[0] == pytest.approx(expected, abs=1e-12)
    where = years - 1
    at = fan.quantile(float(stats.beta.ppf(0.3, a, b)))[where]
    assert domain.quantile(fan, 0.3)[where] == pytest.approx(at, rel=1e-12)


def test_what_cannot_be_said_keeps_its_reason(ahead):
    asked = pd.DataFrame(
        {
            "series": ["one", "nobody", "two", "two"],
            "year": [2022, 2022, 2040, 2019],
            "value": 5.0,
            "direction": "up",
        },
        index=[7, 3, 5, 1],
    )
    before = asked.copy(deep=True)
    found = domain.chance(ahead, asked)
    assert found["chance"].isna().all()
    assert found["reason"].tolist() == [
        "one_point",
        "unknown_series",
        "year_not_projected",
        "year_not_projected",
    ]
    assert found.index.tolist() == [7, 3, 5, 1]
    pd.testing.assert_frame_equal(asked, before)


def test_the_order_of_the_targets_does_not_matter(ahead):
    asked = goals(ahead, 12.0)
    turned = asked.iloc[::-1]
    pd.testing.assert_series_equal(
        domain.chance(ahead, turned)["chance"].iloc[::-1], domain.chance(ahead, asked)["chance"]
    )


# --- the committed tables --------------------------------------------------------------------------------------------


def test_the_table_has_a_pair_for_every_points_and_years(printed):
    assert list(printed.index) == [(points, years) for points in (2, 3, 5, 8) for years in range(1, 7)]
    assert (printed > 0).all(axis=None)


def test_the_documents_state_the_held_out_figures(root):
    checks, rates = domain.checks(), domain.reliability()
    text = re.sub(r"\s+", " ", (root / "docs" / "methods" / "measured.md").read_text("utf-8"))
    part = text[text.index("The domain's re-reading, each indicator left out") :][:700]
    for column in ("domain80", "domain95", "general80", "general95"):
        assert f"{100 * checks[column].min():.1f}–{100 * checks[column].max():.1f} %" in part
    assert f"{checks['cases'].sum():,}" in part
    gap = 100 * (rates["chance"] - rates["reached"]).abs()
    assert f"{(gap * rates['cases']).sum() / rates['cases'].sum():.1f} points" in part
    assert f"{gap.max():.1f} at the worst" in part


def test_left_out_indicators_are_covered_within_three_points_of_the_name():
    checks = domain.checks()
    assert checks["years"].tolist() == [1, 2, 3, 4, 5, 6]
    assert ((checks["domain80"] - 0.80).abs() <= 0.031).all()
    assert ((checks["domain95"] - 0.95).abs() <= 0.02).all()
    for level in (80, 95):
        assert (
            (checks[f"domain{level}"] - level / 100).abs() < (checks[f"general{level}"] - level / 100).abs()
        ).all()


# --- what rebuilds them ----------------------------------------------------------------------------------------------


def test_the_fit_finds_the_shape_the_places_were_drawn_from():
    rng = np.random.default_rng(5)
    for a, b in ((1.0, 1.0), (1.6, 0.7), (0.6, 2.0)):
        frame = pd.DataFrame({"series": "s", "points": 3, "years": 2, "place": rng.beta(a, b, 20_000)})
        row = domain_build.table_from(frame).iloc[0]
        assert (row["points"], row["years"], row["cases"]) == (3, 2, 20_000)
        assert (row["a"], row["b"]) == pytest.approx((a, b), rel=0.05)


def test_every_series_weighs_the_same():
    rng = np.random.default_rng(6)
    few, many = rng.beta(3, 1, 200), rng.beta(1, 3, 20_000)
    frame = pd.DataFrame(
        {
            "series": ["few"] * 200 + ["many"] * 20_000,
            "points": 2,
            "years": 1,
            "place": np.concatenate([few, many]),
        }
    )
    row = domain_build.table_from(frame).iloc[0]
    assert (row["points"], row["years"], row["cases"]) == (2, 1, 20_200)
    assert row["a"] == pytest.approx(row["b"], rel=0.15)


def test_a_place_is_the_probability_given_to_no_more_than_what_came():
    values = [10.0, 11.0, 13.0, 12.0, 15.0, 17.0]
    found = domain_build.places(frame_of(s=values))
    assert list(found) == ["spell", "series", "points", "years", "year", "last", "came", "place"]
    # Ends at 2016 … 2019 (one year must be left to come), 2, 3 and 5 points where there are so many.
    spells = {(2016, 2), (2017, 2), (2017, 3), (2018, 2), (2018, 3), (2019, 2), (2019, 3), (2019, 5)}
    ends = found["year"] - found["years"]
    assert set(zip(ends, found["points"], strict=True)) == spells
    assert len(found) == 4 + 3 * 2 + 2 * 2 + 1 * 3
    for row in found.itertuples():
        end = row.year - row.years
        past = frame_of(s=values).query("@end - @row.points < year <= @end")
        asked = pd.DataFrame(
            {"series": ["s"], "year": [row.year], "value": [row.came], "direction": ["down"]}
        )
        place = project.project(past, 6).chance(asked)["chance"].iloc[0]
        assert (row.last, row.came) == (values[end - 2015], values[row.year - 2015])
        assert row.place == pytest.approx(place, abs=1e-12)


def made_up_places() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    parts = [
        pd.DataFrame({"series": f"p/{name}", "points": 2, "years": 1, "place": rng.beta(a, b, 500)})
        for name, a, b in (("x", 4, 1), ("y", 1, 4), ("z", 2, 2))
    ]
    return pd.concat(parts, ignore_index=True)


def test_an_indicator_is_re_read_by_a_table_made_without_it():
    frame = made_up_places()
    name = frame["series"].str[2:]
    found = domain_build.held_out(frame, name)
    assert found.index.tolist() == frame.index.tolist()
    for one in "xyz":
        others = domain_build.table_from(frame[name != one]).iloc[0]
        mine = found[name == one]
        assert set(zip(mine["a"], mine["b"], strict=True)) == {(others["a"], others["b"])}
        np.testing.assert_allclose(mine["reread"], stats.beta.cdf(mine["place"], others["a"], others["b"]))


def test_coverage_is_a_plain_count():
    frame = made_up_places()
    frame = frame.assign(reread=frame["place"] ** 2, years=np.resize([1, 2], len(frame)))
    for row in domain_build.coverage(frame).itertuples():
        part = frame[frame["years"] == row.years]
        assert row.cases == len(part)
        assert row.general80 == pytest.approx(
            sum(0.1 <= p <= 0.9 for p in part["place"]) / len(part), abs=5e-4
        )
        assert row.domain95 == pytest.approx(
            sum(0.025 <= p <= 0.975 for p in part["reread"]) / len(part), abs=5e-4
        )


def test_the_panel_is_the_provinces_above_zero(data_dir):
    panel = domain_build.provincial_panel(package.load(data_dir))
    area = panel["series"].str.partition("/")[0]
    areas = package.load(data_dir).areas.set_index("area")["level"]
    assert set(area.map(areas)) == {"province"}
    assert area.nunique() == 31
    lengths = panel.assign(name=panel["series"].str.partition("/")[2]).groupby(["name", "series"]).size()
    assert lengths[lengths > 2].reset_index()["name"].nunique() == 12, (
        "a series of two has no spell that is over"
    )
    assert (panel["value"] > 0).all()
    assert not panel.duplicated(["series", "year"]).any()


@pytest.mark.slow
def test_the_shipped_panel_gives_the_committed_tables(root, tmp_path, monkeypatch):
    folder = tmp_path / "zbanalysis" / "projection" / "calibration"
    folder.mkdir(parents=True)
    monkeypatch.setattr(domain_build, "ROOT", tmp_path)
    domain_build.main()
    names = {"domain.csv", "domain_checks.csv", "domain_reliability.csv", "domain_panel.csv"}
    assert {path.name for path in folder.iterdir()} == names
    for name in names:
        assert (folder / name).read_bytes() == (
            root / "zbanalysis" / "projection" / "calibration" / name
        ).read_bytes(), name
