"""The audit for a terminal: the finds, and how many statements have which verdict."""

from __future__ import annotations

import pandas as pd

from zbanalysis.data import package
from zbanalysis.evidence.audit.finds import conflicts
from zbanalysis.evidence.audit.statements import VERDICTS, audit

SHOWN = ("contradicts", "revised_later", "agrees_within_rounding")
_FINDS = (
    "find",
    "relation",
    "area",
    "indicator",
    "period",
    "first",
    "first_source",
    "second",
    "second_source",
)


def audit_text(dataset: package.Dataset) -> str:
    """Counts per verdict, the statements that do not simply agree, and the finds, as plain text.

    Examples
    --------
    >>> print(audit_text(package.load()).splitlines()[0])
    124 statements checked: ...
    """
    said, found = audit(dataset), conflicts(dataset)
    counts = ", ".join(f"{(said['verdict'] == verdict).sum()} {verdict}" for verdict in VERDICTS)
    lines = [f"{len(said)} statements checked: {counts}."]
    for verdict in SHOWN:
        chosen = said[said["verdict"] == verdict]
        lines += ["", f"{verdict} ({len(chosen)})"] if len(chosen) else []
        lines += [f"  {_line(row)}" for _, row in chosen.iterrows()]
    slips = said[said["reason"] == "points_as_percent"]
    lines += ["", f"a difference in percentage points printed as % ({len(slips)})"] if len(slips) else []
    lines += [f"  {_line(row)}" for _, row in slips.iterrows()]
    lines += ["", f"{len(found)} finds in the figures themselves"]
    return "\n".join([*lines, *_aligned(found)])


def _line(row: pd.Series) -> str:
    sign = {"equals": "=", "at_least": "≥", "more_than": ">", "less_than": "<", "about": "≈"}[row["relation"]]
    later = f"; later document: {row['detail']}" if row["reason"] == "revised" else ""
    place = f"{row['statement']} ({row['source']}, {row['locator']})"
    return f"{place}: says {sign} {row['claim']}; {row['arithmetic']}{later}"


def _aligned(found: pd.DataFrame) -> list[str]:
    """Columns set under each other."""
    table = [_FINDS, *found[list(_FINDS)].itertuples(index=False, name=None)]
    widths = [max(len(row[place]) for row in table) for place in range(len(_FINDS))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
