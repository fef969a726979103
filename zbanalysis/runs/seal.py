"""A command that has nothing to do knows so before anything heavy is imported.

After a command whose reports are all current, a seal is kept: what it was asked, a fingerprint
of everything it hangs on (data, program, notebooks, template, lock), and of every file it left.
The next command like it compares these; any difference, and it looks closely, step by step.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from zbanalysis.data import files
from zbanalysis.errors import ZbError

_PROGRAM = (".py", ".yml", ".csv", ".json")
_DATA = (".csv", ".md", ".json")


class Seal:
    """The seal of one command.

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
        wanted = json.dumps([str(folder.resolve()), asked], sort_keys=True)
        self._path = out / "runs" / ".seals" / f"{hashlib.sha256(wanted.encode()).hexdigest()[:16]}.json"
        # Taken now: what changes while the command runs must not count as seen by it.
        self._key = _key(folder, others)

    def unbroken(self) -> list[Path] | None:
        """The files of the last command like this if nothing has changed since, else None."""
        try:
            content = json.loads(self._path.read_bytes())
            files = {self._out / name: digest for name, digest in content["files"].items()}
            if content["key"] != self._key or not files:
                return None
            return list(files) if all(_digest(path) == digest for path, digest in files.items()) else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, made: Iterable[Path]) -> None:
        """Seal these files of the folder as current; that it cannot be kept is no failure."""
        content = {"key": self._key, "files": {path.name: _digest(self._out / path.name) for path in made}}
        with suppress(OSError, ZbError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            files.write(self._path, json.dumps(content, sort_keys=True, ensure_ascii=False).encode("utf-8"))


def _key(folder: Path, others: Iterable[Path]) -> str:
    """Fingerprint of all that any report hangs on."""
    program = [path for path in (files.ROOT / "zbanalysis").rglob("*") if path.suffix in _PROGRAM]
    program += [*files.NOTEBOOKS.glob("*.ipynb"), *files.TEMPLATE.glob("*.typ")]
    data = [path for path in folder.rglob("*") if path.suffix in _DATA]
    digest = hashlib.sha256(f"{platform.python_version()} {os.environ.get('ZBANALYSIS_FONTS', '')}".encode())
    for path in sorted([*program, *data, files.ROOT / "requirements.txt", *others]):
        digest.update(f"{path}\0{_digest(path)}\0".encode())
    return digest.hexdigest()


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
