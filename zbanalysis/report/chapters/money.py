"""Cost and benefit: the funds published, what they amount to, and what the change of GDP's basis does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Column, Report, paragraphs
from zbanalysis.report.words import label

SECTION = "07_cost_benefit"


def sections(report: Report) -> list[dict]:
    """Funds, and what the change of GDP's basis does where one is known; ratios stand in the annex.

    The chart of the funds says no more than their table: it stays in the notebook.
    """
    funds, change = report.table(SECTION, "funds"), report.table(SECTION, "basis_change")
    if funds.empty:
        return []
    ratios, columns = _ratios(report), funds_columns(funds, report.lang, report.numbers)
    parts = [
        *paragraphs([words.flowing(funds_sentences(funds, ratios, report.lang), report.lang)]),
        report.show("funds", funds, columns, cites=report.cites(SECTION, "funds")),
        *paragraphs([report.label("text.see_ratios")] if len(ratios) else []),
    ]
    made = report.section("section.costs", parts)
    if len(change):
        made["sections"].append(report.section("section.basis_change", _basis_change(report, change)))
    return [made]


def _ratios(report: Report) -> pd.DataFrame:
    rows = report.table(SECTION, "ratios")
    return rows[rows["reading"] != "not_available"]


def ratios(report: Report) -> list[dict]:
    """What the money amounts to, for the annex."""
    rows, lang = _ratios(report), report.lang
    if rows.empty:
        return []
    notes, cites = ratios_notes(rows, lang), report.cites(SECTION, "ratios")
    made = report.show("ratios", rows, ratios_columns(rows, lang), notes=notes, cites=cites)
    return [report.section("section.costs", [made])]


def _basis_change(report: Report, change: pd.DataFrame) -> list[dict]:
    facts = report.facts(SECTION)
    growth = facts["growth_least"], facts["growth_most"]
    return [
        *paragraphs([*basis_sentences(change, growth, report.lang), report.label("text.see_basis_change")]),
        report.show(
            "basis_change",
            change,
            basis_columns(report.lang),
            notes=[report.label("text.basis_note")],
            cites=report.cites(SECTION, "basis_change"),
        ),
    ]


def funds_sentences(funds: pd.DataFrame, ratios: pd.DataFrame, lang: str) -> list[str]:
    """How many sums are published, and the average of the city's."""
    if funds.empty:
        return []
    counts = {one: int((funds["status"] == one).sum()) for one in ("lower_bound", "upper_bound")}
    named = [label(f"text.funds_{one}", lang, count=count) for one, count in counts.items() if count]
    some = label("text.funds_bounds", lang, bounds=words.listing(named, lang)) if named else ""
    sentences = [label("text.funds", lang, count=len(funds), bounds=some)]
    average = ratios[ratios["ratio"] == "municipal_a_year"]
    for _, row in average.iterrows():
        value = cells.quantity(words.number(row["value"]), _YI, lang)
        if row["reading"] == "at_least":
            value = label("amount_words.at_least", lang, value=value)
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


def basis_sentences(change: pd.DataFrame, growth: tuple[float, float], lang: str) -> list[str]:
    """What the change of GDP's basis does to intensity and spending; nothing where no break is known."""
    rows = change.set_index("measure")
    sentences = []
    if "gdp_at_break" in rows.index:
        row = rows.loc["gdp_at_break"]
        first, last = _years(row, lang)
        moved = _moved("gdp", row["value"], words.number(abs(row["value"]), 1), lang)
        sentences.append(label("text.gdp_at_break", lang, first=first, last=last, change=moved))
    if "spending_change" in rows.index:
        sentences += [_spending(rows, lang), _one_basis(rows.loc["intensity_one_basis"], growth, lang)]
    years = [words.period(year, lang) for year in change.loc[change["verdict"] == "differs", "period"]]
    if years:
        sentences.append(label("text.implied_differs", lang, years=words.listing(years, lang)))
    return sentences


def _moved(what: str, value: float, size: str, lang: str) -> str:
    """A change in words: risen or fallen by so much."""
    return label(f"moved.{what}.{'up' if value > 0 else 'down'}", lang, size=size)


def _spending(rows: pd.DataFrame, lang: str) -> str:
    change, printed = rows.loc["spending_change"], rows.loc["intensity_as_printed"]
    first, last = _years(change, lang)
    implied = rows.loc[["implied_spending"]].set_index("period")["value"]
    spent = words.number(implied[change["period"].partition("/")[2]], 1)
    return label(
        "text.spending_change", lang, first=first, last=last, value=cells.quantity(spent, _YI, lang),
        change=_moved("spending", change["value"], words.number(abs(change["value"]), 1), lang),
        points=_moved("points", printed["value"], words.number(abs(printed["value"])), lang),
    )  # fmt: skip


def _one_basis(row: pd.Series, growth: tuple[float, float], lang: str) -> str:
    low, high = row["low"], row["high"]
    if low < 0 < high:
        moved = label("moved.points.either", lang, low=signed(low), high=signed(high))
    else:
        ends = sorted(abs(end) for end in (low, high))
        moved = _moved("points", low, cells.between(*(words.number(end) for end in ends), lang), lang)
    least, most = (words.number(rate, 0) for rate in growth)
    return label("text.one_basis", lang, least=least, most=most, change=moved)


def _years(row: pd.Series, lang: str) -> tuple[str, str]:
    first, _, last = row["period"].partition("/")
    return words.period(first, lang), words.period(last, lang)


def funds_columns(funds: pd.DataFrame, lang: str, numbers: Mapping[str, int] | None = None) -> list[Column]:
    """The columns of the funds; with the numbers of the documents in the report's list, those too."""
    several = (funds["years"] > 1).any()
    return [
        Column("fund", lambda row: row[f"name_{lang}"]),
        Column("money_from", lambda row: label(f"money_from.{row['level']}", lang)),
        Column("figure_period", lambda row: words.period(row["period"], lang), "right"),
        Column("amount", lambda row: amount(row, lang), "right"),
        *([Column("amount_a_year", lambda row: a_year(row, lang), "right")] if several else []),
        *([Column("cited", lambda row: cells.citation(row["source"], numbers))] if numbers else []),
    ]


def amount(row: pd.Series, lang: str) -> str:
    """A sum as printed with its unit, and "at least" or "at most" where that is what it is."""
    return bounded(cells.quantity(row["published"], row, lang), row["status"], lang)


def a_year(row: pd.Series, lang: str) -> str:
    """A sum of several years as its average year; a dash for one year's, and in a unit that is not read."""
    if not row["years"] > 1 or words.missing(row["yuan_a_year"]):
        return words.NONE
    times, unit = (10**8, "亿元") if row["yuan_a_year"] >= 10**8 else (10**4, "万元")
    size = pd.Series({"unit_zh": unit, "unit_en": {"亿元": "100 million yuan", "万元": "10,000 yuan"}[unit]})
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


def ratios_columns(ratios: pd.DataFrame, lang: str) -> list[Column]:
    """The columns of the ratios; English has them in its own units."""

    def same_years(row: pd.Series) -> str:
        return label(f"amount_words.{'yes' if row['same_years'] else 'no'}", lang)

    def value(row: pd.Series) -> object:
        # A bound stands in the range alone: the point itself was never said.
        bounded = row["reading"] in ("at_least", "at_most", "open")
        return words.NONE if bounded else cells.number(_scaled(row, lang)["value"])

    return [
        Column("ratio", lambda row: label(f"ratio_name.{row['ratio']}", lang)),
        Column("figures_used", _division),
        Column("value", value, "right"),
        Column("left_open", lambda row: left_open(_scaled(row, lang), lang), "right"),
        Column("unit", lambda row: label(f"ratio_unit.{row['unit']}", lang)),
        *([] if ratios["same_years"].all() else [Column("same_years", same_years, "right")]),
    ]


_IN_ENGLISH = {"yi_a_year": 100, "yuan_per_yuan": 1}
"""English counts in millions a year and thousands apiece."""


def _scaled(row: pd.Series, lang: str) -> pd.Series:
    times = 1 if lang == "zh" else _IN_ENGLISH.get(row["unit"], 10)
    return pd.Series({**row, **{name: row[name] * times for name in ("value", "low", "high")}})


def _division(row: pd.Series) -> str:
    """The division as printed: ``1.69 ÷ 560``."""
    return f"{row['above']} ÷ {row['below']}"


def left_open(row: pd.Series, lang: str) -> str:
    """What the digits leave open, in words where one end is missing.

    A bound is rounded outwards, so that it never promises more than it holds.
    """
    low, high, reading = row["low"], row["high"], row["reading"]
    if reading == "open":
        return label("amount_words.open", lang)
    if reading == "at_least":
        return label("amount_words.at_least", lang, value=_bare(_outward(low, math.floor)))
    if reading == "at_most":
        return label("amount_words.at_most", lang, value=_bare(_outward(high, math.ceil)))
    if low == high:
        return cells.number(low)
    ends = words.number(_outward(low, math.floor)), words.number(_outward(high, math.ceil))
    return cells.between(*ends, lang)


def _bare(value: float) -> str:
    """A bound without idle zeros, which would be digits that nobody printed."""
    return words.number(value).rstrip("0").rstrip(".")


def _outward(value: float, towards: object) -> float:
    # Nine digits first: 1.65 that is stored a hair below is meant as 1.65.
    return towards(round(100 * value, 9)) / 100


def basis_columns(lang: str) -> list[Column]:
    """The columns of the change of GDP's basis."""

    def published(row: pd.Series) -> str:
        if row["verdict"]:
            return label(f"basis_verdict.{row['verdict']}", lang, published=row["published"])
        return cells.printed(row["published"])

    def ends(row: pd.Series) -> str:
        return cells.between(signed(row["low"]), signed(row["high"]), lang)

    return [
        Column("measure", lambda row: label(f"basis_measure.{row['measure']}", lang)),
        Column("figure_period", lambda row: words.period(row["period"], lang), "right"),
        Column("value", lambda row: signed(row["value"]), "right"),
        Column("left_open", ends, "right"),
        Column("unit", lambda row: label(f"basis_unit.{row['unit']}", lang)),
        Column("held_against", published, "right"),
    ]


def signed(value: float, decimals: int = 2) -> cells.Cell:
    """A number with a true minus, which a dash beside it does not swallow."""
    shown = cells.number(value, decimals)
    return cells.Cell(shown.replace("-", "−"), shown.value, shown.pattern)
