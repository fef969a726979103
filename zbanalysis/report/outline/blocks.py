"""The pieces a document is made of, as the template takes them; see ``reports/template/README.md``."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from zbanalysis.report import words as wording
from zbanalysis.report.words import label

_LEFT = (
    "question",
    "check",
    "fund",
    "money_from",
    "ratio",
    "figures_used",
    "measure",
    "task",
    "task_kind",
    "office",
    "missing",
    "record",
    "what",
    "statement_source",
    "statement",
    "arithmetic",
    "audit_verdict",
    "audit_note",
    "find",
    "period",
    "first_figure",
    "second_figure",
    "find_relation",
    "indicator",
    "judgement",
    "unit",
    "attribute",
    "source",
    "verdict",
    "trend_line",
    "reason",
    "best_other",
    "came",
    "best_area",
    "motion",
    "plan_asks",
    "step_time",
    "step",
    "one_office",
    "tasks_of_office",
)
WIDEST_UPRIGHT = 9
"""A table of more columns may be turned; a narrower one stands upright, so that no page stays empty."""
_CENTRE = ("base_year", "rounding", "cited")
_RULES = ("schedule", "eurostat", "opensdg", "unsd", "sdsn", "germany")


def section(key: str, lang: str, blocks: list[dict], *, appendix: bool = False) -> dict:
    """A headed part of the report."""
    return {"heading": label(key, lang), "appendix": appendix, "blocks": blocks, "sections": []}


def paragraphs(sentences: list[str]) -> list[dict]:
    """One paragraph for each sentence group."""
    return [{"type": "paragraph", "text": sentence} for sentence in sentences]


def bullets(items: list[str], *, plain: bool = False) -> dict:
    """A list; ``plain`` where the items carry their own marks."""
    return {"type": "list", "items": items, "numbered": False, "plain": plain}


def see(name: str) -> str:
    """A reference to a table or figure by its id."""
    return f"{{{{ref:{name}}}}}"


def table(
    name: str,
    frame: pd.DataFrame,
    lang: str,
    *,
    notes: list[str] | None = None,
    statuses: list[str] | None = None,
    source: str = "source.computed",
    cites: Sequence[int] = (),
) -> dict:
    """A three-line table with its caption, notes and source.

    ``statuses`` are the keys by which the judgement column is coloured; ``cites`` the numbers of the
    documents it rests on, in place of the general line of ``source``.
    """
    found = {
        "type": "table",
        "id": name,
        "caption": label(f"caption.{name}", lang),
        "columns": [
            {"header": _header(heading, frame[heading]), "align": _align(heading, lang)}
            for heading in frame.columns
        ],
        "rows": frame.to_numpy().tolist(),
        "notes": notes or [],
        "source": cited(cites, lang) if cites else label(source, lang),
        "landscape": "auto" if len(frame.columns) > WIDEST_UPRIGHT else False,
    }
    if statuses is not None:
        place = list(frame.columns).index(label("column.judgement", lang))
        found["row_styles"] = [{"column": place, "key": status} for status in statuses]
    return found


def cited(numbers: Sequence[int], lang: str) -> str:
    """A source line that names documents by their numbers.

    Examples
    --------
    >>> cited([2, 4, 5, 6], "zh")
    '[2][4—6]，本报告计算'
    """
    return label("source.cited", lang, numbers=marks(numbers, lang))


def marks(numbers: Sequence[int], lang: str) -> str:
    """Numbers of documents in brackets, runs of three and more drawn together.

    Examples
    --------
    >>> marks([2, 4, 5, 6], "en")
    '[2][4–6]'
    """
    runs = wording.numbering(numbers, lang).replace(", ", "、").split("、")
    return "".join(f"[{run}]" for run in runs)


def _header(heading: str, cells: pd.Series) -> str:
    """A long Chinese heading over nothing but dashes is broken in two.

    Its column would else be one character wide.
    """
    empty = cells.isin(["—", ""]).all() and len(heading) > 4 and not heading.isascii()
    return f"{heading[:4]}\n{heading[4:]}" if empty else heading


def _align(heading: str, lang: str) -> str:
    """Words to the left, classes in the middle, figures to the right."""
    if heading in {label(f"column.{column}", lang) for column in _LEFT}:
        return "left"
    words = {label(f"column.{column}", lang) for column in _CENTRE} | {
        label(f"rule_name.{rule}", lang) for rule in _RULES
    }
    return "center" if heading in words else "right"


def figure(
    section_name: str,
    name: str,
    lang: str,
    width_mm: float | None = None,
    source: str = "source.computed",
    cites: Sequence[int] = (),
) -> dict:
    """A chart of the result file with its caption, source and alternative text."""
    found = {
        "type": "figure",
        "id": f"figure-{name}",
        "image": f"{section_name}-{name}.svg",
        "alt": label(f"alt.{name}", lang),
        "caption": label(f"figure.{name}", lang),
        "source": cited(cites, lang) if cites else label(source, lang),
    }
    return found | {"width": width_mm} if width_mm else found
