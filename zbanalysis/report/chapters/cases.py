"""Cases: what went in, what was done, what came of it, how sure that is."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import words
from zbanalysis.report.blocks import Column, Report, floors

CONCLUSION = "09_conclusion"


def sections(report: Report) -> list[dict]:
    """One table, a column a case; none where no case is written down."""
    rows = report.table(CONCLUSION, "cases")
    if rows.empty:
        return []
    parts = pd.DataFrame({"part": ["inputs", "done", "result", "sure"]})
    columns = [Column("case_part", lambda row: report.label(f"case.{row['part']}"))]
    for _, case in rows.iterrows():

        def said(row: pd.Series, case: pd.Series = case) -> str:
            return report.of(case, row["part"]) or words.NONE

        columns.append(Column("case", said, heading=report.of(case, "name")))
    shown = report.show("cases", parts, columns, cites=report.cites(CONCLUSION, "cases"))
    return [report.section("section.cases", [floors(shown, {0: 4})])]
