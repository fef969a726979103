"""The pictures of docs/notebooks/: the notebooks' own charts in English, drawn again.

``python tests/notebook_pictures.py`` draws all; ``… feasibility-fans costs-funds`` those only.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from library_page import notebook_code
from PIL import Image

from zbanalysis.report import pictures

ROOT = Path(__file__).resolve().parent.parent
SHOWN = {
    "indicators-completion": ("01_indicators", "completion"),
    "indicators-rules": ("01_indicators", "rules"),
    "trends-lines": ("02_trends", "trends"),
    "feasibility-fans": ("03_feasibility", "fans"),
    "backtest-reliability": ("04_backtest", "reliability"),
    "survey-shares": ("06_survey", "survey"),
    "costs-funds": ("07_cost_benefit", "funds"),
    "area-trends": ("11_area_trends", "area_trends"),
    "area-outlook": ("12_area_outlook", "area_fans"),
    "area-yardstick": ("13_area_yardstick", "area_yardstick"),
}
"""Each picture: the notebook that publishes it and the chart's name there."""

SHARPNESS, COLOURS = 150, 64


def charts(notebook: str) -> dict[str, str]:
    """SVG in English of every chart that a notebook publishes."""
    found: dict[str, str] = {}

    def keep(*_: object, charts: Mapping[str, Mapping[str, str]], **__: object) -> None:
        found.update({name: both["en"] for name, both in charts.items()})

    code = notebook_code(ROOT / "notebooks" / f"{notebook}.ipynb")
    with mock.patch("zbanalysis.report.results.publish", keep):
        exec(compile(code, notebook, "exec"), {"__name__": notebook})
    return found


def png(svg: str) -> bytes:
    """A chart as a small PNG."""
    drawn = Image.open(io.BytesIO(pictures.png(svg, SHARPNESS))).convert("RGB")
    small = io.BytesIO()
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def main(wanted: list[str]) -> None:
    """Draw the pictures named, or all."""
    chosen = {name: SHOWN[name] for name in wanted or SHOWN}
    drawn = {notebook: charts(notebook) for notebook in dict.fromkeys(one for one, _ in chosen.values())}
    for name, (notebook, chart) in chosen.items():
        (ROOT / "docs" / "images" / f"{name}.png").write_bytes(png(drawn[notebook][chart]))


if __name__ == "__main__":
    main(sys.argv[1:])
