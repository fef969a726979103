"""The sections on what will be reached: trends, chances, and what could be adjusted."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import narrative, results, tables
from zbanalysis.report import words as wording
from zbanalysis.report.outline.blocks import figure, paragraphs, section, see, table
from zbanalysis.report.words import label

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
        notes=[_verdict_words(content, lang), *reasons, *_rates(progress, outlook, lang)],
    )  # fmt: skip
    blocks = [*paragraphs([*sentences, words]), figure(FEASIBILITY, "fans", lang), shown]
    return [section("section.feasibility", lang, blocks)]


def adjustment(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """What could be reached with a chance of 50 % and of 80 %, and what the present target implies."""
    outlook = results.table(content, FEASIBILITY, "outlook")
    blocks = paragraphs(narrative.adjustment(progress, outlook, lang, _day(content)))
    if outlook["chance"].notna().any():
        blocks += paragraphs([label("text.see_adjustment", lang, adjustment=see("adjustment"))])
        words = label("text.adjustment_words", lang, feasibility=see("feasibility"), **_cuts(content))
        notes = [words, *tables.no_chance(progress, outlook, lang), label("text.adjustment_note", lang)]
        blocks.append(table("adjustment", tables.adjustment(progress, outlook, lang), lang, notes=notes))
    return [section("section.adjustment", lang, blocks)]


def _day(content: dict) -> str:
    return content.get("manifest", {}).get("as_of", "")


def _cuts(content: dict) -> dict[str, str]:
    """The chances at which the verdict changes, in per cent."""
    limits = content["sections"][FEASIBILITY]["facts"]
    return {
        "likely": wording.number(100 * limits["likely"], 0),
        "effort": wording.number(100 * limits["with_effort"], 0),
    }


def _verdict_words(content: dict, lang: str) -> str:
    """Which word stands for which chance."""
    return label("text.chance_note.verdicts", lang, **_cuts(content))


def _rates(progress: pd.DataFrame, outlook: pd.DataFrame, lang: str) -> list[str]:
    """What the rates beside the chance mean, or why there is none of the provinces; how the fans are read."""
    provinces = "no_provinces" if outlook["comparable_rate"].isna().all() else "provinces"
    calibration = "calibration" if progress["domain"].eq("science").any() else "general"
    return [label(f"text.chance_note.{part}", lang) for part in ("class", provinces, calibration)]
