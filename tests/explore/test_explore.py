"""The explorer without a browser: a choice in, frames, words and charts out; expected values worked out apart."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest

from zbanalysis import explore, trend
from zbanalysis.data import package
from zbanalysis.errors import InputError, ZbError
from zbanalysis.explore import OWN, State, change, html, question, saving, view
from zbanalysis.explore.board import Board
from zbanalysis.explore.facts import Facts
from zbanalysis.explore.view import prepare
from zbanalysis.outlook import targets, verdict
from zbanalysis.plan import progress
from zbanalysis.report import words as labels
from zbanalysis.runs import lab

FIRMS = "zibo/hightech_enterprises/level/2025"
AREAS = ("shandong", "jiangsu")


@pytest.fixture(scope="module")
def shipped(data_dir) -> package.Dataset:
    return package.load(data_dir)


@pytest.fixture(scope="module")
def memory() -> dict:
    return {}


@pytest.fixture
def seen(shipped, memory):
    """A view of Zibo's high-tech firms, with whatever is changed."""

    def look(**chosen):
        return view(shipped, replace(State(plan="zibo-14", target=FIRMS, lang="en"), **chosen), memory)

    return look


def tile(found, number: int) -> str:
    return found.tiles[number][1]


# --- the same answers as the report ---


@pytest.mark.parametrize("plan", ["zibo-13", "zibo-14", "china-14"])
def test_every_target_gets_the_reports_own_chance_verdict_and_need(shipped, memory, plan):
    day = package.newest_day(shipped, plan).isoformat()
    found = progress.progress(shipped, plan, day)
    known = progress.history(shipped, found, day)
    outlook = targets.feasibility(found, known, targets.comparable_of(shipped, day), day)
    outlook = outlook.join(verdict.verdicts(found, outlook, known, as_of=day))
    list(prepare(shipped, State(plan=plan, as_of=day), memory))
    for target, row, expected in zip(found["target"], found.itertuples(), outlook.itertuples(), strict=True):
        # Some on their own, the others among the plan's, which are worked out together.
        own = {} if row.Index % 4 == 1 else memory
        answer = view(shipped, State(plan=plan, target=target, as_of=day), own).data["question"].iloc[0]
        assert answer["verdict"] == expected.verdict
        assert answer["chance"] == pytest.approx(expected.chance, nan_ok=True)
        assert answer["class_rate"] == pytest.approx(expected.class_rate, nan_ok=True)
        assert answer["needed"] == pytest.approx(row.needed, nan_ok=True)


def test_needed_pace_is_that_of_compound_growth_to_the_moved_target(seen):
    # 1,027 firms in 2021: (1800/1027)^(1/4) − 1 = 15.06 %, (1100/1027)^(1/5) − 1 = 1.38 %
    assert tile(seen(), 1) == "15.06%"
    moved = seen(value=1100.0, year=2026)
    assert tile(moved, 1) == "1.38%"
    assert moved.data["question"]["target_period"].iloc[0] == "2026"
    assert tile(seen(value=1100.0), 1) == "1.73%"


def test_a_higher_target_and_an_earlier_year_are_less_likely(seen):
    chances = [seen(value=value).data["question"]["chance"].iloc[0] for value in (1200.0, 1800.0, 3000.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > chances[-1] + 0.3
    years = [seen(value=1100.0, year=year).data["question"]["chance"].iloc[0] for year in (2022, 2025, 2028)]
    assert years == sorted(years)


def test_half_the_chance_is_at_the_median_and_the_fan_ends_in_it(seen):
    median = seen().data["question"]["median"].iloc[0]
    assert seen(value=float(median)).data["question"]["chance"].iloc[0] == pytest.approx(0.5, abs=0.002)
    ahead = seen().data["ahead"]
    assert ahead["year"].tolist() == [2022, 2023, 2024, 2025]
    assert ahead["median"].iloc[-1] == pytest.approx(median)


def test_the_horizon_moves_the_fan_and_not_the_chance(seen):
    far = seen(horizon=9)
    assert far.data["ahead"]["year"].tolist() == list(range(2022, 2031))
    assert tile(far, 0) == tile(seen(), 0)


def test_the_method_changes_the_chance_and_neither_need_nor_line(seen):
    report, general, science = (seen(method=name) for name in ("report", "general", "science"))
    assert tile(report, 0) == tile(science, 0) != tile(general, 0)
    assert tile(general, 1) == tile(report, 1)
    assert general.sentences["trend"] == report.sentences["trend"]


def test_a_target_in_percent_a_year_is_moved_as_a_rate(shipped, memory):
    state = State(lang="en", plan="china-14", target="china/rd_expenditure/average_growth/2025")
    found = view(shipped, state, memory)
    assert (found.value, found.kind) == (7.0, "average_growth")
    aim = found.data["question"]["aim"].iloc[0]
    assert aim == pytest.approx(24393.1 * 1.07**5)
    moved = view(shipped, replace(state, value=10.0), memory)
    assert moved.data["question"]["aim"].iloc[0] == pytest.approx(24393.1 * 1.10**5)
    assert moved.data["question"]["chance"].iloc[0] < found.data["question"]["chance"].iloc[0]


# --- presets and what a choice clears ---


def test_presets_are_the_plans_and_a_moved_target_names_them(seen):
    found = seen()
    assert (found.value, found.year, found.horizon, found.last_year) == (1800.0, 2025, 4, 2021)
    moved = seen(value=1000.0, year=2027)
    assert (moved.value, moved.year, moved.preset_value, moved.preset_year) == (1000.0, 2027, 1800.0, 2025)
    assert any("the plan says 1800 firms (2025)" in one for one in moved.sentences["outlook"])
    assert not any("moved" in one for one in found.sentences["outlook"])


def test_a_revised_target_follows_the_day(shipped, memory):
    """The evaluation of 2020 gives 16 patents per 10,000 people, the plan of 2022 gives 14."""
    state = State(lang="en", plan="zibo-13", target="zibo/invention_patents_valid_per_10k/level/2020")
    before, after = (view(shipped, replace(state, as_of=day), memory) for day in ("2020-08-10", "2022-04-19"))
    assert (before.value, after.value) == (16.0, 14.0)
    assert any("16" in one and "earlier" in one for one in after.sentences["outlook"])


def test_another_area_clears_what_hung_on_the_former():
    state = State(
        area="zibo", plan="zibo-14", target=FIRMS, value=1.0, year=2030, horizon=3, method="general"
    )
    moved = change(state, area="china")
    assert moved == State(area="china", method="general")
    assert change(state, as_of="2022-04-19").value == 1.0
    assert change(state, target="other").value is None
    assert state.area == "zibo"


def test_a_panel_begins_with_a_target_that_has_an_answer(shipped):
    """R&D intensity stands first in the plan but has one figure on its present definition."""
    found = question.settle(shipped, State(plan="zibo-14"))
    assert found.target == "zibo/hightech_output_share/level/2025"
    assert question.settle(shipped, State(plan="zibo-14", target=FIRMS)).target == FIRMS
    assert question.settle(shipped, State()).plan == "zibo-13"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"target": "nonsense"}, ["target 'nonsense'", FIRMS, "zibo/rd_intensity/level/2025"]),
        ({"target": "zibo/rd_intensity/level/2020"}, ["target 'zibo/rd_intensity/level/2020'"]),
        ({"plan": "zibo-15"}, ["plan 'zibo-15'", "zibo-14"]),
        ({"area": "jiangsu"}, ["plan 'zibo-14'", OWN]),
        ({"area": "atlantis"}, ["area 'atlantis'", "shandong"]),
        ({"plan": OWN, "area": "zibo", "target": "nonsense"}, ["target 'nonsense'", "rd_intensity"]),
    ],
)
def test_what_the_data_do_not_have_is_told_with_what_they_have(shipped, asked, words):
    with pytest.raises(InputError) as caught:
        question.settle(shipped, replace(State(plan="zibo-14"), **asked))
    assert all(word in str(caught.value) for word in words)


def test_a_target_of_another_day_gives_way_without_a_word(shipped):
    """As a panel does whose day is moved: R&D subsidies of Zibo were first published in 2020."""
    state = State(area="zibo", plan=OWN, target="rd_subsidy_firms", as_of="2018-12-31")
    assert question.settle(shipped, replace(state, as_of="2022-04-19")).target == "rd_subsidy_firms"
    assert question.settle(shipped, state).target != "rd_subsidy_firms"


@pytest.mark.parametrize(("lang", "words"), [("en", "2.70%"), ("zh", "2.70%")])
def test_a_target_has_the_digits_the_plan_prints(shipped, lang, words):
    """Synthetic: the plan prints 2.70 as its target for R&D intensity."""
    rows = shipped.targets
    mine = (rows["plan"] == "zibo-13") & (rows["indicator"] == "rd_intensity")
    printed = dict.fromkeys(("published_target_value", "published"), "2.70")
    changed = rows.assign(**{name: rows[name].mask(mine, text) for name, text in printed.items()})
    state = State(lang=lang, plan="zibo-13", target="zibo/rd_intensity/level/2020", as_of="2020-08-10")
    asked, moved = (view(replace(shipped, targets=changed), replace(state, value=v)) for v in (None, 2.9))
    assert any(words in one for one in asked.sentences["outlook"])
    assert any(words in one for one in moved.sentences["outlook"])
    assert any(words.replace("2.70", "2.9") in one for one in moved.sentences["outlook"])


def test_provinces_have_no_plan_but_any_indicator(shipped):
    assert question.plans(shipped, "jiangsu", "en") == [("A target of your own", OWN)]
    names = [one for _, one in question.targets(shipped, State(area="jiangsu", plan=OWN), "en")]
    assert "rd_intensity" in names
    assert len(names) == 12


def test_a_target_of_ones_own_starts_at_the_newest_figure(shipped, memory):
    found = view(shipped, State(lang="en", area="shandong", target="rd_intensity"), memory)
    newest = shipped.observations.query(
        "area == 'shandong' and indicator == 'rd_intensity' and period == '2023'"
    )
    assert found.value == newest["value"].iloc[0]
    assert found.year == 2028
    assert found.state.plan == OWN
    asked = view(shipped, replace(found.state, value=3.5), memory)
    # A share: what a year must add, in points.
    assert asked.data["question"]["needed"].iloc[0] == pytest.approx((3.5 - found.value) / 5)


# --- no answer is an answer ---


def test_one_figure_gives_no_chance_and_says_so(shipped, memory):
    found = view(shipped, State(lang="en", plan="zibo-14", target="zibo/rd_intensity/level/2025"), memory)
    assert found.tiles[0][1:] == ("—", "not judged yet")
    assert any(
        "No chance is given: one figure on the present definition" in s for s in found.sentences["outlook"]
    )
    assert any("No trend line" in one for one in found.sentences["trend"])


@pytest.mark.slow
@pytest.mark.parametrize("lang", labels.LANGUAGES)
@pytest.mark.parametrize("plan", ["zibo-13", "zibo-14", "china-13", "china-14"])
def test_every_target_of_every_plan_is_shown_in_words_and_drawn(shipped, memory, plan, lang):
    state = question.settle(shipped, State(lang=lang, plan=plan))
    for _, target in question.targets(shipped, state, lang):
        found = view(shipped, replace(state, target=target), memory)
        assert not found.trouble
        assert found.sentences["outlook"]
        assert "nan" not in repr([found.tiles, found.sentences, dict(found.tables)]).lower().replace(
            "finance", ""
        )
        if lang == "en":
            ElementTree.fromstring(found.charts["outlook"].svg(lang))


def test_a_day_before_the_plan_is_told_with_the_first_day_that_will_do(shipped):
    found = view(shipped, State(lang="en", plan="zibo-14", as_of="2020-08-10"))
    assert found.trouble.count("19 April 2022") == 2
    assert not found.charts
    near = view(shipped, State(lang="en", plan="zibo-14", as_of="2022-04-19"))
    assert not near.trouble


def test_a_target_year_not_ahead_is_told(seen):
    found = seen(year=2020, value=1800.0)
    assert tile(found, 0) == "—"
    assert any("over" in one or "not after" in one for one in found.sentences["outlook"])


def test_a_model_that_does_not_fit_says_why(seen):
    assert seen(line="piecewise").sentences["trend"] == ["No piecewise: the definition does not change."]
    straight = seen(line="straight_line").sentences["trend"][0]
    assert straight.startswith("Shown as picked: straight line")


@pytest.mark.slow
def test_a_target_of_ones_own_can_be_set_for_every_indicator_offered(shipped, memory):
    state = question.settle(shipped, State(lang="en", area="zibo", plan=OWN))
    offered = [one for _, one in question.targets(shipped, state, "en")]
    # Published only as a sum of several years, so it compares with no yearly target.
    sums = shipped.observations.query("area == 'zibo' and period.str.contains('/')")["indicator"]
    assert set(sums) - set(offered)
    assert all(question.settle(shipped, replace(state, target=target)).target == target for target in offered)
    for target in offered[::9]:
        assert view(shipped, replace(state, target=target), memory).tiles


def test_a_folder_without_provinces_and_one_without_figures_still_answer(shipped):
    home = shipped.areas["area"].str.startswith("zibo")
    seen = shipped.observations["area"].str.startswith("zibo")
    alone = replace(
        shipped, areas=shipped.areas[home].assign(parent=""), observations=shipped.observations[seen],
        plans=shipped.plans.query("area == 'zibo'"), targets=shipped.targets[shipped.targets["plan"].str.startswith("zibo")],
    )  # fmt: skip
    found = view(alone, State(lang="en", plan="zibo-14", target=FIRMS))
    assert (tile(found, 0), tile(found, 3)) == ("65%", "—")
    assert question.others(alone, "en") == []
    empty = view(replace(alone, observations=alone.observations.iloc[:0]), State(lang="en", plan="zibo-14"))
    assert tile(empty, 0) == "—"
    assert any("No figure of this indicator" in one for one in empty.sentences["outlook"])


# --- figures, vintages, sources, areas ---


def test_every_vintage_is_listed_and_later_ones_are_counted_only(shipped, memory):
    state = State(lang="en", plan="zibo-13", target="zibo/academician_workstations/level/2020")
    rows = shipped.observations.query("area == 'zibo' and indicator == 'academician_workstations'")
    early = view(shipped, replace(state, as_of="2020-08-10"), memory)
    known = rows[rows["known_since"] <= dt.date(2020, 8, 10)]
    assert len(early.tables["figures"]) == len(known) < len(rows)
    assert any(f"{len(rows) - len(known)} more figures" in one for one in early.sentences["figures"])
    late = view(shipped, replace(state, as_of="2022-04-19"), memory)
    used = late.data["figures"].query("standing == 'used'")
    assert not used.duplicated(["period", "basis"]).any()


def test_a_superseded_figure_is_told_from_one_that_says_the_same(shipped):
    """Synthetic: a second document repeats 2019 and corrects 2018."""
    from zbanalysis.data import vintages

    rows = shipped.observations.query("area == 'shandong' and indicator == 'rd_intensity'").head(2)
    later = rows.assign(source="later", known_since=dt.date(2025, 1, 1))
    later["value"] = [rows["value"].iloc[0], rows["value"].iloc[1] + 1]
    both = replace(shipped, observations=pd.concat([rows, later], ignore_index=True))
    found = vintages.figures(both, "shandong", "rd_intensity", "2025-06-01")
    assert found["standing"].tolist() == ["same", "used", "superseded", "used"]
    assert vintages.figures(both, "shandong", "rd_intensity", "2024-12-31")["standing"].tolist() == [
        "used",
        "used",
    ]


@pytest.mark.parametrize("target", ["hightech_enterprises", "hightech_output_share"])
def test_the_median_beside_the_chart_is_the_one_in_the_table(shipped, memory, target):
    """The chart said 50 and 2,267 where tile and table have 50.01 and 2267."""
    found = view(shipped, State(plan="zibo-14", target=f"zibo/{target}/level/2025", lang="en"), memory)
    beside = [text.get_text() for text in found.charts["outlook"].axes[0].texts]
    assert f"median {found.tables['outlook'].iloc[-1, 1]}" in beside


def test_areas_side_by_side_count_their_own_spells(shipped, memory):
    found = view(
        shipped, State(lang="en", area="shandong", target="rd_intensity", value=3.0, areas=AREAS), memory
    )
    compared = found.data["areas"].set_index("area")
    assert list(compared.index) == ["shandong", "jiangsu"]
    values = (
        shipped.observations.query("area == 'jiangsu' and indicator == 'rd_intensity'")
        .sort_values("known_since").drop_duplicates("position", keep="last").set_index("position")["value"]
    )  # fmt: skip
    asked = 3.0 / found.data["question"]["current_value"].iloc[0]
    grown = [values[year + 5] / values[year] for year in values.index if year + 5 in values.index]
    assert compared.loc["jiangsu", "windows"] == len(grown)
    assert compared.loc["jiangsu", "managed"] == sum(one >= asked for one in grown)


def test_areas_of_different_size_are_drawn_on_a_logarithmic_scale_with_the_others_behind_them(
    shipped, memory
):
    found = view(shipped, State(area="shandong", target="rd_expenditure", areas=AREAS, lang="en"), memory)
    chart = found.charts["areas"]
    assert chart.axes[0].get_yscale() == "log"
    named = chart.data.groupby("area")["named"].first()
    assert sorted(named.index[named]) == ["jiangsu", "shandong"]
    assert len(named) == 31


def test_sources_are_numbered_and_every_number_in_the_table_is_listed(seen):
    found = seen()
    numbers = {one.split("]")[0] + "]" for one in found.sentences["sources"]}
    assert set(found.tables["figures"]["Source"]) <= numbers


# --- pure, and kept ---


def test_the_answer_is_the_same_with_and_without_memory_and_changes_nothing(shipped, memory):
    state = State(lang="en", plan="zibo-14", target=FIRMS, value=1234.0)
    before = shipped.observations.copy(), shipped.targets.copy(), shipped.indicators.copy()
    fresh, kept = view(shipped, state), view(shipped, state, memory)
    assert fresh.tiles == kept.tiles
    assert fresh.sentences == kept.sentences
    assert fresh.charts["outlook"].svg("en") == kept.charts["outlook"].svg("en")
    pd.testing.assert_frame_equal(shipped.observations, before[0])
    pd.testing.assert_frame_equal(shipped.targets, before[1])
    pd.testing.assert_frame_equal(shipped.indicators, before[2])


def test_nothing_is_worked_out_twice_nor_before_it_is_looked_at(shipped, monkeypatch):
    calls = {"fit": 0, "fans": 0, "comparable_series": 0, "feasibility": 0}

    def counted(module, name):
        work = getattr(module, name)

        def wrapped(*args, **kwargs):
            calls[name] += 1
            return work(*args, **kwargs)

        monkeypatch.setattr(module, name, wrapped)

    counted(trend, "fit")
    for name in ("fans", "comparable_series", "feasibility"):
        counted(targets, name)
    memory: dict = {}

    def look(**chosen):
        found = view(shipped, State(**({"plan": "zibo-14", "target": FIRMS, "horizon": 5} | chosen)), memory)
        return found, found.tables["outlook"]

    for value, year in ((None, None), (1000.0, None), (1100.0, 2026), (1200.0, 2027)):
        found, _ = look(value=value, year=year)
    assert calls == {"fit": 0, "fans": 1, "comparable_series": 1, "feasibility": 4}
    assert found.tables["trend"] is found.tables["trend"]
    assert calls["fit"] == 1
    look(horizon=8)
    assert calls == {"fit": 1, "fans": 1, "comparable_series": 1, "feasibility": 4}
    list(prepare(shipped, found.state, memory))
    assert calls["feasibility"] == 6  # all of the plan at once, and what each area would begin with
    for target in ("zibo/hightech_output_share/level/2025", "zibo/rd_intensity/level/2025"):
        look(target=target)
    for area in AREAS:
        look(area=area, plan="", target="")
    assert calls["feasibility"] == 6
    # Between the first two days nothing was published of the indicator; with the third another year begins.
    first, same, later = (look(as_of=day)[0] for day in ("2023-03-01", "2023-03-29", "2024-01-02"))
    assert calls["feasibility"] == 8
    assert first.tiles == same.tiles != later.tiles
    assert (first.state.as_of, same.state.as_of) == ("2023-03-01", "2023-03-29")


@pytest.mark.parametrize("method", ["report", "general"])
def test_what_is_prepared_answers_as_what_is_asked_alone(shipped, method):
    memory: dict = {}
    list(prepare(shipped, State(plan="zibo-14", method="general"), memory))
    list(prepare(shipped, State(plan="zibo-14", method=method), memory))
    for asked in (State(plan="zibo-14", target=FIRMS), *(State(area=area) for area in AREAS)):
        ready, alone = (view(shipped, replace(asked, method=method), kept) for kept in (memory, None))
        for name in ready.data:
            pd.testing.assert_frame_equal(ready.data[name], alone.data[name], rtol=1e-6)
        assert (ready.tiles, dict(ready.sentences)) == (alone.tiles, dict(alone.sentences))
        for page, table in ready.tables.items():
            pd.testing.assert_frame_equal(table, alone.tables[page])


@pytest.mark.parametrize("target", [FIRMS, "zibo/hightech_output_share/level/2025"])
def test_a_day_that_brings_news_of_the_reference_series_is_worked_out_anew(shipped, memory, target):
    """The provinces' figures that the class of a share is made of came out at the end of 2023."""
    share = question.settle(shipped, State(plan="zibo-14", target=target), memory)
    days = ("2023-11-30", "2023-12-30", "2023-12-31")
    before, still, after = (Facts(shipped, replace(share, as_of=day), memory).key for day in days)
    assert before == still != after


def test_the_slider_holds_the_plans_target_and_moves_by_round_steps(seen, shipped, memory):
    low, high, step = seen().limits
    assert low <= 703 < 1800 <= high
    assert step == 20.0
    share = view(shipped, State(plan="zibo-14", target="zibo/hightech_output_share/level/2025"), memory)
    assert 0 <= share.limits[0] < share.limits[1] <= 100
    beyond = seen(value=9000.0).limits
    assert beyond[1] >= 9000


# --- files ---


def test_files_are_written_beside_what_is_there(seen, tmp_path):
    found = seen()
    first = saving.save_chart(found, "outlook", "svg", str(tmp_path / "new" / "folder"))
    (path,) = (tmp_path / "new" / "folder").iterdir()
    assert str(path) in first
    path.write_text("mine", "utf-8")
    again = saving.save_chart(found, "outlook", "svg", str(path.parent))
    assert path.read_text("utf-8") == "mine"
    assert "left alone" in again
    assert "left alone" not in first
    assert ElementTree.parse(path.with_name(f"{path.stem} (2).svg")).getroot().tag.endswith("svg")


def test_a_table_reads_back_as_the_numbers_shown(seen, tmp_path):
    import openpyxl

    found = seen()
    saving.save_table(found, "outlook", "csv", str(tmp_path))
    saving.save_table(found, "outlook", "xlsx", str(tmp_path))
    csv, xlsx = (next(tmp_path.glob(f"*.{form}")) for form in ("csv", "xlsx"))
    pd.testing.assert_frame_equal(pd.read_csv(csv), found.data["ahead"], check_dtype=False)
    sheet = openpyxl.load_workbook(xlsx)["Projection"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows[-1][1] == pytest.approx(found.data["question"]["median"].iloc[0])


def test_a_folder_that_is_a_file_and_a_page_without_chart_are_refused_in_the_readers_language(seen, tmp_path):
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    with pytest.raises(InputError, match="is a file; name a folder"):
        saving.save_chart(seen(), "outlook", "svg", str(file))
    with pytest.raises(InputError, match="没有可保存的图"):
        saving.save_chart(seen(lang="zh"), "sources", "svg", str(tmp_path))
    with pytest.raises(ZbError, match="Nothing was saved"):
        saving.save_table(seen(), "outlook", "csv", str(file / "below"))
    assert sorted(tmp_path.iterdir()) == [file]


def test_a_served_page_gives_a_download_and_writes_nothing(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    board = Board(shipped, State(lang="en"), linked=True)
    assert (board.controls.folder.value, board.controls.folder.layout.display) == ("", "none")
    board.controls.folder.value = str(tmp_path / "typed")
    board.controls.saves["table", "csv"].click()
    name, content = re.search(
        'download="(.+?)" href="data:.+?base64,(.+?)"', board.controls.note.value
    ).groups()
    assert name.endswith(".csv")
    table = pd.read_csv(io.BytesIO(base64.b64decode(content)))
    pd.testing.assert_frame_equal(table, board.view.data["ahead"], check_dtype=False)
    assert list(tmp_path.iterdir()) == []


def test_a_link_restores_the_question_and_the_browser_its_language(seen):
    asked = seen(value=1100.0, year=2027, areas=("jiangsu", "beijing"), method="general").state
    query = html.link(asked).removeprefix("?")
    assert html.linked(State(), {"QUERY_STRING": query}) == asked
    german_then_chinese = {"QUERY_STRING": "token=x", "HTTP_ACCEPT_LANGUAGE": "de-DE,zh-CN;q=0.8,en;q=0.5"}
    assert html.linked(State(lang="en", plan="zibo-14"), german_then_chinese) == State(plan="zibo-14")
    assert html.linked(State(lang="en"), {}).lang == "en"
    for wrong in ("year=soon", "method=tarot", "line=wavy", "lang=fr"):
        with pytest.raises(InputError, match=wrong.split("=")[1]):
            html.linked(State(), {"QUERY_STRING": wrong})


def test_a_served_page_begins_with_its_link_and_says_what_is_wrong_with_one(data_dir, monkeypatch):
    monkeypatch.setenv("QUERY_STRING", f"target={FIRMS}&value=1100")
    assert "1.73%" in explore.panel("zibo-14", folder=str(data_dir), lang="en")._top.value
    monkeypatch.setenv("QUERY_STRING", "area=atlantis")
    board = explore.panel("zibo-14", folder=str(data_dir), lang="en")
    assert "atlantis" in board._trouble.value
    assert board.view.tiles


def test_what_is_shown_is_escaped():
    frame = pd.DataFrame({"a<b": ["<script>"]})
    assert "<script>" not in html.table(frame)
    assert "<b>x" not in html.sentences(["<b>x"])
    assert html.table(frame.iloc[:0]) == ""


# --- the panel, without a browser ---


@pytest.fixture
def board(data_dir):
    return explore.panel("zibo-14", folder=str(data_dir), lang="en")


def test_the_panel_answers_a_control_and_shows_what_the_view_says(board):
    controls = board.controls
    controls.target.value = FIRMS
    assert "15.06%" in board._top.value
    before = board._parts["outlook"]["chart"].value
    controls.number.value = 1100.0
    assert "1.73%" in board._top.value
    assert controls.value.value == 1100.0
    assert board._parts["outlook"]["chart"].value != before
    controls.reset.click()
    assert "15.06%" in board._top.value
    assert controls.number.value == 1800.0


def test_a_slider_set_on_its_nearest_step_by_the_browser_is_no_choice(board):
    controls = board.controls
    controls.target.value = FIRMS
    controls.number.value = 1111.0
    controls.value.value = 1120.0  # within half a step of 1111
    assert board.view.value == 1111.0
    controls.value.value = 1140.0000000000002  # as a browser adds its steps
    assert board.view.value == 1140.0
    assert board._trouble.value == ""


def test_another_language_relabels_every_control(board):
    board.controls.lang.value = "zh"
    assert board.controls.year.description == "目标年"
    assert board._tabs.get_title(0) == "前景"
    assert board.controls.areas["jiangsu"].description == "江苏"


def test_a_day_before_the_plan_shows_the_trouble_and_comes_back(board):
    board.controls.as_of.value = dt.date(2020, 8, 10)
    assert "had not been published" in board._trouble.value
    assert board.controls.number.disabled
    board.controls.as_of.value = dt.date(2022, 4, 19)
    assert board._trouble.value == ""
    assert not board.controls.number.disabled


@pytest.mark.parametrize(
    ("target", "value", "words"),
    [
        ("hightech_enterprises", 1e308, "1000 times"),
        ("hightech_enterprises", -5.0, "cannot be below 0"),
        ("hightech_enterprises", 1200.5, "a whole number"),
        ("hightech_output_share", 150.0, "cannot be above 100"),
    ],
)
def test_an_impossible_target_is_a_sentence_and_the_answer_before_stands(board, target, value, words):
    board.controls.target.value = f"zibo/{target}/level/2025"
    before = board.view.value
    board.controls.number.value = value
    assert words in board._trouble.value
    assert (board.view.value, board.controls.number.value) == (before, before)
    board.controls.number.value = before - 1  # the near miss
    assert board._trouble.value == ""


def test_whatever_fails_is_a_sentence_and_a_sign_of_work_stands_while_it_is_worked_out(board, monkeypatch):
    from zbanalysis.explore import board as module

    seen = []

    def fails(*_):
        seen.append(board._working.value)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(module, "view", fails)
        board.controls.number.value = 1100.0
    assert "ZeroDivisionError" in board._trouble.value
    assert "Working" in seen[0]
    assert board._working.value == ""
    assert board.controls.number.value == board.view.value


def test_in_a_pause_the_next_choice_is_prepared(data_dir, monkeypatch):
    from zbanalysis.explore import board as module

    monkeypatch.setattr(module, "PAUSE_S", 0)

    async def left_alone():
        board = explore.panel("zibo-14", folder=str(data_dir))
        for _ in range(20):  # rounds of the loop, each of which may do a piece
            await asyncio.sleep(0)
        monkeypatch.setattr(targets, "feasibility", None)  # nothing is left for it
        board.controls.target.value = FIRMS
        return board._trouble.value, board._top.value

    trouble, top = asyncio.run(left_alone())
    assert trouble == ""
    assert "15.06%" in top


def test_a_page_that_is_opened_has_the_sign_of_work_until_it_is_drawn(board, monkeypatch):
    """The trend of a province is drawn when its page is opened; for two seconds there was nothing."""
    from zbanalysis.explore import board as module

    seen, table = [], module.html.table
    monkeypatch.setattr(
        module.html, "table", lambda *given: seen.append(board._working.value) or table(*given)
    )
    board._tabs.selected_index = 1
    assert "Working" in seen[-1]
    assert board._working.value == ""


def test_an_empty_day_is_the_newest(board):
    newest = board.controls.as_of.value
    board.controls.as_of.value = newest.replace(month=5, day=1)
    board.controls.as_of.value = None
    assert board.controls.as_of.value is not None
    assert board.controls.as_of.value >= newest.replace(month=5, day=1)


def test_a_plan_that_is_not_in_the_data_is_refused(data_dir):
    with pytest.raises(InputError, match="--plan 'paris-1' is not in the data"):
        explore.panel("paris-1", folder=str(data_dir))


# --- working copies ---


def test_copies_follow_the_originals_until_they_are_edited(root, tmp_path):
    import json

    originals, mine = tmp_path / "notebooks", tmp_path / "mine"
    originals.mkdir()
    source = originals / "00_explore.ipynb"
    source.write_bytes((root / "notebooks" / "00_explore.ipynb").read_bytes())
    assert lab.copies(originals, mine) == []
    copy = mine / source.name
    book = json.loads(copy.read_text("utf-8"))
    book["cells"][1]["execution_count"] = 7  # run and saved, not edited
    copy.write_text(json.dumps(book), "utf-8")

    newer = json.loads(source.read_text("utf-8"))
    newer["cells"][0]["source"] = ["# new"]
    source.write_text(json.dumps(newer), "utf-8")
    assert lab.copies(originals, mine) == []
    book = json.loads(copy.read_text("utf-8"))
    assert book["cells"][0]["source"] == ["# new"]

    book["cells"][0]["source"] = ["# mine"]
    copy.write_text(json.dumps(book), "utf-8")
    assert lab.copies(originals, mine) == [source.name]
    assert json.loads(copy.read_text("utf-8"))["cells"][0]["source"] == ["# mine"]
    with pytest.raises(InputError, match="is a file, or lies below one; name a folder"):
        lab.copies(originals, copy)


def test_digits_are_as_a_person_writes_them():
    assert [question.digits(one) for one in (1800.0, 0.3, 1e6, 2.70)] == ["1800", "0.3", "1000000", "2.7"]
