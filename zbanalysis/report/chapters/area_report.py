"""The report of an area without a plan of its own: its two volumes, from what three notebooks publish.

The sentences and tables that notebooks show as well stand in `area`.
"""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from zbanalysis.plan.progress import MARGIN
from zbanalysis.report import cells, words
from zbanalysis.report.blocks import Report, bullets, paragraphs, template_words
from zbanalysis.report.chapters import area as chapter
from zbanalysis.report.chapters.basis import manifest_lines
from zbanalysis.report.chapters.outlook import with_trend
from zbanalysis.report.words import label

TRENDS, OUTLOOK, YARDSTICK = NOTEBOOKS = ("11_area_trends", "12_area_outlook", "13_area_yardstick")
"""The sections a document needs, which are the notebooks that publish them, in the order of the report."""


class AreaReport(Report):
    """What the three notebooks published, read once."""

    @cached_property
    def area(self) -> pd.Series:
        """The area's row."""
        return self.table(TRENDS, "area").iloc[0]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The indicators, in the order of the tables."""
        return self.table(TRENDS, "indicators")

    @property
    def science(self) -> pd.Series:
        """Whether each indicator is one of science, whose outlook rests on the provinces' outcomes too."""
        return self.rows["domain"] == "science"

    @cached_property
    def moved(self) -> pd.DataFrame:
        """How each indicator has moved in the latest years."""
        return self.table(TRENDS, "movement")

    @cached_property
    def ahead(self) -> pd.DataFrame:
        """Where each indicator may be at the ends of the plans."""
        return self.table(OUTLOOK, "area_outlook")

    @cached_property
    def years(self) -> tuple[int, int]:
        """The ends of this plan and the next."""
        facts = self.facts(OUTLOOK)
        return int(facts["first_end"]), int(facts["second_end"])

    @cached_property
    def yardstick(self) -> pd.DataFrame:
        """The plan's targets put to the area, with their chance; as far as the area has a figure."""
        standing, chances = self.table(YARDSTICK, "yardstick"), self.table(YARDSTICK, "outlook")
        return chapter.measured(standing.assign(reached=standing["reached"].astype("boolean")), chances)

    @cached_property
    def plan(self) -> pd.Series:
        """The plan that serves as a yardstick."""
        return self.table(YARDSTICK, "plan").iloc[0]

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Where the area stands among its like."""
        return self.table(YARDSTICK, "ranks")


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
    moved = [*chapter.fastest(rows, report.moved, lang), *chapter.stagnant(rows, report.moved, lang)]
    ahead = [
        *chapter.ahead_sentences(rows, report.ahead, report.years, lang),
        *chapter.sure(rows, report.ahead, report.years, lang),
    ]
    asked = chapter.yardstick_sentences(report.yardstick, plan, area, lang)
    ranked = chapter.rank_sentences(rows, report.ranks, report.area["level"], lang)
    messages = bullets([*moved, *ahead, *asked[: chapter.NAMED], *ranked[1:]])
    main = {
        "lang": lang,
        "title": report.label("area.title.science" if report.science.all() else "area.title", area=area),
        "subtitle": report.label("area.subtitle", plan=plan),
        "author": area,
        "cover": {"plan": area, "as_of": report.label("report.as_of", date=words.date(report.day, lang))},
        "labels": template_words(lang),
        "sections": [
            report.section("template.key_messages", [messages, *paragraphs(_scope(report))]),
            _trends(report),
            _outlook(report, ahead),
            _yardstick(report, asked),
            # What follows of the places stands among the key messages.
            report.section("section.area_ranks", _ranks(report, ranked[:1])),
        ],
    }
    annex = main | {
        "subtitle": report.label("volume.annex"),
        "sections": _appendices(report),
        "labels": main["labels"]
        | {name: report.label(f"volume.annex_{name}") for name in ("table", "figure")},
    }
    return {"main": main, "annex": annex}


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
    lang = report.lang
    lines = with_trend(report.rows.merge(report.moved, on="target"), report.table(TRENDS, "chosen"))
    fitted = lines[lines["status"] == "fitted"]
    if fitted.empty:
        return report.section("section.trends", paragraphs([report.label("text.area_no_trend")]))
    notes = [report.label("text.area_motion_note"), *_cautions(lines, lang)]
    made = report.show("area_trends", fitted, chapter.movement_columns(lang), notes=notes)
    parts = [
        *paragraphs([report.label("text.see_area_trends")]),
        report.figure(TRENDS, "area_trends"),
        made | {"dense": True},
    ]
    return report.section("section.trends", parts)


def _cautions(lines: pd.DataFrame, lang: str) -> list[str]:
    """What to be careful with: the numbers of the indicators for each caution, and those without a trend."""
    careful = lines.assign(caution=lines["caution"].str.split(";")).explode("caution")
    groups = [(f"trend.caution.{key}", part) for key, part in careful.groupby("caution", sort=False) if key]
    without = lines[lines["status"] != "fitted"]
    groups += [(f"trend.rule.{key}", part) for key, part in without.groupby("why", sort=False)]
    return [cells.reason(label(key, lang), part["order"], lang) for key, part in groups]


def _outlook(report: AreaReport, sentences: list[str]) -> dict:
    lang = report.lang
    rows = chapter.two_ends(report.rows, report.ahead, report.years)
    if rows.empty:
        return report.section("section.area_outlook", paragraphs(sentences))
    census = chapter.census_notes(report.rows, report.ahead, lang)
    notes = [report.label("text.area_outlook_note"), *census, *_without(report)]
    made = report.show("area_outlook", rows, chapter.ahead_columns(report.years, lang), notes=notes)
    parts = [
        *paragraphs([report.label("text.see_area_outlook")]),
        report.figure(OUTLOOK, "area_fans", width_mm=144),
        made | {"dense": True},
    ]
    return report.section("section.area_outlook", parts)


def _rates(report: AreaReport) -> list[dict]:
    """How the projections compare with what came after like histories; none where nothing compares."""
    last = report.years[1]
    rows = chapter.rates(report.rows, report.moved, report.ahead, last)
    if rows.empty:
        return []
    note = [report.label("text.area_rates_note", year=last)]
    seen = report.label("text.see_area_rates", year=last)
    shown = report.show("area_rates", rows, chapter.rates_columns(report.lang), notes=note)
    parts = [*paragraphs([seen]), shown | {"dense": True}]
    return [report.section("appendix.area_rates", parts, appendix=True)]


def _without(report: AreaReport) -> list[str]:
    """For each reason why an indicator has no value in a year, the year and the numbers of the indicators."""
    lang, ahead = report.lang, report.ahead
    table = report.rows[["target", "order"]].merge(ahead[ahead["reason"] != ""], on="target")
    # An indicator without a value in either year stands once.
    both = table.groupby(["reason", "target"])["year"].transform("size") == len(report.years)
    parts = [(reason, "", part) for reason, part in table[both].drop_duplicates("target").groupby("reason")]
    parts += [
        (reason, label("period.year", lang, year=f"{year:.0f}") + " ", part)
        for (reason, year), part in table[~both].groupby(["reason", "year"])
    ]
    return [
        cells.reason(year + label(f"area_reason.{reason}", lang), part["order"], lang)
        for reason, year, part in parts
    ]


def _yardstick(report: AreaReport, sentences: list[str]) -> dict:
    rows = report.yardstick[report.yardstick["current_period"] != ""]
    parts = paragraphs(sentences)
    if len(rows):
        parts += paragraphs([report.label("text.see_yardstick")])
        notes = [report.label("text.yardstick_note"), report.label("text.yardstick_real")]
        parts.append(report.show("area_yardstick", rows, chapter.yardstick_columns(report.lang), notes=notes))
    return report.section("section.area_yardstick", parts, plan=report.of(report.plan, "name"))


def _ranks(report: AreaReport, sentences: list[str]) -> list[dict]:
    if report.ranks.empty:
        return paragraphs(sentences)
    names = report.table(YARDSTICK, "areas").set_index("area")[f"name_{report.lang}"]
    rows, columns = report.rows.merge(report.ranks, on="target"), chapter.rank_columns(names, report.lang)
    notes = [report.label("text.ranks_note")]
    source = "source.panel" if report.science.all() else "source.computed"
    made = report.show("area_ranks", rows, columns, notes=notes, source=source)
    seen = words.flowing([*sentences, report.label("text.see_ranks")], report.lang)
    return [*paragraphs([seen]), made]


def _appendices(report: AreaReport) -> list[dict]:
    horizon = int(report.facts(OUTLOOK)["horizon"])
    method = [
        report.label(f"area_method.{part}", horizon=horizon, margin=words.number(100 * MARGIN, 0))
        for part in ("trend", "outlook", "science", "rates", "yardstick", "limits")
        if part != "science" or report.science.any()
    ]
    listed = bullets(chapter.sources(report.table(YARDSTICK, "sources"), report.lang), plain=True)
    lines = manifest_lines(report, "manifest.area", area=report.area["area"], plan=report.plan["plan"])
    return [
        *_rates(report),
        report.section("appendix.area_method", [bullets(method)], appendix=True),
        report.section("appendix.sources", [listed], appendix=True),
        report.section("appendix.manifest", [bullets(lines)], appendix=True),
    ]
