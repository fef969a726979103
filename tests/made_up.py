"""A data folder of one made-up plan, for tests that need targets of every kind; nothing in it is published."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from zbanalysis.data import package, schema
from zbanalysis.data.periods import last_month

WORDS = {"zh": "虚构", "en": "made up"}
_TEXTS = ("name", "title", "publisher", "unit")


def folder(place: Path, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Path:
    """Tables of rows as a data folder, with what the rows leave out filled in: names are codes.

    Parameters
    ----------
    place
        Where it is written.
    tables
        ``indicators`` and ``targets`` at least; the city ``town``, its plan ``town-14`` (base 2020, 2021 to
        2025) and sources of each year, ``s-2021`` of 2021-12-31, are there already.
    """
    place.mkdir(parents=True, exist_ok=True)
    source = Path(package.__file__).with_name("datapackage.json")
    shutil.copyfile(source, place / "datapackage.json")
    rows = {
        "sources": [{"source": f"s-{year}", "date_published": f"{year}-12-31", "confidence": "high"}
                    for year in range(2011, 2032)],
        "areas": [{"area": "town", "level": "city"}],
        "bases": [{"basis": "as_published"}],
        "observations": [],
        "plans": [{"plan": "town-14"}],
    } | dict(tables)  # fmt: skip
    for path, table in schema.tables().items():
        name = path.removesuffix(".csv")
        if name not in rows:
            continue
        with (place / path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table.columns, restval="", extrasaction="raise")
            writer.writeheader()
            writer.writerows(_filled(name, table.columns, row, at) for at, row in enumerate(rows[name], 1))
    return place


def _filled(name: str, columns: Sequence[str], row: Mapping[str, object], at: int) -> dict[str, object]:
    code = str(next(iter(row.values())))
    defaults = {
        "indicators": {"unit_zh": "个", "unit_en": "units", "direction": "up", "scale": "count",
                       "accumulation": "stock", "domain": "other"},
        "plans": {"area": "town", "base_year": 2020, "start_year": 2021, "end_year": 2025, "source": "s-2020",
                  "report": "yes"},
        "observations": {"area": "town", "status": "final", "basis": "as_published", "locator": "p. 1"},
        "targets": {"plan": "town-14", "area": "town", "order": at, "kind": "level", "basis": "as_published",
                    "target_period": "2025", "attribute": "expected", "source": "s-2020", "locator": "p. 1"},
    }.get(name, {})  # fmt: skip
    texts = {
        f"{text}_{lang}": f"{code}" if text != "unit" else ""
        for text in _TEXTS
        for lang in WORDS
        if f"{text}_{lang}" in columns
    }
    return {**texts, **defaults, **row}


def figures(indicator: str, values: Mapping[str, object], **more: object) -> list[dict[str, object]]:
    """Published figures of one indicator by period, each from the source of the year in which it ends."""
    return [
        {"indicator": indicator, "period": period, "value": value, "source": f"s-{last_month(period)[0]}"}
        | more
        for period, value in values.items()
    ]


def plan(
    place: Path, targets: Sequence[Mapping[str, object]], given: Mapping[str, Mapping[str, object]],
    indicators: Mapping[str, Mapping[str, object]] | None = None, **tables: Sequence[Mapping[str, object]],
) -> package.Dataset:  # fmt: skip
    """A made-up plan read: targets, figures by indicator and period, and what its indicators measure."""
    about = dict(indicators or {})
    codes = dict.fromkeys([str(row["indicator"]) for row in targets] + list(given))
    rows = [{"indicator": code} | dict(about.get(code, {})) for code in codes]
    seen = [row for code, values in given.items() for row in figures(code, values)]
    content = {"indicators": rows, "targets": list(targets), "observations": seen} | tables
    return package.load(folder(place, content))
