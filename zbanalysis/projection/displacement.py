"""Moves that cannot leave a series' bounds: the one transformation of the projection.

A *displacement* says how far a series moves from its last value ``y``.  Away from a
bound it is the plain difference.  Towards a bound each further step counts against
the room that is left, so the bound is approached and never passed:

    downwards  y + x            becomes  lower + (y - lower) * exp(x / (y - lower)),   x < 0
    upwards    y + x            becomes  upper - (upper - y) * exp(-x / (upper - y)),  x > 0

For a small move the two agree with ``y + x``; a fall of a positive series is then
counted in per cent, and a share near 100 % slows down before it.
"""

from __future__ import annotations

import numpy as np


def moved(last: np.ndarray, displacement: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return where a displacement leads.

    Parameters
    ----------
    last
        Last observed values, in the unit of the series.
    displacement
        Moves in the same unit; positive is upwards.
    lower, upper
        Bounds in the same unit; ``-inf`` and ``inf`` for none.

    Examples
    --------
    >>> moved(np.array([10.0]), np.array([-5.0]), np.array([0.0]), np.array([np.inf])).round(3).tolist()
    [6.065]
    """
    last, displacement, lower, upper = np.broadcast_arrays(last, displacement, lower, upper)
    value = last + displacement
    falling = np.isfinite(lower) & (displacement < 0)
    rising = np.isfinite(upper) & (displacement > 0)
    value[falling] = lower[falling] + _shrunk(last[falling] - lower[falling], -displacement[falling])
    value[rising] = upper[rising] - _shrunk(upper[rising] - last[rising], displacement[rising])
    return value


def displacement_to(last: np.ndarray, value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Return the displacement that leads from ``last`` to ``value``: the inverse of `moved`.

    A value at or beyond a bound needs an infinite displacement.

    Examples
    --------
    >>> bound = np.array([0.0]), np.array([np.inf])
    >>> displacement_to(np.array([10.0]), np.array([6.0653066]), *bound).round(3).tolist()
    [-5.0]
    """
    given = (np.asarray(array, dtype=float) for array in (last, value, lower, upper))
    last, value, lower, upper = np.broadcast_arrays(*given)
    displacement = value - last
    falling = np.isfinite(lower) & (value < last)
    rising = np.isfinite(upper) & (value > last)
    displacement[falling] = -_stretched(last[falling] - lower[falling], value[falling] - lower[falling])
    displacement[rising] = _stretched(upper[rising] - last[rising], upper[rising] - value[rising])
    return displacement


def _shrunk(room: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Room that is left after a step towards a bound (no room stays no room)."""
    safe = np.where(room > 0, room, 1.0)
    return np.where(room > 0, safe * np.exp(-step / safe), 0.0)


def _stretched(room: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Step that leaves ``left`` of ``room``; infinite where nothing is left."""
    safe = np.where(left > 0, left, 1.0)
    return np.where(left > 0, room * np.log(np.where(left > 0, room, 1.0) / safe), np.inf)
