"""Sentences on whether the method is any good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from zbanalysis.report import words as wording
from zbanalysis.report.words import label


def coverage(
    checks: pd.DataFrame,
    size: Mapping[str, int],
    lang: str,
    calibrations: Sequence[str] = ("domain",),
) -> list[str]:
    """How often the intervals held what came, and on what that was tried.

    Parameters
    ----------
    checks
        From `domain.checks`.
    size
        From `domain.panel_size`.
    lang
        ``zh`` or ``en``.
    calibrations
        Those that the plan's indicators are read by: ``domain`` for science and technology, ``general``
        for the others.  The second is told beside the first.
    """
    cases = int(checks["cases"].sum())
    counts = {"provinces": size["provinces"], "indicators": size["indicators"]}
    first = "text.coverage" if "domain" in calibrations else "text.coverage_general"
    said = [label(first, lang, cases=cases, **counts, **_ends(checks, calibrations[0]))]
    if len(calibrations) > 1:
        said.append(label("text.coverage_others", lang, **_ends(checks, calibrations[1])))
    return said


def _ends(checks: pd.DataFrame, calibration: str) -> dict[str, str]:
    """The lowest and the highest coverage of each interval, whatever the years ahead."""
    return {
        f"{side}{level}": wording.percent(getattr(checks[f"{calibration}{level}"], pick)())
        for level in (80, 95)
        for side, pick in (("low", "min"), ("high", "max"))
    }


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


def by_length(scores: pd.DataFrame, lang: str, *, domain: bool = True) -> list[str]:
    """What fewer points do to error and coverage in the latest years of the panel.

    ``domain`` says whether any indicator of the plan has a calibration other than the general one.
    """
    first, last = scores.iloc[0], scores.iloc[-1]
    general = label(
        "text.by_length", lang, few=int(first["points"]), many=int(last["points"]),
        few80=wording.percent(first["coverage80"]), many80=wording.percent(last["coverage80"]),
    )  # fmt: skip
    space = "" if lang == "zh" else " "
    return [general + space + label("text.by_length_domain", lang) if domain else general]


def hindsight(said: pd.DataFrame, lang: str) -> list[str]:
    """How many earlier judgements there are and how many intervals held the outcome."""
    if said.empty:
        return [label("text.no_hindsight", lang)]
    within = int(said["within80"].astype(bool).sum())
    return [label("text.hindsight", lang, count=len(said), days=said["as_of"].nunique(), within=within)]
