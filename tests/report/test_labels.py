"""The words: both languages complete, alike in their blanks, and every key that code puts together exists."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from zbanalysis.data.schema import CHANGES
from zbanalysis.errors import InputError, ZbError
from zbanalysis.plan import pathway, progress
from zbanalysis.report import style
from zbanalysis.report import words as labels
from zbanalysis.report.words import keys as all_keys
from zbanalysis.report.words import label

HAN = re.compile(r"[\u4e00-\u9fff]")
# What carries no words of its own: blanks only, a name, or a sign.
WORDLESS = {"report.author", "rule_name.sdsn"}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def words(key: str) -> dict[str, str]:
    return labels._words()[key]


def test_both_languages_are_there_with_the_same_blanks():
    """An English text with a comma, unquoted in braces, is cut off by YAML and leaves a third key behind."""
    # A Chinese quarter is counted in words and an English one in figures; all else fills in the same.
    # What is wrong names the value itself in Chinese only.
    apart = {"period.quarter": {"quarter", "number"}, "entry.done.doubt": {"value"}}
    wrong = [
        key
        for key in all_keys()
        if set(words(key)) != set(labels.LANGUAGES)
        or not all(isinstance(text, str) for text in words(key).values())
        or blanks(words(key)["zh"]) ^ blanks(words(key)["en"]) > apart.get(key, set())
    ]
    assert wrong == []


def test_a_key_stands_in_one_file_and_once():
    files = sorted(Path(labels.__file__).with_name("words").glob("*.yml"))
    found = [key for file in files for key in re.findall(r"(?m)^([\w.]+):", file.read_text("utf-8"))]
    assert len(found) == len(set(found)) == len(all_keys())


def test_each_language_is_written_in_its_own_script():
    bare = {
        key: {
            lang: re.sub(r"\{\w+\}", "", text) for lang, text in words(key).items() if isinstance(text, str)
        }
        for key in all_keys()
        if key not in WORDLESS
    }
    chinese = [
        key
        for key, texts in bare.items()
        if HAN.search(texts["en"]) or set("，。；：（）《》“”") & set(texts["en"])
    ]
    assert chinese == []
    english = [
        key
        for key, texts in bare.items()
        if re.search("[A-Za-z]{4}", texts["zh"]) and not HAN.search(texts["zh"])
    ]
    assert english == []


def test_no_figure_is_typed_into_the_sentences():
    sentences = [key for key in all_keys() if key.startswith("text.")]
    assert len(sentences) > 20
    # A level such as "95%" of an interval is a name, not a finding; findings are filled in.
    typed = [key for key in sentences for text in words(key).values() if re.search(r"\d+\.\d+", str(text))]
    assert typed == []


def dynamic_keys() -> set[str]:
    """Keys that the code puts together from values."""
    own = {f"status.{name}" for name in progress.STATUSES} | {
        f"status.final.{name}" for name in progress.STATUSES
    }
    for kind in pathway.KINDS:
        ways = [f".{way}" for way in ("rise", "fall")] if kind in CHANGES else [""]
        own |= {f"formula.{kind}", *(f"target.{kind}{way}" for way in ways)}
    own |= {f"attribute.{name}" for name in ("expected", "binding", "unstated")}
    own |= {f"figure_status.{name}" for name in ("final", "preliminary", "estimate", "lower_bound")}
    own |= {f"month.{number}" for number in range(1, 13)}
    own |= {
        f"period.{part}"
        for part in ("H1", "H2", "Q1", "Q2", "Q3", "Q4", "half", "quarter", "months", "span", "year")
    }
    return own | {"reached.yes", "reached.no", "date", "unit.points"}


def test_every_key_put_together_from_values_exists():
    assert sorted(dynamic_keys() - set(all_keys())) == []


def test_the_values_in_the_data_have_words(data_dir):
    import csv

    def values(file: str, column: str) -> set[str]:
        with (data_dir / file).open(encoding="utf-8-sig", newline="") as lines:
            return {row[column] for row in csv.DictReader(lines)}

    wanted = {f"attribute.{name}" for name in values("targets.csv", "attribute")}
    wanted |= {f"figure_status.{name}" for name in values("observations.csv", "status")}
    assert wanted <= set(all_keys())


def test_every_literal_key_in_the_code_exists_and_every_sentence_is_used(root):
    code = "\n".join(path.read_text("utf-8") for path in sorted((root / "zbanalysis").rglob("*.py")))
    literal = set(re.findall(r'label\(\s*"([\w.]+)"', code)) | set(
        re.findall(r'"((?:text|section|appendix|chart)\.[\w.]+)"', code)
    )
    assert len(literal) > 30
    assert literal - {"text.parse_math"} <= set(all_keys())  # a setting of matplotlib
    stems = re.findall(r'f"([a-z_]+\.[\w.]*)\{', code)
    unused = [
        key
        for key in all_keys()
        if f'"{key}"' not in code and not any(key.startswith(stem) for stem in stems)
    ]
    assert unused == [], f"words that no reader ever sees: {unused}"


def test_words_of_the_statuses_differ_within_the_plan_and_match_the_official_ones():
    for lang in labels.LANGUAGES:
        shown = [label(f"status.{name}", lang) for name in progress.STATUSES]
        assert len(set(shown)) == len(shown)
    official = {"reached": "提前完成", "ahead": "快于预期", "on_schedule": "基本符合预期", "behind": "滞后"}
    assert {name: label(f"status.{name}", "zh") for name in official} == official
    assert set(style.STATUSES) == set(progress.STATUSES)


def test_a_missing_key_is_an_error_that_names_it():
    with pytest.raises(ZbError, match=r"no words for 'status\.wonderful'"):
        label("status.wonderful", "zh")


def test_a_blank_left_open_is_an_error_that_names_blank_and_key():
    with pytest.raises(ZbError, match=r"'day'.*key 'date', language en"):
        label("date", "en", year=2020, month="August")


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="'fr' is not known; write zh or en"):
        label("status.ahead", "fr")


def test_braces_in_a_value_stay_as_they_are():
    assert label("column.unit", "en") == "Unit"
    assert "{x}" in label("manifest.key", "en", key="{x}")
