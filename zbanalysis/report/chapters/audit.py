"""The documents themselves: do they agree with themselves and with each other?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import cells, words
from zbanalysis.report.blocks import TASKS, Column, Report, bullets
from zbanalysis.report.chapters import basis
from zbanalysis.report.words import label

SECTION = "05_audit"
VERDICTS = ("contradicts", "revised_later", "agrees_within_rounding", "agrees", "cannot_be_checked")
"""Gravest first."""
COUNTED = ("agrees", "agrees_within_rounding", "contradicts", "revised_later", "cannot_be_checked")
"""As they are counted in a sentence."""
SIGNS = {"equals": "", "at_least": "≥ ", "more_than": "> ", "less_than": "< ", "about": "≈ "}


def sections(report: Report) -> list[dict]:
    """What was found: statements and figures that need a word; none where nothing could be checked."""
    statements, conflicts = report.table(SECTION, "statements"), report.table(SECTION, "conflicts")
    if statements.empty:
        return []
    parts = sentences(statements, report.lang)
    finds = find_sentences(conflicts, report.lang)
    finds += basis.schedule_sentences(report.table(TASKS, "course"), report.lang)
    if finds:
        parts += [report.label("text.audit_finds"), bullets(finds)]
    tables = (
        ("statements", noteworthy(statements), statement_columns, "text.audit_note"),
        ("conflicts", conflicts, conflict_columns, "text.audit_conflicts_note"),
    )
    for name, rows, columns, note in tables:
        if len(rows):
            given = {"notes": [report.label(note)], "cites": (SECTION, name)}
            parts.append(report.label(f"text.see_audit_{name}"))
            parts.append(report.show(name, rows, columns(report.numbers), **given))
    return [report.section("section.audit", parts)]


def every(report: Report) -> list[dict]:
    """Every statement checked, with the arithmetic, in the order of the documents; perhaps none."""
    statements = report.table(SECTION, "statements")
    if statements.empty:
        return []
    source, statement, *columns = statement_columns(report.numbers)
    # Statements are grouped by their place in the document, which stands once.
    where = statements.apply(source.text, axis=1, lang=report.lang)
    shown = statements.assign(place=where.where(where != where.shift(), ""))
    mark = Column("audit_verdict", lambda row, lang: label(f"audit.mark.{row['verdict']}", lang))
    source, statement = source._replace(cell=lambda row, _: row["place"]), statement._replace(floor=(0, 23))
    seen = [report.label("text.see_every_statement", count=len(statements))]
    seen += words.counted({"text.again": statements["again"].sum()}, report.lang)
    notes = [report.label("text.audit_note"), report.label("text.audit_signs_note")]
    made = report.show(
        "every_statement",
        shown,
        [source, statement, *columns[:2], mark],
        notes=notes,
        cites=(SECTION, "statements"),
    )
    return [report.section("appendix.statements", ["".join(seen), made])]


def sentences(statements: pd.DataFrame, lang: str) -> list[str]:
    """How much was checked and how it stands, each statement once; what bears on targets is named."""
    once = statements[~statements["again"]]
    recomputed = once["nature"] == "recomputed"
    parts = {"text.audit_recomputed": once[recomputed], "text.audit_repeated": once[~recomputed]}
    wrong = once[(once["verdict"] == "contradicts") & once["on_target"]]
    slips = once[once["reason"] == "points_as_percent"]
    said = [
        label(key, lang, total=len(rows), counts=_counts(rows, lang))
        for key, rows in parts.items()
        if len(rows)
    ]
    for _, row in wrong.iterrows():
        given = {"says": row[f"says_{lang}"], "claim": _stated(row), "arithmetic": row["arithmetic"]}
        said.append(label("text.audit_on_target", lang, **given))
    claims = zip(slips[f"says_{lang}"], slips["claim"], strict=True)
    return said + [label("text.audit_points", lang, says=says, claim=claim) for says, claim in claims]


def _counts(rows: pd.DataFrame, lang: str) -> str:
    """How many have each verdict, in words; a verdict that none has is not named."""
    counts = rows["verdict"].value_counts()
    if len(counts) == 1 and len(rows) > 1:
        return label(f"text.audit_all.{counts.index[0]}", lang)
    counts = {f"text.audit_count.{name}": counts.get(name, 0) for name in COUNTED}
    return ("，" if lang == "zh" else "; ").join(words.counted(counts, lang))


def find_sentences(conflicts: pd.DataFrame, lang: str) -> list[str]:
    """A sentence for each find that a reviewer must see.

    A figure replaced as announced, or told by another find, needs none.
    """
    differ = conflicts["find"].eq("figures_differ")
    later = conflicts["relation"].eq("revised_later") & (differ | conflicts["find"].eq("base_differs"))
    needed = conflicts[~later & ~(differ & conflicts["relation"].ne("same_document"))]
    sentences = [
        label(
            f"text.audit.{row['find']}", lang,
            name=words.name_in_text(row.drop("area"), lang), first=row["first"], second=row["second"],
            period=words.period(row["period"], lang), measure=row[f"measure_{lang}"],
            first_source=row[f"first_source_{lang}"], second_source=row[f"second_source_{lang}"],
        )
        for _, row in needed.iterrows()
    ]  # fmt: skip
    return list(dict.fromkeys(sentences))


def noteworthy(statements: pd.DataFrame) -> pd.DataFrame:
    """The statements that do not simply agree, gravest first, those on targets before others."""
    statements = statements[~statements["again"]]
    open_ones = statements["verdict"].isin(["contradicts", "revised_later", "agrees_within_rounding"])
    chosen = statements[open_ones | (statements["reason"] == "points_as_percent")]
    aside = ~chosen["on_target"].astype(bool)
    order = chosen.assign(grave=chosen["verdict"].map(VERDICTS.index), aside=aside)
    return order.sort_values(["grave", "aside"], kind="stable")


def verdicts(statements: pd.DataFrame) -> pd.DataFrame:
    """How many statements have which verdict; from `audit.audit`."""
    counts = statements.loc[~statements["again"], "verdict"].value_counts()
    return counts.reindex(VERDICTS, fill_value=0).rename_axis("verdict").reset_index()


def _verdict(row: pd.Series, lang: str) -> str:
    return label(f"audit.verdict.{row['verdict']}", lang)


COUNTS = [Column("audit_verdict", _verdict), Column("audit_count", cells.count("count"), "right")]
"""The columns of the verdicts' counts."""


def statement_columns(numbers: Mapping[str, int] | None = None) -> list[Column]:
    """The columns of statements; a document is named by its number in the report's list, else its title."""

    def why(row: pd.Series, lang: str) -> str:
        known = row["reason"]
        return label(f"audit.reason.{known}", lang, detail=row["detail"]) if known else words.NONE

    return [
        Column("statement_source", lambda row, lang: place(row, "", lang, numbers)),
        Column("statement", "says"),
        Column("stated_number", _stated, "right"),
        Column("arithmetic", lambda row, _: cells.printed(row["arithmetic"])),
        Column("audit_verdict", _verdict),
        Column("audit_note", why),
    ]


def _stated(row: pd.Series, _: str = "") -> str:
    return cells.printed(row["claim"] + "%" * (row["unit"] == "percent"), before=SIGNS[row["relation"]])


def conflict_columns(numbers: Mapping[str, int] | None = None) -> list[Column]:
    """The columns of figures that differ; documents as in `statement_columns`."""

    def figure(row: pd.Series, side: str, lang: str) -> str:
        where = place(row, f"{side}_", lang, numbers)
        return f"{row[side]} {where}" if numbers is not None else row[side] + cells.bracketed(where, lang)

    def standing(row: pd.Series, lang: str) -> str:
        """How the two stand to each other, or what they are held against."""
        if row["find"] not in ("equal_in_other_area", "target_lowered_and_met", "met_and_fell_back"):
            return label(f"audit.relation.{row['relation']}", lang)
        against = label(f"audit.against.{row['find']}", lang, measure=row[f"measure_{lang}"])
        return against + (label("audit.also_basis", lang) if row["relation"] == "different_basis" else "")

    return [
        Column("find", lambda row, lang: label(f"audit.find.{row['find']}", lang)),
        Column("indicator", "name"),
        Column("period", lambda row, lang: words.period(row["period"], lang)),
        Column("first_figure", lambda row, lang: figure(row, "first", lang)),
        Column("second_figure", lambda row, lang: figure(row, "second", lang)),
        Column("find_relation", standing),
    ]


def place(row: pd.Series, side: str, lang: str, numbers: Mapping[str, int] | None = None) -> str:
    """A document and the place in it; its headings are Chinese, so English names the document alone."""
    source, locator = row[f"{side}source"], row[f"{side}locator"]
    if numbers is not None:
        return f"[{numbers[source]}] {locator}" if lang == "zh" else f"[{numbers[source]}]"
    title = row[f"{side}source_{lang}"]
    return f"{title}，{locator}" if lang == "zh" else title
