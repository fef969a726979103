"""Run one notebook by papermill: strict parameters before, and all must have run and published."""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zbanalysis.data import files
from zbanalysis.data.files import NOTEBOOKS
from zbanalysis.errors import InfrastructureError, InputError, ZbError
from zbanalysis.report import results

TIME_LIMIT = 900.0
"""Seconds that one notebook may take."""

TRIES = 3
"""How often a notebook is tried whose kernel died or did not start."""

OWN = ("lang", "result", "folder")
"""Parameters with a good default, or set by the run itself."""

_TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict}
_SUCCESS = ("", "0", "None")
"""What ``sys.exit`` is given by a notebook that leaves as if all were well."""

_INJECTED = "injected-parameters"
_REPLY = "shell.execute_reply"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
"""How Python shows an object that has no better words: by its place in memory."""

_SHOWN = ("folder", "result")
"""Parameters that name places of this machine; the evidence shows them empty."""


def papermill() -> Any:
    """Papermill, without a grammar of internet addresses.

    It loads jsonschema, and that the grammar if it is installed, which takes longer than a notebook; no
    notebook's schema has an address to check.
    """
    grammar = "rfc3987_syntax"
    absent = grammar not in sys.modules
    if absent:
        sys.modules[grammar] = None  # type: ignore[assignment]
    try:
        import papermill
    finally:
        if absent:
            sys.modules.pop(grammar, None)  # another thread may have been here at the same time
    logging.getLogger("papermill").addHandler(logging.NullHandler())  # what it would print we say ourselves
    return papermill


# --- parameters ---


def parameters(notebook: Path) -> dict[str, tuple[str, str]]:
    """Name → (type, help) of each parameter a notebook declares.

    Raises
    ------
    ZbError
        If the notebook cannot be read, has no parameters cell, or a line of it is not
        ``name: type = default  # help``.
    """
    book = _read(notebook)
    cells = [cell for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise ZbError(f"{notebook.name} has {len(cells)} cells tagged 'parameters'; it needs one.")
    seen = papermill().inspect_notebook(_literal(notebook))
    for line in filter(str.strip, cells[0].source.splitlines()):
        one = seen.get(re.split(r"\W", line, maxsplit=1)[0], {})
        if one.get("inferred_type_name") not in _TYPES or not one["help"]:
            raise ZbError(
                f"{notebook.name}: the parameter line '{line}' is not 'name: type = default  # help'."
            )
    return {name: (one["inferred_type_name"], one["help"]) for name, one in seen.items()}


def _read(notebook: Path) -> Any:
    papermill()
    import nbformat

    try:
        return nbformat.read(notebook, as_version=4)
    except FileNotFoundError:
        raise ZbError(f"There is no notebook {notebook}.") from None
    except (ValueError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise ZbError(f"{notebook} is no notebook that can be read ({type(error).__name__}).") from None


def _literal(path: Path) -> str:
    """A path for papermill, which fills in what stands in braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def check_parameters(notebook: Path, given: Mapping[str, object], *, complete: bool = False) -> None:
    """Refuse an unknown, missing or ill-typed parameter before a kernel starts.

    Parameters
    ----------
    notebook
        As for `parameters`.
    given
        Name → value.
    complete
        Must every parameter be given, but those in `OWN`?

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
    missing = [name for name in declared if name not in given and name not in OWN]
    if complete and missing:
        raise InputError(
            f"{notebook.name}: the parameter '{missing[0]}' is missing ({declared[missing[0]][1]})."
        )


# --- the run ---


def execute(
    notebook: Path, given: Mapping[str, object], result: Path | None, output: Path, *,
    limit: float = TIME_LIMIT, complete: bool = False,
) -> None:  # fmt: skip
    """Run one notebook by papermill, in a kernel of its own.

    Parameters
    ----------
    notebook, given
        The notebook and its parameters; ``result`` is added to them.
    result
        The result file into which the notebook must publish a section of its own name;
        None lets it publish nowhere.
    output
        Where the executed notebook is kept, also when it fails.
    limit
        Seconds after which it is ended.
    complete
        Must every parameter be given?

    Raises
    ------
    InputError
        If a parameter is unknown, missing or ill-typed; no kernel was started.
    InfrastructureError
        If the kernel died or did not start, `TRIES` times.
    ZbError
        If a cell fails, the time is up, or the notebook ends without publishing; names
        notebook, cell and cause.
    """
    given = {**given, "result": str(result)} if result else dict(given)
    check_parameters(notebook, given, complete=complete)
    for attempt in range(1, TRIES + 1):
        run = _Run(notebook, given, output)
        try:
            run.execute(limit)
        except InfrastructureError:
            if attempt == TRIES:
                raise
            continue
        finally:
            files.write(output, evidence(run.book))
        run.check_complete(result)
        return


class _Run:
    """One try at a notebook; ``book`` is the notebook as far as it came."""

    def __init__(self, notebook: Path, given: Mapping[str, object], output: Path) -> None:
        self.notebook, self.given, self.output = notebook, given, output
        self.book = _read(notebook)

    def execute(self, limit: float) -> None:
        from nbclient.exceptions import DeadKernelError
        from papermill.exceptions import PapermillExecutionError

        from zbanalysis.runs import warm

        with warm.watched(limit) as watch:
            try:
                _in_own_loop(self._papermill)
            except PapermillExecutionError as error:
                if error.ename == "SystemExit" and error.evalue in _SUCCESS:
                    raise self._stopped_early() from None
                raise self._failed(error) from None
            except RuntimeError as error:  # also nbclient's word for a kernel that does not answer
                cell = f"in cell {self._number()}"
                if watch.up:
                    raise self._error(f"took longer than {limit:g} seconds and was ended {cell}") from None
                if watch.left:
                    raise self._stopped_early() from None
                died = isinstance(error, DeadKernelError)
                what = f"its kernel died {cell} (killed or out of memory)"
                what = what if died else f"no kernel could be started ({error})"
                raise InfrastructureError(f"{self.notebook.name}: {what}; see {self.output}.") from None

    def _papermill(self) -> None:
        def seen(notebook: Any) -> None:
            self.book = notebook  # nbclient fills it in as it goes

        with _kernels() as settings:
            papermill().execute_notebook(
                _literal(self.notebook), None, dict(self.given), kernel_name="python3",
                progress_bar=False, on_notebook_start=seen, **settings,
            )  # fmt: skip

    def _number(self) -> int:
        """Number, in the notebook a person opens, of the cell that failed or was running."""
        cells = self._cells()
        failed = [number for number, cell in cells if any(one.output_type == "error" for one in cell.outputs)]
        # A cell has its count when it begins, and the time of the kernel's reply when it has ended.
        open_ones = [number for number, cell in cells if _REPLY not in cell.metadata.get("execution", {})]
        return next(iter(failed or open_ones), len(self.book.cells))

    def _cells(self) -> list[tuple[int, Any]]:
        """The code cells that are not empty, with their numbers in the notebook."""
        return [
            (number, cell)
            for number, cell in enumerate(filter(_is_own, self.book.cells), start=1)
            if cell.cell_type == "code" and cell.source.strip()
        ]

    def _failed(self, error: Any) -> ZbError:
        first, *more = f"{error.ename}: {error.evalue}".strip().splitlines()
        failure = self._error(f"failed in cell {self._number()}: {first}")
        failure.args = ("\n".join([str(failure), *more]),)  # such as the table of what is wrong in the data
        return failure

    def _stopped_early(self) -> ZbError:
        skipped = self._never_ran()
        where = f"cell {skipped[0]} never ran" if skipped else f"it left in cell {self._number()}"
        return self._error(f"stopped early: {where}")

    def _never_ran(self) -> list[int]:
        return [number for number, cell in self._cells() if cell.execution_count is None]

    def _error(self, what: str) -> ZbError:
        return ZbError(f"{self.notebook.name} {what}; see {self.output}.")

    def check_complete(self, result: Path | None) -> None:
        """Refuse what papermill takes for a success: a kernel that left early, as by ``sys.exit(0)``."""
        left = any(one.output_type == "error" for _, cell in self._cells() for one in cell.outputs)
        if left or self._never_ran():
            raise self._stopped_early()
        stem = self.notebook.stem
        if result and (not result.exists() or stem not in results.read(result)["sections"]):
            raise self._error(f"ran but published no section '{stem}'")


@contextmanager
def _kernels() -> Iterator[dict[str, object]]:
    """How papermill's kernels are started: over sockets in a folder instead of open ports, and forked.

    A socket's path may have about 100 bytes, hence a short folder; it also stands in for the user's
    IPython, so that no start-up file counts.  Where there are no such sockets (Windows) the kernel's own
    settings stay.
    """
    from jupyter_client.provisioning import KernelProvisionerFactory
    from traitlets.config import Config

    from zbanalysis.runs import warm

    warm.memory_limit()  # a wrong one is told before a kernel starts
    factory = KernelProvisionerFactory.instance()
    if factory._check_availability(warm.NAME):  # else the package was installed before it had the entry point
        factory.default_provisioner_name = warm.NAME
    warm.short_temporary_folder()
    with tempfile.TemporaryDirectory(prefix="zb-") as place:
        (Path(place) / "ipython").mkdir()
        # A kernel logs the interrupt that ends it as an error; what fails in a cell comes as a message.
        # The history of inputs is a database that every kernel would open.
        quiet = ["--IPKernelApp.log_level=CRITICAL", "--HistoryManager.enabled=False"]
        sockets = {} if os.name == "nt" else {"transport": "ipc", "ip": f"{place}/k"}
        client = {"client_class": "zbanalysis.runs.warm.PromptClient"}
        yield {
            "config": Config({"KernelManager": sockets, "AsyncKernelManager": client}),
            "extra_arguments": [*quiet, f"--IPKernelApp.ipython_dir={place}/ipython"],
            "resources": {"metadata": {"path": str(NOTEBOOKS)}},
            "shutdown_kernel": "immediate", "store_widget_state": False, "raise_on_iopub_timeout": False,
        }  # fmt: skip


def _in_own_loop(call: Any) -> None:
    """Call in a thread whose event loop is closed again: nbclient leaves one open in every thread.

    The caller's thread may run a loop already, as JupyterLab does.
    """
    import contextvars

    from jupyter_core.utils import ensure_event_loop

    def closed() -> None:
        try:
            call()
        finally:
            ensure_event_loop().close()

    with ThreadPoolExecutor(1, "kernel") as thread:
        thread.submit(contextvars.copy_context().run, closed).result()


def _is_own(cell: Any) -> bool:
    """Is it a cell of the notebook, not one that papermill added?"""
    return not {_INJECTED, "papermill-error-cell-tag"} & set(cell.metadata.get("tags", []))


def evidence(book: Any) -> bytes:
    """An executed notebook, the same bytes for the same run: no times, no places of this machine."""
    import nbformat

    for name in ("widgets", "papermill"):
        book.metadata.pop(name, None)
    book.metadata.get("language_info", {}).pop("version", None)
    book.cells = [cell for cell in book.cells if _is_own(cell) or cell.cell_type == "code"]
    for cell in book.cells:
        for name in ("execution", "papermill"):
            cell.metadata.pop(name, None)
        if not cell.metadata.get("tags", [""]):
            del cell.metadata["tags"]
        for one in cell.get("outputs", []):
            if "text/plain" in one.get("data", {}):
                one.data["text/plain"] = _ADDRESS.sub("", one.data["text/plain"])
        if _INJECTED in cell.metadata.get("tags", []):
            cell.id = _INJECTED
            lines = cell.source.splitlines()
            cell.source = "\n".join(
                f'{line.split(" = ")[0]} = ""' if line.split(" = ")[0] in _SHOWN else line for line in lines
            )
    text = nbformat.writes(book, indent=1, ensure_ascii=False, sort_keys=True)
    return (text.rstrip("\n") + "\n").encode("utf-8")
