"""A small language of arithmetic over published figures: parsed here, never handed to Python.

``+ - * / ^ ( )``, exact constants (``100``), printed digits in quotes (``'2.11'``), ``?`` for a whole
number that the document does not print, and the references of `references`, such as ``gdp[2019]``.
Each figure may stand only once (write growth as ``b / a - 1``): what its digits leave open would
otherwise count twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from zbanalysis.data import digits
from zbanalysis.data.digits import Value
from zbanalysis.evidence.references import TOKEN

UNKNOWN = "?"
LONGEST = 500
DEEPEST = 40
"""Brackets within brackets."""
_TOKEN = re.compile(
    rf"\s*(?:(?P<reference>{TOKEN})"
    r"|'(?P<printed>\d+(?:\.\d+)?)'|(?P<constant>\d+(?:\.\d+)?)(?![\w.])|(?P<sign>[-+*/^()?]))"
)
_OPERATIONS = {
    "+": digits.add,
    "-": digits.subtract,
    "*": digits.multiply,
    "/": digits.divide,
    "^": digits.power,
}
_SHOWN = {"+": " + ", "-": " − ", "*": " × ", "/": " / ", "^": "^"}


@dataclass(frozen=True)
class Leaf:
    """A constant, printed digits, a reference or the unknown."""

    kind: str
    text: str


@dataclass(frozen=True)
class Node:
    """Two parts joined by a sign."""

    sign: str
    left: Node | Leaf
    right: Node | Leaf


Expression = Node | Leaf


def parse(text: str) -> Expression:
    """Read an expression.

    Raises
    ------
    ValueError
        If it is anything but arithmetic over figures; the message says what would be right.

    Examples
    --------
    >>> parse("hightech_enterprises[2020] - '251'").sign
    '-'
    """
    if len(text) > LONGEST:
        raise ValueError(f"an expression of at most {LONGEST} characters")
    tokens = _tokens(text)
    opened = [1 if token.text == "(" else -1 if token.text == ")" else 0 for token in tokens]
    if max(accumulate(opened), default=0) > DEEPEST:
        raise ValueError(f"at most {DEEPEST} brackets within each other")
    expression, rest = _sum(tokens)
    if rest:
        raise ValueError(f"a sign such as + or / before '{rest[0].text}'")
    names = references(expression)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"each figure only once, but {twice[0]} stands twice; write growth as b / a - 1")
    return expression


def _tokens(text: str) -> list[Leaf]:
    tokens, place = [], 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(
                f"arithmetic over figures such as gdp[2019], '2.11' and 100; "
                f"'{text[place:].strip()[:20]}' is neither figure nor sign"
            )
        tokens.append(Leaf(match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return tokens


def _sum(tokens: list[Leaf]) -> tuple[Expression, list[Leaf]]:
    return _chain(tokens, "+-", lambda rest: _chain(rest, "*/", _power))


def _chain(
    tokens: list[Leaf], signs: str, part: Callable[[list[Leaf]], tuple[Expression, list[Leaf]]]
) -> tuple[Expression, list[Leaf]]:
    left, rest = part(tokens)
    while rest and rest[0].kind == "sign" and rest[0].text in signs:
        sign = rest[0].text
        right, rest = part(rest[1:])
        left = Node(sign, left, right)
    return left, rest


def _power(tokens: list[Leaf]) -> tuple[Expression, list[Leaf]]:
    left, rest = _atom(tokens)
    if rest and rest[0] == Leaf("sign", "^"):
        right, rest = _atom(rest[1:])
        return Node("^", left, right), rest
    return left, rest


def _atom(tokens: list[Leaf]) -> tuple[Expression, list[Leaf]]:
    if not tokens:
        raise ValueError("a figure at the end of the expression")
    first, rest = tokens[0], tokens[1:]
    if first == Leaf("sign", "("):
        inner, rest = _sum(rest)
        if not rest or rest[0] != Leaf("sign", ")"):
            raise ValueError("a closing bracket")
        return inner, rest[1:]
    if first.kind == "sign" and first.text != UNKNOWN:
        raise ValueError(f"a figure where '{first.text}' stands")
    return first, rest


def references(expression: Expression) -> list[str]:
    """The references of an expression, and its unknown, in reading order."""
    if isinstance(expression, Node):
        return references(expression.left) + references(expression.right)
    return [expression.text] if expression.kind == "reference" or expression.text == UNKNOWN else []


def evaluate(expression: Expression, figures: Mapping[str, Value]) -> Value:
    """The value of an expression, its references (and ``?``) filled in.

    Raises
    ------
    ArithmeticError
        If a divisor may be zero, or a power is not defined.

    Examples
    --------
    >>> float(evaluate(parse("(512 / 251 - 1) * 100"), {}).point).__round__(2)
    103.98
    """
    if isinstance(expression, Node):
        return _OPERATIONS[expression.sign](
            evaluate(expression.left, figures), evaluate(expression.right, figures)
        )
    if expression.kind == "constant":
        return digits.exact(expression.text)
    return digits.printed(expression.text) if expression.kind == "printed" else figures[expression.text]


def show(expression: Expression, digits: Mapping[str, str], within: str = "") -> str:
    """The expression with its numbers inserted.

    Examples
    --------
    >>> show(parse("(gdp[2019] / gdp[2018] - 1) * 100"), {"gdp[2019]": "110", "gdp[2018]": "100"})
    '(110 / 100 − 1) × 100'
    """
    if isinstance(expression, Leaf):
        return digits.get(expression.text, expression.text)
    text = (
        show(expression.left, digits, expression.sign)
        + _SHOWN[expression.sign]
        + show(expression.right, digits, expression.sign + "r")
    )
    return f"({text})" if _bracketed(expression.sign, within) else text


def _bracketed(sign: str, within: str) -> bool:
    strength = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
    if not within:
        return False
    outer = strength[within[0]]
    return strength[sign] < outer or (within in ("-r", "/r", "^", "^r") and strength[sign] <= outer)
