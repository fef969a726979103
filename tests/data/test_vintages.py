"""What earlier documents said of a target."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from zbanalysis.data import package, periods, vintages
from zbanalysis.plan import progress


@pytest.fixture(scope="module")
def shipped(data_dir) -> package.Dataset:
    return package.load(data_dir)


def seen(dataset: package.Dataset, date: str, indicator: str) -> pd.Series:
    return progress.progress(dataset, "zibo-13", date).set_index("indicator").loc[indicator]


def with_figure(
    shipped: package.Dataset, period: str, value: float, indicator="pct_patent_applications"
) -> package.Dataset:
    """The data with one more figure, in the evaluation of 2020."""
    rows = shipped.observations
    like = rows[(rows["indicator"] == indicator) & (rows["source"] == "zibo-evaluation-2020")].head(1)
    more = like.assign(period=period, value=value, published=f"{value:g}")
    more = periods.with_positions(more.drop(columns=["position", "start", "part_year"]))
    return replace(shipped, observations=pd.concat([rows, more], ignore_index=True))


def test_a_revised_target_remembers_the_earlier_one_only_once_it_is_revised(shipped):
    assert seen(shipped, "2020-08-10", "invention_patents_valid_per_10k")["earlier_target"] == ""
    assert seen(shipped, "2022-04-19", "invention_patents_valid_per_10k")["earlier_target"] == "16"
    assert seen(shipped, "2022-04-19", "rd_intensity")["earlier_target"] == ""


def test_a_figure_that_met_the_target_before_is_remembered(shipped):
    row = seen(shipped, "2022-04-19", "pct_patent_applications")
    assert (row["earlier_best"], row["earlier_best_period"], row["earlier_best_basis"]) == (
        "81",
        "2019",
        "as_published",
    )
    stations = seen(shipped, "2020-08-10", "academician_workstations")
    assert (stations["earlier_best"], stations["earlier_best_basis"]) == ("86", "as_published")


def test_nothing_is_remembered_where_the_target_is_met_or_never_was(shipped):
    assert seen(shipped, "2020-08-10", "pct_patent_applications")["earlier_best"] == ""
    assert seen(shipped, "2020-08-10", "rd_intensity")["earlier_best"] == ""


def test_a_figure_just_under_the_target_did_not_meet_it(shipped):
    lower = shipped.observations["published"].eq("81") & shipped.observations["indicator"].eq(
        "pct_patent_applications"
    )
    nearly = replace(
        shipped,
        observations=shipped.observations.assign(value=shipped.observations["value"].mask(lower, 79.9)),
    )
    assert seen(nearly, "2022-04-19", "pct_patent_applications")["earlier_best"] == ""


def test_figures_before_the_base_are_no_progress_of_the_plan(shipped):
    assert (
        seen(with_figure(shipped, "2014", 99), "2022-04-19", "pct_patent_applications")["earlier_best"]
        == "81"
    )


def test_a_sum_over_several_years_does_not_meet_a_yearly_target(shipped):
    # 260 applications in four years are no year with 80.
    row = seen(with_figure(shipped, "2016/2019", 260), "2022-04-19", "pct_patent_applications")
    assert (row["earlier_best"], row["earlier_best_period"]) == ("81", "2019")


def test_revisions_leave_the_callers_frame_alone(shipped):
    found = progress.classify(progress.standing(shipped, "zibo-13", "2022-04-19"))
    before = found.copy()
    said = vintages.revisions(shipped, found, "2022-04-19")
    pd.testing.assert_frame_equal(found, before)
    assert said.index.equals(found.index)


def test_without_a_day_the_same_figure_counts_as_on_the_last(shipped):
    """One document gives 2.14 in its table and 2.11 in its text; the table counts, whatever the order of rows."""
    found = vintages.series("rd_intensity", "zibo", shipped)
    assert found.equals(vintages.series("rd_intensity", "zibo", shipped, package.LAST_DAY))
    old = found[(found["period"] == "2015") & (found["source"] == "zibo-plan-14")]
    assert old["published"].tolist() == ["2.14"]
    turned = replace(shipped, observations=shipped.observations.iloc[::-1].reset_index(drop=True))
    assert vintages.series("rd_intensity", "zibo", turned).equals(found)
