"""The words of the form: names of sheets, headings, lists; Chinese and English side by side."""

from __future__ import annotations

import unicodedata

from zbanalysis.entry.schema import FORM, Column, tables
from zbanalysis.report.words import label

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


def sheets() -> dict[str, str]:
    """Table of each sheet by what the sheet may be called: its name, either half of it, the table's own."""
    found = {}
    for table in FORM:
        names = (sheet(table), table, *(label(f"entry.sheet.{table}", lang) for lang in ("zh", "en")))
        found |= {plain(name): table for name in names}
    return found


def headings(table: str) -> dict[str, str]:
    """Column of each heading of a sheet by what the heading may say."""
    found = {}
    for name in tables()[table].columns:
        words = (heading(name), name, *(label(f"entry.column.{name}", lang) for lang in ("zh", "en")))
        found |= {plain(text): name for text in words}
    return found


def plain(text: object) -> str:
    """A heading or name for comparing: no stars, blanks and line ends, small letters."""
    return "".join(str(text).replace("*", "").split()).casefold()


def heading(column: str) -> str:
    """What stands over a column, in two lines."""
    return both(f"entry.column.{column}", "\n")


def both(key: str, between: str) -> str:
    """Words in Chinese and then in English."""
    return f"{label(key, 'zh')}{between}{label(key, 'en')}"


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
    found = {}
    for value in column.choices:
        words = (label(f"entry.choice.{column.name}.{value}", lang) for lang in ("zh", "en"))
        found |= {plain(text): value for text in (choice(column.name, value), value, *words)}
    return found


def explained(table: str, column: Column) -> str:
    """The comment on a heading: what to write, in both languages."""
    lines = []
    for lang in ("zh", "en"):
        lines.append(_explained(table, column, lang))
        if column.choices:
            key = f"entry.choice.{column.name}"
            lines += [f"  {value}: {label(f'{key}.{value}', lang)}" for value in column.choices]
    return "\n".join(lines)


def _explained(table: str, column: Column, lang: str) -> str:
    own = ("locator", "base_value", "target_value", "share", "figure")
    if column.name in own:
        return label(f"entry.help.{column.name}", lang)
    if column.refers:
        return label("entry.help.reference", lang, sheet=label(f"entry.sheet.{column.refers}", lang))
    if column.form == "text" and column.pattern:
        return label(f"entry.help.identifier_{sign(column)}", lang)
    return label(f"entry.help.{column.form}", lang)


def sign(column: Column) -> str:
    """What parts the words of a short name: ``dash`` or ``line``."""
    return "line" if "_" in column.pattern else "dash"


def width(text: str) -> int:
    """Width of a text in half characters: a Han character takes two.

    Examples
    --------
    >>> width("指标 x")
    6
    """
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
