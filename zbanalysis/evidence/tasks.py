"""What became of each task: its account, the evidence and what is missing; the steps of plan and evaluation.

The status of a record says how complete it is, not how well the work was done: that is judged by people,
from the evidence.
"""

from __future__ import annotations

from itertools import zip_longest

import pandas as pd

from zbanalysis.data import package, periods
from zbanalysis.data.schema import offices_in
from zbanalysis.errors import DataError, Problem

MISSING = ("office", "evidence", "figure", "recent")
"""What a record may lack: an office, any evidence, a dated figure, a figure of late."""

STATUSES = ("complete", "partly", "none")
RECENT_YEARS = 2.0
"""A figure counts as recent if its period ended within so many years before the report, or the plan's end."""


def load(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """Tasks, projects and safeguards of a plan, as published by a day, in their order; perhaps none.

    Beside the columns of ``tasks.csv``: ``end_year`` of the plan.

    Examples
    --------
    >>> load(package.load(), "zibo-13", "2020-08-10")["kind"].value_counts().to_dict()
    {'project': 28, 'task': 7, 'safeguard': 4}
    """
    end = int(package.plan_row(dataset, plan)["end_year"])
    return package.known(dataset, "tasks", as_of, plan).assign(end_year=end)


def steps(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """How a plan was decided and evaluated, as published by a day, in order; perhaps no rows.

    Returns
    -------
    DataFrame
        The columns of ``course.csv``: ``kind`` such as ``decision`` (the plan's publication), ``review``,
        ``basis`` (rules followed) or ``step``; ``start`` and ``end`` are days, months or years as text.

    Examples
    --------
    >>> steps(package.load(), "zibo-13", "2020-08-10").query("kind == 'decision'")["start"].item()
    '2017-08-22'
    """
    package.plan_row(dataset, plan)
    return package.known(dataset, "course", as_of, plan)


def evidence(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """Evidence for a plan's tasks, with each figure filled in from the data.

    Returns
    -------
    DataFrame
        The columns of ``evidence.csv`` with ``published`` (digits as printed, empty where the
        evidence is in words) and ``position`` (end of the period in years, NaN without one).

    Raises
    ------
    DataError
        If evidence refers to a figure that no document in the data gives; all such rows published by the day.

    Examples
    --------
    >>> found = evidence(package.load(), "zibo-13", "2020-08-10")
    >>> found.loc[found["indicator"] == "pct_patent_applications", "published"].tolist()
    []
    >>> found.loc[found["indicator"] == "academicians_attracted", "published"].tolist()
    ['50']
    """
    wrong = problems(dataset, as_of)
    if wrong:
        raise DataError(wrong)
    wanted = load(dataset, plan, as_of)["task"]
    table = package.known(dataset, "evidence", as_of)
    table = table[table["task"].isin(wanted)]
    seen = package.as_of(dataset, as_of).observations
    key = ["area", "indicator", "period"]
    newest = seen.sort_values("known_since", kind="stable").drop_duplicates(key, keep="last")
    joined = table.reset_index(drop=True).merge(newest[[*key, "published", "status"]], on=key, how="left")
    ends = joined["period"].map(lambda text: periods.position(text) if text else float("nan")).astype(float)
    return joined.assign(
        published=joined["published"].fillna(joined["figure"]),
        status=joined["status"].fillna(""),
        position=ends,
    )


def completeness(tasks: pd.DataFrame, evidence: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Which task has an office, evidence, a figure, a figure of late; one row per task, always.

    Parameters
    ----------
    tasks, evidence
        From `load` and `evidence`.
    as_of
        The day of the report.

    Returns
    -------
    DataFrame
        Rows of ``tasks`` with ``evidence`` (items), ``figures`` (items with a dated figure),
        ``newest`` (the newest period of those, empty without), ``office, any_evidence, figure,
        recent`` (bool), ``missing`` (names of `MISSING` joined by a blank) and ``status``
        (one of `STATUSES`).

    Examples
    --------
    >>> dataset, day = package.load(), "2020-08-10"
    >>> found = completeness(load(dataset, "zibo-13", day), evidence(dataset, "zibo-13", day), day)
    >>> found.set_index("task").loc["zibo-13-leadership", "missing"]
    'office figure recent'
    """
    # A project of a box and an office's item are part of their task.
    tasks = tasks[tasks["parent"] == ""]
    now = min([_position(as_of), *tasks["end_year"]])
    dated = evidence[(evidence["published"] != "") & evidence["position"].notna()]
    last = dated.sort_values("position", kind="stable").groupby("task").tail(1).set_index("task")
    counted = tasks.assign(
        evidence=tasks["task"].map(evidence["task"].value_counts()).fillna(0).astype(int),
        figures=tasks["task"].map(dated["task"].value_counts()).fillna(0).astype(int),
        newest=[last["period"].get(task, "") for task in tasks["task"]],
        office=tasks["office_zh"] != "",
    )
    counted["any_evidence"] = counted["evidence"] > 0
    counted["figure"] = counted["figures"] > 0
    counted["recent"] = (tasks["task"].map(last["position"]) >= now - RECENT_YEARS).fillna(False).astype(bool)
    kept = counted[["office", "any_evidence", "figure", "recent"]].to_numpy()
    counted["missing"] = [
        " ".join(name for name, there in zip(MISSING, row, strict=True) if not there) for row in kept
    ]
    counted["status"] = ["none" if not row[1] else "complete" if all(row) else "partly" for row in kept]
    return counted


def problems(dataset: package.Dataset, as_of: str = package.LAST_DAY) -> list[Problem]:
    """Every piece of evidence published by a day that names a figure no document in the data gives."""
    table = package.published_by(dataset, "evidence", as_of)
    key = ["area", "indicator", "period"]
    there = set(dataset.observations[key].itertuples(index=False, name=None))
    return [
        Problem(
            "evidence.csv", int(row), "indicator, period", f"{cells[1]}, {cells[2]}", "no_figure",
            {"area": cells[0] or "an area"},
        )
        for row, *cells in table[key].itertuples(name=None)
        if cells[1] and tuple(cells) not in there
    ]  # fmt: skip


def _position(as_of: str) -> float:
    """A day in years, as periods count them: the last of 2019 is 2019."""
    day = package.parse_date(as_of)
    return day.year - 1 + day.timetuple().tm_yday / 366


STATES = ("done", "largely_done", "under_way", "not_started", "adjusted", "stopped", "not_stated")
"""States of a task as those responsible give them; ``not_stated`` where nobody has."""

DISPUTED = "disputed"
"""State of a task whose joint lead offices state different ones."""

ROUND = 183
"""Days: the accounts of joint lead offices that lie no further apart belong to one round."""


def states(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """Every task, project and safeguard of a plan with its newest account as of a day, in the plan's order.

    Returns
    -------
    DataFrame
        Rows of `load` with the columns of ``task_progress.csv`` (empty where nobody has reported; ``state``
        then ``not_stated``, and ``disputed`` where joint lead offices differ: ``said_by_zh, said_by_en`` name
        them, ``said`` their states, in one order), ``reported`` (there is an account) and ``has_result`` (it,
        or that of a project of the task, says what was done), ``checked, checked_state, check_reason_zh,
        check_reason_en`` (an evaluator's check of the state, from ``judgements.csv``).

    Examples
    --------
    >>> found = states(package.load(), "zibo-13", "2020-08-10")
    >>> int((found["parent"] == "").sum())
    11
    """
    from zbanalysis.evidence import texts

    tasks = load(dataset, plan, as_of)
    accounts = package.known(dataset, "task_progress", as_of)
    accounts = accounts[accounts["task"].isin(tasks["task"]) & (accounts["as_of"] <= str(as_of))]
    area = package.plan_row(dataset, plan)["area"]
    newest = _last_round(accounts, tasks, dataset.sources)
    newest = _joined(texts.filled(newest, dataset, area, as_of, "task_progress.csv"))
    newest = newest.rename(columns={name: f"account_{name}" for name in ("as_of", "source", "locator")})
    reported = tasks.merge(newest, on="task", how="left")
    cells = [name for name in newest.columns if name != "task"]
    reported[cells] = reported[cells].fillna("")
    reported["reported"] = reported["account_source"] != ""
    reported["state"] = reported["state"].replace("", "not_stated")
    with_result = set(reported.loc[reported["done_zh"].ne("") | reported["done_en"].ne(""), "task"])
    heads = set(reported.loc[reported["task"].isin(with_result), "parent"])
    reported["has_result"] = reported["task"].isin(with_result | heads)
    checks = texts.table(dataset, "judgements", plan, as_of)
    checks = checks[(checks["subject"] == "task") & (checks["check"] != "")]
    checks = checks.drop_duplicates("task", keep="last")
    checks = checks.set_index("task")[["check", "state", "reason_zh", "reason_en"]]
    checks.columns = ["checked", "checked_state", "check_reason_zh", "check_reason_en"]
    return reported.join(checks, on="task").fillna(dict.fromkeys(checks.columns, ""))


def _last_round(accounts: pd.DataFrame, tasks: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """The newest account of each task; where a lead office gives it, with those of the other lead offices."""
    names = ["publisher_zh", "publisher_en"]
    accounts = accounts.join(sources.set_index("source")[names], on="source")
    # By source within a day: the order in which the forms came in says nothing.
    accounts = accounts.sort_values(["as_of", "source"], kind="stable")
    accounts = accounts.drop_duplicates(["task", "by", *names], keep="last")
    leads = {
        (row.task, name): pair
        for row in tasks.itertuples()
        for pair in _offices(row)
        for name in pair
        if name
    }
    pairs = [
        (row.by == "self")
        and (leads.get((row.task, row.publisher_zh)) or leads.get((row.task, row.publisher_en)))
        for row in accounts.itertuples()
    ]
    said_by = pd.DataFrame([pair or ("", "") for pair in pairs], accounts.index, ["said_by_zh", "said_by_en"])
    accounts = accounts.drop(columns=names).join(said_by).assign(own=[bool(pair) for pair in pairs])
    days = pd.to_datetime(accounts["as_of"])
    every = accounts.assign(day=days).groupby("task")
    near = every["day"].transform("max") - days <= pd.Timedelta(days=ROUND)
    joint = near & accounts["own"] & every["own"].transform("last").astype(bool)
    return accounts[joint | ~accounts.duplicated("task", keep="last")].drop(columns="own")


def _offices(task) -> list[tuple[str, str]]:
    """The lead offices of a task, each in both languages."""
    return list(zip_longest(offices_in(task.office_zh), offices_in(task.office_en), fillvalue=""))


def _joined(accounts: pd.DataFrame) -> pd.DataFrame:
    """One row a task: its newest account, with the texts of all and the states of those that differ."""
    stated = accounts[accounts["state"] != "not_stated"]
    differ = stated[stated.groupby("task")["state"].transform("nunique") > 1].groupby("task", sort=False)
    said = differ.agg(
        said_by_zh=("said_by_zh", "；".join), said_by_en=("said_by_en", "; ".join), said=("state", " ".join)
    )
    every = accounts.groupby("task", sort=False)
    texts = [name for name in accounts if name.startswith(("done_", "problem_", "next_"))]
    joined = {
        name: every[name].agg(lambda lines: "\n".join(filter(None, dict.fromkeys(lines)))) for name in texts
    }
    newest = every.tail(1).set_index("task").drop(columns=["said_by_zh", "said_by_en"])
    newest = newest.assign(**joined).join(said)
    newest["state"] = newest["state"].mask(newest["said"].notna(), DISPUTED)
    return newest.fillna("").reset_index()


def main(register: pd.DataFrame) -> pd.DataFrame:
    """The tasks and safeguards themselves, without the projects and items below them."""
    return register[register["parent"] == ""]


def answers(dataset: package.Dataset, plan: str, as_of: str) -> pd.DataFrame:
    """Which lead offices have answered for themselves, and on how many of their tasks and items.

    An account counts as an office's own where the document it stands in is that office's, as an imported
    form is; what an evaluation says on behalf of all of them does not.

    Returns
    -------
    DataFrame
        A row an office, as the plan first names it: ``office_zh, office_en``, ``tasks`` (how many it leads),
        ``answered`` (those with an account of its own), ``as_of`` (day of the newest; empty for none).

    Examples
    --------
    >>> found = answers(package.load(), "zibo-13", "2020-08-10")
    >>> len(found), int(found["tasks"].sum()), int(found["answered"].sum())
    (9, 39, 0)
    """
    accounts = package.known(dataset, "task_progress", as_of)
    accounts = accounts[(accounts["by"] == "self") & (accounts["as_of"] <= str(as_of))]
    by = accounts.merge(dataset.sources[["source", "publisher_zh", "publisher_en"]], on="source")
    newest = {
        (row.task, publisher): row.as_of
        for row in by.sort_values("as_of", kind="stable").itertuples()
        for publisher in (row.publisher_zh, row.publisher_en)
    }
    led = [
        (office, other, newest.get((row.task, office)) or newest.get((row.task, other), ""))
        for row in load(dataset, plan, as_of).itertuples()
        for office, other in _offices(row)
    ]
    led = pd.DataFrame(led, columns=["office_zh", "office_en", "answered"])
    groups = led.groupby("office_zh", sort=False)
    return groups.agg(
        office_en=("office_en", "first"),
        tasks=("answered", "size"),
        answered=("answered", lambda days: int(days.ne("").sum())),
        as_of=("answered", "max"),
    ).reset_index()
