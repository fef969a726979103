"""The report's sentences, built from results; no figure in them is typed."""

from zbanalysis.report.narrative.audit import audit, audit_finds
from zbanalysis.report.narrative.indicators import baseline, caveats, estimates, headline, requirement, scope
from zbanalysis.report.narrative.method import by_length, coverage, hindsight, reliability
from zbanalysis.report.narrative.outlook import adjustment, chances, reading, trends
from zbanalysis.report.narrative.sensitivity import sensitivity

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
