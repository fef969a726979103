"""A filled form into a data folder: all of it or nothing, and only if the whole folder is then right."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from zbanalysis.data import check, doubts, files, package, read
from zbanalysis.data import schema as data_schema
from zbanalysis.entry import merge, offices, rows, schema, wide, workbook
from zbanalysis.entry.problems import EntryError, of_row, refuse, waiting
from zbanalysis.entry.rows import Reading, Row
from zbanalysis.entry.schema import FORM, TAKEN, tables
from zbanalysis.errors import DataError, InputError, Problem, ZbError
from zbanalysis.evidence import tasks, texts
from zbanalysis.report import style
from zbanalysis.report.words import label


def take_in(path: Path, folder: Path, lang: str, *, replace: bool = False) -> str:
    """Read a filled form into a data folder.

    Parameters
    ----------
    path
        The form, an ``.xlsx`` file.
    folder
        A data folder, as `folder.create` makes it.
    lang
        The user's language, ``zh`` or ``en``.
    replace
        Whether a row of the form replaces one of the folder that is the same thing and says
        otherwise; if not, such a row is wrong.

    Returns
    -------
    str
        What was taken in, in the user's language.

    Raises
    ------
    EntryError
        If the file is no form, the folder is not right, or anything in the form is wrong; nothing
        was changed.
    ZbError
        If the folder cannot be written.
    """
    with alone(folder, lang):
        current, reading = current_tables(folder, lang), Reading()
        sheets = workbook.open_form(path, lang, reading)
        answered = offices.TABLE in sheets
        for name in FORM:
            if name in sheets and not (answered and name == offices.FIGURES):
                reading.rows += rows.read_rows(sheets[name], tables()[name], reading)
        if answered:
            offices.read(sheets, current, reading)
        _settle(reading, current)
        if schema.PASTED in sheets:
            pasted = _pasted(sheets[schema.PASTED], current, reading.rows, lang)
            reading.rows += pasted.rows
            reading.wrongs += pasted.wrongs
            reading.notes += pasted.notes
        if not reading.rows and not reading.wrongs:
            raise EntryError(label("entry.file.nothing", lang, file=path))
        return _finish(path, folder, reading, current, lang, replace=replace)


@contextmanager
def alone(folder: Path, lang: str) -> Iterator[None]:
    """Wait until no other import reads, changes and writes the same folder."""
    if not (folder / "datapackage.json").is_file():
        raise EntryError(label("entry.file.folder", lang, folder=schema.shown(folder)))
    try:
        with files.alone(folder):
            yield
    except TimeoutError:
        raise EntryError(label("entry.file.busy", lang, folder=folder)) from None
    except PermissionError as error:
        raise ZbError(
            f"{folder} cannot be written ({error.strerror}); ask for the right to, or copy it."
        ) from None


def _pasted(sheet: workbook.Sheet, current: merge.Tables, there: list[Row], lang: str) -> Reading:
    """The form's sheet into which a table was pasted; nothing where it was left empty.

    ``there`` has the rows of the form's other sheets, which the table may name.
    """
    below = {number: line for number, line in sheet.cells.items() if number >= schema.PASTED_ROW}
    if not below:
        return Reading()
    texts = {name: str(sheet.at(*cell).value or "") for name, cell in schema.PASTED_ABOUT.items()}
    known = {}
    for name, table in current.items():
        known[name] = pd.DataFrame(merge.lines(name, there, current), columns=table.columns, dtype="str")
        if code := schema.tables()[name].identifier:
            known[name] = known[name].drop_duplicates(code, keep="last")
    # A cell filled from a list holds the short name and the name.
    area, source = ("".join(texts[name].split()[:1]) for name in ("area", "source"))
    about = wide.About(area=area, source=source, locator=" ".join(texts["locator"].split()))
    pasted = wide.read(dataclasses.replace(sheet, cells=below), about, known, lang)
    merge.find_duplicates(pasted.rows)
    return pasted


def take_in_wide(
    path: Path, folder: Path, lang: str, about: wide.About, *, preview: bool = False, replace: bool = False
) -> str:
    """Read a table as printed, a row an indicator and a column a year, into a data folder.

    Parameters
    ----------
    path
        An ``.xlsx`` file or a text file (UTF-8, UTF-16 or GBK; commas, semicolons or tabs).
    folder, lang, replace
        As in `take_in`.
    about
        Area and source of the whole table.
    preview
        Only tell what would be taken in.

    Raises
    ------
    EntryError
        As `take_in`.
    """
    with alone(folder, lang):
        current = current_tables(folder, lang)
        reading = wide.read(wide.pick(workbook.grid(path, lang), lang, path), about, current, lang)
        merge.find_duplicates(reading.rows)
        return _finish(path, folder, reading, current, lang, replace=replace, preview=preview)


def _finish(
    path: Path, folder: Path, reading: Reading, current: merge.Tables, lang: str,
    *, replace: bool, preview: bool = False,
) -> str:  # fmt: skip
    """Merge, check and write rows, and tell of it; or only tell."""
    merged = merge.merge(merge.sound(reading.rows, current), current, replace=replace)
    changed = settle(folder, merged, current, lang, reading, preview=preview)
    lines = [label(key, lang, **values) for key, values in reading.notes]
    if preview:
        return "\n".join([label("entry.wide.preview", lang, folder=folder), *_counts(merged, lang), *lines])
    return _summary(path, folder, merged, changed, lines, lang)


def settle(
    folder: Path, merged: merge.Merged, current: merge.Tables, lang: str, reading: Reading,
    *, preview: bool = False,
) -> list[str]:  # fmt: skip
    """Write merged tables, if the folder is then right; the names of those that changed."""
    changed = merged.changed(current)
    content = {f"{name}.csv": files.as_csv(merged.frames[name]) for name in changed}
    judged = [of_row(problem, _origin(problem, merged)) for problem in _judged(folder, content)]
    refuse([*reading.wrongs, *(one for row in reading.rows for one in row.wrongs), *judged], lang)
    if not preview:
        files.together(folder, content)
    return changed


def current_tables(folder: Path, lang: str) -> dict[str, pd.DataFrame]:
    """The folder's tables as text, drafts too, if it is a folder that passes its checks."""
    try:
        problems = check.problems(folder)
    except InputError as error:
        raise EntryError(label("entry.file.folder_unreadable", lang, folder=folder, reason=error)) from None
    if problems:
        raise EntryError(
            label("entry.file.folder_wrong", lang, folder=schema.shown(folder), count=len(problems))
        )
    current = {}
    for name in TAKEN:
        current[name] = pd.DataFrame(columns=list(tables()[name].columns), dtype="str")
        if (path := folder / f"{name}.csv").exists():
            table = read.table(path, [], may_be_empty=True).reset_index(drop=True)
            current[name] = data_schema.complete(table, path.name)  # what a folder of before lacks
    return current


def _settle(reading: Reading, current: merge.Tables) -> None:
    """What is left out, references, percentages and doubles, which take more than one row to judge."""
    merge.complete(reading.rows, current)
    merge.settle_references(reading.rows, merge.known(reading.rows, current))
    about = merge.lines("indicators", reading.rows, current)
    rows.settle_percent(reading, {one["indicator"]: one["unit_zh"] or one["unit_en"] for one in about})
    merge.find_duplicates(reading.rows)


def _judged(folder: Path, content: Mapping[str, bytes]) -> list[Problem]:
    """What is wrong in the folder as it would be: all that is checked, else figures nobody has entered.

    A report would stop at evidence and answers that refer to such figures.
    """
    try:
        dataset = package.load(check.require(folder, style.undrawn, new=content))
        for plan in dataset.plans["plan"]:
            tasks.evidence(dataset, plan, package.LAST_DAY)
    except DataError as error:
        return [one for one in error.problems if not one.file.endswith(".md")]  # a form has no texts
    answers = [one for one in texts.problems(dataset) if one.file == f"{offices.TABLE}.csv"]
    # A text of one language stands for the other: it is told once.
    once = {(one.row, one.value): one for one in reversed(answers)}
    return [dataclasses.replace(one, key="no_reference") for one in once.values()]


def _origin(problem: Problem, merged: merge.Merged) -> Row | None:
    origins = merged.origins.get(problem.file.removesuffix(".csv"), [])
    # Row 1 of a file is its header.
    place = (problem.row or 0) - 2
    return origins[place] if 0 <= place < len(origins) else None


def _doubts(folder: Path, merged: merge.Merged, lang: str) -> list[str]:
    """Cells of the form that were taken in and yet look like a slip."""
    rows = [(problem, _origin(problem, merged)) for problem in doubts.doubts(folder)]
    own = [of_row(problem, row) for problem, row in rows if row is not None]
    single = sum(one.key == "one_language" for one in own)
    lines = [label("entry.done.one_language", lang, count=single)] if single else []
    for one in own:
        if one.key != "one_language":
            about = {"sheet": one.sheet, "cell": one.cell, "value": one.value, "words": one.words(lang)}
            lines.append(label("entry.done.doubt", lang, **about))
    return lines


def _counts(merged: merge.Merged, lang: str) -> list[str]:
    return [
        label("entry.done.table", lang, sheet=label(f"entry.sheet.{name}", lang), **counts)
        for name, counts in merged.counts.items()
        if any(counts.values())
    ]


def _summary(
    path: Path, folder: Path, merged: merge.Merged, changed: list[str], notes: list[str], lang: str
) -> str:
    """What was taken in, for the user."""
    if not changed:
        unchanged = label("entry.done.unchanged", lang, file=path, folder=folder)
        return "\n".join(filter(None, [unchanged, *notes, waiting(folder, lang)]))
    lines = [label("entry.done.title", lang, file=path), *_counts(merged, lang)]
    if merged.left_out:
        lines.append(label("entry.done.left_out", lang, count=merged.left_out))
    if merged.removed:
        lines.append(label("entry.done.placeholder", lang, count=merged.removed))
    elif merged.missing:
        names = schema.listed((label(f"entry.sheet.{name}", lang) for name in merged.missing), lang)
        lines.append(label("entry.done.placeholder_stays", lang, sheets=names))
    lines += [*notes, *_doubts(folder, merged, lang)]
    if waits := waiting(folder, lang):
        lines.append(waits)
    elif not merged.missing:
        out = schema.shown(f"{folder}-report")
        lines.append(label("entry.done.next", lang, folder=schema.shown(folder), out=out))
    return "\n".join(lines)
