"""One indicator as a tidy frame: a row for each area and year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from difflib import get_close_matches

import pandas as pd

from zbanalysis.data import package
from zbanalysis.errors import InputError

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
    seen = dataset if as_of is None else package.as_of(dataset, as_of)
    _known(indicator, dataset.indicators["indicator"], "indicator")
    wanted = [areas] if isinstance(areas, str) else areas
    for area in wanted or ():
        _known(area, dataset.areas["area"], "area")
    rows = seen.observations[seen.observations["indicator"] == indicator]
    if as_of is None:  # the newest vintage of each figure
        rows = rows.sort_values("known_since", kind="stable").drop_duplicates(
            ["area", "period", "basis"], keep="last"
        )
    if wanted is not None:
        rows = rows[rows["area"].isin(wanted)]
    return (
        rows.rename(columns={"position": "year"})[list(COLUMNS)]
        .sort_values(["area", "year", "basis"], kind="stable")
        .reset_index(drop=True)
    )


def _known(name: str, among: pd.Series, what: str) -> None:
    """Refuse a name that the data do not have, with those that look like it."""
    if name not in set(among):
        near = get_close_matches(name, list(among), n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"{what}s.csv lists them."
        raise InputError(f"There is no {what} {name!r}; {hint}")
