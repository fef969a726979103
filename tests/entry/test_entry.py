"""The entry form of another city: made, filled, read, and refused cell by cell in the user's language.

All figures here are synthetic.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from openpyxl.styles import Font

from zbanalysis import errors
from zbanalysis.cli import cli
from zbanalysis.cli import own as own_commands
from zbanalysis.data import check, files, package, read
from zbanalysis.data.schema import REQUIRED
from zbanalysis.entry import folder, intake, problems, rows, schema, workbook
from zbanalysis.entry.form import form
from zbanalysis.entry.problems import EntryError
from zbanalysis.errors import InputError, Problem, ZbError
from zbanalysis.evidence import survey, tasks
from zbanalysis.plan import progress

HAN = re.compile(r"[\u4e00-\u9fff]")
FIGURES, TARGETS, SOURCES = (schema.sheet(name) for name in ("observations", "targets", "sources"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new folder, made once; read, never written."""
    place = tmp_path_factory.mktemp("made") / "my-city"
    folder.create(place, folder.city(place, "my-city", "我市", "My City", field="science"))
    return place


@pytest.fixture(scope="module")
def imported(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the filled example taken in."""
    place = Path(shutil.copytree(made, tmp_path_factory.mktemp("imported") / "my-city"))
    intake.take_in(made / "form-example.xlsx", place, "en")
    return place


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "my-city"))


def changed(path: Path, change: Callable[[Workbook], None]) -> Path:
    """A filled example form that somebody has changed."""
    book = openpyxl.load_workbook(path)
    change(book)
    out = path.with_name("changed.xlsx")
    book.save(out)
    return out


def put(entries: dict[tuple[str, str], object]) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        for (sheet, cell), value in entries.items():
            book[sheet][cell] = value

    return change


def content(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.glob("*.csv")}


def told(path: Path, place: Path, lang: str = "zh") -> str:
    """What is said of a bad form; the folder stays as it was."""
    before = content(place)
    with pytest.raises(EntryError) as caught:
        intake.take_in(path, place, lang)
    assert content(place) == before
    return str(caught.value)


def line(text: str, cell: str, sheet: str) -> str:
    """The line about one cell."""
    found = [one for one in text.split("\n") if re.match(rf"{re.escape(sheet)}\s+{cell}\s", one)]
    assert len(found) == 1, f"{sheet} {cell}:\n{text}"
    return found[0]


# --- the new folder ---


def test_a_new_folder_passes_its_checks_and_holds_all_tables(made):
    assert check.problems(made) == []
    names = {path.name for path in made.iterdir()}
    assert {f"{name}.csv" for name in (*REQUIRED, *schema.OPTIONAL)} <= names
    assert {"form.xlsx", "form-example.xlsx", "README.md", "README.zh.md", "datapackage.json"} <= names
    dataset = package.load(made)
    assert dataset.plans["plan"].tolist() == ["placeholder-plan"]
    assert "invented" in dataset.plans["name_en"][0]
    assert "虚构" in dataset.plans["name_zh"][0]
    assert dataset.areas["name_zh"].tolist()[1] == "我市"


def test_an_empty_folder_that_is_filled_keeps_its_rights(tmp_path):
    place = tmp_path / "shared"
    place.mkdir()
    place.chmod(0o770)
    folder.create(place)
    assert place.stat().st_mode & 0o777 == 0o770
    assert check.problems(place) == []


def test_nothing_of_zibo_is_in_a_new_folder(made):
    texts = [path.read_text("utf-8") for path in made.rglob("*") if path.suffix in (".csv", ".md", ".json")]
    # What a column means may be said by an example of ours; rows and texts may not.
    assert not [one for one in texts if re.search("淄博|Zibo", one)]
    assert not (made / "reference").exists()


def test_optional_tables_with_a_header_only_are_no_fault(made):
    dataset = package.load(made)
    assert survey.load(dataset, "placeholder-plan", "2024-12-31").empty
    assert tasks.load(dataset, "placeholder-plan", "2024-12-31").empty
    with pytest.raises(InputError, match="no data rows"):
        read.table(made / "survey.csv", [])


def test_the_same_folder_has_the_same_bytes(made, tmp_path):
    again = tmp_path / "my-city"
    folder.create(again, folder.city(again, "my-city", "我市", "My City", field="science"))
    for path in sorted(made.rglob("*")):
        if path.is_file():
            assert (again / path.relative_to(made)).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize(
    ("arguments", "words_of"),
    [
        (["full"], "full holds files already; name a new or an empty folder"),
        (["file"], "file is a file; name a folder"),
        (["no/where"], "does not exist; create it or name another place"),
        (["ok", "--area", "Qing Dao"], "'Qing Dao' is no short name; use small letters"),
        (["ok", "--area", "placeholder-2"], "names that begin with placeholder are taken"),
    ],
)
def test_a_wrong_place_or_name_is_one_sentence_and_nothing_is_made(
    tmp_path, monkeypatch, arguments, words_of
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").write_text("kept", "utf-8")
    (tmp_path / "file").write_text("kept", "utf-8")
    before = sorted(tmp_path.rglob("*"))
    done = CliRunner().invoke(cli, ["new", *arguments])
    assert done.exit_code == 2
    assert words_of in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_is_taken_and_a_failure_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    full = OSError(28, "disk full")
    monkeypatch.setattr("zbanalysis.entry.form.form", lambda *_, **__: (_ for _ in ()).throw(full))
    with pytest.raises(Exception, match="cannot be made"):
        folder.create(tmp_path / "empty")
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]
    monkeypatch.undo()

    def moved(source: Path, target: Path) -> None:
        source.rename(target)
        if not (target.parent / "of others.txt").exists():
            (target.parent / "of others.txt").write_text("kept", "utf-8")
        elif len(list(target.parent.iterdir())) > 4:
            raise full

    monkeypatch.setattr(shutil, "move", moved)
    with pytest.raises(Exception, match="cannot be made"):
        folder.create(tmp_path / "empty")
    assert [path.name for path in tmp_path.rglob("*")] == ["empty", "of others.txt"]
    monkeypatch.undo()
    (tmp_path / "empty" / "of others.txt").unlink()
    folder.create(tmp_path / "empty")
    assert (tmp_path / "empty" / "form.xlsx").is_file()


def test_the_present_folder_is_filled(tmp_path, monkeypatch):
    (tmp_path / "elm city").mkdir()
    monkeypatch.chdir(tmp_path / "elm city")
    done = CliRunner().invoke(cli, ["new", ".", "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert check.problems(tmp_path / "elm city") == []
    form_of = openpyxl.load_workbook("form.xlsx")[schema.sheet("areas")]
    assert form_of["A3"].value == "elm-city"


def test_a_chinese_folder_is_the_name_of_its_area_and_hints_can_be_copied(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["new", "温州 洞头区", "--lang", "zh"])
    assert done.exit_code == 0, done.output
    assert "地区代码 my-county，级别：县、区，指标清单：空白，语言：中文" in done.output
    drafts, command = re.findall("python -m zbanalysis (.*)", done.output)
    assert shlex.split(drafts) == ["draft", "规划.docx", "--into", "温州 洞头区"]
    assert shlex.split(command) == ["import", "温州 洞头区/form.xlsx", "--into", "温州 洞头区"]
    areas = read.table(tmp_path / "温州 洞头区" / "areas.csv", []).set_index("area")
    assert areas["name_zh"].iloc[-1] == "温州 洞头区"
    assert areas["level"].iloc[-1] == ["county", "县、区"][0]
    assert CliRunner().invoke(cli, shlex.split(command)).exit_code == 0


@pytest.mark.parametrize("field", [name for name in folder.FIELDS if name != "blank"])
def test_a_field_has_its_list_of_indicators_and_no_figure(tmp_path, field):
    place = tmp_path / "Leeds"
    folder.create(place, folder.city(place, name_en="Leeds", field=field))
    sheet = openpyxl.load_workbook(place / "form.xlsx")[schema.sheet("indicators")]
    rows_of = [
        [cell or "" for cell in row] for row in sheet.iter_rows(min_row=3, max_row=40, values_only=True)
    ]
    listed = [
        dict(zip(schema.tables()["indicators"].columns, row, strict=False)) for row in rows_of if row[0]
    ]
    assert len(listed) == 15
    for one in listed:
        assert all(one[name] for name in ("name_en", "unit_en", "direction", "scale"))
        assert not any(one[name] for name in ("name_zh", "unit_zh"))
        assert (one["domain"].startswith("science")) <= (field == "science")
    assert intake.take_in(place / "form.xlsx", place, "en").count("15 added") == 1


def test_without_a_field_the_form_is_empty_and_shows_the_folders_language_only(tmp_path):
    place = tmp_path / "洞头区"
    folder.create(place)
    sheet = openpyxl.load_workbook(place / "form.xlsx")[schema.sheet("indicators")]
    assert sheet["A3"].value is None
    hidden = [column for column in ("B", "C", "D", "E") if sheet.column_dimensions[column].hidden]
    assert hidden == ["C", "E"]  # the English name and unit
    assert "Placeholder" not in (place / "plans.csv").read_text("utf-8")


def test_a_terminal_is_asked_for_what_the_name_does_not_tell_and_a_script_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["new", "leeds", "--lang", "en"], input="county\n").exit_code == 0
    there = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr(own_commands, "sys", SimpleNamespace(stdin=there, stdout=there))
    done = CliRunner().invoke(cli, ["new", "york", "--lang", "en"], input="county\nhealth\nen\n")
    assert "area york, level: county, list of indicators: health, English" in done.output
    done = CliRunner().invoke(cli, ["new", "温州洞头", "--field", "blank", "--lang", "en"])
    assert done.output.startswith("The data folder")


def test_short_names_and_what_follows_need_not_be_typed(tmp_path):
    """A made-up plan in Chinese with no short name at all; the second time all of it is there."""
    place = tmp_path / "云台县"
    folder.create(place)
    book = openpyxl.load_workbook(place / "form.xlsx")
    write(book, "sources", title_zh="云台县卫生健康规划", publisher_zh="县政府", date_published="2021-06-30")
    write(book, "sources", 4, title_zh="云台县统计公报", publisher_zh="县统计局", date_published="2023-03-31")
    for row, (name, unit, scale) in enumerate([("婴儿死亡率", "‰", "ratio"), ("参保率", "%", "share")], 3):
        write(
            book,
            "indicators",
            row,
            name_zh=name,
            unit_zh=unit,
            direction="up",
            scale=scale,
            accumulation="stock",
        )
        write(book, "observations", row, indicator=name, period="2022", value="95.2%"[: 5 - (row == 3)],
              source="云台县统计公报", locator="表1")  # fmt: skip
        write(book, "targets", row, indicator=name, kind="level", base_period="2020", base_value="94.1",
              target_period="2025", target_value="96.0", locator="表1")  # fmt: skip
    write(book, "plans", name_zh="云台县“十四五”卫生健康规划", base_year="2020", start_year="2021", end_year="2025",
          source="云台县卫生健康规划")  # fmt: skip
    book.save(tmp_path / "filled.xlsx")
    said = intake.take_in(tmp_path / "filled.xlsx", place, "zh")
    assert "占位示例" in said
    dataset = package.load(place)
    assert dataset.plans["plan"].tolist() == ["my-county-2021"]
    assert dataset.sources["source"].tolist() == ["source-2021-06-30", "source-2023-03-31"]
    assert dataset.indicators["indicator"].tolist() == ["indicator_1", "indicator_2"]
    targets = dataset.targets
    assert targets["order"].tolist() == [1, 2]
    assert set(targets["source"]) == {"source-2021-06-30"}
    assert dataset.observations["published"].tolist() == ["95.2", "95.2"]
    assert package.of_report(dataset, "my-county-2021") == ("zh",)
    assert "没有改动" in intake.take_in(tmp_path / "filled.xlsx", place, "zh")


def write(book: Workbook, table: str, row: int = 3, **cells: str) -> None:
    """Cells of a form's sheet by column."""
    for name, value in cells.items():
        book[schema.sheet(table)].cell(
            row, list(schema.tables()[table].columns).index(name) + 1
        ).value = value


# --- the form ---


def test_every_required_column_is_marked_and_every_heading_explained(made):
    book = openpyxl.load_workbook(made / "form.xlsx")
    assert book.sheetnames == [
        schema.sheet("guide"),
        *(schema.sheet(name) for name in (*schema.FORM, "wide")),
        "lists",
    ]
    for name in schema.FORM:
        sheet = book[schema.sheet(name)]
        for place, column in enumerate(schema.tables()[name].columns.values(), start=1):
            cell = sheet.cell(schema.HEADING_ROW, place)
            assert cell.value.endswith("*") == column.required
            assert HAN.search(cell.comment.text)
            assert re.search("[A-Za-z]{4}", cell.comment.text)
            alike = sheet.column_dimensions.values()  # one entry for columns beside each other that are alike
            assert next(one for one in alike if one.min <= place <= one.max).number_format == "@"


def test_every_choice_and_every_reference_has_its_list(made):
    book = openpyxl.load_workbook(made / "form.xlsx")
    for name in schema.FORM:
        sheet = book[schema.sheet(name)]
        rules = {str(one.sqref).split("3:")[0]: one for one in sheet.data_validations.dataValidation}
        for place, column in enumerate(schema.tables()[name].columns.values(), start=1):
            rule = rules.get(openpyxl.utils.get_column_letter(place))
            if column.choices:
                entries = rule.formula1.strip('"').split(",")
                assert [entry.split(" ")[0] for entry in entries] == list(column.choices)
                assert len(rule.formula1) <= 255
            elif column.refers:
                assert rule.formula1 == f"list_{column.refers}"
                _assert_lists(book, column.refers)


def _assert_lists(book: Workbook, name: str) -> None:
    """The list shows short name and name of each row of its sheet, as many as are filled."""
    table, sheet = schema.tables()[name], schema.sheet(name)
    short, zh, en = (
        openpyxl.utils.get_column_letter(list(table.columns).index(column) + 1)
        for column in (table.identifier, *table.labelled)
    )
    area = book.defined_names[f"list_{name}"].attr_text
    assert all(f"COUNTA('{sheet}'!${one}$3:" in area for one in (short, zh, en))
    top = re.match(r"OFFSET\(lists!\$([A-Z])\$1,", area)[1]
    assert book["lists"][f"{top}2"].value == (
        f"=TRIM('{sheet}'!${short}$4&\" \"&IF('{sheet}'!${zh}$4=\"\",'{sheet}'!${en}$4,'{sheet}'!${zh}$4))"
    )


def test_excel_is_told_that_numbers_are_text_on_purpose(made):
    with zipfile.ZipFile(made / "form.xlsx") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
    told_so = [one for one in sheets if 'numberStoredAsText="1"' in one]
    assert len(told_so) == len(schema.FORM)
    assert all(one.index("<ignoredErrors>") < one.index("<legacyDrawing") for one in told_so)


def test_a_form_filled_from_the_shipped_data_gives_the_same_tables(data_dir, tmp_path):
    """The round trip: every digit and every word of Zibo's tables through the form and back."""
    place = tmp_path / "zibo"
    folder.create(place)
    shipped = {name: read.table(data_dir / f"{name}.csv", []) for name in schema.FORM}
    path = tmp_path / "zibo.xlsx"
    path.write_bytes(form(shipped))
    intake.take_in(path, place, "en")
    for name, frame in shipped.items():
        back = read.table(place / f"{name}.csv", [])
        # A form has each column of the schema; one that the shipped table leaves out is empty.
        frame = frame.reindex(columns=back.columns, fill_value="")
        # as_published was in the new folder already, so it may stand elsewhere
        order = list(schema.tables()[name].key)
        pd.testing.assert_frame_equal(
            back.sort_values(order).reset_index(drop=True), frame.sort_values(order).reset_index(drop=True)
        )
        assert name == "bases" or back.reset_index(drop=True).equals(frame.reset_index(drop=True))


# --- a good form ---


def test_the_example_takes_the_place_of_the_placeholder(imported):
    dataset = package.load(imported)
    assert dataset.plans["name_zh"].tolist() == ["示例市“十四五”科技创新规划（虚构数据）"]
    assert len(dataset.observations) == 62
    assert "2.40" in dataset.targets["published"].tolist()
    assert not [path.name for path in imported.glob("*.csv") if b"placeholder" in path.read_bytes()]
    assert all("invented" in title for title in dataset.sources["title_en"])


def test_the_floor_that_the_example_breaks_is_found(imported):
    """2.43 in 2023 of at least 2.50 in each year: broken, whatever the other years are."""
    found = progress.progress(package.load(imported), "example-city-14", "2025-03-25")
    floor = found[found["indicator"] == "science_budget_share"].iloc[0]
    assert (floor["broken_years"], floor["kept_years"]) == ("2023", "2021, 2022, 2024")
    assert not floor["reached"]
    assert floor["status"] == "behind"


def test_a_second_import_adds_nothing(imported, made):
    before = content(imported)
    said = intake.take_in(made / "form-example.xlsx", imported, "zh")
    assert "没有改动" in said
    assert content(imported) == before


def test_an_empty_form_adds_its_definitions_and_the_placeholder_stays(own):
    said = intake.take_in(own / "form.xlsx", own, "en")
    assert "Indicators: 15 added" in said
    assert "The placeholder stays: Sources, Plans, Targets are still missing." in said
    assert check.problems(own) == []
    assert "placeholder-plan" in (own / "plans.csv").read_text("utf-8")


def test_what_an_earlier_import_left_of_the_placeholder_leaves_with_the_last(own):
    def only(*names: str) -> Callable[[Workbook], None]:
        def change(book: Workbook) -> None:
            for name in set(schema.FORM) - set(names):
                del book[schema.sheet(name)]

        return change

    first = ("areas", "sources", "bases", "indicators")
    intake.take_in(changed(own / "form-example.xlsx", only(*first)), own, "en")
    assert "placeholder" in (own / "areas.csv").read_text("utf-8")
    intake.take_in(changed(own / "form-example.xlsx", only("observations", "plans", "targets")), own, "en")
    assert not [path.name for path in own.glob("*.csv") if b"placeholder" in path.read_bytes()]
    assert check.problems(own) == []


def test_another_value_for_the_same_figure_is_refused_unless_it_is_to_replace(imported, made, tmp_path):
    place = Path(shutil.copytree(imported, tmp_path / "my-city"))
    shutil.copy(made / "form-example.xlsx", tmp_path)
    path = changed(tmp_path / "form-example.xlsx", put({(FIGURES, "D3"): "1.53"}))
    text = told(path, place)
    assert "1.52" in line(text, "D3", FIGURES)
    assert "--replace" in line(text, "D3", FIGURES)
    said = intake.take_in(path, place, "en", replace=True)
    assert "Figures: 0 added, 1 replaced, 61 there already" in said
    rows = read.table(place / "observations.csv", [])
    assert rows["value"].iloc[0] == "1.53"
    assert len(rows) == 62


def test_a_new_year_is_added_below_and_the_rest_stays(imported, made, tmp_path):
    place = Path(shutil.copytree(imported, tmp_path / "my-city"))
    shutil.copy(made / "form-example.xlsx", tmp_path)

    def next_year(book: Workbook) -> None:
        book[SOURCES].append(
            [
                "example-bulletin-2026",
                "公报（虚构）",
                "Bulletin (invented)",
                "局",
                "Bureau",
                None,
                dt.datetime(2026, 3, 20),
                "high",
            ]
        )
        book[FIGURES].append(
            [
                "示例市",
                "R&D经费支出占GDP比重",
                2025,
                "2.30",
                "正式数",
                "as_published",
                "example-bulletin-2026",
                "表1",
            ]
        )

    said = intake.take_in(changed(tmp_path / "form-example.xlsx", next_year), place, "en")
    assert "Figures: 1 added, 0 replaced, 62 there already" in said
    assert (place / "observations.csv").read_text("utf-8").splitlines()[-1] == (
        "example-city,rd_intensity,2025,2.30,final,as_published,example-bulletin-2026,表1,"
    )
    assert "2026-03-20" in (place / "sources.csv").read_text("utf-8").splitlines()[-1]


def test_full_width_digits_and_per_cent_are_read_and_told(own):
    path = changed(
        own / "form-example.xlsx",
        put({(FIGURES, "D3"): "１．５２", (FIGURES, "D8"): "1.58%", (FIGURES, "C3"): "２０１５"}),
    )
    said = intake.take_in(path, own, "zh")
    assert f"提示：{FIGURES} D3 的全角字符“１．５２”按“1.52”读取。" in said
    assert f"提示：{FIGURES} D8 的“1.58%”按 1.58（%）读取。" in said
    frame = read.table(own / "observations.csv", [])
    assert frame["value"].iloc[[0, 5]].tolist() == ["1.52", "1.58"]


# --- bad forms: everything at once, by cell, in the user's language ---

BAD = {
    (FIGURES, "D3"): ("abc", "“abc”不是数字；应为 2.63 这样的数字"),
    (FIGURES, "D4"): ("1,234", "应为 1234"),
    (FIGURES, "D5"): ("118%", "该指标的单位是“家”"),
    (FIGURES, "D6"): ("=1+1", "这是公式，没有保存计算结果"),
    (FIGURES, "D7"): ("约31", "“约31”不是数字"),
    (FIGURES, "D8"): (dt.datetime(2016, 1, 2), "当成了日期"),
    (FIGURES, "C9"): ("2016年度", "“2016年度”不是时期"),
    (FIGURES, "C10"): ("2020Q5", "不是时期"),
    (FIGURES, "C15"): ("2017/2018", "财政年应写作 FY2018（以结束的年份命名）；若为两年合计，写作 2017Q1/2018Q4"),
    (FIGURES, "E11"): ("确定", "不在可选内容中；应为以下之一：final 正式数"),
    (FIGURES, "A12"): ("atlantis", f"“atlantis”没有登记；应先在表“{schema.sheet('areas')}”中登记，或改用已登记的代码：my-city, example-city"),
    (FIGURES, "B13"): (None, "“指标”不能为空"),
    (FIGURES, "D14"): ("171.5万", "不是数字"),
    (FIGURES, "D18"): ("171", "超出指标 rd_intensity 的可能范围；应在 0 与 100 之间"),
    (FIGURES, "C23"): ("2029", "应在文件公布之日（2021-11-30）以前结束"),
    (SOURCES, "G9"): ("2021-13-45", "“2021-13-45”不是日期；应为 2024-03-20 这样的日期"),
    (SOURCES, "G4"): (44550, "不是日期"),
    (schema.sheet("bases"), "A3"): ("As Published", "不能作代码；应只用小写英文字母、数字和下划线"),
    (schema.sheet("indicators"), "F10"): ("sideways", "应为以下之一：up 越大越好, down 越小越好"),
    (schema.sheet("plans"), "E3"): ("二〇二〇", "不是整数"),
    (schema.sheet("survey"), "F3"): (0, "太小；应不小于 1"),
    (schema.sheet("tasks"), "B5"): ("example-city-14-environment", "与第 3 行是同一项"),
}  # fmt: skip


@pytest.fixture(scope="module")
def bad(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of one form with all of these faults, in both languages."""
    place = Path(shutil.copytree(made, tmp_path_factory.mktemp("bad") / "my-city"))
    path = changed(place / "form-example.xlsx", put({cell: value for cell, (value, _) in BAD.items()}))
    return {lang: told(path, place, lang) for lang in ("zh", "en")}


@pytest.mark.parametrize(("sheet", "cell"), BAD)
def test_each_wrong_entry_is_told_by_sheet_and_cell_in_both_languages(bad, sheet, cell):
    assert BAD[sheet, cell][1] in line(bad["zh"], cell, sheet)
    english = line(bad["en"], cell, sheet).replace(sheet, "")
    # Words of the form itself (names of sheets, entries of lists, the entry) stay as they stand there.
    for known in (schema.sheet("areas"), str(BAD[sheet, cell][0]), "家"):
        english = english.replace(known, "")
    if "one of" not in english:
        assert not HAN.search(english), english


def test_all_is_told_at_once_and_nothing_else(bad):
    for text in bad.values():
        assert len(text.split("\n")) == 2 + len(BAD)
    assert bad["zh"].startswith(f"表单有 {len(BAD)} 处需要改正，数据目录没有改动。\n工作表")
    assert bad["en"].startswith(f"{len(BAD)} to correct in the form; the data folder was not changed.\nsheet")


def test_the_same_fault_in_many_rows_is_told_once_with_its_cells(own):
    """Nine equal choices, two apart from the rest, and another fault between them."""
    rows = [*range(4, 10), 12, 14]
    entries = {(FIGURES, f"E{row}"): "finale" for row in rows} | {(FIGURES, "E10"): "终稿"}
    path = changed(own / "form-example.xlsx", put(entries))
    for lang in ("zh", "en"):
        text = told(path, own, lang)
        told_of = [one.split() for one in text.split("\n")[2:]]
        assert next(one[2:6] for one in told_of) == ["E4:E9,", "E12,", "E14", "finale"]
        assert [one[2:4] for one in told_of][1:] == [["E10", "终稿"]]
        assert str(len(entries)) in text.split("\n")[0]


def test_scattered_cells_are_told_a_few_to_a_line(own):
    entries = {(FIGURES, f"E{row}"): "finale" for row in range(4, 24, 2)}
    text = told(changed(own / "form-example.xlsx", put(entries)), own, "en")
    assert re.findall(r"E\d+", text) == [cell for _, cell in entries]
    assert len(text.split("\n")) == 2 + 3


MEANING = {
    (TARGETS, "I3"): ("2019", "应为基期 2020 以后的时期"),
    (TARGETS, "M5"): ("26.1", "与基期值 330、目标值 700 不符"),
    (TARGETS, "J6"): (None, "类别为“达到某值”的目标必须有数值"),
    (TARGETS, "J10"): ("160", "超出指标 science_literacy_share 的可能范围"),
    (schema.sheet("plans"), "F3"): ("2019", "年份顺序有误"),
}


def test_a_short_name_that_cannot_be_is_told_once_not_wherever_it_is_used(own):
    def everywhere(book: Workbook) -> None:
        for sheet in book:
            for row in sheet.iter_rows(min_row=schema.FIRST_ROW):
                for cell in row:
                    if str(cell.value).startswith("example-bulletin-2025"):
                        cell.value = cell.value.replace("example-bulletin-2025", "Bulletin 2025")

    text = told(changed(own / "form-example.xlsx", everywhere), own)
    assert "应只用小写英文字母、数字和连字符" in line(text, "A8", SOURCES)
    assert len(text.split("\n")) == 3


def test_faults_of_meaning_are_told_by_cell_too(own):
    entries = {cell: value for cell, (value, _) in MEANING.items()}
    text = told(changed(own / "form-example.xlsx", put(entries)), own)
    for (sheet, cell), (_, words_of) in MEANING.items():
        # The order of a plan's years is told at its last year.
        assert words_of in line(text, "G3" if "年份" in words_of else cell, sheet)
    assert len(text.split("\n")) == 2 + len(MEANING)


def test_a_range_that_ends_below_its_beginning(own):
    entries = {(TARGETS, "E3"): "range 区间", (TARGETS, "K3"): "2.30", (TARGETS, "E4"): "range"}
    text = told(changed(own / "form-example.xlsx", put(entries)), own)
    assert "应大于 2.40" in line(text, "K3", TARGETS)
    assert "类别为“区间”的目标必须有数值" in line(text, "K4", TARGETS)


def test_evidence_for_a_figure_nobody_entered(own):
    sheet = schema.sheet("evidence")
    text = told(changed(own / "form-example.xlsx", put({(sheet, "D3"): "2025"})), own)
    assert "中没有这个数字（rd_intensity, 2025）" in line(text, "C3", sheet)


def names_in(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_what_is_wrong_is_said_in_both_languages_of_the_same_values():
    """A name in one language that the other lacks is a value that nobody gives."""
    both = errors._sentences()
    assert {"ended", "bounds", "needed", "enum", "foreign_key", "formula", "office_unknown"} <= set(both)
    for key, words in both.items():
        assert names_in(words["zh"]) - {"value", "column"} <= names_in(words["en"]), key
        assert re.search("[\u4e00-\u9fff]", words["zh"]), key
        assert not re.search("[\u4e00-\u9fff]", words["en"].replace("单位", "")), key


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_check_speaks_of_an_empty_cell_in_either_language(lang):
    found = [Problem("sources.csv", 3, "locator", "", "required")]
    assert ("“文件中的位置”不能为空" in problems.told(found, "entry.check.wrong", lang)) == (lang == "zh")


def test_a_problem_of_the_folder_keeps_its_values_in_the_users_language():
    problem = Problem(
        "observations.csv", 2, "value", "171", "bounds", {"low": "-inf", "high": "100", "indicator": "x"}
    )
    one = problems.of_row(problem, None)
    assert one.words("zh") == "“171”超出指标 x 的可能范围；应在 −∞ 与 100 之间"


def test_what_is_not_foreseen_is_still_told():
    wrong = problems.of_row(Problem("areas.csv", 4, "area", "x", "something new"), None)
    assert (wrong.sheet, wrong.cell, wrong.words("en")) == ("areas.csv", "4", "something new")
    assert wrong.words("zh") == "“x”不合要求：something new"


# --- sheets and headings ---


def rename(old: str, new: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[old].title = new

    return change


def copy_sheet(book: Workbook) -> None:
    book.copy_worksheet(book[FIGURES]).title = "Figures"


@pytest.mark.parametrize(
    ("change", "sheet", "words_of"),
    [
        (rename(FIGURES, "数据2024"), "数据2024", "不是填报表中的表；应恢复原名"),
        (copy_sheet, "Figures", "是同一张表；应只留一张"),
        (put({(FIGURES, "D2"): "数字"}), FIGURES, "列名“数字”不属于本表"),
        (put({(FIGURES, "D2"): None}), FIGURES, "缺少列名：数值；应恢复"),
        (put({(FIGURES, "I2"): "数值"}), FIGURES, "列名“数值”出现两次"),
        (lambda book: book[FIGURES].merge_cells("D3:D4"), FIGURES, "这是合并单元格（D3:D4）；应取消合并"),
    ],
)  # fmt: skip
def test_a_changed_sheet_is_told(own, change, sheet, words_of):
    text = told(changed(own / "form-example.xlsx", change), own)
    assert [one for one in text.split("\n") if one.startswith(sheet) and words_of in one], text


def test_columns_may_be_moved_and_headings_be_in_one_language(own):
    def move(book: Workbook) -> None:
        sheet = book[FIGURES]
        for row in sheet.iter_rows(min_row=2):
            row[3].value, row[4].value = row[4].value, row[3].value
        sheet["A2"], sheet["B2"], sheet["E2"] = "area", "Indicator", " 数值* "
        book[SOURCES].title = "来源"

    intake.take_in(changed(own / "form-example.xlsx", move), own, "en")
    assert (
        (own / "observations.csv")
        .read_text("utf-8")
        .splitlines()[1]
        .startswith("example-city,rd_intensity,2015,1.52,final")
    )


# --- files that are no form ---


def xlsx_with(*parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for part in parts:
            file.writestr(part, "<x/>")
    return stream.getvalue()


def other_workbook() -> bytes:
    book = Workbook()
    book.active["A1"] = "hello"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def only_headings() -> bytes:
    return form({})


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FILES = {
    "csv": (b"area,value\n", "不是 Excel 工作簿", "is no Excel workbook"),
    "empty": (b"", "不是 Excel 工作簿", "is no Excel workbook"),
    "xls": (OLE + b"\0" * 512, "旧版 Excel 格式（.xls）", "old Excel format (.xls)"),
    "password": (OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"), "设有打开密码", "protected by a password"),
    "truncated": (other_workbook()[:900], "已损坏", "is damaged"),
    "hollow": (xlsx_with("xl/workbook.xml", "[Content_Types].xml"), "已损坏", "is damaged"),
    "xlsb": (xlsx_with("xl/workbook.bin"), "（.xlsb）", "(.xlsb)"),
    "ods": (xlsx_with("mimetype", "content.xml"), "（.ods）", "(.ods)"),
    "docx": (xlsx_with("word/document.xml"), "不是 Excel 工作簿", "is no Excel workbook"),
    "other": (other_workbook(), "没有填报表的工作表", "none of the sheets of the form"),
    "unfilled": (only_headings(), "没有填写任何内容", "Nothing is filled in"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_filled_form_is_one_sentence_in_both_languages(own, tmp_path, name):
    path = tmp_path / "form.xlsx"
    path.write_bytes(FILES[name][0])
    for lang, words_of in zip(("zh", "en"), FILES[name][1:], strict=True):
        text = told(path, own, lang)
        assert words_of in text
        assert "\n" not in text
    assert HAN.search(told(path, own, "zh"))


def test_a_file_or_folder_that_is_not_there(own, tmp_path):
    assert "没有文件" in told(tmp_path / "none.xlsx", own)
    for refused in (tmp_path, tmp_path / ("x" * 300), own / "form.xlsx" / "form.xlsx"):
        assert "cannot be read" in told(refused, own, "en")
    with pytest.raises(EntryError, match="不是数据目录"):
        intake.take_in(own / "form.xlsx", tmp_path / "none", "zh")


def test_a_folder_that_is_wrong_itself_is_told_first(own):
    plans = own / "plans.csv"
    plans.write_text(plans.read_text("utf-8").replace("2021,2025", "2031,2025"), "utf-8")
    assert "本身有 1 处错误；请先运行 python -m zbanalysis check --data" in told(
        own / "form-example.xlsx", own
    )
    (own / "plans.csv").write_bytes(b"\xff\xfe")
    assert "无法读取" in told(own / "form-example.xlsx", own)


def stopping(own: Path, monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException) -> None:
    """Import, and meet an error where the tables are to take their places, at the so-manieth of them."""
    count = iter(range(100))
    replace = Path.replace

    def place(path: Path, target: Path) -> Path:
        if path.parent.name == files.PENDING and next(count) == at:
            raise error
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", place)
        with pytest.raises((ZbError, RuntimeError)):
            intake.take_in(own / "form-example.xlsx", own, "en")


def test_a_table_that_cannot_be_written_leaves_the_others_as_they_were(own, monkeypatch):
    before = content(own)
    stopping(own, monkeypatch, 2, OSError(28, "disk full"))
    assert content(own) == before
    assert not [path for path in own.glob(".import*") if path.name != files.LOCK]


@pytest.mark.parametrize("at", [0, 2])
def test_an_import_killed_between_its_tables_is_ended_by_the_next_command(own, imported, monkeypatch, at):
    before = content(own)
    with monkeypatch.context() as patch:  # a killed process tidies nothing up
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        patch.setattr(files, "write", lambda *_: None)
        stopping(own, monkeypatch, at, RuntimeError("killed"))
    assert len(list((own / files.PENDING).iterdir())) >= 3
    assert (content(own) == before) == (at == 0)
    check.require(own)
    assert not (own / files.PENDING).exists()
    assert content(own) == content(imported)


# --- single cells ---


def found(
    value: object, column: schema.Column, form_of: str = "General", formula: object = None
) -> rows.CellText:
    shown = workbook.Shown(value, formula or "", form_of, is_error=value == "#DIV/0!")
    return rows.read_cell(shown, column)


VALUE = schema.tables()["observations"].columns["value"]
PERIOD = schema.tables()["observations"].columns["period"]
DAY = schema.tables()["sources"].columns["date_published"]


@pytest.mark.parametrize(
    ("value", "form_of", "text"),
    [
        ("2.70", "@", "2.70"),
        (2.7, "0.00", "2.70"),
        (2.7, "General", "2.7"),
        (2.7, "0.00_ ", "2.70"),
        (2.7, r"0.00_);[Red]\(0.00\)", "2.70"),
        (1234.5, "#,##0.00", "1234.50"),
        (106, "#,##0", "106"),
        (12, '0"家"', "12"),
        (2.5, "0.0#", "2.5"),
        (0.1 + 0.2, "General", "0.3"),
        (1000000, "General", "1000000"),
        (-0.5, "0.0", "-0.5"),
        ("−0.5", "@", "-0.5"),
        (" ２．７０\u3000", "@", "2.70"),
        ("2 345", "@", "2345"),
    ],
)
def test_published_digits_are_kept(value, form_of, text):
    one = found(value, VALUE, form_of)
    assert (one.text, one.wrong) == (text, "")


def test_a_cell_that_shows_less_than_it_holds_is_refused():
    one = found(2.634, VALUE, "0.0")
    assert (one.wrong, one.shown, one.values) == ("rounded", "2.6", {"held": "2.634"})
    assert found(2.634, VALUE, "0.000").text == "2.634"


def test_a_per_cent_cell_keeps_its_digits():
    one = found(0.027, VALUE, "0.00%")
    assert (one.text, one.percent) == ("2.70", True)


@pytest.mark.parametrize("value", ["abc", "2.6.3", "1e3", "约2", ">100", "100余", "--", "２．６x"])
def test_no_number(value):
    assert found(value, VALUE).wrong == "number"


def test_formulas_and_errors():
    assert found(None, VALUE, formula="=A1+1").wrong == "formula"
    assert found(2.5, VALUE, formula="=A1+1").text == "2.5"
    assert found("#DIV/0!", VALUE).wrong == "error"


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-20",
        "2024/3/20",
        "2024.3.20",
        "2024年3月20日",
        "20240320",
        dt.datetime(2024, 3, 20),
        "２０２４－０３－２０",
    ],
)
def test_a_day_in_any_usual_form(value):
    assert found(value, DAY).text == "2024-03-20"


@pytest.mark.parametrize("value", ["2024-3", "2024-02-30", "去年", 45371, "3/20/2024", dt.time(8)])
def test_no_day(value):
    assert found(value, DAY).wrong == "day"


@pytest.mark.parametrize(
    ("value", "text"),
    [(2020, "2020"), ("2020h1", "2020H1"), ("２０２０Q1", "2020Q1"), ("2016 / 2019", "2016/2019")],
)
def test_periods(value, text):
    assert found(value, PERIOD).text == text


def test_a_date_in_a_period_is_told():
    assert found(dt.datetime(2020, 9, 1), PERIOD).wrong == "date_here"
    assert found(2020.5, PERIOD).wrong == "period"
    assert found("2019/2016", PERIOD).wrong == "period"


def test_what_looks_like_a_slip_is_taken_in_and_told(own):
    """R&D intensity of 2021 typed ten times too large, and a target of 120 % for a share without bounds."""
    sheet = schema.sheet("indicators")

    def change(book: Workbook) -> None:
        row = next(one for one in book[FIGURES].iter_rows(min_row=3) if one[2].value == "2021")
        row[3].value = f"{10 * float(row[3].value):.1f}"
        for one in book[sheet].iter_rows(min_row=3):
            if one[0].value == "science_literacy_share":
                one[7].value = one[8].value = None
        for one in book[TARGETS].iter_rows(min_row=3):
            if str(one[2].value).startswith("science_literacy_share"):
                one[9].value, one[11].value, one[12].value = "120", None, None

    path = changed(own / "form-example.xlsx", change)
    chinese = intake.take_in(path, own, "zh")
    assert len(re.findall("请核对", chinese)) == 2
    assert re.search(
        r"提示：指标数值 Figures D\d+：请核对小数点：“[\d.]+”约为相邻数值的\d+倍（2020年为", chinese
    )
    assert "“120”在 0 与 100 之外，而指标 science_literacy_share 是占比" in chinese
    # Imported once, it is no news: the second time the folder has it already.
    assert "请核对" not in intake.take_in(path, own, "zh")


# --- a workbook as a person sees it ---


@pytest.mark.parametrize(
    ("value", "form_of", "text", "wrong"),
    [
        (185000, r"0\.0,", "18.5", ""),
        (185400, r"0\.0,", "18.5", "rounded"),
        (72345, "0.0,", "72.3", "rounded"),
        (72300, "0.0,", "72.3", ""),
        (6512345, "#,##0,", "6512", "rounded"),
        (65000000, "0.00,,", "65.00", ""),
        (12345, "0.00E+00", "1.23E+4", "rounded"),
        (7.2, "0.0E+00", "7.2", ""),
        (12300, "0.00E+00", "12300", ""),
        (185000000, '0.00,,"亿"', "185000000亿", "rounded"),
        (12.5, '0.00"¹"', "12.5¹", "rounded"),
        (5, '"-"0', "5-", "rounded"),
        (-5, "0;0", "5", "rounded"),
        (-5, "0;-0", "-5", ""),
        (103, ";;;", "", "rounded"),
        (1.45, '[<2]"low";0.00', "low", "rounded"),
        (2.45, '[<2]"low";0.00', "2.45", ""),
        (0, '0.0;-0.0;"-"', "-", "rounded"),
        (0.5, "0%%", "0.5%", "rounded"),
        (1.5, "G/通用格式;-G/通用格式", "1.5", ""),
        (12, 'General" 家"', "12", ""),
        (43.5, "0.0_ ", "43.5", ""),
    ],
)
def test_a_format_that_scales_is_read_as_shown_or_refused(value, form_of, text, wrong):
    one = found(value, VALUE, form_of)
    assert one.wrong == wrong
    assert (one.shown if wrong else one.text) == text


@pytest.mark.parametrize("value", ["①2.63", "2.63①", "1.45¹", "103²", "103 2", "2.63 1", "1 2"])
def test_a_footnote_mark_never_joins_the_figure(value):
    assert found(value, VALUE).wrong == ("number" if " " in value else "footnote")


def test_raised_runs_are_footnote_marks_and_units_keep_theirs(own):
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    raised = InlineFont(vertAlign="superscript")

    def change(book: Workbook) -> None:
        book[FIGURES]["D3"] = CellRichText("1.45", TextBlock(raised, "1"))
        book[schema.sheet("indicators")]["D4"] = CellRichText("m", TextBlock(raised, "2"))

    said = intake.take_in(changed(own / "form-example.xlsx", change), own, "en")
    assert f'{FIGURES} D3: the raised "1" was taken for a footnote mark; read as 1.45.' in said
    assert read.table(own / "observations.csv", [])["value"].iloc[0] == "1.45"
    assert "m2" in (own / "indicators.csv").read_text("utf-8")


def test_hidden_and_struck_rows_are_left_out_and_named(own):
    def change(book: Workbook) -> None:
        book[FIGURES].row_dimensions[3].hidden = True
        for cell in book[FIGURES][4]:
            cell.font = Font(strike=True)

    said = intake.take_in(changed(own / "form-example.xlsx", change), own, "zh")
    assert f"{FIGURES} 第 3 行是隐藏行，没有导入" in said
    assert f"{FIGURES} 第 4 行已加删除线，没有导入" in said
    assert len(read.table(own / "observations.csv", [])) == 60


def test_hidden_columns_and_sheets_are_read_and_named(own):
    def change(book: Workbook) -> None:
        book[FIGURES].column_dimensions["H"].hidden = True
        book[TARGETS].sheet_state = "hidden"

    said = intake.take_in(changed(own / "form-example.xlsx", change), own, "en")
    assert f"{FIGURES} H2: the column is hidden" in said
    assert f"the sheet {TARGETS} is hidden" in said
    assert f"{SOURCES} " not in said.partition("Note:")[2], "what is in sight is not named"


def test_one_struck_cell_is_refused(own):
    def change(book: Workbook) -> None:
        from openpyxl.cell.rich_text import CellRichText, TextBlock
        from openpyxl.cell.text import InlineFont

        book[FIGURES]["D4"].font = Font(strike=True)
        book[FIGURES]["D5"] = CellRichText("10", TextBlock(InlineFont(strike=True), "3"))

    said = told(changed(own / "form-example.xlsx", change), own)
    assert "已加删除线" in line(said, "D4", FIGURES)
    assert "已加删除线" in line(said, "D5", FIGURES), "a part of it is enough"


@pytest.mark.parametrize("form_id", [31, 57])
def test_an_east_asian_date_format_is_a_day(own, form_id):
    sheets = workbook.open_form(dated(own, form_id), "en", rows.Reading())
    assert rows.read_cell(sheets["sources"].at(4, 7), DAY).text == "2021-11-30"


def test_days_of_a_workbook_that_counts_from_1904_and_a_format_that_is_not_there(own):
    sheets = workbook.open_form(dated(own, 31, epoch='date1904="1"'), "en", rows.Reading())
    assert rows.read_cell(sheets["sources"].at(4, 7), DAY).text == "2025-12-01"
    with pytest.raises(EntryError, match="damaged"):
        workbook.open_form(dated(own, 900), "en", rows.Reading())


def dated(own: Path, form_id: int, epoch: str = "") -> Path:
    """A form with 44530 as a day of a source in a built-in format, which openpyxl does not write."""
    path = changed(own / "form-example.xlsx", put({(SOURCES, "G4"): 44530}))
    parts = {}
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    titles = openpyxl.load_workbook(path).sheetnames
    name = titles.index(SOURCES) + 1
    sheet = parts[f"xl/worksheets/sheet{name}.xml"].decode()
    index = int(re.search(r'<c r="G4" s="(\d+)"', sheet)[1])
    styles = parts["xl/styles.xml"].decode()
    start = styles.index("<cellXfs")
    xfs = list(re.finditer(r"<xf ", styles[start : styles.index("</cellXfs>")]))
    at = start + xfs[index].start()
    end = styles.index(">", at)
    one = re.sub(r'numFmtId="\d+"', f'numFmtId="{form_id}"', styles[at:end])
    parts["xl/styles.xml"] = (styles[:at] + one + styles[end:]).encode()
    book = parts["xl/workbook.xml"].decode()
    parts["xl/workbook.xml"] = re.sub("<workbookPr(?=[ />])", f"<workbookPr {epoch}", book).encode()
    with zipfile.ZipFile(path, "w") as new:
        for part, text in parts.items():
            new.writestr(part, text)
    return path


def test_a_formula_whose_result_was_never_computed_is_refused():
    assert found(0, VALUE, formula="=28.4*0.25").wrong == "formula"
    assert found(0, VALUE).text == "0"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@SUM(A1)", "＝1+1", "+A1"])
def test_a_text_that_a_spreadsheet_would_run_is_refused_by_cell(own, text):
    def change(book: Workbook) -> None:
        cell = book[SOURCES]["B3"]
        cell.value, cell.data_type = text, "s"

    path = changed(own / "form-example.xlsx", change)
    assert "会当作公式" in line(told(path, own), "B3", SOURCES)


def test_a_styled_last_cell_costs_nothing(own):
    def change(book: Workbook) -> None:
        book[FIGURES]["XFD1048576"].font = Font(bold=True)
        book[FIGURES]["A1048575"].font = Font(bold=True)

    path = changed(own / "form-example.xlsx", change)
    sheets = workbook.open_form(path, "en", rows.Reading())
    assert max(sheets["observations"].cells) < 100
    assert "62 added" in intake.take_in(path, own, "en")


def test_a_workbook_that_unpacks_to_far_more_is_refused_before_it_is_unpacked(own, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b" " * 2**25)
    assert "解压后过大" in told(path, own)


def test_what_a_form_has_no_column_for_stays_as_it_was(imported, made, tmp_path):
    place = Path(shutil.copytree(imported, tmp_path / "my-city"))
    shutil.copy(made / "form-example.xlsx", tmp_path)

    def change(book: Workbook) -> None:
        sheet = book[schema.sheet("indicators")]
        for name in list(schema.FORM):
            if name != "indicators":
                del book[schema.sheet(name)]
        columns = list(schema.tables()["indicators"].columns)
        sheet["C3"] = "R&D intensity"
        for name in ("upper_bound", "lower_bound"):
            sheet.delete_cols(columns.index(name) + 1)

    before = read.table(place / "indicators.csv", []).iloc[0]
    said = intake.take_in(changed(tmp_path / "form-example.xlsx", change), place, "en", replace=True)
    assert "Indicators: 0 added, 1 replaced" in said
    after = read.table(place / "indicators.csv", []).iloc[0]
    assert after["name_en"] == "R&D intensity"
    assert (after["lower_bound"], after["upper_bound"]) == ("0", "100")
    assert after.drop("name_en").equals(before.drop("name_en"))


def test_a_byte_order_mark_in_the_descriptor_is_read(own):
    path = own / "datapackage.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert check.problems(own) == []


def test_two_imports_at_once_lose_nothing(imported, made, tmp_path):
    """Five forms, each with one new figure, by five processes at the same moment."""
    place = Path(shutil.copytree(imported, tmp_path / "my-city"))
    forms = []
    for number in range(5):

        def change(book: Workbook, number: int = number) -> None:
            for name in schema.FORM:
                if name != "observations":
                    del book[schema.sheet(name)]
            sheet = book[FIGURES]
            sheet.delete_rows(4, sheet.max_row)
            sheet["C3"], sheet["D3"] = f"2020M0{number + 1}", "1.1"
            sheet["E3"] = "estimate"

        shutil.copy(made / "form-example.xlsx", tmp_path)
        forms.append(changed(tmp_path / "form-example.xlsx", change).rename(tmp_path / f"{number}.xlsx"))
    command = [sys.executable, "-c", "from zbanalysis.cli import main; main()", "import"]
    runs = [
        subprocess.Popen([*command, str(one), "--into", str(place)], stderr=subprocess.PIPE) for one in forms
    ]
    ends = [(run.communicate(timeout=600)[1].decode(), run.returncode) for run in runs]
    assert [code for _, code in ends] == [0] * 5, ends
    assert len(read.table(place / "observations.csv", [])) == 62 + 5


# --- a folder that nothing was imported into ---


@pytest.mark.parametrize(
    ("lang", "words_of"), [("zh_CN.UTF-8", "占位示例（虚构）"), ("C", "invented placeholder")]
)
@pytest.mark.parametrize("command", ["check", "report --plan none", "batch --areas none"])
def test_a_folder_with_the_placeholder_says_so_in_one_line(made, imported, tmp_path, command, lang, words_of):
    arguments = [*command.split(), "--data"]
    out = [] if command == "check" else ["--out", str(tmp_path)]
    environment = {"LC_ALL": lang}
    own = CliRunner().invoke(cli, [*arguments, str(made), *out], env=environment)
    told_of = [line for line in own.stderr.splitlines() if words_of in line]
    assert len(told_of) == 1
    assert f"--into {made}" in told_of[0]
    after = CliRunner().invoke(cli, [*arguments, str(imported), *out], env=environment)
    assert words_of not in after.stderr
    assert own.exit_code == after.exit_code == (0 if command == "check" else 2)


def test_an_unreadable_folder_is_left_to_the_checks(tmp_path):
    (tmp_path / "plans.csv").write_bytes(b"plan\n\xff\xfe")
    assert problems.reminder(tmp_path, "en") == problems.reminder(tmp_path / "none", "en") == ""


# --- the language ---


@pytest.mark.parametrize(
    ("environment", "lang"),
    [({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"), ({"LANG": "C"}, "en"),
     ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "de_DE"}, "zh")],
)  # fmt: skip
def test_the_language_is_the_systems(monkeypatch, environment, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert problems.language() == lang


def test_windows_says_its_language_elsewhere(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(problems.locale, "getlocale", lambda: ("Chinese (Simplified)_China", "936"))
    assert problems.language() == "zh"


def test_the_command_refuses_with_two_and_speaks_the_users_language(own):
    path = changed(own / "form-example.xlsx", put({(FIGURES, "D3"): "abc"}))
    arguments = ["import", str(path), "--into", str(own)]
    chinese = CliRunner().invoke(cli, arguments, env={"LC_ALL": "zh_CN.UTF-8"})
    assert chinese.exit_code == 2
    assert "“abc”不是数字；应为 2.63 这样的数字" in line(chinese.stderr, "D3", FIGURES)
    english = CliRunner().invoke(cli, [*arguments, "--lang", "en"], env={"LC_ALL": "zh_CN.UTF-8"})
    assert english.exit_code == 2
    assert "a plain number such as 2.63" in line(english.stderr, "D3", FIGURES)
