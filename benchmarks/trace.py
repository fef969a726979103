"""How many functions and files of ours one figure passes, from its CSV to the table of the PDF.

Run: ``python benchmarks/trace.py [--list]``. The figure is Zibo's R&D intensity of 2018, in a copy of the
data where it has digits that nothing else has. A profiler looks at every call of a function of ours while
the report is made in this process. Of the notebooks, the one that makes the table is looked at. Three
readings, each within the next:

handed on
    The figure comes out of the function, in what it returns: itself, in a text, in a row or list, in a table
    (a frame, rows of cells, a few of these by name).
passed
    It is given to the function so, or comes out. What merely lies somewhere in an object of ours that is
    handed on whole, as all results of a report are, or deeper than `TABLE` in lists and mappings, is not.
reached
    It is anywhere in an argument, also within our own objects, in what is returned, or in a variable as the
    function ends.

What is on the way to such a call counts in each, so orchestration does; what has no name, such as a
comprehension, is part of the function around it.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, FrameType

PLAN, DAY, NOTEBOOK = "zibo-13", "2020-08-10", "01_indicators"
ROW = "zibo,rd_intensity,2018,2.63,"
FIGURE = "2.6387"
MOST_FUNCTIONS, MOST_FILES = 100, 30
TABLE, ANYWHERE = 3, 6
"""How deep a figure lies in a table, by name, row and cell; and in whatever is handed on."""
_LOOKS = 40
"""So many calls of a function are looked into for what it reaches."""

_one_by_one = threading.Lock()
"""Notebooks run in threads of one process here, where the profiler is off for all or none."""


class Trace:
    """The functions through which the figure went, by reading."""

    def __init__(self, package: Path) -> None:
        self.package, self.on = f"{package}{os.sep}", True
        self.seen: dict[str, set[CodeType]] = {"handed on": set(), "passed": set(), "reached": set()}
        self.looked: dict[CodeType, int] = {}

    def __call__(self, frame: FrameType, event: str, result: object) -> None:
        """What the profiler calls: at the beginning and the end of every function."""
        code = frame.f_code
        if not self.on or event not in ("call", "return") or not code.co_filename.startswith(self.package):
            return
        if event == "return" and code not in self.seen["handed on"] and holds(result, TABLE):
            self._add(frame, "handed on", "passed", "reached")
        new = event == "call" and code not in self.seen["passed"]
        if new and any(holds(value, TABLE) for value in _given(frame)):
            self._add(frame, "passed", "reached")
        if code not in self.seen["reached"] and self.looked.get(code, 0) <= _LOOKS:
            self.looked[code] = self.looked.get(code, 0) + 1
            values = [*frame.f_locals.values(), result if event == "return" else None]
            if any(holds(value, ANYWHERE, objects=True) for value in values):
                self._add(frame, "reached")

    def _add(self, frame: FrameType | None, *readings: str) -> None:
        """A function, and those that called it."""
        while frame is not None:
            named = not frame.f_code.co_name.startswith("<")
            if named and frame.f_code.co_filename.startswith(self.package):
                for reading in readings:
                    self.seen[reading].add(frame.f_code)
            frame = frame.f_back

    def by_file(self, reading: str) -> dict[str, list[str]]:
        """Names of the functions of a reading, by file."""
        files: dict[str, list[str]] = {}
        for code in self.seen[reading]:
            files.setdefault(code.co_filename.removeprefix(self.package), []).append(code.co_qualname)
        return {file: sorted(names) for file, names in sorted(files.items())}


def _given(frame: FrameType) -> list[object]:
    """The arguments of a call, without the object whose method it is."""
    names, more, keywords, values = inspect.getargvalues(frame)
    names = [*names, *filter(None, (more, keywords))]
    return [values[name] for name in names if name in values and name not in ("self", "cls")]


def holds(value: object, deep: int, *, objects: bool = False) -> bool:
    """Is the figure in a value, as a number or in its text?"""
    if isinstance(value, float):
        return abs(value - float(FIGURE)) < 1e-9
    if isinstance(value, str):
        return FIGURE in value
    if isinstance(value, bytes):
        return FIGURE.encode() in value
    if deep == 0 or value is None or isinstance(value, int | type):
        return False
    if hasattr(value, "to_numpy"):
        value = value.to_numpy().ravel()[:20_000].tolist()
    elif isinstance(value, Mapping):
        value = value.values()
    elif objects and type(value).__module__.startswith("zbanalysis"):
        value = getattr(value, "__dict__", {}).values()
    elif not isinstance(value, list | tuple | set):
        return False
    return any(holds(one, deep - 1, objects=objects) for one in list(value))


def cells(notebook: Path, given: Mapping[str, object], result: Path, output: Path, trace: Trace) -> None:
    """Run the cells of a notebook here."""
    book = json.loads(notebook.read_text("utf-8"))
    names: dict[str, object] = {"display": lambda *_: None}
    with _one_by_one:
        trace.on = notebook.stem == NOTEBOOK
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), notebook.name, "exec"), names)
                if "parameters" in cell["metadata"].get("tags", []):
                    names.update({**given, "result": str(result)})
        trace.on = True
    output.write_bytes(b"{}")


def main() -> None:
    """Print how many functions in how many files, and by file with ``--list``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true", help="name the functions")
    listed = parser.parse_args().list
    os.environ["ZBANALYSIS_KERNELS"] = "cold"  # pages are made in this process
    import zbanalysis
    from zbanalysis.cli import cli
    from zbanalysis.data.files import DATA
    from zbanalysis.runs import notebooks

    package = Path(zbanalysis.__file__).parent
    trace = Trace(package)
    notebooks.execute = lambda *given, **_: cells(*given, trace)
    with tempfile.TemporaryDirectory() as place:
        data = Path(shutil.copytree(DATA, Path(place) / "data"))
        table = data / "observations.csv"
        text = table.read_text("utf-8")
        table.write_text(text.replace(ROW, ROW.replace("2.63,", f"{FIGURE},")), "utf-8")
        asked = ["report", "--plan", PLAN, "--as-of", DAY, "--lang", "zh", "--formats", "pdf"]
        threading.setprofile(trace)
        sys.setprofile(trace)
        try:
            cli([*asked, "--data", str(data), "--out", str(Path(place) / "out")], standalone_mode=False)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
    for reading in trace.seen:
        files = trace.by_file(reading)
        count = sum(map(len, files.values()))
        for file, names in files.items() if listed else ():
            sys.stdout.write(f"{file}: {', '.join(names)}\n")
        wanted = f" (at most {MOST_FUNCTIONS} in {MOST_FILES} are wanted)" if reading == "passed" else ""
        sys.stdout.write(f"{reading}: {count} functions in {len(files)} files{wanted}\n")


if __name__ == "__main__":
    main()
