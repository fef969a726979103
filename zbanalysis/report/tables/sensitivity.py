"""Each judged target under every rule, with other base years, and within the rounding."""

from __future__ import annotations

import pandas as pd

from zbanalysis.report import cells
from zbanalysis.report import words as wording
from zbanalysis.report.words import label


def sensitivity(progress: pd.DataFrame, variants: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The class of each target under each variant; a star marks one that differs.

    Parameters
    ----------
    progress
        From `progress.progress`.
    variants
        From `sensitivity.variants`, ``id`` being the target.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Texts only; one row per judged target, one column per rule, then base year and rounding.
    """
    rules = [name for name in variants["variant"].unique() if name.startswith("rule:")]
    rows = []
    for _, row in progress[progress["target"].isin(variants["id"])].iterrows():
        own = variants[variants["id"] == row["target"]].set_index("variant")
        rows.append(
            [
                str(int(row["order"])),
                wording.name(row, lang),
                *(_class(own.loc[name], name.partition(":")[2], lang) for name in rules),
                _base_years(own, lang),
                _changed(own.loc["rounding"], lang),
            ]
        )
    names = [label(f"rule_name.{name.partition(':')[2]}", lang) for name in rules]
    columns = [
        *cells.headings(("order", "indicator"), lang),
        *names,
        *cells.headings(("base_year", "rounding"), lang),
    ]
    return pd.DataFrame(rows, columns=columns)


def _class(variant: pd.Series, rule: str, lang: str) -> str:
    star = "*" if variant["changed"] else ""
    return label(f"class.{rule}.{variant['status']}", lang) + star


def _base_years(own: pd.DataFrame, lang: str) -> str:
    """Whether another base year would change the class; a dash where there is no such figure."""
    shifted = own[own.index.str.startswith("base_year:")]
    known = shifted[shifted["step"] != "none"]
    if known.empty:
        return wording.NONE
    return label("changes.yes" if known["changed"].any() else "changes.no", lang)


def _changed(variant: pd.Series, lang: str) -> str:
    return label("changes.yes" if variant["changed"] else "changes.no", lang)
