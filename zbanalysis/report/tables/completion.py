"""How far each target is, and what is asked of it each year."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label


def completion(progress: pd.DataFrame, lang: str, citations: dict[str, int] | None = None) -> pd.DataFrame:
    """The table of completion, one row per target, in the official order of columns.

    Parameters
    ----------
    progress
        From `progress.progress`.
    lang
        ``zh`` or ``en``.
    citations
        Number of each source in the report's list; without it the source's id is shown.

    Returns
    -------
    DataFrame
        Texts only; headings in the language asked for.  Completion and time elapsed are left out
        where no target has either, as before the first figure of a plan: the names need the room.
    """
    rows = [_completion_row(row, lang, citations) for _, row in progress.iterrows()]
    table = pd.DataFrame(rows, columns=list(COMPLETION_COLUMNS))
    idle = [name for name in ("completion", "elapsed") if table[name].eq(wording.NONE).all()]
    table = table.drop(columns=idle if len(idle) == 2 and len(table) else [])
    return table.set_axis(cells.headings(tuple(table.columns), lang), axis=1)


COMPLETION_COLUMNS = (
    "order", "indicator", "unit", "attribute", "base", "target", "current",
    "completion", "elapsed", "judgement", "needed", "source",
)  # fmt: skip


def _completion_row(row: pd.Series, lang: str, citations: dict[str, int] | None) -> list[str]:
    return [
        str(int(row["order"])),
        wording.name(row, lang),
        row[f"unit_{lang}"],
        label(f"attribute.{row['attribute']}", lang),
        cells.base(row, lang),
        cells.target(row, lang),
        cells.current(row, lang),
        wording.NONE if cells.unfollowed(row) else wording.percent(row["completion"]),
        wording.NONE if cells.unfollowed(row) else wording.percent(row["elapsed"], 0),
        cells.judgement(row, lang),
        cells.needed(row, lang),
        sources(row, citations),
    ]


def sources(row: pd.Series, citations: dict[str, int] | None) -> str:
    """Where the target and the newest figure stand: numbers of the report's list of sources."""
    used = list(dict.fromkeys(source for source in (row["source"], row["current_source"]) if source))
    return "".join(f"[{citations[source]}]" for source in used) if citations else ", ".join(used)


REQUIREMENT_COLUMNS = (
    "order",
    "indicator",
    "base",
    "target",
    "asked_change",
    "asked",
    "stated",
    "required",
    "needed",
)


def requirement(progress: pd.DataFrame, lang: str) -> pd.DataFrame:
    """What the plan asks each year, what it states, and what is needed from now on.

    Parameters and result as for `completion`; only targets with a path have a row.
    """
    rows = progress[progress["asked_measure"] != ""]
    texts = [
        [
            str(int(row["order"])),
            wording.name(row, lang),
            row["published_base_value"] or wording.NONE,
            cells.target(row, lang),
            cells.total_change(row, lang),
            cells.amount(row["asked"], row["asked_measure"], row, lang),
            cells.stated(row, lang),
            cells.computed(row["required"], row),
            cells.needed(row, lang),
        ]
        for _, row in rows.iterrows()
    ]
    return pd.DataFrame(texts, columns=cells.headings(REQUIREMENT_COLUMNS, lang))


def reasons(progress: pd.DataFrame, lang: str) -> list[str]:
    """For each reason why a target has no completion or judgement, the numbers of the targets it concerns."""
    rows = progress[progress["reason"] != ""]
    return [
        cells.reason(label(f"reason.{reason}", lang), group["order"], lang)
        for reason, group in rows.groupby("reason", sort=False)
    ]
