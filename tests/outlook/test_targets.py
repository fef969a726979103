"""Chance, verdict and what stands beside them, for every kind of target.

Expected chances are read off `projection` by the test itself, from series it builds by hand; rates and paces are
counted or worked out here.  City figures unless said otherwise: 10, 12, 14 in 2016–2018, target year 2020.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.outlook import targets, verdict
from zbanalysis.plan import inputs, pathway, progress
from zbanalysis.projection import project

NAN = math.nan
PAST = {2016: 10.0, 2017: 12.0, 2018: 14.0}
NOBODY = pd.DataFrame({"area": [], "indicator": [], "basis": [], "year": [], "value": []}).astype(
    {"year": "int64", "value": "float64"}
)
COLUMNS = [
    "target", "aim", "points", "years_left", "chance", "class_rate", "comparable_rate", "comparable_windows",
    "comparable_areas", "comparable_from", "comparable_to", "needed_year", "needed_value", "relation", "median", "low80", "high80", "low95", "high95", "recent_pace", "pace_years", "median_year",
    "value_at_80", "value_at_50", "chance_reason",
]  # fmt: skip


def target(name: str, kind: str = "level", **changed) -> dict:
    row = {
        "target": name, "area": "city", "area_level": "city", "indicator": name, "kind": kind, "direction": "up", "scale": "amount",
        "domain": "other", "base_period": "2015", "target_period": "2020", "base_position": 2015.0, "base_value": 10.0, "basis": "x",
        "target_position": 2020.0, "target_value": 20.0, "target_upper": NAN, "published_base_value": "10",
        "published_target_value": "20", "current_position": 2018.0, "current_value": 14.0, "current_basis": "x",
        "accumulated": NAN, "held_share": NAN, "lower_bound": 0.0, "upper_bound": NAN,
    }  # fmt: skip
    assert set(changed) <= set(row)
    return row | changed


def found_of(*rows: dict) -> pd.DataFrame:
    return progress.classify(pd.DataFrame(list(rows)))


def history_of(basis: str = "x", **series: dict) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"target": name, "period": str(year), "position": float(year), "value": float(value),
             "published": str(value), "status": "final", "basis": basis, "source": "s"}
            for name, figures in series.items()
            for year, value in figures.items()
        ],
        columns=["target", "period", "position", "value", "published", "status", "basis", "source"],
    ).astype({"position": "float64", "value": "float64"})  # fmt: skip


def judged(
    *rows: dict,
    past: dict | None = None,
    comparable: pd.DataFrame = NOBODY,
    as_of: str | None = None,
    **limits,
) -> pd.DataFrame:
    """Each target followed by the same figures, or by those of ``past``."""
    series = {row["target"]: PAST for row in rows} if past is None else past
    found, history = found_of(*rows), history_of(**series)
    outlook = targets.feasibility(found, history, comparable, as_of)
    assert outlook["target"].tolist() == [row["target"] for row in rows]
    judged = verdict.verdicts(found, outlook, history, as_of=as_of, **limits)
    return outlook.join(judged).set_index("target")


def ahead_of(figures: dict, **told) -> project.Projection:
    """The figures ahead; unless told otherwise, an amount of which more is better."""
    frame = pd.DataFrame({"series": "s", "year": list(figures), "value": list(figures.values())})
    return project.project(frame, 15, **{"scale": "amount", "direction": "up"} | told)


def chance_of(figures: dict, year: int, value: float, way: str, **told) -> float:
    goal = pd.DataFrame({"series": ["s"], "year": [year], "value": [value], "direction": [way]})
    return float(ahead_of(figures, **told).chance(goal)["chance"].iloc[0])


# --- every kind ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "aim", "direction"),
    [
        (target("up"), 20.0, "up"),
        (target("down", direction="down", base_value=20.0, target_value=10.0), 10.0, "down"),
        (target("growth", "average_growth", target_value=15.0), 10 * 1.15**5, "up"),
        (target("rise", "cumulative_change", target_value=90.0), 19.0, "up"),
        (target("cut", "cumulative_change", direction="down", target_value=-13.5), 8.65, "down"),
        (target("keep", "keep", target_value=14.0), 14.0, "up"),
        (target("kept_low", "keep", direction="down", target_value=14.0), 14.0, "down"),
    ],
    ids=lambda value: value["target"] if isinstance(value, dict) else "",
)
def test_the_chance_is_that_of_the_value_in_the_target_year(row, aim, direction):
    got = judged(row).iloc[0]
    assert got["aim"] == pytest.approx(aim, abs=1e-9)
    assert got["chance"] == pytest.approx(
        chance_of(PAST, 2020, aim, direction, direction=row["direction"]), abs=1e-12
    )
    assert got["chance"] != pytest.approx(
        chance_of(PAST, 2019, aim, direction, direction=row["direction"]), abs=1e-3
    )
    assert (got["points"], got["years_left"], got["chance_reason"]) == (3, 2, "")


@pytest.mark.parametrize(("kind", "way"), [("floor", "up"), ("ceiling", "down")])
def test_a_limit_goes_its_own_way_and_is_kept_in_every_year_left(kind, way):
    got = judged(target("limit", kind, direction="down")).iloc[0]
    each = [chance_of(PAST, year, 20.0, way, direction="down") for year in (2019, 2020)]
    assert got["chance"] == pytest.approx(targets.kept_throughout(np.array(each)), abs=1e-12)
    assert each[0] * each[1] < got["chance"] < min(each)


def test_a_range_is_met_between_its_edges():
    got = judged(target("range", "range", target_value=15.0, target_upper=20.0)).iloc[0]
    inside = chance_of(PAST, 2020, 15, "up") - chance_of(PAST, 2020, 20, "up")
    assert got["chance"] == pytest.approx(inside, abs=1e-12)
    assert got["chance"] < chance_of(PAST, 2020, 15, "up") - 0.05
    assert math.isnan(got["class_rate"])


def test_a_range_up_to_the_natural_limit_loses_nothing_at_the_limit():
    """Between 90 and 100 % is 90 % or more: nothing lies above 100 %."""
    figures = {2016: 97.0, 2017: 98.0, 2018: 99.0}
    row = target("share", "range", scale="share", target_value=90.0, target_upper=100.0, upper_bound=100.0,
                 current_value=99.0)  # fmt: skip
    got = judged(row, past={"share": figures}).iloc[0]
    assert got["chance"] == pytest.approx(chance_of(figures, 2020, 90, "up", scale="share"), abs=1e-9)


def test_a_median_beyond_the_upper_edge_does_not_reach_a_range():
    """10, 12, 14 go on upwards; a range of 5 to 10 lies behind them."""
    got = judged(target("range", "range", target_value=5.0, target_upper=10.0)).iloc[0]
    assert got["chance"] < 0.1
    assert math.isnan(got["median_year"])


def test_a_sum_counts_from_the_base_on():
    """Flows of 10, 12, 14 since the base make 36; 100 by 2020 would take 32 a year."""
    row = target("sum", "cumulative_sum", target_value=100.0, accumulated=36.0)
    plain = judged(row, past={"sum": PAST}).iloc[0]
    before = {2013: 50.0, 2014: 60.0, 2015: 70.0}
    longer = judged(row, past={"sum": before | PAST}).iloc[0]
    running = {2016: 10.0, 2017: 22.0, 2018: 36.0}
    assert plain["chance"] == pytest.approx(chance_of(running, 2020, 100, "up"), abs=1e-12)
    assert longer["chance"] == pytest.approx(plain["chance"], abs=1e-12)
    assert longer["median"] < 100


def test_a_target_in_words_has_no_chance():
    got = judged(target("words", "qualitative", target_value=NAN), past={}).iloc[0]
    assert (got["verdict"], got["verdict_reason"]) == ("not_judged", "in_words")
    assert math.isnan(got["chance"])


# --- what can be missing ---------------------------------------------------------------------------------------------


def test_one_row_per_target_always_and_no_answer_has_a_reason():
    rows = [
        target("words", "qualitative", target_value=NAN),
        target("unseen", current_position=NAN, current_value=NAN, current_basis=""),
        target("one"),
        target("baseless", "average_growth", base_value=NAN, published_base_value="", target_value=6.0),
        target("zeros", current_value=0.0),
        target("over", target_position=2018.0, current_position=2017.0, current_value=12.0),
        target("good"),
    ]
    past = {
        "words": {}, "unseen": {}, "one": {2018: 14.0}, "baseless": PAST, "zeros": {2017: 0.0, 2018: 0.0},
        "over": PAST, "good": PAST,
    }  # fmt: skip
    got = judged(*rows, past=past)
    assert len(got) == len(rows)
    assert set(COLUMNS) <= set(got.reset_index())
    assert got["verdict"].isin(verdict.VERDICTS).all()
    assert got["verdict_reason"].to_dict() == {
        "words": "in_words", "unseen": "no_figure", "one": "one_point", "baseless": "no_base",
        "zeros": "all_zero", "over": "not_projected", "good": "",
    }  # fmt: skip
    silent = got[got["verdict"] == "not_judged"]
    assert silent["chance_shown"].isna().all()
    assert (silent[["verdict_reason", "reason_zh", "reason_en"]] != "").all().all()
    assert got.loc["one", "points"] == 1


def test_nothing_to_project_still_gives_every_row():
    got = judged(target("a", "qualitative", target_value=NAN), target("b"), past={"b": {2018: 14.0}})
    assert got["verdict"].tolist() == ["not_judged"] * 2
    assert set(COLUMNS) <= set(got.reset_index())


def test_figures_on_an_earlier_basis_are_not_joined():
    row = target("a")
    figures = pd.concat(
        [
            history_of("old", a={2014: 90.0, 2015: 91.0, 2016: 92.0}),
            history_of("x", a={2017: 12.0, 2018: 14.0}),
        ]
    )
    got = targets.feasibility(found_of(row), figures, NOBODY).iloc[0]
    assert got["points"] == 2
    assert got["chance"] == pytest.approx(chance_of({2017: 12.0, 2018: 14.0}, 2020, 20, "up"), abs=1e-12)
    joined = {2014: 90.0, 2015: 91.0, 2016: 92.0, 2017: 12.0, 2018: 14.0}
    assert got["chance"] != pytest.approx(chance_of(joined, 2020, 20, "up"), abs=0.01)
    assert got["recent_pace"] == pytest.approx(100 * (14 / 12 - 1))


def test_one_figure_after_a_break_is_one_point():
    figures = pd.concat([history_of("old", a={2015: 9.0, 2016: 9.5}), history_of("x", a={2018: 14.0})])
    got = targets.feasibility(found_of(target("a")), figures, NOBODY).iloc[0]
    assert got["points"] == 1
    assert math.isnan(got["chance"])


def test_a_figure_for_part_of_a_year_leaves_the_longer_way():
    """41.0 in the first half of 2019 counts as the end of 2018, so two years are left, not one."""
    row = target("a", scale="share", target_value=45.0, current_position=2018.5, current_value=41.0)
    figures = history_of(a={2016: 38.0, 2017: 39.0})
    half = figures.iloc[[1]].assign(period="2019H1", position=2018.5, value=41.0)
    got = targets.feasibility(found_of(row), pd.concat([figures, half]), NOBODY).iloc[0]
    assert (got["points"], got["years_left"]) == (3, 2)
    expected = chance_of({2016: 38.0, 2017: 39.0, 2018: 41.0}, 2020, 45, "up", scale="share")
    assert got["chance"] == pytest.approx(expected, abs=1e-12)


def test_already_met_gets_the_chance_of_still_being_met():
    met = judged(target("a", target_value=13.0)).iloc[0]
    assert met["chance"] == pytest.approx(chance_of(PAST, 2020, 13, "up"), abs=1e-12)
    assert (met["verdict"], met["chance_of"]) == ("to_be_held", "hold")
    falling = {2016: 20.0, 2017: 17.0, 2018: 14.0}
    shaky = judged(target("a", target_value=13.0), past={"a": falling}).iloc[0]
    assert shaky["chance"] < 0.5
    assert shaky["verdict"] == "to_be_held"


@pytest.mark.parametrize(
    ("value", "word"), [(20.0, "reached"), (19.99, "missed"), (25.0, "reached"), (3.0, "missed")]
)
def test_a_target_year_that_is_over_is_decided(value, word):
    past = {"a": {2018: 14.0, 2019: 17.0, 2020: value}}
    got = judged(target("a", current_position=2020.0, current_value=value), past=past).iloc[0]
    assert (got["verdict"], got["verdict_reason"]) == (word, "")
    assert math.isnan(got["chance"])
    assert got["years_left"] == 0


def test_down_is_good_decided_the_other_way():
    past = {"a": {2018: 14.0, 2019: 12.0, 2020: 11.0}}
    row = target("a", direction="down", base_value=20.0, current_position=2020.0, current_value=11.0)
    assert judged(row | {"target_value": 11.0}, past=past).iloc[0]["verdict"] == "reached"
    assert judged(row | {"target_value": 10.9}, past=past).iloc[0]["verdict"] == "missed"


# --- which figures a chance rests on ---------------------------------------------------------------------------------


def used(figures: dict, **status: str) -> list[int]:
    """The years that are used; ``y2017="estimate"`` names a status."""
    history = history_of(a=figures)
    history["status"] = [status.get(f"y{period}", "final") for period in history["period"]]
    return targets.usable(found_of(target("a")), history)["year"].tolist()


@pytest.mark.parametrize(
    ("years", "kept"),
    [
        ([2011, 2016, 2017, 2018], [2016, 2017, 2018]),
        ([2011, 2014, 2016, 2017, 2018], [2014, 2016, 2017, 2018]),
        # A single missing year is no gap, and fewer than three points are not enough to go by alone.
        ([2014, 2016, 2017, 2018], [2014, 2016, 2017, 2018]),
        ([2011, 2017, 2018], [2011, 2017, 2018]),
        ([2000, 2006, 2012, 2018], [2000, 2006, 2012, 2018]),
    ],
)
def test_what_lies_before_a_long_gap_tells_of_another_time(years, kept):
    assert used({year: 10.0 + place for place, year in enumerate(years)}) == kept


def test_a_trend_through_a_doubtful_point_is_none():
    assert used({2017: 12.0, 2018: 14.0}) == [2017, 2018]
    assert used({2017: 12.0, 2018: 14.0}, y2017="estimate") == [2018]
    assert used({2017: 12.0, 2018: 14.0}, y2018="lower_bound") == [2017]
    assert used({2016: 11.0, 2017: 12.0, 2018: 14.0}, y2017="estimate") == [2016, 2017, 2018]
    assert used({2017: 12.0, 2018: 14.0}, y2017="estimate", y2018="estimate") == [2018]


def test_an_older_point_before_a_gap_changes_no_chance():
    plain, older = judged(target("a")), judged(target("a"), past={"a": {2009: 1.0} | PAST})
    assert older.iloc[0]["chance"] == plain.iloc[0]["chance"]
    assert (plain.iloc[0]["grade"], older.iloc[0]["grade"], older.iloc[0]["grade_reason"]) == (
        "C",
        "C",
        "before_gap",
    )


# --- verdicts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "word"),
    [
        (1.0, "on_course"), (0.8, "on_course"), (np.nextafter(0.8, 0), "possible"), (0.4, "possible"),
        (np.nextafter(0.4, 0), "unlikely"), (0.0, "unlikely"), (NAN, "not_judged"),
    ],
)  # fmt: skip
def test_the_cut_offs_themselves_belong_to_the_better_verdict(chance, word):
    assert verdict.verdict_of(pd.Series([chance])).tolist() == [word]


def test_the_cut_offs_are_parameters():
    chance = judged(target("a")).iloc[0]["chance_shown"]
    above = float(np.nextafter(chance, 1))
    assert judged(target("a"), likely=chance).iloc[0]["verdict"] == "on_course"
    assert judged(target("a"), likely=above, possible=chance).iloc[0]["verdict"] == "possible"
    assert judged(target("a"), likely=0.99, possible=above).iloc[0]["verdict"] == "unlikely"


# --- the distribution in the target year -----------------------------------------------------------------------------


@pytest.mark.parametrize("own", ["science", "other"])
@pytest.mark.parametrize("direction", ["up", "down"])
def test_the_value_at_80_has_a_chance_of_80(own, direction):
    goal = {"target_value": 20.0} if direction == "up" else {"base_value": 20.0, "target_value": 12.0}
    row = target("a", domain=own, direction=direction, **goal)
    first = judged(row).iloc[0]
    for share in (80, 50):
        again = judged(row | {"target_value": first[f"value_at_{share}"]}).iloc[0]
        assert again["chance"] == pytest.approx(share / 100, abs=2e-3)
    sign = 1 if direction == "up" else -1
    assert sign * (first["value_at_50"] - first["value_at_80"]) > 0
    assert first["value_at_50"] == first["median"]


@pytest.mark.parametrize("own", ["science", "other"])
def test_the_interval_ends_have_the_chances_of_their_levels(own):
    got = judged(target("a", domain=own)).iloc[0]
    ends = ["low95", "low80", "median", "high80", "high95"]
    assert got[ends].is_monotonic_increasing
    for end, chance in zip(ends, (0.975, 0.9, 0.5, 0.1, 0.025), strict=True):
        there = judged(target("a", domain=own, target_value=float(got[end]))).iloc[0]
        assert there["chance"] == pytest.approx(chance, abs=2e-3)


def test_science_is_read_through_the_domain_and_other_indicators_are_not():
    got = judged(target("science", domain="science"), target("other"))
    goal = pd.DataFrame({"series": ["s"], "year": [2020], "value": [20.0], "direction": ["up"]})
    for name, told in (("science", "science"), ("other", "general")):
        expected = ahead_of(PAST, domain=told).chance(goal)["chance"].iloc[0]
        assert got.loc[name, "chance"] == pytest.approx(expected, abs=1e-12)
    assert got.loc["science", "chance"] > got.loc["other", "chance"] + 0.01


def test_the_year_of_the_median_is_the_first_in_which_it_is_there():
    ahead = ahead_of(PAST)
    medians = dict(zip(ahead.rows["year"].astype(int), ahead.quantile(0.5), strict=True))
    between = (medians[2022] + medians[2023]) / 2
    assert judged(target("a", target_value=between)).iloc[0]["median_year"] == 2023
    assert (
        judged(target("a", target_value=between - 1e-9 + medians[2022] - between)).iloc[0]["median_year"]
        == 2022
    )
    assert math.isnan(judged(target("a", target_value=medians[2033] + 1e-6)).iloc[0]["median_year"])


def test_the_year_of_the_median_downwards():
    falling = {2016: 18.0, 2017: 16.0, 2018: 14.0}
    medians = ahead_of(falling, direction="down").quantile(0.5)
    row = target("a", direction="down", base_value=20.0, target_value=float(medians[2:4].mean()))
    assert judged(row, past={"a": falling}).iloc[0]["median_year"] == 2022


def test_the_fans_end_with_the_target_year_and_agree_with_the_table():
    rows = [target("a", domain="science"), target("b", target_position=2019.0), target("c")]
    found, past = found_of(*rows), history_of(a=PAST, b=PAST, c={2018: 14.0})
    fan = targets.fans(found, inputs.series_of(found, past))
    assert list(fan) == ["target", "year", "mean", "lo80", "hi80", "lo95", "hi95"]
    assert fan.groupby("target")["year"].apply(list).to_dict() == {"a": [2019, 2020], "b": [2019]}
    table = targets.feasibility(found, past, NOBODY).set_index("target")
    ends = fan.groupby("target").last()
    names = {"mean": "median", "lo80": "low80", "hi80": "high80", "lo95": "low95", "hi95": "high95"}
    for ours, theirs in names.items():
        assert ends[ours].to_dict() == pytest.approx(table.loc[["a", "b"], theirs].to_dict(), rel=1e-12)


def test_no_fan_where_no_year_is_left():
    found = found_of(target("a", current_position=2020.0, current_value=21.0))
    fan = targets.fans(found, inputs.series_of(found, history_of(a={2019: 19.0, 2020: 21.0})))
    assert fan.empty
    assert list(fan) == ["target", "year", "mean", "lo80", "hi80", "lo95", "hi95"]


# --- beside the chance -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "scale", "pace", "years"),
    [
        ({2013: 8.0, 2016: 10.0, 2018: 14.0}, "amount", 100 * ((14 / 8) ** (1 / 5) - 1), 5),
        ({2012: 8.0, 2016: 10.0, 2018: 14.0}, "amount", 100 * ((14 / 10) ** (1 / 2) - 1), 2),
        ({2004: 7.0, 2018: 14.0}, "amount", 100 * (2 ** (1 / 14) - 1), 14),
        ({2013: 8.0, 2018: 14.0}, "share", 6 / 5, 5),
    ],
)
def test_the_recent_pace_is_that_of_five_years_or_of_what_there_is(figures, scale, pace, years):
    got = judged(target("a", scale=scale), past={"a": figures}).iloc[0]
    assert (got["recent_pace"], got["pace_years"]) == (pytest.approx(pace), years)


def test_growth_from_nothing_has_no_pace():
    got = judged(target("a"), past={"a": {2017: 0.0, 2018: 14.0}}).iloc[0]
    assert math.isnan(got["recent_pace"])


@pytest.fixture(scope="module")
def shipped(data_dir) -> package.Dataset:
    return package.load(data_dir)


@pytest.fixture(scope="module")
def zibo(shipped):
    found = progress.progress(shipped, "zibo-14", "2022-04-19")
    history = progress.history(shipped, found, "2022-04-19")
    comparable = targets.comparable_of(shipped, "2022-04-19")
    return found, history, comparable, targets.feasibility(found, history, comparable)


# Worked with the printed digits: 512 → 1027 and 535 → 1379 in two years, 24.46 → 160.65 in five, (42.53 − 31.8) / 5.
PACES = {
    "hightech_enterprises": 41.63, "technology_contract_value_registered": 45.71,
    "technology_small_medium_enterprises": 60.55, "hightech_output_share": 2.146,
    "innovation_platforms_provincial_or_higher": 5.22,
}  # fmt: skip


def test_the_recent_pace_of_the_14th_plan_by_hand(zibo):
    found, _, _, got = zibo
    city = found["area"] == "zibo"
    pace = got["recent_pace"].set_axis(found["indicator"])[city.to_numpy()].dropna()
    assert pace.round(3).to_dict() == pytest.approx(PACES, abs=0.006)


def test_the_comparable_rate_is_a_plain_count(zibo):
    """Every area, every pair of years so far apart, counted one by one; shares by their points."""
    found, history, comparable, got = zibo
    last = history.sort_values("position").groupby("target")["value"].last()
    provinces = set(comparable["indicator"])
    for (_, row), (_, answer) in zip(found.iterrows(), got.iterrows(), strict=True):
        if row["indicator"] not in provinces or row["target"] not in last or row["kind"] != "level":
            assert answer["comparable_windows"] == 0
            assert math.isnan(answer["comparable_rate"])
            continue
        own = comparable[comparable["indicator"] == row["indicator"]]
        figures = {(one.area, one.basis, one.year): one.value for one in own.itertuples()}
        years = int(answer["years_left"])
        pairs = [(value, figures[area, basis, year + years]) for (area, basis, year), value in figures.items()
                 if (area, basis, year + years) in figures]  # fmt: skip
        if not pairs:
            assert answer["comparable_windows"] == 0
            continue
        now = last[row["target"]]
        enough = (
            [later - value >= row["target_value"] - now - 1e-9 for value, later in pairs]
            if row["scale"] == "share"
            else [later / value >= row["target_value"] / now for value, later in pairs]
        )
        assert answer["comparable_windows"] == len(pairs)
        assert answer["comparable_rate"] == pytest.approx(sum(enough) / len(pairs), abs=1e-12)
    assert (got["comparable_windows"] > 0).any()


def panel(name: str = "a", basis: str = "x", **areas: dict) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"area": area, "indicator": name, "basis": basis, "year": year, "value": value}
            for area, figures in areas.items()
            for year, value in figures.items()
        ]
    )


def test_windows_count_the_direction_the_years_and_not_the_area_itself():
    """From 14 to 20 in two years is × 1.43; of the others' windows × 2, × 1.5 and × 1.2 two are enough."""
    others = {
        "p": {2000: 10.0, 2002: 20.0},
        "q": {2000: 10.0, 2001: 90.0, 2002: 15.0},
        "r": {2005: 10.0, 2007: 12.0},
    }
    got = judged(target("a"), comparable=panel(**others)).iloc[0]
    assert (got["comparable_rate"], got["comparable_windows"]) == (pytest.approx(2 / 3), 3)
    assert got[["comparable_areas", "comparable_from", "comparable_to"]].tolist() == [3, 2000, 2007]
    itself = judged(target("a"), comparable=panel(**others, city={2000: 1.0, 2002: 9.0})).iloc[0]
    assert itself["comparable_windows"] == 3
    down = target("a", direction="down", base_value=20.0, target_value=14 * 1.3)
    assert judged(down, comparable=panel(**others)).iloc[0]["comparable_rate"] == pytest.approx(1 / 3)


def test_a_share_is_compared_by_its_points():
    """From 14 to 20 is six points: 40 to 46 is as far, though it is a growth of 15 % only; 2 to 4 is not."""
    others = {"p": {2000: 40.0, 2002: 46.0}, "q": {2000: 2.0, 2002: 4.0}}
    assert judged(target("a", scale="share"), comparable=panel(**others)).iloc[0]["comparable_rate"] == 0.5
    assert judged(target("a", scale="count"), comparable=panel(**others)).iloc[0]["comparable_rate"] == 0.5
    far = {"p": {2000: 40.0, 2002: 45.9}}
    assert judged(target("a", scale="share"), comparable=panel(**far)).iloc[0]["comparable_rate"] == 0


def test_a_value_of_zero_is_no_window_of_growth():
    got = judged(target("a"), comparable=panel(p={2000: 0.0, 2002: 20.0})).iloc[0]
    assert (got["comparable_windows"], got["comparable_areas"]) == (0, 0)
    assert math.isnan(got["comparable_rate"])


def test_no_window_goes_over_a_change_of_definition():
    old, new = panel(p={2000: 10.0}, basis="old"), panel(p={2002: 20.0, 2004: 21.0}, basis="new")
    got = judged(target("a"), comparable=pd.concat([old, new])).iloc[0]
    assert (got["comparable_windows"], got["comparable_rate"]) == (1, 0.0)


def test_no_other_indicator_stands_in_for_a_missing_one():
    """One figure of the indicator in the panel is no window, and another indicator tells nothing of it."""
    others = panel("b", q={2000: 10.0, 2002: 20.0}, r={2000: 10.0, 2002: 11.0})
    got = judged(target("a"), comparable=pd.concat([panel(p={2000: 10.0}), others])).iloc[0]
    assert got["comparable_windows"] == 0
    assert math.isnan(got["comparable_rate"])


def test_only_provinces_and_full_years_are_compared(shipped):
    kept = targets.comparable_of(shipped, "2022-04-19")
    levels = shipped.areas.set_index("area")["level"]
    assert set(kept["area"].map(levels)) == {"province"}
    assert not kept.duplicated(["area", "indicator", "basis", "year"]).any()
    assert list(kept) == ["area", "indicator", "basis", "year", "value"]
    earlier = targets.comparable_of(shipped, "2018-12-31")
    assert 0 < len(earlier) < len(kept)
    assert earlier["year"].max() < 2018


# --- need, pace and chance -------------------------------------------------------------------------------------------


def test_the_value_that_keeps_the_target_in_reach():
    """From 14 in 2018 to 20 in 2020: √(14 × 20) = 16.733 by growth, 17 by equal steps; in 2020 the target itself."""
    grown = judged(target("a")).iloc[0]
    assert grown[["needed_year", "needed_value"]].tolist() == [2019, pytest.approx(math.sqrt(280))]
    steps = judged(target("a", scale="share")).iloc[0]
    assert steps[["needed_year", "needed_value"]].tolist() == [2019, pytest.approx(17)]
    late = judged(target("a"), as_of="2020-03-01").iloc[0]
    assert late[["needed_year", "needed_value"]].tolist() == [2020, pytest.approx(20)]
    over = judged(
        target("a", current_position=2020.0, current_value=21.0), past={"a": {2019: 19.0, 2020: 21.0}}
    )
    assert over[["needed_year", "needed_value"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("chance", "pace", "others", "word"),
    [
        (0.13, 22.9, 0.05, "pace_enough_chance_low"), (0.13, 20.0, 0.05, "agrees"),
        (0.60, 20.0, 0.50, "pace_short_chance_high"), (0.60, 22.9, 0.50, "agrees"),
        (0.30, 10.0, 0.60, "others_more"), (0.30, 10.0, 0.59, "agrees"),
        (0.90, 30.0, 0.60, "others_less"), (NAN, 30.0, 0.60, ""), (0.60, NAN, NAN, "agrees"),
    ],
)  # fmt: skip
def test_need_pace_others_and_chance_are_set_against_each_other(chance, pace, others, word):
    found = pd.DataFrame({"needed": [20.69], "reached": [False], "direction": ["up"]})
    rows = pd.DataFrame(
        {"chance": [chance], "recent_pace": [pace], "class_rate": [0.5], "comparable_rate": [others]}
    )
    rows["class_rate"] = rows["class_rate"].where(rows["comparable_rate"].notna())
    assert targets.relation(found, rows).tolist() == [word]
    held = targets.relation(found.assign(reached=True), rows).tolist()
    assert "pace" not in held[0]


# --- as a whole ------------------------------------------------------------------------------------------------------


def test_the_14th_plan_says_no_more_than_its_figures(zibo):
    found, _, _, got = zibo
    assert len(got) == len(found) == 21
    one = got[got["points"] < 2]
    assert one["chance"].isna().all()
    census = got[found["indicator"] == "rd_intensity"].iloc[0]
    assert census["points"] == 1
    doubtful = got[found["indicator"] == "innovation_platforms_provincial_or_higher"].iloc[0]
    assert doubtful["points"] == 2
    assert doubtful[["median", "low80", "high80"]].isna().all(), "one sound point makes no fan"


def test_the_callers_frames_stay(shipped):
    found = progress.progress(shipped, "zibo-14", "2022-04-19")
    history = progress.history(shipped, found, "2022-04-19")
    comparable = targets.comparable_of(shipped, "2022-04-19")
    frames = [found, history, comparable]
    before = [frame.copy(deep=True) for frame in frames]
    targets.feasibility(found, history, comparable)
    targets.fans(found, inputs.series_of(found, history))
    for frame, old in zip(frames, before, strict=True):
        pd.testing.assert_frame_equal(frame, old)


def test_the_answer_of_a_target_does_not_hang_on_the_others(zibo):
    found, history, comparable, got = zibo
    row = found.index[found["indicator"] == "hightech_output_share"][0]
    alone = targets.feasibility(found.loc[[row]], history, comparable)
    pd.testing.assert_frame_equal(alone, got.loc[[row]], check_dtype=False)


def test_more_asked_is_less_likely():
    values = [14.0, 15.0, 16.0, 18.0, 20.0, 25.0, 40.0]
    rows = [target(f"t{place}", target_value=value) for place, value in enumerate(values)]
    chances = judged(*rows)["chance"]
    assert (chances.diff().dropna() < 0).all()
    assert pathway.end_value(found_of(*rows)).tolist() == values


@pytest.mark.parametrize(
    ("row", "past"),
    [
        (target("sum", "cumulative_sum", target_value=30.0, current_position=2020.0),
         {2016: 10.0, 2017: 12.0, 2020: 14.0}),
        (target("growth", "average_growth", base_value=-2.0, target_value=6.0, current_position=2020.0),
         {2018: 12.0, 2020: 14.0}),
    ],
    ids=["sum", "growth"],
)  # fmt: skip
def test_a_published_target_year_is_not_called_unpublished(row, past):
    """The figure of the target year is there; what is missing is a year before it, or a base above zero."""
    got = judged(row, past={row["target"]: past}).iloc[0]
    assert got["verdict"] == "not_judged"
    assert got["verdict_reason"] not in ("", "not_projected")


def test_a_target_year_beyond_all_projection_leaves_the_others_as_they_are():
    far = target("far", target_period="2100", target_position=2100.0)
    table, alone = judged(far, target("near")), judged(target("near"))
    assert table.loc["far", ["verdict", "verdict_reason"]].tolist() == ["not_judged", "not_projected"]
    assert table.loc["near", "chance"] == alone.loc["near", "chance"] > 0
    found, history = found_of(far, target("near")), history_of(far=PAST, near=PAST)
    assert set(targets.fans(found, targets.usable(found, history))["target"]) == {"near"}
