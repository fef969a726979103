"""What was kept of making something, and whether it is current.

Beside whatever is made lies a record of its fingerprint (see `fingerprint`) and of what came.  It is current
if the fingerprint is still the same and the files are as they were written.  Notebooks, finished files and
whole commands are asked in the same way.

``{out}/{name}.json`` is the result file of a report, ``{out}/{name}_{lang}.pdf`` and so on its files.  In
``{out}/runs/{name}`` lie the executed notebooks, a record of each, and a record of the finished files.  All
is kept whole or not at all, one run at a time: a run that is killed leaves the last good report, and what it
had finished the next one need not do again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.data import files
from zbanalysis.errors import ZbError
from zbanalysis.report.words import BOTH
from zbanalysis.runs.fingerprint import Parts, digest, key, of_command, of_files, of_notebook

if TYPE_CHECKING:
    from zbanalysis.data import check
    from zbanalysis.runs import jobs

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
    changes = tuple(changed(record.parts, now))
    if not changes and folder is not None and not intact(record, folder):
        return ("a file is missing or is not as it was written",)
    return changes


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
    if part == "notebook":
        return "the notebook changed"
    the = "the " if part in ("library", "template", "environment") else ""
    return f"{the}{part} changed: {_listed(pieces)}"


def _listed(names: list[str], most: int = 4) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


# --- a report ---


@dataclass(frozen=True)
class State:
    """What of a report is current.

    Attributes
    ----------
    steps
        Its notebooks.
    parts, why
        Of each notebook, of the result file (``result``) and of the pages of each language (``both`` for
        the web page): the parts it is made from, and the reasons against what is there, none where it is
        current.
    formats
        Formats of the pages of each language.
    """

    steps: Sequence[jobs.Step]
    parts: Mapping[str, Parts]
    why: Mapping[str, tuple[str, ...]]
    formats: Mapping[str, tuple[str, ...]]


def state(
    job: jobs.Job, folder: check.Folder, languages: Sequence[str], before: Mapping | None, shelf: Store,
    formats: Sequence[str],
) -> State:  # fmt: skip
    """Which notebooks and files of a report are current; only looks, changes nothing.

    Parameters
    ----------
    job
        As for `report.build`.
    folder
        The data folder, from `jobs.read`.
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
    notebooks = {step.notebook: of_notebook(step.path, step.parameters, step.files) for step in steps}
    parts = notebooks | {"result": of_files(job, notebooks, "result", before, ())}
    records = {part: shelf.finished(part) for part in ("result", *languages, BOTH)}
    wanted = {}
    for part in (*languages, BOTH):
        there = {name.partition(".")[2] for name in records[part].made} if records[part] else set()
        # The web page is one file of both languages, whatever language is asked for.
        if asked := {one for one in formats if (one == PAGE) == (part == BOTH)} | there:
            wanted[part] = tuple(sorted(asked))
            parts[part] = of_files(job, notebooks, part, before, wanted[part])
    why = {
        part: reasons(shelf.step(part), now) if part in notebooks else reasons(records[part], now, shelf.out)
        for part, now in parts.items()
    }
    return State(steps, parts, why, wanted)


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


# --- where it lies ---


FINISHED = "finished"
"""Record of the finished files."""

_EDITABLE = (".docx", ".xlsx")
_LOCK_PATIENCE = 1.0


class Store:
    """The files of one report.

    Parameters
    ----------
    out
        From `files.folder`.
    name
        Of the report, such as ``zibo-13_2020-08-10``.
    """

    def __init__(self, out: Path, name: str) -> None:
        self.out, self.name = out, name
        self.runs = out / "runs" / name

    @contextmanager
    def open(self, say: Callable[[str], None]) -> Iterator[Path]:
        """An empty folder to work in, while no other run of this report does anything.

        Raises
        ------
        ZbError
            If the folder cannot be written.
        """
        from filelock import FileLock, Timeout

        work, lock = self.runs / ".work", FileLock(self.runs / ".lock")
        try:
            self.runs.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=_LOCK_PATIENCE)
            except Timeout:
                say(f"{self.name}: another run is making this report; waiting for it")
                lock.acquire()
            self._heal(work)
            yield work
        except OSError as error:  # a full disk may be met anywhere
            place = error.filename or self.runs
            raise ZbError(
                f"{place} cannot be used ({error.strerror or error}); name another --out."
            ) from error
        finally:
            if lock.is_locked:
                shutil.rmtree(work, ignore_errors=True)
                lock.release()

    def _heal(self, work: Path) -> None:
        """Remove what a killed run left."""
        shutil.rmtree(work, ignore_errors=True)
        commands = self.runs.with_name(COMMANDS)
        for place, left in ((self.out, f".{self.name}*.part"), (self.runs, ".*.part"), (commands, ".*.part")):
            for path in place.glob(left):
                with suppress(OSError):
                    path.unlink()
        work.mkdir()

    def step(self, notebook: str) -> Record | None:
        """Record of a notebook's last good run."""
        return read(self.runs / f"{notebook}.json")

    def keep_step(self, notebook: str, parts: Parts, section: Mapping, executed: bytes) -> None:
        """Keep a notebook's run: itself, executed, and its record."""
        files.write(self.runs / f"{notebook}.ipynb", executed)
        write(self.runs / f"{notebook}.json", Record(parts, section))
        (self.runs / f"{notebook}.failed.ipynb").unlink(missing_ok=True)

    def keep_failed(self, work: Path) -> dict[str, Path]:
        """Keep the notebooks that did not get to their end beside those that did; where each lies now."""
        kept = {}
        for partial in sorted(work.glob("*.ipynb")):
            target = self.runs / f"{partial.stem}.failed.ipynb"
            if not partial.with_suffix(".done").exists():
                with suppress(OSError, ZbError):
                    files.write(target, partial.read_bytes())
                    kept[str(partial)] = target
        return kept

    def finished(self, part: str) -> Record | None:
        """Record of the files of one part: ``result``, ``zh`` or ``en``."""
        return read(self.runs / f"{FINISHED}-{part}.json")

    def publish(
        self, made: Mapping[str, tuple[Parts, Mapping[str, bytes]]], say: Callable[[str], None]
    ) -> list[Path]:
        """Put the files of some parts in their places: all of them, or none where one cannot be written.

        A workbook or Word file that somebody edited is put aside, not overwritten.  The records
        are written before the files, with their old and new fingerprints, so that a run killed
        in between does not take its own file for an edited one; and again after.
        """
        made_files = {file: content for _, contents in made.values() for file, content in contents.items()}
        fresh = {file: hashlib.sha256(content).hexdigest() for file, content in made_files.items()}
        known: dict[str, list[str]] = {}
        with files.staged({self.out / file: content for file, content in made_files.items()}) as place:
            for part, (_, contents) in made.items():
                before = self.finished(part)
                old = before.made if before else {}
                known |= {file: sorted({*old.get(file, []), fresh[file]}) for file in contents}
                # No parts yet: should this run die now, the record counts for nothing but the fingerprints.
                write(self._record(part), Record({}, {file: known[file] for file in contents}))
            for file in made_files:
                self._put_aside(file, known[file], say)
                place(self.out / file)
        for part, (parts, contents) in made.items():
            write(self._record(part), Record(parts, {file: [fresh[file]] for file in contents}))
        return [self.out / file for file in made_files]

    def _record(self, part: str) -> Path:
        return self.runs / f"{FINISHED}-{part}.json"

    def _put_aside(self, file: str, known: list[str], say: Callable[[str], None]) -> None:
        path = self.out / file
        if path.suffix not in _EDITABLE or not path.is_file() or digest(path) in known:
            return
        number = 1
        while (aside := path.with_name(f"{path.stem}.edited-{number}{path.suffix}")).exists():
            number += 1
        path.rename(aside)
        say(f"{self.name}: {file} had been edited; it is kept as {aside.name}")
