"""Result file → the report of an area without a plan of its own: trends, outlook, and a plan as a yardstick.

Every number comes from the sections that the notebooks of `NOTEBOOKS` publish.
"""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from zbanalysis.report import cells, results
from zbanalysis.report import words as wording
from zbanalysis.report.chapters import TEMPLATE_LABELS
from zbanalysis.report.narrative import area as narrative
from zbanalysis.report.outline.blocks import bullets, figure, paragraphs, section, see, table
from zbanalysis.report.tables import area as tables
from zbanalysis.report.words import label

TRENDS, OUTLOOK, YARDSTICK = NOTEBOOKS = ("11_area_trends", "12_area_outlook", "13_area_yardstick")
"""The sections a document needs, which are the notebooks that publish them, in the order of the report."""


def document(content: dict, lang: str) -> dict:
    """The report of an area in one language.

    Parameters
    ----------
    content
        A result file with the sections `NOTEBOOKS` and a manifest (``key, as_of, data_vintage,
        python, versions``).
    lang
        ``zh`` or ``en``.

    Returns
    -------
    dict
        The document of the template's contract; images are named as in `chapters.images`.
    """
    facts = _Facts(content, lang)
    area = facts.area[f"name_{lang}"]
    return {
        "lang": lang,
        "title": label("area.title", lang, area=area),
        "subtitle": label("area.subtitle", lang, plan=facts.plan),
        "author": label("report.author", lang),
        "cover": {
            "plan": area,
            "kind": label("area.kind", lang),
            "organisation": "",
            "as_of": label("report.as_of", lang, date=wording.date(content["manifest"]["as_of"], lang)),
            "lines": [label("report.made_by", lang, key=content["manifest"]["key"])],
        },
        "labels": {name: label(f"template.{name}", lang) for name in TEMPLATE_LABELS},
        "key_messages": _key_messages(facts),
        "sections": [
            section("section.area_scope", lang, paragraphs(facts.scope())),
            _trends(facts),
            _outlook(facts),
            *_yardstick(facts),
            section("appendix.area_method", lang, [bullets(_method(facts))], appendix=True),
            _sources(facts),
            section("appendix.manifest", lang, [bullets(_manifest(facts))], appendix=True),
        ],
    }  # fmt: skip


class _Facts:
    """What the three notebooks published, read once."""

    def __init__(self, content: dict, lang: str) -> None:
        def read(part: str, name: str) -> pd.DataFrame:
            return results.table(content, part, name)

        self.content, self.lang = content, lang
        self.area = read(TRENDS, "area").iloc[0]
        self.rows, self.history = read(TRENDS, "indicators"), read(TRENDS, "history")
        self.chosen, self.moved = read(TRENDS, "chosen"), read(TRENDS, "movement")
        self.found = read(OUTLOOK, "area_outlook")
        facts = content["sections"][OUTLOOK]["facts"]
        self.years = int(facts["first_end"]), int(facts["second_end"])
        self.horizon = int(facts["horizon"])
        standing = read(YARDSTICK, "yardstick")
        self.standing = standing.assign(reached=standing["reached"].astype("boolean"))
        self.chances, self.ranked = read(YARDSTICK, "outlook"), read(YARDSTICK, "ranks")
        self.areas, self.sources = read(YARDSTICK, "areas"), read(YARDSTICK, "sources")
        self.plan = read(YARDSTICK, "plan").iloc[0][f"name_{lang}"]
        self.plan_id = read(YARDSTICK, "plan").iloc[0]["plan"]

    def scope(self) -> list[str]:
        day = self.content["manifest"]["as_of"]
        return narrative.scope(self.area, self.rows, self.history, day, self.lang)

    def drawn(self, part: str, name: str) -> bool:
        return name in self.content["sections"][part]["charts"]

    # Among the key messages and in their sections the same is said: it is worded once.
    @cached_property
    def fastest(self) -> list[str]:
        return narrative.fastest(self.rows, self.moved, self.lang)

    @cached_property
    def stagnant(self) -> list[str]:
        return narrative.stagnant(self.rows, self.moved, self.lang)

    @cached_property
    def ahead(self) -> list[str]:
        return narrative.ahead(self.rows, self.found, self.years, self.lang)

    @cached_property
    def sure(self) -> list[str]:
        return narrative.sure(self.rows, self.found, self.years, self.lang)

    @cached_property
    def against(self) -> list[str]:
        area = self.area[f"name_{self.lang}"]
        return narrative.yardstick(self.standing, self.chances, self.plan, area, self.lang)

    @cached_property
    def places(self) -> list[str]:
        return narrative.ranks(self.rows, self.ranked, self.area["level"], self.lang)


def _key_messages(facts: _Facts) -> list[dict]:
    lang = facts.lang
    shown = [
        {"value": str(count), "unit": label("unit.items", lang), "label": label(f"count.area_{name}", lang)}
        for name, count in narrative.counts(facts.moved).items()
    ]
    messages = [
        *facts.fastest,
        *facts.stagnant,
        *facts.ahead,
        *facts.sure,
        *facts.against[:NAMED],
        *facts.places[1:],
    ]
    return [{"type": "numbers", "items": shown}, bullets(messages)]


NAMED = 3
"""So many targets of the yardstick are told among the key messages."""


def _trends(facts: _Facts) -> dict:
    lang = facts.lang
    shown = tables.movement(facts.rows, facts.chosen, facts.moved, lang)
    words = [
        *facts.fastest,
        *facts.stagnant,
    ]
    if shown.empty:
        return section("section.trends", lang, paragraphs([label("text.area_no_trend", lang)]))
    notes = [label("text.area_motion_note", lang), *_cautions(facts)]
    blocks = [
        *paragraphs([*words, label("text.see_area_trends", lang, area_trends=see("area_trends"),
                                   figure_area_trends=see("figure-area_trends"))]),
        table("area_trends", shown, lang, notes=notes),
        figure(TRENDS, "area_trends", lang),
    ]  # fmt: skip
    return section("section.trends", lang, blocks)


def _cautions(facts: _Facts) -> list[str]:
    """What to be careful with: the numbers of the indicators for each caution, and those without a trend."""
    lang = facts.lang
    lines = facts.rows.merge(facts.chosen, left_on="target", right_on="series", suffixes=("", "_trend"))
    careful = lines.assign(caution=lines["caution"].str.split(";")).explode("caution")
    groups = [(f"trend.caution.{key}", part) for key, part in careful.groupby("caution", sort=False) if key]
    without = lines[lines["status"] != "fitted"]
    groups += [(f"trend.rule.{key}", part) for key, part in without.groupby("why", sort=False)]
    return [cells.reason(label(key, lang), part["order"], lang) for key, part in groups]


def _outlook(facts: _Facts) -> dict:
    lang = facts.lang
    words = [
        *facts.ahead,
        *facts.sure,
    ]
    shown = tables.ahead(facts.rows, facts.found, facts.years, lang)
    if shown.empty:
        return section("section.area_outlook", lang, paragraphs(words))
    notes = [label("text.area_outlook_note", lang), *_without(facts)]
    blocks = [
        *paragraphs([*words, label("text.see_area_outlook", lang, area_outlook=see("area_outlook"),
                                   figure_area_fans=see("figure-area_fans"))]),
        table("area_outlook", shown, lang, notes=notes),
        figure(OUTLOOK, "area_fans", lang),
    ]  # fmt: skip
    rates = tables.rates(facts.rows, facts.moved, facts.found, facts.years[1], lang)
    if len(rates):
        note = [label("text.area_rates_note", lang, year=facts.years[1])]
        words = label("text.see_area_rates", lang, area_rates=see("area_rates"), year=facts.years[1])
        blocks += [*paragraphs([words]), table("area_rates", rates, lang, notes=note)]
    return section("section.area_outlook", lang, blocks)


def _without(facts: _Facts) -> list[str]:
    """For each reason why an indicator has no value in a year, the year and the numbers of the indicators."""
    lang = facts.lang
    table = facts.rows[["target", "order"]].merge(facts.found[facts.found["reason"] != ""], on="target")
    # An indicator without a value in either year is told once.
    both = table.groupby(["reason", "target"])["year"].transform("size") == len(facts.years)
    parts = [(reason, "", part) for reason, part in table[both].drop_duplicates("target").groupby("reason")]
    parts += [
        (reason, label("period.year", lang, year=f"{year:.0f}"), part)
        for (reason, year), part in table[~both].groupby(["reason", "year"])
    ]
    return [
        cells.reason(
            " ".join(filter(None, [year, label(f"area_reason.{reason}", lang)])), part["order"], lang
        )
        for reason, year, part in parts
    ]


def _yardstick(facts: _Facts) -> list[dict]:
    lang = facts.lang
    shown = tables.yardstick(facts.standing, facts.chances, lang)
    blocks = paragraphs(facts.against)
    if len(shown):
        judged = facts.standing.loc[facts.standing["current_period"] != "", "status"].tolist()
        blocks += paragraphs([label("text.see_yardstick", lang, area_yardstick=see("area_yardstick"))])
        notes = [label("text.yardstick_note", lang), label("text.yardstick_real", lang)]
        if facts.drawn(YARDSTICK, "area_yardstick"):
            blocks.append(figure(YARDSTICK, "area_yardstick", lang))
        blocks.append(table("area_yardstick", shown, lang, notes=notes, statuses=judged))
    heading = label("section.area_yardstick", lang, plan=facts.plan)
    return [
        {"heading": heading, "appendix": False, "blocks": blocks, "sections": []},
        section("section.area_ranks", lang, _ranks(facts)),
    ]


def _ranks(facts: _Facts) -> list[dict]:
    lang, blocks = facts.lang, paragraphs(facts.places)
    if facts.ranked.empty:
        return blocks
    words = label(
        "text.see_ranks", lang, area_ranks=see("area_ranks"), figure_area_ranks=see("figure-area_ranks")
    )
    shown = tables.ranks(facts.rows, facts.ranked, facts.areas, lang)
    return [
        *blocks,
        *paragraphs([words]),
        figure(YARDSTICK, "area_ranks", lang, source="source.panel"),
        table("area_ranks", shown, lang, notes=[label("text.ranks_note", lang)], source="source.panel"),
    ]


def _method(facts: _Facts) -> list[str]:
    return [
        label(f"area_method.{part}", facts.lang, horizon=facts.horizon)
        for part in ("trend", "outlook", "rates", "yardstick", "limits")
    ]


def _sources(facts: _Facts) -> dict:
    listed = bullets(tables.sources(facts.sources, facts.lang), plain=True)
    return section("appendix.sources", facts.lang, [listed], appendix=True)


def _manifest(facts: _Facts) -> list[str]:
    manifest, lang = facts.content["manifest"], facts.lang
    versions = ", ".join(f"{name} {version}" for name, version in sorted(manifest["versions"].items()))
    given = {"area": facts.area["area"], "plan": facts.plan_id, "as_of": manifest["as_of"]}
    return [
        label("manifest.key", lang, key=manifest["key"]),
        label("manifest.area", lang, **given),
        label("manifest.vintage", lang, date=manifest["data_vintage"]),
        label("manifest.versions", lang, versions=versions, python=manifest["python"]),
    ]
