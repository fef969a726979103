"""How empty the pages of a report are at their foot: ``python benchmarks/blank_feet.py REPORT.pdf …``.

For each page the share of the type area that is empty below the last ink, footer apart.  Printed are the
pages beyond the limit; the cover, the page that says it all and the last page may end where they end.
Needs poppler's ``pdftoppm``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

DPI = 50
LIMIT = 0.35
TOP, BOTTOM, HEIGHT = 24.0, 20.0, 297.0
"""Margins and height of a page in mm, as `reports/template/theme.typ` has them."""
INK = 200
"""A grey below this is ink."""


def feet(pdf: Path) -> list[float]:
    """The empty share of each page's type area below its last ink."""
    made = subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", str(pdf)], capture_output=True, check=True)
    return [foot(page) for page in pages(made.stdout)]


def pages(stream: bytes) -> list[np.ndarray]:
    """The grey pictures that pdftoppm writes one after the other, one for each page."""
    found, at = [], 0
    while at < len(stream):
        magic, size, depth = stream[at:].split(b"\n", 3)[:3]
        width, height = (int(part) for part in size.split())
        start = at + len(magic) + len(size) + len(depth) + 3
        found.append(np.frombuffer(stream, np.uint8, width * height, start).reshape(height, width))
        at = start + width * height
    return found


def foot(page: np.ndarray) -> float:
    """The empty share below the last ink; a turned page has the same margins at its own height."""
    millimetre = DPI / 25.4
    begin, end = int(TOP * millimetre), int(page.shape[0] - BOTTOM * millimetre)
    inked = np.flatnonzero((page[begin:end] < INK).any(axis=1))
    last = inked[-1] + 1 if len(inked) else 0
    return 1 - last / (end - begin)


def main(names: list[str]) -> int:
    """Print them; 1 where a page that should be full is not."""
    failed = 0
    for name in names:
        found = feet(Path(name))
        free = {0, 1, len(found) - 1}
        over = [place for place, share in enumerate(found) if share > LIMIT and place not in free]
        failed += len(over)
        words = ", ".join(f"{place + 1}: {found[place]:.0%}" for place in over) or "none"
        inner = [share for place, share in enumerate(found) if place]
        line = f"{name}: {len(found)} pages, {sum(inner):.1f} empty in all; over {LIMIT:.0%}: {words}"
        print(line)  # noqa: T201
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
