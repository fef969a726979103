"""Fans re-read for science statistics: the formula by hand, and the tables behind it.

Expected probabilities come from the committed CSV and from `statistics`, read here on their own.
"""

from __future__ import annotations

import math
import re
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.projection import build, domain
from zbanalysis.projection.fan import GRID, log_odds, probability
from zbanalysis.projection.project import project

NORMAL = NormalDist()


def frame_of(**series: list[float]) -> pd.DataFrame:
    """Each series ends in 2020."""
    return pd.concat(
        [
            pd.DataFrame({"series": name, "year": range(2021 - len(values), 2021), "value": values})
            for name, values in series.items()
        ],
        ignore_index=True,
    )


PAST = frame_of(
    two=[10.0, 12.0], four=[10.0, 12.0, 13.0, 16.0], nine=[1, 1.3, 1.2, 1.6, 1.9, 2, 2.4, 2.3, 2.9]
)


@pytest.fixture(scope="module")
def printed(root):
    table = pd.read_csv(root / "zbanalysis" / "projection" / "calibration" / "domain.csv")
    return table.set_index("year")[["level", "rise", "width", "longest"]]


def by_hand(p: float, years: int, row: pd.Series, *, share: bool = False) -> float:
    """The module's formula in plain Python."""
    within = (years**-6 + row["longest"] ** -6) ** (-1 / 6)
    m = row["level"] + row["rise"] * math.log(within)
    z = NORMAL.inv_cdf(p)
    if share:
        return NORMAL.cdf(z - m / 3)
    alike, unlike = (z - m / 0.75) / (0.9 * row["width"]), z / (2.5 * row["width"])
    read = 0.75 * NORMAL.cdf(alike) + 0.25 * NORMAL.cdf(unlike)
    assert abs(math.log(read / (1 - read))) < 2.4, "farther out the fan's own tails count"
    return read


@pytest.mark.parametrize("years", [1, 3, 6, 9])
@pytest.mark.parametrize("scale", ["amount", "share"])
def test_a_chance_is_re_read_by_the_formula(printed, years, scale):
    told = {"scale": scale, "direction": "up"}
    goal = pd.DataFrame({"series": ["four"], "year": [2020 + years], "value": [17.5], "direction": ["down"]})
    general = project(PAST, 9, **told).chance(goal)["chance"].item()
    read = project(PAST, 9, **told, domain="science").chance(goal)["chance"].item()
    # Log-odds are straight between the grid's points before and after, so not to the last digit.
    assert read == pytest.approx(by_hand(general, years, printed.iloc[-1], share=scale == "share"), abs=4e-3)


def test_the_row_is_that_of_the_year_of_the_report(printed):
    goal = pd.DataFrame({"series": ["four"], "year": [2022], "value": [17.5], "direction": ["down"]})
    general = project(PAST, 2, scale="amount").chance(goal)["chance"].item()
    for year in (2016, 2021):
        read = project(PAST, 2, scale="amount", domain="science", as_of=f"{year}-03-31")
        expected = by_hand(general, 2, printed.loc[year])
        assert read.chance(goal)["chance"].item() == pytest.approx(expected, abs=4e-3)
    first = project(PAST, 2, scale="amount", domain="science", as_of="2012-01-01")
    assert first.chance(goal)["chance"].item() == general  # nothing was known: not re-read


def test_the_tails_are_the_fans_own_half_as_fast_again(printed):
    """The mixture alone would leave 2.5 % beyond whatever the fan can tell of."""
    row = printed.iloc[-1]
    known = domain.Line(row["level"], row["rise"], row["width"], int(row["longest"]))
    odds = np.array([[-9.0, -8.0, 8.0, 9.0]])
    read = domain.reread(odds, np.array([3]), known, np.array([False]))[0]
    assert read[1] - read[0] == pytest.approx(1.5, abs=1e-6)
    assert read[3] - read[2] == pytest.approx(1.5, abs=1e-6)
    assert read[0] < -6
    assert read[3] > 6
    plain, science = (project(PAST, 6, scale="amount", domain=name) for name in ("general", "science"))
    wide, wider = (np.ptp(fan.quantile([0.025, 0.975]), axis=1) for fan in (plain, science))
    assert (wider < 7 * wide).all()


def test_beyond_the_middle_a_science_fan_is_as_regular_upwards():
    """A fan that is flat in its tail: read as it stands, its 95 % end would lie at the end of the grid."""
    odds = np.broadcast_to(np.minimum(np.linspace(-8, 8, len(GRID)), 6.0), (1, len(GRID)))
    read = domain.reread(odds, np.array([6]), domain.line(), np.array([False]))[0]
    middle, edge = np.searchsorted(read, [0, domain.OUTER])
    steep = domain.OUTER / (edge - middle)
    beyond = np.arange(len(GRID) - edge)
    assert (read[edge:] >= domain.OUTER + 1.5 * steep * beyond - 1e-9).all()
    assert (np.diff(read) >= 0).all()


def test_what_is_not_re_read():
    for told in ({"scale": "rank", "direction": "down"}, {"scale": "amount", "direction": "down"}):
        plain, read = (project(PAST, 3, **told, domain=name) for name in ("general", "science"))
        np.testing.assert_array_equal(plain.mean, read.mean)
    moved = project(PAST, 3, scale="count", domain="science").mean - project(PAST, 3, scale="count").mean
    assert (moved > 0).all(), "outcomes of the provinces fell above the middle"


def test_a_rise_stops_at_the_longest_span_without_a_kink():
    known = domain.Line(0.4, 0.3, 1.0, 6)
    years = np.arange(1, 16)
    m = domain.middle(years.astype(float), known, np.zeros(15, dtype=bool))
    assert (np.diff(m) > 0).all()
    assert m[0] == pytest.approx(0.4, abs=1e-4)
    assert m[-1] == pytest.approx(0.4 + 0.3 * math.log(6), abs=0.01)
    assert np.diff(m, 2).max() < 0.03


def test_censuses_on_the_way():
    assert domain.censuses(2020, 2025) == [2023]
    assert domain.censuses(2018, 2020) == [2018]  # the figure of 2018 came out on the old GDP first
    assert domain.censuses(2019, 2022) == []
    error = domain.census_error(np.array([2020, 2019, 2017]), np.array([2025, 2022, 2024]))
    assert error.tolist() == pytest.approx([0.025, 0, 0.025 * math.sqrt(2)])


def test_widening_by_hand():
    """A normal of deviation 3 and an error of deviation 4 make one of 5."""
    own = log_odds(np.array([[NORMAL.cdf(step / 3) for step in GRID]]))
    wide = probability(domain.widened(own, np.array([4.0])))[0]
    inside = np.abs(GRID) < 8
    assert wide[inside] == pytest.approx([NORMAL.cdf(step / 5) for step in GRID[inside]], abs=0.02)
    assert domain.widened(own, np.array([0.0])) == pytest.approx(own)


# --- the committed tables ---


def test_lines_are_known_year_by_year(printed):
    assert list(printed.index) == list(range(2014, printed.index[-1] + 1))
    assert printed["longest"].is_monotonic_increasing
    assert (printed["rise"] >= 0).all()
    assert printed["width"].between(0.5, 1.5).all()


def test_the_documents_state_the_held_out_figures(root):
    checks, rates = domain.checks(), domain.reliability()
    text = re.sub(r"\s+", " ", (root / "docs" / "methods" / "measured.md").read_text("utf-8"))
    part = text[text.index("The domain's re-reading, each indicator left out") :][:900]
    for column in ("domain80", "domain95", "general80", "general95"):
        assert f"{100 * checks[column].min():.1f}–{100 * checks[column].max():.1f} %" in part
    assert f"{checks['cases'].sum():,}" in part
    gap = 100 * (rates["chance"] - rates["reached"]).abs()
    assert f"{(gap * rates['cases']).sum() / rates['cases'].sum():.1f} points" in part
    assert f"{gap.max():.1f} at the worst" in part


def test_chances_of_left_out_indicators_are_right_at_both_ends():
    """Issue: within 3 points of the mean stated chance below a tenth and above nine tenths."""
    rates = domain.reliability().set_index("from")
    assert rates.index.tolist() == [k / 10 for k in range(10)]
    for end in (0.0, 0.9):
        assert rates.loc[end, "cases"] > 5000
        assert abs(rates.loc[end, "chance"] - rates.loc[end, "reached"]) < 0.03
    assert (rates["chance"] - rates["reached"]).abs().max() < 0.035


def test_left_out_indicators_are_covered_at_least_as_named():
    checks = domain.checks()
    assert checks["years"].tolist() == [1, 2, 3, 4, 5, 6]
    assert checks["domain80"].between(0.8, 0.9).all()
    assert (checks["domain95"] >= 0.95).all()
    assert (checks["general80"] < 0.8).all()


# --- what rebuilds them ---


def scores(level: float, rise: float, width: float, seed: int = 5) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    years = np.tile(np.arange(1, 7), 4000)
    score = random.normal(level + rise * np.log(years), width)
    return pd.DataFrame(
        {"series": "s", "indicator": "i", "points": 3, "years": years, "score": score, "share": False}
    )


@pytest.mark.parametrize("put_in", [(0.4, 0.3, 1.1), (0.0, 0.0, 0.8)])
def test_the_fit_finds_the_line_the_scores_were_drawn_about(put_in):
    line = build.line_of(scores(*put_in))
    assert (line.level, line.rise, line.width) == pytest.approx(put_in, abs=0.03)
    assert line.longest == 6


def test_a_falling_line_is_taken_for_level_and_shares_do_not_count():
    falling = scores(0.5, -0.3, 1.0)
    line = build.line_of(falling)
    assert line.rise == 0
    assert line.level == pytest.approx(falling["score"].mean(), abs=1e-3)
    share = falling.assign(share=True, score=9.0)
    assert build.line_of(pd.concat([falling, share])) == line


def test_every_series_weighs_the_same():
    few = scores(1.0, 0.0, 0.1).head(60).assign(series="few")
    many = scores(0.0, 0.0, 0.1).assign(series="many")
    assert build.line_of(pd.concat([few, many])).level == pytest.approx(0.5, abs=0.05)


@pytest.fixture(scope="module")
def figures(data_dir):
    return build.panel(package.load(data_dir))


def test_the_panel_is_what_most_provinces_have(figures):
    assert figures["series"].str.partition("/")[2].nunique() == 31
    assert figures["indicator"].nunique() == 12
    assert not figures.duplicated(["series", "year"]).any()
    assert (figures.loc[figures["scale"] == "share", "indicator"] == "rd_intensity").all()


def test_a_place_is_the_probability_given_to_no_more_than_what_came():
    values = [10.0, 11.0, 13.0, 12.0, 15.0, 17.0]
    panel = frame_of(s=values).assign(indicator="i", scale="amount")
    table = build.outcomes(panel).table
    assert set(zip(table["year"] - table["years"], table["points"], strict=True)) == {
        (2016, 2), (2017, 2), (2017, 3), (2018, 2), (2018, 3), (2018, 4), (2019, 2), (2019, 3), (2019, 4), (2019, 5),
    }  # fmt: skip
    for row in table.itertuples():
        past = frame_of(s=values[: row.year - row.years - 2014]).tail(row.points)
        past = past.assign(year=past["year"] - 2020 + row.year - row.years)
        goal = pd.DataFrame({"series": ["s"], "year": [row.year], "value": [row.came], "direction": ["down"]})
        place = project(past, 6, scale="amount").chance(goal)["chance"].item()
        assert NORMAL.cdf(row.score) == pytest.approx(place, abs=1e-3)


def test_an_indicator_is_re_read_by_a_line_fitted_without_it():
    panel = pd.concat([
        frame_of(x=[10.0, 11, 13, 12, 15, 17]).assign(indicator="x"),
        frame_of(y=[10.0, 14, 19, 27, 35, 50]).assign(indicator="y"),
    ]).assign(scale="amount")  # fmt: skip
    found = build.outcomes(panel)
    read = build.left_out(found)
    for own, other in (("x", "y"), ("y", "x")):
        mine = (found.table["indicator"] == own).to_numpy()
        line = build.line_of(found.table[found.table["indicator"] == other])
        years = found.table.loc[mine, "years"].to_numpy()
        expected = domain.reread(found.fan.odds[mine], years, line, np.zeros(mine.sum(), dtype=bool))
        np.testing.assert_array_equal(read.fan.odds[mine], expected)


def test_a_later_revision_changes_no_earlier_line(figures):
    """The lines of a panel that ends on a day are those of the whole panel up to that day."""
    some = figures[figures["indicator"].isin(["rd_expenditure", "rd_personnel_fte", "rd_intensity"])]
    some = some[some["series"].str.contains("/(?:anhui|beijing)$") & (some["known"] <= "2021-12-31")]
    cut = some[some["known"] <= "2018-12-31"]
    revised = some[some["year"] == 2015].assign(value=lambda frame: frame["value"] * 2, known="2020-05-01")
    whole = build.lines_by_year(pd.concat([some, revised]))
    before = build.lines_by_year(cut)
    assert before["year"].max() == 2019
    text = whole[whole["year"] <= 2019].to_csv(index=False)
    assert text == before.to_csv(index=False)
    assert whole.to_csv() != build.lines_by_year(some).to_csv()  # later lines do know it


@pytest.mark.slow
def test_the_shipped_panel_gives_the_committed_lines(root, figures):
    folder = root / "zbanalysis" / "projection" / "calibration"
    assert build.lines_by_year(figures).to_csv(index=False) == (folder / "domain.csv").read_text("utf-8")
