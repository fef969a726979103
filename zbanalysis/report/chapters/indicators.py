"""What was reached: what each target rests on, completion, caveats, and what is asked of each a year."""

from __future__ import annotations

from functools import partial

import pandas as pd

from zbanalysis.data.schema import IN_WORDS
from zbanalysis.outlook.verdict import GRADES
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import INDICATORS, Column, Report, bullets, filled
from zbanalysis.report.chapters.summary import NAMED, finding, findings, leading
from zbanalysis.report.words import label

DRAWN = 3
"""A chart of fewer bars says no more than the table."""


def targets(report: Report) -> list[dict]:
    """The section on the targets: what each rests on, and what is still asked a year."""
    rows, facts, blocks = report.targets[~report.targets["kind"].isin(IN_WORDS)], report.facts(INDICATORS), []
    if report.drawn(INDICATORS, "completion") and facts["charted"] >= DRAWN:
        blocks.append(report.figure(INDICATORS, "completion"))
    followed = rows[rows["published_base_value"].ne("") | rows["current_period"].ne("")]
    if len(followed):
        grades = report.label("targets.grades", **{grade: least for grade, least in GRADES.items() if least})
        columns, cites = filled(MEASURED, followed, report.lang), (INDICATORS, "progress")
        blocks.append(report.label("targets.see"))
        blocks.append(report.show("measures", followed, columns, notes=[grades], cites=cites))
    texts, more = [text for text, _ in leading(report)], []  # the findings that page one has no room for
    for kind, some in findings(report):
        if finding(kind, some, report) in texts:
            some = some.iloc[len(some) if kind == "early_by_far" else NAMED :]
        more += [finding(kind, some, report, len(some))] if len(some) else []
    blocks += [report.label("targets.further"), bullets(more)] if more else []
    there = int(report.targets["verdict"].isin(["reached", "to_be_held"]).sum())
    heading = "section.measured.there" if there else "section.measured"
    return [report.section(heading, blocks, there=there, total=len(report.targets))]


def _completion(row: pd.Series, lang: str) -> str:
    return cells.bounded(cells.followed(row, "completion"), row, lang)


MEASURED = [
    *cells.target_columns((9, 11)),
    Column("base", cells.base, "right"),
    Column("completion", _completion, "right"),
    Column("elapsed", lambda row, _: cells.followed(row, "elapsed", 0), "right"),
    Column("needed", cells.needed, "right"),
    Column("chance", cells.chance_shown, "right", floor=(3.2, 0)),
    Column("grade", lambda row, _: row["grade"] or words.NONE, "center"),
    Column("office_view", floor=(5, 0)),
]
"""The columns of what each target rests on; those that say nothing of any are left out."""


def caveats(report: Report) -> list[dict]:
    """What to keep in mind when using the figures; none where there is nothing."""
    history = report.table(INDICATORS, "history")
    sentences = caveat_sentences(report.progress, report.lang)
    sentences += estimates(report.progress, history, report.documents, report.lang)
    return [report.section("section.caveats", [bullets(sentences)])]


def requirement(report: Report) -> list[dict]:
    """What the plan asks a year and what is needed from now on."""
    rows = report.progress[report.progress["asked_measure"] != ""]
    if rows.empty:
        return []
    bracketed = (rows["published_stated_rate"].eq("") & rows["published_stated_change"].ne("")).any()
    notes = [report.label("text.stated_note")] if bracketed else []
    made = report.show("requirement", rows, REQUIREMENT, notes=notes)
    sentences = requirement_sentences(report.progress, report.lang)
    return [report.section("section.requirement", [*sentences, made])]


def requirement_sentences(progress: pd.DataFrame, lang: str) -> list[str]:
    """What the plan asks, and whether its stated rates agree with its levels."""
    stated = progress["published_stated_rate"].ne("") | progress["published_stated_change"].ne("")
    # The data are refused where a statement does not follow; without a base there is nothing to compare.
    count = (stated & progress["base_value"].notna()).sum()
    return [label("text.requirement", lang), *words.counted({"text.stated_agree": count}, lang)]


def caveat_sentences(progress: pd.DataFrame, lang: str) -> list[str]:
    """What a reader must know before using a figure: changed bases, revised targets, unfinished figures."""
    broken = [
        label(
            "text.basis_break", lang, name=words.name_in_text(row, lang),
            base=words.within(row[f"basis_{lang}"]), current=words.within(row[f"current_basis_{lang}"]),
        )
        for _, row in progress[progress["basis_break"]].iterrows()
    ]  # fmt: skip
    revised = [
        label(
            "text.target_revised", lang, name=words.name_in_text(row, lang),
            earlier=cells.quantity(row["earlier_target"], row, lang), now=cells.target(row, lang, unit=True),
            verdict=label(f"by_earlier.{_by_earlier(row)}", lang),
        )
        for _, row in progress[progress["earlier_target"] != ""].iterrows()
    ]  # fmt: skip
    fallen = []  # figures that met the target, were published, and no longer hold
    for _, row in progress[progress["earlier_best"] != ""].iterrows():
        other = row["earlier_best_basis"] != row["current_basis"]
        basis = cells.bracketed(words.within(row[f"current_basis_{lang}"]), lang) if other else ""
        fallen.append(
            label(
                "text.fell_back", lang, name=words.name(row, lang), basis=basis,
                earlier=cells.quantity(row["earlier_best"], row, lang),
                period=words.period(row["earlier_best_period"], lang),
                now=cells.quantity(row["current_published"], row, lang),
                now_period=words.period(row["current_period"], lang),
                target=cells.target(row, lang, unit=True),
            )
        )  # fmt: skip
    return [*broken, *revised, *fallen]


def _by_earlier(row: pd.Series) -> str:
    """Whether the newest figure meets the target as it was published before, and as it is now."""
    if words.missing(row["current_value"]):
        return "unknown"
    sign, value = (1 if row["direction"] == "up" else -1), row["current_value"]
    before, now = (sign * (value - float(row[name])) >= 0 for name in ("earlier_target", "target_value"))
    return ("met" if before else "missed") + ("_only" if before != now else "")


def estimates(progress: pd.DataFrame, history: pd.DataFrame, documents: pd.DataFrame, lang: str) -> list[str]:
    """Earlier figures that are not final, by target: trends and projections rest on them too."""
    rows = progress[["target", "area", "plan_area", "area_zh", "area_en", "name_zh", "name_en"]]
    rows = rows.merge(history[history["status"] != "final"], on="target")
    rows = rows.merge(documents[["source", "confidence", "number"]], on="source", how="left")
    press = rows["status"].eq("estimate") & rows["confidence"].isin(["medium", "low"])
    rows["key"] = press.map({True: "text.estimate_press", False: "text.estimate"})
    return [
        label(
            row["key"], lang, number=row["number"], name=words.name_in_text(row, lang),
            value=row["published"], period=words.period(row["period"], lang),
            status=label(f"text.status.{row['status']}", lang),
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip


UNIT = Column("unit", lambda row, lang: row[f"unit_{lang}"])  # a target in words has none


def completion_columns(progress: pd.DataFrame) -> list[Column]:
    """The columns of completion in the official order, with the judgement by the schedule.

    Completion and time elapsed are left out where no target has either, as before the first figure of a
    plan: the names need the room.
    """

    def sources(row: pd.Series, _: str) -> str:
        """Where the target and the newest figure stand."""
        return ", ".join(dict.fromkeys(filter(None, (row["source"], row["current_source"]))))

    shares = [
        Column("completion", lambda row, _: cells.followed(row, "completion"), "right"),
        Column("elapsed", lambda row, _: cells.followed(row, "elapsed", 0), "right"),
    ]
    return [
        *cells.target_columns(),
        UNIT,
        Column("attribute", lambda row, lang: label(f"attribute.{row['attribute']}", lang)),
        Column("base", cells.base, "right"),
        Column("target", cells.target, "right"),
        Column("current", cells.current, "right"),
        *(shares if filled(shares, progress, "zh") else []),
        Column("judgement", cells.judgement),
        Column("needed", cells.needed, "right"),
        Column("source", sources),
    ]


REQUIREMENT = [
    *cells.target_columns(),
    Column("base", lambda row, _: cells.printed(row["published_base_value"]), "right"),
    Column("target", cells.target, "right"),
    Column("asked_change", cells.total_change, "right"),
    Column("asked", cells.asked, "right"),
    Column("stated", cells.stated, "right"),
    Column("required", lambda row, _: cells.computed(row["required"], row), "right"),
    Column("needed", cells.needed, "right"),
]
"""The columns of what is asked a year."""


# --- Whether a judgement depends on the rule, the base year or the rounding ---
def other_choices(report: Report) -> list[dict]:
    """One section; nothing where no target is open that can be judged: no rule changes what is decided."""
    rows, variants = report.progress, report.table(INDICATORS, "variants")
    variants = variants[variants["id"].isin(rows.loc[~rows["final"].astype(bool), "target"])]
    if variants.empty:
        return []
    # The chart of the rules shows the same cell by cell: it stays in the notebook.
    rows, notes = rows[rows["target"].isin(variants["id"])], [report.label("text.sensitivity_note")]
    made = report.show("sensitivity", rows, sensitivity_columns(variants), notes=notes)
    parts = [*sentences(variants, report.lang), report.label("text.see_sensitivity"), made]
    return [report.section("section.sensitivity", parts)]


def sentences(variants: pd.DataFrame, lang: str) -> list[str]:
    """How many of the judged targets would be judged otherwise, and by what.

    Parameters
    ----------
    variants
        From `sensitivity.variants`: ``id, variant, changed``.
    lang
        ``zh`` or ``en``.
    """
    if variants.empty:
        return []
    changed, total = variants[variants["changed"].astype(bool)], int(variants["id"].nunique())
    hanging = changed.groupby(changed["variant"].str.split(":").str[0])["id"].nunique()
    given = {"total": total, "rules": int(variants["variant"].str.startswith("rule:").sum() / total) - 1}
    names = ("rule", "rounding", "base_year")
    parts = words.counted({f"text.sensitivity_{name}": hanging.get(name, 0) for name in names}, lang)
    if not parts:
        return [label("text.sensitivity_agree", lang, **given)]
    return [label("text.sensitivity", lang, **given, parts=words.listing(parts, lang))]


def sensitivity_columns(variants: pd.DataFrame) -> list[Column]:
    """The columns of the variants: one for each rule, then base year and rounding."""
    of = variants.set_index(["id", "variant"])
    rules = [one for one in variants["variant"].unique() if one.startswith("rule:")]

    def rule(variant: str, row: pd.Series, lang: str) -> str:
        own = of.loc[row["target"], variant]
        return label(f"class.{variant[5:]}.{own['status']}", lang) + "*" * bool(own["changed"])

    def base_year(row: pd.Series, lang: str) -> str:
        """Whether another base year would change the class; a dash where there is no such figure."""
        own = of.loc[row["target"]]
        known = own[own.index.str.startswith("base_year:") & (own["step"] != "none")]
        return words.NONE if known.empty else changes(known["changed"].any(), lang)

    def rounding(row: pd.Series, lang: str) -> str:
        return changes(of.loc[(row["target"], "rounding"), "changed"], lang)

    def changes(changed: bool, lang: str) -> str:
        return label("changes.yes" if changed else "changes.no", lang)

    return [
        *cells.target_columns(),
        *(Column(f"rule_name.{one[5:]}", partial(rule, one), "center") for one in rules),
        Column("base_year", base_year, "center"),
        Column("rounding", rounding, "center"),
    ]
