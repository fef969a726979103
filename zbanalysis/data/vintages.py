"""Figures as they were published: an indicator as a tidy frame, what was revised, what is superseded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

import numpy as np
import pandas as pd

from zbanalysis.data import package, schema
from zbanalysis.errors import InputError


def revisions(dataset: package.Dataset, figures: pd.DataFrame, date: dt.date | str) -> pd.DataFrame:
    """Beside each target, what was published before it and no longer holds.

    Parameters
    ----------
    dataset
        From `package.load`; all vintages.
    figures
        From `progress.classify`.
    date
        The day whose knowledge counts.

    Returns
    -------
    DataFrame
        Same index; ``earlier_target`` (digits of the last target published before that
        differs), ``earlier_best``, ``earlier_best_period`` and ``earlier_best_basis`` (a figure
        since the base that met the target, where the newest does not); empty texts where
        there is none.
    """
    day = package.parse_date(date)
    targets = dataset.targets[dataset.targets["known_since"] <= day]
    rows = [
        {"earlier_target": _earlier_target(row, targets)} | _earlier_best(row, dataset, day)
        for row in figures.itertuples()
    ]
    return pd.DataFrame(rows, index=figures.index)


def known_by(dataset: package.Dataset, as_of: str) -> package.Dataset:
    """The figures and targets published by a day, every vintage of them; all where no day is named.

    `package.as_of` keeps only the newest of each, which an audit cannot compare.

    Examples
    --------
    >>> view = known_by(package.load(), "2020-08-10")
    >>> "zibo-plan-14" in set(view.targets["source"])
    False
    """
    if not as_of:
        return dataset
    day = package.parse_date(as_of)
    return replace(
        dataset,
        observations=dataset.observations[dataset.observations["known_since"] <= day],
        targets=dataset.targets[dataset.targets["known_since"] <= day],
    )


def figures(dataset: package.Dataset, area: str, indicator: str, date: dt.date | str) -> pd.DataFrame:
    """Every figure of an indicator that had been published by a day, superseded ones too.

    Parameters
    ----------
    dataset
        From `package.load`; all vintages.
    area, indicator
        Ids of the data folder.
    date
        The day whose knowledge counts.

    Returns
    -------
    DataFrame
        ``period, position, basis, published, value, status, source, locator, known_since`` and
        ``standing``: ``used`` (the figure that `package.as_of` takes), ``same`` (it says the same) or
        ``superseded``; by period, basis and day.

    Examples
    --------
    >>> seen = figures(package.load(), "zibo", "academician_workstations", "2022-04-19")
    >>> seen.loc[seen["period"] == "2020", "published"].tolist()
    ['52']
    """
    own = package.figures_of(dataset, area, indicator)
    # Restricted first: `as_of` then looks at one indicator, and gives the same rows.
    counting = package.as_of(replace(dataset, observations=own), date).observations.index
    known = own[own["known_since"] <= package.parse_date(date)]
    used = known[known.index.isin(counting)].set_index(["period", "basis"])["value"]
    says = known.set_index(["period", "basis"]).index.map(used)
    standing = np.where(known["value"].to_numpy() == says.to_numpy(), "same", "superseded")
    known = known.assign(standing=np.where(known.index.isin(counting), "used", standing))
    ordered = known.sort_values(["position", "start", "basis", "known_since"], kind="stable")
    return ordered[[*_FIGURE, "standing"]].reset_index(drop=True)


_FIGURE = [
    "period", "position", "basis", "published", "value", "status", "source", "locator", "known_since",
]  # fmt: skip


def _earlier_target(row: object, targets: pd.DataFrame) -> str:
    same = (targets[package.TARGET_KEY] == [getattr(row, name) for name in package.TARGET_KEY]).all(axis=1)
    before = targets[same & (targets["known_since"] < row.known_since)].sort_values("known_since")
    differing = before.loc[before["target_value"] != row.target_value, "published_target_value"]
    return next(iter(differing[::-1]), "")


_BEST = {"published": "earlier_best", "period": "earlier_best_period", "basis": "earlier_best_basis"}


def _earlier_best(row: object, dataset: package.Dataset, day: dt.date) -> dict[str, str]:
    nothing = dict.fromkeys(_BEST.values(), "")
    if row.reached is pd.NA or row.reached or row.kind not in schema.TO_REACH:
        return nothing
    sign = 1 if row.direction == "up" else -1
    series = package.figures_of(dataset, row.area, row.indicator)
    series = series[series["known_since"] <= day]
    # Only figures after the base count: a target met before the plan began says nothing of the plan.
    series = series[package.comparable(series, row)]
    since = series[(series["position"] > row.base_position) & (series["position"] < row.current_position)]
    met = since[sign * (since["value"] - row.target_value) >= 0].sort_values("position")
    return met.rename(columns=_BEST)[[*nothing]].iloc[-1].to_dict() if len(met) else nothing


COLUMNS = ("area", "period", "year", "value", "published", "status", "basis", "source", "locator")


def series(
    indicator: str,
    areas: str | Sequence[str] | None = None,
    dataset: package.Dataset | None = None,
    as_of: dt.date | str | None = None,
) -> pd.DataFrame:
    """Published figures of one indicator, tidy: one row for each area, period and basis.

    Parameters
    ----------
    indicator
        Its id in ``indicators.csv``, such as ``rd_intensity``.
    areas
        Ids of areas, such as ``["zibo", "shandong"]``; None gives every area that has figures.
    dataset
        From `zbanalysis.load`; None loads the shipped data.
    as_of
        The day whose knowledge counts; None takes the newest vintage of each figure.

    Returns
    -------
    DataFrame
        ``area, period`` (as published, such as ``2020H1``), ``year`` (the period's end on an axis of years),
        ``value`` (in the indicator's unit), ``published`` (its printed digits), ``status, basis, source,
        locator``; by area and year.

    Raises
    ------
    InputError
        The indicator or an area is not in the data, or nothing had been published by the day.

    Examples
    --------
    >>> found = series("rd_intensity", ["shandong", "zibo"], as_of="2020-08-10")
    >>> found.loc[found["area"] == "zibo", ["period", "published"]].to_dict("records")
    [{'period': '2015', 'published': '2.14'}, {'period': '2018', 'published': '2.63'}]
    """
    dataset = package.load() if dataset is None else dataset
    _known(indicator, dataset.indicators["indicator"], "indicator")
    wanted = [areas] if isinstance(areas, str) else areas
    for area in wanted or ():
        _known(area, dataset.areas["area"], "area")
    rows = dataset.observations[dataset.observations["indicator"] == indicator]
    if wanted is not None:
        rows = rows[rows["area"].isin(wanted)]
    day = package.LAST_DAY if as_of is None else as_of
    seen = package.as_of(replace(dataset, observations=rows), day).observations
    ordered = seen.sort_values(["area", "position", "basis"], kind="stable")
    return ordered.rename(columns={"position": "year"})[list(COLUMNS)].reset_index(drop=True)


def _known(name: str, among: pd.Series, what: str) -> None:
    """Refuse a name that the data do not have, with those that look like it."""
    if name not in set(among):
        near = get_close_matches(name, list(among), n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"{what}s.csv lists them."
        raise InputError(f"There is no {what} {name!r}; {hint}")
