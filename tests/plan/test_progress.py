"""Progress of targets: golden pairs by scenario, and what the two Zibo plans and the national ones show."""

from __future__ import annotations

import csv
import functools
import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.plan import progress

GOLDEN = Path(__file__).parent / "golden" / "progress"
SCENARIOS = sorted(path.name.removesuffix("_in.csv") for path in GOLDEN.glob("*_in.csv"))
EXPECTED = [
    "current_period", "required", "completion", "elapsed", "score", "reached", "needed", "needed_measure", "margin",
    "status", "reason",
]  # fmt: skip
NUMBERS = {"required", "completion", "elapsed", "score", "needed", "margin"}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def scenarios(data_dir, tmp_path_factory) -> package.Dataset:
    """One data folder with every scenario as an indicator of one plan of one city."""
    folder = tmp_path_factory.mktemp("scenarios")
    descriptor = json.loads((data_dir / "datapackage.json").read_text("utf-8"))
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] != "reference-observations"]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    columns = {r["name"]: [field["name"] for field in r["schema"]["fields"]] for r in descriptor["resources"]}
    words = dict.fromkeys(["name_zh", "name_en", "title_zh", "title_en", "publisher_zh", "publisher_en"], "x")
    tables = {
        "sources": [
            words | {"source": f"s-{year}", "date_published": f"{year}-12-31", "confidence": "high"}
            for year in range(2010, 2022)
        ],
        "areas": [words | {"area": "city", "level": "city"}],
        "bases": [words | {"basis": "as_published"}],
        "plans": [
            words
            | {"plan": "city-1", "area": "city", "source": "s-2016", "report": "yes"}
            | {"base_year": "2015", "start_year": "2016", "end_year": "2020"}
        ],
        "indicators": [], "observations": [], "targets": [],
    }  # fmt: skip
    for order, scenario in enumerate(SCENARIOS, start=1):
        own = {"area": "city", "indicator": scenario, "locator": "p. 1", "status": "final"}
        for row in rows_of(GOLDEN / f"{scenario}_in.csv"):
            if row["row"] == "figure":
                tables["observations"].append(row | own)
                continue
            named = {"target_period": row["period"], "target_value": row["value"], "attribute": "expected"}
            tables["targets"].append(row | own | named | {"plan": "city-1", "order": str(order)})
            indicator = words | {"unit_zh": "x", "unit_en": "x", "indicator": scenario, "domain": "other"}
            kept = [one for one in tables["indicators"] if one["indicator"] != scenario]
            tables["indicators"] = [
                *kept,
                indicator | {k: row[k] for k in ("direction", "scale", "accumulation")},
            ]
    for name, rows in tables.items():
        write_rows(folder / f"{name}.csv", columns[name], rows)
    return package.load(folder)


def agrees(got: object, printed: str) -> bool:
    """A number rounds to the printed digits; anything else is the same text; ``any`` is not judged."""
    if printed == "any":
        return True
    missing = got is None or got is pd.NA or got == "" or got != got
    if missing or printed == "":
        return bool(missing) and printed == ""
    if isinstance(got, str):
        return got == printed
    half = Decimal(1).scaleb(Decimal(printed).as_tuple().exponent) / 2
    return abs(Decimal(float(got)) - Decimal(printed)) <= half * Decimal("1.001")


def test_there_is_a_pair_for_every_scenario():
    assert len(SCENARIOS) >= 40
    assert {f"{name}_out.csv" for name in SCENARIOS} == {path.name for path in GOLDEN.glob("*_out.csv")}


@pytest.fixture(scope="module")
def seen(scenarios):
    """Progress of all scenarios on a day, worked out once for each day."""
    return functools.cache(lambda date: progress.progress(scenarios, "city-1", date))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_golden_pair(scenario, seen):
    wrong = []
    for expected in rows_of(GOLDEN / f"{scenario}_out.csv"):
        found = seen(expected["as_of"])
        found = found[found["indicator"] == scenario]
        assert len(found) == 1, "one row per target, always"
        got = {name: found[name].iloc[0] for name in EXPECTED}
        got["reached"] = found["reached"].map({True: "yes", False: "no"}).fillna("").iloc[0]
        wrong += [
            (name, got[name], expected[name]) for name in EXPECTED if not agrees(got[name], expected[name])
        ]
    assert not wrong


@pytest.mark.parametrize(
    ("got", "printed", "same"),
    [
        (0.75, "0.75000", True),
        (0.983, "0.75000", False),
        (0.750006, "0.75000", False),
        (7.5, "7.50", True),
        (7.51, "7.50", False),
        (float("nan"), "", True),
        (float("nan"), "0.00000", False),
        (0.0, "", False),
        (pd.NA, "no", False),
        ("no", "", False),
        ("behind", "ahead", False),
        (float("inf"), "", False),
    ],
)
def test_the_golden_comparison_can_fail(got, printed, same):
    assert agrees(got, printed) is same


@pytest.mark.parametrize("date", ["2016-12-31", "2017-06-30", "2018-12-31", "2021-12-31"])
def test_every_target_has_one_row_and_a_status_and_no_answer_has_a_reason(scenarios, date):
    found = progress.progress(scenarios, "city-1", date)
    assert sorted(found["indicator"]) == SCENARIOS
    assert set(found["status"]) <= set(progress.STATUSES)
    silent = found[(found["status"] == "not_assessable") & (found["reason"] == "")]
    assert silent["indicator"].tolist() == []


def test_progress_does_not_change_the_callers_data(scenarios):
    before = scenarios.targets.copy(), scenarios.observations.copy()
    progress.progress(scenarios, "city-1", "2020-12-31")
    pd.testing.assert_frame_equal(scenarios.targets, before[0])
    pd.testing.assert_frame_equal(scenarios.observations, before[1])


def test_the_margin_of_the_rule_is_a_parameter(scenarios):
    def status(margin):
        found = progress.progress(scenarios, "city-1", "2030-12-31", margin)
        return found.set_index("indicator")["status"]["level_60_6_to_65_with_63_9"]

    # The score is 0.75 - 0.6 = 0.15.
    assert (status(0.14), status(0.15), status(0.16)) == ("ahead", "ahead", "on_schedule")


@pytest.fixture(scope="module")
def shipped(data_dir) -> package.Dataset:
    return package.load(data_dir)


@pytest.fixture(scope="module")
def at(shipped):
    return lambda plan, date: progress.progress(shipped, plan, date).set_index("indicator")


NOT_REACHED_2020 = {
    "rd_intensity": ("2018", "2.63", "2.7"),
    "invention_patents_valid_per_10k": ("2019", "13.32", "16"),
    "national_innovation_platforms": ("2019", "19", "20"),
    "academician_workstations": ("2019", "52", "85"),
}


def test_the_13th_plan_as_the_evaluation_of_2020_saw_it(at):
    found = at("zibo-13", "2020-08-10")
    assert len(found) == 10
    assert int(found["reached"].sum()) == 6
    missed = found[~found["reached"]]
    digits = missed[["current_period", "current_published", "published_target_value"]]
    assert {
        name: tuple(row) for name, row in zip(missed.index, digits.itertuples(index=False), strict=False)
    } == NOT_REACHED_2020


def test_the_13th_plan_as_the_plan_of_2022_saw_it(at):
    found = at("zibo-13", "2022-04-19")
    table = found[found["source"] == "zibo-plan-14"]
    assert len(found) == 10
    assert table["reached"].to_dict() == {
        "rd_intensity": True,
        "invention_patents_valid_per_10k": True,
        "pct_patent_applications": False,
        "technology_contract_value_registered": True,
        "hightech_output_share": True,
        "hightech_enterprises": True,
    }
    pct = found.loc["pct_patent_applications"]
    assert (pct["current_published"], pct["published_target_value"]) == ("71", "80")
    assert (pct["earlier_best"], pct["earlier_best_period"]) == ("81", "2019")
    assert pct["completion"] == pytest.approx(14 / 23)
    assert pct["completion"] != pytest.approx(71 / 80)
    patents = found.loc["invention_patents_valid_per_10k"]
    assert (patents["published_target_value"], patents["earlier_target"]) == ("14", "16")
    assert bool(found.loc["rd_intensity", "basis_break"])
    assert not bool(pct["basis_break"])


def test_the_day_before_the_plan_of_2022_is_still_the_view_of_2020(at):
    found = at("zibo-13", "2022-04-18")
    assert found.loc["invention_patents_valid_per_10k", "published_target_value"] == "16"
    assert int(found["reached"].sum()) == 6


STATED = {
    "technology_small_medium_enterprises": ("growth", "24.57", 900, 2700),
    "hightech_enterprises": ("growth", "20.69", 703, 1800),
    "innovation_platforms_provincial_or_higher": ("growth", "6.42", 403, 550),
    "incubators_and_maker_spaces_provincial_or_higher": ("growth", "3.71", 25, 30),
    "technology_contract_value_registered": ("growth", "16.85", 160.65, 350),
    "high_value_invention_patents_per_10k": ("growth", "12.22", 5.62, 10),
}


# Worked by hand: (2700 / 1379) ^ (1/4) and (1800 / 1027) ^ (1/4), from the end of 2021.
NEEDED = {"technology_small_medium_enterprises": 18.29, "hightech_enterprises": 15.06}


@pytest.mark.parametrize("indicator", STATED)
def test_the_14th_plan_needs_the_average_growth_it_states(at, indicator):
    found = at("zibo-14", "2022-04-19")
    row = found[found["area"] == "zibo"].loc[indicator]
    measure, stated, base, target = STATED[indicator]
    assert (row["base_value"], row["target_value"], row["needed_measure"]) == (base, target, measure)
    assert row["published_stated_rate"] == stated
    assert agrees(row["asked"], stated)
    assert not agrees(row["asked"] + 0.011, stated)
    assert row["needed"] == pytest.approx(NEEDED.get(indicator, row["asked"]), abs=0.005)


@pytest.mark.parametrize(
    ("indicator", "stated"), [("rd_intensity", "0.21"), ("hightech_output_share", "15.47")]
)
def test_the_14th_plan_needs_the_points_it_states(at, indicator, stated):
    row = at("zibo-14", "2022-04-19").loc[indicator]
    assert agrees(row["asked_change"], stated)
    assert row["needed"] * 5 == pytest.approx(float(stated))
    assert row["needed_measure"] == "change"


def test_the_14th_plan_has_thirteen_targets_in_its_text_and_two_to_judge_on_its_day(at):
    """1,027 firms and 1,379 SMEs at the end of 2021 were published before the plan itself."""
    found = at("zibo-14", "2022-04-19")
    assert len(found) == 8 + 13
    judged = found[found["status"] != "not_assessable"]
    assert judged["status"].to_dict() == {
        "technology_small_medium_enterprises": "ahead",
        "hightech_enterprises": "ahead",
    }
    assert judged["completion"].tolist() == pytest.approx([479 / 1800, 324 / 1097])
    assert set(found.drop(judged.index)["reason"]) <= {"no_new_figure", "no_observation", ""}


def test_the_milestones_of_2024_are_known_from_the_day_of_their_report(at):
    before, after = at("zibo-14", "2022-08-17"), at("zibo-14", "2022-08-18")
    assert (len(before), len(after)) == (21, 23)
    new = after[~after["target"].isin(before["target"])]
    assert new["published_target_value"].to_dict() == {
        "rd_intensity": "3",
        "innovation_platforms_provincial_or_higher": "500",
    }
    assert set(new["target_period"]) == {"2024"}
    assert new["base_value"].tolist() == [2.79, 403]


def test_the_13th_national_plan_half_way(at):
    row = at("china-13", "2018-12-31").loc["rd_intensity"]
    assert (row["current_period"], row["current_published"], row["published_base_value"]) == (
        "2017",
        "2.13",
        "2.1",
    )
    assert row["completion"] == pytest.approx(0.03 / 0.4)
    assert (row["status"], bool(row["final"])) == ("behind", False)
    assert row["needed"] == pytest.approx(0.37 / 3)


def test_the_13th_national_plan_missed_its_research_intensity_by_a_tenth_of_a_point(at):
    row = at("china-13", "2021-12-31").loc["rd_intensity"]
    assert (row["current_period"], bool(row["final"]), bool(row["reached"])) == ("2020", True, False)
    assert row["target_value"] - row["current_value"] == pytest.approx(0.1)
    assert row["status"] == "behind"


def test_unknown_plan_and_days_too_early_are_one_sentence(shipped):
    with pytest.raises(
        InputError, match=r"--plan 'zibo-12' is not in the data; there are china-13, .*zibo-13"
    ):
        progress.progress(shipped, "zibo-12", "2022-04-19")
    with pytest.raises(InputError, match=r"targets of zibo-14 were first published on 2022-04-19"):
        progress.progress(shipped, "zibo-14", "2022-04-18")
    with pytest.raises(InputError, match="nothing had been published by then"):
        progress.progress(shipped, "zibo-13", "1980-01-01")
    with pytest.raises(InputError, match=r"'2022-13-01' is no day; write it as 2020-08-10"):
        progress.progress(shipped, "zibo-13", "2022-13-01")


def test_counts_add_up(shipped):
    found = progress.progress(shipped, "zibo-13", "2020-08-10")
    counted = progress.counts(found)
    assert (counted["total"], counted["met"], counted["not_met"], counted["unknown"]) == (10, 6, 4, 0)
    assert sum(counted[status] for status in progress.STATUSES) == 10
    begun = progress.counts(progress.progress(shipped, "zibo-14", "2022-04-19"))
    assert (begun["met"], begun["charted"], begun["followed"]) == (0, 2, 2)


def test_what_cannot_be_said_counts_as_unknown_not_as_missed(seen):
    found = seen("2030-12-31")
    unsaid = {
        "sum_with_a_missing_year",
        "growth_without_base",
        "growth_from_a_zero_base",
        "no_figure_at_all",
        "qualitative",
    }
    assert set(found.loc[found["reached"].isna(), "indicator"]) == unsaid
    assert progress.counts(found)["unknown"] == len(unsaid)


def test_history_leaves_out_what_does_not_compare_and_keeps_the_newest_vintage(scenarios, shipped):
    rows = progress.progress(scenarios, "city-1", "2030-12-31")
    past = progress.history(scenarios, rows, "2030-12-31")
    flow = past[past["target"].str.contains("part_year_flow")]
    assert flow["period"].tolist() == ["2017"]
    share = past[past["target"].str.contains("part_year_value_of_a_share")]
    assert share["period"].tolist() == ["2017", "2018H1"]
    zibo = progress.progress(shipped, "zibo-13", "2022-04-19")
    rd = progress.history(shipped, zibo, "2022-04-19").query("target == 'zibo/rd_intensity/level/2020'")
    assert rd["published"].tolist() == ["2.14", "2.63", "2.79"]


def test_sources_are_numbered_by_day_and_each_is_used(shipped):
    found = progress.progress(shipped, "zibo-13", "2022-04-19")
    listed = progress.sources(shipped, found, "2022-04-19")
    assert listed["number"].tolist() == list(range(1, len(listed) + 1))
    assert listed["date_published"].is_monotonic_increasing
    assert {"zibo-evaluation-2020", "zibo-plan-14"} <= set(listed["source"])
    assert (listed["date_published"] <= "2022-04-19").all()
