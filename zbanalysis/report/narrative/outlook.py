"""Sentences on trends and chances; the uncertainty is always said with the figure."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

VERDICTS = ("on_course", "possible", "unlikely")


def trends(chosen: pd.DataFrame, lang: str) -> list[str]:
    """How many indicators have figures enough for a trend, and how few those are."""
    fitted = chosen[chosen["status"] == "fitted"]
    all_or_none = {len(chosen): "text.trends_all", 0: "text.trends_none"}
    return [
        label(all_or_none.get(len(fitted), "text.trends"), lang, count=len(chosen), fitted=len(fitted)),
        *([label("text.trend_points", lang, most=int(fitted["n"].max()))] if len(fitted) else []),
    ]


def chances(progress: pd.DataFrame, outlook: pd.DataFrame, lang: str, date: str = "") -> list[str]:
    """Which targets are within reach, which with effort, which hardly, which cannot be judged."""
    rows = progress.join(outlook.drop(columns="target"))
    undecided = rows[~rows["verdict"].isin(["reached", "missed"])]
    if date and len(undecided) and int(date[:4]) > rows["target_position"].max():
        return [label("text.plan_over", lang, count=len(undecided))]
    sentences = []
    for verdict in VERDICTS:
        for words_of_it, chosen in rows[rows["verdict"] == verdict].groupby(f"verdict_{lang}", sort=False):
            words = [
                label(
                    "text.chance_of",
                    lang,
                    name=wording.name_in_text(row, lang),
                    chance=wording.chance(row["chance_shown"], lang),
                )
                for _, row in chosen.iterrows()
            ]
            names = wording.listing(words, lang)
            sentences.append(
                label("text.verdict_group", lang, verdict=words_of_it, count=len(chosen), names=names)
            )
    if sentences:
        sentences.append(label("text.chance_brackets", lang))
    unknown = rows[rows["verdict"] == "not_judged"]
    if len(unknown):
        key = "text.no_chance" if sentences else "text.no_chance_at_all"
        sentences.append(label(key, lang, count=len(unknown)))
    return sentences or [label("text.all_decided", lang)]


def adjustment(progress: pd.DataFrame, outlook: pd.DataFrame, lang: str, date: str = "") -> list[str]:
    """What the chances mean for the targets themselves: to be kept, kept with effort, or looked at again.

    A target counts by the values that would be reached with a chance of 80 % and of 50 %; where the
    present one asks for more a year than the latest years brought, that is said too.
    """
    rows = progress.join(outlook.drop(columns="target"))
    undecided = rows[~rows["verdict"].isin(["reached", "missed"])]
    if undecided.empty or (date and int(date[:4]) > rows["target_position"].max()):
        return [label("text.adjustment_over", lang)]
    known = undecided[undecided["chance"].notna()]
    if known.empty:
        return [label("text.adjustment_unknown", lang, count=len(undecided))]
    sign = known["direction"].map({"up": 1, "down": -1})
    within = {level: sign * (known[f"value_at_{level}"] - known["aim"]) >= 0 for level in (50, 80)}
    groups = {
        "safe": known[within[80]],
        "even": known[within[50] & ~within[80]],
        "doubtful": known[~within[50]],
        "faster": known[(known["needed"] > known["recent_pace"]) & ~known["reached"].fillna(False)],
    }
    sentences = [label("text.adjustment_intro", lang, count=len(undecided), known=len(known))]
    for key, some in groups.items():
        if len(some):
            names = wording.listing([wording.name_in_text(row, lang) for _, row in some.iterrows()], lang)
            sentences.append(label(f"text.adjustment_{key}", lang, count=len(some), names=names))
    return [*sentences, label("text.adjustment_end", lang)]


def reading(progress: pd.DataFrame, outlook: pd.DataFrame, lang: str) -> list[str]:
    """How to read a chance, on this plan's own example."""
    rows = progress.join(outlook.drop(columns="target"))
    rows = rows[rows["chance"].notna()]
    if rows.empty:
        return []
    row = rows.loc[(rows["chance"] - 0.5).abs().idxmin()]
    places = cells.decimals(row)
    return [
        label(
            "text.reading", lang,
            name=wording.name_in_text(row, lang), points=int(row["points"]),
            chance=wording.chance(row["chance"], lang),
            low=wording.number(row["low80"], places), high=wording.number(row["high80"], places),
            year=int(row["target_position"]), unit=wording.unit(row, lang),
            median=wording.number(row["median"], places),
        )
    ]  # fmt: skip
