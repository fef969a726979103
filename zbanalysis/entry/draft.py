"""A plan's document into a data folder as drafts: nothing of them is judged until a person has confirmed it.

`draft` writes rows with ``confirmed = no`` into the tables and the same rows into a form, ``draft.xlsx``:
whoever has compared them with the document sets them to yes, deletes the wrong ones, and imports the form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import chain, count
from pathlib import Path

import pandas as pd

from zbanalysis.data import digits, files, periods
from zbanalysis.data.schema import CHANGES, EVERY_YEAR, GROWTHS, IN_WORDS, LANGUAGES, LEVELS, SUMS, of_text
from zbanalysis.entry import folder, form, intake, merge, reading, rows, schema, wide
from zbanalysis.entry.problems import EntryError
from zbanalysis.entry.reading import plan as plans
from zbanalysis.entry.reading.goals import LONGEST, Goal, likeness
from zbanalysis.entry.reading.plan import Place, Plan
from zbanalysis.entry.rows import Reading, Row
from zbanalysis.entry.schema import UNKNOWN
from zbanalysis.report.words import label

_SAME = 0.8  # likeness from which a name of the document is one of the folder's


def draft(path: Path, into: Path, lang: str, about: wide.About, *, preview: bool = False) -> str:
    """Read a plan's document into a data folder as drafts.

    Parameters
    ----------
    path
        A Word file, a PDF with text, or a text.
    into
        A data folder, as `folder.create` makes it.
    lang
        The user's language, ``zh`` or ``en``.
    about
        Area, and title, publisher and day of the document, where it does not say them.
    preview
        Only tell what would be drafted.

    Returns
    -------
    str
        Every goal with its place and words, counts, and what to do next.

    Raises
    ------
    EntryError
        If the document cannot be read or asks nothing that can be found, or the folder is not right.
    """
    plan = plans.read(reading.read(path, lang))
    if not plan.goals and not plan.tasks:
        raise EntryError("\n".join([label("entry.draft.nothing", lang, file=path), *_unread(plan, lang)]))
    with intake.alone(into, lang):
        current = intake.current_tables(into, lang)
        made = _Draft(plan, current, about, path, lang)
        lines = [*made.lines, *made.summary(lang)]
        waits = any((current[name]["confirmed"] == "no").any() for name in merge.DRAFTED)
        if preview or not (made.rows or waits):
            head = "entry.draft.preview" if preview else "entry.draft.unchanged"
            return "\n".join([label(head, lang, file=path, folder=into), *lines])
        merged = merge.merge(made.rows, current, replace=False)
        intake.settle(into, merged, current, lang, Reading(made.rows))
        place = _form(into, merged)
    following = label("entry.draft.next", lang, form=schema.shown(place), folder=schema.shown(into))
    return "\n".join([label("entry.draft.title", lang, file=path), *lines, following])


def _form(into: Path, merged: merge.Merged) -> Path:
    """A form with all that waits to be confirmed, beside one that somebody may be filling."""
    frames = {name: merged.frames[name] for name in schema.FORM}
    waits = {name: frames[name][frames[name]["confirmed"] == "no"] for name in merge.DRAFTED}
    listed = {}
    for column in ("plan", "area", "indicator", "source"):
        used, table = {*waits["targets"][column], *waits["tasks"].get(column, ())}, frames[f"{column}s"]
        listed[f"{column}s"] = table[table[column].isin(used)]
    places = (into / name for name in chain(["draft.xlsx"], (f"draft-{n}.xlsx" for n in count(2))))
    place = next(one for one in places if not one.exists())
    shown = pd.concat([*listed.values(), *waits.values()])
    spoken = [lang for lang in LANGUAGES if shown.filter(regex=f"(name|title)_{lang}$").ne("").any(axis=None)]
    files.write(place, form.form({**listed, "bases": frames["bases"], **waits}, languages=spoken))
    return place


def _unread(plan: Plan, lang: str) -> list[str]:
    """A line on sentences too long to be read."""
    places = list(dict.fromkeys(_locator(place, lang) for place in plan.unread))
    about = {"places": schema.listed(places[:8], lang), "count": len(places), "most": LONGEST}
    return [label("entry.draft.too_long", lang, **about)] if places else []


class _Draft:
    """What the document adds to the folder: its rows, a line on each goal, and how many of what there are."""

    def __init__(self, plan: Plan, current: merge.Tables, about: wide.About, path: Path, lang: str) -> None:
        self.plan, self.current, self.side = plan, current, plan.language
        self.rows: list[Row] = []
        self.lines: list[str] = []
        self.gone: list[str] = []
        self.counts = Counter(dict.fromkeys(("new", "same", "changed", "tasks", "same_tasks"), 0))
        self.title = about.title or plan.title or path.stem
        self.area = self._area(about, lang)
        before = self._before()
        subject = folder.told_field(self.title)
        named = "-".join(filter(None, [self.area, subject, f"{plan.span.first}-{plan.span.last}"]))
        self.code = before or merge.free(named, current["plans"]["plan"], "-")
        self.source = self._source(about, path, lang)
        if not before:
            self._add(
                "plans", plan=self.code, area=self.area, source=self.source, report="yes",
                base_year=f"{plan.span.base}", start_year=f"{plan.span.first}", end_year=f"{plan.span.last}",
                field=subject or "other", adopted=plan.adopted, fiscal_end=f"{plan.span.fiscal or ''}",
                **{f"name_{self.side}": self.title},
            )  # fmt: skip
        self._targets()
        self._tasks()
        if not any(row.table in merge.DRAFTED for row in self.rows):
            self.rows = []

    def _add(self, table: str, **texts: str) -> None:
        self.rows.append(rows.made(table, schema.sheet(table), 0, texts))

    def _area(self, about: wide.About, lang: str) -> str:
        """The folder's area, the one named, or a new one by the plan's title."""
        there, title = wide.own_areas(self.current), self.plan.title
        pairs = there[["area", "name_zh"]].to_numpy()
        named = [area for area, name in pairs if name and title.startswith(name)]
        if len(named) == 1 and not about.area:
            return named[0]
        if len(there) or about.area:
            return wide.area_of(about.area, self.current, lang)
        match = re.match(r"(.{2,12}?(?:省|自治区|市|州|盟|县|旗|区))", title)
        office = r"\s*(?:City|County|District|Borough)?\s*(?:Council|Government)$"
        name = match[1] if match else re.sub(office, "", self.plan.publisher)
        if not name:
            raise EntryError(label("entry.draft.no_area", lang))
        area, words = merge.slug(name, "-") or "own-area", {f"name_{of_text(name)}": name}
        self._add("areas", area=area, level=folder.level_of(name) or "city", **words)
        return area

    def _before(self) -> str:
        """The plan of the folder that the document states anew; empty where it is another one."""
        wanted = (self.area, f"{self.plan.span.first}", f"{self.plan.span.last}")
        for row in self.current["plans"].to_dict("records"):
            name = row[f"name_{self.side}"] or row["name_zh"] or row["name_en"]
            same = wanted == (row["area"], row["start_year"], row["end_year"])
            if same and likeness(name, self.title) >= _SAME:
                return row["plan"]
        return ""

    def _source(self, about: wide.About, path: Path, lang: str) -> str:
        """The document as a source: its title, who published it and when, as it says or as was said."""
        day = about.published or self.plan.adopted
        if len(day) == 7:  # only the month is known: its last day
            day = f"{pd.Period(day).end_time:%Y-%m-%d}"
        if not day:
            raise EntryError(label("entry.draft.no_day", lang, file=schema.shown(path)))
        publisher = about.publisher or self.plan.publisher or self.title
        about = replace(about, title=self.title, publisher=publisher, published=day)
        texts = wide.document(about, f"{self.code}-{{day}}", self.current, lang)
        if texts["source"] not in set(self.current["sources"]["source"]):
            self._add("sources", **texts, document_number=self.plan.number)
        return texts["source"]

    def _targets(self) -> None:
        """Goals as rows of targets, with their indicators; what the folder has already is only counted."""
        there = self.current["targets"]
        there = there[(there["plan"] == self.code) & (there["area"] == self.area)]
        listed = self.current["indicators"].to_dict("records")
        names = {one["indicator"]: one["name_zh"] or one["name_en"] for one in listed}
        codes: dict[str, str] = {}
        keys, seen = set(), set()
        for order, goal in enumerate(_apart(self.plan.goals, self.side), start=1):
            known = _known(goal, there, names)
            if known is not None:
                seen.add(known["indicator"])
                if _says_the_same(goal, known) or known["source"] == self.source:
                    self.counts["same"] += 1
                    continue
            self.counts["new" if known is None else "changed"] += 1
            indicator = known["indicator"] if known else codes.get(goal.name) or self._indicator(goal, codes)
            key = (indicator, goal.kind, goal.period)
            if key in keys:
                continue
            keys.add(key)
            texts = _target(goal, self.side)
            if known is not None:
                was = {"value": known["target_value"], "source": known["source"]}
                texts["note"] += label("entry.draft.was", self.side, **was)
            self._add("targets", **texts, plan=self.code, area=self.area, indicator=indicator,
                      order=f"{order}", source=self.source, confirmed="no")  # fmt: skip
            self.lines.append(_line(goal, self.side, texts["locator"]))
        gone = there[~there["indicator"].isin(seen) & (there["source"] != self.source)] if seen else there[:0]
        self.gone = list(dict.fromkeys(names.get(one, one) for one in gone["indicator"]))

    def _indicator(self, goal: Goal, codes: dict[str, str]) -> str:
        """The code of the registered indicator of that name and unit, or of a new one."""
        unit, side = _unit(goal, self.side), self.side
        there = self.current["indicators"]
        for row in there.to_dict("records"):
            named = schema.plain(goal.name) in (schema.plain(row["name_zh"]), schema.plain(row["name_en"]))
            if named and (unit in (row["unit_zh"], row["unit_en"]) or unit in UNKNOWN.values()):
                return codes.setdefault(goal.name, row["indicator"])
        texts = self._starter(goal, unit)
        if texts is None:
            taken = {*there["indicator"], *codes.values()}
            wanted = merge.slug(goal.name, "_") if side == "en" else ""
            code = merge.free(wanted or f"indicator_{len(taken) + 1}", taken, "_")
            name = goal.name[:1].upper() + goal.name[1:]  # an English name within a sentence begins small
            # A change without a base is published as such: its per cent are no share of anything.
            change = goal.kind == "cumulative_change" and unit == "%" and goal.in_table
            texts = {
                "indicator": code, f"name_{side}": name, f"unit_{side}": unit, "direction": _direction(goal),
                "scale": "ratio" if change and not goal.base_value else wide.scale_of(unit, goal.name),
                "accumulation": _accumulation(goal, unit),
                "domain": "science" if folder.told_field(self.plan.title) == "science" else "other",
            }  # fmt: skip
        self._add("indicators", **texts)
        return codes.setdefault(goal.name, texts["indicator"])

    def _starter(self, goal: Goal, unit: str) -> dict[str, str] | None:
        """The row of a starter list for that name and unit, as the form of `new` has it."""
        own = wide.own_areas(self.current)
        spoken = {self.side, *(lang for lang in LANGUAGES if own[f"name_{lang}"].ne("").any())}
        wanted, taken = (schema.plain(goal.name), unit), set(self.current["indicators"]["indicator"])
        starters = (folder.template("starter", name) for name in folder.FIELDS if name != "blank")
        for row in chain.from_iterable(table.to_dict("records") for table in starters):
            same = wanted == (schema.plain(row[f"name_{self.side}"]), row[f"unit_{self.side}"])
            if same and row["indicator"] not in taken:
                return {key: text for key, text in row.items() if key[-2:] in spoken or key[-3:-2] != "_"}
        return None

    def _tasks(self) -> None:
        """Tasks, projects and safeguards; those of the same name that the folder has are left alone."""
        side, all_tasks = self.side, self.current["tasks"]
        own = all_tasks[all_tasks["plan"] == self.code]
        there = {schema.plain(name) for name in (*own["name_zh"], *own["name_en"]) if name}
        taken, codes = {*all_tasks["task"]}, {}
        for order, task in enumerate(self.plan.tasks, start=1):
            if schema.plain(task.name) in there:
                self.counts["same_tasks"] += 1
                continue
            numbered = (f"{self.code}-{n:02}" for n in count(order))
            codes[id(task)] = name = next(one for one in numbered if one not in taken)
            taken.add(name)
            words = {"chapter": " ".join(filter(None, [task.chapter, task.box])), "name": task.name}
            words |= {"asks": task.asks, "office": schema.listed(task.office, side)}
            words |= {"others": schema.listed(task.others, side)}
            self._add(
                "tasks", plan=self.code, task=name, parent=codes.get(id(task.parent), ""), order=f"{order}",
                kind=task.kind, source=self.source, locator=_locator(task.place, side), confirmed="no",
                **{f"{column}_{side}": text for column, text in words.items()},
            )  # fmt: skip
            self.counts["tasks"] += 1

    def summary(self, lang: str) -> list[str]:
        """Counts, and what a person should know."""
        plan, counts = self.plan, self.counts
        kinds = Counter(f"{task.kind}s" for task in plan.tasks)
        counted = {kind: kinds[kind] for kind in ("tasks", "projects", "safeguards")}
        led, in_table = sum(bool(task.office) for task in plan.tasks), sum(one.in_table for one in plan.goals)
        lines = [label("entry.draft.read", lang, goals=len(plan.goals), table=in_table, led=led, **counted)]
        if not in_table:
            lines.append(label("entry.draft.no_table", lang))
        lines += _unread(plan, lang)
        if counts["same"] or counts["changed"] or counts["same_tasks"]:
            lines.append(label("entry.draft.compared", lang, **counts))
        if self.gone:
            lines.append(label("entry.draft.gone", lang, names="；".join(self.gone[:8])))
        indicators = [row.texts for row in self.rows if row.table == "indicators"]
        word = UNKNOWN[self.side]
        unknown = [one[f"name_{self.side}"] for one in indicators if one[f"unit_{self.side}"] == word]
        if unknown:
            about = {"count": len(unknown), "names": schema.listed(unknown, lang), "word": word}
            lines.append(label("entry.draft.units", lang, **about))
        return lines


def _known(goal: Goal, there: pd.DataFrame, names: Mapping[str, str]) -> dict | None:
    """The folder's target for the same thing and year, the newest; None where it has none."""
    plain = set(LEVELS)
    for row in there.iloc[::-1].to_dict("records"):
        name = names.get(row["indicator"], "")
        same = schema.plain(goal.name) == schema.plain(name) or likeness(goal.name, name) >= _SAME
        kinds = goal.kind == row["kind"] or {goal.kind, row["kind"]} <= plain
        if same and kinds and row["target_period"][-4:] == goal.period[-4:]:
            return row
    return None


def _says_the_same(goal: Goal, row: Mapping[str, str]) -> bool:
    if goal.kind in IN_WORDS:
        return schema.plain(row["words_zh"] or row["words_en"]) == schema.plain(goal.words)
    values = ((goal.value, row["target_value"]), (goal.upper, row["target_upper"]))
    return all((not a and not b) or (a and b and Decimal(a) == Decimal(b)) for a, b in values)


def _apart(goals: list[Goal], language: str) -> list[Goal]:
    """Goals of one name, kind and year that are not one: the later carries its heading."""
    own, keys = [], set()
    for goal in goals:
        name, n = goal.name, 2
        if (name, goal.kind, goal.period) in keys and goal.context:
            name = f"{goal.name}（{goal.context}）" if language == "zh" else f"{goal.name} ({goal.context})"
        while (name, goal.kind, goal.period) in keys:
            name, n = f"{goal.name} {n}", n + 1
        keys.add((name, goal.kind, goal.period))
        own.append(replace(goal, name=name))
    return own


def _line(goal: Goal, language: str, locator: str) -> str:
    """One line of the list that a person compares with the document."""
    signs = {"at_least": "≥", "more_than": ">", "about": "≈", "at_most": "≤", "less_than": "<"}
    upper = f"–{goal.upper}" if goal.upper else ""
    unit = "%" if goal.kind in GROWTHS else goal.unit
    value = f"{signs.get(goal.comparator, '')}{goal.value}{upper} {unit}".strip()
    value = _in_words(goal) if goal.kind in IN_WORDS else value
    kind = label(f"entry.choice.kind.{goal.kind}", language)
    return f"  {locator}  {goal.name}  {kind}  {goal.period}  {value}"


# --- a goal as a row of targets, and what is known of its indicator ---

_FALLS = re.compile(
    r"死亡|发病率|患病|吸烟|近视|污染|排放|浓度|能耗|消耗|耗水|用水量|水耗|失业|事故|贫困|劣[ⅤV五]|投诉"
    r"|个人卫生支出|反应时间|漏损|损失|违法|(?i:death|killed|injur|casualt|pollut|emission|dioxide|unemploy"
    r"|crime|waste|lost|defect|collision|car trips|above the limit|vacan|homeless)"
)


def _unit(goal: Goal, language: str) -> str:
    """The unit of the indicator; that of a growth or change in per cent is not said."""
    if goal.kind in GROWTHS and not goal.in_table:
        is_share = re.search(r"(?:率|比例|占比|比重|水平)$|share|rate\b", goal.name)
        return "%" if is_share else UNKNOWN[language]
    return "%" if goal.unit in ("个百分点", "百分点", "points", "point") else goal.unit or UNKNOWN[language]


def _accumulation(goal: Goal, unit: str) -> str:
    """Whether the figures of several years add up: ``flow``, else ``stock``."""
    yearly = goal.kind in SUMS or (goal.kind in EVERY_YEAR and unit != "%")
    flow = r"额$|产量|产值|增加值|收入|生产总值|新增|排放量|消费量|journeys|trips|killed"
    return "flow" if unit not in ("%", "‰") and (yearly or re.search(flow, goal.name)) else "stock"


def _direction(goal: Goal) -> str:
    """Which way is good: by the goal against its base, by its sign, by the limit, else by the name."""
    if goal.kind in CHANGES:
        return "down" if goal.value.startswith("-") else "up"
    if goal.base_value and goal.value and goal.kind in ("level", "range"):
        base, value = Decimal(goal.base_value), Decimal(goal.value)
        if base != value:
            return "down" if value < base else "up"
    if goal.comparator in ("at_most", "less_than") or goal.unit == "位":
        return "down"
    rises = goal.comparator in ("at_least", "more_than") or goal.kind in SUMS
    return "down" if _FALLS.search(goal.name) and not rises else "up"


def _target(goal: Goal, language: str) -> dict[str, str]:
    """A goal as a row of targets; a rate that does not follow from base and goal is only noted."""
    rate = goal.rate if goal.rate and _follows(goal, goal.rate, growth=True) else ""
    change = goal.change if goal.change and _follows(goal, goal.change, growth=False) else ""
    odd = [f"{goal.rate} %/a"] if goal.rate != rate else []
    odd += [goal.change] if goal.change != change else []
    note = f"“{goal.words}”" + (f" ({goal.per_cent} %)" if goal.per_cent else "")
    note += label("entry.draft.odd", language, value=" ".join(odd)) if odd and goal.in_table else ""
    based = not goal.base_period or periods.position(goal.base_period) < periods.position(goal.period)
    texts = {
        "kind": goal.kind, "basis": "as_published", "target_period": goal.period, "target_value": goal.value,
        "base_period": goal.base_period if based else "", "base_value": goal.base_value if based else "",
        "target_upper": goal.upper, "comparator": goal.comparator, "stated_rate": rate,
        "stated_change": change, "note": note, "attribute": goal.attribute or "unstated",
        "locator": _locator(goal.place, language),
        f"office_{language}": schema.listed(plans.offices(goal.office), language),
    }  # fmt: skip
    if goal.kind in IN_WORDS:
        texts[f"words_{language}"] = _in_words(goal)
    return texts


def _in_words(goal: Goal) -> str:
    """What says a goal in words: the cell of a row, else the clause."""
    return goal.context if goal.in_table else goal.words


def _follows(goal: Goal, text: str, *, growth: bool) -> bool:
    """Whether a stated rate or change is what base and goal make of it; never without a base."""
    try:
        years = periods.position(goal.period) - periods.position(goal.base_period)
        ends = (goal.base_value, goal.value)
        implied = digits.average_growth(*ends, years) if growth else digits.change(*ends)
    except (ValueError, ArithmeticError):
        return False
    return digits.meet(digits.printed(text), implied)


def _locator(place: Place, language: str) -> str:
    """Where a goal or task stands, in the document's language."""
    return label(f"entry.draft.place_{place.unit}", language, number=place.number, row=place.row)
