"""What is wrong in a form, by sheet and cell, in the user's language, all at once."""

from __future__ import annotations

import locale
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from zbanalysis.entry.words import width
from zbanalysis.errors import InputError
from zbanalysis.labels import label


class EntryError(InputError):
    """A form that cannot be taken in; its text is in the user's language."""


@dataclass(frozen=True)
class Wrong:
    """One thing wrong: sheet, cell, what stands there, and the key of the words for what would be right."""

    sheet: str
    cell: str
    value: str
    key: str
    values: dict = field(default_factory=dict, hash=False)

    def words(self, lang: str) -> str:
        """What is wrong and what would be right."""
        named = dict(self.values)
        if "column" in named:
            named["column"] = label(f"entry.column.{named['column']}", lang)
        if "columns" in named:
            between = "、" if lang == "zh" else ", "
            named["columns"] = between.join(label(f"entry.column.{name}", lang) for name in named["columns"])
        if "kind" in named:
            named["kind"] = label(f"entry.choice.kind.{named['kind']}", lang)
        return label(f"entry.wrong.{self.key}", lang, value=_short(self.value), **named)


def language() -> str:
    """The user's language as the system tells it: ``zh`` for Chinese, else ``en``.

    Examples
    --------
    >>> language() in ("zh", "en")
    True
    """
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    # Windows sets none of these variables.
    told = told or locale.getlocale()[0] or ""
    return "zh" if told.lower().startswith(("zh", "chinese")) else "en"


def refuse(wrongs: Sequence[Wrong], order: Sequence[str], lang: str) -> None:
    """Raise one error that shows everything wrong as a table; do nothing without any.

    Parameters
    ----------
    wrongs
        In any order.
    order
        Names of the sheets in the order of the form.
    lang
        ``zh`` or ``en``.
    """
    if not wrongs:
        return
    place = {name: i for i, name in enumerate(order)}
    listed = sorted(set(wrongs), key=lambda one: (place.get(one.sheet, len(place)), *_position(one.cell)))
    heads = [label(f"entry.told.{name}", lang) for name in ("sheet", "cell", "value", "problem")]
    rows = [heads] + [[one.sheet, one.cell, _short(one.value), one.words(lang)] for one in listed]
    title = label("entry.told.title", lang, count=len(listed))
    raise EntryError("\n".join([title, *_aligned(rows)]))


def _position(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :] or 0), len(letters), letters


def _short(text: str, most: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _aligned(rows: list[list[str]]) -> list[str]:
    """Columns one below the other; a Han character is two wide on a terminal."""
    widths = [max(width(row[i]) for row in rows) for i in range(3)]
    return [
        "  ".join(
            [*(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=False)), row[-1]]
        ).rstrip()
        for row in rows
    ]
