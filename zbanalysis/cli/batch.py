"""The command that makes many reports."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zbanalysis.cli._group import DATA_OPTION, cli, remind, stoppable
from zbanalysis.cli.reports import (
    DAY_OPTION,
    LANG_OPTION,
    LIMIT_OPTION,
    NOTIFY_OPTION,
    OUT_OPTION,
    formats,
    languages,
)
from zbanalysis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from zbanalysis.runs.batch import Entry


@cli.command()
@click.option("--areas", help="Areas of areas.csv, separated by commas.")
@click.option("--all", "everything", is_flag=True, help="All areas of which there are figures.")
@click.option("--plans", help="Which plans of these areas, separated by commas, or none; by default all.")
@click.option(
    "--yardstick", default="", help="Plan that areas are compared with; by default the nation's newest."
)
@DAY_OPTION
@LANG_OPTION
@OUT_OPTION
@click.option("--workers", type=click.IntRange(min=1), help="Reports at once; by default the cores and one.")
@click.option("--scheduler", help="Address of a Dask scheduler that is to do the work.")
@click.option(
    "--formats", "asked_formats", default="pdf", show_default=True, help="Files to make: pdf,xlsx,docx."
)
@click.option("--failed-only", is_flag=True, help="Only what failed last time.")
@LIMIT_OPTION
@NOTIFY_OPTION
@DATA_OPTION
def batch(
    areas: str | None,
    everything: bool,
    plans: str | None,
    yardstick: str,
    as_of: str | None,
    lang: str,
    out: Path,
    workers: int | None,
    scheduler: str | None,
    asked_formats: str,
    failed_only: bool,
    time_limit: float,
    notify_url: str | None,
    folder: Path,
) -> None:
    """Make the reports of many areas, and of their plans; one failure stops no other."""
    from zbanalysis.runs import notify, seal

    if bool(areas) == everything:
        raise InputError("Name the areas with --areas A,B, or take --all of them; one of the two.")
    files_of = formats(asked_formats)
    remind(folder)
    asked = ["batch", areas, plans, yardstick, as_of, lang, files_of]
    with stoppable(), notify.notifying(notify_url, "batch") as lines:
        sealed = seal.Seal(out, folder, asked)
        files = None if failed_only else sealed.unbroken()
        if files is not None:
            made = len([path for path in files if path.suffix == ".json"]) - 1  # one is the summary
            lines.append(f"{made} reports up to date in {out}")
            click.echo(lines[-1])
            return
        from zbanalysis.runs import batch as batches  # late: with it comes pandas
        from zbanalysis.runs import report

        origin = report.source(folder)
        wanted = batches.select(origin.dataset, _names(areas), _plans(plans), as_of, yardstick)
        if failed_only:
            wanted = batches.failed_only(wanted, out)
            if not wanted:
                click.echo("nothing failed last time; nothing to do")
                return
        with _connected(scheduler) as (perform, threads), _progress(len(wanted)) as (say, done):
            entries = batches.run(
                wanted,
                origin,
                languages(lang),
                out,
                say,
                done,
                workers or threads,
                time_limit,
                perform,
                files_of,
            )
        lines += [*batches.table(entries).split("\n"), f"index: {out / batches.index.FILE}"]
        click.echo("\n".join(lines))
        if any(entry.status == "failed" for entry in entries):
            sys.exit(1)
        if not failed_only:
            sealed.put(batches.files(entries, out))


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name for name in map(str.strip, text.split(",")) if name]


def _plans(text: str | None) -> list[str] | None:
    return [] if text == "none" else _names(text)


def _connected(scheduler: str | None) -> object:
    if not scheduler:
        return nullcontext((None, 0))
    from zbanalysis.runs import cluster

    return cluster.connect(scheduler)


@contextmanager
def _progress(count: int) -> Iterator[tuple[Callable[[str], None], Callable[[Entry], None]]]:
    """A bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        number = iter(range(1, count + 1))
        yield (
            lambda _: None,
            lambda entry: click.echo(
                f"[{next(number)}/{count}] {entry.name}: {entry.status}, {entry.seconds:.1f} s"
            ),
        )
        return
    with click.progressbar(length=count, label="reports", file=sys.stderr, show_pos=True) as bar:
        yield lambda _: None, lambda _: bar.update(1)
