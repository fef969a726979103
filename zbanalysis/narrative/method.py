"""Sentences on whether the method is any good."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis import wording
from zbanalysis.labels import label


def coverage(checks: pd.DataFrame, size: Mapping[str, int], lang: str) -> list[str]:
    """How often the intervals held what came, and on what that was tried.

    ``size`` is from `domain.panel_size`.
    """
    ends = {
        f"{side}{level}": wording.percent(getattr(checks[f"domain{level}"], pick)())
        for level in (80, 95)
        for side, pick in (("low", "min"), ("high", "max"))
    }
    cases = int(checks["cases"].sum())
    counts = {"provinces": size["provinces"], "indicators": size["indicators"]}
    return [label("text.coverage", lang, cases=cases, **counts, **ends)]


def reliability(table: pd.DataFrame, lang: str) -> list[str]:
    """By how much chances given differ from the share that was reached, which way, and where most."""
    gap = table["chance"] - table["reached"]
    mean, bias = (float((part * table["cases"]).sum() / table["cases"].sum()) for part in (gap.abs(), gap))
    worst = table.loc[gap.abs().idxmax()]
    way = "text.reliability_low" if bias < 0 else "text.reliability_high"
    sentences = [
        label(
            "text.reliability", lang,
            mean=wording.number(100 * mean, 1),
            direction=label(way, lang, bias=wording.number(100 * abs(bias), 1)),
            given=wording.percent(worst["chance"], 0), came=wording.percent(worst["reached"], 0),
        )
    ]  # fmt: skip
    lowest = table[table["chance"] < 0.1]
    if len(lowest):
        came = wording.share_of(lowest["reached"].iloc[0], lang)
        sentences.append(label("text.low_chances", lang, share=came))
    return sentences


def by_length(scores: pd.DataFrame, lang: str) -> list[str]:
    """What fewer points do to error and coverage in the latest years of the panel."""
    first, last = scores.iloc[0], scores.iloc[-1]
    return [
        label(
            "text.by_length", lang, few=int(first["points"]), many=int(last["points"]),
            few80=wording.percent(first["coverage80"]), many80=wording.percent(last["coverage80"]),
        )
    ]  # fmt: skip


def hindsight(said: pd.DataFrame, lang: str) -> list[str]:
    """How many earlier judgements there are and how many intervals held the outcome."""
    if said.empty:
        return [label("text.no_hindsight", lang)]
    within = int(said["within80"].astype(bool).sum())
    return [label("text.hindsight", lang, count=len(said), days=said["as_of"].nunique(), within=within)]
