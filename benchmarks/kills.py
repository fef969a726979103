"""Kill a report, or an import, at many moments: nothing may be lost, and the next run must be right.

``python benchmarks/kills.py report 50`` and ``python benchmarks/kills.py import 50``.  The report is the
small one of the tests.  Each try is a process that kill -9 ends at a moment spread over its whole time;
afterwards every file is the old or the new one, and the next run gives what an undisturbed run gave.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import small_report as small  # noqa: E402

Command = Callable[[Path], list[str]]
State = Callable[[Path], Mapping[str, bytes]]


def tries(
    count: int, old: Path, command: Callable[[Path], list[str]], state: State, env: dict[str, str]
) -> None:
    """Kill the command ``count`` times on copies of a folder and print what came of it."""
    done, random_ = small.fresh(old, old.with_name("undisturbed")), random.Random(17)
    start = time.monotonic()
    subprocess.run(command(done), env=env, check=True, capture_output=True)
    whole, before, after = time.monotonic() - start, state(old), state(done)
    ended = lost = wrong = 0
    for number in range(count):
        place = small.fresh(old, old.with_name("killed"))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command(place), env=env, start_new_session=True, **quiet)
        time.sleep(whole * (number + random_.random()) / count)
        ended += process.poll() is not None
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        found = state(place)
        known = {name: (before[name], after[name]) for name in before}
        lost += set(found) != set(known) or any(one not in known[name] for name, one in found.items())
        next_ = subprocess.run(command(place), env=env, capture_output=True, check=False)
        wrong += next_.returncode != 0 or state(place) != after
    return f"{count} tries in {whole:.1f} s each: {ended} had ended; lost {lost}; next run wrong {wrong}\n"


def main() -> None:
    """What to kill, and how often."""
    what, count = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="zb-kills-") as folder:
        place, old = Path(folder), Path(folder) / "old"
        zb = [sys.executable, "-P", "-m", "zbanalysis"]
        if what == "import":
            subprocess.run([*zb, "new", str(old), "--area", "example-city"], check=True, capture_output=True)
            take = [*zb, "import", str(old / "form-example.xlsx"), "--into"]
            sys.stdout.write(tries(count, old, lambda at: [*take, str(at)], _tables, dict(os.environ)))
            return
        small.prepare(place)
        env = small.environment(place)
        subprocess.run(small.command(place, old), env=env, check=True, capture_output=True)
        small.change(place)
        sys.stdout.write(tries(count, old, lambda at: small.command(place, at), small.state, env))


def _tables(folder: Path) -> dict[str, bytes]:
    """The tables as any command would find them."""
    from zbanalysis.data import check

    check.require(folder)
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


if __name__ == "__main__":
    main()
