"""Tasks, safeguards and projects one by one: state, what came of each, what is open."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.data.schema import offices_in
from zbanalysis.evidence.tasks import DISPUTED, STATES
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import TASKS as SECTION
from zbanalysis.report.blocks import Column, Report, filled, paragraphs
from zbanalysis.report.chapters import money
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
    rows = heads(report)
    if rows.empty:
        return []
    counts = {f"{kind}s": int((rows["kind"] == kind).sum()) for kind in ("task", "safeguard")}
    named = [report.label(f"register.{kinds}", count=count) for kinds, count in counts.items() if count]
    what = words.listing(named, report.lang)
    if not rows["reported"].any():
        return [report.label("register.unreported", what=what)]
    stated = rows[rows["state"] != "not_stated"]
    if stated.empty:
        key = "register.unstated" if rows["has_result"].all() else "register.unstated_part"
        return [report.label(key, what=what, count=int(rows["has_result"].sum()))]
    states = [
        report.label("register.count", state=report.label(f"state.{state}"), count=int(number))
        for state, number in rows["state"]
        .value_counts()
        .reindex((*STATES[:-1], DISPUTED, STATES[-1]))
        .items()
        if number > 0
    ]
    return [report.label("register.stated", what=what, states=words.listing(states, report.lang))]


def sections(report: Report, kind: str) -> list[dict]:
    """The tasks, or the safeguards, of the main volume."""
    rows = heads(report, kind)
    if rows.empty:
        return []
    sentences = [*_owed(report, rows), *_disputed(report, rows), *_checked(report, rows)]
    if kind == "task":
        sentences += _answered(report)
    cites = report.cites(CONCLUSION, "register")
    if not rows["reported"].any() and len(rows) <= ONE_BY_ONE:
        named = [words.within(report.of(row, "name")) for _, row in rows.iterrows()]
        names = ("、" if report.lang == "zh" else "; ").join(named)
        sentences = [words.flowing([*sentences, report.label("register.names", names=names)], report.lang)]
        shown = []
    elif len(rows) > ONE_BY_ONE:
        groups = _chapters(rows)
        columns = filled(_by_chapter(report), groups)
        shown = [report.show(f"{kind}s_chapters", groups, columns, cites=cites)]
    else:
        shown = [report.show(f"{kind}s_done", rows, _one_by_one(report, rows), cites=cites)]
    heading = f"section.{kind}s_{'reported' if rows['reported'].any() else 'open'}"
    return [report.section(heading, [*paragraphs(sentences), *shown], count=len(rows))]


def _one_by_one(report: Report, rows: pd.DataFrame) -> list[Column]:
    lang = report.lang

    def open_(row: pd.Series) -> str:
        texts = [report.of(row, name) for name in ("problem", "next")]
        return words.flowing([words.closed(text, lang) for text in texts if text], lang) or words.NONE

    columns = [
        Column(f"{rows['kind'].iloc[0]}_name", lambda row: report.of(row, "name"), floor=7),
        Column("done", lambda row: report.of(row, "done") or words.NONE),
        Column("still_open", open_),
        Column("lead", lambda row: report.of(row, "office") or report.label("office.none")),
    ]
    if rows["state"].ne("not_stated").any():
        columns.insert(1, Column("state", lambda row: report.label(f"state.{row['state']}")))
    return columns


def _owed(report: Report, rows: pd.DataFrame) -> list[str]:
    """Who has not reported, or not said how far the task is."""
    silent = rows[~rows["reported"].astype(bool)]
    if len(silent):
        if len(silent) == len(rows):
            key = "register.all_silent_unnamed" if silent["office_zh"].eq("").all() else "register.all_silent"
            return [report.label(key, count=len(rows))]
        return [report.label("register.silent", count=len(silent), names=_owing(report, silent))]
    unstated = rows[rows["state"] == "not_stated"]
    if len(unstated) == len(rows):
        return [report.label("register.no_state")]
    if len(unstated):
        return [report.label("register.some_no_state", count=len(unstated), names=_owing(report, unstated))]
    return []


def _answered(report: Report) -> list[str]:
    """How many of the lead offices have reported, and who still owes how much; nothing before the first."""
    offices = report.table(CONCLUSION, "offices")
    if not offices["answered"].any():
        return []
    offices = offices.assign(owed=offices["tasks"] - offices["answered"])
    silent, partly = (
        words.listing(
            [
                report.label("register.owes", office=report.of(row, "office"), count=int(row["owed"]))
                for _, row in rows.iterrows()
            ],
            report.lang,
        )
        for rows in (offices.query("answered == 0"), offices.query("answered > 0 and owed > 0"))
    )
    given = {"count": int((offices["answered"] > 0).sum()), "total": len(offices)}
    key = "register.answered_some" if silent else "register.answered_all"
    sentence = report.label(key, names=silent, **given)
    return [sentence + (report.label("register.answered_partly", names=partly) if partly else "")]


def _owing(report: Report, rows: pd.DataFrame) -> str:
    """Tasks, each with the office that owes a report."""
    named = [
        report.label("register.owing", name=report.of(row, "name"),
                     office=report.of(row, "office") or report.label("office.none"))
        for _, row in rows.iterrows()
    ]  # fmt: skip
    return words.listing(named, report.lang)


def _checked(report: Report, rows: pd.DataFrame) -> list[str]:
    """Where an evaluator's check differs from what those responsible say."""
    counts = rows.loc[rows["checked"] != "", "checked"].value_counts(sort=False)
    results = [report.label(f"check.{key}", count=int(counts[key])) for key in CHECKS if key in counts.index]
    differ = rows[rows["checked"] == "differs"]
    total = [report.label("register.checks", results=words.listing(results, report.lang))] if results else []
    return total + [
        report.label(
            "register.differs", name=report.of(row, "name"), said=report.label(f"state.{row['state']}"),
            checked=report.label(f"state.{row['checked_state'] or 'not_stated'}"),
            reason=report.of(row, "check_reason"),
        )
        for _, row in differ.iterrows()
    ]  # fmt: skip


def _disputed(report: Report, rows: pd.DataFrame) -> list[str]:
    """Which joint lead offices state different states of a task."""
    sentences = []
    for _, row in rows[rows["state"] == DISPUTED].iterrows():
        said = [
            report.label("register.said", office=office, state=report.label(f"state.{state}"))
            for office, state in zip(offices_in(report.of(row, "said_by")), row["said"].split(), strict=True)
        ]
        said = words.listing(said, report.lang)
        sentences.append(report.label("register.disputed", name=report.of(row, "name"), said=said))
    return sentences


def _chapters(rows: pd.DataFrame) -> pd.DataFrame:
    counted = rows.assign(named=rows["office_zh"].ne(""), dated=rows["due"].ne(""))
    return counted.groupby("chapter_zh", sort=False, as_index=False).agg(
        chapter_en=("chapter_en", "first"), tasks=("task", "size"), named=("named", "sum"),
        dated=("dated", "sum"), reported=("reported", "sum"), names_zh=("name_zh", "；".join),
        names_en=("name_en", "; ".join),
    )  # fmt: skip


def _by_chapter(report: Report) -> list[Column]:
    def count(key: str, name: str) -> Column:
        return Column(key, lambda row: cells.number(row[name] or None, 0), "right")

    return [
        Column("chapter", lambda row: report.of(row, "chapter"), floor=7),
        Column("tasks_of_chapter", lambda row: report.of(row, "names"), floor=20),
        count("number", "tasks"),
        count("with_office", "named"),
        count("with_due", "dated"),
        count("with_report", "reported"),
    ]


def annex(report: Report) -> list[dict]:
    """Every task, project and safeguard: what is asked, by whom, state, what came of it."""
    every = report.table(CONCLUSION, "register")
    if every.empty:
        return []
    # In the main volume stand the tasks of a short plan; here what is under them.
    rows = every if len(heads(report)) > ONE_BY_ONE else every[every["parent"] != ""]
    if rows.empty:
        return []
    lang = report.lang
    order = {task: place for place, task in enumerate(every["task"])}
    rows = rows.assign(place=[order.get(row.parent or row.task, 0) for row in rows.itertuples()])
    rows = rows.sort_values(["place", "order"], kind="stable")
    names = every.set_index("task")[f"name_{lang}"]
    # What an item belongs to stands at the first of its items.
    under = rows["parent"].map(names).fillna(rows[f"chapter_{lang}"])
    rows = rows.assign(under=under.where(under != under.shift(), ""))
    columns = [
        Column("task_name", lambda row: report.of(row, "name")),
        Column("under", lambda row: row["under"]),
        Column("asks", lambda row: report.of(row, "asks") or words.NONE),
        Column("lead", lambda row: report.of(row, "office") or words.NONE),
        Column("by_when", lambda row: row["due"] or words.NONE),
        Column("done", lambda row: report.of(row, "done") or words.NONE),
    ]
    shown = filled(columns, rows)
    cites = report.cites(CONCLUSION, "register", "source")
    table = report.show("register", rows, shown, cites=cites)
    return [report.section("section.register", [table])]


# --- The evidence for tasks and safeguards, and how complete their record is ---
def evidence(report: Report) -> list[dict]:
    """What shows that the tasks were done, each figure with its document; none where nothing is entered."""
    every, documents = report.table(SECTION, "tasks"), report.table(SECTION, "evidence")
    if documents.empty:
        return []
    seen = report.label("text.see_evidence", count=len(documents))
    columns = evidence_columns(report.lang, report.numbers)
    cites = report.cites(SECTION, "evidence")
    made = report.show("evidence", in_order(documents, every), columns, cites=cites)
    return [report.section("appendix.evidence", [*paragraphs([seen]), made])]


def missing(names: str, kind: str, lang: str) -> str:
    """What is missing, in words; nobody asks a safeguard for a figure."""
    asked = [name for name in names.split() if (kind, name) != ("safeguard", "figure")]
    lacks = [label(f"task_missing.{name}", lang) for name in asked]
    return ("，" if lang == "zh" else ", ").join(lacks)


def columns(lang: str) -> list[Column]:
    """The columns of tasks."""
    return [
        Column("order", lambda row: cells.number(row["order"], 0), "right"),
        Column("task", lambda row: row[f"name_{lang}"]),
        Column("task_kind", lambda row: label(f"task_kind.{row['kind']}", lang)),
        Column("office", lambda row: row[f"office_{lang}"] or words.NONE),
        Column("evidence", lambda row: cells.number(row["evidence"], 0), "right"),
        Column("figures", lambda row: cells.number(row["figures"], 0), "right"),
        Column("newest", lambda row: words.period(row["newest"], lang) or words.NONE, "right"),
        Column("missing", lambda row: missing(row["missing"], row["kind"], lang) or words.NONE),
        Column("record", lambda row: label(f"task_status.{row['status']}", lang)),
    ]


def in_order(documents: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """The evidence in the order of the tasks, with a task's names at its first piece."""
    names = tasks[["task", "order", "name_zh", "name_en"]]
    ordered = documents.merge(names, on="task").sort_values("order", kind="stable")
    again = ordered["task"].duplicated()
    return ordered.assign(**{name: ordered[name].mask(again, "") for name in ("name_zh", "name_en")})


def evidence_columns(lang: str, numbers: Mapping[str, int] | None = None) -> list[Column]:
    """The columns of evidence; with the numbers of the documents in the report's list, those too."""

    def figure(row: pd.Series) -> str:
        return money.bounded(cells.printed(row["published"]), row["status"], lang)

    task, what = (11, 23) if lang == "en" else (0, 0)
    return [
        Column("task", lambda row: row[f"name_{lang}"], floor=task),
        Column("what", lambda row: row[f"what_{lang}"], floor=what),
        Column("evidence_figure", figure, "right"),
        Column("figure_period", lambda row: words.period(row["period"], lang) or words.NONE, "right"),
        *([Column("cited", lambda row: cells.citation(row["source"], numbers))] if numbers else []),
    ]
