"""The progress rules: published cases, near misses, both directions, every edge, a loop beside the arrays."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from zbanalysis.errors import InputError
from zbanalysis.plan import rules, sensitivity

NAN = math.nan
FIELDS = (
    "base_year",
    "base_value",
    "current_year",
    "current_value",
    "target_year",
    "target_value",
    "direction",
)


def table(*rows, limit=None) -> pd.DataFrame:
    frame = pd.DataFrame([dict(zip(FIELDS, row, strict=True)) for row in rows])
    return frame if limit is None else frame.assign(limit=limit)


def one(rule: str, *row, limit=None, **options) -> tuple[float, str, str]:
    out = rules.RULES[rule].function(table(row, limit=limit), **options)
    return tuple(out.iloc[0])


def random_table(n: int, seed: int = 4) -> pd.DataFrame:
    """Rows of every kind: zeros, negatives, empty cells, equal years, kept targets, passed target years."""
    rng = np.random.default_rng(seed)
    value = rng.choice([-8.0, -2.0, 0.0, 1.0, 2.0, 10.0, 10.0, 40.0, 97.0], (n, 3))
    value = np.where(rng.random((n, 3)) < 0.6, value + rng.normal(0, 1, (n, 3)).round(2), value)
    value[rng.random((n, 3)) < 0.06] = NAN
    frame = pd.DataFrame(value, columns=["base_value", "current_value", "target_value"])
    frame["base_year"] = rng.choice([2010.0, 2015.0, 2020.0], n)
    frame["current_year"] = frame["base_year"] + rng.choice([0, 1, 3, 5, 5, 5, 8], n)
    frame["target_year"] = frame["base_year"] + rng.choice([0, 3, 5, 10, 15, NAN], n)
    frame["direction"] = rng.choice(["up", "down"], n)
    frame["limit"] = rng.choice([NAN, 100.0, 9.0, 0.0], n)
    return frame


# --- a second formulation, row by row, with plain floats, written from METHODS and the original program


def rate(later, earlier, years):
    return (later / earlier) ** (1 / years) - 1


def loop_schedule(t0, y0, t, y, tt, target, d, _):
    if math.isnan(target) or math.isnan(tt) or tt <= t0:
        return NAN, "not_assessable"
    tau = min(1, (t - t0) / (tt - t0))
    way = d * (target - y0)
    if way < 0:
        return NAN, "reached" if d * y >= d * target else "behind"
    if way == 0:
        score = d * (y - target) / abs(target) if target else NAN
        return (
            score,
            "reached" if d * y >= d * target else "on_schedule" if score >= -0.05 - 1e-11 else "behind",
        )
    score = d * (y - y0) / way - tau
    if d * y >= d * target:
        return score, "reached"
    return score, "ahead" if score >= 0.05 - 1e-11 else "on_schedule" if score >= -0.05 - 1e-11 else "behind"


def loop_eurostat(t0, y0, t, y, tt, target, d, _):
    if math.isnan(target):
        if y0 == 0 or y0 * y < 0:
            return NAN, "not_assessable"
        score = d * math.copysign(1, y0) * rate(y, y0, t - t0)
        return (
            score,
            "significant_progress"
            if score >= 0.01
            else "moderate_progress"
            if score >= 0
            else "movement_away",
        )
    if math.isnan(tt) or tt <= t0:
        return NAN, "not_assessable"
    if d * (target - y0) <= 0:
        return NAN, "significant_progress" if d * y >= d * target else "movement_away"
    if y0 == 0 or target == 0 or y0 * y < 0 or y0 * target < 0:
        return NAN, "not_assessable"
    score = rate(y, y0, t - t0) / rate(target, y0, tt - t0)
    if score >= 0.95 or d * y >= d * target:
        return score, "significant_progress"
    return (
        score,
        "moderate_progress" if score >= 0.6 else "insufficient_progress" if score >= 0 else "movement_away",
    )


def loop_opensdg(t0, y0, t, y, tt, target, d, limit):
    sign = -1 if y0 < 0 else 1
    high, medium = (0.015, 0.005) if math.isnan(target) else (0.95, 0.6)
    if math.isnan(target) and not math.isnan(limit) and abs(y0) < 2 * abs(limit):
        gap = abs(y0) if abs(y0) <= abs(limit) else 2 * abs(limit) - abs(y0)
        shrunk = 1 - (gap / abs(limit)) ** 4.44
        high, medium = high * shrunk, medium * shrunk
    y0, target, tt = y0 or 0.001, 0.001 if target == 0 else target, 2030 if math.isnan(tt) else tt
    achieved = not math.isnan(target) and d * y >= d * target
    if t <= t0 or y0 * y < 0:
        return NAN, "target_achieved" if achieved else "not_available"
    score = sign * d * rate(y, y0, t - t0)
    if not math.isnan(target):
        asked = rate(target, y0, tt - t0) if tt > t0 and target * y0 > 0 else 0
        if not asked:
            return NAN, "target_achieved" if achieved else "not_available"
        score /= abs(asked)
    if achieved:
        return score, "target_achieved"
    if score >= high:
        return score, "substantial_progress"
    return (
        score,
        "moderate_progress" if score >= medium else "limited_progress" if score >= 0 else "deterioration",
    )


def loop_unsd(t0, y0, t, y, tt, target, d, _):
    tt = 2030 if math.isnan(tt) else tt
    if y0 == 0 or y0 * y < 0 or target == y0 or (tt <= t0 and not math.isnan(target)):
        return NAN, "not_assessable"
    grown = rate(y, y0, t - t0)
    if math.isnan(target):
        score, high, low = d * math.copysign(1, y0) * grown, 0.02, 0.005
    else:
        score, high, low = (y * (1 + grown) ** max(tt - t, 0) - y0) / (target - y0), 0.95, 0.1
    return (
        score,
        "on_track"
        if score >= high
        else "acceleration_needed"
        if score >= low
        else "stagnation_or_regression",
    )


def loop_sdsn(t0, y0, t, y, tt, target, d, _):
    tt = 2030 if math.isnan(tt) else tt
    if math.isnan(target) or tt <= t0:
        return NAN, "not_assessable"
    if d * (target - y0) <= 0:
        return NAN, "maintaining" if d * y >= d * target else "decreasing"
    score = (y - y0) * (tt - t0) / ((t - t0) * (target - y0))
    if d * y >= d * target:
        return score, "maintaining"
    if score >= 1 - 1e-9:
        return score, "on_track"
    return (
        score,
        "moderately_improving" if score >= 0.5 - 1e-9 else "stagnating" if score >= 0 else "decreasing",
    )


def loop_germany(t0, y0, t, y, tt, target, d, _):
    if math.isnan(target):
        return NAN, "not_assessable"
    if d * y >= d * target:
        return NAN, "sun_and_cloud" if d * y < d * y0 else "sun"
    if math.isnan(tt):
        return NAN, "not_assessable"
    missed = 1 - max(tt - t, 0) * (y - y0) / (t - t0) / (target - y)
    if d * y <= d * y0:
        return missed, "thunderstorm"
    return missed, "sun" if missed < 0.05 - 1e-10 else "sun_and_cloud" if missed <= 0.2 + 1e-9 else "cloud"


LOOPS = {
    "schedule": loop_schedule, "eurostat": loop_eurostat, "opensdg": loop_opensdg,
    "unsd": loop_unsd, "sdsn": loop_sdsn, "germany": loop_germany,
}  # fmt: skip


def looped(rule: str, row) -> tuple[float, str]:
    t0, y0, t, y, tt, target = (getattr(row, name) for name in FIELDS[:-1])
    empty = any(map(math.isnan, (t0, y0, t, y)))
    if empty or (t <= t0 and rule != "opensdg"):
        return NAN, "not_available" if rule == "opensdg" else "not_assessable"
    return LOOPS[rule](t0, y0, t, y, tt, target, 1 if row.direction == "up" else -1, row.limit)


@pytest.mark.parametrize("rule", rules.RULES)
def test_arrays_agree_with_a_loop(rule):
    frame = random_table(4000)
    got = rules.RULES[rule].function(frame)
    expected = [looped(rule, row) for row in frame.itertuples()]
    assert got["status"].tolist() == [status for _, status in expected]
    np.testing.assert_allclose(got["score"], [score for score, _ in expected], rtol=1e-11, atol=1e-13)
    assert set(rules.RULES[rule].statuses) <= set(got["status"]), (
        "a status that the sample never gives is not tested"
    )


@pytest.mark.parametrize("rule", rules.RULES)
def test_arrays_agree_with_a_loop_on_a_sample_of_a_large_table(rule):
    frame = random_table(100_000, seed=5)
    got = rules.RULES[rule].function(frame)
    sample = np.random.default_rng(6).choice(len(frame), 500, replace=False)
    expected = [looped(rule, row) for row in frame.iloc[sample].itertuples()]
    assert got["status"].iloc[sample].tolist() == [status for _, status in expected]


@pytest.mark.parametrize("rule", rules.RULES)
def test_one_row_for_each_row_and_the_input_stays(rule):
    frame = random_table(500).set_axis(range(1000, 1500))
    before = frame.copy(deep=True)
    out = rules.RULES[rule].function(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert out.index.equals(frame.index)
    assert out.columns.tolist() == ["score", "status", "reason"]
    assert set(out["status"]) <= set(rules.RULES[rule].statuses)
    assert set(out["reason"]) <= {"", *rules.REASONS}
    no_answer = out["status"].isin(["not_assessable", "not_available"])
    assert (out.loc[no_answer, "reason"] != "").all()
    assert out.loc[no_answer, "score"].isna().all()


@pytest.mark.parametrize("rule", rules.RULES)
def test_the_order_of_the_rows_does_not_matter(rule):
    frame = random_table(300)
    shuffled = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        rules.RULES[rule].function(shuffled).sort_index(), rules.RULES[rule].function(frame)
    )


@pytest.mark.parametrize("rule", rules.RULES)
def test_an_empty_table_gives_an_empty_table(rule):
    assert len(rules.RULES[rule].function(random_table(3).iloc[:0])) == 0


@pytest.mark.parametrize("rule", ["schedule", "sdsn", "germany"])
def test_linear_rules_are_the_same_with_the_sign_turned(rule):
    """Where up is good for y, down is good for -y: score and status stay."""
    frame = random_table(800)
    turned = frame.assign(
        direction=frame["direction"].map({"up": "down", "down": "up"}),
        **{name: -frame[name] for name in ("base_value", "current_value", "target_value")},
    )
    pd.testing.assert_frame_equal(rules.RULES[rule].function(frame), rules.RULES[rule].function(turned))


@pytest.mark.parametrize("rule", rules.RULES)
def test_the_unit_does_not_matter(rule):
    frame = random_table(800)
    if rule == "opensdg":  # 0.001 for zero is in the unit of the data
        frame = frame[(frame["base_value"] != 0) & (frame["target_value"] != 0)]
    units = {name: frame[name] * 1024.0 for name in ("base_value", "current_value", "target_value", "limit")}
    pd.testing.assert_frame_equal(
        rules.RULES[rule].function(frame), rules.RULES[rule].function(frame.assign(**units))
    )


@pytest.mark.parametrize("rule", ["schedule", "eurostat", "opensdg", "sdsn", "germany"])
@pytest.mark.parametrize(
    ("direction", "values"), [("up", np.linspace(81, 159, 79)), ("down", np.linspace(119, 41, 79))]
)
def test_a_better_value_is_never_a_worse_class(rule, direction, values):
    target = 150 if direction == "up" else 50
    rows = [(2015, 100, 2020, float(value), 2030, target, direction) for value in values]
    rank = {status: i for i, status in enumerate(rules.RULES[rule].statuses)}
    steps = rules.RULES[rule].function(table(*rows))["status"].map(rank)
    assert (steps.diff().dropna() <= 0).all()
    assert steps.nunique() >= 3


# --- published cases of METHODS, to the printed digits, and near misses


@pytest.mark.parametrize(
    ("row", "limit", "score", "digits", "status"),
    [
        ((2015, 14.5, 2023, 10.2, 2030, 7.25, "down"), None, 0.95259, 5, "substantial_progress"),
        ((2015, 98.82, 2022, 99.04, 2030, 100, "up"), None, 0.40135, 5, "limited_progress"),
        ((2018, 10, 2022, 10.4, 2030, 0.1, "down"), None, -0.030917, 6, "deterioration"),
        ((2015, 90, 2021, 93.2, NAN, NAN, "up"), 100.0, 0.0058400, 7, "substantial_progress"),
    ],
)
def test_statistics_canada(row, limit, score, digits, status):
    got = one("opensdg", *row, limit=limit)
    assert round(got[0], digits) == score
    assert got[1] == status
    assert round(one("opensdg", *row[:3], row[3] * 1.0001, *row[4:], limit=limit)[0], digits) != score


def test_statistics_canada_to_the_last_digit():
    """The original is plain Python on floats; the same operations in the same order give the same bits."""
    observed, required = (10.2 / 14.5) ** (1 / 8) - 1, (7.25 / 14.5) ** (1 / 15) - 1
    assert one("opensdg", 2015, 14.5, 2023, 10.2, 2030, 7.25, "down")[0] == 1 * -1 * observed / abs(required)


def test_germany_published():
    assert one("germany", 2015, 66, 2020, 54, 2030, 30, "down") == (0.0, "sun", "")
    assert one("germany", 2017, 96.682, 2022, 76.556, 2030, 70, "down")[1] == "sun"
    assert one("germany", 2015, 22, 2020, 22, 2030, 10, "down")[1] == "thunderstorm"
    assert one("germany", 2015, 66, 2020, 56, 2030, 30, "down")[1] == "cloud"
    assert one("germany", 2017, 96.682, 2022, 96.7, 2030, 70, "down")[1] == "thunderstorm"


def test_known_faults_named_in_methods():
    """Halving in 15 years on a straight path scores .79 at year 5; k of unsd reads a relapse as on track."""
    assert round(one("eurostat", 2015, 100, 2020, 100 - 50 / 3, 2030, 50, "down")[0], 2) == 0.79
    assert one("unsd", 2015, 50, 2020, 44, 2025, 45, "up")[1:] == ("on_track", "fell_back_from_target")


# --- cut-offs


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (0.45, "ahead"),
        (0.45 - 1e-6, "on_schedule"),
        (0.35, "on_schedule"),
        (0.35 - 1e-6, "behind"),
        (1.0, "reached"),
    ],
)
@pytest.mark.parametrize(("direction", "base", "sign"), [("up", 0.0, 1), ("down", 1.0, -1)])
@pytest.mark.parametrize("unit", [1.0, 0.1, 0.3, 7.7, 1e6])
def test_schedule_cutoffs_do_not_flip_by_floating_point(now, status, direction, base, sign, unit):
    row = (2020, base * unit, 2022, (base + sign * now) * unit, 2025, (base + sign) * unit, direction)
    assert one("schedule", *row)[1] == status


def test_cutoffs_are_parameters():
    row = (2020, 0.0, 2022, 0.5, 2025, 1.0, "up")
    assert one("schedule", *row)[1] == "ahead"
    assert one("schedule", *row, margin=0.2)[1] == "on_schedule"
    assert one("sdsn", 2020, 0, 2022, 3, 2025, 10, "up", improving=0.8)[1] == "stagnating"
    assert one("eurostat", 2020, 100, 2022, 112, 2025, 150, "up", moderate=0.9)[1] == "insufficient_progress"
    assert one("germany", 2015, 66, 2020, 56, 2030, 34, "down", sun=0.1)[1] == "sun"
    assert one("unsd", 2015, 100, 2020, 110, 2025, 125, "up", on_track=0.8)[1] == "on_track"
    assert (
        one("opensdg", 2015, 90, 2021, 93.2, NAN, NAN, "up", limit=100.0, limit_exponent=44.4)[1]
        == "moderate_progress"
    )


@pytest.mark.parametrize(
    ("now", "status"),
    [(50.0, "on_track"), (49.99, "moderately_improving"), (25.0, "moderately_improving"),
     (24.99, "stagnating"), (0.0, "stagnating"), (-0.01, "decreasing"), (100.0, "maintaining")],
)  # fmt: skip
def test_sdsn_cutoffs(now, status):
    assert one("sdsn", 2015, 0, 2020, now, 2025, 100, "up")[1] == status
    assert one("sdsn", 2015, 0, 2020, -now, 2025, -100, "down")[1] == status


def test_exact_pace_counts_as_on_pace():
    """(5.5 - 5.2)/3 over (5.7 - 5.2)/5 is a hair below 1 in floating point; (0.3/3)/(0.5/5) is on track."""
    assert (5.5 - 5.2) / 3 / ((5.7 - 5.2) / 5) < 1
    assert one("sdsn", 2020, 5.2, 2023, 5.5, 2025, 5.7, "up")[1] == "on_track"


@pytest.mark.parametrize(
    ("growth", "status"), [(0.01, "significant_progress"), (0.0099, "moderate_progress")]
)
def test_eurostat_growth_cutoff(growth, status):
    assert one("eurostat", 2015, 80, 2018, 80 * (1 + growth) ** 3, NAN, NAN, "up")[1] == status
    assert one("eurostat", 2015, 80, 2018, 80 * (1 - growth) ** 3, NAN, NAN, "down")[1] == status


def test_nothing_negative_zero():
    assert math.copysign(1, one("opensdg", 2015, 10, 2020, 10, 2030, 5, "down")[0]) == 1


def test_overflow_is_no_crash():
    out = rules.assess(table((2000, 1e-300, 2001, 1e300, 2030, 2e300, "up")), "all")
    assert set(out["status"]) <= {status for rule in rules.RULES.values() for status in rule.statuses}
    assert np.isfinite(out["score"].dropna()).all()


# --- the common door


def test_assess_one_and_all():
    frame = random_table(50).assign(id=[f"i{k}" for k in range(50)])
    every = rules.assess(frame, "all")
    assert every.columns.tolist() == [*frame.columns, "rule", "score", "status", "reason"]
    assert every["rule"].tolist() == list(rules.RULES) * 50
    assert every["id"].tolist() == [f"i{k}" for k in range(50) for _ in range(6)]
    for name in rules.RULES:
        pd.testing.assert_frame_equal(
            every[every["rule"] == name].reset_index(drop=True), rules.assess(frame, name)
        )


def test_wrong_use_is_said_plainly():
    with pytest.raises(InputError, match=r"no rule named best; choose one of schedule, .* or all"):
        rules.assess(random_table(2), "best")
    with pytest.raises(InputError, match=r"lacks the column.s. target_year"):
        rules.schedule(random_table(2).drop(columns="target_year"))
    with pytest.raises(InputError, match="direction holds 'UP'; it must be up or down"):
        rules.sdsn(random_table(2).assign(direction="UP"))
    with pytest.raises(InputError, match=r"already has the column.s. score"):
        rules.assess(random_table(2).assign(score=1.0))


def test_integer_columns_do_as_well():
    assert one("schedule", 2020, 10, 2022, 14, 2025, 20, "up") == (0.0, "on_schedule", "")


def test_registry_tells_where_each_rule_comes_from():
    assert list(rules.RULES) == ["schedule", "eurostat", "opensdg", "unsd", "sdsn", "germany"]
    for name, rule in rules.RULES.items():
        assert rule.name == name == rule.function.__name__
        assert all((rule.title, rule.source, rule.where, rule.score, rule.thresholds, rule.function.__doc__))
    assert rules.RULES["opensdg"].thresholds["exponent of the limit"] == 4.44
    assert {n for n, r in rules.RULES.items() if r.default_target_year == 2030} == {"opensdg", "unsd", "sdsn"}


def test_every_reason_has_a_sentence_and_is_used():
    seen = set()
    for seed in range(3):
        seen |= set(rules.assess(random_table(3000, seed), "all")["reason"])
    early = rules.assess(table((2020, 1, 2019, 2, 2025, 3, "up")), "all")
    assert set(early["reason"]) == {"year_order"}
    rare = {"no_number", "year_order"}
    assert seen - {""} == set(rules.REASONS) - rare
    assert all(sentence.endswith(".") for sentence in rules.REASONS.values())


def test_a_new_rule_is_known_everywhere_once_it_is_defined(monkeypatch):
    monkeypatch.setattr(rules.common, "RULES", before := dict(rules.common.RULES))
    monkeypatch.setattr(rules, "RULES", before)
    about = dict.fromkeys(("title", "source", "where", "score"), "made up")

    @rules.common.rule(**about, statuses={"up": "good", "not_up": "poor"}, thresholds={"up": 0.0})
    def risen(frame):
        up = frame["current_value"] > frame["base_value"]
        status = np.where(up, "up", "not_up")
        return pd.DataFrame({"score": up.astype(float), "status": status, "reason": ""}, frame.index)

    frame = table((2020, 10, 2022, 14, 2025, 20, "up"), (2020, 10, 2022, 9, 2025, 20, "up"))
    assert rules.names("all")[-1] == "risen"
    assert rules.assess(frame, "risen")["status"].tolist() == ["up", "not_up"]
    assert rules.register()["rule"].tolist()[-1] == "risen"
    judged = sensitivity.variants(frame.assign(id=["a", "b"]))
    assert judged.loc[judged["variant"] == "rule:risen", "step"].tolist() == ["good", "poor"]
