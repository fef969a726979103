"""What a cell says: a figure as printed with its period, an amount with its unit, a judgement in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

import pandas as pd

from zbanalysis.data import schema
from zbanalysis.report import words
from zbanalysis.report.blocks import Cell, Column
from zbanalysis.report.words import label


def number(value: float | None, decimals: int = 2, *, before: str = "", after: str = "") -> Cell:
    """A computed number with fixed decimals, and words around it.

    Examples
    --------
    >>> cell = number(0.035, 3, after=" pp")
    >>> cell, cell.value, cell.pattern
    ('0.035 pp', 0.035, '0.000')
    """
    if words.missing(value):
        return Cell(words.NONE)
    shown = words.number(value, decimals)
    return Cell(f"{before}{shown}{after}", float(value), _pattern(decimals), before, after)


def count(name: str) -> Callable[[pd.Series, str], Cell]:
    """The cells of a column of whole numbers."""
    return lambda row, _: number(row[name], 0)


def percent(share: float | None, decimals: int = 1) -> Cell:
    """A share as a percentage.

    Examples
    --------
    >>> cell = percent(0.875)
    >>> cell, cell.value, cell.pattern
    ('87.5%', 0.875, '0.0%')
    """
    if words.missing(share):
        return Cell(words.NONE)
    return Cell(words.percent(share, decimals), float(share), f"{_pattern(decimals)}%")


def chance(probability: float | None, lang: str) -> Cell:
    """A chance in whole per cents; words where it is next to nothing or nearly certain.

    Examples
    --------
    >>> chance(0.612, "zh").value, chance(0.999, "en"), chance(0.999, "en").value
    (0.612, 'over 99%', None)
    """
    text = words.chance(probability, lang)
    if words.missing(probability) or not 0.01 <= probability <= 0.99:
        return Cell(text)
    return Cell(text, float(probability), "0.0%" if "." in text else "0%")


def chance_shown(row: pd.Series, lang: str) -> Cell:
    """The chance of a target that is printed."""
    return chance(row["chance_shown"], lang)


def printed(digits: str, *, before: str = "", after: str = "") -> Cell:
    """A published figure with its digits, perhaps a percentage, and words around it; a dash for none.

    Examples
    --------
    >>> cell = printed("2.70", after=" (2020)")
    >>> cell, cell.value, cell.pattern, printed("86.7%").value
    ('2.70 (2020)', 2.7, '0.00', 0.867)
    """
    if not digits:
        return Cell(words.NONE)
    text, bare, per_cent = f"{before}{digits}{after}", digits.rstrip("%"), digits.endswith("%")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return Cell(text)
    pattern = _pattern(len(bare.partition(".")[2])) + "%" * per_cent
    return Cell(text, float(value / 100 if per_cent else value), pattern, before, after)


def _pattern(decimals: int) -> str:
    return "0." + "0" * decimals if decimals else "0"


def target_columns(floor: float | tuple = 0, name: Callable = words.name) -> list[Column]:
    """Number and name of a target, the first columns of most tables."""
    return [Column("order", count("order"), "right"), Column("indicator", name, floor=floor)]


def headings(columns: tuple[str, ...], lang: str) -> list[str]:
    """Headings of columns in the reader's language."""
    return [label(f"column.{column}", lang) for column in columns]


def reason(text: str, numbers: object, lang: str) -> str:
    """A reason with the numbers of the targets it concerns; it begins a sentence, so it begins large.

    Examples
    --------
    >>> reason("base value not published", [2, 3], "en")
    'Base value not published: No. 2, 3.'
    """
    large = text[:1].upper() + text[1:]
    return label("text.reason", lang, reason=large, numbers=words.numbering(numbers, lang))


def reasons(rows: pd.DataFrame, column: str, lang: str, key: str = "") -> list[str]:
    """For each reason in a column the numbers of the targets it concerns; its words are those of a key."""
    return [
        reason(label(f"{key}.{why}", lang) if key else why, group["order"], lang)
        for why, group in rows[rows[column] != ""].groupby(column, sort=False)
    ]


_TIMES = ("10,000 ", "100 million ")
"""With what an English unit of many begins."""


def quantity(digits: str, row: pd.Series, lang: str) -> Cell:
    """A figure with its unit as a sentence has it; English counts in thousands and millions.

    Examples
    --------
    >>> money = pd.Series({"unit_zh": "亿元", "unit_en": "100 million yuan"})
    >>> quantity("1.65", money, "zh"), quantity("1.65", money, "en"), quantity("133.68", money, "en")
    ('1.65亿元', 'CNY 165 million', 'CNY 13.368 billion')
    >>> quantity("0.4", pd.Series({"unit_en": "10,000 persons"}), "en")
    '4,000 persons'
    >>> quantity("15.7", pd.Series({"unit_zh": "1/10万"}), "zh")
    '15.7（1/10万）'
    """
    unit = row[f"unit_{lang}"]
    if unit[:1].isdigit() and (not unit.startswith(_TIMES) or lang == "zh"):  # 1/10万, 2015=100
        return printed(digits, after=bracketed(unit, lang))
    if lang == "zh" or unit == "%":
        return printed(digits, after=unit)
    if unit == "rank":
        return printed(digits, before="rank ")
    times, _, name = unit.partition(" yuan") if unit.endswith(" yuan") else unit.partition(" ")
    scale = {"10,000": 10**4, "100 million": 10**8}.get(times)
    if scale is None or not digits:
        return printed(digits, after=f" {unit}")
    before, after = ("CNY ", "") if unit.endswith(" yuan") else ("", f" {name}")
    total = Decimal(digits.replace("−", "-")) * scale
    for size, words_of_it in ((10**9, " billion"), (10**6, " million")):
        if abs(total) >= size:
            return printed(f"{(total / size).normalize():f}", before=before, after=words_of_it + after)
    return Cell(f"{before}{total.normalize():,f}{after}", float(total), "#,##0", before, after)


def worded(key: str, lang: str, figure: Cell, /, **values: object) -> Cell:
    """A figure within the words of a key, which have it as ``{value}``.

    Examples
    --------
    >>> cell = worded("comparator.at_least", "en", printed("95"))
    >>> cell, cell.value, cell.before
    ('≥ 95', 95.0, '≥ ')
    """
    before, _, after = label(key, lang, value="\0", **values).partition("\0")
    return figure.within(before, after)


def base(row: pd.Series, lang: str) -> Cell:
    """The base as printed, with its year."""
    period = words.period(row["base_period"], lang)
    return printed(row["published_base_value"], after=bracketed(period, lang))


def target(row: pd.Series, lang: str, *, unit: bool = False) -> Cell:
    """The target as printed, with its unit if asked for; growth and limits say what they are.

    A target in words is its words; a comparator is said where the plan prints one, and of limits always.
    A change says which way: a fall of 13.5 with ``at_most`` −13.5 falls by 13.5 at least.
    """
    text, kind, stated = row["published_target_value"], row["kind"], row.get("comparator", "")
    if kind in (*schema.IN_WORDS, *schema.RELATIVE):
        return _in_words(row, lang)
    if kind in schema.CHANGES:
        return _change(row, lang, unit=unit)
    if kind in schema.RANGES:
        figure = Cell(f"{text or words.NONE}–{row['published_target_upper']}")
    elif (unit and text) or (kind in schema.MEANS and row[f"unit_{lang}"] == "%"):
        figure = quantity(text, row, lang)
    else:
        figure = printed(text)
    down = schema.DIRECTIONS.get(kind, row.get("direction")) == "down"
    if kind in schema.EVERY_YEAR:
        stated = stated or ("at_most" if down else "at_least")
    if stated:
        figure = worded(f"comparator.{stated}", lang, figure)
    return worded(f"target.{kind}", lang, figure)


_TURNED = {"at_most": "at_least", "less_than": "more_than", "at_least": "at_most", "more_than": "less_than"}


def _change(row: pd.Series, lang: str, *, unit: bool) -> Cell:
    """A growth or change by its size and way; the sign is in the words."""
    text, kind, stated = row["published_target_value"], row["kind"], row.get("comparator", "")
    falls, size = text.startswith("-"), text.lstrip("-")
    if kind in schema.GROWTHS:
        figure = printed(size, after="%")
    elif unit and size:
        figure = with_unit(printed(size), row, lang) if row["scale"] == "share" else quantity(size, row, lang)
    else:
        figure = printed(size)
    if stated:
        figure = worded(f"comparator.{_TURNED.get(stated, stated) if falls else stated}", lang, figure)
    return worded(f"target.{kind}.{'fall' if falls else 'rise'}", lang, figure)


def _in_words(row: pd.Series, lang: str) -> Cell:
    """A target in the plan's own words; relative to another series without words, in ours."""
    if row.get(f"words_{lang}"):
        return Cell(row[f"words_{lang}"])
    if row["kind"] in schema.IN_WORDS or not row.get(f"other_{lang}"):
        return Cell(label(f"target.{row['kind']}", lang))
    usual = "at_most" if row.get("direction") == "down" else "at_least"
    other, distance = words.within(row[f"other_{lang}"]), row["published_target_value"]
    text = label(f"target.relative.{row.get('comparator') or usual}", lang, other=other)
    return Cell(f"{text} {distance}" if distance else text)


def current(row: pd.Series, lang: str, *, unit: bool = False) -> Cell:
    """The newest figure as printed, with its unit if asked for and its period; a mark where it is not final.

    Of a sum, a mean of yearly rates or published changes it is what all years until then make together.
    """
    if not row["current_period"]:
        return Cell(words.NONE)
    digits, period = row["current_published"], row["current_period"]
    all_years = row["kind"] in (*schema.OVER_YEARS, *schema.CHANGES) and row.get("is_sum_complete")
    if all_years:
        places = len(digits.partition(".")[2])
        first, spans, _ = row["target_period"].partition("/")
        if not spans:  # from the base to one year
            first = f"{'FY' * first.startswith('FY')}{row['base_position'] + 1:.0f}"
        digits = words.number(row["accumulated"], places).replace(",", "")
        last = period.partition("/")[2].removesuffix("Q4") or period
        period = period if last == first else f"{first}/{last}"
    spoken = words.period(period, lang)
    if all_years and row["kind"] in schema.MEANS and "/" in period:
        spoken = label("current.mean", lang, period=spoken)
    parts = [spoken, label(f"figure_status.{row['current_status']}", lang)]
    said = bracketed(("，" if lang == "zh" else ", ").join(filter(None, parts)), lang)
    return quantity(digits, row, lang).within(after=said) if unit else printed(digits, after=said)


def bracketed(text: str, lang: str) -> str:
    """Words in the brackets of the language."""
    return f"（{text}）" if lang == "zh" else f" ({text})"


def judgement_key(row: Mapping) -> str:
    """The key of the words for a status; a target not met that cannot be judged says that much.

    Examples
    --------
    >>> judgement_key({"status": "ahead", "final": False, "reached": False, "reason": ""})
    'status.ahead'
    >>> judgement_key({"status": "not_assessable", "final": False, "reached": True, "reason": "no_base"})
    'reached.yes'
    """
    status, final = row["status"], ".final" if row["final"] else ""
    if status == "not_assessable" and not words.missing(row["reached"]):
        if final:
            status = "reached" if row["reached"] else "behind"
        elif not unfollowed(row):
            return "reached.yes" if row["reached"] else "reached.no"
    return f"status{final}.{status}"


def judgement(row: pd.Series, lang: str) -> str:
    """The official word for a status; in brackets that it cannot be judged where it only says what is met."""
    key = judgement_key(row)
    open_ = bracketed(label("status.not_assessable", lang), lang) if key.startswith("reached.") else ""
    return label(key, lang) + open_


def asked(row: pd.Series, lang: str) -> Cell:
    """What the plan asks a year, with its unit."""
    return amount(row["asked"], row["asked_measure"], row, lang)


def needed(row: pd.Series, lang: str) -> Cell:
    """What is needed each year from now on, with its unit; nothing where it is decided."""
    if row.get("verdict") in ("cannot", "missed"):
        return Cell(words.NONE)
    return bounded(amount(row["needed"], row["needed_measure"], row, lang), row, lang, with_figure=False)


def bounded(shown: Cell, row: pd.Series, lang: str, *, with_figure: bool = True) -> Cell:
    """What follows from a newest figure that is a least or a most is one as well.

    ``with_figure``: for an indicator that is to rise it rises with the figure, as a completion does; what is
    still needed falls.
    """
    status = row.get("current_status", "")
    if status not in ("lower_bound", "upper_bound") or shown == words.NONE:
        return shown
    least = (status == "lower_bound") == (with_figure == (row["direction"] == "up"))
    return worded(f"amount_words.{'at_least' if least else 'at_most'}", lang, shown)


def unfollowed(row: Mapping) -> bool:
    """No figure since the base: a completion of zero would say what is not known."""
    return row["reason"] == "no_new_figure"


def followed(row: pd.Series, name: str, decimals: int = 1) -> Cell:
    """A share, such as the completion, of a target with a figure since its base."""
    return percent(None if unfollowed(row) else row[name], decimals)


def amount(value: float, measure: str, row: pd.Series, lang: str) -> Cell:
    """An average growth, change or sum a year with its unit."""
    if not measure or words.missing(value):
        return Cell(words.NONE)
    if measure == "growth":
        return printed(f"{words.number(value, 2)}%")
    if measure == "rate":  # a value of the indicator, and no change of it
        return quantity(change(value, row), row, lang)
    return with_unit(change(value, row), row, lang)


def with_unit(figure: Cell, row: pd.Series, lang: str) -> Cell:
    """A change with its unit: points of what is in per cent, else the indicator's own."""
    if row["scale"] == "share" or row.get(f"unit_{lang}") == "%":
        return worded("needed.change", lang, figure, unit=label("unit.points", lang))
    return quantity(figure, row, lang)


def change(value: float, row: pd.Series) -> Cell:
    """A change in the indicator's unit: of amounts and counts with one decimal, else with two digits."""
    if row["scale"] not in ("count", "amount"):
        return number(value, 2 if abs(value) >= 0.1 or not value else 3)
    return number(value, 0 if float(value).is_integer() else 1)


def total_change(row: pd.Series, lang: str) -> Cell:
    """What is to change from base to target, with its unit; as many digits as the printed figures have."""
    if words.missing(row["asked_change"]):
        return Cell(words.NONE)
    return with_unit(number(row["asked_change"], decimals(row)), row, lang)


def between(low: str, high: str, lang: str, *, signed: bool = False) -> str:
    """Two ends of an interval; with a sign before an end the language may write it otherwise."""
    return label("interval.signed" if signed else "interval", lang, low=low, high=high)


def interval80(row: pd.Series, lang: str) -> str:
    """The two ends of the 80 % interval in the indicator's unit."""
    if words.missing(row["low80"]):
        return words.NONE
    low, high = (words.number(row[end], decimals(row)) for end in ("low80", "high80"))
    return between(low, high, lang, signed=row["low80"] < 0)


def computed(value: float, row: pd.Series) -> Cell:
    """A computed value of the indicator, one digit finer than what is printed, without idle zeros."""
    text = words.number(value, decimals(row) + 1)
    return printed("" if text == words.NONE else text.rstrip("0").rstrip(".") if "." in text else text)


def decimals(row: pd.Series) -> int:
    """Decimals that the printed base and target have."""
    printed_ones = (row["published_base_value"], row["published_target_value"])
    return max(len(text.partition(".")[2]) for text in printed_ones)


def stated(row: pd.Series, _: str = "") -> Cell:
    """The average rate, or the cumulative change in 〔 〕, as the plan prints it."""
    if row["published_stated_rate"]:
        return printed(f"{row['published_stated_rate']}%")
    return printed(row["published_stated_change"], before="〔", after="〕")
