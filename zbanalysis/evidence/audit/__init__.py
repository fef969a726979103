"""Do the documents agree with themselves and with each other?  By reckoning on published digits.

`audit` checks what the documents say (``statements.csv``); `conflicts` finds, without being told,
figures that claim the same thing and differ; `audit_text` is both for a terminal.
"""

from zbanalysis.evidence.audit.finds import conflicts
from zbanalysis.evidence.audit.statements import VERDICTS, audit, problems
from zbanalysis.evidence.audit.text import audit_text
from zbanalysis.evidence.audit.view import for_plan
from zbanalysis.evidence.audit.whole import grim, growth_bases

__all__ = ["VERDICTS", "audit", "audit_text", "conflicts", "for_plan", "grim", "growth_bases", "problems"]
