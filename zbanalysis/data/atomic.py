"""Write a file whole or not at all: what a killed run leaves behind is the last good file."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from zbanalysis.errors import InputError, ZbError


def write(path: Path, content: bytes) -> None:
    """Write beside the final place, then take its name.

    Raises
    ------
    InputError
        If the folder is not there, or the path is a folder.
    ZbError
        If the file cannot be written (permission, full disk).
    """
    with staged({path: content}) as place:
        place(path)


@contextmanager
def staged(files: Mapping[Path, bytes]) -> Iterator[Callable[[Path], None]]:
    """Write several files beside their places; inside, each takes its name when it is called for.

    So a full disk is met before the first of them is replaced.  What was not called for is
    removed.

    Raises
    ------
    InputError, ZbError
        As `write`.
    """
    ending = f"{os.getpid()}-{threading.get_ident()}.part"
    parts = {path: path.with_name(f".{path.name}.{ending}") for path in files}

    def place(path: Path) -> None:
        with _told(path):
            parts[path].replace(path)

    try:
        for path, content in files.items():
            _write(path, parts[path], content)
        yield place
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _write(path: Path, part: Path, content: bytes) -> None:
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file to write.")
    if not path.parent.is_dir():
        raise InputError(f"The folder {path.parent} does not exist; create it or name another file.")
    with _told(path), part.open("wb") as file:
        file.write(content)
        file.flush()
        # Without this a power cut may leave the new name on an empty file.
        os.fsync(file.fileno())


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ZbError(f"{path} cannot be written ({error.strerror or error}); name another place.") from error
