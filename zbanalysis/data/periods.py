"""Published periods and where they stand on the time axis.

A period is written as the document dates the figure: ``2019`` a year, ``2020Q1`` a
quarter, ``2020H1`` a half, ``2020M09`` the months to September, ``2016/2019`` a sum
published over several years, ``FY2018`` the fiscal year that ends in 2018.  Its *position*
is the data cut-off in years: a full year Y stands at Y, so the first half of 2020 stands
at 2019.5, half a year before the full year 2020.  Fiscal years are counted as whole years:
FY2018 stands at 2018, whatever its last month, and is compared with other fiscal years.
The elapsed share of a plan is measured between positions.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import TYPE_CHECKING

from zbanalysis.errors import sentence

if TYPE_CHECKING:
    import pandas as pd

PATTERN = r"([0-9]{4})(?:(Q[1-4])|(H[12])|M(0[1-9]|1[0-2]))?|FY([0-9]{4})"
_PERIOD = re.compile(PATTERN, re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_MONTHS = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "H1": 6, "H2": 12}
_SPLIT_YEAR = re.compile(r"([0-9]{4})\s*[/–—-]\s*(?:[0-9]{2})?([0-9]{2})", re.ASCII)


def last_month(period: str) -> tuple[int, int]:
    """Year and month with which a period ends; of a fiscal year, December of the year it is named for.

    Raises
    ------
    ValueError
        If the text is no period; two consecutive years (``2017/18``) may be a fiscal year or a sum of
        two years, and are refused with both ways to write them.

    Examples
    --------
    >>> last_month("2020H1"), last_month("2016/2019"), last_month("FY2018")
    ((2020, 6), (2019, 12), (2018, 12))
    """
    fiscal = split_year(period)
    if fiscal:
        ways = sentence("fiscal_year", "en", end=fiscal, first=fiscal - 1)
        raise ValueError(f"'{period}' may be a fiscal year or a sum of two years; write {ways}")
    ends = [_PERIOD.fullmatch(part) for part in period.split("/")]
    months = [_end(match) for match in ends if match]
    mixed = len({match[5] is None for match in ends if match}) > 1
    wrong = len(ends) > 2 or len(months) < len(ends) or mixed or (len(ends) == 2 and months[0] >= months[1])
    if wrong or not all(_FIRST_YEAR <= year <= _LAST_YEAR for year, _ in months):
        raise ValueError(f"'{period}' is no period; write {sentence('period', 'en')}")
    return months[-1]


def _end(match: re.Match[str]) -> tuple[int, int]:
    year, quarter, half, month, fiscal = match.groups()
    return int(year or fiscal), int(month) if month else _MONTHS[quarter or half or "Q4"]


def split_year(text: str) -> int | None:
    """The year in which a fiscal year ends that is written as two years; None for any other text.

    Examples
    --------
    >>> split_year("2017/18"), split_year("2017/2018"), split_year("2016/2019")
    (2018, 2018, None)
    """
    match = _SPLIT_YEAR.fullmatch(text)
    if not match or (int(match[1]) + 1) % 100 != int(match[2]) or len(text) not in (7, 9):
        return None
    end = int(match[1]) + 1
    return end if len(text) == 7 or text.endswith(str(end)) else None


def position(period: str) -> float:
    """Data cut-off of a period in years; a full year Y is exactly Y.

    Examples
    --------
    >>> position("2019"), position("2020Q1"), position("2020H1")
    (2019.0, 2019.25, 2019.5)
    """
    year, month = last_month(period)
    return year - 1 + month / 12


def start(period: str) -> float:
    """Position at which the period begins, so that its length is ``position - start``.

    Examples
    --------
    >>> start("2019"), start("2020Q2"), start("2016/2019")
    (2018.0, 2019.25, 2015.0)
    """
    first = period.partition("/")[0].removeprefix("FY")
    quarter = re.fullmatch(r"(\d{4})Q([1-4])", first)
    if quarter:
        return int(quarter[1]) - 1 + (int(quarter[2]) - 1) / 4
    if first.endswith("H2"):
        return int(first[:4]) - 0.5
    return float(int(first[:4]) - 1)


def end_date(period: str, fiscal_end: int = 12) -> dt.date:
    """Last day of a period; a fiscal year ends with the month ``fiscal_end`` of the year it is named for.

    Examples
    --------
    >>> end_date("2020Q1"), end_date("FY2018", 3)
    (datetime.date(2020, 3, 31), datetime.date(2018, 3, 31))
    """
    year, month = last_month(period)
    month = fiscal_end if period.startswith("FY") else month
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def is_part_year(period: str) -> bool:
    """Whether the figure covers less than a full year.

    Examples
    --------
    >>> is_part_year("2020H1"), is_part_year("2020"), is_part_year("2016/2019")
    (True, False, False)
    """
    return position(period) - start(period) < 1


def with_positions(frame: pd.DataFrame) -> pd.DataFrame:
    """Frame with ``position``, ``start`` and ``part_year`` beside its periods."""
    texts, different = frame["period"], frame["period"].unique()
    end, begin = (texts.map({one: at(one) for one in different}).astype(float) for at in (position, start))
    return frame.assign(position=end, start=begin, part_year=end - begin < 1)


def begin_date(period: str, fiscal_end: int = 12) -> dt.date:
    """First day of a period; a fiscal year begins after the month ``fiscal_end`` of the year before.

    Examples
    --------
    >>> begin_date("2020H2")
    datetime.date(2020, 7, 1)
    """
    year, part = divmod(start(period), 1)
    if period.startswith("FY") and fiscal_end < 12:
        return dt.date(int(year), fiscal_end + 1, 1)
    return dt.date(int(year) + 1, round(part * 12) + 1, 1)
