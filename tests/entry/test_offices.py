"""Forms of the offices: made of the tasks they lead, read back as their own account.  All data are synthetic."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from zbanalysis.cli import cli
from zbanalysis.data import check, package, read
from zbanalysis.entry import folder, intake, offices
from zbanalysis.entry.problems import EntryError
from zbanalysis.evidence import tasks


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("offices") / "example-city"
    folder.create(place)
    intake.take_in(place / "form-example.xlsx", place, "en")
    return place


@pytest.fixture
def own(city: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(city, tmp_path / city.name))


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
    assert {cell for cell in ("B1", "D1", "B3", "A4", "A5", "B5", "C6") if any(f" {cell} " in line for line in told)} == {
        "D1", "B3", "A4", "A5", "B5", "C6",
    }  # fmt: skip
    # The enterprises are another office's; an office that no task names is none.
    with pytest.raises(EntryError, match=r" B1 +没有的科室 "):
        intake.take_in(filled(path, {"B1": "没有的科室"}), own, "zh")
    assert not (own / "task_progress.csv").exists()


@pytest.fixture
def figures(own, tmp_path) -> Path:
    """A form of an office that leads three tasks and the first target: its path; figures stand on sheet 2."""
    path = own / "targets.csv"
    table = read.table(path, [])
    table.loc[table.index[0], "office_zh"] = "政策法规科"
    table.to_csv(path, index=False)
    offices.write(own, "政策法规科", tmp_path / "forms", "zh")
    return tmp_path / "forms" / "政策法规科.xlsx"


def written(path: Path, tasks: dict[str, object], numbers: dict[str, object]) -> Path:
    book = openpyxl.load_workbook(path)
    for sheet, entries in zip(book.worksheets, (tasks, numbers), strict=True):
        for cell, value in entries.items():
            sheet[cell] = value
    book.save(path)
    return path


def test_an_offices_figures_and_documents_come_back_with_the_office_as_source(own, figures):
    first = read.table(own / "targets.csv", []).iloc[0]
    sheet = openpyxl.load_workbook(figures).worksheets[1]
    assert sheet["B3"].value.split(" ")[0] == first["indicator"]
    unit = read.table(own / "indicators.csv", []).set_index("indicator").loc[first["indicator"], "unit_zh"]
    assert sheet["C3"].value == unit
    assert (sheet["E3"].value, sheet["F3"].value) == (None, None)
    paper = {"document": "统计资料（虚构）", "day": "2025-06-30", "place": "表2第1行"}
    written(
        figures,
        {"D1": "2025-12-31", "B3": "under_way", "F3": paper["document"], "G3": paper["day"], "H3": paper["place"]},
        {"E3": "2024", "F3": "2.20", "I3": paper["document"], "J3": paper["day"], "K3": paper["place"]},
    )  # fmt: skip
    intake.take_in(figures, own, "zh")
    assert check.problems(own) == []
    sources = read.table(own / "sources.csv", []).set_index("source")
    row = read.table(own / "observations.csv", []).iloc[-1]
    assert row[["indicator", "period", "value", "locator"]].tolist() == [
        first["indicator"], "2024", "2.20", paper["place"]
    ]  # fmt: skip
    source = sources.loc[row["source"], ["title_zh", "publisher_zh", "date_published"]].tolist()
    assert source == [paper["document"], "政策法规科", paper["day"]]
    proof = read.table(own / "evidence.csv", []).iloc[-1]
    assert proof[["what_zh", "source", "locator"]].tolist() == [
        paper["document"], row["source"], paper["place"]
    ]  # fmt: skip
    answer = read.table(own / "task_progress.csv", []).iloc[-1]
    assert answer["source"].startswith("self-")
    assert proof["task"] == answer["task"]
    # The next form shows what came back: the figure on record, and the document behind the answer.
    offices.write(own, "政策法规科", figures.parent, "zh")
    tasks_again, figures_again = openpyxl.load_workbook(figures).worksheets
    assert tasks_again["F3"].value == paper["document"]
    assert figures_again["D3"].value.startswith("2024：2.20（")


def test_wrong_figures_and_documents_are_told_by_cell(own, figures):
    before = {path: path.read_bytes() for path in own.glob("*.csv")}
    written(
        figures,
        {"D1": "2024-12-31", "B3": "done", "F3": "无日期的文件（虚构）", "H3": "第1页"},
        {"B3": "no_such_indicator", "E3": "2023年", "C4": "万件", "E4": "2023", "F4": "约3",
         "A4": "example-city", "B4": read.table(own / "targets.csv", [])["indicator"].iloc[0],
         "I4": "文件（虚构）", "J4": "2025-01-01", "K4": "第2页"},
    )  # fmt: skip
    with pytest.raises(EntryError) as caught:
        intake.take_in(figures, own, "zh")
    lines = str(caught.value).splitlines()
    task, number = ([line for line in lines if line.startswith(name)] for name in ("任务进展", "指标数值"))
    assert any(" G3 " in line for line in task)  # a document without its day
    for cell in ("B3", "E3", "F3", "C4", "F4", "H4", "J4"):  # H4: of which basis?
        assert any(f" {cell} " in line for line in number), cell
    assert {path: path.read_bytes() for path in own.glob("*.csv")} == before


def test_an_office_that_leads_nothing_is_one_sentence(own, tmp_path):
    with pytest.raises(EntryError, match="No task or target is led by Nobody; name one of: 政策法规科"):
        offices.write(own, "Nobody", tmp_path / "forms", "en")
    assert not (tmp_path / "forms").exists()
