"""What changed since the last report: each figure and judgement before and now, with its cause."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.outlook.verdict import WORDS
from zbanalysis.report import cells, words
from zbanalysis.report import changes as comparison
from zbanalysis.report.blocks import Column, Report, paragraphs
from zbanalysis.report.words import label

# A judgement at the end of the plan says the same as these verdicts.
_SAID_BY_JUDGEMENT = ("reached", "missed")
_REACHED = ("reached.yes", "status.reached", "status.final.reached")


def sections(report: Report) -> list[dict]:
    """One section, or none where no earlier report is named."""
    before = report.before
    if before is None:
        return []
    changed = comparison.changes(before, report.content)
    kept = comparison.unchanged(before, report.content)
    texts = sentences(changed, kept, before["manifest"]["as_of"], report.lang)
    if changed.empty:
        return [report.section("section.changes", paragraphs(texts))]
    texts.append(report.label("text.see_changes"))
    notes = [report.label("text.changes_note")]
    made = report.show("changes", listed(changed), columns(report.lang), notes=notes)
    return [report.section("section.changes", [*paragraphs(texts), made])]


def sentences(changed: pd.DataFrame, kept: Mapping[str, int], since: str, lang: str) -> list[str]:
    """The changes that a reader must know, most important first.

    How many targets changed, whose judgement became better or worse, which targets or published figures
    were revised, and which judgement rests on a target that was moved.

    Parameters
    ----------
    changed, kept
        From `changes.changes` and `changes.unchanged`.
    since
        The day of the last report.
    lang
        ``zh`` or ``en``.
    """
    counts = {name: kept[name] for name in ("targets", "same", "changed")}
    texts = [label("text.changes_count", lang, date=words.date(since, lang), **counts)]
    for key in ("new_target", "dropped_target"):
        some = changed[changed["cause"] == key]
        if len(some):
            texts.append(label(f"text.changes_{key}", lang, names=words.names(some, lang), count=len(some)))
    judged = changed[changed["item"] == "judgement"]
    before, now = judged["before"].isin(_REACHED), judged["now"].isin(_REACHED)
    for key, rows in (("gained", judged[~before & now]), ("lost", judged[before & ~now])):
        if len(rows):
            names = words.listing([_with_cause(row, changed, lang) for _, row in rows.iterrows()], lang)
            texts.append(label(f"text.changes_{key}", lang, count=len(rows), names=names))
    texts += [_revised(row, lang) for _, row in changed[changed["cause"] == "revision"].iterrows()]
    texts += [
        _revised(row, lang, "withdrawn")
        for _, row in changed[changed["cause"] == "withdrawal"].iterrows()
        if not row["now"]
    ]
    moved = judged[~before & now & (judged["alone"] == "revision")]
    texts += [_moved(row, changed, lang) for _, row in moved.iterrows()]
    for key in ("rule", "method"):
        rows = changed[changed["cause"] == key].drop_duplicates("target")
        if len(rows):
            texts.append(label(f"text.changes_{key}", lang, count=len(rows), names=words.names(rows, lang)))
    return texts


def _with_cause(row: pd.Series, changed: pd.DataFrame, lang: str) -> str:
    """A target with its figures before and now and the cause of the change."""
    figure = changed[(changed["target"] == row["target"]) & (changed["item"] == "figure")]
    name, why = words.name_in_text(row, lang), cause(row["cause"], lang)
    if figure.empty:
        return label("text.changes_plain", lang, name=name, cause=why)
    figures = {side: value(figure.iloc[0], side, lang) for side in ("before", "now")}
    return label("text.changes_figure", lang, name=name, cause=why, **figures)


def _revised(row: pd.Series, lang: str, how: str = "revised") -> str:
    item = label(f"change_item.{row['item']}", lang)
    item = item if lang == "zh" else item[0].lower() + item[1:]
    sides = {side: value(row, side, lang) for side in ("before", "now")}
    return label(f"text.changes_{how}", lang, name=words.name_in_text(row, lang), item=item, **sides)


def _moved(row: pd.Series, changed: pd.DataFrame, lang: str) -> str:
    """A target reached only because it was moved: what a reviewer must see."""
    own = changed[changed["target"] == row["target"]].set_index("item")
    now = own.loc["figure", "now"] if "figure" in own.index else words.NONE
    earlier, target = own.loc["target", "before"], own.loc["target", "now"]
    name = words.name_in_text(row, lang)
    return label("text.changes_moved", lang, name=name, earlier=earlier, target=target, figure=now)


def listed(changed: pd.DataFrame) -> pd.DataFrame:
    shown = changed[~changed["now"].isin(_SAID_BY_JUDGEMENT)]
    return shown.assign(first=~shown["target"].duplicated())


def columns(lang: str) -> list[Column]:
    """The columns of the changes."""

    def column(key: str, cell: object, align: str = "left") -> Column:
        return Column(key, cell, align, heading=label(f"change_column.{key}", lang))

    return [
        column("order", lambda row: cells.number(row["order"], 0) if row["first"] else "", "right"),
        column("indicator", lambda row: words.name(row, lang) if row["first"] else ""),
        column("item", lambda row: label(f"change_item.{row['item'] or 'whole'}", lang)),
        column("before", lambda row: value(row, "before", lang), "right"),
        column("now", lambda row: value(row, "now", lang), "right"),
        column("cause", lambda row: cause(row["cause"], lang)),
    ]


def value(row: pd.Series, side: str, lang: str) -> str:
    """One side of a change, ``before`` or ``now``, as the other tables print it."""
    text, item = row[side], row["item"]
    if not text:
        return words.NONE
    if item == "judgement":
        return label(text, lang)
    if item == "verdict":
        return WORDS[text][lang == "en"]
    if item == "completion":
        return cells.percent(float(text))
    if item == "chance":
        return words.chance(float(text), lang)
    period = row[f"{side}_period"] if item in ("figure", "history", "base") else ""
    return cells.printed(text, after=cells.bracketed(words.period(period, lang), lang) if period else "")


def cause(key: str, lang: str) -> str:
    """The causes of a change in words."""
    return words.listing([label(f"cause.{part}", lang) for part in key.split("+")], lang)
