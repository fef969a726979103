"""Cut series with a known future into a history and what came after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.projection.histories import require_columns, whole_years


@dataclass(frozen=True)
class Cases:
    """Series cut in two: ``history`` (``series, year, value``), what came, and the scale.

    ``actual`` is N × H; ``names`` are the cut series' names (``name`` or ``name@year``) in
    the order of rows; ``skipped`` lists ``series, reason`` of what could not be tested.
    """

    history: pd.DataFrame
    names: np.ndarray
    actual: np.ndarray
    scale: np.ndarray
    skipped: pd.DataFrame


def cut(frame: pd.DataFrame, horizon: int, *, last: int | None = None, origins: int = 1) -> Cases:
    """Cut each series into a history and what came after.

    Parameters
    ----------
    frame, horizon, last, origins
        As in `zbanalysis.projection.backtest.backtest`.

    Returns
    -------
    Cases
        With ``split``, the cut is where ``train`` ends; without, the last ``horizon`` years
        (of each origin) are what came.
    """
    require_columns(frame, ("series", "year", "value"), "back-test")
    _check_numbers(horizon, last, origins, split="split" in frame.columns)
    table = frame.assign(year=whole_years(frame["year"], "back-test")).dropna(subset=["value"])
    parts, names, actual, skipped = [], [], [], []
    for name, group in table.sort_values("year", kind="stable").groupby("series", sort=False):
        for label, past, future in _cuts(str(name), group, horizon, origins):
            kept = past.tail(last) if last else past
            reason = _too_little(kept, future)
            if reason:
                skipped.append((label, reason))
                continue
            parts.append(kept[["year", "value"]].assign(series=label))
            names.append(label)
            actual.append(_placed(kept, future, horizon))
    if not parts:
        raise InputError("No series is long enough: each needs two years before its cut and one after.")
    history = pd.concat(parts, ignore_index=True)[["series", "year", "value"]]
    scale = _scales(history)
    left_out = pd.DataFrame(skipped, columns=["series", "reason"])
    return Cases(history, np.array(names), np.array(actual), scale, left_out)


def _placed(past: pd.DataFrame, future: pd.DataFrame, horizon: int) -> np.ndarray:
    """What came, by years after the last year of the past."""
    row = np.full(horizon, np.nan)
    ahead = future["year"].to_numpy() - int(past["year"].iloc[-1]) - 1
    inside = ahead < horizon
    row[ahead[inside]] = future["value"].to_numpy(dtype=float)[inside]
    return row


def _cuts(
    name: str, group: pd.DataFrame, horizon: int, origins: int
) -> list[tuple[str, pd.DataFrame, pd.DataFrame]]:
    if "split" in group.columns:
        return [(name, group[group["split"] == "train"], group[group["split"] == "test"])]
    end = int(group["year"].iloc[-1])
    cuts = []
    for back in range(origins):
        year = end - horizon - back
        label = name if origins == 1 else f"{name}@{year}"
        cuts.append((label, group[group["year"] <= year], group[group["year"] > year]))
    return cuts


def _too_little(past: pd.DataFrame, future: pd.DataFrame) -> str:
    """Why a cut cannot be scored; empty when it can."""
    if len(past) < 2:
        return "one_point" if len(past) else "no_points"
    if future.empty:
        return "no_future"
    return "constant" if np.ptp(past["value"].to_numpy(dtype=float)) == 0 else ""


def _scales(history: pd.DataFrame) -> np.ndarray:
    """Mean absolute change from one point to the next, by series in order of appearance."""
    change = history.groupby("series", sort=False)["value"].diff().abs()
    return change.groupby(history["series"], sort=False).mean().to_numpy()


def _check_numbers(horizon: int, last: int | None, origins: int, *, split: bool) -> None:
    if horizon < 1 or origins < 1 or (last is not None and last < 2):
        raise InputError("The horizon and the origins are 1 or more, and the last points kept are 2 or more.")
    if split and origins != 1:
        raise InputError("A table with a column split has one cut per series; ask for one origin.")
