"""Every kind of bad data is named: file, row, column, value, and what would be right."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from zbanalysis.cli import cli
from zbanalysis.data import check, doubts, package
from zbanalysis.errors import DataError, InputError
from zbanalysis.runs import report


@pytest.fixture
def folder(data_copy) -> Path:
    """A copy of the data without the panel."""
    shutil.rmtree(data_copy / "reference")
    return data_copy


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def row_with(folder: Path, file: str, text: str) -> int:
    """Row number in a spreadsheet, found by reading the lines."""
    lines = (folder / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


FAULTS = [
    # name, file, old, new, column, value, words of what would be right
    ("letter", "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,2.6x,", "value", "2.6x", "a plain number"),
    ("full-width digit", "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,２.63,", "value", "２.63", "number"),
    ("full-width period", "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,２０１８,2.63,", "period", "２０１８", "2019, 2020Q1, 2020H1"),
    ("thousands", "observations.csv", "2018,133.68,", '2018,"1,133.68",', "value", "1,133.68", "a plain number"),
    ("percent", "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,2.63%,", "value", "2.63%", "a plain number"),
    ("no value", "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,,", "value", "", "must not be empty"),
    ("bad period", "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018Q5,2.63,", "period", "2018Q5", "2019, 2020Q1, 2020H1"),
    ("reversed span", "observations.csv", "2016/2020H1,700", "2020/2016,700", "period", "2020/2016", "2016/2019"),
    ("bounds", "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,263,", "value", "263", "between 0 and 100 for rd_intensity"),
    ("below bounds", "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,-2.63,", "value", "-2.63", "between 0 and 100"),
    ("too early", "observations.csv", "hightech_output_share,2020Q1,", "hightech_output_share,2020Q4,", "period", "2020Q4", "a period that ended by 2020-08-10"),
    ("status", "observations.csv", "2018,2.63,final", "2018,2.63,finale", "status", "finale", "one of final, preliminary, estimate, lower_bound"),
    ("no locator", "observations.csv", "zibo-evaluation-2020,二（一）1 主要指标完成情况 表 第1行", "zibo-evaluation-2020,", "locator", "", "must not be empty"),
    ("stated rate", "targets.csv", ",24.57,", ",24.75,", "stated_rate", "24.75", "between 24.5546 and 24.5916, as 900 and 2700 imply"),
    ("stated change", "targets.csv", ",15.47,", ",16.47,", "stated_change", "16.47", "as 42.53 and 58 imply"),
    ("rate from zero", "targets.csv", "level,2020,900", "level,2020,0", "stated_rate", "24.57", "above zero"),
    ("no target value", "targets.csv", "2020,16,,,,unstated", "2020,,,,,unstated", "target_value", "", "a target of kind level needs it"),
    ("target out of bounds", "targets.csv", "2025,58,,,15.47", "2025,580,,,", "target_value", "580", "between 0 and 100"),
    ("range upside down", "targets.csv", "5,level,2015,31.83,as_published,2020,36,,", "5,range,2015,31.83,as_published,2020,36,30,", "target_upper", "30", "36"),
    ("base after target", "targets.csv", "9,level,2020,", "9,level,2026,", "target_period", "2025", "a period after the base 2026"),
    ("kind", "targets.csv", "level,2020,2.79", "levle,2020,2.79", "kind", "levle", "one of level, average_growth"),
    ("day", "sources.csv", "2020-08-10,high", "2020-13-10,high", "date_published", "2020-13-10", "a day such as 2020-08-10"),
    ("direction", "indicators.csv", "%,%,up,share", "%,%,upp,share", "direction", "upp", "one of up, down"),
    ("a mark", "indicators.csv", "PCT国际专利申请量", "PCT国际{ref:x}专利", "name_zh", "PCT国际{ref:x}专利", "without {ref:x}"),
    ("strong words", "indicators.csv", "PCT国际专利申请量", "PCT**国际**专利", "name_zh", "PCT**国际**专利", "without **国际**"),
    ("plan upside down", "plans.csv", "2015,2016,2020,zibo-eva", "2020,2016,2015,zibo-eva", "end_year", "2015", "after"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "value", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_wrong_cell_is_named(folder, file, old, new, column, value, words):
    row = row_with(folder, file, old)
    spoil(folder, file, old, new)
    with pytest.raises(DataError, match="1 problem found; nothing was done") as caught:
        package.load(folder)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column, problem.value) == (file, row, column, value)
    assert words in problem.expected
    for part in (file, str(row), column, value, words):
        assert part in str(caught.value)


def test_a_rate_over_no_years_is_a_problem_not_a_crash(folder):
    row = row_with(folder, "targets.csv", "level,2020,900")
    spoil(folder, "targets.csv", "level,2020,900", "level,2025,900")
    with pytest.raises(DataError, match="a period after the base 2025") as caught:
        package.load(folder)
    assert {problem.row for problem in caught.value.problems} == {row}


@pytest.mark.parametrize(
    ("column", "old", "new"),
    [
        ("area", "zibo,rd_i", "zibbo,rd_i"),
        ("source", "zibo-evaluation-2020", "zibo-evaluation-202"),
        ("basis", "gdp_before_census4", "gdp_before_census5"),
    ],
)
def test_an_unknown_identifier_is_named(folder, column, old, new):
    row = row_with(folder, "observations.csv", old)
    spoil(folder, "observations.csv", old, new)
    with pytest.raises(DataError, match="1 problem found") as caught:
        package.load(folder)
    (problem,) = caught.value.problems
    table = {"area": "areas.csv", "source": "sources.csv", "basis": "bases.csv"}[column]
    assert (problem.file, problem.row) == ("observations.csv", row)
    assert problem.expected == f"an identifier listed in {table}"
    assert problem.column == column
    assert problem.value == new.split(",")[0]


def test_a_duplicated_key_is_named(folder):
    path = folder / "observations.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1], ""]), encoding="utf-8")
    with pytest.raises(DataError, match="a key that stands only once") as caught:
        package.load(folder)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == ("observations.csv", len(lines) + 1)
    assert "rd_intensity" in problem.value


def test_a_missing_column_is_named(folder):
    spoil(folder, "observations.csv", "locator,note", "place,note")
    with pytest.raises(
        InputError, match=r"observations\.csv lacks the column locator in row 1; found: area.*place"
    ):
        package.load(folder)


def test_an_extra_column_is_named(folder):
    path = folder / "areas.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join([lines[0] + ",population", *(line + ",1" for line in lines[1:]), ""]), encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"only the columns named in datapackage.json") as caught:
        package.load(folder)
    assert "population" in str(caught.value)


def test_a_number_with_an_unquoted_comma_is_named(folder):
    row = row_with(folder, "observations.csv", "2018,133.68,")
    spoil(folder, "observations.csv", "2018,133.68,", "2018,1,133.68,")
    with pytest.raises(
        DataError, match=r"9 cells as in the header, not 10 \(a number with a thousands comma"
    ) as caught:
        package.load(folder)
    assert caught.value.problems[0].row == row


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("areas.csv", b"", r"areas\.csv is empty; it needs a header"),
        ("areas.csv", b"area,name_zh,name_en,level,parent\n", r"areas\.csv has a header and no data rows"),
        ("areas.csv", "area,name_zh\nzibo,淄博\n".encode("gbk"), r"areas\.csv is not UTF-8 text \(Chinese Windows often writes GBK\)"),
        ("areas.csv", b"PK\x03\x04\xff", r"areas\.csv is a spreadsheet workbook, not a CSV file"),
        ("datapackage.json", b"{", r"datapackage\.json is no readable Data Package .*copy it from data/"),
        ("datapackage.json", b"[]", r"datapackage\.json is no readable Data Package"),
        ("datapackage.json", b'{"resources": {}}', r"datapackage\.json is no readable Data Package \(no resources\)"),
        ("datapackage.json", b"[" * 100_000, r"datapackage\.json is no readable Data Package \(nested too deeply\)"),
        ("datapackage.json", "{'淄博'}".encode("gbk"), r"datapackage\.json is no readable Data Package"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_one_sentence(folder, file, content, words):
    (folder / file).write_bytes(content)
    with pytest.raises(InputError, match=words):
        package.load(folder)


def test_a_missing_file_and_an_empty_or_missing_folder(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty holds no datapackage\.json; name a data folder"):
        package.load(tmp_path / "empty")
    with pytest.raises(InputError, match="nowhere is not a folder"):
        package.load(tmp_path / "nowhere")
    (folder / "plans.csv").unlink()
    with pytest.raises(InputError, match=r"plans\.csv does not exist"):
        package.load(folder)


def test_a_character_that_no_face_of_a_report_draws_is_named_before_anything_runs(folder):
    spoil(folder, "indicators.csv", "件,applications", "件,km²·h⁻¹")
    (folder / "zibo-13" / "text" / "effects.zh.md").write_text("一\n\u0e01\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        report.source(folder)
    row = row_with(folder, "indicators.csv", "h⁻¹")
    told = {(one.file, one.row, one.column, one.values["character"][:6]) for one in caught.value.problems}
    assert told >= {
        ("indicators.csv", row, "unit_en", "U+207B"),
        ("zibo-13/text/effects.zh.md", 2, "", "U+0E01"),
    }


def test_all_faults_are_told_at_once(folder):
    spoil(folder, "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,2.6x,")
    spoil(folder, "targets.csv", "level,2020,2.79", "levle,2020,2.79")
    spoil(folder, "sources.csv", "2020-08-10,high", "2020-08-10,sure")
    with pytest.raises(DataError, match="3 problems found; nothing was done") as caught:
        package.load(folder)
    assert {problem.file for problem in caught.value.problems} == {
        "observations.csv",
        "targets.csv",
        "sources.csv",
    }


def test_faults_of_meaning_are_told_at_once(folder):
    spoil(folder, "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,263,")
    spoil(folder, "observations.csv", "hightech_output_share,2020Q1,", "hightech_output_share,2020Q4,")
    spoil(folder, "targets.csv", ",24.57,", ",24.75,")
    spoil(folder, "targets.csv", ",20.69,", ",20.96,")
    with pytest.raises(DataError, match="4 problems found") as caught:
        package.load(folder)
    assert [problem.value for problem in caught.value.problems] == ["2020Q4", "263", "24.75", "20.96"]


@pytest.mark.parametrize("change", [("2018,2.63,", "2018,2.64,"), ("2018,2.63,final", "2018,2.63,estimate")])
def test_right_data_pass(folder, change):
    spoil(folder, "observations.csv", *change)
    assert check.problems(folder) == []


def test_a_file_as_excel_saves_it_passes(folder):
    for path in folder.glob("*.csv"):
        text = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text)
    assert len(package.load(folder).plans) == 4


def test_an_estimate_may_stand_before_its_period_is_over_but_not_before_it_begins(folder):
    spoil(
        folder,
        "observations.csv",
        "hightech_output_share,2020Q1,42.41,final",
        "hightech_output_share,2020,42.41,estimate",
    )
    assert check.problems(folder) == []
    spoil(
        folder,
        "observations.csv",
        "hightech_output_share,2020,42.41,estimate",
        "hightech_output_share,2021,42.41,estimate",
    )
    assert [problem.value for problem in check.problems(folder)] == ["2021"]
    spoil(
        folder,
        "observations.csv",
        "hightech_output_share,2021,42.41,estimate",
        "hightech_output_share,2020Q4,42.41,estimate",
    )
    assert [problem.value for problem in check.problems(folder)] == ["2020Q4"]


def test_a_later_change_is_seen(folder):
    assert check.problems(folder) == []
    spoil(folder, "observations.csv", "rd_intensity,2018,2.63,", "rd_intensity,2018,263,")
    for _ in range(2):
        assert [problem.value for problem in check.problems(folder)] == ["263"]
    spoil(folder, "observations.csv", "rd_intensity,2018,263,", "rd_intensity,2018,2.63,")
    assert check.problems(folder) == []


def test_the_panel_is_checked_too(data_copy):
    spoil(
        data_copy, "reference/observations.csv", "china,rd_intensity,2011,1.84", "china,rd_intensity,2011,184"
    )
    (problem,) = check.problems(data_copy)
    assert (problem.file, problem.column, problem.value) == ("reference/observations.csv", "value", "184")


def test_the_shipped_data_are_right(data_dir):
    assert check.problems(data_dir) == []


# --- what is allowed and yet looks like a slip ---


def figures(values: dict[int, str], **more: str) -> pd.DataFrame:
    """One series of made-up yearly figures, its rows counted from 2 as in a spreadsheet."""
    about = {"area": "a", "indicator": "x", "basis": "b", "source": "s"} | more
    frame = pd.DataFrame([{"period": str(year), "value": text, **about} for year, text in values.items()])
    return frame.set_axis(range(2, len(frame) + 2))


SOURCES = pd.DataFrame({"date_published": ["2024-01-01", "2025-01-01"]}, index=["s", "later"])


@pytest.mark.parametrize(
    ("values", "doubted"),
    [
        ({2018: "2.54", 2019: "26.3", 2020: "2.71"}, ["26.3"]),
        ({2018: "254", 2019: "26.3", 2020: "271"}, ["26.3"]),
        ({2018: "100", 2019: "1400", 2020: "196"}, ["1400"]),  # grows by 40 % a year
        ({2018: "2.63", 2019: "263", 2020: "2.71"}, ["263"]),
        ({2018: "2.5", 2019: "2.6", 2020: "27"}, ["27"]),  # the newest: against the two before
        ({2018: "10", 2019: "100", 2020: "1000"}, []),  # steady growth, however steep
        ({2018: "10", 2019: "100", 2020: "110"}, []),  # a small beginning
        ({2018: "0.57", 2019: "3.87", 2020: "0.65"}, []),  # Hainan's contracts of 2012 to 2014
        ({2018: "1", 2019: "2", 2020: "20"}, []),  # the two before are not alike
        ({2018: "0", 2019: "10", 2020: "0"}, []),
        ({2018: "26", 2019: "260000"}, ["260000"]),  # whichever is wrong, the two are not of one unit
        ({2018: "26", 2019: "260000", 2020: "27"}, ["260000"]),
        ({2018: "1", 2019: "900", 2020: "810000"}, []),
        ({2018: "2.5", 2019: "25"}, []),  # nothing to tell which of the two is wrong
    ],
)
def test_a_slip_of_the_decimal_point_is_doubted_and_growth_is_not(values, doubted):
    assert [problem.value for problem in doubts.slips("f", figures(values), SOURCES)] == doubted


def test_a_doubt_names_file_row_and_both_neighbours():
    (doubt,) = doubts.slips("f.csv", figures({2018: "2.54", 2019: "26.3", 2021: "2.71"}), SOURCES)
    assert (doubt.file, doubt.row, doubt.column) == ("f.csv", 3, "value")
    assert doubt.expected.endswith("10 times its neighbours, 2.54 in 2018 (row 2) and 2.71 in 2021 (row 4)")


@pytest.mark.parametrize(
    ("value", "doubted"), [("0.0188", ["0.0188"]), ("18.8", ["18.8"]), ("2.4", []), ("10", [])]
)
def test_a_later_figure_of_another_size_is_doubted(value, doubted):
    """A whole table in another unit has neighbours of its own size."""
    rows = pd.concat([figures({2018: "1.88"}), figures({2018: value}, source="later")], ignore_index=True)
    assert [one.value for one in doubts.slips("f", rows, SOURCES) if one.key == "other_size"] == doubted


def test_other_definitions_are_no_neighbours_and_the_newest_document_speaks_for_a_year():
    old = figures({2018: "2.54", 2020: "2.71"}, basis="old")
    assert doubts.slips("f", pd.concat([old, figures({2019: "26.3"})], ignore_index=True), SOURCES) == []
    corrected = figures({2018: "25.4", 2020: "27.1"}, source="later")
    rows = pd.concat([figures({2018: "2.54", 2019: "26.3", 2020: "2.71"}), corrected], ignore_index=True)
    # The old 2.54 and 2.71 now stand alone against 26.3 and are the ones to look at.
    assert "26.3" not in [problem.value for problem in doubts.slips("f", rows, SOURCES)]


@pytest.mark.parametrize(
    ("scale", "unit", "upper", "value", "doubted"),
    [
        ("share", "%", "", "120", True),
        ("share", "%", "", "-3", True),
        ("share", "%", "", "99.5", False),
        ("ratio", "%", "", "120", False),  # a growth index may exceed 100
        ("share", "per 1,000", "", "120", False),
        ("share", "%", "150", "120", False),  # the bound is for the checks
    ],
)
def test_a_target_beyond_the_whole_is_doubted(scale, unit, upper, value, doubted):
    indicators = pd.DataFrame(
        {"indicator": ["x"], "scale": scale, "unit_en": unit, "lower_bound": "", "upper_bound": upper}
    )
    target = {
        "indicator": ["x"],
        "kind": "level",
        "base_value": "",
        "target_value": value,
        "target_upper": "",
    }
    found = doubts.beyond_the_whole(pd.DataFrame(target, index=[2]), indicators)
    assert [problem.value for problem in found] == ([value] if doubted else [])
    # A change that leads beyond the whole is one as well, whatever its bounds.
    change = pd.DataFrame(target | {"kind": "absolute_change", "base_value": "1"}, index=[2])
    beyond = scale == "share" and unit == "%" and not 0 <= float(value) + 1 <= 100
    assert bool(doubts.beyond_the_whole(change, indicators)) is beyond


@pytest.mark.parametrize(("value", "told"), [("109", ["9"]), ("109.5", ["9.5"]), ("99", []), ("12", [])])
def test_an_index_in_place_of_a_growth_is_doubted(value, told):
    target = {
        "indicator": "gdp",
        "kind": "average_growth",
        "target_value": value,
        "base_value": "",
        "comparator": "",
    }
    nature = {"indicator": "gdp", "scale": "amount", "unit_en": "yuan", "direction": "up"}
    found = doubts.directions(pd.DataFrame([target], index=[2]), pd.DataFrame([nature]))
    assert [one.values["growth"] for one in found] == told


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "words"),
    [
        ("indicators.csv", "家,firms", "家,Firms", "unit_en", r"“Firms”.*U\+0066"),
        ("indicators.csv", "家,firms", "家,f\u0456rms", "unit_en", r"U\+0456 .cyrillic"),
        ("indicators.csv", "PCT国际专利申请量", "万人有效发明专利 拥有量", "name_zh", ""),
        ("indicators.csv", "PCT国际专利申请量", "ＰＣＴ国际专利申请量", "name_zh", ""),
        ("tasks.csv", "办公室；市科技", "办公室；市 科技", "others_zh", ""),
        ("tasks.csv", "Talent and results,外", "Talent\u00a0and results,外", "office_en", r"U\+00A0"),
    ],
)
def test_names_that_look_the_same_are_asked_about(folder, file, old, new, column, words):
    """A blank within a Chinese name, or a full-width letter without its twin, is a name like any other."""
    spoil(folder, file, old, new)
    found = [problem for problem in doubts.doubts(folder) if problem.key == "alike"]
    assert [(one.file, one.column) for one in found] == ([(file, column)] if words else [])
    assert not words or re.search(words, found[0].expected)


def test_a_table_or_text_that_nothing_reads_is_named(folder):
    wrong = ["Survey.csv", "suvey.csv", "zibo-13/text/effects.md", "zibo-13/text/effects.zh.txt",
             "zibo-13/text/effects.fr.md", "zibo-13/Text/cases.zh.md", "zibo-15/text/cases.zh.md"]  # fmt: skip
    for name in wrong:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("plan\n", encoding="utf-8")
    assert [one.file for one in doubts.doubts(folder) if one.key == "unread"] == sorted(wrong)
    (folder / "zibo-14").mkdir(exist_ok=True)
    (folder / "zibo-14" / "text").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="text is a file"):
        check.require(folder)


def test_a_doubt_is_told_by_check_and_refuses_nothing(folder):
    assert doubts.doubts(folder) == []
    row = row_with(folder, "observations.csv", "per_10k,2019,13.32,")
    spoil(folder, "observations.csv", "per_10k,2019,13.32,", "per_10k,2019,133.2,")
    done = CliRunner().invoke(cli, ["check", "--data", str(folder)])
    assert done.exit_code == 0
    assert done.stdout.endswith("All checks passed.\n")
    lines = [line for line in done.stderr.splitlines() if "decimal point" in line]
    assert len(lines) == 1
    assert lines[0].split()[:4] == ["observations.csv", str(row), "value", "133.2"]


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ([("2.19", "final", "a"), ("2.25", "final", "b")], ["same_day"]),
        ([("2.19", "final", "a"), ("2.2", "final", "b")], []),  # the rounded figure says the same
        ([("2.19", "final", "a"), ("2.25", "final", "later")], []),  # a revision
        ([("2.19", "final", "a"), ("2.25", "estimate", "later")], ["late_estimate"]),
        ([("2.25", "estimate", "a"), ("2.19", "final", "later")], []),
    ],
)
def test_figures_of_one_day_and_late_estimates_are_doubted_in_any_order(rows, keys):
    days = pd.DataFrame({"date_published": ["2020-01-01"] * 2 + ["2021-01-01"]}, index=["a", "b", "later"])
    fixed = {"area": "x", "indicator": "i", "period": "2019", "basis": "one"}
    table = pd.DataFrame([fixed | dict(zip(("value", "status", "source"), row, strict=True)) for row in rows])
    for one in (table, table[::-1]):
        assert [problem.key for problem in doubts.one_day("f", one, days)] == keys


@pytest.mark.parametrize(
    ("zh", "en", "doubted"),
    [
        ("亿元", "100 million yuan", False), ("亿元", "10 thousand yuan", True), ("万元", "5 million yuan", True), ("亿美元", "100 million yuan", True),
        ("亿元", "USD million", True), ("%", "per cent", False), ("%", "‰", True), ("家", "firms", False),
        ("万元/人", "10,000 yuan per head", False), ("亿元", "", False),
    ],
)  # fmt: skip
def test_a_unit_says_the_same_in_both_languages(zh, en, doubted):
    assert bool(doubts.units(pd.DataFrame({"unit_zh": [zh], "unit_en": [en]}))) is doubted


@pytest.mark.parametrize(
    ("target", "doubted"),
    [
        ({"base_value": "42.6"}, []), ({"base_value": "40"}, []),
        ({"base_value": "426000"}, ["size"]), ({"base_value": "0.426"}, ["size"]),
        ({"target_value": "10"}, []), ({"target_value": "0.1"}, ["pace"]), ({"target_value": "190"}, ["pace"]),
        ({"target_value": "-3"}, []),
        ({"kind": "level", "target_value": "85"}, []), ({"kind": "level", "target_value": "85000"}, ["size"]),
    ],
)  # fmt: skip
def test_a_target_of_another_size_than_its_figures_is_doubted(target, doubted):
    """The figures doubled in the five years before, 14.9 % a year."""
    rows = [("x", "i", "2015", "21.3"), ("x", "i", "2020", "42.6")]
    figures = pd.DataFrame(rows, columns=["area", "indicator", "period", "value"])
    usual = {"area": "x", "indicator": "i", "kind": "average_growth", "base_period": "2020", "base_value": ""}
    targets = pd.DataFrame([usual | {"target_value": "9"} | target], index=[2])
    assert [one.key for one in doubts.sizes(targets, figures)] == doubted


def test_a_score_is_at_most_the_best_of_its_scale(folder):
    with (folder / "ratings.csv").open("a", encoding="utf-8") as table:
        for score in ("100", "100.5"):
            table.write(
                f"zibo-13,rationality/r{score.replace('.', '_')},expert,5,{score},100,1,,zibo-evaluation-2020,p\n"
            )
    (problem,) = check.problems(folder)
    assert (problem.file, problem.row, problem.column, problem.value) == ("ratings.csv", 3, "score", "100.5")
