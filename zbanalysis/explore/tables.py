"""Tables of the explorer: every line fitted, the years ahead, every vintage, the areas side by side."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.chapters.outlook import slope_interval, slope_words
from zbanalysis.report.words import label

FIT_COLUMNS = (
    "trend_line", "points", "slope", "slope_interval", "r_squared", "aicc", "durbin_watson",
    "leave_last_out", "inside", "reason",
)  # fmt: skip
AHEAD_COLUMNS = ("year", "median", "interval80_of_year", "interval95")
FIGURE_COLUMNS = (
    "period",
    "published_value",
    "figure_status",
    "basis",
    "source",
    "locator",
    "known_since",
    "standing",
)
AREA_COLUMNS = ("area", "latest", "recent_pace", "managed")


def fits(row: pd.Series, fitted: pd.DataFrame, shown: str, lang: str) -> pd.DataFrame:
    """Every trend line with its diagnostics, or why it has none.

    Parameters
    ----------
    row
        A row of `progress.progress`.
    fitted
        From `trend.fit`, of one series.
    shown
        Model of the line in the chart; it is marked.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only; one row per model.
    """
    nature = row[["scale", "unit_zh", "unit_en"]]
    texts = [
        _fit(pd.concat([one.drop(nature.index, errors="ignore"), nature]), shown, lang)
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
    """Median and intervals of each year ahead.

    Parameters
    ----------
    row
        A row of `progress.progress`, for the digits.
    fan
        ``year, mean, lo80, hi80, lo95, hi95``.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only; one row per year.
    """
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
    """Every published figure: where it stands, when it became known, whether it counts.

    Parameters
    ----------
    seen
        From `vintages.figures`.
    bases
        ``basis, name_zh, name_en``.
    sources
        From `progress.sources`: the numbers in brackets.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only, newest period first; status and definition where they tell figures apart.
    """
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
    found = pd.DataFrame(texts, columns=list(FIGURE_COLUMNS))
    # A column that says the same of every figure, or nothing, only makes the others narrow.
    idle = [name for name in ("figure_status", "basis") if found[name].nunique() < 2]
    found = found.drop(
        columns=[name for name in idle if name == "basis" or (found[name] == wording.NONE).all()]
    )
    return found.set_axis(cells.headings(tuple(found.columns), lang), axis=1)


def areas(row: pd.Series, compared: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The areas side by side: latest figure, recent pace, windows that rose as much as is needed.

    Parameters
    ----------
    row
        A row of `progress.progress`.
    compared
        ``name, year, value, pace, measure, windows, managed``; windows missing where nothing is needed.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only.
    """
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
