"""What is allowed and yet looks like a slip of the hand; a person is asked to look, nothing is refused."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from zbanalysis.data import check, digits, limits, periods, schema
from zbanalysis.errors import Problem

SLIP, APART = 7, 5
"""A slip of the decimal point: so many times the mean of both neighbours, and more than so many times each.

A point misplaced by one digit is ten times the (geometric) mean of the neighbours whatever the growth;
the largest honest leap of the shipped figures is 6.4.
"""

PACE = 12
"""A stated growth is another unit, a fraction or an index, where it is so many times what it was before."""

LEAP = 1000
"""From one figure to the next so many times as much, or as little: another unit, if not another thing."""

ALIKE = 1.5
"""The last figure is held against the two before if these differ by no more than this factor."""

_TABLE = re.compile(r"表|专栏|附件|附录|图|[Tt]able|[Bb]ox|[Aa]nnex|[Ff]igure")
PER_CENT = ("%", "per cent", "percent", "％")


def doubts(folder: check.Folder | Path | str) -> list[Problem]:
    """Every cell of a data folder that a person should look at again.

    Parameters
    ----------
    folder
        From `check.require`, or a data folder that passes it.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> [problem for problem in doubts(DATA) if problem.key == "decimal_point"]
    []
    """
    if not isinstance(folder, check.Folder):
        folder = check.require(folder)
    tables = folder.tables
    sources = tables["sources.csv"].set_index("source")
    indicators, targets = tables["indicators.csv"], tables["targets.csv"]
    problems = [Problem(name, None, "", "", "unread") for name in _unread(folder)]
    for path in check.FIGURES:
        if path in tables:
            for asked in (slips, two_figures, two_calendars, one_day):
                problems += asked(path, tables[path], sources)
    problems += beyond_the_whole(targets, indicators) + outside_plan(targets, tables["plans.csv"])
    problems += directions(targets, indicators) + forgotten(tables)
    problems += units(indicators) + sizes(targets, tables["observations.csv"])
    return problems + alike(tables) + formulas(tables)


def _unread(folder: check.Folder) -> list[str]:
    """Tables and texts that no name of ours is given to: a survey in ``suvey.csv`` would be left out."""
    texts = (one for one in folder.files if one.endswith((".zh.md", ".en.md")))
    plans = set(folder.tables["plans.csv"]["plan"])
    known = {*schema.tables(), *(one for one in texts if one.partition("/")[0] in plans)}
    places = (path for pattern in ("*", "*/*", "*/*/*") for path in folder.place.glob(pattern))
    near = (path for path in places if path.suffix.lower() in (".csv", ".md", ".txt"))
    names = {path.relative_to(folder.place).as_posix() for path in near}
    return sorted(one for one in names - known if not re.match(r"(?i)\.|README|LICEN[CS]E|placeholder", one))


def slips(name: str, table: pd.DataFrame, sources: pd.DataFrame) -> list[Problem]:
    """Yearly figures far above or far below both neighbours on the same definition.

    Parameters
    ----------
    name
        The file.
    table
        Its rows as text, by their number in the file.
    sources
        ``date_published`` by source: of several documents the newest speaks for a neighbouring year.
    """
    years = table[table["period"].str.fullmatch(r"\d{4}")]
    years = years.assign(
        year=years["period"].astype(int), number=years["value"].astype(float),
        day=years["source"].map(sources["date_published"]),
    )  # fmt: skip
    lines: dict[tuple, list[_Figure]] = {}
    by_day = years[years["number"] > 0].sort_values("day", kind="stable")
    columns = ["area", "indicator", "basis", "year", "value", "number"]
    for row, *key, year, value, number in by_day[columns].itertuples(name=None):
        lines.setdefault(tuple(key), []).append(_Figure(year, value, number, row))
    problems = []
    for series in lines.values():
        # Of several documents the newest, which comes last, speaks for a neighbouring year.
        newest = sorted({figure.year: figure for figure in series}.values())
        known = [figure.year for figure in newest]
        for figure in series:
            near = _neighbours(newest, bisect_left(known, figure.year))
            if near and _slipped(figure.number, *(one.number for one in near)):
                problems.append(figure.problem(name, "decimal_point", **_times(figure.number, near)))
        problems += _other_sizes(name, series)
        problems += _leaps(name, newest, {problem.row for problem in problems})
    return sorted(problems, key=lambda problem: problem.row)


class _Figure(NamedTuple):
    year: int
    value: str
    number: float
    row: int

    def problem(self, name: str, key: str, **values: object) -> Problem:
        return Problem(name, self.row, "value", self.value, key, values)

    def apart(self, other: _Figure) -> float:
        """How many times one is the other."""
        return max(self.number / other.number, other.number / self.number)


def _other_sizes(name: str, series: list[_Figure]) -> Iterator[Problem]:
    """Figures of another size than the first document's for the same year: 1.88 and 0.0188."""
    first: dict[int, _Figure] = {}
    for figure in series:  # in the order of their documents' days
        other = first.setdefault(figure.year, figure)
        if (times := figure.apart(other)) >= SLIP:
            yield figure.problem(name, "other_size", other=other.value, row=other.row, times=f"{times:.4g}")


def _leaps(name: str, newest: list[_Figure], asked: set[int | None]) -> Iterator[Problem]:
    """Figures of another order than the one before, where neither is asked about already: 26 and 260000."""
    for one, figure in pairwise(newest):
        if (times := figure.apart(one)) >= LEAP and not asked & {one.row, figure.row}:
            values = {"other": one.value, "year": one.year, "row": one.row, "times": f"{times:.4g}"}
            yield figure.problem(name, "leap", **values)


def _neighbours(line: list[_Figure], place: int) -> list[_Figure]:
    """The years before and after; of the last year the two before, if they are alike.

    A first year has none: many a thing begins small and leaps.
    """
    if 0 < place < len(line) - 1:
        return [line[place - 1], line[place + 1]]
    near = line[-3:-1] if place else []
    low, high = (pick((one.number for one in near), default=0) for pick in (min, max))
    return near if len(near) == 2 and high <= ALIKE * low else []


def _slipped(value: float, one: float, other: float) -> bool:
    """Far above both, or far below both."""
    ratios = (value / one, value / other)
    mean = math.sqrt(ratios[0] * ratios[1])
    return (min(ratios) > APART and mean >= SLIP) or (max(ratios) < 1 / APART and mean <= 1 / SLIP)


def _times(value: float, near: list[_Figure]) -> dict[str, object]:
    times = value / (math.sqrt(near[0].number) * math.sqrt(near[1].number))
    values: dict[str, object] = {"times": f"{times:.0f}", "of": "times"}
    if times <= 1:
        values = {"times": f"1/{1 / times:.0f}", "of": "of"}
    for place, one in enumerate(near, start=1):
        values |= {f"value{place}": one.value, f"year{place}": one.year, f"row{place}": one.row}
    return values


def two_figures(name: str, table: pd.DataFrame, sources: pd.DataFrame) -> list[Problem]:
    """Two different figures that one document gives for the same thing; which of them counts is said.

    Equal figures at two places are no doubt, and neither is a rounded figure beside a finer one, nor
    running text beside a table, which goes first.
    """
    key = ["area", "indicator", "period", "basis", "source"]
    problems = []
    for _, rows in table[table.duplicated(key, keep=False)].groupby(key, sort=False):
        (row, used), *others = ranked(rows).iterrows()
        values = {"source": used["source"], "other": used["value"], "row": row, "used": used["value"]}
        for at, other in others:
            alike = bool(_TABLE.search(other["locator"])) == bool(_TABLE.search(used["locator"]))
            if alike and not _meet(other, used):
                problems.append(Problem(name, int(at), "value", other["value"], "two_figures", values))
    return problems


def _meet(one: pd.Series, other: pd.Series) -> bool:
    return digits.meet(digits.printed(one["value"]), digits.printed(other["value"]))


def ranked(rows: pd.DataFrame, value: str = "value") -> pd.DataFrame:
    """Figures of one document for the same thing, the one that counts first, whatever their order was.

    A final figure goes before a preliminary one and that before an estimate, a table before running
    text (the place names a table, box, annex or chart), more printed digits before fewer; what is still
    alike goes by place and digits.
    """
    order = {"final": 0, "preliminary": 1, "estimate": 2}
    table = rows["locator"].str.contains(_TABLE)
    keys = rows.assign(
        _status=rows["status"].map(order).fillna(3) if "status" in rows else 0,
        _table=~table,
        _decimals=-rows[value].map(digits.decimals).astype("int64"),  # of no rows it would be text
    )
    by = ["_status", "_table", "_decimals", "locator", value]
    return rows.loc[keys.sort_values(by, kind="stable").index]


def two_calendars(name: str, table: pd.DataFrame, _: pd.DataFrame) -> list[Problem]:
    """Figures of one indicator for the calendar year and for the fiscal year of the same name."""
    key, fiscal = ["area", "indicator", "basis"], table["period"].str.startswith("FY")
    other = table[~fiscal].rename_axis("row").reset_index().drop_duplicates(key)
    both = table[fiscal].rename_axis("at").reset_index().merge(other, on=key, suffixes=("", "_other"))
    return [
        Problem(name, int(at), "period", period, "two_calendars", {"row": int(row), "other": other})
        for at, period, row, other in both[["at", "period", "row", "period_other"]].itertuples(index=False)
    ]


def one_day(name: str, table: pd.DataFrame, sources: pd.DataFrame) -> list[Problem]:
    """Figures that another document of their day gives otherwise, and late estimates of what was measured."""
    key = ["area", "indicator", "period", "basis"]
    again = table[table.duplicated(key, keep=False)]
    problems = []
    again = again.assign(day=again["source"].map(sources["date_published"]))
    for _, rows in again.groupby(key, sort=False):
        first = rows.iloc[0]
        for row, one in rows.iloc[1:].iterrows():
            if one["day"] == first["day"] and one["source"] != first["source"] and not _meet(one, first):
                values = {"other": first["value"], "source": first["source"], "row": rows.index[0]}
                problems.append(Problem(name, int(row), "value", one["value"], "same_day", values))
        guessed = rows["status"] == "estimate"
        if guessed.any() and not guessed.all():
            measured = rows[~guessed]
            late = rows.loc[guessed & (rows["day"] > measured["day"].min()), "status"]
            other, row = measured["value"].iloc[-1], measured.index[-1]
            problems += Problem.each(name, late, "late_estimate", other=other, row=row)
    return problems


def forgotten(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Texts that lack a language in which most of the folder's stand."""
    only = schema.single(tables)
    keys = {name: tables[f"{name}.csv"][schema.tables()[f"{name}.csv"].key[0]] for name in schema.NAMES}
    there = schema.most(only[name].get(code, "") for name, codes in keys.items() for code in codes)
    if len(there) < 2:
        return []
    return [
        Problem(path, int(row), f"{text}_{lang}", filled, "one_language",
                {"language": schema.LANGUAGE_NAMES[lang], "other": schema.LANGUAGE_NAMES[other]})
        for path, table in tables.items()
        for text in schema.tables()[path].languages
        for lang, other in (there, there[::-1])
        # A unit such as % is the same in every language.
        for row, filled in table.loc[table[f"{text}_{lang}"] == "", f"{text}_{other}"].items()
        if re.search(r"[^\W\d_]", filled)
    ]  # fmt: skip


_FOREIGN = re.compile(r"(?i)[美欧日港英]元|欧元|英镑|dollar|USD|US\$|euro|EUR|yen|JPY|HKD|pound|GBP")


def units(indicators: pd.DataFrame) -> list[Problem]:
    """Units that say one thing in Chinese and another in English: 亿元 and 10 thousand yuan, % and ‰."""
    return check.judged("indicators.csv", indicators, _units)


def _units(indicator: Mapping[str, str]) -> Iterator[check.Stated]:
    both = (indicator["unit_zh"], indicator["unit_en"])
    yuan = [digits.unit_size(unit) for unit in both]
    foreign = any(_FOREIGN.search(unit) for unit in both)
    apart = (None not in yuan and yuan[0] != yuan[1]) or (any(yuan) and foreign)
    if all(both) and (apart or ("‰" in both and any(unit in PER_CENT for unit in both))):
        yield "unit_en", "units", {"other": both[0]}


def sizes(targets: pd.DataFrame, observations: pd.DataFrame) -> list[Problem]:
    """Bases and levels of another size than the figure of the base period, and growths of another order."""
    key = ["area", "indicator", "period"]
    figures = observations.groupby(key, sort=False)["value"].last().astype(float).to_dict()
    return check.judged("targets.csv", targets, lambda target: _sizes(target, figures))


def _sizes(target: Mapping[str, str], figures: Mapping[tuple, float]) -> Iterator[check.Stated]:
    of, base = (target["area"], target["indicator"]), target["base_period"]
    figure = figures.get((*of, base), 0.0)
    to_reach = target["kind"] in schema.TO_REACH
    for column, most in [("base_value", SLIP)] + [("target_value", LEAP)] * to_reach:
        value = float(target[column] or 0)
        if value * figure > 0 and not 1 / most < value / figure < most:
            times = max(value / figure, figure / value)
            yield column, "size", {"other": f"{figure:.12g}", "period": base, "times": f"{times:.4g}"}
    if target["kind"] == "average_growth" and re.fullmatch(r"\d{4}", base):
        # A growth of another order than the indicator had in the five years before: 0.09 for 9 %.
        early, late = (figures.get((*of, f"{year}"), 0.0) for year in (int(base) - 5, int(base)))
        value = float(target["target_value"] or 0)
        past = 100 * ((late / early) ** 0.2 - 1) if early > 0 and late > 0 else 0.0
        if value * past > 0 and not 1 / PACE < value / past < PACE:
            yield "target_value", "pace", {"past": f"{past:.2g}", "first": int(base) - 5, "last": int(base)}


def beyond_the_whole(targets: pd.DataFrame, indicators: pd.DataFrame) -> list[Problem]:
    """Targets of a share of a whole outside 0 to 100 %, where the indicator has no bound of its own."""
    nature = indicators.set_index("indicator")
    shares = nature.index[(nature["scale"] == "share") & _in_per_cent(nature)]
    changed = (targets["kind"] == "absolute_change") & (targets["base_value"] != "")
    rows = targets[targets["indicator"].isin(shares) & (targets["kind"].isin(schema.VALUES) | changed)]
    return check.judged("targets.csv", rows, lambda one: _beyond(one, nature.loc[one["indicator"]]))


def _beyond(target: Mapping[str, str], about: pd.Series) -> Iterator[check.Stated]:
    is_level = target["kind"] in schema.VALUES
    base = 0.0 if is_level else float(target["base_value"])
    for column in ("target_value", "target_upper"):
        value = base + float(target[column] or "nan")
        bound = about["upper_bound" if value > 100 else "lower_bound"]
        # A level beyond a bound is refused already.
        if (value > 100 or value < 0) and not (is_level and bound):
            yield column, "whole", {"indicator": target["indicator"]}


def _in_per_cent(indicators: pd.DataFrame) -> pd.Series:
    return indicators.filter(["unit_en", "unit_zh"]).isin(PER_CENT).any(axis=1)


def outside_plan(targets: pd.DataFrame, plans: pd.DataFrame) -> list[Problem]:
    """Targets for a year in which their plan does not run."""
    spans = plans.set_index("plan")[["start_year", "end_year"]].astype(int)

    def outside(target: Mapping[str, str]) -> Iterator[check.Stated]:
        first, last = spans.loc[target["plan"]]
        if not first - 1 < periods.position(target["target_period"]) <= last:
            yield "target_period", "outside_plan", {"plan": target["plan"], "start": first, "end": last}

    return check.judged("targets.csv", targets, outside)


def directions(targets: pd.DataFrame, indicators: pd.DataFrame) -> list[Problem]:
    """Targets whose sign, unit or order speaks against the direction or size of their indicator."""
    nature = indicators.set_index("indicator").assign(per_cent=lambda frame: _in_per_cent(frame))
    valued = targets[targets["target_value"] != ""]
    return check.judged("targets.csv", valued, lambda one: _odd(one, nature.loc[one["indicator"]]))


def _odd(target: Mapping[str, str], about: pd.Series) -> Iterator[check.Stated]:
    """What of one target speaks against its indicator."""
    kind, text, base, bounded = map(target.get, ("kind", "target_value", "base_value", "comparator"))
    value, better = float(text), {"up": 1, "down": -1}.get(about["direction"], 0)
    said = {"value": text, "base": base, "indicator": target["indicator"], "direction": about["direction"]}
    # With a comparator the plan allows so much of the wrong way: 增长控制在 5 % 以内.
    if kind in schema.CHANGES and better * value < 0 and not bounded:  # 降低 13.5 typed as 13.5
        way, word = ("rise", f"降低 {text}") if value > 0 else ("fall", f"提高 {text[1:]}")
        yield "target_value", "sign", {
            **said, "way": way, "word": word, "other": f"-{text}" if value > 0 else text[1:],
        }  # fmt: skip
    # A change in per cent of what is itself in per cent: 提高 8 个百分点 is no 8 %.
    if kind == "cumulative_change" and about["per_cent"] and base:
        percent, points = float(base) * (1 + value / 100), float(base) + value
        places = digits.decimals(base)
        shown = {"percent": f"{percent:.{places + 1}f}", "points": f"{points:.{places}f}"}
        yield "kind", "points", {**said, **shown}
    if kind in schema.TO_REACH and base and better * (value - float(base)) < 0 and not bounded:
        yield "target_value", "wrong_way", said
    # An average growth of a share may be a growth rate by mistake, one of 109 an index for 9 %.
    if kind == "average_growth" and about["per_cent"] and about["scale"] == "share":
        yield "kind", "growing_rate", said
    if kind == "average_growth" and 100 <= value <= 130:
        yield "target_value", "as_index", {**said, "growth": f"{value - 100:.10g}"}
    if kind == "cumulative_change" and value < -100:
        yield "target_value", "more_than_all", {}


def alike(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Words that a reader takes for the same and a program does not; see `limits.alike`."""
    problems = []
    for text, (path, row, name), other, (where, at, _) in limits.spelled_otherwise(_words(tables)):
        place = f"row {at}" if where == path else f"{where}, row {at}"
        values = {"where": place, "other": other, "character": limits.apart(text, other)}
        problems.append(Problem(path, row, name, text, "alike", values))
    return problems


def _words(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str, tuple[str, int, str]]]:
    """Column, words and place of every text cell; offices one by one, whatever column names them."""
    for path, table in tables.items():
        for name in schema.tables()[path].words:
            of_offices = name.startswith(("office", "others"))
            column = "office" + name[-3:] if of_offices else name
            for row, cell in table[name].drop_duplicates().items():
                for text in schema.offices_in(cell) if of_offices else filter(None, [cell]):
                    yield column, text, (path, int(row), name)


def formulas(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Texts that a spreadsheet takes for formulas when somebody opens the table."""
    return [
        Problem(path, int(row), name, cell, "formula_text", {"sign": cell[0]})
        for path, table in tables.items()
        for name in table
        for row, cell in table[name][table[name].str.match(r"[=+\-@\uff1d\uff0b\uff0d\uff20].")].items()
        if limits.is_formula(cell)
    ]
