"""One verdict per target: each row of the table of eight, the words, the grade, the mark, office and evaluator.

City figures unless said otherwise: one target of 20 in 2020 from 10 in 2015; the chance is given by hand.
"""

from __future__ import annotations

import math
import shutil

import pandas as pd
import pytest

from zbanalysis.data import package, periods
from zbanalysis.outlook import verdict
from zbanalysis.plan import progress, standing
from zbanalysis.report import words

NAN = math.nan
SIX = {2013: 10.0, 2014: 11.0, 2015: 12.0, 2016: 13.0, 2017: 14.0, 2018: 15.0}


def target(**changed) -> dict:
    row = {
        "target": "t", "area": "city", "indicator": "x", "kind": "level", "direction": "up", "scale": "amount",
        "base_position": 2015.0, "base_value": 10.0, "basis": "old", "target_period": "2020",
        "target_position": 2020.0, "target_value": 20.0, "target_upper": NAN, "current_position": 2018.0,
        "current_value": 15.0, "current_basis": "old", "accumulated": NAN, "held_share": NAN,
    }  # fmt: skip
    assert set(changed) <= set(row)
    return row | changed


def figures(values: dict, basis: str = "old", **status: str) -> pd.DataFrame:
    """Figures of the target; ``y2018="estimate"`` names the status of a year."""
    return pd.DataFrame(
        [
            {"target": "t", "period": str(year), "position": float(year), "value": value, "published": str(value),
             "status": status.get(f"y{year}", "final"), "basis": basis, "source": "s"}
            for year, value in values.items()
        ]
    )  # fmt: skip


def judged(
    row: dict,
    chance: float = NAN,
    history: pd.DataFrame | None = None,
    rows: pd.DataFrame | None = None,
    disputed: pd.DataFrame | None = None,
    as_of: str | None = None,
    why: str = "",
) -> pd.Series:
    history = figures(SIX) if history is None else history
    if row["kind"] in ("floor", "ceiling"):
        first = (
            periods.start(row["target_period"]) if math.isnan(row["base_position"]) else row["base_position"]
        )
        known = periods.with_positions(history[history["position"] <= row["current_position"]])
        row = row | {"direction": "up" if row["kind"] == "floor" else "down"}
        begun = pd.Series(row | {"base_position": first, "accumulation": "stock", "comparator": ""})
        row = row | standing.held(begun, known)
    found = progress.classify(pd.DataFrame([row]))
    outlook = pd.DataFrame(
        {
            "target": "t",
            "aim": [row["target_value"]],
            "points": [len(history)],
            "chance": [chance],
            "chance_reason": [why],
        }
    )
    return verdict.verdicts(found, outlook, history, rows, disputed, as_of).iloc[0]


ENDED = {"current_position": 2020.0}

TABLE = [
    ("sum at its target before the end", target(kind="cumulative_sum", accumulated=20.0), NAN, "reached"),
    ("sum below it", target(kind="cumulative_sum", accumulated=19.9), 0.85, "on_course"),
    ("year over, met", target(**ENDED, current_value=20.0), NAN, "reached"),
    ("year over, met downwards", target(**ENDED, direction="down", base_value=30.0, current_value=20.0), NAN, "reached"),
    ("level at its target before its year", target(current_value=20.0), 0.99, "to_be_held"),
    ("the same with hardly a chance of holding", target(current_value=20.0), 0.10, "to_be_held"),
    ("chance of .8", target(), 0.80, "on_course"),
    ("just below", target(), 0.794, "possible"),
    ("chance of .4", target(), 0.40, "possible"),
    ("just below that", target(), 0.394, "unlikely"),
    ("year over, not met", target(**ENDED, current_value=19.99), NAN, "missed"),
    ("no chance", target(), NAN, "not_judged"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "chance", "word"), [line[1:] for line in TABLE], ids=[line[0] for line in TABLE]
)
def test_each_row_of_the_table_of_eight(row, chance, word):
    assert judged(row, chance)["verdict"] == word


@pytest.mark.parametrize(
    ("number", "letter", "zh"),
    [
        (6, "A", "能够完成"),
        (5, "B", "能够完成"),
        (4, "C", "有望完成"),
        (2, "C", "有望完成"),
        (1, "D", "有望完成"),
    ],
)
def test_the_words_are_hedged_where_little_is_known(number, letter, zh):
    history = figures(dict(list(SIX.items())[-number:]))
    got = judged(target(), 0.9, history)
    assert (got["grade"], got["sound"], got["verdict_zh"]) == (letter, number, zh)
    assert got["outside_view"] == (letter in "CD")


@pytest.mark.parametrize(
    ("chance", "wide", "narrow"),
    [
        (0.6061, 0.60, 0.61),
        (0.776, 0.80, 0.78),
        (0.774, 0.75, 0.77),
        (0.999, 0.95, 0.99),
        (0.001, 0.05, 0.01),
    ],
)
def test_the_chance_is_rounded_as_the_evidence_allows_and_the_verdict_read_from_it(chance, wide, narrow):
    two, six = judged(target(), chance, figures({2017: 14.0, 2018: 15.0})), judged(target(), chance)
    assert (two["chance_shown"], six["chance_shown"]) == (pytest.approx(wide), pytest.approx(narrow))
    for got in (two, six):
        assert got["verdict"] == verdict.verdict_of(pd.Series([got["chance_shown"]])).item()


@pytest.mark.parametrize("word", ["reached", "cannot", "missed", "not_judged"])
def test_no_chance_stands_beside_what_is_decided(word):
    rows = view("evaluator", word)
    assert math.isnan(judged(target(), 0.5, rows=rows)["chance_shown"])
    for _, row, chance, expected in TABLE:
        if expected == word:
            assert math.isnan(judged(row, chance)["chance_shown"])


LIMIT = {"kind": "floor", "target_value": 12.0, "target_period": "2016/2020"}


@pytest.mark.parametrize(
    ("changed", "values", "word", "years"),
    [
        ({}, {2016: 12.5, 2017: 13.0, 2018: 15.0}, "to_be_held", ""),
        ({}, {2016: 12.5, 2017: 11.9, 2018: 15.0}, "cannot", "2017"),
        ({}, {2016: 11.0, 2017: 11.9, 2018: 15.0}, "cannot", "2016, 2017"),
        # The base is before the first year that counts; without a base the target's own period says so.
        ({}, {2015: 10.0, 2016: 12.5, 2018: 15.0}, "to_be_held", ""),
        ({"base_position": NAN, "base_value": NAN}, {2015: 10.0, 2017: 11.9, 2018: 15.0}, "cannot", "2017"),
        ({"base_position": NAN, "base_value": NAN}, {2015: 10.0, 2017: 12.0, 2018: 15.0}, "to_be_held", ""),
        ({**ENDED}, {2017: 11.9, 2020: 15.0}, "missed", "2017"),
        ({**ENDED}, {2017: 12.0, 2020: 15.0}, "reached", ""),
        ({"kind": "ceiling", "target_value": 16.0}, {2017: 16.1, 2018: 15.0}, "cannot", "2017"),
        ({"kind": "ceiling", "target_value": 16.0}, {2017: 16.0, 2018: 15.0}, "to_be_held", ""),
    ],
)  # fmt: skip
def test_a_yearly_limit_once_broken_cannot_be_kept_any_more(changed, values, word, years):
    """2.43 in 2023 breaks a floor of 2.50 in each year of the plan, whatever the last year brings."""
    got = judged(target(**LIMIT | changed), 0.92, figures(values))
    assert (got["verdict"], got["verdict_reason"]) == (word, "broken" if years else "")
    assert all(year in got["reason_zh"] for year in years.split(", "))
    if word == "cannot":
        assert math.isnan(got["chance_shown"])


def test_a_figure_of_part_of_a_year_breaks_no_yearly_limit():
    half = figures({2018: 15.0}).iloc[[0]].assign(period="2017H1", position=2016.5, value=11.0)
    assert judged(target(**LIMIT), 0.9, pd.concat([figures({2018: 15.0}), half]))["verdict"] == "to_be_held"


# --- the grade -------------------------------------------------------------------------------------------------------


def test_marking_one_point_an_estimate_lowers_the_grade():
    plain, marked = judged(target(), 0.9), judged(target(), 0.9, figures(SIX, y2016="estimate"))
    assert (plain["grade"], marked["grade"]) == ("A", "B")
    assert (plain["grade_reason"], marked["grade_reason"]) == ("", "estimate")
    assert "1" in marked["grade_zh"]
    assert "estimate" in marked["grade_en"]


@pytest.mark.parametrize(
    ("status", "flaw"), [("lower_bound", "bound"), ("upper_bound", "bound"), ("preliminary", "")]
)
def test_a_bound_is_not_sound_and_a_first_figure_is(status, flaw):
    got = judged(target(), 0.9, figures(SIX, y2016=status))
    assert (got["grade_reason"], got["sound"]) == (flaw, 5 if flaw else 6)


def test_a_point_on_another_definition_does_not_count():
    history = pd.concat([figures({2011: 3.0, 2012: 4.0}, basis="older"), figures(SIX)])
    got = judged(target(), 0.9, history)
    assert (got["sound"], got["grade"], got["grade_reason"]) == (6, "A", "other_basis")


def test_a_disputed_figure_does_not_count_but_a_revised_one_does():
    conflicts = pd.DataFrame(
        [
            {"find": "equal_in_other_area", "relation": "other_document", "area": "city", "indicator": "x", "period": "2013"},
            {"find": "figures_differ", "relation": "same_document", "area": "city", "indicator": "x", "period": "2014"},
            {"find": "figures_differ", "relation": "revised_later", "area": "city", "indicator": "x", "period": "2015"},
            {"find": "figures_differ", "relation": "different_basis", "area": "city", "indicator": "x", "period": "2016"},
            {"find": "figures_differ", "relation": "other_document", "area": "other", "indicator": "x", "period": "2017"},
        ]
    )  # fmt: skip
    got = judged(target(), 0.9, disputed=verdict.disputed(conflicts))
    assert (got["sound"], got["grade"], got["grade_reason"]) == (4, "C", "disputed")


# --- a figure on another definition ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "mark"),
    [(21.0, "reached_other_basis"), (20.0, "reached_other_basis"), (19.0, "short_other_basis")],
)
@pytest.mark.parametrize("position", [2018.0, 2020.0])
def test_another_definition_is_marked_and_not_among_the_reached(value, mark, position):
    row = target(current_value=value, current_basis="new", current_position=position)
    got = judged(row, 0.9, figures(SIX, basis="new"))
    assert (got["verdict"], got["verdict_reason"], got["mark"]) == ("not_judged", "other_basis", mark)
    assert got["mark_zh"]
    assert got["mark_en"]
    table = got.to_frame().T
    assert verdict.counts(table)["reached"] == 0
    assert verdict.counts(table)["marked"] == 1


def test_one_definition_has_no_mark():
    assert judged(target(**ENDED, current_value=21.0))["mark"] == ""


# --- the target year is over, its figure is not there ----------------------------------------------------------------


@pytest.mark.parametrize(("day", "word"), [("2020-12-31", "to_be_held"), ("2021-01-01", "not_judged")])
def test_a_target_year_that_is_over_without_its_figure_is_not_judged(day, word):
    got = judged(target(current_value=21.0), 0.9, as_of=day)
    assert got["verdict"] == word
    assert got["verdict_reason"] == ("" if word == "to_be_held" else "not_published")


# --- office and evaluator --------------------------------------------------------------------------------------------


def view(role: str, word: str, **changed) -> pd.DataFrame:
    row = {
        "area": "city", "indicator": "x", "target_period": "2020", "role": role, "verdict": word, "reason_zh": "因故",
        "reason_en": "for a reason", "by_zh": "某局", "by_en": "A bureau", "date": "2020-08-10", "source": "doc",
        "locator": "表 第9行",
    }  # fmt: skip
    return pd.DataFrame([row | changed])


def test_an_office_is_printed_beside_and_changes_nothing():
    plain, seen = judged(target(), 0.3), judged(target(), 0.3, rows=view("office", "on_course"))
    assert seen["verdict"] == plain["verdict"] == "unlikely"
    assert (seen["office_view"], seen["office_view_zh"], plain["office_view"]) == (
        "on_course",
        "能够完成",
        "",
    )
    assert (seen["office_by_zh"], seen["office_source"], seen["office_locator"]) == (
        "某局",
        "doc",
        "表 第9行",
    )
    assert not seen["overruled"]


def test_an_evaluator_overrules_and_both_are_there():
    got = judged(target(), 0.3, rows=view("evaluator", "cannot"))
    assert (got["verdict"], got["verdict_zh"], got["computed"], got["computed_zh"]) == (
        "cannot", "不能完成", "unlikely", "难以完成",
    )  # fmt: skip
    assert got["overruled"]
    assert (got["verdict_reason"], got["reason_zh"], got["reason_en"]) == (
        "evaluator",
        "因故",
        "for a reason",
    )
    assert (got["evaluator_by_en"], got["evaluator_date"], got["evaluator_source"]) == (
        "A bureau",
        "2020-08-10",
        "doc",
    )
    assert math.isnan(got["chance_shown"])


@pytest.mark.parametrize("changed", [{"area": "other"}, {"indicator": "y"}, {"target_period": "2025"}])
def test_a_judgement_of_something_else_does_not(changed):
    got = judged(target(), 0.3, rows=view("evaluator", "cannot", **changed))
    assert (got["verdict"], got["evaluator_view"]) == ("unlikely", "")


@pytest.mark.parametrize(
    ("word", "final"), [("cannot", "reached"), ("on_course", "reached"), ("not_judged", "not_judged")]
)
def test_what_was_expected_gives_way_to_the_figure_of_the_target_year(word, final):
    got = judged(target(**ENDED, current_value=20.0), rows=view("evaluator", word))
    assert (got["verdict"], got["overruled"]) == (final, final != "reached")


# --- counts ----------------------------------------------------------------------------------------------------------


def test_the_counts_add_up():
    table = pd.DataFrame([judged(row, chance) for _, row, chance, _ in TABLE])
    found = verdict.counts(table)
    assert sum(found[name] for name in verdict.VERDICTS) == found["total"] == len(TABLE)
    expected = pd.Series([word for *_, word in TABLE]).value_counts()
    assert {name: found[name] for name in verdict.VERDICTS} == {
        name: int(expected.get(name, 0)) for name in verdict.VERDICTS
    }


def test_eight_verdicts_each_with_words_in_two_languages():
    assert len(verdict.VERDICTS) == 8
    assert set(verdict.HEDGED) < set(verdict.VERDICTS)
    pairs = [*verdict.WORDS.values(), *verdict.HEDGED.values()]
    assert all(zh and en for zh, en in pairs)
    assert len({zh for zh, _ in pairs}) == len({en for _, en in pairs}) == len(pairs)


# --- the table of judgements -----------------------------------------------------------------------------------------

ROWS = """plan,subject,area,indicator,target_period,task,role,verdict,check,state,reason_zh,reason_en,by_zh,by_en,date,source,locator
zibo-13,target,,rd_intensity,2020,,office,on_course,,,预计达到,Expected,科技局,Bureau,2020-08-10,zibo-evaluation-2020,表后段
zibo-13,target,,rd_intensity,2020,,evaluator,unlikely,,,甲,a,评估组,Evaluators,2020-08-09,zibo-evaluation-2020,表后段
zibo-13,target,,rd_intensity,2020,,evaluator,possible,,,乙,b,评估组,Evaluators,2020-08-10,zibo-evaluation-2020,表后段
zibo-13,task,,,,zibo-13-environment,evaluator,,verified,,,,评估组,Evaluators,2020-08-10,zibo-evaluation-2020,表后段
zibo-13,target,,rd_intensity,2020,,evaluator,reached,,,丙,c,评估组,Evaluators,2022-04-19,zibo-plan-14,表
"""


def test_the_newest_row_known_on_the_day_counts(data_dir, tmp_path):
    shutil.copytree(data_dir, tmp_path / "data")
    (tmp_path / "data" / "judgements.csv").write_text(ROWS, "utf-8")
    dataset = package.load(tmp_path / "data")
    found = verdict.judgements(dataset, "zibo-13", "2020-08-10").set_index("role")
    assert found["verdict"].to_dict() == {"office": "on_course", "evaluator": "possible"}
    assert set(found["area"]) == {"zibo"}
    later = verdict.judgements(dataset, "zibo-13", "2022-04-19").set_index("role")
    assert later.loc["evaluator", "verdict"] == "reached"
    assert verdict.judgements(dataset, "zibo-14", "2022-04-19").empty
    table = verdict.judge(dataset, "zibo-13", "2020-08-10").set_index("indicator")
    assert table.loc["rd_intensity", ["verdict", "office_view"]].tolist() == ["possible", "on_course"]


def test_a_printed_chance_is_rounded_at_the_limits_of_the_verdicts() -> None:
    assert words.VERDICT_LIMITS == (verdict.POSSIBLE, verdict.LIKELY)
    assert [words.chance(one, "en") for one in (verdict.LIKELY - 0.002, verdict.LIKELY)] == ["79.8%", "80%"]
