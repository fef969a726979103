"""Whole reports of made-up health plans: 27 targets, 40, one, and one just adopted; nothing in them is published."""

import json
import subprocess

import in_process
import made_up
import pytest

from zbanalysis.data import files
from zbanalysis.report import office, rendering, results, volumes
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
    promise, monitored = (block for block in office.blocks(main) if block["type"] == "table")
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


def pdf_pages(content):
    """The text of each page."""
    command = ["pdftotext", "-layout", "-", "-"]
    return (
        subprocess.run(command, input=content, capture_output=True, check=True)
        .stdout.decode()
        .split("\f")[:-1]
    )
