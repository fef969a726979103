"""The proposal of new reports: one pull request where something changed, none where nothing did."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GH = """#!{python}
import json, pathlib, sys
state = pathlib.Path({state!r})
open_prs = json.loads(state.read_text())
call, options = sys.argv[1:3], sys.argv[3:]
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if call == ["pr", "list"]:
    print("\\n".join(map(str, open_prs)))
elif call == ["pr", "create"]:
    state.write_text("[7]")
    print("https://github.example/pull/7")
elif call == ["pr", "close"]:
    assert options[0] == "7"
    state.write_text("[]")
elif call != ["pr", "edit"]:
    sys.exit(1)
"""
"""Stands in for GitHub's command: knows which pull requests are open and writes down what it was asked."""


class Hosted:
    """A repository with a remote, and a folder of made reports; a night is a fresh clone and a run of the script."""

    def __init__(self, place: Path, root: Path) -> None:
        self.place, self.script = place, root / "schedules/propose_reports.py"
        self.made, self.log, self.remote = place / "made", place / "calls", place / "remote.git"
        (place / "state").write_text("[]")
        self.log.touch()
        gh = place / "bin" / "gh"
        gh.parent.mkdir()
        gh.write_text(GH.format(python=sys.executable, state=str(place / "state"), log=str(self.log)))
        gh.chmod(0o755)
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        self.environment = {**os.environ, **quiet, "PATH": f"{gh.parent}{os.pathsep}{os.environ['PATH']}"}
        seed = place / "seed"
        (seed / "notebooks").mkdir(parents=True)
        (seed / "notebooks/01.ipynb").write_text("old notebook")
        (seed / ".gitignore").write_text("reports/**/*.pdf\n")
        self.git(place, "init", "--quiet", "--bare", "--initial-branch=main", str(self.remote))
        self.git(seed, "init", "--quiet", "--initial-branch=main")
        self.git(seed, "add", ".")
        self.git(seed, "-c", "user.name=a", "-c", "user.email=a@b.cn", "commit", "--quiet", "-m", "begin")
        self.git(seed, "push", "--quiet", self.remote.as_uri(), "main")

    def git(self, where: Path, *words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=where, env=self.environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    def make(self, day: str, value: int, key: str = "k1", notebook: str = "old notebook") -> None:
        """Reports of a synthetic plan, as the first job of the workflow leaves them."""
        shutil.rmtree(self.made, ignore_errors=True)
        (self.made / "reports/published").mkdir(parents=True)
        (self.made / "notebooks").mkdir()
        (self.made / "notebooks/01.ipynb").write_text(notebook)
        tables = {"progress": {"rows": [[value]]}, "history": {"rows": [[1]]}}
        content = {"manifest": {"key": key}, "sections": {"01_indicators": {"tables": tables, "facts": {}}}}
        (self.made / f"reports/published/city-1_{day}.json").write_text(json.dumps(content))
        (self.made / f"reports/published/city-1_{day}_zh.pdf").write_text(f"%PDF {value} {key}")

    def night(self) -> str:
        clone = self.place / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        self.git(
            self.place, "clone", "--quiet", "--depth=1", "--branch=main", self.remote.as_uri(), str(clone)
        )
        done = subprocess.run(
            [sys.executable, str(self.script), str(self.made)],
            cwd=clone, env=self.environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def merge(self) -> None:
        self.git(self.remote, "update-ref", "refs/heads/main", "refs/heads/reports/update")
        (self.place / "state").write_text("[]")

    def tip(self) -> str:
        return self.git(self.remote, "for-each-ref", "--format=%(objectname)", "refs/heads/reports/update")

    def asked(self, call: str) -> list[list[str]]:
        calls = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [words for words in calls if words[1] == call]


@pytest.fixture
def hosted(tmp_path: Path, root: Path) -> Hosted:
    if not shutil.which("git"):
        pytest.skip("there is no git")
    return Hosted(tmp_path, root)


def test_figures_that_changed_are_proposed_once(hosted: Hosted) -> None:
    hosted.make("2022-01-01", 5, notebook="new notebook")
    assert hosted.night() == "https://github.example/pull/7"
    [create] = hosted.asked("create")
    assert create[create.index("--base") + 1] == "main"
    assert create[create.index("--head") + 1] == "reports/update"
    assert "- city-1_2022-01-01: new" in create[create.index("--body") + 1]
    files = hosted.git(hosted.remote, "ls-tree", "-r", "--name-only", "reports/update").splitlines()
    assert files == [
        ".gitignore", "notebooks/01.ipynb", "reports/published/city-1_2022-01-01.json",
        "reports/published/city-1_2022-01-01_zh.pdf",
    ]  # fmt: skip
    tip = hosted.tip()
    assert hosted.night() == "already proposed in #7"
    assert hosted.tip() == tip
    assert len(hosted.asked("create")) == 1


def test_nothing_changed_is_no_failure_and_no_proposal(hosted: Hosted) -> None:
    hosted.make("2022-01-01", 5)
    hosted.night()
    hosted.merge()
    assert hosted.night() == "nothing changed"
    assert len(hosted.asked("create")) == 1


def test_a_later_figure_renews_the_proposal_and_names_the_table(hosted: Hosted) -> None:
    hosted.make("2022-01-01", 5)
    hosted.night()
    hosted.merge()
    hosted.make("2023-01-01", 6)
    hosted.night()
    first = hosted.asked("create")[-1]
    assert (
        "- city-1_2023-01-01: figures changed in 01_indicators (progress)\n"
        in first[first.index("--body") + 1]
    )
    hosted.make("2023-01-01", 7)
    assert hosted.night() == "renewed #7"
    assert len(hosted.asked("create")) == 2
    assert len(hosted.asked("edit")) == 1
    kept = hosted.git(hosted.remote, "ls-tree", "-r", "--name-only", "reports/update", "reports")
    assert "2022" not in kept  # the report of the earlier day lives on in the history


def test_another_program_with_the_same_figures_is_told_as_such(hosted: Hosted) -> None:
    hosted.make("2022-01-01", 5)
    hosted.night()
    hosted.merge()
    hosted.make("2022-01-01", 5, key="k2")
    hosted.night()
    words = hosted.asked("create")[-1]
    assert "- city-1_2022-01-01: the same figures\n" in words[words.index("--body") + 1]


def test_a_change_taken_back_closes_the_proposal(hosted: Hosted) -> None:
    hosted.make("2022-01-01", 5)
    hosted.night()
    hosted.merge()
    hosted.make("2022-01-01", 6)
    hosted.night()
    hosted.make("2022-01-01", 5)
    assert hosted.night() == "nothing changed; closed #7"
    assert hosted.tip() == ""
    assert hosted.night() == "nothing changed"
