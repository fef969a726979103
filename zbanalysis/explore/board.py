"""The panel: a choice in a control → a new view → what is shown.  Nothing is computed here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

import ipywidgets as widgets

from zbanalysis.data import package
from zbanalysis.errors import ZbError
from zbanalysis.explore import saving, shown
from zbanalysis.explore.controls import PAGES, Controls, presets
from zbanalysis.explore.facts import Memory
from zbanalysis.explore.state import State, change
from zbanalysis.explore.view import View, view
from zbanalysis.report.words import label

CHOSEN = ("lang", "area", "plan", "target", "method", "line")


class Board(widgets.HBox):
    """The controls at the left, the answer at the right.

    Attributes
    ----------
    view
        What is shown now; its ``data`` are the exact numbers, as frames.
    """

    def __init__(self, dataset: package.Dataset, state: State, folder: str = "") -> None:
        self.dataset = dataset
        self.memory: Memory = {}
        # The whole path: a person must see where a button will write.
        self.controls = Controls(dataset, str(Path(folder).expanduser().resolve()))
        self._filling = False
        self._top, self._trouble, self._working = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._parts = {page: self._page(page) for page in PAGES}
        boxes = [self._box(page) for page in PAGES]
        self._tabs = widgets.Tab(children=boxes, layout=widgets.Layout(width="100%"))
        answer = widgets.VBox(
            [widgets.HTML(shown.STYLE), self._working, self._top, self._trouble, self._tabs],
            layout=widgets.Layout(flex="1 1 480px", min_width="0", padding="0 0 0 22px"),
        )
        super().__init__(
            [self.controls.column(), answer], layout=widgets.Layout(width="100%", align_items="flex-start")
        )
        self.view: View = view(dataset, state, self.memory)
        self._show(self.view)
        self._listen()

    def _page(self, page: str) -> dict[str, widgets.HTML]:
        return {part: widgets.HTML() for part in ("said", "chart", "table")}

    def _box(self, page: str) -> widgets.VBox:
        parts = list(self._parts[page].values())
        if page == "areas":
            parts.insert(2, self.controls.areas_box())
        return widgets.VBox(parts)

    def _listen(self) -> None:
        controls = self.controls
        for name in CHOSEN:
            getattr(controls, name).observe(partial(self._chosen, name), names="value")
        controls.value.observe(self._slid, names="value")
        controls.number.observe(partial(self._number, "value"), names="value")
        controls.year.observe(partial(self._number, "year"), names="value")
        controls.horizon.observe(partial(self._number, "horizon"), names="value")
        controls.as_of.observe(self._day, names="value")
        for box in controls.areas.values():
            box.observe(self._ticked, names="value")
        controls.reset.on_click(lambda _: self.ask(presets(self.view.state)))
        for (what, form), button in controls.saves.items():
            button.on_click(partial(self._save, what, form))
        self._tabs.observe(lambda _: self._draw(), names="selected_index")

    def _chosen(self, name: str, event: dict) -> None:
        if not self._filling and event["new"] is not None:
            self.ask(change(self.view.state, **{name: event["new"]}))

    def _number(self, name: str, event: dict) -> None:
        if not self._filling:
            preset = {"value": self.view.preset_value, "year": self.view.preset_year}.get(name)
            value = event["new"]
            self.ask(change(self.view.state, **{name: None if value == preset else value}))

    def _slid(self, event: dict) -> None:
        # A browser sets a slider on its nearest step and says so; a person moves it by a step or more.
        if abs(event["new"] - self.view.value) <= 0.51 * self.controls.value.step:
            return
        self._number("value", event)

    def _day(self, event: dict) -> None:
        if not self._filling:  # an empty day is the newest
            day = event["new"].isoformat() if isinstance(event["new"], dt.date) else ""
            self.ask(change(self.view.state, as_of=day))

    def _ticked(self, _: dict) -> None:
        if not self._filling:
            self.ask(change(self.view.state, areas=self.controls.ticked()))

    def ask(self, state: State) -> None:
        """Put a question and show the answer; what cannot be answered is a sentence in the panel."""
        lang = self.view.state.lang
        # The browser hears of it at once and shows it after a while: a quick answer takes it away before.
        self._working.value = shown.working(label("explore.working", lang))
        try:
            self._show(view(self.dataset, state, self.memory))
        except ZbError as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001  (no person sees what a widget's callback raises)
            self._refuse(label("explore.trouble.unexpected", lang, error=type(error).__name__))
        finally:
            self._working.value = ""

    def _refuse(self, words: str) -> None:
        """Say why, with the controls back on the answer that still stands."""
        self.controls.forget()
        self._show(self.view)
        self._trouble.value = shown.trouble(words)

    def _show(self, found: View) -> None:
        self.view = found
        self._filling = True
        try:
            self.controls.fill(found)
        finally:
            self._filling = False
        lang = found.state.lang
        self._top.value = shown.top(found.name, found.tiles) if found.tiles else ""
        self._trouble.value = shown.trouble(found.trouble)
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
        found, page, parts = self.view, self.page, self._parts[self.page]
        said = found.sources if page == "sources" else found.said.get(page, [])
        parts["said"].value = shown.sentences(said)
        chart, lang = found.charts.get(page), found.state.lang
        words = label(f"explore.alt.{page}", lang, name=found.name) if chart else ""
        parts["chart"].value = shown.chart(chart.svg(lang), words) if chart else ""
        parts["table"].value = shown.table(found.tables.get(page))

    def _save(self, what: str, form: str, _: object) -> None:
        save: Callable[..., str] = saving.save_chart if what == "chart" else saving.save_table
        try:
            said = save(self.view, self.page, form, self.controls.folder.value)
        except ZbError as error:
            said = str(error)
        self.controls.note.value = shown.note(said)
