"""What a plan asks for, year by year.

Every function takes the *standing* of targets, one row each, with the columns

- ``kind`` one of `kinds.KINDS`, ``direction`` up or down, ``scale`` share, ratio, count or amount,
- ``base_position``, ``base_value`` the base (years; the indicator's unit),
- ``current_position``, ``current_value`` the newest figure,
- ``target_position``, ``target_value``, ``target_upper`` what is to be reached and when,
- ``accumulated`` what all years since the base make together: a sum, the mean of yearly rates, a
  published change; ``held_share`` share of years in which a limit held,

and, where they are stated, ``comparator``, ``tolerance`` and ``half_width`` (of the target as printed),
``stated_rate``, ``other_value`` (the other series of a relative target) and ``known_direction`` (the
indicator's own, where ``direction`` is the target's).

The elapsed share τ = (t − t0) / (tT − t0) is measured at the data cut-off.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from zbanalysis.data import schema
from zbanalysis.plan.kinds import KINDS, MEASURES, elapsed_share

__all__ = ["KINDS", "MEASURES", "asked", "elapsed_share", "end_value", "measure", "path"]


def measure(standing: pd.DataFrame) -> pd.DataFrame:
    """Completion, requirement and need of each target by the formula of its kind.

    Parameters
    ----------
    standing
        One row per target; columns as above, and ``kind``.

    Returns
    -------
    DataFrame
        Same index, columns `MEASURES`; always one row per target.

    Raises
    ------
    KeyError
        If a kind is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> target = pd.DataFrame({"kind": ["level"], "direction": ["up"], "scale": ["share"],
    ...     "base_position": [2015.0], "base_value": [60.6], "current_position": [2018.0],
    ...     "current_value": [63.9], "target_position": [2020.0], "target_value": [65.0],
    ...     "target_upper": [float("nan")], "accumulated": [float("nan")], "held_share": [float("nan")]})
    >>> float(measure(target)["completion"].round(3).iloc[0])
    0.75
    """
    parts = [KINDS[kind](rows) for kind, rows in _completed(standing).groupby("kind", sort=False)]
    if not parts:
        return pd.DataFrame(columns=MEASURES)
    return pd.concat(parts).reindex(standing.index)


_NOT_STATED = {"comparator": "", "scale": ""} | dict.fromkeys(
    ["tolerance", "half_width", "stated_rate", "target_upper", "accumulated", "held_share", "other_value",
     "current_value"], np.nan,
)  # fmt: skip


def _completed(standing: pd.DataFrame) -> pd.DataFrame:
    """The standing with every column that a kind may ask for."""
    rows = standing.assign(**{name: blank for name, blank in _NOT_STATED.items() if name not in standing})
    return rows if "known_direction" in rows else rows.assign(known_direction=rows["direction"])


def asked(standing: pd.DataFrame) -> pd.DataFrame:
    """What the plan asks on average over its whole span: the need as it stood at the base.

    Returns
    -------
    DataFrame
        Same index; ``asked`` (% a year, or units a year, as ``asked_measure`` says) and
        ``asked_change``, target minus base in the indicator's unit.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"kind": ["level"], "direction": ["up"], "scale": ["count"],
    ...     "base_position": [2020.0], "base_value": [900.0], "target_position": [2025.0],
    ...     "target_value": [2700.0], "target_upper": [float("nan")], "held_share": [float("nan")]})
    >>> float(asked(firms)["asked"].round(2).iloc[0])
    24.57
    """
    rows = _completed(standing)
    starts_at_nothing = rows["kind"].isin(schema.OVER_YEARS) | rows["accumulated"].notna()
    at_base = rows.assign(
        current_position=rows["base_position"],
        current_value=rows["base_value"].mask(starts_at_nothing, 0.0),
        accumulated=pd.Series(0.0, rows.index).where(starts_at_nothing),
    )
    needs = measure(at_base)
    number = _number(standing)
    change = standing["target_value"].where(number == "change")
    from_base = standing["kind"].isin(schema.TO_REACH)
    return pd.DataFrame(
        {
            "asked": needs["needed"],
            "asked_measure": needs["needed_measure"],
            "asked_change": change.mask(from_base, standing["target_value"] - standing["base_value"]),
        }
    )


def _number(standing: pd.DataFrame) -> pd.Series:
    return standing["kind"].map({name: kind.number for name, kind in schema.KINDS.items()})


def end_value(standing: pd.DataFrame) -> pd.Series:
    """Value to be reached in the target year, in the indicator's own unit.

    A growth of g % a year from the base asks for y0(1 + g)^n, a change of D % for y0(1 + D), a change of
    D units for y0 + D; a mean of years and a target relative to another series ask for no value of the
    target year; every other kind states it.
    """
    base, target, number = standing["base_value"], standing["target_value"], _number(standing)
    years, factor = standing["target_position"] - standing["base_position"], 1 + target / 100
    ends = {
        "growth": base * factor.where(factor > 0) ** years,
        "per_cent": base * factor,
        "change": base + target,
    }
    value = target.mask(~number.isin(["level", "sum"]))
    for name, end in ends.items():
        value = value.mask(number == name, end)
    return value


def path(standing: pd.DataFrame) -> pd.DataFrame:
    """The plan's own path, one row per target and year from base to target.

    Parameters
    ----------
    standing
        As for `measure`, with a column ``target`` that names the row.

    Returns
    -------
    DataFrame
        ``target, position, value``; targets without a path (no base, or a kind that
        has none) have no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"target": ["a"], "kind": ["average_growth"], "direction": ["up"],
    ...     "base_position": [2020.0], "base_value": [100.0], "target_position": [2022.0],
    ...     "target_value": [10.0]})
    >>> path(rows)["value"].round(1).tolist()
    [100.0, 110.0, 121.0]
    """
    rows = _completed(standing)
    rows = rows.assign(accumulated=np.nan)
    rows = rows[rows["base_position"].notna() & rows["target_position"].notna()]
    years = [
        np.arange(b, t + 1e-9, 1.0)
        for b, t in zip(rows["base_position"], rows["target_position"], strict=True)
    ]
    rows = rows.assign(current_position=years).explode("current_position", ignore_index=True)
    rows["current_position"] = rows["current_position"].astype(float)
    required = measure(rows)["required"] if len(rows) else pd.Series(dtype=float)
    points = pd.DataFrame({"target": rows["target"], "position": rows["current_position"], "value": required})
    return points.dropna(subset=["value"]).reset_index(drop=True)
