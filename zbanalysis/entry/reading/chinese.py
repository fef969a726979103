"""Goals in Chinese sentences: figures to which a verb of reaching, keeping, changing or making leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from zbanalysis.entry.reading import goals as stated
from zbanalysis.entry.reading import squeezed
from zbanalysis.entry.reading.goals import NUMBER, PARTED, UNIT, VERBS, Goal, Span, compared

# --- what leads to a figure, what stands behind it, what is no goal ---

VALUE = re.compile(
    rf"(?P<before>[约近≥≤＞＜><])?(?P<low>{NUMBER})(?:(?P<mid>{UNIT})?{stated.DASH}(?P<high>{NUMBER}))?"
    rf"(?P<unit>{UNIT})?(?P<suffix>{stated.SUFFIX})?"
)
REACH = (
    "达到|达|提高到|提高至|提升到|提升至|增加到|增加至|增至|增长到|增长至|上升到|上升至|扩大到|扩大至"
    "|发展到|延长到|延长至|升至|拓展到|迈上|跃上|跨上|跃升至|跃升到"
    "|降至|降到|降低到|降低至|下降到|下降至|减少到|减少至|减至|缩短至|缩短到|缩小到|缩小至|完成|实现|建成"
)
KEEP = "稳定保持在|保持在|稳定在|维持在|巩固在|保持|稳定|维持|巩固"
UP = "提高|增长|增加|上升|提升|扩大|延长|递增|净增"
DOWN = "下降|降低|减少|压减|缩短|缩小|削减|递减|压缩"
MAKE = (
    "新增|新建|新改建|新改扩建|改扩建|改建|扩建|建成|建设|建立|培育|培养|引进|引育|招引|培训|打造|完成|创建"
    "|改造|治理|认定|孵化|推广|发展|组建|设立|选派|救助|转移|修复|种植|开展|实施|制定|制修订|举办|开工|开通"
    "|布局|储备|遴选|支持|服务|吸纳|更新|帮助|取得|获批|争取|争创|转化|落地|供应|筹集"
)
LEVEL = re.compile(rf"(?P<name>.*?)(?P<verb>{'|'.join(VERBS.values())}|{REACH}|{KEEP})(?:到|在|至|为)?$")
AVERAGE = re.compile(
    rf"(?P<name>.*?)(?:保持)?年[均度]?平?均?(?P<way>{UP}|{DOWN}|增速|增幅|增长率|增长速度)(?:速度|率)?"
    rf"(?P<verb>达到|达|保持在|稳定在|控制在|不低于|不高于|不超过|高于|低于|超过|为|在)?(?:约)?$"
)
FROM_TO = re.compile(
    rf"(?P<name>.*?)(?:由|从)(?:(?P<year>20\d\d)年(?:底|末)?的?|目前的?|现在的?)?"
    rf"(?P<base>{NUMBER}){UNIT}?,?，?"
    rf"(?:{UP}|{DOWN}|升|降|增|减)(?:到|至|为)(?:(?P<to>20\d\d)年(?:底|末)?的?)?(?:约)?$"
)
CHANGE = re.compile(
    rf"(?P<name>.*?)(?P<against>(?:(?<!占)比|较|在)(?:(?P<year>20\d\d)年|上年|基期|“?十[一二三四五]五”?(?:末"
    rf"|期末|时期|期间)?)?(?:底|末|同期|水平)?(?:的?基础上)?)?"
    rf"(?P<sum>(?:五年|规划期内?|“十[一二三四五]五”期间)?累计|五年)?(?:再|分别|共|继续)?(?P<way>{UP}"
    rf"|{DOWN})(?P<verb>不低于|不少于|不超过|超过|达到|达|约|了)?$"
)
RANK = re.compile(
    r"(?P<name>.*?)(?:力争|争取)?(?:进入|跻身|位居|位列|居|列|保持|挺进|达到|进位至?)"
    r"(?P<where>[^，。]{0,14}?)(?:前|第)$"
)
SUM = re.compile(
    rf"(?P<name>(?:新)?(?P<make>{MAKE})(?P<thing>[^，。；：]{{1,42}}?))(?P<verb>{VERBS['at_least']}|超过"
    rf"|突破|达到|达|约)?$"
)
SUM_BEHIND = re.compile(
    rf"(?P<name>[^，。；：]{{2,24}}?)(?:每年|累计|五年|共|计划|力争)*(?P<make>{MAKE})(?P<verb>{VERBS['at_least']})?$"
)
COUNTED = "家个项件张台套辆户所座处条支名人场期批门片宗艘枚"
PER = re.compile(r"每[十百千万]+(?:名)?(?:常住)?(?:人口|人|老年人|儿童)?(?:拥有|配备)?的?")
FUND = re.compile(r"(?:设立|组建|成立|建立)(?:总规模|规模)?$")
DOUBLED = re.compile(
    r"(?P<name>[^，。；：]*?)(?:力争|争取|确保)?(?:(?:比|较|在)(?P<year>20\d\d)年(?:的?基础上)?)?"
    rf"(?:实现)?(?P<how>翻一番|翻两番|翻番|(?<=[现量额值模入])倍增|增长一倍|增加一倍|减半|(?:{DOWN})一半)"
)
FILLERS = re.compile(
    r"^(?:[—\-–：:、，,\s和及与“]|到?“?十[一二三四五]五”?(?:末|期末|期间|时期)|(?:到|至|截至|力争到|确保到"
    r"|力争|预期)?(?:20\d\d)年(?:年?底|末|前)?|(?:到)?规划期(?:末|内|间)?|(?:五|三|四)年(?:内|来|间)?|到时"
    r"|届时|累计|力争|确保|争取|努力|实现|推动|推进|使得?|全市|全区|全县|全域|我市|本市|每年|逐年|年均|其中"
    r"|将|要|再(?!生)|并|且|建成(?!区)|完成|实施|开展)"
)
TAILS = re.compile(
    r"(?:(?:(?<!占)比|较)?20\d\d年(?:底|末)?|(?:实现)?(?:翻一番|翻两番|翻番|倍增)|以[^，。以]{1,8}为单位|[三五]年内?"
    r"|力争|争取|确保|要|将|应|须|需|均|都|分别|总体|稳定|基本|进一步|逐步|总数|累计|稳步|显著|大幅|平均|每年|也|的|，|、)$"
)
OTHERS = re.compile(
    r"预计|预测|据测算|(?:国家|中央|全省|省委|省政府|省级?|上级|联合国)[^，。；]{0,6}(?:提出|要求|明确"
    r"|规定|平均|下达)|全国平均|全省平均|相邻|周边"
    r"|已经?(?:达|建|有|完成|实现|超|累计|降|提)|目前|截至|当前|现有|上年"
)
COST = re.compile(r"投资|资金|补助|补贴|奖励|经费|预算|费用|造价|贷款额度|额度|标准|给予|最高|罚款|单价|价格")
EARNED = re.compile(r"收入|产值|销售|成交|交易|登记|增加值|基金|营业|出口|消费")
CUE = re.compile(r"五年|三年|规划期|每年|累计|力争|争取|“十[一二三四五]五”(?:期间|末|时期)|年均|到时")
STOP = re.compile(
    r"$|[，。；、！？）)：,;”\s（(]|和|及|与|以及|并|且|或|同时|大关|台阶|关口|的?(?:目标|水平|比例|要求)?[，。；]"
)
BASE_YEAR = re.compile(
    r"(?:比|较|与|同|由|从|自|以|相比)\s*20\d\d\s*年|20\d\d年(?:底|末)?的?(?:基础上|同期|水平)"
)
NEXT = re.compile(rf"\s*(?:、|和|及|与|，)\s*({NUMBER})(?:{UNIT})?({stated.SUFFIX})?")
SHARE = re.compile(  # 80%以上的村卫生室能够提供中医药服务
    r"的([^，。；：]{2,16}?(?:能够?|达到|实现|建成|具备|完成|开展|设置|配备|纳入|参加|享有)[^，。；：\d]{2,16})(?=[，。；]|$)"
)
COVERED = re.compile(
    r"(?P<name>[^，。；：:]{0,30}?)(?:基本)?(?:实现|达到)(?P<thing>[^，。；：:]{0,24}?)(?P<how>全覆盖)(?=[，。；、]|$)"
)
RATED = "率|度|比重|占比|比例|收入|值|额|数|量|寿命|年限|增速|增幅|增长|水平|面积|标准|支出"
RELATIVE = re.compile(
    rf"(?P<name>[^，。；：:\d]{{1,28}}?(?:{RATED}))(?:增速|增幅|增长)?(?:总体|稳定|力争|持续|继续)?"
    r"(?P<rest>(?P<how>高于|快于|超过|不低于|低于|优于|达到或?(?:超过|高于)?|与)"
    r"(?P<other>(?:全国|全省|全市|全区|省|市|国家)?(?:同期)?平均(?:水平|值)?|(?:GDP|经济|地区生产总值|国内生产总值"
    r"|居民[^，。；]{0,12}?)(?:的)?(?:增速|增长|增幅|增长速度)(?:基本)?(?:同步)?)"
    r"(?:\d+(?:\.\d+)?(?:个百分点|%|岁|年))?(?:以上|左右)?)(?=[，。；、]|$)"
)

# --- goals ---


def sentences(text: str, span: Span, *, aims: bool = False) -> Iterator[tuple[Goal, int]]:
    """Goals of a paragraph, each with the letter at which its words begin.

    Under a heading of ``aims`` what is to be made is a goal without a word of time, too.
    """
    plain, kept = squeezed(text)
    # The year that holds, and the one that held when the whole sentence began.
    year, whole, dated, last = 0, 0, False, None
    ends = rf"[^。；！？;\n]{{1,{stated.LONGEST}}}(?:[。；！？;\n]|(?<=[，、])|$)|[^。；！？;\n]+"
    for match in re.finditer(ends, plain):
        first = match.start() == 0 or plain[match.start() - 1] in "。！？\n"
        year, dated = (whole, False) if first else (year, dated)
        for goal, start in _sentence(match[0][: stated.LONGEST], span, year, last, aims=aims):
            last = goal
            yield goal, kept[min(match.start() + start, len(kept) - 1)]
        if named := _years(_blank(match[0])):
            year = named[-1] if named[-1] > span.base else 0
            dated = dated or first
            whole = year if dated else whole


def _blank(sentence: str) -> str:
    """A sentence whose brackets and quoted names are veiled, letter for letter."""
    aside = r"[（(][^（）()]*[)）]|[“《][^”》]*[”》]"
    return re.sub(aside, lambda match: re.sub(r"\d", "○", match[0]), sentence)


def _sentence(
    sentence: str, span: Span, year: int, last: Goal | None, *, aims: bool
) -> Iterator[tuple[Goal, int]]:
    """Goals of one sentence with their first letter; ``year`` is the one that held before it."""
    veiled = _blank(sentence)
    bound, firsts, before = 0, [], last
    read: list[tuple[Goal, int]] = []
    for match in RELATIVE.finditer(veiled):
        for goal in _relative(match, sentence, span, _year(veiled[: match.start("how")], span, year)):
            read.append((goal, match.end("name") - len(goal.name)))
            veiled = veiled[: match.start("how")] + "○" * len(match["rest"]) + veiled[match.end() :]
    relatives = list(read)
    for value in VALUE.finditer(veiled):
        lead = veiled[bound : value.start()]
        if value.start() < bound or _no_figure(veiled, value):
            continue
        clause_at = bound + max((m.end() for m in re.finditer(r"[，；：。,]|——", lead)), default=0)
        clause = veiled[clause_at : value.start()]
        at = _year(veiled[: value.start()], span, year)
        if at == 0 or OTHERS.search(veiled[: value.start()]):
            continue
        last = next((goal for goal, start in relatives[::-1] if bound <= start < value.start()), last)
        goal = _stated(clause, veiled[:clause_at], value, veiled, span, at, last, cued=aims or bool(year))
        if goal is None:
            continue
        own = sentence[clause_at : value.start()]
        goals, bound = _shared(goal, own, veiled, value, span, [goal for goal, _ in read])
        words = sentence[clause_at : value.end()].strip("，、—：")
        start, last = sentence.index(words, max(0, clause_at - 2)), goals[-1]
        for goal in goals:
            at = veiled.find(goal.name) if "○" in goal.name else -1
            name = sentence[at : at + len(goal.name)] if at >= 0 else goal.name
            again = "力争" in clause and (name, goal.kind, goal.period) in firsts
            firsts.append((name, goal.kind, goal.period))
            if not again:  # 下降14%，力争下降15%: the plan asks for the first
                read.append((replace(goal, name=name, words=words), start))
    for rule, pattern in ((_doubled, DOUBLED), (_covered, COVERED)):
        for match in pattern.finditer(veiled):
            at = _year(veiled[: match.start("how")], span, year)
            earlier = [goal for goal, start in read if start < match.start("how")]
            goals = rule(match, sentence, span, at, earlier[-1] if earlier else before)
            read += [(goal, match.start() + max(len(match["name"]) - len(goal.name), 0)) for goal in goals]
    yield from _folded(sorted(read, key=lambda pair: pair[1]))


def _folded(read: list[tuple[Goal, int]]) -> Iterator[tuple[Goal, int]]:
    """提高10个百分点，达到45%: the change stands with the level that it leads to.

    翻一番，力争达到3万元 asks for the change, and hopes for the level: two goals.
    """
    levels = {(goal.name, goal.period): pair for pair in read if (goal := pair[0]).kind == "level"}
    led: dict[int, list[Goal]] = {}
    rest = []
    for goal, start in read:
        level, at = levels.get((goal.name, goal.period), (None, 0))
        moves = goal.kind in ("absolute_change", "cumulative_change")
        hoped = level is not None and start < at and level.words.startswith("力争")
        if level is not None and not hoped and moves and (goal.base_period or "百分点" in goal.unit):
            led.setdefault(id(level), []).append(goal)
        else:
            rest.append((goal, start))
    for goal, start in rest:
        changes = led.get(id(goal), [])
        moved = {"per_cent" if one.kind == "cumulative_change" else "change": one.value for one in changes}
        each = [one.words for one, _ in read if one is goal or one in changes]
        words = "，".join(one for one in each if not any(one in other for other in each if other != one))
        yield (replace(goal, **moved, words=words) if changes else goal), start


def _no_figure(text: str, value: re.Match) -> bool:
    """A number that is part of a name, a date or an order."""
    before, after = text[: value.start()], text[value.end() :]
    unit = value["mid"] or value["unit"] or ""
    is_year = re.fullmatch(r"20\d\d|19\d\d", value["low"]) and unit.startswith("年")
    split = re.search(r"[A-Za-z.+×*\d/]$|[A-Za-z]-$|(?<!\d)\d{1,3},$", before)
    split = split or re.match(rf"[A-Za-z+×*]|{PARTED}", after)
    is_ordinal = before.endswith("第") and not after.startswith(("位", "名"))
    return bool(is_year or split or is_ordinal or value["unit"] in ("月", "日"))


def _years(text: str) -> list[int]:
    """Years that a text names, those left out against which it compares."""
    plain = BASE_YEAR.sub("", text)
    named = re.finditer(
        r"(20\d\d)年|(?<![较比与同于])(?<![较比与同于]“)“?(十[一二三四五六])五”?(?:期间|时期|以来|末)", plain
    )
    return [int(one[1]) if one[1] else stated.FIVES[one[2]] + 4 for one in named]


def _year(before: str, span: Span, held: int) -> int:
    """The year a figure is for, by the words before it: the plan's last where none is named, 0 where past."""
    named = _years(before)
    if named:
        return named[-1] if named[-1] > span.base else 0
    return held or span.last


def _clean(name: str) -> str:
    """A name without the words of time and effort around it."""
    short = TAILS.sub("", FILLERS.sub("", name)).strip()
    return short if short == name else _clean(short)


def _stated(
    clause: str, before: str, value: re.Match, sentence: str, span: Span, year: int, last: Goal | None,
    *, cued: bool,
) -> Goal | None:  # fmt: skip
    """The goal that a figure states; ``cued`` says that a sentence before named the year."""
    after, unit = sentence[value.end() :], value["unit"] or value["mid"] or ""
    unit = f"1{unit}" if unit.startswith("/") else unit
    number, upper = value["low"].replace(",", ""), (value["high"] or "").replace(",", "")
    comparator = compared(value["suffix"], stated.BEHIND) or compared(value["before"])
    fund = re.match(r"(?:的?规模)?的([^，。；、]{2,24}?(?:基金|资金池))", after)
    if fund and "元" in unit and FUND.search(clause):
        return Goal(fund[1], "level", number, unit, span.year(year), "", comparator)
    if "元" in unit and re.search(r"规模(?:达到|达|为|不低于)?(?:约)?$", clause) and "基金" in sentence:
        fund = re.search(r"[^，。；、的]{2,24}?基金", sentence)
        head = last.name if last else fund[0] if fund else ""
        name = head + _clean(clause.rstrip("达到为约不低于"))
        return Goal(name, "level", number, unit, span.year(year), "", comparator)
    goal = Goal("", "level", number, unit, span.year(year), "", comparator, upper)
    timed = cued or bool(CUE.search(before + clause) or _years(before + clause))
    if not STOP.match(after):
        return _made(clause, goal, after, span) if timed else None
    for pattern, rule in _RULES:
        match = pattern.search(before + clause if rule is _from_to else clause)
        if not match or (rule is _summed and not timed):
            continue
        if goal_read := rule(match, clause, goal, before + clause, span, value):
            break
    else:
        # The next of a list, or a part of what was just named: …300 家、…500 家, 其中…300 公里.
        joined = re.fullmatch(r"(?:、|和|及|以及|其中)[^，。；：]{2,30}", clause)
        if last is None or unit in ("", "%", "倍", "年") or not joined:
            return None
        goal_read = replace(goal, name=clause, kind=last.kind, period=last.period)
    name = _whole_name(_clean(goal_read.name), clause, before, last, alone=rule is _reached)
    if re.search(r"达到|\d[%‰]$", name):
        return None
    if len(name) < 2 or ("元" in unit and COST.search(name)) or re.search(r"的$|^以|^对|^按", name):
        return None
    yearly = "每年|逐年|年度|年均" if goal_read.kind == "cumulative_sum" else "每年|逐年|年度"
    if re.search(yearly, clause) and goal_read.kind in ("level", "cumulative_sum"):
        goal_read = goal_read.every_year(span)
    return replace(goal_read, name=name)


def _whole_name(name: str, clause: str, before: str, last: Goal | None, *, alone: bool) -> str:
    """A name with what only the words before it say; ``alone`` lets the clause before be the name."""
    if not name and last:
        name = last.name
    if not name and alone and re.search(r"[，、]$", before):
        name = _clean(re.split(r"年均|每年", re.split(r"[，；：。]", before.rstrip("，、"))[-1])[0])
    per = PER.match(last.name) if last and clause.startswith("、") else None
    if per and not PER.match(name):
        name = per[0] + name  # 每千人口医师数 3.2 人、护士数 3.8 人
    if last and re.fullmatch("(?:总量|总数|数量|总额|总?规模|人数)", name):
        name = last.name
    if last and re.fullmatch(f"(?:新)?(?:{MAKE})", name):
        name += last.name  # 建成高标准农田 42 万亩、新增 12 万亩
    if last and re.match("占[^，。]", name):
        name = last.name + name  # 研发经费投入年均增长 10%，占 GDP 比重达到 2.6%
    return name


def _shared(
    goal: Goal, words: str, sentence: str, value: re.Match, span: Span, earlier: list[Goal]
) -> tuple[list[Goal], int]:
    """甲、乙分别达到 1 和 2: each name, or each year, with its figure; and where the list ends."""
    end = value.end()
    if "分别" not in words:
        return [goal], end
    names = [one for one in re.split(r"[、和及与]", _clean(words.partition("分别")[0])) if one]
    sign = "-" if goal.value.startswith("-") else ""
    own = compared(value["suffix"], stated.BEHIND)
    figures = [(goal.value, goal.comparator)]
    while more := NEXT.match(sentence, end):
        after = compared(more[2], stated.BEHIND) or ("" if own else goal.comparator)
        turned = replace(goal, value=more[1].replace(",", ""), comparator=after).falling() if sign else None
        figures.append((turned.value, turned.comparator) if turned else (more[1].replace(",", ""), after))
        end = more.end()
    each = [replace(goal, value=figure, comparator=comparator) for figure, comparator in figures]
    several = re.findall(
        r"(20\d\d)年(?=底?(?:、|和|及)20\d\d年)|(?<=[、和及])(20\d\d)年", sentence[: value.start()]
    )
    if several and len(several) == len(each):
        years = [int(one or other) for one, other in several]
        return [replace(one, period=span.year(year)) for year, one in zip(years, each, strict=True)], end
    if len(names) >= len(each):
        pairs = zip(names[-len(each) :], each, strict=True)
        return [replace(one, name=name) for name, one in pairs], end
    if len(earlier) >= len(each) > 1:  # 茶园、桃园分别达到…亩，产值分别达到…: of what was just listed
        pairs = zip(earlier[-len(each) :], each, strict=True)
        if re.fullmatch("增[速幅长率]+", goal.name) and "年均" in words:
            return [replace(one, name=before.name, kind="average_growth") for before, one in pairs], end
        return [replace(one, name=f"{goal.name}（{before.name}）") for before, one in pairs], end
    return [goal], end


def _from_to(match: re.Match, clause: str, goal: Goal, before: str, span: Span, _: re.Match) -> Goal | None:
    if len(match[0]) < len(clause) - 60:
        return None
    year = span.year(int(match["year"])) if match["year"] else span.year(span.base)
    name = re.split(r"[，；：。]", match["name"])[-1]
    period = span.year(int(match["to"])) if match["to"] else goal.period
    base = match["base"].replace(",", "")
    return replace(goal, name=name, base_period=year, base_value=base, period=period)


def _averaged(match: re.Match, clause: str, goal: Goal, before: str, span: Span, _: re.Match) -> Goal | None:
    if not re.search(r"年[均度]|年平均", clause) or goal.unit not in ("%", ""):
        return None
    comparator = goal.comparator or compared(match["verb"])
    averaged = replace(goal, name=match["name"], kind="average_growth", comparator=comparator)
    return averaged.falling() if re.fullmatch(DOWN, match["way"]) else averaged


def _changed(match: re.Match, clause: str, goal: Goal, before: str, span: Span, _: re.Match) -> Goal | None:
    if goal.upper:
        return None
    down = bool(re.fullmatch(DOWN, match["way"]))
    against = bool(match["against"])
    if goal.unit in ("%", "％"):
        kind = "cumulative_change"
    elif "百分点" in goal.unit or against or (match["sum"] and down) or re.search("再|继续", clause):
        kind = "absolute_change"
    elif match["sum"] or re.search(CUE, before):
        kind = "cumulative_sum"
    else:
        return None
    if re.search(r"每年|逐年|年均", clause) and kind != "cumulative_sum":
        # A growth each year is a rate; so many points each year are no kind of their own.
        if kind == "absolute_change":
            return replace(goal, name=match["name"], kind="in_words", value="", comparator="")
        kind = "average_growth"
    if goal.unit == "倍":
        kind = "cumulative_change"
        goal = replace(goal, value=f"{float(goal.value) * 100:g}", unit="%")
    base = span.year(int(match["year"])) if match["year"] else (span.year(span.base) if against else "")
    period = span.until(goal.period) if kind == "cumulative_sum" else goal.period
    comparator = goal.comparator or compared(match["verb"])
    name = match["name"].removesuffix("控制在")
    if down and name != match["name"]:
        comparator = "at_least"  # 控制在较…下降20%以内: as much as that, at least
    changed = replace(goal, name=name, kind=kind, base_period=base, period=period, comparator=comparator)
    return changed.falling() if down and kind != "cumulative_sum" else changed


def _ranked(match: re.Match, clause: str, goal: Goal, before: str, span: Span, _: re.Match) -> Goal | None:
    if goal.unit not in ("名", "位", "强", "家", "列", ""):
        return None
    return replace(goal, name=match["name"], unit="位", comparator="at_most")


def _reached(match: re.Match, clause: str, goal: Goal, before: str, span: Span, _: re.Match) -> Goal | None:
    verb, name = match["verb"], match["name"]
    if verb in ("完成", "实现", "建成"):
        if len(_clean(name)) < 2 or not goal.unit:
            return None
        goal = replace(goal, name=name)
        return goal.summed(span) if verb == "完成" or "累计" in clause else goal
    made = re.match(rf"(?:{FILLERS.pattern[1:]})*(?:新)?(?:{MAKE})", name)
    is_sum = name.endswith("累计") or (made and re.search(r"累计|新[增建引]|培训|引进", name))
    goal = replace(goal, name=name, comparator="" if goal.upper else goal.comparator or compared(verb))
    if re.fullmatch(KEEP, verb) and not goal.upper:
        whole = goal.value == "100" and goal.unit == "%"
        kind = goal.limit or ("floor" if whole and not goal.comparator else "keep")
        return replace(goal, kind=kind, period=span.until(span.year(span.last)))
    if is_sum:
        return goal.summed(span)
    return replace(goal, kind="range") if goal.upper else goal


def _summed(match: re.Match, clause: str, goal: Goal, before: str, span: Span, _: re.Match) -> Goal | None:
    if goal.unit in ("", "%", "倍", "年", "天", "岁"):
        return None
    if "元" in goal.unit and not EARNED.search(clause):
        return None
    goal = replace(goal, name=match["name"], comparator=goal.comparator or compared(match["verb"]))
    stands = match["make"] == "建成" and not re.search(r"累计|五年|新", before)
    return goal if stands else goal.summed(span)


def _bare(match: re.Match, clause: str, goal: Goal, before: str, span: Span, value: re.Match) -> Goal | None:
    """A rate beside its figure, without a verb: ``规范管理率≥65%``, ``覆盖率100%``."""
    is_rate = re.search(r"(?:率|比例|占比|比重)$", clause) and goal.unit in ("%", "‰")
    signed = value["before"] in ("≥", "≤", "＞", "＜", ">", "<")
    return replace(goal, name=clause) if signed or (is_rate and goal.value == "100") else None


_RULES = (
    (FROM_TO, _from_to), (AVERAGE, _averaged), (CHANGE, _changed), (RANK, _ranked), (LEVEL, _reached),
    (SUM, _summed), (SUM_BEHIND, _summed), (re.compile(r"^[^\d其中]*$"), _bare),
)  # fmt: skip
"""What a clause may say of the figure behind it: the first that holds."""


def _made(clause: str, goal: Goal, after: str, span: Span) -> Goal | None:
    """Things to be made whose name stands behind the figure: ``三年内建成10个县域医共体``."""
    if goal.unit == "%" and (share := SHARE.match(after)):
        return replace(goal, name=share[1])
    verb = re.search(rf"(?:^|[，、和及])(?:{FILLERS.pattern[1:]})*(?P<make>(?:新)?(?:{MAKE}))"
                     rf"(?P<cmp>{VERBS['at_least']}|超过|突破|约)?$", clause)  # fmt: skip
    thing = re.match(r"(?:的)?([^，。；、：（()）\d]{2,24}?)(?=[，。；、：（(]|以上|左右|$)", after)
    if not (verb and thing) or goal.upper:
        return None
    if not re.fullmatch(rf"[百千万]?[{COUNTED}]|[万千]?(?:人次|课时)", goal.unit):
        return None
    comparator = goal.comparator or compared(verb["cmp"])
    return replace(goal, name=verb["make"] + thing[1], comparator=comparator).summed(span)


def _doubled(match: re.Match, sentence: str, span: Span, year: int, last: Goal | None) -> list[Goal]:
    said = match["name"]
    said = said.rpartition("、")[2] if re.search(r"\d", said) else said  # 达到1.2亿吨、集装箱吞吐量倍增
    name = _clean(said) or (last.name if last and match.start() else "")
    is_name = re.match(r"(?:计划|行动|工程)", sentence[match.end() :])
    if not year or len(name) < 2 or is_name or OTHERS.search(match.string[: match.end()]):
        return []
    value = "300" if "两" in match["how"] else "-50" if "半" in match["how"] else "100"
    base = span.year(int(match["year"])) if match["year"] else span.year(span.base)
    words = sentence[match.start() : match.end()].strip("，、")
    return [Goal(name, "cumulative_change", value, "%", span.year(year), words, base_period=base)]


def _covered(match: re.Match, sentence: str, span: Span, year: int, last: Goal | None) -> list[Goal]:
    """实现全覆盖 of what a plan also has figures for: 100 %."""
    name = _clean(match["thing"]) or _clean(match["name"])
    words = sentence[match.start() : match.end("how")].strip("，、")
    others = OTHERS.search(match.string[: match.end()])
    if last is None or not year or len(name) < 3 or "基本" in words or others:
        return []
    names = [one if one.endswith("率") else f"{one}覆盖率" for one in name.split("、") if len(one) > 3]
    return [Goal(one, "level", "100", "%", span.year(year), words) for one in names]


def _relative(match: re.Match, sentence: str, span: Span, year: int) -> list[Goal]:
    """高于全省平均水平: a goal in words."""
    name, other = _clean(match["name"]), match["other"]
    if not year or len(name) < 3 or (match["how"] == "与" and "同步" not in other):
        return []
    words = sentence[match.end("name") - len(name) : match.end()]
    return [Goal(name, "in_words", "", "", span.year(year), words)]
