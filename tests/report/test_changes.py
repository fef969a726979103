"""What changed between two reports, and why: pairs made by hand, and the two real reports on one plan."""

from __future__ import annotations

import copy
import os

import pandas as pd
import pytest

from zbanalysis.errors import InputError
from zbanalysis.report import blocks, cells, results
from zbanalysis.report import words as labels
from zbanalysis.report.blocks import Report
from zbanalysis.report.chapters.changes import (
    CHANGES,
    COLUMNS,
    changes,
    earlier,
    listed,
    sections,
    sentences,
    unchanged,
)

PROGRESS = {
    "target": "t", "order": 1, "name_zh": "专利", "name_en": "Patents", "unit_zh": "件", "unit_en": "items",
    "scale": "count", "area": "x", "area_zh": "某市", "area_en": "X", "plan_area": "x", "kind": "level",
    "direction": "up", "base_period": "2015", "published_base_value": "10", "target_period": "2020",
    "target_value": 20.0, "published_target_value": "20", "current_period": "2018", "current_value": 15.0,
    "current_published": "15", "completion": 0.5, "status": "behind", "final": False, "reached": False,
    "reason": "",
}  # fmt: skip
HISTORY = {"2015": "10", "2017": "12", "2018": "15"}


def table(changed: pd.DataFrame, lang: str) -> pd.DataFrame:
    return blocks.frame(listed(changed), CHANGES, lang)


def report(
    *targets: dict,
    history: dict | None = None,
    chance: float = 0.4,
    margin: float = 0.05,
    day: str = "2020-01-01",
) -> dict:
    """A result file with these targets, each the sample with other values."""
    rows = [{**PROGRESS, **target} for target in targets or ({},)]
    names = [row["target"] for row in rows]
    published = [
        {"target": name, "period": period, "basis": "one", "published": value, "status": "final"}
        for name in names
        for period, value in {**HISTORY, **(history or {})}.items()
    ]
    outlook = pd.DataFrame({"target": names, "chance": chance, "verdict": "possible"})
    parts = {
        "01_indicators": {"progress": pd.DataFrame(rows), "history": pd.DataFrame(published),
                          "rules": pd.DataFrame({"rule": ["schedule"]})},
        "03_feasibility": {"outlook": outlook},
    }  # fmt: skip
    return {
        "format": results.FORMAT,
        "manifest": {"margin": margin, "as_of": day},
        "sections": {
            name: {"parameters": {"plan": "p", "as_of": day}, "charts": {}, "facts": {},
                   "tables": {key: results._table(frame) for key, frame in tables.items()}}
            for name, tables in parts.items()
        },
    }  # fmt: skip


def found(before: dict, now: dict) -> dict[str, tuple[str, str, str]]:
    frame = changes(before, now)
    return {row["item"]: (row["before"], row["now"], row["cause"]) for _, row in frame.iterrows()}


@pytest.mark.parametrize(("key", "odd"), [("as_of", 20200101), ("plan", ["p"])])
def test_an_earlier_file_with_cells_of_another_type_is_refused(key, odd, tmp_path):
    before = report()
    before["sections"]["01_indicators"]["parameters"][key] = odd
    (tmp_path / "a.json").write_bytes(results.as_bytes(before))
    with pytest.raises(InputError, match="lacks results"):
        earlier(tmp_path / "a.json", report())
    (tmp_path / "a.json").write_bytes(results.as_bytes(report()))
    assert earlier(tmp_path / "a.json", report())["manifest"]["as_of"] == "2020-01-01"


def test_the_same_report_twice_has_no_changes():
    frame = changes(report(), report())
    assert frame.empty
    assert list(frame.columns) == list(COLUMNS)
    assert unchanged(report(), report())["same"] == 1


def test_a_later_figure_is_new_data_and_so_is_what_follows_from_it():
    now = report(
        {"current_period": "2019", "current_value": 21.0, "current_published": "21", "completion": 1.1,
         "status": "reached", "reached": True},
        history={"2019": "21"}, chance=0.9,
    )  # fmt: skip
    assert found(report(), now) == {
        "figure": ("15", "21", "new_data"),
        "judgement": ("status.behind", "status.reached", "new_data"),
        "completion": ("0.500", "1.100", "new_data"),
        "chance": ("0.400", "0.900", "new_data"),
    }
    assert unchanged(report(), now) == {
        "targets": 1, "same": 0, "changed": 1, "base": 1, "target": 1, "figure": 0, "history": 1,
        "judgement": 0, "completion": 0, "chance": 0, "verdict": 1,
    }  # fmt: skip


@pytest.mark.parametrize("digits", ["16", "15.0"])
def test_other_digits_for_the_same_period_are_a_revision(digits):
    """15 and 15.0 are one number and two statements: the second claims more."""
    now = report({"current_published": digits}, history={"2018": digits})
    assert found(report(), now) == {"figure": ("15", digits, "revision")}


def test_a_preliminary_figure_that_is_final_now_was_not_revised():
    now, before = report(chance=0.5), report()
    history = before["sections"]["01_indicators"]["tables"]["history"]
    history["rows"][-1][history["columns"].index("status")] = "preliminary"
    assert found(before, now) == {"history": ("15", "15", "status"), "chance": ("0.400", "0.500", "status")}
    frame = changes(before, now)
    assert not any("evised" in one for one in sentences(frame, unchanged(before, now), "2020-01-01", "en"))
    assert table(frame, "en").iloc[:, -1].str.contains("status").all()


@pytest.mark.parametrize(
    ("was", "now"), [("FY2018", "FY2019"), ("2016/2018", "2016/2019"), ("2018H1", "2018")]
)
def test_a_later_period_is_new_data_however_it_is_written(was, now):
    before, after = (
        report({"current_period": was}),
        report({"current_period": now, "current_published": "16"}),
    )
    assert found(before, after)["figure"] == ("15", "16", "new_data")
    assert found(after, before)["figure"] == ("16", "15", "withdrawal")


def test_an_older_figure_corrected_is_a_revision_of_what_is_computed_from_it():
    now = report(history={"2017": "13"}, chance=0.5)
    assert found(report(), now) == {
        "history": ("12", "13", "revision"), "chance": ("0.400", "0.500", "revision"),
    }  # fmt: skip


def test_the_base_year_corrected_later_is_a_revision_though_the_plan_prints_the_old_base():
    """FAULTS 17: the figure of the base year went from 10 to 11; the plan's own base stays 10."""
    assert found(report(), report(history={"2015": "11"}, chance=0.6)) == {
        "history": ("10", "11", "revision"), "chance": ("0.400", "0.600", "revision"),
    }  # fmt: skip


def test_a_figure_that_is_gone_was_withdrawn():
    before = report(history={"2016": "11"})
    assert found(before, report(chance=0.6)) == {
        "history": ("11", "", "withdrawal"), "chance": ("0.400", "0.600", "withdrawal"),
    }  # fmt: skip
    # The newest is told once, by the row of the newest figure.
    newest = {"current_period": "2019", "current_value": 21.0, "current_published": "21"}
    assert found(report(newest, history={"2019": "21"}), report()) == {"figure": ("21", "15", "withdrawal")}


def test_another_definition_an_evaluator_and_a_year_that_ended_are_causes_of_their_own():
    assert found(report(), report({"kind": "floor"}, chance=0.6)) == {
        "chance": ("0.400", "0.600", "definition")
    }
    judged, over = report(), report({"final": True})
    judged["sections"]["03_feasibility"]["tables"]["outlook"] = results._table(
        pd.DataFrame(
            {"target": ["t"], "chance": [0.5], "verdict": ["on_course"], "evaluator_view": ["on_course"]}
        )
    )
    assert found(report(), judged) == {
        "chance": ("0.400", "0.500", "method"), "verdict": ("possible", "on_course", "evaluator"),
    }  # fmt: skip
    assert found(report(), over) == {"judgement": ("status.behind", "status.final.behind", "time")}


def test_counts_of_verdicts_are_no_rule_and_a_limit_is():
    before, counted, limit = report(), report(chance=0.6), report()
    for one, facts in ((before, {"likely": 0.8, "reached": 1}), (counted, {"likely": 0.8, "reached": 2})):
        one["sections"]["03_feasibility"]["facts"] = facts
    counted["sections"]["03_feasibility"]["tables"]["outlook"]["rows"][0][2] = "on_course"
    assert found(before, counted)["verdict"] == ("possible", "on_course", "method")
    limit["sections"]["03_feasibility"] = {
        **counted["sections"]["03_feasibility"], "facts": {"likely": 0.6, "reached": 2},
    }  # fmt: skip
    assert found(before, limit)["verdict"] == ("possible", "on_course", "rule")


def test_an_older_figure_published_late_is_new_data():
    assert found(report(), report(history={"2016": "11"}, chance=0.5)) == {
        "chance": ("0.400", "0.500", "new_data")
    }


def test_a_moved_target_is_a_revision():
    now = report({"target_value": 14.0, "published_target_value": "14", "status": "reached", "reached": True})
    assert found(report(), now) == {
        "target": ("20", "14", "revision"), "judgement": ("status.behind", "status.reached", "revision"),
    }  # fmt: skip


@pytest.mark.parametrize(("figure", "alone"), [(17.0, "revision"), (21.0, "new_data"), (20.0, "new_data")])
def test_of_a_new_figure_and_a_moved_target_the_one_that_settles_it_is_told(figure, alone):
    moved = {"current_period": "2019", "current_value": figure, "current_published": f"{figure:.0f}",
             "target_value": 16.0, "published_target_value": "16", "status": "reached", "reached": True}  # fmt: skip
    frame = changes(report(), report(moved, history={"2019": f"{figure:.0f}"}))
    (row,) = frame[frame["item"] == "judgement"].to_dict("records")
    assert (row["cause"], row["alone"]) == ("new_data+revision", alone)


def test_another_margin_is_the_rule_and_nothing_else_the_method():
    other = {"status": "on_schedule"}
    assert found(report(), report(other, margin=0.1)) == {
        "judgement": ("status.behind", "status.on_schedule", "rule")
    }
    assert found(report(), report(chance=0.5)) == {"chance": ("0.400", "0.500", "method")}


def test_a_difference_that_is_not_printed_is_none():
    assert changes(report(chance=0.4), report({"completion": 0.50001}, chance=0.4004)).empty


def test_targets_come_and_go():
    frame = changes(report({}, {"target": "old"}), report({}, {"target": "new"}))
    assert dict(zip(frame["target"], frame["cause"], strict=True)) == {
        "new": "new_target",
        "old": "dropped_target",
    }
    assert unchanged(report({}, {"target": "old"}), report())["targets"] == 1


def test_the_inputs_stay_as_they_are():
    before, now = report(), report(chance=0.6)
    kept = copy.deepcopy((before, now))
    changes(before, now)
    assert (before, now) == kept


def test_judgements_are_those_of_the_tables():
    for final in (True, False):
        for reached in (True, False):
            for status in ("reached", "behind"):
                row = pd.Series({**PROGRESS, "final": final, "reached": reached, "status": status})
                assert labels.label(cells.judgement_key(row.to_dict()), "zh") == cells.judgement(row, "zh")


# --- files named by --since ---


def test_an_earlier_report_is_read(tmp_path):
    results.write(tmp_path / "a.json", report())
    assert earlier(tmp_path / "a.json", report(day="2021-01-01")) == report()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe", b"[1]"])
def test_what_is_no_result_file_is_refused(tmp_path, content):
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"--since .* is not a result file"):
        earlier(path, report())
    with pytest.raises(InputError, match="is not a result file"):
        earlier(tmp_path, report())


def test_a_report_of_another_plan_a_later_day_or_half_done_is_refused(tmp_path):
    path = tmp_path / "a.json"
    other = report()
    other["sections"]["01_indicators"]["parameters"]["plan"] = "q"
    results.write(path, other)
    with pytest.raises(InputError, match="a report on q, not on p"):
        earlier(path, report())
    results.write(path, report(day="2021-01-01"))
    with pytest.raises(InputError, match="later than this report"):
        earlier(path, report())
    for part in ("03_feasibility", "01_indicators"):
        half = report()
        del half["sections"][part]
        results.write(path, half)
        with pytest.raises(InputError, match=f"lacks results this report needs .table [a-z]+ of {part}"):
            earlier(path, report())


@pytest.mark.parametrize("column", ["order", "chance", "basis"])
def test_a_file_of_another_version_is_refused_by_a_sentence(tmp_path, column):
    other = report()
    for section in other["sections"].values():
        for name, found_table in section["tables"].items():
            if column in found_table["columns"]:
                frame = results.table(other, "01_indicators" if name != "outlook" else "03_feasibility", name)
                section["tables"][name] = results._table(frame.drop(columns=column))
    results.write(tmp_path / "a.json", other)
    with pytest.raises(InputError, match=f"column {column} of"):
        earlier(tmp_path / "a.json", report())


def test_words_of_another_version_are_refused(tmp_path):
    other = report()
    other["sections"]["03_feasibility"]["tables"]["outlook"]["rows"][0][2] = "with_effort"
    results.write(tmp_path / "a.json", other)
    with pytest.raises(InputError, match="lacks results this report needs"):
        earlier(tmp_path / "a.json", report())


def test_shape_and_depth_are_checked_on_reading(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"format": 1, "sections": ' + "[" * 200_000 + "]" * 200_000 + "}")
    with pytest.raises(InputError, match="is not a result file"):
        earlier(path, report())
    for wrong in ([1], {"columns": ["a", "b"], "numbers": [], "rows": [[1]]}, {"columns": "ab", "rows": []}):
        other = report()
        other["sections"]["01_indicators"]["tables"]["history"] = wrong
        results.write(path, other)
        with pytest.raises(InputError, match="is not a result file"):
            earlier(path, report())


# --- the two reports on zibo-13, made without kernels ---


@pytest.fixture(scope="module")
def real(plan_result) -> list[dict]:
    days = ("2020-08-10", "2022-04-19")
    return [{**plan_result("zibo-13", day), "manifest": {"margin": 0.05, "as_of": day}} for day in days]


@pytest.mark.slow
def test_the_two_reports_on_the_thirteenth_plan(real):
    """By hand from the two documents: table of the evaluation (2020), tables of the 14th plan (2022)."""
    frame = changes(*real)
    rows = {
        (row["target"].split("/")[1], row["item"]): (row["before"], row["now"], row["cause"])
        for _, row in frame.iterrows()
    }
    assert rows["rd_intensity", "figure"] == ("2.63", "2.79", "new_data")
    assert rows["rd_intensity", "judgement"] == ("status.ahead", "status.final.reached", "new_data")
    assert rows["invention_patents_valid_per_10k", "target"] == ("16", "14", "revision")
    assert rows["invention_patents_valid_per_10k", "base"] == ("", "7.81", "new_data")
    assert rows["pct_patent_applications", "figure"] == ("81", "71", "new_data")
    assert rows["pct_patent_applications", "judgement"] == (
        "status.reached",
        "status.final.behind",
        "new_data",
    )
    moved = frame[(frame["item"] == "judgement") & (frame["alone"] == "revision")]
    assert moved["target"].tolist() == ["zibo/invention_patents_valid_per_10k/level/2020"]
    # No figure after 2019 and 2020H1 was published for these two, and their year is over.
    for name in ("provincial_innovation_platforms", "national_incubation_carriers"):
        items = {item: sides[:2] for (target, item), sides in rows.items() if target == name}
        assert items == {"verdict": ("to_be_held", "not_judged")}
    assert unchanged(*real)["same"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["81（2019年）→71（2020年）", "取决于目标值的修订"]),
        (
            "en",
            ["from 81 (2019) to 71 (2020)", "only because the target was revised"],
        ),
    ],
)
def test_the_section_says_it(real, lang, words):
    (section,) = sections(Report(real[1], lang, before=real[0]))
    text = "\n".join(block["text"] for block in section["blocks"] if block["type"] == "paragraph")
    assert [word for word in words if word not in text] == []
    (shown,) = [block for block in section["blocks"] if block["type"] == "table"]
    assert all(isinstance(cell, str) for row in shown["rows"] for cell in row)
    assert len(shown["columns"]) == 6


def test_every_cause_has_words_and_nothing_changed_is_said_too():
    cases = [
        report({"status": "on_schedule"}, margin=0.1), report(chance=0.5), report({}, {"target": "new"}),
        report({"current_published": "16"}, history={"2018": "16"}), report(),
    ]  # fmt: skip
    for lang in labels.LANGUAGES:
        for now in cases:
            frame = changes(report(), now)
            said = sentences(frame, unchanged(report(), now), "2020-01-01", lang)
            assert len(said) == 1 + bool(len(frame))
            assert len(table(frame, lang)) == len(frame)
    assert sections(Report(report(), "zh")) == []
    (section,) = sections(Report(report(), "en", before=report()))
    assert [block["type"] for block in section["blocks"]] == ["paragraph"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of Unix")
def test_a_pipe_as_earlier_result_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(InputError, match="not a result file"):
        earlier(tmp_path / "pipe.json", {})
