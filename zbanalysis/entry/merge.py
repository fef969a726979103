"""Rows of a form put to the folder's: what they leave out, who refers to whom, what is new or differs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, compress, count

import pandas as pd

from zbanalysis.data import limits
from zbanalysis.data.schema import REQUIRED
from zbanalysis.entry import schema
from zbanalysis.entry.folder import level_of
from zbanalysis.entry.rows import Row
from zbanalysis.entry.schema import PLACEHOLDER, TAKEN, plain, tables

Tables = Mapping[str, pd.DataFrame]
"""A folder's tables by name, all text."""

Texts = Mapping[str, str]
"""A row's texts by column."""

DRAFTED = ("targets", "tasks")
"""Tables with rows drafted from a document, which a person confirms."""

_SHOWN = 6  # short names that a message lists


def lines(name: str, rows: Iterable[Row], current: Tables) -> list[Texts]:
    """The rows of a table, the folder's and then the form's."""
    there = current[name].to_dict("records") if name in current else []
    return [*there, *(row.texts for row in rows if row.table == name)]


def known(rows: list[Row], current: Tables) -> dict[str, dict[str, str]]:
    """Short name of everything that may be referred to, by short name and by name; of form and folder.

    Names are as `schema.plain` compares them; one that two rows share is left out: it does not say which
    is meant.
    """
    codes: dict[str, dict[str, str]] = {}
    for name, table in tables().items():
        own = table.identifier
        if not own or not table.labelled:
            continue
        listed = [one for one in lines(name, rows, current) if one[own]]
        listed = [one for one in listed if not one[own].startswith(PLACEHOLDER)]
        shared: dict[str, set[str]] = {}
        for one in listed:
            for label in table.labelled:
                shared.setdefault(plain(one.get(label, "")), set()).add(one[own])
        codes[name] = {label: next(iter(ids)) for label, ids in shared.items() if label and len(ids) == 1}
        codes[name] |= {one[own]: one[own] for one in listed}
    return codes


def settle_references(rows: list[Row], names: Mapping[str, Texts]) -> None:
    """Turn what reference cells say into short names; what is not listed anywhere is wrong."""
    refused: dict[str, set[str]] = {}  # short names that cannot be, as the form has them, by table
    for row in rows:
        own = row.cells.get(tables()[row.table].identifier)
        if own and own.wrong and own.shown:
            refused.setdefault(row.table, set()).add(own.shown)
    for row in rows:
        for column in tables()[row.table].columns.values():
            text = row.texts[column.name]
            if not column.refers or not text:
                continue
            listed = names[column.refers]
            if any(f"{text} ".startswith(f"{one} ") for one in refused.get(column.refers, ())):
                row.wrong = True  # told once, where the short name stands
            elif short := listed.get(plain(text)) or listed.get(text.split(" ")[0]):
                row.texts[column.name] = short
            else:
                there = [*dict.fromkeys(listed.values())]
                some = ", ".join(there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
                sheet = schema.sheet(column.refers)
                row.problem(column.name, "reference", text, sheet=sheet, known=some or "—")


def find_duplicates(rows: list[Row]) -> None:
    """Rows of a sheet that say they are the same thing; the second is told."""
    first: dict[tuple, Row] = {}
    for row in rows:
        key = tables()[row.table].key
        values = tuple(row.texts[name] for name in key)
        before = first.setdefault((row.table, *values), row) if all(values) else row
        if before is not row:
            row.problem(key[0], "duplicate", values[0], row=before.number, columns=key)


def sound(rows: list[Row], current: Tables) -> list[Row]:
    """Rows without a problem that refer only to such rows, for the checks that need whole rows."""

    def is_listed(row: Row, there: Mapping[str, set[str]]) -> bool:
        columns = tables()[row.table].columns.values()
        return all(row.texts[one.name] in there[one.refers] for one in columns if one.refers)

    kept, before = [row for row in rows if not row.wrong], None
    while kept != before:
        codes = {name: table.identifier for name, table in tables().items() if table.identifier}
        there = {
            name: {"", *(one[code] for one in lines(name, kept, current))} for name, code in codes.items()
        }
        before, kept = kept, [row for row in kept if is_listed(row, there)]
    return kept


@dataclass
class Merged:
    """The tables as they would be.

    ``origins`` gives the form's row of each line of a table (None for the folder's own), ``counts``
    how many rows were added, replaced and the same, ``removed`` how many of the placeholder left,
    ``left_out`` how many drafts a form that holds drafts no longer has.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    origins: dict[str, list[Row | None]] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    removed: int = 0
    missing: tuple[str, ...] = ()
    left_out: int = 0

    def changed(self, current: Tables) -> list[str]:
        """Tables that differ from the folder's, in the order in which they are to be written."""
        return [name for name in TAKEN if not self.frames[name].equals(current[name].reset_index(drop=True))]


def merge(rows: list[Row], current: Tables, *, replace: bool) -> Merged:
    """The folder's tables with the form's rows in them.

    Parameters
    ----------
    rows
        Sound rows of the form.
    current
        The folder's tables as text.
    replace
        Whether a row that is there already with other content is replaced; else it is wrong.

    Returns
    -------
    Merged
        New rows stand at the end, in the order of the form.  Once every required table but that of the
        figures has rows of the user's own, the placeholder leaves.
    """
    merged, free = Merged(), _free(current)
    for name in TAKEN:
        pairs, counts = _table(name, rows, current[name], free.get(name, set()), replace=replace)
        if name in DRAFTED:  # of drafts of one document those stay that the form has, where it has any
            read = {(line["plan"], line["source"]) for line, row in pairs if row and row.texts["confirmed"]}
            kept = [
                (line, row)
                for line, row in pairs
                if row or line["confirmed"] != "no" or (line["plan"], line["source"]) not in read
            ]
            merged.left_out += len(pairs) - len(kept)
            pairs = kept
        texts = [line for line, _ in pairs]
        merged.frames[name] = pd.DataFrame(texts, columns=list(current[name].columns), dtype="str")
        merged.origins[name], merged.counts[name] = [row for _, row in pairs], counts
    placed = {name: _is_placeholder(frame) for name, frame in merged.frames.items()}
    needed = set(REQUIRED) - {"observations"}  # a plan just adopted has none
    merged.missing = tuple(name for name in TAKEN if name in needed and placed[name].all())
    for name, is_placeholder in placed.items() if not merged.missing else ():
        merged.removed += int(is_placeholder.sum())
        merged.origins[name] = [*compress(merged.origins[name], ~is_placeholder)]
        merged.frames[name] = merged.frames[name][~is_placeholder].reset_index(drop=True)
    return merged


def _is_placeholder(frame: pd.DataFrame) -> pd.Series:
    named = frame[[name for name in ("area", "source", "indicator", "plan") if name in frame]]
    return named.apply(lambda column: column.str.startswith(PLACEHOLDER)).any(axis=1)


def _free(current: Tables) -> dict[str, set[str]]:
    """Plans, sources and indicators that stand in the folder for drafts only: a form may change them."""
    users = [current[name] for name in (*DRAFTED, "observations", "evidence")]
    free = {}
    for name, column in (("plans", "plan"), ("sources", "source"), ("indicators", "indicator")):
        drafted, sure = set(), set()
        for table in users:
            if column in table:
                waits = table.get("confirmed", pd.Series("", table.index)) == "no"
                drafted |= set(table.loc[waits, column])
                sure |= set(table.loc[~waits, column])
        free[name] = drafted - sure
    return free


def _table(
    name: str, rows: list[Row], there: pd.DataFrame, free: set[str], *, replace: bool
) -> tuple[list[tuple[Texts, Row | None]], dict[str, int]]:
    """Lines of a table, each with the form's row that says it, None for the folder's own; and counts."""
    key = tables()[name].key
    pairs: list[tuple[Texts, Row | None]] = [(line, None) for line in there.to_dict("records")]
    at = {tuple(line[column] for column in key): number for number, (line, _) in enumerate(pairs)}
    counts = {"added": 0, "replaced": 0, "same": 0}
    for row in (one for one in rows if one.table == name):
        texts = {column: row.texts.get(column, "") for column in there.columns}
        number = at.get(tuple(texts[column] for column in key))
        if number is None:
            pairs.append((texts, row))
            counts["added"] += 1
            continue
        line = pairs[number][0]
        # What the form has no column for stays as it was.
        texts |= {column: line[column] for column in texts if column not in row.cells}
        differing = [column for column in texts if texts[column] != line[column]]
        open_ = set(line.values()) & set(schema.UNKNOWN.values())
        is_draft = line.get("confirmed") == "no" or line[key[0]] in free or open_
        if differing and not (replace or is_draft):
            for column in differing:
                row.problem(column, "differs", texts[column], there=line[column])
        else:
            pairs[number] = texts, row
        counts["replaced" if differing else "same"] += 1
    return pairs, counts


# --- what a form need not say: short names, and what follows from the rest; whoever wants says otherwise ---

USUAL: Mapping[str, Texts] = {
    "sources": {"confidence": "high"},
    "indicators": {"domain": "other"},
    "observations": {"basis": "as_published", "status": "final"},
    "plans": {"report": "yes"},
    "targets": {"basis": "as_published", "attribute": "unstated"},
}
"""What an empty cell means, by sheet and column."""


def complete(rows: list[Row], current: Tables) -> None:
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
        _fill(row, USUAL.get(row.table, {}))
    for name in ("areas", "sources", "bases", "indicators"):
        _name(name, rows, current)
    _only("area", ("plans", "observations"), rows, current)
    _name("plans", rows, current)
    _only("plan", ("targets", "tasks", "survey"), rows, current)
    _name("tasks", rows, current)
    # Area and source of a target are its plan's, its number the next one.
    plans = {one["plan"]: one for one in lines("plans", rows, current)}
    named = {words: one for one in plans.values() for words in (one["name_zh"], one["name_en"]) if words}
    for name in DRAFTED:
        own = [row for row in rows if row.table == name]
        given = [int(row.texts["order"]) for row in own if row.texts["order"].isdigit()]
        orders = count(max(given, default=0) + 1)
        for row in own:
            about = plans.get(row.texts["plan"].split(" ")[0]) or named.get(row.texts["plan"], {})
            _fill(row, {column: about.get(column, "") for column in ("area", "source")})
            row.texts["order"] = row.texts["order"] or str(next(orders))


def _fill(row: Row, texts: Texts) -> None:
    """Texts for the cells that a row leaves empty."""
    row.texts |= {column: row.texts[column] or text for column, text in texts.items() if column in row.texts}


def _name(name: str, rows: list[Row], current: Tables) -> None:
    """Short names of a sheet's rows that have none."""
    code = tables()[name].identifier
    there = [one for one in lines(name, rows, current) if one[code]]
    for row in rows:
        if row.table != name or (row.cells.get(code) and row.cells[code].wrong):
            continue
        if name == "areas":
            _fill(row, {"level": level_of(row.texts["name_zh"] or row.texts["name_en"]) or "city"})
        if not row.texts[code]:
            row.texts[code] = same(name, row.texts, there) or _new(name, row.texts, there, code)
            there.append(row.texts)


def same(name: str, texts: Texts, there: Iterable[Texts]) -> str:
    """The short name of the row that is named alike; of documents the one of the same day."""
    code, day = tables()[name].identifier, texts.get("date_published", "")
    for one in there:
        words = [(plain(texts.get(label, "")), plain(one[label])) for label in tables()[name].labelled]
        if one.get("date_published", "") == day and any(mine and mine == other for mine, other in words):
            return one[code]
    return ""


def _new(name: str, texts: Texts, there: list[Texts], code: str) -> str:
    """A short name that no row has."""
    sign = "_" if "_" in tables()[name].columns[code].pattern else "-"
    first = {
        "sources": f"source-{texts.get('date_published', '')}",
        "plans": f"{texts.get('area', '')}-{texts.get('start_year', '')}",
    }
    named = slug(texts.get("title_en") or texts.get("name_en", ""), sign)
    return free(first.get(name) or named or f"{code}{sign}1", {one[code] for one in there}, sign)


def free(wanted: str, taken: Iterable[str], sign: str) -> str:
    """The short name that is wanted, or with the next number that none has.

    Examples
    --------
    >>> free("gdp", ["gdp", "gdp_2"], "_"), free("indicator_1", ["indicator_1"], "_")
    ('gdp_3', 'indicator_2')
    """
    taken, stem = {*taken}, re.sub(r"[-_]1$", "", wanted)
    names = chain([wanted], (f"{stem}{sign}{number}" for number in count(2)))
    return next(one for one in names if one not in taken and not one.startswith(PLACEHOLDER))


def slug(name: str, sign: str) -> str:
    """A short name made of an English one; empty where that gives none.

    Examples
    --------
    >>> slug("R&D intensity (% of ＧＤＰ)", "_"), slug("婴儿死亡率", "_")
    ('r_d_intensity_of_gdp', '')
    """
    text = re.sub(r"[^a-z0-9]+", sign, limits.alike(name)).strip(sign)
    return text[: limits.IDENTIFIER // 2].strip(sign) if re.match("[a-z]", text) and len(text) > 1 else ""


def _only(column: str, users: tuple[str, ...], rows: list[Row], current: Tables) -> None:
    """The one area or plan that there is stands where a row names none."""
    codes = {one[column] for one in lines(f"{column}s", rows, current)}
    known = [code for code in codes if code and not code.startswith(PLACEHOLDER)]
    for row in rows:
        if len(known) == 1 and row.table in users:
            _fill(row, {column: known[0]})
