"""Project or back-test a person's own CSV file: read, check, project, write.

This is what ``python -m zbanalysis forecast INPUT.csv --horizon H`` and ``backtest`` call.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from zbanalysis.data import files, read
from zbanalysis.errors import InputError, Problem
from zbanalysis.outlook import grade, verdict
from zbanalysis.projection import backtest, domain, project
from zbanalysis.projection.project import Projection

REQUIRED = ("series", "year", "value")
TARGETS = ("series", "target_year", "target_value", "direction")
Bounds = tuple[float | None, float | None]


def forecast_file(
    input_path: str | os.PathLike[str],
    horizon: int,
    levels: Sequence[float] = (80, 95),
    targets_path: str | os.PathLike[str] | None = None,
    bounds: Bounds | None = None,
    out_path: str | os.PathLike[str] | None = None,
    field: str = "general",
) -> pd.DataFrame:
    """Project every series of a file and write the result.

    Parameters
    ----------
    input_path
        CSV with ``series, year, value``; an empty value is a missing year.
    horizon
        Years ahead, 1 or more.
    levels
        Central intervals in per cent, a pair of columns for each.
    targets_path
        CSV with ``series, target_year, target_value, direction`` (``up`` or ``down``).
    bounds
        Limits that no value can pass, ``(lower, upper)``, None for none.
    out_path
        Where to write; ``None`` or ``"-"`` is standard output.
    field
        ``general``, or ``science`` to read the fans as those of Chinese science statistics
        (see `domain`).

    Returns
    -------
    DataFrame
        What was written: ``series, year, mean`` (the median) and ``lo80, hi80`` for each level, with
        targets also ``target_value, chance, grade`` (of the evidence, by the number of points) and
        ``verdict`` on the row of the target year, then
        ``reason``: empty, or why a series has no projection (it has one row then).

    Raises
    ------
    InputError
        The horizon, a level or the bounds are wrong, or a file cannot be read.
    DataError
        Cells that are no numbers, a year twice, a target outside the years projected or of
        an unknown series: all rows at once; nothing is written.
    """
    if horizon < 1:
        raise InputError(f"--horizon {horizon} is no number of years ahead; write 1 or more.")
    _check_levels(levels)
    _check_bounds(bounds)
    history = read_series(input_path)
    goals = read_targets(targets_path) if targets_path is not None else None
    ahead = project.project(history, horizon, bounds=bounds)
    out = domain.to_frame(ahead, levels) if field == "science" else ahead.to_frame(levels)
    if goals is not None:
        known = domain.chance(ahead, goals) if field == "science" else ahead.chance(goals)
        points = history.dropna(subset="value").groupby("series").size()
        known["grade"] = known["series"].map(points).fillna(0).map(grade.of_points)
        out = _with_targets(out, ahead, known, os.fspath(targets_path))
    files.write_table(out, out_path)
    return out


def read_series(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read and check a file of yearly series; a column ``split`` is kept where there is one.

    Returns
    -------
    DataFrame
        ``series, year, value`` (NaN for an empty cell).

    Raises
    ------
    InputError, DataError
        As for `forecast_file`.
    """
    file = os.fspath(path)
    table = read.table(path, REQUIRED, ("split",))
    values, problems = read.numbers(table, ["value"], file, allow_empty=["value"])
    years, not_years = read.years(table, ["year"], file)
    nameless = table.index[table["series"] == ""]
    problems += not_years + [
        Problem(file, int(row), "series", "", "the name of a series") for row in nameless
    ]
    problems += _twice(table, ["series", "year"], file)
    if "split" in table:
        problems += read.one_of(table, "split", ("train", "test"), file)
    read.refuse(problems, list(table.columns))
    kept = {"split": table["split"]} if "split" in table else {}
    return pd.DataFrame(
        {"series": table["series"], "year": years["year"].astype("int64"), "value": values["value"], **kept}
    )


def read_targets(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read and check a file of targets; the index is the spreadsheet row.

    Returns
    -------
    DataFrame
        ``series, year, value, direction``.
    """
    file = os.fspath(path)
    table = read.table(path, TARGETS)
    values, problems = read.numbers(table, ["target_value"], file)
    years, not_years = read.years(table, ["target_year"], file)
    problems += not_years + read.one_of(table, "direction", ("up", "down"), file)
    problems += _twice(table, ["series", "target_year"], file)
    read.refuse(problems, list(table.columns))
    return pd.DataFrame(
        {
            "series": table["series"],
            "year": years["target_year"].astype("int64"),
            "value": values["target_value"],
            "direction": table["direction"],
        }
    )


def _twice(table: pd.DataFrame, key: list[str], file: str) -> list[Problem]:
    """Rows that repeat the key of a row above."""
    words = f"one row for each {key[0]} and {key[1]}; this one stands above too"
    again = table.loc[table.duplicated(key), key[1]]
    return [Problem(file, int(row), key[1], text, words) for row, text in again.items()]


def _check_levels(levels: Sequence[float]) -> None:
    for level in levels:
        if not 0 < level < 100:
            raise InputError(
                f"--levels {level:g} is no interval; write per cents between 0 and 100, such as 80,95."
            )
    names = [f"{level:g}" for level in levels]  # as the columns are called
    if not names or len(set(names)) != len(names) or "100" in names:
        raise InputError("--levels names no interval, or one twice; write per cents such as 80,95.")


def _check_bounds(bounds: Bounds | None) -> None:
    sides = [side for side in bounds or () if side is not None]
    if any(math.isnan(side) for side in sides) or (len(sides) == 2 and not sides[0] < sides[1]):
        low, high = ("" if side is None else f"{side:g}" for side in bounds)
        raise InputError(f"--bounds {low},{high}: the lower limit must be below the upper, such as 0,100.")


def _with_targets(out: pd.DataFrame, ahead: Projection, known: pd.DataFrame, file: str) -> pd.DataFrame:
    """Value, chance and verdict on the row of each target's year."""
    read.refuse(_misplaced(known, ahead, file), ["series", "target_year"])
    judged = known.assign(
        target_value=known["value"],
        verdict=verdict.verdict_of(known["chance"]),
        # A series without a projection has a single row, without a year.
        year=known["year"].astype("Int64").mask(known["reason"] != ""),
        goal_year=known["year"].astype("Int64"),
    )[["series", "year", "goal_year", "target_value", "chance", "grade", "verdict"]]
    merged = out.merge(judged, on=["series", "year"], how="left")
    merged["year"] = merged["year"].fillna(merged.pop("goal_year"))
    merged[["grade", "verdict"]] = merged[["grade", "verdict"]].fillna("")
    return merged[[*(name for name in merged if name != "reason"), "reason"]]


def _misplaced(known: pd.DataFrame, ahead: Projection, file: str) -> list[Problem]:
    """Targets of a series that is not in the input, or of a year that is not projected."""
    years = ahead.rows.groupby("series")["year"].agg(["min", "max"])
    problems = []
    for row, goal in known[known["reason"].isin(["unknown_series", "year_not_projected"])].iterrows():
        if goal["reason"] == "unknown_series":
            problems.append(
                Problem(file, int(row), "series", str(goal["series"]), "a series of the input file")
            )
        else:
            first, last = years.loc[goal["series"]]
            words = f"a year from {first} to {last}, the years projected; a larger --horizon reaches further"
            problems.append(Problem(file, int(row), "target_year", str(goal["year"]), words))
    return problems


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
        As for `forecast_file`, or no series is long enough; nothing is written.
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
            files.write_table(getattr(found, name), out / f"{name}.csv")
        if draw is not None:
            files.write(out / "reliability.svg", draw(found.reliability))
    return found.scores.round(4).to_string(index=False, na_rep="")
