"""The same work on other machines: a real local cluster of worker processes, and what can go wrong with one."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import command
import pytest
import small_report as small
from processes import left, linux_only

from zbanalysis.errors import InputError
from zbanalysis.runs import batch, jobs, report

pytestmark = [pytest.mark.slow, linux_only]

DAYS = ("2020-08-10", "2020-08-11", "2020-08-12", "2020-08-13")
BAD_DAY = "2020-08-31"
TAG = "ZB_TEST_RUN"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """The report of `small_report`, with a notebook that fails on one day."""
    place = small.prepare(tmp_path_factory.mktemp("cluster") / "place")
    book = place / "notebooks" / "second.ipynb"
    content = json.loads(book.read_text("utf-8"))
    first_line = f"assert as_of != '{BAD_DAY}', 'made up'\n"
    content["cells"][1]["source"] = first_line + "".join(content["cells"][1]["source"])
    book.write_text(json.dumps(content), "utf-8")
    return place


@pytest.fixture(scope="module", autouse=True)
def own_fork_server() -> Iterator[None]:
    """The server that forks these notebooks' kernels lacks packages that other tests' notebooks need."""
    yield
    if server := forkserver._forkserver._forkserver_pid:
        os.kill(server, signal.SIGKILL)  # the next kernel starts another


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    """A cluster of three worker processes."""
    from distributed import LocalCluster

    with pytest.MonkeyPatch.context() as patch:
        for name, value in small.environment(place, ZB_SMALL_REPORT=str(place), **{TAG: "worker"}).items():
            patch.setenv(name, value)
        with LocalCluster(
            n_workers=3, threads_per_worker=1, processes=True, dashboard_address=":0", preload="small_report"
        ) as machines:
            patch.delenv(TAG)
            yield machines.scheduler_address
    assert left(TAG, "worker", "resource_tracker") == [], (
        "workers, their servers and kernels end with the cluster"
    )


@pytest.fixture(autouse=True)
def patched(place: Path, monkeypatch) -> None:
    for owner, name, value in small.patches(place):
        monkeypatch.setattr(owner, name, value)


@pytest.fixture(scope="module")
def origin(place: Path) -> report.Source:
    return report.source(place / "data")


def wanted(*days: str) -> list[jobs.Job]:
    return [jobs.Job(small.PLAN, day) for day in days]


def made(out: Path) -> dict[str, bytes]:
    """All that a batch leaves but how long it took."""
    files = [path for path in out.rglob("*") if path.is_file() and path.name not in (".lock", batch.SUMMARY)]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(files)}


@pytest.fixture(scope="module")
def local(place: Path, origin: report.Source, tmp_path_factory) -> dict[str, bytes]:
    """The batch made by this machine alone."""
    out = tmp_path_factory.mktemp("local")
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, value in small.patches(place):
            patch.setattr(owner, name, value)
        entries = batch.run(wanted(*DAYS), origin, ("zh",), out, lambda _: None, workers=2)
    assert [(entry.status, entry.message) for entry in entries] == [("made", "")] * len(DAYS)
    return made(out)


def test_a_cluster_makes_the_same_bytes(address, origin, local, tmp_path):
    said: list[str] = []
    with batch.connect(address) as (perform, threads):
        assert threads == 3
        entries = batch.run(
            wanted(*DAYS), origin, ("zh",), tmp_path, said.append, workers=threads, perform=perform
        )
        assert [(entry.status, entry.message) for entry in entries] == [("made", "")] * len(DAYS)
        assert made(tmp_path) == local
        assert sum("handed to the cluster" in line for line in said) == len(DAYS)
        assert not any("running" in line for line in said), "this machine ran nothing itself"
        again = batch.run(
            wanted(*DAYS), origin, ("zh",), tmp_path, said.append, workers=threads, perform=perform
        )
    assert [entry.status for entry in again] == ["current"] * len(DAYS)
    assert sum("handed to the cluster" in line for line in said) == len(DAYS), "what is current stays at home"


def test_a_worker_killed_in_the_middle_costs_nothing(address, origin, local, tmp_path):
    from distributed import Client

    killed: list[int] = []

    def kill_one() -> None:
        with Client(address, set_as_default=False) as client:
            pids = client.run(os.getpid)
            end = time.monotonic() + 300
            while not killed and time.monotonic() < end:
                busy = [worker for worker, tasks in client.processing().items() if tasks]
                if busy:
                    time.sleep(0.3)
                    killed.append(pids[busy[0]])
                    os.kill(pids[busy[0]], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    with batch.connect(address) as (perform, threads):
        entries = batch.run(
            wanted(*DAYS), origin, ("zh",), tmp_path, lambda _: None, workers=threads, perform=perform
        )
    killer.join()
    assert killed
    assert [(entry.status, entry.message) for entry in entries] == [("made", "")] * len(DAYS)
    assert made(tmp_path) == local


def test_what_failed_on_a_worker_is_told_and_kept_here(address, origin, tmp_path):
    """The others are made; the notebook as far as it came is where a local run would leave it."""
    with batch.connect(address) as (perform, threads):
        good, bad = batch.run(
            wanted(DAYS[0], BAD_DAY),
            origin,
            ("zh",),
            tmp_path,
            lambda _: None,
            workers=threads,
            perform=perform,
        )
    assert (good.status, good.message, bad.status) == ("made", "", "failed")
    kept = tmp_path / "runs" / bad.name / "second.failed.ipynb"
    assert (
        bad.message
        == f"second.ipynb failed in cell 2: AssertionError: made up; see {kept.relative_to(tmp_path)}."
    )
    assert "made up" in kept.read_text("utf-8")
    assert not list(tmp_path.glob(f"{bad.name}*"))


def test_a_worker_of_another_version_is_one_sentence(address, origin, monkeypatch, tmp_path):
    """Its bytes would be others, and nobody would know why."""
    monkeypatch.setattr(batch, "version", lambda: "another")
    with batch.connect(address) as (perform, threads):
        (entry,) = batch.run(
            wanted(DAYS[0]), origin, ("zh",), tmp_path, lambda _: None, workers=threads, perform=perform
        )
    assert entry.status == "failed"
    assert entry.message == "A worker has another version of zbanalysis; install the same on every machine."


@pytest.mark.parametrize(
    "where", ["tcp://127.0.0.1:1", "127.0.0.1:1", "nowhere.invalid:8786", "no address", "tcp://", "ftp://a:1"]
)
def test_an_address_where_nobody_answers_is_bad_input(where, monkeypatch):
    monkeypatch.setattr(batch, "CONNECT_LIMIT", 1)
    with pytest.raises(InputError) as caught, batch.connect(where):
        pass
    text = str(caught.value)
    assert text.startswith(f"--scheduler {where}: no Dask scheduler answers there")
    assert text.count("\n") == 0


def test_tls_without_certificates_says_where_they_are_set():
    with (
        pytest.raises(InputError, match=r"distributed\.comm\.tls"),
        batch.connect("tls://127.0.0.1:1"),
    ):
        pass


def test_somebody_else_who_answers_is_bad_input(monkeypatch):
    """A web server, say: it accepts the call and says nothing that a scheduler would."""
    monkeypatch.setattr(batch, "CONNECT_LIMIT", 2)
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        with (
            pytest.raises(InputError, match="no Dask scheduler answers there"),
            batch.connect(f"tcp://127.0.0.1:{number}"),
        ):
            pass


def test_a_scheduler_without_workers_is_bad_input():
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as machines,
        pytest.raises(InputError, match="has no workers; start some with: dask worker"),
        batch.connect(machines.scheduler_address),
    ):
        pass


def test_a_cluster_that_goes_away_is_one_sentence(place, origin, tmp_path):
    from distributed import LocalCluster

    machines = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0")
    with batch.connect(machines.scheduler_address) as (perform, threads):
        leaving = threading.Timer(0.3, machines.close)
        leaving.start()
        (entry,) = batch.run(
            wanted(DAYS[0]), origin, ("zh",), tmp_path, lambda _: None, workers=threads, perform=perform
        )
        leaving.join()
    assert entry.status == "failed"
    assert "the cluster is gone" in entry.message


def test_the_command_tells_of_a_scheduler_that_is_not_there(root, monkeypatch, tmp_path):
    monkeypatch.setattr(batch, "CONNECT_LIMIT", 1)
    asked = ("--areas", "zibo", "--scheduler", "tcp://127.0.0.1:1", "--out", str(tmp_path))
    done = command.call("batch", *asked, cwd=root)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(
        "zbanalysis: --scheduler tcp://127.0.0.1:1: no Dask scheduler answers there"
    )
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
