"""Which code a notebook or a module of the house uses: the modules it imports, and theirs."""

from __future__ import annotations

import ast
import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache

from zbanalysis.data import files
from zbanalysis.errors import ZbError

_PACKAGE = "zbanalysis"
_PARSING = threading.Lock()
_OTHER = {".yml", ".csv", ".json"}
"""Files that modules read; they count for every module whose source names them or their folder."""


@lru_cache(maxsize=1)
def digests() -> dict[str, str]:
    """Fingerprint of each file of the library, by its path below the package."""
    root = files.ROOT / _PACKAGE
    found = [path for path in root.rglob("*") if path.suffix in {".py", *_OTHER}]
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(found)
    }


def used_by(sources: Iterable[str]) -> dict[str, str]:
    """Fingerprints of all library files that pieces of code use, whether at once or late.

    Parameters
    ----------
    sources
        Python code, for instance the cells of a notebook; or names of modules such as
        ``zbanalysis.report.chapters``.

    Returns
    -------
    dict
        Path below the package → fingerprint.

    Examples
    --------
    >>> sorted(used_by(["from zbanalysis import errors"]))
    ['__init__.py', 'errors.py']
    """
    graph, found = _graph(), digests()
    waiting = {file for source in sources for file in _files(source, found)}
    used: set[str] = set()
    while waiting:
        file = waiting.pop()
        used.add(file)
        waiting |= set(graph.get(file, ())) - used
    return {file: found[file] for file in sorted(used)}


def _files(source: str, known: Mapping[str, str]) -> set[str]:
    if source.replace(".", "").replace("_", "").isalnum() and source.startswith(_PACKAGE):
        return _module_files(source, known)
    return {file for name in imports(source) for file in _module_files(name, known)}


def _graph() -> dict[str, list[str]]:
    """For each file the files it uses; kept between commands, for reading all takes half a second."""
    found = digests()
    key = hashlib.sha256(json.dumps(found).encode()).hexdigest()[:16]
    kept = files.CACHE / "imports" / f"{key}.json"
    with suppress(OSError, ValueError):
        graph = json.loads(kept.read_text("utf-8"))
        if _is_graph(graph, found):
            return graph
    graph = _read_graph(found)
    with suppress(OSError, ZbError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        files.write(kept, json.dumps(graph).encode())
    return graph


def _is_graph(content: object, found: Mapping[str, str]) -> bool:
    """A part of the graph would be worse than none: changes of the rest would go unseen."""
    return (
        isinstance(content, dict)
        and set(content) == {file for file in found if file.endswith(".py")}
        and all(isinstance(used, list) and set(used) <= set(found) for used in content.values())
    )


def _read_graph(found: Mapping[str, str]) -> dict[str, list[str]]:
    graph = {}
    others = [file for file in found if not file.endswith(".py")]
    for file in filter(lambda name: name.endswith(".py"), found):
        source = (files.ROOT / _PACKAGE / file).read_text("utf-8")
        used = {target for name in imports(source) for target in _module_files(name, found)}
        graph[file] = sorted(used | {other for other in others if _names(source, other)})
    return graph


def _names(source: str, file: str) -> bool:
    """Does a module's source name a file of the package, or the folder in it where the file lies?"""
    folder, _, name = file.rpartition("/")
    return f'"{folder.split("/")[-1]}"' in source if folder else name in source


def imports(source: str) -> set[str]:
    """Dotted names of the house that code imports, wherever in it."""
    names = set()
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] == _PACKAGE}


def _parsed(source: str) -> ast.Module:
    # Not in two threads at once: until Python 3.12 the parser counts its depth for all of them together.
    with _PARSING:
        return ast.parse(source)


def _module_files(name: str, known: Mapping[str, str]) -> set[str]:
    """Files that run when a module is imported: it, and the packages it lies in."""
    parts, files = name.split(".")[1:], {"__init__.py"}
    for length in range(1, len(parts) + 1):
        path = "/".join(parts[:length])
        files |= {f"{path}.py", f"{path}/__init__.py"}
    return files & set(known)
