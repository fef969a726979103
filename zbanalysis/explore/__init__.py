"""The interactive notebook: what a person chooses → what the library says of it, and the panel around it.

`view` is pure and runs without a browser; `panel` is the one place of widgets.  ipywidgets is imported
only when a panel is made.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zbanalysis.errors import ZbError
from zbanalysis.explore.question import OWN, State, change
from zbanalysis.explore.view import View, view

if TYPE_CHECKING:
    from zbanalysis.explore.board import Board

__all__ = ["OWN", "State", "View", "change", "panel", "view"]


def panel(plan: str = "", as_of: str = "", lang: str = "zh", folder: str = "", save_to: str = "") -> Board:
    """The panel as a cell shows it.

    Parameters
    ----------
    plan
        Plan to begin with, an id in ``plans.csv``; empty for the first.
    as_of
        The day whose knowledge counts; empty for the newest.
    lang
        ``zh`` or ``en``; a control changes it, and on a served page the browser's language goes before.
    folder
        Data folder; empty for the shipped data.
    save_to
        Folder that charts and tables are saved in; empty for the working folder.

    Raises
    ------
    InputError
        If the plan is not in the data, or the language is unknown.
    DataError
        If the data folder fails its checks.
    """
    from zbanalysis.data import package
    from zbanalysis.explore import html
    from zbanalysis.explore.board import Board

    dataset = package.load(folder or package.DATA)
    if plan:
        package.plan_row(dataset, plan)
    given = State(lang=lang, plan=plan, as_of=as_of)
    if html.SERVED not in os.environ:
        return Board(dataset, given, save_to)
    try:
        return Board(dataset, html.linked(given, os.environ), save_to, linked=True)
    except ZbError as error:  # an address typed wrong is a sentence above what the page begins with
        board = Board(dataset, given, save_to, linked=True)
        board.refuse(str(error))
        return board
