"""The decision and its evaluation: scope, offices, steps, methods; from what is entered."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import words
from zbanalysis.report.blocks import INDICATORS, TASKS, Column, Report, bullets
from zbanalysis.report.words import label

CONCLUSION = "09_conclusion"


def scope(report: Report) -> list[dict]:
    """Which plan, published when, evaluated by what was known when, under which rules."""
    course, lang, days = report.table(TASKS, "course"), report.lang, report.documents["date_published"]
    texts = scope_sentences(report.plan, report.manifest, report.facts(INDICATORS), lang)
    ends = {"first": words.date(days.min(), lang), "last": words.date(days.max(), lang)}
    key = "text.documents" if len(days) > 1 else "text.document"
    texts = texts[:1] if report.kind == "baseline" else texts  # nothing has been reached yet
    used = report.label(key, count=len(days), **ends)
    return [report.section("section.scope", [decision(course, lang), purpose(course, lang), *texts, used])]


def offices(report: Report) -> list[dict]:
    """Which office answers for which task; none where no office is entered."""
    tasks = report.table(CONCLUSION, "register")
    shown, heads = by_office(tasks, report.lang), tasks.loc[tasks["parent"] == "", "kind"]
    if shown.empty:
        return []
    counts = {f"{kind}s": int((heads == kind).sum()) for kind in ("task", "safeguard")}
    columns = [Column("one_office", "office"), Column("tasks_of_office", "tasks")]
    made = report.show("offices", shown, columns, cites=(CONCLUSION, "register", "source"))
    counted = report.label("text.offices", count=len(shown), **counts)
    return [report.section("section.offices", [counted, made])]


def process(report: Report) -> list[dict]:
    """The reviews of the plan and the steps of the evaluation; none where none is entered."""
    course = report.table(TASKS, "course")
    shown = course[course["kind"] == "step"]
    if shown.empty:
        return []
    planned = [Column("step_planned", _when_planned)] if len(off_schedule(course)) else []
    made = report.show("steps", shown, [STEPS[0], *planned, STEPS[1]], cites=(TASKS, "course"))
    texts = [reviews(course, report.lang), report.label("text.steps", count=len(shown))]
    return [report.section("section.process", [*texts, made])]


def methods(report: Report) -> list[dict]:
    """What was done, each with the amount of what it was done on; what was not done is not named."""
    course, survey = report.table(TASKS, "course"), report.table("06_survey", "summary")
    amounts = {
        "progress": report.facts(INDICATORS)["in_figures"],
        "trends": int((report.table("02_trends", "chosen")["status"] == "fitted").sum()),
        "outlook": int(report.targets["chance_shown"].notna().sum()),
        "evidence": len(report.table(TASKS, "evidence")),
        "survey": int(survey.loc[survey["answers"] > 0, "n"].sum()),
        "opinions": int(survey.loc[survey["answers"] == 0, "n"].sum()),
        "audit": len(report.table("05_audit", "statements")),
    }
    done = list(course.loc[course["kind"] == "method", f"text_{report.lang}"])
    done += [report.label(f"text.method.{name}", count=count) for name, count in amounts.items() if count]
    return [report.section("section.methods", [bullets(done)])]


def decision(course: pd.DataFrame, lang: str) -> str:
    """When the plan was published, and under which rules it is evaluated.

    Parameters
    ----------
    course
        From `tasks.steps`.
    lang
        ``zh`` or ``en``.
    """
    published, rules = (course[course["kind"] == kind] for kind in ("decision", "basis"))
    sentences = [label("text.decision", lang, date=words.date(start, lang)) for start in published["start"]]
    if len(rules):
        sentences.append(label("text.basis", lang, rules=words.listing(list(rules[f"text_{lang}"]), lang)))
    return words.flowing(sentences, lang)


def purpose(course: pd.DataFrame, lang: str) -> str:
    """What the evaluation is for, what it goes by and who carries it out, as its scheme has them."""
    sentences = [
        label(f"text.evaluation.{kind}", lang, text=text.rstrip("。."))
        for kind in ("purpose", "principle", "group")
        for text in course.loc[course["kind"] == kind, f"text_{lang}"]
    ]
    return words.flowing(sentences, lang)


def off_schedule(course: pd.DataFrame) -> pd.DataFrame:
    """Steps for which the report and its scheme give different days."""
    if "planned_start" not in course:  # a folder of an earlier version
        return course.iloc[:0]
    stated = course["planned_start"].ne("") & course["start"].ne("")
    same = course["planned_start"].eq(course["start"]) & course["planned_end"].eq(course["end"])
    return course[stated & ~same]


def _when_planned(row: pd.Series, lang: str) -> str:
    return when(row["planned_start"], row["planned_end"], lang)


def schedule_sentences(course: pd.DataFrame, lang: str) -> list[str]:
    """Days of a step that differ between the report and its scheme, for the audit."""
    return [
        label(
            "text.audit_days", lang, step=words.within(row[f"text_{lang}"]),
            locator=row["locator"], days=when(row["start"], row["end"], lang),
            planned_locator=row["planned_locator"], planned=_when_planned(row, lang),
        )
        for _, row in off_schedule(course).iterrows()
    ]  # fmt: skip


def scope_sentences(plan: pd.Series, manifest: Mapping, counts: Mapping[str, int], lang: str) -> list[str]:
    """What was evaluated, by what was known when, and from which documents."""
    fiscal = "FY" if plan.get("fiscal_end") else ""
    return [
        label(
            "text.scope", lang, plan=plan[f"name_{lang}"], first=f"{fiscal}{plan['start_year']}",
            last=f"{fiscal}{plan['end_year']}", base=f"{fiscal}{plan['base_year']}",
            date=words.date(manifest["as_of"], lang), newest=words.date(manifest["data_vintage"], lang),
            count=counts["total"],
        ),
        label("text.cut_off", lang),
    ]  # fmt: skip


def reviews(course: pd.DataFrame, lang: str) -> str:
    """Which reviews there were."""

    def phrase(row: pd.Series, lang: str) -> str:
        what = words.within(row[f"text_{lang}"])
        return label("text.review", lang, date=words.date(row["start"], lang), what=what)

    named = words.each(course[course["kind"] == "review"], lang, phrase)
    return label("text.reviews", lang, reviews=named) if named else ""


def by_office(tasks: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The offices that lead tasks, each with what it leads."""
    mark = "；" if lang == "zh" else "; "
    named = tasks.assign(office=tasks[f"office_{lang}"].str.split(mark)).explode("office")
    named = named[named["office"] != ""]
    # A task and its item may have one name.
    groups = named.groupby("office", sort=False)[f"name_{lang}"]
    names = groups.agg(lambda own: mark.join(dict.fromkeys(own)))
    return names.rename("tasks").reset_index()


TIME = Column("step_time", lambda row, lang: when(row["start"], row["end"], lang))
STEPS = [TIME, Column("step", "text")]
"""The columns of the steps."""


def when(start: str, end: str, lang: str) -> str:
    """A day, or from one to another.

    Examples
    --------
    >>> when("2020-07-23", "2020-07-31", "en"), when("2018-06", "", "zh")
    ('23 July–31 July 2020', '2018年6月')
    """
    if not end:
        return words.date(start, lang)
    first, last = words.date(start, lang), words.date(end, lang)
    if len(start) == len(end) == 10 and start[:4] == end[:4]:
        year = label("period.year", lang, year=start[:4])
        first, last = first.removesuffix(f" {year}"), last.removeprefix(year)
    return label("period.span", lang, first=first, last=last)


# --- The appendices: rules and formulas, sources, how the report was made ---
def rules(report: Report) -> list[dict]:
    """The rule of judgement, the formulas, the other rules it was held against."""
    margin = words.number(100 * report.manifest["margin"], 0)
    own = [report.label(f"rule.schedule.{part}", margin=margin) for part in (1, 2, 3, 4)]
    formulas = [report.label(f"formula.{kind}") for kind in report.progress["kind"].unique()]
    parts = [bullets(own), report.label("formula.intro"), bullets(formulas)]
    if len(report.table(INDICATORS, "variants")):
        others = report.table(INDICATORS, "rules").itertuples()
        listed = [report.label(f"rule.{row.rule}", source=row.source) for row in others]
        parts += [report.label("rule.others"), bullets(listed)]
    return [report.section("appendix.rules", parts)]


def sources(report: Report) -> list[dict]:
    """Every document used, numbered as the tables cite it."""
    listed = [source_line(row, report.lang) for _, row in report.documents.iterrows()]
    return [report.section("appendix.sources", [bullets(listed, plain=True)])]


def source_line(row: pd.Series, lang: str) -> str:
    """A source as a reader finds it: number, publisher, title, document number, day, note.

    Nothing stands twice where the title has it.
    """
    title, day = row[f"title_{lang}"], words.date(row["date_published"], lang)
    publisher = "" if title.startswith(row[f"publisher_{lang}"]) else row[f"publisher_{lang}"]
    parts = [publisher, title, row["document_number"], "" if day in title else day]
    separator, end = ("，", "。") if lang == "zh" else (", ", ". ")
    sentences = [separator.join(filter(None, parts)), row[f"note_{lang}"]]
    return f"[{int(row['number'])}] " + "".join(text + end for text in sentences if text).strip()


def manifest(report: Report) -> list[dict]:
    """How the report was made, so that it can be made again."""
    lines = manifest_lines(report, "manifest.plan", plan=report.plan["plan"])
    asked = [lines[1], words.within(lines[2]), words.within(report.label("manifest.rule"))]
    lines[1:3] = [report.label("summary.joined").join(asked)]
    return [report.section("appendix.manifest", [bullets(lines)])]


def manifest_lines(report: Report, key: str, **given: str) -> list[str]:
    """Key, what was asked (the words of ``key``), newest data, versions."""
    made = report.manifest
    versions = ", ".join(f"{name} {version}" for name, version in sorted(made["versions"].items()))
    return [
        report.label("manifest.key", key=made["key"]),
        report.label(key, as_of=made["as_of"], **given),
        report.label("manifest.vintage", date=made["data_vintage"]),
        report.label("manifest.versions", versions=versions, python=made["python"]),
    ]
