"""Years ahead with honest uncertainty, for thousands of short yearly series at once.

The method in five sentences.  The median goes on from the last value by the series' own
recent mean change, shrunk by how steady that change has been (`zbanalysis.projection.features`) and
damped by 1 % a year.  Moves towards a bound slow down before it (`zbanalysis.projection.displacement`),
so shares stay shares and positive series stay positive.  The spread above and below the
median is the series' own mean absolute change times a factor that the reference class
taught, from the series' noise, steadiness, recent size of change, growth, length and the
years ahead (`zbanalysis.projection.spread`).  The tails are those of the class: heavier the fewer the
points.  Nothing is drawn at random and no series influences another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.projection.fan import Fan
from zbanalysis.projection.features import Character, characterise
from zbanalysis.projection.histories import Bounds, Histories, limits, pack, require_columns, whole_years
from zbanalysis.projection.spread import calibration, expected_move, spread

PROBABILITIES = (0.005, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.995)


@dataclass(frozen=True)
class Projection:
    """Predictive distributions of many series.

    Attributes
    ----------
    rows
        One row per series and year ahead: ``series, year, horizon, reason``.  A series that
        cannot be projected has one row with its reason (a key of
        `zbanalysis.projection.histories.REASONS`) and no year.
    mean
        The point forecast: the median of the distribution; NaN where there is a reason.
    probabilities, quantiles
        A grid of K probabilities and the values not exceeded with them, rows × K.
    fan
        Median and spreads of the rows that have no reason, in order.
    """

    rows: pd.DataFrame
    mean: np.ndarray
    probabilities: np.ndarray
    quantiles: np.ndarray
    fan: Fan

    def quantile(self, probability: float) -> np.ndarray:
        """Return the values not exceeded with this probability, one per row (NaN with a reason)."""
        if not 0 < probability < 1:
            raise InputError(f"A probability lies between 0 and 1, not {probability!r}.")
        return self._spread_out(self.fan.quantile(probability, calibration()))

    def to_frame(self, levels: Iterable[float] = (80, 95)) -> pd.DataFrame:
        """Return the projection as a table.

        Parameters
        ----------
        levels
            Central intervals in per cent, each strictly between 0 and 100.

        Returns
        -------
        pandas.DataFrame
            ``series, year, mean``, a pair ``lo80, hi80`` for each level, and ``reason``.
        """
        frame = self.rows[["series", "year"]].assign(mean=self.mean)
        for level in levels:
            if not 0 < level < 100:
                raise InputError(f"A level is a per cent between 0 and 100, not {level!r}.")
            frame[f"lo{level:g}"] = self.quantile(0.5 - level / 200)
            frame[f"hi{level:g}"] = self.quantile(0.5 + level / 200)
        return frame.assign(reason=self.rows["reason"])

    def chance(self, targets: pd.DataFrame) -> pd.DataFrame:
        """Return the chance that each target is reached in its year.

        Parameters
        ----------
        targets
            ``series, year, value, direction``; direction ``up`` asks for the value or more,
            ``down`` for the value or less.

        Returns
        -------
        pandas.DataFrame
            The targets' rows in their order with ``chance`` (0 to 1, NaN with a reason) and
            ``reason``: empty, the series' own reason, ``unknown_series`` or
            ``year_not_projected``.

        Raises
        ------
        InputError
            A column is missing, a direction is neither up nor down, or a value is no number.
        """
        require_columns(targets, ("series", "year", "value", "direction"), "targets")
        value, up = _checked_targets(targets)
        row, reason = self._rows_of(targets)
        found = row >= 0
        fan = self.fan.take(self._position()[row[found]])
        table = calibration()
        chance = np.full(len(targets), np.nan)
        chance[found] = np.where(
            up[found], fan.chance_at_least(value[found], table), fan.chance_at_most(value[found], table)
        )
        return targets.assign(chance=chance, reason=reason)

    def _position(self) -> np.ndarray:
        """Where each row is in ``fan``."""
        return np.cumsum((self.rows["reason"] == "").to_numpy()) - 1

    def _spread_out(self, values: np.ndarray) -> np.ndarray:
        column = np.full(len(self.rows), np.nan)
        column[(self.rows["reason"] == "").to_numpy()] = values
        return column

    def _rows_of(self, targets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Row of each target, −1 where there is none, and why."""
        years = self.rows["year"].fillna(np.iinfo(np.int64).min).astype("int64")
        index = pd.MultiIndex.from_arrays([self.rows["series"], years])
        wanted = pd.MultiIndex.from_arrays([targets["series"], whole_years(targets["year"], "targets")])
        row = index.get_indexer(wanted)
        own = self.rows.drop_duplicates("series").set_index("series")["reason"]
        reason = targets["series"].map(own).fillna("unknown_series").to_numpy(dtype=object)
        reason[(row < 0) & (reason == "")] = "year_not_projected"
        return row, reason


def project(history: pd.DataFrame, horizon: int, *, bounds: Bounds | None = None) -> Projection:
    """Project yearly series, each from its own past and the reference class.

    Parameters
    ----------
    history
        ``series, year, value`` in any order of rows; missing years are allowed, an empty
        value is a missing year.  The years ahead count from the last observed one.
    horizon
        Years ahead, 1 or more.  The calibration was fitted on up to 8 years; beyond, the
        fan goes on widening along the same curve.
    bounds
        Limits the values cannot pass: one pair ``(lower, upper)`` for all, with None for
        none, or a table ``series, lower, upper`` (empty for none).  Without a lower bound a
        series that never was negative is held at 0 or above.

    Returns
    -------
    Projection
        One row per series and year, or one row with a reason.

    Raises
    ------
    InputError
        A column is missing, a year is no whole number or stands twice, the horizon is not
        a positive whole number, or a lower bound is not below its upper bound.

    Examples
    --------
    >>> past = pd.DataFrame({"year": range(2018, 2023), "value": [2.0, 2.1, 2.3, 2.4, 2.5]})
    >>> project(past.assign(series="R&D"), 2).to_frame(levels=[80]).round(2).drop(columns="reason")
      series  year  mean  lo80  hi80
    0    R&D  2023  2.62  2.49  2.75
    1    R&D  2024  2.74  2.51  3.02
    """
    if isinstance(horizon, bool) or horizon != int(horizon) or horizon < 1:
        raise InputError(f"The horizon is a whole number of years, 1 or more, not {horizon!r}.")
    histories = pack(history)
    lower, upper = limits(histories, bounds)
    reason = _reasons(histories, lower, upper)
    usable = reason == ""
    character = characterise(histories.select(usable), lower[usable], upper[usable])
    ahead = np.arange(1, int(horizon) + 1)
    fan = _fan(character, ahead)
    rows = _rows(histories, reason, character, ahead)
    quantiles = np.full((len(rows), len(PROBABILITIES)), np.nan)
    has_fan = (rows["reason"] == "").to_numpy()
    quantiles[has_fan] = np.column_stack([fan.quantile(p, calibration()) for p in PROBABILITIES])
    mean = quantiles[:, PROBABILITIES.index(0.5)]
    return Projection(rows, mean, np.array(PROBABILITIES), quantiles, fan)


def _reasons(histories: Histories, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    reason = histories.reason.copy()
    values = histories.observed
    outside = ((values < lower[:, None]) | (values > upper[:, None])).any(axis=1)
    silent = (np.nan_to_num(values) == 0).all(axis=1) & ~np.isfinite(upper - lower)
    reason[(reason == "") & outside] = "outside_bounds"
    reason[(reason == "") & silent] = "all_zero"
    return reason


def _fan(character: Character, ahead: np.ndarray) -> Fan:
    """Flatten series × years into rows."""
    coefficients = calibration().coefficients
    repeated = {
        name: np.repeat(getattr(character, name), len(ahead)) for name in ("last", "lower", "upper", "count")
    }
    return Fan(
        **repeated,
        move=expected_move(character, ahead).ravel(),
        above=spread(character, ahead, +1, coefficients).ravel(),
        below=spread(character, ahead, -1, coefficients).ravel(),
    )


def _rows(histories: Histories, reason: np.ndarray, character: Character, ahead: np.ndarray) -> pd.DataFrame:
    """One row per series and year, or one per series with a reason."""
    usable = reason == ""
    repeats = np.where(usable, len(ahead), 1)
    of_series = np.repeat(np.arange(len(reason)), repeats)
    projected = usable[of_series]
    year = np.zeros(len(of_series), dtype=np.int64)
    horizon = np.zeros(len(of_series), dtype=np.int64)
    year[projected] = (character.last_year[:, None] + ahead[None, :]).ravel()
    horizon[projected] = np.tile(ahead, int(usable.sum()))
    columns = {"year": year, "horizon": horizon}
    numbers = {name: pd.array(column, dtype="Int64") for name, column in columns.items()}
    for column in numbers.values():
        column[~projected] = pd.NA
    return pd.DataFrame({"series": histories.names[of_series], **numbers, "reason": reason[of_series]})


def _checked_targets(targets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    wrong = ~targets["direction"].isin(["up", "down"])
    if wrong.any():
        raise InputError(f"A direction is 'up' or 'down', not {targets['direction'][wrong].iloc[0]!r}.")
    value = pd.to_numeric(targets["value"], errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(value).all():
        raise InputError("A target value is not a number; leave the row out if there is no target.")
    return value, (targets["direction"] == "up").to_numpy()
