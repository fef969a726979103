"""The section on what changed since the last report."""

from __future__ import annotations

from collections.abc import Mapping

from zbanalysis.report import changes
from zbanalysis.report.narrative.changes import changes as sentences_on
from zbanalysis.report.outline.blocks import paragraphs, section, see, table
from zbanalysis.report.tables.changes import changes as table_of
from zbanalysis.report.words import label


def sections(before: Mapping | None, content: Mapping, lang: str) -> list[dict]:
    """One section, or none where no earlier report is named.

    Parameters
    ----------
    before
        The earlier result file, from `changes.earlier`; ``None`` without one.
    content
        The present result file.
    lang
        ``zh`` or ``en``.
    """
    if before is None:
        return []
    found, kept = changes.changes(before, content), changes.unchanged(before, content)
    sentences = sentences_on(found, kept, before["manifest"]["as_of"], lang)
    if found.empty:
        return [section("section.changes", lang, paragraphs(sentences))]
    words = label("text.see_changes", lang, changes=see("changes"))
    shown = table("changes", table_of(found, lang), lang, notes=[label("text.changes_note", lang)])
    left = {label(f"change_column.{name}", lang) for name in ("indicator", "item", "cause")}
    for column in shown["columns"]:
        column["align"] = "left" if column["header"] in left else column["align"]
    return [section("section.changes", lang, [*paragraphs([*sentences, words]), shown])]
