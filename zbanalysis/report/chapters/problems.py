"""Problems, their causes and what answers them; opinions and what became of each."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import words
from zbanalysis.report.blocks import Column, Report, floors, paragraphs, told
from zbanalysis.report.chapters import measures

CONCLUSION = "09_conclusion"


def sections(report: Report) -> list[dict]:
    """Problems, causes and the numbers of the measures that answer them."""
    rows = report.table(CONCLUSION, "problems")
    if rows.empty:
        return []
    columns = told(_columns(report), rows)
    shown = report.show("problems", rows, columns, cites=report.cites(CONCLUSION, "problems"))
    blocks = [floors(shown, {0: 6}) | {"dense": True}, *paragraphs(_unanswered(report))]
    open_ = len(set(rows["problem"]) - set(_answers(report)))
    key = "section.problems_open" if open_ and len(measures.of(report)) else "section.problems_causes"
    heading = report.label(key, count=len(rows), open=open_)
    return [{"heading": heading, "appendix": False, "blocks": blocks, "sections": []}]


def _columns(report: Report) -> list[Column]:
    by = _answers(report)

    def answered(row: pd.Series) -> str:
        numbers = by.get(row["problem"], [])
        if not by:
            return words.NONE
        return words.numbering(numbers, report.lang) if numbers else report.label("problems.no_measure")

    return [
        Column("theme", lambda row: report.of(row, "theme")),
        Column("problem", lambda row: report.of(row, "problem")),
        Column("cause", lambda row: report.of(row, "cause") or words.NONE),
        Column("answered_by", answered),
    ]


def _answers(report: Report) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in measures.of(report).itertuples():
        for code in row.answers.split(","):
            found.setdefault(code.strip(), []).append(row.number)
    return found


def _unanswered(report: Report) -> list[str]:
    """Critical opinions that no measure answers."""
    rows = report.table(CONCLUSION, "unanswered")
    rows = rows[rows["kind"] == "opinion"]
    if rows.empty or measures.of(report).empty:
        return []
    return [report.label("problems.unanswered", themes=_themes(rows, report))]


def _themes(rows: pd.DataFrame, report: Report) -> str:
    names = dict.fromkeys(words.within(report.of(row, "theme")) for _, row in rows.iterrows())
    return words.listing(list(names), report.lang)


def opinions(report: Report) -> list[dict]:
    """What was said, and what became of it."""
    rows = report.table(CONCLUSION, "opinions")
    if rows.empty:
        return []
    columns = [
        Column("opinion_kind", lambda row: report.label(f"opinion.{row['kind']}")),
        Column("theme", lambda row: report.of(row, "theme")),
        Column("opinion", lambda row: report.of(row, "text")),
        Column("times", lambda row: row["count"] or words.NONE, "right"),
        Column("adopted", lambda row: report.label(f"outcome.{row['outcome'] or 'unknown'}")),
        Column("response", lambda row: report.of(row, "response") or words.NONE),
    ]
    shown = told(columns, rows, keep=["adopted"])
    table = report.show("opinions", rows, shown, cites=report.cites(CONCLUSION, "opinions"))
    return [report.section("section.opinions", [table])]


def heard(report: Report) -> list[str]:
    """What written opinions praise and miss, and the problems of service that were named."""
    rows = report.table(CONCLUSION, "opinions")
    written, service = (rows[rows["kind"] == kind] for kind in ("written", "service_problem"))
    groups = [(stance, written[written["stance"] == stance]) for stance in ("praise", "problem", "request")]
    return [
        report.label(f"opinions.{key}", themes=_themes(own, report))
        for key, own in [*groups, ("service", service)]
        if len(own)
    ]
