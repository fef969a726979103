"""A form for each office: its tasks, its last answers, its indicators and their last figures; read back."""

from __future__ import annotations

import dataclasses
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.data import files, package, periods
from zbanalysis.data.schema import of_text, offices_in
from zbanalysis.entry import form, merge, rows, schema
from zbanalysis.entry.problems import EntryError, Wrong
from zbanalysis.entry.rows import Reading, Row
from zbanalysis.entry.schema import Column, Table
from zbanalysis.entry.workbook import Sheet
from zbanalysis.evidence import audit, texts
from zbanalysis.report import style
from zbanalysis.report.words import label

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

TABLE, FIGURES = "task_progress", "observations"
_OFFICE, _DAY = (1, 2), (1, 4)  # cells that say whose form it is and of which day
_ANSWERS = ("state", "done", "problem", "next")
_GIVEN = ("period", "value")  # what makes a row of figures one that the office has filled in
_KINDS = {"document": "string", "document_date": "date", "document_place": "string"}
_DOCUMENT = {name: Column(name, kind) for name, kind in _KINDS.items()}
"""The document behind an answer or a figure: its title, its day, and where in it."""

_SHOWN = {"unit": Column("unit", "string"), "last": Column("last", "string")}
"""Columns of the figures that are there to be read: the unit, and what is on record."""

_WIDE, _NARROW = 46, 20  # widths of columns, in characters


def leads(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tasks or targets that each office leads, by the office's name as the plan has it."""
    rows: dict[str, list[int]] = {}
    for number, names in enumerate(table["office_zh"].where(table["office_zh"] != "", table["office_en"])):
        for name in offices_in(names):
            rows.setdefault(name, []).append(number)
    return {name: table.iloc[places] for name, places in rows.items()}


def last(progress: pd.DataFrame, sources: pd.DataFrame, office: str) -> pd.DataFrame:
    """The newest answer on each task: the office's own before those of others, by task."""
    given = progress[progress["by"] == "self"].merge(sources, on="source")
    given = given.assign(mine=_published_by(given, office)).sort_values(["mine", "as_of"], kind="stable")
    return given.drop_duplicates("task", keep="last").set_index("task")


def _published_by(table: pd.DataFrame, office: str) -> pd.Series:
    return table["publisher_zh"].eq(office) | table["publisher_en"].eq(office)


def write(folder: Path, office: str, out: Path, lang: str) -> str:
    """Write the form of an office, or of all, into a folder; what was written is told.

    Raises
    ------
    EntryError
        If no task or target names the office as its lead.
    """
    checked = audit.require(folder, style.undrawn)
    tables = {
        name: checked.tables.get(f"{name}.csv", pd.DataFrame(columns=list(table.columns), dtype="str"))
        for name, table in schema.tables().items()
    }
    tables[TABLE] = _spoken(package.load(checked), tables)
    tasks, targets = (leads(tables[name]) for name in ("tasks", "targets"))
    owned = list(dict.fromkeys([*tasks, *targets]))
    if office != "all" and office not in owned:
        raise EntryError(label("entry.office.unknown", lang, office=office, known="；".join(owned) or "—"))
    if not owned:
        raise EntryError(label("entry.office.none", lang, folder=folder))
    out = files.folder(out)
    lines = []
    for name in owned if office == "all" else [office]:
        stem = re.sub(r"[^\w-]+", "-", name).strip("-")
        path = out / f"{stem or 'office'}.xlsx"
        own = targets.get(name, tables["targets"][:0]).drop_duplicates(["area", "indicator"], keep="last")
        led = tasks.get(name, tables["tasks"][:0])
        files.write(path, workbook(name, led, own, tables))
        lines.append(label("entry.office.written", lang, file=path, count=len(led), indicators=len(own)))
    lines.append(label("entry.office.next", lang, folder=schema.shown(folder)))
    return "\n".join(lines)


def _spoken(dataset: package.Dataset, tables: merge.Tables) -> pd.DataFrame:
    """The accounts as people read them: a figure in place of each reference to one."""
    accounts = tables[TABLE]
    plans = accounts["task"].map(tables["tasks"].set_index("task")["plan"])
    parts = [
        texts.filled(part, dataset, package.plan_row(dataset, plan)["area"], package.LAST_DAY, f"{TABLE}.csv")
        for plan, part in accounts.groupby(plans, sort=False)
    ]
    return pd.concat(parts).loc[accounts.index] if parts else accounts


def workbook(name: str, tasks: pd.DataFrame, targets: pd.DataFrame, tables: merge.Tables) -> bytes:
    """One office's form as an ``.xlsx`` file: a sheet of its tasks, one of its indicators."""
    side = of_text(name)
    book = form.Book(name)
    bold = book.look(bold=True)
    table = _layout(TABLE, side)
    sheet = _sheet(book, table, _task_lines(table, tasks, tables, name, side))
    for (row, place), key in ((_OFFICE, "entry.office.office"), (_DAY, "entry.office.day")):
        sheet.write_string(row - 1, place - 2, schema.both(key, " "), bold)
    sheet.write_string(_OFFICE[0] - 1, _OFFICE[1] - 1, name)
    sheet.write_blank(_DAY[0] - 1, _DAY[1] - 1, None, book.text)
    sheet = _sheet(book, _layout(FIGURES, side), _figure_lines(targets, tables, side))
    sheet.write_string(0, 0, schema.both("entry.office.figures", " "), bold)
    return book.content()


def _layout(name: str, side: str | None = None) -> Table:
    """The columns of a sheet of the form; all that can be read where no language is named."""
    table = schema.tables()[name]
    if name == TABLE:
        words = [f"{word}_{one}" for word in _ANSWERS[1:] for one in ([side] if side else ["zh", "en"])]
        wanted, shown, needed = ["task", "state", *words], {}, "task"
    else:
        wanted = ["area", "indicator", *_SHOWN, *_GIVEN, "status", "basis"]
        shown, needed = _SHOWN, "indicator"
    columns = shown | dict(table.columns)
    kept = {one: dataclasses.replace(columns[one], required=one == needed) for one in wanted}
    return dataclasses.replace(table, columns=kept | _DOCUMENT)


def _sheet(book: form.Book, table: Table, lines: list[dict[str, str]]) -> Worksheet:
    """A sheet with its headings, its lists and what is known already."""

    def width(column: Column) -> int:
        wide = column.name in ("task", "indicator", "last", "document")
        return _WIDE if wide or column.name.startswith(_ANSWERS[1:]) else _NARROW

    last = schema.FIRST_ROW + max(len(lines), 1) + 20
    return book.table(table, lines, width, last=last, listed=False, valign="top", text_wrap=True)


def _task_lines(
    table: Table, tasks: pd.DataFrame, tables: merge.Tables, office: str, side: str
) -> list[dict[str, str]]:
    """What the sheet of tasks says beforehand: the task, the last answers, the document behind them."""
    answers = last(tables[TABLE], tables["sources"], office)
    behind = _documents(tables, office, side)
    lines = []
    for task in tasks.to_dict("records"):
        words = (_in(task, one, side) for one in ("name", "asks"))
        line = {"task": " ".join([task["task"], *filter(None, words)])} | behind.get(task["task"], {})
        if task["task"] in answers.index:
            before = answers.loc[task["task"]]
            line |= {name: before[name] for name in table.columns if name.startswith(_ANSWERS)}
            line["state"] = line["state"] and schema.choice("state", line["state"])
        lines.append(line)
    return lines


def _documents(tables: merge.Tables, office: str, side: str) -> dict[str, dict[str, str]]:
    """The newest document of the office's own behind each task."""
    table = tables["evidence"].merge(tables["sources"], on="source")
    table = table.sort_values("date_published", kind="stable")
    behind = {}
    for row in table[_published_by(table, office)].to_dict("records"):
        texts = (_in(row, "title", side), row["date_published"], row["locator"])
        behind[row["task"]] = dict(zip(_DOCUMENT, texts, strict=True))
    return behind


def _figure_lines(targets: pd.DataFrame, tables: merge.Tables, side: str) -> list[dict[str, str]]:
    """What the sheet of figures says beforehand: the indicators, their units, and what is on record."""
    record = tables["observations"].merge(tables["sources"], on="source")
    record = record.assign(end=record["period"].map(periods.position))
    record = record.sort_values(["end", "date_published"], kind="stable")
    newest = {(row["area"], row["indicator"]): row for row in record.to_dict("records")}
    named = {
        key: tables[name].set_index(key).to_dict("index")
        for name, key in (("areas", "area"), ("indicators", "indicator"), ("bases", "basis"))
    }

    def told(key: str, code: str) -> str:
        return f"{code} {_in(named[key][code], 'name', side)}"

    lines = []
    for target in targets.to_dict("records"):
        area, indicator = target["area"], target["indicator"]
        known = newest.get((area, indicator))
        line = {
            "area": told("area", area), "indicator": told("indicator", indicator),
            "unit": _in(named["indicator"][indicator], "unit", side),
            "status": schema.choice("status", "final"), "basis": told("basis", (known or target)["basis"]),
        }  # fmt: skip
        if known:
            values = {name: known[name] for name in ("period", "value", "locator")}
            line["last"] = label("entry.office.last", side, title=_in(known, "title", side), **values)
        lines.append(line)
    return lines


def _in(row: Mapping, name: str, side: str) -> str:
    """A text of a row in a language, or in the other where it has none."""
    return row[f"{name}_{side}"] or row[f"{name}_{'en' if side == 'zh' else 'zh'}"]


# --- a form that comes back ---


def read(sheets: Mapping[str, Sheet], current: merge.Tables, reading: Reading) -> None:
    """An office's answers and figures as rows, with the form and the documents as sources of the office.

    Rows that the office has left as they were are left out.
    """
    sheet = sheets[TABLE]
    answers = _entered_rows(sheet, _layout(TABLE), _ANSWERS, reading)
    figures: list[Row] = []
    if FIGURES in sheets:
        figures = _entered_rows(sheets[FIGURES], _layout(FIGURES), _GIVEN, reading)
    if not answers and not figures:
        return
    office = " ".join(str(sheet.at(*_OFFICE).value or "").split())
    owned = list(dict.fromkeys([*leads(current["tasks"]), *leads(current["targets"])]))
    # Every office that leads or takes part, in both languages.
    columns = [table.filter(regex="^(office|others)_") for table in (current["tasks"], current["targets"])]
    known = {name for table in columns for cell in table.to_numpy().flat for name in offices_in(cell)}
    day = rows.read_cell(sheet.at(*_DAY), schema.tables()["sources"].columns["date_published"])
    if not office:
        reading.wrong(sheet, rows.place(*_OFFICE), "", "office_missing")
    elif owned and office not in known:
        reading.wrong(sheet, rows.place(*_OFFICE), office, "office_unknown", known="；".join(owned))
        office = ""
    if day.wrong or not day.text:
        reading.wrong(sheet, rows.place(*_DAY), day.shown, "day")
    # Whatever is wrong above, the answers are judged too: everything is told at once.
    back = _Back(office or "-", day.text or package.LAST_DAY, sheet.title, current, reading)
    for row in answers:
        back.answer(row)
    for row in figures:
        back.figure(row)
    reading.rows += [*back.sources.values(), *answers, *figures, *back.evidence]


def _entered_rows(sheet: Sheet, table: Table, names: tuple[str, ...], reading: Reading) -> list[Row]:
    """Rows of which the office has filled in anything; what is wrong in the others is told all the same."""
    of_sheet = rows.read_rows(sheet, table, reading)
    entered = [row for row in of_sheet if _entered(row, (*names, *_DOCUMENT))]
    reading.wrongs += [one for row in of_sheet if row not in entered for one in row.wrongs]
    return entered


def _entered(row: Row, names: tuple[str, ...]) -> bool:
    return any(one.text or one.wrong for name, one in row.cells.items() if name.startswith(names))


class _Back:
    """What comes back with one form: its sources and its evidence."""

    def __init__(self, office: str, day: str, title: str, current: merge.Tables, reading: Reading) -> None:
        self.office, self.day, self.side = office, day, of_text(office)
        self.current, self.reading = current, reading
        self.evidence: list[Row] = []
        self.sources: dict[str, Row] = {}
        self.form = f"self-{merge.slug(office, '-') or f'{sum(map(ord, office)):x}'}-{day}"
        self._source(self.form, label("entry.office.title", self.side, office=office, day=day), day, title)

    def _source(self, code: str, title: str, day: str, sheet: str, place: str = rows.place(*_OFFICE)) -> None:
        """A document of the office."""
        texts = {"source": code, f"title_{self.side}": title, f"publisher_{self.side}": self.office}
        texts |= {"date_published": day, "confidence": "high"}
        self.sources[code] = rows.made("sources", sheet, 1, texts, place)

    def answer(self, row: Row) -> None:
        """One task: its account, and the document behind it as evidence."""
        if not _entered(row, _ANSWERS):
            row.problem("state", "required", column="state")
        task = row.texts["task"].split(" ")[0]
        self._taking_part(row, task)
        document = self._document(row)
        place, state = f"{row.sheet} {row.number}", row.texts["state"] or "not_stated"
        self._complete(row, as_of=self.day, by="self", source=self.form, locator=place, state=state)
        if not document:
            return
        # The document's title is the evidence; with its day where an earlier one bears the same.
        what, there = row.texts["document"], self.current["evidence"]
        same = there["task"].eq(task) & there[f"what_{self.side}"].eq(what) & there["source"].ne(document)
        what += f" {row.texts['document_date']}" * bool(same.any())
        texts = {"task": row.texts["task"], f"what_{self.side}": what}
        texts |= {"source": document, "locator": row.texts["document_place"]}
        proof = rows.made("evidence", row.sheet, row.number, texts, row.places["document"])
        proof.places["task"], proof.wrong = row.places["task"], row.wrong
        self.evidence.append(proof)

    def _taking_part(self, row: Row, code: str) -> None:
        """An answer on a task in which other offices are named, and this one is not, is somebody else's."""
        table = self.current["tasks"]
        for task in table[table["task"] == code].to_dict("records"):
            part = {name: offices_in(task[name]) for name in task if name.startswith(("office_", "others_"))}
            named = [office for offices in part.values() for office in offices]
            if named and self.office not in named and self.office != "-":
                lead = "；".join(part["office_zh"] or part["office_en"]) or "—"
                told = Wrong(row.sheet, row.places["task"], row.texts["task"], "office_other", {"lead": lead})
                self.reading.wrongs.append(told)  # the row's other cells are judged as well

    def figure(self, row: Row) -> None:
        """One figure, in the unit of its indicator, from the form or the document it names."""
        row.require("area", *_GIVEN, "basis")
        table = self.current["indicators"]
        named = table[table["indicator"] == row.texts["indicator"].split(" ")[0]]
        units = [one for name in ("unit_zh", "unit_en") for one in named[name] if one]
        if units and row.texts["unit"] and row.texts["unit"] not in units:
            row.problem("unit", "unit", row.texts["unit"], unit=" / ".join(dict.fromkeys(units)))
        document = self._document(row)
        place = row.texts["document_place"] if document else f"{row.sheet} {row.number}"
        self._complete(row, source=document or self.form, locator=place)

    def _complete(self, row: Row, **texts: str) -> None:
        """Texts that a row has no cell for; every column of its table then has a text and a place."""
        row.texts |= texts
        row.cells |= {name: rows.CellText(text, text) for name, text in texts.items()}
        for name in (*texts, *schema.tables()[row.table].columns):
            row.texts.setdefault(name, "")
            row.places.setdefault(name, next(iter(row.places.values())))

    def _document(self, row: Row) -> str:
        """The document that a row names, as a source; empty where it names none, or not whole."""
        if not _entered(row, tuple(_DOCUMENT)):
            return ""
        row.require(*_DOCUMENT)
        title, day, _ = (row.texts[name] for name in _DOCUMENT)
        if day > self.day:
            row.problem("document_date", "document_later", day, day=self.day)
        if not title or not day:
            return ""
        named = {"title_zh": title, "title_en": title, "date_published": day}
        if known := merge.same("sources", named, merge.lines("sources", [], self.current)):
            return known
        code = f"doc-{zlib.crc32(f'{self.office} {title}'.encode()):08x}-{day}"
        self._source(code, title, day, row.sheet, row.places["document"])
        return code
