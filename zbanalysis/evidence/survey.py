"""What those asked have answered: shares held against whole numbers of people, and how far they carry.

A margin of error is given for random samples alone: of those who did not answer, or were not asked, the
formulas of chance say nothing.
"""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd

from zbanalysis.data import package
from zbanalysis.data.digits import printed

PARTS = ("profile", "practice", "opinion")
"""Who answered, what they do or receive, what they think."""
LEAST_SHOWN = 30
"""Shares of fewer answers are not shown."""

STATUSES = ("possible", "ambiguous", "impossible", "too_few", "no_share")


def load(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """The answers about a plan that were published by a day; none where the folder has no survey.

    Parameters
    ----------
    dataset
        From `package.load`; its folder may hold ``survey.csv``.
    plan, as_of
        A plan of ``plans.csv`` and a day.

    Returns
    -------
    DataFrame
        The columns of ``survey.csv``, in the order of the file: among them ``n`` (who answered),
        ``share`` (digits as printed), ``part`` (one of `PARTS`), ``beneficiary`` (whether a row counts
        those who benefit from what they judge) and ``sent`` (sent out; NaN where not published).

    Examples
    --------
    >>> int(load(package.load(), "zibo-13", "2020-08-10")["n"].iloc[0])
    75
    """
    package.plan_row(dataset, plan)
    return package.known(dataset, "survey", as_of, plan)


def candidates(published: str, n: int) -> list[int]:
    """Whole numbers of people, of n, whose share in % is printed as these digits.

    Parameters
    ----------
    published
        The share in %, digits as printed.
    n
        How many answered.

    Returns
    -------
    list of int
        Empty where no whole number gives the share: it cannot be right.

    Notes
    -----
    A share s printed with half a unit h stands for s - h up to s + h; both ends are possible, for a half may
    be rounded either way.  The numbers k with s - h <= 100 k / n <= s + h are tried exactly, without floats.
    Source: Brown and Heathers (2017), "The GRIM Test", Social Psychological and Personality Science 8(4).

    Examples
    --------
    >>> candidates("86.7", 75), candidates("6.2", 80), candidates("86.5", 120)
    ([65], [5], [])
    """
    share = printed(published)
    first, last = math.ceil(share.low * n / 100), math.floor(share.high * n / 100)
    return list(range(max(first, 0), min(last, n) + 1))


def shares(survey: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Each printed share with the number of people behind it and how far it carries.

    Parameters
    ----------
    survey
        From `load`.
    confidence
        Of the Wilson interval, for random samples.

    Returns
    -------
    DataFrame
        Rows of ``survey`` in their order, with ``fraction`` (0 to 1, NaN without a share),
        ``count_low, count_high`` (people, NaN where impossible), ``status`` (one of
        `STATUSES`), ``shown``, ``probability`` (a random sample), and ``low, high``: the
        interval, NaN unless the sample is random.

    Notes
    -----
    Several numbers of people may be printed alike; the interval then runs from the lower end
    of the least to the upper end of the greatest.  Answers that overlap are not ranked.

    Examples
    --------
    >>> found = shares(load(package.load(), "zibo-13", "2020-08-10"))
    >>> found.loc[1, "share"], int(found.loc[1, "count_low"]), found.loc[1, "status"]
    ('86.7', 65, 'possible')
    """
    rows = [_row(row.share, row.n, row.sample, confidence) for row in survey.itertuples(index=False)]
    columns = ("fraction", "count_low", "count_high", "status", "shown", "probability", "low", "high")
    table = pd.DataFrame(rows, columns=list(columns), index=survey.index)
    return survey.join(table.astype({"shown": bool, "probability": bool}))


def _row(share: str, n: int, sample: str, confidence: float) -> tuple:
    nan, random = math.nan, sample == "random"
    if not share:
        return nan, nan, nan, "no_share", False, random, nan, nan
    counts = candidates(share, n)
    fraction = float(Fraction(share) / 100)
    if not counts:
        return fraction, nan, nan, "impossible", n >= LEAST_SHOWN, random, nan, nan
    ends = float(counts[0]), float(counts[-1])
    if n < LEAST_SHOWN:
        return fraction, *ends, "too_few", False, random, nan, nan
    status = "possible" if len(counts) == 1 else "ambiguous"
    low, high = _wilson(counts, n, confidence) if random else (nan, nan)
    return fraction, *ends, status, True, random, low, high


def _wilson(counts: list[int], n: int, confidence: float) -> tuple[float, float]:
    """Wilson interval of a share, 0 to 1, over all numbers of people that it may be."""
    from statsmodels.stats.proportion import proportion_confint  # late: takes half a second

    low, _ = proportion_confint(counts[0], n, alpha=1 - confidence, method="wilson")
    _, high = proportion_confint(counts[-1], n, alpha=1 - confidence, method="wilson")
    return float(low), float(high)


def summary(rated: pd.DataFrame) -> pd.DataFrame:
    """One row for each survey: how many shares it prints, how many of them can be, whom they stand for.

    Columns ``survey, n, sent`` (NaN where not published), ``answers`` (printed shares), ``shown, impossible,
    probability, sample`` (how those asked were chosen, ``unstated`` where the rows differ), ``overlap``.

    Parameters
    ----------
    rated
        From `shares`.
    """
    grouped = rated.groupby("survey", sort=False)
    return pd.DataFrame(
        {
            "n": grouped["n"].max(),
            "sent": grouped["sent"].max(),
            "answers": grouped["fraction"].count(),
            "shown": grouped["shown"].sum(),
            "impossible": grouped["status"].agg(lambda statuses: int((statuses == "impossible").sum())),
            "probability": grouped["probability"].all(),
            "sample": grouped["sample"].agg(lambda each: each.iloc[0] if len(set(each)) == 1 else "unstated"),
            "overlap": grouped["overlap"].agg(lambda words: bool((words == "yes").any())),
        }
    ).reset_index()
