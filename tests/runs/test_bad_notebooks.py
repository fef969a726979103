"""What a notebook may do to its run: leave early, hang, fill the memory, leave processes behind."""

from __future__ import annotations

import json
import os
import re
import signal
from multiprocessing import forkserver
from pathlib import Path

import pytest
import small_report as small
from processes import left, linux_only

from zbanalysis.errors import InfrastructureError, ZbError
from zbanalysis.runs import notebooks, warm

pytestmark = [pytest.mark.slow, linux_only]

TAG = "ZB_TEST_RUN"
PUBLISH = "from zbanalysis.report import results\nresults.publish(result, 'bad', {}, {})"


@pytest.fixture(params=["warm", "cold"])
def mode(request, monkeypatch, tmp_path) -> str:
    """Kernels of either sort; whatever they start carries a mark."""
    monkeypatch.setenv("ZBANALYSIS_KERNELS", request.param)
    monkeypatch.setenv(TAG, str(tmp_path))
    return request.param


def run(folder: Path, *cells: str, limit: float = 600) -> None:
    """Run a notebook of these cells."""
    book = small.notebook(folder / "bad.ipynb", *cells)
    notebooks.execute(book, {}, folder / "result.json", folder / "executed.ipynb", limit=limit)


def failure(folder: Path, *cells: str, limit: float = 600) -> ZbError:
    """The one sentence with which it failed; what it had done is kept, and nothing of it runs on."""
    with pytest.raises(ZbError) as caught:
        run(folder, *cells, limit=limit)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("bad.ipynb")
    assert str(folder / "executed.ipynb") in text
    assert json.loads((folder / "executed.ipynb").read_text("utf-8"))["cells"]
    assert left_of(folder) == []
    assert not warm.available() or copies() == []
    return caught.value


def left_of(folder: Path) -> list[str]:
    """Processes of this test but this one's fork server, its tracker and its idle copies for pages."""
    return [one.command for one in left(TAG, str(folder), "multiprocessing")]


def copies() -> list[int]:
    """Copies of this process's fork server that still run; those that lead a group are of kernels."""
    warm.start()
    server = forkserver._forkserver._forkserver_pid
    found = Path(f"/proc/{server}/task/{server}/children").read_text("ascii").split()
    return [int(pid) for pid in found if os.getpgid(int(pid)) == int(pid)]


@pytest.mark.usefixtures("mode")
@pytest.mark.parametrize("leave", ["import sys; sys.exit(0)", "import os; os._exit(0)", "raise SystemExit"])
def test_one_that_leaves_as_if_all_were_well_is_no_success(leave, tmp_path):
    error = failure(tmp_path, "1 + 1", leave, PUBLISH)
    assert not isinstance(error, InfrastructureError), "to try again would be no use"
    assert re.search("stopped early: cell [34] never ran", str(error))
    assert not (tmp_path / "result.json").exists()


@pytest.mark.usefixtures("mode")
@pytest.mark.parametrize("leave", ["import os; os._exit(0)", "import sys; sys.exit(0)"])
def test_one_that_leaves_in_its_last_cell_is_no_success_either(leave, tmp_path):
    """It has published, but who knows what it left out: the cell never came to its end."""
    failure(tmp_path, PUBLISH, f"{leave}\nresults.publish(result, 'bad', {{}}, {{}}, facts={{'more': 1}})")


@pytest.mark.usefixtures("mode")
def test_one_that_leaves_in_the_cell_that_publishes_is_no_success_either(tmp_path):
    failure(tmp_path, f"{PUBLISH}\nimport os; os._exit(0)")


HANGS = {
    "sleeps": "import time; time.sleep(1000)",
    "no interrupt": "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    "never gives way": "import signal; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]\nimport re; re.match('(a*)*b', 'a' * 60)",
    "stopped": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "threads": "import threading; threading.Lock().acquire(); [threading.Thread(target=threading.Event().wait).start()]\nthreading.Event().wait()",
}


@pytest.mark.parametrize(
    ("mode", "hang"),
    [*(("warm", name) for name in HANGS), ("cold", "sleeps"), ("cold", "no interrupt")],
    indirect=["mode"],
)
def test_one_that_hangs_is_ended_when_its_time_is_up(hang, mode, tmp_path):
    mark = tmp_path / "hangs"
    if mode == "warm":
        assert warm.pool(1).submit(abs, -1).result() == 1  # the server is ready
    for limit in (3, 6, 20, 100):  # a kernel takes some time to be there, and more where the machine is busy
        error = failure(tmp_path, f"open({str(mark)!r}, 'w').close()\n{HANGS[hang]}", PUBLISH, limit=limit)
        assert f"bad.ipynb took longer than {limit} seconds and was ended in cell" in str(error)
        if mark.exists():
            break
    assert "ended in cell 2" in str(error)
    assert not isinstance(error, InfrastructureError), "to try again would only hang again"


def test_a_time_limit_shorter_than_the_start_of_a_kernel_holds_too(monkeypatch, tmp_path):
    """The time is up before there is a process to end: it must not be let go."""
    monkeypatch.setenv(TAG, str(tmp_path))
    error = failure(tmp_path, "while True: pass", limit=0.01)
    assert "took longer than 0.01 seconds" in str(error)


@pytest.mark.parametrize(
    "hunger",
    [
        "import numpy; all_of_it = numpy.ones(1 << 30)",
        "all_of_it = []\nwhile True: all_of_it.append(bytes(1 << 20))",
        "all_of_it = bytearray(1 << 33)",
    ],
    ids=["at once", "by and by", "without touching it"],
)
def test_one_that_eats_memory_is_told_so(hunger, monkeypatch, tmp_path):
    monkeypatch.setenv("ZBANALYSIS_MEMORY_GB", "0.5")
    monkeypatch.setenv("ZBANALYSIS_KERNELS", "warm")
    monkeypatch.setenv(TAG, str(tmp_path))
    error = failure(tmp_path, hunger, PUBLISH)
    assert "cell 2" in str(error)
    assert "memory" in str(error).lower()


CHILD = (
    "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], {})\n"
)


@pytest.mark.parametrize(
    "end",
    [
        "",
        "raise ValueError('made up')",
        "import os; os._exit(0)",
        "import os; os._exit(3)",
        "import time; time.sleep(600)",
    ],
)
@pytest.mark.parametrize("apart", [False, True], ids=["its group", "a group of its own"])
def test_what_it_starts_ends_with_it(apart, end, monkeypatch, tmp_path):
    monkeypatch.setenv("ZBANALYSIS_KERNELS", "warm")
    monkeypatch.setenv(TAG, str(tmp_path))
    cells = [CHILD.format("start_new_session=True" if apart else ""), PUBLISH]
    if end:
        failure(tmp_path, *cells, end, limit=8)
    else:
        run(tmp_path, *cells)
        assert left_of(tmp_path) == []


def test_what_it_starts_ends_though_it_is_ended_again_and_again(monkeypatch, tmp_path):
    """On a busy machine the second signal came while the first was still being answered."""
    monkeypatch.setenv("ZBANALYSIS_KERNELS", "warm")
    monkeypatch.setenv(TAG, str(tmp_path))
    once = warm._kill
    monkeypatch.setattr(warm, "_kill", lambda process: [once(process) for _ in range(2_000)])
    failure(tmp_path, CHILD.format("") * 20, "import time; time.sleep(600)", limit=8)


def test_what_it_starts_ends_with_it_in_an_ordinary_kernel_too(monkeypatch, tmp_path):
    monkeypatch.setenv("ZBANALYSIS_KERNELS", "cold")
    monkeypatch.setenv(TAG, str(tmp_path))
    run(tmp_path, CHILD.format(""), PUBLISH)
    assert left_of(tmp_path) == []


@pytest.mark.usefixtures("mode")
def test_one_whose_kernel_is_killed_is_tried_again(tmp_path):
    """The first time it kills itself as the system would; the second time it is well."""
    mark = tmp_path / "was here"
    bad = f"import os, pathlib\nmark = pathlib.Path({str(mark)!r})\nif not mark.exists():\n    mark.touch()\n    os.kill(os.getpid(), {int(signal.SIGKILL)})"
    run(tmp_path, bad, PUBLISH)
    assert (tmp_path / "result.json").exists()


@pytest.mark.usefixtures("mode")
def test_one_whose_kernel_is_killed_every_time_is_given_up(tmp_path):
    counted = tmp_path / "tries"
    bad = f"import os\nopen({str(counted)!r}, 'a').write('x')\nos.kill(os.getpid(), {int(signal.SIGKILL)})"
    assert isinstance(failure(tmp_path, bad, PUBLISH), InfrastructureError)
    assert counted.read_text("utf-8") == "xxx"
