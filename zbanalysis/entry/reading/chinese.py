"""Goals in Chinese sentences: figures to which a verb of reaching, keeping, changing or making leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from zbanalysis.entry.reading import squeezed
from zbanalysis.entry.reading.goals import (
    AFTER,
    DASH,
    FIVES,
    LONGEST,
    NUMBER,
    SIGNS,
    SUFFIX,
    UNIT,
    VERBS,
    Goal,
    Span,
    falling,
)

_VALUE = re.compile(
    rf"(?P<before>[约近≥≤＞＜><])?(?P<low>{NUMBER})(?:(?P<mid>{UNIT})?{DASH}(?P<high>{NUMBER}))?"
    rf"(?P<unit>{UNIT})?(?P<suffix>{SUFFIX})?"
)
_REACH = (
    "达到|达|提高到|提高至|提升到|提升至|增加到|增加至|增至|增长到|增长至|上升到|上升至|扩大到|扩大至"
    "|发展到|延长到|延长至|升至|拓展到|迈上|跃上|跨上|跃升至|跃升到"
    "|降至|降到|降低到|降低至|下降到|下降至|减少到|减少至|减至|缩短至|缩短到|缩小到|缩小至|完成|实现|建成"
)
_KEEP = "稳定保持在|保持在|稳定在|维持在|巩固在|保持|稳定|维持|巩固"
UP = "提高|增长|增加|上升|提升|扩大|延长|递增|净增"
DOWN = "下降|降低|减少|压减|缩短|缩小|削减|递减|压缩"
_MAKE = (
    "新增|新建|新改建|新改扩建|改扩建|改建|扩建|建成|建设|建立|培育|培养|引进|引育|招引|培训|打造|完成"
    "|创建|改造|治理|认定|孵化|推广|发展|组建"
    "|设立|选派|救助|转移|修复|种植|开展|实施|制定|制修订|举办|开工|开通|布局|储备|遴选|支持|服务|吸纳"
    "|帮助|取得|获批|争取|争创|转化|落地|供应|筹集"
)
_LEVEL = re.compile(rf"(?P<name>.*?)(?P<verb>{'|'.join(VERBS.values())}|{_REACH}|{_KEEP})(?:到|在|至|为)?$")
_AVERAGE = re.compile(
    rf"(?P<name>.*?)(?:保持)?年[均度]?平?均?(?P<way>{UP}|{DOWN}|增速|增幅|增长率|增长速度)(?:速度|率)?"
    rf"(?P<verb>达到|达|保持在|稳定在|控制在|不低于|不高于|不超过|高于|低于|超过|为|在)?(?:约)?$"
)
_FROM_TO = re.compile(
    rf"(?P<name>.*?)(?:由|从)(?:(?P<year>20\d\d)年(?:底|末)?的?|目前的?|现在的?)?"
    rf"(?P<base>{NUMBER}){UNIT}?,?，?"
    rf"(?:{UP}|{DOWN}|升|降|增|减)(?:到|至|为)(?:(?P<to>20\d\d)年(?:底|末)?的?)?(?:约)?$"
)
_CHANGE = re.compile(
    rf"(?P<name>.*?)(?P<against>(?:比|较|在)(?:(?P<year>20\d\d)年|上年|基期|“?十[一二三四五]五”?(?:末"
    rf"|期末|时期|期间)?)?(?:底|末|同期|水平)?(?:的?基础上)?)?"
    rf"(?P<sum>(?:五年|规划期内?|“十[一二三四五]五”期间)?累计|五年)?(?:再|分别|共|继续)?(?P<way>{UP}"
    rf"|{DOWN})(?P<verb>不低于|不少于|不超过|超过|达到|达|约|了)?$"
)
_RANK = re.compile(
    r"(?P<name>.*?)(?:力争|争取)?(?:进入|跻身|位居|位列|居|列|保持|挺进|达到|进位至?)"
    r"(?P<where>[^，。]{0,14}?)(?:前|第)$"
)
_SUM = re.compile(
    rf"(?P<name>(?:新)?(?P<make>{_MAKE})(?P<thing>[^，。；：]{{1,42}}?))(?P<verb>{VERBS['at_least']}|超过"
    rf"|突破|达到|达|约)?$"
)
_COUNTED = "家个项件张台套辆户所座处条支名人场期批门片宗艘枚"
_PER = re.compile(r"每[十百千万]+(?:名)?(?:常住)?(?:人口|人|老年人|儿童)?(?:拥有|配备)?的?")
_FUND = re.compile(r"(?:设立|组建|成立|建立)(?:总规模|规模)?$")
_DOUBLED = re.compile(
    r"(?P<name>[^，。；：]*?)(?:力争|争取|确保)?(?:(?:比|较|在)(?P<year>20\d\d)年(?:的?基础上)?)?"
    r"(?:实现)?(?P<how>翻一番|翻两番|翻番|(?<=[现量额值模入])倍增|增长一倍|增加一倍|减半|(?:{DOWN})一半)"
)
_FILLERS = re.compile(
    r"^(?:[—\-–：:、，,\s和及与“]|到?“?十[一二三四五]五”?(?:末|期末|期间|时期)|(?:到|至|截至|力争到"
    r"|确保到|力争|预期)?(?:20\d\d)年(?:年?底|末|前)?"
    r"|(?:到)?规划期(?:末|内|间)?|(?:五|三|四)年(?:内|来|间)?|到时|届时|累计|力争|确保|争取|努力|实现"
    r"|推动|推进|使得?|全市|全区|全县|全域|我市|本市"
    r"|每年|逐年|年均|其中|将|要|再(?!生)|并|且|建成(?!区)|完成|实施|开展)"
)
_TAILS = re.compile(
    r"(?:20\d\d年(?:底|末)?|(?:实现)?(?:翻一番|翻两番|翻番|倍增)|以[^，。以]{1,8}为单位|[三五]年内?|力争|争取|确保|要|将|应|须|需|均|都|分别|总体|稳定|基本|进一步|逐步|总数|累计"
    r"|稳步|显著|大幅|平均|每年|也|的|，|、)$"
)
_OTHERS = re.compile(
    r"预计|预测|据测算|(?:国家|中央|全省|省委|省政府|省级?|上级|联合国)[^，。；]{0,6}(?:提出|要求|明确"
    r"|规定|平均|下达)|全国平均|全省平均|相邻|周边"
    r"|已经?(?:达|建|有|完成|实现|超|累计|降|提)|目前|截至|当前|现有|上年"
)
_COST = re.compile(
    r"投资|资金|补助|补贴|奖励|经费|预算|费用|造价|贷款额度|额度|标准|给予|最高|罚款|单价|价格"
)
_CUE = re.compile(r"五年|三年|规划期|每年|累计|力争|争取|“十[一二三四五]五”(?:期间|末|时期)|年均|到时")
_STOP = re.compile(
    r"$|[，。；、！？）)：,;”\s（(]|和|及|与|以及|并|且|或|同时|大关|台阶|关口|的?(?:目标|水平|比例|要求)?[，。；]"
)
_BASE_YEAR = re.compile(
    r"(?:比|较|与|同|由|从|自|以|相比)\s*20\d\d\s*年|20\d\d年(?:底|末)?的?(?:基础上|同期|水平)"
)


def sentences(text: str, span: Span) -> Iterator[tuple[Goal, int]]:
    """Goals of a paragraph, each with the letter at which its words begin."""
    plain, kept = squeezed(text)
    plain = plain.replace("％", "%")
    year, last = 0, None
    for match in re.finditer(r"[^。；！？;\n]+[。；！？;\n]?", plain):
        if len(match[0]) > LONGEST:
            continue
        for goal, start in _sentence(match[0], span, year, last):
            last = goal
            yield goal, kept[min(match.start() + start, len(kept) - 1)]
        named = _years(_blank(match[0]))
        year = (named[-1] if named[-1] > span.base else 0) if named else year


def _blank(sentence: str) -> str:
    """A sentence whose brackets and quoted names are veiled, letter for letter."""
    veiled = re.sub(r"[（(][^（）()]*[)）]", lambda m: re.sub(r"\d", "○", m[0]), sentence)
    return re.sub(r"[“《][^”》]*[”》]", lambda m: re.sub(r"\d", "○", m[0]), veiled)


def _sentence(sentence: str, span: Span, year: int, last: Goal | None) -> Iterator[tuple[Goal, int]]:
    """Goals of one sentence with their first letter; ``year`` is the one that held before it."""
    veiled = _blank(sentence)
    bound, firsts = 0, []
    for value in _VALUE.finditer(veiled):
        lead = veiled[bound : value.start()]
        if _no_figure(veiled, value):
            continue
        clause_at = bound + max((m.end() for m in re.finditer(r"[，；：。,]|——", lead)), default=0)
        clause = veiled[clause_at : value.start()]
        at = _year(veiled[: value.start()], span, year)
        if at == 0 or _OTHERS.search(veiled[: value.start()]):
            continue
        goals = _goals(
            clause, sentence[clause_at : value.start()], veiled[:clause_at], value, veiled, span, at, last
        )
        if goals:
            for goal in goals:
                words = sentence[clause_at : value.end()].strip("，、—：")
                name = _as_printed(goal.name, veiled, sentence)
                again = "力争" in clause and (name, goal.kind, goal.period) in firsts
                firsts.append((name, goal.kind, goal.period))
                if not again:  # 下降14%，力争下降15%: the plan asks for the first
                    yield replace(goal, name=name, words=words), sentence.index(words, max(0, clause_at - 2))
            last, bound = goals[-1], value.end()
    for match in _DOUBLED.finditer(veiled):
        goal = _doubled(match, sentence, span, _year(veiled[: match.start("how")], span, year), last)
        if goal:
            yield goal, match.start() + max(len(match["name"]) - len(goal.name), 0)


def _as_printed(name: str, veiled: str, sentence: str) -> str:
    at = veiled.find(name) if "○" in name else -1
    return sentence[at : at + len(name)] if at >= 0 else name


def _no_figure(text: str, value: re.Match) -> bool:
    """A number that is part of a name, a date or an order."""
    before, after = text[: value.start()], text[value.end() :]
    is_year = re.fullmatch(r"20\d\d|19\d\d", value["low"]) and (
        value["mid"] or value["unit"] or ""
    ).startswith("年")
    split = re.search(r"[A-Za-z.+×*\d/]$|[A-Za-z]-$", before) or re.match(r"[A-Za-z+×*]|\.\d", after)
    return bool(
        is_year
        or split
        or value["unit"] in ("月", "日")
        or (re.search(r"第$", before) and not after.startswith(("位", "名")))
    )


def _years(text: str) -> list[int]:
    """Years that a text names, those left out against which it compares."""
    plain = _BASE_YEAR.sub("", text)
    named = re.finditer(
        r"(20\d\d)年|(?<![较比与同于])(?<![较比与同于]“)“?(十[一二三四五六])五”?(?:期间|时期|以来|末)", plain
    )
    return [int(one[1]) if one[1] else FIVES[one[2]] + 4 for one in named]


def _year(before: str, span: Span, stated: int) -> int:
    """The year a figure is for, by the words before it: the plan's last where none is named, 0 where past."""
    named = _years(before)
    if named:
        return named[-1] if named[-1] > span.base else 0
    return stated or span.last


def _clean(name: str) -> str:
    """A name without the words of time and effort around it."""
    name = name.strip()
    while True:
        short = _TAILS.sub("", _FILLERS.sub("", name)).strip()
        if short == name:
            return short
        name = short


def _unit(value: re.Match) -> str:
    unit = value["unit"] or value["mid"] or ""
    return "1" + unit if unit.startswith("/") else unit


def _goals(
    clause: str, words: str, before: str, value: re.Match, sentence: str, span: Span, year: int,
    last: Goal | None,
) -> list[Goal]:  # fmt: skip
    """The goals that a figure states; none where nothing in its clause leads to it."""
    unit, after = _unit(value), sentence[value.end() :]
    number, upper = value["low"].replace(",", ""), (value["high"] or "").replace(",", "")
    comparator = AFTER.get(value["suffix"] or "", "") or SIGNS.get(value["before"] or "", "")
    fund = re.match(r"(?:的?规模)?的([^，。；、]{2,24}?(?:基金|资金池))", after)
    if fund and "元" in unit and _FUND.search(clause):
        return [Goal(fund[1], "level", number, unit, span.year(year), "", comparator)]
    if "元" in unit and re.search(r"规模(?:达到|达|为|不低于)?(?:约)?$", clause) and "基金" in sentence:
        fund = re.search(r"[^，。；、的]{2,24}?基金", sentence)
        head = last.name if last else fund[0] if fund else ""
        name = head + _clean(clause.rstrip("达到为约不低于"))
        return [Goal(name, "level", number, unit, span.year(year), "", comparator)]
    period = span.year(year)
    goal = Goal("", "level", number, unit, period, "", comparator, upper)
    if not _STOP.match(after):
        return _made(clause, goal, before, after, span)
    for rule in (_from_to, _averaged, _changed, _ranked, _reached, _summed, _bare):
        goal_read = rule(clause, goal, before + clause, span, value)
        if goal_read:
            break
    else:
        goal_read = _listed(clause, goal, last)
        if goal_read is None:
            return []
    name = _clean(goal_read.name) or (last.name if last else "")
    if not name and rule is _reached and re.search(r"[，、]$", before):
        name = _clean(re.split(r"[，；：。]", before.rstrip("，、"))[-1].partition("年均")[0])
    if last and clause.startswith("、") and (per := _PER.match(last.name)) and not _PER.match(name):
        name = per[0] + name  # 每千人口医师数 3.2 人、护士数 3.8 人
    if last and re.match("占[^，。]", name):
        name = last.name + name  # 研发经费投入年均增长 10%，占 GDP 比重达到 2.6%
    if re.search(r"达到|\d[%‰]$", name):
        return []
    if len(name) < 2 or ("元" in unit and _COST.search(name)) or re.search(r"的$|^以|^对|^按", name):
        return []
    yearly = "每年|逐年|年度|年均" if goal_read.kind == "cumulative_sum" else "每年|逐年|年度"
    if re.search(yearly, clause) and goal_read.kind in ("level", "cumulative_sum"):
        kind = "ceiling" if goal_read.comparator in ("at_most", "less_than") else "floor"
        goal_read = replace(
            goal_read,
            kind=kind,
            period=span.until(span.year(span.last)),
            comparator=goal_read.comparator or "at_least",
        )
    goal_read = replace(goal_read, name=name)
    return _shared(goal_read, words, sentence, value, span)


def _shared(goal: Goal, words: str, sentence: str, value: re.Match, span: Span) -> list[Goal]:
    """甲、乙分别达到 1 和 2: each name, or each year, with its figure."""
    if "分别" not in words:
        return [goal]
    names = [one for one in re.split(r"[、和及与]", _clean(words.partition("分别")[0])) if one]
    rest = re.match(
        rf"(?:\s*(?:、|和|及|与|，)\s*({NUMBER})(?:{UNIT})?(?:{SUFFIX})?)+", sentence[value.end() :]
    )
    more = re.findall(rf"(?:、|和|及|与|，)\s*({NUMBER})", rest[0]) if rest else []
    figures = [goal.value, *(one.replace(",", "") for one in more)]
    sign = "-" if goal.value.startswith("-") else ""
    figures = [goal.value, *(sign + one for one in figures[1:])]
    several = re.findall(
        r"(20\d\d)年(?=底?(?:、|和|及)20\d\d年)|(?<=[、和及])(20\d\d)年", sentence[: value.start()]
    )
    if several and len(several) == len(figures):
        years = [int(one or other) for one, other in several]
        return [
            replace(goal, period=span.year(year), value=figure)
            for year, figure in zip(years, figures, strict=True)
        ]
    if len(names) < len(figures):
        return [goal]
    return [
        replace(goal, name=one, value=figure)
        for one, figure in zip(names[-len(figures) :], figures, strict=True)
    ]


def _from_to(clause: str, goal: Goal, before: str, span: Span, value: re.Match) -> Goal | None:
    match = _FROM_TO.search(before)
    if not match or len(match[0]) < len(clause) - 60:
        return None
    year = span.year(int(match["year"])) if match["year"] else span.year(span.base)
    name = re.split(r"[，；：。]", match["name"])[-1]
    period = span.year(int(match["to"])) if match["to"] else goal.period
    return replace(
        goal, name=name, base_period=year, base_value=match["base"].replace(",", ""), period=period
    )


def _averaged(clause: str, goal: Goal, before: str, span: Span, value: re.Match) -> Goal | None:
    match = _AVERAGE.search(clause)
    if (
        not match
        or "年" not in clause
        or goal.unit not in ("%", "")
        or not re.search(r"年[均度]|年平均", clause)
    ):
        return None
    comparator = goal.comparator or _verb(match["verb"])
    averaged = replace(goal, name=match["name"], kind="average_growth", comparator=comparator)
    return falling(averaged) if re.fullmatch(DOWN, match["way"]) else averaged


def _changed(clause: str, goal: Goal, before: str, span: Span, value: re.Match) -> Goal | None:
    match = _CHANGE.search(clause)
    if not match or goal.upper:
        return None
    down = bool(re.fullmatch(DOWN, match["way"]))
    against = bool(match["against"])
    if goal.unit in ("%", "％"):
        kind = "cumulative_change"
    elif "百分点" in goal.unit or against or (match["sum"] and down) or re.search("再|继续", clause):
        kind = "absolute_change"
    elif match["sum"] or re.search(_CUE, before):
        kind = "cumulative_sum"
    else:
        return None
    if re.search(r"每年|逐年|年均", clause) and kind != "cumulative_sum":
        # A growth each year is a rate; so many points each year are no kind of their own.
        yearly = kind == "cumulative_change"
        if not yearly:
            return replace(goal, name=match["name"], kind="in_words", value="", comparator="")
        kind = "average_growth"
    if goal.unit == "倍":
        kind = "cumulative_change"
        goal = replace(goal, value=f"{float(goal.value) * 100:g}", unit="%")
    base = span.year(int(match["year"])) if match["year"] else (span.year(span.base) if against else "")
    period = span.until(goal.period) if kind == "cumulative_sum" else goal.period
    comparator = goal.comparator or _verb(match["verb"])
    name = match["name"].removesuffix("控制在")
    if down and name != match["name"]:
        comparator = "at_least"  # 控制在较…下降20%以内: as much as that, at least
    changed = replace(goal, name=name, kind=kind, base_period=base, period=period, comparator=comparator)
    return falling(changed) if down and kind != "cumulative_sum" else changed


def _ranked(clause: str, goal: Goal, before: str, span: Span, value: re.Match) -> Goal | None:
    match = _RANK.search(clause)
    if not match or goal.unit not in ("名", "位", "强", "家", "列", ""):
        return None
    return replace(goal, name=match["name"], unit="位", comparator="at_most")


def _verb(verb: str | None) -> str:
    return next((one for one, words in VERBS.items() if verb and re.fullmatch(words, verb)), "")


def _reached(clause: str, goal: Goal, before: str, span: Span, value: re.Match) -> Goal | None:
    match = _LEVEL.search(clause)
    if not match:
        return None
    verb, name = match["verb"], match["name"]
    if verb in ("完成", "实现", "建成"):
        if len(_clean(name)) < 2 or not goal.unit:
            return None
        is_sum = verb == "完成" or "累计" in clause
        return (
            replace(goal, name=name, kind="cumulative_sum", period=span.until(goal.period))
            if is_sum
            else replace(goal, name=name)
        )
    comparator = goal.comparator or _verb(verb)
    kind, period = ("range" if goal.upper else "level"), goal.period
    if re.fullmatch(_KEEP, verb) and not goal.upper:
        period = span.until(span.year(span.last))
        kind = {"at_least": "floor", "more_than": "floor", "at_most": "ceiling", "less_than": "ceiling"}.get(
            comparator, "keep"
        )
        if goal.value == "100" and goal.unit == "%" and not comparator:
            kind = "floor"
    elif name.endswith("累计") or (
        re.match(rf"(?:{_FILLERS.pattern[1:]})*(?:新)?(?:{_MAKE})", name)
        and re.search(r"累计|新[增建引]|培训|引进", name)
    ):
        kind, period = "cumulative_sum", span.until(period)
    if goal.upper:
        comparator = ""
    return replace(goal, name=name, kind=kind, period=period, comparator=comparator)


def _summed(clause: str, goal: Goal, before: str, span: Span, value: re.Match) -> Goal | None:
    match = _SUM.search(clause)
    if not match:
        return None
    if (
        not (_CUE.search(before) or _years(before))
        or not goal.unit
        or goal.unit in ("%", "倍", "年", "天", "岁")
    ):
        return None
    if "元" in goal.unit and not re.search(
        r"收入|产值|销售|成交|交易|登记|增加值|基金|营业|出口|消费", clause
    ):
        return None
    first = match["make"] in ("建成",) and not re.search(r"累计|五年|新", before)
    comparator = goal.comparator or _verb(match["verb"])
    kind, period = ("level", goal.period) if first else ("cumulative_sum", span.until(goal.period))
    return replace(goal, name=match["name"], kind=kind, period=period, comparator=comparator)


def _bare(clause: str, goal: Goal, before: str, span: Span, value: re.Match) -> Goal | None:
    """A rate beside its figure, without a verb: ``规范管理率≥65%``, ``覆盖率100%``."""
    is_rate = re.search(r"(?:率|比例|占比|比重)$", clause) and goal.unit in ("%", "‰")
    signed = value["before"] in ("≥", "≤", "＞", "＜", ">", "<")
    if re.search(r"[\d其中]", clause) or not (signed or (is_rate and goal.value == "100")):
        return None
    return replace(goal, name=clause)


def _made(clause: str, goal: Goal, before: str, after: str, span: Span) -> list[Goal]:
    """Things to be made whose name stands behind the figure: ``三年内建成10个县域医共体``."""
    verb = re.search(rf"(?:^|[，、和及])(?:{_FILLERS.pattern[1:]})*(?P<make>(?:新)?(?:{_MAKE}))"
                     rf"(?P<cmp>{VERBS['at_least']}|超过|突破|约)?$", clause)  # fmt: skip
    thing = re.match(r"(?:的)?([^，。；、：（()）\d]{2,24}?)(?=[，。；、：（(]|以上|左右|$)", after)
    if not (verb and thing) or goal.upper or not (_CUE.search(before + clause) or _years(before + clause)):
        return []
    if not re.fullmatch(rf"[百千万]?[{_COUNTED}]|[万千]?(?:人次|课时)", goal.unit):
        return []
    made = replace(goal, name=verb["make"] + thing[1], kind="cumulative_sum", period=span.until(goal.period),
                    comparator=goal.comparator or _verb(verb["cmp"]))  # fmt: skip
    return [made]


def _listed(clause: str, goal: Goal, last: Goal | None) -> Goal | None:
    """The next of a list, or a part of what was just named: ``…300 家、…500 家``, ``其中…300 公里``."""
    if (
        last is None
        or goal.unit in ("", "%", "倍", "年")
        or not re.fullmatch(r"(?:、|和|及|以及|其中)[^，。；：]{2,30}", clause)
    ):
        return None
    return replace(goal, name=clause, kind=last.kind, period=last.period, comparator=goal.comparator)


def _doubled(match: re.Match, sentence: str, span: Span, year: int, last: Goal | None) -> Goal | None:
    said = match["name"]
    said = said.rpartition("、")[2] if re.search(r"\d", said) else said  # 达到1.2亿吨、集装箱吞吐量倍增
    name = _clean(said) or (last.name if last and match.start() else "")
    if (
        year == 0
        or len(name) < 2
        or _OTHERS.search(sentence[: match.end()])
        or re.match(r"(?:计划|行动|工程)", sentence[match.end() :])
    ):
        return None
    value = "300" if "两" in match["how"] else "-50" if "半" in match["how"] else "100"
    base = span.year(int(match["year"])) if match["year"] else span.year(span.base)
    words = sentence[match.start() : match.end()].strip("，、")
    return Goal(name, "cumulative_change", value, "%", span.year(year), words, base_period=base)
