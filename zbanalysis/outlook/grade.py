"""How good the evidence behind a target is, A to D, printed beside every chance.

A point counts as sound unless it is an estimate (or of uncertain year), only a bound, disputed by
another document, or on another definition than the newest figure.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

GRADES = {"A": 6, "B": 5, "C": 2, "D": 0}
"""Sound points from which the evidence has a grade."""

UNSOUND = {
    "estimate": ("为估计数或年份不明", "an estimate or of uncertain year", "estimates or of uncertain year"),
    "bound": ("只给出上限或下限", "only a bound", "only bounds"),
    "disputed": ("与其他文件不一致", "disputed by another document", "disputed by other documents"),
}
"""Why a point does not count as sound: Chinese, English of one, English of several."""

FLAW_OF = {"estimate": "estimate", "lower_bound": "bound", "upper_bound": "bound"}
"""The flaw that the status of an observation tells of."""

IN_WORDS = ("in_words", "qualitative")
"""Kinds of targets without a figure to reach."""


def disputed(conflicts: pd.DataFrame) -> pd.DataFrame:
    """The figures that the audit calls into question, of what `evidence.audit.conflicts` finds.

    A revision replaces a figure and another definition explains it: neither is a dispute.

    Returns
    -------
    DataFrame
        ``area, indicator, period``.
    """
    denied = conflicts["find"].isin(["figures_differ", "equal_in_other_area"])
    unexplained = conflicts["relation"].isin(["same_document", "other_document"])
    return conflicts.loc[denied & unexplained, ["area", "indicator", "period"]].drop_duplicates()


def grades(found: pd.DataFrame, history: pd.DataFrame, disputed: pd.DataFrame | None = None) -> pd.DataFrame:
    """How good the evidence behind each target is: A six sound points or more, B five, C two to four, D less.

    Returns
    -------
    DataFrame
        Index of ``found``: ``sound, grade, grade_reason`` (keys of `UNSOUND` and ``other_basis``,
        joined by commas), ``grade_zh, grade_en``.
    """
    points = _points(found, history, disputed)
    rows = []
    for target in found.itertuples():
        own = points[points["target"] == target.target]
        rows.append(_grade(own) if target.kind not in IN_WORDS else (0, "", "", "", ""))
    return pd.DataFrame(rows, found.index, columns=["sound", "grade", "grade_reason", "grade_zh", "grade_en"])


def of_points(sound: int) -> str:
    """The grade of so many sound points.

    Examples
    --------
    >>> [of_points(number) for number in (7, 6, 5, 2, 1)]
    ['A', 'A', 'B', 'C', 'D']
    """
    return next(name for name, least in GRADES.items() if sound >= least)


def _points(found: pd.DataFrame, history: pd.DataFrame, disputed: pd.DataFrame | None) -> pd.DataFrame:
    """The yearly figures of each target, and why one of them is not sound (or on another basis)."""
    nature = found.set_index("target")
    rows = history.assign(year=np.floor(history["position"]), flaw="")
    key = pd.MultiIndex.from_arrays(
        [rows["target"].map(nature["area"]), rows["target"].map(nature["indicator"]), rows["period"]]
    )
    rows["flaw"] = [FLAW_OF.get(status, "") for status in rows["status"]]
    if disputed is not None and len(disputed):
        rows.loc[key.isin(pd.MultiIndex.from_frame(disputed[["area", "indicator", "period"]])), "flaw"] = (
            "disputed"
        )
    present = rows["basis"] == rows["target"].map(nature["current_basis"])
    rows["flaw"] = rows["flaw"].where(present, "other_basis")
    rows = rows.sort_values(["target", "position"], kind="stable")
    return rows.drop_duplicates(["target", "year", "basis"], keep="last")


def _grade(points: pd.DataFrame) -> tuple[int, str, str, str, str]:
    """Number of sound points, grade, its keys and its words."""
    used = points[points["flaw"] != "other_basis"]
    sound = int((used["flaw"] == "").sum())
    grade = of_points(sound)
    flaws = used["flaw"].value_counts().reindex(list(UNSOUND)).dropna().astype(int)
    others = len(points) - len(used)
    zh = [f"{len(used)}个数据点" if len(used) else "尚无数据点"]
    en = [f"{len(used)} point{'s' * (len(used) != 1)}" if len(used) else "no point"]
    zh += [f"其中{number}个{UNSOUND[flaw][0]}" for flaw, number in flaws.items()]
    en += [f"{number} of them {UNSOUND[flaw][1 if number == 1 else 2]}" for flaw, number in flaws.items()]
    if others:
        zh.append(f"另有{others}个口径不同，未计入")
        en.append(f"{others} more on another definition left out")
    keys = [*flaws.index, *(["other_basis"] if others else [])]
    return sound, grade, ",".join(keys), "，".join(zh), ", ".join(en)
