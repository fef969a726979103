"""Is the method any good?  Forecast the past from its own past and count.

Every series is cut, forecast from the part before the cut by our projection and by the
methods of `zbanalysis.projection.comparison`, and scored on the part after it.  Chances are tested on
targets set as planners set them: some way from the last value, near and far, up and down,
measured in the series' own yearly change and tabulated from the reference class, so that
each target has a base rate to beat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zbanalysis.projection import base_rates, scores
from zbanalysis.projection.comparison import METHODS
from zbanalysis.projection.displacement import moved
from zbanalysis.projection.features import Character, characterise
from zbanalysis.projection.histories import Bounds, limits, pack
from zbanalysis.projection.project import project
from zbanalysis.projection.splits import Cases, cut
from zbanalysis.projection.spread import calibration

OURS = "projection"
BASE_RATE = "base_rate"
TARGET_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Targets ask for the move that this share of comparable spells did not exceed."""
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
    bounds: Bounds | None = None,
) -> Backtest:
    """Test our projection and the comparison methods on series whose future is known.

    Parameters
    ----------
    frame
        ``series, year, value`` and optionally ``split`` (``train``/``test``).
    horizon
        Years ahead to forecast and score.
    last
        Keep only the last so many points of each history, as if no more were known.
    origins
        How many cuts per series, each a year earlier than the one before; 1 with ``split``.
    levels
        Central intervals in per cent.
    bounds
        As in `zbanalysis.projection.project.project`.

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
    entries = {OURS: _ours(cases, horizon, bounds)}
    for name, method in METHODS.items():
        forecast = method(histories, horizon)
        entries[name] = _Entry(forecast.point(), forecast.quantile, forecast.chance_at_least)
    character = characterise(histories, *limits(histories, bounds))
    targets = _targets(character, horizon)
    base = _brier(cases.actual, targets, lambda value: _base_rate(character, value))
    rows = [_scores(name, entry, cases, levels, targets, base) for name, entry in entries.items()]
    rows.append({"method": BASE_RATE, "cases": len(cases.names), "brier": base, "brier_skill": 0.0})
    by_horizon = [_by_horizon(name, entry, cases, levels) for name, entry in entries.items()]
    reliability = _reliability(cases.actual, targets, entries[OURS])
    return Backtest(pd.DataFrame(rows), pd.concat(by_horizon, ignore_index=True), reliability, cases.skipped)


def _ours(cases: Cases, horizon: int, bounds: Bounds | None) -> _Entry:
    result = project(cases.history, horizon, bounds=bounds)
    shape = cases.actual.shape
    return _Entry(
        result.mean.reshape(shape),
        lambda p: result.quantile(p).reshape(shape),
        lambda value: result.fan.chance_at_least(value.ravel(), calibration()).reshape(shape),
    )


def _targets(character: Character, horizon: int) -> list[np.ndarray]:
    """Values (N × H) that each of `TARGET_SHARES` of the spells stayed below, in own yearly changes."""
    sides = (character.last, character.scale, character.lower, character.upper)
    last, scale, lower, upper = (side[:, None] for side in sides)
    ahead = np.arange(1, horizon + 1)
    usual = [base_rates.usual_change(ahead, share)[None, :] for share in TARGET_SHARES]
    return [moved(last, scale * change, lower, upper) for change in usual]


def _base_rate(character: Character, value: np.ndarray) -> np.ndarray:
    """How often comparable spells reached ``value`` (N × H) or more."""
    row, year = (place.ravel() for place in np.indices(value.shape))
    return 1 - base_rates.share_below(character, row, year + 1, value.ravel()).reshape(value.shape)


def _brier(
    actual: np.ndarray, targets: list[np.ndarray], chance: Callable[[np.ndarray], np.ndarray]
) -> float:
    """Brier score over all targets; upwards and downwards give the same number."""
    came = np.isfinite(actual)
    reached = np.concatenate([(actual >= value)[came] for value in targets]).astype(float)
    return scores.brier(reached, np.concatenate([chance(value)[came] for value in targets]))


def _reliability(actual: np.ndarray, targets: list[np.ndarray], entry: _Entry) -> pd.DataFrame:
    """Chances of reaching each target upwards against how often it was reached."""
    came = np.isfinite(actual)
    reached = np.concatenate([(actual >= value)[came] for value in targets]).astype(float)
    chance = np.concatenate([entry.chance_at_least(value)[came] for value in targets])
    table = scores.reliability(reached, chance)
    return pd.DataFrame(table, columns=["from", "to", "cases", "chance", "reached"])


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
        "mase": scores.mase(actual, entry.point, scale),
        "smape": scores.smape(actual, entry.point),
    }
    for level in levels:
        low, high = entry.quantile(0.5 - level / 200), entry.quantile(0.5 + level / 200)
        row[f"coverage{level:g}"] = scores.coverage(actual, low, high)
        row[f"width{level:g}"] = scores.width(actual, low, high, scale)
    row["msis95"] = scores.msis(actual, entry.quantile(0.025), entry.quantile(0.975), scale, 95)
    grid = np.stack([entry.quantile(p) for p in CRPS_GRID], axis=-1)
    row["crps"] = scores.crps(actual, grid, CRPS_GRID, scale)
    row["brier"] = _brier(actual, targets, entry.chance_at_least)
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
        row["mase"] = scores.mase(actual, entry.point[:, index : index + 1], cases.scale)
        for level in levels:
            low, high = (entry.quantile(0.5 + s * level / 200)[:, index : index + 1] for s in (-1, 1))
            row[f"coverage{level:g}"] = scores.coverage(actual, low, high)
        rows.append(row)
    return pd.DataFrame(rows)
