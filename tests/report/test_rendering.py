"""Setting in another process: content in, files out, through a folder; a mistake comes back as itself."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import pytest

from zbanalysis.errors import InfrastructureError, InputError, ZbError
from zbanalysis.report import rendering, results
from zbanalysis.runs import kernels, setters, work

CONTENT = {"format": results.FORMAT, "sections": {}, "manifest": {"as_of": "2020-08-10"}}
FILES = {"pdf": b"%PDF 1", "xlsx": b"PK 1", "docx": b"PK 2"}


@pytest.fixture
def place(tmp_path):
    results.write(tmp_path / "content.json", CONTENT)
    return tmp_path


def test_what_is_rendered_is_collected(place, monkeypatch):
    seen = []

    def render(*arguments: object) -> dict[str, bytes]:
        seen.append(arguments)
        return FILES

    monkeypatch.setattr(rendering, "render", render)
    assert rendering.collect(place, "zh") is None
    rendering.main(str(place), "zh", "final")
    assert rendering.collect(place, "zh") == FILES
    assert rendering.collect(place, "en") is None
    results.write(place / "before.json", {**CONTENT, "manifest": {"as_of": "2019-08-10"}})
    rendering.main(str(place), "en", "", str(place / "before.json"))
    assert seen[0] == (CONTENT, "zh", "final", None, rendering.SUFFIXES)
    assert seen[1][3]["manifest"]["as_of"] == "2019-08-10"


def test_half_of_the_files_are_none(place):
    (place / "zh.pdf").write_bytes(b"%PDF 1")
    assert rendering.collect(place, "zh") is None


@pytest.mark.parametrize(("kind", "code"), [(ZbError, 1), (InputError, 2)])
def test_an_error_comes_back_with_its_words_and_its_exit_code(place, monkeypatch, kind, code):
    def fails(*_: object) -> None:
        raise kind("The report could not be set: 淄博.")

    monkeypatch.setattr(rendering, "render", fails)
    rendering.main(str(place), "zh")
    with pytest.raises(ZbError, match=r"^The report could not be set: 淄博\.$") as caught:
        rendering.collect(place, "zh")
    assert caught.value.exit_code == code
    assert json.loads((place / "zh.error.json").read_text("utf-8"))["exit_code"] == code


def test_a_mistake_of_our_own_leaves_nothing_that_looks_done(place, monkeypatch):
    monkeypatch.setattr(rendering, "render", lambda *_: 1 / 0)
    with pytest.raises(SystemExit) as caught:
        rendering.main(str(place), "zh")
    assert caught.value.code == 1
    assert rendering.collect(place, "zh") is None


def test_the_reports_own_time_is_the_midnight_of_its_day():
    assert rendering._midnight("2020-08-10") == dt.datetime(2020, 8, 10, tzinfo=dt.UTC)


# --- work: one language, in a process of its own or here ---


@pytest.fixture
def order():
    return work.Order("zibo-13_2020-08-10", "2020-08-10", (), {}, (), ("zh",), {}, kind="final")


class Stand:
    """Stands in for a process that sets pages."""

    uses, alive = 0, True

    def __init__(self, done: bool = True, does=lambda *_: None) -> None:
        self.done, self.does, self.closed = done, does, False

    def set(self, arguments, _: float) -> bool:
        self.does(Path(arguments[0]), arguments[1])
        return self.done

    def close(self) -> None:
        self.closed = True


def set_by(setter: object, order: work.Order, place, monkeypatch) -> dict[str, bytes]:
    def borrow() -> object:
        if isinstance(setter, Exception):
            raise setter
        return setter

    monkeypatch.setattr(work.kernels, "available", lambda: True)
    monkeypatch.setattr(work.setters, "borrow", borrow)
    monkeypatch.setattr(work.setters, "_free", [])
    return work._set(CONTENT, "zh", order, place, lambda _: None)


@pytest.mark.parametrize("setter", [Stand(False), InfrastructureError("gone."), OSError(12, "no memory")])
def test_a_process_that_dies_is_made_up_for_here(tmp_path, monkeypatch, order, setter):
    monkeypatch.setattr(rendering, "render", lambda *arguments: {"pdf": repr(arguments).encode()})
    made = set_by(setter, order, tmp_path, monkeypatch)
    assert made == {"pdf": repr((CONTENT, "zh", "final", None, rendering.SUFFIXES)).encode()}
    assert work.setters._free == []
    assert getattr(setter, "closed", True)


def test_what_a_process_made_is_taken_and_it_is_kept_for_the_next(tmp_path, monkeypatch, order):
    def does(folder, lang) -> None:
        for suffix, content in FILES.items():
            (folder / f"{lang}.{suffix}").write_bytes(content)

    monkeypatch.setattr(rendering, "render", lambda *_: pytest.fail("it was done twice"))
    setter = Stand(True, does)
    assert set_by(setter, order, tmp_path, monkeypatch) == FILES
    assert work.setters._free == [setter]
    assert not setter.closed


def test_a_process_that_takes_too_long_is_ended_and_the_time_limit_told(tmp_path, monkeypatch, order):
    def never(*_: object) -> None:
        raise work.setters.TookTooLong

    setter = Stand(True, never)
    with pytest.raises(ZbError, match=r"setting the zh report took longer than 900 seconds .* --time-limit"):
        set_by(setter, order, tmp_path, monkeypatch)
    assert setter.closed


@pytest.mark.skipif(not kernels.available(), reason="processes cannot be forked here")
def test_a_real_process_sets_one_report_after_another_and_is_not_lent_when_dead(tmp_path):
    folder = tmp_path / "setting"
    folder.mkdir()
    setter = setters.borrow()
    for _ in range(2):  # there is no content.json, which is told as an error, not as a death
        assert setter.set([str(folder), "zh"], 60)
        with pytest.raises(ZbError, match="no result file"):
            rendering.collect(folder, "zh")
    setters.give_back(setter, well=True)
    assert setters.borrow() is setter
    setter._process.kill()
    setter._process.wait(10)
    assert not setter.set([str(folder), "zh"], 60)
    setters._free.append(setter)
    other = setters.borrow()
    assert other is not setter
    setters.give_back(other, well=False)
    assert not setters._free


def test_after_a_failure_no_further_task_begins_and_the_first_in_order_is_told():
    begun = []

    def task(number: int):
        def run() -> int:
            begun.append(number)
            if number in (1, 2):
                raise ZbError(f"task {number}.")
            time.sleep(0.05)  # what is at work when another fails comes to its end
            return number

        return run

    with pytest.raises(ZbError, match=r"^task 1\.$"):
        work._each([task(number) for number in range(50)], 1)
    assert max(begun) < 10
    assert work._each([task(number) for number in (0, 3, 4)], 2) == [0, 3, 4]
    assert work._each([], 2) == []


def test_the_vintage_is_that_of_the_first_notebook():
    rows = [["a", "2020-08-10"], ["b", "2019-01-01"]]
    tables = {"sources": {"columns": ["source", "date_published"], "rows": rows, "numbers": []}}
    sections = {"01_indicators": {"tables": tables}, "02_trends": {"tables": {}}}
    assert work.vintage(sections) == "2020-08-10"


@pytest.mark.skipif(not kernels.available(), reason="processes cannot be forked here")
@pytest.mark.parametrize("entry", ["zbanalysis.nowhere:serve", "zbanalysis.report.words:rehearse"])
def test_a_process_that_ends_before_it_answers_is_not_waited_for(entry, monkeypatch, capfd):
    monkeypatch.setattr(setters, "ENTRY", entry)
    monkeypatch.setattr(setters, "START_LIMIT", 3600)
    start = time.monotonic()
    with pytest.raises(InfrastructureError, match="did not start"):
        setters.Setter()
    assert time.monotonic() - start < 60
    capfd.readouterr()
