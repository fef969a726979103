"""Write a file whole or not at all: what a killed run leaves behind is the last good file."""

from __future__ import annotations

import os
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
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file to write.")
    if not path.parent.is_dir():
        raise InputError(f"The folder {path.parent} does not exist; create it or name another file.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            # Without this a power cut may leave the new name on an empty file.
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ZbError(f"{path} cannot be written ({error.strerror or error}); name another place.") from error
    finally:
        part.unlink(missing_ok=True)
