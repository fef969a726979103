"""Commands for a city of one's own: a new data folder, and a filled form into it."""

from __future__ import annotations

from pathlib import Path

import click

from zbanalysis.cli._group import cli


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--area", default="", help="Short name of the city, such as qingdao; by default the folder's.")
@click.option("--name-zh", default="", help="Name of the city in Chinese.")
@click.option("--name-en", default="", help="Name of the city in English.")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of messages; by default the system's."
)
def new(folder: Path, area: str, name_zh: str, name_en: str, lang: str | None) -> None:
    """Make a data folder for another city, with an entry form."""
    from zbanalysis.entry import folder as folders
    from zbanalysis.entry import problems

    click.echo(folders.create(folder, area, name_zh, name_en, lang or problems.language()))


@cli.command("import")
@click.argument("form", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@click.option(
    "--into", "folder", type=click.Path(path_type=Path), required=True, help="The data folder, made by new."
)
@click.option(
    "--replace", is_flag=True, help="Let the form correct what the folder has otherwise for the same row."
)
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of messages; by default the system's."
)
def import_form(form: Path, folder: Path, replace: bool, lang: str | None) -> None:
    """Read a filled entry form into a data folder; everything wrong is told by sheet and cell."""
    from zbanalysis.entry import intake, problems

    click.echo(intake.take_in(form, folder, lang or problems.language(), replace=replace))
