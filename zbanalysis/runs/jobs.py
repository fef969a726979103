"""What a report is made of: its notebooks, what each is told, and which rows of the data it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zbanalysis.data import package, slices
from zbanalysis.data.files import NOTEBOOKS
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
"""Notebooks of a plan's report, in the order of the report, and what each reads (`slices.SCOPES`)."""

AREA_NOTEBOOKS: Mapping[str, tuple[str, ...]] = {
    "11_area_trends": ("area",),
    "12_area_outlook": ("area",),
    "13_area_yardstick": ("area", "plan", "panel", "yardstick"),
}
"""Notebooks of an area's report, and what each reads."""

_WITH_YARDSTICK = ("13_area_yardstick",)


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


def steps(job: Job, folder: slices.Folder) -> list[Step]:
    """The notebooks of a job with what each is given, in the order of the report.

    Parameters
    ----------
    job, folder
        A job; the data folder from `slices.read`.
    """
    reads = AREA_NOTEBOOKS if job.area else PLAN_NOTEBOOKS
    known: dict[tuple[str, ...], Mapping[str, bytes]] = {}
    found = []
    for notebook, scopes in reads.items():
        if scopes not in known:
            plan = job.plan if "plan" in scopes or not job.area else ""
            known[scopes] = slices.extract(folder, scopes, job.as_of, plan, job.area)
        found.append(Step(notebook, _told(job, notebook), known[scopes]))
    return found


def _told(job: Job, notebook: str) -> dict[str, str]:
    if not job.area:
        return {"plan": job.plan, "as_of": job.as_of}
    yardstick = {"plan": job.plan} if notebook in _WITH_YARDSTICK else {}
    return {"area": job.area, **yardstick, "as_of": job.as_of}


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
    figures = dataset.observations[dataset.observations["area"] == area]
    plan = yardstick or yardstick_of(dataset, as_of)
    if figures.empty:
        raise InputError(f"--areas '{area}': the data hold no figure of it; add some to observations.csv.")
    day = package.parse_date(as_of) if as_of else max(figures["known_since"].max(), _since(dataset, plan))
    if figures["known_since"].min() > day:
        first = figures["known_since"].min()
        raise InputError(f"--as-of {day}: the first figures of {area} are of {first}; name a later day.")
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
