"""What was reached: completion, caveats, and what is asked of each target a year."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells, words
from zbanalysis.report.blocks import INDICATORS, Column, Report, bullets, filled, paragraphs
from zbanalysis.report.words import label


def caveats(report: Report) -> list[dict]:
    """What to keep in mind when using the figures; none where there is nothing."""
    history = report.table(INDICATORS, "history")
    sentences = [
        *caveat_sentences(report.progress, report.lang),
        *estimates(report.progress, history, report.documents, report.lang),
    ]
    return [report.section("section.caveats", [bullets(sentences)])] if sentences else []


def requirement(report: Report) -> list[dict]:
    """What the plan asks a year and what is needed from now on."""
    progress, lang = report.progress, report.lang
    rows = progress[progress["asked_measure"] != ""]
    if rows.empty:
        return []
    bracketed = (rows["published_stated_rate"].eq("") & rows["published_stated_change"].ne("")).any()
    notes = [report.label("text.stated_note")] if bracketed else []
    made = report.show("requirement", rows, requirement_columns(lang), notes=notes)
    return [report.section("section.requirement", [*paragraphs(requirement_sentences(progress, lang)), made])]


def requirement_sentences(progress: pd.DataFrame, lang: str) -> list[str]:
    """What the plan asks, and whether its stated rates agree with its levels."""
    stated = progress[(progress["published_stated_rate"] != "") | (progress["published_stated_change"] != "")]
    # The data are refused where a statement does not follow; without a base there is nothing to compare.
    count = int(stated["base_value"].notna().sum())
    agree = [label("text.stated_agree", lang, count=count)] if count else []
    return [label("text.requirement", lang), *agree]


def caveat_sentences(progress: pd.DataFrame, lang: str) -> list[str]:
    """What a reader must know before using a figure: changed bases, revised targets, unfinished figures."""
    sentences = [
        label(
            "text.basis_break", lang,
            name=words.name_in_text(row, lang),
            base=words.within(row[f"basis_{lang}"]), current=words.within(row[f"current_basis_{lang}"]),
        )
        for _, row in progress[progress["basis_break"]].iterrows()
    ]  # fmt: skip
    sentences += [
        label(
            "text.target_revised", lang,
            name=words.name_in_text(row, lang),
            earlier=cells.quantity(row["earlier_target"], row, lang), now=cells.target(row, lang, unit=True),
            verdict=label(f"by_earlier.{_by_earlier(row)}", lang),
        )
        for _, row in progress[progress["earlier_target"] != ""].iterrows()
    ]  # fmt: skip
    return sentences + [
        _fell_back(row, lang) for _, row in progress[progress["earlier_best"] != ""].iterrows()
    ]


def _by_earlier(row: pd.Series) -> str:
    """Whether the newest figure meets the target as it was published before, and as it is now."""
    if words.missing(row["current_value"]):
        return "unknown"
    sign = 1 if row["direction"] == "up" else -1
    before, now = (
        sign * (row["current_value"] - float(target)) >= 0
        for target in (row["earlier_target"], row["target_value"])
    )
    if before:
        return "met" if now else "met_only"
    return "missed_only" if now else "missed"


def _fell_back(row: pd.Series, lang: str) -> str:
    """A figure that met the target, was published, and no longer holds."""
    same = row["earlier_best_basis"] == row["current_basis"]
    basis = "" if same else cells.bracketed(words.within(row[f"current_basis_{lang}"]), lang)
    return label(
        "text.fell_back", lang, name=words.name(row, lang), basis=basis,
        earlier=cells.quantity(row["earlier_best"], row, lang),
        period=words.period(row["earlier_best_period"], lang),
        now=cells.quantity(row["current_published"], row, lang),
        now_period=words.period(row["current_period"], lang), target=cells.target(row, lang, unit=True),
    )  # fmt: skip


def estimates(progress: pd.DataFrame, history: pd.DataFrame, documents: pd.DataFrame, lang: str) -> list[str]:
    """Earlier figures that are not final, by target: trends and projections rest on them too."""
    doubtful = history[history["status"] != "final"]
    rows = progress[["target", "area", "plan_area", "area_zh", "area_en", "name_zh", "name_en"]]
    rows = rows.merge(doubtful, on="target").merge(
        documents[["source", "confidence", "number"]], on="source", how="left"
    )

    def key(row: pd.Series) -> str:
        press = row["status"] == "estimate" and row["confidence"] in ("medium", "low")
        return "text.estimate_press" if press else "text.estimate"

    return [
        label(
            key(row), lang, number=row["number"], name=words.name_in_text(row, lang), value=row["published"],
            period=words.period(row["period"], lang), status=label(f"text.status.{row['status']}", lang),
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip


def completion_columns(progress: pd.DataFrame, lang: str) -> list[Column]:
    """The columns of completion in the official order, with the judgement by the schedule.

    Completion and time elapsed are left out where no target has either, as before the first figure of a
    plan: the names need the room.
    """

    def share(name: str, decimals: int) -> Column:
        def cell(row: pd.Series) -> str:
            return cells.percent(None if cells.unfollowed(row) else row[name], decimals)

        return Column(name, cell, "right")

    def sources(row: pd.Series) -> str:
        """Where the target and the newest figure stand."""
        return ", ".join(dict.fromkeys(filter(None, (row["source"], row["current_source"]))))

    shares = [share("completion", 1), share("elapsed", 0)]
    return [
        *cells.target_columns(lang),
        Column("unit", lambda row: row[f"unit_{lang}"]),
        Column("attribute", lambda row: label(f"attribute.{row['attribute']}", lang)),
        Column("base", lambda row: cells.base(row, lang), "right"),
        Column("target", lambda row: cells.target(row, lang), "right"),
        Column("current", lambda row: cells.current(row, lang), "right"),
        *(shares if filled(shares, progress) else []),
        Column("judgement", lambda row: cells.judgement(row, lang)),
        Column("needed", lambda row: cells.needed(row, lang), "right"),
        Column("source", sources),
    ]


def requirement_columns(lang: str) -> list[Column]:
    """The columns of what is asked a year."""

    def asked(row: pd.Series) -> str:
        return cells.amount(row["asked"], row["asked_measure"], row, lang)

    return [
        *cells.target_columns(lang),
        Column("base", lambda row: cells.printed(row["published_base_value"]), "right"),
        Column("target", lambda row: cells.target(row, lang), "right"),
        Column("asked_change", lambda row: cells.total_change(row, lang), "right"),
        Column("asked", asked, "right"),
        Column("stated", cells.stated, "right"),
        Column("required", lambda row: cells.computed(row["required"], row), "right"),
        Column("needed", lambda row: cells.needed(row, lang), "right"),
    ]


# --- Whether a judgement depends on the rule, the base year or the rounding ---
def other_choices(report: Report) -> list[dict]:
    """One section; nothing where no target is open that can be judged."""
    variants = open_variants(report)
    if variants.empty:
        return []
    made = report.show(
        "sensitivity",
        judged(report.progress, variants),
        sensitivity_columns(variants, report.lang),
        notes=[report.label("text.sensitivity_note")],
    )
    # The chart of the rules shows the same cell by cell: it stays in the notebook.
    parts = [*paragraphs([*sentences(variants, report.lang), report.label("text.see_sensitivity")]), made]
    return [report.section("section.sensitivity", parts)]


def open_variants(report: Report) -> pd.DataFrame:
    """The variants of the targets that are open: no rule changes what is decided."""
    variants, progress = report.table(INDICATORS, "variants"), report.progress
    return variants[variants["id"].isin(progress.loc[~progress["final"].astype(bool), "target"])]


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
    changed = variants[variants["changed"].astype(bool)]
    kind, total = changed["variant"].str.split(":").str[0], int(variants["id"].nunique())
    hanging = {
        name: int(changed.loc[kind == name, "id"].nunique()) for name in ("rule", "rounding", "base_year")
    }
    rules = int(variants["variant"].str.startswith("rule:").sum() / total) - 1
    parts = [label(f"text.sensitivity_{name}", lang, count=count) for name, count in hanging.items() if count]
    if not parts:
        return [label("text.sensitivity_agree", lang, total=total, rules=rules)]
    return [label("text.sensitivity", lang, total=total, rules=rules, parts=words.listing(parts, lang))]


def judged(progress: pd.DataFrame, variants: pd.DataFrame) -> pd.DataFrame:
    """The targets that were judged in other ways too."""
    return progress[progress["target"].isin(variants["id"])]


def sensitivity_columns(variants: pd.DataFrame, lang: str) -> list[Column]:
    """The columns of the variants: one for each rule, then base year and rounding."""
    of = {target: own.set_index("variant") for target, own in variants.groupby("id")}

    def rule(variant: str) -> Column:
        name = variant.partition(":")[2]

        def cell(row: pd.Series) -> str:
            own = of[row["target"]].loc[variant]
            return label(f"class.{name}.{own['status']}", lang) + "*" * bool(own["changed"])

        return Column(name, cell, "center", heading=label(f"rule_name.{name}", lang))

    def base_year(row: pd.Series) -> str:
        """Whether another base year would change the class; a dash where there is no such figure."""
        own = of[row["target"]]
        known = own[own.index.str.startswith("base_year:") & (own["step"] != "none")]
        return words.NONE if known.empty else _changes(known["changed"].any(), lang)

    def rounding(row: pd.Series) -> str:
        return _changes(of[row["target"]].loc["rounding", "changed"], lang)

    return [
        *cells.target_columns(lang),
        *(rule(name) for name in variants["variant"].unique() if name.startswith("rule:")),
        Column("base_year", base_year, "center"),
        Column("rounding", rounding, "center"),
    ]


def _changes(changed: bool, lang: str) -> str:
    return label("changes.yes" if changed else "changes.no", lang)
