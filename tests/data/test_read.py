"""Reading and writing people's own CSV files."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import files, read
from zbanalysis.errors import DataError, InputError, Problem, ZbError

NEEDED = ["series", "year", "value"]


def saved(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "my data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def column(*cells: str) -> pd.DataFrame:
    return pd.DataFrame({"value": list(cells)}, index=range(2, 2 + len(cells)), dtype="str")


# --- reading


def test_cells_come_as_text_under_spreadsheet_row_numbers(tmp_path):
    table = read.table(saved(tmp_path, "series,year,value\nGDP,2020,3673.50\n研发,2021,\n"), NEEDED)
    assert table.to_dict("index") == {
        2: {"series": "GDP", "year": "2020", "value": "3673.50"},
        3: {"series": "研发", "year": "2021", "value": ""},
    }
    assert (table.dtypes == "str").all()
    assert table.index.name is None
    assert table.attrs == {}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_byte_order_mark_and_line_ends_do_not_matter(tmp_path, mark, newline):
    text = mark + newline.join(["series,year,value", "a,2020,1", "b,2021,2", ""])
    table = read.table(saved(tmp_path, text), NEEDED)
    assert table.columns.tolist() == NEEDED
    assert table["value"].tolist() == ["1", "2"]


def test_spaces_around_cells_and_names_are_removed(tmp_path):
    table = read.table(saved(tmp_path, " series ,year,value\n a b , 2020\u3000,\u00a01 \n"), NEEDED)
    assert table.loc[2].tolist() == ["a b", "2020", "1"]


def test_words_that_look_like_missing_values_stay_text(tmp_path):
    table = read.table(saved(tmp_path, "series,year,value\nNA,null,nan\n"), NEEDED)
    assert table.loc[2].tolist() == ["NA", "null", "nan"]


def test_quoted_cells_may_hold_commas_quotes_and_line_ends(tmp_path):
    table = read.table(saved(tmp_path, 'series,year,value\n"a, ""b""\nc",2020,1\nd,2021,2\n'), NEEDED)
    assert table["series"].tolist() == ['a, "b"\nc', "d"]
    assert table.index.tolist() == [2, 3]


def test_empty_rows_are_left_out_and_the_numbers_stay(tmp_path):
    table = read.table(saved(tmp_path, "series,year,value\na,2020,1\n\n,,\nb,2021,2\n\n"), NEEDED)
    assert table.index.tolist() == [2, 5]


def test_other_columns_are_kept_and_empty_unnamed_ones_dropped(tmp_path):
    table = read.table(saved(tmp_path, "note,series,year,value,,\nx,a,2020,1,,\n"), NEEDED)
    assert table.columns.tolist() == ["note", *NEEDED]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty; it needs a header"),
        ("\ufeff \n\n", "is empty; it needs a header"),
        ("series,year,value\n", "has a header and no data rows"),
        ("series,year,value\n,,\n", "has a header and no data rows"),
        (
            "series,value\na,1\n",
            "lacks the column year in row 1; found: series, value; needed: series, year, value",
        ),
        ("a,b\n1,2\n", "lacks the columns series, year, value in row 1; found: a, b"),
        ("series;year;value\na;2020;1\n", "cells must be separated by commas"),
        ("Series,year,value\na,2020,1\n", "lacks the column series in row 1; found: Series"),
        ("series,year,value,year\na,2020,1,2\n", "names a column twice in row 1: year"),
        ("series,year,value,\na,2020,1,x\n", "has data in column 4, which has no name"),
        ('series,year,value\n"a,2020,1\n', "cannot be read as CSV near line"),
        (
            "series,year,value\n研发,2020,1\n".encode("gbk"),
            r"is not UTF-8 text .*GBK.*save as UTF-8 \(CSV UTF-8\)",
        ),
        ("series,year,value\na,2020,1\n".encode("utf-16"), "is not UTF-8 text; .*save as UTF-8"),
        (b"PK\x03\x04\x14\x00\xff", "is a spreadsheet workbook, not a CSV file"),
        (b"series,year,value\na\0,2020,1\n", r"U\+0000"),
    ],
)
def test_a_wrong_file_is_said_in_one_sentence(tmp_path, content, message):
    with pytest.raises(InputError, match=message) as caught:
        read.table(saved(tmp_path, content), NEEDED)
    assert "my data.csv" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, DataError)


def test_optional_columns_are_named_where_one_is_missing(tmp_path):
    with pytest.raises(InputError, match=r"needed: series, year, value \(optional: split\)"):
        read.table(saved(tmp_path, "x\n1\n"), NEEDED, ["split"])


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="does not exist; check the name"):
        read.table(tmp_path / "no.csv", NEEDED)
    with pytest.raises(InputError, match="is a folder; name a file in it"):
        read.table(tmp_path, NEEDED)


def test_rows_of_the_wrong_width_are_all_named(tmp_path):
    text = "series,year,value\na,2020\nb,2020,1\nc,2020,1,200\n"
    with pytest.raises(DataError, match="2 problems found") as caught:
        read.table(saved(tmp_path, text), NEEDED)
    short, long = caught.value.problems
    assert (short.row, short.value, short.expected) == (2, "a,2020", "3 cells as in the header, not 2")
    assert (long.row, long.expected) == (
        4, "3 cells as in the header, not 4 (a number with a thousands comma makes two cells)",
    )  # fmt: skip


# --- numbers, years, words


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1", 1.0), ("-0.50", -0.5), ("+3", 3.0), (".5", 0.5), ("5.", 5.0), ("1.2e3", 1200.0), ("1E-3", 0.001),
     ("0.1", 0.1), ("2.2250738585072011e-308", 2.2250738585072011e-308),
     ("9007199254740993", 9007199254740992.0)],
)  # fmt: skip
def test_plain_numbers(cell, value):
    frame, problems = read.numbers(column(cell), ["value"], "f.csv")
    assert frame["value"].tolist() == [value]
    assert problems == []


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1,200", "the number without thousands separators: 1200"),
        ("-1,234,567.5", "the number without thousands separators: -1234567.5"),
        ("1，200", "the number without thousands separators: 1200"),
        ("１２．５", "plain half-width digits: 12.5"),
        ("\u22123.5", "plain half-width digits: -3.5"),
        ("1 200", "plain half-width digits: 1200"),
        ("1,2", "a decimal point, not a comma: 1.2"),
        ("12%", "the number without the percent sign"),
        ("1e999", "a number of at most 1e+100"),
        ("-1e101", "a number of at most 1e+100"),
        ("0,123", "a decimal point, not a comma: 0.123"),
        ("1.45¹", "the number without its footnote mark"),
        ("", "a number such as 12.5"),
        ("ten", "a number such as 12.5"),
        ("inf", "a number such as 12.5"),
        ("-Infinity", "a number such as 12.5"),
        ("nan", "a number such as 12.5"),
        ("1_000", "a number such as 12.5"),
        ("0x10", "a number such as 12.5"),
        ("1e", "a number such as 12.5"),
        ("--1", "a number such as 12.5"),
        ("1.2.3", "a number such as 12.5"),
        ("...", "a number such as 12.5"),
        ("٣", "a number such as 12.5"),
    ],
)
def test_what_is_no_plain_number_is_refused_with_what_would_be_right(cell, expected):
    frame, problems = read.numbers(column("1", cell), ["value"], "f.csv")
    assert problems == [Problem("f.csv", 3, "value", cell, expected)]
    assert frame.loc[2, "value"] == 1.0
    assert math.isnan(frame.loc[3, "value"])


def test_an_empty_cell_is_right_where_allowed():
    frame, problems = read.numbers(column("", "x"), ["value"], "f.csv", allow_empty=["value"])
    assert [(p.row, p.expected) for p in problems] == [(3, "a number such as 12.5, or an empty cell")]
    assert frame["value"].isna().all()


def test_a_column_the_table_lacks_is_all_empty():
    frame, problems = read.numbers(column("1", "2"), ["limit"], "f.csv")
    assert frame["limit"].isna().all()
    assert problems == []


def test_numbers_are_read_to_the_last_bit():
    values = np.random.default_rng(1).normal(0, 1e5, 2000)
    frame, _ = read.numbers(column(*map(repr, values.tolist())), ["value"], "f.csv")
    assert frame["value"].tolist() == values.tolist()


def test_whole_years():
    table = column("2020", "2020.0", "2020.5", "2020H1", "", "1e400", "1e17")
    frame, problems = read.years(table, ["value"], "f.csv")
    assert frame["value"].tolist()[:2] == [2020.0, 2020.0]
    assert frame["value"].iloc[2:].isna().all()
    assert sorted(p.row for p in problems) == [4, 5, 6, 7, 8]
    assert {p.expected for p in problems} == {"a whole year such as 2020"}
    assert [p.row for p in read.years(table, ["value"], "f.csv", ["value"])[1] if p.value == ""] == []


def test_one_of():
    problems = read.one_of(column("up", "UP", ""), "value", ["up", "down"], "f.csv")
    assert [(p.row, p.value, p.expected) for p in problems] == [
        (3, "UP", "up or down"),
        (4, "", "up or down"),
    ]


def test_refuse_sorts_by_row_and_column():
    first, second, third = (Problem("f", row, name, "", "x") for row, name in [(2, "b"), (3, "a"), (3, "c")])
    with pytest.raises(DataError) as caught:
        read.refuse([third, second, first], ["a", "b", "c"])
    assert caught.value.problems == (first, second, third)
    read.refuse([])


# --- writing


def test_what_is_written_reads_back(tmp_path):
    frame = pd.DataFrame({
        "id": ["a", 'b "x", y', "c\nd", None],
        "value": [0.1, 1e-7, 12345678.9, math.nan],
        "n": [1, 2, 3, 4],
        "ok": [True, False, True, True],
        "kind": pd.Categorical(["up", None, "up", "a,b"]),
    })  # fmt: skip
    files.write_table(frame, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == (
        b"id,value,n,ok,kind\na,0.1,1,True,up\n"
        b'"b ""x"", y",1e-07,2,False,\n"c\nd",12345678.9,3,True,up\n,,4,True,"a,b"\n'
    )
    back = read.table(tmp_path / "out.csv", list(frame.columns))
    assert back["id"].tolist() == ["a", 'b "x", y', "c\nd", ""]


def test_floats_have_the_shortest_digits_that_read_back(tmp_path):
    values = np.random.default_rng(2).normal(0, 1, 500)
    files.write_table(pd.DataFrame({"value": values}), tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text().split()[1:]
    assert [float(line) for line in lines] == values.tolist()
    assert lines == [repr(value) for value in values.tolist()]


def test_a_file_is_replaced_whole_and_nothing_is_left_beside(tmp_path, monkeypatch):
    out = tmp_path / "out.csv"
    files.write_table(pd.DataFrame({"a": [1]}), out)
    with monkeypatch.context() as patch:

        def broken(*_):
            raise OSError(28, "No space left on device")

        patch.setattr(os, "replace", broken)
        with pytest.raises(ZbError, match=r"cannot be written \(No space left on device\)") as caught:
            files.write_table(pd.DataFrame({"a": [2]}), out)
    assert caught.value.exit_code == 1
    assert out.read_text() == "a\n1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    files.write_table(pd.DataFrame({"a": [2]}), out)
    assert out.read_text() == "a\n2\n"


def test_a_missing_folder_and_a_folder_as_file_are_wrong_use(tmp_path):
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(InputError, match="does not exist; create it"):
        files.write_table(frame, tmp_path / "no" / "out.csv")
    with pytest.raises(InputError, match="is a folder; name a file"):
        files.write_table(frame, tmp_path)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "out.csv"
    link.symlink_to(tmp_path / "real" / "out.csv")
    files.write_table(pd.DataFrame({"a": [1]}), link)
    assert link.is_symlink()
    assert (tmp_path / "real" / "out.csv").read_text() == "a\n1\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_and_not_replaced(tmp_path):
    """A pipe of our own, never /dev/null: run as root, a fault would replace the device of the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        files.write_table(pd.DataFrame({"a": [1]}), pipe)
        assert os.read(reading, 100) == b"a\n1\n"
    finally:
        os.close(reading)
    assert pipe.is_fifo()


@pytest.mark.parametrize("path", [None, "-"])
def test_standard_output_is_utf8_whatever_the_terminal(path, capfdbinary):
    files.write_table(pd.DataFrame({"指标": ["研发"]}), path)
    assert capfdbinary.readouterr().out == "指标\n研发\n".encode()


def test_an_empty_frame_is_a_header(tmp_path):
    files.write_table(pd.DataFrame({"a": [], "b": []}), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "a,b\n"
