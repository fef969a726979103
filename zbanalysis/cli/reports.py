"""Commands that make reports, and say what would be made: one report, its steps, or many."""

from __future__ import annotations

import functools
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zbanalysis.cli import DATA_OPTION, PLACE, cli, remind, say, stoppable
from zbanalysis.data import files
from zbanalysis.errors import InputError

if TYPE_CHECKING:
    from zbanalysis.runs import current, jobs
    from zbanalysis.runs import report as reports
    from zbanalysis.runs.batch import Entry

FORMATS = ("pdf", "xlsx", "docx")
EXTRA_FORMATS = ("html", "results")
OPEN_FILES = 512
"""Files that must be allowed to be open at once: kernels talk over sockets, and a batch has several."""


def _formats(_: click.Context, __: click.Parameter, text: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in named if name not in FORMATS + EXTRA_FORMATS]
    if unknown or not named:
        wrong, known = unknown[0] if unknown else text, ", ".join(FORMATS + EXTRA_FORMATS)
        raise InputError(f"--formats '{wrong}' is not known; name some of {known}.")
    return tuple("results.xlsx" if name == "results" else name for name in named)


def of_volumes(named: tuple[str, ...], volume: str) -> tuple[str, ...]:
    """The files of the volumes asked for: PDF and Word come as a report and a technical annex.

    Examples
    --------
    >>> of_volumes(("pdf", "xlsx"), "both"), of_volumes(("pdf", "xlsx"), "annex")
    (('pdf', 'annex.pdf', 'xlsx'), ('annex.pdf', 'xlsx'))
    """
    volumes = []
    for name in named:
        bound = name in ("pdf", "docx")
        volumes += [name] if not bound or volume != "annex" else []
        volumes += [f"annex.{name}"] if bound and volume != "main" else []
    return tuple(volumes)


def _languages(_: click.Context, __: click.Parameter, lang: str) -> tuple[str, ...]:
    return ("zh", "en") if lang == "both" else (lang,)


def _seconds(_: click.Context, __: click.Parameter, value: float) -> float:
    """A limit that a clock can keep: ``nan`` and ``inf`` pass every comparison that click makes."""
    if not math.isfinite(value):
        raise InputError(f"--time-limit '{value}' is no time; write a number of seconds, such as 900.")
    return value


def _together(*options: Callable) -> Callable:
    """Options that several commands share, as one decorator, in this order."""
    return lambda command: functools.reduce(lambda inner, option: option(inner), reversed(options), command)


_plan = click.option("--plan", help="A plan in plans.csv; by default every plan marked for the report.")
_common = _together(
    click.option("--as-of", help="Judge by what was published by this day (2020-08-10); by default all."),
    click.option(
        "--lang", "languages", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True,
        callback=_languages, help="Language.",
    ),
    click.option(
        "--out", type=PLACE, default=files.REPORTS, show_default="reports/", help="Where to."
    ),
    DATA_OPTION,
)  # fmt: skip
_one = _together(
    click.option(
        "--kind", type=click.Choice(["baseline", "annual", "midterm", "final"]),
        help="Kind of report; by default what is due.",
    ),
    click.option(
        "--since", type=PLACE, help="Result file (.json) of an earlier report: what changed."
    ),
)  # fmt: skip


def _making(formats: str) -> Callable:
    """Options of commands that make something."""
    return _together(
        click.option(
            "--formats", default=formats, show_default=True, callback=_formats,
            help="Files to make; also html, a web page of both languages, and results, the coded results."
        ),
        click.option(
            "--time-limit", type=click.FloatRange(min=0, min_open=True), default=900, show_default=True,
            callback=_seconds, help="Seconds that one notebook may take.",
        ),
        click.option(
            "--notify", "notify_url",
            help="Address told of success or failure; by default ZBANALYSIS_NOTIFY.",
        ),
    )  # fmt: skip


@contextmanager
def _command(title: str, notify_url: str | None, asked: dict) -> Iterator[tuple[current.Command, list[str]]]:
    """What is kept of the last command like this, and lines for whoever is notified."""
    from zbanalysis.runs import current, notify

    remind(asked["folder"])
    with stoppable(), notify.notifying(notify_url, title) as lines, files.each_once():
        since = asked.get("since")
        options = {name: value for name, value in asked.items() if name not in ("folder", "out", "since")}
        key, others = [title, options, str(since)], [since] if since else []
        yield current.Command(asked["out"], asked["folder"], key, others), lines


def _ready(*, elsewhere: bool = False) -> None:
    """Mend what can be mended of a machine on which no kernel would start, and refuse it else.

    Unless the work is done ``elsewhere`` the process that kernels are copied from starts now: it takes
    seconds, in which the data are read and checked.

    Raises
    ------
    InputError
        If too few files may be open.
    """
    try:
        Path.home()
    except RuntimeError:  # a user without an entry in the list of users, as in a container
        import atexit
        import shutil
        import tempfile

        os.environ["HOME"] = home = tempfile.mkdtemp(prefix="zb-home-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    if os.name == "nt":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < OPEN_FILES and (hard < 0 or hard >= OPEN_FILES):
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, hard))
    elif 0 <= soft < OPEN_FILES:
        raise InputError(
            f"Only {hard} files may be open at once and a report needs {OPEN_FILES}; "
            f"allow them with ulimit -n {OPEN_FILES}."
        )
    from zbanalysis.runs import warm

    if not elsewhere and warm.available():
        warm.start()


@cli.command()
@_plan
@_common
@_one
@click.option(
    "--volume", type=click.Choice(["main", "annex", "both"]), default="both", show_default=True,
    help="The report proper, its technical annex, or both.",
)  # fmt: skip
@_making(",".join(FORMATS))
def report(volume: str, time_limit: float, notify_url: str | None, **asked: Any) -> None:
    """Make the evaluation report (PDF, workbook and Word) of a plan; what is current is left alone."""
    since, out, languages = asked["since"], asked["out"], asked["languages"]
    if since and not asked["plan"]:
        raise InputError("--since compares with one earlier report; name its plan with --plan.")
    asked["formats"] = formats = of_volumes(asked["formats"], volume)
    with _command("report", notify_url, asked) as (command, lines):
        made = command.current()
        if made:
            lines += [f"up to date: {path}" for path in made if path.suffix != ".json"]
            say("\n".join(lines))
            return
        _ready()
        from zbanalysis.runs import report as reports  # late: with it comes pandas

        origin = reports.source(asked["folder"])
        for job in _jobs(origin, asked):
            done = reports.build(job, origin, languages, out, say, since, limit=time_limit, formats=formats)
            if not asked["as_of"]:  # said now, for wrong use is answered by one sentence and nothing else
                say(f"{job.plan}: the newest document about it is of {job.as_of}")
            for word, paths in (("written", done.written), ("up to date", done.current)):
                for path in paths:
                    lines.append(f"{word}: {path}")
                    say(lines[-1])
            made += [*done.written, *done.current, out / f"{job.name}.json"]
        command.keep(made)


def _jobs(origin: reports.Source, asked: dict) -> list[jobs.Job]:
    from zbanalysis.runs import jobs
    from zbanalysis.runs import report as reports

    plans = [asked["plan"]] if asked["plan"] else reports.default_plans(origin.dataset)
    return [jobs.of_plan(origin.dataset, plan, asked["as_of"], asked["kind"] or "") for plan in plans]


@cli.command()
@_plan
@_common
@_one
def explain(**asked: Any) -> None:
    """Say why each step of a report would run or be skipped; runs nothing."""
    from zbanalysis.runs import report as reports

    origin = reports.source(asked["folder"])
    for job in _jobs(origin, asked):
        say(job.name)
        steps = reports.explain(job, origin, asked["languages"], asked["out"], asked["since"])
        for step, why in steps.items():
            say(f"  {step:<16} {'would run: ' + '; '.join(why) if why else 'current'}")


@cli.command()
@click.option("--areas", help="Areas of areas.csv, separated by commas.")
@click.option("--all", "everything", is_flag=True, help="All areas of which there are figures.")
@click.option("--plans", help="Which plans of these areas, separated by commas, or none; by default all.")
@click.option(
    "--yardstick", default="", help="Plan that areas are compared with; by default the nation's newest."
)
@_common
@click.option("--workers", type=click.IntRange(min=1), help="Reports at once; by default the cores and one.")
@click.option("--scheduler", help="Address of a Dask scheduler that is to do the work.")
@click.option("--failed-only", is_flag=True, help="Only what failed last time.")
@_making("pdf")
def batch(
    workers: int | None, scheduler: str | None, failed_only: bool, time_limit: float, notify_url: str | None,
    **asked: Any,
) -> None:  # fmt: skip
    """Make the reports of many areas, and of their plans; one failure stops no other."""
    if bool(asked["areas"]) == asked["everything"]:
        raise InputError("Name the areas with --areas A,B, or take --all of them; one of the two.")
    out = asked["out"]
    with _command("batch", notify_url, asked) as (command, lines):
        made = [] if failed_only else command.current()
        if made:
            count = len([path for path in made if path.suffix == ".json"]) - 1  # one is the summary
            lines.append(f"{count} reports up to date in {out}")
            say(lines[-1])
            return
        _ready(elsewhere=bool(scheduler))
        from zbanalysis.runs import batch as batches  # late: with it comes pandas
        from zbanalysis.runs import report as reports

        origin = reports.source(asked["folder"])
        wanted = batches.select(
            origin.dataset, _names(asked["areas"]), _plans(asked["plans"]), asked["as_of"], asked["yardstick"]
        )
        if failed_only:
            wanted = batches.failed_only(wanted, out)
            if not wanted:
                say("nothing failed last time; nothing to do")
                return
        cluster = batches.connect(scheduler) if scheduler else nullcontext((None, 0))
        with cluster as (perform, threads), _progress(len(wanted)) as (step, done):
            entries = batches.run(
                wanted, origin, asked["languages"], out, step, done, workers or threads, time_limit, perform,
                asked["formats"],
            )  # fmt: skip
        lines += [*batches.table(entries).split("\n"), f"index: {out / batches.INDEX}"]
        say("\n".join(lines))
        if any(entry.status == "failed" for entry in entries):
            sys.exit(1)
        if not failed_only:
            command.keep(batches.files(entries, out))


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name for name in map(str.strip, text.split(",")) if name]


def _plans(text: str | None) -> list[str] | None:
    return [] if text == "none" else _names(text)


@contextmanager
def _progress(count: int) -> Iterator[tuple[Callable[[str], None], Callable[[Entry], None]]]:
    """A bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        number = iter(range(1, count + 1))

        def done(entry: Entry) -> None:
            say(f"[{next(number)}/{count}] {entry.name}: {entry.status}, {entry.seconds:.1f} s")

        yield lambda _: None, done
        return
    with click.progressbar(length=count, label="reports", file=sys.stderr, show_pos=True) as bar:
        yield lambda _: None, lambda _: bar.update(1)
