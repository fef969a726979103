"""The bureau's own texts as sections: each heading of the first level is one, those below it are in it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from zbanalysis.report import results
from zbanalysis.report.outline.blocks import bullets

SECTION = "08_tasks"


def sections(content: dict, lang: str, parts: Sequence[str] | None = None) -> list[dict]:
    """The texts of a language in their order; of some parts only where these are named.

    Parameters
    ----------
    content
        A result file in which `SECTION` has published the table ``texts``.
    lang
        ``zh`` or ``en``.
    parts
        Names of files, such as ``effects, cases``; all by default.
    """
    rows = results.table(content, SECTION, "texts")
    rows = rows[rows["lang"] == lang]
    wanted = list(dict.fromkeys(rows["part"])) if parts is None else parts
    return [part for name in wanted for part in _sections(rows[rows["part"] == name])]


def _sections(rows: pd.DataFrame) -> list[dict]:
    found: list[dict] = []
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
            (path[-1]["sections"] if path else found).append(part)
            path.append(part)
        if row.kind != "heading":
            _add(path[-1]["blocks"], row.kind, row.text)
    return found


def _add(blocks: list[dict], kind: str, text: str) -> None:
    if kind == "paragraph":
        blocks.append({"type": "paragraph", "text": text})
    elif blocks and blocks[-1]["type"] == "list":
        blocks[-1]["items"].append(text)
    else:
        blocks.append(bullets([text]))
