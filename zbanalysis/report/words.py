"""Every word shown to a reader, in Chinese and English, by key, and figures and names as a reader reads them.

The words stand in ``words/*.yml``: one file a chapter, and one for whatever else says something;
a missing key is an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import groupby
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING

from zbanalysis.errors import InputError, ZbError

if TYPE_CHECKING:
    import pandas as pd

LANGUAGES = ("zh", "en")
BOTH = "both"
"""Of a file that holds both: the web page."""
NONE = "—"
"""What stands where there is nothing."""


@cache
def _words() -> dict[str, dict[str, str]]:
    import yaml

    # The loader in C is ten times as fast; a Python without it has the other.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    words: dict[str, dict[str, str]] = {}
    for file in sorted(Path(__file__).with_name("words").glob("*.yml")):
        words.update(yaml.load(file.read_text("utf-8"), loader))
    return words


def rehearse() -> None:
    """Read the words for nothing, so that whoever needs them finds them read."""
    _words()


class _Count(int):
    """A whole number that chooses between the words for one and for many: ``{count:target|targets}``."""

    def __format__(self, words: str) -> str:
        one, several, many = words.partition("|")
        return (one if self == 1 else many) if several else format(int(self), words)


class _Reference:
    """A table or figure of the report by its id: ``{ref:survey}``, ``{ref:figure-survey}``."""

    def __format__(self, name: str) -> str:
        return f"{{{{ref:{name}}}}}"


def label(key: str, lang: str, /, **values: object) -> str:
    """The words for a key, with ``{names}`` in them filled in.

    A whole number also chooses between the words for one and for many: ``{count:target|targets}``;
    ``{ref:survey}`` is a reference to a table, ``{ref:figure-survey}`` to a figure.

    Parameters
    ----------
    key
        A key of ``words/*.yml``, such as ``status.ahead``.
    lang
        ``zh`` or ``en``.

    Raises
    ------
    InputError
        If the language is not one of `LANGUAGES`.
    ZbError
        If the key is in none of ``words/*.yml``, or a name in it is not given.

    Examples
    --------
    >>> label("status.ahead", "zh"), label("status.ahead", "en")
    ('快于预期', 'ahead of schedule')
    """
    if lang not in LANGUAGES:
        raise InputError(f"--lang '{lang}' is not known; write zh or en.")
    try:
        counts = {name: _Count(value) for name, value in values.items() if isinstance(value, Integral)}
        return _words()[key][lang].format_map({"ref": _Reference(), **values, **counts})
    except KeyError as error:
        raise ZbError(
            f"report/words/ has no words for {error} (key '{key}', language {lang}); add them."
        ) from None


@cache
def keys() -> tuple[str, ...]:
    """All keys, in alphabetical order."""
    return tuple(sorted(_words()))


def known(key: str) -> bool:
    """Are there words for a key?

    Examples
    --------
    >>> known("status.ahead"), known("status.wonderful")
    (True, False)
    """
    return key in _words()


VERDICT_LIMITS = (0.4, 0.8)
"""`verdict.POSSIBLE` and `verdict.LIKELY`, which a test compares: words load no verdicts."""


def name(row: pd.Series, lang: str) -> str:
    """Name of a target's indicator, with its area where it is not the plan's own."""
    own = row[f"name_{lang}"]
    if row.get("area") == row.get("plan_area", row.get("area")):
        return own
    return f"{row[f'area_{lang}']}{own}" if lang == "zh" else f"{own} ({row[f'area_{lang}']})"


def name_in_text(row: pd.Series, lang: str) -> str:
    """Name within a sentence: English words other than acronyms begin small.

    Examples
    --------
    >>> import pandas as pd
    >>> row = pd.Series({"name_en": "High-tech output", "name_zh": "产值"})
    >>> name_in_text(row, "en"), name_in_text(row.replace("High-tech output", "PCT patents"), "en")
    ('high-tech output', 'PCT patents')
    """
    return within(name(row, lang))


def within(text: str) -> str:
    """Words as they stand within a sentence: the first letter small unless it begins an acronym.

    Examples
    --------
    >>> within("Under the limit"), within("GDP before the census")
    ('under the limit', 'GDP before the census')
    """
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def each(rows: pd.DataFrame, lang: str, phrase: Callable[[pd.Series, str], str] = name_in_text) -> str:
    """A phrase for each row, joined as the language joins them; by default the name of the target."""
    return listing([phrase(row, lang) for _, row in rows.iterrows()], lang)


def named(
    groups: Mapping[str, pd.DataFrame], lang: str, phrase: Callable = name_in_text, **values: object
) -> list[str]:
    """The words of each key whose rows there are, with their ``{count}`` and their ``{names}`` by `each`."""
    some = {key: rows for key, rows in groups.items() if len(rows)}.items()
    return [label(key, lang, count=len(rows), names=each(rows, lang, phrase), **values) for key, rows in some]


def counted(counts: Mapping[str, int], lang: str) -> list[str]:
    """The words of each key whose ``{count}`` is not nought."""
    return [label(key, lang, count=int(count)) for key, count in counts.items() if count]


def status(key: str, final: bool, lang: str) -> str:
    """The official word for a status; after the target year the words say how it ended."""
    return label(f"status.final.{key}" if final else f"status.{key}", lang)


def percent(share: float | None, decimals: int = 1) -> str:
    """A share as a percentage.

    Examples
    --------
    >>> percent(0.875), percent(float("nan"))
    ('87.5%', '—')
    """
    return NONE if missing(share) else f"{number(100 * share, decimals)}%"


def share_of(rate: float, lang: str) -> str:
    """So many of a group, as the head of a sentence: none and all are words, and a hair is neither.

    Examples
    --------
    >>> share_of(0.0, "zh"), share_of(0.0025, "zh"), share_of(0.27, "zh"), share_of(1.0, "en")
    ('没有一个', '有不足1%', '有27%', 'all')
    """
    if rate in (0, 1):
        return label("share_of.all" if rate else "share_of.none", lang)
    rounded = percent(rate, 0)
    words = {"0%": label("chance.least", lang), "100%": label("chance.most", lang)}.get(rounded, rounded)
    return label("share_of.some", lang, rate=words)


def chance(probability: float | None, lang: str) -> str:
    """A chance in whole per cents; never 0 or 100, for nothing ahead is certain.

    Examples
    --------
    >>> chance(0.612, "zh"), chance(0.997, "en"), chance(0.001, "zh")
    ('61%', 'over 99%', '不足1%')
    """
    if missing(probability):
        return NONE
    if probability < 0.01:
        return label("chance.least", lang)
    if probability > 0.99:
        return label("chance.most", lang)
    # 79.8 % must not read as the 80 % from which a target is called within reach.
    crossed = [limit for limit in VERDICT_LIMITS if probability < limit <= round(probability, 2)]
    return percent(min(round(probability, 3), crossed[0] - 0.001), 1) if crossed else percent(probability, 0)


def number(value: float | None, decimals: int = 2) -> str:
    """A computed number with fixed decimals, rounded half up as officials do; never "-0.00".

    Examples
    --------
    >>> number(24.573, 2), number(0.125, 2), number(-0.001, 2)
    ('24.57', '0.13', '0.00')
    """
    if missing(value):
        return NONE
    from decimal import ROUND_HALF_UP, Decimal

    # Twelve digits first: 24.565 that is stored a hair below is meant as 24.565.
    text = str(Decimal(f"{value:.12g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
    return text.lstrip("-") if float(text) == 0 else text


def missing(value: object) -> bool:
    """Whether there is no value."""
    import pandas as pd  # late: messages need words and no frames

    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def period(text: str, lang: str) -> str:
    """A period in words.

    Examples
    --------
    >>> period("2020H1", "zh"), period("2020Q1", "en"), period("2016/2019", "zh")
    ('2020年上半年', 'Q1 2020', '2016—2019年')
    >>> period("2020H1/2020", "zh")
    '2020年上半年—2020年'
    """
    if not text:
        return ""
    if "/" in text:
        begin, end = text.split("/")
        # A year alone needs its 年 once: 2016—2019年, but 2020年上半年—2021年.
        first, last = begin if len(begin) == 4 else period(begin, lang), period(end, lang)
        return label("period.span", lang, first=first, last=last)
    if text.startswith("FY"):
        return label("period.fiscal", lang, year=text[2:])
    year, kind, part = re.fullmatch(r"(\d{4})([QHM]?)(\d*)", text).groups()
    if kind == "H":
        return label("period.half", lang, year=year, half=label(f"period.H{part}", lang))
    if kind == "Q":
        return label("period.quarter", lang, year=year, quarter=label(f"period.Q{part}", lang), number=part)
    if kind == "M":
        return label("period.months", lang, year=year, month=int(part))
    return label("period.year", lang, year=year)


def position(place: float, lang: str) -> str:
    """The period that ends at a position in years; a full year is the year alone.

    Examples
    --------
    >>> position(2019.0, "zh"), position(2019.25, "zh"), position(2019.5, "en")
    ('2019', '2020年一季度', 'H1 2020')
    """
    year, months = int(place), round(12 * (place - int(place)))
    if months == 0:
        return str(year)
    part = {3: "Q1", 6: "H1"}.get(months, f"M{months:02d}")
    return period(f"{year + 1}{part}", lang)


def date(text: str, lang: str) -> str:
    """A day or a month in words; a dash for none.

    Examples
    --------
    >>> date("2020-08-10", "zh"), date("2020-08-10", "en")
    ('2020年8月10日', '10 August 2020')
    >>> date("2018-06", "zh")
    '2018年6月'
    """
    if not text:
        return NONE
    year, month, *day = (int(part) for part in str(text).split("-"))
    given = {"year": year, "month": label(f"month.{month}", lang)}
    return label("date", lang, day=day[0], **given) if day else label("date.month", lang, **given)


def flowing(sentences: list[str], lang: str) -> str:
    """Sentences as one paragraph.

    Examples
    --------
    >>> flowing(["甲。", "乙。"], "zh"), flowing(["One.", "Two."], "en")
    ('甲。乙。', 'One. Two.')
    """
    return ("" if lang == "zh" else " ").join(sentences)


def closed(text: str, lang: str) -> str:
    """A text of somebody else's as a sentence: with a full stop where it ends without one.

    Examples
    --------
    >>> closed("继续推进", "zh"), closed("Go on.", "en")
    ('继续推进。', 'Go on.')
    """
    ends = text.rstrip("”’\"'）)").endswith(tuple("。.！!？?；;"))
    return text if ends else text + ("。" if lang == "zh" else ".")


def listing(words: list[str], lang: str) -> str:
    """Words in a row, joined as the language joins them.

    Examples
    --------
    >>> listing(["甲", "乙", "丙"], "zh"), listing(["a", "b", "c"], "en")
    ('甲、乙、丙', 'a, b and c')
    """
    if lang == "zh":
        # A name that holds the mark itself would make the list impossible to count.
        return ("；" if any("、" in word for word in words) else "、").join(words)
    if any("," in word for word in words):
        return "; ".join(words)
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1] if words else ""]))


def numbering(numbers: Iterable[float], lang: str) -> str:
    """Numbers of rows, runs of three and more drawn together.

    Examples
    --------
    >>> numbering([1, 2, 4, 5, 6], "zh"), numbering([1, 2, 4, 5, 6], "en")
    ('1、2、4—6', '1, 2, 4–6')
    """
    return ("、" if lang == "zh" else ", ").join(runs(numbers, lang))


def runs(numbers: Iterable[float], lang: str) -> list[str]:
    """Numbers in rising order, three and more that follow one another as one.

    Examples
    --------
    >>> runs([6, 1, 2, 4, 5], "zh"), runs([4, 5, 6, 1], "en")
    (['1', '2', '4—6'], ['1', '4–6'])
    """
    ordered, dash = sorted(int(number) for number in numbers), "—" if lang == "zh" else "–"
    texts: list[str] = []
    for _, run in groupby(enumerate(ordered), lambda place: place[1] - place[0]):
        run = [str(number) for _, number in run]
        texts += [f"{run[0]}{dash}{run[-1]}"] if len(run) > 2 else run
    return texts


_HAN = re.compile("[\u2e80-\uffef]")
_UNTORN = re.compile(r"[（“《]*(?:[!-~]+|.)[，。、；：）”》]*")
"""What stays in one line of Chinese: a number or Latin word, and a sign with what it closes or opens."""


def fold(text: str, width: int) -> str:
    r"""Text in lines of at most so many characters; Chinese breaks anywhere, figures and words if longer.

    Examples
    --------
    >>> fold("R&D spending as a share of GDP", 16)
    'R&D spending as\na share of GDP'
    >>> fold("5岁以下儿童死亡率（2025）", 14)
    '5岁以下儿童死亡率\n（2025）'
    """
    if not _HAN.search(text):
        import textwrap

        return "\n".join(textwrap.wrap(text, width))
    lines = [""]
    for piece in _UNTORN.findall(text):
        for part in [piece[start : start + width] for start in range(0, len(piece), width)]:
            if len(lines[-1] + part) > width:
                lines.append("")
            lines[-1] += part if lines[-1] else part.lstrip()
    return "\n".join(line.rstrip() for line in lines)
