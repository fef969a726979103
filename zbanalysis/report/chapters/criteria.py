"""合理性, 可操作性, 绩效性: the verdict of each, three facts for it, what would change it; and the rules."""

from __future__ import annotations

import pandas as pd

from zbanalysis.outlook import criteria as rules
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Column, Report, paragraphs

CONCLUSION = "09_conclusion"


def sentence(report: Report) -> list[str]:
    """The three verdicts in one sentence."""
    criteria = report.table(CONCLUSION, "criteria")
    parts = [
        report.label(
            "criteria.part", criterion=words.within(report.label(f"criterion.{row.criterion}")),
            verdict=report.label(f"criteria_verdict.{row.verdict}"),
        )
        for row in criteria.itertuples()
        if row.verdict != "cannot_judge"
    ]  # fmt: skip
    return [report.label("criteria.sentence", parts=words.listing(parts, report.lang))] if parts else []


def sections(report: Report) -> list[dict]:
    """The conclusion on the three criteria; none where not one can be judged."""
    criteria = report.table(CONCLUSION, "criteria")
    if criteria["verdict"].eq("cannot_judge").all():
        return []
    facts = report.table(CONCLUSION, "facts").set_index("fact")
    judged = criteria[criteria["verdict"] != "cannot_judge"]
    names = [report.label(f"criterion.{name}") for name in judged["criterion"]]
    names = [name if place == 0 else words.within(name) for place, name in enumerate(names)]
    shown = report.show("criteria", judged, _columns(report, facts), notes=_open(report, criteria))
    shown["caption"] = report.label("caption.criteria_of", names=words.listing(names, report.lang))
    blocks = [shown, *paragraphs(_rated(criteria, report.table(CONCLUSION, "rated"), report))]
    return [report.section("section.criteria_found", blocks, sentence=sentence(report)[0].rstrip("。."))]


def _open(report: Report, criteria: pd.DataFrame) -> list[str]:
    """Which criteria cannot be judged yet, and the three facts that are lacking first."""
    facts = report.table(CONCLUSION, "facts").set_index("fact")
    notes = []
    for row in criteria[criteria["verdict"] == "cannot_judge"].itertuples():
        lacking = [name for name in row.reasons.split() if facts.loc[name, "grade"] == "unknown"]
        texts = [fact(facts.loc[name].rename(name), report) for name in lacking]
        notes.append(
            report.label(
                "criteria.open", criterion=report.label(f"criterion.{row.criterion}"),
                facts=report.label("summary.joined").join(texts),
            )
        )  # fmt: skip
    return notes


def _columns(report: Report, facts: pd.DataFrame) -> list[Column]:
    def reasons(row: pd.Series) -> str:
        texts = [fact(facts.loc[name].rename(name), report) for name in row["reasons"].split()]
        return "\n".join(f"（{place}）{text}" if report.lang == "zh" else f"({place}) {text}"
                         for place, text in enumerate(texts, 1))  # fmt: skip

    def change(row: pd.Series) -> str:
        names = row["change"].split()
        if not names:
            return words.NONE
        direction = "worse" if row["verdict"] == "strong" else "better"
        texts = [report.label(f"fact.{name}.{direction}", **_counts(facts.loc[name])) for name in names]
        then = report.label(f"criteria_verdict.{row['changed']}")
        return report.label("criteria.change", facts=words.listing(texts, report.lang), verdict=then)

    return [
        Column("criterion", lambda row: report.label(f"criterion.{row['criterion']}"), floor=5),
        Column("criteria_verdict", lambda row: report.label(f"criteria_verdict.{row['verdict']}"), floor=4),
        Column("reasons", reasons),
        Column("change", change),
    ]


def _counts(row: pd.Series) -> dict[str, int]:
    if words.missing(row["share"]):
        return {"count": 0, "total": 0, "against": 0, "share": 0}
    count, total = round(row["count"]), round(row["total"])
    return {"count": count, "total": total, "against": total - count, "share": count}


def fact(row: pd.Series, report: Report) -> str:
    """A fact in words: for how many it holds, and the numbers of those it does not hold for."""
    name = row.get("fact", row.name)
    if words.missing(row["share"]):
        return report.label(f"fact.{name}.unknown")
    if row["count"] == row["total"]:
        return report.label(f"fact.{name}.all", **_counts(row))
    key = f"fact.{name}.none"
    if row["count"] == 0 and words.known(key):
        return report.label(key, **_counts(row))
    orders = [int(order) for order in str(row["against"]).split()]
    text = report.label(f"fact.{name}.some", **_counts(row))
    if not orders or len(orders) > 6:
        return text
    key = "criteria.with_numbers" if name in _AGAINST else "criteria.but_numbers"
    return report.label(key, text=text, numbers=words.numbering(orders, report.lang))


_AGAINST = ("not_far_exceeded", "not_lowered", "not_overtaken", "in_step")
"""Facts whose words name those that the fact does not hold for, as its numbers do."""


def _rated(criteria: pd.DataFrame, rated: pd.DataFrame, report: Report) -> list[str]:
    """What people's ratings say beside it, with and without weights."""
    sentences = []
    for row in criteria[criteria["rating"].notna()].itertuples():
        raters = rated[rated["criterion"] == row.criterion]
        who = words.listing([report.label(f"rater.{one}") for one in raters["rater"]], report.lang)
        sentences.append(
            report.label(
                "criteria.rated", criterion=report.label(f"criterion.{row.criterion}"), who=who,
                n=int(raters["n"].sum()), weighted=words.number(row.rating, 0),
                plain=words.number(row.rating_unweighted, 0),
                verdict=report.label(f"criteria_verdict.{row.verdict_unrated}"),
                unweighted=report.label(f"criteria_verdict.{row.verdict_unweighted}"),
            )
        )  # fmt: skip
    return sentences


def annex(report: Report) -> list[dict]:
    """The rules: each fact with its grade and the shares from which it is good and fair."""
    facts = report.table(CONCLUSION, "facts")
    limits = report.table(CONCLUSION, "criteria_rules").set_index("fact")
    columns = [
        Column("criterion", lambda row: report.label(f"criterion.{row['criterion']}")),
        Column("fact", lambda row: fact(row, report)),
        Column("good_from", lambda row: cells.percent(limits.loc[row["fact"], "good"], 0), "right"),
        Column("fair_from", lambda row: cells.percent(limits.loc[row["fact"], "fair"], 0), "right"),
        Column("fact_grade", lambda row: report.label(f"fact_grade.{row['grade']}")),
    ]
    rule = report.label(
        "criteria.rule", strong=words.percent(rules.STRONG_FROM, 0), weak=words.percent(rules.WEAK_FROM, 0),
        judged=words.percent(rules.JUDGED_FROM, 0), adequate=words.number(rules.RATED_ADEQUATE, 0),
        low=words.number(rules.RATED_WEAK, 0),
    )  # fmt: skip
    shown = report.show("criteria_facts", facts, columns)
    return [report.section("section.criteria_rules", [*paragraphs([rule]), shown])]
