"""What a person has chosen in the panel, and what a choice clears."""

from __future__ import annotations

from dataclasses import dataclass, replace

OWN = "own"
"""In place of a plan: a target of one's own."""

REPORT = "report"
"""As the report does it: the calibration of the indicator's field, the trend line its rule chooses."""

METHODS = (REPORT, "general", "science")
"""How the fan is read: as the report does, by the general calibration, as the provinces' outcomes fell."""


@dataclass(frozen=True)
class State:
    """Everything chosen; an empty text or None is "as the data and the plan have it".

    Attributes
    ----------
    lang
        ``zh`` or ``en``.
    area
        Id of an area.
    plan
        Id of a plan, or `OWN`.
    target
        A target of the plan as `question.selectable` names it; with `OWN` the id of an indicator.
    as_of
        The day whose knowledge counts, such as ``2022-04-19``.
    method
        One of `METHODS`.
    line
        `REPORT`, or a model of `zbanalysis.trend.MODELS`.
    horizon
        Years that the fan reaches beyond the last figure.
    value, year
        Target value (in the measure of the target's kind) and target year.
    areas
        Areas to compare with.
    """

    lang: str = "zh"
    area: str = ""
    plan: str = ""
    target: str = ""
    as_of: str = ""
    method: str = REPORT
    line: str = REPORT
    horizon: int | None = None
    value: float | None = None
    year: int | None = None
    areas: tuple[str, ...] | None = None


_ASKED = {"horizon": None, "value": None, "year": None}
_CLEARS = {
    "area": {"plan": "", "target": "", "as_of": "", "areas": None} | _ASKED,
    "plan": {"target": "", "as_of": ""} | _ASKED,
    "target": _ASKED,
}


def change(state: State, **chosen: object) -> State:
    """The state after a choice: what hung on the former one goes back to the preset.

    Examples
    --------
    >>> moved = change(State(area="zibo", plan="zibo-14", value=1000.0), plan="zibo-13")
    >>> moved.area, moved.plan, moved.value
    ('zibo', 'zibo-13', None)
    """
    cleared = {name: value for key in chosen for name, value in _CLEARS.get(key, {}).items()}
    return replace(state, **(cleared | chosen))
