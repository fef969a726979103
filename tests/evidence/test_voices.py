"""What people say of a plan, from the folder's optional tables."""

from __future__ import annotations

import pytest

from zbanalysis.data import package, schema
from zbanalysis.evidence import tasks, texts

DAY = "2020-08-10"


@pytest.mark.parametrize("name", texts.VOICES)
def test_a_folder_without_the_table_has_no_rows(data_copy, name):
    (data_copy / f"{name}.csv").unlink(missing_ok=True)
    found = texts.table(package.load(data_copy), name, "zibo-13", DAY)
    assert found.empty
    assert list(found.columns) == list(schema.tables()[f"{name}.csv"].columns)


def test_the_13th_plans_voices_are_all_there():
    data = package.load()
    counts = {name: len(texts.table(data, name, "zibo-13", DAY)) for name in texts.VOICES}
    assert (counts["recommendations"], counts["cases"], counts["opinions"]) == (19, 2, 15)
    assert texts.table(data, "problems", "zibo-13", "2019-12-31").empty


def test_no_reference_is_left_open():
    data = package.load()
    for name in ("recommendations", "cases", "problems", "opinions"):
        assert not texts.table(data, name, "zibo-13", DAY).map(lambda text: "{" in text).any().any()


def test_problems_that_no_measure_answers():
    data = package.load()
    measures, problems, opinions = (
        texts.table(data, name, "zibo-13", DAY) for name in ("recommendations", "problems", "opinions")
    )
    open_ = set(texts.without_measure(measures, problems, opinions)["code"])
    assert "zibo-13-problem-sharing" in open_
    assert "zibo-13-problem-firms" not in open_
    first = measures.index[0]
    more = measures.assign(
        answers=measures["answers"].mask(measures.index == first, "zibo-13-problem-sharing")
    )
    assert "zibo-13-problem-sharing" not in set(texts.without_measure(more, problems, opinions)["code"])


def test_states_are_the_newest_account_and_not_stated_where_nobody_gave_one(data_copy):
    table = data_copy / "task_progress.csv"
    table.write_text(
        ",".join(schema.tables()["task_progress.csv"].columns) + "\n"
        "zibo-13-talent,2020-01-01,under_way,甲,A,,,,,self,zibo-evaluation-2020,p\n"
        "zibo-13-talent,2020-08-01,done,乙,B,,,,,self,zibo-evaluation-2020,p\n"
        "zibo-13-platforms,2021-08-01,done,丙,C,,,,,self,zibo-evaluation-2020,p\n",
        "utf-8",
    )
    found = tasks.states(package.load(data_copy), "zibo-13", DAY).set_index("task")
    assert found.loc["zibo-13-talent", ["state", "done_en", "reported"]].tolist() == ["done", "B", True]
    assert found.loc["zibo-13-platforms", ["state", "reported"]].tolist() == ["not_stated", False]
    assert found["state"].isin(tasks.STATES).all()
