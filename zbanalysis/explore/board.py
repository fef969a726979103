"""The panel: controls, filled from a view; a choice in one of them → a new view → what is shown."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ipywidgets as widgets

from zbanalysis.data import package
from zbanalysis.data.schema import STATED_AS_VALUE
from zbanalysis.errors import ZbError
from zbanalysis.explore import html, question, saving
from zbanalysis.explore.question import OWN, Memory, State, change
from zbanalysis.explore.view import View, prepare, view
from zbanalysis.outlook.targets import HORIZON_SHOWN
from zbanalysis.report.words import label

PAGES = ("outlook", "trend", "areas", "figures", "sources")
LISTS = ("lang", "area", "plan", "target", "method", "line")
"""Controls that offer a list to choose from."""

GROUPS = {
    "question": ("lang", "area", "plan", "target"),
    "known": ("as_of", "method", "line"),
    "target": ("amount", "year", "horizon", "reset"),
    "save": ("folder", "chart", "table"),
}
"""Controls in the groups they stand in."""

_SAVES = (("chart", "svg"), ("chart", "png"), ("table", "csv"), ("table", "xlsx"))


def _wide() -> dict[str, object]:
    layout = widgets.Layout(width="auto", margin="2px 0")
    return {"style": {"description_width": "90px"}, "layout": layout}


class Controls:
    """All controls; `fill` writes what a view says into them, and never asks anything itself."""

    def __init__(self, dataset: package.Dataset, folder: str, memory: Memory) -> None:
        self.dataset, self.memory = dataset, memory
        self.lang, self.area, self.plan, self.target, self.method, self.line = self.lists = [
            widgets.Dropdown(**_wide()) for _ in LISTS
        ]
        self.as_of = widgets.DatePicker(**_wide())
        # On letting go, not on the way: a browser that is given new ends while it slides sends back values
        # that nobody chose.
        self.value = widgets.FloatSlider(readout=False, continuous_update=False, **_wide())
        self.value.layout = widgets.Layout(flex="1 1 auto", width="auto", min_width="0")
        self.number = widgets.FloatText(layout=widgets.Layout(flex="0 0 92px", width="92px"))
        self.amount = widgets.HBox([self.value, self.number])
        self.amount.add_class("zb-named")
        self.year, self.horizon = (widgets.IntSlider(continuous_update=False, **_wide()) for _ in range(2))
        self.reset = widgets.Button(layout=widgets.Layout(width="auto", margin="2px 0 2px 96px"))
        self.folder = widgets.Text(value=folder, continuous_update=False, **_wide())
        button = partial(widgets.Button, layout=widgets.Layout(width="47%"))
        self.saves = {save: button() for save in _SAVES}
        self.note, self.link = widgets.HTML(), widgets.HTML()
        box = partial(widgets.Checkbox, indent=False, layout=widgets.Layout(width="128px", margin="0"))
        self.areas = {one: box() for _, one in question.others(dataset, "zh")}
        self.headings = {name: widgets.HTML() for name in (*GROUPS, "areas")}
        self._filled: tuple | None = None
        self.chart, self.table = (
            widgets.HBox([button for (kind, _), button in self.saves.items() if kind == what])
            for what in ("chart", "table")
        )

    def column(self) -> widgets.VBox:
        """All groups, one below the other."""
        parts = []
        for name, members in GROUPS.items():
            parts += [self.headings[name], *(getattr(self, member) for member in members)]
        return widgets.VBox(
            [*parts, self.note, self.link], layout=widgets.Layout(width="300px", flex="0 0 auto")
        )

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
        for what, control in zip(LISTS, self.lists, strict=True):
            options = question.offered(self.dataset, state, what, self.memory)
            _offer(control, options, getattr(state, what) or None)
        self.as_of.min = dt.date.fromisoformat(question.days(self.dataset)[0])
        self.as_of.value = dt.date.fromisoformat(state.as_of)
        for words, area in question.others(self.dataset, lang):
            self.areas[area].description, self.areas[area].value = words, area in state.areas

    def _target(self, view: View) -> None:
        """Slider, number and years of the target; still where there is none."""
        stated = view.value == view.value
        for control in (self.value, self.number, self.year, self.horizon):
            control.disabled = bool(view.trouble)
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
        for name in (*LISTS, "as_of", "year", "horizon", "folder"):
            getattr(self, name).description = label(f"explore.control.{name}", lang)
        rate = "value" if view.kind in STATED_AS_VALUE else "value_rate"
        self.value.description = label(f"explore.control.{rate}", lang)
        reset = "reset_own" if view.state.plan == OWN else "reset"
        self.reset.description = label(f"explore.control.{reset}", lang)
        for (what, form), button in self.saves.items():
            button.description = label(f"explore.control.save_{what}", lang, format=form.upper())
        for name, heading in self.headings.items():
            heading.value = html.group(label(f"explore.group.{name}", lang))


def _offer(control: widgets.Dropdown, options: question.Options, value: str | None) -> None:
    """Options and value; written only where they differ, for each writing goes to the browser."""
    if tuple(control.options) != tuple(options):
        control.options = options
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
    return replace(state, value=None, year=None, horizon=None)


PAUSE_S = 1.0
"""So long after an answer the next choice is prepared: who is still choosing is not made to wait."""


class Board(widgets.HBox):
    """The controls at the left, the answer at the right.

    Attributes
    ----------
    view
        What is shown now; its ``data`` are the exact numbers, as frames.
    """

    def __init__(
        self, dataset: package.Dataset, state: State, folder: str = "", *, linked: bool = False
    ) -> None:
        self.dataset = dataset
        self.memory: Memory = {}
        # The whole path: a person must see where a button will write.
        place = "" if linked else str(Path(folder).expanduser().resolve())
        self.controls = Controls(dataset, place, self.memory)
        # A visitor of a served page gets a download: nothing is written where the server runs.
        self.controls.folder.layout.display = "none" if linked else None
        self._filling, self._linked = False, linked
        self._top, self._trouble, self._working = widgets.HTML(), widgets.HTML(), widgets.HTML()
        parts = ("chart", "sentences", "table")
        self._parts = {page: {part: widgets.HTML() for part in parts} for page in PAGES}
        contents = {page: list(parts.values()) for page, parts in self._parts.items()}
        contents["areas"].insert(2, self.controls.areas_box())
        boxes = [widgets.VBox(parts) for parts in contents.values()]
        self._tabs = widgets.Tab(children=boxes, layout=widgets.Layout(width="100%"))
        answer = widgets.VBox(
            [widgets.HTML(html.style()), self._working, self._top, self._trouble, self._tabs],
            layout=widgets.Layout(flex="1 1 480px", min_width="0", padding="0 0 0 18px"),
        )
        super().__init__(
            [self.controls.column(), answer], layout=widgets.Layout(width="100%", align_items="flex-start")
        )
        self.add_class("zb-panel")
        self.view: View = view(dataset, state, self.memory)
        self._show(self.view)
        self._listen()
        self._pause: asyncio.TimerHandle | None = None
        if not linked:  # a served page is still asking for what to show; it rests after its first answer
            self._rest()
        gc.freeze()  # data and libraries stay: the collector need not walk through them at every move

    def _ipython_display_(self) -> None:
        from IPython.display import Javascript, display

        display(Javascript(html.part("panel.js")))
        display(self._repr_mimebundle_(), raw=True)

    def _listen(self) -> None:
        controls = self.controls
        for name, control in zip(LISTS, controls.lists, strict=True):
            self._hear(control, partial(self._picked, name))
        self._hear(controls.value, self._slid)
        numbers = {"value": controls.number, "year": controls.year, "horizon": controls.horizon}
        for name, control in numbers.items():
            self._hear(control, partial(self._number, name))
        self._hear(controls.as_of, lambda day: {"as_of": day.isoformat() if day else ""})  # empty: the newest
        for box in controls.areas.values():
            self._hear(box, lambda _: {"areas": controls.ticked()})
        controls.reset.on_click(lambda _: self.ask(presets(self.view.state)))
        for (what, form), button in controls.saves.items():
            button.on_click(partial(self._save, what, form))
        self._tabs.observe(self._opened, names="selected_index")

    def _hear(self, control: widgets.Widget, choice: Callable[[Any], dict]) -> None:
        """Ask when a person moves a control; ``choice`` makes of its value what of the state changes."""

        def moved(event: dict) -> None:
            chosen = {} if self._filling else choice(event["new"])
            if chosen:
                self.ask(change(self.view.state, **chosen))

        control.observe(moved, names="value")

    def _picked(self, name: str, value: str | None) -> dict:
        return {} if value is None else {name: value}

    def _number(self, name: str, value: float) -> dict:
        value = float(f"{value:.12g}") if name == "value" else value
        preset = {"value": self.view.preset_value, "year": self.view.preset_year}.get(name)
        return {name: None if value == preset else value}

    def _slid(self, value: float) -> dict:
        # A browser sets a slider on its nearest step and says so; a person moves it by a step or more.
        near = abs(value - self.view.value) <= 0.51 * self.controls.value.step
        return {} if near else self._number("value", value)

    def _opened(self, _: dict) -> None:
        with self._at_work():
            self._draw()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """A sign of work: the browser hears of it at once and shows it after a while."""
        self._working.value = html.working(label("explore.working", self.view.state.lang))
        gc.disable()  # the collector takes as long as an answer; it waits until that is shown
        try:
            yield
        finally:
            gc.enable()
            self._working.value = ""  # a quick answer takes it away before it is seen

    def ask(self, state: State) -> None:
        """Put a question and show the answer; what cannot be answered is a sentence in the panel."""
        lang = self.view.state.lang
        with self._at_work():
            try:
                self._show(view(self.dataset, state, self.memory))
            except ZbError as error:
                self.refuse(str(error))
            except Exception as error:  # noqa: BLE001  (no person sees what a widget's callback raises)
                self.refuse(label("explore.trouble.unexpected", lang, error=type(error).__name__))
        self._rest()

    def _rest(self) -> None:
        """Prepare the next choice once nobody has asked for a while."""
        if self._pause is not None:
            self._pause.cancel()
        with suppress(RuntimeError):  # outside a kernel there is no loop, and nobody to move a control
            loop, pieces = asyncio.get_running_loop(), prepare(self.dataset, self.view.state, self.memory)
            self._pause = loop.call_later(PAUSE_S, self._prepare, loop, pieces)

    def _prepare(self, loop: asyncio.AbstractEventLoop, pieces: Iterator[None]) -> None:
        """One piece; what a person does meanwhile goes before the next."""
        with suppress(Exception):  # nothing is left, or it fails and will say so when it is asked for
            next(pieces)
            self._pause = loop.call_later(0, self._prepare, loop, pieces)

    def refuse(self, words: str) -> None:
        """Say why, with the controls back on the answer that still stands."""
        self.controls.forget()
        self._show(self.view)
        self._trouble.value = html.trouble(words)

    def _show(self, view: View) -> None:
        self.view = view
        self._filling = True
        try:
            self.controls.fill(view)
        finally:
            self._filling = False
        lang = view.state.lang
        self.controls.link.value = html.link_line(view.state) if self._linked else ""
        self._top.value = html.top(view.question, view.tiles) if view.tiles else ""
        self._trouble.value = html.trouble(view.trouble)
        for place, page in enumerate(PAGES):
            self._tabs.set_title(place, label(f"explore.tab.{page}", lang))
            if page != self.page:  # what was drawn for another question is not to be seen when it is opened
                for part in self._parts[page].values():
                    part.value = ""
        self._draw()

    @property
    def page(self) -> str:
        """The page in sight."""
        return PAGES[self._tabs.selected_index or 0]

    def _draw(self) -> None:
        """Draw the page in sight; the others wait until they are opened."""
        view, page, parts = self.view, self.page, self._parts[self.page]
        chart, lang = view.charts.get(page), view.state.lang
        words = label(f"explore.alt.{page}", lang, name=view.name) if chart else ""
        parts["chart"].value = html.chart(chart.svg(lang), words) if chart else ""
        parts["sentences"].value = html.sentences(view.sentences.get(page, []))
        parts["table"].value = html.table(view.tables.get(page))

    def _save(self, what: str, form: str, _: object) -> None:
        save: Callable[..., str] = saving.save_chart if what == "chart" else saving.save_table
        try:
            if self._linked:
                with TemporaryDirectory(prefix="zb-explore-") as place:
                    save(self.view, self.page, form, place)
                    note = html.download(next(Path(place).iterdir()), self.view.state.lang)
            else:
                note = html.note(save(self.view, self.page, form, self.controls.folder.value))
        except ZbError as error:
            note = html.note(str(error))
        self.controls.note.value = note
