"""Nothing lost, nothing half written, the next run heals: whatever is done to a run from outside.

The report is that of `small_report`, by the real command in a process of its own.  What a notebook does to
its run is in test_bad_notebooks.py.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import small_report as small
from processes import left, linux_only

from zbanalysis.runs import current, jobs, report

pytestmark = [pytest.mark.slow, linux_only]

KILLS = int(os.environ.get("ZB_KILLS", "6"))
"""Random moments of a kill; more are a matter of an evening."""

TAG = "ZB_TEST_RUN"


@dataclass(frozen=True)
class World:
    """A data folder before and after a change, the reports of both, and how long a run takes."""

    before: Path
    after: Path
    out: Path
    old: dict[str, bytes]
    new: dict[str, bytes]
    notebooks: dict[str, bytes]
    seconds: float


def evidence(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "runs" / small.NAME).glob("*.ipynb")}


def command(place: Path, out: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        small.command(place, out, *options), env=small.environment(place, **env),
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    """Both versions of the report, each made whole and undisturbed."""
    top = tmp_path_factory.mktemp("faults")
    before, after = small.prepare(top / "before"), small.prepare(top / "after")
    small.change(after)
    assert command(before, top / "old").returncode == 0
    small.fresh(top / "old", top / "new")
    start = time.monotonic()
    assert command(after, top / "new").returncode == 0
    seconds = time.monotonic() - start
    old, new = small.state(top / "old"), small.state(top / "new")
    assert set(old) == set(new) == set(small.FILES)
    assert all(old[name] != new[name] for name in small.FILES), "else no mixture could be seen"
    assert all(small.whole(folder / name) for folder in (top / "old", top / "new") for name in small.FILES)
    return World(before, after, top / "old", old, new, evidence(top / "new"), seconds)


@pytest.fixture
def out(world: World, tmp_path: Path) -> Path:
    """A folder with the last good report, of the data before the change."""
    return small.fresh(world.out, tmp_path / "out")


@pytest.fixture(scope="module")
def here() -> Iterator[None]:
    """Kernels of this process, for runs that heal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(small.__file__).parent))
        patch.setenv("PYTHONPATH", str(Path(small.__file__).parent))
        yield


@pytest.fixture
def heal(world: World, here: None, monkeypatch) -> Callable[[Path], None]:
    """The next run, in this process; it must give what an undisturbed one gave, and leave nothing over."""
    for owner, name, value in small.patches(world.after):
        monkeypatch.setattr(owner, name, value)

    def again(out: Path) -> None:
        origin = report.source(world.after / "data")
        report.build(jobs.Job(small.PLAN, small.DAY), origin, small.LANGUAGES, out, say=lambda _: None)
        assert small.state(out) == world.new
        assert evidence(out) == world.notebooks
        over = [path for path in out.rglob("*") if path.name.endswith(".part") or path.name == ".work"]
        assert over == []

    return again


def whole_versions(world: World, out: Path) -> None:
    """Every file is there, and is the old one or the new one."""
    found = small.state(out)
    assert set(found) == set(small.FILES)
    assert [
        name for name, content in found.items() if content not in (world.old[name], world.new[name])
    ] == []
    records = list((out / "runs" / small.NAME).glob("*.json"))
    assert [path.name for path in records if current.read(path) is None] == []


def started(place: Path, out: Path, tag: str, **env: str) -> subprocess.Popen:
    return subprocess.Popen(
        small.command(place, out), env=small.environment(place, **{TAG: tag}, **env), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def kill(world: World, seed: int, top: Path) -> Path:
    """The folder of a run that was killed at a random moment, looked at."""
    out, moment = (
        small.fresh(world.out, top / str(seed)),
        (seed + random.Random(seed).random()) / KILLS * world.seconds,
    )
    while True:  # a run that was quicker than the kill is no kill: sooner, then
        tag = f"kill-{seed}-{moment}"
        process = started(world.after, out, tag)
        time.sleep(moment)
        process.kill()
        process.communicate()
        whole_versions(world, out)
        assert left(TAG, tag) == []
        if process.returncode == -signal.SIGKILL:
            return out
        small.fresh(world.out, out)
        moment *= 0.8


@pytest.fixture(scope="module")
def killed(world: World, tmp_path_factory) -> Iterator[list[Future]]:
    """Runs killed at random moments, two at a time: most of a run is waiting."""
    top = tmp_path_factory.mktemp("killed")
    with ThreadPoolExecutor(2) as pool:
        yield [pool.submit(kill, world, seed, top) for seed in range(KILLS)]


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment_nothing_is_lost_and_the_next_run_heals(seed, killed, heal):
    heal(killed[seed].result())


@pytest.mark.parametrize("edited", [False, True], ids=["as written", "edited by hand"])
def test_killed_at_every_single_file_operation_of_a_run(edited, world, tmp_path):
    """Not random: the n-th opening, renaming or removing in the output folder is the last, for every n."""
    program = [sys.executable, str(Path(__file__).parent.with_name("crash_points.py"))]
    places = [str(world.after), str(world.out), str(world.out.with_name("new")), str(tmp_path)]
    done = subprocess.run(
        [*program, *places, *(["edited"] if edited else [])],
        env=small.environment(world.after), capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) >= 40, "so many operations there are at least"


@pytest.mark.parametrize(
    ("number", "code", "share"),
    [(signal.SIGTERM, 143, 0.15), (signal.SIGINT, 130, 0.5), (signal.SIGTERM, 143, 0.85)],
)
def test_stopped_it_ends_at_once_and_leaves_nothing_running(number, code, share, world, out, heal):
    while True:  # a run that was done before it was stopped shows nothing: sooner, then
        tag = f"stop-{number}-{share}"
        process = started(world.after, out, tag)
        process.stdout.readline()  # from here on it is at work
        time.sleep(share * world.seconds / 2)
        process.send_signal(number)
        _, told = process.communicate(timeout=600)
        if process.returncode:
            break
        small.fresh(world.out, out)
        share *= 0.6
    # Stopped while Python still imports or already ends, it ends by the signal itself, and leaves nothing either.
    stopped = "zbanalysis: stopped; what was finished is kept, run again to go on.\n"
    assert (process.returncode, told) in ((code, stopped), (-number, ""), (-number, stopped))
    assert left(TAG, tag) == []
    whole_versions(world, out)
    heal(out)


def sentence(done: subprocess.CompletedProcess[str], pattern: str, code: int = 1) -> None:
    assert done.returncode == code, done.stderr
    assert re.fullmatch(rf"zbanalysis: [^\n]*{pattern}[^\n]*\.\n", done.stderr), done.stderr


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk; the limit of file sizes is tested all the same")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("free", [0, 16, 80])
def test_on_a_full_disk_the_last_good_report_stays(free, world, disk, heal):
    out = small.fresh(world.out, disk / "out")
    room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    (disk / "ballast").write_bytes(bytes(max(room - free * 1024, 0)))
    done = command(world.after, out)
    if done.returncode:
        sentence(done, "No space left on device")
        assert small.state(out) == world.old
    else:
        assert free >= 80, "so little is not enough"
        assert small.state(out) == world.new
    (disk / "ballast").unlink()
    heal(out)


@pytest.mark.parametrize("limit", [0, 10_000])
def test_where_no_file_may_be_long_the_last_good_report_stays(limit, world, out, heal):
    import resource

    assert max(map(len, world.new.values())) > limit
    done = subprocess.run(
        small.command(world.after, out), env=small.environment(world.after), capture_output=True, text=True,
        check=False, timeout=600, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    sentence(done, "")
    assert small.state(out) == world.old
    heal(out)


def test_a_folder_that_may_not_be_written_is_one_sentence(world, disk, heal):
    out = small.fresh(world.out, disk / "out")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    sentence(command(world.after, out), "Read-only file system")
    sentence(command(world.after, disk / "another"), "Read-only file system")
    assert small.state(out) == world.old
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    heal(out)


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        *((name, damage) for name in (f"{small.NAME}.json", "first") for damage in (b"", b"\xff\xfe\x00", b"null", b"cut")),
        *((name, b"cut") for name in (f"{small.NAME}_zh.pdf", "second", "finished-result", "finished-zh")),
    ],
)  # fmt: skip
def test_a_damaged_file_is_made_again(file, damage, world, tmp_path, heal):
    out = small.fresh(world.out.with_name("new"), tmp_path / "out")
    path = out / file if "." in file else out / "runs" / small.NAME / f"{file}.json"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if damage == b"cut" else damage)
    heal(out)
    assert current.read(out / "runs" / small.NAME / "first.json") is not None


def test_a_record_that_was_tampered_with_counts_for_nothing(world, tmp_path, heal):
    """Valid JSON, but its content is not what was written: the digest tells."""
    out = small.fresh(world.out.with_name("new"), tmp_path / "out")
    record = out / "runs" / small.NAME / "first.json"
    text = record.read_text("utf-8")
    assert "2.15" in text
    record.write_text(text.replace("2.15", "9.99"), "utf-8")
    (out / f"{small.NAME}.json").unlink()
    heal(out)


COUNTED = """
import os, sys
opened = []
def look(event, arguments):
    if event == "open" and str(arguments[0]).endswith("data/observations.csv"):
        opened.append(1)
sys.addaudithook(look)
import atexit, runpy
atexit.register(lambda: sys.stderr.write(f"opened {len(opened)}"))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_the_figures_are_opened_once_to_look_and_once_to_see_that_they_are_the_same(world, tmp_path):
    def opened() -> int:
        done = subprocess.run(
            [sys.executable, "-c", COUNTED, *small.command(world.after, tmp_path / "out")[1:]],
            env=small.environment(world.after), capture_output=True, text=True, check=True, timeout=600,
        )  # fmt: skip
        return int(done.stderr.removeprefix("opened "))

    assert opened() == 2
    assert opened() == 1, "nothing to do"


def test_two_runs_of_one_report_wait_for_each_other(world, out):
    both = [started(world.after, out, f"two-{number}") for number in (1, 2)]
    told = [process.communicate(timeout=600) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert [stderr for _, stderr in told] == ["", ""]
    ran = [stdout.count("running") for stdout, _ in told]
    assert sorted(ran) == [0, 1], "what the change concerns is run once"
    second = told[ran.index(0)][0]
    assert second.count("up to date: ") == 6
    assert small.state(out) == world.new
    assert evidence(out) == world.notebooks


def test_data_that_change_during_a_run_are_shown_as_they_were_at_its_start(world, tmp_path, heal):
    place, out = small.fresh(world.before, tmp_path / "place"), tmp_path / "out"
    process = started(place, out, "changing")
    assert "running" in process.stdout.readline()
    small.change(place)
    stdout, stderr = process.communicate(timeout=600)
    assert (process.returncode, stderr) == (0, "")
    assert "the data changed while this was being made" in stdout
    assert small.state(out) == world.old
    done = command(place, out)
    assert "running first.ipynb" in done.stdout
    assert "data changed" not in done.stdout
    assert small.state(out) == world.new


_JUMPING = """
import itertools, time
_now, _numbers = time.time, itertools.count()
time.time = lambda: _now() + 86400 * 4000 * (-1) ** next(_numbers)
time.time_ns = lambda: int(time.time() * 1e9)
"""


def test_a_clock_that_jumps_changes_nothing(world, tmp_path):
    """Every look at the clock, in command, server and kernels, jumps years to and fro."""
    place = small.fresh(world.after, tmp_path / "place")
    with (place / "light" / "sitecustomize.py").open("a", encoding="utf-8") as file:
        file.write(_JUMPING)
    done = command(place, tmp_path / "out", "--time-limit", "600")
    assert (done.returncode, done.stderr) == (0, "")
    assert small.state(tmp_path / "out") == world.new
    again = command(place, tmp_path / "out")
    assert again.stdout.count("up to date: ") == 6


def test_the_times_of_files_count_for_nothing(world, tmp_path):
    """Neither is a new figure in an old file overlooked, nor a run begun for a file's time alone."""
    place, out = small.fresh(world.after, tmp_path / "place"), small.fresh(world.out, tmp_path / "out")
    for path in [*place.rglob("*"), *out.rglob("*")]:
        os.utime(path, (0, 0))
    assert "running first.ipynb" in command(place, out).stdout
    assert small.state(out) == world.new
    for path in place.rglob("*"):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    assert command(place, out).stdout.count("up to date: ") == 6


@pytest.mark.parametrize("victim", ["server", "kernel"])
def test_a_run_survives_that_its_kernels_are_killed(victim, world, out):
    """Only faults of this sort are tried again; the bytes are the same."""
    tag = f"victim-{victim}"
    process = started(world.after, out, tag)
    found = Searching(tag, victim)
    stdout, stderr = process.communicate(timeout=600)
    found.stop()
    assert found.killed, "else nothing was shown"
    assert (process.returncode, stderr) == (0, ""), stdout
    assert small.state(out) == world.new
    assert left(TAG, tag) == []


class Searching:
    """Kills a process of a run once: the server of its kernels when it has one, or the first kernel."""

    def __init__(self, tag: str, victim: str) -> None:
        self.killed, self._tag, self._victim, self._stop = False, tag, victim, threading.Event()
        self._thread = threading.Thread(target=self._search)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _search(self) -> None:
        from processes import running

        while not self.killed and not self._stop.wait(0.02):
            found = running(TAG, self._tag)
            servers = [one for one in found if "multiprocessing.forkserver" in one.command]
            pids = {one.pid for one in servers}
            # The server's copies supervise; each has a copy that is a kernel.
            kernels = [one for one in servers if one.parent in pids and any(
                other.pid == one.parent and other.parent in pids for other in servers)]  # fmt: skip
            if kernels:
                time.sleep(0.1)
                parents = {one.pid: one.parent for one in servers}
                server = parents[kernels[0].parent]
                os.kill(server if self._victim == "server" else kernels[0].pid, signal.SIGKILL)
                self.killed = True
