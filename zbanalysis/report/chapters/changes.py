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
from zbanalysis.report.blocks import INDICATORS, Column, Report
from zbanalysis.report.words import label

FEASIBILITY = "03_feasibility"
CAUSES = ("new_target", "dropped_target", "new_data", "revision", "withdrawal", "status", "definition",
          "evaluator", "rule", "time", "method")  # fmt: skip
PUBLISHED = {
    "base": ("published_base_value", "base_period"),
    "target": ("published_target_value", "target_period"),
    "figure": ("current_published", "current_period"),
}
"""What is compared for each target as published: digits and their period."""
ITEMS = (*PUBLISHED, "history", "judgement", "completion", "chance", "verdict")
"""All that is compared for each target: four that are published, four that are computed."""

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
    old, new, rows = rows_of(before), rows_of(now), []
    old_rules, rules = _rules(before), _rules(now)
    rule = {item: old_rules[item] != rules[item] for item in rules}
    for target in [*new, *(target for target in old if target not in new)]:
        if target in old and target in new:
            rows += target_changes(old[target], new[target], rule)
            continue
        row = (new if target in new else old)[target]
        sides = [(_text(row["published_target_value"]) if target in one else "", "") for one in (old, new)]
        rows.append(_change(row, "", *sides, "new_target" if target in new else "dropped_target"))
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
    touched = rows.groupby("item")["target"].nunique().reindex(ITEMS, fill_value=0)
    changed = rows["target"].nunique()
    counts = {"targets": len(both), "same": len(both) - changed, "changed": changed}
    return counts | {item: len(both) - int(number) for item, number in touched.items()}


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
    known, rows = (*VERDICTS, ""), rows_of(content).values()
    return all(_text(row["verdict"]) in known and words.known(cells.judgement_key(row)) for row in rows)


def rows_of(content: Mapping) -> dict[str, dict]:
    """Each target's progress, outlook and published history by its id."""
    chances = results.table(content, FEASIBILITY, "outlook").set_index("target")
    rows = results.table(content, INDICATORS, "progress").sort_values("order")
    rows = rows.join(chances.filter(["chance", "verdict", *_EVALUATOR]), on="target")
    history: dict[str, dict] = {target: {} for target in rows["target"]}
    for row in results.table(content, INDICATORS, "history").itertuples():
        history.setdefault(row.target, {})[row.period, row.basis] = (row.published, row.status)
    return {row["target"]: {**row, "history": history[row["target"]]} for row in rows.to_dict("records")}


def _rules(content: Mapping) -> dict[str, list]:
    """The rule of judging and its margin, and the cut-offs of the verdicts."""
    margin = content.get("manifest", {}).get("margin")
    rule = results.table(content, INDICATORS, "rules")["rule"].head(1).tolist()
    facts = content["sections"][FEASIBILITY].get("facts") or {}
    return {"judgement": [margin, rule], "verdict": [facts.get("likely"), facts.get("with_effort")]}


def target_changes(old: dict, new: dict, rule: Mapping[str, bool]) -> list[list]:
    """Rows of one target that both reports have; ``rule`` says for which items it is another one."""
    rows = []
    for item, names in PUBLISHED.items():
        was, now = (tuple(_text(row.get(name)) for name in names) for row in (old, new))
        if was != now and (was[0] or now[0]):  # a period without its figure is no figure
            rows.append((item, was, now, _cause(item, was, now)))
    told = [(was, now) for _, was, now, _ in rows]
    rows += [("history", *pair, cause) for *pair, cause in _corrected(old, new) if tuple(pair) not in told]
    causes = {cause for *_, cause in rows}
    if set(new["history"]) - set(old["history"]):
        causes.add("new_data")
    if bool(old["final"]) != bool(new["final"]):
        causes.add("time")  # the year of the target is over in one of the two
    for cause, names in (("definition", _DEFINITION), ("evaluator", _EVALUATOR)):
        if any(_text(old.get(name)) != _text(new.get(name)) for name in names):
            causes.add(cause)
    computed = {
        "judgement": [cells.judgement_key(row) for row in (old, new)],
        "completion": [_rounded(row["completion"], 3) for row in (old, new)],
        "chance": _chances(old["chance"], new["chance"]),
        "verdict": [_text(row["verdict"]) for row in (old, new)],
    }
    for item, (was, now) in computed.items():
        if was != now:
            rows.append((item, (was, ""), (now, ""), _computed_cause(item, causes, rule.get(item, False))))
    alone = {"judgement": _alone(old, new) if causes >= {"new_data", "revision"} else ""}
    return [_change(new, *row, alone.get(row[0], "")) for row in rows]


def _cause(item: str, was: tuple[str, str], now: tuple[str, str]) -> str:
    """New where there was nothing or for a later period, withdrawn where nothing is left; else corrected."""
    if not was[0] or not now[0]:
        return "withdrawal" if was[0] else "new_data"
    if item != "figure":
        return "revision"
    # "2020Q1" sorts after "2020" as text, but a whole year is later than its parts.
    before, after = (periods.position(period) if period else -math.inf for _, period in (was, now))
    return "new_data" if after > before else "withdrawal" if after < before else "revision"


def _corrected(old: dict, new: dict) -> list[tuple[tuple[str, str], tuple[str, str], str]]:
    """Figures of the same period and basis with other digits, and those that are no longer there."""
    was, now = old["history"], new["history"]
    other = [
        ((was[key][0], key[0]), (now[key][0], key[0]), "status" if was[key][0] == now[key][0] else "revision")
        for key in sorted(set(was) & set(now))
        if was[key] != now[key]
    ]
    # A figure whose period is told by the row of the newest figure is not told twice.
    told = old["current_period"] if new["current_period"] != old["current_period"] else None
    gone = sorted(set(was) - set(now), key=str)
    return other + [((was[key][0], key[0]), ("", key[0]), "withdrawal") for key in gone if key[0] != told]


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
    met = [figure <= aim if new.get("direction") == "down" else figure >= aim for aim in aims]
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


def _text(value: object) -> str:
    """A cell as text; missing is empty."""
    return "" if value is None or pd.isna(value) else str(value)


def _change(
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
    parts = sentences(changed, kept, before["manifest"]["as_of"], report.lang)
    if len(changed):
        shown = report.show("changes", listed(changed), CHANGES, notes=[report.label("text.changes_note")])
        parts += [report.label("text.see_changes"), shown]
    return [report.section("section.changes", parts)]


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
    judged = changed[changed["item"] == "judgement"]
    before, now = judged["before"].isin(_REACHED), judged["now"].isin(_REACHED)
    by = {key: changed[changed["cause"] == key] for key in CAUSES}
    came = {f"text.changes_{key}": by[key] for key in ("new_target", "dropped_target")}
    turned = {"text.changes_gained": judged[~before & now], "text.changes_lost": judged[before & ~now]}
    alone = {f"text.changes_{key}": by[key].drop_duplicates("target") for key in ("rule", "method")}

    def with_cause(row: pd.Series, lang: str) -> str:
        """A target with its figures before and now and the cause of the change."""
        figure = changed[(changed["target"] == row["target"]) & (changed["item"] == "figure")]
        given = {"name": words.name_in_text(row, lang), "cause": cause(row, lang)}
        if figure.empty:
            return label("text.changes_plain", lang, **given)
        figures = {side: value(figure.iloc[0], side, lang) for side in ("before", "now")}
        return label("text.changes_figure", lang, **given, **figures)

    def revised(key: str, rows: pd.DataFrame) -> list[str]:
        return [
            label(
                key, lang, name=words.name_in_text(row, lang),
                item=words.within(label(f"change_item.{row['item']}", lang)),
                before=value(row, "before", lang), now=value(row, "now", lang),
            )
            for _, row in rows.iterrows()
        ]  # fmt: skip

    moved = []  # reached only because the target was moved: what a reviewer must see
    for _, row in judged[~before & now & (judged["alone"] == "revision")].iterrows():
        own = changed[changed["target"] == row["target"]].set_index("item")
        figure = own["now"].get("figure", words.NONE)
        earlier, target = own.loc["target", ["before", "now"]]
        given = {"name": words.name_in_text(row, lang), "earlier": earlier, "target": target}
        moved.append(label("text.changes_moved", lang, figure=figure, **given))
    counts = {name: kept[name] for name in ("targets", "same", "changed")}
    return [
        label("text.changes_count", lang, date=words.date(since, lang), **counts),
        *words.named(came, lang),
        *words.named(turned, lang, with_cause),
        *revised("text.changes_revised", by["revision"]),
        *revised("text.changes_withdrawn", by["withdrawal"].query("now == ''")),
        *moved,
        *words.named(alone, lang),
    ]


def listed(changed: pd.DataFrame) -> pd.DataFrame:
    """The rows that the table shows, each target's name on its first."""
    shown = changed[~changed["now"].isin(_SAID_BY_JUDGEMENT)]
    return shown.assign(first=~shown["target"].duplicated())


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


def cause(row: pd.Series, lang: str) -> str:
    """The causes of a change in words."""
    return words.listing([label(f"cause.{part}", lang) for part in row["cause"].split("+")], lang)


CHANGES = [
    Column("order", lambda row, _: cells.number(row["order"], 0) if row["first"] else "", "right"),
    Column("indicator", lambda row, lang: words.name(row, lang) if row["first"] else ""),
    Column("change_column.item", lambda row, lang: label(f"change_item.{row['item'] or 'whole'}", lang)),
    Column("change_column.before", lambda row, lang: value(row, "before", lang), "right"),
    Column("change_column.now", lambda row, lang: value(row, "now", lang), "right"),
    Column("change_column.cause", cause),
]
"""The columns of the changes."""
