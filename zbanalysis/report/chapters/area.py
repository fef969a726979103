"""The report of an area without a plan of its own: trends, outlook, a plan as a yardstick, places.

Sentences and tables, which the three notebooks show as well, and the two volumes made of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from zbanalysis.outlook import areas
from zbanalysis.plan.progress import MARGIN
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Cell, Column, Report, bullets, template_words
from zbanalysis.report.chapters import outlook
from zbanalysis.report.chapters.basis import manifest_lines, source_line
from zbanalysis.report.words import label

TRENDS, OUTLOOK, YARDSTICK = NOTEBOOKS = ("11_area_trends", "12_area_outlook", "13_area_yardstick")
"""The sections a document needs, which are the notebooks that publish them, in the order of the report."""
NAMED = 3
"""So many indicators are named in a sentence; the tables have all."""
SURE = 0.8
PACE_FROM = 3
"""Years that a pace must span to stand in a sentence."""


# --- sentences: what grows, what stands still, where it is going, how sure that is ---


def movement_sentences(rows: pd.DataFrame, moved: pd.DataFrame, lang: str) -> list[str]:
    """The indicators that grew fastest in the last years; that fell, stood still or slowed down."""
    table = rows.merge(moved, on="target")
    by_change = (table["scale"] == "share") | (table["direction"] == "down") | table["growth"].isna()
    table = table.assign(by_change=by_change, pace=table["growth"].mask(by_change, table["change"]))
    table = table[table["pace"].notna() & (table["pace_years"] >= PACE_FROM)]
    grown = table[~table["by_change"] & (table["pace"] > 0)]
    fell = table["pace"] < 0
    flat = ~fell & (table["motion"] == "level")
    slower = ~fell & ~flat & (table["turn"] == "slower")
    groups = {
        "text.area_fastest": grown.sort_values("pace", ascending=False, kind="stable").head(NAMED),
        "text.area_shares": table[table["by_change"]].head(NAMED),
        "text.area_fell": table[fell], "text.area_flat": table[flat], "text.area_slower": table[slower],
    }  # fmt: skip

    def phrase(row: pd.Series, lang: str) -> str:
        return label("text.area_pace", lang, name=words.name_in_text(row, lang), pace=pace(row, lang))

    steady = len(table) and not (fell | flat | slower).any()
    none = [label("text.area_none_fell", lang)] if steady else []
    return words.named(groups, lang, phrase) + none


def ahead_sentences(rows: pd.DataFrame, ahead: pd.DataFrame, years: tuple[int, int], lang: str) -> list[str]:
    """Where the first indicators are likely to be by the end of the plan, and how sure that is.

    Which may well not be better by the end of the next plan than now, and how wide the intervals are.
    """

    def phrase(row: pd.Series) -> str:
        median = cells.quantity(figure(row["mean"], row), row, lang)
        ends = interval(row, "lo80", "hi80", lang)
        if lang == "en" and row["scale"] != "share":  # both ends in the unit of the middle
            low, high = (cells.quantity(figure(row[end], row), row, lang) for end in ("lo80", "hi80"))
            ends = cells.between(low, high, lang, signed=True)
        name = words.name_in_text(row, lang)
        return label("text.area_value", lang, name=name, median=median, interval=ends)

    known = rows.merge(ahead[ahead["reason"] == ""], on="target")
    first, last = (known[known["year"] == year] for year in years)
    values = ("；" if lang == "zh" else "; ").join(phrase(row) for _, row in first.head(NAMED).iterrows())
    key = "text.area_ahead" if values else "text.area_no_outlook"
    sentences = [label(key, lang, year=years[0], values=values)]
    open_ = last[last["chance_better"] < SURE].rename(columns={"chance_better": "chance_shown"})
    sentences += words.named({"text.area_open": open_}, lang, outlook.chance_of, year=years[1])
    own = ahead[ahead["target"].isin(rows["target"])]
    near, far = (words.number(areas.width(own, year), 1) for year in years)
    if words.NONE not in (near, far):
        sentences.append(label("text.area_width", lang, first=years[0], second=years[1], near=near, far=far))
    return sentences


def yardstick_sentences(table: pd.DataFrame, plan: str, area: str, lang: str) -> list[str]:
    """What the plan would ask of the area, and where it stands on that way."""
    sentences = []
    for _, row in table[table["current_period"] != ""].iterrows():
        latest = cells.quantity(row["current_published"], row, lang)
        latest += cells.bracketed(words.period(row["current_period"], lang), lang)
        key = "text.yardstick_own" if row["put"] == "own" else "text.yardstick_asked"
        asked = label(
            key, lang, plan=plan, area=area, name=words.name_in_text(row, lang), asks=plan_asks(row, lang),
            aim=cells.quantity(figure(row["aim"], row), row, lang), year=int(row["target_position"]),
            latest=latest, judgement=cells.judgement(row, lang),
        )  # fmt: skip
        if not words.missing(row["chance"]):
            asked += label("text.yardstick_chance", lang, chance=words.chance(row["chance"], lang))
        sentences.append(asked + label("text.full_stop", lang))
    absent = {"text.yardstick_absent": table[table["current_period"] == ""]}
    return sentences + words.named(absent, lang, area=area)


def rank_sentences(rows: pd.DataFrame, ranked: pd.DataFrame, level: str, lang: str) -> list[str]:
    """Where the area stands: its best and its last places, by the figure and by the growth."""
    if ranked.empty:
        return [label("text.ranks_none", lang)]
    table, like = rows.merge(ranked, on="target"), label(f"level.{level}", lang)
    sentences = [label("text.ranks_scope", lang, areas=int(table["areas"].max()), level=like)]
    for column, of, by in (("rank", "areas", "value"), ("growth_rank", "growth_areas", "growth")):
        known = table[table[column].notna()].sort_values(column, kind="stable")
        places, count = known[column], len(known)
        if count > 1 and places.min() == places.max():
            place = place_of(places.iloc[0], known[of].iloc[0])
            sentences.append(label(f"text.ranks_{by}_same", lang, count=count, place=place))
        elif count:

            def phrase(row: pd.Series, lang: str, column: str = column) -> str:
                name = words.name_in_text(row, lang)
                return label("text.place", lang, name=name, rank=f"{row[column]:.0f}")

            best, last = (words.each(part, lang, phrase) for part in (known.head(NAMED), known.tail(1)))
            third = int((places <= known[of] / 3).sum())
            share = "all" if third == count else "some" if third else "none"
            said = label(f"text.ranks_third.{share}", lang, third=third, count=count)
            sentences.append(label(f"text.ranks_{by}", lang, said=said, best=best, last=last))
    return sentences


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
    return _four_digits(value if words.missing(value) else float(f"{value:.4g}"), row)


def latest(row: pd.Series, _: str = "") -> Cell:
    """The newest figure as published, with no more decimals than make four digits.

    Examples
    --------
    >>> row = {"current_value": 580961.0, "published_base_value": "", "published_target_value": ""}
    >>> latest(pd.Series(row))
    '580961'
    """
    return _four_digits(row["current_value"], row)


def _four_digits(value: float, row: pd.Series) -> Cell:
    if words.missing(value):
        return Cell(words.NONE)
    size = math.floor(math.log10(abs(value))) if value else 0
    return cells.number(value, min(cells.decimals(row), max(3 - size, 0)))


def interval(row: pd.Series, low: str, high: str, lang: str) -> str:
    """Two ends of an interval in the indicator's unit."""
    if words.missing(row[low]):
        return words.NONE
    return cells.between(figure(row[low], row), figure(row[high], row), lang, signed=row[low] < 0)


def pace(row: pd.Series, lang: str, end: str = "") -> Cell:
    """Average change a year: growth in %, of a share or where growth has no meaning the change."""
    growth, change = row[f"growth{end}"], row[f"change{end}"]
    if row["scale"] == "share" or row["direction"] == "down" or words.missing(growth):
        return cells.amount(change, "change", row, lang)
    return cells.amount(growth, "growth", row, lang)


def _slope(row: pd.Series, lang: str) -> str:
    """As `outlook.slope_words`; the unit of an amount stands beside the indicator's name already."""
    if row["slope_unit"] == "percent_per_year" or row["scale"] == "share":
        return outlook.slope_words(row, lang)
    return cells.change(row["per_year"], row)


MOVEMENT = [
    *cells.target_columns((9, 14), named),
    Column("span", outlook.span, "right"),
    Column("area_latest", latest, "right"),
    Column("trend_line", lambda row, lang: label(f"trend.model.{row['model']}", lang), floor=(4, 0)),
    Column("slope", _slope, "right"),
    Column("slope_interval", outlook.slope_interval, "right"),
    Column("area_pace", pace, "right"),
    Column("motion", lambda row, lang: label(f"motion.{row['motion']}", lang), floor=(3, 0)),
]
"""The columns of the movement."""


def two_ends(rows: pd.DataFrame, ahead: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """The indicators with a projection, its values at the first and the second end."""
    known = rows[rows["target"].isin(ahead.loc[ahead["reason"] == "", "target"])]
    values = ahead[["target", "year", "mean", "lo80", "hi80", "lo95", "hi95"]].set_index("target")
    for year, end in zip(years, ("near", "far"), strict=True):
        part = values[values["year"] == year].drop(columns="year").add_suffix(f"_{end}")
        known = known.join(part, on="target")
    return known


def ahead_columns(years: tuple[int, int], lang: str) -> list[Column]:
    """The columns of the values at the ends of the plans."""

    def column(key: str, year: int, cell: Callable[[pd.Series, str], str]) -> Column:
        return Column(key, cell, "right", heading=label(f"column.{key}", lang, year=year))

    first, second = years
    return [
        *cells.target_columns(9, named),
        Column("area_latest", latest, "right"),
        column("median_in", first, lambda row, _: figure(row["mean_near"], row)),
        column("in80", first, lambda row, lang: interval(row, "lo80_near", "hi80_near", lang)),
        column("in95", first, lambda row, lang: interval(row, "lo95_near", "hi95_near", lang)),
        column("median_in", second, lambda row, _: figure(row["mean_far"], row)),
        column("in80", second, lambda row, lang: interval(row, "lo80_far", "hi80_far", lang)),
    ]


def rates(rows: pd.DataFrame, moved: pd.DataFrame, ahead: pd.DataFrame, year: int) -> pd.DataFrame:
    """The indicators with a value in a year, their pace so far and then."""
    part = ahead[(ahead["year"] == year) & (ahead["reason"] == "")]
    part = part.rename(columns={"growth": "growth_ahead", "change": "change_ahead"})
    return rows.merge(moved, on="target").merge(part.drop(columns="points"), on="target")


RATES = [
    *cells.target_columns(9, named),
    Column("area_pace", pace, "right"),
    Column("area_growth_ahead", lambda row, lang: pace(row, lang, "_ahead"), "right"),
    Column("chance_better", lambda row, lang: cells.chance(row["chance_better"], lang), "right"),
    Column("rate_better", lambda row, _: cells.percent(row["rate_better"], 0), "right"),
    Column("rate_median", lambda row, _: cells.percent(row["rate_median"], 0), "right"),
]
"""The columns of the rates."""


def plan_asks(row: pd.Series, lang: str) -> str:
    """The target as the plan prints it, with its base where it is a level."""
    if row["kind"] == "level" and row["plan_base_value"]:
        return label("plan_from_to", lang, base=row["plan_base_value"], value=row["plan_value"])
    return cells.target(pd.Series(row.to_dict() | {"published_target_value": row["plan_value"]}), lang)


AS_ASKED = [
    *cells.target_columns(name=named),
    Column("plan_asks", plan_asks),
    Column("area_base", cells.base, "right"),
    Column("area_aim", lambda row, _: figure(row["aim"], row), "right"),
    Column("latest", cells.current, "right"),
    Column("judgement", cells.judgement, mark="status"),
    Column("needed", cells.needed, "right"),
    Column("chance", lambda row, lang: cells.chance(row["chance"], lang), "right"),
]
"""The columns of what a plan would ask."""


def rank_columns(names: pd.Series) -> list[Column]:
    """The columns of the places; ``names`` are those of the areas by their id."""

    def value(row: pd.Series, name: str) -> Cell:
        return cells.number(row[name], min(cells.decimals(row), 2))

    return [
        *cells.target_columns(name=named),
        Column("rank_year", cells.count("year"), "right"),
        Column("area_value", lambda row, _: value(row, "value"), "right"),
        Column("rank", lambda row, _: place_of(row["rank"], row["areas"]), "right"),
        Column("median_of_areas", lambda row, _: figure(row["median"], row), "right"),
        Column("best_area", lambda row, _: f"{names[row['best_area']]} {value(row, 'best_value')}"),
        Column("growth_rank", lambda row, _: place_of(row["growth_rank"], row["growth_areas"]), "right"),
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
    a_year = r"(?:19|20)[0-9]{2}"
    work = listed[f"title_{lang}"].str.replace(a_year, "", regex=True) + listed[f"publisher_{lang}"]
    texts = []
    for _, volumes in listed.groupby(work, sort=False):
        newest = volumes.sort_values("number").iloc[-1]
        text = source_line(newest, lang).partition("] ")[2]
        numbers = words.numbering(volumes["number"], lang)
        if len(volumes) > 1:
            years = volumes[f"title_{lang}"].str.extract(f"({a_year})", expand=False).dropna().astype(int)
            text += label("text.volumes", lang, count=len(volumes), years=words.numbering(years, lang))
        texts.append(f"[{numbers}] {text}")
    return texts


# --- the report ---


class AreaReport(Report):
    """What the three notebooks published, read once."""

    def __init__(self, content: dict, lang: str) -> None:
        super().__init__(content, lang)
        self.area, self.plan = self.table(TRENDS, "area").iloc[0], self.table(YARDSTICK, "plan").iloc[0]
        self.rows, self.moved = self.table(TRENDS, "indicators"), self.table(TRENDS, "movement")
        self.science = self.rows["domain"] == "science"  # their outlook rests on the provinces' outcomes too
        self.ahead, facts = self.table(OUTLOOK, "area_outlook"), self.facts(OUTLOOK)
        self.years = int(facts["first_end"]), int(facts["second_end"])
        standing, chances = self.table(YARDSTICK, "yardstick"), self.table(YARDSTICK, "outlook")
        standing["reached"] = standing["reached"].astype("boolean")
        self.yardstick = standing.join(chances[["chance", "aim", "verdict"]])
        self.ranks = self.table(YARDSTICK, "ranks")


def documents(content: dict, lang: str) -> dict[str, dict]:
    """The report of an area and its technical annex, as `volumes.documents` gives those of a plan.

    Parameters
    ----------
    content
        A result file with the sections `NOTEBOOKS` and a manifest (``key, as_of, data_vintage,
        python, versions``).
    lang
        ``zh`` or ``en``.
    """
    report = AreaReport(content, lang)
    area, plan, rows = report.of(report.area, "name"), report.of(report.plan, "name"), report.rows
    # Among the key messages and in their sections the same is said: it is worded once.
    moved = movement_sentences(rows, report.moved, lang)
    ahead = ahead_sentences(rows, report.ahead, report.years, lang)
    asked = yardstick_sentences(report.yardstick, plan, area, lang)
    ranked = rank_sentences(rows, report.ranks, report.area["level"], lang)
    messages = bullets([*moved, *ahead, *asked[:NAMED], *ranked[1:]])
    main = {
        "lang": lang,
        "title": report.label("area.title.science" if report.science.all() else "area.title", area=area),
        "subtitle": report.label("area.subtitle", plan=plan),
        "author": area,
        "cover": {"plan": area, "as_of": report.label("report.as_of", date=words.date(report.day, lang))},
        "labels": template_words(lang),
        "sections": [
            report.section("template.key_messages", [messages, *_scope(report)]),
            _trends(report),
            _outlook(report, ahead),
            _yardstick(report, asked),
            # What follows of the places stands among the key messages.
            report.section("section.area_ranks", _ranks(report, ranked[:1])),
        ],
    }
    annex = {
        "subtitle": report.label("volume.annex"), "sections": _appendices(report),
        "labels": template_words(lang, annex=True),
    }  # fmt: skip
    return {"main": main, "annex": main | annex}


def _scope(report: AreaReport) -> list[str]:
    """Which figures the report rests on."""
    history = report.table(TRENDS, "history")
    own = history[history["target"].isin(report.rows["target"])]
    return [
        report.label(
            "text.area_scope", area=report.of(report.area, "name"), count=len(report.rows), figures=len(own),
            first=int(own["position"].min()), last=int(own["position"].max()),
            date=words.date(report.day, report.lang),
        ),
        report.label("text.area_has_plan" if report.area["plans"] else "text.area_no_plan"),
    ]  # fmt: skip


def _trends(report: AreaReport) -> dict:
    rows = report.rows.merge(report.moved, on="target")
    lines = outlook.with_trend(rows, report.table(TRENDS, "chosen"))
    fitted = lines["status"] == "fitted"
    if not fitted.any():
        return report.section("section.trends", [report.label("text.area_no_trend")])
    none = cells.reasons(lines[~fitted], "why", report.lang, "trend.rule")
    notes = [report.label("text.area_motion_note"), *outlook.cautions(lines, report.lang), *none]
    made = report.show("area_trends", lines[fitted], MOVEMENT, notes=notes) | {"dense": True}
    figure = report.figure(TRENDS, "area_trends")
    return report.section("section.trends", [report.label("text.see_area_trends"), figure, made])


def _outlook(report: AreaReport, sentences: list[str]) -> dict:
    rows = two_ends(report.rows, report.ahead, report.years)
    if rows.empty:
        return report.section("section.area_outlook", sentences)
    census = census_notes(report.rows, report.ahead, report.lang)
    notes = [report.label("text.area_outlook_note"), *census, *_without(report)]
    made = report.show("area_outlook", rows, ahead_columns(report.years, report.lang), notes=notes)
    fans = report.figure(OUTLOOK, "area_fans", width_mm=144)
    seen = report.label("text.see_area_outlook")
    return report.section("section.area_outlook", [seen, fans, made | {"dense": True}])


def census_notes(rows: pd.DataFrame, ahead: pd.DataFrame, lang: str) -> list[str]:
    """Which values ahead stand on a GDP that a census on the way may revise."""
    ends = ahead[ahead["reason"] == ""].sort_values("year").drop_duplicates("target", keep="last")
    ends = ends[["target", "last_year"]].assign(target_position=ends["year"])
    return outlook.census_sentences(rows.drop(columns="target_position").merge(ends, on="target"), lang)


def _without(report: AreaReport) -> list[str]:
    """For each reason why an indicator has no value in a year, the year and the numbers of the indicators."""
    lang, ahead = report.lang, report.ahead
    table = report.rows[["target", "order"]].merge(ahead[ahead["reason"] != ""], on="target")
    # An indicator without a value in either year stands once.
    both = table.groupby(["reason", "target"])["year"].transform("size") == len(report.years)
    neither = table[both].drop_duplicates("target").sort_values("reason", kind="stable")
    notes = cells.reasons(neither, "reason", lang, "area_reason")
    for (why, year), part in table[~both].groupby(["reason", "year"]):
        text = label("period.year", lang, year=f"{year:.0f}") + " " + label(f"area_reason.{why}", lang)
        notes.append(cells.reason(text, part["order"], lang))
    return notes


def _yardstick(report: AreaReport, sentences: list[str]) -> dict:
    rows = report.yardstick[report.yardstick["current_period"] != ""]
    notes = [report.label("text.yardstick_note"), report.label("text.yardstick_real")]
    shown = [report.label("text.see_yardstick"), report.show("area_yardstick", rows, AS_ASKED, notes=notes)]
    parts = [*sentences, *shown] if len(rows) else sentences
    return report.section("section.area_yardstick", parts, plan=report.of(report.plan, "name"))


def _ranks(report: AreaReport, sentences: list[str]) -> list[dict | str]:
    if report.ranks.empty:
        return sentences
    names = report.table(YARDSTICK, "areas").set_index("area")[f"name_{report.lang}"]
    rows, notes = report.rows.merge(report.ranks, on="target"), [report.label("text.ranks_note")]
    source = "source.panel" if report.science.all() else "source.computed"
    seen = words.flowing([*sentences, report.label("text.see_ranks")], report.lang)
    return [seen, report.show("area_ranks", rows, rank_columns(names), notes=notes, source=source)]


def _appendices(report: AreaReport) -> list[dict]:
    last, horizon = report.years[1], int(report.facts(OUTLOOK)["horizon"])
    compared = rates(report.rows, report.moved, report.ahead, last)
    seen, note = (report.label(f"text.{key}", year=last) for key in ("see_area_rates", "area_rates_note"))
    shown = report.show("area_rates", compared, RATES, notes=[note]) | {"dense": True}
    method = [
        report.label(f"area_method.{part}", horizon=horizon, margin=words.number(100 * MARGIN, 0))
        for part in ("trend", "outlook", "science", "rates", "yardstick", "limits")
        if part != "science" or report.science.any()
    ]
    listed = bullets(sources(report.table(YARDSTICK, "sources"), report.lang), plain=True)
    lines = manifest_lines(report, "manifest.area", area=report.area["area"], plan=report.plan["plan"])
    blocks = [seen, shown] if len(compared) else []
    return [
        *([report.section("appendix.area_rates", blocks)] if blocks else []),
        report.section("appendix.area_method", [bullets(method)]),
        report.section("appendix.sources", [listed]),
        report.section("appendix.manifest", [bullets(lines)]),
    ]
