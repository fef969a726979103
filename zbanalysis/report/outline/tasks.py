"""The sections on tasks and on safeguards, and the evidence for them."""

from __future__ import annotations

from zbanalysis.report import results
from zbanalysis.report.narrative import tasks as narrative
from zbanalysis.report.outline.blocks import bullets, paragraphs, section, see, table
from zbanalysis.report.outline.citations import cited, numbers
from zbanalysis.report.tables import tasks as tables
from zbanalysis.report.words import label

SECTION = "08_tasks"


def sections(content: dict, lang: str, kind: str) -> list[dict]:
    """The tasks, or the safeguards, of a plan; a sentence where no tasks at all are entered.

    Parameters
    ----------
    content
        A result file.
    lang
        ``zh`` or ``en``.
    kind
        ``task`` or ``safeguard``.
    """
    every = results.table(content, SECTION, "tasks")
    own = every[every["kind"] == kind]
    if every.empty:
        blocks = paragraphs(narrative.completeness(every, kind, lang)) if kind == "task" else []
        return [section(f"section.{kind}s", lang, blocks)] if blocks else []
    if own.empty:
        return []
    first, *lacking = narrative.completeness(own, kind, lang)
    words = label("text.see_tasks", lang, tasks=see(f"{kind}s"), evidence=see("evidence"))
    notes = [label("text.tasks_note", lang)]
    cites = cited(content, SECTION, "tasks")
    blocks = [
        *paragraphs([first]),
        *([bullets(lacking)] if lacking else []),
        *paragraphs([words]),
        table(f"{kind}s", tables.completeness(own, lang), lang, notes=notes, cites=cites),
    ]
    return [section(f"section.{kind}s", lang, blocks)]


def evidence(content: dict, lang: str) -> list[dict]:
    """What shows that the tasks were done, each figure with its document; none where nothing is entered."""
    every, found = (results.table(content, SECTION, name) for name in ("tasks", "evidence"))
    if found.empty:
        return []
    shown = tables.evidence(found, every, lang, numbers(content))
    cites = cited(content, SECTION, "evidence")
    words = label("text.see_evidence", lang, count=len(found), evidence=see("evidence"))
    return [
        section(
            "appendix.evidence", lang, [*paragraphs([words]), table("evidence", shown, lang, cites=cites)]
        )
    ]
