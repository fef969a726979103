"""The command line: parses, calls, exits.  ``python -m zbanalysis --help``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zbanalysis import __version__, paths
from zbanalysis.errors import ZbError

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
        except Exception as error:
            if context.params.get("debug") or isinstance(error, click.exceptions.ClickException | click.exceptions.Exit | click.Abort):
                raise
            kind = type(error).__name__
            click.echo(f"zbanalysis: an error of our own ({kind}: {error}); run again with --debug before the command.", err=True)
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
@click.option("--lang", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True, help="Language.")
@click.option("--out", type=click.Path(path_type=Path), default=paths.REPORTS, show_default="reports/", help="Where to.")
@DATA_OPTION
def report(plan: str | None, as_of: str | None, lang: str, out: Path, folder: Path) -> None:
    """Make the evaluation report (PDF) of a plan."""
    from zbanalysis import data
    from zbanalysis import report as reports

    plans = [plan] if plan else reports.default_plans(data.load(folder))
    languages = ("zh", "en") if lang == "both" else (lang,)
    for name in plans:
        for path in reports.build(name, as_of, languages, out, folder, click.echo):
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
def lab() -> None:
    """Open JupyterLab on the notebooks."""
    import os

    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", str(paths.NOTEBOOKS / "01_indicators.ipynb")])


def main() -> None:
    """Entry point; text is UTF-8 whatever the terminal's locale."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    cli(prog_name="zbanalysis")


if __name__ == "__main__":
    main()
