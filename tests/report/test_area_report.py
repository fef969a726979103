"""The report of an area: notebooks, document, PDF, workbook and Word file, in both languages."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path

import in_process
import nbformat
import pandas as pd
import pytest

from zbanalysis.data import files, package
from zbanalysis.report import charts, output, pdf, results
from zbanalysis.report import words as labels
from zbanalysis.report.chapters import area as chapter
from zbanalysis.report.charts import Chart, multiples, panels, published
from zbanalysis.report.word import word
from zbanalysis.report.workbook import workbook
from zbanalysis.runs import committed, notebooks

DAY = "2024-12-31"
HAN = re.compile(r"[\u4e00-\u9fff]")
WHEN = dt.datetime(2024, 12, 31, tzinfo=dt.UTC)


def run(area: str, day: str, folder: Path, result: Path) -> dict:
    """What the three notebooks publish; their cells are run here, without a kernel."""
    for stem in chapter.NOTEBOOKS:
        given = {"area": area, "as_of": day, "folder": str(folder)}
        in_process.run(files.NOTEBOOKS / f"{stem}.ipynb", given, result)
    content = results.read(result)
    sources = results.table(content, chapter.YARDSTICK, "sources")
    content["manifest"] = {
        "as_of": day, "key": "0123456789abcdef", "data_vintage": sources["date_published"].max(),
        "python": "3.11", "versions": {"pandas": "2"},
    }  # fmt: skip
    return content


@pytest.fixture(scope="module")
def made(data_dir, tmp_path_factory):
    """Result files by area."""
    place, known = tmp_path_factory.mktemp("areas"), {}

    def content(area: str) -> dict:
        if area not in known:
            known[area] = run(area, DAY, data_dir, place / f"{area}.json")
        return known[area]

    return content


@pytest.fixture
def thin(data_copy, tmp_path):
    """An area with two figures of one indicator and one of another (synthetic)."""
    with (data_copy / "observations.csv").open("a", encoding="utf-8") as file:
        for indicator, period, value in (
            ("rd_expenditure", "2020", "10.0"),
            ("rd_expenditure", "2022", "12.0"),
            ("hightech_enterprises", "2022", "7"),
        ):
            file.write(
                f"zibo-hightech-zone,{indicator},{period},{value},final,as_published,cssty-2023,here,\n"
            )
    return run("zibo-hightech-zone", DAY, data_copy, tmp_path / "thin.json")


def texts(node: object) -> list[str]:
    """Every text of a document that a reader sees."""
    if isinstance(node, dict):
        hidden = {"id", "type", "image", "align", "key", "lang", "labels"}
        return [text for name, child in node.items() if name not in hidden for text in texts(child)]
    if isinstance(node, list):
        return [text for child in node for text in texts(child)]
    return [node] if isinstance(node, str) else []


def headings(document: dict) -> list[str]:
    return [part["heading"] for part in document["sections"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("area", ["guangdong", "tibet", "china", "zibo"])
def test_the_document_sets_without_a_gap(made, area, lang):
    content = made(area)
    document, images = chapter.documents(content, lang)["main"], results.images(content, lang)
    pdf.check_references(document, images)
    shown = texts(document)
    assert not [text for text in shown if re.search(r"\bnan\b|None|\{\w+\}", text.replace("{{ref:", ""))]
    if lang == "en":
        # A source keeps the number its publisher gave it.
        assert not [text for text in shown if HAN.search(text) and not text.startswith("[")]
    assert len(document["sections"][0]["blocks"][0]["items"]) >= 4


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_provinces_report_is_short_and_comes_in_three_forms(made, lang):
    content = made("guangdong")
    document, images = chapter.documents(content, lang)["main"], results.images(content, lang)
    made_pdf = pdf.compile_pdf(document, images, WHEN)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", made_pdf))
    assert 4 <= pages <= 6  # with its cover
    assert made_pdf == pdf.compile_pdf(document, images, WHEN)
    book = zipfile.ZipFile(io.BytesIO(workbook(document, content, WHEN)))
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 1 + 4  # contents, the report's tables
    letter = zipfile.ZipFile(io.BytesIO(word(document, output.pngs(images), lang, WHEN)))
    figures = [
        block for part in document["sections"] for block in part["blocks"] if block["type"] == "figure"
    ]
    assert len([name for name in letter.namelist() if name.startswith("word/media/")]) == len(figures)


def both(volumes: dict) -> dict:
    return {"sections": [part for volume in volumes.values() for part in volume["sections"]]}


def test_both_languages_say_the_same_figures(made):
    content = made("tibet")
    zh, en = (both(chapter.documents(content, lang)) for lang in ("zh", "en"))
    assert len(zh["sections"]) == len(en["sections"])

    def rows(document: dict, ident: str) -> list[list[str]]:
        blocks = [
            block for part in document["sections"] for block in part["blocks"] if block.get("id") == ident
        ]
        return [[cell for cell in row if re.fullmatch(r"-?[\d./]+%?", cell)] for row in blocks[0]["rows"]]

    for ident in ("area_trends", "area_rates", "area_ranks"):
        assert rows(zh, ident) == rows(en, ident)
        assert rows(zh, ident)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_census_on_the_way_of_a_share_of_gdp_is_named(made, lang):
    """Guangdong at the end of 2024: R&D intensity, to 2030, goes over the census of 2028."""
    report = chapter.AreaReport(made("guangdong"), lang)
    (said,) = chapter.census_notes(report.rows, report.ahead, lang)
    assert re.findall(r"20\d\d", said)[-1] == "2028"
    assert chapter.census_notes(report.rows.assign(share_of=""), report.ahead, lang) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_thin_area_is_told_what_cannot_be_said(thin, lang):
    document, images = chapter.documents(thin, lang)["main"], results.images(thin, lang)
    pdf.compile_pdf(document, images, WHEN)
    tables_shown = [
        block for part in document["sections"] for block in part["blocks"] if block["type"] == "table"
    ]
    trends = next(block for block in tables_shown if block["id"] == "area_trends")
    assert len(trends["rows"]) == 1  # one indicator of two has two points
    assert any(text.startswith(("不足两个数据点", "Fewer than two points")) for text in trends["notes"])
    assert "area_ranks" not in [block["id"] for block in tables_shown]  # no other zone has figures
    alone = {"zh": "没有同级其他地区", "en": "other areas of the same level"}[lang]
    assert any(alone in text for text in texts(document))
    workbook(document, thin, WHEN)
    word(document, output.pngs(images), lang, WHEN)


def test_an_area_of_single_figures_has_no_trend_and_no_chart(data_dir, tmp_path):
    """Beijing on the last day of 2001: two figures of the year 2000; the plan is put off to a later one."""
    dataset = package.load(data_dir)
    from zbanalysis.outlook import areas
    from zbanalysis.plan import inputs

    rows = areas.indicators(dataset, "beijing", "2001-12-31")
    history = areas.history(dataset, rows, "2001-12-31")
    chosen, curve = areas.trends(rows, history)
    series = inputs.series_of(rows, history)
    fan = areas.fans(rows, series, 2010)
    assert (chosen["model"] == "none").all()
    assert published(a=charts.trends(rows, history, curve), b=charts.area_outlook(rows, history, fan)) == {}


# --- the pieces ---


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(5739.653, "4802.6", "5740"), (0.61049, "0.3476", "0.6105"), (3.94, "3.5", "3.9"), (0.0, "1.25", "0.00"),
     (1464329.4, "1202365", "1464000"), (float("nan"), "1", "—"), (-12.3456, "10.25", "-12.35")],
)  # fmt: skip
def test_a_computed_figure_has_four_digits_and_no_more_decimals_than_are_printed(value, digits, shown):
    row = pd.Series({"published_base_value": digits, "published_target_value": ""})
    assert chapter.figure(value, row) == shown


def test_volumes_of_a_yearbook_are_one_source():
    listed = pd.DataFrame(
        {
            "number": [1, 2, 3, 4], "source": list("abcd"),
            "title_en": ["Yearbook 2011", "Plan of 2012", "Yearbook 2012", "Yearbook 2013"],
            "title_zh": [""] * 4, "publisher_en": ["Office", "Office", "Office", "Office"], "publisher_zh": [""] * 4,
            "document_number": [""] * 4, "note_en": [""] * 4, "note_zh": [""] * 4,
            "date_published": ["2011-12-31", "2012-01-02", "2012-12-31", "2013-12-31"],
        }
    )  # fmt: skip
    assert chapter.sources(listed, "en") == [
        "[1, 3, 4] Office, Yearbook 2013, 31 December 2013. 3 volumes: 2011–2013.",
        "[2] Office, Plan of 2012, 2 January 2012.",
    ]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0.0, 9.0, [0, 5, 10]), (2.1, 2.9, [2.0, 2.5, 3.0]), (-1.0, 1.0, [-1, 0, 1]), (5.0, 5.0, None), (0.0, 0.0, None),
     (12.0, 4800.0, [0, 2000, 4000, 6000])],
)  # fmt: skip
def test_ticks_are_round_and_span_the_figures(low, high, ticks):
    found = multiples._ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= 6
    if ticks:
        assert found == pytest.approx(ticks)


def test_only_so_many_panels_are_drawn_and_those_with_most_points():
    rows = pd.DataFrame({"target": [f"i{number}" for number in range(20)]})
    names = pd.Series([name for number, name in enumerate(rows["target"]) for _ in range(number + 1)])
    kept = panels.shown(rows, names)["target"].tolist()
    assert kept == [f"i{number}" for number in range(8, 20)]


def test_a_chart_is_drawn_once_for_each_language():
    drawn = []

    def draw(lang: str):
        drawn.append(lang)
        return multiples.small_multiples(
            [multiples.Panel({"zh": "甲", "en": "A"}, lines=[([2020, 2021], [1.0, 2.0], "actual", True, True)])],
            {}, lang,
        )  # fmt: skip

    chart = Chart(draw, "en")
    assert chart._repr_svg_() == chart.both()["en"] == chart.svg("en")
    assert sorted(drawn) == ["en", "zh"]


# --- the notebooks ---

AREA_BOOKS = [files.NOTEBOOKS / f"{stem}.ipynb" for stem in chapter.NOTEBOOKS]


@pytest.mark.parametrize("path", AREA_BOOKS, ids=lambda path: path.stem)
def test_the_notebooks_are_in_the_house_style(path):
    import ast

    found = nbformat.read(path, as_version=4)
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(committed.canonical(found)))
    declared = notebooks.parameters(path)
    assert list(declared) == [
        name for name in ("area", "plan", "as_of", "lang", "folder", "result") if name in declared
    ]
    assert ("plan" in declared) == (path.stem == chapter.YARDSTICK)
    code = [cell for cell in found.cells if cell.cell_type == "code"]
    forbidden = (
        ast.FunctionDef,
        ast.For,
        ast.If,
        ast.Lambda,
        ast.ListComp,
        ast.DictComp,
        ast.BinOp,
        ast.Compare,
    )
    assert not [
        node for cell in code for node in ast.walk(ast.parse(cell.source)) if isinstance(node, forbidden)
    ]
    assert f'"{path.stem}"' in code[-1].source
    assert code[-1].source.startswith("results.publish(")
    titles = [line for line in found.cells[0].source.splitlines() if line.startswith("# ")]
    assert HAN.search(titles[0])
    assert not HAN.search(titles[1])
    checked = [cell for cell in code if committed.CHECKED in cell.metadata.get("tags", [])]
    assert len(checked) >= 2
    assert all(cell.outputs for cell in checked)


def test_every_column_of_the_result_file_has_words_for_the_workbook(made):
    tables = [table for part in made("shandong")["sections"].values() for table in part["tables"].values()]
    named = {f"data_column.{column}" for table in tables for column in table["columns"]}
    assert sorted(key for key in named if not labels.known(key)) == []


@pytest.mark.parametrize(("lang", "word"), [("zh", "科技"), ("en", "cience")])
def test_a_report_on_other_indicators_says_nothing_of_science(made, lang, word):
    content = json.loads(json.dumps(made("shandong")))

    method = labels.label("area_method.science", lang)
    documents = chapter.documents(content, lang)
    assert word in documents["main"]["title"]
    assert method in str(documents["annex"])
    table = content["sections"][chapter.TRENDS]["tables"]["indicators"]
    for row in table["rows"]:
        row[table["columns"].index("domain")] = "general"
    documents = chapter.documents(content, lang)
    assert word not in documents["main"]["title"]
    assert method not in str(documents["annex"])
