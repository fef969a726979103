"""Run one notebook: it counts only if every code cell ran and the result was published."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zbanalysis.data import files
from zbanalysis.data.files import NOTEBOOKS, ROOT
from zbanalysis.errors import InfrastructureError, ZbError
from zbanalysis.report import results
from zbanalysis.runs import kernels
from zbanalysis.runs.execution.parameters import check_parameters, no_grammar, read

TIME_LIMIT = 900.0
"""Seconds that one notebook may take."""

TRIES = 3
"""How often a notebook is tried whose kernel died or did not start."""

_SUCCESS = ("", "0", "None")
"""What ``sys.exit`` is given by a notebook that leaves as if all were well."""

_INJECTED = "injected-parameters"
_REPLY = "shell.execute_reply"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
"""How Python shows an object that has no better words: by its place in memory."""

_SHOWN = ("folder", "result")
"""Parameters that name places of this machine; the evidence shows them empty."""


def execute(
    notebook: Path,
    given: Mapping[str, object],
    result: Path | None,
    output: Path,
    *,
    limit: float = TIME_LIMIT,
    complete: bool = False,
) -> None:
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
    for attempt in range(1, TRIES + 1):
        book = read(notebook)
        check_parameters(notebook, given, complete=complete, book=book)
        book = _with_parameters(book, given)
        try:
            _run(notebook, book, output, limit)
        except InfrastructureError:
            if attempt == TRIES:
                raise
            continue
        finally:
            files.write(output, _evidence(book))
        break
    _check_complete(notebook, book, result, output)


def _with_parameters(book: Any, given: Mapping[str, object]) -> Any:
    """The notebook with a cell that sets the parameters, after the one with their defaults."""
    from nbformat.v4 import new_code_cell

    if not given:
        return book
    source = "\n".join(["# Parameters", *(f"{name} = {value!r}" for name, value in given.items())])
    cell = new_code_cell(source, id=_INJECTED, metadata={"tags": [_INJECTED]})
    tagged = ["parameters" in one.metadata.get("tags", []) for one in book.cells]
    place = tagged.index(True) + 1
    book.cells = [*book.cells[:place], cell, *book.cells[place:]]
    return book


def _run(notebook: Path, book: Any, output: Path, limit: float) -> None:
    NotebookClient, CellExecutionError, DeadKernelError = _nbclient()  # noqa: N806  (they are classes)
    with kernels.settings() as config:
        client = NotebookClient(
            book, kernel_name="python3", config=config, resources={"metadata": {"path": str(NOTEBOOKS)}},
            timeout=None, store_widget_state=False,
        )  # fmt: skip
        with _watched(client, limit) as watch:
            try:
                _in_own_loop(client)
            except CellExecutionError as error:
                if error.ename == "SystemExit" and error.evalue in _SUCCESS:
                    raise _stopped_early(notebook, book, output) from None
                number = _number(book)
                cause = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
                raise ZbError(f"{notebook.name} failed in cell {number}: {cause}; see {output}.") from None
            except RuntimeError as error:  # also nbclient's word for a kernel that does not answer
                number = _number(book)
                if watch.up:
                    raise ZbError(
                        f"{notebook.name} took longer than {limit:g} seconds and was ended in cell {number}; "
                        f"see {output}."
                    ) from None
                if watch.left:
                    raise _stopped_early(notebook, book, output) from None
                if isinstance(error, DeadKernelError):
                    raise InfrastructureError(
                        f"{notebook.name}: its kernel died in cell {number} (killed or out of memory); "
                        f"see {output}."
                    ) from None
                raise InfrastructureError(
                    f"{notebook.name}: no kernel could be started ({error}); see {output}."
                ) from None


def _in_own_loop(client: Any) -> None:
    """Execute in an event loop that is closed again: nbclient's own way leaves one open in every thread."""
    import asyncio
    import atexit

    with ThreadPoolExecutor(1, "kernel") as thread:  # the caller's may run a loop already, as JupyterLab does
        try:
            thread.submit(lambda: asyncio.run(client.async_execute(env=_environment()))).result()
        finally:
            atexit.unregister(client._cleanup_kernel)  # else it fails at the very end


def _nbclient() -> tuple[Any, Any, Any]:
    """The library that talks to kernels."""
    with no_grammar():
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, DeadKernelError
    return NotebookClient, CellExecutionError, DeadKernelError


class _Watch:
    """What is known of a kernel's process when nbclient has forgotten it; ``up``: was its time up?"""

    def __init__(self) -> None:
        self.up, self.process = False, None

    @property
    def left(self) -> bool:
        """Did the kernel leave by itself, as after ``os._exit(0)``?"""
        return self.process is not None and self.process.poll() == 0


@contextmanager
def _watched(client: Any, limit: float) -> Iterator[_Watch]:
    """Ends the kernel's process group when the time is up."""
    watch = _Watch()

    def started(notebook: Any) -> None:
        watch.process = client.km.provisioner.process

    over = threading.Event()

    def end() -> None:
        # By the monotonic clock, so a jump of the day's clock is nothing.
        if over.wait(min(limit, threading.TIMEOUT_MAX)):
            return
        watch.up = True
        while not over.wait(0.1):  # not only once: when the time is up the kernel may be about to start
            process = getattr(getattr(client.km, "provisioner", None), "process", None)
            if process is not None and process.poll() is None:
                _kill(process.pid)

    client.on_notebook_start = started
    threading.Thread(target=end, name="time limit", daemon=True).start()
    try:
        yield watch
    finally:
        over.set()


def _kill(pid: int) -> None:
    import signal
    from contextlib import suppress

    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


def _environment() -> dict[str, str]:
    """Kernels start in the notebooks' folder; this lets them find the library."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


def _number(book: Any) -> int:
    """Number, in the notebook a person opens, of the cell that failed or was running."""
    cells = _cells(book)
    failed = [number for number, cell in cells if any(one.output_type == "error" for one in cell.outputs)]
    # A cell has its count when it begins, and the time of the kernel's reply when it has ended.
    open_ones = [number for number, cell in cells if _REPLY not in cell.metadata.get("execution", {})]
    return next(iter(failed or open_ones), len(book.cells))


def _never_ran(book: Any) -> list[int]:
    return [number for number, cell in _cells(book) if cell.execution_count is None]


def _cells(book: Any) -> list[tuple[int, Any]]:
    """The code cells of a notebook that are not empty, with their numbers in it."""
    own = [cell for cell in book.cells if _INJECTED not in cell.metadata.get("tags", [])]
    return [
        (number, cell)
        for number, cell in enumerate(own, start=1)
        if cell.cell_type == "code" and cell.source.strip()
    ]


def _stopped_early(notebook: Path, book: Any, output: Path) -> ZbError:
    skipped = _never_ran(book)
    where = f"cell {skipped[0]} never ran" if skipped else f"it left in cell {_number(book)}"
    return ZbError(f"{notebook.name} stopped early: {where}; see {output}.")


def _check_complete(notebook: Path, book: Any, result: Path | None, output: Path) -> None:
    """A kernel that left early, for instance by ``sys.exit(0)``, is no success."""
    if _never_ran(book):
        raise _stopped_early(notebook, book, output)
    if result and (not result.exists() or notebook.stem not in results.read(result)["sections"]):
        raise ZbError(f"{notebook.name} ran but published no section '{notebook.stem}'; see {output}.")


def _evidence(book: Any) -> bytes:
    """The executed notebook, the same bytes for the same run: no times, no places of this machine."""
    import nbformat

    book.metadata.pop("widgets", None)
    book.metadata.get("language_info", {}).pop("version", None)
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        for one in cell.get("outputs", []):
            if "text/plain" in one.get("data", {}):
                one.data["text/plain"] = _ADDRESS.sub("", one.data["text/plain"])
        if _INJECTED in cell.metadata.get("tags", []):
            lines = cell.source.splitlines()
            cell.source = "\n".join(
                f"{line.split(' = ')[0]} = ''" if line.split(" = ")[0] in _SHOWN else line for line in lines
            )
    text = nbformat.writes(book, indent=1, ensure_ascii=False, sort_keys=True)
    return (text.rstrip("\n") + "\n").encode("utf-8")
