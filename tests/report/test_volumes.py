"""The report proper and its annex: page one, pages, headings, cover; made from the shipped data."""

from __future__ import annotations

import copy
import io
import json
import re
from datetime import UTC, datetime

import openpyxl
import pytest

from zbanalysis.evidence import texts
from zbanalysis.outlook import criteria
from zbanalysis.plan import progress
from zbanalysis.report import output, pdf, rendering, results, volumes

CASES = {"zibo-13": "2020-08-10", "zibo-14": "2022-04-19"}
WHEN = datetime(2020, 8, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def content(plan_result):
    """Plan → its result file, the notebooks run in this process."""
    cache = {}

    def make(plan: str) -> dict:
        if plan not in cache:
            read = plan_result(plan, CASES[plan])
            read["manifest"] = {
                "as_of": CASES[plan], "margin": progress.MARGIN, "data_vintage": CASES[plan], "key": "a key",
                "python": "3", "versions": {"typst": "1"},
            }  # fmt: skip
            cache[plan] = read
        return cache[plan]

    return make


def page_one(content: dict, lang: str) -> list[dict]:
    return volumes.documents(content, lang)["main"]["key_messages"]


def pages(content: dict, lang: str, volume: str) -> int:
    made = pdf.compile_pdf(volumes.documents(content, lang)[volume], results.images(content, lang), WHEN)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", made))


@pytest.mark.parametrize(
    ("plan", "volume", "most"), [("zibo-13", "main", 11), ("zibo-13", "annex", 16), ("zibo-14", "main", 4)]
)
def test_a_volume_is_no_longer_than_it_may_be(content, plan, volume, most):
    assert pages(content(plan), "zh", volume) <= most


def test_a_files_own_time_is_the_midnight_of_the_reports_day(content):
    (made,) = rendering.render(content("zibo-13"), "en", formats=["xlsx"]).values()
    assert openpyxl.load_workbook(io.BytesIO(made)).properties.created == datetime(2020, 8, 10)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_one_has_every_target_with_its_one_verdict_and_a_reason(content, lang):
    table = next(block for block in page_one(content("zibo-13"), lang) if block.get("id") == "overview")
    outlook = results.table(content("zibo-13"), "03_feasibility", "outlook")
    assert len(table["rows"]) == len(outlook) == 10
    assert all(row[-1] not in ("", "—") for row in table["rows"])
    assert len({mark["key"] for mark in table["row_styles"]}) > 2


def test_targets_without_any_figure_are_named_below_the_table(content):
    table = next(block for block in page_one(content("zibo-14"), "zh") if block.get("id") == "overview")
    outlook = results.table(content("zibo-14"), "03_feasibility", "outlook")
    named = [note for note in table["notes"] if "11—21" in note]
    assert len(table["rows"]) < len(outlook)
    assert named


@pytest.mark.parametrize("kind", ["annual", "midterm", "final"])
def test_where_no_target_has_a_figure_page_one_names_them_without_a_table(content, kind):
    bare = copy.deepcopy(content("zibo-14"))
    for section, name, nothing in (
        ("01_indicators", "progress", {"current_period": "", "current_published": "", "current_value": None}),
        ("03_feasibility", "outlook", {"verdict": "not_judged", "mark": "", "chance": None}),
    ):
        table = results.table(bare, section, name).assign(**nothing)
        bare["sections"][section]["tables"][name] = results._table(table)
    first = volumes.documents(bare, "zh", kind)["main"]["key_messages"]
    assert not any(block["type"] == "table" and block["id"] == "overview" for block in first)
    assert any("第1—21项共21项目标尚无数据" in block.get("text", "") for block in first)


@pytest.mark.parametrize(("lang", "unnamed"), [("zh", "未明确"), ("en", "not named")])
def test_page_one_says_who_does_what_by_when_or_that_nobody_named_it(content, lang, unnamed):
    table = next(block for block in page_one(content("zibo-13"), lang) if block.get("id") == "first_measures")
    assert 2 <= len(table["rows"]) <= 3
    assert all(row[-1] == unnamed for row in table["rows"])
    assert all(row[-2] not in ("", unnamed) for row in table["rows"])


def test_page_one_names_the_problems_that_nothing_is_proposed_for(content):
    table = next(block for block in page_one(content("zibo-13"), "zh") if block.get("id") == "first_measures")
    # The measures answer the workstations (1); nothing answers the patents (2) or the low targets (3).
    assert "问题（2）、（3）尚无对应措施" in table["notes"][0]
    assert [row[1].startswith("问题（1）") for row in table["rows"]] == [False, True]


def test_a_plan_without_measures_says_that_offices_must_be_named_first(content):
    first = [block["text"] for block in page_one(content("zibo-14"), "zh") if block["type"] == "paragraph"]
    assert any("21项目标、38项任务和措施没有写明责任单位" in text for text in first)
    assert not any(block.get("id") == "first_measures" for block in page_one(content("zibo-14"), "zh"))


def test_findings_that_page_one_has_no_room_for_stand_with_the_targets(content):
    main = volumes.documents(content("zibo-13"), "zh")["main"]
    said = next(block for block in main["key_messages"] if block["type"] == "list")["items"]
    listed = [
        item
        for section in _every(main["sections"])
        for block in section["blocks"]
        if block["type"] == "list"
        for item in block["items"]
    ]
    assert [item for item in listed if "27.31" in item]
    assert not set(said) & set(listed)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_three_problems(content, lang):
    listed = next(block for block in page_one(content("zibo-13"), lang) if block["type"] == "list")
    assert len(listed["items"]) == 3


@pytest.mark.parametrize(
    ("lang", "names"),
    [("zh", ("合理性", "可操作性", "绩效性")), ("en", ("Rationality", "Feasibility", "Performance"))],
)
def test_the_three_criteria_have_a_verdict_with_facts(content, lang, names):
    text = json.dumps(volumes.documents(content("zibo-13"), lang)["main"], ensure_ascii=False)
    assert all(name in text for name in names)
    assert ("3项大幅超额" if lang == "zh" else "3 of 10 targets with figures were passed by far") in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_people_s_ratings_change_the_verdict_and_are_said(content, lang):
    rated = texts.rated(
        _frame(
            ["criterion", "rater", "n", "score", "scale", "weight"],
            [("performance", "expert", "9", "1", "5", "")],
        )
    )
    changed = copy.deepcopy(content("zibo-13"))
    tables = changed["sections"]["09_conclusion"]["tables"]
    facts = results.table(changed, "09_conclusion", "facts")
    tables["criteria"] = results._table(criteria.conclude(facts, rated))
    tables["rated"] = results._table(rated)
    text = json.dumps(volumes.documents(changed, lang)["main"], ensure_ascii=False)
    before = json.dumps(volumes.documents(content("zibo-13"), lang)["main"], ensure_ascii=False)
    assert ("9名专家" in text) if lang == "zh" else ("rated by 9 (experts)" in text)
    assert ("绩效性不足" in text) if lang == "zh" else ("performance is weak" in text)
    assert ("专家打分" not in before) if lang == "zh" else ("rated by" not in before)


def _frame(columns: list[str], rows: list[tuple]):
    import pandas as pd

    return pd.DataFrame(rows, columns=columns)


def test_the_cover_says_who_issues_the_report_and_when(content):
    cover = volumes.documents(content("zibo-13"), "zh")["main"]["cover"]
    assert (cover["organisation"], cover["date"]) == ("淄博市科学技术局", "2020年8月10日")
    assert "kind" not in {key for key, value in cover.items() if value}  # no state is on record


def test_a_bureau_s_text_stands_where_its_table_is_empty(content):
    texts_of = {"problems": "政策统筹不够", "recommendations": "对策建议", "cases": "典型案例"}

    def headings(made: dict) -> set[str]:
        return {section["heading"] for section in _every(volumes.documents(made, "zh")["main"]["sections"])}

    for table, heading in texts_of.items():
        bare = copy.deepcopy(content("zibo-13"))
        rows = bare["sections"]["09_conclusion"]["tables"]
        rows[table] = results._table(results.table(bare, "09_conclusion", table).iloc[:0])
        assert heading in headings(bare)
    assert "政策统筹不够" not in headings(content("zibo-13"))  # a table says it already


def test_what_has_no_content_has_no_section(content):
    headings = json.dumps(
        [
            section["heading"]
            for section in _every(volumes.documents(content("zibo-14"), "zh")["main"]["sections"])
        ],
        ensure_ascii=False,
    )
    assert "公众" not in headings
    assert "案例" not in headings
    for section in _every(volumes.documents(content("zibo-13"), "zh")["main"]["sections"]):
        assert section["blocks"] or section["sections"]


def test_a_part_is_found_by_its_name_where_its_first_section_has_no_content(content):
    bare = copy.deepcopy(content("zibo-13"))
    bare["manifest"]["as_of"] = "2022-04-19"  # the plan is over: nothing is attainable any more
    table = results.table(bare, "07_cost_benefit", "ratios").iloc[:0]
    bare["sections"]["07_cost_benefit"]["tables"]["ratios"] = results._table(table)
    (part,) = [
        one for one in volumes.documents(bare, "zh")["annex"]["sections"] if one["id"] == "specialised"
    ]
    assert part["blocks"][0]["id"] == "survey"


def _every(sections: list[dict]) -> list[dict]:
    return [one for section in sections for one in (section, *_every(section["sections"]))]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_references_across_the_volumes_name_the_other_s_table(content, lang):
    made = volumes.documents(content("zibo-13"), lang)
    for document in made.values():
        pdf.check_references(document, results.images(content("zibo-13"), lang))
    assert ("附表 " if lang == "zh" else "Annex table ") in json.dumps(made["main"], ensure_ascii=False)


def test_a_plan_of_many_tasks_has_one_line_a_chapter(content):
    main = volumes.documents(content("zibo-14"), "zh")["main"]
    tables = [block for section in _every(main["sections"]) for block in section["blocks"] if "rows" in block]
    shown = next(table for table in tables if table["id"] == "tasks_chapters")
    register = results.table(content("zibo-14"), "09_conclusion", "register")
    tasks = register[(register["kind"] == "task") & (register["parent"] == "")]
    assert len(shown["rows"]) == tasks["chapter_zh"].nunique() == 9
    assert sum(int(row[2]) for row in shown["rows"]) == len(tasks) == 35


def test_the_web_page_of_both_languages_is_small_and_holds_every_table(content):
    page = rendering.render(content("zibo-13"), "both", formats=("html",))["html"]
    assert len(page) < 2_000_000
    for lang in ("zh", "en"):
        for document in volumes.documents(content("zibo-13"), lang).values():
            for ident in output.numbered(document):
                assert f'id="{lang}-{ident}"'.encode() in page
    assert (
        "R&amp;D intensity (R&amp;D spending as a share of GDP) (%)\npublished figures\n2.63\n2018\n["
        in page.decode()
    )


def test_after_the_target_year_no_chart_of_chances_is_asked_for(content):
    made = copy.deepcopy(content("zibo-13"))
    assert '"id": "figure-fans"' in json.dumps(volumes.documents(made, "en"))
    made["manifest"]["as_of"] = "2021-02-28"
    assert '"id": "figure-fans"' not in json.dumps(volumes.documents(made, "en"))
