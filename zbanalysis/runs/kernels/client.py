"""The asking side of the fork server: starts it, asks for copies, and knows how each ended."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from zbanalysis.data.files import ROOT
from zbanalysis.errors import InfrastructureError

COLD = "cold"
SETTING = "ZBANALYSIS_KERNELS"
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Set to 1: threads do not survive a fork, and runs use the cores side by side."""

START_LIMIT = 120
"""Seconds that importing the stack may take before the server counts as broken."""


def available() -> bool:
    """Can kernels be forked here, and does the user not forbid it?"""
    return hasattr(os, "fork") and sys.platform != "darwin" and os.environ.get(SETTING) != COLD


class Forked:
    """One forked process; answers like `subprocess.Popen`, as Jupyter's provisioners expect."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = threading.Event()

    def poll(self) -> int | None:
        """Exit code, None while it runs; below 0 the signal that ended it."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Exit code, once it has ended.

        Raises
        ------
        subprocess.TimeoutExpired
            If it has not within ``timeout`` seconds.
        """
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("forked process", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Signal its whole process group."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _end(self, code: int) -> None:
        self.returncode = code
        self._ended.set()


class ForkServer:
    """A running server; start it early, for it takes seconds to be ready, and ask later."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": _library_path()}
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "zbanalysis.runs.kernels.server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment,
                start_new_session=True,
            )  # fmt: skip
        self._control, self._lock = ours, threading.Lock()
        self._ready, self._number = threading.Event(), 0
        self._answers: dict[int, threading.Event] = {}
        self._pids: dict[int, int] = {}
        self._running: dict[int, Forked] = {}
        threading.Thread(target=self._listen, name="fork server", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Is the server there to be asked?"""
        return self._server.poll() is None

    def fork(
        self, task: str, arguments: Sequence[str], cwd: Path | str, env: Mapping[str, str], memory: int = 0
    ) -> Forked:
        """A copy of the server that does a task.

        Parameters
        ----------
        task, arguments
            ``kernel`` with the arguments of a kernel, or ``call`` with ``module:function``
            and texts to call it with.
        cwd, env
            Folder and environment of the copy.
        memory
            Bytes of data it may hold; 0 for no limit.

        Raises
        ------
        InfrastructureError
            If the server does not answer.
        """
        if not self._ready.wait(START_LIMIT) or not self.alive:
            raise InfrastructureError("The process that kernels are copied from did not start.")
        with self._lock:
            self._number += 1
            number, answered = self._number, threading.Event()
            self._answers[number] = answered
            request = {"id": number, "task": task, "arguments": list(arguments), "cwd": str(cwd)}
            line = json.dumps({**request, "env": dict(env), "memory": memory}) + "\n"
            try:
                self._control.sendall(line.encode())
            except OSError:
                raise InfrastructureError("The process that kernels are copied from has ended.") from None
        if not answered.wait(START_LIMIT) or number not in self._pids:
            raise InfrastructureError("The process that kernels are copied from does not answer.")
        return self._running[self._pids.pop(number)]

    def close(self) -> None:
        """End the server and all copies."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        if not self._ready.is_set():
            self._server.kill()  # it is importing and looks up only afterwards; it has no copies yet
        try:
            self._server.wait(5)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._control.makefile("rb") as lines:
            for line in lines:
                self._take(json.loads(line))
        self._ready.set()
        # Whoever waits must not wait for a server that is gone.
        for answered in list(self._answers.values()):
            answered.set()
        for process in list(self._running.values()):
            process.kill()  # the copy died with the server, what it started did not
            process._end(-signal.SIGKILL)

    def _take(self, message: Mapping[str, int]) -> None:
        if "ready" in message:
            self._ready.set()
        elif "ended" in message:
            self._running.pop(message["ended"])._end(message["code"])
        else:
            # The process may have ended already; that message comes after this one.
            self._running[message["pid"]] = Forked(message["pid"])
            self._pids[message["id"]] = message["pid"]
            self._answers.pop(message["id"]).set()


def _library_path() -> str:
    return os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


_shared: ForkServer | None = None
_starting = threading.RLock()  # a signal may ask for `stop` in the middle of `shared`


def shared() -> ForkServer:
    """The server of this process, started when first asked for, and again if it died."""
    global _shared
    with _starting:
        if _shared is not None and not _shared.alive:
            _shared.close()
            _shared = None
        if _shared is None:
            _shared = ForkServer()
            atexit.register(stop)
        return _shared


def stop() -> None:
    """End the server of this process, if it has one."""
    global _shared
    with _starting:
        if _shared is not None:
            _shared.close()
            _shared = None
        atexit.unregister(stop)
