"""The appendices: rules and formulas, sources, how the report was made."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import words
from zbanalysis.report.blocks import INDICATORS, Report, bullets, paragraphs


def rules(report: Report) -> list[dict]:
    """The rule of judgement, the formulas, the other rules it was held against."""
    margin = words.number(100 * report.manifest["margin"], 0)
    own = [report.label(f"rule.schedule.{part}", margin=margin) for part in (1, 2, 3, 4)]
    formulas = [report.label(f"formula.{kind}") for kind in report.progress["kind"].unique()]
    parts = [bullets(own), *paragraphs([report.label("formula.intro")]), bullets(formulas)]
    if len(report.table(INDICATORS, "variants")):
        others = [
            report.label(f"rule.{row.rule}", source=row.source)
            for row in report.table(INDICATORS, "rules").itertuples()
        ]
        parts += [*paragraphs([report.label("rule.others")]), bullets(others)]
    return [report.section("appendix.rules", parts)]


def sources(report: Report) -> list[dict]:
    """Every document used, numbered as the tables cite it."""
    listed = [source_line(row, report.lang) for _, row in report.documents.iterrows()]
    return [report.section("appendix.sources", [bullets(listed, plain=True)])]


def source_line(row: pd.Series, lang: str) -> str:
    """A source as a reader finds it: number, publisher, title, document number, day, note.

    Nothing stands twice where the title has it.
    """
    title, day = row[f"title_{lang}"], words.date(row["date_published"], lang)
    publisher = "" if title.startswith(row[f"publisher_{lang}"]) else row[f"publisher_{lang}"]
    parts = [publisher, title, row["document_number"], "" if day in title else day]
    separator, end = ("，", "。") if lang == "zh" else (", ", ". ")
    sentences = [separator.join(filter(None, parts)), row[f"note_{lang}"]]
    return f"[{int(row['number'])}] " + "".join(text + end for text in sentences if text).strip()


def manifest(report: Report) -> list[dict]:
    """How the report was made, so that it can be made again."""
    lines = manifest_lines(report, "manifest.plan", plan=report.plan["plan"])
    asked = [lines[1], words.within(lines[2]), words.within(report.label("manifest.rule"))]
    lines[1:3] = [report.label("summary.joined").join(asked)]
    return [report.section("appendix.manifest", [bullets(lines)])]


def manifest_lines(report: Report, key: str, **given: str) -> list[str]:
    """Key, what was asked (the words of ``key``), newest data, versions."""
    made = report.manifest
    versions = ", ".join(f"{name} {version}" for name, version in sorted(made["versions"].items()))
    return [
        report.label("manifest.key", key=made["key"]),
        report.label(key, as_of=made["as_of"], **given),
        report.label("manifest.vintage", date=made["data_vintage"]),
        report.label("manifest.versions", versions=versions, python=made["python"]),
    ]
