"""Notebooks run in the test's own process: the results of a kernel in a fraction of the time."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import nbformat
from filelock import FileLock

from zbanalysis.data import files
from zbanalysis.report import results
from zbanalysis.runs import jobs


def run(notebook: Path, given: Mapping[str, str], result: Path) -> None:
    """Run the code cells of a notebook with these parameters; what it publishes is in ``result``."""
    space: dict[str, object] = {}
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code":
            source = "\n".join(line for line in cell.source.splitlines() if not line.startswith("%"))
            exec(compile(ast.parse(source), notebook.name, "exec"), space)
            if "parameters" in cell.metadata.get("tags", []):
                space |= {**given, "result": str(result)}
    assert notebook.stem in results.read(result)["sections"]


def plan_result(place: Path, plan: str, day: str) -> dict:
    """The result file of a plan's notebooks on the shipped data, without a manifest; made once in ``place``."""
    file = place / f"{plan}_{day}.json"
    with FileLock(place / f"{file.name}.lock"):
        if not file.exists():
            made = place / f"{file.stem}.part.json"
            for stem in jobs.PLAN_NOTEBOOKS:
                run(files.NOTEBOOKS / f"{stem}.ipynb", {"plan": plan, "as_of": day}, made)
            made.replace(file)
    return results.read(file)
