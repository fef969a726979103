"""Everything that refers to what is not there is told at once, with file and row."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from zbanalysis.cli import cli
from zbanalysis.data import package
from zbanalysis.errors import DataError
from zbanalysis.evidence import audit


def spoil(path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_the_shipped_data_are_sound():
    assert audit.problems(package.load()) == []


def test_every_sort_of_wrong_reference_is_told_at_once(data_copy):
    spoil(data_copy / "statements.csv", "(rd_expenditure[2018]", "(rd_expenditurr[2018]")
    spoil(data_copy / "evidence.csv", "rd_subsidy_firms,2019", "rd_subsidy_firms,2098")
    spoil(data_copy / "course.csv", "2020-07-27,2020-07-31", "2020-07-27,2020-07-02")
    text = data_copy / "zibo-13" / "text" / "effects.zh.md"
    line = len(text.read_text("utf-8").splitlines()) + 1
    text.write_text(text.read_text("utf-8") + "{rd_intensity[2099]}\n", "utf-8")
    with pytest.raises(DataError) as told:
        audit.require(data_copy)
    found = {(problem.file, problem.value): problem for problem in told.value.problems}
    assert set(found) == {
        ("statements.csv", "rd_expenditurr[2018]"),
        ("evidence.csv", "rd_subsidy_firms, 2098"),
        ("course.csv", "2020-07-02"),
        ("zibo-13/text/effects.zh.md", "{rd_intensity[2099]}"),
    }
    assert found["zibo-13/text/effects.zh.md", "{rd_intensity[2099]}"].row == line
    assert "2018" in found["zibo-13/text/effects.zh.md", "{rd_intensity[2099]}"].expected


def test_the_command_refuses_with_exit_code_two(data_copy):
    spoil(
        data_copy / "zibo-13" / "text" / "cases.en.md",
        "{hightech_enterprises[2011]}",
        "{hightech_enterprises[1911]}",
    )
    made = CliRunner().invoke(cli, ["check", "--data", str(data_copy)])
    assert made.exit_code == 2
    assert "zibo-13/text/cases.en.md" in made.output
    assert "All checks passed" not in made.output
