"""The ready schedules: what they call exists, the units are right, only one job may write."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from zbanalysis.cli import cli
from zbanalysis.runs import notify

COMMAND = re.compile(r"\S*python\S* -m zbanalysis (.+)")
SHELL = re.compile(r"\s*(?:>>|&&|\|).*")
PAGES = ["docs/schedules.md", "docs/schedules.zh.md"]


def command_lines(text: str) -> list[list[str]]:
    """The words of each ``python -m zbanalysis`` line, commented out or not, less redirections."""
    found = (SHELL.sub("", line.split("`")[0]) for line in COMMAND.findall(text))
    return [shlex.split(line.partition(" #")[0].strip('"')) for line in found]


def problem(words: list[str]) -> str:
    """What click would say of a command line, or nothing."""
    command = cli.commands.get(words[0])
    if command is None:
        return f"no command {words[0]}"
    if any("…" in word for word in words):
        return ""
    try:
        command.make_context(words[0], list(words[1:]), resilient_parsing=False).close()
    except click.ClickException as error:
        return error.format_message()
    return ""


@pytest.fixture(scope="module")
def files(root: Path) -> dict[str, str]:
    paths = [
        path for path in sorted((root / "schedules").rglob("*")) if path.is_file() and path.suffix != ".pyc"
    ]
    paths += [root / ".github/workflows/reports.yml", *(root / page for page in PAGES)]
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}


def test_every_command_line_is_one_that_click_takes(files: dict[str, str]) -> None:
    lines = [(name, words) for name, text in files.items() for words in command_lines(text)]
    assert {name for name, _ in lines} >= {
        "schedules/crontab", "schedules/windows.cmd", "schedules/systemd/zbanalysis-report.service",
        "schedules/systemd/zbanalysis-batch.service", *PAGES,
    }  # fmt: skip
    wrong = [f"{name}: {shlex.join(words)}: {problem(words)}" for name, words in lines if problem(words)]
    assert wrong == []


@pytest.mark.parametrize("line", ["batches --all", "report --nofity x", "report --time-limit soon"])
def test_a_wrong_command_line_would_be_found(line: str) -> None:
    [words] = command_lines(f"30 2 * * *  cd x && .venv/bin/python -m zbanalysis {line} >>log 2>&1")
    assert words == line.split()
    assert problem(words)


def test_the_environment_variables_named_exist(root: Path, files: dict[str, str]) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (root / "zbanalysis").rglob("*.py"))
    named = {name for text in files.values() for name in re.findall(r"ZBANALYSIS_[A-Z_]+", text)}
    assert notify.VARIABLE in named
    assert {name for name in named if f'"{name}"' not in code} == set()


def test_both_languages_of_the_page_show_the_same_commands(files: dict[str, str]) -> None:
    def shown(page: str) -> list[str]:
        blocks = re.findall(r"(?m)^    (\S.*)$", files[page])
        return [line.partition("  #")[0].rstrip() for line in blocks]

    assert shown(PAGES[0]) == shown(PAGES[1])
    assert len(shown(PAGES[0])) > 10


def test_the_folder_lists_its_files(root: Path, files: dict[str, str]) -> None:
    listed = files["schedules/README.md"]
    assert [
        path.name for path in (root / "schedules").rglob("*")
        if path.is_file() and path.name != "README.md" and path.suffix != ".pyc"
        and path.name not in listed and f"{path.stem}.service`, `.timer" not in listed
    ] == []  # fmt: skip


# --- systemd and cron ---


@pytest.fixture
def units(root: Path, tmp_path: Path) -> list[Path]:
    """The units as they would be installed, with this Python in place of the one at home."""
    for path in sorted((root / "schedules/systemd").iterdir()):
        text = path.read_text("utf-8").replace("%h/zbanalysis/.venv/bin/python", sys.executable)
        (tmp_path / path.name).write_text(
            text.replace("WorkingDirectory=%h/zbanalysis", f"WorkingDirectory={root}"), "utf-8"
        )
    return sorted(tmp_path.iterdir())


def settings(path: Path) -> dict[str, str]:
    return dict(
        line.split("=", 1) for line in path.read_text("utf-8").splitlines() if re.match(r"[A-Z]\w+=", line)
    )


def test_units_say_what_a_night_needs(units: list[Path]) -> None:
    assert len(units) == 4
    for path in units:
        found = settings(path)
        if path.suffix == ".timer":
            assert found["Persistent"] == "true"
            assert {"OnCalendar", "RandomizedDelaySec"} <= set(found)
            assert path.with_suffix(".service") in units
        else:
            assert (found["Type"], found["KillMode"]) == ("oneshot", "control-group")
            assert {"TimeoutStartSec", "Nice"} <= set(found)
            # A stop must leave time for one attempt at a notification.
            assert int(found["TimeoutStopSec"]) > notify.TIMEOUT


def verify(units: list[Path], place: Path) -> str:
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(place)}
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *map(str, units)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    if "Failed to initialize manager" in done.stderr:
        pytest.skip("systemd-analyze cannot work here")
    return done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_systemd_takes_the_units(units: list[Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    assert verify(units, tmp_path_factory.mktemp("run")) == ""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_a_wrong_unit_would_be_found(units: list[Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    timer = next(path for path in units if path.suffix == ".timer")
    timer.write_text(timer.read_text("utf-8").replace("RandomizedDelaySec", "RandomDelaySec"), "utf-8")
    assert "RandomDelaySec" in verify(units, tmp_path_factory.mktemp("run"))


def test_cron_lines_have_five_times_and_no_percent_sign(root: Path) -> None:
    text = (root / "schedules/crontab").read_text("utf-8")
    lines = [line.removeprefix("# ") for line in text.splitlines() if "-m zbanalysis" in line]
    assert len(lines) == 2
    for line in lines:
        assert re.match(r"[0-9]+ [0-9]+ \* \* \*  cd ", line)
        assert "%" not in line  # cron takes it for the end of the line


# --- GitHub ---


@pytest.fixture(scope="module")
def workflow(files: dict[str, str]) -> dict:
    return yaml.safe_load(files[".github/workflows/reports.yml"])


def steps(workflow: dict) -> Iterator[tuple[str, dict]]:
    for name, job in workflow["jobs"].items():
        yield from ((name, step) for step in job["steps"])


def test_the_workflow_runs_each_night_and_when_data_change(workflow: dict) -> None:
    when = workflow[True]  # YAML reads `on` as true
    assert when["push"] == {"branches": ["main"], "paths": ["data/**"]}
    assert re.fullmatch(r"\d+ \d+ \* \* \*", when["schedule"][0]["cron"])
    assert "workflow_dispatch" in when


def test_only_the_job_that_runs_no_package_may_write(workflow: dict) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["report"]
    assert workflow["jobs"]["propose"]["permissions"] == {"contents": "write", "pull-requests": "write"}
    made = [step for name, step in steps(workflow) if name == "propose"]
    assert not [step for step in made if re.search(r"\b(make|pip|uv|\.venv)\b", step.get("run", ""))]
    assert not [
        step for name, step in steps(workflow) if name == "report" and "GH_TOKEN" in step.get("env", {})
    ]


def test_actions_are_pinned_and_what_runs_exists(workflow: dict, root: Path) -> None:
    """By the whole hash of a commit, which nobody can move as a tag is moved; one hash for each action."""
    pinned: dict[str, set[str]] = {}
    for path in (root / ".github/workflows").glob("*.yml"):
        for line in re.findall(r"uses: (.*)", path.read_text("utf-8")):
            found = re.fullmatch(r"(actions/[a-z-]+)@([0-9a-f]{40})  # v\d+\.\d+\.\d+", line)
            assert found, line
            pinned.setdefault(found[1], set()).add(found[2])
    assert pinned["actions/checkout"]
    assert [name for name, hashes in pinned.items() if len(hashes) > 1] == []
    for _, step in steps(workflow):
        for script in re.findall(r"python3 (\S+)", step.get("run", "")):
            assert (root / script).is_file()
