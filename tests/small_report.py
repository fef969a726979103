"""A report that takes two seconds instead of twenty, for the tests that kill and starve it.

Two notebooks made here read the real rows of one plan; the pages are one line each, set by the real
typesetter.  All between them is the program's own: command line, kernels forked from a server, store,
lock, records, publication.  As a program, ``python small_report.py PLACE report …`` is the command.
"""

from __future__ import annotations

import datetime as dt
import importlib
import io
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from zbanalysis.data import files
from zbanalysis.report import rendering
from zbanalysis.runs import jobs, report

PLAN, DAY = "zibo-13", "2020-08-10"
NAME = f"{PLAN}_{DAY}"
LANGUAGES = ("zh", "en")
FILES = [f"{NAME}.json", *(f"{NAME}_{lang}.{suffix}" for lang in LANGUAGES for suffix in rendering.SUFFIXES)]
NOTEBOOKS = {"first": ("plan", "area"), "second": ("plan",)}
FIGURE = ("zibo,rd_intensity,2015,2.14", "zibo,rd_intensity,2015,2.15")
"""A row of the data, and made up, another value of it."""

_PARAMETERS = "\n".join(f'{name}: str = ""  # {name}' for name in ("plan", "as_of", "folder", "result"))
_PUBLISH = """import time
from pathlib import Path

import pandas as pd

from zbanalysis.report import results

figures = pd.read_csv(Path(folder) / "{table}.csv", dtype=str)
time.sleep(0.2)
days = pd.DataFrame({{"date_published": [as_of]}})
results.publish(result, "{name}", {{"plan": plan, "as_of": as_of}}, {{"figures": figures, "sources": days}})"""
_LIGHT = """import sys

if "multiprocessing.forkserver" in " ".join(sys.orig_argv):  # these notebooks need none of it, and it takes seconds
    for name in ("scipy.stats", "statsmodels", "statsmodels.api", "matplotlib", "seaborn"):
        sys.modules[name] = None
"""


def notebook(path: Path, *cells: str) -> Path:
    """A notebook of these code cells, after the one with the usual parameters."""
    from nbformat import v4

    book = v4.new_notebook(
        cells=[v4.new_code_cell(_PARAMETERS, metadata={"tags": ["parameters"]})],
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    )
    book.cells += [v4.new_code_cell(source) for source in cells]
    for number, cell in enumerate(book.cells):
        cell.id = f"cell-{number}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(book), "utf-8")
    return path


def prepare(place: Path) -> Path:
    """A folder with ``notebooks``, ``data`` (rows of the shipped data that the plan needs) and ``light``."""
    for name, table in zip(NOTEBOOKS, ("observations", "targets"), strict=True):
        notebook(place / "notebooks" / f"{name}.ipynb", _PUBLISH.format(name=name, table=table))
    content = jobs.extract(jobs.read(files.DATA), ["plan", "area"], DAY, plan=PLAN)
    jobs.write(content, place / "data")
    (place / "light").mkdir()
    (place / "light" / "sitecustomize.py").write_text(_LIGHT, "utf-8")
    return place


def change(place: Path) -> None:
    """Another value in the data."""
    file = place / "data" / "observations.csv"
    text = file.read_text("utf-8")
    assert text.count(FIGURE[0]) == 1
    file.write_text(text.replace(*FIGURE), "utf-8")


def environment(place: Path, **more: str) -> dict[str, str]:
    """Of a process that is to make this report; never hindered by how the tests were started."""
    path = [str(place / "light"), str(Path(__file__).parent), str(files.ROOT)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), **more}


def command(place: Path, out: Path, *options: str) -> list[str]:
    """The command that makes this report."""
    task = ["report", "--plan", PLAN, "--as-of", DAY, "--data", str(place / "data"), "--out", str(out)]
    return [sys.executable, __file__, str(place), *task, *options]


def patches(place: Path) -> list[tuple[object, str, object]]:
    """What makes a report of the program this one: object, attribute, value."""
    importlib.import_module("zbanalysis.runs.notebooks")
    house = [one for name, one in sys.modules.items() if name.startswith("zbanalysis.") and one is not files]
    return [
        (jobs, "PLAN_NOTEBOOKS", NOTEBOOKS),
        *((one, "NOTEBOOKS", place / "notebooks") for one in house if hasattr(one, "NOTEBOOKS")),
        (report, "set_pages", pages),
    ]


def pages(
    content: Mapping,
    lang: str,
    kind: str = "",
    before: Mapping | None = None,
    formats: Sequence[str] = rendering.SUFFIXES,
) -> dict[str, bytes]:
    """One line as PDF, and two zip files, the same bytes for the same content."""
    import typst

    line = json.dumps(content["sections"], sort_keys=True, ensure_ascii=False)[:20_000]
    time = dt.datetime(2020, 8, 10, tzinfo=dt.UTC)
    document = typst.compile(json.dumps(f"{lang} {line}").encode().join([b"#", b""]), timestamp=time)
    made = {"pdf": document, **{suffix: _zip(suffix, lang, line) for suffix in ("xlsx", "docx")}}
    return {suffix: made[suffix] for suffix in formats if suffix in made}


def _zip(suffix: str, lang: str, line: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{suffix}-{lang}.txt"), line)
    return memory.getvalue()


def whole(path: Path) -> bool:
    """Can the file be opened as what its name says?"""
    content = path.read_bytes()
    if path.suffix == ".json":
        return bool(json.loads(content))
    if path.suffix == ".pdf":
        return content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.testzip() is None


def state(out: Path) -> dict[str, bytes]:
    """The report's files that are there."""
    return {name: (out / name).read_bytes() for name in FILES if (out / name).exists()}


def fresh(source: Path, target: Path) -> Path:
    """A folder as another was."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(source, target))


def dask_setup(worker: object) -> None:
    """A worker of a cluster makes this report too."""
    for owner, name, value in patches(Path(os.environ["ZB_SMALL_REPORT"])):
        setattr(owner, name, value)


def main() -> None:
    """The command, for this report."""
    from zbanalysis.cli import main as cli

    for owner, name, value in patches(Path(sys.argv[1])):
        setattr(owner, name, value)
    sys.argv[1:] = sys.argv[2:]
    cli()


if __name__ == "__main__":
    main()
