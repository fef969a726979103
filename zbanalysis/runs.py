"""Run notebooks: strict parameters, and a run counts only if every cell ran and published."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from zbanalysis import results
from zbanalysis.errors import InputError, ZbError
from zbanalysis.paths import NOTEBOOKS, ROOT

_PARAMETER = re.compile(
    r"(?P<name>\w+): (?P<type>str|int|float|bool|list|dict) = (?P<default>.+?)  # (?P<help>.+)"
)
_TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict}
_VERSIONS = ("zbanalysis", "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill", "typst")


def parameters(notebook: Path) -> dict[str, tuple[str, str]]:
    """Name → (type, help) of each parameter a notebook declares.

    Raises
    ------
    ZbError
        If the notebook has no parameters cell, or a line of it is not
        ``name: type = default  # help``.
    """
    import nbformat

    try:
        book = nbformat.read(notebook, as_version=4)
    except FileNotFoundError:
        raise ZbError(f"There is no notebook {notebook}.") from None
    except (ValueError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise ZbError(f"{notebook} is no notebook that can be read ({type(error).__name__}).") from None
    cells = [cell for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise ZbError(f"{notebook.name} has {len(cells)} cells tagged 'parameters'; it needs one.")
    found = {}
    for line in filter(str.strip, cells[0].source.splitlines()):
        match = _PARAMETER.fullmatch(line)
        if match is None:
            raise ZbError(
                f"{notebook.name}: the parameter line '{line}' is not 'name: type = default  # help'."
            )
        found[match["name"]] = (match["type"], match["help"])
    return found


def check_parameters(notebook: Path, given: Mapping[str, object]) -> None:
    """Refuse an unknown or ill-typed parameter before a kernel starts.

    Raises
    ------
    InputError
        With the parameter's name, and what would be right.
    """
    declared = parameters(notebook)
    for name, value in given.items():
        if name not in declared:
            raise InputError(f"{notebook.name} has no parameter '{name}'; it has {', '.join(declared)}.")
        wanted = declared[name][0]
        right = isinstance(value, _TYPES[wanted]) and (wanted == "bool" or not isinstance(value, bool))
        if not right:
            raise InputError(
                f"{notebook.name}: parameter '{name}' is {value!r}; it must be of type {wanted}."
            )


def execute(notebook: Path, given: Mapping[str, object], result: Path | None, output: Path) -> None:
    """Run one notebook in a kernel of its own.

    Parameters
    ----------
    notebook, given
        The notebook and its parameters; ``result`` is added to them.
    result
        The result file into which the notebook must publish a section of its own name;
        None lets it publish nowhere.
    output
        Where the executed notebook is kept, also when it fails.

    Raises
    ------
    InputError
        If a parameter is unknown or ill-typed; no kernel was started.
    ZbError
        If a cell fails or the notebook ends without publishing; names notebook, cell
        and cause.
    """
    given = {**given, "result": str(result)} if result else given
    check_parameters(notebook, given)
    import papermill  # late: takes seconds

    try:
        with _library_path(), _transport() as config:
            book = papermill.execute_notebook(
                notebook, output, parameters=given, cwd=str(NOTEBOOKS), kernel_name="python3",
                progress_bar=False,
                config=config,
            )  # fmt: skip
    except papermill.PapermillExecutionError as error:
        cause = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
        # papermill puts a cell with the parameters before this one, which the notebook itself has not.
        number = error.cell_index + (0 if given else 1)
        raise ZbError(f"{notebook.name} failed in cell {number}: {cause}; see {output}.") from None
    _check_complete(notebook, book, result, output)


@contextmanager
def _library_path() -> Iterator[None]:
    """Kernels start in the notebook's folder; this lets them find the library."""
    previous = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), previous]))
    try:
        yield
    finally:
        if previous is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = previous


@contextmanager
def _transport() -> Iterator[object]:
    """Kernel settings: sockets in a folder of the run's own instead of open TCP ports.

    A socket's path may have about 100 bytes, hence a short folder; where there are no
    such sockets (Windows) the kernel's own settings stay.
    """
    from traitlets.config import Config

    # A kernel logs the interrupt that ends it as an error; what fails in a cell comes as a message instead.
    quiet = {"NotebookClient": {"extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]}}
    if os.name == "nt":
        yield Config(quiet)
        return
    with tempfile.TemporaryDirectory(prefix="zb-") as place:
        yield Config({**quiet, "KernelManager": {"transport": "ipc", "ip": f"{place}/k"}})


def _check_complete(notebook: Path, book: object, result: Path | None, output: Path) -> None:
    """A kernel that left early, for instance by ``sys.exit(0)``, is no success."""
    own = [cell for cell in book.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    skipped = [
        number
        for number, cell in enumerate(own, start=1)
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None
    ]
    if skipped:
        raise ZbError(f"{notebook.name} stopped early: cell {skipped[0]} never ran; see {output}.")
    if result and (not result.exists() or notebook.stem not in results.read(result)["sections"]):
        raise ZbError(f"{notebook.name} ran but published no section '{notebook.stem}'; see {output}.")


def manifest(notebooks: list[Path], data_files: list[Path], given: Mapping[str, object]) -> dict[str, object]:
    """What a report was made from: a key over all inputs, and the versions of the tools.

    The key is a hash of the notebooks, the library, the data files, the parameters and
    the lock, so two reports with the same key are the same report.
    """
    library = (ROOT / "zbanalysis").rglob("*")
    code = sorted(path for path in library if path.suffix in {".py", ".yml", ".csv", ".json"})
    code += sorted((ROOT / "reports" / "template").glob("*.typ"))
    lock = [path for path in [ROOT / "requirements.txt"] if path.exists()]
    named = [(path.relative_to(ROOT).as_posix(), path) for path in [*code, *lock]]
    named += [(path.name, path) for path in [*notebooks, *data_files]]
    digest = hashlib.sha256(repr(sorted(given.items())).encode())
    for name, path in named:
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return {
        "key": digest.hexdigest()[:16],
        "python": ".".join(platform.python_version_tuple()[:2]),
        "versions": {name: _version(name) for name in _VERSIONS},
    }


def _version(name: str) -> str:
    if name == "zbanalysis":
        from zbanalysis import __version__

        return __version__
    return metadata.version(name)
