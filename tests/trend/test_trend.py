"""Trends: certified and hand-made figures, properties, refusals, the rule, the curves."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

from zbanalysis import trend
from zbanalysis.errors import InputError
from zbanalysis.trend import fitting, series
from zbanalysis.trend.series import Points

pytestmark = pytest.mark.filterwarnings("error")

TEXTBOOK = [2.0, 4, 5, 4, 5]
"""With x = −2 … 2: slope 6/10, mean 4, SSE 2.4, SST 6, R² .6, standard error √(.8/10)."""

T3 = 3.182446305284263  # 97.5 % point of Student's t on 3 degrees of freedom, from the tables


def history(values, years=None, name="s", **columns):
    years = np.arange(2015.0, 2015 + len(values)) if years is None else years
    return pd.DataFrame({"series": name, "year": years, "value": values, **columns})


def one(frame, model):
    row = trend.fit(frame, [model])
    assert len(row) == 1
    return row.iloc[0]


def shown(frame):
    choice = trend.choose(trend.fit(frame))
    assert len(choice) == 1
    return choice.iloc[0]


AMOUNT = {"scale": "amount"}
SHARE = {"scale": "share", "lower": 0, "upper": 100}


# --- the scale ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "about", "expected"),
    [
        ([60.6, 63.9], ("share", 0, 100), "logit"),
        ([99.99], ("share", 0, 100), "logit"),
        ([99.0, 100.0], ("share", 0, 100), "identity"),
        ([0.0, 5.0], ("share", 0, 100), "identity"),
        ([0.0, 5.0], ("share", -1, 100), "logit"),
        ([60.6], ("share",), "identity"),
        ([60.6], ("share", 0), "identity"),
        ([900, 2700], ("amount",), "log"),
        ([1, 19], ("count",), "log"),
        ([0, 19], ("count",), "identity"),
        ([-1.0, 2], ("amount",), "identity"),
        ([2.1, 2.2], ("ratio",), "identity"),
        ([2.1, np.nan], ("amount",), "log"),
        ([np.nan], ("amount",), "identity"),
        ([2.1], (), "identity"),
    ],
)
def test_scale_of(values, about, expected):
    assert trend.scale_of(values, *about) == expected


def test_scale_of_refuses_bounds_the_wrong_way_round():
    with pytest.raises(InputError, match="lower bound 100 is not under the upper bound 0"):
        trend.scale_of([5], "share", 100, 0)


# --- figures made elsewhere ----------------------------------------------------------------------

NORRIS = """
0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6
778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6
557.7 556.0 228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1
888.0 887.2 998.5 999.0 778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5
"""


def test_line_meets_the_certified_values_of_norris():
    """NIST StRD, Norris: 36 points, certified to 15 digits."""
    y, x = np.array(NORRIS.split(), float).reshape(-1, 2).T
    points = Points(x, y, np.full(36, "", dtype=object))
    fit = series.line(points, y)
    assert fit.slope == pytest.approx(1.00211681802045, rel=1e-12)
    assert fit.curve(np.zeros(1), points.basis[:1])[0, 0] == pytest.approx(-0.262323073774029, rel=1e-9)
    assert fit.r_squared == pytest.approx(0.999993745883712, rel=1e-12)
    assert fit.residuals @ fit.residuals / 34 == pytest.approx(0.782864662630069, rel=1e-9)
    t34 = 2.0322445093177
    assert (fit.slope_high - fit.slope_low) / 2 == pytest.approx(t34 * 0.429796848199937e-3, rel=1e-9)


def test_straight_line_against_a_calculation_by_hand():
    row = one(history(TEXTBOOK), "straight_line")
    half = T3 * np.sqrt(0.8 / 10)
    assert row["slope"] == pytest.approx(0.6)
    assert (row["slope_low"], row["slope_high"]) == pytest.approx((0.6 - half, 0.6 + half))
    assert row["r_squared"] == pytest.approx(0.6)
    assert row["level"] == pytest.approx(4 + 2 * 0.6)
    assert (row["per_year"], row["slope_unit"]) == (pytest.approx(0.6), "units_per_year")
    # Without the last point: b = 3.5/5, line at 2019 = 3.75 + 2.5·0.7 = 5.5; mean change (2+1+1+1)/4.
    assert row["leave_last_out_error"] == pytest.approx(0.5 / 1.25)
    # −2 ln L = n(ln 2π + ln(SSE/n) + 1); k = 3 with the variance; 2k + 2k(k+1)/(n−k−1) = 6 + 24.
    assert row["aicc"] == pytest.approx(5 * (1.8378770664 + np.log(0.48) + 1) + 30)
    assert np.isnan(row["durbin_watson"])


def test_the_normal_quantile_would_not_do():
    """Near miss: at n = 5 the interval with 1.96 is a third too narrow."""
    row = one(history(TEXTBOOK), "straight_line")
    assert row["slope_high"] != pytest.approx(0.6 + 1.96 * np.sqrt(0.08), rel=0.1)


def test_durbin_watson_is_the_naive_ratio():
    values = [1.0, 3, 2, 5, 3, 6]
    intercept_and_slope = np.polyfit(range(6), values, 1)
    left = [value - np.polyval(intercept_and_slope, i) for i, value in enumerate(values)]
    naive = sum((left[i] - left[i - 1]) ** 2 for i in range(1, 6)) / sum(part**2 for part in left)
    assert one(history(values), "straight_line")["durbin_watson"] == pytest.approx(naive)


def test_aicc_is_missing_where_it_is_not_defined():
    assert np.isnan(one(history([2.0, 4, 5, 4]), "straight_line")["aicc"])
    assert np.isfinite(one(history(TEXTBOOK), "straight_line")["aicc"])


def test_log_line_recovers_an_exact_growth_rate():
    row = one(history(900 * 1.2457 ** np.arange(6), **AMOUNT), "log_linear")
    assert (row["slope"], row["slope_unit"]) == (pytest.approx(24.57), "percent_per_year")
    assert row["per_year"] == pytest.approx(900 * (1.2457**5 - 1) / 5)
    assert row["reason"] == "exact_fit"
    assert np.isnan(row["aicc"])
    assert row["slope"] != pytest.approx(100 * np.log(1.2457), abs=1)  # not the log points


def test_logit_line_recovers_its_log_odds_and_says_the_points():
    odds = np.exp(0.2 * np.arange(5))
    row = one(history(100 * odds / (1 + odds), **SHARE), "logit_linear")
    assert (row["slope"], row["slope_unit"]) == (pytest.approx(0.2), "log_odds_per_year")
    assert row["per_year"] == pytest.approx(100 * (1 / (1 + np.exp(-0.8)) - 0.5) / 4)


def test_the_change_a_year_of_a_share_is_that_of_its_figures():
    """9.7 % in 2015, 3.4 in 2019, 0.6 in 2020: (0.6 − 9.7)/5; the tangent at the end of the line is −0.23."""
    figures = pd.DataFrame({"series": "share", "year": [2015, 2019, 2020], "value": [9.7, 3.4, 0.6], **SHARE})
    row = one(figures, "logit_linear")
    assert row["per_year"] == pytest.approx(-1.82)
    assert row["per_year_low"] < -1.82 < row["per_year_high"]
    # By hand: b = −0.4910 ± 12.706 · 0.24484 about −3.5627 in the middle, 2018; 95 % of the line's own mean change.
    ends = [np.diff(100 / (1 + np.exp(3.5627 - b * np.array([-3, 2]))))[0] / 5 for b in (-3.6019, 2.6201)]
    assert (row["per_year_low"], row["per_year_high"]) == (
        pytest.approx(ends[0], abs=0.05), pytest.approx(ends[1], abs=0.05),
    )  # fmt: skip


def test_the_years_set_the_points_of_a_logit_slope():
    """The same log-odds a year are few points where little is left."""
    far, near = np.exp(0.2 * np.arange(5)), np.exp(4 + 0.2 * np.arange(5))
    points = [
        one(history(100 * odds / (1 + odds), **SHARE), "logit_linear")["per_year"] for odds in (far, near)
    ]
    assert points[0] > 4 > 0.4 > points[1] > 0


def test_robust_line_is_the_naive_reweighting():
    values = np.array([1.0, 2.1, 2.9, 4.2, 5.0, 5.8, 20.0, 8.1, 9.0, 9.9])
    x = np.column_stack([np.ones(10), np.arange(10)])
    beta = np.linalg.lstsq(x, values, rcond=None)[0]
    for _ in range(300):
        left = values - x @ beta
        sizes = np.abs(left) / (np.median(np.abs(left)) / 0.6744897501960817)  # MAD
        weight = np.minimum(1, 1.345 / np.maximum(sizes, 1e-12))
        beta = np.linalg.solve(x.T @ (weight[:, None] * x), x.T @ (weight * values))
    row = one(history(values), "robust")
    assert row["slope"] == pytest.approx(beta[1], rel=1e-5)
    assert abs(row["slope"] - 1) < 0.05 < abs(one(history(values), "straight_line")["slope"] - 1)


# --- a change of basis ---------------------------------------------------------------------------


def broken(old, new, **columns):
    basis = ["third census"] * len(old) + ["fourth census"] * len(new)
    return history([*old, *new], basis=basis, **columns)


def test_piecewise_recovers_a_known_step():
    row = one(broken([100.0, 110, 120], [90, 100, 110, 120]), "piecewise")
    assert (row["slope"], row["level_shift"]) == (pytest.approx(10), pytest.approx(-40))
    assert row["slope_before"] == pytest.approx(10)
    assert (row["n"], row["break_year"], row["basis"]) == (7, 2018, "third census | fourth census")


def test_piecewise_step_of_a_log_line_is_in_percent():
    """GDP of a city that the economic census made a quarter smaller, growing 5 % a year on either side."""
    old, new = 4500 * 1.05 ** np.arange(3), 0.75 * 4500 * 1.05 ** np.arange(3, 6)
    row = one(broken(old, new, **AMOUNT), "piecewise")
    assert (row["slope"], row["level_shift"]) == (pytest.approx(5), pytest.approx(-25))


def test_piecewise_has_two_slopes_only_when_both_sides_have_four_points():
    long = one(broken([10.0, 12, 14, 16], [30, 35, 40, 45]), "piecewise")
    assert (long["slope_before"], long["slope"], long["level_shift"]) == pytest.approx((2, 5, 12))
    short = one(broken([10.0, 12, 14], [30, 35, 40, 45]), "piecewise")
    # Within-basis regression by hand: Σ(t−t̄)(y−ȳ) = 2·2 + 5·5, Σ(t−t̄)² = 2 + 5.
    assert short["slope"] == short["slope_before"] == pytest.approx(29 / 7)


def test_the_last_point_left_out_of_a_broken_line_by_hand():
    """The refit keeps its two slopes: the new side without 50 goes on to 45; the step is no change."""
    row = one(broken([10.0, 12, 14, 16], [30, 35, 40, 50]), "piecewise")
    assert row["leave_last_out_error"] == pytest.approx((50 - 45) / ((3 * 2 + 5 + 5 + 10) / 6))


def test_no_other_model_joins_two_bases():
    fits = trend.fit(broken([100.0, 110, 120], [90, 100, 110, 120])).set_index("model")
    assert fits.loc["straight_line", "slope"] == pytest.approx(10)
    assert (fits.loc["straight_line", "n"], fits.loc["straight_line", "first_year"]) == (4, 2018)
    assert (fits["break_year"] == 2018).all()
    joined = history([100.0, 110, 120, 90, 100, 110, 120])
    assert one(joined, "straight_line")["slope"] != pytest.approx(10, abs=5)  # what joining would say


def test_three_bases_share_one_slope_and_the_last_step_is_told():
    values, basis = [1.0, 2, 13, 14, 115, 116], ["a", "a", "b", "b", "c", "c"]
    row = one(history(values, basis=basis), "piecewise")
    assert (row["slope"], row["level_shift"]) == (pytest.approx(1), pytest.approx(100))


def test_one_year_on_two_bases_is_a_splice_not_a_duplicate():
    frame = history([10.0, 11, 6, 7, 8], [2015, 2016, 2016, 2017, 2018.0], basis=["a", "a", "b", "b", "b"])
    row = one(frame, "piecewise")
    assert (row["slope"], row["level_shift"], row["break_year"]) == (
        pytest.approx(1),
        pytest.approx(-5),
        2016,
    )
    assert one(frame, "straight_line")["n"] == 3


def test_the_latest_basis_is_that_of_the_last_year_and_the_newer_one_at_a_tie():
    old, new = history([10.0, 11, 12, 13], basis="old"), history([16.0, 17], [2017, 2018.0], basis="new")
    for frame in (pd.concat([old, new]), pd.concat([new, old])):
        assert one(frame, "straight_line")["basis"] == "new"
        assert one(frame, "piecewise")["level_shift"] == pytest.approx(4)
    abandoned = history([15.0, 16], [2016, 2017.0], basis="trial")
    assert one(pd.concat([old, abandoned]), "straight_line")["basis"] == "old"


def test_a_missing_basis_is_a_basis_of_its_own():
    row = one(history([1.0, 2, 13, 14], basis=[None, None, "b", "b"]), "piecewise")
    assert row["level_shift"] == pytest.approx(10)


# --- few points, odd points ----------------------------------------------------------------------


def test_two_points_have_a_line_and_no_interval():
    row = one(history([900, 1210.0], [2020, 2022.0], **AMOUNT), "log_linear")
    assert row["slope"] == pytest.approx(100 * (np.sqrt(1210 / 900) - 1))
    assert row[["slope_low", "slope_high", "r_squared", "aicc", "leave_last_out_error"]].isna().all()
    assert (row["status"], row["reason"]) == ("fitted", "two_points")
    assert "no residual" in trend.REASONS["two_points"]


@pytest.mark.parametrize(("value", "reason"), [(3.0, "one_point"), (np.nan, "no_values")])
def test_one_point_or_none_is_said(value, reason):
    row = trend.fit(history([value])).iloc[0]
    assert (row["model"], row["status"], row["reason"]) == ("none", "not_fitted", reason)
    assert shown(history([value]))[["model", "why"]].tolist() == ["none", "no_trend"]


def test_every_series_and_model_has_its_row_and_every_reason_is_explained():
    frames = [history(10 + np.arange(n) ** 1.5, name=f"n{n}", **AMOUNT) for n in range(1, 12)]
    fits = trend.fit(pd.concat(frames))
    assert fits.groupby("series").size().tolist() == [1] + [len(trend.MODELS)] * 10
    assert set(fits["reason"]) - {""} <= set(trend.REASONS)
    refused = fits["status"] == "not_fitted"
    assert (fits.loc[refused, "reason"] != "").all()
    assert fits.loc[refused, "slope"].isna().all()
    assert fits.loc[~refused, "slope"].notna().all()
    too_few = fits[fits["reason"] == "too_few_points"]
    assert (too_few["n"] < too_few["minimum_n"]).all()


def test_flat_series():
    fits = trend.fit(history([5.0] * 12, **AMOUNT)).set_index("model")
    assert fits.loc["log_linear", ["slope", "slope_low", "slope_high"]].tolist() == pytest.approx([0, 0, 0])
    assert fits.loc["log_linear", "reason"] == "exact_fit"
    assert fits.loc["log_linear", ["r_squared", "aicc", "durbin_watson", "leave_last_out_error"]].isna().all()
    assert fits.loc["robust", "reason"] == "exact_line"
    assert shown(history([5.0] * 12, **AMOUNT))[["model", "why"]].tolist() == ["log_linear", "exact_line"]


@pytest.mark.parametrize("n", [2, 3, 7])
def test_a_flat_series_neither_rises_nor_falls_by_the_last_bit(n):
    assert one(history([19.3] * n, **AMOUNT), "log_linear")["slope"] == 0


def test_flat_but_for_one_point_has_no_robust_spread():
    assert one(history([5.0] * 8 + [9]), "robust")["reason"] == "no_spread"


@pytest.mark.parametrize("values", [[0.0, 1, 3, 2, 5], [-3.0, -1, 0, 2, 1]])
def test_zeros_and_negatives_stay_on_the_straight_line(values):
    fits = trend.fit(history(values, **AMOUNT)).set_index("model")
    assert fits.loc["log_linear", "reason"] == "not_positive"
    assert shown(history(values, **AMOUNT))["model"] == "straight_line"


def test_a_share_at_its_bound_has_no_logit():
    frame = history([98.0, 99, 100], **SHARE)
    assert one(frame, "logit_linear")["reason"] == "outside_bounds"
    assert shown(frame)[["model", "caution"]].tolist() == ["straight_line", "leaves_bounds"]


def test_a_share_near_100_stays_under_it():
    frame = history([99.2, 99.5, 99.9, 99.6, 99.8], **SHARE)
    curve = trend.fitted(frame, trend.fit(frame, ["logit_linear"]), ahead=20)
    columns = ["value", "mean_low", "mean_high", "prediction_low", "prediction_high"]
    assert (curve[columns] >= 0).all(axis=None)
    assert (curve[columns] <= 100).all(axis=None)
    straight = trend.fitted(frame, trend.fit(frame, ["straight_line"]), ahead=20)
    assert straight["value"].max() > 100  # near miss: what the logit is for


def test_part_years_count_as_parts():
    assert one(history([10.0, 12, 12.5], [2019, 2020, 2020.25]), "straight_line")["slope"] == pytest.approx(2)


def test_a_missing_year_is_no_step():
    frame = history([10.0, 12, 18, 20], [2015, 2016, 2019, 2020])
    assert one(frame, "straight_line")["slope"] == pytest.approx(2)
    blank = history([10.0, 12, np.nan, np.nan, 18, 20])
    pd.testing.assert_frame_equal(trend.fit(frame), trend.fit(blank))


# --- searches that fail ---------------------------------------------------------------------------

WANDERING = [10.0, 11.2, 11.9, 13.6, 13.9, 15.8, 16.1, 17.7, 17.9, 18.8, 19.0, 19.9]


def test_a_search_that_does_not_converge_is_a_reason_not_a_warning(monkeypatch):
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    def never(_points, _z):
        warnings.warn("no", ConvergenceWarning, stacklevel=2)
        raise AssertionError("the warning must stop the fit")

    monkeypatch.setitem(fitting._HOW, "robust", never)
    row = one(history(WANDERING), "robust")
    assert (row["status"], row["reason"]) == ("not_fitted", "no_convergence")


def test_other_warnings_of_a_fit_do_not_leak(monkeypatch):
    def noisy(points, z):
        warnings.warn("overflow", RuntimeWarning, stacklevel=2)
        return series.robust(points, z)

    monkeypatch.setitem(fitting._HOW, "robust", noisy)
    assert one(history(WANDERING), "robust")["status"] == "fitted"


# --- properties ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["straight_line", "robust"])
def test_adding_a_constant_shifts_and_multiplying_scales(model):
    row = one(history(WANDERING), model)
    shifted = one(history(np.array(WANDERING) + 1000), model)
    assert shifted["slope"] == pytest.approx(row["slope"], rel=1e-4)
    assert shifted["level"] == pytest.approx(row["level"] + 1000, rel=1e-6)
    scaled = one(history(np.array(WANDERING) * 1e4), model)
    assert scaled["slope"] == pytest.approx(row["slope"] * 1e4, rel=1e-4)
    assert scaled["leave_last_out_error"] == pytest.approx(row["leave_last_out_error"], rel=1e-6)
    mirrored = one(history(-np.array(WANDERING)), model)
    assert mirrored["slope"] == pytest.approx(-row["slope"], rel=1e-4)


def test_growth_does_not_depend_on_the_unit():
    row, scaled = one(history(WANDERING), "log_linear"), one(history(np.array(WANDERING) * 1e4), "log_linear")
    names = ["slope", "slope_low", "slope_high", "r_squared", "leave_last_out_error"]
    assert scaled[names].tolist() == pytest.approx(row[names].tolist())


def test_aicc_compares_across_scales():
    """A change of unit moves the AICc of every line by 2n ln(factor): only then can they be compared."""
    fits = trend.fit(history(WANDERING, **SHARE)).set_index("model")["aicc"]
    thousandfold = trend.fit(
        history(np.array(WANDERING) * 1000, scale="share", lower=0, upper=1e5)
    ).set_index("model")["aicc"]
    for model in ("straight_line", "log_linear", "logit_linear"):
        assert thousandfold[model] - fits[model] == pytest.approx(24 * np.log(1000), rel=1e-4)


def test_the_slope_interval_covers_at_its_level():
    """2,000 series of 4 points about a known line: 95 % within two points."""
    noise = np.random.default_rng(11).normal(size=(2000, 4))
    points = Points(np.arange(4.0), np.zeros(4), np.full(4, "", dtype=object))
    fits = [series.line(points, 3 * np.arange(4) + shock) for shock in noise]
    assert np.mean([fit.slope_low <= 3 <= fit.slope_high for fit in fits]) == pytest.approx(0.95, abs=0.02)


def test_order_of_rows_does_not_matter_and_the_frame_is_left_alone():
    frame = broken([100.0, 112, 119, 131], [90, 101, 108, 122], **AMOUNT)
    before = frame.copy(deep=True)
    fits = trend.fit(frame)
    trend.fitted(frame, trend.choose(fits), ahead=2)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(trend.fit(frame.sample(frac=1, random_state=1)), fits)


def test_published_digits_may_come_as_text():
    assert one(history(["2.10", "2.20", "2.30"]), "straight_line")["slope"] == pytest.approx(0.1)


# --- the rule ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "model", "why"),
    [
        (history([10.0, 12], **AMOUNT), "log_linear", "two_points"),
        (history([60.6, 63.9], **SHARE), "logit_linear", "two_points"),
        (history([10.0, 12, 13]), "straight_line", "few_points"),
        (history([10.0, 12, 14, 16], **AMOUNT), "log_linear", "few_points"),
        (history([10.0, 12, 14, 16, 18.1, 20], **AMOUNT), "straight_line", "lowest_aicc"),
        (history([10.0, 12, 14, 16, 18, 20], **AMOUNT), "straight_line", "lowest_aicc"),
        (history(10 * 1.5 ** np.arange(6), **AMOUNT), "log_linear", "exact_line"),
        (history(np.round(10 * 1.5 ** np.arange(6)), **AMOUNT), "log_linear", "lowest_aicc"),
        (broken([9.0, 10], [5, 6]), "piecewise", "basis_break"),
        (broken([9.0], [5, 6, 8], **AMOUNT), "log_linear", "latest_basis_only"),
        (broken([9.0], [5, 6], **AMOUNT), "log_linear", "latest_basis_only"),
        (broken([9.0, 10, 11, 12], [5]), "none", "latest_basis_too_short"),
    ],
)
def test_the_rule(frame, model, why):
    choice = shown(frame)
    assert (choice["model"], choice["why"]) == (model, why)
    assert choice["why"] in trend.RULE


def test_within_two_of_the_lowest_aicc_the_last_point_decides():
    """Two lines whose AICc differ by less than 2; the table itself shows which one met the last point."""
    frame = history([60.1, 61.0, 61.3, 62.4, 62.8, 63.9], **SHARE)
    lines_only = (
        trend.fit(frame).query("model in ['straight_line', 'log_linear', 'logit_linear']").set_index("model")
    )
    assert np.ptp(lines_only["aicc"]) < 2
    choice = shown(frame)
    assert (choice["model"], choice["why"]) == (
        lines_only["leave_last_out_error"].idxmin(),
        "last_point_best",
    )


def test_a_line_about_to_leave_the_possible_is_not_shown():
    frame = history([9.0, 7.6, 5.9, 4.6, 3.1], **AMOUNT)  # straight down: below zero within three years
    fits = trend.fit(frame).set_index("model")
    assert not fits.loc["straight_line", "stays_inside"]
    assert shown(frame)["model"] == "log_linear"
    assert shown(frame.assign(scale="ratio"))["model"] == "straight_line"  # a ratio may be negative


def test_cautions():
    outlier = history([1.0, 2.1, 2.9, 4.2, 5.0, 5.8, 7.1, 8.0, 9.1, 60])
    assert "robust_differs" in shown(outlier)["caution"]
    assert shown(history([1.0, 2.1, 2.9, 4.2, 5.0, 5.8, 7.1, 8.0, 9.1, 9.9]))["caution"] == ""
    curved = history((np.arange(12) - 6.0) ** 2)
    assert shown(curved)["caution"] == "serial_correlation"
    assert set(trend.CAUTIONS) == {"robust_differs", "serial_correlation", "leaves_bounds"}


def test_choose_has_one_row_per_series_in_the_order_given():
    frame = pd.concat(
        [history([3.0], name="b"), history([1.0, 2], name="a"), broken([1.0, 2], [5], name="c")]
    )
    choice = trend.choose(trend.fit(frame))
    assert choice[["series", "model"]].to_numpy().tolist() == [
        ["b", "none"],
        ["a", "straight_line"],
        ["c", "none"],
    ]
    assert choice["slope"].isna().tolist() == [True, False, True]


# --- curves --------------------------------------------------------------------------------------


def test_curve_and_intervals_by_hand():
    frame = history(TEXTBOOK)
    curve = trend.fitted(frame, trend.fit(frame, ["straight_line"]), ahead=2).set_index("year")
    assert curve.loc[2015:2019, "value"].tolist() == pytest.approx([2.8, 3.4, 4.0, 4.6, 5.2])
    assert curve["part"].tolist() == ["span"] * 5 + ["ahead"] * 2
    for year, distance in ((2017, 0), (2019, 2), (2021, 4)):
        leverage = 1 / 5 + distance**2 / 10
        row = curve.loc[year]
        assert row["mean_high"] - row["value"] == pytest.approx(T3 * np.sqrt(0.8 * leverage))
        assert row["value"] - row["prediction_low"] == pytest.approx(T3 * np.sqrt(0.8 * (1 + leverage)))


def test_curve_on_a_log_scale_is_carried_back():
    frame = history(np.exp(TEXTBOOK), **AMOUNT)
    curve = trend.fitted(frame, trend.choose(trend.fit(frame, ["log_linear"])), ahead=1).set_index("year")
    leverage = 1 / 5 + 9 / 10
    assert curve.loc[2020, "value"] == pytest.approx(np.exp(5.8))
    expected = np.exp(5.8 + T3 * np.sqrt(0.8 * (1 + leverage)))
    assert curve.loc[2020, "prediction_high"] == pytest.approx(expected)


def test_the_robust_curve_goes_through_its_level():
    frame = history(WANDERING)
    fits = trend.fit(frame, ["robust"])
    curve = trend.fitted(frame, fits, ahead=1)
    assert curve.query("year == 2026")["value"].item() == pytest.approx(fits["level"].item())
    assert (curve["prediction_low"] < curve["mean_low"]).all()
    assert (curve["mean_low"] < curve["value"]).all()


def test_two_points_leave_no_interval_on_the_curve():
    frame = history([900, 1210.0], [2020, 2022.0], **AMOUNT)
    curve = trend.fitted(frame, trend.choose(trend.fit(frame)), ahead=3)
    assert curve["year"].tolist() == [2020, 2021, 2022, 2023, 2024, 2025]
    assert curve["value"].iloc[1] == pytest.approx(np.sqrt(900 * 1210))
    assert curve[["mean_low", "mean_high", "prediction_low", "prediction_high"]].isna().all(axis=None)


def test_a_broken_curve_is_two_curves():
    frame = broken([100.0, 110, 120], [90, 100, 110, 120])
    curve = trend.fitted(frame, trend.choose(trend.fit(frame)), ahead=1)
    by_basis = {basis: rows["year"].tolist() for basis, rows in curve.groupby("basis")}
    assert by_basis == {"third census": [2015, 2016, 2017], "fourth census": [2018, 2019, 2020, 2021, 2022]}
    assert curve["value"].tolist() == pytest.approx([100, 110, 120, 90, 100, 110, 120, 130])


def test_a_curve_after_a_part_year_goes_on_in_whole_years():
    frame = history([10.0, 12, 12.6], [2019, 2020, 2020.25])
    curve = trend.fitted(frame, trend.fit(frame, ["straight_line"]), ahead=2)
    assert curve["year"].tolist() == [2019, 2020, 2020.25, 2021, 2022]


def test_nothing_fitted_is_an_empty_curve_with_its_columns():
    frame = history([3.0])
    curve = trend.fitted(frame, trend.choose(trend.fit(frame)))
    full = trend.fitted(history(TEXTBOOK), trend.fit(history(TEXTBOOK)))
    assert curve.empty
    assert list(curve) == list(full)
    assert trend.choose(trend.fit(frame.iloc[:0])).empty


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (history([1.0, 2]).drop(columns="value"), "no column value"),
        (history([1.0, 2], [2015, 2015.0]), "two values for 2015 on the same basis"),
        (history(["1", "about 2"]), "'about 2', which is no finite number"),
        (history([1.0, np.inf]), "'inf', which is no finite number"),
        (history([1.0, 2], [2015, np.nan]), "row without a year"),
        (history([1.0, 2], name=["a", None]), "names no series"),
        (history([1.0, 2], scale=["share", "amount"]), "has scale share and amount"),
        (history([1.0, 2], upper=[100, 1]), "has upper 100.0 and 1.0"),
        (history([1.0, 2], scale="share", lower=100, upper=0), "not under the upper bound"),
    ],
)
def test_a_history_that_cannot_be_read_is_refused(frame, message):
    with pytest.raises(InputError, match=message):
        trend.fit(frame)


def test_unknown_models_and_foreign_frames_are_refused():
    frame = history(TEXTBOOK)
    fits = trend.fit(frame)
    with pytest.raises(InputError, match="no trend model 'cubic'"):
        trend.fit(frame, ["cubic"])
    with pytest.raises(InputError, match="no column aicc"):
        trend.choose(fits.drop(columns="aicc"))
    with pytest.raises(InputError, match="not by -1"):
        trend.fitted(frame, fits, ahead=-1)
    with pytest.raises(InputError, match="holds no series 's'"):
        trend.fitted(frame.assign(series="other"), fits)
    with pytest.raises(InputError, match="log_linear does not fit series 's'"):
        trend.fitted(history([0.0, *TEXTBOOK]), fits)


# --- the package -----------------------------------------------------------------------------------


def test_importing_is_cheap():
    code = "import sys, zbanalysis.trend; print({'statsmodels', 'scipy', 'matplotlib'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
