"""The bureau's own texts: references filled in, wrong ones refused with file and line."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.evidence import texts
from zbanalysis.report import results
from zbanalysis.report.blocks import Report
from zbanalysis.report.chapters import measures as chapter

DAY = "2020-08-10"


@pytest.fixture(scope="module")
def shipped():
    return texts.read(package.load(), "zibo-13", DAY)


def test_four_parts_in_both_languages_in_the_report_s_order(shipped):
    for lang in ("zh", "en"):
        parts = shipped.loc[shipped["lang"] == lang, "part"].drop_duplicates().tolist()
        assert parts == ["effects", "cases", "problems", "recommendations"]


def test_both_languages_say_the_same_figures_and_shape(shipped, data_dir):
    kinds = {lang: shipped.loc[shipped["lang"] == lang, "kind"].tolist() for lang in ("zh", "en")}
    assert kinds["zh"] == kinds["en"]
    for part in texts.PARTS:
        used = [
            sorted(re.findall(r"\{(.+?)\}", (data_dir / f"zibo-13/text/{part}.{lang}.md").read_text("utf-8")))
            for lang in ("zh", "en")
        ]
        assert used[0] == used[1]


def test_references_become_published_digits(shipped):
    text = "\n".join(shipped["text"])
    assert "{" not in text
    for digits in ("512", "203", "13692.4", "1100", "3"):
        assert digits in text


def test_no_figure_but_years_is_typed(data_dir):
    for path in (data_dir / "zibo-13" / "text").glob("*.md"):
        bare = (
            re.sub(r"\{.*?\}|\d+\. ", "", path.read_text("utf-8"))
            .replace("10,000", "")
            .replace("100 million", "")
        )
        assert set(re.findall(r"\d+(?:\.\d+)?", bare)) <= {str(year) for year in range(2011, 2021)}, path.name


def with_text(folder, text):
    (folder / "zibo-13" / "text" / "problems.zh.md").write_text(text, "utf-8")
    return package.load(folder)


@pytest.mark.parametrize(
    ("reference", "right"),
    [
        ("hightech_enterprise[2019]", "perhaps hightech_enterprises is meant"),
        ("hightech_enterprises[2018]", "there are 2011, 2015, 2019"),
        ("hightech enterprises", "is no reference; write it as {hightech_enterprises[2019]}"),
        ("met:zibo-13", "is no reference"),
        ("xyz", "name an indicator of indicators.csv"),
        ("gdp[2020]", "no figure known on 2020-08-10"),
        (
            "zibo-hightech-zone/rd_expenditure[2018]",
            "nothing is published of rd_expenditure for zibo-hightech-zone",
        ),
        ("hightech_enterprises[2019]@zibo-plan-14", "is no figure known"),
    ],
)
def test_a_wrong_reference_stops_with_file_and_line(data_copy, reference, right):
    dataset = with_text(data_copy, f"# 问题\n\n共{{{reference}}}家。\n")
    with pytest.raises(InputError, match=re.escape(right)) as error:
        texts.read(dataset, "zibo-13", DAY)
    assert "zibo-13/text/problems.zh.md, line 3" in str(error.value)


def test_both_forms_and_another_area(data_copy):
    dataset = with_text(data_copy, "{rd_intensity.2018} {rd_intensity[2018]} {china/rd_intensity[2015]}")
    found = texts.read(dataset, "zibo-13", DAY)
    (text,) = found.loc[(found["part"] == "problems") & (found["lang"] == "zh"), "text"]
    assert text == "2.63 2.63 2.07"


def test_a_later_vintage_is_used_when_known(data_copy):
    dataset = with_text(data_copy, "{hightech_enterprises[2020]}")
    assert "703" in set(texts.read(dataset, "zibo-13", "2022-04-19")["text"])
    with pytest.raises(InputError, match="no figure known on 2020-08-10"):
        texts.read(dataset, "zibo-13", DAY)


@pytest.mark.parametrize(
    ("day", "written"), [("2020-08-10", "512 2019"), ("2022-04-19", "703 2020"), ("2025-12-31", "703 2020")]
)
def test_a_reference_without_a_year_takes_the_newest_of_the_plans_day(data_copy, day, written):
    """703 firms at the end of 2020 by the 14th plan; the 1,027 of 2021 are the newest there is, and not it."""
    dataset = with_text(data_copy, "{hightech_enterprises} {year:hightech_enterprises}")
    newest = {"2022-04-19": "1027 2021", "2025-12-31": "1027 2021"}
    assert newest.get(day, written) in set(texts.read(dataset, "zibo-13", day)["text"])


def test_of_what_adds_up_over_time_the_newest_is_a_whole_year(data_copy):
    """Contracts of 2019 are a year's; those of the first half of 2020 would be half as many."""
    dataset = with_text(data_copy, "{technology_contract_value_registered} {hightech_output_share}")
    table = dataset.observations
    own = table[table["indicator"] == "technology_contract_value_registered"]
    half = own[own["period"] == "2019"].assign(period="2020H1", published="40", position=2020.5, start=2020.0)
    planted = replace(dataset, observations=pd.concat([table, half], ignore_index=True))
    # A share has no such trouble: 42.41 % is of the first quarter of 2020.
    assert "106 42.41" in set(texts.read(planted, "zibo-13", DAY)["text"])


def test_a_target_may_be_named_in_a_text(data_copy):
    dataset = with_text(data_copy, "{target:zibo-13/hightech_enterprises}")
    assert "380" in set(texts.read(dataset, "zibo-13", DAY)["text"])


def test_not_utf8_is_told(data_copy):
    dataset = package.load(data_copy)
    (data_copy / "zibo-13" / "text" / "cases.zh.md").write_bytes("典型案例".encode("gbk"))
    with pytest.raises(InputError, match=r"cases\.zh\.md cannot be read as UTF-8"):
        texts.read(dataset, "zibo-13", DAY)


def test_a_plan_without_texts_has_none():
    assert texts.read(package.load(), "zibo-14", "2022-04-19").empty


def test_blocks():
    found = texts.blocks("# A\n\n甲\n乙\n\n## B\n1. 一\n续\n- 二\n")
    assert found == [
        ("heading", 1, "A"), ("paragraph", 0, "甲\n乙"), ("heading", 2, "B"), ("item", 0, "一\n续"), ("item", 0, "二"),
    ]  # fmt: skip


def test_chinese_numbering_makes_lines_of_their_own():
    found = texts.blocks("1、甲项完成。\n2、乙项完成。\n３．丙项完成。\n（4）丁项完成。")
    assert found == [("item", 0, f"{name}项完成。") for name in "甲乙丙丁"]
    found = texts.blocks("一、甲项。\n（二）乙项。\n续行。")
    assert found == [("paragraph", 0, "一、甲项。"), ("paragraph", 0, "（二）乙项。\n续行。")]


@pytest.mark.parametrize("line", ["1、2、3号楼均已建成", "3．5亿元投入", "12家企业"])
def test_a_line_that_goes_on_with_a_number_is_no_item(line):
    assert texts.blocks(f"已有\n{line}") == [("paragraph", 0, f"已有\n{line}")]


def test_a_wrong_reference_in_a_table_is_told_with_its_row(data_copy):
    path = data_copy / "problems.csv"
    lines = path.read_text("utf-8").splitlines()
    first = lines[1].split(",")
    path.write_text(
        "\n".join([lines[0], lines[1].replace(first[5], "{no_such_thing[2019]}"), *lines[2:]]), "utf-8"
    )
    (problem,) = texts.problems(package.load(data_copy))
    assert (problem.file, problem.row, problem.column) == ("problems.csv", 2, "problem_zh")


def test_nothing_is_copied_from_the_evaluation(data_dir):
    """Runs of words of ours are short; sentences of the document are not in the project."""
    ours = "".join(
        re.sub(r"\{.*?\}|[#*\-\s]", "", path.read_text("utf-8"))
        for path in sorted((data_dir / "zibo-13" / "text").glob("*.zh.md"))
    )
    # two of the document's own turns, to show that this would find them
    assert "高层次人才匮乏，人才结构不均衡" not in ours
    assert "坚持“以市场为导向" not in ours


# --- as a reader sees it ---


def test_sections_nest_as_the_headings_do(shipped, tmp_path):
    results.publish(tmp_path / "r.json", chapter.TASKS, {}, {"texts": shipped})
    content = results.read(tmp_path / "r.json")
    report, english = (Report(content, lang) for lang in ("zh", "en"))
    parts = ("effects", "cases", "problems", "recommendations")
    found = [part for name in parts for part in chapter.written(report, name)]
    assert [part["heading"] for part in found] == [
        "近期效益和长远影响",
        "典型案例",
        "存在的问题和原因",
        "对策建议",
    ]
    assert [part["heading"] for part in found[1]["sections"]] == ["高新技术企业培育", "校城融合"]
    assert [block["type"] for block in found[3]["blocks"]] == ["list"]
    (only,) = chapter.written(english, "problems")
    assert only["heading"] == "Problems and their causes"
    assert chapter.written(english, "missing") == []
