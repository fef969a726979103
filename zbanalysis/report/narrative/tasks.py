"""Sentences on tasks and safeguards and how complete their record is."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report.tables import tasks as tables
from zbanalysis.report.words import label


def completeness(found: pd.DataFrame, kind: str, lang: str) -> list[str]:
    """How many there are, how many have a complete record, and what the others lack.

    Parameters
    ----------
    found
        From `tasks.completeness`: those of one kind.
    kind
        ``task`` or ``safeguard``.
    lang
        ``zh`` or ``en``.
    """
    if found.empty:
        return [label("text.no_tasks", lang)]
    status = found["status"].value_counts()
    counts = {name: int(status.get(name, 0)) for name in ("complete", "partly", "none")}
    evidence = int(found["evidence"].sum())
    first = label(f"text.{kind}s", lang, count=len(found), evidence=evidence, **counts)
    lacking = found[found["missing"] != ""]
    return [first] + [
        label(
            "text.task_missing", lang, task=row[f"name_{lang}"], missing=tables.missing(row["missing"], lang)
        )
        for _, row in lacking.iterrows()
    ]
