"""The section on the public's view."""

from __future__ import annotations

from zbanalysis.report import results
from zbanalysis.report.narrative import survey as narrative
from zbanalysis.report.outline.blocks import figure, paragraphs, section, see, table
from zbanalysis.report.outline.citations import cited
from zbanalysis.report.tables import survey as tables
from zbanalysis.report.words import label

SECTION = "06_survey"


def sections(content: dict, lang: str) -> list[dict]:
    """One section; a sentence instead of a table where nothing was published."""
    shares, summary = (results.table(content, SECTION, name) for name in ("shares", "summary"))
    blocks = paragraphs(narrative.shares(summary, lang))
    if shares["shown"].any():
        cites = cited(content, SECTION, "shares")
        words = label("text.see_survey", lang, figure_survey=see("figure-survey"), survey=see("survey"))
        blocks += [
            *paragraphs([words]),
            figure(SECTION, "survey", lang, cites=cites),
            table("survey", tables.shares(shares, lang), lang, cites=cites),
        ]
    return [section("section.survey", lang, blocks)]
