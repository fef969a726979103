"""What a plan states: a goal, which goals are one, and on its cover its title, its years and its adoption."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from zbanalysis.data.digits import sized
from zbanalysis.entry.reading import HAN

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
PARTED = r"(?:\.|,(?!(?:19|20)\d\d(?!\d)))\d"
"""Goes on after a number that is none: 12,34 and 1.234,5 are a slip or another way of writing."""
_MEASURES = (
    "TB|PB|GB|Mbps|MW|GW|kW|km|兆瓦|千伏安|分贝|℃|个百分点|微克/立方米|毫克/升|吨标准煤|标准煤|平方公里"
    "|平方千米|平方米|立方米|千瓦时|千米|公里|公顷|公斤|千克|毫克|微克|千瓦|标箱|人次|人年|户次|件次|分钟"
    "|小时|工作日|百分点|美元|车次|架次|课时|学时|场次|人|元|家|个|项|件|张|台|套|辆|户|亩|米|吨|克|岁|年|天"
    "|日|次|所|座|处|条|种|只|头|支|部|篇|本|期|场|批|对|例|床|强|册|门|份|片|宗|艘|架|班|升|级|分|斤|名|位"
    "|组|株|村|镇|里|倍|度|枚|桩|孔"
)
UNIT = (
    rf"(?:[%％]|‰|/(?:10|十)?万|[十百千]?[万亿]?(?:{_MEASURES})(?:/(?:(?:10|十)?[百千万亿]?(?:{_MEASURES})|人|户"
    rf"|公里))?|[百千]?[万亿]|[:：]1)"
)
SUFFIX = r"(?:之间|及?以上|及?以下|以内|之内|左右|上下|内)"
DASH = r"\s*(?:[—–~～-]+|至)\s*"
VERBS = {
    "at_most": "不超过|不高于|不大于|不多于|控制在|限制在|压减到|压减至|压缩到|压缩至",
    "less_than": "低于|少于|小于",
    "at_least": "不低于|不少于|不小于|不短于|至少达到",
    "more_than": "高于|超过|大于|多于|突破",
}
ENGLISH = {
    "at_most": "no more than|not more than|at most|up to|a maximum of|within",
    "less_than": "fewer than|less than|below|under",
    "at_least": "at least|no fewer than|not less than|no less than|a minimum of",
    "more_than": "more than|over|above",
    "about": r"about|around|approximately|approx\.?|c\.|some|roughly|nearly",
}
_SIGNS = {"at_most": "≤|≦|<=", "less_than": "[＜<]", "at_least": "≥|≧|>=", "more_than": "[＞>]",
          "about": "[约近]"}  # fmt: skip
BEFORE = {kind: f"{_SIGNS[kind]}|{VERBS.get(kind, ENGLISH[kind])}|{ENGLISH[kind]}" for kind in _SIGNS}
BEHIND = {
    "at_most": "及?以下|以内|之内|内|or less|or fewer|or below|maximum",
    "at_least": r"及?以上|or more|or above|minimum|\+",
    "about": "左右|上下",
}
"""What words before and behind a figure say of it."""


def compared(words: str | None, kinds: Mapping[str, str] = BEFORE) -> str:
    """What words at a figure say of it; empty where there are none or they say nothing.

    Examples
    --------
    >>> compared("不超过"), compared("At least"), compared("以内", BEHIND), compared("达到")
    ('at_most', 'at_least', 'at_most', '')
    """
    return next((one for one, known in kinds.items() if re.fullmatch(known, words or "", re.I)), "")


_TURNED = {"at_least": "at_most", "more_than": "less_than", "at_most": "at_least", "less_than": "more_than"}
_LIMITS = {"at_most": "ceiling", "less_than": "ceiling", "at_least": "floor", "more_than": "floor"}

LONGEST = 1_000
"""Characters of a sentence; the patterns take the square of them, and no plan has a longer one."""

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

    @property
    def limit(self) -> str:
        """The kind of a goal for every year that its comparator makes of it; empty where it makes none."""
        return _LIMITS.get(self.comparator, "")

    def falling(self) -> Goal:
        """A change that is a fall: its number below zero, so a fall of at least 13.5 % is at most −13.5.

        Examples
        --------
        >>> Goal("能耗", "cumulative_change", "13.5", "%", "2025", "降13.5%以上", "at_least").falling().value
        '-13.5'
        """
        return replace(self, value=f"-{self.value}", comparator=_TURNED.get(self.comparator, self.comparator))

    def every_year(self, span: Span) -> Goal:
        """A level that holds in each year of the plan: a ceiling, else a floor."""
        period, comparator = span.until(span.year(span.last)), self.comparator or "at_least"
        return replace(self, kind=self.limit or "floor", period=period, comparator=comparator)

    def summed(self, span: Span) -> Goal:
        """What all years of the plan make together."""
        return replace(self, kind="cumulative_sum", period=span.until(self.period))


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
            words = {word.rstrip("s") for word in re.findall(r"[a-z]{3,}", plain.lower())}
            bags.append(words - {"the", "and", "number", "there"})
    small, large = sorted(bags, key=len)
    return len(small & large) / len(small) if small else 0.0


def once(goals: Iterable[Goal]) -> list[Goal]:
    """Each goal once: the row of the table stands for what the text says again."""
    unique: list[Goal] = []
    for goal in sorted(goals, key=lambda goal: not goal.in_table):
        if not any(_is_said(goal, other) for other in unique):
            unique.append(goal)
    return unique


def _is_said(goal: Goal, other: Goal) -> bool:
    if goal.in_table and other.in_table:
        return False
    same_time = goal.period[-4:] == other.period[-4:]
    if same_time and goal.kind == other.kind == "in_words":
        return likeness(goal.name, other.name) >= 0.8
    if not same_time or goal.kind == "in_words" or not other.value or not goal.value:
        return False
    # In the bare unit: 1.2 亿吨 are 12000 万吨.
    (power, unit), (other_power, other_unit) = sized(goal.unit), sized(other.unit)
    if Decimal(goal.value).scaleb(power) != Decimal(other.value).scaleb(other_power):
        return False
    alike = likeness(goal.name, other.name)
    if unit != other_unit and unit and other_unit and alike < 0.8:
        return False
    return alike >= (0.5 if other.in_table else 0.75)


# --- what stands before the first chapter ---

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def title(front: Sequence[str], language: str) -> str:
    """The plan's title."""
    if language != "zh":
        plans = r"\b(?:Plan|Strategy|Programme|Program|Framework|Agenda|Contract)\b"
        return next((text for text in front if 1 < len(text.split()) <= 14 and re.search(plans, text)), "")
    kinds = r"(?:规划|计划|方案|纲要)(?:[（(].*[）)])?$"
    others = r"关于印发|20\d\d年\d|号"
    lines = [text for text in _joined_pairs(front) if re.search(kinds, text) and not re.search(others, text)]
    title_of = r"(?:印发|发布|实施)?《([^《》]{4,60}(?:规划|计划|方案|纲要|行动)(?:[（(][^）)]+[）)])?)》"
    quoted = re.search(title_of, re.sub(r"\s", "", "".join(front)))
    longest = max(lines, key=len, default="") or (quoted[1] if quoted else "")
    return re.sub(r"[（(]20\d\d\s*年?[—–~至-]+20\d\d\s*年[)）]$", "", longest)


def _joined_pairs(front: Sequence[str]) -> Iterator[str]:
    """Lines of a cover, and each with the next, for titles are broken."""
    lines = [re.sub(r"\s", "", text) for text in front]
    for n, line in enumerate(lines):
        if len(line) <= 60:
            yield line
        if n + 1 < len(lines) and len(line) + len(lines[n + 1]) <= 60 and "。" not in line:
            yield line + lines[n + 1]


_OFFICES = rf"[{HAN}]{{2,20}}(?:人民政府|政府|办公室|委员会|厅|局|管委会)"


def apart(front: Iterable[str]) -> list[str]:
    """Lines of a cover; a title that fills its line stands apart from the office in the next.

    Examples
    --------
    >>> apart(["甲市国民经济和社会发展规划纲要甲市人民政府", "2021年3月"])
    ['甲市国民经济和社会发展规划纲要', '甲市人民政府', '2021年3月']
    """
    whole = rf"(.{{4,60}}(?:规划|计划|方案|纲要))({_OFFICES})"
    parts = [(re.fullmatch(whole, line.strip()), line) for line in front]
    return [part for match, line in parts for part in (match.groups() if match else (line,))]


def letter(front: Sequence[str]) -> tuple[str, str, str]:
    """Who adopted a plan, when (day or month), and the document's number."""
    publisher = adopted = number = ""
    for text in (re.sub(r"\s+", "" if re.search(f"[{HAN}]", text) else " ", text) for text in front):
        text = text.removesuffix("文件")
        if match := re.fullmatch(r"[^\d，。：]{1,12}[〔\[（(]20\d\d[〕\]）)]\d+号", text):
            number = match[0]
        english = re.fullmatch(r"(?:[A-Z][\w’'-]*\s?|of |the |and ){1,8}", text)
        is_office = english and re.search(r"Council|Government|Ministry|Authority|Commission", text)
        if (is_office or re.fullmatch(rf"{_OFFICES}|[{HAN}]{{2,20}}委", text)) and text not in publisher:
            publisher = f"{publisher}、{text}" if publisher and not number else text
        day = _day(text)
        if day and (len(day) == 10 or len(adopted) < 10):  # a whole day says more than a month
            adopted = day
    return publisher, adopted, number


def is_day(text: str) -> bool:
    """Whether a line is a day and nothing else, which is no heading: ``14 December 2023``."""
    return bool(re.fullmatch(rf"\d{{1,2}}(?:st|nd|rd|th)? (?:{'|'.join(MONTHS)}),? 20\d\d", text))


def _day(text: str) -> str:
    han = str.maketrans("〇○零一二三四五六七八九", "000123456789")
    plain = re.sub("[〇○零一二三四五六七八九]{4}(?=年)", lambda match: match[0].translate(han), text)
    plain = re.sub("[一二三四五六七八九十]+(?=[月日])", lambda match: str(_number(match[0])), plain)
    if match := re.search(r"(20\d\d)年(\d{1,2})月(?:(\d{1,2})日)?", plain):
        return f"{match[1]}-{int(match[2]):02}" + (f"-{int(match[3]):02}" if match[3] else "")
    if match := re.search(rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+)?({'|'.join(MONTHS)})\s+(20\d\d)", text):
        return f"{match[3]}-{MONTHS.index(match[2]) + 1:02}" + (f"-{int(match[1]):02}" if match[1] else "")
    return ""


def _number(text: str) -> int:
    """A Chinese number up to 99.

    Examples
    --------
    >>> _number("十一"), _number("二十"), _number("三")
    (11, 20, 3)
    """
    tens, ten, ones = text.partition("十")
    digit = "零一二三四五六七八九".find
    return 10 * max(digit(tens), 1) + max(digit(ones), 0) if ten else digit(text)


def span(front: Sequence[str], whole: str, language: str) -> Span:
    """The years a plan runs, by its cover, its first lines or its name."""
    heads = "\n".join(front)
    if language != "zh":
        return _english_span(heads, f"{heads}\n{whole[:20000]}")
    plain = re.sub(r"[ \t\u3000]", "", f"{heads}\n{whole[:20000]}")
    base = re.search(r"基期(?:年)?(?:为|是|：)?(20\d\d)年", plain)
    years = r"(20\d\d)年?(?:[—–~～至到-]+)(20\d\d)年"
    named = re.search(rf"(?:规划期|期限|实施期|时间)[^。\n]{{0,8}}?{years}", plain)
    named = named or re.search(rf"[（(\n]{years}[）)\n]?", plain)
    five = re.search(r"(?:第|“)?(十[一二三四五六])(?:个五年|五”?)", heads)
    five = five or re.search(r"“(十[一二三四五六])五”(?:规划|时期|期间)", plain)
    if named:
        first, last = int(named[1]), int(named[2])
    elif five:
        first, last = FIVES[five[1]], FIVES[five[1]] + 4
    else:
        until = [int(year) for year in re.findall(r"到(20\d\d)年", plain)]
        last = max(set(until), key=until.count, default=2025)
        first = last - 4
    return Span(first, last, int(base[1]) if base and int(base[1]) < first else first - 1)


_FISCAL = r"(?:FY|[Ff](?:iscal|inancial) [Yy]ears?)\s?"


def _as_fiscal(text: str) -> str:
    """Fiscal years by the year they end in.

    Examples
    --------
    >>> _as_fiscal("FY2022/23 – FY2026/27"), _as_fiscal("fiscal year 2025"), _as_fiscal("2022/2023")
    ('FY2023 – FY2027', 'FY2025', 'FY2023')
    """
    ended = re.sub(rf"\b(?:{_FISCAL})?(20\d\d)/(?:20)?\d\d\b", lambda match: f"FY{int(match[1]) + 1}", text)
    return re.sub(rf"\b{_FISCAL}(?=20\d\d\b)", "FY", ended)


def _english_span(heads: str, text: str) -> Span:
    heads, text = _as_fiscal(heads), _as_fiscal(text)
    base = re.search(r"(?:FY)?(20\d\d) (?:is|are|was) used as the base|[Bb]aseline \(?(?:FY)?(20\d\d)", text)
    year = int(base[1] or base[2]) if base else 0
    fiscal = re.search(r"FY(20\d\d)\s*(?:to|[–—-])\s*FY(20\d\d)", text) or re.search("FY(20..)", heads)
    named = re.search(r"\b(20\d\d)\s*(?:to|[–—-])\s*(20\d\d)\b", text)
    month = 0
    if fiscal:
        months = "|".join(MONTHS)
        ends = re.search(rf"ends? (?:on )?(?:the )?(?:\d+ |in )?({months})|to (?:\d+ )?({months})\b", text)
        month = MONTHS.index(ends[1] or ends[2]) + 1 if ends else 3
        first, last = int(fiscal[1]), int(fiscal[fiscal.lastindex])
    else:
        years = [int(one) for one in re.findall(r"[Bb]y (20\d\d)", text)]
        last = int(named[2]) if named else max(set(years), key=years.count, default=2030)
        first = int(named[1]) if named else last - 4
    return Span(first, last, year if 0 < year < first else first - 1, month)
