"""Published digits as intervals."""

from __future__ import annotations

import math

import pytest

from zbanalysis.data import digits


def ends(value: digits.Value) -> tuple[float, float]:
    return float(value.low), float(value.high)


@pytest.mark.parametrize(
    ("published", "half"),
    [("2.14", 0.005), ("5.80", 0.005), ("5.8", 0.05), ("703", 0.5), ("-2.5", 0.05), ("0", 0.5)],
)
def test_half_widths(published, half):
    assert digits.half_width(published) == pytest.approx(half)


def test_trailing_zeros_count():
    assert digits.half_width("2.70") != pytest.approx(digits.half_width("2.7"))


@pytest.mark.parametrize(
    ("published", "low", "high"),
    [("2.14", 2.135, 2.145), ("-2.5", -2.55, -2.45), ("0", -0.5, 0.5), ("900", 899.5, 900.5)],
)
def test_intervals(published, low, high):
    assert ends(digits.printed(published)) == pytest.approx((low, high))


def test_change_takes_the_extremes_of_both_figures():
    # 42.41 - 31.8: from 42.405 - 31.85 to 42.415 - 31.75
    assert ends(digits.change("31.8", "42.41")) == pytest.approx((10.555, 10.665))
    assert ends(digits.change("5.0", "3.0")) == pytest.approx((-2.1, -1.9))


STATED = [
    ("900", "2700", "24.57"),
    ("703", "1800", "20.69"),
    ("403", "550", "6.42"),
    ("25", "30", "3.71"),
    ("160.65", "350", "16.85"),
    ("5.62", "10", "12.22"),
]


@pytest.mark.parametrize(("base", "target", "stated"), STATED)
def test_growth_covers_what_a_naive_search_over_the_digits_finds(base, target, stated):
    def edges(text):
        half = 0.5 / 10 ** (len(text.split(".")[1]) if "." in text else 0)
        return float(text) - half, float(text) + half

    naive = [100 * ((t / b) ** (1 / 5) - 1) for b in edges(base) for t in edges(target)]
    growth = digits.average_growth(base, target, 5)
    assert ends(growth) == pytest.approx((min(naive), max(naive)))
    assert digits.meet(digits.printed(stated), growth)


@pytest.mark.parametrize("wrong", ["24.75", "24.6", "24.54", "200"])
def test_a_rate_that_does_not_follow_does_not_meet(wrong):
    # 900 -> 2700 lies between 24.5546 and 24.5916; "24.6" stands for 24.55 to 24.65 and meets it
    meets = digits.meet(digits.printed(wrong), digits.average_growth("900", "2700", 5))
    assert meets is (wrong == "24.6")


@pytest.mark.parametrize(
    ("base", "target"), [("0", "10"), ("0.4", "0"), ("-1", "3"), ("3", "-1"), ("0.0", "3")]
)
def test_growth_from_or_to_nothing_is_refused(base, target):
    with pytest.raises(
        ValueError, match=f"no average growth from {base} to {target}: both must be above zero"
    ):
        digits.average_growth(base, target, 5)


def test_growth_by_zero_years_is_refused():
    with pytest.raises(ValueError, match="no average growth"):
        digits.average_growth("900", "2700", 0)


def test_growth_needs_the_time_it_says():
    low, high = ends(digits.average_growth("100", "121", 2))
    assert low < 10 < high
    assert not digits.meet(digits.exact("10"), digits.average_growth("100", "121", 3))


def test_meeting_is_symmetric_and_touching_counts():
    cases = [
        ((1, 2), (2, 3), True),
        ((1, 2), (2.1, 3), False),
        ((0, 10), (4, 5), True),
        ((0, 1), (-math.inf, 0), True),
    ]
    for one, other, expected in cases:
        one, other = (digits.Value(math.nan, *edges) for edges in (one, other))
        assert digits.meet(one, other) is expected
        assert digits.meet(other, one) is expected


def known(text: str, status: str, scale: str) -> tuple[float, float]:
    return ends(digits.published(text, status, scale))


def test_what_a_published_figure_leaves_open():
    assert known("6.6", "final", "amount") == (6.55, 6.65)
    assert known("6.6", "lower_bound", "amount") == (6.6, math.inf)
    assert known("100", "upper_bound", "amount") == (0, 100)
    assert known("-0.3", "upper_bound", "ratio") == (-math.inf, -0.3)
    assert known("512", "final", "count") == (512, 512)


def test_arithmetic_takes_the_corners():
    one, other = digits.Value(1.5, 1, 2), digits.Value(6, 4, 8)
    assert ends(digits.add(one, other)) == (5, 10)
    assert ends(digits.subtract(one, other)) == (-7, -2)
    assert ends(digits.multiply(one, other)) == (4, 16)
    assert ends(digits.multiply(digits.Value(0, -1, 2), other)) == (-8, 16)
    assert ends(digits.divide(one, other)) == (0.125, 0.5)
    assert ends(digits.divide(digits.at_least("9"), digits.at_least("6.6"))) == (0, math.inf)


@pytest.mark.parametrize("divisor", [(0, 1), (-1, 1), (-2, 0)])
def test_a_divisor_that_may_be_zero_is_refused(divisor):
    with pytest.raises(ZeroDivisionError, match="divisor may be zero"):
        digits.divide(digits.exact("1"), digits.Value(math.nan, *divisor))


def test_no_intermediate_result_grows_without_limit():
    hundred, large = digits.exact("100"), digits.power(digits.exact("9"), digits.exact("50"))
    larger = digits.power(large, hundred)
    with pytest.raises(ArithmeticError, match="too large"):
        digits.power(larger, hundred)
    with pytest.raises(ArithmeticError, match="too large"):
        digits.power(digits.exact("9" * 300), digits.exact("99.5"))
    assert ends(digits.power(digits.exact("2"), digits.exact("100"))) == (2.0**100, 2.0**100)
