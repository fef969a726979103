"""What the documents state that can be worked out again: each statement checked on its published digits."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from fractions import Fraction

import pandas as pd

from zbanalysis.data import package, schema, vintages
from zbanalysis.data.digits import Number, Value, decimals, meet, printed, rounded
from zbanalysis.errors import DataError, Problem
from zbanalysis.evidence import expression, references
from zbanalysis.evidence.references import Figure

FILE = "statements.csv"
VERDICTS = ("agrees", "agrees_within_rounding", "revised_later", "contradicts", "cannot_be_checked")
NATURES = ("recomputed", "repeated", "same_as_target")
"""A statement is worked out from other figures, repeats one, or repeats a target."""

MISSING = ("other_areas", "earlier_years", "task_states")
ABOUT = Fraction(5, 100)
"""A number printed as "about" may differ by this share of itself."""
SHOWN = 4
"""Decimals of a result in the arithmetic, beyond those of the claim."""
MOST = 10_000_000
"""Whole numbers are looked for up to here."""


def audit(dataset: package.Dataset, as_of: str = "") -> pd.DataFrame:
    """Check every statement of the documents.

    Parameters
    ----------
    dataset
        From `package.load`; all vintages, not a view of one day.
    as_of
        Only what was published by this day; empty for all.

    Returns
    -------
    DataFrame
        One row per statement, always: the columns of ``statements.csv`` with ``nature`` (one of `NATURES`,
        worked out where the file gives none); ``again`` (an earlier statement of the same document says
        the same), ``indicators`` (codes it rests on, joined by blanks); ``verdict`` (one of `VERDICTS`),
        ``reason`` (a key, or empty), ``detail`` (what the reason is about), ``arithmetic`` (numbers
        inserted), ``low`` and ``high`` (what the digits leave open; NaN where it could not be computed
        or has no end), ``figure_sources`` (other documents that its figures come from, joined by blanks).

    Raises
    ------
    DataError
        If a statement refers to what the data do not know.

    Notes
    -----
    *agrees*: the claim equals the value computed from the printed digits, rounded as the claim is.
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
    wrong = problems(dataset)
    if wrong:
        raise DataError(wrong)
    statements, dataset = _read(dataset), vintages.known_by(dataset, as_of)
    if as_of:
        statements = statements[statements["known_since"] <= package.parse_date(as_of)]
    checks = [_check(statement, dataset) for _, statement in statements.iterrows()]
    columns = ["verdict", "reason", "detail", "arithmetic", "low", "high", "figure_sources"]
    return statements.reset_index(drop=True).join(pd.DataFrame(checks, columns=columns))


def _read(dataset: package.Dataset) -> pd.DataFrame:
    """The statements as text, with what follows from their expressions, by row in the file."""
    table = dataset.tables.get("statements")
    if table is None:
        table = pd.DataFrame(columns=schema.tables()[FILE].columns, dtype="str")
    days = dataset.sources.set_index("source")["date_published"].map(dt.date.fromisoformat)
    nature = table["nature"].where(table["nature"] != "", [_nature(row) for row in table.itertuples()])
    again = table.duplicated(["source", "area", "claim", "relation", "expression"])
    return table.assign(
        known_since=table["source"].map(days), nature=nature, again=again & (table["expression"] != ""),
        indicators=table["expression"].map(_indicators),
    )  # fmt: skip


def _nature(statement: object) -> str:
    """Whether a statement is worked out, or repeats a figure or a target."""
    named = references.parse(statement.expression)
    if named is None or statement.kind != "level":
        return "recomputed"
    return "same_as_target" if named.part == "target" else "repeated"


def _indicators(text: str) -> str:
    named = expression.references(expression.parse(text)) if text else []
    codes = [references.parse(name).indicator for name in named if name != expression.UNKNOWN]
    return " ".join(dict.fromkeys(filter(None, codes)))


def problems(dataset: package.Dataset) -> list[Problem]:
    """Every statement whose expression is wrong; none where the folder has no statements."""
    table = dataset.tables.get("statements")
    if table is None:
        return []
    return [problem for row, statement in table.iterrows() for problem in _problems(row, statement, dataset)]


def _problems(row: int, statement: pd.Series, dataset: package.Dataset) -> list[Problem]:
    text = statement["expression"]
    if not text:
        right = f"one of {', '.join(MISSING)}, for there is no expression"
        right = [Problem(FILE, row, "missing", statement["missing"], right)]
        return [] if statement["missing"] in MISSING else right
    try:
        tree = expression.parse(text)
        names = expression.references(tree)
        if not names:
            expression.evaluate(tree, {})
    except (ValueError, ArithmeticError) as error:
        return [Problem(FILE, row, "expression", text, str(error))]
    wrong = [(name, references.wrong(name, dataset)) for name in names if name != expression.UNKNOWN]
    return [Problem(FILE, row, "expression", name, right) for name, right in wrong if right]


def _check(statement: pd.Series, dataset: package.Dataset) -> dict[str, object]:
    if not statement["expression"]:
        return _unchecked(statement["missing"])
    tree = expression.parse(statement["expression"])
    names = [name for name in expression.references(tree) if name != expression.UNKNOWN]
    figures = {name: references.resolve(name, dataset, statement) for name in names}
    absent = [name for name, figure in figures.items() if figure is None]
    if absent:
        return _unchecked("no_figure", ", ".join(absent))
    others = {figure.source for figure in figures.values()} - {"", statement["source"]}
    try:
        computed = _compute(statement, tree, figures) | {"figure_sources": " ".join(sorted(others))}
        if computed["verdict"] not in ("agrees", "agrees_within_rounding"):
            return computed
        newest = {name: references.resolve(name, dataset, statement, newest=True) for name in names}
        later = computed if newest == figures else _compute(statement, tree, newest)
    except ArithmeticError as error:
        return _unchecked("not_defined", str(error))
    if later["verdict"] == "contradicts":
        return computed | {"verdict": "revised_later", "reason": "revised", "detail": later["arithmetic"]}
    return computed


def _unchecked(reason: str, detail: str = "") -> dict[str, object]:
    nothing = {"arithmetic": "", "low": math.nan, "high": math.nan, "figure_sources": ""}
    return {"verdict": "cannot_be_checked", "reason": reason, "detail": detail} | nothing


def _compute(
    statement: pd.Series, tree: expression.Expression, figures: Mapping[str, Figure]
) -> dict[str, object]:
    values = {name: figure.value for name, figure in figures.items()}
    digits = {name: figure.digits for name, figure in figures.items()}
    if expression.UNKNOWN in expression.references(tree):
        return _whole(statement["claim"], tree, values, digits)
    value = expression.evaluate(tree, values)
    verdict, reason, detail = compare(statement["claim"], statement["relation"], value), "", ""
    preliminary = [name for name, figure in figures.items() if figure.status == "preliminary"]
    if verdict == "contradicts" and preliminary:
        verdict, reason, detail = "cannot_be_checked", "preliminary", ", ".join(preliminary)
    elif (statement["kind"], statement["unit"]) == ("difference", "percent") and verdict != "contradicts":
        reason = "points_as_percent" if {figure.unit for figure in figures.values()} == {"%"} else ""
    return {
        "verdict": verdict, "reason": reason, "detail": detail,
        "arithmetic": _arithmetic(statement["claim"], tree, digits, value),
        "low": _finite(value.low), "high": _finite(value.high),
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
        margin = abs(stated.point) * ABOUT
        near = abs(value.point - stated.point) <= margin
        met = meet(Value(stated.point, stated.low - margin, stated.high + margin), value)
    elif relation in ("at_least", "more_than"):
        open_above = value.high == math.inf and value.low >= stated.point
        strictly = value.point > stated.point or open_above
        near = strictly if relation == "more_than" else value.point >= stated.point
        met = value.high > stated.point or (value.high == stated.point and relation == "at_least")
    elif relation == "less_than":
        near, met = value.point < stated.point and value.high != math.inf, value.low < stated.point
    else:
        # A half may be rounded either way.
        near, met = stated.low <= value.point <= stated.high, meet(stated, value)
    return "agrees" if near else "agrees_within_rounding" if met else "contradicts"


def _whole(
    claim: str, tree: expression.Expression, values: Mapping[str, Value], digits: Mapping[str, str]
) -> dict[str, object]:
    """A statement with a whole number that is not printed: is there one?"""

    def value_of(number: int) -> Value:
        whole = Value(*[Fraction(number)] * 3)
        return expression.evaluate(tree, {**values, expression.UNKNOWN: whole})

    fits = fitting(lambda number: value_of(number).point, claim)
    value = value_of(fits[0]) if fits else None
    shown = {**digits, expression.UNKNOWN: str(fits[0]) if fits else expression.UNKNOWN}
    return {
        "verdict": "agrees" if fits else "contradicts",
        "reason": "whole_number" if fits else "no_whole_number",
        "detail": "–".join(str(number) for number in fits),
        "arithmetic": _arithmetic(claim, tree, shown, value),
        "low": _finite(value.low) if value else math.nan,
        "high": _finite(value.high) if value else math.nan,
    }


def growth_bases(growth: str, count: int) -> list[int]:
    """Whole bases from which a count grew by this many per cent.

    Examples
    --------
    >>> growth_bases("217", 19), growth_bases("220", 19)
    ([6], [])
    """
    return fitting(lambda base: 100 * (Fraction(count, base) - 1), growth)


def fitting(value_of: Callable[[int], Number], claim: str) -> list[int]:
    """Whole numbers for which a monotone function is printed as these digits, the first and last if many.

    Parameters
    ----------
    value_of
        Rises throughout or falls throughout, as arithmetic does in a figure that stands once.
    claim
        Digits as printed; a half may be rounded either way.

    Examples
    --------
    >>> fitting(lambda people: people / 75 * 100, "48")
    [36]
    """
    stated = printed(claim)
    if value_of(1) <= value_of(2):
        first = _first(lambda number: value_of(number) >= stated.low)
        after = _first(lambda number: value_of(number) > stated.high)
    else:
        first = _first(lambda number: value_of(number) <= stated.high)
        after = _first(lambda number: value_of(number) < stated.low)
    return list(range(first, after)) if after - first <= 3 else [first, after - 1]


def _first(holds: Callable[[int], bool]) -> int:
    """Least number from 1 on from which something holds, by halving."""
    low, high = 1, MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


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
    if value.low == value.high:
        return text
    return f"{text} [{_short(value.low, places)}, {_short(value.high, places)}]"


def _finite(edge: Number) -> float:
    """An edge as a number; NaN for no end."""
    return math.nan if math.isinf(edge) else float(edge)


def _short(number: Number, places: int) -> str:
    """A number without needless zeros."""
    if math.isinf(number):
        return "−∞" if number < 0 else "∞"
    text = rounded(number, places)
    return text.rstrip("0").rstrip(".") if "." in text else text
