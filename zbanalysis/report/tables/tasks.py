"""Tasks, offices and evidence, as tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

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


def evidence(
    found: pd.DataFrame, tasks: pd.DataFrame, lang: str, citations: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Each piece of evidence with its figure and document; a task's name once.

    Parameters
    ----------
    found, tasks
        From `tasks.evidence` and `tasks.completeness`.
    lang
        ``zh`` or ``en``.
    citations
        Number of each document in the report's list; without it the documents are not named.
    """
    names = tasks.set_index("task")[f"name_{lang}"]
    ordered = found.assign(_place=found["task"].map(tasks.set_index("task")["order"]))
    ordered = ordered.sort_values("_place", kind="stable")
    first = ~ordered["task"].duplicated()
    rows = [
        [
            names[row["task"]] if show else "",
            row[f"what_{lang}"],
            _figure(row, lang),
            wording.period(row["period"], lang) or wording.NONE,
            *([f"[{citations[row['source']]}]"] if citations else []),
        ]
        for (_, row), show in zip(ordered.iterrows(), first, strict=True)
    ]
    return pd.DataFrame(rows, columns=cells.headings((*EVIDENCE, *(["cited"] if citations else [])), lang))


def _figure(row: pd.Series, lang: str) -> str:
    text = row["published"] or wording.NONE
    return label("amount_words.at_least", lang, value=text) if row["status"] == "lower_bound" else text
