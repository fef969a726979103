"""Frame → chart, one function for each question a reader asks; only places on the paper are computed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from zbanalysis.errors import InputError
from zbanalysis.report.charts import single
from zbanalysis.report.charts.bars import funds, ranks, reliability, survey
from zbanalysis.report.charts.figure import Chart, published
from zbanalysis.report.charts.panels import area_outlook, fans, paths, trends, yardstick
from zbanalysis.report.charts.targets import attainment, rules

__all__ = [
    "KINDS", "LEVELS", "Chart", "area_outlook", "attainment", "chart", "fans", "funds", "paths", "published",
    "ranks", "reliability", "rules", "survey", "trends", "yardstick",
]  # fmt: skip

LEVELS = (50, 80, 95, *single.OUTCOMES)
"""Levels of `targets.fans` with which twenty equally likely outcomes can be drawn."""

KINDS: dict[str, Callable[..., Chart]] = {
    "attainment": attainment, "rules": rules, "survey": survey, "funds": funds, "reliability": reliability,
    "fan": single.fan, "trend": single.trend, "areas": single.areas,
}  # fmt: skip
"""Kinds of chart that `chart` knows."""


def chart(
    kind: str, *frames: pd.DataFrame, lang: str = "en", title: str | None = None, **options: object
) -> Chart:
    """Draw a frame as one of the report's charts.

    | kind | question | frames |
    |---|---|---|
    | ``attainment`` | how far is each target? | `feasibility` or `progress` |
    | ``rules`` | how does each rule judge each target? | `progress`, ``plan.sensitivity.variants`` |
    | ``survey`` | who answered, and what do they think? | ``evidence.survey.shares`` |
    | ``funds`` | how much money a year, from whom? | ``evidence.money.funds`` |
    | ``reliability`` | does what was given 70 per cent come true as often? | ``reliability`` of `backtest` |
    | ``fan`` | where may a series be in the years ahead? | figures, ``project(…).to_frame()`` |
    | ``trend`` | which line does a series follow? | figures, ``trend.fitted`` |
    | ``areas`` | how did an indicator go in each area? | `series` |

    Parameters
    ----------
    kind
        One of the table.
    *frames
        The frames of that kind, as the functions named return them.
    lang
        ``zh`` or ``en``.
    title
        What stands above; None for what the data say, where the kind can say it, "" for nothing.
    **options
        Of the kind: ``named=["beijing"]``, ``own="zibo"`` and ``names={"zibo": "Zibo"}`` of ``areas``;
        ``goal=Goal(2025, 1800)`` (a `charts.single.Goal`) of ``fan`` and ``trend``; of all three
        ``about={"en": "% of GDP"}``, which stands above the axis.

    Returns
    -------
    Chart
        It shows itself in a notebook; ``.data`` is what is drawn, ``.figure`` and ``.axes`` are matplotlib's,
        ``.title(…)`` and ``.save(…)`` do what they say.

    Raises
    ------
    InputError
        If there is no such kind, frame or option.

    Examples
    --------
    >>> from zbanalysis.data.vintages import series
    >>> made = chart("areas", series("rd_intensity"), named=["beijing", "shandong"], title="R&D intensity, %")
    >>> made.title("Beijing is far ahead").axes[0].get_yscale()
    'log'
    >>> sorted(made.data.loc[made.data["named"], "area"].unique())
    ['beijing', 'shandong']
    """
    if kind not in KINDS:
        raise InputError(f"There is no chart {kind!r}; the kinds are {', '.join(KINDS)}.")
    if lang not in ("zh", "en"):
        raise InputError(f"The language {lang!r} is not known; use zh or en.")
    try:
        made = KINDS[kind](*frames, lang=lang, **options)
    except KeyError as error:
        what = error.args[0]
        missing = what if isinstance(what, str) else ", ".join(map(str, what))
        raise InputError(
            f"A chart of {kind} needs the column {missing}; zb.chart's own text names its frames."
        ) from None
    except TypeError as error:
        raise InputError(f"A chart of {kind} is not made from these: {error}.") from None
    return made if title is None else made.title(title)
