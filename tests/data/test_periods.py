"""Periods: where they begin and end, and what is none."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from zbanalysis.data import periods

# period, begins, stands at (years), last day, less than a year; by hand
KNOWN = [
    ("2019", 2018.0, 2019.0, "2019-12-31", False),
    ("2020Q1", 2019.0, 2019.25, "2020-03-31", True),
    ("2020Q2", 2019.25, 2019.5, "2020-06-30", True),
    ("2020Q4", 2019.75, 2020.0, "2020-12-31", True),
    ("2020H1", 2019.0, 2019.5, "2020-06-30", True),
    ("2020H2", 2019.5, 2020.0, "2020-12-31", True),
    ("2020M09", 2019.0, 2019.75, "2020-09-30", True),
    ("2020M02", 2019.0, 2019 + 2 / 12, "2020-02-29", True),
    ("2021M02", 2020.0, 2020 + 2 / 12, "2021-02-28", True),
    ("2020M12", 2019.0, 2020.0, "2020-12-31", False),
    ("2016/2019", 2015.0, 2019.0, "2019-12-31", False),
    ("2016/2020H1", 2015.0, 2019.5, "2020-06-30", False),
    ("2020Q2/2020Q3", 2019.25, 2019.75, "2020-09-30", True),
    ("FY2018", 2017.0, 2018.0, "2018-12-31", False),
    ("FY2016/FY2019", 2015.0, 2019.0, "2019-12-31", False),
    ("2017Q1/2018Q4", 2016.0, 2018.0, "2018-12-31", False),
]


@pytest.mark.parametrize(("period", "start", "position", "end", "part"), KNOWN)
def test_known_periods(period, start, position, end, part):
    assert periods.start(period) == pytest.approx(start)
    assert periods.position(period) == pytest.approx(position)
    assert periods.end_date(period) == dt.date.fromisoformat(end)
    assert periods.is_part_year(period) is part


@pytest.mark.parametrize("text", ["2017/18", "2017/2018", "1999/00", "1999/2000", "2017-18", "2017–2018"])
def test_a_fiscal_year_written_as_two_years_is_refused_with_both_right_ways(text):
    with pytest.raises(ValueError, match=r"write FY(2018|2000) .*, or (2017|1999)Q1/(2018|2000)Q4 for a sum"):
        periods.position(text)


@pytest.mark.parametrize("text", ["2016/2018", "2017/19", "2018/17", "2017/1918"])
def test_other_pairs_of_years_are_no_fiscal_year(text):
    assert periods.split_year(text) is None


def test_a_fiscal_year_ends_with_its_month():
    assert periods.end_date("FY2018", 3) == dt.date(2018, 3, 31)
    assert periods.begin_date("FY2018", 3) == dt.date(2017, 4, 1)
    assert periods.begin_date("FY2018") == dt.date(2018, 1, 1)
    assert periods.end_date("2018", 3) == dt.date(2018, 12, 31)


def test_a_half_year_is_half_a_year_before_the_full_year():
    assert periods.position("2020") - periods.position("2020H1") == 0.5
    assert periods.position("2020") - periods.position("2020Q3") != 0.5


NONE = [
    "",
    "20",
    "2020Q5",
    "2020H3",
    "2020M13",
    "2020M00",
    "2020-06",
    "2020年",
    "2016-2020",
    "/2019",
    "2016/",
    "2020Q1 ",
    "FY18",
    "FY2018Q1",
    "2017/FY2019",
    "FY2019/2021",
    "0000",
    "9999",
]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(
        ValueError, match="is no period; write 2019, 2020Q1, 2020H1, 2020M09, 2016/2019 or FY2018"
    ):
        periods.position(text)


@pytest.mark.parametrize("text", ["2016/2017/2019", "2016/x/2019"])
def test_a_span_has_two_ends_and_nothing_between(text):
    with pytest.raises(ValueError, match="is no period"):
        periods.position(text)


@pytest.mark.parametrize("text", ["2020/2016", "2020/2020H1", "2020Q3/2020Q2"])
def test_a_span_does_not_end_before_it_or_within_its_first_part(text):
    with pytest.raises(ValueError, match="is no period"):
        periods.position(text)


def test_full_width_digits_are_no_period():
    with pytest.raises(ValueError, match="is no period"):
        periods.position("２０１９")


def test_frames_get_positions_and_stay_as_they_were():
    frame = pd.DataFrame({"period": ["2019", "2020H1", "2019"], "value": [1, 2, 3]}, index=[7, 5, 7])
    before = frame.copy()
    found = periods.with_positions(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert found.index.tolist() == [7, 5, 7]
    assert found["position"].tolist() == [2019.0, 2019.5, 2019.0]
    assert found["start"].tolist() == [2018.0, 2019.0, 2018.0]
    assert found["part_year"].tolist() == [False, True, False]
    assert len(periods.with_positions(frame.iloc[:0])) == 0
