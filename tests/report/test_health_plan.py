"""Whole reports of made-up health plans: 27 targets, 40, one, and one just adopted; nothing in them is published."""

import itertools
import json
import re

import in_process
import made_up
import pandas as pd
import pypdfium2
import pytest

from zbanalysis.data import files
from zbanalysis.report import charts, output, rendering, results, volumes
from zbanalysis.report.chapters import baseline
from zbanalysis.runs import jobs


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """The result of a made-up plan's notebooks, by what is in its folder."""

    def made(folder, day):
        result = folder.parent / "result.json"
        for stem in jobs.PLAN_NOTEBOOKS:
            given = {"plan": "town-14", "as_of": day, "folder": str(folder)}
            in_process.run(files.NOTEBOOKS / f"{stem}.ipynb", given, result)
        found = results.read(result)
        return found | {"manifest": {"as_of": day, "languages": ["zh"], "key": "made-up", "margin": 0.05,
                                     "data_vintage": day, "versions": {}, "python": "3"}}  # fmt: skip

    return made


def texts(document):
    """All words of a document."""
    return json.dumps(document, ensure_ascii=False)


@pytest.fixture(scope="module")
def adopted(content, tmp_path_factory):
    place = made_up.health(tmp_path_factory.mktemp("adopted") / "data")
    table = place / "observations.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    return content(place, "2021-06-30")


def test_a_plan_just_adopted_has_its_baseline_report(adopted):
    documents = volumes.documents(adopted, "zh")
    main, annex = documents["main"], documents["annex"]
    assert main["title"] == "《虚构县“十四五”卫生健康发展规划》基线报告"
    said = texts(documents)
    for word in ("暂不能判断", "可能性", "完成率", "placeholder", "占位", "0 项", "0项", "nan", "None"):
        assert word not in said, word
    promise, monitored = (block for block in output.blocks(main) if block["type"] == "table")
    assert len(promise["rows"]) == len(monitored["rows"]) == 27
    assert [str(cell) for cell in promise["rows"][0]][3:] == ["77.6", "78.6", "1.0岁", "0.26%"]
    assert [str(row[-1]) for row in monitored["rows"]][15] == "2021—2025年逐年"
    assert "27项目标没有写明责任单位" in said
    assert "2023年：5岁以下儿童死亡率" in said  # the first milestones
    for section in (*main["sections"], *annex["sections"]):
        assert section["blocks"] or section["sections"]


def test_the_baseline_report_is_set_and_leaves_no_page_bare(adopted):
    made = rendering.render(adopted, "zh", formats=("pdf",))["pdf"]
    pages = pdf_pages(made)
    assert len(pages) <= 4  # cover, promises, what is to be measured
    assert all(len(page) > 80 for page in pages[1:])


@pytest.fixture(scope="module")
def health(content, tmp_path_factory):
    return content(made_up.health(tmp_path_factory.mktemp("health") / "data"), "2023-12-31")


def test_a_health_plan_of_27_targets_says_nothing_of_science_and_speaks_one_language(health):
    documents = volumes.documents(health, "zh")
    main = texts(documents["main"])
    overview = next(block for block in output.blocks(documents["main"]) if block.get("id") == "overview")
    assert [row[0] for row in overview["rows"]] == [str(number) for number in range(1, 28)]
    for word in ("科技", "science", "Science", "Zibo", "淄博", "省份", "nan", "None", "inf"):
        assert word not in main, word
    assert not re.search(r"[a-z]{5,}", " ".join(str(cell) for row in overview["rows"] for cell in row))
    cells = {row[1]: [str(cell) for cell in row] for row in overview["rows"]}
    assert cells["孕产妇死亡率（1/10万）"][5].startswith("差1.2（1/10万）")
    assert cells["5岁以下儿童死亡率（2023年）（‰）"][4] == "已完成"
    assert cells["培训基层医生累计人次（人次）"][3].startswith("3650")  # three years together
    assert cells["卫生健康支出增速（%）"][2] == "高于一般公共预算支出增速"
    # A limit that was broken says when.
    assert "不能完成：现值96.8%（2023年），目标每年≥95%，2022年" in main


def test_no_text_of_the_chart_of_27_targets_meets_another_or_leaves_the_paper(health):
    progress = results.table(health, "01_indicators", "progress")
    outlook = results.table(health, "03_feasibility", "outlook")
    found = progress.merge(outlook, on="target", suffixes=("", "_outlook"))
    again = progress.assign(order=progress["order"] + 27).merge(
        outlook, on="target", suffixes=("", "_outlook")
    )
    for rows in (found, pd.concat([found, again], ignore_index=True).head(40), found.head(1)):
        for lang in ("zh", "en"):
            figure = charts.attainment(rows, lang).figure
            figure.draw_without_rendering()
            assert figure.get_figheight() * 25.4 < 240
            places = [(text.get_text(), text.get_window_extent()) for text in figure.axes[0].texts]
            assert [words for words, one in places if one.x0 < 0 or one.x1 > figure.bbox.x1] == []
            pairs = itertools.combinations(places, 2)
            assert [(a, b) for (a, one), (b, other) in pairs if meet(one, other)] == []


def meet(one, other):
    """Whether two boxes share more than a hair."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide > 2 and high > 2.5


def test_charts_stand_on_as_many_pages_as_needed(health):
    drawn = health["sections"]["02_trends"]["charts"], health["sections"]["03_feasibility"]["charts"]
    assert [sorted(one) for one in drawn] == [["trends", "trends_2"], ["fans", "fans_2"]]
    for svg in (one["zh"] for part in drawn for one in part.values()):
        high = float(re.search(r'height="([\d.]+)pt"', svg)[1]) / 72 * 25.4
        assert high < 240


def test_a_plan_of_one_target_has_its_report(content, tmp_path_factory):
    made = content(made_up.health(tmp_path_factory.mktemp("one") / "data", 1), "2023-12-31")
    documents = volumes.documents(made, "zh")
    said = texts(documents)
    assert "1项目标中，1项" in said
    assert len(pdf_pages(rendering.render(made, "zh", formats=("pdf",))["pdf"])) <= 5
    for section in (*documents["main"]["sections"], *documents["annex"]["sections"]):
        assert section["blocks"] or section["sections"]


def pdf_pages(content):
    """The text of each page."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def test_a_base_is_missed_where_a_target_is_measured_from_it_and_states_no_pace():
    rows = pd.DataFrame(
        [("level", "", None), ("absolute_change", "", None), ("average_growth", "growth", None),
         ("range", "", None), ("level", "change", 3.0)],
        columns=["kind", "asked_measure", "base_value"],
    )  # fmt: skip
    assert baseline._without_base(rows)["kind"].tolist() == ["level", "absolute_change"]
