"""The page that says it all: verdict, every target with its reason, problems, measures, how sure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from zbanalysis.data.schema import IN_WORDS, KINDS
from zbanalysis.outlook.verdict import GRADES
from zbanalysis.report import cells, style, words
from zbanalysis.report.blocks import (
    INDICATORS,
    Cell,
    Column,
    Report,
    bullets,
    filled,
    paragraphs,
)
from zbanalysis.report.chapters import criteria, measures, tasks
from zbanalysis.report.chapters.outlook import OPEN

CONCLUSION = "09_conclusion"
PROBLEM_WEIGHTS = {"cannot": 4.5, "missed": 4.5, "unlikely": 3.5}
"""Where a verdict stands among the findings, by their weights."""
_OF_SIZE = ("fell_back", "rank_fell")
"""Findings that a measure for the indicator answers."""
DRAWN = 3
"""A chart of fewer bars says no more than the table."""
NAMED = 2
"""So many targets of a verdict are named in the sentence."""
SHOWN, MEASURES = 3, 2
"""Problems and measures on the page."""


def page(report: Report) -> list[dict]:
    """The blocks of page one."""
    problems, rows = leading(report), report.targets[~_unknown(report.targets)]
    cites = report.cites(INDICATORS, "progress")
    table = report.show("overview", rows, _columns(report), notes=_notes(report), cites=cites)
    blocks = [{"type": "callout", "text": verdict(report)}, table | {"dense": True}]
    if problems:
        blocks += paragraphs([report.label("summary.problems")])
        blocks.append(bullets([text for text, _ in problems]) | {"numbered": True})
    blocks += measures.first(report, [codes for _, codes in problems], MEASURES)
    sure = certainty(report)
    if sure:
        blocks += paragraphs([report.label("summary.sure", text=words.flowing(sure, report.lang))])
    return blocks


SPAN = 8
"""Characters that a figure of several years takes with its period, which is not broken."""


def verdict(report: Report) -> str:
    """Targets, tasks and criteria in one sentence each; only what there is."""
    rows = report.targets
    groups = [(key, rows[rows["verdict"] == key]) for key in style.VERDICTS]
    parts = [_group(key, some, report) for key, some in groups if len(some)]
    first = report.label("summary.verdict", total=len(rows), parts=words.listing(parts, report.lang))
    sentences = [first, *tasks.counted(report), *criteria.sentence(report)]
    return words.flowing([f"**{sentences[0]}**", *sentences[1:]], report.lang)


def _group(key: str, rows: pd.DataFrame, report: Report) -> str:
    named = key in ("possible", "unlikely", "missed", "cannot") and len(rows) <= NAMED
    hedged = key in OPEN and rows["grade"].isin(["C", "D"]).all()
    words_key = f"summary.{key}.hedged" if hedged else f"summary.{key}"
    text = report.label(words_key, count=len(rows))
    return report.label("summary.named", text=text, names=words.names(rows, report.lang)) if named else text


GATHERED = 3
"""Targets without any figure, where there are more, are listed below the table."""


def _unknown(judgements: pd.DataFrame) -> pd.Series:
    """Targets that nothing is known of, where they are many."""
    rows = (
        judgements["verdict"].eq("not_judged")
        & judgements["current_period"].eq("")
        & judgements["mark"].eq("")
    )
    return rows & (rows.sum() > GATHERED)


def _columns(report: Report) -> list[Column]:
    lang, rows = report.lang, report.targets
    several = rows["current_period"].str.contains("/") | rows["kind"].eq("cumulative_sum")
    order, current = (2.5, SPAN) if several.any() else (0, 0)
    name, word, why = (11, 8, 11) if lang == "zh" else (14, 0, 12.5)
    return [
        Column("order", lambda row: cells.number(row["order"], 0), "right", floor=order),
        Column("indicator", lambda row: f"{words.name(row, lang)}{_unit(row, lang)}", floor=name),
        Column("target", lambda row: cells.target(row, lang), "right"),
        Column("current", lambda row: _current(row, lang), "right", floor=current),
        Column("verdict_word", lambda row: _word(row, report), mark=lambda row: row["verdict"], floor=word),
        Column("why", lambda row: reason(row, report), floor=why),
    ]


def _word(row: pd.Series, report: Report) -> str:
    """The verdict; what is met for now in fewer words than elsewhere; of words the office's own view."""
    if row["kind"] in IN_WORDS and row["office_view"]:
        return report.label("summary.by_office", view=report.of(row, "office_view"))
    return report.label("summary.held") if row["verdict"] == "to_be_held" else report.of(row, "verdict")


def _current(row: pd.Series, lang: str) -> str:
    """The newest figure with its period, a year without its 年."""
    shown, period = cells.current(row, lang), row["current_period"]
    part = re.fullmatch(r"(\d{4})([QH]\d)", period) if lang == "en" else None
    short = period if len(period) == 4 else f"{part[2]} {part[1]}" if part else ""
    if not short:
        return shown
    text, after = (part.replace(words.period(period, lang), short) for part in (shown, shown.after))
    return Cell(text, shown.value, shown.pattern, shown.before, after)


def _unit(row: pd.Series, lang: str) -> str:
    unit = row[f"unit_{lang}"]
    if not unit or (lang == "en" and unit.lower() in row["name_en"].lower()):
        return ""
    return cells.bracketed(unit, lang)


def reason(row: pd.Series, report: Report) -> str:
    """Why a target has its verdict, in few words."""
    if row["overruled"]:
        return report.of(row, "evaluator_reason")
    if row["mark"]:
        return report.of(row, "mark")
    if row["verdict"] == "not_judged":
        short = not words.missing(row["reached"]) and not row["reached"]
        parts = [_gap(row, report)] if short and not words.missing(row["gap"]) else []
        return report.label("summary.joined").join([*parts, report.of(row, "reason")])
    if row["verdict"] in ("reached", "to_be_held"):
        return _excess(row, report)
    return _gap(row, report)


def _excess(row: pd.Series, report: Report) -> str:
    """By how much it is passed, and what must be kept in mind."""
    parts = []
    if not words.missing(row["margin"]) and abs(row["margin"]) >= 0.0005:
        parts.append(report.label("summary.above", share=words.percent(abs(row["margin"]), 1)))
    before = pd.to_numeric(row["earlier_target"], errors="coerce")
    if (1 if row["direction"] == "up" else -1) * (before - row["target_value"]) > 0:
        parts.append(report.label("summary.lowered", before=row["earlier_target"]))
    if row["accumulation"] == "flow" and row["verdict"] == "to_be_held":
        parts.append(report.label("summary.flow"))
    return report.label("summary.joined").join(parts) or words.NONE


_COMPARED = ("current_published", "published_target_value")
"""What a gap lies between, as printed: it is no finer and no coarser than these."""


def _gap(row: pd.Series, report: Report) -> str:
    """What is missing, how fast it went, and how much is known."""
    lang, parts = report.lang, []
    if row["broken_years"]:
        parts.append(report.of(row, "reason"))
    elif not words.missing(row["gap"]) and row["gap"]:
        printed = _COMPARED if KINDS[row["kind"]].number in ("level", "sum") else _COMPARED[:1]
        digits = max(len(str(row[name]).partition(".")[2]) for name in printed)
        gap = cells.printed(words.number(abs(row["gap"]), digits))
        if _with_unit(row, lang):
            gap = cells.with_unit(gap, row, lang)
        gap = cells.bounded(gap, row, lang, with_figure=False)
        parts.append(report.label(f"summary.side.{row['side']}" if row["side"] else "summary.short", gap=gap))
    if row["verdict"] not in ("missed", "cannot") and not words.missing(row["chance_shown"]):
        parts.append(report.label("summary.chance", chance=words.chance(row["chance_shown"], lang)))
    return report.label("summary.joined").join(parts) or words.NONE


def _with_unit(row: pd.Series, lang: str) -> bool:
    """Whether a figure bears its unit; English has that of a count in the name."""
    return lang == "zh" or row["scale"] == "share" or row["unit_en"].endswith(" yuan")


def _notes(report: Report) -> list[str]:
    """What has no figure, or none later than its base; an office's view where it differs from the verdict."""
    rows, notes = report.targets, []
    unknown = rows[_unknown(rows)]
    if len(unknown):
        # Two targets of one indicator have one name.
        named = dict.fromkeys(words.name(row, report.lang) for _, row in unknown.iterrows())
        names = words.listing(list(named), report.lang)
        numbers = words.numbering(unknown["order"], report.lang)
        notes.append(report.label("summary.no_figure", count=len(unknown), numbers=numbers, names=names))
    old = rows[rows["current_position"].le(rows["base_position"])]
    if len(old):
        numbers = words.numbering(old["order"], report.lang)
        notes.append(report.label("summary.no_later_figure", count=len(old), numbers=numbers))
    # What an office expected in an earlier year is no view of the figures of today.
    now = rows["office_view"].ne("") & rows["office_date"].str[:4].eq(report.day[:4])
    differ = rows[now & ~_agrees(rows["office_view"], rows["verdict"])]
    if len(differ):
        views = [
            report.label("summary.office", name=words.name_in_text(row, report.lang),
                         view=report.of(row, "office_view"))
            for _, row in differ.iterrows()
        ]  # fmt: skip
        notes.append(report.label("summary.office_note", views=words.listing(views, report.lang)))
    return notes


def _agrees(office: pd.Series, verdict: pd.Series) -> pd.Series:
    """Whether two verdicts say the same: a target that is reached for now is reached to its office."""
    same = {"to_be_held": "reached"}
    quiet = office.eq("not_judged")  # no view was given
    return office.replace(same).eq(verdict.replace(same)) | quiet


def leading(report: Report) -> list[tuple[str, list[str]]]:
    """The heaviest problems: verdicts, findings, poor facts, then those that people name.

    Returns
    -------
    list
        Sentence and the codes by which a measure may answer it.
    """
    ranked = sorted(_problems(report), key=lambda one: -one[0])
    return [(text, codes) for _, text, codes in ranked[:SHOWN]]


def _problems(report: Report) -> Iterator[tuple[float, str, list[str]]]:
    short = report.targets[report.targets["verdict"].isin(list(PROBLEM_WEIGHTS))]
    # The milestones of one indicator are one problem: the last of them is told.
    last = short.sort_values("target_period", kind="stable").duplicated(["area", "indicator"], keep="last")
    for _, row in short[~last.reindex(short.index)].iterrows():
        # 15.7（1/10万）（2023年） would be two brackets.
        unit = _with_unit(row, report.lang) and not row[f"unit_{report.lang}"].startswith("1/")
        text = report.label(
            f"problem.{row['verdict']}", name=words.name(row, report.lang), reason=_gap(row, report),
            current=cells.current(row, report.lang, unit=unit),
            target=cells.target(row, report.lang, unit=unit),
        )  # fmt: skip
        yield PROBLEM_WEIGHTS[row["verdict"]], text, [row["indicator"]]
    for kind, rows in _findings(report):
        # What raises an indicator answers neither another basis nor another figure of it.
        codes = list(rows["indicator"]) if kind in _OF_SIZE else []
        yield rows["weight"].max(), finding(kind, rows, report), codes
    facts = report.table(CONCLUSION, "facts")
    for place, (_, row) in enumerate(facts[facts["grade"] == "poor"].iterrows()):
        if row["fact"] not in ("not_far_exceeded", "not_lowered", "not_overtaken", "targets_on_track"):
            yield 1.9 - row["share"] / 10 - place / 100, criteria.fact(row, report), []
    for place, row in report.table(CONCLUSION, "problems").iterrows():
        text = report.label("problem.named", theme=report.of(row, "theme"), text=report.of(row, "problem"))
        yield 1.0 - place / 100, text, [row["problem"]]


def _findings(report: Report) -> list[tuple[str, pd.DataFrame]]:
    """The findings by kind, heaviest first; a fall below the target is told by the verdict already."""
    heads, targets = report.table(CONCLUSION, "findings"), report.targets
    short = targets.loc[targets["verdict"].isin(list(PROBLEM_WEIGHTS)), "indicator"]
    heads = heads[~(heads["indicator"].isin(short) & heads["finding"].eq("fell_back"))]
    return list(heads.groupby("finding", sort=False))


def further(report: Report) -> list[str]:
    """The findings that page one has no room for."""
    texts = [text for text, _ in leading(report)]
    sentences = []
    for kind, rows in _findings(report):
        if finding(kind, rows, report) in texts:
            rows = rows.iloc[len(rows) if kind == "early_by_far" else NAMED :]
        if len(rows):
            sentences.append(finding(kind, rows, report, len(rows)))
    return sentences


def finding(kind: str, rows: pd.DataFrame, report: Report, named: int = NAMED) -> str:
    """One sentence on the findings of a kind; of many the first are named."""
    lang = report.lang
    if kind == "early_by_far":
        numbers = words.numbering(rows["order"], lang)
        return report.label("finding.early_by_far", count=len(rows), numbers=numbers)
    parts = []
    for _, row in rows.head(named).iterrows():
        key = "finding.equal" if kind == "disputed" and row["before"] == row["after"] else f"finding.{kind}"
        figures = {name: row[name] for name in ("before", "after", "limit")}
        if kind != "rank_fell":
            figures = {name: cells.quantity(digits, row, lang) for name, digits in figures.items()}
        periods = {name: words.period(row[name], lang) for name in ("before_period", "after_period")}
        parts.append(report.label(key, name=words.name(row, lang), **figures, **periods))
    return ("；" if lang == "zh" else "; ").join(parts) + report.label("finding.end")


def certainty(report: Report) -> list[str]:
    """How sure all this is: what the verdicts rest on, and whom the public's view stands for."""
    rows, sentences = report.targets, []
    forecast = rows[rows["chance_shown"].notna() & rows["verdict"].isin(OPEN)]
    thin = forecast[forecast["grade"].isin(["C", "D"])]
    if len(thin):
        key = "summary.thin_all" if len(thin) == len(forecast) else "summary.thin"
        key = "summary.thin_one" if len(forecast) == 1 else key
        sentences.append(report.label(key, count=len(forecast), thin=len(thin)))
    due = rows["current_position"].ge(rows["target_position"])
    if decided := int((rows["verdict"].isin(["reached", "missed"]) & due).sum()):
        sentences.append(report.label("summary.decided", count=decided))
    if held := int(rows["verdict"].eq("to_be_held").sum()):
        sentences.append(report.label("summary.open", count=held))
    shares = report.table("06_survey", "shares")
    most = shares[shares["beneficiary"].eq("yes") & shares["part"].eq("profile")].head(1)
    return sentences + [
        report.label("summary.public", n=int(row["n"]), share=row["share"]) for _, row in most.iterrows()
    ]


def targets(report: Report) -> list[dict]:
    """The section on the targets: what each rests on, and what is still asked a year."""
    rows, blocks = report.targets[~report.targets["kind"].isin(IN_WORDS)], []
    if report.drawn(INDICATORS, "completion") and report.facts(INDICATORS)["charted"] >= DRAWN:
        blocks.append(report.figure(INDICATORS, "completion"))
    followed = rows[rows["published_base_value"].ne("") | rows["current_period"].ne("")]
    if len(followed):
        grades = report.label("targets.grades", **{grade: least for grade, least in GRADES.items() if least})
        columns, cites = _measured(report, followed), report.cites(INDICATORS, "progress")
        blocks += paragraphs([report.label("targets.see")])
        blocks.append(report.show("measures", followed, columns, notes=[grades], cites=cites))
    more = further(report)
    if more:
        blocks += [*paragraphs([report.label("targets.further")]), bullets(more)]
    there = int(report.targets["verdict"].isin(["reached", "to_be_held"]).sum())
    heading = "section.measured.there" if there else "section.measured"
    return [report.section(heading, blocks, there=there, total=len(report.targets))] if blocks else []


def _measured(report: Report, rows: pd.DataFrame) -> list[Column]:
    lang = report.lang
    name, least, view = (9, 3.2, 5) if lang == "zh" else (11, 0, 0)

    def completion(row: pd.Series) -> str:
        share = cells.percent(None if cells.unfollowed(row) else row["completion"])
        return cells.bounded(share, row, lang)

    def elapsed(row: pd.Series) -> str:
        return cells.percent(None if cells.unfollowed(row) else row["elapsed"], 0)

    def chance(row: pd.Series) -> str:
        if words.missing(row["chance_shown"]):
            return words.NONE
        return Cell(words.chance(row["chance_shown"], lang), float(row["chance_shown"]), "0%")

    every = [
        *cells.target_columns(lang, name),
        Column("base", lambda row: cells.base(row, lang), "right"),
        Column("completion", completion, "right"),
        Column("elapsed", elapsed, "right"),
        Column("needed", lambda row: cells.needed(row, lang), "right"),
        Column("chance", chance, "right", floor=least),
        Column("grade", lambda row: row["grade"] or words.NONE, "center"),
        Column("office_view", lambda row: report.of(row, "office_view") or words.NONE, floor=view),
    ]
    return filled(every, rows)
