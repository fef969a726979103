"""The one result file of a run: notebooks publish into it, report and workbook read from it.

A result file is JSON: for each notebook a section with its parameters, its tables
(``columns`` and ``rows``), its charts (SVG, one for each language) and its facts
(single numbers or words by name).  The same inputs give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from zbanalysis.data import files
from zbanalysis.errors import ZbError

FORMAT = 1


def publish(
    path: Path | str,
    section: str,
    parameters: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
    charts: Mapping[str, Mapping[str, str]] | None = None,
    facts: Mapping[str, object] | None = None,
) -> str:
    """Put a notebook's results into the run's result file; an empty path publishes nothing.

    Parameters
    ----------
    path
        The result file; other sections already in it stay.
    section
        Name of the section, replaced if it is there.
    parameters, tables, charts, facts
        What the notebook was asked, its frames, its charts as ``{name: {"zh": svg,
        "en": svg}}`` and single figures by name.

    Returns
    -------
    str
        One line that says what was published, for the notebook to show.

    Raises
    ------
    ZbError
        If the file there is no result file, or cannot be written.

    Examples
    --------
    >>> publish("", "01_indicators", {"plan": "zibo-14"}, {})
    '01_indicators: 0 tables, 0 charts (not published: no result file named)'
    """
    counts = f"{section}: {len(tables)} tables, {len(charts or {})} charts"
    if not path:
        return f"{counts} (not published: no result file named)"
    file = Path(path)
    content = read(file) if file.exists() else {"format": FORMAT, "sections": {}}
    content["sections"][section] = {
        "parameters": dict(parameters),
        "tables": {name: _table(frame) for name, frame in tables.items()},
        "charts": {name: dict(svgs) for name, svgs in (charts or {}).items()},
        "facts": {name: _plain(value) for name, value in (facts or {}).items()},
    }
    write(file, content)
    return counts


def read(path: Path | str) -> dict:
    """A result file as it was published.

    Raises
    ------
    ZbError
        If it is not there or is no result file.
    """
    try:
        text = Path(path).read_bytes()
    except FileNotFoundError:
        raise ZbError(f"There is no result file {path}; run the notebooks first.") from None
    return parsed(text, path)


def parsed(text: bytes, path: Path | str) -> dict:
    """The content of a result file that was read already; errors as of `read`."""
    try:
        content = json.loads(text.decode("utf-8"))
    except (ValueError, UnicodeDecodeError, RecursionError):
        raise ZbError(f"{path} is no result file (not JSON); delete it and run again.") from None
    if not _has_shape(content):
        raise ZbError(f"{path} is no result file of format {FORMAT}; delete it and run again.")
    return content


def _has_shape(content: object) -> bool:
    """Sections with parameters and tables, each row as long as the columns: a file may come from anywhere."""
    match content:
        case {"format": number, "sections": dict(sections)} if number == FORMAT:
            return isinstance(content.get("manifest", {}), dict) and all(map(_is_section, sections.values()))
    return False


def _is_section(section: object) -> bool:
    if not isinstance(section, dict):
        return False
    parameters, tables = section.get("parameters", {}), section.get("tables", {})
    return isinstance(parameters, dict) and isinstance(tables, dict) and all(map(_is_table, tables.values()))


def _is_table(table: object) -> bool:
    match table:
        case {"columns": [*columns], "numbers": [*numbers], "rows": [*rows]}:
            named = all(isinstance(name, str) for name in columns) and set(map(str, numbers)) <= set(columns)
            return named and all(
                isinstance(row, list) and len(row) == len(columns)
                and not any(isinstance(cell, (list, dict)) for cell in row)
                for row in rows
            )  # fmt: skip
    return False


def write(path: Path, content: dict) -> None:
    """Write a result file, whole or not at all, with the same bytes for the same content."""
    files.write(path, as_bytes(content))


def as_bytes(content: dict) -> bytes:
    """A result file's content as it is written."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return (text + "\n").encode("utf-8")


def table(content: dict, section: str, name: str) -> pd.DataFrame:
    """One table of a result file as a frame; missing numbers are NaN.

    Raises
    ------
    ZbError
        If no such table was published.
    """
    try:
        content_of = content["sections"][section]["tables"][name]
    except KeyError:
        raise ZbError(
            f"The result file has no table '{name}' in section '{section}'; run its notebook."
        ) from None
    frame = pd.DataFrame(content_of["rows"], columns=content_of["columns"])
    for column in content_of["numbers"]:
        frame[column] = frame[column].astype(float)
    return frame


def images(content: dict, lang: str) -> dict[str, str]:
    """The charts of a result file in one language, by the names the document uses."""
    return {
        f"{section}-{name}.svg": svgs[lang]
        for section, part in content["sections"].items()
        for name, svgs in part["charts"].items()
    }


def _table(frame: pd.DataFrame) -> dict:
    numbers = [name for name, kind in frame.dtypes.items() if kind.kind in "if" and kind != "boolean"]
    rows = [[_plain(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]
    return {"columns": list(frame.columns), "numbers": numbers, "rows": rows}


def _plain(value: object) -> object:
    """A JSON value; missing of any sort is null, floats keep twelve digits.

    Twelve digits are more than any figure carries and fewer than machines differ in.
    """
    if isinstance(value, (np.bool_, np.number)):
        value = value.item()
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
