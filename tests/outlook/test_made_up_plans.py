"""Made-up plans, whole folders: each verdict of each criterion, and the one changed fact that flips it."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from zbanalysis.data import package
from zbanalysis.evidence import money, survey, tasks, texts
from zbanalysis.outlook import criteria
from zbanalysis.plan import progress

DAY = "2020-12-31"
_SCHEMA = json.loads((package.DATA / "datapackage.json").read_text("utf-8"))["resources"]
FIELDS = {one["name"]: [field["name"] for field in one["schema"]["fields"]] for one in _SCHEMA}

DOCUMENTS = {"first": "2016-03-01", "second": "2017-12-01"}
DOCUMENTS |= {f"of-{year}": f"{year + 1}-02-01" for year in range(2015, 2020)}
GOOD: dict[str, object] = {
    "day": DAY,
    "base": True,  # four targets, from 10 in 2015 to 20 in 2020
    "value": True,
    "path": (12, 14, 16, 18),  # figures of 2016 to 2019
    "earlier": (20, 20, 20, 20),  # what the first document asked in 2020
    "office": True,
    "cannot": 0,  # targets that an evaluator holds impossible
    "above": 15,  # what the plan of the area above asks, from the same base
    "tasks": 4,
    "task_office": True,
    "due": "2020",
    "states": ("done", "done", "largely_done", "done"),
    "result": True,
    "years_of_money": 4,
    "praise": 70,
    "benefit": 20,
}
"""A plan of which everything is good on its last day."""
BARE = {"tasks": 0, "years_of_money": 0, "praise": None}

# Criterion, verdict: what differs from GOOD; the one fact that changes; the verdict then.
PLANS = [
    ("rationality", "strong", {}, {"earlier": (25, 20, 20, 20)}, "adequate"),
    ("rationality", "strong", {}, {"path": (12, 14, 16, 36)}, "adequate"),
    ("rationality", "adequate", {"earlier": (25,) * 4, "cannot": 2}, {"above": 25}, "weak"),
    ("rationality", "weak", {"earlier": (25,) * 4, "cannot": 2, "above": 25}, {"cannot": 0}, "adequate"),
    ("rationality", "cannot_judge", {"day": "2017-12-31"}, {"day": "2018-01-01"}, "strong"),
    ("feasibility", "strong", {}, {"task_office": False}, "adequate"),
    ("feasibility", "adequate", {"base": False, "office": False}, {"due": ""}, "weak"),
    ("feasibility", "weak", {"base": False, "office": False, "due": ""}, {"base": True}, "adequate"),
    ("feasibility", "cannot_judge", BARE | {"value": False}, {"tasks": 4}, "adequate"),
    ("performance", "strong", {"praise": None}, {"states": ("under_way",) * 4}, "adequate"),
    ("performance", "adequate", {"path": (10, 10, 11, 11), "praise": 30}, {"states": ("stopped",) * 4}, "weak"),
    (
        "performance", "weak",
        {"path": (10, 10, 11, 11), "praise": 30, "states": ("stopped",) * 4}, {"praise": 70}, "adequate",
    ),
    ("performance", "cannot_judge", BARE | {"praise": 70}, {"years_of_money": 4}, "adequate"),
]  # fmt: skip


def _targets(facts: dict) -> list[dict]:
    given = [
        {
            "plan": "plan", "area": "town", "indicator": f"i{k}", "order": k, "kind": "level" if facts["value"] else "qualitative",
            "base_period": 2015 if facts["base"] else "", "base_value": 10 if facts["base"] else "",
            "basis": "old", "target_period": 2020, "attribute": "unstated", "locator": "p",
            "target_value": 20 if facts["value"] else "", "source": "second",
            "words_zh": "" if facts["value"] else "提高", "words_en": "" if facts["value"] else "more",
            "office_zh": "局" if facts["office"] else "", "office_en": "Bureau" if facts["office"] else "",
        }
        for k in range(1, 5)
    ]  # fmt: skip
    if facts["value"]:
        asked = facts["earlier"]
        given += [
            one | {"target_value": value, "source": "first"}
            for one, value in zip(given[:4], asked, strict=True)
        ]
    if facts["above"]:
        upper = {"plan": "upper", "area": "land", "target_value": facts["above"], "source": "first"}
        given.append(given[0] | upper | {"base_period": 2015, "base_value": 10, "kind": "level"})
    return given


def _tables(facts: dict) -> dict[str, list[dict]]:
    named = {"name_zh": "某", "name_en": "One"}
    numbers = range(1, 5)
    first = {"source": "first", "locator": "p"}
    own = [{"area": "town", "status": "final", "basis": "old", "locator": "p"}]
    own = [
        row | {"indicator": f"i{k}", "period": year, "value": value, "source": f"of-{year}"}
        for row in own
        for k in numbers
        for year, value in enumerate((10, *facts["path"]), 2015)
        if facts["value"] and (facts["base"] or year > 2015)
    ]  # fmt: skip
    spent = [
        {"area": "town", "indicator": "municipal_science_funds", "period": 2016 + k, "value": 5,
         "status": "final", "basis": "old", "locator": "p", "source": f"of-{2016 + k}"}
        for k in range(facts["years_of_money"])
    ]  # fmt: skip
    office = {"office_zh": "局", "office_en": "Bureau"} if facts["task_office"] else {}
    asked = [
        {"plan": "plan", "task": f"t{k}", "order": k, "chapter_zh": "一", "chapter_en": "One", "kind": "task",
         **named, "due": facts["due"], **office, **first}
        for k in numbers[: facts["tasks"]]
    ]  # fmt: skip
    reported = [
        {"task": row["task"], "as_of": "2020-06-01", "state": state, "by": "self", "source": "of-2019",
         "done_zh": "已办" * facts["result"], "done_en": "Done" * facts["result"], "locator": "p"}
        for row, state in zip(asked, facts["states"], strict=False)
    ]  # fmt: skip
    question = {
        "survey": "s",
        "plan": "plan",
        "source": "of-2019",
        "locator": "p",
        "sample": "unstated",
        "overlap": "yes",
        "n": 100,
    }
    answers = [
        question | {"question": "satisfied", "text_zh": "好", "text_en": "Good", "share": facts["praise"],
                    "part": "opinion", "stance": "praise"},
        question | {"question": "benefit", "text_zh": "受益", "text_en": "Benefit", "share": facts["benefit"],
                    "part": "profile", "beneficiary": "yes"},
    ]  # fmt: skip
    return {
        "sources": [
            {"source": name, "title_zh": name, "title_en": name, "publisher_zh": "x", "publisher_en": "x",
             "date_published": day, "confidence": "high"}
            for name, day in DOCUMENTS.items()
        ],
        "areas": [
            {"area": "land", "level": "province", **named},
            {"area": "town", "level": "city", "parent": "land", **named},
        ],
        "bases": [{"basis": "old", **named}],
        "indicators": [
            {"indicator": code, **named, "unit_zh": unit, "unit_en": unit_en, "direction": "up",
             "scale": "count", "lower_bound": 0, "accumulation": "stock", "domain": "other"}
            for code, unit, unit_en in (
                *((f"i{k}", "家", "firms") for k in numbers),
                ("municipal_science_funds", "亿元", "100 million yuan"),
            )
        ],
        "plans": [
            {"plan": plan, "area": area, **named, "base_year": 2015, "start_year": 2016, "end_year": 2020,
             "source": "first", "report": "yes"}
            for plan, area in (("plan", "town"), ("upper", "land"))
        ],
        "targets": _targets(facts),
        "observations": own + spent,
        "tasks": asked,
        "task_progress": reported,
        "survey": answers if facts["praise"] is not None else [],
        "judgements": [
            {"plan": "plan", "subject": "target", "area": "town", "indicator": f"i{k}",
             "target_period": 2020, "role": "evaluator", "verdict": "cannot", "reason_zh": "政策",
             "reason_en": "A rule", "by_zh": "组", "by_en": "Group", "date": "2020-06-01", "source": "of-2019",
             "locator": "p"}
            for k in numbers[: facts["cannot"]]
        ],
    }  # fmt: skip


@pytest.fixture
def concluded(tmp_path):
    """Verdicts on a made-up plan that differs from `GOOD` in the facts named."""

    def conclude(changed: dict) -> pd.Series:
        facts = GOOD | changed
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, rows in _tables(facts).items():
            assert not {key for row in rows for key in row} - set(FIELDS[name])
            pd.DataFrame(rows, columns=FIELDS[name]).to_csv(folder / f"{name}.csv", index=False)
        (folder / "datapackage.json").write_bytes((package.DATA / "datapackage.json").read_bytes())
        data, day = package.load(folder), str(facts["day"])
        made = progress.progress(data, "plan", day)
        register = tasks.states(data, "plan", day)
        found = criteria.facts(
            data, made, day, progress.history(data, made, day), tasks.main(register),
            texts.table(data, "judgements", "plan", day), money.funds(data, "plan", day),
            survey.load(data, "plan", day),
        )  # fmt: skip
        return criteria.conclude(found).set_index("criterion")["verdict"]

    return conclude


def test_every_criterion_has_a_plan_for_every_verdict():
    assert {plan[:2] for plan in PLANS} == {
        (one, two) for one in criteria.CRITERIA for two in criteria.VERDICTS
    }


@pytest.mark.parametrize(("criterion", "verdict", "facts", "change", "then"), PLANS)
def test_one_fact_of_the_folder_flips_the_verdict(concluded, criterion, verdict, facts, change, then):
    assert len(change) == 1
    assert then != verdict
    assert concluded(facts)[criterion] == verdict
    assert concluded(facts | change)[criterion] == then
