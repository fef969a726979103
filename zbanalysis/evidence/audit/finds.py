"""Figures that claim the same thing and differ, turns a reviewer must see: found in the data, not listed."""

from __future__ import annotations

import pandas as pd

from zbanalysis.data import package
from zbanalysis.evidence.audit import pairs, turns
from zbanalysis.evidence.audit.view import known_by

FINDS = (
    "figures_differ",
    "base_differs",
    "target_differs",
    "equal_in_other_area",
    "target_lowered_and_met",
    "base_changed",
    "met_and_fell_back",
    "fell_within_year",
)
COLUMNS = [
    "find", "relation", "area", "indicator", "period", "plan",
    "first", "first_source", "first_locator", "second", "second_source", "second_locator", "measure",
]  # fmt: skip


def conflicts(dataset: package.Dataset, as_of: str = "") -> pd.DataFrame:
    """Every pair of figures that claim the same thing and differ, and every turn worth a question.

    Parameters
    ----------
    dataset
        From `package.load`; all vintages, not a view of one day.
    as_of
        Only what was published by this day; empty for all.

    Returns
    -------
    DataFrame
        One row per find: ``find`` (one of `FINDS`), ``relation``, what it is about, and the two figures as
        printed with where they stand (``first`` is the earlier); ``measure`` is the figure or target it is
        held against, or the other area.

    Notes
    -----
    Two figures differ only where no number is printed as both (2.1 and 2.07 do not differ; counts are
    exact; "over 9" and 9.3 agree).  ``relation`` of such a pair:

    - ``different_basis``: they stand on different definitions, and need not agree;
    - ``same_document``: one document prints both;
    - ``revised_later``: the later document prints only the new one, or the earlier called its own a
      first figure, an estimate or "over": it is replaced, not denied;
    - ``other_document``: two documents, and the later also prints the earlier's, so that it revises nothing.

    The turns: a figure equal to four digits to that of an area that holds it; a target eased by a later
    document in which the result meets only the easier one; a base that another place gives otherwise; a
    result that met its target and no longer does; a stock that falls within one year between two
    documents.  They are questions, not proofs.

    Examples
    --------
    >>> found = conflicts(package.load())
    >>> found.loc[found["find"] == "target_lowered_and_met", ["first", "second", "measure"]].values.tolist()
    [['16', '14', '14.7']]
    """
    dataset = known_by(dataset, as_of)
    rows = [
        *pairs.figures(dataset),
        *pairs.bases(dataset),
        *turns.equal_in_other_area(dataset),
        *turns.targets(dataset),
        *turns.base_changed(dataset),
        *turns.met_and_fell_back(dataset),
        *turns.fell_within_year(dataset),
    ]
    found = pd.DataFrame(rows, columns=COLUMNS).astype("str").fillna("").drop_duplicates(ignore_index=True)
    order = found["find"].map(FINDS.index)
    return (
        found.assign(order=order)
        .sort_values(["order"], kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )
