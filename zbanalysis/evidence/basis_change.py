"""What a change of GDP's basis does to R&D intensity, and to the spending it stands for.

An intensity is spending over GDP.  When a census lowers GDP, the intensity rises though
nobody spends more; only the spending itself compares across the break.
"""

from __future__ import annotations

import math

import pandas as pd

from zbanalysis.data import digits, package
from zbanalysis.data.digits import Value

GROWTH = (0.0, 10.0)
"""Growth of GDP in % a year assumed between the two sides of the break; none is published."""

_HUNDRED = digits.exact(100)

MEASURES = (
    "gdp_at_break",
    "implied_spending",
    "spending_change",
    "intensity_as_printed",
    "intensity_rebased",
    "intensity_one_basis",
)
COLUMNS = ("measure", "period", "value", "low", "high", "unit", "published", "verdict")
"""Columns of the table; ``source`` follows, the documents of its figures parted by blanks."""


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
    gdp, intensity = (yearly[yearly["indicator"] == name] for name in ("gdp", "rd_intensity"))
    spending = yearly[yearly["indicator"] == "rd_expenditure"].set_index("period")
    sides = _sides(gdp)
    if sides is None:
        return pd.DataFrame(columns=[*COLUMNS, "source"])
    before, after = sides
    rows = [_gdp_at_break(before, after), *_implied(gdp, intensity, spending)]
    first = intensity[intensity["basis"] == before["basis"]].tail(1)
    last = intensity[intensity["basis"] == after["basis"]].tail(1)
    if len(first) and len(last) and first["period"].iloc[0] in spending.index:
        rows += _across(first.iloc[0], last.iloc[0], gdp, after, spending, growth)
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    used = yearly[yearly["indicator"].isin(["gdp", "rd_intensity", "rd_expenditure"])]
    return found.assign(source=[_sources(used, period) for period in found["period"]])


def _sources(used: pd.DataFrame, period: str) -> str:
    """Documents of the figures of a year, or of the two ends of a span."""
    return " ".join(dict.fromkeys(used.loc[used["period"].isin(period.split("/")), "source"]))


def assumptions(growth: tuple[float, float] = GROWTH) -> dict[str, float]:
    """What `basis_change` assumes, by name, to be published beside its figures."""
    return {"growth_least": growth[0], "growth_most": growth[1]}


def _sides(gdp: pd.DataFrame) -> tuple[pd.Series, pd.Series] | None:
    """The last figure on the older basis, and the first after it on another; None without a break."""
    changes = gdp["basis"].ne(gdp["basis"].shift()).to_numpy().nonzero()[0]
    return (gdp.iloc[changes[-1] - 1], gdp.iloc[changes[-1]]) if len(changes) > 1 else None


def _ends(row: pd.Series) -> Value:
    return digits.published(row["published"], row["status"], "amount")


def _row(
    measure: str, period: str, value: float, ends: Value, unit: str, published: str = "", verdict: str = ""
) -> tuple:
    return measure, period, value, float(ends.low), float(ends.high), unit, published, verdict


def _gdp_at_break(before: pd.Series, after: pd.Series) -> tuple:
    ends = _percent_more(_ends(after), _ends(before))
    value = 100 * (after["value"] / before["value"] - 1)
    period = f"{before['period']}/{after['period']}"
    return _row("gdp_at_break", period, value, ends, "percent")


def _implied(gdp: pd.DataFrame, intensity: pd.DataFrame, spending: pd.DataFrame) -> list[tuple]:
    """Spending that an intensity and the GDP on its basis stand for, beside what was published."""
    rows = []
    pairs = intensity.merge(gdp, on=["period", "basis"], suffixes=("", "_gdp"))
    for pair in pairs.itertuples():
        ends = _spending(pair.published, pair.published_gdp)
        printed = spending.loc[pair.period, "published"] if pair.period in spending.index else ""
        agrees = printed and digits.meet(ends, digits.printed(printed))
        verdict = ("agrees" if agrees else "differs") if printed else "only_implied"
        value = pair.value * pair.value_gdp / 100
        rows.append(_row("implied_spending", pair.period, value, ends, "yi", printed, verdict))
    return rows


def _spending(intensity: str, gdp: str) -> Value:
    """100 million yuan that an intensity in % of a GDP stands for."""
    return digits.divide(digits.multiply(digits.printed(intensity), digits.printed(gdp)), _HUNDRED)


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
    part = digits.divide(_ends(spent), _ends(after))
    rebased = digits.multiply(_HUNDRED, digits.multiply(part, Value(math.nan, min(factors), max(factors))))
    printed = digits.subtract(_ends(last), _ends(first))
    rows = [
        _row("intensity_as_printed", period, last["value"] - first["value"], printed, "points"),
        _row("intensity_rebased", first["period"], math.nan, rebased, "percent", first["published"]),
        _row("intensity_one_basis", period, math.nan, digits.subtract(_ends(last), rebased), "points"),
    ]
    same = gdp[(gdp["period"] == last["period"]) & (gdp["basis"] == last["basis"])]
    if same.empty:
        return rows
    own = same.iloc[0]
    ends = _percent_more(_spending(last["published"], own["published"]), _ends(spent))
    value = last["value"] * own["value"] / spent["value"] - 100
    return [_row("spending_change", period, value, ends, "percent"), *rows]
