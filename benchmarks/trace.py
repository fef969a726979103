"""How many functions and files of ours one figure passes, from its CSV to the table of the PDF.

Run: ``python benchmarks/trace.py [--list]``. The figure is Zibo's R&D intensity of 2018, in a copy of the
data where it has digits that nothing else has. A profiler looks at every call of a function of ours while
the report is made in this process: a function counts if the figure is among its arguments, in what it
returns, or in its variables as it ends, or if it is on the way to such a call (so orchestration counts);
what has no name, such as a comprehension, is part of the function around it. Of the notebooks, the one that
makes the table is looked at.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

PLAN, DAY, NOTEBOOK = "zibo-13", "2020-08-10", "01_indicators"
ROW = "zibo,rd_intensity,2018,2.63,"
FIGURE = "2.6387"
MOST_FUNCTIONS, MOST_FILES = 100, 30
_DEEP, _LOOKS = 6, 40


class Trace:
    """The functions through which the figure went, by file."""

    def __init__(self, package: Path) -> None:
        self.package, self.seen, self.looked, self.on = f"{package}{os.sep}", set(), {}, True

    def __call__(self, frame: FrameType, event: str, result: object) -> None:
        """What the profiler calls: at the beginning and the end of every function."""
        code = frame.f_code
        if not self.on or event not in ("call", "return") or not code.co_filename.startswith(self.package):
            return
        if code in self.seen or self.looked.get(code, 0) > _LOOKS:
            return
        self.looked[code] = self.looked.get(code, 0) + 1
        values = [*frame.f_locals.values(), result if event == "return" else None]
        if any(holds(value) for value in values):
            while frame is not None:
                named = not frame.f_code.co_name.startswith("<")
                if named and frame.f_code.co_filename.startswith(self.package):
                    self.seen.add(frame.f_code)
                frame = frame.f_back


def holds(value: object, deep: int = _DEEP) -> bool:
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
        return any(holds(cell, deep - 1) for cell in value.to_numpy().ravel()[:20_000].tolist())
    if isinstance(value, Mapping):
        return any(holds(one, deep - 1) for one in list(value.values())[:500])
    if isinstance(value, list | tuple | set):
        return any(holds(one, deep - 1) for one in list(value)[:2_000])
    if type(value).__module__.startswith("zbanalysis"):
        return any(holds(one, deep - 1) for one in getattr(value, "__dict__", {}).values())
    return False


def cells(notebook: Path, given: Mapping[str, object], result: Path, output: Path, trace: Trace) -> None:
    """Run the cells of a notebook here."""
    book = json.loads(notebook.read_text("utf-8"))
    names: dict[str, object] = {"display": lambda *_: None}
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
    files: dict[str, list[str]] = {}
    for code in trace.seen:
        files.setdefault(str(Path(code.co_filename).relative_to(package)), []).append(code.co_qualname)
    for file, names in sorted(files.items()) if listed else ():
        sys.stdout.write(f"{file}: {', '.join(sorted(names))}\n")
    sys.stdout.write(
        f"{len(trace.seen)} functions in {len(files)} files "
        f"(at most {MOST_FUNCTIONS} in {MOST_FILES} are wanted)\n"
    )


if __name__ == "__main__":
    main()
