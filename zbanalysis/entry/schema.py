"""The tables that the form asks for: columns, keys, what a cell may hold; and the words of its sheets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from zbanalysis.data import limits, schema
from zbanalysis.report.words import LANGUAGES, known, label

MADE = {
    "areas": ("area", "level"),
    "sources": ("source", "confidence"),
    "bases": ("basis",),
    "indicators": ("indicator", "domain"),
    "observations": ("area", "basis", "status"),
    "plans": ("plan", "area", "report"),
    "targets": ("plan", "area", "order", "basis", "attribute", "source"),
    "survey": ("plan",),
    "tasks": ("plan", "task", "order", "source"),
    "evidence": (),
}
"""Columns of the form that may stay empty though the table needs them: `merge.complete` fills them."""

FORM = tuple(MADE)
"""Tables that a person fills in the form, in the order of its sheets: what others refer to comes first."""

TAKEN = (*FORM, "task_progress")
"""Tables that an import may change: those of the form, and the answers of the offices."""

OPTIONAL = ("survey", "tasks", "evidence", "statements")
"""Tables that may stand empty."""

PLACEHOLDER = "placeholder"
"""How the short names of the invented example in a new folder begin."""

PERCENT = ("stated_rate", "stated_change", "share")
"""Columns in per cent whatever the indicator; the sign is left out in the file."""


@dataclass(frozen=True)
class Column(schema.Field):
    """One column of a table as the form has it; ``refers`` names the table of which it takes a short name."""

    refers: str = ""

    @property
    def form(self) -> str:
        """How a cell of it is read: ``digits`` are kept as published, what has no other form is ``text``."""
        if self.refers or self.choices:
            return "reference" if self.refers else "choice"
        if self.type in ("date", "integer", "number", "period"):
            return self.type
        return "digits" if r"[0-9]+(\.[0-9]+)" in self.pattern else "text"


@dataclass(frozen=True)
class Table:
    """One table: its columns in order and those that name a row."""

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]

    @property
    def identifier(self) -> str:
        """The column that other tables refer to; empty where none do."""
        return self.key[0] if len(self.key) == 1 else ""

    @property
    def labelled(self) -> tuple[str, ...]:
        """The columns that say in Chinese and English what a row is called."""
        return tuple(one for one in ("name_zh", "title_zh", "name_en", "title_en") if one in self.columns)


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
    return {one.name: _table(one) for path, one in schema.tables().items() if "/" not in path}


def _table(table: schema.Table) -> Table:
    refers = {column: path.removesuffix(".csv") for column, path, _ in table.foreign}
    columns = {}
    for field in table.fields:
        required = field.required and field.name not in MADE.get(table.name, ())
        about = vars(field) | {"required": required, "refers": refers.get(field.name, "")}
        columns[field.name] = Column(**about)
    return Table(table.name, columns, table.key)


# --- the words of the form, Chinese and English side by side ---

TITLE_ROW, HEADING_ROW, FIRST_ROW = 1, 2, 3
"""Where a sheet says what it is for, where its headings stand, and where data begin."""


def sheet(table: str) -> str:
    """Name of a table's sheet.

    Examples
    --------
    >>> sheet("observations")
    '指标数值 Figures'
    """
    return both(f"entry.sheet.{table}", " ")


PASTED = "wide"
"""The form's sheet into which a table is pasted as printed."""

PASTED_ROW = 4
"""The row from which on it is pasted."""

PASTED_ABOUT = {"area": (1, 2), "source": (1, 4), "locator": (1, 6)}
"""Where that sheet says what holds for the whole table."""


def sheets() -> dict[str, str]:
    """Table of each sheet by what the sheet may be called: its name, either half of it, the table's own."""
    return _by_words("entry.sheet", (*TAKEN, PASTED))


def headings(table: Table) -> dict[str, str]:
    """Column of each heading of a sheet by what the heading may say."""
    return _by_words("entry.column", table.columns)


def _by_words(words: str, names: Iterable[str]) -> dict[str, str]:
    keys = {name: f"{words}.{name}" for name in names}
    texts = {name: (both(key, ""), name, *_words(key)) for name, key in keys.items()}
    return {plain(text): name for name in texts for text in texts[name]}


def _words(key: str) -> list[str]:
    return [label(key, lang) for lang in LANGUAGES]


def plain(text: object) -> str:
    """A heading or name for comparing: as `limits.alike`, and without stars, blanks and line ends."""
    return "".join(limits.alike(str(text)).replace("*", "").split())


def heading(column: str) -> str:
    """What stands over a column, in two lines."""
    return both(f"entry.column.{column}", "\n")


def both(key: str, between: str) -> str:
    """Words in Chinese and then in English."""
    return between.join(_words(key))


def listed(names: Iterable[str], lang: str) -> str:
    """Names in a row."""
    return label("entry.between", lang).join(names)


def choice(column: str, value: str) -> str:
    """An entry of a drop-down list: the value as the file has it, then what it means.

    Examples
    --------
    >>> choice("direction", "up")
    'up 越大越好'
    """
    return f"{value} {label(f'entry.choice.{column}.{value}', 'zh')}"


def choices(column: Column) -> dict[str, str]:
    """Value of each thing a choice cell may say: the list's entry, the value, or its words."""
    codes = {}
    for value in column.choices:
        words = _words(f"entry.choice.{column.name}.{value}")
        codes |= {plain(text): value for text in (choice(column.name, value), value, *words)}
    return codes


def explained(column: Column) -> str:
    """The comment on a heading: what to write, in both languages."""
    words = f"identifier_{sign(column)}" if column.form == "text" and column.pattern else column.form
    words = column.name if known(f"entry.help.{column.name}") else words
    lines = []
    for lang in LANGUAGES:
        sheet_words = label(f"entry.sheet.{column.refers}", lang) if column.refers else ""
        lines.append(label(f"entry.help.{words}", lang, sheet=sheet_words))
        key = f"entry.choice.{column.name}"
        lines += [f"  {value}: {label(f'{key}.{value}', lang)}" for value in column.choices]
    return "\n".join(lines)


def sign(column: Column) -> str:
    """What parts the words of a short name: ``hyphens`` or ``underscores``."""
    return "underscores" if "_" in column.pattern else "hyphens"


def shown(path: object) -> str:
    """A path within a command that a user can copy, in quotes where it has blanks or signs.

    Examples
    --------
    >>> shown("city"), shown("温州洞头"), shown("my city/form.xlsx"), shown("$HOME")
    ('city', '温州洞头', '"my city/form.xlsx"', "'$HOME'")
    """
    text = str(path)
    if re.fullmatch(r"[\w./\\:~+-]+", text) and not text.startswith("-"):
        return text
    # Double quotes are understood by every shell, the one of Windows too; not all signs are plain in them.
    return shlex.quote(text) if re.search(r'[$`"!]', text) else f'"{text}"'


UNKNOWN = {"zh": "待补", "en": "to be filled in"}
"""The unit of a drafted indicator whose document does not say it, by language."""
