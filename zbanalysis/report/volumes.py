"""The two volumes of a plan's report: the report proper, and its technical annex.

The report begins with a page that says it all; what a specialist looks up stands in the annex, with a
numbering of its own.  A reference across the volumes names the other's table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from zbanalysis.report import blocks, output, words
from zbanalysis.report.blocks import Report
from zbanalysis.report.chapters import (
    audit,
    baseline,
    basis,
    changes,
    criteria,
    indicators,
    measures,
    method,
    money,
    outlook,
    summary,
    survey,
    tasks,
)

ANNEX = "annex"

PARTS: Mapping[str, Callable[[Report], list[dict]]] = {
    "scope": basis.scope, "offices": basis.offices, "process": basis.process, "methods": basis.methods,
    "targets": indicators.targets, "tasks_done": tasks.done,
    "safeguards_done": partial(tasks.done, kind="safeguard"), "money": money.sections,
    "public": survey.sections, "effects": partial(measures.written, name="effects"),
    "cases_told": measures.cases, "criteria": criteria.sections, "problems_causes": measures.problem_sections,
    "measures": measures.sections, "adjusted": outlook.adjustment, "changes": changes.sections,
    "monitored": baseline.monitored, "caveats": indicators.caveats, "trends": outlook.trends,
    "requirement": indicators.requirement, "sensitivity": indicators.other_choices,
    "feasibility": outlook.feasibility, "register": tasks.annex,
    "specialised": lambda report: outlook.attainable(report) + money.ratios(report) + survey.answers(report),
    "opinions": measures.opinions, "audit_found": audit.sections, "criteria_rules": criteria.annex,
    "rules": basis.rules, "method": method.sections, "proof": tasks.evidence, "statements": audit.every,
    "sources": basis.sources, "manifest": basis.manifest,
}  # fmt: skip
"""How each part of a volume is made, by its name."""

_CONTENT = ("targets", "tasks_done", "safeguards_done", "money", "public", "effects")
_CONCLUSION = ("criteria", "problems_causes", "measures", "adjusted", "changes")
MAIN: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "baseline": (("chapter.baseline.measured", ("monitored",)),),
    "final": (
        ("chapter.final.basis", ("scope",)),
        ("chapter.final.content", (*_CONTENT, "cases_told")),
        ("chapter.final.conclusion", _CONCLUSION),
    ),
    "midterm": (
        ("chapter.midterm.basis", ("scope",)),
        ("chapter.midterm.content", _CONTENT),
        ("chapter.midterm.conclusion", _CONCLUSION),
    ),
    "annual": (
        ("chapter.annual.progress", ("targets",)),
        ("chapter.annual.work", ("tasks_done", "safeguards_done", "money")),
        ("chapter.annual.conclusion", ("criteria", "problems_causes", "measures", "changes")),
    ),
}
"""Chapters of the report proper by kind, each with its parts; what has nothing to say leaves itself out."""

ANNEXES: Mapping[str, tuple[str, ...]] = {
    kind: (
        *(("offices", "process", "methods") if kind != "annual" else ("scope", "methods")),
        "caveats", "trends", "requirement", "sensitivity", "feasibility", "register", "specialised",
        "opinions", "audit_found", "criteria_rules", "rules", "method", "proof",
        *(("statements",) if kind != "annual" else ()), "sources", "manifest",
    )
    for kind in blocks.KINDS
    if kind != "baseline"
} | {"baseline": ("scope", "register", "sources", "manifest")}  # fmt: skip
"""Parts of the technical annex by kind of report."""


def documents(content: dict, lang: str, kind: str = "", before: Mapping | None = None) -> dict[str, dict]:
    """Both volumes of a plan's report in one language.

    Parameters
    ----------
    content
        A result file, with its manifest.
    lang
        ``zh`` or ``en``.
    kind
        One of `blocks.KINDS`; by default the one that is due.
    before
        Result file of an earlier report, to say what changed since.

    Returns
    -------
    dict
        ``main`` and ``annex``: documents of the template's contract, each with its own numbering.
    """
    report = Report(content, lang, kind, before)
    page = (baseline if report.kind == "baseline" else summary).page(report)
    main = _frame(report) | {"key_messages": page, "sections": []}
    for heading, names in MAIN[report.kind]:
        if inner := [one for name in names for one in _part(name, report)]:
            main["sections"].append(report.section(heading, []) | {"sections": inner})
    parts = [one | {"appendix": True} for name in ANNEXES[report.kind] for one in _part(name, report)]
    annex = _frame(report, annex=True) | {"sections": parts}
    for block in output.blocks(annex):
        if block["type"] == "table":
            block |= {"dense": True, "notes_kept": True}
    names, others = output.numbered(main), output.numbered(annex)
    return {"main": _across(main, names, others), ANNEX: _across(annex, others, names)}


def bound(documents: Mapping[str, dict]) -> dict:
    """All volumes as one document, as the workbook holds their tables: each keeps its number."""
    main, annex = documents["main"], documents.get(ANNEX, {"sections": []})
    names = output.numbered(annex)
    return main | {"sections": main["sections"] + [_numbered(one, names) for one in annex["sections"]]}


def _numbered(section: dict, names: Mapping[str, str]) -> dict:
    blocks = [
        block | ({"number": names[block["id"]]} if block.get("id") in names else {})
        for block in section["blocks"]
    ]
    return section | {"blocks": blocks, "sections": [_numbered(one, names) for one in section["sections"]]}


def _part(name: str, report: Report) -> list[dict]:
    """The sections of a part that have anything in them."""
    made = [one for one in PARTS[name](report) if one["blocks"] or one["sections"]]
    own = f"section.{report.kind}.{name}"
    if made:
        made[0] = made[0] | {"id": name} | ({"heading": report.label(own)} if words.known(own) else {})
    return made


def _frame(report: Report, *, annex: bool = False) -> dict:
    """Title, cover and the words that the template prints."""
    given = {"plan": report.of(report.plan, "name"), "year": int(report.day[:4])}
    title = report.label(f"title.{report.kind}", **given)
    cover, heading = _cover(report, title), f"summary.heading.{report.kind}"
    heading = report.label(heading if words.known(heading) else "summary.heading")
    return {
        "lang": report.lang,
        "title": title,
        "subtitle": report.label("volume.annex") if annex else "",
        "author": cover["organisation"] or report.of(report.plan, "area"),
        "cover": cover,
        "labels": blocks.template_words(report.lang, annex=annex) | {"key_messages": heading},
    }


def _cover(report: Report, title: str) -> dict:
    """Issuing body, date, state and document number: those of the newest entry for this kind, if any."""
    rows = report.table("09_conclusion", "reports")
    rows = rows[(rows["kind"] == report.kind) & (rows["as_of"] == report.day)]
    row = rows.iloc[-1] if len(rows) else pd.Series("", index=rows.columns)
    return {
        "title": title.replace("》", "》\n").replace(": ", ":\n", 1),
        "organisation": report.of(row, "body"),
        "kind": report.label(f"cover.state.{row['state']}") if row["state"] else "",
        "as_of": report.label("report.as_of", date=words.date(report.day, report.lang)),
        "date": words.date(row["date"], report.lang) if len(row["date"]) == 10 else row["date"],
        "lines": [row["document_number"]] if row["document_number"] else [],
    }


def _across(node: object, own: Mapping[str, str], other: Mapping[str, str]) -> object:
    """The document with references to the other volume turned into the other's numbers.

    A paragraph that refers to what neither volume shows is left out.
    """
    if isinstance(node, str):
        if "{{ref:" not in node:
            return node  # a cell keeps its number
        return output.REFERENCE.sub(lambda one: one[0] if one[1] in own else other.get(one[1], one[0]), node)
    if isinstance(node, Mapping):
        return {key: _across(child, own, other) for key, child in node.items()}
    if isinstance(node, list):
        return [_across(child, own, other) for child in node if not _astray(child, {*own, *other})]
    return node


def _astray(node: object, known: set[str]) -> bool:
    paragraph = isinstance(node, Mapping) and node.get("type") == "paragraph"
    return paragraph and not known.issuperset(output.REFERENCE.findall(node["text"]))
