"""The public's view: what those asked have answered."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Column, Report
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
        return [report.section("section.survey", heard)]
    texts = [sentences(summary, shares, report.lang), heard]
    parts = [words.flowing(text, report.lang) for text in texts]
    if shares["shown"].any():
        figure = report.figure(SECTION, "survey", cites=(SECTION, "shares"))
        parts += [report.label("text.see_survey"), figure]
    return [report.section("section.survey", parts)]


def answers(report: Report) -> list[dict]:
    """Every answer, for the annex."""
    shares, lang = report.table(SECTION, "shares"), report.lang
    if not shares["shown"].any():
        return []
    rows = printed(shares)
    # What is the same of every answer stands once: in the caption, or in a note.
    whole, asked = rows["status"].eq("possible").all(), report.table(SECTION, "summary").query("answers > 0")
    same = {"answers": rows["n"].min() == rows["n"].max(), "check": whole}
    shown = [column for column in columns(shares) if not same.get(column.key)]
    notes = [report.label("text.survey_whole")] if whole else []
    table = report.show("survey", rows, shown, notes=notes, cites=(SECTION, "shares"))
    # How many answered, and how they were chosen.
    kinds = [label(f"entry.choice.sample.{kind}", lang) for kind in asked["sample"].drop_duplicates()]
    given = {"n": "/".join(f"{n:.0f}" for n in asked["n"]), "sample": words.listing(kinds, lang)}
    table["caption"] = report.label("caption.survey_of", caption=table["caption"], **given)
    return [report.section("section.survey", [table])]


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
        texts.append(label("text.survey", lang, n=int(row.n), answers=int(row.answers)))
        if row.sent > 0:
            rate = words.percent(row.n / row.sent)
            texts.append(label("text.survey_sent", lang, sent=int(row.sent), rate=rate))
        if row.impossible:
            texts.append(label("text.survey_impossible", lang, impossible=int(row.impossible)))
        texts.append(label(f"text.survey_{row.sample}", lang))
        # Who of those who answered benefits from what was asked about.
        own = answers[answers["survey"].eq(row.survey) & answers["beneficiary"].eq("yes") & answers["shown"]]
        shares = ("、" if lang == "zh" else "; ").join(
            label("text.survey_share", lang, what=words.within(what), share=share)
            for what, share in zip(own[f"text_{lang}"], own["share"], strict=True)
        )
        texts += [label("text.survey_beneficiaries", lang, shares=shares)] if shares else []
        texts += [label("text.survey_overlap", lang)] if row.overlap else []
    opinions = summary.loc[summary["answers"] == 0, "n"]
    return texts + [label("text.survey_opinions", lang, n=int(n)) for n in opinions]


def printed(answers: pd.DataFrame) -> pd.DataFrame:
    """The answers with a share, part by part; opinions from the largest share down."""
    rows = answers[answers["status"] != "no_share"]
    part = rows["part"].map({name: number for number, name in enumerate(PARTS)}).fillna(len(PARTS))
    falling = -rows["fraction"].where(part >= PARTS.index("opinion"), 0)
    rows = rows.assign(part_order=part, falling=falling).sort_values(["part_order", "falling"], kind="stable")
    return rows.assign(place=range(1, len(rows) + 1))


def columns(answers: pd.DataFrame) -> list[Column]:
    """The columns of the table of answers; without parts and intervals where no answer has one."""

    def part(row: pd.Series, lang: str) -> str:
        return label(f"entry.choice.part.{row['part']}", lang) if row["part"] else words.NONE

    def share(row: pd.Series, _: str) -> str:
        return cells.printed(f"{row['share']}%") if row["shown"] else words.NONE

    def people(row: pd.Series, lang: str) -> str:
        """The whole number of questionnaires behind a share, or the range of those it may be."""
        low, high = row["count_low"], row["count_high"]
        if not row["shown"] or words.missing(low):
            return words.NONE
        return cells.number(low, 0) if low == high else cells.between(f"{low:.0f}", f"{high:.0f}", lang)

    def sample(row: pd.Series, lang: str) -> str:
        if words.missing(row["low"]):
            return words.NONE
        return cells.between(words.percent(row["low"]), words.percent(row["high"]), lang)

    random, divided = printed(answers)["probability"].any(), answers["part"].ne("").any()
    return [
        Column("order", cells.count("place"), "right"),
        *([Column("survey_part", part)] if divided else []),
        Column("question", "text"),
        Column("share", share, "right"),
        Column("people", people, "right"),
        *([Column("sample_interval", sample, "right")] if random else []),
        Column("answers", cells.count("n"), "right"),
        Column("check", lambda row, lang: label(f"survey_status.{row['status']}", lang)),
    ]
