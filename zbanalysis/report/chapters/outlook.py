"""What will be reached: trends, chances, and what could be adjusted."""

from __future__ import annotations

import pandas as pd

from zbanalysis.outlook import targets
from zbanalysis.plan import inputs
from zbanalysis.projection import domain
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import TASKS, Column, Report, paragraphs
from zbanalysis.report.words import label

TRENDS, FEASIBILITY = "02_trends", "03_feasibility"
NAMED = 3
"""So many targets that cannot be judged are named one by one."""


def trends(report: Report) -> list[dict]:
    """Which line each indicator follows."""
    chosen = report.table(TRENDS, "chosen")
    parts = paragraphs(trend_sentences(chosen, report.lang))
    if (chosen["status"] == "fitted").any():
        rows = with_trend(report.progress, chosen)
        fitted = rows[rows["status_trend"] == "fitted"]
        notes = trend_notes(report.progress, chosen, report.lang)
        parts += paragraphs([report.label("text.see_trends")])
        # The chart first: a table fills the rest of its page, a chart would leave it empty.
        parts += report.figures(TRENDS, "trends")
        parts.append(report.show("trends", fitted, trend_columns(report.lang), notes=notes))
    return [report.section("section.trends", parts)]


def feasibility(report: Report) -> list[dict]:
    """How likely each target is."""
    rows, lang = report.targets, report.lang
    sentences = [*chance_sentences(rows, lang, report.day), *reading(rows, lang)]
    reasons = no_chance(rows, lang)
    if rows["chance"].isna().all() or plan_over(rows, report.day):
        return [report.section("section.feasibility", paragraphs([*sentences, *reasons]))]
    limits = report.label("text.chance_note.verdicts", **_limits(report))
    notes = [limits, *reasons, *_rates(rows, lang)]
    parts = [
        *paragraphs([*sentences, *reconciled(rows, lang), report.label("text.see_chances")]),
        *report.figures(FEASIBILITY, "fans"),
        report.show("feasibility", undecided(rows), chance_columns(lang), notes=notes),
    ]
    return [report.section("section.feasibility", parts)]


def adjustment(report: Report) -> list[dict]:
    """What the chances mean for the targets; the values stand in the annex."""
    if plan_over(report.targets, report.day):
        return []
    course = report.table(TASKS, "course")
    texts = [report.of(row, "text") for _, row in course[course["kind"] == "adjustment"].iterrows()]
    sentences = adjustment_sentences(report.targets, report.lang)
    return [report.section("section.adjustment", paragraphs([*texts, *sentences]))]


def attainable(report: Report) -> list[dict]:
    """What could be reached with a chance of 50 % and of 80 %, and what the present target implies."""
    rows, lang = report.targets, report.lang
    if plan_over(rows, report.day) or rows["chance"].isna().all():
        return []
    explained = report.label("text.adjustment_words", **_limits(report))
    notes = [explained, *kept_in_reach(rows, lang), *no_chance(rows, lang)]
    notes.append(report.label("text.adjustment_note"))
    known = rows[rows["chance"].notna() & rows["verdict"].ne("cannot")]
    made = report.show("adjustment", known, adjustment_columns(lang), notes=notes)
    return [report.section("section.adjustment", [made])]


def _limits(report: Report) -> dict[str, str]:
    """The chances at which the verdict changes, in per cent."""
    limits = report.facts(FEASIBILITY)
    return {
        "likely": words.number(100 * limits["likely"], 0),
        "effort": words.number(100 * limits["with_effort"], 0),
    }


def _rates(rows: pd.DataFrame, lang: str) -> list[str]:
    """What the rates beside the chance mean, or why there is none of the provinces; how the fans are read."""
    provinces = "no_provinces" if rows["comparable_rate"].isna().all() else "provinces"
    calibration = "calibration" if rows["domain"].eq("science").any() else "general"
    first, second, last = (
        label(f"text.chance_note.{part}", lang) for part in ("class", provinces, calibration)
    )
    return [first, second + counted(undecided(rows), lang), last]


def trend_sentences(chosen: pd.DataFrame, lang: str) -> list[str]:
    """How many indicators have figures enough for a trend, and how few those are."""
    fitted = chosen[chosen["status"] == "fitted"]
    all_or_none = {len(chosen): "text.trends_all", 0: "text.trends_none"}
    return [
        label(all_or_none.get(len(fitted), "text.trends"), lang, count=len(chosen), fitted=len(fitted)),
        *([label("text.trend_points", lang, most=int(fitted["n"].max()))] if len(fitted) else []),
    ]


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
        unpublished = int(rows["current_position"].fillna(0).lt(rows["target_position"]).sum())
        more = label("text.plan_over_open", lang, count=unpublished) if unpublished else ""
        return [label("text.plan_over", lang) + more]
    sentences = []
    for verdict in (*OPEN, "cannot"):
        for word, chosen in rows[rows["verdict"] == verdict].groupby(f"verdict_{lang}", sort=False):
            names = words.listing([_chance_of(row, lang) for _, row in chosen.iterrows()], lang)
            sentences.append(label("text.verdict_group", lang, verdict=word, count=len(chosen), names=names))
    if sentences and rows["chance_shown"].notna().any():
        sentences[0] += label("text.chance_brackets", lang)
    unknown = rows[rows["verdict"] == "not_judged"]
    if len(unknown):
        if len(unknown) <= NAMED:
            parts = [
                words.name_in_text(row, lang) + cells.bracketed(row[f"reason_{lang}"], lang)
                for _, row in unknown.iterrows()
            ]
        else:
            reasons = unknown[f"reason_{lang}"].value_counts(sort=False)
            parts = [label("text.reason_count", lang, reason=why, count=n) for why, n in reasons.items()]
        given = {"count": len(unknown), "reasons": words.listing(parts, lang)}
        sentences.append(label("text.no_chance" if sentences else "text.no_chance_at_all", lang, **given))
    census = census_sentences(rows[rows["chance_shown"].notna()], lang)
    return [*sentences, *census] or [label("text.all_decided", lang)]


def plan_over(rows: pd.DataFrame, date: str) -> bool:
    """Whether the last target year had ended by the day."""
    return bool(date) and int(date[:4]) > rows["target_position"].max()


def _chance_of(row: pd.Series, lang: str) -> str:
    name = words.name_in_text(row, lang)
    if words.missing(row["chance_shown"]):
        return name
    return label("text.chance_of", lang, name=name, chance=words.chance(row["chance_shown"], lang))


def reading(rows: pd.DataFrame, lang: str) -> list[str]:
    """How to read a chance, on this plan's own example."""
    rows = rows[rows["chance_shown"].notna()]
    if rows.empty:
        return []
    row = rows.loc[(rows["chance_shown"] - 0.5).abs().idxmin()]
    places = cells.decimals(row)

    def quantity(value: float) -> str:
        return cells.quantity(words.number(value, places), row, lang)

    return [
        label(
            "text.reading", lang,
            name=words.name_in_text(row, lang), points=int(row["points"]),
            chance=words.chance(row["chance_shown"], lang), year=int(row["target_position"]),
            low=words.number(row["low80"], places) if lang == "zh" else quantity(row["low80"]),
            high=quantity(row["high80"]), median=quantity(row["median"]),
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
    cannot = open_[open_["verdict"] == "cannot"]
    beyond = [label("text.adjustment_cannot", lang, count=len(cannot), names=words.names(cannot, lang))]
    beyond = beyond if len(cannot) else []
    known = open_[open_["chance"].notna() & open_["verdict"].ne("cannot")]
    if known.empty:
        return [*beyond, label("text.adjustment_unknown", lang, count=len(open_))]
    held = known["verdict"] == "to_be_held"
    distance = targets.safety(known)
    sign = known["direction"].map({"down": -1.0}).fillna(1.0)
    slower = sign * (known["needed"] - known["recent_pace"]) > 0
    groups = {
        "held": known[held],
        **{key: known[~held & (distance == key)] for key in ("safe", "even", "doubtful")},
        "faster": known[~held & slower],
    }
    sentences = [label("text.adjustment_intro", lang, count=len(rows), known=len(known))]
    for key, some in groups.items():
        if len(some):
            given = {"count": len(some), "names": words.names(some, lang)}
            sentences.append(label(f"text.adjustment_{key}", lang, **given))
    thin = known["grade"].isin(["C", "D"]).all()
    return [
        *beyond, *sentences, *([label("text.adjustment_thin", lang)] if thin else []),
        label("text.adjustment_end", lang),
    ]  # fmt: skip


def undecided(rows: pd.DataFrame) -> pd.DataFrame:
    """Targets whose target year is still ahead."""
    return rows[~rows["verdict"].isin(["reached", "missed"])]


def no_chance(rows: pd.DataFrame, lang: str) -> list[str]:
    """For each reason why there is no chance, the numbers of the targets it concerns."""
    rows = rows[rows["verdict"] == "not_judged"]
    return [
        cells.reason(reason, group["order"], lang)
        for reason, group in rows.groupby(f"reason_{lang}", sort=False)
    ]


def with_trend(progress: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """The targets with their trend; columns that both have end in ``_trend``."""
    return progress.merge(chosen, left_on="target", right_on="series", suffixes=("", "_trend"))


def trend_notes(progress: pd.DataFrame, chosen: pd.DataFrame, lang: str) -> list[str]:
    """Why each line was chosen, or none, and what to be careful with: the numbers of the targets for each."""
    rows = with_trend(progress, chosen)
    cautions = rows.assign(caution=rows["caution"].str.split(";")).explode("caution")
    groups = [(f"trend.rule.{key}", group) for key, group in rows.groupby("why", sort=False)]
    groups += [
        (f"trend.caution.{key}", group) for key, group in cautions.groupby("caution", sort=False) if key
    ]
    return [cells.reason(label(key, lang), group["order"], lang) for key, group in groups]


def trend_columns(lang: str) -> list[Column]:
    """The columns of trends."""
    return [
        *cells.target_columns(lang),
        Column("points", lambda row: cells.number(row["n"], 0), "right"),
        Column("span", lambda row: span(row, lang), "right"),
        Column("trend_line", lambda row: label(f"trend.model.{row['model']}", lang)),
        Column("slope", lambda row: slope_words(row, lang), "right"),
        Column("slope_interval", lambda row: slope_interval(row, lang), "right"),
        Column("r_squared", lambda row: cells.number(row["r_squared"], 2), "right"),
    ]


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


def chance_columns(lang: str) -> list[Column]:
    """The columns of chances."""

    def years_left(row: pd.Series) -> str:
        return cells.number(row["years_left"] if row["years_left"] > 0 else None, 0)

    return [
        *cells.target_columns(lang),
        Column("target", lambda row: cells.target(row, lang), "right"),
        Column("years_left", years_left, "right"),
        Column("chance", lambda row: cells.chance(row["chance_shown"], lang), "right"),
        Column("interval80", lambda row: cells.interval(row, "low80", "high80", lang), "right"),
        Column("class_rate", lambda row: cells.percent(row["class_rate"], 0), "right"),
        Column("comparable_rate", lambda row: cells.percent(row["comparable_rate"], 0), "right"),
        Column("verdict", lambda row: row[f"verdict_{lang}"]),
    ]


def adjustment_columns(lang: str) -> list[Column]:
    """The columns of what could be adjusted."""

    def needed(row: pd.Series) -> str:
        return label("reached.yes", lang) if _reached(row) else cells.needed(row, lang)

    def pace(row: pd.Series) -> str:
        return cells.amount(row["recent_pace"], row["needed_measure"] or row["asked_measure"], row, lang)

    def median_year(row: pd.Series) -> str:
        """The year in which the median reaches the target, where it has not yet."""
        if _reached(row):
            return label("reached.yes", lang)
        if words.missing(row["median_year"]):
            return label("median_year.none", lang, years=targets.HORIZON_SHOWN)
        return cells.number(row["median_year"], 0)

    return [
        *cells.target_columns(lang),
        Column("target", lambda row: cells.target(row, lang), "right"),
        Column("needed", needed, "right"),
        Column("recent_pace", pace, "right"),
        Column("value_at_50", lambda row: cells.number(row["value_at_50"], cells.decimals(row)), "right"),
        Column("value_at_80", lambda row: cells.number(row["value_at_80"], cells.decimals(row)), "right"),
        Column("median_year", median_year, "right"),
    ]


def _reached(row: pd.Series) -> bool:
    return not words.missing(row["reached"]) and bool(row["reached"])


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
    parts = []
    for _, row in rows[rows["comparable_rate"].notna()].iterrows():
        values = {
            "windows": "comparable_windows", "areas": "comparable_areas", "years": "years_left",
            "first": "comparable_from", "last": "comparable_to", "number": "order",
        }  # fmt: skip
        whole = {name: int(row[column]) for name, column in values.items()}
        parts.append(label("text.chance_note.counted", lang, **whole))
    return "".join(parts)


def kept_in_reach(rows: pd.DataFrame, lang: str) -> list[str]:
    """The values by the end of a year before the target's that keep the open targets in reach."""
    ahead = rows["needed_value"].notna() & (rows["needed_year"] < rows["target_position"].round())
    sentences = []
    for year, some in rows[rows["verdict"].isin(OPEN) & ahead].groupby("needed_year"):
        items = [
            label("text.kept_item", lang, number=int(row["order"]), value=_value(row, lang))
            for _, row in some.iterrows()
        ]
        listed = words.listing(items, lang)
        sentences.append(label("text.kept_in_reach", lang, year=int(year), items=listed))
    return sentences


def _value(row: pd.Series, lang: str) -> str:
    places = 0 if row["scale"] == "count" else max(cells.decimals(row), 1)
    return cells.quantity(words.number(row["needed_value"], places), row, lang)


def census_sentences(rows: pd.DataFrame, lang: str) -> list[str]:
    """Which fans stand on a GDP that a census may revise between their last figure and their end."""
    sentences = []
    for _, row in rows[inputs.is_of_gdp(rows)].iterrows():
        years = domain.censuses(int(row["last_year"]), int(row["target_position"]))
        if years:
            known = "known" if row["area_level"] in inputs.REVISED else "unknown"
            listed = words.listing([str(year) for year in years], lang)
            name = words.name_in_text(row, lang)
            sentences.append(label(f"text.census.{known}", lang, name=name, years=listed))
    return sentences
