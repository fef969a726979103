"""A goal as a plan states it, the years of the plan, and which goals are one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from zbanalysis.entry.reading.document import HAN


@dataclass(frozen=True)
class Span:
    """The years a plan runs; ``fiscal`` is the month in which its years end, 0 for calendar years."""

    first: int
    last: int
    base: int
    fiscal: int = 0

    def year(self, year: int) -> str:
        """A year as a period.

        Examples
        --------
        >>> Span(2021, 2025, 2020).year(2025), Span(2022, 2026, 2020, 3).year(2026)
        ('2025', 'FY2026')
        """
        return f"FY{year}" if self.fiscal else f"{year}"

    def until(self, period: str) -> str:
        """All years from the first to one."""
        if "/" in period:
            return period
        return f"{self.year(self.first)}/{self.year(int(period[-4:]))}"


@dataclass(frozen=True)
class Goal:
    """One quantitative goal as a target of ``targets.csv`` says it, with the words it was read from.

    ``change`` is a stated change in the indicator's unit, ``per_cent`` one in per cent of the base.
    """

    name: str
    kind: str
    value: str
    unit: str
    period: str
    words: str
    comparator: str = ""
    upper: str = ""
    base_period: str = ""
    base_value: str = ""
    rate: str = ""
    change: str = ""
    per_cent: str = ""
    attribute: str = ""
    office: str = ""
    direction: str = ""
    in_table: bool = False
    context: str = ""
    place: object = field(default=None, compare=False)


_SAME = (("R&D", "研发"), ("地区生产总值", "GDP"), ("国内生产总值", "GDP"), ("PM2.5", "细颗粒物"),
         ("经费", ""), ("支出", "投入"), ("的", ""), ("数量", ""), ("总量", ""), ("总数", ""))  # fmt: skip


def likeness(one: str, other: str) -> float:
    """How much of the shorter name stands in the longer, by pairs of letters or by words, from 0 to 1."""
    bags = []
    for name in (one, other):
        plain = re.sub(r"[（(][^）)]*[)）]|[\s“”、，·]", "" if re.search(f"[{HAN}]", name) else " ", name)
        for old, new in _SAME:
            plain = plain.replace(old, new)
        if re.search(f"[{HAN}]", plain):
            bags.append({plain[n : n + 2] for n in range(len(plain) - 1)} or {plain})
        else:
            bags.append(
                {word.rstrip("s") for word in re.findall(r"[a-z]{3,}", plain.lower())}
                - {"the", "and", "number", "there"}
            )
    small, large = sorted(bags, key=len)
    return len(small & large) / len(small) if small else 0.0


def once(goals: Iterable[Goal]) -> list[Goal]:
    """Each goal once: the row of the table stands for what the text says again."""
    found: list[Goal] = []
    for goal in sorted(goals, key=lambda goal: not goal.in_table):
        if not any(_is_said(goal, other) for other in found):
            found.append(goal)
    return found


def _is_said(goal: Goal, other: Goal) -> bool:
    if goal.in_table and other.in_table:
        return False
    same_time = goal.period[-4:] == other.period[-4:]
    if (
        not same_time
        or goal.kind == "in_words"
        or not other.value
        or not goal.value
        or float(goal.value) != float(other.value)
    ):
        return False
    alike = likeness(goal.name, other.name)
    if goal.unit != other.unit and goal.unit and other.unit and alike < 0.8:
        return False
    return alike >= (0.5 if other.in_table else 0.75)
