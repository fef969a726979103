"""The group of all commands: what they share, and how an error is told."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from zbanalysis import __version__
from zbanalysis.data import files
from zbanalysis.errors import ZbError

DATA_OPTION = click.option(
    "--data", "folder", type=click.Path(path_type=Path), default=files.DATA, show_default="data/",
    help="Data folder.",
)  # fmt: skip


def remind(folder: Path) -> None:
    """Say on stderr that a data folder still holds the invented example of ``new``, if it does."""
    from zbanalysis.entry import problems, reminder

    words = reminder.reminder(folder, problems.language())
    if words:
        click.echo(words, err=True)


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
        except BrokenPipeError:  # whoever read what we print has enough, as `head` does
            os._exit(0)  # else Python would try once more to print it, and fail
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


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C or a stop by the system ends kernels and command at once; what was finished is kept."""

    def stop(number: int, _: object) -> None:
        # Nothing to tidy up: files are whole at any moment, the next run goes on from them, and every child
        # sees that this process has ended and ends too.
        # Not by way of sys.stderr, for the signal may have come in the middle of its use.
        os.write(2, b"zbanalysis: stopped; what was finished is kept, run again to go on.\n")
        os._exit(128 + number)

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="zbanalysis")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Evaluate a five-year plan: what was reached, what will be, and how sure we are."""
