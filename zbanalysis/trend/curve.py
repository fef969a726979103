"""The lines for a chart: fitted values with their interval, and if asked the years ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.trend.history import Case, cases
from zbanalysis.trend.shapes import CURVE, NotFittedError, Points
from zbanalysis.trend.table import attempt

_EMPTY = pd.DataFrame(
    {"series": pd.Series(dtype=object), "model": pd.Series(dtype=object), "year": pd.Series(dtype=float)}
    | {"basis": pd.Series(dtype=object), "part": pd.Series(dtype=object)}
    | {name: pd.Series(dtype=float) for name in CURVE}
)


def fitted(history: pd.DataFrame, fits: pd.DataFrame, ahead: int = 0) -> pd.DataFrame:
    """Points of the fitted lines.

    Parameters
    ----------
    history
        The history the fits were made from; not changed.
    fits
        What `fit` or `choose` returned.  Rows that are not fitted are passed over.
    ahead
        Whole years beyond the last point to extend the line by.  The extension is what
        the model says, not a calibrated forecast: that is `projection`.

    Returns
    -------
    pandas.DataFrame
        One row per series, model, basis and year: the years observed and the whole
        years between them, then the years ahead.  series, model, year, basis, part
        (``span`` or ``ahead``), value (the line; on a log or logit scale the median),
        mean_low and mean_high (95 % for the line itself), prediction_low and
        prediction_high (95 % for a single figure), all in the indicator's units.
        Missing where a model has none: two points leave no interval, damped_trend and
        theta have one only for the years ahead.

    Raises
    ------
    InputError
        If ``ahead`` is negative, or a series of ``fits`` is not in the history.

    Examples
    --------
    >>> from zbanalysis.trend import choose, fit
    >>> spent = pd.DataFrame({"series": "R&D", "year": [2018, 2020], "value": [100, 121], "scale": "amount"})
    >>> fitted(spent, choose(fit(spent)))["value"].round(6).tolist()
    [100.0, 110.0, 121.0]
    """
    if ahead < 0:
        raise InputError(f"A line can be extended by 0 or more years, not by {ahead}.")
    by_series = {case.series: case for case in cases(history)}
    rows = fits.loc[fits["status"] == "fitted", ["series", "model"]]
    absent = rows.loc[~rows["series"].isin(list(by_series)), "series"]
    if len(absent):
        raise InputError(
            f"The history holds no series {absent.iloc[0]!r}; pass the history the fits were made from."
        )
    parts = [_curves(by_series[series], model, ahead) for series, model in rows.itertuples(index=False)]
    return pd.concat(parts, ignore_index=True) if parts else _EMPTY.copy()


def _curves(case: Case, model: str, ahead: int) -> pd.DataFrame:
    try:
        points, transform, fit = attempt(case, model)
    except NotFittedError as refusal:
        raise InputError(
            f"{model} does not fit series {case.series!r} ({refusal}); "
            "pass the history the fits were made from."
        ) from None
    years, bases, part = _where(points, ahead)
    values = transform.inverse(fit.curve(years, bases))
    about = pd.DataFrame({"series": case.series, "model": model, "year": years, "basis": bases, "part": part})
    return pd.concat([about, pd.DataFrame(values, columns=list(CURVE))], axis=1).dropna(subset="value")


def _where(points: Points, ahead: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Years, bases and parts: each basis over its own span, the latest one beyond it."""
    spans = [(basis, _span(points.on(basis).year)) for basis in points.bases]
    last = points.year[-1]
    beyond = np.arange(np.floor(last) + 1, np.floor(last) + 1 + ahead)
    years = np.concatenate([*(span for _, span in spans), beyond])
    bases = np.array(
        [basis for basis, span in spans for _ in span] + [points.basis[-1]] * len(beyond), dtype=object
    )
    part = np.array(["span"] * (len(years) - len(beyond)) + ["ahead"] * len(beyond), dtype=object)
    return years, bases, part


def _span(years: np.ndarray) -> np.ndarray:
    return np.union1d(years, np.arange(np.ceil(years[0]), np.floor(years[-1]) + 1))
