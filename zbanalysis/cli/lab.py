"""The command that opens the notebooks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zbanalysis.cli import PLACE, cli
from zbanalysis.data import files
from zbanalysis.errors import InputError

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
def lab(folder: Path, page: bool, port: int | None, no_browser: bool) -> None:
    """Open JupyterLab on notebooks/00_explore.ipynb.

    The notebooks are copied into a folder of yours, so that saving leaves the project's as they are.
    """
    import os

    from zbanalysis.runs.lab import copies

    if page and not _there("voila"):
        raise InputError(
            "--page needs Voilà, which is not installed; run: .venv/bin/pip install -e '.[voila]'"
        )
    folder = folder.resolve()
    for name in copies(files.NOTEBOOKS, folder):
        click.echo(
            f"{folder / name} is your edited copy and was kept; the project's has changed since. "
            "Rename yours to get the new one."
        )
    options = [*(["--no-browser"] if no_browser else []), *([f"--port={port}"] if port else [])]
    command = _voila(folder / FIRST) if page else _lab(folder / FIRST)
    # A kernel of this environment, whatever kernels the user has installed.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.chdir(folder)
    os.execv(sys.executable, [sys.executable, "-P", "-m", *command, *options])


def _lab(notebook: Path) -> list[str]:
    import os

    # Jupyter refuses to run as root unless told; in a container there is nobody else.
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    place = [f"--ServerApp.root_dir={notebook.parent}", f"--LabApp.default_url=/lab/tree/{notebook.name}"]
    return ["jupyterlab", *place, *_QUIET, *root]


def _voila(notebook: Path) -> list[str]:
    # A token, as JupyterLab has one: others on the machine could save files in the user's name.
    return ["voila", str(notebook), "--Voila.auto_token=True", f"--Voila.tornado_settings={_OWN_ONLY}"]


def _there(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None
