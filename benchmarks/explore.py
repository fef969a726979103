"""Time from a moved slider to the new answer, against working everything out again, in the same run.

Run: ``python benchmarks/explore.py [MOVES]``.  A move is what the panel does between the browser's message
and its own: progress and chance of the moved target, words, tables, and the chart as SVG.  Everything again
is the path of notebooks/03_feasibility for the plan, data and trends included, as a notebook without memory
would take it.  Prints medians by the clock and in processor time (which other work on the machine does not
stretch); the goal is 300 ms on two cores.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from zbanalysis import explore, trend
from zbanalysis.data import package
from zbanalysis.explore.board import Board
from zbanalysis.outlook import targets, verdict
from zbanalysis.plan import inputs, pathway, progress
from zbanalysis.report import charts
from zbanalysis.report.blocks import frame
from zbanalysis.report.chapters.outlook import CHANCES, undecided

PLAN, TARGET = "zibo-14", "zibo/hightech_enterprises/level/2025"
ALLOWED_MS = 300


Times = list[tuple[float, float]]
"""Milliseconds of each call, by the clock and of the processor."""


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Time of one call, by the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - processor)


def median(times: Times) -> tuple[float, float]:
    """Both medians."""
    return tuple(statistics.median(kind) for kind in zip(*times, strict=True))


def everything() -> None:
    """The path of the notebook, from the files to the picture."""
    dataset = package.load()
    day = package.newest_day(dataset, PLAN)
    found = progress.progress(dataset, PLAN, day)
    history = progress.history(dataset, found, day)
    outlook = targets.feasibility(found, history, targets.comparable_of(dataset, day))
    outlook = outlook.join(verdict.verdicts(found, outlook, history, as_of=day))
    fan = targets.fans(found, targets.usable(found, history))
    trend.choose(trend.fit(inputs.trend_input(found, history)))
    frame(undecided(found.join(outlook.drop(columns="target"))), CHANCES, "zh")
    charts.fans(found, outlook, history, pathway.path(found), fan, "zh").svg("zh")


def moves(board: Board, count: int) -> dict[str, Times]:
    """Times of moves of each slider, each to a new value."""
    controls = board.controls

    def move(slider: object, value: float) -> tuple[float, float]:
        return milliseconds(lambda: setattr(slider, "value", value))

    return {
        "target value": [move(controls.value, 1000.0 + 20 * step) for step in range(count)],
        "target year": [move(controls.year, 2026 + step % 8) for step in range(count)],
        "years ahead": [move(controls.horizon, 6 + step % 8) for step in range(count)],
    }


def main(count: int) -> None:
    """Print the times and their ratio."""
    board = explore.panel(PLAN)
    board.controls.target.value = TARGET
    moves(board, 2)  # fonts and tables are read once, before a person moves anything
    everything()
    again = median([milliseconds(everything) for _ in range(3)])
    print(f"everything again  {again[0]:6.0f} ms by the clock, {again[1]:6.0f} ms of the processor")  # noqa: T201
    for name, times in moves(board, count).items():
        clock, processor = median(times)
        print(  # noqa: T201
            f"{name:<16}  {clock:6.0f} ms by the clock, {processor:6.0f} ms of the processor; "
            f"{again[1] / processor:.1f} times as fast; "
            f"{'within' if clock <= ALLOWED_MS else 'OVER'} {ALLOWED_MS} ms by the clock"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
