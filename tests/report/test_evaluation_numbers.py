"""The report of 2020-08-10 holds every number that the evaluation of that day states, each where it belongs.

What the evaluation states is taken from the data (figures, targets, statements, survey), which were entered
from it line by line; the numbers a reader would look for first stand here by hand.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from zbanalysis.report import volumes
from zbanalysis.report import words as wording

LANGUAGES = ("zh", "en")

DAY, SOURCE = "2020-08-10", "zibo-evaluation-2020"
# Of the sections on indicators, growth, funds, platforms, talent and survey of the evaluation, as a reader finds them.
BY_HAND = [
    "2.63", "13.32", "81", "106", "42.41", "512", "19", "364", "52", "12", "2.7", "16", "80", "60", "36",
    "380", "20", "350", "85", "10", "133.68", "51.56", "0.49", "251", "103.98", "560", "1.69", "94",
    "4.9", "700", "2.5", "9", "5.8", "55", "6", "10.58", "8", "7", "1100", "8.7", "50", "34", "117", "13",
    "165", "474", "3000", "6.6", "1.65", "88.2", "2.14", "383", "75", "48", "86.7", "65.3", "72", "57.3",
    "68", "42.7", "64", "56", "40", "30", "203", "27.31", "535", "650", "212", "13692.4", "4874.6", "276",
]  # fmt: skip
NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?!\.?\d)")


def rows_of(data_dir: Path, name: str) -> list[dict[str, str]]:
    with (data_dir / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["source"] == SOURCE]


def units(document: dict) -> Iterator[str]:
    """What a reader takes in at once: a paragraph, an item of a list, a row of a table."""

    def below(section: dict) -> Iterator[dict]:
        yield from section["blocks"]
        for inner in section["sections"]:
            yield from below(inner)

    inner = [block for section in document["sections"] for block in below(section)]
    for block in [*document["key_messages"], *inner]:
        if block["type"] == "table":
            yield from ("\t".join(row) for row in block["rows"])
        else:
            yield from block.get("items", [block.get("text", "")])


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


@pytest.fixture(scope="module")
def documents(plan_result):
    """The report in both languages, its notebooks run without kernels."""
    content = plan_result("zibo-13", DAY)
    content["manifest"] = {
        "as_of": DAY, "data_vintage": DAY, "margin": 0.05, "key": "0", "python": "3", "versions": {},
    }  # fmt: skip
    return {lang: volumes.bound(volumes.documents(content, lang)) for lang in LANGUAGES}


def test_numbers_are_told_apart_from_parts_of_others():
    assert numbers("增长103.98%，0.49个百分点（2018年）、383家") == {"103.98", "0.49", "2018", "383"}
    assert "3.98" not in numbers("103.98")
    assert "103.9" not in numbers("103.98")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_numbers_a_reader_looks_for_are_there(documents, lang):
    found = numbers("\n".join(units(documents[lang])))
    assert [number for number in BY_HAND if number not in found] == []
    assert "103.99" not in found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_of_the_evaluation_stands_beside_its_period(documents, lang, data_dir):
    shown = [(numbers(unit), unit) for unit in units(documents[lang])]

    def stands(row: dict[str, str]) -> bool:
        periods = {row["period"], wording.period(row["period"], lang)}
        # A running text may name the year alone.
        periods |= {row["period"][:4]} if len(row["period"]) == len("2020") else set()
        return any(
            row["value"] in found and any(period in unit for period in periods) for found, unit in shown
        )

    figures = rows_of(data_dir, "observations")
    assert len(figures) > 90
    assert [(row["indicator"], row["period"], row["value"]) for row in figures if not stands(row)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_statement_stands_with_its_number_and_its_arithmetic(documents, lang, data_dir):
    shown = list(units(documents[lang]))
    said = rows_of(data_dir, "statements")
    assert len(said) == 40
    lacking = [
        row["statement"]
        for row in said
        if not any(row[f"says_{lang}"] in unit and row["claim"] in numbers(unit) for unit in shown)
    ]
    assert lacking == []
    (growth,) = [unit for unit in shown if "103.98" in numbers(unit) and "512" in unit and " / " in unit][:1]
    assert {"512", "251", "103.98"} <= numbers(growth)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_target_and_every_answer_is_there(documents, lang, data_dir):
    shown = [numbers(unit) for unit in units(documents[lang])]
    for row in rows_of(data_dir, "targets"):
        assert any({row["order"], row["target_value"]} <= found for found in shown), row["indicator"]
    for row in rows_of(data_dir, "survey"):
        assert any(row["n"] in found for found in shown), row["question"]
        assert not row["share"] or any(row["share"] in found for found in shown), row["question"]


def test_without_the_evidence_a_figure_would_be_missed(documents):
    """The search finds a gap: the same document without its annexes lacks numbers."""
    document = json.loads(json.dumps(documents["zh"]))
    document["sections"] = [section for section in document["sections"] if not section["appendix"]]
    found = numbers("\n".join(units(document)))
    assert {"474", "8.7"} - found == {"474", "8.7"}
