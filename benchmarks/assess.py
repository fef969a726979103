"""Time of judging 100,000 rows under all rules, against a plain loop over the rows in the same run.

Run: ``python benchmarks/assess.py [ROWS]``.  The loop judges with the same rules written for one row
(`LOOPS` of tests/test_rules.py), on a tenth of the rows, scaled up.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "plan")]

from test_rules import looped  # noqa: E402

from zbanalysis.data import files  # noqa: E402
from zbanalysis.plan import rules  # noqa: E402


def sample(n: int) -> pd.DataFrame:
    """Draw a table of n plausible indicators, every seventh without target."""
    rng = np.random.default_rng(1)
    base = rng.lognormal(3, 1, n).round(3)
    frame = pd.DataFrame({
        "id": [f"indicator {i}" for i in range(n)],
        "base_year": 2015, "base_value": base,
        "current_year": 2020, "current_value": (base * rng.lognormal(0, 0.3, n)).round(3),
        "target_year": 2025, "target_value": (base * rng.lognormal(0, 0.5, n)).round(3),
        "direction": rng.choice(["up", "down"], n), "limit": np.nan,
    })  # fmt: skip
    frame.loc[::7, "target_value"] = np.nan
    return frame


def seconds(work, *args) -> float:
    """Wall-clock time of one call."""
    start = time.perf_counter()
    work(*args)
    return time.perf_counter() - start


def loop(frame: pd.DataFrame) -> list:
    """Every rule on every row, one after the other."""
    return [looped(name, row) for row in frame.itertuples() for name in rules.RULES]


def main(n: int) -> None:
    """Print the times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.csv", Path(folder) / "out.csv"
        files.write_table(sample(n), source)
        frame = rules.read_assessment(source)
        whole = seconds(rules.assess_file, source, "all", out)
    arrays = seconds(rules.assess, frame, "all")
    part = frame.iloc[::10]
    looping = seconds(loop, part) * len(frame) / len(part)
    times = f"file to file {whole:.2f} s, arrays {arrays:.2f} s, loop {looping:.2f} s"
    sys.stdout.write(f"{n} rows, {len(rules.RULES)} rules: {times}\n")
    sys.stdout.write(f"arrays are {looping / arrays:.1f} times as fast as the loop\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
