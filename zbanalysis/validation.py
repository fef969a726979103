"""Is the data folder right: one table of everything wrong, in plain words.

The shape (types, keys, foreign keys, enumerations) is in ``datapackage.json`` and
checked by frictionless; what a table schema cannot say is checked here: published
digits, bounds, days, and targets against the rates their plan states.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from zbanalysis import csvfiles, periods, rounding
from zbanalysis.errors import InputError, Problem
from zbanalysis.paths import CACHE

PERIODS = "2019, 2020Q1, 2020H1, 2020M09 or 2016/2019"
REQUIRED = ("sources", "areas", "bases", "indicators", "observations", "plans", "targets")


def check(folder: Path) -> list[Problem]:
    """All problems of a data folder, in the order of its files; none when it is right.

    Parameters
    ----------
    folder
        The data folder, with ``datapackage.json``.

    Raises
    ------
    InputError
        If the folder, its descriptor or one of its tables is not there, or a file
        cannot be read at all (for instance because it is not UTF-8).
    """
    resources = _resources(folder)
    seen = _seen(folder, resources)
    if seen.exists():
        return []
    problems = _problems(folder, resources)
    if not problems:
        # The shape check takes seconds; data that passed need not pass again until they change.
        with contextlib.suppress(OSError):
            seen.parent.mkdir(parents=True, exist_ok=True)
            seen.touch()
    return problems


def _seen(folder: Path, resources: Iterable[str]) -> Path:
    """Mark of a folder that passed: named by its content and by these checks."""
    digest = hashlib.sha256()
    for module in (__file__, periods.__file__, rounding.__file__):
        digest.update(Path(module).read_bytes())
    for path in ["datapackage.json", *resources]:
        if (folder / path).is_file():
            digest.update(path.encode() + hashlib.sha256((folder / path).read_bytes()).digest())
    return CACHE / "checked" / digest.hexdigest()


def _problems(folder: Path, resources: dict[str, list[str]]) -> list[Problem]:
    tables = {path: csvfiles.read_table(folder / path, fields) for path, fields in resources.items()}
    problems = _shape(folder)
    if problems:
        # Figures that are no figures would only repeat themselves in the checks that follow.
        return problems
    named = {path.removesuffix(".csv"): table for path, table in tables.items()}
    sources = named["sources"].set_index("source")
    found = []
    for name, table in named.items():
        if name.endswith("observations"):
            found += _observation_problems(f"{name}.csv", table, sources, named["indicators"])
    targets, levels = named["targets"], ["level", "ceiling", "floor", "range", "keep"]
    for column in ("base_value", "target_value", "target_upper"):
        # A growth or change in % is not in the indicator's unit; its base is.
        rows = targets if column == "base_value" else targets[targets["kind"].isin(levels)]
        found += _outside_bounds("targets.csv", rows, named["indicators"], column)
    return found + _target_problems(targets, sources, named["plans"]) + _plan_problems(named["plans"])


def _plan_problems(plans: pd.DataFrame) -> list[Problem]:
    """A plan's base, first and last year follow each other."""
    years = plans[["base_year", "start_year", "end_year"]].astype(int)
    wrong = plans[(years["base_year"] >= years["start_year"]) | (years["start_year"] > years["end_year"])]
    return [
        Problem(
            "plans.csv",
            row,
            "end_year",
            plan["end_year"],
            "base year before first year, first year not after last year",
        )
        for row, plan in wrong.iterrows()
    ]


def _resources(folder: Path) -> dict[str, list[str]]:
    """Path of each table in the package and the columns its schema asks for."""
    descriptor = folder / "datapackage.json"
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; name one that holds datapackage.json and its CSV files.")
    if not descriptor.is_file():
        raise InputError(
            f"{folder} holds no datapackage.json; name a data folder, or copy the file from data/."
        )
    try:
        package = json.loads(descriptor.read_text("utf-8"))
        found = {
            resource["path"]: [field["name"] for field in resource["schema"]["fields"]]
            for resource in package["resources"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{descriptor} is no readable Data Package ({error}); copy it from data/.") from None
    missing = [f"{name}.csv" for name in REQUIRED if f"{name}.csv" not in found]
    if missing:
        raise InputError(f"{descriptor} does not list {', '.join(missing)}; copy it from data/.")
    return found


def _shape(folder: Path) -> list[Problem]:
    from frictionless import Package, system  # late: takes a second

    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    problems = [
        _problem(task.place, error.to_descriptor(), task.name)
        for task in report.tasks
        for error in task.errors
    ]
    return problems + [Problem("datapackage.json", None, "", "", error.message) for error in report.errors]


_WORDS = {
    "primary-key": "a key that stands only once; delete or correct the second row",
    "unique-error": "a value that stands only once",
    "extra-label": "only the columns named in datapackage.json",
    "incorrect-label": "the columns in the order of datapackage.json",
    "missing-label": "the columns named in datapackage.json",
    "extra-cell": "as many cells as the header has",
    "missing-cell": "as many cells as the header has",
    "blank-row": "no empty row",
}
_CONSTRAINTS = {
    "required": "a value; this cell must not be empty",
    "minimum": "a larger value",
    "maximum": "a smaller value",
}


def _problem(place: str, error: dict, table: str) -> Problem:
    kind, note = error["type"], error.get("note", "")
    cells = error.get("cells") or []
    column = error.get("fieldName", "")
    value = str(error.get("cell", ", ".join(str(cell) for cell in cells[:4])) or "")
    if kind == "foreign-key":
        names, wrong = error.get("fieldNames", []), error.get("fieldCells", [])
        column, value = ", ".join(names), ", ".join(map(str, wrong))
    if kind == "extra-label":
        column = error.get("label", "")
    expected = _WORDS.get(kind) or _expected(kind, note)
    return Problem(
        Path(place).name if "/" not in place else place, error.get("rowNumber"), column, value, expected
    )


def _expected(kind: str, note: str) -> str:
    for word, sentence in _CONSTRAINTS.items():
        if f'"{word}"' in note:
            return sentence
    if '"enum"' in note:
        return "one of " + note.partition("[")[2].partition("]")[0].replace("'", "")
    if "(Q[1-4]|" in note:
        return PERIODS
    if kind == "type-error":
        return "a day such as 2020-08-10" if "date" in note else "a plain number such as 2.63"
    if '"pattern"' in note:
        return "a plain number such as 2.63" if r"[0-9]+(" in note else "text of the form " + note
    if kind == "foreign-key":
        return (
            "an identifier listed in " + note.partition('in the lookup table "')[2].partition('"')[0] + ".csv"
        )
    return note or kind


def _observation_problems(
    name: str, table: pd.DataFrame, sources: pd.DataFrame, indicators: pd.DataFrame
) -> list[Problem]:
    return [
        *(_periods(name, table, "period") or _early(name, table, sources)),
        *_outside_bounds(name, table, indicators),
    ]


def _periods(name: str, table: pd.DataFrame, column: str) -> list[Problem]:
    problems = []
    for text in table[column].unique():
        try:
            _ = text == "" or periods.position(text)
        except ValueError:
            rows = table.index[table[column] == text]
            problems += [Problem(name, row, column, text, PERIODS) for row in rows]
    return problems


def _early(name: str, table: pd.DataFrame, sources: pd.DataFrame) -> list[Problem]:
    """A figure published before its period began is a misdated row.

    A figure may appear within its own period (an estimate in a mid-year report), so
    the end of the period is asked only of final figures.
    """
    problems = []
    published = sources["date_published"].map(dt.date.fromisoformat)
    pairs = table[["period", "status", "source"]].drop_duplicates()
    for period, status, source in pairs.itertuples(index=False):
        day = published[source]
        allowed = periods.end_date(period) if status == "final" else periods.begin_date(period)
        if day < allowed:
            rows = table.index[
                (table["period"] == period) & (table["status"] == status) & (table["source"] == source)
            ]
            words = (
                f"a period that ended by {day}, the day {source} was published, or status estimate"
                if status == "final"
                else f"a period that began by {day}, the day {source} was published"
            )
            problems += [Problem(name, row, "period", period, words) for row in rows]
    return problems


def _outside_bounds(
    name: str, table: pd.DataFrame, indicators: pd.DataFrame, column: str = "value"
) -> list[Problem]:
    bounds = indicators.set_index("indicator")[["lower_bound", "upper_bound"]]
    low = pd.to_numeric(table["indicator"].map(bounds["lower_bound"]).replace("", None)).fillna(float("-inf"))
    high = pd.to_numeric(table["indicator"].map(bounds["upper_bound"]).replace("", None)).fillna(float("inf"))
    value = pd.to_numeric(table[column].replace("", None))
    outside = table[(value < low) | (value > high)]
    return [
        Problem(name, row, column, cell, f"a value between {low[row]:g} and {high[row]:g} for {indicator}")
        for row, cell, indicator in zip(outside.index, outside[column], outside["indicator"], strict=False)
    ]


def _target_problems(table: pd.DataFrame, sources: pd.DataFrame, plans: pd.DataFrame) -> list[Problem]:
    name = "targets.csv"
    shape = [*_periods(name, table, "target_period"), *_periods(name, table, "base_period")]
    if shape:
        return shape
    problems = []
    for row, target in table.iterrows():
        problems += (
            _order(name, row, target) or _needed_cells(name, row, target) or _stated(name, row, target)
        )
    return problems


def _order(name: str, row: int, target: pd.Series) -> list[Problem]:
    """A base stands before its target, the lower end of a range below its upper end."""
    base, period, low, high = target[["base_period", "target_period", "target_value", "target_upper"]]
    problems = []
    if base and periods.position(base) >= periods.position(period):
        problems.append(Problem(name, row, "target_period", period, f"a period after the base {base}"))
    if low and high and float(high) <= float(low):
        problems.append(Problem(name, row, "target_upper", high, f"a value above the lower end {low}"))
    return problems


def _needed_cells(name: str, row: int, target: pd.Series) -> list[Problem]:
    needs = [] if target["kind"] == "qualitative" else ["target_value"]
    needs += ["target_upper"] if target["kind"] == "range" else []
    return [
        Problem(name, row, column, "", f"a number; a target of kind {target['kind']} needs it")
        for column in needs
        if target[column] == ""
    ]


def _stated(name: str, row: int, target: pd.Series) -> list[Problem]:
    """A stated average rate or change must follow from base and target within their rounding."""
    base, value = target["base_value"], target["target_value"]
    if target["kind"] != "level" or not base or not target["base_period"]:
        return []
    years = periods.position(target["target_period"]) - periods.position(target["base_period"])
    implied = {
        "stated_rate": lambda: rounding.average_growth(base, value, years),
        "stated_change": lambda: rounding.change(base, value),
    }
    problems = []
    for column, interval in implied.items():
        if not target[column]:
            continue
        try:
            low, high = interval()
        except ValueError as error:
            problems.append(Problem(name, row, column, target[column], f"an empty cell: {error}"))
            continue
        if not rounding.meet(rounding.interval(target[column]), (low, high)):
            words = f"between {low:.4f} and {high:.4f}, as {base} and {value} imply"
            problems.append(Problem(name, row, column, target[column], words))
    return problems
