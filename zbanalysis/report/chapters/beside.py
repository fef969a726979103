"""What stands beside a chance: the windows of others, the value that keeps a target in reach, a census ahead,
and a sentence where need, pace, others and chance seem to contradict each other.
"""

from __future__ import annotations

import pandas as pd

from zbanalysis.plan import inputs
from zbanalysis.projection import domain
from zbanalysis.report import cells, words
from zbanalysis.report.words import label

OPEN = ("on_course", "possible", "unlikely")
"""The verdicts that rest on a chance of what is still to come."""


def reconciled(rows: pd.DataFrame, lang: str) -> list[str]:
    """A sentence for each open target whose need, pace, others and chance seem to contradict each other."""
    sentences = []
    for _, row in rows[rows["verdict"].isin(OPEN) & ~rows["relation"].isin(["", "agrees"])].iterrows():
        of = "class" if words.missing(row["comparable_rate"]) else "provinces"
        rate = row["comparable_rate" if of == "provinces" else "class_rate"]
        # As printed, a chance of 49 % may be one half, which no pace contradicts.
        gone = row["relation"] == "pace_enough_chance_low" and row["chance_shown"] >= 0.5
        if gone or words.missing(rate):
            continue
        key, doubtful = row["relation"], row["chance_reason"] == "one_sound"
        if doubtful and key.startswith("pace"):  # that pace is through a point that is not sound
            key = "doubtful"
        values = {
            "name": words.name(row, lang), "chance": words.chance(row["chance_shown"], lang),
            "pace": cells.amount(row["recent_pace"], row["needed_measure"], row, lang),
            "needed": cells.needed(row, lang), "rate": words.percent(rate, 0),
            "also": label("text.relation.science", lang) if row["domain"] == "science" else "",
            "others": label(f"text.relation.{'all' if doubtful and of == 'class' else of}", lang),
        }  # fmt: skip
        sentences.append(label(f"text.relation.{key}", lang, **values))
    return sentences


def counted(rows: pd.DataFrame, lang: str) -> str:
    """Which windows of how many provinces each rate beside a chance counts."""
    parts = []
    for _, row in rows[rows["comparable_rate"].notna()].iterrows():
        values = {
            "windows": "comparable_windows", "areas": "comparable_areas", "years": "years_left",
            "first": "comparable_from", "last": "comparable_to", "number": "order",
        }  # fmt: skip
        whole = {name: int(row[column]) for name, column in values.items()}
        parts.append(label("text.chance_note.counted", lang, **whole))
    return "".join(parts)


def kept_in_reach(rows: pd.DataFrame, lang: str) -> list[str]:
    """The values by the end of a year before the target's that keep the open targets in reach."""
    ahead = rows["needed_value"].notna() & (rows["needed_year"] < rows["target_position"].round())
    sentences = []
    for year, some in rows[rows["verdict"].isin(OPEN) & ahead].groupby("needed_year"):
        items = [
            label("text.kept_item", lang, number=int(row["order"]), value=_value(row, lang))
            for _, row in some.iterrows()
        ]
        listed = words.listing(items, lang)
        sentences.append(label("text.kept_in_reach", lang, year=int(year), items=listed))
    return sentences


def _value(row: pd.Series, lang: str) -> str:
    places = 0 if row["scale"] == "count" else max(cells.decimals(row), 1)
    return cells.quantity(words.number(row["needed_value"], places), row, lang)


def census_sentences(rows: pd.DataFrame, lang: str) -> list[str]:
    """Which fans stand on a GDP that a census may revise between their last figure and their end."""
    sentences = []
    for _, row in rows[inputs.is_of_gdp(rows)].iterrows():
        years = domain.censuses(int(row["last_year"]), int(row["target_position"]))
        if years:
            known = "known" if row["area_level"] in inputs.REVISED else "unknown"
            listed = words.listing([str(year) for year in years], lang)
            name = words.name_in_text(row, lang)
            sentences.append(label(f"text.census.{known}", lang, name=name, years=listed))
    return sentences
