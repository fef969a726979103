"""A goal read from a document as rows of the tables: its target, and what is known of its indicator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from zbanalysis.data import digits, periods
from zbanalysis.data.languages import LANGUAGES
from zbanalysis.entry import folder, schema
from zbanalysis.entry.reading import plan as plans
from zbanalysis.entry.reading.goals import Goal
from zbanalysis.entry.reading.plan import Place
from zbanalysis.entry.schema import UNKNOWN
from zbanalysis.report.words import label

_FALLS = re.compile(
    r"死亡|发病率|患病|吸烟|近视|污染|排放|浓度|能耗|消耗|耗水|用水量|水耗|失业|事故|贫困|劣[ⅤV五]|投诉"
    r"|个人卫生支出|反应时间|漏损|损失|违法"
    r"|(?i:death|killed|injur|casualt|pollut|emission|dioxide|unemploy|crime|waste|lost|defect|collision"
    r"|car trips|above the limit|vacan|homeless)"
)


def unit_of(goal: Goal, language: str) -> str:
    """The unit of the indicator; that of a growth or change in per cent is not said."""
    if goal.kind in ("average_growth", "cumulative_change") and not goal.in_table:
        is_share = re.search(r"(?:率|比例|占比|比重|水平)$|share|rate\b", goal.name)
        return "%" if is_share else UNKNOWN[language]
    if goal.unit in ("个百分点", "百分点", "points", "point"):
        return "%"
    return goal.unit or UNKNOWN[language]


def starter(
    goal: Goal, unit: str, language: str, current: Mapping[str, pd.DataFrame]
) -> dict[str, str] | None:
    """The row of a starter list for that name and unit, so that the form of `new` has the same indicator."""
    own = current["areas"][~current["areas"]["area"].str.startswith(schema.PLACEHOLDER)]
    spoken = {language, *(lang for lang in LANGUAGES if own[f"name_{lang}"].ne("").any())}
    taken = set(current["indicators"]["indicator"])
    for name in folder.FIELDS:
        for row in folder.template("starter", name).to_dict("records") if name != "blank" else ():
            same = schema.plain(goal.name) == schema.plain(row[f"name_{language}"])
            if same and unit == row[f"unit_{language}"] and row["indicator"] not in taken:
                return {key: text for key, text in row.items() if key[-2:] in spoken or key[-3:-2] != "_"}
    return None


def scale_of(unit: str, name: str) -> str:
    """What kind of number the unit and the name tell of."""
    if unit in ("%", "％") and not re.search(r"增长|增速|增幅|growth", name):
        return "share"
    if unit in ("位", "名次") or re.search(r"排名|位次|rank", name):
        return "rank"
    if (
        re.search(r"/|‰|per\b|% a year", unit)
        or re.match(r"每[百千万十]|人均|单位", name)
        or unit in ("%", "岁")
    ):
        return "ratio"
    if re.fullmatch(
        r"[百千万亿]*(?:家|个|人|件|项|台|套|辆|所|座|处|张|名|户|次|天|人次|条|种|部|万|标箱|架次|车次|艘"
        r"|列|床|枚|头|只)",
        unit,
    ):
        return "count"
    if unit.lower() in ("number", "no.", *re.findall("[a-z]+", name.lower())):
        return "count"  # trees, of Trees planted
    if re.search(r"元|吨|米|亩|公顷|公里|千瓦|km|kt|million", unit):
        return "amount"
    return "unknown"


def accumulation_of(goal: Goal, unit: str) -> str:
    """Whether the figures of several years add up: ``flow``, else ``stock``."""
    yearly = goal.kind in ("cumulative_sum",) or (goal.kind in ("floor", "ceiling") and unit != "%")
    flow = re.search(
        r"额$|产量|产值|增加值|收入|生产总值|新增|排放量|消费量|journeys|trips|killed", goal.name
    )
    return "flow" if unit not in ("%", "‰") and (yearly or flow) else "stock"


def direction_of(goal: Goal) -> str:
    """Which way is good: by the goal against its base, by its sign, by the limit, else by the name."""
    if goal.kind in ("cumulative_change", "absolute_change", "average_growth"):
        return "down" if goal.value.startswith("-") else "up"
    if goal.base_value and goal.value and goal.kind in ("level", "range"):
        base, value = Decimal(goal.base_value), Decimal(goal.value)
        if base != value:
            return "down" if value < base else "up"
    if goal.comparator in ("at_most", "less_than") or goal.unit == "位":
        return "down"
    return (
        "down"
        if _FALLS.search(goal.name)
        and goal.comparator not in ("at_least", "more_than")
        and goal.kind != "cumulative_sum"
        else "up"
    )


def target_of(goal: Goal, language: str) -> dict[str, str]:
    """A goal as a row of targets; a rate that does not follow from base and goal is only noted."""
    rate, change, odd = goal.rate, goal.change, ""
    if not goal.base_value or (rate and not _follows(goal, rate, growth=True)):
        rate, odd = "", odd + (f" {rate} %/a" if rate else "")
    if not goal.base_value or (change and not _follows(goal, change, growth=False)):
        change, odd = "", odd + (f" {change}" if change else "")
    note = f"“{goal.words}”" + (f" ({goal.per_cent} %)" if goal.per_cent else "")
    note += label("entry.draft.odd", language, value=odd.strip()) if odd and goal.in_table else ""
    office = plans.offices(goal.office)
    between = "、" if language == "zh" else ", "
    texts = {
        "kind": goal.kind,
        "basis": "as_published",
        "target_period": goal.period,
        "target_value": goal.value,
    }
    texts |= {"target_upper": goal.upper, "base_period": goal.base_period, "base_value": goal.base_value}
    texts |= {"comparator": goal.comparator, "stated_rate": rate, "stated_change": change, "note": note}
    texts |= {"attribute": goal.attribute or "unstated", f"office_{language}": between.join(office)}
    if goal.base_period and periods.position(goal.base_period) >= periods.position(goal.period):
        texts |= {"base_period": "", "base_value": ""}
    if goal.kind == "in_words":
        texts[f"words_{language}"] = in_words(goal)
    return {**texts, "locator": locator_of(goal.place, language)}


def in_words(goal: Goal) -> str:
    """What says a goal in words: the cell of a row, else the clause."""
    return goal.context if goal.in_table else goal.words


def _follows(goal: Goal, text: str, *, growth: bool) -> bool:
    try:
        years = periods.position(goal.period) - periods.position(goal.base_period)
        ends = (
            digits.average_growth(goal.base_value, goal.value, years)
            if growth
            else digits.change(goal.base_value, goal.value)
        )
    except (ValueError, ArithmeticError):
        return False
    return digits.meet(digits.printed(text), ends)


def locator_of(place: Place, language: str) -> str:
    """Where a goal or task stands, in the document's language."""
    return label(f"entry.draft.place_{place.unit}", language, number=place.number, row=place.row)
