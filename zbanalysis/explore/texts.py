"""The words of the panel: figures at the top, the sentences of each page, the tables."""

from __future__ import annotations

import pandas as pd

from zbanalysis.data.schema import STATED_AS_VALUE
from zbanalysis.explore.facts import Facts, Lazy
from zbanalysis.explore.question import OWN, REPORT, is_moved
from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.chapters.basis import source_line
from zbanalysis.report.chapters.outlook import slope_interval, slope_words
from zbanalysis.report.words import NONE, label, missing

FAR = 1000
"""A target of more than so many times the figures there are is taken for a slip of the keyboard."""


def impossible(row: pd.Series, preset: float, newest: float, value: float, lang: str) -> str:
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
    known = [abs(one) for one in (preset, newest) if not missing(one)]
    broken = {"far": not abs(value) <= FAR * max([1.0, *known])}
    if row["kind"] in STATED_AS_VALUE:
        broken |= {"low": value < row["lower_bound"], "high": value > row["upper_bound"]}
        broken["whole"] = row["scale"] == "count" and not broken["far"] and value != round(value)
    why = next((key for key in broken if broken[key]), "")
    if not why:
        return ""
    low, high = f"{row['lower_bound']:g}", f"{row['upper_bound']:g}"
    reason = label(f"explore.impossible.{why}", lang, times=FAR, unit=row[f"unit_{lang}"], low=low, high=high)
    return label("explore.trouble.impossible", lang, value=f"{value:g}", name=row[f"name_{lang}"], why=reason)


def name(facts: Facts) -> str:
    """What is looked at: area and indicator."""
    row, lang = facts.row, facts.lang
    return facts.say("indicator_of", name=row[f"name_{lang}"], area=row[f"area_{lang}"])


def question(facts: Facts) -> str:
    """What is asked: the indicator, its target and the year."""
    if missing(facts.row["target_value"]):
        return name(facts)
    return facts.say("question", name=name(facts), target=goal_words(facts, facts.row), year=facts.year)


def tiles(facts: Facts) -> list[tuple[str, str, str]]:
    """Heading, figure and note of the figures at the top."""
    row, lang, say = facts.row, facts.lang, facts.say
    recent = cells.amount(row["recent_pace"], facts.measure, row, lang)
    pace = say("tile.recent", years=int(row["pace_years"]), value=recent) if recent != NONE else ""
    interval = cells.interval80(row, lang)
    around = "" if missing(row["median"]) else say("tile.interval", interval=interval)
    rate = row["class_rate"]
    alike = say("tile.no_class") if missing(rate) else say("tile.class", rate=wording.percent(rate, 0))
    needed = label("reached.yes", lang) if _met(row) else cells.needed(row, lang)
    return [
        (say("tile.chance"), wording.chance(row["chance_shown"], lang), row[f"verdict_{lang}"]),
        (say("tile.needed"), needed, pace or say("tile.no_recent")),
        (say("tile.middle", year=facts.year), _number(row["median"], row), around),
        (say("tile.comparable"), wording.percent(row["comparable_rate"], 0), alike),
    ]


def _number(value: float, row: pd.Series) -> str:
    """A computed value of the indicator."""
    return wording.number(value, cells.decimals(row))


def sentences(facts: Facts) -> Lazy:
    """The sentences of each page."""
    return Lazy(
        outlook=lambda: [*_latest(facts), *_target(facts), *_chance(facts)],
        trend=lambda: _trend(facts),
        areas=lambda: _areas(facts),
        figures=lambda: _figures(facts),
        sources=lambda: [source_line(row, facts.lang) for _, row in facts.sources.iterrows()],
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
    return cells.target({**target, **units}, facts.lang, unit=True)


def _latest(facts: Facts) -> list[str]:
    row, lang = facts.row, facts.lang
    if not row["current_period"]:
        return [_no_figure(facts)] if facts.seen.empty else []
    source = facts.sources.set_index("source").loc[row["current_source"]]
    figure = cells.quantity(row["current_published"], row, lang)
    period, date = wording.period(row["current_period"], lang), wording.date(source["date_published"], lang)
    number = int(source["number"])
    return [facts.say("sentence.latest", value=figure, period=period, date=date, number=number)]


def _no_figure(facts: Facts) -> str:
    return facts.say("sentence.no_figure", date=wording.date(facts.state.as_of, facts.lang))


def _target(facts: Facts) -> list[str]:
    """What was moved, and what the target needs."""
    row, say = facts.row, facts.say
    words = []
    if facts.state.plan == OWN:
        words = [say("sentence.own")]
    elif is_moved(facts.state) and pd.notna(facts.preset_value):
        words = [say("sentence.moved", target=goal_words(facts, facts.plan_row), year=facts.preset_year)]
    elif row["earlier_target"]:
        words = [say("sentence.revised", earlier=row["earlier_target"])]
    if missing(row["target_value"]):
        return [*words, say("sentence.no_value")]
    return [*words, *_need(facts)]


def _met(row: pd.Series) -> bool:
    return not missing(row["reached"]) and bool(row["reached"])


def _need(facts: Facts) -> list[str]:
    row, lang = facts.row, facts.lang
    target = goal_words(facts, row)
    if _met(row):
        return [facts.say("sentence.reached", target=target)]
    values = {"year": facts.year, "target": target, "needed": cells.needed(row, lang)}
    if values["needed"] == NONE or not row["years_left"] > 0:
        return []
    recent = cells.amount(row["recent_pace"], row["needed_measure"], row, lang)
    if recent == NONE:
        return [facts.say("sentence.need", **values)]
    return [facts.say("sentence.need_recent", **values, recent=recent, years=int(row["pace_years"]))]


def _chance(facts: Facts) -> list[str]:
    """The chance and what could be promised, or why there is none."""
    row, lang, say = facts.row, facts.lang, facts.say
    verdict = row[f"verdict_{lang}"]
    if row["verdict"] in ("reached", "missed"):
        return [say("sentence.decided", verdict=verdict)]
    if missing(row["chance"]):
        if row["points"] and not row["years_left"] > 0:
            return [say("sentence.year_over", year=facts.year)]
        no_target = missing(row["target_value"])
        return [] if no_target else [say("sentence.no_chance", reason=row[f"reason_{lang}"])]
    chance, points = wording.chance(row["chance_shown"], lang), int(row["points"])
    half, safe = _number(row["value_at_50"], row), _number(row["value_at_80"], row)
    words = [
        say("sentence.chance", points=points, year=facts.year, chance=chance, verdict=verdict),
        say("sentence.promise", half=half, safe=safe),
    ]
    agree = row["relation"] in ("", "agrees")
    return words if agree else [*words, say(f"relation.{row['relation']}")]


def _trend(facts: Facts) -> list[str]:
    row, shown, lang, say = facts.row, facts.shown, facts.lang, facts.say
    if shown["status"] != "fitted":
        return [_no_line(facts)]
    one = _with_nature(shown, row)
    slope, interval = slope_words(one, lang), slope_interval(one, lang)
    values = {"line": _line(one["model"], lang), "slope": slope, "interval": interval}
    if facts.state.line == REPORT:
        words = [say("sentence.line_shown", **values, why=label(f"trend.rule.{one['why']}", lang))]
    else:
        words = [say("sentence.line_picked", **values)]
    for caution in filter(None, str(one.get("caution", "")).split(";")):
        words.append(say("sentence.line_caution", caution=label(f"trend.caution.{caution}", lang)))
    for last in facts.curve[facts.curve["part"] == "ahead"].tail(1).itertuples():
        value = _number(last.value, row) + (row["unit_zh"] if lang == "zh" else "")
        words.append(say("sentence.line_ahead", year=int(last.year), value=value))
    return words


def _with_nature(fit: pd.Series, row: pd.Series) -> pd.Series:
    """A trend line with the scale and the unit of its indicator."""
    nature = row[["scale", "unit_zh", "unit_en"]]
    return pd.concat([fit.drop(nature.index, errors="ignore"), nature])


def _line(model: str, lang: str) -> str:
    """Name of a trend line within a sentence."""
    words = label(f"trend.model.{model}", lang)
    return words if lang == "zh" else wording.within(words)


def _no_line(facts: Facts) -> str:
    shown, lang = facts.shown, facts.lang
    if facts.state.line != REPORT and shown["model"] != "none":
        reason = label(f"trend.reason.{shown['reason']}", lang)
        return facts.say("sentence.line_refused", line=_line(shown["model"], lang), reason=reason)
    why = shown.get("why", "")
    reason = label(f"trend.rule.{why}" if why else f"trend.reason.{shown['reason']}", lang)
    return facts.say("sentence.line_none", reason=reason)


def _areas(facts: Facts) -> list[str]:
    """The base rates: how often comparable series and places managed such a rise."""
    row, lang, say = facts.row, facts.lang, facts.say
    words = []
    if facts.lines["area"].eq(row["area"]).all():
        words.append(say("sentence.no_panel"))
    elif facts.compared["area"].eq(row["area"]).all():
        words.append(say("sentence.no_areas"))
    rates = {name: wording.share_of(row[name], lang) for name in _RATES if not missing(row[name])}
    if "comparable_rate" in rates:
        windows, years = int(row["comparable_windows"]), int(row["years_left"])
        words.append(say("sentence.provinces", windows=windows, years=years, rate=rates["comparable_rate"]))
    if "class_rate" in rates:
        words.append(say("sentence.class", rate=rates["class_rate"]))
    return words if rates else [*words, say("sentence.no_base_rate")]


_RATES = ("comparable_rate", "class_rate")


def _figures(facts: Facts) -> list[str]:
    words = [_no_figure(facts)] if facts.seen.empty else []
    if facts.seen["standing"].eq("superseded").any():
        words.append(facts.say("sentence.differ"))
    if facts.later:
        date = wording.date(facts.state.as_of, facts.lang)
        words.append(facts.say("sentence.later", count=facts.later, date=date))
    return words


FIT_COLUMNS = (
    "trend_line", "points", "slope", "slope_interval", "r_squared", "aicc", "durbin_watson",
    "leave_last_out", "inside", "reason",
)  # fmt: skip
AHEAD_COLUMNS = ("year", "median", "interval80_of_year", "interval95")
FIGURE_COLUMNS = (
    "period", "published_value", "figure_status", "basis", "source", "locator", "known_since", "standing",
)  # fmt: skip
AREA_COLUMNS = ("area", "latest", "recent_pace", "managed")


def fits(facts: Facts) -> pd.DataFrame:
    """Every trend line with its diagnostics, or why it has none."""
    fitted = facts.fits[facts.fits["model"] != "none"]
    texts = [_fit(_with_nature(one, facts.row), facts) for _, one in fitted.iterrows()]
    return pd.DataFrame(texts, columns=cells.headings(FIT_COLUMNS, facts.lang))


def _fit(one: pd.Series, facts: Facts) -> list[str]:
    lang, shown = facts.lang, facts.shown
    line = label(f"trend.model.{one['model']}", lang)
    if shown["status"] == "fitted" and one["model"] == shown["model"]:
        line = facts.say("shown", line=line)
    reason = label(f"trend.reason.{one['reason']}", lang) if one["reason"] else ""
    if one["status"] != "fitted":
        return [line, str(int(one["n"])), *[NONE] * (len(FIT_COLUMNS) - 3), reason]
    places = {"r_squared": 2, "aicc": 1, "durbin_watson": 2, "leave_last_out_error": 2}
    measures = [wording.number(one[name], digits) for name, digits in places.items()]
    inside = facts.say("inside.yes" if one["stays_inside"] else "inside.no")
    slope = [slope_words(one, lang), slope_interval(one, lang)]
    return [line, str(int(one["n"])), *slope, *measures, inside, reason]


def ahead(facts: Facts) -> pd.DataFrame:
    """Median and intervals of each year ahead."""
    row, lang = facts.row, facts.lang
    texts = []
    for _, one in facts.fan.iterrows():
        pairs = [(one[f"lo{level}"], one[f"hi{level}"]) for level in (80, 95)]
        between = [cells.between(_number(a, row), _number(b, row), lang, signed=a < 0) for a, b in pairs]
        texts.append([str(int(one["year"])), _number(one["mean"], row), *between])
    return pd.DataFrame(texts, columns=cells.headings(AHEAD_COLUMNS, lang))


def figures(facts: Facts) -> pd.DataFrame:
    """Every published figure: where it stands, when it became known, whether it counts."""
    lang = facts.lang
    number = facts.sources.set_index("source")["number"]
    names = facts.dataset.bases.set_index("basis")[f"name_{lang}"]
    texts = [
        [
            wording.period(one.period, lang),
            one.published,
            label(f"figure_status.{one.status}", lang) or NONE,
            names.get(one.basis, one.basis),
            f"[{int(number[one.source])}]" if one.source in number else one.source,
            one.locator,
            str(one.known_since),
            facts.say(f"standing.{one.standing}"),
        ]
        for one in facts.seen.iloc[::-1].itertuples()
    ]
    frame = pd.DataFrame(texts, columns=list(FIGURE_COLUMNS))
    # A column that says the same of every figure, or nothing, only makes the others narrow.
    idle = ["basis"] if frame["basis"].nunique() < 2 else []
    idle += ["figure_status"] if frame["figure_status"].eq(NONE).all() else []
    frame = frame.drop(columns=idle)
    return frame.set_axis(cells.headings(tuple(frame.columns), lang), axis=1)


def areas(facts: Facts) -> pd.DataFrame:
    """The areas side by side: latest figure, recent pace, windows that rose as much as is needed."""
    row, lang = facts.row, facts.lang
    texts = []
    for one in facts.compared.to_dict("records"):
        latest = f"{cells.computed(one['value'], row)}{cells.bracketed(str(one['year']), lang)}"
        windows, managed = NONE, one["managed"]
        if not missing(one["windows"]) and one["windows"]:
            windows = facts.say("managed", managed=int(managed), windows=int(one["windows"]))
        texts.append([one["name"], latest, cells.amount(one["pace"], one["measure"], row, lang), windows])
    return pd.DataFrame(texts, columns=cells.headings(AREA_COLUMNS, lang))
