"""The projection: what must hold for any series, and one case worked by hand."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from zbanalysis.errors import InputError
from zbanalysis.projection.project import project


def series(values, name="s", start=2015):
    return pd.DataFrame({"series": name, "year": range(start, start + len(values)), "value": values})


def walks(count=40, seed=7, low=3, high=16):
    """Unlike series: growing, falling, noisy, large, small, some below 0."""
    random = np.random.default_rng(seed)
    parts = []
    for number in range(count):
        size = 10.0 ** random.integers(-2, 5)
        steps = random.normal(random.normal(0, 1), 1, random.integers(low, high)).cumsum()
        parts.append(series(size * (random.uniform(-5, 60) + steps), f"s{number}"))
    return pd.concat(parts, ignore_index=True)


def by_hand(values, ahead):
    """Median of the documented formula for a positive series without missing years, in plain Python."""
    n = len(values)
    changes = [b - a for a, b in pairwise(values)]
    mean_absolute = sum(abs(c) for c in changes) / (n - 1)
    mean = sum(changes) / (n - 1)
    variance = sum((c - mean) ** 2 for c in changes) / (n - 2)
    t_squared = (mean / mean_absolute) ** 2 / (variance / mean_absolute**2 / (n - 1) + 1e-6)
    signal = t_squared ** (min(max(n - 2, 1), 4) / 2)
    weight = signal / (signal + 2)
    memory = min(max(1 - 1 / n, 0.5), 0.95)
    ages = [memory ** (n - 2 - i) for i in range(n - 1)]
    recent = sum(a * c for a, c in zip(ages, changes, strict=True)) / sum(ages)
    step = weight * recent + (1 - weight) * mean_absolute * 0.5 / n
    move = step * sum(0.99**k for k in range(ahead))
    last = values[-1]
    return last + move if move >= 0 else last * math.exp(move / last)


@pytest.mark.parametrize(
    "values",
    [[10.0, 12.0, 13.0, 16.0, 17.0], [40.0, 31.0, 33.0, 20.0], [5.0, 5.5, 5.2, 5.9, 6.1, 6.0, 6.6, 7.0]],
)
def test_median_is_the_formula_worked_by_hand(values):
    result = project(series(values), 5)
    assert result.mean == pytest.approx([by_hand(values, h) for h in range(1, 6)], rel=1e-12)
    assert result.mean[0] != pytest.approx(
        values[-1] + values[-1] - values[-2], rel=1e-3
    )  # not the last change


def test_spread_is_the_formula_worked_by_hand():
    """Two points: drift ½ of the change plus a quarter of ½; every feature is a round number."""
    table = json.loads(
        files("zbanalysis.projection").joinpath("calibration", "spread.json").read_text(encoding="utf-8")
    )
    c = table["coefficients"]
    drift = 0.5 + 0.5 * 0.25
    level = math.log(2 / 11) + 2.5
    exponent = (
        c["constant"] + c["shortness"] / 2 + (c["noise"] + c["noise_shortness"] / 2) * math.log(1.1)
        + 0.5 * (c["steadiness"] + c["steadiness_shortness"] / 2) + c["recent"] * math.log(1.1)
        + drift * (c["with_drift"] + c["with_drift_shortness"] / 2) + c["upwards"]
        + level * c["upwards_level"] + c["growth"] * drift * 2 / 11
    )  # fmt: skip
    tail = table["tails"][0][table["enclosed"].index(0.8)]
    high = 12 + 2 * drift + tail * 2 * math.exp(exponent)
    assert project(series([10.0, 12.0]), 1).to_frame()["hi80"].item() == pytest.approx(high, rel=1e-9)


def test_every_series_has_its_rows_in_order():
    frame = project(walks(), 6).to_frame()
    assert len(frame) == 40 * 6
    assert list(frame.columns) == ["series", "year", "mean", "lo80", "hi80", "lo95", "hi95", "reason"]
    assert frame.groupby("series", sort=False)["year"].apply(lambda y: (y.diff().dropna() == 1).all()).all()
    assert frame.drop(columns="reason").notna().all().all()


def test_quantiles_rise_with_probability_and_fans_widen_with_time():
    result = project(walks(), 10)
    assert (np.diff(result.quantiles, axis=1) >= 0).all()
    assert (result.quantile(0.9) > result.quantile(0.1)).all()
    width = (result.quantile(0.9) - result.quantile(0.1)).reshape(40, 10)
    assert (width[:, 4] > width[:, 0]).mean() > 0.9


def test_far_tails_go_on_rising():
    result = project(walks(), 3)
    assert (result.quantile(0.9999) > result.quantile(0.995)).all()


def test_unit_does_not_matter():
    history = walks()
    plain, thousand = project(history, 5), project(history.assign(value=history["value"] * 1000), 5)
    np.testing.assert_allclose(thousand.quantiles, plain.quantiles * 1000, rtol=1e-9)


def test_a_balance_may_be_shifted_and_mirrored():
    """A series that knows negatives has no natural zero: only its changes count."""
    values = np.array([3.0, -2.0, 4.0, 1.0, 6.0, 5.0])
    low = values - 20
    plain, shifted = project(series(values), 4), project(series(low), 4)
    np.testing.assert_allclose(shifted.quantiles, plain.quantiles - 20, rtol=1e-9)
    mirrored = project(series(-values), 4)
    np.testing.assert_allclose(mirrored.quantiles[:, ::-1], -plain.quantiles, rtol=1e-9)
    positive = project(series(values + 20), 4)  # a positive one does have a zero
    assert not np.allclose(positive.quantiles, plain.quantiles + 20)


def test_rows_and_other_series_do_not_matter():
    history = walks()
    shuffled = history.sample(frac=1, random_state=3)
    one = project(history, 4).to_frame().set_index(["series", "year"])
    other = project(shuffled, 4).to_frame().set_index(["series", "year"]).loc[one.index]
    pd.testing.assert_frame_equal(one, other)
    alone = project(history[history["series"] == "s7"], 4).to_frame()
    pd.testing.assert_frame_equal(alone, one.loc[["s7"]].reset_index(), check_dtype=False)


def test_the_callers_table_stays_as_it_is_and_answers_repeat():
    history = walks()
    before = history.copy()
    first, second = project(history, 3), project(history, 3)
    pd.testing.assert_frame_equal(history, before)
    np.testing.assert_array_equal(first.quantiles, second.quantiles)


@pytest.mark.parametrize("start", [0.5, 50.0, 99.0, 99.9, 100.0])
def test_shares_stay_shares(start):
    values = [start * 0.8, start * 0.95, start * 0.9, start]
    result = project(series(values), 15, bounds=(0, 100))
    assert result.quantiles.min() >= 0
    assert result.quantiles.max() <= 100
    free = project(series(values), 15).quantiles.max()
    assert (free > 100) == (start > 1)  # without the bound all but the smallest would pass


def test_bounds_may_differ_by_series():
    history = pd.concat([series([90.0, 95.0, 98.0], "a"), series([90.0, 95.0, 98.0], "b")])
    limits = pd.DataFrame({"series": ["a"], "lower": [0.0], "upper": [100.0]})
    frame = project(history, 5, bounds=limits).to_frame().groupby("series")["hi95"].max()
    assert frame["a"] <= 100 < frame["b"]


def test_positive_stays_positive_and_counts_never_go_below_zero():
    falling = project(series([100, 60, 30, 12, 4]), 15)
    assert (falling.quantiles > 0).all()
    touched = project(series([5, 3, 0, 1, 0]), 10)
    assert touched.quantiles.min() >= 0
    below = project(series([5, 3, -1, 1, 0]), 10)
    assert below.quantiles.min() < 0


def test_one_point_and_other_reasons():
    parts = [
        series([4.0], "one"), series([np.nan, np.nan], "none"), series([0, 0, 0], "zeros"),
        series([1, 2, 3], "fine"), series([50, 120], "outside"),
    ]  # fmt: skip
    text = pd.DataFrame({"series": "text", "year": [2015, 2016], "value": ["1", "about 2"]})
    history = pd.concat([*parts, text])
    bounds = pd.DataFrame({"series": ["outside"], "lower": [0], "upper": [100]})
    frame = project(history, 2, bounds=bounds).to_frame()
    reasons = frame.drop_duplicates("series").set_index("series")["reason"].to_dict()
    assert reasons == {
        "one": "one_point", "none": "no_points", "zeros": "all_zero", "fine": "",
        "outside": "outside_bounds", "text": "non_numeric",
    }  # fmt: skip
    assert frame["series"].value_counts().to_dict() == {name: 2 if name == "fine" else 1 for name in reasons}
    assert frame.loc[frame["reason"] != "", ["mean", "lo80", "hi95"]].isna().all().all()
    assert frame.loc[frame["reason"] != "", "year"].isna().all()


def test_two_points_are_honestly_wide():
    two = project(series([100.0, 104.0]), 5).to_frame()
    five = project(series([88.0, 92.0, 96.5, 100.0, 104.0]), 5).to_frame()
    assert ((two["hi95"] - two["lo95"]) > 2 * (five["hi95"] - five["lo95"])).all()


def test_a_constant_series_stays_but_not_for_certain():
    frame = project(series([7.0] * 6), 3).to_frame()
    assert frame["mean"].tolist() == pytest.approx([7.0] * 3)
    assert (frame["lo80"] < 7).all()
    assert (frame["hi80"] > 7).all()
    assert frame["hi95"].max() < 8


def test_missing_years_count_as_years():
    full = pd.DataFrame(
        {"series": "s", "year": [2015, 2016, 2017, 2018, 2019], "value": [10.0, 12, 14, 16, 18]}
    )
    gap = full[full["year"].isin([2015, 2016, 2019])]
    empty = full.assign(value=full["value"].where(full["year"].isin([2015, 2016, 2019])))
    assert project(gap, 3).rows["year"].tolist() == [2020, 2021, 2022]
    np.testing.assert_array_equal(project(gap, 3).quantiles, project(empty, 3).quantiles)
    # 2 a year over the gap as before it: the drift is 2 a year, not 6
    assert project(gap, 1).mean[0] == pytest.approx(20.0, abs=0.1)


def test_whole_numbers_and_text_numbers_are_numbers():
    plain = project(series([3.0, 5.0, 8.0]), 2)
    np.testing.assert_array_equal(plain.quantiles, project(series([3, 5, 8]), 2).quantiles)
    np.testing.assert_array_equal(plain.quantiles, project(series(["3", "5", "8"]), 2).quantiles)


@pytest.mark.parametrize("probability", [0.001, 0.025, 0.1, 0.37, 0.5, 0.8, 0.975, 0.999])
def test_chance_is_the_inverse_of_the_quantile(probability):
    history = walks()
    result = project(history, 4)
    goal = result.rows[["series", "year"]].assign(value=result.quantile(probability), direction="up")
    assert result.chance(goal)["chance"].to_numpy() == pytest.approx(1 - probability, abs=1e-6)
    down = result.chance(goal.assign(direction="down"))["chance"].to_numpy()
    assert down == pytest.approx(probability, abs=1e-6)


def test_chance_of_a_mirrored_target_is_the_same():
    values = np.array([3.0, -2.0, 4.0, 1.0, 6.0, 5.0])
    goal = pd.DataFrame({"series": ["s"], "year": [2023], "value": [9.0], "direction": ["up"]})
    up = project(series(values), 3).chance(goal)["chance"].item()
    down = project(series(-values), 3).chance(goal.assign(value=-9.0, direction="down"))["chance"].item()
    assert up == pytest.approx(down)
    assert 0 < up < 0.5


def test_chance_at_the_bounds():
    result = project(series([70.0, 80.0, 88.0, 93.0]), 5, bounds=(0, 100))
    values = [100, 100.5, 0, -1, 93]
    goal = pd.DataFrame({"series": "s", "year": 2023, "value": values, "direction": "up"})
    full, beyond, nothing, below, keep = result.chance(goal)["chance"]
    assert 0 < full < keep < 1
    assert (beyond, nothing, below) == (0, 1, 1)
    held = project(series([99.0, 100.0, 100.0, 100.0]), 2, bounds=(0, 100))
    stay = pd.DataFrame({"series": ["s"], "year": [2020], "value": [100], "direction": ["up"]})
    assert 0.3 < held.chance(stay)["chance"].item() < 0.9


def test_chance_says_why_there_is_none():
    result = project(pd.concat([series([1.0, 2.0, 2.5]), series([4.0], "one")]), 3)
    goal = pd.DataFrame({
        "series": ["s", "s", "one", "who"], "year": [2020, 2030, 2020, 2020],
        "value": 3.0, "direction": "up",
    })  # fmt: skip
    answer = result.chance(goal)
    assert answer["reason"].tolist() == ["", "year_not_projected", "one_point", "unknown_series"]
    assert answer["chance"].notna().tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("history", "horizon", "bounds", "message"),
    [
        (series([1, 2]).drop(columns="year"), 2, None, "no column year"),
        (pd.concat([series([1, 2]), series([1, 2])]), 2, None, "more than once"),
        (series([1, 2]).assign(year=["2015", "x"]), 2, None, "not a whole number"),
        (series([1, 2]), 0, None, "horizon"),
        (series([1, 2]), 2, (5, 5), "below its upper bound"),
    ],
)
def test_wrong_input_is_refused_in_words(history, horizon, bounds, message):
    with pytest.raises(InputError, match=message):
        project(history, horizon, bounds=bounds)


def test_wrong_targets_are_refused_in_words():
    result = project(series([1.0, 2.0, 2.5]), 3)
    goal = pd.DataFrame({"series": ["s"], "year": [2018], "value": [3.0], "direction": ["sideways"]})
    with pytest.raises(InputError, match="'up' or 'down'"):
        result.chance(goal)
    with pytest.raises(InputError, match="not a number"):
        result.chance(goal.assign(direction="up", value=np.nan))
    with pytest.raises(InputError, match="between 0 and 1"):
        result.quantile(1.0)
    with pytest.raises(InputError, match="per cent"):
        result.to_frame(levels=[100])


def test_an_empty_table_gives_an_empty_answer():
    assert project(series([]), 3).to_frame().empty


def test_ten_thousand_series_take_seconds():
    history = walks(count=2000, low=5)
    copies = pd.concat([history.assign(series=history["series"] + f"-{k}") for k in range(5)])
    assert len(project(copies, 6).rows) == 60_000
