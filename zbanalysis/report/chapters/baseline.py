"""A plan just adopted, before any figure of its own years: what it promises, and what is to be measured."""

from __future__ import annotations

import pandas as pd

from zbanalysis.data.schema import BASED, EVERY_YEAR, IN_WORDS, SUMS
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import INDICATORS, Cell, Column, Report, bullets, filled, paragraphs
from zbanalysis.report.chapters.indicators import UNIT
from zbanalysis.report.words import label

FASTEST = 3
"""Targets that ask for most a year and are named."""

_EVERY_YEAR = (*EVERY_YEAR, "keep")


def page(report: Report) -> list[dict]:
    """The blocks of page one: what the plan promises, from where, and at what pace."""
    targets, lang, year = report.progress, report.lang, str(int(report.plan["base_year"]))
    # The year of the base values, and the targets without one, which no pace can be computed for.
    dated = targets["base_period"].eq(year).any()
    notes = [label("baseline.base_year", lang, year=year)] if dated else []
    notes += words.named({"baseline.no_base": _without_base(targets)}, lang)
    cites = (INDICATORS, "progress", "source")
    table = report.show("promise", targets, _columns(year), notes=notes, cites=cites)
    callout = {"type": "callout", "title": "", "text": _sentence(targets, lang)}
    return paragraphs([callout, _fastest(targets, lang), table | {"dense": True}])


def _sentence(targets: pd.DataFrame, lang: str) -> str:
    counts = {
        "baseline.in_words": targets["kind"].isin(IN_WORDS).sum(),
        "baseline.binding": targets["attribute"].eq("binding").sum(),
        "baseline.every_year": targets["kind"].isin(_EVERY_YEAR).sum(),
        "baseline.sum": targets["kind"].isin(SUMS).sum(),
        "baseline.based": targets["base_value"].notna().sum(),
    }
    parts = words.counted(counts, lang)
    key = "baseline.promise" if parts else "baseline.promise_only"
    return f"**{label(key, lang, total=len(targets), parts=words.listing(parts, lang))}**"


def _fastest(targets: pd.DataFrame, lang: str) -> str:
    """The targets that ask for most growth a year, of those that ask for growth."""

    def phrase(row: pd.Series, lang: str) -> str:
        return words.name_in_text(row, lang) + cells.bracketed(cells.asked(row, lang), lang)

    growing = targets[targets["asked_measure"] == "growth"]
    if len(growing) <= FASTEST:
        return ""
    most = growing.sort_values("asked", key=abs, ascending=False, kind="stable").head(FASTEST)
    return label("baseline.fastest", lang, names=words.each(most, lang, phrase))


def _columns(year: str) -> list[Column]:
    def base(row: pd.Series, lang: str) -> Cell:
        """The base value; its period where it is another than the plan's."""
        same = row["base_period"] == year
        return cells.printed(row["published_base_value"]) if same else cells.base(row, lang)

    return [
        *cells.target_columns((17, 20)),
        UNIT,
        Column("base", base, "right"),
        Column("target", cells.target, "right"),
        Column("asked_change", cells.total_change, "right", floor=(7, 0)),
        Column("asked", cells.asked, "right", floor=(7, 0)),
    ]


def _without_base(targets: pd.DataFrame) -> pd.DataFrame:
    """Targets that are measured from their base, have none, and state no pace of their own."""
    based = targets["kind"].isin(BASED) & targets["asked_measure"].eq("")
    return targets[targets["base_value"].isna() & based]


def monitored(report: Report) -> list[dict]:
    """What is to be measured for each target, and what must be settled first."""
    targets, lang = report.progress, report.lang
    # The newest figure of each target that was published before the plan's own years.
    history = report.table(INDICATORS, "history").sort_values("position", kind="stable")
    newest = history.drop_duplicates("target", keep="last").set_index("target")

    def known(row: pd.Series, lang: str) -> str:
        if row["target"] not in newest.index:
            return words.NONE
        figure, period = newest.loc[row["target"], ["published", "period"]]
        return figure + cells.bracketed(words.period(period, lang), lang)

    columns = [*cells.target_columns(), Column("basis"), Column("known", known, "right")]
    columns += [Column("check_time", _check), Column("office")]
    table = report.show("monitored", targets, filled(columns, targets, lang))
    settle = bullets(_settle(targets, lang))
    return [report.section("section.monitored", [report.label("baseline.measured"), table, settle])]


def _check(row: pd.Series, lang: str) -> str:
    """When a target is held against figures."""
    key = "sum" if row["kind"] in SUMS else "end"
    if row["kind"] in _EVERY_YEAR:
        key = "every_year" if "/" in row["target_period"] else "until"
    return label(f"baseline.check.{key}", lang, period=words.period(row["target_period"], lang))


def _settle(targets: pd.DataFrame, lang: str) -> list[str]:
    """What must be known before the first figures come."""
    counts = {
        "baseline.settle.offices": targets[f"office_{lang}"].eq("").sum(),
        "baseline.settle.bases": len(_without_base(targets)),
        "baseline.settle.direction": targets["known_direction"].eq("unknown").sum(),
    }
    ends = targets["target_position"].astype(float)
    first = words.period(targets.loc[ends.idxmin(), "target_period"], lang)
    early = {"baseline.settle.first": targets[ends < ends.max()]}
    return words.counted(counts, lang) + words.named(early, lang, period=first)
