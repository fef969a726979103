"""What printed digits leave open, carried through arithmetic without an error of its own.

Fractions, not floats: whether 31.835 is printed as 31.83 or 31.84 must not hang on the machine.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Number = Fraction | float
LARGEST_EXPONENT = 100
"""Plans span years, not centuries; without a limit one statement could keep the machine busy for ever."""


@dataclass(frozen=True)
class Value:
    """A figure: as printed (``point``), and the least and greatest it may be; ``high`` may be infinite."""

    point: Number
    low: Number
    high: Number


def exact(digits: str) -> Value:
    """A number that is exactly what it says: a count, or a constant such as 100.

    Examples
    --------
    >>> exact("251").high
    Fraction(251, 1)
    """
    return Value(*[Fraction(digits)] * 3)


def printed(digits: str) -> Value:
    """A number rounded to the digits printed: 2.14 is anything from 2.135 to 2.145.

    Examples
    --------
    >>> [float(edge) for edge in (printed("2.14").low, printed("2.14").high)]
    [2.135, 2.145]
    """
    half = Fraction(1, 2 * 10 ** decimals(digits))
    return Value(Fraction(digits), Fraction(digits) - half, Fraction(digits) + half)


def at_least(digits: str) -> Value:
    """A number printed as "over 6.6": from there upwards.

    Examples
    --------
    >>> at_least("6.6").high
    inf
    """
    return Value(Fraction(digits), Fraction(digits), math.inf)


def published(digits: str, status: str, scale: str) -> Value:
    """A figure of the data: "over" has no upper end, a count is exact, all else is rounded.

    Examples
    --------
    >>> published("9", "lower_bound", "amount").high, published("703", "final", "count").high
    (inf, Fraction(703, 1))
    """
    if status == "lower_bound":
        return at_least(digits)
    return exact(digits) if scale == "count" else printed(digits)


def decimals(digits: str) -> int:
    """How many decimals are printed.

    Examples
    --------
    >>> decimals("2.10"), decimals("703")
    (2, 0)
    """
    return len(digits.partition(".")[2])


def rounded(number: Number, places: int) -> str:
    """A number as it would be printed with so many decimals, half up, as officials round.

    Examples
    --------
    >>> rounded(Fraction("31.835"), 2), rounded(Fraction(452, 251) * 100, 0)
    ('31.84', '180')
    """
    # Thirty digits are beyond every printed figure; a root, the only float, is true to fifteen.
    exactly = number if isinstance(number, Fraction) else Fraction(f"{number:.13g}")
    scaled = Decimal(exactly.numerator * 10**places) / Decimal(exactly.denominator)
    whole = scaled.quantize(Decimal(1), ROUND_HALF_UP)
    return str(whole.scaleb(-places)) if whole else str(Decimal(0).scaleb(-places))


def add(one: Value, other: Value) -> Value:
    """Sum."""
    return Value(one.point + other.point, one.low + other.low, one.high + other.high)


def subtract(one: Value, other: Value) -> Value:
    """Difference."""
    return Value(one.point - other.point, one.low - other.high, one.high - other.low)


def multiply(one: Value, other: Value) -> Value:
    """Product."""
    return _corners(one, other, _times)


def divide(one: Value, other: Value) -> Value:
    """Quotient.

    Raises
    ------
    ZeroDivisionError
        If the divisor may be zero.
    """
    if other.low <= 0 <= other.high:
        raise ZeroDivisionError("the divisor may be zero")
    return _corners(one, other, _over)


def power(one: Value, other: Value) -> Value:
    """One number to the power of another; a root needs a base above zero.

    Raises
    ------
    ArithmeticError
        If the base may be zero or negative, or the exponent is beyond `LARGEST_EXPONENT`.
    """
    if max(abs(other.low), abs(other.high)) > LARGEST_EXPONENT:
        raise ArithmeticError(f"the exponent is beyond {LARGEST_EXPONENT}")
    if one.low <= 0:
        raise ZeroDivisionError("a power needs a base above zero")
    return _corners(one, other, _raised)


def _corners(one: Value, other: Value, operation: Callable[[Number, Number], Number]) -> Value:
    """Extremes stand at the corners, for each operation is monotone in either number."""
    corners = [operation(left, right) for left in (one.low, one.high) for right in (other.low, other.high)]
    return Value(operation(one.point, other.point), min(corners), max(corners))


def _times(one: Number, other: Number) -> Number:
    return Fraction(0) if 0 in (one, other) else one * other


def _over(one: Number, other: Number) -> Number:
    if math.isinf(one) and math.isinf(other):
        return Fraction(1)  # within the other corners, which decide
    return one / other


def _raised(one: Number, other: Number) -> Number:
    if isinstance(one, Fraction) and isinstance(other, Fraction) and other.denominator == 1:
        return one**other
    return float(one) ** float(other)
