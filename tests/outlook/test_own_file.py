"""`forecast` on people's own files: every kind of series gets its rows or a reason, every mistake its place."""

from __future__ import annotations

import csv
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zbanalysis.errors import DataError, InputError
from zbanalysis.outlook import own_file
from zbanalysis.projection import project

HEAD = "series,year,value\n"
GOALS = "series,target_year,target_value,direction\n"
RISING = {2018: 50.0, 2019: 54.0, 2020: 57.0, 2021: 61.0, 2022: 66.0}
PLAIN = ["series", "year", "mean", "lo80", "hi80", "lo95", "hi95", "reason"]

ODD = {
    "missing_years": {2012: 5.0, 2015: 6.5, 2016: 7.0, 2020: 9.0},
    "empty_value": {2018: 5.0, 2019: "", 2020: 6.0},
    "empty_at_the_end": {2018: 5.0, 2019: 6.0, 2020: ""},
    "two_points": {2019: 5.0, 2020: 6.0},
    "constant": dict.fromkeys(range(2016, 2021), 7.0),
    "with_zeros": {2017: 0.0, 2018: 4.0, 2019: 0.0, 2020: 3.0},
    "ends_at_zero": {2018: 6.0, 2019: 2.0, 2020: 0.0},
    "negative": {2018: -3.0, 2019: -5.0, 2020: -4.0},
    "both_signs": {2018: -3.0, 2019: 2.0, 2020: -1.0},
    "integers": {2018: 3, 2019: 5, 2020: 8},
    "huge": {2018: 1e12, 2019: 3e12, 2020: 2e12},
    "tiny": {2018: 1e-9, 2019: 3e-9, 2020: 2e-9},
    "one_point": {2020: 5.0},
    "one_point_and_empty": {2019: "", 2020: 5.0},
    "nothing": {2019: "", 2020: ""},
    "all_zero": {2018: 0, 2019: 0, 2020: 0},
}
SILENT = {
    "one_point": "one_point", "one_point_and_empty": "one_point", "nothing": "no_points", "all_zero": "all_zero",
}  # fmt: skip


def text_of(series: dict) -> str:
    return HEAD + "".join(
        f"{name},{year},{value}\n" for name, figures in series.items() for year, value in figures.items()
    )


@pytest.fixture
def run(tmp_path):
    """Forecast a text; the written file is read back and must be what was returned."""

    def call(
        text: str, horizon: int = 3, levels=(80, 95), goals: str | None = None, bounds=None
    ) -> pd.DataFrame:
        given, out, targets = tmp_path / "in.csv", tmp_path / "out.csv", None
        given.write_text(text, encoding="utf-8")
        if goals is not None:
            targets = tmp_path / "goals.csv"
            targets.write_text(GOALS + goals, encoding="utf-8")
        try:
            found = own_file.forecast_file(given, horizon, levels, targets, bounds, out)
        except InputError:
            assert not out.exists(), "nothing is written"
            assert {path.name for path in tmp_path.iterdir()} <= {"in.csv", "goals.csv"}
            raise
        with out.open(encoding="utf-8", newline="") as file:
            written = list(csv.DictReader(file))
        assert list(written[0]) == list(found)
        assert len(written) == len(found)
        for name in found.columns.difference(["series", "reason", "grade", "verdict", "year"]):
            shown = [float(row[name]) if row[name] else np.nan for row in written]
            np.testing.assert_array_equal(shown, found[name].to_numpy(dtype=float))
        return found

    return call


# --- every kind of series --------------------------------------------------------------------------------------------


def test_every_kind_of_series_has_its_rows_or_a_row_with_a_reason(run):
    found = run(text_of(ODD), 4)
    assert list(found) == PLAIN
    assert found["series"].drop_duplicates().tolist() == list(ODD)
    for name, rows in found.groupby("series", sort=False):
        numbers = rows[["mean", "lo80", "hi80", "lo95", "hi95"]]
        if name in SILENT:
            assert len(rows) == 1
            assert rows["reason"].tolist() == [SILENT[name]]
            assert rows["year"].isna().all()
            assert numbers.isna().all(axis=None)
            continue
        last = max(year for year, value in ODD[name].items() if value != "")
        assert rows["year"].tolist() == [last + step for step in (1, 2, 3, 4)]
        assert (rows["reason"] == "").all()
        assert np.isfinite(numbers).all(axis=None)
        assert (numbers[["lo95", "lo80", "mean", "hi80", "hi95"]].diff(axis=1).iloc[:, 1:] >= 0).all(
            axis=None
        )
        assert (rows["hi95"] > rows["lo95"]).all(), "nothing ahead is certain"
        if min(value for value in ODD[name].values() if value != "") >= 0:
            assert (numbers >= 0).all(axis=None), "what never was negative stays so"


def test_negative_series_may_go_on_below_zero(run):
    found = run(text_of({"negative": ODD["negative"], "both_signs": ODD["both_signs"]}))
    assert (found["lo95"] < 0).all()
    assert found.loc[found["series"] == "both_signs", "hi95"].min() > 0


def test_rows_may_stand_in_any_order_and_series_do_not_touch_each_other(run):
    whole = run(text_of(ODD))
    lines = text_of(ODD).splitlines()[1:]
    turned = run(HEAD + "\n".join(reversed(lines)) + "\n")
    alone = run(text_of({"missing_years": ODD["missing_years"]}))
    key = ["series", "year"]
    pd.testing.assert_frame_equal(
        whole.sort_values(key, ignore_index=True), turned.sort_values(key, ignore_index=True)
    )
    pd.testing.assert_frame_equal(alone, whole[whole["series"] == "missing_years"].reset_index(drop=True))


def test_an_empty_value_is_a_missing_year(run):
    with_empty = run(text_of({"a": {2018: 5.0, 2019: "", 2020: 6.0}}))
    without = run(text_of({"a": {2018: 5.0, 2020: 6.0}}))
    pd.testing.assert_frame_equal(with_empty, without)


def test_the_interval_widens_and_a_longer_horizon_only_adds_years(run):
    short, long = run(text_of({"a": RISING}), 3), run(text_of({"a": RISING}), 8)
    pd.testing.assert_frame_equal(long.head(3), short)
    assert (long["hi80"] - long["lo80"]).is_monotonic_increasing
    assert len(long) == 8


def test_scale_does_not_matter(run):
    one = run(text_of({"a": RISING}))
    thousand = run(text_of({"a": {year: 1000 * value for year, value in RISING.items()}}))
    columns = ["mean", "lo80", "hi80", "lo95", "hi95"]
    np.testing.assert_allclose(thousand[columns], 1000 * one[columns], rtol=1e-9)


def test_ten_thousand_series(run):
    rng = np.random.default_rng(3)
    lengths = rng.integers(5, 16, 10_000)
    name = np.repeat(np.arange(10_000), lengths)
    year = np.concatenate([np.arange(2020 - n, 2020) for n in lengths])
    value = np.exp(rng.normal(0, 0.1, lengths.sum())).round(4)
    text = HEAD + "".join(f"s{n},{y},{v}\n" for n, y, v in zip(name, year, value, strict=True))
    found = run(text, 6)
    assert len(found) == 60_000
    assert found.groupby("series").size().eq(6).all()
    assert (found["reason"] == "").all()
    assert set(found["year"]) == set(range(2020, 2026))


# --- levels and bounds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "columns"),
    [
        ((50, 80, 95), ["lo50", "hi50", "lo80", "hi80", "lo95", "hi95"]),
        ((95,), ["lo95", "hi95"]),
        ((99.5,), ["lo99.5", "hi99.5"]),
    ],
)
def test_one_pair_for_each_level_as_asked(run, levels, columns):
    found = run(text_of({"a": RISING}), levels=levels)
    assert list(found) == ["series", "year", "mean", *columns, "reason"]
    widths = [found[f"hi{level:g}"] - found[f"lo{level:g}"] for level in levels]
    assert all((wide > narrow).all() for narrow, wide in itertools.pairwise(widths))


@pytest.mark.parametrize(
    ("bounds", "low", "high"),
    [((0, 100), 0, 100), ((0, None), 0, np.inf), ((None, 100), -np.inf, 100), ((40, 70), 40, 70)],
)
def test_nothing_passes_the_bounds(run, bounds, low, high):
    steep = {2019: 50.0, 2020: 66.0}
    found = run(text_of({"a": steep}), 10, bounds=bounds)
    numbers = found[["lo95", "lo80", "mean", "hi80", "hi95"]]
    assert (numbers >= low).all(axis=None)
    assert (numbers <= high).all(axis=None)
    if high == np.inf:
        assert found["hi95"].max() > 100, "without an upper bound it would go there"
    if low == -np.inf:
        assert found["lo95"].min() < 0, "an empty side is no bound"


def test_a_value_outside_the_bounds_is_refused_with_its_row(run):
    with pytest.raises(DataError) as caught:
        run(text_of({"a": {2019: 50.0, 2020: 120.0}, "b": RISING}), bounds=(0, 100))
    (problem,) = caught.value.problems
    assert (problem.row, problem.column, problem.value) == (3, "value", "120")


@pytest.mark.parametrize("horizon", [0, -1, 51])
def test_no_horizon(run, horizon):
    with pytest.raises(InputError, match=rf"--horizon {horizon} .*write 1 to 50"):
        run(text_of({"a": RISING}), horizon)


@pytest.mark.parametrize("levels", [(0,), (100,), (80, -5), (120,), (), (80, 80), (float("nan"),)])
def test_no_level(run, levels):
    with pytest.raises(InputError, match=r"--levels .*80,95"):
        run(text_of({"a": RISING}), levels=levels)


@pytest.mark.parametrize("bounds", [(100, 0), (5, 5), (float("inf"), 5)])
def test_bounds_the_wrong_way_round(run, bounds):
    with pytest.raises(InputError, match="below"):
        run(text_of({"a": RISING}), bounds=bounds)


# --- targets ---------------------------------------------------------------------------------------------------------


def test_the_target_stands_on_the_row_of_its_year(run):
    found = run(text_of({"a": RISING, "b": RISING}), goals="a,2024,70,up\na,2025,76,up\nb,2025,60,down\n")
    assert list(found) == [*PLAIN[:-1], "target_value", "chance", "grade", "verdict", "reason"]
    shown = found[found["target_value"].notna()]
    assert shown[["series", "year", "target_value"]].to_numpy().tolist() == [
        ["a", 2024, 70.0], ["a", 2025, 76.0], ["b", 2025, 60.0],
    ]  # fmt: skip
    rest = found[found["target_value"].isna()]
    assert rest["chance"].isna().all()
    assert (rest["verdict"] == "").all()
    without = run(text_of({"a": RISING, "b": RISING}))
    pd.testing.assert_frame_equal(found[PLAIN], without)


@pytest.mark.parametrize("name", ["rising", "missing_years", "negative", "integers", "constant"])
@pytest.mark.parametrize(
    ("end", "up"), [("lo95", 0.975), ("lo80", 0.9), ("mean", 0.5), ("hi80", 0.1), ("hi95", 0.025)]
)
def test_the_chance_is_what_the_interval_says(run, name, end, up):
    figures = RISING if name == "rising" else ODD[name]
    row = run(text_of({"a": figures})).iloc[1]
    value = float(row[end])
    ours = {
        direction: run(text_of({"a": figures}), goals=f"a,{row['year']},{value!r},{direction}\n")["chance"]
        .dropna()
        .item()
        for direction in ("up", "down")
    }
    assert ours["up"] == pytest.approx(up, abs=1e-3)
    assert ours["up"] + ours["down"] == pytest.approx(1, abs=1e-6)


def test_an_upward_target_ahead_grows_likelier_with_the_years_and_a_downward_one_mirrors_it(run):
    goals = "".join(f"a,{year},75,up\n" for year in range(2023, 2031))
    up = run(text_of({"a": RISING}), 8, goals=goals)["chance"]
    down = run(text_of({"a": RISING}), 8, goals=goals.replace("up", "down"))["chance"]
    assert up.is_monotonic_increasing
    assert up.iloc[0] < 0.1
    assert up.iloc[-1] > 0.7
    np.testing.assert_allclose(up + down, 1, atol=1e-12)


def test_a_mirrored_series_has_the_mirrored_chance(run):
    """What never was negative has a floor, so both are told that there is none."""
    goals = {"up": "a,2024,75,up\n", "down": "a,2024,25,down\n"}
    up = run(text_of({"a": RISING}), goals=goals["up"], bounds=(None, None))
    down = run(
        text_of({"a": {year: 100 - value for year, value in RISING.items()}}),
        goals=goals["down"],
        bounds=(None, None),
    )
    np.testing.assert_allclose(100 - down["mean"], up["mean"], rtol=2e-3)


def test_a_target_already_met_may_still_be_lost(run):
    chance = run(text_of({"a": RISING}), goals="a,2023,60,up\n")["chance"].dropna().item()
    assert 0.8 < chance < 1
    falling = {2018: 70.0, 2019: 67.0, 2020: 66.0, 2021: 63.0, 2022: 61.0}
    chance = run(text_of({"a": falling}), goals="a,2025,60,up\n")["chance"].dropna().item()
    assert chance < 0.4


def test_a_target_below_zero_lifts_the_limit_that_nobody_gave(run):
    """A steady fall to 0.2: in the reference series 94 % of such falls went on as far; a far limit changes nothing."""
    inflation = {2019: 2.9, 2020: 2.3, 2021: 1.6, 2022: 1.0, 2023: 0.2}
    goals = "cpi,2025,-0.1,down\na,2025,70,up\n"
    series = {"cpi": inflation, "a": {2021: 61.0, 2022: 66.0, 2023: 67.0}}
    free = run(text_of(series), goals=goals, bounds=(None, None)).set_index("series")["chance"].dropna()
    lifted = run(text_of(series), goals=goals).set_index("series")["chance"].dropna()
    far = run(text_of(series), goals=goals, bounds=(-100, None)).set_index("series")["chance"].dropna()
    assert lifted["cpi"] == free["cpi"] == pytest.approx(far["cpi"], abs=0.02)
    assert 0.8 < lifted["cpi"] < 0.95
    kept = run(text_of(series), goals="a,2025,70,up\n").set_index("series")["chance"].dropna()
    assert lifted["a"] == kept["a"] != free["a"]


def test_a_target_already_met_is_to_be_held_whatever_its_chance(run):
    falling = {2018: 70.0, 2019: 67.0, 2020: 66.0, 2021: 63.0, 2022: 61.0}
    series = {"a": falling, "none": dict.fromkeys(range(2018, 2023), 0), "one": {2022: 5.0}}
    found = run(
        text_of(series),
        goals="a,2025,60,up\na,2024,60,down\nnone,2025,0,down\none,2025,5,up\none,2024,6,up\n",
    )
    shown = found[found["verdict"] != ""]
    assert shown[["series", "target_value", "verdict"]].to_numpy().tolist() == [
        ["a", 60.0, "possible"], ["a", 60.0, "to_be_held"], ["none", 0.0, "to_be_held"],
        ["one", 5.0, "to_be_held"], ["one", 6.0, "not_judged"],
    ]  # fmt: skip


def test_the_verdict_is_that_of_the_chance(run):
    goals = "".join(f"s{value},2025,{value},up\n" for value in range(67, 97, 2))
    found = run(text_of({f"s{value}": RISING for value in range(67, 97, 2)}), goals=goals)
    shown = found[found["chance"].notna()]
    expected = ["on_course" if c >= 0.8 else "possible" if c >= 0.4 else "unlikely" for c in shown["chance"]]
    assert shown["verdict"].tolist() == expected
    assert set(expected) == {"on_course", "possible", "unlikely"}
    assert set(shown["grade"]) == {"B"}


def test_a_target_beyond_the_bounds_is_impossible_and_at_the_near_bound_certain(run):
    goals = "a,2025,101,up\na,2024,0,up\na,2023,100,down\n"
    found = run(text_of({"a": RISING}), goals=goals, bounds=(0, 100)).set_index("year")["chance"]
    assert found.to_dict() == {2023: 1.0, 2024: 1.0, 2025: 0.0}


def test_a_target_on_a_series_without_projection_is_not_judged(run):
    found = run(text_of({"a": RISING, "one": {2022: 5.0}}), goals="one,2024,9,up\na,2024,70,up\n")
    row = found[found["series"] == "one"]
    assert len(row) == 1
    assert row[["target_value", "grade", "verdict", "reason"]].to_numpy().tolist() == [
        [9.0, "D", "not_judged", "one_point"]
    ]
    assert row["chance"].isna().all()


@pytest.mark.parametrize(
    ("goal", "row", "column", "value", "right"),
    [
        ("a,2026,70,up", 3, "target_year", "2026", "2023 to 2025"),
        ("a,2022,70,up", 3, "target_year", "2022", "2023 to 2025"),
        ("other,2024,70,up", 3, "series", "other", "a series of the input file"),
        ("A,2024,70,up", 3, "series", "A", "a series of the input file"),
        ("a,2023,71,down", 3, "target_year", "2023", "stands above too"),
        ("a,2024,7o,up", 3, "target_value", "7o", "a number"),
        ("a,2024,,up", 3, "target_value", "", "a number"),
        ("a,2024H1,70,up", 3, "target_year", "2024H1", "a whole year"),
        ("a,2024,70,UP", 3, "direction", "UP", "up or down"),
        ("a,2024,70,", 3, "direction", "", "up or down"),
    ],
)
def test_a_wrong_target_is_named_with_its_place(run, goal, row, column, value, right):
    with pytest.raises(DataError) as caught:
        run(text_of({"a": RISING}), goals=f"a,2023,70,up\n{goal}\n")
    assert [(p.row, p.column, p.value) for p in caught.value.problems] == [(row, column, value)]
    assert right in caught.value.problems[0].expected


def test_all_wrong_targets_are_named_at_once(run):
    with pytest.raises(DataError) as caught:
        run(text_of({"a": RISING}), goals="a,2030,70,up\nb,2024,70,up\na,2021,70,up\na,2024,70,up\n")
    assert [problem.row for problem in caught.value.problems] == [2, 3, 4]


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "row", "column", "value", "right"),
    [
        ("a,2020,5\na,2021,6x\n", 3, "value", "6x", "a number such as 12.5"),
        ("a,2020,5\na,2021,\"1,200\"\n", 3, "value", "1,200", "without thousands separators: 1200"),
        ("a,2020,5\na,2021,12%\n", 3, "value", "12%", "without the percent sign"),
        ("a,2020,5\na,2021,\uff16\n", 3, "value", "\uff16", "half-width digits: 6"),
        ("a,2020,5\na,2021,inf\n", 3, "value", "inf", "a number"),
        ("a,2020,5\na,2020,6\n", 3, "year", "2020", "stands above too"),
        ("a,2020,5\na,2020,5\n", 3, "year", "2020", "stands above too"),
        ("a,2020,5\na,2021.5,6\n", 3, "year", "2021.5", "a whole year"),
        ("a,2020,5\na,-2021,6\n", 3, "year", "-2021", "a whole year"),
        ("a,2020,5\na,,6\n", 3, "year", "", "a whole year"),
        ("a,2020,5\na,2021\u5e74,6\n", 3, "year", "2021\u5e74", "a whole year"),
        ("a,2020,5\n,2021,6\n", 3, "series", "", "the name of a series"),
        ("R&D exp,2020,5\nR&D\u00a0exp,2021,6\n", 3, "series", "R&D\u00a0exp", "row 2.*U\\+00A0"),
        ("GDP,2020,5\nGNP,2020,5\n\uff27\uff24\uff30,2021,6\n", 4, "series", "\uff27\uff24\uff30", "row 2.*U\\+FF27"),
        ("R&D exp,2020,5\nR&D  exp,2021,6\n", 3, "series", "R&D  exp", "U\\+0020"),
        ("caf\u00e9,2020,5\ncafe\u0301,2021,6\n", 3, "series", "cafe\u0301", "U\\+00E9"),
        ("GDP,2020,5\ngdp,2021,6\n", 3, "series", "gdp", "row 2"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_place(run, rows, row, column, value, right):
    with pytest.raises(DataError) as caught:
        run(HEAD + rows)
    assert [(p.row, p.column, p.value) for p in caught.value.problems] == [(row, column, value)]
    assert re.search(right, caught.value.problems[0].expected)


def test_all_wrong_cells_are_named_at_once(run):
    with pytest.raises(DataError) as caught:
        run(HEAD + "a,2020,x\na,2o21,5\n,2022,y\na,2020,4\n")
    assert [(p.row, p.column) for p in caught.value.problems] == [
        (2, "value"), (3, "year"), (4, "series"), (4, "value"), (5, "year"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        (HEAD, "no data rows"),
        ("series,year\na,2020\n", "lacks the column value"),
        ("series;year;value\na;2020;5\n", "separated by commas"),
        ("series,year,value,value\na,2020,5,5\n", "names a column twice"),
    ],
)
def test_a_file_that_is_no_table(run, content, words):
    with pytest.raises(InputError, match=words):
        run(content)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        own_file.forecast_file(tmp_path / "none.csv", 2)
    with pytest.raises(InputError, match="is a folder"):
        own_file.forecast_file(tmp_path, 2)
    gbk = tmp_path / "gbk.csv"
    gbk.write_bytes((HEAD + "研发经费,2019,5\n研发经费,2020,6\n").encode("gbk"))
    with pytest.raises(InputError, match=r"GBK.*save as UTF-8"):
        own_file.forecast_file(gbk, 2)


def test_a_value_of_another_size_is_used_and_named_and_so_is_a_column_that_nothing_reads(tmp_path):
    said, file = [], tmp_path / "in.csv"
    series = {"甲": "26 260000", "乙": "1 10 100", "丙": "1e-200 1e-200 1e-207"}
    rows = [
        f"{name},{2018 + n},{one},万" for name, all_ in series.items() for n, one in enumerate(all_.split())
    ]
    file.write_text("\n".join(["series,year,value,unit", *rows, ""]), encoding="utf-8")
    own_file.forecast_file(file, 1, bounds=(None, None), out_path=tmp_path / "o.csv", note=said.append)
    assert len(said) == 3
    assert "from unit" in said[0]
    assert "row 3, '甲' of 2019: 260000" in said[1]
    assert "row 9, '丙' of 2020: 1e-207" in said[2]


def test_a_file_of_chinese_windows_excel_with_a_mark_is_read(tmp_path):
    file = tmp_path / "标准.csv"
    file.write_bytes((HEAD + "研发经费,2019,5\n研发经费,2020,6\n").replace("\n", "\r\n").encode("utf-8-sig"))
    found = own_file.forecast_file(file, 2, out_path=tmp_path / "出.csv")
    assert found["series"].tolist() == ["研发经费"] * 2


def test_an_old_result_stays_where_the_input_is_wrong(tmp_path):
    given, out = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_text(HEAD + "a,2020,5\na,2021,6x\n", encoding="utf-8")
    out.write_text("old", encoding="utf-8")
    with pytest.raises(DataError):
        own_file.forecast_file(given, 2, out_path=out)
    assert out.read_text("utf-8") == "old"


def test_read_series_keeps_split_and_refuses_other_words(tmp_path):
    file = tmp_path / "in.csv"
    file.write_text("series,year,value,split\na,2019,5,train\na,2020,6,test\n", encoding="utf-8")
    assert own_file.read_series(file)["split"].tolist() == ["train", "test"]
    file.write_text("series,year,value,split\na,2019,5,train\na,2020,6,Test\n", encoding="utf-8")
    with pytest.raises(DataError, match="train or test"):
        own_file.read_series(file)


def test_the_file_agrees_with_the_library(run):
    found = run(text_of({"a": RISING}))
    frame = pd.DataFrame({"series": "a", "year": list(RISING), "value": list(RISING.values())})
    pd.testing.assert_frame_equal(found, project.project(frame, 3).to_frame((80, 95)))


# --- as a person calls it --------------------------------------------------------------------------------------------


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONUTF8": "0", "LANG": "C", "LC_ALL": "C"}
    return subprocess.run(
        [sys.executable, "-m", "zbanalysis", "forecast", *arguments],
        cwd=folder, env=environment, capture_output=True, timeout=600, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path, root, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(root))
    (tmp_path / "in.csv").write_text(text_of({"研发": RISING}), encoding="utf-8")
    (tmp_path / "bad.csv").write_text(HEAD + "研发,2020,5\n研发,2021,六\n", encoding="utf-8")
    (tmp_path / "goals.csv").write_text(GOALS + "研发,2024,70,up\n", encoding="utf-8")
    return tmp_path


def test_the_command_writes_the_columns_of_the_contract(folder):
    done = call(folder, "in.csv", "--horizon", "2", "--levels", "50,80,95", "--targets", "goals.csv",
                "--bounds", "0,", "--out", "out.csv")  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert ",".join(rows[0]) == (
        "series,year,mean,lo50,hi50,lo80,hi80,lo95,hi95,target_value,chance,grade,verdict,reason"
    )
    assert [row[:2] for row in rows[1:]] == [["研发", "2023"], ["研发", "2024"]]
    assert rows[1][-4:] == ["", "", "", ""]
    assert rows[2][-5] == "70.0"


def test_without_out_it_goes_to_the_terminal_as_utf8(folder):
    done = call(folder, "in.csv", "--horizon", "1")
    assert done.returncode == 0
    assert done.stdout.decode("utf-8").splitlines()[0] == ",".join(PLAIN)
    assert "研发" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["bad.csv", "--horizon", "2"],
            ["1 problem found; nothing was done", "row", "六", "a number such as 12.5"],
        ),
        (["in.csv", "--horizon", "2", "--levels", "80,abc"], ["--levels '80,abc' is no list of numbers"]),
        (["in.csv", "--horizon", "2", "--bounds", "100"], ["--bounds '100' is no pair"]),
        (["in.csv", "--horizon", "2", "--bounds", "100,0"], ["--bounds", "below"]),
        (["in.csv", "--horizon", "2", "--bounds", "nan,100"], ["--bounds"]),
    ],
)
def test_a_wrong_call_is_one_message_and_exit_code_2(folder, arguments, words):
    done = call(folder, *arguments, "--out", "out.csv")
    said = done.stderr.decode("utf-8")
    assert (done.returncode, done.stdout) == (2, b"")
    assert said.startswith("zbanalysis: ")
    assert "Traceback" not in said
    assert not (folder / "out.csv").exists()
    assert [word for word in words if word not in said] == []


def test_levels_that_would_share_a_name_are_refused_or_told_apart(run):
    try:
        found = run(text_of({"a": RISING}), levels=(99.99999, 99.999991))
    except InputError:
        return
    assert found.columns.is_unique
    assert sum(name.startswith("lo") for name in found) == 2


def test_two_targets_of_a_series_without_projection_keep_one_row_each_and_can_be_told_apart(run):
    found = run(text_of({"a": RISING, "one": {2022: 5.0}}), goals="one,2024,9,up\none,2025,9,up\n")
    rows = found[found["series"] == "one"]
    assert not rows.duplicated().any()
