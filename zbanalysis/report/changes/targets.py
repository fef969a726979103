"""One target in two reports: what was published anew, what was corrected, what follows from it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

CAUSES = ("new_target", "dropped_target", "new_data", "revision", "rule", "method")
ITEMS = ("base", "target", "figure", "history", "judgement", "completion", "chance", "verdict")
"""What is compared for each target: four that are published, four that are computed."""

NAMES = (
    "order",
    "name_zh",
    "name_en",
    "unit_zh",
    "unit_en",
    "scale",
    "area",
    "area_zh",
    "area_en",
    "plan_area",
)
COLUMNS = ("target", *NAMES, "item", "before", "before_period", "now", "now_period", "cause", "alone")


def target_changes(old: dict, new: dict, rule: dict[str, bool]) -> list[list]:
    """Rows of one target that both reports have."""
    published = [
        (item, *pair, _cause(item, *pair)) for item, *pair in _published(old, new) if pair[0] != pair[1]
    ]
    published += [("history", *pair, "revision") for pair in _revisions(old, new)]
    causes = {cause for *_, cause in published}
    if set(new["history"]) - set(old["history"]):
        causes.add("new_data")
    computed = [
        (item, (pair[0], ""), (pair[1], ""), _computed_cause(causes, rule.get(item, False)))
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
    """New data where there was nothing, or for a later period; all else corrects what stood there."""
    if not was[0]:
        return "new_data"
    # "2020Q1" sorts after "2020" as text, but a whole year is later than its parts.
    return "new_data" if item == "figure" and _end(now[1]) > _end(was[1]) else "revision"


def _end(period: str) -> tuple[str, int]:
    """Year and month in which a period ends.

    Examples
    --------
    >>> _end("2020Q1") < _end("2020H1") < _end("2020") < _end("2021Q1")
    True
    """
    year, kind, part = period[:4], period[4:5], period[5:]
    months = {"Q": 3, "H": 6, "M": 1}.get(kind)
    return year, int(part) * months if months and part.isdigit() else 12


def _revisions(old: dict, new: dict) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Figures of the same period and basis with other digits, the newest left out: it has its own row."""
    newest = {row["current_period"] for row in (old, new)} | {new.get("base_period")}
    return [
        ((old["history"][key][0], key[0]), (new["history"][key][0], key[0]))
        for key in sorted(set(old["history"]) & set(new["history"]))
        if old["history"][key] != new["history"][key] and key[0] not in newest
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


def _computed_cause(causes: set[str], rule: bool) -> str:
    found = causes | ({"rule"} if rule else set())
    # Whether the method changed as well cannot be told from results alone, so it is not claimed.
    return "+".join(cause for cause in CAUSES if cause in found) or "method"


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
