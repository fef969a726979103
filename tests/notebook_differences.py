"""What a notebook shows now against what is committed: indicator, column, expected, got, and what to do."""

from __future__ import annotations

import difflib
from html.parser import HTMLParser

NAMED = ("指标", "Indicator", "name_zh", "name_en", "target", "series", "任务或措施", "Task or safeguard")
"""Headings of the column that says what a row is about; without one it is the row's first words."""

WHAT_TO_DO = (
    "If this is meant (a figure was corrected, a formula changed): run `make notebooks`, read `git diff notebooks`,\n"
    "and commit it with the change.  If not: the last change of the data or the code is wrong."
)


class _Table(HTMLParser):
    """The cells of a table, a list a row, the headings first."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data


def explain(cell: str, key: str, expected: object, got: object) -> str:
    """The sentence under a failing notebook cell."""
    if key == "text/html":
        lines = _tables(_Table(str(expected)).rows, _Table(str(got)).rows)
    else:
        lines = _texts(str(expected).splitlines(), str(got).splitlines())
    head = f"Cell '{cell}' no longer shows what is committed:"
    return "\n".join([head, *(f"  {line}" for line in lines), WHAT_TO_DO])


def _tables(old: list[list[str]], new: list[list[str]]) -> list[str]:
    if old[:1] != new[:1]:
        was, is_ = (", ".join(rows[0]) if rows else "none" for rows in (old, new))
        return [f"the columns were {was}; they are {is_}"]
    heads = old[0] if old else []
    before, now = _by_name(heads, old[1:]), _by_name(heads, new[1:])
    lines = [
        f"indicator {name}, column {head}: expected {was}, got {is_}"
        for name, row in before.items()
        if name in now
        for head, was, is_ in zip(heads, row, now[name], strict=True)
        if was != is_
    ]
    lines += [f"indicator {name}: expected a row, got none" for name in before if name not in now]
    lines += [f"indicator {name}: expected no row, got one" for name in now if name not in before]
    return lines or ["the rows stand in another order, or their cells look otherwise"]


def _by_name(heads: list[str], rows: list[list[str]]) -> dict[str, list[str]]:
    place = next((heads.index(name) for name in NAMED if name in heads), None)
    found: dict[str, list[str]] = {}
    for row in rows:
        name = row[place] if place is not None else next((text for text in row if _is_words(text)), row[0])
        count = sum(key.split(" [")[0] == name for key in found)
        found[f"{name} [{count + 1}]" if count else name] = row
    return found


def _is_words(text: str) -> bool:
    return text.strip() != "" and not text[0].isdigit()


def _texts(old: list[str], new: list[str]) -> list[str]:
    changed = [line for line in difflib.ndiff(old, new) if line[:2] in ("- ", "+ ")]
    return [{"- ": "expected ", "+ ": "got "}[line[:2]] + line[2:] for line in changed]
