"""Warm kernels and page processes: copies of one process, each ended with all it started, whatever dies first."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from zbanalysis.data import files
from zbanalysis.errors import InfrastructureError, InputError, ZbError
from zbanalysis.report import results
from zbanalysis.runs import jobs, notebooks, report, warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes cannot be forked here")

FACTS = """
import os
from pathlib import Path
from ipykernel.connect import get_connection_info
from zbanalysis.report import results
told = get_connection_info(unpack=True)
ancestors = [os.getpid()]
while ancestors[-1] > 1:
    ancestors.append(int(Path(f"/proc/{ancestors[-1]}/stat").read_text().rpartition(")")[2].split()[1]))
facts = {"pid": os.getpid(), "ancestors": str(ancestors[1:]), "group": os.getpgid(0),
         "transport": told["transport"], "sockets": told["ip"], "seen": globals().get("seen", "nothing"),
         "folder": os.getcwd()}
results.publish(result, "made", {}, {}, facts=facts)
"""
KERNELSPEC = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def server() -> int:
    warm.start()
    return forkserver._forkserver._forkserver_pid


def ancestors(facts: dict) -> list[int]:
    return [int(pid) for pid in facts["ancestors"].strip("[]").split(",")]


@pytest.fixture
def book(tmp_path):
    """A notebook of these cells, run; the facts that it published."""

    def run(*cells: str, limit: float = 120) -> dict:
        path, result = tmp_path / "made.ipynb", tmp_path / "result.json"
        first = new_code_cell(
            'result: str = ""  # result file', id="first", metadata={"tags": ["parameters"]}
        )
        rest = [new_code_cell(cell, id=f"cell-{number}") for number, cell in enumerate(cells)]
        nbformat.write(new_notebook(cells=[first, *rest], metadata=KERNELSPEC), path)
        notebooks.execute(path, {}, result, tmp_path / "executed.ipynb", limit=limit)
        return results.read(result)["sections"]["made"]["facts"]

    return run


# --- who dies first ---


def test_a_run_goes_on_when_the_server_dies_in_between(book):
    before = server()
    os.kill(before, signal.SIGKILL)
    facts = book(FACTS)
    assert server() != before
    assert server() in ancestors(facts)


def test_a_notebook_runs_even_if_the_server_dies_as_it_is_asked(book, monkeypatch):
    def dead(*_: object) -> None:
        raise EOFError

    monkeypatch.setattr(warm, "Forked", dead)
    assert ancestors(book(FACTS))[0] == os.getpid()


CLIENT = """
import os, sys, threading, time
from pathlib import Path
from multiprocessing import forkserver
from zbanalysis.runs import notebooks, report, warm
folder = Path(sys.argv[1])
warm.pool(1).submit(time.sleep, 600)
run = threading.Thread(target=lambda: notebooks.execute(folder / "hangs.ipynb", {}, None, folder / "e.ipynb"))
run.start()
while not (folder / "pids").exists():
    time.sleep(0.05)
server = forkserver._forkserver._forkserver_pid
copies = Path(f"/proc/{server}/task/{server}/children").read_text()
(folder / "told.part").write_text(f"{server} {copies} " + (folder / "pids").read_text())
os.rename(folder / "told.part", folder / "told")
time.sleep(600)
"""

HANGS = """
import os, signal
open(PLACE + ".part", "w").write(f"{os.getpid()}")
os.rename(PLACE + ".part", PLACE)
os.kill(os.getpid(), signal.SIGSTOP)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "kill"])
def test_killing_the_client_leaves_no_process_alive(tmp_path, gone, number):
    """Server, supervisor, a process of the pool, and a kernel that was stopped in the middle of a cell."""
    hangs = HANGS.replace("PLACE", repr(str(tmp_path / "pids")))
    first = new_code_cell('x: str = ""  # nothing', metadata={"tags": ["parameters"]})
    cells = [first, new_code_cell(hangs)]
    nbformat.write(new_notebook(cells=cells, metadata=KERNELSPEC), tmp_path / "hangs.ipynb")
    environment = os.environ | {"PYTHONPATH": str(files.ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(tmp_path)], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        end = time.monotonic() + 600
        while not (tmp_path / "told").exists():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        pids = [int(pid) for pid in (tmp_path / "told").read_text().split()]
        assert len(pids) == 4
        assert not any(gone(pid, patience=0.2) for pid in pids)
        process.send_signal(number)
        process.wait(600)
    assert [pid for pid in pids if not gone(pid)] == []


# --- nothing of the user's counts ---


def test_no_file_and_no_setting_of_the_users_changes_a_run(tmp_path, root):
    """Modules beside the data, IPython's start-up files, a matplotlibrc: none is run or read."""
    marks, home, here = tmp_path / "marks", tmp_path / "home", tmp_path / "here"
    startup = home / ".ipython" / "profile_default" / "startup"
    for folder in (marks, startup, here, home / ".config" / "matplotlib"):
        folder.mkdir(parents=True)
    for path in (startup / "00.py", home / "startup.py", *(here / f"{name}.py" for name in (
        "json", "typst", "docx", "calendar", "queue", "random", "ipykernel_launcher"))):  # fmt: skip
        path.write_text(f"open({str(marks / path.name)!r}, 'w').close()\n")
    for folder in (home / ".config" / "matplotlib", here):
        (folder / "matplotlibrc").write_text("axes.grid: True\n")
    program = (
        "from pathlib import Path\nfrom zbanalysis.runs import notebooks\n"
        f"notebooks.execute(Path({str(tmp_path / 'made.ipynb')!r}), {{}}, None, Path({str(tmp_path / 'e.ipynb')!r}))"
    )
    cells = [
        new_code_cell('x: str = ""  # nothing', metadata={"tags": ["parameters"]}),
        new_code_cell(
            "import matplotlib, json, calendar, queue, random\nassert not matplotlib.rcParams['axes.grid']"
        ),
    ]
    nbformat.write(new_notebook(cells=cells, metadata=KERNELSPEC), tmp_path / "made.ipynb")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "MPLCONFIGDIR"},
        "HOME": str(home), "PYTHONSTARTUP": str(home / "startup.py"), "PYTHONPATH": str(root),
    }  # fmt: skip
    for kernels in ("warm", "cold"):
        done = subprocess.run(
            [sys.executable, "-P", "-c", program], cwd=here, env={**environment, warm.SETTING: kernels},
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), kernels
        assert [path.name for path in marks.iterdir()] == []


def test_a_long_temporary_folder_is_left_for_a_short_one(book, tmp_path, monkeypatch):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert book(FACTS)["sockets"].startswith("/tmp/zb-")
    assert list(long.iterdir()) == []


# --- pages ---


ORDER = report.Order(jobs.Job("zibo-13", "2020-08-10", kind="final"), formats={"zh": ("pdf", "xlsx", "docx")})


def pages(order: report.Order = ORDER, content: object = 1) -> dict[str, bytes]:
    return report._pages({"a": content}, "zh", order, lambda _: None)


def shown(*arguments: object) -> dict[str, bytes]:
    return {"pdf": repr((*arguments, os.getpid())).encode()}


def test_pages_are_made_by_a_process_that_is_kept(monkeypatch):
    monkeypatch.setattr(report, "set_pages", shown)
    first = pages()["pdf"].decode()
    assert first.startswith("({'a': 1}, 'zh', 'final', None, ('pdf', 'xlsx', 'docx'), ")
    assert first == pages()["pdf"].decode()
    assert str(os.getpid()) not in first


def refused(*_: object) -> None:
    error = InputError("the figure is wrong.")
    error.exit_code = 2
    raise error


def test_an_error_arrives_as_it_was_raised(monkeypatch):
    monkeypatch.setattr(report, "set_pages", refused)
    with pytest.raises(InputError, match=r"^the figure is wrong\.$"):
        pages()


def slow(*_: object) -> None:
    while True:
        pass


def test_pages_that_take_too_long_are_ended_and_the_time_limit_told(monkeypatch):
    monkeypatch.setattr(report, "set_pages", slow)
    with pytest.raises(
        ZbError, match=r"zibo-13_2020-08-10: setting the zh report took longer than 1 seconds .* --time-limit"
    ):
        pages(replace(ORDER, limit=1))
    monkeypatch.setattr(report, "set_pages", shown)
    assert pages()["pdf"]


def dies(content: dict, *_: object) -> dict[str, bytes]:
    mark = Path(content["a"])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"pdf": b"made"}


def always_dies(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_page_process_that_dies_is_made_up_for_and_one_that_always_dies_is_told(monkeypatch, tmp_path):
    broken = warm.pool(1)
    with pytest.raises(BrokenProcessPool):
        broken.submit(always_dies).result()
    monkeypatch.setattr(report, "set_pages", dies)
    assert pages(content=str(tmp_path / "mark")) == {"pdf": b"made"}
    monkeypatch.setattr(report, "set_pages", always_dies)
    with pytest.raises(InfrastructureError, match="the process that sets the zh report died"):
        pages()
    monkeypatch.setattr(report, "set_pages", shown)
    assert pages()["pdf"]


def test_after_a_failure_no_further_task_begins_and_the_first_in_order_is_told():
    begun = []

    def task(number: int):
        def run() -> int:
            begun.append(number)
            if number in (1, 2):
                raise ZbError(f"task {number}.")
            time.sleep(0.05)  # what is under way when another fails comes to its end
            return number

        return run

    with pytest.raises(ZbError, match=r"^task 1\.$"):
        report._each([task(number) for number in range(50)], 1)
    assert max(begun) < 10
    assert report._each([task(number) for number in (0, 3, 4)], 2) == [0, 3, 4]
    assert report._each([], 2) == []


def test_the_vintage_is_that_of_the_first_notebook():
    rows = [["a", "2020-08-10"], ["b", "2019-01-01"]]
    tables = {"sources": {"columns": ["source", "date_published"], "rows": rows, "numbers": []}}
    sections = {"01_indicators": {"tables": tables}, "02_trends": {"tables": {}}}
    assert report.vintage(sections) == "2020-08-10"


# --- kernels ---


def test_a_warm_kernel_is_a_copy_with_a_group_of_its_own_and_no_open_port(book):
    facts = book(FACTS)
    assert server() in ancestors(facts)
    assert facts["group"] == facts["pid"]
    assert facts["transport"] == "ipc"
    assert Path(facts["folder"]) == files.NOTEBOOKS


def test_kernels_do_not_see_each_others_state(book):
    assert book("seen = 'mine'", FACTS)["seen"] == "mine"
    assert book(FACTS)["seen"] == "nothing"


def test_no_socket_is_left_behind_whether_a_run_ends_well_or_not(book, monkeypatch):
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="t"))  # short, for a socket's path may have 100 bytes
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    try:
        assert book(FACTS)["sockets"].startswith(str(place))
        with pytest.raises(ZbError, match="ZeroDivisionError"):
            book("1 / 0")
        with pytest.raises(ZbError, match="took longer"):
            book("import time; time.sleep(600)", limit=2)
        assert [path.name for path in place.iterdir() if path.name.startswith("zb-")] == []
    finally:
        shutil.rmtree(place, ignore_errors=True)


def test_after_a_run_its_kernel_is_gone(book, gone):
    assert gone(book(FACTS)["pid"])


SHOWN = ("print('a word')", "import pandas as pd\npd.DataFrame({'x': [1.5, 2]})", "1 / 3", FACTS)


@pytest.mark.parametrize("why", ["forbidden", "no entry point"])
def test_ordinary_kernels_take_over_and_show_the_same(book, tmp_path, monkeypatch, why):
    book(*SHOWN)
    expected = (tmp_path / "executed.ipynb").read_bytes()
    if why == "forbidden":
        monkeypatch.setenv(warm.SETTING, warm.COLD)
    else:
        from jupyter_client.provisioning import KernelProvisionerFactory

        factory = KernelProvisionerFactory.instance()
        monkeypatch.setattr(type(factory), "_check_availability", lambda _, name: name != warm.NAME)
        monkeypatch.setattr(factory, "default_provisioner_name", "local-provisioner")
    assert warm.available() == (why == "no entry point")
    facts = book(*SHOWN)
    assert ancestors(facts)[0] == os.getpid()
    assert (tmp_path / "executed.ipynb").read_bytes() == expected


def test_too_much_memory_is_told_with_its_cell(book, monkeypatch):
    monkeypatch.setenv(warm.MEMORY, "1")
    with pytest.raises(ZbError, match=r"made\.ipynb failed in cell 3: MemoryError.*; see .*executed\.ipynb"):
        book("x = 1", "y = bytearray(3 << 30)", FACTS)
    assert "folder" in book(FACTS)


@pytest.mark.parametrize(("text", "found"), [("2", 2 << 30), ("0.5", 1 << 29), ("0", 0), ("-1", 0)])
def test_the_limit_of_memory_is_in_gigabytes(monkeypatch, text, found):
    monkeypatch.setenv(warm.MEMORY, text)
    assert warm.memory_limit() == found


@pytest.mark.parametrize("text", ["much", "", "nan", "inf"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch, text):
    monkeypatch.setenv(warm.MEMORY, text)
    with pytest.raises(InputError, match=r"ZBANALYSIS_MEMORY_GB=.* is no number of gigabytes; write 4"):
        warm.memory_limit()


def test_the_provisioner_is_known_to_jupyter():
    from importlib.metadata import entry_points

    (found,) = [
        one for one in entry_points(group="jupyter_client.kernel_provisioners") if one.name == warm.NAME
    ]
    assert found.load().__name__ == "WarmProvisioner"


LEAVES = """
import os, time
from zbanalysis.runs import warm
if __name__ == "__main__":
    warm.pool(1).submit(time.sleep, 0).result()
    os._exit(0)
"""


def test_a_run_that_is_stopped_says_nothing_of_semaphores(tmp_path):
    """Python's tracker clears away what is left; its warning stood below the sentence on busy machines."""
    (tmp_path / "leaves.py").write_text(LEAVES)
    environment = os.environ | {"PYTHONPATH": str(files.ROOT)}
    done = subprocess.run(
        [sys.executable, str(tmp_path / "leaves.py")],
        env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
