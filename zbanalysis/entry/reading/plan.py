"""What a plan asks: its goals, and its tasks by heading with the offices that lead them.

The rules are of the language and of the layout of such documents, not of any one: what was, what is forecast,
what others want and what it costs are no goals; companies and crowds are no offices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from zbanalysis.entry.reading import HAN, Block, Document, chinese, english, is_contents, table
from zbanalysis.entry.reading import goals as stated
from zbanalysis.entry.reading.goals import Goal, Span, once


@dataclass(frozen=True)
class Place:
    """Where something stands: a paragraph, page or line, or a row of a table."""

    unit: str
    number: int
    row: int = 0


@dataclass
class Task:
    """A task, a project of a box, or a safeguard, with the offices that the document names."""

    name: str
    kind: str
    chapter: str
    heading: str
    place: Place
    box: str = ""
    asks: str = ""
    office: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    parent: Task | None = None


@dataclass
class Plan:
    """What was read of a document."""

    title: str
    span: Span
    language: str
    unit: str
    publisher: str = ""
    adopted: str = ""
    number: str = ""
    goals: list[Goal] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    unread: list[Place] = field(default_factory=list)
    """Where a sentence is too long to be read."""


@dataclass
class _Section:
    """Text under one heading: its rank, the chapter above it and what it is for."""

    title: str
    heading: str
    rank: float
    chapter: str
    purpose: str
    place: Place
    blocks: list[Block] = field(default_factory=list)
    is_group: bool = False


def read(document: Document) -> Plan:
    """Goals and tasks of a plan's document."""
    blocks = [block for block in document.blocks if block.rows or not is_contents(block.text)]
    whole = "\n".join(block.text for block in blocks)
    language = "zh" if len(re.findall(f"[{HAN}]", whole)) > len(whole) / 5 else "en"
    first = next((n for n, block in enumerate(blocks) if _heading(block)), len(blocks))
    front = stated.apart([block.text for block in blocks[:first]])
    plan = Plan(stated.title(front, language), stated.span(front, whole, language), language, document.unit)
    plan.publisher, plan.adopted, plan.number = stated.letter(front)
    for section in _sections(blocks, document.unit):
        _read_section(section, plan)
    plan.goals = once(plan.goals)
    return plan


_CHINESE = "[一二三四五六七八九十百]+"
_ACTIONS = "action|measure|task|priority|commitment|initiative|objective|project"
_HEADINGS = (
    (1, rf"第(?:{_CHINESE}|\d+)[篇编部]分?\s*"),
    (2, rf"第(?:{_CHINESE}|\d+)章\s*"),
    (3, rf"第(?:{_CHINESE}|\d+)节\s*"),
    (4, rf"{_CHINESE}、\s*"),
    (5, rf"[（(]{_CHINESE}[)）]\s*"),
    (2, r"(?i:part|chapter|theme|pillar)\s+(?:\d+|[IVX]+)\s*[.:–—-]?\s+"),
    (6.9, rf"(?i:{_ACTIONS})\s+\d+(?:\.\d+)?\s*[.:–—-]?\s+"),
    (6.6, r"\d{1,2}\.\d{1,2}\.\d{1,2}[.、]?\s*"),
    (6.3, r"\d{1,2}\.\d{1,2}[.、]?\s+"),
    (6, r"\d{1,2}(?:[.、．]\s*|\s+)(?=[^\d\s])"),
)
_STYLES = {1: 2.5, 2: 3.5, 3: 5.5, 4: 6.5}
_BACKGROUND = re.compile(
    r"基础|成就|成效|成绩|回顾|现状|形势|背景|环境|问题|短板|挑战|机遇|完成情况"
    r"|“?十[一二三四五]五”?.{0,4}(?:发展|主要)?成|(?i:where we (?:are|stand)|background|context|introduction"
    r"|foreword|last plan|progress so far|achievements|challenges|lies ahead|how others|baseline|state of"
    r"|review of)"
)
_AIMS = re.compile(
    r"总体|指导思想|原则|目标|愿景|思路|定位|战略导向|指标|(?i:vision|aims?\b|goals?\b|targets?\b"
    r"|objectives?\b|ambition|outcomes|principles|want to achieve|headline)"
)
_IMPERATIVE = re.compile(
    r"^(?:加强|加快|推进|推动|优化|健全|完善|提升|提高|强化|深化|夯实|筑牢|构建|打造|实施|全面|大力|着力|积极"
    r"|深入|改善|营造|巩固|培育|扩大|促进|坚持|统筹|严格|持续|防治|开展|守护|建立|抓好|补齐|解决|破解)"
)
_SAFEGUARD = re.compile(
    r"保障(?:措施|机制)|(?:实施|组织|规划|支撑|要素|政策|强化|加强|健全|完善)(?:和)?(?:组织)?保障(?:体系"
    r"|机制)?$|组织实施|规划实施|实施机制|实施与评估|组织领导|(?i:deliver(?:ing|y)\b|implement|governance"
    r"|making it happen|resourcing|monitoring)"
)
_ANNEX = re.compile(r"^(?:附则|附件|附录|附表|名词解释|annex|appendix|glossary|notes)", re.IGNORECASE)
_BOX = re.compile(r"^(?:专栏|Box)\s*(?:\d+|[一二三四五六七八九十]+)?[\s：:.]*", re.IGNORECASE)


def _heading(block: Block) -> tuple[float, str, str] | None:
    """Rank, title and what follows in the same paragraph of a heading; None for other text."""
    text = block.text.strip()
    if block.rows or not text or is_contents(text) or _BOX.match(text) or stated.is_day(text):
        return None
    matches = ((rank, match) for rank, pattern in _HEADINGS if (match := re.match(pattern, text)))
    rank, match = next(matches, (0.0, None))
    if match is None:
        title = text if block.level and len(text) < 90 else ""
        return (_STYLES.get(block.level, 6.8), title, "") if title else None
    title, _, rest = text[match.end() :].partition("。")
    title, rest = title.strip(), rest.strip()
    is_long = len(title) > (40 if re.search(f"[{HAN}]", title) else 90)
    if not title or is_long or re.search(r"[，：:,.]$|[；;]|\.\s+[A-Z]", title):
        return None
    # Deep numbers stand before items of a text as well: there a heading has its paragraph to itself.
    if (rest and (rank >= 6 or "，" in title)) or (rank >= 6 and re.search(r"\d\s*[%％]|[，、]\d", title)):
        return None
    return rank, title, rest


def _sections(blocks: Sequence[Block], unit: str) -> list[_Section]:
    """Texts by their headings, each with its chapter and its purpose."""
    sections, stack, begun = [_Section("", "", 0, "", "aims", Place(unit, 1))], [], False
    ranks = {head[0] for block in blocks if (head := _heading(block))}
    deepest = sorted(ranks)[:3][-1] if ranks else 0
    for block in blocks:
        head = _heading(block)
        if not head or head[0] > deepest:
            sections[-1].blocks.append(block)
            continue
        rank, title, rest = head
        while stack and stack[-1].rank >= rank:
            stack.pop()
        above = stack[-1] if stack else None
        purpose = _purpose(title, above, begun)
        begun = begun or (purpose == "task" and rank > 1)
        heading = block.text.strip().partition("。")[0] if rest else block.text.strip()
        chapter = stack[0].heading if stack else heading
        current = _Section(title, heading, rank, chapter, purpose, Place(unit, block.at()))
        if above:
            above.is_group = True
        if rest:
            cut = block.text.index(rest)
            current.blocks.append(replace(block, text=rest, marks=((0, block.at(cut)),)))
        stack.append(current)
        sections.append(current)
    return sections


def _purpose(title: str, above: _Section | None, begun: bool) -> str:
    """What a section is for: background, aims, task, safeguard or other."""
    outer = above.purpose if above else ""
    if _ANNEX.match(title):
        return "other"
    # The first part of a plan may hold its background as a chapter.
    if outer in ("safeguard", "other") or (outer == "task" and (begun or above.rank > 1)):
        return outer
    if not begun and not _IMPERATIVE.match(title):
        if _BACKGROUND.search(title) and (outer or not _AIMS.search(title)):
            return "background"
        if outer or _AIMS.search(title):
            return "aims" if _AIMS.search(title) else outer
    if outer in ("aims", "background"):
        return outer
    return "safeguard" if begun and _SAFEGUARD.search(title) else "task"


def _read_section(section: _Section, plan: Plan) -> None:
    """Goals of a section, its task, and the projects of its boxes."""
    if section.purpose in ("background", "other") or not (section.heading or section.blocks):
        return
    own = None
    if section.purpose in ("task", "safeguard") and section.heading and not section.is_group:
        own = Task(section.title, section.purpose, section.chapter, section.heading, section.place)
        plan.tasks.append(own)
    asks, box, last = [], "", ""
    for block in section.blocks:

        def at(letter: int, block: Block = block) -> Place:
            return Place(plan.unit, block.at(letter))

        if block.rows:
            _read_table(block, plan, section, own, box or last)
            box = ""
        elif _BOX.match(block.text):
            box = block.text.strip() if len(block.text) < 60 else ""
        elif box and (name := _read_project(block.text, plan, section, own, at(0), box)):
            _read_goals(block.text, plan, name, at)
        else:
            box = ""
            asks.append(block.text)
            _read_goals(block.text, plan, section.title, at, aims=section.purpose == "aims")
        last = block.text
    if own:
        own.asks = _first(" ".join(asks))
        _name_offices(own, "\n".join(asks))
    # A box at the end of a chapter that is its only one belongs to the chapter, not to the last section.
    chapter = [task for task in plan.tasks if task.chapter == section.chapter]
    sections = [task for task in chapter if not task.box]
    if len(sections) > 1 and len({task.box for task in chapter if task.box}) == 1:
        for task in chapter:
            task.parent = None if task.parent is sections[-1] else task.parent


def _read_goals(
    text: str, plan: Plan, context: str, at: Callable[[int], Place], *, aims: bool = False
) -> None:
    """Goals of a paragraph or cell; ``at`` says where a letter of it stands."""
    chinese_ = plan.language == "zh"
    ends = "[。；！？;\n，、]" if chinese_ else r"[.!?;](?=\s)"
    if any(len(one) > stated.LONGEST for one in re.split(ends, text)):
        plan.unread.append(at(0))
    read = chinese.sentences(text, plan.span, aims=aims) if chinese_ else english.sentences(text, plan.span)
    plan.goals += [replace(goal, place=at(letter), context=context) for goal, letter in read]


def _read_project(text: str, plan: Plan, section: _Section, own: Task | None, place: Place, box: str) -> str:
    """A project that a paragraph of a box begins with; its name, or nothing."""
    match = re.match(
        r"(?:\d{1,2}[.、．]|[（(]\d{1,2}[)）]|[①-⑳●•■◆—-]+)?\s*([^，。；：:,;]{2,40}?)[：:。]", text
    )
    words = _first(text[match.end() :] if match else text)
    if not match:
        # In a box of such names one may be followed by a comma.
        match = re.match(r"([^，。；：:,;]{4,30})[，,]", text)
    if not match or len(text) <= len(match[0]):
        return ""
    name = match[1].strip("“” ")
    plan.tasks.append(Task(name, "project", section.chapter, name, place, box, words, parent=own))
    _name_offices(plan.tasks[-1], text)
    return name


def _first(text: str, most: int = 300) -> str:
    """The first sentences of a text."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = max(text.rfind(sign, 0, most) for sign in ("。", "；", ". "))
    return text[: cut + 1] if cut > most // 3 else text[:most] + "…"


_ROLES = {
    "number": r"序号|编号|no\.?|#|№",
    "name": r"(?:工程|项目|任务|举措|行动|平台)(?:名称)?|名称|重点(?:工程|项目|任务)|(?:主要|工作"
    r"|重点)任务|project|scheme|action|task|measure",
    "asks": r".*(?:内容|规模|要求|举措|措施|目标任务).*|description|what|content|details",
    "office": r".*(?:牵头|责任|负责|主管|实施)(?:单位|部门|主体).*|.*(?:lead|responsible|owner).*",
    "others": r".*(?:配合|协办|参与)(?:单位|部门).*|.*(?:support|partners).*",
}


def _read_table(block: Block, plan: Plan, section: _Section, own: Task | None, caption: str) -> None:
    """The main table of indicators, a box of projects, or a list of tasks with their offices."""
    rows = block.rows

    def place(row: int) -> Place:
        in_file = plan.unit == "paragraph"  # of a Word file: its tables have numbers
        return Place("table", block.table, row + 1) if in_file else Place(plan.unit, block.at(row))

    goals = table.goals(rows, plan.span, plan.language, caption)
    plan.goals += [replace(goal, place=place(row)) for goal, row in goals]
    if goals or table.is_past(rows, caption):
        return
    box = caption.strip() if _BOX.match(caption.strip()) else ""
    first = 0
    if len(set(rows[0])) == 1 and len(rows) > 1:
        box, first = box or rows[0][0].strip(), 1
    if len(set(rows[first])) == 1:  # a box of one column
        for r, row in enumerate(rows[first:], start=first):
            for text in row[0].split("\n"):
                named = _read_project(text, plan, section, own, place(r), box)
                _read_goals(text, plan, named or section.title, lambda _, r=r: place(r))
        return
    heads = ["".join(cell.split()) for cell in rows[first]]
    roles = {
        role: next((c for c, cell in enumerate(heads) if re.fullmatch(pattern, cell, re.I)), None)
        for role, pattern in _ROLES.items()
    }
    if roles["name"] is None:
        return
    are_tasks = re.search(r"任务|举措|行动|action|task|measure", heads[roles["name"]], re.I) and not box
    for r, row in enumerate(rows[first + 1 :], start=first + 1):
        cells = {role: row[c].strip() if c is not None else "" for role, c in roles.items()}
        name, asks = cells["name"], cells["asks"]
        if name and len(set(row)) > 1:
            task = Task(name, "task" if are_tasks else "project", section.chapter, name, place(r), box,
                        _first(asks), offices(cells["office"]), offices(cells["others"]), own)  # fmt: skip
            plan.tasks.append(task)
            _read_goals(asks, plan, name, lambda _, r=r: place(r))


_OFFICE = re.compile(
    r"(?:局|委|办|部|厅|委员会|办公室|政府|管委会|处|署|中心|法院|检察院|总队|支队|残联|妇联|联合会|工会"
    r"|团市?委|科协|工商联|侨联|会|院|组)$|(?:Department|Agency|Office|Service|Council|Ministry|Authority"
    r"|Board|Committee|Bureau|Commission|Directorate|Unit|Team|Division|Executive|Administration"
    r"|Secretariat)\b"
)
_COMPANY = re.compile(
    r"公司|集团|企业|医院|学校|大学|学院|研究院|银行|协会|商会|联盟|基金|有关|各|龙头|(?:\b(?:Ltd|plc|PLC"
    r"|Inc|LLC|Limited|Company|Corp|Group|GmbH)\b)"
)
_LEADS = (
    (
        r"(?P<how>牵头|主要责任|责任|负责|主办|实施)(?:责任)?(?:单位|部门|科室"
        r"|主体)\s*[：:]\s*(?P<lead>[^；;。）)】\n]+)(?:[；;，,\s]*(?:配合|协办|协同|参与"
        r"|参加)(?:责任)?(?:单位|部门)\s*[：:]\s*(?P<more>[^。；;）)】\n]+))?"
    ),
    (
        r"[（(【](?P<lead>[^（）()【】。：]{2,150}?)(?P<how>牵头|按职责(?:分工)?负责|分工负责|负责)[，；,、]?"
        r"(?:(?P<more>[^（）()【】。]*?)(?:配合|参与|参加|协同|按职责分工负责|分工负责|负责)?)?[）)】]"
    ),
    (
        r"由(?P<lead>[^，。；由]{2,80}?)(?P<how>牵头)(?:负责|组织实施)?(?=[，。；])(?:，"
        r"(?P<more>[^。；，]{2,80}?)(?:配合|参与|协同))?"
    ),
    (
        r"(?P<how>Lead|Led by|Responsible|Owner|Accountable)(?:\s+(?:agency|department|organisation"
        r"|organization|body|partner|office))?\s*:\s*(?P<lead>[^.;\n]+)(?:[.;]\s*(?:Support\w*|Partners?|With"
        r"|Contributors?)(?: by| from)?\s*:\s*(?P<more>[^.;\n]+))?"
    ),
    (
        r"(?:The\s+)?(?P<lead>[A-Z][\w’'&-]*(?:\s+(?:[A-Z][\w’'&-]*|and|of|for|the))*)\s+(?P<how>leads\b"
        r"|will lead\b|is responsible for)(?P<more>)"
    ),
)


def offices(text: str) -> list[str]:
    """Public offices that a list names; companies and crowds are none.

    Examples
    --------
    >>> offices("市财政局、云澜数康科技有限公司"), offices("Transport Department, with Northline Buses Ltd")
    (['市财政局'], ['Transport Department'])
    """
    parts = re.split(r"[、，,；;\n]|\s+with\s+|(?<=[局委办部厅])[和及与]", text or "")
    around = r"^(?:由|with|and)\s*|(?:等|等部门|等单位)$"
    named = [re.sub(around, "", part.strip(" .。")).strip() for part in parts]
    return [name for name in named if _OFFICE.search(name) and not _COMPANY.search(name)]


def _name_offices(task: Task, text: str) -> None:
    """Who leads a task and who supports it, by the first words that say so."""
    for pattern in _LEADS:
        for match in re.finditer(pattern, text):
            lead, more = offices(match["lead"]), offices(match["more"] or "")
            if not lead:
                continue
            if re.fullmatch("(?:主要)?责任|负责|.*(?:职责|分工).*", match["how"]):
                lead, more = lead[:1], lead[1:] + more  # the first named leads
            task.office, task.others = lead, more
            return
