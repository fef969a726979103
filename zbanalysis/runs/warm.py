"""Kernels and page processes forked from one process that has imported the stack already.

An ordinary kernel spends seconds on pandas, statsmodels and matplotlib before its first cell.  Here
`multiprocessing`'s fork server imports them once (`preload`); each kernel is a copy of it, made known to
Jupyter as a kernel provisioner, and pages are made by a pool of such copies.  Where there is no Linux, or the
environment variable ``ZBANALYSIS_KERNELS`` says ``cold``, kernels are ordinary ones and pages are made here.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from zbanalysis.data.files import ROOT
from zbanalysis.errors import InputError
from zbanalysis.runs.preload import DEATH_SIGNAL, SUBREAPER, ask_linux

NAME = "zbanalysis"
"""Entry point of the provisioner, see pyproject.toml."""

SETTING, COLD = "ZBANALYSIS_KERNELS", "cold"
MEMORY = "ZBANALYSIS_MEMORY_GB"
"""Environment variable: gigabytes of data that a kernel may hold."""

PRELOAD = "zbanalysis.runs.preload"
PAGES_PER_PROCESS = 50
"""Reports after which a process that sets pages is ended: what it keeps warm grows."""

_DEFAULT_GB, _GB = 4.0, 1 << 30
_SOCKET_ROOM = 60
"""Bytes that the path of the temporary folder may have: a socket's has about 100."""

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Set to 1: threads do not survive a fork, and runs use the cores side by side."""

_context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else None)
_lock = threading.RLock()


def available() -> bool:
    """Can processes be forked here, and does the user not forbid it?"""
    return sys.platform == "linux" and os.environ.get(SETTING) != COLD


def memory_limit() -> int:
    """Bytes of data that a kernel may hold; 0 for no limit.

    Raises
    ------
    InputError
        If the environment variable is no number.

    Examples
    --------
    >>> memory_limit() // 2**30
    4
    """
    text = os.environ.get(MEMORY, str(_DEFAULT_GB))
    try:
        return max(int(float(text) * _GB), 0)
    except (ValueError, OverflowError):
        raise InputError(f"{MEMORY}={text} is no number of gigabytes; write 4, or 0 for no limit.") from None


# --- the fork server ---


def start() -> None:
    """Start the fork server where it does not run: early, for it takes seconds to be ready."""
    from multiprocessing import forkserver

    with _lock:
        short_temporary_folder()
        _context.set_forkserver_preload([PRELOAD])
        own = dict.fromkeys(_THREADS, "1") | child_environment(os.environ)
        # A run that is stopped leaves its semaphores to Python's tracker, which need not complain of them.
        quiet = "ignore::UserWarning:multiprocessing.resource_tracker"
        own["PYTHONWARNINGS"] = ",".join(filter(None, [os.environ.get("PYTHONWARNINGS"), quiet]))
        with _environment(own):
            forkserver.ensure_running()


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What every child process is told beside its environment.

    The library is found wherever the child starts, no file of the current folder stands for a module of
    Python's, and no setting of matplotlib's that the user has counts.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH")]))
    return {"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "MATPLOTLIBRC": os.devnull}


def short_temporary_folder() -> None:
    """Use a temporary folder in which a socket's path fits.

    Raises
    ------
    InputError
        If the user's is too long and there is no other.
    """
    if len(os.fsencode(tempfile.gettempdir())) <= _SOCKET_ROOM:
        return
    if not os.access("/tmp", os.W_OK):
        raise InputError("The path in TMPDIR is too long for the sockets of a kernel; name a shorter folder.")
    os.environ["TMPDIR"] = tempfile.tempdir = "/tmp"


@contextlib.contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)  # a cluster in this process resets it as well
            else:
                os.environ[name] = value


def _start(process: multiprocessing.Process) -> multiprocessing.Process:
    with _lock:
        start()
        process.start()
        return process


# --- pages ---

_pool: ProcessPoolExecutor | None = None


def pool(workers: int) -> ProcessPoolExecutor:
    """The processes that set pages, kept while the command runs: the second report finds fonts warm."""
    global _pool
    with _lock:
        if _pool is None:
            start()
            _pool = ProcessPoolExecutor(
                workers, _context, initializer=_follow, max_tasks_per_child=PAGES_PER_PROCESS
            )
        return _pool


def drop_pool(broken: ProcessPoolExecutor) -> None:
    """Let the next `pool` be another."""
    global _pool
    with _lock:
        if _pool is broken:
            _pool = None
    broken.shutdown(wait=False, cancel_futures=True)


def _follow() -> None:
    """End with the process that asked, by whatever it ends, and leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ask_linux(DEATH_SIGNAL, signal.SIGKILL)

    def follow() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def in_time(limit: float, task: Any, *arguments: Any) -> Any:
    """Call a task of a pool's process; one that takes longer than ``limit`` seconds ends the process."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, min(limit, threading.TIMEOUT_MAX))
    try:
        return task(*arguments)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


# --- kernels ---


@dataclass
class Watch:
    """The run of a notebook: its kernel's process as soon as there is one; ``up``: was its time up?"""

    process: Any = None
    up: bool = False

    @property
    def left(self) -> bool:
        """Did the kernel leave by itself, as after ``os._exit(0)``?"""
        return self.process is not None and self.process.poll() == 0


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextlib.contextmanager
def watched(limit: float) -> Iterator[Watch]:
    """Watch the kernel that is started inside; end it with all it started when the time is up."""
    watch, over = Watch(), threading.Event()

    def end() -> None:  # by the monotonic clock, so a jump of the day's clock is nothing
        if over.wait(min(limit, threading.TIMEOUT_MAX)):
            return
        watch.up = True
        while not over.wait(0.1):  # not only once: when the time is up the kernel may be about to start
            if watch.process is not None and watch.process.poll() is None:
                _kill(watch.process)

    token = _watch.set(watch)
    threading.Thread(target=end, name="time limit", daemon=True).start()
    try:
        yield watch
    finally:
        over.set()
        _watch.reset(token)


def _kill(process: Any) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if isinstance(process, Forked) or not hasattr(os, "killpg"):
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


class Forked:
    """A kernel copied from the fork server; answers like `subprocess.Popen`, as provisioners expect.

    ``process`` is not the kernel but its supervisor, which ends the kernel and all it started.
    """

    stdin = stdout = stderr = None

    def __init__(self, arguments: Sequence[str], cwd: str, env: Mapping[str, str], memory: int) -> None:
        given = (list(arguments), cwd, dict(env), memory)
        self.process = _start(_context.Process(target=_supervise, args=given))
        self.pid = self.process.pid

    def poll(self) -> int | None:
        """Exit code, None while it runs."""
        with _lock:  # its code can be read once
            return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Exit code, once it has ended."""
        wait([self.process.sentinel], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """An interrupt is the kernel's; anything else ends it."""
        with contextlib.suppress(ProcessLookupError):
            if self.poll() is None:
                os.kill(self.pid, number if number == signal.SIGINT else signal.SIGTERM)

    def terminate(self) -> None:
        """End it."""
        self.send_signal(signal.SIGTERM)

    kill = terminate


class WarmProvisioner(LocalProvisioner):
    """A local provisioner whose kernels are forked; ordinary ones where that cannot be had."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel; the command's arguments after the module are its own."""
        environment = dict(kwargs.get("env") or os.environ)
        environment.pop("PYTHONSTARTUP", None)  # IPython would run it
        kwargs["env"] = environment | child_environment(environment)
        if available() and "ipykernel_launcher" in cmd:
            arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
            self.cwd = str(kwargs.get("cwd") or Path.cwd())
            for wait in (0.1, 0):
                try:
                    self.process = Forked(arguments, self.cwd, kwargs["env"], memory_limit())
                    self.pid = self.process.pid
                    break
                except (OSError, EOFError):  # the fork server died: a new one starts once that is noticed
                    self.process = None
                    await asyncio.sleep(wait)
        if self.process is None:
            await super().launch_kernel(cmd, **kwargs)
        watch = _watch.get()
        if watch is not None:
            watch.process = self.process
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and wait the moment that takes: who asks meanwhile asks again only 0.1 s later."""
        await super().kill(restart)
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)


class PromptClient(AsyncKernelClient):
    """A client that takes a kernel's first answer for its readiness.

    The usual one then waits until nothing more has come for 0.2 s; what comes is the status of
    that first answer, which nobody listens to.
    """

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        self.context.reconnect_ivl = 10  # ms; a kernel listens long before ZeroMQ's usual 100 are over
        return super()._create_connected_socket(channel, identity)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on both of its channels.

        Raises
        ------
        RuntimeError
            If it dies before, or does not within ``timeout`` seconds; nbclient expects this class.
        """
        until = time.monotonic() + (timeout or float("inf"))
        while True:
            self.kernel_info()
            try:
                message = await self.shell_channel.get_msg(timeout=1)
                if message["msg_type"] == "kernel_info_reply":
                    await self.iopub_channel.get_msg(timeout=0.2)
                    self._handle_kernel_info_reply(message)
                    return
            except Empty:
                pass  # not there yet, or it does not hear us yet: ask again
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")


def _supervise(arguments: list[str], cwd: str, env: dict[str, str], memory: int) -> None:
    """Be the parent of a kernel: end it when whoever asked ends, and what it leaves behind."""
    os.setpgid(0, 0)  # Ctrl-C at the terminal is for the command alone
    ask_linux(SUBREAPER, 1)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(1))  # nothing runs yet
    pid = os.fork()
    if not pid:
        _kernel(arguments, cwd, env, memory)
    kernel = os.pidfd_open(pid)

    def end(*_: object) -> None:
        """End the kernel only: an exception here, at the second signal, would stop what ends its children."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(kernel, signal.SIGKILL)

    def interrupt(*_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, interrupt)
    ask_linux(DEATH_SIGNAL, signal.SIGTERM)
    code = -1
    try:
        wait([kernel, multiprocessing.parent_process().sentinel])
        ended = os.waitpid(pid, os.WNOHANG)
        code = os.waitstatus_to_exitcode(ended[1]) if ended[0] else -1
    finally:
        _end_children()
        os._exit(code if code >= 0 else 1)


def _end_children() -> None:
    """End the kernel and what it started, in whatever group: orphans are children of this process."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    while left := [int(pid) for pid in own.read_text("ascii").split()]:
        for pid in left:  # their own children are ours at the next look
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _kernel(arguments: list[str], cwd: str, env: dict[str, str], memory: int) -> None:
    """Be an IPython kernel, as ``python -m ipykernel_launcher ARGUMENTS`` would; never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        ask_linux(DEATH_SIGNAL, signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        if memory:
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        import pandas as pd
        from ipykernel.kernelapp import IPKernelApp

        # pandas was imported where there was no notebook yet, and took a terminal's width for its tables.
        pd.set_option("display.max_columns", 20)
        sys.argv = ["ipykernel_launcher", *arguments]
        os.environ["JPY_PARENT_PID"] = str(os.getppid())
        IPKernelApp.launch_instance(arguments)
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001  (nothing may return into the supervisor)
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code or 0)
