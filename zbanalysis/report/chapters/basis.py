"""The decision and its evaluation: scope, offices, steps, methods; from what is entered."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report import words
from zbanalysis.report.blocks import INDICATORS, TASKS, Column, Report, bullets, paragraphs
from zbanalysis.report.words import label


def scope(report: Report) -> list[dict]:
    """Which plan, published when, evaluated by what was known when, under which rules."""
    course = report.table(TASKS, "course")
    texts = scope_sentences(report.plan, report.manifest, report.facts(INDICATORS), report.lang)
    sentences = [
        *decision(course, report.lang),
        *purpose(course, report.lang),
        *(texts[:1] if report.kind == "baseline" else texts),  # nothing has been reached yet
        *documents(report.documents, report.lang),
    ]
    return [report.section("section.scope", paragraphs(sentences))]


def offices(report: Report) -> list[dict]:
    """Which office answers for which task; none where no office is entered."""
    tasks = report.table("09_conclusion", "register")
    shown = by_office(tasks, report.lang)
    if shown.empty:
        return []
    heads = tasks[tasks["parent"] == ""]
    sentence = report.label(
        "text.offices", count=len(shown),
        tasks=int((heads["kind"] == "task").sum()), safeguards=int((heads["kind"] == "safeguard").sum()),
    )  # fmt: skip
    made = report.show("offices", shown, OFFICES, cites=report.cites("09_conclusion", "register", "source"))
    return [report.section("section.offices", [*paragraphs([sentence]), made])]


def process(report: Report) -> list[dict]:
    """The reviews of the plan and the steps of the evaluation; none where none is entered."""
    course = report.table(TASKS, "course")
    shown = course[course["kind"] == "step"]
    if shown.empty:
        return []
    sentences = [
        *reviews(course, report.lang),
        report.label("text.steps", count=len(shown)),
    ]
    columns = steps_columns(report.lang)
    if len(off_schedule(course)):
        columns.insert(1, Column("step_planned", lambda row: _when_planned(row, report.lang)))
    made = report.show("steps", shown, columns, cites=report.cites(TASKS, "course"))
    return [report.section("section.process", [*paragraphs(sentences), made])]


def methods(report: Report) -> list[dict]:
    """What was done, each with the amount of what it was done on; what was not done is not named."""
    course, survey = report.table(TASKS, "course"), report.table("06_survey", "summary")
    done = [report.of(row, "text") for _, row in course[course["kind"] == "method"].iterrows()]
    amounts = {
        "progress": report.facts(INDICATORS)["in_figures"],
        "trends": int((report.table("02_trends", "chosen")["status"] == "fitted").sum()),
        "outlook": int(report.targets["chance_shown"].notna().sum()),
        "evidence": len(report.table(TASKS, "evidence")),
        "survey": int(survey.loc[survey["answers"] > 0, "n"].sum()),
        "opinions": int(survey.loc[survey["answers"] == 0, "n"].sum()),
        "audit": len(report.table("05_audit", "statements")),
    }
    done += [report.label(f"text.method.{name}", count=count) for name, count in amounts.items() if count]
    return [report.section("section.methods", [bullets(done)])]


def decision(course: pd.DataFrame, lang: str) -> list[str]:
    """When the plan was published, and under which rules it is evaluated.

    Parameters
    ----------
    course
        From `tasks.steps`.
    lang
        ``zh`` or ``en``.
    """
    published, rules = (course[course["kind"] == kind] for kind in ("decision", "basis"))
    sentences = [label("text.decision", lang, date=day(row.start, lang)) for row in published.itertuples()]
    names = [row[f"text_{lang}"] for _, row in rules.iterrows()]
    if names:
        sentences.append(label("text.basis", lang, rules=words.listing(names, lang)))
    return ["".join(sentences) if lang == "zh" else " ".join(sentences)] if sentences else []


def purpose(course: pd.DataFrame, lang: str) -> list[str]:
    """What the evaluation is for, what it goes by and who carries it out, as its scheme has them."""
    sentences = [
        label(f"text.evaluation.{kind}", lang, text=row[f"text_{lang}"].rstrip("。."))
        for kind in ("purpose", "principle", "group")
        for _, row in course[course["kind"] == kind].iterrows()
    ]
    return [words.flowing(sentences, lang)] if sentences else []


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
    years = (("first", "start_year"), ("last", "end_year"), ("base", "base_year"))
    return [
        label(
            "text.scope", lang,
            plan=plan[f"name_{lang}"],
            **{name: f"{fiscal}{plan[year]}" for name, year in years},
            date=words.date(manifest["as_of"], lang),
            newest=words.date(manifest["data_vintage"], lang), count=counts["total"],
        ),
        label("text.cut_off", lang),
    ]  # fmt: skip


def documents(listed: pd.DataFrame, lang: str) -> list[str]:
    """How many documents were used, from when to when."""
    days = listed["date_published"]
    ends = {"first": words.date(days.min(), lang), "last": words.date(days.max(), lang)}
    key = "text.documents" if len(listed) > 1 else "text.document"
    return [label(key, lang, count=len(listed), **ends)]


def reviews(course: pd.DataFrame, lang: str) -> list[str]:
    """Which reviews there were."""
    rows = course[course["kind"] == "review"]
    if rows.empty:
        return []
    named = [
        label("text.review", lang, date=day(row["start"], lang), what=words.within(row[f"text_{lang}"]))
        for _, row in rows.iterrows()
    ]
    return [label("text.reviews", lang, reviews=words.listing(named, lang))]


OFFICES = [
    Column("one_office", lambda row: row["office"]),
    Column("tasks_of_office", lambda row: row["tasks"]),
]


def by_office(tasks: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The offices that lead tasks, each with what it leads."""
    mark = "；" if lang == "zh" else "; "
    named = tasks.assign(office=tasks[f"office_{lang}"].str.split(mark)).explode("office")
    named = named[named["office"] != ""]
    # A task and its item may have one name.
    groups = named.groupby("office", sort=False)[f"name_{lang}"]
    names = groups.agg(lambda own: mark.join(dict.fromkeys(own)))
    return names.rename("tasks").reset_index()


def steps_columns(lang: str) -> list[Column]:
    """The columns of the steps."""
    return [
        Column("step_time", lambda row: when(row["start"], row["end"], lang)),
        Column("step", lambda row: row[f"text_{lang}"]),
    ]


def when(start: str, end: str, lang: str) -> str:
    """A day, or from one to another.

    Examples
    --------
    >>> when("2020-07-23", "2020-07-31", "en"), when("2018-06", "", "zh")
    ('23 July–31 July 2020', '2018年6月')
    """
    if not end:
        return day(start, lang)
    first, last = day(start, lang), day(end, lang)
    if len(start) == len(end) == 10 and start[:4] == end[:4]:
        year = label("period.year", lang, year=start[:4])
        first, last = (
            (first, last.removeprefix(year)) if lang == "zh" else (first.removesuffix(f" {year}"), last)
        )
    return label("period.span", lang, first=first, last=last)


def day(text: str, lang: str) -> str:
    """A day or a month in words; a dash for none.

    Examples
    --------
    >>> day("2018-06", "zh"), day("2017-08-22", "en")
    ('2018年6月', '22 August 2017')
    """
    if not text:
        return words.NONE
    year, month, *rest = text.split("-")
    if rest:
        return words.date(text, lang)
    return label("date.month", lang, year=year, month=label(f"month.{int(month)}", lang))


# --- The appendices: rules and formulas, sources, how the report was made ---
def rules(report: Report) -> list[dict]:
    """The rule of judgement, the formulas, the other rules it was held against."""
    margin = words.number(100 * report.manifest["margin"], 0)
    own = [report.label(f"rule.schedule.{part}", margin=margin) for part in (1, 2, 3, 4)]
    formulas = [report.label(f"formula.{kind}") for kind in report.progress["kind"].unique()]
    parts = [bullets(own), *paragraphs([report.label("formula.intro")]), bullets(formulas)]
    if len(report.table(INDICATORS, "variants")):
        others = [
            report.label(f"rule.{row.rule}", source=row.source)
            for row in report.table(INDICATORS, "rules").itertuples()
        ]
        parts += [*paragraphs([report.label("rule.others")]), bullets(others)]
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
