"""What those asked have said: shares, the whole numbers of people behind them, how far they carry.

A printed share of n people is a whole number of people: 86.7 % of 75 can only be 65 (the GRIM
test).  A share that no whole number gives is a slip of the document.  An interval is given for
random samples alone: whoever answers a questionnaire that was sent out has chosen to, and the
formulas for chance would say nothing of those who did not.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pandas as pd

from zbanalysis.data import package, read
from zbanalysis.data.digits import printed

COLUMNS = (
    "survey",
    "plan",
    "question",
    "text_zh",
    "text_en",
    "n",
    "share",
    "sample",
    "overlap",
    "source",
    "locator",
    "note",
)
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
        The columns of ``survey.csv``, in the order of the file; ``n`` a whole number.

    Examples
    --------
    >>> int(load(package.load(), "zibo-13", "2020-08-10")["n"].iloc[0])
    75
    """
    package.plan_row(dataset, plan)
    path = Path(dataset.folder) / "survey.csv"
    if not path.exists():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS}).astype({"n": int})
    table = read.table(path, COLUMNS[:-1], COLUMNS[-1:], may_be_empty=True)
    published = dataset.sources.set_index("source")["date_published"]
    known = table["source"].map(published).fillna("9999") <= package.parse_date(as_of).isoformat()
    return table[known & (table["plan"] == plan)].reset_index(drop=True).astype({"n": int})


def candidates(published: str, n: int) -> list[int]:
    """Whole numbers of people, of n, whose share in % is printed as these digits.

    A share s printed with half a unit h stands for s - h up to, and without, s + h; the
    numbers k with s - h <= 100 k / n < s + h are tried exactly, without floats.

    Examples
    --------
    >>> candidates("86.7", 75), candidates("42.7", 75), candidates("86.0", 75)
    ([65], [32], [])
    """
    said = printed(published)
    first, last = math.ceil(said.low * n / 100), math.ceil(said.high * n / 100) - 1
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
    found = [_row(row.share, row.n, row.sample, confidence) for row in survey.itertuples(index=False)]
    columns = ("fraction", "count_low", "count_high", "status", "shown", "probability", "low", "high")
    table = pd.DataFrame(found, columns=list(columns), index=survey.index)
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


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """One row for each survey, with how many shares it prints and how many of them can be.

    Columns ``survey, n, answers`` (printed shares), ``shown, impossible, probability, overlap``.

    Parameters
    ----------
    found
        From `shares`.
    """
    grouped = found.groupby("survey", sort=False)
    return pd.DataFrame(
        {
            "n": grouped["n"].max(),
            "answers": grouped["fraction"].count(),
            "shown": grouped["shown"].sum(),
            "impossible": grouped["status"].agg(lambda statuses: int((statuses == "impossible").sum())),
            "probability": grouped["probability"].all(),
            "overlap": grouped["overlap"].agg(lambda words: bool((words == "yes").any())),
        }
    ).reset_index()
