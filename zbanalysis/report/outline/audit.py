"""The section on the documents themselves: do they agree with themselves and with each other?"""

from __future__ import annotations

from zbanalysis.report import narrative, results, tables
from zbanalysis.report.outline.blocks import bullets, paragraphs, section, see, table
from zbanalysis.report.outline.citations import cited, numbers
from zbanalysis.report.words import label

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
        words = {"statements": see("statements"), "every": see("every_statement")}
        blocks += paragraphs([label("text.see_audit_statements", lang, **words)])
        shown = tables.statements(noted, lang, numbers(content))
        note = [label("text.audit_note", lang)]
        cites = cited(content, SECTION, "statements")
        blocks.append(table("statements", shown, lang, notes=note, cites=cites))
    if len(found):
        blocks += paragraphs([label("text.see_audit_conflicts", lang, conflicts=see("conflicts"))])
        shown = tables.conflicts(found, lang, numbers(content))
        note = [label("text.audit_conflicts_note", lang)]
        cites = cited(content, SECTION, "conflicts", ("first_source", "second_source"))
        blocks.append(table("conflicts", shown, lang, notes=note, cites=cites))
    return [section("section.audit", lang, blocks)]


def every(content: dict, lang: str) -> list[dict]:
    """Every statement checked, with the arithmetic, in the order of the documents; perhaps none."""
    said = results.table(content, SECTION, "statements")
    if said.empty:
        return []
    shown = tables.every_statement(said, lang, numbers(content))
    words = label("text.see_every_statement", lang, count=len(said), every=see("every_statement"))
    notes = [label("text.audit_note", lang), label("text.audit_signs_note", lang)]
    made = table("every_statement", shown, lang, notes=notes, cites=cited(content, SECTION, "statements"))
    return [section("appendix.statements", lang, [*paragraphs([words]), made])]
