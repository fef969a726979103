"""The data package as frames, and what of it was known on a day; the only reader of ``data/``.

Every figure is a published figure: it has a source and a locator, and keeps its
published digits.  Two documents may differ about the same year; both rows stay, and
`as_of` shows what a reader of that day would have found in the newest document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from zbanalysis.data import periods, read, validation
from zbanalysis.data.digits import half_width
from zbanalysis.data.files import DATA
from zbanalysis.errors import DataError, InputError

OBSERVATION_KEY = ["area", "indicator", "period", "basis"]
TARGET_KEY = ["plan", "area", "indicator", "kind", "target_period"]
_NUMBERS = {
    "indicators": ["lower_bound", "upper_bound"],
    "observations": ["value"],
    "plans": ["base_year", "start_year", "end_year"],
    "targets": ["order", "base_value", "target_value", "target_upper", "stated_rate", "stated_change"],
}


@dataclass(frozen=True)
class Dataset:
    """The tables of one data folder; see ``data/README.md`` for their columns.

    ``observations`` and ``targets`` additionally carry ``published`` (the digits as
    printed), ``half_width`` (half a unit of the last printed digit), ``known_since``
    (day the source was published) and the positions of their periods in years.
    """

    folder: Path
    sources: pd.DataFrame
    areas: pd.DataFrame
    bases: pd.DataFrame
    indicators: pd.DataFrame
    observations: pd.DataFrame
    plans: pd.DataFrame
    targets: pd.DataFrame


def load(folder: Path | str = DATA) -> Dataset:
    """Read and check a data folder.

    Parameters
    ----------
    folder
        A folder of the shape described in ``data/README.md``.

    Returns
    -------
    Dataset
        Its tables, every vintage; `as_of` leaves what was known on a day.

    Raises
    ------
    InputError
        If the folder or one of its files is not there or cannot be read.
    DataError
        If any row fails its checks; the message is a table of all that is wrong.

    Examples
    --------
    >>> load().plans["plan"].tolist()[:2]
    ['zibo-13', 'zibo-14']
    """
    folder = Path(folder)
    problems = validation.check(folder)
    if problems:
        raise DataError(problems)
    tables = {name: _read(folder, name) for name in ("sources", "areas", "bases", "indicators", "plans")}
    observations = [_read(folder, "observations")]
    if (folder / "reference" / "observations.csv").exists():
        observations.append(_read(folder / "reference", "observations"))
    published = tables["sources"].set_index("source")["date_published"].map(dt.date.fromisoformat)
    return Dataset(
        folder=folder,
        observations=_prepare(pd.concat(observations, ignore_index=True), "value", published),
        targets=_prepare(_read(folder, "targets"), "target_value", published),
        **tables,
    )


def _read(folder: Path, name: str) -> pd.DataFrame:
    # A folder that holds only what one question needs may have no target, or no plan; see `extract`.
    table = read.table(folder / f"{name}.csv", [], may_be_empty=True).reset_index(drop=True)
    digits = {f"published_{column}": table[column] for column in _NUMBERS.get(name, [])}
    numbers = {column: pd.to_numeric(table[column].replace("", None)) for column in _NUMBERS.get(name, [])}
    return table.assign(**digits).assign(**numbers)


def _prepare(table: pd.DataFrame, column: str, published: pd.Series) -> pd.DataFrame:
    """Add the published digits, when each row became known, and the positions of its periods."""
    table = table.assign(
        published=table[f"published_{column}"],
        half_width=table[f"published_{column}"].map(lambda text: half_width(text) if text else float("nan")),
        known_since=table["source"].map(published),
    )
    if "period" in table:
        return periods.with_positions(table)
    return table.assign(
        base_position=_positions(table["base_period"]), target_position=_positions(table["target_period"])
    )


def _positions(column: pd.Series) -> pd.Series:
    return column.map(lambda text: periods.position(text) if text else float("nan")).astype(float)


def as_of(dataset: Dataset, date: dt.date | str) -> Dataset:
    """What was known on a day: of each figure and target, the newest vintage published by then.

    Where one document gives two figures for the same thing, the row that stands
    first in the file counts (tables are entered before running text).

    Parameters
    ----------
    dataset
        From `load`.
    date
        A day, inclusive.

    Returns
    -------
    Dataset
        The same tables; ``observations`` and ``targets`` hold one row for each figure and target.

    Raises
    ------
    InputError
        If the day is before every source.

    Examples
    --------
    >>> view = as_of(load(), "2020-08-10")
    >>> bool((view.targets["known_since"] <= dt.date(2020, 8, 10)).all())
    True
    """
    day = parse_date(date)
    earliest = dataset.sources["date_published"].min()
    if day < dt.date.fromisoformat(earliest):
        raise InputError(
            f"--as-of {day}: nothing had been published by then; the earliest source is of {earliest}."
        )
    return replace(
        dataset,
        observations=_newest(dataset.observations, OBSERVATION_KEY, day),
        targets=_newest(dataset.targets, TARGET_KEY, day),
    )


def parse_date(date: dt.date | str) -> dt.date:
    """A day from ``2020-08-10``.

    Raises
    ------
    InputError
        If the text is no day.
    """
    if isinstance(date, dt.datetime):  # a moment is a date to Python, but the two do not compare
        return date.date()
    if isinstance(date, dt.date):
        return date
    try:
        return dt.date.fromisoformat(date)
    except ValueError:
        raise InputError(f"--as-of '{date}' is no day; write it as 2020-08-10.") from None


def _newest(table: pd.DataFrame, key: list[str], day: dt.date) -> pd.DataFrame:
    known = table[table["known_since"] <= day]
    # A stable sort keeps the file's order within one source, so the first row of the newest wins.
    ranked = known.sort_values("known_since", ascending=False, kind="stable")
    return ranked.drop_duplicates(key).sort_index()


def plan_row(dataset: Dataset, plan: str) -> pd.Series:
    """One plan's record.

    Raises
    ------
    InputError
        If no such plan is in the data; the message lists those that are.
    """
    return _row(dataset.plans, "plan", plan, "--plan")


def plan_record(dataset: Dataset, plan: str) -> pd.DataFrame:
    """One plan as a frame of one row, with the names of its area (``area_zh``, ``area_en``)."""
    areas = dataset.areas.set_index("area")[["name_zh", "name_en"]].set_axis(["area_zh", "area_en"], axis=1)
    return plan_row(dataset, plan).to_frame().T.join(areas, on="area")


def targets_of(dataset: Dataset, plan: str, date: dt.date | str) -> tuple[Dataset, pd.DataFrame]:
    """What was known on a day, and a plan's targets in it, in the plan's order.

    Raises
    ------
    InputError
        If the plan is unknown, or was not yet published on that day.

    Examples
    --------
    >>> view, targets = targets_of(load(), "zibo-13", "2020-08-10")
    >>> len(targets)
    10
    """
    plan_row(dataset, plan)
    view = as_of(dataset, date)
    targets = view.targets[view.targets["plan"] == plan].sort_values("order", kind="stable")
    if targets.empty:
        first = dataset.targets.loc[dataset.targets["plan"] == plan, "known_since"].min()
        raise InputError(
            f"--as-of {date}: the targets of {plan} were first published on {first}; name a later day."
        )
    return view, targets


def _row(table: pd.DataFrame, column: str, wanted: str, option: str) -> pd.Series:
    found = table[table[column] == wanted]
    if found.empty:
        raise InputError(f"{option} '{wanted}' is not in the data; there are {_listed(table[column])}.")
    return found.iloc[0]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def newest_day(dataset: Dataset, plan: str) -> dt.date:
    """Day of the newest source that says anything of a plan's targets or their indicators.

    Examples
    --------
    >>> newest_day(load(), "zibo-14").isoformat() >= "2022-04-19"
    True
    """
    plan_row(dataset, plan)
    targets = dataset.targets[dataset.targets["plan"] == plan]
    if targets.empty:
        raise InputError(f"--plan '{plan}' has no targets in targets.csv; add them.")
    watched = dataset.observations.merge(targets[["area", "indicator"]].drop_duplicates())
    ends = dataset.plans.set_index("plan").loc[plan, "end_year"]
    within = watched[(watched["position"] <= ends)]
    return max([*targets["known_since"], *within["known_since"]])


def comparable(series: pd.DataFrame, target: object) -> pd.Series:
    """A flow of part of a year, or of several, does not compare with a yearly target; a stock does."""
    adds_up = target.accumulation == "flow" and target.scale in ("count", "amount")
    if not adds_up or target.kind == "cumulative_sum":
        return pd.Series(True, series.index)
    return series["position"] - series["start"] == 1
