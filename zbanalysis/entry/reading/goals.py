"""A goal as a plan states it, the years of the plan, and which goals are one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from zbanalysis.entry.reading.document import HAN

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_MEASURES = (
    "个百分点|微克/立方米|毫克/升|吨标准煤|标准煤|平方公里|平方千米|平方米|立方米|千瓦时|千米|公里|公顷"
    "|公斤|千克|毫克|微克|千瓦|标箱|人次|人年"
    "|户次|件次|分钟|小时|工作日|百分点|美元|车次|架次|课时|学时|场次|人|元|家|个|项|件|张|台|套|辆|户|亩"
    "|米|吨|克|岁|年|天|日|次|所|座|处|条|种|只"
    "|头|支|部|篇|本|期|场|批|对|例|床|强|册|门|份|片|宗|艘|架|班|升|级|分|斤|名|位|组|株|村|镇|里|倍|度"
    "|枚|桩|孔"
)
UNIT = (
    rf"(?:[%％]|‰|/(?:10|十)?万|[十百千]?[万亿]?(?:{_MEASURES})(?:/(?:[百千万亿]?(?:{_MEASURES})|人|户"
    rf"|公里))?|[百千]?[万亿]|[:：]1)"
)
SUFFIX = r"(?:之间|及?以上|及?以下|以内|之内|左右|上下|内)"
DASH = r"\s*(?:[—–~～-]+|至)\s*"
SIGNS = {"≥": "at_least", "≧": "at_least", ">=": "at_least", "≤": "at_most", "≦": "at_most", "<=": "at_most",
          "＞": "more_than", ">": "more_than", "＜": "less_than", "<": "less_than", "约": "about",
         "近": "at_most"}  # fmt: skip
AFTER = {"以上": "at_least", "及以上": "at_least", "以下": "at_most", "及以下": "at_most", "以内": "at_most",
          "之内": "at_most", "内": "at_most", "左右": "about", "上下": "about"}  # fmt: skip
VERBS = {
    "at_most": "不超过|不高于|不大于|不多于|控制在|限制在|压减到|压减至|压缩到|压缩至",
    "less_than": "低于|少于|小于",
    "at_least": "不低于|不少于|不小于|不短于|至少达到",
    "more_than": "高于|超过|大于|多于|突破",
}

FIVES = {"十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026, "十六": 2031}
"""First years of the five-year plans by their numbers."""


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


_TURNED = {"at_least": "at_most", "more_than": "less_than", "at_most": "at_least", "less_than": "more_than"}


def falling(goal: Goal) -> Goal:
    """A change that is a fall: its number below zero, so a fall of at least 13.5 % is at most −13.5.

    Examples
    --------
    >>> goal = falling(Goal("能耗", "cumulative_change", "13.5", "%", "2025", "降低13.5%以上", "at_least"))
    >>> goal.value, goal.comparator
    ('-13.5', 'at_most')
    """
    return replace(goal, value=f"-{goal.value}", comparator=_TURNED.get(goal.comparator, goal.comparator))


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
