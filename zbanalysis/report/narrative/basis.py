"""Sentences on the decision and how it was evaluated; each from what is entered, none where nothing is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import words as wording
from zbanalysis.report.tables.basis import day
from zbanalysis.report.words import label


def decision(course: pd.DataFrame, lang: str) -> list[str]:
    """When the plan was published, and under which rules it is evaluated.

    Parameters
    ----------
    course
        From `course.load`.
    lang
        ``zh`` or ``en``.
    """
    published, rules = (course[course["kind"] == kind] for kind in ("decision", "basis"))
    sentences = [label("text.decision", lang, date=day(row.start, lang)) for row in published.itertuples()]
    names = [row[f"text_{lang}"] for _, row in rules.iterrows()]
    if names:
        sentences.append(label("text.basis", lang, rules=wording.listing(names, lang)))
    return ["".join(sentences) if lang == "zh" else " ".join(sentences)] if sentences else []


def documents(listed: pd.DataFrame, lang: str) -> list[str]:
    """How many documents were used, from when to when."""
    days = listed["date_published"]
    ends = {"first": wording.date(days.min(), lang), "last": wording.date(days.max(), lang)}
    return [label("text.documents", lang, count=len(listed), **ends)]


def reviews(course: pd.DataFrame, lang: str) -> list[str]:
    """Which reviews there were."""
    rows = course[course["kind"] == "review"]
    if rows.empty:
        return []
    words = [
        label("text.review", lang, date=day(row["start"], lang), what=wording.within(row[f"text_{lang}"]))
        for _, row in rows.iterrows()
    ]
    return [label("text.reviews", lang, reviews=wording.listing(words, lang))]


def methods(
    counts: Mapping[str, int],
    trends: pd.DataFrame,
    outlook: pd.DataFrame,
    survey: pd.DataFrame,
    statements: pd.DataFrame,
    evidence: pd.DataFrame,
    lang: str,
) -> list[str]:
    """What was done, each with the amount of what it was done on; what was not done is not named.

    Parameters
    ----------
    counts
        Facts of the indicators, from `progress.counts`.
    trends, outlook, survey, statements, evidence
        From `trend.choose`, `targets.feasibility`, `survey.summary`, `audit.audit` and `tasks.evidence`.
    lang
        ``zh`` or ``en``.
    """
    asked = survey[survey["answers"] > 0]
    opinions = survey[survey["answers"] == 0]
    amounts = {
        "progress": counts["total"],
        "trends": int((trends["status"] == "fitted").sum()),
        "outlook": int(outlook["chance"].notna().sum()),
        "evidence": len(evidence),
        "survey": int(asked["n"].sum()),
        "opinions": int(opinions["n"].sum()),
        "audit": len(statements),
    }
    return [label(f"text.method.{name}", lang, count=count) for name, count in amounts.items() if count]
