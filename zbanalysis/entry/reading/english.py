"""Goals in English sentences, by the patterns in which plans state them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from zbanalysis.entry.reading.goals import ENGLISH, LONGEST, MONTHS, NUMBER, PARTED, Goal, Span, compared

_MONTHS = "|".join(MONTHS)
_FISCAL_YEAR = r"(?P<fiscal>(?:FY|f(?:isc|inanci)al years?) ?)?(?P<year>20\d\d)(?:/(?:20)?(?P<end>\d\d))?"
_WHEN = re.compile(
    r"\b(?:by|in|before|until|to|of)\s+(?:the end of\s+|end[- ]|mid[- ]?)?(?:the )?"
    rf"(?:(?P<month>{_MONTHS})\s+)?{_FISCAL_YEAR}\b",
    re.IGNORECASE,
)
_NOT_OURS = re.compile(
    r"\b(?:expected to|projected|forecast|would|was|were|had|has|have been|has been|fell|rose|reached"
    r"|nationally|national(?:ly)? (?:aim|target|government)"
    r"|neighbouring|government wants|cost|costs|budget|grant|funding of|answered|surveyed)\b",
    re.IGNORECASE,
)
_CMP = rf"(?P<cmp>{'|'.join(ENGLISH.values())}|a total of|an average of)?\s*"
_MONEY = r"[A-Z]{0,3}[£$€¥₹]|KSh|Ksh|USh|TSh|Rs\.?|[A-Z]{3}(?=\s?\d)"
_EN_NUMBER = rf"(?:(?P<money>(?-i:{_MONEY}))\s?)?(?P<low>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)(?::1)?"
_PARTS = {
    "half": "50", "a third": "33.3", "a quarter": "25", "a fifth": "20", "a tenth": "10",
    "two thirds": "66.7",
}  # fmt: skip
_PART = rf"(?P<part>{'|'.join(_PARTS)})"
_PERCENT = r"(?:\s?%|\s+per\s?cent\b)"
_NAME = r"(?P<name>(?:[\w’'&\s-]|\.(?=\d))+?)"
_UNIT = (
    r"(?P<unit>per [\d,]+(?: [a-z]+){1,3}?(?=\s+(?:by|in)\b|[,.]|$)"
    r"|(?:million|billion|thousand)(?: (?!by|in)[a-z]+)?|[a-z]+ per [\d,]+ [a-z]+|[a-zµ²³/]+)"
)
_RISE = r"(?:increas\w*|rais\w*|grow\w*|ris\w*|expand\w*|improv\w*|recover\w*)"
_FALL = r"(?:reduc\w*|cut\w*|fall\w*|declin\w*|decreas\w*|lower\w*|drop\w*)"
_EN_MAKE = (
    r"(?:build|install|deliver|plant|create|provide|open|train|recruit|construct|complete|establish|retrofit"
    r"|insulate|add|launch|support|connect|upgrade|restore|convert|replace|built|bring|aim for)(?:ed|d)?"
)
_BEFORE = re.compile(
    r"[^,;]{0,40},?\s(?:(?:down |up )?from|(?:as )?compared (?:with|to)|against) "
    rf"(?P<base>(?!20\d\d\b)\d[\d.,]*\d|\d){_PERCENT}?(?: [a-z]+)?(?: in (?P<by>20\d\d(?:/\d\d)?))?",
    re.I,
)
_OR_LESS = re.compile(r"\s*(?:[a-z]+ )?or (more|higher|above|over|less|lower|fewer|below|under)\b", re.I)
_OVER = r"\bover the (?:\w+ )?(?:years|plan|period)|\bduring the plan|\blife of the plan"
_VALUE = rf"{_CMP}{_EN_NUMBER}(?P<pc>{_PERCENT})?\s*{_UNIT}?"
_RANGE = rf"between {_EN_NUMBER}{_PERCENT}? and (?P<high>\d[\d.]*)(?P<pc>{_PERCENT})?\s*{_UNIT}?"
_STEP = rf"by {_CMP}{_EN_NUMBER}(?P<pc>{_PERCENT}|\s+(?:percentage )?points?)"
_FROM = r"from (?P<base>[\d.,]+\d|\d)(?::1)?"
_IN_YEAR = r"(?: in (?P<by>20\d\d(?:/\d\d)?))?,?\s+"
_MOVES = rf"(?:will |to |should |must )?(?:be |have )?(?P<way>{_RISE}|{_FALL})"


def _rule(kind: str, pattern: str) -> tuple[str, re.Pattern]:
    return kind, re.compile(pattern, re.I)


_EN_RULES = (
    _rule("range", rf"between {_EN_NUMBER}{_PERCENT}? and (?P<high>[\d.]+)(?P<pc>{_PERCENT}) of "
        rf"(?P<name>.+?) (?:will be|will|are|is|have|be)\s(?P<rest>[^,.;]+)"),
    _rule("change", rf"{_NAME}\s+{_MOVES}\s+by (?P<pc>){_PART}"),
    _rule("change", rf"\b(?P<way>{_RISE}|{_FALL})\s+(?P<name>(?:the )?[a-z][\w’'\s-]+?)\s+by "
        rf"(?P<pc>){_PART}"),
    _rule("range", rf"\b(?:keep|kept|hold|maintain)\s+(?P<name>(?:the )?.+?)\s+(?:at )?{_RANGE}"),
    _rule("range", rf"{_NAME}\s+(?:will |to |should |must )(?:be|stay|remain|lie)(?: kept| held)? {_RANGE}"),
    _rule("doubled", rf"{_NAME}\s+(?:(?:will|to|should|must)\s+(?P<make>double|halve|triple)"
        rf"(?=\s+(?:by|in)\b|[,.;]|$)|(?:will|to|should|must) be (?P<made>doubled|halved|tripled))"),
    _rule("to", rf"\b(?P<make>doubl\w+|halv\w+|tripl\w+)\s+(?P<name>.+?),?\s+(?:{_FROM}\s*"
        rf"(?P<unit0>[\w%]+)?\s+)?to {_VALUE}"),
    _rule("made", r"\b(?P<make>doubl\w+|halv\w+|tripl\w+)\s+(?P<name>(?:the )?[a-z][\w\s-]+?)"
        r"(?=\s+by\b|[,.]|$)"),
    _rule("change", rf"\b(?P<way>{_RISE}|{_FALL})\s+{_STEP}\s+(?!by\b|from\b|an?\b|per\b|each\b|every\b"
        rf"|against\b|compared\b|over\b|annually)"
        rf"(?P<name>(?:the |in )?.+?)(?=,|\s+(?:by|from|against|compared|between)\b|$)"),
    _rule("change", rf"{_NAME}\s+{_MOVES}\s+{_STEP}(?P<yearly>\s+(?:a|per|each|every) year|\s+annually)?"),
    _rule("by", rf"{_NAME}\s+(?:will |to |should |must )(?:be )?(?P<way>{_RISE}|{_FALL})\s+by {_CMP}"
        rf"(?!20\d\d\b){_EN_NUMBER}\s+(?!per\s?cent|percent|points?)(?P<pc>){_UNIT}"),
    _rule("to", rf"(?P<name>(?:[\w’'&\s,-]|\.(?=\d))+?)\s+(?:will |to |should |must )?"
        rf"(?:be )?(?:{_RISE}|{_FALL}|go|move)\s+(?:{_FROM}(?:{_PERCENT})?\s*(?P<unit0>[a-z]+)?{_IN_YEAR})?"
        rf"(?:to |(?=below|under|above|over)){_VALUE}"),
    _rule("change", rf"\b(?P<way>{_RISE}|{_FALL})\s+(?P<name>(?:the )?[a-z][\w’'\s-]+?)\s+{_STEP}"),
    _rule("limit", rf"{_NAME}\s+(?:will|should|must|shall|may|is to|are to) (?:not|never) (?P<way>exceed"
        rf"|pass|fall below|be (?:more|less|fewer) than) {_EN_NUMBER}(?P<pc>{_PERCENT})?\s*{_UNIT}?"),
    _rule("to", rf"{_NAME}\s+(?:will |to |should |must )(?:reach|stand at|be"
        rf"(?: kept| held| limited| maintained| sustained)?|exceed|remain|stay|take|last|average|number"
        rf"|total)\s+(?:at |to )?{_VALUE}"),
    _rule("to", rf"\b(?:bring|{_RISE}|{_FALL}|keep|hold|limit)\s+(?P<name>(?:the )?.+?)\s+(?:down |up )?"
        rf"(?:{_FROM}(?:{_PERCENT})?\s*(?P<unit0>(?!in )[a-z]+)?{_IN_YEAR})?"
        rf"(?:to|at|(?=within|below|under|above|over)) ?{_VALUE}"),
    _rule("share", rf"{_CMP}{_EN_NUMBER}(?P<pc>{_PERCENT}) of (?P<name>.+?)\s+(?:will|are|is|to be"
        rf"|have|should|must)\s(?:be )?(?P<rest>[^,.]+?)(?=,|\s+by (?:20|{_MONTHS})|$)"),
    _rule("sum", rf"\b(?P<make>{_EN_MAKE})\s+{_CMP}{_EN_NUMBER}\s+(?P<name>[a-z][\w\s-]+?)(?=\s+"
        rf"(?:by|over|at|in|across|for|with|each|every|a year|and {_EN_MAKE})\b|[,.]|$)"),
    _rule("to", rf"(?:,|\band)\s+(?P<name>(?:the )?[a-z][\w’'&\s-]+?)\s+to "
        rf"{_CMP}{_EN_NUMBER}(?P<pc>{_PERCENT})(?P<unit>)"),
    _rule("to", rf"(?-i:^(?P<name>[A-Z][\w’'&\s-]+?)\s+(?=at least|no|below|above|under|more|less|fewer)"
        rf"{_VALUE})"),
    _rule("count", rf"{_CMP}{_EN_NUMBER}\s+(?P<name>[a-z][\w\s-]*?)\s+(?:will|should|must)\s+"
        rf"(?P<rest>[^,.]+)"),
)  # fmt: skip
_TO_A_YEAR = re.compile(r"\b(?:by|in|before|until|since)\s*$", re.I)
_CLAUSES = re.compile(r", (?:and|but|while)\b|;")
_KEEPS = re.compile(r"\b(?:keep|kept|held?|remain|stay|maintain\w*|sustain\w*)\b", re.I)
_EACH_YEAR = re.compile(r"\b(?:each|every) year\b|\bannually\b|\bthroughout\b|\ba year of the plan\b", re.I)
_A_YEAR = re.compile(r"\s+(?:(?:a|per|each|every) year|annually)\b")
_NO_NAME = (
    re.compile(r"^(?:(?:we|and|so that|that|the|we will|which|in|it|a|an|will|to)\s+)+", re.I),
    re.compile(r"^(?:by|in) (?:the end of )?(?:\w+ )?(?:FY ?)?20\d\d(?:/\d+)?,? (?:the )?", re.I),
    re.compile(r"^(?:number|total number) of\s+", re.I),
    re.compile(r"\s+(?:is|are|has|have|will|to|be)+$"),
)
"""Words around the name of what is to change."""
_BEHIND_COUNTED = re.compile(
    r"\s+(?:completed|built|with|in|on|of|who|that|which|at|per|each|every|for|to)\b"
)
_AGAIN = re.compile(rf"(?:and )?by (?P<month>(?!))?{_FISCAL_YEAR},? {_CMP}{_EN_NUMBER}{_PERCENT}?", re.I)
"""The next milestone of what was just named: ``; by 2026, no more than 3%``."""


def sentences(text: str, span: Span) -> Iterator[tuple[Goal, int]]:
    """Goals of a paragraph, each with the letter at which its sentence begins."""
    last: Goal | None = None
    for match in re.finditer(r".+?(?:[.!?](?=\s+[A-Z“]|\s*$)|;(?=\s)|$)", text, re.DOTALL):
        sentence = re.sub(r"\bto zero\b", "to 0", match[0].strip().rstrip(".;"))
        says = len(sentence) <= LONGEST and re.search(r"\d|doubl|halv|tripl", sentence, re.I)
        if not says or _NOT_OURS.search(sentence):
            continue
        start, taken = match.start() + len(match[0]) - len(match[0].lstrip()), []
        if last and (again := _AGAIN.fullmatch(sentence)):
            comparator = compared(again["cmp"])
            low = again["low"].replace(",", "")
            yield replace(last, value=low, comparator=comparator, period=_fiscal(again, span)), start
            continue
        for rule, pattern in _EN_RULES:
            for sentence_match in pattern.finditer(sentence):
                first, end = sentence_match.start("name"), sentence_match.end()
                if any(first < other_end and other < end for other, other_end in taken):
                    continue
                if goal := _english_goal(rule, sentence_match, sentence, span):
                    taken.append(sentence_match.span())
                    last = goal
                    yield goal, start


def _english_goal(rule: str, match: re.Match, sentence: str, span: Span) -> Goal | None:
    """A goal of one pattern; None where the sentence says nothing of when, or tells of money."""
    parts = match.groupdict()
    low = (parts.get("low") or "").replace(",", "") or _PARTS.get((parts.get("part") or "").lower(), "")
    first = match.start("low") if parts.get("low") else 0
    before, behind = sentence[: match.start()], sentence[match.end() :]
    is_year = re.fullmatch(r"20\d\d", low) and _TO_A_YEAR.search(sentence[:first])
    costs = parts.get("money") and rule not in ("to", "range", "by")
    is_name = parts.get("low") and re.search(r"#\s*$|\bthe\s*$", sentence[:first])
    if is_year or costs or is_name or not _whole_numbers(match, sentence):
        return None
    dates = _WHEN.finditer(sentence)
    when = [one for one in dates if not one[0].lower().startswith("in ") or one.start() > first]
    dated = [(one.start(), _fiscal(one, span)) for one in when]
    dated = [(at, year) for at, year in dated if int(year[-4:]) > span.base]
    clause = _CLAUSES.split(before)[-1] + match[0] + _CLAUSES.split(behind)[0]
    each = _EACH_YEAR.search(clause) and (_KEEPS.search(clause) or rule in ("sum", "share", "count"))
    yearly = bool(each or (rule == "sum" and _A_YEAR.match(behind)))
    over = bool(re.search(_OVER, sentence, re.I))
    if not (dated or yearly or over) and rule in ("sum", "count", "share", "made"):
        return None
    later = [year for at, year in dated if at >= match.start()]
    period = (later or [year for _, year in dated] or [span.year(span.last)])[0]
    name = " ".join((parts["name"] or "").split())
    for words in _NO_NAME:
        name = words.sub("", name).strip(" ,")
    if not re.search(r"[A-Za-z]{3}", name) or re.match(r"from \d|(?:annually|that|this)$", name, re.I):
        return None
    comparator = compared(parts.get("cmp"))
    unit = parts.get("unit") or parts.get("unit0") or ""
    unit = "" if unit in ("by", "in", "a", "at", "of", "and") else unit
    unit = "%" if (parts.get("pc") or "").strip() in ("%", "per cent", "percent") else unit
    unit = f"{parts['money']} {unit}".strip() if parts.get("money") else unit
    if rule == "to" and not parts.get("base") and (based := _BEFORE.match(behind)):
        parts |= {"base": based["base"], "by": based["by"]}
    if not comparator and (or_less := _OR_LESS.match(behind)):
        comparator = "at_least" if or_less[1].lower() in ("more", "higher", "above", "over") else "at_most"
    if rule == "limit":
        comparator = "at_least" if re.search("fall|less|fewer", parts["way"], re.I) else "at_most"
    unit = unit or _BEHIND_COUNTED.split(name)[0].rpartition(" ")[2]  # the last word of what is counted
    goal = Goal(name, "level", low, unit, period, sentence.rstrip("."), comparator)
    return _english_kind(rule, goal, parts, span, yearly=yearly, over=over)


def _whole_numbers(match: re.Match, sentence: str) -> bool:
    """Whether each number stands as numbers are written: 12,34 and 1.234,5 do not."""
    parts = match.groupdict()
    after = {name: sentence[match.end(name) :] for name in ("low", "high", "base") if parts.get(name)}
    return all(re.fullmatch(NUMBER, parts[one]) and not re.match(PARTED, after[one]) for one in after)


def _english_kind(rule: str, goal: Goal, parts: dict, span: Span, *, yearly: bool, over: bool) -> Goal | None:
    if rule in ("share", "range", "count") and parts.get("rest"):
        rest = re.split(r"\s+by\s+(?:FY|20|the end)", parts["rest"])[0]
        rest = re.sub(rf"^be\s+|\s+(?:{_OVER}|(?:in )?(?:each|every) year).*$", "", rest, flags=re.I)
        goal = replace(goal, name=f"{goal.name} {rest}".strip())
    base, falls = span.year(span.base), bool(re.match(_FALL, parts.get("way") or "", re.I))
    if rule == "range":
        goal = replace(goal, kind="range", upper=parts["high"])
    elif rule in ("made", "doubled"):
        factor = {"d": "100", "h": "-50", "t": "200"}[(parts["make"] or parts["made"])[0].lower()]
        goal = replace(goal, kind="cumulative_change", value=factor, unit="%", base_period=base)
    elif rule in ("by", "change"):
        points = rule == "by" or "point" in parts["pc"]
        goal = replace(goal, kind="absolute_change" if points else "cumulative_change", base_period=base)
        goal = replace(goal, unit="%") if parts.get("part") else goal
        goal = replace(goal, kind="average_growth", base_period="") if parts.get("yearly") else goal
        goal = goal.falling() if falls else goal
    elif rule == "to" and parts.get("base"):
        by = parts.get("by")
        base = span.year(int(by[:2] + by[-2:])) if by else base
        goal = replace(goal, base_value=parts["base"].replace(",", ""), base_period=base)
    elif (rule == "sum" and not yearly) or (rule == "count" and parts.get("rest") and over):
        goal = goal.summed(span)
    goal = goal.every_year(span) if yearly else goal
    return goal if len(goal.name) > 2 and goal.value else None


def _fiscal(match: re.Match, span: Span) -> str:
    """The period of ``2025/26``, ``March 2024`` or ``2025`` in a plan of fiscal or calendar years."""
    year = int(match["year"])
    if match["end"] or match["fiscal"]:
        return f"FY{year + bool(match['end'])}"
    if match["month"] and span.fiscal:
        return f"FY{year + (MONTHS.index(match['month']) + 1 > span.fiscal)}"
    return f"{year}"
