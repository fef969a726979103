"""The tables of an area's report: how it moved, where it may go, what a plan would ask, where it stands."""

from __future__ import annotations

import math

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.tables import outlook
from zbanalysis.report.tables.sources import source_list
from zbanalysis.report.words import label

MOVEMENT = (
    "order", "indicator", "span", "area_latest", "trend_line", "slope", "slope_interval",
    "area_pace", "motion",
)  # fmt: skip
RATES = (
    "order", "indicator", "area_pace", "area_growth_ahead", "chance_better", "rate_better", "rate_median",
)  # fmt: skip
YARDSTICK = (
    "order", "indicator", "plan_asks", "area_base", "area_aim", "latest", "judgement", "needed", "chance",
)  # fmt: skip
RANKS = (
    "order", "indicator", "rank_year", "area_value", "rank", "median_of_areas", "best_area", "growth_rank",
)  # fmt: skip


def named(row: pd.Series, lang: str) -> str:
    """Name of an indicator with its unit."""
    name, unit = wording.name(row, lang), row[f"unit_{lang}"]
    if name.endswith(unit):
        return name
    return f"{name}（{unit}）" if lang == "zh" else f"{name} ({unit})"


def figure(value: float, row: pd.Series) -> str:
    """A computed value of the indicator: four significant digits, but no more decimals than are printed.

    Examples
    --------
    >>> row = pd.Series({"published_base_value": "4802.6", "published_target_value": ""})
    >>> figure(5739.653, row), figure(57.396, row), figure(1464329.0, row)
    ('5740', '57.4', '1464000')
    """
    if wording.missing(value):
        return wording.NONE
    size = math.floor(math.log10(abs(value))) if value else 0
    return wording.number(round(value, 3 - size), min(cells.decimals(row), max(3 - size, 0)))


def interval(row: pd.Series, low: str, high: str, lang: str) -> str:
    """Two ends of an interval in the indicator's unit."""
    if wording.missing(row[low]):
        return wording.NONE
    key = "interval" if row[low] >= 0 else "interval.signed"
    return label(key, lang, low=figure(row[low], row), high=figure(row[high], row))


def pace(row: pd.Series, lang: str, growth: str = "growth", change: str = "change") -> str:
    """Average change a year: growth in %, of a share or where growth has no meaning the change."""
    if row["scale"] == "share" or row["direction"] == "down" or wording.missing(row[growth]):
        return cells.amount(row[change], "change", row, lang)
    return cells.amount(row[growth], "growth", row, lang)


def movement(rows: pd.DataFrame, chosen: pd.DataFrame, moved: pd.DataFrame, lang: str) -> pd.DataFrame:
    """How each indicator has moved; one row per indicator with a trend.

    Parameters
    ----------
    rows
        From `areas.indicators`.
    chosen
        From `areas.trends`.
    moved
        From `areas.movement`.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only.
    """
    table = rows.merge(moved, on="target").merge(
        chosen, left_on="target", right_on="series", suffixes=("", "_trend")
    )
    texts = [_movement(row, lang) for _, row in table[table["status"] == "fitted"].iterrows()]
    return pd.DataFrame(texts, columns=cells.headings(MOVEMENT, lang))


def _movement(row: pd.Series, lang: str) -> list[str]:
    first, last = (wording.position(row[name], lang) for name in ("first_year", "last_year"))
    return [
        str(int(row["order"])),
        named(row, lang),
        label("period.span", lang, first=first, last=last),
        row["current_published"],
        label(f"trend.model.{row['model']}", lang),
        _slope(row, lang),
        outlook.slope_interval(row, lang),
        pace(row, lang),
        label(f"motion.{row['motion']}", lang),
    ]


def _slope(row: pd.Series, lang: str) -> str:
    """As `outlook.slope_words`; the unit of an amount stands beside the indicator's name already."""
    if row["slope_unit"] == "percent_per_year" or row["scale"] == "share":
        return outlook.slope_words(row, lang)
    return cells.amount_number(row["per_year"], row, growth=False)


def ahead(rows: pd.DataFrame, found: pd.DataFrame, years: tuple[int, int], lang: str) -> pd.DataFrame:
    """Where each indicator may be at the ends of the plans; one row per indicator with a projection.

    Parameters
    ----------
    rows
        From `areas.indicators`.
    found
        From `areas.outlook`.
    years
        From `areas.plan_ends`.
    lang
        ``zh`` or ``en``.
    """
    first, second = (found[found["year"] == year].set_index("target") for year in years)
    table = rows[rows["target"].isin(found.loc[found["reason"] == "", "target"])]
    texts = []
    for _, row in table.iterrows():
        near, far = (pd.concat([row, part.loc[row["target"], _VALUES]]) for part in (first, second))
        texts.append(
            [
                str(int(row["order"])),
                named(row, lang),
                row["current_published"],
                figure(near["mean"], near),
                interval(near, "lo80", "hi80", lang),
                interval(near, "lo95", "hi95", lang),
                figure(far["mean"], far),
                interval(far, "lo80", "hi80", lang),
            ]
        )
    parts = [
        ("median_in", years[0]),
        ("in80", years[0]),
        ("in95", years[0]),
        ("median_in", years[1]),
        ("in80", years[1]),
    ]
    heads = [label(f"column.{name}", lang, year=year) for name, year in parts]
    return pd.DataFrame(texts, columns=[*cells.headings(("order", "indicator", "area_latest"), lang), *heads])


_VALUES = ["mean", "lo80", "hi80", "lo95", "hi95"]


def rates(rows: pd.DataFrame, moved: pd.DataFrame, found: pd.DataFrame, year: int, lang: str) -> pd.DataFrame:
    """How likely each indicator is to be better than now by a year, and how often others managed as much."""
    part = found[(found["year"] == year) & (found["reason"] == "")]
    part = part.rename(columns={"growth": "growth_ahead", "change": "change_ahead"})
    table = rows.merge(moved, on="target").merge(part.drop(columns="points"), on="target")
    texts = [
        [
            str(int(row["order"])),
            named(row, lang),
            pace(row, lang),
            pace(row, lang, "growth_ahead", "change_ahead"),
            wording.chance(row["chance_better"], lang),
            wording.percent(row["rate_better"], 0),
            wording.percent(row["rate_median"], 0),
        ]
        for _, row in table.iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(RATES, lang))


def yardstick(found: pd.DataFrame, outlook: pd.DataFrame, lang: str) -> pd.DataFrame:
    """What the plan's targets would ask of the area; one row per target of which it has a figure.

    Parameters
    ----------
    found
        From `yardstick.standing`.
    outlook
        From `targets.feasibility`, same index.
    lang
        ``zh`` or ``en``.
    """
    table = found.join(outlook[["chance", "aim", "verdict"]])
    table = table[table["current_period"] != ""]
    texts = [
        [
            str(int(row["order"])),
            named(row, lang),
            plan_asks(row, lang),
            cells.base(row, lang),
            figure(row["aim"], row),
            cells.current(row, lang),
            cells.judgement(row, lang),
            cells.needed(row, lang),
            wording.chance(row["chance"], lang),
        ]
        for _, row in table.iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(YARDSTICK, lang))


def plan_asks(row: pd.Series, lang: str) -> str:
    """The target as the plan prints it, with its base where it is a level."""
    words = label(f"target.{row['kind']}", lang, value=row["plan_value"] or wording.NONE)
    if row["kind"] != "level" or not row["plan_base_value"]:
        return words
    return label("plan_from_to", lang, base=row["plan_base_value"], value=row["plan_value"])


def ranks(rows: pd.DataFrame, ranked: pd.DataFrame, areas: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Where the area stands among its like; one row per indicator.

    Parameters
    ----------
    rows
        From `areas.indicators`.
    ranked
        From `yardstick.ranks`.
    areas
        ``area, name_zh, name_en``.
    lang
        ``zh`` or ``en``.
    """
    names = areas.set_index("area")[f"name_{lang}"]
    table = rows.merge(ranked, on="target")
    texts = [
        [
            str(int(row["order"])),
            named(row, lang),
            str(int(row["year"])),
            wording.number(row["value"], min(cells.decimals(row), 2)),
            of(row["rank"], row["areas"]),
            figure(row["median"], row),
            f"{names[row['best_area']]} {wording.number(row['best_value'], min(cells.decimals(row), 2))}",
            of(row["growth_rank"], row["growth_areas"]),
        ]
        for _, row in table.iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(RANKS, lang))


def of(rank: float, areas: float) -> str:
    """A place among so many.

    Examples
    --------
    >>> of(3.0, 31), of(float("nan"), 0)
    ('3/31', '—')
    """
    return wording.NONE if wording.missing(rank) else f"{rank:.0f}/{areas:.0f}"


def sources(listed: pd.DataFrame, lang: str) -> list[str]:
    """The list of sources, volumes of one work drawn together.

    Volumes are those with the same title and publisher but for the year.

    Parameters
    ----------
    listed
        ``number`` and the columns of ``sources.csv``.
    lang
        ``zh`` or ``en``.
    """
    work = listed[f"title_{lang}"].str.replace(_YEAR, "", regex=True) + listed[f"publisher_{lang}"]
    texts = []
    for _, volumes in listed.groupby(work, sort=False):
        newest = volumes.sort_values("number").iloc[-1:]
        words = source_list(newest, lang)[0].partition("] ")[2]
        numbers = wording.numbering(volumes["number"], lang)
        if len(volumes) > 1:
            years = volumes[f"title_{lang}"].str.extract(f"({_YEAR})", expand=False).dropna().astype(int)
            words += label("text.volumes", lang, count=len(volumes), years=wording.numbering(years, lang))
        texts.append(f"[{numbers}] {words}")
    return texts


_YEAR = r"(?:19|20)[0-9]{2}"
