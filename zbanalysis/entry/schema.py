"""The tables of a data folder as its descriptor states them: columns, keys, what a cell may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from zbanalysis.data import schema

FORM = (
    "areas",
    "sources",
    "bases",
    "indicators",
    "observations",
    "plans",
    "targets",
    "survey",
    "tasks",
    "evidence",
)
"""Tables that a person fills in the form, in the order of its sheets: what others refer to comes first."""

OPTIONAL = ("survey", "tasks", "evidence", "statements")
"""Tables that may stand empty."""

PLACEHOLDER = "placeholder"
"""How the short names of the invented example in a new folder begin."""

PERCENT = ("stated_rate", "stated_change", "share")
"""Columns in per cent whatever the indicator; the sign is left out in the file."""


@dataclass(frozen=True)
class Column:
    """One column: its type, whether it must be filled, and what it may hold.

    ``form`` is how a cell of it is read: ``digits`` (kept as published), ``number``, ``integer``,
    ``date``, ``period``, ``choice``, ``reference`` or ``text``.
    """

    name: str
    form: str
    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    lowest: int | None = None
    highest: int | None = None
    refers: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its columns in order and those that name a row."""

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    labelled: tuple[str, ...] = field(default=())

    @property
    def identifier(self) -> str:
        """The column that other tables refer to; empty where none do."""
        return self.key[0] if len(self.key) == 1 else ""


def descriptor() -> dict:
    """The Data Package descriptor of a new folder: our tables, without what is said of our own data."""
    resources = [one for one in schema.descriptor()["resources"] if "/" not in one["path"]]
    return {
        "name": "zbanalysis-own-data",
        "title": "Published figures and targets of a city, for the evaluation of its five-year plan",
        "version": "1.0.0",
        "resources": resources,
    }


@cache
def tables() -> dict[str, Table]:
    """Every table of a new folder by its name.

    Examples
    --------
    >>> tables()["observations"].columns["value"].form, tables()["sources"].identifier
    ('digits', 'source')
    """
    return {one["name"]: _table(one) for one in descriptor()["resources"]}


def _table(resource: Mapping) -> Table:
    about = resource["schema"]
    refers = {
        key["fields"][0]: key["reference"]["resource"] or resource["name"]
        for key in about.get("foreignKeys", [])
    }
    columns = {one["name"]: _column(one, refers.get(one["name"], "")) for one in about["fields"]}
    named = tuple(name for name in ("name_zh", "title_zh") if name in columns)
    return Table(resource["name"], columns, tuple(about["primaryKey"]), named)


def _column(stated: Mapping, refers: str) -> Column:
    limits = stated.get("constraints", {})
    pattern = limits.get("pattern", "")
    return Column(
        name=stated["name"],
        form=_form(stated["type"], pattern, limits, refers),
        required=limits.get("required", False),
        choices=tuple(limits.get("enum", ())),
        pattern=pattern,
        lowest=limits.get("minimum"),
        highest=limits.get("maximum"),
        refers=refers,
    )


def _form(kind: str, pattern: str, limits: Mapping, refers: str) -> str:
    if refers:
        return "reference"
    if "enum" in limits:
        return "choice"
    if kind in ("date", "integer", "number"):
        return kind
    if "(Q[1-4]|" in pattern:
        return "period"
    return "digits" if r"[0-9]+(\.[0-9]+)" in pattern else "text"
