"""The report's outline, made from real results without kernels: every figure from the result file."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator

import in_process
import pytest

from zbanalysis.data import files
from zbanalysis.plan import progress
from zbanalysis.report import pdf, results, volumes
from zbanalysis.report.words import known, label
from zbanalysis.runs import report

LANGUAGES = ("zh", "en")
CASES = [("zibo-13", "2022-04-19"), ("zibo-14", "2022-04-19")]
BEGUN = ("china-14", "2021-06-30")
"""A plan without a figure since its base, on a day when other documents are newer than its own."""


def whole(content: dict, lang: str) -> dict:
    """Report and annex as one document."""
    return volumes.bound(volumes.documents(content, lang))


@pytest.fixture(scope="module")
def made(plan_result):
    """Plan and day → content of the result file, and for each language the document and its pictures."""
    cache = {}

    def make(plan: str, day: str):
        if (plan, day) not in cache:
            content = plan_result(plan, day)
            content["manifest"] = {
                "as_of": day, "margin": progress.MARGIN, "data_vintage": report.vintage(content["sections"]),
                "key": "a key", "python": "3", "versions": {"typst": "1"},
            }  # fmt: skip
            handed = {lang: (whole(content, lang), results.images(content, lang)) for lang in LANGUAGES}
            cache[plan, day] = content, handed
        return cache[plan, day]

    return make


def blocks(document: dict) -> Iterator[dict]:
    def below(section: dict) -> Iterator[dict]:
        yield from section["blocks"]
        for child in section.get("sections", []):
            yield from below(child)

    yield from document["key_messages"]
    for section in document["sections"]:
        yield from below(section)


def text_of(document: dict) -> str:
    return json.dumps(document, ensure_ascii=False)


@pytest.mark.parametrize(("plan", "day"), CASES)
def test_both_languages_have_the_same_structure(made, plan, day):
    _, handed = made(plan, day)

    def shape(lang: str) -> list[object]:
        document = handed[lang][0]
        found: list[object] = [
            (len(section["blocks"]), section["appendix"]) for section in document["sections"]
        ]
        for block in blocks(document):
            size = len(block.get("items", block.get("rows", [])))
            found.append(
                (block["type"], block.get("id"), block.get("image"), size, len(block.get("columns", [])))
            )
        return found

    assert shape("zh") == shape("en")


@pytest.mark.parametrize(("plan", "day"), CASES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_picture_and_reference_is_there_and_every_picture_is_used(made, plan, day, lang):
    content, handed = made(plan, day)
    images = handed[lang][1]
    for document in volumes.documents(content, lang).values():
        pdf.check_references(document, images)
        found = list(blocks({"key_messages": [], **document}))
        used = {block["image"] for block in found if block["type"] == "figure"}
        assert used <= set(images)
        assert all(images[name].lstrip().startswith("<?xml") for name in used)
        ids = {block["id"] for block in found if "id" in block}
        referred = set(re.findall(r"\{\{ref:([\w-]+)\}\}", text_of(document)))
        assert referred <= ids, "what is spoken of is there"


@pytest.mark.parametrize(("plan", "day"), CASES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_table_is_whole_and_every_text_is_text(made, plan, day, lang):
    document, _ = made(plan, day)[1][lang]
    for block in blocks(document):
        if block["type"] == "table":
            assert {len(row) for row in block["rows"]} == {len(block["columns"])}
            assert all(isinstance(cell, str) for row in block["rows"] for cell in row)
            assert len(block.get("row_styles", block["rows"])) == len(block["rows"])
    shown = text_of(document)
    assert not re.search(r'"(nan|None|<NA>|NaT)"|\bnan\b|None|<NA>', shown)
    assert "null" not in shown


def change(content: dict, column: str, row: int, value: object) -> dict:
    changed = copy.deepcopy(content)
    table = changed["sections"]["01_indicators"]["tables"]["progress"]
    place = table["columns"].index(column)
    assert table["rows"][row][place] != value
    table["rows"][row][place] = value
    return changed


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("column", "row", "value", "shown"),
    [
        ("published_base_value", 2, "57.57", "57.57"),
        ("published_target_value", 2, "80.8", "80.8"),
        ("current_published", 2, "71.17", "71.17"),
        ("completion", 2, 0.4242, "42.4%"),
        ("elapsed", 2, 0.37, "37%"),
        ("asked", 2, 7.3456, "7.35%"),
        ("required", 0, 2.3456, "2.3"),
        ("current_period", 2, "2018", "2018"),
        ("earlier_best", 2, "81.18", "81.18"),
        ("earlier_target", 1, "16.61", "16.61"),
        ("order", 9, 123.0, "123"),
    ],
)
def test_every_figure_of_the_report_moves_with_the_result_file(made, lang, column, row, value, shown):
    content, handed = made("zibo-13", "2022-04-19")
    before = text_of(handed[lang][0])
    after = text_of(whole(change(content, column, row, value), lang))
    assert after != before
    assert shown in after
    assert after.count(shown) > before.count(shown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manifest_is_printed(made, lang):
    content = copy.deepcopy(made("zibo-13", "2022-04-19")[0])
    content["manifest"] |= {"key": "0123456789abcdef", "margin": 0.07, "python": "9.87"}
    content["manifest"]["versions"]["typst"] = "7.6.5"
    shown = text_of(whole(content, lang))
    assert all(
        word in shown
        for word in ("0123456789abcdef", "7.6.5", "9.87", "as_of = 2022-04-19", "plan = zibo-13")
    )
    assert ("7个百分点" if lang == "zh" else "7 points") in shown


def test_the_newest_document_named_is_one_that_was_used(tmp_path):
    """The vintage a reader sees is that of a source in the list, not of any in the data folder."""
    plan, day = BEGUN
    in_process.run(files.NOTEBOOKS / "01_indicators.ipynb", {"plan": plan, "as_of": day}, tmp_path / "a.json")
    content = results.read(tmp_path / "a.json")
    listed = results.table(content, "01_indicators", "sources")["date_published"]
    assert report.vintage(content["sections"]) == listed.max() < day


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_colours_follow_the_verdict(made, lang):
    content, handed = made("zibo-13", "2022-04-19")
    table = next(block for block in blocks(handed[lang][0]) if block.get("id") == "overview")
    verdicts = results.table(content, "03_feasibility", "outlook")["verdict"].tolist()
    assert [style["key"] for style in table["row_styles"]] == verdicts


def test_the_same_content_gives_the_same_document_and_is_left_alone(made):
    """The file is what counts: a report made from it later must not differ from the one made on the day."""
    content, handed = made("zibo-14", "2022-04-19")
    before = json.dumps(content, sort_keys=True)
    for lang in LANGUAGES:
        assert whole(content, lang) == handed[lang][0]
        assert results.images(content, lang) == handed[lang][1]
    assert json.dumps(content, sort_keys=True) == before


@pytest.mark.parametrize(("plan", "day"), CASES)
def test_every_table_and_column_of_the_result_file_has_words_for_the_workbook(made, plan, day):
    parts = [part["tables"] for part in made(plan, day)[0]["sections"].values()]
    named = {f"data.{name}" for tables in parts for name in tables}
    named |= {
        f"data_column.{column}"
        for tables in parts
        for table in tables.values()
        for column in table["columns"]
    }
    assert sorted(key for key in named if not known(key)) == []


def test_a_plan_without_figures_since_its_base_shows_no_completion_chart(made):
    ids = {block.get("id") for block in blocks(made(*BEGUN)[1]["zh"][0])}
    assert "figure-completion" not in ids
    assert {"promise", "monitored"} <= ids  # its baseline report
    followed = {block.get("id") for block in blocks(made("zibo-13", "2022-04-19")[1]["zh"][0])}
    assert {"figure-completion", "overview", "requirement"} <= followed


def notes_of(document: dict, ident: str) -> list[str]:
    return next(block["notes"] for block in blocks(document) if block.get("id") == ident)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["能够完成", "经努力可完成", "难以完成"]),
        ("en", ["on course", "possible with effort", "unlikely"]),
    ],
)
def test_the_words_of_a_verdict_are_defined_first_below_the_table_of_chances(made, lang, words):
    document = made("zibo-14", "2022-04-19")[1][lang][0]
    first = notes_of(document, "feasibility")[0]
    assert all(word in first for word in [*words, "40%", "80%"])
    # The other measure, 50 and 80 %, points to it.
    told = notes_of(document, "adjustment")[0]
    assert "{ref:feasibility}" in told
    assert "40%" in told


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "没有同一指标在同样年限内的数据"), ("en", "no figures of the same indicators")]
)
def test_why_there_is_no_rate_of_the_provinces_is_told(made, lang, words):
    """A folder of one city has no panel."""
    content = copy.deepcopy(made("zibo-14", "2022-04-19")[0])
    table = content["sections"]["03_feasibility"]["tables"]["outlook"]
    for row in table["rows"]:
        row[table["columns"].index("comparable_rate")] = None
    assert any(words in note for note in notes_of(whole(content, lang), "feasibility"))
    shipped = notes_of(made("zibo-14", "2022-04-19")[1][lang][0], "feasibility")
    assert not any(words in note for note in shipped)


@pytest.mark.parametrize(
    ("lang", "numbers"), [("zh", "第1、2、5—8、10项共7项"), ("en", "No. 1, 2, 5–8, 10 (7 of")]
)
def test_targets_whose_newest_figure_is_their_base_are_named(made, lang, numbers):
    """Of the 14th plan's 21 targets two have a figure of 2021, twelve have none."""
    assert (
        sum(numbers in note for note in notes_of(made("zibo-14", "2022-04-19")[1][lang][0], "overview")) == 1
    )
    met = notes_of(made("zibo-13", "2022-04-19")[1][lang][0], "overview")
    assert not any({"zh": "基期以后", "en": "later than the base"}[lang] in note for note in met)


def sections(document: dict, level: int = 1, parts: list[dict] | None = None) -> Iterator[tuple[int, dict]]:
    for part in document["sections"] if parts is None else parts:
        yield level, part
        yield from sections(document, level + 1, part["sections"])


def test_the_final_report_has_the_official_outline(made):
    document = made("zibo-13", "2022-04-19")[1]["zh"][0]
    headings = [(level, part["heading"]) for level, part in sections(document) if not part["appendix"]]
    assert [heading for level, heading in headings if level == 1][:3] == [
        "决策实施的基本情况和评估工作开展情况",
        "评估的主要内容",
        "评估结论",
    ]
    places = [place for place, (level, _) in enumerate(headings) if level == 1]
    assert places == sorted(places)
    # Annexes come last and are no chapters.
    kinds = [part["appendix"] for level, part in sections(document) if level == 1]
    assert kinds == sorted(kinds)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_cite_documents_of_the_list(made, lang):
    document = made("zibo-13", "2022-04-19")[1][lang][0]
    annex = label("appendix.sources", lang)
    (listed,) = [part for _, part in sections(document) if part["heading"] == annex]
    known = {item.partition("]")[0][1:] for item in listed["blocks"][0]["items"]}
    assert known == {str(number + 1) for number in range(len(known))}
    cited = {
        "overview",
        "evidence",
        "survey",
        "funds",
        "ratios",
        "statements",
        "conflicts",
        "steps",
    }
    shown = {block["id"]: block for block in blocks(document) if block["type"] == "table"}
    for name in cited:
        marks = re.findall(r"\[([\d—–、]+)\]", shown[name]["source"])
        assert marks, name
        assert {end for mark in marks for end in re.findall(r"\d+", mark)} <= known


def test_chinese_pages_carry_no_english_sentence_and_the_other_way_round(made):
    for plan, day in CASES:
        for lang in LANGUAGES:
            document, _ = made(plan, day)[1][lang]
            chapters = [part for part in document["sections"] if not part["appendix"]]
            for _, section in sections(document, parts=chapters):
                for block in section["blocks"]:
                    text = block.get("text", "")
                    if lang == "en":
                        assert not re.search(r"[\u4e00-\u9fff]", text), text
                    else:
                        assert not re.search(r"(?:[A-Za-z]+ ){4}", re.sub(r"\{\{.*?\}\}", "", text)), text
