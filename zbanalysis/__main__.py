"""The command line: parses, calls, exits.  ``python -m zbanalysis --help``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zbanalysis import __version__, paths
from zbanalysis.errors import InputError, ZbError

DATA_OPTION = click.option(
    "--data", "folder", type=click.Path(path_type=Path), default=paths.DATA, show_default="data/",
    help="Data folder.",
)  # fmt: skip


class _Commands(click.Group):
    """Errors are one plain sentence and an exit code, never a traceback, unless ``--debug``."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except ZbError as error:
            if context.params.get("debug"):
                raise
            click.echo(f"zbanalysis: {error}", err=True)
            sys.exit(error.exit_code)
        except click.UsageError as error:
            click.echo(f"zbanalysis: {error.format_message().rstrip('.?')}.", err=True)
            sys.exit(2)
        except Exception as error:
            if context.params.get("debug") or isinstance(
                error, click.exceptions.ClickException | click.exceptions.Exit | click.Abort
            ):
                raise
            if isinstance(error, ModuleNotFoundError):
                click.echo(
                    f"zbanalysis: the package {error.name} is not there; "
                    "run make env, then . .venv/bin/activate.",
                    err=True,
                )
                sys.exit(1)
            kind = type(error).__name__
            click.echo(
                f"zbanalysis: an error of our own ({kind}: {error}); "
                "run again with --debug before the command.",
                err=True,
            )
            sys.exit(1)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="zbanalysis")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Evaluate a five-year plan: what was reached, what will be, and how sure we are."""


@cli.command()
@DATA_OPTION
def check(folder: Path) -> None:
    """Check the data folder; say everything that is wrong at once."""
    from zbanalysis import data, overview

    click.echo(overview.summary(data.load(folder)))


@cli.command()
@click.option("--plan", help="A plan in plans.csv; by default every plan marked for the report.")
@click.option("--as-of", help="Judge by what was published by this day (2020-08-10); by default all.")
@click.option(
    "--lang", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True, help="Language."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=paths.REPORTS, show_default="reports/", help="Where to."
)
@click.option(
    "--kind",
    type=click.Choice(["annual", "midterm", "final"]),
    help="Kind of report; by default what is due.",
)
@click.option(
    "--since", type=click.Path(path_type=Path), help="Result file (.json) of an earlier report: what changed."
)
@DATA_OPTION
def report(
    plan: str | None,
    as_of: str | None,
    lang: str,
    out: Path,
    kind: str | None,
    since: Path | None,
    folder: Path,
) -> None:
    """Make the evaluation report (PDF, workbook and Word) of a plan."""
    from zbanalysis import data
    from zbanalysis import report as reports

    if since and not plan:
        raise InputError("--since compares with one earlier report; name its plan with --plan.")
    plans = [plan] if plan else reports.default_plans(data.load(folder))
    languages = ("zh", "en") if lang == "both" else (lang,)
    for name in plans:
        for path in reports.build(name, as_of, languages, out, folder, click.echo, kind or "", since):
            click.echo(f"written: {path}")


@cli.command()
@click.argument("input_csv", metavar="INPUT.csv", type=click.Path(path_type=Path))
@click.option("--rule", default="schedule", show_default=True, help="Name of a rule, or all.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to; by default the terminal.")
def assess(input_csv: Path, rule: str, out: Path | None) -> None:
    """Judge your own targets by the recognised progress rules."""
    from zbanalysis import assessment

    assessment.assess_file(input_csv, rule, out)


@cli.command()
@click.argument("input_csv", metavar="INPUT.csv", type=click.Path(path_type=Path))
@click.option("--horizon", type=int, required=True, help="Years ahead.")
@click.option(
    "--levels", default="80,95", show_default=True, help="Intervals in per cent, separated by commas."
)
@click.option(
    "--targets", type=click.Path(path_type=Path), help="CSV: series,target_year,target_value,direction."
)
@click.option("--domain", type=click.Choice(["general", "science"]), default="general", show_default=True,
              help="Calibration: of all series, or of Chinese science statistics.")  # fmt: skip
@click.option("--bounds", help="Limits no value can pass: LO,HI; either side may be empty.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to; by default the terminal.")
def forecast(
    input_csv: Path,
    horizon: int,
    levels: str,
    targets: Path | None,
    domain: str,
    bounds: str | None,
    out: Path | None,
) -> None:
    """Project your own series, with honest intervals and the chance of reaching targets."""
    from zbanalysis import forecasting

    percents = [value for value in _numbers("--levels", levels) if value is not None]
    limits = _pair("--bounds", bounds) if bounds is not None else None
    forecasting.forecast_file(input_csv, horizon, percents, targets, limits, out, domain)


@cli.command()
@click.argument("input_csv", metavar="INPUT.csv", type=click.Path(path_type=Path))
@click.option("--horizon", type=int, required=True, help="Years ahead to forecast and score.")
@click.option("--last", type=int, help="Use only the last N points before the cut, as if no more were known.")
@click.option(
    "--origins", type=int, default=1, show_default=True, help="Cuts per series, each a year earlier."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the tables and the reliability chart."
)
def backtest(input_csv: Path, horizon: int, last: int | None, origins: int, out: Path | None) -> None:
    """Test the projection on your own series, against well-known methods."""
    from zbanalysis import backtesting

    click.echo(backtesting.backtest_file(input_csv, horizon, last, origins, out))


def _numbers(option: str, text: str) -> list[float | None]:
    """Numbers separated by commas; an empty place is none."""
    try:
        return [float(part) if part.strip() else None for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"{option} '{text}' is no list of numbers; write them with commas between, such as 80,95."
        ) from None


def _pair(option: str, text: str) -> tuple[float | None, float | None]:
    values = _numbers(option, text)
    if len(values) != 2:
        raise InputError(f"{option} '{text}' is no pair; write the lower and the upper limit, such as 0,100.")
    return values[0], values[1]


@cli.command()
@DATA_OPTION
def audit(folder: Path) -> None:
    """Do the documents agree with themselves and with each other?"""
    from zbanalysis import audit as audits
    from zbanalysis import data

    click.echo(audits.audit_text(data.load(folder)))


@cli.command()
def lab() -> None:
    """Open JupyterLab on the notebooks."""
    import os

    # Jupyter refuses to run as root unless told; in a container there is nobody else.
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    notebook = str(paths.NOTEBOOKS / "01_indicators.ipynb")
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", notebook, *root])


def main() -> None:
    """Entry point; text is UTF-8 whatever the terminal's locale."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        cli(prog_name="zbanalysis", standalone_mode=False)
    except click.UsageError as error:  # an unknown command, or an option before it
        click.echo(
            f"zbanalysis: {error.format_message().rstrip('.?')}; see python -m zbanalysis --help.", err=True
        )
        sys.exit(2)
    except click.Abort:
        sys.exit(130)


if __name__ == "__main__":
    main()
