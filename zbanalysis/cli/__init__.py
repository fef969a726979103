"""The command line: parses, calls, exits; a module for each family of commands."""

from __future__ import annotations

import sys

import click

from zbanalysis.cli import batch, documents, lab, own_data, reports, series
from zbanalysis.cli._group import cli

__all__ = ["batch", "cli", "documents", "lab", "main", "own_data", "reports", "series"]


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
