"""Kill a run at each of its file operations in turn, and let the next one heal; a program for test_faults.py.

``python crash_points.py PLACE OLD NEW SCRATCH [edited]``: the data, the reports before and after the change,
and a folder.  Kernels and pages are replaced by what they made for NEW, so that one run takes
milliseconds; each is a process of its own that ends itself by kill -9 at its n-th operation.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import small_report as small

from zbanalysis.report import rendering
from zbanalysis.runs import jobs, report
from zbanalysis.runs.report import Source

OPERATIONS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree"}
EDITED = b"written by hand"


def performer(new: Path):
    """What kernels and pages would make."""
    content = json.loads((new / f"{small.NAME}.json").read_bytes())
    books = {stem: (new / "runs" / small.NAME / f"{stem}.ipynb").read_bytes() for stem in small.NOTEBOOKS}

    def perform(order: report.Order, place: Path, _: int, say: object, keep: report.Keep) -> report.Delivery:
        made = {
            step.notebook: report.Made(content["sections"][step.notebook], books[step.notebook])
            for step in order.steps
        }
        for notebook, one in made.items():
            keep(notebook, one)
        files = {
            lang: {
                suffix: (new / f"{small.NAME}_{lang}.{suffix}").read_bytes() for suffix in rendering.SUFFIXES
            }
            for lang in order.formats
        }
        return report.Delivery(made, content, files)

    return perform


def die_at(number: int, out: Path) -> None:
    """From here on the number-th operation below the folder is the last."""
    count = 0

    def look(event: str, arguments: tuple) -> None:
        nonlocal count
        if event in OPERATIONS and any(
            str(one).startswith(str(out)) for one in arguments[:2] if isinstance(one, str | Path)
        ):
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


def run(origin: Source, out: Path, new: Path, number: int = 0) -> int:
    """Make the report in a process of its own; how it ended."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            if number:
                die_at(number, out)
            report.build(
                jobs.Job(small.PLAN, small.DAY),
                origin,
                small.LANGUAGES,
                out,
                lambda _: None,
                perform=performer(new),
            )
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(place: Path, old: Path, new: Path, scratch: Path, edited: bool) -> None:
    """Sweep until a run comes to its end; print how many operations there were."""
    for owner, name, value in small.patches(place):
        setattr(owner, name, value)
    origin, before, after = report.source(place / "data"), small.state(old), small.state(new)
    word = f"{small.NAME}_zh.docx"
    number = 0
    while True:
        number += 1
        out = small.fresh(old, scratch / "out")
        if edited:
            (out / word).write_bytes(EDITED)
        code = run(origin, out, new, number)
        assert code in (0, -signal.SIGKILL), (number, code)
        for name, content in small.state(out).items():
            assert content in (before[name], after[name]) or (
                edited and name == word and content == EDITED
            ), (number, name)
        assert edited or len(small.state(out)) == len(small.FILES), (number, "a file is missing")
        if edited:
            assert any(path.read_bytes() == EDITED for path in out.glob("*.docx")), (
                number,
                "the edited file is lost",
            )
        assert run(origin, out, new) == 0, (number, "the next run failed")
        assert small.state(out) == after, (number, "not healed")
        aside = [path.name for path in out.iterdir() if ".edited-" in path.name]
        assert aside == ([f"{small.NAME}_zh.edited-1.docx"] if edited else []), (number, aside)
        assert not [path for path in out.rglob("*") if path.name.endswith(".part") or path.name == ".work"], (
            number
        )
        if code == 0:
            break
    sys.stdout.write(f"{number - 1} operations\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]), edited=sys.argv[5:] == ["edited"])
