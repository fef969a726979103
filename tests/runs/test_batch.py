"""Batches: which reports, one failure stops no other, what failed is done again, and the page that links all."""

from __future__ import annotations

import json
import threading
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from zbanalysis.cli import cli
from zbanalysis.data import package
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import rendering, results
from zbanalysis.runs import batch, jobs, report

ZIBO = [jobs.Job("zibo-13", "2020-08-10"), jobs.Job("zibo-14", "2022-04-19")]
PROVINCES = [jobs.Job("china-14", "2024-12-31", area) for area in ("guangdong", "beijing")]


@pytest.fixture(scope="module")
def origin(data_dir) -> report.Source:
    return report.source(data_dir)


@pytest.fixture
def failing(worker, tmp_path):
    """A worker to whom the reports of these names are a failure, which it tells of with a path."""

    def of(*names: str):
        def perform(order, *arguments):
            if order.name in names:
                raise ZbError(f'{order.name}: made up, with <b> & "quotes"; see {tmp_path / "runs"}/x.ipynb.')
            return worker(order, *arguments)

        return perform

    return of


def quiet(_: object) -> None: ...


# --- select ---


def test_an_areas_own_plans_and_the_area_itself(origin):
    names = [job.name for job in batch.select(origin.dataset, ["zibo"], as_of="2022-04-19")]
    assert names[:2] == ["zibo-13_2022-04-19", "zibo-14_2022-04-19"]
    assert batch.select(origin.dataset, ["guangdong"], [], "2024-12-31") == [PROVINCES[0]]


def test_all_areas_are_the_31_provinces_the_nation_and_the_city(origin):
    found = batch.select(origin.dataset, None)
    provinces = set(origin.dataset.areas.loc[origin.dataset.areas["level"] == "province", "area"])
    assert {job.area for job in found if job.area} >= provinces
    assert len(provinces) == 31
    assert {job.plan for job in found if not job.area} == set(origin.dataset.plans["plan"])
    assert len({job.name for job in found}) == len(found)
    assert found == batch.select(origin.dataset, None)


def test_an_area_named_twice_is_one_report(origin):
    once = batch.select(origin.dataset, ["guangdong"], [])
    assert batch.select(origin.dataset, ["guangdong", "guangdong"], []) == once


def test_a_plan_not_yet_published_is_left_out_unless_it_is_named(origin):
    plans = {job.plan for job in batch.select(origin.dataset, ["zibo"], None, "2021-12-31") if not job.area}
    assert plans == {"zibo-13"}
    with pytest.raises(InputError, match="zibo-14"):
        batch.select(origin.dataset, ["zibo"], ["zibo-14"], "2021-12-31")


@pytest.mark.parametrize(
    ("areas", "plans", "day", "words"),
    [
        (["atlantis"], None, None, "atlantis"),
        (["zibo"], ["zibo-99"], None, "zibo-99"),
        (["zibo"], ["china-13"], None, "--plans 'china-13' is not a plan of zibo; name its area too"),
        (None, None, "1900-01-01", "No report can be made"),
    ],
)
def test_a_wrong_choice_is_told(origin, areas, plans, day, words):
    with pytest.raises(InputError, match=words):
        batch.select(origin.dataset, areas, plans, day)


# --- run ---


def test_one_failure_stops_no_other(origin, failing, tmp_path):
    told = []
    entries = batch.run(
        [*ZIBO, *PROVINCES], origin, ("zh", "en"), tmp_path, quiet, told.append, 2,
        perform=failing("zibo-13_2020-08-10", "beijing_2024-12-31"),
    )  # fmt: skip
    assert [entry.status for entry in entries] == ["failed", "made", "made", "failed"]
    assert {entry.name for entry in told} == {entry.name for entry in entries}
    assert entries[0].message.startswith("zibo-13_2020-08-10: made up")
    assert entries[0].files == ()
    assert entries[0].message.endswith("see runs/x.ipynb.")
    assert all(
        str(tmp_path) not in (tmp_path / name).read_text("utf-8") for name in ("batch.json", "index.html")
    )
    assert len(entries[1].files) == 2
    assert all((tmp_path / file).exists() for file in entries[1].files)
    assert not list(tmp_path.glob("beijing*"))


def test_a_full_disk_for_one_report_stops_no_other(origin, worker, tmp_path):
    def full(order, *arguments):
        if order.name == ZIBO[0].name:
            raise OSError(28, "No space left on device")
        return worker(order, *arguments)

    entries = batch.run(ZIBO, origin, ("zh",), tmp_path, quiet, perform=full)
    assert [entry.status for entry in entries] == ["failed", "made"]
    assert "No space left" in entries[0].message


def test_a_second_batch_finds_all_current_and_only_what_failed_is_made(origin, worker, failing, tmp_path):
    batch.run([*ZIBO, *PROVINCES], origin, ("zh",), tmp_path, quiet, perform=failing(ZIBO[1].name))
    assert batch.failed_only([*ZIBO, *PROVINCES], tmp_path) == [ZIBO[1]]
    asked = []

    def watched(order, *arguments):
        asked.append(order.name)
        return worker(order, *arguments)

    entries = batch.run([*ZIBO, *PROVINCES], origin, ("zh",), tmp_path, quiet, perform=watched)
    assert asked == [ZIBO[1].name]
    assert [entry.status for entry in entries] == ["current", "made", "current", "current"]
    assert all(len(entry.files) == 1 for entry in entries)
    assert batch.failed_only([*ZIBO, *PROVINCES], tmp_path) == []


def test_the_summary_remembers_earlier_batches_into_the_same_folder(origin, worker, tmp_path):
    batch.run(ZIBO, origin, ("zh",), tmp_path, quiet, perform=worker)
    batch.run(PROVINCES, origin, ("zh",), tmp_path, quiet, perform=worker)
    assert {entry.name for entry in batch.last(tmp_path)} == {job.name for job in [*ZIBO, *PROVINCES]}
    page = (tmp_path / batch.INDEX).read_text("utf-8")
    assert all(f"{job.name}_zh.pdf" in page for job in [*ZIBO, *PROVINCES])


def test_two_batches_at_once_into_one_folder_are_both_listed(origin, worker, tmp_path):
    """The second begins and ends while the first is at its work."""

    def meanwhile(order, *arguments):
        if order.name == ZIBO[0].name:
            batch.run(PROVINCES, origin, ("zh",), tmp_path, quiet, perform=worker)
        return worker(order, *arguments)

    batch.run(ZIBO, origin, ("zh",), tmp_path, quiet, perform=meanwhile)
    assert {entry.name for entry in batch.last(tmp_path)} == {job.name for job in [*ZIBO, *PROVINCES]}


def test_as_many_reports_at_once_as_workers(origin, worker, tmp_path):
    together = threading.Barrier(3, timeout=600)

    def meets(order, *arguments):
        together.wait()
        return worker(order, *arguments)

    wanted = [*ZIBO, PROVINCES[0]]
    entries = batch.run(wanted, origin, ("zh",), tmp_path, quiet, workers=3, perform=meets)
    assert {entry.status for entry in entries} == {"made"}


@pytest.mark.parametrize("content", [None, "", "no json", "{}", "[1]", '[{"name": "a"}]'])
def test_a_summary_that_cannot_be_read_is_none(tmp_path, content):
    if content is not None:
        (tmp_path / batch.SUMMARY).write_text(content)
    assert batch.last(tmp_path) == []
    with pytest.raises(InputError, match=r"--failed-only: .*tells of no earlier batch; run it without first"):
        batch.failed_only(ZIBO, tmp_path)


def test_the_table_has_a_line_for_each_report_and_the_counts(origin, failing, tmp_path):
    entries = batch.run(ZIBO, origin, ("zh",), tmp_path, quiet, perform=failing(ZIBO[0].name))
    lines = batch.table(entries).splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [[ZIBO[0].name, "failed"], [ZIBO[1].name, "made"]]
    assert "made up" in lines[0]
    assert lines[2] == "2 reports: 1 made, 0 current, 1 failed"


# --- the page ---


class Page(HTMLParser):
    """A page read strictly: every element that opens closes, in order."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.links, self.words, self.rows = [], [], [], 0
        self.feed(text)
        self.close()
        assert self.open == []

    @property
    def files(self) -> list[str]:
        return [link for link in self.links if not link.startswith(("#", "data:"))]

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.rows += tag == "tr"
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_is_well_formed_and_links_every_file_that_is_there(origin, failing, tmp_path):
    batch.run([*ZIBO, *PROVINCES], origin, ("zh", "en"), tmp_path, quiet, perform=failing(ZIBO[0].name))
    page = Page((tmp_path / batch.INDEX).read_text("utf-8"))
    assert page.rows == 2 * 5  # in both languages: a heading and four reports
    assert len(page.files) == 2 * 3 * 2
    assert all((tmp_path / link).is_file() for link in page.files)
    words = " ".join(page.words)
    assert 'made up, with <b> & "quotes"; see' in words
    names = batch.names(origin.dataset)
    for subject in ("zibo-14", "guangdong"):
        assert names[subject]["zh"] in words
        assert names[subject]["en"] in words


def test_the_same_reports_give_the_same_page_whatever_came_first(origin, worker, tmp_path):
    pages = []
    for number, wanted in enumerate(([*ZIBO, *PROVINCES], [*PROVINCES[::-1], *ZIBO])):
        out = tmp_path / str(number)
        batch.run(wanted, origin, ("zh",), out, quiet, perform=worker)
        pages.append((out / batch.INDEX).read_bytes())
    assert pages[0] == pages[1]


def test_an_odd_name_does_no_harm():
    entry = {"name": "<x>", "plan": "p", "area": "", "as_of": "<d>", "status": "failed", "message": "<m>&",
             "files": ['a"<b>_zh.pdf']}  # fmt: skip
    page = Page(rendering.index([entry], {"p": {"zh": "<script>", "en": "&"}}, {}).decode())
    assert page.files == 2 * ["a%22%3Cb%3E_zh.pdf"]
    assert "<script>" in page.words
    assert page.rows == 4


def test_the_strict_reader_finds_what_is_not_closed():
    with pytest.raises(AssertionError):
        Page("<table><tr><td>x</tr></table>")


# --- the command ---


@pytest.fixture
def command(monkeypatch, failing, tmp_path):
    def call(*arguments: str, fails: tuple[str, ...] = ()):
        monkeypatch.setattr(report, "run_order", failing(*fails))
        return CliRunner().invoke(cli, ["batch", "--out", str(tmp_path / "out"), *arguments])

    return call


def test_a_failure_among_many_is_exit_code_1_and_what_failed_is_made_again(command, tmp_path):
    chosen = ("--areas", "zibo,guangdong", "--plans", "none", "--as-of", "2022-04-19")
    done = command(*chosen, "--lang", "zh", fails=("guangdong_2022-04-19",))
    assert done.exit_code == 1, done.output
    assert "2 reports: 1 made, 0 current, 1 failed" in done.output
    assert "[2/2]" in done.output
    assert "index.html" in done.output
    again = command(*chosen, "--lang", "zh", "--failed-only")
    assert (again.exit_code, again.output.count("guangdong_2022-04-19")) == (0, 2)
    assert "1 report: 1 made" in again.output
    nothing = command(*chosen, "--lang", "zh", "--failed-only")
    assert (nothing.exit_code, nothing.output) == (0, "nothing failed last time; nothing to do\n")
    summary = json.loads((tmp_path / "out" / batch.SUMMARY).read_text("utf-8"))
    assert [one["status"] for one in summary] == ["made", "made"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name the areas with --areas A,B, or take --all of them"),
        (("--areas", "zibo", "--all"), "one of the two"),
        (("--areas", "atlantis"), "atlantis"),
        (("--areas", "zibo", "--plans", "zibo-99"), "zibo-99"),
        (("--areas", "zibo", "--failed-only"), "--failed-only"),
        (("--areas", "zibo", "--workers", "0"), "--workers"),
        (("--areas", "zibo", "--time-limit", "0"), "--time-limit"),
        (("--areas", "zibo", "--yardstick", "nothing"), "nothing"),
    ],
)
def test_wrong_use_is_exit_code_2_one_sentence_and_nothing_written(command, tmp_path, arguments, words):
    done = command(*arguments)
    if "--workers" in arguments or "--time-limit" in arguments:
        assert done.exit_code != 0
    else:
        assert done.exit_code == 2, done.output
    assert words in done.output
    assert not (tmp_path / "out").exists() or not list(Path(tmp_path / "out").iterdir())


def test_names_are_known_in_both_languages(origin):
    found = batch.names(origin.dataset)
    assert set(found) == {*origin.dataset.areas["area"], *origin.dataset.plans["plan"]}
    assert package.plan_row(origin.dataset, "zibo-13")["name_zh"] == found["zibo-13"]["zh"]


def test_a_batch_makes_pdfs_and_a_word_file_made_once_is_kept_current(origin, worker, tmp_path):
    job = ZIBO[0]

    def suffixes() -> set[str]:
        return {path.suffix for path in tmp_path.glob(f"{job.name}_zh.*")}

    batch.run([job], origin, ("zh",), tmp_path, quiet, perform=worker)
    assert suffixes() == {".pdf"}
    batch.run([job], origin, ("zh",), tmp_path, quiet, perform=worker, formats=("docx",))
    assert suffixes() == {".pdf", ".docx"}
    (tmp_path / f"{job.name}_zh.docx").unlink()
    [entry] = batch.run([job], origin, ("zh",), tmp_path, quiet, perform=worker)
    assert entry.status == "made"
    assert suffixes() == {".pdf", ".docx"}
    [entry] = batch.run([job], origin, ("zh",), tmp_path, quiet, perform=worker)
    assert entry.status == "current"


def test_areas_and_plans_stand_side_by_side_with_links_to_their_pages():
    """Made up: two areas, one of which has the figure of an earlier year; a plan with three targets."""

    def area(value: float, period: str) -> dict:
        row = {
            "target": "firms", "name_zh": "企业数", "name_en": "Firms", "unit_zh": "家", "unit_en": "firms",
            "scale": "count", "direction": "up", "area": "a", "current_value": value, "current_period": period,
            "published_base_value": "", "published_target_value": "",
        }  # fmt: skip
        pace = {"target": "firms", "growth": 5.0, "change": 9.0}
        # What one area alone has is not compared.
        own = {"target": period + "alone", "name_zh": "独有", "name_en": "Alone"}
        rows, paces = ([one] + [one | own] * (period == "2022") for one in (row, pace))
        return sections("11_area_trends", indicators=rows, movement=paces)

    def sections(name: str, **rows: dict | list[dict]) -> dict:
        tables = {
            key: results._table(pd.DataFrame(one if isinstance(one, list) else [one]))
            for key, one in rows.items()
        }
        return {"sections": {name: {"tables": tables}}}

    outlook = sections(
        "03_feasibility", outlook=[{"verdict": one} for one in ("reached", "missed", "reached")]
    )
    entries = [
        {"name": f"{name}_1", "plan": plan, "area": area, "as_of": "2024", "status": "made", "message": "",
         "files": [f"{name}_1.html"]}
        for name, plan, area in (("a", "n", "a"), ("b", "n", "b"), ("c", "n", "c"), ("p", "p", ""))
    ]  # fmt: skip
    contents = {"a_1": area(703, "2023"), "b_1": area(95, "2022"), "c_1": area(8, "2023"), "p_1": outlook}
    words = [
        text.strip()
        for text in Page(rendering.index(entries, {"a": {"en": "Alpha"}}, contents).decode()).words
    ]
    english = [text for text in words[words.index("Index of reports", 30) :] if text]
    at = english.index("The newest figure of each indicator")
    assert english[at + 1 : at + 9] == [
        "Area",
        "Firms (firms)\n2023",
        "Alpha",
        "703",
        "b_1",
        "95 (2022)",
        "c_1",
        "8",
    ]
    assert not any("Alone" in text for text in english)
    at = english.index("Average change a year in the latest years")
    assert english[at + 3 : at + 5] == ["Alpha", "5.00%"]
    at = english.index("Targets of each plan by verdict")
    assert english[at + 1 : at + 9] == ["Plan", "Targets", "reached", "missed", "p_1", "3", "2", "1"]
