"""The page that says it all: verdict, every target with its reason, problems, measures, how sure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from zbanalysis.data.schema import IN_WORDS, SUMS, VALUES
from zbanalysis.report import cells, style, words
from zbanalysis.report.blocks import INDICATORS, Cell, Column, Report, bullets, paragraphs
from zbanalysis.report.chapters import criteria, measures, tasks
from zbanalysis.report.chapters.outlook import OPEN
from zbanalysis.report.words import label

CONCLUSION = "09_conclusion"
PROBLEM_WEIGHTS = {"cannot": 4.5, "missed": 4.5, "unlikely": 3.5}
"""Where a verdict stands among the findings, by their weights."""
_OF_SIZE = ("fell_back", "rank_fell")
"""Findings that a measure for the indicator answers."""
NAMED = 2
"""So many targets of a verdict are named in the sentence."""
SHOWN, MEASURES = 3, 2
"""Problems and measures on the page."""


def page(report: Report) -> list[dict]:
    """The blocks of page one."""
    problems, rows = leading(report), report.targets[~_unknown(report.targets)]
    columns, notes = _columns(report.targets), _notes(report)
    table = report.show("overview", rows, columns, notes=notes, cites=(INDICATORS, "progress"))
    sure = certainty(report)
    # Where nothing is known of any target, its table would have no row: what its notes say stands alone.
    blocks = [{"type": "callout", "text": verdict(report)}, *([table | {"dense": True}] if table else notes)]
    if problems:
        named = bullets([text for text, _ in problems]) | {"numbered": True}
        blocks += [report.label("summary.problems"), named]
    blocks += measures.first(report, [codes for _, codes in problems], MEASURES)
    if sure:
        blocks.append(report.label("summary.sure", text=words.flowing(sure, report.lang)))
    return paragraphs(blocks)


def verdict(report: Report) -> str:
    """Targets, tasks and criteria in one sentence each; only what there is."""
    rows, parts = report.targets, []
    for key in style.VERDICTS:
        some = rows[rows["verdict"] == key]
        if some.empty:
            continue
        hedged = ".hedged" if key in OPEN and some["grade"].isin(["C", "D"]).all() else ""
        text = report.label(f"summary.{key}{hedged}", count=len(some))
        if key in ("possible", "unlikely", "missed", "cannot") and len(some) <= NAMED:
            text = report.label("summary.named", text=text, names=words.each(some, report.lang))
        parts.append(text)
    first = report.label("summary.verdict", total=len(rows), parts=words.listing(parts, report.lang))
    return words.flowing([f"**{first}**", *tasks.counted(report), *criteria.sentence(report)], report.lang)


GATHERED = 3
"""Targets without any figure, where there are more, are listed below the table."""


def _unknown(rows: pd.DataFrame) -> pd.Series:
    """Targets that nothing is known of, where they are many."""
    unknown = rows["verdict"].eq("not_judged") & rows["current_period"].eq("") & rows["mark"].eq("")
    return unknown & (unknown.sum() > GATHERED)


SPAN = 8
"""Characters that a figure of several years takes with its period, which is not broken."""


def _columns(rows: pd.DataFrame) -> list[Column]:
    several = rows["current_period"].str.contains("/") | rows["kind"].isin(SUMS)
    order, current = (2.5, SPAN) if several.any() else (0, 0)
    return [
        Column("order", cells.count("order"), "right", floor=order),
        Column("indicator", _named, floor=(11, 14)),
        Column("target", cells.target, "right"),
        Column("current", _current, "right", floor=current),
        Column("verdict_word", _word, mark="verdict", floor=(8, 0)),
        Column("why", reason, floor=(11, 12.5)),
    ]


def _named(row: pd.Series, lang: str) -> str:
    """Its name with its unit, where the name does not have it."""
    name, unit = words.name(row, lang), row[f"unit_{lang}"]
    has = not unit or (lang == "en" and unit.lower() in row["name_en"].lower())
    return name if has else name + cells.bracketed(unit, lang)


def _word(row: pd.Series, lang: str) -> str:
    """The verdict; what is met for now in fewer words than elsewhere; of words the office's own view."""
    if row["kind"] in IN_WORDS and row["office_view"]:
        return label("summary.by_office", lang, view=row[f"office_view_{lang}"])
    return label("summary.held", lang) if row["verdict"] == "to_be_held" else row[f"verdict_{lang}"]


def _current(row: pd.Series, lang: str) -> str:
    """The newest figure with its period, a year without its 年."""
    shown, period = cells.current(row, lang), row["current_period"]
    part = re.fullmatch(r"(\d{4})([QH]\d)", period) if lang == "en" else None
    short = period if len(period) == 4 else f"{part[2]} {part[1]}" if part else ""
    if not short:
        return shown
    text, after = (part.replace(words.period(period, lang), short) for part in (shown, shown.after))
    return Cell(text, shown.value, shown.pattern, shown.before, after)


def reason(row: pd.Series, lang: str) -> str:
    """Why a target has its verdict, in few words."""
    if row["overruled"]:
        return row[f"evaluator_reason_{lang}"]
    if row["mark"]:
        return row[f"mark_{lang}"]
    if row["verdict"] == "not_judged":
        short = not words.missing(row["reached"]) and not row["reached"] and not words.missing(row["gap"])
        parts = [_gap(row, lang), row[f"reason_{lang}"]] if short else [row[f"reason_{lang}"]]
        return label("summary.joined", lang).join(parts)
    return _excess(row, lang) if row["verdict"] in ("reached", "to_be_held") else _gap(row, lang)


def _excess(row: pd.Series, lang: str) -> str:
    """By how much it is passed, and what must be kept in mind."""
    parts = []
    if not words.missing(row["margin"]) and abs(row["margin"]) >= 0.0005:
        parts.append(label("summary.above", lang, share=words.percent(abs(row["margin"]), 1)))
    before = pd.to_numeric(row["earlier_target"], errors="coerce")
    if (1 if row["direction"] == "up" else -1) * (before - row["target_value"]) > 0:
        parts.append(label("summary.lowered", lang, before=row["earlier_target"]))
    if row["accumulation"] == "flow" and row["verdict"] == "to_be_held":
        parts.append(label("summary.flow", lang))
    return label("summary.joined", lang).join(parts) or words.NONE


def _gap(row: pd.Series, lang: str) -> str:
    """What is missing, how fast it went, and how much is known."""
    parts = []
    if row["broken_years"]:
        parts.append(row[f"reason_{lang}"])
    elif not words.missing(row["gap"]) and row["gap"]:
        # As fine as what it lies between, as printed: the figure and, where it is a value, the target.
        names = ("current_published", "published_target_value")
        names = names if row["kind"] in (*VALUES, *SUMS) else names[:1]
        digits = max(len(str(row[name]).partition(".")[2]) for name in names)
        gap = cells.printed(words.number(abs(row["gap"]), digits))
        gap = cells.with_unit(gap, row, lang) if _with_unit(row, lang) else gap
        gap = cells.bounded(gap, row, lang, with_figure=False)
        parts.append(label(f"summary.side.{row['side']}" if row["side"] else "summary.short", lang, gap=gap))
    if row["verdict"] not in ("missed", "cannot") and not words.missing(row["chance_shown"]):
        parts.append(label("summary.chance", lang, chance=words.chance(row["chance_shown"], lang)))
    return label("summary.joined", lang).join(parts) or words.NONE


def _with_unit(row: pd.Series, lang: str) -> bool:
    """Whether a figure bears its unit; English has that of a count in the name."""
    return lang == "zh" or row["scale"] == "share" or row["unit_en"].endswith(" yuan")


def _notes(report: Report) -> list[str]:
    """What has no figure, or none later than its base; an office's view where it differs from the verdict."""
    rows, lang, notes = report.targets, report.lang, []
    unknown = rows[_unknown(rows)]
    if len(unknown):
        # Two targets of one indicator have one name.
        named = dict.fromkeys(words.name(row, lang) for _, row in unknown.iterrows())
        given = {"numbers": words.numbering(unknown["order"], lang), "names": words.listing([*named], lang)}
        notes.append(report.label("summary.no_figure", count=len(unknown), **given))
    old = rows[rows["current_position"].le(rows["base_position"])]
    if len(old):
        numbers = words.numbering(old["order"], lang)
        notes.append(report.label("summary.no_later_figure", count=len(old), numbers=numbers))

    def view(row: pd.Series, lang: str) -> str:
        given = {"name": words.name_in_text(row, lang), "view": row[f"office_view_{lang}"]}
        return label("summary.office", lang, **given)

    # What an office expected in an earlier year is no view of the figures of today, and to an office a target
    # that is reached for now is reached.
    given = ~rows["office_view"].isin(["", "not_judged"]) & rows["office_date"].str[:4].eq(report.day[:4])
    own, computed = (rows[name].replace("to_be_held", "reached") for name in ("office_view", "verdict"))
    differ = rows[given & own.ne(computed)]
    if len(differ):
        notes.append(report.label("summary.office_note", views=words.each(differ, lang, view)))
    return notes


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
    short = report.targets[report.targets["verdict"].isin(PROBLEM_WEIGHTS)]
    # The milestones of one indicator are one problem: the last of them is told.
    by, last = ["area", "indicator"], short.sort_values("target_period", kind="stable")
    short = last.drop_duplicates(by, keep="last")
    for _, row in short.sort_index().iterrows():
        # 15.7（1/10万）（2023年） would be two brackets.
        unit = _with_unit(row, report.lang) and not row[f"unit_{report.lang}"].startswith("1/")
        text = report.label(
            f"problem.{row['verdict']}", name=words.name(row, report.lang), reason=_gap(row, report.lang),
            current=cells.current(row, report.lang, unit=unit),
            target=cells.target(row, report.lang, unit=unit),
        )  # fmt: skip
        yield PROBLEM_WEIGHTS[row["verdict"]], text, [row["indicator"]]
    for kind, rows in findings(report):
        # What raises an indicator answers neither another basis nor another figure of it.
        codes = list(rows["indicator"]) if kind in _OF_SIZE else []
        yield rows["weight"].max(), finding(kind, rows, report), codes
    facts = report.table(CONCLUSION, "facts")
    for place, (_, row) in enumerate(facts[facts["grade"] == "poor"].iterrows()):
        if row["fact"] not in ("not_far_exceeded", "not_lowered", "not_overtaken", "targets_on_track"):
            yield 1.9 - row["share"] / 10 - place / 100, criteria.fact(row, report.lang), []
    for place, row in report.table(CONCLUSION, "problems").iterrows():
        text = report.label("problem.named", theme=report.of(row, "theme"), text=report.of(row, "problem"))
        yield 1.0 - place / 100, text, [row["problem"]]


def findings(report: Report) -> list[tuple[str, pd.DataFrame]]:
    """The findings by kind, heaviest first; a fall below the target is told by the verdict already."""
    heads, targets = report.table(CONCLUSION, "findings"), report.targets
    short = targets.loc[targets["verdict"].isin(PROBLEM_WEIGHTS), "indicator"]
    heads = heads[~(heads["indicator"].isin(short) & heads["finding"].eq("fell_back"))]
    return list(heads.groupby("finding", sort=False))


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
    rows = report.targets
    forecast = rows[rows["chance_shown"].notna() & rows["verdict"].isin(OPEN)]
    thin, count = int(forecast["grade"].isin(["C", "D"]).sum()), len(forecast)
    thin_key = {count: "summary.thin_all"}.get(thin, "summary.thin") if count > 1 else "summary.thin_one"
    due = rows["current_position"].ge(rows["target_position"])
    decided = (rows["verdict"].isin(["reached", "missed"]) & due).sum()
    held = rows["verdict"].eq("to_be_held").sum()
    shares = report.table("06_survey", "shares")
    most = shares[shares["beneficiary"].eq("yes") & shares["part"].eq("profile")].head(1)
    return [
        *([report.label(thin_key, count=count, thin=thin)] if thin else []),
        *words.counted({"summary.decided": decided, "summary.open": held}, report.lang),
        *(report.label("summary.public", n=int(row.n), share=row.share) for row in most.itertuples()),
    ]
