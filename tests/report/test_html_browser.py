"""The web page in a real browser: axe, keyboard, sorting, CSV, hover, languages, phone, print, scripts off.

Needs playwright and axe-core (extra ``browser``) and a Chromium: ``make test-browser`` installs them where it can.
Set ``ZBANALYSIS_SCREENSHOTS`` to a folder to keep pictures of what was seen.
"""

from __future__ import annotations

import os
from pathlib import Path

import chromium
import pytest
import web_page

MISSING = chromium.missing("playwright", "axe_playwright_python")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(bool(MISSING), reason=MISSING)]

SIZES = {"desk": (1280, 720), "phone": (390, 844)}
AA = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def browser():
    with chromium.launched() as one:
        yield one


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_bytes(web_page.page())
    return file.as_uri()


@pytest.fixture
def opened(browser, address):
    """Opens the page; whatever it asked for outside itself, or complained of, is a failure."""
    contexts, wrong = [], []

    def make(size: str = "desk", locale: str = "en-GB", anchor: str = "", **how: object):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, **how)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on(
            "request",
            lambda request: request.url.startswith(("file:", "data:", "blob:")) or wrong.append(request.url),
        )
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address + anchor)
        if folder := os.environ.get("ZBANALYSIS_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"page-{size}-{locale}.png")
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


def firsts(page, column: int) -> list[str]:
    """A column of the first table that is shown."""
    return page.locator(f"table:visible >> nth=0 >> tbody tr td:nth-child({column})").all_inner_texts()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_axe_finds_nothing_against_aa_with_table_chart_and_open_menus(opened, size, locale):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(size, locale)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = Axe().run(page, options=AA).response
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]] == []
    assert {one["id"] for one in found["passes"]} >= {
        "color-contrast",
        "link-name",
        "button-name",
        "html-has-lang",
    }


def test_axe_would_find_what_is_wrong(opened):
    from axe_playwright_python.sync_playwright import Axe

    page = opened()
    page.evaluate("document.querySelector('#en .chart').removeAttribute('aria-label')")
    assert [one["id"] for one in Axe().run(page, options=AA).response["violations"]] == ["role-img-alt"]


def test_the_language_is_the_browsers_then_the_choice_and_the_place_stays(opened):
    page = opened(locale="en-GB")
    assert (page.title(), page.locator("#zh").is_visible()) == ("Evaluation of a plan", False)
    page.evaluate("document.getElementById('en-annex-sources').scrollIntoView()")
    box = page.get_by_role("link", name="中文").bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + 5)  # playwright's own click would scroll first
    assert (page.title(), page.evaluate("document.documentElement.lang")) == ("甲市规划评估", "zh-CN")
    assert page.url.endswith("#zh-annex-sources")
    assert not page.locator("#en").is_visible()
    assert opened(locale="zh-CN").locator("#zh").is_visible()
    assert opened(locale="zh-CN", anchor="#en-targets").locator("#en-targets").is_visible()


def test_columns_sort_by_number_and_back_by_the_keyboard_alone(opened):
    page = opened()
    latest = page.get_by_role("button", name="Latest").first
    latest.focus()
    assert firsts(page, 3) == ["1,703 (2020)", "95 (2019)", "—"]
    for order, direction in (
        (["95 (2019)", "1,703 (2020)", "—"], "ascending"),
        (["—", "1,703 (2020)", "95 (2019)"], "descending"),
    ):
        page.keyboard.press("Enter")
        assert firsts(page, 3) == order
        assert page.get_by_role("columnheader", name="Latest").first.get_attribute("aria-sort") == direction
    page.keyboard.press("Space")
    assert firsts(page, 1) == ["1", "2", "3"]


def test_a_table_is_saved_as_csv_without_formulas(opened):
    page = opened()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download CSV").first.click()
    assert saved.value.suggested_filename == "en-targets.csv"
    text = Path(saved.value.path()).read_text("utf-8-sig")
    assert text.splitlines() == [
        '"No.","Firms","Latest","Verdict"',
        '"1","Firms","1,703 (2020)","on course"',
        f'"2","{web_page.HOSTILE}","95 (2019)","—"',
        '"3","\'=1+1","—","behind"',
    ]


def test_a_point_says_value_year_and_source_until_escape(opened):
    page = opened()
    point = page.locator("#en-figure-firms .points path").first
    point.scroll_into_view_if_needed()
    point.hover(force=True)
    tip = page.get_by_role("tooltip")
    assert tip.inner_text().split("\n") == [
        "Firms",
        "published figures",
        "600",
        "2019",
        "[1, 2] Bulletin of A.",
    ]
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_words_beside_a_point_stay_within_the_window(opened):
    page = opened()
    page.set_viewport_size({"width": 700, "height": 300})
    for edge in ("start", "end"):
        point = page.locator("#en-figure-firms .points path").last
        point.evaluate("(one, edge) => one.scrollIntoView({block: edge})", edge)
        page.mouse.move(1, 1)  # a pointer that stays on the point while the page moves comes to no point
        page.get_by_role("tooltip").wait_for(state="hidden")
        point.hover(force=True)
        box = page.get_by_role("tooltip").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 700
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 300


def test_the_keyboard_reaches_text_contents_and_figures(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main').id") == "en-text"
    page.locator("#en-figure-firms summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#en-figure-firms tbody tr").count() == 2


def test_on_a_phone_nothing_is_wider_than_the_screen_and_cells_have_their_headings(opened):
    page = opened("phone")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    cell = page.locator("table:visible >> nth=0 >> tbody td >> nth=2")
    assert cell.evaluate("one => getComputedStyle(one, '::before').content") == '"Latest"'
    assert not page.locator("#en .contents ul").first.is_visible()
    page.locator("#en .contents summary").click()
    assert page.locator("#en .contents ul").first.is_visible()


def test_with_scripts_off_the_page_reads_whole(opened):
    page = opened(java_script_enabled=False)
    for lang, title in (("zh", "甲市规划评估"), ("en", "Evaluation of a plan")):
        assert page.locator(f"#{lang} h1").inner_text() == title
        assert page.locator(f"#{lang}-targets td").all_inner_texts()[:3] == [
            "1",
            "企业数" if lang == "zh" else "Firms",
            "1,703 (2020)",
        ]
        assert page.locator(f"#{lang} .chart svg").is_visible()
    assert page.locator("button").count() == 0


def test_on_paper_there_is_the_text_and_no_control(opened):
    page = opened()
    page.emulate_media(media="print")
    for control in (".bar", ".contents", ".csv", ".data"):
        assert not page.locator(f"#en {control}").first.is_visible()
    # A heading that holds a box of its own is not printed again on the next page.
    assert page.locator("#en th button").first.evaluate("one => getComputedStyle(one).display") == "contents"
    assert page.locator("#en-targets td").first.is_visible()
    assert not page.locator("#zh").is_visible()
