"""The bureau's own texts: references filled in, wrong ones refused with file and line."""

from __future__ import annotations

import re

import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.evidence import texts
from zbanalysis.report import results
from zbanalysis.report.blocks import Report
from zbanalysis.report.chapters import texts as chapter

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
        ("hightech_enterprises", "is no reference; write it as {hightech_enterprises[2019]}"),
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
    results.publish(tmp_path / "r.json", chapter.SECTION, {}, {"texts": shipped})
    content = results.read(tmp_path / "r.json")
    report, english = (Report(content, lang) for lang in ("zh", "en"))
    parts = ("effects", "cases", "problems", "recommendations")
    found = [part for name in parts for part in chapter.sections(report, name)]
    assert [part["heading"] for part in found] == [
        "近期效益和长远影响",
        "典型案例",
        "存在的问题和原因",
        "对策建议",
    ]
    assert [part["heading"] for part in found[1]["sections"]] == ["高新技术企业培育", "校城融合"]
    assert [block["type"] for block in found[3]["blocks"]] == ["list"]
    (only,) = chapter.sections(english, "problems")
    assert only["heading"] == "Problems and their causes"
    assert chapter.sections(english, "missing") == []
