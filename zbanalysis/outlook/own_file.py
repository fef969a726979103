"""Project or back-test a person's own CSV file: read, check, project, write.

This is what ``python -m zbanalysis forecast INPUT.csv --horizon H`` and ``backtest`` call.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from zbanalysis.data import doubts, files, limits, read
from zbanalysis.errors import InputError, Problem
from zbanalysis.outlook import verdict
from zbanalysis.projection import backtest, histories, project
from zbanalysis.projection.project import Projection

REQUIRED = ("series", "year", "value")
TARGETS = ("series", "target_year", "target_value", "direction")
KINDS = {"scale": histories.SCALES, "direction": histories.DIRECTIONS}
Bounds = tuple[float | None, float | None]
LEFT_OUT = {
    "no_points": "no figure before its cut",
    "one_point": "one figure before its cut",
    "no_future": "no figure in the years scored",
    "constant": "it never moved before its cut",
}
NAMED = 5
"""So many of the series that a test leaves out are named; the others are counted."""


def forecast_file(
    input_path: str | os.PathLike[str],
    horizon: int,
    levels: Sequence[float] = (80, 95),
    targets_path: str | os.PathLike[str] | None = None,
    bounds: Bounds | None = None,
    out_path: str | os.PathLike[str] | None = None,
    field: str = "general",
    *,
    scale: str | None = None,
    direction: str | None = None,
    note: Callable[[str], object] = lambda _: None,
) -> pd.DataFrame:
    """Project every series of a file and write the result.

    Parameters
    ----------
    input_path
        CSV with ``series, year, value`` and optionally ``scale`` and ``direction``; an empty value
        is a missing year.
    horizon
        Years ahead, from 1 to `project.LONGEST_HORIZON`.
    levels
        Central intervals in per cent, a pair of columns for each.
    targets_path
        CSV with ``series, target_year, target_value, direction`` (``up`` or ``down``).
    bounds
        Limits that no value can pass, ``(lower, upper)``, None for none.  Where no bounds are given
        at all, what never was negative is held at 0 or above, and a note says so; a target below 0
        lifts that limit.
    out_path
        Where to write; ``None`` or ``"-"`` is standard output.
    field
        ``general``, or ``science`` to read the fans as those of Chinese science statistics
        (see `zbanalysis.projection.domain`).
    scale, direction
        What is measured (one of `histories.SCALES`) and which way is good (one of
        `histories.DIRECTIONS`), for series whose rows do not say it.
    note
        Is given a sentence that the reader of the result should know.

    Returns
    -------
    DataFrame
        What was written: ``series, year, mean`` (the median) and ``lo80, hi80`` for each level, with
        targets also ``target_value, chance, grade`` (of the evidence, by the number of points) and
        ``verdict`` (``to_be_held`` where the last figure is at the target already, else by the chance)
        on the row of the target year, then ``reason``: empty, or why a series has no projection (it
        has one row then).

    Raises
    ------
    InputError
        The horizon, a level or the bounds are wrong, or a file cannot be read.
    DataError
        Cells that are no numbers, a year twice, a value outside its limits, two kinds for one
        series, a target outside the years projected or of an unknown series: all rows at once;
        nothing is written.
    """
    check_horizon(horizon)
    _check_levels(levels)
    _check_bounds(bounds)
    check_kind("--scale", scale, histories.SCALES)
    check_kind("--direction", direction, histories.DIRECTIONS)
    _refuse_to_overwrite(out_path, input_path, targets_path)
    history = _with_kinds(read_series(input_path, note), scale=scale, direction=direction)
    goals = read_targets(targets_path) if targets_path is not None else None
    ahead = project.project(history, horizon, domain=field, **_limits(bounds))
    floors = ahead.about.loc[ahead.about["floor"] == "assumed", "series"]
    if goals is not None and (below := goals["series"][goals["value"] < 0]).isin(floors).any():
        # A target below 0 says that 0 is no limit.
        lifted = ahead.about["series"].isin(floors[floors.isin(below)])
        given = ahead.about[["series"]].assign(lower=ahead.about["lower"].mask(lifted, -math.inf))
        ahead = project.project(history, horizon, given, domain=field)
        floors = floors[~floors.isin(below)]
    read.refuse(_outside(history, ahead, os.fspath(input_path)), list(history.columns))
    out = ahead.to_frame(levels)
    if goals is not None:
        known = ahead.chance(goals)
        figures = history.dropna(subset="value").sort_values("year")
        newest = figures.groupby("series")["value"].agg(["size", "last"]).reindex(known["series"])
        known["grade"] = newest["size"].fillna(0).map(verdict.of_points).to_numpy()
        way = known["direction"].map({"up": 1.0, "down": -1.0})
        known["met"] = way * newest["last"].to_numpy() >= way * known["value"]
        out = _with_targets(out, ahead, known, os.fspath(targets_path))
    files.write_table(out, out_path)
    _note_floor(ahead, floors, note)
    _note_slips(history, os.fspath(input_path), note)
    return out


def check_horizon(horizon: int) -> None:
    """Raise `InputError` for a number of years that is none or too large."""
    most = project.LONGEST_HORIZON
    if not 1 <= horizon <= most:
        raise InputError(f"--horizon {horizon} is no number of years ahead; write 1 to {most}.")


def check_kind(option: str, value: str | None, allowed: Sequence[str]) -> None:
    """Raise `InputError` for a word that does not exist."""
    if value is not None and value not in allowed:
        raise InputError(f"{option} {value!r} does not exist; choose from {', '.join(allowed)}.")


def _refuse_to_overwrite(out: str | os.PathLike[str] | None, *inputs: str | os.PathLike[str] | None) -> None:
    there = out is not None and os.fspath(out) != "-" and Path(out).exists()
    for path in filter(None, inputs if there else ()):
        if Path(path).exists() and Path(out).samefile(path):
            raise InputError(f"--out {out} is the input file {path}; name another file.")


def _with_kinds(history: pd.DataFrame, **given: str | None) -> pd.DataFrame:
    """The history with the kinds of the command where its rows say none."""
    for name, value in given.items():
        if value is not None:
            own = history[name] if name in history else pd.Series("", index=history.index)
            other = history["series"][(own != "") & (own != value)]
            if len(other):
                row = other.index[0]
                said = f"row {row} of the file says {own[row]!r} of {other[row]!r}"
                raise InputError(f"--{name} {value}, but {said}; keep one of them.")
            history = history.assign(**{name: value})
    return history


def _limits(bounds: Bounds | None) -> dict[str, float]:
    """Bounds as the projection takes them: an empty side is none."""
    if bounds is None:
        return {}
    lower, upper = bounds
    return {"lower": -math.inf if lower is None else lower, "upper": math.inf if upper is None else upper}


def _outside(history: pd.DataFrame, ahead: Projection, file: str) -> list[Problem]:
    """Values that lie beyond what the series can be."""
    ends = ahead.about.set_index("series").loc[history["series"], ["lower", "upper"]].to_numpy()
    beyond = (history["value"].to_numpy() < ends[:, 0]) | (history["value"].to_numpy() > ends[:, 1])
    problems = []
    for place in np.flatnonzero(beyond):
        lower, upper = ends[place]
        words = f"from {lower:g} to {upper:g}" if upper < math.inf else f"of {lower:g} or more"
        words = f"a value {f'up to {upper:g}' if lower == -math.inf else words}"
        row, value = history.index[place], history["value"].iloc[place]
        problems.append(Problem(file, int(row), "value", f"{value:g}", f"{words}; other limits: --bounds"))
    return problems


def _note_floor(ahead: Projection, floors: pd.Series, note: Callable[[str], object]) -> None:
    """Say where 0 was taken for a limit that nobody gave."""
    taken = ahead.about[ahead.about["series"].isin(floors) & (ahead.about["reason"] == "")]
    if len(taken):
        first = taken["series"].iloc[0]
        which = f"{first!r}" if len(taken) == 1 else f"{len(taken)} series ({first!r} first)"
        note(
            f"0 was taken as the lower limit of {which}, for no value was below it; "
            "what may fall below 0 needs --bounds, such as --bounds=,100 for no lower limit."
        )


def _note_slips(history: pd.DataFrame, file: str, note: Callable[[str], object]) -> None:
    """Say which values look like a slip of the decimal point or of the unit; they count all the same."""
    alike = pd.DataFrame({"area": "", "indicator": history["series"], "basis": "", "source": ""})
    alike["period"], alike["value"] = history["year"].astype("str"), history["value"].map("{:.12g}".format)
    days = pd.DataFrame({"date_published": [""]}, index=[""])
    odd = doubts.slips(file, alike[history["value"].notna()], days)
    for one in odd[:NAMED]:
        series, year = history.loc[one.row, ["series", "year"]]
        note(f"{file} row {one.row}, {series!r} of {year}: {one.value} counts as it is; take {one.expected}.")
    if len(odd) > NAMED:
        note(f"{len(odd) - NAMED} more values of {file} look like slips of the point or of the unit.")


def read_series(path: str | os.PathLike[str], note: Callable[[str], object] = lambda _: None) -> pd.DataFrame:
    """Read and check a file of yearly series; columns that nothing reads are noted.

    Returns
    -------
    DataFrame
        ``series, year, value`` (NaN for an empty cell), and ``split, scale, direction`` where the
        file has them; the index is the spreadsheet row.

    Raises
    ------
    InputError, DataError
        As for `forecast_file`.
    """
    file = os.fspath(path)
    table = read.table(path, REQUIRED, ("split", *KINDS))
    unread = [name for name in table if name not in (*REQUIRED, "split", *KINDS)]
    if unread:
        known = ", ".join((*REQUIRED, "split", *KINDS))
        note(f"Nothing is read from {', '.join(unread)} of {file}; columns that count: {known}.")
    values, problems = read.numbers(table, ["value"], file, allow_empty=["value"])
    years, not_years = read.years(table, ["year"], file)
    nameless = table.index[table["series"] == ""]
    problems += not_years
    problems += [Problem(file, int(row), "series", "", "the name of a series") for row in nameless]
    problems += _twice(table, ["series", "year"], file) + _alike(table["series"], file)
    if "split" in table:
        problems += read.one_of(table, "split", ("train", "test"), file)
    for name, allowed in KINDS.items():
        if name in table:
            problems += read.one_of(table, name, (*allowed, ""), file) + _two_kinds(table, name, file)
    read.refuse(problems, list(table.columns))
    kept = {name: table[name] for name in ("split", *KINDS) if name in table}
    year = years["year"].astype("int64")
    return pd.DataFrame({"series": table["series"], "year": year, "value": values["value"], **kept})


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
    year, value = years["target_year"].astype("int64"), values["target_value"]
    return table[["series"]].assign(year=year, value=value, direction=table["direction"])


def _twice(table: pd.DataFrame, key: list[str], file: str) -> list[Problem]:
    """Rows that repeat the key of a row above."""
    words = f"one row for each {key[0]} and {key[1]}; this one stands above too"
    again = table.loc[table.duplicated(key), key[1]]
    return [Problem(file, int(row), key[1], text, words) for row, text in again.items()]


def _alike(names: pd.Series, file: str) -> list[Problem]:
    """Names that a reader takes for one above, and that would make a series of their own."""
    once = names[names != ""].drop_duplicates()
    problems = []
    for name, row, other, at in limits.spelled_otherwise(("", name, int(row)) for row, name in once.items()):
        values = {"where": f"row {at}", "other": other, "character": limits.apart(name, other)}
        problems.append(Problem(file, row, "series", name, "alike_series", values))
    return problems


def _two_kinds(table: pd.DataFrame, name: str, file: str) -> list[Problem]:
    """Rows that say another kind of their series than a row above."""
    given = table[table[name] != ""]
    first = given.groupby("series")[name].transform("first")
    other = given[given[name] != first]
    words = f"one {name} for each series; above it is "
    return [Problem(file, int(row), name, text, words + first[row]) for row, text in other[name].items()]


def _check_levels(levels: Sequence[float]) -> None:
    for level in levels:
        if not 1 <= level < 100:
            right = "write per cents from 1 to below 100, such as 80,95"
            raise InputError(f"--levels {level:g} is no interval; {right}.")
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
        verdict=verdict.verdict_of(known["chance"]).mask(known["met"], "to_be_held"),
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
        column, wrong, words = "series", str(goal["series"]), "a series of the input file"
        if goal["reason"] == "year_not_projected":
            first, last = years.loc[goal["series"]]
            words = f"a year from {first} to {last}, the years projected; a larger --horizon reaches further"
            column, wrong = "target_year", str(goal["year"])
        problems.append(Problem(file, int(row), column, wrong, words))
    return problems


def backtest_file(
    input_path: str | os.PathLike[str],
    horizon: int,
    last: int | None = None,
    origins: int = 1,
    out: Path | None = None,
    draw: Callable[[pd.DataFrame], bytes] | None = None,
    note: Callable[[str], object] = lambda _: None,
) -> str:
    """Test the projection on a file of series and write what was found.

    Parameters
    ----------
    input_path
        CSV with ``series, year, value`` and optionally ``split`` (``train``/``test``), ``scale`` and
        ``direction``.
    horizon, last, origins
        As for `backtest.backtest`.
    out
        Folder for ``scores.csv``, ``by_horizon.csv``, ``reliability.csv``, ``skipped.csv`` and
        ``reliability.svg``; made when it is not there.  None writes nothing.
    draw
        Makes the chart ``reliability.svg`` of the table ``reliability``; None leaves it out.
    note
        As for `forecast_file`.

    Returns
    -------
    str
        The table of scores as text.

    Raises
    ------
    InputError, DataError
        As for `forecast_file`, or no series is long enough; nothing is written.
    """
    check_horizon(horizon)
    above = [] if out is None else [out, *out.parents]
    if taken := [place for place in above if place.exists() and not place.is_dir()]:
        raise InputError(f"--out {out}: {taken[0]} is a file; name a folder.")
    history = read_series(input_path, note)
    scores = backtest.backtest(history, horizon, last=last, origins=origins)
    _note_slips(history, os.fspath(input_path), note)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in ("scores", "by_horizon", "reliability", "skipped"):
            files.write_table(getattr(scores, name), out / f"{name}.csv")
        if draw is not None:
            files.write(out / "reliability.svg", draw(scores.reliability))
    return scores.scores.round(4).to_string(index=False, na_rep="") + _left_out(scores.skipped)


def _left_out(skipped: pd.DataFrame) -> str:
    """A line that names the series that could not be tested, and why; empty where there are none."""
    if skipped.empty:
        return ""
    named = [f"{row.series} ({LEFT_OUT[row.reason]})" for row in skipped.head(NAMED).itertuples()]
    more = f" and {len(skipped) - NAMED} more" if len(skipped) > NAMED else ""
    return f"\n\nLeft out: {', '.join(named)}{more}."
