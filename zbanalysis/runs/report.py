"""The report of a plan or an area: what of it is current, what is to be made, and keeping what was made."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from zbanalysis.data import check, files, package
from zbanalysis.data.files import DATA, REPORTS
from zbanalysis.data.package import chosen, of_report
from zbanalysis.data.schema import LANGUAGE_NAMES, LANGUAGES
from zbanalysis.errors import DataError, InfrastructureError, InputError, ZbError
from zbanalysis.evidence import audit
from zbanalysis.report import style
from zbanalysis.report.chapters import changes
from zbanalysis.report.words import BOTH
from zbanalysis.runs import current, fingerprint, jobs, notebooks

FORMATS = ("pdf", "xlsx", "docx")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    """A data folder as it was at one moment: checked, and as text; from `package.load` and `jobs.read`."""

    dataset: package.Dataset
    folder: check.Folder


@dataclass(frozen=True)
class Outcome:
    """What came of a report: the files written now, and those that were current."""

    written: tuple[Path, ...]
    current: tuple[Path, ...]


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
    job
        The report.
    steps
        Notebooks to run.
    sections
        The report's sections by notebook, in its order; None where the notebook is to run.
    formats
        By language to set (``both`` for the web page), its formats.
    manifest
        What the result file says of how it was made.
    before
        Result file of an earlier report, or None.
    limit
        Seconds that one notebook may take.
    """

    job: jobs.Job
    steps: Sequence[jobs.Step] = ()
    sections: Mapping[str, Mapping | None] = field(default_factory=dict)
    formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    manifest: Mapping[str, object] = field(default_factory=dict)
    before: Mapping | None = None
    limit: float = notebooks.TIME_LIMIT

    @property
    def name(self) -> str:
        """Of the report."""
        return self.job.name


@dataclass
class Delivery:
    """What came of an order: ``made`` by notebook, the result file, ``files`` by language and suffix."""

    made: dict[str, Made]
    content: dict
    files: dict[str, dict[str, bytes]]


Keep = Callable[[str, Made], None]
"""Called with each notebook as soon as it is done, so that a killed run need not do it again."""


def source(folder: Path = DATA) -> Source:
    """Read and check a data folder, at one moment.

    Raises
    ------
    InputError, DataError
        As `audit.require`.
    """
    checked = audit.require(folder, style.undrawn)
    return Source(package.load(checked), jobs.read(checked))


def default_plans(dataset: package.Dataset) -> list[str]:
    """Plans that a report is made of when none is named: those marked so in ``plans.csv``."""
    marked = dataset.plans.loc[dataset.plans["report"] == "yes", "plan"].tolist()
    if not marked:
        raise InputError(
            "No plan is marked 'yes' in the column report of plans.csv; mark one, or name it with --plan."
        )
    return marked


def build(
    job: jobs.Job, origin: Source, languages: Sequence[str] = LANGUAGES, out: Path = REPORTS,
    say: Say = print, since: Path | None = None, workers: int = 0, limit: float = notebooks.TIME_LIMIT,
    perform: Callable | None = None, formats: Sequence[str] = FORMATS,
) -> Outcome:  # fmt: skip
    """Make a report as far as it is not current, whole or not at all.

    Parameters
    ----------
    job
        From `jobs.of_plan` or `jobs.of_area`.
    origin
        From `source`.
    languages
        ``zh``, ``en`` or both, as far as the names of the plan or area stand in them.
    out
        Folder for ``{name}_{language}.pdf``, ``.xlsx``, ``.docx``, the web page ``{name}.html``, the
        result file ``{name}.json`` and ``runs``; made when it is not there.
    say
        Called with one line for each step.
    since
        Result file of an earlier report of the plan: a section says what changed since.
    workers
        How many notebooks at once; by default one for each core.
    limit
        Seconds that one notebook may take.
    perform
        Who does the work; by default this machine.
    formats
        Of each language, of `FORMATS`, and ``html`` for the web page of both; what was made before is kept
        current too.

    Raises
    ------
    InputError
        If ``since`` cannot be compared, or no name stands in a language asked for; nothing was written.
    ZbError
        If a notebook or the setting of the PDF fails; the last good report stays.
    """
    asked, languages = languages, chosen(origin.dataset, languages, job.plan, job.area)
    if len(languages) < len(asked):
        say(f"{job.name}: the names stand in {LANGUAGE_NAMES[languages[0]]} only, and so does the report")
    before = _before(since, job)
    shelf = current.Store(files.folder(out), job.name)
    with shelf.open(say) as place:
        state = current.state(job, origin.folder, languages, before, shelf, formats)
        if not any(state.why.values()):
            return Outcome((), tuple(_paths(shelf, languages)))
        order = _order(job, state, shelf, before, limit, of_report(origin.dataset, job.plan, job.area))
        delivery = _deliver(order, state, shelf, place, say, workers or cores(), perform)
        finished = _files(job, delivery, state)
        written = shelf.publish({part: (state.parts[part], made) for part, made in finished.items()}, say)
    _tell_if_changed(origin, job, say)
    shown = [path for path in written if path.suffix != ".json"]
    return Outcome(tuple(shown), tuple(sorted(set(_paths(shelf, languages)) - set(shown))))


def explain(
    job: jobs.Job, origin: Source, languages: Sequence[str] = LANGUAGES, out: Path = REPORTS,
    since: Path | None = None, formats: Sequence[str] = FORMATS,
) -> Mapping[str, tuple[str, ...]]:  # fmt: skip
    """Why each step of a report would run, none where it is current; nothing is run or written.

    Parameters
    ----------
    job, origin, languages, out, since, formats
        As for `build`.
    """
    shelf = current.Store(out.resolve(), job.name)
    languages = chosen(origin.dataset, languages, job.plan, job.area)
    return current.state(job, origin.folder, languages, _before(since, job), shelf, formats).why


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _before(since: Path | None, job: jobs.Job) -> dict | None:
    if since is None:
        return None
    asked = {"parameters": {"plan": job.plan, "as_of": job.as_of}}
    return changes.earlier(since, {"sections": {next(iter(jobs.PLAN_NOTEBOOKS)): asked}})


def _order(
    job: jobs.Job, state: current.State, shelf: current.Store, before: Mapping | None, limit: float,
    languages: tuple[str, ...],
) -> Order:  # fmt: skip
    # Not all that is installed: the same report has the same key on every machine.
    program = {"python": fingerprint.environment()["python"], "versions": fingerprint.versions()}
    names = [step.notebook for step in state.steps]
    key = fingerprint.key([{**state.parts[name], "environment": program} for name in names])
    return Order(
        job,
        steps=[step for step in state.steps if state.why[step.notebook]],
        sections={name: None if state.why[name] else shelf.step(name).made for name in names},
        formats={part: formats for part, formats in state.formats.items() if state.why[part]},
        manifest={"key": key, **program, "languages": list(languages)},
        before=before,
        limit=limit,
    )


def _deliver(
    order: Order, state: current.State, shelf: current.Store, place: Path, say: Say, workers: int,
    perform: Callable | None,
) -> Delivery:  # fmt: skip
    def keep(notebook: str, made: Made) -> None:
        shelf.keep_step(notebook, state.parts[notebook], made.section, made.notebook)
        (place / f"{notebook}.done").touch()

    try:
        return (perform or run_order)(order, place, workers, say, keep)
    except ZbError as error:
        text = str(error)
        for partial, kept in shelf.keep_failed(place).items():
            text = text.replace(partial, str(kept))
        # What a notebook says of its data folder is meant of the one that the user knows.
        if not isinstance(error, DataError):
            error.args = (text,)
        raise error from None


def _files(job: jobs.Job, delivery: Delivery, state: current.State) -> dict[str, dict[str, bytes]]:
    from zbanalysis.report import results  # late: with it comes numpy

    files_made = {}
    if state.why["result"]:
        files_made["result"] = {f"{job.name}.json": results.as_bytes(delivery.content)}
    for lang, made in delivery.files.items():
        stem = job.name if lang == BOTH else f"{job.name}_{lang}"
        files_made[lang] = {f"{stem}.{suffix}": content for suffix, content in made.items()}
    return files_made


def _paths(shelf: current.Store, languages: Sequence[str]) -> list[Path]:
    records = [shelf.finished(part) for part in (*languages, BOTH)]
    return sorted(shelf.out / file for record in records if record for file in record.made)


def _tell_if_changed(origin: Source, job: jobs.Job, say: Say) -> None:
    made_of, place = origin.folder.files, origin.folder.place
    try:
        with files.each_once():
            # Rows that wait to be confirmed are in the folder and not in what a report is made of.
            same = made_of == check.contents(place) or made_of == check.require(place).files
    except (OSError, ZbError, KeyError, ValueError):
        same = False
    if not same:
        say(
            f"{job.name}: the data changed while this was being made; "
            "it shows them as they were at the start; run again for the rest"
        )


# --- the work itself, here or on another machine ---


def run_order(
    order: Order, place: Path, workers: int = 1, say: Say = lambda _: None, keep: Keep = lambda *_: None,
) -> Delivery:  # fmt: skip
    """Do what an order asks for.

    Parameters
    ----------
    order
        From `build`.
    place
        An empty folder for notebooks and their data.
    workers
        How many notebooks or languages at once.
    say, keep
        Called with a line for each step, and with each notebook that is done.

    Raises
    ------
    ZbError
        If a notebook or the setting of a page fails; the partial notebook is in ``place``.
    """
    from zbanalysis.plan import progress
    from zbanalysis.report import results
    from zbanalysis.runs import warm

    if warm.available():
        warm.start()  # now, for it takes seconds to be ready
    ran = _each([lambda step=step: _run(step, order, place, say, keep) for step in order.steps], workers)
    made = {step.notebook: one for step, one in zip(order.steps, ran, strict=True)}
    sections = {name: kept or made[name].section for name, kept in order.sections.items()}
    about = {"as_of": order.job.as_of, "margin": progress.MARGIN, "data_vintage": vintage(sections)}
    content = {"format": results.FORMAT, "sections": sections, "manifest": about | dict(order.manifest)}
    pages = _each([lambda lang=lang: _pages(content, lang, order, say) for lang in order.formats], workers)
    return Delivery(made, content, dict(zip(order.formats, pages, strict=True)))


def _each(tasks: list[Callable], workers: int) -> list:
    """Results of tasks in their order; after a failure no further task begins, and it is raised."""
    if not tasks:
        return []
    with ThreadPoolExecutor(min(max(workers, 1), len(tasks))) as pool:
        waiting = [pool.submit(task) for task in tasks]
        wait(waiting, return_when=FIRST_EXCEPTION)
        for one in waiting:
            one.cancel()
    failures = [one.exception() for one in waiting if not one.cancelled() and one.exception()]
    if failures:  # the first in the order of the tasks, so that one mistake is always told the same way
        raise failures[0]
    return [one.result() for one in waiting]


def _run(step: jobs.Step, order: Order, place: Path, say: Say, keep: Keep) -> Made:
    from zbanalysis.report import results

    say(f"{order.name}: running {step.path.name}")
    # A folder for each notebook, though some are given the same rows: they run side by side.
    folder = jobs.write(step.files, place / "data" / step.notebook)
    result, output = place / f"{step.notebook}.json", place / f"{step.notebook}.ipynb"
    given = {**step.parameters, "folder": str(folder)}
    notebooks.execute(step.path, given, result, output, limit=order.limit, complete=True)
    made = Made(results.read(result)["sections"][step.notebook], output.read_bytes())
    keep(step.notebook, made)
    return made


def vintage(sections: Mapping[str, Mapping]) -> str:
    """Day of the newest source of which a report uses a figure."""
    from zbanalysis.report import results

    first = next(name for name, section in sections.items() if "sources" in section["tables"])
    return results.table({"sections": sections}, first, "sources")["date_published"].max()


def _pages(content: dict, lang: str, order: Order, say: Say) -> dict[str, bytes]:
    """The files of one language, made by a process of the pool where there is one."""
    from concurrent.futures.process import BrokenProcessPool

    from zbanalysis.runs import warm

    say(f"{order.name}: setting the {'web page' if lang == BOTH else f'{lang} report'}")
    asked = (set_pages, content, lang, order.job.kind, order.before, order.formats[lang])
    if not warm.available():
        return set_pages(*asked[1:])
    for _ in range(notebooks.TRIES):
        start, pool = time.monotonic(), warm.pool(cores() + 1)
        try:
            return pool.submit(warm.in_time, order.limit, *asked).result()
        except BrokenProcessPool:
            warm.drop_pool(pool)
            if time.monotonic() - start >= order.limit:  # pages have as much time as a notebook
                raise ZbError(
                    f"{order.name}: setting the {lang} report took longer than {order.limit:g} seconds "
                    "and was ended; allow more with --time-limit."
                ) from None
        except RuntimeError:  # another report found the pool broken and dropped it meanwhile
            warm.drop_pool(pool)
    raise InfrastructureError(f"{order.name}: the process that sets the {lang} report died.")


def set_pages(
    content: dict, lang: str, kind: str, before: Mapping | None, formats: Sequence[str]
) -> dict[str, bytes]:
    """What a process of the pool does: see `rendering.render`."""
    from zbanalysis.report import rendering

    return rendering.render(content, lang, kind, before and dict(before), formats)
