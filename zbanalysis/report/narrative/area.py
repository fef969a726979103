"""Sentences on an area: what grows, what stands still, where it is going, how sure that is."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.tables import area as tables
from zbanalysis.report.words import label

NAMED = 3
"""So many indicators are named in a sentence; the tables have all."""

SURE = 0.8

PACE_FROM = 3
"""Years that a pace must span to be told in a sentence."""


def scope(area: pd.Series, rows: pd.DataFrame, history: pd.DataFrame, day: str, lang: str) -> list[str]:
    """Which figures the report rests on."""
    own = history[history["target"].isin(rows["target"])]
    return [
        label(
            "text.area_scope", lang, area=area[f"name_{lang}"], count=len(rows), figures=len(own),
            first=int(own["position"].min()), last=int(own["position"].max()),
            date=wording.date(day, lang),
        ),
        label("text.area_has_plan" if area["plans"] else "text.area_no_plan", lang),
    ]  # fmt: skip


def counts(moved: pd.DataFrame) -> dict[str, int]:
    """How many indicators there are, and how many move which way."""
    found = {motion: int((moved["motion"] == motion).sum()) for motion in ("rising", "level", "falling")}
    return {"indicators": len(moved), **found}


def fastest(rows: pd.DataFrame, moved: pd.DataFrame, lang: str) -> list[str]:
    """The indicators that grew fastest in the last years; shares are told in points."""
    table = _table(rows, moved)
    grown = table[(table["measure"] == "growth") & (table["pace"] > 0)]
    grown = grown.sort_values("pace", ascending=False, kind="stable").head(NAMED)
    shares = table[table["measure"] != "growth"].head(NAMED)
    sentences = []
    if len(grown):
        sentences.append(_with_pace("text.area_fastest", grown, lang))
    if len(shares):
        sentences.append(_with_pace("text.area_shares", shares, lang))
    return sentences


def stagnant(rows: pd.DataFrame, moved: pd.DataFrame, lang: str) -> list[str]:
    """The indicators that fell in the last years, those without a clear direction, those that slowed down."""
    table = _table(rows, moved)
    fell = table[table["pace"] < 0]
    flat = table[(table["motion"] == "level") & ~table.index.isin(fell.index)]
    slower = table[(table["turn"] == "slower") & ~table.index.isin([*fell.index, *flat.index])]
    sentences = [
        _with_pace(key, part, lang)
        for key, part in (("text.area_fell", fell), ("text.area_flat", flat), ("text.area_slower", slower))
        if len(part)
    ]
    return sentences or ([label("text.area_none_fell", lang)] if len(table) else [])


def _table(rows: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Indicators with a recent pace, in the measure in which it is told."""
    table = rows.merge(moved, on="target")
    by_change = (table["scale"] == "share") | (table["direction"] == "down") | table["growth"].isna()
    table["measure"] = by_change.map({True: "change", False: "growth"})
    table["pace"] = table["growth"].mask(by_change, table["change"])
    return table[table["pace"].notna() & (table["pace_years"] >= PACE_FROM)]


def _with_pace(key: str, part: pd.DataFrame, lang: str) -> str:
    words = [
        label("text.area_pace", lang, name=wording.name_in_text(row, lang), pace=tables.pace(row, lang))
        for _, row in part.iterrows()
    ]
    return label(key, lang, count=len(part), names=wording.listing(words, lang))


def ahead(rows: pd.DataFrame, found: pd.DataFrame, years: tuple[int, int], lang: str) -> list[str]:
    """Where the first indicators are likely to be by the end of the plan."""
    table = rows.merge(found[(found["year"] == years[0]) & (found["reason"] == "")], on="target")
    if table.empty:
        return [label("text.area_no_outlook", lang)]
    words = [
        label(
            "text.area_value", lang, name=wording.name_in_text(row, lang), unit=_unit(row, lang),
            median=tables.figure(row["mean"], row), interval=tables.interval(row, "lo80", "hi80", lang),
        )
        for _, row in table.head(NAMED).iterrows()
    ]  # fmt: skip
    return [
        label(
            "text.area_ahead",
            lang,
            year=years[0],
            values="；".join(words) if lang == "zh" else "; ".join(words),
        ),
    ]


def _unit(row: pd.Series, lang: str) -> str:
    unit = wording.unit(row, lang)
    return unit if unit == "%" or lang == "zh" else f" {unit}"


def sure(rows: pd.DataFrame, found: pd.DataFrame, years: tuple[int, int], lang: str) -> list[str]:
    """How sure that is: which will very likely be better than now, and how wide the intervals are."""
    table = rows.merge(found[found["reason"] == ""], on="target")
    last = table[table["year"] == years[1]]
    sentences = []
    if len(last):
        likely, open_ = last[last["chance_better"] >= SURE], last[last["chance_better"] < SURE]
        sentences.append(label("text.area_better", lang, year=years[1], count=len(last), likely=len(likely)))
        if len(open_):
            words = [
                label("text.chance_of", lang, name=wording.name_in_text(row, lang),
                      chance=wording.chance(row["chance_better"], lang))
                for _, row in open_.iterrows()
            ]  # fmt: skip
            sentences[-1] += label("text.area_open", lang, names=wording.listing(words, lang))
        sentences[-1] += label("text.full_stop", lang)
    wide = _width(table, years[0]), _width(table, years[1])
    if not any(wording.missing(part) for part in wide):
        near, far = (wording.number(part, 1) for part in wide)
        sentences.append(label("text.area_width", lang, first=years[0], second=years[1], near=near, far=far))
    return sentences


def _width(table: pd.DataFrame, year: int) -> float:
    """Upper over lower end of the 80 % interval, in the middle of the indicators."""
    part = table[(table["year"] == year) & (table["lo80"] > 0)]
    return float((part["hi80"] / part["lo80"]).median())


def yardstick(found: pd.DataFrame, outlook: pd.DataFrame, plan: str, area: str, lang: str) -> list[str]:
    """What the plan would ask of the area, and where it stands on that way."""
    table = found.join(outlook[["chance", "aim", "verdict"]])
    seen = table[table["current_period"] != ""]
    sentences = [_asked(row, plan, area, lang) for _, row in seen.iterrows()]
    absent = table[table["current_period"] == ""]
    if len(absent):
        names = wording.listing([wording.name_in_text(row, lang) for _, row in absent.iterrows()], lang)
        sentences.append(label("text.yardstick_absent", lang, area=area, count=len(absent), names=names))
    return sentences


def _asked(row: pd.Series, plan: str, area: str, lang: str) -> str:
    shown = {
        "plan": plan, "area": area, "name": wording.name_in_text(row, lang),
        "asks": tables.plan_asks(row, lang),
        "aim": tables.figure(row["aim"], row), "unit": _unit(row, lang), "year": int(row["target_position"]),
        "latest": cells.current(row, lang), "judgement": cells.judgement(row, lang),
    }  # fmt: skip
    words = label("text.yardstick_own" if row["put"] == "own" else "text.yardstick_asked", lang, **shown)
    if not wording.missing(row["chance"]):
        words += label("text.yardstick_chance", lang, chance=wording.chance(row["chance"], lang))
    return words + label("text.full_stop", lang)


def ranks(rows: pd.DataFrame, ranked: pd.DataFrame, level: str, lang: str) -> list[str]:
    """Where the area stands: its best and its last places, by the figure and by the growth."""
    if ranked.empty:
        return [label("text.ranks_none", lang)]
    table = rows.merge(ranked, on="target")
    sentences = [
        label("text.ranks_scope", lang, areas=int(table["areas"].max()), level=label(f"level.{level}", lang))
    ]
    for column, of, key in (
        ("rank", "areas", "text.ranks_value"),
        ("growth_rank", "growth_areas", "text.ranks_growth"),
    ):
        known = table[table[column].notna()].sort_values(column, kind="stable")
        if known.empty:
            continue
        if len(known) > 1 and known[column].min() == known[column].max():
            place = tables.of(known[column].iloc[0], known[of].iloc[0])
            sentences.append(label(f"{key}_same", lang, count=len(known), place=place))
            continue
        best, last = known.head(NAMED), known.tail(1)
        sentences.append(
            label(key, lang, best=_places(best, column, of, lang), last=_places(last, column, of, lang),
                  third=int((known[column] <= known[of] / 3).sum()), count=len(known))
        )  # fmt: skip
    return sentences


def _places(part: pd.DataFrame, column: str, of: str, lang: str) -> str:
    words = [
        label("text.place", lang, name=wording.name_in_text(row, lang), place=tables.of(row[column], row[of]))
        for _, row in part.iterrows()
    ]
    return wording.listing(words, lang)
