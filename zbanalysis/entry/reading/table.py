"""Goals in the main table of a plan: the roles of its columns, and the words of its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from zbanalysis.entry.reading import HAN, chinese
from zbanalysis.entry.reading import goals as stated
from zbanalysis.entry.reading.chinese import DOWN, UP
from zbanalysis.entry.reading.goals import DASH, NUMBER, PARTED, SUFFIX, UNIT, Goal, Span

_HEADS = {
    "number": r"序号|编号|no\.?|#|№",
    "name": r"(?:主要|具体|核心|监测|评价|规划|发展)?指标(?:名称|内容)?|名称|项目|indicators?|measures?"
    r"|metrics?|kpi",
    "unit": r"(?:计量)?单位|units?",
    "rate": r".*(?:年均|增速|增长|累计|变化|增幅).*|.*(?:change|growth|annual rate).*",
    "attribute": r"(?:指标)?(?:属性|性质|类型)|type|nature|status",
    "office": r".*(?:牵头|责任|负责|主管).*|.*(?:lead|responsible|owner).*",
    "domain": r"(?:一级指标|类别|领域|分类|维度)|domain|area|theme",
}
_DONE = re.compile(r"完成|实际|达成|实现值|result|achieved|actual|outturn", re.IGNORECASE)
_BASE = re.compile(r"基期|基准|现状|基础值|基数|当前值|baseline|current|base\b", re.IGNORECASE)
_GOAL = re.compile(r"目标|规划值|target|goal|aim", re.IGNORECASE)
_WORDS_UNIT = re.compile(
    rf"(?:{UNIT}|元|[^\d，。]{{0,6}}/[^，。]{{1,6}}|1/10万|[A-Za-zµ³²/%‰]{{1,12}}|人·?[日次年天]|无量纲"
    rf"|指数|比值)"
)


_EN_UNIT = re.compile(
    r"(?P<unit>%[\w\s-]*|[kMGT]?(?:t|W|Wh|m|g|J)\b[\w\s-]*"
    r"|[^,;]*\b(?:per|thousand|million|billion)\b[^,;]*|[a-z][\w-]*)"
    r"(?P<sum>[,;]? cumulative)?"
)


@dataclass(frozen=True)
class _Head:
    roles: dict[str, int]
    goals: dict[int, str]
    base: int | None
    base_period: str
    first: int


def _head(rows: Sequence[Sequence[str]], span: Span) -> _Head | None:
    """The roles of a table's columns, by its head of one or two rows; None where it has no goals."""
    for top in range(min(4, len(rows))):
        plain = ["".join(cell.split()) for cell in rows[top]]
        if len(set(plain)) < 3 or not any(re.fullmatch(_HEADS["name"], cell, re.I) for cell in plain):
            continue
        first = top + 1
        below = ["".join(cell.split()) for cell in rows[first]] if first < len(rows) else [""] * len(plain)
        pairs = list(zip(plain, below, strict=True))
        repeats = len(set(below)) > 2 and any(one == other for one, other in pairs)
        if repeats or (not below[0] and re.search(r"20\d\d", " ".join(below))):  # a head of two rows
            first += 1
            plain = [one if one == other else f"{one} {other}".strip() for one, other in pairs]
        roles: dict[str, int] = {}
        years: dict[int, str] = {}
        undated: list[int] = []
        for place, cell in enumerate(plain):
            role = next((role for role, pattern in _HEADS.items() if re.fullmatch(pattern, cell, re.I)), "")
            if role and role not in roles and not (role == "rate" and re.search(r"20\d\d年?$", cell)):
                roles[role] = place
            elif match := re.search(r"(20\d\d)(?:/(?:20)?(\d\d)(?!\d))?", cell):
                years[place] = f"FY{int(match[1]) + 1}" if match[2] else span.year(int(match[1]))
            elif _BASE.search(cell):
                years[place] = span.year(span.base)
            elif _GOAL.search(cell):
                undated.append(place)
        if not any(int(year[-4:]) > span.base for year in years.values()):
            years |= dict.fromkeys(undated, span.year(span.last))
        is_past = {p: int(year[-4:]) <= span.base or _BASE.search(plain[p]) for p, year in years.items()}
        goals = {p: years[p] for p in years if not is_past[p] and not _DONE.search(plain[p])}
        past = [p for p in years if is_past[p]]
        if "name" in roles and goals:
            base = max(past, key=lambda p: years[p]) if past else None
            return _Head(roles, goals, base, years[base] if base is not None else "", first)
    return None


def is_past(rows: Sequence[Sequence[str]], caption: str) -> bool:
    """Whether a table tells of figures, but of no goals: results of an earlier plan."""
    head = " ".join(" ".join(row) for row in rows[:2])
    told = _DONE.search(head + caption) or re.search(r"20\d\d", head)
    return bool(told and re.search(r"指标|indicator", head, re.I))


def goals(rows: Sequence[Sequence[str]], span: Span, language: str, caption: str) -> list[tuple[Goal, int]]:
    """Goals of the main table with their rows; none where it is no table of goals."""
    head = _head(rows, span)
    if head is None or re.search(r"完成情况|results of", caption):
        return []
    goals_read = []
    for r, row in enumerate(rows[head.first :], start=head.first):
        cells = {role: row[place].strip() for role, place in head.roles.items()}
        if not cells["name"] or len({*row}) == 1 or re.match(r"注[:：]|Source|Note", cells["name"]):
            continue
        name, unit = _named(cells["name"], cells.get("unit", ""))
        base_cell, base_period = _dated(row[head.base] if head.base is not None else "", head.base_period)
        base, own = _sized(base_cell)
        unit = unit if unit.startswith(own) else own + unit
        told = {p: _cell(row[p], name, unit, span, year, base) for p, year in head.goals.items()}
        found: list[Goal] = []
        if "rate" in cells and not any(told.values()):
            goal = _over_the_years(cells["rate"], name, unit, span, base)
            if goal and base and goal.kind in ("absolute_change", "cumulative_change"):
                goal = replace(goal, base_period=base_period, base_value=base)
            found += [goal] if goal else []
        for place, goal in told.items():
            if goal is None:
                continue
            of_base = goal.base_period in ("", base_period, span.year(span.base))  # not against another year
            if base and of_base and goal.kind not in ("in_words", "average_growth"):
                goal = replace(goal, base_period=base_period, base_value=base)
            if place == max(head.goals):
                goal = _rated(goal, cells.get("rate", ""), rows, head)
            found.append(goal)
            if beside := re.match(r"[^，；]*\d[^，；]*[，；](?=其中)(.+)", row[place].strip()):
                own = chinese.sentences(beside[1], span)
                found += [replace(one, period=head.goals[place]) for one, _ in own]
        attribute = {"约束": "binding", "预期": "expected"}.get(cells.get("attribute", "")[:2], "")
        words = " | ".join(dict.fromkeys(" ".join(cell.split()) for cell in row if cell.strip()))
        about = {"attribute": attribute, "office": cells.get("office", ""), "words": words, "in_table": True}
        goals_read += [(replace(goal, **about), r) for goal in found]
    return goals_read


def _over_the_years(cell: str, name: str, unit: str, span: Span, base: str) -> Goal | None:
    """The goal of a row that names none for a year: what its column of average or cumulative figures says."""
    goal = _cell(cell, name, unit, span, span.year(span.last), base)
    if goal is None or goal.kind not in ("level", "range"):
        return goal
    if unit == "%" and re.search(r"(?:增长|增速|增幅)(?:率|速度)?$|growth", name, re.I):
        return replace(goal, kind="average_rate", period=span.until(goal.period))
    kind = goal.kind if goal.upper else goal.limit or "keep"
    return replace(goal, kind=kind, period=span.until(goal.period))


def _named(name: str, unit: str) -> tuple[str, str]:
    """Name and unit of a row; the unit may stand in brackets behind the name."""
    name = " ".join(name.split())
    name = re.sub(f"(?<=[{HAN}）)]) (?=[{HAN}（(A-Za-z0-9])|(?<=[A-Za-z0-9]) (?=[{HAN}])", "", name)
    name = re.sub(r"^(?:\d+[.、．](?!\d)\s*|[（(]\d+[)）]\s*|其中[:：]?\s*|#|[①-⑳]\s*)|[①-⑳*]+$", "", name)
    match = re.fullmatch(r"(.+?)\s*[(（\[〔]([^()（）\[\]〔〕]+)[)）\]〕]", name)
    if match and (not unit or match[2] == unit) and _WORDS_UNIT.fullmatch(match[2].strip()):
        name, unit = match[1], match[2].strip()
    elif match and not unit and (english := _EN_UNIT.fullmatch(match[2].strip())):
        name, unit = match[1] + (" (cumulative)" if english["sum"] else ""), english["unit"]
    unit = "".join(unit.split()) if re.search(f"[{HAN}]", unit) else unit.strip()
    return name, unit.replace("％", "%").strip("()（）")


def _dated(cell: str, period: str) -> tuple[str, str]:
    """A base and the year that stands in brackets behind it: ``14.2 (2022)``."""
    match = re.fullmatch(r"(.+?)\s*[(（]\s*(?:FY)?(20\d\d)(?:/(?:20)?(\d\d))?年?\s*[)）]", cell.strip())
    if not match:
        return cell, period
    fiscal = match[3] or period.startswith("FY")
    return match[1], f"FY{int(match[2]) + bool(match[3])}" if fiscal else match[2]


def _sized(cell: str) -> tuple[str, str]:
    """The bare number of a cell and its 万 or 亿; both empty where it holds none, or words around it."""
    text = re.sub(r"[*①-⑳%％]+$", "", cell.strip().replace(",", "").replace("−", "-"))
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)([百千]?[万亿])?", text)
    return (match[1], match[2] or "") if match else ("", "")


_SIGNED = re.compile(
    rf"([+-])\s?({NUMBER})\s?(%|(?:percentage )?points?|pp|years?|days?|[a-z]+)"
    r"(?: (?:on|from|against|vs\.?|compared (?:to|with)) (20\d\d))?"
)
"""A change with its sign and unit where a level might stand: ``−35% on 2022``."""


_FIGURE = re.compile(
    rf"(-?{NUMBER})\s*({UNIT}|[%‰]|per cent|points?)?(?:(?:{DASH}|\s+to\s+)({NUMBER}))?\s*({UNIT}|[%‰])?"
    rf"({SUFFIX})?(?!{PARTED})(?:[，；,;（(].*)?"
)
_LEAD = re.compile("^(?:累计|(?:力争)?(?:达到|降至|降到|下降到|下降至|提高到|提高至|提升到|提升至)|力争)")


def _cell(cell: str, name: str, unit: str, span: Span, period: str, base: str) -> Goal | None:
    """The goal of one cell; None where it holds none."""
    text = "".join(cell.split()) if re.search(f"[{HAN}]", cell) else " ".join(cell.split())
    text = re.sub(r"[①-⑳*]+$", "", text).replace("−", "-").replace("％", "%").strip()
    if not text or re.fullmatch(r"[-—–/…·.]+|n/?a|无", text, re.I):
        return None
    goal = Goal(name, "level", "", unit, period, cell.strip())
    bracketed = re.fullmatch(
        rf"[〔\[［【（(](.+?[〕\]］】)）](?:{UNIT})?)|(.+?)\s?[（(](?:累计|cumulative)[)）]", text
    )
    bare = re.sub("[〕\\]］】)）]", "", bracketed[1] or bracketed[2]) if bracketed else text
    bare, comparator = _compared(_LEAD.sub("", bare))
    if signed := _SIGNED.fullmatch(text):
        kind = "cumulative_change" if signed[3] == "%" else "absolute_change"
        year = span.year(int(signed[4])) if signed[4] else span.year(span.base)
        return replace(goal, kind=kind, value=signed[1].strip("+") + signed[2], base_period=year)
    moves = rf"(?:比|较)?(?:20\d\d年)?(?:累计)?(?P<way>{DOWN}|{UP}|reduce by|increase by|fall by|-|\+)\s*"
    change = re.match(rf"{moves}(?=[\d〔\[])", bare, re.I)
    way = change["way"] if change else ""
    bare = bare[change.end() :].strip("〔〕[]") if change and way not in "-+" else bare
    match = _FIGURE.fullmatch(bare)
    if not match:
        return _said(goal, bare, text, span)
    low, mid, high, last, suffix = match.groups()
    comparator, own = stated.compared(suffix, stated.BEHIND) or comparator, last or mid or ""
    low, high = (number.replace(",", "") for number in (low, high or ""))
    goal = replace(goal, value=low, upper=high, comparator=comparator)
    if goal.upper:
        return replace(goal, kind="range", comparator="")
    if way and way not in "-+":
        down = bool(re.fullmatch(DOWN, way)) or way.lower().startswith(("reduce", "fall"))
        relative = own == "%" or (not own and unit == "%")
        kind = "cumulative_change" if relative else "absolute_change"
        goal = replace(goal, kind=kind, base_period=span.year(span.base), unit=unit)
        return goal.falling() if down else goal
    if bracketed:
        return _cumulative(goal, own, span, base)
    return _named_kind(goal, own, span, base)


def _named_kind(goal: Goal, own: str, span: Span, base: str) -> Goal:
    """The kind of a plain figure by its row's name and unit: a change, a growth, a sum, else a level."""
    name, unit = goal.name, goal.unit
    if moved := re.fullmatch(rf"(.+?)(?:比|较)(20\d\d)年?(?:累计)?(?:({DOWN})|{UP})(?:率|幅度|比例)?", name):
        kind = "cumulative_change" if unit == "%" else "absolute_change"
        goal = replace(goal, name=moved[1], kind=kind, base_period=span.year(int(moved[2])), unit=unit)
        return goal.falling() if moved[3] else goal
    if grows := re.search(r"年均(?:增长|增速)(?:率|速度)?$", name):
        return replace(goal, name=name[: grows.start()], kind="average_growth", unit="%")
    if re.fullmatch(r"(?:%|per cent|percentage) change", unit, re.I):
        return replace(goal, kind="cumulative_change", unit="%", base_period=span.year(span.base))
    if re.search(r"^累计|\(cumulative\)", name, re.I) and not base:
        return goal.summed(span)
    if re.fullmatch("[百千]?[万亿]", own) and unit and not unit.startswith(own):
        return replace(goal, unit=own + unit)
    return replace(goal, unit=unit or own)


def _compared(bare: str) -> tuple[str, str]:
    """A cell without the words that compare, and what they say."""
    comparator = ""
    for pattern, kinds in ((r"^(?:{})\s*", stated.BEFORE), (r"\s*(?:{})$", stated.BEHIND)):
        for kind, words in kinds.items():
            if match := re.search(pattern.format(words), bare, re.I):
                bare, comparator = bare[: match.start()] + bare[match.end() :], kind
    return bare, comparator


def _said(goal: Goal, bare: str, text: str, span: Span) -> Goal | None:
    """The goal of a cell without a figure: doubled, halved, or in words."""
    doubled = re.fullmatch(
        rf"(?:比20\d\d年)?(?:实现|力争)?(?:翻(一|两)?番|(doubled?)"
        rf"|(halved?|减半|(?:reduced?|cut|fall) by half|(?:{DOWN})一半))",
        bare,
        re.I,
    )
    if doubled:
        value = "300" if doubled[1] == "两" else "-50" if doubled[3] else "100"
        return replace(goal, kind="cumulative_change", value=value, base_period=span.year(span.base))
    return replace(goal, kind="in_words", context=text) if re.search(f"[{HAN}A-Za-z]", text) else None


def _cumulative(goal: Goal, own: str, span: Span, base: str) -> Goal:
    """A cell in 〔〕: a change over the plan's years where it is a share, else a sum over them.

    Of years of life, or of a share whose base is printed, it is the change in the unit itself.
    """
    moves = re.search(rf"(?:{DOWN}|{UP})(?:率|幅度|比例)?$", goal.name)
    stock = goal.unit in ("岁", "年") or re.match("每[百千万十]|人均|平均", goal.name)
    if (stock or (goal.unit == "%" and base and own != "%")) and not moves:
        return replace(goal, kind="absolute_change", base_period=span.year(span.base))
    if "%" not in (own, goal.unit):
        return goal.summed(span)
    falls = rf"(?:{DOWN})(?:率|幅度|比例)?$"
    name = re.sub(rf"(?<=...)(?:{UP})(?:率|幅度)?$", "", re.sub(rf"(?<=...){falls}", "", goal.name))
    changed = replace(goal, name=name, kind="cumulative_change", unit="%")
    return changed.falling() if re.search(falls, goal.name) and not goal.value.startswith("-") else changed


def _rated(goal: Goal, cell: str, rows: Sequence[Sequence[str]], head: _Head) -> Goal:
    """A row's average rate or change, as the column says: 〔〕 holds a change."""
    if goal.kind != "level":
        return goal
    text = "".join(cell.split()).replace("−", "-").replace("％", "%").replace("+", "")
    match = re.fullmatch(
        r"([〔\[［（(]?)(-?\d+(?:\.\d+)?)(%|points?|个百分点|百分点|pp)?[〕\]］）)]?(?:左右)?", text
    )
    if not match:
        return goal
    title = " ".join(rows[row][head.roles["rate"]] for row in range(head.first))
    is_change = bool(match[1]) or (not re.search(r"年均|增速|annual|growth", title, re.I))
    if not is_change:
        return replace(goal, rate=match[2])
    if match[3] == "%" and goal.unit != "百分点":
        return replace(goal, per_cent=match[2])
    return replace(goal, change=match[2])
