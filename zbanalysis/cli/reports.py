"""Commands that make reports, and say what would be made."""

from __future__ import annotations

import math
from pathlib import Path

import click

from zbanalysis.cli._group import DATA_OPTION, cli, remind, stoppable
from zbanalysis.data import files
from zbanalysis.errors import InputError

LANG_OPTION = click.option(
    "--lang", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True, help="Language."
)
OUT_OPTION = click.option(
    "--out", type=click.Path(path_type=Path), default=files.REPORTS, show_default="reports/", help="Where to."
)
PLAN_OPTION = click.option("--plan", help="A plan in plans.csv; by default every plan marked for the report.")
DAY_OPTION = click.option(
    "--as-of", help="Judge by what was published by this day (2020-08-10); by default all."
)
KIND_OPTION = click.option(
    "--kind",
    type=click.Choice(["annual", "midterm", "final"]),
    help="Kind of report; by default what is due.",
)
SINCE_OPTION = click.option(
    "--since", type=click.Path(path_type=Path), help="Result file (.json) of an earlier report: what changed."
)


def _seconds(_: click.Context, __: click.Parameter, value: float) -> float:
    """A limit that a clock can keep: ``nan`` and ``inf`` pass every comparison that click makes."""
    if not math.isfinite(value):
        raise InputError(f"--time-limit '{value}' is no time; write a number of seconds, such as 900.")
    return value


LIMIT_OPTION = click.option(
    "--time-limit", type=click.FloatRange(min=0, min_open=True), default=900, show_default=True,
    callback=_seconds, help="Seconds that one notebook may take.",
)  # fmt: skip

FORMATS = ("pdf", "xlsx", "docx")


def formats(text: str) -> tuple[str, ...]:
    """The formats that an option names.

    Raises
    ------
    InputError
        If one is not known, or none is named.
    """
    named = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in named if name not in FORMATS]
    if unknown or not named:
        wrong = unknown[0] if unknown else text
        raise InputError(f"--formats '{wrong}' is not known; name some of {', '.join(FORMATS)}.")
    return named


def of_volumes(named: tuple[str, ...], volume: str) -> tuple[str, ...]:
    """The files of the volumes asked for: PDF and Word come as a report and a technical annex.

    Examples
    --------
    >>> of_volumes(("pdf", "xlsx"), "both"), of_volumes(("pdf", "xlsx"), "annex")
    (('pdf', 'annex.pdf', 'xlsx'), ('annex.pdf', 'xlsx'))
    """
    found = []
    for name in named:
        bound = name in ("pdf", "docx")
        found += [name] if not bound or volume != "annex" else []
        found += [f"annex.{name}"] if bound and volume != "main" else []
    return tuple(found)


VOLUME_OPTION = click.option(
    "--volume", type=click.Choice(["main", "annex", "both"]), default="both", show_default=True,
    help="The report proper, its technical annex, or both.",
)  # fmt: skip

NOTIFY_OPTION = click.option(
    "--notify", "notify_url", help="Address told of success or failure; by default ZBANALYSIS_NOTIFY."
)


def languages(lang: str) -> tuple[str, ...]:
    """The languages that an option names."""
    return ("zh", "en") if lang == "both" else (lang,)


@cli.command()
@PLAN_OPTION
@DAY_OPTION
@LANG_OPTION
@OUT_OPTION
@KIND_OPTION
@SINCE_OPTION
@click.option(
    "--formats", "asked_formats", default=",".join(FORMATS), show_default=True, help="Files to make."
)
@VOLUME_OPTION
@LIMIT_OPTION
@NOTIFY_OPTION
@DATA_OPTION
def report(
    plan: str | None,
    as_of: str | None,
    lang: str,
    out: Path,
    kind: str | None,
    since: Path | None,
    asked_formats: str,
    volume: str,
    time_limit: float,
    notify_url: str | None,
    folder: Path,
) -> None:
    """Make the evaluation report (PDF, workbook and Word) of a plan; what is current is left alone."""
    from zbanalysis.runs import notify, seal

    if since and not plan:
        raise InputError("--since compares with one earlier report; name its plan with --plan.")
    files_of = of_volumes(formats(asked_formats), volume)
    remind(folder)
    asked = ["report", plan, as_of, lang, kind, str(since), files_of]
    with stoppable(), notify.notifying(notify_url, "report") as lines:
        sealed = seal.Seal(out, folder, asked, [since] if since else [])
        files = sealed.unbroken()
        if files is None:
            sealed.put(_reports(plan, as_of, lang, out, kind, since, files_of, time_limit, folder, lines))
            return
        lines += [f"up to date: {path}" for path in files if path.suffix != ".json"]
        click.echo("\n".join(lines))


def _reports(
    plan: str | None,
    as_of: str | None,
    lang: str,
    out: Path,
    kind: str | None,
    since: Path | None,
    files_of: tuple[str, ...],
    limit: float,
    folder: Path,
    lines: list[str],
) -> list[Path]:
    """Make the reports and say so; all their files."""
    from zbanalysis.runs import jobs  # late: with it comes pandas
    from zbanalysis.runs import report as reports

    origin, files = reports.source(folder), []
    for name in [plan] if plan else reports.default_plans(origin.dataset):
        job = jobs.of_plan(origin.dataset, name, as_of, kind or "")
        done = reports.build(
            job, origin, languages(lang), out, click.echo, since, limit=limit, formats=files_of
        )
        if not as_of:  # said now, for wrong use is answered by one sentence and nothing else
            click.echo(f"{name}: the newest document about it is of {job.as_of}")
        for word, paths_done in (("written", done.written), ("up to date", done.current)):
            for path in paths_done:
                lines.append(f"{word}: {path}")
                click.echo(lines[-1])
        files += [*done.written, *done.current, out / f"{job.name}.json"]
    return files


@cli.command()
@PLAN_OPTION
@DAY_OPTION
@LANG_OPTION
@OUT_OPTION
@KIND_OPTION
@SINCE_OPTION
@DATA_OPTION
def explain(
    plan: str | None,
    as_of: str | None,
    lang: str,
    out: Path,
    kind: str | None,
    since: Path | None,
    folder: Path,
) -> None:
    """Say why each step of a report would run or be skipped; runs nothing."""
    from zbanalysis.runs import jobs
    from zbanalysis.runs import report as reports

    origin = reports.source(folder)
    for name in [plan] if plan else reports.default_plans(origin.dataset):
        job = jobs.of_plan(origin.dataset, name, as_of, kind or "")
        click.echo(job.name)
        for reason in reports.explain(job, origin, languages(lang), out, since):
            click.echo(
                f"  {reason.step:<16} {'would run: ' + '; '.join(reason.why) if reason.why else 'current'}"
            )
