"""The conclusion in short: what was reached, what is likely, how complete the record is."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import results
from zbanalysis.report.narrative import conclusion as narrative
from zbanalysis.report.outline.blocks import paragraphs, section
from zbanalysis.report.outline.indicators import SECTION


def summary(content: dict, progress: pd.DataFrame, lang: str) -> list[dict]:
    """The findings of all parts in a few sentences."""
    sentences = narrative.summary(
        content["sections"][SECTION]["facts"],
        results.table(content, "03_feasibility", "outlook"),
        results.table(content, "08_tasks", "tasks"),
        results.table(content, "05_audit", "statements"),
        lang,
    )
    return [section("section.summary", lang, paragraphs(sentences))]
