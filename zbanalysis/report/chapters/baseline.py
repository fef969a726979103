"""A plan just adopted, before any figure of its own years: what it promises, and what is to be measured."""

from __future__ import annotations

import pandas as pd

from zbanalysis.data.schema import IN_WORDS
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import INDICATORS, Cell, Column, Report, bullets, paragraphs
from zbanalysis.report.words import label

FASTEST = 3
"""Targets that ask for most a year and are named."""

_EVERY_YEAR = ("floor", "ceiling", "keep")


def page(report: Report) -> list[dict]:
    """The blocks of page one: what the plan promises, from where, and at what pace."""
    targets, lang = report.progress, report.lang
    cites = report.cites(INDICATORS, "progress", "source")
    table = report.show("promise", targets, _columns(report), notes=_notes(report), cites=cites)
    return [
        {"type": "callout", "title": "", "text": _sentence(targets, lang)},
        *paragraphs(_fastest(targets, lang)),
        table | {"dense": True},
    ]


def _sentence(targets: pd.DataFrame, lang: str) -> str:
    in_words = targets["kind"].isin(IN_WORDS)
    based = targets["base_value"].notna()
    counts = {
        "in_words": int(in_words.sum()),
        "binding": int(targets["attribute"].eq("binding").sum()),
        "every_year": int(targets["kind"].isin(_EVERY_YEAR).sum()),
        "sum": int(targets["kind"].eq("cumulative_sum").sum()),
        "based": int(based.sum()),
    }
    parts = [label(f"baseline.{key}", lang, count=count) for key, count in counts.items() if count]
    listed = words.listing(parts, lang)
    key = "baseline.promise" if parts else "baseline.promise_only"
    return f"**{label(key, lang, total=len(targets), parts=listed)}**"


def _fastest(targets: pd.DataFrame, lang: str) -> list[str]:
    """The targets that ask for most growth a year, of those that ask for growth."""
    growing = targets[targets["asked_measure"] == "growth"]
    most = growing.loc[growing["asked"].abs().sort_values(ascending=False, kind="stable").index].head(FASTEST)
    if len(growing) <= FASTEST:
        return []
    each = [
        words.name_in_text(row, lang)
        + cells.bracketed(cells.amount(row["asked"], row["asked_measure"], row, lang), lang)
        for _, row in most.iterrows()
    ]
    return [label("baseline.fastest", lang, names=words.listing(each, lang))]


def _columns(report: Report) -> list[Column]:
    lang, year = report.lang, str(int(report.plan["base_year"]))

    def base(row: pd.Series) -> Cell:
        """The base value; its period where it is another than the plan's."""
        same = row["base_period"] == year
        return cells.printed(row["published_base_value"]) if same else cells.base(row, lang)

    def asked(row: pd.Series) -> str:
        return cells.amount(row["asked"], row["asked_measure"], row, lang)

    name, amount = (17, 7) if lang == "zh" else (20, 0)
    return [
        *cells.target_columns(lang, name),
        Column("unit", lambda row: row[f"unit_{lang}"]),
        Column("base", base, "right"),
        Column("target", lambda row: cells.target(row, lang), "right"),
        Column("asked_change", lambda row: cells.total_change(row, lang), "right", floor=amount),
        Column("asked", asked, "right", floor=amount),
    ]


def _notes(report: Report) -> list[str]:
    """The year of the base values, and the targets without one, which no pace can be computed for."""
    targets, lang = report.progress, report.lang
    year = str(int(report.plan["base_year"]))
    dated = [label("baseline.base_year", lang, year=year)] if targets["base_period"].eq(year).any() else []
    none = _without_base(targets)
    named = [label("baseline.no_base", lang, names=words.names(none, lang), count=len(none))]
    return dated + named * bool(len(none))


def _without_base(targets: pd.DataFrame) -> pd.DataFrame:
    """Targets that need a base and have none."""
    needed = targets["kind"].isin(("level", "range", "cumulative_change"))
    return targets[targets["base_value"].isna() & needed]


def monitored(report: Report) -> list[dict]:
    """What is to be measured for each target, and what must be settled first."""
    targets, lang = report.progress, report.lang
    offices, known = targets[f"office_{lang}"], _known(report)
    columns = [
        *cells.target_columns(lang),
        Column("basis", lambda row: row[f"basis_{lang}"]),
        Column("known", lambda row: known.get(row["target"], words.NONE), "right"),
        Column("check_time", lambda row: _check(row, lang)),
        Column("office", lambda row: row[f"office_{lang}"] or words.NONE),
    ]
    # A column that says nothing of any target is left out.
    idle = {"known": not known, "office": offices.eq("").all()}
    shown = [column for column in columns if not idle.get(column.key, False)]
    blocks = [
        *paragraphs([label("baseline.measured", lang)]),
        report.show("monitored", targets, shown),
    ]
    settle = _settle(targets, offices, lang)
    return [report.section("section.monitored", [*blocks, *([bullets(settle)] if settle else [])])]


def _known(report: Report) -> dict[str, str]:
    """The newest figure of each target that was published before the plan's own years."""
    history = report.table(INDICATORS, "history").sort_values("position", kind="stable")
    return {
        target: rows["published"].iloc[-1]
        + cells.bracketed(words.period(rows["period"].iloc[-1], report.lang), report.lang)
        for target, rows in history.groupby("target", sort=False)
    }


def _check(row: pd.Series, lang: str) -> str:
    """When a target is held against figures."""
    key = "sum" if row["kind"] == "cumulative_sum" else "end"
    if row["kind"] in _EVERY_YEAR:
        key = "every_year" if "/" in row["target_period"] else "until"
    return label(f"baseline.check.{key}", lang, period=words.period(row["target_period"], lang))


def _settle(targets: pd.DataFrame, offices: pd.Series, lang: str) -> list[str]:
    """What must be known before the first figures come."""
    ends = targets["target_position"].astype(float)
    early = targets[ends < ends.max()]
    counts = {
        "offices": int(offices.eq("").sum()),
        "bases": len(_without_base(targets)),
        "direction": int(targets["known_direction"].eq("unknown").sum()),
    }
    sentences = [label(f"baseline.settle.{key}", lang, count=count) for key, count in counts.items() if count]
    if len(early):
        period = words.period(early.loc[ends[early.index].idxmin(), "target_period"], lang)
        named = {"names": words.names(early, lang), "count": len(early)}
        sentences.append(label("baseline.settle.first", lang, period=period, **named))
    return sentences
