"""The report's sentences, built from results; no figure in them is typed."""

from zbanalysis.narrative.audit import audit, audit_finds
from zbanalysis.narrative.indicators import baseline, caveats, estimates, headline, requirement, scope
from zbanalysis.narrative.method import by_length, coverage, hindsight, reliability
from zbanalysis.narrative.outlook import adjustment, chances, reading, trends
from zbanalysis.narrative.sensitivity import sensitivity

__all__ = [
    "adjustment",
    "audit",
    "audit_finds",
    "baseline",
    "by_length",
    "caveats",
    "chances",
    "coverage",
    "estimates",
    "headline",
    "hindsight",
    "reading",
    "reliability",
    "requirement",
    "scope",
    "sensitivity",
    "trends",
]
