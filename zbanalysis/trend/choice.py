"""Which trend is shown, by a rule that the report prints."""

from __future__ import annotations

import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.trend.fitting import COLUMNS, ESTIMATES

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

LINES = {"straight_line": "identity", "log_linear": "log", "logit_linear": "logit"}
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
    lines = fitted[fitted.index.isin(LINES)]
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
    row, found = fitted.loc[model], []
    own = _own_line(row)
    # Both on the indicator's own scale, whichever line is shown: slopes on two scales do not compare.
    if {own, "robust"} <= set(fitted.index) and model != "piecewise":
        low, high = fitted.loc["robust", ["slope_low", "slope_high"]]
        found += ["robust_differs"] * (not low <= fitted.loc[own, "slope"] <= high)
    watson = row["durbin_watson"]
    found += ["serial_correlation"] * bool(watson < 1 or watson > 3)
    found += ["leaves_bounds"] * (not row["stays_inside"])
    return ";".join(found)


def _own_line(row: pd.Series) -> str:
    return next(name for name, scale in LINES.items() if scale == row["own_transform"])
