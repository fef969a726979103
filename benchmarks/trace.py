"""The way of one figure, from its CSV to a cell of the PDF: which functions and files of ours does it pass?

Run: ``python benchmarks/trace.py [--list] [--table overview]``. The figure is Zibo's R&D intensity of 2018,
in a copy of the data where it has digits that nothing else has. A profiler keeps every call of a function of
ours while the report is made in this process; of the notebooks, the one that makes the table is looked at.
Two counts:

way
    From the cell of the PDF's table backwards, over three places where the figure lies in a file: the call
    that made the cell, whatever gave it or its callers the data with the figure, the notebook's tables that
    were read for it and whatever made these, the folder the notebook was given and whatever made that.
    Forwards, every call that was given the cell or gave it on, as far as the PDF. All callers of these.
reached
    Every function that has the figure anywhere: in an argument, also within objects of ours, in what it
    returns, in a variable as it ends; so also what other tables, charts and sentences are made with.

What has no name, such as a comprehension, is part of the function around it.
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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType

PLAN, DAY, NOTEBOOK = "zibo-13", "2020-08-10", "01_indicators"
ROW = "zibo,rd_intensity,2018,2.63,"
FIGURE = "2.6387"
MOST_FUNCTIONS, MOST_FILES = 100, 30
TABLE, ANYWHERE, DOCUMENT = 3, 6, 14
"""How deep a figure lies in a table, by name, row and cell; in what is handed on; a cell in a document."""
_LOOKS = 40
"""So many calls of a function are looked into for what it reaches."""

_one_by_one = threading.Lock()
"""Notebooks run in threads of one process here, where the profiler is off for all or none."""


@dataclass(eq=False)
class Call:
    """One call: who called it, when, with which arguments that count; what it called, returned, and when."""

    code: CodeType
    caller: Call | None
    number: int
    given: dict[str, object]
    calls: list[Call] = field(default_factory=list)
    result: object = None
    ended: int = 0


class Trace:
    """What a profiler sees of the figure."""

    def __init__(self, package: Path) -> None:
        self.package, self.on = f"{package}{os.sep}", True
        self.calls: list[Call] = []
        self.giver: dict[int, Call] = {}
        self.reached: set[CodeType] = set()
        self.looked: dict[CodeType, int] = {}
        self.frames: dict[int, tuple[object, bool]] = {}
        self.main: list[Call] = []
        self.thread = threading.local()
        self.thread.open = self.main

    def __call__(self, frame: FrameType, event: str, result: object) -> None:
        """What the profiler calls: at the beginning and the end of every function."""
        code = frame.f_code
        if not self.on or event not in ("call", "return") or not code.co_filename.startswith(self.package):
            return
        waiting = self.thread.__dict__.setdefault("open", [])
        if event == "call":
            above = waiting or self.main
            call = Call(code, above[-1] if above else None, len(self.calls), self._given(frame))
            self.calls.append(call)
            waiting.append(call)
            if call.caller:
                call.caller.calls.append(call)
        elif waiting and waiting[-1].code is code:
            call = waiting.pop()
            if isinstance(result, Mapping | list | tuple) or self.holds(result):
                call.result = result  # and so it lives on, and its id stays its own
                self.giver.setdefault(id(result), call)
            call.ended = len(self.calls)
        if code not in self.reached and self.looked.get(code, 0) <= _LOOKS:
            self.looked[code] = self.looked.get(code, 0) + 1
            if any(holds(value, ANYWHERE, objects=True) for value in [*frame.f_locals.values(), result]):
                self.reached |= {caller.code for caller in callers(waiting[-1:] or [call])} | {code}

    def _given(self, frame: FrameType) -> dict[str, object]:
        """The arguments that have the figure, or may have it deep within."""
        names, more, keywords, values = inspect.getargvalues(frame)
        named = {name: values.get(name) for name in [*names, *filter(None, (more, keywords))]}
        kept = {
            name: value
            for name, value in named.items()
            if _is_ours(value) or isinstance(value, Mapping | list | tuple) or self.holds(value)
        }
        return kept | ({"name": named["name"]} if frame.f_code.co_name == "table" and "name" in named else {})

    def holds(self, value: object) -> bool:
        """Is the figure in a value? Of a frame it is looked up once."""
        if not hasattr(value, "to_numpy"):
            ours = _is_ours(value)
            return holds(value, ANYWHERE if ours else TABLE, objects=ours)
        if id(value) not in self.frames:
            self.frames[id(value)] = value, holds(value, TABLE)
        return self.frames[id(value)][1]

    def back(self, first: Iterable[Call], tables: set[object]) -> set[Call]:
        """Calls that gave what other calls were given, and that these called for it; and all callers.

        Of what a notebook publishes the ``tables`` named count.
        """
        whole: set[Call] = set()
        waiting = list(first)
        while waiting:
            call = waiting.pop()
            if call in whole:
                continue
            whole.add(call)
            waiting += [one for one in call.calls if self.holds(one.result)]
            for above in callers([call]):
                given = above.given
                if _is(above, "results.py", "publish"):
                    given = {name: given["tables"][name] for name in tables & set(given["tables"])}
                givers = [self.giver.get(id(one)) for one in within(list(given.values())) if self.holds(one)]
                # and data that its caller had from others before
                before = above.caller.calls if above.caller else []
                givers += [
                    one for one in before if hasattr(one.result, "to_numpy") and self.holds(one.result)
                ]
                waiting += [one for one in givers if one and one.number < above.number]
        return callers(whole)

    def way(self, table: str) -> set[Call]:
        """The calls on the way to the figure's cell in a table of the PDF."""
        documents = [one.given["document"] for one in self.calls if _is(one, "pdf.py", "compile_pdf")]
        cell = next(_cells(documents, table))
        maker = min((one for one in self.calls if contains(one.result, cell)), key=lambda one: one.ended)
        read = {
            one.given["name"] for one in self.back([maker], set())
            if _is(one, "results.py", "table") and self.holds(one.result)
        }  # fmt: skip
        files = [("results.py", "publish"), ("results.py", "read"), ("jobs.py", "write")]
        over = [next(one for one in self.calls if _is(one, *name)) for name in files]
        on = [
            one for one in self.calls[maker.number :]
            if any(contains(value, cell) for value in [*one.given.values(), one.result])
        ]  # fmt: skip
        return self.back([maker, *over], read) | callers(on)


def callers(calls: Iterable[Call]) -> set[Call]:
    """Some calls, and those that called them."""
    found: set[Call] = set()
    for call in calls:
        while call is not None and call not in found:
            found.add(call)
            call = call.caller
    return found


def _is(call: Call, file: str, name: str) -> bool:
    return call.code.co_name == name and call.code.co_filename.endswith(f"{os.sep}{file}")


def _is_ours(value: object) -> bool:
    return type(value).__module__.startswith("zbanalysis") and not isinstance(value, str)


def inner(value: object) -> Iterable[object]:
    """What lies in a mapping, list or tuple."""
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def within(value: object, deep: int = TABLE) -> Iterator[object]:
    """A value and what lies in it, in objects of ours too."""
    yield value
    parts = getattr(value, "__dict__", {}).values() if _is_ours(value) else inner(value)
    for one in parts if deep else ():
        yield from within(one, deep - 1)


def contains(value: object, cell: object, deep: int = DOCUMENT) -> bool:
    """Is this very cell in a document or a part of one?"""
    return value is cell or (deep > 0 and any(contains(one, cell, deep - 1) for one in inner(value)))


def _cells(node: object, table: str) -> Iterator[object]:
    """The cells with the figure in a table of some documents."""
    if isinstance(node, Mapping) and node.get("type") == "table" and node.get("id") == table:
        yield from (cell for row in node["rows"] for cell in row if FIGURE in str(cell))
    for one in inner(node):
        yield from _cells(one, table)


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
    elif objects and _is_ours(value):
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
        run = trace.thread.open[-1]
        # What is called from here gives the run nothing but its file.
        trace.thread.open.append(Call(cells.__code__, run, run.number, {}))
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), notebook.name, "exec"), names)
                if "parameters" in cell["metadata"].get("tags", []):
                    names.update({**given, "result": str(result)})
        trace.on = True
        trace.thread.open.pop()
    output.write_bytes(b"{}")


def report() -> Trace:
    """The trace of one report, made here."""
    os.environ["ZBANALYSIS_KERNELS"] = "cold"  # pages are made in this process
    import zbanalysis
    from zbanalysis.cli import cli
    from zbanalysis.data.files import DATA
    from zbanalysis.runs import notebooks

    trace = Trace(Path(zbanalysis.__file__).parent)
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
    return trace


def show(count: str, codes: Iterable[CodeType], package: str, wanted: str, *, listed: bool) -> None:
    """Print how many functions in how many files, and by file where it is asked for."""
    files: dict[str, set[str]] = {}
    for code in codes:
        if code.co_filename.startswith(package) and not code.co_name.startswith("<"):
            files.setdefault(code.co_filename.removeprefix(package), set()).add(code.co_qualname)
    for file, names in sorted(files.items()) if listed else ():
        sys.stdout.write(f"{file}: {', '.join(sorted(names))}\n")
    functions = sum(map(len, files.values()))
    sys.stdout.write(f"{count}: {functions} functions in {len(files)} files{wanted}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both counts, and by file with ``--list``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true", help="name the functions")
    parser.add_argument("--table", default="overview", help="the table's id; overview stands on page one")
    asked = parser.parse_args(arguments)
    trace = report()
    wanted = f" (at most {MOST_FUNCTIONS} in {MOST_FILES} are wanted)"
    way = {call.code for call in trace.way(asked.table)}
    show("way", way, trace.package, wanted, listed=asked.list)
    show("reached", trace.reached, trace.package, "", listed=asked.list)


if __name__ == "__main__":
    main()
