"""What the charts draw, read back from the figure; and that nothing is covered or leaves the paper."""

from __future__ import annotations

import itertools
from functools import cache

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.errors import InputError
from zbanalysis.outlook import targets, verdict
from zbanalysis.plan import pathway, progress
from zbanalysis.report import charts, style
from zbanalysis.report.charts import multiples, panels

TOLERANCE = 1.5  # pixels at 100 dpi


@pytest.fixture(scope="module")
def views(data_dir):
    """Plan and day → progress, history and path, each worked out once."""
    dataset, cache = package.load(data_dir), {}

    def view(plan_id: str, day: str):
        if (plan_id, day) not in cache:
            found = progress.progress(dataset, plan_id, day)
            cache[plan_id, day] = found, progress.history(dataset, found, day), pathway.path(found)
        return cache[plan_id, day]

    return view


@cache
def comparable(day):
    return targets.comparable_of(package.load(), day)


def verdicts(found, history, day):
    """The rows with their verdict."""
    outlook = targets.feasibility(found, history, comparable(day))
    return found.join(verdict.verdicts(found, outlook, history, as_of=day))


@pytest.fixture(scope="module")
def drawn(views):
    """Chart, plan, day and language → figure laid out, drawn once."""
    cache = {}

    def draw(kind: str, plan_id: str, day: str, lang: str):
        key = kind, plan_id, day, lang
        if key not in cache:
            found, history, path = views(plan_id, day)
            chart = (
                charts.attainment(verdicts(found, history, day), lang)
                if kind == "attainment"
                else charts.paths(found, path, history, lang)
            )
            chart.figure.draw_without_rendering()
            cache[key] = chart.figure
        return cache[key]

    return draw


ALL = [
    pytest.param(kind, plan_id, day, lang, id=f"{kind}-{plan_id}-{day[:4]}-{lang}")
    for kind, plan_id, day in [
        ("attainment", "zibo-13", "2020-08-10"),
        ("attainment", "zibo-13", "2022-04-19"),
        ("attainment", "zibo-14", "2022-04-19"),
        ("attainment", "china-13", "2018-12-31"),
        ("paths", "zibo-13", "2022-04-19"),
        ("paths", "zibo-14", "2022-04-19"),
        ("paths", "china-13", "2021-12-31"),
    ]
    for lang in ("zh", "en")
]


def box(artist, figure):
    return artist.get_window_extent(figure._get_renderer())


def texts(figure):
    """Every text that is shown, with its box."""
    found = [text for text in figure.findobj(mpl.text.Text) if text.get_text().strip() and text.get_visible()]
    shown = [text for text in found if text.axes is None or text.axes.get_visible()]
    hidden = {
        id(part)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks() + axis.get_minor_ticks()
        for part in (tick.label1, tick.label2)
        if not (
            axis.get_view_interval().min() - 1e-9 <= tick.get_loc() <= axis.get_view_interval().max() + 1e-9
        )
    }
    return [
        (text.get_text(), box(text, figure))
        for text in shown
        if id(text) not in hidden and box(text, figure).width > 0
    ]


def overlap(one, other, slack: float = TOLERANCE) -> bool:
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide > slack and high > slack


@pytest.mark.parametrize(("kind", "plan_id", "day", "lang"), ALL)
def test_no_text_leaves_the_paper(drawn, kind, plan_id, day, lang):
    figure = drawn(kind, plan_id, day, lang)
    paper = figure.bbox
    outside = [
        text
        for text, place in texts(figure)
        if place.x0 < paper.x0 - TOLERANCE or place.x1 > paper.x1 + TOLERANCE
        or place.y0 < paper.y0 - TOLERANCE or place.y1 > paper.y1 + TOLERANCE
    ]  # fmt: skip
    assert outside == []


@pytest.mark.parametrize(("kind", "plan_id", "day", "lang"), ALL)
def test_no_two_texts_overlap(drawn, kind, plan_id, day, lang):
    figure = drawn(kind, plan_id, day, lang)
    pairs = itertools.combinations(texts(figure), 2)
    assert [(one, other) for (one, a), (other, b) in pairs if overlap(a, b)] == []


@pytest.mark.parametrize(("kind", "plan_id", "day", "lang"), ALL)
def test_the_legend_covers_nothing(drawn, kind, plan_id, day, lang):
    figure = drawn(kind, plan_id, day, lang)
    (legend,) = figure.legends
    below = [axes.bbox for axes in figure.axes] + [box(line, figure) for line in figure.artists]
    assert below
    assert not any(overlap(box(legend, figure), one) for one in below)


def test_marks_stand_at_both_sides_of_the_target(drawn):
    """From 61 % to 177 % the axis had 100 % and 200 %: nothing below the target could be read."""
    (axes,) = drawn("attainment", "zibo-13", "2020-08-10", "en").axes
    assert axes.get_xticks().tolist() == [70, 100, 150, 200]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_dots_stand_at_the_share_of_the_target_on_a_logarithmic_axis(drawn, lang):
    """Worked out apart: 100 × figure / target, and base / target where there is a base."""
    (axes,) = drawn("attainment", "zibo-13", "2022-04-19", lang).axes
    assert axes.get_xscale() == "log"
    bases, latest = (np.asarray(dots.get_offsets()) for dots in axes.collections[:2])
    assert list(latest[:, 1]) == list(range(10))
    expected = [
        2.79 / 2.7,
        14.7 / 14,
        71 / 80,
        160.65 / 60,
        42.53 / 36,
        703 / 380,
        1,
        364 / 350,
        52 / 85,
        1.2,
    ]
    assert latest[:, 0] == pytest.approx([100 * share for share in expected])
    assert list(bases[:, 1]) == [0, 1, 2, 3, 4, 5]
    expected = [2.14 / 2.7, 7.81 / 14, 57 / 80, 24.46 / 60, 31.8 / 36, 251 / 380]
    assert bases[:, 0] == pytest.approx([100 * share for share in expected])


def test_a_change_of_definition_breaks_the_line_and_one_definition_joins_it(views):
    """R&D intensity of 2020 is on another GDP than the target's: no line; patents have one."""

    def joined(rows):
        (axes,) = charts.attainment(rows).axes
        lines = axes.collections[-1].get_segments()
        return [line[0][1] for line in lines]

    found, history, _ = views("zibo-13", "2022-04-19")
    rows = verdicts(found, history, "2022-04-19")
    assert joined(rows) == [1, 2, 3, 4, 5]
    assert joined(rows.assign(mark="")) == [0, 1, 2, 3, 4, 5]


def test_colours_follow_the_verdict(views):
    found, history, _ = views("zibo-13", "2022-04-19")
    rows = verdicts(found, history, "2022-04-19")

    def colours(rows):
        faces = charts.attainment(rows).axes[0].collections[1].get_facecolors()
        return [mpl.colors.to_hex(face).upper() for face in faces]

    looks = {key: role.colour.upper() for key, role in style.VERDICTS.items()}
    assert colours(rows) == [looks[key] for key in rows["verdict"]]
    assert set(colours(rows.assign(verdict="unlikely"))) == {looks["unlikely"]}


def test_a_target_without_a_figure_says_so_and_what_cannot_be_a_share_stands_at_its_completion(views):
    found, history, _ = views("zibo-13", "2022-04-19")
    rows = verdicts(found, history, "2022-04-19").head(3).reset_index(drop=True)
    rows.loc[0, ["current_value", "completion"]] = float("nan")
    rows.loc[0, "current_period"] = ""
    rows.loc[1, ["base_value", "current_value", "target_value", "completion"]] = -4.0, -1.0, -2.0, 1.5
    chart = charts.attainment(rows, "en")
    (axes,) = chart.axes
    assert chart.data["share"].round(1).tolist()[1:] == [150.0, 88.8]
    (below,) = [text.get_text() for text in chart.figure.texts if "yet" in text.get_text()]
    assert below.endswith(rows["name_en"][0])
    assert any(text.get_text().endswith("*") for text in axes.texts)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_target_in_words_meets_neither_its_neighbours_nor_the_line_below(views, lang):
    """It stood in six lines of twelve letters over the target above it."""
    found, history, _ = views("zibo-13", "2022-04-19")
    rows = verdicts(found, history, "2022-04-19")
    rows.loc[rows.index[-1], ["kind", "words_zh", "words_en"]] = [
        "in_words", "高于全省一般公共预算支出和地区生产总值的平均增速并逐年提高", "above the growth of general public budget expenditure",
    ]  # fmt: skip
    rows.loc[rows.index[-2], "completion"] = 0.5
    rows.loc[rows.index[-2], "current_value"] = -1.0
    figure = charts.attainment(rows, lang).figure
    figure.draw_without_rendering()
    places = texts(figure)
    assert any("*" in text for text, _ in places)  # the line below is there
    assert [
        (a, b) for (a, one), (b, other) in itertools.combinations(places, 2) if overlap(one, other, 2)
    ] == []
    assert all(place.x1 <= figure.bbox.x1 + TOLERANCE for _, place in places)


def test_forty_targets_fit_on_a_page_and_no_two_lines_meet(views):
    found, history, _ = views("zibo-14", "2022-04-19")
    rows = verdicts(found, history, "2022-04-19")
    rows = rows[rows["current_period"] != ""]
    many = pd.concat([rows] * 5).head(40).reset_index(drop=True)
    for lang in ("zh", "en"):
        figure = charts.attainment(many, lang).figure
        figure.draw_without_rendering()
        assert figure.get_figheight() * 25.4 < 230
        names = [box(text, figure) for text in figure.axes[0].texts if text.get_position()[0] == 52]
        assert len(names) == 40
        assert not any(overlap(a, b, slack=3) for a, b in itertools.pairwise(names))


def test_without_any_target_a_chart_is_still_drawn(views):
    rows = views("zibo-14", "2022-04-19")[0].head(0)
    assert charts.attainment(rows).empty
    assert charts.attainment(rows).svg("zh").startswith("<?xml")


def panels_of(found, path, history):
    """The panels of the chart of paths, before they are drawn."""
    kept = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panels, "chart", lambda drawn, *_, **__: kept.extend(drawn))
        charts.paths(found, path, history)
    return kept


def lines_of(panel, role: str):
    return [
        (list(years), list(values)) for years, values, own, *_ in panel.lines if own == role and len(years)
    ]


def test_lines_are_broken_where_the_basis_changes(views):
    """R&D intensity: 2015 and 2018 before the census, 2020 after it: a line and a point alone."""
    found, history, path = views("zibo-13", "2022-04-19")
    first = panels_of(found, path, history)[0]
    assert sorted(lines_of(first, "actual")) == [([2015.0, 2018.0], [2.14, 2.63]), ([2020.0], [2.79])]
    # The near miss: with one basis for all, the same three figures make one line.
    (line,) = lines_of(panels_of(found, path, history.assign(basis="as_published"))[0], "actual")
    assert line[0] == [2015.0, 2018.0, 2020.0]


def test_the_plans_path_runs_from_base_to_target_and_the_target_stands_at_its_end(views):
    found, history, path = views("zibo-14", "2022-04-19")
    panel = panels_of(found, path, history)[2]  # technology-based SMEs: 900 in 2020, 2700 in 2025
    ((years, values),) = lines_of(panel, "plan_path")
    assert years == [2020, 2021, 2022, 2023, 2024, 2025]
    assert values == pytest.approx(
        [900 * 3 ** (year / 5) for year in range(6)]
    )  # the plan states 24.57 % a year
    assert lines_of(panel, "target") == [([2025.0], [2700.0])]


def test_every_indicator_with_figures_has_a_panel_with_its_whole_name(views):
    found, history, path = views("zibo-13", "2022-04-19")
    shown = panels_of(found, path, history)
    assert len(shown) == history["target"].nunique() == len(found)
    for panel, (_, row) in zip(shown, found.iterrows(), strict=True):
        assert panel.title["zh"].replace("\n", "") == f"{row['name_zh']}（{row['unit_zh']}）"
        whole = panel.title["en"].replace("\n", " ")
        assert whole in (row["name_en"], f"{row['name_en']} ({row['unit_en']})")


def test_counts_have_whole_marks_and_what_rises_much_is_on_a_logarithmic_scale_that_holds_it():
    """There are no 19.25 platforms; 200 to 1,027 firms is fivefold."""

    def scale(values, **how):
        panel = multiples.Panel(
            {"zh": "甲", "en": "A"}, lines=[([2019, 2020], values, "actual", True, True)], **how
        )
        return multiples._Scale(panel, (0.0, 10.0, 0.0, 20.0))

    few = scale([19.0, 20.0], whole=True)
    assert all(float(mark).is_integer() for mark in few.marks)
    many = scale([200.0, 1027.0])
    assert (many.log, scale([200.0, 990.0]).log, scale([0.0, 990.0]).log) == (True, False, False)
    places = many.up([200.0, 453.21, 1027.0])
    assert 0 < places[0] < places[2] < 20
    assert places[1] - places[0] == pytest.approx(places[2] - places[1], rel=1e-3)  # the geometric mean


@pytest.mark.parametrize(("count", "lang"), [(27, "en"), (40, "zh")])
def test_many_targets_take_as_many_pages_as_they_need_and_nothing_leaves_them(views, count, lang):
    found, history, path = views("zibo-13", "2022-04-19")
    several = [frame.assign(target=frame["target"] + f"/{copy}") for copy in range(5) for frame in (found,)]
    many = pd.concat(several, ignore_index=True).head(count)
    parts = [frame.assign(target=frame["target"] + f"/{copy}") for copy in range(5) for frame in (history,)]
    chart = charts.paths(many, path, pd.concat(parts, ignore_index=True), lang)
    assert len(chart.pages) == {27: 2, 40: 3}[count]
    assert list(charts.published(paths=chart)) == ["paths", "paths_2", "paths_3"][: len(chart.pages)]
    for page in chart.pages:
        figure = page.figure
        figure.draw_without_rendering()
        assert figure.get_figheight() * 25.4 < 240
        places = [place for _, place in texts(figure)]
        assert min(place.y0 for place in places) >= -TOLERANCE
        assert max(place.y1 for place in places) <= figure.bbox.y1 + TOLERANCE


@pytest.mark.parametrize("kind", ["attainment", "paths"])
def test_the_same_data_give_the_same_svg_in_each_language(views, kind):
    found, history, path = views("zibo-13", "2022-04-19")

    def make(found):
        return charts.attainment(found) if kind == "attainment" else charts.paths(found, path, history)

    first, again = make(found).both(), make(found).both()
    assert first == again
    assert set(first) == {"zh", "en"}
    assert first["zh"] != first["en"]
    assert make(found.assign(target_value=found["target_value"] * 1.1)).svg("zh") != first["zh"]


def test_a_notebook_shows_a_sharp_picture_in_its_language(views):
    found, _, _ = views("zibo-13", "2020-08-10")
    chinese, english = (charts.attainment(found, lang)._repr_svg_() for lang in ("zh", "en"))
    assert chinese.startswith("<?xml")
    assert chinese != english


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_chart_of_a_report_shows_itself_in_the_language_asked_for(views, lang):
    day = "2020-08-10"
    found, history, path = views("zibo-13", day)
    outlook = targets.feasibility(found, history, comparable(day))
    fan = targets.fans(found, targets.usable(found, history), as_of=day)
    made = [
        charts.attainment(found, lang), charts.paths(found, path, history, lang), charts.survey(SHARES, lang),
        charts.fans(found, outlook, history, path, fan, lang), charts.funds(FUNDS, lang),
    ]  # fmt: skip
    assert [chart.lang for chart in made] == [lang] * len(made)


def test_a_chart_can_be_changed_titled_and_saved(views, tmp_path):
    found, _, _ = views("zibo-13", "2020-08-10")
    chart = charts.attainment(found, "en")
    before, height = chart.svg("en"), chart.figure.get_figheight()
    assert chart.title("Half of the way\nin half of the time") is chart
    assert chart.figure.get_suptitle() == "Half of the way in half of the time"
    assert chart.figure.get_figheight() == pytest.approx(height)
    chart.axes[0].annotate("看", (100, 2))  # outside the style's context; the chart's own face has the glyph
    assert chart.svg("en") != before
    for name in ("chart.svg", "chart.png", "chart.pdf", "chart.csv"):
        assert chart.save(tmp_path / "new" / name).stat().st_size > 100
    assert pd.read_csv(tmp_path / "new" / "chart.csv")["share"].notna().any()
    with pytest.raises(InputError, match=r"svg, .png or .pdf"):
        chart.save(tmp_path / "chart.docx")


def test_a_title_leaves_the_layout_of_one_s_own_figure_as_it_was():
    def draw(lang):
        figure = style.new_figure(100, 50)
        figure.subplots().set(ylabel="wide", ylim=(10_000, 20_000))
        return figure

    figure = charts.Chart(draw, "en", heading={"en": "Title"}).figure
    (axes,) = figure.axes
    figure.draw_without_rendering()
    assert axes.get_tightbbox().x0 >= 0
    assert axes.get_tightbbox().y1 <= box(figure._suptitle, figure).y0


def test_drawing_leaves_the_frames_and_matplotlib_alone(views):
    found, history, path = views("zibo-13", "2022-04-19")
    copies = [frame.copy(deep=True) for frame in (found, history, path)]
    settings = {name: value for name, value in mpl.rcParams.items() if name != "backend"}
    charts.paths(found, path, history).svg("zh")
    assert {name: value for name, value in mpl.rcParams.items() if name != "backend"} == settings
    assert all(copy.equals(frame) for copy, frame in zip(copies, (found, history, path), strict=True))


def test_a_limit_without_a_base_is_drawn_from_its_first_figure():
    """A floor that holds every year may state no base; its panel begins with its figures."""
    row = {
        "target": "a", "kind": "floor", "base_position": float("nan"), "target_position": 2025.0, "target_value": 2.5,
        "name_zh": "甲", "name_en": "A", "unit_zh": "%", "unit_en": "%", "scale": "share",
        "status": "not_assessable",
    }  # fmt: skip
    history = pd.DataFrame({"target": "a", "position": [2020.0, 2021.0], "value": [2.6, 2.4], "basis": "b"})
    asked = pd.DataFrame({"target": [], "position": [], "value": []})
    (panel,) = panels_of(pd.DataFrame([row]), asked, history)
    scale = multiples._Scale(panel)
    assert (scale.first, scale.last) == (2020.0, 2025.0)


def test_a_sum_over_the_years_is_drawn_as_what_has_come_together_beside_its_path():
    """Yearly figures of 1200, 1150 and 1300 lay far below a path to 6000 that they follow."""
    row = {
        "target": "a", "kind": "cumulative_sum", "base_position": 2020.0, "target_position": 2025.0,
        "target_value": 6000.0, "name_zh": "甲", "name_en": "A", "unit_zh": "人", "unit_en": "people",
        "scale": "count", "status": "on_schedule",
    }  # fmt: skip
    history = pd.DataFrame({"target": "a", "period": ["2021", "2022", "2023"], "basis": "b", "published": "x",
                            "source": "s", "position": [2021.0, 2022.0, 2023.0],
                            "value": [1200.0, 1150.0, 1300.0]})  # fmt: skip
    asked = pd.DataFrame({"target": "a", "position": [2020.0, 2025.0], "value": [0.0, 6000.0]})
    (panel,) = panels_of(pd.DataFrame([row]), asked, history)
    assert lines_of(panel, "actual") == [([2021.0, 2022.0, 2023.0], [1200.0, 2350.0, 3650.0])]
    assert panel.note["en"]
    (plain,) = panels_of(pd.DataFrame([row | {"kind": "level"}]), asked, history)
    assert lines_of(plain, "actual")[0][1] == [1200.0, 1150.0, 1300.0]


OUTCOME = pd.Series(
    {"kind": "level", "direction": "up", "comparator": "", "tolerance": np.nan, "half_width": np.nan, "aim": 60.0,
     "target_upper": 70.0, "chance": 0.4}
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "met"),
    [({}, 8), ({"direction": "down"}, 12), ({"kind": "range"}, 2), ({"chance": np.nan}, None), ({"kind": "floor"}, None),
     ({"direction": "down", "aim": 0.0, "lower_bound": 0.0}, 8)],
)  # fmt: skip
def test_outcomes_are_filled_as_the_chance_counts_them_and_stand_only_beside_one(change, met):
    """Synthetic outcomes 2.5, 7.5 … 97.5 with an aim of 60, or from 60 to 70; a limit's chance is of all years."""
    ends = {f"lo{level}": 50 - level / 2 for level in panels.OUTCOMES}
    ends |= {f"hi{level}": 50 + level / 2 for level in panels.OUTCOMES}
    found = panels._outcomes(pd.DataFrame([ends]), pd.Series({**OUTCOME, **change}))
    assert [len(found), sum(filled for _, filled in found)] == ([20, met] if met else [0, 0])


def test_a_band_that_would_flatten_the_figures_is_cut_with_a_sign_that_says_how_far_it_goes():
    """Figures of 203 to 512 under a line whose interval ends at 5,042: they lay in a tenth of the height."""
    years = [2011.0, 2015.0, 2019.0]
    known = (years, [203.0, 251.0, 512.0], "actual", False, True)

    def drawn(low, high):
        panel = multiples.Panel({"zh": "甲", "en": "A"}, lines=[known], widest=0.28)
        panel.bands.append((years, low, high, 0.28))
        scale = multiples._Scale(panel, (0.0, 40.0, 0.0, 20.0))
        handles = {0.28: "chart.trend_interval"}
        return scale, [
            text.get_text()
            for text in multiples.small_multiples([panel], handles, "en").findobj(mpl.text.Text)
        ]

    scale, words = drawn([17.4, 60.0, 46.0], [1900.0, 1100.0, 5042.0])
    places = scale.up([203.0, 512.0, 17.4, 5042.0])
    assert places[1] - places[0] > 20 / 3
    assert places[2:].tolist() == pytest.approx([0, 20])
    assert {"17.4", "5,042", "goes on to the figure"} <= set(words)
    assert scale.log
    assert not drawn([0.0, 60.0, 46.0], [1900.0, 1100.0, 5042.0])[
        0
    ].log  # nought has no place on such a scale
    # The near miss: a band not wider than the figures is whole, and has no sign.
    scale, words = drawn([150.0, 250.0, 380.0], [220.0, 330.0, 600.0])
    assert scale.cut == []
    assert scale.high >= 600
    assert "goes on to the figure" not in words


def test_the_scale_of_what_cannot_be_negative_does_not_go_far_below_nought():
    """A straight line at -20 patents in its first year had a frame down to -500."""
    panel = multiples.Panel(
        {"zh": "甲", "en": "A"}, lines=[([2010.0, 2023.0], [-20.0, 1200.0], "trend", True, False)]
    )
    scale = multiples._Scale(panel, (0.0, 40.0, 0.0, 20.0))
    assert scale.marks[0] == 0
    assert -100 < scale.low < -20
    assert scale.up([-20.0])[0] > 0


def test_no_mark_stands_on_the_frame_and_no_line_passes_the_chance():
    flat = ([2015.0, 2020.0], [81.0, 80.0], "actual", True, True)
    falling = ([2015.0, 2020.0], [10.0, 0.0], "actual", True, True)
    for values, free in ((flat, 0.0), (falling, 0.0), (([2015.0, 2020.0], [8.0, 900.0], *flat[2:]), 0.0)):
        panel = multiples.Panel({"zh": "甲", "en": "A"}, lines=[values], whole=True)
        scale = multiples._Scale(panel, (10.0, 50.0, free, 20.0))
        lowest, highest = scale.up([min(values[1]), max(values[1])])
        assert 0.8 < lowest < highest <= 20
    tops = []
    for line in (falling, ([2015.0, 2020.0], [0.0, 10.0], *flat[2:])):
        panel = multiples.Panel({"zh": "甲", "en": "A"}, lines=[line])
        tops.append(multiples._free(panel, multiples._Scale(panel, (10.0, 50.0, 0.0, 20.0))) > 10)
    assert tops == [False, True]


def test_the_legend_has_what_is_drawn_and_nothing_else(views):
    found, history, path = views("zibo-14", "2022-04-19")
    legends = []
    for asked in (path, path.head(0)):
        figure = charts.paths(found, asked, history, "en").figure
        legends.append([text.get_text() for text in figure.legends[0].get_texts()])
    assert [len(texts) for texts in legends] == [
        4,
        3,
    ]  # the figures, those that are bounds, the path, the target
    assert set(legends[0]) - set(legends[1]) == {"the plan's path"}


def judgements(found, steps, statuses=None):
    """Two rules on the first targets: ours, and one that says ``good`` of everything."""
    ids = list(found["target"].iloc[: len(steps)])
    own = pd.DataFrame({"id": ids, "variant": "rule:schedule", "status": statuses or "behind", "step": steps})
    other = own.assign(variant="rule:unsd", status="on_track", step="good")
    return pd.concat([own, other]).assign(changed=False)


def test_a_word_of_the_reports_own_rule_has_one_colour_in_every_chart(views):
    """基本符合 was dark among the rules and light beside the bars."""
    found, _, _ = views("zibo-13", "2020-08-10")
    table = judgements(found, ["poor", "middle", "middle", "poor", "none"], list(style.STATUSES))
    (axes,) = charts.rules(found, table, "zh").axes
    axes.figure.draw_without_rendering()
    shown = [mpl.colors.to_hex(face).upper() for face in axes.collections[0].get_facecolors()]
    assert shown[0::2] == [style.ROLES[status].colour.upper() for status in style.STATUSES]
    assert set(shown[1::2]) == {style.ROLES["ahead"].colour.upper()}


def test_targets_on_which_all_rules_agree_stand_in_a_line_below_the_others(views):
    found, _, _ = views("zibo-13", "2020-08-10")
    figure = charts.rules(found, judgements(found, ["good", "poor", "good"]), "zh").figure
    names = [label.get_text().replace("\n", "") for label in figure.axes[0].get_yticklabels()]
    assert names == [found["name_zh"].iloc[1]]
    below = "".join(text.get_text() for text in figure.texts)
    assert found["name_zh"].iloc[0] in below
    assert found["name_zh"].iloc[1] not in below
    assert "3" in figure.get_suptitle()


SHARES = pd.DataFrame(
    {
        "text_zh": ["甲", "乙", "丙", "丁"], "text_en": ["A", "B", "C", "D"], "n": 40, "share": ["50", "25", "30", "60"],
        "part": ["profile", "opinion", "practice", "opinion"], "fraction": [0.5, 0.25, 0.3, 0.6],
        "count_low": [20.0, 10, 12, 24], "count_high": [20.0, 10, 12, 24], "shown": True, "probability": False,
        "low": float("nan"), "high": float("nan"),
    }
)  # fmt: skip
"""A synthetic survey of forty."""


def test_a_survey_keeps_who_answered_apart_and_puts_the_largest_opinion_first():
    chart = charts.survey(SHARES, "en")
    assert chart.data["text_en"].tolist() == ["A", "C", "D", "B"]
    (axes,) = chart.axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([50, 30, 60, 25])
    assert [bar.get_y() for bar in axes.patches] == sorted(bar.get_y() for bar in axes.patches)
    assert len({bar.get_facecolor() for bar in axes.patches}) == 3
    assert (
        chart.figure.get_suptitle().replace("\n", " ").endswith('most frequent opinion "D", 60%')
    )  # A is no opinion
    assert "40" in chart.figure.get_suptitle()
    assert "60% (24)" in [text.get_text() for text in axes.texts]


def test_a_survey_without_answers_has_no_title():
    assert charts.survey(SHARES.assign(shown=False), "en").heading == {}


def test_a_line_of_one_year_has_a_bar_for_its_interval(views):
    found, history, _ = views("zibo-13", "2022-04-19")
    target = history["target"].iloc[0]
    curve = pd.DataFrame({"series": target, "year": [2018.0, 2020.0], "basis": ["old", "new"],
                          "value": [2.6, 2.8], "mean_low": [2.5, 2.7], "mean_high": [2.7, 2.9]})  # fmt: skip
    chart = charts.trends(found[found["target"] == target], history, curve, "en")
    bars = [line for line in chart.figure.findobj(mpl.lines.Line2D) if line.get_linewidth() == 4.0]
    assert len(bars) == 2


FUNDS = pd.DataFrame(
    {
        "name_zh": "资金", "name_en": "Funds", "unit_zh": ["亿元", "万元", "亿元", "亿美元"],
        "unit_en": ["100 million yuan", "10,000 yuan", "100 million yuan", "USD 100 million"],
        "level": ["municipal", "banks", "upper", "upper"], "period": ["2016/2019", "2019", "2020H1", "2019"],
        "published": ["6.6", "49000", "0.50", "1"],
        "status": ["lower_bound", "final", "upper_bound", "final"], "yuan_a_year": [1.65e8, 4.9e8, 0.5e8, np.nan],
    }
)  # fmt: skip
"""Synthetic sums: one over four years, one of a year, one of half a year, one in no unit of the yuan."""


def test_a_sum_over_years_is_drawn_as_its_average_year():
    chart = charts.funds(FUNDS, "en")
    assert chart.data["a_year"].tolist() == pytest.approx([1.65, 0.5, 4.9])  # what is in dollars is left out
    budgets, other = chart.axes
    assert [bar.get_width() for bar in budgets.patches] == pytest.approx([0.165, 0.05])  # billion yuan
    assert [bar.get_width() for bar in other.patches] == pytest.approx([0.49])
    words = [text.get_text() for axes in chart.axes for text in axes.texts]
    assert "at least CNY 660 million (2016–2019)" in words
    assert "CNY 490 million (2019)" in words
    assert "at most CNY 50 million (H1 2020)" in words


def test_reliability_draws_each_share_with_its_interval_and_its_cases():
    table = pd.DataFrame({"chance": [0.1, 0.5, 0.9], "reached": [0.2, 0.5, 0.8], "cases": [1200, 0, 40]})
    table = table.assign(low=table["reached"] - 0.1, high=table["reached"] + 0.1)
    (axes,) = charts.reliability(table, "en").axes
    dots, bars = axes.collections
    assert np.asarray(dots.get_offsets()).tolist() == [[0.1, 0.2], [0.9, 0.8]]
    assert [line.round(6).tolist() for line in bars.get_segments()] == [
        [[0.1, 0.1], [0.1, 0.3]],
        [[0.9, 0.7], [0.9, 0.9]],
    ]
    assert [text.get_text() for text in axes.texts] == ["1,200", "40"]
