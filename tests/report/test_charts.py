"""What the charts draw, read back from the figure; and that nothing is covered or leaves the paper."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.plan import pathway, progress
from zbanalysis.report import charts, style
from zbanalysis.report import words as wording

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


@pytest.fixture(scope="module")
def drawn(views):
    """Chart, plan, day and language → figure laid out, drawn once."""
    cache = {}

    def draw(kind: str, plan_id: str, day: str, lang: str):
        key = kind, plan_id, day, lang
        if key not in cache:
            found, history, path = views(plan_id, day)
            chart = (
                charts.completion(progress.charted(found), lang)
                if kind == "completion"
                else charts.paths(found, path, history, lang)
            )
            with style.context(lang):
                figure = chart.draw(lang)
                figure.draw_without_rendering()
            cache[key] = figure
        return cache[key]

    return draw


ALL = [
    pytest.param(kind, plan_id, day, lang, id=f"{kind}-{plan_id}-{day[:4]}-{lang}")
    for kind, plan_id, day in [
        ("completion", "zibo-13", "2020-08-10"),
        ("completion", "zibo-13", "2022-04-19"),
        ("completion", "china-13", "2018-12-31"),
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
def test_the_legend_covers_no_panel(drawn, kind, plan_id, day, lang):
    figure = drawn(kind, plan_id, day, lang)
    (legend,) = figure.legends
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert panels
    for axes in panels:
        assert axes.get_legend() is None
        assert not overlap(box(legend, figure), axes.get_tightbbox(figure._get_renderer()))


@pytest.mark.parametrize(
    ("kind", "plan_id", "day", "lang"), [case for case in ALL if case.values[0] == "paths"]
)
def test_no_panel_reaches_into_its_neighbour(drawn, kind, plan_id, day, lang):
    figure = drawn(kind, plan_id, day, lang)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    boxes = [axes.get_tightbbox(figure._get_renderer()) for axes in shown]
    assert [
        pair
        for pair in itertools.combinations(range(len(boxes)), 2)
        if overlap(boxes[pair[0]], boxes[pair[1]])
    ] == []


@pytest.mark.parametrize(("kind", "plan_id", "day", "lang"), ALL)
def test_the_data_have_at_least_two_fifths_of_the_width(drawn, kind, plan_id, day, lang):
    """Long English names must not press the bars into a corner."""
    figure = drawn(kind, plan_id, day, lang)
    left = min(axes.bbox.x0 for axes in figure.axes if axes.get_visible())
    right = max(axes.bbox.x1 for axes in figure.axes if axes.get_visible())
    columns = min(len([axes for axes in figure.axes if axes.get_visible()]), 3)
    assert (right - left) / figure.bbox.width > (0.4 if kind == "completion" else 0.25 * columns)


def bars(axes):
    return [
        patch
        for patch in axes.patches
        if isinstance(patch, mpl.patches.Rectangle) and patch.get_height() > 0.3
    ]


EXPECTED_2022 = [0.65 / 0.56, 6.89 / 6.19, 14 / 23, 1.6, 1.6, 1.6]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bars_are_as_long_as_the_completion_and_coloured_by_status(drawn, lang):
    figure = drawn("completion", "zibo-13", "2022-04-19", lang)
    (axes,) = figure.axes
    drawn_bars = sorted(bars(axes), key=lambda bar: bar.get_y())
    assert [bar.get_width() for bar in drawn_bars] == pytest.approx(EXPECTED_2022)
    statuses = ["reached", "reached", "behind", "reached", "reached", "reached"]
    for bar, status in zip(drawn_bars, statuses, strict=True):
        assert mpl.colors.to_hex(bar.get_facecolor()).lower() == style.ROLES[status].colour.lower()
        assert (bar.get_hatch() or "") == style.ROLES[status].hatch


def test_a_status_other_than_the_bar_would_be_seen(views):
    """The near miss: recolouring follows the status column, not the length."""
    rows = progress.charted(views("zibo-13", "2022-04-19")[0])
    rows["status"] = "on_schedule"
    with style.context("zh"):
        (axes,) = charts.completion(rows).draw("zh").axes
    colours = {mpl.colors.to_hex(bar.get_facecolor()).lower() for bar in bars(axes)}
    assert colours == {style.ROLES["on_schedule"].colour.lower()}


def test_the_black_tick_stands_at_the_time_elapsed_and_the_red_line_at_complete(drawn):
    figure = drawn("completion", "zibo-13", "2020-08-10", "zh")
    (axes,) = figure.axes
    ticks = [line for line in axes.lines if mpl.colors.to_hex(line.get_color()) == "#000000"]
    assert [line.get_xdata()[0] for line in ticks] == pytest.approx([0.6, 0.8])  # R&D of 2018, firms of 2019
    (goal,) = [
        line
        for line in axes.lines
        if mpl.colors.to_hex(line.get_color()).lower() == style.ROLES["target"].colour.lower()
    ]
    assert list(goal.get_xdata()) == [1, 1]


def test_numbers_stand_beside_their_bars_and_arrows_mark_those_cut_off(drawn):
    figure = drawn("completion", "zibo-13", "2022-04-19", "zh")
    (axes,) = figure.axes
    by_place = {round(text.get_position()[1]): text for text in axes.texts}
    assert [by_place[place].get_text() for place in range(6)] == [
        "116.1%",
        "111.3%",
        "60.9%",
        "383.2% →",
        "255.5% →",
        "350.4% →",
    ]
    ticks = [line for line in axes.lines if len(set(line.get_ydata())) == 2 and line.get_xdata()[0] <= 1]
    for place, text in by_place.items():
        own = box(text, figure)
        assert not any(overlap(own, bar.get_window_extent(figure._get_renderer())) for bar in bars(axes))
        marks = [line for line in ticks if abs(sum(line.get_ydata()) / 2 - place) < 0.01]
        for mark in marks:
            x = axes.transData.transform((mark.get_xdata()[0], place))[0]
            assert not own.x0 - TOLERANCE < x < own.x1 + TOLERANCE


@pytest.mark.parametrize("completion", [0.5, 0.59, 0.61, 0.97, 1.0, 1.02, 1.55, -0.3])
def test_a_number_is_never_crossed_by_tick_or_goal(views, completion):
    """Whatever the completion, the number must be readable: no line runs through it."""
    rows = progress.charted(views("zibo-13", "2020-08-10")[0]).head(1)
    rows = rows.assign(completion=completion, elapsed=0.6, status="behind")
    with style.context("en"):
        figure = charts.completion(rows, "en").draw("en")
        figure.draw_without_rendering()
    (axes,), (text,) = figure.axes, figure.axes[0].texts
    own = box(text, figure)
    for position in (0.6, 1.0):
        x = axes.transData.transform((position, 0))[0]
        assert not own.x0 + TOLERANCE < x < own.x1 - TOLERANCE, (
            f"{text.get_text()} is crossed by the line at {position}"
        )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_on_the_axis_follow_the_rows(drawn, views, lang):
    rows = progress.charted(views("zibo-13", "2022-04-19")[0])
    figure = drawn("completion", "zibo-13", "2022-04-19", lang)
    shown = [
        label.get_text().replace("\n", "" if lang == "zh" else " ")
        for label in figure.axes[0].get_yticklabels()
    ]
    assert shown == [wording.name(row, lang) for _, row in rows.iterrows()]


def test_without_any_completion_a_chart_is_still_drawn(views):
    rows = progress.charted(views("china-14", "2021-03-31")[0])
    assert rows.empty
    assert charts.completion(rows).svg("zh").startswith("<?xml")


def lines_of(axes, role: str):
    look = style.ROLES[role]
    return [
        line
        for line in axes.lines
        if mpl.colors.to_hex(line.get_color()).lower() == look.colour.lower()
        and line.get_marker() in (look.marker, look.marker or "None")
    ]


def test_lines_are_broken_where_the_basis_changes(drawn):
    """R&D intensity: 2015 and 2018 before the census, 2020 after it: a line and a point alone."""
    figure = drawn("paths", "zibo-13", "2022-04-19", "zh")
    actual = sorted(
        (list(line.get_xdata()), list(line.get_ydata())) for line in lines_of(figure.axes[0], "actual")
    )
    assert actual == [([2015.0, 2018.0], [2.14, 2.63]), ([2020.0], [2.79])]


def test_figures_on_one_basis_are_joined(views):
    """The near miss: with one basis for all, the same three figures make one line."""
    found, history, path = views("zibo-13", "2022-04-19")
    with style.context("zh"):
        figure = charts.paths(found, path, history.assign(basis="as_published")).draw("zh")
    (line,) = lines_of(figure.axes[0], "actual")
    assert list(line.get_xdata()) == [2015.0, 2018.0, 2020.0]


def test_the_plans_path_runs_from_base_to_target_and_the_target_stands_at_its_end(drawn):
    figure = drawn("paths", "zibo-14", "2022-04-19", "en")
    axes = figure.axes[2]  # technology-based SMEs: 900 in 2020, 2700 in 2025
    (path,) = lines_of(axes, "plan_path")
    assert list(path.get_xdata()) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert list(path.get_ydata()) == pytest.approx([900, 1260, 1620, 1980, 2340, 2700])
    (goal,) = lines_of(axes, "target")
    assert (list(goal.get_xdata()), list(goal.get_ydata())) == ([2025.0], [2700.0])


def test_every_indicator_with_figures_has_a_panel(drawn, views):
    found, history, _ = views("zibo-13", "2022-04-19")
    figure = drawn("paths", "zibo-13", "2022-04-19", "zh")
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == history["target"].nunique() == len(found)
    for axes, (_, row) in zip(shown, found.iterrows(), strict=True):
        title = axes.get_title(loc="left").replace("\n", "")
        assert title.startswith(row["name_zh"])
        assert title.endswith(f"（{row['unit_zh']}）")


def test_years_on_the_axis_are_whole(drawn):
    for lang in ("zh", "en"):
        figure = drawn("paths", "zibo-13", "2022-04-19", lang)
        for axes in filter(mpl.axes.Axes.get_visible, figure.axes):
            assert all(float(tick).is_integer() for tick in axes.get_xticks())


def test_counts_have_no_fractions_on_the_axis(drawn, views):
    """There are no 19.25 platforms."""
    found, _, _ = views("zibo-13", "2022-04-19")
    figure = drawn("paths", "zibo-13", "2022-04-19", "zh")
    wrong = [
        (row["name_zh"], tick)
        for axes, (_, row) in zip(figure.axes, found.iterrows(), strict=False)
        for tick in axes.get_yticks()
        if row["scale"] == "count"
        and axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]
        and not float(tick).is_integer()
    ]
    assert wrong == []


@pytest.mark.parametrize("kind", ["completion", "paths"])
def test_the_same_data_give_the_same_svg_in_each_language(views, kind):
    found, history, path = views("zibo-13", "2022-04-19")

    def make():
        rows = progress.charted(found)
        return charts.completion(rows) if kind == "completion" else charts.paths(found, path, history)

    first, again = make().both(), make().both()
    assert first == again
    assert set(first) == {"zh", "en"}
    assert first["zh"] != first["en"]
    changed = found.assign(completion=found["completion"] * 0.9, target_value=found["target_value"] * 1.1)
    other = (
        charts.completion(progress.charted(changed))
        if kind == "completion"
        else charts.paths(changed, path, history)
    )
    assert other.svg("zh") != first["zh"]


def test_a_notebook_shows_a_picture_in_its_language(views):
    rows = progress.charted(views("zibo-13", "2020-08-10")[0])
    chinese, english = (charts.completion(rows, lang)._repr_png_() for lang in ("zh", "en"))
    assert chinese.startswith(b"\x89PNG")
    assert chinese != english


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
    }  # fmt: skip
    history = pd.DataFrame({"target": "a", "position": [2020.0, 2021.0], "value": [2.6, 2.4], "basis": "b"})
    asked = pd.DataFrame({"target": [], "position": [], "value": []})
    figure = charts.paths(pd.DataFrame([row]), asked, history).draw("en")
    assert figure.axes[0].get_xlim() == (2019.5, 2025.5)


def test_a_word_of_the_reports_own_rule_has_one_colour_in_every_chart(views):
    """基本符合 was dark among the rules and light beside the bars."""
    found, _, _ = views("zibo-13", "2020-08-10")
    ids = list(found["target"].iloc[: len(style.STATUSES)])
    steps = ["good", "good", "good", "poor", "none"]
    own = pd.DataFrame({"id": ids, "variant": "rule:schedule", "status": style.STATUSES, "step": steps})
    other = own.assign(variant="rule:unsd", status="on_track", step="good")
    with style.context("zh"):
        figure = charts.rules(found, pd.concat([own, other]).assign(changed=False), "zh").draw("zh")
    shown = [mpl.colors.to_hex(patch.get_facecolor()).upper() for patch in figure.axes[0].patches]
    assert shown[0::2] == [style.ROLES[status].colour.upper() for status in style.STATUSES]
    assert set(shown[1::2]) == {style.ROLES["ahead"].colour.upper()}
