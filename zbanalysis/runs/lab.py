"""Working copies of the notebooks, so that saving in JupyterLab leaves the committed ones as they are."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from zbanalysis.data import files

ORIGIN = "zbanalysis_origin"
"""Entry in a copy's metadata: what its cells were when it was copied."""


def copies(notebooks: Path, folder: Path) -> list[str]:
    """Bring a folder's copies of the notebooks up to date, without touching what a person changed.

    A copy that was only run or looked at is replaced when its original has changed; one whose cells
    were edited stays.

    Parameters
    ----------
    notebooks
        Folder of the originals.
    folder
        Folder of the copies; made if it is not there.

    Returns
    -------
    list of str
        Names of the copies that were edited and are older than their original.

    Raises
    ------
    InputError
        If the folder is a file.
    ZbError
        If it cannot be written.
    """
    files.folder(folder, "--folder")
    originals = sorted(notebooks.glob("*.ipynb"))
    return [one.name for one in originals if not _copied(one, folder / one.name)]


def is_edited(original: Path, copy: Path) -> bool:
    """Whether a copy's cells are other than the original's."""
    return _mark(_read(copy)) != _mark(json.loads(original.read_text("utf-8")))


def _copied(original: Path, copy: Path) -> bool:
    """Whether the copy now holds the original's cells."""
    book = json.loads(original.read_text("utf-8"))
    mark = _mark(book)
    if copy.is_file():
        there = _read(copy)
        own = _mark(there)
        if own == mark:
            return True
        if own != there.get("metadata", {}).get(ORIGIN):
            return False
    book["metadata"][ORIGIN] = mark
    text = json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True)
    files.write(copy, (text + "\n").encode("utf-8"))
    return True


def _read(copy: Path) -> dict:
    """A copy; one that is no notebook any more counts as edited."""
    try:
        book = json.loads(copy.read_text("utf-8"))
    except ValueError:
        return {}
    return book if isinstance(book, dict) else {}


def _mark(book: dict) -> str:
    """What the cells say, whatever they show: runs and outputs do not count."""
    cells = [[cell.get("cell_type"), "".join(cell.get("source", []))] for cell in book.get("cells", [])]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()[:16]
