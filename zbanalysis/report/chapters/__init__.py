"""The chapters of a report of a plan: each file here is one, with its sentences, its tables and its blocks.

How a chapter is written
------------------------
A chapter is a file ``chapters/<chapter>.py`` and its words ``words/<chapter>.yml``.  It has one function
for each of its parts, from the results of a run to sections; an empty list where there is nothing to say
(a section without content does not exist)::

    def sections(report: Report) -> list[dict]:
        shares = report.table("06_survey", "shares")            # a frame that a notebook published
        if shares.empty:
            return []
        cites = report.cites("06_survey", "shares")             # numbers of the documents it names
        blocks = [
            *paragraphs([report.label("text.see_survey", survey=see("survey"))]),
            report.figure("06_survey", "survey", cites=cites),  # a chart that it published
            report.show("survey", shares, columns(report.lang), cites=cites, notes=[...]),
        ]
        return [report.section("section.survey", blocks)]

- `Report` (``report.blocks``) reads tables, facts and words in one language: ``report.table``, ``.facts``,
  ``.label(key, **values)``, ``.of(row, "name")`` (``name_zh`` or ``name_en``), ``.plan``, ``.progress``,
  ``.day``, ``.lang``, ``.numbers`` and ``.cites`` of documents, ``.has(section, table)``.
- Blocks: ``paragraphs(sentences)``, ``bullets(items)``, ``report.show`` (a table), ``report.figure`` (a
  chart), ``report.section(key, blocks)`` around them; ``see(id)`` is a reference to a table (its name) or
  a chart (``figure-<name>``).  Sections nest: ``section["sections"].append(...)``.
- A table is declared: the rows of a frame, and a list of `Column(key, cell, align)`.  The heading is
  ``column.<key>`` of the words, the caption ``caption.<name>``; ``cell`` takes a row and gives a text, or a
  `Cell` with the number behind the text (``cells.number(value, 2)``, ``cells.percent(share)``,
  ``cells.printed(digits, after=unit)``), which the workbook calculates with.  Nothing is looked up by a
  heading.  A notebook shows the same table by ``blocks.frame(rows, columns(lang), lang)``.
- No chapter computes: figures come from the published tables.  No sentence counts zero.

How it enters a volume
----------------------
Its parts are named in `PARTS` below and put in their place in `kinds.OUTLINES` (main text) or
`kinds.APPENDICES`.  Its heading is ``section.<name>`` (or ``section.<kind>.<name>`` where a kind of report
calls it otherwise).  Tables that name documents are added to `blocks.CITED`: the list of sources is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zbanalysis.report import kinds, narrative, words
from zbanalysis.report.blocks import INDICATORS, Report, bullets
from zbanalysis.report.chapters import public
from zbanalysis.report.kinds import Chapter
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
    tasks,
    texts,
)
from zbanalysis.report.words import label

PARTS: dict[str, Callable[[Report], list[dict]]] = {
    "scope": lambda report: basis.scope(report.content, report.plan, report.lang),
    "offices": lambda report: basis.offices(report.content, report.lang),
    "process": lambda report: basis.process(report.content, report.lang),
    "methods": lambda report: basis.methods(report.content, report.lang),
    "changes": lambda report: changes.sections(report.before, report.content, report.lang),
    "completion": lambda report: indicators.completion(report.content, report.progress, report.lang),
    "caveats": lambda report: indicators.caveats(report.content, report.progress, report.lang),
    "requirement": lambda report: indicators.requirement(report.progress, report.lang),
    "sensitivity": lambda report: indicators.sensitivity(report.content, report.progress, report.lang),
    "trends": lambda report: outlook.trends(report.content, report.progress, report.lang),
    "feasibility": lambda report: outlook.feasibility(report.content, report.progress, report.lang),
    "tasks": lambda report: tasks.sections(report.content, report.lang, "task"),
    "safeguards": lambda report: tasks.sections(report.content, report.lang, "safeguard"),
    "cost": lambda report: costs.sections(report.content, report.lang),
    "survey": public.sections,
    "cases": lambda report: texts.sections(report.content, report.lang, ("cases",)),
    "effects": lambda report: texts.sections(report.content, report.lang, ("effects",)),
    "audit": lambda report: audit.sections(report.content, report.lang),
    "summary": lambda report: conclusion.summary(report.content, report.progress, report.lang),
    "problems": lambda report: texts.sections(report.content, report.lang, ("problems",)),
    "adjustment": lambda report: outlook.adjustment(report.content, report.progress, report.lang),
    "recommendations": lambda report: texts.sections(report.content, report.lang, ("recommendations",)),
    "rules": lambda report: appendix.rules(report.content, report.lang),
    "method": lambda report: method.sections(report.content, report.lang),
    "evidence": lambda report: tasks.evidence(report.content, report.lang),
    "statements": lambda report: audit.every(report.content, report.lang),
    "sources": lambda report: appendix.sources(report.content, report.lang),
    "manifest": lambda report: appendix.manifest(report.content, report.plan, report.lang),
}
"""How each part of an outline is made, by its name."""

TEMPLATE_LABELS = (
    "contents", "table", "figure", "page", "of", "continued", "source", "note", "appendix", "key_messages",
)  # fmt: skip


def document(content: dict, lang: str, kind: str = "", before: Mapping | None = None) -> dict:
    """The whole report of a plan in one language.

    Parameters
    ----------
    content
        A result file, with its manifest.
    lang
        ``zh`` or ``en``.
    kind
        One of `kinds.KINDS`; by default the one that is due.
    before
        Result file of an earlier report, to say what changed since.

    Returns
    -------
    dict
        The document of the template's contract; images are named as in `images`.
    """
    report = Report(content, lang, kind, before)
    cover = kinds.words(report.kind, report.of(report.plan, "name"), report.day, lang)
    chapters = [part for chapter in kinds.outline_of(report.kind) for part in _made(chapter, report)]
    annexes = [part for name in kinds.appendices_for(report.kind) for part in PARTS[name](report)]
    return {
        "lang": lang,
        "title": cover["title"],
        "subtitle": cover["subtitle"],
        "author": report.label("report.author"),
        "cover": _cover(report, cover),
        "labels": {name: report.label(f"template.{name}") for name in TEMPLATE_LABELS},
        "key_messages": _key_messages(report),
        "sections": [*chapters, *(annex | {"appendix": True} for annex in annexes)],
    }


def _made(chapter: str | Chapter, report: Report) -> list[dict]:
    """A part, or a chapter with its parts; nothing where there is nothing to say."""
    if isinstance(chapter, str):
        made = PARTS[chapter](report)
        own = f"section.{report.kind}.{chapter}"
        if made and words.known(own):  # a kind of report may call a part by its own name
            made[0] = made[0] | {"heading": report.label(own)}
        return made
    inner = [part for name in chapter.parts for part in _made(name, report)]
    lead = PARTS[chapter.lead](report)[0]["blocks"] if chapter.lead else []
    if not inner and not lead:
        return []
    return [report.section(f"chapter.{report.kind}.{chapter.name}", lead) | {"sections": inner}]


def images(content: dict, lang: str) -> dict[str, str]:
    """The charts of a result file in one language, by the names the document uses."""
    return {
        f"{section}-{name}.svg": svgs[lang]
        for section, part in content["sections"].items()
        for name, svgs in part["charts"].items()
    }


def _cover(report: Report, cover: Mapping[str, str]) -> dict:
    return {
        "plan": report.of(report.plan, "name"),
        "kind": cover["kind"],
        # The plan's name and what the report is stand on lines of their own.
        "title": cover["title"].replace("》", "》\n").replace(": ", ":\n", 1),
        "organisation": "",
        "as_of": report.label("report.as_of", date=words.date(report.day, report.lang)),
        "lines": [report.label("report.made_by", key=report.manifest["key"])],
    }


def _key_messages(report: Report) -> list[dict]:
    counts, progress, lang = report.facts(INDICATORS), report.progress, report.lang
    keys = (
        ("total", "met", "not_met", "waiting", "unknown")
        if counts["followed"]
        else ("total", "followed", "unknown")
    )
    numbers = [
        {"value": str(counts[key]), "unit": label("unit.items", lang), "label": label(f"count.{key}", lang)}
        for key in keys
    ]
    messages = [
        *narrative.headline(progress, counts, lang, report.day),
        *narrative.chances(progress, report.table(outlook.FEASIBILITY, "outlook"), lang, report.day),
        *narrative.sensitivity(report.table(INDICATORS, "variants"), lang),
        *narrative.caveats(progress, lang),
    ]
    return [{"type": "numbers", "items": numbers}, bullets(messages)]
