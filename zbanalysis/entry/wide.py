"""A table as bulletins print it: a row an indicator and a column a year, or the reverse."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from zbanalysis.data import digits, limits, periods
from zbanalysis.data.schema import of_text
from zbanalysis.entry import merge, rows, schema
from zbanalysis.entry.problems import EntryError
from zbanalysis.entry.rows import Reading
from zbanalysis.entry.workbook import EMPTY, Sheet, Shown
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


def read(sheet: Sheet, about: About, current: merge.Tables, lang: str) -> Reading:
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
    table = _Table(sheet, current)
    if not table.years:
        raise EntryError(label("entry.wide.no_years", lang, sheet=sheet.title))
    table.tell_of_headings()
    source, day = table.source(about, lang)
    locator = about.locator or table.title() or sheet.title
    for line in table.lines():
        area = area_of(line.area or about.area, current, lang)
        indicator, shift = table.indicator(line)
        if indicator:
            about_line = {"area": area, "indicator": indicator, "source": source, "locator": locator}
            table.figures(line, shift, day, about_line)
    return table.reading


class _Table:
    """A sheet's table: its cells by line and place, so turned that a line is an indicator, and its years."""

    def __init__(self, sheet: Sheet, current: merge.Tables) -> None:
        self.sheet, self.current, self.reading = sheet, current, Reading()
        self.taken = dict.fromkeys(current["indicators"]["indicator"], "")
        across: dict[int, dict[int, str]] = {0: {}}
        down: dict[int, dict[int, str]] = {0: {}}
        turned: dict[int, dict[int, Shown]] = {}
        for number, line in sheet.cells.items():
            for place, cell in line.items():
                turned.setdefault(place, {})[number] = cell
                if period := _period(cell):
                    across.setdefault(number, {})[place] = period
                    down.setdefault(place, {})[number] = period
        row, column = (max(sorted(one), key=lambda place: len(one[place])) for one in (across, down))
        self.turned = len(down[column]) > len(across[row])
        self.top, self.years = (column, down[column]) if self.turned else (row, across[row])
        self.cells = turned if self.turned else sheet.cells

    def at(self, line: int, place: int) -> Shown:
        """A cell; an empty one where there is none."""
        return self.cells.get(line, {}).get(place, EMPTY)

    def name(self, line: int, place: int) -> str:
        """A cell's name in the sheet."""
        return rows.place(place, line) if self.turned else rows.place(line, place)

    def wrong(self, line: int, place: int, value: str, key: str, **values: object) -> None:
        """Something is wrong in a cell."""
        self.reading.wrong(self.sheet, self.name(line, place), value, key, **values)

    def tell_of_headings(self) -> None:
        """Years that stand twice, and what names no period: growth rates, plan values, years with a mark."""
        below = [line for number, line in sorted(self.cells.items()) if number >= self.top]
        # A column without a heading is told of by its first cell.
        heads = {place: cell for line in reversed(below) for place, cell in line.items()}
        for place, cell in sorted(heads.items()):
            text = " ".join(str(cell.value).split())
            # Before the years stand names; below a turned table, notes in one cell.
            aside = place < min(self.years) and not re.search(r"\d{4}", text)
            aside = aside or (self.turned and len(self.sheet.cells[place]) == 1)
            if place not in self.years and not aside and not _is_nothing(cell):
                self.reading.note("entry.wide.left_out", cell=self.name(self.top, place), value=text)
        for place, period in self.years.items():
            if any(other < place and period == self.years[other] for other in self.years):
                self.wrong(self.top, place, period, "wide_year_twice")

    def title(self) -> str:
        """What stands above the years, but for the unit."""
        above = [] if self.turned else sorted(one for one in self.sheet.cells if one < self.top)
        firsts = (next(iter(self.sheet.cells[number].values())) for number in above)
        texts = (" ".join(str(cell.value or "").split()) for cell in firsts)
        return next((text for text in texts if text and not re.match("单位|Unit", text)), "")

    def _unit_above(self) -> str:
        """The unit that stands once over the table, ``单位：亿元``, or behind every year: 2022年（万人）."""
        for number in range(1, (6 if self.turned else self.top) + 1):
            if unit := _unit_of(self.sheet.cells.get(number, {})):
                return unit
        units = {_bracketed(str(cell.value))[1] for cell in self.cells[self.top].values() if _period(cell)}
        return units.pop() if len(units) == 1 else ""

    def _roles(self) -> dict[str, int]:
        """Where the words of a line stand, by headings that are known; else names where most words are."""
        places = range(1, min(self.years))
        roles = {role: place for place in places if (role := _role(self.at(self.top, place)))}
        if "name" not in roles:
            below = [line for number, line in self.cells.items() if number > self.top]
            free = [place for place in places if place not in roles.values()]
            words = {place: sum(_is_words(line.get(place, EMPTY)) for line in below) for place in free}
            if any(words.values()):
                roles["name"] = max(free, key=lambda place: words[place])
        return roles

    def lines(self) -> Iterator[_Line]:
        """The lines of the table that hold figures; a second table below it is wrong."""
        roles = self._roles()
        if "name" not in roles and "code" not in roles:
            self.wrong(self.top, 1, "", "wide_no_names")
            return
        unit, area = self._unit_above(), ""
        hidden = self.sheet.hidden_columns if self.turned else self.sheet.hidden_rows
        for number in sorted(number for number in self.cells if number > self.top):
            figures = {period: (self.name(number, place), self.at(number, place))
                       for place, period in self.years.items()}  # fmt: skip
            if not self.turned:  # a second unit for the lines below it
                unit = _unit_of(self.cells[number]) or unit
            if all(_is_nothing(one) for _, one in figures.values()):
                continue
            words = {role: _words(self.at(number, roles[role])) if role in roles else "" for role in _COLUMNS}
            first = roles.get("name", roles.get("code", 1))
            place = self.name(number, first)
            unnamed = not (words["name"] or words["code"])
            if not self.turned and (unnamed or _is_heading(self.cells[number], self.years)):
                self.wrong(number, first, words["name"], "wide_second_table")
                continue
            if number in hidden:
                self.reading.note("entry.done.note_hidden", sheet=self.sheet.title, cell=place)
                continue
            # An area that is printed once stands for the lines below it.
            area = words["area"] or area
            own = words["unit"] or _bracketed(words["name"])[1] or unit
            for along in self.years:
                if ((along, number) if self.turned else (number, along)) in self.sheet.merged:
                    self.wrong(number, along, "", "merged", range=self.name(number, along))
            yield _Line(number, words["name"], own, area, words["code"], place, figures)

    def source(self, about: About, lang: str) -> tuple[str, str]:
        """Code and day of the source, registered or made of what was said."""
        known = self.current["sources"].set_index("source")["date_published"]
        if about.source in known.index and not about.title:
            return about.source, known[about.source]
        if not (about.title and about.publisher and about.published):
            there = ", ".join(one for one in known.index if not one.startswith(schema.PLACEHOLDER)) or "—"
            raise EntryError(label("entry.wide.no_source", lang, source=about.source or "—", known=there))
        texts = document(about, merge.slug(about.title, "-") or "source-{day}", self.current, lang)
        self.reading.rows.append(rows.made("sources", self.sheet.title, 1, texts))
        return texts["source"], texts["date_published"]

    def indicator(self, line: _Line) -> tuple[str, int]:
        """The indicator's code, registered or new, and by how many places its figures move to its unit."""
        bare, bracket = _bracketed(line.name)
        for name in (line.code, line.name, bare):
            hit = _named(self.current["indicators"], "indicator", name)
            if len(hit) == 1:
                # A bracket that belongs to the registered name is no unit.
                unit = "" if name == line.name and bracket and line.unit == bracket else line.unit
                return hit["indicator"].iloc[0], self._shift(line, unit, hit.iloc[0])
        name = bare if bracket and bracket == line.unit else line.name
        if (near := self._counted(name, line.unit)) is not None:
            self.reading.note("entry.wide.taken_for", name=line.name, registered=near["name_zh"])
            return near["indicator"], self._shift(line, line.unit, near)
        key = schema.plain(name)
        named = next((code for code, words in self.taken.items() if words and words == key), "")
        code = line.code or named or merge.slug(name, "_") or "indicator_1"
        if self.taken.get(code, key) != key:
            code = merge.free(code, self.taken, "_")
        if code not in self.taken:
            self.taken[code] = key
            self._new(line, name, code)
        return code, 0

    def _counted(self, name: str, unit: str) -> pd.Series | None:
        """The one registered indicator of that unit whose name differs by a last 数, 数量 or 总数 only."""
        there = self.current["indicators"]
        bare = there["name_zh"].map(lambda one: _COUNT.sub("", schema.plain(one)))
        hit = there[(bare != "") & (bare == _COUNT.sub("", schema.plain(name))) & (there["unit_zh"] == unit)]
        return hit.iloc[0] if len(hit) == 1 else None

    def _add(self, line: _Line, texts: dict[str, str]) -> None:
        self.reading.rows.append(rows.made("indicators", self.sheet.title, line.number, texts, line.place))

    def _new(self, line: _Line, name: str, code: str) -> None:
        """A new indicator: what the table says of it, and the registered name that is like its own."""
        if not line.unit:
            self.reading.wrong(self.sheet, line.place, name, "wide_no_unit")
            return
        if limits.is_formula(name):
            self.reading.wrong(self.sheet, line.place, name, "formula_text", sign=name[0])
            return
        texts = {"indicator": code, f"name_{of_text(name)}": name}
        texts[f"unit_{'zh' if 'zh' in map(of_text, (line.unit, name)) else 'en'}"] = line.unit
        if line.unit in ("%", "％"):
            texts |= {"unit_zh": "%", "unit_en": "%"}
        self._add(line, {**texts, "scale": "unknown", "accumulation": "stock", "domain": "other"})
        names = self.current["indicators"][["name_zh", "name_en"]].to_numpy().T.flat
        near = "".join(difflib.get_close_matches(name, filter(None, names), 1, _NEAR))
        about = {"name": name, "code": code, "unit": line.unit, "near": near}
        self.reading.note("entry.wide.new_near" if near else "entry.wide.new", **about)

    def _shift(self, line: _Line, unit: str, about: pd.Series) -> int:
        """Places by which a figure moves to the registered size of its unit; another unit is wrong."""
        registered = [one for one in (about["unit_zh"], about["unit_en"]) if one]
        if not unit and registered:
            self.reading.note("entry.wide.unit_assumed", name=line.name, registered=registered[0])
        if not unit or not registered:
            return 0
        if set(registered) <= set(schema.UNKNOWN.values()):
            unknown = about["scale"] == "unknown"
            texts = {"indicator": about["indicator"], f"unit_{'zh' if about['unit_zh'] else 'en'}": unit}
            self._add(line, {**texts, "scale": scale_of(unit, line.name) if unknown else about["scale"]})
            return 0
        size, base = _sized(unit)
        for one in registered:
            other, named = _sized(one)
            if named == base:
                if size != other:
                    self.reading.note("entry.wide.converted", name=line.name, unit=unit, registered=one)
                return size - other
        right = {"unit": registered[0], "indicator": about["indicator"]}
        self.reading.wrong(self.sheet, line.place, unit, "wide_unit", **right)
        return 0

    def figures(self, line: _Line, shift: int, day: str, about: Mapping[str, str]) -> None:
        """One line's figures as rows of the form; ``about`` has area, indicator, source and locator."""
        same = self.current["observations"]
        for name in ("area", "indicator", "source"):
            same = same[same[name] == about[name]]
        bases, indicators = list(self.current["bases"]["basis"]), self.current["indicators"]
        basis = "as_published" if "as_published" in bases else next(iter(bases), "")
        unit = line.unit or "".join(indicators.loc[indicators["indicator"] == about["indicator"], "unit_zh"])
        for period, (place, cell) in line.figures.items():
            if _is_nothing(cell):
                continue
            one, status = _figure(cell)
            if not one.wrong and one.percent and unit not in ("%", "％"):
                one = rows.CellText("", one.shown, "percent", {"unit": unit})
            if one.wrong:
                self.reading.wrong(self.sheet, place, one.shown, one.wrong, **one.values)
                continue
            if status == "estimate":
                self.reading.note("entry.wide.estimate", cell=place, value=f"{cell.value}")
            elif periods.end_date(period).isoformat() > day:
                status = "preliminary"
            value = f"{Decimal(one.text).scaleb(shift):f}" if shift else one.text
            texts = {**about, "period": period, "value": value, "status": status, "basis": basis}
            known = same[same["period"] == period]
            if len(known) == 1:  # the same figure of the same document, wherever in it it was read
                texts |= {name: known[name].iloc[0] for name in ("basis", "locator")}
            self.reading.rows.append(rows.made("observations", self.sheet.title, line.number, texts, place))


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


def _bracketed(name: str) -> tuple[str, str]:
    """A name and the unit in brackets behind it; no unit where there is none.

    Examples
    --------
    >>> _bracketed("R&D经费（亿元）"), _bracketed("GDP growth (%)"), _bracketed("GDP")
    (('R&D经费', '亿元'), ('GDP growth', '%'), ('GDP', ''))
    """
    match = re.fullmatch(r"(.+?)\s*[(（]([^()（）]+)[)）]", name)
    return (match[1], match[2].strip()) if match else (name, "")


def document(about: About, code: str, current: merge.Tables, lang: str) -> dict[str, str]:
    """A document as a row of sources: the folder's of that day and title, or a new one of that code."""
    day = rows.read_cell(Shown(about.published), schema.tables()["sources"].columns["date_published"]).text
    if not day:
        raise EntryError(label("entry.wide.no_day", lang, value=about.published))
    titled = {"title_zh": about.title, "title_en": about.title, "date_published": day}
    same = merge.same("sources", titled, merge.lines("sources", [], current))
    source = about.source or same or code.format(day=day)
    texts = {"source": source, "date_published": day, "confidence": "high"}
    words = {"title": about.title, "publisher": about.publisher}
    return texts | {f"{name}_{of_text(text)}": text for name, text in words.items()}


def own_areas(current: merge.Tables) -> pd.DataFrame:
    """The folder's areas without the invented one."""
    return current["areas"][~current["areas"]["area"].str.startswith(schema.PLACEHOLDER)]


def area_of(name: str, current: merge.Tables, lang: str) -> str:
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


_COUNTED = "家|个|人|件|项|台|套|辆|所|座|处|张|名|户|次|天|人次|条|种|部|万|标箱|架次|车次|艘|列|床|枚|头|只"
_SCALES = (
    ("share", r"[%％]", r"^(?!.*(?:增长|增速|增幅|growth))"),
    ("rank", "位|名次", ""),
    ("rank", "", "排名|位次|rank"),
    ("ratio", r".*(?:/|‰|\bper\b|% a year).*|%|岁", ""),
    ("ratio", "", "^(?:每[百千万十]|人均|单位)"),
    ("count", f"[百千万亿]*(?:{_COUNTED})|(?i:number|no[.])", ""),
    ("amount", ".*(?:元|吨|米|亩|公顷|公里|千瓦|km|kt|million).*", ""),
)
"""What kind of number is told by the unit, the whole of it, and by the name: the first that holds."""


def scale_of(unit: str, name: str) -> str:
    """What kind of number the unit and the name tell of."""
    counted = unit.lower() in re.findall("[a-z]+", name.lower())  # trees, of Trees planted
    for scale, of_unit, of_name in _SCALES:
        if (not of_unit or re.fullmatch(of_unit, unit)) and re.search(of_name, name):
            return "count" if counted and scale == "amount" else scale
    return "count" if counted else "unknown"


def _sized(unit: str) -> tuple[int, str]:
    """A unit as a power of ten and what it counts, whatever its width and its capitals."""
    return digits.sized(rows.half_width(unit).replace("人民币", "").strip().casefold())


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
