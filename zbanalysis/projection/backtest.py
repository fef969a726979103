"""Is the method any good?  Forecast the past from its own past and count.

Every series is cut, forecast from the part before the cut by our projection and by the
methods of `zbanalysis.projection.comparison`, and scored on the part after it.  Chances are tested on
targets set as planners set them: some way from the last value, near and far, up and down,
measured in the series' own yearly change and tabulated from the reference series, so that
each target has a base rate to beat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scoringrules

from zbanalysis.errors import InputError
from zbanalysis.projection import base_rates
from zbanalysis.projection.comparison import METHODS
from zbanalysis.projection.fan import move
from zbanalysis.projection.histories import (
    GIVEN,
    Features,
    measure,
    nature_of,
    pack,
    require_columns,
    whole_years,
)
from zbanalysis.projection.project import project

OURS = "projection"
BASE_RATE = "base_rate"
TARGET_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Targets ask for the move that this share of the reference windows did not exceed."""
MOST_ORIGINS = 1000
"""Cuts of one series, each a year earlier: more than any history has years."""

CRPS_GRID = np.arange(0.025, 0.98, 0.05)


@dataclass(frozen=True)
class Backtest:
    """What a back-test found.

    Attributes
    ----------
    scores
        One row per method: ``method, cases, mase, smape``, for each level ``coverage80,
        width80``, then ``msis95, crps, brier, brier_skill``.  Row ``base_rate`` has only the
        Brier score; the skill is the share of it that a method saves.
    by_horizon
        The same by years ahead: ``method, horizon, mase, coverage…``.
    reliability
        Of our chances: ``from, to, cases, chance, reached``.
    skipped
        ``series, reason``.
    """

    scores: pd.DataFrame
    by_horizon: pd.DataFrame
    reliability: pd.DataFrame
    skipped: pd.DataFrame


@dataclass(frozen=True)
class _Entry:
    """One method's answers, whatever it is made of."""

    point: np.ndarray
    quantile: Callable[[float], np.ndarray]
    chance_at_least: Callable[[np.ndarray], np.ndarray]


def backtest(
    frame: pd.DataFrame,
    horizon: int,
    *,
    last: int | None = None,
    origins: int = 1,
    levels: Iterable[float] = (80, 95),
    **given: object,
) -> Backtest:
    """Test our projection and the comparison methods on series whose future is known.

    Parameters
    ----------
    frame
        ``series, year, value`` and optionally ``split`` (``train``/``test``) and what
        `zbanalysis.projection.project.project` is told of a series (``scale, direction`` …).
    horizon
        Years ahead to forecast and score.
    last
        Keep only the last so many points of each history, as if no more were known.
    origins
        How many cuts per series, each a year earlier than the one before; 1 with ``split``.
    levels
        Central intervals in per cent.
    **given
        What is told of all series alike, as in `zbanalysis.projection.project.project`.

    Returns
    -------
    Backtest
        Scores of every method, the same by years ahead, reliability, and what was left out.

    Raises
    ------
    InputError
        A column is missing, a number is out of range, or no series is long enough.

    Examples
    --------
    >>> years = range(2000, 2020)
    >>> line = pd.DataFrame({"series": "a", "year": years, "value": [y - 1990.0 for y in years]})
    >>> backtest(line, 3).scores.set_index("method").loc["drift", "mase"].item()
    0.0
    """
    levels = tuple(levels)
    cases = cut(frame, horizon, last=last, origins=origins)
    histories = pack(cases.history)
    entries = {OURS: _ours(cases, horizon, given)}
    for name, method in METHODS.items():
        forecast = method(histories, horizon)
        entries[name] = _Entry(forecast.point(), forecast.quantile, forecast.chance_at_least)
    nature = nature_of(histories, cases.history, None, given)
    features = measure(histories, nature.lower, nature.upper)
    targets = _targets(features, horizon)
    base = brier(*_answered(cases.actual, targets, lambda value: _base_rate(features, value)))
    rows = [_scores(name, entry, cases, levels, targets, base) for name, entry in entries.items()]
    rows.append({"method": BASE_RATE, "cases": len(cases.names), "brier": base, "brier_skill": 0.0})
    by_horizon = [_by_horizon(name, entry, cases, levels) for name, entry in entries.items()]
    ours = reliability(*_answered(cases.actual, targets, entries[OURS].chance_at_least))
    return Backtest(pd.DataFrame(rows), pd.concat(by_horizon, ignore_index=True), ours, cases.skipped)


def _ours(cases: Cases, horizon: int, given: dict[str, object]) -> _Entry:
    result = project(cases.history, horizon, **given)
    refused = result.about[result.about["reason"] != ""]
    if len(refused):
        name, reason = refused[["series", "reason"]].iloc[0]
        raise InputError(f"Series {name!r} cannot be projected ({reason}); correct it or leave it out.")
    shape = cases.actual.shape
    return _Entry(
        result.mean.reshape(shape),
        lambda p: result.quantile(p).reshape(shape),
        lambda value: result.fan.chance(value.ravel(), "at_least").reshape(shape),
    )


def _targets(features: Features, horizon: int) -> list[np.ndarray]:
    """Values (N × H) that each of `TARGET_SHARES` of the windows stayed below, in own yearly changes."""
    sides = (features.last, features.scale, features.lower, features.upper)
    last, scale, lower, upper = (side[:, None] for side in sides)
    ahead = np.arange(1, horizon + 1)
    usual = [base_rates.usual_change(ahead, share)[None, :] for share in TARGET_SHARES]
    return [move(last, scale * change, lower, upper) for change in usual]


def _base_rate(features: Features, value: np.ndarray) -> np.ndarray:
    """How often the reference windows reached ``value`` (N × H) or more."""
    row, year = (place.ravel() for place in np.indices(value.shape))
    return 1 - base_rates.share_below(features, row, year + 1, value.ravel()).reshape(value.shape)


def _answered(
    actual: np.ndarray, targets: list[np.ndarray], chance: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each target was reached (1 or 0), and the chance that was given of it."""
    came = np.isfinite(actual)
    reached = np.concatenate([(actual >= value)[came] for value in targets]).astype(float)
    return reached, np.concatenate([chance(value)[came] for value in targets])


def _scores(
    name: str,
    entry: _Entry,
    cases: Cases,
    levels: tuple[float, ...],
    targets: list[np.ndarray],
    base: float,
) -> dict[str, object]:
    """One row of the table of scores."""
    actual, scale = cases.actual, cases.scale
    row: dict[str, object] = {
        "method": name,
        "cases": len(cases.names),
        "mase": mase(actual, entry.point, scale),
        "smape": smape(actual, entry.point),
    }
    for level in levels:
        low, high = entry.quantile(0.5 - level / 200), entry.quantile(0.5 + level / 200)
        row[f"coverage{level:g}"] = coverage(actual, low, high)
        row[f"width{level:g}"] = width(actual, low, high, scale)
    row["msis95"] = msis(actual, entry.quantile(0.025), entry.quantile(0.975), scale, 95)
    grid = np.stack([entry.quantile(p) for p in CRPS_GRID], axis=-1)
    row["crps"] = crps(actual, grid, CRPS_GRID, scale)
    # Over all targets: upwards and downwards give the same number.
    row["brier"] = brier(*_answered(actual, targets, entry.chance_at_least))
    row["brier_skill"] = 1 - row["brier"] / base
    return row


def _by_horizon(name: str, entry: _Entry, cases: Cases, levels: tuple[float, ...]) -> pd.DataFrame:
    """Point error and coverage, one row per year ahead."""
    rows = []
    for index in range(cases.actual.shape[1]):
        actual = cases.actual[:, index : index + 1]
        if not np.isfinite(actual).any():
            continue
        row = {"method": name, "horizon": index + 1}
        row["mase"] = mase(actual, entry.point[:, index : index + 1], cases.scale)
        for level in levels:
            low, high = (entry.quantile(0.5 + s * level / 200)[:, index : index + 1] for s in (-1, 1))
            row[f"coverage{level:g}"] = coverage(actual, low, high)
        rows.append(row)
    return pd.DataFrame(rows)


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
        As in `backtest`.

    Returns
    -------
    Cases
        With ``split``, the cut is where ``train`` ends; without, the last ``horizon`` years
        (of each origin) are what came.
    """
    require_columns(frame, ("series", "year", "value"), "back-test")
    _check_numbers(horizon, last, origins, split="split" in frame.columns)
    table = frame.assign(year=whole_years(frame["year"], "back-test")).dropna(subset=["value"])
    table = table.sort_values("year", kind="stable")
    years, values = table["year"].to_numpy(), table["value"].to_numpy(dtype=float)
    places = table.groupby("series", sort=False).indices
    parts, names, actual, skipped = [], [], [], []
    for name in table["series"].dropna().unique():
        for label, past, future in _cuts(str(name), table, places[name], horizon, origins):
            kept = past[-last:] if last else past
            placed = _placed(years, values, kept, future, horizon)
            if reason := _too_little(values[kept], placed):
                skipped.append((label, reason))
                continue
            parts.append(kept)
            names.append(label)
            actual.append(placed)
    if not parts:
        raise InputError("No series is long enough: each needs two years before its cut and one after.")
    given = [name for name in GIVEN if name in table]
    history = table.iloc[np.concatenate(parts)].assign(series=np.repeat(names, [len(rows) for rows in parts]))
    history = history[["series", "year", "value", *given]].reset_index(drop=True)
    scale = _scales(history)
    left_out = pd.DataFrame(skipped, columns=["series", "reason"])
    return Cases(history, np.array(names), np.array(actual), scale, left_out)


def _placed(
    years: np.ndarray, values: np.ndarray, past: np.ndarray, future: np.ndarray, horizon: int
) -> np.ndarray:
    """What came, by years after the last year of the past."""
    row = np.full(horizon, np.nan)
    if not len(past):
        return row
    ahead = years[future] - years[past[-1]] - 1
    inside = ahead < horizon
    row[ahead[inside]] = values[future][inside]
    return row


def _cuts(
    name: str, table: pd.DataFrame, rows: np.ndarray, horizon: int, origins: int
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """A label, and the rows of the past and of the future, for each cut of one series."""
    if "split" in table:
        split = table["split"].to_numpy()[rows]
        return [(name, rows[split == "train"], rows[split == "test"])]
    years = table["year"].to_numpy()[rows]
    pieces = []
    for back in range(origins):
        year = years[-1] - horizon - back
        label = name if origins == 1 else f"{name}@{year}"
        pieces.append((label, *np.split(rows, [np.searchsorted(years, year, side="right")])))
    return pieces


def _too_little(past: np.ndarray, placed: np.ndarray) -> str:
    """Why a cut cannot be scored; empty when it can."""
    if len(past) < 2:
        return "one_point" if len(past) else "no_points"
    if not np.isfinite(placed).any():
        return "no_future"
    return "constant" if np.ptp(past) == 0 else ""


def _scales(history: pd.DataFrame) -> np.ndarray:
    """Mean absolute change a year, by series in order of appearance: points years apart count as years."""
    change = history.groupby("series", sort=False)[["value", "year"]].diff().abs()
    total = change.groupby(history["series"], sort=False).sum()
    return (total["value"] / total["year"]).to_numpy()


def _check_numbers(horizon: int, last: int | None, origins: int, *, split: bool) -> None:
    if horizon < 1 or origins < 1 or (last is not None and last < 2):
        raise InputError("The horizon and the origins are 1 or more, and the last points kept are 2 or more.")
    if origins > MOST_ORIGINS:
        raise InputError(f"{origins} origins are too many; {MOST_ORIGINS} at most are cut.")
    if split and origins != 1:
        raise InputError("A table with a column split has one cut per series; ask for one origin.")


# --- Scores of forecasts against what came; every one is better the smaller it is, coverage aside ---
def mase(actual: np.ndarray, point: np.ndarray, scale: np.ndarray) -> float:
    """Mean absolute error in scales (Hyndman and Koehler 2006).

    Examples
    --------
    >>> mase(np.array([[3.0, 5.0]]), np.array([[2.0, 2.0]]), np.array([2.0]))
    1.0
    """
    return _mean_of_series(np.abs(actual - point) / scale[:, None])


def smape(actual: np.ndarray, point: np.ndarray) -> float:
    """Symmetric mean absolute per cent error, 0 to 200; 0 where both are 0."""
    size = np.abs(actual) + np.abs(point)
    return _mean_of_series(200 * np.abs(actual - point) / np.where(size == 0, 1.0, size))


def coverage(actual: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Share of values inside their interval, over all series and years."""
    came = np.isfinite(actual)
    return float(((actual >= low) & (actual <= high))[came].mean())


def width(actual: np.ndarray, low: np.ndarray, high: np.ndarray, scale: np.ndarray) -> float:
    """Mean width of the interval in scales, over the years that came."""
    return _mean_of_series(np.where(np.isfinite(actual), (high - low) / scale[:, None], np.nan))


def msis(actual: np.ndarray, low: np.ndarray, high: np.ndarray, scale: np.ndarray, level: float) -> float:
    """Mean scaled interval score: width plus 2/α for each unit outside (Gneiting and Raftery 2007).

    ``level`` is the interval's nominal coverage in per cent; α = 1 − level/100.
    """
    score = scoringrules.interval_score(actual, low, high, 1 - level / 100)
    return _mean_of_series(score / scale[:, None])


def crps(actual: np.ndarray, quantiles: np.ndarray, probabilities: np.ndarray, scale: np.ndarray) -> float:
    """Continuous ranked probability score in scales, from quantiles N × H × K."""
    score = scoringrules.crps_quantile(actual, quantiles, probabilities)
    return _mean_of_series(score / scale[:, None])


def brier(reached: np.ndarray, chance: np.ndarray) -> float:
    """Mean squared difference between a chance and what came (1 reached, 0 not)."""
    return float(scoringrules.brier_score(reached, np.clip(chance, 0, 1)).mean())


def reliability(reached: np.ndarray, chance: np.ndarray) -> pd.DataFrame:
    """Compare chances with how often the targets were reached.

    Returns
    -------
    DataFrame
        A row for each tenth of chances that has cases: ``from, to, cases, chance`` (mean) and ``reached``
        (the share).
    """
    place = np.minimum((chance * 10).astype(int), 9)
    rows = []
    for tenth in np.unique(place):
        mine = place == tenth
        rows.append((tenth / 10, (tenth + 1) / 10, mine.sum(), chance[mine].mean(), reached[mine].mean()))
    return pd.DataFrame(rows, columns=["from", "to", "cases", "chance", "reached"])


def _mean_of_series(score: np.ndarray) -> float:
    """Mean over a series' years, then over the series that have any."""
    came = np.isfinite(score)
    each = np.where(came, score, 0.0).sum(axis=1)[came.any(axis=1)] / came.sum(axis=1)[came.any(axis=1)]
    return float(each.mean()) if len(each) else float("nan")
