"""Sentences on money and what came beside it."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import words as wording
from zbanalysis.report.tables import costs as tables
from zbanalysis.report.words import label


def funds(found: pd.DataFrame, ratios: pd.DataFrame, lang: str) -> list[str]:
    """How many sums are published, the average of the city's, what no range can be given for."""
    if found.empty:
        return [label("text.no_funds", lang)]
    bounds = int((found["status"] == "lower_bound").sum())
    sentences = [label("text.funds", lang, count=len(found), bounds=bounds)]
    average = ratios[(ratios["ratio"] == "municipal_a_year") & (ratios["reading"] != "not_available")]
    for _, row in average.iterrows():
        unit = label(f"ratio_unit.{row['unit']}", lang)
        value = label("fund_reference", lang, value=wording.number(row["value"]), unit=unit)
        if row["reading"] == "at_least":
            value = label("amount_words.at_least", lang, value=value)
        sentences.append(label("text.funds_average", lang, value=value))
    names = [label(f"ratio_name.{name}", lang) for name in ratios.loc[ratios["reading"] == "open", "ratio"]]
    if names:
        sentences.append(label("text.ratios_open", lang, ratios=wording.listing(names, lang)))
    return [*sentences, label("text.costs_no_cause", lang)]


def basis_change(found: pd.DataFrame, growth: tuple[float, float], lang: str) -> list[str]:
    """What the change of GDP's basis does to intensity and spending; nothing where no break is known."""
    rows = found.set_index("measure")
    sentences = []
    if "gdp_at_break" in rows.index:
        row = rows.loc["gdp_at_break"]
        first, last = _years(row, lang)
        change = tables.signed(row["value"], 1) + "%"
        sentences.append(label("text.gdp_at_break", lang, first=first, last=last, change=change))
    if "spending_change" in rows.index:
        sentences.append(_spending(rows, lang))
        row = rows.loc["intensity_one_basis"]
        low, high = tables.signed(row["low"]), tables.signed(row["high"])
        least, most = (wording.number(rate, 0) for rate in growth)
        sentences.append(label("text.one_basis", lang, least=least, most=most, low=low, high=high))
    years = [wording.period(year, lang) for year in found.loc[found["verdict"] == "differs", "period"]]
    if years:
        sentences.append(label("text.implied_differs", lang, years=wording.listing(years, lang)))
    return sentences


def _spending(rows: pd.DataFrame, lang: str) -> str:
    change, printed = rows.loc["spending_change"], rows.loc["intensity_as_printed"]
    first, last = _years(change, lang)
    implied = rows.loc[["implied_spending"]].set_index("period")["value"]
    return label(
        "text.spending_change",
        lang,
        first=first,
        last=last,
        value=wording.number(implied[change["period"].partition("/")[2]], 1),
        change=tables.signed(change["value"], 1) + "%",
        points=f"{printed['value']:+.2f}".replace("-", "−"),
    )


def _years(row: pd.Series, lang: str) -> tuple[str, str]:
    first, _, last = row["period"].partition("/")
    return wording.period(first, lang), wording.period(last, lang)
