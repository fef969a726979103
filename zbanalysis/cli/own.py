"""Commands for one's own: a data folder and its check, a filled form, a series, the notebooks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zbanalysis.cli import DATA_OPTION, PLACE, cli, remind
from zbanalysis.data import files
from zbanalysis.errors import DataError, InputError, visible

if TYPE_CHECKING:
    import pandas as pd

LANG_OPTION = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help="Language of messages; by default the folder's where it has one, else the system's.",
)


@cli.command()
@DATA_OPTION
@LANG_OPTION
def check(folder: Path, lang: str | None) -> None:
    """Check the data folder: all that is wrong, else what is there, what a report lacks, and what next."""
    from zbanalysis.data import doubts, package
    from zbanalysis.entry import folder as folders
    from zbanalysis.entry import problems
    from zbanalysis.evidence import audit
    from zbanalysis.report import style

    remind(folder)
    lang = lang or problems.language(folder)
    try:
        checked = audit.require(folder, style.undrawn)
    except DataError as error:
        raise problems.EntryError(problems.told(error.problems, "entry.check.wrong", lang)) from None
    dataset = package.load(checked)
    if odd := doubts.doubts(checked):
        click.echo(problems.told(odd, "entry.check.doubts", lang), err=True)
    click.echo("\n".join(folders.overview(dataset, lang)))


@cli.command()
@DATA_OPTION
def audit(folder: Path) -> None:
    """Do the documents agree with themselves and with each other?"""
    from zbanalysis.data import package
    from zbanalysis.evidence import audit as audits
    from zbanalysis.report import style

    click.echo(audits.audit_text(package.load(audits.require(folder, style.undrawn))))


_GIVEN = {
    "level": ("nation", "province", "city", "county", "zone", "other"),
    "field": ("science", "health", "environment", "economy", "blank"),
    "languages": ("zh", "en", "both"),
}


@cli.command()
@click.argument("folder", metavar="DIR", type=PLACE)
@click.option("--area", default="", help="Short name of the city, such as qingdao; by default the folder's.")
@click.option("--name-zh", default="", help="Name of the city in Chinese; by default a Chinese folder's.")
@click.option("--name-en", default="", help="Name of the city in English.")
@click.option("--level", type=click.Choice(_GIVEN["level"]), help="By default as the name tells.")
@click.option(
    "--field", type=click.Choice(_GIVEN["field"]),
    help="List of indicators that the form begins with; by default as the name tells, else none.",
)  # fmt: skip
@click.option("--languages", type=click.Choice(_GIVEN["languages"]), help="By default those of the names.")
@LANG_OPTION
def new(folder: Path, lang: str | None, languages: str | None, **given: str | None) -> None:
    """Make a data folder for another city, with an entry form."""
    from zbanalysis.entry import folder as folders
    from zbanalysis.entry import problems

    known = {name: value for name, value in given.items() if value}
    about = folders.city(folder, **known, languages=_spoken(languages))
    lang = lang or (about.languages[0] if len(about.languages) == 1 else problems.language())
    if about.guessed and sys.stdin.isatty() and sys.stdout.isatty():
        usual = {"level": about.level, "field": about.field, "languages": "both"}
        answers = {name: _asked(name, usual[name], lang) for name in about.guessed}
        languages = answers.pop("languages", languages)
        about = folders.city(folder, **known | answers, languages=_spoken(languages))
    click.echo(folders.create(folder, about, lang))


def _spoken(languages: str | None) -> tuple[str, ...]:
    return {None: (), "both": ("zh", "en")}.get(languages, (languages,))


def _asked(name: str, usual: str, lang: str) -> str:
    """What a person at a terminal says of a new folder; Return takes the usual."""
    from zbanalysis.report.words import label

    return click.prompt(label(f"entry.ask.{name}", lang), default=usual, type=click.Choice(_GIVEN[name]))


@cli.command("form")
@DATA_OPTION
@click.option("--office", required=True, help="Name of the office as the plan's tasks have it, or all.")
@click.option("--out", type=PLACE, required=True, help="Folder for the forms.")
@LANG_OPTION
def office_form(folder: Path, office: str, out: Path, lang: str | None) -> None:
    """Write each office's form: its tasks and indicators, with its last answers; import reads them back."""
    from zbanalysis.entry import offices, problems

    click.echo(offices.write(folder, office, out, lang or problems.language(folder)))


@cli.command("import")
@click.argument("form", metavar="FILE", type=PLACE)
@click.option("--into", "folder", type=PLACE, required=True, help="The data folder, made by new.")
@click.option(
    "--replace", is_flag=True, help="Let the form correct what the folder has otherwise for the same row."
)
@click.option("--wide", is_flag=True, help="FILE is a table as printed, .xlsx or .csv: a column a year.")
@click.option("--area", default="", help="With --wide: the area, where no column names it.")
@click.option("--source", default="", help="With --wide: short name of the source.")
@click.option("--locator", default="", help="With --wide: where the table stands in the source.")
@click.option("--title", default="", help="With --wide: title of a new source.")
@click.option("--publisher", default="", help="With --wide: who published a new source.")
@click.option("--published", default="", help="With --wide: day a new source was published, YYYY-MM-DD.")
@click.option("--preview", is_flag=True, help="With --wide: say what would be taken in, and write nothing.")
@LANG_OPTION
def import_form(
    form: Path, folder: Path, replace: bool, wide: bool, preview: bool, lang: str | None, **about: str
) -> None:
    """Read a filled entry form, or a table as printed, into a data folder; errors are told by cell."""
    from zbanalysis.entry import intake, problems
    from zbanalysis.entry.wide import About

    lang = lang or problems.language(folder)
    if wide:
        answer = intake.take_in_wide(form, folder, lang, About(**about), preview=preview, replace=replace)
    elif given := [f"--{name}" for name, value in {**about, "preview": preview}.items() if value]:
        raise InputError(f"{', '.join(given)}: of use with --wide only; add it, or leave this out.")
    else:
        answer = intake.take_in(form, folder, lang, replace=replace)
    click.echo(answer)


@cli.command("draft")
@click.argument("document", metavar="PLAN", type=PLACE)
@click.option("--into", "folder", type=PLACE, required=True, help="The data folder, made by new.")
@click.option("--area", default="", help="The plan's area, where the folder has several.")
@click.option("--source", default="", help="Short name of the document; by default made from plan and day.")
@click.option("--title", default="", help="Title of the plan, where the document is not clear.")
@click.option("--publisher", default="", help="Who adopted it, likewise.")
@click.option("--published", default="", help="Day it was adopted, YYYY-MM-DD, likewise.")
@click.option("--preview", is_flag=True, help="Say what would be drafted, and write nothing.")
@LANG_OPTION
def draft_plan(document: Path, folder: Path, preview: bool, lang: str | None, **about: str) -> None:
    """Read a plan's own document (.docx, .pdf, .txt) into a data folder, as drafts to be confirmed."""
    from zbanalysis.entry import draft, problems
    from zbanalysis.entry.wide import About

    lang = lang or problems.language(folder)
    click.echo(draft.draft(document, folder, lang, About(**about), preview=preview))


@cli.command()
@click.argument("input_csv", metavar="INPUT.csv", type=PLACE)
@click.option("--rule", default="schedule", show_default=True, help="Name of a rule, or all.")
@click.option("--out", type=PLACE, help="Where to; by default the terminal.")
def assess(input_csv: Path, rule: str, out: Path | None) -> None:
    """Judge your own targets by the recognised progress rules."""
    from zbanalysis.plan import rules

    rules.assess_file(input_csv, rule, out, _note)


def _note(sentence: str) -> None:
    """Say what the reader of a result should know beside it."""
    click.echo(visible(sentence), err=True)


@cli.command()
@click.argument("input_csv", metavar="INPUT.csv", type=PLACE)
@click.option("--horizon", type=int, required=True, help="Years ahead.")
@click.option(
    "--levels", default="80,95", show_default=True, help="Intervals in per cent, separated by commas."
)
@click.option("--targets", "targets_path", type=PLACE, help="CSV: series,target_year,target_value,direction.")
@click.option(
    "--domain", "field", type=click.Choice(["general", "science"]), default="general", show_default=True,
    help="Calibration: of all series, or of Chinese science statistics.",
)  # fmt: skip
@click.option("--scale", help="What is measured: amount, count, share, ratio, index, rank or unknown.")
@click.option("--direction", help="Which way is good: up, down or unknown.")
@click.option("--bounds", help="Limits no value can pass: LO,HI; an empty side is none.")
@click.option("--out", "out_path", type=PLACE, help="Where to; by default the terminal.")
def forecast(input_csv: Path, horizon: int, levels: str, bounds: str | None, **given: object) -> None:
    """Project your own series, with honest intervals and the chance of reaching targets."""
    from zbanalysis.outlook import own_file

    percents = [value for value in _numbers("--levels", levels) if value is not None]
    limits = _pair("--bounds", bounds) if bounds is not None else None
    own_file.forecast_file(input_csv, horizon, percents, bounds=limits, note=_note, **given)


@cli.command()
@click.argument("input_csv", metavar="INPUT.csv", type=PLACE)
@click.option("--horizon", type=int, required=True, help="Years ahead to forecast and score.")
@click.option("--last", type=int, help="Use only the last N points before the cut, as if no more were known.")
@click.option(
    "--origins", type=int, default=1, show_default=True, help="Cuts per series, each a year earlier."
)
@click.option("--out", type=PLACE, help="Folder for the tables and the reliability chart.")
def backtest(input_csv: Path, horizon: int, last: int | None, origins: int, out: Path | None) -> None:
    """Test the projection on your own series, against well-known methods."""
    from zbanalysis.outlook import own_file

    click.echo(own_file.backtest_file(input_csv, horizon, last, origins, out, _reliability, _note))


def _reliability(table: pd.DataFrame) -> bytes:
    """The reliability chart as SVG."""
    from zbanalysis.report import charts, style

    with style.context("en"):
        return charts.reliability(table, "en").svg("en").encode("utf-8")


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


FIRST = "00_explore.ipynb"
_QUIET = (
    # Nothing is asked of the network: no news, no newer versions, no list of extensions.
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    # Defaults of ours: JupyterLab does not ask whether to fetch news.  What a user sets stays above them.
    f"--LabApp.app_settings_dir={Path(__file__).resolve().parent / 'lab_settings'}",
)
# Voilà's own page asks a public server for icons; a machine without network would wait for them.
_OWN_ONLY = {
    "headers": {
        "Content-Security-Policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
        "connect-src 'self' ws: wss:"
    }
}


@cli.command()
@click.option(
    "--folder", type=PLACE, default=files.LAB, show_default="lab/",
    help="Folder of your working copies of the notebooks; made if it is not there.",
)  # fmt: skip
@click.option("--page", is_flag=True, help="Serve 00_explore as a page without code (Voilà).")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port; the next free one from 8888 on (page: 8866)."
)
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option(
    "--edited", is_flag=True, help="With --page: serve the folder's copy though its cells were edited."
)
def lab(folder: Path, page: bool, port: int | None, no_browser: bool, edited: bool) -> None:
    """Open JupyterLab on notebooks/00_explore.ipynb.

    The notebooks are copied into a folder of yours, so that saving leaves the project's as they are.
    """
    from importlib.util import find_spec

    from zbanalysis.runs.lab import copies, is_edited

    if page and not find_spec("voila"):
        raise InputError(
            "--page needs Voilà, which is not installed; run: "
            ".venv/bin/pip install --no-deps --require-hashes -r requirements/voila.txt"
        )
    folder = folder.resolve()
    for name in copies(files.NOTEBOOKS, folder):
        click.echo(
            f"{folder / name} is your edited copy and was kept; the project's has changed since. "
            "Rename yours to get the new one."
        )
    if page and not edited and is_edited(files.NOTEBOOKS / FIRST, folder / FIRST):
        raise InputError(
            f"{folder / FIRST} has edited cells, and a page runs them before anybody sees them; "
            "look at them with lab, then add --edited, or rename the copy to get the project's."
        )
    if page:
        # A token, as JupyterLab has one: others on the machine could save files in the user's name.
        # The panel begins in the language of the browser.
        command = ["voila", str(folder / FIRST), "--Voila.auto_token=True"]
        command += [f"--Voila.tornado_settings={_OWN_ONLY}"]
        command += ["--VoilaConfiguration.http_header_envs=['Accept-Language']"]
    else:
        start = f"--LabApp.default_url=/lab/tree/{FIRST}"
        command = ["jupyterlab", f"--ServerApp.root_dir={folder}", start, *_QUIET]
        # Jupyter refuses to run as root unless told; in a container there is nobody else.
        command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command += ["--no-browser"] if no_browser else []
    command += [f"--port={port}"] if port else []
    # A kernel of this environment, whatever kernels the user has installed.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    # Voilà runs a voila.py and follows a voila.json of the current folder, which somebody may have sent.
    os.chdir(Path(__file__).parent)
    os.execv(sys.executable, [sys.executable, "-P", "-m", *command])
