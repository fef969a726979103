"""The process that is forked: imports the stack once, then copies itself on request.

``python -m zbanalysis.runs.kernels.server FD`` reads requests from the socket FD, a line of JSON
each, and answers with the number of the new process and, later, how it ended.  When the
other end of the socket closes, for whatever reason, every copy and then the server end.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

STACK = (
    "numpy", "pandas", "pandas.io.formats.html", "pandas.io.formats.string", "scipy.stats",
    "scipy.optimize", "scipy.special", "statsmodels.api", "statsmodels.formula.api",
    "statsmodels.tsa.holtwinters", "matplotlib.figure", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "seaborn", "ipykernel.kernelapp", "ipykernel.ipkernel",
    "ipykernel.zmqshell", "ipykernel.debugger", "IPython.core.completer", "zmq.utils.garbage",
    "encodings.utf_8_sig", "importlib.resources.readers", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "tornado.platform.asyncio", "yaml", "fontTools.ttLib", "typst", "docx", "openpyxl",
    "zbanalysis.data.package", "zbanalysis.plan.inputs", "zbanalysis.plan.pathway",
    "zbanalysis.plan.progress", "zbanalysis.plan.rules", "zbanalysis.plan.sensitivity", "zbanalysis.trend",
    "zbanalysis.outlook.targets", "zbanalysis.outlook.hindsight", "zbanalysis.projection.domain",
    "zbanalysis.evidence.audit", "zbanalysis.evidence.survey", "zbanalysis.evidence.costs",
    "zbanalysis.evidence.basis_change", "zbanalysis.evidence.tasks", "zbanalysis.evidence.texts",
    "zbanalysis.outlook.areas", "zbanalysis.outlook.verdict", "zbanalysis.outlook.yardstick",
    "zbanalysis.report.charts", "zbanalysis.report.charts.area", "zbanalysis.report.charts.costs",
    "zbanalysis.report.charts.survey",
    "zbanalysis.report.chapters", "zbanalysis.report.chapters.area_tables",
    "zbanalysis.report.results", "zbanalysis.report.rendering", "zbanalysis.runs.setters",
)  # fmt: skip
"""What is imported before the first fork; what is missing or fails is left to the copy that needs it."""


REHEARSALS = (
    "zbanalysis.report.words:rehearse", "zbanalysis.report.style:rehearse",
    "zbanalysis.report.charts.area:rehearse", "zbanalysis.report.pdf:rehearse",
)  # fmt: skip
"""What is called before the first fork, because its first call is slow."""


def preload() -> None:
    """Import the stack, and spare the copies from the garbage collector's touch."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # the debugger's warning, of no use here
    for name in STACK:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    for name in REHEARSALS:
        with contextlib.suppress(Exception):
            _named(name)()
    gc.collect()
    gc.set_threshold(50_000, 20, 100)  # a copy lives for seconds: fewer searches for what nobody holds
    gc.freeze()  # else the first collection in a copy would copy every page


def serve(control: socket.socket) -> None:
    """Answer requests until the other end closes."""
    wake_read, wake_write = socket.socketpair()
    for end in (wake_read, wake_write):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's to handle
    signal.set_wakeup_fd(wake_write.fileno())
    control.sendall(b'{"ready": true}\n')
    selector, children, pending = selectors.DefaultSelector(), set(), b""
    selector.register(control, selectors.EVENT_READ)
    selector.register(wake_read, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is wake_read:
                wake_read.recv(4096)
                _reap(control, children)
                continue
            received = control.recv(1 << 16)
            if not received:
                _end_all(children)
                return
            *lines, pending = (pending + received).split(b"\n")
            for line in lines:
                request = json.loads(line)
                pid = _fork(request, [control, wake_read, wake_write])
                children.add(pid)
                control.sendall(json.dumps({"id": request["id"], "pid": pid}).encode() + b"\n")


def _reap(control: socket.socket, children: set[int]) -> None:
    for pid in list(children):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            continue
        # What it started ends with it; until it is waited for, its number is no other's.
        _end({pid})
        children.discard(pid)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        control.sendall(json.dumps({"ended": pid, "code": code}).encode() + b"\n")
    _end_strays(children)


def _end(children: set[int]) -> None:
    for pid in children:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _end_all(children: set[int]) -> None:
    _end(children)
    for pid in children:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    _end_strays(set())


def _end_strays(children: set[int]) -> None:
    """Linux: end what a copy started in a group of its own and left behind; see `_adopt`."""
    own, seen = Path(f"/proc/self/task/{os.getpid()}/children"), set(children)
    while own.exists() and (strays := set(map(int, own.read_text("ascii").split())) - seen):
        for pid in strays:  # their own children are strays at the next look
            with contextlib.suppress(ProcessLookupError, PermissionError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        seen |= strays


def _fork(request: Mapping[str, object], ours: list[socket.socket]) -> int:
    pid = os.fork()
    # A process group of its own, so that all it starts ends with it; set on both sides: either may be first.
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    if pid:
        return pid
    code = 1
    try:
        _die_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for end in ours:
            end.close()
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        _limit_memory(request.get("memory"))
        code = _TASKS[request["task"]](request["arguments"])
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001  (nothing may return into the server's loop)
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code or 0)


def _die_with_parent() -> None:
    """Linux: killed when the server dies, even by kill -9; elsewhere the kernel's own poller sees to it."""
    _ask_linux(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _adopt() -> None:
    """Linux: what a copy leaves behind becomes a child of the server, which can then end it."""
    _ask_linux(36, 1)  # PR_SET_CHILD_SUBREAPER


def _ask_linux(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _limit_memory(limit: int | None) -> None:
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _kernel(arguments: list[str]) -> int:
    """Be an IPython kernel, as ``python -m ipykernel_launcher ARGUMENTS`` would."""
    import pandas as pd
    from ipykernel.kernelapp import IPKernelApp

    # pandas was imported where there was no notebook yet, and took a terminal's width for its tables.
    pd.set_option("display.max_columns", 20)
    sys.argv = ["ipykernel_launcher", *arguments]
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    IPKernelApp.launch_instance(arguments)
    return 0


def _call(arguments: list[str]) -> int:
    """Call ``module:function`` with the remaining arguments, which are text."""
    _named(arguments[0])(*arguments[1:])
    return 0


def _named(name: str) -> Callable:
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)


_TASKS: dict[str, Callable[[list[str]], int]] = {"kernel": _kernel, "call": _call}


def main() -> None:
    """Import the stack, then serve the socket named on the command line."""
    control = socket.socket(fileno=int(sys.argv[1]))
    preload()
    _adopt()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the other end was killed meanwhile
        serve(control)


if __name__ == "__main__":
    main()
