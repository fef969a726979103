"""Where each target of a plan stands: completion, elapsed share, status under a named rule.

One row per target, always: where nothing can be said, the status is ``not_assessable``
and the reason says why.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from zbanalysis.data import package, schema, vintages
from zbanalysis.plan import pathway, rules
from zbanalysis.plan.standing import standing

MARGIN = rules.RULES["schedule"].thresholds["ahead"]
STATUSES = ("reached", "ahead", "on_schedule", "behind", "not_assessable")
"""Classes of the rule ``schedule``, from best to none."""


def progress(
    dataset: package.Dataset, plan_id: str, date: dt.date | str, margin: float = MARGIN
) -> pd.DataFrame:
    """Progress of every target of a plan, by what was known on a day, under the rule ``schedule``.

    Parameters
    ----------
    dataset
        From `package.load`.
    plan_id
        A plan in ``plans.csv``.
    date
        The day whose knowledge counts.
    margin
        Completion may differ from the elapsed share by this much and still be on schedule.

    Returns
    -------
    DataFrame
        One row per target in the plan's order: the target's own columns and what `standing` adds, the
        measures of `pathway.MEASURES`, ``asked, asked_measure, asked_change``, ``elapsed`` (share of
        the plan's time), ``status``, ``at_target`` (as ``reached``), ``final`` (the figure of the
        target's period is known), ``side`` (``above`` or ``below`` the range, limit or value to be kept
        that the figure does not meet), ``gap`` (what is lacking to the target, in the indicator's unit;
        none of a published change), ``basis_break`` (base and current figure stand on different bases:
        no completion) and what `vintages.revisions` finds.

    Raises
    ------
    InputError
        If the plan is unknown, or was not yet published on that day.

    Examples
    --------
    >>> found = progress(package.load(), "zibo-13", "2020-08-10")
    >>> int(found["reached"].sum()), len(found)
    (6, 10)
    """
    assessed = classify(standing(dataset, plan_id, date), margin)
    return assessed.join(vintages.revisions(dataset, assessed, date))


def history(dataset: package.Dataset, rows: pd.DataFrame, date: dt.date | str) -> pd.DataFrame:
    """Every figure known on a day for the indicators of a plan's targets.

    Parameters
    ----------
    dataset
        As for `progress`.
    rows
        From `progress` or `standing`.
    date
        As for `progress`.

    Returns
    -------
    DataFrame
        ``target, period, position, value, published, status, basis, source``, by target
        and position; figures that do not compare with a yearly target are left out.
    """
    known = package.as_of(dataset, date)
    columns = ["target", "period", "position", "value", "published", "status", "basis", "source"]
    parts = []
    for target in rows.itertuples():
        series = package.figures_of(known, target.area, target.indicator)
        parts.append(series[package.comparable(series, target)].assign(target=target.target))
    return pd.concat(parts).sort_values(["target", "position"], kind="stable")[columns].reset_index(drop=True)


def sources(dataset: package.Dataset, assessed: pd.DataFrame, date: dt.date | str) -> pd.DataFrame:
    """The sources that targets and figures stand in, numbered in the order of their days.

    Returns
    -------
    DataFrame
        ``number`` and the columns of ``sources.csv``.
    """
    figures = history(dataset, assessed, date)
    return numbered(dataset, {*assessed["source"], *assessed["current_source"], *figures["source"]})


def numbered(dataset: package.Dataset, used: set[str]) -> pd.DataFrame:
    """The sources with these ids, with their ``number`` in the order of their days."""
    listed = dataset.sources[dataset.sources["source"].isin(used)]
    listed = listed.sort_values(["date_published", "source"]).reset_index(drop=True)
    return listed.assign(number=listed.index + 1)


def documents(dataset: package.Dataset, date: dt.date | str) -> pd.DataFrame:
    """Every document published by a day: what a report may cite.

    Returns
    -------
    DataFrame
        The columns of ``sources.csv``.
    """
    day = package.parse_date(date).isoformat()
    return dataset.sources[dataset.sources["date_published"] <= day].reset_index(drop=True)


def counts(assessed: pd.DataFrame) -> dict[str, int]:
    """How many targets there are, are met, are followed by a figure since the base, stand in each status.

    Examples
    --------
    >>> counts(progress(package.load(), "zibo-13", "2020-08-10"))["total"]
    10
    """
    # A target of which only the base is known is neither met nor missed.
    waiting = assessed["reason"] == "no_new_figure"
    by_status = {status: int((assessed["status"] == status).sum()) for status in STATUSES}
    return {
        "total": len(assessed),
        "in_figures": int((~assessed["kind"].isin(schema.IN_WORDS)).sum()),
        "met": int(assessed["reached"].fillna(False).sum()),
        "not_met": int((~assessed["reached"].fillna(True) & ~waiting).sum()),
        "waiting": int((waiting & ~assessed["reached"].fillna(False)).sum()),
        "unknown": int(assessed["reached"].isna().sum()),
        "charted": int(is_charted(assessed).sum()),
        "followed": int((assessed["current_position"] > assessed["base_position"]).sum()),
        **by_status,
    }


def is_charted(assessed: pd.DataFrame) -> pd.Series:
    """Whether a target has a completion that rests on a figure since the base."""
    return assessed["completion"].notna() & (assessed["reason"] != "no_new_figure")


def classify(rows: pd.DataFrame, margin: float = MARGIN) -> pd.DataFrame:
    """Measures and status of targets whose standing is known; see `progress`."""
    assessed = rows.join(pathway.measure(rows)).join(pathway.asked(rows))
    assessed["elapsed"] = pathway.elapsed_share(
        rows["base_position"], rows["current_position"], rows["target_position"]
    )
    assessed["final"] = rows["current_position"] >= rows["target_position"]
    assessed["basis_break"] = (
        (rows["current_basis"] != "") & rows["base_value"].notna() & (rows["basis"] != rows["current_basis"])
    )
    assessed = _without_change(assessed)
    assessed["at_target"] = assessed["reached"]
    assessed["status"] = _status(assessed, margin)
    assessed["side"] = _side(assessed)
    assessed["gap"] = _gap(assessed)
    return assessed


def _limited(assessed: pd.DataFrame) -> pd.Series:
    return assessed["kind"].isin(schema.HELD) | (assessed["reason"] == "met_at_base")


def _gap(assessed: pd.DataFrame) -> pd.Series:
    """What the figure, or what all years make, lacks to the target in the indicator's unit, signed."""
    aim = pathway.end_value(assessed).mask(assessed["kind"].isin(schema.AT_END), assessed["required"])
    aim = aim.mask(assessed["kind"].isin(schema.MEANS), assessed["target_value"])
    together = assessed["kind"].isin(schema.OVER_YEARS)
    published = assessed["kind"].isin(schema.CHANGES) & assessed["accumulated"].notna()
    return (aim - assessed["current_value"].mask(together, assessed["accumulated"])).mask(published)


def _side(assessed: pd.DataFrame) -> pd.Series:
    """On which side of a range, a limit or a value to be kept a figure lies that does not meet it."""
    missed = _limited(assessed) & (assessed["reached"] == False).fillna(False)  # noqa: E712  (may be missing)
    value = assessed["current_value"].mask(assessed["kind"].isin(schema.MEANS), assessed["accumulated"])
    aim = assessed["required"].where(assessed["kind"].isin(schema.RELATIVE), assessed["target_value"])
    side = (value > aim).map({True: "above", False: "below"})
    # A limit broken in an earlier year may hold now.
    held = assessed["kind"].map(schema.DIRECTIONS) == side.map({"above": "up", "below": "down"})
    return side.where(missed & ~held & value.notna() & aim.notna() & (value != aim), "")


def _without_change(assessed: pd.DataFrame) -> pd.DataFrame:
    """No way gone without a figure since the base, or between figures on two definitions.

    What met the target at the base says nothing of the years since.
    """
    assessed = assessed.copy()
    begun = assessed["current_position"] > assessed["base_position"]
    open_ = assessed["reason"].isin(["", "met_at_base", "no_increment"])
    unseen = open_ & ~begun & assessed["base_position"].notna() & ~assessed["kind"].isin(schema.IN_WORDS)
    assessed["reason"] = assessed["reason"].mask(unseen, "no_new_figure")
    assessed["reached"] = assessed["reached"].mask(unseen & assessed["reached"].fillna(False))
    yearly = assessed["kind"].isin(schema.EVERY_YEAR)
    foreign = assessed["basis_break"] & assessed["completion"].notna() & ~yearly
    assessed.loc[foreign, ["completion", "score"]] = np.nan
    assessed["reason"] = assessed["reason"].mask(foreign, "other_basis")
    return assessed


def _status(assessed: pd.DataFrame, margin: float) -> pd.Series:
    """Reached where the target is met; else by completion against elapsed share."""
    met = assessed["reached"].fillna(False).astype(bool)
    limited = _limited(assessed)
    # A mean may fall short by the margin and still be on schedule; a limit or a value to be kept may not.
    nearly = assessed["kind"].isin(schema.MEANS) & rules.reaches(assessed["margin"], -margin)
    cases = [
        (assessed["reached"].isna(), "not_assessable"),
        (assessed["reason"] == "no_new_figure", "not_assessable"),
        (limited & met & assessed["final"], "reached"),
        (limited & assessed["final"], "behind"),
        (limited & (met | nearly), "on_schedule"),
        (limited, "behind"),
        (met, "reached"),
        (assessed["score"].isna(), "not_assessable"),
        (rules.reaches(assessed["score"], margin), "ahead"),
        (rules.reaches(assessed["score"], -margin), "on_schedule"),
    ]
    return pd.Series(np.select(*zip(*cases, strict=False), default="behind"), assessed.index)
