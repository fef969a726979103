"""Tasks and safeguards: offices, evidence, what is missing."""

from __future__ import annotations

import pytest

from zbanalysis.data import package, schema
from zbanalysis.errors import DataError
from zbanalysis.evidence import tasks
from zbanalysis.report.blocks import frame
from zbanalysis.report.chapters import tasks as chapter

DAY = "2020-08-10"


def record(dataset, day=DAY, plan="zibo-13"):
    found = tasks.completeness(tasks.load(dataset, plan, day), tasks.evidence(dataset, plan, day), day)
    return found.set_index("task")


@pytest.fixture(scope="module")
def shipped():
    return record(package.load())


def test_seven_tasks_and_four_safeguards_in_their_order(shipped):
    assert shipped["kind"].tolist() == ["task"] * 7 + ["safeguard"] * 4
    assert shipped["name_zh"].iloc[[0, 6, 10]].tolist() == [
        "优化科技创新环境",
        "科技人才队伍建设",
        "强化规划实施监督考评",
    ]


def test_all_nine_offices_of_the_annex_answer_for_something(shipped):
    for lang, between in (("zh", "；"), ("en", "; ")):
        cells = [*shipped[f"office_{lang}"], *shipped[f"others_{lang}"]]
        assert len({office for cell in cells if cell for office in cell.split(between)}) == 9


def test_what_is_missing(shipped):
    assert shipped.loc["zibo-13-leadership", "missing"] == "office figure recent"
    assert shipped.loc["zibo-13-leadership", "status"] == "partly"
    assert shipped.loc["zibo-13-popularisation", "missing"] == "office"
    assert shipped.loc["zibo-13-enterprises", "status"] == "complete"


def test_counts_and_newest_period(shipped):
    row = shipped.loc["zibo-13-cooperation"]
    assert (row["evidence"], row["figures"], row["newest"]) == (15, 14, "2020H1")


def test_later_documents_add_evidence(shipped):
    later = record(package.load(), "2022-04-19")
    assert later.loc["zibo-13-enterprises", "evidence"] == shipped.loc["zibo-13-enterprises", "evidence"] + 2
    assert later.loc["zibo-13-enterprises", "newest"] == "2020"


def test_a_task_without_evidence_has_none(data_copy):
    path = data_copy / "evidence.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("zibo-13-review,")), "utf-8")
    row = record(package.load(data_copy)).loc["zibo-13-review"]
    assert (row["status"], row["missing"]) == ("none", "evidence figure recent")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (",rd_expenditure,2018,", ",rd_expenditure,2017,"),
        ("zibo,rd_expenditure,2018", "zibo-hightech-zone,rd_expenditure,2018"),
    ],
)
def test_a_reference_to_no_figure_is_refused_with_its_row(data_copy, right, wrong):
    path = data_copy / "evidence.csv"
    path.write_text(path.read_text("utf-8").replace(right, wrong, 1), "utf-8")
    with pytest.raises(DataError, match=r"evidence\.csv +2 "):
        record(package.load(data_copy))


def test_an_old_figure_is_not_recent(data_copy):
    path = data_copy / "evidence.csv"
    path.write_text(path.read_text("utf-8").replace(",2020H1,2,", ",2017,2,"), "utf-8")
    assert record(package.load(data_copy)).loc["zibo-13-review", "missing"] == "recent"


def test_no_files_no_tasks(data_copy):
    for name in ("tasks.csv", "evidence.csv", "task_progress.csv", "judgements.csv"):
        (data_copy / name).unlink()
    assert record(package.load(data_copy)).empty


def test_the_14th_plan_has_35_sections_16_projects_and_3_safeguards_in_the_order_of_its_chapters(data_dir):
    rows = tasks.load(package.load(data_dir), "zibo-14", "2022-04-19")
    assert rows["kind"].value_counts().to_dict() == {"task": 35, "project": 16, "safeguard": 3}
    sections = rows[rows["kind"] != "project"]
    assert sections["chapter_zh"].value_counts(sort=False).tolist() == [3, 4, 3, 5, 3, 4, 5, 3, 5, 3]
    projects = rows[rows["kind"] == "project"]
    assert projects["chapter_zh"].value_counts(sort=False).tolist() == [8, 3, 5]
    chapter_of = sections.set_index("task")["chapter_zh"]
    assert projects["parent"].map(chapter_of).tolist() == projects["chapter_zh"].tolist()
    assert (rows["office_zh"] == "").all(), "no office leads any of them"
    assert rows.loc[rows["due"] != "", "due"].tolist() == ["2025"] * 7


def test_a_plan_without_any_evidence_has_a_record_that_says_so(data_dir):
    rows = record(package.load(data_dir), plan="zibo-14", day="2022-04-19")
    assert set(rows["status"]) == {"none"}
    assert set(rows["newest"]) == {""}


# --- as a reader sees it ---


def test_the_matrix_names_office_evidence_and_what_is_missing(shipped):
    table = frame(shipped.reset_index(), chapter.RECORD, "zh")
    assert table.iloc[7].tolist() == [
        "8", "加强科技工作组织领导", "保障措施", "—", "1", "0", "—", "未明确责任科室，未提供近期材料", "材料不全",
    ]  # fmt: skip


def test_least_values_are_marked_in_the_evidence(shipped):
    found = tasks.evidence(package.load(), "zibo-13", DAY)
    table = frame(chapter.in_order(found, shipped.reset_index()), chapter.EVIDENCE, "zh").set_index(
        "佐证内容"
    )["数据"]
    assert table["市级科技计划立项（项）"] == "700以上"
    assert table["成立创新型城市建设领导小组"] == "—"


def test_offices_are_told_apart_alike_in_the_forms_and_in_the_report():
    """A plain comma divided the forms only: the report looked for an office called "甲科,乙科"."""
    assert schema.offices_in("甲科,乙科；甲科") == ["甲科", "乙科"]
    assert schema.offices_in("产学研合作科") == ["产学研合作科"]


@pytest.mark.parametrize("others", [("2020-12-20", "2021-01-31"), ("2021-01-31", "2020-12-20")])
def test_joint_lead_offices_that_differ_are_both_named_whichever_form_came_first(data_copy, others):
    """Synthetic answers: the platforms are led by two offices."""
    task, offices = "zibo-13-platforms", ("科技合作科", "规划与资源配置科")
    sources, accounts = [], []
    for number, (office, day, state) in enumerate(zip(offices, others, ("done", "under_way"), strict=True)):
        sources.append(f"form-{number},虚构表,Made up,{office},,,{day},high,,\n")
        accounts.append(f"{task},{day},{state},虚构{number},,,,,,self,form-{number},1\n")
    append(data_copy / "sources.csv", sources)
    append(data_copy / "task_progress.csv", accounts[::-1])
    row = tasks.states(package.load(data_copy), "zibo-13", "2021-02-28").set_index("task").loc[task]
    assert (row["state"], set(row["done_zh"].split("\n"))) == ("disputed", {"虚构0", "虚构1"})
    said = dict(zip(row["said_by_zh"].split("；"), row["said"].split(), strict=True))
    assert said == {"科技合作科": "done", "规划与资源配置科": "under_way"}
    # An answer of a year before is no answer of this round.
    early = (data_copy / "task_progress.csv").read_text("utf-8").replace("2020-12-20", "2020-01-31")
    (data_copy / "task_progress.csv").write_text(early, "utf-8")
    row = tasks.states(package.load(data_copy), "zibo-13", "2021-02-28").set_index("task").loc[task]
    assert (row["state"], row["said"]) == ({"2021-01-31": "done"}.get(others[0], "under_way"), "")


def append(path, lines):
    path.write_text(path.read_text("utf-8") + "".join(lines), "utf-8")
