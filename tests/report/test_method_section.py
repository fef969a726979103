"""The sections on outlook, method and sensitivity: what they say follows from the result file, in both languages."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from zbanalysis import trend
from zbanalysis.data import package
from zbanalysis.evidence import tasks
from zbanalysis.outlook import hindsight, targets, verdict
from zbanalysis.plan import inputs, progress, sensitivity
from zbanalysis.plan import pathway as plans
from zbanalysis.projection import domain
from zbanalysis.report import charts, results, style
from zbanalysis.report.blocks import Report, frame
from zbanalysis.report.chapters import indicators as chapter
from zbanalysis.report.chapters import method, outlook

LANGUAGES = ("zh", "en")
CHARTS = {"02_trends-trends.svg", "03_feasibility-fans.svg", "04_backtest-reliability.svg"}
CASES = [
    ("zibo-13", "2020-08-10"),
    ("zibo-13", "2022-04-19"),
    ("zibo-14", "2022-04-19"),
    ("china-13", "2018-12-31"),
]


@pytest.fixture(scope="module")
def shipped(data_dir) -> package.Dataset:
    return package.load(data_dir)


@pytest.fixture(scope="module")
def lengths() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    values = 100 * np.exp(rng.normal(0.05, 0.05, (30, 14)).cumsum(axis=1))
    panel = pd.DataFrame(
        {
            "series": np.repeat(np.arange(30).astype(str), 14),
            "year": np.tile(range(2000, 2014), 30),
            "value": values.ravel(),
        }
    )
    return hindsight.coverage_by_length(panel, 3, lengths=(3, 10))


def outlook_of(dataset: package.Dataset, found: pd.DataFrame, known: pd.DataFrame, day: str) -> pd.DataFrame:
    """Chances with their verdicts."""
    outlook = targets.feasibility(found, known, targets.comparable_of(dataset, day), day)
    return outlook.join(verdict.verdicts(found, outlook, known, as_of=day))


def published(file, dataset: package.Dataset, plan: str, day: str, lengths: pd.DataFrame) -> dict:
    """What the notebooks publish, without their pictures."""
    found = progress.progress(dataset, plan, day)
    known = progress.history(dataset, found, day)
    chosen = trend.choose(trend.fit(inputs.trend_input(found, known)))
    chances = outlook_of(dataset, found, known, day)
    given = (found, known) if inputs.yearly.__code__.co_argcount == 2 else (known,)
    variants = sensitivity.variants(inputs.plain(found), history=inputs.yearly(*given))
    said = hindsight.hindsight(dataset, plan, day)
    limits = {"likely": verdict.LIKELY, "with_effort": verdict.POSSIBLE}
    results.publish(file, "01_indicators", {}, {"progress": found, "variants": variants})
    results.publish(file, "02_trends", {}, {"chosen": chosen})
    results.publish(file, "03_feasibility", {}, {"outlook": chances}, facts=limits)
    parts = {
        "checks": domain.checks(),
        "reliability": domain.reliability(),
        "by_length": lengths,
        "said": said,
    }
    results.publish(file, "04_backtest", {}, parts, facts=domain.panel_size())
    results.publish(file, "08_tasks", {}, {"course": tasks.steps(dataset, plan, day)})
    return results.read(file)


@pytest.fixture(scope="module")
def content(shipped, lengths, tmp_path_factory):
    cache = {}

    def make(plan: str, day: str) -> dict:
        if (plan, day) not in cache:
            file = tmp_path_factory.mktemp("result") / "result.json"
            cache[plan, day] = published(file, shipped, plan, day, lengths)
        return copy.deepcopy(cache[plan, day])

    return make


def sections_of(content: dict, lang: str) -> list[dict]:
    report = Report(content, lang)
    makers = (
        outlook.trends, outlook.feasibility, outlook.adjustment, outlook.attainable, method.sections,
    )  # fmt: skip
    return [part for make in makers for part in make(report)]


def blocks(sections: list[dict]) -> list[dict]:
    return [block for section in sections for block in section["blocks"]]


def text_of(sections: list[dict]) -> str:
    return json.dumps(sections, ensure_ascii=False)


def prose(sections: list[dict]) -> str:
    return "\n".join(block["text"] for block in blocks(sections) if block["type"] == "paragraph")


# --- references, gaps, languages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("plan", "day"), CASES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_table_and_figure_is_there_and_spoken_of(content, plan, day, lang):
    made = sections_of(content(plan, day), lang)
    ids = [block["id"] for block in blocks(made) if "id" in block]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"\{\{ref:([\w-]+)\}\}", text_of(made))) == set(ids)
    assert {block["image"] for block in blocks(made) if block["type"] == "figure"} <= CHARTS


@pytest.mark.parametrize(("plan", "day"), CASES)
def test_both_languages_say_the_same_things(content, plan, day):
    def shape(lang: str) -> list:
        return [
            (
                block["type"],
                block.get("id"),
                len(block.get("rows", [])),
                len(block.get("columns", [])),
                len(block.get("notes", [])),
            )
            for block in blocks(sections_of(content(plan, day), lang))
        ]

    assert shape("zh") == shape("en")


@pytest.mark.parametrize(("plan", "day"), CASES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_cell_is_empty_by_accident(content, plan, day, lang):
    made = sections_of(content(plan, day), lang)
    shown = text_of(made)
    assert not re.search(r"\bnan\b|None|<NA>|NaT|null|\{[a-z]", re.sub(r"\{\{ref:[\w-]+\}\}", "", shown))
    for block in blocks(made):
        if block["type"] == "table":
            assert {len(row) for row in block["rows"]} == {len(block["columns"])}
            assert all(isinstance(cell, str) and cell for row in block["rows"] for cell in row)
    if lang == "en":
        assert not re.search(r"[\u4e00-\u9fff]", shown)


# --- nothing to project ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def silent(shipped, lengths, tmp_path_factory):
    """The 14th plan with figures of one year only: no line, no chance, nothing to look back on."""
    one = replace(shipped, observations=shipped.observations[shipped.observations["period"] == "2020"])
    return published(tmp_path_factory.mktemp("silent") / "r.json", one, "zibo-14", "2022-04-19", lengths)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_with_nothing_to_project_the_sections_still_read_well(silent, lang):
    trends, chances, adjustment, checked = sections_of(silent, lang)
    assert [block["type"] for block in adjustment["blocks"]] == ["paragraph"]
    for section in (trends, chances):
        assert section["blocks"], "a heading alone says nothing"
        assert {block["type"] for block in section["blocks"]} == {"paragraph"}
        assert "{{ref:" not in text_of([section])
    assert "hindsight" not in [block.get("id") for block in checked["blocks"]]
    # Each reason is named, with the numbers of the targets.
    assert {"zh": "现口径仅一个数据点", "en": "One figure on the present definition"}[lang] in prose(
        [chances]
    )
    assert {"zh": "无数据", "en": "No figure"}[lang] in prose([chances])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_table_is_promised_where_there_is_none(silent, lang):
    chances = sections_of(silent, lang)[1]
    assert {"zh": "见表", "en": "the table says"}[lang] not in prose([chances])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_called_further_where_nothing_came_before(silent, lang):
    chances = sections_of(silent, lang)[1]
    assert {"zh": "另有", "en": "more there"}[lang] not in prose([chances])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_decided_is_said_and_no_more(content, lang):
    given = content("zibo-13", "2022-04-19")
    table = given["sections"]["03_feasibility"]["tables"]["outlook"]
    for row in table["rows"]:
        for name, value in (("verdict", "reached"), ("verdict_reason", ""), ("chance", None)):
            row[table["columns"].index(name)] = value
    blocks_ = sections_of(given, lang)[1]["blocks"]
    assert [block["type"] for block in blocks_] == ["paragraph"]
    assert {"zh": "均已公布", "en": "published for every target"}[lang] in blocks_[0]["text"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_folder_without_provinces_still_has_a_method_section(content, lengths, lang):
    given = content("zibo-14", "2022-04-19")
    given["sections"]["04_backtest"]["tables"]["by_length"]["rows"] = []
    made = method.sections(Report(given, lang))
    assert "coverage" in [block.get("id") for block in made[0]["blocks"]]
    assert set(re.findall(r"\{\{ref:([\w-]+)\}\}", text_of(made))) == {
        block["id"] for block in made[0]["blocks"] if "id" in block
    }


# --- chances in words ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def zibo(shipped):
    found = progress.progress(shipped, "zibo-14", "2022-04-19")
    known = progress.history(shipped, found, "2022-04-19")
    return found, outlook_of(shipped, found, known, "2022-04-19")


def joined(found: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    return found.join(table.drop(columns="target"))


def chances_table(found: pd.DataFrame, table: pd.DataFrame, lang: str) -> pd.DataFrame:
    return frame(outlook.undecided(joined(found, table)), outlook.CHANCES, lang)


def adjustment_table(found: pd.DataFrame, table: pd.DataFrame, lang: str) -> pd.DataFrame:
    rows = joined(found, table)
    return frame(rows[rows["chance"].notna()], outlook.ADJUSTMENT, lang)


def with_chances(outlook_table: pd.DataFrame, *chances: float) -> pd.DataFrame:
    """The first targets that have a chance get these, the others none."""
    changed = outlook_table.copy()
    first = changed.index[changed["chance"].notna()]
    changed["chance"] = np.nan
    changed.loc[first[: len(chances)], "chance"] = chances
    changed["chance_shown"] = changed["chance"]
    changed["verdict"] = verdict.verdict_of(changed["chance"])
    for place, lang in enumerate(LANGUAGES):
        changed[f"verdict_{lang}"] = changed["verdict"].map(verdict.WORDS).str[place]
    return changed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_verdict_has_its_count_and_names(zibo, lang):
    found, table = zibo
    said = outlook.chance_sentences(joined(found, with_chances(table, 0.9, 0.5, 0.6, 0.1)), lang)
    counted = [sentence for sentence in said if re.search(r"\d", sentence)]
    assert [int(re.search(r"\d+", sentence)[0]) for sentence in counted] == [1, 2, 1, 17]
    shares = ("90%", "50%", "60%", "10%")
    assert [place for place, words in enumerate(counted) for share in shares if share in words] == [
        0,
        1,
        1,
        2,
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_census_within_the_years_of_a_share_of_gdp_is_named(lang):
    rows = pd.DataFrame({
        "name_zh": "研发强度", "name_en": "R&D intensity", "share_of": ["gdp", "gdp", "", "gdp"],
        "area_level": ["province", "city", "city", "city"],
        "last_year": [2021, 2024, 2021, 2019], "target_position": [2025, 2025, 2025, 2022],
    })  # fmt: skip
    assert ["2023" in sentence for sentence in outlook.census_sentences(rows, lang)] == [True]
    assert outlook.census_sentences(rows.drop(columns="share_of"), lang) == []
    of_a_city = outlook.census_sentences(rows.assign(area_level="city"), lang)
    assert of_a_city != outlook.census_sentences(rows, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_stands_beside_a_chance_is_counted_and_reconciled(zibo, lang):
    found, table = zibo
    rows = joined(found, table)
    rows = rows[rows["chance_shown"].notna()].iloc[[0, 1, 2, 2]].reset_index(drop=True).assign(
        verdict=["unlikely", "possible", "unlikely", "possible"], chance_shown=[0.1, 0.65, 0.2, 0.5], chance_reason="",
        relation=["pace_enough_chance_low", "others_less", "agrees", "pace_enough_chance_low"],
        needed=7.25, needed_measure="growth", recent_pace=9.75, class_rate=0.33, domain="other",
        comparable_rate=[np.nan, 0.27, np.nan, np.nan], comparable_windows=155, comparable_areas=31, years_left=5,
        comparable_from=2011, comparable_to=2020, needed_year=2022.0, needed_value=1234.0, scale="count",
    )  # fmt: skip
    first, second = outlook.reconciled(rows, lang)  # what agrees has none, nor has a chance of one half
    assert all(figure in first for figure in ("9.75%", "7.25%", "10%", "33%"))
    assert all(figure in second for figure in ("9.75%", "7.25%", "65%", "27%"))
    doubtful = outlook.reconciled(rows.assign(chance_reason="one_sound"), lang)[0]
    assert doubtful != first
    assert {"zh": "存疑", "en": "doubtful"}[lang] in doubtful
    for figure in ("155", "31", "2011", "2020"):
        assert outlook.counted(rows, lang).count(figure) == 1
    [kept] = outlook.kept_in_reach(rows, lang)
    assert (kept.count("1234"), kept.count("2022")) == (4, 1)
    assert outlook.kept_in_reach(rows.assign(needed_year=rows["target_position"]), lang) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("chances", [(0.5,), (0.1,), (0.9, 0.1)])
def test_brackets_with_a_chance_are_explained_once(zibo, lang, chances):
    found, table = zibo
    said = " ".join(outlook.chance_sentences(joined(found, with_chances(table, *chances)), lang))
    assert len(re.findall({"zh": "括号内", "en": "[Ii]n brackets"}[lang], said)) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("reason", ["qualitative", "not_projected", "no_base", "outside_bounds"])
def test_too_few_figures_is_said_only_where_it_is_so(zibo, lang, reason):
    found, table = zibo
    table = with_chances(table, 0.9).assign(verdict_reason=reason)
    said = " ".join(outlook.chance_sentences(joined(found, table), lang))
    assert {"zh": "不足两点", "en": "too few figures"}[lang] not in said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("chance", "limit"), [(0.7977, 80), (0.79996, 80), (0.3960, 40), (0.39999, 40)])
def test_a_chance_below_a_cut_off_is_not_printed_as_the_cut_off(zibo, lang, chance, limit):
    """The note says that 80 % and more is within reach, so 79.8 % may not be printed as 80 % with the lower word."""
    found, table = zibo
    table = with_chances(table, chance)
    shown = [cell for cell in chances_table(found, table, lang).iloc[:, 4] if cell != "—"]
    said = re.findall(r"[\d.]+(?=%[)）])", " ".join(outlook.chance_sentences(joined(found, table), lang)))
    assert len(shown) == len(said) == 1
    assert float(shown[0].rstrip("%")) < limit
    assert float(said[0]) < limit


@pytest.mark.parametrize(
    ("chance", "printed"), [(0.997, "over 99%"), (0.003, "under 1%"), (0.7977, "79.8%"), (0.61, "61%")]
)
def test_the_chart_prints_a_chance_as_the_table_does(shipped, zibo, chance, printed):
    found, table = zibo
    known = progress.history(shipped, found, "2022-04-19")
    series = inputs.series_of(found, known)
    table = with_chances(table, *[chance] * 5).drop(columns="chance_shown", errors="ignore")
    fan = targets.fans(found, series)
    figure = charts.fans(found, table, known, plans.path(found), fan, "en").figure
    words = [text.get_text() for text in figure.texts]
    assert words.count(printed) == 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_says_its_own_numbers(zibo, lang):
    found, table = zibo
    (said,) = outlook.reading(joined(found, table), lang)
    row = table.loc[(table["chance"] - 0.5).abs().idxmin()]
    name = found.loc[row.name, f"name_{lang}"]
    assert name[1:] in said
    assert f"{round(100 * row['chance_shown'])}%" in said  # as the table prints it
    assert {"zh": "2025年", "en": "2025"}[lang] in said
    assert str(row["points"]) in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_many_points_are_not_called_few(zibo, lang):
    found, table = zibo
    said = " ".join(outlook.reading(joined(found, table.assign(points=20)), lang))
    assert not re.search({"zh": "数据点少|只有20个", "en": "figures are few"}[lang], said)


def test_the_table_of_chances_has_a_row_for_every_open_target(zibo):
    found, table = zibo
    assert len(chances_table(found, table, "zh")) == 21
    decided = table.assign(verdict=["reached", "missed", *table["verdict"][2:]])
    assert chances_table(found, decided, "en").iloc[:, 0].tolist() == [str(n) for n in range(3, 22)]
    assert len(adjustment_table(found, table, "zh")) == int(table["chance"].notna().sum())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_target_of_which_nobody_knows_whether_it_is_met_does_not_stop_the_report(zibo, lang):
    """A sum with a missing year, or growth from a negative base: ``reached`` is missing, a chance may be there."""
    found, table = zibo
    unknown = found.assign(reached=pd.array([pd.NA] * len(found), dtype="boolean"))
    assert len(adjustment_table(unknown, table, lang)) == int(table["chance"].notna().sum())


def test_the_table_shows_the_frame(zibo):
    found, table = zibo
    place = found.index[found["indicator"] == "hightech_output_share"][0]
    row = table.loc[place]
    shown = chances_table(found, table, "en").iloc[place].tolist()
    assert shown[:3] == ["2", found.loc[place, "name_en"], "58"]
    assert shown[3:5] == ["5", f"{100 * row['chance_shown']:.0f}%"]
    assert shown[5] == f"{row['low80']:.2f}–{row['high80']:.2f}"
    assert shown[6] == f"{100 * row['class_rate']:.0f}%"
    assert shown[8] == row["verdict_en"]
    need = adjustment_table(found, table, "en")
    need = need[need.iloc[:, 0] == "2"].iloc[0].tolist()
    assert need[5:] == [f"{row['value_at_50']:.2f}", f"{row['value_at_80']:.2f}", f"{row['median_year']:.0f}"]
    assert "3.09" in need[3]  # (58 − 42.53) / 5
    assert "2.15" in need[4]  # (42.53 − 31.8) / 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_notes_print_the_cut_offs_of_the_result_file(content, lang):
    given = content("zibo-14", "2022-04-19")
    given["sections"]["03_feasibility"]["facts"] = {"likely": 0.75, "with_effort": 0.35}
    shown = text_of(sections_of(given, lang))
    assert "75%" in shown
    assert "35%" in shown


# --- is the method any good ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_coverage_sentence_follows_the_table(lang):
    checks = domain.checks()
    size = {"provinces": 29, "indicators": 13}
    (said,) = method.coverage_sentences(checks, size, lang)
    assert re.search(r"29.*13|13.*29", said)
    for column in ("domain80", "domain95"):
        assert f"{100 * checks[column].min():.1f}%" in said
        assert f"{100 * checks[column].max():.1f}%" in said
    assert str(int(checks["cases"].sum())) in said.replace(",", "")
    (other,) = method.coverage_sentences(checks.assign(domain80=0.612, cases=7), size, lang)
    assert other.count("61.2%") == 2
    assert "42" in other


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_annex_speaks_of_the_calibrations_that_the_plan_uses(content, lang):
    given = content("zibo-14", "2022-04-19")
    table = given["sections"]["01_indicators"]["tables"]["progress"]
    place, checks = table["columns"].index("domain"), domain.checks()

    def shown(*domains: str) -> tuple[str, int, bool]:
        for row, field in zip(table["rows"], [*domains, *[domains[-1]] * len(table["rows"])], strict=False):
            row[place] = field
        (made,) = method.sections(Report(given, lang))
        texts = " ".join(block["text"] for block in made["blocks"] if block["type"] == "paragraph")
        columns = next(len(b["columns"]) for b in made["blocks"] if b.get("id") == "coverage")
        return texts, columns, any(b.get("id") == "figure-reliability" for b in made["blocks"])

    general, own = (f"{100 * checks[column].min():.1f}%" for column in ("general80", "domain80"))
    words = {"zh": "本领域", "en": "calibration of the domain"}[lang]
    science, both, other = shown("science"), shown("science", "other"), shown("other")
    assert (own in science[0], general in science[0], words in science[0]) == (True, False, True)
    assert (own in both[0], general in both[0], words in both[0]) == (True, True, True)
    assert (own in other[0], general in other[0], words in other[0]) == (False, True, False)
    assert (science[1], both[1], other[1]) == (6, 6, 4)
    # Chances of science say nothing of another field.
    assert (science[2], both[2], other[2]) == (True, True, False)
    assert not re.search("科技|science", other[0])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_reliability_sentence_weighs_by_cases(lang):
    table = pd.DataFrame({"cases": [300, 100], "chance": [0.2, 0.9], "reached": [0.22, 0.8]})
    (said,) = method.reliability_sentences(table, lang)
    # (300 × 2 + 100 × 10) / 400 apart; (-300 × 2 + 100 × 10) / 400 too high; the worst band 90 against 80
    assert re.findall(r"\d+\.\d", said) == ["4.0", "1.0"]
    assert {"zh": "偏高1.0个百分点", "en": "1.0 points too high"}[lang] in said
    assert said.index("90%") < said.index("80%")
    (other,) = method.reliability_sentences(table.assign(reached=[0.3, 0.95]), lang)
    assert {"zh": "偏低8.8个百分点", "en": "8.8 points too low"}[lang] in other


@pytest.mark.parametrize("lang", LANGUAGES)
def test_too_cautious_is_not_said_where_the_intervals_held(lengths, lang):
    """A sentence about the intervals may not claim what the figures beside it do not show."""
    held = lengths.assign(coverage80=[0.81, 0.80])
    said = " ".join(method.length_sentences(held, lang))
    assert not re.search({"zh": "保守|所以", "en": "cautious|[Hh]ence"}[lang], said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_hindsight_counts_are_plain_counts(content, lang):
    given = content("zibo-13", "2022-04-19")
    said = results.table(given, "04_backtest", "said")
    (sentence,) = method.hindsight_sentences(said, lang)
    counted = said[~said["outcome_basis_break"].astype(bool) & said["low80"].notna()]
    assert 0 < len(counted) < len(said)
    inside = sum(
        low <= float(out) <= high
        for low, out, high in zip(counted["low80"], counted["outcome"], counted["high80"], strict=False)
    )
    numbers = [int(n) for n in re.findall(r"\d+", sentence.replace("80%", ""))]
    assert numbers[:2] == [len(counted), inside]
    table = next(b for b in method.sections(Report(given, lang))[0]["blocks"] if b.get("id") == "hindsight")
    assert [row[7].rstrip("*") for row in table["rows"]] == said["outcome"].tolist()
    assert [row[8] for row in table["rows"]] == [{"zh": {1: "已达到", 0: "未达到"}, "en": {1: "reached", 0: "not reached"}}[lang][
        int(float(out) >= aim)] for out, aim in zip(said["outcome"], said["aim"], strict=False)]  # fmt: skip


def test_an_outcome_on_another_basis_is_marked(content):
    """R&D intensity of 2020 stands on the GDP after the census, the target of 2016 on that before."""
    given = content("zibo-13", "2022-04-19")
    assert results.table(given, "04_backtest", "said")["outcome_basis_break"].sum() == 1
    unmarked = copy.deepcopy(given)
    table = unmarked["sections"]["04_backtest"]["tables"]["said"]
    for row in table["rows"]:
        row[table["columns"].index("outcome_basis_break")] = False
    for lang in LANGUAGES:
        assert method.sections(Report(given, lang)) != method.sections(Report(unmarked, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_coverage_table_shows_the_frame(lang):
    shown = frame(domain.checks(), method.coverage_columns(), lang)
    assert len(shown) == 6
    first = domain.checks().iloc[0]
    assert shown.iloc[0].tolist() == ["1", f"{first['cases']:.0f}", *(f"{100 * first[name]:.1f}%" for name in
                                      ("general80", "domain80", "general95", "domain95"))]  # fmt: skip
    assert shown.columns.is_unique


# --- what depends on the rule ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def variants(shipped):
    found = progress.progress(shipped, "zibo-13", "2022-04-19")
    known = progress.history(shipped, found, "2022-04-19")
    given = (found, known) if inputs.yearly.__code__.co_argcount == 2 else (known,)
    return found, sensitivity.variants(inputs.plain(found), history=inputs.yearly(*given))


def naive(table: pd.DataFrame) -> list[int]:
    hanging = {"rule": set(), "base_year": set(), "rounding": set()}
    for row in table.itertuples():
        if row.changed:
            hanging[row.variant.split(":")[0]].add(row.id)
    return [len(set(table["id"])), *(len(ids) for ids in hanging.values())]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_counts_are_plain_counts_and_change_with_the_variants(variants, lang):
    _, table = variants
    for changed in (
        table["changed"],
        ~table["changed"],
        False,
        table["variant"] == "rounding",
        table.index == 0,
    ):
        rows = table.assign(changed=changed)
        (said,) = chapter.sentences(rows, lang)
        total, rule, base, rounding = naive(rows)
        # The rules beside our own are five; what no variant changes is not counted.
        changed_by = [count for count in (rule, rounding, base) if count]
        assert [int(number) for number in re.findall(r"\d+", said)] == [total, 5, *changed_by]
    assert naive(table)[0] == 5, "R&D intensity stands on two definitions, between which there is no way gone"
    assert chapter.sentences(table.head(0), lang) == []


def sensitivity_table(found: pd.DataFrame, table: pd.DataFrame, lang: str) -> pd.DataFrame:
    rows = found[found["target"].isin(table["id"])]
    return frame(rows, chapter.sensitivity_columns(table), lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_star_for_every_rule_that_judges_otherwise(variants, lang):
    found, table = variants
    shown = sensitivity_table(found, table, lang)
    rules = table[table["variant"].str.startswith("rule:")]
    stars = shown.iloc[:, 2:8].map(lambda cell: cell.endswith("*")).to_numpy()
    assert stars.tolist() == rules["changed"].to_numpy().reshape(5, 6).tolist()
    assert stars.any()
    assert shown.shape == (5, 10)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_base_year_that_could_not_be_tried_is_a_dash(variants, lang):
    """Base + 1 is the current year and base − 1 has no figure: nothing was tried, so "same" would be wrong."""
    found, table = variants
    table = table.copy()
    earlier, later = (table["variant"] == f"base_year:{shift}" for shift in ("-1", "+1"))
    table.loc[earlier, ["status", "step", "changed", "reason"]] = [
        "not_assessable",
        "none",
        False,
        "no_value_that_year",
    ]
    table.loc[later, ["status", "step", "changed", "reason"]] = ["not_assessable", "none", False, "same_year"]
    assert set(sensitivity_table(found, table, lang).iloc[:, 8]) == {"—"}


def test_the_chart_of_rules_frames_what_changes(variants):
    from matplotlib.patches import Rectangle

    found, table = variants
    with style.context("en"):
        figure = charts.rules(found, table, "en").draw("en")
    framed = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    rules = table[table["variant"].str.startswith("rule:")]
    disputed = rules.groupby("id").filter(lambda one: len(set(one["step"])) > 1)
    assert len(framed) == int(disputed["changed"].sum()) > 0
    words = [text.get_text().replace("\n", " ") for text in figure.axes[0].texts]
    assert len(words) == len(disputed) < len(rules)
    assert "moderate progress" in words


def test_the_chart_of_reliability_shows_the_table():
    table = domain.reliability()
    with style.context("zh"):
        figure = charts.reliability(table, "zh").draw("zh")
    axes = figure.axes[0]
    np.testing.assert_allclose(axes.collections[0].get_offsets(), table[["chance", "reached"]])
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[0, 0], [1, 1]])
    areas = axes.collections[0].get_sizes()
    assert areas.argmax() == table["cases"].argmax()
