"""The kinds of targets: what the number of each is, and which cells it needs.

One table for the check of a folder, the form, the judgement and the report; the formulas stand in
`zbanalysis.plan.kinds`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of target.

    ``number`` is what its target value is: a ``level`` of the indicator, a ``change`` in its unit,
    ``per_cent``, a ``sum``, a ``distance`` to another series, or empty for words; ``needs`` the cells
    without which it says nothing; ``every_year`` whether it holds in each year rather than at the end.
    """

    number: str
    needs: tuple[str, ...] = ("target_value",)
    every_year: bool = False


KINDS = MappingProxyType({
    "level": Kind("level"),
    "average_growth": Kind("per_cent"),
    "average_rate": Kind("level"),
    "cumulative_change": Kind("per_cent"),
    "absolute_change": Kind("change"),
    "cumulative_sum": Kind("sum"),
    "ceiling": Kind("level", every_year=True),
    "floor": Kind("level", every_year=True),
    "range": Kind("level", ("target_value", "target_upper")),
    "keep": Kind("level"),
    "relative": Kind("distance", ()),
    "in_words": Kind("", ()),
    "qualitative": Kind("", ()),
})  # fmt: skip

LEVELS = tuple(name for name, kind in KINDS.items() if kind.number == "level")
"""Kinds whose target is a value of the indicator; a growth or change is not, though its base is."""
IN_WORDS = tuple(name for name, kind in KINDS.items() if not kind.number)
"""Kinds without a number; ``qualitative`` is the earlier word for ``in_words``."""
EVERY_YEAR = tuple(name for name, kind in KINDS.items() if kind.every_year)
CHANGES = ("average_growth", "cumulative_change", "absolute_change")
"""Kinds that tell how far the indicator is to move from its base."""
BASED = ("level", *CHANGES)
"""Kinds that are judged by the way from their base; the others need none."""
OVER_YEARS = ("cumulative_sum", "average_rate")
"""Kinds that all years of the target's period make together; the base year is none of them."""

COMPARATORS = ("exactly", "at_least", "more_than", "about", "at_most", "less_than")
