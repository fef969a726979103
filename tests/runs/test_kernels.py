"""Warm kernels: copies of one process, each on its own, ended with all they started, whatever dies first."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from zbanalysis.data import files
from zbanalysis.errors import InfrastructureError, InputError, ZbError
from zbanalysis.report import results
from zbanalysis.runs import execution, kernels
from zbanalysis.runs.kernels import client

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork") or sys.platform == "darwin", reason="processes cannot be forked here"
)
client_settings = sys.modules["zbanalysis.runs.kernels.settings"]  # the package has a function of that name
EXEC = "builtins:exec"
"""What a copy is asked to call: the second argument is its program."""

FACTS = """
import os
from ipykernel.connect import get_connection_info
from zbanalysis.report import results
told = get_connection_info(unpack=True)
facts = {"pid": os.getpid(), "parent": os.getppid(), "group": os.getpgid(0), "transport": told["transport"],
         "sockets": told["ip"], "seen": globals().get("seen", "nothing"), "folder": os.getcwd()}
results.publish(result, "made", {}, {}, facts=facts)
"""


@pytest.fixture
def server() -> kernels.ForkServer:
    return kernels.shared()


@pytest.fixture
def book(tmp_path):
    """A notebook of these cells, run; the facts that it published."""

    def run(*cells: str, limit: float = 120) -> dict:
        path, result = tmp_path / "made.ipynb", tmp_path / "result.json"
        first = new_code_cell(
            'result: str = ""  # result file', id="first", metadata={"tags": ["parameters"]}
        )
        rest = [new_code_cell(cell, id=f"cell-{number}") for number, cell in enumerate(cells)]
        nbformat.write(new_notebook(cells=[first, *rest]), path)
        execution.execute(path, {}, result, tmp_path / "executed.ipynb", limit=limit)
        return results.read(result)["sections"]["made"]["facts"]

    return run


def asked(server: kernels.ForkServer, program: str, folder: Path, memory: int = 0) -> kernels.Forked:
    return server.fork("call", [EXEC, program], folder, {**os.environ, "SAID": "hello"}, memory)


# --- copies of the server ---


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("x = 1", 0),
        ("raise SystemExit", 0),
        ("raise SystemExit(3)", 3),
        ("raise SystemExit('a text')", 1),
        ("import os; os._exit(7)", 7),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("raise ValueError", 1),
    ],
)
def test_how_a_copy_ended_arrives(server, tmp_path, program, code):
    process = asked(server, program, tmp_path)
    assert process.wait(30) == code
    assert process.poll() == process.returncode == code
    process.send_signal(signal.SIGTERM)  # to one that has ended: nothing happens


def test_a_copy_has_the_folder_and_environment_it_is_given(server, tmp_path):
    program = "import os; open('told', 'w').write(os.environ['SAID'] + str('HOME' in os.environ))"
    process = server.fork("call", [EXEC, program], tmp_path, {"SAID": "hello"})
    assert process.wait(30) == 0
    assert (tmp_path / "told").read_text() == "helloFalse"


def test_waiting_has_a_limit_and_ending_a_copy_ends_what_it_started(server, tmp_path, gone):
    program = "import subprocess, time; open('pid', 'w').write(str(subprocess.Popen(['sleep', '600']).pid)); "
    process = asked(server, program + "time.sleep(600)", tmp_path)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.2)
    assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.02)
    process.kill()
    assert process.wait(30) == -signal.SIGKILL
    assert gone(int((tmp_path / "pid").read_text()))


def test_copies_do_not_see_each_others_changes(server, tmp_path):
    assert asked(server, "import zbanalysis.report.words as m; m.TAINT = 1; import os; os.environ['T'] = '1'",
                 tmp_path).wait(30) == 0  # fmt: skip
    assert asked(server, "import zbanalysis.report.words as m, os; assert not hasattr(m, 'TAINT') and 'T' not in os.environ",
                 tmp_path).wait(30) == 0  # fmt: skip


def test_copies_asked_for_at_once_are_all_made(server, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda number: asked(server, f"raise SystemExit({number})", tmp_path), range(16))
        )
    assert [one.wait(30) for one in made] == list(range(16))
    assert len({one.pid for one in made}) == 16


def test_a_copy_has_the_stack_already(server, tmp_path):
    program = "import sys; assert {'pandas', 'matplotlib.figure', 'statsmodels.api'} <= set(sys.modules)"
    assert asked(server, program, tmp_path).wait(30) == 0


def test_the_memory_of_a_copy_is_limited(server, tmp_path):
    program = "try:\n    x = bytearray(2 << 30)\nexcept MemoryError:\n    raise SystemExit(42)"
    assert asked(server, program, tmp_path, memory=1 << 30).wait(30) == 42
    assert asked(server, "x = bytearray(1 << 20)", tmp_path, memory=1 << 30).wait(30) == 0


# --- who dies first ---


def test_when_the_server_dies_its_copies_end_and_the_next_is_another(tmp_path, gone):
    server = kernels.shared()
    process = asked(server, "import time; time.sleep(600)", tmp_path)
    os.kill(server._server.pid, signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL
    assert gone(process.pid)
    server._server.wait(30)
    with pytest.raises(InfrastructureError, match=r"The process that kernels are copied from .*\."):
        asked(server, "x = 1", tmp_path)
    another = kernels.shared()
    assert another is not server
    assert asked(another, "x = 1", tmp_path).wait(60) == 0


def test_a_notebook_runs_even_if_the_server_dies_as_it_is_asked(book, monkeypatch):
    def dead(*_: object) -> None:
        raise InfrastructureError("The process that kernels are copied from has ended.")

    monkeypatch.setattr(client.ForkServer, "fork", dead)
    assert book(FACTS)["parent"] == os.getpid()


def test_stopping_ends_the_server_and_all_copies(tmp_path, gone):
    server = kernels.ForkServer()
    process = asked(server, "import time; time.sleep(600)", tmp_path)
    server.close()
    assert not server.alive
    assert gone(process.pid)
    kernels.stop()
    kernels.stop()  # a second time is nothing
    assert kernels.shared().alive


CLIENT = """
import os, sys, threading, time
from pathlib import Path
from zbanalysis.runs import kernels, execution
server = kernels.shared()
folder = Path(sys.argv[1])
process = server.fork("call", ["builtins:exec", "import time; time.sleep(600)"], folder, os.environ)
run = threading.Thread(target=lambda: execution.execute(folder / "hangs.ipynb", {}, None, folder / "e.ipynb"))
run.start()
while not (folder / "pids").exists():
    time.sleep(0.05)
(folder / "told.part").write_text(f"{server._server.pid} {process.pid} " + (folder / "pids").read_text())
os.rename(folder / "told.part", folder / "told")
time.sleep(600)
"""

HANGS = """
import os, subprocess, time
child = subprocess.Popen(["sleep", "600"])
open(PLACE + ".part", "w").write(f"{os.getpid()}")
os.rename(PLACE + ".part", PLACE)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "kill"])
def test_killing_the_client_leaves_no_process_alive(tmp_path, gone, number):
    """Server, copy and a kernel in the middle of a cell."""
    hangs = HANGS.replace("PLACE", repr(str(tmp_path / "pids")))
    hangs = hangs.replace('child = subprocess.Popen(["sleep", "600"])\n', "")
    first = new_code_cell('x: str = ""  # nothing', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[first, new_code_cell(hangs)]), tmp_path / "hangs.ipynb")
    environment = os.environ | {"PYTHONPATH": str(files.ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(tmp_path)], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        end = time.monotonic() + 120
        while not (tmp_path / "told").exists():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        pids = [int(pid) for pid in (tmp_path / "told").read_text().split()]
        assert len(pids) == 3
        assert not any(gone(pid, patience=0.2) for pid in pids)
        process.send_signal(number)
        process.wait(30)
    assert [pid for pid in pids if not gone(pid)] == []


# --- kernels ---


def test_a_warm_kernel_is_a_copy_with_a_group_of_its_own_and_no_open_port(book, server):
    facts = book(FACTS)
    assert facts["parent"] == server._server.pid
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


@pytest.mark.parametrize("why", ["forbidden", "no fork", "no entry point"])
def test_ordinary_kernels_take_over_and_show_the_same(book, tmp_path, monkeypatch, why):
    book(*SHOWN)
    warm = (tmp_path / "executed.ipynb").read_bytes()
    if why == "forbidden":
        monkeypatch.setenv(client.SETTING, client.COLD)
    elif why == "no fork":
        monkeypatch.delattr(os, "fork")
    else:
        from jupyter_client.provisioning import KernelProvisionerFactory

        factory = KernelProvisionerFactory.instance()
        monkeypatch.setattr(type(factory), "_check_availability", lambda _, name: name != kernels.NAME)
        monkeypatch.setattr(factory, "default_provisioner_name", "local-provisioner")
    assert kernels.available() == (why == "no entry point")
    facts = book(*SHOWN)
    assert facts["parent"] == os.getpid()
    assert (tmp_path / "executed.ipynb").read_bytes() == warm


def test_too_much_memory_is_told_with_its_cell(book, monkeypatch):
    monkeypatch.setenv(client_settings.MEMORY, "1")
    with pytest.raises(ZbError, match=r"made\.ipynb failed in cell 3: MemoryError.*; see .*executed\.ipynb"):
        book("x = 1", "y = bytearray(3 << 30)", FACTS)
    assert "folder" in book(FACTS)


@pytest.mark.parametrize(("text", "found"), [("2", 2 << 30), ("0.5", 1 << 29), ("0", 0), ("-1", 0)])
def test_the_limit_of_memory_is_in_gigabytes(monkeypatch, text, found):
    monkeypatch.setenv(client_settings.MEMORY, text)
    assert client_settings.memory_limit() == found


@pytest.mark.parametrize("text", ["much", "", "nan", "inf"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch, text):
    monkeypatch.setenv(client_settings.MEMORY, text)
    with pytest.raises(InputError, match=r"ZBANALYSIS_MEMORY_GB=.* is no number of gigabytes; write 4"):
        client_settings.memory_limit()


def test_the_provisioner_is_known_to_jupyter():
    from importlib.metadata import entry_points

    (found,) = [
        one for one in entry_points(group="jupyter_client.kernel_provisioners") if one.name == kernels.NAME
    ]
    assert found.load().__name__ == "WarmProvisioner"
    assert json.dumps(found.value)
