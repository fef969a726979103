"""The chapter on the decision and its evaluation: scope, offices, steps, methods; from what is entered."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import narrative, results
from zbanalysis.report.narrative import basis as words
from zbanalysis.report.outline import indicators
from zbanalysis.report.outline.blocks import bullets, paragraphs, section, see, table
from zbanalysis.report.outline.citations import cited, listed
from zbanalysis.report.tables import basis as tables
from zbanalysis.report.words import label

TASKS = "08_tasks"


def scope(content: dict, plan: pd.Series, lang: str) -> list[dict]:
    """Which plan, published when, evaluated by what was known when, under which rules."""
    counts = content["sections"][indicators.SECTION]["facts"]
    course = results.table(content, TASKS, "course")
    sentences = [
        *words.decision(course, lang),
        *narrative.scope(plan, content["manifest"], counts, lang),
        *words.documents(listed(content), lang),
    ]
    return [section("section.scope", lang, paragraphs(sentences))]


def offices(content: dict, lang: str) -> list[dict]:
    """Which office answers for which task; none where no office is entered."""
    tasks = results.table(content, TASKS, "tasks")
    shown = tables.offices(tasks, lang)
    if shown.empty:
        return []
    sentence = label(
        "text.offices", lang, offices=see("offices"), count=len(shown),
        tasks=int((tasks["kind"] == "task").sum()), safeguards=int((tasks["kind"] == "safeguard").sum()),
    )  # fmt: skip
    made = table("offices", shown, lang, cites=cited(content, TASKS, "tasks"))
    return [section("section.offices", lang, [*paragraphs([sentence]), made])]


def process(content: dict, lang: str) -> list[dict]:
    """The reviews of the plan and the steps of the evaluation; none where none is entered."""
    course = results.table(content, TASKS, "course")
    shown = tables.steps(course, lang)
    if shown.empty:
        return []
    sentences = [
        *words.reviews(course, lang),
        label("text.steps", lang, count=len(shown), steps=see("steps")),
    ]
    made = table("steps", shown, lang, cites=cited(content, TASKS, "course"))
    return [section("section.process", lang, [*paragraphs(sentences), made])]


def methods(content: dict, lang: str) -> list[dict]:
    """What was done with what was received, each with its amount."""
    found = words.methods(
        content["sections"][indicators.SECTION]["facts"],
        results.table(content, "02_trends", "chosen"),
        results.table(content, "03_feasibility", "outlook"),
        results.table(content, "06_survey", "summary"),
        results.table(content, "05_audit", "statements"),
        results.table(content, TASKS, "evidence"),
        lang,
    )
    return [section("section.methods", lang, [bullets(found)])]
