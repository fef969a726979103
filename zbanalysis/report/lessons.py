"""What a notebook shows beside its charts: a frame with whole names, a figure worked out by hand, a sentence.

Each says so in words where there is nothing to show, so that a plan without figures reads as well as another.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from zbanalysis.errors import ZbError
from zbanalysis.report.blocks import Column, frame
from zbanalysis.report.words import label, missing

PRECISION = 1e-9
"""By how much, relative to itself, a figure worked out by hand may differ from the function's."""

WHOLE_FROM = 1e5
"""A figure as large is written without decimals, and never as 1.2e+06."""


@dataclass(frozen=True)
class Shown:
    """Text for a terminal and a page for a notebook; IPython asks for what it can show."""

    text: str
    page: str = ""
    markdown: str = ""

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str | None:
        return self.page or None

    def _repr_markdown_(self) -> str | None:
        return self.markdown or None


def table(rows: pd.DataFrame, lang: str, columns: str | Sequence[Column] = "") -> Shown:
    """A frame as a table whose names are never cut; words stand at the left, figures at the right.

    Parameters
    ----------
    rows
        Any frame, as a function gives it or written out for readers; its index is not shown.
    lang
        ``zh`` or ``en``: the language of the sentence in place of a table without rows.
    columns
        Names with blanks between, all by default; ``name`` stands for ``name_zh`` or ``name_en``.
        Or those of a table of the report, whose cells are then shown as the report prints them.

    Examples
    --------
    >>> table(pd.DataFrame({"name": ["Certified high-tech enterprises"], "value": [703.0]}), "en")
                                name  value
     Certified high-tech enterprises    703
    >>> table(pd.DataFrame({"name_en": ["Zibo"], "level": ["city"]}), "en", "level name")
    level name_en
     city    Zibo
    >>> table(pd.DataFrame({"name": []}), "en")
    There is nothing to show here: no figure known by this day bears on it.
    """
    if rows.empty:
        return say([], lang)
    if columns and not isinstance(columns, str):
        rows = frame(rows, columns, lang)
    elif columns:
        rows = rows[[name if name in rows else f"{name}_{lang}" for name in columns.split()]]
    figures = {name: pd.api.types.is_numeric_dtype(rows[name].dtype) for name in rows}
    written = pd.DataFrame({name: rows[name].map(_written) for name in rows})
    rows_of = (row.items() for _, row in written.iterrows())
    lines = ["".join(_cell("td", text, figures[name]) for name, text in row) for row in rows_of]
    head = "".join(_cell("th", str(name), figures[name]) for name in written)
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    page = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return Shown(written.to_string(index=False), page)


def _cell(tag: str, text: str, is_figure: bool) -> str:
    side = "right" if is_figure or (tag == "td" and re.fullmatch(r"[−-]?[\d.,]+%?", text)) else "left"
    return f'<{tag} style="text-align:{side}">{html.escape(text)}</{tag}>'


def _written(value: object) -> str:
    if missing(value):
        return ""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= WHOLE_FROM else f"{value:.6g}"


def worked(rows: pd.DataFrame, formula: str, column: str, lang: str, *, within: float = 0.0) -> Shown:
    """A figure of a column worked out from the row's other columns, with its numbers filled in.

    Parameters
    ----------
    rows
        Has the columns that the formula names; of the rows with all of them the first that is not 0 is shown.
    formula
        As `pandas.DataFrame.eval` reads it.
    column
        What the library found.
    lang
        ``zh`` or ``en``.
    within
        Half a unit of the last digit where the figure is a printed one; 0 for a computed figure.

    Returns
    -------
    Shown
        The formula with the row's numbers, what it gives, and the library's figure.

    Raises
    ------
    ZbError
        If the two differ in any row: then the notebook stops.

    Examples
    --------
    >>> row = pd.DataFrame({"now": [1027.0], "base": [703.0], "target": [1800.0], "done": [0.2953509571]})
    >>> worked(row, "(now - base) / (target - base)", "done", "en")
    (1027 − 703) / (1800 − 703) = 0.295351; the function's figure: 0.295351
    """
    known = rows[rows[column].notna()]
    by_hand = known.eval(formula) if len(known) else known[column]
    known, by_hand = known[by_hand.notna()], by_hand[by_hand.notna()].astype(float)
    if known.empty:
        return say([label("lesson.no_figure", lang)], lang)
    for (_, row), value in zip(known.iterrows(), by_hand, strict=True):
        if not math.isclose(value, row[column], rel_tol=PRECISION, abs_tol=within + PRECISION):
            raise ZbError(f"{column}: {_filled(formula, row)} is {value:.9g}, not {row[column]:.9g}.")
    place = int(by_hand.ne(0).to_numpy().argmax())
    first, name = known.iloc[place], known.iloc[place].get(f"name_{lang}", "")
    sum_ = f"{_filled(formula, first)} = {by_hand.iloc[place]:.6g}"
    same = label("lesson.same", lang, figure=f"{first[column]:.6g}")
    about = label("lesson.about", lang, name=name) if name else ""
    return Shown(about + sum_ + same, markdown=f"{about}**{_plain(sum_)}**{same}")


def _filled(formula: str, row: pd.Series) -> str:
    def number(match: re.Match) -> str:
        value = row.get(match[0])
        if value is None or isinstance(value, str):
            return match[0]
        # A projection is right to seven digits on every machine (its fans are of single precision).
        digits = f"{value:.0f}" if float(value).is_integer() else f"{value:.8g}"
        return f"({digits})".replace("-", "−") if value < 0 else digits.replace("-", "−")

    text = re.sub(r"[A-Za-z_]\w*", number, formula)
    return re.sub(r" \*\* ", "^", text).replace(" - ", " − ").replace(" * ", " × ")


def _plain(text: str) -> str:
    return re.sub(r"([\\*_`~<])", r"\\\1", text)


def say(sentences: Iterable[str], lang: str) -> Shown:
    """Sentences as a paragraph each, or that there is nothing to say.

    Examples
    --------
    >>> say(["5 of 10 targets have been reached."], "en")
    5 of 10 targets have been reached.
    """
    below = label("lesson.below", lang)
    texts = [re.sub(r"\{\{ref:\w+\}\}", below, text) for text in sentences if text]
    texts = texts or [label("lesson.nothing", lang)]
    return Shown("\n".join(texts), markdown="\n\n".join(map(_plain, texts)))
