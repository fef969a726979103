"""Sentences on tasks and safeguards and how complete their record is."""

from __future__ import annotations

import pandas as pd

from zbanalysis.labels import label
from zbanalysis.tables import tasks as tables


def completeness(found: pd.DataFrame, lang: str) -> list[str]:
    """How many there are, how many have a complete record, and what the others lack."""
    if found.empty:
        return [label("text.no_tasks", lang)]
    kinds, status = found["kind"].value_counts(), found["status"].value_counts()
    counts = {name: int(status.get(name, 0)) for name in ("complete", "partly", "none")}
    first = label(
        "text.tasks",
        lang,
        tasks=int(kinds.get("task", 0)),
        safeguards=int(kinds.get("safeguard", 0)),
        evidence=int(found["evidence"].sum()),
        **counts,
    )
    lacking = found[found["missing"] != ""]
    return [first] + [
        label(
            "text.task_missing", lang, task=row[f"name_{lang}"], missing=tables.missing(row["missing"], lang)
        )
        for _, row in lacking.iterrows()
    ]
