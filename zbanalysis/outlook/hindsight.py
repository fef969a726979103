"""What would we have said?  A plan judged on earlier days, against what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.outlook import targets, verdict
from zbanalysis.plan import pathway, progress
from zbanalysis.projection import backtest

LENGTHS = (3, 5, 7, 10)
"""Lengths of history at which the coverage is counted."""


def days(dataset: package.Dataset, plan_id: str, date: dt.date | str) -> list[dt.date]:
    """Days on which a new figure for a plan's targets was published, from the plan's first to a given day.

    Examples
    --------
    >>> [str(day) for day in days(package.load(), "zibo-13", "2022-04-19")]
    ['2020-08-10', '2022-04-19']
    """
    until = package.parse_date(date)
    targets = dataset.targets[dataset.targets["plan"] == plan_id]
    watched = dataset.observations.merge(targets[["area", "indicator"]].drop_duplicates())
    # A figure for a year after the plan's last says nothing of the plan.
    watched = watched[watched["position"] <= targets["target_position"].max()]
    first = targets["known_since"].min()
    published = {*watched["known_since"], *targets["known_since"]}
    return sorted(day for day in published if first <= day <= until)


def hindsight(
    dataset: package.Dataset, plan_id: str, date: dt.date | str, on: Iterable[dt.date] | None = None
) -> pd.DataFrame:
    """Chances as they would have been given on earlier days, beside what is known now.

    Parameters
    ----------
    dataset
        From `package.load`.
    plan_id
        A plan in ``plans.csv``.
    date
        The day whose knowledge says how it ended.
    on
        The earlier days; by default those of `days`.

    Returns
    -------
    DataFrame
        One row per earlier day and target that had a chance then and whose outcome is known
        by ``date``: ``as_of, target, order, name_zh, name_en, last_year, aim`` (the target as
        it stood then), ``points, chance, class_rate, low80, median, high80, verdict, grade,
        outcome`` (the figure of the target year), ``came`` (whether the target of that day was met),
        ``within80`` (whether the outcome lay in the interval; missing without one), ``comparable``
        (the outcome stands on the definition of the forecast) and ``counted`` (comparable, and the
        first row of its forecast: later days that knew no more of the series repeat it).

    Examples
    --------
    >>> said = hindsight(package.load(), "china-13", "2021-12-31")
    >>> said["outcome"].unique().tolist()
    ['2.4']
    """
    outcome = _outcomes(progress.progress(dataset, plan_id, date))
    earlier = days(dataset, plan_id, date) if on is None else on
    parts = [_judged(dataset, plan_id, day, outcome) for day in earlier]
    if not parts:
        parts = [_judged(dataset, plan_id, package.parse_date(date), outcome).iloc[:0]]
    judged = pd.concat(parts, ignore_index=True)
    repeated = judged.duplicated(["target", "last_year", "points", "aim"])
    return judged.assign(counted=judged["comparable"] & ~repeated)


_GOAL = ["area", "indicator", "target_position"]


def _outcomes(now: pd.DataFrame) -> pd.DataFrame:
    """Figures of the target year, by area, indicator and that year: a milestone has its own."""
    known = ["current_value", "current_published", "current_basis", "accumulated", "held_share"]
    return now[now["final"]].drop_duplicates(_GOAL).set_index(_GOAL)[known]


def _judged(dataset: package.Dataset, plan_id: str, day: dt.date, outcome: pd.DataFrame) -> pd.DataFrame:
    """What would have been judged on one day of the targets that are decided now."""
    assessed = progress.progress(dataset, plan_id, day)
    known = progress.history(dataset, assessed, day)
    outlook = targets.feasibility(assessed, known, targets.comparable_of(dataset, day), day)
    outlook = outlook.join(verdict.verdicts(assessed, outlook, known, as_of=day))
    rows = assessed.join(outlook.drop(columns="target"))
    rows = rows[rows["chance"].notna()].join(outcome.add_prefix("outcome_"), on=_GOAL, how="inner")
    ended = rows.assign(
        current_value=rows["outcome_current_value"],
        current_position=rows["target_position"],
        accumulated=rows["outcome_accumulated"],
        held_share=rows["outcome_held_share"],
    )
    came = pathway.measure(ended)["reached"].astype("boolean").fillna(False).astype(bool)
    inside = rows["outcome_current_value"].between(rows["low80"], rows["high80"]).astype("boolean")
    inside = inside.mask(rows["low80"].isna())
    judged = rows[COLUMNS].assign(
        as_of=str(day), outcome=rows["outcome_current_published"], came=came, within80=inside,
        outcome_basis_break=rows["current_basis"] != rows["outcome_current_basis"],
    )  # fmt: skip
    return judged.assign(comparable=~judged["outcome_basis_break"])


COLUMNS = [
    "target", "order", "name_zh", "name_en", "area", "plan_area", "area_zh", "area_en", "scale", "unit_zh",
    "unit_en", "published_base_value", "published_target_value", "published_target_upper", "kind",
    "direction", "comparator", "words_zh", "words_en", "other_zh", "other_en", "last_year", "points", "aim",
    "chance", "chance_shown", "class_rate", "low80", "median", "high80", "verdict",
    "verdict_zh", "verdict_en", "grade",
]  # fmt: skip
"""What is taken over from the day's own tables."""


def scores(judged: pd.DataFrame) -> pd.DataFrame:
    """How the forecasts that count came out, in one row.

    Parameters
    ----------
    judged
        From `hindsight`; only the rows with ``counted`` enter.

    Returns
    -------
    DataFrame
        ``forecasts`` (their number), ``intervals`` (those with an 80 % interval), ``inside`` (those whose
        outcome lay in it), ``within80`` (inside / intervals),
        ``within80_low, within80_high`` (its 95 % interval by `wilson`), ``mean_chance``, ``came`` (share
        of targets reached), ``brier`` (mean squared difference of chance and outcome).

    Examples
    --------
    >>> table = hindsight(package.load(), "zibo-13", "2022-04-19")
    >>> int(scores(table)["forecasts"].iloc[0]) < len(table)
    True
    """
    own = judged[judged["counted"].astype(bool)]
    inside, came = own["within80"].dropna().astype(float), own["came"].astype(float)
    low, high = wilson(inside.sum(), len(inside))
    return pd.DataFrame(
        {
            "forecasts": [len(own)], "intervals": [len(inside)], "inside": [int(inside.sum())],
            "within80": [inside.mean()], "within80_low": [low], "within80_high": [high],
            "mean_chance": [own["chance"].mean()], "came": [came.mean()],
            "brier": [((own["chance"] - came) ** 2).mean()],
        }
    )  # fmt: skip


def wilson(hits: float | pd.Series, cases: float | pd.Series) -> tuple:
    """Ends of the 95 % interval of a share by Wilson's formula (Journal of the ASA 22, 1927).

    Parameters
    ----------
    hits, cases
        How many of how many; 0 of 0 gives 0 and 1.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(2, 3)]
    [0.208, 0.939]
    """
    cases, z = np.asarray(cases, dtype=float), 1.959964
    middle = (np.asarray(hits, dtype=float) + z**2 / 2) / (cases + z**2)
    share = np.asarray(hits, dtype=float) / np.maximum(cases, 1)
    half = z / (cases + z**2) * np.sqrt(cases * share * (1 - share) + z**2 / 4)
    low, high = np.clip([middle - half, middle + half], 0, 1)
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def with_intervals(reliability: pd.DataFrame) -> pd.DataFrame:
    """A reliability table with the 95 % interval of each observed share: ``low, high`` by `wilson`.

    Parameters
    ----------
    reliability
        ``from, to, cases, chance, reached``, from `domain.reliability`; every bin is kept.

    Examples
    --------
    >>> table = pd.DataFrame({"from": [0.0], "to": [0.1], "cases": [3], "chance": [0.05], "reached": [2 / 3]})
    >>> with_intervals(table)[["low", "high"]].round(3).to_numpy().tolist()
    [[0.208, 0.939]]
    """
    low, high = wilson(reliability["reached"] * reliability["cases"], reliability["cases"])
    return reliability.assign(low=low, high=high)


def bias(reliability: pd.DataFrame) -> float:
    """Mean of share reached minus chance, weighted by cases: above zero where the chances were too low."""
    apart = reliability["reached"] - reliability["chance"]
    return float((apart * reliability["cases"]).sum() / reliability["cases"].sum())


def calibration_error(reliability: pd.DataFrame) -> float:
    """Mean distance of the share reached from the chance, weighted by cases."""
    apart = (reliability["reached"] - reliability["chance"]).abs()
    return float((apart * reliability["cases"]).sum() / reliability["cases"].sum())


def coverage_by_length(series: pd.DataFrame, horizon: int, lengths: Iterable[int] = LENGTHS) -> pd.DataFrame:
    """How often the intervals held the outcome, for histories of so many points.

    Parameters
    ----------
    series
        ``series, year, value``.
    horizon
        Years ahead.
    lengths
        Points left of each history.

    Returns
    -------
    DataFrame
        The scores of our projection (`backtest.Backtest.scores`), one row per length, and
        ``best_other`` and ``best_other_mase``, the best of the comparison methods there.
    """
    rows = []
    for length in lengths:
        try:
            scored = backtest.backtest(series, horizon, last=length)
        except InputError:  # no series is long enough for this
            continue
        scores = scored.scores.set_index("method")
        others = scores.drop(index=[backtest.OURS, backtest.BASE_RATE])["mase"]
        ours = scores.loc[backtest.OURS]
        best = {"best_other": others.idxmin(), "best_other_mase": others.min()}
        rows.append({"points": length, **ours, **best})
    return pd.DataFrame(rows, columns=None if rows else _BY_LENGTH)


_BY_LENGTH = ["points", "cases", "mase", "coverage80", "coverage95", "best_other", "best_other_mase"]


def panel(comparable: pd.DataFrame) -> pd.DataFrame:
    """The provincial panel as series: ``series`` (area/indicator), ``year``, ``value``."""
    name = comparable["area"] + "/" + comparable["indicator"]
    return pd.DataFrame({"series": name, "year": comparable["year"], "value": comparable["value"]})
