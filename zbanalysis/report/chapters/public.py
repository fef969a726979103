"""The public's view: what those asked have answered."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import blocks, cells, words
from zbanalysis.report.blocks import Column, Report, paragraphs, see
from zbanalysis.report.words import label

SECTION = "06_survey"


def sections(report: Report) -> list[dict]:
    """One section; a sentence instead of a table where nothing was published."""
    found, summary = report.table(SECTION, "shares"), report.table(SECTION, "summary")
    parts = paragraphs(sentences(summary, report.lang))
    if found["shown"].any():
        cites = report.cites(SECTION, "shares")
        places = {"figure_survey": see("figure-survey"), "survey": see("survey")}
        parts += [
            *paragraphs([report.label("text.see_survey", **places)]),
            report.figure(SECTION, "survey", cites=cites),
            report.show("survey", _printed(found), columns(found, report.lang), cites=cites),
        ]
    return [report.section("section.survey", parts)]


def sentences(summary: pd.DataFrame, lang: str) -> list[str]:
    """What was received, what the shares may and may not be used for; from `survey.summary`."""
    if summary.empty:
        return [label("text.no_survey", lang)]
    found = []
    for row in summary[summary["answers"] > 0].itertuples():
        found.append(
            label("text.survey", lang, n=int(row.n), answers=int(row.answers), impossible=int(row.impossible))
        )
        found.append(label("text.survey_random" if row.probability else "text.survey_self_selected", lang))
        if row.overlap:
            found.append(label("text.survey_overlap", lang))
    opinions = summary[summary["answers"] == 0]
    return found + [label("text.survey_opinions", lang, n=int(row.n)) for row in opinions.itertuples()]


def answers_table(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Share and count of each answer, in the order of the questionnaire; an interval for random samples only.

    Parameters
    ----------
    found
        From `survey.shares`.
    lang
        ``zh`` or ``en``.
    """
    return blocks.frame(_printed(found), columns(found, lang), lang)


def _printed(found: pd.DataFrame) -> pd.DataFrame:
    printed = found[found["status"] != "no_share"].reset_index(drop=True)
    return printed.assign(place=printed.index + 1)


def columns(found: pd.DataFrame, lang: str) -> list[Column]:
    """The columns of the table of answers."""

    def people(row: pd.Series) -> str:
        """The whole number of questionnaires behind a share, or the range of those it may be."""
        if not row["shown"] or words.missing(row["count_low"]):
            return words.NONE
        if row["count_low"] == row["count_high"]:
            return cells.number(row["count_low"], 0)
        return label("interval", lang, low=f"{row['count_low']:.0f}", high=f"{row['count_high']:.0f}")

    def sample(row: pd.Series) -> str:
        if words.missing(row["low"]):
            return words.NONE
        return label("interval", lang, low=words.percent(row["low"]), high=words.percent(row["high"]))

    random = bool(_printed(found)["probability"].any())
    return [
        Column("order", lambda row: cells.number(row["place"], 0), "right"),
        Column("question", lambda row: row[f"text_{lang}"]),
        Column(
            "share", lambda row: cells.printed(f"{row['share']}%") if row["shown"] else words.NONE, "right"
        ),
        Column("people", people, "right"),
        *([Column("sample_interval", sample, "right")] if random else []),
        Column("answers", lambda row: cells.number(row["n"], 0), "right"),
        Column("check", lambda row: label(f"survey_status.{row['status']}", lang)),
    ]
