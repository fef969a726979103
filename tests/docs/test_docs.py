"""The documentation and the command line say the same: nothing undocumented, nothing invented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import library_page
import pytest

from zbanalysis import __main__ as command_line

COMMAND = r"(?m:^|&&|\$) *(?:\S*/)?(?:python3? -m zbanalysis|zbanalysis)"
"""How a command line begins, in a block of code or between backquotes."""

PLACEHOLDER = re.compile(r"[….A-Z\[<{]")


def root_group() -> click.Group:
    """The command line as click knows it, whether or not `main` wraps it."""
    groups = {id(one): one for one in vars(command_line).values() if isinstance(one, click.Group)}
    below = {id(sub) for group in groups.values() for sub in group.commands.values()}
    roots = [group for key, group in groups.items() if key not in below]
    assert len(roots) == 1, "zbanalysis.__main__ should hold one click group"
    return roots[0]


def commands() -> dict[str, click.Command]:
    return dict(root_group().commands)


def long_options(command: click.Command) -> list[str]:
    shown = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    return [name for one in shown for name in (*one.opts, *one.secondary_opts) if name.startswith("--")]


@pytest.fixture(scope="module")
def documents(root: Path) -> dict[str, str]:
    """README and everything in docs/, by path."""
    paths = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    assert paths[0].is_file(), "there is no README.md"
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}


def code(text: str) -> str:
    """What a text sets as code: fenced and indented blocks, what stands between backquotes, line by line."""
    fence = r"(?ms)^ *```[^\n]*\n(.*?)^ *```"
    fenced, rest = re.findall(fence, text), re.sub(fence, "", text)
    indented = re.findall(r"(?m)^(?: {4}|\t)(.*)$", rest)
    inline = [" ".join(piece.split()) for piece in re.findall(r"`([^`]+)`", rest)]
    return "\n".join([*fenced, *indented, *inline]).replace("\\\n", " ")


def used_in(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command line shown in a text: the command and its long options."""
    for line in re.findall(rf"{COMMAND} +([^\n]+)", code(text)):
        words = line.partition(" #")[0].split()
        yield words[0], re.findall(r"(?<!\S)\[?(--[a-z][a-z-]*)", " ".join(words[1:]))


def test_there_are_commands() -> None:
    assert {"check", "report"} <= set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_command_is_documented(name: str, documents: dict[str, str]) -> None:
    shown = {used for text in documents.values() for used, _ in used_in(text)}
    assert name in shown, f"write about `python -m zbanalysis {name}` in README.md or docs/"


@pytest.mark.parametrize(
    ("name", "option"),
    [(name, option) for name, command in sorted(commands().items()) for option in long_options(command)]
    + [("", option) for option in long_options(root_group())],
)
def test_option_is_documented(name: str, option: str, documents: dict[str, str]) -> None:
    pattern = rf"(?<![\w-]){re.escape(option)}(?![\w-])"
    assert any(re.search(pattern, text) for text in documents.values()), (
        f"write about {option} of `python -m zbanalysis {name}` in README.md or docs/"
    )


@pytest.mark.parametrize("name", sorted(commands()))
def test_command_explains_itself(name: str) -> None:
    command = commands()[name]
    assert (command.help or "").strip(), f"{name} has no help text"
    silent = [one.opts[0] for one in command.params if isinstance(one, click.Option) and not one.help]
    assert not silent, f"options of {name} without help: {silent}"


def test_the_library_page_is_made_from_the_docstrings(documents: dict[str, str]) -> None:
    assert documents["docs/library.md"] == library_page.library(), "run python tests/library_page.py"


def test_documents_invent_nothing(root: Path, documents: dict[str, str]) -> None:
    chinese = root / "README.zh.md"
    texts = documents | ({chinese.name: chinese.read_text("utf-8")} if chinese.is_file() else {})
    known = commands()
    common = {"--help", *long_options(root_group())}
    wrong = []
    for path, text in texts.items():
        for name, options in used_in(text):
            if PLACEHOLDER.match(name) or name.startswith("-"):
                continue
            if not re.fullmatch(r"[a-z][a-z-]*", name) or name not in known:
                wrong.append(f"{path}: zbanalysis {name}")
                continue
            wrong += [
                f"{path}: zbanalysis {name} {option}"
                for option in options
                if option not in common and option not in long_options(known[name])
            ]
    assert not wrong, "the documentation shows what the command line does not have: " + "; ".join(wrong)


def test_a_wrong_option_would_be_found() -> None:
    text = "```\n$ python -m zbanalysis report --plan zibo-14 \\\n    --langs zh  # both\n```\n"
    assert list(used_in(text)) == [("report", ["--plan", "--langs"])]
    assert list(
        used_in("then `zbanalysis assess [--rules all]` and `.venv/bin/python -m zbanalysis lab`")
    ) == [
        ("assess", ["--rules"]),
        ("lab", []),
    ]


def test_prose_is_no_command_line() -> None:
    text = "The zbanalysis library.\n\n    git clone … zbanalysis\n    cd zbanalysis && make report\n"
    assert list(used_in(text)) == []
