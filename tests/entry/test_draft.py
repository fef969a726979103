"""A plan's document read as drafts: against the keys written before the reader, in other layouts, and bad ones.

The cities and figures of all documents here are made up, but for the seed's.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest
import typst
from click.testing import CliRunner
from test_draft_documents import FOLDER, NAMES, SEED, key_of, place

from zbanalysis.cli import cli
from zbanalysis.data import check, package, read
from zbanalysis.entry import draft, folder, reading, schema, wide
from zbanalysis.entry.problems import EntryError
from zbanalysis.entry.reading import chinese, english, goals
from zbanalysis.entry.reading import plan as plans
from zbanalysis.entry.reading import table as tables
from zbanalysis.entry.wide import About
from zbanalysis.errors import InputError
from zbanalysis.plan import progress
from zbanalysis.report import style
from zbanalysis.runs import jobs, report

SPAN = goals.Span(2021, 2025, 2020)
FISCAL = goals.Span(2022, 2026, 2020, 3)
ATTRIBUTES = {"预期性": "expected", "约束性": "binding", None: ""}


def bare(text: object) -> str:
    return re.sub(r"[\s“”’'的]", "", str(text or "")).lower()


def path_of(name: str) -> Path:
    return SEED if name == "zibo-14" else FOLDER / f"{name}.docx"


@cache
def plan_of(path: Path) -> plans.Plan:
    return plans.read(reading.read(path, "en"))


def wanted(key: dict) -> Iterator[dict]:
    for row in key["main_table"]["rows"]:
        for target in row["targets"]:
            yield {**row, **target, "last": target is row["targets"][-1]}
    yield from key["goals"]


def same_place(entry: dict, where: plans.Place) -> bool:
    unit, *numbers = place(entry)
    expected = ("table", *numbers) if unit == "row" else (unit, *numbers, 0)
    return where.unit == "page" or (where.unit, where.number, where.row) == expected


def fits(entry: dict, goal: goals.Goal) -> bool:
    names = [entry["name"], *entry.get("name_also", [])]
    return same_place(entry, goal.place) and any(goals.likeness(name, goal.name) >= 0.6 for name in names)


def wrong_fields(entry: dict, goal: goals.Goal) -> list[str]:
    """Fields of a goal that are not what its key says, or allows."""
    fields = ["kind", "unit", "comparator", "upper"] + (["value"] if entry["kind"] != "in_words" else [])
    allowed = {
        name: {entry.get(name) or "", *(one or "" for one in entry.get(f"{name}_also", []))}
        for name in fields
    }
    wrong = [name for name in fields if getattr(goal, name) not in allowed[name]]
    if goal.period[-4:] not in {one[-4:] for one in (entry["period"], *entry.get("period_also", []))}:
        wrong.append("period")
    if "printed" in entry:  # a row of the main table: base, rate, change and attribute too
        stated = entry["last"] and entry["kind"] == "level"
        figures = {"base_value": entry["base_value"] if entry["kind"] != "in_words" else None,
                   "rate": entry["stated_rate"] if stated else None, "attribute": ATTRIBUTES[entry["attribute"]]}  # fmt: skip
        wrong += [name for name, value in figures.items() if getattr(goal, name) != (value or "")]
        wrong += ["change"] * (stated and (goal.change or goal.per_cent) != (entry["stated_change"] or ""))
    elif entry.get("base_value") and goal.base_value != entry["base_value"]:
        wrong.append("base_value")
    return wrong


def compared(key: dict, plan: plans.Plan) -> tuple[list, list]:
    """Goals of a key that were not read as it says, and goals read that it does not have."""
    left, missed = list(plan.goals), []
    for entry in wanted(key):
        near = sorted(
            (goal for goal in left if fits(entry, goal)), key=lambda goal: len(wrong_fields(entry, goal))
        )
        if near:
            left.remove(near[0])
        if not near or wrong_fields(entry, near[0]):
            missed.append((entry["name"], wrong_fields(entry, near[0]) if near else "not there"))
    optional = [bare(one["words"]) for one in key["optional"]]
    false = [
        goal
        for goal in left
        if not any(bare(goal.words) in one or one in bare(goal.words) for one in optional)
    ]
    return missed, false


def tasks_not_read(key: dict, plan: plans.Plan) -> tuple[list, list]:
    left, wrong = list(plan.tasks), []
    for entry in key["tasks"]:
        task = next(
            (one for one in left if bare(one.name) == bare(entry["name"]) and same_place(entry, one.place)),
            None,
        )
        if task is None:
            wrong += [] if entry.get("optional") else [(entry["heading"], "not there")]
            continue
        left.remove(task)
        same = (task.kind, bare(task.chapter), bare(task.box), task.office) == (
            entry["kind"], bare(entry["chapter"]), bare(entry.get("box")), entry["office"])  # fmt: skip
        if not same or task.others not in (entry["others"], entry.get("others_also")):
            wrong.append((entry["heading"], task))
    return wrong, left


def tell(key: dict, plan: plans.Plan, how: str) -> None:
    """The counts, for whoever runs the test with ``-rP``."""
    missed, false = compared(key, plan)
    wrong, more = tasks_not_read(key, plan)
    goals_, tasks = len(list(wanted(key))), len(key["tasks"])
    print(  # noqa: T201
        f"{plan.title} ({how}): {goals_ - len(missed)} of {goals_} goals as the key says, {len(false)} more; "
          f"{tasks - len(wrong)} of {tasks} tasks, {len(more)} more")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_read_as_its_key_says(name):
    key, plan = key_of(name), plan_of(path_of(name))
    tell(key, plan, "Word")
    assert compared(key, plan) == ([], [])
    assert tasks_not_read(key, plan) == ([], [])
    assert (plan.title, plan.language) == (key["plan"]["title"], key["plan"]["language"])
    assert plan.span.until(plan.span.year(plan.span.last)) == key["plan"]["span"]
    assert plan.adopted == key["plan"]["adopted"]


def test_a_key_that_says_otherwise_is_noticed():
    key, plan = key_of(NAMES[0]), plan_of(path_of(NAMES[0]))
    other = {**key, "goals": [{**key["goals"][0], "value": "7"}, *key["goals"][1:]], "optional": []}
    other["tasks"] = [{**key["tasks"][0], "office": ["市财政局"]}, *key["tasks"][1:]]
    missed, false = compared(other, plan)
    assert len(missed) == 1
    assert not false
    assert len(tasks_not_read(other, plan)[0]) == 1


@pytest.mark.skipif(not SEED.exists(), reason="the text of the 14th plan is not here")
def test_the_14th_plan_is_read_as_its_key_says():
    key, plan = key_of("zibo-14"), plan_of(SEED)
    tell(key, plan, "text")
    assert compared(key, plan) == ([], [])
    assert tasks_not_read(key, plan) == ([], [])
    kinds = [task.kind for task in plan.tasks]
    assert [kinds.count(kind) for kind in ("task", "project", "safeguard")] == [35, 16, 3]


# --- as PDF ---


def as_pdf(path: Path, place: Path) -> Path:
    """A Word file's words as a PDF of our own typesetter: wrapped lines, ruled tables, page numbers."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    lines = ['#set page(paper: "a4", numbering: "1")', '#set text(font: "Noto Sans SC", size: 11pt)',
             "#set par(justify: true, spacing: 1.1em, leading: 0.8em)"]  # fmt: skip
    for block in reading.read(path, "en").blocks:
        if block.rows:
            cells = ", ".join(f"text({quoted(cell)})" for row in block.rows for cell in row)
            lines.append(f"#table(columns: {len(block.rows[0])}, {cells})")
        else:
            lines.append(f"#par(text({quoted(block.text.replace(chr(9), ' ..... '))}))")
    fonts = style.font_set()
    from zbanalysis.report import pdf

    target = place / f"{path.stem}.pdf"
    source = place / "plan.typ"
    source.write_text("\n\n".join(lines), "utf-8")
    target.write_bytes(typst.compile(str(source), font_paths=pdf._typst_fonts(fonts)))
    return target


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_is_read_as_well(name, tmp_path):
    key, plan = key_of(name), plan_of(as_pdf(path_of(name), tmp_path))
    tell(key, plan, "PDF")
    missed, false = compared(key, plan)
    every = len(list(wanted(key)))
    assert (len(missed), len(false)) <= (every // 10, every // 20), (missed, false)
    wrong, more = tasks_not_read(key, plan)
    assert (len(wrong), len(more)) <= (len(key["tasks"]) // 10, len(key["tasks"]) // 20), (wrong, more)
    assert {goal.place.unit for goal in plan.goals} == {"page"}


def unruled(place: Path, align: str) -> Path:
    """A PDF of two low pages whose table has no lines, and names of one to three lines."""
    names = ("森林覆盖率（%）", "万元地区生产总值用水量（立方米）", "每千人口执业（助理）医师数（人）", "人均预期寿命（岁）",
             "劳动年龄人口平均受教育年限（年）", "粮食综合生产能力（万吨）", "城镇调查失业率（%）")  # fmt: skip
    cells = [
        cell for n, name in enumerate(names, 1) for cell in (f"{n}.{name}", f"{n}0.5", f"{n}2", "预期性")
    ]
    shown = ", ".join(f"[{cell}]" for cell in ("指标", "2020年", "2025年", "属性", *cells))
    text = f"""#set page(width: 400pt, height: 240pt, margin: 30pt)
#set text(font: "Noto Sans SC", size: 10pt)
到2025年，青石市“十四五”规划的主要目标见下表。
#table(columns: (90pt, 60pt, 60pt, 60pt), stroke: none, inset: (y: 1.5pt), align: {align}, {shown})"""
    (place / "plan.typ").write_text(text, "utf-8")
    from zbanalysis.report import pdf

    target = place / "plan.pdf"
    target.write_bytes(typst.compile(str(place / "plan.typ"), font_paths=pdf._typst_fonts(style.font_set())))
    return target


@pytest.mark.parametrize(("align", "count"), [("top", 7), ("horizon", 0)])
def test_a_table_without_lines_is_read_where_its_rows_are_plain(tmp_path, align, count):
    """Figures on the first line of each row say where it begins; in the middle of rows as close they do not."""
    found = [goal for goal in plan_of(unruled(tmp_path, align)).goals if goal.in_table]
    assert [(goal.base_value, goal.value) for goal in found] == [
        (f"{n}0.5", f"{n}2") for n in range(1, count + 1)
    ]
    assert [goal.name for goal in found][1:3] == ["万元地区生产总值用水量", "每千人口执业（助理）医师数"][
        :count
    ]


def test_300_pages_are_read_in_half_a_minute(tmp_path):
    one = as_pdf(path_of(NAMES[-1]), tmp_path)
    import pypdfium2

    whole, part = pypdfium2.PdfDocument.new(), pypdfium2.PdfDocument(one)
    while len(whole) < 300:
        whole.import_pages(part)
    whole.save(tmp_path / "long.pdf")
    start = time.process_time()
    plan = plans.read(reading.read(tmp_path / "long.pdf", "en"))
    assert time.process_time() - start < 30
    assert len(plan.goals) > 30


# --- other layouts ---

NATION = """某国国民经济和社会发展第十六个五年规划纲要
（2031—2035年）
第一篇 开启新征程
第一章 发展环境
2030年，国内生产总值达到150万亿元，常住人口城镇化率提高到68%。
第二章 主要目标
展望二〇五〇年，基本实现共同富裕。
专栏1 “十六五”时期经济社会发展主要指标
类别|指标|2030年|2035年|年均/累计|属性
经济发展|1.国内生产总值（GDP）增长（%）|4.8|—|保持在合理区间|预期性
经济发展|2.全员劳动生产率增长（%）|4.9|—|高于GDP增长|预期性
经济发展|3.常住人口城镇化率（%）|68.0*|72|—|预期性
创新驱动|4.全社会研发经费投入增长（%）|—|—|>7，力争投入强度高于“十五五”时期实际|预期性
民生福祉|5.城镇调查失业率（%）|5.2|—|<5.5|预期性
绿色生态|6.单位GDP能源消耗降低（%）|—|—|〔13.5〕|约束性
绿色生态|7.森林覆盖率（%）|25.0|25.8|—|约束性
安全保障|8.粮食综合生产能力（亿吨）|—|>7.0|—|约束性
民生福祉|9.人均预期寿命（岁）|80.2|—|〔1〕|预期性
经济发展|10.快递业务强度（件/亿元）|21.4万|30万|—|预期性
绿色生态|11.货车单位周转量碳排放较2030年下降（%）|—|5|—|约束性
注：〔〕内为五年累计数。
第二篇 坚持创新驱动发展
第三章 强化战略科技力量
第一节 整合优化科技资源配置
以国家战略性需求为导向，推进创新体系优化组合。基础研究经费投入占研发经费投入比重提高到9%以上。货物吞吐量达到1.2亿吨、集装箱吞吐量实现倍增。
第二节 加强原创性引领性攻关
到2033年，建成国家重点实验室300个左右，其中企业牵头的80个。支持龙头企业牵头组建创新联合体。
第四章 激发人才创新活力
实施知识更新工程。每年培养青年科技人才不少于2万人。（人力资源部、科学技术部按职责分工负责）
第三篇 加强规划实施保障
第五章 健全规划实施机制
加强规划监测评估，2033年开展中期评估。
"""


def test_a_nations_table_whose_goals_stand_in_the_column_of_averages(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(NATION, "gb18030")
    plan = plans.read(reading.read(path, "zh"))
    read = {goal.name: (goal.kind, goal.comparator, goal.value, goal.period) for goal in plan.goals}
    assert read == {
        "国内生产总值（GDP）增长": ("in_words", "", "", "2035"),
        "全员劳动生产率增长": ("in_words", "", "", "2035"),
        "常住人口城镇化率": ("level", "", "72", "2035"),
        "全社会研发经费投入增长": ("average_rate", "more_than", "7", "2031/2035"),
        "城镇调查失业率": ("ceiling", "less_than", "5.5", "2031/2035"),
        "单位GDP能源消耗": ("cumulative_change", "", "-13.5", "2035"),
        "森林覆盖率": ("level", "", "25.8", "2035"),
        "粮食综合生产能力": ("level", "more_than", "7.0", "2035"),
        "人均预期寿命": ("absolute_change", "", "1", "2035"),
        "集装箱吞吐量": ("cumulative_change", "", "100", "2035"),
        "货物吞吐量": ("level", "", "1.2", "2035"),
        "快递业务强度": ("level", "", "30", "2035"),
        "货车单位周转量碳排放": ("cumulative_change", "", "-5", "2035"),
        "基础研究经费投入占研发经费投入比重": ("level", "at_least", "9", "2035"),
        "国家重点实验室": ("level", "about", "300", "2033"),
        "企业牵头": ("level", "", "80", "2033"),
        "培养青年科技人才": ("floor", "at_least", "2", "2031/2035"),
    }
    courier = next(goal for goal in plan.goals if goal.name == "快递业务强度")
    assert (courier.base_value, courier.unit) == ("21.4", "万件/亿元")
    outline = goals.span(["澄湖县第十四个五年规划纲要"], "“十三五”时期年均增长6.5%。", "zh")
    assert (outline.first, outline.last, outline.base) == (2021, 2025, 2020)
    assert [(task.name, task.kind, task.office) for task in plan.tasks] == [
        ("整合优化科技资源配置", "task", []),
        ("加强原创性引领性攻关", "task", []),
        ("激发人才创新活力", "task", ["人力资源部"]),
        ("健全规划实施机制", "safeguard", []),
    ]


def district(place: Path) -> Path:
    """A district's plan in Word: automatic numbers, styles, a three-column table of tasks with offices."""
    file = docx.Document()
    file.add_paragraph("海棠区养老服务发展行动计划（2023—2027年）")
    file.add_paragraph("海棠区人民政府办公室")
    file.add_paragraph("2023年3月20日")
    for level, text in (
        (1, "发展现状"),
        (0, "截至2022年底，全区养老床位达到5200张，护理型床位占比达到48%。"),
        (1, "总体要求"),
        (2, "工作目标"),
        (
            0,
            "到2025年，护理型床位占比达到55%；到2027年，达到60%以上，家庭养老床位累计建成3000张。居家探访率保持在100%。",
        ),
        (1, "重点任务"),
        (2, "扩大服务供给"),
        (
            0,
            "建设街道综合服务中心，发展社区食堂。牵头单位：区民政局；配合单位：区财政局、海棠康养集团有限公司。",
        ),
        (2, "培养护理人才"),
        (0, "规划期内培训养老护理员4000人次。责任单位：区人力资源社会保障局、区民政局。"),
    ):
        file.add_heading(text, level) if level else file.add_paragraph(text)
    table = file.add_table(3, 4)
    rows = [("序号", "重点任务", "工作内容", "牵头部门"), ("1", "适老化改造", "到2026年完成改造1500户。", "区住房城乡建设局"),
            ("2", "智慧养老平台", "建设一键呼叫系统，总投资800万元。", "海棠数据科技有限公司")]  # fmt: skip
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    file.save(place / "plan.docx")
    return place / "plan.docx"


def test_a_districts_plan_with_styles_instead_of_numbers(tmp_path):
    plan = plans.read(reading.read(district(tmp_path), "zh"))
    read = {(goal.name, goal.kind, goal.comparator, goal.value, goal.period) for goal in plan.goals}
    assert read == {
        ("护理型床位占比", "level", "", "55", "2025"),
        ("护理型床位占比", "level", "at_least", "60", "2027"),
        ("家庭养老床位", "cumulative_sum", "", "3000", "2023/2027"),
        ("居家探访率", "floor", "", "100", "2023/2027"),
        ("培训养老护理员", "cumulative_sum", "", "4000", "2023/2027"),
        ("改造", "cumulative_sum", "", "1500", "2023/2026"),
    }
    assert [(task.name, task.office, task.others) for task in plan.tasks] == [
        ("扩大服务供给", ["区民政局"], ["区财政局"]),
        ("培养护理人才", ["区人力资源社会保障局"], ["区民政局"]),
        ("适老化改造", ["区住房城乡建设局"], []),
        ("智慧养老平台", [], []),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("地区生产总值年均增长6.5%左右，到2025年突破2500亿元。", [("average_growth", "6.5", "about"), ("level", "2500", "more_than")]),
        ("五年新增高新技术企业300家、科技型中小企业500家。", [("cumulative_sum", "300", ""), ("cumulative_sum", "500", "")]),
        ("进出口总额力争翻两番。", [("cumulative_change", "300", "")]),
        ("森林覆盖率提高0.5个百分点，达到45.6%。", [("level", "45.6", "")]),
        ("单位GDP能耗、用水量比2020年分别降低13.5%、16%以上。", [("cumulative_change", "-13.5", ""), ("cumulative_change", "-16", "at_most")]),
        ("小学、初中毛入学率分别达到92%和93%以上，农膜回收率高于全省平均水平3个百分点，行政村5G网络实现全覆盖。",
         [("level", "92", ""), ("level", "93", "at_least"), ("in_words", "", ""), ("level", "100", "")]),
        ("到2025年茶园面积达到15万亩、黄桃面积达到6万亩，产值分别达到20亿元、8亿元。培育龙头企业40家。",
         [("level", "15", ""), ("level", "6", ""), ("level", "20", ""), ("level", "8", ""), ("cumulative_sum", "40", "")]),
        ("美丽村庄每年创建20个，累计达到100个，污染事故减半。", [("floor", "20", "at_least"), ("cumulative_sum", "100", ""), ("cumulative_change", "-50", "")]),
        ("坚持" + "稳中求进、" * 220 + "森林覆盖率达到45%。", [("level", "45", "")]),
        ("到2025年用水量达到6亿吨，农膜回收率高于全省平均水平3个百分点，达到90%以上。",
         [("level", "6", ""), ("in_words", "", ""), ("level", "90", "at_least")]),
        ("五年新建泊位6个；到2024年能源占比较2020年提高15个百分点，达到60%。5G基站达到800个，实现乡镇5G网络全覆盖，推进电子运单全覆盖。",
         [("cumulative_sum", "6", ""), ("level", "60", ""), ("level", "800", ""), ("level", "100", "")]),
        ("到2025年，80%以上的村卫生室能够提供中医药服务。", [("level", "80", "at_least")]),
        ("到2023年底，改造完成；到2025年接入率达到95%以上。直播电商交易额年均增长25%、2025年达到18亿元。",
         [("level", "95", "at_least"), ("average_growth", "25", ""), ("level", "18", "")]),
        ("游客突破3000万人次、收入突破300亿元，年均增速分别达到10%和14%以上，资源总量不低于80TB。",
         [("level", "3000", "more_than"), ("level", "300", "more_than"), ("average_growth", "10", ""), ("average_growth", "14", "at_least"),
          ("level", "80", "at_least")]),
        ("农民收入比2020年翻一番，力争达到3万元以上。", [("cumulative_change", "100", ""), ("level", "3", "at_least")]),
        ("志愿者人数较2020年增长60%，总量达到1.6万人。", [("level", "1.6", "")]),
        ("服务质量高于全省平均水平的经验得到推广，实现监管全覆盖。", []),
        ("万元产值能耗降低15%以上。", [("cumulative_change", "-15", "at_most")]),
        ("高血压患者规范管理率≥65%，覆盖率100%，婴儿死亡率降至3‰以下。", [("level", "65", "at_least"), ("level", "100", ""), ("level", "3", "at_most")]),
        ("城镇化率年均提高1个百分点，每年增长8%，城乡收入比缩小到1.8:1。", [("in_words", "", ""), ("average_growth", "8", ""), ("level", "1.8", "")]),
        ("三年内建成10个县域医共体，进出口总额五年累计达到6000亿元，实现企业数量倍增。", [("cumulative_sum", "10", ""), ("cumulative_sum", "6000", ""), ("cumulative_change", "100", "")]),
        ("工业企业达到1500家，比2020年翻一番。", [("level", "1500", "")]),
        ("能耗下降14%，力争下降15%，地区生产总值迈上3000亿元台阶。", [("cumulative_change", "-14", ""), ("level", "3000", "")]),
        ("事故死亡人数控制在较2020年下降20%以内，重症床位达到15张/10万人。", [("cumulative_change", "-20", "at_most"), ("level", "15", "")]),
        ("年均培训医务人员3000人次以上，住院率控制在15%—18%之间。", [("floor", "3000", "at_least"), ("range", "15", "")]),
        ("2023年、2025年健康素养水平分别达到25%、30%。", [("level", "25", ""), ("level", "30", "")]),
        ("事故死亡人数较“十三五”时期下降15%，平均住院日缩短至8天以下。", [("cumulative_change", "-15", ""), ("level", "8", "at_most")]),
        ("“十三五”期间，全市累计新增就业20万人，森林覆盖率提高到45%。", []),
        ("培育年营业收入10亿元以上企业5家的工作。", []),
        ("对年产值达到2000万元以上的企业给予最高100万元奖励。", []),
        ("2020年，森林覆盖率达到44%。", []),
        ("全省要求到2025年森林覆盖率达到50%。", []),
        ("预计到2025年老年人口将达到30万人。", []),
        ("项目总投资达到5亿元。", []),
        ("打造“15分钟便民生活圈”，开展“6·18”活动。", []),
        ("到2025年，床位数达到1.234,5张。", []),
        ("到2025年，床位数达到12,34张。", []),
        ("到2025年，入园率达到85%,2030年达到90%。", [("level", "85", ""), ("level", "90", "")]),
        ("到2025年，新增床位近200张。", [("cumulative_sum", "200", "about")]),
        ("到2025年，万元产值水耗比2020年下降一半。", [("cumulative_change", "-50", "")]),
    ],
)  # fmt: skip
def test_sentences(text, found):
    read = [(goal.kind, goal.value, goal.comparator) for goal, _ in chinese.sentences(text, SPAN)]
    assert read == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We will cut emissions from council buildings by 40% by 2027, against 2019.", [("cumulative_change", "-40", "", "2027")]),
        ("Plant 10,000 trees by 2026.", [("cumulative_sum", "10000", "", "FY2022/FY2026")]),
        ("Keep the vacancy rate below 8 per cent in every year.", [("ceiling", "8", "less_than", "FY2022/FY2026")]),
        ("Household recycling will increase to at least 55% by 2026/27.", [("level", "55", "at_least", "FY2027")]),
        ("Reduce rough sleeping to zero by 2025.", [("level", "0", "", "2025")]),
        ("Cut carbon intensity by at least 18 per cent by 2025.", [("cumulative_change", "-18", "at_most", "2025")]),
        ("Poverty should be reduced by at least 15 million people by 2025.", [("absolute_change", "-15", "at_most", "2025")]),
        ("Maternal mortality below 70 per 100,000 live births by 2025.", [("level", "70", "less_than", "2025")]),
        ("R&D spending will grow by more than 7% annually.", [("average_growth", "7", "more_than", "FY2026")]),
        ("By 2025 the council will have built 1,500 homes.", [("cumulative_sum", "1500", "", "FY2022/FY2025")]),
        ("We will train 400 nurses by 2025, and keep vaccination at no less than 95% in every year.",
         [("floor", "95", "at_least", "FY2022/FY2026"), ("cumulative_sum", "400", "", "FY2022/FY2025")]),
        ("By 2024, no more than 5% of pupils will leave school early; by 2026, no more than 3%.",
         [("level", "5", "at_most", "2024"), ("level", "3", "at_most", "2026")]),
        ("We will keep the pupil-teacher ratio between 16 and 20.", [("range", "16", "", "FY2026")]),
        ("The share of pupils walking to school will double.", [("cumulative_change", "100", "", "FY2026")]),
        ("1,200 laptops will be handed out over the five years.", [("cumulative_sum", "1200", "", "FY2022/FY2026")]),
        ("Losses will be reduced by half, and at least 500 farmers will be insured by FY2025/26.",
         [("cumulative_change", "-50", "", "FY2026"), ("level", "500", "at_least", "FY2026")]),
        ("Subsidies are to be kept below KSh 150 million in every year.", [("ceiling", "150", "less_than", "FY2022/FY2026")]),
        ("Between 40% and 45% of places will go to women by FY2025.", [("range", "40", "", "FY2025")]),
        ("We will cut the number of people in hostels by a third by end-2024.", [("cumulative_change", "-33.3", "", "2024")]),
        ("Nitrate levels must not exceed 37.5 mg/l.", [("level", "37.5", "at_most", "FY2026")]),
        ("The pupil-teacher ratio will fall from 22.8:1 to 19:1 by 2025.", [("level", "19", "", "2025")]),
        ("We aim to raise participation to 95 per cent of pupils by 2024 and to triple the number of apprentices.",
         [("cumulative_change", "200", "", "2024"), ("level", "95", "", "2024")]),
        ("Decisions will take 12 weeks or less by 2025, compared with 20 weeks in 2021.", [("level", "12", "at_most", "2025")]),
        ("No more than 500 families should be homeless by 2025; unemployment will be halved by 2024.",
         [("level", "500", "at_most", "2025"), ("cumulative_change", "-50", "", "2024")]),
        ("We will build 45 centres and upgrade 120 clinics by 2025.", [("cumulative_sum", "45", "", "FY2022/FY2025"), ("cumulative_sum", "120", "", "FY2022/FY2025")]),
        ("Coverage will be maintained above 90% throughout the plan.", [("floor", "90", "more_than", "FY2022/FY2026")]),
        ("Deliver 9,000 affordable homes a year.", [("floor", "9000", "at_least", "FY2022/FY2026")]),
        ("GDP growth of 5 to 6 per cent.", []),
        ("Unemployment fell by 3 per cent between 2016 and 2020.", []),
        ("The depot will cost £12 million.", []),
        ("Hospital beds will reach 12,34 by 2025.", []),
        ("Hospital beds will rise from 1.234,5 to 1,300 by 2025.", []),
    ],
)  # fmt: skip
def test_english_sentences(text, found):
    read = [
        (goal.kind, goal.value, goal.comparator, goal.period) for goal, _ in english.sentences(text, FISCAL)
    ]
    assert read == found


def test_a_year_that_a_sentence_begins_with_holds_on_and_one_within_it_does_not():
    for text, years in (
        ("到2024年，绿化率达到38%。用水量达到6亿吨。", ["2024", "2024"]),
        ("五年新建泊位6个；到2024年占比达到60%；绿化率达到8%。用水量达到6亿吨。", ["2021/2025", "2024", "2024", "2025"]),
    ):  # fmt: skip
        assert [goal.period for goal, _ in chinese.sentences(text, SPAN)] == years


def test_a_year_before_the_plan_moves_no_figure_to_another_year():
    words = "Compared to 2019, the recycling rate will reach 55% by 2023, and the jobs rate will reach 70% by 2025."
    found = [(goal.value, goal.period) for goal, _ in english.sentences(words, goals.Span(2021, 2025, 2020))]
    assert found == [("55", "2023"), ("70", "2025")]


def test_the_years_of_an_english_plan_and_a_figure_that_it_comes_down_from():
    front = ["Integrated Plan FY2022/23 – FY2026/27", "Fiscal years end on 30 June."]
    span = goals.span(front, "Baseline (FY2021/22)", "en")
    assert (span.first, span.last, span.base, span.fiscal) == (2023, 2027, 2022, 6)
    words = "Youth unemployment should fall below 15% by FY2026/27, down from 22.4%."
    goal = next(english.sentences(words, span))[0]
    assert (goal.name, goal.value, goal.comparator) == ("Youth unemployment", "15", "less_than")
    assert (goal.base_value, goal.base_period, goal.period) == ("22.4", "FY2022", "FY2027")


def test_an_english_table_with_dated_bases_units_in_names_and_signed_changes():
    rows = [["Goal", "Indicator", "Baseline", "2025", "2026"], ["A", "Poverty rate (%)", "14.2 (2019)", "12.5", "10"],
            ["C", "Homes retrofitted (thousand, cumulative)", "–", "–", "250"],
            ["D", "Emissions (Mt CO2e)", "60.1", "–", "−35% on 2018"], ["E", "Healthy life years", "66.4", "–", "+2 years"]]  # fmt: skip
    read = [goal for goal, _ in tables.goals(rows, goals.Span(2022, 2026, 2021), "en", "")]
    asked = [
        (goal.unit, goal.kind, goal.value, goal.period, goal.base_period, goal.base_value) for goal in read
    ]
    assert asked == [
        ("%", "level", "12.5", "2025", "2019", "14.2"),
        ("%", "level", "10", "2026", "2019", "14.2"),
        ("thousand", "cumulative_sum", "250", "2022/2026", "", ""),
        ("Mt CO2e", "cumulative_change", "-35", "2026", "2018", ""),
        ("", "absolute_change", "2", "2026", "2021", "66.4"),
    ]


def test_what_stands_beside_a_figure_or_around_it_in_a_table():
    """A part named in the cell, a bracket with its unit behind it, a sum of five years, growth in the averages."""
    head = ["指标", "单位", "2020年", "2025年", "年均/累计"]
    rows = [head, ["平均受教育年限", "年", "10.4", "11.3，其中受过高等教育比例达到24%", "—"],
            ["本科以上学历比例", "%", "76.2", "[10]个百分点", "—"], ["人均预期寿命", "岁", "78.1", "—", "〔1.2〕"],
            ["固定资产投资增长", "%", "4.5", "—", "8"], ["床位数", "张", "1180", "1.234,5", "—"]]  # fmt: skip
    read = {goal.name: goal for goal, _ in tables.goals(rows, SPAN, "zh", "")}
    asked = {name: (goal.kind, goal.value, goal.period, goal.base_value) for name, goal in read.items()}
    assert asked == {
        "平均受教育年限": ("level", "11.3", "2025", "10.4"),
        "受过高等教育比例": ("level", "24", "2025", ""),
        "本科以上学历比例": ("absolute_change", "10", "2025", "76.2"),
        "人均预期寿命": ("absolute_change", "1.2", "2025", "78.1"),
        "固定资产投资增长": ("average_rate", "8", "2021/2025", ""),
    }
    assert wide.scale_of("%", "固定资产投资增长") == "ratio"


# --- into a folder ---


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder.create(tmp_path / "云澜市", lang="zh")
    return tmp_path / "云澜市"


def rows_of(place: Path, name: str) -> pd.DataFrame:
    return read.table(place / f"{name}.csv", [])


def confirmed_form(form: Path, change: dict[str, str] | None = None) -> None:
    """What a person does: the last row of targets and of tasks deleted, all others confirmed, units filled in."""
    book = openpyxl.load_workbook(form)
    for table in ("targets", "tasks"):
        sheet = book[schema.sheet(table)]
        place = next(cell.column for cell in sheet[2] if str(cell.value).startswith("已核对"))
        sheet.delete_rows(sheet.max_row)
        for row in range(3, sheet.max_row + 1):
            sheet.cell(row, place).value = schema.choice("confirmed", "yes")
    for row in book[schema.sheet("indicators")].iter_rows(min_row=3):
        for cell in row:
            cell.value = "亿元" if cell.value == "待补" else cell.value
    book.save(form)


def test_drafts_are_judged_only_when_confirmed(city):
    said = draft.draft(path_of("yunlan-health"), city, "zh", About())
    assert "目标 36 个" in said
    targets = rows_of(city, "targets")
    assert (targets["confirmed"] == "no").sum() == 36
    assert targets.loc[
        targets["target_value"] == "79.5", ["base_value", "comparator", "locator"]
    ].to_numpy().tolist() == [["78.42", "about", "表1 第3行"]]
    assert targets["note"].str.contains("甲乙类法定报告传染病发病率控制在180/10万以内").any()
    data = package.load(city)
    assert not (data.targets["plan"] != "placeholder-plan").any()
    assert data.waiting == {"targets.csv": 36, "tasks.csv": 29}
    with pytest.raises(InputError, match="36 drafted ones wait"):
        package.targets_of(data, data.plans["plan"].iloc[-1], "2022-01-01")
    told = CliRunner().invoke(cli, ["check", "--data", str(city)])
    assert told.exit_code == 0
    assert "targets.csv 36 行、tasks.csv 29 行" in told.stderr
    assert "draft.xlsx --into" in told.stdout

    confirmed_form(city / "draft.xlsx")
    done = CliRunner().invoke(cli, ["import", str(city / "draft.xlsx"), "--into", str(city), "--lang", "zh"])
    assert done.exit_code == 0, done.output
    data = package.load(city)
    assert (data.targets["plan"] != "placeholder-plan").sum() == 35
    assert (len(data.tables["tasks"]), data.waiting) == (28, {})
    again = draft.draft(path_of("yunlan-health"), city, "zh", About(), preview=True)
    assert "新增目标 1 个，变化 0 个，相同 35 个" in again


def test_what_waits_is_in_no_judgement_and_no_report(data_copy):
    """One of 23 targets and a task of the 14th plan are drafts: both leave, with what is said of the task."""
    whole = package.load(data_copy)
    targets, tasks = (rows_of(data_copy, name).assign(confirmed="") for name in ("targets", "tasks"))
    first = targets.index[targets["indicator"] == "hightech_output_share"][-1]
    assert targets.loc[first, "plan"] == "zibo-14"
    targets.loc[first, "confirmed"] = "no"
    evidence = whole.tables["evidence"]["task"]
    tasks.loc[tasks["task"] == evidence.iloc[0], "confirmed"] = "no"
    for name, table in (("targets", targets), ("tasks", tasks)):
        table.to_csv(data_copy / f"{name}.csv", index=False)

    origin = report.source(data_copy)
    assert origin.dataset.waiting == {"targets.csv": 1, "tasks.csv": 1}
    judged, before = (progress.progress(one, "zibo-14", "2023-12-31") for one in (origin.dataset, whole))
    assert len(before) - len(judged) == 1
    assert targets.loc[first, "indicator"] not in set(judged["indicator"])
    assert (origin.dataset.tables["evidence"]["task"] == evidence.iloc[0]).sum() == 0
    sent = jobs.extract(origin.folder, ["plan", "tasks"], "2023-12-31", plan="zibo-14")
    assert not any(b",no\n" in sent[name] for name in ("targets.csv", "tasks.csv"))
    told: list[str] = []
    report._tell_if_changed(origin, jobs.Job("zibo-14", "2023-12-31"), told.append)
    assert told == []
    targets.assign(confirmed="").to_csv(data_copy / "targets.csv", index=False)
    report._tell_if_changed(origin, jobs.Job("zibo-14", "2023-12-31"), told.append)
    assert len(told) == 1


def test_a_lost_form_is_written_again(city):
    draft.draft(path_of("yunlan-health"), city, "zh", About())
    (city / "draft.xlsx").unlink()
    assert "draft.xlsx" in draft.draft(path_of("yunlan-health"), city, "zh", About())
    assert (city / "draft.xlsx").exists()


def test_a_preview_writes_nothing(city):
    before = {path: path.read_bytes() for path in city.rglob("*") if path.is_file()}
    said = draft.draft(path_of("qingcen-environment"), city, "en", About(), preview=True)
    assert "51 goals" in said
    assert {
        path: path.read_bytes() for path in city.rglob("*") if path.is_file() and path.name != ".import.lock"
    } == before


@pytest.mark.parametrize(("between", "unread"), [("，", False), ("", True)])
def test_a_sentence_too_long_to_be_read_is_named(city, tmp_path, between, unread):
    """Whether other goals stand beside it or not; where it has commas it is read in parts."""
    long, start = (
        between.join(["社区食堂达到80家"] * 200) + "。",
        "海棠市养老规划（2021—2025年）\n一、目标\n",
    )
    for number, more in enumerate(["护理型床位占比达到55%。\n", ""]):
        path = tmp_path / f"{number}.txt"
        path.write_text(start + long + more, "utf-8")
        done = CliRunner().invoke(
            cli,
            [
                "draft",
                str(path),
                "--into",
                str(city),
                "--published",
                "2021-03-01",
                "--lang",
                "en",
                "--preview",
            ],
        )
        assert ("not read (1 places); enter them yourself: line 3" in done.output) is unread
        assert done.exit_code == (2 if unread and not more else 0)


def test_a_word_file_is_read_as_it_shows(tmp_path):
    """Raised marks are left out, but not of m²; so are struck and hidden runs."""
    paper = docx.Document()
    for text in ("海棠市养老规划（2021—2025年）", "一、目标"):
        paper.add_paragraph(text)
    words = paper.add_paragraph("护理型床位占比达到55")
    words.add_run("1").font.superscript = True
    words.add_run("%，新增面积 5m")
    words.add_run("2").font.superscript = True
    words.add_run("，社区食堂达到90家").font.strike = True
    words.add_run("，社区食堂达到70家").font.hidden = True
    words.add_run("，社区食堂达到80家。").font.strike = False
    paper.save(tmp_path / "plan.docx")
    read = reading.read(tmp_path / "plan.docx", "zh")
    assert read.blocks[-1].text == "护理型床位占比达到55%，新增面积 5m2，社区食堂达到80家。"
    assert {"55", "80"} <= {goal.value for goal in plans.read(read).goals} <= {"55", "80", "5"}


def test_a_raised_mark_of_a_pdf_joins_no_figure(tmp_path):
    text = "Insulated homes will reach 55#super(typographic: false)[1]% by 2026, on 5 km#super(typographic: false)[2]."
    typst.compile(text.encode(), output=str(tmp_path / "plan.pdf"))
    (block,) = reading.read(tmp_path / "plan.pdf", "en").blocks
    assert block.text == "Insulated homes will reach 55% by 2026, on 5 km2."


def test_a_revised_plan_is_drafted_as_what_differs(city, tmp_path):
    words = ["海棠市养老服务发展规划（2021—2025年）", "海棠市人民政府", "2021年3月1日", "一、总体要求", "（一）目标",
             "护理型床位占比达到55%，社区食堂达到80家。", "二、任务", "（一）扩大供给", "发展社区食堂。"]  # fmt: skip
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("\n\n".join(words), "utf-8")
    draft.draft(first, city, "zh", About())
    confirm = rows_of(city, "targets").assign(confirmed="")
    confirm.to_csv(city / "targets.csv", index=False)
    words[2] = "2023年6月1日"
    words[5] = "护理型床位占比达到60%，适老化改造达到900户。"
    second.write_text("\n\n".join([*words, "（二）改造住房", "推进改造。"]), "utf-8")
    said = draft.draft(second, city, "zh", About())
    assert "新增目标 1 个，变化 1 个，相同 0 个" in said
    assert "不再提出的目标：社区食堂" in said
    drafts = rows_of(city, "targets").query("confirmed == 'no'")
    assert drafts["target_value"].tolist() == ["60", "900"]
    assert "原为 55" in drafts["note"].iloc[0]
    assert rows_of(city, "plans")["plan"].tolist()[-1:] == [drafts["plan"].iloc[0]]
    assert rows_of(city, "tasks")["name_zh"].tolist() == ["扩大供给", "改造住房"]
    assert check.problems(city) == []


def test_an_english_plan_of_fiscal_years(tmp_path):
    folder.create(tmp_path / "harrowmere")
    draft.draft(path_of("harrowmere-streets"), tmp_path / "harrowmere", "en", About())
    plan = rows_of(tmp_path / "harrowmere", "plans").iloc[-1]
    assert plan[["base_year", "start_year", "end_year", "fiscal_end"]].tolist() == [
        "2020",
        "2022",
        "2026",
        "3",
    ]
    targets = rows_of(tmp_path / "harrowmere", "targets").query("confirmed == 'no'")
    assert len(targets) == 31
    assert targets["office_en"].str.contains("Ltd").sum() == 0


def test_a_draft_needs_the_day_of_the_document(city, tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(NATION, "utf-8")
    result = CliRunner().invoke(cli, ["draft", str(path), "--into", str(city), "--lang", "en"])
    assert (result.exit_code, "--published" in result.stderr) == (2, True)
    result = CliRunner().invoke(cli, ["draft", str(path), "--into", str(city), "--published", "2031-03-12"])
    assert result.exit_code == 0, result.output


# --- bad documents ---


def pictures(pages: int) -> bytes:
    import pypdfium2

    file = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        file.new_page(595, 842)
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        parts.writestr(name, content)
    return stream.getvalue()


def of_pictures() -> bytes:
    """A Word file whose table holds no letters."""
    file = docx.Document()
    file.add_table(3, 4)
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<"
    + b"00" * 32 + b">/U<" + b"11" * 32 + b">>>endobj\ntrailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n%%EOF"
)  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
BAD = {
    "scan.pdf": (pictures(12), "recognised"),
    "locked.pdf": (LOCKED, "password"),
    "broken.pdf": (b"%PDF-1.7\nnothing", "damaged"),
    "zip.docx": (zipped("a.txt", b"a"), "no Word document"),
    "damaged.docx": (zipped("word/document.xml", b"<w"), "damaged"),
    "half.docx": (zipped("a.txt", b"a" * 99)[:40], "damaged"),
    "pictures.docx": (of_pictures(), "no table of indicators"),
    "empty.txt": (b"", "empty"),
    "empty.docx": (b"", "no Word document"),
    "old.doc": (OLE, "old Word format"),
    "locked.docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "picture.png": (b"\x89PNG\r\n\x1a\n\0\0", "no Word document"),
    "letter.txt": ("今天天气很好。".encode(), "no table of indicators"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_gets_one_sentence(name, city, tmp_path):
    content, words = BAD[name]
    (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(cli, ["draft", str(tmp_path / name), "--into", str(city), "--lang", "en"])
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (city / "draft.xlsx").exists()


def test_what_is_no_folder_is_named(tmp_path):
    with pytest.raises(EntryError, match="nowhere"):
        draft.draft(path_of("yunlan-health"), tmp_path / "nowhere", "en", About())
