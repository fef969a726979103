"""What a report is made of: its notebooks, what each is told, and which rows of the data it is given.

A run of a notebook is given a small data folder and can read nothing else: so a change of one figure concerns
exactly the runs whose folder holds it, and what happens to the data while a run is under way does not reach
it.  Rows are taken as they stand, digits and all.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from zbanalysis.data import check, package, schema
from zbanalysis.data.files import NOTEBOOKS
from zbanalysis.data.package import parse_date
from zbanalysis.errors import InputError

PLAN_NOTEBOOKS: Mapping[str, tuple[str, ...]] = {
    "01_indicators": ("plan", "area", "panel", "judgements"),
    "02_trends": ("plan", "area"),
    "03_feasibility": ("plan", "area", "panel", "judgements"),
    "04_backtest": ("plan", "area", "panel"),
    "05_audit": ("everything",),
    "06_survey": ("plan", "survey"),
    "07_cost_benefit": ("plan", "area"),
    "08_tasks": ("everything",),
    "09_conclusion": ("everything",),
}
"""Notebooks of a plan's report, in the order of the report, and what each reads (`jobs.SCOPES`)."""

AREA_NOTEBOOKS: Mapping[str, tuple[str, ...]] = {
    "11_area_trends": ("area",),
    "12_area_outlook": ("area",),
    "13_area_yardstick": ("area", "plan", "panel", "yardstick"),
}
"""Notebooks of an area's report, and what each reads."""


@dataclass(frozen=True)
class Job:
    """One report to make.

    Attributes
    ----------
    plan
        A plan; the yardstick if there is an ``area``.
    as_of
        The day whose knowledge counts, such as ``2020-08-10``.
    area
        Empty for the report of a plan; else the area that is reported on.
    kind
        One of `kinds.KINDS`, or empty for what is due.
    """

    plan: str
    as_of: str
    area: str = ""
    kind: str = ""

    @property
    def name(self) -> str:
        """Beginning of the names of the report's files."""
        return f"{self.area or self.plan}_{self.as_of}"


@dataclass(frozen=True)
class Step:
    """One notebook of a job: what it is told and the data folder it is given."""

    notebook: str
    parameters: Mapping[str, str]
    files: Mapping[str, bytes]

    @property
    def path(self) -> Path:
        """The notebook's file."""
        return NOTEBOOKS / f"{self.notebook}.ipynb"


def steps(job: Job, folder: check.Folder) -> list[Step]:
    """The notebooks of a job with what each is given, in the order of the report.

    Parameters
    ----------
    job, folder
        A job; the data folder from `jobs.read`.
    """
    reads = AREA_NOTEBOOKS if job.area else PLAN_NOTEBOOKS
    plans = {scopes: "" if job.area and "plan" not in scopes else job.plan for scopes in reads.values()}
    given = {scopes: extract(folder, scopes, job.as_of, plan, job.area) for scopes, plan in plans.items()}
    made = []
    for notebook, scopes in reads.items():
        parameters = {"area": job.area, "plan": plans[scopes], "as_of": job.as_of}
        made.append(Step(notebook, {name: one for name, one in parameters.items() if one}, given[scopes]))
    return made


def of_plan(dataset: package.Dataset, plan: str, as_of: str | None, kind: str = "") -> Job:
    """The report of a plan; by default on the day of its newest source.

    Raises
    ------
    InputError
        If plan or day are wrong.

    Examples
    --------
    >>> of_plan(package.load(), "zibo-13", "2020-08-10").name
    'zibo-13_2020-08-10'
    """
    day = str(package.parse_date(as_of) if as_of else package.newest_day(dataset, plan))
    package.targets_of(dataset, plan, day)  # a wrong plan or day is told before a kernel starts
    return Job(plan, day, kind=kind)


def of_area(dataset: package.Dataset, area: str, as_of: str | None, yardstick: str = "") -> Job:
    """The report of an area, by default on the day of its newest figure.

    Parameters
    ----------
    dataset, area, as_of
        Data, an area of it, and a day.
    yardstick
        Plan with whose targets the area is compared; by default `yardstick_of` the day.

    Raises
    ------
    InputError
        If the area is unknown or nothing is known of it by that day.

    Examples
    --------
    >>> of_area(package.load(), "guangdong", "2024-12-31").plan
    'china-14'
    """
    if area not in set(dataset.areas["area"]):
        known = ", ".join(sorted(dataset.areas["area"]))
        raise InputError(f"--areas '{area}' is not in the data; there are {known}.")
    known = dataset.observations.loc[dataset.observations["area"] == area, "known_since"]
    plan = yardstick or yardstick_of(dataset, as_of)
    if known.empty:
        raise InputError(f"--areas '{area}': the data hold no figure of it; add some to observations.csv.")
    day = package.parse_date(as_of) if as_of else max(known.max(), _since(dataset, plan))
    if known.min() > day:
        raise InputError(
            f"--as-of {day}: the first figures of {area} are of {known.min()}; name a later day."
        )
    package.targets_of(dataset, plan, day)
    return Job(plan, str(day), area)


def _since(dataset: package.Dataset, plan: str) -> object:
    package.plan_row(dataset, plan)
    return dataset.targets.loc[dataset.targets["plan"] == plan, "known_since"].min()


def yardstick_of(dataset: package.Dataset, as_of: str | None = None) -> str:
    """The newest plan of a nation: what areas without a plan of their own are compared with.

    Parameters
    ----------
    dataset
        From `package.load`.
    as_of
        The newest that was known on this day, if any was.

    Raises
    ------
    InputError
        If the data have no such plan.

    Examples
    --------
    >>> yardstick_of(package.load())
    'china-14'
    >>> yardstick_of(package.load(), "2020-08-10")
    'china-13'
    """
    nations = set(dataset.areas.loc[dataset.areas["level"] == "nation", "area"])
    plans = dataset.plans[dataset.plans["area"].isin(nations)].sort_values("end_year", kind="stable")
    if plans.empty:
        raise InputError(
            "The data have no plan of a nation to compare areas with; name a plan with --yardstick."
        )
    day = package.parse_date(as_of) if as_of else None
    known = [plan for plan in plans["plan"] if day is None or _since(dataset, plan) <= day]
    return str((known or plans["plan"].tolist())[-1])


def areas_with_figures(dataset: package.Dataset) -> list[str]:
    """All areas of which the data hold a figure, in the order of ``areas.csv``."""
    known = set(dataset.observations["area"])
    return [area for area in dataset.areas["area"] if area in known]


# --- the rows of a data folder that one question needs ---


SCOPES = ("plan", "area", "panel", "yardstick", "survey", "tasks", "judgements", "everything")
"""What a question may need; see `extract`."""

_WHOLE = {
    "survey": ("survey.csv", "opinions.csv"),
    "tasks": (
        "tasks.csv", "task_progress.csv", "evidence.csv", "judgements.csv",
        "problems.csv", "recommendations.csv", "cases.csv",
    ),
    "yardstick": ("areas.csv",),
    "judgements": ("judgements.csv",),
}  # fmt: skip


def read(folder: check.Folder | Path | str) -> check.Folder:
    """A checked data folder, its tables as plain texts: a batch takes rows from them by the thousand.

    Parameters
    ----------
    folder
        From `check.require`, or a data folder, which is then checked.
    """
    if not isinstance(folder, check.Folder):
        folder = check.require(folder)
    tables = {path: table.reset_index(drop=True).astype(object) for path, table in folder.tables.items()}
    return replace(folder, tables=tables)


def extract(
    folder: check.Folder, scopes: Iterable[str], as_of: str, plan: str = "", area: str = ""
) -> dict[str, bytes]:
    """The files of a data folder that holds only what a question needs.

    Parameters
    ----------
    folder
        From `read`.
    scopes
        Of `SCOPES`: ``plan`` is the plan and its targets; ``area`` all figures of the plan's
        area, or of ``area``; ``panel`` the figures of the science indicators, and of those of the
        plan's targets, of all areas;
        ``yardstick`` all areas, and what is compared in them: the area's indicators in
        areas of its level, and those of the plan's targets in the provinces;
        ``survey``, ``tasks`` and ``judgements`` the tables of these names; ``everything`` all that was known.
    as_of
        The day by which a figure or a target must have been published.
    plan, area
        A plan of ``plans.csv``; an area of ``areas.csv``.

    Returns
    -------
    dict
        Path in the folder → content.  Whatever a row refers to is there too.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> files = extract(read(DATA), ["plan"], "2020-08-10", plan="zibo-13")
    >>> sum(line.startswith("zibo-13,") for line in files["targets.csv"].decode().splitlines())
    10
    """
    wanted, tables = set(scopes), folder.tables
    if "everything" in wanted:  # all that was known on the day; the rest as it is, for its lines count
        dated = {*check.FIGURES, "targets.csv", "sources.csv"} & set(tables)
        known = {path: _published(folder, path, as_of) for path in dated}
        return _folder(folder, known, set(folder.files) - dated - {schema.DESCRIPTOR})
    plans, areas = tables["plans.csv"], tables["areas.csv"]
    area = area or next(iter(plans.loc[plans["plan"] == plan, "area"]), "")
    targets = _published(folder, "targets.csv", as_of)
    targets = targets[targets["plan"] == plan]
    picked = {"areas.csv": areas[areas["area"] == area], "targets.csv": targets}
    picked["plans.csv"] = plans[plans["plan"] == plan]
    known = {path: _published(folder, path, as_of) for path in check.FIGURES if path in tables}
    compared, aims = [], set(targets["indicator"])
    if "yardstick" in wanted:
        compared = _compared(folder, pd.concat(known.values()), aims, area)
    for path, figures in known.items():
        chosen = pd.Series(False, figures.index)
        if "area" in wanted:
            chosen |= figures["area"] == area
        if "panel" in wanted:
            chosen |= figures["indicator"].isin(_science(folder) | aims)
        for places, indicators in compared:
            chosen |= figures["area"].isin(places) & figures["indicator"].isin(indicators)
        picked[path] = figures[chosen]
    return _folder(folder, picked, {path for scope in wanted for path in _WHOLE.get(scope, ())})


def _published(folder: check.Folder, path: str, as_of: str) -> pd.DataFrame:
    sources = folder.tables["sources.csv"]
    known = sources.loc[sources["date_published"] <= parse_date(as_of).isoformat(), "source"]
    table = folder.tables[path]
    return table[table["source"].isin(set(known))]


def _science(folder: check.Folder) -> set[str]:
    indicators = folder.tables["indicators.csv"]
    return set(indicators.loc[indicators["domain"] == "science", "indicator"])


def _compared(
    folder: check.Folder, figures: pd.DataFrame, aims: set[str], area: str
) -> list[tuple[set[str], set[str]]]:
    """Areas and indicators that an area is compared with: its like, and the provinces."""
    levels = folder.tables["areas.csv"].set_index("area")["level"]
    alike, provinces = set(levels.index[levels == levels.get(area)]), set(levels.index[levels == "province"])
    own = set(figures.loc[figures["area"] == area, "indicator"])
    return [(alike, own), (provinces, aims)]


def _folder(folder: check.Folder, picked: Mapping[str, pd.DataFrame], whole: set[str]) -> dict[str, bytes]:
    """The picked rows, the files taken whole, and every row that these refer to."""
    tables = folder.tables
    rows = {path: set(table.index) for path, table in picked.items()}
    rows |= {path: set(tables[path].index) for path in whole & set(tables)}
    _close(folder, rows)
    kept = {
        path: _text(table, rows.get(path, set()))
        for path, table in tables.items()
        if path not in whole and (schema.tables()[path].is_required or rows.get(path))
    }
    return kept | {path: folder.files[path] for path in (*whole, schema.DESCRIPTOR) if path in folder.files}


def _close(folder: check.Folder, rows: dict[str, set[int]]) -> None:
    """Add what the rows refer to, until nothing is missing."""
    waiting = list(rows)
    while waiting:
        path = waiting.pop()
        for column, target, key in schema.tables()[path].foreign:
            there = folder.tables.get(target)
            if there is None:  # an optional table that the folder lacks
                continue
            needed = set(folder.tables[path][column].to_numpy()[sorted(rows[path])]) - {""}
            more = set(there.index[there[key].isin(needed)]) - rows.setdefault(target, set())
            if more:
                rows[target] |= more
                waiting.append(target)


def _text(table: pd.DataFrame, rows: set[int]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.to_numpy()[sorted(rows)].tolist())
    return buffer.getvalue().encode("utf-8")


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    r"""A fingerprint of each file, of figures for each area and indicator: what `explain` compares.

    Examples
    --------
    >>> list(digests({"observations.csv": b"area,indicator,period,value\nzibo,gdp,2019,1\n", "a.csv": b""}))
    ['a.csv', 'observations.csv (zibo gdp)']
    """
    found = {path: hashlib.sha256(content) for path, content in files.items() if path not in check.FIGURES}
    for path in check.FIGURES:
        for line in filter(None, files.get(path, b"").split(b"\n")[1:]):
            area, indicator = line.decode().split(",", 2)[:2]
            found.setdefault(f"{path} ({area} {indicator})", hashlib.sha256()).update(line)
    return {piece: found[piece].hexdigest()[:12] for piece in sorted(found)}


def write(files: Mapping[str, bytes], place: Path) -> Path:
    """Set the files down as a data folder."""
    for path, content in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(content)
    return place
