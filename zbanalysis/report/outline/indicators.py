"""The sections on what was reached: completion, caveats, requirement, what hangs on the rule."""

from __future__ import annotations

import pandas as pd

from zbanalysis.plan.progress import MARGIN
from zbanalysis.report import narrative, results, tables
from zbanalysis.report import words as wording
from zbanalysis.report.outline.blocks import bullets, figure, paragraphs, section, see, table
from zbanalysis.report.outline.citations import cited, numbers
from zbanalysis.report.words import label

SECTION = "01_indicators"


def progress_of(content: dict) -> pd.DataFrame:
    """The progress table of a result file; whether a target is reached may be unknown."""
    progress = results.table(content, SECTION, "progress")
    return progress.assign(reached=progress["reached"].astype("boolean"))


def completion(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """What was reached: sentences, chart and table."""
    return [section("section.completion", lang, _completion(progress, content, lang))]


def caveats(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """What to keep in mind when using the figures; none where there is nothing."""
    history = results.table(content, SECTION, "history")
    found = [*narrative.caveats(progress, lang), *narrative.estimates(progress, history, lang)]
    return [section("section.caveats", lang, [bullets(found)])] if found else []


def requirement(progress: pd.DataFrame, lang: str) -> list[dict]:
    """What the plan asks a year and what is needed from now on."""
    return [section("section.requirement", lang, _requirement(progress, lang))]


def _completion(progress: pd.DataFrame, content: dict, lang: str) -> list[dict]:
    counts = content["sections"][SECTION]["facts"]
    shown = table(
        "completion", tables.completion(progress, lang, numbers(content)), lang,
         notes=tables.reasons(progress, lang), statuses=progress["status"].tolist(),
         cites=cited(content, SECTION, "progress", ("source", "current_source")),
    )  # fmt: skip
    blocks = paragraphs(
        narrative.headline(progress, counts, lang, content.get("manifest", {}).get("as_of", ""))
    )
    if counts["charted"]:
        words = label(
            "text.see_chart", lang, figure_completion=see("figure-completion"),
            margin=wording.number(100 * MARGIN, 0),
        )  # fmt: skip
        blocks += [*paragraphs([words]), figure(SECTION, "completion", lang)]
    words = label("text.see_completion", lang, completion=see("completion"))
    return [*blocks, *paragraphs([words]), shown]


def _requirement(progress: pd.DataFrame, lang: str) -> list[dict]:
    frame = tables.requirement(progress, lang)
    blocks = []
    if len(frame):
        bracketed = frame[label("column.stated", lang)].str.startswith("〔").any()
        notes = [label("text.stated_note", lang)] if bracketed else []
        blocks += paragraphs(narrative.requirement(progress, lang, see("requirement")))
        blocks.append(table("requirement", frame, lang, notes=notes))
    words = label("text.see_paths", lang, figure_paths=see("figure-paths"))
    return [*blocks, *paragraphs([words]), figure(SECTION, "paths", lang)]


def sensitivity(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """What hangs on the rule, the base year or the rounding; nothing where no target can be judged."""
    variants = results.table(content, SECTION, "variants")
    if variants.empty:
        return []
    sentences = narrative.sensitivity(variants, lang)
    shown = table("sensitivity", tables.sensitivity(progress, variants, lang), lang,
                  notes=[label("text.sensitivity_note", lang)])  # fmt: skip
    words = label(
        "text.see_sensitivity", lang, sensitivity=see("sensitivity"), figure_rules=see("figure-rules")
    )
    blocks = [*paragraphs([*sentences, words]), figure(SECTION, "rules", lang), shown]
    return [section("section.sensitivity", lang, blocks)]
