"""Which processes a run left: found by a mark in the environment that each inherits, wherever it went."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")


@dataclass(frozen=True)
class Process:
    """One that runs: not a dead one that only waits to be noticed."""

    pid: int
    parent: int
    command: str


def running(name: str, value: str) -> list[Process]:
    """All processes with this environment variable."""
    mark, found = f"{name}={value}".encode(), []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark not in (place / "environ").read_bytes().split(b"\0"):
                continue
            state, parent = (place / "stat").read_text("utf-8").rpartition(")")[2].split()[:2]
            command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if state != "Z":
            found.append(Process(int(place.name), int(parent), command))
    return found


def left(name: str, value: str, but: str = "nothing", patience: float = 60) -> list[Process]:
    """Those that still run after a while, without those whose command has a word."""
    end = time.monotonic() + patience
    while found := [one for one in running(name, value) if but not in one.command]:
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    return found
