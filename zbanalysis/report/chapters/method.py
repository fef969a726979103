"""Is the method any good: how often its intervals held, and what it would have said on earlier days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from zbanalysis.outlook import hindsight
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Cell, Column, Report
from zbanalysis.report.words import label

SECTION = "04_backtest"


def sections(report: Report) -> list[dict]:
    """One section, with a table of earlier judgements where there is anything to look back on."""
    names = ("checks", "reliability", "by_length", "said")
    checks, rates, lengths, past = (report.table(SECTION, name) for name in names)
    used, lang = calibrations(report.progress), report.lang
    domain = "domain" in used
    parts = coverage_sentences(checks, report.facts(SECTION), lang, used)
    # Chances were held against outcomes of science alone: of another field they say nothing.
    parts += reliability_sentences(rates, lang) if domain else []
    parts.append(report.label("text.see_coverage" if domain else "text.see_coverage_general"))
    parts.append(report.show("coverage", checks, coverage_columns(domain=domain), source="source.panel"))
    if domain:
        parts.append(report.figure(SECTION, "reliability", width_mm=90, source="source.panel"))
    if len(lengths):
        notes = [report.label("text.by_length_note")]
        parts += [report.label("text.see_lengths"), *length_sentences(lengths, lang, domain=domain)]
        parts.append(report.show("lengths", lengths, LENGTHS, notes=notes))
    parts += hindsight_sentences(past, lang)
    if len(past):
        dated = report.progress.set_index("target")[["name_zh", "name_en"]]  # milestones with their year
        past = past.drop(columns=["name_zh", "name_en"]).join(dated, on="target")
        notes = [report.label("text.hindsight_note")]
        parts += [report.label("text.see_hindsight"), report.show("hindsight", past, HINDSIGHT, notes=notes)]
    return [report.section("section.method", parts)]


def calibrations(progress: pd.DataFrame) -> tuple[str, ...]:
    """How the fans of the plan's indicators are read: by their domain's outcomes, in general, or some so."""
    science = progress["domain"] == "science"
    return ("domain",) * bool(science.any()) + ("general",) * bool(not science.all())


def coverage_sentences(
    checks: pd.DataFrame, size: Mapping[str, int], lang: str, used: Sequence[str] = ("domain",)
) -> list[str]:
    """How often the intervals held what came, and on what that was tried.

    Parameters
    ----------
    checks
        From `domain.checks`.
    size
        From `domain.panel_size`.
    lang
        ``zh`` or ``en``.
    used
        Calibrations that the plan's indicators are read by, from `calibrations`.
    """

    def ends(calibration: str) -> dict[str, str]:
        """The lowest and the highest coverage of each interval, whatever the years ahead."""
        levels = {level: checks[f"{calibration}{level}"] for level in (80, 95)}
        low = {f"low{level}": words.percent(shares.min()) for level, shares in levels.items()}
        return low | {f"high{level}": words.percent(shares.max()) for level, shares in levels.items()}

    given = {"provinces": size["provinces"], "indicators": size["indicators"]}
    given["cases"] = int(checks["cases"].sum())
    first = "text.coverage" if "domain" in used else "text.coverage_general"
    others = [label("text.coverage_others", lang, **ends(one)) for one in used[1:]]
    return [label(first, lang, **given, **ends(used[0])), *others]


def reliability_sentences(table: pd.DataFrame, lang: str) -> list[str]:
    """By how much chances given differ from the share that was reached, which way, and where most."""
    mean, bias = hindsight.calibration_error(table), hindsight.bias(table)
    worst = table.loc[(table["reached"] - table["chance"]).abs().idxmax()]
    key = "text.reliability_low" if bias > 0 else "text.reliability_high"
    said = label(
        "text.reliability", lang, mean=words.number(100 * mean, 1),
        direction=label(key, lang, bias=words.number(100 * abs(bias), 1)),
        given=words.percent(worst["chance"], 0), came=words.percent(worst["reached"], 0),
    )  # fmt: skip
    lowest = table.loc[table["chance"] < 0.1, "reached"].head(1)
    low = [label("text.low_chances", lang, share=words.share_of(share, lang)) for share in lowest]
    return [said, *low]


def length_sentences(scores: pd.DataFrame, lang: str, *, domain: bool = True) -> list[str]:
    """What fewer points do to error and coverage in the latest years of the panel.

    ``domain`` says whether any indicator of the plan has a calibration other than the general one.
    """
    if scores.empty:  # a folder of one city has no panel
        return []
    first, last = scores.iloc[0], scores.iloc[-1]
    general = label(
        "text.by_length", lang, few=int(first["points"]), many=int(last["points"]),
        few80=words.percent(first["coverage80"]), many80=words.percent(last["coverage80"]),
    )  # fmt: skip
    space = "" if lang == "zh" else " "
    return [general + space + label("text.by_length_domain", lang) if domain else general]


def hindsight_sentences(past: pd.DataFrame, lang: str) -> list[str]:
    """How many earlier judgements there are and how many intervals held the outcome."""
    if past.empty:
        return []
    scores = hindsight.scores(past).iloc[0]
    if not scores["intervals"]:
        return [label("text.hindsight_none", lang)]
    count, within = int(scores["intervals"]), int(scores["inside"])
    low, high = (words.percent(scores[f"within80_{end}"], 0) for end in ("low", "high"))
    return [label("text.hindsight", lang, count=count, within=within, low=low, high=high)]


def coverage_columns(*, domain: bool = True) -> list[Column]:
    """The columns of the coverage; those of the domain where an indicator of the plan is read by it."""
    read = ("general", "domain") if domain else ("general",)
    return [
        Column("years_ahead", cells.count("years"), "right"),
        Column("cases", cells.count("cases"), "right"),
        *(_share(f"{calibration}{level}") for level in (80, 95) for calibration in read),
    ]


def _share(name: str) -> Column:
    return Column(name, lambda row, _: cells.percent(row[name]), "right")


LENGTHS = [
    Column("points", cells.count("points"), "right"),
    Column("cases", cells.count("cases"), "right"),
    Column("mase", lambda row, _: cells.number(row["mase"], 2), "right"),
    Column("best_other_mase", lambda row, _: cells.number(row["best_other_mase"], 2), "right"),
    Column("best_other", lambda row, lang: label(f"method.{row['best_other']}", lang)),
    _share("coverage80"),
    _share("coverage95"),
]
"""The columns of error and coverage by the number of points."""


def _outcome(row: pd.Series, _: str) -> Cell:
    return cells.printed(row["outcome"], after="*" * bool(row["outcome_basis_break"]))


HINDSIGHT = [
    Column("as_of", lambda row, _: str(row["as_of"]), "right"),  # as 2020-08-10, which no column breaks
    Column("indicator", words.name),
    Column("last_year", cells.count("last_year"), "right"),
    Column("target", cells.target, "right"),
    Column("chance", cells.chance_shown, "right"),
    Column("interval80", cells.interval80, "right"),
    Column("verdict"),
    Column("outcome", _outcome, "right"),
    Column("came", lambda row, lang: label("reached.yes" if row["came"] else "reached.no", lang)),
]
"""The columns of earlier judgements."""
