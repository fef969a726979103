"""What was spent beside what came: funds by year and level, the plain ratios, the change of GDP's basis.

A ratio carries what the printed digits of its figures leave open; "over 6.6" has no upper
end.  No ratio here says that the money was the cause: without it, part of what came would
have come too, and nobody knows how much (`CAVEAT`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Ratio:
    """One ratio: ``above`` for each unit of ``below``, times ``factor``.

    ``above`` and ``below`` are indicators; ``+x`` is the rise of x since the base year,
    ``years`` the length of the figure above in years.  ``unit`` is a key of words.
    """

    name: str
    above: str
    below: str
    unit: str
    factor: float = 1.0


RATIOS = (
    Ratio("municipal_a_year", "municipal_science_funds", "years", "yi_a_year"),
    Ratio("upper_a_year", "upper_level_science_funds", "years", "yi_a_year"),
    Ratio("leverage", "upper_level_science_funds", "municipal_science_funds", "yuan_per_yuan"),
    Ratio("rd_growth", "+rd_expenditure", "base rd_expenditure", "percent", 100),
    Ratio(
        "rd_per_municipal_yuan", "rd_expenditure", "municipal_science_funds_annual_average", "yuan_per_yuan"
    ),
    Ratio("rd_rise_per_municipal_yuan", "+rd_expenditure", "municipal_science_funds", "yuan_per_yuan"),
    Ratio("hightech_growth", "+hightech_enterprises", "base hightech_enterprises", "percent", 100),
    Ratio(
        "funds_per_added_hightech", "municipal_science_funds", "+hightech_enterprises", "wan_per_firm", 1e4
    ),
    Ratio(
        "funds_per_project", "municipal_project_funds", "municipal_science_projects", "wan_per_project", 1e4
    ),
    Ratio("subsidy_per_firm", "rd_subsidy_amount", "rd_subsidy_firms", "wan_per_firm", 1e4),
    Ratio(
        "loan_per_firm",
        "technology_conversion_loan_amount",
        "technology_conversion_loan_firms",
        "wan_per_firm",
        1e4,
    ),
    Ratio("school_city_per_project", "school_city_project_funds", "school_city_projects", "wan_per_project"),
    Ratio(
        "school_city_leverage",
        "school_city_leveraged_funds",
        "school_city_project_funds",
        "yuan_per_yuan",
        1e4,
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
        indicator's unit; ``high`` NaN for "over", which has no end), ``source``; in the order of `FUNDS`,
        then by period.

    Examples
    --------
    >>> found = funds(package.load(), "zibo-13", "2020-08-10").set_index(["indicator", "period"])
    >>> found.loc[("municipal_science_funds", "2016/2019"), "published"]
    '6.6'
    """
    rows = _within(dataset, plan, as_of)
    base_year = package.plan_row(dataset, plan)["base_year"]
    rows = rows[rows["indicator"].isin(FUNDS) & (rows["position"] > base_year)].merge(
        dataset.indicators[["indicator", "name_zh", "name_en", "unit_zh", "unit_en"]], on="indicator"
    )
    rows["level"] = rows["indicator"].map(FUNDS)
    order = rows["indicator"].map(list(FUNDS).index)
    rows = rows.assign(order=order).sort_values(["order", "position", "start"], kind="stable")
    columns = [
        "indicator",
        "name_zh",
        "name_en",
        "unit_zh",
        "unit_en",
        "level",
        "period",
        "position",
        "start",
        "published",
        "status",
        "low",
        "high",
        "source",
    ]
    return _finite(rows[columns].reset_index(drop=True))


def ratios(
    dataset: package.Dataset, plan: str, as_of: str, given: tuple[Ratio, ...] = RATIOS
) -> pd.DataFrame:
    """The ratios an evaluation uses, each with what the digits of its figures leave open.

    Parameters
    ----------
    dataset, plan, as_of, given
        From `package.load`; a plan; a day; the ratios wanted.

    Returns
    -------
    DataFrame
        One row for each ratio, always: ``ratio, unit, value`` (of the figures as printed), ``low,
        high`` (``high`` NaN where it has no end), ``reading`` (``interval``, ``at_least``,
        ``at_most``, ``open``: nothing follows, ``not_available``), ``above, below`` (the figures
        as printed), ``above_period, below_period, same_years`` (whether both cover the same
        years), ``caveat`` (`CAVEAT`), ``source`` (of its figures, parted by blanks).

    Examples
    --------
    >>> found = ratios(package.load(), "zibo-13", "2020-08-10").set_index("ratio")
    >>> round(float(found.loc["municipal_a_year", "low"]), 2), found.loc["municipal_a_year", "reading"]
    (1.65, 'at_least')
    """
    rows = _within(dataset, plan, as_of)
    base_year = int(package.plan_row(dataset, plan)["base_year"])
    return _finite(pd.DataFrame([_ratio(ratio, rows, base_year) for ratio in given]))


def _within(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """Figures of the plan's own area from its base year to its end, with their intervals."""
    row, view = package.plan_row(dataset, plan), package.as_of(dataset, as_of)
    seen = view.observations
    inside = seen["position"].between(row["base_year"], row["end_year"]) & (seen["area"] == row["area"])
    # A sum over years must not begin before the plan does.
    spans = seen["period"].str.contains("/")
    rows = seen[inside & (~spans | (seen["start"] >= row["base_year"]))]
    rows = rows.merge(dataset.indicators[["indicator", "scale"]], on="indicator")
    ends = [digits.published(r.published, r.status, r.scale) for r in rows.itertuples()]
    edges = [(one, float(one.low), float(one.high)) for one in ends]
    edges = pd.DataFrame(edges, columns=["ends", "low", "high"], index=rows.index)
    return rows.join(edges)


def _finite(table: pd.DataFrame) -> pd.DataFrame:
    """No upper end is NaN in a table: a result file holds no infinite numbers."""
    return table.assign(high=table["high"].astype(float).replace(math.inf, math.nan))


@dataclass(frozen=True)
class _Term:
    point: float
    ends: Value
    published: str
    period: str
    span: tuple[float, float]
    sources: tuple[str, ...]


def _ratio(ratio: Ratio, rows: pd.DataFrame, base_year: int) -> dict:
    above, below = (_term(name, rows, base_year) for name in (ratio.above, ratio.below))
    if above is not None and ratio.below == "years":
        years = above.span[1] - above.span[0]
        below = _Term(years, digits.exact(years), f"{years:g}", above.period, above.span, ())
    known = {"ratio": ratio.name, "unit": ratio.unit, "caveat": CAVEAT}
    if above is None or below is None or below.ends.low <= 0 or above.ends.low < 0:
        nothing = dict.fromkeys(("value", "low", "high"), math.nan)
        words = dict.fromkeys(("above", "below", "above_period", "below_period", "source"), "")
        return {**known, **nothing, "reading": "not_available", **words, "same_years": False}
    each = digits.divide(above.ends, below.ends)
    low, high = float(each.low), float(each.high)
    return {
        **known,
        "value": ratio.factor * above.point / below.point,
        "low": ratio.factor * low,
        "high": ratio.factor * high,
        "reading": _reading(low, high),
        "above": above.published,
        "below": below.published,
        "above_period": above.period,
        "below_period": below.period,
        # A rise over its own base is of one span by its nature.
        "same_years": above.span == below.span or ratio.below.startswith("base "),
        "source": " ".join(dict.fromkeys(above.sources + below.sources)),
    }


def _reading(low: float, high: float) -> str:
    if math.isinf(high):
        return "at_least" if low > 0 else "open"
    return "interval" if low > 0 else "at_most"


def _term(name: str, rows: pd.DataFrame, base_year: int) -> _Term | None:
    """A figure by its name in a `Ratio`; the one of the longest span, else the newest."""
    indicator = name.removeprefix("+").removeprefix("base ")
    found = rows[rows["indicator"] == indicator]
    base = found[found["period"] == str(base_year)]
    later = found[found["position"] > base_year]
    if name.startswith("base "):
        return None if base.empty else _of(base.iloc[0])
    if later.empty or (name.startswith("+") and base.empty):
        return None
    spans = later[later["position"] - later["start"] > 1]
    last = _of((spans if len(spans) else later).sort_values("position", kind="stable").iloc[-1])
    if not name.startswith("+"):
        return last
    first = _of(base.iloc[0])
    return _Term(
        last.point - first.point,
        digits.subtract(last.ends, first.ends),
        f"{last.published}-{first.published}",
        f"{first.period}/{last.period}",
        (first.span[1], last.span[1]),
        first.sources + last.sources,
    )


def _of(row: pd.Series) -> _Term:
    return _Term(
        float(row["value"]),
        row["ends"],
        row["published"],
        row["period"],
        (float(row["start"]), float(row["position"])),
        (row["source"],),
    )
