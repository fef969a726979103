"""`backtest` on people's own files: what is written, and what is refused."""

from __future__ import annotations

import csv
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from zbanalysis.errors import DataError, InputError
from zbanalysis.outlook import own_file
from zbanalysis.projection import backtest

HEAD = "series,year,value\n"
FILES = {"scores.csv", "by_horizon.csv", "reliability.csv", "skipped.csv"}
METHODS = {
    "projection", "no_change", "drift", "half_drift", "damped_drift", "straight_line", "average_growth", "theta",
    "base_rate",
}  # fmt: skip
SCORES = [
    "method", "cases", "mase", "smape", "coverage80", "width80", "coverage95", "width95", "msis95", "crps", "brier",
    "brier_skill",
]  # fmt: skip


def text_of(series: dict) -> str:
    return HEAD + "".join(
        f"{name},{year},{value}\n" for name, figures in series.items() for year, value in figures.items()
    )


def some(count: int = 12, length: int = 9) -> dict:
    rng = np.random.default_rng(4)
    return {
        f"s{number}": dict(
            zip(
                range(2010, 2010 + length),
                (100 * np.exp(rng.normal(0.05, 0.05, length).cumsum())).round(3),
                strict=False,
            )
        )
        for number in range(count)
    }


@pytest.fixture
def given(tmp_path):
    def write(text: str):
        file = tmp_path / "in.csv"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def rows(file) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_the_files_and_their_columns(given, tmp_path):
    series = some() | {"short": {2018: 5.0}}
    shown = own_file.backtest_file(given(text_of(series)), 3, out=tmp_path / "a" / "scores")
    folder = tmp_path / "a" / "scores"
    assert {path.name for path in folder.iterdir()} == FILES
    scores = rows(folder / "scores.csv")
    assert list(scores[0]) == SCORES
    assert {row["method"] for row in scores} == METHODS
    assert {row["cases"] for row in scores} == {"12"}
    assert [row["series"] for row in rows(folder / "skipped.csv")] == ["short"]
    assert all(row["reason"] for row in rows(folder / "skipped.csv"))
    assert list(rows(folder / "reliability.csv")[0]) == ["from", "to", "cases", "chance", "reached"]
    assert {row["horizon"] for row in rows(folder / "by_horizon.csv")} == {"1", "2", "3"}
    assert all(method in shown for method in METHODS)
    assert "nan" not in shown.lower()


def test_the_same_input_gives_the_same_bytes(given, tmp_path):
    file = given(text_of(some()))
    for name in ("one", "two"):
        own_file.backtest_file(file, 2, out=tmp_path / name)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_errors_are_those_of_no_change_by_hand(given, tmp_path):
    """1, 2, 4 then 7 and 5: no change says 4, off by 3 and 1; the past moved by 1.5 a year."""
    file = given(text_of({"a": dict(zip(range(2015, 2020), [1.0, 2.0, 4.0, 7.0, 5.0], strict=False))}))
    own_file.backtest_file(file, 2, out=tmp_path / "out")
    by_name = {row["method"]: row for row in rows(tmp_path / "out" / "scores.csv")}
    assert float(by_name["no_change"]["mase"]) == pytest.approx(2 / 1.5)
    assert float(by_name["no_change"]["smape"]) == pytest.approx(100 * (2 * 3 / 11 + 2 * 1 / 9) / 2)
    by_year = {
        row["horizon"]: row
        for row in rows(tmp_path / "out" / "by_horizon.csv")
        if row["method"] == "no_change"
    }
    assert float(by_year["1"]["mase"]) == pytest.approx(3 / 1.5)


def test_split_says_where_to_cut(given, tmp_path):
    lines = [f"a,{year},{value},{'train' if year < 2018 else 'test'}" for year, value in
             zip(range(2015, 2020), [1.0, 2.0, 4.0, 7.0, 5.0], strict=True)]  # fmt: skip
    split = given("series,year,value,split\n" + "\n".join(lines) + "\n")
    with_split = own_file.backtest_file(split, 2)
    without = own_file.backtest_file(
        given(text_of({"a": dict(zip(range(2015, 2020), [1.0, 2.0, 4.0, 7.0, 5.0], strict=False))})), 2
    )
    assert with_split == without


def test_last_and_origins_reach_the_library(given, tmp_path):
    series = some()
    own_file.backtest_file(given(text_of(series)), 2, last=3, origins=2, out=tmp_path / "out")
    frame = pd.DataFrame(
        [(n, y, v) for n, f in series.items() for y, v in f.items()], columns=["series", "year", "value"]
    )
    expected = backtest.backtest(frame, 2, last=3, origins=2).scores.set_index("method")
    got = pd.DataFrame(rows(tmp_path / "out" / "scores.csv")).set_index("method")
    assert got.loc["projection", "cases"] == "24"
    assert float(got.loc["projection", "mase"]) == expected.loc["projection", "mase"]


@pytest.mark.parametrize(
    ("text", "horizon", "words"),
    [
        (text_of({"a": {2019: 1.0, 2020: 2.0}}), 2, "No series is long enough"),
        (text_of(some()), 0, "--horizon 0"),
        (HEAD, 2, "no data rows"),
    ],
)
def test_what_cannot_be_tested_writes_nothing(given, tmp_path, text, horizon, words):
    with pytest.raises(InputError, match=words):
        own_file.backtest_file(given(text), horizon, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", [{"last": 1}, {"last": 0}, {"origins": 0}])
def test_numbers_out_of_range(given, wrong):
    with pytest.raises(InputError, match="1 or more"):
        own_file.backtest_file(given(text_of(some())), 2, **wrong)


def test_wrong_cells_are_named(given, tmp_path):
    with pytest.raises(DataError) as caught:
        own_file.backtest_file(given(HEAD + "a,2019,1\na,2019,x\n"), 1, out=tmp_path / "out")
    assert [(p.row, p.column) for p in caught.value.problems] == [(3, "year"), (3, "value")]


@pytest.mark.parametrize("below", ["", "sub"])
def test_out_must_be_a_folder(given, tmp_path, below):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="name a folder"):
        own_file.backtest_file(given(text_of(some())), 2, out=tmp_path / "file" / below)
    assert (tmp_path / "file").read_text("utf-8") == "x"


def test_as_a_person_calls_it(given, tmp_path, root):
    file = given(HEAD + "a,2019,1\na,2020,2\n")
    done = subprocess.run(
        [sys.executable, "-m", "zbanalysis", "backtest", str(file), "--horizon", "2", "--out", str(tmp_path / "out")],
        env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("zbanalysis: No series is long enough")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
