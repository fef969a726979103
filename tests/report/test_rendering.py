"""One language of a report from its result file."""

from __future__ import annotations

import datetime as dt

from zbanalysis.report import rendering


def test_the_reports_own_time_is_the_midnight_of_its_day():
    assert rendering._midnight("2020-08-10") == dt.datetime(2020, 8, 10, tzinfo=dt.UTC)
