"""One language is enough for a folder, and a report is made in those in which its names stand; made-up folders."""

import csv

import made_up
import pytest

from zbanalysis.data import check, doubts, package
from zbanalysis.errors import InputError
from zbanalysis.runs import jobs, report

BOTH = {
    f"{text}_{lang}": words for text in ("name",) for lang, words in (("zh", "户数"), ("en", "Households"))
}
NO_ENGLISH = {"name_zh": "户数", "name_en": ""}


def folder(place, names, plan=None):
    """A plan of indicators with these names; its plan's own names by default in both languages."""
    rows = [{"indicator": f"i_{at}", **one} for at, one in enumerate(names)]
    targets = [{"indicator": row["indicator"], "base_period": "2020", "base_value": "5", "target_value": "9"}
               for row in rows]  # fmt: skip
    plans = [{"plan": "town-14"} | (plan or {})]
    return made_up.folder(place, {"indicators": rows, "targets": targets, "plans": plans})


def spoken(place):
    return package.of_report(package.load(place), "town-14")


def test_a_report_has_the_languages_in_which_its_names_stand(tmp_path):
    assert spoken(folder(tmp_path / "both", [BOTH] * 4)) == ("zh", "en")
    assert spoken(made_up.health(tmp_path / "health")) == ("zh",)
    assert spoken(turned(made_up.health(tmp_path / "english"))) == ("en",)


def test_one_name_forgotten_takes_no_language_away_and_is_named(tmp_path):
    place = folder(tmp_path / "data", [BOTH, BOTH, NO_ENGLISH, BOTH])
    assert spoken(place) == ("zh", "en")
    (found,) = [one for one in doubts.doubts(place) if one.key == "one_language"]
    assert (found.file, found.row, found.column, found.value) == ("indicators.csv", 4, "name_en", "户数")
    assert "English" in found.expected


def test_the_names_of_one_language_leave_nothing_to_ask_for(tmp_path):
    place = made_up.health(tmp_path / "data")
    assert [one for one in doubts.doubts(place) if one.key == "one_language"] == []
    assert check.problems(place) == []


def test_a_sign_is_the_same_in_every_language(tmp_path):
    place = folder(tmp_path / "data", [BOTH | {"unit_zh": "%", "unit_en": ""}, BOTH, BOTH])
    assert [one for one in doubts.doubts(place) if one.key == "one_language"] == []


def test_a_name_in_no_language_is_refused(tmp_path):
    place = folder(tmp_path / "data", [BOTH, {"name_zh": "", "name_en": ""}])
    assert [(one.row, one.column) for one in check.problems(place)] == [(3, "name_zh")]


def test_a_report_is_made_in_its_own_languages_and_in_no_other(tmp_path, worker):
    origin = report.source(made_up.health(tmp_path / "data"))
    job, said = jobs.of_plan(origin.dataset, "town-14", "2023-12-31"), []
    made = report.build(
        job, origin, out=tmp_path / "out", say=said.append, perform=worker, formats=("pdf", "html")
    )
    assert sorted(path.name for path in made.written) == [
        "town-14_2023-12-31.html",
        "town-14_2023-12-31_zh.pdf",
    ]
    assert "Chinese only" in said[0]
    with pytest.raises(InputError, match="--lang en"):
        report.build(job, origin, ("en",), tmp_path / "out", said.append, perform=worker)


def turned(place):
    """A folder in Chinese only made one in English only, with its codes as names."""
    for path in place.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            for column in [one for one in row if one.endswith("_zh")]:
                row[f"{column[:-3]}_en"] = row[column] and next(iter(row.values())).replace("_", " ")
                row[column] = ""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0] if rows else [])
            writer.writeheader()
            writer.writerows(rows)
    return place
