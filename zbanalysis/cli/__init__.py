"""The command line: parses, calls, exits.  What all commands share stands here, each family in its module."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from click.core import ParameterSource

from zbanalysis import __version__
from zbanalysis.data import files
from zbanalysis.errors import InputError, ZbError

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)


def _printable(path: object) -> str:
    return os.fsdecode(path).encode("utf-8", "backslashreplace").decode("utf-8")


class _Place(click.Path):
    """A path as a user writes it; its name must be text, for it is written into files and messages."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        name = param.opts[0] if param and param.opts[0].startswith("-") else "the name"
        if not os.fsdecode(value):
            raise InputError(f"{name} is empty; give a path, or leave the option out.")
        if (shown := _printable(value)) != os.fsdecode(value):
            raise InputError(f"{name} {shown} is not written in UTF-8; rename the file or folder.")
        return super().convert(value, param, ctx)


PLACE = _Place()

DATA_OPTION = click.option(
    "--data", "folder", type=PLACE, default=files.DATA, show_default="data/", help="Data folder."
)


class _Command(click.Command):
    """A command that takes no option for given whose value is empty, as from a variable that is not set."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        for param in self.params:
            given = ctx.get_parameter_source(param.name or "") == ParameterSource.COMMANDLINE
            if given and ctx.params[param.name] == "":
                raise InputError(f"{param.opts[0]} is empty; give it a value, or leave the option out.")
        return rest


class _Commands(click.Group):
    """Errors are one plain sentence and an exit code, never a traceback, unless ``--debug``."""

    command_class = _Command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ZbError as error:
            if ctx.params.get("debug"):
                raise
            _fail(str(error), error.exit_code)
        except click.UsageError as error:
            _fail(f"{error.format_message().rstrip('.?')}.", 2)
        except BrokenPipeError:  # whoever read what we print has enough, as `head` does
            quiet()
        except Exception as error:
            if ctx.params.get("debug") or isinstance(
                error, click.exceptions.ClickException | click.exceptions.Exit | click.Abort
            ):
                raise
            if isinstance(error, ModuleNotFoundError):
                _fail(f"the package {error.name} is not there; run make env, then . .venv/bin/activate.", 1)
            if isinstance(error, OSError) and error.filename is not None:
                name = _printable(error.filename)
                _fail(f"{name} cannot be used ({error.strerror or error}); check the name and the rights.", 1)
            if isinstance(error, OSError) and error.errno in _UNWRITABLE:
                quiet()
                _fail(f"what is printed, or a temporary file, cannot be written ({error.strerror}).", 1)
            kind = type(error).__name__
            _fail(f"an error of our own ({kind}: {error}); run again with --debug before the command.", 1)


def _fail(sentence: str, code: int) -> None:
    with suppress(OSError):  # there may be nobody to be told
        click.echo(f"zbanalysis: {sentence}", err=True)
    sys.exit(code)


def say(line: str) -> None:
    """Print a line of a command that does its work whether or not anybody reads on."""
    try:
        click.echo(line)
    except BrokenPipeError:
        quiet()


def quiet() -> None:
    """Print nothing any more, and let nothing that was printed already fail at the end."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C or a stop by the system ends kernels and command at once; what was finished is kept."""

    def stop(number: int, _: object) -> None:
        # Nothing to tidy up: files are whole at any moment, the next run goes on from them, and every child
        # sees that this process has ended and ends too.
        # Not by way of sys.stderr, for the signal may have come in the middle of its use.
        with suppress(OSError):
            os.write(2, b"zbanalysis: stopped; what was finished is kept, run again to go on.\n")
        os._exit(128 + number)

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def remind(folder: Path) -> None:
    """Say on stderr that a data folder still holds the invented example of ``new``, if it does."""
    from zbanalysis.entry import problems

    words = problems.reminder(folder, problems.language(folder))
    if words:
        click.echo(words, err=True)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="zbanalysis")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Evaluate a five-year plan: what was reached, what will be, and how sure we are."""


from zbanalysis.cli import own, reports  # noqa: E402  (each adds its commands to the group)

__all__ = ["cli", "main", "own", "reports"]


def main() -> None:
    """Entry point; text is UTF-8 whatever the terminal's locale."""
    _streams()
    os.environ["PYTHONSAFEPATH"] = "1"  # no child takes a file of the current folder for a module
    os.environ.pop("MPLBACKEND", None)  # charts are drawn into files, whatever is named there
    code = 0
    try:
        cli(prog_name="zbanalysis", standalone_mode=False)
    except click.UsageError as error:  # an unknown command, or an option before it
        click.echo(
            f"zbanalysis: {error.format_message().rstrip('.?')}; see python -m zbanalysis --help.", err=True
        )
        code = 2
    except click.Abort:
        code = 130
    except BrokenPipeError:
        quiet()
    except SystemExit as leaving:
        code = leaving.code
    sys.exit(_flushed() or code)


def _streams() -> None:
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever called us
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (to the end)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _flushed() -> int:
    """Print what is still held; an exit code if that cannot be done."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        quiet()
    except OSError as error:
        quiet()
        with suppress(OSError):
            click.echo(f"zbanalysis: what is printed cannot be written ({error.strerror}).", err=True)
        return 1
    return 0
