"""Which trend fits, how likely each target is, and what would be needed or could be promised."""

from __future__ import annotations

import pandas as pd

from zbanalysis.outlook.targets import HORIZON_SHOWN
from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

TREND_COLUMNS = ("order", "indicator", "points", "span", "trend_line", "slope", "slope_interval", "r_squared")
CHANCE_COLUMNS = (
    "order", "indicator", "target", "years_left", "chance", "interval80", "class_rate",
    "comparable_rate", "verdict",
)  # fmt: skip
NEED_COLUMNS = (
    "order",
    "indicator",
    "target",
    "needed",
    "recent_pace",
    "value_at_50",
    "value_at_80",
    "median_year",
)


def trends(progress: pd.DataFrame, chosen: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The trend shown for each indicator that has one.

    Parameters
    ----------
    progress
        From `progress.progress`.
    chosen
        From `trend.choose`, ``series`` being the target.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only; one row per target with a fitted trend (`trend_notes` says why others have none).
    """
    rows = _with_trend(progress, chosen)
    texts = [_trend_row(row, lang) for _, row in rows[rows["status_trend"] == "fitted"].iterrows()]
    return pd.DataFrame(texts, columns=cells.headings(TREND_COLUMNS, lang))


def trend_notes(progress: pd.DataFrame, chosen: pd.DataFrame, lang: str) -> list[str]:
    """Why each line was chosen, or none, and what to be careful with: the numbers of the targets for each."""
    rows = _with_trend(progress, chosen)
    cautions = rows.assign(caution=rows["caution"].str.split(";")).explode("caution")
    groups = [(f"trend.rule.{key}", group) for key, group in rows.groupby("why", sort=False)]
    groups += [
        (f"trend.caution.{key}", group) for key, group in cautions.groupby("caution", sort=False) if key
    ]
    return [cells.reason(label(key, lang), group["order"], lang) for key, group in groups]


def _with_trend(progress: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    return progress.merge(chosen, left_on="target", right_on="series", suffixes=("", "_trend"))


def _trend_row(row: pd.Series, lang: str) -> list[str]:
    first, last = (wording.position(row[name], lang) for name in ("first_year", "last_year"))
    return [
        str(int(row["order"])),
        wording.name(row, lang),
        str(int(row["n"])),
        label("period.span", lang, first=first, last=last),
        label(f"trend.model.{row['model']}", lang),
        slope_words(row, lang),
        slope_interval(row, lang),
        wording.number(row["r_squared"], 2),
    ]


def slope_words(row: pd.Series, lang: str) -> str:
    """Growth in % a year for a log line; otherwise what a year adds, in the indicator's unit."""
    if row["slope_unit"] == "percent_per_year":
        return cells.amount(row["slope"], "growth", row, lang)
    return cells.amount(row["per_year"], "change", row, lang)


def slope_interval(row: pd.Series, lang: str) -> str:
    """The 95 % interval of the slope, in the measure of `slope_words`."""
    if wording.missing(row["slope_low"]):
        return wording.NONE
    name, growth = ("slope", True) if row["slope_unit"] == "percent_per_year" else ("per_year", False)
    low, high = (cells.amount_number(row[f"{name}{side}"], row, growth=growth) for side in ("_low", "_high"))
    return label("interval" if row[f"{name}_low"] >= 0 else "interval.signed", lang, low=low, high=high)


def feasibility(progress: pd.DataFrame, outlook: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The chance of each target beside what comparable series and places managed.

    Parameters
    ----------
    progress
        From `progress.progress`.
    outlook
        From `targets.feasibility` and `verdict.verdicts`.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only; one row per target whose year is still ahead.
    """
    rows = undecided(progress, outlook)
    texts = [
        [
            str(int(row["order"])),
            wording.name(row, lang),
            cells.target(row, lang),
            wording.number(row["years_left"], 0) if row["years_left"] > 0 else wording.NONE,
            wording.chance(row["chance_shown"], lang),
            cells.interval(row, "low80", "high80", lang),
            wording.percent(row["class_rate"], 0),
            wording.percent(row["comparable_rate"], 0),
            row[f"verdict_{lang}"],
        ]
        for _, row in rows.iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(CHANCE_COLUMNS, lang))


def undecided(progress: pd.DataFrame, outlook: pd.DataFrame) -> pd.DataFrame:
    """Targets whose target year is still ahead, with their outlook."""
    rows = progress.join(outlook.drop(columns="target"))
    return rows[~rows["verdict"].isin(["reached", "missed"])]


def no_chance(progress: pd.DataFrame, outlook: pd.DataFrame, lang: str) -> list[str]:
    """For each reason why there is no chance, the numbers of the targets it concerns."""
    rows = undecided(progress, outlook)
    rows = rows[rows["verdict"] == "not_judged"]
    return [
        cells.reason(reason, group["order"], lang)
        for reason, group in rows.groupby(f"reason_{lang}", sort=False)
    ]


def _median_year(row: pd.Series, lang: str) -> str:
    """The year in which the median reaches the target, where it has not yet."""
    if not wording.missing(row["reached"]) and row["reached"]:
        return label("reached.yes", lang)
    missing = wording.missing(row["median_year"])
    never = label("median_year.none", lang, years=HORIZON_SHOWN)
    return never if missing else wording.number(row["median_year"], 0)


def adjustment(progress: pd.DataFrame, outlook: pd.DataFrame, lang: str) -> pd.DataFrame:
    """What is needed against the recent pace, and what could be promised with a given chance.

    Parameters and result as for `feasibility`; only targets with a chance have a row.
    """
    rows = progress.join(outlook.drop(columns="target"))
    rows = rows[rows["chance"].notna()]
    texts = [
        [
            str(int(row["order"])),
            wording.name(row, lang),
            cells.target(row, lang),
            cells.needed(row, lang)
            if wording.missing(row["reached"]) or not row["reached"]
            else label("reached.yes", lang),
            cells.amount(row["recent_pace"], row["needed_measure"] or row["asked_measure"], row, lang),
            wording.number(row["value_at_50"], cells.decimals(row)),
            wording.number(row["value_at_80"], cells.decimals(row)),
            _median_year(row, lang),
        ]
        for _, row in rows.iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(NEED_COLUMNS, lang))
