"""Do the documents agree with themselves and with each other?  Arithmetic on published digits.

`audit` checks what the documents say (``statements.csv``); `conflicts` finds, without being told,
figures that claim the same thing and differ; `for_plan` leaves what concerns a plan; `audit_text` is both
for a terminal.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from zbanalysis.data import check, package
from zbanalysis.errors import Problem
from zbanalysis.evidence import statements, tasks, texts
from zbanalysis.evidence.conflicts import conflicts
from zbanalysis.evidence.statements import NATURES, VERDICTS, audit, growth_bases

__all__ = ["NATURES", "VERDICTS", "audit", "audit_text", "conflicts", "for_plan", "growth_bases"]

SHOWN = ("contradicts", "revised_later", "agrees_within_rounding")
_FINDS = (
    "find", "relation", "area", "indicator", "period", "first", "first_source", "second", "second_source",
)  # fmt: skip
_SIGNS = {"equals": "=", "at_least": "≥", "more_than": ">", "less_than": "<", "about": "≈"}


def for_plan(checks: pd.DataFrame, dataset: package.Dataset, plan: str) -> pd.DataFrame:
    """The rows of an audit that concern a plan and its area, with the names a reader needs.

    Parameters
    ----------
    checks
        From `audit` or `conflicts`.
    dataset
        From `package.load`.
    plan
        An id in ``plans.csv``.

    Returns
    -------
    DataFrame
        With ``area_zh, area_en``; ``name_zh, name_en`` of indicators and of the other area that a find names
        (``measure_zh, measure_en``); titles of documents as ``<column>_zh, <column>_en``; of statements
        ``on_target``: whether they rest on an indicator of the plan's targets, or count them.

    Raises
    ------
    InputError
        If the plan is unknown.
    """
    own = {
        package.plan_row(dataset, plan)["area"],
        *dataset.targets.loc[dataset.targets["plan"] == plan, "area"],
    }
    mine = checks[checks["area"].isin(own)]
    mine = (mine[mine["plan"].isin(["", plan])] if "plan" in mine else mine).reset_index(drop=True)
    if "indicators" in mine:
        aims = set(dataset.targets.loc[dataset.targets["plan"] == plan, "indicator"])
        counts = mine["expression"].str.contains(f":{plan}(?![a-z0-9/-])").astype(bool)
        asked = [not aims.isdisjoint(codes.split()) for codes in mine["indicators"]]
        mine["on_target"] = counts | pd.Series(asked, mine.index, dtype=bool)
    areas, indicators = dataset.areas.set_index("area"), dataset.indicators.set_index("indicator")
    titles = dataset.sources.set_index("source")
    for lang in ("zh", "en"):
        mine[f"area_{lang}"] = mine["area"].map(areas[f"name_{lang}"])
        if "indicator" in mine:
            mine[f"name_{lang}"] = mine["indicator"].map(indicators[f"name_{lang}"])
            mine[f"measure_{lang}"] = mine["measure"].map(areas[f"name_{lang}"]).fillna(mine["measure"])
        for column in ("source", "first_source", "second_source"):
            if column in mine:
                mine[f"{column}_{lang}"] = mine[column].map(titles[f"title_{lang}"])
    return mine


def audit_text(dataset: package.Dataset) -> str:
    """Counts per verdict, the statements that do not simply agree, and the finds, as plain text.

    Examples
    --------
    >>> "statements checked" in audit_text(package.load()).splitlines()[0]
    True
    """
    statements, checks = audit(dataset), conflicts(dataset)
    once = statements[~statements["again"]]
    counts = ", ".join(f"{(once['verdict'] == verdict).sum()} {verdict}" for verdict in VERDICTS)
    natures = ", ".join(f"{(once['nature'] == nature).sum()} {nature}" for nature in NATURES)
    lines = [f"{len(once)} statements checked ({natures}): {counts}."]
    for verdict in SHOWN:
        chosen = once[once["verdict"] == verdict]
        lines += ["", f"{verdict} ({len(chosen)})"] if len(chosen) else []
        lines += [f"  {_line(row)}" for _, row in chosen.iterrows()]
    slips = once[once["reason"] == "points_as_percent"]
    lines += ["", f"a difference in percentage points printed as % ({len(slips)})"] if len(slips) else []
    lines += [f"  {_line(row)}" for _, row in slips.iterrows()]
    lines += ["", f"{len(checks)} finds in the figures themselves"]
    return "\n".join([*lines, *_aligned(checks)])


def _line(row: pd.Series) -> str:
    later = f"; later document: {row['detail']}" if row["reason"] == "revised" else ""
    place = f"{row['statement']} ({row['source']}, {row['locator']})"
    return f"{place}: says {_SIGNS[row['relation']]} {row['claim']}; {row['arithmetic']}{later}"


def _aligned(rows: pd.DataFrame) -> list[str]:
    """Columns set under each other."""
    table = [_FINDS, *rows[list(_FINDS)].itertuples(index=False, name=None)]
    widths = [max(len(row[place]) for row in table) for place in range(len(_FINDS))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


# --- what refers to a figure, tried at once ---


def require(folder: Path | str, undrawn: check.Undrawn | None = None) -> check.Folder:
    """A data folder in which nothing is wrong, in its tables or in what its cells refer to.

    `check.require` looks at each table and its keys; this also tries what is written in the cells:
    the expressions of statements, the figures that evidence names, the references in the bureau's texts.

    Parameters
    ----------
    folder
        A data folder.
    undrawn
        As for `check.require`.

    Raises
    ------
    InputError, DataError
        As `check.require`, with everything that is wrong: file, row or line, what stands there and
        what would be right.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> require(DATA).place == DATA
    True
    """
    return check.require(folder, undrawn, lambda folder_read: problems(package.load(folder_read)))


def problems(dataset: package.Dataset) -> list[Problem]:
    """Everything in a dataset that refers to what is not there."""
    return [*statements.problems(dataset), *tasks.problems(dataset), *texts.problems(dataset)]
