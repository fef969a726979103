"""Is the method any good: coverage, the number of points, and what it would have said."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label

COVERAGE_COLUMNS = ("years_ahead", "cases", "general80", "domain80", "general95", "domain95")
LENGTH_COLUMNS = ("points", "cases", "mase", "best_other_mase", "best_other", "coverage80", "coverage95")
HINDSIGHT_COLUMNS = (
    "as_of",
    "indicator",
    "last_year",
    "target",
    "chance",
    "interval80",
    "verdict",
    "outcome",
    "came",
)


def coverage(checks: pd.DataFrame, lang: str, *, domain: bool = True) -> pd.DataFrame:
    """How often the intervals held outcomes of indicators that were left out.

    Parameters
    ----------
    checks
        From `domain.checks`.
    lang
        ``zh`` or ``en``.
    domain
        Whether any indicator of the plan is read by the domain's calibration; else its columns are left out.
    """
    columns = tuple(name for name in COVERAGE_COLUMNS if domain or not name.startswith("domain"))
    rows = [
        [
            f"{row['years']:.0f}",
            f"{row['cases']:.0f}",
            *(wording.percent(row[name]) for name in columns[2:]),
        ]
        for _, row in checks.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(columns, lang))


def by_length(scores: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Error and coverage by the number of points; from `hindsight.coverage_by_length`."""
    rows = [
        [
            f"{row['points']:.0f}",
            f"{row['cases']:.0f}",
            wording.number(row["mase"], 2),
            wording.number(row["best_other_mase"], 2),
            label(f"method.{row['best_other']}", lang),
            wording.percent(row["coverage80"]),
            wording.percent(row["coverage95"]),
        ]
        for _, row in scores.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(LENGTH_COLUMNS, lang))


def hindsight(said: pd.DataFrame, lang: str) -> pd.DataFrame:
    """What would have been said on earlier days, beside what came; from `hindsight.hindsight`."""
    rows = [
        [
            str(row["as_of"]),  # as 2020-08-10, which no narrow column breaks
            wording.name(row, lang),
            f"{row['last_year']:.0f}",
            cells.target(row, lang),
            wording.chance(row["chance"], lang),
            cells.interval(row, "low80", "high80", lang),
            row[f"verdict_{lang}"],
            row["outcome"] + ("*" if row["outcome_basis_break"] else ""),
            label("reached.yes" if row["came"] else "reached.no", lang),
        ]
        for _, row in said.iterrows()
    ]
    return pd.DataFrame(rows, columns=cells.headings(HINDSIGHT_COLUMNS, lang))
