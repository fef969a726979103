"""Fans re-read for science and technology statistics of Chinese regions.

The general calibration of `projection` holds over collections of every sort.  Statistics
of this domain have grown more steadily than most series: in the provincial panel the
outcomes fell above the middle of their fans much more often than half the time.  So for
indicators of this domain each probability is re-read through how the provinces' outcomes
fell: the outcome's place u in its fan is taken as Beta(a, b) distributed, with a and b
fitted to the panel by number of points and years ahead (the beta transform of Gneiting
and Ranjan, Electronic Journal of Statistics 7, 2013).  The fan keeps its shape and its bounds;
only the levels at which it is read change.

`zbanalysis.projection.domain_build` (`make reference`) rebuilds the table from the panel and checks
it on indicators that were left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from zbanalysis.projection import project
from zbanalysis.projection.spread import calibration

POINTS = (2, 3, 5, 8)
"""Histories of at least so many points share a row of the table."""

YEARS_AHEAD = 6
"""Beyond, the last row of the table serves."""

TABLE = "domain.csv"


def quantile(ahead: project.Projection, probability: float) -> np.ndarray:
    """Values not exceeded with this probability, one per row of the projection (NaN with a reason).

    Parameters
    ----------
    ahead
        From `project.project`.
    probability
        Strictly between 0 and 1.
    """
    from scipy.stats import beta

    usable = (ahead.rows["reason"] == "").to_numpy()
    shape = _shapes(ahead.fan.count, ahead.rows.loc[usable, "horizon"].to_numpy(dtype=float))
    found = np.full(len(ahead.rows), np.nan)
    within = np.empty(int(usable.sum()))
    for pair in np.unique(shape, axis=0):
        rows = np.flatnonzero((shape == pair).all(axis=1))
        within[rows] = ahead.fan.take(rows).quantile(float(beta.ppf(probability, *pair)), calibration())
    found[usable] = within
    return found


def to_frame(ahead: project.Projection, levels: Iterable[float] = (80, 95)) -> pd.DataFrame:
    """The projection as a table, re-read for the domain; see `project.Projection.to_frame`."""
    frame = ahead.rows[["series", "year"]].assign(mean=quantile(ahead, 0.5))
    for level in levels:
        frame[f"lo{level:g}"] = quantile(ahead, 0.5 - level / 200)
        frame[f"hi{level:g}"] = quantile(ahead, 0.5 + level / 200)
    return frame.assign(reason=ahead.rows["reason"])


def chance(ahead: project.Projection, targets: pd.DataFrame) -> pd.DataFrame:
    """Chance that each target is reached in its year, re-read for the domain.

    Parameters and result as for `project.Projection.chance`.
    """
    from scipy.stats import beta

    known = ahead.chance(targets)
    last = ahead.rows.drop_duplicates("series").set_index("series")
    first_year = targets["series"].map(last["year"]).astype("float64")
    counts = pd.Series(ahead.fan.count, index=ahead.rows.loc[ahead.rows["reason"] == "", "series"])
    count = targets["series"].map(counts[~counts.index.duplicated()]).fillna(POINTS[0]).to_numpy(dtype=float)
    years = (targets["year"] - first_year + 1).fillna(1).to_numpy(dtype=float)
    shape = _shapes(count, years)
    up = (targets["direction"] == "up").to_numpy()
    place = np.where(up, 1 - known["chance"], known["chance"])
    reached = beta.cdf(place, shape[:, 0], shape[:, 1])
    return known.assign(chance=np.where(up, 1 - reached, reached))


def _shapes(count: np.ndarray, years: np.ndarray) -> np.ndarray:
    """The pair (a, b) of each row."""
    group = np.searchsorted(POINTS, count, side="right") - 1
    ahead = np.clip(years.astype(int), 1, YEARS_AHEAD) - 1
    return _table()[np.clip(group, 0, None), ahead]


@cache
def _table() -> np.ndarray:
    """Points × years ahead × (a, b)."""
    return (
        _read(TABLE)
        .sort_values(["points", "years"])[["a", "b"]]
        .to_numpy()
        .reshape(len(POINTS), YEARS_AHEAD, 2)
    )


def checks() -> pd.DataFrame:
    """How often the intervals held the outcomes of indicators left out of the fit.

    Returns
    -------
    DataFrame
        ``years`` ahead, ``cases``, ``general80, general95`` (the general calibration),
        ``domain80, domain95`` (re-read for the domain); shares of 1.
    """
    return _read("domain_checks.csv")


def reliability() -> pd.DataFrame:
    """Chances of growth targets for indicators left out of the fit, against how often they were met.

    Returns
    -------
    DataFrame
        ``from, to, cases, chance, reached``.
    """
    return _read("domain_reliability.csv")


def panel_size() -> dict[str, int]:
    """How many ``provinces`` and ``indicators`` the panel holds that the checks were made on.

    Examples
    --------
    >>> sorted(panel_size())
    ['indicators', 'provinces']
    """
    row = _read("domain_panel.csv").iloc[0]
    return {name: int(row[name]) for name in ("provinces", "indicators")}


def _read(name: str) -> pd.DataFrame:
    with files("zbanalysis.projection").joinpath("calibration", name).open(encoding="utf-8") as file:
        return pd.read_csv(file)
