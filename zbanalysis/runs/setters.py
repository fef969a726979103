"""Processes that set pages, kept while a command runs: the second report finds fonts and layouts warm.

Each is forked like a kernel (see `kernels`), is lent to one report at a time, and takes orders
over a socket: a line of JSON with the arguments of `rendering.main`, answered by a line.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from zbanalysis.data.files import ROOT
from zbanalysis.errors import InfrastructureError
from zbanalysis.report import rendering
from zbanalysis.runs import kernels

ENTRY = "zbanalysis.runs.setters:serve"
"""What a forked process is asked to call."""

START_LIMIT = 60
"""Seconds within which a forked process must answer for the first time."""

_LOOK = 0.2
"""Seconds between two looks at a process that has not answered yet."""

USES = 50
"""Reports after which a process is ended: what it keeps warm grows."""


class TookTooLong(Exception):
    """The time for setting a report is up; the process was ended."""


class Setter:
    """One process that sets pages."""

    def __init__(self) -> None:
        self.uses = 0
        with tempfile.TemporaryDirectory(prefix="zb-") as place, socket.socket(socket.AF_UNIX) as door:
            door.settimeout(_LOOK)
            door.bind(f"{place}/s")
            door.listen(1)
            self._process = kernels.shared().fork("call", [ENTRY, f"{place}/s"], ROOT, os.environ)
            self._link = self._answered(door)
        self._lines = self._link.makefile("rb")

    def _answered(self, door: socket.socket) -> socket.socket:
        """The link to the process, as soon as it asks for one; a process that has ended never will."""
        until = time.monotonic() + START_LIMIT
        while self.alive and time.monotonic() < until:
            with suppress(TimeoutError):
                return door.accept()[0]
        self._process.kill()
        raise InfrastructureError("The process that sets pages did not start.")

    @property
    def alive(self) -> bool:
        """Has it not ended, for instance with the server it was forked from?"""
        return self._process.poll() is None

    def set(self, arguments: Sequence[str], limit: float) -> bool:
        """Have `rendering.main` do its work with these arguments; whether it came to its end.

        Raises
        ------
        TookTooLong
            If it took longer than ``limit`` seconds.
        """
        self.uses += 1
        self._link.settimeout(limit)
        try:
            self._link.sendall(json.dumps(list(arguments)).encode() + b"\n")
            return self._lines.readline() == b"done\n"
        except TimeoutError:
            raise TookTooLong from None
        except OSError:
            return False

    def close(self) -> None:
        """End the process."""
        with suppress(OSError):
            self._lines.close()
            self._link.close()
        self._process.kill()


_free: list[Setter] = []
_lock = threading.Lock()


def borrow() -> Setter:
    """A process that nobody uses, or a new one.

    Raises
    ------
    InfrastructureError
        If none can be started.
    """
    with _lock:
        while _free:
            setter = _free.pop()
            if setter.alive:
                return setter
            setter.close()
            setter.close()
    return Setter()


def give_back(setter: Setter, *, well: bool) -> None:
    """Keep a process for the next report if it is well and not too old."""
    if not well or setter.uses >= USES:
        setter.close()
        return
    with _lock:
        _free.append(setter)


@atexit.register
def close() -> None:
    """End all processes that wait for a report."""
    while _free:
        _free.pop().close()


def serve(address: str) -> None:
    """Set what is asked for over the socket until the other end closes."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(address)
        with link.makefile("rb") as lines:
            for line in lines:
                try:
                    rendering.main(*json.loads(line))
                except SystemExit:  # a mistake of ours: whoever asked does the same and shows where
                    link.sendall(b"failed\n")
                else:
                    link.sendall(b"done\n")
