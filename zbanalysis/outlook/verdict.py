"""One verdict per target, facts first; the grade of the evidence behind it; what office and evaluator say.

| verdict | when |
|---|---|
| reached | a sum that is at its target, or the figure of the target year meets it |
| to_be_held | any other figure at or past the target before its year: a level can fall again |
| on_course, possible, unlikely | by the chance: `LIKELY` or more, `POSSIBLE` or more, less |
| cannot | a yearly limit is broken, or an evaluator says so with reason and source |
| missed | the figure of the target year does not meet the target |
| not_judged | with the reason |

Every table, chart, sentence and count reads the column ``verdict`` that is made here.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from zbanalysis.data import package
from zbanalysis.data.schema import CHANGES, IN_WORDS, MEANS, RELATIVE, SUMS
from zbanalysis.outlook.findings import disputes
from zbanalysis.plan import progress

LIKELY, POSSIBLE = 0.8, 0.4
"""Chances from which a target is on course, and possible with effort."""

WORDS = {
    "reached": ("已完成", "reached"),
    "to_be_held": ("已达到目标值，须保持", "reached, to be held"),
    "on_course": ("能够完成", "on course"),
    "possible": ("经努力可完成", "possible with effort"),
    "unlikely": ("难以完成", "unlikely"),
    "cannot": ("不能完成", "cannot be reached"),
    "missed": ("未完成", "missed"),
    "not_judged": ("暂不能判断", "not judged yet"),
}
HEDGED = {
    "on_course": ("有望完成", "likely on course"),
    "possible": ("需努力", "needs effort"),
    "unlikely": ("难度较大", "looks difficult"),
}
"""The words where the evidence is of grade C or D, for the three verdicts that rest on a chance."""

VERDICTS = tuple(WORDS)
DECIDED = ("reached", "cannot", "missed", "not_judged")
"""Verdicts beside which no chance stands."""

MARKS = {
    "reached_other_basis": (
        "按公布数已达到，但口径与目标不同",
        "reached as published, on another definition",
    ),
    "short_other_basis": ("按公布数未达到，且口径与目标不同", "short as published, on another definition"),
}
REASONS = {
    "in_words": ("定性目标", "a target in words"),
    "no_base": ("无基期值", "no base"),
    "no_figure": ("无数据", "no figure"),
    "one_sound": ("可靠的数据点不足两个", "fewer than two sound figures"),
    "one_point": ("现口径仅一个数据点", "one figure on the present definition"),
    "other_basis": ("最新数据与目标口径不同", "the newest figure is on another definition than the target"),
    "broken": ("{years}年未守住限值", "the limit was not kept in {years}"),
    "passed": ("至{years}年累计已超过限额", "by {years} the sum had passed its limit"),
    "sign": (
        "目标值的正负号与指标方向不符，请核对原文",
        "the sign of the target speaks against the indicator's good direction",
    ),
    "no_direction": ("指标以升为好还是以降为好不明", "it is not stated which way is good"),
    "mean_of_years": ("为各年平均值，期末判断", "a mean of all years, judged at the end"),
    "relative": ("与其他指标相比，期末判断", "relative to another series, judged at the end"),
    "change_only": ("只公布累计变化，不作预测", "the change alone is published"),
    "no_other": ("缺少所比指标同期数据", "no figure of the other series for the same year"),
    "no_number": ("按目标值无法计算", "the target gives no number to go by"),
    "not_published": (
        "目标年已过，当年数据未公布",
        "the target year is over and its figure is not published",
    ),
    "incomplete_years": ("有年份缺数，无法合计", "a year is missing from the sum"),
    "not_positive": ("数值不为正，无法计算增速", "growth needs positive figures"),
    "non_numeric": ("数据不是数字", "figures that are not numbers"),
    "all_zero": ("数据全为零", "all figures are zero"),
    "outside_bounds": ("数据超出指标范围", "figures outside the indicator's bounds"),
    "not_projected": ("目标年不在预测期内", "the target year is not projected"),
}
_VIEW = ("reason_zh", "reason_en", "by_zh", "by_en", "date", "source", "locator")


def judge(
    dataset: package.Dataset, plan: str, date: dt.date | str, disputed: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Progress, chance and verdict of every target of a plan, in one table.

    Parameters
    ----------
    dataset
        From `package.load`.
    plan
        A plan in ``plans.csv``.
    date
        The day whose knowledge counts.
    disputed
        Figures that another document denies, as `verdicts` takes them.

    Returns
    -------
    DataFrame
        The columns of `progress.progress`, `targets.feasibility` and `verdicts`; where there is no chance
        ``reason_zh, reason_en`` say why.

    Examples
    --------
    >>> table = judge(package.load(), "zibo-13", "2022-04-19").set_index("indicator")
    >>> table.loc["pct_patent_applications", ["current_published", "verdict"]].tolist()
    ['71', 'missed']
    """
    from zbanalysis.outlook import targets

    assessed = progress.progress(dataset, plan, date)
    history = progress.history(dataset, assessed, date)
    outlook = targets.feasibility(assessed, history, targets.comparable_of(dataset, date), date, disputed)
    judged = verdicts(assessed, outlook, history, judgements(dataset, plan, date), disputed, date)
    return assessed.join(outlook.drop(columns="target")).join(judged)


def verdicts(
    assessed: pd.DataFrame,
    outlook: pd.DataFrame,
    history: pd.DataFrame,
    judgements: pd.DataFrame | None = None,
    disputed: pd.DataFrame | None = None,
    as_of: dt.date | str | None = None,
    likely: float = LIKELY,
    possible: float = POSSIBLE,
    graded: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The verdict of each target, with grade, mark, and what office and evaluator say; one row each, always.

    Parameters
    ----------
    assessed
        From `progress.progress`.
    outlook
        From `targets.feasibility`.
    history
        From `progress.history`.
    judgements
        From `judgements`; None for none.
    disputed
        Figures that another document denies, ``area, indicator, period``; from `disputed`.
    as_of
        The day; a target year that is over then, without its figure, is not judged.
    likely, possible
        Chances from which a target is ``on_course`` and ``possible``.
    graded
        From `grades`, where it is at hand.

    Returns
    -------
    DataFrame
        Index of ``assessed``: ``verdict`` (one of `VERDICTS`), ``verdict_zh, verdict_en`` (hedged for
        grades C and D), ``verdict_reason, reason_zh, reason_en``, ``computed, computed_zh,
        computed_en`` (before an evaluator overruled it), ``overruled``, ``mark, mark_zh, mark_en``
        (one of `MARKS`), ``grade`` (A to D, empty in words), ``grade_reason, grade_zh,
        grade_en``, ``sound`` (number of sound points), ``chance_shown`` (to the per cent, for C and D
        to five), ``chance_of`` (``reach`` or ``hold``), ``outside_view``, and for ``office`` and
        ``evaluator``: ``office_view``, its words, ``office_reason_zh`` … ``office_locator``.
    """
    graded = grades(assessed, history, disputed) if graded is None else graded
    shown = _shown(outlook["chance"], graded["grade"])
    broken = assessed.get("broken_years", pd.Series("", assessed.index, dtype="str"))
    computed, reason = _computed(assessed, outlook, shown, broken, as_of, (likely, possible))
    mark = _marks(assessed)
    views = _views(assessed, judgements, "office").join(_views(assessed, judgements, "evaluator"))
    evaluator = views["evaluator_view"]
    # A figure of the target year is not overruled by what was expected before it.
    expectation = evaluator.isin(["on_course", "possible", "unlikely", "cannot", "to_be_held"])
    overrules = (evaluator != "") & ~(computed.isin(["reached", "missed"]) & expectation)
    verdict = computed.mask(overrules, evaluator)
    rows = pd.DataFrame({"verdict": verdict}, index=assessed.index)
    rows = rows.join(_words("verdict", verdict, graded["grade"]))
    rows["verdict_reason"] = reason.mask(overrules & (verdict != computed), "evaluator")
    rows = rows.join(_reasons(broken, reason, views, overrules & (verdict != computed)))
    rows["computed"] = computed
    rows = rows.join(_words("computed", computed, graded["grade"]))
    rows["overruled"] = verdict != computed
    rows["mark"] = mark
    rows[["mark_zh", "mark_en"]] = [MARKS.get(key, ("", "")) for key in mark]
    rows = rows.join(graded)
    rows["chance_shown"] = shown.mask(verdict.isin(DECIDED))
    rows["chance_of"] = np.where(verdict == "to_be_held", "hold", "reach")
    rows["outside_view"] = graded["grade"].isin(["C", "D"]) & rows["chance_shown"].notna()
    return rows.join(views)


def verdict_of(chance: pd.Series | float, likely: float = LIKELY, possible: float = POSSIBLE) -> pd.Series:
    """Verdict by the chance alone; ``not_judged`` where there is none.

    Examples
    --------
    >>> verdict_of(pd.Series([0.8, 0.5, 0.39, float("nan")])).tolist()
    ['on_course', 'possible', 'unlikely', 'not_judged']
    """
    where = [chance >= likely, chance >= possible, chance.notna()]
    return pd.Series(np.select(where, ["on_course", "possible", "unlikely"], "not_judged"), chance.index)


def counts(judged: pd.DataFrame) -> dict[str, int]:
    """How many targets have which verdict; the eight add up to ``total``.

    Parameters
    ----------
    judged
        From `verdicts`, or a table that holds its columns.

    Returns
    -------
    dict
        ``total``, each of `VERDICTS`, and of the not judged ``in_words`` and ``marked`` (a figure
        on another definition).

    Examples
    --------
    >>> found = counts(judge(package.load(), "zibo-13", "2022-04-19"))
    >>> sum(found[name] for name in VERDICTS) == found["total"] == 10
    True
    """
    number = {name: int((judged["verdict"] == name).sum()) for name in VERDICTS}
    return {
        "total": len(judged),
        **number,
        "in_words": int((judged["verdict_reason"] == "in_words").sum()),
        "marked": int((judged["mark"] != "").sum()),
    }


def judgements(dataset: package.Dataset, plan: str, date: dt.date | str) -> pd.DataFrame:
    """What office and evaluators say of a plan's targets, as published by a day.

    Returns
    -------
    DataFrame
        ``area, indicator, target_period, role, verdict`` and why, by whom, when and where; the newest
        row of each target and role.

    Examples
    --------
    >>> judgements(package.load(), "zibo-14", "2020-08-10").empty
    True
    """
    table = package.known(dataset, "judgements", date, plan)
    day = package.parse_date(date).isoformat()
    kept = table[(table["subject"] == "target") & (table["verdict"] != "") & (table["date"] <= day)]
    own = dataset.plans.set_index("plan")["area"].get(plan, "")
    area = kept["area"].where(kept["area"] != "", own)
    ranked = kept.assign(area=area).sort_values("date", kind="stable")
    return ranked.drop_duplicates(["area", "indicator", "target_period", "role"], keep="last")


def _shown(chance: pd.Series, grade: pd.Series) -> pd.Series:
    """The chance as printed and judged by: to the per cent, to five for C and D; never 0 or 1."""
    step = pd.Series(np.where(grade.isin(["C", "D"]), 0.05, 0.01), chance.index)
    return ((chance / step).round() * step).round(2).clip(step, 1 - step)


def _computed(
    assessed: pd.DataFrame,
    outlook: pd.DataFrame,
    chance: pd.Series,
    broken_years: pd.Series,
    as_of: dt.date | str | None,
    limits: tuple[float, float],
) -> tuple[pd.Series, pd.Series]:
    """Verdict from the facts, then from the chance; and the key of the reason."""
    at_target = assessed["reached"].astype("boolean")
    met, short = at_target.fillna(False).astype(bool), (~at_target).fillna(False).astype(bool)
    broken, foreign = broken_years != "", _marks(assessed) != ""
    in_words, total = assessed["kind"].isin(IN_WORDS), assessed["kind"].isin(SUMS)
    why_broken = np.where(total, "passed", "broken")
    cases = [
        (in_words, "not_judged", "in_words"),
        (assessed["final"] & broken, "missed", why_broken),
        (broken, "cannot", why_broken),
        (foreign, "not_judged", "other_basis"),
        (total & met, "reached", ""),
        (assessed["final"] & met, "reached", ""),
        (assessed["final"] & short, "missed", ""),
        (_over(assessed, as_of), "not_judged", "not_published"),
        (met, "to_be_held", ""),
        (chance.notna(), verdict_of(chance, *limits), ""),
    ]
    where, words, whys = zip(*cases, strict=True)
    verdict = np.select(where, words, "not_judged")
    reason = np.select(where, whys, _no_chance(assessed, outlook))
    return pd.Series(verdict, assessed.index), pd.Series(reason, assessed.index)


def _no_chance(assessed: pd.DataFrame, outlook: pd.DataFrame) -> pd.Series:
    """Why nothing can be said of a target that no fact decides."""
    given = assessed["reason"]
    without_aim = given.isin(["sign", "no_direction", "no_other", "no_number", "incomplete_years"])
    cases = [
        (without_aim & outlook["aim"].isna(), given),
        (assessed["kind"].isin(MEANS), "mean_of_years"),
        (assessed["kind"].isin(RELATIVE), "relative"),
        (assessed["kind"].isin(CHANGES) & assessed["accumulated"].notna(), "change_only"),
        ((outlook["points"] == 0) & (given == "no_observation"), "no_figure"),
        (outlook["aim"].isna(), "no_base"),
        (outlook["points"] == 0, "no_figure"),
        (assessed["final"] & given.isin(["incomplete_years", "not_positive"]), given),
        (outlook["points"] == 1, "one_point"),
    ]
    other = outlook["chance_reason"].where(outlook["chance_reason"].isin(list(REASONS)), "not_projected")
    return pd.Series(np.select(*zip(*cases, strict=True), default=other), assessed.index)


def _over(assessed: pd.DataFrame, as_of: dt.date | str | None) -> pd.Series:
    """Whether the target's year is over on the day, its figure not being known."""
    if "period_over" in assessed:
        return assessed["period_over"].fillna(False).astype(bool) & ~assessed["final"]
    if as_of is None:
        return pd.Series(False, assessed.index)
    return (package.parse_date(as_of).year >= np.ceil(assessed["target_position"]) + 1) & ~assessed["final"]


def _marks(assessed: pd.DataFrame) -> pd.Series:
    """A key of `MARKS` where the newest figure stands on another definition than the target."""
    own, current = assessed["basis"], assessed["current_basis"]
    foreign = (own != current) & (own != "") & (current != "")
    met = assessed["reached"].astype("boolean").fillna(False).astype(bool)
    return pd.Series(np.select([foreign & met, foreign], list(MARKS), ""), assessed.index)


def _words(name: str, verdict: pd.Series, grade: pd.Series) -> pd.DataFrame:
    """The words of a verdict, hedged where little is known."""
    soft = WORDS | HEDGED
    pairs = [(soft if one in ("C", "D") else WORDS)[key] for key, one in zip(verdict, grade, strict=True)]
    return pd.DataFrame(pairs, verdict.index, columns=[f"{name}_zh", f"{name}_en"])


def _reasons(years: pd.Series, reason: pd.Series, views: pd.DataFrame, overruled: pd.Series) -> pd.DataFrame:
    """The reason in words; an evaluator's own where they overruled."""
    pairs = [
        [words.format(years=when) for words in REASONS.get(key, ("", ""))]
        for key, when in zip(reason, years, strict=True)
    ]
    rows = pd.DataFrame(pairs, years.index, columns=["reason_zh", "reason_en"])
    listed = rows["reason_zh"].str.replace(", ", "、")
    rows["reason_zh"] = listed.str.replace(r"FY(\d{4})年?", r"\1财年", regex=True)
    for language in ("zh", "en"):
        own = views[f"evaluator_reason_{language}"]
        rows[f"reason_{language}"] = rows[f"reason_{language}"].mask(overruled, own)
    return rows


def _views(assessed: pd.DataFrame, judgements: pd.DataFrame | None, role: str) -> pd.DataFrame:
    """What an office or an evaluator says of each target; empty where nothing is said."""
    key, columns = ["area", "indicator", "target_period"], ["view", *_VIEW]
    if judgements is None or judgements.empty:
        rows = pd.DataFrame("", index=assessed.index, columns=columns).add_prefix(f"{role}_")
    else:
        own = judgements[judgements["role"] == role].rename(columns={"verdict": "view"}).set_index(key)
        own = own[columns].add_prefix(f"{role}_")
        rows = assessed[key].join(own, on=key)[own.columns].fillna("")
    words = [WORDS.get(key, ("", "")) for key in rows[f"{role}_view"]]
    rows[[f"{role}_view_zh", f"{role}_view_en"]] = words
    return rows


# --- How good the evidence behind a target is, A to D, printed beside every chance ---
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

    Returns
    -------
    DataFrame
        ``area, indicator, period``.
    """
    return disputes(conflicts)[["area", "indicator", "period"]].drop_duplicates()


def grades(
    assessed: pd.DataFrame, history: pd.DataFrame, disputed: pd.DataFrame | None = None
) -> pd.DataFrame:
    """How good the evidence behind each target is: A six sound points or more, B five, C two to four, D less.

    Returns
    -------
    DataFrame
        Index of ``assessed``: ``sound, grade, grade_reason`` (keys of `UNSOUND` and `LEFT_OUT`,
        joined by commas), ``grade_zh, grade_en``.
    """
    every = points(assessed, history, disputed)
    rows = [
        (0, "", "", "", "") if kind in IN_WORDS else _grade(every[every["target"] == target])
        for target, kind in zip(assessed["target"], assessed["kind"], strict=True)
    ]
    return pd.DataFrame(rows, assessed.index, ["sound", "grade", "grade_reason", "grade_zh", "grade_en"])


def of_points(sound: int) -> str:
    """The grade of so many sound points.

    Examples
    --------
    >>> [of_points(number) for number in (7, 6, 5, 2, 1)]
    ['A', 'A', 'B', 'C', 'D']
    """
    return next(name for name, least in GRADES.items() if sound >= least)


def points(
    assessed: pd.DataFrame, history: pd.DataFrame, disputed: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The yearly figures of each target, and what is wrong with each.

    Returns
    -------
    DataFrame
        ``target, year`` and ``flaw``: empty, or a key of `UNSOUND` or `LEFT_OUT`.
    """
    nature = assessed.set_index("target")
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
