"""The glossary has the words a reader meets: statuses, verdicts, kinds, rules, as report/words/ says them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")

FAMILIES = [
    r"status\.(final\.)?\w+",
    r"reached\.\w+",
    r"attribute\.\w+",
    r"figure_status\.\w+",
    r"entry\.choice\.kind\.\w+",
    r"rule_name\.\w+",
    r"class\.\w+\.\w+",
    r"trend\.model\.\w+",
    r"motion\.\w+",
    r"audit\.(verdict|find|relation)\.\w+",
    r"survey_status\.\w+",
    r"task_(status|kind)\.\w+",
    r"money_from\.\w+",
    r"cause\.\w+",
]


def rows(text: str) -> dict[tuple[str, str], list[str]]:
    """Rows of the glossary: Chinese and English word, and what is said of them."""
    found: dict[tuple[str, str], list[str]] = {}
    for zh, en, said in re.findall(r"(?m)^\| (.+?) \| (.+?) \| (.*?) \|$", text):
        found.setdefault((zh, en), []).append(said)
    return found


def missing(labels: dict[str, dict[str, str]], text: str) -> list[str]:
    """Words of the families that the glossary lacks."""
    known = rows(text)
    return [
        key
        for key, word in labels.items()
        if any(re.fullmatch(family, key) for family in FAMILIES)
        and word["zh"]
        and (word["zh"], word["en"]) not in known
    ]


@pytest.fixture(scope="module")
def labels() -> dict[str, dict[str, str]]:
    files = sorted((ROOT / "zbanalysis" / "report" / "words").glob("*.yml"))
    return {key: word for file in files for key, word in yaml.safe_load(file.read_text("utf-8")).items()}


def test_every_word_of_a_judgement_is_explained(labels: dict[str, dict[str, str]]) -> None:
    assert missing(labels, GLOSSARY) == [], "add a row | 中文 | English | what it means | to docs/glossary.md"


def test_every_verdict_is_explained() -> None:
    from zbanalysis.outlook import verdict

    assert {*verdict.WORDS.values(), *verdict.HEDGED.values()} <= set(rows(GLOSSARY))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_words(family: str, labels: dict[str, dict[str, str]]) -> None:
    assert any(re.fullmatch(family, key) for key in labels), (
        f"report/words/ has no {family}; mend the list here"
    )


def test_each_rule_is_named_where_its_words_are(labels: dict[str, dict[str, str]]) -> None:
    known = rows(GLOSSARY)
    for key, word in labels.items():
        if match := re.fullmatch(r"class\.(\w+)\.\w+", key):
            said = known[word["zh"], word["en"]]
            assert any(f"`{match[1]}`" in line for line in said), f"{key}: say of which rule the word is"


def test_each_kind_is_named(labels: dict[str, dict[str, str]]) -> None:
    from zbanalysis.plan.pathway import KINDS

    for kind in KINDS:
        word = labels[f"entry.choice.kind.{kind}"]
        assert any(f"`{kind}`" in line for line in rows(GLOSSARY)[word["zh"], word["en"]])


def test_every_row_says_something() -> None:
    assert all(line.strip() for said in rows(GLOSSARY).values() for line in said)


def test_a_missing_or_changed_word_would_be_found() -> None:
    labels = {"status.behind": {"zh": "滞后", "en": "behind"}, "text.other": {"zh": "甲", "en": "x"}}
    assert missing(labels, "| 滞后 | behind | late |\n") == []
    assert missing(labels, "| 滞后 | behind schedule | late |\n") == ["status.behind"]
    assert missing(labels, "") == ["status.behind"]
