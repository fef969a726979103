"""The list of sources."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import words as wording


def source_list(sources: pd.DataFrame, lang: str) -> list[str]:
    """The sources as a reader finds them: number, publisher, title, document number, day."""
    return [_source(row, lang) for _, row in sources.iterrows()]


def _source(row: pd.Series, lang: str) -> str:
    """Publisher, title, document number, day, note; nothing said twice where the title says it."""
    title, day = row[f"title_{lang}"], wording.date(row["date_published"], lang)
    publisher = "" if title.startswith(row[f"publisher_{lang}"]) else row[f"publisher_{lang}"]
    parts = [publisher, title, row["document_number"], "" if day in title else day]
    separator, end = ("，", "。") if lang == "zh" else (", ", ". ")
    sentences = [separator.join(filter(None, parts)), row[f"note_{lang}"]]
    return f"[{int(row['number'])}] " + "".join(text + end for text in sentences if text).strip()
