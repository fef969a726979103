"""The report's sentences, built from results; no figure in them is typed."""

from zbanalysis.narrative.indicators import baseline, caveats, headline, requirement, scope
from zbanalysis.narrative.method import by_length, coverage, hindsight, reliability
from zbanalysis.narrative.outlook import chances, reading, trends
from zbanalysis.narrative.sensitivity import sensitivity

__all__ = [
    "baseline",
    "by_length",
    "caveats",
    "chances",
    "coverage",
    "headline",
    "hindsight",
    "reading",
    "reliability",
    "requirement",
    "scope",
    "sensitivity",
    "trends",
]
