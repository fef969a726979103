"""What was spent beside what came: funds by level and year, plain ratios, a change of GDP's basis.

A ratio carries what the printed digits of its figures leave open; "over 6.6" has no upper end, "nearly 100"
no lower.  None says that the money was the cause: without it, part of what came would have come too, and
nobody knows how much (`CAVEAT`).  Units are read; what is in no unit of the yuan has no ratio.

R&D intensity is spending over GDP.  When a census lowers GDP, the intensity rises though nobody spends
more; only the spending itself compares across the break.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from zbanalysis.data import digits, package
from zbanalysis.data.digits import Value

CAVEAT = "no_cause"
"""Key of the sentence that stands under every table of ratios: no cause is identified."""

FUNDS = {
    "municipal_science_funds": "municipal",
    "municipal_science_funds_annual_average": "municipal",
    "municipal_project_funds": "municipal",
    "upper_level_science_funds": "upper",
    "rd_subsidy_amount": "all_levels",
    "school_city_special_funds": "municipal",
    "school_city_project_funds": "municipal",
    "school_city_talent_subsidies": "municipal",
    "research_institute_matching_funds": "municipal",
    "technology_conversion_loan_amount": "banks",
    "school_city_leveraged_funds": "private",
    "super_deduction_amount": "tax",
}
"""Indicators that are money, and from where it comes."""
AVERAGE = "_annual_average"
"""Ending of an indicator that is the average of another."""


def size_of(unit_zh: str, unit_en: str = "", *, money: bool = True) -> Fraction | None:
    """How many yuan, or pieces of what is counted, a unit stands for.

    Parameters
    ----------
    unit_zh, unit_en
        As in ``indicators.csv``; either may be empty.
    money
        Whether it must be yuan.

    Returns
    -------
    Fraction or None
        None where the unit is not read: no yuan, or the languages say different things.

    Examples
    --------
    >>> [int(size_of(*units)) for units in (("亿元", ""), ("", "10,000 yuan"), ("万元", "CNY 10,000"))]
    [100000000, 10000, 10000]
    >>> size_of("家", "firms"), size_of("万美元"), size_of("万元", "100 million yuan")
    (None, None, None)
    """
    sizes = {digits.unit_size(unit.strip(), money=money) for unit in (unit_zh, unit_en) if unit.strip()}
    return sizes.pop() if len(sizes) == 1 else None


class Ratio(NamedTuple):
    """One ratio: ``above``, a sum of money, for each unit of ``below``.

    ``above`` and ``below`` are indicators, or ``years``, the length of the figure above.  ``unit`` is a
    key of `UNITS`.
    """

    name: str
    above: str
    below: str
    unit: str


UNITS = {
    "yi_a_year": 10**8, "wan_per_project": 10**4, "wan_per_firm": 10**4, "wan_per_person": 10**4,
    "yuan_per_yuan": 1,
}  # fmt: skip
"""Units of ratios, in yuan."""

RATIOS = (
    Ratio("municipal_a_year", "municipal_science_funds", "years", "yi_a_year"),
    Ratio("upper_a_year", "upper_level_science_funds", "years", "yi_a_year"),
    Ratio("funds_per_project", "municipal_project_funds", "municipal_science_projects", "wan_per_project"),
    Ratio("subsidy_per_firm", "rd_subsidy_amount", "rd_subsidy_firms", "wan_per_firm"),
    Ratio(
        "loan_per_firm",
        "technology_conversion_loan_amount",
        "technology_conversion_loan_firms",
        "wan_per_firm",
    ),
    Ratio("school_city_per_project", "school_city_project_funds", "school_city_projects", "wan_per_project"),
    Ratio(
        "school_city_leverage", "school_city_leveraged_funds", "school_city_project_funds", "yuan_per_yuan"
    ),
    Ratio(
        "subsidy_per_talent", "school_city_talent_subsidies", "school_city_doctoral_talents", "wan_per_person"
    ),
)


def funds(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """Every sum of money published for the years of a plan, its base year not among them.

    Returns
    -------
    DataFrame
        ``indicator, name_zh, name_en, unit_zh, unit_en, level`` (a value of `FUNDS`), ``period,
        position, start, published, status, low, high`` (what the digits leave open, in the
        indicator's unit; ``high`` NaN for "over", which has no end), ``source``, ``yuan`` (NaN in a unit that
        is not read), ``years`` (how many the sum is of) and ``yuan_a_year``; in the order of `FUNDS`, then
        by period.  An average that is printed beside the sum it is of is left out.

    Examples
    --------
    >>> found = funds(package.load(), "zibo-13", "2020-08-10").set_index(["indicator", "period"])
    >>> found.loc[("municipal_science_funds", "2016/2019"), "published"]
    '6.6'
    """
    rows = _within(dataset, plan, as_of)
    base_year = package.plan_row(dataset, plan)["base_year"]
    rows = rows[rows["indicator"].isin(FUNDS) & (rows["position"] > base_year)]
    average = rows["indicator"].str.endswith(AVERAGE)
    sums = set(rows["indicator"] + rows["period"])
    rows = rows[~(average & (rows["indicator"].str.removesuffix(AVERAGE) + rows["period"]).isin(sums))]
    yuan = rows["value"] * rows["yuan"].astype(float)
    years = (rows["position"] - rows["start"]).clip(lower=1).mask(rows["indicator"].str.endswith(AVERAGE), 1)
    rows = rows.assign(
        level=rows["indicator"].map(FUNDS), yuan=yuan, years=years, yuan_a_year=yuan / years,
        order=rows["indicator"].map(list(FUNDS).index),
    )  # fmt: skip
    columns = [
        "indicator", "name_zh", "name_en", "unit_zh", "unit_en", "level", "period", "position", "start",
        "published", "status", "low", "high", "source", "yuan", "years", "yuan_a_year",
    ]  # fmt: skip
    rows = rows.sort_values(["order", "position", "start"], kind="stable")
    return _finite(rows[columns].reset_index(drop=True))


def ratios(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """The ratios an evaluation uses, each with what the digits of its figures leave open.

    Parameters
    ----------
    dataset, plan, as_of
        From `package.load`; a plan; a day.

    Returns
    -------
    DataFrame
        One row for each ratio, always: ``ratio, unit, value`` (of the figures as printed), ``low,
        high`` (``high`` NaN where it has no end), ``reading`` (``interval``, ``at_least``,
        ``at_most``, ``open``: nothing follows, ``not_available``), ``above, below`` (the figures
        as printed), ``above_period, below_period, same_years`` (whether both cover the same
        years), ``caveat`` (`CAVEAT`), ``source`` (of its figures, separated by blanks).

    Examples
    --------
    >>> found = ratios(package.load(), "zibo-13", "2020-08-10").set_index("ratio")
    >>> round(float(found.loc["municipal_a_year", "low"]), 2), found.loc["municipal_a_year", "reading"]
    (1.65, 'at_least')
    """
    rows = _within(dataset, plan, as_of)
    base_year = int(package.plan_row(dataset, plan)["base_year"])
    return _finite(pd.DataFrame([_ratio(ratio, rows[rows["position"] > base_year]) for ratio in RATIOS]))


def _within(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """Figures of the plan's own area from its base year to its end, with their intervals and units."""
    row, view = package.plan_row(dataset, plan), package.as_of(dataset, as_of)
    seen = view.observations
    inside = seen["position"].between(row["base_year"], row["end_year"]) & (seen["area"] == row["area"])
    # A sum over years must not begin before the plan does.
    spans = seen["period"].str.contains("/")
    rows = seen[inside & (~spans | (seen["start"] >= row["base_year"]))]
    names = ["indicator", "name_zh", "name_en", "unit_zh", "unit_en", "scale"]
    rows = rows.merge(dataset.indicators[names], on="indicator")
    ends = [digits.published(r.published, r.status, r.scale) for r in rows.itertuples()]
    edges = [(one, float(one.low), float(one.high)) for one in ends]
    units = list(zip(rows["unit_zh"], rows["unit_en"], strict=True))
    return rows.join(pd.DataFrame(edges, columns=["ends", "low", "high"], index=rows.index)).assign(
        yuan=pd.Series([size_of(*unit) for unit in units], rows.index, dtype=object),
        pieces=pd.Series([size_of(*unit, money=False) for unit in units], rows.index, dtype=object),
    )


def _finite(table: pd.DataFrame) -> pd.DataFrame:
    """No upper end is NaN in a table: a result file holds no infinite numbers."""
    return table.assign(high=table["high"].astype(float).replace(math.inf, math.nan))


class _Term(NamedTuple):
    ends: Value
    published: str
    period: str
    span: tuple[float, float]
    source: str


def _ratio(ratio: Ratio, rows: pd.DataFrame) -> dict:
    above = _term(ratio.above, rows, money=True)
    if ratio.below == "years" and above is not None:
        years = above.span[1] - above.span[0]
        below = _Term(digits.exact(years), f"{years:g}", above.period, above.span, "")
    else:
        below = _term(ratio.below, rows, money=ratio.unit == "yuan_per_yuan")
    known = {"ratio": ratio.name, "unit": ratio.unit, "caveat": CAVEAT}
    if above is None or below is None or below.ends.low <= 0 or above.ends.low < 0:
        nothing = dict.fromkeys(("value", "low", "high"), math.nan)
        texts = dict.fromkeys(("above", "below", "above_period", "below_period", "source"), "")
        return {**known, **nothing, "reading": "not_available", **texts, "same_years": False}
    each = digits.divide(digits.divide(above.ends, below.ends), digits.exact(UNITS[ratio.unit]))
    return {
        **known,
        "value": float(each.point),
        "low": float(each.low),
        "high": float(each.high),
        "reading": _reading(each),
        "above": above.published,
        "below": below.published,
        "above_period": above.period,
        "below_period": below.period,
        "same_years": above.span == below.span,
        "source": " ".join(dict.fromkeys(filter(None, (above.source, below.source)))),
    }


def _reading(each: Value) -> str:
    if math.isinf(each.high):
        return "at_least" if each.low > 0 else "open"
    return "interval" if each.low > 0 else "at_most"


def _term(indicator: str, rows: pd.DataFrame, *, money: bool) -> _Term | None:
    """A figure, in yuan if it is ``money``: the one of the longest span, else the newest."""
    size = "yuan" if money else "pieces"
    matching = rows[(rows["indicator"] == indicator) & rows[size].notna()]
    if matching.empty:
        return None
    spans = matching[matching["position"] - matching["start"] > 1]
    row = (spans if len(spans) else matching).sort_values("position", kind="stable").iloc[-1]
    return _Term(
        digits.multiply(row["ends"], digits.exact(row[size])), row["published"], row["period"],
        (float(row["start"]), float(row["position"])), row["source"],
    )  # fmt: skip


GROWTH = (0.0, 10.0)
"""Growth of GDP in % a year assumed between the two sides of the break; none is published."""

_HUNDRED = digits.exact(100)
_YI = 10**8

MEASURES = (
    "gdp_at_break",
    "implied_spending",
    "spending_change",
    "intensity_as_printed",
    "intensity_rebased",
    "intensity_one_basis",
)
BASIS_COLUMNS = ("measure", "period", "value", "low", "high", "unit", "published", "verdict")
"""Columns of `basis_change`; ``source`` follows, the documents of its figures separated by blanks."""


def basis_change(
    dataset: package.Dataset, plan: str, as_of: str, growth: tuple[float, float] = GROWTH
) -> pd.DataFrame:
    """R&D intensity across a break in GDP, as known on a day; no rows where no break is known.

    Parameters
    ----------
    dataset, plan, as_of
        From `package.load`; a plan of ``plans.csv``, whose area counts; a day.
    growth
        Least and greatest growth of GDP, % a year, assumed between the last year on the old
        and the first on the new basis.

    Returns
    -------
    DataFrame
        ``measure`` (one of `MEASURES`), ``period``, ``value`` (from the figures as printed; NaN
        where only a range is known), ``low, high``, ``unit`` (``percent, yi, points``),
        ``published`` (the figure it is held against, as printed) and ``verdict`` (``agrees``,
        ``differs``, ``only_implied`` or empty), ``source``.

    Notes
    -----
    With I the intensity in %, G the GDP, E the spending, 0 the last year before the break that has an
    intensity, b and a the years on either side of it, and T the last intensity after it:

    - ``gdp_at_break``: 100 (G_a / G_b - 1), growth of the years between included;
    - ``implied_spending``: I G / 100, for each year with both on one basis;
    - ``spending_change``: 100 (E_T / E_0 - 1), E_T = I_T G_T / 100 and E_0 as published;
    - ``intensity_as_printed``: I_T - I_0, across the break, as documents print it;
    - ``intensity_rebased``: 100 E_0 (1 + g) ** (a - 0) / G_a, g from ``growth``;
    - ``intensity_one_basis``: I_T less ``intensity_rebased``.

    Examples
    --------
    >>> found = basis_change(package.load(), "zibo-13", "2022-04-19").set_index("measure")
    >>> round(float(found.loc["gdp_at_break", "value"]), 1)
    -28.1
    """
    area = package.plan_row(dataset, plan)["area"]
    seen = package.as_of(dataset, as_of).observations
    yearly = seen[(seen["area"] == area) & seen["period"].str.fullmatch(r"\d{4}")].sort_values("position")
    yearly = _in_yi(yearly, dataset)
    gdp, intensity = (yearly[yearly["indicator"] == name] for name in ("gdp", "rd_intensity"))
    spending = yearly[yearly["indicator"] == "rd_expenditure"].set_index("period")
    sides = _sides(gdp)
    if sides is None:
        return pd.DataFrame(columns=[*BASIS_COLUMNS, "source"])
    before, after = sides
    rows = [_gdp_at_break(before, after), *_implied(gdp, intensity, spending)]
    first = intensity[intensity["basis"] == before["basis"]].tail(1)
    last = intensity[intensity["basis"] == after["basis"]].tail(1)
    if len(first) and len(last) and first["period"].iloc[0] in spending.index:
        rows += _across(first.iloc[0], last.iloc[0], gdp, after, spending, growth)
    frame = pd.DataFrame(rows, columns=list(BASIS_COLUMNS))
    used = yearly[yearly["indicator"].isin(["gdp", "rd_intensity", "rd_expenditure"])]
    return frame.assign(source=[_sources(used, period) for period in frame["period"]])


def _sources(used: pd.DataFrame, period: str) -> str:
    """Documents of the figures of a year, or of the two ends of a span."""
    return " ".join(dict.fromkeys(used.loc[used["period"].isin(period.split("/")), "source"]))


def assumptions() -> dict[str, float]:
    """What `basis_change` assumes, by name, to be published beside its figures."""
    return {"growth_least": GROWTH[0], "growth_most": GROWTH[1]}


def _sides(gdp: pd.DataFrame) -> tuple[pd.Series, pd.Series] | None:
    """The last figure on the older basis, and the first after it on another; None without a break."""
    changes = gdp["basis"].ne(gdp["basis"].shift()).to_numpy().nonzero()[0]
    return (gdp.iloc[changes[-1] - 1], gdp.iloc[changes[-1]]) if len(changes) > 1 else None


def _in_yi(yearly: pd.DataFrame, dataset: package.Dataset) -> pd.DataFrame:
    """GDP and spending in 100 million yuan, with their intervals; no rows in a unit that is not read."""
    kinds = dataset.indicators[dataset.indicators["indicator"].isin(["gdp", "rd_expenditure"])]
    sizes = {row.indicator: size_of(row.unit_zh, row.unit_en) for row in kinds.itertuples()}
    times = {name: size and size / _YI for name, size in sizes.items()} | {"rd_intensity": Fraction(1)}
    yearly = yearly.assign(times=yearly["indicator"].map(times))
    yearly = yearly[yearly["times"].notna()]
    ends = [
        digits.multiply(digits.published(row.published, row.status, "amount"), digits.exact(row.times))
        for row in yearly.itertuples()
    ]
    value = yearly["value"] * yearly["times"].astype(float)
    return yearly.assign(value=value, ends=pd.Series(ends, yearly.index, dtype=object))


def _row(
    measure: str, period: str, value: float, ends: Value, unit: str, published: str = "", verdict: str = ""
) -> tuple:
    return measure, period, value, float(ends.low), float(ends.high), unit, published, verdict


def _gdp_at_break(before: pd.Series, after: pd.Series) -> tuple:
    ends = _percent_more(after["ends"], before["ends"])
    value = 100 * (after["value"] / before["value"] - 1)
    period = f"{before['period']}/{after['period']}"
    return _row("gdp_at_break", period, value, ends, "percent")


def _implied(gdp: pd.DataFrame, intensity: pd.DataFrame, spending: pd.DataFrame) -> list[tuple]:
    """Spending that an intensity and the GDP on its basis stand for, beside what was published."""
    rows = []
    pairs = intensity.merge(gdp, on=["period", "basis"], suffixes=("", "_gdp"))
    for pair in pairs.itertuples():
        ends = _spending(pair.ends, pair.ends_gdp)
        printed = spending.loc[pair.period, "published"] if pair.period in spending.index else ""
        agrees = printed and digits.meet(ends, spending.loc[pair.period, "ends"])
        verdict = ("agrees" if agrees else "differs") if printed else "only_implied"
        value = pair.value * pair.value_gdp / 100
        rows.append(_row("implied_spending", pair.period, value, ends, "yi", printed, verdict))
    return rows


def _spending(intensity: Value, gdp: Value) -> Value:
    """100 million yuan that an intensity in % of a GDP stands for."""
    return digits.divide(digits.multiply(intensity, gdp), _HUNDRED)


def _percent_more(one: Value, other: Value) -> Value:
    """By how many per cent one figure is above another."""
    return digits.multiply(_HUNDRED, digits.subtract(digits.divide(one, other), digits.exact(1)))


def _across(
    first: pd.Series,
    last: pd.Series,
    gdp: pd.DataFrame,
    after: pd.Series,
    spending: pd.DataFrame,
    growth: tuple[float, float],
) -> list[tuple]:
    """What changed from the last intensity before the break to the last after it."""
    spent, period = spending.loc[first["period"]], f"{first['period']}/{last['period']}"
    gap = after["position"] - first["position"]
    factors = [(1 + rate / 100) ** gap for rate in growth]
    part = digits.divide(spent["ends"], after["ends"])
    rebased = digits.multiply(_HUNDRED, digits.multiply(part, Value(math.nan, min(factors), max(factors))))
    printed = digits.subtract(last["ends"], first["ends"])
    rows = [
        _row("intensity_as_printed", period, last["value"] - first["value"], printed, "points"),
        _row("intensity_rebased", first["period"], math.nan, rebased, "percent", first["published"]),
        _row("intensity_one_basis", period, math.nan, digits.subtract(last["ends"], rebased), "points"),
    ]
    same = gdp[(gdp["period"] == last["period"]) & (gdp["basis"] == last["basis"])]
    if same.empty:
        return rows
    own = same.iloc[0]
    ends = _percent_more(_spending(last["ends"], own["ends"]), spent["ends"])
    value = last["value"] * own["value"] / spent["value"] - 100
    return [_row("spending_change", period, value, ends, "percent"), *rows]
