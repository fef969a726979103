"""One line for each target: how far it is, and how each rule judges it; seaborn draws the marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, NullLocator
from matplotlib.transforms import blended_transform_factory

from zbanalysis.data.schema import DIRECTIONS, LEVELS, RANGES, SUMS
from zbanalysis.report import cells, style
from zbanalysis.report import words as wording
from zbanalysis.report.charts.figure import Chart, handle, legend, on_paper, sheet
from zbanalysis.report.words import label

TICKS = [base * 10.0**power for power in range(-3, 6) for base in (1, 1.5, 2, 3, 5, 7)]
"""Marks of a logarithmic axis of shares, in per cent."""

_LEVELS = tuple(kind for kind in LEVELS if kind not in RANGES)
"""Kinds whose figure stands beside the target as it is."""

_RED = style.ROLES["target"].colour


def attainment(assessed: pd.DataFrame, lang: str = "zh") -> Chart:
    """How far is each target: the figure as a share of the target, from the base on, all targets.

    Where base or target is not positive the completion stands in the figure's place.  A figure on
    another definition than the target's is not joined with the base.

    Parameters
    ----------
    assessed
        From `verdict.judge`, or from `progress.progress`, whose status then stands for the verdict.
    """
    rows = _shares(assessed)
    seen = rows[rows["current_period"] != ""].assign(place=lambda frame: np.arange(len(frame)))
    looks = style.VERDICTS if "verdict" in rows else style.ROLES
    shown = [key for key in looks if (seen["judged"] == key).any()]

    def draw(lang: str) -> Figure:
        absent, foot = _listed("chart.no_figures", rows[rows["current_period"] == ""], lang)
        pitch = min(6.6, (style.PAGE_MM - 26 - foot) / max(len(seen), 1))
        keys, across = _keys(seen, looks, shown, lang), 6 if lang == "zh" else 5
        top = 4.5 * -(-len(keys) // across) + 7.5
        size = 7.0 if len(seen) <= 28 else 6.2
        columns, right = _columns(seen, size, lang)
        figure, axes = sheet(top + 10.5 + foot + pitch * max(len(seen), 1), (54, right, top, 8 + foot))
        _drawn(axes, seen, looks)
        _lines(axes, seen, columns, size, lang)
        _pointed(axes, seen, lang)
        axes.annotate(
            label("chart.target", lang), (100, 1), (0, 1.5), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", va="bottom", color=_RED, fontsize=7.5,
        )  # fmt: skip
        legend(figure, keys, across)
        _below(figure, absent)
        return figure

    heading = {lang: _attained(rows, looks, lang) for lang in ("zh", "en")} if len(rows) else {}
    return Chart(draw, lang, rows, heading, rows.empty)


_NAMED = 2
"""So many targets out of reach are named in the title."""


def _attained(rows: pd.DataFrame, looks: Mapping[str, style.Role], lang: str) -> str:
    """How many targets are reached, and which are out of reach; where none is, how many have each verdict."""
    met = int(rows["judged"].isin(["reached", "to_be_held"]).sum())
    if not met:
        counts = rows["judged"].value_counts().reindex(list(looks)).dropna().astype(int)
        form, comma = ("{}{}项", "、") if lang == "zh" else ("{} {}", ", ")
        verdicts = comma.join(form.format(_judged(rows, key, lang), count) for key, count in counts.items())
        return label("chart.finding.attainment_none", lang, total=len(rows), verdicts=verdicts)
    reached = label("chart.finding.attainment", lang, total=len(rows), met=met)
    lost = rows[rows["judged"].isin(["missed", "cannot"])]
    if not 0 < len(lost) <= _NAMED:
        return reached
    names = wording.listing([wording.name(row, lang) for _, row in lost.iterrows()], lang)
    verdicts = wording.listing([_judged(rows, key, lang) for key in lost["judged"].unique()], lang)
    return label("chart.finding.attainment_lost", lang, reached=reached, lost=verdicts, names=names)


def _judged(rows: pd.DataFrame, key: str, lang: str) -> str:
    """The words of a verdict or status, as the table of targets has them."""
    if key == "to_be_held":
        return label("summary.held", lang)
    own = rows[rows["judged"] == key]
    if "verdict" in rows:
        return "/".join(own[f"verdict_{lang}"].drop_duplicates())
    return wording.status(key, bool(own["final"].all()), lang)


def _shares(assessed: pd.DataFrame) -> pd.DataFrame:
    """What is drawn of each target, in the plan's order from the top."""
    rows = assessed.reset_index(drop=True)
    figure = rows["current_value"].where(rows["kind"].isin(_LEVELS))
    figure = figure.mask(rows["kind"].isin(SUMS), rows["accumulated"])
    positive = (figure > 0) & (rows["target_value"] > 0)
    share = (100 * figure / rows["target_value"]).where(positive)
    base = (100 * rows["base_value"] / rows["target_value"]).where(positive & (rows["base_value"] > 0))
    completion = 100 * rows["completion"].where(rows["completion"] > 0)
    rows["place"] = np.arange(len(rows))
    rows["share"] = share.fillna(completion)
    rows["base_share"] = base.where(rows["kind"].isin(_LEVELS) & (base != share))
    rows["by_completion"] = share.isna() & completion.notna()
    rows["judged"] = rows["verdict"] if "verdict" in rows else rows["status"]
    rows["other_basis"] = (rows["mark"] != "" if "mark" in rows else rows["basis_break"]).astype(bool)
    return rows


def _drawn(axes: Axes, rows: pd.DataFrame, looks: Mapping[str, style.Role]) -> None:
    """A mark for each figure, a ring for each base, a line between them where both are on one definition."""
    import seaborn as sns

    marks = rows[rows["share"].notna()]
    for column, hollow in (("base_share", True), ("share", False)):
        part = marks[marks[column].notna()]
        if part.empty:
            continue
        keys = list(dict.fromkeys(part["judged"]))
        sns.scatterplot(
            data=part, x=column, y="place", hue="judged", style="judged", hue_order=keys, style_order=keys,
            palette={key: looks[key].colour for key in keys}, s=24 if hollow else 38,
            markers={key: "o" if hollow else looks[key].marker for key in keys},
            ax=axes, legend=False, zorder=2 if hollow else 3, linewidth=0.6, edgecolor="white",
        )  # fmt: skip
        if hollow:
            rings = axes.collections[-1]
            rings.set(edgecolor=rings.get_facecolor(), facecolor="white", linewidth=1.0)
    joined = marks[marks["base_share"].notna() & ~marks["other_basis"]]
    colours = [looks[key].colour for key in joined["judged"]]
    axes.hlines(joined["place"], joined["base_share"], joined["share"], colors=colours, linewidth=1.8,
                alpha=0.55, zorder=1)  # fmt: skip
    axes.axvline(100, color=_RED, linewidth=1.0, zorder=0)
    _scale(axes, marks)


def _listed(key: str, rows: pd.DataFrame, lang: str) -> tuple[list[str], float]:
    """Targets by name in a sentence below a chart, in lines, and their height; none where there are none."""
    if rows.empty:
        return [], 0.0
    names = list(dict.fromkeys(wording.name(row, lang) for _, row in rows.iterrows()))
    words = label(key, lang, names=wording.listing(names, lang))
    lines = wording.fold(words, 60 if lang == "zh" else 116).split("\n")
    return lines, 3.6 * len(lines) + 1.5


def _below(figure: Figure, lines: Sequence[str]) -> None:
    for up, text in enumerate(reversed(lines)):
        figure.text(1, 1.3 + 3.6 * up, text, transform=on_paper(figure), fontsize=7, color=style.GREY)


def _scale(axes: Axes, marks: pd.DataFrame) -> None:
    """A logarithmic axis that holds every mark and the target, with round shares that do not meet."""
    values = [100.0, *marks["share"], *marks["base_share"].dropna()]
    low, high = min(values) / 1.15, max(values) * 1.15
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    kept = [100.0]
    inside = (tick for tick in TICKS if low < tick < high)
    for tick in sorted(inside, key=lambda tick: abs(np.log(tick / 100))):
        if all(abs(np.log(tick / one)) > 0.17 * np.log(high / low) for one in kept):
            kept.append(tick)
    axes.xaxis.set_major_locator(FixedLocator(sorted(kept)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}%")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)


_LINES = 3
"""So many lines of small type are as high as the space between two targets."""


def _columns(rows: pd.DataFrame, size: float, lang: str) -> tuple[dict[str, tuple[float, list[str]]], float]:
    """Base, latest figure and target as printed: right edge of each column, its words; room for all, in mm.

    A column is as wide as its longest words.
    """
    words: dict[str, list[str]] = {"target": [], "current": [], "base": []}
    for _, row in rows.iterrows():
        latest = str(cells.current(row, lang))
        short = lang == "en" or len(latest) < 17
        words["base"].append(str(cells.printed(row["published_base_value"])))
        words["current"].append(wording.fold(latest, 22) if short else latest.replace("（", "\n（"))
        words["target"].append(_low(str(cells.target(row, lang)), 8 if lang == "zh" else 12))
    columns, edge, room = {}, style.TEXT_WIDTH_MM - 0.5, 0.0
    for name, texts in words.items():
        wide = max(_wide(text, size) for text in [label(f"column.{name}", lang), *texts])
        columns[name] = edge, texts
        room = style.TEXT_WIDTH_MM - edge + wide + 3
        edge -= wide + 2.5
    return columns, room


def _low(text: str, width: int) -> str:
    """A text in three lines at most, each as short as that allows and no shorter than asked."""
    while (folded := wording.fold(text, width)).count("\n") > _LINES - 1:
        width += 1
    return folded


def _wide(text: str, size: float) -> float:
    """Width of the longest line of a text, in mm: a Han character is as wide as the type is high."""
    ems = max(sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in line) for line in text.split("\n"))
    return ems * size * 0.3528


def _small(text: str) -> dict[str, float]:
    """Type for what has more than two lines."""
    return {"fontsize": 6.0} if text.count("\n") > 1 else {}


def _lines(
    axes: Axes, rows: pd.DataFrame, columns: Mapping[str, tuple[float, Sequence[str]]], size: float, lang: str
) -> None:
    """Name at the left; base, latest figure and target at the right, as printed."""
    axes.set(ylim=(max(len(rows), 1) - 0.5, -0.5), yticks=[], xlabel="", ylabel="")
    side = blended_transform_factory(on_paper(axes.figure), axes.transData)
    right = {"transform": side, "ha": "right", "va": "center", "fontsize": size, "linespacing": 1.0}
    looks = {"base": {"color": style.GREY}, "current": {}, "target": {"color": _RED}}
    grey = right | looks["base"]
    for place, (name, share) in enumerate(zip(_names(rows, lang), rows["share"], strict=True)):
        folded = wording.fold(name, 20 if lang == "zh" else 40)
        axes.text(52, place, folded, **(right | _small(folded)))
        for column, look in looks.items():
            edge, words = columns[column]
            axes.text(edge, place, words[place], **(right | look | _small(words[place])))
        if wording.missing(share):
            # No line passes through these words.
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
            axes.text(0.02, place, label("chart.no_share", lang), va="center", bbox=ground, fontsize=size,
                      transform=axes.get_yaxis_transform(), color=style.GREY)  # fmt: skip
    for column, (edge, _) in columns.items():
        axes.text(edge, -0.75, label(f"column.{column}", lang), **(grey | {"va": "bottom"}))
    notes = [label("chart.by_completion", lang)] * bool(rows["by_completion"].any())
    notes += [label("chart.lower_better", lang)] * bool(_falls(rows).any())
    if notes:
        axes.text(columns["target"][0], len(rows) - 0.3, "   ".join(notes), **(grey | {"va": "top"}))


def _pointed(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    """Base and latest figure, as published, where they are pointed at."""
    marks = (("base_share", "base", "published_base_value", "base_period", "source"),
             ("share", "current", "current_published", "current_period", "current_source"))  # fmt: skip
    for share, key, digits, period, source in marks:
        words = [
            (name, label(f"column.{key}", lang), row[digits], wording.period(row[period], lang), row[source])
            for name, (_, row) in zip(_names(rows, lang), rows.iterrows(), strict=True)
        ]
        style.hover(axes.figure, axes.transData, rows[[share, "place"]].to_numpy(float), words)


def _falls(rows: pd.DataFrame) -> pd.Series:
    """Figures that are good below the target; a completion grows whatever is measured."""
    falls = rows["kind"].map(DIRECTIONS).fillna(rows["direction"]) == "down"
    return falls & rows["share"].notna() & ~rows["by_completion"]


def _names(rows: pd.DataFrame, lang: str) -> list[str]:
    """Names with a star beside a completion and an arrow beside what is to fall."""
    signs = zip(named(rows, lang), rows["by_completion"], _falls(rows), strict=True)
    return [name + " *" * bool(star) + " ↓" * bool(falls) for name, star, falls in signs]


def named(rows: pd.DataFrame, lang: str) -> list[str]:
    """Names, with the year where an indicator has targets of several."""
    twice = rows.duplicated(["name_en", "area"], keep=False)
    return [
        wording.name(row, lang)
        + (cells.bracketed(wording.position(row["target_position"], lang), lang) if again else "")
        for again, (_, row) in zip(twice, rows.iterrows(), strict=True)
    ]


def _keys(
    rows: pd.DataFrame, looks: Mapping[str, style.Role], shown: Sequence[str], lang: str
) -> list[Artist]:
    handles = [handle(_judged(rows, key, lang), **looks[key].look(line=False)) for key in shown]
    if rows["base_share"].notna().any():
        ring = {"marker": "o", "markerfacecolor": "white", "color": style.GREY, "linestyle": ""}
        handles.append(handle(label("column.base", lang), **ring))
    return handles


STEPS = {"good": "ahead", "middle": "on_schedule", "poor": "behind", "none": "not_assessable"}
"""Step of the common scale → role whose colour it takes; the words make it readable without colour."""

OWN = "schedule"
"""The rule of the report; its words have colours of their own in charts and tables."""


def rules(progress: pd.DataFrame, variants: pd.DataFrame, lang: str = "zh") -> Chart:
    """How does each rule judge each target; the most disputed first, those all agree on in a line below.

    Parameters
    ----------
    progress
        From `progress.progress`.
    variants
        From `sensitivity.variants`: ``id, variant, status, step, changed``.
    """
    data = variants[variants["variant"].str.startswith("rule:")]
    data = data.assign(rule=data["variant"].str.removeprefix("rule:")).drop(columns="variant")
    words = {f"name_{lang}": named(progress, lang) for lang in ("zh", "en")}
    data = data.merge(progress[["target"]].assign(**words), left_on="id", right_on="target")
    data["steps"] = data.groupby("id")["step"].transform("nunique")  # into so many the rules put the target
    data = data.drop(columns="target")
    names = list(dict.fromkeys(data["rule"]))
    order = data.groupby("id", sort=False)["steps"].first().sort_values(ascending=False, kind="stable")
    disputed = list(order.index[order > 1])
    rows = disputed or list(order.index)

    def draw(lang: str) -> Figure:
        agreed, foot = _listed("chart.all_agree", data[~data["id"].isin(rows)], lang)
        pitch = min(9.0, (style.PAGE_MM - 10 - foot) / max(len(rows), 1))
        figure, axes = sheet(8 + pitch * max(len(rows), 1) + foot, (42, 1, 7, 1 + foot))
        _grid(axes, data, rows, names, lang)
        _below(figure, agreed)
        return figure

    key = "chart.finding.rules" if disputed else "chart.finding.rules_agree"
    count = {"total": len(order), "count": len(disputed), "rules": len(names)}
    heading = {lang: label(key, lang, **count) for lang in ("zh", "en")}
    return Chart(draw, lang, data, heading if len(order) else {}, data.empty)


def _grid(axes: Axes, data: pd.DataFrame, rows: list[str], names: list[str], lang: str) -> None:
    """One cell per judgement: its step as a colour, its word, a frame where it differs from ours."""
    import seaborn as sns

    if not rows:
        axes.set_axis_off()
        return
    roles, fold = list(style.STATUSES), 8 if lang == "zh" else 14
    shown = data[data["id"].isin(rows)].copy()
    shown["role"] = list(map(look, shown["rule"], shown["status"], shown["step"]))
    said = zip(shown["rule"], shown["status"], strict=True)
    shown["word"] = [wording.fold(label(f"class.{rule}.{status}", lang), fold) for rule, status in said]
    table = shown.pivot_table(["role", "word", "changed"], "id", "rule", aggfunc="first")
    role, word, changed = (table[name].loc[rows, names] for name in ("role", "word", "changed"))
    sns.heatmap(
        role.map(roles.index), annot=word, fmt="", vmin=0, vmax=len(roles),
        cmap=ListedColormap([style.ROLES[role].colour for role in roles]), ax=axes, cbar=False,
        linewidths=1.5, linecolor="white", annot_kws={"fontsize": 6.5, "linespacing": 1},
    )  # fmt: skip
    for down, across in np.argwhere(changed.to_numpy(bool)):
        axes.add_patch(Rectangle((across + 0.03, down + 0.05), 0.94, 0.9, fill=False, edgecolor="black",
                                 linewidth=1.1))  # fmt: skip
    sides = shown.drop_duplicates("id").set_index("id").loc[rows]
    words = [wording.fold(wording.name(row, lang), 15 if lang == "zh" else 30) for _, row in sides.iterrows()]
    axes.set_yticks(np.arange(len(rows)) + 0.5, words, rotation=0)
    places = [(names.index(one.rule) + 0.5, rows.index(one.id) + 0.5) for one in shown.itertuples()]
    style.hover(axes.figure, axes.transData, places, [
        (wording.name(row, lang), label(f"rule_name.{row['rule']}", lang), row["word"])
        for _, row in shown.iterrows()
    ])  # fmt: skip
    heads = [wording.fold(label(f"rule_name.{name}", lang), 8 if lang == "zh" else 16) for name in names]
    axes.set_xticks(np.arange(len(names)) + 0.5, heads, rotation=0)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=7)
    axes.set(xlabel="", ylabel="")
    axes.grid(visible=False)


def look(rule: str, status: str, step: str) -> str:
    """Role whose look a judgement takes: the report's own words look as in every other chart.

    Examples
    --------
    >>> look("schedule", "on_schedule", "good"), look("sdsn", "on_track", "good")
    ('on_schedule', 'ahead')
    """
    return status if rule == OWN else STEPS[step]
