"""The tables of a data folder as the program knows them: columns, what a cell may hold, what refers to what.

The tables stand in ``datapackage.json`` beside this module, a Table Schema.  A folder brings its own
copy for other programs; what that copy says is never asked, for it may come from anybody.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from zbanalysis.data import limits, periods
from zbanalysis.errors import Problem

if TYPE_CHECKING:  # a command with nothing to do reads these tables' names and no frame
    import pandas as pd

DESCRIPTOR = "datapackage.json"
REQUIRED = ("sources", "areas", "bases", "indicators", "observations", "plans", "targets")
"""Tables that every folder has; the others are optional."""

LANGUAGES = ("zh", "en")
LANGUAGE_NAMES = {"zh": "Chinese", "en": "English"}
MOST = 2 / 3
"""Share of the names from which on a language is the folder's; what lacks it then was forgotten."""

NAMES = {"plans": "name", "areas": "name", "indicators": "name", "sources": "title"}
"""What a report names most, and the text that says how."""

_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {  # patterns that have a sentence of their own
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "code_hyphens",
    r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$": "code_underscores",
    r"^-?[0-9]+(\.[0-9]+)?$": "number",
    r"^[0-9]+(\.[0-9]+)?$": "number",
}


@dataclass(frozen=True)
class Field:
    """One column: its type (Table Schema's, or ``period``, ``partial_day``, ``code``) and its limits."""

    name: str
    type: str
    required: bool = False
    unique: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns, the columns that name a row, and its references.

    ``foreign`` has column, path of the table it refers to, and the column there; ``languages`` the
    texts that must stand in one language at least (``name`` for ``name_zh`` and ``name_en``).
    """

    name: str
    path: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    foreign: tuple[tuple[str, str, str], ...]
    languages: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """Names of all columns, in order."""
        return [field.name for field in self.fields]

    @property
    def needed(self) -> list[str]:
        """Columns without which a file is refused; the others may be left out."""
        return [field.name for field in self.fields if field.required]

    @property
    def texts(self) -> list[str]:
        """Texts that stand in Chinese and English: ``name`` for ``name_zh`` and ``name_en``."""
        return [name[:-3] for name in self.columns if name.endswith("_zh")]

    @property
    def words(self) -> list[str]:
        """Columns of free text: names, units, places, notes."""
        refers = {column for column, _, _ in self.foreign}
        free = (one for one in self.fields if one.type == "string" and not one.choices and not one.pattern)
        return [one.name for one in free if one.name not in refers]

    @property
    def is_required(self) -> bool:
        """Whether every folder has it."""
        return self.name in REQUIRED


@cache
def descriptor() -> Mapping:
    """The Data Package descriptor of the program: all tables."""
    text = files("zbanalysis.data").joinpath(DESCRIPTOR).read_text("utf-8")
    return MappingProxyType(json.loads(text))


@cache
def tables() -> Mapping[str, Table]:
    """Every table of a data folder by its path in it.

    Examples
    --------
    >>> tables()["observations.csv"].needed
    ['area', 'indicator', 'period', 'value', 'status', 'basis', 'source', 'locator']
    """
    resources = descriptor()["resources"]
    paths = {one["name"]: one["path"] for one in resources}
    return MappingProxyType({one["path"]: _table(one, paths) for one in resources})


def _table(resource: Mapping, paths: Mapping[str, str]) -> Table:
    schema, path = resource["schema"], resource["path"]
    references = [(key["fields"][0], key["reference"]) for key in schema.get("foreignKeys", ())]
    foreign = [(column, paths.get(of["resource"], path), of["fields"][0]) for column, of in references]
    fields, languages = tuple(map(_field, schema["fields"])), tuple(schema.get("languages", ()))
    return Table(resource["name"], path, fields, tuple(schema["primaryKey"]), tuple(foreign), languages)


def _field(stated: Mapping) -> Field:
    limit = stated.get("constraints", {})
    pattern, kind = limit.get("pattern", ""), stated["type"]
    if "(Q[1-4]|" in pattern:
        kind = "period"
    elif pattern.startswith(r"^\d{4}"):
        kind = "partial_day"
    elif _WORDS.get(pattern, "").startswith("code"):
        kind = "code"
    required, unique = limit.get("required", False), limit.get("unique", False)
    least, most = limit.get("minimum"), limit.get("maximum")
    choices = tuple(limit.get("enum", ()))
    return Field(stated["name"], kind, required, unique, choices, pattern, least, most)


def problems(read: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Every cell that is not what its column may hold, every double and every reference to nothing.

    Parameters
    ----------
    read
        Tables as text by path, their index the rows of the file.
    """
    wrong = []
    for path, table in read.items():
        for field in tables()[path].fields:
            wrong += _cells(path, table, field)
        wrong += [*_languages(path, table), *_keys(path, table), *_references(path, table, read)]
    return wrong


def complete(table: pd.DataFrame, path: str) -> pd.DataFrame:
    """A table with all its columns in their order: those that a file leaves out are empty."""
    return table.reindex(columns=tables()[path].columns, fill_value="")


def both_languages(table: pd.DataFrame, path: str) -> pd.DataFrame:
    """A table whose texts stand in both languages: where one is empty, the other is used."""
    filled = {}
    for name in tables()[path].texts:
        zh, en = table[f"{name}_zh"].tolist(), table[f"{name}_en"].tolist()
        if "" in zh or "" in en:
            filled[f"{name}_zh"] = [own or other for own, other in zip(zh, en, strict=True)]
            filled[f"{name}_en"] = [own or other for own, other in zip(en, zh, strict=True)]
    return table.assign(**filled)


def of_text(text: str) -> str:
    """The language of a text: ``zh`` where any of its letters is Chinese, else ``en``."""
    return "zh" if re.search("[\u3400-\u9fff]", text) else "en"


def single(read: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """What is named in one language only: by table, its code and that language.

    Parameters
    ----------
    read
        A folder's tables as text, by path, before one language stands for the other.
    """
    lacking: dict[str, dict[str, str]] = {}
    for (name, text), (lang, other) in product(NAMES.items(), (LANGUAGES, LANGUAGES[::-1])):
        table = read[f"{name}.csv"]
        alone = table[(table[f"{text}_{lang}"] != "") & (table[f"{text}_{other}"] == "")]
        lacking.setdefault(name, {}).update(dict.fromkeys(alone[tables()[f"{name}.csv"].key[0]], lang))
    return lacking


def most(only: Iterable[str]) -> tuple[str, ...]:
    """The languages of names, each given by the one language that it stands in, or empty for both.

    Examples
    --------
    >>> most(["zh", "zh", "zh"]), most(["", "", "zh"]), most(["zh", "en"])
    (('zh',), ('zh', 'en'), ('zh', 'en'))
    """
    names = list(only)
    count = {lang: sum(one in ("", lang) for one in names) for lang in LANGUAGES}
    return tuple(lang for lang in LANGUAGES if count[lang] >= MOST * len(names)) or LANGUAGES


def _cells(path: str, table: pd.DataFrame, field: Field) -> Iterator[Problem]:
    cells = table[field.name]
    # Each text once: a panel of 5,000 rows has 24 different years.
    different = dict.fromkeys(cells.tolist())
    if field.required and "" in different:
        yield from Problem.each(path, cells[cells == ""], "required")
    for text in different:
        if text and (wrong := _wrong(text, field)):
            yield from Problem.each(path, cells[cells == text], wrong[0], **wrong[1])
    if field.unique and len(different) < len(cells):
        yield from Problem.each(path, cells[(cells != "") & cells.duplicated()], "unique")


def _wrong(text: str, field: Field) -> tuple[str, dict] | None:
    """The key and values of what is wrong with one cell; None where it is right."""
    if field.choices:
        return None if text in field.choices else ("enum", {"choices": ", ".join(field.choices)})
    if field.type in ("period", "date", "partial_day"):
        return _time(text, field)
    words = _WORDS.get(field.pattern, "")
    longest = {"code": limits.IDENTIFIER, "integer": limits.NUMBER, "number": limits.NUMBER}
    most = longest.get("number" if words == "number" else field.type)
    if most and len(text) > most:
        return "too_long", {"most": most, "count": len(text)}
    if field.pattern and not re.fullmatch(field.pattern, text, re.ASCII):
        return words or "pattern", {"pattern": field.pattern}
    if field.type == "code" and text in limits.RESERVED:
        return "reserved", {"value": text}
    if field.type in ("integer", "number"):
        return _number(text, field)
    return None


def _number(text: str, field: Field) -> tuple[str, dict] | None:
    if not (_INTEGER if field.type == "integer" else _NUMBER).fullmatch(text):
        return field.type, {}
    value = float(text)
    if field.least is not None and value < field.least:
        return "minimum", {"limit": field.least}
    if field.most is not None and value > field.most:
        return "maximum", {"limit": field.most}
    return None


def _time(text: str, field: Field) -> tuple[str, dict] | None:
    if field.type == "period":
        return wrong_period(text)
    written = _DAY.fullmatch(text) if field.type == "date" else re.fullmatch(field.pattern, text, re.ASCII)
    return None if written and is_day(text) else ("day" if field.type == "date" else "partial_day", {})


def wrong_period(text: str) -> tuple[str, dict] | None:
    """The key and values of what is wrong with a period; None where it is right."""
    try:
        periods.position(text)
    except ValueError:
        end = periods.split_year(text)
        return ("fiscal_year", {"end": end, "first": end - 1}) if end else ("period", {})
    return None


def is_day(text: str) -> bool:
    """Whether a text is a day (``2020-07-23``), a month (``2020-07``) or a year (``2020``) that there was.

    Examples
    --------
    >>> is_day("2020-02-29"), is_day("2021-02-29"), is_day("2020-07"), is_day("2020-7-1")
    (True, False, True, False)
    """
    whole = text + "0000-01-01"[len(text) :]
    try:
        return bool(_DAY.fullmatch(whole)) and len(text) in (4, 7, 10) and bool(dt.date.fromisoformat(whole))
    except ValueError:
        return False


def _languages(path: str, table: pd.DataFrame) -> Iterator[Problem]:
    for name in tables()[path].languages:
        zh, en = table[f"{name}_zh"], table[f"{name}_en"]
        if "" in zh.tolist():
            yield from Problem.each(path, zh[(zh == "") & (en == "")], "language", name=name)


def _keys(path: str, table: pd.DataFrame) -> Iterator[Problem]:
    key = list(tables()[path].key)
    unique = {field.name for field in tables()[path].fields if field.unique}
    if not set(key) <= unique:  # else said of the column already
        for row, cells in table.loc[table.duplicated(key), key].iterrows():
            yield Problem(path, int(row), "", ", ".join(cells[:4]), "primary_key")


def _references(path: str, table: pd.DataFrame, read: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    for column, target, key in tables()[path].foreign:
        there = {"", *(read[target][key].tolist() if target in read else ())}
        if not there.issuperset(table[column].tolist()):
            cells = table.loc[~table[column].isin(there), column]
            yield from Problem.each(path, cells, "foreign_key", table=target)


def offices_in(cell: str) -> list[str]:
    """The offices that a cell names.

    Examples
    --------
    >>> offices_in("规划科；人才科、办公室"), offices_in("Planning, Talent")
    (['规划科', '人才科', '办公室'], ['Planning', 'Talent'])
    """
    return list(dict.fromkeys(name.strip() for name in re.split("[；;、,，]", cell) if name.strip()))


# --- kinds of targets ---


class Kind(NamedTuple):
    """One kind of target; nothing is left to a default, so that a new kind says all of it.

    ``number`` is what its target value is: a ``level`` of the indicator, a ``mean`` of yearly rates, a
    ``sum``, a ``change`` in its unit, ``per_cent`` over the plan, ``growth`` in per cent a year, a
    ``distance`` to another series, or empty for words; ``judged`` by the ``way`` from its base, by what all
    years make ``together`` (the base year is none of them), in ``each_year``, at the ``end``, or in
    ``words``; ``needs`` the cells without which it says nothing; ``direction`` the way in which it is
    always met, empty where that is the target's own.
    """

    number: str
    judged: str
    needs: tuple[str, ...]
    direction: str


KINDS = MappingProxyType({
    "level": Kind("level", "way", ("target_value",), ""),
    "average_growth": Kind("growth", "way", ("target_value",), ""),
    "average_rate": Kind("mean", "together", ("target_value",), ""),
    "cumulative_change": Kind("per_cent", "way", ("target_value",), ""),
    "absolute_change": Kind("change", "way", ("target_value",), ""),
    "cumulative_sum": Kind("sum", "together", ("target_value",), ""),
    "ceiling": Kind("level", "each_year", ("target_value",), "down"),
    "floor": Kind("level", "each_year", ("target_value",), "up"),
    "range": Kind("level", "end", ("target_value", "target_upper"), ""),
    "keep": Kind("level", "end", ("target_value",), ""),
    "relative": Kind("distance", "end", (), ""),
    "in_words": Kind("", "words", (), ""),
    "qualitative": Kind("", "words", (), ""),
})  # fmt: skip
"""``qualitative`` is the earlier word for ``in_words``."""


def _kinds(field: str, *values: str) -> tuple[str, ...]:
    return tuple(name for name, kind in KINDS.items() if getattr(kind, field) in values)


LEVELS = _kinds("number", "level")
"""Kinds whose target is a value of the indicator; a growth or change is not, though its base is."""
SUMS, MEANS, RELATIVE = _kinds("number", "sum"), _kinds("number", "mean"), _kinds("number", "distance")
VALUES, STATED_AS_VALUE = (*LEVELS, *MEANS), (*LEVELS, *SUMS)
"""Kinds whose number has the indicator's bounds; kinds that state the value to be reached."""
GROWTHS = _kinds("number", "growth", "per_cent")
CHANGES = (*GROWTHS, *_kinds("number", "change"))
"""Kinds that tell how far the indicator is to move from its base."""
OF_THE_PLAN = _kinds("number", "per_cent", "change")
"""Changes over all of the plan's years, whose figures may be the change itself."""
BASED = _kinds("judged", "way")
"""Kinds that are judged by the way from their base; the others need none."""
EVERY_YEAR, AT_END = _kinds("judged", "each_year"), _kinds("judged", "end")
TO_REACH = tuple(name for name in BASED if name in LEVELS)
OVER_YEARS = _kinds("judged", "together")
"""Kinds that all years of the target's period make together."""
HELD = (*EVERY_YEAR, *AT_END, *MEANS)
"""Kinds that are held or not, rather than a way to be gone."""
IN_WORDS = _kinds("judged", "words")
RANGES = tuple(name for name, kind in KINDS.items() if "target_upper" in kind.needs)
VALUED = tuple(name for name, kind in KINDS.items() if "target_value" in kind.needs)
DIRECTIONS = MappingProxyType({name: kind.direction for name, kind in KINDS.items() if kind.direction})

COMPARATORS = ("exactly", "at_least", "more_than", "about", "at_most", "less_than")
