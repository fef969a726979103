"""A plan's document into a data folder as drafts: nothing of them is judged until a person has confirmed it.

`draft` writes rows with ``confirmed = no`` into the tables and the same rows into a form, ``draft.xlsx``:
whoever has compared them with the document sets them to yes, deletes the wrong ones, and imports the form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import pandas as pd

from zbanalysis.data import files
from zbanalysis.data.languages import LANGUAGES, of_text
from zbanalysis.entry import folder, form, intake, merge, reading, rows, schema
from zbanalysis.entry.drafted import (
    accumulation_of,
    direction_of,
    in_words,
    locator_of,
    scale_of,
    starter,
    target_of,
    unit_of,
)
from zbanalysis.entry.problems import EntryError
from zbanalysis.entry.reading import plan as plans
from zbanalysis.entry.reading.goals import LONGEST, Goal, likeness
from zbanalysis.entry.reading.plan import Plan
from zbanalysis.entry.rows import Reading, Row
from zbanalysis.entry.wide import About
from zbanalysis.report.words import label

_SAME = 0.8  # likeness from which a name of the document is one of the folder's


@dataclass
class _Draft:
    """Rows drafted of a document, and what is told of them."""

    rows: list[Row] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("new", "same", "changed", "tasks", "same_tasks"), 0)
    )
    gone: list[str] = field(default_factory=list)


def draft(path: Path, into: Path, lang: str, about: About, *, preview: bool = False) -> str:
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
    read = reading.read(path, lang)
    plan = plans.read(read)
    if not plan.goals and not plan.tasks:
        raise EntryError("\n".join([label("entry.draft.nothing", lang, file=path), *_unread(plan, lang)]))
    with intake.alone(into, lang):
        current = intake.current_tables(into, lang)
        made = _drafted(plan, current, about, path, lang)
        lines = [*made.lines, *_summary(plan, made, path, into, lang)]
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
    used = {
        column: {*waits["targets"][column], *waits["tasks"].get(column, ())}
        for column in ("plan", "area", "indicator", "source")
    }
    listed = {
        f"{column}s": frames[f"{column}s"][frames[f"{column}s"][column].isin(used[column])] for column in used
    }
    place = next(
        one for n in range(1, 1000) if not (one := into / f"draft{'' if n == 1 else f'-{n}'}.xlsx").exists()
    )
    shown = pd.concat([*listed.values(), *waits.values()])
    spoken = [lang for lang in LANGUAGES if shown.filter(regex=f"(name|title)_{lang}$").ne("").any(axis=None)]
    files.write(place, form.form({**listed, "bases": frames["bases"], **waits}, languages=spoken))
    return place


# --- what is there, and what the document adds ---


def _drafted(plan: Plan, current: Mapping[str, pd.DataFrame], about: About, path: Path, lang: str) -> _Draft:
    made = _Draft()
    area = _area(plan, current, about, made, lang)
    title = about.title or plan.title or path.stem
    before = _before(plan, title, current, area)
    code = before or _code(plan, area, title, current)
    source = _source(plan, title, code, current, about, path, made, lang)
    if not before:
        _plan_row(plan, title, code, area, source, made)
    _targets(plan, code, area, source, current, made)
    _tasks(plan, code, source, current, made)
    if not any(row.table in merge.DRAFTED for row in made.rows):
        made.rows = []
    return made


def _row(table: str, texts: Mapping[str, str]) -> Row:
    return rows.made(table, schema.sheet(table), 0, texts)


def _area(plan: Plan, current: Mapping[str, pd.DataFrame], about: About, made: _Draft, lang: str) -> str:
    """The folder's area, the one named, or a new one by the plan's title."""
    there = current["areas"][~current["areas"]["area"].str.startswith(schema.PLACEHOLDER)]
    if about.area or len(there) > 1:
        hit = there[
            (there["area"] == about.area)
            | (there["name_zh"] == about.area)
            | (there["name_en"] == about.area)
        ]
        if about.area and len(hit) == 1:
            return hit["area"].iloc[0]
        named = there[[bool(name) and plan.title.startswith(name) for name in there["name_zh"]]]
        if len(named) == 1 and not about.area:
            return named["area"].iloc[0]
        raise EntryError(
            label("entry.wide.no_area", lang, area=about.area or "—", known=", ".join(there["area"]) or "—")
        )
    if len(there) == 1:
        return there["area"].iloc[0]
    match = re.match(r"(.{2,12}?(?:省|自治区|市|州|盟|县|旗|区))", plan.title)
    name = (
        match[1]
        if match
        else re.sub(r"\s*(?:City|County|District|Borough)?\s*(?:Council|Government)$", "", plan.publisher)
    )
    if not name:
        raise EntryError(label("entry.draft.no_area", lang))
    code = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "own-area"
    side = of_text(name)
    level = folder.level_of(name) or "city"
    made.rows.append(_row("areas", {"area": code, f"name_{side}": name, "level": level}))
    return code


def _before(plan: Plan, title: str, current: Mapping[str, pd.DataFrame], area: str) -> str:
    """The plan of the folder that the document states anew; empty where it is another one."""
    for row in current["plans"].to_dict("records"):
        name = row[f"name_{plan.language}"] or row["name_zh"] or row["name_en"]
        years = (int(row["start_year"]), int(row["end_year"]))
        if (
            row["area"] == area
            and years == (plan.span.first, plan.span.last)
            and likeness(name, title) >= _SAME
        ):
            return row["plan"]
    return ""


def _code(plan: Plan, area: str, title: str, current: Mapping[str, pd.DataFrame]) -> str:
    field_ = folder.told_field(title)
    stem = f"{area}-{field_ and field_ + '-'}{plan.span.first}-{plan.span.last}"
    taken, code, n = {*current["plans"]["plan"]}, stem, 2
    while code in taken:
        code, n = f"{stem}-{n}", n + 1
    return code


def _source(
    plan: Plan, title: str, code: str, current: Mapping[str, pd.DataFrame], about: About, path: Path,
    made: _Draft, lang: str,
) -> str:  # fmt: skip
    """The document as a source: its title, who published it and when, as it says or as was said."""
    day = about.published or plan.adopted
    if len(day) == 7:  # only the month is known: its last day
        day = f"{pd.Period(day).end_time:%Y-%m-%d}"
    if not day:
        raise EntryError(label("entry.draft.no_day", lang, file=schema.shown(path)))
    checked = rows.read_cell(rows.Shown(day), schema.tables()["sources"].columns["date_published"]).text
    if not checked:
        raise EntryError(label("entry.wide.no_day", lang, value=day))
    publisher = about.publisher or plan.publisher or title
    there = current["sources"]
    same = there[
        (there["date_published"] == checked) & ((there["title_zh"] == title) | (there["title_en"] == title))
    ]
    if len(same) and not about.source:
        return same["source"].iloc[0]
    name = about.source or f"{code}-{checked}"
    if name in set(there["source"]):
        return name
    sides = [of_text(text) for text in (title, publisher)]
    texts = {"source": name, f"title_{sides[0]}": title, f"publisher_{sides[1]}": publisher}
    texts |= {"document_number": plan.number, "date_published": checked, "confidence": "high"}
    made.rows.append(_row("sources", texts))
    return name


def _plan_row(plan: Plan, title: str, code: str, area: str, source: str, made: _Draft) -> None:
    span = plan.span
    texts = {"plan": code, "area": area, f"name_{plan.language}": title, "source": source, "report": "yes"}
    texts |= {"base_year": f"{span.base}", "start_year": f"{span.first}", "end_year": f"{span.last}"}
    texts |= {"field": folder.told_field(title) or "other", "adopted": plan.adopted}
    texts |= {"fiscal_end": f"{span.fiscal or ''}"}
    made.rows.append(_row("plans", texts))


def _targets(
    plan: Plan, code: str, area: str, source: str, current: Mapping[str, pd.DataFrame], made: _Draft
) -> None:
    """Goals as rows of targets, with their indicators; what the folder has already is only counted."""
    there = current["targets"][(current["targets"]["plan"] == code) & (current["targets"]["area"] == area)]
    names = _names(current["indicators"])
    codes: dict[str, str] = {}
    keys: set[tuple] = set()
    seen: set[str] = set()
    for order, goal in enumerate(_apart(plan.goals, plan.language), start=1):
        known = _known(goal, there, names, plan.language)
        if known is not None:
            seen.add(known["indicator"])
            if _says_the_same(goal, known) or known["source"] == source:
                made.counts["same"] += 1
                continue
            made.counts["changed"] += 1
            indicator = known["indicator"]
        else:
            made.counts["new"] += 1
            indicator = codes.get(goal.name) or _indicator(goal, plan, current, codes, made)
        key = (indicator, goal.kind, goal.period)
        if key in keys:
            continue
        keys.add(key)
        texts = target_of(goal, plan.language)
        if known is not None:
            texts["note"] += label(
                "entry.draft.was", plan.language, value=known["target_value"], source=known["source"]
            )
        fixed = {
            "plan": code,
            "area": area,
            "indicator": indicator,
            "order": f"{order}",
            "source": source,
            "confirmed": "no",
        }
        made.rows.append(_row("targets", {**texts, **fixed}))
        made.lines.append(_line(goal, plan.language, texts["locator"]))
    gone = (
        there[~there["indicator"].isin(seen) & (there["source"] != source)] if len(seen) else there.iloc[:0]
    )
    made.gone = list(dict.fromkeys(names.get(one, one) for one in gone["indicator"]))


def _names(indicators: pd.DataFrame) -> dict[str, str]:
    pairs = zip(indicators["indicator"], indicators["name_zh"], indicators["name_en"], strict=True)
    return {code: zh or en for code, zh, en in pairs}


def _known(goal: Goal, there: pd.DataFrame, names: Mapping[str, str], language: str) -> dict | None:
    """The folder's target for the same thing and year, the newest; None where it has none."""
    for row in there.iloc[::-1].to_dict("records"):
        alike = likeness(goal.name, names.get(row["indicator"], ""))
        whole = schema.plain(goal.name) == schema.plain(names.get(row["indicator"], ""))
        kinds = {goal.kind, row["kind"]} <= {
            "level",
            "floor",
            "ceiling",
            "keep",
            "range",
        } or goal.kind == row["kind"]
        if (whole or alike >= _SAME) and row["target_period"][-4:] == goal.period[-4:] and kinds:
            return row
    return None


def _says_the_same(goal: Goal, row: Mapping[str, str]) -> bool:
    if goal.kind == "in_words":
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


def _indicator(
    goal: Goal, plan: Plan, current: Mapping[str, pd.DataFrame], codes: dict[str, str], made: _Draft
) -> str:  # fmt: skip
    """The code of the registered indicator of that name and unit, or of a new one."""
    unit = unit_of(goal, plan.language)
    for row in current["indicators"].to_dict("records"):
        named = schema.plain(goal.name) in (schema.plain(row["name_zh"]), schema.plain(row["name_en"]))
        if named and (unit in (row["unit_zh"], row["unit_en"]) or unit in schema.UNKNOWN.values()):
            codes[goal.name] = row["indicator"]
            return row["indicator"]
    if listed := starter(goal, unit, plan.language, current):
        codes[goal.name] = listed["indicator"]
        made.rows.append(_row("indicators", listed))
        return listed["indicator"]
    taken = {*current["indicators"]["indicator"], *codes.values()}
    stem = (
        re.sub(r"[^a-z0-9]+", "_", goal.name.lower()).strip("_")[:48].strip("_")
        if plan.language == "en"
        else ""
    )
    code, n = (stem if re.match("[a-z]{2}", stem) else f"indicator_{len(taken) + 1}"), 2
    while code in taken:
        code, n = f"{stem or 'indicator'}_{n}", n + 1
    codes[goal.name] = code
    side = plan.language
    name = goal.name[:1].upper() + goal.name[1:]  # an English name within a sentence begins small
    texts = {"indicator": code, f"name_{side}": name, f"unit_{side}": unit}
    # A change without a base is published as such: its per cent are no share of anything.
    change = goal.kind == "cumulative_change" and goal.in_table and not goal.base_value and unit == "%"
    scale = "ratio" if change else scale_of(unit, goal.name)
    texts |= {"scale": scale, "direction": direction_of(goal)}
    texts |= {"accumulation": accumulation_of(goal, unit)}
    texts["domain"] = "science" if folder.told_field(plan.title) == "science" else "other"
    made.rows.append(_row("indicators", texts))
    return code


def _line(goal: Goal, language: str, locator: str) -> str:
    """One line of the list that a person compares with the document."""
    signs = {"at_least": "≥", "more_than": ">", "about": "≈", "at_most": "≤", "less_than": "<"}
    upper = f"–{goal.upper}" if goal.upper else ""
    unit = "%" if goal.kind in ("average_growth", "cumulative_change") else goal.unit
    value = f"{signs.get(goal.comparator, '')}{goal.value}{upper} {unit}".strip()
    value = in_words(goal) if goal.kind == "in_words" else value
    kind = label(f"entry.choice.kind.{goal.kind}", language)
    return f"  {locator}  {goal.name}  {kind}  {goal.period}  {value}"


def _tasks(plan: Plan, code: str, source: str, current: Mapping[str, pd.DataFrame], made: _Draft) -> None:
    """Tasks, projects and safeguards; those of the same name that the folder has are left alone."""
    side = plan.language
    own = current["tasks"][current["tasks"]["plan"] == code]
    there = {schema.plain(name) for name in (*own["name_zh"], *own["name_en"]) if name}
    taken, codes = {*current["tasks"]["task"]}, {}
    between = "、" if side == "zh" else ", "
    for order, task in enumerate(plan.tasks, start=1):
        if schema.plain(task.name) in there:
            made.counts["same_tasks"] += 1
            continue
        name, n = f"{code}-{order:02}", order
        while name in taken:
            n += 1
            name = f"{code}-{n:02}"
        taken.add(name)
        codes[id(task)] = name
        chapter = task.chapter + (f" {task.box}" if task.box else "")
        texts = {
            "plan": code,
            "task": name,
            "parent": codes.get(id(task.parent), ""),
            "order": f"{order}",
            "kind": task.kind,
        }
        texts |= {
            f"chapter_{side}": chapter,
            f"name_{side}": task.name,
            f"asks_{side}": task.asks,
            "source": source,
        }
        texts |= {f"office_{side}": between.join(task.office), f"others_{side}": between.join(task.others)}
        texts |= {"locator": locator_of(task.place, side), "confirmed": "no"}
        made.rows.append(_row("tasks", texts))
        made.counts["tasks"] += 1


def _unread(plan: Plan, lang: str) -> list[str]:
    """A line on sentences too long to be read."""
    places = list(dict.fromkeys(locator_of(place, lang) for place in plan.unread))
    values = {
        "places": ("；" if lang == "zh" else ", ").join(places[:8]),
        "count": len(places),
        "most": LONGEST,
    }
    return [label("entry.draft.too_long", lang, **values)] if places else []


def _summary(plan: Plan, made: _Draft, path: Path, into: Path, lang: str) -> list[str]:
    """Counts, and what a person should know."""
    kinds = [sum(task.kind == kind for task in plan.tasks) for kind in ("task", "project", "safeguard")]
    led = sum(bool(task.office) for task in plan.tasks)
    in_table = sum(goal.in_table for goal in plan.goals)
    counted = dict(zip(("tasks", "projects", "safeguards"), kinds, strict=True))
    lines = [label("entry.draft.read", lang, goals=len(plan.goals), table=in_table, led=led, **counted)]
    if not in_table:
        lines.append(label("entry.draft.no_table", lang))
    lines += _unread(plan, lang)
    counts = made.counts
    if counts["same"] or counts["changed"] or counts["same_tasks"]:
        lines.append(label("entry.draft.compared", lang, **counts))
    if made.gone:
        lines.append(label("entry.draft.gone", lang, names="；".join(made.gone[:8])))
    side = plan.language
    unknown = [
        row.texts[f"name_{side}"]
        for row in made.rows
        if row.table == "indicators" and row.texts[f"unit_{side}"] == schema.UNKNOWN[side]
    ]
    if unknown:
        between = "、" if lang == "zh" else ", "
        names = between.join(unknown)
        lines.append(
            label("entry.draft.units", lang, count=len(unknown), names=names, word=schema.UNKNOWN[side])
        )
    return lines
