"""A dataset prints itself in ten lines."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import pytest

from zbanalysis.data import package


@pytest.fixture(scope="module")
def shipped(data_dir):
    return package.load(data_dir)


def counted(path):
    with path.open(encoding="utf-8", newline="") as file:
        return len(list(csv.DictReader(file)))


def test_the_summary_counts_what_the_files_hold(shipped, data_dir):
    text = str(shipped)
    figures = counted(data_dir / "observations.csv") + counted(data_dir / "reference" / "observations.csv")
    assert re.search(rf"^observations +{figures}, 2000 to 2025$", text, re.M)
    for name in ("areas", "indicators", "sources"):
        assert re.search(rf"^{name} +{counted(data_dir / f'{name}.csv')}\b", text, re.M)
    assert len(text.splitlines()) <= 10


def test_a_revised_plan_shows_both_days_and_counts_each_target_once(shipped):
    line = next(line for line in str(shipped).splitlines() if line.startswith("plan zibo-13"))
    assert line.split(maxsplit=2)[2] == "10 targets, published 2020-08-10, 2022-04-19"


def test_a_long_name_of_a_plan_does_not_run_into_the_number(shipped):
    renamed = {"zibo-13": "zhangdian-13"}
    longer = replace(
        shipped,
        plans=shipped.plans.replace({"plan": renamed}),
        targets=shipped.targets.replace({"plan": renamed}),
    )
    assert re.search(r"^plan zhangdian-13 +10 targets", str(longer), re.M)


def test_a_plan_without_targets_is_shown_with_none(shipped):
    bare = replace(shipped, targets=shipped.targets[shipped.targets["plan"] != "china-13"])
    line = next(line for line in str(bare).splitlines() if line.startswith("plan china-13"))
    assert "0 targets" in line
    assert not line.rstrip().endswith("published")
