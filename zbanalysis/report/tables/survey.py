"""What those asked have said, as a table."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import words as wording
from zbanalysis.report.tables import cells
from zbanalysis.report.words import label

COLUMNS = ("order", "question", "share", "people", "answers", "check")


def shares(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Share and count of each answer, in the order of the questionnaire; an interval for random samples only.

    Parameters
    ----------
    found
        From `survey.shares`.
    lang
        ``zh`` or ``en``.
    """
    printed = found[found["status"] != "no_share"]
    random = bool(printed["probability"].any())
    columns = (*COLUMNS[:4], "sample_interval", *COLUMNS[4:]) if random else COLUMNS
    rows = [_row(place, row, lang, columns) for place, (_, row) in enumerate(printed.iterrows(), start=1)]
    return pd.DataFrame(rows, columns=cells.headings(columns, lang))


def _row(place: int, row: pd.Series, lang: str, columns: tuple[str, ...]) -> list[str]:
    words = {
        "order": str(place),
        "question": row[f"text_{lang}"],
        "share": f"{row['share']}%" if row["shown"] else wording.NONE,
        "people": people(row, lang) if row["shown"] else wording.NONE,
        "answers": f"{row['n']:.0f}",
        "check": label(f"survey_status.{row['status']}", lang),
        "sample_interval": _interval(row, lang),
    }
    return [words[column] for column in columns]


def people(row: pd.Series, lang: str) -> str:
    """The whole number of questionnaires behind a share, or the range of those it may be."""
    if wording.missing(row["count_low"]):
        return wording.NONE
    low, high = f"{row['count_low']:.0f}", f"{row['count_high']:.0f}"
    return low if low == high else label("interval", lang, low=low, high=high)


def _interval(row: pd.Series, lang: str) -> str:
    if wording.missing(row["low"]):
        return wording.NONE
    return label("interval", lang, low=wording.percent(row["low"]), high=wording.percent(row["high"]))
