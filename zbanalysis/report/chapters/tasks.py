"""The evidence for tasks and safeguards, and how complete their record is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import blocks, cells, words
from zbanalysis.report.blocks import TASKS as SECTION
from zbanalysis.report.blocks import Column, Report, paragraphs, see
from zbanalysis.report.chapters import money
from zbanalysis.report.words import label


def evidence(report: Report) -> list[dict]:
    """What shows that the tasks were done, each figure with its document; none where nothing is entered."""
    every, found = report.table(SECTION, "tasks"), report.table(SECTION, "evidence")
    if found.empty:
        return []
    seen = report.label("text.see_evidence", count=len(found), evidence=see("evidence"))
    made = report.show(
        "evidence",
        _in_order(found, every),
        evidence_columns(report.lang, report.numbers),
        cites=report.cites(SECTION, "evidence"),
    )
    made = blocks.floors(made, {0: 11, 1: 23} if report.lang == "en" else {})
    return [report.section("appendix.evidence", [*paragraphs([seen]), made])]


def missing(names: str, kind: str, lang: str) -> str:
    """What is missing, in words; nobody asks a safeguard for a figure."""
    asked = [name for name in names.split() if (kind, name) != ("safeguard", "figure")]
    lacks = [label(f"task_missing.{name}", lang) for name in asked]
    return ("，" if lang == "zh" else ", ").join(lacks)


def tasks_table(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Each task with its offices, its evidence and what is missing; from `tasks.completeness`."""
    return blocks.frame(found, columns(lang), lang)


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


def evidence_table(found: pd.DataFrame, tasks: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Each piece of evidence with its figure; a task's name once.

    Parameters
    ----------
    found, tasks
        From `tasks.evidence` and `tasks.completeness`.
    lang
        ``zh`` or ``en``.
    """
    return blocks.frame(_in_order(found, tasks), evidence_columns(lang), lang)


def _in_order(found: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """The evidence in the order of the tasks, with a task's names at its first piece."""
    names = tasks[["task", "order", "name_zh", "name_en"]]
    ordered = found.merge(names, on="task").sort_values("order", kind="stable")
    again = ordered["task"].duplicated()
    return ordered.assign(**{name: ordered[name].mask(again, "") for name in ("name_zh", "name_en")})


def evidence_columns(lang: str, numbers: Mapping[str, int] | None = None) -> list[Column]:
    """The columns of evidence; with the numbers of the documents in the report's list, those too."""

    def figure(row: pd.Series) -> str:
        return money.bounded(cells.printed(row["published"]), row["status"], lang)

    def document(row: pd.Series) -> str:
        return cells.citation(row["source"], numbers)

    return [
        Column("task", lambda row: row[f"name_{lang}"]),
        Column("what", lambda row: row[f"what_{lang}"]),
        Column("evidence_figure", figure, "right"),
        Column("figure_period", lambda row: words.period(row["period"], lang) or words.NONE, "right"),
        *([Column("cited", document)] if numbers else []),
    ]
