"""Is a data folder right: everything that is wrong at once, in one table.

`schema` looks at cells, keys and references; here is what a table schema cannot say: bounds, days,
and targets against the rates that their plan states.  `doubts` asks about what is allowed and odd.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from zbanalysis.data import digits, files, limits, periods, read, schema
from zbanalysis.errors import DataError, InputError, Problem

FIGURES = ("observations.csv", "reference/observations.csv")
"""Tables of figures: the folder's own, and the panel that it is compared with."""

DRAFTED = ("targets.csv", "tasks.csv")
"""Tables with rows that a person confirms."""

Undrawn = Callable[[str, str], str]
"""The characters of a text that no face of a report in this language, zh or en, draws."""


@dataclass(frozen=True)
class Folder:
    """A data folder, read once: all files that count, and its tables as text.

    ``files`` has content by path in the folder; ``tables`` frames by path, each with every column of
    its schema (empty where the file leaves it out) and the row of the file as index.  Rows drafted from a
    document that nobody has confirmed are left out of both; ``waiting`` counts them by path.
    """

    place: Path
    files: Mapping[str, bytes]
    tables: Mapping[str, pd.DataFrame]
    waiting: Mapping[str, int] = field(default_factory=dict)


def require(
    folder: Path | str,
    undrawn: Undrawn | None = None,
    more: Callable[[Folder], list[Problem]] | None = None,
    new: Mapping[str, bytes] = MappingProxyType({}),
) -> Folder:
    """A data folder that passes its checks; what every command asks before it does anything.

    Parameters
    ----------
    folder
        The data folder, with ``datapackage.json``.
    undrawn
        Gives the characters of a text that no face of a report draws; they are then refused as well.
    more
        Gives further problems of a folder whose rows have the right shape.
    new
        Files that are to be written, by their paths: the folder is judged as it would be with them.

    Returns
    -------
    Folder
        For `package.load` and `jobs.read`, which then read nothing again.

    Raises
    ------
    InputError
        If the folder or one of its tables is not there, or a file cannot be read at all.
    DataError
        If any row fails; the message is a table of all that is wrong.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> len(require(DATA).tables["targets.csv"]) > 30
    True
    """
    folder_read, wrong = _read(Path(folder), new)
    wrong = wrong or schema.problems(folder_read.tables)
    if not wrong:
        # Figures that are no figures would only repeat themselves in the checks that follow.
        wrong = _problems(folder_read.tables) + (more(folder_read) if more is not None else [])
    if undrawn is not None:
        there = {(one.file, one.row, one.column) for one in wrong}
        more_wrong = _undrawn(folder_read, undrawn)
        wrong = wrong + [one for one in more_wrong if (one.file, one.row, one.column) not in there]
    if wrong:
        raise DataError(wrong)
    return confirmed(folder_read)


def confirmed(folder: Folder) -> Folder:
    """A folder without the rows that wait to be confirmed, nor what refers to them."""
    tables, waiting = dict(folder.tables), {}
    for path in DRAFTED:
        if path in tables and (out := tables[path]["confirmed"] == "no").any():
            waiting[path] = int(out.sum())
            tables[path] = tables[path][~out]
    if "tasks.csv" in waiting:
        _without_tasks(tables)
    # Rows only, digits and all; a folder without drafts keeps its files as they are.
    changed = {path for path in tables if waiting and len(tables[path]) != len(folder.tables[path])}
    texts = {path: files.as_csv(tables[path]) for path in changed}
    return replace(folder, tables=tables, files={**folder.files, **texts}, waiting=waiting)


def _without_tasks(tables: dict[str, pd.DataFrame]) -> None:
    """Leave out what is said of tasks that are not there; a task under one of them stands alone."""
    kept = {"", *tables["tasks.csv"]["task"]}
    for path in set(tables) - {"tasks.csv"}:
        if any(column == "task" for column, *_ in schema.tables()[path].foreign):
            tables[path] = tables[path][tables[path]["task"].isin(kept)]
    tasks = tables["tasks.csv"]
    tables["tasks.csv"] = tasks.assign(parent=tasks["parent"].where(tasks["parent"].isin(kept), ""))


def problems(folder: Path | str) -> list[Problem]:
    """All problems of a data folder, in the order of its tables; none when it is right.

    Raises
    ------
    InputError
        As `require`.
    """
    try:
        require(folder)
    except DataError as error:
        return list(error.problems)
    return []


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a data folder that count, by their paths in it: tables, descriptor, texts.

    A link is followed where it ends within the folder, and refused where it does not.
    """
    for place in folder.glob("*/text"):
        if not place.is_dir():
            raise InputError(f"{place} is a file; put the texts of the plan into a folder of this name.")
    texts = sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/text/*.md"))
    content = {}
    for name in (*schema.tables(), schema.DESCRIPTOR, *texts):
        path = folder / name
        if path.exists() or path.is_symlink():
            most = limits.TEXT_BYTES if name in texts else limits.FILE_BYTES
            content[name] = files.read(files.within(folder, path), most)
    return content


def _read(folder: Path, new: Mapping[str, bytes]) -> tuple[Folder, list[Problem]]:
    """The folder, and what is wrong with the shape of its rows."""
    if not folder.is_dir():
        raise InputError(
            f"{folder} is not a folder; name one that holds {schema.DESCRIPTOR} and its CSV files."
        )
    files.settle(folder)
    content = {**contents(folder), **new}
    _check_descriptor(folder, content)
    tables, wrong = {}, []
    for path, table in schema.tables().items():
        if path not in content:
            if table.is_required:
                raise InputError(f"{folder / path} does not exist; check the name and the folder.")
            continue
        one_table, more = read.scan(
            content[path], folder / path, path, table.needed, may_be_empty=table.name != "areas"
        )
        extra = [name for name in one_table if name not in table.columns]
        more += [Problem(path, 1, str(name), "", "column") for name in extra]
        tables[path], wrong = schema.complete(one_table, path), wrong + more
    wrong += _texts(content) + _marked(tables)
    return Folder(folder, content, tables), wrong


def _check_descriptor(folder: Path, content: Mapping[str, bytes]) -> None:
    """What marks a data folder is there and is JSON; what it says is not asked."""
    place = folder / schema.DESCRIPTOR
    if schema.DESCRIPTOR not in content:
        raise InputError(
            f"{folder} holds no {schema.DESCRIPTOR}; name a data folder, or copy the file from data/."
        )
    try:
        given = json.loads(content[schema.DESCRIPTOR].decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{place} is no readable Data Package ({reason}); copy it from data/.") from None
    if not isinstance(given, dict) or not isinstance(given.get("resources"), list):
        raise InputError(f"{place} is no readable Data Package (no resources); copy it from data/.")


def _texts(content: Mapping[str, bytes]) -> list[Problem]:
    """Texts of a plan that are no UTF-8, or hold a character that nobody sees."""
    wrong = []
    for path, text in content.items():
        if not path.endswith(".md"):
            continue
        try:
            lines = text.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            wrong.append(Problem(path, None, "", "", "UTF-8 text; save the file as UTF-8"))
            continue
        for number, line in enumerate(lines, start=1):
            if character := limits.hidden(line, lines=True):
                values = {"character": limits.named(character)}
                wrong.append(Problem(path, number, "", line, "character", values))
    return wrong


def _marked(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Words that a report would take for its own marks."""
    return [
        Problem(path, int(row), name, cell, "mark", {"mark": limits.MARK.search(cell)[0]})
        for path, table in tables.items()
        for name in schema.tables()[path].words
        if limits.MARK.search("\n".join(table[name].tolist()))
        for row, cell in table[name][table[name].str.contains(limits.MARK)].items()
    ]


def _undrawn(folder: Folder, undrawn: Undrawn) -> list[Problem]:
    """Words with a character that no face of a report draws."""
    texts = [
        (path, name, "en" if name.endswith("_en") else "zh", table[name].to_dict())
        for path, table in folder.tables.items()
        for name in schema.tables()[path].words
    ]
    for path in (path for path in folder.files if path.endswith(".md")):
        lines = folder.files[path].decode("utf-8-sig", "ignore").splitlines()
        texts.append((path, "", "en" if path.endswith(".en.md") else "zh", dict(enumerate(lines, start=1))))
    return [
        Problem(path, int(row), name, cell, "character", {"character": limits.named(odd[0])})
        for path, name, lang, cells in texts
        if undrawn("".join(sorted(set("".join(cells.values())))), lang)  # most have none
        for row, cell in cells.items()
        if (odd := undrawn(cell, lang))
    ]


def _problems(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """All that is wrong with tables whose cells, keys and references are right."""
    indicators, targets = tables["indicators.csv"], tables["targets.csv"]
    wrong = judged("indicators.csv", indicators, _bounds)
    for path in FIGURES:
        if path in tables:
            wrong += _early(path, tables)
            wrong += _outside(path, tables[path]["value"], tables[path], indicators)
    levels = targets[targets["kind"].isin(schema.VALUES)]
    wrong += _outside("targets.csv", targets["base_value"], targets, indicators)
    for column in ("target_value", "target_upper"):
        wrong += _outside("targets.csv", levels[column], levels, indicators)
    judges = {
        "targets.csv": _target, "plans.csv": _plan, "course.csv": _step,
        "judgements.csv": _judgement, "ratings.csv": _rating,
    }  # fmt: skip
    for path, judge in judges.items():
        wrong += judged(path, tables[path], judge) if path in tables else []
    return wrong


def fiscal_ends(plans: pd.DataFrame) -> Callable[[str], int]:
    """The month with which fiscal years of an area end: by its plans, else January."""
    known = plans[plans["fiscal_end"] != ""].drop_duplicates("area", keep="last").set_index("area")
    months = known["fiscal_end"].astype(int).to_dict()
    return lambda area: months.get(area, 1)


def _early(path: str, tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """A figure published before its period began is a misdated row.

    A figure may appear within its own period (an estimate in a mid-year report), so
    the end of the period is asked only of final figures.
    """
    table, sources = tables[path], tables["sources.csv"]
    published = sources.set_index("source")["date_published"].map(dt.date.fromisoformat).to_dict()
    ends = table["area"].map(fiscal_ends(tables["plans.csv"]))
    wrong = []
    same = table.assign(end=ends).groupby(["period", "status", "source", "end"], sort=False).groups
    for (period, status, source, end), rows in same.items():
        key, allowed = ("ended", periods.end_date) if status == "final" else ("begun", periods.begin_date)
        if published[source] < allowed(period, end):
            wrong += Problem.each(path, table.loc[rows, "period"], key, day=published[source], source=source)
    return sorted(wrong, key=lambda problem: problem.row)


def _outside(path: str, cells: pd.Series, table: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[Problem]:
    """Cells beyond what their indicator can be; an empty bound is none."""
    bounds = indicators.set_index("indicator")[["lower_bound", "upper_bound"]].replace("", None).astype(float)
    bounds = bounds.fillna({"lower_bound": -math.inf, "upper_bound": math.inf})
    of = table["indicator"]
    low, high = of.map(bounds["lower_bound"]), of.map(bounds["upper_bound"])
    value = pd.to_numeric(cells.replace("", None))
    for row, cell in cells[(value < low) | (value > high)].items():
        values = {"low": f"{low[row]:g}", "high": f"{high[row]:g}", "indicator": of[row]}
        yield Problem(path, int(row), str(cells.name), cell, "bounds", values)


Stated = tuple[str, str, dict[str, object]]
"""What is wrong or odd in a row: the column, and the key and values of a `Problem`."""


def judged(
    path: str, table: pd.DataFrame, judge: Callable[[Mapping[str, str]], Iterable[Stated]]
) -> list[Problem]:
    """What a judge of single rows has to say of a table."""
    return [
        Problem(path, int(row), column, one[column], key, values)
        for row, one in table.to_dict("index").items()
        for column, key, values in judge(one)
    ]


def _bounds(indicator: Mapping[str, str]) -> Iterator[Stated]:
    """An upper bound lies above the lower."""
    low, high = indicator["lower_bound"], indicator["upper_bound"]
    if low and high and float(high) <= float(low):
        yield "upper_bound", "bounds_crossed", {"low": low}


def _plan(plan: Mapping[str, str]) -> Iterator[Stated]:
    """A plan's base, first and last year follow each other."""
    if not int(plan["base_year"]) < int(plan["start_year"]) <= int(plan["end_year"]):
        yield "end_year", "plan_years", {}


def _step(step: Mapping[str, str]) -> Iterator[Stated]:
    """A step of the evaluation does not end before it starts."""
    for start, end in (("start", "end"), ("planned_start", "planned_end")):
        if step[end] and step[end] < step[start]:
            yield end, "end_before_start", {"start": step[start]}


def _rating(rating: Mapping[str, str]) -> Iterator[Stated]:
    """A score is not above the best of its scale."""
    if float(rating["score"]) > float(rating["scale"]):
        yield "score", "over_scale", {"scale": rating["scale"]}


def _judgement(judgement: Mapping[str, str]) -> Iterator[Stated]:
    """A judgement names what it judges."""
    column = {"target": "indicator", "task": "task"}[judgement["subject"]]
    if not judgement[column]:
        yield column, "task_or_target", {"column": column, "subject": judgement["subject"]}


def _target(target: Mapping[str, str]) -> list[Stated]:
    """Cells its kind needs, ends in their order, rates that follow from base and target."""
    return [*_order(target)] or [*_needed(target)] or [*_stated(target)]


def _order(target: Mapping[str, str]) -> Iterator[Stated]:
    """A base stands before its target, the lower end of a range below its upper end."""
    base, low, high = map(target.get, ("base_period", "target_value", "target_upper"))
    if base and periods.position(base) >= periods.position(target["target_period"]):
        yield "target_period", "after_base", {"base": base}
    if low and high and float(high) <= float(low):
        yield "target_upper", "above_low", {"low": low}


def _needed(target: Mapping[str, str]) -> Iterator[Stated]:
    """Cells without which a target of its kind says nothing."""
    for name in schema.KINDS[target["kind"]].needs:
        if not target[name]:
            yield name, "needed", {"kind": target["kind"]}
    said = any(target[name] for name in ("other", "words_zh", "words_en"))
    if target["kind"] in schema.RELATIVE and not said:
        yield "other", "needed_other", {}
    if target["base_value"] and not target["base_period"]:
        yield "base_period", "base_period", {"base": target["base_value"]}


def _stated(target: Mapping[str, str]) -> Iterator[Stated]:
    """A stated average rate or change must follow from base and target within their rounding."""
    base, value = target["base_value"], target["target_value"]
    if target["kind"] not in schema.TO_REACH or not base or not target["base_period"]:
        return
    years = periods.position(target["target_period"]) - periods.position(target["base_period"])
    implied = {
        "stated_rate": lambda: digits.average_growth(base, value, years),
        "stated_change": lambda: digits.change(base, value),
    }
    for column in filter(target.get, implied):
        try:
            ends = implied[column]()
        except (ValueError, ArithmeticError) as error:
            yield column, "no_rate", {"reason": error}
            continue
        if not digits.meet(digits.printed(target[column]), ends):
            low, high = (f"{float(end):.4f}" for end in (ends.low, ends.high))
            yield column, "implied", {"low": low, "high": high, "base": base, "value": value}
