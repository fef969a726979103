"""Result file → the report as a document of headings, paragraphs, tables and figures.

The document is plain data (see ``reports/template/README.md``); `pdf` sets it.  Every
number in it comes from the result file.  Its chapters are those of `occasion.outline_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from zbanalysis.report import narrative, occasion, results
from zbanalysis.report import words as labels
from zbanalysis.report import words as wording
from zbanalysis.report.occasion import Chapter
from zbanalysis.report.outline import (
    appendix,
    audit,
    basis,
    changes,
    conclusion,
    costs,
    indicators,
    method,
    outlook,
    survey,
    tasks,
    texts,
)
from zbanalysis.report.outline.blocks import bullets, section
from zbanalysis.report.words import label

__all__ = ["document", "images"]

Makers = Mapping[str, Callable[[], list[dict]]]


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
    makers = _makers(content, plan, progress, before, lang)
    chapters = [part for chapter in occasion.outline_of(kind) for part in _made(chapter, makers, kind, lang)]
    annexes = [part for name in occasion.appendices_for(kind) for part in makers[name]()]
    return {
        "lang": lang,
        "title": words["title"],
        "subtitle": words["subtitle"],
        "author": label("report.author", lang),
        "cover": _cover(plan, content["manifest"], words, lang),
        "labels": {name: label(f"template.{name}", lang) for name in _TEMPLATE_LABELS},
        "key_messages": _key_messages(content, progress, lang),
        "sections": [*chapters, *(annex | {"appendix": True} for annex in annexes)],
    }


def _makers(
    content: dict, plan: pd.Series, progress: pd.DataFrame, before: Mapping | None, lang: str
) -> Makers:
    """How each part of the outline is made, by its name."""
    return {
        "scope": lambda: basis.scope(content, plan, lang),
        "offices": lambda: basis.offices(content, lang),
        "process": lambda: basis.process(content, lang),
        "methods": lambda: basis.methods(content, lang),
        "changes": lambda: changes.sections(before, content, lang),
        "completion": lambda: indicators.completion(content, progress, lang),
        "caveats": lambda: indicators.caveats(content, progress, lang),
        "requirement": lambda: indicators.requirement(progress, lang),
        "sensitivity": lambda: indicators.sensitivity(content, progress, lang),
        "trends": lambda: outlook.trends(content, progress, lang),
        "feasibility": lambda: outlook.feasibility(content, progress, lang),
        "tasks": lambda: tasks.sections(content, lang, "task"),
        "safeguards": lambda: tasks.sections(content, lang, "safeguard"),
        "cost": lambda: costs.sections(content, lang),
        "survey": lambda: survey.sections(content, lang),
        "cases": lambda: texts.sections(content, lang, ("cases",)),
        "effects": lambda: texts.sections(content, lang, ("effects",)),
        "audit": lambda: audit.sections(content, lang),
        "summary": lambda: conclusion.summary(content, progress, lang),
        "problems": lambda: texts.sections(content, lang, ("problems",)),
        "adjustment": lambda: outlook.adjustment(content, progress, lang),
        "recommendations": lambda: texts.sections(content, lang, ("recommendations",)),
        "rules": lambda: appendix.rules(content, lang),
        "method": lambda: method.sections(content, lang),
        "evidence": lambda: tasks.evidence(content, lang),
        "statements": lambda: audit.every(content, lang),
        "sources": lambda: appendix.sources(content, lang),
        "manifest": lambda: appendix.manifest(content, plan, lang),
    }


def _made(chapter: str | Chapter, makers: Makers, kind: str, lang: str) -> list[dict]:
    """A part, or a chapter with its parts; nothing where there is nothing to say."""
    if isinstance(chapter, str):
        found = makers[chapter]()
        own, own_headings = f"section.{kind}.{chapter}", labels.keys()
        if found and own in own_headings:  # a kind of report may call a part by its own name
            found[0] = found[0] | {"heading": label(own, lang)}
        return found
    inner = [part for name in chapter.parts for part in _made(name, makers, kind, lang)]
    lead = makers[chapter.lead]()[0]["blocks"] if chapter.lead else []
    if not inner and not lead:
        return []
    return [section(f"chapter.{kind}.{chapter.name}", lang, lead) | {"sections": inner}]


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


def _cover(plan: pd.Series, manifest: dict, words: Mapping[str, str], lang: str) -> dict:
    day = wording.date(manifest["as_of"], lang)
    return {
        "plan": plan[f"name_{lang}"],
        "kind": words["kind"],
        # The plan's name and what the report is stand on lines of their own.
        "title": words["title"].replace("》", "》\n").replace(": ", ":\n", 1),
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
