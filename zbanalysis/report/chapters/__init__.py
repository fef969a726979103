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
calls it otherwise).  Tables that name documents are added to `blocks.CITED`: the sources are listed from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zbanalysis.report import kinds, words
from zbanalysis.report.blocks import INDICATORS, Report, bullets
from zbanalysis.report.chapters import (
    appendix,
    audit,
    basis,
    changes,
    conclusion,
    indicators,
    method,
    money,
    outlook,
    public,
    sensitivity,
    tasks,
    texts,
)
from zbanalysis.report.kinds import Chapter

PARTS: dict[str, Callable[[Report], list[dict]]] = {
    "scope": basis.scope,
    "offices": basis.offices,
    "process": basis.process,
    "methods": basis.methods,
    "changes": changes.sections,
    "completion": indicators.completion,
    "caveats": indicators.caveats,
    "requirement": indicators.requirement,
    "sensitivity": sensitivity.sections,
    "trends": outlook.trends,
    "feasibility": outlook.feasibility,
    "tasks": tasks.tasks,
    "safeguards": tasks.safeguards,
    "cost": money.sections,
    "survey": public.sections,
    "cases": texts.part("cases"),
    "effects": texts.part("effects"),
    "audit": audit.sections,
    "summary": conclusion.summary,
    "problems": texts.part("problems"),
    "adjustment": outlook.adjustment,
    "recommendations": texts.part("recommendations"),
    "rules": appendix.rules,
    "method": method.sections,
    "evidence": tasks.evidence,
    "statements": audit.every,
    "sources": appendix.sources,
    "manifest": appendix.manifest,
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
    items = [
        {"value": str(counts[key]), "unit": report.label("unit.items"), "label": report.label(f"count.{key}")}
        for key in keys
    ]
    outlook_table = report.table(outlook.FEASIBILITY, "outlook")
    messages = [
        *indicators.headline(progress, counts, lang, report.day),
        *outlook.chance_sentences(progress, outlook_table, lang, report.day),
        *sensitivity.sentences(report.table(INDICATORS, "variants"), lang),
        *indicators.caveat_sentences(progress, lang),
    ]
    return [{"type": "numbers", "items": items}, bullets(messages)]
