"""What a notebook shows beside its charts: tables with whole names, figures worked out by hand, sentences."""

from __future__ import annotations

import pandas as pd
import pytest

from zbanalysis.errors import ZbError
from zbanalysis.report import lessons

FORMULA = "(current - base) / (target - base)"


def rows(completion: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"base": [251.0, 703.0], "current": [251.0, 1027.0], "target": [380.0, 1800.0]}
    ).assign(completion=[0.0, completion], name_en=["A", "B"])


def test_a_figure_worked_out_by_hand_stands_beside_the_functions():
    """324 of 1097 is 0.2953509571; the row where nothing moved teaches nothing and is passed over."""
    shown = lessons.worked(rows(0.2953509571), FORMULA, "completion", "en")
    assert repr(shown) == "B: (1027 − 703) / (1800 − 703) = 0.295351; the function's figure: 0.295351"


def test_a_figure_that_differs_stops_the_notebook():
    with pytest.raises(ZbError, match=r"completion: .*1027.* is 0\.295350957, not 0\.2953"):
        lessons.worked(rows(0.2953), FORMULA, "completion", "en")


def test_nothing_to_work_out_or_to_show_is_a_sentence():
    none = rows(0.5).iloc[:0]
    assert "nothing to work out" in repr(lessons.worked(none, FORMULA, "completion", "en"))
    assert "nothing to show" in repr(lessons.table(none, "en"))
    assert "没有" in repr(lessons.say([], "zh"))


def test_names_are_whole_and_text_is_text_everywhere():
    name = "Innovation platforms at provincial level or higher " * 3 + "<img src=x onerror=alert(1)>"
    shown = lessons.table(pd.DataFrame({"name": [name], "value": [1202362.0]}), "en")
    assert name.replace("<", "&lt;").replace(">", "&gt;") in shown._repr_html_()
    assert "<img" not in shown._repr_html_() + lessons.say([name], "en")._repr_markdown_().replace("\\<", "")
    assert name in repr(shown)
    assert "1202362" in repr(shown)
