"""A published number is an interval: what its printed digits leave open, carried through arithmetic.

2.14 stands for anything from 2.135 to 2.145.  Growth, differences and ratios of published figures
are intervals too; two statements contradict each other only where their intervals do not meet.
Fractions, not floats: whether 31.835 is printed as 31.83 or 31.84 must not depend on the machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Number = Fraction | float
LARGEST_EXPONENT = 100
"""Plans span years, not centuries; without a limit one statement could keep the machine busy for ever."""

LARGEST_BITS = 20_000
"""Of the numerator or denominator of any intermediate result: six thousand digits."""


@dataclass(frozen=True)
class Value:
    """A figure as printed (``point``), and the least and greatest it may be; either may be infinite."""

    point: Number
    low: Number
    high: Number


def exact(number: str | Number) -> Value:
    """A number that is exactly what it says: a count, or a constant such as 100.

    Examples
    --------
    >>> exact("251").high
    Fraction(251, 1)
    """
    return Value(*[Fraction(number)] * 3)


def printed(text: str) -> Value:
    """A number rounded to the digits printed: 2.14 is anything from 2.135 to 2.145.

    Examples
    --------
    >>> [float(edge) for edge in (printed("2.14").low, printed("2.14").high)]
    [2.135, 2.145]
    """
    half = Fraction(1, 2 * 10 ** decimals(text))
    return Value(Fraction(text), Fraction(text) - half, Fraction(text) + half)


def at_least(text: str) -> Value:
    """A number printed as "over 6.6": from there upwards.

    Examples
    --------
    >>> at_least("6.6").high
    inf
    """
    return Value(Fraction(text), Fraction(text), math.inf)


def at_most(text: str, *, negative: bool = True) -> Value:
    """A number printed as "nearly 100": up to there, from zero where it cannot be ``negative``.

    Examples
    --------
    >>> at_most("100").low, at_most("100", negative=False).low
    (-inf, Fraction(0, 1))
    """
    return Value(Fraction(text), -math.inf if negative else Fraction(0), Fraction(text))


def published(text: str, status: str, scale: str) -> Value:
    """A figure of the data: "over" has no upper end, "nearly" no lower, a count is exact, the rest rounded.

    Examples
    --------
    >>> published("9", "lower_bound", "amount").high, published("703", "final", "count").high
    (inf, Fraction(703, 1))
    """
    if status == "lower_bound":
        return at_least(text)
    if status == "upper_bound":
        return at_most(text, negative=scale not in ("amount", "count", "share"))
    return exact(text) if scale in ("count", "rank") else printed(text)


def decimals(text: str) -> int:
    """How many decimals are printed.

    Examples
    --------
    >>> decimals("2.10"), decimals("703")
    (2, 0)
    """
    return len(text.partition(".")[2])


def half_width(text: str) -> float:
    """Half a unit of the last printed digit.

    Examples
    --------
    >>> half_width("2.14"), half_width("703"), half_width("5.80")
    (0.005, 0.5, 0.005)
    """
    return 0.5 * 10.0 ** -decimals(text)


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


def meet(one: Value, other: Value) -> bool:
    """Whether two figures may be the same number.

    Examples
    --------
    >>> meet(printed("0.21"), change("2.79", "3.00")), meet(printed("0.25"), change("2.79", "3.00"))
    (True, False)
    """
    return one.low <= other.high and other.low <= one.high


def change(base: str, target: str) -> Value:
    """Target minus base, over all that the printed digits leave open.

    Examples
    --------
    >>> rise = change("2.79", "3.00")
    >>> float(rise.low), float(rise.high)
    (0.2, 0.22)
    """
    return subtract(printed(target), printed(base))


def average_growth(base: str, target: str, years: float) -> Value:
    """Average growth in % a year, ``100 ((target / base) ** (1 / years) - 1)``.

    Raises
    ------
    ValueError
        If either figure may be zero or negative; growth is then not defined.

    Examples
    --------
    >>> growth = average_growth("900", "2700", 5)
    >>> round(growth.low, 2), round(growth.high, 2)
    (24.55, 24.59)
    """
    first, last = printed(base), printed(target)
    if first.low <= 0 or last.low <= 0 or years <= 0:
        raise ValueError(
            f"no average growth from {base} to {target}: both must be above zero, and the years between"
        )
    factor = power(divide(last, first), exact(1 / Fraction(years)))
    return Value(*(100 * (float(edge) - 1) for edge in (factor.point, factor.low, factor.high)))


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
    """Quotient; with "over" in both, anything above zero is possible.

    Raises
    ------
    ZeroDivisionError
        If the divisor may be zero.

    Examples
    --------
    >>> each = divide(at_least("9"), at_least("6.6"))
    >>> each.low, each.high
    (0.0, inf)
    """
    if other.low <= 0 <= other.high:
        raise ZeroDivisionError("the divisor may be zero")
    return _corners(one, other, _over)


def power(one: Value, other: Value) -> Value:
    """One number to the power of another; a root needs a base above zero.

    Raises
    ------
    ArithmeticError
        If the base may be zero or negative, the exponent is beyond `LARGEST_EXPONENT`, or the result
        needs more than `LARGEST_BITS`.
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
    if 0 in (one, other):
        return Fraction(0)
    _limit(_bits(one) + _bits(other))
    return one * other


def _over(one: Number, other: Number) -> Number:
    if math.isinf(one) and math.isinf(other):
        return Fraction(1)  # within the other corners, which decide
    _limit(_bits(one) + _bits(other))
    return one / other


def _raised(one: Number, other: Number) -> Number:
    if isinstance(one, Fraction) and isinstance(other, Fraction) and other.denominator == 1:
        _limit(_bits(one) * abs(other.numerator))
        return one**other
    try:
        return float(one) ** float(other)
    except OverflowError:
        raise ArithmeticError("a number too large to compute with") from None


def _bits(number: Number) -> int:
    if isinstance(number, float):
        return 64
    return max(number.numerator.bit_length(), number.denominator.bit_length())


def _limit(bits: int) -> None:
    if bits > LARGEST_BITS:
        raise ArithmeticError("a number too large to compute with")


_SIZES = {"十": 10, "百": 100, "千": 10**3, "万": 10**4, "亿": 10**8}
_ENGLISH_SIZES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_CHINESE = re.compile("([十百千万亿]*)(.*)")
_ENGLISH = re.compile(rf"(?:CNY |RMB )?([\d,]*) ?(?:({'|'.join(_ENGLISH_SIZES)})\b)? ?(.*)")


def sized(unit: str) -> tuple[int, str]:
    """A unit in one language as a power of ten and what is counted; of another size, 0 and the unit.

    Examples
    --------
    >>> sized("万元"), sized("100 million yuan"), sized("%"), sized("5 million yuan")
    ((4, '元'), (8, 'yuan'), (0, '%'), (0, '5 million yuan'))
    """
    times, name = _counted(unit)
    power = len(str(times)) - 1
    return (power, name) if times == 10**power else (0, unit)


def _counted(unit: str) -> tuple[int, str]:
    """How many of what a unit is."""
    if unit.isascii():
        number, size, name = _ENGLISH.fullmatch(unit).groups()
        return int(number.replace(",", "") or 1) * _ENGLISH_SIZES.get(size, 1), name
    sizes, name = _CHINESE.fullmatch(unit).groups()
    return math.prod(_SIZES[size] for size in sizes), name


def unit_size(unit: str, *, money: bool = True) -> Fraction | None:
    """How many yuan, or pieces of what is counted, a unit in one language stands for; None for another.

    Examples
    --------
    >>> int(unit_size("亿元")), int(unit_size("10,000 yuan")), int(unit_size("5 million yuan"))
    (100000000, 10000, 5000000)
    >>> unit_size("亿美元"), unit_size("USD million")
    (None, None)
    """
    times, name = _counted(unit)
    yuan = name in ("yuan", "CNY", "RMB", "元", "元人民币", "人民币元")
    yuan = yuan or (not name and unit.startswith(("CNY", "RMB")))
    return None if money and not yuan else Fraction(times)
