"""Bars of a survey and of money, the dots of reliability, an area's ranks; seaborn draws the marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zbanalysis.report import cells, style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import Chart, handle, legend, sheet
from zbanalysis.report.words import label

PARTS = {"profile": "not_assessable", "practice": "on_schedule", "opinion": "projection"}
"""Parts of a questionnaire, in the order drawn, each in the colour of a role."""

_BESIDE = {"textcoords": "offset points", "va": "center", "linespacing": 1.0}
"""Words beside a mark, some points away."""


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
    order = np.lexsort([rows["rank"], rows["part"].map(list(PARTS).index)])
    rows = rows.iloc[order].reset_index(drop=True)

    def draw(lang: str) -> Figure:
        figure, (axes,) = _stack([rows], "part", lang)
        answers = [_answer(row, lang) for _, row in rows.iterrows()]
        said = rows.assign(bar_name=rows[f"text_{lang}"], bar_words=answers)
        places = _bars(axes, said, "percent", "part", PARTS, "entry.choice.part", lang)
        ends = 100 * rows.loc[rows["low"].notna(), ["low", "high"]]
        axes.hlines(places[ends.index], ends["low"], ends["high"], color="black", linewidth=1)
        axes.set_xlim(0, 130)
        axes.set_xticks(range(0, 101, 20))
        axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:.0f}%")
        axes.set_xlabel(label("chart.share_of_units", lang))
        return figure

    asked = "survey_random" if len(rows) and rows["probability"].all() else "survey"
    counts = " / ".join(f"{int(n)}" for n in rows["n"].drop_duplicates())
    heading = {lang: label(f"chart.finding.{asked}", lang, n=counts) for lang in ("zh", "en")}
    opinions = rows[rows["part"] == "opinion"]
    if (opinions["percent"] == opinions["percent"].max()).sum() == 1:
        top = opinions.iloc[0]
        for of, said in heading.items():
            words = {"said": said, "text": top[f"text_{of}"], "share": top["share"]}
            heading[of] = label("chart.finding.survey_top", of, **words)
    return Chart(draw, lang, rows, heading if len(rows) else {}, rows.empty)


def _answer(row: pd.Series, lang: str) -> str:
    if wording.missing(row["count_low"]):
        return f"{row['share']}%"
    count = _from_to(row["count_low"], row["count_high"], lang)
    return label("chart.share_count", lang, share=row["share"], count=count)


def _from_to(low: float, high: float, lang: str) -> str:
    """Two whole numbers as an interval, or the one that both are."""
    low, high = f"{low:.0f}", f"{high:.0f}"
    return low if low == high else label("interval", lang, low=low, high=high)


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
    rows = rows.assign(order=rows["level"].map([*PAYERS, *OTHERS].index))
    rows = rows.sort_values(["order", "a_year"], ascending=[True, False], ignore_index=True)
    parts = [(roles, rows[rows["level"].isin(roles)].reset_index(drop=True)) for roles in (PAYERS, OTHERS)]
    parts = [(roles, part) for roles, part in parts if len(part)]

    def draw(lang: str) -> Figure:
        figure, stacked = _stack([part for _, part in parts], "level", lang)
        scale = 1.0 if lang == "zh" else 0.1  # 100 million yuan, billion yuan
        for axes, (roles, part) in zip(stacked, parts, strict=False):
            drawn = part.assign(
                a_year=scale * part["a_year"], bar_name=part[f"name_{lang}"],
                bar_words=[_sum(row, lang) for _, row in part.iterrows()],
                when=[wording.period(period, lang) for period in part["period"]],
            )  # fmt: skip
            _bars(axes, drawn, "a_year", "level", roles, "money_from", lang)
            axes.set_xlim(0, 1.75 * drawn["a_year"].max() or 1.0)
            axes.xaxis.get_major_locator().set_params(nbins=5)
            axes.xaxis.set_major_formatter(lambda tick, _: f"{tick:,.10g}")
            axes.set_xlabel(label("chart.funds_a_year", lang))
        return figure

    heading, public = {}, rows[rows["level"].isin(PAYERS)]
    if len(public) > 1:
        top = public.loc[public["a_year"].idxmax()]
        for one in ("zh", "en"):
            words = {"name": top[f"name_{one}"], "sum": _sum(top, one)}
            heading[one] = label("chart.finding.funds", one, **words)
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
    pitch = min(4.6 if lang == "zh" else 5.2, (style.PAGE_MM - _FOOT_MM * len(slots)) / sum(slots))
    top = height = pitch * sum(slots) + _FOOT_MM * len(slots)
    figure, stacked = style.new_figure(height_mm=height, settled=True), []
    for count in slots:
        low = top - pitch * count
        box = (58 / style.TEXT_WIDTH_MM, low / height, 100 / style.TEXT_WIDTH_MM, pitch * count / height)
        stacked.append(figure.add_axes(box))
        top = low - _FOOT_MM
    return figure, stacked


def _bars(
    axes: Axes, rows: pd.DataFrame, value: str, group: str, roles: Mapping[str, str], words: str, lang: str
) -> np.ndarray:
    """Bars in groups under headings, which ``words`` has; their places.

    ``rows`` are sorted by group; each has its ``bar_name`` at the left and its ``bar_words`` at its end.
    """
    import seaborn as sns

    heads = {key: label(f"{words}.{key}", lang) for key in roles if (rows[group] == key).any()}
    keys = list(heads)
    # A heading takes the place of a bar, and a quarter more stands above each but the first.
    above = 1.25 * rows[group].map(keys.index).to_numpy(float)
    places = np.arange(1, len(rows) + 1) + above
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    if len(rows):
        drawn = rows.assign(place=places)
        gap = min(np.diff(places), default=1.0)  # seaborn measures a bar's width by it
        sns.barplot(
            data=drawn, x=value, y="place", hue=group, hue_order=keys, orient="h", native_scale=True,
            dodge=False, palette={key: style.ROLES[roles[key]].colour for key in keys}, width=0.62 / gap,
            errorbar=None, legend=False, saturation=1, ax=axes,
        )  # fmt: skip
    axes.set(ylim=(max(len(rows) + 1.25 * len(keys) - 0.5, 0.5), -0.5), xlabel="", ylabel="", yticks=[])
    names = [wording.fold(name, 21 if lang == "zh" else 42) for name in rows["bar_name"]]
    for at, name, end, size in zip(places, names, rows["bar_words"], rows[value], strict=True):
        axes.annotate(name, (0, at), (-3, 0), ha="right", fontsize=6.5, **_BESIDE)
        axes.annotate(end, (size, at), (3, 0), fontsize=7, **_BESIDE)
    style.hover(axes.figure, axes.transData, np.column_stack([rows[value], places, 0 * places]), [
        (name, heads[row[group]], row["bar_words"], row.get("when", ""), row.get("source", ""))
        for name, (_, row) in zip(names, rows.iterrows(), strict=True)
    ])  # fmt: skip
    for key in keys:
        top = places[rows[group] == key].min() - 1
        axes.annotate(heads[key], (0, top), (-3, 0), ha="right", fontsize=7.5,
                      color=style.ROLES["actual"].colour, fontstyle="normal", **_BESIDE)  # fmt: skip
    return places


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
        plan = style.ROLES["plan_path"].look(marker=False)
        axes.plot([0, 1], [0, 1], label=label("chart.perfect", lang), **plan)
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
        given = {}
        for end, row in (("low", known["chance"].idxmin()), ("high", known["chance"].idxmax())):
            for name in ("chance", "reached"):
                given[f"{end}_{name}"] = wording.number(100 * known.loc[row, name], 0)
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
    style.hover(axes.figure, axes.transData, known[["chance", "reached"]].to_numpy(float), [
        (f"{given} {wording.percent(row.chance, 0)}", f"{came} (n={int(row.cases):,})",
         wording.percent(row.reached, 0))
        for row in known.itertuples()
    ])  # fmt: skip
    for row in known.itertuples():
        # The words stand on the side where the diagonal does not pass.
        shift, side = ((-7, 2), "right") if row.reached >= row.chance else ((7, -3), "left")
        axes.annotate(
            f"{int(row.cases):,}", (row.chance, row.reached), shift, textcoords="offset points",
            fontsize=6.5, color=style.GREY, va="center", ha=side,
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
        lines = max(len(table), 1)
        pitch = min(6.4, (style.PAGE_MM - 16) / lines)
        figure, axes = sheet(16 + pitch * lines, (60, 30, 9, 6))
        axes.set_ylim(lines - 0.5, -0.5)
        if len(table):
            _ranked(axes, table, lang)
        most = max([*table["areas"].astype(int), 2])
        below = [1, *(rank for rank in range(5, most, 5) if most - rank > 2), most]  # none meets the last
        axes.set(xlim=(0.3, most + 0.7), xticks=below, yticks=[], xlabel="", ylabel="")
        axes.grid(axis="x", visible=True)
        legend(figure, [
            handle(label(f"chart.{words}", lang), **style.ROLES[role].look(line=False))
            for words, role in _RANKS.values()
        ], 2)  # fmt: skip
        return figure

    known, heading = table.dropna(subset=list(_RANKS)), {}
    if len(known) > 1:
        for one in ("zh", "en"):
            places = {name: _from_to(known[name].min(), known[name].max(), one) for name in _RANKS}
            heading[one] = label("chart.finding.ranks", one, **places)
    return Chart(draw, lang, table, heading, table.empty)


_RANKS = {"rank": ("rank_value", "actual"), "growth_rank": ("rank_growth", "projection")}
"""Column → its words and its role."""


def _ranked(axes: Axes, table: pd.DataFrame, lang: str) -> None:
    """Both places of each indicator, joined, with the places as figures at the right."""
    import seaborn as sns

    both, kinds = table.dropna(subset=list(_RANKS)).astype(dict.fromkeys(_RANKS, float)), list(_RANKS)
    axes.hlines(both["place"], both["rank"], both["growth_rank"], color=style.LIGHT, linewidth=2.2, zorder=1)
    long = table.melt(["place"], kinds, var_name="kind", value_name="at").dropna().astype({"at": float})
    roles = {kind: style.ROLES[role] for kind, (_, role) in _RANKS.items()}
    sns.scatterplot(
        data=long, x="at", y="place", hue="kind", style="kind", hue_order=kinds, style_order=kinds, s=34,
        palette={kind: role.colour for kind, role in roles.items()}, linewidth=0, zorder=3,
        markers={kind: role.marker for kind, role in roles.items()}, legend=False, ax=axes,
    )  # fmt: skip
    for column, (words, _) in _RANKS.items():
        style.hover(axes.figure, axes.transData, table[[column, "place"]].to_numpy(float), [
            (wording.name(row, lang), label(f"chart.{words}", lang),
             f"{row[column]:.0f} / {row['areas']:.0f}")
            for _, row in table.iterrows()
        ])  # fmt: skip
    look = {"xycoords": ("axes fraction", "data"), "fontsize": 7, **_BESIDE}
    for _, row in table.iterrows():
        name = wording.fold(wording.name(row, lang), 22 if lang == "zh" else 44)
        axes.annotate(name, (0, row["place"]), (-5, 0), ha="right", **look)
        beside = (1, row["place"])
        for shift, (column, role) in zip((14, 44), roles.items(), strict=True):
            text = wording.NONE if wording.missing(row[column]) else f"{int(row[column])}"
            axes.annotate(text, beside, (shift, 0), ha="center", color=role.colour, **look)
        axes.annotate(f"/ {int(row['areas'])}", beside, (58, 0), ha="left", color=style.GREY, **look)
