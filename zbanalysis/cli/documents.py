"""Commands that look at the data folder: is it right, and do the documents agree?"""

from __future__ import annotations

from pathlib import Path

import click

from zbanalysis.cli._group import DATA_OPTION, cli, remind


@cli.command()
@DATA_OPTION
def check(folder: Path) -> None:
    """Check the data folder; say everything that is wrong at once."""
    from zbanalysis.data import doubts, package
    from zbanalysis.errors import as_table
    from zbanalysis.evidence import crosscheck

    remind(folder)
    checked = crosscheck.require(folder)
    dataset = package.load(checked)
    odd = doubts.doubts(checked)
    if odd:
        count = f"{len(odd)} cell{'' if len(odd) == 1 else 's'}"
        click.echo(as_table(odd, f"warning: {count} to look at again; nothing is refused."), err=True)
    click.echo(f"{dataset}\nAll checks passed.")


@cli.command()
@DATA_OPTION
def audit(folder: Path) -> None:
    """Do the documents agree with themselves and with each other?"""
    from zbanalysis.data import package
    from zbanalysis.evidence import audit as audits

    click.echo(audits.audit_text(package.load(folder)))
