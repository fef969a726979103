"""The report's sentences, built from results; no figure in them is typed."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label


def scope(plan: pd.Series, manifest: dict, counts: dict, lang: str) -> list[str]:
    """What was evaluated, by what was known when, and from which documents."""
    return [
        label(
            "text.scope", lang,
            plan=plan[f"name_{lang}"],
            first=int(plan["start_year"]), last=int(plan["end_year"]),
            base=int(plan["base_year"]), date=wording.date(manifest["as_of"], lang),
            newest=wording.date(manifest["data_vintage"], lang), count=counts["total"],
        ),
        label("text.cut_off", lang),
    ]  # fmt: skip


def headline(progress: pd.DataFrame, counts: dict, lang: str, date: str = "") -> list[str]:
    """The findings in a few sentences: what is reached, what is not, what cannot be judged.

    ``date`` is the day whose knowledge counts; by default that of the newest target.
    """
    if not counts["followed"]:
        return baseline(progress, counts, lang, date)
    met, waiting = progress["reached"].eq(True), progress["reason"].eq("no_new_figure")
    missed = progress["reached"].eq(False) & ~waiting
    words = "text.reached" if counts["met"] else "text.none_reached"
    sentences = [
        label(words, lang, total=counts["total"], met=counts["met"], names=_names(progress, met, lang))
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


def baseline(progress: pd.DataFrame, counts: dict, lang: str, date: str = "") -> list[str]:
    """The findings where no figure has appeared since the base: where it starts, what it asks."""
    based = int(progress["base_value"].notna().sum())
    sentences = [
        label(
            "text.baseline",
            lang,
            total=counts["total"],
            based=based,
            date=wording.date(date or progress["known_since"].max(), lang),
        )
    ]
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
    names = [wording.name_in_text(row, lang) for _, row in rows.iterrows()]
    return wording.listing([name + space + text for name, text in zip(names, amounts, strict=True)], lang)


def _unknown(progress: pd.DataFrame, counts: dict, lang: str) -> str:
    return label(
        "text.unknown",
        lang,
        count=counts["unknown"],
        names=_names(progress, progress["reached"].isna(), lang),
    )


def _names(progress: pd.DataFrame, rows: pd.Series, lang: str) -> str:
    return wording.listing(
        [wording.name_in_text(row, lang) for _, row in progress[rows.fillna(False)].iterrows()], lang
    )


def _gaps(rows: pd.DataFrame, lang: str) -> str:
    """Each target not met with its figure, period and target."""
    words = [
        label(
            "text.gap", lang,
            name=wording.name_in_text(row, lang), current=row["current_published"],
            target=cells.target(row, lang, _unit(row, lang)),
            period=wording.period(row["current_period"], lang), unit=_unit(row, lang),
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip
    return ("；" if lang == "zh" else "; ").join(words)


def _unit(row: pd.Series, lang: str) -> str:
    unit = wording.unit(row, lang)
    return unit if lang == "zh" or unit == "%" else f" {unit}"


def requirement(progress: pd.DataFrame, lang: str, table: str) -> list[str]:
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
        sentences.append(
            label(
                "text.most_needed",
                lang,
                name=wording.name_in_text(most, lang),
                needed=cells.needed(most, lang),
                last=int(most["target_position"]),
            )
        )
    return sentences


def caveats(progress: pd.DataFrame, lang: str) -> list[str]:
    """What a reader must know before using a figure: changed bases, revised targets, unfinished figures."""
    sentences = []
    for _, row in progress[progress["basis_break"]].iterrows():
        sentences.append(
            label(
                "text.basis_break",
                lang,
                name=wording.name_in_text(row, lang),
                base=wording.within(row[f"basis_{lang}"]),
                current=wording.within(row[f"current_basis_{lang}"]),
            )
        )
    for _, row in progress[progress["earlier_target"] != ""].iterrows():
        sentences.append(
            label(
                "text.target_revised", lang,
                name=wording.name_in_text(row, lang), unit=_unit(row, lang),
                earlier=row["earlier_target"], now=row["published_target_value"],
                verdict=label(f"by_earlier.{_by_earlier(row)}", lang),
            )
        )  # fmt: skip
    sentences += [_fell_back(row, lang) for _, row in progress[progress["earlier_best"] != ""].iterrows()]
    return sentences


def _by_earlier(row: pd.Series) -> str:
    """Whether the newest figure would meet the target as it was published before."""
    if wording.missing(row["current_value"]):
        return "unknown"
    sign = 1 if row["direction"] == "up" else -1
    return "met" if sign * (row["current_value"] - float(row["earlier_target"])) >= 0 else "missed"


def estimates(progress: pd.DataFrame, history: pd.DataFrame, lang: str) -> list[str]:
    """Earlier figures that are not final, by target: trends and projections rest on them too."""
    doubtful = history[(history["status"] != "final") & history["target"].isin(progress["target"])]
    sentences = []
    for _, row in progress[progress["target"].isin(doubtful["target"])].iterrows():
        own = doubtful[doubtful["target"] == row["target"]]
        words = [
            label(
                "text.estimate",
                lang,
                period=wording.period(figure["period"], lang),
                value=figure["published"],
            )
            for _, figure in own.iterrows()
        ]
        name = wording.name_in_text(row, lang)
        sentences.append(label("text.estimates", lang, name=name, figures=wording.listing(words, lang)))
    return sentences


def _fell_back(row: pd.Series, lang: str) -> str:
    """A figure that met the target, was published, and no longer holds."""
    same = row["earlier_best_basis"] == row["current_basis"]
    return label(
        "text.fell_back" if same else "text.fell_back_basis", lang,
        name=wording.name(row, lang), earlier=row["earlier_best"],
        period=wording.period(row["earlier_best_period"], lang),
        now=row["current_published"], unit=_unit(row, lang),
        basis=wording.within(row[f"current_basis_{lang}"]),
    )  # fmt: skip
