"""The command line as a person calls it: what works, and every wrong use of issue 2 as one plain sentence.

All calls are made once, in one fixture, some of them as processes; the tests look at what came back.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import command
import pytest
from click.testing import CliRunner

from zbanalysis.cli import cli, own, reports
from zbanalysis.errors import InputError
from zbanalysis.runs import jobs

GOOD = b"%PDF last good report"
KEPT = ("zibo-13_2022-04-19_zh.pdf", "zibo-13_2022-04-19.json")
C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "", "PYTHONCOERCECLOCALE": "0"}


def spoil(file: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    text = file.read_text("utf-8-sig")
    assert old in text, f"{old} is not in {file.name}: the sample must be brought up to date"
    file.write_bytes(text.replace(old, new, 1).encode(encoding))


def missing_column(folder: Path) -> None:
    spoil(folder / "observations.csv", ",locator,", ",place,")


def letter_in_a_number(folder: Path) -> None:
    spoil(folder / "observations.csv", "zibo,rd_intensity,2018,2.63,", "zibo,rd_intensity,2018,2.6E3x,")


def duplicated_key(folder: Path) -> None:
    plans = folder / "plans.csv"
    text = plans.read_text("utf-8-sig").rstrip("\n")
    plans.write_text(text + "\n" + text.splitlines()[1] + "\n", "utf-8")


def gbk(folder: Path) -> None:
    spoil(folder / "indicators.csv", "PCT国际专利申请量", "PCT国际专利申请量", "gb18030")


def file_gone(folder: Path) -> None:
    (folder / "targets.csv").unlink()


def plan_without_targets(folder: Path) -> None:
    plans = folder / "plans.csv"
    row = plans.read_text("utf-8-sig").splitlines()[1].replace("zibo-13,", "zibo-99,", 1)
    plans.write_text(plans.read_text("utf-8-sig").rstrip("\n") + "\n" + row + "\n", "utf-8")


OUT = ["report", "--out", "OUT"]
PLAN = [*OUT, "--plan", "zibo-13"]
SPOILT = [*PLAN, "--data", "DATA"]
# Name → arguments (DATA, OUT and FILE are filled in), how the data are spoilt, words that must be said.
WRONG = {
    "unknown plan": ([*OUT, "--plan", "zibo-15"], None, ["zibo-15", "zibo-13", "zibo-14"]),
    "before any source": ([*PLAN, "--as-of", "1999-01-01"], None, ["1999-01-01"]),
    "before the plan": ([*OUT, "--plan", "zibo-14", "--as-of", "2020-08-10"], None, ["zibo-14", "2020-08"]),
    "malformed date": ([*PLAN, "--as-of", "10.8.2020"], None, ["10.8.2020", "2020-08-10"]),
    "no such day": ([*PLAN, "--as-of", "2021-02-30"], None, ["2021-02-30"]),
    "unknown language": ([*OUT, "--lang", "fr"], None, ["fr", "zh", "en"]),
    "unknown option": ([*OUT, "--plna", "zibo-13"], None, ["--plna"]),
    "unknown command": (["reprot"], None, ["reprot"]),
    "out is a file": (["report", "--plan", "zibo-13", "--out", "FILE"], None, ["FILE", "is a file"]),
    "out below a file": (["report", "--plan", "zibo-13", "--out", "FILE/reports"], None, ["FILE"]),
    "empty folder": ([*PLAN, "--data", "EMPTY"], None, ["EMPTY", "datapackage.json"]),
    "no such folder": (["check", "--data", "NOWHERE"], None, ["NOWHERE"]),
    "missing column": (SPOILT, missing_column, ["observations.csv", "locator"]),
    "letter in a number": (SPOILT, letter_in_a_number, ["observations.csv", "value", "2.6E3x", "2"]),
    "duplicated key": (SPOILT, duplicated_key, ["plans.csv", "once"]),
    "GBK": (SPOILT, gbk, ["indicators.csv", "GBK", "UTF-8"]),
    "file gone": (SPOILT, file_gone, ["targets.csv"]),
    "no targets": ([*OUT, "--plan", "zibo-99", "--data", "DATA"], plan_without_targets, ["zibo-99"]),
    "no input": (["assess", "NOWHERE.csv"], None, ["NOWHERE.csv"]),
    "explain what is not": (["explain", "--out", "OUT", "--plan", "zibo-15"], None, ["zibo-15", "zibo-13"]),
    "explain spoilt data": (["explain", "--data", "DATA"], file_gone, ["targets.csv"]),
    "no time": ([*PLAN, "--time-limit", "0"], None, ["--time-limit"]),
    "time that is no number": ([*PLAN, "--time-limit", "nan"], None, ["--time-limit", "nan", "900"]),
    "batch of nothing": (["batch", "--out", "OUT"], None, ["--areas", "--all"]),
    "batch of what is not": (["batch", "--out", "OUT", "--areas", "atlantis"], None, ["atlantis", "zibo"]),
    "batch of another's plan": (
        ["batch", "--out", "OUT", "--areas", "zibo", "--plans", "china-13"], None, ["china-13", "zibo"],
    ),
    "failed only at first": (
        ["batch", "--out", "OUT", "--areas", "zibo", "--failed-only"], None, ["--failed-only", "batch.json"],
    ),
    "unknown rule": (["assess", "FILE", "--rule", "mine"], None, ["mine", "schedule"]),
}  # fmt: skip
TABLES = {"letter in a number", "duplicated key"}
"""Cases whose answer is a table; the others are one sentence."""

C_LOCALE_TOO = ("GBK", "unknown plan")

RIGHT = {
    "check": ["check"],
    "help": ["--help"],
    "report --help": ["report", "--help"],
    "lab --help": ["lab", "--help"],
    "assess": ["assess", "SERIES"],
    "explain": ["explain", "--plan", "zibo-13", "--as-of", "2020-08-10", "--out", "NEW"],
    "debug": ["--debug", "report", "--plan", "zibo-15"],
    "check in C": ["check"],
    "assess in C": ["assess", "SERIES"],
}

OWN_PROCESS = {"unknown plan", "explain", "debug", *(name for name in RIGHT if name.endswith(" in C")),
               *(f"{name} in C" for name in C_LOCALE_TOO)}  # fmt: skip
"""What is called as a person calls it; the others in this process, through the same entry point."""

SERIES = """id,base_year,base_value,current_year,current_value,target_year,target_value,direction
研发强度,2015,2.14,2018,2.63,2020,2.7,up
"""


@pytest.fixture(scope="module")
def answers(data_dir, root, tmp_path_factory):
    """Name → (process, folder of its own)."""

    def call(name: str) -> tuple[subprocess.CompletedProcess[str], Path]:
        folder = tmp_path_factory.mktemp("call")
        base = name.removesuffix(" in C")
        arguments, spoiler, _ = WRONG.get(base, (RIGHT.get(name, RIGHT.get(base)), None, None))
        out = folder / "OUT"
        out.mkdir()
        for kept in KEPT:
            (out / kept).write_bytes(GOOD)
        (folder / "FILE").write_text("a file")
        (folder / "EMPTY").mkdir()
        (folder / "SERIES").write_text(SERIES, "utf-8")
        if spoiler is not None:
            copy = Path(shutil.copytree(data_dir, folder / "DATA"))
            # The panel of the provinces is not spoilt; a few of its rows keep the checks quick.
            panel = copy / "reference" / "observations.csv"
            panel.write_bytes(b"".join(panel.read_bytes().splitlines(keepends=True)[:20]))
            spoiler(copy)
        if name not in OWN_PROCESS:
            return command.call(*arguments, cwd=folder), folder
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)}
        if name.endswith(" in C"):
            environment |= C_LOCALE
        done = subprocess.run(
            [sys.executable, "-m", "zbanalysis", *arguments],
            cwd=folder, env=environment, capture_output=True, check=False, timeout=600,
        )  # fmt: skip
        done.stdout, done.stderr = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        return done, folder

    names = [*WRONG, *RIGHT, *(f"{name} in C" for name in C_LOCALE_TOO)]
    return {name: call(name) for name in names}


WRONG_CALLS = [*WRONG, *(f"{name} in C" for name in C_LOCALE_TOO)]


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_wrong_use_ends_with_2_and_says_what_would_be_right(answers, name):
    done, _ = answers[name]
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for word in WRONG[name.removesuffix(" in C")][2]:
        assert word in done.stderr


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_wrong_use_is_answered_by_one_sentence_or_one_table(answers, name):
    said = answers[name][0].stderr.strip()
    lines = said.splitlines()
    assert lines[0].startswith("zbanalysis: ")
    if name in TABLES:
        assert "nothing was done" in lines[0]
        assert lines[1].split() == ["file", "row", "column", "value", "what", "would", "be", "right"]
        assert 3 <= len(lines) <= 4  # a repeated key may be told of by cell and by row
    else:
        assert len(lines) == 1
        assert said.endswith(".")
        assert "Errno" not in said


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_wrong_use_leaves_the_last_good_report_and_nothing_half_written(answers, name):
    _, folder = answers[name]
    assert sorted(path.name for path in (folder / "OUT").rglob("*")) == sorted(KEPT)
    assert {(folder / "OUT" / kept).read_bytes() for kept in KEPT} == {GOOD}
    assert (folder / "FILE").read_text() == "a file"
    own = {"OUT", "FILE", "EMPTY", "SERIES", "DATA"}
    assert {path.name for path in folder.iterdir()} <= own


def test_a_table_names_file_row_column_value_and_what_would_be_right(answers):
    line = answers["letter in a number"][0].stderr.strip().splitlines()[2]
    assert line.split()[:4] == ["observations.csv", "2", "value", "2.6E3x"]
    assert "number" in line
    row = answers["duplicated key"][0].stderr.strip().splitlines()[2]
    assert row.startswith("plans.csv  6")


@pytest.mark.parametrize("name", ["check", "check in C"])
def test_check_says_on_one_screen_what_the_data_hold(answers, name):
    done, _ = answers[name]
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 24
    assert lines[-1] == "All checks passed."
    for word in ("areas", "indicators", "observations", "sources", "zibo-13", "zibo-14", "china-13"):
        assert word in done.stdout


def test_help_lists_the_commands_and_each_option(answers):
    overall = answers["help"][0]
    assert overall.returncode == 0
    assert all(
        f"  {command}" in overall.stdout
        for command in ("check", "report", "explain", "batch", "assess", "lab")
    )
    shown = answers["report --help"][0].stdout
    options = ("--plan", "--as-of", "--lang", "--out", "--data", "--kind", "--since", "--time-limit")
    assert all(option in shown for option in options)
    assert answers["lab --help"][0].returncode == 0
    assert "JupyterLab" in answers["lab --help"][0].stdout


def test_a_page_of_a_received_folder_runs_neither_its_settings_nor_its_edited_cells(tmp_path, monkeypatch):
    """Voilà looks for voila.py and voila.json in the current folder."""
    started = []
    monkeypatch.setattr(os, "execv", lambda _, command: started.append((Path.cwd(), command)))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: True)
    monkeypatch.chdir(tmp_path)
    call = ["lab", "--page", "--folder", str(tmp_path / "mine")]
    assert CliRunner().invoke(cli, call).exit_code == 0
    ((place, command),) = started
    assert tmp_path not in (place, *place.parents)
    assert command[1:4] == ["-P", "-m", "voila"]
    copy = tmp_path / "mine" / own.FIRST
    book = json.loads(copy.read_text("utf-8"))
    book["cells"][-1]["source"] = "print(1)"
    copy.write_text(json.dumps(book), "utf-8")
    done = CliRunner().invoke(cli, call)
    assert (done.exit_code, len(started)) == (2, 1)
    assert "--edited" in done.output
    assert CliRunner().invoke(cli, [*call, "--edited"]).exit_code == 0
    assert len(started) == 2


def test_explain_says_of_each_step_why_it_would_run_and_writes_nothing(answers):
    done, folder = answers["explain"]
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "zibo-13_2020-08-10"
    assert [line.split()[0] for line in lines[1:]] == [*jobs.PLAN_NOTEBOOKS, "result", "zh", "en"]
    assert all("would run: not made yet" in line for line in lines[1:])
    assert not (folder / "NEW").exists()


@pytest.mark.parametrize("name", ["assess", "assess in C"])
def test_assess_judges_a_file_of_ones_own(answers, name):
    done, _ = answers[name]
    assert (done.returncode, done.stderr) == (0, "")
    header, row = done.stdout.lstrip("\ufeff").splitlines()[:2]
    assert header.endswith("rule,score,status,reason")
    assert row.startswith("研发强度,2015,2.14")
    # 87.5 % done after 60 % of the time: 27.5 points ahead.
    assert ",schedule," in row
    assert ",ahead," in row


def test_debug_shows_where_it_happened(answers):
    done, _ = answers["debug"]
    assert done.returncode != 0
    assert "Traceback (most recent call last)" in done.stderr
    assert "zibo-15" in done.stderr


def test_the_coded_results_are_a_workbook_that_is_asked_for():
    assert reports._formats(None, None, "xlsx, results") == ("xlsx", "results.xlsx")
    assert reports.of_volumes(("pdf", "results.xlsx"), "annex") == ("annex.pdf", "results.xlsx")
    with pytest.raises(
        InputError, match="'result' is not known; name some of pdf, xlsx, docx, html, results"
    ):
        reports._formats(None, None, "result")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_an_output_that_is_full_is_one_sentence(data_dir):
    with Path("/dev/full").open("wb") as full:
        command = [
            sys.executable,
            "-P",
            "-m",
            "zbanalysis",
            "explain",
            "--plan",
            "zibo-13",
            "--data",
            str(data_dir),
        ]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot be written (No space left on device)" in done.stderr
