"""What changed since the last report, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import words as wording
from zbanalysis.report.tables.changes import cause, value
from zbanalysis.report.words import label

_REACHED = ("reached.yes", "status.reached", "status.final.reached")


def changes(found: pd.DataFrame, kept: Mapping[str, int], since: str, lang: str) -> list[str]:
    """The changes that a reader must know, most important first.

    Parameters
    ----------
    found
        From `changes.changes`.
    kept
        From `changes.unchanged`.
    since
        The day of the last report.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    list of str
        How many targets changed, whose judgement became better or worse, which targets or published figures
        were revised, and what hangs on a target that was moved.
    """
    counts = {name: kept[name] for name in ("targets", "same", "changed")}
    sentences = [label("text.changes_count", lang, date=wording.date(since, lang), **counts)]
    for key, rows in (("new_target", found), ("dropped_target", found)):
        some = rows[rows["cause"] == key]
        if len(some):
            sentences.append(label(f"text.changes_{key}", lang, names=_names(some, lang), count=len(some)))
    judged = found[found["item"] == "judgement"]
    before, now = judged["before"].isin(_REACHED), judged["now"].isin(_REACHED)
    for key, rows in (("gained", judged[~before & now]), ("lost", judged[before & ~now])):
        if len(rows):
            names = wording.listing([_with_cause(row, found, lang) for _, row in rows.iterrows()], lang)
            sentences.append(label(f"text.changes_{key}", lang, count=len(rows), names=names))
    sentences += [_revised(row, lang) for _, row in found[found["cause"] == "revision"].iterrows()]
    moved = judged[~before & now & (judged["alone"] == "revision")]
    sentences += [_hangs_on_target(row, found, lang) for _, row in moved.iterrows()]
    for key in ("rule", "method"):
        rows = found[found["cause"] == key].drop_duplicates("target")
        if len(rows):
            sentences.append(label(f"text.changes_{key}", lang, count=len(rows), names=_names(rows, lang)))
    return sentences


def _names(rows: pd.DataFrame, lang: str) -> str:
    return wording.listing([wording.name_in_text(row, lang) for _, row in rows.iterrows()], lang)


def _with_cause(row: pd.Series, found: pd.DataFrame, lang: str) -> str:
    """A target with its figures before and now and the cause of the change."""
    figure = found[(found["target"] == row["target"]) & (found["item"] == "figure")]
    name, why = wording.name_in_text(row, lang), cause(row["cause"], lang)
    if figure.empty:
        return label("text.changes_plain", lang, name=name, cause=why)
    one = figure.iloc[0]
    figures = {side: value(one, side, lang) for side in ("before", "now")}
    return label("text.changes_figure", lang, name=name, cause=why, **figures)


def _revised(row: pd.Series, lang: str) -> str:
    item = label(f"change_item.{row['item']}", lang)
    item = item if lang == "zh" else item[0].lower() + item[1:]
    return label(
        "text.changes_revised", lang,
        name=wording.name_in_text(row, lang), item=item,
        before=value(row, "before", lang), now=value(row, "now", lang),
    )  # fmt: skip


def _hangs_on_target(row: pd.Series, found: pd.DataFrame, lang: str) -> str:
    """A target reached only because it was moved: what a reviewer must see."""
    own = found[found["target"] == row["target"]].set_index("item")
    now = own.loc["figure", "now"] if "figure" in own.index else wording.NONE
    words = {side: own.loc["target", side] for side in ("before", "now")}
    return label(
        "text.changes_moved", lang,
        name=wording.name_in_text(row, lang), earlier=words["before"], target=words["now"], figure=now,
    )  # fmt: skip
