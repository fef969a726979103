"""The documents themselves: do they agree with themselves and with each other?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import blocks, cells, words
from zbanalysis.report.blocks import TASKS, Column, Report, bullets, paragraphs
from zbanalysis.report.chapters import basis
from zbanalysis.report.words import label

SECTION = "05_audit"
VERDICTS = ("contradicts", "revised_later", "agrees_within_rounding", "agrees", "cannot_be_checked")
"""Gravest first."""
COUNTED = ("agrees", "agrees_within_rounding", "contradicts", "revised_later", "cannot_be_checked")
"""As they are counted in a sentence."""
SIGNS = {"equals": "", "at_least": "≥ ", "more_than": "> ", "less_than": "< ", "about": "≈ "}
_UNITS = {"percent": "%"}


def sections(report: Report) -> list[dict]:
    """What was found: statements and figures that need a word; none where nothing could be checked."""
    statements, conflicts = report.table(SECTION, "statements"), report.table(SECTION, "conflicts")
    if statements.empty:
        return []
    parts = paragraphs(sentences(statements, report.lang))
    finds = find_sentences(conflicts, report.lang)
    finds += basis.schedule_sentences(report.table(TASKS, "course"), report.lang)
    if finds:
        parts += [*paragraphs([report.label("text.audit_finds")]), bullets(finds)]
    tables = (
        ("statements", noteworthy(statements), statement_columns, "text.audit_note"),
        ("conflicts", conflicts, conflict_columns, "text.audit_conflicts_note"),
    )
    for name, rows, columns, note in tables:
        if len(rows):
            given = {"notes": [report.label(note)], "cites": report.cites(SECTION, name)}
            parts += paragraphs([report.label(f"text.see_audit_{name}")])
            parts.append(report.show(name, rows, columns(report.lang, report.numbers), **given))
    return [report.section("section.audit", parts)]


def every(report: Report) -> list[dict]:
    """Every statement checked, with the arithmetic, in the order of the documents; perhaps none."""
    statements = report.table(SECTION, "statements")
    if statements.empty:
        return []
    source, statement, *columns = statement_columns(report.lang, report.numbers)
    where = statements.apply(source.cell, axis=1)
    # Statements are grouped by their place in the document, which stands once.
    shown = statements.assign(place=where.where(where != where.shift(), ""))
    mark = Column("audit_verdict", lambda row: label(f"audit.mark.{row['verdict']}", report.lang))
    again = int(statements["again"].sum())
    seen = report.label("text.see_every_statement", count=len(statements))
    seen += report.label("text.again", count=again) if again else ""
    made = report.show(
        "every_statement",
        shown,
        [
            source._replace(cell=lambda row: row["place"]),
            statement._replace(floor=23 if report.lang == "en" else 0),
            *columns[:2],
            mark,
        ],
        notes=[report.label("text.audit_note"), report.label("text.audit_signs_note")],
        cites=report.cites(SECTION, "statements"),
    )
    return [report.section("appendix.statements", [*paragraphs([seen]), made])]


def sentences(statements: pd.DataFrame, lang: str) -> list[str]:
    """How much was checked and how it stands, each statement once; what bears on targets is named."""
    once = statements[~statements["again"]]
    recomputed = once["nature"] == "recomputed"
    parts = (("text.audit_recomputed", once[recomputed]), ("text.audit_repeated", once[~recomputed]))
    wrong = once[(once["verdict"] == "contradicts") & once["on_target"]]
    slips = once[once["reason"] == "points_as_percent"]
    return [
        *(label(key, lang, total=len(rows), counts=_counts(rows, lang)) for key, rows in parts if len(rows)),
        *(
            label(
                "text.audit_on_target",
                lang,
                says=row[f"says_{lang}"],
                claim=_stated(row),
                arithmetic=row["arithmetic"],
            )
            for _, row in wrong.iterrows()
        ),
        *(
            label("text.audit_points", lang, says=row[f"says_{lang}"], claim=row["claim"])
            for _, row in slips.iterrows()
        ),
    ]


def _counts(rows: pd.DataFrame, lang: str) -> str:
    """How many have each verdict, in words; a verdict that none has is not named."""
    counts = rows["verdict"].value_counts()
    if len(counts) == 1 and len(rows) > 1:
        return label(f"text.audit_all.{counts.index[0]}", lang)
    named = [
        label(f"text.audit_count.{name}", lang, count=int(counts[name])) for name in COUNTED if name in counts
    ]
    return ("，" if lang == "zh" else "; ").join(named)


def find_sentences(conflicts: pd.DataFrame, lang: str) -> list[str]:
    """A sentence for each find that a reviewer must see."""
    sentences = [_sentence(row, lang) for _, row in conflicts.iterrows()]
    return list(dict.fromkeys(filter(None, sentences)))


def _sentence(row: pd.Series, lang: str) -> str:
    """A sentence for a find; a figure replaced as announced, or told by another find, needs none."""
    if row["relation"] == "revised_later" and row["find"] in ("figures_differ", "base_differs"):
        return ""
    if row["find"] == "figures_differ" and row["relation"] != "same_document":
        return ""
    return label(
        f"text.audit.{row['find']}", lang,
        name=words.name_in_text(row.drop("area"), lang), first=row["first"], second=row["second"],
        period=words.period(row["period"], lang), measure=row[f"measure_{lang}"],
        first_source=row[f"first_source_{lang}"], second_source=row[f"second_source_{lang}"],
    )  # fmt: skip


def noteworthy(statements: pd.DataFrame) -> pd.DataFrame:
    """The statements that do not simply agree, gravest first, those on targets before others."""
    statements = statements[~statements["again"]]
    open_ones = statements["verdict"].isin(["contradicts", "revised_later", "agrees_within_rounding"])
    chosen = statements[open_ones | (statements["reason"] == "points_as_percent")]
    order = chosen.assign(
        grave=chosen["verdict"].map(VERDICTS.index), aside=~chosen["on_target"].astype(bool)
    )
    return chosen.loc[order.sort_values(["grave", "aside"], kind="stable").index]


def verdicts_table(statements: pd.DataFrame, lang: str) -> pd.DataFrame:
    """How many statements have which verdict; from `audit.audit`."""
    once = statements[~statements["again"]]
    counts = once["verdict"].value_counts().reindex(VERDICTS, fill_value=0)
    columns = [
        Column("audit_verdict", lambda row: label(f"audit.verdict.{row['verdict']}", lang)),
        Column("audit_count", lambda row: cells.number(row["count"], 0), "right"),
    ]
    return blocks.frame(counts.rename_axis("verdict").reset_index(), columns, lang)


def statement_columns(lang: str, numbers: Mapping[str, int] | None = None) -> list[Column]:
    """The columns of statements; a document is named by its number in the report's list, else its title."""

    def why(row: pd.Series) -> str:
        return (
            label(f"audit.reason.{row['reason']}", lang, detail=row["detail"])
            if row["reason"]
            else words.NONE
        )

    return [
        Column("statement_source", lambda row: place(row, "source", "locator", lang, numbers)),
        Column("statement", lambda row: row[f"says_{lang}"]),
        Column("stated_number", _stated, "right"),
        Column("arithmetic", lambda row: cells.printed(row["arithmetic"])),
        Column("audit_verdict", lambda row: label(f"audit.verdict.{row['verdict']}", lang)),
        Column("audit_note", why),
    ]


def _stated(row: pd.Series) -> str:
    return cells.printed(row["claim"] + _UNITS.get(row["unit"], ""), before=SIGNS[row["relation"]])


def conflict_columns(lang: str, numbers: Mapping[str, int] | None = None) -> list[Column]:
    """The columns of figures that differ; documents as in `statement_columns`."""

    def figure(side: str) -> object:
        def cell(row: pd.Series) -> str:
            where = place(row, f"{side}_source", f"{side}_locator", lang, numbers)
            after = f" {where}" if numbers is not None else cells.bracketed(where, lang)
            return f"{row[side]}{after}"

        return cell

    return [
        Column("find", lambda row: label(f"audit.find.{row['find']}", lang)),
        Column("indicator", lambda row: row[f"name_{lang}"]),
        Column("period", lambda row: words.period(row["period"], lang)),
        Column("first_figure", figure("first")),
        Column("second_figure", figure("second")),
        Column("find_relation", lambda row: _standing(row, lang)),
    ]


def _standing(row: pd.Series, lang: str) -> str:
    """How the two stand to each other, or what they are held against."""
    if row["find"] in ("equal_in_other_area", "target_lowered_and_met", "met_and_fell_back"):
        against = label(f"audit.against.{row['find']}", lang, measure=row[f"measure_{lang}"])
        basis = row["relation"] == "different_basis"
        return against + (label("audit.also_basis", lang) if basis else "")
    return label(f"audit.relation.{row['relation']}", lang)


def place(
    row: pd.Series, source: str, locator: str, lang: str, numbers: Mapping[str, int] | None = None
) -> str:
    """A document and the place in it; its headings are Chinese, so English names the document alone."""
    if numbers is not None:
        mark = f"[{numbers[row[source]]}]"
        return f"{mark} {row[locator]}" if lang == "zh" else mark
    title = row[f"{source}_{lang}"]
    return f"{title}，{row[locator]}" if lang == "zh" else title
