"""A frame as CSV: shortest digits, quotes only where needed, whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from zbanalysis.data import atomic
from zbanalysis.errors import ZbError

QUOTED_MARKS = '",\n\r'  # a cell with one of them is written in quotes


def write_table(frame: pd.DataFrame, path: str | os.PathLike[str] | None) -> None:
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

    Raises
    ------
    InputError
        The folder is missing, or the path is a folder.
    ZbError
        The file cannot be written (permission, full disk).

    Examples
    --------
    >>> write_table(pd.DataFrame({"id": ["a"], "score": [0.1]}), "-")
    id,score
    a,0.1
    """
    text = _csv(frame)
    if path is None or os.fspath(path) == "-":
        _to_stdout(text)
        return
    path = Path(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        _to_device(path, text)
    else:
        atomic.write(path.resolve(), text.encode("utf-8"))  # resolved, so that a link stays a link


def _to_device(path: Path, text: str) -> None:
    """Write to what cannot be replaced: a pipe, /dev/stdout, /dev/null."""
    try:
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise ZbError(f"{path} cannot be written ({error.strerror or error}); name a file.") from error


def _to_stdout(text: str) -> None:
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:  # a notebook's stream takes text only
        sys.stdout.write(text)
        return
    binary.write(text.encode("utf-8"))  # UTF-8 whatever the terminal's own encoding
    binary.flush()


def _csv(frame: pd.DataFrame) -> str:
    columns = [_texts(frame.iloc[:, i]) for i in range(frame.shape[1])]
    header = ",".join(_quoted([str(name) for name in frame.columns]))
    return "\n".join([header, *map(",".join, zip(*columns, strict=True)), ""])


def _texts(column: pd.Series) -> list[str]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = np.array([*_texts(pd.Series(column.cat.categories)), ""], dtype=object)
        return words[column.cat.codes.to_numpy()].tolist()
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
        values = column.astype("float64").tolist()
        texts = list(map(repr, values))
        for i in np.flatnonzero(column.isna()).tolist():
            texts[i] = ""
        return texts
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iub":
        return list(map(str, column.tolist()))
    cells = column.tolist()
    if not isinstance(column.dtype, pd.StringDtype) or column.hasnans:  # else they are text already
        gone = column.isna().to_numpy()
        cells = ["" if missing else str(cell) for cell, missing in zip(cells, gone, strict=True)]
    return _quoted(cells)


def _quoted(cells: list[str]) -> list[str]:
    text = "".join(cells)
    if not any(mark in text for mark in QUOTED_MARKS):
        return cells
    return ['"' + c.replace('"', '""') + '"' if any(mark in c for mark in QUOTED_MARKS) else c for c in cells]
