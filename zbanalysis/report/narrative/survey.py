"""Sentences on what those asked have said, and how far it carries."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report.words import label


def shares(summary: pd.DataFrame, lang: str) -> list[str]:
    """What was received, what the shares may and may not be used for; from `survey.summary`."""
    asked, told = summary[summary["answers"] > 0], summary[summary["answers"] == 0]
    if summary.empty:
        return [label("text.no_survey", lang)]
    sentences = []
    for row in asked.itertuples():
        sentences.append(
            label("text.survey", lang, n=int(row.n), answers=int(row.answers), impossible=int(row.impossible))
        )
        sentences.append(
            label("text.survey_random" if row.probability else "text.survey_self_selected", lang)
        )
        if row.overlap:
            sentences.append(label("text.survey_overlap", lang))
    return sentences + [label("text.survey_opinions", lang, n=int(row.n)) for row in told.itertuples()]
