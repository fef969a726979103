"""Time from a control of the panel to the new answer, in JupyterLab in a real browser, two versions in turn.

Run: ``python benchmarks/explore_browser.py [--times 10] [PYTHON …]``, with the Python of each version to be
compared (this one by default); needs the extra ``browser`` and a Chromium.  A move is an act of a person: a
key on a slider, a number or a day typed, a choice in a list, a box ticked.  The clock of the page starts
before the act and stops when the figures at the top or the chart in sight are others, and a frame has been
drawn.  Prints medians with their ends, and the machine's load.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
import chromium

PLAN, FIRMS = "淄博市“十四五”科技创新规划", "高新技术企业数"
INTENSITY = "R&D经费支出占GDP比重"
WAIT_MS = 90_000
SHOWN = (
    "[...document.querySelectorAll('.zb-chart img, .zb-chart svg, .zb-tile b')]"
    ".filter(e => e.getClientRects().length).map(e => e.tagName === 'B' ? e.textContent"
    " : e.zbNumber ??= window.zbNumber = (window.zbNumber || 0) + 1).join('|')"
)
"""What is in sight: figures, and a number for each picture, for a changed one is another element; to write
a whole chart out at every look would take a quarter of the processor from the answer."""
CLOCK = f"""() => {{
  const before = {SHOWN}, start = performance.now();
  window.zbTime = new Promise(done => {{
    const look = () => {{
      const now = {SHOWN};
      if (now && now !== before) requestAnimationFrame(() => done(performance.now() - start));
      else if (performance.now() - start > 8000) done(NaN);
      else setTimeout(look, 4);
    }};
    look();
  }});
}}"""


@contextmanager
def lab(python: str, folder: Path) -> Iterator[str]:
    """The address of a Lab of that version."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    log = folder / "log"
    command = [python, "-m", "zbanalysis", "lab", "--no-browser", "--port", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--folder", str(folder / "lab")], stdout=out, stderr=subprocess.STDOUT
        )
    try:
        while not (
            found := re.search(rf"http://(?:127\.0\.0\.1|localhost):{port}/\S*token=\S+", log.read_text())
        ):
            time.sleep(0.1)
        yield found.group()
    finally:
        process.terminate()
        process.wait(timeout=20)


def control(page: object, words: str) -> object:
    """The control whose label says exactly this."""
    label = page.locator("label.widget-label", has_text=re.compile(rf"^{re.escape(words)}$"))
    return page.locator(".widget-inline-hbox", has=label).first


def choose(page: object, words: str, option: str | int) -> None:
    """Pick in a list, by its words or its place."""
    how = {"index": option} if isinstance(option, int) else {"label": option}
    control(page, words).locator("select").select_option(**how)


def moves(page: object) -> dict[str, Callable[[int], None]]:
    """Control → act number n."""

    def nudge(words: str, key: str = "ArrowRight") -> Callable[[int], None]:
        def act(_: int) -> None:
            handle = control(page, words).locator(".noUi-handle").first
            handle.focus()
            handle.press(key)

        return act

    def day(step: int) -> None:
        box = page.locator("input[type=date]").first
        # To and fro over the day a new volume of provinces' figures came out: the answer changes each time.
        box.fill(f"2023-02-{1 + step:02}" if step % 2 else f"2024-02-{1 + step:02}")
        box.blur()

    def value(step: int) -> None:
        box = page.locator(".widget-text input[type=number]").first
        box.fill(str(1100 + 10 * step))
        box.press("Enter")

    def tick(step: int) -> None:
        page.locator(".widget-checkbox input:visible").nth(step + 3).click()

    areas = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏"]
    return {
        "target value": value,
        "target year": nudge("目标年"),
        "years ahead": nudge("预测年数"),
        "as-of day": day,
        "projection": lambda step: choose(page, "预测区间", (step + 1) % 3),
        "indicator": lambda step: choose(page, "指标", [3, 1, 2, 5, 7, 4, 8, 6, 9, 10][step % 10]),
        "area": lambda step: choose(page, "地区", areas[step % 10]),
        "trend line": lambda step: choose(page, "趋势线", (step + 1) % 6),
        "province ticked": tick,
    }


def start(page: object, indicator: str = FIRMS) -> None:
    """An indicator of Zibo's plan in force, the page of the outlook."""
    page.locator(".lm-TabBar-tab", has_text="前景").click()
    choose(page, "地区", "全国")
    page.locator(".zb-title", has_text="全国").wait_for()
    choose(page, "地区", "淄博市")
    page.locator(".zb-title", has_text="淄博市").wait_for()
    choose(page, "规划", PLAN)
    page.wait_for_timeout(3000)
    choose(page, "指标", indicator)
    page.locator(".zb-title", has_text=indicator).wait_for()
    page.wait_for_timeout(500)


def measured(page: object, times: int) -> dict[str, list[float]]:
    """Control → milliseconds of each move that changed something."""
    found: dict[str, list[float]] = {}
    tabs = {"trend line": "趋势", "province ticked": "与各省比较"}
    for name, act in moves(page).items():
        # Of firms the provinces have no figures: a box ticked would change nothing.
        start(page, INTENSITY if name == "province ticked" else FIRMS)
        if name in tabs:
            page.locator(".lm-TabBar-tab", has_text=re.compile(f"^{tabs[name]}$")).click()
            page.wait_for_timeout(2500)
        found[name] = []
        for step in range(times):
            page.evaluate(CLOCK)
            act(step)
            took = page.evaluate("() => window.zbTime")
            found[name] += [took] if took == took else []
            page.wait_for_timeout(250)
        print(line(name, found[name]), file=sys.stderr, flush=True)  # noqa: T201
    return found


def of(browser: object, python: str, times: int) -> dict[str, list[float]]:
    """Open the panel of one version and move everything."""
    with tempfile.TemporaryDirectory() as place, lab(python, Path(place)) as url:
        page = browser.new_page(viewport={"width": 1500, "height": 1250}, locale="zh-CN")
        page.set_default_timeout(WAIT_MS)
        page.goto(url, wait_until="domcontentloaded")
        page.get_by_text(re.compile(r"\| Idle$")).wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text(re.compile("^Run All( Cells)?$")).click()
        page.locator(".zb-chart img, .zb-chart svg").first.wait_for()
        found = measured(page, times)
        page.close()
        return found


def line(name: str, took: list[float]) -> str:
    """Median, least and most of a control, and of how many moves."""
    if not took:
        return f"  {name:<16} nothing changed"
    ends = f"{min(took):.0f} to {max(took):.0f}, {len(took)} moves"
    return f"  {name:<16} {statistics.median(took):6.0f} ms ({ends})"


def main() -> None:
    """Print a line a control: for each version the median, the least and the most."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pythons", nargs="*", default=[sys.executable])
    parser.add_argument("--times", type=int, default=10)
    given = parser.parse_args()
    with chromium.launched() as browser:
        for python in given.pythons:
            before = os.getloadavg()[0]
            found = of(browser, python, given.times)
            print(f"{python}, load {before:.1f} before and {os.getloadavg()[0]:.1f} after")  # noqa: T201
            for name, took in found.items():
                print(line(name, took))  # noqa: T201


if __name__ == "__main__":
    main()
