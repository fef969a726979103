"""The sections on what was reached: scope, completion, caveats, requirement, what hangs on the rule."""

from __future__ import annotations

import pandas as pd

from zbanalysis import narrative, results, tables
from zbanalysis.labels import label
from zbanalysis.outline.blocks import bullets, figure, paragraphs, section, see, table

SECTION = "01_indicators"


def progress_of(content: dict) -> pd.DataFrame:
    """The progress table of a result file; whether a target is reached may be unknown."""
    progress = results.table(content, SECTION, "progress")
    return progress.assign(reached=progress["reached"].astype("boolean"))


def sections(content: dict, plan: pd.Series, lang: str) -> list[dict]:
    """The sections in their order; those without content are left out."""
    progress, counts = progress_of(content), content["sections"][SECTION]["facts"]
    history = results.table(content, SECTION, "history")
    caveats = [*narrative.caveats(progress, lang), *narrative.estimates(progress, history, lang)]
    scope = narrative.scope(plan, content["manifest"], counts, lang)
    return [
        section("section.scope", lang, paragraphs(scope)),
        section("section.completion", lang, _completion(progress, counts, content, lang)),
        *([section("section.caveats", lang, [bullets(caveats)])] if caveats else []),
        section("section.requirement", lang, _requirement(progress, lang)),
        *_sensitivity(content, progress, lang),
    ]


def _completion(progress: pd.DataFrame, counts: dict, content: dict, lang: str) -> list[dict]:
    sources = results.table(content, SECTION, "sources")
    citations = dict(zip(sources["source"], sources["number"].astype(int), strict=True))
    shown = table(
        "completion", tables.completion(progress, lang, citations), lang,
         notes=tables.reasons(progress, lang), statuses=progress["status"].tolist(),
    )  # fmt: skip
    blocks = paragraphs(
        narrative.headline(progress, counts, lang, content.get("manifest", {}).get("as_of", ""))
    )
    if counts["charted"]:
        words = label("text.see_chart", lang, figure_completion=see("figure-completion"))
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


def _sensitivity(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
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
