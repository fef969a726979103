"""The words of the panel: figures at the top, the sentences of each page, the tables."""

from __future__ import annotations

import pandas as pd

from zbanalysis.explore.facts import Facts, Lazy
from zbanalysis.explore.question import OWN, REPORT
from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.chapters.basis import source_line
from zbanalysis.report.chapters.outlook import slope_interval, slope_words
from zbanalysis.report.words import label

STATED_AS_VALUE = ("level", "floor", "ceiling", "keep", "range", "cumulative_sum")
"""Kinds whose target value is in the indicator's own unit; the others are % (a year)."""


FAR = 1000
"""A target of more than so many times the figures there are is taken for a slip of the keyboard."""


def impossible(row: pd.Series, preset: float, newest: float, value: float | None, lang: str) -> str:
    """Why a target value cannot be one of this indicator; empty where it can.

    Parameters
    ----------
    row
        The target, with bounds, scale and names of its indicator.
    preset, newest
        The plan's value and the newest figure; NaN where there is none.
    value
        What was asked for.
    lang
        ``zh`` or ``en``.
    """
    if value is None:
        return ""
    known = [abs(one) for one in (preset, newest) if not wording.missing(one)]
    far = not abs(value) <= FAR * max([1.0, *known])
    limits = {"far": far}
    if row["kind"] in STATED_AS_VALUE:
        limits |= {"low": value < row["lower_bound"], "high": value > row["upper_bound"]}
        limits["whole"] = row["scale"] == "count" and not far and value != round(value)
    why = next((key for key, broken in limits.items() if broken), "")
    if not why:
        return ""
    ends = {key: f"{row[f'{key}er_bound' if key == 'low' else 'upper_bound']:g}" for key in ("low", "high")}
    reason = label(f"explore.impossible.{why}", lang, times=FAR, unit=row[f"unit_{lang}"], **ends)
    return label("explore.trouble.impossible", lang, value=f"{value:g}", name=row[f"name_{lang}"], why=reason)


def name(facts: Facts) -> str:
    """What is looked at: area and indicator."""
    row, lang = facts.row, facts.state.lang
    return label("explore.indicator_of", lang, name=row[f"name_{lang}"], area=row[f"area_{lang}"])


def question(facts: Facts) -> str:
    """What is asked: the indicator, its target and the year."""
    row, lang = facts.row, facts.state.lang
    if wording.missing(row["target_value"]):
        return name(facts)
    target, year = goal_words(facts, row), int(row["target_position"])
    return label("explore.question", lang, name=name(facts), target=target, year=year)


def tiles(facts: Facts) -> list[tuple[str, str, str]]:
    """Heading, figure and note of the figures at the top."""
    row, lang = facts.row, facts.state.lang
    measure = row["needed_measure"] or row["asked_measure"] or "change"
    recent = cells.amount(row["recent_pace"], measure, row, lang)
    middle = (
        wording.NONE if wording.missing(row["median"]) else wording.number(row["median"], cells.decimals(row))
    )
    return [
        (
            label("explore.tile.chance", lang),
            wording.chance(row["chance_shown"], lang),
            row[f"verdict_{lang}"],
        ),
        (
            label("explore.tile.needed", lang),
            label("reached.yes", lang) if _met(row) else cells.needed(row, lang),
            label("explore.tile.no_recent", lang)
            if recent == wording.NONE
            else label("explore.tile.recent", lang, years=int(row["pace_years"]), value=recent),
        ),
        (
            label("explore.tile.middle", lang, year=int(row["target_position"])),
            middle,
            ""
            if middle == wording.NONE
            else label("explore.tile.interval", lang, interval=cells.interval(row, "low80", "high80", lang)),
        ),
        (
            label("explore.tile.comparable", lang),
            wording.percent(row["comparable_rate"], 0),
            label("explore.tile.no_class", lang)
            if wording.missing(row["class_rate"])
            else label("explore.tile.class", lang, rate=wording.percent(row["class_rate"], 0)),
        ),
    ]


def sentences(facts: Facts) -> Lazy:
    """The sentences of each page."""
    return Lazy(
        outlook=lambda: [*_latest(facts), *_target(facts), *_chance(facts)],
        trend=lambda: _trend(facts),
        areas=lambda: _areas(facts),
        figures=lambda: _figures(facts),
        sources=lambda: [source_line(row, facts.state.lang) for _, row in facts.sources.iterrows()],
    )


def goal_words(facts: Facts, target: pd.Series) -> str:
    """A target with its unit, as its kind is said; a plan's in the digits that the plan prints.

    Parameters
    ----------
    facts
        For the indicator's unit and the language.
    target
        A row with ``kind`` and the published target values: the one asked, or the plan's own.
    """
    units = {name: facts.row[name] for name in ("unit_zh", "unit_en")}
    return cells.target({**target, **units}, facts.state.lang, unit=True)


def _latest(facts: Facts) -> list[str]:
    row, lang = facts.row, facts.state.lang
    if not row["current_period"] and facts.seen.empty:
        return [label("explore.sentence.no_figure", lang, date=wording.date(facts.state.as_of, lang))]
    if not row["current_period"]:
        return []
    listed = facts.sources.set_index("source")
    source = listed.loc[row["current_source"]]
    sentences = label(
        "explore.sentence.latest", lang, value=cells.quantity(row["current_published"], row, lang),
        period=wording.period(row["current_period"], lang), date=wording.date(source["date_published"], lang),
        number=int(source["number"]),
    )  # fmt: skip
    return [sentences]


def _target(facts: Facts) -> list[str]:
    """What was moved, and what the target needs."""
    row, lang = facts.row, facts.state.lang
    words = []
    if facts.state.plan == OWN:
        words.append(label("explore.sentence.own", lang))
    elif facts.question.moved and pd.notna(facts.question.preset_value):
        target = goal_words(facts, facts.plan_row)
        words.append(label("explore.sentence.moved", lang, target=target, year=facts.question.preset_year))
    elif row["earlier_target"]:
        words.append(label("explore.sentence.revised", lang, earlier=row["earlier_target"]))
    if wording.missing(row["target_value"]):
        return [*words, label("explore.sentence.no_value", lang)]
    return [*words, *_need(facts)]


def _met(row: pd.Series) -> bool:
    return not wording.missing(row["reached"]) and bool(row["reached"])


def _need(facts: Facts) -> list[str]:
    row, lang = facts.row, facts.state.lang
    target = goal_words(facts, row)
    if _met(row):
        return [label("explore.sentence.reached", lang, target=target)]
    needed = cells.needed(row, lang)
    if needed == wording.NONE or not row["years_left"] > 0:
        return []
    recent = cells.amount(row["recent_pace"], row["needed_measure"], row, lang)
    values = {"year": int(row["target_position"]), "target": target, "needed": needed}
    if recent == wording.NONE:
        return [label("explore.sentence.need", lang, **values)]
    years = int(row["pace_years"])
    return [label("explore.sentence.need_recent", lang, **values, recent=recent, years=years)]


def _chance(facts: Facts) -> list[str]:
    """The chance and what could be promised, or why there is none."""
    row, lang = facts.row, facts.state.lang
    verdict = row[f"verdict_{lang}"]
    if row["verdict"] in ("reached", "missed"):
        return [label("explore.sentence.decided", lang, verdict=verdict)]
    if wording.missing(row["chance"]):
        if row["points"] and not row["years_left"] > 0:
            return [label("explore.sentence.year_over", lang, year=int(row["target_position"]))]
        if wording.missing(row["target_value"]):
            return []
        reason = row[f"reason_{lang}"]
        return [label("explore.sentence.no_chance", lang, reason=reason)]
    year, chance = int(row["target_position"]), wording.chance(row["chance_shown"], lang)
    return [
        label(
            "explore.sentence.chance", lang,
            points=int(row["points"]), year=year, chance=chance, verdict=verdict,
        ),
        label(
            "explore.sentence.promise", lang,
            half=wording.number(row["value_at_50"], cells.decimals(row)),
            safe=wording.number(row["value_at_80"], cells.decimals(row)),
        ),
        *(label(f"explore.relation.{key}", lang) for key in {row["relation"]} - {"", "agrees"}),
    ]  # fmt: skip


def _trend(facts: Facts) -> list[str]:
    row, shown, lang = facts.row, facts.shown, facts.state.lang
    if shown["status"] != "fitted":
        return [_no_line(facts)]
    nature = row[["scale", "unit_zh", "unit_en"]]
    one = pd.concat([shown.drop(nature.index, errors="ignore"), nature])
    line = label(f"trend.model.{one['model']}", lang)
    values = {
        "line": line if lang == "zh" else wording.within(line),
        "slope": slope_words(one, lang), "interval": slope_interval(one, lang),
    }  # fmt: skip
    sentences = [
        label("explore.sentence.line_picked", lang, **values)
        if facts.state.line != REPORT
        else label("explore.sentence.line_shown", lang, **values, why=label(f"trend.rule.{one['why']}", lang))
    ]
    cautions = filter(None, str(one.get("caution", "")).split(";"))
    sentences += [
        label("explore.sentence.line_caution", lang, caution=label(f"trend.caution.{caution}", lang))
        for caution in cautions
    ]
    ahead = facts.curve[facts.curve["part"] == "ahead"]
    if len(ahead):
        last = ahead.iloc[-1]
        value = (
            f"{wording.number(last['value'], cells.decimals(row))}{row['unit_zh'] if lang == 'zh' else ''}"
        )
        sentences.append(label("explore.sentence.line_ahead", lang, year=int(last["year"]), value=value))
    return sentences


def _no_line(facts: Facts) -> str:
    shown, lang = facts.shown, facts.state.lang
    if facts.state.line != REPORT and shown["model"] != "none":
        model = label(f"trend.model.{shown['model']}", lang)
        return label(
            "explore.sentence.line_refused", lang, line=model if lang == "zh" else wording.within(model),
            reason=label(f"trend.reason.{shown['reason']}", lang),
        )  # fmt: skip
    why = shown.get("why", "")
    reason = label(f"trend.rule.{why}", lang) if why else label(f"trend.reason.{shown['reason']}", lang)
    return label("explore.sentence.line_none", lang, reason=reason)


def _areas(facts: Facts) -> list[str]:
    """The base rates: how often comparable series and places managed such a rise."""
    row, lang = facts.row, facts.state.lang
    others = facts.lines["area"].ne(row["area"]).any()
    sentences = [] if others else [label("explore.sentence.no_panel", lang)]
    if others and facts.compared["area"].eq(row["area"]).sum() == len(facts.compared):
        sentences.append(label("explore.sentence.no_areas", lang))
    if not wording.missing(row["comparable_rate"]):
        sentences.append(
            label(
                "explore.sentence.provinces", lang, windows=int(row["comparable_windows"]),
                years=int(row["years_left"]), rate=wording.share_of(row["comparable_rate"], lang),
            )
        )  # fmt: skip
    if not wording.missing(row["class_rate"]):
        sentences.append(
            label("explore.sentence.class", lang, rate=wording.share_of(row["class_rate"], lang))
        )
    if wording.missing(row["comparable_rate"]) and wording.missing(row["class_rate"]):
        sentences.append(label("explore.sentence.no_base_rate", lang))
    return sentences


def _figures(facts: Facts) -> list[str]:
    lang = facts.state.lang
    date = wording.date(facts.state.as_of, lang)
    if facts.seen.empty:
        sentences = [label("explore.sentence.no_figure", lang, date=date)]
    else:
        sentences = (
            [] if facts.seen["standing"].ne("superseded").all() else [label("explore.sentence.differ", lang)]
        )
    later = label("explore.sentence.later", lang, count=facts.later, date=date)
    return [*sentences, *([later] if facts.later else [])]


FIT_COLUMNS = (
    "trend_line", "points", "slope", "slope_interval", "r_squared", "aicc", "durbin_watson",
    "leave_last_out", "inside", "reason",
)  # fmt: skip
AHEAD_COLUMNS = ("year", "median", "interval80_of_year", "interval95")
FIGURE_COLUMNS = (
    "period", "published_value", "figure_status", "basis", "source", "locator", "known_since", "standing",
)  # fmt: skip
AREA_COLUMNS = ("area", "latest", "recent_pace", "managed")


def fits(row: pd.Series, fitted: pd.DataFrame, shown: pd.Series, lang: str) -> pd.DataFrame:
    """Every trend line with its diagnostics, or why it has none."""
    nature = row[["scale", "unit_zh", "unit_en"]]
    model = shown["model"] if shown["status"] == "fitted" else ""
    texts = [
        _fit(pd.concat([one.drop(nature.index, errors="ignore"), nature]), model, lang)
        for _, one in fitted[fitted["model"] != "none"].iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(FIT_COLUMNS, lang))


def _fit(one: pd.Series, shown: str, lang: str) -> list[str]:
    name = label(f"trend.model.{one['model']}", lang)
    name = label("explore.shown", lang, line=name) if one["model"] == shown else name
    reason = label(f"trend.reason.{one['reason']}", lang) if one["reason"] else ""
    if one["status"] != "fitted":
        return [name, str(int(one["n"])), *[wording.NONE] * (len(FIT_COLUMNS) - 3), reason]
    return [
        name,
        str(int(one["n"])),
        slope_words(one, lang),
        slope_interval(one, lang),
        wording.number(one["r_squared"], 2),
        wording.number(one["aicc"], 1),
        wording.number(one["durbin_watson"], 2),
        wording.number(one["leave_last_out_error"], 2),
        label("explore.inside.yes" if one["stays_inside"] else "explore.inside.no", lang),
        reason,
    ]


def ahead(row: pd.Series, fan: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Median and intervals of each year ahead."""
    texts = [
        [
            str(int(one["year"])),
            wording.number(one["mean"], cells.decimals(row)),
            *(
                _between(one[f"lo{level}"], one[f"hi{level}"], cells.decimals(row), lang)
                for level in (80, 95)
            ),
        ]
        for _, one in fan.iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(AHEAD_COLUMNS, lang))


def _between(low: float, high: float, places: int, lang: str) -> str:
    key = "interval" if low >= 0 else "interval.signed"
    return label(key, lang, low=wording.number(low, places), high=wording.number(high, places))


def figures(seen: pd.DataFrame, bases: pd.DataFrame, sources: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Every published figure: where it stands, when it became known, whether it counts."""
    number = sources.set_index("source")["number"]
    names = bases.set_index("basis")[f"name_{lang}"]
    texts = [
        [
            wording.period(one.period, lang),
            one.published,
            label(f"figure_status.{one.status}", lang) or wording.NONE,
            names.get(one.basis, one.basis),
            f"[{int(number[one.source])}]" if one.source in number else one.source,
            one.locator,
            str(one.known_since),
            label(f"explore.standing.{one.standing}", lang),
        ]
        for one in seen.iloc[::-1].itertuples()
    ]
    frame = pd.DataFrame(texts, columns=list(FIGURE_COLUMNS))
    # A column that says the same of every figure, or nothing, only makes the others narrow.
    idle = [name for name in ("figure_status", "basis") if frame[name].nunique() < 2]
    frame = frame.drop(
        columns=[name for name in idle if name == "basis" or (frame[name] == wording.NONE).all()]
    )
    return frame.set_axis(cells.headings(tuple(frame.columns), lang), axis=1)


def areas(row: pd.Series, compared: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The areas side by side: latest figure, recent pace, windows that rose as much as is needed."""
    texts = [
        [
            one["name"],
            _dated(cells.computed(one["value"], row), int(one["year"]), lang),
            cells.amount(one["pace"], one["measure"], row, lang),
            wording.NONE
            if wording.missing(one["windows"]) or not one["windows"]
            else label("explore.managed", lang, managed=int(one["managed"]), windows=int(one["windows"])),
        ]
        for _, one in compared.iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(AREA_COLUMNS, lang))


def _dated(figure: str, year: int, lang: str) -> str:
    return f"{figure}（{year}）" if lang == "zh" else f"{figure} ({year})"
