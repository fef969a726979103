"""The small data folder of a run: enough for its notebook, and nothing that does not concern it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import in_process
import pytest

from zbanalysis.data import check, files, package, schema
from zbanalysis.report import results
from zbanalysis.runs import fingerprint, jobs

CITY, NATION = ("zibo-13", "2020-08-10"), ("china-14", None)
AREA = "guangdong"


def section(step: jobs.Step, folder: Path, place: Path) -> dict:
    """What a notebook publishes when its code cells are run here, one after another, without a kernel."""
    result = place / f"{folder.name}-{step.notebook}.json"
    in_process.run(step.path, {**step.parameters, "folder": str(folder)}, result)
    return results.read(result)["sections"][step.notebook]


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def keys(job: jobs.Job, folder: Path) -> dict[str, str]:
    """Key of the data of each notebook of a job."""
    return {
        one.notebook: fingerprint.key(jobs.digests(one.files)) for one in jobs.steps(job, jobs.read(folder))
    }


@pytest.fixture(scope="session")
def whole(data_dir: Path) -> check.Folder:
    return jobs.read(data_dir)


@pytest.fixture(scope="session")
def dataset(data_dir: Path) -> package.Dataset:
    return package.load(data_dir)


# --- the proof: a notebook sees no difference between the small folder and the whole one ---


@pytest.mark.parametrize("notebook", [*jobs.PLAN_NOTEBOOKS])
def test_a_notebook_publishes_the_same_from_the_small_folder(notebook, dataset, whole, plan_result, tmp_path):
    (step,) = [one for one in jobs.steps(jobs.of_plan(dataset, *CITY), whole) if one.notebook == notebook]
    small = jobs.write(step.files, tmp_path / "small")
    assert section(step, small, tmp_path) == plan_result(*CITY)["sections"][notebook]


@pytest.mark.slow
@pytest.mark.parametrize("notebook", ["03_feasibility", "05_audit", *jobs.AREA_NOTEBOOKS])
def test_a_notebook_of_a_nation_or_province_publishes_the_same_from_the_small_folder(
    notebook, dataset, whole, tmp_path
):
    """A nation's plan has no area above it; of its notebooks one reads the panel, one everything."""
    of_area = notebook in jobs.AREA_NOTEBOOKS
    job = jobs.of_area(dataset, AREA, None) if of_area else jobs.of_plan(dataset, *NATION)
    (step,) = [one for one in jobs.steps(job, whole) if one.notebook == notebook]
    small = jobs.write(step.files, tmp_path / "small")
    assert section(step, small, tmp_path) == section(step, files.DATA, tmp_path)


def test_the_proof_would_see_a_figure_that_is_missing(dataset, whole, plan_result, tmp_path):
    """The near miss: one observation less in the small folder, and the section differs."""
    step = jobs.steps(jobs.of_plan(dataset, *CITY), whole)[1]
    lines = step.files["observations.csv"].splitlines(keepends=True)
    less = [line for line in lines if not line.startswith(b"zibo,rd_intensity,2018,")]
    assert len(less) < len(lines)
    small = jobs.write({**step.files, "observations.csv": b"".join(less)}, tmp_path / "small")
    assert section(step, small, tmp_path) != plan_result(*CITY)["sections"][step.notebook]


# --- what is in it ---


@pytest.mark.parametrize("scopes", [("plan", "area"), ("plan", "area", "panel")], ids=str)
def test_a_small_folder_of_a_plan_passes_the_checks_of_a_data_folder(scopes, whole, tmp_path):
    """Without the word of the whole folder: references lead somewhere, tables are as the schema says."""
    for path, content in jobs.extract(whole, scopes, "2020-08-10", plan="zibo-13").items():
        (tmp_path / "small" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "small" / path).write_bytes(content)
    assert check.problems(tmp_path / "small") == []


def test_rows_keep_their_digits_and_their_order(data_copy):
    """A trailing zero says how exact a figure is; commas and quotes are as they were."""
    edit(data_copy, "observations.csv", "zibo,rd_intensity,2018,2.63,", "2.63,", "2.630,")
    files = jobs.extract(jobs.read(data_copy), ["area"], "9999-12-31", area="zibo")
    all_rows = rows((data_copy / "observations.csv").read_bytes())
    mine = rows(files["observations.csv"])
    assert mine == [row for row in all_rows if row["area"] == "zibo"]
    assert "2.630" in {row["value"] for row in mine}


def test_nothing_published_later_is_in_it(whole, data_dir):
    published = {
        row["source"]: row["date_published"] for row in rows((data_dir / "sources.csv").read_bytes())
    }
    for scopes in (
        ["plan", "area"],
        ["plan", "area", "panel"],
        ["everything"],
        ["area", "plan", "yardstick"],
    ):
        files = jobs.extract(whole, scopes, "2020-08-10", plan="zibo-13")
        for path in {"observations.csv", "reference/observations.csv", "targets.csv"} & set(files):
            days = {published[row["source"]] for row in rows(files[path])}
            assert max(days) <= "2020-08-10", (scopes, path)


def test_a_plan_brings_its_own_targets_and_no_other(whole):
    files = jobs.extract(whole, ["plan"], "2022-04-19", plan="zibo-14")
    assert {row["plan"] for row in rows(files["targets.csv"])} == {"zibo-14"}
    assert [row["plan"] for row in rows(files["plans.csv"])] == ["zibo-14"]
    assert "survey.csv" not in files
    assert "survey.csv" in jobs.extract(whole, ["plan", "survey"], "2022-04-19", plan="zibo-14")


def test_extracting_changes_nothing_of_the_folder(data_dir):
    folder = jobs.read(data_dir)
    before = {path: table.copy() for path, table in folder.tables.items()}
    jobs.extract(folder, ["plan", "area", "panel"], "2020-08-10", plan="zibo-13")
    jobs.extract(folder, ["everything"], "2020-08-10", plan="zibo-13")
    assert all(table.equals(before[path]) for path, table in folder.tables.items())


def test_a_written_folder_is_looked_at_again_when_it_is_read(whole, tmp_path):
    files = jobs.extract(whole, ["plan", "area"], "2020-08-10", plan="zibo-13")
    place = jobs.write(files, tmp_path / "a")
    assert len(package.load(place).targets) == 10
    observations = place / "observations.csv"
    observations.write_bytes(observations.read_bytes() + b"zibo,rd_intensity,2019,x,,,,,\n")
    assert {problem.column for problem in check.problems(place)} >= {"value", "source"}


# --- near misses: what a change concerns ---


def edit(folder: Path, table: str, start: str, old: str, new: str) -> None:
    """Change the one row of a table that begins so."""
    path = folder / table
    lines = path.read_text("utf-8").splitlines(keepends=True)
    (place,) = [number for number, line in enumerate(lines) if line.startswith(start)]
    assert old in lines[place]
    lines[place] = lines[place].replace(old, new, 1)
    path.write_text("".join(lines), "utf-8")


@pytest.fixture
def zibo(data_dir) -> jobs.Job:
    return jobs.of_plan(package.load(data_dir), "zibo-13", "2020-08-10")


def first_figure(folder: Path, area: str, days: tuple[str, str]) -> tuple[str, str]:
    """Beginning of the row, and value, of a figure of an area published between two days."""
    published = {row["source"]: row["date_published"] for row in rows((folder / "sources.csv").read_bytes())}
    lines = (folder / "observations.csv").read_text("utf-8").splitlines()
    names = lines[0].split(",")
    for line in lines[1:]:
        row = dict(zip(names, next(csv.reader([line])), strict=True))
        start = ",".join(line.split(",")[:4]) + ","
        alone = sum(one.startswith(start) for one in lines) == 1
        if row["area"] == area and days[0] < published[row["source"]] <= days[1] and alone:
            return start, row["value"]
    raise AssertionError(f"no figure of {area} to change")


def changed(job: jobs.Job, folder: Path, before: Mapping[str, str]) -> set[str]:
    now = keys(job, folder)
    return {notebook for notebook in before if before[notebook] != now[notebook]}


def test_a_figure_of_the_area_concerns_what_reads_the_area(zibo, data_copy):
    before = keys(zibo, data_copy)
    edit(data_copy, "observations.csv", "zibo,rd_intensity,2018,2.63,", "2.63", "2.64")
    assert changed(zibo, data_copy, before) == set(jobs.PLAN_NOTEBOOKS) - {"06_survey"}


def test_a_figure_of_another_area_concerns_only_what_reads_everything(zibo, data_copy):
    before = keys(zibo, data_copy)
    start, value = first_figure(data_copy, "china", ("1900", "2020-08-10"))
    edit(data_copy, "observations.csv", start, value, value + "1")
    found = changed(zibo, data_copy, before)
    assert "05_audit" in found
    assert not {"02_trends", "06_survey", "07_cost_benefit"} & found


def test_a_figure_of_the_panel_concerns_what_compares(zibo, data_copy):
    before = keys(zibo, data_copy)
    published = {
        row["source"]: row["date_published"] for row in rows((data_copy / "sources.csv").read_bytes())
    }
    science = {
        row["indicator"]
        for row in rows((data_copy / "indicators.csv").read_bytes())
        if row["domain"] == "science"
    }
    panel = data_copy / "reference" / "observations.csv"
    one = next(
        row
        for row in rows(panel.read_bytes())
        if row["indicator"] in science and published[row["source"]] <= "2020-08-10"
    )
    start = ",".join([one["area"], one["indicator"], one["period"], one["value"]]) + ","
    edit(data_copy, "reference/observations.csv", start, one["value"], one["value"] + "1")
    # The chart of all targets has each target's verdict, which rests on what the provinces did.
    assert changed(zibo, data_copy, before) == {
        "01_indicators",
        "03_feasibility",
        "04_backtest",
        "05_audit",
        "08_tasks",
        "09_conclusion",
    }


@pytest.mark.parametrize("area", ["zibo", "china"])
def test_a_figure_published_after_the_day_concerns_nothing(zibo, data_copy, area):
    before = keys(zibo, data_copy)
    start, value = first_figure(data_copy, area, ("2020-08-10", "9999"))
    edit(data_copy, "observations.csv", start, value, value + "1")
    assert changed(zibo, data_copy, before) == set()


def test_a_question_of_the_survey_concerns_the_survey_and_what_reads_everything(zibo, data_copy):
    before = keys(zibo, data_copy)
    survey = data_copy / "survey.csv"
    text = survey.read_text("utf-8")
    assert ",86.7," in text
    survey.write_text(text.replace(",86.7,", ",86.8,", 1), "utf-8")
    assert changed(zibo, data_copy, before) == {"05_audit", "06_survey", "08_tasks", "09_conclusion"}


def test_another_cities_folder_without_the_optional_tables_can_be_extracted(data_copy, zibo):
    for path, table in schema.tables().items():
        if not table.is_required:
            (data_copy / path).unlink(missing_ok=True)
    found = {step.notebook: step.files for step in jobs.steps(zibo, jobs.read(data_copy))}
    assert "survey.csv" not in found["06_survey"]
    assert {"observations.csv", "targets.csv", "datapackage.json"} <= set(found["01_indicators"])


# --- fingerprints ---


def test_figures_have_a_fingerprint_for_each_area_and_indicator():
    table = b"area,indicator,period,value\nzibo,gdp,2019,1\nzibo,gdp,2020,2\nzibo,rd,2019,1\n"
    other = table.replace(b"2020,2", b"2020,3")
    first, second = (jobs.digests({"observations.csv": one}) for one in (table, other))
    gdp, rd = "observations.csv (zibo gdp)", "observations.csv (zibo rd)"
    assert set(first) == {gdp, rd}
    assert first[gdp] != second[gdp]
    assert first[rd] == second[rd]


def test_other_files_have_one_fingerprint():
    assert list(jobs.digests({"targets.csv": b"a\n"})) == ["targets.csv"]
    assert jobs.digests({"a": b"1"}) != jobs.digests({"a": b"2"})
