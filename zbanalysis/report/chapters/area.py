"""An area without a plan of its own, in sentences and tables: trends, outlook, a plan as a yardstick."""

from __future__ import annotations

import math

import pandas as pd

from zbanalysis.outlook import areas
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Cell, Column
from zbanalysis.report.chapters.basis import source_line
from zbanalysis.report.chapters.outlook import census_sentences, slope_interval, slope_words, span
from zbanalysis.report.words import label

NAMED = 3
"""So many indicators are named in a sentence; the tables have all."""
SURE = 0.8
PACE_FROM = 3
"""Years that a pace must span to stand in a sentence."""


# --- sentences: what grows, what stands still, where it is going, how sure that is ---


def fastest(rows: pd.DataFrame, moved: pd.DataFrame, lang: str) -> list[str]:
    """The indicators that grew fastest in the last years; shares in points."""
    table = _with_pace(rows, moved)
    grown = table[(table["measure"] == "growth") & (table["pace"] > 0)]
    grown = grown.sort_values("pace", ascending=False, kind="stable").head(NAMED)
    shares = table[table["measure"] != "growth"].head(NAMED)
    parts = (("text.area_fastest", grown), ("text.area_shares", shares))
    return [_paces(key, part, lang) for key, part in parts if len(part)]


def stagnant(rows: pd.DataFrame, moved: pd.DataFrame, lang: str) -> list[str]:
    """The indicators that fell in the last years, those without a clear direction, those that slowed down."""
    table = _with_pace(rows, moved)
    fell = table[table["pace"] < 0]
    flat = table[(table["motion"] == "level") & ~table.index.isin(fell.index)]
    slower = table[(table["turn"] == "slower") & ~table.index.isin([*fell.index, *flat.index])]
    parts = (("text.area_fell", fell), ("text.area_flat", flat), ("text.area_slower", slower))
    sentences = [_paces(key, part, lang) for key, part in parts if len(part)]
    return sentences or ([label("text.area_none_fell", lang)] if len(table) else [])


def _with_pace(rows: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Indicators with a recent pace, in the measure in which it is said."""
    table = rows.merge(moved, on="target")
    by_change = (table["scale"] == "share") | (table["direction"] == "down") | table["growth"].isna()
    table["measure"] = by_change.map({True: "change", False: "growth"})
    table["pace"] = table["growth"].mask(by_change, table["change"])
    return table[table["pace"].notna() & (table["pace_years"] >= PACE_FROM)]


def _paces(key: str, part: pd.DataFrame, lang: str) -> str:
    named = [
        label("text.area_pace", lang, name=words.name_in_text(row, lang), pace=pace(row, lang))
        for _, row in part.iterrows()
    ]
    return label(key, lang, count=len(part), names=words.listing(named, lang))


def ahead_sentences(rows: pd.DataFrame, ahead: pd.DataFrame, years: tuple[int, int], lang: str) -> list[str]:
    """Where the first indicators are likely to be by the end of the plan."""
    table = rows.merge(ahead[(ahead["year"] == years[0]) & (ahead["reason"] == "")], on="target")
    if table.empty:
        return [label("text.area_no_outlook", lang)]
    values = [
        label(
            "text.area_value", lang, name=words.name_in_text(row, lang),
            median=cells.quantity(figure(row["mean"], row), row, lang),
            interval=interval_with_unit(row, lang),
        )
        for _, row in table.head(NAMED).iterrows()
    ]  # fmt: skip
    return [
        label("text.area_ahead", lang, year=years[0], values=("；" if lang == "zh" else "; ").join(values))
    ]


def sure(rows: pd.DataFrame, ahead: pd.DataFrame, years: tuple[int, int], lang: str) -> list[str]:
    """How sure that is: which may well not be better than now, and how wide the intervals are."""
    last = rows.merge(ahead[(ahead["reason"] == "") & (ahead["year"] == years[1])], on="target")
    open_ = last[last["chance_better"] < SURE]
    sentences = []
    if len(open_):
        named = [
            label("text.chance_of", lang, name=words.name_in_text(row, lang),
                  chance=words.chance(row["chance_better"], lang))
            for _, row in open_.iterrows()
        ]  # fmt: skip
        sentences.append(label("text.area_open", lang, year=years[1], names=words.listing(named, lang)))
    wide = [areas.width(ahead[ahead["target"].isin(rows["target"])], year) for year in years]
    if not any(words.missing(part) for part in wide):
        near, far = (words.number(part, 1) for part in wide)
        sentences.append(label("text.area_width", lang, first=years[0], second=years[1], near=near, far=far))
    return sentences


def yardstick_sentences(table: pd.DataFrame, plan: str, area: str, lang: str) -> list[str]:
    """What the plan would ask of the area, and where it stands on that way; from `measured`."""
    seen = table[table["current_period"] != ""]
    sentences = [_asked(row, plan, area, lang) for _, row in seen.iterrows()]
    absent = table[table["current_period"] == ""]
    if len(absent):
        names = words.names(absent, lang)
        sentences.append(label("text.yardstick_absent", lang, area=area, count=len(absent), names=names))
    return sentences


def _asked(row: pd.Series, plan: str, area: str, lang: str) -> str:
    key = "text.yardstick_own" if row["put"] == "own" else "text.yardstick_asked"
    asked = label(
        key, lang, plan=plan, area=area, name=words.name_in_text(row, lang), asks=plan_asks(row, lang),
        aim=cells.quantity(figure(row["aim"], row), row, lang), year=int(row["target_position"]),
        latest=latest_with_unit(row, lang), judgement=cells.judgement(row, lang),
    )  # fmt: skip
    if not words.missing(row["chance"]):
        asked += label("text.yardstick_chance", lang, chance=words.chance(row["chance"], lang))
    return asked + label("text.full_stop", lang)


def rank_sentences(rows: pd.DataFrame, ranked: pd.DataFrame, level: str, lang: str) -> list[str]:
    """Where the area stands: its best and its last places, by the figure and by the growth."""
    if ranked.empty:
        return [label("text.ranks_none", lang)]
    table = rows.merge(ranked, on="target")
    like = label(f"level.{level}", lang)
    sentences = [label("text.ranks_scope", lang, areas=int(table["areas"].max()), level=like)]
    for column, of, key, same in (
        ("rank", "areas", "text.ranks_value", "text.ranks_value_same"),
        ("growth_rank", "growth_areas", "text.ranks_growth", "text.ranks_growth_same"),
    ):
        known = table[table[column].notna()].sort_values(column, kind="stable")
        if known.empty:
            continue
        if len(known) > 1 and known[column].min() == known[column].max():
            place = place_of(known[column].iloc[0], known[of].iloc[0])
            sentences.append(label(same, lang, count=len(known), place=place))
            continue
        best, last = (_places(part, column, lang) for part in (known.head(NAMED), known.tail(1)))
        third = int((known[column] <= known[of] / 3).sum())
        thirds = "all" if third == len(known) else "some" if third else "none"
        said = label(f"text.ranks_third.{thirds}", lang, third=third, count=len(known))
        sentences.append(label(key, lang, said=said, best=best, last=last))
    return sentences


def _places(part: pd.DataFrame, column: str, lang: str) -> str:
    named = [
        label("text.place", lang, name=words.name_in_text(row, lang), rank=f"{row[column]:.0f}")
        for _, row in part.iterrows()
    ]
    return words.listing(named, lang)


# --- tables: how it moved, where it may go, what a plan would ask, where it stands ---


def named(row: pd.Series, lang: str) -> str:
    """Name of an indicator with its unit."""
    name, unit = words.name(row, lang), row[f"unit_{lang}"]
    return name if name.endswith(unit) else name + cells.bracketed(unit, lang)


def figure(value: float, row: pd.Series) -> Cell:
    """A computed value of the indicator: four significant digits, but no more decimals than are printed.

    Examples
    --------
    >>> row = pd.Series({"published_base_value": "4802.6", "published_target_value": ""})
    >>> figure(5739.653, row), figure(57.396, row), figure(1464329.0, row)
    ('5740', '57.4', '1464000')
    """
    if words.missing(value):
        return Cell(words.NONE)
    return cells.number(round(value, 3 - _size(value)), _four_digits(value, row))


def _size(value: float) -> int:
    """The power of ten of a figure's first digit."""
    return math.floor(math.log10(abs(value))) if value else 0


def _four_digits(value: float, row: pd.Series) -> int:
    """Decimals that make four digits, as far as they are printed."""
    return min(cells.decimals(row), max(3 - _size(value), 0))


def latest(row: pd.Series) -> Cell:
    """The newest figure as published, with no more decimals than make four digits.

    Examples
    --------
    >>> row = {"current_value": 580961.0, "published_base_value": "", "published_target_value": ""}
    >>> latest(pd.Series(row))
    '580961'
    """
    value = row["current_value"]
    return Cell(words.NONE) if words.missing(value) else cells.number(value, _four_digits(value, row))


def interval(row: pd.Series, low: str, high: str, lang: str) -> str:
    """Two ends of an interval in the indicator's unit."""
    if words.missing(row[low]):
        return words.NONE
    return cells.between(figure(row[low], row), figure(row[high], row), lang, signed=row[low] < 0)


def interval_with_unit(row: pd.Series, lang: str) -> str:
    """The 80 % interval; English has both ends in the unit of the middle."""
    if lang == "zh" or row["scale"] == "share":
        return interval(row, "lo80", "hi80", lang)
    low, high = (cells.quantity(figure(row[end], row), row, lang) for end in ("lo80", "hi80"))
    return cells.between(low, high, lang, signed=True)


def latest_with_unit(row: pd.Series, lang: str) -> str:
    """The newest figure with its unit and period."""
    value = cells.quantity(row["current_published"], row, lang)
    return value + cells.bracketed(words.period(row["current_period"], lang), lang)


def pace(row: pd.Series, lang: str, growth: str = "growth", change: str = "change") -> Cell:
    """Average change a year: growth in %, of a share or where growth has no meaning the change."""
    if row["scale"] == "share" or row["direction"] == "down" or words.missing(row[growth]):
        return cells.amount(row[change], "change", row, lang)
    return cells.amount(row[growth], "growth", row, lang)


def movement_columns(lang: str) -> list[Column]:
    """The columns of the movement."""

    def slope(row: pd.Series) -> str:
        """As `slope_words`; the unit of an amount stands beside the indicator's name already."""
        if row["slope_unit"] == "percent_per_year" or row["scale"] == "share":
            return slope_words(row, lang)
        return cells.change(row["per_year"], row)

    name, model, motion = (9, 4, 3) if lang == "zh" else (14, 0, 0)
    return [
        *cells.target_columns(lang, name, named),
        Column("span", lambda row: span(row, lang), "right"),
        Column("area_latest", latest, "right"),
        Column("trend_line", lambda row: label(f"trend.model.{row['model']}", lang), floor=model),
        Column("slope", slope, "right"),
        Column("slope_interval", lambda row: slope_interval(row, lang), "right"),
        Column("area_pace", lambda row: pace(row, lang), "right"),
        Column("motion", lambda row: label(f"motion.{row['motion']}", lang), floor=motion),
    ]


def two_ends(rows: pd.DataFrame, ahead: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """The indicators with a projection, its values at the first and the second end."""
    known = rows[rows["target"].isin(ahead.loc[ahead["reason"] == "", "target"])]
    values = ahead[["target", "year", "mean", "lo80", "hi80", "lo95", "hi95"]].set_index("target")
    for year, end in zip(years, ("near", "far"), strict=True):
        part = values[values["year"] == year].drop(columns="year").add_suffix(f"_{end}")
        known = known.join(part, on="target")
    return known


def census_notes(rows: pd.DataFrame, ahead: pd.DataFrame, lang: str) -> list[str]:
    """Which values ahead stand on a GDP that a census on the way may revise."""
    ends = ahead[ahead["reason"] == ""].sort_values("year").drop_duplicates("target", keep="last")
    ends = ends[["target", "last_year"]].assign(target_position=ends["year"])
    return census_sentences(rows.drop(columns="target_position").merge(ends, on="target"), lang)


def ahead_columns(years: tuple[int, int], lang: str) -> list[Column]:
    """The columns of the values at the ends of the plans."""

    def median(end: str, year: int) -> Column:
        heading = label("column.median_in", lang, year=year)
        return Column("median_in", lambda row: figure(row[f"mean_{end}"], row), "right", heading=heading)

    def range_(level: int, end: str, year: int) -> Column:
        low, high = f"lo{level}_{end}", f"hi{level}_{end}"
        heading = label(f"column.in{level}", lang, year=year)
        return Column(f"in{level}", lambda row: interval(row, low, high, lang), "right", heading=heading)

    first, second = years
    return [
        *cells.target_columns(lang, 9, named),
        Column("area_latest", latest, "right"),
        median("near", first),
        range_(80, "near", first),
        range_(95, "near", first),
        median("far", second),
        range_(80, "far", second),
    ]


def rates(rows: pd.DataFrame, moved: pd.DataFrame, ahead: pd.DataFrame, year: int) -> pd.DataFrame:
    """The indicators with a value in a year, their pace so far and then."""
    part = ahead[(ahead["year"] == year) & (ahead["reason"] == "")]
    part = part.rename(columns={"growth": "growth_ahead", "change": "change_ahead"})
    return rows.merge(moved, on="target").merge(part.drop(columns="points"), on="target")


def rates_columns(lang: str) -> list[Column]:
    """The columns of the rates."""
    return [
        *cells.target_columns(lang, 9, named),
        Column("area_pace", lambda row: pace(row, lang), "right"),
        Column("area_growth_ahead", lambda row: pace(row, lang, "growth_ahead", "change_ahead"), "right"),
        Column("chance_better", lambda row: cells.chance(row["chance_better"], lang), "right"),
        Column("rate_better", lambda row: cells.percent(row["rate_better"], 0), "right"),
        Column("rate_median", lambda row: cells.percent(row["rate_median"], 0), "right"),
    ]


def measured(standing: pd.DataFrame, chances: pd.DataFrame) -> pd.DataFrame:
    """The plan's targets as put to an area, with chance, aim and verdict."""
    return standing.join(chances[["chance", "aim", "verdict"]])


def yardstick_columns(lang: str) -> list[Column]:
    """The columns of what a plan would ask."""
    return [
        *cells.target_columns(lang, name=named),
        Column("plan_asks", lambda row: plan_asks(row, lang)),
        Column("area_base", lambda row: cells.base(row, lang), "right"),
        Column("area_aim", lambda row: figure(row["aim"], row), "right"),
        Column("latest", lambda row: cells.current(row, lang), "right"),
        Column("judgement", lambda row: cells.judgement(row, lang), mark=lambda row: row["status"]),
        Column("needed", lambda row: cells.needed(row, lang), "right"),
        Column("chance", lambda row: cells.chance(row["chance"], lang), "right"),
    ]


def plan_asks(row: pd.Series, lang: str) -> str:
    """The target as the plan prints it, with its base where it is a level."""
    if row["kind"] == "level" and row["plan_base_value"]:
        return label("plan_from_to", lang, base=row["plan_base_value"], value=row["plan_value"])
    return cells.target(pd.Series(row.to_dict() | {"published_target_value": row["plan_value"]}), lang)


def rank_columns(names: pd.Series, lang: str) -> list[Column]:
    """The columns of the places; ``names`` are those of the areas by their id."""

    def value(name: str) -> object:
        return lambda row: cells.number(row[name], min(cells.decimals(row), 2))

    def best(row: pd.Series) -> str:
        return f"{names[row['best_area']]} {value('best_value')(row)}"

    return [
        *cells.target_columns(lang, name=named),
        Column("rank_year", lambda row: cells.number(row["year"], 0), "right"),
        Column("area_value", value("value"), "right"),
        Column("rank", lambda row: place_of(row["rank"], row["areas"]), "right"),
        Column("median_of_areas", lambda row: figure(row["median"], row), "right"),
        Column("best_area", best),
        Column("growth_rank", lambda row: place_of(row["growth_rank"], row["growth_areas"]), "right"),
    ]


def place_of(rank: float, areas: float) -> str:
    """A place among so many.

    Examples
    --------
    >>> place_of(3.0, 31), place_of(float("nan"), 0)
    ('3/31', '—')
    """
    return words.NONE if words.missing(rank) else f"{rank:.0f}/{areas:.0f}"


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
        newest = volumes.sort_values("number").iloc[-1]
        text = source_line(newest, lang).partition("] ")[2]
        numbers = words.numbering(volumes["number"], lang)
        if len(volumes) > 1:
            years = volumes[f"title_{lang}"].str.extract(f"({_YEAR})", expand=False).dropna().astype(int)
            text += label("text.volumes", lang, count=len(volumes), years=words.numbering(years, lang))
        texts.append(f"[{numbers}] {text}")
    return texts


_YEAR = r"(?:19|20)[0-9]{2}"
