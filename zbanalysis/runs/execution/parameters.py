"""What a notebook may be told: its parameters, strictly."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zbanalysis.errors import InputError, ZbError

_PARAMETER = re.compile(
    r"(?P<name>\w+): (?P<type>str|int|float|bool|list|dict) = (?P<default>.+?)  # (?P<help>.+)"
)
_TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict}
OWN = ("lang", "result", "folder")
"""Parameters with a good default, or set by the run itself."""


@contextmanager
def no_grammar() -> Iterator[None]:
    """Spare nbformat and nbclient, while they are imported, what they do not need here.

    They load jsonschema, and that a grammar of internet addresses if it is installed, which
    takes longer than a notebook; no notebook's schema has an address to check.
    """
    grammar = "rfc3987_syntax"
    absent = grammar not in sys.modules
    if absent:
        sys.modules[grammar] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            sys.modules.pop(grammar, None)  # another thread may have been here at the same time


def read(notebook: Path) -> Any:
    """A notebook as nbformat reads it.

    Raises
    ------
    ZbError
        If there is none, or the file is no notebook.
    """
    with no_grammar():
        import nbformat

    try:
        return nbformat.read(notebook, as_version=4)
    except FileNotFoundError:
        raise ZbError(f"There is no notebook {notebook}.") from None
    except (ValueError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise ZbError(f"{notebook} is no notebook that can be read ({type(error).__name__}).") from None


def parameters(notebook: Path, book: Any = None) -> dict[str, tuple[str, str]]:
    """Name → (type, help) of each parameter a notebook declares.

    Parameters
    ----------
    notebook
        Its file.
    book
        Its content, where it was read already.

    Raises
    ------
    ZbError
        If the notebook has no parameters cell, or a line of it is not
        ``name: type = default  # help``.
    """
    book = book or read(notebook)
    cells = [cell for cell in book["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    if len(cells) != 1:
        raise ZbError(f"{notebook.name} has {len(cells)} cells tagged 'parameters'; it needs one.")
    found = {}
    for line in filter(str.strip, "".join(cells[0]["source"]).splitlines()):
        match = _PARAMETER.fullmatch(line)
        if match is None:
            raise ZbError(
                f"{notebook.name}: the parameter line '{line}' is not 'name: type = default  # help'."
            )
        found[match["name"]] = (match["type"], match["help"])
    return found


def check_parameters(
    notebook: Path, given: Mapping[str, object], *, complete: bool = False, book: Any = None
) -> None:
    """Refuse an unknown, missing or ill-typed parameter before a kernel starts.

    Parameters
    ----------
    notebook
        As for `parameters`.
    given
        Name → value.
    complete
        Must every parameter be given, but those in `OWN`?
    book
        As for `parameters`.

    Raises
    ------
    InputError
        With the parameter's name, and what would be right.
    """
    declared = parameters(notebook, book)
    for name, value in given.items():
        if name not in declared:
            raise InputError(f"{notebook.name} has no parameter '{name}'; it has {', '.join(declared)}.")
        wanted = declared[name][0]
        right = isinstance(value, _TYPES[wanted]) and (wanted == "bool" or not isinstance(value, bool))
        if not right:
            raise InputError(
                f"{notebook.name}: parameter '{name}' is {value!r}; it must be of type {wanted}."
            )
    missing = [name for name in declared if name not in given and name not in OWN]
    if complete and missing:
        raise InputError(
            f"{notebook.name}: the parameter '{missing[0]}' is missing ({declared[missing[0]][1]})."
        )
