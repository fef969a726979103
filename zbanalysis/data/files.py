"""Where data, notebooks and reports are, and files written whole or not at all.

What a killed run leaves behind is the last good file.
"""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.errors import InputError, ZbError

if TYPE_CHECKING:
    import pandas as pd

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent
SHIPPED = "shipped"
"""Folder of the installed package with what stands beside it in a checkout."""


# Where things come from, and where a person's files go.
_FROM, _TO = (ROOT, ROOT) if (ROOT / "pyproject.toml").is_file() else (PACKAGE / SHIPPED, Path())
DATA = _FROM / "data"
NOTEBOOKS = _FROM / "notebooks"
TEMPLATE = _FROM / "reports" / "template"
REPORTS = _TO / "reports"
LAB = _TO / "lab"


_once: ContextVar[dict[Path, bytes] | None] = ContextVar("once", default=None)


@contextmanager
def each_once() -> Iterator[None]:
    """Inside, `read` opens a file once and remembers it: a command sees its data as of one moment."""
    token = _once.set({})
    try:
        yield
    finally:
        _once.reset(token)


def read(path: Path, most: int | None = None) -> bytes:
    """The content of a regular file of limited size.

    A pipe, a device or a folder in place of a file is refused rather than waited for.

    Raises
    ------
    InputError
        If it is not there, no regular file, larger than ``most`` bytes, or cannot be read.
    """
    from zbanalysis.data import limits  # late: most commands that print help read nothing

    most = most or limits.FILE_BYTES
    remembered = _once.get()
    if remembered is not None and path in remembered:
        return remembered[path]
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            about, content = os.fstat(handle), b""
            if stat.S_ISREG(about.st_mode) and about.st_size <= most:
                with open(handle, "rb", closefd=False) as file:
                    content = file.read(most + 1)
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; check the name and the folder.") from None
    except (OSError, ValueError) as error:  # a name that holds NUL is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read ({reason}); check the name and the rights.") from None
    if stat.S_ISDIR(about.st_mode):
        raise InputError(f"{path} is a folder; name a file in it.")
    if not stat.S_ISREG(about.st_mode):
        raise InputError(f"{path} is no regular file but a pipe or a device; copy its content to a file.")
    if about.st_size > most or len(content) > most:
        raise InputError(f"{path} has {about.st_size:,} bytes; {most:,} at most are read.")
    if remembered is not None:
        remembered[path] = content
    return content


def within(folder: Path, path: Path) -> Path:
    """A path below a folder, after links were followed: those that lead out of the folder are refused.

    Raises
    ------
    InputError
        If the path ends outside of the folder.
    """
    try:
        end = path.resolve()
    except (OSError, RuntimeError):  # until Python 3.13 a circle of links is a RuntimeError
        raise InputError(
            f"{path} is a link that leads to itself; put the file or folder itself in its place."
        ) from None
    if not end.is_relative_to(folder.resolve()):
        raise InputError(
            f"{path} is a link that leads out of {folder}; put the file or folder itself in its place."
        )
    return path


def folder(place: Path, option: str = "--out") -> Path:
    """A folder of the user's, made when it is not there; as a whole path, for kernels start elsewhere.

    Raises
    ------
    InputError
        If it is a file, or lies below one.
    ZbError
        If it cannot be made.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"{option} {place} is a file, or lies below one; name a folder.") from None
    except OSError as error:
        reason = error.strerror or error
        raise ZbError(f"{option} {place} cannot be made ({reason}); name another place.") from None
    return place.resolve()


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
        with _named(path):
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
    with _named(path), part.open("wb") as file:
        file.write(content)
        file.flush()
        # Without this a power cut may leave the new name on an empty file.
        os.fsync(file.fileno())


# --- several files at one moment ---

PENDING, LOCK = ".import.new", ".import.lock"
"""Files that are to take their places in the folder, and what keeps two writers apart."""

_WAIT = 60  # seconds


def together(folder: Path, content: Mapping[str, bytes]) -> None:
    """Replace several files of a folder at one moment; the caller holds the folder's lock.

    They are written into a folder beside them, which then takes the name `PENDING`: until then nothing has
    changed, from then on the new files count, and whoever reads next puts them in their places (`settle`)
    if this was stopped.  Where one cannot take its place, those before it are put back.

    Raises
    ------
    ZbError
        If a file cannot be written.
    """
    if not content:
        return
    import shutil

    part, pending = folder / f"{PENDING}.part", folder / PENDING
    old = {name: read(folder / name) if (folder / name).exists() else None for name in content}
    try:
        with _named(folder):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
        for name, one in content.items():
            _write(folder / name, part / name, one)
        with _named(folder):
            part.replace(pending)
        _finish(folder)
    except BaseException:
        for name, before in old.items():
            if pending.is_dir() and not (pending / name).exists():
                (folder / name).unlink() if before is None else write((folder / name).resolve(), before)
        shutil.rmtree(pending, ignore_errors=True)
        shutil.rmtree(part, ignore_errors=True)
        raise


def _finish(folder: Path) -> None:
    pending = folder / PENDING
    for one in sorted(pending.iterdir()) if pending.is_dir() else ():
        place = within(folder, folder / one.name).resolve()  # a link stays a link
        with _named(place):
            one.replace(place)
    with suppress(FileNotFoundError):
        pending.rmdir()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else changes the folder; what a stopped writer left is put in its place first.

    Raises
    ------
    TimeoutError
        If somebody else keeps it for a minute.
    """
    from filelock import FileLock

    # Beside the files, where colleagues on a shared drive meet it; a killed writer frees it.
    with FileLock(folder.resolve() / LOCK, timeout=_WAIT):
        _finish(folder)
        yield


def settle(folder: Path) -> None:
    """Put in their places the files of a writer that was stopped.

    Raises
    ------
    InputError
        If this user may not write there.
    """
    if not (folder / PENDING).is_dir():
        return
    try:
        with alone(folder):
            pass
    except (OSError, ZbError):
        raise InputError(
            f"An import into {folder} was stopped before its end; run it again, as one who may write there."
        ) from None


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ZbError(f"{path} cannot be written ({error.strerror or error}); name another place.") from error


def write_table(frame: pd.DataFrame, path: str | os.PathLike[str] | None, *, escape: bool = True) -> None:
    r"""Write a frame as CSV, whole or not at all.

    Parameters
    ----------
    frame
        Written without its index; floats with the fewest digits that read back the same, NaN and
        None as an empty cell.
    path
        Where to; ``None`` or ``"-"`` is standard output.  UTF-8 without byte order mark, lines end
        in ``\n``.  The text goes to a temporary file beside, which then takes the name, so that a
        killed run leaves the old file or the new one.
    escape
        Put an apostrophe before texts that a spreadsheet would take for a formula; without it cells
        are written as they are, as in the tables of a data folder.

    Raises
    ------
    InputError
        The folder is missing, or the path is a folder.
    ZbError
        The file cannot be written (permission, full disk).

    Examples
    --------
    >>> import pandas as pd
    >>> write_table(pd.DataFrame({"id": ["a"], "score": [0.1]}), "-")
    id,score
    a,0.1
    """
    content = as_csv(_escaped(frame) if escape else frame)
    if path is None or os.fspath(path) == "-":
        _to_stdout(content)
        return
    path = Path(path)
    if path.exists() and not path.is_file() and not path.is_dir():  # a pipe, /dev/null: it cannot be replaced
        with _named(path):
            path.write_bytes(content)
    else:
        write(path.resolve(), content)  # resolved, so that a link stays a link


def as_csv(frame: pd.DataFrame) -> bytes:
    """A frame as CSV, its cells as they are: UTF-8, no index, one newline a line."""
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8")


def _escaped(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts that a spreadsheet would run as formulas, made plain texts; names of columns too."""
    from zbanalysis.data import limits

    numeric = "iufbMm"

    def plain(cell: object) -> object:
        return f"'{cell}" if isinstance(cell, str) and limits.is_formula(cell) else cell

    out = frame.set_axis([plain(name) for name in frame.columns], axis=1)
    for place in range(out.shape[1]):
        column = out.iloc[:, place]
        if column.dtype.kind not in numeric:
            cells = [plain(cell) for cell in column]
            if any(one is not other for one, other in zip(cells, column, strict=True)):
                out.isetitem(place, cells)
    return out


def _to_stdout(content: bytes) -> None:
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:  # a notebook's stream takes text only
        sys.stdout.write(content.decode("utf-8"))
        return
    binary.write(content)  # UTF-8 whatever the terminal's own encoding
    binary.flush()
