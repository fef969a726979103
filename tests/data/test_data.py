"""The data as frames, and what was known on a day."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError


@pytest.fixture(scope="module")
def shipped(data_dir) -> package.Dataset:
    return package.load(data_dir)


def value_of(view: package.Dataset, area: str, indicator: str, period: str) -> list[str]:
    rows = view.observations
    return rows.loc[
        (rows["area"] == area) & (rows["indicator"] == indicator) & (rows["period"] == period), "published"
    ].tolist()


def test_published_digits_are_kept_as_they_stand_in_the_file(shipped, data_dir):
    with (data_dir / "observations.csv").open(encoding="utf-8", newline="") as file:
        printed = [row["value"] for row in csv.DictReader(file)]
    assert shipped.observations["published"].tolist()[: len(printed)] == printed
    assert (shipped.observations["value"] == shipped.observations["published"].map(float)).all()


def test_every_figure_has_a_source_a_locator_and_a_day(shipped):
    for table in (shipped.observations, shipped.targets):
        assert (table["source"] != "").all()
        assert (table["locator"] != "").all()
        assert table["known_since"].map(lambda day: isinstance(day, dt.date)).all()


def test_half_widths_and_positions(shipped):
    first = shipped.observations.query("indicator == 'hightech_output_share' and period == '2020Q1'").iloc[0]
    assert (first["half_width"], first["position"], bool(first["part_year"])) == (0.005, 2019.25, True)
    target = shipped.targets.query("indicator == 'key_talent_experts_added'").iloc[0]
    assert (target["base_position"], target["target_position"]) == (2020.0, 2025.0)


def test_the_first_row_of_a_source_wins_and_the_newest_source_wins(shipped):
    # The plan of 2022 has 2.14 in its table and, further down, 2.11 in its text.
    assert value_of(shipped, "zibo", "rd_intensity", "2015") == ["2.14", "2.14", "2.11"]
    assert value_of(package.as_of(shipped, "2022-04-19"), "zibo", "rd_intensity", "2015") == ["2.14"]
    # In 2019 a government report had 2.46 for 2018; the evaluation of 2020 has 2.63.
    assert value_of(package.as_of(shipped, "2019-12-31"), "zibo", "rd_intensity", "2018") == ["2.46"]
    assert value_of(package.as_of(shipped, "2020-08-10"), "zibo", "rd_intensity", "2018") == ["2.63"]


def test_a_day_counts_from_its_morning(shipped):
    assert value_of(package.as_of(shipped, "2022-04-18"), "zibo", "pct_patent_applications", "2020") == []
    assert value_of(package.as_of(shipped, "2022-04-19"), "zibo", "pct_patent_applications", "2020") == ["71"]


@pytest.mark.parametrize("date", ["2010-06-22", "2019-01-22", "2020-08-10", "2022-04-19", "2026-01-01"])
def test_as_of_agrees_with_a_naive_search(shipped, date):
    day = dt.date.fromisoformat(date)
    best: dict[tuple, tuple] = {}
    for index, since, *key in shipped.observations[["known_since", *package.OBSERVATION_KEY]].itertuples():
        if since <= day and (tuple(key) not in best or since > best[tuple(key)][0]):
            best[tuple(key)] = (since, index)
    assert package.as_of(shipped, date).observations.index.tolist() == sorted(
        index for _, index in best.values()
    )


def test_figures_on_different_bases_both_stay(shipped):
    bases = package.as_of(shipped, "2022-04-19").observations.query("area == 'zibo' and indicator == 'gdp'")[
        "basis"
    ]
    assert set(bases) == {"gdp_before_census4", "gdp_after_census4"}


def test_targets_have_vintages(shipped):
    def patents(date):
        found = package.targets_of(shipped, "zibo-13", date)[1].set_index("indicator")
        return found.loc["invention_patents_valid_per_10k", "published"]

    assert (patents("2020-08-10"), patents("2022-04-18"), patents("2022-04-19")) == ("16", "16", "14")


def test_as_of_leaves_the_callers_data_alone(shipped):
    before = shipped.observations.copy()
    package.as_of(shipped, "2018-12-31")
    pd.testing.assert_frame_equal(shipped.observations, before)


def test_a_day_before_everything(shipped):
    earliest = shipped.sources["date_published"].min()
    day_before = dt.date.fromisoformat(earliest) - dt.timedelta(days=1)
    with pytest.raises(
        InputError, match=f"nothing had been published by then; the earliest source is of {earliest}"
    ):
        package.as_of(shipped, day_before)
    assert len(package.as_of(shipped, earliest).sources) == len(shipped.sources)


@pytest.mark.parametrize("text", ["", "yesterday", "2020-8-10", "2020-02-30", "10.08.2020", "2020"])
def test_a_malformed_day(text):
    with pytest.raises(InputError, match="is no day; write it as 2020-08-10"):
        package.parse_date(text)


def test_a_moment_is_taken_as_its_day(shipped):
    moment = dt.datetime(2022, 4, 19, 8, 30)
    assert package.parse_date(moment) == dt.date(2022, 4, 19)
    assert len(package.as_of(shipped, moment).targets) == len(package.as_of(shipped, "2022-04-19").targets)


def test_plans_and_their_newest_day(shipped):
    with pytest.raises(
        InputError, match=r"--plan 'Zibo-13' is not in the data; there are china-13, china-14, zibo-13"
    ):
        package.plan_row(shipped, "Zibo-13")
    record = package.plan_record(shipped, "zibo-14")
    assert (len(record), record["area_en"].iloc[0], int(record["end_year"].iloc[0])) == (1, "Zibo", 2025)
    assert package.newest_day(shipped, "zibo-13") == dt.date(2022, 4, 19)
    assert package.newest_day(shipped, "zibo-14") == dt.date(2022, 8, 18)
    without = replace(
        shipped, observations=shipped.observations[shipped.observations["source"] != "stdaily-2025-10-27"]
    )
    assert package.newest_day(without, "china-14") < package.newest_day(shipped, "china-14")
    # An office's later account of a task makes the report that counts it.
    accounts = shipped.tables["task_progress"]
    later = replace(
        shipped,
        tables=dict(shipped.tables) | {"task_progress": accounts.assign(source="zibo-annual-plan-2024")},
    )
    assert package.newest_day(later, "zibo-13") == dt.date(2024, 3, 27)
    assert package.newest_day(later, "zibo-14") == dt.date(2022, 8, 18)


def test_the_targets_stand_in_the_plans_order(shipped):
    targets = package.targets_of(shipped, "zibo-13", "2022-04-19")[1]
    assert targets["order"].tolist() == list(range(1, 11))
