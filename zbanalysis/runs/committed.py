"""Committed notebooks in one canonical form: outputs that nbval checks and charts, nothing that churns.

``python -m zbanalysis.runs.committed`` (``make notebooks``) runs every notebook with its
defaults and writes it back in that form.
"""

from __future__ import annotations

import base64
import io
import tempfile
from pathlib import Path

import nbformat

from zbanalysis.data import files
from zbanalysis.data.files import NOTEBOOKS
from zbanalysis.report import output
from zbanalysis.runs import notebooks

CHECKED = "nbval-check-output"
"""Tag of the cells whose output is committed and compared."""

SHOWN = "nbval-ignore-output"
"""Tag of the cells that show a chart: it is kept for readers, and nbval passes over it."""

PIXELS_PER_INCH, SCREEN_PIXELS_PER_INCH, COLOURS = 180, 110, 48
"""Of a kept chart: sharp on a fine screen, as wide as the text, in colours enough for smooth edges."""

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


KEPT = ("tags", "jupyter")
"""What is kept of a cell's metadata: its tags, and whether its code is folded."""


def canonical(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy without times, ids of runs, injected cells, and outputs of cells that bear no tag.

    Parameters
    ----------
    book
        A notebook, executed or not.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cell = new_code_cell("1", id="one", execution_count=3, metadata={"execution": {"x": "12:00"}})
    >>> clean = canonical(new_notebook(cells=[cell]))
    >>> clean.cells[0].execution_count is None, dict(clean.cells[0].metadata)
    (True, {})
    """
    cells = []
    for cell in book.cells:
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            continue
        kept = {
            "id": cell.id,
            "cell_type": cell.cell_type,
            "source": cell.source,
            "metadata": {name: cell.metadata[name] for name in KEPT if cell.metadata.get(name)},
        }
        if cell.cell_type == "code":
            seen = CHECKED in tags or SHOWN in tags
            kept["outputs"] = [_output(output) for output in cell.outputs] if seen else []
            kept["execution_count"] = cell.execution_count if seen else None
        cells.append(kept)
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    metadata |= {"title": book.metadata["title"]} if "title" in book.metadata else {}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _output(output: nbformat.NotebookNode) -> dict:
    kept = {name: value for name, value in output.items() if name != "transient"}
    if "image/svg+xml" in kept.get("data", {}):
        data = dict(kept["data"])
        picture, wide = _picture(data.pop("image/svg+xml"))
        about = {"width": wide, "alt": data.get("text/plain", "")}
        kept |= {"data": {**data, "image/png": picture}, "metadata": {"image/png": about}}
    return kept


def _picture(svg: str) -> tuple[str, int]:
    """A chart as PNG in base64, with its width on a screen: any viewer shows it, in a third of the room."""
    from PIL import Image

    page = io.BytesIO(output.png(svg, PIXELS_PER_INCH))
    small, kept = Image.open(page).convert("RGB").quantize(COLOURS), io.BytesIO()
    small.save(kept, "png", optimize=True)
    on_screen = round(small.width * SCREEN_PIXELS_PER_INCH / PIXELS_PER_INCH)
    return base64.b64encode(kept.getvalue()).decode("ascii") + "\n", on_screen


def refresh(notebook: Path) -> None:
    """Run a notebook with its defaults and write it back in canonical form.

    Raises
    ------
    ZbError
        If it fails; the file is left as it was.
    """
    with tempfile.TemporaryDirectory() as place:
        executed = Path(place) / notebook.name
        # Unpublished, as nbval runs it, so that what the last cell says is the same.
        notebooks.execute(notebook, {}, None, executed)
        book = canonical(nbformat.read(executed, as_version=4))
    for number, cell in enumerate((cell for cell in book.cells if cell.cell_type == "code"), start=1):
        if cell.execution_count is not None:
            _renumber(cell, number)
    text = nbformat.writes(nbformat.from_dict(book), indent=1, ensure_ascii=False, sort_keys=True)
    files.write(notebook, (text.rstrip("\n") + "\n").encode("utf-8"))


def _renumber(cell: nbformat.NotebookNode, number: int) -> None:
    """Counts as a plain run gives them; papermill's injected cell would shift them."""
    cell.execution_count = number
    for one in cell.outputs:
        if "execution_count" in one:
            one.execution_count = number


def main() -> None:
    """Refresh every committed notebook."""
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        refresh(notebook)


if __name__ == "__main__":
    main()
