"""Two result files of one plan → what changed between them, and why.

The cause is seen by comparing what both files hold of a target: a figure that is new, corrected or withdrawn,
another definition, an evaluator's judgement, a rule, or time that ran out.  What is computed changes for
the causes that are met; only where none is met does the change come from the method or from data of others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from zbanalysis.data import files, periods
from zbanalysis.errors import InputError, ZbError
from zbanalysis.outlook.verdict import VERDICTS
from zbanalysis.report import results, words

__all__ = ["CAUSES", "COLUMNS", "ITEMS", "changes", "earlier", "judgement", "unchanged"]

INDICATORS, FEASIBILITY = "01_indicators", "03_feasibility"
CAUSES = ("new_target", "dropped_target", "new_data", "revision", "withdrawal", "status", "definition",
          "evaluator", "rule", "time", "method")  # fmt: skip
ITEMS = ("base", "target", "figure", "history", "judgement", "completion", "chance", "verdict")
"""What is compared for each target: four that are published, four that are computed."""

NAMES = ("order", "name_zh", "name_en", "unit_zh", "unit_en", "scale", "area", "area_zh", "area_en",
         "plan_area")  # fmt: skip
COLUMNS = ("target", *NAMES, "item", "before", "before_period", "now", "now_period", "cause", "alone")


_DEFINITION = ("kind", "direction", "basis", "target_period", "tolerance", "comparator", "accumulation",
               "lower_bound", "upper_bound")  # fmt: skip
"""What a target asks beside its value: another one makes another target of it."""
_EVALUATOR = ("overruled", "evaluator_view", "evaluator_date")
_NEEDED = {
    (INDICATORS, "progress"): {
        "target", "order", "kind", "published_target_value", "published_base_value", "base_period",
        "target_period", "current_period", "current_published", "completion", "status", "final", "reached",
        "reason",
    },
    (INDICATORS, "history"): {"target", "period", "basis", "published", "status"},
    (INDICATORS, "rules"): {"rule"},
    (FEASIBILITY, "outlook"): {"target", "chance", "verdict"},
}  # fmt: skip
"""Tables and columns that an earlier result file must have."""


def changes(before: Mapping, now: Mapping) -> pd.DataFrame:
    """Every judgement and figure that changed, with its cause.

    Parameters
    ----------
    before, now
        Result files of the same plan; see `earlier`.

    Returns
    -------
    DataFrame
        One row for each target and item that changed, in the order of the plan: ``target``, names
        and units, ``item`` (one of `ITEMS`, or empty for a target that came or went), ``before`` and
        ``now`` as text (published digits; for judgements and verdicts keys of labels; shares as
        decimals), their periods, ``cause`` (of `CAUSES`, joined by ``+`` where two act together), and
        ``alone``: of a judgement or completion with both causes, the one that would have reached or missed
        the target without the other; else empty.
    """
    old, new = rows_of(before), rows_of(now)
    rows = []
    for target in [*new, *(target for target in old if target not in new)]:
        if target in old and target in new:
            rows += target_changes(old[target], new[target], rule_changed(before, now))
            continue
        row = (new if target in new else old)[target]
        sides = [(text(row["published_target_value"]) if target in one else "", "") for one in (old, new)]
        rows.append(change(row, "", *sides, "new_target" if target in new else "dropped_target"))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def unchanged(before: Mapping, now: Mapping) -> dict[str, int]:
    """How many of the targets that both reports have stayed as they were.

    Returns
    -------
    dict
        ``targets`` (compared), ``same`` (nothing changed), ``changed``, and for each of `ITEMS` how many
        targets kept it.
    """
    both = set(rows_of(before)) & set(rows_of(now))
    rows = changes(before, now)
    rows = rows[rows["target"].isin(both)]
    touched = rows["target"].nunique()
    kept = {item: len(both) - rows.loc[rows["item"] == item, "target"].nunique() for item in ITEMS}
    return {"targets": len(both), "same": len(both) - touched, "changed": touched, **kept}


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
        # A pipe or a device is not waited for.
        before = results.parsed(files.read(Path(path)), path)
    except (ZbError, OSError):
        raise InputError(
            f"--since {path} is not a result file that can be read; name the .json of an earlier report."
        ) from None
    lacking = _lacking(before)
    try:
        asked = [part["sections"][INDICATORS]["parameters"] for part in (before, content)]
        plans, days = ([one[key] for one in asked] for key in ("plan", "as_of"))
        texts = (before["manifest"]["as_of"], plans[0], days[0])
        complete = not lacking and all(isinstance(one, str) for one in texts) and _has_words(before)
        changes(before, before)  # cells of another type than ours are met here, not in the middle of a report
    except (ZbError, KeyError, TypeError, ValueError, AttributeError):
        complete = False
    if not complete:
        which = f" ({', '.join(lacking[:5])}{' …' if lacking[5:] else ''})" if lacking else ""
        raise InputError(f"--since {path} lacks results this report needs{which}; make that report again.")
    if plans[0] != plans[1]:
        raise InputError(
            f"--since {path} is a report on {plans[0]}, not on {plans[1]}; name one of this plan."
        )
    if days[0] > days[1]:
        raise InputError(
            f"--since {path} is as of {days[0]}, later than this report ({days[1]}); name an earlier one."
        )
    return before


def _lacking(content: Mapping) -> list[str]:
    """The tables and columns of `_NEEDED` that a result file does not have."""
    lacking = []
    for (section, name), columns in _NEEDED.items():
        found = content["sections"].get(section, {}).get("tables", {}).get(name)
        there = columns if found is None else set(found["columns"])
        lacking += [f"table {name} of {section}"] if found is None else []
        lacking += [f"column {column} of {name}" for column in sorted(columns - there)]
    return lacking


def _has_words(content: Mapping) -> bool:
    """Whether the verdicts and judgements of a result file are those of today."""
    known = set(outlook(content)["verdict"].fillna("")) <= {*VERDICTS, ""}
    return known and all(words.known(judgement(row)) for row in progress(content).to_dict("records"))


def progress(content: Mapping) -> pd.DataFrame:
    """The table of progress."""
    return results.table(content, INDICATORS, "progress")


def outlook(content: Mapping) -> pd.DataFrame:
    """The table of chances."""
    return results.table(content, FEASIBILITY, "outlook")


def rows_of(content: Mapping) -> dict[str, dict]:
    """Each target's progress, outlook and published history by its id."""
    chances = outlook(content).set_index("target")
    chances = chances[[name for name in ("chance", "verdict", *_EVALUATOR) if name in chances]]
    histories = results.table(content, INDICATORS, "history")
    rows = progress(content).sort_values("order").join(chances, on="target")
    return {
        row["target"]: {**row, "history": _history(histories[histories["target"] == row["target"]])}
        for row in rows.to_dict("records")
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
    facts = [part["sections"][FEASIBILITY].get("facts") or {} for part in (before, now)]
    limits = [[one.get(name) for name in ("likely", "with_effort")] for one in facts]
    return {"judgement": margin[0] != margin[1] or rule[0] != rule[1], "verdict": limits[0] != limits[1]}


def target_changes(old: dict, new: dict, rule: dict[str, bool]) -> list[list]:
    """Rows of one target that both reports have."""
    published = [
        (item, *pair, _cause(item, *pair)) for item, *pair in _published(old, new) if pair[0] != pair[1]
    ]
    shown = [(was, now) for _, was, now, _ in published]
    published += [
        ("history", *pair, cause) for *pair, cause in _corrected(old, new) if tuple(pair) not in shown
    ]
    causes = {cause for *_, cause in published}
    if set(new["history"]) - set(old["history"]):
        causes.add("new_data")
    if any(text(old.get(name)) != text(new.get(name)) for name in _DEFINITION):
        causes.add("definition")
    if bool(old["final"]) != bool(new["final"]):
        causes.add("time")  # the year of the target is over in one of the two
    if any(text(old.get(name)) != text(new.get(name)) for name in _EVALUATOR):
        causes.add("evaluator")
    computed = [
        (item, (pair[0], ""), (pair[1], ""), _computed_cause(item, causes, rule.get(item, False)))
        for item, *pair in _computed(old, new)
        if pair[0] != pair[1]
    ]
    alone = _alone(old, new) if causes >= {"new_data", "revision"} else ""
    return [
        change(new, item, was, now, cause, alone if item == "judgement" else "")
        for item, was, now, cause in [*published, *computed]
    ]


def _published(old: dict, new: dict) -> list[tuple[str, tuple[str, str], tuple[str, str]]]:
    """Base, target and newest figure, each with its period, before and now."""
    return [
        (item, *((text(row.get(digits)), text(row.get(period))) for row in (old, new)))
        for item, digits, period in (
            ("base", "published_base_value", "base_period"),
            ("target", "published_target_value", "target_period"),
            ("figure", "current_published", "current_period"),
        )
        # A period without its figure is no figure.
        if text(old.get(digits)) or text(new.get(digits))
    ]


def _cause(item: str, was: tuple[str, str], now: tuple[str, str]) -> str:
    """New where there was nothing or for a later period, withdrawn where nothing is left; else corrected."""
    if not was[0]:
        return "new_data"
    if not now[0] or (item == "figure" and _end(now[1]) < _end(was[1])):
        return "withdrawal"
    # "2020Q1" sorts after "2020" as text, but a whole year is later than its parts.
    return "new_data" if item == "figure" and _end(now[1]) > _end(was[1]) else "revision"


def _end(period: str) -> float:
    """When a period ends, in years; before all others where there is none.

    Examples
    --------
    >>> _end("2020Q1") < _end("2020H1") < _end("2020") < _end("2021Q1") < _end("2016/2022")
    True
    """
    return periods.position(period) if period else -math.inf


def _corrected(old: dict, new: dict) -> list[tuple[tuple[str, str], tuple[str, str], str]]:
    """Figures of the same period and basis with other digits, and those that are no longer there."""
    was, now = old["history"], new["history"]
    other = [
        ((was[key][0], key[0]), (now[key][0], key[0]), "status" if was[key][0] == now[key][0] else "revision")
        for key in sorted(set(was) & set(now))
        if was[key] != now[key]
    ]
    gone = sorted(set(was) - set(now), key=str)
    # A figure whose period is told by the row of the newest figure is not told twice.
    newest = new["current_period"] if new["current_period"] != old["current_period"] else None
    return other + [
        ((was[key][0], key[0]), ("", key[0]), "withdrawal")
        for key in gone
        if not (newest is not None and key[0] == old["current_period"])
    ]


def _computed(old: dict, new: dict) -> list[tuple[str, str, str]]:
    """Judgement, completion, chance and verdict before and now; numbers as far as they are printed."""
    return [
        ("judgement", judgement(old), judgement(new)),
        ("completion", _rounded(old["completion"], 3), _rounded(new["completion"], 3)),
        ("chance", *_chances(old["chance"], new["chance"])),
        ("verdict", text(old["verdict"]), text(new["verdict"])),
    ]


def judgement(row: Mapping) -> str:
    """The key of the words by which a table shows a judgement.

    Examples
    --------
    >>> judgement({"status": "ahead", "final": False, "reached": False, "reason": ""})
    'status.ahead'
    >>> judgement({"status": "not_assessable", "final": False, "reached": True, "reason": "no_base"})
    'reached.yes'
    """
    known = isinstance(row["reached"], bool)
    if row["status"] == "not_assessable" and known:
        if row["final"]:
            return f"status.final.{'reached' if row['reached'] else 'behind'}"
        if row["reason"] != "no_new_figure":
            return f"reached.{'yes' if row['reached'] else 'no'}"
    return f"status.final.{row['status']}" if row["final"] else f"status.{row['status']}"


def _computed_cause(item: str, causes: set[str], rule: bool) -> str:
    """The causes met; an evaluator changes verdicts only, and a year that ended changes no number."""
    met = causes | ({"rule"} if rule else set())
    met -= {"evaluator"} if item != "verdict" else set()
    met -= {"time"} if item in ("completion", "chance") or met - {"time", "evaluator"} else set()
    return "+".join(cause for cause in CAUSES if cause in met) or "method"


def _alone(old: dict, new: dict) -> str:
    """Which cause settles it: would the new figure have reached the old target too?"""
    figure, aims = new.get("current_value"), [row.get("target_value") for row in (old, new)]
    if new["kind"] not in ("level", "floor", "ceiling") or any(pd.isna(one) for one in (figure, *aims)):
        return ""
    up = new.get("direction") != "down"
    met = [figure >= aim if up else figure <= aim for aim in aims]
    return "new_data" if met[0] == met[1] else "revision"


def _chances(old: float, new: float) -> tuple[str, str]:
    """Two chances: alike where whole per cents agree, else with a digit more, for a cut-off may lie between.

    Examples
    --------
    >>> _chances(0.798, 0.802), _chances(0.7981, 0.61)
    (('0.80', '0.80'), ('0.798', '0.610'))
    """
    same = _rounded(old, 2) == _rounded(new, 2)
    return tuple(_rounded(one, 2 if same else 3) for one in (old, new))


def _rounded(value: float, places: int) -> str:
    return "" if value is None or pd.isna(value) else f"{value:.{places}f}"


def text(value: object) -> str:
    """A cell as text; missing is empty."""
    return "" if value is None or pd.isna(value) else str(value)


def change(
    row: Mapping, item: str, was: tuple[str, str], now: tuple[str, str], cause: str, alone: str = ""
) -> list:
    """One row of the table of changes."""
    names = [row.get(name) for name in NAMES]
    return [row["target"], *names, item, *was, *now, cause, alone]
