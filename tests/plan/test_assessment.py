"""People's own files judged: golden pairs, bad rows, what is written.

A golden pair is named rules_scenario (``all`` or one rule).  Statuses and reasons were written by hand; the
scores were worked out with 40-digit decimals through ln and exp, or copied from the publication.  The digits
printed are the test.
"""

from __future__ import annotations

import csv
import math
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from zbanalysis.errors import DataError, InputError
from zbanalysis.plan import rules

GOLDEN = Path(__file__).parent / "golden" / "assess"
SCENARIOS = sorted(path.name.removesuffix("_in.csv") for path in GOLDEN.glob("*_in.csv"))
HEADER = "id,base_year,base_value,current_year,current_value,target_year,target_value,direction"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_printed(score: str, printed: str) -> bool:
    """The score rounds to the printed digits."""
    if not score or not printed:
        return score == printed
    half = Decimal(1).scaleb(Decimal(printed).as_tuple().exponent) / 2
    return abs(Decimal(score) - Decimal(printed)) <= half * Decimal("1.001") + Decimal("1e-13")


def write(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "in.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def test_there_are_golden_pairs_for_every_scenario():
    assert len(SCENARIOS) >= 12
    assert [f"{name}_out.csv" for name in SCENARIOS] == sorted(path.name for path in GOLDEN.glob("*_out.csv"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_golden_pair(scenario, tmp_path):
    rules.assess_file(GOLDEN / f"{scenario}_in.csv", scenario.partition("_")[0], tmp_path / "out.csv")
    got, expected = rows_of(tmp_path / "out.csv"), rows_of(GOLDEN / f"{scenario}_out.csv")
    assert [{k: v for k, v in row.items() if k != "score"} for row in got] == [
        {k: v for k, v in row.items() if k != "score"} for row in expected
    ]
    wrong = [
        (g["id"], g["rule"], g["score"], e["score"])
        for g, e in zip(got, expected, strict=True)
        if not as_printed(g["score"], e["score"])
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("score", "printed", "same"),
    [
        ("0.95259017", "0.95259", True),
        ("0.952596", "0.95259", False),
        ("", "0", False),
        ("0.0058411", "0.0058400", False),
    ],
)
def test_the_golden_comparison_can_fail(score, printed, same):
    assert as_printed(score, printed) is same


def test_all_bad_rows_are_named_at_once_and_nothing_is_written(tmp_path):
    path = write(
        tmp_path,
        'a,2015,"1,200",2020,10,2025,20,up',
        "b,2020,10,2019,10,2018,20,up",
        "fine,2015,10,2020,12,2025,20,up",
        "c,2015.5,10,2020,ten,2025,20,Up",
        "d,2015,10,2020,10,2025,inf,",
    )
    with pytest.raises(DataError) as caught:
        rules.assess_file(path, "all", tmp_path / "out.csv")
    found = [(p.row, p.column, p.value) for p in caught.value.problems]
    assert found == [
        (2, "base_value", "1,200"),
        (3, "current_year", "2019"),
        (3, "target_year", "2018"),
        (5, "base_year", "2015.5"),
        (5, "current_value", "ten"),
        (5, "direction", "Up"),
        (6, "target_value", "inf"),
        (6, "direction", ""),
    ]
    assert all(p.file == str(path) and p.expected for p in caught.value.problems)
    assert caught.value.exit_code == 2
    assert not (tmp_path / "out.csv").exists()


def test_target_year_before_base_year_is_wrong_and_in_the_base_year_is_not(tmp_path):
    with pytest.raises(DataError, match="a year not before the base year 2015"):
        rules.read_assessment(write(tmp_path, "a,2015,1,2020,2,2014,3,up"))
    assert len(rules.read_assessment(write(tmp_path, "a,2015,1,2020,2,2015,3,up"))) == 1


def test_empty_values_same_years_and_repeated_ids_are_no_errors(tmp_path):
    path = write(tmp_path, "a,2015,,2020,2,,,up", "a,2015,1,2015,1,2020,3,down")
    frame = rules.read_assessment(path)
    assert frame.index.tolist() == [2, 3]
    assert math.isnan(frame.loc[2, "base_value"])
    assert frame["base_year"].dtype == "float64"


def test_cells_are_written_as_they_stand_and_other_columns_kept(tmp_path):
    path = write(tmp_path, "研发,2015,2.10,2020,2.40,2025,3.00,up,note;1", header=HEADER + ",备注")
    out = rules.assess_file(path, out_path=tmp_path / "out.csv")
    assert out.columns.tolist() == [*HEADER.split(","), "备注", *rules.RESULTS]
    text = (tmp_path / "out.csv").read_bytes()
    assert (
        text.splitlines()[1]
        .decode()
        .startswith("研发,2015,2.10,2020,2.40,2025,3.00,up,note;1,schedule,-0.16")
    )
    assert not text.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in text


def test_values_of_different_orders_are_judged_and_named(tmp_path):
    said, path = [], write(tmp_path, "a,2015,2,2020,30000,2025,4,up", "b,2015,2,2020,0,2025,900,up")
    rules.assess_file(path, "schedule", tmp_path / "out.csv", said.append)
    assert len(said) == 1
    assert "row 2: base_value 2, current_value 30000" in said[0]


def test_a_row_without_answer_has_a_blank_score(tmp_path):
    path = write(tmp_path, "a,2015,2,2020,3,,,up")
    rules.assess_file(path, "schedule", tmp_path / "out.csv")
    assert (
        (tmp_path / "out.csv")
        .read_text(encoding="utf-8")
        .splitlines()[1]
        .endswith("schedule,,not_assessable,no_target")
    )


def test_default_is_schedule_to_standard_output(tmp_path, capsys):
    rules.assess_file(write(tmp_path, "a,2015,2,2020,3,2025,4,up"))
    assert capsys.readouterr().out.splitlines() == [
        HEADER + ",rule,score,status,reason",
        "a,2015,2,2020,3,2025,4,up,schedule,0.0,on_schedule,",
    ]


def test_unknown_rule_names_the_rules(tmp_path):
    with pytest.raises(InputError, match="no rule named linear; choose one of schedule, eurostat, opensdg"):
        rules.assess_file(tmp_path / "missing.csv", "linear")


def test_a_result_as_input_is_refused(tmp_path):
    path = write(tmp_path, "a,2015,2,2020,3,2025,4,up,x", header=HEADER + ",status")
    with pytest.raises(InputError, match=r"already has the column.s. status"):
        rules.assess_file(path)


def test_a_missing_column_is_named_with_those_found(tmp_path):
    with pytest.raises(InputError, match="lacks the column direction in row 1; found: id, base_year"):
        rules.read_assessment(write(tmp_path, "a,1,1,1,1,1,1", header=HEADER.removesuffix(",direction")))


def test_rows_and_rules_stand_in_order(tmp_path):
    lines = [f"r{i},2015,{i + 1},2020,{i + 2},2025,{i + 4},up" for i in range(4)]
    out = rules.assess_file(write(tmp_path, *lines), "all", tmp_path / "out.csv")
    assert out["id"].tolist() == [f"r{i}" for i in range(4) for _ in rules.RULES]
    assert out["rule"].tolist() == list(rules.RULES) * 4
    pd.testing.assert_series_equal(
        out["score"],
        rules.assess(rules.read_assessment(tmp_path / "in.csv"), "all")["score"],
    )
