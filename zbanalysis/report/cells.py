"""Single cells: a figure as printed with its period, an amount with its unit, a judgement in words."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import pandas as pd

from zbanalysis.report import words
from zbanalysis.report import words as wording
from zbanalysis.report.blocks import Cell
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


def headings(columns: tuple[str, ...], lang: str) -> list[str]:
    """Headings of columns in the reader's language."""
    return [label(f"column.{column}", lang) for column in columns]


def reason(words: str, numbers: object, lang: str) -> str:
    """A reason with the numbers of the targets it concerns; it begins a sentence, so it begins large.

    Examples
    --------
    >>> reason("base value not published", [2, 3], "en")
    'Base value not published: No. 2, 3.'
    """
    return label(
        "text.reason", lang, reason=words[:1].upper() + words[1:], numbers=wording.numbering(numbers, lang)
    )


def base(row: pd.Series, lang: str) -> str:
    """The base as printed, with its year."""
    text = row["published_base_value"]
    if not text:
        return wording.NONE
    return f"{text}{_bracketed(wording.period(row['base_period'], lang), lang)}"


def target(row: pd.Series, lang: str, unit: str = "") -> str:
    """The target as printed, with a unit if one is given; growth and limits say what they are."""
    text = row["published_target_value"] or wording.NONE
    if row["kind"] == "range":
        text = f"{text}–{row['published_target_upper']}"
    in_percent = row["kind"] in ("average_growth", "cumulative_change")  # the words say so themselves
    return label(f"target.{row['kind']}", lang, value=text if in_percent else text + unit)


def current(row: pd.Series, lang: str) -> str:
    """The newest figure as printed, with its period; a mark where it is no final figure."""
    if not row["current_period"]:
        return wording.NONE
    words = [
        wording.period(row["current_period"], lang),
        label(f"figure_status.{row['current_status']}", lang),
    ]
    separator = "，" if lang == "zh" else ", "
    return f"{row['current_published']}{_bracketed(separator.join(filter(None, words)), lang)}"


def _bracketed(text: str, lang: str) -> str:
    return f"（{text}）" if lang == "zh" else f" ({text})"


def judgement(row: pd.Series, lang: str) -> str:
    """The official word for the status; a target not met that cannot be judged says that much."""
    if row["final"] and row["status"] == "not_assessable" and not wording.missing(row["reached"]):
        return wording.status("reached" if row["reached"] else "behind", final=True, lang=lang)
    words = wording.status(row["status"], bool(row["final"]), lang)
    if row["status"] == "not_assessable" and not wording.missing(row["reached"]) and not unfollowed(row):
        own = label("reached.yes" if row["reached"] else "reached.no", lang)
        return f"{own}{_bracketed(words, lang)}"
    return words


def needed(row: pd.Series, lang: str) -> str:
    """What is needed each year from now on, with its unit."""
    return amount(row["needed"], row["needed_measure"], row, lang)


def unfollowed(row: pd.Series) -> bool:
    """No figure since the base: a completion of zero would say what is not known."""
    return row["reason"] == "no_new_figure"


def amount(value: float, measure: str, row: pd.Series, lang: str) -> str:
    """An average growth, change or sum a year with its unit."""
    if not measure or wording.missing(value):
        return wording.NONE
    unit = label("unit.points", lang) if row["scale"] == "share" else wording.unit(row, lang)
    return label(
        f"needed.{measure}", lang, value=amount_number(value, row, growth=measure == "growth"), unit=unit
    )


def amount_number(value: float, row: pd.Series, *, growth: bool) -> str:
    """An average growth in % (two decimals), or a change in the indicator's unit."""
    if growth or row["scale"] not in ("count", "amount"):
        return wording.number(value, 2)
    return wording.number(value, 0 if float(value).is_integer() else 1)


def total_change(row: pd.Series, lang: str) -> str:
    """What is to change from base to target, with its unit; as many digits as the printed figures have."""
    if wording.missing(row["asked_change"]):
        return wording.NONE
    unit = label("unit.points", lang) if row["scale"] == "share" else wording.unit(row, lang)
    return label("needed.change", lang, value=wording.number(row["asked_change"], decimals(row)), unit=unit)


def interval(row: pd.Series, low: str, high: str, lang: str) -> str:
    """Two ends of an interval in the indicator's unit."""
    if wording.missing(row[low]):
        return wording.NONE
    places = decimals(row)
    ends = {"low": wording.number(row[low], places), "high": wording.number(row[high], places)}
    return label("interval" if row[low] >= 0 else "interval.signed", lang, **ends)


def computed(value: float, row: pd.Series) -> str:
    """A computed value of the indicator, one digit finer than what is printed, without idle zeros."""
    text = wording.number(value, decimals(row) + 1)
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals(row: pd.Series) -> int:
    """Decimals that the printed base and target have."""
    return max(
        len(text.partition(".")[2]) for text in (row["published_base_value"], row["published_target_value"])
    )


def stated(row: pd.Series, lang: str) -> str:
    """The average rate, or the cumulative change in 〔 〕, as the plan prints it."""
    if row["published_stated_rate"]:
        return f"{row['published_stated_rate']}%"
    return f"〔{row['published_stated_change']}〕" if row["published_stated_change"] else wording.NONE
