"""The seal: a command with nothing to do knows it, and any difference breaks the seal."""

from __future__ import annotations

import shutil

import pytest

from zbanalysis.data import files
from zbanalysis.runs import seal

ASKED = {"plan": "zibo-13", "lang": "zh"}


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A small house of its own, so that it can be spoiled: program, notebooks, template, data, reports."""
    for name, text in (
        ("zbanalysis/a.py", "x = 1"), ("zbanalysis/labels.yml", "a: 1"), ("notebooks/01.ipynb", "{}"),
        ("reports/template/theme.typ", "a"), ("requirements.txt", "pandas==2"),
        ("data/observations.csv", "1"), ("data/zibo/text/problems.zh.md", "1"), ("data/datapackage.json", "{}"),
        ("out/a.pdf", "pdf"), ("out/a.docx", "docx"), ("before.json", "{}"),
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(files, "ROOT", tmp_path)
    monkeypatch.setattr(files, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(files, "TEMPLATE", tmp_path / "reports" / "template")
    return tmp_path


def sealed(house, asked=ASKED) -> seal.Seal:
    return seal.Seal(house / "out", house / "data", asked, [house / "before.json"])


@pytest.fixture
def whole(house):
    """Files of a command that has just been sealed."""
    sealed_files = [house / "out" / name for name in ("a.pdf", "a.docx")]
    sealed(house).put(sealed_files)
    return sealed_files


def test_what_was_sealed_is_unbroken(house, whole):
    assert sorted(sealed(house).unbroken()) == sorted(whole)


def test_nothing_sealed_is_broken(house):
    assert sealed(house).unbroken() is None
    sealed(house).put([])
    assert sealed(house).unbroken() is None


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("name", [
    "zbanalysis/a.py", "zbanalysis/labels.yml", "notebooks/01.ipynb", "reports/template/theme.typ",
    "requirements.txt", "data/observations.csv", "data/zibo/text/problems.zh.md", "data/datapackage.json",
    "out/a.pdf", "out/a.docx", "before.json",
])  # fmt: skip
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_any_difference_breaks_it(house, name, how):
    if how == "gone":
        (house / name).unlink()
    else:
        (house / name).write_text("other")
    assert sealed(house).unbroken() is None


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("name", ["zbanalysis/new.py", "notebooks/02.ipynb", "data/survey.csv"])
def test_a_new_file_breaks_it(house, name):
    (house / name).write_text("new")
    assert sealed(house).unbroken() is None


@pytest.mark.usefixtures("whole")
def test_another_question_or_data_folder_has_a_seal_of_its_own(house):
    assert sealed(house, {**ASKED, "lang": "en"}).unbroken() is None
    shutil.copytree(house / "data", house / "theirs")
    assert seal.Seal(house / "out", house / "theirs", ASKED, [house / "before.json"]).unbroken() is None
    assert sealed(house).unbroken()


def test_what_is_not_read_breaks_nothing(house, whole):
    """The near miss: another report in the folder, a note beside the data, a cache of Python's."""
    for name in ("out/b.pdf", "data/note.txt", "zbanalysis/a.pyc"):
        (house / name).write_text("x")
    assert sorted(sealed(house).unbroken()) == sorted(whole)


def test_fonts_count(house, whole, monkeypatch):
    assert whole
    monkeypatch.setenv("ZBANALYSIS_FONTS", "/elsewhere")
    assert sealed(house).unbroken() is None


def test_what_changed_while_the_command_ran_was_not_seen_by_it(house):
    running = sealed(house)
    (house / "data" / "observations.csv").write_text("changed meanwhile")
    running.put([house / "out" / "a.pdf"])
    assert sealed(house).unbroken() is None


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("spoilt", [b"", b"no json", b"[]", b'{"key": 1}', b'{"files": 5}', b"\xff"])
def test_a_spoilt_seal_is_broken(house, spoilt):
    (path,) = (house / "out" / "runs" / ".seals").glob("*.json")
    path.write_bytes(spoilt)
    assert sealed(house).unbroken() is None


def test_a_seal_that_cannot_be_kept_is_no_failure(house):
    (house / "out" / "runs").write_text("a file in the way")
    sealed(house).put([house / "out" / "a.pdf"])
    assert sealed(house).unbroken() is None
