"""Every worked example of `docs/methods/` runs, and prints what the page says it prints."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
METHODS = sorted((ROOT / "docs" / "methods").glob("*.md"))
WITHOUT_EXAMPLE = {"measured.md"}
"""Pages of figures that were measured; `test_domain` and `benchmarks/` hold them."""

BLOCK = re.compile(r"(?ms)^```python\n(.*?)^```$")
FLAGS = doctest.NORMALIZE_WHITESPACE


def examples(text: str) -> list[doctest.Example]:
    """The examples of a page, in order, each with its line on the page."""
    found = []
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1))
        for example in doctest.DocTestParser().get_examples(block.group(1)):
            example.lineno += first
            found.append(example)
    return found


def failures(name: str, text: str) -> str:
    """What the examples of a page print otherwise than it says; they share their names, as a reader's session."""
    test = doctest.DocTest(examples(text), {"__name__": "__main__"}, name, name, 0, text)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=told.append)
    return "".join(told)


@pytest.mark.parametrize("path", METHODS, ids=lambda path: path.name)
def test_the_page_says_what_the_program_says(path: Path) -> None:
    problems = failures(path.name, path.read_text("utf-8"))
    if problems:
        pytest.fail(problems, pytrace=False)


@pytest.mark.parametrize("path", METHODS, ids=lambda path: path.name)
def test_a_method_has_a_worked_example(path: Path) -> None:
    text = path.read_text("utf-8")
    if path.name not in WITHOUT_EXAMPLE:
        assert "## Worked" in text
        assert any(example.want for example in examples(text)), f"{path.name} shows no result"
    blocks = BLOCK.findall(text)
    assert len(blocks) == text.count("```python"), f"{path.name}: a block of Python does not end"
    for block in blocks:
        assert any(example.want for example in doctest.DocTestParser().get_examples(block)), (
            f"{path.name}: a block of Python without a printed result proves nothing:\n{block}"
        )


PAGE = "# Page\n\n```python\n>>> 2 + 2\n{}\n```\n\n```python\n>>> four = 2 + 2\n>>> four * 2\n8\n```\n"


def test_a_wrong_figure_is_found() -> None:
    assert failures("page", PAGE.format(4)) == ""
    found = failures("page", PAGE.format(5))
    assert "line 4" in found.lower()
    assert "Expected:\n    5\nGot:\n    4" in found


def test_an_example_that_fails_is_found() -> None:
    assert "ZeroDivisionError" in failures("page", PAGE.replace("2 + 2", "2 / 0").format(4))
