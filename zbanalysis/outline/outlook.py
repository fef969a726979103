"""The sections on what will be reached: trends, chances, and what could be adjusted."""

from __future__ import annotations

import pandas as pd

from zbanalysis import narrative, results, tables, wording
from zbanalysis.labels import label
from zbanalysis.outline.blocks import figure, paragraphs, section, see, table

TRENDS, FEASIBILITY = "02_trends", "03_feasibility"


def sections(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """The sections in their order: trends, chances, what could be adjusted."""
    made = (trends, feasibility, adjustment)
    return [found for make in made for found in make(content, progress, lang)]


def trends(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """Which line each indicator follows."""
    chosen = results.table(content, TRENDS, "chosen")
    blocks = paragraphs(narrative.trends(chosen, lang))
    if (chosen["status"] == "fitted").any():
        words = label("text.see_trends", lang, trends=see("trends"), figure_trends=see("figure-trends"))
        blocks += paragraphs([words])
        notes = tables.trend_notes(progress, chosen, lang)
        blocks.append(table("trends", tables.trends(progress, chosen, lang), lang, notes=notes))
        blocks.append(figure(TRENDS, "trends", lang))
    return [section("section.trends", lang, blocks)]


def feasibility(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """How likely each target is."""
    outlook = results.table(content, FEASIBILITY, "outlook")
    sentences = [
        *narrative.chances(progress, outlook, lang, _day(content)),
        *narrative.reading(progress, outlook, lang),
    ]
    reasons = tables.no_chance(progress, outlook, lang)
    if outlook["chance"].isna().all():
        return [section("section.feasibility", lang, paragraphs([*sentences, *reasons]))]
    words = label("text.see_chances", lang, feasibility=see("feasibility"), figure_fans=see("figure-fans"))
    shown = table(
        "feasibility", tables.feasibility(progress, outlook, lang), lang,
        notes=[*reasons, *_reading_notes(content["sections"][FEASIBILITY]["facts"], lang)],
    )  # fmt: skip
    blocks = [*paragraphs([*sentences, words]), figure(FEASIBILITY, "fans", lang), shown]
    return [section("section.feasibility", lang, blocks)]


def adjustment(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """What could be reached with a chance of 50 % and of 80 %, and what the present target implies."""
    outlook = results.table(content, FEASIBILITY, "outlook")
    blocks = paragraphs(narrative.adjustment(progress, outlook, lang, _day(content)))
    if outlook["chance"].notna().any():
        blocks += paragraphs([label("text.see_adjustment", lang, adjustment=see("adjustment"))])
        notes = [*tables.no_chance(progress, outlook, lang), label("text.adjustment_note", lang)]
        blocks.append(table("adjustment", tables.adjustment(progress, outlook, lang), lang, notes=notes))
    return [section("section.adjustment", lang, blocks)]


def _day(content: dict) -> str:
    return content.get("manifest", {}).get("as_of", "")


def _reading_notes(limits: dict, lang: str) -> list[str]:
    """What the cut-offs are and what the rates beside the chance mean."""
    shown = {
        "likely": wording.number(100 * limits["likely"], 0),
        "effort": wording.number(100 * limits["with_effort"], 0),
    }
    return [label(f"text.chance_note.{part}", lang, **shown) for part in (1, 2, 3, 4)]
