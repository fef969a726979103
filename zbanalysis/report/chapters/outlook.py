"""What will be reached: trends, chances, and what could be adjusted."""

from __future__ import annotations

import pandas as pd

from zbanalysis.outlook import targets
from zbanalysis.plan import inputs
from zbanalysis.projection import domain
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import TASKS, Cell, Column, Report
from zbanalysis.report.words import label

TRENDS, FEASIBILITY = "02_trends", "03_feasibility"
NAMED = 3
"""So many targets that cannot be judged are named one by one."""


def trends(report: Report) -> list[dict]:
    """Which line each indicator follows."""
    chosen, lang = report.table(TRENDS, "chosen"), report.lang
    rows = with_trend(report.progress, chosen)
    fitted = rows[rows["status_trend"] == "fitted"]
    parts = trend_sentences(chosen, lang)
    if len(fitted):
        # The chart first: a table fills the rest of its page, a chart would leave it empty.
        parts += [report.label("text.see_trends"), *report.figures(TRENDS, "trends")]
        parts.append(report.show("trends", fitted, TREND, notes=trend_notes(rows, lang)))
    return [report.section("section.trends", parts)]


def feasibility(report: Report) -> list[dict]:
    """How likely each target is, and what the rates beside the chance mean, or why there is none."""
    rows, lang = report.targets, report.lang
    sentences, reasons = chance_sentences(rows, lang, report.day) + reading(rows, lang), no_chance(rows, lang)
    if rows["chance"].isna().all() or plan_over(rows, report.day):
        return [report.section("section.feasibility", [*sentences, *reasons])]
    provinces = "no_provinces" if rows["comparable_rate"].isna().all() else "provinces"
    calibration = "calibration" if rows["domain"].eq("science").any() else "general"
    notes = [
        report.label("text.chance_note.verdicts", **_limits(report)), *reasons,
        report.label("text.chance_note.class"),
        report.label(f"text.chance_note.{provinces}") + counted(undecided(rows), lang),
        report.label(f"text.chance_note.{calibration}"),
    ]  # fmt: skip
    shown = report.show("feasibility", undecided(rows), CHANCES, notes=notes)
    sentences += [*reconciled(rows, lang), report.label("text.see_chances")]
    return [report.section("section.feasibility", [*sentences, *report.figures(FEASIBILITY, "fans"), shown])]


def adjustment(report: Report) -> list[dict]:
    """What the chances mean for the targets; the values stand in the annex."""
    if plan_over(report.targets, report.day):
        return []
    course = report.table(TASKS, "course")
    texts = list(course.loc[course["kind"] == "adjustment", f"text_{report.lang}"])
    texts += adjustment_sentences(report.targets, report.lang)
    return [report.section("section.adjustment", texts)]


def attainable(report: Report) -> list[dict]:
    """What could be reached with a chance of 50 % and of 80 %, and what the present target implies."""
    rows, lang = report.targets, report.lang
    if plan_over(rows, report.day) or rows["chance"].isna().all():
        return []
    first, last = (
        report.label("text.adjustment_words", **_limits(report)),
        report.label("text.adjustment_note"),
    )
    notes = [first, *kept_in_reach(rows, lang), *no_chance(rows, lang), last]
    made = report.show("adjustment", _foreseen(rows), ADJUSTMENT, notes=notes)
    return [report.section("section.adjustment", [made])]


def _limits(report: Report) -> dict[str, str]:
    """The chances at which the verdict changes, in per cent."""
    limits = report.facts(FEASIBILITY)
    likely, effort = (words.number(100 * limits[name], 0) for name in ("likely", "with_effort"))
    return {"likely": likely, "effort": effort}


def trend_sentences(chosen: pd.DataFrame, lang: str) -> list[str]:
    """How many indicators have figures enough for a trend, and how few those are."""
    fitted = chosen[chosen["status"] == "fitted"]
    key = {len(chosen): "text.trends_all", 0: "text.trends_none"}.get(len(fitted), "text.trends")
    sentences = [label(key, lang, count=len(chosen), fitted=len(fitted))]
    if len(fitted):
        sentences.append(label("text.trend_points", lang, most=int(fitted["n"].max())))
    return sentences


def chance_sentences(rows: pd.DataFrame, lang: str, date: str = "") -> list[str]:
    """Which targets are within reach, which with effort, which hardly, which cannot be judged and why.

    Parameters
    ----------
    rows
        From `progress.progress`, joined with `targets.feasibility` and `verdict.verdicts`.
    lang
        ``zh`` or ``en``.
    date
        The day whose knowledge counts, if the plan may be over.
    """
    if plan_over(rows, date):
        unpublished = rows["current_position"].fillna(0).lt(rows["target_position"]).sum()
        more = words.counted({"text.plan_over_open": unpublished}, lang)
        return ["".join([label("text.plan_over", lang), *more])]
    sentences = []
    for verdict in (*OPEN, "cannot"):
        for word, chosen in rows[rows["verdict"] == verdict].groupby(f"verdict_{lang}", sort=False):
            names = words.each(chosen, lang, chance_of)
            sentences.append(label("text.verdict_group", lang, verdict=word, count=len(chosen), names=names))
    if sentences and rows["chance_shown"].notna().any():
        sentences[0] += label("text.chance_brackets", lang)
    unknown = rows[rows["verdict"] == "not_judged"]
    if len(unknown):
        why = unknown[f"reason_{lang}"]
        if len(unknown) <= NAMED:
            names = (words.name_in_text(row, lang) for _, row in unknown.iterrows())
            parts = [name + cells.bracketed(reason, lang) for name, reason in zip(names, why, strict=True)]
        else:
            counts = why.value_counts(sort=False).items()
            parts = [label("text.reason_count", lang, reason=reason, count=n) for reason, n in counts]
        key = "text.no_chance" if sentences else "text.no_chance_at_all"
        sentences.append(label(key, lang, count=len(unknown), reasons=words.listing(parts, lang)))
    sentences += census_sentences(rows[rows["chance_shown"].notna()], lang)
    return sentences or [label("text.all_decided", lang)]


def plan_over(rows: pd.DataFrame, date: str) -> bool:
    """Whether the last target year had ended by the day."""
    return bool(date) and int(date[:4]) > rows["target_position"].max()


def chance_of(row: pd.Series, lang: str) -> str:
    """A target with its chance in brackets, if it has one."""
    name, chance = words.name_in_text(row, lang), words.chance(row["chance_shown"], lang)
    return name if chance == words.NONE else label("text.chance_of", lang, name=name, chance=chance)


def reading(rows: pd.DataFrame, lang: str) -> list[str]:
    """How to read a chance, on this plan's own example."""
    rows = rows[rows["chance_shown"].notna()]
    if rows.empty:
        return []
    row = rows.loc[(rows["chance_shown"] - 0.5).abs().idxmin()]
    ends = [words.number(row[name], cells.decimals(row)) for name in ("low80", "high80", "median")]
    low, high, median = (cells.quantity(end, row, lang) for end in ends)
    return [
        label(
            "text.reading", lang, name=words.name_in_text(row, lang), points=int(row["points"]),
            chance=words.chance(row["chance_shown"], lang), year=int(row["target_position"]),
            low=ends[0] if lang == "zh" else low, high=high, median=median,
        )
    ]  # fmt: skip


def adjustment_sentences(rows: pd.DataFrame, lang: str) -> list[str]:
    """What the chances mean for the targets themselves: to be kept, kept with effort, or looked at again.

    A target counts by the values that would be reached with a chance of 80 % and of 50 %; where the
    present one asks for more a year than the latest years brought, that is said too.
    """
    open_ = undecided(rows)
    if open_.empty:
        return [label("text.adjustment_over", lang)]
    beyond = words.named({"text.adjustment_cannot": open_[open_["verdict"] == "cannot"]}, lang)
    known = _foreseen(open_)
    if known.empty:
        return [*beyond, label("text.adjustment_unknown", lang, count=len(open_))]
    held, distance = known["verdict"] == "to_be_held", targets.safety(known)
    sign = known["direction"].map({"down": -1.0}).fillna(1.0)
    slower = sign * (known["needed"] - known["recent_pace"]) > 0
    groups = {"text.adjustment_held": known[held]}
    for key in ("safe", "even", "doubtful"):
        groups[f"text.adjustment_{key}"] = known[~held & (distance == key)]
    groups["text.adjustment_faster"] = known[~held & slower]
    thin = known["grade"].isin(["C", "D"]).all()
    return [
        *beyond,
        label("text.adjustment_intro", lang, count=len(rows), known=len(known)),
        *words.named(groups, lang),
        *([label("text.adjustment_thin", lang)] if thin else []),
        label("text.adjustment_end", lang),
    ]


def undecided(rows: pd.DataFrame) -> pd.DataFrame:
    """Targets whose target year is still ahead."""
    return rows[~rows["verdict"].isin(["reached", "missed"])]


def _foreseen(rows: pd.DataFrame) -> pd.DataFrame:
    """Targets with a chance that is not out of the question."""
    return rows[rows["chance"].notna() & rows["verdict"].ne("cannot")]


def no_chance(rows: pd.DataFrame, lang: str) -> list[str]:
    """For each reason why there is no chance, the numbers of the targets it concerns."""
    return cells.reasons(rows[rows["verdict"] == "not_judged"], f"reason_{lang}", lang)


def with_trend(progress: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """The targets with their trend; columns that both have end in ``_trend``."""
    return progress.merge(chosen, left_on="target", right_on="series", suffixes=("", "_trend"))


def trend_notes(rows: pd.DataFrame, lang: str) -> list[str]:
    """Why each line was chosen, or none, and what to be careful with: the numbers of the targets for each."""
    return cells.reasons(rows, "why", lang, "trend.rule") + cautions(rows, lang)


def cautions(rows: pd.DataFrame, lang: str) -> list[str]:
    """What to be careful with in a trend: the numbers of the targets for each caution."""
    each = rows.assign(caution=rows["caution"].str.split(";")).explode("caution")
    return cells.reasons(each, "caution", lang, "trend.caution")


def span(row: pd.Series, lang: str) -> str:
    """The years that a trend covers."""
    first, last = (words.position(row[name], lang) for name in ("first_year", "last_year"))
    return label("period.span", lang, first=first, last=last)


def slope_words(row: pd.Series, lang: str) -> str:
    """Growth in % a year for a log line; otherwise what a year adds, in the indicator's unit."""
    if row["slope_unit"] == "percent_per_year":
        return cells.amount(row["slope"], "growth", row, lang)
    return cells.amount(row["per_year"], "change", row, lang)


def slope_interval(row: pd.Series, lang: str) -> str:
    """The 95 % interval of the slope, in the measure of `slope_words`."""
    if words.missing(row["slope_low"]):
        return words.NONE
    growth = row["slope_unit"] == "percent_per_year"
    ends = [row[f"{'slope' if growth else 'per_year'}_{side}"] for side in ("low", "high")]
    low, high = (words.number(end, 2) if growth else cells.change(end, row) for end in ends)
    return cells.between(low, high, lang, signed=ends[0] < 0)


TREND = [
    *cells.target_columns(),
    Column("points", cells.count("n"), "right"),
    Column("span", span, "right"),
    Column("trend_line", lambda row, lang: label(f"trend.model.{row['model']}", lang)),
    Column("slope", slope_words, "right"),
    Column("slope_interval", slope_interval, "right"),
    Column("r_squared", lambda row, _: cells.number(row["r_squared"], 2), "right"),
]
"""The columns of trends."""


def _years_left(row: pd.Series, _: str) -> Cell:
    return cells.number(row["years_left"] if row["years_left"] > 0 else None, 0)


CHANCES = [
    *cells.target_columns(),
    Column("target", cells.target, "right"),
    Column("years_left", _years_left, "right"),
    Column("chance", cells.chance_shown, "right"),
    Column("interval80", cells.interval80, "right"),
    Column("class_rate", lambda row, _: cells.percent(row["class_rate"], 0), "right"),
    Column("comparable_rate", lambda row, _: cells.percent(row["comparable_rate"], 0), "right"),
    Column("verdict"),
]
"""The columns of chances."""


def _reached(row: pd.Series) -> bool:
    return not words.missing(row["reached"]) and bool(row["reached"])


def _needed(row: pd.Series, lang: str) -> str:
    return label("reached.yes", lang) if _reached(row) else cells.needed(row, lang)


def _pace(row: pd.Series, lang: str) -> str:
    return cells.amount(row["recent_pace"], row["needed_measure"] or row["asked_measure"], row, lang)


def _median_year(row: pd.Series, lang: str) -> str:
    """The year in which the median reaches the target, where it has not yet."""
    if _reached(row):
        return label("reached.yes", lang)
    if words.missing(row["median_year"]):
        return label("median_year.none", lang, years=targets.HORIZON_SHOWN)
    return cells.number(row["median_year"], 0)


ADJUSTMENT = [
    *cells.target_columns(),
    Column("target", cells.target, "right"),
    Column("needed", _needed, "right"),
    Column("recent_pace", _pace, "right"),
    Column("value_at_50", lambda row, _: cells.number(row["value_at_50"], cells.decimals(row)), "right"),
    Column("value_at_80", lambda row, _: cells.number(row["value_at_80"], cells.decimals(row)), "right"),
    Column("median_year", _median_year, "right"),
]
"""The columns of what could be adjusted."""


# --- beside a chance: others, what keeps a target in reach, a census ahead, what seems to disagree ---

OPEN = ("on_course", "possible", "unlikely")
"""The verdicts that rest on a chance of what is still to come."""


def reconciled(rows: pd.DataFrame, lang: str) -> list[str]:
    """A sentence for each open target whose need, pace, others and chance seem to contradict each other."""
    sentences = []
    for _, row in rows[rows["verdict"].isin(OPEN) & ~rows["relation"].isin(["", "agrees"])].iterrows():
        of = "class" if words.missing(row["comparable_rate"]) else "provinces"
        rate = row["comparable_rate" if of == "provinces" else "class_rate"]
        # As printed, a chance of 49 % may be one half, which no pace contradicts.
        gone = row["relation"] == "pace_enough_chance_low" and row["chance_shown"] >= 0.5
        if gone or words.missing(rate):
            continue
        key, doubtful = row["relation"], row["chance_reason"] == "one_sound"
        if doubtful and key.startswith("pace"):  # that pace is through a point that is not sound
            key = "doubtful"
        values = {
            "name": words.name(row, lang), "chance": words.chance(row["chance_shown"], lang),
            "pace": cells.amount(row["recent_pace"], row["needed_measure"], row, lang),
            "needed": cells.needed(row, lang), "rate": words.percent(rate, 0),
            "also": label("text.relation.science", lang) if row["domain"] == "science" else "",
            "others": label(f"text.relation.{'all' if doubtful and of == 'class' else of}", lang),
        }  # fmt: skip
        sentences.append(label(f"text.relation.{key}", lang, **values))
    return sentences


def counted(rows: pd.DataFrame, lang: str) -> str:
    """Which windows of how many provinces each rate beside a chance counts."""
    return "".join(
        label(
            "text.chance_note.counted", lang, number=int(row["order"]), years=int(row["years_left"]),
            windows=int(row["comparable_windows"]), areas=int(row["comparable_areas"]),
            first=int(row["comparable_from"]), last=int(row["comparable_to"]),
        )
        for _, row in rows[rows["comparable_rate"].notna()].iterrows()
    )  # fmt: skip


def kept_in_reach(rows: pd.DataFrame, lang: str) -> list[str]:
    """The values by the end of a year before the target's that keep the open targets in reach."""

    def item(row: pd.Series, lang: str) -> str:
        places = 0 if row["scale"] == "count" else max(cells.decimals(row), 1)
        value = cells.quantity(words.number(row["needed_value"], places), row, lang)
        return label("text.kept_item", lang, number=int(row["order"]), value=value)

    ahead = rows["needed_value"].notna() & (rows["needed_year"] < rows["target_position"].round())
    return [
        label("text.kept_in_reach", lang, year=int(year), items=words.each(some, lang, item))
        for year, some in rows[rows["verdict"].isin(OPEN) & ahead].groupby("needed_year")
    ]


def census_sentences(rows: pd.DataFrame, lang: str) -> list[str]:
    """Which fans stand on a GDP that a census may revise between their last figure and their end."""
    sentences = []
    for _, row in rows[inputs.is_of_gdp(rows)].iterrows():
        if years := domain.censuses(int(row["last_year"]), int(row["target_position"])):
            known = "known" if row["area_level"] in inputs.REVISED else "unknown"
            given = {"name": words.name_in_text(row, lang), "years": words.listing([*map(str, years)], lang)}
            sentences.append(label(f"text.census.{known}", lang, **given))
    return sentences
