"""The conclusion in short: what was reached, what is likely, how complete the record is."""

from __future__ import annotations

import pandas as pd

from zbanalysis import results
from zbanalysis.narrative import conclusion as narrative
from zbanalysis.outline.blocks import paragraphs, section
from zbanalysis.outline.indicators import SECTION


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
