"""The pooled fan: the series' own fan and how like windows of other series went on.

The class of a series are the windows of `reference` nearest to it by its profile.  Its
distribution and the own fan are pooled in log-odds,

    logit F = (1 - w) logit F_own + w logit F_class,     w = min(0.8, 2 / n),

so that two points lean on the outside view and twenty on themselves.  A share, ratio, index or
rank whose good way is known has w = min(0.8, 3 / n): what society works at goes on more surely
than a few points show.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.projection import reference
from zbanalysis.projection.fan import GRID, Spread, log_odds, move, own_log_odds
from zbanalysis.projection.features import Features
from zbanalysis.projection.reference import YEARS_AHEAD, Windows

NEAREST = 300
"""Windows in a class; twice as many where each stands beside its mirror image."""
WEIGHTS = (1.5, 1.5, 0.5, 0.5, 0.7, 3.0, 1.0, 0.7)
"""What a difference in each column of `features.PROFILE` counts."""
AT_TWO, AT_THREE = (1, 1, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 1, 1, 1, 0)
"""Which columns count with two and three points: the others say nothing yet."""
SMOOTHING = 3.0
"""Width of the normal curve, in cells of `GRID`, that smooths a class's distribution."""
FARTHER = 0.005
"""A few hundred windows cannot speak of less than one case in two hundred."""
LARGEST_WEIGHT, POINTS_OF_CLASS, POINTS_OF_GOOD_WAY = 0.8, 2.0, 3.0
"""The class weighs as much as so many points, but never all."""
GROWING = 0.85
"""The steps of a class grow with the years to this power, or nearly."""
NEIGHBOURS = ((-2, 1 / 9), (-1, 2 / 9), (0, 3 / 9), (1, 2 / 9), (2, 1 / 9))
"""What a year ahead borrows from the years beside it."""
GOOD_WAY = ("share", "ratio", "index", "rank")
"""Scales that society works at: their class is turned so that growth points the good way."""
_CHUNK = 1000


def weight_of(count: np.ndarray, good: np.ndarray | float = 0.0) -> np.ndarray:
    """Weight of the class for so many points; ``good`` from `good_way`.

    Examples
    --------
    >>> weight_of(np.array([2, 3, 5, 10])).round(3).tolist()
    [0.8, 0.667, 0.4, 0.2]
    >>> weight_of(np.array([2, 3, 5, 10]), 1.0).round(3).tolist()
    [0.8, 0.8, 0.6, 0.3]
    """
    points = np.where(np.asarray(good) == 0, POINTS_OF_CLASS, POINTS_OF_GOOD_WAY)
    return np.minimum(LARGEST_WEIGHT, points / np.maximum(count, 1))


def class_name(scale: str, direction: str, floored: bool = True) -> str:
    """Which windows a series is matched with, one of `CLASSES`.

    What may fall below zero is no amount that grows: it too has windows beside their mirror images.

    Examples
    --------
    >>> class_name("share", "down"), class_name("amount", "up"), class_name("count", "down")
    ('shares_turned', 'growth', 'growth_mirrored')
    """
    if scale in GOOD_WAY:
        return {"up": "shares", "down": "shares_turned"}.get(direction, "shares_mirrored")
    return "growth_mirrored" if direction == "down" or not floored else "growth"


def good_way(scale: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Which way society works at each series: +1, −1, or 0 where that is not known or not measured."""
    told = np.select([direction == "up", direction == "down"], [1.0, -1.0], 0.0)
    return np.where(np.isin(scale, GOOD_WAY), told, 0.0)


CLASSES = ("growth", "growth_mirrored", "shares", "shares_turned", "shares_mirrored")


def class_windows(name: str, length: int, as_of: str | None, left_out: tuple[str, ...] = ()) -> Windows:
    """The windows of a class."""
    shares = name.startswith("shares")
    plain = reference.windows_of(length, shares, reference.edition(as_of) if shares else None, left_out)
    if name.endswith("_turned"):
        return plain.turned()
    return reference.joined([plain, plain.turned()]) if name.endswith("_mirrored") else plain


def nearest(
    profile: np.ndarray, windows: Windows, length: int, number: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nearest windows of each profile, flat: whose they are, which they are, what they weigh."""
    use = np.array(WEIGHTS) * (AT_TWO if length == 2 else AT_THREE if length == 3 else 1)
    theirs, ours = (windows.profile * use).astype(np.float32), (profile * use).astype(np.float32)
    number = min(number, len(theirs) - 1)
    squared = (theirs**2).sum(axis=1)[None] + (ours**2).sum(axis=1)[:, None] - 2 * ours @ theirs.T
    farthest = np.maximum(np.partition(squared, number, axis=1)[:, number, None], 0) + np.float32(1e-6)
    row, column = np.nonzero(squared < farthest)
    # The farthest counts nothing, so that which of two equally far ones is in does not matter.
    near = 1 - np.maximum(squared[row, column], 0) / farthest[row, 0]
    return row, column, windows.weight[column] * near


def _smoothed(counts: np.ndarray) -> np.ndarray:
    """Counts by cell, each spread over its neighbours; what would fall beyond the grid stays at its end."""
    reach = int(3 * SMOOTHING)
    curve = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SMOOTHING) ** 2)
    padded = np.pad(counts, ((0, 0), (reach, reach)), mode="edge")
    width = counts.shape[1]
    return sum(padded[:, at : at + width] * part for at, part in enumerate(curve / curve.sum()))


def class_cumulative(
    profile: np.ndarray, windows: Windows, length: int, ahead: np.ndarray, number: int = NEAREST
) -> np.ndarray:
    """Cumulative probabilities of the class at `GRID`: Q × H × len(GRID).

    A year borrows from the years beside it, their steps stretched to its own, so that what
    single windows did leaves no kink in a fan; beyond `YEARS_AHEAD` all is stretched.
    """
    row, column, weight = nearest(profile, windows, length, number)
    known = np.arange(1, min(int(max(ahead)) + 2, YEARS_AHEAD) + 1)
    raw = {
        int(years): _cumulative(row, windows.cell[column, years - 1], weight, len(profile)) for years in known
    }
    out = np.empty((len(profile), len(ahead), len(GRID)), dtype=np.float32)
    for place, years in enumerate(ahead):
        near = [(min(max(int(years) + apart, 1), YEARS_AHEAD), share) for apart, share in NEIGHBOURS]
        out[:, place] = sum(
            share * _stretched(raw[other], (years / other) ** GROWING) for other, share in near
        )
    return FARTHER / 2 + (1 - FARTHER) * out


def _cumulative(row: np.ndarray, cell: np.ndarray, weight: np.ndarray, rows: int) -> np.ndarray:
    """Share of each row's weight at or below each point of `GRID`."""
    cells = len(GRID) + 1  # the last one holds what had ended
    counts = np.bincount(row * cells + cell, weights=weight, minlength=rows * cells)
    summed = np.cumsum(_smoothed(counts.reshape(rows, cells)[:, :-1].astype(np.float32)), axis=1)
    return summed / np.maximum(summed[:, -1:], 1e-12)


def _stretched(cumulative: np.ndarray, factor: float) -> np.ndarray:
    """The distribution of steps ``factor`` times as large."""
    if factor == 1:
        return cumulative
    place = np.interp(GRID / factor, GRID, np.arange(len(GRID)))
    left = np.minimum(place.astype(int), len(GRID) - 2)
    part = (place - left).astype(np.float32)
    low = cumulative[:, left]
    return low + part * (cumulative[:, left + 1] - low)


def pooled(
    features: Features,
    classes: np.ndarray,
    ahead: np.ndarray,
    table: Spread,
    weight: np.ndarray,
    *,
    as_of: str | None = None,
    left_out: tuple[str, ...] = (),
) -> np.ndarray:
    """Log-odds of the pooled fan at `GRID`: N × H × len(GRID).

    ``classes`` names the class of each series and ``weight`` says what it weighs; ``left_out`` are
    collections that a test keeps from the class.
    """
    out = np.empty((len(classes), len(ahead), len(GRID)), dtype=np.float32)
    weight = np.where(features.unmoved == 1, 0.0, weight)  # no window is like a series that never moved
    length = np.minimum(features.count, reference.LONGEST_WINDOW)
    profile = features.profile()
    for name in np.unique(classes):
        for points in np.unique(length[classes == name]):
            rows = np.flatnonzero((classes == name) & (length == points))
            windows = class_windows(name, int(points), as_of, left_out)
            number = NEAREST * (2 if name.endswith("_mirrored") else 1)
            for part in np.array_split(rows, -(-len(rows) // _CHUNK)):
                of_class = log_odds(class_cumulative(profile[part], windows, int(points), ahead, number))
                own = own_log_odds(features.take(part), ahead, table)
                share = weight[part].astype(np.float32)[:, None, None]
                out[part] = own + share * (of_class - own)
    return out


def class_table(one: Features, name: str, as_of: str | None, number: int) -> pd.DataFrame:
    """The heaviest windows of one series' class; see `project.Projection.windows`."""
    length = int(min(one.count[0], reference.LONGEST_WINDOW))
    windows = class_windows(name, length, as_of)
    number_near = NEAREST * (2 if name.endswith("_mirrored") else 1)
    _, index, weight = nearest(one.profile(), windows, length, number_near)
    order = np.argsort(-weight, kind="stable")[:number]
    chosen = index[order]
    half = len(windows.last) // 2
    turned = np.full(len(chosen), name.endswith("_turned")) | (name.endswith("_mirrored") & (chosen >= half))
    step = np.where(turned[:, None], -1.0, 1.0) * windows.step[chosen] * windows.scale[chosen, None]
    never_negative = np.where(windows.profile[chosen, 6] > 0, -np.inf, 0.0)[:, None]
    after = move(windows.last[chosen, None], step, never_negative, np.array(np.inf))
    return pd.DataFrame(
        {
            "collection": windows.collection[chosen],
            "series": windows.series[chosen],
            "first_year": windows.last_year[chosen] - length + 1,
            "last_year": windows.last_year[chosen],
            "weight": 100 * weight[order] / weight.sum(),
            "turned": turned,
            "last": windows.last[chosen],
            **{f"after_{years}": after[:, years - 1] for years in range(1, YEARS_AHEAD + 1)},
        }
    )
