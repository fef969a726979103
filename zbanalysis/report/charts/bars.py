"""Bars of a survey and of money, and the dots of reliability; seaborn draws the marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zbanalysis.report import cells, style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import GREY, LIGHT, PAGE_MM, Chart, legend, sheet
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PARTS = {"profile": "not_assessable", "practice": "on_schedule", "opinion": "projection"}
"""Parts of a questionnaire, in the order drawn, each in the colour of a role."""


def survey(answers: pd.DataFrame, lang: str = "zh") -> Chart:
    """What share gave each answer: who answered, what they do, what they think, each by itself.

    Parameters
    ----------
    answers
        From `survey.shares`; answers not shown are left out.  An interval is drawn where there is
        one, which is for random samples only.
    """
    rows = answers[answers["shown"]].reset_index(drop=True)
    part = rows["part"].where(rows["part"].isin(PARTS), "opinion") if "part" in rows else "opinion"
    rows = rows.assign(part=part, percent=100 * rows["fraction"])
    # Within the opinions the largest share first; the other parts keep the questionnaire's order.
    rows["rank"] = -rows["percent"].where(rows["part"] == "opinion", 0)
    rows = rows.sort_values(["part", "rank"], key=_part_order, kind="stable").reset_index(drop=True)

    def draw(lang: str) -> Figure:
        figure, (axes,) = _stack([rows], "part", lang)
        names = [wording.fold(text, 21 if lang == "zh" else 42) for text in rows[f"text_{lang}"]]
        heads = {key: label(f"entry.choice.part.{key}", lang) for key in PARTS}
        _bars(
            axes,
            rows,
            ("percent", "part"),
            heads,
            PARTS,
            names,
            [_answer(row, lang) for _, row in rows.iterrows()],
        )
        axes.set_xlim(0, 130)
        axes.set_xticks(range(0, 101, 20))
        axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:.0f}%")
        axes.set_xlabel(label("chart.share_of_units", lang))
        return figure

    counts = " / ".join(f"{int(n)}" for n in rows["n"].drop_duplicates())
    random = bool(len(rows) and rows["probability"].all())
    key = "chart.finding.survey_random" if random else "chart.finding.survey"
    heading = {lang: label(key, lang, n=counts) for lang in ("zh", "en")}
    opinions = rows[rows["part"] == "opinion"]
    if (opinions["percent"] == opinions["percent"].max()).sum() == 1:
        top = opinions.iloc[0]
        heading = {
            lang: label(
                "chart.finding.survey_top", lang, said=question, text=top[f"text_{lang}"], share=top["share"]
            )
            for lang, question in heading.items()
        }
    return Chart(draw, lang, rows, heading if len(rows) else {}, rows.empty)


def _part_order(column: pd.Series) -> pd.Series:
    return column.map(list(PARTS).index) if column.name == "part" else column


def _answer(row: pd.Series, lang: str) -> str:
    if wording.missing(row["count_low"]):
        return f"{row['share']}%"
    low, high = f"{row['count_low']:.0f}", f"{row['count_high']:.0f}"
    count = low if low == high else label("interval", lang, low=low, high=high)
    return label("chart.share_count", lang, share=row["share"], count=count)


PAYERS = {"municipal": "actual", "upper": "ahead", "all_levels": "on_schedule"}
OTHERS = {"banks": "actual", "private": "ahead", "tax": "on_schedule"}
"""Who pays: budgets, and money that is no budget's, which is drawn on an axis of its own."""


def funds(amounts: pd.DataFrame, lang: str = "zh") -> Chart:
    """How much money a year, from whom; a sum over several years is drawn as its average year.

    Budgets and other money stand on axes of their own, for they differ by tens.

    Parameters
    ----------
    amounts
        From `money.funds`; what is in a unit that is not read is left out.
    """
    rows = amounts.assign(a_year=amounts["yuan_a_year"] / 10**8)
    rows = rows[rows["a_year"].notna()]
    order = rows["level"].map([*PAYERS, *OTHERS].index)
    rows = (
        rows.assign(order=order)
        .sort_values(["order", "a_year"], ascending=[True, False])
        .reset_index(drop=True)
    )
    parts = [rows[rows["level"].isin(levels)].reset_index(drop=True) for levels in (PAYERS, OTHERS)]
    parts = [part for part in parts if len(part)]

    def draw(lang: str) -> Figure:
        figure, stacked = _stack(parts, "level", lang)
        scale = 1.0 if lang == "zh" else 0.1  # 100 million yuan, billion yuan
        for axes, part in zip(stacked, parts, strict=False):
            roles = PAYERS if part["level"].iloc[0] in PAYERS else OTHERS
            periods = [wording.period(period, lang) for period in part["period"]]
            drawn = part.assign(a_year=scale * part["a_year"], period_words=periods)
            names = [
                wording.fold(row[f"name_{lang}"], 21 if lang == "zh" else 42) for _, row in part.iterrows()
            ]
            heads = {level: label(f"money_from.{level}", lang) for level in roles}
            _bars(
                axes,
                drawn,
                ("a_year", "level"),
                heads,
                roles,
                names,
                [_sum(row, lang) for _, row in part.iterrows()],
            )
            axes.set_xlim(0, 1.75 * drawn["a_year"].max() or 1.0)
            axes.xaxis.get_major_locator().set_params(nbins=5)
            axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:,.10g}")
            axes.set_xlabel(label("chart.funds_a_year", lang))
        return figure

    heading, public = {}, rows[rows["level"].isin(PAYERS)]
    if len(public) > 1:
        top = public.loc[public["a_year"].idxmax()]
        heading = {
            lang: label("chart.finding.funds", lang, name=top[f"name_{lang}"], sum=_sum(top, lang))
            for lang in ("zh", "en")
        }
    return Chart(draw, lang, rows, heading, rows.empty)


def _sum(row: pd.Series, lang: str) -> str:
    """The sum as published with its period: digits kept, the bound said."""
    value = cells.quantity(row["published"], row, lang)
    bound = {"lower_bound": "at_least", "upper_bound": "at_most"}.get(row["status"])
    value = label(f"amount_words.{bound}", lang, value=value) if bound else value
    return value + cells.bracketed(wording.period(row["period"], lang), lang)


_FOOT_MM = 10.5
"""Below an axes: its figures and what they are."""


def _stack(parts: Sequence[pd.DataFrame], group: str, lang: str) -> tuple[Figure, list[Axes]]:
    """A figure with an axes for each part, high enough for its bars and headings."""
    slots = [max(len(part) + 1.25 * part[group].nunique(), 1.0) for part in parts] or [1.0]
    pitch = min(4.6 if lang == "zh" else 5.2, (PAGE_MM - _FOOT_MM * len(slots)) / sum(slots))
    height = pitch * sum(slots) + _FOOT_MM * len(slots)
    figure = style.new_figure(height_mm=height, settled=True)
    top, stacked = height, []
    for count in slots:
        low = top - pitch * count
        box = (58 / style.TEXT_WIDTH_MM, low / height, 100 / style.TEXT_WIDTH_MM, pitch * count / height)
        stacked.append(figure.add_axes(box))
        top = low - _FOOT_MM
    return figure, stacked


def _bars(
    axes: Axes, rows: pd.DataFrame, columns: tuple[str, str], heads: Mapping[str, str],
    roles: Mapping[str, str], names: Sequence[str], ends: Sequence[str],
) -> None:  # fmt: skip
    """Bars in groups under headings, each with its name at the left and its words at its end."""
    import seaborn as sns

    value, group = columns
    keys = [key for key in heads if (rows[group] == key).any()]
    place, places, tops = -0.25, [], {}
    for key in keys:
        tops[key] = place = place + 0.25
        for _ in range(int((rows[group] == key).sum())):
            place += 1
            places.append(place)
        place += 1
    axes.set_ylim(max(place, 0.75) - 0.25, -0.5)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    if rows.empty:
        return
    drawn = rows.assign(place=places)
    gap = min(np.diff(places), default=1.0)  # seaborn measures a bar's width by it
    sns.barplot(
        data=drawn, x=value, y="place", hue=group, hue_order=keys, orient="h", native_scale=True,
        dodge=False, palette={key: style.ROLES[roles[key]].colour for key in keys}, width=0.62 / gap,
        errorbar=None, legend=False, saturation=1, ax=axes,
    )  # fmt: skip
    axes.set(ylim=(place - 0.25, -0.5), xlabel="", ylabel="", yticks=[])
    if value == "percent":
        known = drawn[drawn["low"].notna()]
        axes.hlines(known["place"], 100 * known["low"], 100 * known["high"], color="black", linewidth=1)
    side = {"textcoords": "offset points", "va": "center", "linespacing": 1.0}
    for at, name, end, size in zip(places, names, ends, rows[value], strict=True):
        axes.annotate(name, (0, at), (-3, 0), ha="right", fontsize=6.5, **side)
        axes.annotate(end, (size, at), (3, 0), fontsize=7, **side)
    bars = [(size, at, 0.0) for at, size in zip(places, rows[value], strict=True)]
    style.hover(axes.figure, axes.transData, bars, [
        (name, heads[row[group]], end, row.get("period_words", ""), row.get("source", ""))
        for name, end, (_, row) in zip(names, ends, rows.iterrows(), strict=True)
    ])  # fmt: skip
    for key in keys:
        axes.annotate(heads[key], (0, tops[key]), (-3, 0), ha="right", fontsize=7.5,
                      color=style.ROLES["actual"].colour, fontstyle="normal", **side)  # fmt: skip


def reliability(table: pd.DataFrame, lang: str = "zh") -> Chart:
    """Does what was given a chance of 70 per cent happen seven times in ten?

    Parameters
    ----------
    table
        ``chance, reached, cases`` from `backtest.Backtest.reliability`; with ``low, high`` from
        `hindsight.with_intervals` each share has its 95% interval.
    """
    known = table[table["cases"] > 0].reset_index(drop=True)

    def draw(lang: str) -> Figure:
        figure, axes = sheet(82, (16, 4, 6, 12), 105)
        axes.set(xlim=(-0.15, 1.15), ylim=(-0.03, 1.03), xticks=np.arange(0, 1.1, 0.2))
        plan = style.ROLES["plan_path"]
        axes.plot([0, 1], [0, 1], color=plan.colour, linestyle=plan.line, label=label("chart.perfect", lang))
        if len(known):
            _dots(axes, known, lang)
        axes.set_xlabel(label("chart.chance_given", lang))
        axes.set_ylabel(label("chart.chance_came", lang))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
        legend(figure, axes.get_legend_handles_labels()[0], 2)
        return figure

    heading = {}
    if len(known):
        ends = {"low": known.loc[known["chance"].idxmin()], "high": known.loc[known["chance"].idxmax()]}
        given = {
            f"{end}_{name}": wording.number(100 * row[name], 0)
            for end, row in ends.items()
            for name in ("chance", "reached")
        }
        heading = {lang: label("chart.finding.reliability", lang, **given) for lang in ("zh", "en")}
    return Chart(draw, lang, known, heading, known.empty)


def _dots(axes: Axes, known: pd.DataFrame, lang: str) -> None:
    """A dot for each range of chances, with its interval and the number of its cases."""
    import seaborn as sns

    colour = style.ROLES["actual"].colour
    sns.scatterplot(
        data=known, x="chance", y="reached", size="cases", sizes=(14, 90), color=colour, ax=axes,
        legend=False, linewidth=0, zorder=3, label=label("chart.given", lang),
    )  # fmt: skip
    if "low" in known:
        axes.vlines(known["chance"], known["low"], known["high"], color=colour, linewidth=1.2)
    given, came = (label(f"chart.{key}", lang) for key in ("chance_given", "chance_came"))
    shares = [(row.chance, row.reached, row.cases) for row in known.itertuples()]
    style.hover(axes.figure, axes.transData, known[["chance", "reached"]].to_numpy(float), [
        (f"{given} {wording.percent(chance, 0)}", f"{came} (n={int(cases):,})", wording.percent(reached, 0))
        for chance, reached, cases in shares
    ])  # fmt: skip
    for row in known.itertuples():
        above = row.reached >= row.chance  # the words stand on the side where the diagonal does not pass
        axes.annotate(
            f"{int(row.cases):,}", (row.chance, row.reached), (-7 if above else 7, 2 if above else -3),
            textcoords="offset points", fontsize=6.5, color=GREY, va="center",
            ha="right" if above else "left",
        )  # fmt: skip


def ranks(rows: pd.DataFrame, ranked: pd.DataFrame, lang: str = "zh") -> Chart:
    """Where does the area stand among its like, by the figure and by its growth?

    Parameters
    ----------
    rows
        From `areas.indicators`.
    ranked
        From `yardstick.ranks`.
    """
    table = rows.merge(ranked, on="target").reset_index(drop=True)
    table = table.assign(place=range(len(table)))

    def draw(lang: str) -> Figure:
        pitch = min(6.4, (PAGE_MM - 16) / max(len(table), 1))
        figure, axes = sheet(16 + pitch * max(len(table), 1), (60, 30, 9, 6))
        axes.set_ylim(max(len(table), 1) - 0.5, -0.5)
        if len(table):
            _ranked(axes, table, lang)
        most = max(int(table["areas"].max()), 2) if len(table) else 2
        axes.set(xlim=(0.3, most + 0.7), xticks=_ranks_shown(most), yticks=[], xlabel="", ylabel="")
        axes.grid(axis="x", visible=True)
        handles = [_mark(role, label(f"chart.{column}", lang)) for column, role in _RANKS.items()]
        legend(figure, handles, 2)
        return figure

    known, heading = table.dropna(subset=_PLACES), {}
    if len(known) > 1:
        places = {lang: {name: _from_to(known[name], lang) for name in _PLACES} for lang in ("zh", "en")}
        heading = {lang: label("chart.finding.ranks", lang, **words) for lang, words in places.items()}
    return Chart(draw, lang, table, heading, table.empty)


_PLACES = ["rank", "growth_rank"]


def _from_to(places: pd.Series, lang: str) -> str:
    """The best and the worst of the places, or the one that all are."""
    low, high = f"{places.min():.0f}", f"{places.max():.0f}"
    return low if low == high else label("interval", lang, low=low, high=high)


_RANKS = {"rank_value": "actual", "rank_growth": "projection"}


def _ranked(axes: Axes, table: pd.DataFrame, lang: str) -> None:
    """Both places of each indicator, joined, with the places as figures at the right."""
    import seaborn as sns

    both = table.dropna(subset=_PLACES)
    axes.hlines(both["place"], both["rank"].astype(float), both["growth_rank"].astype(float), color=LIGHT,
                linewidth=2.2, zorder=1)  # fmt: skip
    named = table.rename(columns={"rank": "rank_value", "growth_rank": "rank_growth"})
    long = (
        named.melt(["place"], list(_RANKS), var_name="kind", value_name="at").dropna().astype({"at": float})
    )
    kinds = list(_RANKS)
    sns.scatterplot(
        data=long, x="at", y="place", hue="kind", style="kind", hue_order=kinds, style_order=kinds, s=34,
        palette={kind: style.ROLES[role].colour for kind, role in _RANKS.items()}, linewidth=0, zorder=3,
        markers={kind: style.ROLES[role].marker for kind, role in _RANKS.items()}, legend=False, ax=axes,
    )  # fmt: skip
    for column, kind in zip(_PLACES, _RANKS, strict=True):
        style.hover(axes.figure, axes.transData, table[[column, "place"]].to_numpy(float), [
            (wording.name(row, lang), label(f"chart.{kind}", lang), f"{row[column]:.0f} / {row['areas']:.0f}")
            for _, row in table.iterrows()
        ])  # fmt: skip
    side = {"textcoords": "offset points", "va": "center", "fontsize": 7, "linespacing": 1.0}
    for _, row in table.iterrows():
        at = {"xycoords": ("axes fraction", "data"), **side}
        name = wording.fold(wording.name(row, lang), 22 if lang == "zh" else 44)
        axes.annotate(name, (0, row["place"]), (-5, 0), ha="right", **at)
        places = [wording.NONE if wording.missing(row[key]) else f"{int(row[key])}" for key in _PLACES]
        for shift, text, role in zip((14, 44), places, _RANKS.values(), strict=True):
            axes.annotate(
                text, (1, row["place"]), (shift, 0), ha="center", color=style.ROLES[role].colour, **at
            )
        axes.annotate(f"/ {int(row['areas'])}", (1, row["place"]), (58, 0), ha="left", color=GREY, **at)


def _ranks_shown(most: int) -> list[int]:
    """Places written below: the first, the last, and every fifth that does not meet them."""
    return [1, *(rank for rank in range(5, most, 5) if most - rank > 2), most]


def _mark(role: str, words: str) -> object:
    from matplotlib.lines import Line2D

    look = style.ROLES[role]
    return Line2D([], [], color=look.colour, marker=look.marker, linestyle="", label=words)
