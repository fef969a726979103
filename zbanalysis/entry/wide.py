"""A table as bulletins print it: a row an indicator and a column a year, or the reverse."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from zbanalysis.data import digits, limits, periods
from zbanalysis.data.schema import of_text
from zbanalysis.entry import merge, rows, schema
from zbanalysis.entry.problems import EntryError
from zbanalysis.entry.rows import Reading
from zbanalysis.entry.workbook import Sheet, Shown
from zbanalysis.report.words import label

_NOTHING = re.compile(r"(?:[-—–－…·.．/]+|\*+|(?i:n/?a|na|nd|-)|无|不详)?")
_YEAR = re.compile(r"((?:19|20)\d{2})(?:年(?:年?[末底]|度)?|年)?")
_PART = {"上半年": "H1", "1-6月": "H1", "一季度": "Q1", "1-3月": "Q1", "前三季度": "M09", "1-9月": "M09"}
_NO_UNIT = re.compile("预|计划|目标|初步|快报|增|比|%|％")  # behind a year: no plain figures of that year
_ESTIMATE = re.compile(r"^(?:约|大约|近似)|(?:左右|\*|e|E|（预计）|\(预计\))$")
_UNIT_ABOVE = re.compile(r"(?:单位|Unit)\s*[:：]\s*([^\s,，;；)）]+)")
_COLUMNS = {
    "name": ("指标", "指标名称", "项目", "名称", "主要指标", "indicator", "item", "name", "series"),
    "unit": ("单位", "计量单位", "unit", "units"),
    "area": ("地区", "区域", "区县", "城市", "area", "region", "city"),
    "code": ("代码", "指标代码", "code"),
}
_NUMBERING = re.compile(
    r"^(?:其中|#)[:：]?\s*|^(?:\d+[.、](?!\d)|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）])\s*"
)
_COUNT = re.compile("(?:总数|数量|数)$")
_NEAR = 0.6  # likeness from which a registered name is mentioned


@dataclass(frozen=True)
class About:
    """What stands once for the whole table: area, source (registered, or a new one) and place in it."""

    area: str = ""
    source: str = ""
    locator: str = ""
    title: str = ""
    publisher: str = ""
    published: str = ""


@dataclass
class _Line:
    """One indicator's line: its words and its figures, each with its cell."""

    number: int
    name: str
    unit: str
    area: str
    code: str
    place: str
    figures: dict[str, tuple[str, Shown]]


def read(sheet: Sheet, about: About, current: Mapping[str, pd.DataFrame], lang: str) -> Reading:
    """A table as rows of indicators, sources and figures.

    Parameters
    ----------
    sheet
        The table's cells.
    about
        What was said of the whole table.
    current
        The folder's tables as text.
    lang
        The language of what is told.

    Raises
    ------
    EntryError
        If there is no row or column of years, or area or source are not known.
    """
    reading = Reading()
    top, years, turned = _headings(sheet, reading)
    if not years:
        raise EntryError(label("entry.wide.no_years", lang, sheet=sheet.title))
    source = _source(sheet, about, current, reading, lang)
    lines = _lines(sheet, top, years, turned, reading)
    locator = about.locator or _title(sheet, top if not turned else 1) or sheet.title
    taken = {**dict.fromkeys(current["indicators"]["indicator"], "")}
    for line in lines:
        area = area_of(line.area or about.area, current, lang)
        indicator, shift = _indicator(line, sheet, current, taken, reading)
        if indicator:
            _figures(line, sheet, (area, indicator, source, locator), shift, current, reading)
    return reading


def _headings(sheet: Sheet, reading: Reading) -> tuple[int, dict[int, str], bool]:
    """Row (or column, where the table is turned) of the years, and the period of each place along it."""
    across: dict[int, dict[int, str]] = {}
    down: dict[int, dict[int, str]] = {}
    for number, line in sheet.cells.items():
        for place, cell in line.items():
            period = _period(cell)
            if period:
                across.setdefault(number, {})[place] = period
                down.setdefault(place, {})[number] = period
    if not across:
        return 0, {}, False
    row = max(sorted(across), key=lambda one: len(across[one]))
    column = max(sorted(down), key=lambda one: len(down[one]))
    turned = len(down[column]) > len(across[row])
    top, years = (column, down[column]) if turned else (row, across[row])
    _left_out(sheet, top, years, turned, reading)
    for place in years:
        cell = rows.place(place, top) if turned else rows.place(top, place)
        again = [other for other, period in years.items() if period == years[place] and other < place]
        if again:
            reading.wrong(sheet, cell, years[place], "wide_year_twice")
    return top, years, turned


def _left_out(sheet: Sheet, top: int, years: Mapping[int, str], turned: bool, reading: Reading) -> None:
    """Tell of columns that name no period: growth rates, plan values, years with a footnote mark."""
    heads = {number: sheet.at(number, top) for number in sheet.cells}
    if not turned:  # a column without a heading is told of by its first cell
        below = [line for number, line in sorted(sheet.cells.items()) if number >= top]
        heads = {place: cell for line in reversed(below) for place, cell in line.items()}
    for number, cell in sorted(heads.items()):
        text = " ".join(str(cell.value).split())
        # Before the years stand names; below a turned table, notes in one cell.
        aside = number < min(years) and not re.search(r"\d{4}", text)
        if number in years or aside or _is_nothing(cell) or (turned and len(sheet.cells[number]) == 1):
            continue
        place = rows.place(number, top) if turned else rows.place(top, number)
        reading.note("entry.wide.left_out", cell=place, value=text)


def _period(cell: Shown) -> str:
    """The period that a heading names; empty where it names none.

    Examples
    --------
    >>> [_period(Shown(one)) for one in ("2019年末", 2020, "2021年上半年", "FY2018", "2019①", "R&D")]
    ['2019', '2020', '2021H1', 'FY2018', '', '']
    """
    value = cell.value
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.year}" if (value.month, value.day) in ((12, 31), (1, 1)) else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = re.sub(r"\s", "", rows.half_width(str(value if value is not None else "")))
    bare, bracket = _bracketed(text)
    text = re.sub("(?:实际|实绩|完成)(?:数|值)?$", "", text if _NO_UNIT.search(bracket) else bare)
    if match := _YEAR.fullmatch(text):
        return match[1]
    for words, part in _PART.items():
        if match := re.fullmatch(rf"((?:19|20)\d{{2}})年?{words}", text.replace("—", "-")):
            return match[1] + part
    try:
        periods.position(text.upper())
    except ValueError:
        return ""
    return text.upper()


def _lines(sheet: Sheet, top: int, years: Mapping[int, str], turned: bool, reading: Reading) -> list[_Line]:
    """The lines of a table; a turned one is read along its columns."""

    def at(line: int, place: int) -> tuple[str, Shown]:
        row, column = (place, line) if turned else (line, place)
        return rows.place(row, column), sheet.at(row, column)

    first = min(years)
    numbers = sorted({column for line in sheet.cells.values() for column in line} if turned else sheet.cells)
    named = {place: role for place in range(1, first) if (role := _role(at(top, place)[1]))}
    if "name" not in named.values():
        below = [line for line in numbers if line > top]
        places = [place for place in range(1, first) if place not in named]
        free = {place: sum(_is_words(at(line, place)[1]) for line in below) for place in places}
        if free and max(free.values()):
            named[max(sorted(free), key=lambda place: free[place])] = "name"
    about = {role: place for place, role in named.items()}
    if "name" not in about and "code" not in about:
        reading.wrong(sheet, rows.place(top, 1), "", "wide_no_names")
        return []
    unit, area, lines = _unit_above(sheet, top, turned), "", []
    for number in numbers:
        figures = {years[place]: at(number, place) for place in years}
        if not turned and number > top:  # a second unit for the lines below it
            unit = _unit_of(sheet.cells[number]) or unit
        if number <= top or not any(not _is_nothing(one) for _, one in figures.values()):
            continue
        words = {role: _words(at(number, place)[1]) for role, place in about.items()}
        hidden = sheet.hidden_columns if turned else sheet.hidden_rows
        place = at(number, about.get("name", about.get("code", 1)))[0]
        if not turned and (
            not (words.get("name") or words.get("code")) or _is_heading(sheet.cells[number], years)
        ):
            reading.wrong(sheet, place, words.get("name", ""), "wide_second_table")
            continue
        if number in hidden:
            reading.note("entry.done.note_hidden", sheet=sheet.title, cell=place)
            continue
        # An area that is printed once stands for the lines below it.
        area = words.get("area") or area
        own = words.get("unit") or ""
        line = _Line(number, words.get("name", ""), own, area, words.get("code", ""), place, figures)
        lines.append(dataclasses.replace(line, unit=own or _bracketed(line.name)[1] or unit))
        for along in years:
            if ((along, number) if turned else (number, along)) in sheet.merged:
                cell = at(number, along)[0]
                reading.wrong(sheet, cell, "", "merged", range=cell)
    return lines


def _words(cell: Shown) -> str:
    """Words of a cell on one line; a footnote mark at their end is left out, raised or circled."""
    text = " ".join(str(cell.value if cell.value is not None else "").split())
    text = re.sub(r"[\u2460-\u2473\u00b9\u00b2\u00b3*]+$", "", text).strip()
    return _NUMBERING.sub("", text)


def _is_words(cell: Shown) -> bool:
    return isinstance(cell.value, str) and bool(re.search("[A-Za-z\u4e00-\u9fff]", cell.value))


def _role(cell: Shown) -> str:
    text = schema.plain(_words(cell))
    return next((role for role, known in _COLUMNS.items() if text in known), "")


def _is_nothing(cell: Shown) -> bool:
    if cell.value is None:
        return not cell.formula
    return isinstance(cell.value, str) and bool(_NOTHING.fullmatch(rows.half_width(cell.value).strip()))


def _unit_above(sheet: Sheet, top: int, turned: bool) -> str:
    """The unit that stands once over the table, ``单位：亿元``."""
    for number in range(1, (6 if turned else top) + 1):
        if unit := _unit_of(sheet.cells.get(number, {})):
            return unit
    heads = [] if turned else list(sheet.cells.get(top, {}).values())
    units = {_bracketed(str(cell.value))[1] for cell in heads if _period(cell)}
    return units.pop() if len(units) == 1 else ""  # one unit behind every year: 2022年（万人）


def _unit_of(line: Mapping[int, Shown]) -> str:
    units = (_UNIT_ABOVE.search(str(cell.value or "")) for cell in line.values())
    return next((match[1] for match in units if match), "")


def _is_heading(line: Mapping[int, Shown], years: Mapping[int, str]) -> bool:
    """Whether a line is the heading of a second table: years, and a word for names or the same steps."""
    found = {place: period for place, cell in line.items() if (period := _period(cell))}
    at = periods.position
    steps = {round(at(found[place]) - at(years[place]), 6) for place in found if place in years}
    again = found.keys() == years.keys() and len(steps) == 1 and len(found) > 2
    return again or (len(found) > 1 and "name" in {_role(cell) for cell in line.values()})


def _title(sheet: Sheet, top: int) -> str:
    for number in sorted(one for one in sheet.cells if one < top):
        text = " ".join(str(next(iter(sheet.cells[number].values())).value or "").split())
        if text and not re.match("单位|Unit", text):
            return text
    return ""


def _bracketed(name: str) -> tuple[str, str]:
    """A name and the unit in brackets behind it; no unit where there is none.

    Examples
    --------
    >>> _bracketed("R&D经费（亿元）"), _bracketed("GDP growth (%)"), _bracketed("GDP")
    (('R&D经费', '亿元'), ('GDP growth', '%'), ('GDP', ''))
    """
    match = re.fullmatch(r"(.+?)\s*[(（]([^()（）]+)[)）]", name)
    return (match[1], match[2].strip()) if match else (name, "")


def _source(
    sheet: Sheet, about: About, current: Mapping[str, pd.DataFrame], reading: Reading, lang: str
) -> tuple[str, str]:
    """Code and day of the source, registered or made of what was said."""
    known = current["sources"].set_index("source")["date_published"]
    if about.source in known.index and not about.title:
        return about.source, known[about.source]
    if not (about.title and about.publisher and about.published):
        there = ", ".join(one for one in known.index if not one.startswith(schema.PLACEHOLDER)) or "—"
        raise EntryError(label("entry.wide.no_source", lang, source=about.source or "—", known=there))
    texts = document(about, merge.slug(about.title, "-") or "source-{day}", current, lang)
    reading.rows.append(rows.made("sources", sheet.title, 1, texts))
    return texts["source"], texts["date_published"]


def document(about: About, code: str, current: Mapping[str, pd.DataFrame], lang: str) -> dict[str, str]:
    """A document as a row of sources: the folder's of that day and title, or a new one of that code."""
    day = rows.read_cell(Shown(about.published), schema.tables()["sources"].columns["date_published"]).text
    if not day:
        raise EntryError(label("entry.wide.no_day", lang, value=about.published))
    there = current["sources"]
    titled = (there["title_zh"] == about.title) | (there["title_en"] == about.title)
    same = there.loc[titled & (there["date_published"] == day), "source"]
    source = about.source or (same.iloc[0] if len(same) else code.format(day=day))
    texts = {"source": source, "date_published": day, "confidence": "high"}
    words = {"title": about.title, "publisher": about.publisher}
    return texts | {f"{name}_{of_text(text)}": text for name, text in words.items()}


def own_areas(current: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The folder's areas without the invented one."""
    return current["areas"][~current["areas"]["area"].str.startswith(schema.PLACEHOLDER)]


def area_of(name: str, current: Mapping[str, pd.DataFrame], lang: str) -> str:
    """The area that a code or name tells; the folder's only one where none is told."""
    areas = own_areas(current)
    hit = _named(areas, "area", name) if name else areas
    if len(hit) == 1:
        return hit["area"].iloc[0]
    shown = ", ".join(areas["area"]) or "—"
    raise EntryError(label("entry.wide.no_area", lang, area=name or "—", known=shown))


def _named(table: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    """Rows whose code or name is the one given, as `schema.plain` compares."""
    wanted = schema.plain(name)
    lines = table[[code, "name_zh", "name_en"]].to_numpy()
    return table[[bool(wanted) and any(wanted == schema.plain(one) for one in line) for line in lines]]


def _indicator(
    line: _Line, sheet: Sheet, current: Mapping[str, pd.DataFrame], taken: dict[str, str], reading: Reading
) -> tuple[str, int]:
    """The indicator's code, registered or new, and by how many places its figures move to its unit."""
    bare, bracket = _bracketed(line.name)
    for name in (line.code, line.name, bare):
        hit = _named(current["indicators"], "indicator", name)
        if len(hit) == 1:
            # A bracket that belongs to the registered name is no unit.
            unit = "" if name == line.name and bracket and line.unit == bracket else line.unit
            return hit["indicator"].iloc[0], _shift(line, unit, hit.iloc[0], sheet, reading)
    name = bare if bracket and bracket == line.unit else line.name
    if (near := _counted(name, line.unit, current["indicators"])) is not None:
        reading.note("entry.wide.taken_for", name=line.name, registered=near["name_zh"])
        return near["indicator"], _shift(line, line.unit, near, sheet, reading)
    key = schema.plain(name)
    code = line.code or next((one for one, words in taken.items() if words and words == key), "")
    code = code or merge.slug(name, "_") or "indicator_1"
    if taken.get(code, key) != key:
        code = merge.free(code, taken, "_")
    if code not in taken:
        taken[code] = key
        _new(line, name, code, sheet, current["indicators"], reading)
    return code, 0


def _counted(name: str, unit: str, there: pd.DataFrame) -> pd.Series | None:
    """The one registered indicator of that unit whose name differs by a last 数, 数量 or 总数 only."""
    bare = there["name_zh"].map(lambda one: _COUNT.sub("", schema.plain(one)))
    hit = there[(bare != "") & (bare == _COUNT.sub("", schema.plain(name))) & (there["unit_zh"] == unit)]
    return hit.iloc[0] if len(hit) == 1 else None


def _new(line: _Line, name: str, code: str, sheet: Sheet, there: pd.DataFrame, reading: Reading) -> None:
    """A new indicator: what the table says of it, and the registered name that is like its own."""
    if not line.unit:
        reading.wrong(sheet, line.place, name, "wide_no_unit")
        return
    if limits.is_formula(name):
        reading.wrong(sheet, line.place, name, "formula_text", sign=name[0])
        return
    side = of_text(name)
    written = "zh" if of_text(line.unit) == "zh" else side
    texts = {"indicator": code, f"name_{side}": name, f"unit_{written}": line.unit}
    if line.unit in ("%", "％"):
        texts |= {"unit_zh": "%", "unit_en": "%"}
    texts |= {"scale": "unknown", "accumulation": "stock", "domain": "other"}
    reading.rows.append(rows.made("indicators", sheet.title, line.number, texts, line.place))
    known = [one for one in (*there["name_zh"], *there["name_en"]) if one]
    near = difflib.get_close_matches(name, known, 1, _NEAR)
    values = {"name": name, "code": code, "unit": line.unit or "—", "near": "".join(near)}
    reading.note("entry.wide.new_near" if near else "entry.wide.new", **values)


def _shift(line: _Line, unit: str, about: pd.Series, sheet: Sheet, reading: Reading) -> int:
    """Places by which a figure in one size of a unit moves to the registered size; another unit is wrong."""
    registered = [one for one in (about["unit_zh"], about["unit_en"]) if one]
    if not unit and registered:
        reading.note("entry.wide.unit_assumed", name=line.name, registered=registered[0])
    if not unit or not registered:
        return 0
    if set(registered) <= set(schema.UNKNOWN.values()):
        side = "zh" if about["unit_zh"] else "en"
        texts = {"indicator": about["indicator"], f"unit_{side}": unit}
        texts["scale"] = scale_of(unit, line.name) if about["scale"] == "unknown" else about["scale"]
        reading.rows.append(rows.made("indicators", sheet.title, line.number, texts, line.place))
        return 0
    size, base = _sized(unit)
    for one in registered:
        other, named = _sized(one)
        if named == base:
            if size != other:
                reading.note("entry.wide.converted", name=line.name, unit=unit, registered=one)
            return size - other
    reading.wrong(sheet, line.place, unit, "wide_unit", unit=registered[0], indicator=about["indicator"])
    return 0


def scale_of(unit: str, name: str) -> str:
    """What kind of number the unit and the name tell of."""
    if unit in ("%", "％") and not re.search(r"增长|增速|增幅|growth", name):
        return "share"
    if unit in ("位", "名次") or re.search(r"排名|位次|rank", name):
        return "rank"
    if (
        re.search(r"/|‰|per\b|% a year", unit)
        or re.match(r"每[百千万十]|人均|单位", name)
        or unit in ("%", "岁")
    ):
        return "ratio"
    if re.fullmatch(
        r"[百千万亿]*(?:家|个|人|件|项|台|套|辆|所|座|处|张|名|户|次|天|人次|条|种|部|万|标箱|架次|车次|艘"
        r"|列|床|枚|头|只)",
        unit,
    ):
        return "count"
    if unit.lower() in ("number", "no.", *re.findall("[a-z]+", name.lower())):
        return "count"  # trees, of Trees planted
    if re.search(r"元|吨|米|亩|公顷|公里|千瓦|km|kt|million", unit):
        return "amount"
    return "unknown"


def _sized(unit: str) -> tuple[int, str]:
    """A unit as a power of ten and what it counts, whatever its width and its capitals."""
    return digits.sized(rows.half_width(unit).replace("人民币", "").strip().casefold())


def _figures(
    line: _Line, sheet: Sheet, about: tuple, shift: int, current: Mapping[str, pd.DataFrame], reading: Reading
) -> None:
    """One line's figures as rows of the form."""
    area, indicator, (source, day), locator = about
    there = current["observations"]
    same = there[(there["area"] == area) & (there["indicator"] == indicator) & (there["source"] == source)]
    bases = list(current["bases"]["basis"])
    basis = "as_published" if "as_published" in bases else next(iter(bases), "")
    unit = line.unit or "".join(current["indicators"].set_index("indicator")["unit_zh"].get(indicator, ""))
    for period, (place, cell) in line.figures.items():
        if _is_nothing(cell):
            continue
        one, status = _figure(cell)
        if not one.wrong and one.percent and unit not in ("%", "％"):
            one = rows.CellText("", one.shown, "percent", {"unit": unit})
        if one.wrong:
            reading.wrong(sheet, place, one.shown, one.wrong, **one.values)
            continue
        if status == "estimate":
            reading.note("entry.wide.estimate", cell=place, value=f"{cell.value}")
        if status == "final" and periods.end_date(period).isoformat() > day:
            status = "preliminary"
        value = f"{Decimal(one.text).scaleb(shift):f}" if shift else one.text
        texts = {"area": area, "indicator": indicator, "period": period, "value": value, "status": status,
                 "basis": basis, "source": source, "locator": locator}  # fmt: skip
        known = same[same["period"] == period]
        if len(known) == 1:  # the same figure of the same document, wherever in it it was read
            texts |= {name: known[name].iloc[0] for name in ("basis", "locator")}
        reading.rows.append(rows.made("observations", sheet.title, line.number, texts, place))


def _figure(cell: Shown) -> tuple[rows.CellText, str]:
    """What a cell holds as a figure, and whether it is an estimate."""
    status = "final"
    if isinstance(cell.value, str):
        text = rows.half_width(cell.value)
        if _ESTIMATE.search(text):
            text, status = _ESTIMATE.sub("", text).strip(), "estimate"
        if rows.THOUSANDS.fullmatch(text.rstrip("% ")):
            text = re.sub("[, ]", "", text)
        cell = dataclasses.replace(cell, value=text)
    return rows.read_cell(cell, schema.tables()["observations"].columns["value"]), status


def pick(sheets: Sequence[Sheet], lang: str, path: Path) -> Sheet:
    """The sheet that holds the table: the first with years as headings."""
    for sheet in sheets:
        if any(_period(cell) for line in sheet.cells.values() for cell in line.values()):
            return sheet
    raise EntryError(label("entry.wide.no_years", lang, sheet=path))
