"""What the documents say, reckoned again; figures that claim the same thing and differ."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

STATEMENT_COLUMNS = (
    "statement_source",
    "statement",
    "stated_number",
    "arithmetic",
    "audit_verdict",
    "audit_note",
)
CONFLICT_COLUMNS = ("find", "indicator", "period", "first_figure", "second_figure", "find_relation")
EVERY_COLUMNS = (*STATEMENT_COLUMNS[:4], "audit_verdict")
VERDICTS = ("contradicts", "revised_later", "agrees_within_rounding", "agrees", "cannot_be_checked")
SIGNS = {"equals": "", "at_least": "≥ ", "more_than": "> ", "less_than": "< ", "about": "≈ "}
_UNITS = {"percent": "%"}


def verdict_counts(statements: pd.DataFrame, lang: str) -> pd.DataFrame:
    """How many statements have which verdict.

    Parameters
    ----------
    statements
        From `audit.audit`.
    lang
        ``zh`` or ``en``.
    """
    counts = statements["verdict"].value_counts()
    rows = [[label(f"audit.verdict.{name}", lang), str(counts.get(name, 0))] for name in VERDICTS]
    return pd.DataFrame(rows, columns=cells.headings(("audit_verdict", "audit_count"), lang))


def noteworthy(statements: pd.DataFrame) -> pd.DataFrame:
    """The statements that do not simply agree, gravest first; what cannot be checked is only counted."""
    open_ones = statements["verdict"].isin(["contradicts", "revised_later", "agrees_within_rounding"])
    chosen = statements[open_ones | (statements["reason"] == "points_as_percent")]
    order = chosen["verdict"].map(VERDICTS.index)
    return chosen.loc[order.sort_values(kind="stable").index]


def statements(found: pd.DataFrame, lang: str, citations: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Statements with their arithmetic and verdict, as texts.

    Parameters
    ----------
    found
        From `audit.for_plan` over `audit.audit`, or some rows of it.
    lang
        ``zh`` or ``en``.
    citations
        Number of each document in the report's list; without it a document is named by its title.
    """
    rows = [
        [
            place(row, "source", "locator", lang, citations),
            row[f"says_{lang}"],
            _stated(row),
            row["arithmetic"] or wording.NONE,
            label(f"audit.verdict.{row['verdict']}", lang),
            reason(row, lang),
        ]
        for _, row in found.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(STATEMENT_COLUMNS, lang))


def every_statement(found: pd.DataFrame, lang: str, citations: Mapping[str, int]) -> pd.DataFrame:
    """Every statement in short, grouped by its place in the document, which stands once.

    Parameters as for `statements`.
    """
    places = [place(row, "source", "locator", lang, citations) for _, row in found.iterrows()]
    rows = [
        [
            where if not number or where != places[number - 1] else "",
            row[f"says_{lang}"],
            _stated(row),
            row["arithmetic"] or wording.NONE,
            label(f"audit.mark.{row['verdict']}", lang),
        ]
        for number, (where, (_, row)) in enumerate(zip(places, found.iterrows(), strict=True))
    ]
    return pd.DataFrame(rows, columns=cells.headings(EVERY_COLUMNS, lang))


def _stated(row: pd.Series) -> str:
    return SIGNS[row["relation"]] + row["claim"] + _UNITS.get(row["unit"], "")


def reason(row: pd.Series, lang: str) -> str:
    """Why a statement has its verdict, where that needs a word."""
    if not row["reason"]:
        return wording.NONE
    return label(f"audit.reason.{row['reason']}", lang, detail=row["detail"])


def conflicts(found: pd.DataFrame, lang: str, citations: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Figures that differ and turns that need a word, as texts.

    Parameters
    ----------
    found
        From `audit.for_plan` over `audit.conflicts`.
    lang
        ``zh`` or ``en``.
    citations
        As for `statements`.
    """

    def shown(row: pd.Series, side: str) -> str:
        where = place(row, f"{side}_source", f"{side}_locator", lang, citations)
        return f"{row[side]}{_bracketed(where, lang)}" if citations is None else f"{row[side]} {where}"

    rows = [
        [
            label(f"audit.find.{row['find']}", lang),
            row[f"name_{lang}"],
            wording.period(row["period"], lang),
            shown(row, "first"),
            shown(row, "second"),
            _standing(row, lang),
        ]
        for _, row in found.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(CONFLICT_COLUMNS, lang))


def _standing(row: pd.Series, lang: str) -> str:
    """How the two stand to each other, or what they are held against."""
    key = f"audit.against.{row['find']}"
    if row["find"] in ("equal_in_other_area", "target_lowered_and_met", "met_and_fell_back"):
        words = label(key, lang, measure=row[f"measure_{lang}"])
        basis = row["relation"] == "different_basis"
        return words + (label("audit.also_basis", lang) if basis else "")
    return label(f"audit.relation.{row['relation']}", lang)


def place(
    row: pd.Series, source: str, locator: str, lang: str, citations: Mapping[str, int] | None = None
) -> str:
    """A document and the place in it; its headings are Chinese, so English names the document alone."""
    if citations is not None:
        mark = f"[{citations[row[source]]}]"
        return f"{mark} {row[locator]}" if lang == "zh" else mark
    title = row[f"{source}_{lang}"]
    return f"{title}，{row[locator]}" if lang == "zh" else title


def _bracketed(text: str, lang: str) -> str:
    return f"（{text}）" if lang == "zh" else f" ({text})"
