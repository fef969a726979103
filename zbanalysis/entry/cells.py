"""One cell of a form as the text that its column takes, or what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from zbanalysis.data import limits, periods
from zbanalysis.entry import schema
from zbanalysis.entry.schema import Column
from zbanalysis.entry.workbook import Shown
from zbanalysis.report import office

NUMBERS = ("digits", "number", "integer")
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
_DIGITS = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))")
_EXACT = 15  # digits that Excel keeps of a number


@dataclass(frozen=True)
class Found:
    """What a cell holds: its text for the file, as it was shown, and the key of what is wrong, if anything.

    ``percent`` and ``fullwidth`` tell how a right cell was read other than it was written.
    """

    text: str
    shown: str = ""
    wrong: str = ""
    values: dict = field(default_factory=dict, hash=False)
    percent: bool = False
    fullwidth: bool = False


def read(cell: Shown, column: Column) -> Found:
    """What a cell holds, for its column."""
    value = cell.value
    if cell.formula and (value is None or value == 0):
        # Programs that do not compute store nothing, or 0, as the result of every formula.
        return Found("", cell.formula, "formula")
    if value is None or (isinstance(value, str) and not value.strip()):
        return Found("")
    if cell.is_error or value in _ERRORS:
        return Found("", str(value), "error")
    if cell.struck:
        return Found("", str(value), "struck")
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return _day(value, column)
    if isinstance(value, bool):
        return _text(str(value).upper(), column)
    if isinstance(value, int | float):
        return _number(value, cell.format, column)
    return _text(str(value), column)


def _day(value: dt.datetime | dt.date | dt.time, column: Column) -> Found:
    """A cell that Excel holds as a date."""
    if isinstance(value, dt.time):
        return Found("", str(value), "date" if column.form == "date" else "date_here")
    text = value.strftime("%Y-%m-%d")
    if column.form in ("date", "text"):
        return Found(text, text)
    return Found("", text, "date_here")


def _number(value: float, form: str, column: Column) -> Found:
    """A cell that Excel holds as a number: its digits as the cell shows them."""
    held = Decimal(f"{value:.{_EXACT}g}")
    shown, rounded = _displayed(held, form)
    if column.form == "date":
        return Found("", shown, "date")
    if column.form not in NUMBERS:
        return _text(f"{held:f}" if held != held.to_integral_value() else str(int(held)), column)
    if rounded:
        return Found("", shown, "rounded", {"held": f"{held:f}"})
    return _text(shown, column)


def _displayed(held: Decimal, form: str) -> tuple[str, bool]:
    """What a cell shows of a number, and whether it hides digits.

    Only what bears on the digits is read: decimals, the per cent sign, commas that divide by a thousand,
    powers of ten; a thousands separator, a currency or a colour is for the eye.  ``General`` shows the
    shortest digits.
    """
    part = form.split(";")[0]
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


def _text(raw: str, column: Column) -> Found:
    """A cell that holds text, or what is to be read as text."""
    shown = office.clean(raw).strip().strip("\u3000\u00a0\ufeff")
    half = half_width(shown)
    if column.form in NUMBERS:
        return _as_number(shown, half, column)
    if column.form == "period":
        text = re.sub(r"\s", "", half).upper()
        return Found(text, shown, "" if _is_period(text) else "period", fullwidth=half != shown)
    if column.form == "date":
        return _as_date(shown, half)
    if column.form == "choice":
        value = schema.choices(column).get(schema.plain(shown))
        return Found(value, shown) if value else Found("", shown, "choice", _listed(column))
    if column.form == "text" and column.pattern:
        return _as_identifier(shown, half, column)
    if limits.is_formula(shown):
        return Found("", shown, "formula_text", {"sign": shown[0]})
    # Lines within a cell are one line in the file; references are looked up where all rows are known.
    return Found(office.unwrapped(shown), shown)


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as plain ones; raised or circled figures stay what they are.

    Examples
    --------
    >>> half_width("２．７０％"), half_width("①2.63"), half_width("1.45¹")
    ('2.70%', '①2.63', '1.45¹')
    """
    return text.translate(_HALF).strip()


_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0x2212: 0x2D}


def _listed(column: Column) -> dict:
    return {"choices": ", ".join(schema.choice(column.name, value) for value in column.choices)}


def _as_number(shown: str, half: str, column: Column) -> Found:
    percent = half.endswith("%")
    bare = half.rstrip("%").replace(" ", "")
    if _DIGITS.search(bare) and any(unicodedata.category(letter) == "No" for letter in bare):
        return Found("", shown, "footnote")
    if _THOUSANDS.fullmatch(bare):
        return Found("", shown, "thousands", {"right": bare.replace(",", "")})
    if not _DIGITS.fullmatch(bare):
        return Found("", shown, "integer" if column.form == "integer" else "number")
    if column.form == "integer":
        return _as_integer(shown, bare, column, fullwidth=half != shown)
    return Found(bare, shown, percent=percent, fullwidth=half != shown)


def _as_integer(shown: str, bare: str, column: Column, *, fullwidth: bool) -> Found:
    whole = re.sub(r"\.0+$", "", bare)
    if "." in whole:
        return Found("", shown, "integer")
    if column.lowest is not None and int(whole) < column.lowest:
        return Found("", shown, "least", {"limit": column.lowest})
    if column.highest is not None and int(whole) > column.highest:
        return Found("", shown, "most", {"limit": column.highest})
    return Found(whole, shown, fullwidth=fullwidth)


def _is_period(text: str) -> bool:
    try:
        periods.position(text)
    except ValueError:
        return False
    return True


def _as_date(shown: str, half: str) -> Found:
    match = _DATE.fullmatch(re.sub(r"\s", "", half).partition("T")[0])
    parts = [int(part) for part in match.groups() if part] if match else []
    try:
        return Found(dt.date(*parts).isoformat(), shown, fullwidth=half != shown)
    except (TypeError, ValueError):
        return Found("", shown, "date")


def _as_identifier(shown: str, half: str, column: Column) -> Found:
    if not re.fullmatch(column.pattern, half):
        return Found("", shown, f"pattern_{schema.sign(column)}")
    # New folders hold the placeholder under these names, and drop it by them.
    if half.startswith("placeholder"):
        return Found("", shown, "placeholder")
    return Found(half, shown, fullwidth=half != shown)
