"""The section on the documents themselves: do they agree with themselves and with each other?"""

from __future__ import annotations

from zbanalysis import narrative, results, tables
from zbanalysis.labels import label
from zbanalysis.outline.blocks import bullets, paragraphs, section, see, table

SECTION = "05_audit"


def sections(content: dict, lang: str) -> list[dict]:
    """One section; no tables where there is nothing to show."""
    said, found = (results.table(content, SECTION, name) for name in ("statements", "conflicts"))
    blocks = paragraphs(narrative.audit(said, lang))
    finds = narrative.audit_finds(found, lang)
    if finds:
        blocks += [*paragraphs([label("text.audit_finds", lang)]), bullets(finds)]
    noted = tables.noteworthy(said) if len(said) else said
    if len(noted):
        blocks += paragraphs([label("text.see_audit_statements", lang, statements=see("statements"))])
        note = [label("text.audit_note", lang)]
        blocks.append(table("statements", tables.statements(noted, lang), lang, notes=note))
    if len(found):
        blocks += paragraphs([label("text.see_audit_conflicts", lang, conflicts=see("conflicts"))])
        note = [label("text.audit_conflicts_note", lang)]
        blocks.append(table("conflicts", tables.conflicts(found, lang), lang, notes=note))
    return [section("section.audit", lang, blocks)]
