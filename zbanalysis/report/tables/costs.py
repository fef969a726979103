"""Funds, ratios and the change of GDP's basis, as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

FUNDS = ("fund", "money_from", "figure_period", "amount")
RATIOS = ("ratio", "figures_used", "value", "left_open", "unit", "same_years")
BASIS = ("measure", "figure_period", "value", "left_open", "unit", "held_against")


def funds(found: pd.DataFrame, lang: str, citations: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Every sum published, with its level and period; from `costs.funds`.

    With ``citations``, the number of each document in the report's list, the documents are named too.
    """
    rows = [
        [
            row[f"name_{lang}"],
            label(f"money_from.{row['level']}", lang),
            wording.period(row["period"], lang),
            amount(row, lang),
            *([f"[{citations[row['source']]}]"] if citations else []),
        ]
        for _, row in found.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings((*FUNDS, *(["cited"] if citations else [])), lang))


def amount(row: pd.Series, lang: str) -> str:
    """A sum as printed with its unit, and "at least" where that is what it is."""
    text = label("fund_reference", lang, value=row["published"], unit=wording.unit(row, lang))
    return label("amount_words.at_least", lang, value=text) if row["status"] == "lower_bound" else text


def ratios(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The ratios with what the digits leave open; from `costs.ratios`."""
    return pd.DataFrame(
        [_ratio(row, lang) for _, row in found.iterrows()], columns=cells.headings(RATIOS, lang)
    )


def _ratio(row: pd.Series, lang: str) -> list[str]:
    known = row["reading"] != "not_available"
    same = label(f"amount_words.{'yes' if row['same_years'] else 'no'}", lang)
    return [
        label(f"ratio_name.{row['ratio']}", lang),
        _used(row) if known else wording.NONE,
        wording.number(row["value"]),
        left_open(row, lang),
        label(f"ratio_unit.{row['unit']}", lang),
        same if known else wording.NONE,
    ]


def _used(row: pd.Series) -> str:
    """The division as printed: ``(133.68 − 88.2) ÷ 88.2``."""
    above = row["above"].replace("-", " − ")
    below = row["below"].replace("-", " − ")
    return " ÷ ".join(f"({part})" if " " in part else part for part in (above, below))


def left_open(row: pd.Series, lang: str) -> str:
    """What the digits leave open, in words where one end is missing.

    A bound is rounded outwards, so that it never promises more than it holds.
    """
    low, high = row["low"], row["high"]
    if row["reading"] in ("open", "not_available"):
        return label(f"amount_words.{row['reading']}", lang)
    if row["reading"] == "at_least":
        return label("amount_words.at_least", lang, value=wording.number(_outward(low, math.floor)))
    if row["reading"] == "at_most":
        return label("amount_words.at_most", lang, value=wording.number(_outward(high, math.ceil)))
    ends = wording.number(_outward(low, math.floor)), wording.number(_outward(high, math.ceil))
    return wording.number(low) if low == high else label("interval", lang, low=ends[0], high=ends[1])


def _outward(value: float, towards: object) -> float:
    # Nine digits first: 1.65 that is stored a hair below is meant as 1.65.
    return towards(round(100 * value, 9)) / 100


def basis_change(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """What the change of GDP's basis does; from `basis_change.basis_change`."""
    rows = [
        [
            label(f"basis_measure.{row['measure']}", lang),
            wording.period(row["period"], lang),
            signed(row["value"]),
            label("interval", lang, low=signed(row["low"]), high=signed(row["high"])),
            label(f"basis_unit.{row['unit']}", lang),
            _held_against(row, lang),
        ]
        for _, row in found.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(BASIS, lang))


def signed(value: float, decimals: int = 2) -> str:
    """A number with a true minus, which a dash beside it does not swallow."""
    return wording.number(value, decimals).replace("-", "−")


def _held_against(row: pd.Series, lang: str) -> str:
    if row["verdict"]:
        return label(f"basis_verdict.{row['verdict']}", lang, published=row["published"])
    return row["published"] or wording.NONE
