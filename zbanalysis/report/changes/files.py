"""What a result file says of each target, and whether an earlier one can be compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import results

INDICATORS, FEASIBILITY = "01_indicators", "03_feasibility"
_PROGRESS = {
    "target",
    "kind",
    "published_target_value",
    "current_period",
    "current_published",
    "completion",
    "status",
}


def earlier(path: Path | str, content: Mapping) -> dict:
    """An earlier result file, checked against the present one.

    Parameters
    ----------
    path
        What ``--since`` names.
    content
        The present result file.

    Raises
    ------
    InputError
        If the file is not there, is no result file, or is of another plan or a later day.
    """
    try:
        before = results.read(path)
    except (ZbError, OSError):
        raise InputError(
            f"--since {path} is not a result file that can be read; name the .json of an earlier report."
        ) from None
    try:
        asked = [part["sections"][INDICATORS]["parameters"] for part in (before, content)]
        plans, days = ([one[key] for one in asked] for key in ("plan", "as_of"))
        frames = [progress(before), results.table(before, INDICATORS, "history"), outlook(before)]
        complete = set(frames[0].columns) >= _PROGRESS
    except (ZbError, KeyError, TypeError):
        complete = False
    if not complete:
        raise InputError(f"--since {path} lacks results this report needs; make that report again.")
    if plans[0] != plans[1]:
        raise InputError(
            f"--since {path} is a report on {plans[0]}, not on {plans[1]}; name one of this plan."
        )
    if days[0] > days[1]:
        raise InputError(
            f"--since {path} is as of {days[0]}, later than this report ({days[1]}); name an earlier one."
        )
    return before


def progress(content: Mapping) -> pd.DataFrame:
    """The table of progress."""
    return results.table(content, INDICATORS, "progress")


def outlook(content: Mapping) -> pd.DataFrame:
    """The table of chances."""
    return results.table(content, FEASIBILITY, "outlook")


def rows_of(content: Mapping) -> dict[str, dict]:
    """Each target's progress, outlook and published history by its id."""
    chances = outlook(content).set_index("target")[["chance", "verdict"]]
    histories = results.table(content, INDICATORS, "history")
    found = progress(content).sort_values("order").join(chances, on="target")
    return {
        row["target"]: {**row, "history": _history(histories[histories["target"] == row["target"]])}
        for row in found.to_dict("records")
    }


def _history(rows: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """Published digits and status by period and basis."""
    return {
        (row["period"], row["basis"]): (row["published"], row["status"]) for row in rows.to_dict("records")
    }


def rule_changed(before: Mapping, now: Mapping) -> dict[str, bool]:
    """Whether a rule of judging or a cut-off of the verdicts is another one."""
    margin = [part.get("manifest", {}).get("margin") for part in (before, now)]
    rule = [results.table(part, INDICATORS, "rules")["rule"].head(1).tolist() for part in (before, now)]
    limits = [part["sections"][FEASIBILITY].get("facts") for part in (before, now)]
    return {"judgement": margin[0] != margin[1] or rule[0] != rule[1], "verdict": limits[0] != limits[1]}
