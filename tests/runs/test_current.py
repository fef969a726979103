"""What is current: fingerprints hang on exactly what is read, records are whole or none, a command knows itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_report as small

from zbanalysis.data import files
from zbanalysis.runs import current, fingerprint

# --- fingerprints ---


def book(folder: Path, source: str) -> Path:
    return small.notebook(folder / "made.ipynb", source)


def parts(folder: Path, source: str = "x = 1", given: dict | None = None, data: dict | None = None) -> dict:
    return fingerprint.of_notebook(book(folder, source), given or {"plan": "p"}, data or {"a.csv": b"1"})


def test_the_key_hangs_on_everything_that_goes_in(tmp_path, monkeypatch):
    first = parts(tmp_path)
    assert first == parts(tmp_path)
    found = [
        first,
        parts(tmp_path, given={"plan": "q"}),
        parts(tmp_path, data={"a.csv": b"2"}),
        parts(tmp_path, data={"b.csv": b"1"}),
        parts(tmp_path, "x = 2"),
        parts(tmp_path, "from zbanalysis import errors"),
        {**first, "environment": {"python": "2.7"}},
    ]
    monkeypatch.setattr(fingerprint, "digests", lambda: {"__init__.py": "1", "errors.py": "2"})
    found.append(parts(tmp_path, "from zbanalysis import errors"))
    keys = [fingerprint.key(one) for one in found]
    assert len(set(keys)) == len(found)
    assert all(re.fullmatch(r"[0-9a-f]{16}", key) for key in keys)
    assert {"zbanalysis", "pandas", "typst", "papermill"} <= set(fingerprint.versions())


def test_a_parameters_type_counts(tmp_path):
    assert fingerprint.key(parts(tmp_path, given={"years": 5})) != fingerprint.key(
        parts(tmp_path, given={"years": "5"})
    )


def test_the_key_does_not_hang_on_where_the_notebook_lies_or_when_it_was_written(tmp_path):
    keys = set()
    for number in (1, 2):
        place = tmp_path / str(number)
        place.mkdir()
        path = book(place, "x = 1")
        os.utime(path, (number * 1e6, number * 1e6))
        keys.add(fingerprint.key(fingerprint.of_notebook(path, {}, {})))
    assert len(keys) == 1


@pytest.mark.parametrize("part", ["python", "statsmodels", "pandas", "a_package_that_nobody_names"])
def test_other_installed_packages_count(tmp_path, monkeypatch, part):
    """Whatever a lock says: what is installed is what is used."""
    place = tmp_path / "site-packages"
    place.mkdir()
    for name in ("statsmodels-0.14.6", "pandas-3.0.0", "a_package_that_nobody_names-1"):
        (place / f"{name}.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(place), *sys.path])
    fingerprint.environment.cache_clear()
    fingerprint._installed.cache_clear()
    now = fingerprint.environment()
    assert (now["statsmodels"], now["pandas"]) == ("0.14.6", "3.0.0"), "the first on the path is imported"
    assert fingerprint.versions()["statsmodels"] == "0.14.6"
    assert current.changed({"environment": {**now, part: "0"}}, {"environment": now}) == [
        f"the environment changed: {part}"
    ]
    fingerprint.environment.cache_clear()
    fingerprint._installed.cache_clear()


def test_what_changed_is_told_in_words(tmp_path):
    table = b"area,indicator,period,value\nzibo,gdp,2019,%s\nzibo,rd,2019,1\n"
    before = parts(tmp_path, data={"observations.csv": table % b"1", "targets.csv": b"1"})
    assert current.changed(before, before) == []
    now = parts(tmp_path, "x = 3", data={"observations.csv": table % b"2", "targets.csv": b"2"})
    assert current.changed(before, now) == [
        "the notebook changed",
        "data changed: observations.csv (zibo gdp), targets.csv",
    ]
    assert current.changed({}, {"environment": {"python": "3.11"}}) == ["the environment changed: python"]
    added = parts(tmp_path, given={"plan": "p", "years": 5})
    assert current.changed(parts(tmp_path), added) == ["the parameter years was not given, is 5"]
    many = {"library": {f"{letter}.py": "1" for letter in "abcdef"}}
    assert current.changed({"library": {}}, many) == [
        "the library changed: a.py, b.py, c.py, d.py and 2 more"
    ]


# --- which code a notebook uses ---


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A library of its own: writes files, and answers which of them a piece of code uses."""
    monkeypatch.setattr(files, "ROOT", tmp_path)
    root = tmp_path / "zbanalysis"
    root.mkdir()
    (root / "__init__.py").write_text("")

    def used(files: dict[str, str], *sources: str) -> dict[str, str]:
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
        fingerprint.digests.cache_clear()
        return fingerprint.used_by(sources)

    yield used
    fingerprint.digests.cache_clear()


def test_imports_count_wherever_they_stand_and_whatever_they_import(house):
    files = {
        "a.py": "def f():\n    from zbanalysis import b\n",
        "b.py": "import zbanalysis.c.deep\n",
        "c/__init__.py": "",
        "c/deep.py": "from zbanalysis.d import name\n",
        "d.py": "if TYPE_CHECKING:\n    from zbanalysis import e\n",
        "e.py": "",
        "unrelated.py": "from zbanalysis import a\n",
    }
    expected = ["__init__.py", "a.py", "b.py", "c/__init__.py", "c/deep.py", "d.py", "e.py"]
    assert list(house(files, "import pandas\nfrom zbanalysis import a")) == expected
    assert list(house(files, "zbanalysis.d")) == ["__init__.py", "d.py", "e.py"]
    assert house(files, "import pandas") == {}


@pytest.mark.parametrize(
    "code",
    [
        "from zbanalysis import (  # two\n    a,\n    b as other,  # the second\n)",
        "from zbanalysis import (\n    a,  # the first (of two)\n    b,\n)",
        "from zbanalysis import a, \\\n    b",
        "x = 1; import zbanalysis.a as a\nif x: from zbanalysis import b",
        "import pandas, zbanalysis.a,zbanalysis.b",
    ],
)
def test_an_import_counts_however_it_is_written(house, code):
    files = {"a.py": "", "b.py": "", "c.py": ""}
    assert list(house(files, f"{code}\n# import zbanalysis.c\nprint('from zbanalysis import c')")) == [
        "__init__.py", "a.py", "b.py",
    ]  # fmt: skip


def test_an_unrelated_module_changes_nothing_and_a_related_one_does(house):
    files = {"a.py": "from zbanalysis import b", "b.py": "x = 1", "other.py": "x = 1"}
    before = house(files, "from zbanalysis import a")
    assert house({"other.py": "x = 2"}, "from zbanalysis import a") == before
    assert set(house({"b.py": "x = 2"}, "from zbanalysis import a").items()) - set(before.items())
    assert house({"b.py": "x = 1"}, "from zbanalysis import a") == before


def test_an_import_added_to_a_module_is_followed(house):
    before = house({"a.py": "x = 1", "b.py": "x = 1"}, "from zbanalysis import a")
    after = house({"a.py": "from zbanalysis import b"}, "from zbanalysis import a")
    assert "b.py" not in before
    assert "b.py" in after


def test_files_that_a_module_names_count_and_others_do_not(house):
    files = {
        "words.py": 'TEXT = read("words.yml")',
        "words.yml": "a: 1",
        "tables.py": 'files("zbanalysis.projection").joinpath("calibration", name)',
        "calibration/base.csv": "1",
        "entry/example/some.csv": "1",
    }
    assert list(house(files, "from zbanalysis import words")) == ["__init__.py", "words.py", "words.yml"]
    assert list(house(files, "from zbanalysis import tables")) == [
        "__init__.py", "calibration/base.csv", "tables.py",
    ]  # fmt: skip


def test_each_committed_notebook_uses_what_it_imports_when_it_runs(tmp_path):
    """The near miss of a graph with holes: what a fresh process really loads is in it, and the tables it reads."""
    path = files.NOTEBOOKS / "03_feasibility.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    program = "\n".join([
        "import sys", *code,
        "print(*(sys.modules[name].__file__ for name in list(sys.modules) if name.split('.')[0] == 'zbanalysis'))",
    ])  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(files.ROOT)},
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    package = files.ROOT / "zbanalysis"
    loaded = {Path(name).relative_to(package).as_posix() for name in done.stdout.split()}
    used = fingerprint.used_by(code)
    assert loaded <= set(used)
    assert {
        "report/words/common.yml",
        "projection/calibration/spread.json",
        "projection/calibration/base_rates.csv",
    } <= set(used)
    assert not {"report.py", "batch.py", "cli/__init__.py", "entry/folder.py", "survey.py"} & set(used)


# --- records ---


def test_a_record_comes_back_as_it_was_kept(tmp_path):
    kept = current.Record({"data": {"a": "1"}}, {"facts": {"字": 1.5}})
    current.write(tmp_path / "r.json", kept)
    assert current.read(tmp_path / "r.json") == kept
    first = (tmp_path / "r.json").read_bytes()
    current.write(tmp_path / "r.json", kept)
    assert (tmp_path / "r.json").read_bytes() == first


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"1.5", b"1.6"),
        lambda content: content.replace(b'"format": 2', b'"format": 1'),
        lambda _: b"",
        lambda _: b"[]",
        lambda _: b"\xff\xfe",
        lambda _: b'{"format": 2}',
    ],
)
def test_a_damaged_record_is_none(tmp_path, damage):
    path = tmp_path / "r.json"
    current.write(path, current.Record({"data": {"a": "1"}}, {"facts": 1.5}))
    path.write_bytes(damage(path.read_bytes()))
    assert current.read(path) is None


def test_no_record_is_none(tmp_path):
    assert current.read(tmp_path / "r.json") is None
    assert current.read(tmp_path) is None


# --- a command with nothing to do ---


ASKED = {"plan": "zibo-13", "lang": "zh"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A small project of its own, so that it can be spoiled: program, notebooks, template, data, reports."""
    for name, text in (
        ("zbanalysis/a.py", "x = 1"), ("zbanalysis/labels.yml", "a: 1"), ("notebooks/01.ipynb", "{}"),
        ("reports/template/theme.typ", "a"),
        ("data/observations.csv", "1"), ("data/zibo/text/problems.zh.md", "1"), ("data/datapackage.json", "{}"),
        ("out/a.pdf", "pdf"), ("out/a.docx", "docx"), ("before.json", "{}"),
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(files, "ROOT", tmp_path)
    monkeypatch.setattr(files, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(files, "TEMPLATE", tmp_path / "reports" / "template")
    yield tmp_path
    fingerprint.digests.cache_clear()


def command(place, asked=ASKED) -> current.Command:
    fingerprint.digests.cache_clear()  # a process reads the program once; here it is another each time
    return current.Command(place / "out", place / "data", asked, [place / "before.json"])


@pytest.fixture
def whole(place):
    """Files of a command that has just been kept."""
    kept_files = [place / "out" / name for name in ("a.pdf", "a.docx")]
    command(place).keep(kept_files)
    return kept_files


def test_what_was_kept_is_current(place, whole):
    assert sorted(command(place).current()) == sorted(whole)


def test_nothing_kept_is_not_current(place):
    assert command(place).current() == []
    command(place).keep([])
    assert command(place).current() == []


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("name", [
    "zbanalysis/a.py", "zbanalysis/labels.yml", "notebooks/01.ipynb", "reports/template/theme.typ",
    "data/observations.csv", "data/zibo/text/problems.zh.md", "data/datapackage.json",
    "out/a.pdf", "out/a.docx", "before.json",
])  # fmt: skip
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_any_difference_makes_it_stale(place, name, how):
    if how == "gone":
        (place / name).unlink()
    else:
        (place / name).write_text("other")
    assert command(place).current() == []


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("name", ["zbanalysis/new.py", "notebooks/02.ipynb", "data/survey.csv"])
def test_a_new_file_makes_it_stale(place, name):
    (place / name).write_text("new")
    assert command(place).current() == []


@pytest.mark.usefixtures("whole")
def test_another_question_or_data_folder_has_a_record_of_its_own(place):
    assert command(place, {**ASKED, "lang": "en"}).current() == []
    shutil.copytree(place / "data", place / "theirs")
    assert current.Command(place / "out", place / "theirs", ASKED, [place / "before.json"]).current() == []
    assert command(place).current()


def test_what_is_not_read_makes_nothing_stale(place, whole):
    """The near miss: another report in the folder, a note beside the data, a cache of Python's."""
    for name in ("out/b.pdf", "data/note.txt", "zbanalysis/a.pyc"):
        (place / name).write_text("x")
    assert sorted(command(place).current()) == sorted(whole)


def test_a_command_with_nothing_to_do_loads_nothing_slow(tmp_path):
    program = """
import sys, pathlib, types
from zbanalysis import cli
out = pathlib.Path(sys.argv[1])
for name in ("a.pdf", "a.json"):
    (out / name).write_bytes(b"made")
made = types.SimpleNamespace(written=[out / "a.pdf"], current=[])
worker = types.SimpleNamespace(source=lambda _: None, build=lambda *_, **__: made)
sys.modules["zbanalysis.runs.report"] = worker  # the first time works without any package
cli.reports._ready, cli.reports._jobs = lambda: None, lambda *_: [types.SimpleNamespace(name="a")]
for _ in range(2):
    cli.cli(["report", "--as-of", "2022-04-19", "--out", str(out)], standalone_mode=False)
print({"pandas", "numpy", "matplotlib", "papermill", "yaml", "urllib.request"} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    path = tmp_path / "a.pdf"
    assert done.stdout == f"written: {path}\nup to date: {path}\nset()\n"


def test_fonts_count(place, whole, monkeypatch):
    assert whole
    monkeypatch.setenv("ZBANALYSIS_FONTS", "/elsewhere")
    assert command(place).current() == []


def test_what_changed_while_the_command_ran_was_not_seen_by_it(place):
    running = command(place)
    (place / "data" / "observations.csv").write_text("changed meanwhile")
    running.keep([place / "out" / "a.pdf"])
    assert command(place).current() == []


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("spoilt", [b"", b"no json", b"[]", b'{"key": 1}', b'{"files": 5}', b"\xff"])
def test_a_spoilt_record_is_none(place, spoilt):
    (path,) = (place / "out" / "runs" / ".commands").glob("*.json")
    path.write_bytes(spoilt)
    assert command(place).current() == []


def test_a_record_that_cannot_be_kept_is_no_failure(place):
    (place / "out" / "runs").write_text("a file in the way")
    command(place).keep([place / "out" / "a.pdf"])
    assert command(place).current() == []
