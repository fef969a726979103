"""What a plan says of itself before its first chapter: title, years, who adopted it and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zbanalysis.entry.reading.document import HAN
from zbanalysis.entry.reading.goals import FIVES, Span

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def title(front: Sequence[str], language: str) -> str:
    """The plan's title."""
    if language == "zh":
        whole = "".join(re.sub(r"\s", "", text) for text in front)
        quoted = re.search(
            r"(?:印发|发布|实施)?《([^《》]{4,60}(?:规划|计划|方案|纲要|行动)(?:[（(][^）)]+[）)])?)》", whole
        )
        lines = [
            text
            for text in _joined_pairs(front)
            if re.search(r"(?:规划|计划|方案|纲要)(?:[（(].*[）)])?$", text)
        ]
        lines = [text for text in lines if not re.search(r"关于印发|20\d\d年\d|号", text)]
        found = max(lines, key=len, default="") or (quoted[1] if quoted else "")
        return re.sub(r"[（(]20\d\d\s*年?[—–~至-]+20\d\d\s*年[)）]$", "", found)
    words = [text for text in front if 1 < len(text.split()) <= 14]
    return next(
        (
            text
            for text in words
            if re.search(r"\b(?:Plan|Strategy|Programme|Program|Framework|Agenda|Contract)\b", text)
        ),
        "",
    )


def _joined_pairs(front: Sequence[str]) -> Iterator[str]:
    """Lines of a cover, and each with the next, for titles are broken."""
    lines = [re.sub(r"\s", "", text) for text in front]
    for n, line in enumerate(lines):
        if len(line) <= 60:
            yield line
        if n + 1 < len(lines) and len(line) + len(lines[n + 1]) <= 60 and "。" not in line:
            yield line + lines[n + 1]


def letter(front: Sequence[str]) -> tuple[str, str, str]:
    """Who adopted a plan, when (day or month), and the document's number."""
    publisher = adopted = number = ""
    for text in (re.sub(r"\s+", "" if re.search(f"[{HAN}]", text) else " ", text) for text in front):
        if match := re.fullmatch(r"[^\d，。：]{1,12}[〔\[（(]20\d\d[〕\]）)]\d+号", text):
            number = match[0]
        if re.fullmatch(rf"[{HAN}]{{2,20}}(?:人民政府|政府|办公室|委员会|厅|局|管委会|委)", text) or (
            re.fullmatch(r"(?:[A-Z][\w’'-]*\s?|of |the |and ){1,8}", text)
            and re.search(r"Council|Government|Ministry|Authority|Commission", text)
        ):
            publisher = (
                publisher
                if text in publisher
                else (f"{publisher}、{text}" if publisher and not number else text)
            )
        day = _day(text)
        if day and (len(day) == 10 or len(adopted) < 10):  # a whole day says more than a month
            adopted = day
    return publisher, adopted, number


def _day(text: str) -> str:
    han = str.maketrans("〇○零一二三四五六七八九", "000123456789")
    plain = re.sub("[〇○零一二三四五六七八九]{4}(?=年)", lambda match: match[0].translate(han), text)
    plain = re.sub("[一二三四五六七八九十]+(?=[月日])", lambda match: str(_number(match[0])), plain)
    if match := re.search(r"(20\d\d)年(\d{1,2})月(?:(\d{1,2})日)?", plain):
        return f"{match[1]}-{int(match[2]):02}" + (f"-{int(match[3]):02}" if match[3] else "")
    if match := re.search(rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+)?({'|'.join(_MONTHS)})\s+(20\d\d)", text):
        return f"{match[3]}-{_MONTHS.index(match[2]) + 1:02}" + (f"-{int(match[1]):02}" if match[1] else "")
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
    return (
        (max(digit(tens), 1) if tens else 1) * 10 + max(digit(ones), 0)
        if ten and ones
        else ((max(digit(tens), 1) if tens else 1) * 10 if ten else digit(text))
    )


def span(front: Sequence[str], whole: str, language: str) -> Span:
    """The years a plan runs, by its cover, its first lines or its name."""
    heads = "\n".join(front)
    plain = (
        re.sub(r"[ \t\u3000]", "", heads + "\n" + whole[:20000])
        if language == "zh"
        else heads + "\n" + whole[:20000]
    )
    if language == "zh":
        base = re.search(r"基期(?:年)?(?:为|是|：)?(20\d\d)年", plain)
        named = re.search(
            r"(?:规划期|期限|实施期|时间)[^。\n]{0,8}?(20\d\d)年?(?:[—–~～至到-]+)(20\d\d)年", plain
        ) or re.search(r"[（(\n](20\d\d)年?(?:[—–~～至到-]+)(20\d\d)年[）)\n]?", plain)
        five = re.search(r"“?(十[一二三四五六])五”?", heads) or re.search(
            r"“(十[一二三四五六])五”(?:规划|时期|期间)", plain
        )
        first, last = (
            (int(named[1]), int(named[2]))
            if named
            else ((FIVES[five[1]], FIVES[five[1]] + 4) if five else (0, 0))
        )
        if not first:
            years = [int(year) for year in re.findall(r"到(20\d\d)年", plain)]
            last = max(set(years), key=years.count) if years else 2025
            first = last - 4
        return Span(first, last, int(base[1]) if base and int(base[1]) < first else first - 1)
    fiscal = re.search(r"(20\d\d)/(\d\d)\s*(?:to|[–—-])\s*(20\d\d)/(\d\d)", plain)
    base = re.search(
        r"(20\d\d)(?:/(\d\d))? (?:is|are|was) used as the base|[Bb]aseline \(?(20\d\d)(?:/(\d\d))?", plain
    )
    year = next((int(g) for g in (base[1], base[3]) if g), 0) + bool(base[2] or base[4]) if base else 0
    if fiscal:
        months = "|".join(_MONTHS)
        ends = re.search(rf"ends? (?:on \d+ |in )({months})|to ({months})\b", plain)
        month = _MONTHS.index(ends[1] or ends[2]) + 1 if ends else 3
        first, last = int(fiscal[1]) + 1, int(fiscal[3]) + 1
        return Span(first, last, year if 0 < year < first else first - 1, month)
    named = re.search(r"\b(20\d\d)\s*(?:to|[–—-])\s*(20\d\d)\b", plain)
    years = [int(one) for one in re.findall(r"[Bb]y (20\d\d)", plain)]
    last = int(named[2]) if named else (max(set(years), key=years.count) if years else 2030)
    first = int(named[1]) if named else last - 4
    return Span(first, last, year if 0 < year < first else first - 1)
