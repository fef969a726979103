"""The section on the method: is it any good, and what would it have said?"""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import narrative, results, tables
from zbanalysis.report.outline.blocks import figure, paragraphs, section, see, table
from zbanalysis.report.outline.indicators import SECTION as INDICATORS
from zbanalysis.report.words import label

SECTION = "04_backtest"


def sections(content: dict, lang: str) -> list[dict]:
    """One section, with a table of what would have been said where there is anything to look back on."""
    names = ("checks", "reliability", "by_length", "said")
    checks, rates, lengths, said = (results.table(content, SECTION, name) for name in names)
    words = label(
        "text.see_coverage", lang, coverage=see("coverage"), figure_reliability=see("figure-reliability")
    )
    size, used = content["sections"][SECTION]["facts"], calibrations(content)
    domain = "domain" in used
    sentences = [*narrative.coverage(checks, size, lang, used), *narrative.reliability(rates, lang)]
    apart = [] if domain else [label("text.reliability_of_domain", lang)]
    blocks = [
        *paragraphs([*sentences, *apart, words]),
        table("coverage", tables.coverage(checks, lang, domain=domain), lang, source="source.panel"),
        figure(SECTION, "reliability", lang, width_mm=105, source="source.panel"),
        *(_lengths(lengths, lang, domain=domain) if len(lengths) else []),
        *paragraphs(narrative.hindsight(said, lang)),
    ]
    if len(said):
        note = [label("text.hindsight_note", lang)]
        blocks += paragraphs([label("text.see_hindsight", lang, hindsight=see("hindsight"))])
        blocks.append(table("hindsight", tables.hindsight(said, lang), lang, notes=note))
    return [section("section.method", lang, blocks)]


def calibrations(content: dict) -> tuple[str, ...]:
    """How the fans of the plan's indicators are read: by their domain's outcomes, in general, or some so."""
    science = results.table(content, INDICATORS, "progress")["domain"] == "science"
    return ("domain",) * bool(science.any()) + ("general",) * bool(not science.all())


def _lengths(lengths: pd.DataFrame, lang: str, *, domain: bool) -> list[dict]:
    words = [
        label("text.see_lengths", lang, lengths=see("lengths")),
        *narrative.by_length(lengths, lang, domain=domain),
    ]
    note = [label("text.by_length_note", lang)]
    return [*paragraphs(words), table("lengths", tables.by_length(lengths, lang), lang, notes=note)]
