"""Do what an order asks for, in a folder, here or on another machine: run notebooks, set the report.

An order carries everything as bytes, so the machine that works needs the program and nothing
else; what it made is bytes again.  Only `report` decides what to order and keeps what came.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from zbanalysis.data import slices
from zbanalysis.errors import InfrastructureError, ZbError
from zbanalysis.plan import progress
from zbanalysis.report import rendering, results
from zbanalysis.runs import execution, kernels, setters
from zbanalysis.runs.jobs import Step


@dataclass(frozen=True)
class Made:
    """What a notebook made: its section of the result file, and itself, executed."""

    section: Mapping
    notebook: bytes


@dataclass(frozen=True)
class Order:
    """What is to be done for one report.

    Attributes
    ----------
    name, as_of
        Of the report.
    steps
        Notebooks to run.
    sections
        Sections that are current, by notebook.
    notebooks
        All notebooks of the report, in its order.
    languages, formats, kind
        Languages to set, the formats of each, and the kind of report.
    before
        Result file of an earlier report, or None.
    manifest
        What the result file says of how it was made.
    limit
        Seconds that one notebook may take.
    """

    name: str
    as_of: str
    steps: tuple[Step, ...]
    sections: Mapping[str, Mapping]
    notebooks: tuple[str, ...]
    languages: tuple[str, ...]
    manifest: Mapping[str, object]
    formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kind: str = ""
    before: Mapping | None = None
    limit: float = execution.TIME_LIMIT


@dataclass
class Delivery:
    """What came of an order: ``made`` by notebook, the result file, ``files`` by language and suffix."""

    made: dict[str, Made] = field(default_factory=dict)
    content: dict = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)


Keep = Callable[[str, Made], None]
"""Called with each notebook as soon as it is done, so that a killed run need not do it again."""


def perform(
    order: Order,
    place: Path,
    workers: int = 1,
    say: Callable[[str], None] = lambda _: None,
    keep: Keep = lambda *_: None,
) -> Delivery:
    """Do what an order asks for.

    Parameters
    ----------
    order
        From `report`.
    place
        An empty folder to work in.
    workers
        How many notebooks or languages at once.
    say, keep
        Called with a line for each step, and with each notebook that is done.

    Raises
    ------
    ZbError
        If a notebook or the setting of a page fails; the partial notebook is in ``place``.
    """
    if kernels.available():
        kernels.shared()  # starts now, for it takes seconds to be ready
    made = _each(
        [lambda step=step: _run(step, order, place, say, keep) for step in order.steps], max(workers, 1)
    )
    delivery = Delivery({step.notebook: one for step, one in zip(order.steps, made, strict=True)})
    sections = {**order.sections, **{stem: one.section for stem, one in delivery.made.items()}}
    ordered = {stem: sections[stem] for stem in order.notebooks}
    delivery.content = {
        "format": results.FORMAT,
        "sections": ordered,
        "manifest": {"as_of": order.as_of, "margin": progress.MARGIN, "data_vintage": vintage(ordered)}
        | dict(order.manifest),
    }
    set_pages = [
        lambda lang=lang: _set(delivery.content, lang, order, place, say) for lang in order.languages
    ]
    delivery.files = dict(zip(order.languages, _each(set_pages, max(workers, 1)), strict=True))
    return delivery


def _each(tasks: list[Callable], workers: int) -> list:
    """Results of tasks in their order; after a failure no further task begins, and it is raised."""
    if not tasks:
        return []
    with ThreadPoolExecutor(min(workers, len(tasks))) as pool:
        waiting = [pool.submit(task) for task in tasks]
        wait(waiting, return_when=FIRST_EXCEPTION)
        for one in waiting:
            one.cancel()
    failures = [one.exception() for one in waiting if not one.cancelled() and one.exception()]
    if failures:  # the first in the order of the tasks, so that one mistake is always told the same way
        raise failures[0]
    return [one.result() for one in waiting]


def _run(step: Step, order: Order, place: Path, say: Callable[[str], None], keep: Keep) -> Made:
    say(f"{order.name}: running {step.path.name}")
    # A folder for each notebook, though some are given the same rows: they run side by side.
    folder = slices.write(step.files, place / "data" / step.notebook)
    result, output = place / f"{step.notebook}.json", place / f"{step.notebook}.ipynb"
    given = {**step.parameters, "folder": str(folder)}
    execution.execute(step.path, given, result, output, limit=order.limit, complete=True)
    made = Made(results.read(result)["sections"][step.notebook], output.read_bytes())
    keep(step.notebook, made)
    return made


def vintage(sections: Mapping[str, Mapping]) -> str:
    """Day of the newest source of which a report uses a figure."""
    first = next(name for name, section in sections.items() if "sources" in section["tables"])
    days = results.table({"sections": sections}, first, "sources")["date_published"]
    return days.max()


def _set(content: dict, lang: str, order: Order, place: Path, say: Callable[[str], None]) -> dict[str, bytes]:
    """The report in one language, in a process of its own where processes can be forked."""
    say(f"{order.name}: setting the {lang} report")
    folder = place / f"setting-{lang}"
    folder.mkdir(exist_ok=True)
    since = ""
    results.write(folder / "content.json", content)
    if order.before is not None:
        since = str(folder / "before.json")
        results.write(Path(since), dict(order.before))
    files = _set_elsewhere(folder, lang, order, since) if kernels.available() else None
    if files is not None:
        return files
    # Not to be had, or it died: the same here, so that a real mistake is told as such.
    before = dict(order.before) if order.before is not None else None
    return rendering.render(content, lang, order.kind, before, _formats(order, lang))


def _formats(order: Order, lang: str) -> tuple[str, ...]:
    return order.formats.get(lang, rendering.SUFFIXES)


def _set_elsewhere(folder: Path, lang: str, order: Order, since: str) -> dict[str, bytes] | None:
    """The files, set by a process of its own; None if that did not come to its end."""
    try:
        setter = setters.borrow()
    except (InfrastructureError, OSError):
        return None
    done = False
    try:
        # Pages have as much time as a notebook.
        arguments = [str(folder), lang, order.kind, since, " ".join(_formats(order, lang))]
        done = setter.set(arguments, min(order.limit, threading.TIMEOUT_MAX))
    except setters.TookTooLong:
        raise ZbError(
            f"{order.name}: setting the {lang} report took longer than {order.limit:g} seconds "
            "and was ended; allow more with --time-limit."
        ) from None
    finally:
        setters.give_back(setter, well=done)
    return rendering.collect(folder, lang, _formats(order, lang)) if done else None
