"""The public's view: what those asked have answered."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Column, Report, paragraphs
from zbanalysis.report.chapters import measures
from zbanalysis.report.words import label

SECTION = "06_survey"
PARTS = ("profile", "practice", "opinion")
"""Who answered, what they do or receive, what they think."""


def sections(report: Report) -> list[dict]:
    """What those asked answered, and what was written; every answer stands in the annex."""
    shares, summary = report.table(SECTION, "shares"), report.table(SECTION, "summary")
    heard = measures.heard(report)
    if summary.empty:
        return [report.section("section.survey", paragraphs(heard))] if heard else []
    texts = [sentences(summary, shares, report.lang), heard]
    parts = paragraphs([words.flowing(text, report.lang) for text in texts if text])
    if shares["shown"].any():
        parts += paragraphs([report.label("text.see_survey")])
        parts.append(report.figure(SECTION, "survey", cites=report.cites(SECTION, "shares")))
    return [report.section("section.survey", parts)]


def answers(report: Report) -> list[dict]:
    """Every answer, for the annex."""
    shares, lang = report.table(SECTION, "shares"), report.lang
    if not shares["shown"].any():
        return []
    rows = printed(shares)
    # What is the same of every answer stands once: in the caption, or in a note.
    whole = rows["status"].eq("possible").all()
    same = {"answers": len(rows["n"].unique()) == 1, "check": whole}
    shown = [column for column in columns(shares, lang) if not same.get(column.key)]
    notes = [report.label("text.survey_whole")] if whole else []
    table = report.show("survey", rows, shown, notes=notes, cites=report.cites(SECTION, "shares"))
    given = {"caption": table["caption"], **_asked(report.table(SECTION, "summary"), lang)}
    table["caption"] = report.label("caption.survey_of", **given)
    return [report.section("section.survey", [table])]


def _asked(summary: pd.DataFrame, lang: str) -> dict[str, str]:
    """How many answered, and how they were chosen."""
    asked = summary[summary["answers"] > 0]
    kinds = [label(f"entry.choice.sample.{kind}", lang) for kind in asked["sample"].drop_duplicates()]
    return {"n": "/".join(f"{n:.0f}" for n in asked["n"]), "sample": words.listing(kinds, lang)}


def sentences(summary: pd.DataFrame, answers: pd.DataFrame, lang: str) -> list[str]:
    """What was received, who answered, what the shares may be used for.

    Parameters
    ----------
    summary, answers
        From `survey.summary` and `survey.shares`.
    lang
        ``zh`` or ``en``.
    """
    texts = []
    for row in summary[summary["answers"] > 0].itertuples():
        own = answers[answers["survey"] == row.survey]
        texts.append(label("text.survey", lang, n=int(row.n), answers=int(row.answers)))
        if row.sent > 0:
            texts.append(
                label("text.survey_sent", lang, sent=int(row.sent), rate=words.percent(row.n / row.sent))
            )
        if row.impossible:
            texts.append(label("text.survey_impossible", lang, impossible=int(row.impossible)))
        texts.append(label(f"text.survey_{row.sample}", lang))
        texts += _beneficiaries(own, lang)
        if row.overlap:
            texts.append(label("text.survey_overlap", lang))
    opinions = summary[summary["answers"] == 0]
    return texts + [label("text.survey_opinions", lang, n=int(row.n)) for row in opinions.itertuples()]


def _beneficiaries(own: pd.DataFrame, lang: str) -> list[str]:
    """Who of those who answered benefits from what was asked about."""
    rows = own[(own["beneficiary"] == "yes") & own["shown"]]
    if rows.empty:
        return []
    named = [
        label("text.survey_share", lang, what=words.within(row[f"text_{lang}"]), share=row["share"])
        for _, row in rows.iterrows()
    ]
    return [label("text.survey_beneficiaries", lang, shares=("、" if lang == "zh" else "; ").join(named))]


def printed(answers: pd.DataFrame) -> pd.DataFrame:
    """The answers with a share, part by part; opinions from the largest share down."""
    rows = answers[answers["status"] != "no_share"]
    part = rows["part"].map({name: number for number, name in enumerate(PARTS)}).fillna(len(PARTS))
    falling = -rows["fraction"].where(part >= PARTS.index("opinion"), 0)
    rows = rows.assign(part_order=part, falling=falling)
    rows = rows.sort_values(["part_order", "falling"], kind="stable")
    return rows.assign(place=range(1, len(rows) + 1))


def columns(answers: pd.DataFrame, lang: str) -> list[Column]:
    """The columns of the table of answers."""

    def people(row: pd.Series) -> str:
        """The whole number of questionnaires behind a share, or the range of those it may be."""
        if not row["shown"] or words.missing(row["count_low"]):
            return words.NONE
        if row["count_low"] == row["count_high"]:
            return cells.number(row["count_low"], 0)
        return label("interval", lang, low=f"{row['count_low']:.0f}", high=f"{row['count_high']:.0f}")

    def part(row: pd.Series) -> str:
        return label(f"entry.choice.part.{row['part']}", lang) if row["part"] else words.NONE

    def sample(row: pd.Series) -> str:
        if words.missing(row["low"]):
            return words.NONE
        return label("interval", lang, low=words.percent(row["low"]), high=words.percent(row["high"]))

    random = bool(printed(answers)["probability"].any())
    divided = answers["part"].ne("").any()
    return [
        Column("order", lambda row: cells.number(row["place"], 0), "right"),
        *([Column("survey_part", part)] if divided else []),
        Column("question", lambda row: row[f"text_{lang}"]),
        Column(
            "share", lambda row: cells.printed(f"{row['share']}%") if row["shown"] else words.NONE, "right"
        ),
        Column("people", people, "right"),
        *([Column("sample_interval", sample, "right")] if random else []),
        Column("answers", lambda row: cells.number(row["n"], 0), "right"),
        Column("check", lambda row: label(f"survey_status.{row['status']}", lang)),
    ]
