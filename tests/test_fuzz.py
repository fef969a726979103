"""Spoiled inputs of every sort end in 0, 1 or 2 with a sentence, never in an error of our own.

A hundred in a run of the tests, from fixed seeds; ``ZB_FUZZ=5000 pytest tests/test_fuzz.py`` for more,
with ``ZB_FUZZ_FROM=100000`` from another seed on.
All data here are synthetic.
"""

from __future__ import annotations

import copy
import io
import json
import os
import random
import re
import shutil
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from zbanalysis.cli import cli
from zbanalysis.data.files import DATA
from zbanalysis.entry import folder, intake
from zbanalysis.errors import ZbError
from zbanalysis.report import results
from zbanalysis.report.chapters import changes

COUNT = int(os.environ.get("ZB_FUZZ", "100"))
FROM = int(os.environ.get("ZB_FUZZ_FROM", "0"))
SECONDS = 10
ODD = [
    "", " ", "nan", "inf", "-0", "1e308", "1e-320", "0", "-1", "0.0", "100.1", "1,000", "1.45¹", "２０２０", "2020", "2020Q5",
    "2021/2020", "1900/2100", "FY2020", "FY9999", "0000", "0001", "9999", "2024-3-31", "2024-02-30", "9999-12-31", "None", "null",
    "../../x", "con", "=1+1", "{ref:x}", "{x}", "**b**", "$x$", "<b>&amp;", '"', "'", "a,b", "line\nbreak", "\u200b", "\u202e", "😀",
    "\x1b[2J", "x" * 25_000, "9" * 5_000, "(" * 300, "up", "down", "level", "range", "final", "estimate", "%", "亿元", "∞", "é", "-",
]  # fmt: skip
PIECES = [
    "1",
    "0",
    "2.5",
    "9" * 30,
    "+",
    "-",
    "*",
    "/",
    "^",
    "(",
    ")",
    " ",
    ":",
    "2020",
    "%",
    "rd_intensity",
    "[",
    "]",
    "sum",
    ",",
    "e9",
]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("fuzz") / "example-city"
    folder.create(place, folder.city(place, "example-city", "示例市", "Example City"))
    intake.take_in(place / "form-example.xlsx", place, "en")
    return place


def spoiled_text(draw: random.Random, content: bytes) -> bytes:
    """A table with cells, rows, columns, separators or bytes that somebody spoiled."""
    lines = content.decode("utf-8").splitlines()
    rows = [line.split(",") for line in lines]
    kind = draw.randrange(9)
    if kind <= 3 and len(rows) > 1:  # the most: what passes the grammar goes furthest
        for _ in range(draw.randint(1, 2)):
            row = draw.choice(rows[1:])
            other = draw.choice(rows[1:])
            place = draw.randrange(len(row))
            row[place] = draw.choice([draw.choice(ODD), other[min(place, len(other) - 1)]])
    elif kind == 4 and len(rows) > 1:
        rows.insert(draw.randrange(1, len(rows) + 1), list(draw.choice(rows)))
    elif kind == 5 and len(rows) > 1:
        del rows[draw.randrange(len(rows))]
    elif kind == 6:
        place = draw.randrange(len(rows[0]))
        rows = [row[:place] + row[place + 1 :] for row in rows]
    text = "\n".join(",".join(row) for row in rows) + "\n"
    if kind == 7:
        return text.encode(draw.choice(["utf-16", "gb18030", "utf-8-sig", "utf-32"]))
    return spoiled_bytes(draw, text.encode()) if kind == 8 else text.encode()


def spoiled_bytes(draw: random.Random, content: bytes) -> bytes:
    place = draw.randrange(len(content) + 1)
    changed = bytes(draw.randrange(256) for _ in range(draw.randint(0, 4)))
    return draw.choice([content[:place], content[:place] + changed + content[place + 2 :], b"", changed])


def spoiled_value(draw: random.Random, value: object) -> object:
    """JSON with one part taken away, doubled or replaced."""
    if isinstance(value, dict) and value and draw.random() < 0.85:
        key = draw.choice(sorted(value))
        if draw.random() < 0.2:
            return {name: one for name, one in value.items() if name != key}
        return {**value, key: spoiled_value(draw, value[key])}
    if isinstance(value, list) and value and draw.random() < 0.85:
        place = draw.randrange(len(value))
        return [*value[:place], spoiled_value(draw, value[place]), *value[place + 1 :]]
    deep: object = 1
    for _ in range(50):
        deep = [deep]
    return draw.choice([None, True, -1, 1e300, "", "x", [], {}, [None], {"x": 1}, deep, 10**40, *ODD[:30]])


def spoiled_workbook(draw: random.Random, content: bytes) -> bytes:
    """A form whose cells, styles, parts or bytes somebody spoiled."""
    if draw.random() < 0.2:
        return spoiled_bytes(draw, content)
    memory = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        victim = draw.choice([one for one in names if "sheet" in one or "shared" in one or "styles" in one])
        for name in names:
            part = old.read(name)
            if name == victim:
                if draw.random() < 0.1:
                    continue
                part = spoiled_part(draw, part)
            new.writestr(name, part)
    return memory.getvalue()


def spoiled_part(draw: random.Random, part: bytes) -> bytes:
    text = part.decode("utf-8")
    spots = list(
        re.finditer(
            r'<v>[^<]*</v>|<t[^>]*>[^<]*</t>|\b(?:r|s|t|ref|numFmtId|formatCode|min|max)="[^"]*"', text
        )
    )
    if not spots or draw.random() < 0.1:
        return spoiled_bytes(draw, part)
    for spot in sorted(draw.sample(spots, min(len(spots), draw.randint(1, 3))), key=lambda one: -one.start()):
        odd = draw.choice(ODD).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        word = re.sub(r'(>|=")[^<"]*(<|"$)', lambda match: match[1] + odd + match[2], spot[0], count=1)  # noqa: B023
        text = text[: spot.start()] + word + text[spot.end() :]
    return text.encode("utf-8", "replace")


def run(*arguments: object) -> str:
    """What a command says; it must end as it should."""
    start = time.process_time()
    done = CliRunner().invoke(cli, [str(one) for one in arguments])
    right = isinstance(done.exception, SystemExit | None) and done.exit_code in (0, 1, 2)
    told = "".join(traceback.format_exception(done.exception)) if not right else done.output
    assert right, told
    assert not re.search("Traceback|NoneType|an error of our own", told), told
    assert time.process_time() - start < SECONDS, "too slow"
    if done.exit_code:
        assert told.startswith("zbanalysis: "), told
    return told


def fuzz_csv(draw: random.Random, place: Path, _: Path) -> None:
    file = draw.choice(sorted(place.glob("*.csv")))
    file.write_bytes(spoiled_text(draw, file.read_bytes()))
    if run("check", "--data", place).endswith("All checks passed.\n"):
        run("audit", "--data", place)


def fuzz_descriptor(draw: random.Random, place: Path, _: Path) -> None:
    file = place / "datapackage.json"
    content = file.read_bytes()
    if draw.random() < 0.3:
        file.write_bytes(spoiled_bytes(draw, content))
    else:
        file.write_text(json.dumps(spoiled_value(draw, json.loads(content))), "utf-8")
    run("check", "--data", place)


def fuzz_form(draw: random.Random, place: Path, _: Path) -> None:
    form = place / "form-example.xlsx"
    form.write_bytes(spoiled_workbook(draw, form.read_bytes()))
    before = {path: path.read_bytes() for path in place.glob("*.csv")}
    told = run("import", form, "--into", place, "--replace", "--lang", "en")
    if told.startswith("zbanalysis: "):
        assert {path: path.read_bytes() for path in place.glob("*.csv")} == before


def fuzz_statement(draw: random.Random, place: Path, _: Path) -> None:
    expression = "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 14)))
    if draw.random() < 0.3:
        expression = draw.choice(["(((9^100)^100)^100)^100", "1/0", "0^-1", "(-8)^0.5", "9^9^9^9", *ODD])
    row = [
        "s1",
        "example-bulletin-2025",
        "一",
        "example-city",
        "level",
        draw.choice(["2.4", *ODD]),
        "equal",
        "%",
    ]
    cells = [*row, expression, "", "甲", "a", "recomputed"]
    with (place / "statements.csv").open("a", encoding="utf-8") as file:
        file.write(",".join('"' + one.replace('"', '""') + '"' for one in cells) + "\n")
    if run("check", "--data", place).endswith("All checks passed.\n"):
        run("audit", "--data", place)


def fuzz_since(draw: random.Random, place: Path, _: Path) -> None:
    from report.test_changes import report  # the result file made by hand

    now, file = report(), place / "since.json"
    before = spoiled_value(draw, copy.deepcopy(now))
    file.write_text(json.dumps(before), "utf-8")
    try:
        changes.changes(changes.earlier(file, now), now)
    except ZbError as refused:
        told = str(refused)
    else:
        told = "."
    assert told.endswith("."), told


def fuzz_own_file(draw: random.Random, _: Path, tmp: Path) -> None:
    rows = [f"{name},{year},{10 + draw.random():.2f}" for name in ("甲", "b") for year in range(2010, 2023)]
    file = tmp / "own.csv"
    file.write_bytes(spoiled_text(draw, "\n".join(["series,year,value", *rows]).encode()))
    run(
        "forecast",
        file,
        "--horizon",
        draw.choice([1, 3, 50]),
        "--levels",
        draw.choice(["80", "80,95", "0.8", "x"]),
    )
    run("backtest", file, "--horizon", draw.choice([1, 3, 50]), "--origins", draw.choice([1, 2, 10**20]))


WIDE = (
    "指标,单位,2019,2020,2021,2022\n研发经费投入强度,%,1.8,1.88,2.0,2.1\n专利授权量,件,1200,1300,1500,1600\n"
)
PLAN = """示例市“十四五”科技创新规划

一、发展目标
到2025年，全社会研发经费投入强度达到2.8%，高新技术企业达到500家，年均增长10%以上。
科技型中小企业数量比2020年翻一番，单位能耗累计下降13.5%。

表1 主要指标
序号 指标 单位 2020年 2025年 属性
1 研发经费投入强度 % 1.88 2.8 预期性
2 每万人口发明专利拥有量 件 5.2 9 约束性

二、重点任务
（一）建设创新平台。到2023年，新建省级重点实验室5家。（责任单位：市科技局、市财政局）
"""

LONG = ["研" * 20_000, "到2025年，指标达到5%，" * 1_500, "improve the share of firms by " * 700]
"""Sentences that took minutes."""


def fuzz_wide(draw: random.Random, place: Path, tmp: Path) -> None:
    table = tmp / "wide.csv"
    table.write_bytes(spoiled_text(draw, WIDE.encode()))
    about = ["--source", "book-2023", "--title", "年鉴", "--publisher", "统计局", "--published", "2023-12-01"]
    run("import", table, "--into", place, "--wide", "--replace", "--locator", "t", *about)


def fuzz_draft(draw: random.Random, place: Path, tmp: Path) -> None:
    lines = PLAN.splitlines()
    for _ in range(draw.randint(1, 3)):
        line = draw.randrange(len(lines))
        parts = re.split(r"(\d+(?:\.\d+)?|[，。、（）%])", lines[line])
        parts[draw.randrange(len(parts))] = draw.choice([*ODD, *LONG, *parts])
        lines[line] = "".join(parts)
    content = "\n".join(lines).encode("utf-8", "replace")
    document = tmp / "plan.txt"
    document.write_bytes(spoiled_bytes(draw, content) if draw.random() < 0.2 else content)
    run("draft", document, "--into", place, "--published", "2021-06-01", "--publisher", "市政府")


FUZZ: list[Callable] = [
    fuzz_csv, fuzz_csv, fuzz_descriptor, fuzz_form, fuzz_statement, fuzz_since, fuzz_own_file, fuzz_wide, fuzz_draft,
]  # fmt: skip
ONCE_WRONG = [
    (fuzz_form, 206),  # an archive whose parts lie before its start
    (fuzz_form, 1781),
    (fuzz_since, 1783),  # a day as a number
]


@pytest.mark.parametrize("share", range(5))
def test_no_spoiled_input_ends_in_an_error_of_our_own(share, city, tmp_path):
    assert DATA.is_dir()
    assert results.FORMAT
    new = [(FUZZ[seed % len(FUZZ)], seed) for seed in range(FROM + share, FROM + COUNT, 5)]
    for one, seed in [*ONCE_WRONG[share::5], *new]:
        draw, place = random.Random(seed), tmp_path / "city"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(city, place)
        try:
            one(draw, place, tmp_path)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {one.__name__}: {error}") from error
