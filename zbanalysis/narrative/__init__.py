"""The report's sentences, built from results; no figure in them is typed."""

from zbanalysis.narrative.indicators import baseline, caveats, headline, requirement, scope
from zbanalysis.narrative.outlook import chances, reading, trends
from zbanalysis.narrative.sensitivity import sensitivity

__all__ = ["baseline", "caveats", "chances", "headline", "reading", "requirement", "scope", "sensitivity", "trends"]
