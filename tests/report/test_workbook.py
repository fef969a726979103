"""The workbook: every table and the data behind every chart, numbers as numbers, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile

import openpyxl
import pandas as pd
import pytest

from zbanalysis.report import cells, results
from zbanalysis.report import words as labels
from zbanalysis.report.workbook import results_workbook, workbook

DAY = dt.datetime(2022, 4, 19, tzinfo=dt.UTC)
WORDS = {
    "zh": {"table": "表", "figure": "图", "note": "注", "source": "资料来源", "appendix": "附录", "page": "第",
           "of": "共", "contents": "目录", "key_messages": "要点", "continued": "续表"},
    "en": {"table": "Table", "figure": "Figure", "note": "Note", "source": "Source", "appendix": "Appendix",
           "page": "Page", "of": "of", "contents": "Contents", "key_messages": "Key messages",
           "continued": "continued"},
}  # fmt: skip


def document(lang: str = "zh") -> dict:
    rows = [
        [cells.number(1, 0), "R&D经费", cells.printed("2.70"), cells.percent(0.875), cells.printed("")],
        ["2", "=1+1", cells.number(-0.5, 1), cells.printed("2.63", after="（2018年）"), "2020年1月"],
    ]
    blocks = [
        {"type": "paragraph", "text": "见{{ref:figure-fans}}和{{ref:main}}"},
        {"type": "table", "id": "main", "caption": "完成[情况]: 一/二", "rows": rows, "notes": ["见{{ref:figure-fans}}"],
         "columns": [{"header": name, "align": "right"} for name in "ABCDE"], "source": "S",
         "row_styles": [{"column": 4, "key": "behind"}, None]},
        {"type": "figure", "id": "figure-fans", "image": "03_feasibility-fans.svg", "alt": "图", "caption": "扇形"},
    ]  # fmt: skip
    return {
        "lang": lang, "title": "评估报告", "subtitle": "副题", "author": "局", "labels": WORDS[lang],
        "cover": {"as_of": "2022-04-19"},
        "sections": [{"heading": "附", "appendix": True, "blocks": [], "sections": []},
                     {"heading": "一", "blocks": blocks, "sections": []}],
    }  # fmt: skip


def content() -> dict:
    fan = pd.DataFrame(
        {"target": ["t", "t"], "year": [2021.0, 2022.0], "mean": [1.25, float("nan")], "ok": [True, False],
         "name_zh": ["甲", "乙"], "name_en": ["A", "B"], "period": ["2020", "2021"]}
    )  # fmt: skip
    tables = {"fan": results._table(fan), "unheard_of": results._table(fan.head(0))}
    return {"format": results.FORMAT, "sections": {"03_feasibility": {"tables": tables, "charts": {}}}}


def opened(lang: str = "zh", writer=workbook, given: dict | None = None, **options) -> openpyxl.Workbook:
    made = writer(document(lang), given or content(), DAY)
    return openpyxl.load_workbook(io.BytesIO(made), **options)


@pytest.mark.parametrize(("lang", "writer", "names"), [
    ("zh", workbook, ["目录", "表1 完成 情况 一 二"]),
    ("en", workbook, ["Contents", "Table 1 完成 情况 一 二"]),
    ("zh", results_workbook, ["目录", "03 fan", "03 unheard_of"]),
])  # fmt: skip
def test_there_is_a_sheet_for_each_table_and_the_contents_link_to_them(lang, writer, names):
    book = opened(lang, writer)
    assert book.sheetnames == names
    links = [row[0].hyperlink.location for row in book[names[0]].iter_rows(min_row=4)]
    assert links == [f"'{name}'!A1" for name in names[1:]]
    assert {sheet["A2"].hyperlink.location for sheet in book.worksheets[1:]} == {f"'{names[0]}'!A1"}


def test_printed_numbers_are_numbers_and_their_words_stand_beside_them():
    sheet = opened().worksheets[1]
    assert [cell.value for cell in sheet[3]] == ["A", "A：单位、时点", "B", "C", "D", "D：单位、时点", "E"]
    assert [(cell.value, cell.number_format) for cell in sheet[4]] == [
        (1, "0"), (None, "General"), ("R&D经费", "General"), (2.7, "0.00"), (0.875, "0.0%"),
        (None, "General"), ("—", "General"),
    ]  # fmt: skip
    # A number that is only words stays words: nothing is read back from the text.
    assert [(cell.value, cell.number_format) for cell in sheet[5]] == [
        (None, "General"), ("2", "General"), ("=1+1", "General"), (-0.5, "0.0"), (2.63, "0.00"),
        ("2018年", "General"), ("2020年1月", "General"),
    ]  # fmt: skip


TARGETS = pd.DataFrame(
    {
        "order": [1.0, 2.0, 3.0, 4.0], "kind": ["level", "level", "level", "floor"],
        "name_zh": list("甲乙丙丁"), "name_en": list("ABCD"), "unit_zh": "%", "unit_en": "%",
        "scale": ["count", "share", "count", "share"], "base_period": ["2015", "2015", "", "2015"],
        "base_value": [100.0, 2.14, float("nan"), 1.0], "published_base_value": ["100", "2.14", "", "1"],
        "target_value": [200.0, 2.70, 80.0, 2.0], "published_target_value": ["200", "2.70", "80", "2"],
        "current_period": ["2018", "2018", "2019", "2019"], "current_position": [2018.0, 2018.0, 2019.0, 2019.0],
        "current_value": [172.8, 2.63, 81.0, 2.0], "current_published": ["172.8", "2.63", "81", "2"],
        "completion": [0.728, 0.875, float("nan"), 1.0],
    }
)  # fmt: skip


def test_completion_and_rates_are_formulas_with_their_results_stored():
    """By hand: 72.8 of 100 asked; 100 × 1.2³ = 172.8; 0.49 of 0.56; 81 of 80, but no base."""
    given = {"sections": {"01_indicators": {"tables": {"progress": results._table(TARGETS)}}}}
    formulas, shown = (opened(given=given, data_only=only).worksheets[1] for only in (False, True))
    assert [[cell.value for cell in row[9:]] for row in formulas.iter_rows(min_row=4, max_row=6)] == [
        ["=I4/F4", "=(I4-E4)/(F4-E4)", "=(I4-E4)/(H4-D4)", "=(I4/E4)^(1/(H4-D4))-1"],
        ["=I5/F5", "=(I5-E5)/(F5-E5)", "=(I5-E5)/(H5-D5)", None],
        ["=I6/F6", None, None, None],
    ]  # fmt: skip
    values = [[cell.value for cell in row[9:]] for row in shown.iter_rows(min_row=4, max_row=6)]
    assert values[0] == pytest.approx([0.864, 0.728, 72.8 / 3, 0.2])
    assert values[1][:3] == pytest.approx([2.63 / 2.70, 0.875, 0.49 / 3])
    assert values[2] == [1.0125, None, None, None]
    assert formulas.auto_filter.ref == "A3:M6"  # a floor is no level, and has no path to complete
    assert len(formulas._charts) == 2


def test_a_completion_counted_otherwise_is_no_formula():
    other = TARGETS.assign(completion=[0.5, 0.875, float("nan"), 1.0])
    given = {"sections": {"01_indicators": {"tables": {"progress": results._table(other)}}}}
    sheet = opened(given=given).worksheets[1]
    assert (sheet["K4"].value, sheet["K5"].value) == (0.5, "=(I5-E5)/(F5-E5)")


def test_what_looks_like_a_formula_stays_words():
    cell = opened().worksheets[1]["C5"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_notes_and_source_stand_below_with_references_resolved():
    sheet = opened().worksheets[1]
    assert [sheet.cell(row, 1).value for row in (6, 7)] == ["注：见图 1", "资料来源：S"]


def test_data_are_exact_in_the_reader_s_language_and_missing_stays_empty():
    sheet = opened(writer=results_workbook).worksheets[1]
    assert [cell.value for cell in sheet[3]] == ["目标编号", "年", "均值", "ok", "指标名称", "时点"]
    # The period is a text in the results and stays one: 2020Q1 is no number either.
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] == [
        ["t", 2021, 1.25, "True", "甲", "2020"], ["t", 2022, None, "False", "乙", "2021"],
    ]  # fmt: skip
    assert "图 1" in opened(writer=results_workbook).worksheets[0]["C4"].value


def test_sheets_are_ready_to_read_and_print():
    for sheet in (*opened().worksheets, *opened(writer=results_workbook).worksheets):
        assert sheet.freeze_panes == "A4"
        assert sheet.print_title_rows == "$3:$3"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(7 <= column.width <= 49 for column in sheet.column_dimensions.values())
    table = opened().worksheets[1]
    assert (table["B3"].border.top.style, table["B3"].border.bottom.style) == ("medium", "thin")
    assert table["B5"].border.bottom.style == "medium"
    assert table.auto_filter.ref == "A3:G5"
    assert table["G4"].border.left.color.rgb == "FFC8641E"


def test_names_of_sheets_are_cut_and_never_given_twice():
    many = document()
    table = many["sections"][1]["blocks"][1]
    many["sections"][1]["blocks"] += [
        {**table, "id": f"t{number}", "caption": "长" * 40} for number in range(3)
    ]
    book = openpyxl.load_workbook(io.BytesIO(workbook(many, content(), DAY)))
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)
    assert max(map(len, book.sheetnames)) <= 31


def test_properties_carry_the_report_s_day_and_no_clock():
    made = workbook(document(), content(), DAY)
    properties = openpyxl.load_workbook(io.BytesIO(made)).properties
    assert (properties.title, properties.creator) == ("评估报告", "局")
    assert {properties.created, properties.modified} == {DAY.replace(tzinfo=None)}
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


PROGRAM = """
import datetime as dt, hashlib, json, sys
from zbanalysis.report import words as labels
from zbanalysis.report.workbook import workbook
words, document, content = json.loads(sys.stdin.read())
labels._words = lambda: words
print(hashlib.sha256(workbook(document, content, dt.datetime(2022, 4, 19))).hexdigest())
"""


def test_two_processes_write_the_same_bytes(root):
    given = json.dumps([labels._words(), document(), content()])
    made = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], input=given, capture_output=True, text=True, check=True, cwd=root,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }  # fmt: skip
    assert len(made) == 1
