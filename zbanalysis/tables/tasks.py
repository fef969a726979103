"""Tasks, offices and evidence, as tables."""

from __future__ import annotations

import pandas as pd

from zbanalysis import wording
from zbanalysis.labels import label
from zbanalysis.tables import cells

TASKS = ("order", "task", "task_kind", "office", "evidence", "figures", "newest", "missing", "record")
EVIDENCE = ("task", "what", "evidence_figure", "figure_period")


def completeness(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Each task with its offices, its evidence and what is missing; from `tasks.completeness`."""
    rows = [
        [
            str(int(row["order"])),
            row[f"name_{lang}"],
            label(f"task_kind.{row['kind']}", lang),
            row[f"office_{lang}"] or wording.NONE,
            f"{row['evidence']:.0f}",
            f"{row['figures']:.0f}",
            wording.period(row["newest"], lang) or wording.NONE,
            missing(row["missing"], lang) or wording.NONE,
            label(f"task_status.{row['status']}", lang),
        ]
        for _, row in found.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(TASKS, lang))


def missing(names: str, lang: str) -> str:
    """What is missing, in words."""
    return wording.listing([label(f"task_missing.{name}", lang) for name in names.split()], lang)


def evidence(found: pd.DataFrame, tasks: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Each piece of evidence with its figure; from `tasks.evidence` and `tasks.completeness`."""
    names = tasks.set_index("task")[f"name_{lang}"]
    rows = [
        [
            names[row["task"]],
            row[f"what_{lang}"],
            _figure(row, lang),
            wording.period(row["period"], lang) or wording.NONE,
        ]
        for _, row in found.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(EVIDENCE, lang))


def _figure(row: pd.Series, lang: str) -> str:
    text = row["published"] or wording.NONE
    return label("amount_words.at_least", lang, value=text) if row["status"] == "lower_bound" else text
