"""Years ahead with honest uncertainty, for thousands of short yearly series at once.

The series' own fan goes on from the last value by its recent mean change, shrunk by how
steady that change has been; its spread is what the series of two forecasting competitions
taught (`fan`).  It is pooled with how the windows most like it went on (`pool`), the more so
the fewer points it has.  Moves towards a bound slow down before it, so shares stay shares and
positive series stay positive.  Science statistics are re-read by how the provinces' outcomes
fell (`domain`).  Quantiles, intervals and chances are all read from this one distribution;
nothing is drawn at random and no series influences another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.projection import domain, reference
from zbanalysis.projection.fan import COMPARATORS, Fan, spread
from zbanalysis.projection.histories import (
    Features,
    Histories,
    Nature,
    has_floor,
    measure,
    nature_of,
    pack,
    require_columns,
    whole_years,
)

LONGEST_HORIZON = 50
"""Years ahead beyond which nothing is projected."""
COMPARATOR_OF = {"up": "at_least", "down": "at_most"}


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
    about
        One row per series: ``series, n`` (points), ``weight`` (of the class), ``class_name``
        (one of `reference.CLASSES`), the bounds in force (``lower, upper``) and where the lower one
        comes from (``floor``, one of `histories.FLOOR_FROM`), ``domain`` and ``reason``.
    fan
        Distributions of the rows that have no reason, in order.
    features
        What the class was matched by, of the series that have no reason, in order.
    as_of
        The day whose knowledge was used, or None for all there is.
    """

    rows: pd.DataFrame
    mean: np.ndarray
    about: pd.DataFrame
    fan: Fan
    features: Features
    as_of: str | None

    def quantile(self, probability: float | Sequence[float]) -> np.ndarray:
        """Values not exceeded with a probability, one per row; of several probabilities a column each."""
        several = np.atleast_1d(probability)
        if not ((several > 0) & (several < 1)).all():
            raise InputError(f"A probability lies between 0 and 1, not {probability!r}.")
        columns = [self._spread_out(self.fan.quantile(float(p))) for p in several]
        return columns[0] if np.ndim(probability) == 0 else np.column_stack(columns)

    def to_frame(self, levels: Iterable[float] = (80, 95)) -> pd.DataFrame:
        """The projection as a table.

        Parameters
        ----------
        levels
            Central intervals in per cent, from 1 to below 100.

        Returns
        -------
        pandas.DataFrame
            ``series, year, mean``, a pair ``lo80, hi80`` for each level, and ``reason``.
        """
        frame = self.rows[["series", "year"]].assign(mean=self.mean)
        for level in levels:
            if not 1 <= level < 100:
                raise InputError(f"A level is a per cent from 1 to below 100, such as 80, not {level!r}.")
            frame[f"lo{level:g}"] = self.quantile(0.5 - level / 200)
            frame[f"hi{level:g}"] = self.quantile(0.5 + level / 200)
        return frame.assign(reason=self.rows["reason"])

    def chance(
        self, targets: pd.DataFrame | float | np.ndarray, comparator: str = "at_least"
    ) -> np.ndarray | pd.DataFrame:
        """The chance that targets are reached.

        Parameters
        ----------
        targets
            A value, or one for each row of ``rows``; or a table ``series, year, value`` with
            ``direction`` (``up`` asks for the value or more, ``down`` for the value or less) or
            ``comparator`` (one of `fan.COMPARATORS`).
        comparator
            For values: what is asked of the outcome.

        Returns
        -------
        numpy.ndarray or pandas.DataFrame
            For values one chance per row (NaN with a reason); for a table its rows in their order
            with ``chance`` (0 to 1, NaN with a reason) and ``reason``: empty, the series' own
            reason, ``unknown_series`` or ``year_not_projected``.

        Raises
        ------
        InputError
            A column is missing, a direction or comparator is none, or a value is no number.
        """
        if not isinstance(targets, pd.DataFrame):
            _require_comparators(np.array([comparator]))
            value = np.broadcast_to(np.asarray(targets, dtype=float), len(self.rows))
            return self._spread_out(self.fan.chance(value[self._projected()], comparator))
        value, asked = _checked_targets(targets)
        row, reason = self._rows_of(targets)
        known = row >= 0
        place = np.cumsum(self._projected()) - 1
        chance = np.full(len(targets), np.nan)
        chance[known] = self.fan.take(place[row[known]]).chance(value[known], asked[known])
        return targets.assign(chance=chance, reason=reason)

    def windows(self, series: str, number: int = 20) -> pd.DataFrame:
        """The windows of other series that made a series' class, the heaviest first.

        Parameters
        ----------
        series
            Its name.
        number
            How many.

        Returns
        -------
        pandas.DataFrame
            ``collection, series, first_year, last_year`` (of the past), ``weight`` (per cent of the
            class), ``turned`` (counted upside down), ``last`` (value) and ``after_1`` to ``after_8``, the
            values of the years after it.
        """
        place = self.about.index[self.about["series"] == series]
        if not len(place) or self.about.loc[place[0], "reason"]:
            raise InputError(f"Series {series!r} has no projection.")
        row = int((self.about.loc[: place[0], "reason"] == "").sum()) - 1
        one = self.features.take(np.array([row]))
        return reference.class_table(one, str(self.about.loc[place[0], "class_name"]), self.as_of, number)

    def _projected(self) -> np.ndarray:
        return (self.rows["reason"] == "").to_numpy()

    def _spread_out(self, values: np.ndarray) -> np.ndarray:
        column = np.full(len(self.rows), np.nan)
        column[self._projected()] = values
        return column

    def _rows_of(self, targets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Row of each target, −1 where there is none, and why."""
        years = self.rows["year"].fillna(np.iinfo(np.int64).min).astype("int64")
        index = pd.MultiIndex.from_arrays([self.rows["series"], years])
        wanted = pd.MultiIndex.from_arrays([targets["series"], whole_years(targets["year"], "targets")])
        row = index.get_indexer(wanted)
        own = self.about.set_index("series")["reason"]
        reason = targets["series"].map(own).fillna("unknown_series").to_numpy(dtype=object)
        reason[(row < 0) & (reason == "")] = "year_not_projected"
        return row, reason


def project(
    history: pd.DataFrame,
    horizon: int,
    about: pd.DataFrame | None = None,
    *,
    scale: str | None = None,
    direction: str | None = None,
    lower: float | None = None,
    upper: float | None = None,
    domain: str | None = None,
    over_gdp: bool | None = None,
    as_of: dt.date | str | None = None,
    weight: float | None = None,
) -> Projection:
    """Project yearly series, each from its own past and from how like series went on.

    Parameters
    ----------
    history
        ``series, year, value`` in any order of rows; missing years are allowed, an empty
        value is a missing year.  The years ahead count from the last observed one.
    horizon
        Years ahead, 1 to `LONGEST_HORIZON`.  The reference series tell of up to 8 years; beyond,
        the fan goes on widening along the same curve.
    about
        What is known of the series, one row each: ``series`` and any of the columns that follow;
        an empty cell is not told, an empty bound is none.
    scale
        What is measured, one of `histories.SCALES`; a count is a whole number where all its figures are.
    direction
        Which way is good: ``up``, ``down`` or ``unknown``.
    lower, upper
        Limits the values cannot pass; infinite for none.  Where no lower bound is told and the
        scale has none, a series that never was negative is held at 0 or above.
    domain
        ``science`` for statistics of science and technology of China's regions.
    over_gdp
        Whether the quantity is a part of the nation's or a province's GDP: then a census on the
        way widens the fan.
    as_of
        Nothing published later is used; None for all there is.
    weight
        Weight of the class in place of `reference.weight_of`: 1 for the class alone, 0 for the own fan.

    Returns
    -------
    Projection
        One row per series and year, or one row with a reason.

    Raises
    ------
    InputError
        A column is missing, a year is no whole number or stands twice, the horizon is out of
        range, a kind does not exist or two are told of one series, or a lower bound is not below
        its upper bound.

    Examples
    --------
    >>> past = pd.DataFrame({"year": range(2018, 2023), "value": [2.0, 2.1, 2.3, 2.4, 2.5]})
    >>> ahead = project(past.assign(series="R&D"), 2, scale="share", direction="up")
    >>> ahead.to_frame(levels=[80]).round(2).drop(columns="reason")
      series  year  mean  lo80  hi80
    0    R&D  2023  2.62  2.47  2.78
    1    R&D  2024  2.73  2.49  3.04
    """
    _require_horizon(horizon)
    histories = pack(history)
    given = {
        "scale": scale, "direction": direction, "lower": lower, "upper": upper, "domain": domain,
        "over_gdp": over_gdp,
    }  # fmt: skip
    nature = nature_of(histories, history, about, given)
    day = None if as_of is None else str(as_of)
    reason = _reasons(histories, nature)
    usable = reason == ""
    good = reference.good_way(nature.scale, nature.direction)
    features = measure(histories.take(usable), nature.lower[usable], nature.upper[usable], good[usable])
    given = zip(nature.scale, nature.direction, has_floor(nature.lower), strict=True)
    names = np.array([reference.class_name(*one) for one in given], dtype=object)
    own = np.full(len(names), np.nan if weight is None else weight, dtype=float)
    heavy = np.where(np.isnan(own), reference.weight_of(histories.count, good), own)
    ahead = np.arange(1, int(horizon) + 1)
    odds = reference.pooled(features, names[usable], ahead, spread(), heavy[usable], as_of=day)
    fan = _fan(features, nature, histories, usable, odds, day)
    rows = _rows(histories, reason, features, ahead)
    about = pd.DataFrame(
        {
            "series": histories.names, "n": histories.count, "weight": heavy, "class_name": names,
            "lower": nature.lower, "upper": nature.upper, "floor": nature.floor, "domain": nature.domain,
            "reason": reason,
        }
    )  # fmt: skip
    mean = np.full(len(rows), np.nan)
    mean[(rows["reason"] == "").to_numpy()] = fan.quantile(0.5)
    return Projection(rows, mean, about, fan, features, day)


def rehearse() -> None:
    """Project long series for nothing, so that the windows which most are matched with are cut for all."""
    past = pd.DataFrame({"series": "any", "year": range(2010, 2022), "value": range(1, 13)})
    for scale in ("amount", "share"):
        project(past, 1, scale=scale, direction="up", domain="science", as_of="9999-12-31")


def _require_horizon(horizon: int) -> None:
    most = LONGEST_HORIZON
    if isinstance(horizon, bool) or horizon != int(horizon) or not 1 <= horizon <= most:
        raise InputError(f"The horizon is a whole number of years from 1 to {most}, not {horizon!r}.")


def _reasons(histories: Histories, nature: Nature) -> np.ndarray:
    reason = histories.reason.copy()
    values = histories.observed
    outside = ((values < nature.lower[:, None]) | (values > nature.upper[:, None])).any(axis=1)
    silent = (np.nan_to_num(values) == 0).all(axis=1) & ~np.isfinite(nature.upper - nature.lower)
    reason[(reason == "") & outside] = "outside_bounds"
    reason[(reason == "") & silent] = "all_zero"
    return reason


def _fan(
    features: Features,
    nature: Nature,
    histories: Histories,
    usable: np.ndarray,
    odds: np.ndarray,
    day: str | None,
) -> Fan:
    """Flatten series × years into rows, re-read and widened where that applies."""
    series, years = odds.shape[:2]
    ahead = np.tile(np.arange(1, years + 1), series)
    flat = odds.reshape(series * years, odds.shape[2])
    science = np.repeat(domain.applies(nature)[usable], years)
    known = domain.line(day)
    if science.any() and known is not None:
        share = np.repeat(nature.scale[usable] == "share", years)
        flat[science] = domain.reread(flat[science], ahead[science], known, share[science])
    of_gdp = np.repeat(nature.over_gdp[usable], years)
    if of_gdp.any():
        start = np.repeat(features.last_year, years)
        size = np.repeat(np.abs(features.last) / features.scale, years)
        error = domain.census_error(start, start + ahead) * size
        flat[of_gdp] = domain.widened(flat[of_gdp], error[of_gdp])
    values = histories.observed[usable]
    whole = (nature.scale[usable] == "count") & (~np.isfinite(values) | (values == np.round(values))).all(
        axis=1
    )
    by_series = (features.last, features.lower, features.upper, features.scale, whole)
    return Fan(*(np.repeat(column, years) for column in by_series), flat)


def _rows(histories: Histories, reason: np.ndarray, features: Features, ahead: np.ndarray) -> pd.DataFrame:
    """One row per series and year, or one per series with a reason."""
    usable = reason == ""
    repeats = np.where(usable, len(ahead), 1)
    of_series = np.repeat(np.arange(len(reason)), repeats)
    projected = usable[of_series]
    year = np.zeros(len(of_series), dtype=np.int64)
    horizon = np.zeros(len(of_series), dtype=np.int64)
    year[projected] = (features.last_year[:, None] + ahead[None, :]).ravel()
    horizon[projected] = np.tile(ahead, int(usable.sum()))
    columns = {"year": year, "horizon": horizon}
    numbers = {name: pd.array(column, dtype="Int64") for name, column in columns.items()}
    for column in numbers.values():
        column[~projected] = pd.NA
    return pd.DataFrame({"series": histories.names[of_series], **numbers, "reason": reason[of_series]})


def _checked_targets(targets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    require_columns(targets, ("series", "year", "value"), "targets")
    if "comparator" in targets:
        asked = targets["comparator"].to_numpy(dtype=object)
        _require_comparators(asked)
    else:
        require_columns(targets, ("series", "year", "value", "direction"), "targets")
        wrong = ~targets["direction"].isin(list(COMPARATOR_OF))
        if wrong.any():
            raise InputError(f"A direction is 'up' or 'down', not {targets['direction'][wrong].iloc[0]!r}.")
        asked = targets["direction"].map(COMPARATOR_OF).to_numpy(dtype=object)
    value = pd.to_numeric(targets["value"], errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(value).all():
        raise InputError("A target value is not a number; leave the row out if there is no target.")
    return value, asked


def _require_comparators(asked: np.ndarray) -> None:
    wrong = [name for name in asked if name not in COMPARATORS]
    if wrong:
        raise InputError(f"There is no comparator {str(wrong[0])!r}; choose from {', '.join(COMPARATORS)}.")
