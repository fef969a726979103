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
from zbanalysis.projection import reference
from zbanalysis.projection.fan import AT_THE_BOUND
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


PROBABILITIES = (0.005, 0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975, 0.995)


def grid(result):
    """Rows × `PROBABILITIES`."""
    return result.quantile(PROBABILITIES)


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
def test_median_of_the_own_fan_is_the_formula_worked_by_hand(values):
    result = project(series(values), 5, weight=0)
    scale = np.abs(np.diff(values)).mean()
    expected = [by_hand(values, h) for h in range(1, 6)]
    assert result.mean == pytest.approx(expected, abs=0.06 * scale)  # the grid's own grain
    assert result.mean[0] != pytest.approx(
        values[-1] + values[-1] - values[-2], rel=1e-3
    )  # not the last change


def test_spread_of_the_own_fan_is_the_formula_worked_by_hand():
    """Two points: drift ½ of the change plus a quarter of ½; every regressor is a round number."""
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
    own = project(series([10.0, 12.0]), 1, weight=0).to_frame()["hi80"].item()
    assert own == pytest.approx(high, rel=2e-3)


def test_the_pool_is_the_weighted_mean_of_log_odds():
    values = [10.0, 12.0, 13.0, 16.0, 17.0]
    fans = {w: project(series(values), 3, weight=w) for w in (0, 1, None)}
    goal = pd.DataFrame({"series": ["s"], "year": [2022], "value": [20.0], "direction": ["up"]})
    odds = {}
    for weight, fan in fans.items():
        chance = fan.chance(goal)["chance"].item()
        odds[weight] = math.log(chance / (1 - chance))
    assert fans[None].about["weight"].item() == 0.4
    assert odds[None] == pytest.approx(0.6 * odds[0] + 0.4 * odds[1], abs=1e-4)
    assert abs(odds[0] - odds[1]) > 0.05


@pytest.mark.parametrize(
    ("points", "weight"), [(2, 0.8), (3, 2 / 3), (4, 0.5), (5, 0.4), (10, 0.2), (20, 0.1)]
)
def test_the_fewer_the_points_the_more_the_class_weighs(points, weight):
    past = series(np.arange(points) + 10.0)
    assert project(past, 1).about["weight"].item() == pytest.approx(weight)
    good = project(past, 1, scale="share", direction="up").about["weight"].item()
    assert good == pytest.approx(min(0.8, 3 / points))
    unknown = project(past, 1, scale="share").about["weight"].item()
    assert unknown == pytest.approx(weight)


def test_every_series_has_its_rows_in_order():
    frame = project(walks(), 6).to_frame()
    assert len(frame) == 40 * 6
    assert list(frame.columns) == ["series", "year", "mean", "lo80", "hi80", "lo95", "hi95", "reason"]
    assert frame.groupby("series", sort=False)["year"].apply(lambda y: (y.diff().dropna() == 1).all()).all()
    assert frame.drop(columns="reason").notna().all().all()


def test_quantiles_rise_with_probability_and_fans_widen_with_time():
    result = project(walks(), 10)
    assert (np.diff(grid(result), axis=1) >= 0).all()
    assert (result.quantile(0.9) > result.quantile(0.1)).all()
    width = (result.quantile(0.9) - result.quantile(0.1)).reshape(40, 10)
    assert (width[:, 4] > width[:, 0]).mean() > 0.9


def test_far_tails_go_on_rising():
    result = project(walks(), 3)
    assert (result.quantile(0.9999) > result.quantile(0.995)).all()


def test_unit_does_not_matter():
    history = walks()
    plain, thousand = project(history, 5), project(history.assign(value=history["value"] * 1000), 5)
    np.testing.assert_allclose(grid(thousand), grid(plain) * 1000, rtol=1e-4)


def test_a_balance_may_be_shifted_and_mirrored():
    """A series that knows negatives has no natural zero: only its changes count."""
    values = np.array([3.0, -2.0, 4.0, 1.0, 6.0, 5.0])
    low = values - 20
    plain, shifted = project(series(values), 4), project(series(low), 4)
    np.testing.assert_allclose(grid(shifted), grid(plain) - 20, rtol=1e-4)
    mirrored = project(series(-values), 4)
    np.testing.assert_allclose(grid(mirrored)[:, ::-1], -grid(plain), rtol=1e-4)
    positive = project(series(values + 20), 4)  # a positive one does have a zero
    assert not np.allclose(grid(positive), grid(plain) + 20)


def test_rows_and_other_series_do_not_matter():
    history = walks()
    shuffled = history.sample(frac=1, random_state=3)
    one = project(history, 4).to_frame().set_index(["series", "year"])
    other = project(shuffled, 4).to_frame().set_index(["series", "year"]).loc[one.index]
    pd.testing.assert_frame_equal(one, other)
    alone = project(history[history["series"] == "s7"], 4).to_frame()
    pd.testing.assert_frame_equal(alone, one.loc[["s7"]].reset_index(), check_dtype=False, check_exact=True)


def test_the_callers_table_stays_as_it_is_and_answers_repeat():
    history = walks()
    before = history.copy()
    first, second = project(history, 3), project(history, 3)
    pd.testing.assert_frame_equal(history, before)
    np.testing.assert_array_equal(grid(first), grid(second))


@pytest.mark.parametrize("start", [0.5, 50.0, 99.0, 99.9, 100.0])
def test_shares_stay_shares(start):
    values = [start * 0.8, start * 0.95, start * 0.9, start]
    result = project(series(values), 15, lower=0, upper=100)
    assert grid(result).min() >= 0
    assert grid(result).max() <= 100
    free = grid(project(series(values), 15)).max()
    assert (free > 100) == (start > 1)  # without the bound all but the smallest would pass


def test_bounds_may_differ_by_series():
    history = pd.concat([series([90.0, 95.0, 98.0], "a"), series([90.0, 95.0, 98.0], "b")])
    limits = pd.DataFrame({"series": ["a"], "lower": [0.0], "upper": [100.0]})
    frame = project(history, 5, limits).to_frame().groupby("series")["hi95"].max()
    assert frame["a"] <= 100 < frame["b"]


def test_positive_stays_positive_and_counts_never_go_below_zero():
    falling = project(series([100, 60, 30, 12, 4]), 15)
    assert (grid(falling) > 0).all()
    touched = project(series([5, 3, 0, 1, 0]), 10)
    assert grid(touched).min() >= 0
    below = project(series([5, 3, -1, 1, 0]), 10)
    assert grid(below).min() < 0


def test_one_point_and_other_reasons():
    parts = [
        series([4.0], "one"), series([np.nan, np.nan], "none"), series([0, 0, 0], "zeros"),
        series([1, 2, 3], "fine"), series([50, 120], "outside"),
    ]  # fmt: skip
    text = pd.DataFrame({"series": "text", "year": [2015, 2016], "value": ["1", "about 2"]})
    history = pd.concat([*parts, text])
    bounds = pd.DataFrame({"series": ["outside"], "lower": [0], "upper": [100]})
    frame = project(history, 2, bounds).to_frame()
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
    """In the reference series three of four that had stood still for two years had moved 8 % and more in five."""
    two, six = (project(series([7.0] * n), 5).to_frame() for n in (2, 6))
    for frame in (two, six):
        assert frame["mean"].tolist() == pytest.approx([7.0] * 5, rel=0.07)
        assert (frame["lo80"] < 7).all()
        assert (frame["hi80"] > 7).all()
        assert frame["hi95"].max() < 2.5 * 7
    assert (two["hi80"] > six["hi80"]).all()
    assert two["hi80"].iloc[-1] - two["lo80"].iloc[-1] > 0.5 * 7
    share = project(series([98.0] * 4), 5, scale="share").to_frame()
    assert (share["hi95"] <= 100).all()
    assert share["lo80"].iloc[-1] > 96  # two points of room are what it moves by


def test_two_equal_figures_are_covered_as_named():
    """80 % of what came after two equal figures of the competitions' series lies within 80 %."""
    known = reference.series()
    known = known[known["collection"].isin(reference.COMPETITIONS)]
    pasts, later = [], []
    for (collection, name), one in known.groupby(["collection", "series"], sort=False):
        value, year = one["value"].to_numpy(), one["year"].to_numpy()
        for end in np.flatnonzero((value[1:-5] == value[:-6]) & (value[1:-5] != 0)) + 2:
            at = f"{collection}/{name}/{end}"
            pasts.append(series(value[end - 2 : end], at, year[end - 2]))
            later.append(
                pd.DataFrame({"series": at, "year": year[end : end + 5], "came": value[end : end + 5]})
            )
    frame = project(pd.concat(pasts), 5).to_frame([80]).astype({"year": int}).merge(pd.concat(later))
    assert len(frame) > 300
    assert 0.77 <= frame["came"].between(frame["lo80"], frame["hi80"]).mean() <= 0.87


def test_missing_years_count_as_years():
    full = pd.DataFrame(
        {"series": "s", "year": [2015, 2016, 2017, 2018, 2019], "value": [10.0, 12, 14, 16, 18]}
    )
    gap = full[full["year"].isin([2015, 2016, 2019])]
    empty = full.assign(value=full["value"].where(full["year"].isin([2015, 2016, 2019])))
    assert project(gap, 3).rows["year"].tolist() == [2020, 2021, 2022]
    np.testing.assert_array_equal(grid(project(gap, 3)), grid(project(empty, 3)))
    # 2 a year over the gap as before it: the drift is 2 a year, not 6
    assert project(gap, 1, weight=0).mean[0] == pytest.approx(20.0, abs=0.1)


def test_whole_numbers_and_text_numbers_are_numbers():
    plain = project(series([3.0, 5.0, 8.0]), 2)
    np.testing.assert_array_equal(grid(plain), grid(project(series([3, 5, 8]), 2)))
    np.testing.assert_array_equal(grid(plain), grid(project(series(["3", "5", "8"]), 2)))


@pytest.mark.parametrize("probability", [0.001, 0.025, 0.1, 0.37, 0.5, 0.8, 0.975, 0.999])
def test_chance_is_the_inverse_of_the_quantile(probability):
    history = walks()
    result = project(history, 4)
    goal = result.rows[["series", "year"]].assign(value=result.quantile(probability), direction="up")
    at_zero = np.isfinite(result.fan.lower) & (goal["value"] < AT_THE_BOUND * result.fan.last)
    goal = goal[~at_zero]  # what is so near the bound counts as there
    assert len(goal) > 0.9 * len(result.rows)
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
    result = project(series([70.0, 80.0, 88.0, 93.0]), 5, lower=0, upper=100)
    values = [100, 100.5, 0, -1, 93]
    goal = pd.DataFrame({"series": "s", "year": 2023, "value": values, "direction": "up"})
    full, beyond, nothing, below, keep = result.chance(goal)["chance"]
    assert 0 < full < keep < 1
    assert (beyond, nothing, below) == (0, 1, 1)
    held = project(series([99.0, 100.0, 100.0, 100.0]), 2, lower=0, upper=100)
    stay = pd.DataFrame({"series": ["s"], "year": [2020], "value": [100], "direction": ["up"]})
    assert 0.3 < held.chance(stay)["chance"].item() < 0.9


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([97.0, 98.0, 99.2, 99.9], "share"),
        ([0.04, 0.05, 0.1], "share"),
        ([900.0, 500.0, 200.0, 90.0], "amount"),
    ],
)
def test_a_target_at_a_bound_is_no_likelier_than_one_short_of_it(values, scale):
    result = project(series(values), 3, scale=scale)
    last, end = values[-1], 100 if scale == "share" else 1e4
    asked = np.concatenate([last * np.linspace(0, 1, 40), last + (end - last) * np.linspace(0, 1, 40)])
    least, most = (
        np.array([result.chance(value, way) for value in asked]) for way in ("at_least", "at_most")
    )
    assert (np.diff(least, axis=0) <= 1e-9).all()
    assert (np.diff(most, axis=0) >= -1e-9).all()


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
    ("history", "horizon", "told", "message"),
    [
        (series([1, 2]).drop(columns="year"), 2, {}, "no column year"),
        (pd.concat([series([1, 2]), series([1, 2])]), 2, {}, "more than once"),
        (series([1, 2]).assign(year=["2015", "x"]), 2, {}, "not a whole number"),
        (series([1, 2]), 0, {}, "horizon"),
        (series([1, 2]), 51, {}, "from 1 to 50"),
        (series([1, 2]), 1_000_000_000, {}, "from 1 to 50"),
        (series([1, 2]), 2, {"lower": 5, "upper": 5}, "below its upper bound"),
        (series([1, 2]), 2, {"scale": "weight"}, "no scale 'weight'; choose from amount, count"),
        (series([1, 2]), 2, {"direction": "sideways"}, "no direction 'sideways'"),
        (series([1, 2]).assign(scale=["share", "count"]), 2, {}, "two values of scale: share and count"),
        (series([1, 2]).assign(lower="low"), 2, {}, "lower bound 'low' is no number"),
    ],
)
def test_wrong_input_is_refused_in_words(history, horizon, told, message):
    with pytest.raises(InputError, match=message):
        project(history, horizon, **told)


def test_wrong_targets_are_refused_in_words():
    result = project(series([1.0, 2.0, 2.5]), 3)
    goal = pd.DataFrame({"series": ["s"], "year": [2018], "value": [3.0], "direction": ["sideways"]})
    with pytest.raises(InputError, match="'up' or 'down'"):
        result.chance(goal)
    with pytest.raises(InputError, match="not a number"):
        result.chance(goal.assign(direction="up", value=np.nan))
    with pytest.raises(InputError, match="between 0 and 1"):
        result.quantile(1.0)
    for level in (100, 0.8):
        with pytest.raises(InputError, match="per cent"):
            result.to_frame(levels=[level])
    with pytest.raises(InputError, match="no comparator 'near'; choose from at_least, more_than"):
        result.chance(3.0, "near")


def test_an_empty_table_gives_an_empty_answer():
    assert project(series([]), 3).to_frame().empty


def test_ten_thousand_series_take_seconds():
    history = walks(count=2000, low=5)
    copies = pd.concat([history.assign(series=history["series"] + f"-{k}") for k in range(5)])
    assert len(project(copies, 6).rows) == 60_000


# --- what is told of a series ---


def test_what_nothing_can_lie_below_comes_from_the_scale_and_an_empty_bound_is_none():
    past = series([3.0, 5.0, 4.0, 6.0])
    floors = {
        scale: project(past, 1, scale=scale).about[["lower", "upper", "floor"]].iloc[0].tolist()
        for scale in ("amount", "count", "share", "ratio", "index", "rank", "unknown")
    }
    inf = math.inf
    assert floors == {
        "amount": [0, inf, "scale"], "count": [0, inf, "scale"], "share": [0, 100, "scale"],
        "ratio": [0, inf, "assumed"], "index": [0, inf, "assumed"], "rank": [1, inf, "scale"],
        "unknown": [0, inf, "assumed"],
    }  # fmt: skip
    told = pd.DataFrame({"series": ["s"], "scale": ["ratio"], "lower": [None], "upper": [None]})
    assert project(past, 1, told).about[["lower", "floor"]].iloc[0].tolist() == [-inf, "none"]
    assert project(past, 1, lower=-inf).about["floor"].item() == "none"
    assert project(past, 1, lower=2).about[["lower", "floor"]].iloc[0].tolist() == [2, "told"]
    assert project(series([3.0, -1.0, 2.0]), 1, scale="amount").about["floor"].item() == "none"
    assert project(series([50.0, 150.0]), 1, scale="share").about["reason"].item() == "outside_bounds"


def test_a_rate_may_fall_below_zero_where_that_is_told():
    """FAULTS 11: price changes of 2.9 to 0.2 %; will they be at most −0.1 % in two years?"""
    past = series([2.9, 2.3, 1.6, 1.0, 0.2], start=2019)
    goal = pd.DataFrame({"series": ["s"], "year": [2025], "value": [-0.1], "direction": ["down"]})
    assert project(past, 2).chance(goal)["chance"].item() == 0
    assert 0.6 < project(past, 2, lower=-math.inf).chance(goal)["chance"].item() < 0.9


@pytest.mark.parametrize("scale", ["share", "ratio", "index", "rank"])
def test_shares_and_their_like_go_the_good_way_more_often_than_not(scale):
    past = series([40.0, 41.0, 40.5])
    goal = pd.DataFrame({"series": ["s"], "year": [2020], "value": [40.5], "direction": ["up"]})
    up, down, unknown = (
        project(past, 3, scale=scale, direction=way).chance(goal)["chance"].item()
        for way in ("up", "down", "unknown")
    )
    assert up > unknown + 0.05 > down + 0.1


def test_an_amount_is_not_turned():
    past = series([40.0, 41.0, 40.5])
    fans = [grid(project(past, 3, scale=scale, direction="up")) for scale in ("amount", "unknown")]
    np.testing.assert_array_equal(*fans)
    assert project(past, 3, scale="amount", direction="down").about["class_name"].item() == "growth_mirrored"


def test_counts_are_whole_numbers():
    """A chance of 0 days is that of less than a half."""
    days = series([4, 2, 3, 1])
    counted, measured = project(days, 2, scale="count"), project(days, 2, scale="amount")
    assert (grid(counted) == np.round(grid(counted))).all()
    none = counted.chance(0.0, "at_most")
    assert none == pytest.approx(measured.chance(0.5, "at_most"))
    assert (none > 0.05).all()
    np.testing.assert_allclose(counted.chance(2.0, "more_than"), counted.chance(3.0, "at_least"))
    np.testing.assert_allclose(counted.chance(2.0, "less_than"), counted.chance(1.0, "at_most"))
    halves = project(series([4.5, 2, 3, 1]), 2, scale="count")  # in thousands, say: no whole numbers
    assert (grid(halves) != np.round(grid(halves))).any()


def test_at_least_and_less_than_leave_nothing_over():
    result = project(walks(), 3)
    value = result.quantile(0.3)
    np.testing.assert_allclose(result.chance(value, "at_least"), 1 - result.chance(value, "less_than"))
    np.testing.assert_allclose(result.chance(value, "more_than"), 1 - result.chance(value, "at_most"))
    last = project(series([5.0, 5.0, 5.0, 6.0, 6.0]), 2)
    assert (last.chance(6.0, "at_least") > last.chance(6.0, "more_than")).all()  # it may stay where it is


def test_a_table_may_name_a_comparator():
    result = project(series([1.0, 2.0, 2.5, 3.0]), 2)
    goal = pd.DataFrame({"series": "s", "year": 2020, "value": 3.5, "comparator": ["at_least", "less_than"]})
    at_least, less_than = result.chance(goal)["chance"]
    assert at_least + less_than == pytest.approx(1)


def test_the_windows_of_a_class_are_shown_with_how_they_ended():
    result = project(series([2.0, 2.1, 2.3, 2.4, 2.5]), 3, scale="share", direction="up")
    shown = result.windows("s", 600)
    assert list(shown)[:6] == ["collection", "series", "first_year", "last_year", "weight", "turned"]
    assert set(shown["collection"]) == {"m1", "m3", "regions", "provinces"}
    assert shown["weight"].is_monotonic_decreasing
    assert shown["weight"].sum() == pytest.approx(100, abs=2)
    own = reference.series().set_index(["collection", "series", "year"])["value"]
    for row in shown.head(40).itertuples():
        assert row.first_year == row.last_year - 4
        assert row.last == own[row.collection, row.series, row.last_year]
        later = own.get((row.collection, row.series, row.last_year + 1))
        assert row.after_1 == pytest.approx(later)
    with pytest.raises(InputError, match="no projection"):
        result.windows("who")


# --- no kinks, no knowledge of later days ---


def test_no_fan_has_a_kink():
    """The upper end of 80 % over the median bends nowhere, nor where the reference series end."""
    random = np.random.default_rng(3)
    steady = pd.concat(
        [series(100 * np.exp(random.normal(0.06, 0.05, 9).cumsum()), f"s{number}") for number in range(30)]
    )
    for told in ({}, {"domain": "science"}, {"scale": "share", "upper": 1e4, "direction": "up"}):
        result = project(steady, 14, **told)
        ratio = (result.quantile(0.9) / result.mean).reshape(30, 14)
        bends = np.diff(ratio, 2, axis=1)
        assert np.abs(bends).max() < (0.07 if "domain" in told else 0.03)
        assert np.abs(np.median(bends, axis=0)).max() < (0.03 if "domain" in told else 0.01)


def test_a_day_knows_only_what_was_published_by_it(monkeypatch):
    past = series([2.0, 2.1, 2.3, 2.4], start=2014)
    told = {"scale": "share", "direction": "up", "as_of": "2018-12-31"}
    before = grid(project(past, 3, **told))
    table = reference.series()
    revised = table[(table["collection"] == "provinces") & (table["year"] == 2016)].assign(
        value=lambda frame: frame["value"] * 3, known="2019-06-30"
    )
    later = pd.concat([table, revised], ignore_index=True)
    caches = (reference.collections, reference.windows_of)
    monkeypatch.setattr(reference, "series", lambda: later)
    try:
        for cached in caches:
            cached.cache_clear()
        np.testing.assert_array_equal(grid(project(past, 3, **told)), before)
        known = grid(project(past, 3, **{**told, "as_of": "2019-12-31"}))
        assert not np.array_equal(known, before)
    finally:
        for cached in caches:
            cached.cache_clear()


def test_a_census_on_the_way_widens_what_is_over_gdp():
    past = series([2.0, 2.1, 2.3, 2.4, 2.5], start=2015)  # to 2019: before the census of 2023
    plain, over = (project(past, 6, scale="share", direction="up", over_gdp=flag) for flag in (False, True))
    wider = (over.quantile(0.9) - over.quantile(0.1)) - (plain.quantile(0.9) - plain.quantile(0.1))
    assert np.abs(wider[:3]).max() < 1e-3  # 2020 to 2022: no census
    assert (wider[3:] > 0.003).all()
    assert over.mean == pytest.approx(plain.mean, abs=0.002)
