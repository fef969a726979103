"""Where data, notebooks and reports are; imports nothing of the house."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
TEMPLATE = REPORTS / "template"
CACHE = ROOT / ".cache"
