"""A new data folder for another city: tables that pass their checks, the entry form, and how to go on."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from zbanalysis.data import files, read
from zbanalysis.data.schema import REQUIRED
from zbanalysis.entry.form import form
from zbanalysis.entry.schema import FORM, OPTIONAL, PLACEHOLDER, descriptor, tables
from zbanalysis.errors import InputError, ZbError
from zbanalysis.report.words import label

_TEMPLATES = Path(__file__).parent
_SHORT_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def create(folder: Path, area: str = "", name_zh: str = "", name_en: str = "", lang: str = "en") -> str:
    """Make a data folder for another city, whole or not at all.

    Parameters
    ----------
    folder
        A folder that is not there yet, or is empty.
    area
        The city's short name; by default made from the folder's.
    name_zh, name_en
        The city's names; by default the one stands for the other, and the short name for both.
    lang
        The language of what is returned.

    Returns
    -------
    str
        What was made, and what to do next.

    Raises
    ------
    InputError
        If the folder holds something, cannot be made there, or the short name is none.
    """
    area = _short_name(area, folder)
    _check_place(folder)
    named = bool(name_zh or name_en)
    city = {"area": area, "name_zh": name_zh or name_en or area, "name_en": name_en or name_zh or area}
    try:
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.resolve().parent) as place:
            made = Path(place) / folder.resolve().name
            made.mkdir()
            _fill(made, {**city, "level": "city", "parent": ""}, named=named)
            if folder.is_dir():
                folder.rmdir()  # Windows renames onto nothing that is there, not even an empty folder
            made.replace(folder)
    except OSError as error:
        raise ZbError(f"{folder} cannot be made ({error.strerror or error}); name another place.") from error
    lines = [
        label(f"entry.new.{key}", lang, folder=folder)
        for key in ("done", "form", "example", "tables", "next")
    ]
    return "\n".join(lines)


def _short_name(area: str, folder: Path) -> str:
    own = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    found = area or own or "my-city"
    if not _SHORT_NAME.fullmatch(found):
        raise InputError(
            f"--area '{found}' is no short name; use small letters, digits and hyphens, such as qingdao."
        )
    if found.startswith(PLACEHOLDER):
        raise InputError(f"--area '{found}': names that begin with placeholder are taken; choose another.")
    return found


def _check_place(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder} holds files already; name a new or an empty folder.")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder.")
    if not folder.resolve().parent.is_dir():
        raise InputError(
            f"The folder {folder.resolve().parent} does not exist; create it or name another place."
        )


def _fill(made: Path, city: dict[str, str], *, named: bool) -> None:
    """Everything a new folder holds."""
    package = json.dumps(descriptor(), ensure_ascii=False, indent=2) + "\n"
    (made / "datapackage.json").write_text(package, "utf-8", newline="\n")
    own = pd.DataFrame([city], dtype="str")
    for name in REQUIRED:
        frame = template("placeholder", name)
        if name == "areas" and named:
            frame = pd.concat([frame, own], ignore_index=True)
        files.write_table(frame, made / f"{name}.csv", escape=False)
    for name in OPTIONAL:
        files.write_table(pd.DataFrame(columns=list(tables()[name].columns)), made / f"{name}.csv")
    for path in ("README.md", "README.zh.md"):
        text = (_TEMPLATES / "placeholder" / path).read_text("utf-8")
        (made / path).write_text(text.replace("FOLDER", made.name), "utf-8", newline="\n")
    shutil.copytree(_TEMPLATES / "placeholder" / "text", made / "placeholder-plan" / "text")
    starter = {name: template("starter", name) for name in ("bases", "indicators")}
    (made / "form.xlsx").write_bytes(form({"areas": own, **starter}))
    example = {name: template("example", name) for name in FORM}
    (made / "form-example.xlsx").write_bytes(form(example, synthetic=True))


def template(kind: str, name: str) -> pd.DataFrame:
    """A table that comes with the house: of ``placeholder``, ``starter`` or ``example``.

    Examples
    --------
    >>> template("example", "areas")["name_en"].tolist()
    ['Example City']
    """
    return read.table(_TEMPLATES / kind / f"{name}.csv", []).reset_index(drop=True)
