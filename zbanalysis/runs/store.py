"""Where a report's files and records lie: kept whole or not at all, one run at a time.

``{out}/{name}.json`` is the result file, ``{out}/{name}_{lang}.pdf`` and so on the report.  In
``{out}/runs/{name}`` lie the executed notebooks, a record of each (see `current`), and a
record of the finished files.  A run that is killed leaves the last good report; what it had
finished the next one need not do again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError
from zbanalysis.runs import current
from zbanalysis.runs.fingerprint import Parts, digest

FINISHED = "finished"
"""Record of the finished files."""

_EDITABLE = (".docx", ".xlsx")
_LOCK_PATIENCE = 1.0


def folder(out: Path) -> Path:
    """The output folder, made when it is not there; whole, for kernels start elsewhere.

    Raises
    ------
    InputError
        If it is a file, or lies below one.
    ZbError
        If it cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"--out {out} is a file, or lies below one; name a folder.") from None
    except OSError as error:
        raise ZbError(
            f"--out {out} cannot be made ({error.strerror or error}); name another place."
        ) from None
    return out.resolve()


class Store:
    """The files of one report.

    Parameters
    ----------
    out
        From `folder`.
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

        try:
            self.runs.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.runs / ".lock")
            try:
                lock.acquire(timeout=_LOCK_PATIENCE)
            except Timeout:
                say(f"{self.name}: another run is making this report; waiting for it")
                lock.acquire()
        except OSError as error:
            raise ZbError(
                f"{self.runs} cannot be written ({error.strerror or error}); name another --out."
            ) from None
        work = self.runs / ".work"
        try:
            self._heal(work)
            yield work
        except OSError as error:  # a full disk may be met anywhere
            place = error.filename or self.runs
            raise ZbError(
                f"{place} cannot be used ({error.strerror or error}); name another --out."
            ) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
            lock.release()

    def _heal(self, work: Path) -> None:
        """Remove what a killed run left."""
        shutil.rmtree(work, ignore_errors=True)
        commands = self.runs.with_name(current.COMMANDS)
        parts = [place.glob(".*.part") for place in (self.runs, commands)]
        for path in chain(self.out.glob(f".{self.name}*.part"), *parts):
            with suppress(OSError):
                path.unlink()
        work.mkdir()

    def step(self, notebook: str) -> current.Record | None:
        """Record of a notebook's last good run."""
        return current.read(self.runs / f"{notebook}.json")

    def keep_step(self, notebook: str, parts: Parts, section: Mapping, executed: bytes) -> None:
        """Keep a notebook's run: itself, executed, and its record."""
        files.write(self.runs / f"{notebook}.ipynb", executed)
        current.write(self.runs / f"{notebook}.json", current.Record(parts, section))
        (self.runs / f"{notebook}.failed.ipynb").unlink(missing_ok=True)

    def keep_failed(self, work: Path) -> dict[str, Path]:
        """Keep the notebooks that did not get to their end beside those that did; where each lies now."""
        kept = {}
        for partial in sorted(work.glob("*.ipynb")):
            stem = partial.stem
            if (work / f"{stem}.done").exists():
                continue
            target = self.runs / f"{stem}.failed.ipynb"
            with suppress(OSError, ZbError):
                files.write(target, partial.read_bytes())
                kept[str(partial)] = target
        return kept

    def finished(self, part: str) -> current.Record | None:
        """Record of the files of one part: ``result``, ``zh`` or ``en``."""
        return current.read(self.runs / f"{FINISHED}-{part}.json")

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
                current.write(
                    self._record(part), current.Record({}, {file: known[file] for file in contents})
                )
            for file in made_files:
                self._put_aside(file, known[file], say)
                place(self.out / file)
        for part, (parts, contents) in made.items():
            current.write(
                self._record(part), current.Record(parts, {file: [fresh[file]] for file in contents})
            )
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
