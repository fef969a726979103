"""Where an area's indicators may be: the years asked, reasons, chances and base rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.outlook import areas
from zbanalysis.plan import inputs
from zbanalysis.projection import base_rates, project

DAY = "2024-12-31"


@pytest.fixture(scope="module")
def tibet(data_dir):
    dataset = package.load(data_dir)
    rows = areas.indicators(dataset, "tibet", DAY)
    series = inputs.series_of(rows, areas.history(dataset, rows, DAY))
    return rows, series


def past(last: dict[str, int]) -> pd.DataFrame:
    return pd.concat(
        pd.DataFrame({"series": name, "year": [year - 1, year], "value": [1.0, 2.0]})
        for name, year in last.items()
    )


@pytest.mark.parametrize(
    ("last", "ends"),
    [
        ({"a": 2023}, (2025, 2030)),
        ({"a": 2024, "b": 2024, "c": 2025}, (2025, 2030)),
        (
            {"a": 2025, "b": 2025, "c": 2023},
            (2030, 2035),
        ),  # the plan's last year is published: the next counts
        ({"a": 2019, "b": 2020}, (2025, 2030)),  # at a tie the later year
        ({"a": 2011}, (2015, 2020)),
    ],
)
def test_plan_ends(last, ends):
    assert areas.plan_ends(past(last)) == ends


def test_one_row_for_each_indicator_and_year_and_the_projections_own_values(tibet):
    rows, series = tibet
    fan = areas.fans(rows, series, 2030)
    found = areas.outlook(rows, series, fan, (2025, 2030))
    assert len(found) == 2 * len(rows)
    whole = project.project(series, 7, inputs.nature_of(rows)).to_frame().set_index(["series", "year"])
    assert (rows["domain"] == "science").all()
    for row in found.itertuples():
        own = whole.loc[(row.target, row.year)]
        assert [row.mean, row.lo80, row.hi95] == pytest.approx([own["mean"], own["lo80"], own["hi95"]])


def test_growth_ahead_leads_from_the_last_figure_to_the_median(tibet):
    rows, series = tibet
    found = areas.outlook(rows, series, areas.fans(rows, series, 2030), (2025, 2030))
    years = found["year"] - found["last_year"]
    assert np.allclose(found["last_value"] * (1 + found["growth"] / 100) ** years, found["mean"])
    assert np.allclose(found["last_value"] + found["change"] * years, found["mean"])


def test_chance_and_rates_are_those_of_the_libraries_they_come_from(tibet):
    rows, series = tibet
    found = areas.outlook(rows, series, areas.fans(rows, series, 2030), (2030,))
    row = found.set_index("target").loc["rd_expenditure"]
    own = series[series["series"] == "rd_expenditure"]
    goal = pd.DataFrame(
        {"series": ["rd_expenditure"], "year": [2030], "value": [row["last_value"]], "direction": ["up"]}
    )
    ahead = project.project(own, 7, scale="amount", direction="up", domain="science")
    assert row["chance_better"] == pytest.approx(ahead.chance(goal)["chance"].iloc[0])
    rate = base_rates.base_rate(own, goal, scale="amount")["base_rate"].iloc[0]
    assert row["rate_better"] == pytest.approx(rate)
    assert row["rate_median"] < rate  # the median asks for more than not to fall


def test_better_is_lower_where_down_is_good(tibet):
    rows, series = tibet
    fan = areas.fans(rows, series, 2030)
    down = areas.outlook(rows.assign(direction="down"), series, fan, (2030,)).set_index("target")
    ahead = project.project(series, 7, inputs.nature_of(rows.assign(direction="down")))
    goals = down.reset_index().rename(columns={"target": "series", "last_value": "value"})
    lower = ahead.chance(goals[["series", "year", "value"]].assign(comparator="at_most"))
    assert down["chance_better"].tolist() == pytest.approx(lower["chance"].tolist())


def test_where_there_is_no_value_there_is_a_reason(tibet):
    """Synthetic: one point; a series that ended long ago; the year itself published; an ordinary one."""
    rows = tibet[0].head(4).reset_index(drop=True)
    names = rows["target"].tolist()
    years = {
        names[0]: [2023],
        names[1]: [2015, 2016, 2017],
        names[2]: [2023, 2024, 2025],
        names[3]: [2021, 2022, 2023],
    }
    series = pd.concat(
        pd.DataFrame({"series": name, "year": own, "value": np.linspace(1.0, 1.2, len(own))})
        for name, own in years.items()
    )
    fan = areas.fans(rows, series, 2030)
    found = areas.outlook(rows, series, fan, (2025, 2030))
    told = {name: found.loc[found["target"] == name, "reason"].tolist() for name in names}
    assert list(told.values()) == [
        ["one_point", "one_point"],
        ["", "too_far"],  # 2025 is eight years on, 2030 thirteen
        ["published", ""],
        ["", ""],
    ]


def test_a_thin_area_has_rows_and_reasons_only(data_dir):
    dataset = package.load(data_dir)
    rows = areas.indicators(dataset, "hainan", "2001-12-31")
    series = inputs.series_of(rows, areas.history(dataset, rows, "2001-12-31"))
    years = areas.plan_ends(series)
    found = areas.outlook(rows, series, areas.fans(rows, series, years[1]), years)
    assert years == (2005, 2010)
    assert set(found["reason"]) == {"one_point"}
    assert found[["mean", "chance_better", "rate_better"]].isna().all(axis=None)
