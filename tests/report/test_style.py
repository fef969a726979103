"""Fonts, palette and charts: what must be the same everywhere and what must not pass unseen."""

from __future__ import annotations

import itertools
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report import html, style, word


@pytest.fixture
def fresh_fonts():
    """Font choices are remembered; a test that changes the surroundings starts and ends afresh."""
    style._font_set.cache_clear()
    yield
    style._font_set.cache_clear()


def a_figure(title: str = "研发经费占GDP比重（%）"):
    with style.context("zh"):
        figure = style.new_figure(160, 60)
        left, right = figure.subplots(1, 2)
        left.plot([2015, 2018], [-2.14, 2.63], marker="o", label="实际值")
        left.legend()
        right.bar(["一", "二"], [1, 2], hatch="//")
        figure.suptitle(title)
    return figure


def test_importing_style_loads_no_library():
    slow = {"matplotlib", "typst", "fontTools", "numpy"}
    code = f"import sys, zbanalysis.report.style; print({slow} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def test_fonts_are_static_and_draw_chinese():
    chosen = style.font_set()
    assert all(face.path.is_file() for face in chosen.faces)
    assert all(style._usable(face) for face in chosen.faces)
    for face in chosen.faces:
        assert {ord(c) for c in "淄博评估规划ABC019%≥÷①"} <= style.characters(face)


@pytest.mark.usefixtures("fresh_fonts")
def test_a_missing_font_folder_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv(style.FONT_FOLDER, str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="nowhere, which is not a folder"):
        style.font_set()


@pytest.mark.usefixtures("fresh_fonts")
def test_a_folder_without_chinese_fonts_is_refused(monkeypatch, tmp_path):
    import matplotlib as mpl

    latin = Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    (tmp_path / "DejaVuSans.ttf").write_bytes(latin.read_bytes())
    monkeypatch.setenv(style.FONT_FOLDER, str(tmp_path))
    with pytest.raises(InputError, match="no static regular Chinese font; found: DejaVu Sans"):
        style.font_set()


@pytest.mark.usefixtures("fresh_fonts")
def test_an_office_face_takes_its_role_and_leaves_the_others(monkeypatch, tmp_path):
    shipped = style.font_set()
    own = tmp_path / "office.otf"
    own.write_bytes(shipped.body.path.read_bytes())
    monkeypatch.setenv(style.FONT_FOLDER, str(tmp_path))
    chosen = style.font_set()
    assert chosen.body.path == own
    assert chosen.heading == shipped.heading


@pytest.mark.usefixtures("fresh_fonts")
def test_no_font_at_all_says_what_to_install(monkeypatch):
    monkeypatch.setattr(style, "_shipped_faces", dict)
    monkeypatch.setattr(style, "_faces_in", lambda _: [])
    with pytest.raises(ZbError, match="pylopdf-fonts-zh-cn"):
        style.font_set()


def test_context_leaves_nothing_behind_and_draws_in_our_file():
    import matplotlib as mpl
    from matplotlib import font_manager

    def settings():
        # The backend is looked up at the first drawing; that is not ours to keep.
        return {key: value for key, value in mpl.rcParams.items() if key != "backend"}

    before = settings()
    with style.context("en"):
        assert mpl.rcParams["svg.fonttype"] == "path"
        found = font_manager.findfont(
            font_manager.FontProperties(family=style.CHART_FAMILY), fallback_to_default=False
        )
        assert Path(str(found).split("#")[0]) == style.font_set().heading.path
    assert settings() == before


def test_context_refuses_another_language():
    with pytest.raises(InputError, match="'fr' is not known"), style.context("fr"):
        pass


def test_figures_have_the_printed_size_and_no_global_state():
    from matplotlib._pylab_helpers import Gcf

    with style.context():
        figure = style.new_figure(160, 75)
    assert figure.get_size_inches() * 25.4 == pytest.approx([160, 75])
    assert Gcf.get_all_fig_managers() == []


def test_svg_is_the_same_every_time_and_carries_no_date():
    first, again = a_figure(), a_figure()
    svg = style.to_svg(first)
    assert svg == style.to_svg(first) == style.to_svg(again)
    assert svg != style.to_svg(a_figure("另一个题目"))
    assert "<dc:date>" not in svg
    assert "<text" not in svg


def test_a_missing_glyph_is_an_error_each_time():
    for _ in range(2):
        with pytest.raises(ZbError, match=r"U\+20BB7"):
            style.to_svg(a_figure("生僻字\U00020bb7"))


def test_png_is_the_same_every_time():
    png = style.to_png(a_figure(), dpi=80)
    assert png.startswith(b"\x89PNG")
    assert png == style.to_png(a_figure(), dpi=80)


@pytest.mark.parametrize("draw", [style.to_svg, style.to_png])
def test_a_missing_glyph_is_an_error_that_names_it(draw):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whatever the caller thinks of warnings
        with pytest.raises(ZbError, match=r"U\+20BB7"):
            draw(a_figure("生僻字\U00020bb7"))


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2


def test_statuses_differ_without_colour():
    roles = [style.ROLES[name] for name in style.STATUSES]
    assert len({role.marker for role in roles}) == len(roles)
    better = [luminance(style.ROLES[name].colour) for name in ("reached", "ahead", "on_schedule")]
    assert better == sorted(better)
    assert min(b - a for a, b in itertools.pairwise(better)) > 0.1


def test_a_verdict_has_the_sign_of_its_mark_in_the_charts_in_every_file():
    """The web page had the cross of what cannot be reached beside what is not judged yet."""
    markers = [role.marker for role in style.VERDICTS.values()]
    assert len(set(markers)) == len(markers)
    signs = {style.SIGNS[key].marker for key in (*style.VERDICTS, *style.STATUSES)}
    assert signs <= set(html._SHAPES)
    assert signs <= set(word._SHAPES)
    typeset = (files.TEMPLATE / "table.typ").read_text("utf-8")
    assert all(f'"{sign}"' in typeset for sign in signs)


def test_lines_differ_without_colour():
    lines = [style.ROLES[name].line for name in ("actual", "plan_path", "target", "projection")]
    assert len(set(lines)) == 4


def test_dollar_signs_in_a_name_are_no_formula():
    with style.context("en"):
        axes = style.new_figure(60, 40).add_subplot()
        assert not axes.set_title("$a_1$ and $b$").get_parse_math()


def test_a_matplotlibrc_of_the_users_own_changes_no_chart():
    import matplotlib as mpl

    def drawn():
        with style.context("en"):
            figure = style.new_figure(60, 40)
            figure.subplots().set_title("$5 a day")
            return style.to_svg(figure)

    plain = drawn()
    with mpl.rc_context(
        {"axes.facecolor": "red", "font.size": 40, "text.usetex": True, "lines.linewidth": 9}
    ):
        assert drawn() == plain
        assert mpl.rcParams["text.usetex"]
