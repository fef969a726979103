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
from zbanalysis.entry import schema
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
    title = folder.resolve().name
    if not (name_zh or name_en) and re.search("[\u4e00-\u9fff]", title):
        name_zh = title  # new 温州洞头
    area = _short_name(area, folder)
    _check_place(folder)
    named = bool(name_zh or name_en)
    # One language is enough; where nothing is said the short name stands for the name.
    names = {"name_zh": name_zh, "name_en": name_en if named else area}
    city = {"area": area, **names, "level": level(name_zh or name_en or area), "parent": ""}
    try:
        with tempfile.TemporaryDirectory(prefix=f".{title}.", dir=folder.resolve().parent) as place:
            made = Path(place) / title
            made.mkdir()
            _fill(made, city, named=named)
            _put(made, folder)
    except OSError as error:
        raise ZbError(f"{folder} cannot be made ({error.strerror or error}); name another place.") from error
    said = {
        "folder": schema.shown(folder),
        "form": schema.shown(folder / "form.xlsx"),
        "area": area,
        "level": label(f"entry.choice.level.{city['level']}", lang),
    }
    keys = ("done", "area", "form", "example", "tables", "next")
    lines = [label(f"entry.new.{key}", lang, **said) for key in keys]
    return "\n".join(lines)


def _put(made: Path, folder: Path) -> None:
    """The made folder in its place; an empty one that somebody stands in is filled, not replaced."""
    if not folder.is_dir():
        made.replace(folder)
        return
    done = []
    try:
        for path in sorted(made.iterdir()):
            path.replace(folder / path.name)
            done.append(folder / path.name)
    except OSError:
        for path in done:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


_LEVELS = {
    "nation": ("全国", "中国", "国家"),
    "zone": ("高新区", "开发区", "新区", "园区", "示范区", "zone"),
    "province": ("省", "自治区", "province"),
    "county": ("区", "县", "旗", "county", "district"),
    "city": ("市", "州", "盟", "city"),
}


def level(name: str) -> str:
    """The level of an area by the last word of its name; ``city`` where it says nothing.

    Examples
    --------
    >>> level("山东省"), level("洞头区"), level("苏州工业园区"), level("Harrow County"), level("温州洞头")
    ('province', 'county', 'zone', 'county', 'city')
    """
    text = name.strip().lower()
    return next((one for one, ends in _LEVELS.items() if text.endswith(ends)), "city")


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
        text = text.replace("FOLDER/form.xlsx", schema.shown(f"{made.name}/form.xlsx"))
        text = text.replace("FOLDER-report", schema.shown(f"{made.name}-report"))
        text = text.replace("FOLDER", schema.shown(made.name))
        (made / path).write_text(text, "utf-8", newline="\n")
    shutil.copytree(_TEMPLATES / "placeholder" / "text", made / "placeholder-plan" / "text")
    starter = {name: template("starter", name) for name in ("bases", "indicators")}
    (made / "form.xlsx").write_bytes(form({"areas": own, **starter}))
    example = {name: template("example", name) for name in FORM}
    (made / "form-example.xlsx").write_bytes(form(example, synthetic=True))


def template(kind: str, name: str) -> pd.DataFrame:
    """A table that comes with the package: of ``placeholder``, ``starter`` or ``example``.

    Examples
    --------
    >>> template("example", "areas")["name_en"].tolist()
    ['Example City']
    """
    return read.table(_TEMPLATES / kind / f"{name}.csv", []).reset_index(drop=True)
