"""From a reference to the published figure it means: one grammar for statements and texts.

``gdp[2019]`` is a figure of the own area, ``china/gdp[2019]`` another area's, ``gdp[2019]@zibo-plan-14``
that document's; ``target:zibo-13/gdp`` stands in a table of targets, and so do ``base:``, ``rate:`` and
``change:``; ``met:zibo-13``, ``passed:zibo-13`` and ``targets:zibo-13`` count the plan's targets that are
met, that are passed, and all.  Texts may write ``gdp.2019``, leave the period out for the newest figure of
the day, and ask for the year of that one with ``year:gdp``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from zbanalysis.data import digits, package, periods
from zbanalysis.data.digits import Value

_NAME = "[a-z][a-z0-9_-]*"
_SOURCE = f"(?:@(?P<source>{_NAME}))?"
_PLACE = rf"(?:(?P<area>{_NAME})/)?(?P<indicator>{_NAME})"
_OBSERVED = rf"{_PLACE}\[(?P<period>[0-9A-Z/]+)\]{_SOURCE}"
_TARGET = rf"(?P<part>target|base|rate|change):(?P<plan>{_NAME})/{_PLACE}{_SOURCE}"
_COUNT = rf"(?P<part>met|passed|targets):(?P<plan>{_NAME})"
_IN_TEXT = rf"(?:(?P<part>year):)?{_PLACE}(?:\.(?P<period>[0-9A-Z/]+))?{_SOURCE}"
TOKEN = re.sub(r"\?P<\w+>", "?:", f"{_TARGET}|{_COUNT}|{_OBSERVED}")
"""Pattern of a reference within an expression."""

COUNTS = ("met", "passed", "targets")
_PARTS = {
    "target": "published_target_value",
    "base": "published_base_value",
    "rate": "published_stated_rate",
    "change": "published_stated_change",
}


@dataclass(frozen=True)
class Reference:
    """What a reference names; empty where it leaves something out."""

    indicator: str = ""
    area: str = ""
    period: str = ""
    source: str = ""
    part: str = ""
    plan: str = ""


@dataclass(frozen=True)
class Figure:
    """A published figure: its digits, what they leave open, how sure its source is of it."""

    digits: str
    value: Value
    status: str
    unit: str
    source: str = ""


class NoFigureError(ValueError):
    """A reference that names no figure: what it is, and what would be right."""

    def __init__(self, what: str, right: str) -> None:
        super().__init__(f"{what}; {right}")
        self.right = right


def parse(text: str, *, in_text: bool = False) -> Reference | None:
    """What a reference names, or None where this is none.

    Examples
    --------
    >>> parse("china/gdp[2019]").area, parse("gdp"), parse("gdp", in_text=True).indicator
    ('china', None, 'gdp')
    """
    for pattern in (_TARGET, _COUNT, _OBSERVED, *([_IN_TEXT] if in_text else [])):
        match = re.fullmatch(pattern, text.strip())
        if match:
            return Reference(**{name: part for name, part in match.groupdict().items() if part})
    return None


def wrong(reference: str, dataset: package.Dataset) -> str:
    """What would be right in a reference that names nothing the data know; empty if it is right.

    Examples
    --------
    >>> wrong("gdp[2019]", package.load()), wrong("gpd[2019]", package.load())
    ('', "an indicator listed in indicators.csv, not 'gpd'")
    """
    named = parse(reference)
    for name in ("plan", "area", "indicator", "source"):
        code, table = getattr(named, name), getattr(dataset, f"{name}s")
        if code and code not in set(table[name]):
            article = "an" if name[0] in "ai" else "a"
            return f"{article} {name} listed in {name}s.csv, not '{code}'"
    try:
        _ = named.period and periods.position(named.period)
    except ValueError as error:
        return str(error)
    return ""


def resolve(
    reference: str, dataset: package.Dataset, statement: pd.Series, *, newest: bool = False
) -> Figure | None:
    """The figure a reference of a statement means, or None where none has been published.

    Without ``@source`` it is the one that the statement's own document prints (the first in the file), else
    the newest one published by the statement's day.  With it, it is that document's.

    Parameters
    ----------
    reference
        Such as ``gdp[2019]``, ``gdp[2019]@zibo-plan-14`` or ``target:zibo-13/gdp``.
    dataset
        From `package.load`; all vintages.
    statement
        With ``area, source, known_since``.
    newest
        Take the newest document there is today, also where it came after the statement.
        A reference that names its source stays with it.
    """
    named = parse(reference)
    if named.part in COUNTS:
        return _count(named, dataset, statement)
    figures, column = _rows(named, dataset, named.area or statement["area"])
    if named.source:
        figures = figures[figures["source"] == named.source]
    elif not newest:
        own = figures[figures["source"] == statement["source"]]
        figures = own if len(own) else figures[figures["known_since"] <= statement["known_since"]]
    if figures.empty:
        return None
    row = figures.sort_values("known_since", ascending=False, kind="stable").iloc[0]
    kind = dataset.indicators.set_index("indicator").loc[named.indicator]
    status = row.get("status", "final")
    # A target is set, not measured: 3 % means 3 %.
    scale = "count" if named.part == "target" else kind["scale"]
    value = digits.published(row[column], status, scale)
    return Figure(row[column], value, status, kind["unit_en"], row["source"])


def _rows(named: Reference, dataset: package.Dataset, area: str) -> tuple[pd.DataFrame, str]:
    """The rows that print what is named for an area, and the column it stands in."""
    if named.plan:
        table, column = dataset.targets, _PARTS[named.part]
        own = (table["plan"] == named.plan) & (table["area"] == area)
        own &= (table["indicator"] == named.indicator) & (table[column] != "")
    else:
        table, column = package.figures_of(dataset, area, named.indicator), "published"
        own = table[column] != ""
        if named.period:
            own &= table["period"] == named.period
    return table[own], column


def _count(named: Reference, dataset: package.Dataset, statement: pd.Series) -> Figure | None:
    """How many targets of a plan there are, are met, are passed, by what was known on the statement's day."""
    from zbanalysis.plan import progress  # late: few statements count targets

    if not (dataset.targets["plan"] == named.plan).any():
        return None
    standing = progress.progress(dataset, named.plan, statement["known_since"])
    met = standing["reached"].fillna(False).astype(bool)
    # Without a base there is no completion; beyond the value is beyond it.
    beyond = (standing["completion"] > 1) | (
        standing["completion"].isna() & (standing["current_value"] != standing["target_value"])
    )
    counted = {"met": met, "passed": met & beyond, "targets": pd.Series(True, standing.index)}[named.part]
    number = str(int(counted.sum()))
    return Figure(number, digits.exact(number), "final", "targets")


def published(reference: str, view: package.Dataset, area: str, as_of: str) -> str:
    """Digits as published of the figure that a reference in a text names.

    Parameters
    ----------
    reference
        What stands between the braces.
    view
        From `package.as_of`, of the day ``as_of``.
    area
        The area meant where the reference names none.

    Raises
    ------
    NoFigureError
        If there is no such figure, or there are several on different bases.

    Examples
    --------
    >>> view = package.as_of(package.load(), "2020-08-10")
    >>> texts = ("gdp.2018", "rd_intensity", "year:rd_intensity")
    >>> [published(text, view, "zibo", "2020-08-10") for text in texts]
    ['5068.35', '2.63', '2018']
    """
    named = parse(reference, in_text=True)
    if named is None or named.part in COUNTS:
        raise NoFigureError("is no reference", "write it as {hightech_enterprises[2019]}")
    place = named.area or area
    figures, column = _rows(named, view, place)
    if named.source:
        figures = figures[figures["source"] == named.source]
    if not named.plan and not named.period:
        figures = _newest(figures, named.indicator, view)
    if len(figures) == 1:
        return _year(figures["period"].iloc[0]) if named.part == "year" else figures[column].iloc[0]
    if len(figures) > 1:
        example = f"{{{reference}@{figures['source'].iloc[0]}}}"
        raise NoFigureError("means several figures", f"add the document, as in {example}")
    raise NoFigureError(f"is no figure known on {as_of}", _right(named, view, place))


def _newest(figures: pd.DataFrame, indicator: str, view: package.Dataset) -> pd.DataFrame:
    """The figures of the newest period; of what adds up over time whole years, where there are any."""
    kind = view.indicators.set_index("indicator").loc[indicator] if len(figures) else None
    if kind is not None and kind["accumulation"] == "flow" and kind["scale"] in ("count", "amount"):
        years = figures[figures["position"] - figures["start"] == 1]
        figures = years if len(years) else figures
    figures = figures[figures["position"] == figures["position"].max()]
    return figures[figures["start"] == figures["start"].max()]


def _year(period: str) -> str:
    return str(periods.end_date(period).year)


def _right(named: Reference, view: package.Dataset, area: str) -> str:
    """What would be right: the periods there are, or an indicator of a like name."""
    own = package.figures_of(view, area, named.indicator)
    if len(own):
        return f"for {named.indicator} of {area} there are {', '.join(sorted(own['period'].unique()))}"
    if named.indicator in set(view.indicators["indicator"]):
        return f"nothing is published of {named.indicator} for {area}; add it to observations.csv"
    near = get_close_matches(named.indicator, view.indicators["indicator"], n=1)
    return f"perhaps {near[0]} is meant" if near else "name an indicator of indicators.csv"
