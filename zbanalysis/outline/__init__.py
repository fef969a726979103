"""Result file → the report as a document of headings, paragraphs, tables and figures.

The document is plain data (see ``reports/template/README.md``); `pdf` sets it.  Every
number in it comes from the result file.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis import narrative, occasion, results, wording
from zbanalysis.labels import label
from zbanalysis.outline import (
    appendix,
    audit,
    changes,
    costs,
    indicators,
    method,
    outlook,
    survey,
    tasks,
    texts,
)
from zbanalysis.outline.blocks import bullets

__all__ = ["document", "images"]


def document(content: dict, lang: str, kind: str = "", before: Mapping | None = None) -> dict:
    """The whole report in one language.

    Parameters
    ----------
    content
        A result file, with its manifest.
    lang
        ``zh`` or ``en``.
    kind
        One of `occasion.KINDS`; by default the one that is due.
    before
        Result file of an earlier report, to say what changed since.

    Returns
    -------
    dict
        The document of the template's contract; images are named as in `images`.
    """
    plan = results.table(content, indicators.SECTION, "plan").iloc[0]
    progress, day = indicators.progress_of(content), content["manifest"]["as_of"]
    kind = occasion.chosen(kind, day, int(plan["start_year"]), int(plan["end_year"]))
    words = occasion.words(kind, plan[f"name_{lang}"], day, lang)
    return {
        "lang": lang,
        "title": words["title"],
        "subtitle": words["subtitle"],
        "author": label("report.author", lang),
        "cover": _cover(plan, content["manifest"], words["kind"], lang),
        "labels": {name: label(f"template.{name}", lang) for name in _TEMPLATE_LABELS},
        "key_messages": _key_messages(content, progress, lang),
        "sections": [
            *indicators.sections(content, plan, lang),
            *changes.sections(before, content, lang),
            *outlook.sections(content, progress, lang),
            *method.sections(content, lang),
            *_evaluation(content, occasion.sections_for(kind), lang),
            *appendix.sections(content, plan, lang),
        ],
    }


def _evaluation(content: dict, names: tuple[str, ...], lang: str) -> list[dict]:
    """What an evaluation has beyond the indicators, as far as its kind asks for it."""
    parts = {
        "tasks": lambda: tasks.sections(content, lang),
        "cost": lambda: costs.sections(content, lang),
        "survey": lambda: survey.sections(content, lang),
        "audit": lambda: audit.sections(content, lang),
        "effects": lambda: texts.sections(content, lang, ("effects",)),
        "problems": lambda: texts.sections(content, lang, ("problems", "recommendations")),
        "cases": lambda: texts.sections(content, lang, ("cases",)),
    }
    return [section for name, make in parts.items() if name in names for section in make()]


_TEMPLATE_LABELS = (
    "contents", "table", "figure", "page", "of", "continued", "source", "note", "appendix", "key_messages",
)  # fmt: skip


def images(content: dict, lang: str) -> dict[str, str]:
    """The charts of a result file in one language, by the names the document uses."""
    return {
        f"{section}-{name}.svg": svgs[lang]
        for section, part in content["sections"].items()
        for name, svgs in part["charts"].items()
    }


def _cover(plan: pd.Series, manifest: dict, kind: str, lang: str) -> dict:
    day = wording.date(manifest["as_of"], lang)
    return {
        "plan": plan[f"name_{lang}"],
        "kind": kind,
        "organisation": "",
        "as_of": label("report.as_of", lang, date=day),
        "lines": [label("report.made_by", lang, key=manifest["key"])],
    }


def _key_messages(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    counts = content["sections"][indicators.SECTION]["facts"]
    keys = (
        ("total", "met", "not_met", "waiting", "unknown")
        if counts["followed"]
        else ("total", "followed", "unknown")
    )
    numbers = [
        {"value": str(counts[key]), "unit": label("unit.items", lang), "label": label(f"count.{key}", lang)}
        for key in keys
    ]
    outlook_table = results.table(content, outlook.FEASIBILITY, "outlook")
    variants = results.table(content, indicators.SECTION, "variants")
    messages = [
        *narrative.headline(progress, counts, lang, content["manifest"]["as_of"]),
        *narrative.chances(progress, outlook_table, lang, content["manifest"]["as_of"]),
        *narrative.sensitivity(variants, lang),
        *narrative.caveats(progress, lang),
    ]
    return [{"type": "numbers", "items": numbers}, bullets(messages)]
