"""The store: one run at a time, nothing overwritten that somebody edited, damage found and healed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from zbanalysis.data.files import ROOT, folder
from zbanalysis.errors import InputError, ZbError
from zbanalysis.runs import current

NAME = "zibo-13_2020-08-10"
PARTS = {"results": {"01_indicators": "k1"}}
OTHER = {"results": {"01_indicators": "k2"}}
PDF, BOOK, WORD = (f"{NAME}_zh.{suffix}" for suffix in ("pdf", "xlsx", "docx"))


@pytest.fixture
def shelf(tmp_path) -> current.Store:
    found = current.Store(folder(tmp_path / "out"), NAME)
    found.runs.mkdir(parents=True)
    return found


def files(text: str) -> dict[str, bytes]:
    return {name: f"{name} {text}".encode() for name in (PDF, BOOK, WORD)}


def publish(shelf: current.Store, part: str, parts: dict, made: dict[str, bytes], say=print) -> list[Path]:
    """One part alone."""
    return shelf.publish({part: (parts, made)}, say)


# --- the folder ---


def test_the_output_folder_is_made_and_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert folder(Path("a/b")) == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_in_the_way_is_told(tmp_path, name):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"--out .*file.* is a file, or lies below one; name a folder"):
        folder(tmp_path / name)


def test_a_folder_that_cannot_be_made_is_told():
    with pytest.raises(ZbError, match=r"--out /proc/nothing/here cannot be made \(.*\); name another place"):
        folder(Path("/proc/nothing/here"))


# --- the lock ---


def test_while_open_there_is_an_empty_folder_to_work_in_and_then_none(shelf):
    with shelf.open(lambda _: None) as place:
        assert list(place.iterdir()) == []
        (place / "half").write_text("x")
    assert not place.exists()
    with pytest.raises(ZbError, match="made up"), shelf.open(lambda _: None) as place:
        raise ZbError("made up")
    assert not place.exists()


def test_a_second_run_waits_for_the_first_and_says_so(shelf):
    order, said, opened = [], [], threading.Event()

    def second() -> None:
        with current.Store(shelf.out, NAME).open(said.append):
            order.append("second")
        opened.set()

    with shelf.open(lambda _: None):
        thread = threading.Thread(target=second)
        thread.start()
        end = time.monotonic() + 300
        while not said and time.monotonic() < end:
            time.sleep(0.02)
        order.append("first")
        assert not opened.is_set()
    thread.join(300)
    assert order == ["first", "second"]
    assert said == [f"{NAME}: another run is making this report; waiting for it"]


def test_reports_of_other_names_do_not_wait(shelf):
    said = []
    with shelf.open(said.append), current.Store(shelf.out, "zibo-14_2022-04-19").open(said.append):
        pass
    assert said == []


def test_the_lock_of_a_killed_process_is_free(shelf):
    program = (
        "import sys, os, signal; from pathlib import Path; from zbanalysis.runs import current\n"
        "with current.Store(Path(sys.argv[1]), sys.argv[2]).open(print) as place:\n"
        "    (place / 'half').write_text('x'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(shelf.out), NAME], check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == -9
    assert (shelf.runs / ".work" / "half").exists()
    said = []
    with shelf.open(said.append) as place:
        assert list(place.iterdir()) == []
    assert said == []


def test_opening_heals_what_a_killed_run_left_and_nothing_else(shelf):
    (shelf.runs / ".work").mkdir()
    for path in (
        shelf.runs / ".work" / "half.ipynb", shelf.runs / ".01_indicators.json.77.part",
        shelf.out / f".{PDF}.77.part", shelf.out / ".zibo-14_2022-04-19_zh.pdf.78.part",
        shelf.out / PDF, shelf.runs / "01_indicators.ipynb",
    ):  # fmt: skip
        path.write_text("x")
    with shelf.open(lambda _: None) as place:
        assert list(place.iterdir()) == []
    left = {path.name for path in shelf.out.rglob("*") if path.is_file()} - {".lock"}
    assert left == {".zibo-14_2022-04-19_zh.pdf.78.part", PDF, "01_indicators.ipynb"}


# --- steps ---


def test_a_step_comes_back_and_takes_the_failed_notebook_of_before_with_it(shelf):
    (shelf.runs / "01_indicators.failed.ipynb").write_text("x")
    shelf.keep_step("01_indicators", PARTS, {"facts": {"a": 1}}, b"{}")
    assert shelf.step("01_indicators") == current.Record(PARTS, {"facts": {"a": 1}})
    assert (shelf.runs / "01_indicators.ipynb").read_bytes() == b"{}"
    assert not (shelf.runs / "01_indicators.failed.ipynb").exists()
    assert shelf.step("02_trends") is None
    path = shelf.runs / "01_indicators.json"
    path.write_bytes(path.read_bytes().replace(b'"a": 1', b'"a": 2'))
    assert shelf.step("01_indicators") is None


def test_only_the_notebooks_that_did_not_end_are_kept_as_failed(shelf):
    with shelf.open(lambda _: None) as place:
        for name in ("01_indicators", "02_trends"):
            (place / f"{name}.ipynb").write_text("{}")
        (place / "01_indicators.done").touch()
        kept = shelf.keep_failed(place)
    assert kept == {str(place / "02_trends.ipynb"): shelf.runs / "02_trends.failed.ipynb"}
    assert (shelf.runs / "02_trends.failed.ipynb").read_text() == "{}"


# --- the finished files ---


def test_what_was_published_is_intact_until_it_is_changed_or_lost(shelf):
    publish(shelf, "zh", PARTS, files("one"), print)
    record = shelf.finished("zh")
    assert record.parts == PARTS
    assert current.intact(record, shelf.out)
    (shelf.out / PDF).write_bytes(b"corrupt")
    assert not current.intact(record, shelf.out)
    publish(shelf, "zh", PARTS, files("one"), print)
    assert current.intact(shelf.finished("zh"), shelf.out)
    (shelf.out / BOOK).unlink()
    assert not current.intact(shelf.finished("zh"), shelf.out)
    assert not current.intact(None, shelf.out)
    assert not current.intact(current.Record(PARTS, None), shelf.out)


def test_an_edited_word_file_or_workbook_is_put_aside(shelf):
    said = []
    publish(shelf, "zh", PARTS, files("one"), said.append)
    for number, name in enumerate((WORD, BOOK, WORD), start=1):
        (shelf.out / name).write_bytes(b"my own words %d" % number)
        publish(shelf, "zh", OTHER, files(f"run {number}"), said.append)
        assert (shelf.out / name).read_bytes() == files(f"run {number}")[name]
    aside = {path.name: path.read_bytes() for path in shelf.out.glob("*.edited-*")}
    assert aside == {
        f"{NAME}_zh.edited-1.docx": b"my own words 1",
        f"{NAME}_zh.edited-1.xlsx": b"my own words 2",
        f"{NAME}_zh.edited-2.docx": b"my own words 3",
    }
    assert said[0] == f"{NAME}: {WORD} had been edited; it is kept as {NAME}_zh.edited-1.docx"
    assert len(said) == 3


def test_a_file_that_nobody_edited_is_replaced(shelf):
    """The near miss: our own earlier files, and a spoilt PDF, which nobody edits."""
    said = []
    publish(shelf, "zh", PARTS, files("one"), said.append)
    (shelf.out / PDF).write_bytes(b"corrupt")
    publish(shelf, "zh", OTHER, files("two"), said.append)
    assert said == []
    assert not list(shelf.out.glob("*.edited-*"))
    assert (shelf.out / PDF).read_bytes() == files("two")[PDF]


@pytest.mark.parametrize("dies_at", [WORD, BOOK, PDF])
def test_a_run_that_dies_while_publishing_does_not_take_its_own_files_for_edited_ones(
    shelf, monkeypatch, dies_at
):
    said, real = [], Path.replace
    publish(shelf, "zh", PARTS, files("one"), said.append)

    def dies(path: Path, target: Path) -> None:
        if target.name == dies_at:
            raise KeyboardInterrupt
        real(path, target)

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        publish(shelf, "zh", OTHER, files("two"), said.append)
    monkeypatch.setattr(Path, "replace", real)
    assert not shelf.finished("zh").parts, "half published counts for nothing"
    publish(shelf, "zh", OTHER, files("three"), said.append)
    assert said == []
    assert current.intact(shelf.finished("zh"), shelf.out)


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(shelf, monkeypatch):
    """A full disk is met before the first file is replaced, in whatever language."""
    said, real = [], Path.open
    shelf.publish({"zh": (PARTS, files("one")), "result": (PARTS, {f"{NAME}.json": b"one"})}, said.append)

    def full(path: Path, *arguments, **named):
        if path.name.startswith(f".{NAME}.json"):
            raise OSError(28, "No space left on device")
        return real(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ZbError, match=r"\.json cannot be written \(No space left on device\)"):
        shelf.publish({"zh": (OTHER, files("two")), "result": (OTHER, {f"{NAME}.json": b"two"})}, said.append)
    assert {name: (shelf.out / name).read_bytes() for name in (PDF, BOOK, WORD)} == files("one")
    assert not list(shelf.out.glob(".*.part"))
    assert shelf.finished("zh").parts == PARTS


def test_a_damaged_record_keeps_what_may_have_been_edited(shelf):
    """Without a record nobody knows whose file it is: it is kept."""
    said = []
    publish(shelf, "zh", PARTS, files("one"), said.append)
    (shelf.runs / "finished-zh.json").write_text("damaged")
    assert shelf.finished("zh") is None
    publish(shelf, "zh", PARTS, files("two"), said.append)
    assert (shelf.out / f"{NAME}_zh.edited-1.docx").read_bytes() == files("one")[WORD]


def test_the_same_file_again_needs_no_record_to_be_known(shelf):
    said = []
    publish(shelf, "zh", PARTS, files("one"), said.append)
    (shelf.runs / "finished-zh.json").unlink()
    publish(shelf, "zh", PARTS, files("one"), said.append)
    assert said == []
