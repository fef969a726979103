"""Where each target of a plan stands: completion, elapsed share, status under a named rule.

One row per target, always: where nothing can be said, the status is ``not_assessable``
and the reason says why.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from zbanalysis.data import package, vintages
from zbanalysis.plan import pathway, rules

MARGIN = rules.RULES["schedule"].thresholds["ahead"]
STATUSES = ("reached", "ahead", "on_schedule", "behind", "not_assessable")
"""Classes of the rule ``schedule``, from best to none."""

LIMITS = ("ceiling", "floor", "keep", "range")


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
        One row per target in the plan's order: the target's own columns, the current
        figure (``current_period, current_value, current_published, current_basis,
        current_source, current_locator``), the measures of `pathway.MEASURES`, ``asked,
        asked_measure, asked_change``, ``elapsed`` (share of the plan's time), ``score``
        (completion − elapsed), ``status``, ``reason``, ``final`` (the target year is
        over), ``basis_break`` (base and current figure stand on different bases) and what
        `vintages.revisions` finds.

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
    found = classify(standing(dataset, plan_id, date), margin)
    return found.join(vintages.revisions(dataset, found, date))


def standing(dataset: package.Dataset, plan_id: str, date: dt.date | str) -> pd.DataFrame:
    """Targets of a plan joined with their base and newest figure; input of `pathway.measure`."""
    view, targets = package.targets_of(dataset, plan_id, date)
    rows = _with_base(_named(targets, view), view.observations)
    current = [_current(target, view.observations) for target in rows.itertuples()]
    rows = rows.join(pd.DataFrame(current, index=rows.index))
    words = view.bases.set_index("basis").rename(columns={"name_zh": "zh", "name_en": "en"})[["zh", "en"]]
    return rows.join(words.add_prefix("basis_"), on="basis").join(
        words.add_prefix("current_basis_"), on="current_basis"
    )


def _named(targets: pd.DataFrame, view: package.Dataset) -> pd.DataFrame:
    """Targets with the names, units and nature of their indicators, and an id of their own."""
    areas = view.areas.set_index("area")[["name_zh", "name_en", "level"]].add_prefix("area_")
    rows = targets.join(view.indicators.set_index("indicator"), on="indicator")
    rows = rows.join(areas.rename(columns={"area_name_zh": "area_zh", "area_name_en": "area_en"}), on="area")
    rows = rows.join(view.plans.set_index("plan")["area"].rename("plan_area"), on="plan")
    ids = rows["area"] + "/" + rows["indicator"] + "/" + rows["kind"] + "/" + rows["target_period"]
    return rows.assign(target=ids).reset_index(drop=True)


def _with_base(rows: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """The base as the plan states it, or else the figure known for the base period."""
    known = observations.sort_values("known_since", ascending=False, kind="stable").drop_duplicates(
        ["area", "indicator", "period"]
    )
    known = known.rename(columns={"period": "base_period"})[
        ["area", "indicator", "base_period", "value", "published", "basis"]
    ]
    found = rows.merge(known, on=["area", "indicator", "base_period"], how="left", suffixes=("", "_known"))
    silent = found["base_value"].isna()
    found["base_value"] = found["base_value"].fillna(found["value"])
    found["published_base_value"] = found["published_base_value"].mask(
        silent, found["published_known"].fillna("")
    )
    found["basis"] = found["basis"].mask(silent & found["basis_known"].notna(), found["basis_known"])
    return found.drop(columns=["value", "published_known", "basis_known"])


_CURRENT = ["period", "position", "value", "published", "half_width", "status", "basis", "source", "locator"]


def _current(target: object, observations: pd.DataFrame) -> dict[str, object]:
    """The newest figure of a target's indicator, and what has come together since the base."""
    series = observations[
        (observations["area"] == target.area) & (observations["indicator"] == target.indicator)
    ]
    series = series[package.comparable(series, target)]
    base = target.base_position if not np.isnan(target.base_position) else -np.inf
    series = series[(series["position"] >= base) & (series["position"] <= target.target_position)]
    # The latest period counts; of several figures for it, the one published last.
    ranked = series.sort_values(["position", "known_since"], ascending=[False, False], kind="stable")
    newest = ranked.iloc[0] if len(ranked) else pd.Series(dtype=object)
    found = {f"current_{name}": newest.get(name, _NOTHING[name]) for name in _CURRENT}
    yearly = ranked.drop_duplicates("period")
    return found | {"accumulated": _accumulated(target, yearly), "held_share": _held_share(target, yearly)}


_NOTHING = dict.fromkeys(_CURRENT, "") | {"position": np.nan, "value": np.nan, "half_width": np.nan}


def _accumulated(target: object, yearly: pd.DataFrame) -> float:
    """Sum of the flows from the base to the newest figure; missing when a year is missing."""
    if target.kind != "cumulative_sum":
        return np.nan
    total, reached = 0.0, target.base_position
    for row in yearly.sort_values(["start", "position"], ascending=[True, False]).itertuples():
        if row.start == reached:
            total, reached = total + row.value, row.position
    return total if len(yearly) and reached == yearly["position"].max() else np.nan


def _held_share(target: object, yearly: pd.DataFrame) -> float:
    """Share of the years after the base in which a ceiling or floor held."""
    if target.kind not in ("ceiling", "floor") or yearly.empty:
        return np.nan
    full = yearly[~yearly["part_year"]].drop_duplicates("position")
    after = full[full["position"] > target.base_position]
    sign = 1 if target.kind == "floor" else -1
    return float((sign * (after["value"] - target.target_value) >= 0).mean()) if len(after) else np.nan


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
    known = package.as_of(dataset, date).observations
    columns = ["target", "period", "position", "value", "published", "status", "basis", "source"]
    parts = []
    for target in rows.itertuples():
        series = known[(known["area"] == target.area) & (known["indicator"] == target.indicator)]
        parts.append(series[package.comparable(series, target)].assign(target=target.target))
    return pd.concat(parts).sort_values(["target", "position"], kind="stable")[columns].reset_index(drop=True)


def sources(dataset: package.Dataset, found: pd.DataFrame, date: dt.date | str) -> pd.DataFrame:
    """The sources that targets and figures stand in, numbered in the order of their days.

    Returns
    -------
    DataFrame
        ``number`` and the columns of ``sources.csv``.
    """
    used = {*found["source"], *found["current_source"], *history(dataset, found, date)["source"]} - {""}
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


def counts(found: pd.DataFrame) -> dict[str, int]:
    """How many targets there are, are met, are followed by a figure since the base, stand in each status.

    Examples
    --------
    >>> counts(progress(package.load(), "zibo-13", "2020-08-10"))["total"]
    10
    """
    # A target of which only the base is known is neither met nor missed.
    waiting = found["reason"] == "no_new_figure"
    by_status = {status: int((found["status"] == status).sum()) for status in STATUSES}
    return {
        "total": len(found),
        "met": int(found["reached"].fillna(False).sum()),
        "not_met": int((~found["reached"].fillna(True) & ~waiting).sum()),
        "waiting": int((waiting & ~found["reached"].fillna(False)).sum()),
        "unknown": int(found["reached"].isna().sum()),
        "charted": int(is_charted(found).sum()),
        "followed": int((found["current_position"] > found["base_position"]).sum()),
        **by_status,
    }


def charted(found: pd.DataFrame) -> pd.DataFrame:
    """Targets with a completion since the base: those that a chart of completion shows."""
    return found[is_charted(found)].reset_index(drop=True)


def is_charted(found: pd.DataFrame) -> pd.Series:
    """Whether a target has a completion that rests on a figure since the base."""
    return found["completion"].notna() & (found["reason"] != "no_new_figure")


def classify(rows: pd.DataFrame, margin: float = MARGIN) -> pd.DataFrame:
    """Measures and status of targets whose standing is known; see `progress`."""
    found = rows.join(pathway.measure(rows)).join(pathway.asked(rows))
    found["elapsed"] = pathway.elapsed_share(
        rows["base_position"], rows["current_position"], rows["target_position"]
    )
    # The share of years in which a limit held is no way gone, so it is not set against time.
    found["score"] = (found["completion"] - found["elapsed"]).mask(found["kind"].isin(LIMITS))
    found["final"] = rows["current_position"] >= rows["target_position"]
    found["basis_break"] = (
        (rows["current_basis"] != "") & rows["base_value"].notna() & (rows["basis"] != rows["current_basis"])
    )
    found["reason"] = _reasons(found)
    found["status"] = _status(found, margin)
    return found


def _reasons(found: pd.DataFrame) -> pd.Series:
    begun = found["current_position"] > found["base_position"]
    unseen_since = (
        found["reason"].isin(["", "met_at_base", "no_increment"]) & ~begun & found["base_position"].notna()
    )
    return found["reason"].mask(unseen_since, "no_new_figure")


def _status(found: pd.DataFrame, margin: float) -> pd.Series:
    """Reached where the target is met; else by completion against elapsed share."""
    met = found["reached"].fillna(False).astype(bool)
    limited = found["kind"].isin(LIMITS) | (found["reason"] == "met_at_base")
    # What is to be kept may fall short by the margin and still be on schedule; a limit may not.
    kept = (found["kind"] == "keep") | (found["reason"] == "met_at_base")
    nearly = kept & rules.reaches(found["margin"], -margin)
    cases = [
        (found["reached"].isna(), "not_assessable"),
        (found["reason"].eq("no_new_figure") & ~(met & ~limited), "not_assessable"),
        (limited & met & found["final"] & ~(found["completion"] < 1), "reached"),
        (limited & found["final"] & (found["completion"] < 1), "behind"),
        (limited & (met | nearly), "on_schedule"),
        (limited, "behind"),
        (met, "reached"),
        (found["score"].isna(), "not_assessable"),
        (rules.reaches(found["score"], margin), "ahead"),
        (rules.reaches(found["score"], -margin), "on_schedule"),
    ]
    return pd.Series(np.select(*zip(*cases, strict=False), default="behind"), found.index)
