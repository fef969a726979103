"""The bureau's own texts as sections: each heading of the first level is one, those below it are in it."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import words
from zbanalysis.report.blocks import TASKS as SECTION
from zbanalysis.report.blocks import Column, Report, bullets


def sections(report: Report, name: str) -> list[dict]:
    """The text of a name in the report's language; none where none is entered."""
    rows = report.table(SECTION, "texts")
    return _sections(rows[(rows["lang"] == report.lang) & (rows["part"] == name)])


def _sections(rows: pd.DataFrame) -> list[dict]:
    blocks: list[dict] = []
    path: list[dict] = []  # the open sections, from the outermost
    for row in rows.itertuples():
        if row.kind == "heading" or not path:
            level = int(row.level) if row.kind == "heading" else 1
            # A level that is skipped does not leave an empty section behind.
            del path[max(min(level, len(path) + 1) - 1, 0) :]
            part = {
                "heading": row.text if row.kind == "heading" else row.part,
                "appendix": False,
                "blocks": [],
                "sections": [],
            }
            (path[-1]["sections"] if path else blocks).append(part)
            path.append(part)
        if row.kind != "heading":
            _add(path[-1]["blocks"], row.kind, row.text)
    return blocks


def _add(blocks: list[dict], kind: str, text: str) -> None:
    if kind == "paragraph":
        blocks.append({"type": "paragraph", "text": text})
    elif blocks and blocks[-1]["type"] == "list":
        blocks[-1]["items"].append(text)
    else:
        blocks.append(bullets([text]))


# --- Cases: what went in, what was done, what came of it, how sure that is ---
CONCLUSION = "09_conclusion"


def cases(report: Report) -> list[dict]:
    """One table, a column a case; without a table what the bureau writes of them."""
    rows = report.table(CONCLUSION, "cases")
    if rows.empty:
        return sections(report, "cases")
    parts = pd.DataFrame({"part": ["inputs", "done", "result", "sure"]})
    columns = [Column("case_part", lambda row: report.label(f"case.{row['part']}"), floor=4)]
    for _, case in rows.iterrows():

        def text_of(row: pd.Series, case: pd.Series = case) -> str:
            return report.of(case, row["part"]) or words.NONE

        columns.append(Column("case", text_of, heading=report.of(case, "name")))
    shown = report.show("cases", parts, columns, cites=report.cites(CONCLUSION, "cases"))
    return [report.section("section.cases", [shown])]
