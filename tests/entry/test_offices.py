"""Forms of the offices: made of the tasks they lead, read back as their own account.  All data are synthetic."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from zbanalysis.cli import cli
from zbanalysis.data import check, package, read
from zbanalysis.entry import folder, intake, offices
from zbanalysis.entry.problems import EntryError
from zbanalysis.evidence import tasks


@pytest.fixture
def own(tmp_path: Path) -> Path:
    place = tmp_path / "example-city"
    folder.create(place)
    intake.take_in(place / "form-example.xlsx", place, "en")
    return place


def filled(path: Path, entries: dict[str, object]) -> Path:
    book = openpyxl.load_workbook(path)
    for cell, value in entries.items():
        book.active[cell] = value
    book.save(path)
    return path


def test_each_office_gets_its_tasks_and_its_answers_come_back(own, tmp_path):
    out = tmp_path / "forms"
    done = CliRunner().invoke(cli, ["form", "--data", str(own), "--office", "all", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert sorted(path.stem for path in out.iterdir()) == sorted(
        ["政策法规科", "高新技术科", "规划与平台科", "资源配置科"]
    )
    path = out / "高新技术科.xlsx"
    sheet = openpyxl.load_workbook(path).active
    assert sheet["B1"].value == "高新技术科"
    assert sheet["A3"].value.startswith("example-city-14-enterprises 培育高新技术企业")
    assert sheet["A4"].value is None
    filled(path, {"D1": "2024-12-31", "B3": "under_way 推进中", "C3": "新增入库企业（虚构）"})
    said = intake.take_in(path, own, "zh")
    assert "任务进展：新增 1 行" in said
    assert check.problems(own) == []
    row = read.table(own / "task_progress.csv", []).iloc[0]
    assert row[["task", "as_of", "state", "done_zh", "by"]].tolist() == [
        "example-city-14-enterprises", "2024-12-31", "under_way", "新增入库企业（虚构）", "self"
    ]  # fmt: skip
    source = read.table(own / "sources.csv", []).set_index("source").loc[row["source"]]
    assert (source["publisher_zh"], source["date_published"]) == ("高新技术科", "2024-12-31")
    assert "没有改动" in intake.take_in(path, own, "zh")
    # The next form starts from the last answers.
    offices.write(own, "高新技术科", out, "zh")
    again = openpyxl.load_workbook(path).active
    assert (again["B3"].value, again["C3"].value, again["D1"].value) == (
        "under_way 推进中",
        "新增入库企业（虚构）",
        None,
    )
    table = tasks.answers(package.load(own), "example-city-14", "2024-12-31").set_index("office_zh")
    assert table.loc["高新技术科", ["tasks", "answered", "as_of"]].tolist() == [1, 1, "2024-12-31"]
    assert table.loc["政策法规科", ["tasks", "answered", "as_of"]].tolist() == [1, 0, ""]
    before = tasks.answers(package.load(own), "example-city-14", "2024-12-30")
    assert before["answered"].sum() == 0


@pytest.mark.parametrize(
    ("entries", "cell"),
    [
        ({"B3": "done"}, "D1"),
        ({"D1": "2024-13-01", "B3": "done"}, "D1"),
        ({"D1": "2024-12-31", "B3": "finished"}, "B3"),
        ({"D1": "2024-12-31", "B3": "done", "A3": "no-such-task"}, "A3"),
    ],
)
def test_a_wrong_answer_is_told_by_cell(own, tmp_path, entries, cell):
    offices.write(own, "政策法规科", tmp_path / "forms", "en")
    path = filled(tmp_path / "forms" / "政策法规科.xlsx", entries)
    with pytest.raises(EntryError) as caught:
        intake.take_in(path, own, "en")
    assert f" {cell} " in str(caught.value)
    assert not (own / "task_progress.csv").exists()


def test_five_wrong_cells_are_told_at_once_and_nothing_is_taken_in(own, tmp_path):
    offices.write(own, "政策法规科", tmp_path / "forms", "zh")
    path = filled(
        tmp_path / "forms" / "政策法规科.xlsx",
        {"D1": "2024-13-01", "B3": "finished", "C4": "投入{no_such_figure[2020]}万元", "A4": "no-such-task 某",
         "A5": "example-city-14-enterprises", "B5": "做完了", "C5": "完成（虚构）",
         "A6": "example-city-14-platforms", "C6": "已投入{no_such_figure}万元"},
    )  # fmt: skip
    with pytest.raises(EntryError) as caught:
        intake.take_in(path, own, "zh")
    told = [line for line in str(caught.value).splitlines() if "任务进展" in line]
    assert {cell for cell in ("D1", "B3", "A4", "B5", "C6") if any(f" {cell} " in line for line in told)} == {
        "D1", "B3", "A4", "B5", "C6",
    }  # fmt: skip
    assert not (own / "task_progress.csv").exists()


def test_an_office_that_leads_nothing_is_one_sentence(own, tmp_path):
    with pytest.raises(EntryError, match="No task is led by Nobody; name one of: 政策法规科"):
        offices.write(own, "Nobody", tmp_path / "forms", "en")
    assert not (tmp_path / "forms").exists()
