"""What a run hangs on, part by part, so that what is current is skipped and `explain` can say why not."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from zbanalysis.data import files, slices
from zbanalysis.runs.execution import library

VERSIONS = ("zbanalysis", "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill", "typst")

Parts = dict[str, dict]
"""Name of a part → its pieces and their fingerprints."""


def of_notebook(notebook: Path, given: Mapping[str, object], files: Mapping[str, bytes]) -> Parts:
    """The parts of a notebook's run.

    Parameters
    ----------
    notebook, given
        The notebook and its parameters.
    files
        The data folder that it is given, from `slices.extract`.

    Returns
    -------
    dict
        ``notebook``, ``library``, ``data``, ``parameters`` and ``environment``, each a
        mapping of pieces.
    """
    content = notebook.read_bytes()
    return {
        "notebook": {notebook.name: _digest(content)},
        "library": library.used_by(code(content)),
        "data": slices.digests(files),
        "parameters": {name: repr(value) for name, value in sorted(given.items())},
        "environment": environment(),
    }


def code(content: bytes) -> list[str]:
    """The code cells of a notebook file."""
    cells = json.loads(content)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """Python and the packages: the lock, or where there is none the versions that count."""
    lock = files.ROOT / "requirements.txt"
    python = {"python": ".".join(platform.python_version_tuple()[:2])}
    if lock.exists():
        return {**python, lock.name: _digest(lock.read_bytes())}
    return {**python, **versions()}


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of the packages on which figures and pages hang."""
    from zbanalysis import __version__

    return {name: __version__ if name == "zbanalysis" else metadata.version(name) for name in VERSIONS}


def key(parts: object) -> str:
    """One name for a set of parts: equal parts, equal key.

    Examples
    --------
    >>> key({"a": "1"}) == key({"a": "1"}), key({"a": "1"}) == key({"a": "2"})
    (True, False)
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


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
    words = {
        "notebook": "the notebook changed",
        "library": "the library changed",
        "template": "the template changed",
        "environment": "the environment changed",
    }
    detail = "" if part == "notebook" else f": {_listed(pieces)}"
    return f"{words.get(part, f'{part} changed')}{detail}"


def _places(files: Iterable[str], then: Mapping, now: Mapping) -> list[str]:
    """Area and indicator where figures changed; else the file."""
    found = []
    for file in files:
        before, after = then.get(file) or {}, now.get(file) or {}
        names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        found += [f"{file} ({name})" if name else file for name in names]
    return found


def _listed(names: list[str], most: int = 4) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
