"""Is the data folder right: one table of everything wrong, in plain words.

The shape (types, keys, foreign keys, enumerations) is in ``datapackage.json`` and
checked by frictionless; what a table schema cannot say is checked here: published
digits, bounds, days, and targets against the rates their plan states.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from zbanalysis.data import digits, periods, read
from zbanalysis.data.files import CACHE
from zbanalysis.data.validation import figures, shape, slips, targets
from zbanalysis.errors import InputError, Problem

REQUIRED = ("sources", "areas", "bases", "indicators", "observations", "plans", "targets")


def check(folder: Path) -> list[Problem]:
    """All problems of a data folder, in the order of its files; none when it is right.

    Parameters
    ----------
    folder
        The data folder, with ``datapackage.json``.

    Raises
    ------
    InputError
        If the folder, its descriptor or one of its tables is not there, or a file
        cannot be read at all (for instance because it is not UTF-8).
    """
    resources = _resources(folder)
    seen = _seen(folder, resources)
    if seen.exists():
        return []
    problems = _problems(folder, resources)
    if not problems:
        # The shape check takes seconds; data that passed need not pass again until they change.
        _mark(seen)
    return problems


def doubts(folder: Path) -> list[Problem]:
    """What passes the checks and yet looks like a slip; a person is to look, nothing is refused.

    Parameters
    ----------
    folder
        A data folder that passes `check`.

    Examples
    --------
    >>> from zbanalysis.data.files import DATA
    >>> doubts(DATA)
    []
    """
    named = {
        path.removesuffix(".csv"): _read(folder, path, fields) for path, fields in _resources(folder).items()
    }
    sources = named["sources"].set_index("source")
    found = []
    for name, table in named.items():
        if name.endswith("observations"):
            found += slips.slips(f"{name}.csv", table, sources)
    return found + slips.beyond_the_whole(named["targets"], named["indicators"])


def vouch(folder: Path) -> None:
    """Let a folder count as checked: its rows come from one that passed, with all they refer to."""
    _mark(_seen(folder, _resources(folder)))


def _mark(seen: Path) -> None:
    with contextlib.suppress(OSError):
        seen.parent.mkdir(parents=True, exist_ok=True)
        seen.touch()


def _seen(folder: Path, resources: Iterable[str]) -> Path:
    """Mark of a folder that passed: named by its content and by these checks."""
    digest = hashlib.sha256()
    for module in (periods, digits, figures, shape, targets):
        digest.update(Path(module.__file__).read_bytes())
    for path in ["datapackage.json", *resources]:
        if (folder / path).is_file():
            digest.update(path.encode() + hashlib.sha256((folder / path).read_bytes()).digest())
    return CACHE / "checked" / digest.hexdigest()


def _problems(folder: Path, resources: dict[str, list[str]]) -> list[Problem]:
    tables = {path: _read(folder, path, fields) for path, fields in resources.items()}
    problems = shape.problems(folder, resources)
    if problems:
        # Figures that are no figures would only repeat themselves in the checks that follow.
        return problems
    named = {path.removesuffix(".csv"): table for path, table in tables.items()}
    sources, indicators = named["sources"].set_index("source"), named["indicators"]
    found = []
    for name, table in named.items():
        if name.endswith("observations"):
            found += figures.problems(f"{name}.csv", table, sources, indicators)
    return found + targets.problems(named["targets"], indicators) + targets.plan_problems(named["plans"])


def _read(folder: Path, path: str, fields: list[str]) -> pd.DataFrame:
    return read.table(folder / path, fields, may_be_empty=path.removesuffix(".csv") not in REQUIRED)


def _resources(folder: Path) -> dict[str, list[str]]:
    """Path of each table in the package and the columns its schema asks for."""
    descriptor = folder / "datapackage.json"
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; name one that holds datapackage.json and its CSV files.")
    if not descriptor.is_file():
        raise InputError(
            f"{folder} holds no datapackage.json; name a data folder, or copy the file from data/."
        )
    try:
        package = json.loads(descriptor.read_text("utf-8"))
        found = {
            resource["path"]: [field["name"] for field in resource["schema"]["fields"]]
            for resource in package["resources"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{descriptor} is no readable Data Package ({error}); copy it from data/.") from None
    missing = [f"{name}.csv" for name in REQUIRED if f"{name}.csv" not in found]
    if missing:
        raise InputError(f"{descriptor} does not list {', '.join(missing)}; copy it from data/.")
    # A copy of our descriptor names tables that another city need not have.
    needed = {f"{name}.csv" for name in REQUIRED}
    return {path: fields for path, fields in found.items() if path in needed or (folder / path).is_file()}
