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
Its parts are named in `PARTS` below (or `volumes.PARTS`) and put in their place in `volumes.MAIN` (report
proper) or `volumes.ANNEXES` (technical annex).  Its heading is ``section.<name>``, or
``section.<kind>.<name>`` where a kind of report calls it otherwise.  Tables that name documents are added to
`blocks.CITED`, from which the list of sources is made.
"""

from __future__ import annotations

from collections.abc import Callable

from zbanalysis.report.blocks import Report
from zbanalysis.report.chapters import (
    audit,
    basis,
    cases,
    changes,
    indicators,
    method,
    money,
    outlook,
    survey,
    tasks,
)

PARTS: dict[str, Callable[[Report], list[dict]]] = {
    "scope": basis.scope,
    "offices": basis.offices,
    "process": basis.process,
    "methods": basis.methods,
    "changes": changes.sections,
    "caveats": indicators.caveats,
    "requirement": indicators.requirement,
    "sensitivity": indicators.other_choices,
    "trends": outlook.trends,
    "feasibility": outlook.feasibility,
    "adjustment": outlook.adjustment,
    "cost": money.sections,
    "survey": survey.sections,
    "effects": cases.effects,
    "audit": audit.sections,
    "rules": basis.rules,
    "method": method.sections,
    "evidence": tasks.evidence,
    "statements": audit.every,
    "sources": basis.sources,
    "manifest": basis.manifest,
}
"""How each part of a volume is made, by its name."""

TEMPLATE_LABELS = (
    "contents", "table", "figure", "page", "of", "continued", "source", "note", "appendix", "key_messages",
)  # fmt: skip


def images(content: dict, lang: str) -> dict[str, str]:
    """The charts of a result file in one language, by the names the document uses."""
    return {
        f"{section}-{name}.svg": svgs[lang]
        for section, part in content["sections"].items()
        for name, svgs in part["charts"].items()
    }
