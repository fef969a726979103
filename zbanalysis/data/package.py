"""The data package as frames, and what of it was known on a day; the only reader of ``data/``.

Every figure is a published figure: it has a source and a locator, and keeps its
published digits.  Two documents may differ about the same year; both rows stay, and
`as_of` shows what a reader of that day would have found in the newest document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from zbanalysis.data import check, doubts, periods, schema
from zbanalysis.data.digits import half_width
from zbanalysis.data.files import DATA
from zbanalysis.errors import InputError, aligned, sentence

OBSERVATION_KEY = ["area", "indicator", "period", "basis"]
TARGET_KEY = ["plan", "area", "indicator", "kind", "target_period"]
_PLANS_SHOWN = 4
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
    Texts stand in both languages: where a folder has one, it is used for the other, and
    ``single`` (from `schema.single`) knows what is named in one only.
    ``tables`` has the optional tables by name; `known` gives one as known on a day.  Rows drafted from a
    document and not yet confirmed are left out; ``waiting`` counts them by file.
    """

    folder: Path
    sources: pd.DataFrame
    areas: pd.DataFrame
    bases: pd.DataFrame
    indicators: pd.DataFrame
    observations: pd.DataFrame
    plans: pd.DataFrame
    targets: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    single: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], np.ndarray]:
        """Places of the observations of each area and indicator."""
        return self.observations.groupby(["area", "indicator"], sort=False).indices

    def __repr__(self) -> str:
        return "\n".join(aligned(overview(self)))

    def _repr_html_(self) -> str:
        rows = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in overview(self))
        return f"<table>{''.join(rows)}</table>"


def load(folder: Path | str | check.Folder = DATA) -> Dataset:
    """Read and check a data folder.

    Parameters
    ----------
    folder
        A folder of the shape described in ``data/README.md``, or what `check.require` gave of it.

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
    if not isinstance(folder, check.Folder):
        folder = check.require(folder)
    tables = {path: schema.both_languages(table, path) for path, table in folder.tables.items()}
    figures = [tables.pop(path) for path in check.FIGURES if path in tables]
    tables["observations.csv"] = pd.concat(figures, ignore_index=True)
    named = {name: _numbered(tables.pop(f"{name}.csv"), name) for name in schema.REQUIRED}
    published = named["sources"].set_index("source")["date_published"].map(dt.date.fromisoformat)
    named["observations"] = _prepare(named["observations"], "value", published)
    named["targets"] = _prepare(named["targets"], "target_value", published)
    optional = {schema.tables()[path].name: table for path, table in tables.items()}
    single = schema.single(folder.tables)
    return Dataset(folder=folder.place, tables=optional, single=single, waiting=folder.waiting, **named)


def _numbered(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table counted from 0, its numbers as numbers and their digits beside them."""
    table = table.reset_index(drop=True)
    printed = table[_NUMBERS.get(name, [])]
    given = printed.replace("", None)
    numbers = {column: pd.to_numeric(given[column]) for column in given}  # of a table without rows, too
    return table.assign(**printed.add_prefix("published_")).assign(**numbers)


def overview(dataset: Dataset, lang: str = "en") -> list[tuple[str, str]]:
    """What a data folder holds, in ten lines at most: what, and how much of it."""
    seen, sources = dataset.observations, dataset.sources
    lines = [(sentence("holds_folder", lang), str(dataset.folder))]

    def add(name: str, form: str, **values: object) -> None:
        lines.append(tuple(sentence(f"holds_{key}", lang, **values) for key in (name, form)))

    add("areas", "with", count=len(dataset.areas), some=seen["area"].nunique())
    add("indicators", "with", count=len(dataset.indicators), some=seen["indicator"].nunique())
    years = seen["position"].map("{:.0f}".format)
    for name, column in (("observations", years), ("sources", sources["date_published"])):
        if len(column):
            add(name, "range", count=len(column), first=column.min(), last=column.max())
        else:
            lines.append((sentence(f"holds_{name}", lang), "0"))
    if len(sources):
        newest = sources.sort_values("date_published", kind="stable").iloc[-1]
        about = (newest[f"title_{lang}"], newest["date_published"])
        lines.append((sentence("holds_newest", lang), ("，" if lang == "zh" else ", ").join(about)))
    for plan in dataset.plans["plan"][:_PLANS_SHOWN]:
        targets = dataset.targets[dataset.targets["plan"] == plan]
        days = ", ".join(map(str, sorted(targets["known_since"].unique())))
        count = len(targets.drop_duplicates(TARGET_KEY))
        add("plan", "published" if days else "targets", plan=plan, count=count, days=days)
    rest = len(dataset.plans) - _PLANS_SHOWN
    if rest > 0:
        del lines[-1]
        add("more", "rest", count=rest + 1)
    return lines


def lineage(area: str, parents: Mapping[str, str]) -> list[str]:
    """An area and all that hold it.

    Examples
    --------
    >>> lineage("zibo", {"zibo": "shandong", "shandong": "china", "china": ""})
    ['zibo', 'shandong', 'china']
    """
    areas = [area]
    while parents.get(areas[-1]) and parents[areas[-1]] not in areas:
        areas.append(parents[areas[-1]])
    return areas


LAST_DAY = "9999-12-31"
"""A day by which everything is known."""


def published_by(dataset: Dataset, name: str, as_of: dt.date | str) -> pd.DataFrame:
    """Rows of an optional table that had been published by a day, as text and with the rows of the file."""
    table = dataset.tables.get(name)
    if table is None:
        table = pd.DataFrame(columns=schema.tables()[f"{name}.csv"].columns, dtype="str")
    published = dataset.sources.set_index("source")["date_published"]
    # Text compares like days here, for each is written in full; what has no day was never published.
    return table[table["source"].map(published).fillna("9999") <= parse_date(as_of).isoformat()]


def known(dataset: Dataset, name: str, as_of: dt.date | str, plan: str = "") -> pd.DataFrame:
    """Rows of an optional table that had been published by a day; none where the folder lacks the table.

    Parameters
    ----------
    dataset
        From `load`.
    name
        ``survey``, ``tasks``, ``task_progress``, ``statements``, ``judgements``, ``ratings``, ``problems``,
        ``opinions``, ``recommendations``, ``cases``, ``course``, ``evidence`` or ``reports``.
    as_of
        A day, inclusive.
    plan
        A plan of ``plans.csv``; tables without a column ``plan`` are then taken whole.

    Returns
    -------
    DataFrame
        All columns of the table, by ``order`` where it has one, else in the order of the file; required
        whole numbers as ``int``, numbers that may be missing as floats (NaN), all else as text.

    Examples
    --------
    >>> known(load(), "survey", "2020-08-10", "zibo-13")["n"].dtype
    dtype('int64')
    """
    about, rows = schema.tables()[f"{name}.csv"], published_by(dataset, name, as_of)
    if plan and "plan" in rows:
        rows = rows[rows["plan"] == plan]
    for column in about.fields:
        if column.type in ("integer", "number"):
            whole = column.type == "integer" and column.required
            numbers = pd.to_numeric(rows[column.name].replace("", None))
            rows = rows.assign(**{column.name: numbers.astype("int64" if whole else "float64")})
    if "order" in rows:
        rows = rows.sort_values("order", kind="stable")
    return rows.reset_index(drop=True)


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

    Where one document gives two figures for the same thing, `doubts.ranked` says which of
    them counts; the order of rows in a file never does.

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
    earliest = min(dataset.sources["date_published"], default="")
    if not earliest:
        raise InputError("sources.csv names no document; add those of your figures and targets.")
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
    seen = table[table["known_since"] <= day]
    if not seen.duplicated(key).any():  # one vintage of each: there is nothing to choose
        return seen.sort_index()
    # As numbers of days in their order: pandas compares dates of Python one by one.
    rank = pd.Series(pd.factorize(seen["known_since"], sort=True)[0], seen.index)
    newest = rank == rank.groupby([seen[name] for name in key]).transform("max")
    latest = seen[newest]
    again = latest.duplicated(key, keep=False)
    if not again.any():
        return latest.sort_index()
    counting = doubts.ranked(latest[again], "published").drop_duplicates(key)
    return pd.concat([latest[~again], counting]).sort_index()


def figures_of(dataset: Dataset, area: str, indicator: str) -> pd.DataFrame:
    """Observations of one indicator of an area, in the order of the table."""
    return dataset.observations.iloc[dataset._places.get((area, indicator), [])]


def plan_row(dataset: Dataset, plan: str) -> pd.Series:
    """One plan's record.

    Raises
    ------
    InputError
        If no such plan is in the data; the message lists those that are.
    """
    rows = dataset.plans[dataset.plans["plan"] == plan]
    if rows.empty:
        known = ", ".join(sorted(dataset.plans["plan"]))
        raise InputError(f"--plan '{plan}' is not in the data; there are {known}.")
    return rows.iloc[0]


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
    _has_targets(dataset, plan)
    if targets.empty:
        first = dataset.targets.loc[dataset.targets["plan"] == plan, "known_since"].min()
        raise InputError(
            f"--as-of {date}: the targets of {plan} were first published on {first}; name a later day."
        )
    return view, targets


def _has_targets(dataset: Dataset, plan: str) -> None:
    if (dataset.targets["plan"] == plan).any():
        return
    if drafted := dataset.waiting.get("targets.csv", 0):
        raise InputError(
            f"--plan '{plan}' has no confirmed target; {drafted} drafted ones wait in targets.csv: "
            "look at them in draft.xlsx, set confirmed to yes, and import it."
        )
    raise InputError(f"--plan '{plan}' has no targets in targets.csv; add them.")


def newest_day(dataset: Dataset, plan: str) -> dt.date:
    """Day of the newest source that says anything of a plan's targets, their indicators or its tasks.

    Examples
    --------
    >>> newest_day(load(), "zibo-14").isoformat() >= "2022-04-19"
    True
    """
    plan_row(dataset, plan)
    _has_targets(dataset, plan)
    targets = dataset.targets[dataset.targets["plan"] == plan]
    watched = dataset.observations.merge(targets[["area", "indicator"]].drop_duplicates())
    ends = dataset.plans.set_index("plan").loc[plan, "end_year"]
    within = watched[(watched["position"] <= ends)]
    said = {name: published_by(dataset, name, LAST_DAY) for name in ("tasks", "task_progress", "judgements")}
    tasks = said["tasks"].loc[said["tasks"]["plan"] == plan, "task"]
    accounts = said["task_progress"][said["task_progress"]["task"].isin(tasks)]
    judgements = said["judgements"][said["judgements"]["plan"] == plan]
    published = dataset.sources.set_index("source")["date_published"]
    people = published[[*accounts["source"], *judgements["source"]]].map(parse_date)
    return max([*targets["known_since"], *within["known_since"], *people])


def comparable(series: pd.DataFrame, target: object) -> pd.Series:
    """Which figures of an indicator compare with a target of it.

    Those of a year, for a flow; of its own part of a year where the target names one (``2025Q1``); a
    stock or share at any cut-off.  Figures of several years compare with what all years make together only.
    """
    length = series["position"] - series["start"]
    kind = getattr(target, "kind", "")  # an indicator of an area has none, nor a target's period
    if kind in schema.SUMS:
        return pd.Series(True, series.index)
    if kind in schema.MEANS:
        return length == length.round()
    changes = kind in schema.OF_THE_PLAN and np.isnan(target.base_value)
    adds_up = target.accumulation == "flow" and target.scale in ("count", "amount")
    if not adds_up:
        return (length <= 1) | changes
    period = getattr(target, "target_period", "")
    if period and periods.is_part_year(period):
        end = periods.position(period)
        asked = (length == end - periods.start(period)) & (series["position"] % 1 == end % 1)
    else:
        asked = length == 1
    return asked | (changes & (length > 1))


def of_report(dataset: Dataset, plan: str, area: str = "") -> tuple[str, ...]:
    """The languages of a report: those in which plan, area, indicators and sources are named.

    Parameters
    ----------
    dataset
        From `load`.
    plan, area
        As of a `jobs.Job`: an area's own report asks for the names of its figures.

    Examples
    --------
    >>> of_report(load(), "zibo-13")
    ('zh', 'en')
    """
    if area:
        rows, own = dataset.observations[dataset.observations["area"] == area], {"areas": [area]}
    else:
        rows = dataset.targets[dataset.targets["plan"] == plan]
        areas = dataset.plans.loc[dataset.plans["plan"] == plan, "area"]
        own = {"plans": [plan], "areas": areas}
    own |= {"indicators": rows["indicator"].unique(), "sources": rows["source"].unique()}
    return schema.most(
        dataset.single.get(name, {}).get(code, "") for name, codes in own.items() for code in codes
    )


def chosen(dataset: Dataset, asked: Iterable[str], plan: str, area: str = "") -> tuple[str, ...]:
    """The languages asked for, of those that a report can be made in.

    Raises
    ------
    InputError
        If it can be made in none of them.
    """
    there, wanted = of_report(dataset, plan, area), tuple(asked)
    languages = tuple(lang for lang in wanted if lang in there)
    if wanted and not languages:
        named = f"area {area}" if area else f"plan {plan}"
        raise InputError(
            f"--lang {wanted[0]}: the names of the {named} stand in {schema.LANGUAGE_NAMES[there[0]]} only; "
            f"fill in the columns that end in _{wanted[0]}, or leave --lang out."
        )
    return languages
