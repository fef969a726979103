"""Time of one report and of the batch of 32 areas, against papermill running the same notebooks.

Run: ``python benchmarks/runs.py [--areas N] [--only report|batch]``.  Side by side, one after the other:
papermill's command line in a loop, papermill's API in a loop (one process), ours with ordinary kernels
(``cold``), ours with forked ones (``warm``), ours without the pages, and ours again with nothing to do.
Papermill runs the notebooks only; ours also sets the pages, in both languages, as PDF, workbook and Word
file, unless it says otherwise.  Each time is that of the whole command, imports and all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from zbanalysis.data import package
from zbanalysis.data.files import NOTEBOOKS, ROOT
from zbanalysis.runs import jobs

PLAN, DAY = "zibo-13", "2020-08-10"
LEVELS = ("nation", "province")
TARGETS = (("command line", 1 / 10), ("API", 1 / 4))
"""Ours warm for the batch must take no more than this share of papermill's time."""

NOTHING_TO_DO = 1.5
"""Seconds that a run with nothing to do may take."""

_API = """
import json, sys, papermill
fixed = {"kernel_name": "python3", "cwd": sys.argv[1], "progress_bar": False}
for source, given, target in json.load(sys.stdin):
    papermill.execute_notebook(source, target, given, **fixed)
"""
_NOTEBOOKS_ONLY = """
import json, pathlib, sys
from zbanalysis.runs import batch, jobs, report
wanted = [jobs.Job(**one) for one in json.load(sys.stdin)]
entries = batch.run(wanted, report.source(), (), pathlib.Path(sys.argv[1]), lambda line: None)
sys.exit(any(entry.status == "failed" for entry in entries))
"""


def seconds(command: Sequence[str], stdin: str = "", **environment: str) -> float:
    """Wall-clock time of a command, which must succeed."""
    start = time.perf_counter()
    done = subprocess.run(
        command,
        input=stdin,
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[:6])} … failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - start


def told(job: jobs.Job) -> list[tuple[str, dict[str, str]]]:
    """The notebooks of a report with their parameters; they read the shipped data."""
    if not job.area:
        return [(name, {"plan": job.plan, "as_of": job.as_of}) for name in jobs.PLAN_NOTEBOOKS]
    plan = {"13_area_yardstick": {"plan": job.plan}}
    return [
        (name, {"area": job.area, "as_of": job.as_of, **plan.get(name, {})}) for name in jobs.AREA_NOTEBOOKS
    ]


def runs_of(wanted: Sequence[jobs.Job], place: Path) -> list[tuple[str, dict[str, str], str]]:
    """All notebook runs of some reports: notebook, parameters and the executed notebook, as text."""
    found = []
    for job in wanted:
        folder = place / job.name
        folder.mkdir(parents=True)
        for name, given in told(job):
            given = {**given, "result": str(folder / "result.json")}
            found.append((str(NOTEBOOKS / f"{name}.ipynb"), given, str(folder / f"{name}.ipynb")))
    return found


def command_line(wanted: Sequence[jobs.Job], place: Path) -> float:
    """Papermill's command, once for each notebook."""
    total = 0.0
    for source, given, target in runs_of(wanted, place):
        options = [part for name, value in given.items() for part in ("-r", name, value)]
        fixed = ["--cwd", str(NOTEBOOKS), "--kernel", "python3", "--no-progress-bar"]
        total += seconds([sys.executable, "-m", "papermill", source, target, *options, *fixed])
    return total


def api(wanted: Sequence[jobs.Job], place: Path) -> float:
    """Papermill's function, in one process."""
    return seconds([sys.executable, "-c", _API, str(NOTEBOOKS)], json.dumps(runs_of(wanted, place)))


def ours(task: Sequence[str], out: Path, kernels: str) -> float:
    """Our command."""
    return seconds([sys.executable, "-m", "zbanalysis", *task, "--out", str(out)], ZBANALYSIS_KERNELS=kernels)


def notebooks_only(wanted: Sequence[jobs.Job], out: Path) -> float:
    """Our notebooks and result files, without pages: what papermill does."""
    listed = json.dumps([asdict(job) for job in wanted])
    return seconds([sys.executable, "-c", _NOTEBOOKS_ONLY, str(out)], listed)


def side_by_side(title: str, wanted: Sequence[jobs.Job], task: Sequence[str]) -> dict[str, float]:
    """Measure each way of doing the same and print a table."""
    count = sum(len(told(job)) for job in wanted)
    sys.stdout.write(f"\n{title}: {len(wanted)} report(s), {count} notebooks\n")
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, measure in {
            "papermill, command line": lambda: command_line(wanted, place / "line"),
            "papermill, API": lambda: api(wanted, place / "api"),
            "ours, cold": lambda: ours(task, place / "cold", "cold"),
            "ours, warm": lambda: ours(task, place / "warm", ""),
            "ours, no pages": lambda: notebooks_only(wanted, place / "bare"),
            "ours, nothing to do": lambda: ours(task, place / "warm", ""),
        }.items():
            times[name] = measure()
            sys.stdout.write(f"  {name:<25} {times[name]:8.1f} s{shares(times, name)}\n")
            sys.stdout.flush()
    return times


def shares(times: Mapping[str, float], name: str) -> str:
    """A time as shares of papermill's two."""
    found = [
        f"{times[name] / times[other]:6.3f} of the {what}"
        for what, other in _papermill(times)
        if other != name
    ]
    return "".join(f"   {one}" for one in found)


def _papermill(times: Mapping[str, float]) -> list[tuple[str, str]]:
    return [(what, f"papermill, {what}") for what, _ in TARGETS if f"papermill, {what}" in times]


def verdicts(one: Mapping[str, float], batch: Mapping[str, float]) -> list[str]:
    """Each target with what was measured."""
    lines = [
        _verdict(
            f"batch against papermill's {what}", batch["ours, warm"] / batch[f"papermill, {what}"], most, ""
        )
        for what, most in TARGETS
        if batch
    ]
    for title, times in (("report", one), ("batch", batch)):
        if times:
            lines.append(
                _verdict(f"{title}, nothing to do", times["ours, nothing to do"], NOTHING_TO_DO, " s")
            )
    return lines


def _verdict(what: str, measured: float, most: float, unit: str) -> str:
    return f"{what}: {measured:.3f}{unit}, at most {most:g}{unit}: {'met' if measured <= most else 'MISSED'}"


def main() -> None:
    """Print the times, their ratios, and whether the targets are met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--areas", type=int, default=32, help="how many areas in the batch")
    parser.add_argument("--only", choices=["report", "batch"])
    chosen = parser.parse_args()
    dataset = package.load()
    known = dataset.areas[dataset.areas["level"].isin(LEVELS)]["area"]
    areas = [area for area in jobs.areas_with_figures(dataset) if area in set(known)][: chosen.areas]
    one = batch = {}
    if chosen.only != "batch":
        task = ["report", "--plan", PLAN, "--as-of", DAY]
        one = side_by_side(f"One report, {PLAN} of {DAY}", [jobs.of_plan(dataset, PLAN, DAY)], task)
    if chosen.only != "report":
        task = ["batch", "--areas", ",".join(areas), "--plans", "none"]
        batch = side_by_side(
            f"Batch of {len(areas)} areas", [jobs.of_area(dataset, area, None) for area in areas], task
        )
    sys.stdout.write("\n" + "\n".join(verdicts(one, batch)) + "\n")


if __name__ == "__main__":
    main()
