"""Propose newly made reports and notebooks as a pull request; where nothing changed, do nothing.

    python3 schedules/propose_reports.py MADE

``MADE`` holds ``reports/published/`` and ``notebooks/``.  Runs in a clone of the repository with git,
GitHub's ``gh`` and its GH_TOKEN, and with Python alone: no package that made the reports is near the
token that may write.  There is one proposal at a time, renewed as long as it is not merged.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

BRANCH = "reports/update"
PUBLISHED = Path("reports/published")
NOTEBOOKS = Path("notebooks")
TITLE = "Reports made again"
AUTHOR = (
    "-c",
    "user.name=github-actions[bot]",
    "-c",
    "user.email=41898282+github-actions[bot]@users.noreply.github.com",
)


def main(made: Path) -> str:
    """Bring the proposal in line with what was made; says in a line what was done."""
    base = run("git", "branch", "--show-current")
    before = results()
    take(made)
    number = run("gh", "pr", "list", "--head", BRANCH, "--base", base, "--state", "open",
                 "--json", "number", "--jq", ".[].number")  # fmt: skip
    if staged_as("HEAD"):
        return withdraw(number) if number else "nothing changed"
    if number and already_proposed():
        return f"already proposed in #{number}"
    body = describe(before, results())
    run("git", *AUTHOR, "commit", "--quiet", "--message", TITLE, "--message", body)
    run("git", "push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{BRANCH}")
    if number:
        run("gh", "pr", "edit", number, "--body", body)
        return f"renewed #{number}"
    return run("gh", "pr", "create", "--base", base, "--head", BRANCH, "--title", TITLE, "--body", body)


def take(made: Path) -> None:
    """Put what was made in its place and stage it; reports that are no longer made go."""
    shutil.rmtree(PUBLISHED, ignore_errors=True)
    shutil.copytree(made / PUBLISHED, PUBLISHED)
    for notebook in sorted((made / NOTEBOOKS).glob("*.ipynb")):
        shutil.copyfile(notebook, NOTEBOOKS / notebook.name)
    run("git", "add", "--all", "--force", str(PUBLISHED))  # reports are ignored elsewhere
    run("git", "add", str(NOTEBOOKS))


def staged_as(commit: str) -> bool:
    """Are reports and notebooks the same as in a commit?"""
    command = ["git", "diff", "--cached", "--quiet", commit, "--", str(PUBLISHED), str(NOTEBOOKS)]
    return subprocess.run(command, check=False).returncode == 0


def already_proposed() -> bool:
    """Does the branch of the open proposal hold the same?"""
    run("git", "fetch", "--quiet", "--depth=1", "origin", BRANCH)
    return staged_as("FETCH_HEAD")


def withdraw(number: str) -> str:
    """Close a proposal that nothing is left of."""
    run("gh", "pr", "close", number, "--comment", "The reports are again as they are published.")
    run("git", "push", "--quiet", "origin", "--delete", BRANCH)
    return f"nothing changed; closed #{number}"


def results() -> dict[str, dict]:
    """The published result files by plan, without how they were made."""
    found = {}
    for path in sorted(PUBLISHED.glob("*.json")):
        sections = json.loads(path.read_text("utf-8")).get("sections", {})
        found[path.stem.rpartition("_")[0]] = {"file": path.stem, "sections": sections}
    return found


def describe(before: Mapping[str, dict], now: Mapping[str, dict]) -> str:
    """What changed, a line for each plan."""
    lines = []
    for plan in sorted({*before, *now}):
        if plan not in now:
            lines.append(f"- {before[plan]['file']}: no longer made")
        elif plan not in before:
            lines.append(f"- {now[plan]['file']}: new")
        else:
            tables = changed_tables(before[plan]["sections"], now[plan]["sections"])
            what = f"figures changed in {', '.join(tables)}" if tables else "the same figures"
            lines.append(f"- {now[plan]['file']}: {what}")
    last = "Where the figures are the same, only the program, the wording or a notebook's picture changed."
    return "\n".join([*lines, "", last])


def changed_tables(before: Mapping[str, dict], now: Mapping[str, dict]) -> list[str]:
    """Tables and facts that differ, as ``notebook: table, table``."""
    found = []
    for notebook in sorted({*before, *now}):
        old, new = (one.get(notebook, {}) for one in (before, now))
        pairs = [(old.get("tables", {}), new.get("tables", {})), (old.get("facts", {}), new.get("facts", {}))]
        names = sorted(
            {name for then, since in pairs for name in {*then, *since} if then.get(name) != since.get(name)}
        )
        if names:
            found.append(f"{notebook} ({', '.join(names)})")
    return found


def run(*command: str) -> str:
    """What a command prints; stops the program where it fails."""
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ).stdout.strip()


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1]).resolve()) + "\n")
