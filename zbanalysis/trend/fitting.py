"""Every model on every series, one row each, fitted or with the reason why not; and the lines for a chart."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.trend.series import (
    CURVE,
    SLOPE_UNITS,
    Case,
    Fit,
    NotFittedError,
    Points,
    Transform,
    cases,
    has_two_slopes,
    is_exact,
    line,
    piecewise,
    robust,
)

_HOW = {
    "straight_line": line,
    "log_linear": line,
    "logit_linear": line,
    "robust": robust,
}
_SLOPES = ("slope", "slope_low", "slope_high")
_ON_ITS_SCALE = {"straight_line": "identity", "log_linear": "log", "logit_linear": "logit"}

MODELS = (*_ON_ITS_SCALE, "piecewise", "robust")
"""The models in the order of the table; the last two work on the indicator's own scale."""

MINIMUM_N = {"straight_line": 2, "log_linear": 2, "logit_linear": 2, "piecewise": 4, "robust": 5}
"""Points a model needs; piecewise also needs two on each basis."""

AHEAD = 5
"""Years (one plan) for which a line should stay within what the indicator can be."""

ESTIMATES = (
    *("level_shift", "slope_before", "slope", "slope_low", "slope_high", "level", "per_year", "per_year_low"),
    *("per_year_high", "r_squared", "aicc", "durbin_watson", "leave_last_out_error"),
)
"""Columns that are missing until a model is fitted."""

COLUMNS = (
    *("series", "model", "transform", "own_transform", "n", "minimum_n", "first_year", "last_year"),
    *("basis", "break_year", "slope_unit", *ESTIMATES, "stays_inside", "status", "reason"),
)


def fit(history: pd.DataFrame, models: Sequence[str] | None = None) -> pd.DataFrame:
    """Fit small-sample trends and say how well each does.

    Where the basis changes within a series only `piecewise` uses all points; every
    other model uses those on the latest basis, so that a break is never joined silently.

    Parameters
    ----------
    history
        One row per figure: series, year (2020.25 is a part-year), value in the
        indicator's units, and optionally basis, scale (share, ratio, count, amount),
        lower and upper (bounds in the indicator's units).  A missing basis is a basis
        of its own.  Not changed.
    models
        Names out of `MODELS`; all of them when left out.

    Returns
    -------
    pandas.DataFrame
        One row per series and model (a series of one or no point has one row, model
        ``none``): series, model, transform, own_transform (of the indicator's own scale), n and
        first_year to last_year (of the points used), minimum_n, basis (those of the points
        used, joined by " | "), break_year (first year on the latest basis, if it
        changes), level_shift (new less old basis there) and slope_before (piecewise);
        slope with its 95 % interval (t) in slope_unit: ``units_per_year``;
        ``percent_per_year``, average growth 100·(exp(b) − 1); ``log_odds_per_year``.
        level_shift and slope_before are shown as the slope is.  level: the line at
        last_year; per_year: the change a year in the indicator's units, which is the slope
        on its own scale and otherwise the mean change of the points used, from the first to
        the last; per_year_low, _high: that of the line at the ends of the slope's interval.
        r_squared on the scale of the line.  aicc: of the values themselves,
        −2 ln L + 2k + 2k(k + 1)/(n − k − 1), the
        density of a transformed fit carried back by its Jacobian so that lines on
        different scales compare (Burnham and Anderson 2002, 2.11.3); k counts σ;
        missing unless n > k + 1 and the fit has a residual.  durbin_watson from six
        points.  leave_last_out_error: absolute error at the last point of a refit without
        it, over the mean absolute change between points.  stays_inside: whether the line,
        five years on, is where the indicator can be.  status: ``fitted`` or
        ``not_fitted``; reason: a key of `REASONS`, also for a fit with something missing
        (``two_points``, ``exact_fit``).

    Raises
    ------
    InputError
        If a model is unknown or the history cannot be read; see `series.cases`.

    Examples
    --------
    >>> spent = pd.DataFrame({"series": "R&D", "year": [2018, 2019], "value": [100, 110], "scale": "amount"})
    >>> fit(spent, ["log_linear"])["slope"].round(6).tolist()
    [10.0]
    """
    names = MODELS if models is None else tuple(models)
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        raise InputError(f"There is no trend model {unknown[0]!r}; choose from {', '.join(MODELS)}.")
    return pd.DataFrame([row for case in cases(history) for row in _rows(case, names)], columns=list(COLUMNS))


def attempt(case: Case, model: str) -> tuple[Points, Transform, Fit]:
    """Fit one model to one series.

    Returns
    -------
    tuple
        The points used, the transform, the fit.

    Raises
    ------
    NotFittedError
        With the reason, if the model has no answer for this series.
    """
    points, transform = _points_and_transform(case, model)
    _require_enough(case, model, points)
    obstacle = transform.obstacle(points.value)
    if obstacle:
        raise NotFittedError(obstacle)
    return points, transform, _quietly(model, points, transform, points)


def _points_and_transform(case: Case, model: str) -> tuple[Points, Transform]:
    points = case.points if model == "piecewise" else case.points.latest()
    scale = _ON_ITS_SCALE.get(model)
    return points, Transform(scale, case.lower, case.upper) if scale else case.own


def _require_enough(case: Case, model: str, points: Points) -> None:
    bases = case.points.bases
    if model == "piecewise" and len(bases) == 1:
        raise NotFittedError("no_break")
    if model == "piecewise" and min(case.points.on(basis).n for basis in bases) < 2:
        raise NotFittedError("side_too_short")
    if points.n == 1:
        raise NotFittedError("one_point_on_latest_basis")
    if points.n < MINIMUM_N[model]:
        raise NotFittedError("too_few_points")


def _quietly(model: str, points: Points, transform: Transform, form: Points) -> Fit:
    """One fit; a search that does not converge is a refusal, and no warning leaks."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    z = transform.forward(points.value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            if model not in (*_ON_ITS_SCALE, "piecewise") and is_exact(line(points, z).residuals, z):
                raise NotFittedError("exact_line")
            return _how(model, form)(points, z)
        except (ConvergenceWarning, np.linalg.LinAlgError, FloatingPointError, ZeroDivisionError):
            raise NotFittedError("no_convergence") from None


def _how(model: str, form: Points) -> Callable[[Points, np.ndarray], Fit]:
    """Find the function that fits; the form of a broken line is that of the whole series, in a refit too."""
    if model == "piecewise":
        return partial(piecewise, two_slopes=has_two_slopes(form))
    return _HOW[model]


def _rows(case: Case, models: Sequence[str]) -> list[dict[str, object]]:
    if case.points.n > 1:
        return [_row(case, model) for model in models]
    reason = "one_point" if case.points.n else "no_values"
    return [_about(case, "none", case.points, case.own) | {"status": "not_fitted", "reason": reason}]


def _row(case: Case, model: str) -> dict[str, object]:
    points, transform = _points_and_transform(case, model)
    row = _about(case, model, points, transform)
    try:
        line = attempt(case, model)[2]
    except NotFittedError as refusal:
        return row | {"status": "not_fitted", "reason": str(refusal)}
    row |= _slopes(points, transform, line) | _quality(points, transform, line)
    row["leave_last_out_error"] = _leave_last_out_error(model, points, transform)
    row["stays_inside"] = _stays_inside(case, points, transform, line)
    return row | {"status": "fitted", "reason": line.reason}


def _about(case: Case, model: str, points: Points, transform: Transform) -> dict[str, object]:
    """Tell what is known before anything is fitted."""
    some = points.n > 0
    return {
        "series": case.series,
        "model": model,
        "transform": transform.name,
        "own_transform": case.own.name,
        "n": points.n,
        "minimum_n": MINIMUM_N.get(model, 2),
        "first_year": points.year[0] if some else np.nan,
        "last_year": points.year[-1] if some else np.nan,
        "basis": " | ".join(points.bases) if some else "",
        "break_year": case.points.latest().year[0] if some and len(case.points.bases) > 1 else np.nan,
        "slope_unit": SLOPE_UNITS[transform.name],
        **dict.fromkeys(ESTIMATES, np.nan),
        "stays_inside": True,
    }


def _leave_last_out_error(model: str, points: Points, transform: Transform) -> float:
    """Missing for two points, for a flat series, and where the refit has no answer."""
    change = points.mean_change()
    if points.n < 3 or change == 0:
        return np.nan
    try:
        refit = _quietly(model, points.without_last(), transform, points)
    except NotFittedError:
        return np.nan
    predicted = refit.curve(points.year[-1:], points.basis[-1:])[0, 0]
    return abs(float(transform.inverse(predicted)) - points.value[-1]) / change


def _slopes(points: Points, transform: Transform, line: Fit) -> dict[str, float]:
    """Put into words a reader knows: the level, the slope, and the change a year in the indicator's units."""
    level = line.curve(points.year[-1:], points.basis[-1:])[0, 0]
    row = {"level": float(transform.inverse(level))}
    for name in ("slope", "slope_low", "slope_high", "level_shift", "slope_before"):
        row[name] = transform.slope(getattr(line, name))
    return row | _per_year(points.latest(), transform, line)


def _per_year(points: Points, transform: Transform, line: Fit) -> dict[str, float]:
    """Change a year over the whole span: a curve's tangent at one end would be no change that ever was."""
    if transform.name == "identity":
        return {name.replace("slope", "per_year"): getattr(line, name) for name in _SLOPES}
    years, middle = points.year[[0, -1]], points.year.mean()
    level = line.curve(np.array([middle]), points.basis[-1:])[0, 0]
    row = {"per_year": np.diff(points.value[[0, -1]])[0] / np.diff(years)[0]}
    for name in _SLOPES[1:]:
        ends = transform.inverse(level + getattr(line, name) * (years - middle))
        row[name.replace("slope", "per_year")] = np.diff(ends)[0] / np.diff(years)[0]
    # The figures' own change may lie beside the line's interval where the ends scatter most.
    row["per_year_low"] = np.minimum(row["per_year_low"], row["per_year"])
    row["per_year_high"] = np.maximum(row["per_year_high"], row["per_year"])
    return row


def _quality(points: Points, transform: Transform, line: Fit) -> dict[str, float]:
    """R², AICc and Durbin–Watson, each only where it is defined; see `fit`."""
    from statsmodels.stats.stattools import durbin_watson

    n, k, squares = points.n, line.parameters, float(line.residuals @ line.residuals)
    row = {"r_squared": line.r_squared}
    if line.has_likelihood and n > k + 1:
        deviance = n * (np.log(2 * np.pi * squares / n) + 1) - 2 * transform.log_jacobian(points.value)
        row["aicc"] = deviance + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    if n >= 6 and squares and line.reason != "exact_fit":
        row["durbin_watson"] = float(durbin_watson(line.residuals))
    return row


def _stays_inside(case: Case, points: Points, transform: Transform, line: Fit) -> bool:
    """Whether the line, `AHEAD` years on, is still where the indicator can be."""
    lowest = case.lower if np.isfinite(case.lower) else 0.0 if case.own.name == "log" else -np.inf
    highest = case.upper if np.isfinite(case.upper) else np.inf
    value = float(transform.inverse(line.curve(points.year[-1:] + AHEAD, points.basis[-1:])[0, 0]))
    # A model on a wide grid may have no value for that very year: nothing then speaks against it.
    return not (value < lowest or value > highest)


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
        Missing where a model has none: two points leave no interval.

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
        points, transform, line = attempt(case, model)
    except NotFittedError as refusal:
        raise InputError(
            f"{model} does not fit series {case.series!r} ({refusal}); "
            "pass the history the fits were made from."
        ) from None
    years, bases, part = _where(points, ahead)
    values = transform.inverse(line.curve(years, bases))
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


# --- Which trend is shown, by a rule that the report prints ---
RULE = {
    "no_trend": "A series of one point or none has no trend.",
    "basis_break": "Where the basis changes and each basis has two points or more: "
    "the line with a step at the change.",
    "latest_basis_only": "Where a basis has fewer than two points: the line on the indicator's own scale "
    "through the points on the latest basis; earlier points are not joined to it.",
    "latest_basis_too_short": "Where the latest basis has a single point: no trend, whatever came before.",
    "two_points": "Two points: the line through both on the indicator's own scale, without an interval.",
    "few_points": "Three or four points: the line on the indicator's own scale, "
    "for so few cannot tell models apart.",
    "exact_line": "The line on the indicator's own scale, where it goes through every point.",
    "lowest_aicc": "Five points or more: of the straight, log and logit lines that stay within what the "
    "indicator can be for five years, the one whose AICc is lowest by more than 2 "
    "(a line through every point counts as lowest).",
    "last_point_best": "Where several are within 2 of the lowest AICc: the one that, fitted without the last "
    "point, comes nearest to it; at a tie the one on the indicator's own scale.",
    "no_line": "None of the lines the rule looks at was fitted.",
}
"""The rule in the order in which it is applied: ``why`` of `choose` and what it means."""

CAUTIONS = {
    "robust_differs": "The slope of the line lies outside the interval of the robust one: "
    "single points weigh heavily.",
    "serial_correlation": "Durbin–Watson under 1 or over 3: dependent residuals make the interval too sure.",
    "leaves_bounds": "Extended by five years the line leaves what the indicator can be.",
}
"""What to say beside the trend shown: ``caution`` of `choose`."""

AICC_MARGIN = 2.0


def choose(fits: pd.DataFrame) -> pd.DataFrame:
    """Choose the trend to show for each series, and say why.

    Only regression lines are candidates: their slope has a t interval and their AICc
    compares.  The other models stand beside them in the table of `fit`.

    Parameters
    ----------
    fits
        What `fit` returned.

    Returns
    -------
    pandas.DataFrame
        One row per series: series, model (``none`` when there is no trend), why (a key
        of `RULE`), caution (keys of `CAUTIONS` joined by ";", or empty), and the other
        columns of `fit` for the model shown.

    Raises
    ------
    InputError
        If columns of `fit` are missing.

    Examples
    --------
    >>> from zbanalysis.trend import fit
    >>> share = pd.DataFrame({"series": "urban", "year": [2019, 2020, 2021], "value": [60.6, 61.2, 61.9],
    ...                       "scale": "share", "lower": 0, "upper": 100})
    >>> choose(fit(share))[["model", "why"]].to_numpy().tolist()
    [['logit_linear', 'few_points']]
    """
    missing = [name for name in COLUMNS if name not in fits]
    if missing:
        raise InputError(f"The fits have no column {', '.join(missing)}; pass what fit() returned.")
    chosen = [_chosen(rows) for _, rows in fits.groupby("series", sort=False)]
    return pd.DataFrame(chosen, columns=["series", "model", "why", "caution", *COLUMNS[2:]])


def _chosen(rows: pd.DataFrame) -> dict[str, object]:
    """Find the row to show; a series without a trend keeps what is known about its points."""
    fitted = rows[rows["status"] == "fitted"].set_index("model")
    model, why = _model_and_why(rows, fitted)
    if model == "none":
        refused = rows[rows["status"] == "not_fitted"]
        shown = (refused if len(refused) else rows).iloc[0].to_dict()
        numbers = dict.fromkeys(ESTIMATES, float("nan"))
        return shown | numbers | {"model": "none", "why": why, "caution": "", "status": "not_fitted"}
    return fitted.loc[model].to_dict() | {"model": model, "why": why, "caution": _caution(fitted, model)}


def _model_and_why(rows: pd.DataFrame, fitted: pd.DataFrame) -> tuple[str, str]:
    """Apply the rule; `RULE` says the same in words."""
    if rows["model"].iloc[0] == "none":
        return "none", "no_trend"
    own = _own_line(rows.iloc[0])
    if "piecewise" in fitted.index:
        return "piecewise", "basis_break"
    if rows["break_year"].notna().any():
        if (rows["reason"] == "one_point_on_latest_basis").any():
            return "none", "latest_basis_too_short"
        return (own, "latest_basis_only") if own in fitted.index else ("none", "no_line")
    lines = fitted[fitted.index.isin(_ON_ITS_SCALE)]
    if own not in lines.index and (lines.empty or lines["n"].iloc[0] < 5):
        return "none", "no_line"
    if lines["n"].iloc[0] < 5:
        return own, "two_points" if lines["n"].iloc[0] == 2 else "few_points"
    if own in lines.index and lines.loc[own, "reason"] == "exact_fit":
        return own, "exact_line"
    return _best(lines, own)


def _best(lines: pd.DataFrame, own: str) -> tuple[str, str]:
    """Lowest AICc, and where that does not decide the smallest leave-last-out error."""
    eligible = lines[lines["stays_inside"].astype(bool) | (lines.index == own)]
    if eligible.empty:
        return "none", "no_line"
    # A line without AICc goes through every point: nothing beats it.
    aicc = eligible["aicc"].astype(float).fillna(float("-inf"))
    close = eligible[aicc <= aicc.min() + AICC_MARGIN]
    if len(close) == 1:
        return str(close.index[0]), "lowest_aicc"
    error = close["leave_last_out_error"].astype(float).round(12)
    nearest = close[error == error.min()].index
    return (own if own in nearest or nearest.empty else str(nearest[0])), "last_point_best"


def _caution(fitted: pd.DataFrame, model: str) -> str:
    row, cautions = fitted.loc[model], []
    own = _own_line(row)
    # Both on the indicator's own scale, whichever line is shown: slopes on two scales do not compare.
    if {own, "robust"} <= set(fitted.index) and model != "piecewise":
        low, high = fitted.loc["robust", ["slope_low", "slope_high"]]
        cautions += ["robust_differs"] * (not low <= fitted.loc[own, "slope"] <= high)
    watson = row["durbin_watson"]
    cautions += ["serial_correlation"] * bool(watson < 1 or watson > 3)
    cautions += ["leaves_bounds"] * (not row["stays_inside"])
    return ";".join(cautions)


def _own_line(row: pd.Series) -> str:
    return next(name for name, scale in _ON_ITS_SCALE.items() if scale == row["own_transform"])
