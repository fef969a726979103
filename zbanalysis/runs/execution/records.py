"""What runs left behind: for each notebook its section and what it was made from; a damaged one is none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from zbanalysis.data import files

FORMAT = 1


@dataclass(frozen=True)
class Record:
    """One finished step: the parts it was made from (see `keys`) and what it made."""

    parts: Mapping[str, Mapping]
    made: object


def read(path: Path) -> Record | None:
    """A record, or None where there is none that is whole.

    Parameters
    ----------
    path
        A file written by `write`.
    """
    try:
        content = json.loads(path.read_bytes())
        body = content["body"]
        if content["format"] != FORMAT or content["digest"] != _digest(body):
            return None
        return Record(body["parts"], body["made"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, record: Record) -> None:
    """Keep a record, whole or not at all.

    Parameters
    ----------
    path
        Its file.
    record
        Parts and result, of JSON values.
    """
    body = {"parts": record.parts, "made": record.made}
    content = {"format": FORMAT, "digest": _digest(body), "body": body}
    files.write(path, json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8"))


def heal(folder: Path) -> None:
    """Remove what killed writers left in a folder: files that never got their name."""
    for path in folder.glob(".*.part"):
        with suppress(OSError):
            path.unlink()


def _digest(body: object) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()
