"""The conclusion in short: what was reached, what is likely, how complete the record is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.outlook import verdict
from zbanalysis.report import words
from zbanalysis.report.blocks import INDICATORS, TASKS, Report, paragraphs
from zbanalysis.report.words import label


def summary(report: Report) -> list[dict]:
    """The findings of all parts in a few sentences."""
    found = sentences(
        report.facts(INDICATORS),
        report.table("03_feasibility", "outlook"),
        report.table(TASKS, "tasks"),
        report.table("05_audit", "statements"),
        report.lang,
    )
    return [report.section("section.summary", paragraphs(found))]


def sentences(
    counts: Mapping[str, int],
    outlook: pd.DataFrame,
    tasks: pd.DataFrame,
    statements: pd.DataFrame,
    lang: str,
) -> list[str]:
    """Targets reached and likely, records complete, statements that hold; what is not there is not named.

    Parameters
    ----------
    counts
        Facts of the indicators, from `progress.counts`.
    outlook, tasks, statements
        From `targets.feasibility`, `tasks.completeness` and `audit.audit`.
    lang
        ``zh`` or ``en``.
    """
    first = "text.summary_targets" if counts["followed"] else "text.summary_start"
    found = [label(first, lang, **{name: counts[name] for name in ("total", "met", "not_met", "unknown")})]
    numbers = verdict.counts(outlook)
    parts = [
        label("text.summary_verdict", lang, verdict=word[lang == "en"], count=numbers[name])
        for name, word in verdict.WORDS.items()
        if numbers[name]
    ]
    found.append(label("text.summary_verdicts", lang, parts=words.listing(parts, lang)))
    if len(tasks):
        complete = int((tasks["status"] == "complete").sum())
        found.append(label("text.summary_tasks", lang, total=len(tasks), complete=complete))
    if len(statements):
        checked = statements["verdict"].value_counts()
        numbers = {name: int(checked.get(name, 0)) for name in ("contradicts", "cannot_be_checked")}
        found.append(label("text.summary_audit", lang, total=len(statements), **numbers))
    return ["".join(found) if lang == "zh" else " ".join(found)]
