"""What `check` says of a right folder: one screen, with a command to copy; made-up folders."""

import re
import shlex
import subprocess
import sys

import made_up
import pytest
from click.testing import CliRunner

from zbanalysis.cli import cli
from zbanalysis.entry import folder
from zbanalysis.errors import width


def told(place, monkeypatch, lang="en"):
    monkeypatch.setenv("LC_ALL", {"zh": "C", "en": "zh_CN.UTF-8"}[lang])  # what is asked for goes first
    done = CliRunner().invoke(cli, ["check", "--data", str(place), "--lang", lang])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert len(lines) <= 24
    assert [line for line in lines if width(line) > 80 and "python -m" not in line] == []
    assert lines[-1] == {"zh": "检查通过。", "en": "All checks passed."}[lang]
    return done.stdout


def test_a_folder_of_one_language_is_told_of_in_it(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    folder.create(tmp_path / "云台县")
    for name in ("made_up", "云台县"):
        place = made_up.health(tmp_path / name) if name == "made_up" else tmp_path / name
        text = CliRunner().invoke(cli, ["check", "--data", str(place)]).stdout
        assert not re.search("[a-z]{3,} [a-z]{3,}", re.sub("python -m.*|/tmp.*", "", text)), text


def test_what_is_wrong_in_a_folder_is_told_in_its_language(tmp_path):
    place = made_up.health(tmp_path / "data")
    table = place / "observations.csv"
    lines = table.read_text("utf-8").splitlines()
    column = lines[0].split(",").index("value")
    cells = lines[1].split(",")
    table.write_text(
        "\n".join([lines[0], ",".join([*cells[:column], "abc", *cells[column + 1 :]]), *lines[2:]]), "utf-8"
    )
    zh, en = (
        CliRunner().invoke(cli, ["check", "--data", str(place), *more]) for more in ((), ("--lang", "en"))
    )
    assert (zh.exit_code, en.exit_code) == (2, 2)
    assert "observations.csv  2 value  abc  “abc”不是数字" in zh.output
    assert "a plain number such as 2.63" in en.output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_part_of_the_report_has_a_line_and_what_lacks_is_named(tmp_path, monkeypatch, lang):
    text = told(made_up.health(tmp_path / "data"), monkeypatch, lang)
    parts = {line[2] for line in text.splitlines() if re.match(r"  [+-] ", line)}
    assert parts == {"+", "-"}
    assert len(re.findall(r"(?m)^  [+-] ", text)) == 7
    # Of 27 targets, smoking has one figure and the new beds one of a span.
    assert re.search(r"25( of |／)27.*15岁以上人群吸烟率", text)
    command = shlex.split(re.search("python -m zbanalysis (.*)", text)[1])
    assert command[:3] == ["report", "--data", str(tmp_path / "data")]


def test_without_a_figure_the_report_is_said_to_be_a_baseline(tmp_path, monkeypatch):
    place = made_up.health(tmp_path / "data")
    table = place / "observations.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    text = told(place, monkeypatch)
    assert "baseline" in text
    assert re.search(r"- figures after the base.* none", text)


def test_a_new_folder_is_told_to_fill_in_its_form(tmp_path, monkeypatch):
    folder.create(tmp_path / "云台 县")
    text = told(tmp_path / "云台 县", monkeypatch)
    command = shlex.split(re.search("python -m zbanalysis (.*)", text)[1])
    assert command == ["import", str(tmp_path / "云台 县" / "form.xlsx"), "--into", str(tmp_path / "云台 县")]


def test_of_several_plans_those_that_lack_something_are_told(data_dir, monkeypatch):
    text = told(data_dir, monkeypatch)
    assert re.search("The report of china-13 lacks: offices", text)


def test_a_check_loads_nothing_that_reads_or_writes_workbooks():
    code = "import sys, zbanalysis.entry.folder; print({'openpyxl', 'xlsxwriter'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "set()\n"
