"""What the documents say that can be reckoned again: each statement checked on its published digits."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from fractions import Fraction

import pandas as pd

from zbanalysis.data import package
from zbanalysis.data.digits import Value, decimals, printed, rounded
from zbanalysis.data.read import table as read_table
from zbanalysis.errors import DataError, Problem
from zbanalysis.evidence.audit import expression, references
from zbanalysis.evidence.audit.references import Figure
from zbanalysis.evidence.audit.view import known_by
from zbanalysis.evidence.audit.whole import fitting

FILE = "statements.csv"
COLUMNS = [
    "statement", "source", "locator", "area", "kind", "claim", "relation", "unit", "expression", "missing",
    "says_zh", "says_en",
]  # fmt: skip
VERDICTS = ("agrees", "agrees_within_rounding", "revised_later", "contradicts", "cannot_be_checked")
MISSING = ("other_areas", "earlier_years")
ABOUT = 0.05
"""A number printed as "about" may differ by this share of itself."""
SHOWN = 4
"""Decimals of a result in the arithmetic, beyond those of the claim."""


def read(dataset: package.Dataset) -> pd.DataFrame:
    """The statements of a data folder, checked; no rows where it has none.

    Returns
    -------
    DataFrame
        The columns of ``statements.csv`` as text, and ``known_since``; the index is the row in the file.

    Raises
    ------
    DataError
        With every expression that is no arithmetic over figures the data know.
    """
    path = dataset.folder / FILE
    if not path.exists():
        return pd.DataFrame(columns=[*COLUMNS, "known_since"])
    table = read_table(path, COLUMNS, may_be_empty=True)
    found = _wrong(table, dataset)
    if found:
        raise DataError(found)
    days = dataset.sources.set_index("source")["date_published"].map(dt.date.fromisoformat)
    return table.assign(known_since=table["source"].map(days))


def problems(dataset: package.Dataset) -> list[Problem]:
    """Every statement whose source or expression is wrong; none where the folder has no statements."""
    path = dataset.folder / FILE
    return _wrong(read_table(path, COLUMNS, may_be_empty=True), dataset) if path.exists() else []


def _wrong(table: pd.DataFrame, dataset: package.Dataset) -> list[Problem]:
    return [problem for row, said in table.iterrows() for problem in _problems(row, said, dataset)]


def _problems(row: int, said: pd.Series, dataset: package.Dataset) -> list[Problem]:
    if said["source"] not in set(dataset.sources["source"]):
        return [Problem(FILE, row, "source", said["source"], "a source listed in sources.csv")]
    if not said["expression"]:
        right = f"one of {', '.join(MISSING)}, for there is no expression"
        return [] if said["missing"] in MISSING else [Problem(FILE, row, "missing", said["missing"], right)]
    try:
        names = expression.references(expression.parse(said["expression"]))
    except ValueError as error:
        return [Problem(FILE, row, "expression", said["expression"], str(error))]
    wrong = [(name, references.wrong(name, dataset)) for name in names if name != expression.UNKNOWN]
    return [Problem(FILE, row, "expression", name, right) for name, right in wrong if right]


def audit(dataset: package.Dataset, as_of: str = "") -> pd.DataFrame:
    """Check every statement.

    Parameters
    ----------
    dataset
        From `package.load`; all vintages, not a view of one day.
    as_of
        Only what was published by this day; empty for all.

    Returns
    -------
    DataFrame
        One row per statement, always: its columns, and ``verdict`` (one of `VERDICTS`), ``reason`` (a key,
        or empty), ``detail`` (what the reason is about), ``arithmetic`` (numbers inserted), ``low`` and
        ``high`` (what the digits leave open; NaN where it could not be reckoned or has no end).

    Raises
    ------
    DataError
        If a statement refers to what the data do not know.

    Notes
    -----
    *agrees*: the claim equals the value reckoned from the printed digits, rounded as the claim is.
    *agrees_within_rounding*: it does not, but some numbers that are printed so would give it.
    *contradicts*: none would.  *revised_later*: it held with the figures of its time, and does not
    with those a later document prints.  A mismatch that rests on a figure its own source calls
    preliminary is no contradiction: *cannot_be_checked*.

    Examples
    --------
    >>> found = audit(package.load()).set_index("statement")
    >>> found.loc["plan14-firms-net-increase", ["verdict", "arithmetic"]].tolist()
    ['agrees', '703 − 251 = 452']
    """
    said, dataset = read(dataset), known_by(dataset, as_of)
    said = said[said["known_since"] <= package.parse_date(as_of)] if as_of else said
    found = [_check(statement, dataset) for _, statement in said.iterrows()]
    columns = ["verdict", "reason", "detail", "arithmetic", "low", "high"]
    return said.reset_index(drop=True).join(pd.DataFrame(found, columns=columns))


def _check(said: pd.Series, dataset: package.Dataset) -> dict[str, object]:
    if not said["expression"]:
        return _unchecked(said["missing"])
    tree = expression.parse(said["expression"])
    names = [name for name in expression.references(tree) if name != expression.UNKNOWN]
    figures = {name: references.resolve(name, dataset, said) for name in names}
    absent = [name for name, figure in figures.items() if figure is None]
    if absent:
        return _unchecked("no_figure", ", ".join(absent))
    try:
        found = _reckon(said, tree, figures)
        if found["verdict"] not in ("agrees", "agrees_within_rounding"):
            return found
        newest = {name: references.resolve(name, dataset, said, newest=True) for name in names}
        later = found if newest == figures else _reckon(said, tree, newest)
    except ArithmeticError as error:
        return _unchecked("not_defined", str(error))
    if later["verdict"] == "contradicts":
        return found | {"verdict": "revised_later", "reason": "revised", "detail": later["arithmetic"]}
    return found


def _unchecked(reason: str, detail: str = "") -> dict[str, object]:
    nothing = {"arithmetic": "", "low": math.nan, "high": math.nan}
    return {"verdict": "cannot_be_checked", "reason": reason, "detail": detail} | nothing


def _reckon(said: pd.Series, tree: expression.Expression, figures: Mapping[str, Figure]) -> dict[str, object]:
    values = {name: figure.value for name, figure in figures.items()}
    digits = {name: figure.digits for name, figure in figures.items()}
    if expression.UNKNOWN in expression.references(tree):
        return _whole(said, tree, values, digits)
    value = expression.evaluate(tree, values)
    verdict, reason, detail = compare(said["claim"], said["relation"], value), "", ""
    preliminary = [name for name, figure in figures.items() if figure.status == "preliminary"]
    if verdict == "contradicts" and preliminary:
        verdict, reason, detail = "cannot_be_checked", "preliminary", ", ".join(preliminary)
    elif said["kind"] == "difference" and said["unit"] == "percent" and verdict.startswith("agrees"):
        reason = "points_as_percent" if {figure.unit for figure in figures.values()} == {"%"} else ""
    return {
        "verdict": verdict, "reason": reason, "detail": detail,
        "arithmetic": _arithmetic(said["claim"], tree, digits, value),
        "low": _finite(value.low),
        "high": _finite(value.high),
    }  # fmt: skip


def compare(claim: str, relation: str, value: Value) -> str:
    """Verdict on ``value relation claim``.

    Examples
    --------
    >>> from zbanalysis.data.digits import exact, subtract
    >>> compare("10.58", "equals", subtract(printed("42.41"), printed("31.8")))
    'agrees_within_rounding'
    >>> compare("452", "equals", exact("452")), compare("453", "equals", exact("452"))
    ('agrees', 'contradicts')
    """
    stated = printed(claim)
    if relation == "about":
        margin = abs(stated.point) * Fraction(str(ABOUT))
        near, met = abs(value.point - stated.point) <= margin, _meet(stated, value, margin)
    elif relation in ("at_least", "more_than"):
        open_above = value.high == math.inf and value.low >= stated.point
        strictly = value.point > stated.point or open_above
        near = strictly if relation == "more_than" else value.point >= stated.point
        met = value.high > stated.point or (value.high == stated.point and relation == "at_least")
    elif relation == "less_than":
        near, met = value.point < stated.point and value.high != math.inf, value.low < stated.point
    else:
        near, met = rounded(value.point, decimals(claim)) == claim, _meet(stated, value)
    return "agrees" if near else "agrees_within_rounding" if met else "contradicts"


def _meet(one: Value, other: Value, margin: float = 0) -> bool:
    """Whether two have a number in common; an upper end is left out, for 2.145 is printed 2.15."""
    low, high = one.low - margin, one.high + margin
    return (
        low == other.low or (low < other.high and other.low < high) or low <= other.low == other.high < high
    )


def _whole(
    said: pd.Series, tree: expression.Expression, values: Mapping[str, Value], digits: Mapping[str, str]
) -> dict[str, object]:
    """A statement with a whole number that is not printed: is there one?"""

    def value_of(number: int) -> Value:
        whole = Value(*[Fraction(number)] * 3)
        return expression.evaluate(tree, {**values, expression.UNKNOWN: whole})

    fits = fitting(lambda number: value_of(number).point, said["claim"])
    shown = fits[0] if fits else "?"
    value = value_of(fits[0]) if fits else None
    return {
        "verdict": "agrees" if fits else "contradicts",
        "reason": "whole_number" if fits else "no_whole_number",
        "detail": "–".join(str(number) for number in fits),
        "arithmetic": _arithmetic(said["claim"], tree, {**digits, expression.UNKNOWN: str(shown)}, value),
        "low": _finite(value.low) if value else math.nan,
        "high": _finite(value.high) if value else math.nan,
    }


def _arithmetic(
    claim: str, tree: expression.Expression, digits: Mapping[str, str], value: Value | None
) -> str:
    """The expression with its numbers, what it gives, and what the digits leave open."""
    shown, places = expression.show(tree, digits), decimals(claim) + 2
    if value is None or isinstance(tree, expression.Leaf):
        return f"≥ {shown}" if value and value.high == math.inf else shown
    text = f"{shown} = {_short(value.point, max(places, SHOWN))}"
    if value.high == math.inf:
        return f"{text} [≥ {_short(value.low, places)}]"
    return (
        text
        if value.low == value.high
        else f"{text} [{_short(value.low, places)}, {_short(value.high, places)}]"
    )


def _finite(edge: float | Fraction) -> float:
    """An edge as a number; NaN for no end."""
    return math.nan if math.isinf(edge) else float(edge)


def _short(number: float | Fraction, places: int) -> str:
    """A number without needless zeros."""
    if math.isinf(number):
        return "−∞" if number < 0 else "∞"
    text = rounded(number, places)
    return text.rstrip("0").rstrip(".") if "." in text else text
