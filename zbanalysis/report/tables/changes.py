"""What changed since the last report: each figure and judgement before and now, with its cause."""

from __future__ import annotations

import pandas as pd

from zbanalysis.outlook.verdict import WORDS
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

CHANGE_COLUMNS = ("order", "indicator", "item", "before", "now", "cause")
# A judgement at the end of the plan says the same as these verdicts.
_SAID_BY_JUDGEMENT = ("reached", "missed")


def changes(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The table of changes, one row for each figure or judgement, a target's name once.

    Parameters
    ----------
    found
        From `changes.changes`.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only; headings in the language asked for.
    """
    shown = found[~found["now"].isin(_SAID_BY_JUDGEMENT)]
    first = ~shown["target"].duplicated()
    rows = [
        [*_named(row, lang, show=show), *_change(row, lang)]
        for (_, row), show in zip(shown.iterrows(), first, strict=True)
    ]
    headings = [label(f"change_column.{column}", lang) for column in CHANGE_COLUMNS]
    return pd.DataFrame(rows, columns=headings)


def _named(row: pd.Series, lang: str, *, show: bool) -> list[str]:
    return [str(int(row["order"])), wording.name(row, lang)] if show else ["", ""]


def _change(row: pd.Series, lang: str) -> list[str]:
    item = label(f"change_item.{row['item'] or 'whole'}", lang)
    return [item, value(row, "before", lang), value(row, "now", lang), cause(row["cause"], lang)]


def value(row: pd.Series, side: str, lang: str) -> str:
    """One side of a change as the other tables print it.

    Parameters
    ----------
    row
        Of `changes.changes`.
    side
        ``before`` or ``now``.
    lang
        ``zh`` or ``en``.
    """
    text, item = row[side], row["item"]
    if not text:
        return wording.NONE
    if item == "judgement":
        return label(text, lang)
    if item == "verdict":
        return WORDS[text][lang == "en"]
    if item == "completion":
        return wording.percent(float(text))
    if item == "chance":
        return wording.chance(float(text), lang)
    period = row[f"{side}_period"] if item in ("figure", "history", "base") else ""
    if not period:
        return text
    words = wording.period(period, lang)
    return f"{text}（{words}）" if lang == "zh" else f"{text} ({words})"


def cause(key: str, lang: str) -> str:
    """The causes of a change in words."""
    return wording.listing([label(f"cause.{part}", lang) for part in key.split("+")], lang)
