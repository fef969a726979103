"""A table as a bulletin prints it, into a data folder.  All figures are synthetic."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from zbanalysis.cli import cli
from zbanalysis.data import check, read
from zbanalysis.entry import folder, intake, wide
from zbanalysis.entry.problems import EntryError

NEW = {"title": "2024年公报（虚构）", "publisher": "统计局（虚构）", "published": "2025-03-20"}
YEARS = range(2019, 2025)
NAMES = [f"指标甲{chr(0x4E00 + 7 * number)}" for number in range(20)]
FIGURES = {
    (name, f"{year}"): f"{100 + 10 * row + year - 2019}.{row % 10}0"
    for row, name in enumerate(NAMES)
    for year in YEARS
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled example, with one city."""
    place = tmp_path_factory.mktemp("made") / "example-city"
    folder.create(place)
    intake.take_in(place / "form-example.xlsx", place, "en")
    return place


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "own"))


def table() -> list[list[str]]:
    heads = ["指标", "单位", *(f"{year}年末" for year in YEARS)]
    return [heads, *([name, "万人", *(FIGURES[name, f"{year}"] for year in YEARS)] for name in NAMES)]


def workbook(path: Path, lines: list[list], *, numbers: bool = False) -> Path:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    for row in book.active.iter_rows() if numbers else ():
        for cell in row:
            if str(cell.value).replace(".", "").isdigit():
                cell.value, cell.number_format = float(cell.value), "#,##0.00"
    book.save(path)
    return path


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def take(
    path: Path, own: Path, lang: str = "zh", *, preview: bool = False, replace: bool = False, **more: str
) -> str:
    return intake.take_in_wide(path, own, lang, wide.About(**(NEW | more)), preview=preview, replace=replace)


def taken(own: Path) -> dict[tuple[str, str], str]:
    """The figures that stand in the folder from the new document."""
    names = read.table(own / "indicators.csv", []).set_index("indicator")["name_zh"]
    rows = read.table(own / "observations.csv", [])
    rows = rows[rows["source"] == "source-2025-03-20"][["indicator", "period", "value"]]
    return {(names[one], period): value for one, period, value in rows.to_numpy()}


def test_a_unit_that_a_draft_left_open_is_taken_from_the_table_and_so_is_a_name_with_a_last_number(own):
    lines = (own / "indicators.csv").read_text("utf-8").splitlines()
    heads = lines[0].split(",")
    for code, name, unit in (("online", "网上零售额", "待补"), ("firms", "限额以上企业", "家")):
        said = {"indicator": code, "name_zh": name, "unit_zh": unit, "scale": "unknown", "domain": "other"}
        lines.append(",".join((said | {"accumulation": "stock"}).get(head, "") for head in heads))
    (own / "indicators.csv").write_text("\n".join(lines) + "\n", "utf-8")
    text = "指标,单位,2023\n网上零售额,亿元,12.5\n限额以上企业数,家,40\n限额以上企业数量指数,家,9\n"
    take(written(own.parent / "t.csv", text), own)
    there = read.table(own / "indicators.csv", []).set_index("indicator")
    assert there.loc["online", ["unit_zh", "scale"]].tolist() == ["亿元", "amount"]
    assert (taken(own)["限额以上企业", "2023"], taken(own)["限额以上企业数量指数", "2023"]) == ("40", "9")


@pytest.mark.parametrize(
    ("between", "encoding"), [(",", "utf-8"), (",", "gb18030"), ("\t", "utf-16"), (";", "utf-8-sig")]
)
def test_120_figures_of_a_text_file_with_their_digits(own, tmp_path, between, encoding):
    text = "\n".join(between.join(line) for line in table()) + "\n"
    said = take(written(tmp_path / "table.csv", text, encoding), own)
    assert taken(own) == FIGURES
    assert "指标数值：新增 120 行" in said
    assert check.problems(own) == []


@pytest.mark.parametrize("numbers", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_the_same_of_a_workbook_and_the_second_import_adds_nothing(own, tmp_path, numbers, turned):
    lines = [[line[0] if line[0] == "指标" else f"{line[0]}（万人）", *line[2:]] for line in table()]
    lines = [list(line) for line in zip(*lines, strict=True)] if turned else lines
    path = workbook(tmp_path / "table.xlsx", lines, numbers=numbers)
    assert "120 added" in take(path, own, "en")
    assert taken(own) == FIGURES
    assert "nothing was changed" in take(path, own, "en")


WRONG = {
    "C2": "①2.63",
    "D3": "12a",
    "E4": "2.63¹",
    "F5": "1,23",
    "G6": "45%",
    "H7": "3。5",
    "C8": "2024-03-01",
}


def test_seven_wrong_cells_are_named_and_nothing_is_written(own, tmp_path):
    lines = table()
    for cell, value in WRONG.items():
        lines[int(cell[1]) - 1][ord(cell[0]) - ord("A")] = value
    before = (own / "observations.csv").read_bytes()
    with pytest.raises(EntryError) as caught:
        take(workbook(tmp_path / "table.xlsx", lines), own)
    told = str(caught.value).splitlines()
    assert [line.split()[1] for line in told[2:]] == sorted(WRONG, key=lambda cell: int(cell[1:]))
    assert (own / "observations.csv").read_bytes() == before


def test_what_bulletins_print_in_cells(own, tmp_path):
    text = '项目,2021,2022年,2023年末,2024\n常住人口（万人）,"1,234.50",—,约12,１２．０\n占比（%）,12.5%,…,3左右,\n'
    take(written(tmp_path / "table.csv", text), own)
    rows = read.table(own / "observations.csv", [])
    rows = rows[rows["source"] == "source-2025-03-20"]
    assert rows["value"].tolist() == ["1234.50", "12", "12.0", "12.5", "3"]
    assert rows["status"].tolist() == ["final", "estimate", "final", "final", "estimate"]
    assert read.table(own / "indicators.csv", [])["unit_zh"].iloc[-2:].tolist() == ["万人", "%"]


def test_a_registered_indicator_in_another_size_is_converted_and_another_unit_refused(own, tmp_path):
    names = read.table(own / "indicators.csv", [])
    money = names[names["unit_zh"] == "亿元"]["name_zh"].iloc[0]
    text = f"指标,单位,2024\n{money},万元,133680\n"
    said = take(written(tmp_path / "table.csv", text), own)
    assert "由万元换算为亿元" in said
    assert taken(own)[money, "2024"] == "13.3680"
    with pytest.raises(EntryError, match="不同"):
        take(written(tmp_path / "table.csv", text.replace("万元", "人")), own)


def test_preview_writes_nothing_and_other_values_need_replace(own, tmp_path):
    path = written(tmp_path / "table.csv", "指标,2024\n新指标丁（件）,5.0\n")
    before = {one.name: one.read_bytes() for one in own.glob("*.csv")}
    assert "预览" in take(path, own, preview=True)
    assert {one.name: one.read_bytes() for one in own.glob("*.csv")} == before
    take(path, own)
    written(path, "指标,2024\n新指标丁（件）,6.0\n")
    with pytest.raises(EntryError, match=r"5\.0"):
        take(path, own)
    take(path, own, replace=True)
    assert taken(own)["新指标丁", "2024"] == "6.0"
    # Another document's figure is a later vintage beside it.
    later = written(path, "指标,2024\n新指标丁（件）,7.0\n")
    assert "指标数值：新增 1 行" in take(later, own, published="2026-03-20", source="later")
    assert taken(own)["新指标丁", "2024"] == "6.0"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--wide"], "The source"),
        (["--wide", "--source", "example-plan-14", "--area", "atlantis"], "atlantis"),
        (["--area", "x"], "--wide only"),
    ],
)
def test_the_command_says_what_is_missing_in_one_sentence(own, tmp_path, arguments, words):
    path = written(tmp_path / "table.csv", "indicator,2020\nGDP,5\n")
    done = CliRunner().invoke(cli, ["import", str(path), "--into", str(own), "--lang", "en", *arguments])
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\x00\x01\x02", b""])
def test_a_file_without_years_or_of_bytes_is_one_sentence(own, tmp_path, content):
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(EntryError) as caught:
        take(tmp_path / "table.csv", own)
    assert "\n" not in str(caught.value)


def test_a_table_pasted_into_the_form(own):
    book = openpyxl.load_workbook(own / "form-example.xlsx")
    sheet = book["粘贴表格 Pasted table"]
    sheet["B1"], sheet["D1"], sheet["F1"] = "示例市", "example-bulletin-2025", "表9"
    for number, line in enumerate(table(), start=4):
        for place, value in enumerate(line, start=1):
            sheet.cell(number, place, value)
    book.save(own / "pasted.xlsx")
    said = intake.take_in(own / "pasted.xlsx", own, "en")
    assert "Figures: 120 added, 0 replaced, 62 there already" in said
    rows = read.table(own / "observations.csv", []).iloc[62:]
    assert rows["value"].tolist() == [value for line in table()[1:] for value in line[2:]]
    assert set(rows["source"]) == {"example-bulletin-2025"}
    assert set(rows["locator"]) == {"表9"}


def test_a_new_indicator_without_a_unit_is_named(own, tmp_path):
    path = written(tmp_path / "table.csv", "指标,2023,2024\n甲数,1,2\n")
    with pytest.raises(EntryError, match="“甲数”没有单位"):
        take(path, own)
    take(written(path, "单位：个\n指标,2023,2024\n甲数,1,2\n"), own)
    assert read.table(own / "indicators.csv", [])["unit_zh"].iloc[-1] == "个"


@pytest.mark.parametrize("name", ["市ＧＤＰ", "市\u00a0GDP", "市gdp", "市  GDP"])
def test_a_name_written_otherwise_is_the_registered_indicator(own, tmp_path, name):
    take(written(tmp_path / "table.csv", "单位：亿元\n指标,2022,2023\n市GDP,1,2\n"), own)
    take(written(tmp_path / "table.csv", f"单位：亿元\n指标,2024\n{name},3\n"), own)
    assert taken(own) == {("市GDP", f"{year}"): f"{year - 2021}" for year in (2022, 2023, 2024)}


def test_an_area_column_and_a_formula_without_a_result(own, tmp_path):
    lines = [["地区", "指标", 2023, 2024], ["示例市", "甲数(个)", 1.5, 2]]
    take(workbook(tmp_path / "t.xlsx", lines), own)
    assert taken(own) == {("甲数", "2023"): "1.5", ("甲数", "2024"): "2"}
    lines[1][3] = "=C2*2"
    with pytest.raises(EntryError, match="公式"):
        take(workbook(tmp_path / "t.xlsx", lines), own)


@pytest.mark.parametrize(
    ("lines", "figures", "said"),
    [
        ("指标,2022年（万人）,2023年（万人）\n甲项,1.5,1.6", {"2022": "1.5", "2023": "1.6"}, "单位 万人"),
        ("指标,单位,2022年实际,2023年实际\n甲项,家,10,12", {"2022": "10", "2023": "12"}, "甲项"),
        ("指标,单位,2022,2023,比上年增长（%）\n甲项,家,10,12,20", {"2022": "10", "2023": "12"}, "E1“比上年增长"),
        ("指标,单位,2022年,2025年目标\n甲项,家,8,20", {"2022": "8"}, "D1“2025年目标”"),
        ("指标,单位,2022,2023年（预计）\n甲项,家,8,9", {"2022": "8"}, "D1“2023年（预计）”"),
        ("指标,单位,2023年1-6月,2023年1—9月\n甲项,家,5,8", {"2023H1": "5", "2023M09": "8"}, "甲项"),
        ("指　标,计量单位,２０２３年,２０２２年\n甲项,家,１２,１０", {"2022": "10", "2023": "12"}, "甲项"),
        ("表1 指标,,,\n\n指标,单位,2022,2023\n一、投入,,,\n甲项,家,10,12\n注：初步数,,,", {"2022": "10", "2023": "12"}, ""),
        ('指标,单位,2022,2023\n甲项,%,－1.5,"1,234.50%"', {"2022": "-1.5", "2023": "1234.50"}, ""),
        ("指标,单位,2022,2023\n甲项,家,10\n", {"2022": "10"}, ""),
        ("指标,单位,2022,2023\n甲项,家,/,8", {"2023": "8"}, ""),
        ("指标,单位,2021,2022①,2023\n甲项,家,7,8,9", {"2021": "7", "2023": "9"}, "D1“2022①”"),
        ("指标,单位,2020/2021,2022,2023\n甲项,家,7,8,9", {"2022": "8", "2023": "9"}, "C1“2020/2021”"),
        ("指标,单位,2022,2023\n甲项,家,8,9,10", {"2022": "8", "2023": "9"}, "E1“10”"),
        ("指标,单位,2022,2023\n甲项,家,1 208,\"1,209\"", {"2022": "1208", "2023": "1209"}, ""),
        ("指标,单位,2022,2023\n甲项,家,8*,9", {"2022": "8", "2023": "9"}, "C2“8*”按估计数"),
        ("年份,甲项（家）\n2021,7\n2022,8\n2023*,9\n注：初步数,", {"2021": "7", "2022": "8"}, "A4“2023*”"),
        ("单位：人\n指标,2022,2023\n乙项,5,6\n单位：家\n甲项,8,9", {"2022": "8", "2023": "9"}, "单位 家"),
    ],
)  # fmt: skip
def test_headings_and_cells_as_bulletins_vary_them(own, tmp_path, lines, figures, said):
    """Each of a made-up bulletin; what is no plain figure of a period is left out and named."""
    told = take(written(tmp_path / "t.csv", lines + "\n"), own)
    assert {period: value for (name, period), value in taken(own).items() if name == "甲项"} == figures
    assert said in told


def test_a_name_that_is_a_formula_is_refused(own, tmp_path):
    with pytest.raises(EntryError, match="A2"):
        take(written(tmp_path / "t.csv", "指标,单位,2022\n=cmd|x,家,5\n"), own)


@pytest.mark.parametrize("wrong", ["(12)", ">5", "10余", "5,5", "12①", "12 1", "1 2", "0,123"])
def test_what_is_no_plain_figure_is_refused_by_cell(own, tmp_path, wrong):
    with pytest.raises(EntryError, match="C2"):
        take(written(tmp_path / "t.csv", f'指标,单位,2022\n甲项,家,"{wrong}"\n'), own)


@pytest.mark.parametrize(
    "second", ["指标,单位,2018,2019,2020", ",,2018,2019,2020", "续表,单位,2018,2019,2020", ",家,1,2,3"]
)
def test_a_second_table_below_the_first_is_refused(own, tmp_path, second):
    """Its figures would be taken for those of the first one's years; three firms of years are no heading."""
    lines = f"指标,单位,2021,2022,2023\n甲项,家,2018,2020,2021\n{second}\n乙项,家,4,5,6\n"
    with pytest.raises(EntryError, match="A3"):
        take(written(tmp_path / "t.csv", lines), own)


@pytest.mark.parametrize("heads", ["FY2021,FY2022,FY2023", "2022Q1,2022Q2,2022Q3", "2021H1,2021H2,2022H1"])
def test_a_second_table_of_other_periods_is_refused_too(own, tmp_path, heads):
    second = heads.replace("202", "201")
    lines = f"指标,单位,{heads}\n甲项,家,5,6,7\n续表,家,{second}\n乙项,家,4,5,6\n"
    with pytest.raises(EntryError, match="A3"):
        take(written(tmp_path / "t.csv", lines), own)


def test_a_table_without_a_unit_is_told_which_was_taken(own, tmp_path):
    take(written(tmp_path / "t.csv", "指标,单位,2022\n甲项,家,5\n"), own)
    assert "没有单位" in take(written(tmp_path / "t.csv", "指标,2023\n甲项,6\n"), own)
