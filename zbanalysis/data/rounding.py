"""A published number is an interval: what its printed digits leave open.

2.14 stands for anything from 2.135 up to 2.145.  Growth, differences and ratios of
published figures are therefore intervals too; two statements contradict each other
only where their intervals do not meet.
"""

from __future__ import annotations

import math
from fractions import Fraction

Interval = tuple[float, float]


def half_width(published: str) -> float:
    """Half a unit of the last printed digit.

    Examples
    --------
    >>> half_width("2.14"), half_width("703"), half_width("5.80")
    (0.005, 0.5, 0.005)
    """
    return 0.5 * 10.0 ** -len(published.partition(".")[2])


def interval(published: str) -> Interval:
    """The least and the greatest number that is printed as these digits.

    Examples
    --------
    >>> interval("2.5")
    (2.45, 2.55)
    """
    return float(published) - half_width(published), float(published) + half_width(published)


def change(base: str, target: str) -> Interval:
    """Target minus base, over all that the digits leave open.

    Examples
    --------
    >>> [round(edge, 3) for edge in change("2.79", "3.00")]
    [0.2, 0.22]
    """
    (base_low, base_high), (low, high) = interval(base), interval(target)
    return low - base_high, high - base_low


def average_growth(base: str, target: str, years: float) -> Interval:
    """Average growth in % a year, ``100 ((target / base) ** (1 / years) - 1)``.

    Raises
    ------
    ValueError
        If either figure may be zero or negative; growth is then not defined.

    Examples
    --------
    >>> [round(edge, 2) for edge in average_growth("900", "2700", 5)]
    [24.55, 24.59]
    """
    (base_low, base_high), (low, high) = interval(base), interval(target)
    if base_low <= 0 or low <= 0 or years <= 0:
        raise ValueError(
            f"no average growth from {base} to {target}: both must be above zero, and the years between"
        )
    return 100 * ((low / base_high) ** (1 / years) - 1), 100 * ((high / base_low) ** (1 / years) - 1)


def meet(one: Interval, other: Interval) -> bool:
    """Whether two intervals have a number in common.

    Examples
    --------
    >>> meet((1, 2), (2, 3)), meet((1, 2), (2.1, 3))
    (True, False)
    """
    return one[0] <= other[1] and other[0] <= one[1]


def exact_interval(published: str) -> tuple[Fraction, Fraction]:
    """`interval` without an error of its own, for tests at the very edge.

    Examples
    --------
    >>> exact_interval("2.5")
    (Fraction(49, 20), Fraction(51, 20))
    """
    half = Fraction(1, 2 * 10 ** len(published.partition(".")[2]))
    return Fraction(published) - half, Fraction(published) + half


def known(published: str, status: str, scale: str) -> Interval:
    """What a published figure leaves open: a count is exact, "over 6.6" has no end, all else is rounded.

    Examples
    --------
    >>> known("6.6", "lower_bound", "amount"), known("512", "final", "count")
    ((6.6, inf), (512.0, 512.0))
    """
    if status == "lower_bound":
        return float(published), math.inf
    return (float(published), float(published)) if scale == "count" else interval(published)


def total(*parts: Interval) -> Interval:
    """Sum of figures, over all that each leaves open.

    Examples
    --------
    >>> total((1, 2), (10, 11)), total((1, 2), (6.6, math.inf))
    ((11, 13), (7.6, inf))
    """
    return sum(low for low, _ in parts), sum(high for _, high in parts)


def difference(one: Interval, other: Interval) -> Interval:
    """One figure less another.

    Examples
    --------
    >>> difference((10, 11), (1, 2))
    (8, 10)
    """
    return one[0] - other[1], one[1] - other[0]


def product(one: Interval, other: Interval) -> Interval:
    """One figure times another, neither below zero.

    Raises
    ------
    ValueError
        If either may be below zero.

    Examples
    --------
    >>> product((2, 3), (10, 20))
    (20, 60)
    """
    if min(one[0], other[0]) < 0:
        raise ValueError("a product of figures that may be below zero is not given; use their differences")
    return one[0] * other[0], one[1] * other[1]


def ratio(one: Interval, other: Interval) -> Interval:
    """One figure for each unit of another; with "over" in both, anything above zero is possible.

    Parameters
    ----------
    one, other
        Not below zero, the divisor above it; the upper ends may be infinite.

    Raises
    ------
    ValueError
        If the divisor may be zero, or either may be below zero.

    Examples
    --------
    >>> ratio((6, 7), (2, 3.5)), ratio((9, math.inf), (6.6, math.inf))
    ((1.7142857142857142, 3.5), (0.0, inf))
    """
    if other[0] <= 0 or one[0] < 0:
        raise ValueError("a ratio needs a divisor above zero and no figure below it")
    return one[0] / other[1], one[1] / other[0]
