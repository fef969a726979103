"""The controls of the panel, as widgets: made once, then relabelled and filled from a view."""

from __future__ import annotations

import datetime as dt

import ipywidgets as widgets

from zbanalysis.data import package
from zbanalysis.explore import choices, shown
from zbanalysis.explore.said import STATED_AS_VALUE
from zbanalysis.explore.state import OWN, State
from zbanalysis.explore.view import View
from zbanalysis.outlook.targets import HORIZON_SHOWN
from zbanalysis.report.words import label

PAGES = ("outlook", "trend", "areas", "figures", "sources")
GROUPS = {
    "question": ("lang", "area", "plan", "target"),
    "known": ("as_of", "method", "line"),
    "target": ("amount", "year", "horizon", "reset"),
    "save": ("folder", "chart", "table"),
}
"""Controls in the groups they stand in."""

_LABEL = {"style": {"description_width": "84px"}}


def _wide() -> dict[str, object]:
    return _LABEL | {"layout": widgets.Layout(width="auto", margin="2px 0")}


class Controls:
    """All controls; `fill` writes what a view says into them, and never asks anything itself."""

    def __init__(self, dataset: package.Dataset, folder: str) -> None:
        self.dataset = dataset
        self.lang = widgets.Dropdown(options=choices.languages(), **_wide())
        self.area, self.plan, self.target = (widgets.Dropdown(**_wide()) for _ in range(3))
        self.as_of = widgets.DatePicker(**_wide())
        self.method, self.line = widgets.Dropdown(**_wide()), widgets.Dropdown(**_wide())
        # On letting go, not on the way: a browser that is given new ends while it slides sends back values
        # that nobody chose.
        self.value = widgets.FloatSlider(
            readout=False, continuous_update=False,
            layout=widgets.Layout(flex="1 1 auto", width="auto", min_width="0"), **_LABEL,
        )  # fmt: skip
        self.number = widgets.FloatText(layout=widgets.Layout(flex="0 0 92px", width="92px"))
        self.amount = widgets.HBox([self.value, self.number])
        self.year = widgets.IntSlider(continuous_update=False, **_wide())
        self.horizon = widgets.IntSlider(continuous_update=False, **_wide())
        self.reset = widgets.Button(layout=widgets.Layout(width="auto", margin="2px 0 2px 90px"))
        self.folder = widgets.Text(value=folder, continuous_update=False, **_wide())
        self.saves = {(what, form): self._button(form) for what, form in _SAVES}
        self.note = widgets.HTML()
        self.areas = {one: self._box() for _, one in choices.others(dataset, "zh")}
        self.headings = {name: widgets.HTML() for name in (*GROUPS, "areas")}
        self._filled: tuple | None = None
        self.chart, self.table = (self._row(what) for what in ("chart", "table"))

    @staticmethod
    def _button(form: str) -> widgets.Button:
        return widgets.Button(description=form.upper(), layout=widgets.Layout(width="47%"))

    @staticmethod
    def _box() -> widgets.Checkbox:
        return widgets.Checkbox(indent=False, layout=widgets.Layout(width="128px", margin="0"))

    def _row(self, what: str) -> widgets.HBox:
        return widgets.HBox([button for (kind, _), button in self.saves.items() if kind == what])

    def column(self) -> widgets.VBox:
        """All groups, one below the other."""
        parts = []
        for name, members in GROUPS.items():
            parts += [self.headings[name], *(getattr(self, member) for member in members)]
        return widgets.VBox([*parts, self.note], layout=widgets.Layout(width="330px", flex="0 0 auto"))

    def areas_box(self) -> widgets.VBox:
        """A box to tick for each province."""
        flow = widgets.Layout(flex_flow="row wrap", width="100%")
        return widgets.VBox([self.headings["areas"], widgets.HBox(list(self.areas.values()), layout=flow)])

    def ticked(self) -> tuple[str, ...]:
        """The areas ticked."""
        return tuple(area for area, box in self.areas.items() if box.value)

    def fill(self, view: View) -> None:
        """Write words, choices and values of a view into the controls."""
        # A moved target changes no choice; to look them all up again would cost a slider its answer.
        choice = (presets(view.state), view.kind)
        if choice != self._filled:
            self._fill_choices(view)
            self._filled = choice
        self._target(view)

    def forget(self) -> None:
        """Write every choice again at the next filling: a person may have moved one that was refused."""
        self._filled = None

    def _fill_choices(self, view: View) -> None:
        state, lang = view.state, view.state.lang
        self._words(view)
        _offer(self.area, choices.areas(self.dataset, lang), state.area)
        _offer(self.plan, choices.plans(self.dataset, state.area, lang), state.plan)
        _offer(self.target, choices.targets(self.dataset, state, lang), state.target or None)
        _offer(self.method, choices.methods(lang), state.method)
        _offer(self.line, choices.lines(lang), state.line)
        self.lang.value = lang
        self.as_of.min = dt.date.fromisoformat(choices.days(self.dataset)[0])
        self.as_of.value = dt.date.fromisoformat(state.as_of)
        for words, area in choices.others(self.dataset, lang):
            self.areas[area].description, self.areas[area].value = words, area in state.areas

    def _target(self, view: View) -> None:
        """Slider, number and years of the target; still where there is none."""
        stated = view.value == view.value
        for control in (self.value, self.year, self.horizon):
            control.disabled = bool(view.trouble)
        self.number.disabled = bool(view.trouble)
        if view.trouble:
            return
        low, high, step = view.limits
        _set(self.value, low, high, min(max(view.value, low), high) if stated else low, step)
        if stated:
            self.number.value = view.value
        first = view.last_year or view.preset_year - 1
        _set(self.year, min(first + 1, view.year), max(first + HORIZON_SHOWN, view.year), view.year)
        _set(self.horizon, 1, HORIZON_SHOWN, view.horizon)

    def _words(self, view: View) -> None:
        lang = view.state.lang
        for name in (
            "lang",
            "area",
            "plan",
            "target",
            "as_of",
            "method",
            "line",
            "year",
            "horizon",
            "folder",
        ):
            getattr(self, name).description = label(f"explore.control.{name}", lang)
        rate = "value" if view.kind in STATED_AS_VALUE else "value_rate"
        self.value.description = label(f"explore.control.{rate}", lang)
        own = view.state.plan == OWN
        self.reset.description = label(f"explore.control.{'reset_own' if own else 'reset'}", lang)
        for (what, form), button in self.saves.items():
            button.description = label(f"explore.control.save_{what}", lang, format=form.upper())
        for name, heading in self.headings.items():
            heading.value = shown.group(label(f"explore.group.{name}", lang))


_SAVES = (("chart", "svg"), ("chart", "png"), ("table", "csv"), ("table", "xlsx"))


def _offer(control: widgets.Dropdown, options: choices.Options, value: str | None) -> None:
    """Options and value; written only where they differ, for each writing goes to the browser."""
    if tuple(control.options) != tuple(options):
        control.options = options
    if control.value != value:
        control.value = value


def _set(
    slider: widgets.FloatSlider | widgets.IntSlider, low: float, high: float, value: float, step: float = 1
) -> None:
    """Ends and value of a slider in one message: in several, the browser would send back a clipped value."""
    if (slider.min, slider.max, slider.step, slider.value) == (low, high, step, value):
        return
    with slider.hold_sync():
        if low > slider.max:  # the ends never cross
            slider.max, slider.min = high, low
        else:
            slider.min, slider.max = low, high
        slider.step, slider.value = step, value


def presets(state: State) -> State:
    """The state with the target back where it began."""
    from dataclasses import replace

    return replace(state, value=None, year=None, horizon=None)
