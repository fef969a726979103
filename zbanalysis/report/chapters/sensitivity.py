"""Whether a judgement depends on the rule, the base year or the rounding."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import blocks, cells, words
from zbanalysis.report.blocks import INDICATORS, Column, Report, paragraphs, see
from zbanalysis.report.words import label


def sections(report: Report) -> list[dict]:
    """One section; nothing where no target is open that can be judged."""
    variants = open_variants(report)
    if variants.empty:
        return []
    seen = report.label("text.see_sensitivity", sensitivity=see("sensitivity"))
    made = report.show(
        "sensitivity",
        _rows(report.progress, variants),
        columns(variants, report.lang),
        notes=[report.label("text.sensitivity_note")],
    )
    # The chart of the rules shows the same cell by cell: it stays in the notebook.
    parts = [*paragraphs([*sentences(variants, report.lang), seen]), made]
    return [report.section("section.sensitivity", parts)]


def open_variants(report: Report) -> pd.DataFrame:
    """The variants of the targets that are open: no rule changes what is decided."""
    variants, progress = report.table(INDICATORS, "variants"), report.progress
    return variants[variants["id"].isin(progress.loc[~progress["final"].astype(bool), "target"])]


def sentences(variants: pd.DataFrame, lang: str) -> list[str]:
    """How many of the judged targets would be judged otherwise, and by what.

    Parameters
    ----------
    variants
        From `sensitivity.variants`: ``id, variant, changed``.
    lang
        ``zh`` or ``en``.
    """
    if variants.empty:
        return []
    changed = variants[variants["changed"].astype(bool)]
    kind, total = changed["variant"].str.split(":").str[0], int(variants["id"].nunique())
    hanging = {
        name: int(changed.loc[kind == name, "id"].nunique()) for name in ("rule", "rounding", "base_year")
    }
    rules = int(variants["variant"].str.startswith("rule:").sum() / total) - 1
    parts = [label(f"text.sensitivity_{name}", lang, count=count) for name, count in hanging.items() if count]
    if not parts:
        return [label("text.sensitivity_agree", lang, total=total, rules=rules)]
    return [label("text.sensitivity", lang, total=total, rules=rules, parts=words.listing(parts, lang))]


def sensitivity_table(progress: pd.DataFrame, variants: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The class of each target under each variant; a star marks one that differs.

    Parameters
    ----------
    progress
        From `progress.progress`.
    variants
        From `sensitivity.variants`, ``id`` being the target.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only; one row per judged target, one column per rule, then base year and rounding.
    """
    return blocks.frame(_rows(progress, variants), columns(variants, lang), lang)


def _rows(progress: pd.DataFrame, variants: pd.DataFrame) -> pd.DataFrame:
    return progress[progress["target"].isin(variants["id"])]


def columns(variants: pd.DataFrame, lang: str) -> list[Column]:
    """The columns of the variants: one for each rule, then base year and rounding."""
    of = {target: own.set_index("variant") for target, own in variants.groupby("id")}

    def rule(variant: str) -> Column:
        name = variant.partition(":")[2]

        def cell(row: pd.Series) -> str:
            own = of[row["target"]].loc[variant]
            return label(f"class.{name}.{own['status']}", lang) + "*" * bool(own["changed"])

        return Column(name, cell, "center", heading=label(f"rule_name.{name}", lang))

    def base_year(row: pd.Series) -> str:
        """Whether another base year would change the class; a dash where there is no such figure."""
        own = of[row["target"]]
        known = own[own.index.str.startswith("base_year:") & (own["step"] != "none")]
        return words.NONE if known.empty else _changes(known["changed"].any(), lang)

    def rounding(row: pd.Series) -> str:
        return _changes(of[row["target"]].loc["rounding", "changed"], lang)

    return [
        Column("order", lambda row: cells.number(row["order"], 0), "right"),
        Column("indicator", lambda row: words.name(row, lang)),
        *(rule(name) for name in variants["variant"].unique() if name.startswith("rule:")),
        Column("base_year", base_year, "center"),
        Column("rounding", rounding, "center"),
    ]


def _changes(changed: bool, lang: str) -> str:
    return label("changes.yes" if changed else "changes.no", lang)
