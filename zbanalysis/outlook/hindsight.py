"""What would we have said?  A plan judged on earlier days, against what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.outlook import targets
from zbanalysis.plan import pathway, progress
from zbanalysis.projection import backtest

LENGTHS = (3, 5, 7, 10)
"""Lengths of history at which the coverage is counted."""


def days(dataset: package.Dataset, plan_id: str, date: dt.date | str) -> list[dt.date]:
    """Days on which a new figure for a plan's targets was published, from the plan's first to a given day.

    Examples
    --------
    >>> [str(day) for day in days(package.load(), "zibo-13", "2022-04-19")]
    ['2020-08-10', '2022-04-19']
    """
    until = package.parse_date(date)
    targets = dataset.targets[dataset.targets["plan"] == plan_id]
    watched = dataset.observations.merge(targets[["area", "indicator"]].drop_duplicates())
    first = targets["known_since"].min()
    published = {*watched["known_since"], *targets["known_since"]}
    return sorted(day for day in published if first <= day <= until)


def hindsight(
    dataset: package.Dataset, plan_id: str, date: dt.date | str, on: Iterable[dt.date] | None = None
) -> pd.DataFrame:
    """Chances as they would have been given on earlier days, beside what is known now.

    Parameters
    ----------
    dataset
        From `package.load`.
    plan_id
        A plan in ``plans.csv``.
    date
        The day whose knowledge says how it ended.
    on
        The earlier days; by default those of `days`.

    Returns
    -------
    DataFrame
        One row per earlier day and target that had a chance then and whose outcome is known
        by ``date``: ``as_of, target, order, name_zh, name_en, last_year, aim`` (the target as
        it stood then), ``chance, class_rate, low80, median, high80, verdict, outcome`` (the
        figure of the target year), ``came`` (whether the target of that day was met) and
        ``within80`` (whether the outcome lay in the interval).
    """
    outcome = _outcomes(progress.progress(dataset, plan_id, date))
    parts = [
        _said(dataset, plan_id, day, outcome)
        for day in (on if on is not None else days(dataset, plan_id, date))
    ]
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else _said(dataset, plan_id, package.parse_date(date), outcome)
    )


def _outcomes(now: pd.DataFrame) -> pd.DataFrame:
    """Figures of the target year, by area and indicator."""
    return (
        now[now["final"]]
        .drop_duplicates(["area", "indicator"])
        .set_index(["area", "indicator"])[
            ["current_value", "current_published", "current_basis", "accumulated", "held_share"]
        ]
    )


def _said(dataset: package.Dataset, plan_id: str, day: dt.date, outcome: pd.DataFrame) -> pd.DataFrame:
    """What would have been said on one day of the targets that are decided now."""
    found = progress.progress(dataset, plan_id, day)
    known = progress.history(dataset, found, day)
    outlook = targets.feasibility(found, known, targets.comparable_of(dataset, day))
    rows = found.join(outlook.drop(columns="target"))
    rows = rows[rows["chance"].notna()].join(
        outcome.add_prefix("outcome_"), on=["area", "indicator"], how="inner"
    )
    ended = rows.assign(
        current_value=rows["outcome_current_value"],
        current_position=rows["target_position"],
        accumulated=rows["outcome_accumulated"],
        held_share=rows["outcome_held_share"],
    )
    came = (
        pathway.measure(ended)["reached"].fillna(False).astype(bool)
        if len(rows)
        else rows["reached"].astype(bool)
    )
    inside = rows["outcome_current_value"].between(rows["low80"], rows["high80"])
    columns = [
        "target",
        "order",
        "name_zh",
        "name_en",
        "area",
        "plan_area",
        "area_zh",
        "area_en",
        "scale",
        "unit_zh",
        "unit_en",
    ]
    columns += [
        "published_base_value",
        "published_target_value",
        "kind",
        "last_year",
        "aim",
        "chance",
        "class_rate",
    ]
    columns += ["low80", "median", "high80", "verdict"]
    return rows[columns].assign(
        as_of=str(day), outcome=rows["outcome_current_published"], came=came, within80=inside,
        outcome_basis_break=rows["current_basis"] != rows["outcome_current_basis"],
    )  # fmt: skip


def coverage_by_length(series: pd.DataFrame, horizon: int, lengths: Iterable[int] = LENGTHS) -> pd.DataFrame:
    """How often the intervals held the outcome, for histories of so many points.

    Parameters
    ----------
    series
        ``series, year, value``.
    horizon
        Years ahead.
    lengths
        Points left of each history.

    Returns
    -------
    DataFrame
        The scores of our projection (`backtest.Backtest.scores`), one row per length, and
        ``best_other`` and ``best_other_mase``, the best of the comparison methods there.
    """
    rows = []
    for length in lengths:
        try:
            found = backtest.backtest(series, horizon, last=length)
        except InputError:  # no series is long enough for this
            continue
        scores = found.scores.set_index("method")
        others = scores.drop(index=[backtest.OURS, backtest.BASE_RATE])["mase"]
        ours = scores.loc[backtest.OURS]
        rows.append(
            {"points": length, **ours, "best_other": others.idxmin(), "best_other_mase": others.min()}
        )
    return pd.DataFrame(rows, columns=None if rows else _BY_LENGTH)


_BY_LENGTH = ["points", "cases", "mase", "coverage80", "coverage95", "best_other", "best_other_mase"]


def panel(comparable: pd.DataFrame) -> pd.DataFrame:
    """The provincial panel as series: ``series`` (area/indicator), ``year``, ``value``."""
    name = comparable["area"] + "/" + comparable["indicator"]
    return pd.DataFrame({"series": name, "year": comparable["year"], "value": comparable["value"]})
