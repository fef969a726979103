"""The appendices: rules and formulas, sources, how the report was made."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import results, tables
from zbanalysis.report import words as wording
from zbanalysis.report.outline.blocks import bullets, paragraphs, section
from zbanalysis.report.outline.citations import listed
from zbanalysis.report.outline.indicators import SECTION
from zbanalysis.report.words import label


def rules(content: dict, lang: str) -> list[dict]:
    """The rule of judgement, the formulas, the other rules it was held against."""
    return [section("appendix.rules", lang, _rules(content, lang))]


def sources(content: dict, lang: str) -> list[dict]:
    """Every document used, numbered as the tables cite it."""
    return [
        section("appendix.sources", lang, [bullets(tables.source_list(listed(content), lang), plain=True)])
    ]


def manifest(content: dict, plan: pd.Series, lang: str) -> list[dict]:
    """How the report was made, so that it can be made again."""
    return [section("appendix.manifest", lang, [bullets(_manifest(content["manifest"], plan, lang))])]


def _rules(content: dict, lang: str) -> list[dict]:
    margin = wording.number(100 * content["manifest"]["margin"], 0)
    rules = [label(f"rule.schedule.{part}", lang, margin=margin) for part in (1, 2, 3, 4)]
    kinds = results.table(content, SECTION, "progress")["kind"].unique()
    formulas = [label(f"formula.{kind}", lang) for kind in kinds]
    blocks = [bullets(rules), *paragraphs([label("formula.intro", lang)]), bullets(formulas)]
    if len(results.table(content, SECTION, "variants")):
        blocks += [*paragraphs([label("rule.others", lang)]), bullets(_other_rules(content, lang))]
    return blocks


def _other_rules(content: dict, lang: str) -> list[str]:
    rules = results.table(content, SECTION, "rules")
    return [label(f"rule.{row['rule']}", lang, source=row["source"]) for _, row in rules.iterrows()]


def _manifest(manifest: dict, plan: pd.Series, lang: str) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(manifest["versions"].items()))
    return [
        label("manifest.key", lang, key=manifest["key"]),
        label("manifest.plan", lang, plan=plan["plan"], as_of=manifest["as_of"]),
        label("manifest.vintage", lang, date=manifest["data_vintage"]),
        label("manifest.rule", lang),
        label("manifest.versions", lang, versions=versions, python=manifest["python"]),
    ]
