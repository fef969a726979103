"""The large charts of one series: what is drawn, that nothing is cut, and that `chart` draws each kind."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from zbanalysis.errors import InputError
from zbanalysis.report import charts, style
from zbanalysis.report.charts import single
from zbanalysis.report.charts.figure import spread

KNOWN = pd.DataFrame(
    {"year": [2015.0, 2018, 2020], "value": [100.0, 200, 400], "basis": ["old", "new", "new"],
     "published": ["100", "200", "400"], "source": ["a <b>", "b", "b"]}
)  # fmt: skip
"""Synthetic: a definition that changed after 2015."""


def ahead(spread: float) -> pd.DataFrame:
    """Synthetic: a median of 800 in 2022 with intervals that widen by ``spread``."""
    frame = pd.DataFrame({"year": [2021, 2022], "mean": [600.0, 800.0]})
    for level in {50, 80, 95, *single.OUTCOMES}:
        frame[f"lo{level}"] = frame["mean"] / (1 + spread * level / 100)
        frame[f"hi{level}"] = frame["mean"] * (1 + spread * level / 100)
    return frame


def inside(axes, values) -> bool:
    low, high = axes.get_ylim()
    return low <= min(values) and max(values) <= high


@pytest.mark.parametrize("spread", [0.2, 3.0, 60.0])
def test_a_fan_is_never_cut_however_wide(spread):
    frame = ahead(spread)
    (axes,) = charts.chart("fan", KNOWN, frame, goal=single.Goal(2022, 900)).axes
    assert inside(axes, [*KNOWN["value"], *frame["lo95"], *frame["hi95"], 900])
    assert axes.get_yscale() == "log"
    assert all(float(tick).is_integer() for tick in axes.get_xticks())


def test_twenty_equally_likely_outcomes_are_filled_where_the_target_is_met():
    """The median is 800: of the ten outcomes above it all pass 800, none passes 8,000."""

    def filled(goal):
        made = charts.chart("fan", KNOWN, ahead(0.5), goal=goal)
        dots = [
            line for line in made.axes[0].lines if line.get_marker() == "o" and line.get_markersize() == 3
        ]
        assert sum(len(line.get_xdata()) for line in dots) == 20
        return sum(len(line.get_xdata()) for line in dots if line.get_markerfacecolor() != "white")

    assert filled(single.Goal(2022, 800.0)) == 10
    assert filled(single.Goal(2022, 8000.0)) == 0
    assert filled(single.Goal(2022, 8000.0, direction="down")) == 20
    assert filled(single.Goal(2022, 800.0, upper=900.0)) == 3  # 820, 860 and 900


def test_figures_on_different_definitions_are_not_joined_and_each_can_be_pointed_at():
    made = charts.chart("fan", KNOWN, ahead(0.5).head(0))
    lines = [line.get_xdata().tolist() for line in made.axes[0].lines if line.get_marker() == "o"]
    assert lines == [[2015.0], [2018.0, 2020.0]]
    svg = made.svg("en")
    assert "<title>2018.0: 200 · b</title>" in svg
    assert "<title>2015.0: 100 · a &lt;b&gt;</title>" in svg
    assert svg == charts.chart("fan", KNOWN, ahead(0.5).head(0)).svg("en")


def test_a_trend_draws_the_interval_of_a_single_figure_too():
    curve = pd.DataFrame(
        {"year": [2018, 2020, 2021], "value": [10.0, 11, 12], "basis": "b", "part": ["span", "span", "ahead"],
         "mean_low": 9.0, "mean_high": 13.0, "prediction_low": 6.0, "prediction_high": 16.0}
    )  # fmt: skip
    (axes,) = charts.chart("trend", KNOWN.assign(value=[10.0, 10.2, 11]), curve).axes
    tops = sorted(band.get_paths()[0].vertices[:, 1].max() for band in axes.collections if band.get_paths())
    assert tops == [13.0, 16.0]
    assert inside(axes, [6, 16])


SERIES = pd.DataFrame(
    [(area, year, level * 1.1 ** (year - 2015)) for level, area in enumerate("abcdefgh", 1) for year in range(2015, 2021)],
    columns=["area", "year", "value"],
)  # fmt: skip
"""Synthetic: eight areas that grow alike."""


@pytest.mark.parametrize(("about", "heading"), [(None, "log scale"), ({"en": "Firms"}, "Firms, log scale")])
def test_the_heading_of_a_logarithmic_axis_begins_with_a_word(about, heading):
    """Without a name it was “, log scale”."""
    wide = SERIES.assign(value=SERIES["value"] ** 2)
    (axes,) = charts.chart("areas", wide, lang="en", about=about).axes
    assert axes.get_title(loc="left") == heading


def test_areas_have_the_named_in_colour_the_rest_in_grey_and_the_median():
    made = charts.chart("areas", SERIES, named=["a", "h"], own="d", names={"h": "Highest"})
    (axes,) = made.axes
    greys = [line for line in axes.lines if line.get_color() == "#CBD2D9"]
    assert len(greys) == 5
    words = [text.get_text() for text in axes.texts]
    assert [word.split()[0] for word in words[:3]] == ["a", "d", "Highest"]
    # 1.1^5 = 1.61051; the median of levels 1 to 8 is 4.5 times that
    assert words[3].endswith("7.25")
    assert axes.texts[1].get_color() == style.ROLES["target"].colour


def test_a_figure_at_the_end_of_a_line_keeps_its_printed_digits():
    """2.30 was written 2.3, and 42.53 beside its table 42.5."""
    made = charts.chart("areas", SERIES.assign(published="42.530"), named=["a"], lang="en")
    assert made.axes[0].texts[0].get_text() == "a 42.530"
    made = charts.chart("areas", SERIES, named=["a"], names={"a": "{A}"}, lang="en")
    assert made.axes[0].texts[0].get_text() == "{A} 1.61"


def test_names_at_the_right_never_meet_and_stay_within_the_frame():
    many = pd.DataFrame([(f"area {n}", year, 5 + n / 1000) for n in range(31) for year in (2019, 2020)],
                        columns=["area", "year", "value"])  # fmt: skip
    made = charts.chart("areas", many, named=sorted(many["area"].unique()))
    made.figure.draw_without_rendering()
    boxes = sorted((text.get_window_extent() for text in made.axes[0].texts), key=lambda one: one.y0)
    assert len(boxes) == 31
    assert all(lower.y1 <= upper.y0 + 1.5 for lower, upper in itertools.pairwise(boxes))
    assert boxes[0].y0 >= made.figure.bbox.y0
    assert boxes[-1].y1 <= made.figure.bbox.y1


@pytest.mark.parametrize("high", [1.3, 42.0, 950.0, 11020332.0])
def test_marks_are_few_and_have_thousands_separators(high):
    series = pd.DataFrame({"area": "x", "year": [2019, 2020], "value": [high / 20, high]})
    made = charts.chart("areas", series)
    made.figure.draw_without_rendering()
    axes, paper = made.axes[0], made.figure.bbox
    shown = [
        tick.label1
        for tick in axes.yaxis.get_major_ticks()
        if axes.get_ylim()[0] <= tick.get_loc() <= axes.get_ylim()[1]
    ]
    assert 3 <= len(shown) <= 6
    assert all(text.get_window_extent().x0 >= paper.x0 for text in shown)
    assert not any(len(text.get_text().split(",")[0]) > 3 for text in shown)


def test_spread_keeps_the_order_and_the_gap():
    places = [0.9, 0.1, 0.11, 0.12]
    found = spread(places, 0.1)
    assert np.argsort(found).tolist() == [1, 2, 3, 0]
    assert min(b - a for a, b in itertools.pairwise(sorted(found))) >= 0.1 - 1e-9
    assert found[0] == 0.9


def test_wrong_kinds_frames_and_options_are_one_sentence():
    with pytest.raises(InputError, match="no chart 'pie'; the kinds are attainment"):
        charts.chart("pie", SERIES)
    with pytest.raises(InputError, match="needs the column area"):
        charts.chart("areas", KNOWN)
    with pytest.raises(InputError, match="not made from these"):
        charts.chart("areas", SERIES, colour="red")
    with pytest.raises(InputError, match="'fr' is not known"):
        charts.chart("areas", SERIES, lang="fr")
