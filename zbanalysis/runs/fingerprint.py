"""The fingerprint of whatever is made: the parts it was made from, each a mapping of pieces to digests.

Data, notebook and parameters, the code that a notebook uses, installed packages, template and fonts: exactly
what is read.  What was made is current as long as its fingerprint stays the same, see `current`.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.data import files
from zbanalysis.errors import ZbError

if TYPE_CHECKING:
    from zbanalysis.runs import jobs

VERSIONS = ("zbanalysis", "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill", "typst")
"""Packages that a result file names with their versions."""

FONTS = "ZBANALYSIS_FONTS"
_PAGES = ("zbanalysis.report.rendering",)
"""Code that turns a result file into files."""

_PACKAGE = "zbanalysis"
_READING = threading.Lock()

Parts = dict[str, dict]
"""Name of a part → its pieces and their digests."""


def key(parts: object) -> str:
    """One name for a set of parts, or anything else of JSON values: equal parts, equal key.

    Examples
    --------
    >>> key({"a": "1"}) == key({"a": "1"}), key({"a": "1"}) == key({"a": "2"})
    (True, False)
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def digest(path: Path) -> str:
    """Digest of a file, empty where there is none that can be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _of_input(path: Path) -> str:
    """Digest of a user's file, empty where it cannot be read; whoever uses it says why."""
    try:
        return hashlib.sha256(files.read(path)).hexdigest()
    except ZbError:
        return ""


def of_notebook(notebook: Path, given: Mapping[str, object], data: Mapping[str, bytes]) -> Parts:
    """The parts of a notebook's run: itself, the library it uses, its data, parameters and environment.

    Parameters
    ----------
    notebook, given
        The notebook and its parameters.
    data
        The data folder that it is given, from `jobs.extract`.
    """
    from zbanalysis.runs import jobs

    content = notebook.read_bytes()
    cells = json.loads(content)["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return {
        "notebook": {notebook.name: hashlib.sha256(content).hexdigest()[:12]},
        "library": used_by(code),
        "data": jobs.digests(data),
        "parameters": {name: repr(value) for name, value in sorted(given.items())},
        "environment": environment(),
    }


def of_files(
    job: jobs.Job, parts: Mapping[str, Parts], part: str, before: Mapping | None, formats: Sequence[str]
) -> Parts:
    """What the finished files hang on: the keys of the notebooks and, for pages, what sets them."""
    notebooks = {notebook: key(one) for notebook, one in parts.items()}
    if part == "result":
        return {"results": notebooks}
    return {
        "results": notebooks,
        "library": used_by(_PAGES),
        "template": {path.name: digest(path)[:12] for path in _template()},
        "parameters": {"kind": job.kind, "since": key(before) if before else ""},
        "formats": dict.fromkeys(formats, "asked for"),
        "fonts": fonts(),
    }


def _template() -> list[Path]:
    return [path for path in sorted(files.TEMPLATE.glob("*")) if path.is_file()]


def of_command(folder: Path, others: Iterable[Path]) -> Parts:
    """The parts of a whole command: whatever any of its reports may hang on."""
    patterns = ("*.csv", "*/*.csv", "*/text/*.md", "datapackage.json")  # links are followed, as by who reads
    data = [path for pattern in patterns for path in folder.glob(pattern)]
    programs = [*sorted(files.NOTEBOOKS.glob("*.ipynb")), *_template()]
    return {
        "data": {os.fsencode(path.relative_to(folder)).hex(): _of_input(path) for path in sorted(data)},
        "library": digests(),
        "template": {path.name: digest(path) for path in programs},
        "others": {os.fsencode(path).hex(): _of_input(path) for path in others},
        "environment": environment(),
        "fonts": fonts(),
    }


# --- the machine and the program ---


def fonts() -> dict[str, str]:
    """The folder of one's own fonts, and what lies in it."""
    folder = os.environ.get(FONTS, "")
    paths = sorted(Path(folder).glob("*")) if folder else []
    return {"folder": folder} | {path.name: str(path.stat().st_size) for path in paths}


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """Python and all installed packages with their versions."""
    return {"python": ".".join(platform.python_version_tuple()[:2]), **_installed()}


def versions() -> dict[str, str]:
    """Versions of the packages that a result file names."""
    from zbanalysis import __version__

    return {**{name: _installed().get(name, "") for name in VERSIONS}, "zbanalysis": __version__}


@lru_cache(maxsize=1)
def _installed() -> dict[str, str]:
    # From the names of folders, for to read each package's own words takes a hundred times as long.
    versions: dict[str, str] = {}
    for place in sys.path:
        with suppress(OSError):
            for name in sorted(path.name for path in Path(place).iterdir()):
                if name.endswith(".dist-info"):
                    package, _, version = name.removesuffix(".dist-info").rpartition("-")
                    versions.setdefault(package.lower(), version)
    return versions


@lru_cache(maxsize=1)
def digests() -> dict[str, str]:
    """Digest of each file of the library, by its path below the package."""
    root = files.ROOT / _PACKAGE
    return {
        path.relative_to(root).as_posix(): digest(path)[:12]
        for path in sorted(root.rglob("*"))
        if path.suffix != ".pyc" and path.is_file() and path.parts[len(root.parts)] != files.SHIPPED
    }


def used_by(sources: Iterable[str]) -> dict[str, str]:
    """Digests of all library files that pieces of code use, whether at once or late.

    Parameters
    ----------
    sources
        Python code, for instance the cells of a notebook; or names of modules such as
        ``zbanalysis.report.chapters``.

    Examples
    --------
    >>> sorted(used_by(["from zbanalysis import errors"]))
    ['__init__.py', 'data/datapackage.json', 'data/problems.yml', 'errors.py']
    """
    with _READING:  # a batch asks for several reports at once, and one reading serves them all
        code = digests()
        graph = _graph(tuple(code.items()))
    waiting = {file for source in sources for file in _files(source, code)}
    used: set[str] = set()
    while waiting:
        file = waiting.pop()
        used.add(file)
        waiting |= graph.get(file, set()) - used
    return {file: code[file] for file in sorted(used)}


def _files(source: str, known: Iterable[str]) -> set[str]:
    """Files that a module's name or a piece of code stands for."""
    names = [source] if re.fullmatch(rf"{_PACKAGE}[\w.]*", source) else _imports(source)
    return {file for name in names for file in _module_files(name, known)}


@lru_cache(maxsize=1)
def _graph(code: tuple[tuple[str, str], ...]) -> dict[str, set[str]]:
    """For each module the files it uses: what it imports, and what it names that is no module."""
    known, graph = dict(code), {}
    others = [file for file in known if not file.endswith(".py")]
    for file in known.keys() - others:
        source = (files.ROOT / _PACKAGE / file).read_text("utf-8")
        graph[file] = _files(source, known) | {other for other in others if _names(file, source, other)}
    return graph


def _names(module: str, source: str, file: str) -> bool:
    """Does a module's source name a file beside it, or the folder below its own in which the file lies?"""
    own, (folder, _, name) = module.rpartition("/")[0], file.rpartition("/")
    if folder == own:
        return name in source
    return f"{folder}/".startswith(own and f"{own}/") and f'"{folder.split("/")[-1]}"' in source


_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)[ \t]+)?import[ \t]*(\((?:#.*|[^)#])*\)|[^\n;]+)", re.MULTILINE
)


def _imports(source: str) -> set[str]:
    """Dotted names of the library that code imports, wherever in it: rather one too many than one too few."""
    names = set()
    for module, listed in _IMPORT.findall(source.replace("\\\n", " ")):
        bare = re.sub("#.*", "", listed).strip("()")
        names |= {f"{module}.{one.split()[0]}".lstrip(".") for one in bare.split(",") if one.strip()}
    return {name for name in names if name.split(".")[0] == _PACKAGE}


def _module_files(name: str, known: Iterable[str]) -> set[str]:
    """Files that run when a name is imported: its module, and the packages it lies in."""
    parts, modules = name.split(".")[1:], {"__init__.py"}
    for length in range(1, len(parts) + 1):
        path = "/".join(parts[:length])
        modules |= {f"{path}.py", f"{path}/__init__.py"} & set(known)
    if len(modules) == 1 and not name.endswith("__"):  # the library itself, or a name that it loads when used
        modules |= {file for place in _face() for file in _module_files(f"{_PACKAGE}.{place}", known)}
    return modules & set(known)


@lru_cache(maxsize=1)
def _face() -> list[str]:
    """Modules that the library's front door names in its texts."""
    source = (files.ROOT / _PACKAGE / "__init__.py").read_text("utf-8")
    named = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)(?::\w+)?"', source))
    places = {name: files.ROOT / _PACKAGE / name.replace(".", "/") for name in named}
    return [
        name for name, place in sorted(places.items())
        if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()
    ]  # fmt: skip
