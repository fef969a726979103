"""Fans re-read for Chinese science statistics, and widened where a census of GDP lies ahead.

Statistics of this domain have grown more steadily, and together, than the series of the
reference class: in the provincial panel outcomes fell above the middle of their fans much
more often than half the time.  Let z be the normal score of an outcome's place in its fan.
In the panel z is normal about a line in the years ahead,

    z ~ N(m, s²),   m = level + rise · ln(years ahead),

whatever the number of points.  So each probability p of a fan becomes

    (1 - d) Φ((Φ⁻¹(p) - m / (1 - d)) / .9 s) + d Φ(Φ⁻¹(p) / 2.5 s),   d = 1/4:

two or three of the panel's eleven amounts and counts did not share the rise of the others, and
a new indicator may not either.  Where less than a twelfth is left on a side, that would say more
than the panel knows: from there the fan's own log-odds go on, half as fast again, upwards at
least half as steep again over the steps as they were on the way there.  A share moves
less than the amounts in it: it gets a third of m, and nothing else.  The line is fitted anew for
each year on what had been published before it (`calibration/domain.csv`), and not drawn on
beyond the longest span it was fitted on.

A quantity over GDP may meet a new GDP: an economic census takes place every five years, and
the two on record changed the nation's R&D intensity by more than the width of many a fan.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from zbanalysis.projection.fan import GRID, log_odds, probability, quantile_of
from zbanalysis.projection.histories import Nature

UNLIKE, WIDE = 0.25, 2.5
"""How many indicators do not share the domain's rise, and how many times as wide their fans are."""
CORE = 0.9
"""The others' width beside s, which holds the unlike ones too."""
OUTER, TAIL = 2.4, 1.5
"""Log-odds beyond which the fan's own tails count, and how fast they go on."""
ODDS = np.linspace(-12, 12, 961)
"""Log-odds at which the re-reading is worked out; straight between them."""
OF_A_SHARE = 1 / 3
"""Part of the rise that a share has: R&D intensity had .4 in the provinces and none in European regions."""
STOPPING = 6.0
"""How sharply the rise stops at the longest span that was fitted."""

READ_SCALES = ("amount", "count", "ratio", "share", "unknown")
"""Scales that are re-read, where up is not the bad way: nothing in the panel tells how ranks go."""

CENSUSES = (2004, 2008, 2013, 2018, 2023, 2028, 2033)
"""Years of China's economic censuses, after which GDP is published anew."""
CENSUS_CHANGE = 0.025
"""What the censuses of 2018 and 2023 took off the nation's R&D intensity: 2.3 and 2.6 % of it."""


@dataclass(frozen=True)
class Line:
    """A row of ``calibration/domain.csv``: where outcomes fell in their fans, as known before a year."""

    level: float
    rise: float
    width: float
    longest: int


@cache
def line(as_of: dt.date | str | None = None) -> Line | None:
    """The line known on a day (the newest without one); None before the first."""
    table = lines()
    if as_of is not None:
        table = table[table["year"] <= int(str(as_of)[:4])]
    if table.empty:
        return None
    row = table.iloc[-1]
    return Line(row["level"], row["rise"], row["width"], int(row["longest"]))


@cache
def lines() -> pd.DataFrame:
    """The lines by year: ``year, cases, level, rise, width, longest``."""
    return _read("domain.csv").sort_values("year")


def applies(nature: Nature) -> np.ndarray:
    """Which series are re-read."""
    rises = np.isin(nature.scale, READ_SCALES) & (nature.direction != "down")
    return (nature.domain == "science") & rises


def middle(years: np.ndarray, known: Line, share: np.ndarray) -> np.ndarray:
    """The m of each row: it stops rising at the longest span, without a kink."""
    within = (years**-STOPPING + float(known.longest) ** -STOPPING) ** (-1 / STOPPING)
    whole = known.level + known.rise * np.log(within)
    return np.where(share, OF_A_SHARE * whole, whole)


def reread(odds: np.ndarray, years: np.ndarray, known: Line, share: np.ndarray) -> np.ndarray:
    """Log-odds of science statistics, rows × points, re-read; see the module's formula."""
    out = np.empty(odds.shape)
    for ahead, of_share in {(int(a), bool(s)) for a, s in zip(years, share, strict=True)}:
        rows = (years == ahead) & (share == of_share)
        read = np.interp(odds[rows], ODDS, _reading(ahead, known, of_share))
        out[rows] = read if of_share else _thinned(read)
    return out


def _reading(ahead: int, known: Line, share: bool) -> np.ndarray:
    """What `ODDS` become so many years ahead."""
    from scipy.special import ndtr, ndtri

    score = ndtri(probability(ODDS))
    m = middle(np.array([float(ahead)]), known, np.array([share]))
    if share:
        return log_odds(ndtr(score - m))
    alike = ndtr((score - m / (1 - UNLIKE)) / (CORE * known.width))
    mixed = log_odds((1 - UNLIKE) * alike + UNLIKE * ndtr(score / (WIDE * known.width)))
    low, high = np.interp((-OUTER, OUTER), mixed, ODDS)
    mixed = np.where(low > ODDS, -OUTER + TAIL * (ODDS - low), mixed)
    return np.where(high < ODDS, OUTER + TAIL * (ODDS - high), mixed)


def _thinned(odds: np.ndarray) -> np.ndarray:
    """Rows of log-odds, above `OUTER` half as steep again over `GRID` as from the middle to there."""
    place = np.arange(odds.shape[1])
    middle, edge = ((odds < level).sum(axis=1)[:, None] for level in (0, OUTER))
    steep = TAIL * OUTER / np.maximum(edge - middle, 1)
    return np.where(place > edge, np.maximum(odds, OUTER + steep * (place - edge)), odds)


def censuses(last_year: int, target_year: int) -> list[int]:
    """The censuses whose new GDP may lie between two figures.

    The figure of a census year itself is published on the old GDP first.

    Examples
    --------
    >>> censuses(2020, 2025), censuses(2018, 2020), censuses(2019, 2022)
    ([2023], [2018], [])
    """
    return [year for year in CENSUSES if last_year <= year <= target_year]


def census_error(last_year: np.ndarray, target_year: np.ndarray) -> np.ndarray:
    """Standard deviation of what censuses on the way change, as a part of the value."""
    on_the_way = [(last_year <= census) & (census <= target_year) for census in CENSUSES]
    return CENSUS_CHANGE * np.sqrt(np.sum(on_the_way, axis=0))


def widened(odds: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Each row's distribution stretched about its median by an independent error of so many scales."""
    middle_step, low, high = (quantile_of(odds, share) for share in (0.5, 0.16, 0.84))
    factor = np.sqrt(1 + (2 * deviation / np.maximum(high - low, 1e-9)) ** 2)
    read_at = middle_step[:, None] + (GRID - middle_step[:, None]) / factor[:, None]
    return np.array([np.interp(at, GRID, row) for at, row in zip(read_at, odds, strict=True)])


def checks() -> pd.DataFrame:
    """How often the intervals held the outcomes of indicators left out of the fit.

    Returns
    -------
    DataFrame
        ``years`` ahead, ``cases``, ``general80, general95`` (not re-read),
        ``domain80, domain95`` (re-read); shares of 1.
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
    path = files("zbanalysis").joinpath("projection", "calibration", name)
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file)
