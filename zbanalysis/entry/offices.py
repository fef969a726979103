"""A form for each office: the tasks it leads, filled with its last answers; read back as its own account."""

from __future__ import annotations

import dataclasses
import io
import re
from pathlib import Path

import pandas as pd

from zbanalysis.data import check, files, package
from zbanalysis.data.schema import offices_in
from zbanalysis.entry import form, rows, schema
from zbanalysis.entry.problems import EntryError, Wrong
from zbanalysis.entry.rows import Note, Row
from zbanalysis.entry.workbook import Sheet
from zbanalysis.report import office as documents
from zbanalysis.report.words import label

TABLE = "task_progress"
_OFFICE, _DAY = (1, 2), (1, 4)  # cells that say whose form it is and of which day
_ANSWERS = ("state", "done", "problem", "next")


def leads(tasks: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tasks that each office leads, by the office's name as the plan has it."""
    found: dict[str, list[int]] = {}
    for number, names in enumerate(tasks["office_zh"].where(tasks["office_zh"] != "", tasks["office_en"])):
        for name in offices_in(names):
            found.setdefault(name, []).append(number)
    return {name: tasks.iloc[places] for name, places in found.items()}


def last(progress: pd.DataFrame) -> pd.DataFrame:
    """The newest answer of each task's own office, by task."""
    own = progress[progress["by"] == "self"].sort_values("as_of", kind="stable")
    return own.drop_duplicates("task", keep="last").set_index("task")


def write(folder: Path, office: str, out: Path, lang: str) -> str:
    """Write the form of an office, or of all, into a folder; what was written is told.

    Raises
    ------
    EntryError
        If no task names the office as its lead.
    """
    tables = check.require(folder).tables
    tasks = tables.get("tasks.csv", pd.DataFrame(columns=["office_zh", "office_en"], dtype="str"))
    progress = tables.get(
        "task_progress.csv", pd.DataFrame(columns=list(schema.tables()[TABLE].columns), dtype="str")
    )
    owned = leads(tasks)
    if office != "all" and office not in owned:
        raise EntryError(label("entry.office.unknown", lang, office=office, known="；".join(owned) or "—"))
    if not owned:
        raise EntryError(label("entry.office.none", lang, folder=folder))
    out.mkdir(parents=True, exist_ok=True)
    told = []
    for name in owned if office == "all" else [office]:
        stem = re.sub(r"[^\w-]+", "-", name).strip("-")
        path = out / f"{stem or 'office'}.xlsx"
        files.write(path, workbook(name, owned[name], last(progress)))
        told.append(label("entry.office.written", lang, file=path, count=len(owned[name])))
    told.append(label("entry.office.next", lang, folder=schema.shown(folder)))
    return "\n".join(told)


def workbook(name: str, tasks: pd.DataFrame, answers: pd.DataFrame) -> bytes:
    """One office's form as an ``.xlsx`` file."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    table, side = schema.tables()[TABLE], "zh" if re.search("[\u4e00-\u9fff]", name) else "en"
    columns = [table.columns[one] for one in ("task", "state", *(f"{word}_{side}" for word in _ANSWERS[1:]))]
    book = Workbook()
    sheet = book.active
    sheet.title = schema.sheet(TABLE)
    for place, text in (
        (1, schema.both("entry.office.office", " ")),
        (3, schema.both("entry.office.day", " ")),
    ):
        sheet.cell(1, place, text).font = Font(bold=True)
    sheet.cell(*_OFFICE, name)
    sheet.cell(*_DAY).number_format = "@"
    for place, column in enumerate(columns, start=1):
        form.heading(sheet, place, table, column)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 24 if column.choices else 46
        if column.choices:
            form.validate(
                sheet, f"{letter}{schema.FIRST_ROW}:{letter}{schema.FIRST_ROW + len(tasks)}", column
            )
    for number, task in enumerate(tasks.to_dict("records"), start=schema.FIRST_ROW):
        words = [
            task[f"{one}_{side}"] or task[f"{one}_{'en' if side == 'zh' else 'zh'}"]
            for one in ("name", "asks")
        ]
        before = answers.loc[task["task"]] if task["task"] in answers.index else {}
        line = [" ".join([task["task"], *filter(None, words)])]
        for column in columns[1:]:
            value = before.get(column.name, "") if len(before) else ""
            line.append(schema.choice(column.name, value) if value and column.choices else value)
        for place, text in enumerate(line, start=1):
            cell = sheet.cell(number, place, text or None)
            cell.number_format, cell.alignment = "@", Alignment(vertical="top", wrap_text=True)
            cell.data_type = "s" if text else "n"
    sheet.freeze_panes = sheet.cell(schema.FIRST_ROW, 2)
    form.page(sheet)
    book.properties.created = book.properties.modified = documents.utc(form.MOMENT)
    stream = io.BytesIO()
    book.save(stream)
    return documents.frozen(stream.getvalue(), form.MOMENT)


def read(sheet: Sheet) -> tuple[list[Row], list[Wrong], list[Note]]:
    """An office's answers as rows of task_progress, and the source they make; others are left out."""
    table = schema.tables()[TABLE]
    columns = {name: dataclasses.replace(one, required=name == "task") for name, one in table.columns.items()}
    found, wrongs, notes = rows.read_rows(sheet, dataclasses.replace(table, columns=columns))
    answers = [
        row for row in found if any(row.texts[name] for name in row.found if name.startswith(_ANSWERS))
    ]
    office = " ".join(str(sheet.at(*_OFFICE).value or "").split())
    day = rows.read_cell(sheet.at(*_DAY), schema.tables()["sources"].columns["date_published"])
    if not answers:
        return [], wrongs, notes
    if not office:
        wrongs.append(Wrong(sheet.title, rows.place(*_OFFICE), "", "office_missing"))
    if day.wrong or not day.text:
        wrongs.append(Wrong(sheet.title, rows.place(*_DAY), day.shown, "date"))
    # Whatever is wrong above, the answers are judged too: everything is told at once.
    when = day.text or package.LAST_DAY
    source = _source(sheet, office or "-", when)
    for row in answers:
        if not row.texts["state"]:
            row.texts["state"] = "not_stated"
        fixed = {
            "as_of": when,
            "by": "self",
            "source": source.texts["source"],
            "locator": f"{sheet.title} {row.number}",
        }
        row.texts |= fixed
        row.found |= {
            name: rows.Found(text, text) for name, text in {**fixed, "state": row.texts["state"]}.items()
        }
    return [source, *answers], wrongs, notes


def _source(sheet: Sheet, office: str, day: str) -> Row:
    """The office's form as a document of its day."""
    side = "zh" if re.search("[\u4e00-\u9fff]", office) else "en"
    slug = re.sub(r"[^a-z0-9]+", "-", office.lower()).strip("-") or f"{sum(map(ord, office)):x}"
    texts = {
        "source": f"self-{slug[:40].strip('-')}-{day}",
        f"title_{side}": label("entry.office.title", side, office=office, day=day),
        f"publisher_{side}": office,
        "date_published": day,
        "confidence": "high",
    }
    whole = dict.fromkeys(schema.tables()["sources"].columns, "") | texts
    given = {name: rows.Found(text, text) for name, text in texts.items()}
    return Row("sources", sheet.title, 1, whole, dict.fromkeys(whole, rows.place(*_OFFICE)), found=given)
