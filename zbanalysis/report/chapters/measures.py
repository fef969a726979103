"""Measures, problems, opinions, cases, and what a bureau writes of them in its own words."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells, words
from zbanalysis.report.blocks import TASKS, Column, Report, bullets, filled, paragraphs

CONCLUSION = "09_conclusion"


def of(report: Report) -> pd.DataFrame:
    """The measures in their order, numbered."""
    rows = report.table(CONCLUSION, "recommendations")
    return rows.assign(number=range(1, len(rows) + 1))


def first(report: Report, problems: list[list[str]], most: int) -> list[dict]:
    """The measures that answer the first problems, with office and date; or that nobody proposes any."""
    rows = of(report)
    if rows.empty:
        return paragraphs(_owed(report))
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
    columns = _columns(report, named, brief=True)
    open_ = set(range(1, len(problems) + 1)).difference(*rows["met"])
    notes = [*_open(report, sorted(open_)), *_notes(named, report)]
    joined = ("" if report.lang == "zh" else " ").join(notes)
    table = report.show("first_measures", named, columns, notes=[joined])
    # Where they are from stands under the table of all measures.
    return [table | {"dense": True, "source": ""}]


def _open(report: Report, numbers: list[int]) -> list[str]:
    """Which of the problems above nothing is proposed for."""
    if not numbers:
        return []
    named = [report.label("measures.number", number=number) for number in numbers]
    return [report.label("measures.open", problems=words.listing(named, report.lang))]


def _owed(report: Report) -> list[str]:
    """Where nobody proposes anything: what has no office, so that one must be named first."""
    facts = report.table(CONCLUSION, "facts").set_index("fact")
    without = (facts["total"] - facts["count"]).fillna(0).astype(int)
    parts = [
        report.label(f"measures.without.{name}", count=without[name])
        for name in ("target_office", "task_office")
        if without[name]
    ]
    if not parts:
        return []
    return [report.label("measures.none", parts=words.listing(parts, report.lang))]


def sections(report: Report) -> list[dict]:
    """All measures: what, against which gap, who, by when; without a table what the bureau writes of them."""
    rows = of(report)
    if rows.empty:
        return written(report, "recommendations")
    cites = report.cites(CONCLUSION, "recommendations")
    shown = report.show("measures_all", rows, _columns(report, rows), notes=_notes(rows, report), cites=cites)
    led = int(rows["office_zh"].ne("").sum())
    dated = rows["due"].ne("").any()
    key = "section.measures_undated" if led and not dated else "section.measures"
    return [report.section(key, [shown | {"dense": True}], count=len(rows), led=led)]


def _columns(report: Report, rows: pd.DataFrame, *, brief: bool = False) -> list[Column]:
    def gap(row: pd.Series) -> str:
        named = [report.label("measures.problem", number=number) for number in row.get("met", [])]
        parts = [*named, *filter(None, [report.of(row, "problem")])]
        return report.label("summary.joined").join(parts) or words.NONE

    def due(row: pd.Series) -> str:
        return row["due"] or report.label("due.none")

    least, most = (9, 6) if brief and report.lang == "zh" else (0, 0 if brief else 6)
    columns = [
        Column("order", lambda row: cells.number(row["number"], 0), "right"),
        Column("proposed_measure", lambda row: report.of(row, "measure")),
        Column("closes_gap", gap, floor=least),
        Column("lead", lambda row: report.of(row, "office") or report.label("office.none"), floor=most),
    ]
    if brief or rows["due"].ne("").any():
        columns.append(Column("by_when", due))
    return columns[1:] if brief else columns


def _notes(rows: pd.DataFrame, report: Report) -> list[str]:
    """Who names the offices, and that no date is named."""
    notes = []
    if rows["office_from"].eq("evaluation").any():
        notes.append(report.label("measures.proposed"))
    if rows["due"].eq("").all():
        notes.append(report.label("measures.undated"))
    return notes


# --- Problems, their causes and what answers them; opinions and what became of each ---
def problem_sections(report: Report) -> list[dict]:
    """Problems, causes and the numbers of the measures that answer them; without a table a bureau's text."""
    rows = report.table(CONCLUSION, "problems")
    if rows.empty:
        return written(report, "problems")
    columns = filled(_problem_columns(report), rows)
    shown = report.show("problems", rows, columns, cites=report.cites(CONCLUSION, "problems"))
    caused, answered = (name in [column.key for column in columns] for name in ("cause", "answered_by"))
    if not (caused and answered):
        shown["caption"] = report.label(f"section.problems{'_causes' if caused else ''}")
    blocks = [shown | {"dense": True}, *paragraphs(_unanswered(report))]
    open_ = len(set(rows["problem"]) - set(_answers(report)))
    plain = "section.problems_causes" if caused else "section.problems"
    key = "section.problems_open" if open_ and len(of(report)) else plain
    return [report.section(key, blocks, count=len(rows), open=open_)]


def _problem_columns(report: Report) -> list[Column]:
    by = _answers(report)

    def answered(row: pd.Series) -> str:
        numbers = by.get(row["problem"], [])
        if not by:
            return words.NONE
        return words.numbering(numbers, report.lang) if numbers else report.label("problems.no_measure")

    return [
        Column("theme", lambda row: report.of(row, "theme"), floor=6),
        Column("problem", lambda row: report.of(row, "problem")),
        Column("cause", lambda row: report.of(row, "cause") or words.NONE),
        Column("answered_by", answered),
    ]


def _answers(report: Report) -> dict[str, list[int]]:
    answers: dict[str, list[int]] = {}
    for row in of(report).itertuples():
        for code in row.answers.split(","):
            answers.setdefault(code.strip(), []).append(row.number)
    return answers


def _unanswered(report: Report) -> list[str]:
    """Critical opinions that no measure answers."""
    rows = report.table(CONCLUSION, "unanswered")
    rows = rows[rows["kind"] == "opinion"]
    if rows.empty or of(report).empty:
        return []
    return [report.label("problems.unanswered", themes=_themes(rows, report))]


def _themes(rows: pd.DataFrame, report: Report) -> str:
    names = dict.fromkeys(words.within(report.of(row, "theme")) for _, row in rows.iterrows())
    return words.listing(list(names), report.lang)


def opinions(report: Report) -> list[dict]:
    """What was said, and what became of it."""
    rows = report.table(CONCLUSION, "opinions")
    if rows.empty:
        return []
    columns = [
        Column("opinion_kind", lambda row: report.label(f"opinion.{row['kind']}")),
        Column("theme", lambda row: report.of(row, "theme")),
        Column("opinion", lambda row: report.of(row, "text")),
        Column("times", lambda row: row["count"] or words.NONE, "right"),
        Column("adopted", lambda row: report.label(f"outcome.{row['outcome'] or 'unknown'}")),
        Column("response", lambda row: report.of(row, "response") or words.NONE),
    ]
    shown = filled(columns, rows, keep=["adopted"])
    table = report.show("opinions", rows, shown, cites=report.cites(CONCLUSION, "opinions"))
    return [report.section("section.opinions", [table])]


def heard(report: Report) -> list[str]:
    """What written opinions praise and miss, and the problems of service that were named."""
    rows = report.table(CONCLUSION, "opinions")
    written, service = (rows[rows["kind"] == kind] for kind in ("written", "service_problem"))
    groups = [(stance, written[written["stance"] == stance]) for stance in ("praise", "problem", "request")]
    return [
        report.label(f"opinions.{key}", themes=_themes(own, report))
        for key, own in [*groups, ("service", service)]
        if len(own)
    ]


# --- The bureau's own texts ---
def written(report: Report, name: str) -> list[dict]:
    """The text of a name, each heading of the first level a section; none where none is entered."""
    rows = report.table(TASKS, "texts")
    return _sections(rows[(rows["lang"] == report.lang) & (rows["part"] == name)])


def _sections(rows: pd.DataFrame) -> list[dict]:
    blocks: list[dict] = []
    path: list[dict] = []  # the open sections, from the outermost
    for row in rows.itertuples():
        if row.kind == "heading" or not path:
            level = int(row.level) if row.kind == "heading" else 1
            # A level that is skipped does not leave an empty section behind.
            del path[max(min(level, len(path) + 1) - 1, 0) :]
            part = {
                "heading": row.text if row.kind == "heading" else row.part,
                "appendix": False,
                "blocks": [],
                "sections": [],
            }
            (path[-1]["sections"] if path else blocks).append(part)
            path.append(part)
        if row.kind != "heading":
            _add(path[-1]["blocks"], row.kind, row.text)
    return blocks


def _add(blocks: list[dict], kind: str, text: str) -> None:
    if kind == "paragraph":
        blocks.append({"type": "paragraph", "text": text})
    elif blocks and blocks[-1]["type"] == "list":
        blocks[-1]["items"].append(text)
    else:
        blocks.append(bullets([text]))


# --- Cases: what went in, what was done, what came of it, how sure that is ---
def cases(report: Report) -> list[dict]:
    """One table, a column a case; without a table what the bureau writes of them."""
    rows = report.table(CONCLUSION, "cases")
    if rows.empty:
        return written(report, "cases")
    parts = pd.DataFrame({"part": ["inputs", "done", "result", "sure"]})
    columns = [Column("case_part", lambda row: report.label(f"case.{row['part']}"), floor=4)]
    for _, case in rows.iterrows():

        def text_of(row: pd.Series, case: pd.Series = case) -> str:
            return report.of(case, row["part"]) or words.NONE

        columns.append(Column("case", text_of, heading=report.of(case, "name")))
    shown = report.show("cases", parts, columns, cites=report.cites(CONCLUSION, "cases"))
    return [report.section("section.cases", [shown])]
