"""A published number is an interval: what its printed digits leave open.

2.14 stands for anything from 2.135 up to 2.145.  Growth, differences and ratios of
published figures are therefore intervals too; two statements contradict each other
only where their intervals do not meet.
"""

from __future__ import annotations

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
