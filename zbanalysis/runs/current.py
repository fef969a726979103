"""What was kept of making something, and whether it is current.

Beside whatever is made lies a record of its fingerprint (see `fingerprint`) and of what came.  It is current
if the fingerprint is still the same and the files are as they were written.  Notebooks, finished files and
whole commands are asked in the same way.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.data import files
from zbanalysis.errors import ZbError
from zbanalysis.report.words import BOTH
from zbanalysis.runs.fingerprint import Parts, digest, key, of_command, of_files, of_notebook

if TYPE_CHECKING:
    from zbanalysis.data import slices
    from zbanalysis.runs import jobs, store

FORMAT = 2
PAGE = "html"
"""The format of the one file that holds both languages."""


# --- records ---


@dataclass(frozen=True)
class Record:
    """Something that was made: the parts it was made from, and what it is."""

    parts: Mapping[str, Mapping]
    made: object


def read(path: Path) -> Record | None:
    """A record, or None where there is none that is whole."""
    try:
        content = json.loads(path.read_bytes())
        body = content["body"]
        if content["format"] != FORMAT or content["digest"] != key(body):
            return None
        return Record(body["parts"], body["made"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, record: Record) -> None:
    """Keep a record, whole or not at all."""
    body = {"parts": record.parts, "made": record.made}
    content = {"format": FORMAT, "digest": key(body), "body": body}
    files.write(path, json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8"))


# --- is it current? ---


def reasons(record: Record | None, now: Parts, folder: Path | None = None) -> tuple[str, ...]:
    """Why something is not current; empty where it is.

    Parameters
    ----------
    record
        What was kept of making it.
    now
        The parts it would be made from now.
    folder
        Where its files lie, if ``record.made`` is file → known digests.
    """
    if record is None or not record.parts:
        return ("not made yet in this folder, or its record is damaged",)
    found = tuple(changed(record.parts, now))
    if not found and folder is not None and not intact(record, folder):
        return ("a file is missing or is not as it was written",)
    return found


def intact(record: Record | None, folder: Path) -> bool:
    """Are the files of a record there, as they were written?"""
    if record is None or not isinstance(record.made, dict):
        return False
    return all(digest(folder / file) in known for file, known in record.made.items())


def changed(before: Mapping[str, Mapping], now: Mapping[str, Mapping]) -> list[str]:
    """What differs between two sets of parts, in words, a line for each part.

    Examples
    --------
    >>> changed({"parameters": {"plan": "'a'"}}, {"parameters": {"plan": "'b'"}})
    ["the parameter plan was 'a', is 'b'"]
    """
    lines = []
    for part in now:
        then = before.get(part, {})
        pieces = sorted({name for name in {*then, *now[part]} if then.get(name) != now[part].get(name)})
        if pieces:
            lines.append(_line(part, pieces, then, now[part]))
    return lines


def _line(part: str, pieces: list[str], then: Mapping, now: Mapping) -> str:
    if part == "parameters":
        return "; ".join(
            f"the parameter {name} was {then.get(name, 'not given')}, is {now.get(name, 'not given')}"
            for name in pieces
        )
    if part == "data":
        return f"data changed: {_listed(_places(pieces, then, now))}"
    if part == "notebook":
        return "the notebook changed"
    the = "the " if part in ("library", "template", "environment") else ""
    return f"{the}{part} changed: {_listed(pieces)}"


def _places(names: Iterable[str], then: Mapping, now: Mapping) -> list[str]:
    """Area and indicator where figures changed; else the file."""
    found = []
    for file in names:
        before, after = then.get(file) or {}, now.get(file) or {}
        if isinstance(after, str) or isinstance(before, str):
            found.append(file)
            continue
        pieces = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        found += [f"{file} ({name})" if name else file for name in pieces]
    return found


def _listed(names: list[str], most: int = 4) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


# --- a report ---


@dataclass(frozen=True)
class State:
    """What of a report is current: parts of its steps and files, and the reasons against each."""

    steps: Sequence[jobs.Step]
    parts: Mapping[str, Parts]
    stale: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Parts]
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
    """Which notebooks and files of a report are current; only looks, changes nothing.

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
    from zbanalysis.runs import jobs

    steps = jobs.steps(job, folder)
    parts = {step.notebook: of_notebook(step.path, step.parameters, step.files) for step in steps}
    stale = {name: why for name, now in parts.items() if (why := reasons(shelf.step(name), now))}
    records = {part: shelf.finished(part) for part in ("result", *languages, BOTH)}
    # The web page is one file of both languages, whatever language is asked for.
    own = {part: [one for one in formats if (one == PAGE) == (part == BOTH)] for part in (*languages, BOTH)}
    wanted = {part: _formats(records[part], asked) for part, asked in own.items()}
    records = {part: record for part, record in records.items() if wanted.get(part, True)}
    made = {part: of_files(job, parts, part, before, wanted.get(part, ())) for part in records}
    unfinished = {part: why for part, now in made.items() if (why := reasons(records[part], now, shelf.out))}
    return State(steps, parts, stale, made, wanted, unfinished)


def _formats(record: Record | None, asked: Sequence[str]) -> tuple[str, ...]:
    there = [name.partition(".")[2] for name in record.made] if record else []
    return tuple(sorted({*asked, *there}))


# --- a whole command ---


COMMANDS = ".commands"
"""Folder of what is known of whole commands, beside those of the reports."""


class Command:
    """A command whose reports are all current knows so before anything heavy is imported.

    Parameters
    ----------
    out
        Folder of its reports.
    folder
        Its data folder.
    asked
        Its options, as JSON values.
    others
        Further files that it reads.
    """

    def __init__(self, out: Path, folder: Path, asked: object, others: Iterable[Path] = ()) -> None:
        self._out = out
        name = key([os.fsencode(folder.resolve()).hex(), asked])
        self._path = out / "runs" / COMMANDS / f"{name}.json"
        # Taken now: what changes while the command runs must not count as seen by it.
        self._parts = of_command(folder, others)

    def current(self) -> list[Path]:
        """The files of the last command like this, if nothing has changed since."""
        record = read(self._path)
        if reasons(record, self._parts, self._out):
            return []
        return [self._out / name for name in record.made]

    def keep(self, made: Iterable[Path]) -> None:
        """Keep that these files of the folder are current; that it cannot be kept is no failure."""
        with suppress(OSError, ZbError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write(self._path, Record(self._parts, {path.name: [digest(path)] for path in made}))
