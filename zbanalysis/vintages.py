"""What earlier documents said: targets that were revised, figures that once met a target."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from zbanalysis import data


def revisions(dataset: data.Dataset, found: pd.DataFrame, date: dt.date | str) -> pd.DataFrame:
    """Beside each target, what was published before it and no longer holds.

    Parameters
    ----------
    dataset
        From `data.load`; all vintages.
    found
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
    day = data.parse_date(date)
    targets = dataset.targets[dataset.targets["known_since"] <= day]
    observations = dataset.observations[dataset.observations["known_since"] <= day]
    rows = [
        {"earlier_target": _earlier_target(row, targets)} | _earlier_best(row, observations)
        for row in found.itertuples()
    ]
    return pd.DataFrame(rows, index=found.index)


def _earlier_target(row: object, targets: pd.DataFrame) -> str:
    same = (targets[data.TARGET_KEY] == [getattr(row, name) for name in data.TARGET_KEY]).all(axis=1)
    before = targets[same & (targets["known_since"] < row.known_since)]
    differing = before[before["target_value"] != row.target_value].sort_values("known_since")
    return differing["published_target_value"].iloc[-1] if len(differing) else ""


def _earlier_best(row: object, observations: pd.DataFrame) -> dict[str, str]:
    nothing = dict.fromkeys(["earlier_best", "earlier_best_period", "earlier_best_basis"], "")
    if row.reached is pd.NA or row.reached or row.kind != "level":
        return nothing
    sign = 1 if row.direction == "up" else -1
    series = observations[(observations["area"] == row.area) & (observations["indicator"] == row.indicator)]
    # Only figures after the base count: a target met before the plan began says nothing of the plan.
    series = series[data.comparable(series, row)]
    since = series[(series["position"] > row.base_position) & (series["position"] < row.current_position)]
    met = since[sign * (since["value"] - row.target_value) >= 0].sort_values("position")
    if met.empty:
        return nothing
    last = met.iloc[-1]
    return {
        "earlier_best": last["published"],
        "earlier_best_period": last["period"],
        "earlier_best_basis": last["basis"],
    }
