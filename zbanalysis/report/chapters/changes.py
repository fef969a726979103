"""What changed since the last report: two result files compared, and the chapter that says it.

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
from zbanalysis.outlook.verdict import VERDICTS, WORDS
from zbanalysis.report import cells, results, words
from zbanalysis.report.blocks import INDICATORS, Column, Report, paragraphs
from zbanalysis.report.words import label

FEASIBILITY = "03_feasibility"
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

# A judgement at the end of the plan says the same as these verdicts.
_SAID_BY_JUDGEMENT = ("reached", "missed")
_REACHED = ("reached.yes", "status.reached", "status.final.reached")


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


# --- The chapter ---
def sections(report: Report) -> list[dict]:
    """One section, or none where no earlier report is named."""
    before = report.before
    if before is None:
        return []
    changed, kept = changes(before, report.content), unchanged(before, report.content)
    texts = sentences(changed, kept, before["manifest"]["as_of"], report.lang)
    if changed.empty:
        return [report.section("section.changes", paragraphs(texts))]
    texts.append(report.label("text.see_changes"))
    notes = [report.label("text.changes_note")]
    made = report.show("changes", listed(changed), columns(report.lang), notes=notes)
    return [report.section("section.changes", [*paragraphs(texts), made])]


def sentences(changed: pd.DataFrame, kept: Mapping[str, int], since: str, lang: str) -> list[str]:
    """The changes that a reader must know, most important first.

    How many targets changed, whose judgement became better or worse, which targets or published figures
    were revised, and which judgement rests on a target that was moved.

    Parameters
    ----------
    changed, kept
        From `changes` and `unchanged`.
    since
        The day of the last report.
    lang
        ``zh`` or ``en``.
    """
    counts = {name: kept[name] for name in ("targets", "same", "changed")}
    texts = [label("text.changes_count", lang, date=words.date(since, lang), **counts)]
    for key in ("new_target", "dropped_target"):
        some = changed[changed["cause"] == key]
        if len(some):
            texts.append(label(f"text.changes_{key}", lang, names=words.names(some, lang), count=len(some)))
    judged = changed[changed["item"] == "judgement"]
    before, now = judged["before"].isin(_REACHED), judged["now"].isin(_REACHED)
    for key, rows in (("gained", judged[~before & now]), ("lost", judged[before & ~now])):
        if len(rows):
            names = words.listing([_with_cause(row, changed, lang) for _, row in rows.iterrows()], lang)
            texts.append(label(f"text.changes_{key}", lang, count=len(rows), names=names))
    texts += [_revised(row, lang) for _, row in changed[changed["cause"] == "revision"].iterrows()]
    texts += [
        _revised(row, lang, "withdrawn")
        for _, row in changed[changed["cause"] == "withdrawal"].iterrows()
        if not row["now"]
    ]
    moved = judged[~before & now & (judged["alone"] == "revision")]
    texts += [_moved(row, changed, lang) for _, row in moved.iterrows()]
    for key in ("rule", "method"):
        rows = changed[changed["cause"] == key].drop_duplicates("target")
        if len(rows):
            texts.append(label(f"text.changes_{key}", lang, count=len(rows), names=words.names(rows, lang)))
    return texts


def _with_cause(row: pd.Series, changed: pd.DataFrame, lang: str) -> str:
    """A target with its figures before and now and the cause of the change."""
    figure = changed[(changed["target"] == row["target"]) & (changed["item"] == "figure")]
    name, why = words.name_in_text(row, lang), cause(row["cause"], lang)
    if figure.empty:
        return label("text.changes_plain", lang, name=name, cause=why)
    figures = {side: value(figure.iloc[0], side, lang) for side in ("before", "now")}
    return label("text.changes_figure", lang, name=name, cause=why, **figures)


def _revised(row: pd.Series, lang: str, how: str = "revised") -> str:
    item = label(f"change_item.{row['item']}", lang)
    item = item if lang == "zh" else item[0].lower() + item[1:]
    sides = {side: value(row, side, lang) for side in ("before", "now")}
    return label(f"text.changes_{how}", lang, name=words.name_in_text(row, lang), item=item, **sides)


def _moved(row: pd.Series, changed: pd.DataFrame, lang: str) -> str:
    """A target reached only because it was moved: what a reviewer must see."""
    own = changed[changed["target"] == row["target"]].set_index("item")
    now = own.loc["figure", "now"] if "figure" in own.index else words.NONE
    earlier, target = own.loc["target", "before"], own.loc["target", "now"]
    name = words.name_in_text(row, lang)
    return label("text.changes_moved", lang, name=name, earlier=earlier, target=target, figure=now)


def listed(changed: pd.DataFrame) -> pd.DataFrame:
    """The rows that the table shows, each target's name on its first."""
    shown = changed[~changed["now"].isin(_SAID_BY_JUDGEMENT)]
    return shown.assign(first=~shown["target"].duplicated())


def columns(lang: str) -> list[Column]:
    """The columns of the changes."""

    def column(key: str, cell: object, align: str = "left") -> Column:
        return Column(key, cell, align, heading=label(f"change_column.{key}", lang))

    return [
        column("order", lambda row: cells.number(row["order"], 0) if row["first"] else "", "right"),
        column("indicator", lambda row: words.name(row, lang) if row["first"] else ""),
        column("item", lambda row: label(f"change_item.{row['item'] or 'whole'}", lang)),
        column("before", lambda row: value(row, "before", lang), "right"),
        column("now", lambda row: value(row, "now", lang), "right"),
        column("cause", lambda row: cause(row["cause"], lang)),
    ]


def value(row: pd.Series, side: str, lang: str) -> str:
    """One side of a change, ``before`` or ``now``, as the other tables print it."""
    text, item = row[side], row["item"]
    if not text:
        return words.NONE
    if item == "judgement":
        return label(text, lang)
    if item == "verdict":
        return WORDS[text][lang == "en"]
    if item == "completion":
        return cells.percent(float(text))
    if item == "chance":
        return words.chance(float(text), lang)
    period = row[f"{side}_period"] if item in ("figure", "history", "base") else ""
    return cells.printed(text, after=cells.bracketed(words.period(period, lang), lang) if period else "")


def cause(key: str, lang: str) -> str:
    """The causes of a change in words."""
    return words.listing([label(f"cause.{part}", lang) for part in key.split("+")], lang)
