"""Can a printed percentage come from whole numbers (the GRIM test, and its kin for growth of a count)?

Source: Brown and Heathers (2017), "The GRIM Test", Social Psychological and Personality Science 8(4).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from zbanalysis.data.digits import Number, rounded

MOST = 10_000_000
"""Whole numbers are looked for up to here."""


def grim(share: str, n: int, places: int | None = None) -> list[int]:
    """Whole numbers of people out of ``n`` that are printed as this share.

    Parameters
    ----------
    share
        The share in %, digits as printed.
    n
        How many were asked.
    places
        Decimals to which shares are printed; by default as many as ``share`` has.

    Returns
    -------
    list of int
        Empty where no whole number gives the share: it cannot be right.

    Examples
    --------
    >>> grim("86.7", 75), grim("86.5", 75)
    ([65], [])
    """
    places = len(share.partition(".")[2]) if places is None else places
    wanted = rounded(Fraction(share), places)
    near = round(float(share) * n / 100)
    span = round(n * 0.6 * 10**-places / 100) + 2
    tried = range(max(0, near - span), min(n, near + span) + 1)
    return [count for count in tried if rounded(Fraction(100 * count, n), places) == wanted]


def growth_bases(growth: str, count: int) -> list[int]:
    """Whole bases from which a count grew by this many per cent.

    Examples
    --------
    >>> growth_bases("217", 19), growth_bases("220", 19)
    ([6], [])
    """
    return fitting(lambda base: 100 * (Fraction(count, base) - 1), growth)


def fitting(value_of: Callable[[int], Number], printed: str, start: int = 1) -> list[int]:
    """Whole numbers for which a monotone function is printed as these digits, the first and last if many.

    Parameters
    ----------
    value_of
        Rises throughout or falls throughout, as arithmetic does in a figure that stands once.
    printed
        Digits as printed.
    start
        Least number tried.

    Examples
    --------
    >>> fitting(lambda people: people / 75 * 100, "48")
    [36]
    """
    places = len(printed.partition(".")[2])
    rising = value_of(start) <= value_of(start + 1)

    def at_or_past(number: int) -> bool:
        """Whether the value for this number has come up to what is printed."""
        value = float(rounded(value_of(number), places))
        return value >= float(printed) if rising else value <= float(printed)

    def past(number: int) -> bool:
        """Whether it is beyond what is printed."""
        return at_or_past(number) and rounded(value_of(number), places) != printed

    first, after = _first(at_or_past, start), _first(past, start)
    if after - first <= 3:
        return list(range(first, after))
    return [first, after - 1]


def _first(holds: Callable[[int], bool], start: int) -> int:
    """Least number from which something holds, by halving."""
    low, high = start, MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
