"""The workflows of GitHub and the pipeline of GitLab: their steps are read from the files and run as written.

A job runs in a fresh clone with the real make and Makefile.  Only the environment's Python is a stand-in,
which takes the cheapest true form of what a target runs: the report of `small_report`, the tests collected
and not run, no notebook remade.  GitHub's own actions are done by hand; ``gh`` and ``apt-get`` write down
what they were asked.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_report as small
import yaml

GITHUB, GITLAB = (".github/workflows/reports.yml", ".github/workflows/tests.yml"), ".gitlab-ci.yml"
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", ".cache", "__pycache__", ".pytest_cache", ".ruff_cache", "made", "build", "lab"
)

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "git", "make"))), reason="there is no bash, git or make"
)

PYTHON = f"""#!{sys.executable}
import os, pathlib, sys

def real(*words):
    os.execv({sys.executable!r}, [{sys.executable!r}, *words])

kind, name, *given = sys.argv[1:]
if name == "zbanalysis":
    real({small.__file__!r}, os.environ["ZB_SMALL"], *given, "--plan", {small.PLAN!r}, "--lang", "zh")
if name == "zbanalysis.runs.committed":
    from zbanalysis.runs import committed
    assert committed.main and not given
    book = pathlib.Path("notebooks/first_steps.ipynb")
    book.write_text(book.read_text("utf-8") + "\\n", "utf-8")
elif name == "pytest":
    paths = [one for one in given if not one.startswith("-")][2:]  # after two options' values
    real("-m", "pytest", "--collect-only", "-qq", *given, *([] if paths else ["tests/test_architecture.py"]))
elif kind == "-c":
    real(kind, name, *given)
else:  # a checker, which need not be installed here
    sys.exit(0 if name in ("ruff", "numpydoc") and all(map(os.path.exists, given[2:])) else 1)
"""
"""In place of the environment's."""

CALLS = """#!/bin/sh
echo "$0 $*" >>"$ZB_CALLS"
"""
"""In place of a program that acts on the world."""


class Machine:
    """A repository with a remote, and what a job finds on a machine of GitHub or GitLab."""

    def __init__(self, place: Path, root: Path) -> None:
        self.place, self.calls = place, place / "calls"
        self.calls.touch()
        for name, text in {"gh": CALLS, "apt-get": CALLS, "python": PYTHON}.items():
            self.program(place / "bin" / name, text)
        (place / "bin/python3").symlink_to(sys.executable)
        self.small = place / "small"
        self.small.mkdir()
        small.prepare(self.small)
        seed = shutil.copytree(root, place / "seed", ignore=LEFT_BEHIND)
        self.remote = place / "remote.git"
        self.bash(place, f"git init -q --bare -b main {self.remote}")
        who = "-c user.name=a -c user.email=a@b.cn"
        self.bash(seed, f"git init -q -b main; git add -A; git {who} commit -qm begin")
        self.bash(seed, f"git push -q {self.remote} main")

    @staticmethod
    def program(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(0o755)

    def bash(self, where: Path, script: str, **more: str) -> str:
        """Run lines as a runner does: the first that fails ends them."""
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "ZB_CALLS": str(self.calls)}
        path = f"{self.place / 'bin'}{os.pathsep}{os.environ['PATH']}"
        small_one = {**small.environment(self.small), "ZB_SMALL": str(self.small)}
        environment = {**small_one, **quiet, "PATH": path, **more}
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=where, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def checkout(self, job: str) -> Path:
        """A fresh clone, with an environment that is newer than what it is made from."""
        clone = self.place / job
        self.bash(self.place, f"git clone -q {self.remote.as_uri()} {clone}")
        (clone / ".venv/bin").mkdir(parents=True)
        shutil.copy2(self.place / "bin/python", clone / ".venv/bin/python")
        for mark in (".installed", ".lint"):
            (clone / ".venv" / mark).touch()
        return clone


@pytest.fixture
def machine(tmp_path: Path, root: Path) -> Machine:
    return Machine(tmp_path, root)


def run_workflow(text: str, machine: Machine, only: str = "") -> dict[str, list[str]]:
    """Run the jobs of a workflow of GitHub in the order they stand in, or one; job → its shell steps."""
    ran: dict[str, list[str]] = {}
    for name, job in yaml.safe_load(text)["jobs"].items():
        if only and name != only:
            continue
        assert only or {job.get("needs", name)} <= {*ran, name}
        clone, temp, ran[name] = None, machine.place / f"temp-{name}", []
        temp.mkdir()
        for step in job["steps"]:
            told = step.get("with", {}).items()
            given = {key: str(value).replace("${{ runner.temp }}", str(temp)) for key, value in told}
            action = step.get("uses", "").partition("@")[0]
            if action == "actions/checkout":
                clone = machine.checkout(name)
            elif action == "actions/upload-artifact":
                assert any((clone / given["path"]).iterdir())
                shutil.copytree(clone / given["path"], machine.place / "artifacts" / given["name"])
            elif action == "actions/download-artifact":
                shutil.copytree(machine.place / "artifacts" / given["name"], given["path"])
            elif "run" in step:
                environment = {**job.get("env", {}), **step.get("env", {})}
                known = {key: re.sub(r"\$\{\{.*?\}\}", "", value) for key, value in environment.items()}
                machine.bash(clone, step["run"], RUNNER_TEMP=str(temp), **known)
                ran[name].append(step["run"])
            else:
                assert action == "actions/setup-python", action
    return ran


def run_pipeline(text: str, machine: Machine, only: str = "") -> dict[str, list[str]]:
    """Run the jobs of GitLab's pipeline, or one, and keep their artifacts; job → its shell lines."""
    read, ran = yaml.safe_load(text), {}
    for name, job in read.items():
        if "script" not in job or (only and name != only):
            continue
        clone, lines = machine.checkout(name), [*read["default"]["before_script"], *job["script"]]
        machine.bash(clone, "\n".join(lines), **read["variables"])
        for path in job.get("artifacts", {}).get("paths", ()):
            shutil.copytree(clone / path, machine.place / "artifacts" / name)
        ran[name] = job["script"]
    return ran


def kept(machine: Machine, name: str) -> list[str]:
    """The files of an artifact."""
    place = machine.place / "artifacts" / name
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def test_the_nightly_workflow_makes_gathers_and_proposes(root: Path, machine: Machine) -> None:
    ran = run_workflow((root / GITHUB[0]).read_text("utf-8"), machine)
    assert ran["notebooks"] == ["make test ARGS=notebooks"]
    made = kept(machine, "reports")
    assert [path for path in made if path.startswith("reports/")] == [
        f"reports/published/zibo-13_2022-04-19{end}" for end in (".json", "_zh.docx", "_zh.pdf", "_zh.xlsx")
    ]
    committed = sorted(path.name for path in (root / "notebooks").glob("*.ipynb"))
    assert [path.name for path in map(Path, made) if path.parent.name == "notebooks"] == committed
    assert "gh pr create --base main --head reports/update" in machine.calls.read_text("utf-8")
    changed = machine.bash(machine.remote, "git diff --name-only main reports/update").splitlines()
    assert changed == ["notebooks/first_steps.ipynb", *(path for path in made if path.startswith("reports/"))]


def test_the_workflow_of_each_push_runs(root: Path, machine: Machine) -> None:
    ran = run_workflow((root / GITHUB[1]).read_text("utf-8"), machine)
    assert ran == {"test": ["make test"], "lint": ["make lint"]}


def test_the_pipeline_runs_and_keeps_the_reports(root: Path, machine: Machine) -> None:
    ran = run_pipeline((root / GITLAB).read_text("utf-8"), machine)
    assert list(ran) == ["test", "lint", "notebooks", "reports"]
    assert ran["notebooks"] == ["make test ARGS=notebooks"]
    assert kept(machine, "reports") == [
        f"zibo-13_2022-04-19{end}" for end in (".json", "_zh.docx", "_zh.pdf", "_zh.xlsx")
    ]
    assert re.search(r"apt-get install .*\bmake git", machine.calls.read_text("utf-8"))


@pytest.mark.parametrize(
    ("file", "job", "right", "wrong"),
    [
        (GITHUB[0], "report", "make report", "make reports"),
        (GITHUB[0], "report", "mkdir made/notebooks", "mkdir made/notebook"),
        (GITHUB[0], "notebooks", "ARGS=notebooks", "ARGS=notebook"),
        (GITHUB[0], "propose", '"$RUNNER_TEMP/made"', '"$RUNNER_TEMP"'),
        (GITHUB[0], "propose", "schedules/propose", "schedule/propose"),
        (GITHUB[1], "lint", "make lint", "make lnt"),
        (GITLAB, "reports", "pdf,xlsx,docx,html", "pdf,xls"),
        (GITLAB, "reports", "paths: [made/reports]", "paths: [made/report]"),
    ],
)
def test_a_broken_step_fails(
    file: str, job: str, right: str, wrong: str, root: Path, machine: Machine
) -> None:
    text = (root / file).read_text("utf-8")
    assert text.count(right) == 1
    given = machine.place / "artifacts/reports"
    if job == "propose":
        shutil.copytree(root / "notebooks", given / "notebooks")
        machine.program(given / "reports/published/zibo-13_2022-04-19.json", "{}")
    run = run_pipeline if file == GITLAB else run_workflow
    if job == "propose":
        run(text, machine, job)
        shutil.rmtree(machine.place / job)
        shutil.rmtree(machine.place / f"temp-{job}")
    with pytest.raises((AssertionError, FileNotFoundError)):
        run(text.replace(right, wrong), machine, job)


def test_both_run_on_a_schedule_and_test_each_push(root: Path) -> None:
    nightly, push = (yaml.safe_load((root / name).read_text("utf-8"))[True] for name in GITHUB)
    assert nightly["schedule"]  # YAML reads `on` as true
    assert "push" in push
    pipeline = yaml.safe_load((root / GITLAB).read_text("utf-8"))
    for job, source in (("test", "push"), ("reports", "schedule"), ("notebooks", "schedule")):
        assert any(f'"{source}"' in rule["if"] for rule in pipeline[job]["rules"])
