"""The explorer as a person uses it: Lab in a real browser, every control moved, a file saved and read back.

Needs playwright (extra ``browser``) and a Chromium: ``make test-browser`` installs both where it can.
Set ``ZBANALYSIS_SCREENSHOTS`` to a folder to keep pictures of what was seen.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import chromium
import pytest

MISSING = chromium.missing("playwright")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(bool(MISSING), reason=MISSING)]

WAIT_MS = 60_000
TILE = ".zb-tile b"
FIRMS, PATENTS = "高新技术企业数", "每万人口高价值发明专利拥有量"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def served(folder: Path, *options: str) -> Iterator[str]:
    """The address that ``zbanalysis lab`` prints; the server ends with the test."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "zbanalysis",
        "lab",
        "--no-browser",
        "--port",
        str(port),
        "--folder",
        str(folder),
        *options,
    ]
    log = folder.parent / f"server{port}.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield address(process, log, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def address(process: subprocess.Popen, log: Path, port: int) -> str:
    for _ in range(600):
        # The line naming a host that resolves everywhere, token and all.
        found = re.search(rf"http://(?:127\.0\.0\.1|localhost):{port}/\S*token=\S+", log.read_text())
        if found:
            return found.group()
        assert process.poll() is None, f"the server ended:\n{log.read_text()}"
        time.sleep(0.1)
    raise AssertionError(f"no address was printed:\n{log.read_text()}")


@pytest.fixture(scope="module")
def browser():
    with chromium.launched() as one:
        yield one


def opened(browser, url: str):
    """A page, and every address outside this machine that it asked for."""
    page = browser.new_page(viewport={"width": 1500, "height": 1250})
    page.set_default_timeout(20_000)
    outside: list[str] = []

    def asked(request) -> None:
        if not re.match(r"(?:https?|wss?)://(?:127\.0\.0\.1|localhost)[:/]|data:|blob:|about:", request.url):
            outside.append(request.url)

    def refused(request) -> None:
        # What our own policy stops inside the browser never left the machine.
        if request.url in outside and "csp" in (request.failure or "").lower():
            outside.remove(request.url)

    page.on("request", asked)
    page.on("requestfailed", refused)
    page.goto(url, wait_until="domcontentloaded")
    return page, outside


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("lab") / "mine"


@pytest.fixture(scope="module")
def lab(browser, lab_folder):
    """Lab with the notebook run: the panel is there."""
    for url in served(lab_folder):
        page, outside = opened(browser, url)
        page.get_by_text(re.compile(r"\| Idle$")).wait_for(timeout=WAIT_MS)  # the kernel is there
        page.get_by_role("menuitem", name="Run", exact=True).click(timeout=WAIT_MS)
        page.get_by_text(re.compile("^Run All( Cells)?$")).click()
        page.locator(TILE).first.wait_for(timeout=WAIT_MS)
        page.locator(".zb-chart > svg").first.wait_for(timeout=WAIT_MS)
        yield page, outside
        page.close()


@pytest.fixture(scope="module")
def voila(browser, tmp_path_factory):
    if find_spec("voila") is None:
        pytest.skip("Voilà is not installed (extra 'voila')")
    folder = tmp_path_factory.mktemp("voila") / "mine"
    for url in served(folder, "--page"):
        page, outside = opened(browser, url)
        page.locator(".zb-chart > svg").first.wait_for(timeout=2 * WAIT_MS)
        yield page, outside, folder
        page.close()


def picture(page, name: str) -> None:
    folder = os.environ.get("ZBANALYSIS_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def control(page, words: str):
    """The control whose label says exactly this."""
    label = page.locator("label.widget-label", has_text=re.compile(rf"^{re.escape(words)}$"))
    return page.locator(".widget-inline-hbox", has=label).first


def shown(page) -> tuple[list[str], str]:
    """The figures at the top and the chart in sight."""
    chart = page.locator(".zb-chart > svg:visible")
    return page.locator(TILE).all_inner_texts(), chart.first.inner_html() if chart.count() else ""


def after(page, act, *, chart: bool = True, number: bool = True) -> tuple[list[str], str]:
    """What is shown after an act; fails unless chart and figures change (as asked) in time."""
    before = shown(page)
    act()
    for _ in range(300):
        now = shown(page)
        if (now[0] != before[0] or not number) and (now[1] != before[1] or not chart):
            return now
        page.wait_for_timeout(100)
    raise AssertionError(f"still the same after 30 s: {before[0]}")


def choose(page, words: str, option: str) -> None:
    control(page, words).locator("select").select_option(label=option)


def nudge(page, words: str, key: str = "ArrowRight") -> None:
    handle = control(page, words).locator(".noUi-handle").first
    handle.focus()
    handle.press(key)


def write(page, words: str, value: str) -> None:
    box = control(page, words).locator("input").first
    box.fill(value)
    box.press("Enter")
    box.blur()


def box(page, words: str):
    return page.locator(f".widget-checkbox:has(span[title='{words}']) input")


def tab(page, words: str) -> None:
    page.locator(".lm-TabBar-tab", has_text=re.compile(rf"^{re.escape(words)}$")).click()


def start(page) -> None:
    """Zibo's high-tech firms under the plan in force, nothing moved, whatever was looked at before."""
    page.locator(".lm-TabBar-tab", has_text=re.compile("^(前景|Outlook)$")).click()
    page.locator(".widget-dropdown select").first.select_option(label="中文")
    page.locator("label.widget-label", has_text=re.compile("^地区$")).wait_for()
    choose(page, "地区", "全国")
    page.locator(".zb-title", has_text="全国").wait_for()
    choose(page, "地区", "淄博市")
    page.locator(".zb-title", has_text="淄博市").wait_for()
    choose(page, "规划", "淄博市“十四五”科技创新规划")
    page.locator(f"option:text-is('{PATENTS}')").first.wait_for(state="attached")
    choose(page, "指标", FIRMS)
    page.locator(".zb-title", has_text=f"淄博市{FIRMS}").wait_for()
    # 1027 firms in 2021, 1800 asked for 2025: (1800 / 1027) ** (1 / 4) - 1 is 15.06 %.
    page.locator(TILE, has_text="15.06%").wait_for()


def test_every_control_of_the_target_moves_chart_and_figures(lab):
    page, _ = lab
    start(page)
    picture(page, "lab-zh")
    number = page.locator(".widget-text input[type=number]").first
    assert number.input_value() == "1800"
    after(page, lambda: nudge(page, "目标值"))
    assert number.input_value() == "1820"  # one step of the slider
    after(page, lambda: (number.fill("1100"), number.press("Enter")))
    assert "1.73%" in shown(page)[0]  # (1100 / 1027) ** (1 / 4) - 1
    after(page, lambda: nudge(page, "目标年"))
    assert "1.38%" in shown(page)[0]  # (1100 / 1027) ** (1 / 5) - 1
    after(page, lambda: nudge(page, "预测年数"), number=False)
    picture(page, "lab-zh-moved")
    after(page, lambda: page.get_by_role("button", name="恢复规划目标").click())
    assert "15.06%" in shown(page)[0]
    assert number.input_value() == "1800"
    after(page, lambda: choose(page, "预测区间", "通用校准"))
    assert "15.06%" in shown(page)[0]
    choose(page, "预测区间", "与报告一致")


def test_the_trend_page_shows_the_line_picked_and_says_why_one_does_not_fit(lab):
    page, _ = lab
    start(page)
    tab(page, "趋势")
    page.get_by_text("图中为等速增长").wait_for()
    picture(page, "lab-zh-trend")
    after(page, lambda: choose(page, "趋势线", "直线"), number=False)
    page.get_by_text("图中为所选的直线").wait_for()
    after(page, lambda: choose(page, "趋势线", "分段"), number=False)
    page.get_by_text("分段不适用：口径没有变化").wait_for()
    choose(page, "趋势线", "按规则自动选择")


def test_a_day_before_the_plan_is_told_in_words_and_a_later_one_brings_it_back(lab):
    page, _ = lab
    start(page)
    day = page.locator("input[type=date]").first
    day.fill("2020-08-10")
    day.blur()
    page.get_by_text("目标尚未公布").wait_for()
    picture(page, "lab-zh-before")
    after(page, lambda: choose(page, "规划", "淄博市“十三五”科技创新规划"))
    assert day.input_value() != "2020-08-10"  # another plan begins with its own newest day
    start(page)


def test_areas_compare_and_the_base_rate_follows_the_target(lab):
    page, _ = lab
    start(page)
    choose(page, "地区", "山东")
    page.locator(".zb-title", has_text="山东R&D经费支出占GDP比重").wait_for()
    number = page.locator(".widget-text input[type=number]").first
    after(page, lambda: (number.fill("3"), number.press("Enter")))
    tab(page, "与各省比较")
    page.get_by_text("请在下面勾选要比较的省份").wait_for()
    box(page, "江苏").check()
    page.locator(".zb-chart > svg:visible").wait_for()
    after(page, lambda: box(page, "广东").check(), number=False)
    rows = page.locator(".zb table:visible tbody tr")
    rows.filter(has_text="广东").wait_for()
    assert [row.split("\t")[0] for row in rows.all_inner_texts()] == ["山东", "广东", "江苏"]
    picture(page, "lab-zh-areas")
    tab(page, "历次公布")
    page.get_by_text("RDIntense 山东").first.wait_for()
    picture(page, "lab-zh-figures")
    tab(page, "来源")
    page.get_by_text("[1]").locator("visible=true").first.wait_for()
    picture(page, "lab-zh-sources")


def test_a_target_of_ones_own_and_the_other_language(lab):
    page, _ = lab
    start(page)
    choose(page, "规划", "自设目标")
    page.get_by_text("这是自设目标").wait_for()
    choose(page, "语言", "English")
    page.get_by_text("This is a target of your own").wait_for()
    choose(page, "Plan", "14th five-year science and technology plan of Zibo")
    choose(page, "Indicator", "Certified high-tech enterprises")
    page.locator(".zb-title", has_text="Certified high-tech enterprises (Zibo)").wait_for()
    page.locator(TILE, has_text="15.06%").wait_for()
    page.wait_for_timeout(500)
    picture(page, "lab-en")
    tab(page, "Trend")
    page.get_by_text("Shown: constant growth").wait_for()
    picture(page, "lab-en-trend")


def test_the_buttons_write_files_that_are_what_they_say(lab, lab_folder):
    page, _ = lab
    start(page)
    place = lab_folder.parent / "taken"
    write(page, "保存到", str(place))
    for button in ("图 SVG", "图 PNG", "表 CSV", "表 XLSX"):
        page.get_by_role("button", name=button, exact=True).click()
        page.locator(".zb-note", has_text=f".{button.split()[1].lower()}").wait_for()
    about = "zibo_hightech_enterprises_level_2025_2022-08-18"
    names = {path.suffix: path for path in place.iterdir()}
    assert names[".svg"].name == f"{about}_outlook_zh.svg"
    assert len(names) == 4
    check_files(names)
    page.get_by_role("button", name="图 SVG", exact=True).click()
    page.get_by_text("同名文件已存在，未覆盖").wait_for()
    assert (place / f"{about}_outlook_zh (2).svg").is_file()
    write(page, "保存到", str(names[".csv"]))
    page.get_by_role("button", name="表 CSV", exact=True).click()
    page.get_by_text("是文件，不是文件夹").wait_for()


def check_files(names: dict[str, Path]) -> None:
    import openpyxl
    import pandas as pd

    assert ElementTree.parse(names[".svg"]).getroot().tag.endswith("svg")
    assert names[".png"].read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    ahead = pd.read_csv(names[".csv"])
    assert ahead["year"].tolist() == [2022, 2023, 2024, 2025]
    assert (ahead["lo95"] < ahead["lo80"]).all()
    sheets = openpyxl.load_workbook(names[".xlsx"])
    assert sheets.sheetnames == ["问题", "预测", "趋势", "公布数据", "各省"]
    assert [row[0].value for row in sheets["预测"].iter_rows(min_row=2)] == ahead["year"].tolist()


def test_lab_asked_nothing_of_the_network_and_nobody_about_news(lab):
    page, outside = lab
    assert outside == []
    assert page.get_by_text("Jupyter news").count() == 0


def test_saving_in_lab_leaves_the_projects_notebook_alone(lab, lab_folder, root):
    page, _ = lab
    before = (root / "notebooks" / "00_explore.ipynb").read_bytes()
    copy = lab_folder / "00_explore.ipynb"
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_text("Save Notebook", exact=True).click()
    for _ in range(200):
        if any(cell.get("outputs") for cell in json.loads(copy.read_text("utf-8"))["cells"]):
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError("the copy was not saved within 20 s")
    assert (root / "notebooks" / "00_explore.ipynb").read_bytes() == before


def test_the_page_without_code_answers_alike(voila):
    page, outside, folder = voila
    assert page.locator(".jp-CodeCell .jp-Cell-inputArea:visible, .cm-editor:visible").count() == 0
    start(page)
    picture(page, "voila-zh")
    after(page, lambda: nudge(page, "目标值"))
    page.get_by_role("button", name="图 SVG", exact=True).click()
    with page.expect_download() as coming:
        page.locator(".zb-note a[download$='.svg']").click()
    assert ElementTree.parse(coming.value.path()).getroot().tag.endswith("svg")
    assert not (folder / "saved").exists()  # nothing is written where the server runs
    assert outside == []


AA = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def test_axe_finds_nothing_against_aa_on_any_page_of_the_panel(voila):
    from axe_playwright_python.sync_playwright import Axe

    page, _, _ = voila
    start(page)
    for words in ("前景", "趋势", "与各省比较", "历次公布", "来源"):
        tab(page, words)
        page.locator(".lm-mod-current", has_text=words).wait_for()
        found = Axe().run(page, options=AA).response["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == [], words
    page.evaluate("document.querySelector('.noUi-handle').removeAttribute('aria-label')")
    assert "aria-input-field-name" in {
        one["id"] for one in Axe().run(page, options=AA).response["violations"]
    }


def test_a_dragged_slider_shows_its_value_and_a_long_answer_a_sign_of_work(voila):
    page, _, _ = voila
    start(page)
    number = page.locator(".widget-text input[type=number]").first
    place = control(page, "目标值").locator(".noUi-handle").first.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=4)
    assert float(number.input_value()) > 1800
    assert "15.06%" in shown(page)[0]  # the question is put on letting go
    page.wait_for_timeout(50)
    sign = page.locator(".zb-working")
    # Its style shows it after 200 ms, and the answer takes it away.
    page.evaluate(
        "() => { window.zbSign = new Promise(done => new MutationObserver(() => "
        "document.querySelector('.zb-working') && done(true)).observe(document.body, "
        "{subtree: true, childList: true})); }"
    )
    after(page, page.mouse.up)
    assert page.evaluate("window.zbSign")
    sign.wait_for(state="detached")


def visit(browser, url: str, **how: object):
    page = browser.new_context(viewport={"width": 1280, "height": 720}, **how).new_page()
    page.set_default_timeout(2 * WAIT_MS)
    page.goto(url, wait_until="domcontentloaded")
    page.locator(".zb-chart > svg").first.wait_for()
    return page


def test_two_visitors_have_each_their_question_language_and_link(browser, voila):
    first, _, _ = voila
    start(first)
    second = visit(browser, f"{first.url}&target=zibo/hightech_enterprises/level/2025", locale="en-GB")
    picture(second, "voila-en-1280")
    # Question, answer and chart stand on the first screen.
    second.locator(".zb-title", has_text="1,800").or_(second.locator(".zb-title", has_text="1800")).wait_for()
    for part in (".zb-title", ".zb-tiles", ".zb-chart > svg:visible"):
        place = second.locator(part).first.bounding_box()
        assert place["y"] + place["height"] <= 720, part
    assert second.locator(".points title").all_text_contents()
    after(second, lambda: write_number(second, "1100"))
    assert "1.73%" in shown(second)[0]
    assert "15.06%" in shown(first)[0]
    with second.context.expect_page() as opening:
        second.locator("a", has_text="Link to this question").click(modifiers=["Control"])
    again = opening.value
    again.locator(TILE, has_text="1.73%").wait_for(timeout=2 * WAIT_MS)
    assert again.locator(".widget-text input[type=number]").first.input_value() == "1100"
    second.context.close()


def write_number(page, value: str) -> None:
    number = page.locator(".widget-text input[type=number]").first
    number.fill(value)
    number.press("Enter")
