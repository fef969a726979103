"""The rows of a filled form: each cell as the text that its column takes, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from operator import eq, ge, gt, le, lt, ne

from xlsxwriter.utility import xl_rowcol_to_cell

from zbanalysis.data import limits
from zbanalysis.data.schema import STATED_AS_VALUE, wrong_period
from zbanalysis.entry import schema
from zbanalysis.entry.problems import Wrong
from zbanalysis.entry.schema import PERCENT, Column, Table
from zbanalysis.entry.workbook import Sheet, Shown
from zbanalysis.report import output

NUMBERS = ("digits", "number", "integer")
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
_DIGITS = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
THOUSANDS = re.compile(r"-?[1-9]\d{0,2}([, ]\d{3})+(\.\d+)?", re.ASCII)
"""A number in groups of three; ``0,123`` is none, nor is ``2.02 1``, a figure and a footnote mark."""
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))")
_PAINTED = re.compile(r"[\d.\-%‰十百千万亿¹²³]|thousand|million|billion|thsd|mn|bn", re.IGNORECASE)
"""Words of a number format that change what a person reads: a power of ten, a digit, a sign."""

_EXACT = 15  # digits that Excel keeps of a number


@dataclass(frozen=True)
class CellText:
    """What a cell holds: its text for the file, as it was shown, and the key of what is wrong, if anything.

    ``percent`` and ``fullwidth`` tell how a right cell was read other than it was written.
    """

    text: str
    shown: str = ""
    wrong: str = ""
    values: dict = field(default_factory=dict, hash=False)
    percent: bool = False
    fullwidth: bool = False


def read_cell(cell: Shown, column: Column) -> CellText:
    """What a cell holds, for its column."""
    value = cell.value
    if cell.formula and (value is None or value == 0):
        # Programs that do not compute store nothing, or 0, as the result of every formula.
        return CellText("", cell.formula, "formula")
    if value is None or (isinstance(value, str) and not value.strip()):
        return CellText("")
    if cell.is_error or value in _ERRORS or cell.struck:
        return CellText("", str(value), "error" if cell.is_error or value in _ERRORS else "struck")
    if isinstance(value, dt.time):
        return CellText("", str(value), "day" if column.form == "date" else "date_here")
    if isinstance(value, dt.date):  # Excel holds it as one
        text = f"{value:%Y-%m-%d}"
        is_right = column.form in ("date", "text")
        return CellText(text, text) if is_right else CellText("", text, "date_here")
    if isinstance(value, int | float) and not isinstance(value, bool):
        held = Decimal(f"{value:.{_EXACT}g}")
        shown, rounded = _displayed(held, cell.format)
        if column.form == "date":
            return CellText("", shown, "day")
        if column.form in NUMBERS and rounded:
            return CellText("", shown, "rounded", {"held": f"{held:f}"})
        value = shown if column.form in NUMBERS else f"{held:f}"
    return _text(str(value).upper() if isinstance(value, bool) else str(value), column)


_CONDITIONS = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}


def _displayed(held: Decimal, form: str) -> tuple[str, bool]:
    """What a cell shows of a number, and whether it hides digits.

    Only what bears on the digits is read: decimals, the per cent sign, commas that divide by a thousand,
    powers of ten; a thousands separator, a currency or a colour is for the eye.  ``General`` shows the
    shortest digits.
    """
    parts = form.replace("!", "\\").split(";")
    part = _section(held, parts)
    digits = f"{abs(held).normalize():f}"
    if part.count("%") > 1:
        return f"{digits}%", True
    if len(parts) > 1 and not re.search("[0#@]|General|G/", re.sub('"[^"]*"', "", part)):
        return "".join(re.findall(r'"([^"]*)"', part)).strip(), True  # a word in place of the number
    if len(parts) > 1 and (not part.strip() or (held < 0 and not re.search(r"[-(]", part))):
        return (digits if part.strip() else ""), True  # ``;;;`` shows nothing, ``0;0`` no sign
    painted = "".join(re.findall(r'"([^"]*)"', part)) + "".join(re.findall(r"\\([^.\s])", part))
    if _PAINTED.search(painted) and not (held < 0 and len(parts) > 1):
        return digits + painted, True
    bare = re.sub(r'"[^"]*"|_.|\*.|\[[^\]]*\]', "", part)
    # A literal point among the digits (``0\.0,`` for 万) is shown as it stands.
    literal = re.search(r"[0#?]\\\.[0#?]", bare)
    bare = re.sub(r"\\.", "", bare)
    percent = "%" in bare
    if not re.search("[0#?]", bare):  # General, text, and what other programs call them
        return f"{(held * 100 if percent else held).normalize():f}" + "%" * percent, False
    if literal:
        return _with_literal_point(held, re.sub(r'"[^"]*"', "", part))
    if "E+" in bare.upper() or "E-" in bare.upper():
        return _scientific(held, bare)
    digits = re.match(r"[^0#?]*([0#?,.]*)", bare)[1]
    number = (held * 100 if percent else held).scaleb(-3 * (len(digits) - len(digits.rstrip(","))))
    rest = digits.partition(".")[2]
    places = re.match("[0#?]*", rest)[0]
    least = len(places.rstrip("#?"))
    shown = number.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP)
    hidden = shown != number
    text = f"{shown:f}"
    while len(text.partition(".")[2]) > least and text.endswith("0"):
        text = text[:-1]
    return text.rstrip(".") + "%" * percent, hidden


def _section(held: Decimal, parts: list[str]) -> str:
    """The section of a number format that is for this number: by its own condition, else by the sign."""
    conditions = [re.search(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]", part) for part in parts]
    if any(conditions):
        for part, stated in zip(parts, conditions, strict=True):
            if stated is None or _CONDITIONS[stated[1]](held, Decimal(stated[2])):
                return part
        return ""
    if held == 0 and len(parts) > 2:
        return parts[2]
    return parts[1] if held < 0 and len(parts) > 1 else parts[0]


def _with_literal_point(held: Decimal, part: str) -> tuple[str, bool]:
    r"""A number with a point painted before its last digits, as ``0\.0,`` paints 185000 as 18.5."""
    before, _, after = part.partition(r"\.")
    places = len(re.match("[0#?]*", after)[0])
    number = held.scaleb(-3 * after[places:].count(","))
    whole = number.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole.scaleb(-places):.{places}f}", whole != number or not re.search("[0#?]", before)


def _scientific(held: Decimal, bare: str) -> tuple[str, bool]:
    """A number shown as a power of ten: its digits written out, where all of them are shown."""
    places = len(re.sub("[^0#?]", "", re.split("[eE]", bare)[0].partition(".")[2]))
    shown = Decimal(f"{held:.{places}E}")
    if shown != held:
        return f"{held:.{places}E}", True
    digits = max(0, places - held.adjusted()) if held else places
    return f"{held.quantize(Decimal(1).scaleb(-digits)):f}", False


def _text(raw: str, column: Column) -> CellText:
    """A cell that holds text, or what is to be read as text."""
    shown = output.clean(raw).strip().strip("\u3000\u00a0\ufeff")
    half = half_width(shown)
    if column.form == "choice":
        value = schema.choices(column).get(schema.plain(shown))
        listed = ", ".join(schema.choice(column.name, value) for value in column.choices)
        return CellText(value, shown) if value else CellText("", shown, "enum", {"choices": listed})
    reader = _READERS.get("code" if column.form == "text" and column.pattern else column.form)
    if reader is not None:
        text, wrong, values = reader(half, column)
        percent = bool(text) and half.endswith("%") and column.form != "integer"
        return CellText(text, shown, wrong, values, percent, fullwidth=bool(text) and half != shown)
    if limits.is_formula(shown):
        return CellText("", shown, "formula_text", {"sign": shown[0]})
    # Lines within a cell are one line in the file; references are looked up where all rows are known.
    return CellText(output.unwrapped(shown), shown)


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as plain ones; raised or circled figures stay what they are.

    Examples
    --------
    >>> half_width("２．７０％"), half_width("①2.63"), half_width("1.45¹")
    ('2.70%', '①2.63', '1.45¹')
    """
    return text.translate(_HALF).strip()


Told = tuple[str, str, dict]
"""The text of a cell, or the key and values of what is wrong with it."""


def _as_number(half: str, column: Column) -> Told:
    bare = half.rstrip("%").strip()
    if _DIGITS.search(bare) and any(unicodedata.category(letter) == "No" for letter in bare):
        return "", "footnote", {}
    if THOUSANDS.fullmatch(bare):
        bare = bare.replace(" ", "")
    if THOUSANDS.fullmatch(bare):
        return "", "thousands", {"right": bare.replace(",", "")}
    whole = re.sub(r"\.0+$", "", bare) if column.form == "integer" else bare
    if not _DIGITS.fullmatch(bare) or (column.form == "integer" and "." in whole):
        return "", "integer" if column.form == "integer" else "number", {}
    if column.form == "integer" and column.least is not None and int(whole) < column.least:
        return "", "minimum", {"limit": column.least}
    if column.form == "integer" and column.most is not None and int(whole) > column.most:
        return "", "maximum", {"limit": column.most}
    return whole, "", {}


def _as_period(half: str, _: Column) -> Told:
    text = re.sub(r"\s", "", half).upper()
    return ("", *wrong) if (wrong := wrong_period(text)) else (text, "", {})


def _as_date(half: str, _: Column) -> Told:
    match = _DATE.fullmatch(re.sub(r"\s", "", half).partition("T")[0])
    try:
        return dt.date(*(int(part) for part in match.groups() if part)).isoformat(), "", {}
    except (AttributeError, TypeError, ValueError):
        return "", "day", {}


def _as_code(half: str, column: Column) -> Told:
    if not re.fullmatch(column.pattern, half):
        return "", f"code_{schema.sign(column)}", {}
    # New folders hold the placeholder under these names, and drop it by them.
    return ("", "placeholder", {}) if half.startswith(schema.PLACEHOLDER) else (half, "", {})


_READERS = dict.fromkeys(NUMBERS, _as_number) | {"period": _as_period, "date": _as_date, "code": _as_code}
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: 0x2D}
_HALF |= dict.fromkeys([0xA0, 0x2002, 0x2003, 0x2009, 0x200A, 0x202F, 0x3000], 0x20)  # blanks of any width
_HEADING_WITHIN = 5  # rows at the top in which the headings are looked for
_PERCENT_UNITS = ("%", "％", "per cent", "percent")


@dataclass
class Row:
    """One filled row: what it says by column, the cell of each column, and what of it is wrong.

    A row that is ``wrong`` is left out of further checks; ``wrongs`` has what there is to tell of it.
    """

    table: str
    sheet: str
    number: int
    texts: dict[str, str]
    places: dict[str, str]
    cells: dict[str, CellText]
    wrong: bool = False
    wrongs: list[Wrong] = field(default_factory=list)

    def problem(self, column: str, key: str, value: str = "", /, **values: object) -> None:
        """Something is wrong in a cell of this row."""
        self.wrong = True
        self.wrongs.append(Wrong(self.sheet, self.places[column], value, key, values))

    def require(self, *names: str) -> None:
        """Cells that must not be empty; one that is wrong is told of already."""
        for name in names:
            if not self.texts[name] and not (name in self.cells and self.cells[name].wrong):
                self.problem(name, "required", column=name)


def made(table: str, sheet: str, number: int, texts: Mapping[str, str], place: str = "A1") -> Row:
    """A row that stands so in no sheet: every column of its table, all said to come from one cell."""
    whole = dict.fromkeys(schema.tables()[table].columns, "") | dict(texts)
    cells = {name: CellText(text, text) for name, text in texts.items()}
    return Row(table, sheet, number, whole, dict.fromkeys(whole, place), cells)


@dataclass
class Reading:
    """What was read: rows, what is wrong beside them, and what is to be told, as keys and values of words."""

    rows: list[Row] = field(default_factory=list)
    wrongs: list[Wrong] = field(default_factory=list)
    notes: list[tuple[str, dict]] = field(default_factory=list)

    def wrong(self, sheet: Sheet, cell: str, value: str, key: str, /, **values: object) -> None:
        """Something is wrong in a cell of which no row is made."""
        self.wrongs.append(Wrong(sheet.title, cell, value, key, values))

    def note(self, key: str, /, **values: object) -> None:
        """Something that a person should know; nothing is refused."""
        self.notes.append((key, values))


def read_rows(sheet: Sheet, table: Table, reading: Reading) -> list[Row]:
    """The filled rows of a sheet; what is wrong with its headings and what was left out is told."""
    top, columns = _headings(sheet, table, reading)
    merged = {place: area for place, area in sheet.merged.items() if place[0] > top}
    _note_hidden(sheet, columns, top, reading)
    read = []
    for number in sorted({*sheet.cells, *(row for row, _ in merged)}) if columns else ():
        if number <= top:
            continue
        line = {name: sheet.at(number, place) for name, place in columns.items()}
        over = {name: merged[number, place] for name, place in columns.items() if (number, place) in merged}
        filled = [one for one in line.values() if one.value is not None]
        if filled and (number in sheet.hidden_rows or all(one.struck for one in filled)):
            kind = "hidden" if number in sheet.hidden_rows else "struck"
            reading.note(f"entry.done.note_{kind}", sheet=sheet.title, cell=number)
            continue
        cells = {name: read_cell(one, table.columns[name]) for name, one in line.items()}
        if not over and not any(one.text or one.wrong for one in cells.values()):
            continue
        texts = {name: cells[name].text if name in cells else "" for name in table.columns}
        places = {name: place(number, columns.get(name, 1)) for name in table.columns}
        row = Row(table.name, sheet.title, number, texts, places, cells)
        _judge(row, table, over)
        read.append(row)
        for name, one in line.items():
            if one.marks and not cells[name].wrong:
                told = {"sheet": sheet.title, "cell": places[name], "value": one.marks, "taken": texts[name]}
                reading.note("entry.done.note_mark", **told)
    return read


def _note_hidden(sheet: Sheet, columns: Mapping[str, int], top: int, reading: Reading) -> None:
    """Tell of a hidden sheet or column whose cells are read all the same."""
    filled = {place for number, line in sheet.cells.items() if number > top for place in line}
    if sheet.is_hidden and filled and columns:
        reading.note("entry.done.note_hidden_sheet", sheet=sheet.title)
        return
    for column in columns.values():
        if column in sheet.hidden_columns & filled:
            reading.note("entry.done.note_hidden_column", sheet=sheet.title, cell=place(top, column))


def _judge(row: Row, table: Table, over: Mapping[str, str]) -> None:
    """What is wrong with single cells of a row; ``over`` has the merged ones with their areas."""
    for name, area in over.items():
        row.problem(name, "merged", range=area)
    for name, one in row.cells.items():
        if one.wrong and name not in over:
            row.problem(name, one.wrong, one.shown, **one.values)
    row.require(*(name for name, one in table.columns.items() if one.required and name not in over))


def _headings(sheet: Sheet, table: Table, reading: Reading) -> tuple[int, dict[str, int]]:
    """Row of the headings and place of each column; no column where the sheet is empty or a heading wrong."""
    known = schema.headings(table)
    lines: dict[int, dict[int, str]] = {}
    for number in range(1, _HEADING_WITHIN + 1):
        line = sorted(sheet.cells.get(number, {}).items())
        texts = {at: " ".join(str(cell.value).split()) for at, cell in line if cell.value is not None}
        lines[number] = {at: text for at, text in texts.items() if text}
    top = max(lines, key=lambda number: sum(schema.plain(text) in known for text in lines[number].values()))
    columns: dict[str, int] = {}
    before = len(reading.wrongs)
    for number, text in lines[top].items():
        name = known.get(schema.plain(text))
        if name in columns:
            reading.wrong(sheet, place(top, number), text, "column_twice")
        elif name:
            columns[name] = number
        elif columns:
            reading.wrong(sheet, place(top, number), text, "unknown_column")
    missing = [name for name, one in table.columns.items() if one.required and name not in columns]
    if missing and any(lines.values()):
        reading.wrong(sheet, f"A{schema.HEADING_ROW}", "", "missing_columns", columns=tuple(missing))
    return top, {} if missing or len(reading.wrongs) > before else columns


def place(row: int, column: int) -> str:
    """A cell's name, as Excel writes it."""
    return xl_rowcol_to_cell(row - 1, column - 1)


def settle_percent(reading: Reading, units: Mapping[str, str]) -> None:
    """Per cent signs are left out where the unit of the indicator is per cent, and refused elsewhere."""
    for row in reading.rows:
        unit = units.get(row.texts.get("indicator", "").split(" ")[0], "")
        for name, one in row.cells.items():
            if one.wrong or not (one.percent or one.fullwidth):
                continue
            if one.percent and not _is_percent(row, name, unit):
                row.problem(name, "percent", one.shown, unit=unit)
                continue
            told = {"sheet": row.sheet, "cell": row.places[name], "value": one.shown, "taken": one.text}
            reading.note(f"entry.done.note_{'percent' if one.percent else 'fullwidth'}", **told)


def _is_percent(row: Row, column: str, unit: str) -> bool:
    grows = row.table == "targets" and column == "target_value" and row.texts["kind"] not in STATED_AS_VALUE
    own = row.table == "indicators" and (row.texts["unit_zh"] or row.texts["unit_en"]) in _PERCENT_UNITS
    return column in PERCENT or grows or own or unit in _PERCENT_UNITS
