"""The section on the method: is it any good, and what would it have said?"""

from __future__ import annotations

from zbanalysis import narrative, results, tables
from zbanalysis.labels import label
from zbanalysis.outline.blocks import figure, paragraphs, section, see, table

SECTION = "04_backtest"


def sections(content: dict, lang: str) -> list[dict]:
    """One section, with a table of what would have been said where there is anything to look back on."""
    names = ("checks", "reliability", "by_length", "said")
    checks, rates, lengths, said = (results.table(content, SECTION, name) for name in names)
    words = label(
        "text.see_coverage", lang, coverage=see("coverage"), figure_reliability=see("figure-reliability")
    )
    blocks = [
        *paragraphs(
            [
                *narrative.coverage(checks, content["sections"][SECTION]["facts"], lang),
                *narrative.reliability(rates, lang),
                words,
            ]
        ),
        table("coverage", tables.coverage(checks, lang), lang, source="source.panel"),
        figure(SECTION, "reliability", lang, width_mm=105, source="source.panel"),
        *(_lengths(lengths, lang) if len(lengths) else []),
        *paragraphs(narrative.hindsight(said, lang)),
    ]
    if len(said):
        note = [label("text.hindsight_note", lang)]
        blocks += paragraphs([label("text.see_hindsight", lang, hindsight=see("hindsight"))])
        blocks.append(table("hindsight", tables.hindsight(said, lang), lang, notes=note))
    return [section("section.method", lang, blocks)]


def _lengths(lengths, lang: str) -> list[dict]:
    words = [label("text.see_lengths", lang, lengths=see("lengths")), *narrative.by_length(lengths, lang)]
    note = [label("text.by_length_note", lang)]
    return [*paragraphs(words), table("lengths", tables.by_length(lengths, lang), lang, notes=note)]
