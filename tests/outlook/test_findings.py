"""Findings: a made-up folder with each of them once, and one with none."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.evidence import audit
from zbanalysis.outlook import findings
from zbanalysis.plan import progress

DAY = "2020-12-31"
_SCHEMA = json.loads((package.DATA / "datapackage.json").read_text("utf-8"))["resources"]
FIELDS = {one["name"]: [field["name"] for field in one["schema"]["fields"]] for one in _SCHEMA}

# Made up: indicator, base, target, then figures as (year, value, basis, source).
TARGETS = {
    "basis": (10, 20, [(2015, 10, "old", "first"), (2019, 15, "new", "second")]),
    "lowered": (10, 20, [(2015, 10, "old", "first"), (2019, 15, "old", "second")]),
    "fell": (10, 20, [(2015, 10, "old", "first"), (2018, 21, "old", "first"), (2019, 18, "old", "second")]),
    "disputed": (10, 20, [(2015, 10, "old", "first"), (2019, 15, "old", "second"), (2019, 12, "old", "same")]),
    "early": (10, 20, [(2015, 10, "old", "first"), (2018, 25, "old", "second")]),
    "quiet": (10, 20, [(2015, 10, "old", "first"), (2019, 15, "old", "second")]),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A folder with some of the made-up targets."""

    def write(*names: str, lowered: bool = False, rank: tuple[int, int] | None = None):
        place = tmp_path / "_".join(names)
        place.mkdir()

        def table(name, header, rows):
            given = header.split(",")
            fields = FIELDS[name] + [column for column in given if column not in FIELDS[name]]
            filled = [dict(zip(given, row, strict=True)) for row in rows]
            lines = [",".join(str(row.get(column, "")) for column in fields) for row in filled]
            (place / f"{name}.csv").write_text("\n".join([",".join(fields), *lines]) + "\n", "utf-8")

        days = {"first": "2019-03-01", "same": "2020-06-01", "second": "2020-06-01"}
        table(
            "sources",
            "source,title_zh,title_en,publisher_zh,publisher_en,document_number,date_published,"
            "confidence,note_zh,note_en",
            [(s, s, s, "x", "x", "", day, "high", "", "") for s, day in days.items()],
        )
        table("areas", "area,name_zh,name_en,level,parent", [("town", "town", "Town", "city", "")])
        table("bases", "basis,name_zh,name_en", [("old", "old", "Old"), ("new", "new", "New")])
        every = [*names, *(["rank"] if rank else [])]
        table("indicators", "indicator,name_zh,name_en,unit_zh,unit_en,direction,scale,lower_bound,upper_bound,"
              "accumulation,domain",
              [(n, n, n.title(), "x", "x", "down" if n == "rank" else "up", "rank" if n == "rank" else "count",
                0, "", "stock", "other") for n in every])  # fmt: skip
        table(
            "plans",
            "plan,area,name_zh,name_en,base_year,start_year,end_year,source,report",
            [("plan", "town", "plan", "Plan", 2015, 2016, 2020, "first", "yes")],
        )
        rows = [
            ("town", n, year, value, "final", basis, source, "p", "")
            for n in names
            for year, value, basis, source in TARGETS[n][2]
        ]
        rows += [
            ("town", "rank", year, value, "final", "old", "second", "p", "")
            for year, value in zip((2016, 2019), rank or (), strict=False)
        ]
        table("observations", "area,indicator,period,value,status,basis,source,locator,note", rows)
        header = (
            "plan,area,indicator,order,kind,base_period,base_value,basis,target_period,target_value,"
            "target_upper,stated_rate,stated_change,attribute,source,locator,note"
        )
        targets = [("plan", "town", n, k, "level", 2015, TARGETS[n][0], "old", 2020, TARGETS[n][1], "", "", "",
                    "unstated", "first", "p", "") for k, n in enumerate(names, 1)]  # fmt: skip
        if lowered:
            targets += [
                (*row[:9], 16, *row[10:14], "second", "p", "") for row in targets if row[2] == "lowered"
            ]
        table("targets", header, targets)
        (place / "datapackage.json").write_bytes((package.DATA / "datapackage.json").read_bytes())
        return place

    return write


def found(place) -> pd.DataFrame:
    data = package.load(place)
    return findings.findings(data, progress.progress(data, "plan", DAY), DAY, audit.conflicts(data, DAY))


def test_each_finding_once_heaviest_first(folder):
    rows = found(folder(*TARGETS, lowered=True, rank=(2, 5)))
    assert rows["finding"].tolist() == [
        "basis_changed", "target_lowered", "fell_back", "rank_fell", "disputed", "early_by_far",
    ]  # fmt: skip
    by = rows.set_index("finding")
    assert by.loc["fell_back", ["before", "after", "limit"]].tolist() == ["21", "18", "20"]
    assert by.loc["rank_fell", ["before", "after", "size"]].tolist() == ["2", "5", 1.5]
    assert by.loc["target_lowered", ["before", "limit"]].tolist() == ["20", "16"]
    assert by.loc["target_lowered", "size"] == pytest.approx(0.2)
    assert by.loc["early_by_far", "size"] == pytest.approx(0.5)  # 15 of the 10 asked
    assert by.loc["disputed", "size"] == pytest.approx(0.2)  # 12 against 15
    assert (rows[["source", "locator"]] != "").all().all()
    assert rows["weight"].is_monotonic_decreasing


def test_a_quiet_plan_has_no_finding(folder):
    assert found(folder("quiet", rank=(5, 2))).empty


def test_just_under_by_far_is_no_finding(folder, monkeypatch):
    monkeypatch.setitem(TARGETS, "early", (10, 20, [(2015, 10, "old", "first"), (2018, 24, "old", "second")]))
    assert found(folder("early")).empty
