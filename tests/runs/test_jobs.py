"""Jobs: which report, of which day, made of which notebooks, each told what it declares."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from zbanalysis.data import check, files, package
from zbanalysis.errors import InputError
from zbanalysis.runs import fingerprint, jobs, notebooks


@pytest.fixture(scope="module")
def dataset(data_dir) -> package.Dataset:
    return package.load(data_dir)


@pytest.fixture(scope="module")
def folder(data_dir) -> check.Folder:
    return jobs.read(data_dir)


def test_a_report_is_named_by_its_subject_and_its_day():
    assert jobs.Job("zibo-13", "2020-08-10").name == "zibo-13_2020-08-10"
    assert jobs.Job("china-14", "2024-12-31", area="guangdong").name == "guangdong_2024-12-31"


def test_without_a_day_the_newest_that_concerns_the_plan_is_taken(dataset):
    assert jobs.of_plan(dataset, "zibo-13", None).as_of == "2022-04-19"
    assert jobs.of_plan(dataset, "zibo-14", None).as_of == "2022-08-18"
    assert jobs.of_plan(dataset, "zibo-13", "2020-08-10", "final").kind == "final"


@pytest.mark.parametrize(
    ("plan", "day", "words"),
    [
        ("zibo-15", None, "zibo-15"),
        ("zibo-13", "1999-01-01", "1999-01-01"),
        ("zibo-13", "2020-8-1", "2020-8-1"),
        ("zibo-14", "2020-08-10", "zibo-14"),
    ],
)
def test_a_wrong_plan_or_day_is_told(dataset, plan, day, words):
    with pytest.raises(InputError, match=words):
        jobs.of_plan(dataset, plan, day)


def test_an_area_is_compared_with_the_nations_newest_plan_unless_another_is_named(dataset):
    job = jobs.of_area(dataset, "guangdong", "2024-12-31")
    assert (job.plan, job.area, job.as_of) == ("china-14", "guangdong", "2024-12-31")
    assert jobs.of_area(dataset, "guangdong", "2024-12-31", "china-13").plan == "china-13"
    assert jobs.of_area(dataset, "guangdong", "2020-08-10").plan == "china-13", "the newest known by then"
    nations = set(dataset.areas.loc[dataset.areas["level"] == "nation", "area"])
    without = replace(dataset, plans=dataset.plans[~dataset.plans["area"].isin(nations)])
    with pytest.raises(InputError, match=r"no plan of a nation .* --yardstick"):
        jobs.yardstick_of(without)


def test_an_areas_own_newest_figure_gives_the_day_if_its_yardstick_was_known(dataset):
    figures = dataset.observations
    newest = str(figures.loc[figures["area"] == "guangdong", "known_since"].max())
    assert jobs.of_area(dataset, "guangdong", None).as_of == newest
    targets = dataset.targets
    published = targets.loc[targets["plan"] == "china-14", "known_since"].min()
    early = figures[(figures["area"] != "guangdong") | (figures["known_since"] < published)]
    assert jobs.of_area(replace(dataset, observations=early), "guangdong", None).as_of == str(published)


@pytest.mark.parametrize(
    ("area", "day", "words"),
    [
        ("atlantis", None, r"--areas 'atlantis' is not in the data; there are .*guangdong"),
        ("guangdong", "1999-01-01", r"--as-of 1999-01-01: the first figures of guangdong are of"),
        ("guangdong", "31.12.2024", "31.12.2024"),
    ],
)
def test_a_wrong_area_or_day_is_told(dataset, area, day, words):
    with pytest.raises(InputError, match=words):
        jobs.of_area(dataset, area, day)


def test_an_area_without_a_figure_has_no_report(dataset):
    figures = dataset.observations
    without = replace(dataset, observations=figures[figures["area"] != "guangdong"])
    assert "guangdong" not in jobs.areas_with_figures(without)
    with pytest.raises(InputError, match=r"guangdong.*no figure"):
        jobs.of_area(without, "guangdong", None)


def test_the_areas_with_figures_are_the_31_provinces_the_nation_and_the_city(dataset):
    """The real large case of the issue: every province of the panel."""
    found = jobs.areas_with_figures(dataset)
    levels = dataset.areas.set_index("area")["level"]
    assert sum(levels[area] == "province" for area in found) == 31
    assert {"zibo", "china"} <= set(found)
    assert found == [area for area in dataset.areas["area"] if area in found]


@pytest.mark.parametrize("job", [jobs.Job("zibo-13", "2020-08-10"), jobs.Job("china-14", "2024-12-31", "guangdong")],
                         ids=["plan", "area"])  # fmt: skip
def test_each_notebook_is_there_and_is_told_what_it_declares(folder, job):
    steps = jobs.steps(job, folder)
    assert [step.notebook for step in steps] == [*(jobs.AREA_NOTEBOOKS if job.area else jobs.PLAN_NOTEBOOKS)]
    for step in steps:
        assert step.path.parent == files.NOTEBOOKS
        notebooks.check_parameters(
            step.path, {**step.parameters, "folder": "x", "result": "y"}, complete=True
        )
        assert step.parameters["as_of"] == job.as_of
        assert "datapackage.json" in step.files


def test_every_numbered_notebook_belongs_to_a_report():
    """A new notebook is entered here, or it never runs; 00 is for exploring by hand."""
    numbered = {path.stem for path in files.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")}
    assert numbered - {"00_explore"} == {*jobs.PLAN_NOTEBOOKS, *jobs.AREA_NOTEBOOKS}
    scopes = {
        scope for reads in (*jobs.PLAN_NOTEBOOKS.values(), *jobs.AREA_NOTEBOOKS.values()) for scope in reads
    }
    assert scopes <= set(jobs.SCOPES)


def test_steps_that_read_the_same_share_one_folder(folder):
    steps = {step.notebook: step for step in jobs.steps(jobs.Job("zibo-13", "2020-08-10"), folder)}
    assert steps["02_trends"].files is steps["07_cost_benefit"].files
    assert steps["01_indicators"].files != steps["06_survey"].files


def test_an_areas_own_notebooks_do_not_hang_on_the_yardstick(folder):
    """The near miss: another yardstick re-runs the notebook that compares, and no other."""
    keys = [
        {
            step.notebook: fingerprint.key([step.parameters, jobs.digests(step.files)])
            for step in jobs.steps(job, folder)
        }
        for job in (jobs.Job(plan, "2024-12-31", "guangdong") for plan in ("china-13", "china-14"))
    ]
    assert {name for name in keys[0] if keys[0][name] != keys[1][name]} == {"13_area_yardstick"}
    assert all(re.fullmatch(r"\d\d_area_\w+", name) for name in keys[0])
