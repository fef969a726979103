"""The plan documents that drafts are tried on, and their keys: what a key quotes stands where it says."""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import docx
import make_draft_documents
import pytest

FOLDER = Path(__file__).parent / "draft_documents"
SEED = Path(__file__).parents[2].parent / "shared" / "seeds" / "zibo-14th-plan.txt"
QUOTED = ("goals", "repeats", "optional", "traps")
NAMES = sorted(make_draft_documents.PLANS)


def key_of(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.key.json").read_text(encoding="utf-8"))


def places(name: str) -> dict:
    """The text of each paragraph, row and line of a document, by the place that keys give."""
    if name == "zibo-14":
        return {("line", n): line for n, line in enumerate(SEED.read_text(encoding="utf-8").split("\n"), 1)}
    document = docx.Document(FOLDER / f"{name}.docx")
    texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text.strip()]
    found = {("paragraph", n): text for n, text in enumerate(texts, 1)}
    for t, table in enumerate(document.tables, 1):
        for r, row in enumerate(table.rows, 1):
            found["row", t, r] = "\t".join(cell.text for cell in row.cells)
    return found


def place(entry: dict) -> tuple:
    for unit in ("line", "paragraph"):
        if unit in entry:
            return unit, entry[unit]
    return "row", entry["table"], entry["row"]


def faults(key: dict, texts: dict) -> list:
    """What a key says that its document does not."""
    quoted = [entry for part in QUOTED for entry in key[part]]
    wrong: list = [entry["words"] for entry in quoted if entry["words"] not in texts.get(place(entry), "")]
    for entry in key["goals"]:
        figures = set(re.findall(r"\d[\d.]*", entry["words"].replace(",", "")))
        for figure in filter(None, (entry["value"], entry.get("upper"), entry.get("base_value"))):
            doubled = figure == "100" and "翻一番" in entry["words"]
            if figure.lstrip("-") not in figures and not doubled:
                wrong.append((entry["id"], figure))
    for row in key["main_table"]["rows"]:
        cells = texts.get(place(row), "").split("\t")
        for target in row["targets"]:
            printed = target["printed"].replace(",", "").replace("−", "-")
            parts = [target["value"], target.get("upper"), *target.get("value_also", [])]
            fits = target["kind"] == "in_words" or any(part and part.lstrip("-") in printed for part in parts)
            if target["printed"] not in cells or not fits:
                wrong.append((row["name"], target["printed"]))
        name = row["name"] if row["name"] in cells else f"{row['name']}({row['unit']})"
        wrong += [cell for cell in (name, row["base_value"], row["attribute"]) if cell and cell not in cells]
    for task in key["tasks"] + key["not_tasks"]:
        if task["heading"] not in texts.get(place(task), ""):
            wrong.append(task["heading"])
    return wrong


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_what_its_text_makes(name):
    made, again = make_draft_documents.built(name), make_draft_documents.built(name)
    assert made == again
    with zipfile.ZipFile(io.BytesIO(made)) as new, zipfile.ZipFile(FOLDER / f"{name}.docx") as kept:
        assert new.read("word/document.xml") == kept.read("word/document.xml")
        assert {entry.date_time for entry in kept.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("name", NAMES)
def test_a_made_up_plan_says_so(name):
    texts = places(name)
    last = max(n for unit, n, *_ in texts if unit == "paragraph")
    assert "made-up example" in texts["paragraph", last].lower()
    assert key_of(name)["made_up"].startswith("made-up example")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_key_quotes_stands_where_it_says(name):
    key, texts = key_of(name), places(name)
    assert faults(key, texts) == []
    assert min(len(key["main_table"]["rows"]), len(key["tasks"])) >= 15
    # The near miss: one figure, one place and one heading wrong.
    other = copy.deepcopy(key)
    other["goals"][0]["value"], other["traps"][0]["paragraph"], other["tasks"][0]["heading"] = (
        "7777",
        1,
        "nowhere",
    )
    other["main_table"]["rows"][0]["base_value"] = "7777"
    assert len(faults(other, texts)) == 4


@pytest.mark.parametrize(
    ("name", "lead", "support"),
    [
        ("qingcen-environment", r"由([^，。]+)牵头(?:，|。$)", r"牵头，((?!各)[^，。]+)配合。"),
        (
            "yunlan-health",
            r"（牵头单位：([^；）]+)|（责任单位：([^、）]+)",
            r"配合单位：([^）]+)|（责任单位：[^、]+、([^）]+)",
        ),
    ],
)
def test_leads_named_in_the_text_are_the_keys(name, lead, support):
    texts = places(name)
    for task in key_of(name)["tasks"]:
        if task["kind"] != "project" and not task.get("optional"):
            text = texts["paragraph", task["paragraph"] + 1]
            for part, pattern in (("office", lead), ("others", support)):
                named = re.search(pattern, text)
                offices = next(filter(None, named.groups())).split("、") if named else []
                assert task[part] == [office for office in offices if "公司" not in office], task["heading"]


@pytest.mark.skipif(not SEED.exists(), reason="the text of the 14th plan is not here")
def test_the_key_of_the_14th_plan():
    key, texts = key_of("zibo-14"), places("zibo-14")
    assert faults(key, texts) == []
    assert (len(key["main_table"]["rows"]), len(key["goals"])) == (8, 13)
    assert Counter(task["kind"] for task in key["tasks"]) == {"task": 35, "project": 16, "safeguard": 3}
    assert len({task["box"] for task in key["tasks"] if "box" in task}) == 5
    other = copy.deepcopy(key)
    other["main_table"]["rows"][2]["targets"][0]["value"] = "7200"
    assert len(faults(other, texts)) == 1
