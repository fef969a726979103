"""Many reports in one go: areas, the plans of these areas, both languages; one failure stops no other.

The same work may be done on other machines: orders go to a Dask cluster, deliveries come back as bytes.
Workers need this program and its packages, in the same version, and nothing else: data travel with the
order.  A worker that dies has its order given to another by the scheduler.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zbanalysis.data import package
from zbanalysis.data.files import folder, write
from zbanalysis.data.schema import LANGUAGES
from zbanalysis.errors import InfrastructureError, InputError, ZbError
from zbanalysis.runs import fingerprint, jobs, notebooks, report

INDEX, SUMMARY = "index.html", "batch.json"
"""The page that links and compares reports; what came of the last batch, which ``--failed-only`` reads."""

STATUSES = ("made", "current", "failed")


@dataclass(frozen=True)
class Entry:
    """What came of one report.

    Attributes
    ----------
    name, plan, area, as_of
        Of the report; ``area`` is empty for the report of a plan.
    status
        One of `STATUSES`.
    message
        Why it failed, else empty.
    seconds
        How long it took.
    files
        Names of the files it has now.
    """

    name: str
    plan: str
    area: str
    as_of: str
    status: str
    message: str
    seconds: float
    files: tuple[str, ...]


def select(
    dataset: package.Dataset, areas: Sequence[str] | None, plans: Sequence[str] | None = None,
    as_of: str | None = None, yardstick: str = "",
) -> list[jobs.Job]:  # fmt: skip
    """The reports of some areas: of each area, and of each of its plans.

    Parameters
    ----------
    dataset
        From `package.load`.
    areas
        Areas of ``areas.csv``; None for all of which there are figures.
    plans
        Which plans of these areas; None for all, empty for none.
    as_of
        The day whose knowledge counts; by default for each report the newest.  Plans that were
        not yet published by then are left out, unless named.
    yardstick
        Plan that areas are compared with; see `jobs.of_area`.

    Raises
    ------
    InputError
        If an area or plan is unknown, or nothing is left to be made.

    Examples
    --------
    >>> [job.name for job in select(package.load(), ["zibo"], ["zibo-13"], "2020-08-10")][:1]
    ['zibo-13_2020-08-10']
    """
    chosen = jobs.areas_with_figures(dataset) if areas is None else list(dict.fromkeys(areas))
    of_areas = [*_each(chosen, lambda area: jobs.of_area(dataset, area, as_of, yardstick), areas is None)]
    theirs = dataset.plans.loc[dataset.plans["area"].isin(chosen), "plan"].tolist()
    for plan in plans or ():
        package.plan_row(dataset, plan)
        if plan not in theirs:
            raise InputError(f"--plans '{plan}' is not a plan of {', '.join(chosen)}; name its area too.")
    wanted = theirs if plans is None else [plan for plan in theirs if plan in plans]
    of_plans = [*_each(wanted, lambda plan: jobs.of_plan(dataset, plan, as_of), plans is None)]
    if not of_areas and not of_plans:
        raise InputError("No report can be made: nothing was known of these areas by that day.")
    return [*of_plans, *of_areas]


def _each(names: Iterable[str], make: Callable[[str], jobs.Job], lenient: bool) -> Iterator[jobs.Job]:
    """The reports of these; what nobody named and was not known yet is left out."""
    for name in names:
        try:
            yield make(name)
        except InputError:
            if not lenient:
                raise


def run(
    wanted: Sequence[jobs.Job], origin: report.Source, languages: Sequence[str], out: Path,
    say: Callable[[str], None], done: Callable[[Entry], None] = lambda _: None, workers: int = 0,
    limit: float = notebooks.TIME_LIMIT, perform: Callable | None = None, formats: Sequence[str] = ("pdf",),
) -> list[Entry]:  # fmt: skip
    """Make reports side by side; write the summary and the index page.

    Parameters
    ----------
    wanted, origin, languages, out
        As for `report.build`.
    say, done
        Called with a line for each step, and with each report that came to an end.
    workers
        How many reports at once; by default one more than there are cores, for a report waits
        for its kernels now and then.
    limit, perform, formats
        As for `report.build`.

    Returns
    -------
    list of Entry
        One for each job, in its order.
    """
    out = folder(out)

    def make(job: jobs.Job) -> Entry:
        start, status, message, left = time.monotonic(), "failed", "", ()
        try:
            outcome = report.build(
                job, origin, languages, out, say, workers=1, limit=limit, perform=perform, formats=formats
            )
            left = tuple(sorted(path.name for path in (*outcome.written, *outcome.current)))
            status = "made" if outcome.written else "current"
        except (ZbError, OSError) as error:
            # Summary and index are given away: nothing of where they were made stands in them.
            message = str(error).replace(f"{out}{os.sep}", "")
        except Exception as error:  # noqa: BLE001  (a mistake of ours in one report stops no other either)
            kind = type(error).__name__
            message = f"an error of our own ({kind}: {error}); run report --debug for this one."
        seconds = round(time.monotonic() - start, 1)
        return Entry(job.name, job.plan, job.area, job.as_of, status, message, seconds, left)

    with ThreadPoolExecutor(workers or report.cores() + 1) as pool:
        waiting = {job.name: pool.submit(make, job) for job in wanted}
        # What makes the index page, imported while the kernels come up.
        importlib.import_module("zbanalysis.report.rendering")
        for finished in as_completed(waiting.values()):
            done(finished.result())
    entries = [waiting[job.name].result() for job in wanted]
    _keep(out, entries, origin.dataset)
    return entries


def _keep(out: Path, entries: Sequence[Entry], dataset: package.Dataset) -> None:
    """Add to the summary, which another batch into the same folder may have written meanwhile."""
    from filelock import FileLock

    from zbanalysis.report import rendering, results  # late: the whole of the report comes with it

    (out / "runs").mkdir(parents=True, exist_ok=True)
    with FileLock(out / "runs" / ".summary.lock"):
        every = {entry.name: asdict(entry) for entry in (*last(out), *entries)}
        kept = [every[name] for name in sorted(every)]
        text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)
        write(out / SUMMARY, (text + "\n").encode("utf-8"))
        contents = {}
        for name in every:
            with suppress(ZbError):
                contents[name] = results.read(out / f"{name}.json")
        there = {lang for one in contents.values() for lang in one["manifest"].get("languages", LANGUAGES)}
        spoken = [lang for lang in LANGUAGES if not there or lang in there]
        write(out / INDEX, rendering.index(kept, names(dataset), contents, spoken))


def last(out: Path) -> list[Entry]:
    """What came of the last batches into a folder; nothing where there is no summary that can be read."""
    try:
        content = json.loads((out / SUMMARY).read_text("utf-8"))
        return [Entry(**{**entry, "files": tuple(entry["files"])}) for entry in content]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def files(entries: Sequence[Entry], out: Path) -> list[Path]:
    """All files that a batch left: of its reports, the summary and the index page."""
    names = [name for entry in entries for name in (*entry.files, f"{entry.name}.json")]
    return [out / name for name in (*names, SUMMARY, INDEX)]


def failed_only(wanted: Sequence[jobs.Job], out: Path) -> list[jobs.Job]:
    """Of these reports, those that failed last time.

    Raises
    ------
    InputError
        If there was no last time.
    """
    entries = last(out)
    if not entries:
        raise InputError(f"--failed-only: {out / SUMMARY} tells of no earlier batch; run it without first.")
    failed = {entry.name for entry in entries if entry.status == "failed"}
    return [job for job in wanted if job.name in failed]


def names(dataset: package.Dataset) -> dict[str, dict[str, str]]:
    """Names of plans and areas in both languages, by id."""
    return {
        row[column]: {lang: row[f"name_{lang}"] for lang in LANGUAGES}
        for table, column in ((dataset.areas, "area"), (dataset.plans, "plan"))
        for row in table.to_dict("records")
    }


def table(entries: Sequence[Entry]) -> str:
    """The summary for a terminal: a line for each report, and the counts.

    Examples
    --------
    >>> print(table([Entry("zibo-13_2020-08-10", "zibo-13", "", "2020-08-10", "made", "", 4.2, ())]))
    zibo-13_2020-08-10  made  4.2 s
    1 report: 1 made, 0 current, 0 failed
    """
    width, widest = (max(len(getattr(one, name)) for one in entries) for name in ("name", "status"))
    lines = [
        f"{one.name:<{width}}  {one.status:<{widest}}  {one.seconds:.1f} s  {one.message}".rstrip()
        for one in entries
    ]
    counts = ", ".join(f"{sum(one.status == status for one in entries)} {status}" for status in STATUSES)
    return "\n".join([*lines, f"{len(entries)} report{'' if len(entries) == 1 else 's'}: {counts}"])


# --- the same work on other machines ---


CONNECT_LIMIT = 15
"""Seconds within which a scheduler must answer."""

TRIES = 3
"""How often an order is given out whose worker met a fault that is not its own."""


@dataclass(frozen=True)
class Answer:
    """What a worker sends back: a delivery, or an error with the notebooks as far as they came."""

    delivery: report.Delivery | None
    message: str = ""
    exit_code: int = 1
    partial: tuple[tuple[str, bytes], ...] = ()


@contextmanager
def connect(address: str) -> Iterator[tuple[Callable, int]]:
    """A function that does the work of `report.run_order` on a cluster, and how many orders at once.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        If no scheduler answers there, or it has no workers, or the package is not installed.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise InputError(
            "--scheduler needs the package distributed; install it with: pip install 'zbanalysis[cluster]'."
        ) from None
    _ask(address)
    client = Client(address, timeout=CONNECT_LIMIT, set_as_default=False)
    try:
        threads = sum(client.nthreads().values())
        if not threads:
            raise InputError(f"--scheduler {address} has no workers; start some with: dask worker {address}.")
        yield _performer(client), threads
    finally:
        client.close()


def _ask(address: str) -> None:
    """Is it a scheduler that answers there?  A client would wait for ever for one who is silent."""
    import asyncio

    from distributed.core import rpc
    from distributed.security import Security

    async def identity() -> dict:
        # The certificates of Dask's own configuration, as its client takes them.
        certificates = Security().get_connection_args("client")
        if address.startswith("tls:") and certificates.get("ssl_context") is None:
            raise InputError(
                f"--scheduler {address}: Dask's configuration names no certificates; "
                "set distributed.comm.tls there (ca-file and client.cert)."
            )
        other = rpc(address, timeout=CONNECT_LIMIT, connection_args=certificates)
        try:
            return await other.identity()
        finally:
            await other.close_rpc()

    try:
        kind = asyncio.run(asyncio.wait_for(identity(), CONNECT_LIMIT))["type"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        kind = type(error).__name__
    if kind != "Scheduler":
        raise InputError(
            f"--scheduler {address}: no Dask scheduler answers there ({kind}); "
            "give its address, such as tcp://10.0.0.5:8786."
        )


def _performer(client: Any) -> Callable:
    from distributed import KilledWorker  # the scheduler gave up: the order killed worker after worker

    expected = version()

    def perform(order: report.Order, place: Path, _: int, say: Callable, keep: Callable) -> report.Delivery:
        say(f"{order.name}: handed to the cluster")
        try:
            future = client.submit(remote, order, expected, pure=False, retries=TRIES - 1)
            answer = future.result()
        except KilledWorker:
            raise InfrastructureError(f"{order.name}: every worker that had it died.") from None
        except (OSError, CancelledError) as error:
            raise InfrastructureError(
                f"{order.name}: the cluster is gone ({type(error).__name__}); start it, then run again."
            ) from None
        except ModuleNotFoundError as error:
            raise ZbError(
                f"A worker has no {error.name}; install the same program on every machine."
            ) from None
        if answer.delivery is None:
            for name, content in answer.partial:
                (place / name).write_bytes(content)
            error = ZbError(answer.message.replace("{place}", str(place)))
            error.exit_code = answer.exit_code
            raise error
        for notebook, made in answer.delivery.made.items():
            keep(notebook, made)
        return answer.delivery

    return perform


def remote(order: report.Order, expected: str) -> Answer:
    """Do an order on a worker.

    Raises
    ------
    InfrastructureError
        If a kernel died; the scheduler then tries again, perhaps elsewhere.
    """
    if version() != expected:
        return Answer(None, "A worker has another version of zbanalysis; install the same on every machine.")
    # Dask's processes are daemons, to which multiprocessing forbids children lest they be left; ours end
    # with whoever asked for them.
    multiprocessing.current_process()._config["daemon"] = False
    with tempfile.TemporaryDirectory(prefix="zb-") as name:
        place = Path(name)
        try:
            return Answer(report.run_order(order, place))
        except InfrastructureError:
            raise
        except ZbError as error:
            partial = tuple((path.name, path.read_bytes()) for path in sorted(place.glob("*.ipynb")))
            return Answer(None, str(error).replace(name, "{place}"), error.exit_code, partial)


def version() -> str:
    """One name for the program and its packages; machines with the same make the same bytes."""
    return fingerprint.key(
        [fingerprint.digests(), fingerprint.environment()["python"], fingerprint.versions()]
    )
