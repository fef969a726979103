"""What of a report is current, and what speaks against the rest: only looks, changes nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zbanalysis.data import slices
from zbanalysis.data.files import TEMPLATE
from zbanalysis.runs import execution, jobs, store

_PAGES = ("zbanalysis.report.rendering",)
"""Code that turns a result file into files."""


@dataclass(frozen=True)
class State:
    """What of a report is current: parts of its steps and files, and the reasons against each."""

    steps: Sequence[jobs.Step]
    parts: Mapping[str, execution.Parts]
    stale: Mapping[str, tuple[str, ...]]
    files: Mapping[str, execution.Parts]
    formats: Mapping[str, tuple[str, ...]]
    unfinished: Mapping[str, tuple[str, ...]]


def state(
    job: jobs.Job,
    folder: slices.Folder,
    languages: Sequence[str],
    before: Mapping | None,
    shelf: store.Store,
    formats: Sequence[str],
) -> State:
    """Which notebooks and files of a report are current.

    Parameters
    ----------
    job
        As for `report.build`.
    folder
        The data folder, from `slices.read`.
    languages
        As for `report.build`.
    before
        Result file of an earlier report that this one is compared with, or None.
    shelf
        Where the report lies.
    formats
        Formats that are asked for; one that was made before is kept current too, so that no
        Word file is older than the PDF beside it.
    """
    steps = jobs.steps(job, folder)
    parts = {step.notebook: execution.of_notebook(step.path, step.parameters, step.files) for step in steps}
    stale = {}
    for notebook, now in parts.items():
        why = _why(shelf.step(notebook), now)
        if why:
            stale[notebook] = why
    records = {part: shelf.finished(part) for part in ("result", *languages)}
    wanted = {lang: _formats(records[lang], formats) for lang in languages}
    files = {part: _file_parts(job, parts, part, before, wanted.get(part, ())) for part in records}
    unfinished = {}
    for part, now in files.items():
        record = records[part]
        why = _why(record, now)
        if not why and not shelf.intact(record):
            why = ("a file is missing or is not as it was written",)
        if why:
            unfinished[part] = why
    return State(steps, parts, stale, files, wanted, unfinished)


def _formats(record: execution.Record | None, asked: Sequence[str]) -> tuple[str, ...]:
    there = [name.partition(".")[2] for name in record.made] if record else []
    return tuple(sorted({*asked, *there}))


def _why(record: execution.Record | None, now: execution.Parts) -> tuple[str, ...]:
    if record is None or not record.parts:
        return ("not made yet in this folder, or its record is damaged",)
    return tuple(execution.changed(record.parts, now))


def _file_parts(
    job: jobs.Job,
    parts: Mapping[str, execution.Parts],
    part: str,
    before: Mapping | None,
    formats: Sequence[str],
) -> execution.Parts:
    """What the finished files hang on: the keys of the notebooks and, for pages, what sets them."""
    notebooks = {notebook: execution.key(one) for notebook, one in parts.items()}
    if part == "result":
        return {"results": notebooks}
    found = templates()
    return {
        "results": notebooks,
        "library": execution.used_by(_PAGES),
        "template": {name: hashlib.sha256(content).hexdigest()[:12] for name, content in found.items()},
        "parameters": {"kind": job.kind, "since": execution.key(before) if before else ""},
        "formats": dict.fromkeys(formats, "asked for"),
        "fonts": {"folder": os.environ.get("ZBANALYSIS_FONTS", "")},
    }


def templates() -> dict[str, bytes]:
    """The files of the page's template, by name."""
    return {path.name: path.read_bytes() for path in sorted(TEMPLATE.glob("*.typ"))}
