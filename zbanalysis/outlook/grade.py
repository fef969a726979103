"""How good the evidence behind a target is, A to D, printed beside every chance.

A point counts as sound unless it is an estimate (or of uncertain year), only a bound, or disputed by
another document.  Figures on another definition than the newest, and those from before a gap of
several years, are left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.data.schema import IN_WORDS

GRADES = {"A": 6, "B": 5, "C": 2, "D": 0}
"""Sound points from which the evidence has a grade."""

UNSOUND = {
    "estimate": ("为估计数或年份不明", "an estimate or of uncertain year", "estimates or of uncertain year"),
    "bound": ("只给出上限或下限", "only a bound", "only bounds"),
    "disputed": ("与其他文件不一致", "disputed by another document", "disputed by other documents"),
}
"""Why a point does not count as sound: Chinese, English of one, English of several."""

LEFT_OUT = {
    "other_basis": ("另有{n}个口径不同，未计入", "{n} more on another definition left out"),
    "before_gap": ("另有{n}个在数据间断之前，未计入", "{n} more from before a gap left out"),
}
"""Why a point is not used at all."""

LONGEST_GAP = 2
"""Years from one figure to the next; what lies before a longer gap tells of another time."""
RUN = 3
"""So many points after a gap are enough to go by."""

FLAW_OF = {"estimate": "estimate", "lower_bound": "bound", "upper_bound": "bound"}
"""The flaw that the status of an observation tells of."""


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
        Index of ``found``: ``sound, grade, grade_reason`` (keys of `UNSOUND` and `LEFT_OUT`,
        joined by commas), ``grade_zh, grade_en``.
    """
    every = points(found, history, disputed)
    rows = []
    for target in found.itertuples():
        own = every[every["target"] == target.target]
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


def points(found: pd.DataFrame, history: pd.DataFrame, disputed: pd.DataFrame | None = None) -> pd.DataFrame:
    """The yearly figures of each target, and what is wrong with each.

    Returns
    -------
    DataFrame
        ``target, year`` and ``flaw``: empty, or a key of `UNSOUND` or `LEFT_OUT`.
    """
    nature = found.set_index("target")
    rows = history.assign(year=np.floor(history["position"]))
    rows["flaw"] = [FLAW_OF.get(status, "") for status in rows["status"]]
    if disputed is not None and len(disputed):
        parts = [rows["target"].map(nature[name]) for name in ("area", "indicator")]
        key = pd.MultiIndex.from_arrays([*parts, rows["period"]])
        denied = key.isin(pd.MultiIndex.from_frame(disputed[["area", "indicator", "period"]]))
        rows["flaw"] = rows["flaw"].mask(pd.Series(denied, rows.index), "disputed")
    present = rows["basis"] == rows["target"].map(nature["current_basis"])
    rows["flaw"] = rows["flaw"].where(present, "other_basis")
    rows = rows.sort_values(["target", "position"], kind="stable")
    rows = rows.drop_duplicates(["target", "year", "basis"], keep="last")
    since = rows[rows["flaw"] != "other_basis"].groupby("target")["year"].apply(_run)
    old = (rows["flaw"] != "other_basis") & (rows["year"] < rows["target"].map(since))
    return rows.assign(flaw=rows["flaw"].mask(old, "before_gap"))[["target", "year", "flaw"]]


def _run(years: pd.Series) -> float:
    """First year after the last long gap if it leaves `RUN` points or more; else the first of all."""
    years = years.to_numpy()
    starts = np.append(0, np.flatnonzero(np.diff(years) > LONGEST_GAP) + 1)
    return float(years[starts[-1]] if len(years) - starts[-1] >= RUN else years[0])


def _grade(own: pd.DataFrame) -> tuple[int, str, str, str, str]:
    """Number of sound points, grade, its keys and its words."""
    used = own[~own["flaw"].isin(list(LEFT_OUT))]
    sound = int((used["flaw"] == "").sum())
    number = own["flaw"].value_counts()
    flaws = [(flaw, number[flaw], UNSOUND[flaw]) for flaw in UNSOUND if flaw in number]
    others = [(flaw, number[flaw], LEFT_OUT[flaw]) for flaw in LEFT_OUT if flaw in number]
    zh = [f"{len(used)}个数据点" if len(used) else "尚无数据点"]
    en = [f"{len(used)} point{'s' * (len(used) != 1)}" if len(used) else "no point"]
    zh += [f"其中{n}个{words[0]}" for _, n, words in flaws]
    en += [f"{n} of them {words[1 if n == 1 else 2]}" for _, n, words in flaws]
    zh += [words[0].format(n=n) for _, n, words in others]
    en += [words[1].format(n=n) for _, n, words in others]
    keys = ",".join(key for key, _, _ in (*flaws, *others))
    return sound, of_points(sound), keys, "，".join(zh), ", ".join(en)
