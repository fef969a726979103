"""A word to whoever works with a new folder whose invented example has not left yet."""

from __future__ import annotations

from pathlib import Path

from zbanalysis.entry import schema
from zbanalysis.entry.schema import PLACEHOLDER
from zbanalysis.report.words import label


def reminder(folder: Path, lang: str) -> str:
    """One line where a folder still holds the placeholder's plan; empty for any other folder.

    Parameters
    ----------
    folder
        A data folder; one that cannot be read is for the checks to tell.
    lang
        The user's language, ``zh`` or ``en``.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> reminder(DATA, "en")
    ''
    """
    try:
        # The plan stands first in its table; read as text, for a command with nothing to do stays quick.
        lines = (folder / "plans.csv").read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    if not any(line.lstrip('"').startswith(PLACEHOLDER) for line in lines[1:]):
        return ""
    return label("entry.reminder", lang, folder=schema.shown(folder))
