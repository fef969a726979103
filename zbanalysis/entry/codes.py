"""What a form need not say: short names, and what follows from the rest; whoever wants says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from zbanalysis.data import limits
from zbanalysis.entry.folder import told_level
from zbanalysis.entry.rows import Row
from zbanalysis.entry.schema import PLACEHOLDER, plain, tables

USUAL: Mapping[str, Mapping[str, str]] = {
    "sources": {"confidence": "high"},
    "indicators": {"domain": "other"},
    "observations": {"basis": "as_published", "status": "final"},
    "plans": {"report": "yes"},
    "targets": {"basis": "as_published", "attribute": "unstated"},
}
"""What an empty cell means, by sheet and column."""


def complete(rows: list[Row], current: Mapping[str, pd.DataFrame]) -> None:
    """Fill the short names and usual values that the rows of a form leave out.

    A row that is named like one of the folder is that one; others get a short name from their English
    name, or a number.  Where there is one area or plan, rows need not name it.

    Parameters
    ----------
    rows
        All rows of the form; their texts are whole afterwards, as far as anything follows.
    current
        The folder's tables as text.
    """
    for row in rows:
        for column, usual in USUAL.get(row.table, {}).items():
            row.texts[column] = row.texts[column] or usual
    for name in ("areas", "sources", "bases", "indicators"):
        _name(name, rows, current)
    _only("area", "areas", ("plans", "observations"), rows, current)
    _name("plans", rows, current)
    _only("plan", "plans", ("targets", "tasks", "survey"), rows, current)
    _name("tasks", rows, current)
    _targets(rows, current)


def _name(name: str, rows: list[Row], current: Mapping[str, pd.DataFrame]) -> None:
    """Short names of a sheet's rows that have none."""
    code, text = tables()[name].identifier, "title" if name == "sources" else "name"
    own = [row for row in rows if row.table == name]
    there = [*current[name].to_dict("records"), *(row.texts for row in own if row.texts[code])]
    for row in own:
        if not (row.found.get(code) and row.found[code].wrong):
            if name == "areas":
                named = row.texts["name_zh"] or row.texts["name_en"]
                row.texts["level"] = row.texts["level"] or told_level(named) or "city"
            if not row.texts[code]:
                row.texts[code] = _same(row.texts, there, text) or _new(name, row.texts, there, code)
                there.append(row.texts)


def _same(texts: Mapping[str, str], there: list[Mapping[str, str]], text: str) -> str:
    """The short name of the row that is named alike; of documents the one of the same day."""
    day = texts.get("date_published", "")
    return next(
        (
            next(iter(one.values()))
            for one in there
            if one.get("date_published", "") == day
            and any(texts[f"{text}_{lang}"] and plain(texts[f"{text}_{lang}"]) == plain(one[f"{text}_{lang}"])
                    for lang in ("zh", "en"))
        ),
        "",
    )  # fmt: skip


def _new(name: str, texts: Mapping[str, str], there: list[Mapping[str, str]], code: str) -> str:
    """A short name that no row has."""
    sign = "_" if "_" in tables()[name].columns[code].pattern else "-"
    first = {
        "sources": f"source-{texts.get('date_published', '')}",
        "plans": f"{texts.get('area', '')}-{texts.get('start_year', '')}",
    }
    named = slug(texts.get("title_en") or texts.get("name_en", ""), sign)
    wanted = first.get(name) or named or f"{code}{sign}1"
    taken, number, found = {one[code] for one in there}, 1, wanted
    while found in taken or found.startswith(PLACEHOLDER):
        number += 1
        found = f"{re.sub(r'[-_]1$', '', wanted)}{sign}{number}"
    return found


def slug(name: str, sign: str) -> str:
    """A short name made of an English one; empty where that gives none.

    Examples
    --------
    >>> slug("R&D intensity (% of ＧＤＰ)", "_"), slug("婴儿死亡率", "_")
    ('r_d_intensity_of_gdp', '')
    """
    text = re.sub(r"[^a-z0-9]+", sign, limits.alike(name)).strip(sign)
    return text[: limits.IDENTIFIER // 2].strip(sign) if re.match("[a-z]", text) and len(text) > 1 else ""


def _only(
    column: str, name: str, users: tuple[str, ...], rows: list[Row], current: Mapping[str, pd.DataFrame]
) -> None:
    """The one area or plan that there is stands where a row names none."""
    codes = {row.texts[column] for row in rows if row.table == name} | set(current[name][column])
    known = sorted(code for code in codes if code and not code.startswith(PLACEHOLDER))
    for row in rows:
        if len(known) == 1 and row.table in users:
            row.texts[column] = row.texts[column] or known[0]


def _targets(rows: list[Row], current: Mapping[str, pd.DataFrame]) -> None:
    """Area and source of a target are its plan's, its number the next one."""
    plans = {one["plan"]: one for one in current["plans"].to_dict("records")}
    plans |= {row.texts["plan"]: row.texts for row in rows if row.table == "plans"}
    named = {words: one for one in plans.values() for words in (one["name_zh"], one["name_en"]) if words}
    for name in ("targets", "tasks"):
        own = [row for row in rows if row.table == name]
        highest = max((int(row.texts["order"]) for row in own if row.texts["order"].isdigit()), default=0)
        for row in own:
            plan = row.texts["plan"]
            about = plans.get(plan.split(" ")[0]) or named.get(plan, {})
            for column in ("area", "source"):
                if column in row.texts:
                    row.texts[column] = row.texts[column] or about.get(column, "")
            if not row.texts["order"]:
                highest += 1
                row.texts["order"] = str(highest)
