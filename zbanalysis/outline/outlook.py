"""The sections on what will be reached: trends, chances, and whether the method is any good."""

from __future__ import annotations

import pandas as pd

from zbanalysis import narrative, results, tables, wording
from zbanalysis.labels import label
from zbanalysis.outline.blocks import figure, paragraphs, section, see, table

TRENDS, FEASIBILITY = "02_trends", "03_feasibility"


def sections(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """The sections in their order."""
    return [_trends(content, progress, lang), _feasibility(content, progress, lang)]


def _trends(content: dict, progress: pd.DataFrame, lang: str) -> dict:
    chosen = results.table(content, TRENDS, "chosen")
    blocks = paragraphs(narrative.trends(chosen, lang))
    if (chosen["status"] == "fitted").any():
        words = label("text.see_trends", lang, trends=see("trends"), figure_trends=see("figure-trends"))
        blocks += paragraphs([words])
        notes = tables.trend_notes(progress, chosen, lang)
        blocks.append(table("trends", tables.trends(progress, chosen, lang), lang, notes=notes))
        blocks.append(figure(TRENDS, "trends", lang))
    return section("section.trends", lang, blocks)


def _feasibility(content: dict, progress: pd.DataFrame, lang: str) -> dict:
    outlook = results.table(content, FEASIBILITY, "outlook")
    sentences = [
        *narrative.chances(progress, outlook, lang, content.get("manifest", {}).get("as_of", "")),
        *narrative.reading(progress, outlook, lang),
    ]
    reasons = tables.no_chance(progress, outlook, lang)
    if outlook["chance"].isna().all():
        return section("section.feasibility", lang, paragraphs([*sentences, *reasons]))
    words = label("text.see_chances", lang, feasibility=see("feasibility"), figure_fans=see("figure-fans"))
    shown = table(
        "feasibility", tables.feasibility(progress, outlook, lang), lang,
        notes=[*reasons, *_reading_notes(content["sections"][FEASIBILITY]["facts"], lang)],
    )  # fmt: skip
    more = label("text.see_adjustment", lang, adjustment=see("adjustment"))
    note = [label("text.adjustment_note", lang)]
    need = table("adjustment", tables.adjustment(progress, outlook, lang), lang, notes=note)
    blocks = [
        *paragraphs([*sentences, words]),
        figure(FEASIBILITY, "fans", lang),
        shown,
        *paragraphs([more]),
        need,
    ]
    return section("section.feasibility", lang, blocks)


def _reading_notes(limits: dict, lang: str) -> list[str]:
    """What the cut-offs are and what the rates beside the chance mean."""
    shown = {
        "likely": wording.number(100 * limits["likely"], 0),
        "effort": wording.number(100 * limits["with_effort"], 0),
    }
    return [label(f"text.chance_note.{part}", lang, **shown) for part in (1, 2, 3, 4)]
