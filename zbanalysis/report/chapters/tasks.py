"""Tasks, safeguards and projects one by one: state, what came of each, what is open."""

from __future__ import annotations

import pandas as pd

from zbanalysis.data.schema import offices_in
from zbanalysis.evidence.tasks import DISPUTED, STATES
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import TASKS as SECTION
from zbanalysis.report.blocks import Column, Report, filled
from zbanalysis.report.chapters.money import bounded
from zbanalysis.report.words import label

CONCLUSION = "09_conclusion"
CHECKS = ("verified", "not_verified", "differs")
ONE_BY_ONE = 15
"""A plan of more tasks has one line a chapter in the main volume."""


def heads(report: Report, kind: str = "") -> pd.DataFrame:
    """Tasks and safeguards, without the projects under them."""
    every = report.table(CONCLUSION, "register")
    return every[every["parent"].eq("") & (every["kind"].eq(kind) if kind else every["kind"].ne("project"))]


def counted(report: Report) -> list[str]:
    """One sentence that counts them."""
    rows, lang = heads(report), report.lang
    if rows.empty:
        return []
    counts = {f"register.{kind}s": rows["kind"].eq(kind).sum() for kind in ("task", "safeguard")}
    what, stated = words.listing(words.counted(counts, lang), lang), rows["state"].value_counts()
    if not rows["reported"].any():
        return [report.label("register.unreported", what=what)]
    if set(stated.index) == {"not_stated"}:
        key = "register.unstated" if rows["has_result"].all() else "register.unstated_part"
        return [report.label(key, what=what, count=int(rows["has_result"].sum()))]
    stated = stated.reindex([*STATES[:-1], DISPUTED, STATES[-1]]).dropna().astype(int)
    named = [(report.label(f"state.{state}"), count) for state, count in stated.items()]
    states = [report.label("register.count", state=state, count=count) for state, count in named]
    return [report.label("register.stated", what=what, states=words.listing(states, lang))]


def done(report: Report, kind: str = "task") -> list[dict]:
    """The tasks, or the safeguards, of the main volume."""
    rows, lang = heads(report, kind), report.lang
    if rows.empty:
        return []
    sentences = [*_owed(report, rows), *_disputed(report, rows), *_checked(report, rows)]
    if kind == "task":
        sentences += _answered(report)
    cites, reported = (CONCLUSION, "register"), rows["reported"].any()
    if not reported and len(rows) <= ONE_BY_ONE:
        named = [words.within(name) for name in rows[f"name_{lang}"]]
        names = ("、" if lang == "zh" else "; ").join(named)
        blocks = [words.flowing([*sentences, report.label("register.names", names=names)], lang)]
    elif len(rows) > ONE_BY_ONE:
        groups = _chapters(rows)
        columns = filled(BY_CHAPTER, groups, lang)
        blocks = [*sentences, report.show(f"{kind}s_chapters", groups, columns, cites=cites)]
    else:
        stated = rows["state"].ne("not_stated").any()
        columns = [Column(f"{kind}_name", "name", floor=7), *(DONE if stated else DONE[1:])]
        blocks = [*sentences, report.show(f"{kind}s_done", rows, columns, cites=cites)]
    heading = f"section.{kind}s_{'reported' if reported else 'open'}"
    return [report.section(heading, blocks, count=len(rows))]


def _open(row: pd.Series, lang: str) -> str:
    texts = [words.closed(text, lang) for text in (row[f"problem_{lang}"], row[f"next_{lang}"]) if text]
    return words.flowing(texts, lang) or words.NONE


def office(row: pd.Series, lang: str) -> str:
    """Who leads a task or measure, or that nobody is named."""
    return row[f"office_{lang}"] or label("office.none", lang)


STATE = Column("state", lambda row, lang: label(f"state.{row['state']}", lang))
DONE = [STATE, Column("done"), Column("still_open", _open), Column("lead", office)]
"""The columns of what came of each task, after its name; without the state where none is stated."""


def _owed(report: Report, rows: pd.DataFrame) -> list[str]:
    """Who has not reported, or not said how far the task is."""

    def owing(row: pd.Series, lang: str) -> str:
        return label("register.owing", lang, name=row[f"name_{lang}"], office=office(row, lang))

    silent, unstated = rows[~rows["reported"].astype(bool)], rows[rows["state"] == "not_stated"]
    if len(silent) == len(rows):
        unnamed = "_unnamed" if silent["office_zh"].eq("").all() else ""
        return [report.label(f"register.all_silent{unnamed}", count=len(rows))]
    if len(unstated) == len(rows) and silent.empty:
        return [report.label("register.no_state")]
    key, owed = ("register.some_no_state", unstated) if silent.empty else ("register.silent", silent)
    return words.named({key: owed}, report.lang, owing)


def _answered(report: Report) -> list[str]:
    """How many of the lead offices have reported, and who still owes how much; nothing before the first."""

    def owing(row: pd.Series, lang: str) -> str:
        return label("register.owes", lang, office=row[f"office_{lang}"], count=int(row["owed"]))

    offices = report.table(CONCLUSION, "offices")
    given = {"count": int((offices["answered"] > 0).sum()), "total": len(offices)}
    if not given["count"]:
        return []
    offices = offices.assign(owed=offices["tasks"] - offices["answered"])
    groups = (offices["answered"] == 0, (offices["answered"] > 0) & (offices["owed"] > 0))
    silent, partly = (words.each(offices[group], report.lang, owing) for group in groups)
    key = "register.answered_some" if silent else "register.answered_all"
    sentence = report.label(key, names=silent, **given)
    return [sentence + (report.label("register.answered_partly", names=partly) if partly else "")]


def _checked(report: Report, rows: pd.DataFrame) -> list[str]:
    """Where an evaluator's check differs from what those responsible say."""
    counts = {f"check.{key}": rows["checked"].eq(key).sum() for key in CHECKS}
    results = words.listing(words.counted(counts, report.lang), report.lang)
    total = [report.label("register.checks", results=results)] if results else []
    return total + [
        report.label(
            "register.differs", name=report.of(row, "name"), said=report.label(f"state.{row['state']}"),
            checked=report.label(f"state.{row['checked_state'] or 'not_stated'}"),
            reason=report.of(row, "check_reason"),
        )
        for _, row in rows[rows["checked"] == "differs"].iterrows()
    ]  # fmt: skip


def _disputed(report: Report, rows: pd.DataFrame) -> list[str]:
    """Which joint lead offices state different states of a task."""
    sentences = []
    for _, row in rows[rows["state"] == DISPUTED].iterrows():
        pairs = zip(offices_in(report.of(row, "said_by")), row["said"].split(), strict=True)
        pairs = [(office, report.label(f"state.{state}")) for office, state in pairs]
        said = [report.label("register.said", office=office, state=state) for office, state in pairs]
        given = {"name": report.of(row, "name"), "said": words.listing(said, report.lang)}
        sentences.append(report.label("register.disputed", **given))
    return sentences


def _chapters(rows: pd.DataFrame) -> pd.DataFrame:
    counted = rows.assign(named=rows["office_zh"].ne(""), dated=rows["due"].ne(""))
    return counted.groupby("chapter_zh", sort=False, as_index=False).agg(
        chapter_en=("chapter_en", "first"), tasks=("task", "size"), named=("named", "sum"),
        dated=("dated", "sum"), reported=("reported", "sum"), names_zh=("name_zh", "；".join),
        names_en=("name_en", "; ".join),
    )  # fmt: skip


BY_CHAPTER = [
    Column("chapter", floor=7),
    Column("tasks_of_chapter", "names", floor=20),
    Column("number", lambda row, _: cells.number(row["tasks"] or None, 0), "right"),
    Column("with_office", lambda row, _: cells.number(row["named"] or None, 0), "right"),
    Column("with_due", lambda row, _: cells.number(row["dated"] or None, 0), "right"),
    Column("with_report", lambda row, _: cells.number(row["reported"] or None, 0), "right"),
]
"""The columns of a plan of many tasks, a row a chapter."""


def annex(report: Report) -> list[dict]:
    """Every task, project and safeguard: what is asked, by whom, state, what came of it."""
    every = report.table(CONCLUSION, "register")
    # In the main volume stand the tasks of a short plan; here what is under them.
    rows = every if len(heads(report)) > ONE_BY_ONE else every[every["parent"] != ""]
    place = {task: place for place, task in enumerate(every["task"])}
    rows = rows.assign(place=rows["parent"].where(rows["parent"].ne(""), rows["task"]).map(place).fillna(0))
    rows = rows.sort_values(["place", "order"], kind="stable")
    # What an item belongs to stands at the first of its items.
    under = rows["parent"].map(every.set_index("task")[f"name_{report.lang}"])
    under = under.fillna(rows[f"chapter_{report.lang}"])
    rows = rows.assign(under=under.where(under != under.shift(), ""))
    cites = (CONCLUSION, "register", "source")
    table = report.show("register", rows, filled(REGISTER, rows, report.lang), cites=cites)
    return [report.section("section.register", [table])]


UNDER = Column("under", lambda row, _: row["under"])
NAMED = [Column("task_name", "name"), UNDER, Column("asks"), Column("lead", "office")]
REGISTER = [*NAMED, Column("by_when", "due"), Column("done")]
"""The columns of every task; those that say nothing of any are left out."""


# --- The evidence for tasks and safeguards, and how complete their record is ---
def evidence(report: Report) -> list[dict]:
    """What shows that the tasks were done, each figure with its document; none where nothing is entered."""
    every, documents = report.table(SECTION, "tasks"), report.table(SECTION, "evidence")
    if documents.empty:
        return []
    seen = report.label("text.see_evidence", count=len(documents))
    columns, rows = [*EVIDENCE, Column("cited", report.citation)], in_order(documents, every)
    made = report.show("evidence", rows, columns, cites=(SECTION, "evidence"))
    return [report.section("appendix.evidence", [seen, made])]


def in_order(documents: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """The evidence in the order of the tasks, with a task's names at its first piece."""
    names = tasks[["task", "order", "name_zh", "name_en"]]
    ordered = documents.merge(names, on="task").sort_values("order", kind="stable")
    again = ordered["task"].duplicated()
    return ordered.assign(**{name: ordered[name].mask(again, "") for name in ("name_zh", "name_en")})


def _figure(row: pd.Series, lang: str) -> str:
    return bounded(cells.printed(row["published"]), row["status"], lang)


EVIDENCE = [
    Column("task", lambda row, lang: row[f"name_{lang}"], floor=(0, 11)),
    Column("what", floor=(0, 23)),
    Column("evidence_figure", _figure, "right"),
    Column("figure_period", lambda row, lang: words.period(row["period"], lang) or words.NONE, "right"),
]
"""The columns of evidence."""


def _missing(row: pd.Series, lang: str) -> str:
    """What is missing, in words; nobody asks a safeguard for a figure."""
    asked = [name for name in row["missing"].split() if (row["kind"], name) != ("safeguard", "figure")]
    lacks = [label(f"task_missing.{name}", lang) for name in asked]
    return ("，" if lang == "zh" else ", ").join(lacks) or words.NONE


RECORD = [
    Column("order", cells.count("order"), "right"),
    Column("task", "name"),
    Column("task_kind", lambda row, lang: label(f"task_kind.{row['kind']}", lang)),
    Column("office"),
    Column("evidence", cells.count("evidence"), "right"),
    Column("figures", cells.count("figures"), "right"),
    Column("newest", lambda row, lang: words.period(row["newest"], lang) or words.NONE, "right"),
    Column("missing", _missing),
    Column("record", lambda row, lang: label(f"task_status.{row['status']}", lang)),
]
"""The columns of how complete the record of the tasks is."""
