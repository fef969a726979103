"""Sentences on what the audit of the documents found; each number is counted or quoted, none typed."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import words as wording
from zbanalysis.report.words import label

VERDICTS = ("agrees", "agrees_within_rounding", "revised_later", "contradicts", "cannot_be_checked")


def audit(statements: pd.DataFrame, lang: str) -> list[str]:
    """How much was checked and how much agrees; a unit misprinted is named.

    Parameters
    ----------
    statements
        From `audit.for_plan` over `audit.audit`.
    lang
        ``zh`` or ``en``.
    """
    if statements.empty:
        return [label("text.audit_none", lang)]
    counts = {name: int((statements["verdict"] == name).sum()) for name in VERDICTS}
    slips = statements[statements["reason"] == "points_as_percent"]
    return [
        label("text.audit_counts", lang, total=len(statements), **counts),
        *(
            label("text.audit_points", lang, says=row[f"says_{lang}"], claim=row["claim"])
            for _, row in slips.iterrows()
        ),
    ]


def audit_finds(conflicts: pd.DataFrame, lang: str) -> list[str]:
    """A sentence for each find that a reviewer must see.

    Parameters
    ----------
    conflicts
        From `audit.for_plan` over `audit.conflicts`.
    lang
        ``zh`` or ``en``.
    """
    told = [_sentence(row, lang) for _, row in conflicts.iterrows()]
    return list(dict.fromkeys(filter(None, told)))


def _sentence(row: pd.Series, lang: str) -> str:
    """A sentence for a find; a figure replaced as announced, or told by another find, needs none."""
    if row["relation"] == "revised_later" and row["find"] in ("figures_differ", "base_differs"):
        return ""
    if row["find"] == "figures_differ" and row["relation"] != "same_document":
        return ""
    return label(
        f"text.audit.{row['find']}", lang,
        name=wording.name_in_text(row.drop("area"), lang), first=row["first"], second=row["second"],
        period=wording.period(row["period"], lang), measure=row[f"measure_{lang}"],
        first_source=row[f"first_source_{lang}"], second_source=row[f"second_source_{lang}"],
    )  # fmt: skip
