"""Two result files of one plan → what changed between them, and why.

A figure or target changes because a newer one was published (``new_data``) or because a published one was
corrected (``revision``).  What is computed from them changes for the same causes, and with them if the
rule changed (``rule``); where all of that stayed the same, the method changed (``method``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from zbanalysis.report.changes.files import earlier, rows_of, rule_changed
from zbanalysis.report.changes.targets import CAUSES, COLUMNS, ITEMS, change, judgement, target_changes, text

__all__ = ["CAUSES", "COLUMNS", "ITEMS", "changes", "earlier", "judgement", "unchanged"]


def changes(before: Mapping, now: Mapping) -> pd.DataFrame:
    """Every judgement and figure that changed, with its cause.

    Parameters
    ----------
    before, now
        Result files of the same plan; see `earlier`.

    Returns
    -------
    DataFrame
        One row for each target and item that changed, in the order of the plan: ``target``, names
        and units, ``item`` (one of `ITEMS`, or empty for a target that came or went), ``before`` and
        ``now`` as text (published digits; for judgements and verdicts keys of labels; shares as
        decimals), their periods, ``cause`` (of `CAUSES`, joined by ``+`` where two act together), and
        ``alone``: of a judgement or completion with both causes, the one that would have reached or missed
        the target without the other; else empty.
    """
    old, new = rows_of(before), rows_of(now)
    rows = []
    for target in [*new, *(target for target in old if target not in new)]:
        if target not in old or target not in new:
            came = target in new
            row = (new if came else old)[target]
            cause = "new_target" if came else "dropped_target"
            value = text(row["published_target_value"])
            rows.append(
                change(row, "", ("", "") if came else (value, ""), (value, "") if came else ("", ""), cause)
            )
        else:
            rows += target_changes(old[target], new[target], rule_changed(before, now))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def unchanged(before: Mapping, now: Mapping) -> dict[str, int]:
    """How many of the targets that both reports have stayed as they were.

    Returns
    -------
    dict
        ``targets`` (compared), ``same`` (nothing changed), ``changed``, and for each of `ITEMS` how many
        targets kept it.
    """
    both = set(rows_of(before)) & set(rows_of(now))
    found = changes(before, now)
    found = found[found["target"].isin(both)]
    touched = found["target"].nunique()
    kept = {item: len(both) - found.loc[found["item"] == item, "target"].nunique() for item in ITEMS}
    return {"targets": len(both), "same": len(both) - touched, "changed": touched, **kept}
