"""The report of a plan or an area: what of it is current, what is to be made, and keeping what was made."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zbanalysis.data import package, slices
from zbanalysis.data.files import DATA, REPORTS
from zbanalysis.errors import DataError, InputError, ZbError
from zbanalysis.report import changes
from zbanalysis.runs import current, execution, jobs, store

LANGUAGES = ("zh", "en")
FORMATS = ("pdf", "xlsx", "docx")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    """A data folder as it was at one moment: checked, and as text.

    Attributes
    ----------
    dataset, folder
        From `package.load` and `slices.read`.
    place
        The folder's path.
    """

    dataset: package.Dataset
    folder: slices.Folder
    place: Path


@dataclass(frozen=True)
class Outcome:
    """What came of a report: the files written now, and those that were current."""

    job: jobs.Job
    written: tuple[Path, ...]
    current: tuple[Path, ...]


@dataclass(frozen=True)
class Reason:
    """Why a step would run; ``why`` is empty where it is current."""

    step: str
    why: tuple[str, ...]


def source(folder: Path = DATA) -> Source:
    """Read and check a data folder, at one moment.

    Raises
    ------
    InputError, DataError
        As `package.load`.
    ZbError
        If somebody writes into the folder all the while.
    """
    for _ in range(3):
        dataset = package.load(folder)
        read = slices.read(folder)
        if slices.contents(folder) == read.files:
            return Source(dataset, read, folder)
    raise ZbError(f"{folder} is being written while it is read; run again when that is done.")


def default_plans(dataset: package.Dataset) -> list[str]:
    """Plans that a report is made of when none is named: those marked so in ``plans.csv``."""
    marked = dataset.plans.loc[dataset.plans["report"] == "yes", "plan"].tolist()
    if not marked:
        raise InputError(
            "No plan is marked 'yes' in the column report of plans.csv; mark one, or name it with --plan."
        )
    return marked


def build(
    job: jobs.Job,
    origin: Source,
    languages: Sequence[str] = LANGUAGES,
    out: Path = REPORTS,
    say: Say = print,
    since: Path | None = None,
    workers: int = 0,
    limit: float = execution.TIME_LIMIT,
    perform: Callable | None = None,
    formats: Sequence[str] = FORMATS,
) -> Outcome:
    """Make a report as far as it is not current, whole or not at all.

    Parameters
    ----------
    job
        From `jobs.of_plan` or `jobs.of_area`.
    origin
        From `source`.
    languages
        ``zh``, ``en`` or both.
    out
        Folder for ``{name}_{language}.pdf``, ``.xlsx``, ``.docx``, the result file
        ``{name}.json`` and ``runs``; made when it is not there.
    say
        Called with one line for each step.
    since
        Result file of an earlier report of the plan: a section says what changed since.
    workers
        How many notebooks at once; by default one for each core.
    limit
        Seconds that one notebook may take.
    perform
        Who does the work; by default this machine, `work.perform`.
    formats
        Of each language, of `FORMATS`; what was made before is kept current too.

    Raises
    ------
    InputError
        If ``since`` cannot be compared; nothing was written.
    ZbError
        If a notebook or the setting of the PDF fails; the last good report stays.
    """
    before = _before(since, job)
    shelf = store.Store(store.folder(out), job.name)
    with shelf.open(say) as place:
        state = current.state(job, origin.folder, languages, before, shelf, formats)
        if not state.stale and not state.unfinished:
            return Outcome(job, (), tuple(_paths(shelf, languages)))
        order = _order(job, state, shelf, before, limit)
        delivery = _deliver(order, state, shelf, place, say, workers or cores(), perform)
        files = _files(job, delivery, state)
        written = shelf.publish({part: (state.files[part], made) for part, made in files.items()}, say)
    _tell_if_changed(origin, job, say)
    shown = [path for path in written if path.suffix != ".json"]
    return Outcome(job, tuple(shown), tuple(sorted(set(_paths(shelf, languages)) - set(shown))))


def explain(
    job: jobs.Job,
    origin: Source,
    languages: Sequence[str] = LANGUAGES,
    out: Path = REPORTS,
    since: Path | None = None,
    formats: Sequence[str] = FORMATS,
) -> list[Reason]:
    """Why each step of a report would run or be skipped; nothing is run or written.

    Parameters
    ----------
    job, origin, languages, out, since, formats
        As for `build`.
    """
    shelf = store.Store(out.resolve(), job.name)
    state = current.state(job, origin.folder, languages, _before(since, job), shelf, formats)
    return [
        *(Reason(step.notebook, state.stale.get(step.notebook, ())) for step in state.steps),
        *(Reason(part, state.unfinished.get(part, ())) for part in state.files),
    ]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _before(since: Path | None, job: jobs.Job) -> dict | None:
    if since is None:
        return None
    asked = {"parameters": {"plan": job.plan, "as_of": job.as_of}}
    return changes.earlier(since, {"sections": {next(iter(jobs.PLAN_NOTEBOOKS)): asked}})


def _order(
    job: jobs.Job, state: current.State, shelf: store.Store, before: Mapping | None, limit: float
) -> object:
    from zbanalysis.runs import work  # late: with it come the charts and pages

    sections = {
        step.notebook: shelf.step(step.notebook).made
        for step in state.steps
        if step.notebook not in state.stale
    }
    first = next(iter(state.parts.values()))
    return work.Order(
        name=job.name,
        as_of=job.as_of,
        steps=tuple(step for step in state.steps if step.notebook in state.stale),
        sections=sections,
        notebooks=tuple(step.notebook for step in state.steps),
        languages=tuple(part for part in state.unfinished if part != "result"),
        manifest={
            "key": execution.key({name: execution.key(parts) for name, parts in state.parts.items()}),
            "python": first["environment"]["python"],
            "versions": execution.versions(),
        },
        formats=state.formats,
        kind=job.kind,
        before=before,
        limit=limit,
    )


def _deliver(
    order: object,
    state: current.State,
    shelf: store.Store,
    place: Path,
    say: Say,
    workers: int,
    perform: Callable,
) -> object:
    from zbanalysis.runs import work

    def keep(notebook: str, made: work.Made) -> None:
        shelf.keep_step(notebook, state.parts[notebook], made.section, made.notebook)
        (place / f"{notebook}.done").touch()

    try:
        return (perform or work.perform)(order, place, workers, say, keep)
    except ZbError as error:
        told = str(error)
        for partial, kept in shelf.keep_failed(place).items():
            told = told.replace(partial, str(kept))
        # What a notebook says of its data folder is meant of the one that the user knows.
        raise _same(error, told) from None


def _same(error: ZbError, told: str) -> ZbError:
    if isinstance(error, DataError):
        return error
    error.args = (told,)
    return error


def _files(job: jobs.Job, delivery: object, state: current.State) -> dict[str, dict[str, bytes]]:
    from zbanalysis.report import results  # late: with it comes numpy

    files = {}
    if "result" in state.unfinished:
        files["result"] = {f"{job.name}.json": results.as_bytes(delivery.content)}
    for lang, made in delivery.files.items():
        files[lang] = {f"{job.name}_{lang}.{suffix}": content for suffix, content in made.items()}
    return files


def _paths(shelf: store.Store, languages: Sequence[str]) -> list[Path]:
    found = [shelf.out / file for lang in languages for file in (shelf.finished(lang).made or ())]
    return sorted(found)


def _tell_if_changed(origin: Source, job: jobs.Job, say: Say) -> None:
    try:
        same = slices.contents(origin.place) == origin.folder.files
    except (OSError, ZbError, KeyError, ValueError):
        same = False
    if not same:
        say(
            f"{job.name}: the data changed while this was being made; "
            "it shows them as they were at the start; run again for the rest"
        )
