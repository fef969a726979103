"""The result file: what goes in comes out, the same bytes each time, never half a file."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import results

FRAME = pd.DataFrame(
    {
        "name": ["甲", None, "c"],
        "value": [1.5, np.nan, -0.0],
        "count": [1, 2, 3],
        "reached": pd.array([True, False, pd.NA], dtype="boolean"),
        "final": [True, False, True],
        "day": [dt.date(2020, 8, 10), dt.date(2022, 4, 19), None],
    }
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "result.json"


def publish(file, section="01_made_up", frame=FRAME, **more):
    return results.publish(file, section, {"plan": "p"}, {"t": frame}, **more)


def test_a_table_comes_back_as_it_went_in(file):
    publish(
        file,
        charts={"c": {"zh": "<svg/>", "en": "<svg />"}},
        facts={"n": np.int64(3), "share": np.float64(0.1), "ok": np.bool_(True)},
    )
    content = results.read(file)
    back = results.table(content, "01_made_up", "t")
    assert list(back.columns) == list(FRAME.columns)
    assert back["name"].tolist()[::2] == ["甲", "c"]
    assert pd.isna(back["name"][1])
    assert back["value"].dtype == float
    assert back["value"].isna().tolist() == [False, True, False]
    assert back["count"].tolist() == [1, 2, 3]
    assert back["reached"].tolist()[:2] == [True, False]
    assert pd.isna(back["reached"][2])
    assert back["final"].tolist() == [True, False, True]
    assert back["day"].tolist()[:2] == ["2020-08-10", "2022-04-19"]
    part = content["sections"]["01_made_up"]
    assert part["parameters"] == {"plan": "p"}
    assert part["facts"] == {"n": 3, "share": 0.1, "ok": True}
    assert part["charts"]["c"]["en"] == "<svg />"


def test_missing_of_every_sort_is_null_and_truths_are_no_numbers(file):
    frame = pd.DataFrame(
        {"x": [None, np.nan, pd.NA, float("nan")], "b": [True, np.bool_(False), True, False]}, dtype=object
    )
    publish(file, frame=frame)
    rows = json.loads(file.read_text("utf-8"))["sections"]["01_made_up"]["tables"]["t"]["rows"]
    assert [row[0] for row in rows] == [None] * 4
    assert [row[1] for row in rows] == [True, False, True, False]
    assert all(isinstance(row[1], bool) for row in rows)


def test_a_missing_timestamp_is_null_too(file):
    publish(file, frame=pd.DataFrame({"at": [pd.Timestamp("2020-08-10"), pd.NaT]}))
    rows = json.loads(file.read_text("utf-8"))["sections"]["01_made_up"]["tables"]["t"]["rows"]
    assert rows[1] == [None]


def test_a_column_of_missing_numbers_stays_a_column_of_numbers(file):
    publish(file, frame=pd.DataFrame({"x": [np.nan, np.nan], "s": ["", ""]}))
    back = results.table(results.read(file), "01_made_up", "t")
    assert back["x"].dtype == float
    assert back["s"].tolist() == ["", ""]


def test_a_table_without_rows_keeps_its_columns(file):
    publish(file, frame=FRAME.head(0))
    back = results.table(results.read(file), "01_made_up", "t")
    assert list(back.columns) == list(FRAME.columns)
    assert len(back) == 0


def test_twelve_digits_are_kept_and_the_thirteenth_does_not_change_the_bytes(file):
    publish(file, frame=pd.DataFrame({"x": [2.79 - 2.14]}))
    first = file.read_bytes()
    publish(file, frame=pd.DataFrame({"x": [0.65]}))
    assert file.read_bytes() == first
    publish(file, frame=pd.DataFrame({"x": [0.65000000001]}))
    assert file.read_bytes() != first


def test_the_same_content_gives_the_same_bytes_in_whatever_order(tmp_path):
    one, other = tmp_path / "1.json", tmp_path / "2.json"
    results.publish(one, "a", {"x": 1, "y": 2}, {"t": FRAME}, facts={"p": 1, "q": 2})
    results.publish(one, "b", {}, {"t": FRAME})
    results.publish(other, "b", {}, {"t": FRAME})
    results.publish(other, "a", {"y": 2, "x": 1}, {"t": FRAME}, facts={"q": 2, "p": 1})
    assert one.read_bytes() == other.read_bytes()
    assert one.read_bytes().endswith(b"}\n")
    assert "甲".encode() in one.read_bytes()


def test_publishing_again_replaces_its_own_section_and_leaves_the_others(file):
    publish(file, "01_a")
    publish(file, "02_b")
    publish(file, "01_a", frame=FRAME.head(1))
    content = results.read(file)
    assert len(results.table(content, "01_a", "t")) == 1
    assert len(results.table(content, "02_b", "t")) == 3


def test_no_file_named_publishes_nothing_and_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "not published" in publish("")
    assert list(tmp_path.iterdir()) == []


def test_the_callers_frame_is_left_alone(file):
    before = FRAME.copy(deep=True)
    publish(file)
    pd.testing.assert_frame_equal(FRAME, before)


def test_infinity_is_refused_and_the_good_file_stays(file):
    publish(file)
    good = file.read_bytes()
    with pytest.raises((ValueError, ZbError)):
        publish(file, frame=pd.DataFrame({"x": [np.inf]}))
    assert file.read_bytes() == good
    assert [path.name for path in file.parent.iterdir()] == ["result.json"]


def test_a_write_that_breaks_off_leaves_the_last_good_file_and_no_rest(file, monkeypatch):
    publish(file)
    good = file.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(ZbError, match=r"result\.json cannot be written \(No space left on device\)"):
        publish(file, frame=FRAME.head(1))
    assert file.read_bytes() == good
    assert [path.name for path in file.parent.iterdir()] == ["result.json"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere does not exist"):
        publish(tmp_path / "nowhere" / "r.json")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", '{"格式'.encode("gbk")])
def test_a_corrupt_file_is_refused_and_left_as_it_is(file, content):
    file.write_bytes(content)
    for attempt in (lambda: results.read(file), lambda: publish(file)):
        with pytest.raises(ZbError, match=r"is no result file \(not JSON\); delete it"):
            attempt()
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"format": 2, "sections": {}}', '{"format": 1}', '"x"', "null"]
)
def test_another_format_is_refused(file, content):
    file.write_text(content, "utf-8")
    with pytest.raises(ZbError, match="no result file of format 1; delete it and run again"):
        results.read(file)


def test_what_is_not_there_is_named(file):
    with pytest.raises(ZbError, match=r"no result file .*result\.json; run the notebooks first"):
        results.read(file)
    publish(file)
    with pytest.raises(ZbError, match="no table 'u' in section '01_made_up'"):
        results.table(results.read(file), "01_made_up", "u")
    with pytest.raises(ZbError, match="no table 't' in section '09'"):
        results.table(results.read(file), "09", "t")
