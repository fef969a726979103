"""What every test may ask for: where the project is, its data, and a copy of the data to spoil."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

# Notebooks below tests/ are samples, some made to fail; nbval runs those in notebooks/ only.
collect_ignore_glob = ["*.ipynb"]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def data_dir(root: Path) -> Path:
    """The shipped data; read, never written."""
    return root / "data"


@pytest.fixture
def data_copy(data_dir: Path, tmp_path: Path) -> Path:
    """A copy of the shipped data, to be spoiled by a test."""
    return Path(shutil.copytree(data_dir, tmp_path / "data"))


@pytest.fixture(scope="session")
def plan_result(tmp_path_factory) -> Callable[[str, str], dict]:
    """Plan and day → the sections of its result file; each is made once, whichever process asks first."""
    import in_process

    place = tmp_path_factory.getbasetemp()
    shared = place.parent if "PYTEST_XDIST_WORKER" in os.environ else place
    return lambda plan, day: in_process.plan_result(shared, plan, day)


@pytest.fixture(scope="session")
def gone() -> Callable[[int], bool]:
    """Has a process ended (or is a zombie that only waits to be counted), within some seconds?"""

    def ended(pid: int, patience: float = 60) -> bool:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            try:
                state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
            except (FileNotFoundError, ProcessLookupError):
                return True
            if state == "Z":
                return True
            time.sleep(0.05)
        return False

    return ended


@pytest.fixture(scope="session")
def worker() -> Callable:
    """Stands in for `report.run_order`: made-up sections and files, by what the order asks for, in no time."""
    from zbanalysis.report import results
    from zbanalysis.runs import report

    def perform(order, place, workers=1, say=lambda _: None, keep=lambda *_: None):
        made = {}
        for step in order.steps:
            say(f"{order.name}: running {step.path.name}")
            (place / f"{step.notebook}.ipynb").write_bytes(b"{}")
            section = {"parameters": dict(step.parameters), "tables": {}, "charts": {}, "facts": {}}
            made[step.notebook] = report.Made(section, b"{}")
            keep(step.notebook, made[step.notebook])
        content = {
            "format": results.FORMAT,
            "sections": {name: kept or made[name].section for name, kept in order.sections.items()},
            "manifest": {"as_of": order.job.as_of, **order.manifest},
        }
        key = order.manifest["key"]
        files = {
            lang: {kind: f"{order.name} {lang} {kind} {key}".encode() for kind in formats}
            for lang, formats in order.formats.items()
        }
        return report.Delivery(made, content, files)

    return perform
