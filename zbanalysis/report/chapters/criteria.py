"""合理性, 可操作性, 绩效性: the verdict of each, three facts for it, what would change it; and the rules."""

from __future__ import annotations

import pandas as pd

from zbanalysis.outlook import criteria as rules
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Column, Report
from zbanalysis.report.words import label

CONCLUSION = "09_conclusion"


def sentence(report: Report) -> list[str]:
    """The three verdicts in one sentence."""

    def part(row: pd.Series, lang: str) -> str:
        criterion = words.within(label(f"criterion.{row['criterion']}", lang))
        return label("criteria.part", lang, criterion=criterion, verdict=_verdict(row, lang))

    criteria = report.table(CONCLUSION, "criteria")
    parts = words.each(criteria[criteria["verdict"] != "cannot_judge"], report.lang, part)
    return [report.label("criteria.sentence", parts=parts)] if parts else []


def sections(report: Report) -> list[dict]:
    """The conclusion on the three criteria; none where not one can be judged."""
    criteria = report.table(CONCLUSION, "criteria")
    facts = report.table(CONCLUSION, "facts").set_index("fact", drop=False)
    judged = criteria[criteria["verdict"] != "cannot_judge"]
    if judged.empty:
        return []
    shown = report.show("criteria", judged, _columns(facts), notes=_open(criteria, facts, report.lang))
    first, *others = (report.label(f"criterion.{name}") for name in judged["criterion"])
    names = words.listing([first, *map(words.within, others)], report.lang)
    shown["caption"] = report.label("caption.criteria_of", names=names)
    blocks = [shown, *_rated(criteria, report.table(CONCLUSION, "rated"), report)]
    return [report.section("section.criteria_found", blocks, sentence=sentence(report)[0].rstrip("。."))]


def _open(criteria: pd.DataFrame, facts: pd.DataFrame, lang: str) -> list[str]:
    """Which criteria cannot be judged yet, and the three facts that are lacking first."""
    notes = []
    for row in criteria[criteria["verdict"] == "cannot_judge"].itertuples():
        lacking = [name for name in row.reasons.split() if facts.loc[name, "grade"] == "unknown"]
        named = label("summary.joined", lang).join(fact(facts.loc[name], lang) for name in lacking)
        criterion = label(f"criterion.{row.criterion}", lang)
        notes.append(label("criteria.open", lang, criterion=criterion, facts=named))
    return notes


def _verdict(row: pd.Series, lang: str) -> str:
    return label(f"criteria_verdict.{row['verdict']}", lang)


CRITERION = Column("criterion", lambda row, lang: label(f"criterion.{row['criterion']}", lang))


def _columns(facts: pd.DataFrame) -> list[Column]:
    def reasons(row: pd.Series, lang: str) -> str:
        mark = "（{}）{}" if lang == "zh" else "({}) {}"
        texts = (fact(facts.loc[name], lang) for name in row["reasons"].split())
        return "\n".join(mark.format(place, text) for place, text in enumerate(texts, 1))

    def change(row: pd.Series, lang: str) -> str:
        names = row["change"].split()
        if not names:
            return words.NONE
        direction = "worse" if row["verdict"] == "strong" else "better"
        texts = [label(f"fact.{name}.{direction}", lang, **_counts(facts.loc[name])) for name in names]
        then = label(f"criteria_verdict.{row['changed']}", lang)
        return label("criteria.change", lang, facts=words.listing(texts, lang), verdict=then)

    verdict = Column("criteria_verdict", _verdict, floor=4)
    return [CRITERION._replace(floor=5), verdict, Column("reasons", reasons), Column("change", change)]


def _counts(row: pd.Series) -> dict[str, int]:
    if words.missing(row["share"]):
        return {"count": 0, "total": 0, "against": 0, "share": 0}
    count, total = round(row["count"]), round(row["total"])
    return {"count": count, "total": total, "against": total - count, "share": count}


def fact(row: pd.Series, lang: str) -> str:
    """A fact in words: for how many it holds, and the numbers of those it does not hold for."""
    key, counts = f"fact.{row['fact']}", _counts(row)
    if words.missing(row["share"]):
        return label(f"{key}.unknown", lang)
    if row["count"] == row["total"]:
        return label(f"{key}.all", lang, **counts)
    if row["count"] == 0 and words.known(f"{key}.none"):
        return label(f"{key}.none", lang, **counts)
    orders, text = str(row["against"]).split(), label(f"{key}.some", lang, **counts)
    if not 0 < len(orders) <= 6:
        return text
    how = "criteria.with_numbers" if row["fact"] in _AGAINST else "criteria.but_numbers"
    return label(how, lang, text=text, numbers=words.numbering(orders, lang))


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
    limits = report.table(CONCLUSION, "criteria_rules")[["fact", "good", "fair"]]
    facts = report.table(CONCLUSION, "facts").merge(limits, on="fact", how="left")
    columns = [
        CRITERION,
        Column("fact", fact),
        Column("good_from", lambda row, _: cells.percent(row["good"], 0), "right"),
        Column("fair_from", lambda row, _: cells.percent(row["fair"], 0), "right"),
        Column("fact_grade", lambda row, lang: label(f"fact_grade.{row['grade']}", lang)),
    ]
    rule = report.label(
        "criteria.rule", strong=words.percent(rules.STRONG_FROM, 0), weak=words.percent(rules.WEAK_FROM, 0),
        judged=words.percent(rules.JUDGED_FROM, 0), adequate=words.number(rules.RATED_ADEQUATE, 0),
        low=words.number(rules.RATED_WEAK, 0),
    )  # fmt: skip
    shown = report.show("criteria_facts", facts, columns)
    return [report.section("section.criteria_rules", [rule, shown])]
