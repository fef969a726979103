"""What was reached: completion, caveats, and what is asked of each target a year."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.plan.progress import MARGIN
from zbanalysis.report import blocks, cells, words
from zbanalysis.report.blocks import INDICATORS as SECTION
from zbanalysis.report.blocks import Column, Report, bullets, paragraphs, see
from zbanalysis.report.words import label


def completion(report: Report) -> list[dict]:
    """What was reached: sentences, chart and table."""
    counts, progress, lang = report.facts(SECTION), report.progress, report.lang
    parts = paragraphs(headline(progress, counts, lang, report.day))
    seen = report.label(
        "text.see_chart", figure_completion=see("figure-completion"), margin=words.number(100 * MARGIN, 0)
    )
    parts += [*paragraphs([seen]), report.figure(SECTION, "completion")]
    made = report.show(
        "completion",
        progress,
        completion_columns(progress, lang, report.numbers),
        notes=reasons(progress, lang),
        cites=report.cites(SECTION, "progress", ("source", "current_source")),
    )
    parts += [*paragraphs([report.label("text.see_completion", completion=see("completion"))]), made]
    return [report.section("section.completion", parts)]


def caveats(report: Report) -> list[dict]:
    """What to keep in mind when using the figures; none where there is nothing."""
    history = report.table(SECTION, "history")
    found = [
        *caveat_sentences(report.progress, report.lang),
        *estimates(report.progress, history, report.lang),
    ]
    return [report.section("section.caveats", [bullets(found)])] if found else []


def requirement(report: Report) -> list[dict]:
    """What the plan asks a year and what is needed from now on."""
    progress, lang = report.progress, report.lang
    rows = progress[progress["asked_measure"] != ""]
    parts = []
    if len(rows):
        bracketed = (rows["published_stated_rate"].eq("") & rows["published_stated_change"].ne("")).any()
        notes = [report.label("text.stated_note")] if bracketed else []
        parts += paragraphs(requirement_sentences(progress, lang, see("requirement")))
        parts.append(report.show("requirement", rows, requirement_columns(lang), notes=notes))
    seen = report.label("text.see_paths", figure_paths=see("figure-paths"))
    parts += [*paragraphs([seen]), report.figure(SECTION, "paths")]
    return [report.section("section.requirement", parts)]


def headline(progress: pd.DataFrame, counts: Mapping[str, int], lang: str, date: str = "") -> list[str]:
    """The findings in a few sentences: what is reached, what is not, what cannot be judged.

    ``date`` is the day whose knowledge counts; by default that of the newest target.
    """
    if not counts["followed"]:
        return baseline(progress, counts, lang, date)
    met, waiting = progress["reached"].eq(True), progress["reason"].eq("no_new_figure")
    missed = progress["reached"].eq(False) & ~waiting
    first = "text.reached" if counts["met"] else "text.none_reached"
    sentences = [
        label(first, lang, total=counts["total"], met=counts["met"], names=_names(progress, met, lang))
    ]
    if counts["not_met"]:
        sentences.append(
            label("text.not_reached", lang, count=counts["not_met"], names=_gaps(progress[missed], lang))
        )
    for status in ("ahead", "on_schedule", "behind"):
        rows = progress["status"].eq(status) & missed & ~progress["final"]
        if rows.any():
            sentences.append(
                label(f"text.{status}", lang, count=int(rows.sum()), names=_names(progress, rows, lang))
            )
    if counts["waiting"]:
        names = _names(progress, waiting & ~met, lang)
        sentences.append(label("text.waiting", lang, count=counts["waiting"], names=names))
    if counts["unknown"]:
        sentences.append(_unknown(progress, counts, lang))
    return sentences


def baseline(progress: pd.DataFrame, counts: Mapping[str, int], lang: str, date: str = "") -> list[str]:
    """The findings where no figure has appeared since the base: where it starts, what it asks."""
    day = words.date(date or progress["known_since"].max(), lang)
    based = int(progress["base_value"].notna().sum())
    sentences = [label("text.baseline", lang, total=counts["total"], based=based, date=day)]
    growing = progress[progress["asked_measure"] == "growth"].sort_values("asked", ascending=False)
    if len(growing):
        pace = [cells.amount(row["asked"], "growth", row, lang) for _, row in growing.iterrows()]
        sentences.append(label("text.asked_growth", lang, names=_with_amounts(growing, pace, lang)))
    shares = progress[(progress["asked_measure"] == "change") & progress["asked_change"].notna()]
    if len(shares):
        change = [cells.total_change(row, lang) for _, row in shares.iterrows()]
        sentences.append(label("text.asked_change", lang, names=_with_amounts(shares, change, lang)))
    if counts["unknown"]:
        sentences.append(_unknown(progress, counts, lang))
    return sentences


def _with_amounts(rows: pd.DataFrame, amounts: list[str], lang: str) -> str:
    """Names of targets, each followed by its amount."""
    space = "" if lang == "zh" else " "
    names = [words.name_in_text(row, lang) for _, row in rows.iterrows()]
    return words.listing([name + space + text for name, text in zip(names, amounts, strict=True)], lang)


def _unknown(progress: pd.DataFrame, counts: Mapping[str, int], lang: str) -> str:
    names = _names(progress, progress["reached"].isna(), lang)
    return label("text.unknown", lang, count=counts["unknown"], names=names)


def _names(progress: pd.DataFrame, rows: pd.Series, lang: str) -> str:
    chosen = progress[rows.fillna(False)]
    return words.listing([words.name_in_text(row, lang) for _, row in chosen.iterrows()], lang)


def _gaps(rows: pd.DataFrame, lang: str) -> str:
    """Each target not met with its figure, period and target."""
    gaps = [
        label(
            "text.gap", lang,
            name=words.name_in_text(row, lang), current=row["current_published"],
            target=cells.target(row, lang, _unit(row, lang)),
            period=words.period(row["current_period"], lang), unit=_unit(row, lang),
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip
    return ("；" if lang == "zh" else "; ").join(gaps)


def _unit(row: pd.Series, lang: str) -> str:
    unit = words.unit(row, lang)
    return unit if lang == "zh" or unit == "%" else f" {unit}"


def requirement_sentences(progress: pd.DataFrame, lang: str, table: str) -> list[str]:
    """What the plan asks, whether its stated rates agree with its levels, and the largest need."""
    stated = progress[(progress["published_stated_rate"] != "") | (progress["published_stated_change"] != "")]
    # The data are refused where a statement does not follow; without a base there is nothing to compare.
    stated = stated[stated["base_value"].notna()]
    sentences = [label("text.requirement", lang, requirement=table)]
    if len(stated):
        sentences.append(label("text.stated_agree", lang, count=len(stated)))
    growing = progress[progress["needed_measure"] == "growth"]
    if len(growing):
        most = growing.loc[growing["needed"].idxmax()]
        name, needed = words.name_in_text(most, lang), cells.needed(most, lang)
        last = int(most["target_position"])
        sentences.append(label("text.most_needed", lang, name=name, needed=needed, last=last))
    return sentences


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
            name=words.name_in_text(row, lang), unit=_unit(row, lang),
            earlier=row["earlier_target"], now=row["published_target_value"],
            verdict=label(f"by_earlier.{_by_earlier(row)}", lang),
        )
        for _, row in progress[progress["earlier_target"] != ""].iterrows()
    ]  # fmt: skip
    return sentences + [
        _fell_back(row, lang) for _, row in progress[progress["earlier_best"] != ""].iterrows()
    ]


def _by_earlier(row: pd.Series) -> str:
    """Whether the newest figure would meet the target as it was published before."""
    if words.missing(row["current_value"]):
        return "unknown"
    sign = 1 if row["direction"] == "up" else -1
    return "met" if sign * (row["current_value"] - float(row["earlier_target"])) >= 0 else "missed"


def _fell_back(row: pd.Series, lang: str) -> str:
    """A figure that met the target, was published, and no longer holds."""
    same = row["earlier_best_basis"] == row["current_basis"]
    return label(
        "text.fell_back" if same else "text.fell_back_basis", lang,
        name=words.name(row, lang), earlier=row["earlier_best"],
        period=words.period(row["earlier_best_period"], lang),
        now=row["current_published"], unit=_unit(row, lang),
        basis=words.within(row[f"current_basis_{lang}"]),
    )  # fmt: skip


def estimates(progress: pd.DataFrame, history: pd.DataFrame, lang: str) -> list[str]:
    """Earlier figures that are not final, by target: trends and projections rest on them too."""
    doubtful = history[(history["status"] != "final") & history["target"].isin(progress["target"])]
    sentences = []
    for _, row in progress[progress["target"].isin(doubtful["target"])].iterrows():
        figures = [
            label("text.estimate", lang, period=words.period(figure.period, lang), value=figure.published)
            for figure in doubtful[doubtful["target"] == row["target"]].itertuples()
        ]
        name = words.name_in_text(row, lang)
        sentences.append(label("text.estimates", lang, name=name, figures=words.listing(figures, lang)))
    return sentences


def completion_table(progress: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The table of completion, one row per target, in the official order of columns.

    Parameters
    ----------
    progress
        From `progress.progress`.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only; headings in the language asked for.  Completion and time elapsed are left out
        where no target has either, as before the first figure of a plan: the names need the room.
    """
    return blocks.frame(progress, completion_columns(progress, lang), lang)


def completion_columns(
    progress: pd.DataFrame, lang: str, numbers: Mapping[str, int] | None = None
) -> list[Column]:
    """The columns of completion; a source is its number in the report's list, without one its id."""

    def share(name: str, decimals: int) -> Column:
        def cell(row: pd.Series) -> str:
            return cells.percent(None if cells.unfollowed(row) else row[name], decimals)

        return Column(name, cell, "right")

    def sources(row: pd.Series) -> str:
        """Where the target and the newest figure stand."""
        used = list(dict.fromkeys(source for source in (row["source"], row["current_source"]) if source))
        return cells.citation(" ".join(used), numbers) if numbers else ", ".join(used)

    shares = [share("completion", 1), share("elapsed", 0)]
    idle = all(column.cell(row) == words.NONE for _, row in progress.iterrows() for column in shares)
    return [
        Column("order", lambda row: cells.number(row["order"], 0), "right"),
        Column("indicator", lambda row: words.name(row, lang)),
        Column("unit", lambda row: row[f"unit_{lang}"]),
        Column("attribute", lambda row: label(f"attribute.{row['attribute']}", lang)),
        Column("base", lambda row: cells.base(row, lang), "right"),
        Column("target", lambda row: cells.target(row, lang), "right"),
        Column("current", lambda row: cells.current(row, lang), "right"),
        *([] if idle and len(progress) else shares),
        Column("judgement", lambda row: cells.judgement(row, lang), mark=lambda row: row["status"]),
        Column("needed", lambda row: cells.needed(row, lang), "right"),
        Column("source", sources),
    ]


def requirement_table(progress: pd.DataFrame, lang: str) -> pd.DataFrame:
    """What the plan asks each year, what it states, and what is needed from now on.

    Parameters and result as for `completion_table`; only targets with a path have a row.
    """
    return blocks.frame(progress[progress["asked_measure"] != ""], requirement_columns(lang), lang)


def requirement_columns(lang: str) -> list[Column]:
    """The columns of what is asked a year."""

    def asked(row: pd.Series) -> str:
        return cells.amount(row["asked"], row["asked_measure"], row, lang)

    return [
        Column("order", lambda row: cells.number(row["order"], 0), "right"),
        Column("indicator", lambda row: words.name(row, lang)),
        Column("base", lambda row: cells.printed(row["published_base_value"]), "right"),
        Column("target", lambda row: cells.target(row, lang), "right"),
        Column("asked_change", lambda row: cells.total_change(row, lang), "right"),
        Column("asked", asked, "right"),
        Column("stated", cells.stated, "right"),
        Column("required", lambda row: cells.computed(row["required"], row), "right"),
        Column("needed", lambda row: cells.needed(row, lang), "right"),
    ]


def reasons(progress: pd.DataFrame, lang: str) -> list[str]:
    """For each reason why a target has no completion or judgement, the numbers of the targets it concerns."""
    rows = progress[progress["reason"] != ""]
    return [
        cells.reason(label(f"reason.{reason}", lang), group["order"], lang)
        for reason, group in rows.groupby("reason", sort=False)
    ]
