"""Back-test a person's own CSV file: read, test, write tables and a chart.

This is what ``python -m zbanalysis backtest INPUT.csv --horizon H`` calls.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from zbanalysis.data import atomic, csvfiles
from zbanalysis.errors import InputError
from zbanalysis.outlook.forecasting import read_series
from zbanalysis.projection import backtest


def backtest_file(
    input_path: str | os.PathLike[str],
    horizon: int,
    last: int | None = None,
    origins: int = 1,
    out: Path | None = None,
    draw: Callable[[pd.DataFrame], bytes] | None = None,
) -> str:
    """Test the projection on a file of series and write what was found.

    Parameters
    ----------
    input_path
        CSV with ``series, year, value`` and optionally ``split`` (``train``/``test``).
    horizon, last, origins
        As for `backtest.backtest`.
    out
        Folder for ``scores.csv``, ``by_horizon.csv``, ``reliability.csv``, ``skipped.csv`` and
        ``reliability.svg``; made when it is not there.  None writes nothing.
    draw
        Makes the chart ``reliability.svg`` of the table ``reliability``; None leaves it out.

    Returns
    -------
    str
        The table of scores as text.

    Raises
    ------
    InputError, DataError
        As for `forecasting.forecast_file`, or no series is long enough; nothing is written.
    """
    if horizon < 1:
        raise InputError(f"--horizon {horizon} is no number of years ahead; write 1 or more.")
    taken = (
        []
        if out is None
        else [place for place in (out, *out.parents) if place.exists() and not place.is_dir()]
    )
    if taken:
        raise InputError(f"--out {out}: {taken[0]} is a file; name a folder.")
    found = backtest.backtest(read_series(input_path), horizon, last=last, origins=origins)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in ("scores", "by_horizon", "reliability", "skipped"):
            csvfiles.write_table(getattr(found, name), out / f"{name}.csv")
        if draw is not None:
            atomic.write(out / "reliability.svg", draw(found.reliability))
    return found.scores.round(4).to_string(index=False, na_rep="")
