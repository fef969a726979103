"""The section on tasks and safeguards."""

from __future__ import annotations

from zbanalysis import results
from zbanalysis.labels import label
from zbanalysis.narrative import tasks as narrative
from zbanalysis.outline.blocks import bullets, paragraphs, section, see, table
from zbanalysis.tables import tasks as tables

SECTION = "08_tasks"


def sections(content: dict, lang: str) -> list[dict]:
    """One section; a sentence instead of tables where no tasks are entered."""
    tasks, evidence = (results.table(content, SECTION, name) for name in ("tasks", "evidence"))
    first, *lacking = narrative.completeness(tasks, lang)
    blocks = paragraphs([first])
    if lacking:
        blocks.append(bullets(lacking))
    if len(tasks):
        words = label("text.see_tasks", lang, tasks=see("tasks"), evidence=see("evidence"))
        notes = [label("text.tasks_note", lang)]
        blocks += [
            *paragraphs([words]),
            table("tasks", tables.completeness(tasks, lang), lang, notes=notes),
            table("evidence", tables.evidence(evidence, tasks, lang), lang),
        ]
    return [section("section.tasks", lang, blocks)]
