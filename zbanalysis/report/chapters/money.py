"""Cost and benefit: the funds published, what they amount to, and what the change of GDP's basis does."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Column, Report
from zbanalysis.report.words import label

SECTION = "07_cost_benefit"


def sections(report: Report) -> list[dict]:
    """Funds, and what the change of GDP's basis does where one is known; ratios stand in the annex.

    The chart of the funds says no more than their table: it stays in the notebook.
    """
    funds, change, lang = report.table(SECTION, "funds"), report.table(SECTION, "basis_change"), report.lang
    if funds.empty:
        return []
    ratios, columns = _ratios(report), [*funds_columns(funds), Column("cited", report.citation)]
    text = words.flowing(funds_sentences(funds, ratios, lang), lang)
    shown = report.show("funds", funds, columns, cites=(SECTION, "funds"))
    seen = report.label("text.see_ratios") if len(ratios) else ""
    made = report.section("section.costs", [text, shown, seen])
    if len(change):
        growth = report.facts(SECTION)["growth_least"], report.facts(SECTION)["growth_most"]
        notes, cites = [report.label("text.basis_note")], (SECTION, "basis_change")
        shown = report.show("basis_change", change, BASIS_CHANGE, notes=notes, cites=cites)
        texts = [*basis_sentences(change, growth, lang), report.label("text.see_basis_change")]
        made["sections"].append(report.section("section.basis_change", [*texts, shown]))
    return [made]


def _ratios(report: Report) -> pd.DataFrame:
    rows = report.table(SECTION, "ratios")
    return rows[rows["reading"] != "not_available"]


def ratios(report: Report) -> list[dict]:
    """What the money amounts to, for the annex."""
    rows = _ratios(report)
    given = {"notes": ratios_notes(rows, report.lang), "cites": (SECTION, "ratios")}
    made = report.show("ratios", rows, ratios_columns(rows), **given)
    return [report.section("section.costs", [made])]


def funds_sentences(funds: pd.DataFrame, ratios: pd.DataFrame, lang: str) -> list[str]:
    """How many sums are published, and the average of the city's."""
    if funds.empty:
        return []
    counts = {f"text.funds_{one}": funds["status"].eq(one).sum() for one in ("lower_bound", "upper_bound")}
    bounds = words.listing(words.counted(counts, lang), lang)
    some = label("text.funds_bounds", lang, bounds=bounds) if bounds else ""
    sentences = [label("text.funds", lang, count=len(funds), bounds=some)]
    for row in ratios[ratios["ratio"] == "municipal_a_year"].itertuples():
        value = cells.quantity(words.number(row.value), _YI, lang)
        value = cells.worded("amount_words.at_least", lang, value) if row.reading == "at_least" else value
        sentences.append(label("text.funds_average", lang, value=value))
    return sentences


def ratios_notes(ratios: pd.DataFrame, lang: str) -> list[str]:
    """How the ratios may be read, and which no range can be given for."""
    notes = [label("text.costs_no_cause", lang)]
    if not ratios["same_years"].all():
        notes.append(label("text.ratios_years", lang))
    names = [label(f"ratio_name.{name}", lang) for name in ratios.loc[ratios["reading"] == "open", "ratio"]]
    return notes + ([label("text.ratios_open", lang, ratios=words.listing(names, lang))] if names else [])


_YI = pd.Series({"unit_zh": "亿元", "unit_en": "100 million yuan"})
_WAN = pd.Series({"unit_zh": "万元", "unit_en": "10,000 yuan"})


def basis_sentences(change: pd.DataFrame, growth: tuple[float, float], lang: str) -> list[str]:
    """What the change of GDP's basis does to intensity and spending; nothing where no break is known."""

    def moved(what: str, value: float, size: str) -> str:
        return label(f"moved.{what}.{'up' if value > 0 else 'down'}", lang, size=size)

    def years(period: str) -> dict[str, str]:
        first, last = (words.period(end, lang) for end in period.split("/"))
        return {"first": first, "last": last}

    rows, sentences = change.set_index("measure"), []
    if "gdp_at_break" in rows.index:
        value, period = rows.loc["gdp_at_break", ["value", "period"]]
        size = moved("gdp", value, words.number(abs(value), 1))
        sentences.append(label("text.gdp_at_break", lang, change=size, **years(period)))
    if "spending_change" in rows.index:
        by, period = rows.loc["spending_change", ["value", "period"]]
        points = rows.loc["intensity_as_printed", "value"]
        implied = rows.loc[["implied_spending"]].set_index("period")["value"]
        spent = words.number(implied[period.split("/")[1]], 1)
        sentences.append(
            label(
                "text.spending_change", lang, **years(period), value=cells.quantity(spent, _YI, lang),
                change=moved("spending", by, words.number(abs(by), 1)),
                points=moved("points", points, words.number(abs(points))),
            )
        )  # fmt: skip
        low, high = rows.loc["intensity_one_basis", ["low", "high"]]
        size = cells.between(*(words.number(end) for end in sorted([abs(low), abs(high)])), lang)
        either = label("moved.points.either", lang, low=signed(low), high=signed(high))
        least, most = (words.number(rate, 0) for rate in growth)
        one = either if low < 0 < high else moved("points", low, size)
        sentences.append(label("text.one_basis", lang, least=least, most=most, change=one))
    if years := [words.period(year, lang) for year in change.loc[change["verdict"] == "differs", "period"]]:
        sentences.append(label("text.implied_differs", lang, years=words.listing(years, lang)))
    return sentences


def funds_columns(funds: pd.DataFrame) -> list[Column]:
    """The columns of the funds; the average year where one is of several."""
    several = (funds["years"] > 1).any()
    return [
        Column("fund", "name"),
        Column("money_from", lambda row, lang: label(f"money_from.{row['level']}", lang)),
        Column("figure_period", lambda row, lang: words.period(row["period"], lang), "right"),
        Column("amount", amount, "right"),
        *([Column("amount_a_year", a_year, "right")] if several else []),
    ]


def amount(row: pd.Series, lang: str) -> str:
    """A sum as printed with its unit, and "at least" or "at most" where that is what it is."""
    return bounded(cells.quantity(row["published"], row, lang), row["status"], lang)


def a_year(row: pd.Series, lang: str) -> str:
    """A sum of several years as its average year; a dash for one year's, and in a unit that is not read."""
    if not row["years"] > 1 or words.missing(row["yuan_a_year"]):
        return words.NONE
    times, size = (10**8, _YI) if row["yuan_a_year"] >= 10**8 else (10**4, _WAN)
    shown = _as_fine(row["yuan_a_year"] / times, row["published"])
    return bounded(cells.quantity(shown, size, lang), row["status"], lang)


def _as_fine(value: float, printed: str) -> str:
    """A quotient with one digit more than the sum as printed has, without idle zeros.

    Examples
    --------
    >>> _as_fine(5555.5556, "2.5"), _as_fine(1.65, "6.6"), _as_fine(25.0, "100"), _as_fine(3423.1, "13692.4")
    ('5560', '1.65', '25', '3423.1')
    """
    digits = len(printed.replace(".", "").lstrip("0")) + 1
    return f"{Decimal(f'{value:.{digits}g}').normalize():f}"


def bounded(shown: cells.Cell, status: str, lang: str) -> str:
    """What is shown, as the least or the most that it may be."""
    bound = {"lower_bound": "at_least", "upper_bound": "at_most"}.get(status)
    return cells.worded(f"amount_words.{bound}", lang, shown) if bound else shown


def ratios_columns(ratios: pd.DataFrame) -> list[Column]:
    """The columns of the ratios; English has them in its own units."""

    def value(row: pd.Series, lang: str) -> str:
        # A bound stands in the range alone: the point itself was never said.
        known = row["reading"] not in ("at_least", "at_most", "open")
        return cells.number(row["value"] * _times(row, lang)) if known else words.NONE

    def same_years(row: pd.Series, lang: str) -> str:
        return label(f"amount_words.{'yes' if row['same_years'] else 'no'}", lang)

    return [
        Column("ratio", lambda row, lang: label(f"ratio_name.{row['ratio']}", lang)),
        Column("figures_used", lambda row, _: f"{row['above']} ÷ {row['below']}"),  # as printed: 1.69 ÷ 560
        Column("value", value, "right"),
        Column("left_open", left_open, "right"),
        Column("unit", lambda row, lang: label(f"ratio_unit.{row['unit']}", lang)),
        *([] if ratios["same_years"].all() else [Column("same_years", same_years, "right")]),
    ]


def _times(row: pd.Series, lang: str) -> int:
    """English counts in millions a year and thousands apiece."""
    return 1 if lang == "zh" else {"yi_a_year": 100, "yuan_per_yuan": 1}.get(row["unit"], 10)


def left_open(row: pd.Series, lang: str) -> str:
    """What the digits leave open, in words where one end is missing.

    A bound is rounded outwards, so that it never promises more than it holds.
    """
    low, high = (row[end] * _times(row, lang) for end in ("low", "high"))
    if row["reading"] == "open":
        return label("amount_words.open", lang)
    if low == high:
        return cells.number(low)
    # Nine digits first: 1.65 that is stored a hair below is meant as 1.65.
    least, most = np.floor(round(100 * low, 9)) / 100, np.ceil(round(100 * high, 9)) / 100
    if row["reading"] in ("at_least", "at_most"):
        # Without idle zeros, which would be digits that nobody printed.
        bound = words.number(least if row["reading"] == "at_least" else most).rstrip("0").rstrip(".")
        return label(f"amount_words.{row['reading']}", lang, value=bound)
    return cells.between(words.number(least), words.number(most), lang)


def _published(row: pd.Series, lang: str) -> str:
    if row["verdict"]:
        return label(f"basis_verdict.{row['verdict']}", lang, published=row["published"])
    return cells.printed(row["published"])


def _signed_ends(row: pd.Series, lang: str) -> str:
    return cells.between(signed(row["low"]), signed(row["high"]), lang)


BASIS_CHANGE = [
    Column("measure", lambda row, lang: label(f"basis_measure.{row['measure']}", lang)),
    Column("figure_period", lambda row, lang: words.period(row["period"], lang), "right"),
    Column("value", lambda row, _: signed(row["value"]), "right"),
    Column("left_open", _signed_ends, "right"),
    Column("unit", lambda row, lang: label(f"basis_unit.{row['unit']}", lang)),
    Column("held_against", _published, "right"),
]
"""The columns of the change of GDP's basis."""


def signed(value: float) -> cells.Cell:
    """A number with a true minus, which a dash beside it does not swallow."""
    shown = cells.number(value)
    return cells.Cell(shown.replace("-", "−"), shown.value, shown.pattern)
