"""Measures, problems, opinions, cases, and what a bureau writes of them in its own words."""

from __future__ import annotations

from functools import partial

import pandas as pd

from zbanalysis.report import cells, words
from zbanalysis.report.blocks import TASKS, Column, Report, bullets, filled
from zbanalysis.report.chapters.tasks import office
from zbanalysis.report.words import label

CONCLUSION = "09_conclusion"


def of(report: Report) -> pd.DataFrame:
    """The measures in their order, numbered."""
    rows = report.table(CONCLUSION, "recommendations")
    return rows.assign(number=range(1, len(rows) + 1))


def first(report: Report, problems: list[list[str]], most: int) -> list[dict | str]:
    """The measures that answer the first problems, with office and date; or that nobody proposes any."""
    rows, lang = of(report), report.lang
    if rows.empty:  # then what has no office is said, so that one must be named first
        facts = report.table(CONCLUSION, "facts").set_index("fact")
        without = (facts["total"] - facts["count"]).fillna(0)
        counts = {f"measures.without.{name}": without[name] for name in ("target_office", "task_office")}
        parts = words.listing(words.counted(counts, lang), lang)
        return [report.label("measures.none", parts=parts)] if parts else []
    codes = [code for own in problems for code in own]
    answers = rows["answers"].map(lambda cell: {code.strip() for code in cell.split(",")})
    rows = rows.assign(
        rank=[min((codes.index(code) for code in own & set(codes)), default=len(codes)) for own in answers],
        unled=rows["office_zh"].eq(""),
        theme=rows["group_zh"].mask(rows["group_zh"].eq(""), rows["number"].astype(str)),
        met=[[k for k, own in enumerate(problems, 1) if set(own) & given] for given in answers],
    )
    # First those that answer what stands on the page, then those with an office to do it; one of a theme.
    ranked = rows.sort_values(["rank", "unled"], kind="stable").drop_duplicates("theme")
    named = ranked.head(most).sort_index()
    open_ = sorted(set(range(1, len(problems) + 1)).difference(*rows["met"]))
    notes = _notes(named, report)
    if open_:
        numbers = words.listing([report.label("measures.number", number=number) for number in open_], lang)
        notes = [report.label("measures.open", problems=numbers), *notes]
    gap, lead = Column("closes_gap", _gap, floor=(9, 0)), Column("lead", office, floor=(6, 0))
    columns = [MEASURE, gap, lead, BY_WHEN]
    table = report.show("first_measures", named, columns, notes=[("" if lang == "zh" else " ").join(notes)])
    # Where they are from stands under the table of all measures.
    return [table | {"dense": True, "source": ""}]


def sections(report: Report) -> list[dict]:
    """All measures: what, against which gap, who, by when; without a table what the bureau writes of them."""
    rows = of(report)
    if rows.empty:
        return written(report, "recommendations")
    led, dated = int(rows["office_zh"].ne("").sum()), rows["due"].ne("").any()
    order, lead = Column("order", cells.count("number"), "right"), Column("lead", office, floor=6)
    columns = [order, MEASURE, Column("closes_gap", _gap), lead, *([BY_WHEN] if dated else [])]
    cites, notes = (CONCLUSION, "recommendations"), _notes(rows, report)
    shown = report.show("measures_all", rows, columns, notes=notes, cites=cites)
    key = "section.measures_undated" if led and not dated else "section.measures"
    return [report.section(key, [shown | {"dense": True}], count=len(rows), led=led)]


def _gap(row: pd.Series, lang: str) -> str:
    """Which problems above it answers, and which gap it closes."""
    parts = [label("measures.problem", lang, number=number) for number in row.get("met", [])]
    parts += filter(None, [row[f"problem_{lang}"]])
    return label("summary.joined", lang).join(parts) or words.NONE


MEASURE = Column("proposed_measure", "measure")
BY_WHEN = Column("by_when", lambda row, lang: row["due"] or label("due.none", lang))


def _notes(rows: pd.DataFrame, report: Report) -> list[str]:
    """Who names the offices, and that no date is named."""
    notes = ["measures.proposed"] if rows["office_from"].eq("evaluation").any() else []
    notes += ["measures.undated"] if rows["due"].eq("").all() else []
    return [report.label(key) for key in notes]


# --- Problems, their causes and what answers them; opinions and what became of each ---
def problem_sections(report: Report) -> list[dict]:
    """Problems, causes and the numbers of the measures that answer them; without a table a bureau's text."""
    rows, lang = report.table(CONCLUSION, "problems"), report.lang
    if rows.empty:
        return written(report, "problems")
    answers = of(report).assign(answers=of(report)["answers"].str.split(",")).explode("answers")
    by = answers.groupby(answers["answers"].str.strip())["number"].agg(list)

    def answered(row: pd.Series, lang: str) -> str:
        if row["problem"] in by:
            return words.numbering(by[row["problem"]], lang)
        return label("problems.no_measure", lang) if len(by) else words.NONE

    text = Column("problem", lambda row, lang: row[f"problem_{lang}"])
    columns = [Column("theme", floor=6), text, Column("cause"), Column("answered_by", answered)]
    shown = report.show("problems", rows, filled(columns, rows, lang), cites=(CONCLUSION, "problems"))
    caused, open_ = rows[f"cause_{lang}"].ne("").any(), int((~rows["problem"].isin(by.index)).sum())
    plain = "section.problems_causes" if caused else "section.problems"
    if not (caused and len(by)):
        shown["caption"] = report.label(plain)
    # Critical opinions that no measure answers.
    left = report.table(CONCLUSION, "unanswered").query("kind == 'opinion'")
    some = report.label("problems.unanswered", themes=_themes(left, report)) if len(left) and len(by) else ""
    key = "section.problems_open" if open_ and len(by) else plain
    return [report.section(key, [shown | {"dense": True}, some], count=len(rows), open=open_)]


def _themes(rows: pd.DataFrame, report: Report) -> str:
    names = rows[f"theme_{report.lang}"].map(words.within).drop_duplicates()
    return words.listing(list(names), report.lang)


def opinions(report: Report) -> list[dict]:
    """What was said, and what became of it."""
    rows = report.table(CONCLUSION, "opinions")
    columns = filled(OPINIONS, rows, report.lang)
    table = report.show("opinions", rows, columns, cites=(CONCLUSION, "opinions"))
    return [report.section("section.opinions", [table])]


OPINIONS = [
    Column("opinion_kind", lambda row, lang: label(f"opinion.{row['kind']}", lang)),
    Column("theme"),
    Column("opinion", "text"),
    Column("times", "count", "right"),
    Column("adopted", lambda row, lang: label(f"outcome.{row['outcome'] or 'unknown'}", lang)),
    Column("response"),
]
"""The columns of opinions; those that say nothing of any are left out."""


def heard(report: Report) -> list[str]:
    """What written opinions praise and miss, and the problems of service that were named."""
    rows = report.table(CONCLUSION, "opinions")
    written = rows[rows["kind"] == "written"]
    groups = {stance: written[written["stance"] == stance] for stance in ("praise", "problem", "request")}
    groups["service"] = rows[rows["kind"] == "service_problem"]
    some = {f"opinions.{key}": _themes(own, report) for key, own in groups.items()}
    return [report.label(key, themes=themes) for key, themes in some.items() if themes]


# --- The bureau's own texts ---
def written(report: Report, name: str) -> list[dict]:
    """The text of a name, each heading of the first level a section; none where none is entered."""
    rows = report.table(TASKS, "texts")
    sections: list[dict] = []
    path: list[dict] = []  # the open sections, from the outermost
    for row in rows[(rows["lang"] == report.lang) & (rows["part"] == name)].itertuples():
        if row.kind == "heading" or not path:
            level, heading = (int(row.level), row.text) if row.kind == "heading" else (1, row.part)
            # A level that is skipped does not leave an empty section behind.
            del path[max(min(level, len(path) + 1) - 1, 0) :]
            part = {"heading": heading, "appendix": False, "blocks": [], "sections": []}
            (path[-1]["sections"] if path else sections).append(part)
            path.append(part)
        blocks = path[-1]["blocks"]
        if row.kind == "paragraph":
            blocks.append({"type": "paragraph", "text": row.text})
        elif row.kind != "heading" and blocks and blocks[-1]["type"] == "list":
            blocks[-1]["items"].append(row.text)
        elif row.kind != "heading":
            blocks.append(bullets([row.text]))
    return sections


# --- Cases: what went in, what was done, what came of it, how sure that is ---
def cases(report: Report) -> list[dict]:
    """One table, a column a case; without a table what the bureau writes of them."""
    rows = report.table(CONCLUSION, "cases")
    if rows.empty:
        return written(report, "cases")

    def said(case: pd.Series, row: pd.Series, lang: str) -> str:
        return case[f"{row['part']}_{lang}"] or words.NONE

    parts = pd.DataFrame({"part": ["inputs", "done", "result", "sure"]})
    columns = [Column("case_part", lambda row, lang: label(f"case.{row['part']}", lang), floor=4)]
    for _, case in rows.iterrows():
        columns.append(Column("case", partial(said, case), heading=report.of(case, "name")))
    shown = report.show("cases", parts, columns, cites=(CONCLUSION, "cases"))
    return [report.section("section.cases", [shown])]
