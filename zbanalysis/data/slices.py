"""The rows of a data folder that one question needs, as a small data folder of its own.

A run of a notebook is given such a folder and can read nothing else: so a change of one
figure concerns exactly the runs whose folder holds it, and what happens to the data while
a run is under way does not reach it.  Rows are taken as they stand, digits and all.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from zbanalysis.data import check, schema
from zbanalysis.data.package import parse_date

SCOPES = ("plan", "area", "panel", "yardstick", "survey", "tasks", "judgements", "everything")
"""What a question may need; see `extract`."""

contents = check.contents
_DESCRIPTOR = schema.DESCRIPTOR
_FIGURES = check.FIGURES
_WHOLE = {
    "survey": ("survey.csv", "opinions.csv"),
    "tasks": (
        "tasks.csv", "task_progress.csv", "evidence.csv", "judgements.csv",
        "problems.csv", "recommendations.csv", "cases.csv",
    ),
    "yardstick": ("areas.csv",),
    "judgements": ("judgements.csv",),
}  # fmt: skip
_ALWAYS = ("sources.csv", "areas.csv", "bases.csv", "indicators.csv", "plans.csv", "targets.csv", _FIGURES[0])


@dataclass(frozen=True)
class Folder:
    """A data folder as text: its tables by path, their foreign keys, and all its files as they are."""

    tables: Mapping[str, pd.DataFrame]
    keys: Mapping[str, tuple[tuple[str, str, str], ...]]
    files: Mapping[str, bytes]


def read(folder: check.Folder | Path | str) -> Folder:
    """A checked data folder as text.

    Parameters
    ----------
    folder
        From `check.require`, or a data folder, which is then checked.
    """
    if not isinstance(folder, check.Folder):
        folder = check.require(folder)
    # Plain texts: a batch takes rows from them by the thousand.
    tables = {path: table.reset_index(drop=True).astype(object) for path, table in folder.tables.items()}
    keys = {path: schema.tables()[path].foreign for path in tables}
    return Folder(tables, keys, folder.files)


def extract(
    folder: Folder, scopes: Iterable[str], as_of: str, plan: str = "", area: str = ""
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
    wanted = set(scopes)
    if "everything" in wanted:
        return _known(folder, as_of)
    plans = folder.tables["plans.csv"]
    area = area or next(iter(plans.loc[plans["plan"] == plan, "area"]), "")
    picked = {path: table.iloc[:0] for path, table in folder.tables.items()}
    if plan:
        picked["plans.csv"] = plans[plans["plan"] == plan]
        picked["targets.csv"] = _of(_published(folder, "targets.csv", as_of), plan=plan)
    known = {path: _published(folder, path, as_of) for path in _FIGURES if path in folder.tables}
    compared = []
    if "yardstick" in wanted:
        compared = _compared(folder, pd.concat(known.values()), set(picked["targets.csv"]["indicator"]), area)
    for path, figures in known.items():
        chosen = pd.Series(False, figures.index)
        if "area" in wanted:
            chosen |= figures["area"] == area
        if "panel" in wanted:
            chosen |= figures["indicator"].isin(_science(folder) | set(picked["targets.csv"]["indicator"]))
        for areas, indicators in compared:
            chosen |= figures["area"].isin(areas) & figures["indicator"].isin(indicators)
        picked[path] = figures[chosen]
    return _folder(folder, picked, {path for scope in wanted for path in _WHOLE.get(scope, ())}, {area})


def _known(folder: Folder, as_of: str) -> dict[str, bytes]:
    """All documents, figures and targets known on the day; the rest as it is, for its lines count."""
    dated = {*_FIGURES, "targets.csv", "sources.csv"} & set(folder.tables)
    picked = {path: _published(folder, path, as_of) for path in dated}
    whole = set(folder.files) - dated - {_DESCRIPTOR}
    return _folder(folder, picked, whole, set())


def _published(folder: Folder, path: str, as_of: str) -> pd.DataFrame:
    sources = folder.tables["sources.csv"]
    known = sources.loc[sources["date_published"] <= parse_date(as_of).isoformat(), "source"]
    table = folder.tables[path]
    return table[table["source"].isin(set(known))]


def _science(folder: Folder) -> set[str]:
    indicators = folder.tables["indicators.csv"]
    if "domain" not in indicators:
        return set(indicators["indicator"])
    return set(indicators.loc[indicators["domain"] == "science", "indicator"])


def _compared(
    folder: Folder, figures: pd.DataFrame, aims: set[str], area: str
) -> list[tuple[set[str], set[str]]]:
    """Areas and indicators that an area is compared with: its like, and the provinces."""
    levels = folder.tables["areas.csv"].set_index("area")["level"]
    alike, provinces = set(levels.index[levels == levels.get(area)]), set(levels.index[levels == "province"])
    own = set(figures.loc[figures["area"] == area, "indicator"])
    return [(alike, own), (provinces, aims)]


def _of(table: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    for column, value in wanted.items():
        table = table[table[column] == value]
    return table


def _folder(
    folder: Folder, picked: Mapping[str, pd.DataFrame], whole: set[str], areas: set[str]
) -> dict[str, bytes]:
    """The picked rows, the files taken whole, and every row that these refer to."""
    rows = {path: set(table.index) for path, table in picked.items()}
    for path in whole & set(folder.tables):
        rows[path] = set(folder.tables[path].index)
    register = folder.tables["areas.csv"]
    rows.setdefault("areas.csv", set()).update(register.index[register["area"].isin(areas)])
    _close(folder, rows)
    paths = [path for path in folder.tables if path in _ALWAYS or rows.get(path)]
    kept = {path: _text(folder.tables[path], rows.get(path, set())) for path in paths if path not in whole}
    kept |= {path: folder.files[path] for path in whole if path in folder.files}
    return {**kept, _DESCRIPTOR: folder.files[_DESCRIPTOR]}


def _close(folder: Folder, rows: dict[str, set[int]]) -> None:
    """Add what the rows refer to, until nothing is missing."""
    growing = True
    while growing:
        growing = False
        for path in list(rows):
            for column, target, key in folder.keys.get(path, ()):
                if target not in folder.tables:  # an optional table that the folder lacks
                    continue
                needed = set(folder.tables[path][column].to_numpy()[sorted(rows[path])]) - {""}
                there = folder.tables[target]
                found = set(there.index[there[key].isin(needed)])
                if not found <= rows.setdefault(target, set()):
                    rows[target] |= found
                    growing = True


def _text(table: pd.DataFrame, rows: set[int]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.to_numpy()[sorted(rows)].tolist())
    return buffer.getvalue().encode("utf-8")


def digests(files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    r"""A fingerprint of each file, of figures for each area and indicator: what `explain` compares.

    Examples
    --------
    >>> found = digests({"observations.csv": b"area,indicator,period,value\nzibo,gdp,2019,1\n"})
    >>> list(found["observations.csv"])
    ['zibo gdp']
    """
    return {path: _groups(path, content) for path, content in sorted(files.items())}


def _groups(path: str, content: bytes) -> dict[str, str]:
    if path not in _FIGURES:
        return {"": hashlib.sha256(content).hexdigest()[:12]}
    groups: dict[str, object] = {}
    for line in content.split(b"\n")[1:]:
        if line:
            area, indicator = line.split(b",", 2)[:2]
            name = f"{area.decode()} {indicator.decode()}"
            groups.setdefault(name, hashlib.sha256()).update(line)
    return {name: digest.hexdigest()[:12] for name, digest in groups.items()}


def write(files: Mapping[str, bytes], place: Path) -> Path:
    """Set the files down as a data folder."""
    for path, content in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(content)
    return place
