"""The evaluation of 2020 in the tables: counted by hand, every code known, every sum the same in English."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from zbanalysis.data import package
from zbanalysis.evidence import texts

DAY, PLAN = "2020-08-10", "zibo-13"
WRITTEN = ("task_progress", "judgements", "problems", "recommendations", "cases")
YI = {"亿": 100, "万": 0.01}  # in millions of yuan
SUM = re.compile(r"(\d+(?:\.\d+)?)(亿|万)元")
ENGLISH = re.compile(r"CNY (?:over )?(\d+(?:\.\d+)?) (million|billion)")


def rows(data_dir: Path, name: str) -> list[dict[str, str]]:
    with (data_dir / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    return [row for row in found if row.get("plan", row.get("task", ""))[: len(PLAN)] == PLAN]


def test_tasks_safeguards_and_the_items_of_nine_offices(data_dir):
    tasks = rows(data_dir, "tasks")
    assert Counter(row["kind"] for row in tasks) == {"task": 7, "safeguard": 4, "project": 28}
    items = [row for row in tasks if row["kind"] == "project"]
    assert Counter(row["office_zh"] for row in items) == {
        "办公室": 1, "政策法规与创新促进科": 2, "规划与资源配置科": 4, "科技合作科": 4, "高新技术发展及产业化科": 4,
        "农村与社会发展科": 3, "人才与成果科": 4, "外国专家服务科": 3, "市科技发展中心": 3,
    }  # fmt: skip
    heads = {row["task"] for row in tasks if not row["parent"]}
    assert len(heads) == 11
    assert all(row["parent"] in heads for row in items)


def test_every_task_and_safeguard_has_its_progress_and_no_state_is_guessed(data_dir):
    progress = rows(data_dir, "task_progress")
    told = {row["task"] for row in progress}
    tasks = rows(data_dir, "tasks")
    assert all(row["task"] in told for row in tasks if not row["parent"])
    assert {row["name_zh"] for row in tasks if row["task"] not in told} == {
        "军民科技融合", "重点城市科技活动周", "外国专家项目实施", "引智示范基地建设",
    }  # fmt: skip
    assert {row["state"] for row in progress} == {"not_stated"}


def test_problems_opinions_measures_and_cases_as_counted_in_the_document(data_dir):
    assert Counter(row["by"] for row in rows(data_dir, "problems")) == {"self": 10, "evaluator": 1}
    kinds = Counter(row["kind"] for row in rows(data_dir, "opinions"))
    assert kinds == {"written": 9, "service_problem": 3, "questionnaire": 3}
    measures = Counter(row["group_zh"] for row in rows(data_dir, "recommendations"))
    assert list(measures.values()) == [4, 3, 4, 5, 3]
    assert len(rows(data_dir, "cases")) == 2


def test_no_measure_names_a_date_and_only_annex_2_gives_an_office(data_dir):
    measures = rows(data_dir, "recommendations")
    assert {row["due"] for row in measures} == {""}
    assert {bool(row["office_zh"]): row["office_from"] for row in measures} == {True: "evaluation", False: ""}
    offices = {row["office_zh"] for row in rows(data_dir, "tasks") if row["kind"] == "project"}
    named = {name for row in measures for name in row["office_zh"].split("；") if name}
    assert named <= offices


def test_each_target_has_the_offices_word_and_one_is_overruled(data_dir):
    judged = Counter((row["role"], row["verdict"]) for row in rows(data_dir, "judgements"))
    assert judged == {
        ("office", "reached"): 6, ("office", "on_course"): 2, ("office", "not_judged"): 2,
        ("evaluator", "cannot"): 1,
    }  # fmt: skip
    targets = {row["indicator"] for row in rows(data_dir, "targets")}
    assert {row["indicator"] for row in rows(data_dir, "judgements")} == targets


def test_a_measure_answers_only_what_there_is(data_dir):
    known = {
        row[column]
        for table, column in (
            ("tasks", "task"), ("problems", "problem"), ("opinions", "opinion"), ("survey", "question"),
            ("targets", "indicator"),
        )
        for row in rows(data_dir, table)
    }  # fmt: skip
    for row in rows(data_dir, "recommendations"):
        assert set(row["answers"].split(",")) <= known, row["recommendation"]


def filled(data_dir: Path, table: str) -> list[dict[str, str]]:
    """The rows with every reference filled in; an unknown figure is an error."""
    view = package.as_of(package.load(data_dir), DAY)
    found = []
    for row in rows(data_dir, table):
        cells = row.items()
        found.append({k: texts.fill(v, view, "zibo", DAY, k) for k, v in cells})
    return found


@pytest.mark.parametrize("table", WRITTEN)
def test_every_figure_is_known_and_every_sum_in_english_is_the_chinese_one(data_dir, table):
    for row in filled(data_dir, table):
        for column in [name for name in row if name.endswith("_en")]:
            chinese = {float(number) * YI[unit] for number, unit in SUM.findall(row[column[:-3] + "_zh"])}
            english = [
                float(number) * (1000 if unit == "billion" else 1)
                for number, unit in ENGLISH.findall(row[column])
            ]
            for amount in english:
                close = [one for one in chinese if amount == pytest.approx(one)]
                assert close or (amount == 10_000 and "近百亿" in row[column[:-3] + "_zh"]), (column, row)
