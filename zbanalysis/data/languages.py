"""The languages of a folder and of its reports: those in which the names stand; one is enough."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from zbanalysis.data import schema
from zbanalysis.errors import InputError, Problem

if TYPE_CHECKING:
    from zbanalysis.data.package import Dataset

LANGUAGES = ("zh", "en")
MOST = 2 / 3
"""Share of the names from which on a language is the folder's; what lacks it then was forgotten."""

IN_WORDS = {"zh": "Chinese", "en": "English"}
_NAMES = {"plans": "name", "areas": "name", "indicators": "name", "sources": "title"}
"""What a report names most, and the text that says how."""


def of_text(text: str) -> str:
    """The language of a text: ``zh`` where any of its letters is Chinese, else ``en``."""
    return "zh" if re.search("[\u3400-\u9fff]", text) else "en"


def single(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """What is named in one language only: by table, its code and that language.

    Parameters
    ----------
    tables
        A folder's tables as text, by path, before one language stands for the other.
    """
    lacking: dict[str, dict[str, str]] = {}
    for name, text in _NAMES.items():
        table = tables[f"{name}.csv"]
        code = schema.tables()[f"{name}.csv"].key[0]
        for lang, other in (LANGUAGES, LANGUAGES[::-1]):
            alone = table[(table[f"{text}_{lang}"] != "") & (table[f"{text}_{other}"] == "")]
            lacking.setdefault(name, {}).update(dict.fromkeys(alone[code], lang))
    return lacking


def most(only: Iterable[str]) -> tuple[str, ...]:
    """The languages of names, each given by the one language that it stands in, or empty for both.

    Examples
    --------
    >>> most(["zh", "zh", "zh"]), most(["", "", "zh"]), most(["zh", "en"])
    (('zh',), ('zh', 'en'), ('zh', 'en'))
    """
    names = list(only)
    count = {lang: sum(one in ("", lang) for one in names) for lang in LANGUAGES}
    return tuple(lang for lang in LANGUAGES if count[lang] >= MOST * len(names)) or LANGUAGES


def of_report(dataset: Dataset, plan: str, area: str = "") -> tuple[str, ...]:
    """The languages of a report: those in which plan, area, indicators and sources are named.

    Parameters
    ----------
    dataset
        From `package.load`.
    plan, area
        As of a `jobs.Job`: an area's own report asks for the names of its figures.

    Examples
    --------
    >>> from zbanalysis.data import package
    >>> of_report(package.load(), "zibo-13")
    ('zh', 'en')
    """
    if area:
        rows, own = dataset.observations[dataset.observations["area"] == area], {"areas": [area]}
    else:
        rows = dataset.targets[dataset.targets["plan"] == plan]
        areas = dataset.plans.loc[dataset.plans["plan"] == plan, "area"]
        own = {"plans": [plan], "areas": areas}
    own |= {"indicators": rows["indicator"].unique(), "sources": rows["source"].unique()}
    return most(dataset.single.get(name, {}).get(code, "") for name, codes in own.items() for code in codes)


def chosen(dataset: Dataset, asked: Iterable[str], plan: str, area: str = "") -> tuple[str, ...]:
    """The languages asked for, of those that a report can be made in.

    Raises
    ------
    InputError
        If it can be made in none of them.
    """
    there, wanted = of_report(dataset, plan, area), tuple(asked)
    languages = tuple(lang for lang in wanted if lang in there)
    if wanted and not languages:
        named = f"area {area}" if area else f"plan {plan}"
        raise InputError(
            f"--lang {wanted[0]}: the names of the {named} stand in {IN_WORDS[there[0]]} only; "
            f"fill in the columns that end in _{wanted[0]}, or leave --lang out."
        )
    return languages


def forgotten(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Texts that lack a language in which most of the folder's stand, to be looked at again."""
    only, lacking = single(tables), []
    names = [(name, tables[f"{name}.csv"][schema.tables()[f"{name}.csv"].key[0]]) for name in _NAMES]
    there = most(only[name].get(code, "") for name, codes in names for code in codes)
    for path, table in tables.items():
        for text in schema.tables()[path].languages:
            for lang, other in (LANGUAGES, LANGUAGES[::-1]):
                filled = table[f"{text}_{other}"]
                # A unit such as % is the same in every language.
                lacks = (table[f"{text}_{lang}"] == "") & filled.str.contains(r"[^\W\d_]")
                if lang in there and len(there) > 1:
                    lacking += [
                        Problem(path, int(row), f"{text}_{lang}", filled[row], "one_language",
                                {"language": IN_WORDS[lang], "other": IN_WORDS[other]})
                        for row in table.index[lacks]
                    ]  # fmt: skip
    return lacking
