"""What people say of a plan: problems and causes, opinions, measures, cases, judgements, ratings."""

from __future__ import annotations

import pandas as pd

from zbanalysis.data import package
from zbanalysis.evidence import texts

TABLES = ("judgements", "problems", "opinions", "recommendations", "cases", "ratings", "reports")
"""Tables of a data folder, each optional."""


def tables(dataset: package.Dataset, plan: str, as_of: str) -> dict[str, pd.DataFrame]:
    """Every one of `TABLES` for a plan, by name; see `table`."""
    return {name: table(dataset, name, plan, as_of) for name in TABLES}


def table(dataset: package.Dataset, name: str, plan: str, as_of: str) -> pd.DataFrame:
    """One of `TABLES` for a plan, as published by a day; no rows where there is none.

    References to figures in its texts are filled in with the digits as published.

    Parameters
    ----------
    dataset, plan, as_of
        From `package.load`; a plan of ``plans.csv``; a day.
    name
        One of `TABLES`.

    Returns
    -------
    DataFrame
        Its columns as texts, empty where nothing is stated, in the order of ``order`` where it has one.

    Raises
    ------
    InputError
        If the plan is unknown, or a reference names no figure known on that day.

    Examples
    --------
    >>> table(package.load(), "ratings", "zibo-13", "2020-08-10").empty
    True
    """
    area = package.plan_row(dataset, plan)["area"]
    rows = package.published_by(dataset, name, as_of)
    rows = rows[rows["plan"] == plan]
    if "order" in rows:
        rows = rows.sort_values("order", key=lambda order: order.astype(int), kind="stable")
    return filled(rows.reset_index(drop=True), dataset, area, as_of, f"{name}.csv")


def filled(rows: pd.DataFrame, dataset: package.Dataset, area: str, as_of: str, where: str) -> pd.DataFrame:
    """Rows with every reference to a figure in their texts replaced by its digits as published."""
    named = [name for name in rows.columns if name.endswith(("_zh", "_en"))]
    if not any(rows[name].str.contains("{", regex=False).any() for name in named):
        return rows
    view = package.as_of(dataset, as_of)

    cells = {name: [texts.fill(text, view, area, as_of, where) for text in rows[name]] for name in named}
    return rows.assign(**cells)


def without_measure(
    recommendations: pd.DataFrame, problems: pd.DataFrame, opinions: pd.DataFrame
) -> pd.DataFrame:
    """Problems and critical opinions that no measure answers.

    Parameters
    ----------
    recommendations, problems, opinions
        From `table`.

    Returns
    -------
    DataFrame
        ``code, kind`` (``problem`` or ``opinion``), ``theme_zh, theme_en, text_zh, text_en``.
    """
    answered = {code.strip() for cell in recommendations["answers"] for code in cell.split(",")}
    critical = opinions[opinions["stance"].isin(["problem", "request"])]
    rows = [
        problems.rename(columns={"problem": "code", "problem_zh": "text_zh", "problem_en": "text_en"}).assign(
            kind="problem"
        ),
        critical.rename(columns={"opinion": "code"}).assign(kind="opinion"),
    ]
    columns = ["code", "kind", "theme_zh", "theme_en", "text_zh", "text_en"]
    every = pd.concat([frame[columns] for frame in rows], ignore_index=True)
    return every[~every["code"].isin(answered)].reset_index(drop=True)


RATED = ["criterion", "rater", "n", "mean", "weighted"]
"""Columns of `rated`."""


def rated(ratings: pd.DataFrame) -> pd.DataFrame:
    """People's ratings of each criterion on a scale of 100, with and without the weights of its parts.

    Parameters
    ----------
    ratings
        From `table`: a row a criterion (``performance``) or part of one (``performance/effects``) and
        group of raters; ``score`` of at most ``scale``, ``weight`` of the part (1 where empty).

    Returns
    -------
    DataFrame
        For each criterion and group ``n`` (the most who rated a part; 0 where unknown), ``mean`` of the
        parts' scores, each 100 at its best, and ``weighted`` mean.

    Notes
    -----
    With scores s and weights w: mean = sum(100 s / scale) / parts; weighted = sum(w 100 s / scale) / sum(w).
    """
    numbers = {name: pd.to_numeric(ratings[name].replace("", None)) for name in ("n", "score", "scale")}
    weight = pd.to_numeric(ratings["weight"].replace("", "1"))
    share = 100 * numbers["score"] / numbers["scale"]
    rows = pd.DataFrame(
        {
            "criterion": ratings["criterion"].str.split("/").str[0], "rater": ratings["rater"],
            "n": numbers["n"].fillna(0), "share": share, "weight": weight, "product": share * weight,
        }
    )  # fmt: skip
    groups = rows.groupby(["criterion", "rater"], sort=False)
    found = groups.agg(
        n=("n", "max"), mean=("share", "mean"), weight=("weight", "sum"), sum=("product", "sum")
    )
    found = found.reset_index().assign(weighted=lambda frame: frame["sum"] / frame["weight"])
    return found[RATED]
