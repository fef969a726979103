"""An area's indicators: how they moved, where they may go, and where the area stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.data import package
from zbanalysis.report import style
from zbanalysis.report import words as wording
from zbanalysis.report.charts import multiples
from zbanalysis.report.charts import panels as looks
from zbanalysis.report.charts.figure import Chart, on_paper
from zbanalysis.report.charts.figure import legend as set_legend
from zbanalysis.report.charts.multiples import Panel, small_multiples, title
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 12
"""Panels on a page; of more indicators those with the longest histories are drawn."""

CUT = 1.35
"""A band may rise so far above what else is in its panel."""


MANY = 10
"""An indicator of which so many areas have figures is drawn in most reports."""


def rehearse() -> None:
    """Set for nothing what most charts of areas say, so that whoever is forked finds it laid out."""
    dataset = package.load()
    areas = dataset.observations.groupby("indicator")["area"].nunique()
    often = dataset.indicators[dataset.indicators["indicator"].map(areas) >= MANY]
    multiples.rehearse(title(row, lang) for _, row in often.iterrows() for lang in ("zh", "en"))


def shown(rows: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """The rows that are drawn: at most `SHOWN`, those that ``names`` holds most often, in their order."""
    count = names.value_counts()
    kept = rows[rows["target"].isin(count.index)]
    longest = kept["target"].map(count).sort_values(ascending=False, kind="stable").index[:SHOWN]
    return kept.loc[sorted(longest)]


def trends(rows: pd.DataFrame, history: pd.DataFrame, curve: pd.DataFrame, lang: str = "zh") -> Chart:
    """Which way has each indicator gone, and how closely does the trend follow it?

    Parameters
    ----------
    rows
        From `areas.indicators`.
    history
        From `areas.history`.
    curve
        From `areas.trends`.
    """
    kept = shown(rows, history["target"][history["target"].isin(curve["series"])])
    drawn = [_trend(row, history, curve) for _, row in kept.iterrows()]

    def legend(lang: str) -> list[object]:
        return [
            looks.handle("actual", "chart.actual", lang),
            looks.handle("projection", "chart.trend", lang, marker=False),
            band(0.25, label("chart.trend_interval", lang)),
        ]

    return Chart(
        lambda lang: small_multiples(drawn, legend, lang),
        lang,
        history[history["target"].isin(kept["target"])],
        {},
        not drawn,
    )


def _trend(row: pd.Series, history: pd.DataFrame, curve: pd.DataFrame) -> Panel:
    known = history[history["target"] == row["target"]]
    panel = Panel(_titles(row), top=CUT * known["value"].max())
    for _, part in curve[curve["series"] == row["target"]].groupby("basis", sort=False):
        years = part["year"].tolist()
        if part["mean_low"].notna().all():
            panel.bands.append(
                (years, part["mean_low"].tolist(), part["mean_high"].tolist(), "projection", 0.25)
            )
        panel.lines.append((years, part["value"].tolist(), "projection", True, False))
    _figures(panel, known)
    return panel


def outlook(rows: pd.DataFrame, history: pd.DataFrame, fan: pd.DataFrame, lang: str = "zh") -> Chart:
    """Where may each indicator be in the years ahead?

    Parameters
    ----------
    rows, history
        As for `trends`.
    fan
        From `areas.fans`.
    """
    kept = shown(rows, history["target"][history["target"].isin(fan["target"])])
    drawn = [_fan(row, history, fan) for _, row in kept.iterrows()]
    return Chart(lambda lang: small_multiples(drawn, _fan_legend, lang), lang, fan, {}, not drawn)


def yardstick(
    found: pd.DataFrame, outlook: pd.DataFrame, history: pd.DataFrame, fan: pd.DataFrame, path: pd.DataFrame,
    lang: str = "zh",
) -> Chart:  # fmt: skip
    """Where does the area stand on the way that the plan asks for?

    Parameters
    ----------
    found
        From `yardstick.standing`.
    outlook, fan
        From `targets.feasibility` and `targets.fans`.
    history
        From `progress.history`.
    path
        From `pathway.path`.
    """
    rows = found.join(outlook[["chance", "aim"]])
    rows = rows[rows["target"].isin(path["target"]) & rows["target"].isin(history["target"])]
    drawn = []
    for _, row in rows.iterrows():
        panel = _fan(row, history, fan, row["aim"])
        asked = path[path["target"] == row["target"]]
        panel.lines.append((asked["position"].tolist(), asked["value"].tolist(), "plan_path", True, False))
        panel.lines.append(([row["target_position"]], [row["aim"]], "target", False, True))
        known = not wording.missing(row["chance"])
        panel.note = {lang: wording.chance(row["chance"], lang) for lang in ("zh", "en")} if known else {}
        drawn.append(panel)

    def legend(lang: str) -> list[object]:
        return [
            *_fan_legend(lang)[:3],
            looks.handle("plan_path", "chart.area_path", lang),
            looks.handle("target", "chart.area_target", lang, line=False),
        ]

    return Chart(
        lambda lang: small_multiples(drawn, legend, lang, panel_mm=46.0, in_a_row=3), lang, fan, {}, not drawn
    )


def _fan(row: pd.Series, history: pd.DataFrame, fan: pd.DataFrame, aim: float = float("nan")) -> Panel:
    known = history[history["target"] == row["target"]].sort_values("position")
    ahead, last = fan[fan["target"] == row["target"]], known.iloc[-1]
    tops = [known["value"].max(), *([ahead["hi80"].max()] if len(ahead) else []), aim]
    panel = Panel(_titles(row), top=CUT * max(value for value in tops if not wording.missing(value)))
    if len(ahead):
        years = [last["position"], *ahead["year"].astype(float)]
        for level, strength in ((95, 0.2), (80, 0.28)):
            low, high = ([last["value"], *ahead[f"{side}{level}"]] for side in ("lo", "hi"))
            panel.bands.append((years, low, high, "projection", strength))
        panel.lines.append((years, [last["value"], *ahead["mean"]], "projection", True, False))
    _figures(panel, known)
    return panel


def _fan_legend(lang: str) -> list[object]:
    return [
        looks.handle("actual", "chart.actual", lang),
        looks.handle("projection", "chart.median", lang, marker=False),
        band(0.45, label("chart.band80", lang)),
        band(0.2, label("chart.band95", lang)),
    ]


def _titles(row: pd.Series) -> dict[str, str]:
    return {lang: title(row, lang) for lang in ("zh", "en")}


def _figures(panel: Panel, known: pd.DataFrame) -> None:
    """The published figures; a line only within one basis, for different bases do not join."""
    for _, part in known.groupby("basis", sort=False):
        panel.lines.append((part["position"].tolist(), part["value"].tolist(), "actual", True, True))


def band(strength: float, words: str) -> object:
    """A band of the legend."""
    from matplotlib.patches import Patch

    return Patch(facecolor=style.ROLES["projection"].colour, alpha=strength, linewidth=0, label=words)


def ranks(rows: pd.DataFrame, ranked: pd.DataFrame, lang: str = "zh") -> Chart:
    """Where does the area stand among its like, by the figure and by its growth?

    Parameters
    ----------
    rows
        From `areas.indicators`.
    ranked
        From `yardstick.ranks`.
    """
    table = rows.merge(ranked, on="target")

    def draw(lang: str) -> Figure:
        from matplotlib.lines import Line2D

        height, side, right = 14.0 + 5.0 * max(len(table), 1), 58.0, 156.0
        figure = style.new_figure(height_mm=height, settled=True)
        paper = on_paper(figure)
        most = max(int(table["areas"].max()), 2) if len(table) else 2
        step = (right - side) / (most - 1)
        for down, (_, row) in enumerate(table.iterrows()):
            level = height - 9.0 - 5.0 * (down + 0.5)
            name = wording.fold(wording.name(row, lang), 20 if lang == "zh" else 38).split("\n")
            words = name[0] if len(name) == 1 else f"{name[0].rstrip(', ')}…"
            figure.text(side - 4, level, words, transform=paper, ha="right", va="center", fontsize=7.5)
            figure.add_artist(
                Line2D([side, right], [level, level], transform=paper, color="#DDDDDD", linewidth=0.6)
            )
            for column, role in (("growth_rank", "projection"), ("rank", "actual")):
                if not wording.missing(row[column]):
                    look, place = style.ROLES[role], side + step * (row[column] - 1)
                    figure.add_artist(
                        Line2D([place], [level], transform=paper, color=look.colour, marker=look.marker,
                               markersize=5.5 if role == "actual" else 5, linestyle="")
                    )  # fmt: skip
        for rank in sorted({1, *range(5, most, 5), most}):
            if rank in (1, most) or most - rank > 2:
                figure.text(side + step * (rank - 1), 3.2, str(rank), transform=paper, ha="center",
                            va="center", fontsize=7.5, color="#595959")  # fmt: skip
        handles = [
            looks.handle("actual", "chart.rank_value", lang, line=False),
            looks.handle("projection", "chart.rank_growth", lang, line=False),
        ]
        set_legend(figure, handles, 2)
        return figure

    return Chart(draw, lang, table, {}, table.empty)
