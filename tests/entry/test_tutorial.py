"""The tutorial, followed step by step: every fenced command of the page, exactly as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import command
import docx
import openpyxl
import pytest

PAGES = ("tutorial.md", "tutorial.zh.md")
STEPS = {
    "tutorial.md": [
        "form-example.xlsx  a filled form to look at (Example City, all figures invented)",
        "All checks passed.",
        "Figures: 62 added, 0 replaced, 0 there already",
        "is in example-city already; nothing was changed",
        "written: ",
        "my-city is made",
    ],
    "tutorial.zh.md": [
        "填好的样表（示例市，数字均为虚构）",
        "检查通过。",
        "指标数值：新增 62 行，改正 0 行，已有 0 行",
        "没有改动",
        "written: ",
        "已建立数据目录 my-city",
    ],
}
"""What each command of a page says, among other things."""


def commands(root: Path, page: str) -> list[str]:
    """The fenced commands of a page, in their order."""
    text = (root / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"(?ms)^```\n(.*?)^```", text)
    return [line for block in blocks for line in block.splitlines() if line]


def run(root: Path, line: str, place: Path) -> str:
    """A command as a person types it, in the environment of the tests."""
    name, *arguments = shlex.split(line)
    assert name == "python"
    environment = {**os.environ, "PYTHONPATH": str(root), "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_both_languages_give_the_same_commands(root):
    english, chinese = (commands(root, page) for page in PAGES)
    assert [one.replace("--lang en", "--lang zh") for one in english] == chinese
    assert len(english) == len(STEPS["tutorial.md"])
    assert {shlex.split(one)[3] for one in english} == {"new", "check", "import", "report"}


@pytest.mark.slow
def test_the_tutorial_leads_to_the_report_of_the_city(root, tmp_path):
    for line, words in zip(commands(root, "tutorial.md"), STEPS["tutorial.md"], strict=True):
        assert words in run(root, line, tmp_path), line
    made = {path.name for path in (tmp_path / "example-city-report").iterdir()}
    name = "example-city-14_2025-03-25"
    assert {f"{name}_{lang}.{kind}" for lang in ("zh", "en") for kind in ("pdf", "xlsx", "docx")} <= made
    for lang, city, invented in (("zh", "示例市", "虚构数据"), ("en", "Example City", "invented data")):
        assert (tmp_path / "example-city-report" / f"{name}_{lang}.pdf").read_bytes().startswith(b"%PDF")
        text = words_of(tmp_path / "example-city-report" / f"{name}_{lang}.docx")
        assert city in text
        assert invented in text
        assert "placeholder" not in text.lower()
        assert "占位" not in text
        # A folder of one city has no panel, and the report does not count one of none.
        assert "0个省份" not in text
        assert "of 0 provinces" not in text
        for term in ("nan", "None", "NaN"):
            assert not re.search(rf"\b{term}\b", text)
    assert not (tmp_path / "example-city" / "reference").exists()
    form = openpyxl.load_workbook(tmp_path / "my-city" / "form.xlsx")
    assert [form["地区 Areas"].cell(3, place).value for place in (1, 2, 3)] == ["my-city", "我市", "My City"]


def words_of(path: Path) -> str:
    document = docx.Document(path)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_chinese_page_works_up_to_the_report(root, tmp_path):
    """The report itself is the same command as the English page's, and is made there."""
    for line, words in zip(commands(root, "tutorial.zh.md"), STEPS["tutorial.zh.md"], strict=True):
        if " report " not in line:
            done = command.call(*shlex.split(line)[3:], cwd=tmp_path, LC_ALL="zh_CN.UTF-8")
            assert (done.returncode, words in done.stdout) == (0, True), f"{line}\n{done.stdout}{done.stderr}"


def test_the_error_shown_on_the_pages_is_the_one_that_is_given(root, tmp_path):
    from zbanalysis.entry import folder, intake, problems

    folder.create(tmp_path / "example-city")
    book = openpyxl.load_workbook(tmp_path / "example-city" / "form-example.xlsx")
    book["指标数值 Figures"]["D3"] = "abc"
    book.save(tmp_path / "wrong.xlsx")
    for page, lang in zip(PAGES, ("en", "zh"), strict=True):
        with pytest.raises(problems.EntryError) as caught:
            intake.take_in(tmp_path / "wrong.xlsx", tmp_path / "example-city", lang)
        shown = "\n".join(f"    {line}" for line in str(caught.value).split("\n"))
        assert shown in (root / "docs" / page).read_text("utf-8"), shown
